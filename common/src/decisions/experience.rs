//! How often something helped before: counted from the plans that are kept, so that whoever deletes one has it forgotten. Pure.

use crate::api::remediation_plan::RemediationState;
use crate::api::{RemediationAction, RemediationPlan};

/// How plans of one kind ended.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Experience {
    /// Those that were carried out and are over.
    pub finished: usize,
    /// Those of them that were verified.
    pub verified: usize,
}

impl Experience {
    /// Of these plans; one that never ran tells nothing.
    pub fn of<'a>(plans: impl IntoIterator<Item = &'a RemediationPlan>) -> Self {
        let mut counted = Self::default();
        for status in plans.into_iter().filter_map(|plan| plan.status.as_ref()) {
            if status.state.is_terminal() && status.started_at.is_some() {
                counted.finished += 1;
                counted.verified += usize::from(status.state == RemediationState::Completed);
            }
        }
        counted
    }

    /// Share that was verified, 0 to 1; absent without any.
    pub fn rate(self) -> Option<f64> {
        (self.finished > 0).then(|| self.verified as f64 / self.finished as f64)
    }

    /// It failed more often than it helped. One failure says little, and is no reason to try something broader first: two more failures
    /// than successes are.
    pub fn is_bad(self) -> bool {
        self.finished - self.verified >= self.verified + 2
    }

    /// `helped 3 of 4 times`; nothing without any.
    pub fn words(self) -> Option<String> {
        let times = if self.finished == 1 { "time" } else { "times" };
        (self.finished > 0).then(|| format!("helped {} of {} {times}", self.verified, self.finished))
    }
}

/// Whether a plan did exactly this kind of thing against this finding: the same actions in the same order, whatever their parameters.
pub fn is_like(plan: &RemediationPlan, finding: &str, actions: &[RemediationAction]) -> bool {
    let types = |actions: &[RemediationAction]| actions.iter().map(|action| action.action_type).collect::<Vec<_>>();
    plan.spec.finding_code.as_deref() == Some(finding) && types(&plan.spec.actions) == types(actions)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn experience(finished: usize, verified: usize) -> Experience {
        Experience { finished, verified }
    }

    #[test]
    fn one_failure_says_little_and_two_more_than_successes_say_enough() {
        assert!(!experience(0, 0).is_bad());
        assert!(!experience(1, 0).is_bad());
        assert!(experience(2, 0).is_bad());
        assert!(!experience(3, 1).is_bad());
        assert!(experience(4, 1).is_bad());
        assert!(!experience(9, 9).is_bad());
    }

    #[test]
    fn what_never_happened_has_no_rate_and_no_words() {
        assert_eq!((experience(0, 0).rate(), experience(0, 0).words()), (None, None));
        assert_eq!(experience(4, 3).rate(), Some(0.75));
        assert_eq!(experience(1, 1).words().as_deref(), Some("helped 1 of 1 time"));
    }
}
