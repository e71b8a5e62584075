//! CordonNode, UncordonNode, DrainNode, on a second Node object beside the real one: what is left of the cluster goes on working.

use anyhow::Result;
use common::actions::{SendError, Settled};
use common::api::remediation_plan::{ActionClass, VerdictLevel, WriteKind};
use common::api::{ActionType, ResourceRef};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::{Node, Pod};
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use kit::app::START;
use kit::{Cluster, eventually};
use kube::Api;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use serde_json::json;
use tokio::sync::{Mutex, MutexGuard};

use crate::plan::{Plan, level, shop};

/// Held by whoever closes a node, or counts on another one being open. Taking pods is one thing of the whole cluster.
pub static SCHEDULING: Mutex<()> = Mutex::const_new(());

/// A node without a machine: the API's own part of cordoning and evicting needs none.
struct Spare {
    nodes: Api<Node>,
    _turn: MutexGuard<'static, ()>,
    name: String,
}

impl Spare {
    async fn join(cluster: &Cluster, name: &str) -> Result<Self> {
        let spare = Self { nodes: Api::all(cluster.client()), _turn: SCHEDULING.lock().await, name: name.to_owned() };
        let _ = spare.nodes.delete(name, &DeleteParams::default()).await;
        eventually(&spare.nodes, START, "an earlier spare node is gone", |seen| {
            seen.named(name).is_none().then_some(())
        })
        .await;
        // Tainted, so that nothing but the test's own pods comes to it.
        let node = json!({"metadata": {"name": name}, "spec": {"taints": [{"key": "example.com/spare", "effect": "NoSchedule"}]}});
        spare.nodes.create(&PostParams::default(), &serde_json::from_value(node)?).await?;
        let now = Timestamp::now().to_string();
        let ready = json!({"status": {"conditions": [{
            "type": "Ready", "status": "True", "reason": "KubeletReady", "lastHeartbeatTime": now, "lastTransitionTime": now,
        }]}});
        spare.nodes.patch_status(name, &PatchParams::default(), &Patch::Strategic(ready)).await?;
        Ok(spare)
    }

    /// The node's controller puts the taint on, and takes it off, a moment after.
    async fn is_closed(&self, closed: bool) {
        eventually(&self.nodes, START, "the node's controller has followed", |seen| {
            let taints = seen.named(&self.name)?.spec.as_ref()?.taints.as_deref().unwrap_or_default();
            (taints.iter().any(|taint| taint.key == "node.kubernetes.io/unschedulable") == closed).then_some(())
        })
        .await;
    }

    async fn target(&self) -> Result<ResourceRef> {
        let uid = self.nodes.get(&self.name).await?.metadata.uid.unwrap_or_default();
        Ok(ResourceRef::new("Node", "", &self.name).with_uid(uid))
    }

    async fn leave(self) -> Result<()> {
        self.nodes.delete(&self.name, &DeleteParams::default()).await?;
        Ok(())
    }
}

#[tokio::test]
async fn a_node_is_cordoned_and_uncordoned_and_each_takes_the_other_back() -> Result<()> {
    let (cluster, _namespace) = shop("cordon").await?;
    let spare = Spare::join(&cluster, "spare-cordon").await?;
    let target = spare.target().await?;
    let node = [("node", "spare-cordon")];
    let cordon = Plan::at(cluster.connection(), target.clone()).await?.doing(ActionType::CordonNode, &node);
    let previewed = cordon.preview().await?;
    assert_eq!(previewed.preview.class, ActionClass::Reversible);
    let step = &previewed.steps[0];
    cordon.apply(step).await?;
    spare.is_closed(true).await;
    assert_eq!(cordon.settled(step).await?, Settled::Arrived);
    assert!(!cordon.preview().await?.preview.changes_something(), "a cordoned node is no success but a no-op");

    let uncordon = Plan::at(cluster.connection(), target.clone()).await?.doing(ActionType::UncordonNode, &node);
    let back = uncordon.preview().await?;
    uncordon.apply(&back.steps[0]).await?;
    spare.is_closed(false).await;
    assert_eq!(uncordon.settled(&back.steps[0]).await?, Settled::Arrived);
    assert_eq!(uncordon.live(&target).await?.0["spec"].get("unschedulable"), None);
    uncordon.undo(&back.steps[0]).await?;
    assert_eq!(uncordon.live(&target).await?.0["spec"]["unschedulable"], true);
    cordon.undo(step).await?;
    assert_eq!(uncordon.live(&target).await?.0["spec"].get("unschedulable"), None);

    let other = Plan::at(cluster.connection(), target).await?.doing(ActionType::CordonNode, &[("node", "another")]);
    assert!(other.refusal().await?.contains("spare-cordon, the incident's node"));
    spare.leave().await
}

#[tokio::test]
async fn a_drained_node_waits_for_budgets_and_keeps_what_nobody_may_evict() -> Result<()> {
    let (cluster, namespace) = shop("drain").await?;
    let spare = Spare::join(&cluster, "spare-drain").await?;
    let image = cluster.app_image()?;
    // A ReplicaSet whose pods sit on the spare node; no kubelet runs them, so their status is written here.
    namespace
        .apply(json!({"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "web"}, "spec": {
            "replicas": 2, "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"nodeName": "spare-drain", "containers": [{"name": "app", "image": image}]}},
        }}))
        .await?;
    let pods: Api<Pod> = namespace.api();
    eventually(&pods, START, "both pods are there", |seen| (seen.len() == 2).then_some(())).await;
    for pod in pods.list(&kube::api::ListParams::default()).await?.items {
        let ready = json!({"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}});
        let name = pod.metadata.name.unwrap_or_default();
        pods.patch_status(&name, &PatchParams::default(), &Patch::Strategic(ready)).await?;
    }
    namespace
        .apply(json!({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"}, "spec": {
            "minAvailable": 2, "selector": {"matchLabels": {"app": "web"}},
        }}))
        .await?;
    let budgets: Api<PodDisruptionBudget> = namespace.api();
    eventually(&budgets, START, "the budget counts its pods", |seen| {
        (seen.named("web")?.status.as_ref()?.current_healthy == 2).then_some(())
    })
    .await;

    let target = spare.target().await?;
    let plan =
        Plan::at(cluster.connection(), target.clone()).await?.doing(ActionType::DrainNode, &[("node", "spare-drain")]);
    let held = plan.preview().await?;
    assert_eq!(held.preview.class, ActionClass::Disruptive);
    assert_eq!(level(&held, "pdb"), Some(VerdictLevel::Warn), "a budget is waited for: {:#?}", held.preview.verdicts);
    let kinds: Vec<WriteKind> = held.steps[0].writes.iter().map(|write| write.kind).collect();
    assert_eq!(kinds, [WriteKind::Patch, WriteKind::Evict, WriteKind::Evict]);
    assert!(matches!(plan.apply(&held.steps[0]).await, Err(SendError::PdbSaysNo { .. })));
    assert_eq!(plan.live(&target).await?.0["spec"]["unschedulable"], true, "cordoned, and waiting");

    budgets.delete("web", &DeleteParams::default()).await?;
    plan.apply(&held.steps[0]).await?;
    // The kubelet's part: a pod that was told to go is gone.
    let evicted: Vec<&str> = held.steps[0].writes[1..].iter().map(|write| write.object.name.as_str()).collect();
    for name in evicted.iter().copied() {
        let now = DeleteParams { grace_period_seconds: Some(0), ..DeleteParams::default() };
        let _ = pods.delete(name, &now).await;
    }
    eventually(&pods, START, "the evicted pods are gone", |seen| {
        seen.all().all(|pod| pod.metadata.name.as_deref().is_none_or(|name| !evicted.contains(&name))).then_some(())
    })
    .await;
    spare.is_closed(true).await;
    assert_eq!(plan.settled(&held.steps[0]).await?, Settled::Arrived);
    plan.undo(&held.steps[0]).await?;
    assert_eq!(plan.live(&target).await?.0["spec"].get("unschedulable"), None);

    namespace
        .apply(json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "alone"}, "spec": {"nodeName": "spare-drain", "containers": [{"name": "app", "image": image}]}}))
        .await?;
    let unmanaged =
        Plan::at(cluster.connection(), target).await?.doing(ActionType::DrainNode, &[("node", "spare-drain")]);
    let refused = unmanaged.refusal().await?;
    assert!(refused.contains("/alone anew; evict them with force=true"), "{refused}");
    pods.delete("alone", &DeleteParams { grace_period_seconds: Some(0), ..DeleteParams::default() }).await?;
    spare.leave().await
}
