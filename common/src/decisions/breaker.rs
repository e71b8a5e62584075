//! The circuit breaker of a namespace: after so many failed plans within the hour, nothing more is tried until people have looked.

use jiff::{SignedDuration, Timestamp};

use crate::api::{
    RemediationPlan,
    remediation_plan::{RemediationPlanStatus, RemediationState},
};

/// Failures that open it (pipeline.md §4.10).
pub const LIMIT: usize = 3;
/// Failures older than that are forgotten.
pub const WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// From when on failures count: the window's begin, or a person's reset after it. A reset in the future is one now: a clock that runs ahead must
/// not forgive what has not happened yet.
pub fn counts_since(reset: Option<&str>, now: Timestamp) -> Timestamp {
    let begin = now - WINDOW;
    reset_at(reset).map_or(begin, |at| at.min(now).max(begin))
}

/// The moment in a value of the annotation `breaker-reset`.
pub fn reset_at(value: Option<&str>) -> Option<Timestamp> {
    value?.split_once('/')?.0.parse().ok()
}

/// The value of the annotation for a reset now.
pub fn reset(now: Timestamp, who: &str) -> String {
    format!("{now}/{who}")
}

/// Whether a plan counts: it wrote something, and did not help. One that never wrote has harmed nobody.
pub fn is_failure(status: &RemediationPlanStatus, since: Timestamp) -> bool {
    let after = |at: &crate::api::Time| at.0 > since;
    matches!(status.state, RemediationState::Failed | RemediationState::RolledBack)
        && status.completed_at.as_ref().is_some_and(after)
        && status.steps.iter().any(|step| step.applied_at.is_some())
}

/// The plans that count.
pub fn failures<'a>(
    plans: impl IntoIterator<Item = &'a RemediationPlan>,
    since: Timestamp,
) -> impl Iterator<Item = &'a RemediationPlan> {
    plans.into_iter().filter(move |plan| plan.status.as_ref().is_some_and(|status| is_failure(status, since)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Time, remediation_plan::StepStatus};

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + minute * 60).unwrap()
    }

    fn failed(minute: i64) -> RemediationPlanStatus {
        RemediationPlanStatus {
            state: RemediationState::Failed,
            completed_at: Some(Time(at(minute))),
            steps: vec![StepStatus { applied_at: Some(Time(at(minute))), ..StepStatus::default() }],
            ..RemediationPlanStatus::default()
        }
    }

    #[test]
    fn failures_are_forgotten_after_an_hour_or_by_a_reset() {
        assert!(is_failure(&failed(70), counts_since(None, at(120))));
        assert!(!is_failure(&failed(50), counts_since(None, at(120))));
        assert!(!is_failure(&failed(70), counts_since(Some(&reset(at(90), "alice")), at(120))));
        assert!(is_failure(&failed(100), counts_since(Some(&reset(at(90), "alice")), at(120))));
    }

    #[test]
    fn a_reset_in_the_future_forgives_nothing_that_is_still_to_come() {
        let since = counts_since(Some(&reset(at(500), "alice")), at(120));
        assert!(is_failure(&failed(121), since));
        assert_eq!(counts_since(Some("nonsense"), at(120)), at(60));
    }

    #[test]
    fn a_plan_that_wrote_nothing_does_not_count() {
        assert!(!is_failure(&RemediationPlanStatus { steps: Vec::new(), ..failed(70) }, counts_since(None, at(120))));
    }
}
