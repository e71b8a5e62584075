//! OpenAI's chat completions, which many others speak.

use serde_json::{Value, json};

use super::{Asked, Told, count, unusable};
use crate::llm::providers::Form;
use crate::llm::{LlmError, Usage};

pub fn body(asked: &Asked<'_>) -> Value {
    let mut body = json!({
        "model": asked.model,
        "messages": [{ "role": "system", "content": asked.system }, { "role": "user", "content": asked.prompt }],
        "stream": false,
    });
    body[asked.limit] = json!(asked.most);
    match asked.form {
        Form::Schema => {
            body["response_format"] = json!({
                "type": "json_schema",
                "json_schema": { "name": asked.what, "strict": true, "schema": asked.schema },
            });
        }
        Form::Json => body["response_format"] = json!({ "type": "json_object" }),
        Form::Asked => {}
    }
    body
}

pub fn read(answer: &Value) -> Result<Told, LlmError> {
    let usage =
        Usage { input: count(answer, "/usage/prompt_tokens"), output: count(answer, "/usage/completion_tokens") };
    let choice = answer.pointer("/choices/0");
    let refusal = choice.and_then(|choice| choice.pointer("/message/refusal")?.as_str());
    if let Some(words) = refusal.filter(|words| !words.is_empty()) {
        return Err(unusable(format!("the model refuses: {words}"), answer, usage));
    }
    match choice.and_then(|choice| choice["finish_reason"].as_str()) {
        Some("length") => return Err(unusable("it was cut off at the limit of tokens", answer, usage)),
        Some("content_filter") => return Err(unusable("the provider's filter withheld it", answer, usage)),
        _ => {}
    }
    let content = choice.map(|choice| &choice["message"]["content"]);
    let text = match content {
        Some(Value::String(text)) => text.clone(),
        // As parts, from some gateways.
        Some(Value::Array(parts)) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
        _ => String::new(),
    };
    Ok(Told { text, usage })
}
