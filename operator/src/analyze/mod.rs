//! From an incident to its explanation, with receipts.
//!
//! In: an open Issue, what the stores know about its resource, and the few live reads the rules ask for. Out: its `AIInsight`, and the cause in
//! short on the Issue; later, where the rules are not sure, what a model adds ([`refine`]). Never: waits for a model, guesses (an honest `unknown` is an answer), touches a workload.

mod apply;
pub mod beside;
mod decide;
mod gather;
mod measures;
pub mod models;
pub mod refine;

use std::sync::Arc;

use common::api::AIInsight;
use common::diagnosis;
use common::naming;

pub use decide::second_look;

use crate::runtime::{Change, Context, Controller, Error, Next, Object, ObjectKey, Runtime, Stores, Tag, Urgency};
use decide::Due;

/// Adds the analyst.
pub fn register(runtime: &mut Runtime) {
    runtime.register(Analyst);
}

/// The explanation of an incident.
pub fn insight_of(ctx: &Context, issue: &ObjectKey) -> Option<Arc<AIInsight>> {
    ctx.stores.insights.get(&ObjectKey::new(&issue.namespace, naming::insight(&issue.name)))
}

struct Analyst;

impl Controller for Analyst {
    /// An Issue.
    type Key = ObjectKey;
    type Error = Error;

    const NAME: &'static str = "aiinsight";
    // Each may read a handful of objects and logs.
    const CONCURRENCY: usize = 8;
    const URGENCY: Urgency = Urgency::Yields;

    fn wake(&self, stores: &Stores, change: &Change) -> Vec<ObjectKey> {
        match &change.object {
            Object::Issue(issue) if !change.gone => vec![ObjectKey::of(&**issue)],
            Object::AIInsight(insight) => vec![ObjectKey::beside(&**insight, &insight.spec.issue_ref.name)],
            Object::Anomaly(anomaly) => {
                let incident = anomaly.status.as_ref().and_then(|status| status.issue_ref.as_ref()?.uid.as_deref());
                incident
                    .and_then(|uid| stores.issues.by_uid(uid))
                    .map(|issue| ObjectKey::of(&*issue))
                    .into_iter()
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    async fn reconcile(&self, ctx: &Arc<Context>, key: &ObjectKey) -> Result<Next, Error> {
        let Some(issue) = ctx.stores.issues.get(key) else { return Ok(Next::OnChange) };
        let insight = insight_of(ctx, key);
        let members = issue
            .metadata
            .uid
            .iter()
            .flat_map(|uid| ctx.stores.anomalies.tagged(&Tag::Incident(uid.clone())))
            .collect::<Vec<_>>();
        let due = decide::due(ctx.clock.now(), &issue, insight.as_deref(), &members);
        let insight = match due {
            Due::At(_) | Due::OnChange => insight,
            Due::Now(because) => {
                let seen = gather::gather(ctx, &issue.spec.resource).await;
                let findings = match &seen {
                    Some(facts) => diagnosis::diagnose(facts),
                    None => vec![decide::nothing_there(&issue.spec.resource)],
                };
                let answer = decide::answer(findings, seen.as_ref(), insight.as_deref(), ctx.clock.now());
                Some(apply::explain(ctx, &issue, insight, answer, because).await?)
            }
        };
        let Some(insight) = insight else { return Ok(Next::OnChange) };
        apply::cause(ctx, key, &insight).await?;
        Ok(Next::at(decide::next_look(&issue, &insight).map(|(at, _)| at)))
    }
}
