//! How plans end, and what an end means for the incident. One list for the gates, the journal and the incident.

use std::fmt;

use crate::actions::Refusal;

/// Why a plan ended: the reason of its `Verified` condition.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Ending {
    /// The trouble is over, and stayed over.
    Verified,
    /// It only looked; what it saw is kept.
    Looked,
    /// It did not help and everything was taken back.
    Undone,
    /// It did not help and something could not be taken back.
    NotUndone,
    /// It did not help and was left as it is.
    NotHelped,
    /// It failed before it wrote anything.
    Failed,
    /// The trouble went away by itself.
    NoLongerNeeded,
    /// The target is not there any more.
    TargetGone,
    /// The incident is not there any more.
    IssueGone,
    /// Everything is already as the plan wants it.
    NothingToDo,
    /// Somebody changed the plan after its preview.
    EditedAfterPreview,
    /// The target is out of bounds.
    Protected,
    /// Somebody else decides the fields it would change.
    OwnedByGitOps,
    /// A right is missing.
    Forbidden,
    /// A check of the preview blocks it.
    Blocked,
    /// It cannot be carried out as it is written.
    InvalidPlan,
    /// Too many plans failed here of late.
    BreakerOpen,
    /// A person said no.
    Rejected,
    /// Nobody decided in time, or the question was withdrawn.
    Expired,
    /// It is not known whether a request took effect.
    OutcomeUnknown,
    /// Another operator left it half done.
    TakenOver,
}

/// What the incident does after a plan that did not help.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Afterwards {
    /// Wait until the signals are clear.
    WaitForClear,
    /// Hand over to people, for this reason.
    Escalate(&'static str),
    /// Explain it again, with what has been learnt.
    TryAgain,
}

impl Ending {
    const ALL: [Self; 21] = [
        Self::Verified,
        Self::Looked,
        Self::Undone,
        Self::NotUndone,
        Self::NotHelped,
        Self::Failed,
        Self::NoLongerNeeded,
        Self::TargetGone,
        Self::IssueGone,
        Self::NothingToDo,
        Self::EditedAfterPreview,
        Self::Protected,
        Self::OwnedByGitOps,
        Self::Forbidden,
        Self::Blocked,
        Self::InvalidPlan,
        Self::BreakerOpen,
        Self::Rejected,
        Self::Expired,
        Self::OutcomeUnknown,
        Self::TakenOver,
    ];

    /// The condition's reason.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "Verified",
            Self::Looked => "Looked",
            Self::Undone => "Undone",
            Self::NotUndone => "NotUndone",
            Self::NotHelped => "NotHelped",
            Self::Failed => "Failed",
            Self::NoLongerNeeded => "NoLongerNeeded",
            Self::TargetGone => "TargetGone",
            Self::IssueGone => "IssueGone",
            Self::NothingToDo => "NothingToDo",
            Self::EditedAfterPreview => "EditedAfterPreview",
            Self::Protected => "Protected",
            Self::OwnedByGitOps => "OwnedByGitOps",
            Self::Forbidden => "Forbidden",
            Self::Blocked => "Blocked",
            Self::InvalidPlan => "InvalidPlan",
            Self::BreakerOpen => "BreakerOpen",
            Self::Rejected => "Rejected",
            Self::Expired => "Expired",
            Self::OutcomeUnknown => "OutcomeUnknown",
            Self::TakenOver => "TakenOver",
        }
    }

    /// The ending of this reason; `None` where another operator wrote it.
    pub fn from_reason(reason: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ending| ending.as_str() == reason)
    }

    /// The ending that a blocking check of a preview leads to.
    pub fn of_blocker(check: &str) -> Self {
        match check {
            "gitops" => Self::OwnedByGitOps,
            "rights" => Self::Forbidden,
            "protected" => Self::Protected,
            _ => Self::Blocked,
        }
    }

    /// What the incident does next, when the plan did not complete.
    pub fn afterwards(self) -> Afterwards {
        match self {
            Self::NoLongerNeeded => Afterwards::WaitForClear,
            Self::Rejected
            | Self::Protected
            | Self::OwnedByGitOps
            | Self::Forbidden
            | Self::Blocked
            | Self::BreakerOpen
            | Self::OutcomeUnknown => Afterwards::Escalate(self.as_str()),
            Self::Expired => Afterwards::Escalate("ApprovalExpired"),
            Self::NotUndone => Afterwards::Escalate("RollbackFailed"),
            Self::Verified
            | Self::Looked
            | Self::Undone
            | Self::NotHelped
            | Self::Failed
            | Self::TargetGone
            | Self::IssueGone
            | Self::NothingToDo
            | Self::EditedAfterPreview
            | Self::InvalidPlan
            | Self::TakenOver => Afterwards::TryAgain,
        }
    }
}

/// Refusals the incident knows how to go on from; any other is a plan that cannot be carried out.
impl From<&Refusal> for Ending {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::Protected(_) | Refusal::AutomationOff(_) => Self::Protected,
            Refusal::OwnedBy { .. } => Self::OwnedByGitOps,
            Refusal::CannotRead { .. } => Self::Forbidden,
            Refusal::TargetGone(_) => Self::TargetGone,
            _ => Self::InvalidPlan,
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ending_reads_back_what_it_writes() {
        for ending in Ending::ALL {
            assert_eq!(Ending::from_reason(ending.as_str()), Some(ending));
        }
        assert_eq!(Ending::from_reason("SomethingElse"), None);
    }

    #[test]
    fn what_a_person_refused_is_not_proposed_again() {
        assert_eq!(Ending::Rejected.afterwards(), Afterwards::Escalate("Rejected"));
        assert_eq!(Ending::NotHelped.afterwards(), Afterwards::TryAgain);
    }
}
