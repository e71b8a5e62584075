//! Single settings of a CronJob.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{PATCH_CRON_JOBS, is_finished, jobs};
use crate::actions::action::{Action, Spec};
use crate::actions::change::ChangeSet;
use crate::actions::fields;
use crate::actions::kind;
use crate::actions::live::{Live, Need};
use crate::actions::object::Object;
use crate::actions::refusal::Refusal;
use crate::api::remediation_plan::ActionClass;
use crate::api::{ActionType, ResourceRef};

/// Stops it from making Jobs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SuspendCronJob {}

impl Action for SuspendCronJob {
    const SPEC: Spec = Spec {
        action: ActionType::SuspendCronJob,
        kinds: &[&kind::CRON_JOB],
        class: ActionClass::Reversible,
        capability: "cronjobs",
        rules: &[PATCH_CRON_JOBS],
        about: "Suspends a CronJob: it makes no more Jobs until it is resumed. Jobs that run go on. Undo resumes it, or leaves it as it \
                was.",
        takes_data: false,
    };

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let change = fields::set(live, &[("/spec/suspend", true.into())]);
        Ok(if change.is_nothing() { ChangeSet::nothing("already suspended") } else { change })
    }
}

/// Lets it make Jobs again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResumeCronJob {}

impl Action for ResumeCronJob {
    const SPEC: Spec = Spec {
        action: ActionType::ResumeCronJob,
        kinds: &[&kind::CRON_JOB],
        class: ActionClass::Reversible,
        capability: "cronjobs",
        rules: &[PATCH_CRON_JOBS],
        about: "Lets a suspended CronJob make Jobs again. A run that was missed within startingDeadlineSeconds, or the last one missed \
                where there is none, is made up for at once. Undo suspends it again.",
        takes_data: false,
    };

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let change = fields::set(live, &[("/spec/suspend", false.into())]);
        Ok(if change.is_nothing() {
            ChangeSet::nothing("is not suspended")
        } else {
            change.noting("a run missed while it was suspended may be made up for at once")
        })
    }
}

/// Sets how late a run may start.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AdjustCronJobDeadline {
    /// Seconds after its time within which a run may still start.
    starting_deadline_seconds: u32,
}

/// The controller looks every 10 s; a shorter deadline makes it miss runs.
const LOOKS_EVERY: u32 = 10;

impl Action for AdjustCronJobDeadline {
    const SPEC: Spec = Spec {
        action: ActionType::AdjustCronJobDeadline,
        kinds: &[&kind::CRON_JOB],
        class: ActionClass::Reversible,
        capability: "cronjobs",
        rules: &[PATCH_CRON_JOBS],
        about: "Sets the seconds after its time within which a run of a CronJob may still start. Undo restores the previous number, or \
                its absence. Less than 10 can make the controller miss runs, which the preview says.",
        takes_data: false,
    };

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let seconds = self.starting_deadline_seconds;
        let change = fields::set(live, &[("/spec/startingDeadlineSeconds", seconds.into())]);
        Ok(if seconds < LOOKS_EVERY && !change.is_nothing() {
            change.noting(format!(
                "the controller looks every {LOOKS_EVERY} s and may miss runs that have {seconds} s to start"
            ))
        } else {
            change
        })
    }
}

/// Sets how many finished Jobs are kept.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AdjustCronJobHistory {
    /// Complete Jobs to keep.
    successful_jobs_history_limit: Option<u32>,
    /// Failed Jobs to keep.
    failed_jobs_history_limit: Option<u32>,
}

impl Action for AdjustCronJobHistory {
    const SPEC: Spec = Spec {
        action: ActionType::AdjustCronJobHistory,
        kinds: &[&kind::CRON_JOB],
        class: ActionClass::Reversible,
        capability: "cronjobs",
        rules: &[PATCH_CRON_JOBS],
        about: "Sets how many complete and failed Jobs of a CronJob are kept. Undo restores the previous numbers. Fewer than there are \
                deletes the oldest, with their logs and for good, which makes it Irreversible.",
        takes_data: false,
    };

    fn needs(&self, _: &ResourceRef) -> Vec<Need> {
        vec![Need::Every(&kind::JOB)]
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let limits = [
            ("/spec/successfulJobsHistoryLimit", self.successful_jobs_history_limit, "Complete"),
            ("/spec/failedJobsHistoryLimit", self.failed_jobs_history_limit, "Failed"),
        ];
        let given: Vec<(&str, u32, &str)> =
            limits.into_iter().filter_map(|(field, limit, end)| Some((field, limit?, end))).collect();
        if given.is_empty() {
            return Err(Refusal::Unsafe(
                "AdjustCronJobHistory needs at least one of successfulJobsHistoryLimit, failedJobsHistoryLimit"
                    .to_owned(),
            ));
        }
        let values: Vec<_> = given.iter().map(|(field, limit, _)| (*field, (*limit).into())).collect();
        let change = fields::set(live, &values);
        let finished: Vec<&Object> = jobs(live)?.into_iter().filter(|job| is_finished(job)).collect();
        let lost: usize = given
            .iter()
            .map(|(_, limit, end)| {
                let there = finished.iter().filter(|job| job.is(end)).count();
                there.saturating_sub(usize::try_from(*limit).unwrap_or(usize::MAX))
            })
            .sum();
        Ok(if lost > 0 && !change.is_nothing() {
            let note = format!("{lost} finished Jobs are deleted with their logs, for good");
            change.raised_to(ActionClass::Irreversible).noting(note)
        } else {
            change
        })
    }
}

/// Sets what happens when a run is due while another goes on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AdjustCronJobConcurrency {
    /// `Allow`, `Forbid` (the new run is skipped) or `Replace` (the old run is ended).
    concurrency_policy: Policy,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
enum Policy {
    Allow,
    Forbid,
    Replace,
}

impl Action for AdjustCronJobConcurrency {
    const SPEC: Spec = Spec {
        action: ActionType::AdjustCronJobConcurrency,
        kinds: &[&kind::CRON_JOB],
        class: ActionClass::Reversible,
        capability: "cronjobs",
        rules: &[PATCH_CRON_JOBS],
        about: "Sets what a CronJob does when a run is due while another goes on: Allow both, Forbid the new one, or Replace the old one. \
                Undo restores the previous policy. Replace while a Job is active ends that Job at the next run, which is Disruptive.",
        takes_data: false,
    };

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let policy = match self.concurrency_policy {
            Policy::Allow => "Allow",
            Policy::Forbid => "Forbid",
            Policy::Replace => "Replace",
        };
        let change = fields::set(live, &[("/spec/concurrencyPolicy", policy.into())]);
        let active = live.target.list("/status/active").len();
        Ok(if self.concurrency_policy == Policy::Replace && active > 0 && !change.is_nothing() {
            change.raised_to(ActionClass::Disruptive).noting(format!("the next run ends {active} active Jobs"))
        } else {
            change
        })
    }
}
