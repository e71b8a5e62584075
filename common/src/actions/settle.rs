//! Did the world arrive? Pure rules, aware of generations: a status that speaks of an older spec says nothing.
//!
//! In: what was written and live objects. Out: [`Settled`]. Missing data is `Unknown` or not yet there, never success.

use serde_json::Value;

use super::action::Settled;
use super::change::{ChangeSet, readable_path};
use super::health;
use super::kind;
use super::live::{Live, Need};
use super::object::Object;
use super::secrets;
use crate::api::remediation_plan::{WriteKind, WriteRecord};

/// Every written field still holds what was written.
pub fn still_as_written(change: &ChangeSet, now: &Live) -> Settled {
    for record in change.writes.iter().map(|write| &write.record).filter(|record| !record.touched.is_empty()) {
        let Some(object) = now.find(&record.object) else {
            return Settled::Unknown(format!("{} was not read", record.object));
        };
        if let Some(path) = changed_since(record, object, &now.plan_uid) {
            let field = readable_path(&path);
            return Settled::Failed(format!("someone else changed {field} of {} since", record.object.short()));
        }
    }
    Settled::Arrived
}

/// The first written field that holds another value by now.
fn changed_since(record: &WriteRecord, object: &Object, plan_uid: &str) -> Option<String> {
    let is_other = |path: &str, wanted: Option<&str>| {
        let wanted: Option<Value> = wanted.and_then(|text| serde_json::from_str(text).ok());
        !holds(object.at(path), wanted.as_ref(), plan_uid)
    };
    record.touched.iter().find(|field| is_other(&field.path, field.after.as_deref())).map(|field| field.path.clone())
}

/// Is this value the one recorded, either as it is or as a keyed hash?
pub(super) fn holds(found: Option<&Value>, recorded: Option<&Value>, plan_uid: &str) -> bool {
    match (found, recorded) {
        (None, None) => true,
        (Some(found), Some(recorded)) => {
            found == recorded
                || recorded
                    .as_str()
                    .is_some_and(|text| text.starts_with("keyed:") && text == secrets::keyed_hash(plan_uid, found))
        }
        _ => false,
    }
}

/// The pods taken away are gone and their workload is complete again.
pub fn replaced(change: &ChangeSet, now: &Live) -> Settled {
    match gone(change, now) {
        Settled::Arrived => {}
        other => return other,
    }
    match health::sample(&now.target, now.now) {
        Some(health) if health.available >= health.desired => Settled::Arrived,
        Some(health) => Settled::NotYet(format!("{} of {} pods are available", health.available, health.desired)),
        None => Settled::Unknown(format!("{} does not say how many pods it has", now.target.reference())),
    }
}

/// The pods evicted or deleted are gone.
pub fn gone(change: &ChangeSet, now: &Live) -> Settled {
    let pods = match now.all(&Need::Selected(&kind::POD)) {
        Ok(pods) => pods,
        Err(unreadable) => return Settled::Unknown(unreadable.to_string()),
    };
    let taken = |record: &&WriteRecord| {
        matches!(record.kind, WriteKind::Evict | WriteKind::Delete) && record.object.kind == kind::POD.kind
    };
    for record in change.writes.iter().map(|write| &write.record).filter(taken) {
        if pods.iter().any(|pod| Some(pod.uid()) == record.object.uid.as_deref()) {
            return Settled::NotYet(format!("pod {} is still going away", record.object.name));
        }
    }
    Settled::Arrived
}
