//! What is taken away for good: a failed Job, or pods that do not end.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::actions::action::{Action, Rule, Settled, Spec};
use crate::actions::change::{ChangeSet, Deletion, Undo};
use crate::actions::kind;
use crate::actions::live::{Live, Need};
use crate::actions::pods;
use crate::actions::refusal::Refusal;
use crate::actions::settle;
use crate::api::remediation_plan::ActionClass;
use crate::api::{ActionType, ResourceRef};

/// Pods one step deletes at most; a Job with more is suspended instead.
const MOST_PODS: usize = 50;

/// Deletes a Job that has failed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteFailedJob {}

impl Action for DeleteFailedJob {
    const SPEC: Spec = Spec {
        action: ActionType::DeleteFailedJob,
        kinds: &[&kind::JOB],
        class: ActionClass::Irreversible,
        capability: "delete-jobs",
        rules: &[Rule { group: "batch", resource: "jobs", verbs: &["delete"] }],
        about: "Deletes a Job that has failed, and with it its pods and their logs. Refused while the Job has not failed. Cannot be \
                undone.",
        takes_data: false,
    };

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let Some(failed) = live.target.condition("Failed").filter(|_| live.target.is("Failed")) else {
            let text = format!("refusing to delete {}: it has not failed", live.target.reference());
            return Err(Refusal::Unsafe(text));
        };
        let undo = Undo::Impossible("the Job, its pods and their logs do not come back".to_owned());
        let summary = format!("deletes the Job, which failed ({})", failed.text("/reason"));
        Ok(ChangeSet::delete(&live.target, Deletion::Graceful, undo, summary))
    }

    /// Asked only while the Job is still there.
    fn settled(&self, _: &ChangeSet, now: &Live) -> Settled {
        Settled::NotYet(format!("{} is still going away", now.target.reference()))
    }
}

/// Deletes pods that do not end.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForceDeleteJobPods {}

impl Action for ForceDeleteJobPods {
    const SPEC: Spec = Spec {
        action: ActionType::ForceDeleteJobPods,
        kinds: &[&kind::JOB],
        class: ActionClass::Irreversible,
        capability: "force-delete",
        rules: &[Rule { group: "", resource: "pods", verbs: &["delete"] }],
        about: "Deletes every unfinished pod of a Job at once, each by UID, without waiting for its node to confirm that its containers \
                stopped; the Job starts new ones unless it is suspended or its backoff limit is reached. Finished pods are left, for \
                their logs. At most 50 pods; suspend the Job to end more. Cannot be undone.",
        takes_data: false,
    };

    fn needs(&self, target: &ResourceRef) -> Vec<Need> {
        pods::needs(target)
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let unfinished = pods::running(live)?;
        if unfinished.len() > MOST_PODS {
            return Err(Refusal::Unsafe(format!(
                "refusing to delete {} pods at once, the most is {MOST_PODS}; SuspendJob ends them in order",
                unfinished.len()
            )));
        }
        let undo = || Undo::Impossible("what the pods had not finished is lost".to_owned());
        let deletions = unfinished
            .into_iter()
            .map(|pod| ChangeSet::delete(pod, Deletion::Forced, undo(), format!("deletes pod {} at once", pod.name())));
        Ok(deletions.reduce(ChangeSet::and).unwrap_or_else(|| ChangeSet::nothing("the Job has no unfinished pod")))
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        settle::gone(change, now)
    }
}
