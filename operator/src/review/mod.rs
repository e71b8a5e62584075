//! From a finished incident to its report.
//!
//! In: an Issue that is resolved, contained or escalated, with its explanation, plans and votes. Out: one PostMortem, written again
//! when the story goes on. Never: judges people, or reports a step as done that was not.

pub mod decide;
mod gather;
mod status;

use std::sync::Arc;

use common::api::{
    Issue, PostMortem,
    keys::{annotations, labels, managers},
    post_mortem::PostMortemSpec,
};
use common::naming;
use kube::ResourceExt as _;
use serde_json::json;

use crate::runtime::{Change, Context, Controller, Error, Next, Object, ObjectKey, Runtime, Stores, WriteError};

/// Writes PostMortems.
pub struct Reviews;

/// Adds the controller.
pub fn register(runtime: &mut Runtime) {
    runtime.register(Reviews);
}

impl Controller for Reviews {
    type Key = ObjectKey;
    type Error = Error;
    const NAME: &'static str = "postmortem";

    fn wake(&self, _: &Stores, change: &Change) -> Vec<ObjectKey> {
        match &change.object {
            Object::Issue(issue) if !change.gone => vec![ObjectKey::of(&**issue)],
            Object::PostMortem(report) if !change.gone => {
                let place = report.metadata.namespace.clone().unwrap_or_default();
                vec![ObjectKey::new(place, report.spec.issue_ref.name.clone())]
            }
            _ => Vec::new(),
        }
    }

    async fn reconcile(&self, ctx: &Arc<Context>, key: &ObjectKey) -> Result<Next, Error> {
        let now = ctx.clock.now();
        if let Some(issue) = ctx.stores.issues.get(key) {
            let seen = gather::gather(ctx, key, &issue.spec.resource);
            if let Some(told) = decide::report(&seen.input(now, &issue)) {
                let report = match seen.existing {
                    Some(report) => not_closed(ctx, report).await?,
                    None => create(ctx, &issue).await?,
                };
                status::write(ctx, &report, &told).await?;
                return Ok(Next::OnChange);
            }
        }
        // A report outlives its incident, and may be closed afterwards.
        let report = ObjectKey::new(key.namespace.clone(), naming::post_mortem(&key.name));
        if let Some(report) = ctx.stores.post_mortems.get(&report)
            && let Some(told) = decide::closed(&report, now)
        {
            status::write(ctx, &report, &told).await?;
        }
        Ok(Next::OnChange)
    }
}

/// The story goes on: whoever was done with the report did not know of this.
async fn not_closed(ctx: &Context, report: Arc<PostMortem>) -> Result<Arc<PostMortem>, WriteError> {
    if !report.annotations().contains_key(annotations::CLOSED_BY) {
        return Ok(report);
    }
    let nothing = json!({ "metadata": { "annotations": { annotations::CLOSED_BY: null } } });
    ctx.merge(managers::REVIEWER, &*report, nothing).await
}

/// The report belongs to the namespace, not to the Issue: it outlives it.
async fn create(ctx: &Context, issue: &Issue) -> Result<Arc<PostMortem>, WriteError> {
    let mut report = PostMortem::new(
        &naming::post_mortem(&issue.name_any()),
        PostMortemSpec {
            issue_ref: common::api::NameRef { name: issue.name_any(), uid: issue.uid() },
            resource: issue.spec.resource.clone(),
            severity: issue.spec.severity,
        },
    );
    report.metadata.namespace = issue.namespace();
    let known = [labels::SIGNAL, labels::SOURCE, labels::CHAOS_EXPERIMENT]
        .into_iter()
        .filter_map(|label| issue.labels().get(label).map(|value| (label.to_owned(), value.clone())));
    report.labels_mut().extend([
        (labels::ISSUE.to_owned(), naming::label_value(&issue.name_any())),
        (labels::SEVERITY.to_owned(), issue.spec.severity.to_string()),
    ]);
    report.labels_mut().extend(known);
    ctx.create(managers::REVIEWER, &report).await
}
