//! What a test asks about incidents: is there one, how far is it, was there ever any.

use std::time::Duration;

use anyhow::Result;
use common::api::issue::IssueState;
use common::api::remediation_plan::RemediationState;
use common::api::{Anomaly, ApprovalRequest, Issue, PostMortem, RemediationPlan};
use kube::ResourceExt;
use kube::api::ListParams;

use crate::app::App;
use crate::cluster::Cluster;
use crate::namespace::TestNamespace;
use crate::watching::{Seen, eventually, never};

/// From the world's side of a fault to the incident. Generous: what is measured is measured by the benchmark.
pub const SOON: Duration = Duration::from_secs(60);
/// A remediation with its rollout and its soak.
pub const REPAIR: Duration = Duration::from_secs(240);

/// Waits for the Issue about a workload.
pub async fn issue_about(namespace: &TestNamespace, workload: &str) -> Issue {
    let what = format!("an Issue about {workload}");
    eventually(&namespace.api::<Issue>(), SOON, &what, |seen| about(seen, workload).cloned()).await
}

/// Waits until the Issue about a workload is as wanted.
pub async fn issue_becomes(
    namespace: &TestNamespace,
    workload: &str,
    within: Duration,
    what: &str,
    condition: impl Fn(&Issue) -> bool,
) -> Issue {
    let what = format!("the Issue about {workload}: {what}");
    eventually(&namespace.api::<Issue>(), within, &what, |seen| {
        about(seen, workload).filter(|issue| condition(issue)).cloned()
    })
    .await
}

/// Waits until the Issue about a workload is in this state.
pub async fn issue_reaches(namespace: &TestNamespace, workload: &str, state: IssueState, within: Duration) -> Issue {
    issue_becomes(namespace, workload, within, state.as_str(), |issue| state_of(issue) == state).await
}

/// Waits until the Issue about a workload names this cause.
pub async fn issue_explained(namespace: &TestNamespace, workload: &str, code: &str) -> Issue {
    issue_becomes(namespace, workload, SOON, code, |issue| cause_of(issue) == code).await
}

/// Waits for a plan of an Issue in one of these states.
pub async fn plan_reaches(
    namespace: &TestNamespace,
    issue: &Issue,
    states: &[RemediationState],
    within: Duration,
) -> RemediationPlan {
    let what = format!("a plan of {} in {states:?}", issue.name_any());
    eventually(&namespace.api::<RemediationPlan>(), within, &what, |seen| {
        let plans = seen.all().filter(|plan| plan.spec.issue_ref.name == issue.name_any());
        plans.into_iter().find(|plan| states.contains(&plan_state(plan))).cloned()
    })
    .await
}

/// Waits for the question to people about a plan, with the digest that votes have to name.
pub async fn question_about(namespace: &TestNamespace, plan: &RemediationPlan) -> ApprovalRequest {
    let what = format!("an ApprovalRequest for {}", plan.name_any());
    eventually(&namespace.api::<ApprovalRequest>(), SOON, &what, |seen| {
        let asked = |request: &&ApprovalRequest| {
            request.spec.remediation_plan_ref == plan.name_any() && digest_of(request).is_some()
        };
        seen.all().find(asked).cloned()
    })
    .await
}

/// Waits for the report of an Issue.
pub async fn report_of(namespace: &TestNamespace, issue: &Issue) -> PostMortem {
    let what = format!("a PostMortem of {}", issue.name_any());
    eventually(&namespace.api::<PostMortem>(), SOON, &what, |seen| {
        let told = |report: &&PostMortem| {
            report.spec.issue_ref.name == issue.name_any()
                && report.status.as_ref().is_some_and(|status| status.summary.is_some())
        };
        seen.all().find(told).cloned()
    })
    .await
}

/// Proves that the operator sees and works now: a fault elsewhere becomes an Issue. What happened before it was seen too.
pub async fn the_operator_is_awake(cluster: &Cluster) -> Result<()> {
    let elsewhere = TestNamespace::create(cluster.connection(), "sentinel", Some("observe")).await?;
    App::named("sentinel", cluster)?.doing(&["--exit-after=1ms"]).create(&elsewhere).await?;
    issue_about(&elsewhere, "sentinel").await;
    Ok(())
}

/// Asserts that nothing in the namespace was ever taken for trouble; Anomalies and Issues stay, so a short one would show.
pub async fn nothing_was_raised(namespace: &TestNamespace) -> Result<()> {
    let anomalies = namespace.api::<Anomaly>().list(&ListParams::default()).await?.items;
    let told: Vec<_> = anomalies.iter().map(|anomaly| (&anomaly.spec.signal_type, &anomaly.spec.description)).collect();
    assert!(told.is_empty(), "raised for nothing: {told:#?}");
    let issues = namespace.api::<Issue>().list(&ListParams::default()).await?.items;
    let told: Vec<_> = issues.iter().map(|issue| &issue.spec.description).collect();
    assert!(told.is_empty(), "raised for nothing: {told:#?}");
    Ok(())
}

/// Watches an Issue for a while and fails when it is called resolved.
pub async fn stays_unresolved(namespace: &TestNamespace, workload: &str, during: Duration) {
    let what = format!("{workload} is called resolved while its fault goes on");
    never(&namespace.api::<Issue>(), during, &what, |seen| {
        about(seen, workload).filter(|issue| state_of(issue) == IssueState::Resolved).map(ResourceExt::name_any)
    })
    .await;
}

/// The Issues about a workload; one incident has one.
pub async fn issues_about(namespace: &TestNamespace, workload: &str) -> Result<Vec<Issue>> {
    let mut issues = namespace.api::<Issue>().list(&ListParams::default()).await?.items;
    issues.retain(|issue| issue.spec.resource.name == workload);
    Ok(issues)
}

/// State, `Detected` while there is no status.
pub fn state_of(issue: &Issue) -> IssueState {
    issue.status.as_ref().map(|status| status.state).unwrap_or_default()
}

/// Code of the cause; empty while unexplained.
pub fn cause_of(issue: &Issue) -> &str {
    issue.status.as_ref().and_then(|status| status.cause.as_ref()).map_or("", |cause| cause.code.as_str())
}

/// State, `Pending` while there is no status.
pub fn plan_state(plan: &RemediationPlan) -> RemediationState {
    plan.status.as_ref().map(|status| status.state).unwrap_or_default()
}

/// The digest votes have to name.
pub fn digest_of(request: &ApprovalRequest) -> Option<&str> {
    request.status.as_ref()?.plan_digest.as_deref()
}

fn about<'a>(seen: &'a Seen<Issue>, workload: &str) -> Option<&'a Issue> {
    seen.all().find(|issue| issue.spec.resource.name == workload)
}
