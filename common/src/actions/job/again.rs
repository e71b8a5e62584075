//! Another try at a Job's work: a copy of it beside the original, which stays for its logs.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::ended;
use crate::actions::action::{Action, Rule, Settled, Spec};
use crate::actions::change::{ChangeSet, Copied, Terms};
use crate::actions::edits;
use crate::actions::kind;
use crate::actions::live::{Live, Need};
use crate::actions::object::Object;
use crate::actions::refusal::Refusal;
use crate::actions::resources::Resources;
use crate::actions::settle;
use crate::api::keys::annotations;
use crate::api::remediation_plan::{ActionClass, WriteKind};
use crate::api::{ActionType, ResourceRef};

/// The rights that a copy needs; its undo deletes it.
const COPY_JOBS: Rule = Rule { group: "batch", resource: "jobs", verbs: &["create", "delete", "patch"] };

/// Tries a failed Job again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RetryJob {}

impl Action for RetryJob {
    const SPEC: Spec = Spec {
        action: ActionType::RetryJob,
        kinds: &[&kind::JOB],
        class: ActionClass::Disruptive,
        capability: "run-jobs",
        rules: &[COPY_JOBS],
        about: "Makes a copy of a failed Job, named after it with -retry and a digest of the plan, with its labels, owner and time to \
                live, and marks the original as retried so that it no longer counts as trouble. The original stays for its logs; \
                DeleteFailedJob removes it. Undo deletes the copy and takes the mark off; what the copy has done by then stays done. \
                Refused while the Job has not failed and for Jobs with a selector of their own.",
        takes_data: false,
    };

    fn needs(&self, _: &ResourceRef) -> Vec<Need> {
        vec![Need::Every(&kind::JOB)]
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        if !live.target.is("Failed") {
            let state = ended(&live.target).unwrap_or("has not failed");
            return Err(Refusal::Unsuitable(format!("{} {state}: there is nothing to retry", live.target.reference())));
        }
        if let Some(retry) = live.target.annotation(annotations::RETRIED_BY) {
            return Ok(ChangeSet::nothing(format!("already retried by Job {retry}")));
        }
        let name = live.name_for(live.target.name(), "retry");
        Ok(copied(&live.target, &name, &live.target.0)?.and(marked(live, &name)))
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        came_through(change, now)
    }
}

/// Does the work of a Job with other resources.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct AdjustJobResources(Resources);

impl Action for AdjustJobResources {
    const SPEC: Spec = Spec {
        action: ActionType::AdjustJobResources,
        kinds: &[&kind::JOB],
        class: ActionClass::Disruptive,
        capability: "run-jobs",
        rules: &[COPY_JOBS],
        about: "Does the work of a Job with other CPU and memory requests and limits. A Job's pod template cannot be changed, so the Job \
                is suspended if it still runs, marked as retried, and a copy with the new resources is made, named after it with \
                -adjusted and a digest of the plan. Undo deletes the copy and lets the original go on; what the copy has done by then \
                stays done. Refused for Jobs that are complete or have a selector of their own.",
        takes_data: false,
    };

    fn needs(&self, _: &ResourceRef) -> Vec<Need> {
        vec![Need::Every(&kind::JOB)]
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        if live.target.is("Complete") {
            let name = live.target.reference();
            return Err(Refusal::Unsuitable(format!("{name} is complete: its resources matter no more")));
        }
        let Some(adjusted) = self.0.adjusted(Self::SPEC.action, &live.target)? else {
            return Ok(ChangeSet::nothing("the container already has these resources"));
        };
        let name = live.name_for(live.target.name(), "adjusted");
        let mut copy = copied(&live.target, &name, &adjusted.object)?;
        copy.summary = format!("makes Job {name} with {}", adjusted.summary);
        // The original first: two Jobs must not do the same work at the same time.
        let change = marked(live, &name).and(copy);
        Ok(match adjusted.large {
            Some(note) => change.noting(note),
            None => change,
        })
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        came_through(change, now)
    }
}

/// What a copy must not carry over: whose pods they are is decided anew, and marks of ours and of kubectl speak of the original.
const OWN_LABELS: &[&str] =
    &["controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name"];
const OWN_ANNOTATIONS: &[&str] = &[
    annotations::OPERATION_ID,
    annotations::RETRIED_BY,
    "kubectl.kubernetes.io/last-applied-configuration",
    "batch.kubernetes.io/job-tracking",
];

/// A copy of a Job. `wanted` is the Job as it shall be; secret values in it come from the original.
fn copied(job: &Object, name: &str, wanted: &Value) -> Result<ChangeSet, Refusal> {
    if job.flag("/spec/manualSelector") {
        let text = format!("{} has a selector of its own, so a copy would take its pods", job.reference());
        return Err(Refusal::Unsuitable(text));
    }
    let mut spec = wanted["spec"].clone();
    if let Some(fields) = spec.as_object_mut() {
        fields.remove("selector");
        fields.remove("suspend");
    }
    without(&mut spec, "/template/metadata/labels", OWN_LABELS);
    let mut metadata = json!({"name": name, "namespace": job.namespace()});
    for field in ["labels", "annotations", "ownerReferences"] {
        if let Some(value) = job.at(&format!("/metadata/{field}")) {
            metadata[field] = value.clone();
        }
    }
    without(&mut metadata, "/labels", OWN_LABELS);
    without(&mut metadata, "/annotations", OWN_ANNOTATIONS);
    let body = json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec});
    let copied = Copied { object: job, parts: &[("/spec", "/spec"), ("/metadata", "/metadata")] };
    Ok(ChangeSet::create(&kind::JOB, &body, Some(copied), format!("makes Job {name}, a copy of {}", job.name())))
}

fn without(value: &mut Value, pointer: &str, keys: &[&str]) {
    if let Some(map) = value.pointer_mut(pointer).and_then(Value::as_object_mut) {
        map.retain(|key, _| !keys.contains(&key.as_str()));
    }
}

/// The original, marked with who does its work now, and stopped if it still runs.
fn marked(live: &Live, by: &str) -> ChangeSet {
    let mut wanted = live.target.0.clone();
    edits::set(&mut wanted, &["metadata", "annotations", annotations::RETRIED_BY], by.into());
    let summary = if ended(&live.target).is_some() {
        "marks the original as retried"
    } else {
        edits::set(&mut wanted, &["spec", "suspend"], true.into());
        "suspends the original"
    };
    ChangeSet::patch(&live.target, &wanted, Terms::default(), &live.plan_uid, summary)
}

/// The created Job is complete, or runs as it should: a Job may take hours, and a failure later shows as one.
pub fn came_through(change: &ChangeSet, now: &Live) -> Settled {
    match settle::still_as_written(change, now) {
        Settled::Arrived => {}
        other => return other,
    }
    let jobs = match now.all(&Need::Every(&kind::JOB)) {
        Ok(jobs) => jobs,
        Err(unreadable) => return Settled::Unknown(unreadable.to_string()),
    };
    let created = change.writes.iter().map(|write| &write.record).find(|record| record.kind == WriteKind::Create);
    let Some(created) = created else { return Settled::Unknown("no Job was created".to_owned()) };
    let Some(job) = jobs.iter().find(|job| job.name() == created.object.name) else {
        return Settled::Failed(format!("Job {} is gone", created.object.name));
    };
    let count = |field: &str| job.int(&format!("/status/{field}")).unwrap_or(0);
    if job.is("Complete") {
        Settled::Arrived
    } else if let Some(failed) = job.condition("Failed").filter(|_| job.is("Failed")) {
        Settled::Failed(format!("Job {} failed: {}", job.name(), failed.text("/message")))
    } else if count("failed") == 0 && count("ready") > 0 && count("ready") >= job.wanted_pods() {
        Settled::Arrived
    } else {
        Settled::NotYet(format!("Job {} has {} of {} pods ready", job.name(), count("ready"), job.wanted_pods()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_keeps_labels_owner_and_time_to_live_and_loses_what_made_the_pods_the_originals() {
        let job = Object(json!({
            "kind": "Job", "apiVersion": "batch/v1",
            "metadata": {
                "name": "report", "namespace": "shop", "uid": "j", "labels": {"team": "shop"},
                "annotations": {"note": "kept", annotations::OPERATION_ID: "p.0.1"},
                "ownerReferences": [{"kind": "CronJob", "uid": "c"}],
            },
            "spec": {
                "selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": "j"}}, "ttlSecondsAfterFinished": 60,
                "template": {
                    "metadata": {"labels": {"app": "report", "controller-uid": "j", "job-name": "report"}},
                    "spec": {"containers": [{"env": [{"name": "DB_PASSWORD", "value": "hunter2"}]}]},
                },
            },
        }));
        let change = copied(&job, "report-retry-1", &job.0).unwrap();
        let payload = &change.writes[0].record.payload;
        assert!(!payload.contains("hunter2"), "{payload}");
        let made = Object(serde_json::from_str(payload).unwrap());
        assert_eq!(made.at("/spec/selector"), None);
        assert_eq!(made.at("/spec/template/metadata/labels"), Some(&json!({"app": "report"})));
        assert_eq!(made.at("/metadata/annotations"), Some(&json!({"note": "kept"})));
        assert_eq!(made.at("/metadata/labels"), job.at("/metadata/labels"));
        assert_eq!(made.at("/metadata/ownerReferences"), job.at("/metadata/ownerReferences"));
        assert_eq!(made.int("/spec/ttlSecondsAfterFinished"), Some(60));
    }

    #[test]
    fn a_job_with_its_own_selector_is_not_copied() {
        let job = Object(json!({"kind": "Job", "metadata": {"name": "report"}, "spec": {"manualSelector": true}}));
        assert!(copied(&job, "x", &job.0).is_err());
    }
}
