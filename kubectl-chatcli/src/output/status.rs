//! `kubectl chatcli status`: one screen.

use std::fmt::Write as _;

use common::api::issue::{Issue, IssueCause, IssueState};
use common::api::{ApprovalRequest, IssueSeverity, ResourceRef, Time};
use jiff::Timestamp;
use kube::ResourceExt as _;
use kube::api::DynamicObject;
use owo_colors::OwoColorize as _;
use schemars::JsonSchema;
use serde::Serialize;

use super::decision::tally;
use super::explanation::section;
use super::incidents::{Columns, line, snoozed_until, table};
use super::style::{ends, plural, tame, title};
use crate::clock::Clock;
use crate::kube::typed;

/// Incidents shown; the rest is counted.
const SHOWN: usize = 10;
/// An operator renews its Lease every few seconds; one that has not for this long is not there.
const SILENT: i64 = 30;

/// Everything on the screen.
#[derive(Clone, Debug, Default)]
pub struct Status {
    /// Where; all namespaces where absent.
    pub namespace: Option<String>,
    /// Open incidents, the most urgent first.
    pub open: Vec<DynamicObject>,
    /// Requests that wait for votes, the first to expire first.
    pub waiting: Vec<ApprovalRequest>,
    /// What stops automation: one sentence each.
    pub brakes: Vec<String>,
    /// What trips the circuit breaker: namespaces, with the sentence of the plan that met it open.
    pub breakers: Vec<String>,
    /// The operator's own words; `None` where they may not be read.
    pub operator: Option<Operator>,
    /// What could not be read, one sentence each.
    pub gaps: Vec<String>,
}

/// How the operator is.
#[derive(Clone, Debug, Default, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Operator {
    /// Who holds the Lease; absent where nobody does.
    pub leader: Option<String>,
    /// When it was last renewed.
    pub renewed: Option<Timestamp>,
    /// What it says of itself that is not as it should be.
    pub trouble: Vec<String>,
}

impl Operator {
    /// In a word, and a sentence.
    pub fn word(&self, clock: &Clock) -> (&'static str, String) {
        let Some((leader, renewed)) = self.leader.as_ref().zip(self.renewed) else {
            return ("absent", "nobody holds its Lease: incidents are neither found nor worked on".to_owned());
        };
        let ago = clock.age(renewed);
        if clock.now.as_second() - renewed.as_second() > SILENT {
            return ("silent", format!("{} was last heard {ago} ago", tame(leader)));
        }
        if let Some(trouble) = self.trouble.first() {
            return ("held back", tame(trouble));
        }
        ("running", format!("{}, heard {ago} ago", tame(leader)))
    }
}

/// The screen.
pub fn page(status: &Status, clock: &Clock, width: usize) -> String {
    let mut page = String::new();
    if let Some(operator) = &status.operator {
        let (word, sentence) = operator.word(clock);
        let shown = if word == "running" { word.green().to_string() } else { word.red().bold().to_string() };
        let _ = writeln!(page, "{}  {shown}: {sentence}", title("Operator"));
    }
    let (snoozed, awake): (Vec<_>, Vec<_>) =
        status.open.iter().cloned().partition(|object| snoozed_until(object, clock.now).is_some());
    let place =
        status.namespace.as_ref().map_or_else(|| "all namespaces".to_owned(), |name| format!("namespace {name}"));
    let count = plural(i64::try_from(status.open.len()).unwrap_or(i64::MAX), "open incident", "open incidents");
    let asleep = if snoozed.is_empty() { String::new() } else { format!(", {} snoozed", snoozed.len()) };
    let _ = writeln!(page, "{}", ends(&format!("{}{asleep}", title(&count)), &place, width));
    if !awake.is_empty() {
        let columns = Columns { namespace: status.namespace.is_none(), wide: false };
        let shown = &awake[..awake.len().min(SHOWN)];
        let lines = shown.iter().map(|object| line(object, columns, clock)).collect();
        page.push_str(&indented(&table(lines, columns).render()));
        if awake.len() > SHOWN {
            let _ = writeln!(page, "  and {} more", awake.len() - SHOWN);
        }
    }
    section(&mut page, "Waits for a vote", status.waiting.iter().map(|request| waiting(request, status, clock)), width);
    section(&mut page, "Brakes", status.brakes.iter().map(|brake| tame(brake)), width);
    section(&mut page, "Circuit breaker open", status.breakers.iter().map(|it| tame(it)), width);
    section(&mut page, "Not known", status.gaps.iter().map(|gap| tame(gap)), width);
    page
}

fn waiting(request: &ApprovalRequest, status: &Status, clock: &Clock) -> String {
    let scope = match (&status.namespace, request.namespace()) {
        (None, Some(namespace)) => format!(" -n {namespace}"),
        _ => String::new(),
    };
    format!("{}: kubectl chatcli approve {}{scope}", tally(request, clock), request.spec.issue_ref.name)
}

fn indented(text: &str) -> String {
    text.lines().fold(String::new(), |mut all, line| {
        let _ = writeln!(all, "  {line}");
        all
    })
}

/// The same for programs.
#[derive(Clone, Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document<'a> {
    /// When it was looked.
    pub at: Timestamp,
    /// Where; null for all namespaces.
    pub namespace: Option<&'a str>,
    /// How the operator is; null where that may not be read.
    pub operator: Option<Health<'a>>,
    /// The most urgent first.
    pub open_incidents: Vec<Incident>,
    /// The first to expire first.
    pub waiting_votes: Vec<Waiting<'a>>,
    /// What stops automation: one sentence each.
    pub brakes: &'a [String],
    /// What trips the circuit breaker: namespaces, with the sentence of the plan that met it open.
    pub open_breakers: &'a [String],
    /// What could not be read, one sentence each.
    pub not_known: &'a [String],
}

/// How the operator is, in a word and as it says itself.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Health<'a> {
    /// In a word.
    pub state: &'static str,
    /// One sentence.
    pub message: String,
    /// What it says itself.
    #[serde(flatten)]
    pub operator: &'a Operator,
}

/// An open incident. What this version cannot read of it is null.
#[derive(Clone, Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Incident {
    /// Name of the Issue.
    pub name: String,
    /// Its namespace.
    pub namespace: Option<String>,
    /// When it opened.
    pub created: Option<Time>,
    /// How grave it is.
    pub severity: Option<IssueSeverity>,
    /// Where it stands.
    pub state: Option<IssueState>,
    /// What is in trouble.
    pub resource: Option<ResourceRef>,
    /// Why.
    pub cause: Option<IssueCause>,
    /// What it waits for, in words.
    pub waits_for: Option<String>,
    /// Until then nobody wants to hear of it.
    pub snoozed_until: Option<Timestamp>,
}

/// A request that waits for votes.
#[derive(Clone, Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Waiting<'a> {
    /// Name of the ApprovalRequest.
    pub name: String,
    /// Its namespace.
    pub namespace: Option<String>,
    /// The incident.
    pub issue: &'a str,
    /// Votes needed.
    pub required_approvers: i32,
    /// Until when one can vote.
    pub expires_at: Option<&'a Time>,
}

impl<'a> Document<'a> {
    /// Of everything on the screen.
    pub fn of(status: &'a Status, clock: &Clock) -> Self {
        let waiting = |request: &'a ApprovalRequest| Waiting {
            name: request.name_any(),
            namespace: request.namespace(),
            issue: &request.spec.issue_ref.name,
            required_approvers: request.spec.required_approvers,
            expires_at: request.status.as_ref().and_then(|status| status.expires_at.as_ref()),
        };
        let health = |operator: &'a Operator| {
            let (state, message) = operator.word(clock);
            Health { state, message, operator }
        };
        Self {
            at: clock.now,
            namespace: status.namespace.as_deref(),
            operator: status.operator.as_ref().map(health),
            open_incidents: status.open.iter().map(|object| incident(object, clock)).collect(),
            waiting_votes: status.waiting.iter().map(waiting).collect(),
            brakes: &status.brakes,
            open_breakers: &status.breakers,
            not_known: &status.gaps,
        }
    }
}

fn incident(object: &DynamicObject, clock: &Clock) -> Incident {
    let issue = typed::<Issue>(object).ok();
    let status = issue.as_ref().and_then(|issue| issue.status.clone()).unwrap_or_default();
    Incident {
        name: object.name_any(),
        namespace: object.namespace(),
        created: object.metadata.creation_timestamp.clone(),
        severity: issue.as_ref().map(|issue| issue.spec.severity),
        state: issue.as_ref().map(|_| status.state),
        resource: issue.map(|issue| issue.spec.resource),
        cause: status.cause,
        waits_for: status.waits_for,
        snoozed_until: snoozed_until(object, clock.now),
    }
}
