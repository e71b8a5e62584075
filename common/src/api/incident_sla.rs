//! `IncidentSLA`: how fast incidents of one severity must be looked at and resolved.

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    approval_policy::{utc, working_days},
    formats,
    shared::{Condition, IssueSeverity, Time, conditions_schema},
};

/// The promise.
#[derive(Clone, CustomResource, Debug, Deserialize, KubeSchema, PartialEq, Serialize)]
#[kube(
    group = "platform.chatcli.io",
    version = "v1alpha1",
    kind = "IncidentSLA",
    plural = "incidentslas",
    singular = "incidentsla",
    namespaced,
    status = "IncidentSLAStatus",
    derive = "PartialEq",
    shortname = "sla",
    shortname = "incsla",
    category = "chatcli",
    category = "aiops",
    printcolumn(name = "Severity", type_ = "string", json_path = ".spec.severity"),
    printcolumn(name = "ResponseTime", type_ = "string", json_path = ".spec.responseTime"),
    printcolumn(name = "ResolutionTime", type_ = "string", json_path = ".spec.resolutionTime"),
    printcolumn(name = "Compliance%", type_ = "number", json_path = ".status.compliancePercentage"),
    printcolumn(name = "Violations", type_ = "integer", json_path = ".status.totalViolations"),
    printcolumn(name = "Active", type_ = "integer", json_path = ".status.activeViolations", priority = "1"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[x_kube(
    validation = Rule::new(formats::compare_spans("self.responseTime", "<=", "self.resolutionTime"))
        .message("responseTime must not be longer than resolutionTime").field_path(".responseTime"),
    validation = Rule::new("!has(self.businessHoursOnly) || !self.businessHoursOnly || has(self.businessHours)")
        .message("businessHoursOnly needs businessHours").field_path(".businessHoursOnly")
)]
#[serde(rename_all = "camelCase")]
pub struct IncidentSLASpec {
    /// Severity covered.
    pub severity: IssueSeverity,
    /// Longest time from detection to the first look, e.g. `15m`.
    #[schemars(schema_with = "formats::positive_duration")]
    pub response_time: String,
    /// Longest time from detection to resolution, e.g. `4h`.
    #[schemars(schema_with = "formats::positive_duration")]
    pub resolution_time: String,
    /// EscalationPolicy to start on breach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::optional_object_name")]
    pub escalation_policy_ref: Option<String>,
    /// NotificationPolicy for breaches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::optional_object_name")]
    pub notification_policy_ref: Option<String>,
    /// Stop the clock outside business hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_hours_only: Option<bool>,
    /// The business hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_hours: Option<BusinessHoursSpec>,
}

/// Working hours of a week in a time zone.
#[derive(Clone, Debug, Deserialize, KubeSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("self.startHour < self.endHour").message("startHour must be before endHour").field_path(".startHour"))]
pub struct BusinessHoursSpec {
    /// IANA zone name.
    #[serde(default = "utc")]
    #[schemars(schema_with = "formats::time_zone")]
    pub timezone: String,
    /// First working hour, 0 to 23.
    #[serde(default = "nine")]
    #[schemars(range(min = 0, max = 23))]
    pub start_hour: i32,
    /// End hour, exclusive, 1 to 24.
    #[serde(default = "eighteen")]
    #[schemars(range(min = 0, max = 24))]
    pub end_hour: i32,
    /// Working days, English names.
    #[serde(default = "working_days")]
    #[schemars(schema_with = "formats::week_days")]
    pub work_days: Vec<String>,
}

fn nine() -> i32 {
    9
}

fn eighteen() -> i32 {
    18
}

/// How the promise was kept.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IncidentSLAStatus {
    /// Open violations.
    #[serde(default)]
    pub active_violations: i32,
    /// All violations.
    #[serde(default)]
    pub total_violations: i64,
    /// Kept promises in percent; 100 with nothing tracked.
    #[serde(default)]
    pub compliance_percentage: f64,
    /// Issues finished under this promise.
    #[serde(default)]
    pub total_issues_tracked: i64,
    /// Mean time to the first look, in Go's duration form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_response_time: Option<String>,
    /// Mean time to resolution, in Go's duration form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_resolution_time: Option<String>,
    /// The last 50 violations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recent_violations: Vec<SLAViolationRecord>,
    /// Newest violation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_violation_at: Option<Time>,
    /// Standard conditions: `SLAViolation`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions_schema")]
    pub conditions: Vec<Condition>,
    /// Generation this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
}

/// One broken promise.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SLAViolationRecord {
    /// Issue.
    pub issue_name: String,
    /// `response` or `resolution`.
    #[serde(rename = "type")]
    pub violation_type: String,
    /// Measured, in Go's duration form.
    pub elapsed: String,
    /// Allowed, in Go's duration form.
    pub threshold: String,
    /// When noticed.
    pub violated_at: Time,
}
