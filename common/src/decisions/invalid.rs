//! What makes a policy unusable, in the words its author reads.

/// A field that makes a policy unusable.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Invalid {
    /// `namespace/name` of the policy; empty while only a rule is looked at.
    pub policy: String,
    /// Path of the field below `spec`.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}

impl Invalid {
    pub(super) fn field(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { policy: String::new(), field: field.into(), problem: problem.into() }
    }

    pub(super) fn below(mut self, path: &str) -> Self {
        self.field = format!("{path}.{}", self.field);
        self
    }
}

impl std::fmt::Display for Invalid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ApprovalPolicy {}: {}: {}", self.policy, self.field, self.problem)
    }
}
