//! A big cluster in which nothing happens, and then one mistake that a thousand pods share.
//!
//! On an API server without a node: the objects are as a kubelet and controllers would have written them, and nothing else writes. In:
//! release binaries. Out: the operator's memory over 5,000 pods and 10,000 of our objects, the plugin's times over 5,000 Issues and
//! 5,000 pods beside kubectl's in the same run, and what a storm of one cause costs.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use common::api::keys::GROUP;
use common::api::{Anomaly, Issue};
use futures::{StreamExt, TryStreamExt, stream};
use k8s_openapi::api::apps::v1::{Deployment, ReplicaSet};
use k8s_openapi::api::core::v1::{ConfigMap, Pod, ServiceAccount};
use kube::api::{ListParams, Patch, PatchParams, PostParams};
use kube::{Api, ResourceExt};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::Figures;
use super::idle::memory_of;
use crate::cluster::Cluster;
use crate::control_plane::ControlPlane;
use crate::incidents::cause_of;
use crate::installation::{install, operator_user};
use crate::namespace::TestNamespace;
use crate::operator::{Operator, Options};
use crate::plugin;
use crate::programs::Build;
use crate::watching::watch_until;

const PODS: usize = 5_000;
const PODS_EACH: usize = 50;
const ISSUES: usize = 5_000;
const ANOMALIES: usize = 5_000;
const FAILING: usize = 1_000;
/// Requests of ours at once.
const ABREAST: usize = 40;
const MIB: f64 = 1024.0 * 1024.0;

pub async fn measure(cluster: &Cluster, figures: &mut Figures) -> Result<()> {
    let control_plane = ControlPlane::start().await?;
    install(control_plane.connection()).await?;
    let namespace = TestNamespace::create(control_plane.connection(), "crowd", Some("observe")).await?;
    // no controller is there to make it, and no pod is admitted without
    let account = json!({ "metadata": { "name": "default" } });
    namespace.api::<ServiceAccount>().create(&PostParams::default(), &serde_json::from_value(account)?).await?;
    for workload in 0..PODS / PODS_EACH {
        Shape { name: format!("calm-{workload}"), pods: PODS_EACH, waits: None }.create(&namespace).await?;
    }
    old_incidents(&namespace).await?;

    let options = Options { build: Build::Release, log: "bench-crowd".to_owned(), quiet: true, ..Options::default() };
    let operator = Operator::start(control_plane.connection(), &options).await?;
    operator.leads(&control_plane.client()?).await?;
    // what comes with the first lists is over by then
    tokio::time::sleep(Duration::from_secs(30)).await;
    let resident = memory_of(operator.pid())?.get("Rss").copied().context("the kernel does not say")? / 1024.0;
    figures.add("5,000 pods and 10,000 objects of ours: resident memory", resident, "MiB", Some(64.0));

    over_many_issues(cluster, &control_plane, &namespace, figures)?;
    over_many_pods(cluster, &control_plane, figures)?;
    one_bad_config(&control_plane, &namespace, &operator, figures).await?;
    operator.still_runs()?;
    operator.stop().await?;
    Ok(())
}

/// A Deployment, its ReplicaSet and its pods, as the controllers would have made them.
struct Shape {
    name: String,
    pods: usize,
    /// Why every container waits; running and ready without.
    waits: Option<Value>,
}

impl Shape {
    async fn create(&self, namespace: &TestNamespace) -> Result<()> {
        let spec = json!({
            "replicas": self.pods,
            "selector": { "matchLabels": { "app": self.name } },
            "template": { "metadata": { "labels": { "app": self.name } }, "spec": self.pod_spec() }
        });
        let ready = if self.waits.is_some() { 0 } else { self.pods };
        let status = json!({ "status": {
            "observedGeneration": 1, "replicas": self.pods, "updatedReplicas": self.pods,
            "readyReplicas": ready, "availableReplicas": ready, "unavailableReplicas": self.pods - ready
        }});
        let deployments = namespace.api::<Deployment>();
        let deployment = json!({ "metadata": { "name": self.name }, "spec": spec });
        let made = deployments.create(&PostParams::default(), &serde_json::from_value(deployment)?).await?;
        deployments.patch_status(&self.name, &PatchParams::default(), &Patch::Merge(&status)).await?;
        let sets = namespace.api::<ReplicaSet>();
        let set = json!({
            "metadata": {
                "name": format!("{}-1", self.name),
                "labels": { "app": self.name },
                "annotations": { "deployment.kubernetes.io/revision": "1" },
                "ownerReferences": [owner("Deployment", &self.name, made.uid().as_deref())]
            },
            "spec": spec
        });
        let set = sets.create(&PostParams::default(), &serde_json::from_value(set)?).await?;
        let pods = namespace.api::<Pod>();
        stream::iter(0..self.pods)
            .map(|number| self.pod(&pods, &set, number))
            .buffer_unordered(ABREAST)
            .try_for_each(|()| async { Ok(()) })
            .await
    }

    fn pod_spec(&self) -> Value {
        let reference = json!({ "configMapKeyRef": { "name": format!("{}-config", self.name), "key": "KEY" } });
        let environment =
            if self.waits.is_some() { json!([{ "name": "KEY", "valueFrom": reference }]) } else { json!([]) };
        json!({
            "automountServiceAccountToken": false,
            "nodeName": "nowhere",
            "containers": [{ "name": "app", "image": "registry.example/app:v1", "env": environment }]
        })
    }

    async fn pod(&self, api: &Api<Pod>, set: &ReplicaSet, number: usize) -> Result<()> {
        let name = format!("{}-1-{number}", self.name);
        let pod = json!({
            "metadata": {
                "name": name,
                "labels": { "app": self.name },
                "ownerReferences": [owner("ReplicaSet", &set.name_any(), set.uid().as_deref())]
            },
            "spec": self.pod_spec()
        });
        api.create(&PostParams::default(), &serde_json::from_value(pod)?).await?;
        let healthy = self.waits.is_none();
        let at = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let conditions: Vec<Value> = ["PodScheduled", "Initialized", "ContainersReady", "Ready"]
            .into_iter()
            .map(|kind| {
                let holds = healthy || matches!(kind, "PodScheduled" | "Initialized");
                json!({ "type": kind, "status": if holds { "True" } else { "False" }, "lastTransitionTime": at })
            })
            .collect();
        let state = match &self.waits {
            None => json!({ "running": { "startedAt": at } }),
            Some(waiting) => json!({ "waiting": waiting }),
        };
        let status = json!({ "status": {
            "phase": if healthy { "Running" } else { "Pending" },
            "startTime": at,
            "conditions": conditions,
            "containerStatuses": [{
                "name": "app", "image": "registry.example/app:v1", "imageID": "", "restartCount": 0,
                "ready": healthy, "started": healthy, "state": state
            }]
        }});
        api.patch_status(&name, &PatchParams::default(), &Patch::Strategic(&status)).await?;
        Ok(())
    }
}

fn owner(kind: &str, name: &str, uid: Option<&str>) -> Value {
    json!({ "apiVersion": "apps/v1", "kind": kind, "name": name, "uid": uid, "controller": true })
}

/// Incidents that ended; an operator keeps them for a while.
async fn old_incidents(namespace: &TestNamespace) -> Result<()> {
    let (issues, anomalies) = (namespace.api::<Issue>(), namespace.api::<Anomaly>());
    let ended = jiff::Timestamp::now();
    let resource = |number: usize| json!({ "kind": "Deployment", "name": format!("gone-{number}"), "namespace": namespace.name() });
    let issue = |number: usize| {
        let (issues, resource) = (&issues, resource(number));
        async move {
            let name = format!("old-{number:04}");
            let object = json!({
                "apiVersion": format!("{GROUP}/v1alpha1"), "kind": "Issue", "metadata": { "name": name },
                "spec": {
                    "severity": "high", "source": "watcher", "signalType": "pod_not_ready", "resource": resource,
                    "description": "container app: 1 of 1 pods in CreateContainerConfigError", "riskScore": 40,
                    "requestedBy": "admin"
                }
            });
            issues.create(&PostParams::default(), &serde_json::from_value(object)?).await?;
            let status = json!({ "status": { "state": "Resolved", "resolvedAt": ended, "detectedAt": ended } });
            issues.patch_status(&name, &PatchParams::default(), &Patch::Merge(&status)).await?;
            anyhow::Ok(())
        }
    };
    let anomaly = |number: usize| {
        let (anomalies, resource) = (&anomalies, resource(number));
        async move {
            let name = format!("old-{number:04}");
            let object = json!({
                "apiVersion": format!("{GROUP}/v1alpha1"), "kind": "Anomaly", "metadata": { "name": name },
                "spec": {
                    "source": "watcher", "signalType": "pod_not_ready", "resource": resource, "value": "1", "threshold": "0",
                    "requestedBy": "admin"
                }
            });
            anomalies.create(&PostParams::default(), &serde_json::from_value(object)?).await?;
            let status = json!({ "status": {
                "correlated": true, "active": false, "issueRef": { "name": name }, "lastSeen": ended, "count": 1
            }});
            anomalies.patch_status(&name, &PatchParams::default(), &Patch::Merge(&status)).await?;
            anyhow::Ok(())
        }
    };
    stream::iter(0..ISSUES).map(issue).buffer_unordered(ABREAST).try_for_each(|()| async { Ok(()) }).await?;
    stream::iter(0..ANOMALIES).map(anomaly).buffer_unordered(ABREAST).try_for_each(|()| async { Ok(()) }).await
}

/// `kubectl chatcli issues`, with `kubectl get issues` beside it.
fn over_many_issues(
    cluster: &Cluster,
    control_plane: &ControlPlane,
    namespace: &TestNamespace,
    figures: &mut Figures,
) -> Result<()> {
    let mut ours = plugin::command(control_plane.connection(), Build::Release)?;
    let (took, peak) = run(ours.args(["issues", "-n", namespace.name()]))?;
    figures.add("kubectl chatcli issues, 5,000 Issues", took.as_secs_f64(), "s", Some(1.0));
    figures.add("  peak memory", peak / MIB, "MiB", Some(60.0));
    let mut theirs = Command::new(Path::new(&cluster.programs()?).join("kubectl"));
    theirs.env("KUBECONFIG", control_plane.connection().kubeconfig());
    let (took, peak) = run(theirs.args(["get", &format!("issues.{GROUP}"), "-n", namespace.name()]))?;
    figures.add("  kubectl get issues", took.as_secs_f64(), "s", None);
    figures.add("  its peak memory", peak / MIB, "MiB", None);
    Ok(())
}

/// `kubectl chatcli scan -A`, with `kubectl get pods -A` beside it.
fn over_many_pods(cluster: &Cluster, control_plane: &ControlPlane, figures: &mut Figures) -> Result<()> {
    let mut ours = plugin::command(control_plane.connection(), Build::Release)?;
    let (took, peak) = run(ours.args(["scan", "-A"]))?;
    figures.add("kubectl chatcli scan -A, 5,000 pods", took.as_secs_f64(), "s", Some(3.0));
    figures.add("  peak memory", peak / MIB, "MiB", None);
    let mut theirs = Command::new(Path::new(&cluster.programs()?).join("kubectl"));
    theirs.env("KUBECONFIG", control_plane.connection().kubeconfig());
    let (took, peak) = run(theirs.args(["get", "pods", "-A"]))?;
    figures.add("  kubectl get pods", took.as_secs_f64(), "s", None);
    figures.add("  its peak memory", peak / MIB, "MiB", None);
    Ok(())
}

/// How long a program takes and the most memory it held, in bytes.
fn run(command: &mut Command) -> Result<(Duration, f64)> {
    let begin = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
    let mut peak = 0.0;
    let status = loop {
        let told = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let high = told.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
        peak = high.map_or(peak, |kib: f64| kib * 1024.0);
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let took = begin.elapsed();
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok((took, peak))
}

/// A thousand pods wait for the same missing key: one cause, one Issue.
async fn one_bad_config(
    control_plane: &ControlPlane,
    namespace: &TestNamespace,
    operator: &Operator,
    figures: &mut Figures,
) -> Result<()> {
    let name = "storm";
    let config = json!({ "metadata": { "name": format!("{name}-config") }, "data": { "OTHER": "x" } });
    namespace.api::<ConfigMap>().create(&PostParams::default(), &serde_json::from_value(config)?).await?;
    let before = memory_of(operator.pid())?.get("Rss").copied().unwrap_or_default();
    let mark = control_plane.audit_log().mark()?;
    let (began, watching) = oneshot::channel();
    let watched = namespace.api::<Issue>();
    let explained = tokio::spawn(async move {
        let mut began = Some(began);
        let deadline = tokio::time::Instant::now() + Duration::from_secs(120);
        let found = watch_until(&watched, deadline, |seen| {
            if let Some(began) = began.take() {
                let _ = began.send(());
            }
            seen.all()
                .any(|issue| issue.spec.resource.name == "storm" && cause_of(issue) == "config-key-missing")
                .then(Instant::now)
        });
        found.await.map_err(|_| anyhow::anyhow!("1,000 failing pods were not explained within 2 min"))
    });
    watching.await.context("the watch did not begin")?;
    let waits = json!({
        "reason": "CreateContainerConfigError",
        "message": format!("couldn't find key KEY in ConfigMap {}/{name}-config", namespace.name())
    });
    Shape { name: name.to_owned(), pods: FAILING, waits: Some(waits) }.create(namespace).await?;
    let last = Instant::now();
    let seen = explained.await??;
    // what the rest of the storm still causes
    tokio::time::sleep(Duration::from_secs(10)).await;
    let issues = namespace.api::<Issue>().list(&ListParams::default()).await?.items;
    let about = issues.iter().filter(|issue| issue.spec.resource.name == name).count();
    let after = memory_of(operator.pid())?.get("Rss").copied().unwrap_or_default();
    let user = operator_user();
    let requests =
        control_plane.audit_log().since(mark)?.into_iter().filter(|request| request.user.username == user).count();
    figures.add("1,000 pods, one bad ConfigMap: Issues", about as f64, "", Some(1.0));
    figures.add(
        "  explained after the last pod failed",
        seen.saturating_duration_since(last).as_secs_f64(),
        "s",
        Some(2.0),
    );
    figures.add("  requests of the operator", requests as f64, "", None);
    figures.add("  growth of its resident memory", (after - before).max(0.0) / 1024.0, "MiB", None);
    Ok(())
}
