//! What the past of a resource says about its incident, from the incidents and reports that are kept.

use std::collections::HashSet;
use std::sync::Arc;

use common::api::issue::{IssueState, NoiseReason};
use common::api::keys::annotations;
use common::api::{Anomaly, Issue, PostMortem, Time};
use common::decisions::{flapping, noise};
use jiff::Timestamp;
use kube::ResourceExt as _;

use super::ResourceKey;
use crate::runtime::Context;

/// How often the trouble of an incident's resource was over within the last day.
pub fn times_over(ctx: &Context, issue: &Issue) -> usize {
    flapping::times_over(of_its_resource(ctx, issue).iter().map(AsRef::as_ref), ctx.clock.now())
}

/// All incidents of an incident's resource, itself included.
fn of_its_resource(ctx: &Context, issue: &Issue) -> Vec<Arc<Issue>> {
    let mut issues = ctx.stores.issues.tagged(&ResourceKey::of(&issue.spec.resource).tag());
    issues.retain(|other| other.spec.resource.same_object(&issue.spec.resource));
    issues
}

/// Why an incident may be noise.
pub fn noise(ctx: &Context, issue: &Issue, members: &[Arc<Anomaly>]) -> Vec<NoiseReason> {
    let mut issues = of_its_resource(ctx, issue);
    let times_over = flapping::times_over(issues.iter().map(AsRef::as_ref), ctx.clock.now());
    issues.retain(|other| other.metadata.uid != issue.metadata.uid && other.spec.signal_type == issue.spec.signal_type);
    // A report outlives its incident.
    let known: HashSet<String> = issues.iter().map(|issue| issue.name_any()).chain([issue.name_any()]).collect();
    let mut reports = ctx.stores.post_mortems.tagged(&ResourceKey::of(&issue.spec.resource).tag());
    reports.retain(|report| !known.contains(&report.spec.issue_ref.name) && is_of(report, issue));
    let earlier: Vec<_> = issues
        .iter()
        .filter_map(|issue| of_issue(issue))
        .chain(reports.iter().filter_map(|report| of_report(report)))
        .collect();
    let own = |anomaly: &&Arc<Anomaly>| {
        anomaly.spec.resource.same_object(&issue.spec.resource)
            && Some(anomaly.spec.signal_type.as_str()) == issue.spec.signal_type.as_deref()
    };
    let anomalies: Vec<Timestamp> =
        members.iter().filter(own).filter_map(|anomaly| anomaly.creation_timestamp()).map(|Time(at)| at).collect();
    noise::reasons(&noise::Past {
        now: ctx.clock.now(),
        began: issue.began().unwrap_or(ctx.clock.now()),
        anomalies: &anomalies,
        earlier: &earlier,
        times_over,
    })
}

/// Whether a report is about the same signal. Older ones do not say which it was.
fn is_of(report: &PostMortem, issue: &Issue) -> bool {
    let signal = report.labels().get(common::api::keys::labels::SIGNAL);
    signal.is_none_or(|signal| Some(signal) == issue.spec.signal_type.as_ref())
}

fn of_issue(issue: &Issue) -> Option<noise::Earlier> {
    let status = issue.status.as_ref()?;
    let by_a_person = issue.annotations().contains_key(annotations::RESOLVED_BY);
    Some(noise::Earlier {
        began: issue.began()?,
        ended: !issue.is_open(),
        healed_by_itself: status.state == IssueState::Resolved && status.remediation_attempts == 0 && !by_a_person,
    })
}

fn of_report(report: &PostMortem) -> Option<noise::Earlier> {
    let status = report.status.as_ref()?;
    let detected = status.timeline.iter().find(|event| event.event_type == "detected")?;
    let people = ["decided", "escalated", "contained"];
    let acted = !status.actions_executed.is_empty()
        || status.timeline.iter().any(|event| people.contains(&event.event_type.as_str()));
    Some(noise::Earlier { began: detected.timestamp.0, ended: true, healed_by_itself: !acted })
}
