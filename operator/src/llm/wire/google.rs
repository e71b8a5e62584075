//! Google's generateContent.

use serde_json::{Value, json};

use super::{Asked, Told, count, unusable};
use crate::llm::{LlmError, Usage};

pub fn body(asked: &Asked<'_>) -> Value {
    let harmless = [
        "HARM_CATEGORY_HARASSMENT",
        "HARM_CATEGORY_HATE_SPEECH",
        "HARM_CATEGORY_SEXUALLY_EXPLICIT",
        "HARM_CATEGORY_DANGEROUS_CONTENT",
    ];
    // "kill", "attack" and "poison" are daily words of a cluster.
    let safety = harmless.map(|category| json!({ "category": category, "threshold": "BLOCK_ONLY_HIGH" }));
    json!({
        "systemInstruction": { "parts": [{ "text": asked.system }] },
        "contents": [{ "role": "user", "parts": [{ "text": asked.prompt }] }],
        "generationConfig": {
            "temperature": 0.1,
            "maxOutputTokens": asked.most,
            "responseMimeType": "application/json",
            "responseSchema": google_schema(asked.schema.clone()),
        },
        "safetySettings": safety,
    })
}

/// Its schemas are a subset that does not know `additionalProperties`.
fn google_schema(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(fields) => {
            fields.remove("additionalProperties");
            for value in fields.values_mut() {
                *value = google_schema(value.take());
            }
        }
        Value::Array(items) => {
            for value in items {
                *value = google_schema(value.take());
            }
        }
        _ => {}
    }
    schema
}

pub fn read(answer: &Value) -> Result<Told, LlmError> {
    let output =
        count(answer, "/usageMetadata/candidatesTokenCount") + count(answer, "/usageMetadata/thoughtsTokenCount");
    let usage = Usage { input: count(answer, "/usageMetadata/promptTokenCount"), output };
    if let Some(why) = answer.pointer("/promptFeedback/blockReason").and_then(Value::as_str) {
        return Err(unusable(format!("the question was blocked: {why}"), answer, usage));
    }
    let candidate = &answer["candidates"][0];
    match candidate["finishReason"].as_str() {
        None | Some("STOP" | "FINISH_REASON_UNSPECIFIED") => {}
        Some("MAX_TOKENS") => return Err(unusable("it was cut off at the limit of tokens", answer, usage)),
        Some(other) => return Err(unusable(format!("it was withheld: {other}"), answer, usage)),
    }
    let parts = candidate["content"]["parts"].as_array().into_iter().flatten();
    // What it thought before it answered is marked.
    let text = parts.filter(|part| part["thought"] != true).filter_map(|part| part["text"].as_str()).collect();
    Ok(Told { text, usage })
}
