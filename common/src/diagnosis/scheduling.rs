//! Pods that find no node.
//!
//! In: the scheduler's sentence, the nodes. Out: findings by what is short. Never: adds nodes or evicts others.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Container, PodCondition, PodSpec};

use super::case::{Case, pod_ref, schedulers_word};
use super::codes::Code;
use super::draft::{Draft, receipt};
use super::storage;
use crate::api::ResourceRef;
use crate::api::ai_insight::Finding;
use crate::facts::Pod;
use crate::facts::membership::condition;
use crate::facts::quantity::{amount, mebibytes_of};
use crate::facts::revisions::Revision;

/// One finding for the first pod that cannot be placed: its siblings are the same pod.
pub fn unschedulable(case: &Case<'_>) -> Vec<Finding> {
    let refused = case.facts.current_pods().find_map(|pod| Some((pod, refusal(pod)?)));
    let Some((pod, condition)) = refused else { return Vec::new() };
    let said = condition.message.as_deref().unwrap_or_default();
    let (code, short) = classify(said);
    let differs = |good: Revision<'_>, current: Revision<'_>| match (good.pod_spec(), current.pod_spec()) {
        (Some(before), Some(after)) => placement(before) != placement(after),
        _ => false,
    };
    let changed = case.rollout.as_ref().and_then(|it| it.good.map(|good| differs(good, it.current))).unwrap_or(false);
    // Its pods have no container status yet, so the case's own way back does not see them.
    let rollback = changed.then(|| case.rollback_of_pending(pod, "asks for another place")).flatten();
    if code == Code::UnschedulableVolume {
        return vec![storage::unplaced(case, pod, condition, &short).remedy(rollback).done()];
    }
    let cordoned = cordoned(case, said);
    let too_large = (code == Code::UnschedulableResources).then(|| too_large(case, pod)).flatten();
    let code = match (code, &cordoned, &too_large) {
        (Code::UnschedulableTaint, Some(_), _) => Code::NodeCordoned,
        (_, _, Some(_)) => Code::RequestTooLarge,
        (code, ..) => code,
    };
    let count = case.facts.current_pods().filter(|pod| refusal(pod).is_some()).count();
    let path = match code {
        Code::UnschedulableResources | Code::RequestTooLarge => ".spec.template.spec.containers[*].resources.requests",
        Code::UnschedulableTaint => ".spec.template.spec.tolerations",
        Code::UnschedulableAffinity => ".spec.template.spec.affinity",
        Code::UnschedulableSpread => ".spec.template.spec.topologySpreadConstraints",
        Code::UnschedulableHostPort => ".spec.template.spec.containers[*].ports[*].hostPort",
        _ => ".spec.template.spec.nodeSelector",
    };
    let pods = if count == 1 { "1 pod".to_owned() } else { format!("{count} pods") };
    let mut draft = Draft::of(code, format!("{}: {pods} cannot be placed: {short}", case.subject()))
        .cause(&case.facts.subject, path)
        .receipt(schedulers_word(pod, condition));
    if let Some(node) = cordoned.filter(|_| code == Code::NodeCordoned) {
        draft = draft.cause(&node, ".spec.unschedulable").receipt(receipt(
            format!("{} is cordoned", node.short()),
            node.clone(),
            ".spec.unschedulable",
            "true",
            Some(case.facts.now),
        ));
    }
    if let Some((node, resource, asked, most)) = too_large {
        draft = draft.receipt(match most {
            Some(most) => receipt(
                format!("the largest node has {most} {resource}, the pod asks for {asked}"),
                node,
                format!(".status.allocatable[{resource}]"),
                most,
                Some(case.facts.now),
            ),
            None => receipt(
                format!("no node has any {resource}, the pod asks for {asked}"),
                node,
                ".status.allocatable",
                format!("no {resource}"),
                Some(case.facts.now),
            ),
        });
    }
    vec![
        draft
            .confidence(0.95, "the scheduler says so; it names every node it refused")
            .rules_out("image", "not reached: no node was chosen")
            .remedy(rollback)
            .advice(match code {
                Code::UnschedulableResources => "ask for less, free room, or add a node",
                Code::RequestTooLarge => "lower the request: no node has as much, even when empty",
                Code::UnschedulableTaint => "tolerate the taint, or remove it",
                Code::NodeCordoned => "uncordon the node when the work on it is done: kubectl uncordon",
                Code::UnschedulableAffinity => "prefer instead of require, widen the topology key, or add nodes",
                Code::UnschedulableSpread => "raise maxSkew or use ScheduleAnyway, or add nodes where they are missing",
                Code::UnschedulableHostPort => "drop hostPort, or run at most one such pod per node",
                _ => "correct the node selector or node affinity, or label a node",
            })
            .done(),
    ]
}

/// The scheduler's refusal.
pub fn refusal(pod: &Pod) -> Option<&PodCondition> {
    condition(pod, "PodScheduled")
        .filter(|condition| condition.status == "False" && condition.reason.as_deref() == Some("Unschedulable"))
}

/// What decides where a pod may run.
fn placement(spec: &PodSpec) -> impl PartialEq + '_ {
    let requests: Vec<_> =
        spec.containers.iter().map(|container| container.resources.as_ref().map(|it| &it.requests)).collect();
    (requests, &spec.node_selector, &spec.affinity, &spec.topology_spread_constraints, &spec.volumes)
}

/// The reason in the scheduler's sentence that a person can act on.
fn classify(said: &str) -> (Code, String) {
    let lower = said.to_lowercase();
    // `0/3 nodes are available: <reasons>. <what preemption would do>`
    let reasons = said.split_once(" nodes are available: ").map_or(said, |(_, reasons)| reasons);
    let short = reasons.split(". ").next().unwrap_or(reasons).trim().trim_end_matches('.').to_owned();
    let code = if storage::is_about_volumes(said) {
        Code::UnschedulableVolume
    } else if lower.contains("insufficient ") || lower.contains("too many pods") {
        Code::UnschedulableResources
    } else if lower.contains("free ports") {
        Code::UnschedulableHostPort
    } else if lower.contains("topology spread") {
        Code::UnschedulableSpread
    } else if lower.contains("pod affinity")
        || lower.contains("pod anti-affinity")
        || lower.contains("anti-affinity rules")
    {
        Code::UnschedulableAffinity
    } else if lower.contains("affinity") || lower.contains("selector") {
        Code::UnschedulablePlacement
    } else if lower.contains("taint") || lower.contains("unschedulable") {
        Code::UnschedulableTaint
    } else {
        Code::UnschedulablePlacement
    };
    (code, short)
}

/// A cordoned node among those refused for it.
fn cordoned(case: &Case<'_>, said: &str) -> Option<ResourceRef> {
    if !said.contains("were unschedulable") && !said.contains("node.kubernetes.io/unschedulable") {
        return None;
    }
    let node = case
        .facts
        .extra
        .all_nodes
        .iter()
        .find(|node| node.spec.as_ref().is_some_and(|spec| spec.unschedulable.unwrap_or(false)))?;
    Some(ResourceRef {
        api_version: Some("v1".to_owned()),
        uid: node.metadata.uid.clone(),
        ..ResourceRef::new("Node", "", node.metadata.name.clone().unwrap_or_default())
    })
}

/// A request that even the largest node does not hold when it is empty: that node, what is short, how much of it is asked, and how
/// much there is, if any.
fn too_large(case: &Case<'_>, pod: &Pod) -> Option<(ResourceRef, String, String, Option<String>)> {
    let asked = requests(pod.spec.as_ref()?);
    asked.into_iter().find_map(|(resource, asked)| {
        let nodes = case.facts.extra.all_nodes.iter().filter_map(|node| {
            let has = node.status.as_ref()?.allocatable.as_ref()?.get(resource);
            Some((has.map_or(Some(0.0), amount)?, has.map(|has| has.0.clone()), node))
        });
        let (most, said, node) = nodes.max_by(|a, b| a.0.total_cmp(&b.0))?;
        (asked > most).then(|| {
            let node = ResourceRef {
                api_version: Some("v1".to_owned()),
                uid: node.metadata.uid.clone(),
                ..ResourceRef::new("Node", "", node.metadata.name.clone().unwrap_or_default())
            };
            let in_bytes =
                resource == "memory" || resource.starts_with("ephemeral-") || resource.starts_with("hugepages-");
            let asked = if in_bytes { mebibytes_of(asked) } else { format!("{asked}") };
            (node, resource.to_owned(), asked, said)
        })
    })
}

/// What a pod asks of a node: its containers together, or its greediest init container.
fn requests(spec: &PodSpec) -> BTreeMap<&str, f64> {
    fn of(container: &Container) -> impl Iterator<Item = (&str, f64)> {
        let asked = container.resources.as_ref().and_then(|it| it.requests.as_ref());
        asked.into_iter().flatten().filter_map(|(resource, asked)| Some((resource.as_str(), amount(asked)?)))
    }
    let mut all: BTreeMap<&str, f64> = BTreeMap::new();
    for (resource, asked) in spec.containers.iter().flat_map(of) {
        *all.entry(resource).or_default() += asked;
    }
    for (resource, asked) in spec.init_containers.iter().flatten().flat_map(of) {
        let most = all.entry(resource).or_default();
        *most = most.max(asked);
    }
    all
}

/// Nobody has looked at the pod at all, because it waits for a scheduler that does not run.
pub fn scheduler(case: &Case<'_>) -> Vec<Finding> {
    let waiting = case.facts.current_pods().find_map(|pod| {
        let spec = pod.spec.as_ref()?;
        let name = spec.scheduler_name.as_deref().filter(|name| *name != "default-scheduler")?;
        let ignored = pod.node.is_none() && condition(pod, "PodScheduled").is_none();
        ignored.then_some((pod, name))
    });
    let Some((pod, name)) = waiting else { return Vec::new() };
    vec![
        Draft::of(
            Code::SchedulerMissing,
            format!("{}: its pods wait for scheduler {name}, which does not look at them", case.subject()),
        )
        .cause(&case.facts.subject, ".spec.template.spec.schedulerName")
        .receipt(receipt(
            format!("schedulerName is {name}"),
            pod_ref(pod),
            ".spec.schedulerName",
            name,
            Some(case.facts.now),
        ))
        .receipt(receipt(
            "no scheduler has said anything about it",
            pod_ref(pod),
            ".status.phase",
            "Pending",
            Some(case.facts.now),
        ))
        .confidence(0.9, "a scheduler that runs says at once whether it finds a node")
        .rules_out("image", "not reached: no node was chosen")
        .remedy(case.rollback_of_pending(pod, "asks for another scheduler"))
        .advice(format!("correct schedulerName, or start scheduler {name}"))
        .done(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schedulers_sentence_is_read_for_what_can_be_acted_on() {
        for (said, code, short) in [
            (
                "0/1 nodes are available: 1 Insufficient memory. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.",
                Code::UnschedulableResources,
                "1 Insufficient memory",
            ),
            (
                "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
                Code::UnschedulableResources,
                "1 Insufficient cpu",
            ),
            (
                "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. preemption: x",
                Code::UnschedulablePlacement,
                "1 node(s) didn't match Pod's node affinity/selector",
            ),
            (
                "0/1 nodes are available: 1 node(s) were unschedulable.",
                Code::UnschedulableTaint,
                "1 node(s) were unschedulable",
            ),
            (
                "0/1 nodes are available: 1 node(s) had untolerated taint {dedicated: db}.",
                Code::UnschedulableTaint,
                "1 node(s) had untolerated taint {dedicated: db}",
            ),
            (
                "0/1 nodes are available: persistentvolumeclaim \"data\" not found.",
                Code::UnschedulableVolume,
                "persistentvolumeclaim \"data\" not found",
            ),
            (
                "0/1 nodes are available: 1 node(s) exceed max volume count.",
                Code::UnschedulableVolume,
                "1 node(s) exceed max volume count",
            ),
            (
                "0/1 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity. preemption: x",
                Code::UnschedulableVolume,
                "1 node(s) didn't match PersistentVolume's node affinity",
            ),
        ] {
            assert_eq!(classify(said), (code, short.to_owned()));
        }
    }
}
