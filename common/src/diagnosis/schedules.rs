//! CronJobs that do not start when they should: what keeps the controller from it.
//!
//! In: a CronJob whose run is overdue, and its Events. Out: one finding. Never: starts a run; whether a missed one is made up for only its
//! owner knows.

use jiff::Timestamp;
use k8s_openapi::api::batch::v1::{CronJobSpec, CronJobStatus};

use super::case::{Case, event_receipt};
use super::codes::Code;
use super::draft::{Draft, receipt};
use crate::api::ai_insight::{Evidence, Finding};
use crate::signals;

/// Below this the controller, which looks every ten seconds, may find each run too late. Source: Kubernetes' documentation of CronJobs.
const SHORT_DEADLINE: i64 = 10;

/// Why nothing was started.
pub fn missed(case: &Case<'_>) -> Vec<Finding> {
    let Some(cron_job) = case.facts.as_cron_job() else { return Vec::new() };
    let Some(spec) = &cron_job.spec else { return Vec::new() };
    let Some(due) = signals::overdue_since(cron_job, case.facts.now) else { return Vec::new() };
    let status = cron_job.status.as_ref();
    let draft = why(case, spec, status, due);
    vec![
        draft
            .receipt(last_start(case, status))
            .receipt(schedule(case, spec))
            .rules_out("pause", "it is not suspended")
            .done(),
    ]
}

fn why(case: &Case<'_>, spec: &CronJobSpec, status: Option<&CronJobStatus>, due: Timestamp) -> Draft {
    let subject = case.subject();
    if let Some(event) = case.events("FailedCreate").next() {
        let words = event.message.as_deref().unwrap_or_default();
        return Draft::of(
            Code::CronJobCreateRefused,
            format!("{subject} was due at {due}, and its Job is refused: {words}"),
        )
        .cause(&case.facts.subject, ".spec.jobTemplate")
        .receipt(event_receipt(event))
        .confidence(0.95, "the controller names the refusal")
        .advice("correct what the refusal names; the next run starts by itself");
    }
    let at_work = status.and_then(|status| status.active.as_ref()).and_then(|active| active.first());
    if let (Some("Forbid"), Some(job)) = (spec.concurrency_policy.as_deref(), at_work) {
        let name = job.name.as_deref().unwrap_or_default();
        return Draft::of(
            Code::CronJobBlocked,
            format!(
                "{subject} was due at {due} and starts nothing while job/{name} is at work: concurrencyPolicy is Forbid"
            ),
        )
        .cause(&case.facts.subject, ".spec.concurrencyPolicy")
        .receipt(receipt(
            format!("job/{name} is still at work"),
            case.facts.subject.clone(),
            ".status.active",
            name,
            None,
        ))
        .receipt(receipt(
            "runs are not allowed beside each other",
            case.facts.subject.clone(),
            ".spec.concurrencyPolicy",
            "Forbid",
            None,
        ))
        .confidence(
            0.9,
            "Forbid skips every run until that Job ends; whether it should have ended, only its owner knows",
        )
        .advice(format!(
            "see what job/{name} waits for; an activeDeadlineSeconds in the template ends the next one in time"
        ));
    }
    if let Some(event) = case.events("TooManyMissedTimes").next() {
        return Draft::of(
            Code::CronJobTooManyMissed,
            format!("{subject} was due at {due} and is not started any more: more than 100 runs were missed"),
        )
        .cause(&case.facts.subject, ".spec.startingDeadlineSeconds")
        .receipt(event_receipt(event))
        .confidence(0.95, "the controller says so")
        .advice("set startingDeadlineSeconds, so that only the runs of that time are counted");
    }
    let short = spec.starting_deadline_seconds.filter(|seconds| *seconds < SHORT_DEADLINE);
    let draft = Draft::of(Code::CronJobNotStarted, format!("{subject} was due at {due}, and nothing was started"));
    match short {
        Some(seconds) => draft
            .cause(&case.facts.subject, ".spec.startingDeadlineSeconds")
            .receipt(receipt(
                "a run that starts later than this is given up",
                case.facts.subject.clone(),
                ".spec.startingDeadlineSeconds",
                seconds.to_string(),
                None,
            ))
            .confidence(0.8, "the controller looks every ten seconds, so that each run may be too late")
            .advice(format!("set startingDeadlineSeconds to more than {SHORT_DEADLINE}")),
        None => draft
            .cause(&case.facts.subject, ".spec.schedule")
            .confidence(0.5, "the controller says nothing about it; it may not be running")
            .advice("see whether the controller manager runs"),
    }
}

fn last_start(case: &Case<'_>, status: Option<&CronJobStatus>) -> Evidence {
    let last = status.and_then(|status| status.last_schedule_time.as_ref()).map(|time| time.0);
    let (statement, value) = match last {
        Some(last) => ("the last run was started then", last.to_string()),
        None => ("no run was ever started", "not set".to_owned()),
    };
    receipt(statement, case.facts.subject.clone(), ".status.lastScheduleTime", value, last)
}

fn schedule(case: &Case<'_>, spec: &CronJobSpec) -> Evidence {
    let zone = spec.time_zone.as_deref().map(|zone| format!(" ({zone})")).unwrap_or_default();
    receipt(
        format!("it runs at {}{zone}", spec.schedule),
        case.facts.subject.clone(),
        ".spec.schedule",
        &spec.schedule,
        None,
    )
}
