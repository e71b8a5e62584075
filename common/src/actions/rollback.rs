//! Rolling a workload back to the pod template of an earlier revision.
//!
//! A Deployment's revisions are kept by its ReplicaSets, a StatefulSet's and a DaemonSet's by ControllerRevisions.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::Value;

use super::action::{Action, Settled, Spec};
use super::change::{ChangeSet, Terms};
use super::deployment::{PATCH_DEPLOYMENTS, not_paused};
use super::kind;
use super::live::{Live, Need, REVISION, Unreadable, revision};
use super::object::{Object, escape};
use super::refusal::Refusal;
use super::rollout;
use crate::api::remediation_plan::ActionClass;
use crate::api::{ActionType, ResourceRef};

/// Which revision.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rollback {
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

/// Puts the pod template of an earlier revision back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct RollbackDeployment(Rollback);

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
        let guard = live.target.annotation(REVISION).map_or(Value::Null, Value::from);
        let terms =
            Terms { guards: vec![(format!("/metadata/annotations/{}", escape(REVISION)), guard)], ..Terms::default() };
        let sets = live.replica_sets()?;
        let revisions: Vec<Revision<'_>> = sets.into_iter().map(Revision::of_replica_set).collect();
        self.0.change(Self::SPEC.action, live, &revisions, terms)
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        rollout::complete(change, now)
    }
}

/// One version of a pod template that Kubernetes keeps.
#[derive(Clone, Debug)]
pub struct Revision<'a> {
    number: i64,
    object: &'a Object,
    template: Value,
    has_ready_pods: bool,
}

impl<'a> Revision<'a> {
    fn of_replica_set(set: &'a Object) -> Self {
        Self {
            number: revision(set),
            object: set,
            template: template_of(set),
            has_ready_pods: set.int("/status/readyReplicas").unwrap_or(0) > 0,
        }
    }

    fn of_controller_revision(kept: &'a Object, pods: &[&Object]) -> Self {
        let mut template = kept.at("/data/spec/template").cloned().unwrap_or_default();
        // Kept as a strategic merge patch that replaces the whole template.
        if let Some(fields) = template.as_object_mut() {
            fields.remove("$patch");
        }
        // A StatefulSet's pods carry the revision's name, a DaemonSet's its hash.
        let hash = kept.label("controller-revision-hash").unwrap_or_default();
        let is_its = |pod: &&&Object| {
            pod.label("controller-revision-hash").is_some_and(|label| label == kept.name() || label == hash)
        };
        Self {
            number: kept.int("/revision").unwrap_or(0),
            object: kept,
            template: without_nulls(template),
            has_ready_pods: pods.iter().filter(is_its).any(|pod| pod.is("Ready")),
        }
    }
}

/// What rolling back by ControllerRevisions needs.
pub fn kept_needs() -> Vec<Need> {
    vec![Need::Selected(&kind::CONTROLLER_REVISION), Need::Selected(&kind::POD)]
}

/// Revisions of a StatefulSet or DaemonSet, the newest first.
fn kept_revisions(live: &Live) -> Result<Vec<Revision<'_>>, Unreadable> {
    let pods = live.pods()?;
    let mut revisions: Vec<Revision<'_>> = live
        .all(&Need::Selected(&kind::CONTROLLER_REVISION))?
        .iter()
        .filter(|kept| kept.controller_uid() == Some(live.target.uid()))
        .map(|kept| Revision::of_controller_revision(kept, &pods))
        .collect();
    revisions.sort_by_key(|revision| std::cmp::Reverse(revision.number));
    Ok(revisions)
}

impl Rollback {
    /// Back to a template that a ControllerRevision keeps.
    pub fn change_by_kept(&self, action: ActionType, live: &Live) -> Result<ChangeSet, Refusal> {
        let terms = Terms { kept_under: "/data", ..Terms::default() };
        self.change(action, live, &kept_revisions(live)?, terms)
    }

    fn change(
        &self,
        action: ActionType,
        live: &Live,
        revisions: &[Revision<'_>],
        terms: Terms,
    ) -> Result<ChangeSet, Refusal> {
        if revisions.len() < 2 {
            let text =
                format!("{} has fewer than 2 revisions: there is nothing to roll back to", live.target.reference());
            return Err(Refusal::Unsuitable(text));
        }
        let present = template_of(&live.target);
        let current = revisions.iter().find(|revision| revision.template == present);
        let earlier: Vec<&Revision<'_>> = revisions
            .iter()
            .filter(|revision| current.is_none_or(|current| revision.number < current.number))
            .collect();
        let (chosen, note) = self.to_revision.choose(action, revisions, &earlier)?;
        let mut wanted = live.target.0.clone();
        wanted["spec"]["template"] = chosen.template.clone();
        let terms = Terms {
            before: current.map(|revision| revision.object.reference()),
            after: Some(chosen.object.reference()),
            ..terms
        };
        let from = current
            .map_or("a template without revision".to_owned(), |revision| format!("revision {}", revision.number));
        let summary = format!("rolls back from {from} to revision {}", chosen.number);
        let mut change = ChangeSet::patch(&live.target, &wanted, terms, &live.plan_uid, summary);
        change.revisions = current.map(|revision| (revision.number, chosen.number));
        if change.is_nothing() {
            return Ok(ChangeSet::nothing(format!("already runs the template of revision {}", chosen.number)));
        }
        Ok(match note {
            Some(note) => change.noting(note),
            None => change,
        })
    }
}

impl ToRevision {
    /// The revision to take the template from, and what a person should know about that choice.
    fn choose<'a>(
        self,
        action: ActionType,
        all: &'a [Revision<'a>],
        earlier: &[&'a Revision<'a>],
    ) -> Result<(&'a Revision<'a>, Option<String>), Refusal> {
        let previous = || {
            earlier.first().copied().ok_or_else(|| {
                Refusal::Unsuitable("the present revision is the oldest kept; name a revision number".to_owned())
            })
        };
        match self {
            Self::Previous => Ok((previous()?, None)),
            Self::Healthy => {
                if let Some(revision) = earlier.iter().find(|revision| revision.has_ready_pods) {
                    return Ok((revision, None));
                }
                let revision = previous()?;
                let note = format!(
                    "no earlier revision has ready pods; nothing proves that revision {} works",
                    revision.number
                );
                Ok((revision, Some(note)))
            }
            Self::Number(number) => {
                if let Some(revision) = all.iter().find(|revision| revision.number == number) {
                    return Ok((revision, None));
                }
                let kept: Vec<String> = all.iter().map(|revision| revision.number.to_string()).collect();
                Err(Refusal::BadParam {
                    action,
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
    without_nulls(template)
}

/// `creationTimestamp: null` is written by some encoders and left out by others.
fn without_nulls(mut template: Value) -> Value {
    if let Some(Value::Object(metadata)) = template.get_mut("metadata") {
        metadata.retain(|_, value| !value.is_null());
    }
    template
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    fn template(image: &str) -> Value {
        json!({"metadata": {"labels": {"app": "db"}}, "spec": {"containers": [{"name": "app", "image": image}]}})
    }

    fn kept(number: i64, image: &str) -> Object {
        let mut data = template(image);
        data["$patch"] = "replace".into();
        data["metadata"]["creationTimestamp"] = Value::Null;
        Object(json!({
            "kind": "ControllerRevision", "revision": number, "data": {"spec": {"template": data}},
            "metadata": {"name": format!("db-{number}"), "uid": number.to_string(), "ownerReferences": [{"uid": "s", "controller": true}]},
        }))
    }

    fn rolled_back(to: &str, present: &str) -> Result<ChangeSet, Refusal> {
        let set = Object(json!({
            "kind": "StatefulSet", "apiVersion": "apps/v1", "metadata": {"name": "db", "namespace": "shop", "uid": "s"},
            "spec": {"template": template(present)},
        }));
        let ready = json!({"kind": "Pod", "status": {"conditions": [{"type": "Ready", "status": "True"}]}, "metadata": {
            "uid": "p", "labels": {"controller-revision-hash": "db-1"}, "ownerReferences": [{"uid": "s", "controller": true}],
        }});
        let live = Live::of(set, Timestamp::UNIX_EPOCH)
            .with(Need::Selected(&kind::POD), vec![Object(ready)])
            .with(Need::Selected(&kind::CONTROLLER_REVISION), vec![kept(1, "a:1"), kept(3, "a:3"), kept(2, "a:2")]);
        let to_revision = ToRevision::try_from(to.to_owned()).unwrap();
        Rollback { to_revision }.change_by_kept(ActionType::RollbackStatefulSet, &live)
    }

    #[test]
    fn the_template_of_a_controller_revision_is_put_back_and_nothing_else() {
        let change = rolled_back("previous", "a:3").unwrap();
        assert_eq!(change.revisions, Some((3, 2)));
        let touched = &change.writes[0].record.touched;
        assert_eq!(touched.len(), 1, "{touched:?}");
        assert_eq!(touched[0].after.as_deref(), Some("\"a:2\""));
    }

    #[test]
    fn healthy_is_the_newest_earlier_revision_with_ready_pods() {
        assert_eq!(rolled_back("healthy", "a:3").unwrap().revisions, Some((3, 1)));
    }

    #[test]
    fn previous_of_an_older_template_is_older_still_and_a_number_that_is_not_kept_is_refused() {
        assert_eq!(rolled_back("previous", "a:2").unwrap().revisions, Some((2, 1)));
        assert!(rolled_back("3", "a:3").unwrap().is_nothing());
        let text = rolled_back("9", "a:3").unwrap_err().to_string();
        assert!(text.contains("toRevision") && text.contains("3, 2, 1"), "{text}");
    }
}
