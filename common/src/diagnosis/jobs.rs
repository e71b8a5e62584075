//! Jobs that gave up: how often they tried, and what the last try said.
//!
//! In: a failed Job and its pods. Out: one finding. Never: retries by itself; whether work may be done twice only its owner knows.

use super::case::{Case, end_receipt};
use super::codes::Code;
use super::draft::{Draft, receipt};
use crate::api::ai_insight::Finding;
use crate::facts::Subject;

/// Why the Job is Failed.
pub fn failed(case: &Case<'_>) -> Vec<Finding> {
    let Subject::Job(job) = &case.facts.object else { return Vec::new() };
    let conditions = job.status.as_ref().and_then(|status| status.conditions.as_ref());
    let Some(failed) = conditions.into_iter().flatten().find(|it| it.type_ == "Failed" && it.status == "True") else {
        return Vec::new();
    };
    let reason = failed.reason.as_deref().unwrap_or_default();
    let deadline = reason == "DeadlineExceeded";
    let code = match reason {
        "DeadlineExceeded" => Code::JobDeadlineExceeded,
        "PodFailurePolicy" => Code::JobPodFailurePolicy,
        _ => Code::JobBackoffExceeded,
    };
    let last = case.ended().into_iter().find(|(_, end)| end.exit_code != 0);
    let how = match &last {
        Some((container, end)) => {
            let words = case.telling_line(container).map(|(line, _)| format!(", saying: {line}")).unwrap_or_default();
            format!(": container {} ended with exit code {}{words}", container.name(), end.exit_code)
        }
        None => String::new(),
    };
    let subject = case.subject();
    let statement = if deadline {
        let seconds = job.spec.as_ref().and_then(|spec| spec.active_deadline_seconds).unwrap_or_default();
        format!("{subject} did not finish within {seconds} s{how}")
    } else {
        let tries = job.status.as_ref().and_then(|status| status.failed).unwrap_or_default();
        let tries = if tries == 1 { "1 time".to_owned() } else { format!("{tries} times") };
        format!("{subject} failed {tries} and gave up{how}")
    };
    let (path, advice) = if deadline {
        ("activeDeadlineSeconds", "see what takes so long, or give it more time; then run it again")
    } else {
        ("template", "correct what the last try says, then run the Job again")
    };
    // A Job of a CronJob is made anew from there.
    let spec = if case.facts.cron_job.is_some() { ".spec.jobTemplate.spec" } else { ".spec" };
    let mut draft = Draft::of(code, statement).cause(&case.facts.subject, format!("{spec}.{path}")).receipt(receipt(
        failed.message.as_deref().unwrap_or(reason),
        case.facts.object.reference(),
        ".status.conditions[Failed]",
        reason,
        failed.last_transition_time.as_ref().map(|time| time.0),
    ));
    if let Some((container, end)) = &last {
        draft = draft.receipt(end_receipt(container, end)).receipts(case.log_receipt(container));
        if !end.is_oom() {
            draft = draft.rules_out("memory", "no OOM kill");
        }
    }
    vec![
        draft
            .confidence(0.8, "that it gave up is certain; why the work failed, only the last try's own words say")
            .advice(advice)
            .done(),
    ]
}
