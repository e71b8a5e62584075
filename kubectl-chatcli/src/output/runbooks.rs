//! Runbooks: one line each, or when one applies and what its steps do.

use std::fmt::Write as _;

use common::actions;
use common::api::keys::labels;
use common::api::{ActionType, Runbook};
use kube::ResourceExt as _;
use kube::api::DynamicObject;
use owo_colors::Style;

use super::explanation::section;
use super::style::{ends, tame, title, wrapped};
use super::table::{Cell, Table};
use crate::clock::Clock;
use crate::kube::typed;
use crate::runbook::lint::answers;

/// The table.
pub fn table(objects: &[DynamicObject], all_namespaces: bool, wide: bool, clock: &Clock) -> Table {
    let mut header = Vec::new();
    if all_namespaces {
        header.push("NAMESPACE");
    }
    header.extend(["NAME", "SIGNAL", "SEVERITY", "KIND", "STEPS", "ENABLED"]);
    if wide {
        header.extend(["ORIGIN", "DESCRIPTION"]);
    }
    header.push("AGE");
    let mut table = Table::new(header);
    for object in objects {
        let mut cells = Vec::new();
        if all_namespaces {
            cells.push(Cell::new(object.namespace().unwrap_or_default()));
        }
        cells.push(Cell::new(object.name_any()));
        if let Ok(runbook) = typed::<Runbook>(object) {
            readable(&mut cells, &runbook, wide);
        } else {
            cells.push(Cell::styled("<unreadable>", Style::new().red()));
            cells.extend(std::iter::repeat_n(Cell::new("<unknown>"), if wide { 6 } else { 4 }));
        }
        cells.push(Cell::new(clock.age_of(object.metadata.creation_timestamp.as_ref().map(|time| time.0))));
        table.push(cells);
    }
    table
}

fn readable(cells: &mut Vec<Cell>, runbook: &Runbook, wide: bool) {
    let spec = &runbook.spec;
    let actions: Vec<_> = spec.steps.iter().map(|step| step.action.as_str()).collect();
    cells.extend([
        Cell::new(spec.trigger.signal_type.as_str()),
        Cell::new(spec.trigger.severity.to_string()),
        Cell::new(&spec.trigger.resource_kind),
        Cell::new(actions.join(",")),
        Cell::new((spec.enabled != Some(false)).to_string()),
    ]);
    if wide {
        cells.extend([Cell::new(origin(runbook)), Cell::new(spec.description.as_deref().unwrap_or_default())]);
    }
}

fn origin(runbook: &Runbook) -> String {
    if runbook.labels().get(labels::AUTO_GENERATED).is_some_and(|value| value == "true") {
        return "recorded by the operator".to_owned();
    }
    runbook.spec.requested_by.clone().unwrap_or_default()
}

/// The page. `scope` is what commands need to find the namespace again, e.g. ` -n shop`.
pub fn page(runbook: &Runbook, width: usize, scope: &str) -> String {
    let spec = &runbook.spec;
    let mut page = String::new();
    let state = if spec.enabled == Some(false) { "disabled" } else { "enabled" };
    let _ = writeln!(page, "{}", ends(&format!("{} {}", title("Runbook"), runbook.name_any()), state, width));
    let mut field = |name: &str, value: String| {
        if !value.is_empty() {
            let _ = writeln!(page, "  {name:10} {}", wrapped(&tame(&value), width, "             "));
        }
    };
    field("For", spec.description.clone().unwrap_or_default());
    field("When", answers(runbook));
    field(
        "Only",
        spec.bound_to
            .as_ref()
            .map(|bound| format!("{} of {}", bound.finding_code, bound.target.short()))
            .unwrap_or_default(),
    );
    field("By", origin(runbook));
    field("Attempts", spec.max_attempts.map(|most| most.to_string()).unwrap_or_default());
    let _ = writeln!(page, "{}", title("Steps"));
    for (index, step) in spec.steps.iter().enumerate() {
        let known = actions::find(ActionType::from_name(&step.action)).ok();
        let class = known.map(|entry| entry.spec.class.to_string()).unwrap_or_default();
        let params: Vec<_> = step.params.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let first = format!("  {}. {} {}", index + 1, tame(&step.action), tame(&params.join(" ")));
        let _ = writeln!(page, "{}", ends(first.trim_end(), &class, width));
        let about = step.description.clone().or_else(|| known.map(|entry| entry.spec.about.to_owned()));
        if let Some(about) = about {
            let _ = writeln!(page, "     {}", wrapped(&tame(&about), width, "     "));
        }
    }
    let next = [format!(
        "kubectl chatcli plan preview runbook/{} --target {}/NAME{scope}",
        runbook.name_any(),
        spec.trigger.resource_kind.to_lowercase()
    )];
    section(&mut page, "Next", next.into_iter(), usize::MAX);
    page
}
