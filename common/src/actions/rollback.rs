//! Rolling a Deployment back to the pod template of an earlier revision.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::Value;

use super::action::{Action, Settled, Spec};
use super::change::{ChangeSet, Terms};
use super::deployment::{PATCH_DEPLOYMENTS, not_paused};
use super::kind;
use super::live::{Live, Need, REVISION, revision};
use super::object::{Object, escape};
use super::refusal::Refusal;
use super::settle;
use crate::api::remediation_plan::ActionClass;
use crate::api::{ActionType, ResourceRef};

/// Puts the pod template of an earlier revision back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RollbackDeployment {
    /// `previous` (default), `healthy` (the newest earlier revision that has ready pods, else previous) or a revision number.
    #[serde(default)]
    to_revision: ToRevision,
}

/// Which revision to go to.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(try_from = "String")]
enum ToRevision {
    #[default]
    Previous,
    Healthy,
    Number(i64),
}

impl TryFrom<String> for ToRevision {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.as_str() {
            "" | "previous" => Ok(Self::Previous),
            "healthy" => Ok(Self::Healthy),
            number => match number.parse() {
                Ok(number) if number > 0 => Ok(Self::Number(number)),
                _ => Err("previous, healthy or a revision number from 1 on"),
            },
        }
    }
}

impl JsonSchema for ToRevision {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ToRevision".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^(|previous|healthy|[1-9][0-9]*)$" })
    }
}

impl Action for RollbackDeployment {
    const SPEC: Spec = Spec {
        action: ActionType::RollbackDeployment,
        kinds: &[&kind::DEPLOYMENT],
        class: ActionClass::Reversible,
        capability: "rollout",
        rules: &[PATCH_DEPLOYMENTS],
        about: "Puts the whole pod template of an earlier revision of a Deployment back, as its ReplicaSet keeps it, and nothing else. \
                Guarded by the revision it goes back from, so that doing it twice does not flip forward again. Undo restores every field \
                that was changed. Refused while the Deployment is paused or has no earlier revision.",
        takes_data: false,
    };

    fn needs(&self, _: &ResourceRef) -> Vec<Need> {
        vec![Need::Selected(&kind::REPLICA_SET)]
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        not_paused(&live.target)?;
        let sets = live.replica_sets()?;
        if sets.len() < 2 {
            let text =
                format!("{} has fewer than 2 revisions: there is nothing to roll back to", live.target.reference());
            return Err(Refusal::Unsuitable(text));
        }
        let present = template_of(&live.target);
        let current = sets.iter().copied().find(|set| template_of(set) == present);
        let earlier: Vec<&Object> = sets
            .iter()
            .copied()
            .filter(|set| current.is_none_or(|current| revision(set) < revision(current)))
            .collect();
        let (chosen, note) = self.to_revision.choose(&sets, &earlier)?;

        let mut wanted = live.target.0.clone();
        wanted["spec"]["template"] = template_of(chosen);
        let guard = live.target.annotation(REVISION).map_or(Value::Null, Value::from);
        let terms = Terms {
            before: current.map(Object::reference),
            after: Some(chosen.reference()),
            guards: vec![(format!("/metadata/annotations/{}", escape(REVISION)), guard)],
            ..Terms::default()
        };
        let from =
            current.map_or("a template without revision".to_owned(), |set| format!("revision {}", revision(set)));
        let summary = format!("rolls back from {from} to revision {}", revision(chosen));
        let mut change = ChangeSet::patch(&live.target, &wanted, terms, &live.plan_uid, summary);
        change.revisions = current.map(|set| (revision(set), revision(chosen)));
        if change.is_nothing() {
            return Ok(ChangeSet::nothing(format!("already runs the template of revision {}", revision(chosen))));
        }
        Ok(match note {
            Some(note) => change.noting(note),
            None => change,
        })
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        settle::rollout(change, now)
    }
}

impl ToRevision {
    /// The ReplicaSet to take the template from, and what a person should know about that choice.
    fn choose<'a>(self, all: &[&'a Object], earlier: &[&'a Object]) -> Result<(&'a Object, Option<String>), Refusal> {
        let previous = || {
            earlier.first().copied().ok_or_else(|| {
                Refusal::Unsuitable("the present revision is the oldest kept; name a revision number".to_owned())
            })
        };
        match self {
            Self::Previous => Ok((previous()?, None)),
            Self::Healthy => {
                if let Some(set) = earlier.iter().find(|set| set.int("/status/readyReplicas").unwrap_or(0) > 0) {
                    return Ok((set, None));
                }
                let set = previous()?;
                let note =
                    format!("no earlier revision has ready pods; nothing proves that revision {} works", revision(set));
                Ok((set, Some(note)))
            }
            Self::Number(number) => {
                if let Some(set) = all.iter().find(|set| revision(set) == number) {
                    return Ok((set, None));
                }
                let kept: Vec<String> = all.iter().map(|set| revision(set).to_string()).collect();
                Err(Refusal::BadParam {
                    action: ActionType::RollbackDeployment,
                    param: "toRevision".to_owned(),
                    value: number.to_string(),
                    allowed: format!("previous, healthy, {}", kept.join(", ")),
                })
            }
        }
    }
}

/// The pod template without the label by which the controller tells ReplicaSets apart.
fn template_of(object: &Object) -> Value {
    let mut template = object.at("/spec/template").cloned().unwrap_or_default();
    if let Some(Value::Object(labels)) = template.pointer_mut("/metadata/labels") {
        labels.remove("pod-template-hash");
    }
    template
}
