//! Faults as a real kubelet, scheduler and controller manager reported them (Kubernetes 1.34, containerd), each diagnosed.
//!
//! `fixtures/<fault>.json` was recorded from a live cluster and trimmed. What the strings look like is not ours to invent.

use std::sync::Arc;

use jiff::Timestamp;
use k8s_openapi::api::apps::v1::ReplicaSet;
use k8s_openapi::api::core::v1::{ConfigMap, Event};
use serde::Deserialize;

use super::*;
use crate::api::{ResourceRef, SignalType};
use crate::facts::Pod;
use crate::facts::{LogTail, ServiceFacts, Subject};
use crate::signals;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recording {
    now: Timestamp,
    kind: String,
    object: serde_json::Value,
    replica_sets: Vec<ReplicaSet>,
    pods: Vec<Pod>,
    events: Vec<Event>,
    logs: Vec<Tail>,
    config_maps: Vec<ConfigMap>,
    services: Vec<Service>,
}

#[derive(Deserialize)]
struct Tail {
    pod: String,
    container: String,
    previous: bool,
    lines: Vec<String>,
}

#[derive(Deserialize)]
struct Service {
    name: String,
    ready: usize,
    all: usize,
}

fn recorded(fault: &str) -> Facts {
    let path = format!("{}/src/diagnosis/fixtures/{fault}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect(&path);
    let recording: Recording = serde_json::from_str(&text).expect(&path);
    let object = match recording.kind.as_str() {
        "Deployment" => Subject::Deployment(Arc::new(serde_json::from_value(recording.object).unwrap())),
        "Job" => Subject::Job(Arc::new(serde_json::from_value(recording.object).unwrap())),
        other => panic!("{other}"),
    };
    let mut facts = Facts::about(object, recording.now)
        .with_replica_sets(recording.replica_sets.into_iter().map(Arc::new))
        .with_pods(recording.pods.into_iter().map(Arc::new));
    facts.extra.events = recording.events;
    facts.extra.config_maps = recording.config_maps;
    facts.extra.logs = recording
        .logs
        .into_iter()
        .map(|Tail { pod, container, previous, lines }| LogTail { pod, container, previous, lines })
        .collect();
    facts.extra.services = recording
        .services
        .into_iter()
        .map(|service| ServiceFacts {
            service: ResourceRef::new("Service", "shop", service.name),
            ready_endpoints: service.ready,
            endpoints: service.all,
            ..ServiceFacts::default()
        })
        .collect();
    facts
}

/// Code and remedy of the first finding.
fn diagnosed(fault: &str) -> String {
    let finding = diagnose(&recorded(fault)).remove(0);
    let remedy = finding.remedies.first().and_then(|remedy| remedy.actions.first());
    let remedy = remedy.map_or_else(String::new, |action| {
        let params: Vec<String> = action.params.iter().map(|(key, value)| format!(" {key}={value}")).collect();
        format!(" -> {}{}", action.action_type, params.concat())
    });
    format!("{}{remedy}", finding.code)
}

#[test]
fn real_faults_get_their_cause_and_their_remedy() {
    for (fault, expected) in [
        ("missing-tag", "image-tag-missing -> RollbackDeployment toRevision=1"),
        ("registry-down", "registry-unreachable"),
        ("oom", "oom-limit-too-low -> AdjustResources container=app memory_limit=64Mi"),
        ("missing-key", "config-key-missing -> PatchConfig DB_HOST=db configmap=checkout-config"),
        ("missing-map", "config-object-missing"),
        ("missing-secret", "config-object-missing"),
        ("missing-secret-key", "secret-key-missing"),
        ("missing-volume", "config-object-missing"),
        ("no-command", "command-not-found"),
        ("too-big", "unschedulable-resources"),
        ("selector", "unschedulable-placement"),
        ("crash", "config-invalid"),
        ("crash-slow", "app-exits"),
        ("crash-rollout", "bad-rollout -> RollbackDeployment toRevision=1"),
        ("dependency", "dependency-down"),
        ("dependency-soft", "dependency-down"),
        ("liveness", "liveness-probe-failing"),
        ("wrong-port", "probe-wrong-port"),
        ("quota", "quota-exceeded"),
        ("migrate", "job-backoff-exceeded"),
    ] {
        assert_eq!(diagnosed(fault), expected, "{fault}");
    }
}

#[test]
fn real_faults_are_seen() {
    use SignalType::{DeployFailing, ImagePullError, JobFailed, OomKill, PodNotReady};
    for (fault, signal) in [
        ("missing-tag", ImagePullError),
        ("registry-down", ImagePullError),
        ("oom", OomKill),
        ("missing-key", PodNotReady),
        ("missing-map", PodNotReady),
        ("missing-secret-key", PodNotReady),
        ("too-big", PodNotReady),
        ("quota", DeployFailing),
        ("migrate", JobFailed),
    ] {
        let seen = signals::assess(&recorded(fault)).firing;
        assert!(seen.iter().any(|it| it.signal == signal), "{fault}: {seen:?}");
    }
    for fault in ["crash", "crash-slow", "crash-rollout", "dependency", "liveness", "no-command"] {
        let seen = signals::assess(&recorded(fault));
        let crash = |signal| matches!(signal, SignalType::CrashloopBackoff | SignalType::PodRestart);
        assert!(seen.firing.iter().any(|it| crash(it.signal)), "{fault}: {seen:?}");
    }
}

#[test]
fn statements_read_as_sentences() {
    let faults = [
        "missing-tag",
        "oom",
        "missing-key",
        "no-command",
        "too-big",
        "crash",
        "dependency",
        "liveness",
        "wrong-port",
        "quota",
        "migrate",
    ];
    let said: Vec<String> = faults.iter().map(|fault| diagnose(&recorded(fault)).remove(0).statement).collect();
    insta::assert_snapshot!(said.join("\n"));
}
