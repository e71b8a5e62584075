//! What the decision about one subject needs to know. All of it is in the shared stores, but for one question about CronJobs.

use std::sync::Arc;

use common::api::Anomaly;
use common::signals;
use k8s_openapi::api::batch::v1::CronJob;
use kube::Api;

use super::decide::{Seen, is_ours};
use super::episode::episode;
use crate::runtime::subjects::{self, Kind, SubjectKey};
use crate::runtime::{Context, Error, Tag, read, resource_tags};

/// Reads everything about a subject.
pub async fn gather(ctx: &Context, key: &SubjectKey) -> Result<Seen, Error> {
    let now = ctx.clock.now();
    // A Node has no namespace; what is said about it lives with the operator.
    let home = if key.kind == Kind::Node { ctx.namespace.clone() } else { key.object.namespace.clone() };
    let anomalies = anomalies_about(ctx, key);
    // One on its way out is as good as gone: what is wrong with it will not be mended.
    let facts = subjects::facts(&ctx.stores, key, now).filter(|facts| facts.object.meta().deletion_timestamp.is_none());
    // A CronJob is seen through its Jobs. When its history holds none, that says nothing about the CronJob.
    let unseen =
        facts.is_none() && key.kind == Kind::CronJob && !anomalies.is_empty() && cron_job_exists(ctx, key).await?;
    let subject = facts.as_ref().map(|facts| facts.subject.clone());
    let issues = resource_tags(subject.as_ref().unwrap_or(&key.reference()))
        .next()
        .map(|tag| ctx.stores.issues.tagged(&tag))
        .unwrap_or_default();
    Ok(Seen {
        now,
        accepts_objects: subjects::accepts_objects(&ctx.stores, &home),
        home,
        subject,
        assessment: facts.as_ref().map(signals::assess),
        unseen,
        episode: episode(issues.iter().map(AsRef::as_ref), now),
        anomalies,
    })
}

fn anomalies_about(ctx: &Context, key: &SubjectKey) -> Vec<Arc<Anomaly>> {
    let reference = key.reference();
    let by_name = Tag::Resource(format!("{}/{}/{}", reference.kind, reference.namespace, reference.name));
    let mut found = ctx.stores.anomalies.tagged(&by_name);
    found.retain(|anomaly| is_ours(anomaly));
    found
}

async fn cron_job_exists(ctx: &Context, key: &SubjectKey) -> Result<bool, Error> {
    let api: Api<CronJob> = Api::namespaced(ctx.clients.read.clone(), &key.object.namespace);
    Ok(read(api.get_metadata_opt(&key.object.name)).await?.is_some())
}
