//! How hard a Job tries: pods at a time, time in all, failures allowed.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{PATCH_JOBS, still_running};
use crate::actions::action::{Action, Spec};
use crate::actions::change::ChangeSet;
use crate::actions::fields;
use crate::actions::kind;
use crate::actions::live::Live;
use crate::actions::refusal::Refusal;
use crate::api::ActionType;
use crate::api::remediation_plan::ActionClass;

/// A number from 1 on.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "i64")]
struct Positive(i64);

impl TryFrom<i64> for Positive {
    type Error = &'static str;

    fn try_from(number: i64) -> Result<Self, Self::Error> {
        if number >= 1 { Ok(Self(number)) } else { Err("a whole number from 1 on") }
    }
}

/// Sets how many pods run at a time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdjustJobParallelism {
    /// Pods at a time, from 1 on.
    #[schemars(with = "u32", range(min = 1))]
    parallelism: Positive,
}

impl Action for AdjustJobParallelism {
    const SPEC: Spec = Spec {
        action: ActionType::AdjustJobParallelism,
        kinds: &[&kind::JOB],
        class: ActionClass::Reversible,
        capability: "jobs",
        rules: &[PATCH_JOBS],
        about: "Sets how many pods of a Job run at a time. Fewer than run now ends some of them, which is Disruptive. Undo restores the \
                previous number, or its absence. Refused when the Job has ended.",
        takes_data: false,
    };

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        still_running(&live.target)?;
        let change = fields::set(live, &[("/spec/parallelism", self.parallelism.0.into())]);
        let surplus = live.target.int("/status/active").unwrap_or(0) - self.parallelism.0;
        Ok(if surplus > 0 && !change.is_nothing() {
            change.raised_to(ActionClass::Disruptive).noting(format!("ends {surplus} running pods"))
        } else {
            change
        })
    }
}

/// Sets how long it may take in all.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AdjustJobDeadline {
    /// Seconds from its start on, from 1 on.
    #[schemars(with = "u32", range(min = 1))]
    active_deadline_seconds: Positive,
}

impl Action for AdjustJobDeadline {
    const SPEC: Spec = Spec {
        action: ActionType::AdjustJobDeadline,
        kinds: &[&kind::JOB],
        class: ActionClass::Reversible,
        capability: "jobs",
        rules: &[PATCH_JOBS],
        about: "Sets the seconds a Job may take from its start until it is failed. Undo restores the previous number, or its absence. \
                A deadline that has passed already fails the Job at once and is refused, and so is a Job that has ended.",
        takes_data: false,
    };

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        still_running(&live.target)?;
        let started: Option<jiff::Timestamp> = live.target.text("/status/startTime").parse().ok();
        let age = started.map_or(0, |started| live.now.duration_since(started).as_secs());
        if age >= self.active_deadline_seconds.0 && !live.target.flag("/spec/suspend") {
            return Err(Refusal::Unsafe(format!(
                "{} has been running for {age} s, so a deadline of {} s would fail it at once; SuspendJob stops it",
                live.target.reference(),
                self.active_deadline_seconds.0
            )));
        }
        Ok(fields::set(live, &[("/spec/activeDeadlineSeconds", self.active_deadline_seconds.0.into())]))
    }
}

/// Sets how many failures it takes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AdjustJobBackoffLimit {
    /// Failed pods after which the Job is failed.
    backoff_limit: u32,
}

impl Action for AdjustJobBackoffLimit {
    const SPEC: Spec = Spec {
        action: ActionType::AdjustJobBackoffLimit,
        kinds: &[&kind::JOB],
        class: ActionClass::Reversible,
        capability: "jobs",
        rules: &[PATCH_JOBS],
        about: "Sets how many failed pods a Job takes before it is failed. Undo restores the previous number, or its absence. A limit \
                that is reached already would fail the Job at once and is refused, and so is a Job that has ended.",
        takes_data: false,
    };

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        still_running(&live.target)?;
        let failed = live.target.int("/status/failed").unwrap_or(0);
        if failed > i64::from(self.backoff_limit) {
            return Err(Refusal::Unsafe(format!(
                "{failed} pods of {} have failed already, so a limit of {} would fail it at once; SuspendJob stops it",
                live.target.reference(),
                self.backoff_limit
            )));
        }
        Ok(fields::set(live, &[("/spec/backoffLimit", self.backoff_limit.into())]))
    }
}
