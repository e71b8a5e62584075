//! When a StatefulSet replaces its pods, and which of them.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::PATCH_STATEFUL_SETS;
use crate::actions::action::{Action, Settled, Spec};
use crate::actions::change::{ChangeSet, Terms};
use crate::actions::kind;
use crate::actions::live::Live;
use crate::actions::refusal::Refusal;
use crate::actions::rollout;
use crate::actions::strategy::{Share, StrategyType};
use crate::api::ActionType;
use crate::api::remediation_plan::ActionClass;

/// Sets when pods are replaced.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateStatefulSetStrategy {
    /// `RollingUpdate` or `OnDelete`.
    #[serde(rename = "type")]
    strategy: StrategyType,
    /// Pods that may be unavailable during an update, as number or percentage; with RollingUpdate only.
    max_unavailable: Option<Share>,
}

impl Action for UpdateStatefulSetStrategy {
    const SPEC: Spec = Spec {
        action: ActionType::UpdateStatefulSetStrategy,
        kinds: &[&kind::STATEFUL_SET],
        class: ActionClass::Reversible,
        capability: "rollout",
        rules: &[PATCH_STATEFUL_SETS],
        about: "Sets the update strategy of a StatefulSet: RollingUpdate, with the number of pods that may be unavailable where the \
                cluster supports it, or OnDelete, which drops the rolling parameters as the API demands. Undo restores the whole strategy. \
                Blocked in the preview when the cluster would drop maxUnavailable without a word.",
        takes_data: false,
    };

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let present = live.target.at("/spec/updateStrategy/rollingUpdate").cloned();
        let strategy = match (self.strategy, &self.max_unavailable) {
            (StrategyType::OnDelete, None) => json!({"type": "OnDelete"}),
            (StrategyType::OnDelete, Some(share)) => {
                return Err(self.refused(&share.value(), "nothing with type OnDelete"));
            }
            (StrategyType::RollingUpdate, Some(share)) if share.is_zero() => {
                return Err(self.refused(&share.value(), "at least 1 or 1%"));
            }
            (StrategyType::RollingUpdate, share) => {
                let mut rolling = present.unwrap_or_else(|| json!({"partition": 0}));
                if let Some(share) = share {
                    rolling["maxUnavailable"] = share.value();
                }
                json!({"type": "RollingUpdate", "rollingUpdate": rolling})
            }
        };
        let mut wanted = live.target.0.clone();
        wanted["spec"]["updateStrategy"] = strategy;
        let from = live.target.text("/spec/updateStrategy/type");
        let to = if self.strategy == StrategyType::OnDelete { "OnDelete" } else { "RollingUpdate" };
        let summary = format!("update strategy {from} -> {to}");
        Ok(ChangeSet::patch(&live.target, &wanted, Terms::default(), &live.plan_uid, summary))
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        match self.strategy {
            StrategyType::OnDelete => rollout::observed(change, now),
            StrategyType::RollingUpdate => rollout::complete(change, now),
        }
    }
}

impl UpdateStatefulSetStrategy {
    #[expect(clippy::unused_self, reason = "speaks of this action")]
    fn refused(&self, value: &Value, allowed: &str) -> Refusal {
        Refusal::BadParam {
            action: Self::SPEC.action,
            param: "maxUnavailable".to_owned(),
            value: value.as_str().map_or_else(|| value.to_string(), str::to_owned),
            allowed: allowed.to_owned(),
        }
    }
}

/// Sets from which ordinal on pods are updated.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartitionStatefulSetUpdate {
    /// Ordinal from which on pods get the newest template; below the number of replicas.
    partition: u32,
}

impl Action for PartitionStatefulSetUpdate {
    const SPEC: Spec = Spec {
        action: ActionType::PartitionStatefulSetUpdate,
        kinds: &[&kind::STATEFUL_SET],
        class: ActionClass::Reversible,
        capability: "rollout",
        rules: &[PATCH_STATEFUL_SETS],
        about: "Sets the ordinal from which on pods of a StatefulSet get the newest template; those below keep the one they have. \
                Raising it stops an update half-way, lowering it lets the update go on. Sets updateStrategy RollingUpdate where it is \
                another. Undo restores the whole strategy. Refused from the number of replicas on.",
        takes_data: false,
    };

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let replicas = live.target.replicas();
        if i64::from(self.partition) >= replicas {
            return Err(Refusal::BadParam {
                action: Self::SPEC.action,
                param: "partition".to_owned(),
                value: self.partition.to_string(),
                allowed: format!("0 to {}, below the {replicas} replicas", replicas - 1),
            });
        }
        let mut rolling = live.target.at("/spec/updateStrategy/rollingUpdate").cloned().unwrap_or_else(|| json!({}));
        rolling["partition"] = self.partition.into();
        let mut wanted = live.target.0.clone();
        wanted["spec"]["updateStrategy"] = json!({"type": "RollingUpdate", "rollingUpdate": rolling});
        let summary = format!("partition {} -> {}", rollout::partition(&live.target), self.partition);
        let change = ChangeSet::patch(&live.target, &wanted, Terms::default(), &live.plan_uid, summary);
        let pods = replicas - i64::from(self.partition);
        let is_behind = live.target.text("/status/currentRevision") != live.target.text("/status/updateRevision");
        let moves = !change.is_nothing() && is_behind && i64::from(self.partition) < rollout::partition(&live.target);
        Ok(if moves { change.noting(format!("up to {pods} pods get the newest template now")) } else { change })
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        rollout::complete(change, now)
    }
}
