//! A loop whose steps a model names, carried on by operators that die on the way.

use std::time::Duration;

use anyhow::{Context as _, Result};
use common::api::ai_insight::ModelState;
use common::api::keys::OPERATOR_NAMESPACE;
use common::api::remediation_plan::{AgenticStep, RemediationState, StepPhase};
use common::api::{ActionType, RemediationPlan};
use common::costs::{BUDGETS, SETTINGS};
use kit::agentic::{FLAGS, told_to_give_up, wrong_then_right};
use kit::app::apply_config;
use kit::disturbed::Disturbed;
use kit::models::Model;
use kit::proxy::Proxy;
use kit::{Cluster, TestNamespace};
use kube::api::ListParams;

use super::{FEWEST_WRITES, alone};

/// Writes an operator survives, one operator after the other: long enough that a question gets its answer now and then, and such that
/// every kind of write is the last of some of them.
const SURVIVES: [u64; 6] = [4, 1, 2, 5, 3, 6];
/// In the long test an operator survives so many writes, and the first one fewer.
const STRIDE: u64 = 5;
/// Longest from the start of an operator to the end of the loop: two steps, one of them taken back.
const LIFETIME: Duration = Duration::from_secs(300);
/// Writes after which a question was asked and its answer written down.
const LONG_ENOUGH: u64 = 12;
/// A run of two steps with the story.
const MOST_DEATHS: usize = 100;

struct Loop {
    run: Disturbed,
    model: Model,
}

impl Loop {
    async fn over_a_fault(cluster: &Cluster) -> Result<Self> {
        let model = wrong_then_right().await?;
        // A question whose maker dies counts as answered at length: many deaths cost more than one incident usually may.
        let home = TestNamespace::adopt(cluster.connection(), OPERATOR_NAMESPACE)?;
        apply_config(&home, SETTINGS, &[(BUDGETS, r#"{"perIssue": {"calls": 100, "tokens": 10000000, "usd": 100}}"#)])
            .await?;
        let namespace = TestNamespace::create(cluster.connection(), "loop", Some("auto")).await?;
        let run =
            Disturbed::from_now_on(cluster, namespace)?.with(&FLAGS).approved_by("alice").await?.whatever_is_asked();
        told_to_give_up(cluster, &run.namespace, &model).await?;
        Ok(Self { run, model })
    }

    async fn is_over(&self) -> bool {
        let ended = |plan: &RemediationPlan| {
            plan.spec.agentic_mode == Some(true)
                && plan.status.as_ref().is_some_and(|status| status.state.is_terminal())
        };
        self.run.has(LIFETIME, ended).await
    }

    /// The last operator died while the model was asked.
    async fn is_asking(&self) -> Result<bool> {
        let asks = |plan: &RemediationPlan| {
            let model = plan.status.as_ref().and_then(|status| status.model.as_ref());
            model.is_some_and(|model| model.state == ModelState::Asking)
        };
        Ok(self.plans().await?.iter().any(asks))
    }

    async fn plans(&self) -> Result<Vec<RemediationPlan>> {
        Ok(self.run.namespace.api::<RemediationPlan>().list(&ListParams::default()).await?.items)
    }

    /// The same end as without a death: the wrong step taken back, the right one proven, each of them once.
    async fn ended_well(&self) -> Result<()> {
        self.run.undisturbed(self.is_over()).await?;
        let plans = self.plans().await?;
        let plan = plans.iter().find(|plan| plan.spec.agentic_mode == Some(true)).context("the loop")?;
        let status = plan.status.clone().unwrap_or_default();
        let history = &plan.spec.agentic_history;
        assert_eq!(status.state, RemediationState::Completed, "{:?} {history:#?}", status.result);
        let of = |kind: ActionType| {
            let all =
                plans.iter().filter(|plan| plan.spec.step_of.is_some() && plan.spec.actions[0].action_type == kind);
            all.map(|plan| plan.status.as_ref().map(|it| it.steps[0].phase)).collect::<Vec<_>>()
        };
        assert_eq!(of(ActionType::AdjustResources), [Some(StepPhase::Undone)], "{history:#?}");
        assert_eq!(of(ActionType::PatchConfig), [Some(StepPhase::Settled)], "{history:#?}");
        let mut operations = self.run.nothing_was_done_twice()?;
        // What the Instance consists of has no operation id.
        operations.retain(|operation| !operation.contains('/'));
        assert_eq!(operations.len(), 3, "there, back, and the cure: {operations:#?}");
        let numbers: Vec<i32> = history.iter().map(|step| step.step_number).collect();
        let expected: Vec<i32> = (1..=i32::try_from(history.len())?).collect();
        assert_eq!(numbers, expected, "no step is lost or there twice");
        // What was asked is what is written down: an answer that was lost has an entry of its own.
        let asked = self.model.heard().iter().filter(|heard| kit::agentic::asked(heard).0 == "step").count();
        let is_lost = |step: &&AgenticStep| step.ai_message.is_empty();
        let lost = history.iter().filter(is_lost).count();
        assert!(
            asked >= history.len() - lost && asked <= history.len(),
            "{asked} questions, {lost} lost: {history:#?}"
        );
        Ok(())
    }
}

/// Carries a loop to its end by operators that die, the first after `first` writes, the next as `then` says. Gives how many died.
async fn carried_on(cluster: &Cluster, first: u64, then: impl Fn(usize) -> u64) -> Result<usize> {
    let it = Loop::over_a_fault(cluster).await?;
    let mut deaths = 0;
    loop {
        // Who dies with a question in the air has used up its step: dying so again and again is a loop that comes to nothing, and ends.
        let survives = match deaths {
            _ if it.is_asking().await? => LONG_ENOUGH,
            0 => first,
            deaths => then(deaths),
        };
        let proxy = Proxy::cutting_after(cluster.connection(), survives).await?;
        let died = it.run.behind(&proxy, it.is_over()).await.with_context(|| format!("after {deaths} deaths"))?;
        if died.is_none() {
            break;
        }
        deaths += 1;
        anyhow::ensure!(deaths <= MOST_DEATHS, "it writes and dies and comes to no end");
    }
    kit::say(&format!("killed {deaths} times"));
    it.ended_well().await?;
    Ok(deaths)
}

#[tokio::test]
async fn killed_after_writes_of_every_kind_a_loop_comes_to_the_same_end() -> Result<()> {
    let (cluster, _turn) = alone().await?;
    let deaths = carried_on(&cluster, SURVIVES[0], |deaths| SURVIVES[deaths % SURVIVES.len()]).await?;
    assert!(deaths >= FEWEST_WRITES, "only {deaths} deaths");
    Ok(())
}

/// A run has some 170 writes and takes two minutes: not each of them can have a run of its own. So each run dies after every `STRIDE`-th, each
/// run beginning at another.
#[tokio::test]
#[ignore = "long, a run for each write of a stride: make soak"]
async fn killed_after_every_write_in_turn_a_loop_comes_to_the_same_end() -> Result<()> {
    let (cluster, _turn) = alone().await?;
    for first in 1..=STRIDE {
        carried_on(&cluster, first, |_| STRIDE).await.with_context(|| format!("begun with write {first}"))?;
    }
    Ok(())
}
