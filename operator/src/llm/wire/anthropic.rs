//! Anthropic's Messages. One tool that has to be used is how an answer is held to a schema there.

use serde_json::{Value, json};

use super::{Asked, Told, count, unusable};
use crate::llm::{LlmError, Usage};

pub fn body(asked: &Asked<'_>) -> Value {
    let tool = format!("give_{}", asked.what);
    json!({
        "model": asked.model,
        "max_tokens": asked.most,
        "system": asked.system,
        "messages": [{ "role": "user", "content": asked.prompt }],
        "tools": [{ "name": tool, "description": format!("Gives the {} of the incident.", asked.what), "input_schema": asked.schema }],
        "tool_choice": { "type": "tool", "name": tool },
    })
}

pub fn read(answer: &Value) -> Result<Told, LlmError> {
    let cached = count(answer, "/usage/cache_read_input_tokens") + count(answer, "/usage/cache_creation_input_tokens");
    let usage =
        Usage { input: count(answer, "/usage/input_tokens") + cached, output: count(answer, "/usage/output_tokens") };
    match answer["stop_reason"].as_str() {
        Some("max_tokens") => return Err(unusable("it was cut off at the limit of tokens", answer, usage)),
        Some("refusal") => return Err(unusable("the model refuses", answer, usage)),
        _ => {}
    }
    let parts = answer["content"].as_array().map(Vec::as_slice).unwrap_or_default();
    if let Some(tool) = parts.iter().find(|part| part["type"] == "tool_use") {
        return Ok(Told { text: tool["input"].to_string(), usage });
    }
    Ok(Told { text: parts.iter().filter_map(|part| part["text"].as_str()).collect(), usage })
}
