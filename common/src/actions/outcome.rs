//! What came of a request that was sent, or of one whose sender died: accepted, not accepted, or not known.

use std::time::Duration;

use super::live::Unreadable;

/// The request was accepted.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Sent {
    /// It had been carried out before; nothing was sent, or what was sent found its work done.
    pub already: bool,
    /// The server's warnings.
    pub warnings: Vec<String>,
    /// What a command printed, without credentials.
    pub output: Option<String>,
}

/// The request was not accepted, or that is not known.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SendError {
    /// Admission, validation or the API itself said no. Nothing was written; the same request will be refused again.
    #[error("refused by the API server: {message}")]
    Refused {
        /// HTTP status.
        code: u16,
        /// `reason` of the answer.
        reason: String,
        /// The server's words.
        message: String,
    },
    /// A guarded value is another one by now. Nothing was written.
    #[error("the object was changed since the preview: {0}")]
    Drifted(String),
    /// The object does not exist any more, or is another one of the same name. Nothing was written.
    #[error("{0}")]
    Gone(String),
    /// A PodDisruptionBudget does not allow the eviction now. Nothing was evicted.
    #[error("a PodDisruptionBudget does not allow it now: {message}")]
    PdbSaysNo {
        /// The server's words.
        message: String,
        /// When the server wants to be asked again.
        retry_after: Option<Duration>,
    },
    /// RBAC says no. Nothing was written.
    #[error("not allowed: {0}")]
    Forbidden(String),
    /// Nothing was written, and the same request may be accepted later.
    #[error("not now: {0}")]
    TryLater(String),
    /// No answer that says whether it was carried out: look, then decide.
    #[error("the outcome is unknown: {0}")]
    OutcomeUnknown(String),
}

impl SendError {
    /// A condition reason.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "RefusedByServer",
            Self::Drifted(_) => "TargetDrifted",
            Self::Gone(_) => "TargetGone",
            Self::PdbSaysNo { .. } => "DisruptionBudget",
            Self::Forbidden(_) => "Forbidden",
            Self::TryLater(_) => "TryLater",
            Self::OutcomeUnknown(_) => "OutcomeUnknown",
        }
    }
}

impl From<Unreadable> for SendError {
    fn from(unreadable: Unreadable) -> Self {
        Self::TryLater(unreadable.to_string())
    }
}

/// Was a stored request carried out?
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Found {
    /// Yes.
    Applied,
    /// No: the same request may be sent.
    NotApplied,
    /// Cannot be said: why.
    Unknown(String),
}
