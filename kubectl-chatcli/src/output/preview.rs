//! What a plan would change: a unified diff per step, then what the checks said.

use std::fmt::Write as _;

use common::api::remediation_plan::{PlanPreview, RemediationPlan, StepPreview, Verdict, VerdictLevel, VerdictSource};
use kube::ResourceExt as _;
use owo_colors::OwoColorize as _;

use super::style::{self, ends, plural, tame, title, wrapped};
use crate::clock::Clock;
use crate::story::short_digest;

/// The page for a plan with a preview.
pub fn page(plan: &RemediationPlan, preview: &PlanPreview, clock: &Clock, width: usize) -> String {
    let mut page = heading(plan, preview, clock, width);
    body(&mut page, preview, width);
    page
}

fn heading(plan: &RemediationPlan, preview: &PlanPreview, clock: &Clock, width: usize) -> String {
    let steps = plural(i64::try_from(preview.steps.len()).unwrap_or(i64::MAX), "step", "steps");
    let taken = preview.taken_at.as_ref().map(|time| format!("previewed {}", clock.time(time.0))).unwrap_or_default();
    let first = format!("{} {}, {steps}, {}", title("Plan"), plan.name_any(), short_digest(&preview.digest));
    format!(
        "{}\n  {}\n  asks: {}\n\n",
        ends(&first, &taken, width),
        wrapped(&tame(&plan.spec.strategy), width, "  "),
        asks(plan, preview)
    )
}

/// Who has to decide, as the gates last said.
pub fn asks(plan: &RemediationPlan, preview: &PlanPreview) -> String {
    let gates = plan.status.as_ref().map(|status| status.gates.as_slice()).unwrap_or_default();
    let said = |result: &str| gates.iter().find(|gate| gate.result == result);
    let worded = |gate: &common::api::remediation_plan::GateResult| {
        tame(if gate.message.is_empty() { &gate.reason } else { &gate.message })
    };
    if let Some(stop) = said("Stop") {
        return format!("nobody, it may not run: {}", worded(stop));
    }
    if let Some(ask) = said("Ask") {
        return format!("a person ({})", worded(ask));
    }
    if let Some(wait) = said("Wait") {
        return format!("nobody yet, it waits: {}", worded(wait));
    }
    if let Some(consent) = gates.iter().find(|gate| gate.name == "approval" && gate.result == "Pass") {
        return match consent.reason.as_str() {
            "Approved" => format!("nobody any more, approved by {}", worded(consent)),
            _ => format!("nobody ({})", worded(consent)),
        };
    }
    let state = plan.status.as_ref().map(|status| status.state).unwrap_or_default();
    if state.is_terminal() {
        return format!("nobody, it is {state}");
    }
    if gates.is_empty() {
        return format!("not decided yet ({})", preview.class);
    }
    format!("nobody ({})", preview.class)
}

/// Steps and verdicts.
pub fn body(page: &mut String, preview: &PlanPreview, width: usize) {
    for shown in &preview.steps {
        step(page, shown, width);
    }
    verdicts(page, &preview.verdicts, width);
}

fn step(page: &mut String, step: &StepPreview, width: usize) {
    let first = format!("{} {}  {} {}", title("Step"), step.index + 1, step.action, step.object.short());
    let _ = writeln!(page, "{}", ends(&first, &step.class.to_string(), width));
    if step.no_op {
        let _ = writeln!(page, "  no change: {}\n", tame(&step.summary));
        return;
    }
    if step.diff.is_empty() {
        let _ = writeln!(page, "  {}", wrapped(&tame(&step.summary), width, "  "));
    }
    for line in step.diff.lines() {
        let _ = writeln!(page, "{}", diff_line(&tame(line)));
    }
    if !step.undo.is_empty() {
        let _ = writeln!(page, "  undo: {}", wrapped(&tame(&step.undo), width, "        "));
    }
    page.push('\n');
}

fn diff_line(line: &str) -> String {
    match line.as_bytes() {
        [b'-', b'-', b'-', ..] | [b'+', b'+', b'+', ..] => line.bold().to_string(),
        [b'@', ..] => line.cyan().to_string(),
        [b'+', ..] => line.green().to_string(),
        [b'-', ..] => line.red().to_string(),
        _ => line.to_owned(),
    }
}

fn verdicts(page: &mut String, verdicts: &[Verdict], width: usize) {
    let widest = verdicts.iter().map(|verdict| verdict.check.chars().count()).max().unwrap_or(0);
    for verdict in verdicts {
        let level = format!("{:9}", level(verdict.level));
        let source = if verdict.source == VerdictSource::Computed { " (computed)" } else { "" };
        let text = wrapped(&format!("{}{source}", tame(&verdict.message)), width, &" ".repeat(widest + 15));
        let _ = writeln!(
            page,
            "  {}  {:widest$}  {text}",
            level.style(style::verdict(verdict.level)),
            tame(&verdict.check)
        );
    }
}

fn level(level: VerdictLevel) -> &'static str {
    match level {
        VerdictLevel::Ok => "ok",
        VerdictLevel::Warn => "warn",
        VerdictLevel::Unchecked => "unchecked",
        VerdictLevel::Block => "block",
    }
}
