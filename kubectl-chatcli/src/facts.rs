//! The facts about one workload or node, read with the caller's own rights, for an explanation where nothing is installed.
//!
//! In: `KIND/NAME`. Out: [`Facts`], as deep as the rules ask for and the caller may read; what may not be read is named in them.
//! Never: more than the rules want, and nothing is kept.

use std::collections::BTreeSet;
use std::sync::Arc;

use common::diagnosis;
use common::facts::{Facts, Subject, Surroundings, membership, reading};
use futures::future::join_all;
use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Node, Pod, Service};
use k8s_openapi::api::networking::v1::Ingress;
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use kube::api::{Api, ListParams, ObjectList};
use kube::{Client, ResourceExt as _};
use serde::de::DeserializeOwned;

use crate::failure::Failure;
use crate::kube::{Cluster, Kind, typed};

/// A kind one can ask about, by the names kubectl knows it by.
pub fn kind(name: &str) -> Option<Kind> {
    let (group, version, kind, plural) = match name.to_lowercase().split('.').next().unwrap_or_default() {
        "deploy" | "deployment" | "deployments" => ("apps", "v1", "Deployment", "deployments"),
        "sts" | "statefulset" | "statefulsets" => ("apps", "v1", "StatefulSet", "statefulsets"),
        "ds" | "daemonset" | "daemonsets" => ("apps", "v1", "DaemonSet", "daemonsets"),
        "job" | "jobs" => ("batch", "v1", "Job", "jobs"),
        "po" | "pod" | "pods" => ("", "v1", "Pod", "pods"),
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
    // A pod says why it is unwell, its owner what it should be: the owner is what is explained.
    if kind.resource.kind == "Pod"
        && let Some(owner) = owner(cluster, &found).await?
    {
        return Box::pin(gather(cluster, &owner.0, &owner.1, now)).await;
    }
    let object = match kind.resource.kind.as_str() {
        "Deployment" => Subject::Deployment(shared::<Deployment>(&found)?),
        "StatefulSet" => Subject::StatefulSet(shared::<StatefulSet>(&found)?),
        "DaemonSet" => Subject::DaemonSet(shared::<DaemonSet>(&found)?),
        "Job" => Subject::Job(shared::<Job>(&found)?),
        "Pod" => Subject::Pod(shared::<Pod>(&found)?),
        _ => Subject::Node(shared::<Node>(&found)?),
    };
    let subject = object.reference();
    let uid = found.uid().unwrap_or_default();
    let (pods, replica_sets) = owned(cluster, &object, &uid, name).await?;
    let nodes = nodes(cluster, &pods).await;
    let around = if is_node { Surroundings::default() } else { surroundings(cluster, cluster.namespace()).await };
    let mut facts = Facts { pods, replica_sets, nodes, subject, ..Facts::about(object, now) }.with_surroundings(around);
    deepen(&cluster.client(), &mut facts).await;
    Ok(Some(facts))
}

/// Reads what the rules want, and what they want then: a log line may name a Service.
async fn deepen(client: &Client, facts: &mut Facts) {
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
async fn surroundings(cluster: &Cluster, namespace: &str) -> Surroundings {
    let client = cluster.client();
    let all = ListParams::default();
    let services = Api::<Service>::namespaced(client.clone(), namespace);
    let ingresses = Api::<Ingress>::namespaced(client.clone(), namespace);
    let autoscalers = Api::<HorizontalPodAutoscaler>::namespaced(client.clone(), namespace);
    let budgets = Api::<PodDisruptionBudget>::namespaced(client, namespace);
    let (services, ingresses, autoscalers, budgets) =
        futures::join!(services.list(&all), ingresses.list(&all), autoscalers.list(&all), budgets.list(&all));
    Surroundings {
        services: shared_list(services),
        ingresses: shared_list(ingresses),
        autoscalers: shared_list(autoscalers),
        budgets: shared_list(budgets),
        ..Surroundings::default()
    }
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

/// Its pods, and a Deployment's ReplicaSets, newest first.
async fn owned(
    cluster: &Cluster,
    object: &Subject,
    uid: &str,
    name: &str,
) -> Result<(Vec<Arc<Pod>>, Vec<Arc<ReplicaSet>>), Failure> {
    if let Subject::Pod(pod) = object {
        return Ok((vec![Arc::clone(pod)], Vec::new()));
    }
    let pods = Kind::of("", "v1", "Pod", "pods");
    if matches!(object, Subject::Node(_)) {
        let listed = cluster.list(&pods, None, None).await?.0;
        let here: Vec<Arc<Pod>> = listed.iter().filter_map(|pod| shared(pod).ok()).collect();
        let on = |pod: &Arc<Pod>| pod.spec.as_ref().and_then(|spec| spec.node_name.as_deref()) == Some(name);
        return Ok((here.into_iter().filter(on).collect(), Vec::new()));
    }
    let here = Some(cluster.namespace());
    let mut sets: Vec<Arc<ReplicaSet>> = Vec::new();
    if matches!(object, Subject::Deployment(_)) {
        let listed = cluster.list(&Kind::of("apps", "v1", "ReplicaSet", "replicasets"), here, None).await?.0;
        sets = listed
            .iter()
            .filter(|set| membership::is_controlled_by(&set.metadata, uid))
            .filter_map(|set| shared(set).ok())
            .collect();
        sets.sort_by_key(|set| std::cmp::Reverse(membership::revision(set)));
    }
    let owners: Vec<String> = sets.iter().filter_map(|set| set.uid()).chain([uid.to_owned()]).collect();
    let listed = cluster.list(&pods, here, None).await?.0;
    let is_ours =
        |pod: &&kube::api::DynamicObject| owners.iter().any(|uid| membership::is_controlled_by(&pod.metadata, uid));
    Ok((listed.iter().filter(is_ours).filter_map(|pod| shared(pod).ok()).collect(), sets))
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
