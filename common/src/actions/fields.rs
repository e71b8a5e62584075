//! Single fields of the target, set to a value: most of what can be adjusted about Jobs and CronJobs.

use serde_json::Value;

use super::change::{ChangeSet, Terms, readable_path};
use super::edits;
use super::live::Live;

/// Sets fields of the target by JSON Pointer; those that hold the value already are left out, and so is the change when all do.
pub fn set(live: &Live, fields: &[(&str, Value)]) -> ChangeSet {
    let mut wanted = live.target.0.clone();
    let mut summary = Vec::new();
    for (pointer, value) in fields {
        let present = live.target.at(pointer);
        // Absent and false mean the same to every controller.
        if present == Some(value) || (present.is_none() && *value == Value::Bool(false)) {
            continue;
        }
        let path: Vec<&str> = pointer.split('/').skip(1).collect();
        edits::set(&mut wanted, &path, value.clone());
        let told = |value: &Value| value.as_str().map_or_else(|| value.to_string(), |text| format!("\"{text}\""));
        let from = present.map_or("none".to_owned(), told);
        summary.push(format!("{} {from} -> {}", readable_path(pointer), told(value)));
    }
    ChangeSet::patch(&live.target, &wanted, Terms::default(), &live.plan_uid, summary.join(", "))
}
