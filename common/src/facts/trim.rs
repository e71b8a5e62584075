//! What a store keeps of an object: enough for signals and diagnosis, nothing else.
//!
//! In: an object as the watch delivered it. Out: the same object without what nobody here reads. Never: touches identity (name, UID,
//! resourceVersion, owners, generation, finalizers, deletion). Who needs a dropped field (managedFields, last-applied) reads it live.

use std::sync::Arc;

use crate::facts::Pod;
use crate::naming;
use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::{Container, ContainerStatus, Namespace, Node, PodSpec, PodTemplateSpec, Service};
use k8s_openapi::api::networking::v1::Ingress;
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// Written by `kubectl apply`: a second copy of the whole object.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Digest of a ReplicaSet's whole pod spec, on the trimmed object only; it is never written.
pub const POD_SPEC_DIGEST: &str = "platform.chatcli.io/pod-spec-digest";

/// What a pod has behind it: each says something only while it is not so.
const STAGES: [&str; 4] = ["PodScheduled", "PodReadyToStartContainers", "Initialized", "ContainersReady"];

/// Metadata without managedFields and the last applied configuration.
pub fn meta(meta: &mut ObjectMeta) {
    meta.managed_fields = None;
    meta.self_link = None;
    if let Some(annotations) = &mut meta.annotations {
        annotations.remove(LAST_APPLIED);
        if annotations.is_empty() {
            meta.annotations = None;
        }
    }
    if let Some(owners) = &mut meta.owner_references {
        owners.shrink_to_fit();
    }
}

/// A Pod: no sandbox details, no mounts, no security contexts.
pub fn pod(pod: &mut Pod) {
    meta(&mut pod.metadata);
    if let Some(spec) = pod.spec.as_mut().map(Arc::make_mut) {
        pod_spec(spec);
        spec.tolerations = None;
    }
    if let Some(status) = &mut pod.status {
        status.host_ips = None;
        status.pod_ips = None;
        status.resource_claim_statuses = None;
        status.ephemeral_container_statuses = None;
        if let Some(conditions) = &mut status.conditions {
            conditions.retain(|condition| condition.status != "True" || !STAGES.contains(&condition.type_.as_str()));
            conditions.shrink_to_fit();
        }
        for list in [&mut status.container_statuses, &mut status.init_container_statuses].into_iter().flatten() {
            list.iter_mut().for_each(container_status);
            list.shrink_to_fit();
        }
    }
}

/// A Deployment.
pub fn deployment(object: &mut Deployment) {
    meta(&mut object.metadata);
    if let Some(spec) = &mut object.spec {
        template(&mut spec.template);
    }
}

/// A ReplicaSet: its template is what a rollback would bring back. Whether two of them differ in what is left out here has still to be
/// known, so the whole is kept as a digest.
pub fn replica_set(object: &mut ReplicaSet) {
    meta(&mut object.metadata);
    if let Some(template_spec) = object.spec.as_mut().and_then(|spec| spec.template.as_mut()) {
        let whole = serde_json::to_string(&template_spec.spec).unwrap_or_default();
        template(template_spec);
        let annotations = object.metadata.annotations.get_or_insert_default();
        annotations.entry(POD_SPEC_DIGEST.to_owned()).or_insert_with(|| naming::hash(&[&whole], 16));
    }
}

/// A StatefulSet: its claim templates are read live when a volume is in question.
pub fn stateful_set(object: &mut StatefulSet) {
    meta(&mut object.metadata);
    if let Some(spec) = &mut object.spec {
        template(&mut spec.template);
        spec.volume_claim_templates = None;
    }
}

/// A DaemonSet.
pub fn daemon_set(object: &mut DaemonSet) {
    meta(&mut object.metadata);
    if let Some(spec) = &mut object.spec {
        template(&mut spec.template);
    }
}

/// A Job.
pub fn job(object: &mut Job) {
    meta(&mut object.metadata);
    if let Some(spec) = &mut object.spec {
        template(&mut spec.template);
    }
}

/// A Service: whom it selects and on which ports.
pub fn service(object: &mut Service) {
    meta(&mut object.metadata);
    object.status = None;
}

/// An Ingress: where it leads.
pub fn ingress(object: &mut Ingress) {
    meta(&mut object.metadata);
    object.status = None;
}

/// A HorizontalPodAutoscaler: what it wants and what keeps it from that. Measured values change every 15 s and say nothing here.
pub fn autoscaler(object: &mut HorizontalPodAutoscaler) {
    meta(&mut object.metadata);
    if let Some(status) = &mut object.status {
        status.current_metrics = None;
    }
}

/// A PodDisruptionBudget.
pub fn budget(object: &mut PodDisruptionBudget) {
    meta(&mut object.metadata);
    if let Some(status) = &mut object.status {
        status.disrupted_pods = None;
    }
}

/// A CronJob: what its Jobs run is read live when it matters.
pub fn cron_job(object: &mut CronJob) {
    meta(&mut object.metadata);
    if let Some(spec) = object.spec.as_mut().and_then(|spec| spec.job_template.spec.as_mut()) {
        template(&mut spec.template);
    }
}

/// A Node: `status.images` alone is often more than half of it.
pub fn node(object: &mut Node) {
    meta(&mut object.metadata);
    if let Some(status) = &mut object.status {
        status.images = None;
        status.volumes_attached = None;
        status.volumes_in_use = None;
        status.config = None;
        status.daemon_endpoints = None;
        status.features = None;
        status.runtime_handlers = None;
        // A heartbeat is not a change; without it a store sees an idle node as idle.
        for condition in status.conditions.iter_mut().flatten() {
            condition.last_heartbeat_time = None;
        }
    }
}

/// A Namespace: labels and annotations carry what people decided about it.
pub fn namespace(object: &mut Namespace) {
    meta(&mut object.metadata);
}

fn template(template: &mut PodTemplateSpec) {
    if let Some(template_meta) = &mut template.metadata {
        meta(template_meta);
    }
    if let Some(spec) = &mut template.spec {
        pod_spec(spec);
    }
}

fn pod_spec(spec: &mut PodSpec) {
    spec.dns_config = None;
    spec.host_aliases = None;
    spec.readiness_gates = None;
    spec.security_context = None;
    spec.ephemeral_containers = None;
    spec.containers.iter_mut().for_each(container);
    spec.init_containers.iter_mut().flatten().for_each(container);
    // Mounted by the API server into every pod; it is never the cause a person can fix here.
    if let Some(volumes) = &mut spec.volumes {
        volumes.retain(|volume| !volume.name.starts_with("kube-api-access-"));
        volumes.shrink_to_fit();
    }
}

fn container(container: &mut Container) {
    container.security_context = None;
    container.volume_mounts = None;
    container.volume_devices = None;
    container.termination_message_path = None;
    container.termination_message_policy = None;
    container.image_pull_policy = None;
    container.lifecycle = None;
}

fn container_status(status: &mut ContainerStatus) {
    status.container_id = None;
    status.allocated_resources = None;
    status.allocated_resources_status = None;
    status.resources = None;
    status.user = None;
    status.volume_mounts = None;
    // Each state repeats the container's id.
    for state in [&mut status.state, &mut status.last_state].into_iter().flatten() {
        if let Some(terminated) = &mut state.terminated {
            terminated.container_id = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_stage_that_a_pod_has_behind_it_is_dropped_and_one_it_is_in_is_kept() {
        let kept = |scheduled: &str| {
            let condition = |kind: &str, status: &str| json!({ "type": kind, "status": status });
            let mut object: Pod = serde_json::from_value(json!({ "metadata": {}, "status": { "conditions": [
                condition("PodScheduled", scheduled),
                condition("Initialized", "True"),
                condition("Ready", "True"),
                condition("DisruptionTarget", "True"),
            ]}}))
            .unwrap();
            pod(&mut object);
            let conditions = object.status.unwrap().conditions.unwrap();
            conditions.into_iter().map(|condition| condition.type_).collect::<Vec<_>>()
        };
        assert_eq!(kept("True"), ["Ready", "DisruptionTarget"]);
        assert_eq!(kept("False"), ["PodScheduled", "Ready", "DisruptionTarget"]);
    }
}
