//! Taking a step back: the planned inverse, fitted to what others did since.
//!
//! In: the undo records of a step's journal and the objects as they are now. Out: the requests that still apply, and what is left alone
//! because someone else changed it. An undo never overwrites what it did not write.

use kube::Client;
use serde_json::Value;

use super::apply::{self, Errand};
use super::change::readable_path;
use super::kind::Kind;
use super::live;
use super::object::Object;
use super::outcome::SendError;
use super::settle::holds;
use crate::api::keys::annotations;
use crate::api::remediation_plan::{TouchedField, WriteKind, WriteRecord};

/// How far a step was taken back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Undone {
    /// Every field the step wrote holds what was there before.
    Undone,
    /// Some do not: which, and why.
    PartlyUndone(Vec<String>),
    /// Nothing could be taken back: why.
    NotUndoable(String),
}

/// One undo request fitted to the object as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fitted {
    /// What remains to be sent; absent when nothing does.
    pub write: Option<WriteRecord>,
    /// Fields left alone, each with the reason.
    pub leftovers: Vec<String>,
}

/// Fits an undo record to the object as found now. Pure.
///
/// A field that holds what the step wrote is taken back; one that already holds the value before needs nothing; any other belongs to whoever
/// changed it.
pub fn fit(record: &WriteRecord, found: Option<&Object>, plan_uid: &str) -> Fitted {
    match record.kind {
        WriteKind::Delete => return fit_deletion(record, found, plan_uid),
        WriteKind::Create => return fit_creation(record, found, plan_uid),
        _ => {}
    }
    let Some(object) = found.filter(|object| record.object.uid.as_deref().is_none_or(|uid| uid == object.uid())) else {
        return Fitted { write: None, leftovers: vec![format!("{} is gone", record.object)] };
    };
    let mut kept: Vec<TouchedField> = Vec::new();
    let mut leftovers = Vec::new();
    for field in &record.touched {
        let is = |text: &Option<String>| {
            let value: Option<Value> = text.as_deref().and_then(|text| serde_json::from_str(text).ok());
            holds(object.at(&field.path), value.as_ref(), plan_uid)
        };
        if is(&field.after) {
            continue;
        }
        if is(&field.before) && stands_where_it_stood(record, &field.path, object) {
            kept.push(field.clone());
        } else {
            leftovers.push(format!("{} of {} was changed since", readable_path(&field.path), record.object.short()));
        }
    }
    let write = (!kept.is_empty()).then(|| WriteRecord {
        payload: only(&record.payload, &kept),
        touched: kept,
        kind: record.kind,
        object: record.object.clone(),
    });
    Fitted { write, leftovers }
}

/// A created object is deleted again when it is the one the plan made; its name alone proves nothing.
fn fit_deletion(record: &WriteRecord, found: Option<&Object>, plan_uid: &str) -> Fitted {
    let Some(object) = found.filter(|object| !object.is_terminating()) else { return Fitted::default() };
    if !is_of_plan(object, plan_uid) {
        let text = format!("{} was not made by this plan", record.object);
        return Fitted { write: None, leftovers: vec![text] };
    }
    Fitted { write: Some(WriteRecord { object: object.reference(), ..record.clone() }), leftovers: Vec::new() }
}

/// A deleted object is made anew unless the name is taken.
fn fit_creation(record: &WriteRecord, found: Option<&Object>, plan_uid: &str) -> Fitted {
    let Some(object) = found else { return Fitted { write: Some(record.clone()), leftovers: Vec::new() } };
    if is_of_plan(object, plan_uid) {
        return Fitted::default();
    }
    Fitted { write: None, leftovers: vec![format!("{} is there, made by somebody else", record.object)] }
}

/// The mark on the object says that this plan made or changed it last.
fn is_of_plan(object: &Object, plan_uid: &str) -> bool {
    let mark = object.annotation(annotations::OPERATION_ID).unwrap_or_default();
    mark.strip_prefix(plan_uid).is_some_and(|rest| rest.starts_with('.'))
}

/// The list items on the way to the field are still the ones meant.
fn stands_where_it_stood(record: &WriteRecord, path: &str, object: &Object) -> bool {
    let guards: Vec<Value> = serde_json::from_str(&record.payload).unwrap_or_default();
    guards
        .iter()
        .filter(|operation| is_item_guard(operation, path))
        .all(|operation| object.at(operation["path"].as_str().unwrap_or_default()) == operation.get("value"))
}

/// `test` on the name of a list item that `path` leads through.
fn is_item_guard(operation: &Value, path: &str) -> bool {
    operation["op"] == "test"
        && operation["path"]
            .as_str()
            .and_then(|guard| guard.strip_suffix("/name"))
            .is_some_and(|item| path.strip_prefix(item).is_some_and(|rest| rest.starts_with('/')))
}

/// The operations on these fields, with the guards that belong to them.
fn only(payload: &str, fields: &[TouchedField]) -> String {
    let operations: Vec<Value> = serde_json::from_str(payload).unwrap_or_default();
    let kept: Vec<Value> = operations
        .into_iter()
        .filter(|operation| {
            operation["path"] == "/metadata/uid"
                // The body of a Helm release goes with its label.
                || operation.pointer("/valueFrom/release").is_some()
                || fields
                    .iter()
                    .any(|field| operation["path"] == field.path.as_str() || is_item_guard(operation, &field.path))
        })
        .collect();
    Value::from(kept).to_string()
}

/// Takes one undo record back: reads the object, fits the record, sends what is left of it. Safe to repeat: what is already back is skipped.
pub async fn undo(client: &Client, record: &WriteRecord, errand: &Errand<'_>) -> Result<Undone, SendError> {
    let Some(kind) = Kind::named(&record.object.kind) else {
        return Ok(Undone::NotUndoable(format!("unknown kind {}", record.object.kind)));
    };
    let found = live::one(client, kind, &record.object.namespace, &record.object.name).await?;
    let Fitted { write, leftovers } = fit(record, found.as_ref(), errand.plan_uid);
    if let Some(write) = &write {
        apply::send(client, write, errand).await?;
    }
    Ok(match (write, leftovers) {
        (_, leftovers) if leftovers.is_empty() => Undone::Undone,
        (None, leftovers) if leftovers.len() >= record.touched.len() => Undone::NotUndoable(leftovers.join("; ")),
        (_, leftovers) => Undone::PartlyUndone(leftovers),
    })
}

/// What several records of one step come to.
pub fn together(results: &[Undone]) -> Undone {
    let mut leftovers = Vec::new();
    let mut whole = 0;
    for result in results {
        match result {
            Undone::Undone => whole += 1,
            Undone::PartlyUndone(left) => {
                whole += 1;
                leftovers.extend(left.clone());
            }
            Undone::NotUndoable(why) => leftovers.push(why.clone()),
        }
    }
    match (leftovers.is_empty(), whole) {
        (true, _) => Undone::Undone,
        (false, 0) => Undone::NotUndoable(leftovers.join("; ")),
        (false, _) => Undone::PartlyUndone(leftovers),
    }
}

/// A restart of the undone workload's pods follows from this record: taking it back "for its own sake" would disturb what runs.
pub fn restarts_pods(record: &WriteRecord) -> bool {
    record.kind == WriteKind::Patch && record.touched.iter().any(|field| field.path.starts_with("/spec/template"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::actions::change::ChangeSet;
    use crate::actions::kind;

    fn job(mark: &str) -> Object {
        Object(json!({"kind": "Job", "apiVersion": "batch/v1", "metadata": {
            "name": "report-manual", "namespace": "shop", "uid": "j", "annotations": {annotations::OPERATION_ID: mark},
        }}))
    }

    fn deletion() -> WriteRecord {
        let body = json!({"metadata": {"name": "report-manual", "namespace": "shop"}});
        ChangeSet::create(&kind::JOB, &body, None, "").undo_records().remove(0)
    }

    #[test]
    fn what_the_plan_made_is_deleted_by_the_uid_it_has_got() {
        let fitted = fit(&deletion(), Some(&job("plan.0.1")), "plan");
        assert_eq!(fitted.write.unwrap().object.uid.as_deref(), Some("j"));
    }

    #[test]
    fn what_the_plan_deleted_is_made_anew_unless_the_name_is_taken() {
        let creation = WriteRecord { kind: WriteKind::Create, ..deletion() };
        assert_eq!(fit(&creation, None, "plan").write, Some(creation.clone()));
        assert_eq!(fit(&creation, Some(&job("plan.0.1.undo")), "plan"), Fitted::default());
        assert_eq!(fit(&creation, Some(&job("")), "plan").leftovers.len(), 1);
    }

    #[test]
    fn what_somebody_else_made_under_that_name_is_left_alone() {
        let fitted = fit(&deletion(), Some(&job("plan2.0.1")), "plan");
        assert!(fitted.write.is_none() && fitted.leftovers.len() == 1, "{fitted:?}");
        assert_eq!(fit(&deletion(), None, "plan"), Fitted::default());
    }
}
