//! HelmRollback, on a history that Helm's own code wrote and reads again.

use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use common::actions::Undone;
use common::api::remediation_plan::{ActionClass, WriteKind};
use common::api::{ActionType, ResourceRef};
use k8s_openapi::api::rbac::v1::RoleBinding;
use kit::app::{START, is_rolled_out};
use kit::generate::repository_root;
use kit::{App, Connection, TestNamespace};
use kube::api::PostParams;
use serde_json::{Value, json};

use crate::plan::{Plan, shop, wanted_state};

/// Runs `tests/helm` against the cluster.
fn helm(connection: &Connection, command: &str, namespace: &TestNamespace, input: &str) -> Result<String> {
    let mut child = Command::new("go")
        .args(["run", ".", command, namespace.name(), "web"])
        .current_dir(repository_root().join("tests/helm"))
        .env("KUBECONFIG", connection.kubeconfig())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("go is needed to write a Helm release")?;
    child.stdin.take().context("a pipe")?.write_all(input.as_bytes())?;
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "tests/helm {command} failed");
    Ok(String::from_utf8(output.stdout)?)
}

/// The objects of one revision, as a chart would render them.
fn manifest(deployment: &Value, level: &str, more: &str) -> String {
    let settings = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"LOG_LEVEL": level}});
    let account = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "web"}});
    format!("---\n# Source: web/templates/settings.yaml\n{settings}\n---\n{account}\n---\n{deployment}\n{more}")
}

#[tokio::test]
async fn a_release_goes_back_with_its_objects_and_helm_can_read_its_history() -> Result<()> {
    let (cluster, namespace) = shop("helm").await?;
    let app = App::named("web", &cluster)?;
    let good = app.manifest();
    let mut bad = good.clone();
    bad["spec"]["template"]["spec"]["containers"][0]["args"] = json!(["--exit-after", "1s"]);
    let added = "---\n{\"apiVersion\": \"v1\", \"kind\": \"Service\", \"metadata\": {\"name\": \"extra\"}, \"spec\": {\"ports\": [{\"port\": 80}]}}\n";
    let manifests = [manifest(&good, "info", ""), manifest(&bad, "debug", added)];
    helm(cluster.connection(), "write", &namespace, &json!({ "manifests": manifests }).to_string())?;
    let owned = json!({"metadata": {
        "labels": {"app.kubernetes.io/managed-by": "Helm"},
        "annotations": {"meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": namespace.name()},
    }});
    for document in serde_saphyr::from_multiple::<Value>(&manifests[1])? {
        let mut document = document;
        json_patch::merge(&mut document, &owned);
        namespace.apply(document).await?;
    }
    let web = app.created(&namespace);

    let plan = Plan::on(&namespace, cluster.connection(), &web).await?.doing(ActionType::HelmRollback, &[]);
    let settings = ResourceRef::new("ConfigMap", namespace.name(), "settings");
    let before = [wanted_state(&plan.live(&plan.target).await?.0), wanted_state(&plan.live(&settings).await?.0)];
    let previewed = plan.preview().await?;
    assert!(previewed.preview.is_clean(), "{:#?}", previewed.preview.verdicts);
    assert_eq!(previewed.preview.class, ActionClass::Disruptive);
    let told = format!("{:?}", previewed.preview);
    assert!(told.contains("hooks are not run: migrate"), "{told}");
    let step = &previewed.steps[0];
    let kinds: Vec<(WriteKind, &str)> =
        step.writes.iter().map(|write| (write.kind, write.object.kind.as_str())).collect();
    assert_eq!(
        kinds,
        [
            (WriteKind::Create, "Secret"),
            (WriteKind::Patch, "ConfigMap"),
            (WriteKind::Patch, "Deployment"),
            (WriteKind::Delete, "Service"),
            (WriteKind::Patch, "Secret"),
            (WriteKind::Patch, "Secret"),
        ]
    );
    plan.apply(step).await?;
    plan.arrives(step).await?;
    web.becomes(START, "the good revision runs", is_rolled_out).await;
    assert_eq!(plan.live(&settings).await?.0["data"]["LOG_LEVEL"], "info");
    let history: Value = serde_json::from_str(&helm(cluster.connection(), "history", &namespace, "")?)?;
    let states: Vec<(i64, &str)> = history
        .as_array()
        .context("a list")?
        .iter()
        .filter_map(|revision| Some((revision["version"].as_i64()?, revision["status"].as_str()?)))
        .collect();
    assert_eq!(states, [(1, "superseded"), (2, "superseded"), (3, "deployed")]);
    assert_eq!(history[2]["description"], "Rollback to 1");
    assert_eq!(history[2]["manifest"], history[0]["manifest"]);

    assert_eq!(plan.undo(step).await?, Undone::Undone);
    let after = [wanted_state(&plan.live(&plan.target).await?.0), wanted_state(&plan.live(&settings).await?.0)];
    assert_eq!(after, before);
    assert!(plan.live(&ResourceRef::new("Service", namespace.name(), "extra")).await.is_ok());
    let history: Value = serde_json::from_str(&helm(cluster.connection(), "history", &namespace, "")?)?;
    assert_eq!(history.as_array().map(Vec::len), Some(2));
    assert_eq!(history[1]["status"], "deployed");

    let absent =
        Plan::on(&namespace, cluster.connection(), &web).await?.doing(ActionType::HelmRollback, &[("revision", "7")]);
    assert!(absent.refusal().await?.contains("\"7\" is not allowed"));
    let binding = json!({
        "metadata": {"name": "viewers"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "helm-viewer"}],
    });
    namespace.api::<RoleBinding>().create(&PostParams::default(), &serde_json::from_value(binding)?).await?;
    let viewer = cluster.person("helm-viewer", &[]).await?;
    let closed = Plan::on(&namespace, &viewer, &web).await?.doing(ActionType::HelmRollback, &[]);
    assert!(closed.refusal().await?.contains("kubectl create role chatcli-secrets"));
    Ok(())
}
