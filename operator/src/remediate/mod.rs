//! From an explained incident to a verified fix, or to a person.
//!
//! In: an Issue with its findings, Runbooks, the plan's journal, the decisions of `approve`. Out: RemediationPlans, at most one write
//! to the world per turn (journalled before it is sent), the Issue's state. Never: explains, counts votes itself, or writes what was
//! not previewed.

pub mod agentic;
pub mod issue;
mod place;
pub mod plan;
mod settings;

use std::sync::Arc;

use common::api::{AIInsight, Anomaly, RemediationPlan};
use jiff::{SignedDuration, Timestamp};

use kube::ResourceExt as _;

use crate::analyze::{self, models::Models};
use crate::runtime::{Context, ObjectKey, Runtime};

/// How long an Anomaly speaks that nobody updates: the correlation window.
const UNATTENDED: SignedDuration = SignedDuration::from_mins(10);

/// Whether the trouble an Anomaly tells of goes on. Our detector says so itself; one written by somebody else speaks for a while.
fn goes_on(anomaly: &Anomaly, now: Timestamp) -> bool {
    let status = anomaly.status.as_ref();
    status.and_then(|status| status.active).unwrap_or_else(|| {
        let seen =
            status.and_then(|status| status.last_seen.clone()).or_else(|| anomaly.metadata.creation_timestamp.clone());
        seen.is_none_or(|at| now < at.0 + UNATTENDED)
    })
}

/// The explanation of a plan's incident.
fn insight_of(ctx: &Context, plan: &RemediationPlan) -> Option<Arc<AIInsight>> {
    analyze::insight_of(ctx, &ObjectKey::new(plan.namespace().unwrap_or_default(), &plan.spec.issue_ref.name))
}

/// Adds the controllers; agentic plans are carried on where there may be a model to ask.
pub fn register(runtime: &mut Runtime, models: Option<Arc<Models>>) {
    if let Some(models) = models {
        runtime.register(agentic::Agents::new(models));
    }
    runtime.register(issue::Issues);
    let namespace = runtime.context().namespace.clone();
    runtime.register(plan::Plans::new(namespace));
}

#[cfg(test)]
pub(crate) mod testing;
