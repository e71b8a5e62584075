//! A provider asked directly, without a ChatCLI server in between.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use http::header::{HeaderName, HeaderValue};
use serde_json::Value;

use super::decode::{self, Readable};
pub use super::key::Key;
use super::providers::{Endpoint, Provider};
use super::shown::Shown;
use super::wire::{self, Asked, Told};
use super::{Analyst, Answer, LlmError, MOST_TOKENS, Question, Said, SaidStep, Usage};
use crate::runtime::http::{Http, HttpError, Reply};

/// Longest one request may take once the connection stands.
pub const DEADLINE: Duration = Duration::from_secs(90);

/// One provider of one Instance.
#[derive(Debug)]
pub struct Builtin {
    /// Sends requests.
    pub http: Arc<Http>,
    /// Its row in the table.
    pub provider: &'static Provider,
    /// Where, and which model.
    pub endpoint: Endpoint,
    /// Its credential; empty where it needs none.
    pub key: Key,
    /// `namespace/name` of the Instance whose account it is.
    pub account: String,
    /// Longest one request may take.
    pub deadline: Duration,
}

impl Builtin {
    async fn once<T: Readable>(&self, question: &Question, system: &str) -> Result<Told, LlmError> {
        let schema = T::schema();
        let asked = Asked {
            what: T::WHAT,
            schema: &schema,
            model: &self.endpoint.model,
            system,
            prompt: question.prompt(),
            most: MOST_TOKENS,
            form: self.provider.form,
            limit: self.provider.limit,
        };
        let body = wire::body(self.endpoint.shape, &asked).to_string().into_bytes();
        let (mut shown, mut reply) = self.send(&body).await?;
        // Refused before anybody worked on it, so it may go once more with what is issued now.
        if self.key.renew(&shown, &reply).await {
            (shown, reply) = self.send(&body).await?;
        }
        // A byte that is no UTF-8 costs one character, not a paid answer.
        let text = String::from_utf8_lossy(&reply.body);
        let parsed = serde_json::from_str::<Value>(&text);
        if !(200..300).contains(&reply.status) {
            let words = parsed.as_ref().map_or_else(|_| text.clone().into_owned(), wire::complaint);
            return Err(classify(&reply, &shown.safe(&words)));
        }
        let parsed = parsed.map_err(|error| LlmError::Unusable {
            said: format!("it is no JSON: {error}"),
            raw: shown.hide(&text),
            usage: Usage::default(),
        })?;
        let told = wire::read(self.endpoint.shape, &parsed).map_err(|error| match error {
            LlmError::Server(words) => LlmError::Server(shown.safe(&words)),
            LlmError::Unusable { said, raw, usage } => {
                LlmError::Unusable { said: shown.safe(&said), raw: shown.hide(&raw), usage }
            }
            other => other,
        })?;
        Ok(Told { usage: or_estimate(told.usage, question, &told.text), text: shown.hide(&told.text) })
    }

    async fn send(&self, body: &[u8]) -> Result<(Shown, Reply), LlmError> {
        let shown = self.key.show(&self.endpoint, &self.http, body).await?;
        let own = self.provider.headers.iter();
        let mut headers: Vec<(HeaderName, HeaderValue)> =
            own.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect();
        headers.extend(shown.headers.iter().cloned());
        match self.http.post(&self.endpoint.url, headers, body.to_vec(), self.deadline).await {
            Ok(reply) => Ok((shown, reply)),
            Err(HttpError::NotSent(why)) => Err(LlmError::Unreachable(shown.safe(&why))),
            Err(HttpError::Lost(why)) => Err(LlmError::Lost(shown.safe(&why))),
        }
    }

    async fn ask<T: Readable>(&self, question: &Question) -> Result<Answer<T>, LlmError> {
        let first = self.once::<T>(question, question.system()).await?;
        let (told, said) = match decode::text::<T>(&first.text) {
            Ok(said) => (first, said),
            Err(why) => {
                let again = format!(
                    "{}\n\nYour last answer could not be read: {why}. Give the JSON object again, whole, and nothing else.",
                    question.system()
                );
                let second = match self.once::<T>(question, &again).await {
                    Ok(second) => second,
                    // The first was paid for, whatever became of the second.
                    Err(error) if !error.may_have_cost() => {
                        return Err(LlmError::Unusable { said: why, raw: first.text, usage: first.usage });
                    }
                    Err(LlmError::Unusable { said, raw, usage }) => {
                        return Err(LlmError::Unusable { said, raw, usage: usage.and(first.usage) });
                    }
                    Err(error) => return Err(error),
                };
                let usage = second.usage.and(first.usage);
                match decode::text::<T>(&second.text) {
                    Ok(said) => (Told { usage, ..second }, said),
                    Err(said) => return Err(LlmError::Unusable { said, raw: second.text, usage }),
                }
            }
        };
        Ok(Answer {
            raw: told.text,
            said,
            usage: told.usage,
            way: self.way(),
            provider: self.provider.name.to_owned(),
            model: self.endpoint.model.clone(),
        })
    }
}

impl Analyst for Builtin {
    fn analyze<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Result<Answer<Said>, LlmError>> {
        Box::pin(self.ask(question))
    }

    fn next_step<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Result<Answer<SaidStep>, LlmError>> {
        Box::pin(self.ask(question))
    }

    fn name(&self) -> String {
        format!("{} of {}", self.provider.name, self.account)
    }

    fn asks(&self) -> (&str, &str) {
        (self.provider.name, &self.endpoint.model)
    }

    fn way(&self) -> &'static str {
        "builtin"
    }
}

fn or_estimate(usage: Usage, question: &Question, text: &str) -> Usage {
    let or = |counted: u64, estimate: u64| if counted == 0 { estimate } else { counted };
    Usage { input: or(usage.input, question.tokens()), output: or(usage.output, common::costs::estimate(text)) }
}

/// What a status means. Nothing here was paid for.
fn classify(reply: &Reply, words: &str) -> LlmError {
    let says = |parts: &[&str]| {
        let lower = words.to_lowercase();
        parts.iter().any(|part| lower.contains(part))
    };
    let said = format!("{} {words}", reply.status);
    match reply.status {
        401..=403 => LlmError::Auth(said),
        404 => LlmError::ModelNotFound(said),
        // "context length", "prompt is too long", "maximum context": no two providers say it alike.
        400 | 413 | 422
            if reply.status == 413 || says(&["too long", "context length", "maximum context", "context window"]) =>
        {
            LlmError::TooLong(said)
        }
        400 | 422 if says(&["api key not valid", "api_key_invalid"]) => LlmError::Auth(said),
        400 | 422 if says(&["model"]) && says(&["not exist", "not found", "unknown", "invalid model"]) => {
            LlmError::ModelNotFound(said)
        }
        // A quota that is used up does not come back in a minute.
        429 if says(&["insufficient_quota", "exceeded your current quota"]) => LlmError::Auth(said),
        408 | 429 => LlmError::RateLimited { said, retry_after: reply.retry_after },
        500..600 => LlmError::Server(said),
        _ => LlmError::Refused(said),
    }
}
