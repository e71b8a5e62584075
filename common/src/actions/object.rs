//! One object as the API server returned it, read field by field.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::api::ResourceRef;

/// An API object as JSON. JSON and not a typed struct: a patch must not lose fields that this build does not know.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object(pub Value);

impl Object {
    /// The value at a JSON Pointer.
    pub fn at(&self, pointer: &str) -> Option<&Value> {
        self.0.pointer(pointer)
    }

    /// Text at a JSON Pointer; empty when absent.
    pub fn text(&self, pointer: &str) -> &str {
        self.at(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// A number at a JSON Pointer.
    pub fn int(&self, pointer: &str) -> Option<i64> {
        self.at(pointer).and_then(Value::as_i64)
    }

    /// A list at a JSON Pointer; empty when absent.
    pub fn list(&self, pointer: &str) -> &[Value] {
        self.at(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// Strings by name at a JSON Pointer.
    pub fn strings(&self, pointer: &str) -> BTreeMap<&str, &str> {
        self.at(pointer)
            .and_then(Value::as_object)
            .map(|map| map.iter().filter_map(|(key, value)| Some((key.as_str(), value.as_str()?))).collect())
            .unwrap_or_default()
    }

    /// `kind`.
    pub fn kind(&self) -> &str {
        self.text("/kind")
    }

    /// `metadata.name`.
    pub fn name(&self) -> &str {
        self.text("/metadata/name")
    }

    /// `metadata.namespace`; empty for cluster-scoped objects.
    pub fn namespace(&self) -> &str {
        self.text("/metadata/namespace")
    }

    /// `metadata.uid`.
    pub fn uid(&self) -> &str {
        self.text("/metadata/uid")
    }

    /// `metadata.generation`.
    pub fn generation(&self) -> Option<i64> {
        self.int("/metadata/generation")
    }

    /// A label.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.at("/metadata/labels")?.get(key)?.as_str()
    }

    /// An annotation.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.at("/metadata/annotations")?.get(key)?.as_str()
    }

    /// Deletion has been asked for.
    pub fn is_terminating(&self) -> bool {
        self.at("/metadata/deletionTimestamp").is_some()
    }

    /// UID of the controlling owner.
    pub fn controller_uid(&self) -> Option<&str> {
        self.list("/metadata/ownerReferences")
            .iter()
            .find(|owner| owner.get("controller").and_then(Value::as_bool) == Some(true))
            .and_then(|owner| owner.get("uid")?.as_str())
    }

    /// A reference pinned to this very object.
    pub fn reference(&self) -> ResourceRef {
        ResourceRef {
            kind: self.kind().to_owned(),
            name: self.name().to_owned(),
            namespace: self.namespace().to_owned(),
            api_version: self.at("/apiVersion").and_then(Value::as_str).map(str::to_owned),
            uid: Some(self.uid().to_owned()).filter(|uid| !uid.is_empty()),
        }
    }

    /// Replicas wanted; an absent number means 1, as the API defaults it.
    pub fn replicas(&self) -> i64 {
        self.int("/spec/replicas").unwrap_or(1)
    }

    /// A flag at a JSON Pointer; absent is false.
    pub fn flag(&self, pointer: &str) -> bool {
        self.at(pointer).and_then(Value::as_bool) == Some(true)
    }

    /// JSON Pointer of the pod template of a workload of this kind.
    pub fn pod_template(&self) -> &'static str {
        if self.kind() == "CronJob" { "/spec/jobTemplate/spec/template" } else { "/spec/template" }
    }

    /// Pods the workload wants at a time, as far as it says so itself.
    pub fn wanted_pods(&self) -> i64 {
        match self.kind() {
            "DaemonSet" => self.int("/status/desiredNumberScheduled").unwrap_or(0),
            "Job" if self.flag("/spec/suspend") => 0,
            "Job" => {
                let at_once = self.int("/spec/parallelism").unwrap_or(1);
                let left = |all: i64| all - self.int("/status/succeeded").unwrap_or(0);
                self.int("/spec/completions").map_or(at_once, |all| at_once.min(left(all))).max(0)
            }
            "CronJob" => 0,
            _ => self.replicas(),
        }
    }

    /// The condition is there and true.
    pub fn is(&self, condition_type: &str) -> bool {
        self.condition(condition_type).is_some_and(|condition| condition.text("/status") == "True")
    }

    /// The status condition of this type.
    pub fn condition(&self, condition_type: &str) -> Option<Object> {
        self.list("/status/conditions")
            .iter()
            .find(|condition| condition.get("type").and_then(Value::as_str) == Some(condition_type))
            .map(|condition| Object(condition.clone()))
    }
}

/// One segment of a JSON Pointer.
pub fn escape(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1")
}

/// Does a label selector (`matchLabels`, `matchExpressions`) select these labels? An empty selector selects everything, an absent one
/// nothing, an operator from the future nothing.
pub fn selects(selector: Option<&Value>, labels: &BTreeMap<&str, &str>) -> bool {
    let Some(selector) = selector else { return false };
    let by_label = selector.get("matchLabels").and_then(Value::as_object).is_none_or(|wanted| has_all(wanted, labels));
    by_label
        && selector.get("matchExpressions").and_then(Value::as_array).is_none_or(|all| {
            all.iter().all(|expression| {
                let key = expression.get("key").and_then(Value::as_str).unwrap_or_default();
                let values: Vec<&str> = expression
                    .get("values")
                    .and_then(Value::as_array)
                    .map(|values| values.iter().filter_map(Value::as_str).collect())
                    .unwrap_or_default();
                let found = labels.get(key);
                match expression.get("operator").and_then(Value::as_str) {
                    Some("In") => found.is_some_and(|value| values.contains(value)),
                    Some("NotIn") => found.is_none_or(|value| !values.contains(value)),
                    Some("Exists") => found.is_some(),
                    Some("DoesNotExist") => found.is_none(),
                    _ => false,
                }
            })
        })
}

/// Every wanted label is there with its value.
pub fn has_all(wanted: &serde_json::Map<String, Value>, labels: &BTreeMap<&str, &str>) -> bool {
    wanted.iter().all(|(key, value)| value.as_str().is_some_and(|value| labels.get(key.as_str()) == Some(&value)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_selector_means_what_kubernetes_means() {
        let labels = BTreeMap::from([("app", "web"), ("tier", "front")]);
        let yes = |selector: Value| selects(Some(&selector), &labels);
        assert!(yes(json!({})));
        assert!(yes(json!({"matchLabels": {"app": "web"}})));
        assert!(!yes(json!({"matchLabels": {"app": "api"}})));
        assert!(yes(json!({"matchExpressions": [{"key": "tier", "operator": "In", "values": ["front", "back"]}]})));
        assert!(yes(json!({"matchExpressions": [{"key": "zone", "operator": "NotIn", "values": ["a"]}]})));
        assert!(!yes(json!({"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]})));
        assert!(!selects(None, &labels));
    }
}
