//! Actions on a node: no new pods, new pods again, and all pods away.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::action::{Action, Rule, Settled, Spec};
use super::change::{ChangeSet, Terms};
use super::edits;
use super::health;
use super::kind::{self, Kind};
use super::live::{self, Live, Need};
use super::object::Object;
use super::refusal::Refusal;
use super::settle;
use crate::api::keys::{annotations, labels};
use crate::api::remediation_plan::{ActionClass, WriteKind};
use crate::api::{ActionType, ResourceRef};
use crate::decisions::brakes::is_pause;

/// Kinds an incident may be about when a node is to be changed for it.
const KINDS: &[&Kind] = &[&kind::NODE, &kind::DEPLOYMENT, &kind::STATEFUL_SET, &kind::DAEMON_SET, &kind::JOB];
const PATCH_NODES: Rule = Rule { group: "", resource: "nodes", verbs: &["patch"] };
/// Put on a node by its controller while the node takes no new pods.
const UNSCHEDULABLE: &str = "node.kubernetes.io/unschedulable";

/// Keeps new pods off a node.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CordonNode {
    /// Node: the incident's own, or one that runs a pod of the incident's workload.
    node: String,
}

impl Action for CordonNode {
    const SPEC: Spec = Spec {
        action: ActionType::CordonNode,
        kinds: KINDS,
        class: ActionClass::Reversible,
        capability: "node",
        rules: &[PATCH_NODES],
        about: "Marks a node unschedulable, as `kubectl cordon` does; pods on it stay, and DaemonSets still come to it. Undo makes it \
                schedulable again. Refused for a control-plane node, for the last node that takes pods, and for a node that runs no pod \
                of the incident's workload.",
        takes_data: false,
    };

    fn needs(&self, target: &ResourceRef) -> Vec<Need> {
        needs(target, &self.node)
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let node = involved(Self::SPEC.action, live, &self.node)?;
        cordon(live, node)
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        scheduling(change, now, &self.node, true)
    }
}

/// Lets pods onto a node again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UncordonNode {
    /// Node.
    node: String,
}

impl Action for UncordonNode {
    const SPEC: Spec = Spec {
        action: ActionType::UncordonNode,
        kinds: KINDS,
        class: ActionClass::Reversible,
        capability: "node",
        rules: &[PATCH_NODES],
        about: "Makes a node schedulable again, as `kubectl uncordon` does. Undo marks it unschedulable as it was.",
        takes_data: false,
    };

    fn needs(&self, target: &ResourceRef) -> Vec<Need> {
        needs(target, &self.node)
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let node = named(Self::SPEC.action, live, &self.node)?;
        if !is_cordoned(node) {
            return Ok(ChangeSet::nothing(format!("node {} is already schedulable", self.node)));
        }
        let mut wanted = node.0.clone();
        if let Some(spec) = wanted.get_mut("spec").and_then(Value::as_object_mut) {
            spec.remove("unschedulable");
        }
        let summary = format!("lets pods onto node {} again", self.node);
        Ok(ChangeSet::patch(node, &wanted, Terms::default(), &live.plan_uid, summary))
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        scheduling(change, now, &self.node, false)
    }
}

/// Moves every pod off a node.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DrainNode {
    /// Node: the incident's own, or one that runs a pod of the incident's workload.
    node: String,
    /// Evict pods although they keep data in an emptyDir, which is lost.
    #[serde(default)]
    delete_empty_dir_data: bool,
    /// Evict pods although nothing makes them anew.
    #[serde(default)]
    force: bool,
}

impl Action for DrainNode {
    const SPEC: Spec = Spec {
        action: ActionType::DrainNode,
        kinds: KINDS,
        class: ActionClass::Disruptive,
        capability: "node",
        rules: &[PATCH_NODES, Rule { group: "", resource: "pods/eviction", verbs: &["create"] }],
        about: "Cordons a node and evicts its pods one after the other; a PodDisruptionBudget's no is waited for. Pods of DaemonSets, static \
                pods and finished ones stay, as do pods of protected namespaces and of those where automation is off or paused. Pods with \
                data in an emptyDir need deleteEmptyDirData=true, pods without an owner force=true. Undo makes the node schedulable \
                again; pods do not return. Refused as CordonNode is.",
        takes_data: false,
    };

    fn needs(&self, target: &ResourceRef) -> Vec<Need> {
        let mut needs = needs(target, &self.node);
        needs.extend([Need::OnNode(self.node.clone()), Need::Every(&kind::NAMESPACE)]);
        needs
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let node = involved(Self::SPEC.action, live, &self.node)?;
        let closed = closed_namespaces(live)?;
        let mut leave = Vec::new();
        let mut evict = Vec::new();
        for pod in live.all(&Need::OnNode(self.node.clone()))? {
            if is_bound_to_the_node(pod) || pod.is_terminating() {
                continue;
            }
            let is_closed = closed.contains(pod.namespace()) || live::automation_is_on(pod).is_err();
            if is_closed { leave.push(full_name(pod)) } else { evict.push(pod) }
        }
        self.may_go(&evict)?;
        evict.sort_by_key(|pod| (pod.namespace(), pod.name()));

        let mut change = cordon(live, node)?;
        for pod in &evict {
            change = change.and(ChangeSet::evict(pod, ""));
        }
        if change.is_nothing() {
            return Ok(ChangeSet::nothing(format!("node {} is cordoned and has no pod to evict", self.node)));
        }
        let plural = if evict.len() == 1 { "" } else { "s" };
        change = change.told(format!("cordons node {} and evicts {} pod{plural}", self.node, evict.len()));
        change.waits_for_budgets = true;
        if !leave.is_empty() {
            change = change.noting(format!("nobody may evict {}: they stay on the node", leave.join(", ")));
        }
        Ok(change)
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        let here = match now.all(&Need::OnNode(self.node.clone())) {
            Ok(pods) => pods,
            Err(unreadable) => return Settled::Unknown(unreadable.to_string()),
        };
        let evicted = change.writes.iter().map(|write| &write.record).filter(|record| record.kind == WriteKind::Evict);
        let left =
            evicted.filter(|record| here.iter().any(|pod| Some(pod.uid()) == record.object.uid.as_deref())).count();
        if left > 0 {
            return Settled::NotYet(format!("{left} evicted pods are still going away"));
        }
        match health::sample(&now.target, now.now) {
            Some(health) if health.available < health.desired => {
                Settled::NotYet(format!("{} of {} pods are available elsewhere", health.available, health.desired))
            }
            _ => scheduling(change, now, &self.node, true),
        }
    }
}

impl DrainNode {
    /// What an eviction would lose for good has to be asked for.
    fn may_go(&self, pods: &[&Object]) -> Result<(), Refusal> {
        let names = |which: &dyn Fn(&Object) -> bool| -> Vec<String> {
            pods.iter().filter(|pod| which(pod)).map(|pod| full_name(pod)).collect()
        };
        let unmanaged = names(&|pod| pod.controller_uid().is_none());
        if !unmanaged.is_empty() && !self.force {
            let text = format!("nothing makes {} anew; evict them with force=true", unmanaged.join(", "));
            return Err(Refusal::Unsafe(text));
        }
        let holding = names(&|pod| pod.list("/spec/volumes").iter().any(|volume| volume.get("emptyDir").is_some()));
        if !holding.is_empty() && !self.delete_empty_dir_data {
            let text =
                format!("{} keep data in an emptyDir; evict them with deleteEmptyDirData=true", holding.join(", "));
            return Err(Refusal::Unsafe(text));
        }
        Ok(())
    }
}

fn needs(target: &ResourceRef, node: &str) -> Vec<Need> {
    let mut needs = vec![Need::One(&kind::NODE, node.to_owned()), Need::Every(&kind::NODE)];
    if target.kind != kind::NODE.kind {
        needs.push(Need::Selected(&kind::POD));
    }
    if target.kind == kind::DEPLOYMENT.kind {
        needs.push(Need::Selected(&kind::REPLICA_SET));
    }
    needs
}

fn named<'a>(action: ActionType, live: &'a Live, name: &str) -> Result<&'a Object, Refusal> {
    if live.target.kind() == kind::NODE.kind && live.target.name() != name {
        return Err(Refusal::bad_param(action, "node", name, format!("{}, the incident's node", live.target.name())));
    }
    live.one(&kind::NODE, name)?.ok_or_else(|| Refusal::absent(&kind::NODE.reference("", name)))
}

/// The node, when the incident is about it and it may be closed.
fn involved<'a>(action: ActionType, live: &'a Live, name: &str) -> Result<&'a Object, Refusal> {
    let node = named(action, live, name)?;
    if ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"]
        .iter()
        .any(|role| node.label(role).is_some())
    {
        return Err(Refusal::Unsafe(format!("{name} is a control-plane node")));
    }
    if live.target.kind() != kind::NODE.kind {
        let hosts: BTreeSet<&str> =
            live.pods()?.iter().map(|pod| pod.text("/spec/nodeName")).filter(|node| !node.is_empty()).collect();
        if !hosts.contains(name) {
            let allowed = if hosts.is_empty() {
                "none: no pod of the workload is on a node".to_owned()
            } else {
                hosts.into_iter().collect::<Vec<_>>().join(", ")
            };
            return Err(Refusal::bad_param(action, "node", name, allowed));
        }
    }
    Ok(node)
}

fn cordon(live: &Live, node: &Object) -> Result<ChangeSet, Refusal> {
    let name = node.name();
    if is_cordoned(node) {
        return Ok(ChangeSet::nothing(format!("node {name} is already cordoned")));
    }
    let takes_pods = |other: &&Object| {
        other.name() != name
            && !is_cordoned(other)
            && other.condition("Ready").is_some_and(|ready| ready.text("/status") == "True")
    };
    if live.all(&Need::Every(&kind::NODE))?.iter().find(takes_pods).is_none() {
        return Err(Refusal::Unsafe(format!("{name} is the last node that takes pods")));
    }
    let mut wanted = node.0.clone();
    edits::set(&mut wanted, &["spec", "unschedulable"], true.into());
    let summary = format!("keeps new pods off node {name}");
    Ok(ChangeSet::patch(node, &wanted, Terms::default(), &live.plan_uid, summary))
}

fn is_cordoned(node: &Object) -> bool {
    node.at("/spec/unschedulable").and_then(Value::as_bool) == Some(true)
}

/// Pods that belong to the node (DaemonSet, static) and pods that are over: nothing to move.
fn is_bound_to_the_node(pod: &Object) -> bool {
    pod.annotation("kubernetes.io/config.mirror").is_some()
        || matches!(pod.text("/status/phase"), "Succeeded" | "Failed")
        || pod
            .list("/metadata/ownerReferences")
            .iter()
            .any(|owner| owner["controller"] == true && owner["kind"] == "DaemonSet")
}

/// Namespaces whose pods nobody may evict: protected, or their owners said so.
fn closed_namespaces(live: &Live) -> Result<BTreeSet<&str>, Refusal> {
    let all = live.all(&Need::Every(&kind::NAMESPACE))?;
    let is_closed = |namespace: &&Object| {
        live.is_protected(namespace.name())
            || namespace.label(labels::AUTOMATION) == Some("off")
            || namespace.annotation(annotations::PAUSED).is_some_and(is_pause)
            || matches!(namespace.annotation(annotations::AUTONOMY), Some("observe" | "propose"))
    };
    Ok(all.iter().filter(is_closed).map(Object::name).collect())
}

/// The node says what was written, and its controller has followed with the taint.
fn scheduling(change: &ChangeSet, now: &Live, name: &str, closed: bool) -> Settled {
    let patches = change.only(|record| record.kind == WriteKind::Patch);
    match settle::still_as_written(&patches, now) {
        Settled::Arrived => {}
        other => return other,
    }
    match now.one(&kind::NODE, name) {
        Ok(Some(node)) if node.list("/spec/taints").iter().any(|taint| taint["key"] == UNSCHEDULABLE) == closed => {
            Settled::Arrived
        }
        Ok(Some(_)) => Settled::NotYet(format!("node {name} does not carry the matching taint yet")),
        Ok(None) => Settled::Failed(format!("node {name} is gone")),
        Err(unreadable) => Settled::Unknown(unreadable.to_string()),
    }
}

fn full_name(pod: &Object) -> String {
    format!("{}/{}", pod.namespace(), pod.name())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    fn node(name: &str, closed: bool) -> Object {
        Object(json!({
            "kind": "Node", "metadata": {"name": name, "uid": name}, "spec": {"unschedulable": closed},
            "status": {"conditions": [{"type": "Ready", "status": "True"}]},
        }))
    }

    fn drain(nodes: Vec<Object>, pods: Vec<Object>, params: &serde_json::Value) -> Result<ChangeSet, Refusal> {
        let shop = Object(json!({"kind": "Namespace", "metadata": {"name": "shop"}}));
        let quiet = Object(
            json!({"kind": "Namespace", "metadata": {"name": "quiet", "annotations": {annotations::PAUSED: "true"}}}),
        );
        let live = Live::of(nodes[0].clone(), Timestamp::UNIX_EPOCH)
            .with(Need::One(&kind::NODE, "a".to_owned()), vec![nodes[0].clone()])
            .with(Need::Every(&kind::NODE), nodes)
            .with(Need::OnNode("a".to_owned()), pods)
            .with(Need::Every(&kind::NAMESPACE), vec![shop, quiet]);
        let mut all = json!({"node": "a"});
        json_patch::merge(&mut all, params);
        Action::change(&serde_json::from_value::<DrainNode>(all).unwrap(), &live)
    }

    fn pod(namespace: &str, name: &str, more: &serde_json::Value) -> Object {
        let mut pod = json!({"kind": "Pod", "metadata": {
            "name": name, "namespace": namespace, "uid": name, "ownerReferences": [{"kind": "ReplicaSet", "uid": "r", "controller": true}],
        }});
        json_patch::merge(&mut pod, more);
        Object(pod)
    }

    #[test]
    fn the_last_node_that_takes_pods_stays_open() {
        let refused = drain(vec![node("a", false), node("b", true)], vec![], &json!({}));
        assert!(matches!(refused, Err(Refusal::Unsafe(text)) if text.contains("last node")));
    }

    #[test]
    fn daemons_static_pods_and_quiet_namespaces_stay() {
        let pods = vec![
            pod("shop", "web", &json!({})),
            pod("quiet", "calm", &json!({})),
            pod(
                "shop",
                "daemon",
                &json!({"metadata": {"ownerReferences": [{"kind": "DaemonSet", "uid": "d", "controller": true}]}}),
            ),
            pod("shop", "static", &json!({"metadata": {"annotations": {"kubernetes.io/config.mirror": "x"}}})),
            pod("shop", "over", &json!({"status": {"phase": "Succeeded"}})),
        ];
        let change = drain(vec![node("a", false), node("b", false)], pods, &json!({})).unwrap();
        let names: Vec<&str> = change.writes.iter().map(|write| write.record.object.name.as_str()).collect();
        assert_eq!(names, ["a", "web"]);
        assert!(change.notes[0].contains("quiet/calm"), "{:?}", change.notes);
    }

    #[test]
    fn data_and_pods_without_an_owner_are_lost_only_when_asked_for() {
        let nodes = || vec![node("a", false), node("b", false)];
        let alone = pod("shop", "alone", &json!({"metadata": {"ownerReferences": null}}));
        let full = pod("shop", "full", &json!({"spec": {"volumes": [{"emptyDir": {}}]}}));
        for (pod, flag) in [(alone, "force"), (full, "deleteEmptyDirData")] {
            let refused = drain(nodes(), vec![pod.clone()], &json!({}));
            assert!(matches!(&refused, Err(Refusal::Unsafe(text)) if text.contains(flag)), "{refused:?}");
            assert!(drain(nodes(), vec![pod], &json!({flag: true})).is_ok());
        }
    }
}
