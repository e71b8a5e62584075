//! Nodes that do not serve, and workloads that suffer from it.
//!
//! In: node conditions. Out: findings on the Node. Never: touches a node.

use k8s_openapi::api::core::v1::{Node, NodeCondition};

use super::case::{Case, event_receipt, pod_ref};
use super::codes::Code;
use super::draft::{Draft, receipt};
use crate::api::ResourceRef;
use crate::api::ai_insight::{Evidence, Finding};
use crate::facts::Subject;
use crate::facts::membership::ready_since;

/// What a node says about itself.
pub fn node(case: &Case<'_>) -> Vec<Finding> {
    let Subject::Node(node) = &case.facts.object else { return Vec::new() };
    let name = case.subject();
    let mut findings = Vec::new();
    for condition in node.status.iter().flat_map(|status| status.conditions.iter().flatten()) {
        let silent = condition.status == "Unknown";
        let (code, statement, advice) = match condition.type_.as_str() {
            "Ready" if condition.status != "True" => (
                Code::NodeNotReady,
                if silent {
                    format!("{name} does not answer: its kubelet has stopped reporting")
                } else {
                    format!("{name} is not ready: {}", words(condition))
                },
                if silent {
                    "see whether the machine is up and its network reaches the API server"
                } else {
                    "look at the kubelet and the container runtime on that node"
                },
            ),
            kind @ ("DiskPressure" | "MemoryPressure" | "PIDPressure") if condition.status == "True" => (
                Code::NodePressure,
                format!(
                    "{name} runs short of {}: {}",
                    match kind {
                        "DiskPressure" => "disk",
                        "MemoryPressure" => "memory",
                        _ => "process ids",
                    },
                    words(condition)
                ),
                "free what is short or move work away; pods are evicted until it is",
            ),
            "NetworkUnavailable" if condition.status == "True" => (
                Code::NodeNetwork,
                format!("{name} has no pod network: {}", words(condition)),
                "look at the network plugin on that node",
            ),
            _ => continue,
        };
        let events =
            case.facts.extra.events.iter().rev().filter(|event| event.type_.as_deref() == Some("Warning")).take(3);
        findings.push(
            Draft::of(code, statement)
                .cause(&case.facts.subject, format!(".status.conditions[{}]", condition.type_))
                .receipt(condition_receipt(&case.facts.subject, condition))
                .receipts(events.map(event_receipt))
                .confidence(
                    if silent { 0.9 } else { 0.95 },
                    if silent {
                        "that it is silent is certain; whether machine, kubelet or network, it cannot say"
                    } else {
                        "the kubelet says so itself"
                    },
                )
                .advice(advice)
                .done(),
        );
    }
    findings
}

/// Pods that are not ready because their node is not.
pub fn under(case: &Case<'_>) -> Vec<Finding> {
    if matches!(case.facts.object, Subject::Node(_)) {
        return Vec::new();
    }
    let lost = case.facts.current_pods().filter(|pod| ready_since(pod).is_none()).find_map(|pod| {
        let node = case.facts.node_of(pod)?;
        Some((pod, node, not_ready(node)?))
    });
    let Some((pod, node, condition)) = lost else { return Vec::new() };
    let name = node.metadata.name.as_deref().unwrap_or_default();
    let mut object = ResourceRef::new("Node", "", name);
    object.api_version = Some("v1".to_owned());
    object.uid.clone_from(&node.metadata.uid);
    vec![
        Draft::of(Code::NodeNotReady, format!("{} lacks pods because node/{name} is not ready", case.subject()))
            .cause(&object, ".status.conditions[Ready]")
            .receipt(condition_receipt(&object, condition))
            .receipt(receipt(
                format!("runs on node {name}"),
                pod_ref(pod),
                ".spec.nodeName",
                name,
                Some(case.facts.now),
            ))
            .confidence(0.93, "its unready pods are on a node that is not ready")
            .rules_out("application", "nothing on that node is reported as ready")
            .advice(format!("look at node/{name}; its pods come back with it or are moved by Kubernetes"))
            .done(),
    ]
}

/// The Ready condition of a node that is not ready.
pub fn not_ready(node: &Node) -> Option<&NodeCondition> {
    node.status.as_ref()?.conditions.as_ref()?.iter().find(|it| it.type_ == "Ready" && it.status != "True")
}

fn condition_receipt(object: &ResourceRef, condition: &NodeCondition) -> Evidence {
    receipt(
        words(condition),
        object.clone(),
        format!(".status.conditions[{}]", condition.type_),
        format!("{}={} ({})", condition.type_, condition.status, condition.reason.as_deref().unwrap_or_default()),
        condition.last_transition_time.as_ref().map(|time| time.0),
    )
}

fn words(condition: &NodeCondition) -> &str {
    condition
        .message
        .as_deref()
        .filter(|words| !words.is_empty())
        .or(condition.reason.as_deref())
        .unwrap_or("no reason given")
}
