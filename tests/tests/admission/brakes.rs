//! Brakes: pulled by whoever may edit the Namespace, let go by people with the verb.

use anyhow::Result;
use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding};
use kit::votes::bind;
use kube::Api;
use kube::api::{Patch, PatchParams, PostParams};
use serde_json::json;

use crate::gate::{Gate, refused_by};

/// Lets a person edit Namespaces, and nothing else.
async fn may_edit_namespaces(gate: &Gate, person: &str) -> Result<()> {
    let client = gate.plane.client()?;
    let role = json!({
        "metadata": { "name": format!("namespaces-{person}") },
        "rules": [{ "apiGroups": [""], "resources": ["namespaces"], "verbs": ["get", "patch"] }]
    });
    Api::<ClusterRole>::all(client.clone()).create(&PostParams::default(), &serde_json::from_value(role)?).await?;
    let binding = json!({
        "metadata": { "name": format!("namespaces-{person}") },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": format!("namespaces-{person}") },
        "subjects": [{ "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": person }]
    });
    Api::<ClusterRoleBinding>::all(client).create(&PostParams::default(), &serde_json::from_value(binding)?).await?;
    Ok(())
}

#[tokio::test]
async fn everybody_pulls_a_brake_and_only_some_let_it_go() -> Result<()> {
    let gate = Gate::shared().await?;
    let namespace = gate.namespace().await?;
    may_edit_namespaces(&gate, "nora").await?;
    may_edit_namespaces(&gate, "paul").await?;
    let may_pause = json!({
        "metadata": { "name": "pause" },
        "rules": [{ "apiGroups": ["platform.chatcli.io"], "resources": ["issues"], "verbs": ["pause"] }]
    });
    bind(&namespace, "paul", may_pause).await?;
    let (nora, paul): (Api<Namespace>, Api<Namespace>) =
        (Api::all(gate.person("nora").await?), Api::all(gate.person("paul").await?));
    let (name, patch) = (namespace.name(), PatchParams::default());
    let mark = |key: &str, value: Option<&str>| {
        Patch::Merge(json!({ "metadata": { "annotations": { format!("platform.chatcli.io/{key}"): value } } }))
    };

    nora.patch(name, &patch, &mark("paused", Some("migration until noon"))).await?;
    refused_by("chatcli-brakes", nora.patch(name, &patch, &mark("paused", None)).await);
    refused_by("chatcli-brakes", nora.patch(name, &patch, &mark("paused", Some("False"))).await);
    nora.patch(name, &patch, &mark("unrelated", Some("x"))).await?;
    paul.patch(name, &patch, &mark("paused", None)).await?;

    refused_by(
        "chatcli-brakes",
        nora.patch(name, &patch, &mark("breaker-reset", Some("2026-11-25T19:00:00Z/nora"))).await,
    );
    refused_by(
        "chatcli-brakes",
        paul.patch(name, &patch, &mark("breaker-reset", Some("2026-11-25T19:00:00Z/nora"))).await,
    );
    paul.patch(name, &patch, &mark("breaker-reset", Some("2026-11-25T19:00:00Z/paul"))).await?;

    refused_by("chatcli-brakes", paul.patch(name, &patch, &mark("autonomy", Some("auto"))).await);
    paul.patch(name, &patch, &mark("autonomy", Some("observe"))).await?;
    refused_by("chatcli-brakes", paul.patch(name, &patch, &mark("autonomy", None)).await);
    let admin: Api<Namespace> = Api::all(gate.plane.client()?);
    admin.patch(name, &patch, &mark("autonomy", Some("auto"))).await?;
    paul.patch(name, &patch, &mark("autonomy", Some("propose"))).await?;
    Ok(())
}
