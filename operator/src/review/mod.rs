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
    keys::{labels, managers},
    post_mortem::PostMortemSpec,
};
use common::naming;
use kube::ResourceExt as _;

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
            _ => Vec::new(),
        }
    }

    async fn reconcile(&self, ctx: &Arc<Context>, key: &ObjectKey) -> Result<Next, Error> {
        let Some(issue) = ctx.stores.issues.get(key) else { return Ok(Next::OnChange) };
        let seen = gather::gather(ctx, key, &issue.spec.resource);
        let Some(told) = decide::report(&seen.input(ctx.clock.now(), &issue)) else { return Ok(Next::OnChange) };
        let report = match seen.existing {
            Some(report) => report,
            None => create(ctx, &issue).await?,
        };
        status::write(ctx, &report, &told).await?;
        Ok(Next::OnChange)
    }
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
    report.metadata.labels = Some(
        [
            (labels::ISSUE.to_owned(), naming::label_value(&issue.name_any())),
            (labels::SEVERITY.to_owned(), issue.spec.severity.to_string()),
        ]
        .into(),
    );
    ctx.create(managers::REVIEWER, &report).await
}
