//! Deployment `<name>`: the server itself. `replicas` is not part of the body: they are set apart, and left alone where an HPA owns them.

use std::collections::BTreeMap;

use common::instances::token_key;
use k8s_openapi::api::core::v1::PodSecurityContext;
use serde_json::{Value, json};

use super::{Child, ChildKind, mcp, sessions, watch_config};
use crate::instance::subject::Subject;

const HOME: &str = "/home/chatcli";
const REPOSITORY: &str = "ghcr.io/diillson/chatcli";
/// Who the server is in its container.
const USER: i64 = 1000;
/// How long a pod goes on serving after it is told to end, in seconds: until every client knows that it is no endpoint any more.
const LINGER: i64 = 5;

/// What the Deployment depends on beside the wish itself.
pub(in crate::instance) struct Surroundings<'a> {
    /// Tag of the image where the wish names none.
    pub app_version: &'a str,
    /// Annotations of the pods, by name: a digest for everything a running server would not notice.
    pub digests: &'a BTreeMap<String, String>,
}

pub(in crate::instance) fn build(subject: &Subject, around: &Surroundings<'_>) -> Child {
    let strategy = if subject.is_exclusive() { "Recreate" } else { "RollingUpdate" };
    let content = json!({
        "spec": {
            "strategy": { "type": strategy },
            "selector": { "matchLabels": subject.labels() },
            "template": {
                "metadata": { "labels": subject.labels(), "annotations": around.digests },
                "spec": pod(subject, around.app_version),
            },
        },
    });
    Child::owned(ChildKind::Deployment, subject, subject.child(""), content)
}

fn pod(subject: &Subject, app_version: &str) -> Value {
    let spec = &subject.spec;
    let (volumes, mounts): (Vec<Value>, Vec<Value>) = storage(subject).into_iter().unzip();
    let mut pod = json!({
        "serviceAccountName": subject.name(),
        "securityContext": spec.security_context.clone().unwrap_or_else(default_security),
        "containers": [container(subject, app_version, &mounts)],
        "volumes": volumes,
    });
    if let Some(image) = plugin_image(subject) {
        pod["initContainers"] = json!([plugin_loader(image)]);
    }
    if !spec.image_pull_secrets.is_empty() {
        pod["imagePullSecrets"] = json!(spec.image_pull_secrets);
    }
    if !spec.node_selector.is_empty() {
        pod["nodeSelector"] = json!(spec.node_selector);
    }
    if !spec.tolerations.is_empty() {
        pod["tolerations"] = json!(spec.tolerations);
    }
    pod
}

fn default_security() -> PodSecurityContext {
    PodSecurityContext {
        run_as_non_root: Some(true),
        run_as_user: Some(USER),
        // Without it the user may not write to a fresh volume.
        fs_group: Some(USER),
        seccomp_profile: Some(k8s_openapi::api::core::v1::SeccompProfile {
            type_: "RuntimeDefault".to_owned(),
            ..Default::default()
        }),
        ..PodSecurityContext::default()
    }
}

fn container(subject: &Subject, app_version: &str, mounts: &[Value]) -> Value {
    let image = subject.spec.image.as_ref();
    let repository = image.and_then(|image| image.repository.as_deref()).unwrap_or(REPOSITORY);
    let tag = image.and_then(|image| image.tag.as_deref()).filter(|tag| !tag.is_empty()).unwrap_or(app_version);
    let metrics = subject.metrics_port().map(|port| port_of("metrics", port));
    let mut container = json!({
        "name": "chatcli",
        "image": format!("{repository}:{tag}"),
        "imagePullPolicy": image.and_then(|image| image.pull_policy.as_deref()).unwrap_or("IfNotPresent"),
        "command": ["chatcli", "server"],
        "args": args(subject),
        "ports": std::iter::once(port_of("grpc", subject.port())).chain(metrics).collect::<Vec<_>>(),
        "envFrom": env_from(subject),
        "env": env(subject),
        "volumeMounts": mounts,
        "securityContext": locked_down(),
        "lifecycle": { "preStop": { "sleep": { "seconds": LINGER } } },
        // By TCP: the server's Health is not grpc.health.v1, and the kubelet's gRPC probe speaks no TLS.
        "startupProbe": probe(2, 60),
        "readinessProbe": probe(5, 2),
        "livenessProbe": probe(30, 3),
    });
    if let Some(resources) = &subject.spec.resources {
        container["resources"] = json!(resources);
    }
    container
}

fn probe(period: i32, failures: i32) -> Value {
    json!({ "tcpSocket": { "port": "grpc" }, "periodSeconds": period, "failureThreshold": failures, "timeoutSeconds": 3 })
}

fn port_of(name: &str, number: i32) -> Value {
    json!({ "name": name, "containerPort": number, "protocol": "TCP" })
}

/// What the Pod Security profile "restricted" asks of a container, and a root file system that cannot be written.
fn locked_down() -> Value {
    json!({
        "allowPrivilegeEscalation": false,
        "readOnlyRootFilesystem": true,
        "capabilities": { "drop": ["ALL"] },
    })
}

fn args(subject: &Subject) -> Vec<String> {
    let mut args = Args(Vec::new());
    args.with("--port", Some(subject.port()));
    args.with("--metrics-port", Some(subject.metrics_port().unwrap_or(0)));
    args.with("--provider", Some(&subject.spec.provider));
    args.with("--model", subject.spec.model.as_ref());
    if subject.tls_secret().is_some() {
        args.with("--tls-cert", Some("/etc/chatcli/tls/tls.crt"));
        args.with("--tls-key", Some("/etc/chatcli/tls/tls.key"));
    }
    if mcp::source(subject).is_some() {
        args.with("--mcp-config", Some("/etc/chatcli/mcp/mcp_servers.json"));
    }
    if watch_config::watcher(subject).is_some() {
        args.with("--watch-config", Some("/etc/chatcli/watch/watch-config.yaml"));
    } else if let Some(watcher) = subject.spec.watcher.as_ref().filter(|watcher| watcher.enabled == Some(true))
        && watcher.deployment.as_deref().is_some_and(|name| !name.is_empty())
    {
        args.with("--watch-deployment", watcher.deployment.as_ref());
        args.with("--watch-namespace", watcher.namespace.as_ref());
        args.with("--watch-interval", watcher.interval.as_ref());
        args.with("--watch-window", watcher.window.as_ref());
        args.with("--watch-max-log-lines", watcher.max_log_lines.filter(|lines| *lines > 0));
    }
    args.0
}

struct Args(Vec<String>);

impl Args {
    fn with(&mut self, flag: &str, value: Option<impl ToString>) {
        if let Some(value) = value.map(|value| value.to_string()).filter(|value| !value.is_empty()) {
            self.0.extend([flag.to_owned(), value]);
        }
    }
}

/// Later sources win, so a key of the Secret goes before one of ours. None is optional: without its Secret a server would take every caller
/// for an administrator.
fn env_from(subject: &Subject) -> Vec<Value> {
    let config = json!({ "configMapRef": { "name": subject.name() } });
    let keys = subject.spec.api_keys.as_ref().map(|keys| json!({ "secretRef": { "name": keys.name } }));
    std::iter::once(config).chain(keys).collect()
}

fn env(subject: &Subject) -> Vec<Value> {
    let server = subject.spec.server.as_ref();
    let secret = |variable: &str, name: &str, key: &str| json!({ "name": variable, "valueFrom": { "secretKeyRef": { "name": name, "key": key } } });
    let jwt = server.and_then(|server| server.security.as_ref()?.jwt_secret_ref.as_ref());
    let jwt = jwt.map(|key| secret("CHATCLI_JWT_SECRET", &key.name, &key.key));
    let token = server.and_then(|server| server.token.as_ref());
    let token = token.map(|token| secret("CHATCLI_SERVER_TOKEN", &token.name, token_key(&token.key)));
    let ours: Vec<Value> = jwt.into_iter().chain(token).collect();
    // An object stored by an upstream version may set what is ours to set; a name must not come twice.
    let taken = |name: &str| name == "HOME" || ours.iter().any(|own| own["name"] == name);
    let extra = subject.spec.extra_env.iter().filter(|extra| !taken(&extra.name)).map(|extra| json!(extra));
    std::iter::once(json!({ "name": "HOME", "value": HOME })).chain(extra).chain(ours.iter().cloned()).collect()
}

/// Volumes, each with its mount.
fn storage(subject: &Subject) -> Vec<(Value, Value)> {
    let below_home = |path: &str| format!("{HOME}/.chatcli{path}");
    let scratch = |size: &str| json!({ "emptyDir": { "sizeLimit": size } });
    let config_map = |name: &str| json!({ "configMap": { "name": name } });
    let mut storage = vec![
        mounted("tmp", scratch("100Mi"), "/tmp", false),
        mounted("data", scratch("200Mi"), &below_home(""), false),
    ];
    if subject.is_persistent() {
        let claim = json!({ "persistentVolumeClaim": { "claimName": subject.child(sessions::SUFFIX) } });
        storage.push(mounted("sessions", claim, &below_home("/sessions"), false));
    }
    if let Some(secret) = subject.tls_secret() {
        storage.push(mounted("tls", json!({ "secret": { "secretName": secret } }), "/etc/chatcli/tls", true));
    }
    if watch_config::watcher(subject).is_some() {
        let source = config_map(&subject.child(watch_config::SUFFIX));
        storage.push(mounted("watch-config", source, "/etc/chatcli/watch", true));
    }
    let agents = subject.spec.agents.as_ref();
    if let Some(name) = agents.and_then(|agents| agents.config_map_ref.as_deref()).filter(|name| !name.is_empty()) {
        storage.push(mounted("agents", config_map(name), &below_home("/agents"), true));
    }
    if let Some(name) =
        agents.and_then(|agents| agents.skills_config_map_ref.as_deref()).filter(|name| !name.is_empty())
    {
        storage.push(mounted("skills", config_map(name), &below_home("/skills"), true));
    }
    if let Some(source) = mcp::source(subject) {
        let source = match source {
            mcp::Source::Existing(name) => config_map(name),
            mcp::Source::Public => config_map(&subject.child(mcp::SUFFIX)),
            mcp::Source::Private => json!({ "secret": { "secretName": subject.child(mcp::SUFFIX) } }),
        };
        storage.push(mounted("mcp-config", source, "/etc/chatcli/mcp", true));
    }
    if let Some(plugins) = plugins(subject) {
        storage.push(mounted("plugins", plugins, &below_home("/plugins"), false));
    }
    storage
}

fn mounted(name: &str, mut source: Value, path: &str, read_only: bool) -> (Value, Value) {
    source["name"] = json!(name);
    let mut mount = json!({ "name": name, "mountPath": path });
    if read_only {
        mount["readOnly"] = json!(true);
    }
    (source, mount)
}

fn plugins(subject: &Subject) -> Option<Value> {
    let plugins = subject.spec.plugins.as_ref()?;
    match plugins.pvc_name.as_deref().filter(|name| !name.is_empty()) {
        Some(claim) => Some(json!({ "persistentVolumeClaim": { "claimName": claim } })),
        None => plugin_image(subject).map(|_| json!({ "emptyDir": { "sizeLimit": "500Mi" } })),
    }
}

/// The image plugins are copied from; a claim goes before it.
fn plugin_image(subject: &Subject) -> Option<&str> {
    let plugins = subject.spec.plugins.as_ref()?;
    let has_claim = plugins.pvc_name.as_deref().is_some_and(|name| !name.is_empty());
    plugins.image.as_deref().filter(|image| !image.is_empty() && !has_claim)
}

/// Fails when there is nothing to copy: a server without the plugins that were asked for is not what was asked for.
fn plugin_loader(image: &str) -> Value {
    json!({
        "name": "plugin-loader",
        "image": image,
        "command": ["sh", "-c", "set -e; cp -R /plugins/* /target-plugins/"],
        "securityContext": locked_down(),
        "resources": {
            "requests": { "cpu": "10m", "memory": "16Mi" },
            "limits": { "memory": "128Mi" },
        },
        "volumeMounts": [{ "name": "plugins", "mountPath": "/target-plugins" }],
    })
}
