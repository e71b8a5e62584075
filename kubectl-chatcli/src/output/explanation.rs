//! `kubectl chatcli explain`: what is wrong, and how that is known.

use std::fmt::Write as _;

use common::api::ai_insight::{AIInsightStatus, Evidence, Finding};
use common::api::issue::FoldedIn;
use common::api::remediation_plan::PlanPreview;
use common::diagnosis::codes::Code;
use owo_colors::OwoColorize as _;
use schemars::JsonSchema;
use serde::Serialize;

use super::style::{columns, ends, faint, tame, title, wrapped};
use crate::clock::Clock;

/// What is explained: findings, and who else suffers.
#[derive(Clone, Debug, Default)]
pub struct Explanation<'a> {
    /// The most likely cause first.
    pub findings: &'a [Finding],
    /// What was folded in.
    pub folded_in: &'a [FoldedIn],
    /// Facts that could not be had, one sentence each.
    pub gaps: &'a [String],
    /// What stands beside the findings, each kind under its title.
    pub beside: Vec<(&'static str, Vec<String>)>,
    /// What a model adds to it, or why none did.
    pub model: Vec<String>,
    /// Commands worth typing now.
    pub next: Vec<String>,
}

/// The same for programs, with what the first remedy would change.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Previewed<'a> {
    /// The most likely cause first.
    pub findings: &'a [Finding],
    /// As `plan preview` prints it; null where the rules propose no remedy.
    pub preview: Option<PlanPreview>,
}

/// What a cause means, for programs.
#[derive(Clone, Copy, Debug, JsonSchema, Serialize)]
pub struct Meaning {
    /// The code.
    pub code: &'static str,
    /// The family of causes it belongs to.
    pub family: &'static str,
    /// What it means, wherever it is found.
    pub meaning: &'static str,
    /// What usually helps.
    pub helps: &'static str,
}

impl Meaning {
    /// From the codes' own documentation.
    pub fn of(code: Code) -> Self {
        Self { code: code.as_str(), family: code.family().title(), meaning: code.meaning(), helps: code.helps() }
    }
}

/// What a cause means, wherever it is found.
pub fn code(code: Code, width: usize) -> String {
    let mut page = format!("{}\n\n", ends(&title(code.as_str()), code.family().title(), width));
    section(&mut page, "Means", std::iter::once(code.meaning().to_owned()), width);
    section(&mut page, "Helps", std::iter::once(code.helps().to_owned()), width);
    page
}

/// What stands beside the findings, in short: code itself, below the first empty line, is left out.
pub fn beside(status: &AIInsightStatus) -> Vec<(&'static str, Vec<String>)> {
    let kinds = [
        ("Source", &status.source_code_context),
        ("Measured", &status.metrics_context),
        ("Around that time", &status.cascade_analysis),
        ("Written by", &status.git_ops_context),
    ];
    let short = |text: &String| text.lines().take_while(|line| !line.is_empty()).map(str::to_owned).collect();
    kinds.into_iter().filter_map(|(title, text)| Some((title, text.as_ref().map(short)?))).collect()
}

/// The page.
pub fn page(explanation: &Explanation, clock: &Clock, width: usize) -> String {
    let mut page = String::new();
    let mut findings = explanation.findings.iter();
    if let Some(first) = findings.next() {
        finding(&mut page, first, clock, width);
    }
    for other in findings {
        let _ = writeln!(page, "\n{}", title("Also found"));
        finding(&mut page, other, clock, width);
    }
    for (title, lines) in &explanation.beside {
        section(&mut page, title, lines.iter().map(|line| tame(line)), width);
    }
    section(&mut page, "A model adds", explanation.model.iter().map(|line| tame(line)), width);
    section(
        &mut page,
        "Folded in",
        explanation.folded_in.iter().map(|folded| format!("{} {}", folded.resource.short(), tame(&folded.reason))),
        width,
    );
    section(&mut page, "Not known", explanation.gaps.iter().map(|gap| tame(gap)), width);
    section(&mut page, "Next", explanation.next.iter().cloned(), usize::MAX);
    page
}

fn finding(page: &mut String, finding: &Finding, clock: &Clock, width: usize) {
    let statement = wrapped(&tame(&finding.statement), width, "");
    let tail = format!("{}, confidence {:.2}", finding.code, finding.confidence);
    let _ = writeln!(page, "{}\n", ends(&statement.bold().to_string(), &tail, width));
    if !finding.evidence.is_empty() {
        let _ = writeln!(page, "{}", title("Because"));
        for (index, receipt) in finding.evidence.iter().enumerate() {
            evidence(page, index + 1, receipt, clock, width);
        }
    }
    if !finding.ruled_out.is_empty() {
        let _ = writeln!(page, "{}", title("Ruled out"));
        let widest = finding.ruled_out.iter().map(|rival| columns(&rival.what)).max().unwrap_or(0);
        for rival in &finding.ruled_out {
            let _ = writeln!(
                page,
                "  {:widest$}  {}",
                tame(&rival.what),
                wrapped(&tame(&rival.because), width, &" ".repeat(widest + 4))
            );
        }
    }
    section(page, "Would help", finding.remedies.iter().map(|remedy| tame(&remedy.why)), width);
    section(page, "For a person", finding.advice.iter().map(|advice| tame(advice)), width);
}

/// The statement, and below it where it was read: object, field, value, time.
fn evidence(page: &mut String, number: usize, receipt: &Evidence, clock: &Clock, width: usize) {
    let _ = writeln!(page, "{number:>3}. {}", wrapped(&tame(&receipt.statement), width, "     "));
    let time = receipt.time.as_ref().map(|time| clock.time(time.0)).unwrap_or_default();
    let place = match receipt.field_path.as_str() {
        "" => receipt.object.short(),
        path => format!("{}  {path}", receipt.object.short()),
    };
    let _ = writeln!(page, "{}", ends(&format!("       {}", faint(&tame(&place))), &faint(&time), width));
    let value = receipt.value.as_deref().map(tame).filter(|value| !is_said(value, receipt));
    if let Some(value) = value {
        let shown: Vec<_> = value.lines().collect();
        for line in shown.iter().rev().take(5).rev() {
            let _ = writeln!(page, "       {}", faint(&format!("= {}", cut(line, width.saturating_sub(9)))));
        }
    }
}

/// A value that the statement quotes, with or without the reason in front of it, or that is the receipt's time, would be said twice.
fn is_said(value: &str, receipt: &Evidence) -> bool {
    const ENOUGH: usize = 60;
    let start: String = value.split_once(": ").map_or(value, |(_, rest)| rest).chars().take(ENOUGH).collect();
    let is_time = receipt.time.as_ref().is_some_and(|time| time.0.to_string() == value);
    value.is_empty() || is_time || receipt.statement.contains(&start)
}

fn cut(line: &str, width: usize) -> String {
    if line.chars().count() <= width {
        line.to_owned()
    } else {
        line.chars().take(width.saturating_sub(1)).chain(['…']).collect()
    }
}

/// A title and indented lines; nothing where there is no line.
pub fn section(page: &mut String, name: &str, lines: impl Iterator<Item = String>, width: usize) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        let _ = writeln!(page, "{}", title(name));
        for line in lines {
            let _ = writeln!(page, "  {}", if width == usize::MAX { line } else { wrapped(&line, width, "    ") });
        }
    }
}
