//! Killed at any moment, the operator does nothing twice and loses nothing.
//!
//! A proxy withholds the answer to an accepted write and the operator is killed there: it never learns what it did. The witness of what
//! happened is the API server's audit log, never the operator's own words.

mod agentic;
mod steps;
mod undo;

use std::time::Duration;

use anyhow::{Context, Result};
use common::api::issue::IssueState;
use common::api::remediation_plan::RemediationState;
use common::api::{Issue, PostMortem, RemediationPlan};
use kit::app::image_of;
use kit::disturbed::{Disturbed, LIFETIME, aftermath};
use kit::incidents::{plan_state, state_of, the_operator_is_awake};
use kit::installation::install;
use kit::operator::Turn;
use kit::proxy::Proxy;
use kit::{App, Cluster, TestNamespace, Workload};
use kube::api::ListParams;

/// A run has more writes than this, and far fewer than the limit: a proxy that never cuts, or an operator that never ends, would pass else.
const FEWEST_WRITES: usize = 10;
const MOST_WRITES: usize = 80;

/// A healthy app whose next release has no image; its repair is one reversible step that runs by itself.
struct BadRelease {
    run: Disturbed,
    web: Workload,
    good: String,
}

impl BadRelease {
    async fn rolled_out(cluster: &Cluster) -> Result<Self> {
        let namespace = TestNamespace::create(cluster.connection(), "killed", Some("auto")).await?;
        let web = App::named("web", cluster)?.replicas(2).running(&namespace).await?;
        let good = image_of(&web.live().await?);
        let run = Disturbed::from_now_on(cluster, namespace)?;
        web.roll_out_missing_image().await?;
        Ok(Self { run, web, good })
    }

    /// Waits until the report is written; false when it is not within `within`.
    async fn is_told(&self, within: Duration) -> bool {
        let is_told = |report: &PostMortem| report.status.as_ref().is_some_and(|status| status.summary.is_some());
        self.run.has(within, is_told).await
    }

    async fn is_over(&self) -> bool {
        let told = self.is_told(LIFETIME).await;
        aftermath().await;
        told
    }

    /// An operator that nobody disturbs finds nothing more to do, and everything is as after a run without a death.
    async fn ended_as_if_nothing_had_happened(&self) -> Result<()> {
        let awake = async { self.is_told(LIFETIME).await && the_operator_is_awake(&self.run.cluster).await.is_ok() };
        self.run.undisturbed(awake).await?;

        assert_eq!(image_of(&self.web.available().await), self.good, "the release is taken back");
        let everything = ListParams::default();
        let namespace = &self.run.namespace;
        let issues = namespace.api::<Issue>().list(&everything).await?.items;
        let plans = namespace.api::<RemediationPlan>().list(&everything).await?.items;
        let reports = namespace.api::<PostMortem>().list(&everything).await?.items;
        assert_eq!((issues.len(), plans.len(), reports.len()), (1, 1, 1), "one incident, one plan, one report");
        assert_eq!(state_of(&issues[0]), IssueState::Resolved);
        assert_eq!(plan_state(&plans[0]), RemediationState::Completed);
        let told = reports[0].status.clone().unwrap_or_default();
        assert_eq!(told.actions_executed.len(), 1, "{:#?}", told.actions_executed);
        let operations = self.run.nothing_was_done_twice()?;
        assert_eq!(operations.len(), 1, "{operations:#?}");
        let uid = plans[0].metadata.uid.as_deref().unwrap_or_default();
        assert!(operations[0].starts_with(uid), "the change carries its operation id: {operations:?}");
        Ok(())
    }
}

/// The cluster, with everything installed and no other operator on it.
async fn alone() -> Result<(Cluster, Turn)> {
    let cluster = Cluster::start().await?;
    let turn = Turn::take(&cluster).await?;
    install(cluster.connection()).await?;
    Ok((cluster, turn))
}

#[tokio::test]
async fn killed_after_each_write_of_one_run_it_ends_as_if_it_had_never_died() -> Result<()> {
    let (cluster, _turn) = alone().await?;
    let release = BadRelease::rolled_out(&cluster).await?;
    let deaths = release.run.dying_of_each_write(MOST_WRITES, || release.is_over(), || async { Ok(()) }).await?;
    kit::say(&format!("killed {deaths} times, after each of its writes"));
    assert!(deaths >= FEWEST_WRITES, "only {deaths} writes were cut off");
    release.ended_as_if_nothing_had_happened().await
}

/// One death per run, at another write each time: what follows it is done by a process that lives.
#[tokio::test]
#[ignore = "long, one run for each write: make soak"]
async fn killed_once_at_any_write_it_ends_as_if_it_had_never_died() -> Result<()> {
    let (cluster, _turn) = alone().await?;
    for n in 1..=u64::try_from(MOST_WRITES)? {
        let release = BadRelease::rolled_out(&cluster).await?;
        let proxy = Proxy::cutting_after(cluster.connection(), n).await?;
        let died = release.run.behind(&proxy, release.is_over()).await.with_context(|| format!("write {n}"))?;
        release.ended_as_if_nothing_had_happened().await.with_context(|| format!("killed after write {n}"))?;
        if died.is_none() {
            kit::say(&format!("a whole run has {} writes", n - 1));
            assert!(usize::try_from(n)? > FEWEST_WRITES, "only {} writes in a run", n - 1);
            return Ok(());
        }
    }
    anyhow::bail!("a run has more than {MOST_WRITES} writes")
}
