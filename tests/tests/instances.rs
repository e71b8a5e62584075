//! ChatCLI servers: asked for, reached, changed, adopted, and gone without a trace.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use common::api::keys::{conditions, managers};
use common::api::{Anomaly, ChatCLIInstance, Instance, SignalType};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, PersistentVolumeClaim, Pod, Service, ServiceAccount};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use kit::incidents::SOON;
use kit::installation::operator_user;
use kit::servers::{ROLLOUT, Server, certificate, certificate_made, condition_of, secret};
use kit::{App, Cluster, Operator, TestNamespace, eventually};
use kube::ResourceExt as _;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams, PostParams};
use operator::llm::chatcli::{Access, Balanced, Target};
use serde_json::{Value, json};

async fn place(purpose: &str) -> Result<(Cluster, TestNamespace)> {
    let cluster = Cluster::start().await?;
    Operator::shared(&cluster).await?;
    let namespace = TestNamespace::create(cluster.connection(), purpose, None).await?;
    Ok((cluster, namespace))
}

#[tokio::test]
async fn the_published_sample_without_tls_serves_and_is_reached() -> Result<()> {
    let (_cluster, namespace) = place("sample").await?;
    let server = Server::named(&namespace, "chatcli-simple", json!({ "provider": "OLLAMA" }));
    server.ask().await?;
    let instance = server.is_ready().await;
    let status = instance.status.context("a status")?;
    assert!(status.ready, "for clients that know nothing of conditions");
    let reachable = condition_of(&status, conditions::REACHABLE).context("Reachable")?;
    assert_eq!(reachable.reason, "AnswersInPlainText");
    Ok(())
}

/// Each is applied as it is written, in a namespace of its own, so that equal names do not meet.
#[tokio::test]
async fn every_instance_of_the_documentation_serves_once_it_has_what_it_names() -> Result<()> {
    let (cluster, _first) = place("documented").await?;
    let folder = kit::place::repository().join("tests/fixtures/seeds");
    let mut documents = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with("-instance") {
            let document: Value = serde_saphyr::from_str(&std::fs::read_to_string(&path)?)?;
            documents.push((name, document));
        }
    }
    assert!(documents.len() >= 7, "{}", documents.len());
    for (file, document) in documents {
        let namespace = TestNamespace::create(cluster.connection(), "documented", None).await?;
        let name = document["metadata"]["name"].as_str().context("a name")?.to_owned();
        let server = Server::named(&namespace, &name, document["spec"].clone());
        server.ask().await?;
        let names = |field: &str| !document["spec"][field].is_null();
        if names("apiKeys") {
            // What is known to be absent is told before what may not be looked at.
            let reason = if names("agents") { "ConfigMapMissing" } else { "SecretAccessMissing" };
            server.says(conditions::READY, "False", reason).await;
        }
        server.grant().await?;
        if names("apiKeys") {
            server.says(conditions::READY, "False", "SecretMissing").await;
        }
        server.provide().await?;
        // No storage is provisioned on this cluster and the plugins' image is nobody's: what is left to provide is named.
        let missing = if document["spec"]["persistence"]["enabled"] == true {
            if document["spec"]["replicas"] == 2 { "NeedsReadWriteMany" } else { "ClaimPending" }
        } else if !document["spec"]["plugins"].is_null() {
            "DeploymentNotReady"
        } else {
            server.is_ready().await;
            kit::say(&format!("{file} serves"));
            continue;
        };
        let told = server.says(conditions::READY, "False", missing).await;
        kit::say(&format!("{file}: {}", told.message));
    }
    Ok(())
}

#[tokio::test]
async fn each_wrong_certificate_is_named_and_healed_by_a_right_one() -> Result<()> {
    let (_cluster, namespace) = place("certificates").await?;
    let tls = json!({ "enabled": true, "secretName": "chatcli-tls" });
    let token = json!({ "name": "auth", "key": "token" });
    let spec = json!({ "provider": "OLLAMA", "server": { "tls": tls, "token": token } });
    let server = Server::named(&namespace, "chatcli-prod", spec);
    server.grant().await?;
    server.ask().await?;
    secret(&namespace, "auth", &[("token", "a-token")]).await?;
    server.says(conditions::READY, "False", "SecretMissing").await;

    let right = certificate(&server.host())?;
    let other = certificate("somebody.else")?;
    // Nothing runs yet, so a key that does not fit starts nothing.
    secret(&namespace, "chatcli-tls", &[right[0].clone(), other[1].clone(), right[2].clone()]).await?;
    server.says(conditions::REFERENCES_RESOLVED, "False", "KeyMismatch").await;
    secret(&namespace, "chatcli-tls", &right).await?;
    let ready = server.is_ready().await;
    let reachable =
        condition_of(ready.status.as_ref().context("status")?, conditions::REACHABLE).context("Reachable")?;
    assert_eq!(reachable.reason, "Answers");

    let yesterday = Timestamp::now() - SignedDuration::from_hours(48);
    for (wrong, reason) in [
        (other.clone(), "CertificateNameMismatch"),
        (vec![right[0].clone(), right[1].clone()], "NoAuthority"),
        (vec![right[0].clone(), right[1].clone(), other[2].clone()], "UnknownAuthority"),
        (certificate_made(&server.host(), yesterday)?, "CertificateExpired"),
    ] {
        replace_secret(&namespace, "chatcli-tls", &wrong).await?;
        let told = server.says(conditions::REACHABLE, "False", reason).await;
        kit::say(&format!("{reason}: {}", told.message));
        replace_secret(&namespace, "chatcli-tls", &right).await?;
        server.says(conditions::REACHABLE, "True", "Answers").await;
    }

    // A running server is not restarted into a certificate it cannot load.
    let before = server.settled().await.metadata.generation;
    replace_secret(&namespace, "chatcli-tls", &[right[0].clone(), other[1].clone(), right[2].clone()]).await?;
    server.says(conditions::READY, "False", "KeyMismatch").await;
    assert_eq!(server.deployment().await?.metadata.generation, before);
    Ok(())
}

/// All keys at once: what the other Secret had and this has not is gone.
async fn replace_secret(namespace: &TestNamespace, name: &str, data: &[(&'static str, String)]) -> Result<()> {
    let api = namespace.api::<k8s_openapi::api::core::v1::Secret>();
    let mut live = api.get(name).await?;
    live.data = Some(
        data.iter()
            .map(|(key, value)| ((*key).to_owned(), k8s_openapi::ByteString(value.clone().into_bytes())))
            .collect(),
    );
    api.replace(name, &PostParams::default(), &live).await?;
    Ok(())
}

#[tokio::test]
async fn each_referenced_object_that_changes_is_one_rollout() -> Result<()> {
    let (_cluster, namespace) = place("rollouts").await?;
    let spec = json!({
        "provider": "OPENAI",
        "apiKeys": { "name": "keys" },
        "server": { "token": { "name": "auth", "key": "token" } },
        "agents": { "configMapRef": "agents" },
    });
    let server = Server::named(&namespace, "chatcli", spec);
    server.grant().await?;
    server.provide().await?;
    server.ask().await?;
    server.is_ready().await;
    server.settled().await;
    assert_eq!(server.rollouts().await?, 1, "the first start is one, whatever came late");
    for round in 1..=3 {
        match round {
            1 => secret(&namespace, "keys", &[("OPENAI_API_KEY", "another")]).await?,
            2 => secret(&namespace, "auth", &[("token", "another")]).await?,
            _ => kit::app::apply_config(&namespace, "agents", &[("reviewer.md", "# another")]).await?,
        }
        let what = "the change rolls the pods";
        eventually(&namespace.api::<Deployment>(), ROLLOUT, what, |seen| {
            let generation = seen.named("chatcli")?.metadata.generation?;
            usize::try_from(generation).is_ok_and(|now| now > round).then_some(())
        })
        .await;
        server.settled().await;
        assert_eq!(server.rollouts().await?, round + 1);
    }
    server.is_ready().await;
    Ok(())
}

#[tokio::test]
async fn what_others_added_stays_and_an_idle_server_costs_no_write() -> Result<()> {
    let (cluster, namespace) = place("idle").await?;
    let server = Server::named(&namespace, "chatcli", json!({ "provider": "OLLAMA" }));
    server.ask().await?;
    server.is_ready().await;
    let annotate =
        |value: &str| Patch::Merge(json!({ "metadata": { "annotations": { "eks.amazonaws.com/role-arn": value } } }));
    namespace.api::<ServiceAccount>().patch("chatcli", &PatchParams::default(), &annotate("arn")).await?;
    namespace
        .apply(json!({
            "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": { "name": "chatcli" },
            "spec": { "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "Deployment", "name": "chatcli" }, "minReplicas": 2, "maxReplicas": 3 },
        }))
        .await?;
    let by_hand = Patch::Strategic(json!({ "spec": { "template": {
        "metadata": { "annotations": { "kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z" } },
        "spec": { "containers": [{ "name": "mesh", "image": cluster.app_image()?, "args": ["--listen=:18080"] }] },
    } } }));
    namespace.api::<Deployment>().patch("chatcli", &PatchParams::default(), &by_hand).await?;
    eventually(&namespace.api::<Deployment>(), ROLLOUT, "the autoscaler's number", |seen| {
        (seen.named("chatcli")?.spec.as_ref()?.replicas == Some(2)).then_some(())
    })
    .await;
    server.settled().await;
    server.is_ready().await;

    let audit = cluster.audit_log()?;
    let mark = audit.mark()?;
    for round in 0..100 {
        let nudge = Patch::Merge(json!({ "metadata": { "annotations": { "test/round": round.to_string() } } }));
        namespace.api::<Instance>().patch("chatcli", &PatchParams::default(), &nudge).await?;
    }
    // What comes after it was seen by an operator that had seen all of them.
    server.edit(json!({ "model": "another" })).await?;
    eventually(&namespace.api::<Deployment>(), ROLLOUT, "the model is rolled out", |seen| {
        let template = &seen.named("chatcli")?.spec.as_ref()?.template;
        let container = template.spec.as_ref()?.containers.iter().find(|container| container.name == "chatcli")?;
        container.args.as_ref()?.contains(&"another".to_owned()).then_some(())
    })
    .await;
    let writes = audit.writes_of(&operator_user(), mark)?;
    let writes: Vec<_> = writes
        .iter()
        .filter(|write| write.object_ref.namespace == namespace.name() && write.object_ref.resource != "events")
        .map(|write| {
            format!("{}/{}/{}", write.object_ref.resource, write.object_ref.name, write.object_ref.subresource)
        })
        .collect();
    // The environment, the pods; then the status of the rollout. None of the 100 looks wrote anything.
    let children: Vec<_> = writes.iter().filter(|write| !write.ends_with("/status")).cloned().collect();
    assert_eq!(children, ["configmaps/chatcli/", "deployments/chatcli/"], "{writes:?}");

    let live = server.deployment().await?;
    let spec = live.spec.context("a spec")?;
    assert_eq!(spec.replicas, Some(2), "the autoscaler's");
    let template = spec.template;
    assert!(
        template
            .metadata
            .unwrap_or_default()
            .annotations
            .unwrap_or_default()
            .contains_key("kubectl.kubernetes.io/restartedAt")
    );
    assert_eq!(template.spec.context("pods")?.containers.len(), 2, "the sidecar");
    let account = namespace.api::<ServiceAccount>().get("chatcli").await?;
    assert_eq!(account.annotations().get("eks.amazonaws.com/role-arn").map(String::as_str), Some("arn"));
    Ok(())
}

#[tokio::test]
async fn no_call_fails_while_replicas_come_and_go() -> Result<()> {
    let (_cluster, namespace) = place("stream").await?;
    let server = Server::named(&namespace, "chatcli", json!({ "provider": "OLLAMA" }));
    server.ask().await?;
    server.is_ready().await;
    let balanced = Arc::new(Balanced::new(Access { trust: None, token: None }));
    balanced.follow(&endpoints(&namespace).await?);
    let ending = Arc::new(AtomicBool::new(false));
    let calls = tokio::spawn(call_until(Arc::clone(&balanced), Arc::clone(&ending)));
    let following = tokio::spawn(follow(namespace.client(), namespace.name().to_owned(), Arc::clone(&balanced)));
    for replicas in [3, 1] {
        server.edit(json!({ "replicas": replicas })).await?;
        eventually(&namespace.api::<Deployment>(), ROLLOUT, "the replicas asked for", |seen| {
            (seen.named("chatcli")?.spec.as_ref()?.replicas == Some(replicas)).then_some(())
        })
        .await;
        server.settled().await;
        eventually(&namespace.api::<Pod>(), ROLLOUT, "no pod is ending", |seen| {
            let own: Vec<_> =
                seen.all().filter(|pod| pod.labels().contains_key("app.kubernetes.io/instance")).collect();
            (own.len() == usize::try_from(replicas).unwrap_or(0)).then_some(())
        })
        .await;
    }
    ending.store(true, Ordering::Relaxed);
    let (made, failed) = calls.await?;
    following.abort();
    kit::say(&format!("{made} calls"));
    assert_eq!(failed, Vec::<String>::new());
    assert!(made > 100, "{made}");
    Ok(())
}

async fn call_until(balanced: Arc<Balanced>, ending: Arc<AtomicBool>) -> (usize, Vec<String>) {
    let (mut made, mut failed) = (0, Vec::new());
    while !ending.load(Ordering::Relaxed) {
        let answer = balanced
            .call(
                proto::GetAlertsRequest::default(),
                |mut client, request| async move { client.get_alerts(request).await },
            )
            .await;
        made += 1;
        failed.extend(answer.err().map(|status| format!("{status:?}")));
        // A pace, not a wait: some hundred calls a second are a stream.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    (made, failed)
}

async fn endpoints(namespace: &TestNamespace) -> Result<Vec<Target>> {
    let slices = namespace.api::<EndpointSlice>().list(&ListParams::default()).await?;
    Ok(ready(slices.items.iter()))
}

async fn follow(client: kube::Client, namespace: String, balanced: Arc<Balanced>) {
    let api: kube::Api<EndpointSlice> = kube::Api::namespaced(client, &namespace);
    let _: Result<(), _> =
        kit::watching::watch_until(&api, tokio::time::Instant::now() + Duration::from_secs(3600), |seen| {
            balanced.follow(&ready(seen.all()));
            None
        })
        .await;
}

fn ready<'a>(slices: impl Iterator<Item = &'a EndpointSlice>) -> Vec<Target> {
    let slices =
        slices.filter(|slice| slice.labels().get("kubernetes.io/service-name").is_some_and(|name| name == "chatcli"));
    let endpoints = slices.flat_map(|slice| &slice.endpoints);
    let ready = endpoints
        .filter(|endpoint| endpoint.conditions.as_ref().and_then(|conditions| conditions.ready) != Some(false));
    let addresses: BTreeSet<&String> = ready.flat_map(|endpoint| &endpoint.addresses).collect();
    addresses.into_iter().filter_map(|ip| Some(Target::Pod(format!("{ip}:50051").parse().ok()?))).collect()
}

#[tokio::test]
async fn deletion_leaves_nothing_but_the_sessions() -> Result<()> {
    let (_cluster, namespace) = place("deletion").await?;
    let persistence = json!({ "enabled": true, "size": "1Mi" });
    let spec = json!({ "provider": "OLLAMA", "persistence": persistence, "watcher": { "enabled": true, "targets": [{ "name": "web", "namespace": namespace.name() }] } });
    let server = Server::named(&namespace, "chatcli", spec);
    server.ask().await?;
    server.says(conditions::READY, "False", "ClaimPending").await;
    namespace.api::<Instance>().delete("chatcli", &DeleteParams::default()).await?;
    eventually(&namespace.api::<Deployment>(), ROLLOUT, "no Deployment", |seen| seen.is_empty().then_some(())).await;
    eventually(&namespace.api::<Service>(), ROLLOUT, "no Service", |seen| seen.is_empty().then_some(())).await;
    eventually(&namespace.api::<ConfigMap>(), ROLLOUT, "no ConfigMap", |seen| {
        seen.all().all(|map| map.name_any() == "kube-root-ca.crt").then_some(())
    })
    .await;
    let claims = namespace.api::<PersistentVolumeClaim>().list(&ListParams::default()).await?;
    assert_eq!(claims.items.iter().map(kube::ResourceExt::name_any).collect::<Vec<_>>(), ["chatcli-sessions"]);
    Ok(())
}

/// What an upstream operator leaves behind: written whole, by Update, under its own manager.
async fn upstream_children(namespace: &TestNamespace, owner: &Value, image: &str) -> Result<()> {
    let labels = json!({
        "app.kubernetes.io/name": "chatcli", "app.kubernetes.io/instance": "chatcli", "app.kubernetes.io/managed-by": "chatcli-operator",
    });
    let metadata = |name: &str| json!({ "name": name, "namespace": namespace.name(), "labels": labels, "ownerReferences": [owner] });
    let manager = PostParams { field_manager: Some("manager".to_owned()), ..PostParams::default() };
    let account = json!({ "metadata": metadata("chatcli") });
    namespace.api::<ServiceAccount>().create(&manager, &serde_json::from_value(account)?).await?;
    let config =
        json!({ "metadata": metadata("chatcli"), "data": { "LLM_PROVIDER": "OLLAMA", "FROM_UPSTREAM": "yes" } });
    namespace.api::<ConfigMap>().create(&manager, &serde_json::from_value(config)?).await?;
    let ports = json!([{ "name": "grpc", "port": 50051, "targetPort": "grpc" }]);
    let service =
        json!({ "metadata": metadata("chatcli"), "spec": { "clusterIP": "None", "selector": labels, "ports": ports } });
    namespace.api::<Service>().create(&manager, &serde_json::from_value(service)?).await?;
    let container = json!({
        "name": "chatcli", "image": image, "command": ["chatcli", "server"], "args": ["--port", "50051", "--metrics-port", "9090"],
        "ports": [{ "name": "grpc", "containerPort": 50051 }],
        "envFrom": [{ "configMapRef": { "name": "chatcli", "optional": true } }],
    });
    let template = json!({ "metadata": { "labels": labels }, "spec": { "serviceAccountName": "chatcli", "containers": [container] } });
    let deployment = json!({ "metadata": metadata("chatcli"), "spec": { "replicas": 1, "selector": { "matchLabels": labels }, "template": template } });
    namespace.api::<Deployment>().create(&manager, &serde_json::from_value(deployment)?).await?;
    eventually(&namespace.api::<Deployment>(), ROLLOUT, "the earlier server runs", |seen| {
        (seen.named("chatcli")?.status.as_ref()?.ready_replicas == Some(1)).then_some(())
    })
    .await;
    Ok(())
}

async fn identities(namespace: &TestNamespace) -> Result<Vec<Option<String>>> {
    let pods = namespace.api::<Pod>().list(&ListParams::default()).await?;
    let mut uids: Vec<_> = pods.items.iter().map(kube::ResourceExt::uid).collect();
    uids.push(namespace.api::<Deployment>().get("chatcli").await?.uid());
    uids.push(namespace.api::<Service>().get("chatcli").await?.uid());
    uids.push(namespace.api::<ServiceAccount>().get("chatcli").await?.uid());
    Ok(uids)
}

const IMAGE: &str = "ghcr.io/diillson/chatcli:latest";

#[tokio::test]
async fn a_legacy_object_is_adopted_in_place_and_gives_way_to_an_instance() -> Result<()> {
    let cluster = Cluster::start().await?;
    Operator::shared(&cluster).await?;
    let namespace = TestNamespace::create(cluster.connection(), "legacy", None).await?;
    let owner = json!({ "apiVersion": "v1", "kind": "ConfigMap", "name": "held", "uid": holder(&namespace).await? });
    upstream_children(&namespace, &owner, IMAGE).await?;
    let before = identities(&namespace).await?;

    let legacy = json!({
        "apiVersion": "chatcli.diillson.com/v1alpha1", "kind": "ChatCLIInstance",
        "metadata": { "name": "chatcli" }, "spec": { "provider": "OLLAMA" },
    });
    namespace.apply(legacy).await?;
    eventually(
        &namespace.api::<ChatCLIInstance>(),
        ROLLOUT,
        "the legacy object is ready and says what it keeps",
        |seen| {
            let status = seen.named("chatcli")?.status.as_ref()?;
            let kept = condition_of(status, conditions::ADOPTED)?;
            (status.ready && kept.status == "True" && condition_of(status, conditions::READY)?.status == "True")
                .then_some(())
        },
    )
    .await;
    assert_eq!(identities(&namespace).await?, before, "nothing was made again, nothing restarted");
    let config = namespace.api::<ConfigMap>().get("chatcli").await?;
    assert!(!config.data.unwrap_or_default().contains_key("FROM_UPSTREAM"), "what upstream wrote is ours to take away");

    let server = Server::named(&namespace, "chatcli", json!({ "provider": "OLLAMA" }));
    server.ask().await?;
    server.is_ready().await;
    eventually(&namespace.api::<ChatCLIInstance>(), ROLLOUT, "the legacy object gives way", |seen| {
        let status = seen.named("chatcli")?.status.as_ref()?;
        (condition_of(status, conditions::MIGRATED)?.status == "True").then_some(())
    })
    .await;
    assert_eq!(identities(&namespace).await?, before);

    // The first change brings the pods up to date: one rollout.
    server.edit(json!({ "model": "llama" })).await?;
    eventually(&namespace.api::<Deployment>(), ROLLOUT, "ours", |seen| {
        let container = &seen.named("chatcli")?.spec.as_ref()?.template.spec.as_ref()?.containers[0];
        container.readiness_probe.as_ref().map(|_| ())
    })
    .await;
    server.settled().await;
    assert_eq!(server.rollouts().await?, 2);
    let service = namespace.api::<Service>().get("chatcli").await?;
    assert_eq!(service.uid(), before[before.len() - 2], "an adopted Service keeps its kind of address");
    assert_eq!(service.spec.context("a spec")?.cluster_ip.as_deref(), Some("None"));
    let said = server.says(conditions::ADOPTED, "True", "KeptAsFound").await;
    assert!(said.message.starts_with("Service chatcli was found headless and stays so"), "{}", said.message);
    let managers_now: Vec<_> =
        service.metadata.managed_fields.unwrap_or_default().into_iter().filter_map(|entry| entry.manager).collect();
    assert!(
        managers_now.contains(&managers::INSTANCE.to_owned()) && !managers_now.contains(&"manager".to_owned()),
        "{managers_now:?}"
    );
    Ok(())
}

/// Owns what has no owner yet, so that the garbage collector leaves it alone.
async fn holder(namespace: &TestNamespace) -> Result<Option<String>> {
    kit::app::apply_config(namespace, "held", &[]).await?;
    Ok(namespace.api::<ConfigMap>().get("held").await?.uid())
}

#[tokio::test]
async fn a_servers_alert_is_taken_where_the_watches_have_no_say_and_nowhere_else() -> Result<()> {
    let (cluster, namespace) = place("alerts").await?;
    App::named("web", &cluster)?.running(&namespace).await?;
    let alert = |kind: &str, object: &str| {
        json!({ "type": kind, "severity": "WARNING", "message": "since yesterday", "object": object, "namespace": namespace.name(),
                "deployment": "web", "timestampUnix": Timestamp::now().as_second() })
    };
    // That it fails is not so: it is well, and that is seen. How many of its answers are errors, only the server knows.
    let answer =
        json!({ "alerts": [alert("DeploymentFailing", "Deployment/web"), alert("HighErrorRate", "Deployment/web")] });
    secret(&namespace, "answers", &[("CHATCLI_ANSWER_GetAlerts", &answer.to_string())]).await?;
    let server =
        Server::named(&namespace, "chatcli", json!({ "provider": "OLLAMA", "apiKeys": { "name": "answers" } }));
    server.grant().await?;
    server.ask().await?;
    server.is_ready().await;

    eventually(&namespace.api::<Anomaly>(), SOON, "what only the server knows is an anomaly of an incident", |seen| {
        let told = |anomaly: &&Anomaly| anomaly.spec.signal_type == SignalType::ErrorRate;
        seen.all().find(told)?.status.as_ref()?.issue_ref.clone()
    })
    .await;
    // Both came with one answer. On a busy machine the app may really be slow to answer its probe; that is not what the server said.
    let anomalies = namespace.api::<Anomaly>().list(&ListParams::default()).await?.items;
    let overruled = anomalies.iter().any(|anomaly| anomaly.spec.signal_type == SignalType::DeployFailing);
    assert!(!overruled, "what the watches see is not overruled");
    Ok(())
}
