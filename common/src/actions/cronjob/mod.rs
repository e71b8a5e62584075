//! Actions on a CronJob: when it runs, what it runs, and the Jobs it has made.

mod runs;
mod schedule;
mod settings;
mod template;

pub use runs::{DeleteCronJobActiveJobs, TriggerCronJob};
pub use schedule::AdjustCronJobSchedule;
pub use settings::{
    AdjustCronJobConcurrency, AdjustCronJobDeadline, AdjustCronJobHistory, ResumeCronJob, SuspendCronJob,
};
pub use template::{AdjustCronJobResources, ReplaceCronJobTemplate};

use super::action::Rule;
use super::kind;
use super::live::{Live, Need, Unreadable};
use super::object::Object;

/// The right to edit a CronJob.
const PATCH_CRON_JOBS: Rule = Rule { group: "batch", resource: "cronjobs", verbs: &["patch"] };

/// Jobs the CronJob controls, of those read for `Need::Every(&kind::JOB)`.
fn jobs(live: &Live) -> Result<Vec<&Object>, Unreadable> {
    let all = live.all(&Need::Every(&kind::JOB))?;
    Ok(all.iter().filter(|job| job.controller_uid() == Some(live.target.uid())).collect())
}

/// It has run to one of its ends.
fn is_finished(job: &Object) -> bool {
    job.is("Complete") || job.is("Failed")
}
