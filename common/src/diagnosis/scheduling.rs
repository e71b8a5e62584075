//! Pods that find no node, and volumes that find no pod.
//!
//! In: the scheduler's sentence, mount Events. Out: findings by what is short. Never: adds nodes or evicts others.

use k8s_openapi::api::core::v1::{Pod, PodCondition, PodSpec};

use super::case::{Case, event_receipt, pod_ref};
use super::codes::Code;
use super::config;
use super::draft::{Draft, receipt};
use crate::api::ai_insight::Finding;
use crate::facts::membership::condition;
use crate::facts::revisions::Revision;

/// One finding for the first pod that cannot be placed: its siblings are the same pod.
pub fn unschedulable(case: &Case<'_>) -> Vec<Finding> {
    let refused = case.facts.current_pods().find_map(|pod| Some((pod, refusal(pod)?)));
    let Some((pod, condition)) = refused else { return Vec::new() };
    let said = condition.message.as_deref().unwrap_or_default();
    let (code, short) = classify(said);
    let count = case.facts.current_pods().filter(|pod| refusal(pod).is_some()).count();
    let path = match code {
        Code::UnschedulableResources => ".spec.template.spec.containers[*].resources.requests",
        Code::UnschedulableTaint => ".spec.template.spec.tolerations",
        Code::UnschedulableVolume => ".spec.template.spec.volumes",
        _ => ".spec.template.spec.nodeSelector",
    };
    let differs = |good: Revision<'_>, current: Revision<'_>| match (good.pod_spec(), current.pod_spec()) {
        (Some(before), Some(after)) => placement(before) != placement(after),
        _ => false,
    };
    let changed = case.rollout.as_ref().and_then(|it| it.good.map(|good| differs(good, it.current))).unwrap_or(false);
    // Its pods have no container status yet, so the case's own way back does not see them.
    let rollback = changed.then(|| case.rollback_of_pending(pod)).flatten();
    let pods = if count == 1 { "1 pod".to_owned() } else { format!("{count} pods") };
    vec![
        Draft::of(code, format!("{}: {pods} cannot be placed: {short}", case.subject()))
            .cause(&case.facts.subject, path)
            .receipt(receipt(
                format!("the scheduler says: {said}"),
                pod_ref(pod),
                ".status.conditions[PodScheduled]",
                said,
                condition.last_transition_time.as_ref().map(|time| time.0),
            ))
            .confidence(0.95, "the scheduler says so; it names every node it refused")
            .rules_out("image", "not reached: no node was chosen")
            .remedy(rollback)
            .advice(match code {
                Code::UnschedulableResources => "ask for less, free room, or add a node",
                Code::UnschedulableTaint => "tolerate the taint, remove it, or uncordon the node",
                Code::UnschedulableVolume => "look at the volume claims of the pod: kubectl get pvc",
                _ => "correct node selector, affinity or spread rules, or label a node",
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
    let code = if lower.contains("persistentvolumeclaim")
        || lower.contains("volume node affinity")
        || lower.contains("persistent volume")
    {
        Code::UnschedulableVolume
    } else if lower.contains("insufficient ") || lower.contains("too many pods") {
        Code::UnschedulableResources
    } else if lower.contains("affinity")
        || lower.contains("selector")
        || lower.contains("topology spread")
        || lower.contains("free ports")
    {
        Code::UnschedulablePlacement
    } else if lower.contains("taint") || lower.contains("unschedulable") {
        Code::UnschedulableTaint
    } else {
        Code::UnschedulablePlacement
    };
    (code, short)
}

/// Volumes that cannot be attached or mounted; missing ConfigMaps and Secrets have their own rule.
pub fn volumes(case: &Case<'_>) -> Vec<Finding> {
    let stuck = case.sick.iter().filter(|container| container.is_being_prepared());
    let found = stuck
        .flat_map(|container| {
            case.events_of(container.pod, "FailedMount").chain(case.events_of(container.pod, "FailedAttachVolume"))
        })
        .find(|event| {
            let said = event.message.as_deref().unwrap_or_default();
            // The kubelet has not heard of the namespace's objects yet; it has a moment later.
            let starting = said.contains("failed to sync") && said.contains("cache");
            config::parse(said).is_none() && !said.contains("references non-existent") && !starting
        });
    let named = case.sick.iter().any(|container| {
        case.events_of(container.pod, "FailedMount").any(|event| {
            let said = event.message.as_deref().unwrap_or_default();
            config::parse(said).is_some() || said.contains("references non-existent")
        })
    });
    // `timed out waiting for the condition` repeats what a more exact Event has said.
    let Some(event) = found.filter(|_| !named) else { return Vec::new() };
    let said = event.message.as_deref().unwrap_or_default().trim();
    vec![
        Draft::of(Code::VolumeNotMounting, format!("{} cannot start: {said}", case.subject()))
            .cause(&case.facts.subject, ".spec.template.spec.volumes")
            .receipt(event_receipt(event))
            .confidence(0.85, "the kubelet says so")
            .advice("look at the volume, its driver and the node it should be on")
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
        ] {
            assert_eq!(classify(said), (code, short.to_owned()));
        }
    }
}
