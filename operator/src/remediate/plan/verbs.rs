//! The five verbs of the action registry, called for a plan.

use std::collections::BTreeMap;

use common::actions::{
    self, ChangeSet, Errand, Found, PreviewError, PreviewInput, Previewed, Refusal, Scope, SendError, Sent, Settled,
    Undone,
};
use common::api::{
    RemediationPlan, ResourceRef,
    remediation_plan::{StepPhase, StepStatus, WriteRecord},
};
use common::decisions::Ending;
use common::naming;
use jiff::Timestamp;
use kube::ResourceExt as _;

use super::decide::Arrival;
use crate::runtime::{Context, Error, WriteError};

/// Why there is no preview.
pub(super) enum NoPreview {
    /// The plan will not be carried out as it is.
    Refused {
        /// What that means for the plan.
        ending: Ending,
        /// One sentence.
        message: String,
    },
    /// Asking again may help.
    Unknown(String),
}

impl From<PreviewError> for NoPreview {
    fn from(error: PreviewError) -> Self {
        let message = error.to_string();
        match error {
            // A right that is missing stays missing; a server that did not answer may answer.
            PreviewError::Refused { refusal: Refusal::CannotRead { .. }, .. }
            | PreviewError::AskAgain(_)
            | PreviewError::Unreadable(_) => Self::Unknown(message),
            PreviewError::Refused { refusal, .. } => Self::Refused { ending: Ending::from(&refusal), message },
            PreviewError::TargetGone(_) => Self::Refused { ending: Ending::TargetGone, message },
        }
    }
}

/// What the plan would change, asked of the API server. `at` is the moment of a sealed preview that is repeated.
pub(super) async fn preview(
    ctx: &Context,
    plan: &RemediationPlan,
    target: Option<&ResourceRef>,
    policy_digest: Option<&str>,
    at: Option<Timestamp>,
) -> Result<Previewed, NoPreview> {
    let Some(target) = target else {
        return Err(NoPreview::Refused { ending: Ending::TargetGone, message: "the plan has no target".to_owned() });
    };
    let now = ctx.clock.now();
    let input =
        PreviewInput { now: at.unwrap_or(now), policy_digest, ..PreviewInput::of(plan, target, &ctx.namespace, now) };
    Ok(actions::preview(&ctx.clients.write, &input).await?)
}

/// Sends the next stored request of a step.
pub(super) async fn send(
    ctx: &Context,
    plan: &RemediationPlan,
    step: &StepStatus,
) -> Result<Result<Sent, SendError>, Error> {
    let Some(write) = next_write(step) else { return Ok(Ok(Sent::default())) };
    // Asked right before the request leaves: the turn may have begun under an older answer.
    ctx.leader.still().map_err(WriteError::from)?;
    let (id, uid) = (operation_id(plan, step, done(step)), plan.uid().unwrap_or_default());
    let params = params_of(plan, step);
    Ok(actions::send(&ctx.clients.write, write, &Errand { operation_id: &id, plan_uid: &uid, params: &params }).await)
}

/// Whether the next stored request of a step was carried out by a process that is gone.
pub(super) async fn look(ctx: &Context, plan: &RemediationPlan, step: &StepStatus) -> Found {
    let Some(write) = next_write(step) else { return Found::Applied };
    let (id, uid) = (operation_id(plan, step, done(step)), plan.uid().unwrap_or_default());
    let params = params_of(plan, step);
    actions::look(&ctx.clients.write, write, &Errand { operation_id: &id, plan_uid: &uid, params: &params }).await
}

/// Takes a step back, newest request first. Gives its last phase and what was left alone.
pub(super) async fn undo(
    ctx: &Context,
    plan: &RemediationPlan,
    step: &StepStatus,
) -> Result<(StepPhase, Option<String>), Error> {
    if step.undo.is_empty() {
        return Ok((StepPhase::NotUndoable, Some("nothing of it can be taken back".to_owned())));
    }
    let uid = plan.uid().unwrap_or_default();
    let params = params_of(plan, step);
    let mut results = Vec::new();
    for (request, record) in step.undo.iter().enumerate() {
        ctx.leader.still().map_err(WriteError::from)?;
        // An undo is another operation than what it takes back, or its own trace would look like the step's.
        let id = format!("{}.undo", operation_id(plan, step, request));
        let errand = Errand { operation_id: &id, plan_uid: &uid, params: &params };
        match actions::undo(&ctx.clients.write, record, &errand).await {
            Ok(undone) => results.push(undone),
            // Safe to repeat: what is back already is skipped.
            Err(SendError::TryLater(_) | SendError::OutcomeUnknown(_) | SendError::PdbSaysNo { .. }) => {
                return Err(WriteError::Busy.into());
            }
            Err(error) => results.push(Undone::NotUndoable(error.to_string())),
        }
    }
    Ok(match actions::together(&results) {
        Undone::Undone => (StepPhase::Undone, Some("taken back".to_owned())),
        Undone::PartlyUndone(leftovers) => (StepPhase::PartlyUndone, Some(leftovers.join("; "))),
        Undone::NotUndoable(why) => (StepPhase::NotUndoable, Some(why)),
    })
}

/// Whether the world is where a step wanted it.
pub(super) async fn arrival(ctx: &Context, plan: &RemediationPlan, target: &ResourceRef, step: &StepStatus) -> Arrival {
    let Some(action) = usize::try_from(step.index).ok().and_then(|index| plan.spec.actions.get(index)) else {
        return Arrival::Unknown(format!("the plan has no action {}", step.index + 1));
    };
    let action = match actions::parse(action, target) {
        Ok(action) => action,
        Err(refusal) => return Arrival::Unknown(refusal.to_string()),
    };
    let chosen: Vec<ResourceRef> = step.writes.iter().map(|write| write.object.clone()).collect();
    let uid = plan.uid().unwrap_or_default();
    let scope =
        Scope { target, now: ctx.clock.now(), plan_uid: &uid, operator_namespace: &ctx.namespace, chosen: &chosen };
    let live = match actions::read(&ctx.clients.read, &scope, &action.needs(target)).await {
        Ok(live) => live,
        Err(actions::ReadError::TargetGone(_)) if ChangeSet::of_step(step).deletes(target) => return Arrival::Arrived,
        Err(actions::ReadError::TargetGone(why)) => return Arrival::Failed(why),
        Err(error) => return Arrival::Unknown(error.to_string()),
    };
    match action.settled(&ChangeSet::of_step(step), &live) {
        Settled::Arrived => Arrival::Arrived,
        Settled::NotYet(what) => Arrival::OnTheWay(what),
        Settled::Failed(why) => Arrival::Failed(why),
        Settled::Unknown(why) => Arrival::Unknown(why),
    }
}

fn next_write(step: &StepStatus) -> Option<&WriteRecord> {
    step.writes.get(done(step))
}

/// Requests of the step that were accepted: the index of the next.
fn done(step: &StepStatus) -> usize {
    usize::try_from(step.writes_done).unwrap_or(usize::MAX)
}

fn operation_id(plan: &RemediationPlan, step: &StepStatus, request: usize) -> String {
    naming::operation_id(&plan.uid().unwrap_or_default(), step.index, step.tries, request)
}

fn params_of(plan: &RemediationPlan, step: &StepStatus) -> BTreeMap<String, String> {
    let action = usize::try_from(step.index).ok().and_then(|index| plan.spec.actions.get(index));
    action.map(|action| action.params.clone()).unwrap_or_default()
}
