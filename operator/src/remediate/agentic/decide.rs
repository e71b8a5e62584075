//! The one next move of an agentic plan. Pure: everything it depends on is in [`Input`].
//!
//! The plan itself writes nothing to the world. Each step that a model names becomes a plan of its own, which passes every gate, is sealed,
//! voted on, journalled, watched and taken back like any other; here is only decided what is asked next, and when it is enough.

use std::sync::Arc;

use common::api::ai_insight::{ModelState, ModelUse};
use common::api::keys::{annotations, conditions};
use common::api::remediation_plan::{AgenticStep, RemediationPlanStatus, RemediationState, StepPhase};
use common::api::{Issue, RemediationPlan};
use common::decisions::Ending;
use jiff::{SignedDuration, Timestamp};
use kube::ResourceExt as _;

use super::history;
use crate::remediate::plan::decide::{Brakes, Outcome, Sick, is_asked_back};

/// Steps where the plan does not say.
const STEPS: i32 = 10;
/// Longest the loop may take; waiting for people does not count.
const LONGEST: SignedDuration = SignedDuration::from_mins(10);
/// Questions in a row that brought nothing.
const MOST_FAILURES: i32 = 3;

/// Everything the next move depends on. Nothing else may influence it.
pub struct Input<'a> {
    /// The moment.
    pub now: Timestamp,
    /// The agentic plan.
    pub plan: &'a RemediationPlan,
    /// Its incident; absent when it is gone.
    pub issue: Option<&'a Issue>,
    /// Whether the trouble goes on.
    pub sick: Sick,
    /// Pauses and ceilings where the target lives.
    pub brakes: Brakes,
    /// The plans of its steps that exist, in no order.
    pub steps: &'a [Arc<RemediationPlan>],
    /// There is a model to ask.
    pub has_model: bool,
    /// This process has the answer to the question that is open.
    pub is_answered: bool,
}

/// The next move.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    /// Nothing before that time or the next event.
    Wait {
        /// When to look again without an event.
        until: Option<Timestamp>,
        /// CamelCase reason.
        reason: &'static str,
        /// One sentence.
        message: String,
    },
    /// The loop begins: its clock runs from here.
    Begin,
    /// Ask a model for this step, or for the story when the trouble is over.
    Ask {
        /// From 1.
        number: i32,
        /// Only the story is asked for.
        is_over: bool,
    },
    /// Write down what it answered.
    Take,
    /// Whoever asked is gone: the question is counted, and uses up its step.
    Lost,
    /// Write the plan of the step that was chosen.
    Launch(AgenticStep),
    /// Write down what came of it.
    Observe {
        /// The step.
        number: i32,
        /// What came of it.
        observation: String,
    },
    /// Have a step taken back.
    TakeBack {
        /// Name of its plan.
        step: String,
        /// Why.
        because: String,
    },
    /// Say how it went that a person had a finished plan taken back.
    TellUndone {
        /// Nothing is left.
        is_whole: bool,
        /// One sentence.
        message: String,
    },
    /// The end.
    Finish(Outcome),
}

/// What to do next about an agentic plan.
pub fn next_move(input: &Input<'_>) -> Move {
    let status = input.plan.status.clone().unwrap_or_default();
    if let Some(model) = status.model.as_ref().filter(|model| model.state == ModelState::Asking) {
        return asked(input, model);
    }
    if status.state.is_terminal() {
        return after_its_end(input, &status);
    }
    let Some(issue) = input.issue else {
        return Move::Finish(Outcome::failed(Ending::IssueGone, "Parent issue not found"));
    };
    if let Some(because) = status.rollback_result.clone() {
        return undo(input, &because);
    }
    if status.agentic_started_at.is_none() {
        return begin(input);
    }
    if let Some(open) = input.plan.open_step() {
        return follow(input, open);
    }
    if let Some(who) = who_wants_it_back(input) {
        return give_up(input, Ending::NotHelped, &format!("{who} asked to take it back"));
    }
    if input.sick == Sick::Gone {
        return Move::Finish(Outcome::failed(Ending::TargetGone, format!("{} no longer exists", issue.spec.resource)));
    }
    if input.sick == Sick::No {
        return over(input, &status);
    }
    go_on(input, &status)
}

/// It is over; a person may still have all of it taken back.
fn after_its_end(input: &Input<'_>, status: &RemediationPlanStatus) -> Move {
    let finished = || wait(None, "Finished", "nothing more will happen");
    let Some(who) = who_wants_it_back(input) else { return finished() };
    if let Some(step) = newest_to_take_back(input) {
        return take_back(input, step, "");
    }
    let is_told = status.conditions.iter().any(|condition| condition.type_ == conditions::ROLLED_BACK);
    let was_changed = input.steps.iter().any(|step| step.annotations().contains_key(annotations::UNDO));
    if is_told || !was_changed || input.steps.iter().any(|step| is_asked_back(step)) {
        return finished();
    }
    let left = leftovers(input);
    let message = if left.is_empty() {
        format!("{who} asked for it; every step was taken back")
    } else {
        format!("{who} asked for it; not everything could be taken back: {}", left.join(", "))
    };
    Move::TellUndone { is_whole: left.is_empty(), message }
}

/// A question is open.
fn asked(input: &Input<'_>, model: &ModelUse) -> Move {
    if input.is_answered {
        return Move::Take;
    }
    // The answer was written down, and the process ended before it could say so.
    let is_taken = model.about.parse::<i32>().is_ok_and(|number| history::last_number(input.plan) >= number);
    if is_taken { Move::Take } else { Move::Lost }
}

fn begin(input: &Input<'_>) -> Move {
    if let Some(why) = &input.brakes.out_of_bounds {
        return Move::Finish(Outcome::failed(Ending::Protected, why.clone()));
    }
    if let Some(stop) = braked(input) {
        return stop;
    }
    match &input.sick {
        Sick::No => Move::Finish(Outcome::failed(
            Ending::NoLongerNeeded,
            "it recovered by itself; nothing was changed and no model asked",
        )),
        Sick::Unknown(why) => {
            wait(None, "HealthUnknown", &format!("it cannot be told whether the trouble goes on: {why}"))
        }
        Sick::Gone => {
            Move::Finish(Outcome::failed(Ending::TargetGone, "the target no longer exists; nothing was changed"))
        }
        Sick::Yes(_) if !input.has_model => {
            Move::Finish(Outcome::failed(Ending::Failed, "no Instance offers a model that could be asked for steps"))
        }
        Sick::Yes(_) => Move::Begin,
    }
}

fn braked(input: &Input<'_>) -> Option<Move> {
    if let Some(who) = &input.brakes.other_operator {
        return Some(wait(None, "OtherOperatorActive", &format!("another operator is active: {who}")));
    }
    let who = input.brakes.paused.as_ref()?;
    Some(wait(None, "Paused", &format!("automation is paused for the {who}")))
}

/// A step was chosen, and what came of it is not written down.
fn follow(input: &Input<'_>, open: &AgenticStep) -> Move {
    let Some(step) = step_plan(input, open.step_number) else {
        return braked(input).unwrap_or_else(|| Move::Launch(open.clone()));
    };
    let state = step.status.as_ref().map(|status| status.state).unwrap_or_default();
    let what = open.action.as_ref().map(|action| action.action_type.as_str()).unwrap_or_default();
    if state.is_terminal() {
        return Move::Observe { number: open.step_number, observation: history::observation(what, step) };
    }
    let waits_for = step.status.as_ref().and_then(|status| {
        let stops = status.gates.iter().find(|gate| ["Ask", "Wait"].contains(&gate.result.as_str()))?;
        Some(stops.message.clone()).filter(|message| !message.is_empty())
    });
    let waits_for = waits_for.unwrap_or_else(|| state.to_string());
    wait(None, "StepRunning", &format!("step {}, {what}: {waits_for}", open.step_number))
}

/// Every signal is clear: the story is asked for once, and then it is the end.
fn over(input: &Input<'_>, status: &RemediationPlanStatus) -> Move {
    let history = &input.plan.spec.agentic_history;
    let Some((helped, action)) = input.plan.held_steps().last() else {
        let message = "every signal is clear; no step of the model was proven to have helped";
        return Move::Finish(Outcome::failed(Ending::NoLongerNeeded, message));
    };
    let is_told = history.last().is_some_and(|last| last.action.is_none() && last.step_number > helped.step_number);
    let failed = status.model.as_ref().is_some_and(|model| model.state == ModelState::Failed);
    if !is_told && !failed && input.has_model && braked(input).is_none() {
        return Move::Ask { number: history::last_number(input.plan) + 1, is_over: true };
    }
    Move::Finish(Outcome {
        state: RemediationState::Completed,
        reason: Ending::Verified,
        message: format!(
            "{} at step {}; every signal is clear{}",
            action.action_type.as_str(),
            helped.step_number,
            beside(input)
        ),
    })
}

/// Steps that did not help by themselves and are still in place: perhaps they were half of what helped.
fn beside(input: &Input<'_>) -> String {
    let is_left = |step: &&Arc<RemediationPlan>| {
        has_leftovers(step) && step.status.as_ref().is_some_and(|status| status.state != RemediationState::Completed)
    };
    let left: Vec<String> = input.steps.iter().filter(is_left).map(|step| step.name_any()).collect();
    if left.is_empty() {
        return String::new();
    }
    format!("; not proven to have helped, and still in place: {}", left.join(", "))
}

/// The trouble goes on: one more step, unless it is enough.
fn go_on(input: &Input<'_>, status: &RemediationPlanStatus) -> Move {
    let history = &input.plan.spec.agentic_history;
    if let Some((ending, why)) = last_ending(input) {
        return give_up(input, ending, &why);
    }
    let number = history::last_number(input.plan) + 1;
    let most = input.plan.spec.agentic_max_steps.filter(|most| *most > 0).unwrap_or(STEPS);
    if number > most {
        return give_up(input, Ending::NotHelped, &format!("max steps ({most}) used up and the trouble goes on"));
    }
    let began = status.agentic_started_at.as_ref().map_or(input.now, |at| at.0);
    if input.now.duration_since(began) - waited_for_people(input) > LONGEST {
        return give_up(
            input,
            Ending::NotHelped,
            &format!("{} minutes are over and the trouble goes on", LONGEST.as_mins()),
        );
    }
    if let Some(why) = history::converged(history) {
        return give_up(input, Ending::NotHelped, &why);
    }
    if !input.has_model {
        return give_up(input, Ending::Failed, "no Instance offers a model any more");
    }
    if let Some(model) = status.model.as_ref().filter(|model| model.state == ModelState::Failed) {
        // Without a next attempt asking again is of no use: a budget, a key.
        match &model.next_attempt_at {
            Some(at) if model.failures < MOST_FAILURES && at.0 > input.now => {
                return wait(Some(at.0), "ModelUnavailable", "the model could not be asked; it is asked again");
            }
            Some(_) if model.failures < MOST_FAILURES => {}
            _ => return give_up(input, Ending::Failed, &why_unasked(input)),
        }
    }
    if let Some(at) = status.next_step_not_before.as_ref().filter(|at| at.0 > input.now) {
        return wait(Some(at.0), "LookingOn", "looking on before the next step");
    }
    if let Some(stop) = braked(input) {
        return stop;
    }
    match &input.sick {
        Sick::Unknown(why) => {
            wait(None, "HealthUnknown", &format!("it cannot be told whether the trouble goes on: {why}"))
        }
        _ => Move::Ask { number, is_over: false },
    }
}

fn why_unasked(input: &Input<'_>) -> String {
    let mut conditions = input.plan.status.iter().flat_map(|status| &status.conditions);
    let said = conditions.find(|condition| condition.type_ == conditions::EXECUTING).map(|it| it.message.clone());
    said.filter(|said| !said.is_empty()).unwrap_or_else(|| "the model could not be asked".to_owned())
}

/// What ended the last step ends the loop where the next one would meet the same, or where a person has spoken.
fn last_ending(input: &Input<'_>) -> Option<(Ending, String)> {
    let last = step_plan(input, history::last_number(input.plan))?;
    let status = last.status.as_ref()?;
    let said = status.conditions.iter().find(|condition| condition.type_ == conditions::VERIFIED)?;
    let ending = Ending::from_reason(&said.reason)?;
    let is_final = matches!(
        ending,
        Ending::Rejected
            | Ending::Expired
            | Ending::Protected
            | Ending::OwnedByGitOps
            | Ending::Forbidden
            | Ending::BreakerOpen
            | Ending::OutcomeUnknown
            | Ending::NotUndone
    );
    is_final.then(|| (ending, said.message.clone()))
}

/// It did not help: what was done is taken back, newest first.
fn give_up(input: &Input<'_>, ending: Ending, why: &str) -> Move {
    match newest_to_take_back(input) {
        // Nobody knows what it has done: a person looks first.
        Some(_) if ending == Ending::OutcomeUnknown => Move::Finish(Outcome::failed(ending, why)),
        Some(step) => take_back(input, step, why),
        None => Move::Finish(Outcome::failed(ending, why)),
    }
}

/// Taking back has begun.
fn undo(input: &Input<'_>, because: &str) -> Move {
    if let Some(running) = input.steps.iter().find(|step| is_asked_back(step)) {
        return wait(None, "Undoing", &format!("{} is being taken back", running.name_any()));
    }
    if let Some(step) = newest_to_take_back(input) {
        return take_back(input, step, because);
    }
    let left = leftovers(input);
    if left.is_empty() {
        return Move::Finish(Outcome {
            state: RemediationState::RolledBack,
            reason: Ending::Undone,
            message: format!("{because}; every step was taken back"),
        });
    }
    let message = format!("{because}; not everything could be taken back: {}", left.join(", "));
    Move::Finish(Outcome::failed(Ending::NotUndone, message))
}

fn take_back(input: &Input<'_>, step: &RemediationPlan, because: &str) -> Move {
    let because =
        who_wants_it_back(input).map_or_else(|| because.to_owned(), |who| format!("{who} asked to take it back"));
    Move::TakeBack { step: step.name_any(), because }
}

fn who_wants_it_back<'a>(input: &Input<'a>) -> Option<&'a str> {
    input.plan.annotations().get(annotations::UNDO).map(String::as_str)
}

/// The newest step that changed something which can still be taken back, and that nobody has asked back yet.
fn newest_to_take_back<'a>(input: &Input<'a>) -> Option<&'a RemediationPlan> {
    let changed = |step: &&Arc<RemediationPlan>| {
        let steps = step.status.as_ref().map(|status| status.steps.as_slice()).unwrap_or_default();
        !step.annotations().contains_key(annotations::UNDO)
            && steps.iter().any(|step| step.writes_done > 0 && !step.undo.is_empty() && !is_undone(step.phase))
    };
    input.steps.iter().filter(changed).max_by_key(|step| number_of(step)).map(AsRef::as_ref)
}

fn is_undone(phase: StepPhase) -> bool {
    matches!(phase, StepPhase::Undone | StepPhase::PartlyUndone | StepPhase::NotUndoable)
}

/// Plans of steps of which something could not be taken back.
fn leftovers(input: &Input<'_>) -> Vec<String> {
    input.steps.iter().filter(|step| has_leftovers(step)).map(|step| step.name_any()).collect()
}

fn has_leftovers(step: &RemediationPlan) -> bool {
    let steps = step.status.as_ref().map(|status| status.steps.as_slice()).unwrap_or_default();
    steps.iter().any(|step| step.writes_done > 0 && step.phase != StepPhase::Undone && !step.undo.is_empty())
}

/// How long steps waited for votes.
fn waited_for_people(input: &Input<'_>) -> SignedDuration {
    let waited = |step: &Arc<RemediationPlan>| {
        let status = step.status.as_ref()?;
        status.approval_ref.as_ref()?;
        let asked = step.creation_timestamp()?.0;
        let answered = status.started_at.as_ref().or(status.completed_at.as_ref()).map_or(input.now, |at| at.0);
        Some(answered.duration_since(asked))
    };
    input.steps.iter().filter_map(waited).fold(SignedDuration::ZERO, |sum, one| sum + one)
}

fn step_plan<'a>(input: &Input<'a>, number: i32) -> Option<&'a RemediationPlan> {
    input.steps.iter().find(|step| number_of(step) == number).map(AsRef::as_ref)
}

fn number_of(step: &RemediationPlan) -> i32 {
    step.spec.step_of.as_ref().map_or(0, |of| of.step_number)
}

fn wait(until: Option<Timestamp>, reason: &'static str, message: &str) -> Move {
    Move::Wait { until, reason, message: message.to_owned() }
}
