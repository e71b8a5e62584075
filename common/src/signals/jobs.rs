//! Jobs that have given up.
//!
//! In: a Job. Out: `job_failed` on `job`. A failed pod that the Job retries is no signal: retrying is what a Job is for. Nor is a failed
//! Job whose work another one does now; that one speaks for itself.

use jiff::SignedDuration;
use k8s_openapi::api::batch::v1::Job;

use super::board::{Board, Counts, Words};
use crate::api::SignalType::JobFailed;
use crate::api::keys::labels;
use crate::facts::membership::created;

/// The Job controller makes a pod within moments; what is refused for so long is refused for a reason.
const NEVER_MADE: SignedDuration = SignedDuration::from_secs(30);

/// Observes the Job itself. True while its pods matter: it is neither finished nor suspended.
pub fn observe(job: &Job, has_pods: bool, board: &mut Board) -> bool {
    let conditions = || job.status.iter().flat_map(|status| status.conditions.iter().flatten());
    let is = |kind: &str| conditions().find(|condition| condition.type_ == kind && condition.status == "True");
    if job.metadata.labels.as_ref().is_some_and(|all| all.contains_key(labels::RETRIED_BY)) {
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
    let tried = job.status.as_ref().is_some_and(|status| {
        [status.active, status.succeeded, status.failed].into_iter().flatten().any(|count| count > 0)
    });
    let suspended = job.spec.as_ref().and_then(|spec| spec.suspend).unwrap_or(false);
    let goes_on = is("Complete").is_none() && !suspended;
    if let Some(born) = created(&job.metadata).filter(|_| goes_on && !tried && !has_pods) {
        board.sight(
            JobFailed,
            "pods",
            born,
            Counts::At(born + NEVER_MADE),
            Words { state: "no pod made", detail: String::new(), expected: "a pod at work" },
        );
    }
    goes_on
}
