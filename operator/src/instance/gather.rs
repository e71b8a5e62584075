//! Everything a turn depends on: what is there, what others provide, and whether the server answers.

use std::collections::BTreeMap;

use common::api::keys::labels;
use common::instances::{Reference, Source, references};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use k8s_openapi::api::rbac::v1::ClusterRoleBinding;
use k8s_openapi::api::storage::v1::StorageClass;
use kube::api::ListParams;
use kube::{Api, ResourceExt as _};
use serde_json::{Value, json};

use super::children::{ChildKind, Place, mcp, sessions, watcher};
use super::made::Made;
use super::reach::Reach;
use super::references::Found;
use super::subject::{Asked, Subject};
use crate::runtime::{Context, ReadError, read};

/// What one turn knows.
pub(super) struct Seen {
    /// What exists, by place; complete for every place the subject may have something at.
    pub(super) made: BTreeMap<Place, Value>,
    /// What others provide.
    pub(super) references: Vec<(Reference, Found)>,
    /// An HPA sets the replicas of the Deployment.
    pub(super) is_autoscaled: bool,
    /// The StorageClass of a claim that waits, if there is one; `None` when it was not looked for.
    pub(super) storage_class: Option<Result<String, String>>,
    /// Why pods are not ready, as the first of them says.
    pub(super) pod_problem: Option<String>,
    /// An Instance of the same name goes on in place of this legacy object.
    pub(super) is_replaced: bool,
    /// Whether the server answers.
    pub(super) reach: Option<Reach>,
}

pub(super) async fn gather(ctx: &Context, made: &Made, subject: &Subject) -> Result<Seen, ReadError> {
    let mut found = made.of(subject);
    let name = subject.name().to_owned();
    let add = |found: &mut BTreeMap<Place, Value>, kind, namespace: &str, name: &str, object: Option<Value>| {
        if let Some(object) = object {
            found.insert(Place { kind, namespace: namespace.to_owned(), name: name.to_owned() }, object);
        }
    };
    let deployments: Api<Deployment> = Api::namespaced(ctx.clients.read.clone(), subject.namespace());
    let deployment = read(deployments.get_opt(&name)).await?;
    let is_running = deployment.is_some();
    let mounts_secret = deployment.as_ref().is_some_and(|deployment| mounts(deployment, &subject.child(mcp::SUFFIX)));
    add(&mut found, ChildKind::Deployment, subject.namespace(), &name, deployment.map(|object| json!(object)));

    // Only what the finalizer stands for can have objects of the cluster.
    if subject.is_held || !watcher::abroad(subject).is_empty() {
        let bindings: Api<ClusterRoleBinding> = Api::all(ctx.clients.read.clone());
        for name in [watcher::inherited(subject).name, watcher::binding(subject)] {
            let binding = read(bindings.get_opt(&name)).await?.map(|object| json!(object));
            add(&mut found, ChildKind::ClusterRoleBinding, "", &name, binding);
        }
    }
    let secrets: Api<Secret> = Api::namespaced(ctx.clients.read.clone(), subject.namespace());
    if mcp::source(subject) == Some(mcp::Source::Private) || mounts_secret {
        let name = subject.child(mcp::SUFFIX);
        let secret = match read(secrets.get_opt(&name)).await {
            Err(ReadError::Failed(kube::Error::Api(status))) if status.code == 403 => None,
            answer => answer?,
        };
        add(&mut found, ChildKind::Secret, subject.namespace(), &name, secret.map(|object| json!(object)));
    }

    let config: Api<ConfigMap> = Api::namespaced(ctx.clients.read.clone(), subject.namespace());
    let mut known: BTreeMap<(Source, String), Found> = BTreeMap::new();
    let mut found_all = Vec::new();
    for reference in references(&subject.spec) {
        let key = (reference.source, reference.name.clone());
        let found = match known.get(&key) {
            Some(found) => found.clone(),
            None => match reference.source {
                Source::Secret => told(read(secrets.get_opt(&reference.name)).await, of_secret)?,
                Source::ConfigMap => told(read(config.get_opt(&reference.name)).await, of_config_map)?,
            },
        };
        known.insert(key, found.clone());
        found_all.push((reference, found));
    }

    let is_autoscaled = is_running && autoscaled(ctx, subject).await?;
    let storage_class = waiting_claim(&found, subject).map(|class| look_up(ctx, class));
    let storage_class = match storage_class {
        Some(look) => Some(look.await?),
        None => None,
    };
    let is_replaced = matches!(subject.asked, Asked::Legacy(_)) && ctx.stores.instances.get(&subject.key).is_some();
    let reach =
        if subject.is_ending || is_replaced { None } else { Some(Reach::find(ctx, made, subject, &found_all).await) };
    Ok(Seen {
        made: found,
        references: found_all,
        is_autoscaled,
        storage_class,
        pod_problem: pod_problem(ctx, subject),
        is_replaced,
        reach,
    })
}

/// True when the pods of a Deployment mount this Secret.
fn mounts(deployment: &Deployment, secret: &str) -> bool {
    let pod = deployment.spec.as_ref().and_then(|spec| spec.template.spec.as_ref());
    let mut volumes = pod.into_iter().flat_map(|pod| pod.volumes.iter().flatten());
    volumes.any(|volume| volume.secret.as_ref().and_then(|secret| secret.secret_name.as_deref()) == Some(secret))
}

/// What was read, with "may not" and "is not there" told apart.
fn told<T>(
    answer: Result<Option<T>, ReadError>,
    data: impl FnOnce(T) -> BTreeMap<String, Vec<u8>>,
) -> Result<Found, ReadError> {
    match answer {
        Ok(Some(object)) => Ok(Found::Data(data(object))),
        Ok(None) => Ok(Found::Missing),
        Err(ReadError::Failed(kube::Error::Api(status))) if status.code == 403 => Ok(Found::Denied),
        Err(error) => Err(error),
    }
}

fn of_secret(secret: Secret) -> BTreeMap<String, Vec<u8>> {
    secret.data.unwrap_or_default().into_iter().map(|(key, value)| (key, value.0)).collect()
}

fn of_config_map(map: ConfigMap) -> BTreeMap<String, Vec<u8>> {
    let text = map.data.unwrap_or_default().into_iter().map(|(key, value)| (key, value.into_bytes()));
    let binary = map.binary_data.unwrap_or_default().into_iter().map(|(key, value)| (key, value.0));
    text.chain(binary).collect()
}

async fn autoscaled(ctx: &Context, subject: &Subject) -> Result<bool, ReadError> {
    let scalers: Api<HorizontalPodAutoscaler> = Api::namespaced(ctx.clients.read.clone(), subject.namespace());
    let scalers = read(scalers.list(&ListParams::default())).await?;
    Ok(scalers
        .items
        .iter()
        .filter_map(|scaler| scaler.spec.as_ref())
        .any(|spec| spec.scale_target_ref.kind == "Deployment" && spec.scale_target_ref.name == subject.name()))
}

/// The class of the sessions' claim, where that has no volume yet; empty for the cluster's default.
fn waiting_claim(found: &BTreeMap<Place, Value>, subject: &Subject) -> Option<String> {
    let claim = found.get(&Place {
        kind: ChildKind::PersistentVolumeClaim,
        namespace: subject.namespace().to_owned(),
        name: subject.child(sessions::SUFFIX),
    })?;
    let is_waiting = claim["status"]["phase"] != "Bound";
    is_waiting.then(|| claim["spec"]["storageClassName"].as_str().unwrap_or_default().to_owned())
}

async fn look_up(ctx: &Context, class: String) -> Result<Result<String, String>, ReadError> {
    if class.is_empty() {
        return Ok(Err("it names no StorageClass and the cluster has no default one".to_owned()));
    }
    let classes: Api<StorageClass> = Api::all(ctx.clients.read.clone());
    Ok(match read(classes.get_opt(&class)).await? {
        Some(found) => Ok(format!("StorageClass {class} ({}) has not made a volume for it yet", found.provisioner)),
        None => Err(format!("StorageClass {class} does not exist")),
    })
}

fn pod_problem(ctx: &Context, subject: &Subject) -> Option<String> {
    let pods = ctx.stores.pods.filter(|pod| {
        pod.namespace().as_deref() == Some(subject.namespace())
            && pod.labels().get(labels::INSTANCE).map(String::as_str) == Some(subject.name())
            && pod.metadata.deletion_timestamp.is_none()
    });
    let mut problems: Vec<String> = pods.iter().filter_map(|pod| problem_of(pod)).collect();
    problems.sort();
    problems.into_iter().next()
}

fn problem_of(pod: &common::facts::Pod) -> Option<String> {
    let status = pod.status.as_ref()?;
    let containers = status.init_container_statuses.iter().chain(&status.container_statuses).flatten();
    for container in containers {
        if let Some(waiting) = container.state.as_ref().and_then(|state| state.waiting.as_ref()) {
            let (reason, message) = (waiting.reason.as_deref()?, waiting.message.as_deref().unwrap_or_default());
            if !matches!(reason, "ContainerCreating" | "PodInitializing") {
                return Some(format!("container {} waits: {reason} {message}", container.name).trim().to_owned());
            }
        }
    }
    let scheduled = status.conditions.iter().flatten().find(|condition| condition.type_ == "PodScheduled")?;
    let words = scheduled.message.as_deref().unwrap_or("it cannot be scheduled");
    (scheduled.status == "False").then(|| format!("pod {} waits: {words}", pod.name_any()))
}
