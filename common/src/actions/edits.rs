//! The difference between two versions of an object, field by field, and the JSON Patch that makes one from the other.
//!
//! In: two JSON values. Out: [`Edit`]s on the smallest fields that differ, each with its value before and after, and guards that the
//! list items on the way are the ones meant. Never: talks to anything.

use serde_json::{Map, Value, json};

use super::object::escape;
use crate::api::remediation_plan::TouchedField;

/// Where annotations stand.
pub const ANNOTATIONS: &str = "/metadata/annotations";

/// One field that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// JSON Pointer.
    pub path: String,
    /// Value before; `None` when the field was not there.
    pub before: Option<Value>,
    /// Value after; `None` when the field goes away.
    pub after: Option<Value>,
    /// Names of the list items the path leads through, by pointer.
    pub guards: Vec<(String, Value)>,
}

impl Edit {
    /// The edit as a journal keeps it.
    pub fn recorded(field: &TouchedField) -> Self {
        let value = |text: &Option<String>| text.as_deref().and_then(|text| serde_json::from_str(text).ok());
        Self { path: field.path.clone(), before: value(&field.before), after: value(&field.after), guards: Vec::new() }
    }
}

/// What has to be edited to get from `before` to `after`.
///
/// Maps are compared key by key. Lists of named items (containers, volumes, environment) are compared item by item when both sides have the
/// same names in the same order; any other list is one value. A list never changes length within an edit, so no edit moves another's index.
pub fn between(before: &Value, after: &Value) -> Vec<Edit> {
    let mut edits = Vec::new();
    compare("", before, after, &[], &mut edits);
    edits
}

fn compare(path: &str, before: &Value, after: &Value, guards: &[(String, Value)], edits: &mut Vec<Edit>) {
    match (before, after) {
        _ if before == after => {}
        (Value::Object(old), Value::Object(new)) => compare_maps(path, old, new, guards, edits),
        (Value::Array(old), Value::Array(new)) if same_names(old, new) => {
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                let item = format!("{path}/{index}");
                let mut guards = guards.to_vec();
                guards.push((format!("{item}/name"), old["name"].clone()));
                compare(&item, old, new, &guards, edits);
            }
        }
        _ => edits.push(Edit {
            path: path.to_owned(),
            before: Some(before.clone()),
            after: Some(after.clone()),
            guards: guards.to_vec(),
        }),
    }
}

fn compare_maps(
    path: &str,
    old: &Map<String, Value>,
    new: &Map<String, Value>,
    guards: &[(String, Value)],
    edits: &mut Vec<Edit>,
) {
    for (key, value) in old {
        let field = format!("{path}/{}", escape(key));
        match new.get(key) {
            Some(wanted) => compare(&field, value, wanted, guards, edits),
            None => {
                edits.push(Edit { path: field, before: Some(value.clone()), after: None, guards: guards.to_vec() });
            }
        }
    }
    for (key, value) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
        let path = format!("{path}/{}", escape(key));
        // Others write here too, our own mark among them: key by key even where there is no map yet.
        if let (ANNOTATIONS, Some(added)) = (path.as_str(), value.as_object()) {
            compare_maps(&path, &Map::new(), added, guards, edits);
            continue;
        }
        edits.push(Edit { path, before: None, after: Some(value.clone()), guards: guards.to_vec() });
    }
}

/// Both lists hold objects with the same distinct names in the same order.
fn same_names(old: &[Value], new: &[Value]) -> bool {
    let names = |list: &[Value]| -> Option<Vec<String>> {
        list.iter().map(|item| Some(item.get("name")?.as_str()?.to_owned())).collect()
    };
    match (names(old), names(new)) {
        (Some(a), Some(b)) => {
            let mut distinct = a.clone();
            distinct.sort();
            distinct.dedup();
            a == b && distinct.len() == a.len()
        }
        _ => false,
    }
}

/// Operations that make the edits and nothing else, refused by the server as a whole when any guarded value is another one by then.
///
/// `test` against `null` is how this API server is asked that a field is absent.
pub fn patch(uid: &str, edits: &[Edit]) -> Vec<Value> {
    let mut operations = vec![json!({"op": "test", "path": "/metadata/uid", "value": uid})];
    for edit in edits {
        for (path, name) in &edit.guards {
            let guard = json!({"op": "test", "path": path, "value": name});
            if !operations.contains(&guard) {
                operations.push(guard);
            }
        }
    }
    for edit in edits {
        operations.push(json!({"op": "test", "path": edit.path, "value": edit.before}));
    }
    for edit in edits {
        operations.push(match (&edit.before, &edit.after) {
            (_, None) => json!({"op": "remove", "path": edit.path}),
            (None, Some(after)) => json!({"op": "add", "path": edit.path, "value": after}),
            (Some(_), Some(after)) => json!({"op": "replace", "path": edit.path, "value": after}),
        });
    }
    operations
}

/// Sets a value, making the maps on the way; the path must not lead through a list item that is not there.
pub fn set(root: &mut Value, path: &[&str], value: Value) {
    let mut place = root;
    for segment in path {
        place = match place {
            Value::Array(items) => {
                let Some(item) = segment.parse::<usize>().ok().and_then(|index| items.get_mut(index)) else { return };
                item
            }
            other => {
                if !other.is_object() {
                    *other = Value::Object(Map::new());
                }
                match other {
                    Value::Object(map) => map.entry((*segment).to_owned()).or_insert(Value::Null),
                    _ => return,
                }
            }
        };
    }
    *place = value;
}

/// What the server makes by itself and what we mark objects with: no part of any change.
pub fn without_server_fields(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(root) = object.as_object_mut() {
        root.remove("status");
        if let Some(Value::Object(metadata)) = root.get_mut("metadata") {
            for field in ["managedFields", "resourceVersion", "generation", "creationTimestamp", "selfLink"] {
                metadata.remove(field);
            }
            if let Some(Value::Object(annotations)) = metadata.get_mut("annotations") {
                annotations.remove(crate::api::keys::annotations::OPERATION_ID);
            }
        }
    }
    object
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// RFC 6902 as far as [`patch`] uses it, with Kubernetes' reading of `test` against `null`.
    fn apply(object: &Value, operations: &[Value]) -> Option<Value> {
        let mut object = object.clone();
        for operation in operations {
            let path = operation["path"].as_str()?;
            let (parent, key) = path.rsplit_once('/')?;
            let key = key.replace("~1", "/").replace("~0", "~");
            match operation["op"].as_str()? {
                "test" => {
                    if object.pointer(path).unwrap_or(&Value::Null) != &operation["value"] {
                        return None;
                    }
                }
                "remove" => {
                    object.pointer_mut(parent)?.as_object_mut()?.remove(&key)?;
                }
                "add" => {
                    object.pointer_mut(parent)?.as_object_mut()?.insert(key, operation["value"].clone());
                }
                _ => *object.pointer_mut(path)? = operation["value"].clone(),
            }
        }
        Some(object)
    }

    fn inverse(edits: &[Edit]) -> Vec<Edit> {
        edits.iter().map(|e| Edit { before: e.after.clone(), after: e.before.clone(), ..e.clone() }).collect()
    }

    fn any_object() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[a-c/~]{0,3}".prop_map(Value::from)
        ];
        let value = leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::btree_map("[a-d/~]{1,2}", inner.clone(), 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
                prop::collection::vec((prop_oneof![Just("app"), Just("side")], inner), 0..3).prop_map(|items| {
                    items.into_iter().map(|(name, value)| json!({"name": name, "v": value})).collect::<Vec<_>>().into()
                }),
            ]
        });
        value.prop_map(|value| json!({"metadata": {"uid": "u"}, "spec": value}))
    }

    proptest! {
        #[test]
        fn the_patch_makes_the_wanted_object_and_its_inverse_the_original(a in any_object(), b in any_object()) {
            let edits = between(&a, &b);
            let done = apply(&a, &patch("u", &edits));
            prop_assert_eq!(done.as_ref(), Some(&b));
            prop_assert_eq!(apply(&b, &patch("u", &inverse(&edits))), Some(a));
        }
    }

    fn deployment() -> Value {
        json!({"metadata": {"uid": "u"}, "spec": {"containers": [
            {"name": "side", "image": "s:1"},
            {"name": "app", "image": "a:1"},
        ]}})
    }

    #[test]
    fn a_container_that_moved_fails_the_guard() {
        let mut wanted = deployment();
        wanted["spec"]["containers"][1]["image"] = "a:2".into();
        let operations = patch("u", &between(&deployment(), &wanted));
        let mut moved = deployment();
        moved["spec"]["containers"].as_array_mut().unwrap().swap(0, 1);
        moved["spec"]["containers"][1]["image"] = "a:1".into();
        assert_eq!(apply(&moved, &operations), None);
    }

    #[test]
    fn an_edit_elsewhere_in_the_object_does_not_fail_the_guards() {
        let mut wanted = deployment();
        wanted["spec"]["containers"][1]["image"] = "a:2".into();
        let operations = patch("u", &between(&deployment(), &wanted));
        let mut elsewhere = deployment();
        elsewhere["spec"]["replicas"] = 7.into();
        elsewhere["spec"]["containers"][0]["image"] = "s:2".into();
        assert!(apply(&elsewhere, &operations).is_some());
    }

    #[test]
    fn a_field_that_appeared_meanwhile_fails_the_guard() {
        let mut wanted = deployment();
        wanted["metadata"]["annotations"] = json!({"a": "1"});
        let operations = patch("u", &between(&deployment(), &wanted));
        let mut other = deployment();
        other["metadata"]["annotations"] = json!({"a": "2"});
        assert_eq!(apply(&other, &operations), None);
    }
}
