//! A plan of four steps that people approved, carried out by operators that die, are cut off or are refused on the way.

use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result};
use common::api::remediation_plan::{RemediationPlanStatus, RemediationState, StepPhase};
use common::api::{RemediationPlan, Runbook};
use k8s_openapi::api::core::v1::ConfigMap;
use kit::app::{apply_config, memory_limit_of, remove_config_key};
use kit::disturbed::{Disturbed, LIFETIME};
use kit::installation::operator_user;
use kit::proxy::{Proxy, Trouble};
use kit::votes::bind;
use kit::{App, Cluster, TestNamespace, Workload};
use kube::api::{ListParams, PostParams};
use serde_json::{Value, json};

use super::{FEWEST_WRITES, alone};

/// A run of four steps, its question and its votes; each number an operator draws for its incident costs one more.
const MOST_WRITES: usize = 120;

/// A checkout that lacks a key of its configuration, and the Runbook by which people want it repaired.
struct Checkout {
    run: Disturbed,
    workload: Workload,
}

impl Checkout {
    /// Puts the key back, restarts, gives more memory, scales up.
    async fn to_be_repaired(cluster: &Cluster) -> Result<Self> {
        let steps = json!([
            { "action": "PatchConfig", "params": { "configmap": "checkout-config", "DB_HOST": "db" } },
            { "action": "RestartDeployment" },
            { "action": "AdjustResources", "params": { "memory_limit": "96Mi" } },
            { "action": "ScaleDeployment", "params": { "replicas": "2" } },
        ]);
        let namespace = TestNamespace::create(cluster.connection(), "steps", None).await?;
        write_runbooks(&namespace, &steps).await?;
        apply_config(&namespace, "checkout-config", &[("DB_HOST", "db"), ("DB_PORT", "5432")]).await?;
        remove_config_key(&namespace, "checkout-config", "DB_HOST").await?;
        let run = Disturbed::from_now_on(cluster, namespace)?.approved_by("alice").await?;
        let workload = App::named("checkout", cluster)?.needing_config("DB_HOST").create(&run.namespace).await?;
        Ok(Self { run, workload })
    }

    /// Waits until the first plan has ended.
    async fn is_over(&self) -> bool {
        ended(&self.run).await
    }

    /// Every step once, every field as the preview said.
    async fn is_repaired(&self) -> Result<()> {
        self.run.undisturbed(self.is_over()).await?;
        let plan = first_plan(&self.run).await?.context("the plan")?;
        let status = plan.status.clone().unwrap_or_default();
        assert_eq!(status.state, RemediationState::Completed, "{}", told(&status));
        assert_eq!(phases(&status), [StepPhase::Settled; 4], "{}", told(&status));
        let broken = self.run.broken_promises(&plan).await?;
        assert!(broken.is_empty(), "not as previewed: {broken:#?}");
        let operations = self.run.nothing_was_done_twice()?;
        assert_eq!(operations.len(), 4, "one request for each step: {operations:#?}");
        Ok(())
    }

    async fn database(&self) -> Result<Option<String>> {
        let config = self.run.namespace.api::<ConfigMap>().get("checkout-config").await?;
        Ok(config.data.unwrap_or_default().remove("DB_HOST"))
    }
}

/// The same steps whatever severity the incident is given.
pub(super) async fn write_runbooks(namespace: &TestNamespace, steps: &Value) -> Result<()> {
    for severity in ["critical", "high", "medium", "low"] {
        let mut steps = steps.clone();
        for (index, step) in steps.as_array_mut().into_iter().flatten().enumerate() {
            step["name"] = format!("step {}", index + 1).into();
        }
        let runbook = json!({
            "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "Runbook", "metadata": { "name": format!("repair-{severity}") },
            "spec": {
                "trigger": { "signalType": "*", "severity": severity, "resourceKind": "Deployment" },
                "steps": steps, "requestedBy": "admin", "maxAttempts": 1
            }
        });
        namespace.api::<Runbook>().create(&PostParams::default(), &serde_json::from_value(runbook)?).await?;
    }
    Ok(())
}

pub(super) async fn ended(run: &Disturbed) -> bool {
    let has_ended = |plan: &RemediationPlan| {
        plan.spec.attempt == 1 && plan.status.as_ref().is_some_and(|status| status.state.is_terminal())
    };
    run.has(LIFETIME, has_ended).await
}

pub(super) async fn first_plan(run: &Disturbed) -> Result<Option<RemediationPlan>> {
    let plans = run.namespace.api::<RemediationPlan>().list(&ListParams::default()).await?.items;
    Ok(plans.into_iter().find(|plan| plan.spec.attempt == 1))
}

pub(super) fn phases(status: &RemediationPlanStatus) -> Vec<StepPhase> {
    status.steps.iter().map(|step| step.phase).collect()
}

pub(super) fn told(status: &RemediationPlanStatus) -> String {
    let steps: Vec<_> = status.steps.iter().map(|step| (&step.action, step.phase, &step.message)).collect();
    format!("{:?}\n{steps:#?}\n{:#?}", status.result, status.gates)
}

#[tokio::test]
async fn killed_after_each_write_of_four_steps_each_step_is_taken_once() -> Result<()> {
    let (cluster, _turn) = alone().await?;
    let checkout = Checkout::to_be_repaired(&cluster).await?;
    let deaths = checkout.run.dying_of_each_write(MOST_WRITES, || checkout.is_over(), || async { Ok(()) }).await?;
    kit::say(&format!("killed {deaths} times, after each of its writes"));
    assert!(deaths >= FEWEST_WRITES, "only {deaths} writes were cut off");
    checkout.is_repaired().await
}

/// One death per run, at another write each time.
#[tokio::test]
#[ignore = "long, one run for each write: make soak"]
async fn killed_once_at_any_write_of_four_steps_each_step_is_taken_once() -> Result<()> {
    let (cluster, _turn) = alone().await?;
    for n in 1..=u64::try_from(MOST_WRITES)? {
        let checkout = Checkout::to_be_repaired(&cluster).await?;
        let proxy = Proxy::cutting_after(cluster.connection(), n).await?;
        let died = checkout.run.behind(&proxy, checkout.is_over()).await.with_context(|| format!("write {n}"))?;
        checkout.is_repaired().await.with_context(|| format!("killed after write {n}"))?;
        if died.is_none() {
            assert!(usize::try_from(n)? > FEWEST_WRITES, "only {} writes in a run", n - 1);
            return Ok(());
        }
    }
    anyhow::bail!("a run has more than {MOST_WRITES} writes")
}

/// While no operator lives, somebody edits what the third step wants to change: the server refuses that step, and what was done before is
/// taken back, newest first.
#[tokio::test]
async fn killed_after_each_write_a_step_that_fails_takes_the_earlier_ones_with_it() -> Result<()> {
    let (cluster, _turn) = alone().await?;
    let checkout = Checkout::to_be_repaired(&cluster).await?;
    let edit_once = || async {
        let Some(plan) = first_plan(&checkout.run).await? else { return Ok(()) };
        let status = plan.status.unwrap_or_default();
        let is_next = status.steps.get(2).is_some_and(|step| step.phase == StepPhase::Intent && step.writes_done == 0);
        if is_next && memory_limit_of(&checkout.workload.live().await?) == "64Mi" {
            checkout.workload.set_memory_limit("80Mi").await?;
        }
        Ok(())
    };
    checkout.run.dying_of_each_write(MOST_WRITES, || checkout.is_over(), edit_once).await?;

    let plan = first_plan(&checkout.run).await?.context("the plan")?;
    let status = plan.status.unwrap_or_default();
    assert_eq!(status.state, RemediationState::RolledBack, "{}", told(&status));
    let wanted = [StepPhase::Undone, StepPhase::Undone, StepPhase::Failed, StepPhase::Planned];
    assert_eq!(phases(&status), wanted, "{}", told(&status));
    assert_eq!(checkout.database().await?, None, "the key is as it was");
    let live = checkout.workload.live().await?;
    assert_eq!(memory_limit_of(&live), "80Mi", "what somebody else wrote is left alone");
    let template = live.spec.and_then(|spec| spec.template.metadata).unwrap_or_default();
    assert_eq!(template.annotations.unwrap_or_default().get("kubectl.kubernetes.io/restartedAt"), None);

    let operations = checkout.run.nothing_was_done_twice()?;
    let is_undo = |operation: &&String| operation.rsplit('.').next() == Some("undo");
    let (undone, taken): (Vec<&String>, Vec<&String>) = operations.iter().partition(is_undo);
    assert_eq!(undone.len(), 2, "{operations:#?}");
    assert_eq!(undone, [&format!("{}.undo", taken[1]), &format!("{}.undo", taken[0])], "newest first");
    Ok(())
}

/// The command ran and its answer was lost: whether it did is for a person to find out.
#[tokio::test]
async fn a_command_whose_answer_was_lost_is_unknown_and_never_run_again() -> Result<()> {
    let (cluster, _turn) = alone().await?;
    let namespace = TestNamespace::create(cluster.connection(), "exec-lost", None).await?;
    // no role gives it until an administrator does
    let role = json!({
        "metadata": { "name": "diagnostics" },
        "rules": [{ "apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create", "get"] }]
    });
    bind(&namespace, &operator_user(), role).await?;
    write_runbooks(&namespace, &json!([{ "action": "ExecDiagnostic", "params": { "command": "env" } }])).await?;
    let run = Disturbed::from_now_on(&cluster, namespace)?.approved_by("alice").await?;
    let web = App::named("web", &cluster)?.running(&run.namespace).await?;
    web.roll_out_missing_image().await?;

    let proxy = Proxy::troubling(cluster.connection(), |call| call.is_exec().then_some(Trouble::Death)).await?;
    let died = run.behind(&proxy, ended(&run)).await?;
    let plan = first_plan(&run).await?.and_then(|plan| plan.status).unwrap_or_default();
    assert!(died.is_some_and(|path| path.ends_with("/exec")), "it did not die of the command: {}", told(&plan));
    assert_eq!(run.commands()?, 1);
    run.undisturbed(ended(&run)).await?;

    let status = first_plan(&run).await?.and_then(|plan| plan.status).context("the plan")?;
    assert_eq!((status.state, phases(&status)), (RemediationState::Failed, vec![StepPhase::Unknown]));
    assert_eq!(run.commands()?, 1, "it was run again");
    Ok(())
}

pub(super) const TROUBLES: [Trouble; 6] = [
    Trouble::AnswerLost,
    Trouble::RequestLost,
    Trouble::Refused(409),
    Trouble::Refused(429),
    Trouble::Refused(500),
    Trouble::WatchesDropped,
];

impl Checkout {
    /// A run in which some changes of the world meet trouble, counted from 0.
    async fn troubled(&self, script: impl Fn(usize) -> Option<Trouble> + Send + Sync + 'static) -> Result<()> {
        let changes = AtomicUsize::new(0);
        let proxy = Proxy::troubling(self.run.cluster.connection(), move |call| {
            let changes = || changes.fetch_add(1, Ordering::SeqCst);
            if call.is_to_the_world() { script(changes()) } else { None }
        })
        .await?;
        let died = self.run.behind(&proxy, self.is_over()).await?;
        assert_eq!(died, None, "nobody is killed here");
        self.is_repaired().await
    }
}

/// Every other change meets one of the troubles, so that its repetition comes through; in the second run others than in the first.
#[tokio::test]
async fn each_step_meets_a_trouble_of_its_own_and_is_taken_once() -> Result<()> {
    let (cluster, _turn) = alone().await?;
    for first in [0, TROUBLES.len() / 2] {
        let checkout = Checkout::to_be_repaired(&cluster).await?;
        let met = checkout.troubled(move |nth| (nth % 2 == 0).then(|| TROUBLES[(first + nth / 2) % TROUBLES.len()]));
        met.await.with_context(|| format!("the first is {:?}", TROUBLES[first]))?;
    }
    Ok(())
}

#[tokio::test]
#[ignore = "long, one run for each trouble at each step: make soak"]
async fn whatever_trouble_one_step_meets_it_is_taken_once() -> Result<()> {
    let (cluster, _turn) = alone().await?;
    for trouble in TROUBLES {
        for step in 0..4 {
            let checkout = Checkout::to_be_repaired(&cluster).await?;
            let met = checkout.troubled(move |nth| (nth == step).then_some(trouble)).await;
            met.with_context(|| format!("{trouble:?} at step {}", step + 1))?;
        }
    }
    Ok(())
}
