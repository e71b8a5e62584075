//! `ClusterRegistration`: another cluster that this one looks at.

use std::collections::BTreeMap;

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    formats,
    shared::{Condition, SecretRef, Time, conditions_schema},
};

/// Which cluster and how to reach it.
#[derive(Clone, CustomResource, Debug, Deserialize, KubeSchema, PartialEq, Serialize)]
#[kube(
    group = "platform.chatcli.io",
    version = "v1alpha1",
    kind = "ClusterRegistration",
    namespaced,
    status = "ClusterRegistrationStatus",
    derive = "PartialEq",
    shortname = "cr",
    shortname = "clreg",
    category = "chatcli",
    category = "aiops",
    printcolumn(name = "DisplayName", type_ = "string", json_path = ".spec.displayName"),
    printcolumn(name = "Region", type_ = "string", json_path = ".spec.region"),
    printcolumn(name = "Environment", type_ = "string", json_path = ".spec.environment"),
    printcolumn(name = "Connected", type_ = "boolean", json_path = ".status.connected"),
    printcolumn(name = "Nodes", type_ = "integer", json_path = ".status.nodeCount"),
    printcolumn(name = "Version", type_ = "string", json_path = ".status.kubernetesVersion", priority = "1"),
    printcolumn(name = "Issues", type_ = "integer", json_path = ".status.activeIssues", priority = "1"),
    printcolumn(name = "Checked", type_ = "date", json_path = ".status.lastHealthCheck", priority = "1"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
pub struct ClusterRegistrationSpec {
    /// Name for people.
    #[schemars(length(max = 253))]
    pub display_name: String,
    /// Secret of the same namespace with key `kubeconfig`.
    pub kubeconfig_secret_ref: SecretRef,
    /// Region, e.g. `us-east-1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 253))]
    pub region: Option<String>,
    /// Class of cluster.
    #[serde(default)]
    pub environment: ClusterEnvironment,
    /// How much is at stake.
    #[serde(default)]
    pub tier: ClusterTier,
    /// Custom metadata.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Time between two probes, e.g. `30s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::positive_duration", extend("default" = "30s"))]
    pub health_check_interval: Option<String>,
    /// Features, free text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(length(max = 253)))]
    pub capabilities: Vec<String>,
    /// Parallel remediations allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0), extend("default" = 3))]
    pub max_concurrent_remediations: Option<i32>,
}

/// Class of cluster.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ClusterEnvironment {
    /// Production.
    Prod,
    /// Staging.
    Staging,
    /// Development.
    #[default]
    Dev,
}

/// How much is at stake.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClusterTier {
    /// Every change asks.
    Critical,
    /// Grave changes ask.
    #[default]
    Standard,
    /// Nothing asks.
    NonCritical,
}

/// What the last probe saw.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterRegistrationStatus {
    /// Last probe succeeded.
    #[serde(default)]
    pub connected: bool,
    /// Time of the last probe, failed ones included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_health_check: Option<Time>,
    /// Version of the API server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kubernetes_version: Option<String>,
    /// Nodes.
    #[serde(default)]
    pub node_count: i32,
    /// Namespaces.
    #[serde(default)]
    pub namespace_count: i32,
    /// Open Issues there.
    #[serde(default)]
    pub active_issues: i32,
    /// Unfinished plans there.
    #[serde(default)]
    pub active_remediations: i32,
    /// Standard conditions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions_schema")]
    pub conditions: Vec<Condition>,
    /// Generation this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
}
