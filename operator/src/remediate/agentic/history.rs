//! What a loop has behind it, and when it turns in circles. Pure.

use common::api::keys::conditions;
use common::api::remediation_plan::{AgenticStep, RemediationState};
use common::api::{RemediationAction, RemediationPlan};
use common::decisions::Ending;

pub use common::api::remediation_plan::STEP_SUCCESS as SUCCESS;

/// The same after one that did not help.
pub const FAILED: &str = "FAILED:";
/// The same after one that was not carried out.
pub const REJECTED: &str = "REJECTED:";
/// What is written down where a model wants to look on.
pub const LOOKED_ON: &str = "Observation step: nothing was changed";
/// Longest output of a diagnostic that is shown to a model.
const OUTPUT: usize = 1000;
/// Steps without an action after which it is enough.
const LOOKS: usize = 2;

/// Number of the last step; 0 before the first.
pub fn last_number(plan: &RemediationPlan) -> i32 {
    plan.spec.agentic_history.last().map_or(0, |last| last.step_number)
}

/// Why this action is not worth carrying out once more: it was, and did not help.
pub fn was_tried(history: &[AgenticStep], action: &RemediationAction) -> Option<i32> {
    let same = |step: &&AgenticStep| step.action.as_ref() == Some(action) && !begins(step, SUCCESS);
    history.iter().find(same).map(|step| step.step_number)
}

/// Why it is enough, where the loop turns in circles (pipeline.md §4.14).
pub fn converged(history: &[AgenticStep]) -> Option<String> {
    let last = |count: usize| history.len().checked_sub(count).map(|from| &history[from..]);
    let said = |step: &AgenticStep| step.observation.as_deref().unwrap_or_default().trim().to_lowercase();
    // A question that nobody answered says nothing about the model's ideas.
    let is_look = |step: &AgenticStep| step.action.is_none() && !begins(step, FAILED);
    if last(LOOKS).is_some_and(|steps| steps.iter().all(is_look)) {
        return Some(format!("the model named no action {LOOKS} times in a row"));
    }
    if last(3)
        .is_some_and(|steps| !said(&steps[0]).is_empty() && steps.iter().all(|step| said(step) == said(&steps[0])))
    {
        return Some("three steps in a row came to the same".to_owned());
    }
    if last(4).is_some_and(|it| {
        it[0].action.is_some()
            && it[0].action == it[2].action
            && it[1].action == it[3].action
            && it[0].action != it[1].action
    }) {
        return Some("the model goes back and forth between two actions".to_owned());
    }
    if last(5).is_some_and(|steps| steps.iter().all(|step| step.action.is_some() && !begins(step, SUCCESS))) {
        return Some("five steps in a row did not help".to_owned());
    }
    None
}

/// What came of a step, from its plan that has ended.
pub fn observation(what: &str, step: &RemediationPlan) -> String {
    let status = step.status.clone().unwrap_or_default();
    let result = status.result.clone().unwrap_or_default();
    let verified = status.conditions.iter().find(|condition| condition.type_ == conditions::VERIFIED);
    let ending = verified.and_then(|condition| Ending::from_reason(&condition.reason));
    let output = status.evidence.iter().rev().find(|item| item.evidence_type == "diagnostic_output");
    let seen = output.map(|item| format!("; output: {}", common::redact::cut(&item.data, OUTPUT))).unwrap_or_default();
    let wrote = status.steps.iter().any(|step| step.writes_done > 0);
    match status.state {
        RemediationState::Completed => format!("{SUCCESS} {what} executed successfully; {result}{seen}"),
        _ if wrote || ending == Some(Ending::OutcomeUnknown) => format!("{FAILED} {what}: {result}{seen}"),
        _ => format!("{REJECTED} {what} was not carried out: {result}"),
    }
}

fn begins(step: &AgenticStep, prefix: &str) -> bool {
    step.observation.as_deref().is_some_and(|observation| observation.starts_with(prefix))
}
