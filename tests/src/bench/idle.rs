//! What the operator costs while nothing happens: memory as the kernel counts it, requests as the API server counts them.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};

use super::Figures;
use crate::cluster::Cluster;
use crate::installation::operator_user;
use crate::operator::Operator;

pub async fn measure(cluster: &Cluster, operator: &Operator, minutes: u64, figures: &mut Figures) -> Result<()> {
    // starting up is not idling
    tokio::time::sleep(Duration::from_secs(20)).await;
    let log = cluster.audit_log()?;
    let mark = log.mark()?;
    tokio::time::sleep(Duration::from_secs(60 * minutes)).await;
    let user = operator_user();
    let requests: Vec<_> = log.since(mark)?.into_iter().filter(|request| request.user.username == user).collect();
    let memory = memory_of(operator.pid())?;
    let anonymous = memory.get("Anonymous").context("the kernel does not say how much memory is anonymous")?;
    let resident = memory.get("Rss").context("the kernel does not say how much memory is resident")?;
    figures.add("idle: anonymous memory", anonymous / 1024.0, "MiB", Some(12.0));
    figures.add("idle: resident memory", resident / 1024.0, "MiB", Some(25.0));
    figures.add(
        "idle: API requests per minute, all counted",
        requests.len() as f64 / minutes as f64,
        "/min",
        Some(12.0),
    );
    Ok(())
}

/// KiB by name.
fn memory_of(pid: u32) -> Result<BTreeMap<String, f64>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let fields = text.lines().filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_owned(), value.trim().strip_suffix(" kB")?.parse().ok()?))
    });
    Ok(fields.collect())
}
