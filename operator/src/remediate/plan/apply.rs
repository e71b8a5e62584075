//! One move of a plan, carried out: at most one write to the world, journalled before it is sent and again when it is answered.

use std::sync::Arc;

use common::actions::{Found, Previewed, SendError, drift};
use common::api::{
    NameRef, RemediationPlan,
    keys::conditions,
    remediation_plan::{PlanPreview, RemediationState, StepPhase, StepStatus},
};
use common::naming;
use kube::{Resource as _, ResourceExt as _};

use super::decide::{Decision, Move, Outcome};
use super::gather::Seen;
use super::status::Draft;
use super::verbs::{self, NoPreview};
use super::{Fresh, consent, world};
use crate::approve::AskError;
use crate::remediate::place;
use crate::runtime::metrics::ActionLabels;
use crate::runtime::{Context, Error, Note, Reason as _, WriteError};

pub(super) async fn apply(
    ctx: &Arc<Context>,
    fresh: &Fresh,
    plan: &Arc<RemediationPlan>,
    seen: &Seen,
    decision: Decision,
) -> Result<(), Error> {
    let mut draft = Draft::of(plan, ctx.clock.now());
    draft.gates(decision.gates);
    match decision.next {
        Move::Preview => Box::pin(preview(ctx, plan, seen, draft)).await,
        Move::Reseal { again, reason, because } => {
            Box::pin(reseal(ctx, plan, seen, draft, again, (reason, because))).await
        }
        Move::Ask(why) => return Box::pin(ask(ctx, plan, seen, draft, &why)).await,
        Move::Wait { reason, message, .. } => {
            draft.condition(conditions::EXECUTING, draft.status.state == RemediationState::Executing, reason, &message);
            draft.write(ctx).await.map(drop)
        }
        Move::Intend(index) => intend(ctx, fresh, plan, seen, draft, index).await,
        Move::Send(index) => send(ctx, fresh, plan, draft, index).await?,
        Move::Look(index) => look(ctx, fresh, plan, draft, index).await,
        Move::Applied(index) => {
            applied(ctx, seen, &mut draft, index);
            draft.write(ctx).await.map(drop)
        }
        Move::Settled(index) => {
            let at = draft.time();
            let step = &mut draft.status.steps[index];
            (step.phase, step.settled_at) = (StepPhase::Settled, Some(at));
            draft.write(ctx).await.map(drop)
        }
        Move::Verify => {
            draft.status.actions_completed_at = Some(draft.time());
            if plan.spec.step_of.is_some() {
                give_a_step_less_time(&mut draft);
            }
            draft.enter(RemediationState::Verifying).condition(
                conditions::EXECUTING,
                false,
                "Applied",
                "every step is applied and settled",
            );
            draft.write(ctx).await.map(drop)
        }
        Move::BeginSoak => {
            draft.status.settled_since = Some(draft.time());
            draft.write(ctx).await.map(drop)
        }
        Move::BreakSoak(why) => {
            draft.status.settled_since = None;
            draft.condition(conditions::VERIFIED, false, "TroubleReturned", &why);
            draft.write(ctx).await.map(drop)
        }
        Move::Undo { step, because } => undo(ctx, plan, draft, step, &because).await?,
        Move::Finish(outcome) => finish(ctx, plan, seen, draft, &outcome).await,
    }
    .map_err(Error::from)
}

async fn preview(
    ctx: &Context,
    plan: &Arc<RemediationPlan>,
    seen: &Seen,
    mut draft: Draft<'_>,
) -> Result<(), WriteError> {
    match verbs::preview(ctx, plan, seen.target.as_ref(), seen.policy_digest.as_deref(), None).await {
        Ok(previewed) => {
            seal(ctx, seen, &mut draft, previewed.preview, previewed.steps);
            let message = draft.status.preview.as_ref().map(|preview| preview.digest.clone()).unwrap_or_default();
            draft.condition(conditions::PREVIEWED, true, "Previewed", &message);
            let written = draft.write(ctx).await?;
            tell(ctx, &written, Note::new("Previewed", "Preview", message));
            Ok(())
        }
        Err(NoPreview::Refused { ending, message }) => {
            let outcome = Outcome { state: RemediationState::Failed, reason: ending, message };
            finish(ctx, plan, seen, draft, &outcome).await
        }
        Err(NoPreview::Unknown(why)) => {
            draft.condition(conditions::PREVIEWED, false, "PreviewUnknown", &why);
            draft.write(ctx).await?;
            Err(WriteError::Unknown(why))
        }
    }
}

async fn reseal(
    ctx: &Context,
    plan: &Arc<RemediationPlan>,
    seen: &Seen,
    mut draft: Draft<'_>,
    again: Option<Box<Previewed>>,
    (reason, because): (&'static str, &str),
) -> Result<(), WriteError> {
    let previewed = match again {
        Some(previewed) => *previewed,
        None => match verbs::preview(ctx, plan, seen.target.as_ref(), seen.policy_digest.as_deref(), None).await {
            Ok(previewed) => previewed,
            Err(_) => return Err(WriteError::Unknown("the change could not be asked for again".to_owned())),
        },
    };
    let before = draft.status.preview.as_ref().map(|preview| preview.digest.clone()).unwrap_or_default();
    let differs = draft.status.preview.as_ref().map_or_else(Vec::new, |preview| {
        let sealed = drift::Sealed { preview, steps: &draft.status.steps };
        drift::differences(sealed, drift::Sealed { preview: &previewed.preview, steps: &previewed.steps })
    });
    let what = if differs.is_empty() { String::new() } else { format!(": {}", differs.join("; ")) };
    let message = format!("{because}{what} ({before}); the preview was taken again and earlier approvals are void");
    let is = previewed.preview.digest.as_str();
    tracing::info!(plan = plan.name_any(), reason, differs = ?differs, was = before, is, "sealed again");
    seal(ctx, seen, &mut draft, previewed.preview, previewed.steps);
    draft.enter(RemediationState::Pending).condition(conditions::PREVIEWED, true, reason, &message).condition(
        conditions::APPROVED,
        false,
        reason,
        &message,
    );
    let written = draft.write(ctx).await?;
    tell(ctx, &written, Note::new(reason, "Preview", message).warning());
    Ok(())
}

fn seal(ctx: &Context, seen: &Seen, draft: &mut Draft<'_>, preview: PlanPreview, steps: Vec<StepStatus>) {
    if let (Some(issue), Some(target)) = (&seen.issue, &seen.target) {
        draft.status.soak_seconds = Some(world::soak(ctx, issue, target));
    }
    draft.status.preview = Some(preview);
    draft.status.steps = steps;
    for step in draft.status.steps.iter_mut().filter(|step| step.writes.is_empty()) {
        (step.phase, step.message) = (StepPhase::Skipped, Some("already as wanted".to_owned()));
    }
}

async fn ask(
    ctx: &Context,
    plan: &Arc<RemediationPlan>,
    seen: &Seen,
    mut draft: Draft<'_>,
    why: &str,
) -> Result<(), Error> {
    let digest = draft.status.preview.as_ref().map(|preview| preview.digest.clone()).unwrap_or_default();
    let Some(need) = &seen.asked.need else { return Ok(()) };
    match Box::pin(consent::open(ctx, plan, need, &digest)).await {
        Ok(request) => {
            draft.status.approval_ref = Some(NameRef::new(request));
            if draft.status.state != RemediationState::WaitingApproval {
                draft.enter(RemediationState::WaitingApproval);
            }
            draft.condition(conditions::APPROVED, false, "WaitingForVotes", why);
            draft.write(ctx).await?;
            Ok(())
        }
        Err(AskError::Read(error)) => Err(error.into()),
        Err(AskError::Write(error)) => Err(error.into()),
        // Nobody is asked while their answer could not be trusted.
        Err(error @ (AskError::Unverified(_) | AskError::NotOurs(_))) => {
            draft.condition(conditions::APPROVED, false, error.reason(), &error.to_string());
            draft.write(ctx).await?;
            Ok(())
        }
    }
}

/// Stores the exact request before it is sent: what is found as Intent after a crash is looked for, not guessed.
async fn intend(
    ctx: &Context,
    fresh: &Fresh,
    plan: &Arc<RemediationPlan>,
    seen: &Seen,
    mut draft: Draft<'_>,
    index: usize,
) -> Result<(), WriteError> {
    let at = draft.time();
    if draft.status.state != RemediationState::Executing {
        let who = draft
            .status
            .gates
            .iter()
            .find(|gate| gate.name == "approval")
            .map(|gate| gate.message.clone())
            .unwrap_or_default();
        draft.status.started_at = Some(at.clone());
        draft.status.health_before.clone_from(&seen.health);
        draft.enter(RemediationState::Executing).condition(conditions::APPROVED, true, "Approved", &who);
    }
    let step = &mut draft.status.steps[index];
    step.phase = StepPhase::Intent;
    step.intent_at = Some(at);
    step.tries += 1;
    let (tries, action) = (step.tries, step.action.clone());
    draft.condition(conditions::EXECUTING, true, "Executing", &format!("step {}: {action}", index + 1));
    // Before the write: should its answer be lost, the Intent may be stored, and then nothing has been sent for it.
    fresh.remember(plan, index, tries);
    draft.write(ctx).await.map(drop)
}

async fn send(
    ctx: &Context,
    fresh: &Fresh,
    plan: &Arc<RemediationPlan>,
    mut draft: Draft<'_>,
    index: usize,
) -> Result<Result<(), WriteError>, Error> {
    let step = &draft.status.steps[index];
    let (tries, done) = (step.tries, step.writes_done);
    let sent = verbs::send(ctx, plan, step).await?;
    let written = match sent {
        Ok(sent) => {
            if !sent.warnings.is_empty() {
                tracing::warn!(plan = plan.name_any(), step = index, warnings = ?sent.warnings, "the server warns");
            }
            draft.status.steps[index].writes_done = done + 1;
            if let Some(output) = sent.output {
                draft.evidence("diagnostic_output", output);
            }
            finish_step_if_done(ctx, plan, &mut draft, index);
            draft.write(ctx).await.map(drop)
        }
        // Whoever guards the pods has had their time: what was done so far is taken back.
        Err(error @ SendError::PdbSaysNo { .. }) if has_waited(ctx, &draft.status.steps[index]) => {
            let step = &mut draft.status.steps[index];
            let message = format!("{error}; given up after {} minutes", PATIENCE_WITH_BUDGETS.as_mins());
            (step.phase, step.message) = (StepPhase::Failed, Some(message.clone()));
            count(ctx, &step.action, "failed");
            draft.condition(conditions::EXECUTING, false, error.reason(), &message);
            draft.write(ctx).await.map(drop)
        }
        // Nothing was written, and the same request may be accepted later.
        Err(error @ (SendError::PdbSaysNo { .. } | SendError::TryLater(_))) => {
            draft.status.steps[index].message = Some(error.to_string());
            draft.condition(conditions::EXECUTING, true, error.reason(), &error.to_string());
            draft.write(ctx).await?;
            return Err(WriteError::Busy.into());
        }
        Err(SendError::OutcomeUnknown(why)) => {
            fresh.forget(plan, index, tries);
            tracing::warn!(plan = plan.name_any(), step = index, why, "the answer was lost");
            draft.status.steps[index].message = Some(format!("the answer was lost: {why}"));
            draft.write(ctx).await?;
            // Where it was lost before in the same words nothing is written, and no event of ours would bring the look.
            return Err(WriteError::Unknown(why).into());
        }
        Err(error) => {
            let step = &mut draft.status.steps[index];
            (step.phase, step.message) = (StepPhase::Failed, Some(error.to_string()));
            count(ctx, &step.action, "failed");
            draft.condition(conditions::EXECUTING, false, error.reason(), &error.to_string());
            draft.write(ctx).await.map(drop)
        }
    };
    Ok(written)
}

/// How long a PodDisruptionBudget's no is waited for, over all pods of a step.
const PATIENCE_WITH_BUDGETS: jiff::SignedDuration = jiff::SignedDuration::from_mins(10);

fn has_waited(ctx: &Context, step: &StepStatus) -> bool {
    step.intent_at.as_ref().is_some_and(|since| ctx.clock.now().duration_since(since.0) > PATIENCE_WITH_BUDGETS)
}

async fn look(
    ctx: &Context,
    fresh: &Fresh,
    plan: &Arc<RemediationPlan>,
    mut draft: Draft<'_>,
    index: usize,
) -> Result<(), WriteError> {
    let step = &draft.status.steps[index];
    let tries = step.tries;
    match verbs::look(ctx, plan, step).await {
        Found::Applied => {
            draft.status.steps[index].writes_done += 1;
            finish_step_if_done(ctx, plan, &mut draft, index);
            draft.write(ctx).await.map(drop)
        }
        // The same stored request with the same guards: a late original and its repeat cannot both succeed.
        Found::NotApplied => {
            tracing::info!(plan = plan.name_any(), step = index, "the request had not arrived; it is sent again");
            fresh.remember(plan, index, tries);
            Ok(())
        }
        Found::Unknown(why) => {
            let step = &mut draft.status.steps[index];
            (step.phase, step.message) = (StepPhase::Unknown, Some(why.clone()));
            draft.condition(conditions::EXECUTING, false, "OutcomeUnknown", &why);
            draft.write(ctx).await.map(drop)
        }
    }
}

fn finish_step_if_done(ctx: &Context, plan: &RemediationPlan, draft: &mut Draft<'_>, index: usize) {
    let step = &draft.status.steps[index];
    let is_done = usize::try_from(step.writes_done).is_ok_and(|done| done >= step.writes.len());
    if is_done && let Some(target) = place::target_of(&ctx.stores, plan) {
        applied_to(ctx, &target, draft, index);
    }
}

fn applied(ctx: &Context, seen: &Seen, draft: &mut Draft<'_>, index: usize) {
    if let Some(target) = &seen.target {
        applied_to(ctx, target, draft, index);
    }
}

fn applied_to(ctx: &Context, target: &common::api::ResourceRef, draft: &mut Draft<'_>, index: usize) {
    let at = draft.time();
    let deadline = at.0 + world::patience(ctx, target, draft.status.soak_seconds.unwrap_or(0));
    let step = &mut draft.status.steps[index];
    step.phase = StepPhase::Applied;
    step.applied_at = Some(at);
    count(ctx, &step.action, "success");
    draft.status.verify_deadline = Some(common::api::Time(deadline));
}

/// One step of an agentic plan is not given the time of a whole plan: the next idea waits for it (pipeline.md §4.13: 90 s).
fn give_a_step_less_time(draft: &mut Draft<'_>) {
    let soak = draft.status.soak_seconds.unwrap_or(0);
    let soon = draft.time().0 + jiff::SignedDuration::from_secs(90 + soak);
    let deadline = draft.status.verify_deadline.as_ref().map_or(soon, |at| at.0.min(soon));
    draft.status.verify_deadline = Some(common::api::Time(deadline));
}

/// Says first that the step is being taken back, then takes it back: an undo is safe to repeat.
async fn undo(
    ctx: &Context,
    plan: &Arc<RemediationPlan>,
    mut draft: Draft<'_>,
    index: usize,
    because: &str,
) -> Result<Result<(), WriteError>, Error> {
    if draft.status.steps[index].phase != StepPhase::Undoing {
        draft.status.rollback_performed = Some(true);
        draft.status.rollback_result = Some(because.to_owned());
        draft.status.steps[index].phase = StepPhase::Undoing;
        draft.condition(conditions::EXECUTING, true, "Undoing", because);
        return Ok(draft.write(ctx).await.map(drop));
    }
    let (phase, message) = verbs::undo(ctx, plan, &draft.status.steps[index]).await?;
    let step = &mut draft.status.steps[index];
    (step.phase, step.message) = (phase, message);
    Ok(draft.write(ctx).await.map(drop))
}

async fn finish(
    ctx: &Context,
    plan: &Arc<RemediationPlan>,
    seen: &Seen,
    mut draft: Draft<'_>,
    outcome: &Outcome,
) -> Result<(), WriteError> {
    draft.status.completed_at = Some(draft.time());
    draft.status.result = Some(outcome.message.clone());
    let good = outcome.state == RemediationState::Completed;
    if !good {
        draft.status.post_failure_healthy = match &seen.sick {
            super::decide::Sick::No => Some(true),
            super::decide::Sick::Yes(_) => Some(false),
            _ => None,
        };
    }
    let rolled_back = outcome.state == RemediationState::RolledBack;
    let reason = outcome.reason.as_str();
    draft.enter(outcome.state).condition(conditions::VERIFIED, good, reason, &outcome.message);
    draft.condition(conditions::EXECUTING, false, reason, &outcome.message);
    if rolled_back || draft.status.rollback_performed == Some(true) {
        draft.condition(conditions::ROLLED_BACK, rolled_back, reason, &outcome.message);
    }
    let began = draft.status.started_at.clone();
    let written = draft.write(ctx).await?;
    if let Some(began) = began {
        ctx.metrics.remediation_duration.observe(ctx.clock.now().duration_since(began.0).as_secs_f64());
    }
    if !good {
        count(ctx, "verification", "failed");
    }
    tell(ctx, &written, Note::new(reason, "Remediate", outcome.message.clone()).warning_if(!good));
    tracing::info!(plan = plan.name_any(), state = %outcome.state, reason, "plan ended");
    Ok(())
}

fn tell(ctx: &Context, plan: &Arc<RemediationPlan>, note: Note) {
    let transition = plan.status.as_ref().and_then(|status| status.transition).unwrap_or(0);
    let digest = plan
        .status
        .as_ref()
        .and_then(|status| status.preview.as_ref())
        .map(|preview| preview.digest.clone())
        .unwrap_or_default();
    ctx.events.tell(plan.object_ref(&()), note.once(naming::hash(&[&transition.to_string(), &digest], 8)));
}

fn count(ctx: &Context, action_type: &str, result: &str) {
    let labels = ActionLabels { action_type: action_type.to_owned(), result: result.to_owned() };
    ctx.metrics.remediations.get_or_create(&labels).inc();
}
