//! What the decision about one subject needs to know. All of it is in the shared stores.

use std::sync::Arc;

use common::api::{Anomaly, SignalType};
use common::facts::Subject;
use common::signals;

use super::decide::{Seen, is_ours};
use super::episode::episode;
use crate::runtime::subjects::{self, Kind, SubjectKey};
use crate::runtime::{Context, Tag, resource_tags};

/// Reads everything about a subject.
pub fn gather(ctx: &Context, key: &SubjectKey) -> Seen {
    let now = ctx.clock.now();
    // A Node has no namespace; what is said about it lives with the operator.
    let home = if key.kind == Kind::Node { ctx.namespace.clone() } else { key.object.namespace.clone() };
    let anomalies = anomalies_about(ctx, key);
    // One on its way out is as good as gone: what is wrong with it will not be mended.
    let facts = subjects::facts(&ctx.stores, key, now).filter(|facts| facts.object.meta().deletion_timestamp.is_none());
    // How a CronJob's Jobs fare is seen in its Jobs. That its history holds none any more says nothing about that.
    let of_its_jobs = |anomaly: &Arc<Anomaly>| anomaly.spec.signal_type != SignalType::CronjobMissed;
    let unseen = facts.as_ref().is_some_and(|facts| matches!(facts.object, Subject::CronJob(_)))
        && anomalies.iter().any(of_its_jobs);
    let subject = facts.as_ref().map(|facts| facts.subject.clone());
    let issues = resource_tags(subject.as_ref().unwrap_or(&key.reference()))
        .next()
        .map(|tag| ctx.stores.issues.tagged(&tag))
        .unwrap_or_default();
    Seen {
        now,
        accepts_objects: subjects::accepts_objects(&ctx.stores, &home),
        home,
        subject,
        assessment: facts.as_ref().map(signals::assess),
        unseen,
        episode: episode(issues.iter().map(AsRef::as_ref), now),
        anomalies,
    }
}

fn anomalies_about(ctx: &Context, key: &SubjectKey) -> Vec<Arc<Anomaly>> {
    let reference = key.reference();
    let by_name = Tag::Resource(reference.path());
    let mut found = ctx.stores.anomalies.tagged(&by_name);
    found.retain(|anomaly| is_ours(anomaly));
    found
}
