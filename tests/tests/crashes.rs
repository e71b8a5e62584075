//! Killed at any moment, the operator does nothing twice and loses nothing.
//!
//! A proxy withholds the answer to an accepted write and the operator is killed there: it never learns what it did. The witness of what
//! happened is the API server's audit log, never the operator's own words.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use common::api::issue::IssueState;
use common::api::remediation_plan::RemediationState;
use common::api::{Issue, PostMortem, RemediationPlan};
use kit::app::image_of;
use kit::audit::{Mark, Request};
use kit::incidents::{REPAIR, plan_state, state_of, the_operator_is_awake};
use kit::installation::{install, operator_user};
use kit::operator::{Options, Turn};
use kit::proxy::Proxy;
use kit::watching::watch_until;
use kit::{App, Cluster, Operator, TestNamespace, Workload};
use kube::api::ListParams;
use tokio::time::Instant;

/// A run has more writes than this, and far fewer than the limit: a proxy that never cuts, or an operator that never ends, would pass else.
const FEWEST_WRITES: usize = 10;
const MOST_WRITES: usize = 80;

/// A healthy app whose next release has no image; its repair is one reversible step that runs by itself.
struct BadRelease {
    cluster: Cluster,
    namespace: TestNamespace,
    web: Workload,
    good: String,
    mark: Mark,
}

impl BadRelease {
    async fn rolled_out(cluster: &Cluster) -> Result<Self> {
        let namespace = TestNamespace::create(cluster.connection(), "killed", Some("auto")).await?;
        let web = App::named("web", cluster)?.replicas(2).running(&namespace).await?;
        let good = image_of(&web.live().await?);
        let mark = cluster.audit_log()?.mark()?;
        web.roll_out_missing_image().await?;
        Ok(Self { cluster: cluster.clone(), namespace, web, good, mark })
    }

    /// Waits until the report is written; false when it is not within `within`.
    async fn is_told(&self, within: Duration) -> bool {
        let reports = self.namespace.api::<PostMortem>();
        let told = watch_until(&reports, Instant::now() + within, |seen| {
            seen.all().any(|report| report.status.as_ref().is_some_and(|status| status.summary.is_some())).then_some(())
        });
        told.await.is_ok()
    }

    /// Runs an operator that is killed when the answer to its `n`-th accepted write is due: that write's path, or nothing when it had
    /// nothing more to write.
    async fn killed_after(&self, n: u64) -> Result<Option<String>> {
        let proxy = Proxy::cutting_after(self.cluster.connection(), n).await?;
        let options =
            Options { proxy: Some(proxy.address().to_owned()), log: "killed".to_owned(), ..Options::default() };
        let operator = Operator::start(self.cluster.connection(), &options).await?;
        let finished = async {
            let told = self.is_told(REPAIR).await;
            // what follows the report, if anything does
            tokio::time::timeout(Duration::from_secs(5), std::future::pending::<()>()).await.ok();
            told
        };
        tokio::select! {
            path = proxy.cut() => {
                operator.kill().await?;
                Ok(Some(path))
            }
            told = finished => {
                anyhow::ensure!(told, "no report and no further write\n{}", operator.log_tail());
                operator.kill().await?;
                Ok(None)
            }
        }
    }

    /// An operator that nobody disturbs finds nothing more to do, and everything is as after a run without a death.
    async fn ended_as_if_nothing_had_happened(&self) -> Result<()> {
        let operator = Operator::start(self.cluster.connection(), &Options::default()).await?;
        operator.leads(&self.cluster.client()).await?;
        anyhow::ensure!(self.is_told(REPAIR).await, "no report\n{}", operator.log_tail());
        the_operator_is_awake(&self.cluster).await?;
        operator.still_runs()?;

        assert_eq!(image_of(&self.web.available().await), self.good, "the release is taken back");
        let everything = ListParams::default();
        let issues = self.namespace.api::<Issue>().list(&everything).await?.items;
        let plans = self.namespace.api::<RemediationPlan>().list(&everything).await?.items;
        let reports = self.namespace.api::<PostMortem>().list(&everything).await?.items;
        assert_eq!((issues.len(), plans.len(), reports.len()), (1, 1, 1), "one incident, one plan, one report");
        assert_eq!(state_of(&issues[0]), IssueState::Resolved);
        assert_eq!(plan_state(&plans[0]), RemediationState::Completed);
        let told = reports[0].status.clone().unwrap_or_default();
        assert_eq!(told.actions_executed.len(), 1, "{:#?}", told.actions_executed);
        self.nothing_was_done_twice()?;
        operator.stop().await?;
        Ok(())
    }

    /// By the API server's own record.
    fn nothing_was_done_twice(&self) -> Result<()> {
        let writes = self.cluster.audit_log()?.writes_of(&operator_user(), self.mark)?;
        let writes: Vec<Request> =
            writes.into_iter().filter(|write| write.object_ref.namespace == self.namespace.name()).collect();
        let to_the_world: Vec<_> = writes.iter().filter(|write| write.object_ref.api_group == "apps").collect();
        assert_eq!(to_the_world.len(), 1, "{to_the_world:#?}");
        let operation = to_the_world[0].operation_id();
        assert!(operation.is_some(), "the change carries its operation id: {:#?}", to_the_world[0]);

        let mut created: BTreeMap<(String, String), usize> = BTreeMap::new();
        let creates = writes.iter().filter(|write| write.verb == "create" && write.object_ref.resource != "events");
        for write in creates.filter(|write| write.object_ref.subresource.is_empty()) {
            *created.entry((write.object_ref.resource.clone(), write.object_ref.name.clone())).or_default() += 1;
        }
        let twice: Vec<_> = created.iter().filter(|(_, count)| **count > 1).collect();
        assert!(twice.is_empty(), "created more than once: {twice:?}");
        Ok(())
    }
}

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
    let (mut deaths, mut survive) = (0, 1);
    while let Some(path) = release.killed_after(survive).await.with_context(|| format!("after {deaths} deaths"))? {
        deaths += 1;
        assert!(deaths <= MOST_WRITES, "it writes and dies and comes to no end");
        // who dies with a number in the hand draws another: numbers are unique, not dense, and dying of each draw would be for ever
        survive = if path.ends_with("/chatcli-incident-counter") { 2 } else { 1 };
    }
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
        let died = release.killed_after(n).await.with_context(|| format!("write {n}"))?;
        release.ended_as_if_nothing_had_happened().await.with_context(|| format!("killed after write {n}"))?;
        if died.is_none() {
            kit::say(&format!("a whole run has {} writes", n - 1));
            assert!(usize::try_from(n)? > FEWEST_WRITES, "only {} writes in a run", n - 1);
            return Ok(());
        }
    }
    anyhow::bail!("a run has more than {MOST_WRITES} writes")
}
