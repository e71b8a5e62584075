//! Restarting a StatefulSet's pod, or all of them.

use schemars::JsonSchema;
use serde::Deserialize;

use super::action::{Action, Rule, Settled, Spec};
use super::change::ChangeSet;
use super::kind;
use super::live::{Live, Need};
use super::pods;
use super::refusal::Refusal;
use super::restart::Restart;
use super::rollout;
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

impl Action for RestartStatefulSetPod {
    const SPEC: Spec = Spec {
        action: ActionType::RestartStatefulSetPod,
        kinds: &[&kind::STATEFUL_SET],
        class: ActionClass::Disruptive,
        capability: "evict",
        rules: &[pods::EVICT, Rule { group: "apps", resource: "statefulsets", verbs: &["patch"] }],
        about: "Evicts the named pod of a StatefulSet, which comes back under its name; PodDisruptionBudgets are respected. Without a pod \
                it restarts all pods one after the other, as `kubectl rollout restart` does, and undo puts the template back. Refused for \
                a pod of another workload, and without a pod where the StatefulSet replaces pods only when they are deleted.",
        takes_data: false,
    };

    fn needs(&self, target: &ResourceRef) -> Vec<Need> {
        pods::needs(target)
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        match &self.pod {
            Some(name) => pods::evicted_of(Self::SPEC.action, Some(name), live),
            None => match rollout::waits_for_deletion(&live.target) {
                Some(why) => Err(Refusal::Unsuitable(format!("{why}; name the pod"))),
                None => Ok(Restart {}.change(live)),
            },
        }
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        if change.writes.iter().any(|write| write.record.kind == WriteKind::Evict) {
            settle::replaced(change, now)
        } else {
            rollout::complete(change, now)
        }
    }
}
