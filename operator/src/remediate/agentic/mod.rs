//! Plans in agentic mode: a model names one step after the other, and every step is a plan of its own behind the same gates.
//!
//! In: a RemediationPlan in agentic mode, what became of its steps, the cluster as it is now, a model to ask. Out: the plan's history, one
//! RemediationPlan per step, at the end the story for the report and a Runbook. Never: writes to a workload, counts a model's word that
//! all is well, asks without an intent written first or beyond a budget, carries out what another writer put into the history.

mod apply;
mod ask;
mod decide;
mod history;
mod judge;
mod runbook;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use common::api::RemediationPlan;
use common::api::ai_insight::Transcript;
use common::redact::Known;
use kube::ResourceExt as _;

use self::decide::Move;
use super::plan::{decide::Brakes, world};
use super::{issue::incident_of, place};
use crate::analyze::models::{Calls, Models, ways};
use crate::llm::{Answer, LlmError, SaidStep, Usage};
use crate::runtime::{Change, Context, Controller, Error, Next, Object, ObjectKey, Stores, Tag};

/// A plan nothing wakes is looked at again this often.
const SAFETY_NET: Duration = Duration::from_secs(300);

/// Carries agentic plans on, one step at a time.
pub struct Agents {
    models: Arc<Models>,
    /// Questions under way, to be given up when their incident is over.
    running: Calls,
    /// What questions brought, by plan and number of the call, until it is written down.
    kept: Mutex<HashMap<(String, i64), Arc<Told>>>,
}

/// One question and what became of it.
struct Told {
    /// How many receipts it showed.
    receipts: usize,
    known: Known,
    transcript: Transcript,
    result: Result<Answer<SaidStep>, LlmError>,
    /// What it may have cost, where nobody counted.
    estimate: Usage,
    /// Only the story was asked for.
    is_over: bool,
}

impl Agents {
    /// `models` is shared with who refines.
    pub fn new(models: Arc<Models>) -> Self {
        Self { models, running: Calls::default(), kept: Mutex::default() }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<(String, i64), Arc<Told>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the open question of a plan brought, if this process asked it.
    fn told(&self, plan: &RemediationPlan) -> Option<Arc<Told>> {
        let call = plan.status.as_ref()?.model.as_ref()?.calls;
        self.kept().get(&(plan.uid()?, call)).cloned()
    }
}

impl Controller for Agents {
    type Key = ObjectKey;
    type Error = Error;
    const NAME: &'static str = "agentic";
    // More than may ask at once: who waits for a slot must not keep others from going on.
    const CONCURRENCY: usize = 16;

    fn wake(&self, stores: &Stores, change: &Change) -> Vec<ObjectKey> {
        match &change.object {
            Object::RemediationPlan(plan) => {
                let key = match &plan.spec.step_of {
                    Some(of) => ObjectKey::new(plan.namespace().unwrap_or_default(), &of.plan.name),
                    None => ObjectKey::of(&**plan),
                };
                if change.gone {
                    self.running.give_up(&key);
                }
                vec![key]
            }
            Object::Issue(issue) => {
                let plans = of_issue(stores, &ObjectKey::of(&**issue));
                let is_over = change.gone || issue.status.as_ref().is_some_and(|status| !status.state.is_open());
                for plan in plans.iter().filter(|_| is_over) {
                    self.running.give_up(plan);
                }
                plans
            }
            Object::Anomaly(anomaly) => {
                incident_of(stores, anomaly).map(|issue| of_issue(stores, &issue)).unwrap_or_default()
            }
            Object::Namespace(_) | Object::Instance(_) => {
                stores.plans.filter(is_going_on).iter().map(|plan| ObjectKey::of(&**plan)).collect()
            }
            _ => Vec::new(),
        }
    }

    async fn reconcile(&self, ctx: &Arc<Context>, key: &ObjectKey) -> Result<Next, Error> {
        let Some(plan) = ctx.stores.plans.get(key).filter(|plan| plan.is_agentic()) else { return Ok(Next::OnChange) };
        if plan.metadata.deletion_timestamp.is_some() {
            return Ok(Next::OnChange);
        }
        let issue = ctx.stores.issues.get(&ObjectKey::new(&key.namespace, &plan.spec.issue_ref.name));
        let steps = steps_of(&ctx.stores, &plan);
        let input = decide::Input {
            now: ctx.clock.now(),
            plan: &plan,
            issue: issue.as_deref(),
            sick: issue.as_ref().map_or(super::plan::decide::Sick::Gone, |issue| world::sickness(ctx, issue)),
            brakes: brakes(ctx, &plan),
            steps: &steps,
            has_model: ways::instance_for(ctx, &key.namespace).is_some(),
            is_answered: self.told(&plan).is_some(),
        };
        match decide::next_move(&input) {
            Move::Ask { number, is_over } => match &issue {
                Some(issue) => Box::pin(self.ask(ctx, key, &plan, issue, (number, is_over))).await,
                None => Ok(Next::OnChange),
            },
            Move::Take => self.take(ctx, key, &plan, issue.as_deref()).await,
            Move::Lost => self.lose(ctx, key, &plan).await,
            Move::Wait { until, reason, message } => {
                apply::wait(ctx, &plan, reason, &message).await?;
                Ok(until.map_or(Next::In(SAFETY_NET), Next::At))
            }
            other => {
                apply::apply(ctx, &plan, issue.as_deref(), &steps, other).await?;
                Ok(Next::In(SAFETY_NET))
            }
        }
    }
}

fn is_going_on(plan: &RemediationPlan) -> bool {
    plan.is_agentic() && plan.status.as_ref().is_none_or(|status| !status.state.is_terminal())
}

fn of_issue(stores: &Stores, issue: &ObjectKey) -> Vec<ObjectKey> {
    let plans = stores.plans.tagged(&Tag::Issue(issue.clone()));
    plans.iter().filter(|plan| plan.is_agentic()).map(|plan| ObjectKey::of(&**plan)).collect()
}

/// The plans of its steps: those the operator wrote for this very plan.
fn steps_of(stores: &Stores, plan: &RemediationPlan) -> Vec<Arc<RemediationPlan>> {
    let issue = ObjectKey::new(plan.namespace().unwrap_or_default(), &plan.spec.issue_ref.name);
    let mut steps = stores.plans.tagged(&Tag::Issue(issue));
    steps.retain(|step| is_step_of(step, plan));
    steps
}

/// Only the operator may write `stepOf`: admission sees to it.
fn is_step_of(step: &RemediationPlan, plan: &RemediationPlan) -> bool {
    let of = step.spec.step_of.as_ref();
    of.is_some_and(|of| of.plan.uid.is_some() && of.plan.uid == plan.uid())
}

fn brakes(ctx: &Context, plan: &RemediationPlan) -> Brakes {
    let Some(target) = place::target_of(&ctx.stores, plan) else { return Brakes::default() };
    let place = place::of(ctx, &target);
    Brakes { paused: place.paused, out_of_bounds: place.out_of_bounds, other_operator: None }
}
