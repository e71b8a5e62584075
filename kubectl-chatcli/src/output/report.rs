//! A post-mortem: for the terminal, and as Markdown for a ticket.

use std::fmt::Write as _;

use common::api::PostMortem;
use common::api::keys::annotations;
use common::api::post_mortem::PostMortemStatus;
use kube::ResourceExt as _;
use kube::api::DynamicObject;
use owo_colors::OwoColorize as _;

use super::explanation::section;
use super::style::{self, ends, tame, title, wrapped};
use super::table::{Cell, Table};
use crate::clock::Clock;
use crate::kube::typed;

/// One line per report, in the order given.
pub fn list(objects: &[DynamicObject], all_namespaces: bool, wide: bool, clock: &Clock) -> Table {
    let mut header = Vec::new();
    if all_namespaces {
        header.push("NAMESPACE");
    }
    header.extend(["NAME", "SEVERITY", "STATE", "OBJECT", "LASTED"]);
    if wide {
        header.push("SUMMARY");
    }
    header.push("AGE");
    let mut table = Table::new(header);
    for object in objects {
        let mut cells = Vec::new();
        if all_namespaces {
            cells.push(Cell::new(object.namespace().unwrap_or_default()));
        }
        cells.push(Cell::new(object.name_any()));
        if let Ok(report) = typed::<PostMortem>(object) {
            let status = report.status.unwrap_or_default();
            cells.extend([
                Cell::styled(report.spec.severity.to_string(), style::severity(report.spec.severity)),
                Cell::new(format!("{:?}", status.state)),
                Cell::new(report.spec.resource.short()),
                Cell::new(status.duration.unwrap_or_default()),
            ]);
            if wide {
                cells.push(Cell::new(status.summary.unwrap_or_default()));
            }
        } else {
            cells.push(Cell::new("<unreadable>"));
            cells.extend(std::iter::repeat_n(Cell::new("<unknown>"), if wide { 4 } else { 3 }));
        }
        cells.push(Cell::new(clock.age_of(object.metadata.creation_timestamp.as_ref().map(|time| time.0))));
        table.push(cells);
    }
    table
}

/// The page.
pub fn page(report: &PostMortem, clock: &Clock, width: usize) -> String {
    let status = report.status.clone().unwrap_or_default();
    let mut page = String::new();
    let tail = format!("{}, {:?}", report.spec.severity, status.state);
    let first = format!("{} {}", title("Post-mortem"), report.name_any());
    let _ = writeln!(page, "{}", ends(&first, &tail, width));
    let lasted = status.duration.as_ref().map(|time| format!(", lasted {time}")).unwrap_or_default();
    let _ =
        writeln!(page, "  {} in namespace {}{lasted}\n", report.spec.resource.short(), report.spec.resource.namespace);
    paragraph(&mut page, "What happened", status.summary.as_deref(), width);
    paragraph(&mut page, "Why", root_cause(&status), width);
    paragraph(&mut page, "Suspected commit", commit(&status).as_deref(), width);
    paragraph(&mut page, "Impact", status.impact.as_deref(), width);
    table(
        &mut page,
        "Timeline",
        status
            .timeline
            .iter()
            .map(|event| (clock.time(event.timestamp.0), event.event_type.as_str(), event.detail.as_str())),
        width,
    );
    let actions: Vec<_> = status
        .actions_executed
        .iter()
        .map(|action| (clock.time(action.timestamp.0), format!("{} {}", action.action, action.result), &action.detail))
        .collect();
    table(
        &mut page,
        "What was done",
        actions.iter().map(|(at, what, detail)| (at.clone(), what.as_str(), detail.as_str())),
        width,
    );
    section(
        &mut page,
        "Also hit",
        status.blast_radius.iter().map(|hit| format!("{} {}", hit.resource.short(), tame(&hit.impact))),
        width,
    );
    paragraph(&mut page, "Closed", closed(report).as_deref(), width);
    paragraph(&mut page, "Still to do", status.required_action.as_deref(), width);
    section(&mut page, "Lessons", status.lessons_learned.iter().map(|lesson| tame(lesson)), width);
    section(&mut page, "To prevent it", status.prevention_actions.iter().map(|action| tame(action)), width);
    page
}

/// Who is done with it, and what they wrote.
fn closed(report: &PostMortem) -> Option<String> {
    let mark = |key: &str| report.annotations().get(key).filter(|text| !text.is_empty());
    let who = mark(annotations::CLOSED_BY)?;
    Some(mark(annotations::REVIEW_NOTES).map_or_else(|| format!("by {who}"), |note| format!("by {who}: {note}")))
}

/// A person's correction outweighs what was found.
fn root_cause(status: &PostMortemStatus) -> Option<&str> {
    status
        .feedback
        .as_ref()
        .and_then(|feedback| feedback.override_root_cause.as_deref())
        .or(status.root_cause.as_deref())
}

/// As `git log --oneline` shows it, with the author and the files.
fn commit(status: &PostMortemStatus) -> Option<String> {
    let commit = status.git_correlation.as_ref()?;
    let id = commit.commit_sha.get(..10).unwrap_or(&commit.commit_sha);
    let mut text = format!("{id} \"{}\" by {}", commit.commit_message, commit.author);
    if !commit.files_changed.is_empty() {
        let _ = write!(text, ", changed {}", commit.files_changed.join(", "));
    }
    Some(text)
}

fn paragraph(page: &mut String, name: &str, text: Option<&str>, width: usize) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        let _ = writeln!(page, "{}\n  {}", title(name), wrapped(&tame(text), width, "  "));
    }
}

fn table<'a>(page: &mut String, name: &str, rows: impl Iterator<Item = (String, &'a str, &'a str)>, width: usize) {
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(page, "{}", title(name));
    let time = rows.iter().map(|(at, ..)| at.len()).max().unwrap_or(0);
    let what = rows.iter().map(|(_, what, _)| what.chars().count()).max().unwrap_or(0);
    for (at, kind, detail) in rows {
        let detail = wrapped(&tame(detail), width, &" ".repeat(time + what + 6));
        let _ = writeln!(page, "  {}  {:what$}  {detail}", at.style(style::quiet()), tame(kind));
    }
}

/// Markdown, in UTC: a report outlives the zone of who printed it.
pub fn markdown(report: &PostMortem) -> String {
    let status = report.status.clone().unwrap_or_default();
    let mut page = String::new();
    let resource = &report.spec.resource;
    let _ = writeln!(page, "# Post-mortem: {} in {}\n", resource.short(), resource.namespace);
    let lasted = status.duration.as_ref().map(|time| format!(" · lasted {time}")).unwrap_or_default();
    let _ = writeln!(page, "Severity {} · incident `{}`{lasted}\n", report.spec.severity, report.spec.issue_ref.name);
    for (name, text) in [
        ("What happened", status.summary.as_deref()),
        ("Why", root_cause(&status)),
        ("Suspected commit", commit(&status).as_deref()),
        ("Impact", status.impact.as_deref()),
        ("Still to do", status.required_action.as_deref()),
    ] {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            let _ = writeln!(page, "## {name}\n\n{}\n", tame(text));
        }
    }
    let rows = status
        .timeline
        .iter()
        .map(|event| [event.timestamp.0.to_string(), event.event_type.clone(), event.detail.clone()]);
    grid(&mut page, "Timeline", ["Time (UTC)", "What", "Detail"], rows);
    let rows = status.actions_executed.iter().map(|action| {
        let params: Vec<_> = action.params.iter().map(|(name, value)| format!("{name}={value}")).collect();
        [
            format!("{} {}", action.action, params.join(" ")).trim().to_owned(),
            action.result.clone(),
            action.detail.clone(),
        ]
    });
    grid(&mut page, "What was done", ["Action", "Result", "Detail"], rows);
    let hit = status.blast_radius.iter().map(|hit| format!("{}: {}", hit.resource, hit.impact));
    for (name, lines) in [
        ("Also hit", hit.collect::<Vec<_>>()),
        ("Lessons", status.lessons_learned.clone()),
        ("To prevent it", status.prevention_actions.clone()),
    ] {
        if !lines.is_empty() {
            let _ = writeln!(page, "## {name}\n");
            for line in lines {
                let _ = writeln!(page, "- {}", tame(&line));
            }
            page.push('\n');
        }
    }
    format!("{}\n", page.trim_end())
}

fn grid(page: &mut String, name: &str, header: [&str; 3], rows: impl Iterator<Item = [String; 3]>) {
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return;
    }
    let _ = writeln!(page, "## {name}\n\n| {} |\n| --- | --- | --- |", header.join(" | "));
    for row in rows {
        let cells = row.map(|cell| tame(&cell).replace('|', "\\|").replace('\n', " "));
        let _ = writeln!(page, "| {} |", cells.join(" | "));
    }
    page.push('\n');
}
