//! What an incident tells the world: its state, its conditions, what it waits for.

use std::sync::Arc;

use common::api::{
    Issue, Time,
    issue::{IssueState, IssueStatus},
    keys::{conditions, managers},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::runtime::status::{self, Owner, condition};
use crate::runtime::{Context, WriteError};

const OWNER: Owner = Owner {
    manager: managers::ISSUE,
    fields: &[
        "state",
        "detectedAt",
        "resolution",
        "resolvedAt",
        "remediationAttempts",
        "maxRemediationAttempts",
        "requiresHumanAction",
        "requiredAction",
        "observedGeneration",
        "transition",
        "reopened",
        "reopensUntil",
        "currentPlanRef",
        "waitsFor",
    ],
    conditions: &[
        conditions::ANALYZING,
        conditions::REMEDIATING,
        conditions::CONTAINED,
        conditions::REQUIRES_HUMAN_ACTION,
        conditions::RESOLVED,
        conditions::ESCALATED,
    ],
};

/// The states that have a condition of their own.
const PHASES: &[(IssueState, &str)] = &[
    (IssueState::Analyzing, conditions::ANALYZING),
    (IssueState::Remediating, conditions::REMEDIATING),
    (IssueState::Contained, conditions::CONTAINED),
    (IssueState::Resolved, conditions::RESOLVED),
    (IssueState::Escalated, conditions::ESCALATED),
];

/// A change of state, as it is to be written.
pub(super) struct Entering<'a> {
    pub(super) state: IssueState,
    pub(super) reason: &'a str,
    pub(super) message: &'a str,
    pub(super) required_action: Option<&'a str>,
    pub(super) waits_for: &'a str,
    /// Attempt number and plan, where one begins.
    pub(super) plan: Option<(i32, &'a str)>,
    pub(super) max_attempts: i32,
    /// How long after its end a returning fault re-opens it.
    pub(super) cooldown: SignedDuration,
}

/// Writes a new state. The transition number is what effects are named from.
pub(super) async fn enter(
    ctx: &Context,
    issue: &Arc<Issue>,
    entering: &Entering<'_>,
) -> Result<Arc<Issue>, WriteError> {
    status::apply(ctx, issue, &OWNER, entered(issue, entering, ctx.clock.now())).await
}

/// Says what the incident waits for; no transition.
pub(super) async fn wait(
    ctx: &Context,
    issue: &Arc<Issue>,
    for_what: &str,
    max_attempts: i32,
) -> Result<Arc<Issue>, WriteError> {
    let mut wanted = carried(&issue.status.clone().unwrap_or_default(), max_attempts);
    wanted["waitsFor"] = shown(for_what);
    status::apply(ctx, issue, &OWNER, wanted).await
}

fn entered(issue: &Issue, entering: &Entering<'_>, now: Timestamp) -> Value {
    let before = issue.status.clone().unwrap_or_default();
    let mut wanted = carried(&before, entering.max_attempts);
    let generation = issue.metadata.generation;
    let human = matches!(entering.state, IssueState::Escalated | IssueState::Contained);
    wanted["state"] = json!(entering.state);
    wanted["transition"] = json!(before.transition.unwrap_or(0) + 1);
    wanted["observedGeneration"] = json!(generation);
    wanted["waitsFor"] = shown(entering.waits_for);
    wanted["requiresHumanAction"] = if human { json!(true) } else { Value::Null };
    wanted["requiredAction"] = json!(entering.required_action);
    if before.detected_at.is_none() {
        wanted["detectedAt"] = json!(issue.metadata.creation_timestamp.clone().unwrap_or(Time(now)));
    }
    if let Some((attempt, plan)) = entering.plan {
        wanted["remediationAttempts"] = json!(attempt);
        wanted["currentPlanRef"] = json!({ "name": plan });
    }
    if entering.state == IssueState::Resolved {
        wanted["resolution"] = json!(entering.message);
        wanted["resolvedAt"] = json!(Time(now));
        wanted["reopensUntil"] = json!(Time(now + entering.cooldown));
    } else if before.state == IssueState::Resolved {
        wanted["resolution"] = Value::Null;
        wanted["resolvedAt"] = Value::Null;
        wanted["reopensUntil"] = Value::Null;
        wanted["reopened"] = json!(before.reopened.unwrap_or(0) + 1);
    }
    let at = |kind, holds, reason: &str, message: &str| {
        condition(&before.conditions, kind, holds, reason, message, generation, now)
    };
    let mut list = Vec::new();
    for (state, kind) in PHASES {
        if *state == entering.state {
            list.push(at(kind, true, entering.reason, entering.message));
        } else if before.conditions.iter().any(|old| old.type_ == *kind && old.status == "True") {
            list.push(at(kind, false, entering.reason, &format!("now {}", entering.state)));
        }
    }
    if human {
        list.push(at(
            conditions::REQUIRES_HUMAN_ACTION,
            true,
            entering.reason,
            entering.required_action.unwrap_or(entering.message),
        ));
    } else if before.conditions.iter().any(|old| old.type_ == conditions::REQUIRES_HUMAN_ACTION && old.status == "True")
    {
        list.push(at(conditions::REQUIRES_HUMAN_ACTION, false, "HumanActionCompleted", entering.message));
    }
    wanted["conditions"] = json!(list);
    wanted
}

/// What stays as it is.
fn carried(before: &IssueStatus, max_attempts: i32) -> Value {
    json!({
        "state": before.state,
        "detectedAt": before.detected_at,
        "resolution": before.resolution,
        "resolvedAt": before.resolved_at,
        "remediationAttempts": before.remediation_attempts,
        "maxRemediationAttempts": max_attempts,
        "requiresHumanAction": before.requires_human_action,
        "requiredAction": before.required_action,
        "observedGeneration": before.observed_generation,
        "transition": before.transition,
        "reopened": before.reopened,
        "reopensUntil": before.reopens_until,
        "currentPlanRef": before.current_plan_ref,
        "waitsFor": before.waits_for,
    })
}

fn shown(for_what: &str) -> Value {
    if for_what == "nothing" { Value::Null } else { json!(for_what) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remediate::testing::{issue, now};

    fn entering(state: IssueState, reason: &'static str) -> Entering<'static> {
        Entering {
            state,
            reason,
            message: "because",
            required_action: None,
            waits_for: "nothing",
            plan: None,
            max_attempts: 5,
            cooldown: SignedDuration::from_mins(10),
        }
    }

    #[test]
    fn a_state_that_is_left_flips_its_condition_instead_of_losing_it() {
        let mut issue = issue(IssueState::Analyzing, 0);
        issue.status.as_mut().unwrap().conditions =
            vec![condition(&[], conditions::ANALYZING, true, "AIInsightCreated", "", None, now())];
        let wanted = entered(&issue, &entering(IssueState::Resolved, "AutoResolved"), now());
        let analyzing = wanted["conditions"].as_array().unwrap().iter().find(|c| c["type"] == "Analyzing").unwrap();
        assert_eq!(analyzing["status"], "False");
    }

    #[test]
    fn coming_back_from_resolved_counts_as_reopened_and_forgets_the_resolution() {
        let mut issue = issue(IssueState::Resolved, 1);
        issue.status.as_mut().unwrap().resolution = Some("rolled back".to_owned());
        let wanted = entered(&issue, &entering(IssueState::Analyzing, "FaultReturned"), now());
        assert_eq!(wanted["reopened"], 1);
        assert!(wanted["resolution"].is_null());
    }

    #[test]
    fn every_transition_has_its_own_number() {
        let wanted =
            entered(&issue(IssueState::Detected, 0), &entering(IssueState::Analyzing, "AIInsightCreated"), now());
        assert_eq!(wanted["transition"], 3);
    }
}
