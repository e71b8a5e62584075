//! Actions on StatefulSets.

use anyhow::Result;
use common::actions::{Settled, Undone};
use common::api::remediation_plan::{ActionClass, VerdictLevel, WriteKind};
use common::api::{ActionType, ResourceRef};
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim, Pod};
use kit::app::START;
use kit::{App, Cluster, TestNamespace, eventually};
use kube::Api;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use serde_json::{Value, json};

use crate::plan::{Plan, Refused, level, shop};

const DB: &str = "db";

/// Makes the StatefulSet; `more` is merged over the usual one.
async fn stateful_set(cluster: &Cluster, namespace: &TestNamespace, replicas: i32, more: &Value) -> Result<()> {
    let mut set = json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": DB},
        "spec": {
            "replicas": replicas, "serviceName": DB, "selector": {"matchLabels": {"app": DB}},
            "template": App::named(DB, cluster)?.template(),
        },
    });
    json_patch::merge(&mut set, more);
    namespace.apply(set).await
}

async fn available(namespace: &TestNamespace) {
    eventually(&namespace.api::<StatefulSet>(), START, "the StatefulSet is available", |seen| {
        let set = seen.named(DB)?;
        let (spec, status) = (set.spec.as_ref()?, set.status.as_ref()?);
        let is_seen = status.observed_generation == set.metadata.generation;
        let is_updated = status.update_revision == status.current_revision;
        (is_seen && is_updated && status.available_replicas == spec.replicas).then_some(())
    })
    .await;
}

async fn edit(namespace: &TestNamespace, patch: Value) -> Result<()> {
    let sets: Api<StatefulSet> = namespace.api();
    sets.patch(DB, &PatchParams::default(), &Patch::Strategic(patch)).await?;
    Ok(())
}

async fn plan(
    cluster: &Cluster,
    namespace: &TestNamespace,
    action: ActionType,
    params: &[(&str, &str)],
) -> Result<Plan> {
    let target = ResourceRef::new("StatefulSet", namespace.name(), DB);
    Ok(Plan::at(cluster.connection(), target).await?.doing(action, params))
}

#[tokio::test]
async fn a_stateful_set_changes_as_previewed_and_comes_back_exactly() -> Result<()> {
    let (cluster, namespace) = shop("sts").await?;
    stateful_set(&cluster, &namespace, 2, &json!({})).await?;
    available(&namespace).await;
    let round_trips: &[(ActionType, &[(&str, &str)])] = &[
        (ActionType::ScaleStatefulSet, &[("replicas", "3")]),
        (ActionType::UpdateStatefulSetStrategy, &[("type", "OnDelete")]),
        (ActionType::PartitionStatefulSetUpdate, &[("partition", "1")]),
        (ActionType::AdjustStatefulSetResources, &[("memory_limit", "96Mi")]),
        (ActionType::RestartStatefulSet, &[]),
    ];
    for &(action, params) in round_trips {
        plan(&cluster, &namespace, action, params).await?.happens_and_is_undone().await?;
        available(&namespace).await;
    }
    plan(&cluster, &namespace, ActionType::RollbackStatefulSet, &[("toRevision", "previous")])
        .await?
        .happens_and_is_undone()
        .await?;
    available(&namespace).await;

    let evict = plan(&cluster, &namespace, ActionType::DeleteStatefulSetPod, &[("pod", "db-1")]).await?;
    assert_eq!(evict.preview().await?.preview.class, ActionClass::Disruptive);
    evict.happens().await?;
    plan(&cluster, &namespace, ActionType::ScaleStatefulSet, &[("replicas", "2")]).await?.is_a_no_op().await?;

    let refused: &[Refused] = &[
        (ActionType::ScaleStatefulSet, &[("replicas", "0")], "scaling StatefulSet to 0 replicas is not allowed"),
        (ActionType::RestartStatefulSet, &[("now", "true")], "no parameter \"now\""),
        (
            ActionType::RollbackStatefulSet,
            &[("toRevision", "99")],
            "\"99\" is not allowed for parameter \"toRevision\"",
        ),
        (ActionType::AdjustStatefulSetResources, &[("memory_limit", "1Mi")], "cannot be less than request"),
        (ActionType::DeleteStatefulSetPod, &[("pod", "other-0")], "allowed: db-0, db-1"),
        (ActionType::ForceDeleteStatefulSetPod, &[("pod", "db-0")], "refusing to delete pod db-0 by force"),
        (ActionType::UpdateStatefulSetStrategy, &[("type", "OnDelete"), ("maxUnavailable", "1")], "\"maxUnavailable\""),
        (ActionType::PartitionStatefulSetUpdate, &[("partition", "2")], "below the 2 replicas"),
        (ActionType::RecreateStatefulSetPVC, &[("pvc", "data-db-0"), ("confirm", "true")], "no volumeClaimTemplates"),
    ];
    for &(action, params, words) in refused {
        plan(&cluster, &namespace, action, params).await?.is_refused(words).await;
    }
    Ok(())
}

#[tokio::test]
async fn a_bad_release_is_rolled_back_although_its_own_pod_holds_the_update_up() -> Result<()> {
    let (cluster, namespace) = shop("sts-stuck").await?;
    stateful_set(&cluster, &namespace, 1, &json!({})).await?;
    available(&namespace).await;
    edit(
        &namespace,
        json!({"spec": {"template": {"spec": {"containers": [{"name": "app", "image": "nowhere.test/app:v404"}]}}}}),
    )
    .await?;
    eventually(&namespace.api::<Pod>(), START, "the new pod waits for its image", |seen| {
        let status = seen.named("db-0")?.status.as_ref()?;
        let waiting = status.container_statuses.as_ref()?.first()?.state.as_ref()?.waiting.as_ref()?;
        waiting
            .reason
            .as_deref()
            .is_some_and(|reason| reason.contains("Image") || reason.contains("ErrImage"))
            .then_some(())
    })
    .await;
    let back = plan(&cluster, &namespace, ActionType::RollbackStatefulSet, &[]).await?;
    let step = back.happens().await?;
    assert_eq!(step.writes.iter().map(|write| write.kind).collect::<Vec<_>>(), [WriteKind::Patch, WriteKind::Delete]);
    available(&namespace).await;
    Ok(())
}

#[tokio::test]
async fn a_pod_on_a_node_that_is_gone_is_torn_away_and_starts_elsewhere() -> Result<()> {
    let (cluster, namespace) = shop("sts-lost").await?;
    let lost = json!({"spec": {"template": {"spec": {"nodeName": "no-such-node"}}}});
    stateful_set(&cluster, &namespace, 1, &lost).await?;
    eventually(&namespace.api::<Pod>(), START, "the pod is bound to the lost node", |seen| {
        seen.named("db-0").map(drop)
    })
    .await;
    edit(&namespace, json!({"spec": {"template": {"spec": {"nodeName": null}}}})).await?;
    let force = plan(&cluster, &namespace, ActionType::ForceDeleteStatefulSetPod, &[("pod", "db-0")]).await?;
    let previewed = force.preview().await?;
    assert_eq!(previewed.preview.class, ActionClass::Irreversible);
    let step = force.happens().await?;
    assert!(step.undo.is_empty(), "nothing brings it back");
    Ok(())
}

#[tokio::test]
async fn a_claim_is_recreated_with_its_pod_and_only_when_its_loss_is_accepted() -> Result<()> {
    let (cluster, namespace) = shop("sts-claim").await?;
    let class = namespace.name();
    let volumes: Api<PersistentVolume> = Api::all(namespace.client());
    let names: Vec<String> = (0..2).map(|index| format!("{class}-{index}")).collect();
    for name in &names {
        let volume = json!({
            "metadata": {"name": name},
            "spec": {
                "capacity": {"storage": "1Mi"}, "accessModes": ["ReadWriteOnce"], "storageClassName": class,
                "persistentVolumeReclaimPolicy": "Retain",
                "hostPath": {"path": format!("/var/tmp/{name}"), "type": "DirectoryOrCreate"},
            },
        });
        volumes.create(&PostParams::default(), &serde_json::from_value(volume)?).await?;
    }
    let claims = json!([{
        "metadata": {"name": "data"},
        "spec": {
            "accessModes": ["ReadWriteOnce"], "storageClassName": class, "resources": {"requests": {"storage": "1Mi"}},
        },
    }]);
    stateful_set(&cluster, &namespace, 1, &json!({"spec": {"volumeClaimTemplates": claims}})).await?;
    available(&namespace).await;

    let claim = ("pvc", "data-db-0");
    let recreate = ActionType::RecreateStatefulSetPVC;
    plan(&cluster, &namespace, recreate, &[claim, ("confirm", "false")]).await?.is_refused("needs confirm=true").await;
    plan(&cluster, &namespace, recreate, &[claim, ("confirm", "true")]).await?.is_refused("may be the only copy").await;
    let loss = [claim, ("confirm", "true"), ("acceptDataLoss", "true")];
    let accepted = plan(&cluster, &namespace, recreate, &loss).await?;
    let previewed = accepted.preview().await?;
    assert_eq!(previewed.preview.class, ActionClass::Irreversible);
    let told = format!("{:?}", previewed.preview.verdicts);
    assert!(told.contains("is retained: its data can be recovered by hand"), "{told}");
    let old = namespace.api::<PersistentVolumeClaim>().get("data-db-0").await?.metadata.uid;
    assert_eq!(level(&previewed, "radius"), Some(VerdictLevel::Block), "only people who name it may accept the loss");
    let step = accepted.is_carried_out(&previewed).await?;
    assert_eq!(accepted.settled(&step).await?, Settled::Arrived);
    assert_ne!(namespace.api::<PersistentVolumeClaim>().get("data-db-0").await?.metadata.uid, old);
    assert_eq!(accepted.undo(&step).await?, Undone::Undone, "there is nothing to send, and the class says so");
    for name in &names {
        volumes.delete(name, &DeleteParams::default()).await?;
    }
    Ok(())
}
