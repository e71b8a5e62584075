//! `ApprovalPolicy`: rules that say which remediations need approval.

use std::collections::BTreeMap;

use kube::{CustomResource, KubeSchema};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use super::{
    formats,
    shared::{ActionType, Condition, IssueSeverity, conditions_schema, map_list_of_at_most},
};

/// The rules.
#[derive(Clone, CustomResource, Debug, Deserialize, KubeSchema, PartialEq, Serialize)]
#[kube(
    group = "platform.chatcli.io",
    version = "v1alpha1",
    kind = "ApprovalPolicy",
    plural = "approvalpolicies",
    namespaced,
    status = "ApprovalPolicyStatus",
    derive = "PartialEq",
    shortname = "ap",
    shortname = "approvalpol",
    category = "chatcli",
    category = "aiops",
    printcolumn(name = "DefaultMode", type_ = "string", json_path = ".spec.defaultMode"),
    printcolumn(name = "Enabled", type_ = "boolean", json_path = ".spec.enabled"),
    printcolumn(name = "Approved", type_ = "integer", json_path = ".status.totalApproved"),
    printcolumn(name = "Rejected", type_ = "integer", json_path = ".status.totalRejected"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalPolicySpec {
    /// Ordered rules, by name.
    #[schemars(schema_with = "rules_schema")]
    pub rules: Vec<ApprovalRule>,
    /// Mode for plans that no rule matches.
    #[serde(default = "manual", skip_serializing_if = "Option::is_none")]
    pub default_mode: Option<ApprovalMode>,
    /// Policy on or off.
    #[serde(default = "yes")]
    pub enabled: bool,
}

#[allow(clippy::unnecessary_wraps, reason = "the shape serde asks for")]
fn manual() -> Option<ApprovalMode> {
    Some(ApprovalMode::Manual)
}

fn yes() -> bool {
    true
}

fn rules_schema(generator: &mut SchemaGenerator) -> Schema {
    map_list_of_at_most::<ApprovalRule>(generator, &["name"], 128)
}

/// How a decision is made.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ApprovalMode {
    /// By rule.
    Auto,
    /// By one person.
    #[default]
    Manual,
    /// By several people.
    Quorum,
}

/// One rule.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalRule {
    /// Rule id, referenced by requests; map key.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
    /// Selector; all given parts must match.
    #[serde(rename = "match")]
    pub matches: ApprovalMatch,
    /// How the decision is made.
    #[serde(default)]
    pub mode: ApprovalMode,
    /// Approvals needed in `quorum` mode, at least 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1), extend("default" = 1))]
    pub required_approvers: Option<i32>,
    /// Minutes until an undecided request expires, at least 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1), extend("default" = 30))]
    pub timeout_minutes: Option<i32>,
    /// When decisions may take effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_window: Option<ChangeWindowSpec>,
    /// All must hold in `auto` mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_approve_conditions: Option<AutoApproveConditions>,
    /// Groups that have to be among those who approve, beside the number of approvers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "required_groups_schema")]
    pub required_groups: Vec<RequiredGroup>,
    /// Gravest blast radius with which `auto` still runs by itself; a graver one asks a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_blast_radius: Option<IssueSeverity>,
}

fn required_groups_schema(generator: &mut SchemaGenerator) -> Schema {
    map_list_of_at_most::<RequiredGroup>(generator, &["group"], 16)
}

/// A group that has to have its say.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequiredGroup {
    /// The group, as the API server knows the voter to be in; map key.
    #[schemars(length(min = 1, max = 253))]
    pub group: String,
    /// Distinct approvers out of it, at least 1.
    #[serde(default = "one")]
    #[schemars(range(min = 1))]
    pub count: i32,
}

fn one() -> i32 {
    1
}

/// What a rule selects; an empty part selects all.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalMatch {
    /// Issue severities.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub severities: Vec<IssueSeverity>,
    /// Any plan action of these types.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub action_types: Vec<ActionType>,
    /// Namespace of the affected resource.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "formats::namespaces")]
    pub namespaces: Vec<String>,
    /// Kinds, case-insensitive.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), inner(length(min = 1, max = 63)))]
    pub resource_kinds: Vec<String>,
    /// Labels of the affected resource, all of them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub match_labels: BTreeMap<String, String>,
}

/// A weekly window in a time zone.
#[derive(Clone, Debug, Deserialize, KubeSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("self.startHour != self.endHour").message("startHour and endHour are equal, so the window never opens").field_path(".endHour"))]
pub struct ChangeWindowSpec {
    /// IANA zone name.
    #[serde(default = "utc")]
    #[schemars(schema_with = "formats::time_zone")]
    pub timezone: String,
    /// Week-day names, in any case.
    #[serde(default = "working_days")]
    #[schemars(schema_with = "formats::week_days_any_case")]
    pub allowed_days: Vec<String>,
    /// First hour, inclusive.
    #[schemars(range(min = 0, max = 23))]
    pub start_hour: i32,
    /// Last hour, exclusive; smaller than the start means overnight.
    #[schemars(range(min = 0, max = 24))]
    pub end_hour: i32,
}

pub(crate) fn utc() -> String {
    "UTC".to_owned()
}

pub(crate) fn working_days() -> Vec<String> {
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"].map(str::to_owned).to_vec()
}

/// What must hold for an automatic approval.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AutoApproveConditions {
    /// Lowest accepted confidence, 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub min_confidence: f64,
    /// Highest severity that may pass.
    pub max_severity: IssueSeverity,
    /// Lowest accepted success rate of the same action types, 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub historical_success_rate: f64,
}

/// Counters.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalPolicyStatus {
    /// Approved requests.
    #[serde(default)]
    pub total_approved: i64,
    /// Rejected requests.
    #[serde(default)]
    pub total_rejected: i64,
    /// Expired requests.
    #[serde(default)]
    pub total_expired: i64,
    /// Auto-approved part of `totalApproved`.
    #[serde(default)]
    pub total_auto_approved: i64,
    /// Standard conditions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions_schema")]
    pub conditions: Vec<Condition>,
    /// Generation this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
}
