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
    }
    (patch.len() > 1).then_some(Value::Array(patch))
}

fn is_earlier_entry(entry: &Value) -> bool {
    entry["operation"] == "Update"
        && entry["subresource"].as_str().is_none_or(str::is_empty)
        && entry["manager"].as_str().is_some_and(|manager| EARLIER.contains(&manager))
}
