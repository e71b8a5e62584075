//! How much the operator may do by itself in a namespace.

use std::fmt;

/// From looking to acting. Ordered: a higher one allows everything a lower one does.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, clap::ValueEnum)]
pub enum Autonomy {
    /// See and explain.
    Observe,
    /// Write plans and preview them; they cannot run.
    Propose,
    /// Run what was voted for. The shipped default.
    #[default]
    Approve,
    /// Run reversible steps with a clean preview; ask for the rest.
    Auto,
}

impl Autonomy {
    /// The value of the annotation.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Propose => "propose",
            Self::Approve => "approve",
            Self::Auto => "auto",
        }
    }

    /// The level of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Observe, Self::Propose, Self::Approve, Self::Auto].into_iter().find(|level| level.as_str() == name)
    }
}

impl fmt::Display for Autonomy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The level that holds, and why it does.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Standing {
    /// The level.
    pub level: Autonomy,
    /// Reason in CamelCase.
    pub reason: &'static str,
    /// One clause, as in `namespace is auto`.
    pub message: String,
}

/// The Namespace's own word, else the operator's default. A word nobody knows was meant to say something: until it is clear what, the
/// strictest level holds.
pub fn standing(annotation: Option<&str>, default: Autonomy) -> Standing {
    match annotation.map(|word| (word, Autonomy::from_name(word))) {
        None => Standing {
            level: default,
            reason: "OperatorDefault",
            message: format!("the operator's default is {default}"),
        },
        Some((_, Some(level))) => {
            Standing { level, reason: "NamespaceAutonomy", message: format!("namespace is {level}") }
        }
        Some((word, None)) => Standing {
            level: Autonomy::Observe,
            reason: "AutonomyUnknown",
            message: format!(
                "the namespace's autonomy `{word}` is none of observe, propose, approve, auto; observe holds"
            ),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_that_says_nothing_gets_the_operators_default() {
        assert_eq!(standing(None, Autonomy::default()).level, Autonomy::Approve);
    }

    #[test]
    fn a_misspelt_level_is_the_strictest() {
        for word in ["Auto", "automatic", "", " auto"] {
            let standing = standing(Some(word), Autonomy::Auto);
            assert_eq!((standing.level, standing.reason), (Autonomy::Observe, "AutonomyUnknown"), "{word:?}");
        }
    }

    #[test]
    fn every_level_reads_back_what_it_writes() {
        for level in [Autonomy::Observe, Autonomy::Propose, Autonomy::Approve, Autonomy::Auto] {
            assert_eq!(Autonomy::from_name(level.as_str()), Some(level));
        }
    }
}
