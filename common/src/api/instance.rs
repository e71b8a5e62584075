//! `Instance`: a ChatCLI server and the settings of the incident pipeline.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{PodSecurityContext, ResourceRequirements, Toleration};
use kube::{CustomResource, KubeSchema};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    env::EnvVar,
    formats,
    shared::{Condition, SecretKeyRef, SecretRef, conditions_schema, map_list_of_at_most},
};

/// What to run.
#[derive(Clone, CustomResource, Debug, Default, Deserialize, KubeSchema, PartialEq, Serialize)]
#[kube(
    group = "platform.chatcli.io",
    version = "v1alpha1",
    kind = "Instance",
    namespaced,
    status = "InstanceStatus",
    derive = "PartialEq",
    shortname = "inst",
    shortname = "chatinst",
    category = "chatcli",
    category = "aiops",
    scale(
        spec_replicas_path = ".spec.replicas",
        status_replicas_path = ".status.replicas",
        label_selector_path = ".status.selector"
    ),
    printcolumn(name = "Ready", type_ = "boolean", json_path = ".status.ready"),
    printcolumn(name = "Replicas", type_ = "integer", json_path = ".status.replicas"),
    printcolumn(name = "Provider", type_ = "string", json_path = ".spec.provider"),
    printcolumn(name = "Model", type_ = "string", json_path = ".spec.model", priority = "1"),
    printcolumn(
        name = "Available",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Available\")].reason",
        priority = "1"
    ),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("!has(self.server) || !has(self.server.token) || !has(self.extraEnv) || self.extraEnv.all(e, e.name != 'CHATCLI_SERVER_TOKEN')").message("the token is set by server.token already").field_path(".extraEnv"))]
pub struct InstanceSpec {
    /// Server pods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0), extend("default" = 1))]
    pub replicas: Option<i32>,
    /// Primary model provider, one of [`PROVIDERS`].
    #[schemars(extend("enum" = PROVIDERS))]
    pub provider: String,
    /// Model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 253))]
    pub model: Option<String>,
    /// Container image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageSpec>,
    /// The gRPC server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<ServerSpec>,
    /// The server's own workload watcher.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watcher: Option<WatcherSpec>,
    /// Resources of the server container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "resources_schema")]
    pub resources: Option<ResourceRequirements>,
    /// Session storage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persistence: Option<PersistenceSpec>,
    /// Pod security context; replaces the default (not root, UID 1000, seccomp RuntimeDefault).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_context: Option<PodSecurityContext>,
    /// Other providers to try.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<FallbackSpec>,
    /// Settings of the incident pipeline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aiops: Option<AIOpsSpec>,
    /// Secret whose keys become the server's environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_keys: Option<SecretRef>,
    /// Agent and skill files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agents: Option<AgentProvisionSpec>,
    /// Plugin binaries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugins: Option<PluginProvisionSpec>,
    /// Model Context Protocol servers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mcp: Option<MCPSpec>,
    /// Extra environment of the server container, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "env_schema")]
    pub extra_env: Vec<EnvVar>,
    /// Secrets with credentials of image registries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "pull_secrets_schema")]
    pub image_pull_secrets: Vec<SecretRef>,
    /// Labels that a node must have to run the server.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub node_selector: BTreeMap<String, String>,
    /// Taints that the server's pods tolerate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub tolerations: Vec<Toleration>,
}

/// Model providers. The server compares exactly, in upper case; upstream stores any text, so ours can be read with any.
pub const PROVIDERS: [&str; 15] = [
    "OPENAI",
    "OPENAI_ASSISTANT",
    "CLAUDEAI",
    "BEDROCK",
    "GOOGLEAI",
    "XAI",
    "ZAI",
    "MINIMAX",
    "MOONSHOT",
    "STACKSPOT",
    "OLLAMA",
    "COPILOT",
    "GITHUB_MODELS",
    "OPENROUTER",
    "DEVIN",
];

pub(crate) fn resources_schema(_: &mut SchemaGenerator) -> Schema {
    // The form that the API server's own types have: a number or a text, both read as a quantity.
    let quantities = json_schema!({
        "type": "object",
        "maxProperties": 32,
        "additionalProperties": {
            "anyOf": [{ "type": "integer" }, { "type": "string" }],
            "pattern": r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$",
            "maxLength": 64,
            "x-kubernetes-int-or-string": true,
        },
    });
    json_schema!({
        "type": "object",
        "properties": {
            "claims": {
                "description": "Resource claims of the pod that the container uses.",
                "type": "array",
                "maxItems": 32,
                "items": {
                    "type": "object",
                    "properties": {
                        "name": { "description": "Name of the claim; map key.", "type": "string" },
                        "request": { "description": "Name of the request in the claim.", "type": "string" },
                    },
                    "required": ["name"],
                },
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["name"],
            },
            "limits": quantities,
            "requests": quantities,
        },
        "x-kubernetes-validations": [{
            "rule": "!has(self.requests) || !has(self.limits) || self.requests.all(r, !(r in self.limits) || !isQuantity(string(self.requests[r])) || !isQuantity(string(self.limits[r])) || quantity(string(self.requests[r])).compareTo(quantity(string(self.limits[r]))) <= 0)",
            "message": "a request must not exceed its limit",
            "fieldPath": ".requests",
        }],
    })
}

fn env_schema(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = map_list_of_at_most::<EnvVar>(generator, &["name"], 256);
    let rule = json!([{ "rule": "self.all(e, e.name != 'HOME')", "message": "HOME is /home/chatcli: the server's files lie there" }]);
    schema.insert("x-kubernetes-validations".to_owned(), rule);
    schema
}

fn pull_secrets_schema(generator: &mut SchemaGenerator) -> Schema {
    map_list_of_at_most::<SecretRef>(generator, &["name"], 16)
}

/// Container image.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageSpec {
    /// Repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512), regex(pattern = r"^[^\s]*$"), extend("default" = "ghcr.io/diillson/chatcli"))]
    pub repository: Option<String>,
    /// Tag; the version the operator was made for when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 128), regex(pattern = r"^([A-Za-z0-9_][A-Za-z0-9_.-]*)?$"))]
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
pub struct ServerSpec {
    /// gRPC port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 65535), extend("default" = 50051))]
    pub port: Option<i32>,
    /// Metrics port; 0 = off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 65535), extend("default" = 9090))]
    pub metrics_port: Option<i32>,
    /// TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TLSSpec>,
    /// Bearer token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<TokenRef>,
    /// Hardening.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security: Option<ServerSecuritySpec>,
    /// Name the operator dials, `host` or `host:port`; the Service inside the cluster when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(
        length(max = 512),
        regex(pattern = r"^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$")
    )]
    pub address: Option<String>,
}

/// TLS of the server.
#[derive(Clone, Debug, Default, Deserialize, KubeSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("!has(self.enabled) || !self.enabled || (has(self.secretName) && self.secretName != '')").message("TLS needs a Secret").field_path(".secretName"))]
pub struct TLSSpec {
    /// Serve TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Secret with `tls.crt`, `tls.key` and optionally `ca.crt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::optional_object_name")]
    pub secret_name: Option<String>,
}

/// The Secret key that holds the bearer token.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenRef {
    /// Secret name.
    #[schemars(schema_with = "formats::object_name")]
    pub name: String,
    /// Key in it; `token` when absent or empty.
    #[serde(default = "token")]
    #[schemars(length(max = 253))]
    pub key: String,
}

fn token() -> String {
    "token".to_owned()
}

/// Hardening of the server. Absent means the server's own default.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerSecuritySpec {
    /// Signing key of tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwt_secret_ref: Option<SecretKeyRef>,
    /// Requests per second and client (10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub rate_limit_rps: Option<i32>,
    /// Burst of requests (30).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub rate_limit_burst: Option<i32>,
    /// Largest message received, in bytes (52428800).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub max_recv_msg_size: Option<i32>,
    /// Largest message sent, in bytes (52428800).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub max_send_msg_size: Option<i32>,
    /// Streams per connection (100).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub max_concurrent_streams: Option<i32>,
    /// Listen address; all addresses of the pod when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 253), regex(pattern = r"^[A-Za-z0-9.:%_\[\]-]*$"))]
    pub bind_address: Option<String>,
    /// Audit log file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 4096))]
    pub audit_log_path: Option<String>,
    /// Debug logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debug: Option<bool>,
    /// gRPC reflection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enable_reflection: Option<bool>,
}

/// The server's own workload watcher.
#[derive(Clone, Debug, Default, Deserialize, KubeSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("!has(self.enabled) || !self.enabled || (has(self.targets) && size(self.targets) > 0) || (has(self.deployment) && self.deployment != '')").message("an enabled watcher needs targets").field_path(".enabled"))]
pub struct WatcherSpec {
    /// Watcher on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Single target, legacy: Deployment name. Unused where `targets` has entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::optional_object_name")]
    pub deployment: Option<String>,
    /// Single target, legacy: namespace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::optional_object_name")]
    pub namespace: Option<String>,
    /// What to watch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    #[x_kube(validation = Rule::new("self.all(a, self.exists_one(b, a.kind == b.kind && a.__namespace__ == b.__namespace__ && \
            (has(a.name) && a.name != '' ? a.name : (has(a.deployment) ? a.deployment : '')) == (has(b.name) && b.name != '' ? b.name : (has(b.deployment) ? b.deployment : ''))))").message("two targets are the same workload"))]
    pub targets: Vec<WatchTargetSpec>,
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

/// One workload to watch.
#[derive(Clone, Debug, Default, Deserialize, KubeSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("(has(self.name) && self.name != '') || (has(self.deployment) && self.deployment != '')").message("a target needs a name: set deployment, or name").field_path(".deployment"))]
pub struct WatchTargetSpec {
    /// Workload name; goes before `deployment`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::optional_object_name")]
    pub name: Option<String>,
    /// Older name of `name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::optional_object_name")]
    pub deployment: Option<String>,
    /// Workload kind.
    #[serde(default)]
    pub kind: WatchTargetKind,
    /// Workload namespace; empty is read as `default`.
    #[schemars(schema_with = "formats::optional_object_name")]
    pub namespace: String,
    /// Prometheus port, 0 = off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 65535))]
    pub metrics_port: Option<i32>,
    /// Metrics path; `/metrics` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1024))]
    pub metrics_path: Option<String>,
    /// Globs of metrics to keep.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), inner(length(max = 253)))]
    pub metrics_filter: Vec<String>,
}

impl WatchTargetSpec {
    /// Name of the workload, under the newer field or the older one.
    pub fn workload(&self) -> &str {
        let newer = self.name.as_deref().filter(|name| !name.is_empty());
        newer.or(self.deployment.as_deref()).unwrap_or_default()
    }

    /// Its namespace, as the server reads it.
    pub fn namespace_or_default(&self) -> &str {
        if self.namespace.is_empty() { "default" } else { &self.namespace }
    }
}

/// Kind of a watched workload.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[allow(missing_docs, reason = "Kubernetes kinds")]
pub enum WatchTargetKind {
    #[default]
    Deployment,
    StatefulSet,
    DaemonSet,
    Job,
    CronJob,
}

/// Session storage.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PersistenceSpec {
    /// Keep sessions in a volume.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Size, e.g. `1Gi`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::positive_quantity", extend("default" = "1Gi"))]
    pub size: Option<String>,
    /// Storage class; the cluster's default when absent, none when empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::optional_object_name")]
    pub storage_class_name: Option<String>,
    /// Who may mount it at once; more than one server pod needs `ReadWriteMany`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_mode: Option<AccessMode>,
    /// What becomes of the sessions when the Instance is deleted or persistence is switched off; `Retain` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
}

/// Who may mount a volume at once.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub enum AccessMode {
    /// The pods of one node.
    #[default]
    ReadWriteOnce,
    /// Every pod.
    ReadWriteMany,
}

/// What becomes of stored sessions that are no longer used.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub enum Retention {
    /// The claim stays, without an owner.
    #[default]
    Retain,
    /// The claim is deleted.
    Delete,
}

/// Other providers to try.
#[derive(Clone, Debug, Default, Deserialize, KubeSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("!self.enabled || size(self.providers) > 0").message("fallback needs providers").field_path(".providers"),
    validation = Rule::new(format!("!has(self.cooldownBase) || !has(self.cooldownMax) || {}", formats::compare_spans("self.cooldownBase", "<=", "self.cooldownMax"))).message("cooldownBase must not be longer than cooldownMax").field_path(".cooldownBase")
)]
pub struct FallbackSpec {
    /// Fallback on.
    pub enabled: bool,
    /// Providers after the primary one, in order.
    #[schemars(length(max = 32))]
    pub providers: Vec<FallbackProviderEntry>,
    /// Retries per provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0), extend("default" = 2))]
    pub max_retries: Option<i32>,
    /// First pause of a provider that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::duration", extend("default" = "30s"))]
    pub cooldown_base: Option<String>,
    /// Longest pause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::duration", extend("default" = "5m"))]
    pub cooldown_max: Option<String>,
}

/// One provider to try.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FallbackProviderEntry {
    /// Provider, one of [`PROVIDERS`].
    #[schemars(extend("enum" = PROVIDERS))]
    pub name: String,
    /// Model for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 253))]
    pub model: Option<String>,
}

/// Settings of the incident pipeline.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AIOpsSpec {
    /// Attempts before a person is asked, 1 to 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10), extend("default" = 5))]
    pub max_remediation_attempts: Option<i32>,
    /// Minutes after resolution during which a returning fault re-opens its incident, 0 to 120.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 120), extend("default" = 10))]
    pub resolution_cooldown_minutes: Option<i32>,
    /// Minutes an alert is remembered, 5 to 1440.
    #[serde(default, rename = "dedupTTLMinutes", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 5, max = 1440), extend("default" = 30))]
    pub dedup_ttl_minutes: Option<i32>,
    /// Resolve escalated or contained Issues when the workload recovers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = true))]
    pub enable_auto_resolve: Option<bool>,
    /// Steps of an agentic plan, 3 to 30.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 3, max = 30), extend("default" = 10))]
    pub agentic_max_steps: Option<i32>,
}

/// Agent and skill files.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentProvisionSpec {
    /// ConfigMap of agent files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::optional_object_name")]
    pub config_map_ref: Option<String>,
    /// ConfigMap of skill files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::optional_object_name")]
    pub skills_config_map_ref: Option<String>,
}

/// Plugin binaries.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PluginProvisionSpec {
    /// Image whose `/plugins/*` is copied; unused where `pvcName` is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512), regex(pattern = r"^[^\s]*$"))]
    pub image: Option<String>,
    /// Existing claim with plugins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::optional_object_name")]
    pub pvc_name: Option<String>,
}

/// Model Context Protocol servers.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MCPSpec {
    /// On or off.
    #[serde(default)]
    pub enabled: bool,
    /// Servers, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "servers_schema")]
    pub servers: Vec<MCPServerSpec>,
    /// ConfigMap used instead of `servers`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::optional_object_name")]
    pub existing_config_map: Option<String>,
}

fn servers_schema(generator: &mut SchemaGenerator) -> Schema {
    map_list_of_at_most::<MCPServerSpec>(generator, &["name"], 64)
}

/// One Model Context Protocol server.
#[derive(Clone, Debug, Deserialize, KubeSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("self.transport != 'stdio' || (has(self.command) && self.command != '')").message("transport stdio needs a command").field_path(".command"),
    validation = Rule::new("self.transport != 'sse' || (has(self.url) && self.url != '')").message("transport sse needs a url").field_path(".url"),
    validation = Rule::new("self.transport != 'sse' || !has(self.url) || self.url.matches('^https?://[^/\\\\s]')").message("url must begin with https:// or http:// and name a host").field_path(".url")
)]
pub struct MCPServerSpec {
    /// Server id; map key.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
    /// Protocol.
    pub transport: MCPTransport,
    /// Executable, for stdio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 4096))]
    pub command: Option<String>,
    /// Arguments, for stdio.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), inner(length(max = 4096)))]
    pub args: Vec<String>,
    /// Environment, for stdio.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// Endpoint, for sse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048))]
    pub url: Option<String>,
    /// On or off.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Built-in plugins hidden while connected, e.g. `@webfetch`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), inner(length(max = 253)))]
    pub overrides: Vec<String>,
}

fn yes() -> bool {
    true
}

/// Protocol of a Model Context Protocol server.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MCPTransport {
    /// Standard input and output of a process.
    Stdio,
    /// Server-sent events over HTTP.
    Sse,
}

/// What runs.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceStatus {
    /// As many ready pods as wanted.
    #[serde(default)]
    pub ready: bool,
    /// Pods.
    #[serde(default)]
    pub replicas: i32,
    /// Ready pods.
    #[serde(default)]
    pub ready_replicas: i32,
    /// Standard conditions: `Ready` is the sum of `Available`, `Reachable`, `ReferencesResolved`, `Persistent`, `WatcherAuthorized` and
    /// `Reconciled`; `Adopted` tells what was found and kept; `Migrated` of a legacy object, that an Instance of its name goes on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions_schema")]
    pub conditions: Vec<Condition>,
    /// Generation this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Label selector of the pods, as the scale subresource reports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selector: Option<String>,
}
