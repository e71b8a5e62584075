//! What the operator costs while nothing happens: memory as the kernel counts it, requests as the API server counts them.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};

use super::Figures;
use crate::app::App;
use crate::cluster::Cluster;
use crate::incidents::issue_about;
use crate::installation::operator_user;
use crate::namespace::TestNamespace;
use crate::operator::Operator;

pub async fn measure(cluster: &Cluster, operator: &Operator, minutes: u64, figures: &mut Figures) -> Result<()> {
    // starting up is not idling
    tokio::time::sleep(Duration::from_secs(20)).await;
    let requests = requests_during(cluster, minutes).await?;
    let memory = memory_of(operator.pid())?;
    let anonymous = memory.get("Anonymous").context("the kernel does not say how much memory is anonymous")?;
    let resident = memory.get("Rss").context("the kernel does not say how much memory is resident")?;
    figures.add("idle: anonymous memory", anonymous / 1024.0, "MiB", Some(12.0));
    figures.add("idle: resident memory", resident / 1024.0, "MiB", Some(25.0));
    figures.add("idle: API requests per minute, all counted", requests, "/min", Some(12.0));
    Ok(())
}

/// What standing trouble costs: faults that were explained and that nobody mends.
pub async fn with_faults(cluster: &Cluster, operator: &Operator, minutes: u64, figures: &mut Figures) -> Result<()> {
    let namespace = TestNamespace::create(cluster.connection(), "bench-faults", Some("observe")).await?;
    let named = |name: &str| App::named(name, cluster);
    let missing = format!("{}/app:never-pushed", cluster.registry()?);
    let faults = [
        named("crash")?.doing(&["--exit-after=1ms"]),
        named("crash-later")?.doing(&["--exit-after=3s"]),
        named("oom")?.memory_limit("20Mi").doing(&["--allocate-mib=60"]),
        named("image")?.image(&missing),
        named("config")?.needing_config("KEY"),
        named("not-ready")?.doing(&["--ready-after=24h"]),
        named("too-big")?.memory_limit("512Gi"),
    ];
    for fault in &faults {
        fault.create(&namespace).await?;
    }
    for fault in faults.iter().filter(|fault| fault.name() != "not-ready") {
        issue_about(&namespace, fault.name()).await;
    }
    let requests = requests_during(cluster, minutes).await?;
    figures.add("7 standing faults: API requests per minute, all counted", requests, "/min", Some(60.0));
    let resident = memory_of(operator.pid())?.get("Rss").copied().unwrap_or_default();
    figures.add("7 standing faults: resident memory", resident / 1024.0, "MiB", None);
    Ok(())
}

/// Requests of the operator per minute, by the API server's own record.
async fn requests_during(cluster: &Cluster, minutes: u64) -> Result<f64> {
    let log = cluster.audit_log()?;
    let mark = log.mark()?;
    tokio::time::sleep(Duration::from_secs(60 * minutes)).await;
    let user = operator_user();
    let requests = log.since(mark)?.into_iter().filter(|request| request.user.username == user).count();
    Ok(requests as f64 / minutes as f64)
}

/// KiB by name.
pub fn memory_of(pid: u32) -> Result<BTreeMap<String, f64>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let fields = text.lines().filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_owned(), value.trim().strip_suffix(" kB")?.parse().ok()?))
    });
    Ok(fields.collect())
}
