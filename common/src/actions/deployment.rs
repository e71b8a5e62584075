//! Actions on a Deployment that edit its own fields: restart, scale, resources.

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
use super::rollout;
use super::scale::{self, Scale};
use crate::api::remediation_plan::ActionClass;
use crate::api::{ActionType, ResourceRef};

/// The right to edit a Deployment.
pub(super) const PATCH_DEPLOYMENTS: Rule = Rule { group: "apps", resource: "deployments", verbs: &["patch"] };

/// Starts every pod anew by a rolling update.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct RestartDeployment(Restart);

impl Action for RestartDeployment {
    const SPEC: Spec = Spec {
        action: ActionType::RestartDeployment,
        kinds: &[&kind::DEPLOYMENT],
        class: ActionClass::Reversible,
        capability: "rollout",
        rules: &[PATCH_DEPLOYMENTS],
        about: "Starts every pod of a Deployment anew by a rolling update, as `kubectl rollout restart` does. Undo puts the pod template \
                back, which rolls back to the pods' previous ReplicaSet. Refused while the Deployment is paused.",
        takes_data: false,
    };

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        not_paused(&live.target)?;
        Ok(self.0.change(live))
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        rollout::complete(change, now)
    }
}

/// Sets the number of replicas.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ScaleDeployment(Scale);

impl Action for ScaleDeployment {
    const SPEC: Spec = Spec {
        action: ActionType::ScaleDeployment,
        kinds: &[&kind::DEPLOYMENT],
        class: ActionClass::Reversible,
        capability: "scale",
        rules: &[Rule { group: "apps", resource: "deployments/scale", verbs: &["get", "patch"] }],
        about: "Sets the number of replicas of a Deployment through its scale subresource. Undo restores the previous number, unless \
                someone else has scaled since. Fewer replicas than now are Disruptive; none needs containment=true. Refused while a \
                HorizontalPodAutoscaler owns the number.",
        takes_data: false,
    };

    fn needs(&self, _: &ResourceRef) -> Vec<Need> {
        scale::needs()
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        self.0.change(live)
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        rollout::complete(change, now)
    }
}

/// Sets requests and limits of one container.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct AdjustResources(Resources);

impl Action for AdjustResources {
    const SPEC: Spec = Spec {
        action: ActionType::AdjustResources,
        kinds: &[&kind::DEPLOYMENT],
        class: ActionClass::Reversible,
        capability: "rollout",
        rules: &[PATCH_DEPLOYMENTS],
        about: "Sets CPU and memory requests and limits of one container of a Deployment, which rolls its pods. Undo restores exactly \
                what was there, including what was not. A limit below its request is refused; more than four times the present value is \
                Disruptive, so that a person looks.",
        takes_data: false,
    };

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        not_paused(&live.target)?;
        self.0.change(Self::SPEC.action, live)
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        rollout::complete(change, now)
    }
}

/// A paused Deployment keeps the edit and rolls nothing out.
pub(super) fn not_paused(deployment: &Object) -> Result<(), Refusal> {
    if deployment.flag("/spec/paused") {
        let text = format!(
            "{} is paused, so nothing would roll out; `kubectl rollout resume` it first",
            deployment.reference()
        );
        return Err(Refusal::Unsuitable(text));
    }
    Ok(())
}
