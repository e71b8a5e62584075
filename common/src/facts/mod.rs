//! The read model: small snapshots of workloads, pods, nodes, events and logs, built from API objects.
//!
//! In: API objects, trimmed or whole. Out: [`Facts`] about one subject. Only [`reading`] talks to the API server, for who asks it to.

pub mod containers;
pub mod logged;
pub mod membership;
pub mod memory;
mod pod;
pub mod probes;
pub mod quantity;
pub mod reading;
pub mod references;
pub mod releases;
pub mod revisions;
pub mod schedule;
pub mod surroundings;
pub mod traces;
pub mod trim;
pub mod volumes;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::{
    apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet},
    batch::v1::{CronJob, Job},
    core::v1::{ConfigMap, Event, LimitRange, Node, PersistentVolumeClaim, PodSpec, ResourceQuota, Service},
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use crate::api::ResourceRef;
pub use logged::{Logged, Logs};
pub use memory::MemoryUse;
pub use pod::Pod;
pub use surroundings::Surroundings;
pub use volumes::VolumeUse;

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
    /// The CronJob that is the subject, beside its newest Job, which is the object.
    pub cron_job: Option<Arc<CronJob>>,
    /// A Deployment's ReplicaSets, newest revision first.
    pub replica_sets: Vec<Arc<ReplicaSet>>,
    /// Nodes its pods run on.
    pub nodes: Vec<Arc<Node>>,
    /// Who sends it traffic, scales it and guards it.
    pub around: Surroundings,
    /// What its containers logged lately, where somebody listens.
    pub logs: Logs,
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
    /// One whose history holds no Job.
    CronJob(Arc<CronJob>),
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
    /// Volume claims asked for.
    pub claims: Vec<PersistentVolumeClaim>,
    /// ResourceQuotas asked for.
    pub quotas: Vec<ResourceQuota>,
    /// LimitRanges of the namespace.
    pub limit_ranges: Vec<LimitRange>,
    /// Every node, where the question is which of them would do.
    pub all_nodes: Vec<Arc<Node>>,
    /// StorageClasses that exist, where the question is whether one does.
    pub storage_classes: Option<Vec<String>>,
    /// What is kept of the revisions of a StatefulSet or DaemonSet.
    pub revisions: Option<Vec<Kept>>,
    /// What its containers use of memory, where a metrics API tells.
    pub memory: Vec<MemoryUse>,
    /// How full the volumes of its claims are, where somebody may ask who counts it.
    pub volumes: Vec<VolumeUse>,
    /// Objects that do not exist, of those asked for.
    pub missing: Vec<ResourceRef>,
    /// Objects that could not be read, and why.
    pub unreadable: Vec<(ResourceRef, String)>,
}

/// A revision of a StatefulSet or DaemonSet, as its ControllerRevision keeps it.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// Of the ControllerRevision.
    pub metadata: ObjectMeta,
    /// Its number.
    pub number: i64,
    /// The pod spec it keeps.
    pub spec: Option<PodSpec>,
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
    pub selector: BTreeMap<String, String>,
    /// Endpoints that are ready, and all.
    pub ready_endpoints: usize,
    /// All endpoints.
    pub endpoints: usize,
    /// Workloads behind it, where known.
    pub behind: Vec<ResourceRef>,
    /// One of them is scaled to 0: nobody will answer, and nothing is wrong with it.
    pub scaled_down: Option<ResourceRef>,
    /// Its name is resolved by DNS to somebody outside; it has no endpoints by nature.
    pub external: bool,
    /// The Service itself, where it has ready endpoints …
    pub object: Option<Arc<Service>>,
    /// … and one of the pods behind it: do they fit?
    pub sample: Option<Arc<Pod>>,
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
    /// A PersistentVolumeClaim of the subject's namespace, with its Events.
    Claim(String),
    /// The names of all StorageClasses.
    StorageClasses,
    /// A ResourceQuota of the subject's namespace.
    Quota(String),
    /// The LimitRanges of the subject's namespace.
    LimitRanges,
    /// Every node.
    Nodes,
    /// The ControllerRevisions of the subject.
    Revisions,
    /// What the containers of its pods use of memory now.
    MemoryUse,
}

impl Extra {
    /// Adds what another read brought.
    pub fn merge(&mut self, one: Self) {
        let Self {
            events,
            logs,
            config_maps,
            services,
            claims,
            quotas,
            limit_ranges,
            all_nodes,
            storage_classes,
            revisions,
            memory,
            volumes,
            missing,
            unreadable,
        } = one;
        self.events.extend(events);
        self.logs.extend(logs);
        self.config_maps.extend(config_maps);
        self.services.extend(services);
        self.claims.extend(claims);
        self.quotas.extend(quotas);
        self.limit_ranges.extend(limit_ranges);
        self.all_nodes.extend(all_nodes);
        self.storage_classes = self.storage_classes.take().or(storage_classes);
        self.revisions = self.revisions.take().or(revisions);
        self.memory.extend(memory);
        self.volumes.extend(volumes);
        self.missing.extend(missing);
        // One refusal may answer several questions.
        for one in unreadable {
            if !self.unreadable.contains(&one) {
                self.unreadable.push(one);
            }
        }
    }

    /// Was this object asked for and not there?
    pub fn is_missing(&self, object: &ResourceRef) -> bool {
        self.missing.iter().any(|gone| gone.same_object(object))
    }

    /// Why this object could not be read.
    pub fn why_unreadable(&self, object: &ResourceRef) -> Option<&str> {
        self.unreadable.iter().find(|(other, _)| other.same_object(object)).map(|(_, why)| why.as_str())
    }
}

impl Subject {
    /// Metadata of the object.
    pub fn meta(&self) -> &ObjectMeta {
        match self {
            Self::Deployment(object) => &object.metadata,
            Self::StatefulSet(object) => &object.metadata,
            Self::DaemonSet(object) => &object.metadata,
            Self::Job(object) => &object.metadata,
            Self::CronJob(object) => &object.metadata,
            Self::Pod(object) => &object.metadata,
            Self::Node(object) => &object.metadata,
        }
    }

    /// Kind and apiVersion.
    pub fn kind(&self) -> (&'static str, &'static str) {
        match self {
            Self::Deployment(_) => ("Deployment", "apps/v1"),
            Self::StatefulSet(_) => ("StatefulSet", "apps/v1"),
            Self::DaemonSet(_) => ("DaemonSet", "apps/v1"),
            Self::Job(_) => ("Job", "batch/v1"),
            Self::CronJob(_) => ("CronJob", "batch/v1"),
            Self::Pod(_) => ("Pod", "v1"),
            Self::Node(_) => ("Node", "v1"),
        }
    }

    /// The reference under which anomalies and issues name it, with apiVersion and UID.
    pub fn reference(&self) -> ResourceRef {
        let (kind, api_version) = self.kind();
        let meta = self.meta();
        ResourceRef {
            kind: kind.to_owned(),
            name: meta.name.clone().unwrap_or_default(),
            namespace: meta.namespace.clone().unwrap_or_default(),
            api_version: Some(api_version.to_owned()),
            uid: meta.uid.clone(),
        }
    }

    /// The spec its pods are made from; a Pod's own spec; none for a Node.
    pub fn pod_spec(&self) -> Option<&PodSpec> {
        match self {
            Self::Deployment(object) => object.spec.as_ref()?.template.spec.as_ref(),
            Self::StatefulSet(object) => object.spec.as_ref()?.template.spec.as_ref(),
            Self::DaemonSet(object) => object.spec.as_ref()?.template.spec.as_ref(),
            Self::Job(object) => object.spec.as_ref()?.template.spec.as_ref(),
            Self::CronJob(object) => object.spec.as_ref()?.job_template.spec.as_ref()?.template.spec.as_ref(),
            Self::Pod(object) => object.spec.as_deref(),
            Self::Node(_) => None,
        }
    }

    /// How many pods should run now. A Job or CronJob has no such number: its pods come and go.
    pub fn desired(&self) -> usize {
        let wanted = match self {
            Self::Deployment(object) => object.spec.as_ref().map_or(0, |spec| spec.replicas.unwrap_or(1)),
            Self::StatefulSet(object) => object.spec.as_ref().map_or(0, |spec| spec.replicas.unwrap_or(1)),
            Self::DaemonSet(object) => object.status.as_ref().map_or(0, |status| status.desired_number_scheduled),
            Self::Pod(_) => 1,
            Self::Job(_) | Self::CronJob(_) | Self::Node(_) => 0,
        };
        usize::try_from(wanted).unwrap_or(0)
    }

    /// `minReadySeconds`.
    pub fn min_ready_seconds(&self) -> i32 {
        match self {
            Self::Deployment(object) => object.spec.as_ref().and_then(|spec| spec.min_ready_seconds),
            Self::StatefulSet(object) => object.spec.as_ref().and_then(|spec| spec.min_ready_seconds),
            Self::DaemonSet(object) => object.spec.as_ref().and_then(|spec| spec.min_ready_seconds),
            Self::Job(_) | Self::CronJob(_) | Self::Pod(_) | Self::Node(_) => None,
        }
        .unwrap_or(0)
    }

    /// How long its rollout may make no progress; a Deployment's default for kinds without such a number.
    pub fn progress_deadline(&self) -> SignedDuration {
        probes::progress_deadline(match self {
            Self::Deployment(object) => object.spec.as_ref().and_then(|spec| spec.progress_deadline_seconds),
            _ => None,
        })
    }
}

impl Facts {
    /// Facts about a CronJob, seen through its newest Job, where its history holds one: the subject is the CronJob, the object that Job.
    pub fn about_cron_job(cron_job: Arc<CronJob>, newest: Option<Arc<Job>>, now: Timestamp) -> Self {
        let Some(job) = newest else { return Self::about(Subject::CronJob(cron_job), now) };
        let subject = Subject::CronJob(Arc::clone(&cron_job)).reference();
        Self { subject, cron_job: Some(cron_job), ..Self::about(Subject::Job(job), now) }
    }

    /// The CronJob, where the facts are about one.
    pub fn as_cron_job(&self) -> Option<&CronJob> {
        match &self.object {
            Subject::CronJob(cron_job) => Some(cron_job),
            _ => self.cron_job.as_deref(),
        }
    }

    /// Facts about an object alone; pods, ReplicaSets and nodes are added by who has them.
    pub fn about(object: Subject, now: Timestamp) -> Self {
        let pods = if let Subject::Pod(pod) = &object { vec![pod.clone()] } else { Vec::new() };
        let nodes = if let Subject::Node(node) = &object { vec![node.clone()] } else { Vec::new() };
        Self {
            now,
            subject: object.reference(),
            object,
            pods,
            cron_job: None,
            replica_sets: Vec::new(),
            nodes,
            around: Surroundings::default(),
            logs: Logs::default(),
            extra: Extra::default(),
        }
    }

    /// Adds those of the ReplicaSets that the object controls, newest revision first. Call before [`Facts::with_pods`].
    #[must_use]
    pub fn with_replica_sets(mut self, candidates: impl IntoIterator<Item = Arc<ReplicaSet>>) -> Self {
        let Some(uid) = self.object.meta().uid.as_deref() else { return self };
        self.replica_sets =
            candidates.into_iter().filter(|set| membership::is_controlled_by(&set.metadata, uid)).collect();
        self.replica_sets.sort_by_key(|set| std::cmp::Reverse(membership::revision(set)));
        self
    }

    /// Adds those of the pods that the object controls, directly or through its ReplicaSets, oldest first.
    #[must_use]
    pub fn with_pods(mut self, candidates: impl IntoIterator<Item = Arc<Pod>>) -> Self {
        self.pods = candidates
            .into_iter()
            .filter(|pod| {
                let Some(owner) = membership::controller(&pod.metadata) else { return false };
                Some(&owner.uid) == self.object.meta().uid.as_ref()
                    || self.replica_sets.iter().any(|set| Some(&owner.uid) == set.metadata.uid.as_ref())
            })
            .collect();
        self.pods.sort_by(|a, b| {
            let key = |pod: &Pod| (membership::created(&pod.metadata), pod.metadata.name.clone());
            key(a).cmp(&key(b))
        });
        self
    }

    /// Adds those of the nodes that the subject's pods run on.
    #[must_use]
    pub fn with_nodes(mut self, candidates: impl IntoIterator<Item = Arc<Node>>) -> Self {
        self.nodes =
            candidates.into_iter().filter(|node| self.pods.iter().any(|pod| pod.node == node.metadata.name)).collect();
        self
    }

    /// Adds those of the namespace's objects that concern the subject.
    #[must_use]
    pub fn with_surroundings(mut self, candidates: Surroundings) -> Self {
        self.around = candidates.about(&self);
        self
    }

    /// Labels its pods have or will have.
    pub fn pod_labels(&self) -> Option<&BTreeMap<String, String>> {
        match &self.object {
            Subject::Deployment(object) => object.spec.as_ref()?.template.metadata.as_ref()?.labels.as_ref(),
            Subject::StatefulSet(object) => object.spec.as_ref()?.template.metadata.as_ref()?.labels.as_ref(),
            Subject::DaemonSet(object) => object.spec.as_ref()?.template.metadata.as_ref()?.labels.as_ref(),
            Subject::Job(object) => object.spec.as_ref()?.template.metadata.as_ref()?.labels.as_ref(),
            Subject::CronJob(object) => {
                object.spec.as_ref()?.job_template.spec.as_ref()?.template.metadata.as_ref()?.labels.as_ref()
            }
            Subject::Pod(object) => object.metadata.labels.as_ref(),
            Subject::Node(_) => None,
        }
    }

    /// Pods that count: not on their way out, not finished, not of a revision that is scaled to 0.
    pub fn current_pods(&self) -> impl Iterator<Item = &Pod> {
        self.pods.iter().map(AsRef::as_ref).filter(|pod| {
            if pod.metadata.deletion_timestamp.is_some() || membership::is_finished(pod) {
                return false;
            }
            self.replica_set_of(pod)
                .is_none_or(|set| set.spec.as_ref().is_none_or(|spec| spec.replicas.unwrap_or(1) > 0))
        })
    }

    /// What its pods were made from, now and before: a pod of an older revision still says what that one was given.
    pub fn pod_specs(&self) -> impl Iterator<Item = &PodSpec> {
        let sets = self.replica_sets.iter().filter_map(|set| set.spec.as_ref()?.template.as_ref()?.spec.as_ref());
        let kept = self.extra.revisions.iter().flatten().filter_map(|kept| kept.spec.as_ref());
        let pods = self.pods.iter().filter_map(|pod| pod.spec.as_deref());
        self.object.pod_spec().into_iter().chain(sets).chain(kept).chain(pods)
    }

    /// The ReplicaSet that made a pod.
    pub fn replica_set_of(&self, pod: &Pod) -> Option<&ReplicaSet> {
        let owner = membership::controller(&pod.metadata)?;
        self.replica_sets.iter().map(AsRef::as_ref).find(|set| set.metadata.uid.as_deref() == Some(owner.uid.as_str()))
    }

    /// The node a pod runs on, where known.
    pub fn node_of(&self, pod: &Pod) -> Option<&Node> {
        let name = pod.node.as_ref()?;
        self.nodes.iter().map(AsRef::as_ref).find(|node| node.metadata.name.as_ref() == Some(name))
    }
}
