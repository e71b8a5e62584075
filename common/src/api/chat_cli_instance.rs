//! `ChatCLIInstance`: the legacy form of an Instance, read so that it can be adopted.

use k8s_openapi::api::core::v1::{PodSecurityContext, ResourceRequirements};
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    formats,
    instance::{PersistenceSpec, TLSSpec, resources_schema},
    shared::{Condition, SecretKeyRef, SecretRef, conditions_schema},
};

/// What upstream ran before Instance existed. Fields and defaults are those of its last manifest.
#[derive(Clone, CustomResource, Debug, Deserialize, KubeSchema, PartialEq, Serialize)]
#[kube(
    group = "chatcli.diillson.com",
    version = "v1alpha1",
    kind = "ChatCLIInstance",
    plural = "chatcliinstances",
    singular = "chatcliinstance",
    namespaced,
    status = "ChatCLIInstanceStatus",
    derive = "PartialEq",
    shortname = "chatcli",
    shortname = "cci",
    category = "chatcli",
    category = "aiops",
    printcolumn(name = "Ready", type_ = "boolean", json_path = ".status.ready"),
    printcolumn(name = "Replicas", type_ = "integer", json_path = ".status.replicas"),
    printcolumn(name = "Provider", type_ = "string", json_path = ".spec.provider"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
pub struct ChatCLIInstanceSpec {
    /// Server pods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0), extend("default" = 1))]
    pub replicas: Option<i32>,
    /// Model provider: `OPENAI`, `CLAUDEAI`, `GOOGLEAI`, `XAI`, `STACKSPOT` or `OLLAMA`.
    #[schemars(extend("enum" = ["OPENAI", "CLAUDEAI", "GOOGLEAI", "XAI", "STACKSPOT", "OLLAMA"]))]
    pub provider: String,
    /// Model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 253))]
    pub model: Option<String>,
    /// Container image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<LegacyImageSpec>,
    /// The gRPC server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<LegacyServerSpec>,
    /// The server's own workload watcher.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watcher: Option<LegacyWatcherSpec>,
    /// Resources of the server container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "resources_schema")]
    pub resources: Option<ResourceRequirements>,
    /// Session storage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persistence: Option<PersistenceSpec>,
    /// Pod security context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_context: Option<PodSecurityContext>,
    /// Secret whose keys become the server's environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_keys: Option<SecretRef>,
}

/// Container image.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LegacyImageSpec {
    /// Repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512), regex(pattern = r"^[^\s]*$"), extend("default" = "ghcr.io/diillson/chatcli"))]
    pub repository: Option<String>,
    /// Tag; a stored `latest` came from this default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 128), regex(pattern = r"^([A-Za-z0-9_][A-Za-z0-9_.-]*)?$"), extend("default" = "latest"))]
    pub tag: Option<String>,
    /// When to pull: `Always`, `IfNotPresent` or `Never`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "IfNotPresent", "enum" = ["Always", "IfNotPresent", "Never"]))]
    pub pull_policy: Option<String>,
}

/// The gRPC server.
#[derive(Clone, Debug, Default, Deserialize, KubeSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("!has(self.port) || !has(self.metricsPort) || self.port != self.metricsPort").message("port and metricsPort must differ").field_path(".metricsPort"))]
pub struct LegacyServerSpec {
    /// gRPC port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 65535), extend("default" = 50051))]
    pub port: Option<i32>,
    /// Metrics port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 65535), extend("default" = 9090))]
    pub metrics_port: Option<i32>,
    /// TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TLSSpec>,
    /// Bearer token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<SecretKeyRef>,
}

/// The server's own workload watcher.
#[derive(Clone, Debug, Default, Deserialize, KubeSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("!has(self.enabled) || !self.enabled || (has(self.targets) && size(self.targets) > 0) || (has(self.deployment) && self.deployment != '')").message("an enabled watcher needs targets").field_path(".enabled"))]
pub struct LegacyWatcherSpec {
    /// Watcher on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Single target: Deployment name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::optional_object_name")]
    pub deployment: Option<String>,
    /// Single target: namespace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::optional_object_name")]
    pub namespace: Option<String>,
    /// Several targets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    #[x_kube(validation = Rule::new("self.all(a, self.exists_one(b, a.deployment == b.deployment && a.__namespace__ == b.__namespace__))").message("two targets are the same workload"))]
    pub targets: Vec<LegacyWatchTarget>,
    /// Time between two collections.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::positive_duration", extend("default" = "30s"))]
    pub interval: Option<String>,
    /// How far back it looks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::positive_duration", extend("default" = "2h"))]
    pub window: Option<String>,
    /// Log lines per pod.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0), extend("default" = 100))]
    pub max_log_lines: Option<i32>,
    /// Characters of context for the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0), extend("default" = 32000))]
    pub max_context_chars: Option<i32>,
}

/// One Deployment to watch.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LegacyWatchTarget {
    /// Deployment name.
    #[schemars(schema_with = "formats::object_name")]
    pub deployment: String,
    /// Its namespace.
    #[schemars(schema_with = "formats::optional_object_name")]
    pub namespace: String,
    /// Prometheus port, 0 = off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 65535))]
    pub metrics_port: Option<i32>,
    /// Metrics path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1024))]
    pub metrics_path: Option<String>,
    /// Globs of metrics to keep.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), inner(length(max = 253)))]
    pub metrics_filter: Vec<String>,
}

/// What ran.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatCLIInstanceStatus {
    /// As many ready pods as wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready: Option<bool>,
    /// Pods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicas: Option<i32>,
    /// Ready pods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_replicas: Option<i32>,
    /// Standard conditions: `Available`, `Migrated`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions_schema")]
    pub conditions: Vec<Condition>,
    /// Generation this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
}
