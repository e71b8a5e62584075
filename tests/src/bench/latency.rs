//! From the moment trouble can be seen to the explained incident.
//!
//! Real faults whose signal counts at once (no hold), so that nothing but the operator's own time is measured. Both moments are arrivals
//! at one watch client that is not the operator's: the pod's status that shows the fault, and the Issue with its cause.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use common::api::Issue;
use futures::{StreamExt, stream};
use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use kube::runtime::{WatchStreamExt, watcher};

use super::Figures;
use super::churn::Churn;
use crate::app::App;
use crate::cluster::Cluster;
use crate::incidents::cause_of;
use crate::namespace::TestNamespace;

/// So many at once; more would queue at the kubelet, not at the operator.
const ABREAST: usize = 4;
const PATIENCE: Duration = Duration::from_secs(120);

/// Arrival of an event about the app of this name.
enum Arrival {
    Shows(String),
    Explained(String),
}

pub async fn measure(cluster: &Cluster, faults: usize, figures: &mut Figures) -> Result<()> {
    let churn = Churn::start(cluster).await?;
    let (mut all, mut by_kind) = times(cluster, faults).await?;
    let changes = churn.stop().await?;
    figures.add_times("fault shows -> Issue with cause (hold 0 s)", &mut all, Some(0.3), Some(1.0));
    for (kind, times) in &mut by_kind {
        figures.add_times(&format!("  {kind}"), times, None, None);
    }
    figures.add("  pod changes a second meanwhile", changes, "", None);
    Ok(())
}

/// The times of so many faults, all of them and by kind.
pub async fn times(cluster: &Cluster, faults: usize) -> Result<(Vec<Duration>, BTreeMap<&'static str, Vec<Duration>>)> {
    let namespace = TestNamespace::create(cluster.connection(), "bench", Some("observe")).await?;
    let mut by_kind: BTreeMap<&'static str, Vec<Duration>> = BTreeMap::new();
    let mut all = Vec::new();
    for round in 0..faults.div_ceil(ABREAST) {
        let mut apps = BTreeMap::new();
        for (kind, app) in faulty(cluster, round)? {
            apps.insert(app.name().to_owned(), (kind, app));
        }
        let (shown, explained) = one_round(&namespace, &apps).await?;
        for (name, (kind, app)) in apps {
            let took = explained[&name].saturating_duration_since(shown[&name]);
            by_kind.entry(kind).or_default().push(took);
            all.push(took);
            app.created(&namespace).delete().await?;
        }
    }
    Ok((all, by_kind))
}

fn faulty(cluster: &Cluster, round: usize) -> Result<Vec<(&'static str, App)>> {
    let named = |kind: &str| App::named(&format!("{kind}-{round}"), cluster);
    Ok(vec![
        ("crash loop", named("crash")?.doing(&["--exit-after=1ms"])),
        ("OOM kill", named("oom")?.memory_limit("20Mi").doing(&["--allocate-mib=60"])),
        ("missing image", named("image")?.image(&format!("{}/app:never-pushed", cluster.registry()?))),
        ("missing configuration", named("config")?.needing_config("KEY")),
    ])
}

async fn one_round(
    namespace: &TestNamespace,
    apps: &BTreeMap<String, (&str, App)>,
) -> Result<(BTreeMap<String, Instant>, BTreeMap<String, Instant>)> {
    let mut arrivals = arrivals(namespace.api(), namespace.api());
    for (_, app) in apps.values() {
        app.create(namespace).await?;
    }
    let (mut shown, mut explained) = (BTreeMap::new(), BTreeMap::new());
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while explained.len() < apps.len() || shown.len() < apps.len() {
        let Ok(Some(arrival)) = tokio::time::timeout_at(deadline, arrivals.next()).await else {
            anyhow::bail!("not explained within {PATIENCE:?}: of {:?} only {:?}", apps.keys(), explained.keys());
        };
        let now = Instant::now();
        match arrival {
            Arrival::Shows(name) if apps.contains_key(&name) => shown.entry(name).or_insert(now),
            Arrival::Explained(name) if apps.contains_key(&name) => explained.entry(name).or_insert(now),
            _ => continue,
        };
    }
    ensure!(shown.len() == explained.len(), "an incident without a fault");
    Ok((shown, explained))
}

fn arrivals(pods: Api<Pod>, issues: Api<Issue>) -> stream::BoxStream<'static, Arrival> {
    let pods = watcher(pods, watcher::Config::default()).applied_objects().filter_map(async |pod| {
        let pod = pod.ok()?;
        let app = pod.metadata.labels.as_ref()?.get("app")?.clone();
        shows_its_fault(&pod).then_some(Arrival::Shows(app))
    });
    let issues = watcher(issues, watcher::Config::default()).applied_objects().filter_map(async |issue| {
        let issue = issue.ok()?;
        (!cause_of(&issue).is_empty()).then(|| Arrival::Explained(issue.spec.resource.name.clone()))
    });
    stream::select(pods.boxed(), issues.boxed()).boxed()
}

/// The states that count without any hold.
fn shows_its_fault(pod: &Pod) -> bool {
    let statuses = pod.status.iter().flat_map(|status| status.container_statuses.iter().flatten());
    statuses.into_iter().any(|status| {
        let waiting =
            status.state.as_ref().and_then(|state| state.waiting.as_ref()).and_then(|state| state.reason.as_deref());
        let ended =
            [&status.state, &status.last_state].into_iter().flatten().filter_map(|state| state.terminated.as_ref());
        let killed = ended.into_iter().any(|end| end.reason.as_deref() == Some("OOMKilled"));
        killed || matches!(waiting, Some("CrashLoopBackOff" | "ImagePullBackOff" | "CreateContainerConfigError"))
    })
}
