//! The read model: small snapshots of workloads, pods, nodes, events and logs, built from API objects.
//!
//! In: API objects, trimmed or whole. Out: [`Facts`] about one subject. Never: talks to the API server.

use std::sync::Arc;

use jiff::Timestamp;
use k8s_openapi::api::{
    apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet},
    batch::v1::Job,
    core::v1::{ConfigMap, Event, Node, Pod},
};

use crate::api::ResourceRef;

/// Everything known about one subject at one moment.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The moment.
    pub now: Timestamp,
    /// The workload or node, with apiVersion and UID.
    pub subject: ResourceRef,
    /// The subject itself.
    pub object: Subject,
    /// Its pods, by owner UID.
    pub pods: Vec<Arc<Pod>>,
    /// A Deployment's ReplicaSets, newest revision first.
    pub replica_sets: Vec<Arc<ReplicaSet>>,
    /// Nodes its pods run on.
    pub nodes: Vec<Arc<Node>>,
    /// Read on demand ([`Want`]): what could be read.
    pub extra: Extra,
}

/// The object the facts are about.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "named after the kinds")]
pub enum Subject {
    Deployment(Arc<Deployment>),
    StatefulSet(Arc<StatefulSet>),
    DaemonSet(Arc<DaemonSet>),
    Job(Arc<Job>),
    /// A pod that nobody owns.
    Pod(Arc<Pod>),
    Node(Arc<Node>),
}

/// Reads that diagnosis asks for once a signal is up.
#[derive(Clone, Debug, Default)]
pub struct Extra {
    /// Events of the subject, its ReplicaSets and pods, oldest first.
    pub events: Vec<Event>,
    /// Log tails.
    pub logs: Vec<LogTail>,
    /// ConfigMaps that could be read; a name asked for and not here is in `missing` or `unreadable`.
    pub config_maps: Vec<ConfigMap>,
    /// Services asked for, with the number of ready endpoints.
    pub services: Vec<ServiceFacts>,
    /// Objects that do not exist, of those asked for.
    pub missing: Vec<ResourceRef>,
    /// Objects that could not be read, and why.
    pub unreadable: Vec<(ResourceRef, String)>,
}

/// The last lines of one container.
#[derive(Clone, Debug, Default)]
pub struct LogTail {
    /// Pod name.
    pub pod: String,
    /// Container name.
    pub container: String,
    /// From the instance before the running one.
    pub previous: bool,
    /// Lines, oldest first, redacted.
    pub lines: Vec<String>,
}

/// A Service and who answers behind it.
#[derive(Clone, Debug, Default)]
pub struct ServiceFacts {
    /// The Service.
    pub service: ResourceRef,
    /// Pod labels it selects.
    pub selector: std::collections::BTreeMap<String, String>,
    /// Endpoints that are ready, and all.
    pub ready_endpoints: usize,
    /// All endpoints.
    pub endpoints: usize,
    /// Workloads behind it, where known.
    pub behind: Vec<ResourceRef>,
}

/// One thing worth reading.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Want {
    /// Events of the subject and its pods.
    Events,
    /// The last 50 lines of a container.
    Logs {
        /// Pod name.
        pod: String,
        /// Container name.
        container: String,
        /// Of the instance before the running one.
        previous: bool,
    },
    /// A ConfigMap of the subject's namespace.
    ConfigMap(String),
    /// A Service by namespace and name, with its endpoints.
    Service {
        /// Namespace.
        namespace: String,
        /// Name.
        name: String,
    },
}
