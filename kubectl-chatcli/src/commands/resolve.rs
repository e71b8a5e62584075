//! What a name on the command line means: people copy what they see, be it an incident, its plan, its request or its report.

use common::api::approval_request::ApprovalRequest;
use common::api::issue::Issue;
use common::api::remediation_plan::RemediationPlan;
use common::naming;
use kube::ResourceExt as _;
use kube::api::DynamicObject;

use crate::failure::Failure;
use crate::kube::{Cluster, Kind, typed};

/// `issue/web-…` and `issue.platform.chatcli.io/web-…` are `web-…`.
pub fn bare(name: &str) -> &str {
    name.rsplit_once('/').map_or(name, |(_, bare)| bare)
}

/// True where the name says of which kind it is, and that is another one.
fn is_of_another_kind(name: &str, kind: &Kind) -> bool {
    let Some((given, _)) = name.rsplit_once('/') else { return false };
    let given = given.split('.').next().unwrap_or(given).to_lowercase();
    given != kind.resource.kind.to_lowercase() && given != kind.resource.plural
}

async fn find(cluster: &Cluster, kind: Kind, name: &str) -> Result<Option<DynamicObject>, Failure> {
    if is_of_another_kind(name, &kind) {
        return Ok(None);
    }
    cluster.find(&kind, Some(cluster.namespace()), bare(name)).await
}

/// An incident by its name.
pub async fn issue(cluster: &Cluster, name: &str) -> Result<Issue, Failure> {
    typed(&cluster.get(&Kind::issue(), bare(name)).await?)
}

/// A plan by its name, or the current one of an incident.
pub async fn plan(cluster: &Cluster, name: &str) -> Result<DynamicObject, Failure> {
    if let Some(plan) = find(cluster, Kind::plan(), name).await? {
        return Ok(plan);
    }
    let Some(issue) = find(cluster, Kind::issue(), name).await? else {
        return Err(cluster.not_found(&[&Kind::plan(), &Kind::issue()], "plan or issue", bare(name)).await);
    };
    let issue: Issue = typed(&issue)?;
    match current_plan(cluster, &issue).await? {
        Some(plan) => Ok(plan),
        None => Err(unplanned(&issue)),
    }
}

fn unplanned(issue: &Issue) -> Failure {
    let status = issue.status.clone().unwrap_or_default();
    let failure = Failure::new(format!("{} has no plan: it is {}", issue.name_any(), status.state));
    match status.required_action {
        Some(action) => failure.hint(action),
        None => failure.hint(format!("see why: kubectl chatcli explain {}", issue.name_any())),
    }
}

async fn current_plan(cluster: &Cluster, issue: &Issue) -> Result<Option<DynamicObject>, Failure> {
    let status = issue.status.clone().unwrap_or_default();
    let name = status.current_plan_ref.map_or_else(
        || naming::plan(&issue.name_any(), status.remediation_attempts.max(1)),
        |reference| reference.name,
    );
    cluster.find(&Kind::plan(), Some(cluster.namespace()), &name).await
}

/// A request by its name, by its plan's, or by its incident's.
pub async fn request(cluster: &Cluster, name: &str) -> Result<ApprovalRequest, Failure> {
    if let Some(request) = find(cluster, Kind::request(), name).await? {
        return typed(&request);
    }
    if let Some(plan) = find(cluster, Kind::plan(), name).await? {
        return request_of(cluster, &typed(&plan)?).await;
    }
    if let Some(issue) = find(cluster, Kind::issue(), name).await? {
        let issue: Issue = typed(&issue)?;
        return match current_plan(cluster, &issue).await? {
            Some(plan) => request_of(cluster, &typed(&plan)?).await,
            None => Err(unplanned(&issue)),
        };
    }
    let kinds = [&Kind::request(), &Kind::plan(), &Kind::issue()];
    Err(cluster.not_found(&kinds, "approval request, plan or issue", bare(name)).await)
}

/// The plan that is previewed and voted on: of an agentic plan that of its step at hand.
pub async fn at_hand(cluster: &Cluster, plan: RemediationPlan) -> Result<RemediationPlan, Failure> {
    let Some(step) = plan.open_step() else { return Ok(plan) };
    let name = naming::step_plan(&plan.name_any(), step.step_number);
    match cluster.find(&Kind::plan(), Some(cluster.namespace()), &name).await? {
        Some(step) => typed(&step),
        None => Ok(plan),
    }
}

async fn request_of(cluster: &Cluster, plan: &RemediationPlan) -> Result<ApprovalRequest, Failure> {
    let plan = at_hand(cluster, plan.clone()).await?;
    let status = plan.status.clone().unwrap_or_default();
    let name =
        status.approval_ref.map_or_else(|| naming::approval_request(&plan.name_any()), |reference| reference.name);
    match cluster.find(&Kind::request(), Some(cluster.namespace()), &name).await? {
        Some(request) => typed(&request),
        None => Err(Failure::new(format!("{} asks nobody: it is {}", plan.name_any(), status.state))
            .hint(format!("see what it does: kubectl chatcli plan preview {}", plan.name_any()))),
    }
}

/// The plan a request asks about; `None` where it is gone.
pub async fn plan_of(cluster: &Cluster, request: &ApprovalRequest) -> Result<Option<RemediationPlan>, Failure> {
    let found = cluster.find(&Kind::plan(), Some(cluster.namespace()), &request.spec.remediation_plan_ref).await?;
    found.as_ref().map(typed).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_its_kind_is_that_kind_only() {
        assert_eq!(bare("issue.platform.chatcli.io/web"), "web");
        assert!(!is_of_another_kind("issue.platform.chatcli.io/web", &Kind::issue()));
        assert!(!is_of_another_kind("issues/web", &Kind::issue()));
        assert!(is_of_another_kind("issue/web", &Kind::plan()));
        assert!(!is_of_another_kind("web", &Kind::plan()));
    }
}
