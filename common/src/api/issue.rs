//! `Issue`: one incident, one cause.

use jiff::Timestamp;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::shared::{
    CauseRef, Condition, IssueSeverity, NameRef, ResourceRef, SignalType, Source, Time, conditions_schema,
};

/// What is wrong, as correlation found it.
#[derive(Clone, CustomResource, Debug, Deserialize, KubeSchema, PartialEq, Serialize)]
#[kube(
    group = "platform.chatcli.io",
    version = "v1alpha1",
    kind = "Issue",
    namespaced,
    status = "IssueStatus",
    derive = "PartialEq",
    shortname = "iss",
    shortname = "isu",
    category = "chatcli",
    category = "aiops",
    printcolumn(name = "Severity", type_ = "string", json_path = ".spec.severity"),
    printcolumn(name = "State", type_ = "string", json_path = ".status.state"),
    printcolumn(name = "Risk", type_ = "integer", json_path = ".spec.riskScore"),
    printcolumn(name = "Cause", type_ = "string", json_path = ".status.cause.code", priority = "1"),
    printcolumn(name = "Resource", type_ = "string", json_path = ".spec.resource.name", priority = "1"),
    printcolumn(name = "Attempts", type_ = "integer", json_path = ".status.remediationAttempts", priority = "1"),
    printcolumn(name = "Human", type_ = "boolean", json_path = ".status.requiresHumanAction", priority = "1"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
pub struct IssueSpec {
    /// How bad it is.
    pub severity: IssueSeverity,
    /// Who saw it first.
    pub source: Source,
    /// Signal that opened it; any name of the catalogue, or `slo_violation`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    pub signal_type: Option<String>,
    /// The workload or Node where the cause sits.
    pub resource: ResourceRef,
    /// One sentence for people.
    #[schemars(length(max = 32768))]
    pub description: String,
    /// Links correlated signals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 253))]
    pub correlation_id: Option<String>,
    /// Sum of the signals' weights, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100))]
    pub risk_score: Option<i32>,
    /// Accepted from documented manifests and ignored; the list the operator keeps is `status.correlatedAnomalies`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256))]
    pub correlated_anomalies: Vec<NameRef>,
    /// Who wrote it, pinned at admission; absent when the operator did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<String>,
}

/// Where an incident stands.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
pub enum IssueState {
    /// Seen, not explained yet.
    #[default]
    Detected,
    /// Being explained, or explained again after a failed attempt.
    Analyzing,
    /// A plan exists.
    Remediating,
    /// Silenced, not fixed; a person has to act.
    Contained,
    /// Over.
    Resolved,
    /// The operator has done what it may; a person has to act.
    Escalated,
    /// The operator could not work on it.
    Failed,
}

impl Issue {
    /// Goes on, as far as anybody has said.
    pub fn is_open(&self) -> bool {
        self.status.as_ref().is_none_or(|status| status.state.is_open())
    }

    /// When it began, as far as is known: when it was detected, else when it was made.
    pub fn began(&self) -> Option<Timestamp> {
        let detected = self.status.as_ref().and_then(|status| status.detected_at.as_ref()).map(|time| time.0);
        detected.or(self.metadata.creation_timestamp.as_ref().map(|time| time.0))
    }
}

impl IssueState {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Detected => "Detected",
            Self::Analyzing => "Analyzing",
            Self::Remediating => "Remediating",
            Self::Contained => "Contained",
            Self::Resolved => "Resolved",
            Self::Escalated => "Escalated",
            Self::Failed => "Failed",
        }
    }

    /// An open incident absorbs further anomalies of its resource. Escalated and Contained are open: the fault goes on.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Resolved | Self::Failed)
    }
}

impl std::fmt::Display for IssueState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is known and what is being done.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IssueStatus {
    /// Lifecycle state.
    #[serde(default)]
    pub state: IssueState,
    /// First detection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detected_at: Option<Time>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Time>,
    /// Attempts so far.
    #[serde(default)]
    pub remediation_attempts: i32,
    /// Attempts before a person is asked.
    #[serde(default = "three")]
    pub max_remediation_attempts: i32,
    /// Standard conditions: `Analyzing`, `Remediating`, `Contained`, `RequiresHumanAction`, `Resolved`, `Escalated`, `InvalidSpec`, ….
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions_schema")]
    pub conditions: Vec<Condition>,
    /// A person must restore service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requires_human_action: Option<bool>,
    /// What that person has to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_action: Option<String>,

    /// Generation this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Counts state changes; effects are named from it, so that doing one twice is doing it once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transition: Option<i64>,
    /// Counts the incidents of this resource, from 1; a new one begins when the last was resolved longer ago than the cooldown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub episode: Option<i64>,
    /// How often a fault came back after this incident was called resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopened: Option<i32>,
    /// Until then a returning fault re-opens the incident; after that it is a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopens_until: Option<Time>,
    /// The first finding, in short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<IssueCause>,
    /// The explanation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub insight_ref: Option<NameRef>,
    /// The plan being worked on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_plan_ref: Option<NameRef>,
    /// The report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_mortem_ref: Option<NameRef>,
    /// Anomalies folded in, newest last, at most 50.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub correlated_anomalies: Vec<CorrelatedAnomaly>,
    /// All anomalies ever folded in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anomaly_count: Option<i64>,
    /// Other resources that suffer from the same cause.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub folded_in: Vec<FoldedIn>,
    /// What says that it may be noise. Nothing is hidden because of it: below severity `high` it is listed after others of its severity.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub noise: Vec<NoiseReason>,
    /// When an anomaly of this incident last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Time>,
    /// What the incident waits for, in words: `1 of 1 vote`, `rollout`, `a person`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<String>,
}

fn three() -> i32 {
    3
}

/// A finding in short.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IssueCause {
    /// Stable finding code, e.g. `config-key-missing`; `unknown` when no rule applies.
    pub code: String,
    /// One sentence.
    pub statement: String,
    /// Where it sits.
    #[serde(flatten)]
    pub place: CauseRef,
}

/// One reason to take an incident for noise.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NoiseReason {
    /// `Repetitive`, `Seasonal`, `Flapping` or `Fatigue`.
    pub reason: String,
    /// In words, with the numbers.
    pub message: String,
}

/// One anomaly of an incident and why it belongs to it.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CorrelatedAnomaly {
    /// Anomaly name, in the Issue's namespace.
    pub name: String,
    /// Its signal.
    pub signal_type: SignalType,
    /// Why it was folded in.
    pub reason: String,
}

/// Another resource with the same cause.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FoldedIn {
    /// The resource.
    pub resource: ResourceRef,
    /// Why it belongs here, e.g. `calls checkout (service/checkout has no endpoints)`.
    pub reason: String,
}
