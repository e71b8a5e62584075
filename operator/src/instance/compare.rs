//! Whether an object is as it was applied: everything wanted is in it, whatever else others added.

use common::actions::Quantity;
use serde_json::Value;

/// True when `live` has everything that `wanted` has. Lists of named things are compared by name, quantities by what they mean, and
/// nothing is the same as empty.
pub(super) fn contains(live: &Value, wanted: &Value) -> bool {
    match (live, wanted) {
        (_, Value::Null) => true,
        (Value::Null, Value::Object(wanted)) => wanted.values().all(|value| contains(&Value::Null, value)),
        (Value::Null, Value::Array(wanted)) => wanted.is_empty(),
        (Value::Object(live), Value::Object(wanted)) => {
            wanted.iter().all(|(key, value)| contains(live.get(key).unwrap_or(&Value::Null), value))
        }
        (Value::Array(live), Value::Array(wanted)) => list_contains(live, wanted),
        (Value::String(live), Value::String(wanted)) => live == wanted || same_quantity(live, wanted),
        (Value::Number(live), Value::Number(wanted)) => live.as_f64() == wanted.as_f64(),
        (live, wanted) => live == wanted,
    }
}

fn list_contains(live: &[Value], wanted: &[Value]) -> bool {
    let key = wanted.first().and_then(|first| KEYS.iter().find(|key| first[**key].is_string()));
    match key {
        Some(key) => {
            wanted.iter().all(|item| live.iter().any(|other| other[*key] == item[*key] && contains(other, item)))
        }
        None => live.len() == wanted.len() && live.iter().zip(wanted).all(|(live, wanted)| contains(live, wanted)),
    }
}

/// What tells the items of a list apart, in the order they are asked: two mounts may have one name, two owners too.
const KEYS: &[&str] = &["uid", "mountPath", "name"];

fn same_quantity(live: &str, wanted: &str) -> bool {
    matches!((Quantity::parse(live), Quantity::parse(wanted)), (Some(live), Some(wanted)) if live == wanted)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_others_added_is_no_difference() {
        let live =
            json!({"containers": [{"name": "chatcli", "image": "a", "imagePullPolicy": "Always"}, {"name": "mesh"}]});
        assert!(contains(&live, &json!({"containers": [{"name": "chatcli", "image": "a"}]})));
        assert!(!contains(&live, &json!({"containers": [{"name": "chatcli", "image": "b"}]})));
    }

    #[test]
    fn a_quantity_written_otherwise_is_the_same() {
        assert!(contains(&json!({"cpu": "500m"}), &json!({"cpu": "0.5"})));
        assert!(!contains(&json!({"cpu": "500m"}), &json!({"cpu": "1"})));
    }

    #[test]
    fn an_argument_more_is_a_difference() {
        assert!(!contains(&json!({"args": ["--port", "1", "--debug"]}), &json!({"args": ["--port", "1"]})));
    }
}
