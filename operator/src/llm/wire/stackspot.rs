//! StackSpot's agents. A request has one text: instructions first, then the data.

use serde_json::{Value, json};

use super::{Asked, Told, count, unusable};
use crate::llm::{LlmError, Usage};

pub fn body(asked: &Asked<'_>) -> Value {
    json!({
        "streaming": false,
        "user_prompt": format!("{}\n\n{}", asked.system, asked.prompt),
        "stackspot_knowledge": true,
        "return_ks_in_response": false,
    })
}

pub fn read(answer: &Value) -> Result<Told, LlmError> {
    // What the agent found in its own sources is paid for as well.
    let input = count(answer, "/tokens/user") + count(answer, "/tokens/enrichment");
    let usage = Usage { input, output: count(answer, "/tokens/output") };
    if matches!(answer["stop_reason"].as_str(), Some("length" | "max_tokens")) {
        return Err(unusable("it was cut off at the limit of tokens", answer, usage));
    }
    Ok(Told { text: answer["message"].as_str().unwrap_or_default().to_owned(), usage })
}
