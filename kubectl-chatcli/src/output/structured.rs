//! Objects as JSON or YAML, as the server sent them, without `managedFields`, as kubectl prints them.

use kube::api::DynamicObject;
use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::Structured;
use crate::failure::Failure;

/// One value.
pub fn value(value: &impl Serialize, form: Structured) -> Result<String, Failure> {
    let shown = match form {
        Structured::Json => serde_json::to_string_pretty(value).map_err(|problem| problem.to_string()),
        Structured::Yaml => serde_saphyr::to_string(value).map_err(|problem| problem.to_string()),
    };
    shown.map_err(|problem| Failure::new(format!("cannot print the object: {problem}")))
}

/// One object.
pub fn object(object: &DynamicObject, form: Structured) -> Result<String, Failure> {
    value(&bare(object), form)
}

/// Several objects as a `List`.
pub fn list(objects: &[DynamicObject], form: Structured) -> Result<String, Failure> {
    let items: Vec<Value> = objects.iter().map(bare).collect();
    value(&json!({ "apiVersion": "v1", "items": items, "kind": "List", "metadata": { "resourceVersion": "" } }), form)
}

fn bare(object: &DynamicObject) -> Value {
    let mut value = serde_json::to_value(object).unwrap_or_default();
    if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("managedFields");
    }
    value
}
