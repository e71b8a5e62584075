//! What people say about the end of an incident, read off its annotations. Who said it is the API server's to vouch for
//! (`manifests/admission/marks.yaml`).

use common::api::{Issue, keys::annotations};
use kube::ResourceExt as _;

/// What a person has said about the end of an incident.
pub(super) enum Word {
    /// It is dealt with.
    Resolved { who: String, note: Option<String> },
    /// It is not over, whatever the signals say.
    Reopened { who: String, note: Option<String> },
}

impl Word {
    /// The last word: that it is resolved outweighs that it is not.
    pub(super) fn about(issue: &Issue) -> Option<Self> {
        let mark = |key: &str| issue.annotations().get(key).filter(|text| !text.is_empty()).cloned();
        let note = mark(annotations::RESOLUTION_NOTE);
        match (mark(annotations::RESOLVED_BY), mark(annotations::REOPENED_BY)) {
            (Some(who), _) => Some(Self::Resolved { who, note }),
            (None, Some(who)) => Some(Self::Reopened { who, note }),
            (None, None) => None,
        }
    }

    /// As a sentence: `resolved by alice: restarted the database`.
    pub(super) fn sentence(&self) -> String {
        let (verb, who, note) = match self {
            Self::Resolved { who, note } => ("resolved", who, note),
            Self::Reopened { who, note } => ("reopened", who, note),
        };
        match note {
            Some(note) => format!("{verb} by {who}: {note}"),
            None => format!("{verb} by {who}"),
        }
    }
}
