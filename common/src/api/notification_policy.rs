//! `NotificationPolicy`: channels, and which incidents reach them.

use std::collections::BTreeMap;

use kube::{CustomResource, KubeSchema};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::{
    formats,
    issue::IssueState,
    shared::{Condition, IssueSeverity, SecretRef, Time, conditions_schema, map_list_of_at_most},
};

/// Channels and routes.
#[derive(Clone, CustomResource, Debug, Deserialize, KubeSchema, PartialEq, Serialize)]
#[kube(
    group = "platform.chatcli.io",
    version = "v1alpha1",
    kind = "NotificationPolicy",
    plural = "notificationpolicies",
    namespaced,
    status = "NotificationPolicyStatus",
    derive = "PartialEq",
    shortname = "np",
    shortname = "notifpol",
    category = "chatcli",
    category = "aiops",
    printcolumn(name = "Enabled", type_ = "boolean", json_path = ".spec.enabled"),
    printcolumn(name = "Channels", type_ = "integer", json_path = ".status.channelCount"),
    printcolumn(name = "Sent", type_ = "integer", json_path = ".status.totalSent"),
    printcolumn(name = "Failed", type_ = "integer", json_path = ".status.failedCount"),
    printcolumn(name = "Last", type_ = "date", json_path = ".status.lastNotifiedAt", priority = "1"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[x_kube(validation = Rule::new("self.rules.all(r, r.channels.all(c, self.channels.exists(x, x.name == c)))")
    .message("a rule names a channel that spec.channels does not have").field_path(".rules"))]
#[serde(rename_all = "camelCase")]
pub struct NotificationPolicySpec {
    /// Channel definitions, by name.
    #[schemars(schema_with = "channels_schema")]
    pub channels: Vec<NotificationChannel>,
    /// Routes; every matching rule fires.
    #[schemars(length(max = 64))]
    #[x_kube(validation = Rule::new("self.all(a, self.exists_one(b, b.name == a.name))").message("two rules have the same name"))]
    pub rules: Vec<NotificationRule>,
    /// Rate limits per Issue and channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throttle: Option<ThrottleConfig>,
    /// Message bodies by event: `issue_created`, `issue_resolved`, `issue_escalated`, `remediation_started`,
    /// `remediation_completed`, `remediation_failed`. `{{.Name}}` and its siblings are replaced.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "templates_schema")]
    pub templates: BTreeMap<String, String>,
    /// Policy on or off.
    #[serde(default = "yes")]
    pub enabled: bool,
}

fn yes() -> bool {
    true
}

fn channels_schema(generator: &mut SchemaGenerator) -> Schema {
    map_list_of_at_most::<NotificationChannel>(generator, &["name"], 64)
}

fn templates_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "maxProperties": 6,
        "additionalProperties": { "type": "string", "maxLength": 32768 },
        "x-kubernetes-validations": [{
            "rule": "self.all(k, k in ['issue_created', 'issue_resolved', 'issue_escalated', 'remediation_started', 'remediation_completed', 'remediation_failed'])",
            "message": "unknown event; known are issue_created, issue_resolved, issue_escalated, remediation_started, remediation_completed, remediation_failed",
        }],
    })
}

/// One way to reach people.
#[derive(Clone, Debug, Deserialize, KubeSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    // The Secret may hold any key, so what is missing can only be told without one.
    validation = Rule::new("has(self.secretRef) || (\
            self.type in ['slack', 'teams'] ? 'webhook_url' in self.config : \
            self.type == 'pagerduty' ? 'routing_key' in self.config : \
            self.type == 'opsgenie' ? 'api_key' in self.config : \
            self.type == 'webhook' ? 'url' in self.config : \
            ['smtp_host', 'smtp_port', 'from', 'to'].all(k, k in self.config))")
        .message("config lacks what this type needs (slack, teams: webhook_url; pagerduty: routing_key; opsgenie: api_key; webhook: url; email: smtp_host, smtp_port, from, to) and there is no secretRef")
        .field_path(".config"),
    validation = Rule::new("self.config.all(k, k in (\
            self.type == 'slack' ? ['webhook_url', 'channel', 'username'] : \
            self.type == 'teams' ? ['webhook_url'] : \
            self.type == 'pagerduty' ? ['routing_key', 'severity_map'] : \
            self.type == 'opsgenie' ? ['api_key', 'responders', 'tags'] : \
            self.type == 'webhook' ? ['url', 'method', 'headers', 'secret'] : \
            ['smtp_host', 'smtp_port', 'from', 'to', 'smtp_user', 'smtp_password', 'tls_skip_verify']))")
        .message("config has a key that this type does not know").field_path(".config"),
    validation = Rule::new("['webhook_url', 'url'].all(k, !(k in self.config) || self.config[k].matches('^https?://[^/\\\\s]+(/\\\\S*)?$'))")
        .message("a URL must begin with https:// or http:// and name a host").field_path(".config"),
    validation = Rule::new("!('smtp_port' in self.config) || (self.config['smtp_port'].matches('^[0-9]{1,5}$') && int(self.config['smtp_port']) >= 1 && int(self.config['smtp_port']) <= 65535)")
        .message("smtp_port must be a port, 1 to 65535").field_path(".config"),
    validation = Rule::new("!('tls_skip_verify' in self.config) || self.config['tls_skip_verify'] in ['true', 'false']")
        .message("tls_skip_verify must be true or false").field_path(".config"),
    validation = Rule::new("['from', 'to'].all(k, !(self.type == 'email' && k in self.config) || self.config[k].contains('@'))")
        .message("from and to must be mail addresses").field_path(".config")
)]
pub struct NotificationChannel {
    /// Channel id, used by rules and escalation levels; map key.
    #[schemars(length(min = 1, max = 128))]
    pub name: String,
    /// Delivery type.
    #[serde(rename = "type")]
    pub channel_type: NotificationChannelType,
    /// Settings by name, all as text; what a type knows and needs stands in its rules.
    #[schemars(schema_with = "config_schema")]
    pub config: BTreeMap<String, String>,
    /// Secret of the same namespace; its keys go before those of `config`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<SecretRef>,
}

fn config_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "maxProperties": 16,
        "additionalProperties": { "type": "string", "maxLength": 8192 },
    })
}

/// Delivery type.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum NotificationChannelType {
    /// Slack incoming webhook.
    Slack,
    /// PagerDuty Events API v2.
    Pagerduty,
    /// Opsgenie alerts.
    Opsgenie,
    /// SMTP.
    Email,
    /// Any HTTP endpoint.
    Webhook,
    /// Microsoft Teams incoming webhook.
    Teams,
}

/// One route; an empty part matches all.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NotificationRule {
    /// Rule id.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
    /// Issue severities.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub severities: Vec<IssueSeverity>,
    /// Issue signals, exact.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), inner(length(min = 1, max = 63)))]
    pub signal_types: Vec<String>,
    /// Namespaces of the affected resource.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "formats::namespaces")]
    pub namespaces: Vec<String>,
    /// Kinds of the affected resource, exact.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), inner(length(min = 1, max = 63)))]
    pub resource_kinds: Vec<String>,
    /// Issue states.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub states: Vec<IssueState>,
    /// Channels told, by name.
    #[schemars(length(min = 1, max = 32), inner(length(min = 1, max = 128)))]
    pub channels: Vec<String>,
}

/// Rate limits per Issue and channel.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ThrottleConfig {
    /// Messages per hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1), extend("default" = 10))]
    pub max_per_hour: Option<i32>,
    /// Shortest gap between two messages about the same state, e.g. `5m`; `0s` = no gap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::duration", extend("default" = "5m"))]
    pub deduplication_window: Option<String>,
    /// How long messages are collected into one, e.g. `1m`; `0s` = not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::duration", extend("default" = "1m"))]
    pub grouping_window: Option<String>,
}

/// What was delivered.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NotificationPolicyStatus {
    /// Last success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_notified_at: Option<Time>,
    /// Successes.
    #[serde(default)]
    pub total_sent: i64,
    /// Failures.
    #[serde(default)]
    pub failed_count: i64,
    /// The last 20 deliveries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recent_deliveries: Vec<NotificationDeliveryRecord>,
    /// Number of channels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel_count: Option<i32>,
    /// Standard conditions: `Ready`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions_schema")]
    pub conditions: Vec<Condition>,
    /// Generation this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
}

/// One delivery.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NotificationDeliveryRecord {
    /// Channel name.
    pub channel: String,
    /// When.
    pub sent_at: Time,
    /// Outcome.
    pub success: bool,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}
