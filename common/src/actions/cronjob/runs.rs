//! The Jobs of a CronJob: one more, or none.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{is_finished, jobs};
use crate::actions::action::{Action, Rule, Settled, Spec};
use crate::actions::change::{ChangeSet, Copied, Deletion, Undo};
use crate::actions::edits;
use crate::actions::job::came_through;
use crate::actions::kind;
use crate::actions::live::{Live, Need};
use crate::actions::refusal::Refusal;
use crate::api::keys::labels;
use crate::api::remediation_plan::{ActionClass, WriteKind};
use crate::api::{ActionType, ResourceRef};
use crate::naming;

/// Runs it now.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TriggerCronJob {}

impl Action for TriggerCronJob {
    const SPEC: Spec = Spec {
        action: ActionType::TriggerCronJob,
        kinds: &[&kind::CRON_JOB],
        class: ActionClass::Disruptive,
        capability: "run-jobs",
        rules: &[Rule { group: "batch", resource: "jobs", verbs: &["create", "delete"] }],
        about: "Runs a CronJob now, as `kubectl create job --from` does: makes a Job of its template, owned by it so that its history \
                limits hold, named after it with -manual and a digest of the plan. Undo deletes that Job; what it has done by then stays \
                done. Refused while a Job of it is active, unless its concurrencyPolicy is Allow.",
        takes_data: false,
    };

    fn needs(&self, _: &ResourceRef) -> Vec<Need> {
        vec![Need::Every(&kind::JOB)]
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let target = &live.target;
        let active = jobs(live)?.into_iter().filter(|job| !is_finished(job) && !job.is_terminating()).count();
        let policy = target.text("/spec/concurrencyPolicy");
        if active > 0 && policy != "Allow" {
            return Err(Refusal::Unsuitable(format!(
                "{} has {active} active Jobs and concurrencyPolicy {policy}; wait, or use DeleteCronJobActiveJobs first",
                target.reference()
            )));
        }
        let name = live.name_for(target.name(), "manual");
        let of_template = |field: &str| target.at(&format!("/spec/jobTemplate/metadata/{field}")).cloned();
        let mut metadata = json!({
            "name": name,
            "namespace": target.namespace(),
            "labels": of_template("labels").unwrap_or_else(|| json!({})),
            "annotations": of_template("annotations").unwrap_or_else(|| json!({})),
            // No blockOwnerDeletion: that would need a right on the CronJob's finalizers.
            "ownerReferences": [{
                "apiVersion": "batch/v1", "kind": "CronJob", "name": target.name(), "uid": target.uid(), "controller": true,
            }],
        });
        edits::set(&mut metadata, &["annotations", "cronjob.kubernetes.io/instantiate"], "manual".into());
        edits::set(&mut metadata, &["labels", labels::TRIGGERED_BY], "aiops".into());
        edits::set(&mut metadata, &["labels", labels::CRON_JOB], naming::label_value(target.name()).into());
        let spec: Value = target.at("/spec/jobTemplate/spec").cloned().unwrap_or_default();
        let body = json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec});
        let copied = Copied {
            object: target,
            parts: &[("/spec", "/spec/jobTemplate/spec"), ("/metadata", "/spec/jobTemplate/metadata")],
        };
        let change = ChangeSet::create(&kind::JOB, &body, Some(copied), format!("runs it now as Job {name}"));
        Ok(if target.flag("/spec/suspend") {
            change.noting("the CronJob is suspended; this run is made all the same")
        } else {
            change
        })
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        came_through(change, now)
    }
}

/// Ends the runs that go on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteCronJobActiveJobs {}

impl Action for DeleteCronJobActiveJobs {
    const SPEC: Spec = Spec {
        action: ActionType::DeleteCronJobActiveJobs,
        kinds: &[&kind::CRON_JOB],
        class: ActionClass::Irreversible,
        capability: "delete-jobs",
        rules: &[Rule { group: "batch", resource: "jobs", verbs: &["delete"] }],
        about: "Deletes every active Job of a CronJob, each by UID, and with it its pods and their logs. The next run comes at its time. \
                Cannot be undone.",
        takes_data: false,
    };

    fn needs(&self, _: &ResourceRef) -> Vec<Need> {
        vec![Need::Every(&kind::JOB)]
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let undo = || Undo::Impossible("the Jobs, their pods and their logs do not come back".to_owned());
        let active = jobs(live)?.into_iter().filter(|job| !is_finished(job) && !job.is_terminating());
        let deletions = active.map(|job| {
            ChangeSet::delete(job, Deletion::Graceful, undo(), format!("deletes active Job {}", job.name()))
        });
        Ok(deletions.reduce(ChangeSet::and).unwrap_or_else(|| ChangeSet::nothing("no Job of it is active")))
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        let jobs = match now.all(&Need::Every(&kind::JOB)) {
            Ok(jobs) => jobs,
            Err(unreadable) => return Settled::Unknown(unreadable.to_string()),
        };
        let deleted = change.writes.iter().map(|write| &write.record).filter(|record| record.kind == WriteKind::Delete);
        for record in deleted {
            if jobs.iter().any(|job| Some(job.uid()) == record.object.uid.as_deref()) {
                return Settled::NotYet(format!("Job {} is still going away", record.object.name));
            }
        }
        Settled::Arrived
    }
}
