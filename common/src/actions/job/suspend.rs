//! Stopping a Job and letting it go on.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{PATCH_JOBS, ended, still_running};
use crate::actions::action::{Action, Settled, Spec};
use crate::actions::change::ChangeSet;
use crate::actions::fields;
use crate::actions::kind;
use crate::actions::live::Live;
use crate::actions::refusal::Refusal;
use crate::actions::settle;
use crate::api::ActionType;
use crate::api::remediation_plan::ActionClass;

/// Stops it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SuspendJob {}

impl Action for SuspendJob {
    const SPEC: Spec = Spec {
        action: ActionType::SuspendJob,
        kinds: &[&kind::JOB],
        class: ActionClass::Reversible,
        capability: "jobs",
        rules: &[PATCH_JOBS],
        about: "Suspends a Job: its running pods are ended and none is started until it is resumed. Undo resumes it, but what its pods \
                had done so far is done again, so suspending a Job with running pods is Disruptive. Refused when the Job has ended.",
        takes_data: false,
    };

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        still_running(&live.target)?;
        let change = fields::set(live, &[("/spec/suspend", true.into())]);
        if change.is_nothing() {
            return Ok(ChangeSet::nothing("already suspended"));
        }
        let active = live.target.int("/status/active").unwrap_or(0);
        Ok(if active > 0 {
            change.raised_to(ActionClass::Disruptive).noting(format!("ends {active} running pods"))
        } else {
            change
        })
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        match settle::still_as_written(change, now) {
            Settled::Arrived => {}
            other => return other,
        }
        let active = now.target.int("/status/active").unwrap_or(0);
        if !now.target.is("Suspended") {
            Settled::NotYet("the controller has not seen the change yet".to_owned())
        } else if active > 0 {
            Settled::NotYet(format!("{active} pods are still going away"))
        } else {
            Settled::Arrived
        }
    }
}

/// Lets it go on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResumeJob {}

impl Action for ResumeJob {
    const SPEC: Spec = Spec {
        action: ActionType::ResumeJob,
        kinds: &[&kind::JOB],
        class: ActionClass::Reversible,
        capability: "jobs",
        rules: &[PATCH_JOBS],
        about: "Lets a suspended Job go on. Undo suspends it again. Refused when the Job has ended.",
        takes_data: false,
    };

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        still_running(&live.target)?;
        let change = fields::set(live, &[("/spec/suspend", false.into())]);
        Ok(if change.is_nothing() { ChangeSet::nothing("is not suspended") } else { change })
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        match settle::still_as_written(change, now) {
            Settled::Arrived => {}
            other => return other,
        }
        if now.target.is("Suspended") {
            Settled::NotYet("the controller has not seen the change yet".to_owned())
        } else if ended(&now.target).is_some() || now.target.int("/status/active").unwrap_or(0) > 0 {
            Settled::Arrived
        } else {
            Settled::NotYet("no pod has been started yet".to_owned())
        }
    }
}
