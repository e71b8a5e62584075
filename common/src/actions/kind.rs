//! The Kubernetes kinds actions read and write, and where the API server keeps them.
//!
//! In: a kind's name. Out: paths. A table instead of discovery: what an action may touch is fixed when it is written.

use crate::api::ResourceRef;

/// One kind and its place in the API.
#[derive(Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Kind {
    /// `Deployment`.
    pub kind: &'static str,
    /// `apps`; empty for the core group.
    pub group: &'static str,
    /// `v1`.
    pub version: &'static str,
    /// `deployments`.
    pub plural: &'static str,
    /// False for nodes and namespaces.
    pub namespaced: bool,
}

macro_rules! kinds {
    ($($constant:ident = $kind:literal, $group:literal, $version:literal, $plural:literal, $namespaced:literal;)*) => {
        $(
            #[doc = concat!("`", $kind, "`.")]
            pub static $constant: Kind =
                Kind { kind: $kind, group: $group, version: $version, plural: $plural, namespaced: $namespaced };
        )*
        static ALL: &[&Kind] = &[$(&$constant),*];
    };
}

kinds! {
    CONFIG_MAP = "ConfigMap", "", "v1", "configmaps", true;
    CONTROLLER_REVISION = "ControllerRevision", "apps", "v1", "controllerrevisions", true;
    CRON_JOB = "CronJob", "batch", "v1", "cronjobs", true;
    DAEMON_SET = "DaemonSet", "apps", "v1", "daemonsets", true;
    DEPLOYMENT = "Deployment", "apps", "v1", "deployments", true;
    HORIZONTAL_POD_AUTOSCALER = "HorizontalPodAutoscaler", "autoscaling", "v2", "horizontalpodautoscalers", true;
    JOB = "Job", "batch", "v1", "jobs", true;
    LIMIT_RANGE = "LimitRange", "", "v1", "limitranges", true;
    NAMESPACE = "Namespace", "", "v1", "namespaces", false;
    NODE = "Node", "", "v1", "nodes", false;
    PERSISTENT_VOLUME = "PersistentVolume", "", "v1", "persistentvolumes", false;
    PERSISTENT_VOLUME_CLAIM = "PersistentVolumeClaim", "", "v1", "persistentvolumeclaims", true;
    POD = "Pod", "", "v1", "pods", true;
    POD_DISRUPTION_BUDGET = "PodDisruptionBudget", "policy", "v1", "poddisruptionbudgets", true;
    REPLICA_SET = "ReplicaSet", "apps", "v1", "replicasets", true;
    RESOURCE_QUOTA = "ResourceQuota", "", "v1", "resourcequotas", true;
    SERVICE = "Service", "", "v1", "services", true;
    STATEFUL_SET = "StatefulSet", "apps", "v1", "statefulsets", true;
}

impl Kind {
    /// The kind with this name, when any action knows it.
    pub fn named(kind: &str) -> Option<&'static Self> {
        ALL.iter().copied().find(|known| known.kind == kind)
    }

    /// `apps/v1`, or `v1` for the core group.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.to_owned() } else { format!("{}/{}", self.group, self.version) }
    }

    /// `deployments.apps`, the way RBAC messages name it.
    pub fn resource(&self) -> String {
        if self.group.is_empty() { self.plural.to_owned() } else { format!("{}.{}", self.plural, self.group) }
    }

    /// Path of the collection in a namespace.
    pub fn list_path(&self, namespace: &str) -> String {
        let root = if self.group.is_empty() {
            format!("/api/{}", self.version)
        } else {
            format!("/apis/{}/{}", self.group, self.version)
        };
        if self.namespaced {
            format!("{root}/namespaces/{namespace}/{}", self.plural)
        } else {
            format!("{root}/{}", self.plural)
        }
    }

    /// Path of one object.
    pub fn path(&self, namespace: &str, name: &str) -> String {
        format!("{}/{name}", self.list_path(namespace))
    }

    /// A reference to one object of this kind.
    pub fn reference(&self, namespace: &str, name: &str) -> ResourceRef {
        let namespace = if self.namespaced { namespace } else { "" };
        let mut reference = ResourceRef::new(self.kind, namespace, name);
        reference.api_version = Some(self.api_version());
        reference
    }
}
