//! Actions on a Job.
//!
//! A Job's pod template cannot be changed once it runs, so what needs another template, or another try, is a copy beside the original.

mod again;
mod limits;
mod remove;
mod suspend;

pub use again::{AdjustJobResources, RetryJob, came_through};
pub use limits::{AdjustJobBackoffLimit, AdjustJobDeadline, AdjustJobParallelism};
pub use remove::{DeleteFailedJob, ForceDeleteJobPods};
pub use suspend::{ResumeJob, SuspendJob};

use super::action::Rule;
use super::object::Object;
use super::refusal::Refusal;

/// The right to edit a Job.
const PATCH_JOBS: Rule = Rule { group: "batch", resource: "jobs", verbs: &["patch"] };

/// Why nothing about the Job matters any more, if it has ended.
fn ended(job: &Object) -> Option<&'static str> {
    if job.is("Complete") || job.is("SuccessCriteriaMet") {
        Some("is complete")
    } else if job.is("Failed") || job.is("FailureTarget") {
        Some("has failed")
    } else {
        None
    }
}

/// A Job that has ended keeps the edit and does nothing with it.
fn still_running(job: &Object) -> Result<(), Refusal> {
    match ended(job) {
        Some(how) => {
            let name = job.reference();
            Err(Refusal::Unsuitable(format!(
                "{name} {how}: it does nothing more; RetryJob makes a new one of a failed Job"
            )))
        }
        None => Ok(()),
    }
}
