//! The boundary to models: one question, one answer, and several ways to get it.
//!
//! In: a [`Question`], redacted when it is made, and the ways an Instance offers: its ChatCLI server over gRPC ([`upstream`]), or the
//! provider itself over HTTPS ([`builtin`]). Out: an [`Answer`], or an [`LlmError`] that says whether it may have cost something. Never:
//! watches objects, reads a Secret, decides what is done with an answer, or lets a text out that did not pass `redact`.

pub mod aws;
pub mod bedrock;
pub mod breaker;
pub mod builtin;
pub mod chatcli;
pub mod decode;
pub mod desk;
pub mod key;
pub mod providers;
pub mod question;
pub mod shown;
pub mod stackspot;
#[cfg(test)]
mod tests;
pub mod tokens;
pub mod upstream;
pub mod wire;

use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;

pub use decode::{Said, SaidAction, SaidStep};
pub use desk::Desk;
pub use question::{Guidance, Incident, Past, Question, StepOf};

/// Most tokens of one answer; reasoning counts.
pub const MOST_TOKENS: u64 = 6000;

/// One way to a model.
pub trait Analyst: Send + Sync {
    /// Asks once, with one repair try where the answer cannot be read. Repeats nothing else.
    fn analyze<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Result<Answer, LlmError>>;

    /// Asks for the next step of an agentic plan, in the same way.
    fn next_step<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Result<Answer<SaidStep>, LlmError>>;

    /// What rests after a failure: the same name means the same provider with the same account.
    fn name(&self) -> String;

    /// Who is asked: provider and model.
    fn asks(&self) -> (&str, &str);

    /// `upstream` or `builtin`.
    fn way(&self) -> &'static str;
}

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer<T = Said> {
    /// As it came.
    pub raw: String,
    /// What it says.
    pub said: T,
    /// What it took.
    pub usage: Usage,
    /// `upstream` or `builtin`.
    pub way: &'static str,
    /// Who answered.
    pub provider: String,
    /// Which model.
    pub model: String,
}

/// Tokens of one or more calls.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Usage {
    /// Sent.
    pub input: u64,
    /// Received.
    pub output: u64,
}

impl Usage {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { input: self.input + other.input, output: self.output + other.output }
    }
}

/// Why there is no answer. The words are safe to show: what a provider said is redacted and cut.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LlmError {
    /// Nobody heard the question.
    #[error("{0}")]
    Unreachable(String),
    /// It was sent, and what became of it is not known. It may have been paid for, so it is not repeated at once.
    #[error("{0}; the question may have been answered and paid for")]
    Lost(String),
    /// Asked too often.
    #[error("the provider asks to come back later: {said}")]
    RateLimited {
        /// What it said.
        said: String,
        /// When, as it says.
        retry_after: Option<Duration>,
    },
    /// The provider has a problem of its own.
    #[error("the provider failed: {0}")]
    Server(String),
    /// The key is missing, wrong, expired, or without a quota.
    #[error("the provider does not accept the key: {0}")]
    Auth(String),
    /// There is no such model.
    #[error("there is no such model: {0}")]
    ModelNotFound(String),
    /// The question is too long for the model.
    #[error("the question is too long for the model: {0}")]
    TooLong(String),
    /// The provider refuses the question.
    #[error("the provider refuses: {0}")]
    Refused(String),
    /// It answered, and what it said cannot be used.
    #[error("the answer cannot be used: {said}")]
    Unusable {
        /// Why.
        said: String,
        /// The answer, for the transcript.
        raw: String,
        /// It was paid for.
        usage: Usage,
    },
    /// Not asked: it failed, and rests.
    #[error("{name} rests until {until} after it failed")]
    Resting {
        /// The way.
        name: String,
        /// Until when.
        until: Timestamp,
    },
    /// Nobody to ask.
    #[error("{0}")]
    Nobody(String),
}

impl LlmError {
    /// Trying again soon may help.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::RateLimited { .. } | Self::Server(_) | Self::Unreachable(_))
    }

    /// Nothing helps but a change of the Instance or its Secret.
    pub fn is_grave(&self) -> bool {
        matches!(self, Self::Auth(_) | Self::ModelNotFound(_))
    }

    /// It was, or may have been, paid for.
    pub fn may_have_cost(&self) -> bool {
        matches!(self, Self::Lost(_) | Self::Unusable { .. })
    }
}
