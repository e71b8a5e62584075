//! Actions on a Deployment that edit its own fields: restart, scale, resources.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::action::{Action, Rule, Settled, Spec};
use super::change::{ChangeSet, Terms};
use super::edits;
use super::kind;
use super::live::{Live, Need};
use super::object::{Object, escape};
use super::quantity::Quantity;
use super::refusal::Refusal;
use super::settle;
use crate::api::remediation_plan::ActionClass;
use crate::api::{ActionType, ResourceRef};

/// The right to edit a Deployment.
pub(super) const PATCH_DEPLOYMENTS: Rule = Rule { group: "apps", resource: "deployments", verbs: &["patch"] };

/// Where a rollout is asked for without another change, as `kubectl rollout restart` does.
const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";

/// Starts every pod anew by a rolling update.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RestartDeployment {}

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

    fn needs(&self, _: &ResourceRef) -> Vec<Need> {
        Vec::new()
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        not_paused(&live.target)?;
        let at = live.now.round(jiff::Unit::Second).unwrap_or(live.now).to_string();
        let mut wanted = live.target.0.clone();
        edits::set(&mut wanted, &["spec", "template", "metadata", "annotations", RESTARTED_AT], at.into());
        Ok(ChangeSet::patch(&live.target, &wanted, Terms::default(), &live.plan_uid, "starts every pod anew"))
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        settle::rollout(change, now)
    }
}

/// Replicas, within what anybody means seriously.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "u32")]
struct Replicas(u32);

impl TryFrom<u32> for Replicas {
    type Error = &'static str;

    fn try_from(number: u32) -> Result<Self, Self::Error> {
        if number <= 1000 { Ok(Self(number)) } else { Err("a whole number from 0 to 1000") }
    }
}

/// Sets the number of replicas.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScaleDeployment {
    /// Replicas wanted, 0 to 1000.
    #[schemars(with = "u32", range(min = 0, max = 1000))]
    replicas: Replicas,
    /// A deliberate stop: allows 0, and the incident ends as Contained, not Resolved.
    #[serde(default)]
    containment: bool,
}

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
        vec![Need::Scale, Need::Every(&kind::HORIZONTAL_POD_AUTOSCALER)]
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let wanted = self.replicas.0;
        if wanted == 0 && !self.containment {
            return Err(Refusal::Unsafe(
                "scaling to 0 replicas is not allowed; a deliberate stop says containment=true".to_owned(),
            ));
        }
        if let Some(scaler) = live.autoscalers()?.first() {
            return Err(Refusal::OwnedBy {
                owner: scaler.reference().to_string(),
                field: "spec.replicas".to_owned(),
                advice: "change its bounds instead".to_owned(),
            });
        }
        let gone = || Refusal::TargetGone(format!("{} has no scale subresource", live.target.reference()));
        let scale = live.all(&Need::Scale)?.first().ok_or_else(gone)?;
        let now = scale.int("/spec/replicas").unwrap_or(0);
        let plural = if wanted == 1 { "" } else { "s" };
        if now == i64::from(wanted) {
            return Ok(ChangeSet::nothing(format!("already at {wanted} replica{plural}")));
        }
        let summary = format!("scales from {now} to {wanted} replica{plural}");
        let change = ChangeSet::scale(&live.target, scale, wanted, summary);
        let disruptive = self.containment || i64::from(wanted) < now;
        Ok(if disruptive { change.raised_to(ActionClass::Disruptive) } else { change })
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        settle::rollout(change, now)
    }
}

/// Sets requests and limits of one container.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdjustResources {
    /// Container; may be left out when the pod has one.
    container: Option<String>,
    /// Memory limit.
    memory_limit: Option<Quantity>,
    /// Memory request.
    memory_request: Option<Quantity>,
    /// CPU limit.
    cpu_limit: Option<Quantity>,
    /// CPU request.
    cpu_request: Option<Quantity>,
}

/// Growth beyond this factor is no adjustment any more: a person looks at it.
const LARGE_FACTOR: i128 = 4;

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

    fn needs(&self, _: &ResourceRef) -> Vec<Need> {
        Vec::new()
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        not_paused(&live.target)?;
        let (index, container) = self.container(&live.target)?;
        let mut wanted = live.target.0.clone();
        let mut summary = Vec::new();
        let mut large = None;
        for (list, resource, quantity) in self.values()? {
            let field = format!("/resources/{list}/{}", escape(resource));
            let present = Quantity::parse(container.text(&field));
            if present.as_ref() == Some(quantity) {
                continue;
            }
            if present.as_ref().is_some_and(|present| quantity.nano() > present.nano() * LARGE_FACTOR) {
                large = Some(format!("{resource} in {list} grows more than {LARGE_FACTOR} times"));
            }
            let index = index.to_string();
            let path = ["spec", "template", "spec", "containers", &index, "resources", list, resource];
            edits::set(&mut wanted, &path, quantity.as_str().into());
            let word = list.trim_end_matches('s');
            let from = present.map_or("none".to_owned(), |present| present.to_string());
            summary.push(format!("{resource} {word} {from} -> {quantity}"));
        }
        if summary.is_empty() {
            return Ok(ChangeSet::nothing(format!("container {} already has these resources", container.name_field())));
        }
        limits_hold_requests(&Object(wanted.clone()), index)?;
        let summary = format!("container {}: {}", container.name_field(), summary.join(", "));
        let change = ChangeSet::patch(&live.target, &wanted, Terms::default(), &live.plan_uid, summary);
        Ok(match large {
            Some(note) => change.raised_to(ActionClass::Disruptive).noting(note),
            None => change,
        })
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        settle::rollout(change, now)
    }
}

impl AdjustResources {
    fn values(&self) -> Result<Vec<(&'static str, &'static str, &Quantity)>, Refusal> {
        let values: Vec<_> = [
            ("limits", "memory", &self.memory_limit),
            ("requests", "memory", &self.memory_request),
            ("limits", "cpu", &self.cpu_limit),
            ("requests", "cpu", &self.cpu_request),
        ]
        .into_iter()
        .filter_map(|(list, resource, quantity)| Some((list, resource, quantity.as_ref()?)))
        .collect();
        if values.is_empty() {
            return Err(Refusal::Unsafe(
                "AdjustResources needs at least one of memory_limit, memory_request, cpu_limit, cpu_request".to_owned(),
            ));
        }
        Ok(values)
    }

    fn container(&self, deployment: &Object) -> Result<(usize, Object), Refusal> {
        let containers = deployment.list("/spec/template/spec/containers");
        let names: Vec<&str> =
            containers.iter().filter_map(|container| container.get("name").and_then(Value::as_str)).collect();
        let refuse = |value: &str| Refusal::BadParam {
            action: ActionType::AdjustResources,
            param: "container".to_owned(),
            value: value.to_owned(),
            allowed: names.join(", "),
        };
        let index = match &self.container {
            Some(name) => names.iter().position(|known| known == name).ok_or_else(|| refuse(name))?,
            None if names.len() == 1 => 0,
            None => {
                return Err(Refusal::MissingParam {
                    action: ActionType::AdjustResources,
                    param: "container".to_owned(),
                    allowed: names.join(", "),
                });
            }
        };
        Ok((index, Object(containers[index].clone())))
    }
}

impl Object {
    /// `name` of a list item.
    fn name_field(&self) -> &str {
        self.text("/name")
    }
}

/// The server would say so too, but only field by field; a person wants to know which pair.
fn limits_hold_requests(deployment: &Object, index: usize) -> Result<(), Refusal> {
    for resource in ["memory", "cpu"] {
        let value = |list: &str| {
            let path = format!("/spec/template/spec/containers/{index}/resources/{list}/{resource}");
            Quantity::parse(deployment.text(&path))
        };
        if let (Some(limit), Some(request)) = (value("limits"), value("requests"))
            && limit < request
        {
            let text =
                format!("{resource} limit {limit} cannot be less than request {request}; set {resource}_request too");
            return Err(Refusal::Unsuitable(text));
        }
    }
    Ok(())
}

/// A paused Deployment keeps the edit and rolls nothing out.
pub(super) fn not_paused(deployment: &Object) -> Result<(), Refusal> {
    if deployment.at("/spec/paused").and_then(Value::as_bool) == Some(true) {
        let text = format!(
            "{} is paused, so nothing would roll out; `kubectl rollout resume` it first",
            deployment.reference()
        );
        return Err(Refusal::Unsuitable(text));
    }
    Ok(())
}
