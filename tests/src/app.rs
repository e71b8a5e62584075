//! The test app as a workload: healthy unless told otherwise, and broken on purpose afterwards.
//!
//! In: what the app shall do, as flags of `tests/cluster/app`. Out: real objects on a real node. The faults below are edits such as a
//! person makes: an image that is not there, a limit too small, a key removed by hand.

use std::time::Duration;

use anyhow::{Context, Result};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Service};
use kube::Api;
use kube::api::{Patch, PatchParams, PostParams};
use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::namespace::TestNamespace;
use crate::watching::eventually;

/// A pull, a scheduling and a start, on a machine that compiles at the same time.
pub const START: Duration = Duration::from_secs(120);

/// A Deployment to be.
#[derive(Clone, Debug)]
pub struct App {
    name: String,
    image: String,
    replicas: i32,
    arguments: Vec<String>,
    memory_limit: String,
    config_keys: Vec<String>,
    probe: Value,
    more: Value,
}

impl App {
    /// One healthy replica that is ready at once.
    pub fn named(name: &str, cluster: &Cluster) -> Result<Self> {
        Ok(Self::bare(name, &cluster.app_image()?))
    }

    /// The same with any image: for an API server on which nothing runs.
    pub fn bare(name: &str, image: &str) -> Self {
        Self {
            name: name.to_owned(),
            image: image.to_owned(),
            replicas: 1,
            arguments: Vec::new(),
            memory_limit: "64Mi".to_owned(),
            config_keys: Vec::new(),
            probe: json!({ "httpGet": { "path": "/ready", "port": 8080 }, "periodSeconds": 1 }),
            more: json!({}),
        }
    }

    /// How many.
    #[must_use]
    pub fn replicas(mut self, count: i32) -> Self {
        self.replicas = count;
        self
    }

    /// Flags of the app.
    #[must_use]
    pub fn doing(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(|&argument| argument.to_owned()));
        self
    }

    /// Another image than the test app's.
    #[must_use]
    pub fn image(mut self, image: &str) -> Self {
        image.clone_into(&mut self.image);
        self
    }

    /// Memory limit; the request is the same.
    #[must_use]
    pub fn memory_limit(mut self, limit: &str) -> Self {
        limit.clone_into(&mut self.memory_limit);
        self
    }

    /// Environment variable `key` from the same key of ConfigMap `<name>-config`, without which the container cannot start.
    #[must_use]
    pub fn needing_config(mut self, key: &str) -> Self {
        self.config_keys.push(key.to_owned());
        self
    }

    /// Another readiness probe; merged into the usual one.
    #[must_use]
    pub fn probe(mut self, probe: &Value) -> Self {
        json_patch::merge(&mut self.probe, probe);
        self
    }

    /// Anything else of the Deployment, merged over the rest.
    #[must_use]
    pub fn with(mut self, more: &Value) -> Self {
        json_patch::merge(&mut self.more, more);
        self
    }

    /// The pod template on its own, for other kinds of workload.
    pub fn template(&self) -> Value {
        self.manifest()["spec"]["template"].take()
    }

    /// The Deployment as an object.
    pub fn manifest(&self) -> Value {
        let config = format!("{}-config", self.name);
        let environment: Vec<Value> = self
            .config_keys
            .iter()
            .map(|key| json!({ "name": key, "valueFrom": { "configMapKeyRef": { "name": config, "key": key } } }))
            .collect();
        let mut manifest = json!({
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": { "name": self.name, "labels": { "app": self.name } },
            "spec": {
                "replicas": self.replicas,
                "selector": { "matchLabels": { "app": self.name } },
                "template": {
                    "metadata": { "labels": { "app": self.name } },
                    "spec": {
                        "terminationGracePeriodSeconds": 1,
                        "containers": [{
                            "name": "app",
                            "image": self.image,
                            "args": self.arguments,
                            "env": environment,
                            "ports": [{ "containerPort": 8080 }],
                            "readinessProbe": self.probe,
                            "resources": {
                                "requests": { "cpu": "5m", "memory": self.memory_limit },
                                "limits": { "memory": self.memory_limit }
                            }
                        }]
                    }
                }
            }
        });
        json_patch::merge(&mut manifest, &self.more);
        manifest
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The workload it became in this namespace.
    pub fn created(&self, namespace: &TestNamespace) -> Workload {
        Workload { name: self.name.clone(), namespace: namespace.name().to_owned(), api: namespace.api() }
    }

    /// Creates it and does not wait.
    pub async fn create(&self, namespace: &TestNamespace) -> Result<Workload> {
        let workload = self.created(namespace);
        workload.apply(&self.manifest()).await?;
        Ok(workload)
    }

    /// Creates it and waits until all replicas are available.
    pub async fn running(&self, namespace: &TestNamespace) -> Result<Workload> {
        let workload = self.create(namespace).await?;
        workload.available().await;
        Ok(workload)
    }
}

/// A Deployment on the cluster.
#[derive(Clone)]
pub struct Workload {
    name: String,
    namespace: String,
    api: Api<Deployment>,
}

impl Workload {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The Deployment as it is now.
    pub async fn live(&self) -> Result<Deployment> {
        Ok(self.api.get(&self.name).await?)
    }

    /// Its UID.
    pub async fn uid(&self) -> Result<String> {
        self.live().await?.metadata.uid.context("a stored object has a UID")
    }

    /// Waits until the newest template is rolled out and every replica is available.
    pub async fn available(&self) -> Deployment {
        let what = format!("{} is rolled out and available", self.name);
        eventually(&self.api, START, &what, |seen| {
            seen.named(&self.name).filter(|deployment| is_rolled_out(deployment)).cloned()
        })
        .await
    }

    /// Waits until the Deployment is as the condition wants it.
    pub async fn becomes(&self, within: Duration, what: &str, condition: impl Fn(&Deployment) -> bool) -> Deployment {
        eventually(&self.api, within, what, |seen| seen.named(&self.name).filter(|live| condition(live)).cloned()).await
    }

    /// Rolls out an image whose tag nobody ever pushed.
    pub async fn roll_out_missing_image(&self) -> Result<()> {
        let image = image_of(&self.live().await?);
        let repository = image.rsplit_once(':').map_or(image.as_str(), |(repository, _)| repository);
        self.edit_container(&json!({ "image": format!("{repository}:v404-{}", self.name) })).await
    }

    /// Rolls out another command line of the app.
    pub async fn roll_out_arguments(&self, arguments: &[&str]) -> Result<()> {
        self.edit_container(&json!({ "args": arguments })).await
    }

    /// Sets the memory limit, and the request with it.
    pub async fn set_memory_limit(&self, limit: &str) -> Result<()> {
        self.edit_container(&json!({ "resources": { "requests": { "memory": limit }, "limits": { "memory": limit } } }))
            .await
    }

    /// Scales it.
    pub async fn scale(&self, replicas: i32) -> Result<()> {
        self.edit(&json!({ "spec": { "replicas": replicas } })).await
    }

    /// Deletes it.
    pub async fn delete(&self) -> Result<()> {
        self.api.delete(&self.name, &kube::api::DeleteParams::background()).await?;
        Ok(())
    }

    /// Edits the only container, as `kubectl patch` would.
    pub async fn edit_container(&self, changes: &Value) -> Result<()> {
        let mut container = json!({ "name": "app" });
        json_patch::merge(&mut container, changes);
        self.edit(&json!({ "spec": { "template": { "spec": { "containers": [container] } } } })).await
    }

    /// A strategic merge patch, as `kubectl patch` sends it.
    pub async fn edit(&self, patch: &Value) -> Result<()> {
        let parameters = PatchParams { field_manager: Some("kubectl-patch".to_owned()), ..PatchParams::default() };
        self.api.patch(&self.name, &parameters, &Patch::Strategic(patch)).await?;
        Ok(())
    }

    async fn apply(&self, manifest: &Value) -> Result<()> {
        let parameters = PatchParams::apply("kubectl").force();
        self.api.patch(&self.name, &parameters, &Patch::Apply(manifest)).await?;
        Ok(())
    }
}

impl std::fmt::Display for Workload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Deployment {}/{}", self.namespace, self.name)
    }
}

/// The rule of `kubectl rollout status`, and that nothing of an older template is left.
pub fn is_rolled_out(deployment: &Deployment) -> bool {
    let wanted = deployment.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1);
    deployment.status.as_ref().is_some_and(|status| {
        status.observed_generation == deployment.metadata.generation
            && status.updated_replicas.unwrap_or(0) == wanted
            && status.replicas.unwrap_or(0) == wanted
            && status.available_replicas.unwrap_or(0) == wanted
    })
}

/// Image of the first container.
pub fn image_of(deployment: &Deployment) -> String {
    container_of(deployment)["image"].as_str().unwrap_or_default().to_owned()
}

/// Memory limit of the first container, as written.
pub fn memory_limit_of(deployment: &Deployment) -> String {
    container_of(deployment)["resources"]["limits"]["memory"].as_str().unwrap_or_default().to_owned()
}

fn container_of(deployment: &Deployment) -> Value {
    let value = serde_json::to_value(deployment).unwrap_or_default();
    value["spec"]["template"]["spec"]["containers"][0].clone()
}

/// Applies a ConfigMap the way `kubectl apply` does: what was applied is kept in the annotation.
pub async fn apply_config(namespace: &TestNamespace, name: &str, data: &[(&str, &str)]) -> Result<()> {
    let data: serde_json::Map<String, Value> = data.iter().map(|&(k, v)| (k.to_owned(), v.into())).collect();
    let mut object = json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": { "name": name, "namespace": namespace.name(), "annotations": {} },
        "data": data,
    });
    let applied = format!("{object}\n");
    object["metadata"]["annotations"] = json!({ "kubectl.kubernetes.io/last-applied-configuration": applied });
    let parameters =
        PatchParams { field_manager: Some("kubectl-client-side-apply".to_owned()), ..PatchParams::default() };
    let api: Api<ConfigMap> = namespace.api();
    if api.get_opt(name).await?.is_none() {
        let by_kubectl = PostParams { field_manager: parameters.field_manager.clone(), ..PostParams::default() };
        api.create(&by_kubectl, &serde_json::from_value(object.clone())?).await?;
    }
    api.patch(name, &parameters, &Patch::Merge(&object)).await?;
    Ok(())
}

/// Removes one key by hand, as `kubectl edit` would.
pub async fn remove_config_key(namespace: &TestNamespace, name: &str, key: &str) -> Result<()> {
    let parameters = PatchParams { field_manager: Some("kubectl-edit".to_owned()), ..PatchParams::default() };
    let api: Api<ConfigMap> = namespace.api();
    api.patch(name, &parameters, &Patch::Merge(json!({ "data": { key: null } }))).await?;
    Ok(())
}

/// A Service in front of an app.
pub async fn expose(namespace: &TestNamespace, app: &str) -> Result<()> {
    let service = json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": { "name": app },
        "spec": { "selector": { "app": app }, "ports": [{ "port": 80, "targetPort": 8080 }] }
    });
    namespace.api::<Service>().create(&PostParams::default(), &serde_json::from_value(service)?).await?;
    Ok(())
}
