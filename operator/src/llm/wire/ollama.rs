//! Ollama's own chat. Its OpenAI-compatible path cannot be told how long a prompt is, and then cuts it without a word.

use serde_json::{Value, json};

use super::{Asked, Told, count, unusable};
use crate::llm::{LlmError, Usage};

pub fn body(asked: &Asked<'_>) -> Value {
    // Three bytes a token: a context too large costs memory, one too small costs the question.
    let room = (asked.system.len() + asked.prompt.len()) as u64 / 3 + asked.most;
    json!({
        "model": asked.model,
        "messages": [{ "role": "system", "content": asked.system }, { "role": "user", "content": asked.prompt }],
        "stream": false,
        "format": asked.schema,
        "options": { "num_predict": asked.most, "num_ctx": room.next_multiple_of(1024), "temperature": 0.1 },
    })
}

pub fn read(answer: &Value) -> Result<Told, LlmError> {
    let usage = Usage { input: count(answer, "/prompt_eval_count"), output: count(answer, "/eval_count") };
    if answer["done_reason"] == "length" {
        return Err(unusable("it was cut off at the limit of tokens", answer, usage));
    }
    Ok(Told { text: answer["message"]["content"].as_str().unwrap_or_default().to_owned(), usage })
}
