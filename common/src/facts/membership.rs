//! Who belongs to whom, by UID: a name prefix would take `web-admin` for a part of `web`.
//!
//! In: metadata and status of API objects. Out: owners, revisions, life stages. Never: compares names.

use jiff::Timestamp;
use k8s_openapi::api::apps::v1::ReplicaSet;
use k8s_openapi::api::core::v1::PodCondition;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};

use crate::facts::Pod;

/// Annotation in which the Deployment controller numbers its ReplicaSets.
pub const REVISION: &str = "deployment.kubernetes.io/revision";

/// The owner that manages an object.
pub fn controller(meta: &ObjectMeta) -> Option<&OwnerReference> {
    meta.owner_references.as_ref()?.iter().find(|owner| owner.controller == Some(true))
}

/// Is the object managed by the one with this UID?
pub fn is_controlled_by(meta: &ObjectMeta, uid: &str) -> bool {
    controller(meta).is_some_and(|owner| owner.uid == uid)
}

/// Revision number of a ReplicaSet; 0 where the Deployment controller has not numbered it yet.
pub fn revision(set: &ReplicaSet) -> i64 {
    revision_of(&set.metadata).unwrap_or(0)
}

/// Revision number on a Deployment or ReplicaSet.
pub fn revision_of(meta: &ObjectMeta) -> Option<i64> {
    meta.annotations.as_ref()?.get(REVISION)?.parse().ok()
}

/// When an object was made.
pub fn created(meta: &ObjectMeta) -> Option<Timestamp> {
    meta.creation_timestamp.as_ref().map(|time| time.0)
}

/// A pod whose containers will not run again: completed, evicted, or failed for good.
pub fn is_finished(pod: &Pod) -> bool {
    matches!(phase(pod), "Succeeded" | "Failed")
}

/// When the kubelet put a pod out that should have run on. Programs that end well when they are told to leave `Succeeded` behind, which a pod
/// that is always restarted, and that nobody deletes, reaches in no other way.
pub fn put_out(pod: &Pod) -> Option<Timestamp> {
    let evicted = pod.status.as_ref().and_then(|status| status.reason.as_deref()) == Some("Evicted");
    let always = pod.spec.as_ref().is_some_and(|spec| spec.restart_policy.as_deref() == Some("Always"));
    let told = always
        && pod.metadata.deletion_timestamp.is_none()
        && phase(pod) == "Succeeded"
        && super::containers::of(pod).all(|container| container.ended().is_some());
    let when = condition(pod, "DisruptionTarget").or_else(|| condition(pod, "Ready"))?;
    (evicted || told).then_some(when.last_transition_time.as_ref()?.0)
}

/// A pod's phase, empty where unknown.
pub fn phase(pod: &Pod) -> &str {
    pod.status.as_ref().and_then(|status| status.phase.as_deref()).unwrap_or_default()
}

/// A condition of a pod.
pub fn condition<'a>(pod: &'a Pod, kind: &str) -> Option<&'a PodCondition> {
    pod.status.as_ref()?.conditions.as_ref()?.iter().find(|condition| condition.type_ == kind)
}

/// Since when the pod is Ready; none while it is not.
pub fn ready_since(pod: &Pod) -> Option<Timestamp> {
    let ready = condition(pod, "Ready").filter(|condition| condition.status == "True")?;
    ready.last_transition_time.as_ref().map(|time| time.0).or_else(|| started(pod))
}

/// When the kubelet took the pod on, else when it was made.
pub fn started(pod: &Pod) -> Option<Timestamp> {
    let status = pod.status.as_ref();
    status.and_then(|status| status.start_time.as_ref()).map(|time| time.0).or_else(|| created(&pod.metadata))
}
