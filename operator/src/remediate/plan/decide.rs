//! The one next move of a plan. Pure: everything it depends on is in [`Input`].

use common::actions::{ChangeSet, Previewed};
use common::api::{
    ActionType, Issue, RemediationPlan, SignalType, Time,
    keys::{annotations, conditions},
    remediation_plan::{HealthSample, RemediationPlanStatus, RemediationState, StepPhase, StepStatus},
};
use common::decisions::{Ending, breaker};
use jiff::{SignedDuration, Timestamp};
use kube::ResourceExt as _;

use super::gates::{self, Asked};

/// Everything the next move depends on. Nothing else may influence it.
pub struct Input<'a> {
    /// The moment.
    pub now: Timestamp,
    /// The plan, with its journal.
    pub plan: &'a RemediationPlan,
    /// Its incident; absent when it is gone.
    pub issue: Option<&'a Issue>,
    /// Pauses, autonomy and ceilings where the target lives.
    pub brakes: Brakes,
    /// Whether the trouble goes on.
    pub sick: Sick,
    /// When a signal of the incident last fired.
    pub last_fired: Option<Timestamp>,
    /// The same change, asked for again; gathered before the first write only.
    pub again: Option<Repeated>,
    /// Digest of the policy rules that hold now.
    pub rules: Option<String>,
    /// What consent the sealed preview needs, and what has been given.
    pub consent: Consent,
    /// Another plan that is changing the same object.
    pub rival: Option<String>,
    /// What has been done in this namespace in the last hour, and the limits.
    pub budget: Budget,
    /// Until when automation leaves the object alone, because a fix of it was proven only just now.
    pub cooling_until: Option<Timestamp>,
    /// What the step at hand has achieved in the world.
    pub arrival: Arrival,
    /// How the target serves now; absent when it cannot be read.
    pub health: Option<HealthSample>,
    /// True when this process stored the Intent of the step at hand and has not sent the request yet.
    pub intent_is_fresh: bool,
}

/// Why nothing may run, where something stops it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Brakes {
    /// Who paused it: `workload`, `namespace shop`, `cluster`.
    pub paused: Option<String>,
    /// Why this object is out of bounds for ever: protected namespace, `automation: off`.
    pub out_of_bounds: Option<String>,
    /// Another operator is alive.
    pub other_operator: Option<String>,
}

/// Whether the trouble goes on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Sick {
    /// Signals that hold, in words.
    Yes(Vec<String>),
    /// Every signal is clear, recovery time included.
    No,
    /// The target is gone.
    Gone,
    /// It cannot be told; the reason.
    Unknown(String),
}

/// The answer to asking for the same change again.
#[derive(Clone, Debug, PartialEq)]
pub enum Repeated {
    /// Still exactly what was sealed.
    Same,
    /// Something the digest covers has changed; what the server would do now, with the requests that belong to it.
    Drifted(Box<Previewed>),
    /// It cannot be done any more.
    Refused {
        /// What that means for the plan.
        ending: Ending,
        /// One sentence.
        message: String,
    },
    /// The server could not be asked; try again.
    Unknown(String),
}

/// Consent needed and given, as the decisions see it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Consent {
    /// Not looked at yet: there is no preview.
    #[default]
    NotAsked,
    /// Nobody has to be asked; why.
    NotNeeded(String),
    /// It may be looked at, never run; why.
    Never(String),
    /// People have to be asked and no request exists yet.
    ToAsk(String),
    /// Votes are being collected.
    Waiting {
        /// Distinct people who said yes.
        have: u32,
        /// Distinct people needed.
        need: u32,
        /// Absolute end of the wait.
        expires_at: Option<Timestamp>,
    },
    /// It may run, but not at this hour.
    OutsideWindow {
        /// When the change window opens.
        opens: Option<Timestamp>,
        /// One sentence.
        message: String,
    },
    /// Enough approvals on this very digest, re-read and re-checked just now.
    Given(String),
    /// Somebody said no.
    Rejected(String),
    /// Nobody decided in time.
    Expired(String),
    /// Votes cannot be trusted now; why.
    Unverified(String),
}

/// Changes and failures of the last hour.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Budget {
    /// Plans of this namespace that failed or were rolled back within the hour.
    pub failures: usize,
    /// Failures that trip the breaker.
    pub failures_limit: usize,
    /// Plans of this namespace that wrote something within the hour.
    pub changes: usize,
    /// Most changes per namespace and hour.
    pub changes_limit: usize,
    /// Objects being changed right now in the whole cluster.
    pub targets: usize,
    /// Most objects changed at once.
    pub targets_limit: usize,
}

impl Default for Budget {
    /// Breaker after 3 failures (pipeline.md §4.10), 20 changes an hour per namespace, 5 objects at once.
    fn default() -> Self {
        Self {
            failures: 0,
            failures_limit: breaker::LIMIT,
            changes: 0,
            changes_limit: 20,
            targets: 0,
            targets_limit: 5,
        }
    }
}

/// Where the world is, compared with what the applied steps wanted.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Arrival {
    /// Nothing was applied, or nobody looked.
    #[default]
    NotLooked,
    /// There.
    Arrived,
    /// On the way; what is missing.
    OnTheWay(String),
    /// It will not get there; why.
    Failed(String),
    /// It cannot be told; why.
    Unknown(String),
}

/// The one next move of a plan.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    /// Ask the API server what the plan would change, and seal the answer.
    Preview,
    /// Replace a preview that no longer holds; approvals of the old one are void.
    Reseal {
        /// What the server would do now, with the requests that belong to it; asked for anew when absent.
        again: Option<Box<Previewed>>,
        /// CamelCase reason.
        reason: &'static str,
        /// One clause.
        because: &'static str,
    },
    /// Open the request people vote on.
    Ask(String),
    /// Nothing before that time or the next event.
    Wait {
        /// When to look again without an event.
        until: Option<Timestamp>,
        /// CamelCase reason.
        reason: &'static str,
        /// One sentence.
        message: String,
    },
    /// Store the exact request before sending it.
    Intend(usize),
    /// Send the next stored request of the step.
    Send(usize),
    /// The process that stored the Intent is gone: look what became of its request.
    Look(usize),
    /// The step's requests are all accepted: wait for the world.
    Applied(usize),
    /// The world arrived where the step wanted it.
    Settled(usize),
    /// All steps settled: prove that the trouble is over.
    Verify,
    /// Trouble is over and the rollout complete since now: the soak begins.
    BeginSoak,
    /// It shows again: the soak starts over.
    BreakSoak(String),
    /// Take the newest applied step back.
    Undo {
        /// Index of the step.
        step: usize,
        /// Why.
        because: String,
    },
    /// The end.
    Finish(Outcome),
}

/// How a plan ends.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outcome {
    /// Final state.
    pub state: RemediationState,
    /// Why; the incident decides by it.
    pub reason: Ending,
    /// One sentence.
    pub message: String,
}

impl Outcome {
    pub(in crate::remediate) fn failed(reason: Ending, message: impl Into<String>) -> Self {
        Self { state: RemediationState::Failed, reason, message: message.into() }
    }
}

/// A move and what the gates said on the way to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The move.
    pub next: Move,
    /// Gates asked, in order; empty when none had to be asked.
    pub gates: Vec<common::api::remediation_plan::GateResult>,
}

impl From<Move> for Decision {
    fn from(next: Move) -> Self {
        Self { next, gates: Vec::new() }
    }
}

/// What to do next about a plan.
pub fn next_move(input: &Input<'_>) -> Decision {
    let status = input.plan.status.clone().unwrap_or_default();
    if let Some(decision) = taken_back(input, &status) {
        return decision;
    }
    match status.state {
        state if state.is_terminal() => wait(None, "Finished", "nothing more will happen").into(),
        _ if is_foreign(&status) => Move::Finish(Outcome::failed(
            Ending::TakenOver,
            "another operator left it half done; the incident is diagnosed again",
        ))
        .into(),
        RemediationState::Pending | RemediationState::WaitingApproval => ask_gates(input),
        RemediationState::Executing => execute(input, &status),
        RemediationState::Verifying => verify(input, &status),
        _ => wait(None, "Finished", "nothing more will happen").into(),
    }
}

/// A person asked that it be taken back and there is something left to take back, whatever has become of the plan.
pub(in crate::remediate) fn is_asked_back(plan: &RemediationPlan) -> bool {
    let status = plan.status.clone().unwrap_or_default();
    let is_told = status.conditions.iter().any(|condition| condition.type_ == conditions::ROLLED_BACK);
    plan.annotations().contains_key(annotations::UNDO)
        && !is_foreign(&status)
        && (newest_undoable(&status).is_some() || (undo_at_hand(&status).is_some() && !is_told))
}

/// Whether the next move may be one that the brakes have to let through: a further step, or the undo a person asked for.
pub(super) fn begins_something(plan: &RemediationPlan, status: &RemediationPlanStatus) -> bool {
    let next_step = step_at_hand(status).is_some_and(|(_, step)| step.phase == StepPhase::Planned);
    (status.state == RemediationState::Executing && next_step)
        || (is_asked_back(plan) && undo_at_hand(status).is_none())
}

/// The undo that a person asked for. It passes the brakes and the lock; not windows, budgets or approval, since the approved digest
/// contains it.
fn taken_back(input: &Input<'_>, status: &RemediationPlanStatus) -> Option<Decision> {
    let who = input.plan.annotations().get(annotations::UNDO)?;
    // The outcome of a request on its way has to be known first.
    let in_flight = status.steps.iter().any(|step| step.phase == StepPhase::Intent);
    if in_flight || !is_asked_back(input.plan) {
        return None;
    }
    if let Some(at_hand) = undo_at_hand(status) {
        return Some(undo_or_end(status, &at_hand));
    }
    let (step, _) = newest_undoable(status)?;
    let Asked { stopped, gates } = gates::ask_before_undo(input);
    let next = match stopped {
        // What may not be touched any more stays as it is; the plan's own outcome stands.
        Some(Move::Finish(outcome)) => wait(None, "UndoRefused", &outcome.message),
        Some(stop) => stop,
        None => Move::Undo { step, because: format!("{who} asked for it") },
    };
    Some(Decision { next, gates })
}

/// Upstream's operator left it running: it has no journal of ours, so nothing is known about what was done.
fn is_foreign(status: &RemediationPlanStatus) -> bool {
    status.state != RemediationState::Pending && status.transition.is_none()
}

/// Before the first write: every gate, in order.
fn ask_gates(input: &Input<'_>) -> Decision {
    if input.issue.is_none() {
        return Move::Finish(Outcome::failed(Ending::IssueGone, "Parent issue not found")).into();
    }
    match gates::ask(input) {
        Asked { stopped: Some(next), gates } => Decision { next, gates },
        Asked { stopped: None, gates } => Decision { next: Move::Intend(0), gates },
    }
}

/// Between the first write and the last step's settling.
fn execute(input: &Input<'_>, status: &RemediationPlanStatus) -> Decision {
    if let Some(undoing) = undo_at_hand(status) {
        return undo_or_end(status, &undoing);
    }
    let Some((index, step)) = step_at_hand(status) else {
        return Move::Verify.into();
    };
    match step.phase {
        StepPhase::Planned => match gates::ask_between_steps(input) {
            Asked { stopped: Some(next), gates } => Decision { next, gates },
            Asked { stopped: None, gates } => Decision { next: Move::Intend(index), gates },
        },
        StepPhase::Intent if usize::try_from(step.writes_done).unwrap_or(0) >= step.writes.len() => {
            Move::Applied(index).into()
        }
        StepPhase::Intent if input.intent_is_fresh => Move::Send(index).into(),
        StepPhase::Intent => Move::Look(index).into(),
        StepPhase::Applied | StepPhase::Settling => match &input.arrival {
            Arrival::Arrived => Move::Settled(index).into(),
            Arrival::Failed(why) => fail(input, status, why),
            Arrival::NotLooked | Arrival::OnTheWay(_) | Arrival::Unknown(_)
                if is_past(input.now, status.verify_deadline.as_ref()) =>
            {
                fail(input, status, &format!("{} did not settle in time{}", step.action, missing(&input.arrival)))
            }
            _ => wait_for_world(status, &input.arrival).into(),
        },
        StepPhase::Failed => fail(input, status, step.message.as_deref().unwrap_or("a step could not be applied")),
        StepPhase::Unknown => Move::Finish(Outcome::failed(
            Ending::OutcomeUnknown,
            format!(
                "it is not known whether {} took effect: {}",
                step.action,
                step.message.as_deref().unwrap_or("the answer was lost")
            ),
        ))
        .into(),
        _ => wait(None, "Executing", "").into(),
    }
}

/// After the last step: success needs the rollout complete, the signals clear, and both to last.
///
/// The soak runs while the signals' own recovery time does: both ask for the same quiet.
fn verify(input: &Input<'_>, status: &RemediationPlanStatus) -> Decision {
    if let Some(undoing) = undo_at_hand(status) {
        return undo_or_end(status, &undoing);
    }
    if is_a_look(input.plan) {
        return Move::Finish(Outcome {
            state: RemediationState::Completed,
            reason: Ending::Looked,
            message: format!("{}; nothing was changed", what_was_done(input.plan)),
        })
        .into();
    }
    let missing = match &input.arrival {
        // Deleting it was the plan's own step, and there is nothing left that could fall ill again.
        _ if input.sick == Sick::Gone && deleted_its_target(status, input) => {
            return Move::Finish(Outcome {
                state: RemediationState::Completed,
                reason: Ending::Verified,
                message: format!("{}; it is gone", what_was_done(input.plan)),
            })
            .into();
        }
        _ if input.sick == Sick::Gone => {
            return Move::Finish(Outcome::failed(Ending::TargetGone, "the target no longer exists")).into();
        }
        Arrival::Failed(why) => return fail(input, status, why),
        Arrival::Arrived => None,
        Arrival::OnTheWay(what) | Arrival::Unknown(what) => Some(what.clone()),
        Arrival::NotLooked => Some("not looked yet".to_owned()),
    };
    let fired_again = |since: &Time| input.last_fired.filter(|at| *at > since.0).map(|_| "it fired again".to_owned());
    let is_late = is_past(input.now, status.verify_deadline.as_ref());
    let deadline = status.verify_deadline.as_ref().map(|at| at.0);
    match (&status.settled_since, missing) {
        (_, Some(why)) if is_late => fail(input, status, &why),
        (None, Some(why)) => wait(deadline, "Verifying", &why).into(),
        (None, None) => Move::BeginSoak.into(),
        (Some(_), Some(why)) => Move::BreakSoak(why).into(),
        (Some(since), None) => {
            if let Some(why) = fired_again(since) {
                return Move::BreakSoak(why).into();
            }
            let done_at = since.0 + soak_of(status);
            match &input.sick {
                _ if input.now < done_at => wait(Some(done_at), "Soaking", "healthy; watching that it stays so").into(),
                Sick::No => Move::Finish(Outcome {
                    state: RemediationState::Completed,
                    reason: Ending::Verified,
                    message: format!("{}; healthy and quiet for {}", what_was_done(input.plan), words(soak_of(status))),
                })
                .into(),
                Sick::Yes(signals) if is_late => fail(input, status, &format!("still firing: {}", signals.join(", "))),
                Sick::Yes(signals) => {
                    wait(deadline, "Verifying", &format!("not over yet: {}", signals.join(", "))).into()
                }
                Sick::Unknown(why) if is_late => fail(input, status, why),
                Sick::Unknown(why) => wait(deadline, "Verifying", why).into(),
                Sick::Gone => wait(deadline, "Verifying", "").into(),
            }
        }
    }
}

/// A step of an agentic plan that is there to be read by the model: nothing it does could end the trouble.
fn is_a_look(plan: &RemediationPlan) -> bool {
    plan.spec.step_of.is_some()
        && plan.spec.actions.iter().all(|action| action.action_type == ActionType::ExecDiagnostic)
}

fn deleted_its_target(status: &RemediationPlanStatus, input: &Input<'_>) -> bool {
    let incident = input.issue.map(|issue| &issue.spec.resource);
    let target = input.plan.spec.target.as_ref().or(incident);
    let deletes = |target| status.steps.iter().any(|step| ChangeSet::of_step(step).deletes(target));
    target.is_some_and(deletes) && input.arrival == Arrival::Arrived
}

/// The attempt did not help: take it back only where that makes things better than they are.
fn fail(input: &Input<'_>, status: &RemediationPlanStatus, why: &str) -> Decision {
    let wrote = status.steps.iter().any(|step| step.writes_done > 0);
    if !wrote {
        return Move::Finish(Outcome::failed(Ending::Failed, why)).into();
    }
    let half_done = status.steps.iter().any(|step| matches!(step.phase, StepPhase::Failed)) && status.steps.len() > 1;
    // What did not arrive is no ground for the next step of an agentic plan; what arrived may be half of what helps.
    let is_in_the_way = input.plan.spec.step_of.is_some() && input.arrival != Arrival::Arrived;
    let worth_undoing = half_done || is_in_the_way || is_worse(status.health_before.as_ref(), input.health.as_ref());
    if worth_undoing && let Some((step, _)) = newest_undoable(status) {
        return Move::Undo { step, because: why.to_owned() }.into();
    }
    // Equal health: restoring a state that was itself the fault would be a rollout for its own sake.
    Move::Finish(Outcome::failed(Ending::NotHelped, format!("{why}; left as it is: {}", what_was_done(input.plan))))
        .into()
}

fn undo_or_end(status: &RemediationPlanStatus, at_hand: &Undo) -> Decision {
    match at_hand {
        Undo::GoOn(index) => Move::Undo {
            step: *index,
            because: status.rollback_result.clone().unwrap_or_else(|| "a later step failed".to_owned()),
        }
        .into(),
        Undo::Over => {
            let leftovers: Vec<_> = status
                .steps
                .iter()
                .filter(|step| matches!(step.phase, StepPhase::PartlyUndone | StepPhase::NotUndoable))
                .map(|step| format!("{}: {}", step.action, step.message.as_deref().unwrap_or("not undone")))
                .collect();
            let why = status.rollback_result.as_deref().unwrap_or("it did not help");
            if leftovers.is_empty() {
                return Move::Finish(Outcome {
                    state: RemediationState::RolledBack,
                    reason: Ending::Undone,
                    message: format!("{why}; everything was taken back"),
                })
                .into();
            }
            Move::Finish(Outcome::failed(Ending::NotUndone, format!("{why}; still changed: {}", leftovers.join("; "))))
                .into()
        }
    }
}

enum Undo {
    GoOn(usize),
    Over,
}

/// Once undoing has begun it goes on, newest first, until no applied step is left.
fn undo_at_hand(status: &RemediationPlanStatus) -> Option<Undo> {
    let begun = status.steps.iter().any(|step| {
        matches!(step.phase, StepPhase::Undoing | StepPhase::Undone | StepPhase::PartlyUndone | StepPhase::NotUndoable)
    });
    begun.then(|| newest_undoable(status).map_or(Undo::Over, |(index, _)| Undo::GoOn(index)))
}

fn newest_undoable(status: &RemediationPlanStatus) -> Option<(usize, &StepStatus)> {
    status.steps.iter().enumerate().rev().find(|(_, step)| {
        step.writes_done > 0
            && !matches!(
                step.phase,
                StepPhase::Undone | StepPhase::PartlyUndone | StepPhase::NotUndoable | StepPhase::Unknown
            )
    })
}

fn step_at_hand(status: &RemediationPlanStatus) -> Option<(usize, &StepStatus)> {
    status.steps.iter().enumerate().find(|(_, step)| !matches!(step.phase, StepPhase::Settled | StepPhase::Skipped))
}

/// Fewer pods serve than before, or something is wrong now that was not.
pub(super) fn is_worse(before: Option<&HealthSample>, now: Option<&HealthSample>) -> bool {
    let (Some(before), Some(now)) = (before, now) else { return false };
    let known: Vec<String> = before.trouble.iter().map(|trouble| kind_of_trouble(trouble)).collect();
    now.available < before.available || now.trouble.iter().any(|trouble| !known.contains(&kind_of_trouble(trouble)))
}

/// A container that goes on dying is first an OOM kill, then a restart, then a crash loop: the same trouble, seen longer.
fn kind_of_trouble(trouble: &str) -> String {
    for signal in [SignalType::OomKill, SignalType::PodRestart, SignalType::CrashloopBackoff] {
        if let Some(place) = trouble.strip_prefix(signal.as_str()) {
            return format!("dying{place}");
        }
    }
    trouble.to_owned()
}

/// How long health has to last: long enough to see the fault again if it is still there.
fn soak_of(status: &RemediationPlanStatus) -> SignedDuration {
    SignedDuration::from_secs(status.soak_seconds.unwrap_or(30))
}

fn is_past(now: Timestamp, deadline: Option<&Time>) -> bool {
    deadline.is_some_and(|deadline| now >= deadline.0)
}

fn wait_for_world(status: &RemediationPlanStatus, arrival: &Arrival) -> Move {
    let message = match arrival {
        Arrival::OnTheWay(what) | Arrival::Unknown(what) => what.as_str(),
        _ => "waiting for the cluster",
    };
    wait(status.verify_deadline.as_ref().map(|at| at.0), "Settling", message)
}

fn missing(arrival: &Arrival) -> String {
    match arrival {
        Arrival::OnTheWay(what) | Arrival::Unknown(what) => format!(": {what}"),
        _ => String::new(),
    }
}

pub(super) fn what_was_done(plan: &RemediationPlan) -> String {
    let steps = plan
        .status
        .as_ref()
        .and_then(|status| status.preview.as_ref())
        .map(|preview| preview.steps.iter().map(|step| step.summary.clone()).collect::<Vec<_>>().join("; "));
    steps.unwrap_or_else(|| {
        plan.spec.actions.iter().map(|action| action.action_type.as_str()).collect::<Vec<_>>().join(", ")
    })
}

/// `45s`, `2m`, `1m30s`.
pub(super) fn words(duration: SignedDuration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds}s"),
        (minutes, 0) => format!("{minutes}m"),
        (minutes, seconds) => format!("{minutes}m{seconds}s"),
    }
}

pub(super) fn wait(until: Option<Timestamp>, reason: &'static str, message: &str) -> Move {
    Move::Wait { until, reason, message: message.to_owned() }
}
