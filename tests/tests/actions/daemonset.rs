//! Actions on DaemonSets.

use anyhow::{Context as _, Result};
use common::actions::Undone;
use common::api::remediation_plan::ActionClass;
use common::api::{ActionType, ResourceRef};
use k8s_openapi::api::apps::v1::DaemonSet;
use kit::app::START;
use kit::{App, Cluster, TestNamespace, eventually};
use serde_json::json;

use crate::nodes::SCHEDULING;
use crate::plan::{Plan, Refused, shop};

const AGENT: &str = "agent";

async fn available(namespace: &TestNamespace) {
    eventually(&namespace.api::<DaemonSet>(), START, "the DaemonSet is available", |seen| {
        let set = seen.named(AGENT)?;
        let status = set.status.as_ref()?;
        let is_seen = status.observed_generation == set.metadata.generation;
        let wanted = status.desired_number_scheduled;
        let is_whole = wanted > 0
            && status.number_available.unwrap_or(0) == wanted
            && status.updated_number_scheduled.unwrap_or(0) == wanted;
        (is_seen && is_whole).then_some(())
    })
    .await;
}

async fn plan(
    cluster: &Cluster,
    namespace: &TestNamespace,
    action: ActionType,
    params: &[(&str, &str)],
) -> Result<Plan> {
    let target = ResourceRef::new("DaemonSet", namespace.name(), AGENT);
    Ok(Plan::at(cluster.connection(), target).await?.doing(action, params))
}

#[tokio::test]
async fn a_daemon_set_changes_as_previewed_and_comes_back_exactly() -> Result<()> {
    let (cluster, namespace) = shop("ds").await?;
    let template = App::named(AGENT, &cluster)?.template();
    namespace
        .apply(json!({
            "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": AGENT},
            "spec": {"selector": {"matchLabels": {"app": AGENT}}, "template": template},
        }))
        .await?;
    available(&namespace).await;
    let round_trips: &[(ActionType, &[(&str, &str)])] = &[
        (ActionType::UpdateDaemonSetStrategy, &[("type", "RollingUpdate"), ("maxSurge", "1")]),
        (ActionType::PauseDaemonSetRollout, &[]),
        (ActionType::AdjustDaemonSetResources, &[("cpu_limit", "500m"), ("memory_limit", "96Mi")]),
        (ActionType::RestartDaemonSet, &[]),
    ];
    for &(action, params) in round_trips {
        plan(&cluster, &namespace, action, params).await?.happens_and_is_undone().await?;
        available(&namespace).await;
    }
    plan(&cluster, &namespace, ActionType::RollbackDaemonSet, &[]).await?.happens_and_is_undone().await?;
    available(&namespace).await;

    let node = cluster.node()?;
    plan(&cluster, &namespace, ActionType::DeleteDaemonSetPod, &[("node", &node)]).await?.happens().await?;
    let turn = SCHEDULING.lock().await;
    let cordon = plan(&cluster, &namespace, ActionType::CordonAndDeleteDaemonSetPod, &[("node", &node)]).await?;
    assert_eq!(cordon.preview().await?.preview.class, ActionClass::Disruptive);
    let step = cordon.happens().await;
    // Before anything else: other tests need the node.
    let node_of = |object: &ResourceRef| object.kind == "Node";
    let step = step.context("cordon and delete")?;
    assert_eq!(cordon.undo(&step).await?, Undone::Undone);
    let cordoned = step.writes.iter().find(|write| node_of(&write.object)).context("the node is written")?;
    assert!(!cordon.live(&cordoned.object).await?.flag("/spec/unschedulable"));
    drop(turn);

    let refused: &[Refused] = &[
        (ActionType::RestartDaemonSet, &[("now", "true")], "no parameter \"now\""),
        (ActionType::RollbackDaemonSet, &[("toRevision", "0")], "a revision number from 1 on"),
        (ActionType::AdjustDaemonSetResources, &[("container", "nobody"), ("cpu_limit", "1")], "allowed: app"),
        (
            ActionType::DeleteDaemonSetPod,
            &[("node", "elsewhere")],
            "\"elsewhere\" is not allowed for parameter \"node\"",
        ),
        (ActionType::UpdateDaemonSetStrategy, &[("type", "Recreate")], "RollingUpdate, OnDelete"),
        (ActionType::PauseDaemonSetRollout, &[("maxUnavailable", "0")], "no parameter \"maxUnavailable\""),
        (ActionType::CordonAndDeleteDaemonSetPod, &[], "needs parameter \"node\""),
    ];
    for &(action, params, words) in refused {
        plan(&cluster, &namespace, action, params).await?.is_refused(words).await;
    }
    Ok(())
}
