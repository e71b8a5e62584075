//! From an explained incident to a verified fix, by itself where that was allowed. Nothing is called resolved that is not.

use anyhow::Result;
use common::api::issue::IssueState;
use common::api::remediation_plan::RemediationState;
use common::api::{Issue, RemediationPlan};
use kit::app::{apply_config, image_of, memory_limit_of};
use kit::incidents::{
    REPAIR, cause_of, issue_about, issue_becomes, issue_explained, issue_reaches, plan_reaches, plan_state, report_of,
    state_of,
};
use kit::{App, Cluster, Operator, TestNamespace};
use kube::ResourceExt as _;
use kube::api::ListParams;
use serde_json::json;

/// A namespace in which reversible steps with a clean preview run by themselves.
async fn trusted(purpose: &str) -> Result<(Cluster, TestNamespace)> {
    let cluster = Cluster::start().await?;
    Operator::shared(&cluster).await?;
    let namespace = TestNamespace::create(cluster.connection(), purpose, Some("auto")).await?;
    Ok((cluster, namespace))
}

#[tokio::test]
async fn a_release_with_a_missing_image_is_rolled_back_and_verified() -> Result<()> {
    let (cluster, namespace) = trusted("rollback").await?;
    let web = App::named("web", &cluster)?.replicas(2).running(&namespace).await?;
    let good = image_of(&web.live().await?);
    web.roll_out_missing_image().await?;

    let issue = issue_reaches(&namespace, "web", IssueState::Resolved, REPAIR).await;
    let live = web.available().await;
    assert_eq!(image_of(&live), good);
    let plan = plan_reaches(&namespace, &issue, &[RemediationState::Completed], REPAIR).await;
    let status = plan.status.unwrap_or_default();
    assert!(status.preview.is_some_and(|preview| preview.digest.starts_with("sha256:")), "acted on a sealed preview");
    assert_eq!(status.steps.len(), 1, "one change, not several tries");
    let report = report_of(&namespace, &issue).await;
    let told = report.status.unwrap_or_default();
    assert_eq!(told.actions_executed.len(), 1);
    assert!(!told.timeline.is_empty());
    Ok(())
}

#[tokio::test]
async fn what_may_still_be_starting_is_told_at_once_and_taken_back_when_its_time_is_over() -> Result<()> {
    let (cluster, namespace) = trusted("slow").await?;
    let web = App::named("web", &cluster)?
        .with(&json!({ "spec": { "progressDeadlineSeconds": 90 } }))
        .running(&namespace)
        .await?;
    web.edit_container(&json!({ "args": ["--ready-after=10h"] })).await?;

    // its sibling was quicker, so it is trouble; whether it only takes its time nobody knows yet
    let explained = |issue: &Issue| cause_of(issue) == "readiness-probe-failing";
    let issue = issue_becomes(&namespace, "web", REPAIR, "is explained", explained).await;
    issue_becomes(&namespace, "web", REPAIR, "is a person's for now", |issue| state_of(issue) == IssueState::Escalated)
        .await;
    let plans = namespace.api::<RemediationPlan>().list(&ListParams::default()).await?.items;
    assert!(plans.is_empty(), "nothing is taken back within the time of its rollout");

    issue_reaches(&namespace, "web", IssueState::Resolved, REPAIR).await;
    plan_reaches(&namespace, &issue, &[RemediationState::Completed], REPAIR).await;
    web.available().await;
    Ok(())
}

#[tokio::test]
async fn a_person_takes_back_what_a_plan_changed() -> Result<()> {
    let (cluster, namespace) = trusted("undo").await?;
    let web = App::named("web", &cluster)?.running(&namespace).await?;
    web.roll_out_missing_image().await?;
    let bad = image_of(&web.live().await?);
    let issue = issue_reaches(&namespace, "web", IssueState::Resolved, REPAIR).await;
    let plan = plan_reaches(&namespace, &issue, &[RemediationState::Completed], REPAIR).await;
    assert_ne!(image_of(&web.live().await?), bad);

    let line = ["plan", "undo", &plan.name_any(), "-n", namespace.name(), "--yes", "--timeout", "60s"];
    let said = kit::plugin::run(cluster.connection(), &line)?.results();
    assert!(said.contains("RolledBack: "), "{said}");
    assert_eq!(image_of(&web.live().await?), bad, "the field has its value of before");
    Ok(())
}

#[tokio::test]
async fn a_memory_limit_that_is_too_small_is_raised_until_the_app_lives() -> Result<()> {
    let (cluster, namespace) = trusted("raise").await?;
    apply_config(&namespace, "cart-config", &[("APP_ALLOCATE_MIB", "40")]).await?;
    let cart = App::named("cart", &cluster)?
        .memory_limit("32Mi")
        .needing_config("APP_ALLOCATE_MIB")
        .create(&namespace)
        .await?;
    issue_explained(&namespace, "cart", "oom-limit-too-low").await;
    issue_reaches(&namespace, "cart", IssueState::Resolved, REPAIR).await;
    let live = cart.available().await;
    assert_ne!(memory_limit_of(&live), "32Mi");
    Ok(())
}

#[tokio::test]
async fn a_failed_attempt_is_no_success_and_does_not_bring_the_fault_back() -> Result<()> {
    let (cluster, namespace) = trusted("leak").await?;
    // no limit cures it: whatever is tried fails
    let leaks = ["--leak-mib-per-second=40"];
    let web = App::named("web", &cluster)?.memory_limit("24Mi").doing(&leaks).create(&namespace).await?;
    let issue = issue_about(&namespace, "web").await;
    let ended = [RemediationState::Completed, RemediationState::Failed, RemediationState::RolledBack];
    let plan = plan_reaches(&namespace, &issue, &ended, REPAIR).await;
    assert_eq!(plan_state(&plan), RemediationState::Failed, "{:?}", plan.status.and_then(|status| status.result));
    assert_ne!(memory_limit_of(&web.live().await?), "24Mi", "the limit that killed is back");

    // the next attempt is another one, or a person's
    issue_becomes(&namespace, "web", REPAIR, "goes on", |issue| {
        let attempts = issue.status.as_ref().map_or(0, |status| status.remediation_attempts);
        attempts > 1 || matches!(state_of(issue), IssueState::Escalated | IssueState::Contained)
    })
    .await;
    let plans = namespace.api::<RemediationPlan>().list(&ListParams::default()).await?.items;
    let mut tried: Vec<_> = plans.iter().map(|plan| format!("{:?}", plan.spec.actions)).collect();
    tried.sort();
    tried.dedup();
    assert_eq!(tried.len(), plans.len(), "an attempt was repeated: {tried:#?}");
    Ok(())
}
