//! A new, empty volume for one pod of a StatefulSet.

use schemars::JsonSchema;
use serde::Deserialize;

use super::stuck::ordinal;
use crate::actions::action::{Action, Rule, Settled, Spec};
use crate::actions::change::{ChangeSet, Deletion, Undo};
use crate::actions::kind;
use crate::actions::live::{Live, Need};
use crate::actions::object::Object;
use crate::actions::pods;
use crate::actions::refusal::Refusal;
use crate::actions::settle;
use crate::api::remediation_plan::{ActionClass, WriteKind};
use crate::api::{ActionType, ResourceRef};

/// Deletes a claim and the pod that holds it; both come back, the volume empty.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecreateStatefulSetPVC {
    /// Claim, `<template>-<statefulset>-<ordinal>`.
    pvc: String,
    /// Has to be `true`: the data of the claim is given up.
    confirm: bool,
    /// Has to be `true` when no other pod of the StatefulSet is ready, so that this may be the only copy.
    #[serde(default)]
    accept_data_loss: bool,
}

impl Action for RecreateStatefulSetPVC {
    const SPEC: Spec = Spec {
        action: ActionType::RecreateStatefulSetPVC,
        kinds: &[&kind::STATEFUL_SET],
        class: ActionClass::Irreversible,
        capability: "volumes",
        rules: &[Rule { group: "", resource: "persistentvolumeclaims", verbs: &["delete"] }, pods::EVICT],
        about: "Gives one pod of a StatefulSet a new, empty volume: deletes its claim and evicts the pod that holds it, each by UID, \
                whereupon the StatefulSet makes both again. Whether the old data survives in the released volume depends on the volume's \
                reclaim policy; the preview says which it is. Needs confirm=true, and acceptDataLoss=true when no other pod is ready and \
                this may be the only copy. The claim must be one of the StatefulSet's own templates. Cannot be undone.",
        takes_data: false,
    };

    fn needs(&self, target: &ResourceRef) -> Vec<Need> {
        let mut needs = pods::needs(target);
        needs.push(Need::One(&kind::PERSISTENT_VOLUME_CLAIM, self.pvc.clone()));
        needs.push(self.volume());
        needs
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        if !self.confirm {
            return Err(Refusal::Unsafe("RecreateStatefulSetPVC gives data up and needs confirm=true".to_owned()));
        }
        let set = &live.target;
        let pod_name = self.pod_name(set)?;
        let Some(claim) = live.one(&kind::PERSISTENT_VOLUME_CLAIM, &self.pvc)? else {
            return Err(Refusal::Unsuitable(format!("PersistentVolumeClaim {} does not exist", self.pvc)));
        };
        let all = pods::running(live)?;
        let others_ready = all.iter().any(|pod| pod.name() != pod_name && pod.is("Ready"));
        if !others_ready && !self.accept_data_loss {
            return Err(Refusal::Unsafe(format!(
                "no other pod of {} is ready, so {} may be the only copy of its data; acceptDataLoss=true gives it up",
                set.reference(),
                self.pvc
            )));
        }
        let undo = Undo::Impossible(format!("the data of claim {} does not come back", self.pvc));
        let claim_goes = if claim.is_terminating() {
            ChangeSet::nothing("the claim is already going away")
        } else {
            ChangeSet::delete(claim, Deletion::Graceful, undo, format!("deletes claim {}", self.pvc))
        };
        let pod_goes = match all.iter().find(|pod| pod.name() == pod_name) {
            Some(pod) => pods::evicted(pod),
            None => ChangeSet::nothing("the pod is not there"),
        };
        let fate = live.all(&self.volume()).map_or_else(|error| error.to_string(), |volume| fate(volume.first()));
        Ok(claim_goes.and(pod_goes).noting(fate))
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        let claim = match now.one(&kind::PERSISTENT_VOLUME_CLAIM, &self.pvc) {
            Ok(claim) => claim,
            Err(unreadable) => return Settled::Unknown(unreadable.to_string()),
        };
        let old = change
            .writes
            .iter()
            .map(|write| &write.record)
            .find(|record| record.kind == WriteKind::Delete)
            .and_then(|record| record.object.uid.as_deref());
        match claim {
            None => Settled::NotYet(format!("claim {} is not made again yet", self.pvc)),
            Some(claim) if Some(claim.uid()) == old => {
                Settled::NotYet(format!("claim {} is still going away", self.pvc))
            }
            Some(claim) if claim.text("/status/phase") != "Bound" => {
                Settled::NotYet(format!("claim {} is not bound to a volume yet", self.pvc))
            }
            Some(_) => settle::replaced(change, now),
        }
    }
}

impl RecreateStatefulSetPVC {
    fn volume(&self) -> Need {
        Need::Named {
            by: &kind::PERSISTENT_VOLUME_CLAIM,
            name: self.pvc.clone(),
            field: "/spec/volumeName",
            kind: &kind::PERSISTENT_VOLUME,
        }
    }

    /// The pod whose claim it is, by the names a StatefulSet gives.
    fn pod_name(&self, set: &Object) -> Result<String, Refusal> {
        let templates: Vec<&str> = set
            .list("/spec/volumeClaimTemplates")
            .iter()
            .filter_map(|template| template.pointer("/metadata/name")?.as_str())
            .collect();
        let first = set.int("/spec/ordinals/start").unwrap_or(0);
        templates
            .iter()
            .filter_map(|template| self.pvc.strip_prefix(template)?.strip_prefix('-'))
            .find(|pod| ordinal(set, pod).is_some_and(|it| (first..first + set.replicas()).contains(&it)))
            .map(str::to_owned)
            .ok_or_else(|| Refusal::BadParam {
                action: Self::SPEC.action,
                param: "pvc".to_owned(),
                value: self.pvc.clone(),
                allowed: if templates.is_empty() {
                    "none: the StatefulSet has no volumeClaimTemplates".to_owned()
                } else {
                    format!("{}-{}-<ordinal of a replica>", templates.join("|"), set.name())
                },
            })
    }
}

/// What becomes of the old data.
fn fate(volume: Option<&Object>) -> String {
    match volume {
        None => "the claim has no volume yet".to_owned(),
        Some(volume) if volume.text("/spec/persistentVolumeReclaimPolicy") == "Retain" => {
            format!("volume {} is retained: its data can be recovered by hand", volume.name())
        }
        Some(volume) => format!("volume {} and all its data are deleted", volume.name()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_a_claim_of_the_sets_own_templates_and_replicas_is_taken() {
        let set = Object(json!({
            "kind": "StatefulSet", "metadata": {"name": "db"},
            "spec": {"replicas": 2, "volumeClaimTemplates": [{"metadata": {"name": "data"}}]},
        }));
        let pod = |pvc: &str| {
            RecreateStatefulSetPVC { pvc: pvc.to_owned(), confirm: true, accept_data_loss: false }.pod_name(&set).ok()
        };
        assert_eq!(pod("data-db-1").as_deref(), Some("db-1"));
        for other in ["data-db-2", "data-db-backup-0", "logs-db-0", "data-db", "xdata-db-0"] {
            assert_eq!(pod(other), None, "{other}");
        }
    }
}
