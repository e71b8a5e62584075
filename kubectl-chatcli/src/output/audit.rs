//! Audit events as a table, and what was found out about a chain.

use std::fmt::Write as _;

use common::api::AuditEvent;
use common::audit::{Divergence, Report};
use jiff::Timestamp;
use kube::ResourceExt as _;
use kube::api::DynamicObject;
use owo_colors::Style;

use super::style::plural;
use super::table::{Cell, Table};
use crate::clock::Clock;
use crate::kube::typed;

/// By namespace and place in the chain; events without a place by time.
pub fn turn(object: &DynamicObject) -> (Option<String>, Option<i64>, Option<Timestamp>) {
    let spec = &object.data["spec"];
    let at = spec["timestamp"].as_str().and_then(|text| text.parse().ok());
    (object.namespace(), spec["sequence"].as_i64(), at)
}

/// One line per event.
pub fn table(found: &[DynamicObject], namespaces: bool, clock: &Clock) -> Table {
    let mut header = vec!["SEQ", "TIME", "EVENT", "WHO", "OBJECT", "DETAILS"];
    if namespaces {
        header.insert(0, "NAMESPACE");
    }
    let mut table = Table::new(header);
    for object in found {
        let Ok(event) = typed::<AuditEvent>(object) else { continue };
        let spec = event.spec;
        let style = match spec.severity.as_str() {
            "critical" => Style::new().red(),
            "warning" => Style::new().yellow(),
            _ => Style::new(),
        };
        let told: Vec<String> = ["decision", "reason", "message", "result", "why", "after", "strategy"]
            .into_iter()
            .filter_map(|key| spec.details.get(key).cloned())
            .collect();
        let at = spec.timestamp.0.to_zoned(clock.zone.clone()).strftime("%F %T").to_string();
        let mut cells = vec![
            Cell::new(spec.sequence.map(|sequence| sequence.to_string()).unwrap_or_default()),
            Cell::new(at),
            Cell::styled(&spec.event_type, style),
            Cell::new(&spec.actor.name),
            Cell::new(format!("{}/{}", spec.resource.kind.to_lowercase(), spec.resource.name)),
            Cell::new(told.join("; ")),
        ];
        if namespaces {
            cells.insert(0, Cell::new(object.namespace().unwrap_or_default()));
        }
        table.push(cells);
    }
    table
}

/// What was found out about one namespace; `log`: against how many exported lines, and where they contradict.
pub fn report(namespace: &str, report: &Report, log: Option<(usize, &[Divergence])>, clock: &Clock) -> String {
    let contradicted = log.is_some_and(|(_, told)| !told.is_empty());
    let verdict = if report.findings.is_empty() && !contradicted { "whole" } else { "NOT WHOLE" };
    let checked = plural(i64::try_from(report.checked).unwrap_or(i64::MAX), "event", "events");
    let mut text = format!("{namespace}: {verdict}, {checked}");
    if let Some(cut) = &report.cut {
        let until = cut.until.0.to_zoned(clock.zone.clone()).strftime("%F");
        let _ = write!(text, ", retention removed those up to {} of {until}", cut.sequence);
    }
    if report.unchained > 0 {
        let _ = write!(text, ", {} of another operator have no chain", report.unchained);
    }
    if let Some((lines, _)) = log {
        let lines = plural(i64::try_from(lines).unwrap_or(i64::MAX), "line", "lines");
        let _ = write!(text, ", held against {lines} of the log");
    }
    text.push('\n');
    for finding in &report.findings {
        let _ = writeln!(text, "  {finding}");
    }
    for divergence in log.map(|(_, told)| told).unwrap_or_default() {
        let _ = writeln!(text, "  {divergence}");
    }
    text
}

#[cfg(test)]
mod tests {
    use common::audit::{Checkpoint, Finding};

    use super::*;

    fn clock() -> Clock {
        Clock { now: "2026-11-25T14:00:00Z".parse().unwrap(), zone: jiff::tz::TimeZone::UTC }
    }

    #[test]
    fn a_report_tells_edited_missing_and_cut_apart() {
        let cut = Checkpoint {
            sequence: 4,
            hash: String::new(),
            until: common::api::Time("2026-10-25T14:00:00Z".parse().unwrap()),
        };
        let wrong = Report {
            checked: 9,
            unchained: 2,
            cut: Some(cut),
            findings: vec![
                Finding::Edited { sequence: 7 },
                Finding::Missing { from: 9, to: 10 },
                Finding::MissingAtEnd { from: 16, to: 16 },
            ],
        };
        let whole = Report { checked: 1, ..Report::default() };
        let text = report("shop", &wrong, None, &clock()) + &report("payments", &whole, None, &clock());
        insta::assert_snapshot!(text);
    }

    #[test]
    fn a_chain_that_verifies_by_itself_is_not_whole_when_the_log_contradicts_it() {
        let whole = Report { checked: 12, ..Report::default() };
        let told = [Divergence::Rewritten { sequence: 7 }, Divergence::Gone { from: 13, to: 14 }];
        let text =
            report("shop", &whole, Some((14, &told)), &clock()) + &report("payments", &whole, Some((1, &[])), &clock());
        insta::assert_snapshot!(text);
    }

    #[test]
    fn events_are_told_in_the_order_of_their_chain() {
        let event = |sequence: i64, event_type: &str, severity: &str| -> DynamicObject {
            serde_json::from_value(serde_json::json!({
                "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "AuditEvent",
                "metadata": { "name": format!("audit-{sequence}"), "namespace": "shop" },
                "spec": {
                    "eventType": event_type, "actor": { "type": "user", "name": "alice" },
                    "resource": { "kind": "ApprovalRequest", "name": "approval-web-plan-1", "namespace": "shop" },
                    "details": { "decision": "approved", "reason": "seen it" }, "severity": severity,
                    "timestamp": "2026-11-25T13:59:00Z", "sequence": sequence
                }
            }))
            .unwrap()
        };
        let mut found = [event(2, "approval_granted", "info"), event(1, "approval_vote", "info")];
        found.sort_by_key(turn);
        insta::assert_snapshot!(table(&found, false, &clock()).render());
    }
}
