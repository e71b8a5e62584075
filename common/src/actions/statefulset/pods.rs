//! One pod of a StatefulSet: evicted, or torn from a node that does not answer.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;

use super::DELETE_PODS;
use crate::actions::action::{Action, Settled, Spec};
use crate::actions::change::{ChangeSet, Deletion, Undo};
use crate::actions::kind;
use crate::actions::live::{Live, Need};
use crate::actions::object::Object;
use crate::actions::pods;
use crate::actions::refusal::Refusal;
use crate::actions::settle;
use crate::api::remediation_plan::ActionClass;
use crate::api::{ActionType, ResourceRef};

/// Evicts one pod.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteStatefulSetPod {
    /// Pod; the unhealthiest one when left out.
    pod: Option<String>,
}

impl Action for DeleteStatefulSetPod {
    const SPEC: Spec = Spec {
        action: ActionType::DeleteStatefulSetPod,
        kinds: &[&kind::STATEFUL_SET],
        class: ActionClass::Disruptive,
        capability: "evict",
        rules: &[pods::EVICT],
        about: "Evicts one pod of a StatefulSet, so that a new one with the same name and the same volumes takes its place; \
                PodDisruptionBudgets are respected. Without a pod name it takes the unhealthiest pod and refuses when none is unhealthy \
                or it is the only one. The pod must belong to the StatefulSet by UID. Cannot be undone and need not be.",
        takes_data: false,
    };

    fn needs(&self, target: &ResourceRef) -> Vec<Need> {
        pods::needs(target)
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        pods::evicted_of(Self::SPEC.action, self.pod.as_deref(), live)
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        settle::replaced(change, now)
    }
}

/// Deletes a pod without waiting for its node.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForceDeleteStatefulSetPod {
    /// Pod.
    pod: String,
}

impl Action for ForceDeleteStatefulSetPod {
    const SPEC: Spec = Spec {
        action: ActionType::ForceDeleteStatefulSetPod,
        kinds: &[&kind::STATEFUL_SET],
        class: ActionClass::Irreversible,
        capability: "force-delete",
        rules: &[DELETE_PODS],
        about: "Deletes one pod of a StatefulSet at once, without waiting for its node to confirm that its containers stopped, so that a \
                new pod of the same name can start elsewhere. Only for a pod that is stuck: its grace period has passed, or its node is \
                gone or does not answer; any other pod is refused. If its containers still run, two pods write to the same volume, \
                so fence the node first. Cannot be undone.",
        takes_data: false,
    };

    fn needs(&self, target: &ResourceRef) -> Vec<Need> {
        let mut needs = pods::needs(target);
        needs.push(self.node());
        needs
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let pod = pods::named(Self::SPEC.action, &self.pod, &live.pods()?)?;
        let node = live.all(&self.node())?.first();
        let Some(why) = stuck_because(pod, node, live.now) else {
            let text = format!(
                "refusing to delete pod {} by force: its node answers and it is not overdue; use DeleteStatefulSetPod",
                pod.name()
            );
            return Err(Refusal::Unsafe(text));
        };
        let undo = Undo::Impossible("what the pod had not written to its volume is lost".to_owned());
        let change =
            ChangeSet::delete(pod, Deletion::Forced, undo, format!("deletes pod {} at once: {why}", pod.name()));
        let may_run_on = node.is_some_and(|node| !node.is("Ready"));
        Ok(if may_run_on {
            let name = pod.text("/spec/nodeName");
            change.noting(format!(
                "containers of the pod may still run on {name}; fence the node before a new pod writes"
            ))
        } else {
            change
        })
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        settle::replaced(change, now)
    }
}

impl ForceDeleteStatefulSetPod {
    fn node(&self) -> Need {
        Need::Named { by: &kind::POD, name: self.pod.clone(), field: "/spec/nodeName", kind: &kind::NODE }
    }
}

/// A kubelet that answers deletes a pod some seconds after its grace period.
const OVERDUE: SignedDuration = SignedDuration::from_secs(30);

/// Why nobody will end this pod in an orderly way; `None` when its node still can.
fn stuck_because(pod: &Object, node: Option<&Object>, now: Timestamp) -> Option<String> {
    let name = pod.text("/spec/nodeName");
    if name.is_empty() {
        return None;
    }
    // The time of a deletion is the end of its grace period.
    let deadline: Option<Timestamp> = pod.text("/metadata/deletionTimestamp").parse().ok();
    match node {
        None => Some(format!("its node {name} is gone")),
        Some(node) if !node.is("Ready") => Some(format!("its node {name} does not answer")),
        Some(_) if deadline.is_some_and(|deadline| now > deadline + OVERDUE) => {
            Some("its grace period has passed".to_owned())
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn node(ready: &str) -> Object {
        Object(json!({"kind": "Node", "status": {"conditions": [{"type": "Ready", "status": ready}]}}))
    }

    #[test]
    fn only_a_pod_that_nobody_will_end_in_order_is_torn_away() {
        let running = Object(json!({"spec": {"nodeName": "n"}}));
        let going =
            Object(json!({"spec": {"nodeName": "n"}, "metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}));
        let now: Timestamp = "2026-01-01T00:00:10Z".parse().unwrap();
        assert_eq!(stuck_because(&running, Some(&node("True")), now), None);
        assert_eq!(stuck_because(&going, Some(&node("True")), now), None);
        assert!(stuck_because(&going, Some(&node("True")), now + SignedDuration::from_mins(1)).is_some());
        assert!(stuck_because(&running, Some(&node("Unknown")), now).is_some());
        assert!(stuck_because(&running, None, now).is_some());
    }
}
