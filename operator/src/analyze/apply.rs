//! Writes an explanation: the insight, then the cause in short on the Issue.

use std::sync::Arc;

use common::api::ai_insight::{AIInsightSpec, AIInsightStatus};
use common::api::issue::IssueCause;
use common::api::keys::{conditions, labels, managers};
use common::api::{AIInsight, Issue, NameRef};
use common::naming;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::{Resource as _, ResourceExt as _};
use serde_json::json;

use super::decide::Because;
use super::models::ways;
use crate::runtime::{Context, Error, Note, ObjectKey, WriteError, read, status};

/// What the analyst owns of an AIInsight's status.
const INSIGHT: status::Owner = status::Owner {
    manager: managers::INSIGHT,
    fields: &[
        "analysis",
        "confidence",
        "recommendations",
        "suggestedActions",
        "generatedAt",
        "logAnalysis",
        "findings",
        "observedAnalysisGeneration",
        "observedGeneration",
    ],
    conditions: &[conditions::ANALYZED],
};
/// What the analyst owns of an Issue's status.
const ISSUE: status::Owner =
    status::Owner { manager: managers::INSIGHT, fields: &["cause", "insightRef"], conditions: &[] };

/// Writes the insight of an Issue.
pub async fn explain(
    ctx: &Context,
    issue: &Issue,
    known: Option<Arc<AIInsight>>,
    answer: AIInsightStatus,
    because: Because,
) -> Result<Arc<AIInsight>, Error> {
    let insight = match known {
        Some(insight) => insight,
        None => create(ctx, issue).await?,
    };
    let code = answer.findings.first().map(|finding| finding.code.clone()).unwrap_or_default();
    let statement = answer.findings.first().map(|finding| finding.statement.clone()).unwrap_or_default();
    let written = status::apply(ctx, &insight, &INSIGHT, serde_json::to_value(answer).unwrap_or_default()).await?;
    tracing::info!(issue = issue.name_any(), namespace = issue.namespace(), cause = code, ?because, "{statement}");
    let occurrence = written.status.as_ref().and_then(|status| status.observed_analysis_generation).unwrap_or(0);
    ctx.events.tell(
        issue.object_ref(&()),
        Note::new("CauseFound", "Analyze", format!("{code}: {statement}")).once(format!("{occurrence}.{code}")),
    );
    Ok(written)
}

async fn create(ctx: &Context, issue: &Issue) -> Result<Arc<AIInsight>, Error> {
    // Rules answer; whom the Instance names may be asked to refine later.
    let instance = ways::instance_for(ctx, &issue.namespace().unwrap_or_default());
    let spec = AIInsightSpec {
        provider: instance.as_ref().map(|instance| instance.spec.provider.clone()).unwrap_or_default(),
        model: instance.as_ref().and_then(|instance| instance.spec.model.clone()).unwrap_or_default(),
        ..AIInsightSpec::by_rules(issue.name_any())
    };
    let mut insight = AIInsight::new(&naming::insight(&issue.name_any()), spec);
    insight.metadata.namespace = issue.namespace();
    insight.labels_mut().insert(labels::ISSUE.to_owned(), naming::label_value(&issue.name_any()));
    insight.metadata.owner_references = issue.controller_owner_ref(&()).map(|owner| {
        // Deleting an Issue must not wait for this.
        vec![OwnerReference { block_owner_deletion: None, ..owner }]
    });
    match ctx.create(managers::INSIGHT, &insight).await {
        Ok(created) => Ok(created),
        Err(WriteError::AlreadyExists(_)) => {
            Ok(ctx.observe(read(ctx.writing(&insight).get(&insight.name_any())).await?))
        }
        Err(error) => Err(error.into()),
    }
}

/// Writes the first finding on the Issue, on its newest version.
pub async fn cause(ctx: &Context, key: &ObjectKey, insight: &AIInsight) -> Result<(), Error> {
    let Some(issue) = ctx.stores.issues.get(key) else { return Ok(()) };
    let Some(first) = insight.status.as_ref().and_then(|status| status.findings.first()) else { return Ok(()) };
    let cause = IssueCause { code: first.code.clone(), statement: first.statement.clone(), place: first.cause.clone() };
    let reference = NameRef { name: insight.name_any(), uid: insight.uid() };
    status::apply(ctx, &issue, &ISSUE, json!({ "cause": cause, "insightRef": reference })).await?;
    Ok(())
}
