//! Actions on Jobs.

use anyhow::{Context as _, Result};
use common::api::remediation_plan::{ActionClass, WriteKind};
use common::api::{ActionType, ResourceRef};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::Pod;
use kit::app::START;
use kit::{App, Cluster, TestNamespace, eventually};
use kube::Api;
use kube::api::{DeleteParams, ListParams, PostParams};
use serde_json::{Value, json};

use crate::plan::{Plan, Refused, shop};

/// A Job of the test app, which serves until it is stopped.
async fn job(cluster: &Cluster, namespace: &TestNamespace, name: &str, more: &Value) -> Result<()> {
    let mut template = App::named(name, cluster)?.template();
    template["spec"]["restartPolicy"] = "Never".into();
    let mut job = json!({"metadata": {"name": name, "labels": {"team": "shop"}}, "spec": {"template": template}});
    json_patch::merge(&mut job, more);
    namespace.api::<Job>().create(&PostParams::default(), &serde_json::from_value(job)?).await?;
    Ok(())
}

/// One pod, and none of an earlier time that is still leaving.
async fn running(namespace: &TestNamespace, name: &str) {
    eventually(&namespace.api::<Job>(), START, "the Job's pod is ready and alone", |seen| {
        let status = seen.named(name)?.status.as_ref()?;
        (status.ready == Some(1) && status.terminating.unwrap_or_default() == 0).then_some(())
    })
    .await;
}

async fn failed(namespace: &TestNamespace, name: &str) {
    eventually(&namespace.api::<Job>(), START, "the Job has failed", |seen| {
        let conditions = seen.named(name)?.status.as_ref()?.conditions.as_ref()?;
        conditions.iter().any(|condition| condition.type_ == "Failed" && condition.status == "True").then_some(())
    })
    .await;
}

async fn plan(
    cluster: &Cluster,
    namespace: &TestNamespace,
    name: &str,
    action: ActionType,
    params: &[(&str, &str)],
) -> Result<Plan> {
    let target = ResourceRef::new("Job", namespace.name(), name);
    Ok(Plan::at(cluster.connection(), target).await?.doing(action, params))
}

#[tokio::test]
async fn a_running_job_changes_as_previewed_and_comes_back_exactly() -> Result<()> {
    let (cluster, namespace) = shop("job").await?;
    job(&cluster, &namespace, "report", &json!({})).await?;
    running(&namespace, "report").await;
    let round_trips: &[(ActionType, &[(&str, &str)])] = &[
        (ActionType::AdjustJobParallelism, &[("parallelism", "2")]),
        (ActionType::AdjustJobDeadline, &[("activeDeadlineSeconds", "3600")]),
        (ActionType::AdjustJobBackoffLimit, &[("backoffLimit", "9")]),
        (ActionType::AdjustJobResources, &[("memory_limit", "96Mi")]),
        (ActionType::SuspendJob, &[]),
    ];
    for &(action, params) in round_trips {
        plan(&cluster, &namespace, "report", action, params).await?.happens_and_is_undone().await?;
        running(&namespace, "report").await;
    }
    let suspend = plan(&cluster, &namespace, "report", ActionType::SuspendJob, &[]).await?;
    assert_eq!(suspend.preview().await?.preview.class, ActionClass::Disruptive, "it ends a running pod");
    suspend.happens().await?;
    plan(&cluster, &namespace, "report", ActionType::ResumeJob, &[]).await?.happens_and_is_undone().await?;
    plan(&cluster, &namespace, "report", ActionType::ResumeJob, &[]).await?.happens().await?;
    plan(&cluster, &namespace, "report", ActionType::ResumeJob, &[]).await?.is_a_no_op().await?;

    running(&namespace, "report").await;
    let pods: Api<Pod> = namespace.api();
    let force = plan(&cluster, &namespace, "report", ActionType::ForceDeleteJobPods, &[]).await?;
    assert_eq!(force.preview().await?.preview.class, ActionClass::Irreversible);
    let step = force.happens().await?;
    let torn = step.writes[0].object.name.clone();
    assert!(pods.get_opt(&torn).await?.is_none(), "{torn} is still there");

    let refused: &[Refused] = &[
        (ActionType::RetryJob, &[], "there is nothing to retry"),
        (ActionType::DeleteFailedJob, &[], "refusing to delete"),
        (ActionType::AdjustJobResources, &[("container", "app")], "needs at least one of memory_limit"),
        (ActionType::SuspendJob, &[("for", "1h")], "no parameter \"for\""),
        (ActionType::ResumeJob, &[("now", "true")], "no parameter \"now\""),
        (ActionType::AdjustJobParallelism, &[("parallelism", "0")], "a whole number from 1 on"),
        (ActionType::AdjustJobDeadline, &[("activeDeadlineSeconds", "1")], "would fail it at once"),
        (ActionType::AdjustJobBackoffLimit, &[("backoffLimit", "-1")], "a whole number from 0 on"),
        (ActionType::ForceDeleteJobPods, &[("pod", "x")], "no parameter \"pod\""),
    ];
    for &(action, params, words) in refused {
        plan(&cluster, &namespace, "report", action, params).await?.is_refused(words).await;
    }
    Ok(())
}

#[tokio::test]
async fn a_failed_job_is_retried_by_a_copy_and_deleted_on_demand() -> Result<()> {
    let (cluster, namespace) = shop("job-failed").await?;
    let more = json!({"spec": {"backoffLimit": 0, "ttlSecondsAfterFinished": 3600}});
    job(&cluster, &namespace, "report", &more).await?;
    running(&namespace, "report").await;
    // Its only pod is lost, as with its node.
    namespace.api::<Pod>().delete_collection(&DeleteParams::default(), &ListParams::default()).await?;
    failed(&namespace, "report").await;
    let retry = plan(&cluster, &namespace, "report", ActionType::RetryJob, &[]).await?;
    assert_eq!(retry.preview().await?.preview.class, ActionClass::Disruptive);
    retry.happens_and_is_undone().await?;

    let again = plan(&cluster, &namespace, "report", ActionType::RetryJob, &[]).await?;
    let step = again.happens().await?;
    let copy = step.writes.iter().find(|write| write.kind == WriteKind::Create).context("a copy is made")?;
    let copy = again.live(&copy.object).await?;
    assert_eq!(copy.label("team"), Some("shop"));
    assert_eq!(copy.int("/spec/ttlSecondsAfterFinished"), Some(3600));
    assert!(again.apply(&step).await?.already, "the same operation makes no second copy");
    plan(&cluster, &namespace, "report", ActionType::RetryJob, &[]).await?.is_a_no_op().await?;

    let delete = plan(&cluster, &namespace, "report", ActionType::DeleteFailedJob, &[]).await?;
    assert_eq!(delete.preview().await?.preview.class, ActionClass::Irreversible);
    delete.happens().await?;
    assert!(namespace.api::<Job>().get_opt("report").await?.is_none());
    Ok(())
}
