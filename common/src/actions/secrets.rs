//! Which values of a change are secret, and how a change speaks of them without holding them.
//!
//! A secret value is never copied into a plan. A write names where it comes from ([`Source`]) and fetches it when it is sent; a guard on a
//! secret value, and every place a person reads, holds a keyed hash.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::edits::Edit;
use super::object::escape;
use crate::api::ResourceRef;
use crate::naming;

/// Where the value of an operation comes from when it is sent.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// A parameter of the step, by name.
    Param(String),
    /// A field of another object that Kubernetes keeps, pinned by UID.
    Kept {
        /// The object.
        object: ResourceRef,
        /// JSON Pointer into it.
        pointer: String,
    },
}

/// `keyed:<64 hex>`: equal for equal values within one plan, and for nobody else comparable.
pub fn keyed_hash(seal: &str, value: &Value) -> String {
    format!("keyed:{}", naming::hash(&["chatcli-sealed-value", seal, &value.to_string()], 64))
}

/// Does the edit carry a secret, before or after?
pub fn in_edit(edit: &Edit) -> bool {
    let values = || [&edit.before, &edit.after].into_iter().flatten();
    let segments: Vec<String> =
        edit.path.split('/').skip(1).map(|segment| segment.replace("~1", "/").replace("~0", "~")).collect();
    let last = segments.last().map_or("", String::as_str);
    // An item of `env` is named by its sibling field, not by the path.
    let item_name = match last {
        "value" => edit.guards.last().and_then(|(_, name)| name.as_str()),
        _ => None,
    };
    let holder = segments.len().checked_sub(2).map_or("", |index| segments[index].as_str());
    let named_secret = match holder {
        "data" | "annotations" | "labels" => is_secret_name(last),
        _ => item_name.is_some_and(is_secret_name),
    };
    (named_secret && values().any(Value::is_string)) || values().any(in_value)
}

/// Does a value hold a secret anywhere inside?
fn in_value(value: &Value) -> bool {
    match value {
        Value::String(text) => is_secret_text(text),
        Value::Array(items) => items.iter().any(in_value),
        Value::Object(map) => {
            let named = map.get("name").and_then(Value::as_str).is_some_and(is_secret_name);
            (named && map.get("value").and_then(Value::as_str).is_some_and(|text| !text.is_empty()))
                || map.iter().any(|(key, value)| match key.as_str() {
                    "data" | "annotations" | "labels" => {
                        in_value(value)
                            || value.as_object().is_some_and(|map| {
                                map.iter().any(|(key, value)| value.is_string() && is_secret_name(key))
                            })
                    }
                    _ => in_value(value),
                })
        }
        _ => false,
    }
}

/// The value with its secret strings replaced by the start of their keyed hash. A bare string is taken to be the secret itself.
pub fn masked(value: &Value, seal: &str) -> Value {
    let hidden = |value: &Value| -> Value {
        let hash = keyed_hash(seal, value);
        format!("<secret, {}>", &hash[..hash.len().min(14)]).into()
    };
    if value.is_string() { hidden(value) } else { replace_inside(value, "", &|_, value| hidden(value)) }
}

/// The value with each secret string inside replaced by what `instead` makes of its pointer and itself.
fn replace_inside(value: &Value, pointer: &str, instead: &dyn Fn(&str, &Value) -> Value) -> Value {
    match value {
        Value::String(text) if is_secret_text(text) => instead(pointer, value),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| replace_inside(item, &format!("{pointer}/{index}"), instead))
            .collect(),
        Value::Object(map) => {
            let named = map.get("name").and_then(Value::as_str).is_some_and(is_secret_name);
            let mask = |(key, value): (&String, &Value)| {
                let pointer = format!("{pointer}/{}", escape(key));
                let is_secret = value.is_string()
                    && ((named && key == "value") || is_secret_name(key) && !REFERENCES.contains(&key.as_str()));
                let value = if is_secret { instead(&pointer, value) } else { replace_inside(value, &pointer, instead) };
                (key.clone(), value)
            };
            Value::Object(map.iter().map(mask).collect())
        }
        other => other.clone(),
    }
}

/// Where an object to be created names the source of a value instead of the value.
const BY_REFERENCE: &str = "$valueFrom";

/// The value with each secret string replaced by where it comes from, by its pointer. One without a source leaves a gap, which is never
/// sent.
pub fn by_reference(value: &Value, source: &dyn Fn(&str) -> Option<Source>) -> Value {
    replace_inside(value, "", &|pointer, _| json!({ BY_REFERENCE: source(pointer) }))
}

/// The sources named in an object to be created, by pointer; `None` for a gap.
pub fn referenced(value: &Value) -> Vec<(String, Option<Source>)> {
    fn walk(value: &Value, pointer: &str, found: &mut Vec<(String, Option<Source>)>) {
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    walk(item, &format!("{pointer}/{index}"), found);
                }
            }
            Value::Object(map) => match map.get(BY_REFERENCE) {
                Some(source) => found.push((pointer.to_owned(), serde_json::from_value(source.clone()).ok())),
                None => map.iter().for_each(|(key, value)| walk(value, &format!("{pointer}/{}", escape(key)), found)),
            },
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(value, "", &mut found);
    found
}

/// Fields of the API that name a Secret and hold none.
const REFERENCES: &[&str] = &["secretName", "secret", "imagePullSecrets"];

/// Names that hold credentials by convention.
pub fn is_secret_name(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "password",
        "passwd",
        "passphrase",
        "secret",
        "token",
        "credential",
        "apikey",
        "privatekey",
        "accesskey",
        "dsn",
    ];
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    WORDS.iter().any(|word| plain.contains(word))
}

/// Text that is a credential whatever its name.
fn is_secret_text(text: &str) -> bool {
    text.contains("-----BEGIN") && text.contains("PRIVATE KEY-----")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::actions::edits::between;

    fn edits_are_secret(before: &Value, after: &Value) -> Vec<bool> {
        between(before, after).iter().map(in_edit).collect()
    }

    #[test]
    fn a_password_is_secret_wherever_a_workload_or_config_map_keeps_it() {
        let env =
            |name: &str, value: &str| json!({"containers": [{"name": "app", "env": [{"name": name, "value": value}]}]});
        assert_eq!(edits_are_secret(&env("DB_PASSWORD", "a"), &env("DB_PASSWORD", "b")), [true]);
        assert_eq!(edits_are_secret(&env("DB_HOST", "a"), &env("DB_HOST", "b")), [false]);
        assert_eq!(edits_are_secret(&json!({"data": {"api.key": "a"}}), &json!({"data": {"api.key": "b"}})), [true]);
        assert_eq!(edits_are_secret(&json!({"spec": {}}), &json!({"spec": env("DB_PASSWORD", "a")})), [true]);
    }

    #[test]
    fn the_name_of_a_secret_is_no_secret() {
        let volume = |name: &str| json!({"volumes": [{"name": "tls", "secret": {"secretName": name}}]});
        assert_eq!(edits_are_secret(&volume("a"), &volume("b")), [false]);
        let reference = |key: &str| json!({"env": [{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "s", "key": key}}}]});
        assert_eq!(edits_are_secret(&reference("a"), &reference("b")), [false]);
    }

    #[test]
    fn an_object_to_be_created_names_its_secrets_sources_and_holds_none() {
        let job = json!({"spec": {"env": [{"name": "DB_PASSWORD", "value": "hunter2"}, {"name": "A", "value": "b"}]}});
        let object = ResourceRef::new("CronJob", "shop", "report");
        let kept = |pointer: &str| Some(Source::Kept { object: object.clone(), pointer: pointer.to_owned() });
        let stored = by_reference(&job, &kept);
        assert!(!stored.to_string().contains("hunter2"));
        let pointer = "/spec/env/0/value";
        assert_eq!(referenced(&stored), [(pointer.to_owned(), kept(pointer))]);
        assert_eq!(stored.pointer("/spec/env/1"), job.pointer("/spec/env/1"));
    }

    #[test]
    fn a_keyed_hash_tells_equal_from_different_within_one_plan_only() {
        let value = json!("hunter2");
        assert_eq!(keyed_hash("plan-a", &value), keyed_hash("plan-a", &value));
        assert_ne!(keyed_hash("plan-a", &value), keyed_hash("plan-b", &value));
        assert!(!keyed_hash("plan-a", &value).contains("hunter2"));
    }
}
