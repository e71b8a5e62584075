//! `make bench`: the operator's figures against their goals, from the release binaries on a real cluster.
//!
//! In: the shared cluster, and an API server of its own for the storm. Out: a table, and `target/bench.json`. Never: asserts; a figure on
//! a busy machine says as much about the machine. Times are taken by one independent watch client with a monotonic clock.

mod crowd;
mod faults;
mod figures;
mod idle;
mod latency;
mod programs;
mod redaction;
mod storm;
mod votes;

use anyhow::Result;

use crate::cluster::Cluster;
use crate::installation::install;
use crate::operator::{Operator, Options, Turn};
use crate::programs::{Build, Programs};
use crate::say;
pub use figures::Figures;

/// How much of it.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Minutes of idling that are counted.
    pub idle_minutes: u64,
    /// Faults whose detection is timed.
    pub faults: usize,
    /// Votes whose effect is timed.
    pub votes: usize,
    /// Whether the whole fault suite is scored.
    pub fault_suite: bool,
}

/// Measures everything.
pub async fn measure(extent: Extent) -> Result<Figures> {
    let mut figures = Figures::default();
    let built = Programs::built(Build::Release)?;
    programs::measure(&built, &mut figures)?;
    redaction::measure(&mut figures)?;

    let cluster = Cluster::start().await?;
    let _turn = Turn::take(&cluster).await?;
    install(cluster.connection()).await?;
    let options = Options { build: Build::Release, log: "bench".to_owned(), quiet: true, ..Options::default() };
    let operator = Operator::start(cluster.connection(), &options).await?;
    operator.leads(&cluster.client()).await?;
    say(&format!("idle for {} min", extent.idle_minutes));
    idle::measure(&cluster, &operator, extent.idle_minutes, &mut figures).await?;
    say(&format!("{} faults", extent.faults));
    latency::measure(&cluster, extent.faults, &mut figures).await?;
    if extent.fault_suite {
        say("the fault suite");
        faults::measure(&cluster, &mut figures).await?;
    }
    say(&format!("{} votes", extent.votes));
    votes::measure(&cluster, extent.votes, &mut figures).await?;
    say("seven faults that stand");
    idle::with_faults(&cluster, &operator, extent.idle_minutes, &mut figures).await?;
    operator.still_runs()?;
    operator.stop().await?;

    say("5,000 pods, 5,000 Issues");
    crowd::measure(&cluster, &mut figures).await?;
    say("2,000 anomalies over 200 workloads");
    storm::measure(&mut figures).await?;
    Ok(figures)
}
