//! `EscalationPolicy`: who is told next while nobody acts.

use kube::{CustomResource, KubeSchema};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use super::shared::{Condition, IssueSeverity, Time, conditions_schema, map_list};

/// The chain.
#[derive(Clone, CustomResource, Debug, Deserialize, KubeSchema, PartialEq, Serialize)]
#[kube(
    group = "platform.chatcli.io",
    version = "v1alpha1",
    kind = "EscalationPolicy",
    plural = "escalationpolicies",
    namespaced,
    status = "EscalationPolicyStatus",
    derive = "PartialEq",
    shortname = "ep",
    shortname = "escp",
    category = "chatcli",
    category = "aiops",
    printcolumn(name = "Levels", type_ = "integer", json_path = ".status.levelCount"),
    printcolumn(name = "Default", type_ = "boolean", json_path = ".spec.defaultPolicy"),
    printcolumn(name = "Enabled", type_ = "boolean", json_path = ".spec.enabled"),
    printcolumn(name = "Escalations", type_ = "integer", json_path = ".status.totalEscalations", priority = "1"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
pub struct EscalationPolicySpec {
    /// Ordered chain, first level first.
    #[schemars(length(min = 1, max = 32))]
    #[x_kube(validation = Rule::new("self.all(a, self.exists_one(b, b.name == a.name))").message("two levels have the same name"))]
    pub levels: Vec<EscalationLevel>,
    /// Use when nothing else matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_policy: Option<bool>,
    /// Severities covered; empty = all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub severities: Vec<IssueSeverity>,
    /// Policy on or off.
    #[serde(default = "yes")]
    pub enabled: bool,
}

fn yes() -> bool {
    true
}

fn fifteen() -> i32 {
    15
}

/// One level.
#[derive(Clone, Debug, Deserialize, KubeSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("size(self.targets) > 0 || (has(self.notifyChannels) && size(self.notifyChannels) > 0)").message("nobody is told at this level: give targets or notifyChannels").field_path(".targets"))]
pub struct EscalationLevel {
    /// Level title, e.g. `L1-OnCall`.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
    /// Minutes before the next level.
    #[serde(default = "fifteen")]
    #[schemars(range(min = 1))]
    pub timeout_minutes: i32,
    /// Who is responsible.
    #[schemars(length(max = 64))]
    pub targets: Vec<EscalationTarget>,
    /// Channel names of NotificationPolicies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), inner(length(min = 1, max = 253)))]
    pub notify_channels: Vec<String>,
    /// Minutes between repetitions; 0 = never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0), extend("default" = 0))]
    pub repeat_interval_minutes: Option<i32>,
}

/// Who is responsible.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EscalationTarget {
    /// Kind of target.
    #[serde(rename = "type")]
    pub target_type: EscalationTargetType,
    /// User mail, team, channel or on-call schedule.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
}

/// Kind of target.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EscalationTargetType {
    /// A notification channel.
    Channel,
    /// A person.
    User,
    /// A team.
    Team,
    /// Whoever is on call.
    Oncall,
}

/// What runs.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EscalationPolicyStatus {
    /// Ongoing escalations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "active_schema")]
    pub active_escalations: Vec<ActiveEscalation>,
    /// Escalations ever started.
    #[serde(default)]
    pub total_escalations: i64,
    /// Number of levels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level_count: Option<i32>,
    /// Standard conditions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions_schema")]
    pub conditions: Vec<Condition>,
    /// Generation this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
}

fn active_schema(generator: &mut SchemaGenerator) -> Schema {
    map_list::<ActiveEscalation>(generator, &["issueName"])
}

/// One Issue being escalated.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ActiveEscalation {
    /// Issue name; map key.
    pub issue_name: String,
    /// 0-based level.
    pub current_level: i32,
    /// When that level began.
    pub escalated_at: Time,
    /// When somebody took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<Time>,
    /// Who took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_by: Option<String>,
    /// Namespace of the Issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}
