//! `kubectl chatcli plan list`: one line per plan, those that have not ended first.

use common::api::RemediationPlan;
use common::api::keys::conditions;
use common::api::remediation_plan::{RemediationPlanStatus, RemediationState};
use kube::ResourceExt as _;
use kube::api::DynamicObject;
use owo_colors::Style;

use super::table::{Cell, Table};
use crate::clock::Clock;
use crate::kube::typed;
use crate::story::short_digest;

/// True for a plan that has not ended, and for one that cannot be read: hiding it would hide trouble.
pub fn is_open(object: &DynamicObject) -> bool {
    typed::<RemediationPlan>(object).map_or(true, |plan| !plan.status.unwrap_or_default().state.is_terminal())
}

/// The table.
pub fn table(objects: &[DynamicObject], all_namespaces: bool, wide: bool, clock: &Clock) -> Table {
    let mut header = Vec::new();
    if all_namespaces {
        header.push("NAMESPACE");
    }
    header.extend(["NAME", "STATE", "CLASS", "STEPS", "WAITS FOR"]);
    if wide {
        header.extend(["ISSUE", "ATTEMPT", "DIGEST", "RESULT"]);
    }
    header.push("AGE");
    let mut table = Table::new(header);
    let mut rows: Vec<_> = objects.iter().collect();
    rows.sort_by_cached_key(|object| {
        let born = object.metadata.creation_timestamp.as_ref().map_or(0, |time| time.0.as_second());
        (!is_open(object), -born, object.namespace(), object.name_any())
    });
    for object in rows {
        let mut cells = Vec::new();
        if all_namespaces {
            cells.push(Cell::new(object.namespace().unwrap_or_default()));
        }
        cells.push(Cell::new(object.name_any()));
        if let Ok(plan) = typed::<RemediationPlan>(object) {
            readable(&mut cells, &plan, wide);
        } else {
            cells.push(Cell::styled("<unreadable>", Style::new().red()));
            cells.extend(std::iter::repeat_n(Cell::new("<unknown>"), if wide { 7 } else { 3 }));
        }
        cells.push(Cell::new(clock.age_of(object.metadata.creation_timestamp.as_ref().map(|time| time.0))));
        table.push(cells);
    }
    table
}

/// What of a row is news when it changes; its age is not.
pub fn news(object: &DynamicObject) -> Vec<String> {
    let Ok(plan) = typed::<RemediationPlan>(object) else { return Vec::new() };
    let status = plan.status.clone().unwrap_or_default();
    vec![
        status.state.as_str().to_owned(),
        steps_done(&status).to_string(),
        waits_for(&plan),
        status.result.unwrap_or_default(),
    ]
}

fn readable(cells: &mut Vec<Cell>, plan: &RemediationPlan, wide: bool) {
    let status = plan.status.clone().unwrap_or_default();
    let class = status.preview.as_ref().map(|preview| preview.class.to_string()).unwrap_or_default();
    cells.extend([
        Cell::styled(status.state.as_str(), style(status.state)),
        Cell::new(class),
        Cell::new(format!("{}/{}", steps_done(&status), plan.spec.actions.len())),
        Cell::new(waits_for(plan)),
    ]);
    if wide {
        cells.extend([
            Cell::new(&plan.spec.issue_ref.name),
            Cell::new(plan.spec.attempt.to_string()),
            Cell::new(status.preview.map(|preview| short_digest(&preview.digest)).unwrap_or_default()),
            Cell::new(status.result.unwrap_or_default()),
        ]);
    }
}

/// Steps that have written something.
fn steps_done(status: &RemediationPlanStatus) -> usize {
    status.steps.iter().filter(|step| step.writes_done > 0).count()
}

/// The reason of the first gate that does not let it pass.
fn waits_for(plan: &RemediationPlan) -> String {
    let status = plan.status.clone().unwrap_or_default();
    if status.state.is_terminal() {
        return String::new();
    }
    if plan.is_agentic() {
        let at = status.conditions.iter().find(|condition| condition.type_ == conditions::EXECUTING);
        return at.map(|at| at.message.clone()).unwrap_or_default();
    }
    let stopped = status.gates.iter().find(|gate| gate.result != "Pass");
    stopped
        .map(|gate| if gate.message.is_empty() { gate.reason.clone() } else { gate.message.clone() })
        .unwrap_or_default()
}

/// Style of a plan's state.
pub fn style(state: RemediationState) -> Style {
    match state {
        RemediationState::Completed => Style::new().green(),
        RemediationState::Failed => Style::new().red(),
        RemediationState::RolledBack => Style::new().yellow(),
        _ => Style::new().cyan(),
    }
}
