//! Where a plan stands: why it ran or does not, what was done step by step, how it ended.

use std::fmt::Write as _;

use common::api::keys::annotations;
use common::api::remediation_plan::{RemediationPlanStatus, RemediationState, StepStatus};
use common::api::{RemediationAction, RemediationPlan};
use kube::ResourceExt as _;
use owo_colors::{OwoColorize as _, Style};

use super::explanation::section;
use super::plans;
use super::style::{ends, tame, title, wrapped};
use crate::clock::Clock;
use crate::story::short_digest;

/// The page. `scope` is what commands need to find the namespace again, e.g. ` -n shop`.
pub fn page(plan: &RemediationPlan, clock: &Clock, width: usize, scope: &str) -> String {
    let status = plan.status.clone().unwrap_or_default();
    let mut page = String::new();
    let state = status.state.as_str().style(plans::style(status.state)).to_string();
    let _ = writeln!(page, "{}", ends(&format!("{} {}", title("Plan"), plan.name_any()), &state, width));
    let mut field = |name: &str, value: String| {
        if !value.is_empty() {
            let _ = writeln!(page, "  {name:10} {}", wrapped(&tame(&value), width, "             "));
        }
    };
    field("Incident", format!("{}, attempt {}", plan.spec.issue_ref.name, plan.spec.attempt));
    field("Because", plan.spec.strategy.clone());
    field("By", plan.spec.requested_by.clone().unwrap_or_default());
    if let Some(preview) = &status.preview {
        field("Preview", format!("{}, {}", short_digest(&preview.digest), preview.class));
    }
    field("Result", status.result.clone().unwrap_or_default());
    field("Undo", undo(plan, &status));
    gates(&mut page, &status, width);
    journal(&mut page, plan, &status, clock, width);
    history(&mut page, plan, clock, width);
    section(&mut page, "Next", next(plan, &status, scope).into_iter(), usize::MAX);
    page
}

fn undo(plan: &RemediationPlan, status: &RemediationPlanStatus) -> String {
    let asked = plan.annotations().get(annotations::UNDO).map(|who| format!("{who} asked for it"));
    let done = status.rollback_result.clone().filter(|_| status.rollback_performed == Some(true));
    done.or(asked).unwrap_or_default()
}

/// Every gate asked, in order: the last one that is not `Pass` is why it does not run.
fn gates(page: &mut String, status: &RemediationPlanStatus, width: usize) {
    let gates = &status.gates;
    if gates.is_empty() {
        return;
    }
    let heading = match (gates.iter().all(|gate| gate.result == "Pass"), status.started_at.is_some()) {
        (true, true) => "Why it ran",
        (true, false) => "Why it may run",
        (false, _) => "Why it does not run",
    };
    let _ = writeln!(page, "{}", title(heading));
    let widest = gates.iter().map(|gate| gate.name.chars().count()).max().unwrap_or(0);
    for gate in gates {
        let word = format!("{:4}", gate.result.to_lowercase());
        let style = match gate.result.as_str() {
            "Pass" => Style::new().green(),
            "Stop" => Style::new().red().bold(),
            _ => Style::new().yellow(),
        };
        let message =
            if gate.message.is_empty() { gate.reason.clone() } else { format!("{}: {}", gate.reason, gate.message) };
        let indent = " ".repeat(widest + 10);
        let _ = writeln!(
            page,
            "  {}  {:widest$}  {}",
            word.style(style),
            tame(&gate.name),
            wrapped(&tame(&message), width, &indent)
        );
    }
}

fn journal(page: &mut String, plan: &RemediationPlan, status: &RemediationPlanStatus, clock: &Clock, width: usize) {
    if status.steps.is_empty() {
        return;
    }
    let _ = writeln!(page, "{}", title("Steps"));
    for step in &status.steps {
        let what = status
            .preview
            .as_ref()
            .and_then(|preview| preview.steps.iter().find(|preview| preview.index == step.index))
            .map_or_else(|| params(plan, step), |preview| preview.summary.clone());
        let phase = format!("{:?}", step.phase);
        let first = format!("  {}. {}  {}", step.index + 1, step.action, tame(&what));
        let _ = writeln!(page, "{}", ends(&first, &phase, width));
        for (word, at) in [("stored", &step.intent_at), ("applied", &step.applied_at), ("settled", &step.settled_at)] {
            if let Some(at) = at {
                let _ = writeln!(page, "       {word:8} {}", clock.time(at.0));
            }
        }
        if let Some(message) = &step.message {
            let _ = writeln!(page, "       {}", wrapped(&tame(message), width, "       "));
        }
    }
}

/// What a model said step by step, and what came of it.
fn history(page: &mut String, plan: &RemediationPlan, clock: &Clock, width: usize) {
    if !plan.is_agentic() {
        return;
    }
    let most = plan.spec.agentic_max_steps.unwrap_or_default();
    let _ = writeln!(page, "{}", title(&format!("Steps a model named, at most {most}")));
    for step in &plan.spec.agentic_history {
        let what = step.action.as_ref().map_or_else(
            || "no action".to_owned(),
            |action| format!("{}  {}", action.action_type.as_str(), params_of(action)).trim_end().to_owned(),
        );
        let first = format!("  {}. {}", step.step_number, tame(&what));
        let _ = writeln!(page, "{}", ends(&first, &clock.time(step.timestamp.0), width));
        let came_of_it = step.observation.clone().or_else(|| step.action.as_ref().map(|_| "under way".to_owned()));
        for said in [Some(step.ai_message.clone()).filter(|said| !said.is_empty()), came_of_it].into_iter().flatten() {
            let _ = writeln!(page, "       {}", wrapped(&tame(&said), width, "       "));
        }
    }
}

fn params(plan: &RemediationPlan, step: &StepStatus) -> String {
    let action = usize::try_from(step.index).ok().and_then(|index| plan.spec.actions.get(index));
    action.map(params_of).unwrap_or_default()
}

fn params_of(action: &RemediationAction) -> String {
    action.params.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}

fn next(plan: &RemediationPlan, status: &RemediationPlanStatus, scope: &str) -> Vec<String> {
    let name = plan.name_any();
    let mut next = Vec::new();
    if let Some(step) = plan.open_step() {
        let step = common::naming::step_plan(&name, step.step_number);
        next.push(format!("kubectl chatcli plan show {step}{scope}"));
        next.push(format!("kubectl chatcli plan preview {step}{scope}"));
    }
    if status.preview.is_some() && !status.state.is_terminal() {
        next.push(format!("kubectl chatcli plan preview {name}{scope}"));
    }
    if status.state == RemediationState::WaitingApproval {
        next.push(format!("kubectl chatcli approve {name}{scope}"));
    }
    let wrote = status.steps.iter().any(|step| step.writes_done > 0) || plan.held_steps().next().is_some();
    if status.state == RemediationState::Completed && wrote {
        next.push(format!("kubectl chatcli plan undo {name}{scope}"));
    }
    next
}
