//! ResizePVC. The claim's volume and class are real objects; the resizer's part, which no driver here plays, is its status patch.

use anyhow::Result;
use common::actions::Settled;
use common::api::ActionType;
use common::api::remediation_plan::{ActionClass, VerdictLevel};
use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use k8s_openapi::api::storage::v1::StorageClass;
use kit::app::START;
use kit::{App, eventually};
use kube::Api;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use serde_json::json;

use crate::plan::{Plan, level, shop};

#[tokio::test]
async fn a_volume_grows_follows_the_resizer_and_never_shrinks() -> Result<()> {
    let (cluster, namespace) = shop("pvc").await?;
    let class = format!("growing-{}", namespace.name());
    let (classes, volumes): (Api<StorageClass>, Api<PersistentVolume>) =
        (Api::all(namespace.client()), Api::all(namespace.client()));
    let growing = json!({"metadata": {"name": class}, "provisioner": "example.com/none", "allowVolumeExpansion": true});
    classes.create(&PostParams::default(), &serde_json::from_value(growing)?).await?;
    let volume = json!({"metadata": {"name": class}, "spec": {
        "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "storageClassName": class,
        "persistentVolumeReclaimPolicy": "Retain", "hostPath": {"path": "/tmp/none"},
    }});
    volumes.create(&PostParams::default(), &serde_json::from_value(volume)?).await?;
    namespace
        .apply(json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "spec": {
            "accessModes": ["ReadWriteOnce"], "storageClassName": class, "resources": {"requests": {"storage": "1Gi"}},
        }}))
        .await?;
    let claims: Api<PersistentVolumeClaim> = namespace.api();
    eventually(&claims, START, "the claim is bound", |seen| {
        (seen.named("data")?.status.as_ref()?.phase.as_deref() == Some("Bound")).then_some(())
    })
    .await;
    let web = App::named("web", &cluster)?.replicas(0).create(&namespace).await?;
    let mounted = json!({"spec": {"template": {"spec": {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]}}}});
    web.edit(&mounted).await?;

    let grow = |size: &'static str| [("pvc", "data"), ("size", size)];
    let plan = Plan::on(&namespace, cluster.connection(), &web).await?.doing(ActionType::ResizePVC, &grow("2Gi"));
    let previewed = plan.preview().await?;
    assert_eq!(previewed.preview.class, ActionClass::Irreversible);
    assert_eq!(level(&previewed, "undo"), Some(VerdictLevel::Warn), "{:#?}", previewed.preview.verdicts);
    assert!(previewed.preview.steps[0].undo.contains("does not shrink"));
    let step = &previewed.steps[0];
    assert!(step.undo.is_empty());
    plan.apply(step).await?;
    assert!(matches!(plan.settled(step).await?, Settled::NotYet(_)));

    let told = |status: serde_json::Value| Patch::Merge(json!({ "status": status }));
    let pending =
        json!({"conditions": [{"type": "FileSystemResizePending", "status": "True"}], "capacity": {"storage": "2Gi"}});
    claims.patch_status("data", &PatchParams::default(), &told(pending)).await?;
    assert!(matches!(plan.settled(step).await?, Settled::NotYet(why) if why.contains("file system")));
    claims.patch_status("data", &PatchParams::default(), &told(json!({"conditions": null}))).await?;
    plan.arrives(step).await?;

    for (size, why) in [("1Gi", "does not shrink"), ("20Gi", "more than 4 times")] {
        let refused = Plan::on(&namespace, cluster.connection(), &web).await?.doing(ActionType::ResizePVC, &grow(size));
        assert!(refused.refusal().await?.contains(why), "{size}");
    }
    classes.patch(&class, &PatchParams::default(), &Patch::Merge(json!({"allowVolumeExpansion": false}))).await?;
    let refused = Plan::on(&namespace, cluster.connection(), &web).await?.doing(ActionType::ResizePVC, &grow("3Gi"));
    assert!(refused.refusal().await?.contains("does not allow its volumes to grow"));
    classes.delete(&class, &DeleteParams::default()).await?;
    volumes.delete(&class, &DeleteParams::default()).await?;
    Ok(())
}
