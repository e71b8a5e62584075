//! What is trouble becomes one incident with its cause; what is not, does not. Nothing acts here: the namespaces only observe.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use common::api::issue::IssueState;
use common::api::keys::labels;
use common::api::{Anomaly, ChaosExperiment, SignalType};
use kit::app::{apply_config, image_of, remove_config_key};
use kit::incidents::{
    REPAIR, cause_of, issue_about, issue_becomes, issue_explained, issue_reaches, issues_about, nothing_was_raised,
    report_of, state_of, stays_unresolved, the_operator_is_awake,
};
use kit::{App, Cluster, Operator, TestNamespace, eventually};
use kube::ResourceExt as _;
use kube::api::{Patch, PatchParams};
use serde_json::json;

/// The cluster, watched by an operator that may not act in the namespace.
async fn observed(purpose: &str) -> Result<(Cluster, TestNamespace)> {
    let cluster = Cluster::start().await?;
    Operator::shared(&cluster).await?;
    let namespace = TestNamespace::create(cluster.connection(), purpose, Some("observe")).await?;
    Ok((cluster, namespace))
}

/// Waits for this signal about this workload.
async fn signal(namespace: &TestNamespace, workload: &str, wanted: SignalType) {
    let what = format!("{wanted} about {workload}");
    eventually(&namespace.api::<Anomaly>(), kit::incidents::SOON, &what, |seen| {
        seen.all()
            .find(|anomaly| anomaly.spec.resource.name == workload && anomaly.spec.signal_type == wanted)
            .map(drop)
    })
    .await;
}

// --- each family of trouble --------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_program_that_ends_at_once_is_a_crash_loop_explained_by_its_last_words() -> Result<()> {
    let (cluster, namespace) = observed("crash").await?;
    App::named("web", &cluster)?.doing(&["--exit-after=1ms", "--exit-code=3"]).create(&namespace).await?;
    signal(&namespace, "web", SignalType::CrashloopBackoff).await;
    let issue = issue_explained(&namespace, "web", "app-exits").await;
    let statement = &issue.status.unwrap().cause.unwrap().statement;
    assert!(statement.contains("giving up as asked") || statement.contains('3'), "{statement}");
    Ok(())
}

#[tokio::test]
async fn an_oom_kill_soon_after_each_start_is_a_limit_too_low() -> Result<()> {
    let (cluster, namespace) = observed("oom").await?;
    App::named("cart", &cluster)?.memory_limit("20Mi").doing(&["--allocate-mib=60"]).create(&namespace).await?;
    signal(&namespace, "cart", SignalType::OomKill).await;
    issue_explained(&namespace, "cart", "oom-limit-too-low").await;
    Ok(())
}

#[tokio::test]
async fn a_tag_that_the_registry_does_not_have_is_told_from_a_registry_that_is_down() -> Result<()> {
    let (cluster, namespace) = observed("image").await?;
    let missing = format!("{}/app:never-pushed", cluster.registry()?);
    App::named("typo", &cluster)?.image(&missing).create(&namespace).await?;
    App::named("down", &cluster)?.image("127.0.0.1:9/app:v1").create(&namespace).await?;
    signal(&namespace, "typo", SignalType::ImagePullError).await;
    issue_explained(&namespace, "typo", "image-tag-missing").await;
    issue_explained(&namespace, "down", "registry-unreachable").await;
    Ok(())
}

#[tokio::test]
async fn a_missing_key_is_told_from_a_missing_config_map() -> Result<()> {
    let (cluster, namespace) = observed("config").await?;
    apply_config(&namespace, "checkout-config", &[("DB_HOST", "db"), ("DB_PORT", "5432")]).await?;
    remove_config_key(&namespace, "checkout-config", "DB_HOST").await?;
    App::named("checkout", &cluster)?.needing_config("DB_HOST").create(&namespace).await?;
    App::named("orphan", &cluster)?.needing_config("DB_HOST").create(&namespace).await?;
    signal(&namespace, "checkout", SignalType::PodNotReady).await;
    let issue = issue_explained(&namespace, "checkout", "config-key-missing").await;
    let cause = issue.status.unwrap().cause.unwrap();
    assert_eq!((cause.place.object.kind.as_str(), cause.place.object.name.as_str()), ("ConfigMap", "checkout-config"));
    issue_explained(&namespace, "orphan", "config-object-missing").await;
    Ok(())
}

#[tokio::test]
async fn a_probe_that_goes_on_failing_is_trouble_after_its_own_time() -> Result<()> {
    let (cluster, namespace) = observed("probe").await?;
    App::named("web", &cluster)?.doing(&["--unready-between=5s,10h"]).running(&namespace).await?;
    signal(&namespace, "web", SignalType::PodNotReady).await;
    issue_explained(&namespace, "web", "readiness-probe-failing").await;
    Ok(())
}

#[tokio::test]
async fn a_service_that_does_not_exist_is_the_cause_not_the_probe_that_notices() -> Result<()> {
    let (cluster, namespace) = observed("dependency").await?;
    App::named("web", &cluster)?
        .doing(&["--depend-on=http://payments/", "--dependency-fatal"])
        .create(&namespace)
        .await?;
    issue_explained(&namespace, "web", "dependency-missing").await;
    Ok(())
}

#[tokio::test]
async fn a_pod_that_no_node_takes_is_trouble() -> Result<()> {
    let (cluster, namespace) = observed("schedule").await?;
    App::named("web", &cluster)?
        .with(&json!({ "spec": { "template": { "spec": { "nodeSelector": { "disk": "none-has-this" } } } } }))
        .create(&namespace)
        .await?;
    signal(&namespace, "web", SignalType::PodNotReady).await;
    issue_explained(&namespace, "web", "unschedulable-placement").await;
    Ok(())
}

#[tokio::test]
async fn a_rollout_past_its_deadline_is_trouble_even_where_no_container_complains() -> Result<()> {
    let (cluster, namespace) = observed("deadline").await?;
    App::named("web", &cluster)?
        .doing(&["--ready-after=10h"])
        .with(&json!({ "spec": { "progressDeadlineSeconds": 10 } }))
        .create(&namespace)
        .await?;
    issue_about(&namespace, "web").await;
    Ok(())
}

#[tokio::test]
async fn a_job_that_has_given_up_is_trouble() -> Result<()> {
    let (cluster, namespace) = observed("job").await?;
    job(&cluster, &namespace, "import", &["--exit-after=1ms"]).await?;
    signal(&namespace, "import", SignalType::JobFailed).await;
    issue_explained(&namespace, "import", "job-backoff-exceeded").await;
    Ok(())
}

#[tokio::test]
async fn stateful_sets_and_daemon_sets_are_watched_too() -> Result<()> {
    let (cluster, namespace) = observed("sets").await?;
    let broken = App::named("set", &cluster)?.doing(&["--exit-after=1ms"]).template();
    let set = |kind: &str, name: &str, more: serde_json::Value| {
        let mut template = broken.clone();
        template["metadata"]["labels"]["app"] = name.into();
        let mut object = json!({
            "apiVersion": "apps/v1", "kind": kind, "metadata": { "name": name },
            "spec": { "selector": { "matchLabels": { "app": name } }, "template": template }
        });
        json_patch::merge(&mut object, &more);
        object
    };
    namespace.apply(set("StatefulSet", "queue", json!({ "spec": { "serviceName": "queue" } }))).await?;
    namespace.apply(set("DaemonSet", "agent", json!({}))).await?;
    for (name, kind) in [("queue", "StatefulSet"), ("agent", "DaemonSet")] {
        let issue = issue_explained(&namespace, name, "app-exits").await;
        assert_eq!(issue.spec.resource.kind, kind);
    }
    Ok(())
}

// --- one cause, one incident -------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_rollout_stuck_on_a_bad_image_while_old_pods_serve_is_one_issue() -> Result<()> {
    let (cluster, namespace) = observed("stuck").await?;
    let web = App::named("web", &cluster)?.replicas(3).running(&namespace).await?;
    web.roll_out_missing_image().await?;
    issue_explained(&namespace, "web", "image-tag-missing").await;
    assert_eq!(web.live().await?.status.and_then(|status| status.available_replicas), Some(3), "old pods still serve");
    the_operator_is_awake(&cluster).await?;
    assert_eq!(issues_about(&namespace, "web").await?.len(), 1);
    Ok(())
}

// --- what is no trouble ------------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_healthy_rolling_update_and_a_scale_up_are_no_trouble() -> Result<()> {
    let (cluster, namespace) = observed("update").await?;
    let web = App::named("web", &cluster)?.replicas(2).running(&namespace).await?;
    web.roll_out_arguments(&["--ready-after=5s"]).await?;
    web.available().await;
    web.scale(5).await?;
    web.available().await;
    the_operator_is_awake(&cluster).await?;
    nothing_was_raised(&namespace).await
}

#[tokio::test]
async fn a_job_that_completes_is_no_trouble() -> Result<()> {
    let (cluster, namespace) = observed("done").await?;
    job(&cluster, &namespace, "report", &["--complete-after=3s"]).await?;
    let jobs = namespace.api::<k8s_openapi::api::batch::v1::Job>();
    eventually(&jobs, kit::app::START, "the Job completes", |seen| {
        seen.named("report")?.status.as_ref()?.completion_time.as_ref().map(drop)
    })
    .await;
    the_operator_is_awake(&cluster).await?;
    nothing_was_raised(&namespace).await
}

#[tokio::test]
async fn a_readiness_blip_of_five_seconds_is_no_trouble() -> Result<()> {
    let (cluster, namespace) = observed("blip").await?;
    // the probe of a service that may be away for a while: 10 s times 3
    let patient = json!({ "periodSeconds": 1, "failureThreshold": 3 });
    let web =
        App::named("web", &cluster)?.probe(&patient).doing(&["--unready-between=10s,15s"]).running(&namespace).await?;
    let unavailable = |available: Option<i32>| available.unwrap_or(0) == 0;
    web.becomes(kit::app::START, "the blip shows", |live| {
        unavailable(live.status.as_ref().and_then(|status| status.available_replicas))
    })
    .await;
    web.available().await;
    the_operator_is_awake(&cluster).await?;
    nothing_was_raised(&namespace).await
}

#[tokio::test]
async fn a_healthy_app_that_needs_75_seconds_to_start_is_no_trouble() -> Result<()> {
    let (cluster, namespace) = observed("slow").await?;
    App::named("slow", &cluster)?.doing(&["--start-delay=75s"]).running(&namespace).await?;
    the_operator_is_awake(&cluster).await?;
    nothing_was_raised(&namespace).await
}

// --- when it is over, and when not -------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_crash_twenty_seconds_into_each_life_is_never_called_resolved() -> Result<()> {
    let (cluster, namespace) = observed("relapse").await?;
    App::named("web", &cluster)?.doing(&["--exit-after=20s"]).create(&namespace).await?;
    issue_about(&namespace, "web").await;
    // four more lives, each ready for almost 20 s
    stays_unresolved(&namespace, "web", Duration::from_secs(100)).await;
    Ok(())
}

#[tokio::test]
async fn a_second_of_readiness_between_two_oom_kills_is_no_recovery() -> Result<()> {
    let (cluster, namespace) = observed("blink").await?;
    // ready at once, and killed when the leak reaches the limit a moment later
    App::named("web", &cluster)?.memory_limit("24Mi").doing(&["--leak-mib-per-second=8"]).create(&namespace).await?;
    issue_about(&namespace, "web").await;
    stays_unresolved(&namespace, "web", Duration::from_secs(60)).await;
    Ok(())
}

#[tokio::test]
async fn a_fault_that_heals_by_itself_resolves_and_one_that_returns_opens_its_incident_again() -> Result<()> {
    let (cluster, namespace) = observed("return").await?;
    apply_config(&namespace, "web-config", &[("MODE", "fast")]).await?;
    remove_config_key(&namespace, "web-config", "MODE").await?;
    let web = App::named("web", &cluster)?.needing_config("MODE").create(&namespace).await?;
    let first = issue_explained(&namespace, "web", "config-key-missing").await;

    apply_config(&namespace, "web-config", &[("MODE", "fast")]).await?;
    web.available().await;
    issue_reaches(&namespace, "web", IssueState::Resolved, REPAIR).await;

    remove_config_key(&namespace, "web-config", "MODE").await?;
    web.edit(&json!({ "spec": { "template": { "metadata": { "annotations": { "restarted": "again" } } } } })).await?;
    let again = issue_becomes(&namespace, "web", kit::incidents::SOON, "open again", |issue| {
        state_of(issue) != IssueState::Resolved
    })
    .await;
    assert_eq!(again.metadata.uid, first.metadata.uid, "the same incident");
    assert_eq!(again.status.and_then(|status| status.reopened), Some(1));
    assert_eq!(issues_about(&namespace, "web").await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn what_a_chaos_experiment_does_is_marked_as_made_on_purpose_and_a_neighbours_trouble_is_not() -> Result<()> {
    let (cluster, namespace) = observed("chaos").await?;
    let web = App::named("web", &cluster)?.running(&namespace).await?;
    let cart = App::named("cart", &cluster)?.running(&namespace).await?;
    namespace
        .apply(json!({
            "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "ChaosExperiment", "metadata": { "name": "bad-image" },
            "spec": {
                "experimentType": "pod_failure", "duration": "10m",
                "target": { "kind": "Deployment", "name": "web", "namespace": namespace.name() }
            }
        }))
        .await?;
    let begun = json!({ "status": { "state": "Running", "startedAt": jiff::Timestamp::now().to_string() } });
    namespace.api::<ChaosExperiment>().patch_status("bad-image", &PatchParams::default(), &Patch::Merge(begun)).await?;

    let good = image_of(&web.live().await?);
    web.roll_out_missing_image().await?;
    cart.roll_out_missing_image().await?;
    let experiment = |labels: &BTreeMap<String, String>| labels.get(labels::CHAOS_EXPERIMENT).cloned();
    let issue = issue_about(&namespace, "web").await;
    assert_eq!(experiment(issue.labels()).as_deref(), Some("bad-image"));
    assert_eq!(issue.labels().get(labels::SOURCE).map(String::as_str), Some(labels::SOURCE_CHAOS));
    assert_eq!(experiment(issue_about(&namespace, "cart").await.labels()), None);

    web.edit_container(&json!({ "image": good })).await?;
    let issue = issue_reaches(&namespace, "web", IssueState::Resolved, REPAIR).await;
    assert_eq!(experiment(report_of(&namespace, &issue).await.labels()).as_deref(), Some("bad-image"));
    Ok(())
}

#[tokio::test]
async fn a_deleted_workload_leaves_no_ghost() -> Result<()> {
    let (cluster, namespace) = observed("ghost").await?;
    let web = App::named("web", &cluster)?.doing(&["--exit-after=1ms"]).create(&namespace).await?;
    let issue = issue_about(&namespace, "web").await;
    web.delete().await?;
    issue_reaches(&namespace, "web", IssueState::Resolved, REPAIR).await;
    // its namesake is another workload: a fault of it is another incident
    App::named("web", &cluster)?.running(&namespace).await?;
    the_operator_is_awake(&cluster).await?;
    let issues = issues_about(&namespace, "web").await?;
    assert_eq!(issues.len(), 1, "{:?}", issues.iter().map(cause_of).collect::<Vec<_>>());
    assert_eq!(issues[0].metadata.uid, issue.metadata.uid);
    assert_eq!(state_of(&issues[0]), IssueState::Resolved);
    Ok(())
}

async fn job(cluster: &Cluster, namespace: &TestNamespace, name: &str, arguments: &[&str]) -> Result<()> {
    let mut template = App::named(name, cluster)?.doing(arguments).template();
    template["spec"]["restartPolicy"] = "Never".into();
    namespace
        .apply(json!({
            "apiVersion": "batch/v1", "kind": "Job", "metadata": { "name": name },
            "spec": { "backoffLimit": 0, "template": template }
        }))
        .await
}
