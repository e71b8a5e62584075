//! Actions on single pods: eviction, so that PodDisruptionBudgets are asked.

use std::cmp::Reverse;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::action::{Action, Rule, Settled, Spec};
use super::change::ChangeSet;
use super::kind;
use super::live::{Live, Need};
use super::object::Object;
use super::refusal::Refusal;
use super::settle;
use crate::api::remediation_plan::ActionClass;
use crate::api::{ActionType, ResourceRef};

/// Evicts one pod of the workload.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeletePod {
    /// Pod; the unhealthiest one of the workload when left out.
    pod: Option<String>,
}

impl Action for DeletePod {
    const SPEC: Spec = Spec {
        action: ActionType::DeletePod,
        kinds: &[&kind::DEPLOYMENT, &kind::STATEFUL_SET, &kind::DAEMON_SET, &kind::JOB],
        class: ActionClass::Disruptive,
        capability: "evict",
        rules: &[EVICT],
        about: "Evicts one pod of the workload, so that its owner makes a new one; PodDisruptionBudgets are respected. Without a pod name \
                it takes the unhealthiest pod and refuses when none is unhealthy or it is the only one. The pod must belong to the \
                workload by UID. Cannot be undone and need not be.",
        takes_data: false,
    };

    fn needs(&self, target: &ResourceRef) -> Vec<Need> {
        needs(target)
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        evicted_of(Self::SPEC.action, self.pod.as_deref(), live)
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        settle::replaced(change, now)
    }
}

/// The right to evict.
pub(super) const EVICT: Rule = Rule { group: "", resource: "pods/eviction", verbs: &["create"] };

/// The eviction of the pod with this name, or of the unhealthiest one.
pub(super) fn evicted_of(action: ActionType, name: Option<&str>, live: &Live) -> Result<ChangeSet, Refusal> {
    let pods = running(live)?;
    Ok(evicted(match name {
        Some(name) => named(action, name, &pods)?,
        None => unhealthiest(live, &pods)?,
    }))
}

/// What choosing a pod of a workload needs.
pub(super) fn needs(target: &ResourceRef) -> Vec<Need> {
    let mut needs = vec![Need::Selected(&kind::POD)];
    if target.kind == kind::DEPLOYMENT.kind {
        needs.push(Need::Selected(&kind::REPLICA_SET));
    }
    needs
}

/// The workload's pods that are not over.
pub(super) fn running(live: &Live) -> Result<Vec<&Object>, Refusal> {
    Ok(live.pods()?.into_iter().filter(|pod| !is_over(pod)).collect())
}

/// The eviction of a pod, unless it is going away already.
pub(super) fn evicted(pod: &Object) -> ChangeSet {
    if pod.is_terminating() {
        return ChangeSet::nothing(format!("pod {} is already going away", pod.name()));
    }
    let state = trouble(pod).map_or(String::new(), |trouble| format!(" ({trouble})"));
    ChangeSet::evict(pod, format!("evicts pod {}{state}", pod.name()))
}

/// The pod with this name.
pub(super) fn named<'a>(action: ActionType, name: &str, pods: &[&'a Object]) -> Result<&'a Object, Refusal> {
    pods.iter().copied().find(|pod| pod.name() == name).ok_or_else(|| Refusal::BadParam {
        action,
        param: "pod".to_owned(),
        value: name.to_owned(),
        allowed: match pods.iter().map(|pod| pod.name()).collect::<Vec<_>>().join(", ") {
            names if names.is_empty() => "none: the workload has no pod".to_owned(),
            names => names,
        },
    })
}

/// Crash-looping first, then the most restarts, then by name: a choice that the next look repeats. The pod an earlier preview chose stays
/// chosen while it is still unhealthy, so that a restart counter elsewhere does not change what was approved.
fn unhealthiest<'a>(live: &Live, pods: &[&'a Object]) -> Result<&'a Object, Refusal> {
    if pods.len() <= 1 {
        let text = format!("refusing to delete the only pod of {}; name it to do so", live.target.reference());
        return Err(Refusal::Unsafe(text));
    }
    let sick: Vec<&Object> = pods.iter().copied().filter(|pod| trouble(pod).is_some()).collect();
    let chosen = sick.iter().find(|pod| live.chosen.iter().any(|chosen| chosen.uid.as_deref() == Some(pod.uid())));
    chosen
        .or_else(|| sick.iter().min_by_key(|pod| (Reverse(is_crash_looping(pod)), Reverse(restarts(pod)), pod.name())))
        .copied()
        .ok_or_else(|| {
            let text =
                format!("refusing to delete a pod of {}: all are healthy; name one to do so", live.target.reference());
            Refusal::Unsafe(text)
        })
}

/// It has run to its end.
pub(super) fn is_over(pod: &Object) -> bool {
    matches!(pod.text("/status/phase"), "Succeeded" | "Failed")
}

pub(super) fn restarts(pod: &Object) -> i64 {
    pod.list("/status/containerStatuses")
        .iter()
        .filter_map(|container| container.get("restartCount").and_then(Value::as_i64))
        .sum()
}

fn waiting_reasons(pod: &Object) -> impl Iterator<Item = &str> {
    pod.list("/status/containerStatuses")
        .iter()
        .filter_map(|container| container.pointer("/state/waiting/reason").and_then(Value::as_str))
}

fn is_crash_looping(pod: &Object) -> bool {
    waiting_reasons(pod).any(|reason| reason == "CrashLoopBackOff")
}

/// What ails a pod, in words; `None` when it is ready.
pub(super) fn trouble(pod: &Object) -> Option<String> {
    if pod.is("Ready") {
        return None;
    }
    let waiting = waiting_reasons(pod).next().map_or("not ready".to_owned(), str::to_owned);
    Some(match restarts(pod) {
        0 => waiting,
        1 => format!("{waiting}, 1 restart"),
        restarts => format!("{waiting}, {restarts} restarts"),
    })
}
