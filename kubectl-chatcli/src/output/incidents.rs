//! `kubectl chatcli issues`: one line per incident, the most urgent first.

use std::cmp::Reverse;

use common::api::IssueSeverity;
use common::api::issue::{IssueSpec, IssueState, IssueStatus};
use common::api::keys::{annotations, labels};
use jiff::Timestamp;
use kube::ResourceExt;
use kube::api::DynamicObject;
use owo_colors::Style;
use serde::Deserialize as _;

use super::style;
use super::table::{Cell, Table};
use crate::clock::Clock;

/// What the list shows beside its rows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Columns {
    /// Namespace first.
    pub namespace: bool,
    /// Risk, attempts, signals, incident id.
    pub wide: bool,
}

/// One row and its turn in the list. The object it was made from need not be kept.
#[derive(Debug)]
pub struct Line {
    turn: Turn,
    cells: Vec<Cell>,
}

/// What the rows are sorted by.
type Turn = ((u8, Reverse<Option<IssueSeverity>>, bool, i64), Option<String>, String);

/// The row of an object.
pub fn line(object: &DynamicObject, columns: Columns, clock: &Clock) -> Line {
    let issue = Seen::of(object);
    Line { turn: urgency(object, issue.as_ref()), cells: row(object, issue.as_ref(), columns, clock) }
}

/// The table of rows.
pub fn table(mut lines: Vec<Line>, columns: Columns) -> Table {
    lines.sort_unstable_by(|one, other| one.turn.cmp(&other.turn));
    let mut table = Table::new(header(columns));
    for line in lines {
        table.push(line.cells);
    }
    table
}

/// What of an Issue is shown, read without a copy of the object.
struct Seen {
    spec: IssueSpec,
    status: IssueStatus,
}

impl Seen {
    /// `None` for an object that cannot be read.
    fn of(object: &DynamicObject) -> Option<Self> {
        let spec = IssueSpec::deserialize(&object.data["spec"]).ok()?;
        let status = Option::<IssueStatus>::deserialize(&object.data["status"]).ok()?;
        Some(Self { spec, status: status.unwrap_or_default() })
    }
}

/// True for an incident that is not over, and for one that cannot be read: hiding it would hide trouble.
pub fn is_open(object: &DynamicObject) -> bool {
    Seen::of(object).is_none_or(|issue| issue.status.state.is_open())
}

/// The most urgent first.
pub fn sort_by_urgency(objects: &mut [DynamicObject]) {
    objects.sort_by_cached_key(|object| urgency(object, Seen::of(object).as_ref()));
}

/// Until when a person wants to hear nothing of it; `None` where that is over or was never said.
pub fn snoozed_until(object: &impl ResourceExt, now: Timestamp) -> Option<Timestamp> {
    let until: Timestamp = object.annotations().get(annotations::SNOOZED_UNTIL)?.parse().ok()?;
    (until > now).then_some(until)
}

fn header(columns: Columns) -> Vec<&'static str> {
    let mut header = Vec::new();
    if columns.namespace {
        header.push("NAMESPACE");
    }
    header.extend(["NAME", "SEVERITY", "STATE", "CAUSE", "OBJECT", "WAITS FOR"]);
    if columns.wide {
        header.extend(["RISK", "ATTEMPTS", "SIGNALS", "LAST SEEN", "INCIDENT"]);
    }
    header.push("AGE");
    header
}

/// Open before closed; then by severity; what may be noise after what is not; open ones oldest first, closed ones newest first; then by name.
fn urgency(object: &DynamicObject, issue: Option<&Seen>) -> Turn {
    let state = issue.map(|issue| issue.status.state).unwrap_or_default();
    let born = object.metadata.creation_timestamp.as_ref().map_or(0, |time| time.0.as_second());
    let severity = issue.map(|issue| issue.spec.severity);
    // What matters much matters each time.
    let is_noise =
        issue.is_some_and(|issue| !issue.status.noise.is_empty() && issue.spec.severity < IssueSeverity::High);
    let turn = if state.is_open() { (0, Reverse(severity), is_noise, born) } else { (1, Reverse(None), false, -born) };
    (turn, object.namespace(), object.name_any())
}

fn row(object: &DynamicObject, issue: Option<&Seen>, columns: Columns, clock: &Clock) -> Vec<Cell> {
    let mut cells = Vec::new();
    if columns.namespace {
        cells.push(Cell::new(object.namespace().unwrap_or_default()));
    }
    cells.push(Cell::new(object.name_any()));
    if let Some(issue) = issue {
        readable(&mut cells, object, issue, columns.wide, clock);
    } else {
        cells.extend([Cell::new("<unknown>"), Cell::styled("<unreadable>", Style::new().red())]);
        cells.extend(std::iter::repeat_n(Cell::new("<unknown>"), if columns.wide { 8 } else { 3 }));
    }
    cells.push(Cell::new(clock.age_of(object.metadata.creation_timestamp.as_ref().map(|time| time.0))));
    cells
}

fn readable(cells: &mut Vec<Cell>, object: &DynamicObject, issue: &Seen, wide: bool, clock: &Clock) {
    let status = &issue.status;
    let waits_for = status.waits_for.as_deref().filter(|_| status.state.is_open()).unwrap_or_default();
    cells.extend([
        Cell::styled(issue.spec.severity.to_string(), style::severity(issue.spec.severity)),
        Cell::styled(status.state.as_str(), style::state(status.state)),
        Cell::new(status.cause.as_ref().map(|cause| cause.code.as_str()).unwrap_or_default()),
        Cell::new(issue.spec.resource.short()),
        Cell::new(waits_for),
    ]);
    if wide {
        let attempts = format!("{}/{}", status.remediation_attempts, status.max_remediation_attempts);
        cells.extend([
            Cell::new(issue.spec.risk_score.map(|risk| risk.to_string()).unwrap_or_default()),
            Cell::new(if status.state == IssueState::Detected { String::new() } else { attempts }),
            Cell::new(status.anomaly_count.map(|count| count.to_string()).unwrap_or_default()),
            Cell::new(status.last_seen.as_ref().map(|time| clock.age(time.0)).unwrap_or_default()),
            Cell::new(object.labels().get(labels::INCIDENT_ID).cloned().unwrap_or_default()),
        ]);
    }
}
