//! Faults as a real kubelet, scheduler and controller manager reported them (Kubernetes 1.34, containerd).
//!
//! `<fault>.json` beside this file was recorded from a live cluster and trimmed. What the strings look like is not ours to invent.

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use common::api::ResourceRef;
use common::facts::{Facts, LogTail, Pod, ServiceFacts, Subject};
use jiff::Timestamp;
use k8s_openapi::api::apps::v1::ReplicaSet;
use k8s_openapi::api::core::v1::{ConfigMap, Event};
use serde::Deserialize;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings");

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

/// The names of all, in order.
pub fn names() -> Result<Vec<String>> {
    let files = std::fs::read_dir(FOLDER)?.collect::<Result<Vec<_>, _>>()?;
    let mut names: Vec<String> =
        files.iter().filter_map(|file| Some(file.file_name().to_str()?.strip_suffix(".json")?.to_owned())).collect();
    names.sort();
    Ok(names)
}

/// What was known of a fault.
pub fn recorded(fault: &str) -> Result<Facts> {
    let path = format!("{FOLDER}/{fault}.json");
    let recording: Recording = serde_json::from_slice(&std::fs::read(&path).context(path.clone())?).context(path)?;
    let object = match recording.kind.as_str() {
        "Deployment" => Subject::Deployment(Arc::new(serde_json::from_value(recording.object)?)),
        "Job" => Subject::Job(Arc::new(serde_json::from_value(recording.object)?)),
        other => bail!("recordings of a {other} are not read"),
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
    Ok(facts)
}
