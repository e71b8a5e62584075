//! One move of an agentic plan, carried out. The world is changed by the plans of its steps, never from here.

use std::collections::BTreeMap;
use std::sync::Arc;

use common::api::keys::{annotations, conditions, labels, managers};
use common::api::remediation_plan::{AgenticStep, RemediationPlanSpec, RemediationState, StepOf};
use common::api::{Issue, NameRef, RemediationPlan};
use common::decisions::Ending;
use common::naming;
use kube::{Resource as _, ResourceExt as _};
use serde_json::json;

use super::decide::Move;
use super::history::REJECTED;
use super::{ask, runbook};
use crate::analyze::refine::judge::contradiction;
use crate::remediate::insight_of;
use crate::remediate::plan::decide::Outcome;
use crate::remediate::plan::status::Draft;
use crate::runtime::{Context, Error, Note, WriteError};

pub(super) async fn wait(
    ctx: &Context,
    plan: &Arc<RemediationPlan>,
    reason: &str,
    message: &str,
) -> Result<(), WriteError> {
    let mut draft = Draft::of(plan, ctx.clock.now());
    if draft.status.state.is_terminal() {
        return Ok(());
    }
    let is_executing = draft.status.state == RemediationState::Executing;
    draft.condition(conditions::EXECUTING, is_executing, reason, message);
    draft.write(ctx).await.map(drop)
}

pub(super) async fn apply(
    ctx: &Arc<Context>,
    plan: &Arc<RemediationPlan>,
    issue: Option<&Issue>,
    steps: &[Arc<RemediationPlan>],
    next: Move,
) -> Result<(), Error> {
    match next {
        Move::Begin => begin(ctx, plan).await?,
        Move::Launch(entry) => launch(ctx, plan, entry).await?,
        Move::Observe { number, observation } => observe(ctx, plan, number, observation).await?,
        Move::TakeBack { step, because } => take_back(ctx, plan, steps, &step, &because).await?,
        Move::TellUndone { is_whole, message } => tell_undone(ctx, plan, is_whole, &message).await?,
        Move::Finish(outcome) => finish(ctx, plan, issue, &outcome).await?,
        Move::Wait { .. } | Move::Ask { .. } | Move::Take | Move::Lost => {}
    }
    Ok(())
}

async fn begin(ctx: &Context, plan: &Arc<RemediationPlan>) -> Result<(), WriteError> {
    let mut draft = Draft::of(plan, ctx.clock.now());
    draft.status.started_at = Some(draft.time());
    draft.status.agentic_started_at = Some(draft.time());
    draft.enter(RemediationState::Executing);
    draft.condition(conditions::EXECUTING, true, "AgenticLoop", "a model names the steps, one after the other");
    draft.write(ctx).await.map(drop)
}

/// The step becomes a plan of its own. Its name follows from the step, so it is written once.
async fn launch(ctx: &Context, plan: &Arc<RemediationPlan>, entry: AgenticStep) -> Result<(), Error> {
    let Some(action) = entry.action.clone() else { return Ok(()) };
    let insight = insight_of(ctx, plan);
    let findings = insight.as_ref().and_then(|insight| insight.status.as_ref());
    let findings = findings.map(|status| status.findings.as_slice()).unwrap_or_default();
    let contradicts = contradiction(action.action_type, findings);
    let mut step = RemediationPlan::new(
        &naming::step_plan(&plan.name_any(), entry.step_number),
        RemediationPlanSpec {
            strategy: entry.ai_message.clone(),
            actions: vec![action],
            agentic_mode: None,
            agentic_history: Vec::new(),
            agentic_max_steps: None,
            runbook_ref: None,
            step_of: Some(StepOf {
                plan: NameRef { name: plan.name_any(), uid: plan.uid() },
                step_number: entry.step_number,
                contradicts: contradicts.map(|why| common::redact::cut(&why, 1000)),
            }),
            ..plan.spec.clone()
        },
    );
    step.metadata.namespace = plan.namespace();
    step.metadata.owner_references = plan.controller_owner_ref(&()).map(|owner| vec![owner]);
    step.metadata.labels =
        Some(BTreeMap::from([(labels::ISSUE.to_owned(), naming::label_value(&plan.spec.issue_ref.name))]));
    match ctx.create(managers::REMEDIATOR, &step).await {
        Ok(_) => Ok(()),
        // Ours would be in the stores, or will be within moments.
        Err(WriteError::AlreadyExists(name)) => {
            let live = ctx.writing::<RemediationPlan>(&step).get(&step.name_any()).await;
            match live {
                Ok(live) if super::is_step_of(&live, plan) => {
                    ctx.observe(live);
                    Ok(())
                }
                Ok(_) => {
                    let why = format!("{REJECTED} a plan {name} is there already that the operator did not write");
                    observe(ctx, plan, entry.step_number, why).await
                }
                Err(error) => Err(WriteError::Unknown(error.to_string()).into()),
            }
        }
        Err(error) => Err(error.into()),
    }
}

async fn observe(ctx: &Context, plan: &Arc<RemediationPlan>, number: i32, observation: String) -> Result<(), Error> {
    let Some(entry) = plan.spec.agentic_history.iter().find(|step| step.step_number == number) else { return Ok(()) };
    let entry = AgenticStep { observation: Some(observation), ..entry.clone() };
    ask::write(ctx, plan, entry, Vec::new()).await.map(drop)
}

/// Says first why, then has the newest step taken back by its own plan.
async fn take_back(
    ctx: &Context,
    plan: &Arc<RemediationPlan>,
    steps: &[Arc<RemediationPlan>],
    name: &str,
    because: &str,
) -> Result<(), WriteError> {
    let Some(step) = steps.iter().find(|step| step.name_any() == name) else { return Ok(()) };
    let mut draft = Draft::of(plan, ctx.clock.now());
    if !draft.status.state.is_terminal() && draft.status.rollback_result.is_none() {
        draft.status.rollback_performed = Some(true);
        draft.status.rollback_result = Some(because.to_owned());
        draft.condition(conditions::EXECUTING, true, "Undoing", because);
        draft.write(ctx).await?;
    }
    let who = format!("agentic plan {}", plan.name_any());
    let change = json!({ "metadata": { "annotations": { annotations::UNDO: who } } });
    ctx.merge(managers::REMEDIATOR, &**step, change).await.map(drop)
}

async fn tell_undone(
    ctx: &Context,
    plan: &Arc<RemediationPlan>,
    is_whole: bool,
    message: &str,
) -> Result<(), WriteError> {
    let mut draft = Draft::of(plan, ctx.clock.now());
    draft.status.rollback_performed = Some(true);
    draft.status.rollback_result = Some(message.to_owned());
    if is_whole {
        draft.enter(RemediationState::RolledBack);
    }
    draft.status.result = Some(message.to_owned());
    let reason = if is_whole { Ending::Undone } else { Ending::NotUndone };
    draft.condition(conditions::ROLLED_BACK, is_whole, reason.as_str(), message);
    draft.write(ctx).await.map(drop)
}

async fn finish(
    ctx: &Context,
    plan: &Arc<RemediationPlan>,
    issue: Option<&Issue>,
    outcome: &Outcome,
) -> Result<(), WriteError> {
    let good = outcome.state == RemediationState::Completed;
    if let Some(issue) = issue.filter(|_| good) {
        runbook::record(ctx, plan, issue).await?;
    }
    let mut draft = Draft::of(plan, ctx.clock.now());
    draft.status.completed_at = Some(draft.time());
    draft.status.actions_completed_at = draft.status.completed_at.clone();
    draft.status.result = Some(outcome.message.clone());
    draft.status.next_step_not_before = None;
    let reason = outcome.reason.as_str();
    draft.enter(outcome.state).condition(conditions::VERIFIED, good, reason, &outcome.message);
    draft.condition(conditions::EXECUTING, false, reason, &outcome.message);
    if draft.status.rollback_performed == Some(true) {
        let is_back = outcome.state == RemediationState::RolledBack;
        draft.condition(conditions::ROLLED_BACK, is_back, reason, &outcome.message);
    }
    let written = draft.write(ctx).await?;
    let transition = written.status.as_ref().and_then(|status| status.transition).unwrap_or(0);
    let note = Note::new(reason, "Remediate", outcome.message.clone()).warning_if(!good).once(transition.to_string());
    ctx.events.tell(written.object_ref(&()), note);
    tracing::info!(plan = plan.name_any(), state = %outcome.state, reason, "agentic plan ended");
    Ok(())
}
