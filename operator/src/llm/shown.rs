//! What a request carries to be allowed, and what must not be told of it again: not in an error, not in an answer that quotes it.

use common::redact::{self, Known};
use http::header::{HeaderName, HeaderValue};

use super::LlmError;
use crate::runtime::http::Reply;

/// Longest complaint of a provider that is told.
const COMPLAINT: usize = 300;
/// Shorter secrets are words: hiding them would hide the answer.
const SHORTEST: usize = 6;

/// What one request carries.
pub struct Shown {
    /// Headers.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// What must not be told of it.
    pub secrets: Vec<String>,
}

impl Shown {
    /// What a provider says may quote what it was shown.
    pub fn hide(&self, text: &str) -> String {
        self.secrets
            .iter()
            .filter(|secret| secret.len() >= SHORTEST)
            .fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "[REDACTED:known]"))
    }

    /// The same, cleaned of everything secret and cut to what a person reads.
    pub fn safe(&self, words: &str) -> String {
        hidden(words, &self.secrets)
    }
}

/// A header value that is not printed.
pub fn sensitive(text: &str) -> Result<HeaderValue, LlmError> {
    let mut value = HeaderValue::try_from(text)
        .map_err(|_| LlmError::Auth("it holds a character that no header can carry".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Words for a person: without what is known to be secret, without what looks like it, on one line.
pub fn hidden(words: &str, secrets: &[String]) -> String {
    let words = redact::leaving_and(words, &Known::values(secrets.iter().map(String::as_str))).into_owned();
    redact::cut(&words.split_whitespace().collect::<Vec<_>>().join(" "), COMPLAINT)
}

/// No token came. Nothing was asked of a model yet, so nothing can have cost anything.
pub fn not_issued(who: &str, words: &str) -> LlmError {
    LlmError::Unreachable(format!("{who}: {words}"))
}

/// Whoever issues tokens said no.
pub fn refused(who: &str, reply: &Reply, words: &str) -> LlmError {
    let said = format!("{who}: {} {words}", reply.status);
    match reply.status {
        408 | 429 => LlmError::RateLimited { said, retry_after: reply.retry_after },
        500..600 => LlmError::Server(said),
        _ => LlmError::Auth(said),
    }
}
