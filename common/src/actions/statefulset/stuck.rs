//! Pods that hold a rolling update up.
//!
//! A StatefulSet whose pods are started in order (`OrderedReady`, the default) does nothing while one of them is not ready, not even replace
//! that pod by the template that would cure it. `kubectl` users delete it by hand; so does the step that changes the template.

use crate::actions::change::{ChangeSet, Deletion, Undo};
use crate::actions::kind;
use crate::actions::live::{Live, Need};
use crate::actions::object::Object;
use crate::actions::pods;
use crate::actions::refusal::Refusal;
use crate::actions::rollout;

/// What [`freed`] needs.
pub fn needs() -> Vec<Need> {
    vec![Need::Selected(&kind::POD)]
}

/// The change of a template, and the deletion of each pod that would keep it from being rolled out. They serve nobody, so no
/// PodDisruptionBudget is asked, which would forbid the cure.
pub fn freed(change: ChangeSet, live: &Live) -> Result<ChangeSet, Refusal> {
    let set = &live.target;
    if change.is_nothing() || set.text("/spec/podManagementPolicy") == "Parallel" {
        return Ok(change);
    }
    let partition = rollout::partition(set);
    let stuck = pods::running(live)?.into_iter().filter(|pod| {
        !pod.is_terminating()
            && ordinal(set, pod.name()).is_some_and(|ordinal| ordinal >= partition)
            && (pods::trouble(pod).is_some() || was_chosen(live, pod))
    });
    Ok(stuck.fold(change, |change, pod| change.and(deletion(pod))))
}

/// A pod an earlier preview chose and that died since then: between two crashes it may look ready.
fn was_chosen(live: &Live, pod: &Object) -> bool {
    live.chosen.iter().any(|chosen| chosen.uid.as_deref() == Some(pod.uid())) && pods::restarts(pod) > 0
}

fn deletion(pod: &Object) -> ChangeSet {
    let state = pods::trouble(pod).unwrap_or_else(|| "not ready".to_owned());
    let undo = Undo::Heals("a pod is not brought back; its owner makes a new one".to_owned());
    let summary = format!("deletes pod {} ({state}), which would hold the update up", pod.name());
    ChangeSet::delete(pod, Deletion::Graceful, undo, summary)
}

/// The number at the end of the name of a pod of this set.
pub fn ordinal(set: &Object, pod: &str) -> Option<i64> {
    pod.strip_prefix(set.name())?.strip_prefix('-')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::{Value, json};

    use super::*;
    use crate::actions::change::Terms;
    use crate::api::remediation_plan::WriteKind;

    fn pod(ordinal: i64, ready: &str) -> Object {
        Object(json!({
            "kind": "Pod", "apiVersion": "v1",
            "metadata": {"name": format!("db-{ordinal}"), "namespace": "shop", "uid": ordinal.to_string(),
                "ownerReferences": [{"uid": "s", "controller": true}]},
            "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": ready}]},
        }))
    }

    fn deleted(spec: &Value, pods: Vec<Object>) -> Vec<String> {
        let set = Object(json!({
            "kind": "StatefulSet", "apiVersion": "apps/v1", "metadata": {"name": "db", "namespace": "shop", "uid": "s"}, "spec": spec,
        }));
        let mut wanted = set.0.clone();
        wanted["spec"]["template"] = json!({"new": true});
        let change = ChangeSet::patch(&set, &wanted, Terms::default(), "plan", "");
        let live = Live::of(set, Timestamp::UNIX_EPOCH).with(Need::Selected(&kind::POD), pods);
        let change = freed(change, &live).unwrap();
        let deletes = change.writes.iter().filter(|write| write.record.kind == WriteKind::Delete);
        deletes.map(|write| write.record.object.name.clone()).collect()
    }

    #[test]
    fn a_pod_that_is_not_ready_is_deleted_after_the_template_was_changed() {
        assert_eq!(deleted(&json!({}), vec![pod(0, "True"), pod(1, "False")]), ["db-1"]);
        assert!(deleted(&json!({}), vec![pod(0, "True")]).is_empty());
    }

    #[test]
    fn pods_that_are_not_updated_or_do_not_wait_for_each_other_are_left_alone() {
        let below = json!({"updateStrategy": {"rollingUpdate": {"partition": 1}}});
        assert!(deleted(&below, vec![pod(0, "False")]).is_empty());
        assert!(deleted(&json!({"podManagementPolicy": "Parallel"}), vec![pod(0, "False")]).is_empty());
    }
}
