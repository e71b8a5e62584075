//! What the next move of an incident depends on, read from the shared stores.

use std::sync::Arc;

use common::api::issue::IssueState;
use common::api::{AIInsight, Anomaly, Issue, RemediationAction, RemediationPlan, Runbook};
use common::decisions::Autonomy;
use common::decisions::experience::{self, Experience};
use jiff::Timestamp;
use kube::ResourceExt as _;

use super::decide::{Agentic, Input, MayPlan};
use crate::analyze;
use crate::analyze::refine::{self, Standing};
use crate::config::ModelMode;
use crate::remediate::place;
use crate::remediate::settings::Settings;
use crate::runtime::{Context, ObjectKey, Tag};

/// What was read.
pub(super) struct Seen {
    pub(super) anomalies: Vec<Arc<Anomaly>>,
    pub(super) insight: Option<Arc<AIInsight>>,
    pub(super) plans: Vec<Arc<RemediationPlan>>,
    experience: Vec<Experience>,
    runbooks: Vec<Arc<Runbook>>,
    resource_exists: bool,
    pub(super) max_attempts: i32,
    pub(super) settings: Settings,
    may_plan: MayPlan,
    agentic: Agentic,
}

impl Seen {
    pub(super) fn input<'a>(&'a self, now: Timestamp, issue: &'a Issue) -> Input<'a> {
        Input {
            now,
            issue,
            anomalies: &self.anomalies,
            insight: self.insight.as_deref(),
            plans: &self.plans,
            experience: &self.experience,
            runbooks: &self.runbooks,
            resource_exists: self.resource_exists,
            max_attempts: self.max_attempts,
            auto_resolve: self.settings.auto_resolve,
            may_plan: self.may_plan.clone(),
            agentic: self.agentic,
        }
    }
}

/// Everything is in the stores; nothing is asked of the API server.
pub(super) fn gather(ctx: &Context, key: &ObjectKey, issue: &Issue) -> Seen {
    let tag = Tag::Issue(key.clone());
    let mut plans = ctx.stores.plans.tagged(&tag);
    // The steps of an agentic plan are its own affair.
    plans.retain(|plan| plan.spec.step_of.is_none());
    plans.sort_by_key(|plan| plan.spec.attempt);
    let insight = analyze::insight_of(ctx, key);
    let instances = ctx.stores.instances.all();
    let settings = Settings::of(instances.iter().map(AsRef::as_ref), &key.namespace, &ctx.namespace);
    Seen {
        settings,
        anomalies: super::anomalies_of(&ctx.stores, issue),
        agentic: agentic(ctx, issue, insight.as_deref(), &settings),
        experience: experience(ctx, issue, insight.as_deref()),
        insight,
        plans,
        runbooks: runbooks(ctx, &key.namespace),
        resource_exists: super::resource_exists(&ctx.stores, &issue.spec.resource),
        max_attempts: max_attempts(issue, &settings),
        may_plan: may_plan(ctx, issue),
    }
}

/// What the incident's own status says, where it was set; the schema's default is no decision.
fn max_attempts(issue: &Issue, settings: &Settings) -> i32 {
    let decided = issue.status.as_ref().filter(|status| status.transition.is_some());
    decided.map_or(settings.max_attempts, |status| status.max_remediation_attempts)
}

/// Runbooks of the incident's namespace first, then of the operator's; the highest name order last, so the choice is stable.
fn runbooks(ctx: &Context, namespace: &str) -> Vec<Arc<Runbook>> {
    let mut found = ctx.stores.runbooks.filter(|runbook| {
        let at = runbook.namespace().unwrap_or_default();
        at == namespace || at == ctx.namespace
    });
    found.sort_by_key(|runbook| (runbook.namespace().as_deref() != Some(namespace), runbook.name_any()));
    found
}

/// How often each remedy of the first finding has helped against it, on objects of this kind, wherever a plan of it is kept. Looked at only
/// where one is chosen.
fn experience(ctx: &Context, issue: &Issue, insight: Option<&AIInsight>) -> Vec<Experience> {
    let is_choosing = issue.status.as_ref().is_some_and(|status| status.state == IssueState::Analyzing);
    let finding = insight.and_then(|insight| insight.status.as_ref()?.findings.first());
    let Some(finding) = finding.filter(|_| is_choosing) else { return Vec::new() };
    let kind = &issue.spec.resource.kind;
    let alike = |actions: &[RemediationAction]| {
        let plans = ctx.stores.plans.filter(|plan| {
            experience::is_like(plan, &finding.code, actions)
                && place::target_of(&ctx.stores, plan).is_some_and(|its| its.kind == *kind)
        });
        Experience::of(plans.iter().map(AsRef::as_ref))
    };
    finding.remedies.iter().map(|remedy| alike(&remedy.actions)).collect()
}

/// Whether a model may name steps: only one that was asked about this very incident, so that one cause of many incidents has one loop.
fn agentic(ctx: &Context, issue: &Issue, insight: Option<&AIInsight>, settings: &Settings) -> Agentic {
    let Some(insight) = insight.filter(|_| ctx.config.agentic && ctx.config.model_mode != ModelMode::Rules) else {
        return Agentic::No;
    };
    match refine::standing(ctx, issue, insight) {
        Standing::Silent => Agentic::No,
        Standing::Awaited => Agentic::NotYet,
        Standing::Asked => Agentic::Yes { most: settings.agentic_steps },
    }
}

fn may_plan(ctx: &Context, issue: &Issue) -> MayPlan {
    let place = place::of(ctx, &issue.spec.resource);
    match (place.out_of_bounds, place.standing.level) {
        (Some(why), _) => MayPlan::Never(why),
        (None, Autonomy::Observe) => MayPlan::NotNow(place.standing.message),
        (None, _) => MayPlan::Yes,
    }
}
