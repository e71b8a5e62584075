//! ArgoSyncApp, on the fields of Argo CD's own Application; its controller's part is what it writes: it takes the operation and reports.

use anyhow::Result;
use common::actions::{Settled, Undone};
use common::api::remediation_plan::{ActionClass, VerdictLevel};
use common::api::{ActionType, ResourceRef};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kit::app::START;
use kit::{App, eventually};
use kube::Api;
use kube::api::{ApiResource, DynamicObject, Patch, PatchParams};
use kube::core::GroupVersionKind;
use serde_json::{Value, json};

use crate::plan::{Plan, level, shop};

/// The kind as Argo CD defines it, its schema left open.
const DEFINITION: &str = include_str!("../../fixtures/argo/application-crd.yaml");
/// An Application as `argocd app create` leaves it once synced, names and places of this test aside.
const APPLICATION: &str = include_str!("../../fixtures/argo/application.yaml");

#[tokio::test]
async fn an_application_is_synced_followed_to_its_end_and_synced_back() -> Result<()> {
    let (cluster, namespace) = shop("argo").await?;
    let definition: Value = serde_saphyr::from_str(DEFINITION)?;
    let definitions: Api<CustomResourceDefinition> = Api::all(cluster.client());
    definitions
        .patch("applications.argoproj.io", &PatchParams::apply("argocd").force(), &Patch::Apply(&definition))
        .await?;
    eventually(&definitions, START, "the kind is served", |seen| {
        let conditions = seen.named("applications.argoproj.io")?.status.as_ref()?.conditions.as_ref()?;
        conditions.iter().any(|condition| condition.type_ == "Established" && condition.status == "True").then_some(())
    })
    .await;
    let web = App::named("web", &cluster)?.running(&namespace).await?;
    let text = APPLICATION.replace("NAMESPACE", namespace.name());
    let mut application: Value = serde_saphyr::from_str(&text)?;
    application["metadata"]["namespace"] = namespace.name().into();
    let reference = ResourceRef::new("Application", namespace.name(), "shop");
    let kind = GroupVersionKind::gvk("argoproj.io", "v1alpha1", "Application");
    let resource = ApiResource::from_gvk_with_plural(&kind, "applications");
    let applications: Api<DynamicObject> = Api::namespaced_with(cluster.client(), namespace.name(), &resource);
    applications.create(&kube::api::PostParams::default(), &serde_json::from_value(application)?).await?;

    let plan =
        Plan::on(&namespace, cluster.connection(), &web).await?.doing(ActionType::ArgoSyncApp, &[("revision", "v2")]);
    let previewed = plan.preview().await?;
    assert_eq!(previewed.preview.class, ActionClass::Disruptive);
    assert_eq!(level(&previewed, "gitops"), Some(VerdictLevel::Ok), "{:#?}", previewed.preview.verdicts);
    let step = &previewed.steps[0];
    plan.apply(step).await?;
    assert!(matches!(plan.settled(step).await?, Settled::NotYet(why) if why.contains("not begun")));
    let running = Plan::on(&namespace, cluster.connection(), &web).await?.doing(ActionType::ArgoSyncApp, &[]);
    assert!(running.refusal().await?.contains("has an operation running"));

    let told = |status: Value| Patch::Merge(json!({"operation": null, "status": status}));
    let operation = plan.live(&reference).await?.0["operation"].clone();
    assert_eq!(operation["sync"], json!({"prune": false, "revision": "v2"}));
    let begun = json!({"operationState": {"phase": "Running", "operation": operation}});
    applications.patch("shop", &PatchParams::default(), &told(begun)).await?;
    assert!(matches!(plan.settled(step).await?, Settled::NotYet(why) if why.contains("running")));
    let ended = json!({"operationState": {"phase": "Succeeded"}, "health": {"status": "Progressing"}});
    applications.patch("shop", &PatchParams::default(), &told(ended)).await?;
    assert!(matches!(plan.settled(step).await?, Settled::NotYet(why) if why.contains("Progressing")));
    applications.patch("shop", &PatchParams::default(), &told(json!({"health": {"status": "Healthy"}}))).await?;
    plan.arrives(step).await?;

    assert_eq!(plan.undo(step).await?, Undone::Undone);
    let back = plan.live(&reference).await?.0["operation"]["sync"].clone();
    assert_eq!(back["revision"], "8f3c1d2e4b5a69788796a5b4c3d2e1f0a9b8c7d6");

    let failed = json!({"operationState": {"phase": "Failed", "message": "one or more objects failed to apply"}});
    applications.patch("shop", &PatchParams::default(), &told(failed)).await?;
    assert!(matches!(plan.settled(step).await?, Settled::Failed(why) if why.contains("failed to apply")));
    Ok(())
}
