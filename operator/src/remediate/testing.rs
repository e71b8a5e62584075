//! Builders that read like the sentence a test says.

use std::sync::Arc;

use common::api::{
    AIInsight, ActionType, Anomaly, Issue, IssueSeverity, NameRef, RemediationAction, RemediationPlan, ResourceRef,
    SignalType, Source, Time,
    ai_insight::{AIInsightSpec, AIInsightStatus, Finding, Remedy},
    anomaly::{AnomalySpec, AnomalyStatus},
    issue::{IssueSpec, IssueState, IssueStatus},
    keys::labels,
    remediation_plan::{
        PlanPreview, RemediationPlanSpec, RemediationPlanStatus, RemediationState, StepPhase, StepPreview, StepStatus,
        WriteRecord,
    },
};
use jiff::Timestamp;
use kube::ResourceExt as _;

pub(crate) const NOW: &str = "2026-11-21T14:00:00Z";

pub(crate) fn now() -> Timestamp {
    NOW.parse().unwrap()
}

pub(crate) fn workload() -> ResourceRef {
    ResourceRef::new("Deployment", "shop", "web").with_uid("uid-web")
}

pub(crate) fn issue(state: IssueState, attempts: i32) -> Issue {
    let mut issue = Issue::new(
        "web-image",
        IssueSpec {
            severity: IssueSeverity::High,
            source: Source::Watcher,
            signal_type: Some("image_pull_error".to_owned()),
            resource: workload(),
            description: "pods of web cannot pull their image".to_owned(),
            correlation_id: None,
            risk_score: Some(40),
            correlated_anomalies: Vec::new(),
            requested_by: None,
        },
    );
    issue.metadata.namespace = Some("shop".to_owned());
    issue.metadata.uid = Some("uid-issue".to_owned());
    issue.status = Some(IssueStatus {
        state,
        transition: Some(2),
        remediation_attempts: attempts,
        detected_at: Some(Time(now())),
        ..IssueStatus::default()
    });
    issue
}

pub(crate) fn anomaly(active: bool) -> Arc<Anomaly> {
    let mut anomaly = Anomaly::new(
        "watcher-image",
        AnomalySpec {
            source: Source::Watcher,
            signal_type: SignalType::ImagePullError,
            resource: workload(),
            value: String::new(),
            threshold: String::new(),
            description: None,
            severity: None,
            detected_at: None,
            object: None,
            episode: Some(1),
            requested_by: None,
        },
    );
    anomaly.labels_mut().insert(labels::SOURCE.to_owned(), "watcher".to_owned());
    anomaly.status = Some(AnomalyStatus {
        correlated: true,
        active: Some(active),
        last_seen: Some(Time(now())),
        ..AnomalyStatus::default()
    });
    Arc::new(anomaly)
}

pub(crate) fn action(action_type: ActionType) -> RemediationAction {
    RemediationAction { action_type, params: std::collections::BTreeMap::new() }
}

pub(crate) fn insight(remedies: &[ActionType]) -> AIInsight {
    let mut insight = AIInsight::new("web-image-insight", AIInsightSpec::by_rules("web-image"));
    insight.status = Some(AIInsightStatus {
        findings: vec![Finding {
            code: "image-tag-missing".to_owned(),
            statement: "the registry has no tag v2".to_owned(),
            remedies: remedies
                .iter()
                .map(|kind| Remedy { actions: vec![action(*kind)], target: None, why: "it worked before".to_owned() })
                .collect(),
            advice: Some("push the tag".to_owned()),
            ..Finding::default()
        }],
        generated_at: Some(Time(now())),
        ..AIInsightStatus::default()
    });
    insight
}

pub(crate) fn plan(state: RemediationState) -> RemediationPlan {
    plan_of(1, ActionType::RollbackDeployment, state)
}

pub(crate) fn plan_of(attempt: i32, kind: ActionType, state: RemediationState) -> RemediationPlan {
    let mut plan = RemediationPlan::new(
        &format!("web-image-plan-{attempt}"),
        RemediationPlanSpec {
            issue_ref: NameRef::new("web-image"),
            attempt,
            strategy: "roll back".to_owned(),
            actions: vec![action(kind)],
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
    plan.metadata.namespace = Some("shop".to_owned());
    plan.metadata.uid = Some(format!("uid-plan-{attempt}"));
    plan.metadata.generation = Some(1);
    plan.status = Some(RemediationPlanStatus { state, transition: Some(1), ..RemediationPlanStatus::default() });
    plan
}

/// A plan whose preview is sealed, with one step in the given phase.
pub(crate) fn previewed(state: RemediationState, phase: StepPhase) -> RemediationPlan {
    let mut plan = plan(state);
    let status = plan.status.as_mut().unwrap();
    status.preview = Some(PlanPreview {
        digest: "sha256:sealed".to_owned(),
        plan_generation: 1,
        steps: vec![StepPreview {
            action: "RollbackDeployment".to_owned(),
            summary: "roll back web to revision 1".to_owned(),
            ..StepPreview::default()
        }],
        ..PlanPreview::default()
    });
    let applied = !matches!(phase, StepPhase::Planned | StepPhase::Intent);
    status.steps = vec![StepStatus {
        action: "RollbackDeployment".to_owned(),
        phase,
        writes: vec![WriteRecord::default()],
        writes_done: i32::from(applied),
        ..StepStatus::default()
    }];
    plan
}
