//! The quiet time after a fix that was proven: trouble that is back within it has outlived the fix, and repeating fixes by machine is no cure.

use jiff::{SignedDuration, Timestamp};

use crate::api::{RemediationPlan, remediation_plan::RemediationState};

/// How long an object is left alone by automation, and how long a fault that returns re-opens its incident (default of
/// `resolutionCooldownMinutes`, actions-and-instance.md §2.7).
pub const COOLDOWN: SignedDuration = SignedDuration::from_mins(10);

/// Until when automation leaves an object alone, given the other plans for it; absent when it may act.
pub fn cooling_until<'a>(plans: impl IntoIterator<Item = &'a RemediationPlan>, now: Timestamp) -> Option<Timestamp> {
    let proven = |plan: &RemediationPlan| {
        let status = plan.status.as_ref().filter(|status| status.state == RemediationState::Completed)?;
        let wrote = status.steps.iter().any(|step| step.applied_at.is_some());
        status.completed_at.as_ref().filter(|_| wrote).map(|at| at.0)
    };
    plans.into_iter().filter_map(proven).max().map(|at| at + COOLDOWN).filter(|until| *until > now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{
        Time,
        remediation_plan::{RemediationPlanSpec, RemediationPlanStatus, StepStatus},
    };

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + minute * 60).unwrap()
    }

    fn ended(state: RemediationState, minute: i64) -> RemediationPlan {
        let mut plan = RemediationPlan::new("web-plan-1", spec());
        plan.status = Some(RemediationPlanStatus {
            state,
            completed_at: Some(Time(at(minute))),
            steps: vec![StepStatus { applied_at: Some(Time(at(minute))), ..StepStatus::default() }],
            ..RemediationPlanStatus::default()
        });
        plan
    }

    fn spec() -> RemediationPlanSpec {
        serde_json::from_value(
            serde_json::json!({"issueRef": {"name": "web"}, "attempt": 1, "strategy": "", "actions": []}),
        )
        .unwrap()
    }

    #[test]
    fn an_object_cools_down_for_ten_minutes_after_the_newest_proven_fix() {
        let plans = [ended(RemediationState::Completed, 0), ended(RemediationState::Completed, 5)];
        assert_eq!(cooling_until(&plans, at(14)), Some(at(15)));
        assert_eq!(cooling_until(&plans, at(15)), None);
    }

    #[test]
    fn an_attempt_that_failed_does_not_keep_the_next_one_waiting() {
        let plans = [ended(RemediationState::Failed, 0), ended(RemediationState::RolledBack, 0)];
        assert_eq!(cooling_until(&plans, at(1)), None);
    }

    #[test]
    fn a_plan_that_wrote_nothing_heats_nothing() {
        let mut plan = ended(RemediationState::Completed, 0);
        plan.status.as_mut().unwrap().steps.clear();
        assert_eq!(cooling_until([&plan], at(1)), None);
    }
}
