//! What is forgotten, and when, so that nothing grows for ever (pipeline.md §8.7).
//!
//! In: Anomalies and Issues that are over, their reports, and the Runbooks recorded from their findings. Out: their deletion. An Issue takes
//! what it owns along (insight, plans) but for its report, which outlives it; what goes on is never touched, and the last incidents of a
//! resource stay, however old they are.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use common::api::keys::{labels, managers};
use common::api::{Anomaly, Issue, PostMortem, Runbook};
use common::naming;
use jiff::{SignedDuration, Timestamp};
use kube::ResourceExt as _;
use serde_json::json;

use super::ResourceKey;
use crate::runtime::{Change, Context, Controller, Error, Next, Object, ObjectKey, Stores, WriteError};

/// An Anomaly is kept this long after it cleared.
const ANOMALIES: SignedDuration = SignedDuration::from_hours(48);
/// An Issue is kept this long after it was resolved.
const ISSUES: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Issues of one resource that are kept in any case.
const ISSUES_KEPT: usize = 20;
/// A report is kept this long after it was written.
const REPORTS: SignedDuration = SignedDuration::from_hours(180 * 24);
/// A Runbook that was recorded from a finding is kept this long, and then as long as a plan names it.
const RECORDED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How often what is old is looked for.
const EVERY: Duration = Duration::from_secs(600);

/// Deletes what is old enough.
pub struct Retention {
    /// The operator's namespace, which is there when the operator starts.
    pub namespace: String,
}

/// All that ends some day, looked through as one: a clock for each would take more room than the objects.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Everything;

impl fmt::Display for Everything {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what is over")
    }
}

impl Controller for Retention {
    type Key = Everything;
    type Error = Error;

    const NAME: &'static str = "retention";
    const CONCURRENCY: usize = 1;

    fn wake(&self, _: &Stores, change: &Change) -> Vec<Everything> {
        match &change.object {
            Object::Namespace(namespace) if namespace.metadata.name.as_deref() == Some(&self.namespace) => {
                vec![Everything]
            }
            _ => Vec::new(),
        }
    }

    async fn reconcile(&self, ctx: &Arc<Context>, _: &Everything) -> Result<Next, Error> {
        let now = ctx.clock.now();
        let past = |end: Option<Timestamp>| end.is_some_and(|end| end <= now);
        for anomaly in ctx.stores.anomalies.filter(|anomaly| past(anomaly_ends(anomaly))) {
            gone(ctx.delete(&*anomaly).await)?;
        }
        for issue in ctx.stores.issues.filter(|issue| past(issue_ends(issue))) {
            let siblings = ctx.stores.issues.tagged(&ResourceKey::of(&issue.spec.resource).tag());
            if !is_kept(&issue, &siblings) {
                outlive(ctx, &issue).await?;
                gone(ctx.delete(&*issue).await)?;
            }
        }
        for report in ctx.stores.post_mortems.filter(|report| past(report_ends(report))) {
            let issue = ObjectKey::new(report.namespace().unwrap_or_default(), report.spec.issue_ref.name.clone());
            if !ctx.stores.issues.get(&issue).is_some_and(|issue| issue.is_open()) {
                gone(ctx.delete(&*report).await)?;
            }
        }
        for book in ctx.stores.runbooks.filter(|book| past(recorded_ends(book))) {
            let is_named = |plan: &common::api::RemediationPlan| {
                plan.namespace() == book.namespace()
                    && plan.spec.runbook_ref.as_ref().is_some_and(|named| named.name == book.name_any())
            };
            if ctx.stores.plans.filter(is_named).is_empty() {
                gone(ctx.delete(&*book).await)?;
            }
        }
        Ok(Next::In(EVERY))
    }
}

/// The report of an Issue no longer belongs to it, or it would go with it.
async fn outlive(ctx: &Context, issue: &Issue) -> Result<(), Error> {
    let name = naming::post_mortem(&issue.name_any());
    let key = ObjectKey::new(issue.namespace().unwrap_or_default(), name);
    let Some(report) = ctx.stores.post_mortems.get(&key) else { return Ok(()) };
    if report.owner_references().is_empty() {
        return Ok(());
    }
    let free = json!({ "metadata": { "ownerReferences": null } });
    gone(ctx.merge(managers::REVIEWER, &*report, free).await.map(drop))
}

fn gone(result: Result<(), WriteError>) -> Result<(), Error> {
    match result {
        Ok(()) | Err(WriteError::Gone(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// When an Anomaly may go; `None` while it is active, or nobody has said that it is over.
fn anomaly_ends(anomaly: &Anomaly) -> Option<Timestamp> {
    let status = anomaly.status.as_ref().filter(|status| status.active == Some(false))?;
    let over =
        status.cleared_at.as_ref().map(|time| time.0).or_else(|| anomaly.creation_timestamp().map(|time| time.0));
    Some(over? + ANOMALIES)
}

/// When an Issue may go; `None` while it is open.
fn issue_ends(issue: &Issue) -> Option<Timestamp> {
    let status = issue.status.as_ref().filter(|status| !status.state.is_open())?;
    let over = status.resolved_at.as_ref().map(|time| time.0).or_else(|| issue.creation_timestamp().map(|time| time.0));
    Some(over? + ISSUES)
}

/// When a report may go.
fn report_ends(report: &PostMortem) -> Option<Timestamp> {
    let written = report.status.as_ref().and_then(|status| status.generated_at.as_ref()).map(|time| time.0);
    Some(written.or_else(|| report.creation_timestamp().map(|time| time.0))? + REPORTS)
}

/// When a Runbook may go; `None` for one that people wrote or took over.
fn recorded_ends(book: &Runbook) -> Option<Timestamp> {
    let is_recorded = book.labels().get(labels::AUTO_GENERATED).is_some_and(|word| word == "true")
        && book.spec.bound_to.is_some()
        && book.spec.requested_by.is_none();
    is_recorded.then(|| book.creation_timestamp().map(|time| time.0 + RECORDED))?
}

/// Is it one of the newest incidents of its resource?
fn is_kept(issue: &Issue, siblings: &[Arc<Issue>]) -> bool {
    let age = |issue: &Issue| (issue.creation_timestamp().map(|time| time.0), issue.name_any());
    siblings.iter().filter(|other| age(other) > age(issue)).count() < ISSUES_KEPT
}

#[cfg(test)]
mod tests {
    use common::api::issue::IssueState;
    use common::api::{SignalType, Time};

    use super::super::testing::anomaly;
    use super::*;
    use crate::detect::testing::{at, issue_in};

    #[test]
    fn an_anomaly_goes_two_days_after_it_cleared_and_never_while_it_is_active() {
        let mut one = anomaly(SignalType::OomKill, "a");
        assert_eq!(anomaly_ends(&one), None);
        let status = one.status.as_mut().unwrap();
        status.active = Some(false);
        status.cleared_at = Some(Time(at(100)));
        assert_eq!(anomaly_ends(&one), Some(at(100) + ANOMALIES));
    }

    #[test]
    fn an_open_incident_stays_however_old_it_is() {
        assert_eq!(issue_ends(&issue_in(IssueState::Escalated, 1, None)), None);
        assert_eq!(issue_ends(&issue_in(IssueState::Resolved, 1, Some(at(5)))), Some(at(5) + ISSUES));
    }

    #[test]
    fn a_report_outlives_its_incident_by_months() {
        let mut report: PostMortem = from(
            json!({ "spec": { "issueRef": { "name": "web" }, "severity": "high", "resource": { "kind": "Deployment", "name": "web", "namespace": "shop" } } }),
        );
        report.metadata.creation_timestamp = Some(Time(at(1)));
        assert_eq!(report_ends(&report), Some(at(1) + REPORTS));
        assert!(REPORTS > ISSUES);
    }

    #[test]
    fn only_a_runbook_that_nobody_has_touched_is_forgotten() {
        let trigger = json!({ "signalType": "oom_kill", "severity": "high", "resourceKind": "Deployment" });
        let target = json!({ "kind": "Deployment", "name": "web", "namespace": "shop" });
        let steps = json!([{ "name": "one", "action": "RestartDeployment" }]);
        let bound = json!({ "findingCode": "oom-limit-too-low", "target": target });
        let mut book: Runbook = from(json!({ "spec": { "trigger": trigger, "steps": steps, "boundTo": bound } }));
        book.metadata.creation_timestamp = Some(Time(at(1)));
        assert_eq!(recorded_ends(&book), None, "it has no label of ours");
        book.metadata.labels = Some([(labels::AUTO_GENERATED.to_owned(), "true".to_owned())].into());
        assert_eq!(recorded_ends(&book), Some(at(1) + RECORDED));
        book.spec.requested_by = Some("alice".to_owned());
        assert_eq!(recorded_ends(&book), None, "it is alice's now");
    }

    fn from<K: serde::de::DeserializeOwned + kube::Resource<DynamicType = ()>>(mut object: serde_json::Value) -> K {
        object["apiVersion"] = K::api_version(&()).into();
        object["kind"] = K::kind(&()).into();
        object["metadata"] = json!({ "name": "one", "namespace": "shop" });
        serde_json::from_value(object).unwrap()
    }

    #[test]
    fn the_last_twenty_incidents_of_a_resource_stay() {
        let made = |number: i64| {
            let mut issue = issue_in(IssueState::Resolved, number, Some(at(number)));
            issue.metadata.creation_timestamp = Some(Time(at(number)));
            Arc::new(issue)
        };
        let all: Vec<Arc<Issue>> = (0..21).map(made).collect();
        assert!(!is_kept(&all[0], &all));
        assert!(is_kept(&all[1], &all));
    }
}
