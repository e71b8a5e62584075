//! `kubectl chatcli scan`: one line per cause.

use std::fmt::Write as _;

use jiff::Timestamp;
use owo_colors::Style;
use schemars::JsonSchema;
use serde::Serialize;

use super::style::plural;
use super::table::{Cell, Table};
use crate::clock::Clock;
use crate::survey::Extent;
use crate::survey::causes::Group;

/// Subjects named of those that may still recover.
const SHOWN: usize = 3;

/// Everything a scan found, as `-o json` prints it.
#[derive(Clone, Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// When it was looked.
    pub at: Timestamp,
    /// Where; absent for all namespaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// How much was looked at.
    pub scanned: Extent,
    /// What is wrong, the worst first.
    pub causes: Vec<Group>,
    /// What will be wrong soon and is not yet, the first to come first.
    pub warnings: Vec<Group>,
    /// What shows trouble that does not count yet, as `deploy/web: …`.
    pub may_recover: Vec<String>,
    /// What could not be read, one sentence each.
    pub not_known: Vec<String>,
}

/// What the table shows beside its rows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Columns {
    /// Namespace first.
    pub namespace: bool,
    /// Signals, confidence, and the cause in words.
    pub wide: bool,
}

/// The table.
pub fn table(report: &Report, columns: Columns, clock: &Clock) -> Table {
    let mut header = Vec::new();
    if columns.namespace {
        header.push("NAMESPACE");
    }
    header.extend(["OBJECT", "CAUSE", "WHERE", "READY", "ALSO HIT"]);
    if columns.wide {
        header.extend(["SIGNALS", "CONFIDENCE", "WHY"]);
    }
    header.push("SINCE");
    let mut table = Table::new(header);
    for group in report.causes.iter().chain(&report.warnings) {
        table.push(row(group, columns, clock));
    }
    table
}

fn row(group: &Group, columns: Columns, clock: &Clock) -> Vec<Cell> {
    let mut cells = Vec::new();
    if columns.namespace {
        cells.push(Cell::new(&group.object.namespace));
    }
    let finding = group.findings.first();
    let place = finding.map(|it| it.cause.object.short()).filter(|place| !place.ends_with('/')).unwrap_or_default();
    let ready = match (group.ready, group.desired) {
        (Some(ready), Some(desired)) => format!("{ready}/{desired}"),
        _ => "-".to_owned(),
    };
    let down = matches!((group.ready, group.desired), (Some(0), Some(1..))) || group.object.kind == "Node";
    cells.extend([
        Cell::new(group.object.short()),
        Cell::styled(finding.map_or("unknown", |it| it.code.as_str()), Style::new().yellow()),
        Cell::new(place),
        Cell::styled(ready, if down { Style::new().red() } else { Style::new() }),
        Cell::new(also_hit(group, columns.wide)),
    ]);
    if columns.wide {
        let signals: Vec<&str> = group.signals.iter().map(|signal| signal.as_str()).collect();
        cells.extend([
            Cell::new(signals.join(",")),
            Cell::new(finding.map(|it| format!("{:.2}", it.confidence)).unwrap_or_default()),
            Cell::new(finding.map(|it| it.statement.as_str()).unwrap_or_default()),
        ]);
    }
    cells.push(Cell::new(clock.age(group.since.0)));
    cells
}

/// One is named, more are counted unless there is room.
fn also_hit(group: &Group, all: bool) -> String {
    let names: Vec<String> = group.folded_in.iter().map(|folded| folded.object.short()).collect();
    match names.as_slice() {
        [] => "-".to_owned(),
        names if all => names.join(","),
        [one] => one.clone(),
        [first, rest @ ..] => format!("{first} +{}", rest.len()),
    }
}

/// What stands on stderr beside the table: how much was seen, what was not, and what to type next.
pub fn remarks(report: &Report, scope: &str) -> Vec<String> {
    let Extent { workloads, pods, nodes } = report.scanned;
    let count = |number: usize, one: &str, many: &str| plural(i64::try_from(number).unwrap_or(i64::MAX), one, many);
    let looked = format!(
        "{}, {} and {}",
        count(workloads, "workload", "workloads"),
        count(pods, "pod", "pods"),
        count(nodes, "node", "nodes")
    );
    let place =
        report.namespace.as_ref().map_or_else(|| "in all namespaces".to_owned(), |name| format!("in namespace {name}"));
    let mut said = Vec::new();
    if report.causes.is_empty() {
        let yet = if report.warnings.is_empty() { "" } else { " yet" };
        said.push(format!("No trouble found {place}{yet}: looked at {looked}."));
    }
    if !report.may_recover.is_empty() {
        let mut line = format!(
            "note: may still recover by itself: {}",
            report.may_recover.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("; ")
        );
        if report.may_recover.len() > SHOWN {
            let _ = write!(line, "; and {} more", report.may_recover.len() - SHOWN);
        }
        said.push(line);
    }
    said.extend(report.not_known.iter().map(|gap| format!("not known: {gap}")));
    if let Some(first) = report.causes.iter().chain(&report.warnings).next() {
        let scope = if report.namespace.is_none() && !first.object.namespace.is_empty() {
            format!("{scope} -n {}", first.object.namespace)
        } else {
            scope.to_owned()
        };
        said.push(format!("hint: the receipts: kubectl chatcli explain {}{scope}", first.object.short()));
    }
    said
}
