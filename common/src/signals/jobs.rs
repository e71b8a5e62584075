//! Jobs that have given up.
//!
//! In: a Job. Out: `job_failed` on `job`. A failed pod that the Job retries is no signal: retrying is what a Job is for. Nor is a failed
//! Job whose work another one does now; that one speaks for itself.

use k8s_openapi::api::batch::v1::Job;

use super::board::{Board, Counts, Words};
use crate::api::SignalType::JobFailed;
use crate::api::keys::annotations;

/// Observes the Job itself. True while its pods matter: it is neither finished nor suspended.
pub fn observe(job: &Job, board: &mut Board) -> bool {
    let conditions = || job.status.iter().flat_map(|status| status.conditions.iter().flatten());
    let is = |kind: &str| conditions().find(|condition| condition.type_ == kind && condition.status == "True");
    if job.metadata.annotations.as_ref().is_some_and(|all| all.contains_key(annotations::RETRIED_BY)) {
        return false;
    }
    if let Some(failed) = is("Failed") {
        let since = failed.last_transition_time.as_ref().map_or(board.now, |time| time.0);
        let reason = failed.reason.as_deref().unwrap_or("Failed");
        let message = failed.message.as_deref().unwrap_or_default();
        board.sight(
            JobFailed,
            "job",
            since,
            Counts::At(since),
            Words { state: reason, detail: message.to_owned(), expected: "complete" },
        );
        return false;
    }
    let suspended = job.spec.as_ref().and_then(|spec| spec.suspend).unwrap_or(false);
    is("Complete").is_none() && !suspended
}
