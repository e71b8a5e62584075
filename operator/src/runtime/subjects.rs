//! From a changed object to the workload or node it belongs to, and from that to its facts, out of the shared stores alone.
//!
//! In: objects, UIDs. Out: [`SubjectKey`]s and [`Facts`]. Never: matches names by prefix, reads anything.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use common::api::ResourceRef;
use common::facts::Pod;
use common::facts::surroundings::holds;
use common::facts::{Facts, Subject, Surroundings, membership};
use jiff::Timestamp;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};

use super::heard;
use super::store::{ObjectKey, Tag};
use super::stores::Stores;

/// Kinds that anomalies and issues are about.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[allow(missing_docs, reason = "named after the kinds")]
pub enum Kind {
    Deployment,
    StatefulSet,
    DaemonSet,
    Job,
    CronJob,
    Pod,
    Node,
}

impl Kind {
    /// The Kubernetes name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deployment => "Deployment",
            Self::StatefulSet => "StatefulSet",
            Self::DaemonSet => "DaemonSet",
            Self::Job => "Job",
            Self::CronJob => "CronJob",
            Self::Pod => "Pod",
            Self::Node => "Node",
        }
    }

    /// By its Kubernetes name.
    pub fn from_name(name: &str) -> Option<Self> {
        let all =
            [Self::Deployment, Self::StatefulSet, Self::DaemonSet, Self::Job, Self::CronJob, Self::Pod, Self::Node];
        all.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A workload or node by name.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SubjectKey {
    /// Its kind.
    pub kind: Kind,
    /// Its namespace and name.
    pub object: ObjectKey,
}

impl fmt::Display for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.as_str(), self.object)
    }
}

impl SubjectKey {
    /// By kind, namespace and name.
    pub fn new(kind: Kind, namespace: &str, name: &str) -> Self {
        Self { kind, object: ObjectKey::new(namespace, name) }
    }

    /// The subject a reference names, if it is of a kind we know.
    pub fn named_by(resource: &ResourceRef) -> Option<Self> {
        let kind = Kind::from_name(&resource.kind)?;
        let namespace = if kind == Kind::Node { "" } else { &resource.namespace };
        Some(Self::new(kind, namespace, &resource.name))
    }

    /// The reference by name alone.
    pub fn reference(&self) -> ResourceRef {
        ResourceRef::new(self.kind.as_str(), &self.object.namespace, &self.object.name)
    }
}

/// The subject a pod belongs to: its outermost owner that we know. `None` while a ReplicaSet on the way has not been seen yet.
pub fn of_pod(stores: &Stores, pod: &Pod) -> Option<SubjectKey> {
    let namespace = pod.metadata.namespace.as_deref().unwrap_or_default();
    let alone = || SubjectKey::new(Kind::Pod, namespace, pod.metadata.name.as_deref().unwrap_or_default());
    let Some(owner) = membership::controller(&pod.metadata) else { return Some(alone()) };
    match owner.kind.as_str() {
        "ReplicaSet" => {
            let set = stores.replica_sets.by_uid(&owner.uid)?;
            Some(of_replica_set(&set.metadata).unwrap_or_else(alone))
        }
        "Job" => Some(of_job(&*stores.jobs.by_uid(&owner.uid)?)),
        _ => Some(of_owner(owner, namespace, &[Kind::StatefulSet, Kind::DaemonSet]).unwrap_or_else(alone)),
    }
}

/// The Deployment of a ReplicaSet. One without is a detail of something we do not know: its pods speak for themselves.
pub fn of_replica_set(set: &ObjectMeta) -> Option<SubjectKey> {
    of_owner(membership::controller(set)?, set.namespace.as_deref().unwrap_or_default(), &[Kind::Deployment])
}

/// The CronJob of a Job, or the Job itself.
pub fn of_job(job: &Job) -> SubjectKey {
    let namespace = job.metadata.namespace.as_deref().unwrap_or_default();
    membership::controller(&job.metadata)
        .and_then(|owner| of_owner(owner, namespace, &[Kind::CronJob]))
        .unwrap_or_else(|| SubjectKey::new(Kind::Job, namespace, job.metadata.name.as_deref().unwrap_or_default()))
}

fn of_owner(owner: &OwnerReference, namespace: &str, known: &[Kind]) -> Option<SubjectKey> {
    let kind = Kind::from_name(&owner.kind).filter(|kind| known.contains(kind))?;
    Some(SubjectKey::new(kind, namespace, &owner.name))
}

/// What the stores know about a subject now; `None` when it is not there.
///
/// A CronJob is seen through its newest Job: the subject is the CronJob, the object that Job.
pub fn facts(stores: &Stores, key: &SubjectKey, now: Timestamp) -> Option<Facts> {
    let object = match key.kind {
        Kind::Deployment => Subject::Deployment(stores.deployments.get(&key.object)?),
        Kind::StatefulSet => Subject::StatefulSet(stores.stateful_sets.get(&key.object)?),
        Kind::DaemonSet => Subject::DaemonSet(stores.daemon_sets.get(&key.object)?),
        Kind::Job => Subject::Job(stores.jobs.get(&key.object)?),
        Kind::Pod => Subject::Pod(stores.pods.get(&key.object)?),
        Kind::Node => Subject::Node(stores.nodes.get(&key.object)?),
        Kind::CronJob => return cron_job_facts(stores, key, now),
    };
    let facts = complete(stores, Facts::about(object, now));
    let logs = heard::logs(stores, key, &facts);
    Some(Facts { logs, ..facts })
}

/// What a question to a subject's metadata comes to; `false` when it is not there.
pub fn meta(stores: &Stores, key: &SubjectKey, ask: impl FnOnce(&ObjectMeta) -> bool) -> bool {
    match key.kind {
        Kind::Deployment => stores.deployments.get(&key.object).is_some_and(|it| ask(&it.metadata)),
        Kind::StatefulSet => stores.stateful_sets.get(&key.object).is_some_and(|it| ask(&it.metadata)),
        Kind::DaemonSet => stores.daemon_sets.get(&key.object).is_some_and(|it| ask(&it.metadata)),
        Kind::Job => stores.jobs.get(&key.object).is_some_and(|it| ask(&it.metadata)),
        Kind::CronJob => stores.cron_jobs.get(&key.object).is_some_and(|it| ask(&it.metadata)),
        Kind::Pod => stores.pods.get(&key.object).is_some_and(|it| ask(&it.metadata)),
        Kind::Node => stores.nodes.get(&key.object).is_some_and(|it| ask(&it.metadata)),
    }
}

fn cron_job_facts(stores: &Stores, key: &SubjectKey, now: Timestamp) -> Option<Facts> {
    let cron_job = stores.cron_jobs.get(&key.object)?;
    let of_it = cron_job.metadata.uid.iter().flat_map(|uid| stores.jobs.tagged(&Tag::Owner(uid.clone())));
    let newest = of_it.max_by_key(|job| membership::created(&job.metadata));
    Some(complete(stores, Facts::about_cron_job(cron_job, newest, now)))
}

fn complete(stores: &Stores, facts: Facts) -> Facts {
    let Some(uid) = facts.object.meta().uid.clone() else { return facts };
    let facts = match &facts.object {
        Subject::Pod(_) => facts,
        Subject::Node(_) => return facts,
        _ => {
            let sets = stores.replica_sets.tagged(&Tag::Owner(uid.clone()));
            let mut pods = stores.pods.tagged(&Tag::Owner(uid));
            for set in &sets {
                pods.extend(set.metadata.uid.iter().flat_map(|uid| stores.pods.tagged(&Tag::Owner(uid.clone()))));
            }
            facts.with_replica_sets(sets).with_pods(pods)
        }
    };
    let here = Tag::Namespace(facts.subject.namespace.clone());
    let facts = facts.with_surroundings(Surroundings {
        services: stores.services.tagged(&here),
        ingresses: stores.ingresses.tagged(&here),
        autoscalers: stores.autoscalers.tagged(&here),
        budgets: stores.budgets.tagged(&here),
        ..Surroundings::default()
    });
    let names: std::collections::BTreeSet<&str> = facts.pods.iter().filter_map(|pod| pod.node.as_deref()).collect();
    let nodes: Vec<Arc<_>> = names.into_iter().filter_map(|name| stores.nodes.get(&ObjectKey::new("", name))).collect();
    facts.with_nodes(nodes)
}

/// The workloads of a namespace whose pods bear these labels, whether they have any now or not.
pub fn making(stores: &Stores, namespace: &str, labels: &BTreeMap<String, String>) -> Vec<SubjectKey> {
    let here = Tag::Namespace(namespace.to_owned());
    let makes =
        |meta: Option<&ObjectMeta>| meta.and_then(|meta| meta.labels.as_ref()).is_some_and(|its| holds(its, labels));
    let key = |kind, meta: &ObjectMeta| SubjectKey::new(kind, namespace, meta.name.as_deref().unwrap_or_default());
    let mut found = Vec::new();
    for object in stores.deployments.tagged(&here) {
        if makes(object.spec.as_ref().and_then(|spec| spec.template.metadata.as_ref())) {
            found.push(key(Kind::Deployment, &object.metadata));
        }
    }
    for object in stores.stateful_sets.tagged(&here) {
        if makes(object.spec.as_ref().and_then(|spec| spec.template.metadata.as_ref())) {
            found.push(key(Kind::StatefulSet, &object.metadata));
        }
    }
    for object in stores.daemon_sets.tagged(&here) {
        if makes(object.spec.as_ref().and_then(|spec| spec.template.metadata.as_ref())) {
            found.push(key(Kind::DaemonSet, &object.metadata));
        }
    }
    found
}

/// The workloads of a namespace that own pods for long.
pub fn in_namespace(stores: &Stores, namespace: &str) -> Vec<SubjectKey> {
    let here = Tag::Namespace(namespace.to_owned());
    let key = |kind, meta: &ObjectMeta| SubjectKey::new(kind, namespace, meta.name.as_deref().unwrap_or_default());
    let deployments = stores.deployments.tagged(&here);
    let sets = stores.stateful_sets.tagged(&here);
    let daemons = stores.daemon_sets.tagged(&here);
    let deployments = deployments.iter().map(|object| key(Kind::Deployment, &object.metadata));
    let sets = sets.iter().map(|object| key(Kind::StatefulSet, &object.metadata));
    let daemons = daemons.iter().map(|object| key(Kind::DaemonSet, &object.metadata));
    deployments.chain(sets).chain(daemons).collect()
}

/// Whether new objects may still be made in a namespace.
pub fn accepts_objects(stores: &Stores, namespace: &str) -> bool {
    stores
        .namespaces
        .get(&ObjectKey::new("", namespace))
        .is_none_or(|found: Arc<Namespace>| found.metadata.deletion_timestamp.is_none())
}
