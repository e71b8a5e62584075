//! Pods that change all the time and mean nothing by it, as a busy cluster's do.
//!
//! In: healthy pods on the real node. Out: so many changes a second that every watch of pods delivers, until it is stopped.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use k8s_openapi::api::core::v1::Pod;
use kube::api::{ListParams, Patch, PatchParams};
use kube::{Api, ResourceExt};
use serde_json::json;
use tokio::task::JoinSet;

use crate::app::App;
use crate::cluster::Cluster;
use crate::namespace::TestNamespace;

const PODS: i32 = 20;
const EACH_SECOND: u64 = 100;

pub struct Churn {
    began: Instant,
    writers: JoinSet<Result<u32>>,
    stop: tokio::sync::watch::Sender<bool>,
    /// Its pods go with it.
    _namespace: TestNamespace,
}

impl Churn {
    /// Healthy pods first, then their labels change, each pod's in its turn.
    pub async fn start(cluster: &Cluster) -> Result<Self> {
        let namespace = TestNamespace::create(cluster.connection(), "bench-churn", Some("observe")).await?;
        App::named("busy", cluster)?.replicas(PODS).running(&namespace).await?;
        let pods: Api<Pod> = namespace.api();
        let names: Vec<String> = pods.list(&ListParams::default()).await?.iter().map(ResourceExt::name_any).collect();
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let mut writers = JoinSet::new();
        let pause = Duration::from_secs(1) * u32::try_from(names.len())? / u32::try_from(EACH_SECOND)?;
        for name in names {
            writers.spawn(change(pods.clone(), name, pause, stopped.clone()));
        }
        Ok(Self { began: Instant::now(), writers, stop, _namespace: namespace })
    }

    /// How many changes a second it came to.
    pub async fn stop(mut self) -> Result<f64> {
        self.stop.send_replace(true);
        let mut changes = 0;
        while let Some(writer) = self.writers.join_next().await {
            changes += writer??;
        }
        ensure!(changes > 0, "nothing changed");
        Ok(f64::from(changes) / self.began.elapsed().as_secs_f64())
    }
}

async fn change(
    pods: Api<Pod>,
    name: String,
    pause: Duration,
    stopped: tokio::sync::watch::Receiver<bool>,
) -> Result<u32> {
    let mut turns = tokio::time::interval(pause);
    let mut changes = 0;
    while !*stopped.borrow() {
        turns.tick().await;
        let label = json!({ "metadata": { "labels": { "bench/turn": changes.to_string() } } });
        pods.patch_metadata(&name, &PatchParams::default(), &Patch::Merge(&label)).await?;
        changes += 1;
    }
    Ok(changes)
}
