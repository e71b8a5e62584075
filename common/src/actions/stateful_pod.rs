//! Restarting a StatefulSet's pod, or all of them.

use schemars::JsonSchema;
use serde::Deserialize;

use super::action::{Action, Rule, Settled, Spec};
use super::change::{ChangeSet, Terms};
use super::edits;
use super::health;
use super::kind;
use super::live::{Live, Need};
use super::object::Object;
use super::refusal::Refusal;
use super::settle;
use crate::api::remediation_plan::{ActionClass, WriteKind};
use crate::api::{ActionType, ResourceRef};

/// Restarts one pod of a StatefulSet, or all of them one after the other.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RestartStatefulSetPod {
    /// Pod; all pods, by a rolling restart, when left out.
    pod: Option<String>,
}

const TYPE: ActionType = ActionType::RestartStatefulSetPod;

impl Action for RestartStatefulSetPod {
    const SPEC: Spec = Spec {
        action: TYPE,
        kinds: &[&kind::STATEFUL_SET],
        class: ActionClass::Disruptive,
        capability: "evict",
        rules: &[
            Rule { group: "", resource: "pods/eviction", verbs: &["create"] },
            Rule { group: "apps", resource: "statefulsets", verbs: &["patch"] },
        ],
        about: "Evicts the named pod of a StatefulSet, which comes back under its name; PodDisruptionBudgets are respected. Without a pod \
                it restarts all pods one after the other, as `kubectl rollout restart` does, and undo puts the template back. Refused for \
                a pod of another workload, and without a pod where the StatefulSet replaces pods only when they are deleted.",
        takes_data: false,
    };

    fn needs(&self, _: &ResourceRef) -> Vec<Need> {
        vec![Need::Selected(&kind::POD)]
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let Some(name) = &self.pod else { return restart(live) };
        let pods = live.pods()?;
        let found = pods.iter().copied().find(|pod| pod.name() == name);
        let pod = found.ok_or_else(|| {
            let names: Vec<&str> = pods.iter().map(|pod| pod.name()).collect();
            Refusal::bad_param(TYPE, "pod", name, names.join(", "))
        })?;
        if pod.is_terminating() {
            return Ok(ChangeSet::nothing(format!("pod {name} is already going away")));
        }
        Ok(ChangeSet::evict(pod, format!("evicts pod {name}")))
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        if change.writes.iter().any(|write| write.record.kind == WriteKind::Evict) {
            return settle::replaced(change, now);
        }
        match settle::still_as_written(change, now) {
            Settled::Arrived => restarted(&now.target, now),
            other => other,
        }
    }
}

fn restart(live: &Live) -> Result<ChangeSet, Refusal> {
    if live.target.text("/spec/updateStrategy/type") == "OnDelete" {
        let text = format!("{} replaces pods only when they are deleted; name the pod", live.target.reference());
        return Err(Refusal::Unsuitable(text));
    }
    let at = live.now.round(jiff::Unit::Second).unwrap_or(live.now).to_string();
    let mut wanted = live.target.0.clone();
    let path = ["spec", "template", "metadata", "annotations", "kubectl.kubernetes.io/restartedAt"];
    edits::set(&mut wanted, &path, at.into());
    let summary = "starts every pod anew, one after the other";
    Ok(ChangeSet::patch(&live.target, &wanted, Terms::default(), &live.plan_uid, summary))
}

/// Every pod beyond the partition is of the newest revision, and all are available.
fn restarted(target: &Object, now: &Live) -> Settled {
    if target.int("/status/observedGeneration").unwrap_or(0) < target.generation().unwrap_or(0) {
        return Settled::NotYet("the controller has not seen the change yet".to_owned());
    }
    let kept = target.int("/spec/updateStrategy/rollingUpdate/partition").unwrap_or(0);
    let wanted = (target.replicas() - kept).max(0);
    let updated = target.int("/status/updatedReplicas").unwrap_or(0);
    match health::sample(target, now.now) {
        _ if updated < wanted => Settled::NotYet(format!("{updated} of {wanted} pods are of the new template")),
        Some(health) if health.available < health.desired => {
            Settled::NotYet(format!("{} of {} pods are available", health.available, health.desired))
        }
        Some(_) => Settled::Arrived,
        None => Settled::Unknown(format!("{} does not say how many pods it has", target.reference())),
    }
}
