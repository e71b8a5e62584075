//! Everything that belongs to one incident, and what happened when.
//!
//! In: the API server, or objects of a test. Out: a [`Story`] and its [`timeline`]. Objects the caller may not read are named as gaps,
//! not hidden.

use common::api::approval_request::ApprovalRequest;
use common::api::issue::Issue;
use common::api::remediation_plan::{RemediationPlan, RemediationState, StepPhase};
use common::api::{AIInsight, Anomaly, PostMortem};
use common::naming;
use futures::FutureExt as _;
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::ResourceExt as _;
use serde::de::DeserializeOwned;

use crate::failure::Failure;
use crate::kube::{Cluster, Kind, typed};
use crate::output::style::plural;

/// One incident and everything made for it.
#[derive(Clone, Debug)]
pub struct Story {
    /// The incident.
    pub issue: Issue,
    /// Why.
    pub insight: Option<AIInsight>,
    /// What was seen.
    pub anomalies: Vec<Anomaly>,
    /// What was planned, by attempt.
    pub plans: Vec<RemediationPlan>,
    /// What was asked.
    pub requests: Vec<ApprovalRequest>,
    /// The report.
    pub post_mortem: Option<PostMortem>,
    /// What could not be read, one sentence each.
    pub gaps: Vec<String>,
}

impl Story {
    /// Reads what there is.
    pub async fn read(cluster: &Cluster, issue: Issue) -> Self {
        let name = issue.name_any();
        let status = issue.status.clone().unwrap_or_default();
        let namespace = issue.namespace();
        let namespace = namespace.as_deref();
        let insight = status.insight_ref.map_or_else(|| naming::insight(&name), |reference| reference.name);
        let report = status.post_mortem_ref.map_or_else(|| naming::post_mortem(&name), |reference| reference.name);
        let (insights, reports) = (Kind::insight(), Kind::post_mortem());
        // Boxed: five requests at once are a future too large for the stack they would be copied on.
        let (insight, report, anomalies, plans, requests) = futures::join!(
            cluster.find(&insights, namespace, &insight).boxed_local(),
            cluster.find(&reports, namespace, &report).boxed_local(),
            list::<Anomaly>(cluster, Kind::anomaly(), namespace).boxed_local(),
            list::<RemediationPlan>(cluster, Kind::plan(), namespace).boxed_local(),
            list::<ApprovalRequest>(cluster, Kind::request(), namespace).boxed_local(),
        );
        let mut gaps = Vec::new();
        let mut anomalies = kept(anomalies, &mut gaps);
        anomalies.retain(|anomaly| {
            let issue = anomaly.status.as_ref().and_then(|status| status.issue_ref.as_ref());
            issue.is_some_and(|issue| issue.name == name)
        });
        let mut plans = kept(plans, &mut gaps);
        plans.retain(|plan| plan.spec.issue_ref.name == name);
        plans.sort_by_key(|plan| plan.spec.attempt);
        let mut requests = kept(requests, &mut gaps);
        requests.retain(|request| request.spec.issue_ref.name == name);
        let insight = one(insight, &mut gaps);
        let post_mortem = one(report, &mut gaps);
        Self { issue, insight, anomalies, plans, requests, post_mortem, gaps }
    }

    /// The plan being worked on, or the last one; of an agentic plan that of its step at hand.
    pub fn current_plan(&self) -> Option<&RemediationPlan> {
        let named = self.issue.status.as_ref().and_then(|status| status.current_plan_ref.as_ref());
        let find = |name: &str| self.plans.iter().find(|plan| plan.name_any() == name);
        let plan = named.and_then(|reference| find(&reference.name)).or_else(|| self.plans.last())?;
        let step = plan.open_step().and_then(|step| find(&naming::step_plan(&plan.name_any(), step.step_number)));
        Some(step.unwrap_or(plan))
    }

    /// The request that belongs to a plan.
    pub fn request_for(&self, plan: &RemediationPlan) -> Option<&ApprovalRequest> {
        self.requests.iter().find(|request| request.spec.remediation_plan_ref == plan.name_any())
    }
}

async fn list<T: DeserializeOwned>(cluster: &Cluster, kind: Kind, namespace: Option<&str>) -> Result<Vec<T>, Failure> {
    let (objects, _) = cluster.list(&kind, namespace, None).await?;
    // One that cannot be read as its type is someone else's; `-o yaml` shows it.
    Ok(objects.iter().filter_map(|object| typed(object).ok()).collect())
}

fn kept<T>(found: Result<Vec<T>, Failure>, gaps: &mut Vec<String>) -> Vec<T> {
    found.unwrap_or_else(|failure| {
        gaps.push(failure.message().to_owned());
        Vec::new()
    })
}

fn one<T: DeserializeOwned>(
    found: Result<Option<kube::api::DynamicObject>, Failure>,
    gaps: &mut Vec<String>,
) -> Option<T> {
    match found.and_then(|object| object.as_ref().map(typed).transpose()) {
        Ok(object) => object,
        Err(failure) => {
            gaps.push(failure.message().to_owned());
            None
        }
    }
}

/// One thing that happened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// In a word: `seen`, `explained`, `planned`, `previewed`, `asked`, `approved`, `applied`, `settled`, `resolved`, ….
    pub what: String,
    /// One sentence.
    pub detail: String,
}

/// What happened, in order. Things of the same second stay in the order they cause each other.
pub fn timeline(story: &Story) -> Vec<Moment> {
    let mut moments = Vec::new();
    let mut add = |at: Option<&Time>, what: &str, detail: String| {
        if let Some(at) = at {
            moments.push(Moment { at: at.0, what: what.to_owned(), detail });
        }
    };
    let issue = &story.issue;
    let status = issue.status.clone().unwrap_or_default();
    for anomaly in &story.anomalies {
        let seen = anomaly.status.clone().unwrap_or_default();
        let first = seen.first_seen.as_ref().or(anomaly.metadata.creation_timestamp.as_ref());
        let place = anomaly.spec.object.clone().unwrap_or_else(|| anomaly.spec.resource.short());
        add(first, "seen", format!("{}: {place}", anomaly.spec.signal_type));
        let how = seen.reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
        add(seen.cleared_at.as_ref(), "cleared", format!("{}: {place}{how}", anomaly.spec.signal_type));
    }
    let opened = status.detected_at.as_ref().or(issue.metadata.creation_timestamp.as_ref());
    add(opened, "opened", format!("incident for {}, severity {}", issue.spec.resource.short(), issue.spec.severity));
    if let Some(insight) = &story.insight {
        let answer = insight.status.clone().unwrap_or_default();
        let finding = answer
            .findings
            .first()
            .map_or_else(String::new, |finding| format!("{}: {}", finding.code, finding.statement));
        add(answer.generated_at.as_ref(), "explained", finding);
    }
    for plan in &story.plans {
        told_by_plan(plan, &mut add);
        if let Some(request) = story.request_for(plan) {
            told_by_request(request, &mut add);
        }
    }
    add(status.resolved_at.as_ref(), &status.state.as_str().to_lowercase(), status.resolution.unwrap_or_default());
    if let Some(report) = &story.post_mortem {
        let written = report.status.as_ref().and_then(|status| status.generated_at.as_ref());
        add(written.or(report.metadata.creation_timestamp.as_ref()), "reported", report.name_any());
    }
    moments.sort_by_key(|moment| moment.at);
    moments
}

fn told_by_plan(plan: &RemediationPlan, add: &mut impl FnMut(Option<&Time>, &str, String)) {
    let status = plan.status.clone().unwrap_or_default();
    add(
        plan.metadata.creation_timestamp.as_ref(),
        "planned",
        format!("attempt {}: {}", plan.spec.attempt, plan.spec.strategy),
    );
    if let Some(preview) = &status.preview {
        let steps = plural(i64::try_from(preview.steps.len()).unwrap_or(i64::MAX), "step", "steps");
        add(
            preview.taken_at.as_ref(),
            "previewed",
            format!("{steps}, {}, {}", preview.class, short_digest(&preview.digest)),
        );
    }
    for step in &status.steps {
        let name = format!("step {} {}", step.index + 1, step.action);
        let message = step.message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
        add(step.applied_at.as_ref(), "applied", name.clone());
        match step.phase {
            StepPhase::Settled => add(step.settled_at.as_ref(), "settled", format!("{name}{message}")),
            StepPhase::Failed
            | StepPhase::Unknown
            | StepPhase::Undone
            | StepPhase::PartlyUndone
            | StepPhase::NotUndoable => {
                let at = step.settled_at.as_ref().or(status.completed_at.as_ref()).or(step.applied_at.as_ref());
                add(at, &format!("{:?}", step.phase).to_lowercase(), format!("{name}{message}"));
            }
            _ => {}
        }
    }
    let word = match status.state {
        RemediationState::Completed => "verified",
        RemediationState::RolledBack => "undone",
        _ => "failed",
    };
    let result = status.result.unwrap_or_else(|| status.state.to_string());
    add(status.completed_at.as_ref(), word, format!("attempt {}: {result}", plan.spec.attempt));
}

fn told_by_request(request: &ApprovalRequest, add: &mut impl FnMut(Option<&Time>, &str, String)) {
    let status = request.status.clone().unwrap_or_default();
    let votes = plural(i64::from(request.spec.required_approvers), "vote", "votes");
    add(request.metadata.creation_timestamp.as_ref(), "asked", format!("{votes} needed ({})", request.spec.rule_name));
    for decision in &status.decisions {
        let reason = decision.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        add(Some(&decision.timestamp), &decision.decision, format!("by {}{reason}", decision.approver));
    }
    add(status.expired_at.as_ref(), "expired", "nobody decided in time".to_owned());
}

/// `sha256:9c1e4b…`
pub fn short_digest(digest: &str) -> String {
    let hex = digest.strip_prefix("sha256:").unwrap_or(digest);
    match hex.get(..12) {
        Some(head) if hex.len() > 12 => format!("sha256:{head}…"),
        _ => digest.to_owned(),
    }
}
