//! OpenAI's Responses.

use serde_json::{Value, json};

use super::{Asked, Told, count, unusable};
use crate::llm::{LlmError, Usage};

pub fn body(asked: &Asked<'_>) -> Value {
    json!({
        "model": asked.model,
        "instructions": asked.system,
        "input": asked.prompt,
        "max_output_tokens": asked.most,
        "store": false,
        "text": { "format": { "type": "json_schema", "name": asked.what, "strict": true, "schema": asked.schema } },
    })
}

pub fn read(answer: &Value) -> Result<Told, LlmError> {
    let usage = Usage { input: count(answer, "/usage/input_tokens"), output: count(answer, "/usage/output_tokens") };
    if answer["status"] == "incomplete" {
        let why = answer.pointer("/incomplete_details/reason").and_then(Value::as_str).unwrap_or("no reason given");
        return Err(unusable(format!("it is incomplete: {why}"), answer, usage));
    }
    let items = answer["output"].as_array().into_iter().flatten().filter(|item| item["type"] == "message");
    let parts: Vec<&Value> = items.flat_map(|item| item["content"].as_array().into_iter().flatten()).collect();
    if let Some(words) = parts.iter().find_map(|part| part["refusal"].as_str()) {
        return Err(unusable(format!("the model refuses: {words}"), answer, usage));
    }
    let text: String = parts.iter().filter_map(|part| part["text"].as_str()).collect();
    let text = if text.is_empty() { answer["output_text"].as_str().unwrap_or_default().to_owned() } else { text };
    Ok(Told { text, usage })
}
