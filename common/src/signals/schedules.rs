//! CronJobs that do not start when they should.
//!
//! In: a CronJob. Out: `cronjob_missed` on `schedule`. A run that `Forbid` skips because the one before it is still at work is what the
//! owner asked for; that it happens again and again is not.

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::batch::v1::CronJob;

use super::board::{Board, Counts, Words};
use crate::api::SignalType::CronjobMissed;
use crate::facts::membership::created;
use crate::facts::schedule::Schedule;

/// The controller starts a run within moments of its time.
const LATE: SignedDuration = SignedDuration::from_secs(60);
/// Runs in a row that `Forbid` may skip.
const SKIPPED: usize = 3;

/// A run that was not started.
struct Overdue {
    last: Timestamp,
    due: Timestamp,
    counts_from: Timestamp,
}

/// Observes the schedule.
pub fn observe(cron_job: &CronJob, board: &mut Board) {
    let Some(Overdue { last, due, counts_from }) = next(cron_job) else { return };
    if board.now < due {
        // Nothing happens when a run is missed.
        board.wake(counts_from);
        return;
    }
    let detail = format!("due since {due}, last started {last}");
    let words = Words { state: "not started", detail, expected: "started on time" };
    board.sight(CronjobMissed, "schedule", due, Counts::At(counts_from), words);
}

/// Since when a CronJob is overdue, where that counts.
pub fn overdue_since(cron_job: &CronJob, now: Timestamp) -> Option<Timestamp> {
    next(cron_job).filter(|next| next.counts_from <= now).map(|next| next.due)
}

/// The next run, and from when its absence counts.
fn next(cron_job: &CronJob) -> Option<Overdue> {
    let spec = cron_job.spec.as_ref().filter(|spec| spec.suspend != Some(true))?;
    let schedule = Schedule::try_from(spec.schedule.clone()).ok()?;
    let status = cron_job.status.as_ref();
    let last = status.and_then(|status| status.last_schedule_time.as_ref()).map(|time| time.0);
    let last = last.or_else(|| created(&cron_job.metadata))?;
    let is_at_work = status.and_then(|status| status.active.as_ref()).is_some_and(|active| !active.is_empty());
    let may_skip = spec.concurrency_policy.as_deref() == Some("Forbid") && is_at_work;
    let runs = schedule.runs_after(spec.time_zone.as_deref().unwrap_or_default(), last);
    let runs: Vec<Timestamp> = runs.take(if may_skip { SKIPPED } else { 1 }).map(|run| run.timestamp()).collect();
    Some(Overdue { last, due: *runs.first()?, counts_from: *runs.last()? + LATE })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("2026-11-25T{text}Z").parse().unwrap()
    }

    /// Every ten minutes, last started at 12:00.
    fn cron_job(spec: &serde_json::Value, active: &[&str]) -> CronJob {
        let active: Vec<_> = active.iter().map(|name| json!({ "name": name })).collect();
        let mut object = json!({
            "metadata": { "name": "report", "creationTimestamp": "2026-11-25T09:00:00Z" },
            "spec": { "schedule": "*/10 * * * *", "jobTemplate": {} },
            "status": { "lastScheduleTime": "2026-11-25T12:00:00Z", "active": active },
        });
        json_patch::merge(&mut object["spec"], spec);
        serde_json::from_value(object).unwrap()
    }

    fn assessed(cron_job: &CronJob, now: Timestamp) -> super::super::Assessment {
        let mut board = Board::new(now);
        observe(cron_job, &mut board);
        board.assessment()
    }

    #[test]
    fn a_run_counts_as_missed_a_minute_after_its_time_without_any_event() {
        let report = cron_job(&json!({}), &[]);
        let waits = assessed(&report, at("12:05:00"));
        assert!(waits.firing.is_empty() && waits.pending.is_empty());
        assert_eq!(waits.look_again, Some(at("12:11:00")));
        assert_eq!(assessed(&report, at("12:10:30")).pending.len(), 1);
        let missed = &assessed(&report, at("12:11:00")).firing[0];
        assert_eq!((missed.signal, missed.since), (CronjobMissed, at("12:10:00")));
    }

    #[test]
    fn forbid_may_skip_a_run_or_two_while_the_one_before_is_at_work() {
        let report = cron_job(&json!({ "concurrencyPolicy": "Forbid" }), &["report-1"]);
        assert!(assessed(&report, at("12:25:00")).firing.is_empty());
        assert_eq!(assessed(&report, at("12:31:00")).firing.len(), 1);
        let idle = cron_job(&json!({ "concurrencyPolicy": "Forbid" }), &[]);
        assert_eq!(assessed(&idle, at("12:11:00")).firing.len(), 1, "nothing is at work that it could wait for");
    }

    #[test]
    fn a_suspended_one_misses_nothing() {
        let report = cron_job(&json!({ "suspend": true }), &[]);
        assert_eq!(assessed(&report, at("18:00:00")), super::super::Assessment::default());
    }

    #[test]
    fn one_that_never_ran_is_due_after_its_creation_and_in_its_own_zone() {
        let mut report = cron_job(&json!({ "schedule": "0 18 * * *", "timeZone": "Asia/Kolkata" }), &[]);
        report.status = None;
        assert_eq!(overdue_since(&report, at("12:31:00")), Some(at("12:30:00")));
        assert_eq!(overdue_since(&report, at("12:30:59")), None);
    }
}
