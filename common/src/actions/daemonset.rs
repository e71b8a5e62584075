//! Actions on a DaemonSet: one pod on each node, so "how many at once" is a question of nodes.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::action::{Action, Rule, Settled, Spec};
use super::change::{ChangeSet, Terms};
use super::edits;
use super::kind;
use super::live::{Live, Need};
use super::object::Object;
use super::pods;
use super::refusal::Refusal;
use super::resources::Resources;
use super::restart::Restart;
use super::rollback::{self, Rollback};
use super::rollout;
use super::settle;
use super::strategy::{Share, StrategyType, is_zero};
use crate::api::remediation_plan::ActionClass;
use crate::api::{ActionType, ResourceRef};

/// The right to edit a DaemonSet.
const PATCH_DAEMON_SETS: Rule = Rule { group: "apps", resource: "daemonsets", verbs: &["patch"] };

/// Starts every pod anew by a rolling update.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct RestartDaemonSet(Restart);

impl Action for RestartDaemonSet {
    const SPEC: Spec = Spec {
        action: ActionType::RestartDaemonSet,
        kinds: &[&kind::DAEMON_SET],
        class: ActionClass::Reversible,
        capability: "rollout",
        rules: &[PATCH_DAEMON_SETS],
        about: "Starts every pod of a DaemonSet anew, node by node at the pace of its update strategy, as `kubectl rollout restart` does. \
                Undo puts the pod template back. Refused with updateStrategy OnDelete, which rolls nothing out.",
        takes_data: false,
    };

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        rolls_out(&live.target)?;
        Ok(self.0.change(live))
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        rollout::complete(change, now)
    }
}

/// Puts the pod template of an earlier revision back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct RollbackDaemonSet(Rollback);

impl Action for RollbackDaemonSet {
    const SPEC: Spec = Spec {
        action: ActionType::RollbackDaemonSet,
        kinds: &[&kind::DAEMON_SET],
        class: ActionClass::Reversible,
        capability: "rollout",
        rules: &[PATCH_DAEMON_SETS],
        about: "Puts the whole pod template of an earlier revision of a DaemonSet back, annotations included, as its ControllerRevision \
                keeps it, and nothing else. Undo restores every field that was changed. Refused with updateStrategy OnDelete and \
                without an earlier revision.",
        takes_data: false,
    };

    fn needs(&self, _: &ResourceRef) -> Vec<Need> {
        rollback::kept_needs()
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        rolls_out(&live.target)?;
        self.0.change_by_kept(Self::SPEC.action, live)
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        rollout::complete(change, now)
    }
}

/// Sets requests and limits of one container.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct AdjustDaemonSetResources(Resources);

impl Action for AdjustDaemonSetResources {
    const SPEC: Spec = Spec {
        action: ActionType::AdjustDaemonSetResources,
        kinds: &[&kind::DAEMON_SET],
        class: ActionClass::Reversible,
        capability: "rollout",
        rules: &[PATCH_DAEMON_SETS],
        about: "Sets CPU and memory requests and limits of one container of a DaemonSet, which rolls its pods node by node. Undo restores \
                exactly what was there, including what was not. A limit below its request is refused; more than four times the present \
                value is Disruptive, so that a person looks.",
        takes_data: false,
    };

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        rolls_out(&live.target)?;
        self.0.change(Self::SPEC.action, live)
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        rollout::complete(change, now)
    }
}

/// Evicts one pod.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteDaemonSetPod {
    /// Pod.
    pod: Option<String>,
    /// Node whose pod it is, in place of the pod's name. Without either the unhealthiest pod is taken.
    node: Option<String>,
}

impl Action for DeleteDaemonSetPod {
    const SPEC: Spec = Spec {
        action: ActionType::DeleteDaemonSetPod,
        kinds: &[&kind::DAEMON_SET],
        class: ActionClass::Disruptive,
        capability: "evict",
        rules: &[pods::EVICT],
        about: "Evicts one pod of a DaemonSet, so that its node gets a new one; PodDisruptionBudgets are respected. The pod is named, or \
                found by its node, or the unhealthiest one; without a name or node it refuses when none is unhealthy or it is the only \
                one. The pod must belong to the DaemonSet by UID. Cannot be undone and need not be.",
        takes_data: false,
    };

    fn needs(&self, target: &ResourceRef) -> Vec<Need> {
        pods::needs(target)
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        match (&self.pod, &self.node) {
            (None, Some(node)) => Ok(pods::evicted(pod_on(Self::SPEC.action, node, live)?)),
            (pod, _) => pods::evicted_of(Self::SPEC.action, pod.as_deref(), live),
        }
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        settle::replaced(change, now)
    }
}

/// Sets when pods are replaced, and how many at once.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateDaemonSetStrategy {
    /// `RollingUpdate` or `OnDelete`.
    #[serde(rename = "type")]
    strategy: StrategyType,
    /// Nodes that may be without a pod during an update, as number or percentage; with RollingUpdate only.
    max_unavailable: Option<Share>,
    /// Nodes that may have a second pod during an update, as number or percentage; with RollingUpdate only.
    max_surge: Option<Share>,
}

impl Action for UpdateDaemonSetStrategy {
    const SPEC: Spec = Spec {
        action: ActionType::UpdateDaemonSetStrategy,
        kinds: &[&kind::DAEMON_SET],
        class: ActionClass::Reversible,
        capability: "rollout",
        rules: &[PATCH_DAEMON_SETS],
        about: "Sets the update strategy of a DaemonSet: RollingUpdate with either maxUnavailable or maxSurge, or OnDelete. The API wants \
                exactly one of the two to be more than zero, so giving one sets the other to zero. Undo restores the whole strategy.",
        takes_data: false,
    };

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let mut wanted = live.target.0.clone();
        let (to, strategy) = match self.strategy {
            StrategyType::OnDelete => ("OnDelete", self.on_delete()?),
            StrategyType::RollingUpdate => ("RollingUpdate", self.rolling(&live.target)?),
        };
        wanted["spec"]["updateStrategy"] = strategy;
        let summary = format!("update strategy {} -> {to}", live.target.text("/spec/updateStrategy/type"));
        Ok(ChangeSet::patch(&live.target, &wanted, Terms::default(), &live.plan_uid, summary))
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        match self.strategy {
            StrategyType::OnDelete => rollout::observed(change, now),
            StrategyType::RollingUpdate => rollout::complete(change, now),
        }
    }
}

impl UpdateDaemonSetStrategy {
    fn on_delete(&self) -> Result<Value, Refusal> {
        match [("maxUnavailable", &self.max_unavailable), ("maxSurge", &self.max_surge)]
            .into_iter()
            .find_map(|(param, share)| Some((param, share.as_ref()?)))
        {
            Some((param, share)) => Err(refused(param, &share.value(), "nothing with type OnDelete")),
            None => Ok(json!({"type": "OnDelete"})),
        }
    }

    fn rolling(&self, set: &Object) -> Result<Value, Refusal> {
        let given = |share: &Option<Share>| share.as_ref().map(Share::value);
        let present = |field: &str, default: i32| {
            set.at(&format!("/spec/updateStrategy/rollingUpdate/{field}")).cloned().unwrap_or_else(|| default.into())
        };
        let (unavailable, surge) = match (given(&self.max_unavailable), given(&self.max_surge)) {
            (None, None) => (present("maxUnavailable", 1), present("maxSurge", 0)),
            (Some(unavailable), Some(surge)) => (unavailable, surge),
            (Some(unavailable), None) if is_zero(&unavailable) => (unavailable, present("maxSurge", 0)),
            (Some(unavailable), None) => (unavailable, 0.into()),
            (None, Some(surge)) if is_zero(&surge) => (present("maxUnavailable", 1), surge),
            (None, Some(surge)) => (0.into(), surge),
        };
        if is_zero(&unavailable) == is_zero(&surge) {
            let allowed = "exactly one of maxUnavailable and maxSurge more than zero";
            return Err(refused("maxUnavailable", &unavailable, allowed));
        }
        Ok(json!({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": unavailable, "maxSurge": surge}}))
    }
}

fn refused(param: &str, value: &Value, allowed: &str) -> Refusal {
    Refusal::BadParam {
        action: ActionType::UpdateDaemonSetStrategy,
        param: param.to_owned(),
        value: value.as_str().map_or_else(|| value.to_string(), str::to_owned),
        allowed: allowed.to_owned(),
    }
}

/// Stops an update where it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PauseDaemonSetRollout {}

impl Action for PauseDaemonSetRollout {
    const SPEC: Spec = Spec {
        action: ActionType::PauseDaemonSetRollout,
        kinds: &[&kind::DAEMON_SET],
        class: ActionClass::Reversible,
        capability: "rollout",
        rules: &[PATCH_DAEMON_SETS],
        about: "Stops the update of a DaemonSet where it is, by updateStrategy OnDelete: pods keep the template they have until somebody \
                deletes them. (A DaemonSet has no pause, and maxUnavailable 0 is refused by the API.) Undo restores the whole strategy, \
                and with it the update goes on.",
        takes_data: false,
    };

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let mut wanted = live.target.0.clone();
        wanted["spec"]["updateStrategy"] = json!({"type": "OnDelete"});
        let [updated] =
            ["updatedNumberScheduled"].map(|count| live.target.int(&format!("/status/{count}")).unwrap_or(0));
        let summary =
            format!("stops the update at {updated} of {} nodes by updateStrategy OnDelete", live.target.wanted_pods());
        let change = ChangeSet::patch(&live.target, &wanted, Terms::default(), &live.plan_uid, summary);
        Ok(if change.is_nothing() {
            ChangeSet::nothing("already replaces pods only when they are deleted")
        } else {
            change
        })
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        rollout::observed(change, now)
    }
}

/// Keeps other pods off a node and starts the DaemonSet's pod there anew.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CordonAndDeleteDaemonSetPod {
    /// Node.
    node: String,
    /// Pod on that node; found by the node when left out.
    pod: Option<String>,
}

impl Action for CordonAndDeleteDaemonSetPod {
    const SPEC: Spec = Spec {
        action: ActionType::CordonAndDeleteDaemonSetPod,
        kinds: &[&kind::DAEMON_SET],
        class: ActionClass::Disruptive,
        capability: "nodes",
        rules: &[pods::EVICT, Rule { group: "", resource: "nodes", verbs: &["patch"] }],
        about: "Cordons a node, so that no ordinary pod is scheduled to it, and evicts the DaemonSet's pod there; PodDisruptionBudgets \
                are respected. A DaemonSet's pods are not kept off by the cordon, so a new one starts on the same node. Undo uncordons \
                the node unless it was cordoned before; the pod is not brought back and need not be. Refused for control-plane nodes \
                and for nodes without a pod of this DaemonSet.",
        takes_data: false,
    };

    fn needs(&self, target: &ResourceRef) -> Vec<Need> {
        let mut needs = pods::needs(target);
        needs.push(Need::One(&kind::NODE, self.node.clone()));
        needs
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let Some(node) = live.one(&kind::NODE, &self.node)? else {
            return Err(Refusal::Unsuitable(format!("Node {} does not exist", self.node)));
        };
        if node.label("node-role.kubernetes.io/control-plane").is_some() {
            return Err(Refusal::Unsafe(format!("{} is a control-plane node and is never cordoned", self.node)));
        }
        let pod = match &self.pod {
            None => pod_on(Self::SPEC.action, &self.node, live)?,
            Some(name) => {
                let here: Vec<&Object> =
                    pods::running(live)?.into_iter().filter(|pod| is_on(pod, &self.node)).collect();
                pods::named(Self::SPEC.action, name, &here)?
            }
        };
        Ok(cordoned(node, &live.plan_uid).and(pods::evicted(pod)))
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        match settle::still_as_written(change, now) {
            Settled::Arrived => settle::replaced(change, now),
            other => other,
        }
    }
}

/// The node closed to new pods.
fn cordoned(node: &Object, seal: &str) -> ChangeSet {
    if node.flag("/spec/unschedulable") {
        return ChangeSet::nothing(format!("node {} is already cordoned", node.name()));
    }
    let mut wanted = node.0.clone();
    edits::set(&mut wanted, &["spec", "unschedulable"], true.into());
    ChangeSet::patch(node, &wanted, Terms::default(), seal, format!("cordons node {}", node.name()))
}

fn is_on(pod: &Object, node: &str) -> bool {
    pod.text("/spec/nodeName") == node
}

/// The DaemonSet's pod on a node.
fn pod_on<'a>(action: ActionType, node: &str, live: &'a Live) -> Result<&'a Object, Refusal> {
    let all = pods::running(live)?;
    all.iter().copied().find(|pod| is_on(pod, node)).ok_or_else(|| {
        let mut nodes: Vec<&str> = all.iter().map(|pod| pod.text("/spec/nodeName")).collect();
        nodes.sort_unstable();
        Refusal::BadParam {
            action,
            param: "node".to_owned(),
            value: node.to_owned(),
            allowed: if nodes.is_empty() { "none: the DaemonSet has no pod".to_owned() } else { nodes.join(", ") },
        }
    })
}

/// A new template reaches pods by itself.
fn rolls_out(set: &Object) -> Result<(), Refusal> {
    match rollout::waits_for_deletion(set) {
        Some(why) => {
            Err(Refusal::Unsuitable(format!("{why}; use UpdateDaemonSetStrategy first, or delete the pods one by one")))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::params;

    fn rolling(present: &Value, given: &[(&str, &str)]) -> Result<Value, Refusal> {
        let mut params: params::Params = given.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        params.insert("type".to_owned(), "RollingUpdate".to_owned());
        let action: UpdateDaemonSetStrategy = params::read(ActionType::UpdateDaemonSetStrategy, &params)?;
        let set = Object(json!({"spec": {"updateStrategy": {"rollingUpdate": present}}}));
        Ok(action.rolling(&set)?["rollingUpdate"].take())
    }

    #[test]
    fn giving_one_of_surge_and_unavailable_sets_the_other_to_zero() {
        let usual = json!({"maxUnavailable": 1, "maxSurge": 0});
        assert_eq!(rolling(&usual, &[("maxSurge", "25%")]).unwrap(), json!({"maxUnavailable": 0, "maxSurge": "25%"}));
        let surging = json!({"maxUnavailable": 0, "maxSurge": 2});
        assert_eq!(rolling(&surging, &[("maxUnavailable", "3")]).unwrap(), json!({"maxUnavailable": 3, "maxSurge": 0}));
        assert_eq!(rolling(&usual, &[]).unwrap(), usual);
    }

    #[test]
    fn neither_or_both_are_refused() {
        let usual = json!({"maxUnavailable": 1, "maxSurge": 0});
        assert!(rolling(&usual, &[("maxUnavailable", "0")]).is_err());
        assert!(rolling(&usual, &[("maxUnavailable", "1"), ("maxSurge", "1")]).is_err());
        let text = rolling(&usual, &[("maxSurge", "lots")]).unwrap_err().to_string();
        assert!(text.contains("\"lots\"") && text.contains("percentage"), "{text}");
    }
}
