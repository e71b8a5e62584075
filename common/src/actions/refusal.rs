//! Why an action will not be carried out. Each kind of refusal is a type with words a person can act on.

use crate::api::ActionType;

/// A reason not to act. Nothing has been written.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// The type is in the catalogue, but nothing carries it out.
    #[error("not built yet: {action}; built are {built}")]
    NotBuilt {
        /// The type asked for.
        action: ActionType,
        /// Names of the types that can be used instead.
        built: String,
    },
    /// `Custom` and names outside the catalogue.
    #[error("Custom actions are never run; use one of {built}")]
    Custom {
        /// Names of the types that can be used instead.
        built: String,
    },
    /// A parameter the action does not have.
    #[error("{action} has no parameter \"{param}\" (value \"{value}\"); allowed: {allowed}")]
    UnknownParam {
        /// The type.
        action: ActionType,
        /// The parameter.
        param: String,
        /// What it was set to.
        value: String,
        /// What may be given.
        allowed: String,
    },
    /// A parameter that cannot be understood.
    #[error("{action}: \"{value}\" is not allowed for parameter \"{param}\"; allowed: {allowed}")]
    BadParam {
        /// The type.
        action: ActionType,
        /// The parameter.
        param: String,
        /// What it was set to.
        value: String,
        /// What may be given.
        allowed: String,
    },
    /// A parameter that has to be there.
    #[error("{action} needs parameter \"{param}\"; allowed: {allowed}")]
    MissingParam {
        /// The type.
        action: ActionType,
        /// The parameter.
        param: String,
        /// What may be given.
        allowed: String,
    },
    /// The target is of a kind the action does not work on.
    #[error("{action} does not work on a {kind}; allowed: {allowed}")]
    WrongKind {
        /// The type.
        action: ActionType,
        /// The target's kind.
        kind: String,
        /// Kinds it works on.
        allowed: String,
    },
    /// Nothing in this namespace is ever changed.
    #[error("namespace {0} is protected: nothing in it is ever changed")]
    Protected(
        /// The namespace.
        String,
    ),
    /// Someone labelled the object so that automation leaves it alone.
    #[error("{0} carries the label platform.chatcli.io/automation=off")]
    AutomationOff(
        /// The object.
        String,
    ),
    /// The object is not there, is going away, or is another one of the same name.
    #[error("{0}")]
    TargetGone(
        /// What was found instead.
        String,
    ),
    /// Someone else decides the field.
    #[error("{field} belongs to {owner}; {advice}")]
    OwnedBy {
        /// Who.
        owner: String,
        /// Which field.
        field: String,
        /// What to do instead.
        advice: String,
    },
    /// A rule that keeps the plan from doing harm; the words are upstream's where it has the rule.
    #[error("Safety constraint violation: {0}")]
    Unsafe(
        /// Which rule, and what would satisfy it.
        String,
    ),
    /// The object's state does not allow it.
    #[error("{0}")]
    Unsuitable(
        /// What stands in the way, and what would help.
        String,
    ),
    /// Something that decides cannot be read.
    #[error("cannot {verb} {resource}: {why}")]
    CannotRead {
        /// The verb that is missing or failed.
        verb: String,
        /// The resource, e.g. `replicasets.apps`.
        resource: String,
        /// The server's words.
        why: String,
    },
}

impl Refusal {
    /// A parameter whose value is not allowed.
    pub fn bad_param(action: ActionType, param: &str, value: &str, allowed: impl Into<String>) -> Self {
        Self::BadParam { action, param: param.to_owned(), value: value.to_owned(), allowed: allowed.into() }
    }

    /// A parameter that is not there.
    pub fn missing_param(action: ActionType, param: &str, allowed: impl Into<String>) -> Self {
        Self::MissingParam { action, param: param.to_owned(), allowed: allowed.into() }
    }

    /// An object a parameter names that is not there.
    pub fn absent(object: &crate::api::ResourceRef) -> Self {
        Self::TargetGone(format!("{object} does not exist"))
    }

    /// A condition reason.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NotBuilt { .. } => "ActionNotBuilt",
            Self::Custom { .. } => "CustomActionRefused",
            Self::UnknownParam { .. } => "UnknownParameter",
            Self::BadParam { .. } => "BadParameter",
            Self::MissingParam { .. } => "MissingParameter",
            Self::WrongKind { .. } => "WrongKind",
            Self::Protected(_) => "ProtectedNamespace",
            Self::AutomationOff(_) => "AutomationOff",
            Self::TargetGone(_) => "TargetGone",
            Self::OwnedBy { .. } => "OwnedElsewhere",
            Self::Unsafe(_) => "SafetyConstraint",
            Self::Unsuitable(_) => "Unsuitable",
            Self::CannotRead { .. } => "CannotRead",
        }
    }
}
