//! `Runbook`: a reusable procedure, written by a person or recorded from a finding's remedy.

use std::{borrow::Cow, collections::BTreeMap};

use kube::{CustomResource, KubeSchema};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::shared::{ActionType, IssueSeverity, ResourceRef, SignalType};

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
    #[schemars(length(min = 1, max = 64))]
    pub steps: Vec<RunbookStep>,
    /// Attempt limit; can only lower the configured one.
    #[serde(default = "three", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
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
    /// Signal: one of the catalogue, `slo_violation`, or `*` for any.
    pub signal_type: TriggerSignal,
    /// Severity.
    pub severity: IssueSeverity,
    /// Resource kind, exact.
    #[schemars(length(min = 1, max = 63), regex(pattern = r"^[A-Za-z][A-Za-z0-9]*$"))]
    pub resource_kind: String,
}

impl RunbookTrigger {
    /// True when an incident with this signal and severity, on this kind, is answered.
    pub fn fits(&self, signal: &str, severity: IssueSeverity, kind: &str) -> bool {
        self.severity == severity && self.resource_kind == kind && self.signal_type.answers(signal)
    }
}

/// The signals a Runbook answers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TriggerSignal {
    /// `*`: any signal, also none.
    Any,
    /// `slo_violation`, which is no Anomaly's signal: an Issue gets it from its objective.
    SloViolation,
    /// One of the catalogue.
    Of(SignalType),
}

impl TriggerSignal {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Any => "*",
            Self::SloViolation => "slo_violation",
            Self::Of(signal) => signal.as_str(),
        }
    }

    /// True when an incident with this signal is answered. `latency_spike` is what documents call `latency`.
    pub fn answers(self, signal: &str) -> bool {
        self == Self::Any || self.as_str() == signal || (self.as_str() == "latency" && signal == "latency_spike")
    }
}

impl From<SignalType> for TriggerSignal {
    fn from(signal: SignalType) -> Self {
        Self::Of(signal)
    }
}

impl Serialize for TriggerSignal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Of(signal) => signal.serialize(serializer),
            other => serializer.serialize_str(other.as_str()),
        }
    }
}

impl<'de> Deserialize<'de> for TriggerSignal {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        match name.as_str() {
            "*" => Ok(Self::Any),
            "slo_violation" => Ok(Self::SloViolation),
            other => SignalType::deserialize(serde::de::value::StrDeserializer::new(other)).map(Self::Of),
        }
    }
}

impl JsonSchema for TriggerSignal {
    fn schema_name() -> Cow<'static, str> {
        "TriggerSignal".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let names = ["*", "slo_violation"].into_iter().map(serde_json::Value::from).chain(signal_names(generator));
        json_schema!({ "type": "string", "enum": names.collect::<Vec<_>>() })
    }
}

/// The catalogue as the enum's own schema lists it, aliases included. Documented variants stand in `oneOf`, the rest in `enum`.
fn signal_names(generator: &mut SchemaGenerator) -> Vec<serde_json::Value> {
    let schema = SignalType::json_schema(generator).to_value();
    let variants = schema.get("oneOf").and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
    std::iter::once(&schema)
        .chain(&variants)
        .flat_map(|part| {
            let names = part.get("enum").and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
            names.into_iter().chain(part.get("const").cloned())
        })
        .collect()
}

/// Names of actions. `Custom` is one: upstream's own sample has it, and it is refused when planned.
fn action_schema(_: &mut SchemaGenerator) -> Schema {
    let names: Vec<_> = ActionType::ALL.iter().map(|action| action.as_str()).collect();
    json_schema!({ "type": "string", "enum": names })
}

/// One step.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunbookStep {
    /// Title.
    #[schemars(length(max = 253))]
    pub name: String,
    /// Action name.
    #[schemars(schema_with = "action_schema")]
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
