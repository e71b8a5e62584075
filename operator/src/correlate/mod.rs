//! From an anomaly to the one incident it belongs to.
//!
//! In: `Anomaly` objects and what the stores know around their resource. Out: one `Issue` per cause, with its risk, severity and the reason for
//! every anomaly folded into it. Never: reads logs, talks to a model, touches a workload, hides anything: what upstream suppresses as
//! noise is counted on its incident instead.

mod apply;
mod decide;
mod gather;
mod incident_id;
#[cfg(test)]
pub(crate) mod testing;
mod weights;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use common::api::ResourceRef;

use crate::runtime::{Change, Context, Controller, Error, Next, Object, ObjectKey, Runtime, Stores, Tag};
use incident_id::IncidentIds;

/// While anomalies pour in, an Issue's summary is rewritten at most this often. The first is written at once.
const SUMMARY_EVERY: Duration = Duration::from_secs(1);

/// Adds the correlator.
pub fn register(runtime: &mut Runtime) {
    runtime.register(Correlator::default());
}

/// A resource by kind, namespace and name. One worker at a time per resource is what makes one open Issue per resource.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct ResourceKey(ResourceRef);

impl ResourceKey {
    fn of(resource: &ResourceRef) -> Self {
        Self(ResourceRef::new(&resource.kind, &resource.namespace, &resource.name))
    }

    fn tag(&self) -> Tag {
        Tag::Resource(format!("{}/{}/{}", self.0.kind, self.0.namespace, self.0.name))
    }
}

impl fmt::Display for ResourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[derive(Default)]
struct Correlator {
    ids: IncidentIds,
    /// When each Issue's summary was last written; only ever spares writes.
    summaries: Mutex<HashMap<ObjectKey, Instant>>,
}

impl Controller for Correlator {
    type Key = ResourceKey;
    type Error = Error;

    const NAME: &'static str = "anomaly";
    const CONCURRENCY: usize = 32;

    fn wake(&self, stores: &Stores, change: &Change) -> Vec<ResourceKey> {
        match &change.object {
            Object::Anomaly(anomaly) => {
                let incident = anomaly.status.as_ref().and_then(|status| status.issue_ref.as_ref()?.uid.as_deref());
                let incident = incident.and_then(|uid| stores.issues.by_uid(uid));
                let mut keys = vec![ResourceKey::of(&anomaly.spec.resource)];
                keys.extend(incident.map(|issue| ResourceKey::of(&issue.spec.resource)).filter(|key| *key != keys[0]));
                keys
            }
            // Its own resource, and whoever was folded into it.
            Object::Issue(issue) => {
                let folded =
                    issue.metadata.uid.iter().flat_map(|uid| stores.anomalies.tagged(&Tag::Incident(uid.clone())));
                let mut keys: Vec<_> = folded.map(|anomaly| ResourceKey::of(&anomaly.spec.resource)).collect();
                keys.push(ResourceKey::of(&issue.spec.resource));
                keys.dedup();
                keys
            }
            _ => Vec::new(),
        }
    }

    async fn reconcile(&self, ctx: &Arc<Context>, key: &ResourceKey) -> Result<Next, Error> {
        let seen = gather::gather(ctx, key);
        let decision = decide::decide(&seen);
        let look_again = decision.look_again;
        let Some(issue) = apply::apply(ctx, &self.ids, decision).await? else { return Ok(Next::at(look_again)) };
        let episode = decide::episode_of(&seen, &issue);
        let issue = ObjectKey::of(&*issue);
        if let Some(rest) = self.pause(&issue) {
            return Ok(Next::In(rest));
        }
        apply::summarise(ctx, &issue, episode).await?;
        Ok(Next::at(look_again))
    }
}

impl Correlator {
    /// How long the next summary of an Issue has to wait; `None` when it is due.
    fn pause(&self, issue: &ObjectKey) -> Option<Duration> {
        let mut summaries = self.summaries.lock().unwrap_or_else(PoisonError::into_inner);
        summaries.retain(|_, written| written.elapsed() < SUMMARY_EVERY);
        if let Some(written) = summaries.get(issue) {
            return Some(SUMMARY_EVERY.saturating_sub(written.elapsed()));
        }
        summaries.insert(issue.clone(), Instant::now());
        None
    }
}
