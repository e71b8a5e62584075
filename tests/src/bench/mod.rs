//! `make bench`: the operator's figures against their goals, from the release binaries on a real cluster.
//!
//! In: the shared cluster, and an API server of its own for the storm. Out: a table, and `target/bench.json`. Never: asserts; a figure on
//! a busy machine says as much about the machine. Times are taken by one independent watch client with a monotonic clock.

mod churn;
mod crowd;
mod examples;
mod faults;
mod figures;
mod helm;
mod idle;
mod latency;
mod models;
mod previews;
mod programs;
mod redaction;
mod rules;
mod storm;
mod votes;

use anyhow::{Result, bail};

use crate::cluster::Cluster;
use crate::installation::install;
use crate::operator::{Operator, Options, Turn};
use crate::programs::{Build, Programs};
use crate::say;
pub use figures::Figures;

/// How much of it.
#[derive(Clone, Debug)]
pub struct Extent {
    /// Minutes of idling that are counted.
    pub idle_minutes: u64,
    /// Faults whose detection is timed.
    pub faults: usize,
    /// Votes whose effect is timed.
    pub votes: usize,
    /// Plans that are previewed.
    pub previews: usize,
    /// Whether the whole fault suite is scored.
    pub fault_suite: bool,
    /// The only [`PARTS`] to measure; empty for all.
    pub only: Vec<String>,
}

/// What can be measured alone. `operator` is everything that a running operator is needed for.
pub const PARTS: &[&str] =
    &["programs", "redaction", "rules", "helm", "previews", "operator", "models", "crowd", "storm"];

impl Extent {
    fn wants(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| name == part)
    }
}

/// Measures everything that is wanted.
pub async fn measure(extent: Extent) -> Result<Figures> {
    if let Some(name) = extent.only.iter().find(|name| !PARTS.contains(&name.as_str())) {
        bail!("the benchmark has no part \"{name}\"; it has {}", PARTS.join(", "));
    }
    let mut figures = Figures::default();
    if extent.wants("programs") {
        programs::measure(&Programs::built(Build::Release)?, &mut figures)?;
    }
    if extent.wants("redaction") {
        redaction::measure(&mut figures)?;
    }
    if extent.wants("rules") {
        rules::measure(&mut figures)?;
    }
    if extent.wants("helm") {
        helm::measure(&mut figures)?;
    }
    if ["previews", "operator", "models", "crowd"].iter().any(|part| extent.wants(part)) {
        on_a_cluster(&extent, &mut figures).await?;
    }
    if extent.wants("storm") {
        say("2,000 anomalies over 200 workloads");
        storm::measure(&mut figures).await?;
    }
    Ok(figures)
}

async fn on_a_cluster(extent: &Extent, figures: &mut Figures) -> Result<()> {
    let cluster = Cluster::start().await?;
    let _turn = Turn::take(&cluster).await?;
    install(cluster.connection()).await?;
    if extent.wants("previews") {
        say(&format!("{} previews", extent.previews));
        previews::measure(&cluster, extent.previews, figures).await?;
    }
    if extent.wants("operator") {
        with_an_operator(extent, &cluster, figures).await?;
    }
    if extent.wants("models") {
        say("a model that takes a minute");
        models::measure(&cluster, extent.faults, figures).await?;
    }
    if extent.wants("crowd") {
        say("5,000 pods, 5,000 Issues");
        crowd::measure(&cluster, figures).await?;
    }
    Ok(())
}

async fn with_an_operator(extent: &Extent, cluster: &Cluster, figures: &mut Figures) -> Result<()> {
    let options = Options { build: Build::Release, log: "bench".to_owned(), quiet: true, ..Options::default() };
    let operator = Operator::start(cluster.connection(), &options).await?;
    operator.leads(&cluster.client()).await?;
    say(&format!("idle for {} min", extent.idle_minutes));
    idle::measure(cluster, &operator, extent.idle_minutes, figures).await?;
    say(&format!("{} faults", extent.faults));
    latency::measure(cluster, extent.faults, figures).await?;
    if extent.fault_suite {
        say("the fault suite");
        faults::measure(cluster, figures).await?;
    }
    say(&format!("{} votes", extent.votes));
    votes::measure(cluster, extent.votes, figures).await?;
    say("seven faults that stand");
    idle::with_faults(cluster, &operator, extent.idle_minutes, figures).await?;
    operator.still_runs()?;
    operator.stop().await?;
    Ok(())
}
