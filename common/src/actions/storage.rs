//! Growing a volume.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::action::{Action, Rule, Settled, Spec};
use super::change::{ChangeSet, Terms, Undo};
use super::edits;
use super::kind::{self, Kind};
use super::live::{Live, Need};
use super::object::Object;
use super::quantity::Quantity;
use super::refusal::Refusal;
use super::settle;
use crate::api::remediation_plan::ActionClass;
use crate::api::{ActionType, ResourceRef};

/// Asks for a larger volume.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResizePVC {
    /// PersistentVolumeClaim that the workload mounts.
    pvc: String,
    /// Size wanted, larger than now.
    size: Quantity,
}

/// A volume grows by at most this factor at once: storage cannot be given back.
const LARGEST_FACTOR: i128 = 4;
/// Where the size stands in a claim.
const REQUEST: &str = "/spec/resources/requests/storage";
/// Kinds whose pods mount claims.
const KINDS: &[&Kind] = &[&kind::DEPLOYMENT, &kind::STATEFUL_SET, &kind::DAEMON_SET, &kind::JOB];

impl Action for ResizePVC {
    const SPEC: Spec = Spec {
        action: ActionType::ResizePVC,
        kinds: KINDS,
        class: ActionClass::Irreversible,
        capability: "storage",
        rules: &[Rule { group: "", resource: "persistentvolumeclaims", verbs: &["patch"] }],
        about: "Asks for a larger volume for a claim that the workload mounts. The claim's StorageClass must allow expansion; a volume never \
                shrinks and grows at most four times at once. Done when the claim's capacity is there and no resize is pending. Cannot be \
                undone: Kubernetes does not shrink volumes.",
        takes_data: false,
    };

    fn needs(&self, _: &ResourceRef) -> Vec<Need> {
        vec![Need::One(&kind::PERSISTENT_VOLUME_CLAIM, self.pvc.clone()), Need::Every(&kind::STORAGE_CLASS)]
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let reference = kind::PERSISTENT_VOLUME_CLAIM.reference(live.target.namespace(), &self.pvc);
        let claim = live.one(&kind::PERSISTENT_VOLUME_CLAIM, &self.pvc)?.ok_or_else(|| Refusal::absent(&reference))?;
        if !mounts(&live.target, &self.pvc) {
            let text = format!("{} does not mount {reference}", live.target.reference());
            return Err(Refusal::Unsuitable(text));
        }
        if claim.text("/status/phase") != "Bound" {
            return Err(Refusal::Unsuitable(format!("{reference} is not bound to a volume yet")));
        }
        may_grow(live, claim)?;
        let present = Quantity::parse(claim.text(REQUEST))
            .ok_or_else(|| Refusal::Unsuitable(format!("{reference} does not say its size")))?;
        let (from, to) = (present.nano(), self.size.nano());
        if from == to {
            return Ok(ChangeSet::nothing(format!("claim {} already asks for {present}", self.pvc)));
        }
        if to < from {
            return Err(Refusal::bad_param(
                ActionType::ResizePVC,
                "size",
                self.size.as_str(),
                format!("more than {present}: a volume does not shrink"),
            ));
        }
        if to > from * LARGEST_FACTOR {
            let text = format!(
                "size {} is more than {LARGEST_FACTOR} times {present}, and storage cannot be given back",
                self.size
            );
            return Err(Refusal::Unsafe(text));
        }
        let mut wanted = claim.0.clone();
        edits::set(&mut wanted, &["spec", "resources", "requests", "storage"], self.size.as_str().into());
        let summary = format!("grows claim {} from {present} to {}", self.pvc, self.size);
        let change = ChangeSet::patch(claim, &wanted, Terms::default(), &live.plan_uid, summary);
        Ok(change.undone_by(&Undo::Impossible("a volume does not shrink".to_owned())))
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        match settle::still_as_written(change, now) {
            Settled::Arrived => {}
            other => return other,
        }
        match now.one(&kind::PERSISTENT_VOLUME_CLAIM, &self.pvc) {
            Ok(Some(claim)) => self.grown(claim),
            Ok(None) => Settled::Failed(format!("claim {} is gone", self.pvc)),
            Err(unreadable) => Settled::Unknown(unreadable.to_string()),
        }
    }
}

impl ResizePVC {
    fn grown(&self, claim: &Object) -> Settled {
        let state = claim.text("/status/allocatedResourceStatuses/storage");
        if state.ends_with("Infeasible") {
            return Settled::Failed(format!("the storage driver cannot make it that large: {state}"));
        }
        for (condition, what) in [
            ("Resizing", "the volume is being resized"),
            ("FileSystemResizePending", "the file system grows when the pod mounts the volume anew"),
        ] {
            if claim.condition(condition).is_some_and(|found| found.text("/status") == "True") {
                return Settled::NotYet(what.to_owned());
            }
        }
        let capacity = claim.text("/status/capacity/storage");
        match Quantity::parse(capacity) {
            Some(capacity) if capacity.nano() >= self.size.nano() => Settled::Arrived,
            Some(capacity) => Settled::NotYet(format!("the volume has {capacity} of {}", self.size)),
            None => Settled::Unknown(format!("claim {} does not say its capacity", self.pvc)),
        }
    }
}

/// Does the workload mount this claim, by name or through a claim template of its own?
fn mounts(workload: &Object, claim: &str) -> bool {
    let by_name = workload
        .list("/spec/template/spec/volumes")
        .iter()
        .any(|volume| volume.pointer("/persistentVolumeClaim/claimName").is_some_and(|name| name == claim));
    let by_template = workload.list("/spec/volumeClaimTemplates").iter().any(|template| {
        let name = template.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
        let prefix = format!("{name}-{}-", workload.name());
        claim
            .strip_prefix(&prefix)
            .is_some_and(|ordinal| !ordinal.is_empty() && ordinal.bytes().all(|b| b.is_ascii_digit()))
    });
    by_name || by_template
}

/// The class must say that its volumes may grow: the API server accepts the edit only then, and not in a dry run's words.
fn may_grow(live: &Live, claim: &Object) -> Result<(), Refusal> {
    let name = claim.text("/spec/storageClassName");
    if name.is_empty() {
        let text = format!("{} has no StorageClass, so nothing can grow its volume", claim.reference());
        return Err(Refusal::Unsuitable(text));
    }
    let classes = live.all(&Need::Every(&kind::STORAGE_CLASS))?;
    let reference = kind::STORAGE_CLASS.reference("", name);
    let class = classes.iter().find(|class| class.name() == name).ok_or_else(|| Refusal::absent(&reference))?;
    if class.at("/allowVolumeExpansion").and_then(Value::as_bool) == Some(true) {
        Ok(())
    } else {
        Err(Refusal::Unsuitable(format!("{reference} does not allow its volumes to grow (allowVolumeExpansion)")))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_claim_of_a_namesake_is_not_the_workloads_own() {
        let db = Object(
            json!({"metadata": {"name": "db"}, "spec": {"volumeClaimTemplates": [{"metadata": {"name": "data"}}]}}),
        );
        assert!(mounts(&db, "data-db-0"));
        for other in ["data-db-", "data-db-backup-0", "data-other-0", "db-0"] {
            assert!(!mounts(&db, other), "{other}");
        }
    }

    #[test]
    fn a_volume_has_grown_when_its_capacity_is_there_and_nothing_is_pending() {
        let wanted = ResizePVC { pvc: "data".to_owned(), size: Quantity::parse("2Gi").unwrap() };
        let claim = |status: Value| Object(json!({"kind": "PersistentVolumeClaim", "status": status}));
        let pending = json!([{"type": "FileSystemResizePending", "status": "True"}]);
        assert_eq!(wanted.grown(&claim(json!({"capacity": {"storage": "2Gi"}}))), Settled::Arrived);
        assert!(matches!(wanted.grown(&claim(json!({"capacity": {"storage": "1Gi"}}))), Settled::NotYet(_)));
        assert!(matches!(
            wanted.grown(&claim(json!({"capacity": {"storage": "2Gi"}, "conditions": pending}))),
            Settled::NotYet(_)
        ));
        let infeasible = json!({"allocatedResourceStatuses": {"storage": "ControllerResizeInfeasible"}});
        assert!(matches!(wanted.grown(&claim(infeasible)), Settled::Failed(_)));
    }
}
