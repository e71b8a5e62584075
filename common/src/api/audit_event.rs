//! `AuditEvent`: one record of who did what to what. Append-only.

use std::collections::BTreeMap;

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::shared::Time;

/// The record. Immutable.
#[derive(Clone, CustomResource, Debug, Deserialize, KubeSchema, PartialEq, Serialize)]
#[kube(
    group = "platform.chatcli.io",
    version = "v1alpha1",
    kind = "AuditEvent",
    namespaced,
    derive = "PartialEq",
    shortname = "ae",
    shortname = "auditev",
    category = "chatcli",
    category = "aiops",
    printcolumn(name = "EventType", type_ = "string", json_path = ".spec.eventType"),
    printcolumn(name = "Actor", type_ = "string", json_path = ".spec.actor.name"),
    printcolumn(name = "Resource", type_ = "string", json_path = ".spec.resource.name"),
    printcolumn(name = "Severity", type_ = "string", json_path = ".spec.severity"),
    printcolumn(name = "Kind", type_ = "string", json_path = ".spec.resource.kind", priority = "1"),
    printcolumn(name = "When", type_ = "date", json_path = ".spec.timestamp", priority = "1"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[x_kube(validation = Rule::new("self == oldSelf").message("an AuditEvent cannot be changed"))]
#[serde(rename_all = "camelCase")]
pub struct AuditEventSpec {
    /// Event class, e.g. `issue_created`, `remediation_completed`. Open: later versions add classes.
    #[schemars(length(min = 1, max = 63), regex(pattern = r"^[a-z][a-z0-9_]*$"))]
    pub event_type: String,
    /// Who did it.
    pub actor: AuditActor,
    /// What it was done to.
    pub resource: AuditResource,
    /// Pairs that belong to the class.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<String, String>,
    /// How grave: `info`, `warning` or `critical`.
    #[serde(default = "info")]
    #[schemars(extend("enum" = ["info", "warning", "critical"]))]
    pub severity: String,
    /// Groups related events; the Issue name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 253))]
    pub correlation_id: Option<String>,
    /// When it happened.
    pub timestamp: Time,
    /// Place in the namespace's chain, from 1. Absent on events of ChatCLI's Go operator, which have no chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub sequence: Option<i64>,
    /// `sha256:<64 hex>` of the event before; of nothing for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 128))]
    pub previous_hash: Option<String>,
}

fn info() -> String {
    "info".to_owned()
}

/// Who did it.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditActor {
    /// Kind of actor: `system`, `user` or `controller`.
    #[serde(rename = "type")]
    #[schemars(extend("enum" = ["system", "user", "controller"]))]
    pub actor_type: String,
    /// Name, e.g. a controller's or a user's.
    #[schemars(length(max = 1024))]
    pub name: String,
    /// Controller id, e.g. `issue-controller`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 253))]
    pub controller: Option<String>,
}

/// What it was done to.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditResource {
    /// Kind of the subject.
    #[schemars(length(max = 63))]
    pub kind: String,
    /// Name of the subject.
    #[schemars(length(max = 253))]
    pub name: String,
    /// Namespace of the subject; empty for cluster-scoped kinds.
    #[serde(default)]
    #[schemars(length(max = 63))]
    pub namespace: String,
    /// UID of the subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    pub uid: Option<String>,
}
