//! ChatCLI servers: the list, and one with all its concerns.

use std::fmt::Write as _;

use common::api::instance::{InstanceSpec, InstanceStatus};
use common::api::keys::conditions;
use kube::ResourceExt as _;
use kube::api::DynamicObject;
use owo_colors::{OwoColorize as _, Style};
use serde_json::Value;

use super::style::tame;
use super::table::{Cell, Table};
use crate::clock::Clock;

/// Concerns in the order in which a person would look at them.
const CONCERNS: &[(&str, &str)] = &[
    (conditions::REFERENCES_RESOLVED, "References"),
    (conditions::RECONCILED, "Objects"),
    (conditions::PERSISTENT, "Storage"),
    (conditions::WATCHER_AUTHORIZED, "Watcher"),
    (conditions::AVAILABLE, "Pods"),
    (conditions::REACHABLE, "Reachable"),
];

/// One line per server.
pub fn table(objects: &[DynamicObject], with_namespace: bool, clock: &Clock) -> Table {
    let namespace = with_namespace.then_some("NAMESPACE");
    let rest = ["NAME", "READY", "REASON", "PODS", "PROVIDER", "AGE"];
    let mut table = Table::new(namespace.into_iter().chain(rest));
    for object in objects {
        let (spec, status) = (&object.data["spec"], &object.data["status"]);
        let ready = condition(status, conditions::READY);
        let (words, reason) = match ready {
            Some(ready) if ready["status"] == "True" => ("True", ready["reason"].as_str()),
            Some(ready) => ("False", ready["reason"].as_str()),
            None => ("Unknown", Some("NotSeenByTheOperator")),
        };
        let number = |value: &Value, otherwise: i64| value.as_i64().unwrap_or(otherwise);
        let pods = format!("{}/{}", number(&status["readyReplicas"], 0), number(&spec["replicas"], 1));
        let mut row: Vec<Cell> = Vec::new();
        if with_namespace {
            row.push(Cell::new(object.namespace().unwrap_or_default()));
        }
        row.extend([
            Cell::new(name(object)),
            Cell::styled(words, colour(words == "True")),
            Cell::new(reason.unwrap_or_default()),
            Cell::new(pods),
            Cell::new(spec["provider"].as_str().unwrap_or_default()),
            Cell::new(clock.age_of(object.creation_timestamp().map(|time| time.0))),
        ]);
        table.push(row);
    }
    table
}

/// A legacy object says so; an Instance needs no word.
fn name(object: &DynamicObject) -> String {
    let kind = object.types.as_ref().map_or("", |types| types.kind.as_str());
    if kind == "ChatCLIInstance" { format!("chatcliinstance/{}", object.name_any()) } else { object.name_any() }
}

/// One server with every concern.
pub fn page(name: &str, spec: &InstanceSpec, status: &InstanceStatus) -> String {
    let find = |kind: &str| status.conditions.iter().find(|condition| condition.type_ == kind);
    let mut text = match find(conditions::READY) {
        Some(ready) if ready.status == "True" => format!("{name} is {} and answers\n", "ready".style(colour(true))),
        Some(ready) => format!("{name} is {}: {}\n", "not ready".style(colour(false)), tame(&ready.message)),
        None => format!("{name} has not been seen by the operator yet: kubectl chatcli version\n"),
    };
    let model = spec.model.as_deref().map(|model| format!(", {}", tame(model))).unwrap_or_default();
    let _ = writeln!(text, "\n  provider    {}{model}", tame(&spec.provider));
    for (kind, word) in CONCERNS {
        let Some(condition) = find(kind) else { continue };
        let holds = condition.status == "True";
        let mark = if holds { "ok" } else { "no" };
        let message =
            if condition.message.is_empty() { String::new() } else { format!("  {}", tame(&condition.message)) };
        let _ = writeln!(
            text,
            "  {:<11} {}  {}{message}",
            word.to_lowercase(),
            mark.style(colour(holds)),
            tame(&condition.reason)
        );
    }
    if let Some(kept) = find(conditions::ADOPTED).filter(|kept| kept.status == "True") {
        let _ = writeln!(text, "  adopted     {}", tame(&kept.message));
    }
    if let Some(gone) = find(conditions::MIGRATED).filter(|gone| gone.status == "True") {
        let _ = writeln!(text, "  replaced    {}", tame(&gone.message));
    }
    text
}

fn condition<'a>(status: &'a Value, kind: &str) -> Option<&'a Value> {
    status["conditions"].as_array()?.iter().find(|condition| condition["type"] == kind)
}

fn colour(is_well: bool) -> Style {
    if is_well { Style::new().green() } else { Style::new().red() }
}
