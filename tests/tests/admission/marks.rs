//! What people say about incidents is said in their own name, by those who may.

use anyhow::Result;
use common::api::Issue;
use kit::votes::bind;
use kube::Api;
use kube::api::{Patch, PatchParams, PostParams};
use serde_json::json;

use crate::gate::{Gate, refused_by};

#[tokio::test]
async fn nobody_acknowledges_or_resolves_in_anothers_name_or_without_the_verb() -> Result<()> {
    let gate = Gate::shared().await?;
    let namespace = gate.namespace().await?;
    let may = |verbs: &[&str]| {
        json!({
            "metadata": { "name": format!("may-{}", verbs.join("-")) },
            "rules": [{ "apiGroups": ["platform.chatcli.io"], "resources": ["issues"], "verbs": verbs }]
        })
    };
    bind(&namespace, "nora", may(&["patch", "acknowledge"])).await?;
    bind(&namespace, "paul", may(&["patch", "acknowledge", "snooze", "resolve"])).await?;
    let issue = json!({
        "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "Issue", "metadata": { "name": "web" },
        "spec": { "severity": "high", "source": "watcher", "description": "x", "requestedBy": "admin",
            "resource": { "kind": "Deployment", "name": "web", "namespace": namespace.name() } }
    });
    namespace.api::<Issue>().create(&PostParams::default(), &serde_json::from_value(issue)?).await?;
    let of = |client| Api::<Issue>::namespaced(client, namespace.name());
    let (nora, paul) = (of(gate.person("nora").await?), of(gate.person("paul").await?));
    let patch = PatchParams::default();
    let mark = |key: &str, value: Option<&str>| {
        Patch::Merge(json!({ "metadata": { "annotations": { format!("platform.chatcli.io/{key}"): value } } }))
    };

    nora.patch("web", &patch, &mark("unrelated", Some("x"))).await?;
    nora.patch("web", &patch, &mark("acknowledged-by", Some("nora"))).await?;
    refused_by("chatcli-marks", nora.patch("web", &patch, &mark("acknowledged-by", Some("paul"))).await);
    for key in
        ["resolved-by", "reopened-by", "resolution-note", "absorbs", "split-off", "own-incident", "snoozed-until"]
    {
        refused_by("chatcli-marks", nora.patch("web", &patch, &mark(key, Some("nora"))).await);
    }
    paul.patch("web", &patch, &mark("snoozed-until", Some("2030-01-01T00:00:00Z"))).await?;
    refused_by("chatcli-marks", paul.patch("web", &patch, &mark("resolved-by", Some("nora"))).await);
    paul.patch("web", &patch, &mark("resolved-by", Some("paul"))).await?;
    refused_by("chatcli-marks", nora.patch("web", &patch, &mark("resolved-by", None)).await);
    paul.patch("web", &patch, &mark("resolved-by", None)).await?;
    paul.patch("web", &patch, &mark("acknowledged-by", None)).await?;
    Ok(())
}
