//! The life of a plan: previewed, allowed, applied step by step, proven, or taken back.

mod apply;
mod consent;
pub mod decide;
pub mod gates;
mod gather;
pub(super) mod status;
#[cfg(test)]
mod tests;
mod verbs;
pub(super) mod world;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use common::api::{RemediationPlan, remediation_plan::WriteKind};
use kube::ResourceExt as _;

use crate::config::ModelMode;
use crate::remediate::issue::incident_of;
use crate::remediate::place;
use crate::runtime::{Change, Context, Controller, Error, Next, Object, ObjectKey, Stores, Tag, controller_of};

/// Carries plans out.
pub struct Plans {
    fresh: Fresh,
    /// Of the operator: what its Namespace says holds everywhere.
    namespace: String,
}

impl Plans {
    /// `namespace` is the operator's own.
    pub fn new(namespace: String) -> Self {
        Self { fresh: Fresh::default(), namespace }
    }
}

/// Intents this process stored and has not sent: everything else that is found as Intent was left by a process that is gone.
#[derive(Default)]
pub(super) struct Fresh(Mutex<HashSet<(String, usize, i32)>>);

/// A plan nothing wakes is looked at again this often.
const SAFETY_NET: Duration = Duration::from_secs(300);

impl Controller for Plans {
    type Key = ObjectKey;
    type Error = Error;
    const NAME: &'static str = "remediationplan";

    fn wake(&self, stores: &Stores, change: &Change) -> Vec<ObjectKey> {
        match &change.object {
            Object::RemediationPlan(plan) => {
                // A plan that ends frees its target for another.
                let ended = change.gone || !is_unfinished(plan);
                let waiting = if ended { unfinished(stores, |_| true) } else { Vec::new() };
                std::iter::once(ObjectKey::of(&**plan)).chain(waiting).collect()
            }
            Object::Anomaly(anomaly) => {
                incident_of(stores, anomaly).map(|issue| of_issue(stores, &issue)).unwrap_or_default()
            }
            Object::Issue(issue) => of_issue(stores, &ObjectKey::of(&**issue)),
            Object::ApprovalRequest(request) => {
                vec![ObjectKey::new(request.namespace().unwrap_or_default(), request.spec.remediation_plan_ref.clone())]
            }
            Object::Namespace(namespace) if namespace.name_any() == self.namespace => unfinished(stores, |_| true),
            Object::Namespace(namespace) => {
                let name = namespace.name_any();
                unfinished(stores, |plan| plan.namespace().as_deref() == Some(&name))
            }
            Object::ApprovalPolicy(_) => unfinished(stores, |_| true),
            Object::Deployment(workload) => acting_on(stores, workload.metadata.uid.as_deref()),
            Object::StatefulSet(workload) => acting_on(stores, workload.metadata.uid.as_deref()),
            Object::DaemonSet(workload) => acting_on(stores, workload.metadata.uid.as_deref()),
            Object::CronJob(workload) => acting_on(stores, workload.metadata.uid.as_deref()),
            // A Job is acted on, is the copy a step made, or is the run of a CronJob that is acted on.
            Object::Job(job) => {
                let name = job.name_any();
                let owner = controller_of(&**job);
                let mut plans = acting_on(stores, job.metadata.uid.as_deref());
                plans.extend(owner.into_iter().flat_map(|uid| acting_on(stores, Some(uid))));
                plans.extend(unfinished(stores, |plan| made(plan, &name)));
                plans
            }
            // Where a step waits for a pod that its workload's own status does not tell of.
            Object::Pod(pod) => acting_on(stores, controller_of(&**pod)),
            _ => Vec::new(),
        }
    }

    async fn reconcile(&self, ctx: &Arc<Context>, key: &ObjectKey) -> Result<Next, Error> {
        let Some(plan) = ctx.stores.plans.get(key) else { return Ok(Next::OnChange) };
        let is_carried_elsewhere = plan.is_agentic() && ctx.config.model_mode != ModelMode::Rules;
        if !is_unfinished(&plan) || plan.metadata.deletion_timestamp.is_some() || is_carried_elsewhere {
            return Ok(Next::OnChange);
        }
        let seen = Box::pin(gather::gather(ctx, &self.fresh, &plan)).await?;
        let decision = decide::next_move(&seen.input(ctx.clock.now(), &plan));
        let wakes_at = match &decision.next {
            decide::Move::Wait { until, .. } => *until,
            // What it finds may be nothing to write down, and then no event of ours brings the next turn.
            decide::Move::Look(_) => Some(ctx.clock.now()),
            _ => None,
        };
        apply::apply(ctx, &self.fresh, &plan, &seen, decision).await?;
        Ok(wakes_at.map_or(Next::In(SAFETY_NET), Next::At))
    }
}

fn of_issue(stores: &Stores, issue: &ObjectKey) -> Vec<ObjectKey> {
    stores
        .plans
        .tagged(&Tag::Issue(issue.clone()))
        .iter()
        .filter(|plan| is_unfinished(plan))
        .map(|plan| ObjectKey::of(&**plan))
        .collect()
}

fn unfinished(stores: &Stores, which: impl Fn(&RemediationPlan) -> bool) -> Vec<ObjectKey> {
    stores.plans.filter(|plan| is_unfinished(plan) && which(plan)).iter().map(|plan| ObjectKey::of(&**plan)).collect()
}

fn acting_on(stores: &Stores, uid: Option<&str>) -> Vec<ObjectKey> {
    let Some(uid) = uid else { return Vec::new() };
    unfinished(stores, |plan| place::target_of(stores, plan).is_some_and(|target| target.uid.as_deref() == Some(uid)))
}

/// A step of the plan created the Job with this name.
fn made(plan: &RemediationPlan, job: &str) -> bool {
    let steps = plan.status.as_ref().map(|status| status.steps.as_slice()).unwrap_or_default();
    steps
        .iter()
        .flat_map(|step| &step.writes)
        .any(|write| write.kind == WriteKind::Create && write.object.kind == "Job" && write.object.name == job)
}

fn is_unfinished(plan: &RemediationPlan) -> bool {
    !plan.status.as_ref().is_some_and(|status| status.state.is_terminal()) || decide::is_asked_back(plan)
}

impl Fresh {
    pub(super) fn remember(&self, plan: &RemediationPlan, step: usize, tries: i32) {
        self.lock().insert((plan.uid().unwrap_or_default(), step, tries));
    }

    pub(super) fn forget(&self, plan: &RemediationPlan, step: usize, tries: i32) {
        self.lock().remove(&(plan.uid().unwrap_or_default(), step, tries));
    }

    pub(super) fn knows(&self, plan: &RemediationPlan, step: usize, tries: i32) -> bool {
        self.lock().contains(&(plan.uid().unwrap_or_default(), step, tries))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<(String, usize, i32)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
