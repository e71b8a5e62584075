//! The facts about one workload or node, read with the caller's own rights, for an explanation where nothing is installed.
//!
//! In: `KIND/NAME`. Out: [`Facts`], as deep as the rules ask for and the caller may read; what may not be read is named in them.
//! Never: more than the rules want, and nothing is kept.

use std::collections::BTreeSet;
use std::sync::Arc;

use common::api::ResourceRef;
use common::facts::Pod;
use common::facts::logged::hearing;
use common::facts::{Extra, Facts, Subject, Surroundings, membership, reading};
use common::{diagnosis, redact, signals};
use futures::future::join_all;
use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::{Node, Service};
use k8s_openapi::api::networking::v1::Ingress;
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::{Api, ListParams, ObjectList};
use kube::{Client, ResourceExt as _};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::kube::{Cluster, Doing, Kind, typed};
use crate::volumes;

/// Kinds one can ask about, for messages.
pub const KINDS: &str = "deployment, statefulset, daemonset, job, cronjob, replicaset, pod, node, ingress";

/// A kind one can ask about, by the names kubectl knows it by.
pub fn kind(name: &str) -> Option<Kind> {
    let (group, version, kind, plural) = match name.to_lowercase().split('.').next().unwrap_or_default() {
        "deploy" | "deployment" | "deployments" => ("apps", "v1", "Deployment", "deployments"),
        "sts" | "statefulset" | "statefulsets" => ("apps", "v1", "StatefulSet", "statefulsets"),
        "ds" | "daemonset" | "daemonsets" => ("apps", "v1", "DaemonSet", "daemonsets"),
        "job" | "jobs" => ("batch", "v1", "Job", "jobs"),
        "po" | "pod" | "pods" => ("", "v1", "Pod", "pods"),
        "cj" | "cronjob" | "cronjobs" => ("batch", "v1", "CronJob", "cronjobs"),
        "rs" | "replicaset" | "replicasets" => ("apps", "v1", "ReplicaSet", "replicasets"),
        "no" | "node" | "nodes" => ("", "v1", "Node", "nodes"),
        _ => return None,
    };
    Some(Kind::of(group, version, kind, plural))
}

/// Everything that can be known about it now; `None` when it is not there.
pub async fn gather(
    cluster: &Cluster,
    kind: &Kind,
    name: &str,
    now: jiff::Timestamp,
) -> Result<Option<Facts>, Failure> {
    let is_node = kind.resource.kind == "Node";
    let namespace = (!is_node).then_some(cluster.namespace());
    let Some(found) = cluster.find(kind, namespace, name).await? else { return Ok(None) };
    let mut extra = Extra::default();
    let object = match kind.resource.kind.as_str() {
        "Deployment" => Subject::Deployment(shared::<Deployment>(&found)?),
        "StatefulSet" => Subject::StatefulSet(shared::<StatefulSet>(&found)?),
        "DaemonSet" => Subject::DaemonSet(shared::<DaemonSet>(&found)?),
        "Job" => Subject::Job(shared::<Job>(&found)?),
        "CronJob" => Subject::CronJob(shared::<CronJob>(&found)?),
        "Node" => Subject::Node(shared::<Node>(&found)?),
        // A pod says why it is unwell, its owner what it should be: the owner is what is explained.
        part => match owner(cluster, &found).await {
            Ok(Some((kind, name))) => return Box::pin(gather(cluster, &kind, &name, now)).await,
            Ok(None) if part == "Pod" => Subject::Pod(shared::<Pod>(&found)?),
            Err(failure) if part == "Pod" => {
                let owner = membership::controller(&found.metadata).map(|owner| owner.name.clone());
                let owner = ResourceRef::new("ReplicaSet", cluster.namespace(), owner.unwrap_or_default());
                extra.unreadable.push((owner, failure.message().to_owned()));
                Subject::Pod(shared::<Pod>(&found)?)
            }
            Ok(None) => {
                return Err(Failure::new(format!("no Deployment owns replicaset {name:?}"))
                    .hint("ask about one of its pods: kubectl chatcli explain pod/NAME"));
            }
            Err(failure) => return Err(failure),
        },
    };
    let mut facts = match object {
        Subject::CronJob(cron_job) => Facts::about_cron_job(cron_job, newest_job(cluster, &found).await?, now),
        object => Facts::about(object, now),
    };
    facts.extra = extra;
    add_parts(cluster, &mut facts).await;
    if !is_node {
        let (around, refused) = surroundings(cluster, cluster.namespace()).await;
        facts = facts.with_surroundings(around);
        let all = ResourceRef::new("Ingress", cluster.namespace(), "");
        facts.extra.unreadable.extend(refused.map(|failure| (all, failure.message().to_owned())));
    }
    let uncounted = volumes::look(std::slice::from_mut(&mut facts), &cluster.client()).await;
    let claims = ResourceRef::new("PersistentVolumeClaim", cluster.namespace(), "");
    facts.extra.unreadable.extend(uncounted.map(|why| (claims, why)));
    listen(&cluster.client(), &mut facts).await;
    deepen(&cluster.client(), &mut facts).await;
    Ok(Some(facts))
}

/// The facts as a document: what was read, texts without secrets.
pub fn told(facts: &Facts) -> Value {
    let object = match &facts.object {
        Subject::Deployment(object) => json!(object.as_ref()),
        Subject::StatefulSet(object) => json!(object.as_ref()),
        Subject::DaemonSet(object) => json!(object.as_ref()),
        Subject::Job(object) => json!(object.as_ref()),
        Subject::CronJob(object) => json!(object.as_ref()),
        Subject::Pod(object) => json!(object.as_ref()),
        Subject::Node(object) => json!(object.as_ref()),
    };
    let all = |objects: Vec<Value>| Value::Array(objects);
    let extra = &facts.extra;
    let logs = extra.logs.iter().map(
        |tail| json!({ "pod": tail.pod, "container": tail.container, "previous": tail.previous, "lines": tail.lines }),
    );
    let logged = facts.logs.heard.iter().map(|it| {
        let minutes = it.minutes.iter().map(|minute| json!({ "lines": minute.lines, "errors": minute.errors }));
        let errors = it.examples.iter().map(|example| json!({ "at": example.at, "line": example.line }));
        json!({
            "pod": it.said.pod, "container": it.said.container, "from": it.from, "minutes": all(minutes.collect()),
            "errors": all(errors.collect()),
        })
    });
    let services = extra.services.iter().map(|it| {
        json!({ "service": it.service, "selector": it.selector, "readyEndpoints": it.ready_endpoints, "endpoints": it.endpoints, "behind": it.behind })
    });
    let revisions = extra.revisions.as_ref().map(|kept| {
        let told = kept.iter().map(|it| json!({ "name": it.metadata.name, "revision": it.number, "spec": it.spec }));
        Value::Array(told.collect())
    });
    let memory = extra.memory.iter().map(|it| {
        json!({ "pod": it.pod, "container": it.container, "at": it.at, "ageSeconds": it.age.as_secs(), "bytes": it.bytes })
    });
    let volumes = extra.volumes.iter().map(|it| {
        json!({
            "claim": it.claim, "node": it.node, "at": it.at, "freeBytes": it.bytes.free, "bytes": it.bytes.all,
            "freeInodes": it.inodes.map(|room| room.free), "inodes": it.inodes.map(|room| room.all),
        })
    });
    let unreadable = extra.unreadable.iter().map(|(what, why)| json!({ "object": what, "why": why }));
    let mut told = json!({
        "at": facts.now,
        "subject": facts.subject,
        "object": object,
        "cronJob": facts.cron_job.as_deref(),
        "replicaSets": all(facts.replica_sets.iter().map(|it| json!(it.as_ref())).collect()),
        "pods": all(facts.pods.iter().map(|it| json!(it.as_ref())).collect()),
        "nodes": all(facts.nodes.iter().map(|it| json!(it.as_ref())).collect()),
        "events": extra.events,
        "logs": all(logs.collect()),
        "logged": all(logged.collect()),
        "configMaps": extra.config_maps,
        "services": all(services.collect()),
        "claims": extra.claims,
        "quotas": extra.quotas,
        "limitRanges": extra.limit_ranges,
        "revisions": revisions,
        "memory": all(memory.collect()),
        "volumes": all(volumes.collect()),
        "missing": extra.missing,
        "unreadable": all(unreadable.collect()),
    });
    clean(&mut told, &redact::Known::of_pod(facts.object.pod_spec()));
    told
}

/// No secrets in any text, no managedFields, and nothing said twice.
fn clean(value: &mut Value, known: &redact::Known) {
    match value {
        Value::String(text) => *text = redact::secrets_and(text, known).into_owned(),
        Value::Array(items) => items.iter_mut().for_each(|item| clean(item, known)),
        Value::Object(fields) => {
            fields.remove("managedFields");
            fields.remove("kubectl.kubernetes.io/last-applied-configuration");
            fields.values_mut().for_each(|field| clean(field, known));
        }
        _ => {}
    }
}

/// The CronJob that made a Job.
pub fn cron_job_of(job: &ObjectMeta) -> Option<ResourceRef> {
    let owner = membership::controller(job).filter(|owner| owner.kind == "CronJob")?;
    let reference = ResourceRef::new("CronJob", job.namespace.clone().unwrap_or_default(), &owner.name);
    Some(ResourceRef { api_version: Some(owner.api_version.clone()), ..reference }.with_uid(&owner.uid))
}

async fn newest_job(cluster: &Cluster, cron_job: &kube::api::DynamicObject) -> Result<Option<Arc<Job>>, Failure> {
    let uid = cron_job.uid().unwrap_or_default();
    let jobs = Kind::of("batch", "v1", "Job", "jobs");
    let (listed, _) = cluster.list(&jobs, Some(cluster.namespace()), None).await?;
    let of_it = listed.iter().filter(|job| membership::is_controlled_by(&job.metadata, &uid));
    of_it.max_by_key(|job| membership::created(&job.metadata)).map(shared).transpose()
}

/// Reads the logs of a workload that shows nothing else; the log of one that does is read as far as the rules ask for it.
pub async fn listen(client: &Client, facts: &mut Facts) {
    let seen = signals::assess(facts);
    if seen.firing.is_empty() && seen.pending.is_empty() {
        hearing::hear(client, facts).await;
    }
}

/// Reads what the rules want, and what they want then: a log line may name a Service.
pub async fn deepen(client: &Client, facts: &mut Facts) {
    let mut asked = BTreeSet::new();
    for _ in 0..reading::ROUNDS {
        let wants: Vec<_> = diagnosis::wants(facts).into_iter().filter(|want| asked.insert(want.clone())).collect();
        if wants.is_empty() {
            return;
        }
        let answers = reading::answers(client, facts, &wants).await;
        facts.extra.merge(answers);
    }
}

/// Who sends it traffic, scales it and guards it, as far as the caller may read that.
///
/// Ingresses serve certificates, so that a missing right on them is told.
async fn surroundings(cluster: &Cluster, namespace: &str) -> (Surroundings, Option<Failure>) {
    let client = cluster.client();
    let all = ListParams::default();
    let services = Api::<Service>::namespaced(client.clone(), namespace);
    let ingresses = Api::<Ingress>::namespaced(client.clone(), namespace);
    let autoscalers = Api::<HorizontalPodAutoscaler>::namespaced(client.clone(), namespace);
    let budgets = Api::<PodDisruptionBudget>::namespaced(client, namespace);
    let (services, ingresses, autoscalers, budgets) =
        futures::join!(services.list(&all), ingresses.list(&all), autoscalers.list(&all), budgets.list(&all));
    let kind = Kind::of("networking.k8s.io", "v1", "Ingress", "ingresses");
    let doing = Doing::new("list", &kind).in_namespace(Some(namespace));
    let refused = ingresses.as_ref().err().map(|problem| cluster.explain(&doing, problem));
    let around = Surroundings {
        services: shared_list(services),
        ingresses: shared_list(ingresses),
        autoscalers: shared_list(autoscalers),
        budgets: shared_list(budgets),
        ..Surroundings::default()
    };
    (around, refused.filter(Failure::is_of_rights))
}

fn shared_list<K: Clone>(list: kube::Result<ObjectList<K>>) -> Vec<Arc<K>> {
    list.map(|list| list.items.into_iter().map(Arc::new).collect()).unwrap_or_default()
}

fn shared<T: DeserializeOwned>(object: &kube::api::DynamicObject) -> Result<Arc<T>, Failure> {
    typed(object).map(Arc::new)
}

/// The workload a pod belongs to, through its ReplicaSet where there is one.
async fn owner(cluster: &Cluster, pod: &kube::api::DynamicObject) -> Result<Option<(Kind, String)>, Failure> {
    let Some(owner) = membership::controller(&pod.metadata) else { return Ok(None) };
    if owner.kind != "ReplicaSet" {
        return Ok(kind(&owner.kind).map(|kind| (kind, owner.name.clone())));
    }
    let sets = Kind::of("apps", "v1", "ReplicaSet", "replicasets");
    let set = cluster.find(&sets, Some(cluster.namespace()), &owner.name).await?;
    let above = set.as_ref().and_then(|set| membership::controller(&set.metadata));
    Ok(above.and_then(|above| Some((kind(&above.kind)?, above.name.clone()))))
}

/// Adds its pods, a Deployment's ReplicaSets, and the nodes; what may not be read is named.
async fn add_parts(cluster: &Cluster, facts: &mut Facts) {
    let here = Some(cluster.namespace());
    match &facts.object {
        Subject::Pod(_) => {}
        Subject::Node(_) => return,
        _ => {
            let mut sets: Vec<Arc<ReplicaSet>> = Vec::new();
            if matches!(facts.object, Subject::Deployment(_)) {
                let kind = Kind::of("apps", "v1", "ReplicaSet", "replicasets");
                sets = listed(cluster.list(&kind, here, None).await, "ReplicaSet", facts);
            }
            let pods = cluster.list(&Kind::of("", "v1", "Pod", "pods"), here, None).await;
            let pods: Vec<Arc<Pod>> = listed(pods, "Pod", facts);
            *facts = facts.clone().with_replica_sets(sets).with_pods(pods);
        }
    }
    let nodes = nodes(cluster, &facts.pods).await;
    facts.nodes = nodes;
}

fn listed<T: DeserializeOwned>(
    answer: Result<(Vec<kube::api::DynamicObject>, String), Failure>,
    kind: &str,
    facts: &mut Facts,
) -> Vec<Arc<T>> {
    match answer {
        Ok((objects, _)) => objects.iter().filter_map(|object| shared(object).ok()).collect(),
        Err(failure) => {
            let all = ResourceRef::new(kind, &facts.subject.namespace, "");
            facts.extra.unreadable.push((all, failure.message().to_owned()));
            Vec::new()
        }
    }
}

/// The nodes its pods run on, as far as the caller may read nodes: most people may not, and most causes do not need them.
async fn nodes(cluster: &Cluster, pods: &[Arc<Pod>]) -> Vec<Arc<Node>> {
    let mut names: Vec<_> = pods.iter().filter_map(|pod| pod.node.clone()).collect();
    names.sort();
    names.dedup();
    let kind = Kind::of("", "v1", "Node", "nodes");
    let found = join_all(names.iter().map(|name| cluster.find(&kind, None, name))).await;
    found.into_iter().filter_map(|node| shared(node.ok().flatten().as_ref()?).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_go_by_the_names_kubectl_knows() {
        let named = |name: &str| kind(name).map(|kind| kind.resource.kind);
        for name in ["deploy", "deployment", "deployments", "Deployment", "deployment.apps"] {
            assert_eq!(named(name).as_deref(), Some("Deployment"), "{name}");
        }
        assert_eq!(named("po").as_deref(), Some("Pod"));
        assert_eq!(named("issue"), None, "an incident is not a workload");
    }
}
