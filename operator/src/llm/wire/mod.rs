//! The wire shapes: a question as a provider's request, a provider's answer as text and usage. Pure.

mod anthropic;
mod chat;
mod converse;
mod google;
mod ollama;
mod responses;
mod stackspot;

use serde_json::{Value, json};

use super::providers::{Form, Shape};
use super::{LlmError, Usage};

/// What is asked, in a provider's words.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Model id.
    pub model: &'a str,
    /// Instructions.
    pub system: &'a str,
    /// Data.
    pub prompt: &'a str,
    /// What is asked for, in one word.
    pub what: &'a str,
    /// The schema of the answer.
    pub schema: &'a Value,
    /// Most tokens of the answer.
    pub most: u64,
    /// How the answer is held to the schema.
    pub form: Form,
    /// Field that limits the answer, where that differs.
    pub limit: &'a str,
}

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The text, or the JSON the provider read already.
    pub text: String,
    /// What it took; zero where the provider did not say.
    pub usage: Usage,
}

/// The body of a request.
pub fn body(shape: Shape, asked: &Asked<'_>) -> Value {
    match shape {
        Shape::Chat => chat::body(asked),
        Shape::Responses => responses::body(asked),
        Shape::Anthropic => anthropic::body(asked),
        Shape::Google => google::body(asked),
        Shape::Ollama => ollama::body(asked),
        Shape::Converse => converse::body(asked),
        Shape::StackSpot => stackspot::body(asked),
    }
}

/// What the body of a successful answer says.
pub fn read(shape: Shape, answer: &Value) -> Result<Told, LlmError> {
    // Some gateways wrap their failure in a success.
    if let Some(error) = answer.get("error").filter(|error| !error.is_null()) {
        return Err(LlmError::Server(complaint(error)));
    }
    match shape {
        Shape::Chat => chat::read(answer),
        Shape::Responses => responses::read(answer),
        Shape::Anthropic => anthropic::read(answer),
        Shape::Google => google::read(answer),
        Shape::Ollama => ollama::read(answer),
        Shape::Converse => converse::read(answer),
        Shape::StackSpot => stackspot::read(answer),
    }
}

/// What a provider complains about, wherever it puts the words.
pub fn complaint(body: &Value) -> String {
    let places = ["/error/message", "/message", "/error", "/detail", "/0/error/message"];
    let words = body.as_str().or_else(|| places.iter().find_map(|place| body.pointer(place)?.as_str()));
    words.map_or_else(|| body.to_string(), str::to_owned)
}

/// An object of a schema, strict: every field there, none beside.
pub fn object(properties: &Value) -> Value {
    let names: Vec<&String> = properties.as_object().into_iter().flat_map(serde_json::Map::keys).collect();
    json!({ "type": "object", "properties": properties, "required": names, "additionalProperties": false })
}

fn count(answer: &Value, pointer: &str) -> u64 {
    answer.pointer(pointer).and_then(Value::as_u64).unwrap_or(0)
}

fn unusable(said: impl Into<String>, answer: &Value, usage: Usage) -> LlmError {
    LlmError::Unusable { said: said.into(), raw: answer.to_string(), usage }
}
