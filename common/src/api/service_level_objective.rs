//! `ServiceLevelObjective`: how good a service must be, and when burning its error budget is an incident.

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    formats::{self, compare_spans},
    shared::{Condition, IssueSeverity, ResourceRef, Time, conditions_schema},
};

/// The objective.
#[derive(Clone, CustomResource, Debug, Deserialize, KubeSchema, PartialEq, Serialize)]
#[kube(
    group = "platform.chatcli.io",
    version = "v1alpha1",
    kind = "ServiceLevelObjective",
    namespaced,
    status = "ServiceLevelObjectiveStatus",
    derive = "PartialEq",
    shortname = "slo",
    shortname = "slobj",
    category = "chatcli",
    category = "aiops",
    printcolumn(name = "Service", type_ = "string", json_path = ".spec.serviceName"),
    printcolumn(name = "Target%", type_ = "number", json_path = ".spec.target.percentage"),
    printcolumn(name = "Current", type_ = "number", json_path = ".status.currentValue"),
    printcolumn(name = "BudgetRemaining%", type_ = "number", json_path = ".status.errorBudgetRemainingPercentage"),
    printcolumn(name = "BurnRate1h", type_ = "number", json_path = ".status.burnRate1h"),
    printcolumn(name = "Met", type_ = "boolean", json_path = ".status.targetMet", priority = "1"),
    printcolumn(name = "Window", type_ = "string", json_path = ".spec.target.window", priority = "1"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
pub struct ServiceLevelObjectiveSpec {
    /// Service; matched against the Issue label `platform.chatcli.io/service` or the resource name.
    #[schemars(length(min = 1, max = 253))]
    pub service_name: String,
    /// Text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What is measured.
    pub indicator: SLOIndicator,
    /// How good it must be.
    pub target: SLOTarget,
    /// When burning the budget is an incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert_policy: Option<SLOAlertPolicy>,
    /// On or off.
    #[serde(default = "yes")]
    pub enabled: bool,
}

fn yes() -> bool {
    true
}

/// What is measured.
#[derive(Clone, Debug, Deserialize, KubeSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("self.metricSource != 'prometheus' || (has(self.prometheusQuery) && self.prometheusQuery != '')")
        .message("metricSource prometheus needs prometheusQuery").field_path(".prometheusQuery"),
    validation = Rule::new("self.type != 'latency' || self.metricSource != 'prometheus' || (has(self.latencyThresholdMs) && self.latencyThresholdMs > 0)")
        .message("a latency objective on Prometheus needs latencyThresholdMs").field_path(".latencyThresholdMs")
)]
pub struct SLOIndicator {
    /// Indicator.
    #[serde(rename = "type")]
    pub indicator_type: SLOIndicatorType,
    /// Where the data comes from.
    #[serde(default)]
    pub metric_source: SLOMetricSource,
    /// PromQL for `metricSource: prometheus`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prometheus_query: Option<String>,
    /// Workload measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<ResourceRef>,
    /// Percentile of a latency objective: `p50`, `p95` or `p99`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["p50", "p95", "p99"]))]
    pub latency_percentile: Option<String>,
    /// Latency limit in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub latency_threshold_ms: Option<i64>,
}

/// Indicator.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SLOIndicatorType {
    /// Share of time without an incident.
    Availability,
    /// Share of requests below the limit.
    Latency,
    /// Share of requests without an error.
    ErrorRate,
    /// Share of time with enough throughput.
    Throughput,
}

/// Where the data comes from.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SLOMetricSource {
    /// A Prometheus query.
    Prometheus,
    /// Anomalies.
    Watcher,
    /// Issues.
    #[default]
    Issues,
}

/// How good it must be.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SLOTarget {
    /// Objective in percent, above 0, at most 100, e.g. `99.9`.
    #[schemars(range(max = 100.0), extend("minimum" = 0, "exclusiveMinimum" = true))]
    pub percentage: f64,
    /// Window, in days (`30d`) or as a duration.
    #[serde(default = "thirty_days")]
    #[schemars(schema_with = "formats::window")]
    pub window: String,
}

fn thirty_days() -> String {
    "30d".to_owned()
}

/// When burning the budget is an incident.
#[derive(Clone, Debug, Default, Deserialize, KubeSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SLOAlertPolicy {
    /// Pairs of windows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    #[x_kube(validation = Rule::new("self.all(a, self.exists_one(b, b.shortWindow == a.shortWindow && b.longWindow == a.longWindow))")
        .message("two entries have the same pair of windows"))]
    pub burn_rate_windows: Vec<BurnRateWindow>,
    /// Open a critical Issue when the budget is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_on_budget_exhausted: Option<bool>,
    /// NotificationPolicy for alerts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::optional_object_name")]
    pub notification_policy_ref: Option<String>,
}

/// A pair of windows that must both burn too fast.
#[derive(Clone, Debug, Deserialize, KubeSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new(compare_spans("self.shortWindow", "<", "self.longWindow"))
    .message("shortWindow must be shorter than longWindow").field_path(".shortWindow"))]
pub struct BurnRateWindow {
    /// Fast window, e.g. `1h`.
    #[schemars(schema_with = "formats::window")]
    pub short_window: String,
    /// Confirming window, e.g. `6h`.
    #[schemars(schema_with = "formats::window")]
    pub long_window: String,
    /// Fire when both windows reach it, above 0.
    #[schemars(extend("minimum" = 0, "exclusiveMinimum" = true))]
    pub burn_rate_threshold: f64,
    /// Severity of the Issue opened.
    pub severity: IssueSeverity,
}

/// How good it is.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceLevelObjectiveStatus {
    /// Indicator as a fraction.
    #[serde(default)]
    pub current_value: f64,
    /// Indicator ≥ target.
    #[serde(default)]
    pub target_met: bool,
    /// 1 − target, as a fraction.
    #[serde(default)]
    pub error_budget_total: f64,
    /// Unspent share of the budget, 0 to 1.
    #[serde(default)]
    pub error_budget_remaining: f64,
    /// Spent share in percent; can exceed 100.
    #[serde(default)]
    pub error_budget_consumed_percentage: f64,
    /// Unspent share in percent, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_budget_remaining_percentage: Option<f64>,
    /// Burn rate over 1 h.
    #[serde(default, rename = "burnRate1h")]
    pub burn_rate_1h: f64,
    /// Burn rate over 6 h.
    #[serde(default, rename = "burnRate6h")]
    pub burn_rate_6h: f64,
    /// Burn rate over 24 h.
    #[serde(default, rename = "burnRate24h")]
    pub burn_rate_24h: f64,
    /// Burn rate over 72 h.
    #[serde(default, rename = "burnRate72h")]
    pub burn_rate_72h: f64,
    /// Last computation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_calculated_at: Option<Time>,
    /// Firing alerts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub active_alerts: Vec<SLOAlert>,
    /// Standard conditions: `Ready`, `TargetMet`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions_schema")]
    pub conditions: Vec<Condition>,
    /// Generation this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
}

/// One firing alert.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SLOAlert {
    /// `<short>/<long>` or `budget-exhausted`.
    pub window: String,
    /// Observed rate in the short window.
    pub burn_rate: f64,
    /// Severity.
    pub severity: IssueSeverity,
    /// When it fired.
    pub fired_at: Time,
}
