//! `ChatCLIInstance`: the legacy form of an Instance. The parts are the Instance's own, so it may say a little more than it could upstream.

use k8s_openapi::api::core::v1::{PodSecurityContext, ResourceRequirements};
use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

use super::{
    instance::{ImageSpec, InstanceSpec, InstanceStatus, PersistenceSpec, ServerSpec, WatcherSpec, resources_schema},
    shared::SecretRef,
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
    status = "InstanceStatus",
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
    /// Pod security context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_context: Option<PodSecurityContext>,
    /// Secret whose keys become the server's environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_keys: Option<SecretRef>,
}

impl ChatCLIInstanceSpec {
    /// The same wish in today's words.
    pub fn as_instance(&self) -> InstanceSpec {
        InstanceSpec {
            replicas: self.replicas,
            provider: self.provider.clone(),
            model: self.model.clone(),
            image: self.image.clone(),
            server: self.server.clone(),
            watcher: self.watcher.clone(),
            resources: self.resources.clone(),
            persistence: self.persistence.clone(),
            security_context: self.security_context.clone(),
            api_keys: self.api_keys.clone(),
            ..InstanceSpec::default()
        }
    }
}
