//! `PostMortem`: the report of one incident.

use std::collections::BTreeMap;

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::shared::{Condition, IssueSeverity, NameRef, ResourceRef, Time, conditions_schema};

/// Which incident. Immutable.
#[derive(Clone, CustomResource, Debug, Deserialize, KubeSchema, PartialEq, Serialize)]
#[kube(
    group = "platform.chatcli.io",
    version = "v1alpha1",
    kind = "PostMortem",
    namespaced,
    status = "PostMortemStatus",
    derive = "PartialEq",
    shortname = "pm",
    shortname = "pmortem",
    category = "chatcli",
    category = "aiops",
    printcolumn(name = "Issue", type_ = "string", json_path = ".spec.issueRef.name"),
    printcolumn(name = "Severity", type_ = "string", json_path = ".spec.severity"),
    printcolumn(name = "State", type_ = "string", json_path = ".status.state"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[x_kube(validation = Rule::new("self == oldSelf").message("a PostMortem's spec is immutable"))]
#[serde(rename_all = "camelCase")]
pub struct PostMortemSpec {
    /// Incident.
    pub issue_ref: NameRef,
    /// Affected object.
    pub resource: ResourceRef,
    /// Incident severity.
    pub severity: IssueSeverity,
}

/// Review state.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub enum PostMortemState {
    /// Written, nobody has looked.
    #[default]
    Open,
    /// Being reviewed.
    InReview,
    /// Done.
    Closed,
}

/// The report.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PostMortemStatus {
    /// Review state.
    #[serde(default)]
    pub state: PostMortemState,
    /// Incident summary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Root cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_cause: Option<String>,
    /// Impact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<String>,
    /// Ordered events.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timeline: Vec<TimelineEvent>,
    /// Actions and outcomes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions_executed: Vec<ActionRecord>,
    /// Lessons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lessons_learned: Vec<String>,
    /// Prevention steps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prevention_actions: Vec<String>,
    /// Detection to end, in Go's duration form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<String>,
    /// Creation of the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generated_at: Option<Time>,
    /// Human review time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed_at: Option<Time>,
    /// Metric values around the incident.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metric_snapshots: Vec<MetricSnapshot>,
    /// Other affected objects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blast_radius: Vec<BlastRadiusEntry>,
    /// Suspected commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git_correlation: Option<Box<GitCorrelation>>,
    /// Effect on service levels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sli_impact: Option<String>,
    /// Percent of error budget burnt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_budget_burned: Option<f64>,
    /// Recurrence in the last 30 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trending: Option<TrendingInfo>,
    /// Human feedback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feedback: Option<DevFeedback>,
    /// GitOps summary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git_ops_context: Option<String>,
    /// Log summary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_analysis_summary: Option<String>,
    /// Service chain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cascade_chain: Vec<String>,
    /// The incident was contained or escalated, not fixed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requires_human_action: Option<bool>,
    /// What a person must do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_action: Option<String>,

    /// Generation this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// `Issue.status.transition` this report tells of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue_transition: Option<i64>,
    /// Standard conditions: `Generated`, `Reviewed`, `AwaitingHumanAction`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions_schema")]
    pub conditions: Vec<Condition>,
}

/// One event of the timeline.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TimelineEvent {
    /// When.
    pub timestamp: Time,
    /// `detected`, `analyzed`, `action_executed`, `action_failed`, `verified`, `resolved`, ….
    #[serde(rename = "type")]
    pub event_type: String,
    /// Text.
    pub detail: String,
}

/// One action and its true outcome.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ActionRecord {
    /// Action name.
    pub action: String,
    /// Its parameters.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
    /// `success`, `failed`, `skipped` or `undone`.
    pub result: String,
    /// Outcome text.
    #[serde(default)]
    pub detail: String,
    /// When.
    pub timestamp: Time,
}

/// One metric value.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MetricSnapshot {
    /// Metric.
    pub name: String,
    /// Value as text.
    pub value: String,
    /// When.
    pub timestamp: Time,
    /// `before`, `during` or `after`.
    pub phase: String,
}

/// Another affected object.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BlastRadiusEntry {
    /// The object.
    pub resource: ResourceRef,
    /// How.
    pub impact: String,
    /// How badly.
    pub severity: String,
}

/// A suspected commit.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GitCorrelation {
    /// Commit.
    #[serde(rename = "commitSHA")]
    pub commit_sha: String,
    /// Message.
    pub commit_message: String,
    /// Author.
    pub author: String,
    /// Commit time.
    pub timestamp: Time,
    /// 0.9 where it changed a file that a stack trace of the incident names, 0.7 where only its time and size speak against it.
    pub confidence: f64,
    /// Files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files_changed: Vec<String>,
}

/// Recurrence.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrendingInfo {
    /// Occurrences in the window.
    pub occurrence_count: i32,
    /// Window in days.
    pub window_days: i32,
    /// Names of related reports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related_post_mortems: Vec<String>,
    /// Pattern text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
}

/// What a person says about the report.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DevFeedback {
    /// Corrected root cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub override_root_cause: Option<String>,
    /// 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 5))]
    pub remediation_accuracy: Option<i32>,
    /// Text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comments: Option<String>,
    /// Reviewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provided_by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provided_at: Option<Time>,
}
