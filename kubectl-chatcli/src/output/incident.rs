//! `kubectl chatcli issues NAME`: where one incident stands, and how it came there.

use std::fmt::Write as _;

use common::api::issue::IssueState;
use common::api::keys::{annotations, labels};
use common::api::remediation_plan::RemediationState;
use kube::ResourceExt;
use owo_colors::OwoColorize as _;

use super::decision::tally;
use super::explanation::section;
use super::incidents::snoozed_until;
use super::style::{self, ends, plural, tame, title, wrapped};
use crate::clock::Clock;
use crate::story::{Story, timeline};

/// The page. `scope` is what commands need to find the namespace again, e.g. ` -n shop`.
pub fn page(story: &Story, clock: &Clock, width: usize, scope: &str) -> String {
    let issue = &story.issue;
    let status = issue.status.clone().unwrap_or_default();
    let mut page = String::new();
    let incident = issue.labels().get(labels::INCIDENT_ID).cloned().unwrap_or_default();
    let _ = writeln!(page, "{}", ends(&issue.name_any().bold().to_string(), &incident, width));
    let mut field = |name: &str, value: String| {
        if !value.is_empty() {
            let _ = writeln!(page, "  {name:10} {}", wrapped(&value, width, "             "));
        }
    };
    field("Object", format!("{} in namespace {}", issue.spec.resource.short(), place(story)));
    let risk = issue.spec.risk_score.map(|risk| format!(", risk {risk} of 100")).unwrap_or_default();
    field("Severity", format!("{}{risk}", issue.spec.severity.to_string().style(style::severity(issue.spec.severity))));
    field("State", state(story, clock));
    field("Seen", seen(story, clock));
    let noise: Vec<_> = status.noise.iter().map(|it| tame(&it.message)).collect();
    field("Noise?", noise.join("; "));
    let experiment = issue.labels().get(labels::CHAOS_EXPERIMENT);
    field("Made by", experiment.map(|name| format!("chaos experiment {}, on purpose", tame(name))).unwrap_or_default());
    field("Taken by", issue.annotations().get(annotations::ACKNOWLEDGED_BY).map(|who| tame(who)).unwrap_or_default());
    field("Snoozed", snoozed_until(issue, clock.now).map(|at| format!("until {}", clock.time(at))).unwrap_or_default());
    field(
        "Cause",
        status.cause.as_ref().map(|cause| format!("{}: {}", cause.code, tame(&cause.statement))).unwrap_or_default(),
    );
    if let Some(plan) = story.current_plan() {
        let state = plan.status.as_ref().map(|status| status.state).unwrap_or_default();
        field(
            "Plan",
            format!(
                "{}, attempt {} of {}, {state}",
                plan.name_any(),
                plan.spec.attempt,
                status.max_remediation_attempts
            ),
        );
        if let Some(request) = story.request_for(plan) {
            field("Approval", format!("{}, {}", request.name_any(), tally(request, clock)));
        }
    }
    field("To do", status.required_action.as_deref().map(tame).unwrap_or_default());
    field("Report", story.post_mortem.as_ref().map(ResourceExt::name_any).unwrap_or_default());
    section(
        &mut page,
        "Folded in",
        status.folded_in.iter().map(|folded| format!("{} {}", folded.resource.short(), tame(&folded.reason))),
        width,
    );
    told(&mut page, story, clock, width);
    section(&mut page, "Not shown", story.gaps.iter().map(|gap| tame(gap)), width);
    section(&mut page, "Next", next(story, scope).into_iter(), usize::MAX);
    page
}

fn place(story: &Story) -> String {
    match story.issue.spec.resource.namespace.as_str() {
        "" => story.issue.namespace().unwrap_or_default(),
        namespace => namespace.to_owned(),
    }
}

fn state(story: &Story, clock: &Clock) -> String {
    let status = story.issue.status.clone().unwrap_or_default();
    let word = status.state.as_str().style(style::state(status.state)).to_string();
    let waits = status
        .waits_for
        .filter(|_| status.state.is_open())
        .map(|what| format!(", waits for {}", tame(&what)))
        .unwrap_or_default();
    let ended = status.resolved_at.map(|at| format!(" at {}", clock.time(at.0))).unwrap_or_default();
    let how = status.resolution.map(|how| format!(": {}", tame(&how))).unwrap_or_default();
    let again = match status.reopened {
        Some(times) if times > 0 => format!(", came back {}", plural(i64::from(times), "time", "times")),
        _ => String::new(),
    };
    format!("{word}{ended}{how}{waits}{again}")
}

fn seen(story: &Story, clock: &Clock) -> String {
    let status = story.issue.status.clone().unwrap_or_default();
    let Some(count) = status.anomaly_count else { return String::new() };
    let last = status.last_seen.map(|last| format!(", last {} ago", clock.age(last.0))).unwrap_or_default();
    let signal = story.issue.spec.signal_type.clone().unwrap_or_default();
    format!("{signal}, {}{last}", plural(count, "anomaly", "anomalies"))
}

fn told(page: &mut String, story: &Story, clock: &Clock, width: usize) {
    let moments = timeline(story);
    if moments.is_empty() {
        return;
    }
    let _ = writeln!(page, "{}", title("Timeline"));
    let times: Vec<_> = moments.iter().map(|moment| clock.time(moment.at)).collect();
    let time = times.iter().map(String::len).max().unwrap_or(0);
    let what = moments.iter().map(|moment| moment.what.chars().count()).max().unwrap_or(0);
    for (moment, at) in moments.iter().zip(times) {
        let detail = wrapped(&tame(&moment.detail), width, &" ".repeat(time + what + 6));
        let _ = writeln!(page, "  {at:time$}  {:what$}  {detail}", moment.what);
    }
}

/// Commands worth typing now.
pub fn next(story: &Story, scope: &str) -> Vec<String> {
    let name = story.issue.name_any();
    let status = story.issue.status.clone().unwrap_or_default();
    let mut next = Vec::new();
    if story.insight.is_some() && status.state != IssueState::Resolved {
        next.push(format!("kubectl chatcli explain {name}{scope}"));
    }
    next.extend(after_explaining(story, scope));
    if next.is_empty() && status.state.is_open() {
        next.push(format!("kubectl chatcli issues {name}{scope} --watch"));
    }
    next
}

/// The same, for a reader who has just read the explanation.
pub fn after_explaining(story: &Story, scope: &str) -> Vec<String> {
    let mut next = Vec::new();
    if let Some(plan) = story.current_plan() {
        let status = plan.status.clone().unwrap_or_default();
        if status.preview.is_some() && !status.state.is_terminal() {
            next.push(format!("kubectl chatcli plan preview {}{scope}", plan.name_any()));
        }
        if status.state == RemediationState::WaitingApproval {
            next.push(format!("kubectl chatcli approve {}{scope}", story.issue.name_any()));
        }
    }
    if story.post_mortem.is_some() {
        next.push(format!("kubectl chatcli postmortem {}{scope}", story.issue.name_any()));
    }
    next
}
