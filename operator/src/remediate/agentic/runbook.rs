//! What a loop that helped leaves behind: a Runbook of the steps that held, for this cause on this workload.

use std::collections::BTreeMap;

use common::api::keys::{labels, managers};
use common::api::runbook::{RunbookBinding, RunbookSpec, RunbookStep, RunbookTrigger};
use common::api::{Issue, RemediationPlan, Runbook, SignalType};
use common::naming;
use kube::ResourceExt as _;
use serde_json::json;

use crate::runtime::{Context, WriteError};

/// Writes it, over what an earlier loop has left of the same name.
pub(super) async fn record(ctx: &Context, plan: &RemediationPlan, issue: &Issue) -> Result<(), WriteError> {
    let Some(runbook) = of(plan, issue) else { return Ok(()) };
    match ctx.create(managers::REMEDIATOR, &runbook).await {
        Ok(_) => Ok(()),
        Err(WriteError::AlreadyExists(name)) => {
            let key = crate::runtime::ObjectKey::new(issue.namespace().unwrap_or_default(), name);
            let Some(before) = ctx.stores.runbooks.get(&key) else { return Ok(()) };
            // A person made it their own.
            if before.spec.requested_by.is_some()
                || before.labels().get(labels::SOURCE) != runbook.labels().get(labels::SOURCE)
            {
                return Ok(());
            }
            ctx.merge(managers::REMEDIATOR, &*before, json!({ "spec": runbook.spec })).await.map(drop)
        }
        Err(error) => Err(error),
    }
}

/// The Runbook; nothing where no step held.
fn of(plan: &RemediationPlan, issue: &Issue) -> Option<Runbook> {
    let steps: Vec<RunbookStep> = plan
        .held_steps()
        .map(|(step, action)| RunbookStep {
            name: format!("Step {}: {}", step.step_number, action.action_type.as_str()),
            action: action.action_type.as_str().to_owned(),
            description: Some(common::redact::cut(&step.ai_message, 1000)),
            params: action.params.clone(),
        })
        .collect();
    let signal: SignalType = serde_json::from_value(json!(issue.spec.signal_type.as_deref()?)).ok()?;
    let finding_code = plan.spec.finding_code.clone()?;
    if steps.is_empty() {
        return None;
    }
    let resource = issue.spec.resource.clone();
    let name = format!("agentic-{signal}-{}-{}", issue.spec.severity, resource.kind).to_lowercase().replace('_', "-");
    let mut runbook = Runbook::new(
        &name,
        RunbookSpec {
            description: Some(format!("what helped {} against {finding_code}: {}", resource.short(), plan.name_any())),
            trigger: RunbookTrigger {
                signal_type: signal.into(),
                severity: issue.spec.severity,
                resource_kind: resource.kind.clone(),
            },
            steps,
            max_attempts: None,
            enabled: None,
            bound_to: Some(RunbookBinding { finding_code, target: resource }),
            requested_by: None,
        },
    );
    runbook.metadata.namespace = issue.namespace();
    runbook.metadata.labels = Some(BTreeMap::from([
        (labels::AUTO_GENERATED.to_owned(), "true".to_owned()),
        (labels::SOURCE.to_owned(), "agentic".to_owned()),
        (labels::SOURCE_ISSUE.to_owned(), naming::label_value(&issue.name_any())),
    ]));
    Some(runbook)
}
