//! Bedrock's Converse. The model stands in the address. A tool that has to be used holds the answer to the schema, where a model can be made
//! to use one.

use serde_json::{Value, json};

use super::{Asked, Told, count, unusable};
use crate::llm::{LlmError, Usage, bedrock};

pub fn body(asked: &Asked<'_>) -> Value {
    let mut body = json!({
        "system": [{ "text": asked.system }],
        "messages": [{ "role": "user", "content": [{ "text": asked.prompt }] }],
        "inferenceConfig": { "maxTokens": asked.most },
    });
    if can_be_made_to_use_a_tool(asked.model) {
        let (tool, about) = (format!("give_{}", asked.what), format!("Gives the {} of the incident.", asked.what));
        body["toolConfig"] = json!({
            "tools": [{ "toolSpec": { "name": tool, "description": about, "inputSchema": { "json": asked.schema } } }],
            "toolChoice": { "tool": { "name": tool } },
        });
    }
    body
}

/// Others refuse the request.
fn can_be_made_to_use_a_tool(model: &str) -> bool {
    let is_old = ["claude-v1", "claude-v2", "claude-instant"].iter().any(|old| model.contains(old));
    (bedrock::is_claude(model) && !is_old) || model.contains("amazon.nova")
}

pub fn read(answer: &Value) -> Result<Told, LlmError> {
    let cached = count(answer, "/usage/cacheReadInputTokens") + count(answer, "/usage/cacheWriteInputTokens");
    let usage =
        Usage { input: count(answer, "/usage/inputTokens") + cached, output: count(answer, "/usage/outputTokens") };
    match answer["stopReason"].as_str() {
        Some("max_tokens") => return Err(unusable("it was cut off at the limit of tokens", answer, usage)),
        Some("model_context_window_exceeded") => {
            return Err(unusable("it was cut off at the end of the context", answer, usage));
        }
        Some(reason @ ("guardrail_intervened" | "content_filtered" | "refusal")) => {
            return Err(unusable(format!("it was withheld: {reason}"), answer, usage));
        }
        _ => {}
    }
    let parts = answer.pointer("/output/message/content").and_then(Value::as_array);
    let parts = parts.map(Vec::as_slice).unwrap_or_default();
    if let Some(input) = parts.iter().find_map(|part| part.pointer("/toolUse/input")) {
        return Ok(Told { text: input.to_string(), usage });
    }
    Ok(Told { text: parts.iter().filter_map(|part| part["text"].as_str()).collect(), usage })
}
