//! RotateSecret.

use anyhow::{Context, Result};
use common::actions::Undone;
use common::api::ActionType;
use common::api::remediation_plan::ActionClass;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::api::rbac::v1::RoleBinding;
use kit::App;
use kube::Api;
use kube::api::PostParams;
use serde_json::json;

use crate::plan::{Plan, shop, wanted_state};

#[tokio::test]
async fn a_secret_gets_a_new_version_that_nobody_sees_and_the_old_one_stays() -> Result<()> {
    let (cluster, namespace) = shop("rotate").await?;
    let secrets: Api<Secret> = namespace.api();
    let old = json!({"metadata": {"name": "db"}, "stringData": {"user": "shop", "password": "hunter2hunter2"}});
    secrets.create(&PostParams::default(), &serde_json::from_value(old)?).await?;
    let web = App::named("web", &cluster)?.create(&namespace).await?;
    let reference =
        json!({"env": [{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}]});
    web.edit_container(&reference).await?;
    web.available().await;

    let plan = Plan::on(&namespace, cluster.connection(), &web)
        .await?
        .doing(ActionType::RotateSecret, &[("secret", "db"), ("password", "generate:40")]);
    let before = wanted_state(&plan.live(&plan.target).await?.0);
    let previewed = plan.preview().await?;
    assert_eq!(previewed.preview.class, ActionClass::Irreversible);
    assert!(previewed.preview.is_clean(), "{:#?}", previewed.preview.verdicts);
    let step = &previewed.steps[0];
    plan.apply(step).await?;
    plan.arrives(step).await?;

    let name = step.writes[0].object.name.clone();
    let made = secrets.get(&name).await?.data.context("a Secret holds data")?;
    assert_eq!(made["user"].0, b"shop");
    assert_eq!(made["password"].0.len(), 40);
    let new = String::from_utf8(made["password"].0.clone())?;
    let told = format!("{:?} {:?}", previewed.preview, previewed.steps);
    for secret in ["hunter2", &new, "aHVudGVy", "c2hvcA=="] {
        assert!(!told.contains(secret), "{told}");
    }
    assert_eq!(secrets.get("db").await?.data.context("the old one stays")?["password"].0, b"hunter2hunter2");
    plan.apply(step).await?;
    assert_eq!(secrets.get(&name).await?.data.context("made once")?["password"].0, new.as_bytes());

    assert_eq!(plan.undo(step).await?, Undone::Undone);
    assert_eq!(wanted_state(&plan.live(&plan.target).await?.0), before);
    assert!(secrets.get_opt(&name).await?.is_none());

    let literal = Plan::on(&namespace, cluster.connection(), &web)
        .await?
        .doing(ActionType::RotateSecret, &[("secret", "db"), ("password", "opensesame")]);
    let refused = literal.refusal().await?;
    assert!(refused.contains("takes no value for password") && !refused.contains("opensesame"), "{refused}");
    Ok(())
}

#[tokio::test]
async fn whoever_cannot_read_the_secret_learns_which_role_is_missing() -> Result<()> {
    let (cluster, namespace) = shop("rotate-rights").await?;
    let web = App::named("web", &cluster)?.create(&namespace).await?;
    let binding = json!({
        "metadata": {"name": "viewers"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "secrets-viewer"}],
    });
    namespace.api::<RoleBinding>().create(&PostParams::default(), &serde_json::from_value(binding)?).await?;
    let viewer = cluster.person("secrets-viewer", &[]).await?;
    let plan = Plan::on(&namespace, &viewer, &web)
        .await?
        .doing(ActionType::RotateSecret, &[("secret", "db"), ("password", "generate")]);
    let refused = plan.refusal().await?;
    assert!(
        refused.contains("kubectl create role chatcli-secrets") && refused.contains("--resource-name=db"),
        "{refused}"
    );
    Ok(())
}
