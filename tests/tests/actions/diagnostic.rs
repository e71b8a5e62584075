//! ExecDiagnostic, RestartStatefulSetPod.

use anyhow::{Context as _, Result};
use common::actions::{self, Found, Settled};
use common::api::remediation_plan::{ActionClass, StepStatus};
use common::api::{ActionType, ResourceRef, Time};
use k8s_openapi::api::apps::v1::StatefulSet;
use kit::app::{START, is_rolled_out};
use kit::{App, eventually};
use kube::Api;
use serde_json::json;

use crate::plan::{Plan, assert_clean, shop};

#[tokio::test]
async fn a_diagnostic_command_is_run_once_and_its_output_kept_without_credentials() -> Result<()> {
    let (cluster, namespace) = shop("exec").await?;
    let web = App::named("web", &cluster)?.create(&namespace).await?;
    web.edit_container(&json!({"env": [{"name": "PLAIN", "value": "hunter2hunter2"}]})).await?;
    web.becomes(START, "the pods have the environment", is_rolled_out).await;
    let plan = Plan::on(&namespace, cluster.connection(), &web)
        .await?
        .doing(ActionType::ExecDiagnostic, &[("command", "cat /proc/1/status")])
        .doing(ActionType::ExecDiagnostic, &[("command", "cat /proc/1/environ")]);
    let previewed = plan.preview().await?;
    assert_clean(&previewed);
    assert_eq!(previewed.preview.class, ActionClass::Disruptive);
    for step in &previewed.steps {
        let output = plan.apply(step).await?.output.context("a command has an output")?;
        // The image has no shell and may have no `cat`: either way the container was reached, and it says how it ended.
        assert!(output.starts_with("$ cat /proc/1/") && !output.contains("hunter2"), "{output}");
        let applied = StepStatus { applied_at: Some(Time(plan.now)), ..step.clone() };
        assert_eq!(plan.settled(&applied).await?, Settled::Arrived);
    }
    let step = &previewed.steps[0];
    let id = plan.operation_id(step, 1);
    let found = actions::look(&plan.client, &step.writes[0], &plan.errand(step, &id)).await;
    assert!(matches!(found, Found::Unknown(_)), "a command is never looked up as done or sent again: {found:?}");

    let refused = Plan::on(&namespace, cluster.connection(), &web)
        .await?
        .doing(ActionType::ExecDiagnostic, &[("command", "rm -rf /")]);
    assert!(refused.refusal().await?.contains("not in approved diagnostic commands whitelist"));
    Ok(())
}

#[tokio::test]
async fn a_stateful_pod_comes_back_under_its_name_and_a_restart_of_all_is_taken_back() -> Result<()> {
    let (cluster, namespace) = shop("sts-pod").await?;
    let template = App::named("db", &cluster)?.template();
    namespace
        .apply(json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db"}, "spec": {
            "serviceName": "db", "replicas": 1, "selector": {"matchLabels": {"app": "db"}}, "template": template,
        }}))
        .await?;
    let sets: Api<StatefulSet> = namespace.api();
    let is_up = |set: &StatefulSet| set.status.as_ref().is_some_and(|status| status.available_replicas == Some(1));
    eventually(&sets, START, "the pod is available", |seen| seen.named("db").filter(|set| is_up(set)).map(|_| ()))
        .await;
    let uid = sets.get("db").await?.metadata.uid.unwrap_or_default();
    let target = ResourceRef::new("StatefulSet", namespace.name(), "db").with_uid(uid);

    let one = Plan::at(cluster.connection(), target.clone())
        .await?
        .doing(ActionType::RestartStatefulSetPod, &[("pod", "db-0")]);
    let previewed = one.preview().await?;
    assert_clean(&previewed);
    one.apply(&previewed.steps[0]).await?;
    one.arrives(&previewed.steps[0]).await?;

    let all = Plan::at(cluster.connection(), target.clone()).await?.doing(ActionType::RestartStatefulSetPod, &[]);
    all.happens_and_is_undone().await?;
    let other =
        Plan::at(cluster.connection(), target).await?.doing(ActionType::RestartStatefulSetPod, &[("pod", "cart-0")]);
    assert!(other.refusal().await?.contains("\"cart-0\" is not allowed"));
    Ok(())
}
