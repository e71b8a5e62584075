//! A plan whose third step makes it worse, taken back through every trouble.

use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result};
use common::api::remediation_plan::{RemediationState, StepPhase};
use k8s_openapi::api::core::v1::ConfigMap;
use kit::app::{apply_config, memory_limit_of, remove_config_key};
use kit::disturbed::Disturbed;
use kit::proxy::{Proxy, Trouble};
use kit::{App, Cluster, TestNamespace, Workload};
use serde_json::json;

use super::alone;
use super::steps::{TROUBLES, ended, first_plan, phases, told, write_runbooks};

/// A checkout that lacks a key of its configuration, and a Runbook that after putting it back takes the memory it needs.
struct Worsened {
    run: Disturbed,
    workload: Workload,
}

impl Worsened {
    async fn by_its_third_step(cluster: &Cluster) -> Result<Self> {
        let steps = json!([
            { "action": "PatchConfig", "params": { "configmap": "checkout-config", "DB_HOST": "db" } },
            { "action": "RestartDeployment" },
            { "action": "AdjustResources", "params": { "memory_limit": "16Mi", "memory_request": "16Mi" } },
            { "action": "ScaleDeployment", "params": { "replicas": "2" } },
        ]);
        let namespace = TestNamespace::create(cluster.connection(), "worse", None).await?;
        write_runbooks(&namespace, &steps).await?;
        apply_config(&namespace, "checkout-config", &[("DB_HOST", "db"), ("DB_PORT", "5432")]).await?;
        remove_config_key(&namespace, "checkout-config", "DB_HOST").await?;
        let run = Disturbed::from_now_on(cluster, namespace)?.approved_by("alice").await?;
        let app = App::named("checkout", cluster)?.needing_config("DB_HOST").doing(&["--allocate-mib=40"]);
        let workload = app.create(&run.namespace).await?;
        Ok(Self { run, workload })
    }

    /// A run in which some changes of the undo meet trouble, counted from 0.
    async fn troubled(&self, script: impl Fn(usize) -> Option<Trouble> + Send + Sync + 'static) -> Result<()> {
        let changes = AtomicUsize::new(0);
        let proxy = Proxy::troubling(self.run.cluster.connection(), move |call| {
            let nth = call.is_to_the_world().then(|| changes.fetch_add(1, Ordering::SeqCst));
            // The first three are the steps.
            script(nth?.checked_sub(3)?)
        })
        .await?;
        let died = self.run.behind(&proxy, ended(&self.run)).await?;
        assert_eq!(died, None, "nobody is killed here");
        self.is_as_it_was().await
    }

    /// Each of the three steps taken once and taken back once, newest first.
    async fn is_as_it_was(&self) -> Result<()> {
        self.run.undisturbed(ended(&self.run)).await?;
        let status = first_plan(&self.run).await?.and_then(|plan| plan.status).context("the plan")?;
        assert_eq!(status.state, RemediationState::RolledBack, "{}", told(&status));
        let wanted = [StepPhase::Undone, StepPhase::Undone, StepPhase::Undone, StepPhase::Planned];
        assert_eq!(phases(&status), wanted, "{}", told(&status));
        let config = self.run.namespace.api::<ConfigMap>().get("checkout-config").await?;
        assert_eq!(config.data.unwrap_or_default().get("DB_HOST"), None, "the key is as it was");
        let live = self.workload.live().await?;
        assert_eq!(memory_limit_of(&live), "64Mi");
        let template = live.spec.and_then(|spec| spec.template.metadata).unwrap_or_default();
        assert_eq!(template.annotations.unwrap_or_default().get("kubectl.kubernetes.io/restartedAt"), None);

        let operations = self.run.nothing_was_done_twice()?;
        let (steps, undone) = operations.split_at(3);
        let newest_first: Vec<String> = steps.iter().rev().map(|step| format!("{step}.undo")).collect();
        assert_eq!(undone, newest_first, "{operations:#?}");
        Ok(())
    }
}

/// Nobody is in its way: what the third step breaks is seen, and all of it is taken back.
#[tokio::test]
async fn a_step_that_leaves_the_workload_worse_is_taken_back_with_those_before_it() -> Result<()> {
    let (cluster, _turn) = alone().await?;
    Worsened::by_its_third_step(&cluster).await?.is_as_it_was().await
}

/// Every other change of the undo meets one of the troubles, so that its repetition comes through; in the second run others than in the
/// first.
#[tokio::test]
#[ignore = "long, a whole plan for each half of the troubles: make soak"]
async fn each_undo_meets_a_trouble_of_its_own_and_is_done_once() -> Result<()> {
    let (cluster, _turn) = alone().await?;
    for first in [0, TROUBLES.len() / 2] {
        let worsened = Worsened::by_its_third_step(&cluster).await?;
        let met = worsened.troubled(move |nth| (nth % 2 == 0).then(|| TROUBLES[(first + nth / 2) % TROUBLES.len()]));
        met.await.with_context(|| format!("the first is {:?}", TROUBLES[first]))?;
    }
    Ok(())
}

#[tokio::test]
#[ignore = "long, one run for each trouble at each undo: make soak"]
async fn whatever_trouble_one_undo_meets_it_is_done_once() -> Result<()> {
    let (cluster, _turn) = alone().await?;
    for trouble in TROUBLES {
        for undo in 0..3 {
            let worsened = Worsened::by_its_third_step(&cluster).await?;
            let met = worsened.troubled(move |nth| (nth == undo).then_some(trouble)).await;
            met.with_context(|| format!("{trouble:?} at undo {}", undo + 1))?;
        }
    }
    Ok(())
}
