//! The shared stores: one watch per kind, whoever needs it.
//!
//! To watch one more kind for everybody, add a line to `watched!` below. For a watch that one folder alone needs (a single ConfigMap, a
//! cluster policy), use [`super::Runtime::also_watch`].

use std::sync::Arc;

use common::api::keys::annotations;
use common::api::{
    AIInsight, Anomaly, ApprovalPolicy, ApprovalRequest, ApprovalVote, ChaosExperiment, ChatCLIInstance, Instance,
    Issue, PostMortem, RemediationPlan, ResourceRef, Runbook, SourceRepository,
};
use common::facts::Pod;
use common::facts::trim;
use k8s_openapi::api::{
    apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet},
    autoscaling::v2::HorizontalPodAutoscaler,
    batch::v1::{CronJob, Job},
    coordination::v1::Lease,
    core::v1::{Namespace, Node, Service},
    networking::v1::Ingress,
    policy::v1::PodDisruptionBudget,
};
use kube::{Resource, ResourceExt as _};
use serde::de::DeserializeOwned;

use super::heard::Heard;
use super::store::{ObjectKey, Store, Tag};

/// Something changed: the object as it is now, or as it last was.
#[derive(Clone, Debug)]
pub struct Change {
    /// The object.
    pub object: Object,
    /// It is no longer there.
    pub gone: bool,
}

/// A kind that has a shared store.
pub trait Watched:
    Clone + std::fmt::Debug + DeserializeOwned + Resource<DynamicType = ()> + Send + Sync + 'static
{
    /// Its store.
    fn store(stores: &Stores) -> &Store<Self>;
    /// One of its objects, for [`Change`].
    fn object(this: Arc<Self>) -> Object;
    /// Takes out what nobody reads, before the object is stored.
    fn trim(&mut self);
    /// Takes what it has in common with stored objects from them.
    fn share(&mut self, _stored: &Store<Self>) {}
}

macro_rules! watched {
    ($($kind:ident in $field:ident, trimmed by $trim:expr, $(sharing $share:expr,)? found by $tags:expr;)*) => {
        /// Every shared store.
        #[allow(missing_docs, reason = "named after the kinds")]
        pub struct Stores {
            $(pub $field: Store<$kind>,)*
            /// What is heard of logs.
            pub heard: Heard,
        }

        impl Default for Stores {
            fn default() -> Self {
                Self { $($field: Store::new($tags),)* heard: Heard::default() }
            }
        }

        impl Stores {
            /// Kinds whose first listing is not complete yet.
            pub fn missing(&self) -> Vec<&'static str> {
                let mut missing = Vec::new();
                $(if !self.$field.is_synced() { missing.push(stringify!($kind)); })*
                missing
            }

            /// Every object of every store, as if it had just changed.
            pub fn replay(&self, mut tell: impl FnMut(&Change)) {
                $(for object in self.$field.all() {
                    tell(&Change { object: Object::$kind(object), gone: false });
                })*
            }
        }

        /// An object of one of the watched kinds.
        #[derive(Clone, Debug)]
        #[allow(missing_docs, reason = "named after the kinds")]
        pub enum Object {
            $($kind(Arc<$kind>),)*
            /// An object of a kind that one folder alone watches.
            Other { kind: &'static str, key: ObjectKey },
        }

        $(impl Watched for $kind {
            fn store(stores: &Stores) -> &Store<Self> { &stores.$field }
            fn object(this: Arc<Self>) -> Object { Object::$kind(this) }
            fn trim(&mut self) { ($trim as fn(&mut Self))(self) }
            $(fn share(&mut self, stored: &Store<Self>) { ($share as fn(&mut Self, &Store<Self>))(self, stored); })?
        })*

        /// Starts one watch per kind.
        pub(super) fn watch_all(start: &mut impl StartWatch) {
            $(start.watch::<$kind>();)*
        }
    };
}

/// Starts the watch of one kind; a trait because the kinds are only known to the macro.
pub(super) trait StartWatch {
    /// Starts it.
    fn watch<K: Watched>(&mut self);
}

watched! {
    Pod in pods, trimmed by trim::pod, sharing share_spec, found by |pod| {
        let node = pod.node.clone().map(Tag::Node);
        owner(pod).into_iter().chain(node).chain(here(pod)).collect()
    };
    ReplicaSet in replica_sets, trimmed by trim::replica_set, found by |set| owner(set).into_iter().collect();
    Deployment in deployments, trimmed by trim::deployment, found by here;
    StatefulSet in stateful_sets, trimmed by trim::stateful_set, found by here;
    DaemonSet in daemon_sets, trimmed by trim::daemon_set, found by here;
    Service in services, trimmed by trim::service, found by here;
    Ingress in ingresses, trimmed by trim::ingress, found by here;
    HorizontalPodAutoscaler in autoscalers, trimmed by trim::autoscaler, found by here;
    PodDisruptionBudget in budgets, trimmed by trim::budget, found by here;
    Job in jobs, trimmed by trim::job, found by |job| owner(job).into_iter().collect();
    CronJob in cron_jobs, trimmed by trim::cron_job, found by |_| Vec::new();
    Node in nodes, trimmed by trim::node, found by |_| Vec::new();
    Namespace in namespaces, trimmed by trim::namespace, found by |_| Vec::new();
    Lease in leases, trimmed by meta, found by |_| Vec::new();
    Anomaly in anomalies, trimmed by meta, found by |anomaly| {
        let issue = anomaly.status.as_ref().and_then(|status| status.issue_ref.as_ref());
        let incident = issue.and_then(|issue| issue.uid.clone()).map(Tag::Incident);
        let issue = issue.map(|issue| Tag::Issue(ObjectKey::beside(anomaly, &issue.name)));
        resource_tags(&anomaly.spec.resource).chain(issue).chain(incident).collect()
    };
    Issue in issues, trimmed by meta, found by |issue| {
        let cause = issue.status.as_ref().and_then(|status| status.cause.as_ref()).map(|cause| cause_tag(&cause.place.object));
        let shared = issue.spec.correlation_id.clone().map(Tag::Cause);
        let absorbed = listed_in(issue, annotations::ABSORBS).map(|resource| Tag::Absorbs(resource.to_owned()));
        resource_tags(&issue.spec.resource).chain(cause).chain(shared).chain(absorbed).collect()
    };
    AIInsight in insights, trimmed by insight, found by |insight| vec![Tag::Issue(ObjectKey::beside(insight, &insight.spec.issue_ref.name))];
    RemediationPlan in plans, trimmed by meta, found by |plan| vec![Tag::Issue(ObjectKey::beside(plan, &plan.spec.issue_ref.name))];
    Runbook in runbooks, trimmed by meta, found by |_| Vec::new();
    ApprovalPolicy in approval_policies, trimmed by meta, found by |_| Vec::new();
    ApprovalRequest in approval_requests, trimmed by meta, found by |request| owner(request).into_iter().collect();
    ApprovalVote in approval_votes, trimmed by meta, found by |vote| vec![Tag::Request(ObjectKey::beside(vote, &vote.spec.request_ref.name))];
    ChaosExperiment in chaos_experiments, trimmed by meta, found by |experiment| resource_tags(&experiment.target()).collect();
    Instance in instances, trimmed by meta, found by |_| Vec::new();
    ChatCLIInstance in legacy_instances, trimmed by meta, found by |_| Vec::new();
    PostMortem in post_mortems, trimmed by meta, found by |review| {
        let issue = Tag::Issue(ObjectKey::beside(review, &review.spec.issue_ref.name));
        resource_tags(&review.spec.resource).chain([issue]).collect()
    };
    SourceRepository in source_repositories, trimmed by meta, found by |repository| {
        vec![Tag::Resource(repository.workload().path())]
    };
}

/// Of our own kinds everything is read but the book-keeping of the API server.
fn meta<K: Resource>(object: &mut K) {
    trim::meta(object.meta_mut());
}

/// Pods of one ReplicaSet have one spec: thousands of copies of it would be most of what this process holds.
fn share_spec(pod: &mut Pod, stored: &Store<Pod>) {
    if let Some(sibling) = owner(pod).and_then(|tag| stored.any_tagged(&tag)) {
        pod.share(&sibling);
    }
}

/// A transcript is large, and read by people alone.
fn insight(insight: &mut AIInsight) {
    meta(insight);
    if let Some(status) = &mut insight.status {
        status.transcript = None;
    }
}

/// The tags of an affected resource: by UID where known, and by name.
pub fn resource_tags(resource: &ResourceRef) -> impl Iterator<Item = Tag> {
    resource.uid.clone().into_iter().chain([resource.path()]).map(Tag::Resource)
}

/// The tag of the object in which a cause sits.
pub fn cause_tag(object: &ResourceRef) -> Tag {
    Tag::Cause(object.path())
}

/// The resources, as `Kind/namespace/name`, that an annotation of an object lists.
pub fn listed_in<'a, K: Resource>(object: &'a K, annotation: &str) -> impl Iterator<Item = &'a str> + use<'a, K> {
    let list = object.meta().annotations.as_ref().and_then(|annotations| annotations.get(annotation));
    list.into_iter().flat_map(|list| list.split(',')).map(str::trim).filter(|entry| !entry.is_empty())
}

/// Whether an annotation of an object lists this resource.
pub fn lists<K: Resource>(object: &K, annotation: &str, resource: &ResourceRef) -> bool {
    let path = resource.path();
    listed_in(object, annotation).any(|entry| entry == path)
}

fn here<K: Resource>(object: &K) -> Vec<Tag> {
    object.namespace().map(Tag::Namespace).into_iter().collect()
}

/// UID of the controlling owner.
pub fn controller_of<K: Resource>(object: &K) -> Option<&str> {
    let owners = object.meta().owner_references.as_deref()?;
    owners.iter().find(|owner| owner.controller == Some(true)).map(|owner| owner.uid.as_str())
}

fn owner<K: Resource>(object: &K) -> Option<Tag> {
    controller_of(object).map(|uid| Tag::Owner(uid.to_owned()))
}
