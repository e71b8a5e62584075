//! The gates a plan passes before it may write, in the order they are asked. The first that does not pass decides; all fail closed.

use common::api::{
    RemediationPlan,
    remediation_plan::{GateResult, OVERRIDABLE, Verdict, VerdictLevel},
};
use common::decisions::{Ending, cooldown};

use super::decide::{Consent, Input, Move, Outcome, Repeated, Sick, wait};

/// What the gates said.
pub struct Asked {
    /// The move of the first gate that did not pass.
    pub stopped: Option<Move>,
    /// Every gate asked, in order.
    pub gates: Vec<GateResult>,
}

/// One gate's answer.
enum Answer {
    Pass(&'static str, String),
    Stop(&'static str, Move),
}

type Gate = (&'static str, fn(&Input<'_>) -> Answer);

const GATES: &[Gate] = &[
    ("alone-in-charge", alone_in_charge),
    ("paused", paused),
    ("still-sick", still_sick),
    ("allowed", allowed),
    ("budget", within_budget),
    ("previewed", previewed),
    ("blockers", no_blockers),
    ("rules", same_rules),
    ("approval", approved),
    ("cooldown", cooled_down),
    ("unchanged", unchanged),
    ("lock", not_locked),
];

/// Asked again before every further step; consent was given for the whole plan.
const BETWEEN_STEPS: &[Gate] = &[("alone-in-charge", alone_in_charge), ("paused", paused), ("allowed", allowed)];

/// Asked before a person's undo begins.
const BEFORE_UNDO: &[Gate] =
    &[("alone-in-charge", alone_in_charge), ("paused", paused), ("allowed", allowed), ("lock", not_locked)];

/// Every gate, before the first write.
pub fn ask(input: &Input<'_>) -> Asked {
    run(GATES, input)
}

/// The brakes, before each further step.
pub fn ask_between_steps(input: &Input<'_>) -> Asked {
    run(BETWEEN_STEPS, input)
}

/// Brakes and lock, before what was done is taken back.
pub fn ask_before_undo(input: &Input<'_>) -> Asked {
    run(BEFORE_UNDO, input)
}

fn run(gates: &[Gate], input: &Input<'_>) -> Asked {
    let mut results = Vec::with_capacity(gates.len());
    for (name, gate) in gates {
        match gate(input) {
            Answer::Pass(reason, message) => results.push(result(name, "Pass", reason, message)),
            Answer::Stop(reason, next) => {
                let (how, message) = describe(&next);
                results.push(result(name, how, reason, message));
                return Asked { stopped: Some(next), gates: results };
            }
        }
    }
    Asked { stopped: None, gates: results }
}

fn result(name: &str, how: &str, reason: &str, message: String) -> GateResult {
    GateResult { name: name.to_owned(), result: how.to_owned(), reason: reason.to_owned(), message, at: None }
}

fn describe(next: &Move) -> (&'static str, String) {
    match next {
        Move::Ask(why) => ("Ask", why.clone()),
        Move::Finish(outcome) => ("Stop", outcome.message.clone()),
        // Somebody is being asked; everything else waits for the world.
        Move::Wait { reason: "WaitingForVotes", message, .. } => ("Ask", message.clone()),
        Move::Wait { message, .. } => ("Wait", message.clone()),
        Move::Preview => ("Wait", "the API server is being asked".to_owned()),
        Move::Reseal { because, .. } => ("Wait", (*because).to_owned()),
        _ => ("Wait", String::new()),
    }
}

fn alone_in_charge(input: &Input<'_>) -> Answer {
    match &input.brakes.other_operator {
        None => Answer::Pass("Alone", String::new()),
        Some(who) => Answer::Stop(
            "OtherOperatorActive",
            wait(None, "OtherOperatorActive", &format!("another operator is active: {who}")),
        ),
    }
}

fn paused(input: &Input<'_>) -> Answer {
    match &input.brakes.paused {
        None => Answer::Pass("NotPaused", String::new()),
        Some(who) => Answer::Stop("Paused", wait(None, "Paused", &format!("automation is paused for the {who}"))),
    }
}

fn still_sick(input: &Input<'_>) -> Answer {
    match &input.sick {
        Sick::Yes(signals) => Answer::Pass("StillSick", signals.join(", ")),
        Sick::No => Answer::Stop(
            "NoLongerNeeded",
            Move::Finish(Outcome::failed(Ending::NoLongerNeeded, "it recovered by itself; nothing was changed")),
        ),
        Sick::Gone => Answer::Stop(
            "TargetGone",
            Move::Finish(Outcome::failed(Ending::TargetGone, "the target no longer exists; nothing was changed")),
        ),
        Sick::Unknown(why) => Answer::Stop(
            "Unknown",
            wait(None, "HealthUnknown", &format!("it cannot be told whether the trouble goes on: {why}")),
        ),
    }
}

fn allowed(input: &Input<'_>) -> Answer {
    match &input.brakes.out_of_bounds {
        None => Answer::Pass("Allowed", String::new()),
        Some(why) => Answer::Stop("Protected", Move::Finish(Outcome::failed(Ending::Protected, why.clone()))),
    }
}

fn within_budget(input: &Input<'_>) -> Answer {
    let budget = &input.budget;
    if budget.failures >= budget.failures_limit {
        let message = format!(
            "{} plans failed in this namespace within the hour: the circuit breaker is open until it is reset (kubectl chatcli resume --breaker) or the hour is over",
            budget.failures
        );
        return Answer::Stop("BreakerOpen", Move::Finish(Outcome::failed(Ending::BreakerOpen, message)));
    }
    if budget.changes >= budget.changes_limit {
        let message = format!(
            "{} of {} changes of this hour are used up in this namespace",
            budget.changes, budget.changes_limit
        );
        return Answer::Stop(
            "BudgetUsedUp",
            wait(Some(input.now + jiff::SignedDuration::from_mins(5)), "BudgetUsedUp", &message),
        );
    }
    if budget.targets >= budget.targets_limit {
        let message = format!("{} objects are being changed already, the most allowed", budget.targets);
        return Answer::Stop(
            "TooManyAtOnce",
            wait(Some(input.now + jiff::SignedDuration::from_mins(5)), "TooManyAtOnce", &message),
        );
    }
    Answer::Pass("WithinBudget", format!("{} failures, {} changes within the hour", budget.failures, budget.changes))
}

fn previewed(input: &Input<'_>) -> Answer {
    if input.plan.is_agentic() {
        let message = "no model may be asked here (--model-mode=rules), so nobody names the steps of an agenticMode plan; write them into spec.actions";
        return Answer::Stop("AgenticMode", Move::Finish(Outcome::failed(Ending::InvalidPlan, message)));
    }
    match preview_of(input.plan) {
        None => Answer::Stop("NotPreviewed", Move::Preview),
        Some(preview) if preview.plan_generation != input.plan.metadata.generation.unwrap_or(0) => {
            let message = "the plan was edited after it was previewed; nothing of it will run";
            Answer::Stop("EditedAfterPreview", Move::Finish(Outcome::failed(Ending::EditedAfterPreview, message)))
        }
        Some(preview) if !preview.changes_something() => {
            let message = "everything is already as the plan wants it; nothing to change";
            Answer::Stop("NothingToDo", Move::Finish(Outcome::failed(Ending::NothingToDo, message)))
        }
        Some(preview) => Answer::Pass("Previewed", preview.digest.clone()),
    }
}

/// A check that is a judgement goes on to the people who may know better; they have to accept it by name.
fn no_blockers(input: &Input<'_>) -> Answer {
    let Some(preview) = preview_of(input.plan) else { return Answer::Stop("NotPreviewed", Move::Preview) };
    match preview.overridable() {
        Some(checks) if checks.is_empty() => Answer::Pass("NothingBlocks", String::new()),
        Some(checks) => {
            Answer::Pass("ToBeAccepted", format!("{} blocks it unless a vote accepts that", checks.join(", ")))
        }
        None => {
            let blocks = |verdict: &&Verdict| {
                verdict.level == VerdictLevel::Block && !OVERRIDABLE.contains(&verdict.check.as_str())
            };
            let verdict = preview.verdicts.iter().find(blocks);
            let (check, message) =
                verdict.map(|verdict| (verdict.check.as_str(), verdict.message.as_str())).unwrap_or_default();
            let ending = Ending::of_blocker(check);
            Answer::Stop(ending.as_str(), Move::Finish(Outcome::failed(ending, format!("{check}: {message}"))))
        }
    }
}

/// People are asked under the rules that hold; under others it is another question.
fn same_rules(input: &Input<'_>) -> Answer {
    let sealed = preview_of(input.plan).and_then(|preview| preview.policy_digest.as_ref());
    match &input.consent {
        // Rules that cannot be read or forbid it altogether are said by the next gate.
        Consent::Never(_) | Consent::NotAsked => Answer::Pass("NotCompared", String::new()),
        _ if sealed == input.rules.as_ref() => Answer::Pass("SameRules", sealed.cloned().unwrap_or_default()),
        _ => Answer::Stop(
            "RulesChanged",
            Move::Reseal {
                again: None,
                reason: "RulesChanged",
                because: "the approval policies were changed since it was sealed",
            },
        ),
    }
}

fn approved(input: &Input<'_>) -> Answer {
    match &input.consent {
        Consent::NotNeeded(why) => Answer::Pass("NotNeeded", why.clone()),
        Consent::Given(who) => Answer::Pass("Approved", who.clone()),
        Consent::NotAsked => {
            Answer::Stop("NotLooked", wait(None, "ApprovalUnknown", "what consent is needed is not known yet"))
        }
        Consent::Never(why) => Answer::Stop("ProposeOnly", wait(None, "ProposeOnly", why)),
        Consent::ToAsk(why) => Answer::Stop("ApprovalNeeded", Move::Ask(why.clone())),
        Consent::Waiting { have, need, expires_at } => {
            Answer::Stop("WaitingForVotes", wait(*expires_at, "WaitingForVotes", &format!("{have} of {need} votes")))
        }
        Consent::OutsideWindow { opens, message } => {
            Answer::Stop("OutsideWindow", wait(*opens, "OutsideWindow", message))
        }
        Consent::Rejected(who) => {
            Answer::Stop("Rejected", Move::Finish(Outcome::failed(Ending::Rejected, who.clone())))
        }
        Consent::Expired(why) => Answer::Stop("Expired", Move::Finish(Outcome::failed(Ending::Expired, why.clone()))),
        Consent::Unverified(why) => Answer::Stop("VoteIdentityUnverified", wait(None, "VoteIdentityUnverified", why)),
    }
}

/// Trouble that is back right after a proven fix has outlived it. The quiet time binds automation, never people.
fn cooled_down(input: &Input<'_>) -> Answer {
    let spec = &input.plan.spec;
    let Some(until) = input.cooling_until else { return Answer::Pass("CooledDown", String::new()) };
    match &input.consent {
        Consent::Given(who) => Answer::Pass("DecidedByPeople", who.clone()),
        _ if spec.runbook_ref.is_none() && spec.requested_by.is_some() => {
            Answer::Pass("DecidedByPeople", spec.requested_by.clone().unwrap_or_default())
        }
        _ => {
            let minutes = cooldown::COOLDOWN.as_mins();
            let message = format!(
                "the last fix of this object was proven less than {minutes} minutes ago and did not last; nothing more is changed by itself before {until}"
            );
            Answer::Stop("CoolingDown", wait(Some(until), "CoolingDown", &message))
        }
    }
}

fn unchanged(input: &Input<'_>) -> Answer {
    match &input.again {
        Some(Repeated::Same) => Answer::Pass("Unchanged", String::new()),
        Some(Repeated::Drifted(again)) => Answer::Stop(
            "Drifted",
            Move::Reseal {
                again: Some(again.clone()),
                reason: "Drifted",
                because: "what it would change is no longer what was sealed",
            },
        ),
        Some(Repeated::Refused { ending, message }) => {
            Answer::Stop(ending.as_str(), Move::Finish(Outcome::failed(*ending, message.clone())))
        }
        Some(Repeated::Unknown(why)) => Answer::Stop("Unknown", wait(None, "PreviewUnknown", why)),
        None => Answer::Stop("NotLooked", wait(None, "PreviewUnknown", "the change was not asked for again yet")),
    }
}

fn not_locked(input: &Input<'_>) -> Answer {
    match &input.rival {
        None => Answer::Pass("Alone", String::new()),
        Some(rival) => {
            Answer::Stop("Locked", wait(None, "Locked", &format!("plan {rival} is changing the same object")))
        }
    }
}

fn preview_of(plan: &RemediationPlan) -> Option<&common::api::remediation_plan::PlanPreview> {
    plan.status.as_ref()?.preview.as_ref()
}
