//! Taking over what an earlier operator made: without a new object, and without a restart.
//!
//! Upstream wrote whole objects. As long as its fields are its own, server-side apply cannot take one away; so they are made ours first,
//! which changes nothing about the object itself. An owner of the same name that is not the subject (the legacy object, or an Instance that
//! was deleted and made again) is replaced by the subject.

use common::api::keys::{OPERATOR_SERVICE_ACCOUNT, annotations, labels, managers};
use serde_json::{Value, json};

use super::subject::Subject;

/// Names under which upstream's operator wrote.
const EARLIER: &[&str] = &["manager", "chatcli-operator", "operator"];

/// Fields that what we apply leaves out, and that must not be taken away with that: a Deployment would fall back to one replica, and the
/// class that admission chose for a claim cannot be changed.
const LEFT_ALONE: &[&str] = &["f:replicas", "f:storageClassName"];

/// True when what was applied last to the object was not applied by us.
pub(super) fn is_earlier(live: &Value) -> bool {
    live["metadata"]["annotations"][annotations::APPLIED].is_null()
}

/// True when the object is somebody else's and only happens to have the name.
pub(super) fn is_taken(live: &Value, subject: &Subject) -> bool {
    let is_ours = live["metadata"]["labels"][labels::MANAGED_BY] == OPERATOR_SERVICE_ACCOUNT
        && live["metadata"]["labels"][labels::INSTANCE] == subject.name();
    let made_for = &live["metadata"]["annotations"][annotations::INSTANCE];
    !is_ours || (made_for.is_string() && *made_for != subject.key.to_string())
}

/// Another object that owns it, by the same name.
fn other_owner(live: &Value, subject: &Subject) -> Option<usize> {
    let owners = live["metadata"]["ownerReferences"].as_array()?;
    owners.iter().position(|owner| owner["controller"] == true && owner["uid"] != subject.uid)
}

/// The JSON Patch that makes earlier fields ours, or `None` when there is nothing to take over.
pub(super) fn takeover(live: &Value, subject: &Subject) -> Option<Value> {
    let metadata = &live["metadata"];
    let mut patch =
        vec![json!({ "op": "test", "path": "/metadata/resourceVersion", "value": metadata["resourceVersion"] })];
    if let Some(index) = other_owner(live, subject) {
        let owner = &metadata["ownerReferences"][index];
        let is_namesake =
            owner["name"] == subject.name() && matches!(owner["kind"].as_str(), Some("Instance" | "ChatCLIInstance"));
        if !is_namesake {
            return None;
        }
        patch.push(
            json!({ "op": "replace", "path": format!("/metadata/ownerReferences/{index}"), "value": subject.owner() }),
        );
    }
    let fields = metadata["managedFields"].as_array();
    let ours = fields.is_some_and(|entries| {
        entries.iter().any(|entry| entry["manager"] == managers::INSTANCE && entry["operation"] == "Apply")
    });
    let earlier = fields.and_then(|entries| entries.iter().position(is_earlier_entry));
    if let Some(index) = earlier.filter(|_| !ours) {
        let path = format!("/metadata/managedFields/{index}");
        patch.push(json!({ "op": "replace", "path": format!("{path}/manager"), "value": managers::INSTANCE }));
        patch.push(json!({ "op": "replace", "path": format!("{path}/operation"), "value": "Apply" }));
        let owned = fields.map(|entries| &entries[index]["fieldsV1"]["f:spec"]);
        for field in LEFT_ALONE.iter().filter(|field| owned.is_some_and(|owned| !owned[**field].is_null())) {
            patch.push(json!({ "op": "remove", "path": format!("{path}/fieldsV1/f:spec/{field}") }));
        }
    }
    (patch.len() > 1).then_some(Value::Array(patch))
}

fn is_earlier_entry(entry: &Value) -> bool {
    entry["operation"] == "Update"
        && entry["subresource"].as_str().is_none_or(str::is_empty)
        && entry["manager"].as_str().is_some_and(|manager| EARLIER.contains(&manager))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn subject() -> Subject {
        let document = json!({
            "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "Instance",
            "metadata": { "name": "web", "namespace": "shop", "uid": "new" }, "spec": { "provider": "OLLAMA" },
        });
        Subject::of_instance(Arc::new(serde_json::from_value(document).unwrap()))
    }

    fn live(owner: &Value, manager: &str) -> Value {
        json!({ "metadata": {
            "resourceVersion": "7",
            "ownerReferences": [owner],
            "managedFields": [
                { "manager": "kubectl-edit", "operation": "Update", "fieldsV1": {} },
                { "manager": manager, "operation": "Update", "fieldsV1": { "f:spec": { "f:replicas": {} } } },
            ],
        } })
    }

    #[test]
    fn an_earlier_operators_fields_become_ours_but_not_its_number_of_replicas() {
        let patch = takeover(&live(&subject().owner(), "manager"), &subject()).unwrap();
        let paths: Vec<_> = patch.as_array().unwrap().iter().map(|step| step["path"].as_str().unwrap()).collect();
        assert_eq!(
            paths,
            [
                "/metadata/resourceVersion",
                "/metadata/managedFields/1/manager",
                "/metadata/managedFields/1/operation",
                "/metadata/managedFields/1/fieldsV1/f:spec/f:replicas"
            ]
        );
    }

    #[test]
    fn the_storage_class_of_an_earlier_claim_is_not_ours_to_take_away() {
        let mut claim = live(&subject().owner(), "manager");
        claim["metadata"]["managedFields"][1]["fieldsV1"] = json!({ "f:spec": { "f:storageClassName": {} } });
        let patch = takeover(&claim, &subject()).unwrap();
        assert_eq!(patch[3]["path"], "/metadata/managedFields/1/fieldsV1/f:spec/f:storageClassName");
    }

    #[test]
    fn a_persons_fields_stay_theirs() {
        assert_eq!(takeover(&live(&subject().owner(), "kubectl-annotate"), &subject()), None);
    }

    #[test]
    fn a_namesake_is_followed_as_owner_and_nobody_else() {
        let legacy = json!({ "kind": "ChatCLIInstance", "name": "web", "uid": "old", "controller": true });
        let patch = takeover(&live(&legacy, "somebody"), &subject()).unwrap();
        assert_eq!(patch[1]["path"], "/metadata/ownerReferences/0");
        let stranger = json!({ "kind": "HelmRelease", "name": "web", "uid": "x", "controller": true });
        assert_eq!(takeover(&live(&stranger, "manager"), &subject()), None);
    }
}
