//! One move of an incident, carried out: at most one object is created or asked again, then the state says so.

use std::collections::BTreeMap;
use std::sync::Arc;

use common::api::{
    Issue, NameRef, RemediationPlan, Runbook, SignalType,
    issue::IssueState,
    keys::{annotations, labels, managers},
    remediation_plan::RemediationPlanSpec,
    runbook::{RunbookBinding, RunbookSpec, RunbookStep, RunbookTrigger},
};
use common::naming;
use kube::{Resource as _, ResourceExt as _};
use serde_json::json;

use super::decide::Move;
use super::gather::Seen;
use super::remedies::Chosen;
use super::status::{self, Entering};
use crate::runtime::metrics::IssueLabels;
use crate::runtime::{Context, Note, WriteError};

pub(super) async fn apply(ctx: &Context, issue: &Arc<Issue>, seen: &Seen, next: Move) -> Result<(), WriteError> {
    match next {
        Move::Rest => Ok(()),
        Move::Wait { for_what } => status::wait(ctx, issue, &for_what, seen.max_attempts).await.map(drop),
        Move::Enter { state, reason, message, required_action } => {
            let back = state == IssueState::Analyzing
                && issue.status.as_ref().is_some_and(|status| status.state == IssueState::Resolved);
            if back {
                explain_again(ctx, seen).await?;
            }
            let issue = &if back { without_word(ctx, issue).await? } else { Arc::clone(issue) };
            let entering = Entering {
                state,
                reason,
                message: &message,
                required_action: required_action.as_deref(),
                waits_for: waits_for(state),
                plan: taken_up(issue, seen, state),
                max_attempts: seen.max_attempts,
                cooldown: seen.settings.cooldown,
            };
            enter(ctx, issue, &entering).await
        }
        Move::Explain { reason, message } => {
            explain_again(ctx, seen).await?;
            let entering = Entering {
                state: IssueState::Analyzing,
                reason,
                message: &message,
                required_action: None,
                waits_for: "an explanation",
                plan: None,
                max_attempts: seen.max_attempts,
                cooldown: seen.settings.cooldown,
            };
            enter(ctx, issue, &entering).await
        }
        Move::Plan { attempt, chosen } => {
            let runbook = match &chosen.runbook {
                Some(name) => name.clone(),
                None => record_runbook(ctx, issue, &chosen).await?,
            };
            let plan = create_plan(ctx, issue, attempt, &chosen, &runbook).await?;
            let limit = chosen
                .max_attempts
                .filter(|limit| *limit > 0)
                .map_or(seen.max_attempts, |limit| limit.min(seen.max_attempts));
            let entering = Entering {
                state: IssueState::Remediating,
                reason: if attempt == 1 { "RemediationPlanCreated" } else { "RetryingRemediation" },
                message: &format!("attempt {attempt}: {}", chosen.why),
                required_action: None,
                waits_for: "the plan",
                plan: Some((attempt, &plan)),
                max_attempts: limit,
                cooldown: seen.settings.cooldown,
            };
            enter(ctx, issue, &entering).await
        }
        Move::Agentic { attempt, most, finding_code } => {
            let mut plan = bare_plan(issue, attempt, "a model names one step after the other, each behind every gate");
            plan.spec.agentic_mode = Some(true);
            plan.spec.agentic_max_steps = Some(most);
            plan.spec.finding_code = Some(finding_code);
            exists_is_fine(ctx.create(managers::ISSUE, &plan).await)?;
            let entering = Entering {
                state: IssueState::Remediating,
                reason: "AgenticRemediationStarted",
                message: &format!("attempt {attempt}: no remedy is known; a model names the steps, at most {most}"),
                required_action: None,
                waits_for: "the first step",
                plan: Some((attempt, &plan.name_any())),
                max_attempts: seen.max_attempts,
                cooldown: seen.settings.cooldown,
            };
            enter(ctx, issue, &entering).await
        }
    }
}

async fn enter(ctx: &Context, issue: &Arc<Issue>, entering: &Entering<'_>) -> Result<(), WriteError> {
    let written = status::enter(ctx, issue, entering).await?;
    let transition = written.status.as_ref().and_then(|status| status.transition).unwrap_or(0);
    let bad = matches!(entering.state, IssueState::Escalated | IssueState::Contained | IssueState::Failed);
    let note = Note::new(reason_word(entering.reason), "Reconcile", entering.message)
        .warning_if(bad)
        .once(transition.to_string());
    ctx.events.tell(written.object_ref(&()), note);
    let labels = IssueLabels { severity: written.spec.severity.to_string(), state: entering.state.to_string() };
    ctx.metrics.issues.get_or_create(&labels).inc();
    // Trouble made on purpose says nothing about how long real trouble takes.
    let is_chaos = issue.labels().get(labels::SOURCE).is_some_and(|source| source == labels::SOURCE_CHAOS);
    if entering.state == IssueState::Resolved && entering.reason == "RemediationSucceeded" && !is_chaos {
        let began = written.status.as_ref().and_then(|status| status.detected_at.as_ref()).map(|at| at.0);
        if let Some(began) = began {
            ctx.metrics.issue_resolution.observe(ctx.clock.now().duration_since(began).as_secs_f64());
        }
    }
    Ok(())
}

/// Events want a word that lives as long as the program; reasons are all literals of `decide`.
fn reason_word(reason: &str) -> &'static str {
    const WORDS: &[&str] = &[
        "Detected",
        "AIInsightCreated",
        "FaultReturned",
        "ReanalysisRequested",
        "RemediationPlanCreated",
        "RetryingRemediation",
        "AgenticRemediationStarted",
        "RemediationSucceeded",
        "AutoResolved",
        "ResourceDeleted",
        "ResolvedByPerson",
        "ReopenedByPerson",
        "HumanActionRestoredService",
        "ContainmentApplied",
        "MaxAttemptsReached",
        "NoRemedy",
        "NoRunbookForRetry",
        "Protected",
        "Rejected",
        "ApprovalExpired",
        "RollbackFailed",
        "BreakerOpen",
        "OwnedByGitOps",
        "Forbidden",
        "OutcomeUnknown",
        "Blocked",
        "PlanMissing",
    ];
    WORDS.iter().find(|word| **word == reason).copied().unwrap_or("Changed")
}

fn waits_for(state: IssueState) -> &'static str {
    match state {
        IssueState::Detected | IssueState::Analyzing => "an explanation",
        IssueState::Remediating => "the plan",
        IssueState::Escalated | IssueState::Contained => "a person",
        IssueState::Resolved | IssueState::Failed => "nothing",
    }
}

/// A plan that exists although the status does not know it: the process ended between the two writes.
fn taken_up<'a>(issue: &Issue, seen: &'a Seen, state: IssueState) -> Option<(i32, &'a str)> {
    let known = issue.status.as_ref().map_or(0, |status| status.remediation_attempts);
    let plan = seen.plans.iter().find(|plan| state == IssueState::Remediating && plan.spec.attempt == known + 1)?;
    Some((plan.spec.attempt, plan.metadata.name.as_deref()?))
}

/// The fault is back: what a person said about the end of it no longer holds.
async fn without_word(ctx: &Context, issue: &Arc<Issue>) -> Result<Arc<Issue>, WriteError> {
    if !issue.annotations().contains_key(annotations::RESOLVED_BY) {
        return Ok(Arc::clone(issue));
    }
    let nothing = json!({ annotations::RESOLVED_BY: null, annotations::RESOLUTION_NOTE: null });
    ctx.merge(managers::ISSUE, &**issue, json!({ "metadata": { "annotations": nothing } })).await
}

/// Asks for a new explanation. Asking twice makes one more explanation, never a wrong one.
async fn explain_again(ctx: &Context, seen: &Seen) -> Result<(), WriteError> {
    let Some(insight) = &seen.insight else { return Ok(()) };
    let next = insight.spec.analysis_generation.unwrap_or(0) + 1;
    ctx.merge(managers::ISSUE, &**insight, json!({ "spec": { "analysisGeneration": next } })).await.map(drop)
}

/// The remedy goes on record as a Runbook that fits this finding on this workload and nothing else.
async fn record_runbook(ctx: &Context, issue: &Issue, chosen: &Chosen) -> Result<String, WriteError> {
    let resource = issue.spec.resource.clone();
    let actions = serde_json::to_string(&chosen.actions).unwrap_or_default();
    let identity =
        naming::hash(&[resource.uid.as_deref().unwrap_or(&resource.name), &chosen.finding_code, &actions], 10);
    let name = naming::with_hash(&format!("auto-{}-{}", chosen.finding_code, resource.kind), &identity);
    let steps = chosen
        .actions
        .iter()
        .map(|action| RunbookStep {
            name: action.action_type.to_string(),
            action: action.action_type.to_string(),
            description: Some(chosen.why.clone()),
            params: action.params.clone(),
        })
        .collect();
    let Some(signal_type) = issue.spec.signal_type.as_deref().and_then(signal) else { return Ok(name) };
    let mut runbook = Runbook::new(
        &name,
        RunbookSpec {
            description: Some(chosen.why.clone()),
            trigger: RunbookTrigger {
                signal_type: signal_type.into(),
                severity: issue.spec.severity,
                resource_kind: resource.kind.clone(),
            },
            steps,
            max_attempts: None,
            enabled: None,
            bound_to: Some(RunbookBinding { finding_code: chosen.finding_code.clone(), target: resource }),
            requested_by: None,
        },
    );
    runbook.metadata.namespace = issue.namespace();
    runbook.metadata.labels = Some(BTreeMap::from([
        (labels::AUTO_GENERATED.to_owned(), "true".to_owned()),
        (labels::SOURCE_ISSUE.to_owned(), naming::label_value(&issue.name_any())),
    ]));
    exists_is_fine(ctx.create(managers::ISSUE, &runbook).await)?;
    Ok(name)
}

fn signal(name: &str) -> Option<SignalType> {
    serde_json::from_value(json!(name)).ok()
}

async fn create_plan(
    ctx: &Context,
    issue: &Issue,
    attempt: i32,
    chosen: &Chosen,
    runbook: &str,
) -> Result<String, WriteError> {
    let mut plan = bare_plan(issue, attempt, &chosen.why);
    plan.spec.actions.clone_from(&chosen.actions);
    plan.spec.target.clone_from(&chosen.target);
    plan.spec.runbook_ref = Some(NameRef::new(runbook));
    plan.spec.finding_code = Some(chosen.finding_code.clone());
    plan.spec.requested_by.clone_from(&chosen.requested_by);
    exists_is_fine(ctx.create(managers::ISSUE, &plan).await)?;
    Ok(plan.name_any())
}

/// The plan of an attempt, before it says what is done.
fn bare_plan(issue: &Issue, attempt: i32, strategy: &str) -> RemediationPlan {
    let mut plan = RemediationPlan::new(
        &naming::plan(&issue.name_any(), attempt),
        RemediationPlanSpec {
            issue_ref: NameRef { name: issue.name_any(), uid: issue.uid() },
            attempt,
            strategy: strategy.to_owned(),
            actions: Vec::new(),
            safety_constraints: Vec::new(),
            agentic_mode: None,
            agentic_history: Vec::new(),
            agentic_max_steps: None,
            target: None,
            runbook_ref: None,
            finding_code: None,
            requested_by: None,
            step_of: None,
        },
    );
    plan.metadata.namespace = issue.namespace();
    plan.metadata.owner_references = issue.controller_owner_ref(&()).map(|owner| vec![owner]);
    plan.metadata.labels = Some(BTreeMap::from([(labels::ISSUE.to_owned(), naming::label_value(&issue.name_any()))]));
    plan
}

/// Names follow from what is wanted, so an object that is already there is the one that is wanted.
fn exists_is_fine<T>(result: Result<T, WriteError>) -> Result<(), WriteError> {
    match result {
        Ok(_) | Err(WriteError::AlreadyExists(_)) => Ok(()),
        Err(error) => Err(error),
    }
}
