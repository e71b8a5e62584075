//! `Anomaly`: one raw signal on one object, before correlation.

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::shared::{Condition, NameRef, ResourceRef, SignalType, Source, Time, conditions_schema};

/// What was seen. Immutable: a repeat only moves `status.count` and `status.lastSeen`.
#[derive(Clone, CustomResource, Debug, Deserialize, KubeSchema, PartialEq, Serialize)]
#[kube(
    group = "platform.chatcli.io",
    version = "v1alpha1",
    kind = "Anomaly",
    plural = "anomalies",
    namespaced,
    status = "AnomalyStatus",
    derive = "PartialEq",
    shortname = "anom",
    category = "chatcli",
    category = "aiops",
    printcolumn(name = "Source", type_ = "string", json_path = ".spec.source"),
    printcolumn(name = "Signal", type_ = "string", json_path = ".spec.signalType"),
    printcolumn(name = "Correlated", type_ = "boolean", json_path = ".status.correlated"),
    printcolumn(name = "Resource", type_ = "string", json_path = ".spec.resource.name", priority = "1"),
    printcolumn(name = "Severity", type_ = "string", json_path = ".spec.severity", priority = "1"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[x_kube(validation = Rule::new("self == oldSelf").message("an Anomaly's spec is immutable"))]
#[serde(rename_all = "camelCase")]
pub struct AnomalySpec {
    /// Detecting system.
    pub source: Source,
    /// Signal class.
    pub signal_type: SignalType,
    /// Affected workload or node.
    pub resource: ResourceRef,
    /// Observed value as text.
    #[serde(default)]
    #[schemars(length(max = 4096))]
    pub value: String,
    /// Expected value as text.
    #[serde(default)]
    #[schemars(length(max = 4096))]
    pub threshold: String,
    /// One sentence for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32768))]
    pub description: Option<String>,
    /// Lower bound for the severity of the incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<AnomalySeverity>,
    /// When it began, where that is earlier than this object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detected_at: Option<Time>,
    /// The pod or container in which it shows, e.g. `pod/web-1 container app`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1024))]
    pub object: Option<String>,
    /// Counts the incidents of this resource; part of the object's identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub episode: Option<i64>,
    /// Who wrote it, pinned at admission; absent when the operator did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<String>,
}

/// Severity as documents write it on an Anomaly.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AnomalySeverity {
    /// Lowest.
    Low,
    /// Read as medium.
    Warning,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Highest.
    Critical,
}

/// What became of it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AnomalyStatus {
    /// Attached to an Issue, or suppressed with a reason.
    #[serde(default)]
    pub correlated: bool,
    /// The Issue it was attached to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue_ref: Option<NameRef>,
    /// True while the signal holds; false once it stayed away for the signal's own recovery time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// How often it was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
    /// First time the predicate held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Time>,
    /// Last time it changed while holding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Time>,
    /// When it stopped holding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cleared_at: Option<Time>,
    /// Why it ended (`Recovered`, `ResourceDeleted`) or was suppressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Generation this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Standard conditions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions_schema")]
    pub conditions: Vec<Condition>,
}
