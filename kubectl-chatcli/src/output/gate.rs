//! How a gate ended: the incidents that keep it shut.

use common::api::IssueSeverity;
use common::api::issue::Issue;
use jiff::Timestamp;
use kube::ResourceExt as _;
use schemars::JsonSchema;
use serde::Serialize;

use super::style;
use super::table::{Cell, Table};
use crate::clock::Clock;

/// One incident, as pipelines show it.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Hit {
    /// Name of the Issue.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Its severity.
    pub severity: IssueSeverity,
    /// Finding code, else its signal.
    pub code: String,
    /// `deploy/checkout`.
    pub object: String,
    /// The cause, else what was seen.
    pub message: String,
    /// When it opened, or came back.
    pub since: Timestamp,
}

impl Hit {
    /// What a pipeline has to know of an incident.
    pub fn of(issue: &Issue, since: Timestamp) -> Self {
        let status = issue.status.clone().unwrap_or_default();
        let (code, message) = match status.cause {
            Some(cause) => (cause.code, cause.statement),
            None => (issue.spec.signal_type.clone().unwrap_or_default(), issue.spec.description.clone()),
        };
        Self {
            name: issue.name_any(),
            namespace: issue.namespace().unwrap_or_default(),
            severity: issue.spec.severity,
            code,
            object: issue.spec.resource.short(),
            message,
            since,
        }
    }
}

/// How it ended.
#[derive(Clone, Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// True when nothing keeps the gate shut.
    pub passed: bool,
    /// Where was looked: a namespace, or nothing for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// How long was looked, in seconds.
    pub seconds: u64,
    /// What keeps it shut.
    pub incidents: Vec<Hit>,
}

/// For people.
pub fn page(outcome: &Outcome, clock: &Clock) -> String {
    if outcome.passed {
        return sentence(outcome);
    }
    let mut table = Table::new(["NAMESPACE", "NAME", "SEVERITY", "CAUSE", "OBJECT", "SINCE"]);
    for hit in &outcome.incidents {
        table.push(vec![
            Cell::new(&hit.namespace),
            Cell::new(&hit.name),
            Cell::styled(hit.severity.to_string(), style::severity(hit.severity)),
            Cell::new(&hit.code),
            Cell::new(&hit.object),
            Cell::new(clock.age(hit.since)),
        ]);
    }
    format!("{}\n{}", table.render(), sentence(outcome))
}

/// One line.
pub fn sentence(outcome: &Outcome) -> String {
    let place = outcome.namespace.as_ref().map_or_else(|| "the cluster".to_owned(), |name| format!("namespace {name}"));
    let period = if outcome.seconds > 0 { format!(" within {} s", outcome.seconds) } else { String::new() };
    if outcome.passed {
        return format!("gate passed: no incident above the limit in {place}{period}");
    }
    let count = i64::try_from(outcome.incidents.len()).unwrap_or(i64::MAX);
    format!("gate failed: {} above the limit in {place}", style::plural(count, "incident", "incidents"))
}
