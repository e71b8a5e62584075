//! The facts about one workload or node, read with the caller's own rights, for an explanation where nothing is installed.
//!
//! In: `KIND/NAME`. Out: [`Facts`], as deep as the rules ask for and the caller may read; what may not be read is named in them.
//! Never: more than the rules want, and nothing is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use common::api::ResourceRef;
use common::diagnosis;
use common::facts::{Extra, Facts, LogTail, ServiceFacts, Subject, Want, membership};
use common::redact;
use futures::future::join_all;
use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{ConfigMap, Event, Node, Pod, Service};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::{Api, ListParams, LogParams};
use kube::{Client, ResourceExt as _};
use serde::de::DeserializeOwned;

use crate::failure::Failure;
use crate::kube::{Cluster, Kind, typed};

/// Lines and bytes of a log tail; what the rules look at.
const LINES: i64 = 50;
const BYTES: i64 = 65_536;
/// Pods whose Events are read; of many failing pods one tells as much as all.
const PODS: usize = 3;
/// How often the rules may ask for more.
const ROUNDS: usize = 3;

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
        "CronJob" => match newest_job(cluster, &found).await? {
            Some(job) => Subject::Job(job),
            None => {
                return Err(Failure::new(format!("cronjob {name:?} has made no Job yet: there is nothing to explain")));
            }
        },
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
    let mut facts = Facts::about(object, now);
    if kind.resource.kind == "CronJob"
        && let Some(cron_job) = cron_job_of(facts.object.meta())
    {
        facts.subject = cron_job;
    }
    facts.extra = extra;
    add_parts(cluster, &mut facts).await;
    deepen(&cluster.client(), &mut facts).await;
    Ok(Some(facts))
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

/// Reads what the rules want, and what they want then: a log line may name a Service.
pub async fn deepen(client: &Client, facts: &mut Facts) {
    let mut asked = BTreeSet::new();
    for _ in 0..ROUNDS {
        let wants: Vec<_> = diagnosis::wants(facts).into_iter().filter(|want| asked.insert(want.clone())).collect();
        let answers = join_all(wants.iter().map(|want| answer(client, facts, want))).await;
        for one in answers {
            merge(&mut facts.extra, one);
        }
    }
}

fn shared<T: DeserializeOwned>(object: &kube::api::DynamicObject) -> Result<Arc<T>, Failure> {
    typed(object).map(Arc::new)
}

/// The workload a pod belongs to, through its ReplicaSet where there is one.
async fn owner(cluster: &Cluster, pod: &kube::api::DynamicObject) -> Result<Option<(Kind, String)>, Failure> {
    let Some(owner) = membership::controller(&pod.metadata) else { return Ok(None) };
    // Of a ReplicaSet it is the Deployment, not another ReplicaSet.
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
            // A CronJob's pods belong to its newest Job.
            let named = std::mem::replace(&mut facts.subject, facts.object.reference());
            *facts = facts.clone().with_replica_sets(sets).with_pods(pods);
            facts.subject = named;
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
    let mut names: Vec<_> = pods.iter().filter_map(|pod| pod.spec.as_ref()?.node_name.clone()).collect();
    names.sort();
    names.dedup();
    let kind = Kind::of("", "v1", "Node", "nodes");
    let found = join_all(names.iter().map(|name| cluster.find(&kind, None, name))).await;
    found.into_iter().filter_map(|node| shared(node.ok().flatten().as_ref()?).ok()).collect()
}

fn merge(all: &mut Extra, one: Extra) {
    all.events.extend(one.events);
    all.logs.extend(one.logs);
    all.config_maps.extend(one.config_maps);
    all.services.extend(one.services);
    all.missing.extend(one.missing);
    all.unreadable.extend(one.unreadable);
}

async fn answer(client: &Client, facts: &Facts, want: &Want) -> Extra {
    let namespace = facts.subject.namespace.as_str();
    let mut extra = Extra::default();
    match want {
        Want::Events => events(client, facts, &mut extra).await,
        Want::Logs { pod, container, previous } => {
            // What the program was given as a secret it may print under any name.
            let known = redact::Known::of_pod(facts.object.pod_spec());
            logs(client, namespace, (pod, container, *previous), &known, &mut extra).await;
        }
        Want::ConfigMap(name) => {
            let found = Api::<ConfigMap>::namespaced(client.clone(), namespace).get_opt(name).await;
            if let Some(found) = noted(found, &reference("ConfigMap", namespace, name), &mut extra) {
                extra.config_maps.push(found);
            }
        }
        Want::Service { namespace, name } => service(client, namespace, name, &mut extra).await,
    }
    extra
}

fn reference(kind: &str, namespace: &str, name: &str) -> ResourceRef {
    ResourceRef { api_version: Some("v1".to_owned()), ..ResourceRef::new(kind, namespace, name) }
}

/// What was read; what is missing or may not be read is written down.
fn noted<T>(found: kube::Result<Option<T>>, reference: &ResourceRef, extra: &mut Extra) -> Option<T> {
    match found {
        Ok(None) => extra.missing.push(reference.clone()),
        Err(problem) => extra.unreadable.push((reference.clone(), reason(&problem))),
        Ok(found) => return found,
    }
    None
}

fn reason(problem: &kube::Error) -> String {
    match problem {
        kube::Error::Api(status) => status.message.clone(),
        other => other.to_string(),
    }
}

async fn events(client: &Client, facts: &Facts, extra: &mut Extra) {
    let (api, selectors): (Api<Event>, Vec<String>) = if matches!(facts.object, Subject::Node(_)) {
        // The kubelet reports about its Node under the node's name as UID.
        (Api::all(client.clone()), vec![format!("involvedObject.kind=Node,involvedObject.name={}", facts.subject.name)])
    } else {
        let newest = facts.replica_sets.first().and_then(|set| set.uid());
        let pods = facts
            .pods
            .iter()
            .filter(|pod| membership::ready_since(pod).is_none())
            .take(PODS)
            .filter_map(|pod| pod.uid());
        let uids = facts.object.meta().uid.clone().into_iter().chain(newest).chain(pods);
        let selectors = uids.map(|uid| format!("involvedObject.uid={uid}")).collect();
        (Api::namespaced(client.clone(), &facts.subject.namespace), selectors)
    };
    let params: Vec<_> = selectors.iter().map(|selector| ListParams::default().fields(selector).limit(100)).collect();
    for listed in join_all(params.iter().map(|params| api.list(params))).await {
        match listed {
            Ok(listed) => extra.events.extend(listed.items),
            Err(problem) => {
                extra.unreadable.push((ResourceRef::new("Event", &facts.subject.namespace, ""), reason(&problem)));
            }
        }
    }
    for event in &mut extra.events {
        event.message = event.message.take().map(|text| redact::secrets(&text).into_owned());
    }
    extra.events.sort_by_key(|event| {
        let last = event.last_timestamp.as_ref().map(|time| time.0).or(event.event_time.as_ref().map(|time| time.0));
        last.or(event.metadata.creation_timestamp.as_ref().map(|time| time.0))
    });
}

async fn logs(
    client: &Client,
    namespace: &str,
    (pod, container, previous): (&str, &str, bool),
    known: &redact::Known,
    extra: &mut Extra,
) {
    let params = LogParams {
        container: Some(container.to_owned()),
        previous,
        tail_lines: Some(LINES),
        limit_bytes: Some(BYTES),
        ..LogParams::default()
    };
    match Api::<Pod>::namespaced(client.clone(), namespace).logs(pod, &params).await {
        Ok(text) => {
            let lines = redact::secrets_and(&text, known).lines().map(str::to_owned).collect();
            extra.logs.push(LogTail { pod: pod.to_owned(), container: container.to_owned(), previous, lines });
        }
        Err(problem) => {
            extra
                .unreadable
                .push((ResourceRef::new("Pod", namespace, pod), format!("log of {container}: {}", reason(&problem))));
        }
    }
}

async fn service(client: &Client, namespace: &str, name: &str, extra: &mut Extra) {
    let reference = reference("Service", namespace, name);
    let services: Api<Service> = Api::namespaced(client.clone(), namespace);
    let slices: Api<EndpointSlice> = Api::namespaced(client.clone(), namespace);
    let of_it = ListParams::default().labels(&format!("kubernetes.io/service-name={name}"));
    let (found, slices) = futures::join!(services.get_opt(name), slices.list(&of_it));
    let Some(found) = noted(found, &reference, extra) else { return };
    let Some(slices) = noted(slices.map(Some), &reference, extra) else { return };
    let endpoints: Vec<_> = slices.items.into_iter().flat_map(|slice| slice.endpoints).collect();
    // Unknown readiness counts as ready, as the API says it must.
    let is_ready = |conditions: Option<bool>| conditions.unwrap_or(true);
    let ready = endpoints
        .iter()
        .filter(|one| is_ready(one.conditions.as_ref().and_then(|conditions| conditions.ready)))
        .count();
    let selector = found.spec.clone().and_then(|spec| spec.selector).unwrap_or_default();
    let behind = if ready == 0 { behind(client, namespace, &selector).await } else { Vec::new() };
    extra.services.push(ServiceFacts {
        service: ResourceRef { uid: found.uid(), ..reference },
        selector,
        ready_endpoints: ready,
        endpoints: endpoints.len(),
        behind,
    });
}

/// Who would answer: the owners of the pods a Service selects, and Deployments that have no pods but would make such ones. As far as
/// the caller may read them; a Service whose workload stays unknown is named itself.
async fn behind(client: &Client, namespace: &str, selector: &BTreeMap<String, String>) -> Vec<ResourceRef> {
    if selector.is_empty() {
        return Vec::new();
    }
    let labels: Vec<String> = selector.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let selected = ListParams::default().labels(&labels.join(",")).limit(500);
    let (pods, deployments): (Api<Pod>, Api<Deployment>) =
        (Api::namespaced(client.clone(), namespace), Api::namespaced(client.clone(), namespace));
    let sets: Api<ReplicaSet> = Api::namespaced(client.clone(), namespace);
    let all = ListParams::default();
    let (pods, deployments, sets) = futures::join!(pods.list(&selected), deployments.list(&all), sets.list(&all));
    let sets = sets.map(|list| list.items).unwrap_or_default();
    let mut found = BTreeMap::new();
    for pod in pods.map(|list| list.items).unwrap_or_default() {
        let of_pod = membership::controller(&pod.metadata).cloned();
        let of_set = of_pod.as_ref().filter(|owner| owner.kind == "ReplicaSet").and_then(|owner| {
            let set = sets.iter().find(|set| set.metadata.uid.as_ref() == Some(&owner.uid))?;
            membership::controller(&set.metadata).cloned()
        });
        let workload = match of_set.or(of_pod) {
            Some(owner) => ResourceRef {
                api_version: Some(owner.api_version),
                ..ResourceRef::new(owner.kind, namespace, owner.name).with_uid(owner.uid)
            },
            None => Subject::Pod(Arc::new(pod)).reference(),
        };
        found.insert((workload.kind.clone(), workload.name.clone()), workload);
    }
    for deployment in deployments.map(|list| list.items).unwrap_or_default() {
        let template = deployment.spec.as_ref().and_then(|spec| spec.template.metadata.as_ref());
        let labels = template.and_then(|meta| meta.labels.as_ref());
        if labels.is_some_and(|labels| selector.iter().all(|(key, value)| labels.get(key) == Some(value))) {
            let workload = Subject::Deployment(Arc::new(deployment)).reference();
            found.insert((workload.kind.clone(), workload.name.clone()), workload);
        }
    }
    found.into_values().collect()
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
