//! The plugin's tools for those who run the operator, against a real API server.

use anyhow::{Context as _, Result};
use kit::installation::{apply, install, parse};
use kit::{ControlPlane, TestNamespace, plugin};
use kube::api::{DynamicObject, PostParams};
use kube::core::{ApiResource, GroupVersionKind};
use kube::{Api, ResourceExt as _};
use serde_json::{Value, json};

/// Checks of a `-o json` output by name, with their result.
fn results(out: &str) -> Vec<(String, String)> {
    let document: Value = serde_json::from_str(out).expect(out);
    let checks = document["checks"].as_array().expect(out);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    checks.iter().map(|check| (text(&check["name"]), text(&check["result"]))).collect()
}

fn result<'a>(results: &'a [(String, String)], name: &str) -> &'a str {
    results.iter().find(|(found, _)| found == name).map_or("absent", |(_, result)| result.as_str())
}

#[tokio::test]
async fn doctor_finds_what_was_broken_and_puts_it_back() -> Result<()> {
    let plane = ControlPlane::start().await?;
    let bare = plugin::run(plane.connection(), &["doctor", "-o", "json"])?;
    assert_eq!((bare.code, result(&results(&bare.stdout), "kinds")), (1, "fail"), "{}", bare.stdout);

    install(plane.connection()).await?;
    let sound = results(&plugin::run(plane.connection(), &["doctor", "-o", "json"])?.stdout);
    for name in ["kubernetes", "clock", "kinds", "roles", "admission", "rights", "stuck", "policies"] {
        assert_eq!(result(&sound, name), "ok", "{name}: {sound:?}");
    }

    let kind = GroupVersionKind::gvk("admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicyBinding");
    let bindings: Api<DynamicObject> =
        Api::all_with(plane.client()?, &ApiResource::from_gvk_with_plural(&kind, "validatingadmissionpolicybindings"));
    bindings.delete("chatcli-votes", &kube::api::DeleteParams::default()).await?;
    let broken = plugin::run(plane.connection(), &["doctor", "-o", "json"])?;
    assert_eq!(result(&results(&broken.stdout), "admission"), "fail", "{}", broken.stdout);
    let unasked = plugin::run(plane.connection(), &["doctor", "--fix"])?;
    assert_eq!(unasked.code, 1, "nobody is there to be asked: {}", unasked.stderr);
    let fixed = plugin::run(plane.connection(), &["doctor", "--fix", "--yes"])?;
    assert!(fixed.stderr.contains("chatcli-votes serverside-applied"), "{}", fixed.stderr);
    assert!(bindings.get_opt("chatcli-votes").await?.is_some());
    Ok(())
}

#[tokio::test]
async fn rights_that_are_missing_and_those_that_are_too_many_are_named() -> Result<()> {
    let plane = ControlPlane::start().await?;
    install(plane.connection()).await?;
    let sound = plugin::run(plane.connection(), &["rbac", "lint", "-A"])?;
    assert_eq!(sound.code, 0, "{}{}", sound.stdout, sound.stderr);
    let admin = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": { "name": "too-much" },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit-secrets" },
        "subjects": [{ "kind": "ServiceAccount", "name": "chatcli-operator", "namespace": "chatcli-system" }]
    });
    let role = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": { "name": "edit-secrets" },
        "rules": [{ "apiGroups": [""], "resources": ["secrets"], "verbs": ["get"] }]
    });
    for object in [role, admin] {
        apply(&plane.client()?, &serde_json::from_value(object)?).await?;
    }
    let surplus = plugin::run(plane.connection(), &["rbac", "lint"])?;
    assert_eq!(surplus.code, 0, "too much is a warning");
    // the line may be folded anywhere
    let told = surplus.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("clusterrolebinding too-much gives the operator more than it needs: get secrets"), "{told}");
    Ok(())
}

#[tokio::test]
async fn a_certificate_is_made_checked_and_renewed() -> Result<()> {
    let plane = ControlPlane::start().await?;
    let namespace = TestNamespace::create(plane.connection(), "tls", None).await?;
    namespace
        .apply(json!({ "apiVersion": "v1", "kind": "Service", "metadata": { "name": "chatcli-prod" },
            "spec": { "ports": [{ "port": 50051 }] } }))
        .await?;
    let run = |arguments: &[&str]| plugin::run(plane.connection(), &[arguments, &["-n", namespace.name()]].concat());
    let made = run(&["tls", "generate", "chatcli-tls", "--service", "chatcli-prod"])?.results();
    assert_eq!(made, "secret/chatcli-tls created\n");
    let checked = run(&["tls", "check", "chatcli-tls", "--service", "chatcli-prod", "-o", "json"])?;
    let found = results(&checked.stdout);
    for name in ["names", "authority", "validity", "key"] {
        assert_eq!(result(&found, name), "ok", "{found:?}");
    }
    assert_eq!(result(&found, "permissions"), "fail", "the operator has no right on secrets of this namespace");
    assert_eq!(run(&["tls", "generate", "chatcli-tls", "--service", "chatcli-prod"])?.code, 1, "never overwritten");
    let renewed = run(&["tls", "rotate", "chatcli-tls", "--yes"])?.results();
    assert_eq!(renewed, "secret/chatcli-tls rotated\n");
    let after = run(&["tls", "inspect", "chatcli-tls", "-o", "json"])?.results();
    let after: Value = serde_json::from_str(&after)?;
    assert_eq!(after["authorities"].as_array().map(Vec::len), Some(2), "the old one stays trusted: {after}");
    assert!(!after.to_string().contains("PRIVATE KEY"));
    Ok(())
}

#[tokio::test]
async fn what_runbook_scaffold_writes_the_server_accepts() -> Result<()> {
    let plane = ControlPlane::start().await?;
    install(plane.connection()).await?;
    let namespace = TestNamespace::create(plane.connection(), "runbook", None).await?;
    let kind = ApiResource::from_gvk_with_plural(
        &GroupVersionKind::gvk("platform.chatcli.io", "v1alpha1", "Runbook"),
        "runbooks",
    );
    let api: Api<DynamicObject> = Api::namespaced_with(namespace.client(), namespace.name(), &kind);
    for (action, param) in [("AdjustResources", "memory_limit=128Mi"), ("ScaleDeployment", "replicas=3")] {
        let line = ["runbook", "scaffold", "--action", action, "--param", param, "--signal", "oom_kill"];
        let written = plugin::run(plane.connection(), &[&line[..], &["-n", namespace.name()]].concat())?;
        let object = parse(&written.results())?.pop().context("nothing was written")?;
        let dry_run = PostParams { dry_run: true, ..PostParams::default() };
        let accepted = api.create(&dry_run, &object).await.with_context(|| action.to_owned())?;
        assert_eq!(accepted.name_any(), object.name_any());
    }
    Ok(())
}

#[tokio::test]
async fn kubectl_itself_finds_the_plugin_and_completes_its_commands_and_live_names() -> Result<()> {
    let plane = ControlPlane::start().await?;
    install(plane.connection()).await?;
    let namespace = TestNamespace::create(plane.connection(), "complete", None).await?;
    namespace
        .apply(json!({ "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "Runbook", "metadata": { "name": "restart-web" },
            "spec": { "trigger": { "signalType": "*", "severity": "high", "resourceKind": "Deployment" },
                "steps": [{ "name": "restart", "action": "RestartDeployment" }] } }))
        .await?;
    let path = tempfile::tempdir()?;
    let plugin = kit::programs::Programs::built(kit::programs::Build::Debug)?.plugin;
    std::os::unix::fs::symlink(plugin, path.path().join("kubectl-chatcli"))?;
    let shim = "kubectl_complete-chatcli";
    std::fs::copy(kit::place::repository().join("completions").join(shim), path.path().join(shim))?;
    let kubectl = |arguments: &[&str]| -> Result<String> {
        let places = [path.path(), plane.programs(), std::path::Path::new("/usr/bin"), std::path::Path::new("/bin")];
        let output = std::process::Command::new(plane.programs().join("kubectl"))
            .env("PATH", std::env::join_paths(places)?)
            .env("KUBECONFIG", plane.connection().kubeconfig())
            .args(arguments)
            .output()?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    };
    assert!(kubectl(&["chatcli", "version", "--client"])?.starts_with("Client Version: v"));
    let commands = kubectl(&["__complete", "chatcli", "run"])?;
    assert!(commands.starts_with("runbook\t") && commands.contains(":4"), "{commands}");
    let names = kubectl(&["__complete", "chatcli", "runbook", "show", "-n", namespace.name(), ""])?;
    assert!(names.starts_with("restart-web\n"), "{names}");
    Ok(())
}
