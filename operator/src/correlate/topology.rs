//! Whose trouble it is: from a workload that suffers to the object or workload that makes it suffer.
//!
//! In: one subject's facts and the shared stores. Out: the open incident it belongs to, or what to open one about. Bounded: one step along
//! `needs configuration`, one along `calls a Service`; a chain folds because each step leads to an incident that was itself led on. Never:
//! reads anything live, matches names by prefix.

use std::collections::BTreeSet;
use std::sync::Arc;

use common::api::{Issue, ResourceRef};
use common::diagnosis;
use common::facts::Pod;
use common::facts::surroundings::{holds, selector};
use common::facts::{Facts, Subject, membership};
use common::signals;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::Service;

use super::ResourceKey;
use super::decide::Explanation;
use crate::runtime::subjects::{self, SubjectKey};
use crate::runtime::{ObjectKey, Stores, Tag, cause_tag};

/// Where the trouble of a subject belongs.
#[derive(Clone, Debug)]
pub enum Elsewhere {
    /// To an incident that is open.
    Incident(Explanation),
    /// To a workload that is not well, whose own incident is to come.
    Expected {
        /// It should be there by then.
        until: Timestamp,
    },
    /// To an object outside, which others may need too: whoever comes first speaks for all.
    Shared(ResourceRef),
    /// To a workload that is scaled to 0: nothing is wrong with it, so nobody else will speak of it.
    AtRest(ResourceRef),
}

/// A cause cannot come later than what it causes, but for clocks and status updates.
const SLACK: SignedDuration = SignedDuration::from_secs(30);
/// Between a signal that counts and the incident about it.
const BETWEEN: SignedDuration = SignedDuration::from_secs(3);

/// Where a subject's trouble belongs; `None` when it is its own, as far as the stores tell.
pub fn elsewhere(stores: &Stores, facts: &Facts) -> Option<Elsewhere> {
    if let Some(root) = diagnosis::roots(facts).into_iter().next() {
        return Some(match about_object(stores, &root.object, &facts.subject) {
            Some(issue) => Elsewhere::Incident(Explanation { issue, signals: root.signals, reason: root.reason }),
            None => Elsewhere::Shared(root.object),
        });
    }
    let unwell = diagnosis::unwell_since(facts);
    let mut expected = None;
    for (namespace, name) in diagnosis::calls(facts) {
        let Some(service) = stores.services.get(&ObjectKey::new(&*namespace, &*name)) else { continue };
        match behind(stores, facts, &service, unwell) {
            None => {}
            // An incident about another namespace's Service cannot be opened from here.
            Some(Elsewhere::Shared(_)) if namespace != facts.subject.namespace => {}
            Some(Elsewhere::Expected { until }) => expected = expected.max(Some(until)),
            Some(found) => return Some(found),
        }
    }
    expected.map(|until| Elsewhere::Expected { until })
}

/// Where it leads when this Service does not answer; `None` when it does, or nobody can tell.
fn behind(stores: &Stores, facts: &Facts, service: &Service, unwell: Option<Timestamp>) -> Option<Elsewhere> {
    let selector = selector(service);
    let namespace = service.metadata.namespace.as_deref().unwrap_or_default();
    let name = service.metadata.name.as_deref().unwrap_or_default();
    if selector.is_empty() {
        return None;
    }
    let here = Tag::Namespace(namespace.to_owned());
    let own_pod = |pod: &Pod| facts.pods.iter().any(|own| own.metadata.uid == pod.metadata.uid);
    let mut keys: BTreeSet<SubjectKey> = BTreeSet::new();
    let service_ref = ResourceRef::new("Service", namespace, name);
    let reason = format!("it calls {}, which does not answer", service_ref.short());
    let would_be = subjects::making(stores, namespace, &selector);
    let led_astray = would_be.iter().filter_map(|key| subjects::facts(stores, key, facts.now)).any(|other| {
        !other.subject.same_object(&facts.subject)
            && diagnosis::roots(&other).iter().any(|root| root.object.same_object(&service_ref))
    });
    if led_astray {
        return Some(shared(stores, service_ref, facts, reason));
    }
    for pod in stores.pods.tagged(&here) {
        if !pod.metadata.labels.as_ref().is_some_and(|labels| holds(labels, &selector)) {
            continue;
        }
        if own_pod(&pod) || (membership::ready_since(&pod).is_some() && pod.metadata.deletion_timestamp.is_none()) {
            return None;
        }
        keys.extend(subjects::of_pod(stores, &pod));
    }
    keys.extend(would_be);
    if keys.is_empty() {
        // It selects nobody: whoever calls it first speaks for all who do.
        return Some(shared(stores, service_ref, facts, reason));
    }
    let mut expected = None;
    for key in keys {
        let Some(other) = subjects::facts(stores, &key, facts.now) else { continue };
        if other.subject.same_object(&facts.subject) {
            return None;
        }
        let later = diagnosis::unwell_since(&other).zip(unwell).is_some_and(|(its, ours)| its > ours + SLACK);
        if later {
            continue;
        }
        if let Some(issue) = incident_about(stores, &other.subject)
            && !issue.spec.resource.same_object(&facts.subject)
        {
            return Some(Elsewhere::Incident(Explanation { issue, signals: diagnosis::WAITING, reason }));
        }
        let at_rest = other.object.desired() == 0
            && !matches!(other.object, Subject::DaemonSet(_) | Subject::Job(_) | Subject::CronJob(_));
        if at_rest && other.subject.namespace == facts.subject.namespace {
            return Some(Elsewhere::AtRest(other.subject));
        }
        let seen = signals::assess(&other);
        let soon = (!seen.firing.is_empty()).then(|| facts.now + BETWEEN);
        let later = seen.pending.iter().map(|sighting| sighting.counts_from + BETWEEN).min();
        expected = expected.max(soon.or(later));
    }
    expected.map(|until| Elsewhere::Expected { until })
}

/// An object outside that is at fault: the incident that speaks for it, or that one is to be opened.
fn shared(stores: &Stores, object: ResourceRef, facts: &Facts, reason: String) -> Elsewhere {
    match about_object(stores, &object, &facts.subject) {
        Some(issue) => Elsewhere::Incident(Explanation { issue, signals: diagnosis::WAITING, reason }),
        None => Elsewhere::Shared(object),
    }
}

/// The open incident about a workload or node: its own, or the one its anomalies were folded into.
pub fn incident_about(stores: &Stores, resource: &ResourceRef) -> Option<Arc<Issue>> {
    let tag = ResourceKey::of(resource).tag();
    let own = stores.issues.tagged(&tag).into_iter().find(|issue| is_open(issue));
    own.or_else(|| {
        stores.anomalies.tagged(&tag).into_iter().find_map(|anomaly| {
            let status = anomaly.status.as_ref().filter(|status| status.active == Some(true))?;
            let issue = stores.issues.by_uid(status.issue_ref.as_ref()?.uid.as_deref()?)?;
            is_open(&issue).then_some(issue)
        })
    })
}

/// The oldest open incident in the subject's namespace whose cause sits in this object, other than the subject's own.
fn about_object(stores: &Stores, object: &ResourceRef, subject: &ResourceRef) -> Option<Arc<Issue>> {
    let mut found = stores.issues.tagged(&cause_tag(object));
    found.retain(|issue| {
        is_open(issue)
            && issue.metadata.namespace.as_deref() == Some(&subject.namespace)
            && !issue.spec.resource.same_object(subject)
    });
    found.into_iter().min_by_key(|issue| (issue.metadata.creation_timestamp.clone(), issue.metadata.name.clone()))
}

/// Why a resource belongs to an incident that is not about itself.
pub fn reason(stores: &Stores, resource: &ResourceRef, issue: &Issue, now: Timestamp) -> Option<String> {
    let facts = subjects::facts(stores, &SubjectKey::named_by(resource)?, now)?;
    match elsewhere(stores, &facts)? {
        Elsewhere::Incident(explanation) if explanation.issue.metadata.uid == issue.metadata.uid => {
            Some(explanation.reason)
        }
        Elsewhere::AtRest(at_rest) if at_rest.same_object(&issue.spec.resource) => {
            Some(format!("it calls {}, which is scaled to 0", at_rest.short()))
        }
        _ => None,
    }
}

/// Goes on, as far as anybody has said.
pub fn is_open(issue: &Issue) -> bool {
    issue.metadata.deletion_timestamp.is_none() && issue.is_open()
}
