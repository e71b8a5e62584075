//! `Runbook`: a reusable procedure, written by a person or recorded from a finding's remedy.

use std::collections::BTreeMap;

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::shared::{IssueSeverity, ResourceRef, SignalType};

/// When it applies and what it does.
#[derive(Clone, CustomResource, Debug, Deserialize, KubeSchema, PartialEq, Serialize)]
#[kube(
    group = "platform.chatcli.io",
    version = "v1alpha1",
    kind = "Runbook",
    namespaced,
    derive = "PartialEq",
    shortname = "rb",
    shortname = "runb",
    category = "chatcli",
    category = "aiops",
    printcolumn(name = "Signal", type_ = "string", json_path = ".spec.trigger.signalType"),
    printcolumn(name = "Severity", type_ = "string", json_path = ".spec.trigger.severity"),
    printcolumn(name = "ResourceKind", type_ = "string", json_path = ".spec.trigger.resourceKind"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
pub struct RunbookSpec {
    /// Purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 65536))]
    pub description: Option<String>,
    /// When it applies.
    pub trigger: RunbookTrigger,
    /// Ordered steps, become plan actions.
    #[schemars(length(max = 64))]
    pub steps: Vec<RunbookStep>,
    /// Attempt limit; can only lower the configured one.
    #[serde(default = "three", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 10))]
    pub max_attempts: Option<i32>,
    /// False = never chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Recorded from a finding: the only finding and workload it matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound_to: Option<RunbookBinding>,
    /// Who wrote it, pinned at admission; absent when the operator did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<String>,
}

#[allow(clippy::unnecessary_wraps, reason = "the shape serde asks for")]
fn three() -> Option<i32> {
    Some(3)
}

/// Signal, severity and kind an incident must have.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunbookTrigger {
    /// Signal.
    pub signal_type: SignalType,
    /// Severity.
    pub severity: IssueSeverity,
    /// Resource kind, exact.
    #[schemars(length(min = 1, max = 63))]
    pub resource_kind: String,
}

/// One step.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunbookStep {
    /// Title.
    #[schemars(length(max = 253))]
    pub name: String,
    /// Action name; an unknown one is refused when planned.
    #[schemars(length(max = 63))]
    pub action: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Parameters by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
}

/// What a recorded Runbook is good for.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunbookBinding {
    /// Finding code.
    pub finding_code: String,
    /// The workload, with UID.
    pub target: ResourceRef,
}
