//! Actions on a StatefulSet: what a Deployment has too, and what only pods with a name and a volume of their own need.

mod claim;
mod pods;
mod strategy;
mod stuck;

use schemars::JsonSchema;
use serde::Deserialize;

use super::action::{Action, Rule, Settled, Spec};
use super::change::ChangeSet;
use super::kind;
use super::live::{Live, Need};
use super::object::Object;
use super::refusal::Refusal;
use super::resources::Resources;
use super::restart::Restart;
use super::rollback::{self, Rollback};
use super::rollout;
use super::scale::{self, Scale};
use crate::api::remediation_plan::ActionClass;
use crate::api::{ActionType, ResourceRef};

pub use claim::RecreateStatefulSetPVC;
pub use pods::{DeleteStatefulSetPod, ForceDeleteStatefulSetPod};
pub use strategy::{PartitionStatefulSetUpdate, UpdateStatefulSetStrategy};

/// The right to edit a StatefulSet.
const PATCH_STATEFUL_SETS: Rule = Rule { group: "apps", resource: "statefulsets", verbs: &["patch"] };
/// The right to delete the pod that a rollout is stuck at.
const DELETE_PODS: Rule = Rule { group: "", resource: "pods", verbs: &["delete"] };

/// Sets the number of replicas.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ScaleStatefulSet(Scale);

impl Action for ScaleStatefulSet {
    const SPEC: Spec = Spec {
        action: ActionType::ScaleStatefulSet,
        kinds: &[&kind::STATEFUL_SET],
        class: ActionClass::Reversible,
        capability: "scale",
        rules: &[Rule { group: "apps", resource: "statefulsets/scale", verbs: &["get", "patch"] }],
        about: "Sets the number of replicas of a StatefulSet through its scale subresource; pods come and go in the order of their \
                ordinals. Undo restores the previous number, unless someone else has scaled since. Fewer replicas than now are \
                Disruptive, and Irreversible where the claims of removed pods are deleted with them; none needs containment=true. \
                Refused while a HorizontalPodAutoscaler owns the number.",
        takes_data: false,
    };

    fn needs(&self, _: &ResourceRef) -> Vec<Need> {
        scale::needs()
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let change = self.0.change(live)?;
        let loses_claims = change.class >= ActionClass::Disruptive
            && live.target.text("/spec/persistentVolumeClaimRetentionPolicy/whenScaled") == "Delete";
        Ok(if loses_claims {
            let note = "the claims of the removed pods are deleted with them (persistentVolumeClaimRetentionPolicy)";
            change.raised_to(ActionClass::Irreversible).noting(note)
        } else {
            change
        })
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        rollout::scaled(change, now)
    }
}

/// Starts every pod anew by a rolling update.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct RestartStatefulSet(Restart);

impl Action for RestartStatefulSet {
    const SPEC: Spec = Spec {
        action: ActionType::RestartStatefulSet,
        kinds: &[&kind::STATEFUL_SET],
        class: ActionClass::Reversible,
        capability: "rollout",
        rules: &[PATCH_STATEFUL_SETS, DELETE_PODS],
        about: "Starts every pod of a StatefulSet anew by a rolling update from the highest ordinal down, as `kubectl rollout restart` \
                does. A pod that is not ready would hold the update up for ever, so it is deleted and comes back with the new template. \
                Undo puts the pod template back. Refused with updateStrategy OnDelete, which rolls nothing out.",
        takes_data: false,
    };

    fn needs(&self, _: &ResourceRef) -> Vec<Need> {
        stuck::needs()
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        rolls_out(&live.target)?;
        stuck::freed(self.0.change(live), live)
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        rollout::complete(change, now)
    }
}

/// Puts the pod template of an earlier revision back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct RollbackStatefulSet(Rollback);

impl Action for RollbackStatefulSet {
    const SPEC: Spec = Spec {
        action: ActionType::RollbackStatefulSet,
        kinds: &[&kind::STATEFUL_SET],
        class: ActionClass::Reversible,
        capability: "rollout",
        rules: &[PATCH_STATEFUL_SETS, DELETE_PODS],
        about: "Puts the whole pod template of an earlier revision of a StatefulSet back, annotations included, as its \
                ControllerRevision keeps it, and nothing else. A pod that is not ready would hold the update up for ever, so it is \
                deleted and comes back with the restored template. Undo restores every field that was changed. Refused with \
                updateStrategy OnDelete and without an earlier revision.",
        takes_data: false,
    };

    fn needs(&self, _: &ResourceRef) -> Vec<Need> {
        rollback::kept_needs()
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        rolls_out(&live.target)?;
        stuck::freed(self.0.change_by_kept(Self::SPEC.action, live)?, live)
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        rollout::complete(change, now)
    }
}

/// Sets requests and limits of one container.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct AdjustStatefulSetResources(Resources);

impl Action for AdjustStatefulSetResources {
    const SPEC: Spec = Spec {
        action: ActionType::AdjustStatefulSetResources,
        kinds: &[&kind::STATEFUL_SET],
        class: ActionClass::Reversible,
        capability: "rollout",
        rules: &[PATCH_STATEFUL_SETS, DELETE_PODS],
        about: "Sets CPU and memory requests and limits of one container of a StatefulSet, which rolls its pods. A pod that is not ready \
                would hold the update up for ever, so it is deleted and comes back with the new resources. Undo restores exactly what was \
                there, including what was not. A limit below its request is refused; more than four times the present value is \
                Disruptive, so that a person looks.",
        takes_data: false,
    };

    fn needs(&self, _: &ResourceRef) -> Vec<Need> {
        stuck::needs()
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        rolls_out(&live.target)?;
        stuck::freed(self.0.change(Self::SPEC.action, live)?, live)
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        rollout::complete(change, now)
    }
}

/// A new template reaches pods by itself.
fn rolls_out(set: &Object) -> Result<(), Refusal> {
    if let Some(why) = rollout::waits_for_deletion(set) {
        return Err(Refusal::Unsuitable(format!(
            "{why}; use UpdateStatefulSetStrategy first, or delete the pods one by one"
        )));
    }
    let (replicas, partition) = (set.replicas(), rollout::partition(set));
    if partition >= replicas && replicas > 0 {
        let text = format!(
            "the partition of {} is {partition}, so none of its {replicas} pods would be updated; use PartitionStatefulSetUpdate",
            set.reference()
        );
        return Err(Refusal::Unsuitable(text));
    }
    Ok(())
}
