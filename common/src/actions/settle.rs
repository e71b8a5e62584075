//! Did the world arrive? Pure rules, aware of generations: a status that speaks of an older spec says nothing.
//!
//! In: what was written and live objects. Out: [`Settled`]. Missing data is `Unknown` or not yet there, never success.

use jiff::Timestamp;
use serde_json::Value;

use super::action::Settled;
use super::change::{ChangeSet, readable_path};
use super::health;
use super::live::Live;
use super::object::Object;
use super::secrets;
use crate::api::remediation_plan::{WriteKind, WriteRecord};

/// Every written field still holds what was written.
pub fn still_as_written(change: &ChangeSet, now: &Live) -> Settled {
    for record in change.writes.iter().map(|write| &write.record) {
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

/// The Deployment's controller has seen the change and rolled it out completely.
pub fn rollout(change: &ChangeSet, now: &Live) -> Settled {
    match still_as_written(change, now) {
        Settled::Arrived => rolled_out(&now.target, change.applied_at),
        other => other,
    }
}

/// All replicas are of the newest template and available. `since` dates the change: an older verdict of the controller is not about it.
fn rolled_out(deployment: &Object, since: Option<Timestamp>) -> Settled {
    if deployment.at("/spec/paused").and_then(Value::as_bool) == Some(true) {
        return Settled::Unknown(format!("{} was paused since", deployment.reference()));
    }
    let Some(generation) = deployment.generation() else {
        return Settled::Unknown("the object has no generation".to_owned());
    };
    if deployment.int("/status/observedGeneration").unwrap_or(0) < generation {
        return Settled::NotYet("the controller has not seen the change yet".to_owned());
    }
    if let Some(progress) = deployment.condition("Progressing")
        && progress.text("/reason") == "ProgressDeadlineExceeded"
    {
        let told: Option<Timestamp> = progress.text("/lastUpdateTime").parse().ok();
        match (told, since) {
            // Left over from before: the controller withdraws it with the first progress it sees. Times have whole seconds.
            (Some(told), Some(since)) if told.as_second() < since.as_second() => {}
            (None, _) => return Settled::Unknown("the controller's verdict has no time".to_owned()),
            _ => return Settled::Failed(format!("the rollout made no progress: {}", progress.text("/message"))),
        }
    }
    let desired = deployment.replicas();
    let count = |field: &str| deployment.int(&format!("/status/{field}")).unwrap_or(0);
    let (updated, replicas, available) = (count("updatedReplicas"), count("replicas"), count("availableReplicas"));
    if updated < desired {
        Settled::NotYet(format!("{updated} of {desired} pods are of the new template"))
    } else if replicas > updated {
        Settled::NotYet(format!("{} pods of an older template remain", replicas - updated))
    } else if replicas > desired {
        Settled::NotYet(format!("{} pods too many remain", replicas - desired))
    } else if available < desired {
        Settled::NotYet(format!("{available} of {desired} pods are available"))
    } else {
        Settled::Arrived
    }
}

/// The evicted pod is gone and its workload is complete again.
pub fn replaced(change: &ChangeSet, now: &Live) -> Settled {
    let pods = match now.pods() {
        Ok(pods) => pods,
        Err(unreadable) => return Settled::Unknown(unreadable.to_string()),
    };
    let evicted = change.writes.iter().map(|write| &write.record).filter(|record| record.kind == WriteKind::Evict);
    for record in evicted {
        if pods.iter().any(|pod| Some(pod.uid()) == record.object.uid.as_deref()) {
            return Settled::NotYet(format!("pod {} is still going away", record.object.name));
        }
    }
    match health::sample(&now.target, now.now) {
        Some(health) if health.available >= health.desired => Settled::Arrived,
        Some(health) => Settled::NotYet(format!("{} of {} pods are available", health.available, health.desired)),
        None => Settled::Unknown(format!("{} does not say how many pods it has", now.target.reference())),
    }
}
