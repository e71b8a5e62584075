//! Types that several kinds use.

use std::fmt;

pub use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Schema of a `conditions` list: a map by `type`, so that several writers can own one condition each.
pub fn conditions_schema(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = map_list::<Condition>(generator, &["type"]);
    // The derived schema has the fields only; these are the limits every Kubernetes condition has.
    let limits = [
        ("type", json!({ "maxLength": 316, "pattern": QUALIFIED_NAME })),
        ("status", json!({ "enum": ["True", "False", "Unknown"] })),
        ("reason", json!({ "minLength": 1, "maxLength": 1024, "pattern": "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$" })),
        ("message", json!({ "maxLength": 32768 })),
        ("observedGeneration", json!({ "minimum": 0 })),
    ];
    for (field, limit) in limits {
        let Some(property) = schema.pointer_mut(&format!("/items/properties/{field}")).and_then(Value::as_object_mut)
        else {
            continue;
        };
        property.extend(limit.as_object().cloned().unwrap_or_default());
    }
    schema
}

const QUALIFIED_NAME: &str =
    r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$";

/// Schema of a list of `T` that is merged by `keys` under server-side apply.
pub fn map_list<T: JsonSchema>(generator: &mut SchemaGenerator, keys: &[&str]) -> Schema {
    let mut schema = generator.subschema_for::<Vec<T>>();
    schema.insert("x-kubernetes-list-type".to_owned(), "map".into());
    schema.insert("x-kubernetes-list-map-keys".to_owned(), keys.into());
    schema
}

/// [`map_list`] with a stated length, for lists that CEL rules walk.
pub fn map_list_of_at_most<T: JsonSchema>(generator: &mut SchemaGenerator, keys: &[&str], items: u32) -> Schema {
    let mut schema = map_list::<T>(generator, keys);
    schema.insert("maxItems".to_owned(), items.into());
    schema
}

/// A namespaced (or, for nodes, cluster-scoped) object by kind and name.
#[derive(Clone, Debug, Default, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceRef {
    /// Kubernetes kind, e.g. `Deployment`, `StatefulSet`, `Node`.
    #[schemars(length(min = 1, max = 63), regex(pattern = r"^[A-Za-z][A-Za-z0-9]*$"))]
    pub kind: String,
    /// Object name; what may stand in a URL path.
    #[schemars(length(min = 1, max = 253), regex(pattern = r"^[^/%\s]+$"))]
    pub name: String,
    /// Object namespace; empty for cluster-scoped kinds.
    #[serde(default)]
    #[schemars(length(max = 63), regex(pattern = r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$"))]
    pub namespace: String,
    /// Group and version, e.g. `apps/v1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 253))]
    pub api_version: Option<String>,
    /// UID of the object meant, so that a namesake created later is not mistaken for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    pub uid: Option<String>,
}

impl ResourceRef {
    /// A reference by kind, namespace and name.
    pub fn new(kind: impl Into<String>, namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self { kind: kind.into(), name: name.into(), namespace: namespace.into(), api_version: None, uid: None }
    }

    /// The same reference, pinned to one object.
    #[must_use]
    pub fn with_uid(mut self, uid: impl Into<String>) -> Self {
        self.uid = Some(uid.into());
        self
    }

    /// Same kind, namespace and name; the UID is compared only when both sides have one.
    pub fn same_object(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.name == other.name
            && self.namespace == other.namespace
            && !matches!((&self.uid, &other.uid), (Some(a), Some(b)) if a != b)
    }

    /// `Deployment/shop/web`: one name for one object, as long as nobody makes it anew.
    pub fn path(&self) -> String {
        format!("{}/{}/{}", self.kind, self.namespace, self.name)
    }

    /// The reference that [`path`](Self::path) names; `None` when the text is no such path.
    pub fn from_path(path: &str) -> Option<Self> {
        let mut parts = path.split('/');
        let (kind, namespace, name) = (parts.next()?, parts.next()?, parts.next()?);
        parts.next().is_none().then(|| Self::new(kind, namespace, name))
    }

    /// `deploy/web`, the way a kubectl user writes it; without a name all of the kind are meant: `events`.
    pub fn short(&self) -> String {
        if self.name.is_empty() && !self.kind.is_empty() {
            let kind = self.kind.to_lowercase();
            return if kind.ends_with('s') { format!("{kind}es") } else { format!("{kind}s") };
        }
        let kind = match self.kind.as_str() {
            "Deployment" => "deploy",
            "StatefulSet" => "sts",
            "DaemonSet" => "ds",
            "ReplicaSet" => "rs",
            "PersistentVolumeClaim" => "pvc",
            other => return format!("{}/{}", other.to_lowercase(), self.name),
        };
        format!("{kind}/{}", self.name)
    }
}

impl fmt::Display for ResourceRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.namespace.is_empty() {
            write!(f, "{}/{}", self.kind, self.name)
        } else {
            write!(f, "{} {}/{}", self.kind, self.namespace, self.name)
        }
    }
}

/// An object of the same namespace, by name.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NameRef {
    /// Object name.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
    /// UID of the object meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    pub uid: Option<String>,
}

impl NameRef {
    /// A reference by name alone.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), uid: None }
    }
}

/// A Secret of the same namespace, by name.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SecretRef {
    /// Secret name.
    #[schemars(schema_with = "super::formats::object_name")]
    pub name: String,
}

/// One key of a Secret of the same namespace.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SecretKeyRef {
    /// Secret name.
    #[schemars(schema_with = "super::formats::object_name")]
    pub name: String,
    /// Key in it.
    #[schemars(length(min = 1, max = 253))]
    pub key: String,
}

/// The place a cause sits: an object and, where one is to blame, a field of it.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CauseRef {
    /// The object.
    #[serde(rename = "ref")]
    pub object: ResourceRef,
    /// JSON path of the field, e.g. `.data[DB_HOST]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1024))]
    pub field_path: Option<String>,
}

/// How bad an incident is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum IssueSeverity {
    /// Lowest.
    Low,
    /// Worth a look today.
    Medium,
    /// Users feel it.
    High,
    /// Highest.
    Critical,
}

impl fmt::Display for IssueSeverity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        })
    }
}

/// Who saw it first.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// A metrics alert.
    Prometheus,
    /// Kubernetes Events.
    Events,
    /// Container logs.
    Logs,
    /// An incoming webhook.
    Webhook,
    /// A watch on the cluster; what this operator writes.
    Watcher,
    /// A person.
    Manual,
}

/// One of the 24 catalogued classes of trouble.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names are the catalogue; their meaning is in docs/reference")]
pub enum SignalType {
    ErrorRate,
    Latency,
    /// Alias that documents use for [`SignalType::Latency`]; read, never written by us.
    LatencySpike,
    PodRestart,
    CpuHigh,
    MemoryHigh,
    OomKill,
    PodNotReady,
    DeployFailing,
    DiskPressure,
    NodeNotReady,
    PidPressure,
    NetworkUnavailable,
    PodCapacityHigh,
    PvcPending,
    IngressError,
    HpaMaxed,
    JobFailed,
    CronjobMissed,
    CertificateExpiring,
    ImagePullError,
    CrashloopBackoff,
    HelmReleaseFailed,
    ArgocdDegraded,
    ConfigDrift,
}

impl SignalType {
    /// The name on the wire, e.g. `oom_kill`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ErrorRate => "error_rate",
            Self::Latency | Self::LatencySpike => "latency",
            Self::PodRestart => "pod_restart",
            Self::CpuHigh => "cpu_high",
            Self::MemoryHigh => "memory_high",
            Self::OomKill => "oom_kill",
            Self::PodNotReady => "pod_not_ready",
            Self::DeployFailing => "deploy_failing",
            Self::DiskPressure => "disk_pressure",
            Self::NodeNotReady => "node_not_ready",
            Self::PidPressure => "pid_pressure",
            Self::NetworkUnavailable => "network_unavailable",
            Self::PodCapacityHigh => "pod_capacity_high",
            Self::PvcPending => "pvc_pending",
            Self::IngressError => "ingress_error",
            Self::HpaMaxed => "hpa_maxed",
            Self::JobFailed => "job_failed",
            Self::CronjobMissed => "cronjob_missed",
            Self::CertificateExpiring => "certificate_expiring",
            Self::ImagePullError => "image_pull_error",
            Self::CrashloopBackoff => "crashloop_backoff",
            Self::HelmReleaseFailed => "helm_release_failed",
            Self::ArgocdDegraded => "argocd_degraded",
            Self::ConfigDrift => "config_drift",
        }
    }
}

impl fmt::Display for SignalType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An action and its parameters, all strings, as plans, requests and runbooks carry them.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RemediationAction {
    /// Which action to run; one of the registry's names or `Custom`.
    #[serde(rename = "type")]
    pub action_type: ActionType,
    /// Parameters by name.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub params: std::collections::BTreeMap<String, String>,
}

macro_rules! action_types {
    ($($name:ident),* $(,)?) => {
        /// The 54 action types and `Custom`, which is always refused.
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
        #[allow(missing_docs, reason = "each action documents itself in the registry")]
        pub enum ActionType { $($name),* }

        impl ActionType {
            /// Every type, in the order of the published enum.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The name on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }

            /// The type with this exact name; anything unknown is `Custom`, which is refused.
            pub fn from_name(name: &str) -> Self {
                match name { $(stringify!($name) => Self::$name,)* _ => Self::Custom }
            }
        }
    };
}

action_types!(
    ScaleDeployment,
    RollbackDeployment,
    RestartDeployment,
    PatchConfig,
    AdjustResources,
    DeletePod,
    HelmRollback,
    ArgoSyncApp,
    AdjustHPA,
    RestartStatefulSetPod,
    CordonNode,
    UncordonNode,
    DrainNode,
    ResizePVC,
    RotateSecret,
    ExecDiagnostic,
    UpdateIngress,
    PatchNetworkPolicy,
    ApplyManifest,
    ScaleStatefulSet,
    RestartStatefulSet,
    RollbackStatefulSet,
    AdjustStatefulSetResources,
    DeleteStatefulSetPod,
    ForceDeleteStatefulSetPod,
    UpdateStatefulSetStrategy,
    RecreateStatefulSetPVC,
    PartitionStatefulSetUpdate,
    RestartDaemonSet,
    RollbackDaemonSet,
    AdjustDaemonSetResources,
    DeleteDaemonSetPod,
    UpdateDaemonSetStrategy,
    PauseDaemonSetRollout,
    CordonAndDeleteDaemonSetPod,
    RetryJob,
    AdjustJobResources,
    DeleteFailedJob,
    SuspendJob,
    ResumeJob,
    AdjustJobParallelism,
    AdjustJobDeadline,
    AdjustJobBackoffLimit,
    ForceDeleteJobPods,
    SuspendCronJob,
    ResumeCronJob,
    TriggerCronJob,
    AdjustCronJobResources,
    AdjustCronJobSchedule,
    AdjustCronJobDeadline,
    AdjustCronJobHistory,
    AdjustCronJobConcurrency,
    DeleteCronJobActiveJobs,
    ReplaceCronJobTemplate,
    Custom,
);

impl fmt::Display for ActionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
