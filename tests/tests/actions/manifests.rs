//! ApplyManifest.

use anyhow::Result;
use common::actions::Undone;
use common::api::remediation_plan::{ActionClass, VerdictLevel, WriteKind};
use common::api::{ActionType, ResourceRef};
use k8s_openapi::api::core::v1::ConfigMap;
use kit::App;
use kit::app::apply_config;
use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::json;

use crate::plan::{Plan, assert_clean, level, shop, wanted_state};

const FIX: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  LOG_LEVEL: debug
  EXTRA: \"on\"
---
{\"apiVersion\": \"v1\", \"kind\": \"Service\", \"metadata\": {\"name\": \"standby\"}, \"spec\": {\"ports\": [{\"port\": 80}]}}
";

#[tokio::test]
async fn manifests_are_applied_beside_other_writers_and_taken_back() -> Result<()> {
    let (cluster, namespace) = shop("manifest").await?;
    let web = App::named("web", &cluster)?.create(&namespace).await?;
    let maps: Api<ConfigMap> = namespace.api();
    // Created by an update and not by an apply: its keys are nobody's by server-side apply, except HOST.
    let made = json!({"metadata": {"name": "settings"}, "data": {"HOST": "db"}});
    maps.create(&kube::api::PostParams::default(), &serde_json::from_value(made)?).await?;
    apply_config(&namespace, "fix", &[("manifest.yaml", FIX)]).await?;
    let settings = ResourceRef::new("ConfigMap", namespace.name(), "settings");

    let plan = Plan::on(&namespace, cluster.connection(), &web)
        .await?
        .doing(ActionType::ApplyManifest, &[("configmap", "fix")]);
    let before = wanted_state(&plan.live(&settings).await?.0);
    let previewed = plan.preview().await?;
    assert_clean(&previewed);
    assert_eq!(previewed.preview.class, ActionClass::Irreversible);
    let step = &previewed.steps[0];
    let kinds: Vec<WriteKind> = step.writes.iter().map(|write| write.kind).collect();
    assert_eq!(kinds, [WriteKind::Apply, WriteKind::Create]);
    plan.apply(step).await?;
    plan.arrives(step).await?;
    let after = plan.live(&settings).await?.0;
    assert_eq!(after["data"], json!({"HOST": "db", "LOG_LEVEL": "debug", "EXTRA": "on"}));
    plan.apply(step).await?;

    assert_eq!(plan.undo(step).await?, Undone::Undone);
    assert_eq!(wanted_state(&plan.live(&settings).await?.0), before);
    assert!(plan.live(&ResourceRef::new("Service", namespace.name(), "standby")).await.is_err());
    Ok(())
}

#[tokio::test]
async fn a_field_of_another_writer_is_not_taken_and_a_forbidden_kind_not_applied() -> Result<()> {
    let (cluster, namespace) = shop("manifest-no").await?;
    let web = App::named("web", &cluster)?.create(&namespace).await?;
    let maps: Api<ConfigMap> = namespace.api();
    let theirs = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"LOG_LEVEL": "info"}});
    maps.patch("settings", &PatchParams::apply("the-team").force(), &Patch::Apply(theirs)).await?;
    apply_config(
        &namespace,
        "fix",
        &[("manifest.yaml", FIX), ("role.yaml", "{apiVersion: v1, kind: Secret, metadata: {name: a}}")],
    )
    .await?;
    let plan = |key: &'static str| [("configmap", "fix"), ("key", key)];

    let taken = Plan::on(&namespace, cluster.connection(), &web)
        .await?
        .doing(ActionType::ApplyManifest, &plan("manifest.yaml"));
    let previewed = taken.preview().await?;
    assert_eq!(level(&previewed, "server"), Some(VerdictLevel::Block), "{:#?}", previewed.preview.verdicts);
    assert!(previewed.preview.verdicts.iter().any(|verdict| verdict.message.contains("the-team")));

    let secret =
        Plan::on(&namespace, cluster.connection(), &web).await?.doing(ActionType::ApplyManifest, &plan("role.yaml"));
    assert!(secret.refusal().await?.contains("a Secret is never applied from a ConfigMap"));
    Ok(())
}
