//! ChatCLI servers and operators that come and go: one takes over what upstream's left, one dies after each of its writes.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use common::api::Instance;
use common::api::keys::{OPERATOR_NAMESPACE, annotations, conditions, managers};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{
    ConfigMap, PersistentVolume, PersistentVolumeClaim, Pod, Secret, Service, ServiceAccount,
};
use k8s_openapi::api::rbac::v1::{Role, RoleBinding};
use kit::disturbed::Disturbed;
use kit::installation::install;
use kit::operator::{Options, Turn};
use kit::servers::{ROLLOUT, Server, condition_of, secret};
use kit::upstream::Children;
use kit::{Cluster, Operator, TestNamespace, eventually};
use kube::api::{DeleteParams, ListParams, PostParams};
use kube::{Api, Resource, ResourceExt as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const NAME: &str = "chatcli";
const IMAGE: &str = "ghcr.io/diillson/chatcli:latest";

async fn alone() -> Result<(Cluster, Turn)> {
    let cluster = Cluster::start().await?;
    let turn = Turn::take(&cluster).await?;
    install(cluster.connection()).await?;
    Ok((cluster, turn))
}

/// What exists of one kind, as JSON, by kind and name.
async fn all_of<K>(namespace: &TestNamespace, found: &mut BTreeMap<String, Value>) -> Result<()>
where
    K: Resource<Scope = k8s_openapi::NamespaceResourceScope, DynamicType = ()> + Clone + std::fmt::Debug,
    K: Serialize + DeserializeOwned,
{
    for object in namespace.api::<K>().list(&ListParams::default()).await?.items {
        let is_theirs = object.name_any() == "kube-root-ca.crt" || object.name_any() == "default";
        if !is_theirs {
            found.insert(format!("{}/{}", K::kind(&()), object.name_any()), json!(object));
        }
    }
    Ok(())
}

async fn everything(namespace: &TestNamespace) -> Result<BTreeMap<String, Value>> {
    let mut found = BTreeMap::new();
    all_of::<ServiceAccount>(namespace, &mut found).await?;
    all_of::<Role>(namespace, &mut found).await?;
    all_of::<RoleBinding>(namespace, &mut found).await?;
    all_of::<ConfigMap>(namespace, &mut found).await?;
    all_of::<Secret>(namespace, &mut found).await?;
    all_of::<PersistentVolumeClaim>(namespace, &mut found).await?;
    all_of::<Service>(namespace, &mut found).await?;
    all_of::<Deployment>(namespace, &mut found).await?;
    Ok(found)
}

async fn identities(namespace: &TestNamespace) -> Result<BTreeMap<String, Value>> {
    let mut found = everything(namespace).await?;
    all_of::<Pod>(namespace, &mut found).await?;
    Ok(found.into_iter().map(|(place, object)| (place, object["metadata"]["uid"].clone())).collect())
}

/// A volume for the claim of a server, of a class named as the namespace.
async fn volume(namespace: &TestNamespace) -> Result<Api<PersistentVolume>> {
    let volumes: Api<PersistentVolume> = Api::all(namespace.client());
    let volume = json!({
        "metadata": { "name": namespace.name() },
        "spec": {
            "capacity": { "storage": "1Mi" }, "accessModes": ["ReadWriteOnce"], "storageClassName": namespace.name(),
            "persistentVolumeReclaimPolicy": "Retain",
            "hostPath": { "path": format!("/var/tmp/{}", namespace.name()), "type": "DirectoryOrCreate" },
        },
    });
    volumes.create(&PostParams::default(), &serde_json::from_value(volume)?).await?;
    Ok(volumes)
}

/// Everything upstream's operator makes for an Instance with a watcher, sessions, a token and MCP servers, and its pod runs.
async fn left_by_upstream(namespace: &TestNamespace) -> Result<()> {
    let children = Children::of(namespace, NAME).await?;
    let labels = children.labels();
    children.make::<ServiceAccount>("", json!({})).await?;
    let rules = json!([
        { "apiGroups": [""], "resources": ["pods", "pods/log", "events", "services", "endpoints"], "verbs": ["get", "list", "watch"] },
        { "apiGroups": [""], "resources": ["nodes"], "verbs": ["get", "list", "watch"] },
    ]);
    children.make::<Role>("-watcher", json!({ "rules": rules })).await?;
    let account = json!({ "kind": "ServiceAccount", "name": NAME, "namespace": namespace.name() });
    let role = json!({ "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "chatcli-watcher" });
    children.make::<RoleBinding>("-watcher", json!({ "roleRef": role, "subjects": [account] })).await?;
    let env = json!({
        "LLM_PROVIDER": "OLLAMA", "CHATCLI_WATCH_DEPLOYMENT": "", "CHATCLI_WATCH_NAMESPACE": "", "FROM_UPSTREAM": "yes",
    });
    children.make::<ConfigMap>("", json!({ "data": env })).await?;
    let mcp =
        r#"{"mcpServers":[{"name":"files","transport":"stdio","command":"files","env":{"TOKEN":"t"},"enabled":true}]}"#;
    children.make::<ConfigMap>("-mcp", json!({ "data": { "mcp_servers.json": mcp } })).await?;
    let watch =
        format!("targets:\n  - deployment: \"web\"\n    kind: \"Deployment\"\n    namespace: {:?}\n", namespace.name());
    children.make::<ConfigMap>("-watch-config", json!({ "data": { "watch-config.yaml": watch } })).await?;
    // The class is what admission writes in where the Instance names none.
    let claim = json!({
        "accessModes": ["ReadWriteOnce"], "storageClassName": namespace.name(),
        "resources": { "requests": { "storage": "1Mi" } },
    });
    children.make::<PersistentVolumeClaim>("-sessions", json!({ "spec": claim })).await?;
    let ports = json!([
        { "name": "grpc", "port": 50051, "targetPort": "grpc", "protocol": "TCP" },
        { "name": "metrics", "port": 9090, "targetPort": "metrics", "protocol": "TCP" },
    ]);
    children
        .make::<Service>("", json!({ "spec": { "type": "ClusterIP", "selector": labels, "ports": ports } }))
        .await?;
    let optional = |variable: &str, name: &str, key: &str| json!({ "name": variable, "valueFrom": { "secretKeyRef": { "name": name, "key": key, "optional": true } } });
    let mounts = json!([
        { "name": "tmp", "mountPath": "/tmp" },
        { "name": "data", "mountPath": "/home/chatcli/.chatcli" },
        { "name": "sessions", "mountPath": "/home/chatcli/.chatcli/sessions" },
        { "name": "watch-config", "mountPath": "/etc/chatcli/watch", "readOnly": true },
        { "name": "mcp-config", "mountPath": "/etc/chatcli/mcp", "readOnly": true },
    ]);
    let volumes = json!([
        { "name": "tmp", "emptyDir": { "sizeLimit": "100Mi" } },
        { "name": "data", "emptyDir": { "sizeLimit": "200Mi" } },
        { "name": "sessions", "persistentVolumeClaim": { "claimName": "chatcli-sessions" } },
        { "name": "watch-config", "configMap": { "name": "chatcli-watch-config" } },
        { "name": "mcp-config", "configMap": { "name": "chatcli-mcp" } },
    ]);
    let container = json!({
        "name": NAME, "image": IMAGE, "imagePullPolicy": "IfNotPresent", "command": ["chatcli", "server"],
        "args": [
            "--port", "50051", "--metrics-port", "9090", "--provider", "OLLAMA",
            "--mcp-config", "/etc/chatcli/mcp/mcp_servers.json", "--watch-config", "/etc/chatcli/watch/watch-config.yaml",
        ],
        "ports": [{ "name": "grpc", "containerPort": 50051 }, { "name": "metrics", "containerPort": 9090 }],
        "envFrom": [{ "configMapRef": { "name": NAME, "optional": true } }],
        "env": [{ "name": "HOME", "value": "/home/chatcli" }, optional("CHATCLI_SERVER_TOKEN", "auth", "token")],
        "volumeMounts": mounts,
        "securityContext": {
            "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": { "drop": ["ALL"] },
        },
    });
    let profile = json!({ "runAsNonRoot": true, "runAsUser": 1000, "seccompProfile": { "type": "RuntimeDefault" } });
    let pod = json!({
        "serviceAccountName": NAME, "securityContext": profile, "containers": [container], "volumes": volumes,
    });
    let hashes =
        json!({ "chatcli.io/watch-config-hash": "0123456789abcdef", "chatcli.io/configmap-hash": "0123456789abcdef" });
    let template = json!({ "metadata": { "labels": labels, "annotations": hashes }, "spec": pod });
    let deployment = json!({ "replicas": 1, "selector": { "matchLabels": labels }, "template": template });
    children.make::<Deployment>("", json!({ "spec": deployment })).await?;
    eventually(&namespace.api::<Deployment>(), ROLLOUT, "the earlier server runs", |seen| {
        (seen.named(NAME)?.status.as_ref()?.ready_replicas == Some(1)).then_some(())
    })
    .await;
    children.are_ready().await
}

#[tokio::test]
async fn what_upstream_made_for_an_instance_is_taken_over_in_place() -> Result<()> {
    let (cluster, _turn) = alone().await?;
    let namespace = TestNamespace::create(cluster.connection(), "takeover", None).await?;
    let volumes = volume(&namespace).await?;
    let files = json!({ "name": "files", "transport": "stdio", "command": "files", "env": { "TOKEN": "t" } });
    let spec = json!({
        "provider": "OLLAMA",
        "server": { "token": { "name": "auth", "key": "token" } },
        "persistence": { "enabled": true, "size": "1Mi" },
        "watcher": { "enabled": true, "targets": [{ "name": "web", "namespace": namespace.name() }] },
        "mcp": { "enabled": true, "servers": [files] },
    });
    let server = Server::named(&namespace, NAME, spec);
    secret(&namespace, "auth", &[("token", "a-token")]).await?;
    server.ask().await?;
    left_by_upstream(&namespace).await?;
    server.grant().await?;
    let before = identities(&namespace).await?;

    let operator = Operator::start(cluster.connection(), &Options::default()).await?;
    operator.leads(&cluster.client()).await?;
    server.is_ready().await;
    server.says(conditions::ADOPTED, "True", "KeptAsFound").await;
    server.says(conditions::RECONCILED, "True", "UpToDate").await;
    let after = identities(&namespace).await?;
    for (place, uid) in &before {
        assert_eq!(after.get(place), Some(uid), "{place} was made again, or taken away");
    }
    assert_eq!(server.rollouts().await?, 1, "nothing was restarted");
    let claim = namespace.api::<PersistentVolumeClaim>().get("chatcli-sessions").await?;
    assert_eq!(claim.owner_references(), [], "the sessions outlive the Instance from now on");
    assert_eq!(claim.spec.context("a spec")?.storage_class_name.as_deref(), Some(namespace.name()));
    let config = namespace.api::<ConfigMap>().get(NAME).await?;
    assert!(!config.data.unwrap_or_default().contains_key("FROM_UPSTREAM"), "what upstream wrote is ours to take away");

    // The first change brings the pods up to date: one rollout, and nothing but the pods is new.
    server.edit(json!({ "model": "llama" })).await?;
    server.says(conditions::ADOPTED, "False", "Renewed").await;
    server.settled().await;
    server.is_ready().await;
    eventually(&namespace.api::<ConfigMap>(), ROLLOUT, "no token in a ConfigMap any more", |seen| {
        seen.named("chatcli-mcp").is_none().then_some(())
    })
    .await;
    assert_eq!(server.rollouts().await?, 2);
    let renewed = identities(&namespace).await?;
    let stays = |place: &str| !place.starts_with("Pod/") && place != "ConfigMap/chatcli-mcp";
    for (place, uid) in before.iter().filter(|(place, _)| stays(place)) {
        assert_eq!(renewed.get(place), Some(uid), "{place} was made again, or taken away");
    }
    let live = server.deployment().await?;
    let managers_now: Vec<_> =
        live.metadata.managed_fields.into_iter().flatten().filter_map(|entry| entry.manager).collect();
    assert!(managers_now.iter().any(|name| name == managers::INSTANCE), "{managers_now:?}");
    assert!(managers_now.iter().all(|name| name != "manager"), "{managers_now:?}");
    let status = server.live().await?.status.context("a status")?;
    assert!(condition_of(&status, conditions::AVAILABLE).is_some_and(|now| now.message == "1/1 pods ready"));

    namespace.api::<Instance>().delete(NAME, &DeleteParams::default()).await?;
    eventually(&namespace.api::<Instance>(), ROLLOUT, "the Instance is gone", |seen| seen.is_empty().then_some(()))
        .await;
    assert!(namespace.api::<PersistentVolumeClaim>().get_opt("chatcli-sessions").await?.is_some(), "sessions are kept");
    operator.stop().await?;
    drop(volumes.delete(namespace.name(), &DeleteParams::default()).await?);
    Ok(())
}

/// A server that asks for a bit of everything.
fn first_wish(namespace: &TestNamespace) -> Value {
    json!({
        "provider": "OLLAMA",
        "server": { "token": { "name": "auth", "key": "token" } },
        "watcher": { "enabled": true, "targets": [{ "name": "web", "namespace": namespace.name() }] },
        "mcp": { "enabled": true, "servers": [{ "name": "files", "transport": "stdio", "command": "files" }] },
    })
}

/// Another model, two pods, and no watcher or MCP servers any more: fields change, a number does, and children are taken away.
fn second_wish() -> Value {
    json!({ "model": "llama", "replicas": 2, "watcher": { "enabled": false }, "mcp": null })
}

/// Everything that was asked for is there, nothing else is, and the status says so.
async fn is_as_asked(server: &Server<'_>, namespace: &TestNamespace) {
    server.is_ready().await;
    server.settled().await;
    let wish = server.live().await.ok();
    let watches = wish
        .as_ref()
        .is_some_and(|live| live.spec.watcher.as_ref().is_some_and(|watcher| watcher.enabled == Some(true)));
    eventually(&namespace.api::<ConfigMap>(), ROLLOUT, "exactly the ConfigMaps that are wanted", |seen| {
        let wanted = if watches { 3 } else { 1 };
        (seen.all().filter(|map| map.name_any() != "kube-root-ca.crt").count() == wanted).then_some(())
    })
    .await;
    let what = "the status tells of the pods of now";
    eventually(&namespace.api::<Instance>(), ROLLOUT, what, |seen| {
        let live = seen.named(NAME)?;
        let (spec, status) = (&live.spec, live.status.as_ref()?);
        let wanted = spec.replicas.unwrap_or(1);
        (status.replicas == wanted && status.ready_replicas == wanted).then_some(())
    })
    .await;
}

/// Far more than the writes of one server: an operator that never ends would pass else.
const MOST_WRITES: usize = 60;

/// The objects without what differs from namespace to namespace and from run to run.
async fn outcome(namespace: &TestNamespace) -> Result<BTreeMap<String, Value>> {
    let mut found = everything(namespace).await?;
    for object in found.values_mut() {
        let metadata = object["metadata"].take();
        let mut notes = metadata["annotations"].clone();
        if let Some(notes) = notes.as_object_mut() {
            notes.remove(annotations::APPLIED);
            notes.remove("deployment.kubernetes.io/revision");
        }
        let own: Vec<&Value> =
            metadata["ownerReferences"].as_array().into_iter().flatten().map(|owner| &owner["name"]).collect();
        object["metadata"] = json!({ "labels": metadata["labels"], "annotations": notes, "owners": own });
        for field in ["status", "secrets"] {
            object[field].take();
        }
        let spec = &mut object["spec"];
        if spec.is_object() {
            spec["clusterIP"] = json!(spec["clusterIP"] == "None");
            spec["clusterIPs"].take();
        }
        // Salted with the namespace.
        if let Some(digest) = spec.pointer_mut("/template/metadata/annotations/chatcli.io~1token-hash") {
            *digest = json!(digest.is_string());
        }
    }
    let text = serde_json::to_string(&found)?.replace(namespace.name(), "NAMESPACE");
    Ok(serde_json::from_str(&text)?)
}

async fn asked(namespace: &TestNamespace) -> Result<Server<'_>> {
    let server = Server::named(namespace, NAME, first_wish(namespace));
    secret(namespace, "auth", &[("token", "a-token")]).await?;
    server.grant().await?;
    server.ask().await?;
    Ok(server)
}

#[tokio::test]
async fn killed_after_each_write_a_server_ends_as_if_its_operator_had_never_died() -> Result<()> {
    let (cluster, _turn) = alone().await?;
    let run = Disturbed::from_now_on(&cluster, TestNamespace::create(cluster.connection(), "mortal", None).await?)?;
    let mortal = &run.namespace;
    let server = asked(mortal).await?;
    let asked_for = async || {
        is_as_asked(&server, mortal).await;
        true
    };
    let building = run.dying_of_each_write(MOST_WRITES, &asked_for, async || Ok(())).await?;
    server.edit(second_wish()).await?;
    let changing = run.dying_of_each_write(MOST_WRITES, &asked_for, async || Ok(())).await?;
    kit::say(&format!("killed {building} times while it was made and {changing} times while it was changed"));
    assert!(building >= 10 && changing >= 6, "{building} and {changing}");

    let quiet = TestNamespace::create(cluster.connection(), "quiet", None).await?;
    let undisturbed = asked(&quiet).await?;
    let operator = Operator::start(cluster.connection(), &Options::default()).await?;
    operator.leads(&cluster.client()).await?;
    is_as_asked(&undisturbed, &quiet).await;
    undisturbed.edit(second_wish()).await?;
    is_as_asked(&undisturbed, &quiet).await;
    // No field of a child, but a new generation: that it was observed says that everything was looked at, and put right if it was not.
    server.edit(json!({ "aiops": { "maxRemediationAttempts": 3 } })).await?;
    is_as_asked(&server, mortal).await;
    operator.still_runs()?;
    assert_eq!(server.rollouts().await?, undisturbed.rollouts().await?, "no death is a rollout");
    assert_eq!(outcome(mortal).await?, outcome(&quiet).await?);
    operator.stop().await?;
    Ok(())
}

/// Rights in other namespaces do not go with their owner: that part of a deletion is the operator's work.
#[tokio::test]
async fn killed_after_each_write_a_deletion_still_takes_the_rights_elsewhere_back() -> Result<()> {
    let (cluster, _turn) = alone().await?;
    let elsewhere = TestNamespace::create(cluster.connection(), "watched", None).await?;
    let run = Disturbed::from_now_on(&cluster, TestNamespace::adopt(cluster.connection(), OPERATOR_NAMESPACE)?)?;
    let name = elsewhere.name();
    let targets = json!([{ "name": "web", "namespace": elsewhere.name() }]);
    let wish = json!({ "provider": "OLLAMA", "watcher": { "enabled": true, "targets": targets } });
    let server = Server::named(&run.namespace, name, wish);
    server.ask().await?;
    let operator = Operator::start(cluster.connection(), &Options::default()).await?;
    operator.leads(&cluster.client()).await?;
    let bindings = elsewhere.api::<RoleBinding>();
    let owner = format!("{OPERATOR_NAMESPACE}/{name}");
    let is_the_servers = |binding: &&RoleBinding| binding.annotations().get(annotations::INSTANCE) == Some(&owner);
    eventually(&bindings, ROLLOUT, "it may watch elsewhere", |seen| seen.all().find(is_the_servers).map(drop)).await;
    // Here and in the cluster as a whole: an operator that ends before it wrote all of it would leave less to take back.
    let instances = run.namespace.api::<Instance>();
    eventually(&instances, ROLLOUT, "everything it needs is written", |seen| {
        let conditions = &seen.named(name)?.status.as_ref()?.conditions;
        conditions.iter().any(|it| it.type_ == conditions::RECONCILED && it.status == "True").then_some(())
    })
    .await;
    operator.stop().await?;

    instances.delete(name, &DeleteParams::default()).await?;
    let is_gone = async || {
        eventually(&instances, ROLLOUT, "no Instance", |seen| seen.named(name).is_none().then_some(())).await;
        true
    };
    let deaths = run.dying_of_each_write(MOST_WRITES, &is_gone, async || Ok(())).await?;
    kit::say(&format!("killed {deaths} times while it was deleted"));
    assert!(deaths >= 3, "two bindings, then the word that holds the Instance: {deaths}");
    let left = bindings.list(&ListParams::default()).await?.items;
    assert_eq!(left.iter().filter(is_the_servers).count(), 0, "rights elsewhere are taken back");
    Ok(())
}
