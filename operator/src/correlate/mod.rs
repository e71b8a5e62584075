//! From an anomaly to the one incident it belongs to.
//!
//! In: `Anomaly` objects and what the stores know around their resource. Out: one `Issue` per cause, with its risk, severity and the reason for
//! every anomaly folded into it. Never: reads logs, talks to a model, touches a workload, hides anything: what upstream suppresses as
//! noise is counted on its incident instead.

mod apply;
mod chaos;
mod decide;
mod gather;
mod history;
mod incident_id;
mod retention; // what is forgotten, and when
#[cfg(test)]
pub(crate) mod testing;
mod topology; // whose trouble it is
mod weights;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use common::api::keys::annotations;
use common::api::{Issue, ResourceRef};

use crate::runtime::{
    Change, Context, Controller, Error, Next, Object, ObjectKey, Runtime, Stores, Tag, Urgency, cause_tag, listed_in,
};
pub use history::times_over;
use incident_id::IncidentIds;

/// While anomalies pour in, an Issue's risk and summary are rewritten at most this often. A higher severity is written at once.
const NUMBERS_EVERY: Duration = Duration::from_secs(2);
/// The same while more anomalies wait than the API server takes.
const NUMBERS_IN_A_BACKLOG: Duration = Duration::from_secs(20);
/// How long the opening of an incident takes that somebody else is at.
const MOMENT: Duration = Duration::from_millis(100);

/// Adds the correlator, and what forgets.
pub fn register(runtime: &mut Runtime) {
    runtime.register(Correlator::default());
    let namespace = runtime.context().namespace.clone();
    runtime.register(retention::Retention { namespace });
}

/// A resource by kind, namespace and name. One worker at a time per resource is what makes one open Issue per resource.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct ResourceKey(ResourceRef);

impl ResourceKey {
    fn of(resource: &ResourceRef) -> Self {
        Self(ResourceRef::new(&resource.kind, &resource.namespace, &resource.name))
    }

    fn tag(&self) -> Tag {
        Tag::Resource(self.0.path())
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
    /// Causes whose incident is being opened right now; what is open stands in the stores.
    claims: Mutex<HashSet<String>>,
    /// When each Issue's numbers were last written; only ever spares writes.
    written: Mutex<HashMap<ObjectKey, Instant>>,
}

impl Controller for Correlator {
    type Key = ResourceKey;
    type Error = Error;

    const NAME: &'static str = "anomaly";
    // A worker waits for the API server nearly all its time; in a storm the answers take long, and each resource must not wait its turn.
    const CONCURRENCY: usize = 96;
    const URGENCY: Urgency = Urgency::First;

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
                keys.extend(related(stores, issue));
                keys.extend(
                    listed_in(&**issue, annotations::ABSORBS).filter_map(ResourceRef::from_path).map(ResourceKey),
                );
                keys.dedup();
                keys
            }
            _ => Vec::new(),
        }
    }

    async fn reconcile(&self, ctx: &Arc<Context>, key: &ResourceKey) -> Result<Next, Error> {
        let mut seen = gather::gather(ctx, key);
        let mut decision = decide::decide(&seen);
        // One at a time opens the incident of a cause that several share; the others find it a moment later.
        let _claim = match self.claim(key, &seen, &decision) {
            Claim::Taken => return Ok(Next::In(MOMENT)),
            Claim::Ours(held) => {
                // It may have been opened between the look and the claim.
                seen = gather::gather(ctx, key);
                decision = decide::decide(&seen);
                Some(held)
            }
            Claim::NotNeeded => None,
        };
        let look_again = decision.look_again;
        let standing = decision.standing().map(ObjectKey::of);
        let backlog = ctx.has_backlog();
        let pause = standing.as_ref().and_then(|issue| self.pause(issue, backlog));
        if pause.is_some() {
            decision.put_off_risk();
        }
        let Some(issue) = apply::apply(ctx, &self.ids, decision).await? else { return Ok(Next::at(look_again)) };
        let episode = decide::episode_of(&seen, &issue);
        let issue = ObjectKey::of(&*issue);
        let pause = match standing {
            Some(_) => pause,
            // As it was opened it says enough while there is a backlog.
            None => self.pause(&issue, backlog).or(backlog.then_some(NUMBERS_EVERY)),
        };
        if let Some(rest) = pause {
            return Ok(Next::In(rest));
        }
        apply::summarise(ctx, &issue, episode).await?;
        Ok(Next::at(look_again))
    }
}

/// The open incidents that an incident's appearance or explanation may concern: those that blame its resource, or the same object.
fn related(stores: &Stores, issue: &Issue) -> Vec<ResourceKey> {
    let mut tags = vec![cause_tag(&issue.spec.resource)];
    let cause = issue.status.as_ref().and_then(|status| status.cause.as_ref());
    tags.extend(cause.map(|cause| cause_tag(&cause.place.object)));
    let others = tags.iter().flat_map(|tag| stores.issues.tagged(tag));
    others
        .filter(|other| other.metadata.uid != issue.metadata.uid)
        .map(|other| ResourceKey::of(&other.spec.resource))
        .collect()
}

/// Whether an incident may be opened now.
enum Claim<'a> {
    NotNeeded,
    Taken,
    Ours(Held<'a>),
}

/// Released when dropped. What it stands for is in the API server by then.
struct Held<'a> {
    claims: &'a Mutex<HashSet<String>>,
    cause: String,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.claims.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.cause);
    }
}

impl Correlator {
    fn claim(&self, key: &ResourceKey, seen: &decide::Seen, decision: &decide::Decision) -> Claim<'_> {
        let opens = matches!(&decision.incident, Some(decide::Incident { issue: decide::Target::New(_), .. }));
        let for_another = ResourceKey::of(&seen.resource) != *key;
        let cause = match &seen.shared_cause {
            Some(cause) => cause.clone(),
            None if for_another => seen.resource.to_string(),
            None => return Claim::NotNeeded,
        };
        if !opens {
            return Claim::NotNeeded;
        }
        let fresh = self.claims.lock().unwrap_or_else(PoisonError::into_inner).insert(cause.clone());
        if fresh { Claim::Ours(Held { claims: &self.claims, cause }) } else { Claim::Taken }
    }

    /// How long the numbers of an Issue wait until they are written next; `None` when they are due.
    fn pause(&self, issue: &ObjectKey, backlog: bool) -> Option<Duration> {
        let every = if backlog { NUMBERS_IN_A_BACKLOG } else { NUMBERS_EVERY };
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.retain(|_, at| at.elapsed() < NUMBERS_IN_A_BACKLOG);
        if let Some(at) = written.get(issue)
            && at.elapsed() < every
        {
            return Some(NUMBERS_EVERY.saturating_sub(at.elapsed()).max(MOMENT));
        }
        written.insert(issue.clone(), Instant::now());
        None
    }
}
