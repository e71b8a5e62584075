//! Amazon Bedrock: which of its two addresses is asked, and what it is shown there.
//!
//! Converse, at the runtime's address, is spoken by every model and takes signed requests and bearer tokens. Claude is also served at an
//! address that speaks Anthropic's own protocol; that is where bearer tokens go unless the settings say otherwise, as ChatCLI servers do.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::aws::sign::RESERVED;
use super::providers::{Auth, Endpoint, Shape};

/// As an Instance names it.
pub const NAME: &str = "BEDROCK";
/// The runtime, in a signature.
pub const SERVICE: &str = "bedrock";
/// The address with Anthropic's protocol, in a signature.
const MANTLE: &str = "bedrock-mantle";
/// All that a region is not made of.
const REGION: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-');

/// Where it is asked, as the settings say.
pub fn endpoint(model: String, given: impl Fn(&str) -> Option<String>) -> Endpoint {
    let base = |names: &[&str], published: String| {
        let base = names.iter().find_map(|name| given(name)).unwrap_or(published);
        base.trim_end_matches('/').to_owned()
    };
    // A region with a slash must not become another host.
    let region = utf8_percent_encode(&region(&given), REGION).to_string();
    let has_bearer = given("AWS_BEARER_TOKEN_BEDROCK").is_some();
    if speaks_anthropic(&model, has_bearer, &given) {
        let base = base(&["BEDROCK_MANTLE_BASE_URL"], format!("https://bedrock-mantle.{region}.api.aws"));
        let auth = if has_bearer { Auth::Header("x-api-key") } else { Auth::Signed(MANTLE) };
        let model = without_region(&model).to_owned();
        return Endpoint { shape: Shape::Anthropic, url: format!("{base}/anthropic/v1/messages"), model, auth };
    }
    let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    let published = format!("https://bedrock-runtime.{region}.{domain}");
    let base = base(&["BEDROCK_BASE_URL", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"], published);
    let auth = if has_bearer { Auth::Bearer } else { Auth::Signed(SERVICE) };
    let url = format!("{base}/model/{}/converse", utf8_percent_encode(&model, RESERVED));
    Endpoint { shape: Shape::Converse, url, model, auth }
}

/// The region that is asked.
pub fn region(given: impl Fn(&str) -> Option<String>) -> String {
    given("BEDROCK_REGION").or_else(|| given("AWS_REGION")).unwrap_or_else(|| "us-east-1".to_owned())
}

fn speaks_anthropic(model: &str, has_bearer: bool, given: impl Fn(&str) -> Option<String>) -> bool {
    let says = |name: &str| given(name).unwrap_or_default().to_lowercase();
    if !is_claude(model) || says("BEDROCK_PROVIDER") == "converse" {
        return false;
    }
    match says("BEDROCK_ANTHROPIC_ENDPOINT").as_str() {
        "mantle" => true,
        "invoke" => false,
        _ => has_bearer,
    }
}

/// The id of a model of Anthropic's; that of a profile of one's own says nothing.
pub fn is_claude(model: &str) -> bool {
    let model = model.to_lowercase();
    model.split(['.', '/']).any(|part| part.starts_with("anthropic") || part.starts_with("claude"))
}

/// Anthropic's protocol knows no inference profiles.
fn without_region(model: &str) -> &str {
    ["us.", "eu.", "apac.", "jp.", "au.", "global."]
        .iter()
        .find_map(|region| model.strip_prefix(region))
        .unwrap_or(model)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(model: &str, settings: &[(&str, &str)]) -> Endpoint {
        endpoint(model.to_owned(), |name| {
            settings.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    const TOKEN: (&str, &str) = ("AWS_BEARER_TOKEN_BEDROCK", "t");
    const EU: (&str, &str) = ("BEDROCK_REGION", "eu-central-1");

    #[test]
    fn with_keys_every_model_is_asked_at_the_runtime_under_its_whole_id() {
        let at = asked("eu.anthropic.claude-sonnet-4-5-20250929-v1:0", &[EU]);
        assert_eq!(
            at.url,
            "https://bedrock-runtime.eu-central-1.amazonaws.com/model/eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse"
        );
        assert_eq!((at.shape, at.auth), (Shape::Converse, Auth::Signed("bedrock")));
        assert_eq!(at.model, "eu.anthropic.claude-sonnet-4-5-20250929-v1:0");
        let profile = "arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/abc";
        assert!(asked(profile, &[EU]).url.contains("profile%2Fabc/converse"), "one segment, whatever is in it");
    }

    #[test]
    fn a_bearer_token_goes_where_anthropics_protocol_is_spoken_if_the_model_is_anthropics() {
        let claude = asked("eu.anthropic.claude-sonnet-4-6", &[TOKEN, EU]);
        assert_eq!(claude.url, "https://bedrock-mantle.eu-central-1.api.aws/anthropic/v1/messages");
        assert_eq!((claude.model.as_str(), claude.auth), ("anthropic.claude-sonnet-4-6", Auth::Header("x-api-key")));
        let nova = asked("amazon.nova-pro-v1:0", &[TOKEN]);
        assert_eq!((nova.shape, nova.auth), (Shape::Converse, Auth::Bearer));
    }

    #[test]
    fn the_settings_choose_the_address() {
        let wish = |value| ("BEDROCK_ANTHROPIC_ENDPOINT", value);
        let claude = "anthropic.claude-sonnet-4-6";
        assert_eq!(asked(claude, &[wish("mantle")]).auth, Auth::Signed("bedrock-mantle"));
        assert_eq!(asked(claude, &[TOKEN, wish("invoke")]).auth, Auth::Bearer);
        assert_eq!(asked(claude, &[TOKEN, ("BEDROCK_PROVIDER", "converse")]).shape, Shape::Converse);
        assert_eq!(asked("amazon.nova-lite-v1:0", &[wish("mantle")]).shape, Shape::Converse);
        let own = asked(claude, &[("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "https://vpce-1.example/")]);
        assert_eq!(own.url, "https://vpce-1.example/model/anthropic.claude-sonnet-4-6/converse");
    }

    #[test]
    fn a_region_is_a_region_and_no_way_to_another_host() {
        assert!(asked("m", &[]).url.starts_with("https://bedrock-runtime.us-east-1.amazonaws.com/"));
        assert!(asked("m", &[("AWS_REGION", "cn-north-1")]).url.contains("cn-north-1.amazonaws.com.cn/"));
        assert!(!asked("m", &[("AWS_REGION", "x.evil.com/")]).url.contains("evil.com/"));
    }
}
