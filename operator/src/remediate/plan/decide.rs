//! The one next move of a plan. Pure: everything it depends on is in [`Input`].

use common::api::{
    Issue, RemediationPlan, SignalType, Time,
    remediation_plan::{HealthSample, PlanPreview, RemediationPlanStatus, RemediationState, StepPhase, StepStatus},
};
use jiff::{SignedDuration, Timestamp};

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
    /// The same change, asked for again; gathered before the first write only.
    pub again: Option<Repeated>,
    /// What consent the sealed preview needs, and what has been given.
    pub consent: Consent,
    /// Another plan that is changing the same object.
    pub rival: Option<String>,
    /// What has been done in this namespace in the last hour, and the limits.
    pub budget: Budget,
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
    /// Something the digest covers has changed; what the server would do now.
    Drifted(Box<PlanPreview>),
    /// It cannot be done any more.
    Refused {
        /// CamelCase reason.
        reason: String,
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
        Self { failures: 0, failures_limit: 3, changes: 0, changes_limit: 20, targets: 0, targets_limit: 5 }
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
    Reseal(Box<PlanPreview>),
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
    /// CamelCase reason; the incident decides by it.
    pub reason: &'static str,
    /// One sentence.
    pub message: String,
}

impl Outcome {
    pub(super) fn failed(reason: &'static str, message: impl Into<String>) -> Self {
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
    match status.state {
        state if state.is_terminal() => wait(None, "Finished", "nothing more will happen").into(),
        _ if is_foreign(&status) => Move::Finish(Outcome::failed(
            "TakenOver",
            "another operator left it half done; the incident is diagnosed again",
        ))
        .into(),
        RemediationState::Pending | RemediationState::WaitingApproval => ask_gates(input),
        RemediationState::Executing => execute(input, &status),
        RemediationState::Verifying => verify(input, &status),
        _ => wait(None, "Finished", "nothing more will happen").into(),
    }
}

/// Upstream's operator left it running: it has no journal of ours, so nothing is known about what was done.
fn is_foreign(status: &RemediationPlanStatus) -> bool {
    status.state != RemediationState::Pending && status.transition.is_none()
}

/// Before the first write: every gate, in order.
fn ask_gates(input: &Input<'_>) -> Decision {
    if input.issue.is_none() {
        return Move::Finish(Outcome::failed("IssueGone", "Parent issue not found")).into();
    }
    match gates::ask(input) {
        Asked { stopped: Some(next), gates } => Decision { next, gates },
        Asked { stopped: None, gates } => Decision { next: Move::Intend(0), gates },
    }
}

/// Between the first write and the last step's settling.
fn execute(input: &Input<'_>, status: &RemediationPlanStatus) -> Decision {
    if let Some(undoing) = undo_at_hand(status) {
        return undo_or_end(input, status, undoing);
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
            "OutcomeUnknown",
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
fn verify(input: &Input<'_>, status: &RemediationPlanStatus) -> Decision {
    if let Some(undoing) = undo_at_hand(status) {
        return undo_or_end(input, status, undoing);
    }
    let trouble = match (&input.arrival, &input.sick) {
        (_, Sick::Gone) => return Move::Finish(Outcome::failed("TargetGone", "the target no longer exists")).into(),
        (Arrival::Failed(why), _) => return fail(input, status, why),
        (Arrival::Arrived, Sick::No) => None,
        (Arrival::Arrived, Sick::Yes(signals)) => Some(format!("still firing: {}", signals.join(", "))),
        (_, Sick::Unknown(why)) | (Arrival::Unknown(why), _) => Some(why.clone()),
        (Arrival::OnTheWay(what), _) => Some(what.clone()),
        (Arrival::NotLooked, _) => Some("not looked yet".to_owned()),
    };
    match (trouble, &status.settled_since) {
        (None, None) => Move::BeginSoak.into(),
        (None, Some(since)) => {
            let done_at = since.0 + soak_of(status);
            if input.now >= done_at {
                return Move::Finish(Outcome {
                    state: RemediationState::Completed,
                    reason: "Verified",
                    message: format!("{}; healthy and quiet for {}", what_was_done(input.plan), words(soak_of(status))),
                })
                .into();
            }
            wait(Some(done_at), "Soaking", "healthy; watching that it stays so").into()
        }
        (Some(why), _) if is_past(input.now, status.verify_deadline.as_ref()) => fail(input, status, &why),
        (Some(why), Some(_)) => Move::BreakSoak(why).into(),
        (Some(why), None) => wait(status.verify_deadline.as_ref().map(|at| at.0), "Verifying", &why).into(),
    }
}

/// The attempt did not help: take it back only where that makes things better than they are.
fn fail(input: &Input<'_>, status: &RemediationPlanStatus, why: &str) -> Decision {
    let wrote = status.steps.iter().any(|step| step.writes_done > 0);
    if !wrote {
        return Move::Finish(Outcome::failed("Failed", why)).into();
    }
    let half_done = status.steps.iter().any(|step| matches!(step.phase, StepPhase::Failed)) && status.steps.len() > 1;
    if half_done || is_worse(status.health_before.as_ref(), input.health.as_ref()) {
        if let Some((index, _)) = newest_undoable(status) {
            return Move::Undo { step: index, because: why.to_owned() }.into();
        }
    }
    // Equal health: restoring a state that was itself the fault would be a rollout for its own sake.
    Move::Finish(Outcome::failed("NotHelped", format!("{why}; left as it is: {}", what_was_done(input.plan)))).into()
}

fn undo_or_end(input: &Input<'_>, status: &RemediationPlanStatus, at_hand: Undo) -> Decision {
    match at_hand {
        Undo::GoOn(index) => Move::Undo {
            step: index,
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
            let _ = input;
            if leftovers.is_empty() {
                return Move::Finish(Outcome {
                    state: RemediationState::RolledBack,
                    reason: "Undone",
                    message: format!("{why}; everything was taken back"),
                })
                .into();
            }
            Move::Finish(Outcome::failed("NotUndone", format!("{why}; still changed: {}", leftovers.join("; ")))).into()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remediate::testing::{issue, now, previewed};
    use common::api::issue::IssueState;

    fn input<'a>(plan: &'a RemediationPlan, issue: &'a Issue) -> Input<'a> {
        Input {
            now: now(),
            plan,
            issue: Some(issue),
            brakes: Brakes::default(),
            sick: Sick::Yes(vec!["image_pull_error".to_owned()]),
            again: Some(Repeated::Same),
            consent: Consent::NotNeeded("reversible, namespace is auto".to_owned()),
            rival: None,
            budget: Budget::default(),
            arrival: Arrival::NotLooked,
            health: None,
            intent_is_fresh: true,
        }
    }

    fn next(plan: &RemediationPlan, change: impl FnOnce(&mut Input<'_>)) -> Move {
        let issue = issue(IssueState::Remediating, 1);
        let mut input = input(plan, &issue);
        change(&mut input);
        next_move(&input).next
    }

    fn reason(next: &Move) -> &str {
        match next {
            Move::Wait { reason, .. } => reason,
            Move::Finish(outcome) => outcome.reason,
            other => panic!("neither a wait nor an end: {other:?}"),
        }
    }

    fn pending() -> RemediationPlan {
        previewed(RemediationState::Pending, StepPhase::Planned)
    }

    fn health(available: i32, trouble: &[&str]) -> HealthSample {
        HealthSample {
            desired: 3,
            available,
            trouble: trouble.iter().map(|text| (*text).to_owned()).collect(),
            at: None,
        }
    }

    #[test]
    fn every_gate_open_means_the_request_is_stored_before_it_is_sent() {
        assert_eq!(next(&pending(), |_| ()), Move::Intend(0));
    }

    #[test]
    fn a_plan_without_preview_is_previewed_first() {
        let mut plan = pending();
        plan.status.as_mut().unwrap().preview = None;
        assert_eq!(next(&plan, |_| ()), Move::Preview);
    }

    #[test]
    fn a_plan_edited_after_its_preview_starts_nothing() {
        let mut plan = pending();
        plan.metadata.generation = Some(2);
        assert_eq!(reason(&next(&plan, |_| ())), "EditedAfterPreview");
    }

    #[test]
    fn a_pause_outranks_an_approval() {
        let next = next(&pending(), |input| {
            input.brakes.paused = Some("namespace shop".to_owned());
            input.consent = Consent::Given("alice".to_owned());
        });
        assert_eq!(reason(&next), "Paused");
    }

    #[test]
    fn a_protected_namespace_is_never_touched_whatever_was_approved() {
        let next = next(&pending(), |input| {
            input.brakes.out_of_bounds = Some("namespace kube-system is protected".to_owned());
            input.consent = Consent::Given("alice".to_owned());
        });
        assert_eq!(reason(&next), "Protected");
    }

    #[test]
    fn a_workload_that_healed_is_left_alone() {
        assert_eq!(reason(&next(&pending(), |input| input.sick = Sick::No)), "NoLongerNeeded");
    }

    #[test]
    fn unknown_health_waits() {
        assert_eq!(
            reason(&next(&pending(), |input| input.sick = Sick::Unknown("store not ready".to_owned()))),
            "HealthUnknown"
        );
    }

    #[test]
    fn three_failures_within_the_hour_open_the_breaker() {
        assert_eq!(reason(&next(&pending(), |input| input.budget.failures = 3)), "BreakerOpen");
    }

    #[test]
    fn consent_that_cannot_be_verified_is_no_consent() {
        let next = next(&pending(), |input| input.consent = Consent::Unverified("binding missing".to_owned()));
        assert_eq!(reason(&next), "VoteIdentityUnverified");
    }

    #[test]
    fn drift_voids_the_seal() {
        let next = next(&pending(), |input| input.again = Some(Repeated::Drifted(Box::default())));
        assert!(matches!(next, Move::Reseal(_)));
    }

    #[test]
    fn a_second_plan_on_the_same_object_waits() {
        assert_eq!(reason(&next(&pending(), |input| input.rival = Some("other".to_owned()))), "Locked");
    }

    #[test]
    fn after_a_crash_the_request_is_looked_for_before_it_is_sent_again() {
        let plan = previewed(RemediationState::Executing, StepPhase::Intent);
        assert_eq!(next(&plan, |input| input.intent_is_fresh = false), Move::Look(0));
        assert_eq!(next(&plan, |_| ()), Move::Send(0));
    }

    #[test]
    fn success_needs_clear_signals_not_just_a_finished_rollout() {
        let plan = previewed(RemediationState::Verifying, StepPhase::Settled);
        let next = next(&plan, |input| input.arrival = Arrival::Arrived);
        assert_eq!(reason(&next), "Verifying");
    }

    #[test]
    fn unknown_is_not_success() {
        let plan = previewed(RemediationState::Verifying, StepPhase::Settled);
        let next = next(&plan, |input| {
            input.arrival = Arrival::Unknown("no status".to_owned());
            input.sick = Sick::No;
        });
        assert_eq!(reason(&next), "Verifying");
    }

    #[test]
    fn health_has_to_last_before_it_counts() {
        let mut plan = previewed(RemediationState::Verifying, StepPhase::Settled);
        let healthy = |input: &mut Input<'_>| {
            input.arrival = Arrival::Arrived;
            input.sick = Sick::No;
        };
        assert_eq!(next(&plan, healthy), Move::BeginSoak);
        plan.status.as_mut().unwrap().settled_since = Some(Time(now() - SignedDuration::from_secs(29)));
        assert_eq!(reason(&next(&plan, healthy)), "Soaking");
        plan.status.as_mut().unwrap().settled_since = Some(Time(now() - SignedDuration::from_secs(30)));
        assert_eq!(reason(&next(&plan, healthy)), "Verified");
    }

    #[test]
    fn a_blink_of_health_between_two_kills_starts_the_soak_over() {
        let mut plan = previewed(RemediationState::Verifying, StepPhase::Settled);
        plan.status.as_mut().unwrap().settled_since = Some(Time(now()));
        assert!(matches!(next(&plan, |input| input.arrival = Arrival::Arrived), Move::BreakSoak(_)));
    }

    #[test]
    fn a_failed_attempt_that_made_things_worse_is_taken_back() {
        let mut plan = previewed(RemediationState::Verifying, StepPhase::Settled);
        plan.status.as_mut().unwrap().health_before = Some(health(3, &[]));
        let next = next(&plan, |input| {
            input.arrival = Arrival::Failed("progress deadline exceeded".to_owned());
            input.health = Some(health(2, &[]));
        });
        assert!(matches!(next, Move::Undo { step: 0, .. }));
    }

    #[test]
    fn a_failed_attempt_that_changed_nothing_does_not_restore_the_fault() {
        let mut plan = previewed(RemediationState::Verifying, StepPhase::Settled);
        plan.status.as_mut().unwrap().health_before = Some(health(0, &["oom_kill on container app"]));
        let next = next(&plan, |input| {
            input.arrival = Arrival::Failed("still OOMKilled".to_owned());
            // what killed it for the first time has killed it more often since
            input.health = Some(health(0, &["crashloop_backoff on container app", "oom_kill on container app"]));
        });
        assert_eq!(reason(&next), "NotHelped");
    }

    #[test]
    fn a_plan_another_operator_left_half_done_runs_nothing() {
        let mut plan = previewed(RemediationState::Executing, StepPhase::Planned);
        plan.status.as_mut().unwrap().transition = None;
        assert_eq!(reason(&next(&plan, |_| ())), "TakenOver");
    }

    #[test]
    fn what_was_undone_in_part_says_what_is_left() {
        let mut plan = previewed(RemediationState::Executing, StepPhase::PartlyUndone);
        plan.status.as_mut().unwrap().steps[0].message = Some("spec.replicas was changed by bob".to_owned());
        match next(&plan, |_| ()) {
            Move::Finish(Outcome { reason: "NotUndone", message, .. }) => assert!(message.contains("bob")),
            other => panic!("{other:?}"),
        }
    }
}
