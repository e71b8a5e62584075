//! `kubectl delete namespace` ends, whatever goes on inside: nothing of ours holds it back, with an operator or without.

use std::time::Duration;

use anyhow::Result;
use common::api::approval_vote::VoteDecision;
use common::api::remediation_plan::RemediationState;
use k8s_openapi::api::core::v1::Namespace;
use kit::app::{apply_config, remove_config_key};
use kit::incidents::{SOON, issue_about, issue_explained, plan_reaches, question_about, the_operator_is_awake};
use kit::installation::install;
use kit::operator::{Options, Turn};
use kit::votes::{cast, may_vote, vote};
use kit::{App, Cluster, Operator, TestNamespace, eventually};
use kube::Api;
use kube::api::DeleteParams;

/// What issue and users expect of `kubectl delete namespace`.
const GONE: Duration = Duration::from_secs(60);

/// A plan that is being carried out, a question to people, and a vote on it that does not decide.
async fn busy(cluster: &Cluster) -> Result<TestNamespace> {
    let namespace = TestNamespace::create(cluster.connection(), "busy", Some("auto")).await?;
    apply_config(&namespace, "checkout-config", &[("DB_HOST", "db")]).await?;
    remove_config_key(&namespace, "checkout-config", "DB_HOST").await?;
    let web = App::named("web", cluster)?.replicas(2).running(&namespace).await?;
    App::named("checkout", cluster)?.needing_config("DB_HOST").create(&namespace).await?;
    let issue = issue_explained(&namespace, "checkout", "config-key-missing").await;
    let plan = plan_reaches(&namespace, &issue, &[RemediationState::WaitingApproval], SOON).await;
    let request = question_about(&namespace, &plan).await;
    may_vote(&namespace, "alice").await?;
    let mut stale = vote(&request, "alice", VoteDecision::Approve);
    stale.spec.plan_digest = format!("sha256:{}", "0".repeat(64));
    cast(&cluster.person("alice", &["on-call"]).await?.client()?, &stale).await?;

    web.roll_out_missing_image().await?;
    let issue = issue_about(&namespace, "web").await;
    let under_way = [RemediationState::Executing, RemediationState::Verifying];
    plan_reaches(&namespace, &issue, &under_way, SOON).await;
    Ok(namespace)
}

async fn is_deleted(namespace: &TestNamespace) -> Result<()> {
    let namespaces: Api<Namespace> = Api::all(namespace.client());
    namespaces.delete(namespace.name(), &DeleteParams::default()).await?;
    let what = format!("namespace {} is gone", namespace.name());
    eventually(&namespaces, GONE, &what, |seen| seen.named(namespace.name()).is_none().then_some(())).await;
    Ok(())
}

async fn operator_on(cluster: &Cluster) -> Result<(Operator, Turn)> {
    let turn = Turn::take(cluster).await?;
    install(cluster.connection()).await?;
    let operator = Operator::start(cluster.connection(), &Options::default()).await?;
    operator.leads(&cluster.client()).await?;
    Ok((operator, turn))
}

#[tokio::test]
async fn a_busy_namespace_is_deleted_while_the_operator_runs_and_does_not_disturb_it() -> Result<()> {
    let cluster = Cluster::start().await?;
    let (operator, _turn) = operator_on(&cluster).await?;
    let namespace = busy(&cluster).await?;
    is_deleted(&namespace).await?;
    the_operator_is_awake(&cluster).await?;
    operator.still_runs()
}

#[tokio::test]
async fn a_busy_namespace_is_deleted_without_an_operator() -> Result<()> {
    let cluster = Cluster::start().await?;
    let (operator, _turn) = operator_on(&cluster).await?;
    let namespace = busy(&cluster).await?;
    operator.stop().await?;
    is_deleted(&namespace).await
}
