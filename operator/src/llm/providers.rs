//! The table of providers: where each answers, which of the wire shapes it speaks, and under which names its key and settings stand.
//!
//! A row is configuration; what is not in the table is not asked: see [`UNSUPPORTED`].

use percent_encoding::utf8_percent_encode;

use super::aws::sign::RESERVED;
use super::bedrock;

/// What a provider's requests and answers look like.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Shape {
    /// OpenAI's chat completions.
    Chat,
    /// OpenAI's Responses.
    Responses,
    /// Anthropic's Messages.
    Anthropic,
    /// Google's generateContent.
    Google,
    /// Ollama's own chat: the one that can be told how long a prompt is.
    Ollama,
    /// Bedrock's Converse, which all of its models speak.
    Converse,
    /// StackSpot's agents.
    StackSpot,
}

/// How an answer is held to the schema.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// The provider enforces it.
    Schema,
    /// The provider promises JSON.
    Json,
    /// The instructions ask for it.
    Asked,
}

/// How the key is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Auth {
    /// `Authorization: Bearer`.
    Bearer,
    /// A header of its own.
    Header(&'static str),
    /// There is none.
    None,
    /// Each request is signed for this service of Amazon.
    Signed(&'static str),
    /// `Authorization: Bearer`, with what it was exchanged for.
    Exchanged,
}

/// One provider.
#[derive(Debug)]
pub struct Provider {
    /// As an Instance names it.
    pub name: &'static str,
    /// Requests and answers.
    pub shape: Shape,
    /// Where it answers. `{model}` is filled in.
    pub url: &'static str,
    /// Setting that replaces the whole address.
    pub url_setting: Option<&'static str>,
    /// Setting that replaces scheme, host and port, with the path that follows it.
    pub base_setting: Option<(&'static str, &'static str)>,
    /// Settings that may hold the key, the first found wins.
    pub keys: &'static [&'static str],
    /// How it is shown.
    pub auth: Auth,
    /// Setting that names a model where the Instance does not.
    pub model_setting: Option<&'static str>,
    /// Model where nobody names one; always sent: a server left to choose may send a display name.
    pub model: &'static str,
    /// Headers beside.
    pub headers: &'static [(&'static str, &'static str)],
    /// How answers are held to the schema.
    pub form: Form,
    /// Field that limits the answer, of shape [`Shape::Chat`].
    pub limit: &'static str,
}

const CHAT: Provider = Provider {
    name: "",
    shape: Shape::Chat,
    url: "",
    url_setting: None,
    base_setting: None,
    keys: &[],
    auth: Auth::Bearer,
    model_setting: None,
    model: "",
    headers: &[],
    form: Form::Asked,
    limit: "max_tokens",
};

/// Every provider that can be asked directly.
pub static PROVIDERS: &[Provider] = &[
    Provider {
        name: "OPENAI",
        url: "https://api.openai.com/v1/chat/completions",
        url_setting: Some("OPENAI_API_URL"),
        keys: &["OPENAI_API_KEY"],
        model: "gpt-5.4",
        form: Form::Schema,
        limit: "max_completion_tokens",
        ..CHAT
    },
    Provider {
        name: "CLAUDEAI",
        shape: Shape::Anthropic,
        url: "https://api.anthropic.com/v1/messages",
        base_setting: Some(("ANTHROPIC_BASE_URL", "/v1/messages")),
        keys: &["ANTHROPIC_API_KEY"],
        auth: Auth::Header("x-api-key"),
        model: "claude-sonnet-4-6",
        headers: &[("anthropic-version", "2023-06-01")],
        form: Form::Schema,
        ..CHAT
    },
    Provider {
        name: "GOOGLEAI",
        shape: Shape::Google,
        url: "https://generativelanguage.googleapis.com/v1beta/models/{model}:generateContent",
        base_setting: Some(("GOOGLEAI_BASE_URL", "/v1beta/models/{model}:generateContent")),
        // The second is what the documentation prints.
        keys: &["GOOGLEAI_API_KEY", "GOOGLE_AI_API_KEY"],
        auth: Auth::Header("x-goog-api-key"),
        model: "gemini-2.5-flash",
        form: Form::Schema,
        ..CHAT
    },
    Provider {
        name: "XAI",
        url: "https://api.x.ai/v1/chat/completions",
        base_setting: Some(("XAI_BASE_URL", "/v1/chat/completions")),
        keys: &["XAI_API_KEY"],
        model: "grok-4-1",
        form: Form::Schema,
        ..CHAT
    },
    Provider {
        name: "OLLAMA",
        shape: Shape::Ollama,
        url: "http://localhost:11434/api/chat",
        base_setting: Some(("OLLAMA_BASE_URL", "/api/chat")),
        auth: Auth::None,
        model_setting: Some("OLLAMA_MODEL"),
        model: "gpt-oss:20b",
        form: Form::Schema,
        ..CHAT
    },
    Provider {
        name: "COPILOT",
        url: "https://api.githubcopilot.com/chat/completions",
        base_setting: Some(("COPILOT_API_BASE_URL", "/chat/completions")),
        keys: &["GITHUB_COPILOT_TOKEN"],
        model: "gpt-4o",
        headers: &[
            ("openai-intent", "conversation-edits"),
            ("x-initiator", "user"),
            ("editor-version", concat!("chatcli-operator/", env!("CARGO_PKG_VERSION"))),
            ("editor-plugin-version", concat!("chatcli-operator/", env!("CARGO_PKG_VERSION"))),
        ],
        ..CHAT
    },
    Provider {
        name: "OPENROUTER",
        url: "https://openrouter.ai/api/v1/chat/completions",
        base_setting: Some(("OPENROUTER_BASE_URL", "/api/v1/chat/completions")),
        keys: &["OPENROUTER_API_KEY"],
        model: "openai/gpt-4o",
        ..CHAT
    },
    Provider {
        name: "GITHUB_MODELS",
        url: "https://models.inference.ai.azure.com/chat/completions",
        keys: &["GITHUB_MODELS_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"],
        model: "gpt-4o",
        ..CHAT
    },
    Provider {
        name: "ZAI",
        url: "https://api.z.ai/api/paas/v4/chat/completions",
        keys: &["ZAI_API_KEY"],
        model: "glm-4.6",
        form: Form::Json,
        ..CHAT
    },
    Provider {
        name: "MINIMAX",
        url: "https://api.minimax.io/v1/text/chatcompletion_v2",
        keys: &["MINIMAX_API_KEY"],
        model: "MiniMax-M2",
        ..CHAT
    },
    Provider {
        name: "MOONSHOT",
        url: "https://api.moonshot.ai/v1/chat/completions",
        keys: &["MOONSHOT_API_KEY"],
        model: "kimi-k2-0905-preview",
        form: Form::Json,
        ..CHAT
    },
    // Which of its addresses, and what it is shown, depends on the key and the model: see `bedrock`.
    Provider {
        name: bedrock::NAME,
        shape: Shape::Converse,
        keys: &["AWS_BEARER_TOKEN_BEDROCK"],
        auth: Auth::Signed(bedrock::SERVICE),
        model_setting: Some("BEDROCK_MODEL"),
        model: "global.anthropic.claude-sonnet-4-6",
        headers: &[("anthropic-version", "2023-06-01")],
        ..CHAT
    },
    // The agent decides which model it asks, so the agent stands in its place.
    Provider {
        name: "STACKSPOT",
        shape: Shape::StackSpot,
        url: "https://genai-inference-app.stackspot.com/v1/agent/{model}/chat",
        keys: &["CLIENT_ID", "CLIENT_KEY"],
        auth: Auth::Exchanged,
        model_setting: Some("STACKSPOT_AGENT_ID"),
        model: "default",
        ..CHAT
    },
];

/// Values of `spec.provider` that only a ChatCLI server serves, and why.
pub const UNSUPPORTED: &[(&str, &str)] = &[
    ("OPENAI_ASSISTANT", "it keeps a conversation on the provider's side"),
    ("DEVIN", "it is a program on the server's own machine"),
];

/// The models of OpenAI that are served by the Responses endpoint.
const RESPONSES: [&str; 5] = ["gpt-5", "gpt-4.1", "o3", "o4-mini", "codex"];
/// Where that is.
const RESPONSES_URL: &str = "https://api.openai.com/v1/responses";

/// One provider at one address with one model.
#[derive(Clone, Debug, PartialEq)]
pub struct Endpoint {
    /// Requests and answers.
    pub shape: Shape,
    /// Where.
    pub url: String,
    /// Always set.
    pub model: String,
    /// How the key is shown there.
    pub auth: Auth,
}

/// The row of a provider, or why there is none.
pub fn find(name: &str) -> Result<&'static Provider, String> {
    let upper = name.to_uppercase();
    PROVIDERS.iter().find(|provider| provider.name == upper).ok_or_else(|| {
        match UNSUPPORTED.iter().find(|(other, _)| *other == upper) {
            Some((_, why)) => format!("{upper} can only be asked through a ChatCLI server: {why}"),
            None => format!("{upper} is no provider that can be asked directly"),
        }
    })
}

/// The model that a ChatCLI server is told, which knows its own way to it: the Instance's, else the default of the table. Empty where the
/// provider chooses.
pub fn model_for_server(name: &str, model: Option<&str>) -> String {
    match find(name) {
        Ok(provider) if provider.shape != Shape::StackSpot => provider.model(model, &|_| None),
        _ => model.unwrap_or_default().to_owned(),
    }
}

impl Provider {
    fn model(&self, model: Option<&str>, given: &dyn Fn(&str) -> Option<String>) -> String {
        // An agent is no model, and an Instance's model is no agent.
        let model = model.map(str::trim).filter(|model| !model.is_empty() && self.shape != Shape::StackSpot);
        let model = model.map(str::to_owned).or_else(|| self.model_setting.and_then(given));
        let model = model.unwrap_or_else(|| self.model.to_owned());
        // Ids are in lower case where a catalogue's title might be written; Bedrock's and MiniMax's are not.
        if ["OPENAI", "CLAUDEAI", "GOOGLEAI", "XAI", "OLLAMA", "COPILOT"].contains(&self.name) {
            model.to_lowercase()
        } else {
            model
        }
    }

    /// Where it is asked, as the settings of an Instance say.
    pub fn endpoint(&self, model: Option<&str>, setting: impl Fn(&str) -> Option<String>) -> Endpoint {
        let given = |name: &str| setting(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let model = self.model(model, &given);
        let (mut shape, mut url) = (self.shape, self.url.to_owned());
        match self.shape {
            Shape::Converse => return bedrock::endpoint(model, given),
            Shape::StackSpot => {
                let agent = utf8_percent_encode(&model, RESERVED).to_string();
                return Endpoint { shape, url: url.replace("{model}", &agent), model, auth: self.auth };
            }
            _ => {}
        }
        if self.name == "OPENAI" && uses_responses(&model, given("OPENAI_USE_RESPONSES").as_deref()) {
            shape = Shape::Responses;
            url = given("OPENAI_RESPONSES_API_URL").unwrap_or_else(|| RESPONSES_URL.to_owned());
        } else if let Some(whole) = self.url_setting.and_then(given) {
            url = whole;
        } else if let Some((name, path)) = self.base_setting
            && let Some(base) = given(name)
        {
            url = format!("{}{path}", base.trim_end_matches('/'));
        }
        Endpoint { shape, url: url.replace("{model}", &model), model, auth: self.auth }
    }
}

fn uses_responses(model: &str, wish: Option<&str>) -> bool {
    match wish {
        Some(wish) => matches!(wish.to_lowercase().as_str(), "true" | "1" | "yes"),
        None => RESPONSES.iter().any(|family| model.starts_with(family)),
    }
}

#[cfg(test)]
mod tests {
    use common::api::instance;

    use super::*;

    fn nothing(_: &str) -> Option<String> {
        None
    }

    #[test]
    fn every_provider_of_an_instance_is_in_the_table_or_named_with_the_reason() {
        for name in instance::PROVIDERS {
            match find(name) {
                Ok(provider) => assert!(!provider.endpoint(None, nothing).model.is_empty(), "{name}"),
                Err(why) => assert!(why.contains("through a ChatCLI server: "), "{name}: {why}"),
            }
        }
    }

    #[test]
    fn openais_newer_models_are_asked_through_responses_and_others_through_chat() {
        let openai = find("OPENAI").unwrap();
        assert_eq!(openai.endpoint(None, nothing).shape, Shape::Responses);
        assert_eq!(openai.endpoint(Some("gpt-4o"), nothing).url, "https://api.openai.com/v1/chat/completions");
        let off = |name: &str| (name == "OPENAI_USE_RESPONSES").then(|| "false".to_owned());
        assert_eq!(openai.endpoint(None, off).shape, Shape::Chat);
    }

    #[test]
    fn an_address_of_ones_own_replaces_the_published_one() {
        let at =
            |wanted: &'static str, value: &'static str| move |name: &str| (name == wanted).then(|| value.to_owned());
        let url = |provider: &str, name, value| find(provider).unwrap().endpoint(Some("M"), at(name, value)).url;
        assert_eq!(url("CLAUDEAI", "ANTHROPIC_BASE_URL", "https://proxy/"), "https://proxy/v1/messages");
        assert_eq!(url("OPENAI", "OPENAI_API_URL", "https://gw/chat"), "https://gw/chat");
        assert_eq!(url("GOOGLEAI", "GOOGLEAI_BASE_URL", "https://gw"), "https://gw/v1beta/models/m:generateContent");
        assert_eq!(url("OLLAMA", "OLLAMA_BASE_URL", "http://ollama:11434"), "http://ollama:11434/api/chat");
    }

    #[test]
    fn a_server_is_told_the_model_as_the_instance_names_it() {
        assert_eq!(model_for_server("OPENAI", Some("GPT-4o")), "gpt-4o");
        assert_eq!(model_for_server("BEDROCK", Some("eu.anthropic.claude-opus-4-1")), "eu.anthropic.claude-opus-4-1");
        assert_eq!(model_for_server("BEDROCK", None), "global.anthropic.claude-sonnet-4-6");
        assert_eq!(model_for_server("STACKSPOT", None), "", "its agents choose");
        assert_eq!(model_for_server("DEVIN", Some("m")), "m");
    }

    #[test]
    fn stackspot_is_asked_for_the_agent_whatever_the_instances_model() {
        let setting = |name: &str| (name == "STACKSPOT_AGENT_ID").then(|| "01J/8?x".to_owned());
        let endpoint = find("STACKSPOT").unwrap().endpoint(Some("gpt-4o"), setting);
        assert_eq!(endpoint.url, "https://genai-inference-app.stackspot.com/v1/agent/01J%2F8%3Fx/chat");
        assert_eq!(endpoint.model, "01J/8?x");
    }
}
