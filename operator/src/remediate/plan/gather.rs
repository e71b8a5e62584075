//! What the next move of a plan depends on. Most of it is in the shared stores; the API server is asked only where the answer decides.

use std::sync::Arc;

use common::api::{
    Issue, RemediationPlan, ResourceRef,
    remediation_plan::{HealthSample, PlanPreview, RemediationPlanStatus, RemediationState, StepPhase},
};
use jiff::Timestamp;
use kube::ResourceExt as _;

use super::decide::{self, Arrival, Brakes, Budget, Consent, Input, Repeated, Sick};
use super::{Fresh, consent, verbs, world};
use crate::remediate::place::{self, Place};
use crate::runtime::{Context, Error, ObjectKey};

/// What was read.
pub(super) struct Seen {
    pub(super) issue: Option<Arc<Issue>>,
    pub(super) target: Option<ResourceRef>,
    pub(super) sick: Sick,
    pub(super) health: Option<HealthSample>,
    pub(super) asked: consent::Asked,
    pub(super) policy_digest: Option<String>,
    last_fired: Option<Timestamp>,
    brakes: Brakes,
    again: Option<Repeated>,
    rival: Option<String>,
    budget: Budget,
    cooling_until: Option<Timestamp>,
    arrival: Arrival,
    intent_is_fresh: bool,
}

impl Seen {
    pub(super) fn input<'a>(&'a self, now: Timestamp, plan: &'a RemediationPlan) -> Input<'a> {
        Input {
            now,
            plan,
            issue: self.issue.as_deref(),
            brakes: self.brakes.clone(),
            sick: self.sick.clone(),
            last_fired: self.last_fired,
            again: self.again.clone(),
            rules: self.policy_digest.clone(),
            consent: self.asked.consent.clone(),
            rival: self.rival.clone(),
            budget: self.budget,
            cooling_until: self.cooling_until,
            arrival: self.arrival.clone(),
            health: self.health.clone(),
            intent_is_fresh: self.intent_is_fresh,
        }
    }
}

/// Reads what the plan's state makes necessary.
pub(super) async fn gather(ctx: &Arc<Context>, fresh: &Fresh, plan: &Arc<RemediationPlan>) -> Result<Seen, Error> {
    let namespace = plan.namespace().unwrap_or_default();
    let issue = ctx.stores.issues.get(&ObjectKey::new(namespace, plan.spec.issue_ref.name.clone()));
    let target = place::target_of(&ctx.stores, plan);
    let status = plan.status.clone().unwrap_or_default();
    let sick = issue.as_ref().map_or(Sick::Gone, |issue| world::sickness(ctx, issue));
    let mut seen = Seen {
        last_fired: issue.as_ref().and_then(|issue| world::last_fired(ctx, issue)),
        sick,
        health: None,
        asked: consent::Asked::default(),
        policy_digest: None,
        brakes: target.as_ref().map_or_else(Brakes::default, |target| brakes(place::of(ctx, target))),
        again: None,
        rival: target.as_ref().and_then(|target| world::rival(ctx, plan, target)),
        budget: world::budget(ctx, plan),
        cooling_until: target.as_ref().and_then(|target| world::cooling_until(ctx, plan, target)),
        arrival: Arrival::NotLooked,
        intent_is_fresh: step_at_hand(&status).is_some_and(|(index, tries)| fresh.knows(plan, index, tries)),
        issue,
        target,
    };
    let (Some(issue), Some(target)) = (seen.issue.clone(), seen.target.clone()) else { return Ok(seen) };
    seen.health = world::health(ctx, &target, &seen.sick);
    match status.state {
        RemediationState::Pending | RemediationState::WaitingApproval => {
            before_the_first_write(ctx, plan, &issue, &target, &status, &mut seen).await?;
        }
        RemediationState::Executing | RemediationState::Verifying => {
            seen.arrival = arrival(ctx, plan, &target, &status).await;
        }
        _ => {}
    }
    if decide::begins_something(plan, &status) {
        seen.brakes = brakes(place::as_of_now(ctx, &target).await?);
    }
    Ok(seen)
}

/// Consent is counted, and the change asked for again, only when every cheaper gate is open.
async fn before_the_first_write(
    ctx: &Arc<Context>,
    plan: &Arc<RemediationPlan>,
    issue: &Issue,
    target: &ResourceRef,
    status: &RemediationPlanStatus,
    seen: &mut Seen,
) -> Result<(), Error> {
    if !is_worth_asking(seen) {
        return Ok(());
    }
    let rules = consent::rules(ctx, plan, issue, target).await?;
    seen.policy_digest.clone_from(&rules.digest);
    let Some(preview) = &status.preview else { return Ok(()) };
    seen.asked = consent::ask(ctx, plan, issue, target, &rules, preview).await?;
    if matches!(seen.asked.consent, Consent::Given(_) | Consent::NotNeeded(_)) && seen.rival.is_none() {
        seen.again = Some(again(ctx, plan, seen, preview).await);
        // Last of all, so that what was said before the last vote is heard.
        let place = place::as_of_now(ctx, target).await?;
        if place != rules.place {
            seen.asked = consent::Asked::default();
        }
        seen.brakes = brakes(place);
    }
    Ok(())
}

fn is_worth_asking(seen: &Seen) -> bool {
    seen.brakes == Brakes::default() && matches!(seen.sick, Sick::Yes(_))
}

async fn again(ctx: &Context, plan: &RemediationPlan, seen: &Seen, sealed: &PlanPreview) -> Repeated {
    let at = sealed.taken_at.as_ref().map(|at| at.0);
    match verbs::preview(ctx, plan, seen.target.as_ref(), seen.policy_digest.as_deref(), at).await {
        Ok(previewed) if previewed.preview.digest == sealed.digest => Repeated::Same,
        Ok(previewed) => Repeated::Drifted(Box::new(previewed)),
        Err(verbs::NoPreview::Refused { ending, message }) => Repeated::Refused { ending, message },
        Err(verbs::NoPreview::Unknown(why)) => Repeated::Unknown(why),
    }
}

fn brakes(place: Place) -> Brakes {
    Brakes { paused: place.paused, out_of_bounds: place.out_of_bounds, other_operator: None }
}

/// Where the world is, for the step at hand or, once all are settled, for all of them.
async fn arrival(
    ctx: &Context,
    plan: &RemediationPlan,
    target: &ResourceRef,
    status: &RemediationPlanStatus,
) -> Arrival {
    let since = status.steps.iter().filter_map(|step| step.applied_at.as_ref()).map(|at| at.0).min();
    if let Some(why) = since.and_then(|since| world::setback(ctx, target, since)) {
        return Arrival::Failed(why);
    }
    let verifying = status.state == RemediationState::Verifying;
    let mut reached = Arrival::NotLooked;
    for step in &status.steps {
        let looks = matches!(step.phase, StepPhase::Applied | StepPhase::Settling)
            || (verifying && step.phase == StepPhase::Settled);
        if looks {
            reached = verbs::arrival(ctx, plan, target, step).await;
            if reached != Arrival::Arrived {
                return reached;
            }
        }
    }
    reached
}

fn step_at_hand(status: &RemediationPlanStatus) -> Option<(usize, i32)> {
    let found = status.steps.iter().enumerate().find(|(_, step)| step.phase == StepPhase::Intent)?;
    Some((found.0, found.1.tries))
}
