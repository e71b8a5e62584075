//! What the decision about one resource needs to know; all of it is in the shared stores.

use std::sync::Arc;

use common::api::{Anomaly, Issue, ResourceRef, SignalType};
use common::diagnosis;
use common::facts::Pod;
use common::facts::{Facts, Subject, membership};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::Node;

use super::ResourceKey;
use super::decide::{Explanation, Seen};
use super::topology::{self, Elsewhere, is_open};
use super::weights::Impact;
use crate::runtime::subjects::{self, Kind, SubjectKey};
use crate::runtime::{Context, Stores, Tag, cause_tag};

/// What a node that does not answer does to the workloads on it.
const OF_A_LOST_NODE: &[SignalType] = &[SignalType::PodNotReady, SignalType::DeployFailing];

/// Everything about a resource.
pub fn gather(ctx: &Context, key: &ResourceKey) -> Seen {
    let now = ctx.clock.now();
    let anomalies = ctx.stores.anomalies.tagged(&key.tag());
    let facts = SubjectKey::named_by(&key.0).and_then(|subject| subjects::facts(&ctx.stores, &subject, now));
    let own = facts.as_ref().map_or_else(|| named_best(key, &anomalies), |facts| facts.subject.clone());
    let lost = facts.as_ref().and_then(|facts| lost_nodes(ctx, facts)).map(Elsewhere::Incident);
    let elsewhere = lost.or_else(|| facts.as_ref().and_then(|facts| topology::elsewhere(&ctx.stores, facts)));
    // Trouble of somebody that is at rest by a decision: its incident is opened for those who suffer.
    let resource = match &elsewhere {
        Some(Elsewhere::AtRest(at_rest)) => at_rest.clone(),
        _ => own.clone(),
    };
    let tag = ResourceKey::of(&resource).tag();
    let issues = ctx.stores.issues.tagged(&tag);
    let own_issue = newest_open(&ctx.stores, &own);
    let home = if resource.namespace.is_empty() { ctx.namespace.clone() } else { resource.namespace.clone() };
    Seen {
        now,
        operator_namespace: ctx.namespace.clone(),
        accepts_objects: subjects::accepts_objects(&ctx.stores, &home),
        blamed: own_issue.as_ref().and_then(|issue| blamed(&ctx.stores, issue)),
        absorbed_by: absorber(&ctx.stores, &own),
        own_issue,
        issues,
        impact: facts.as_ref().map(impact).unwrap_or_default(),
        shared_cause: match &elsewhere {
            Some(Elsewhere::Shared(object)) => Some(object.path()),
            _ => None,
        },
        expected: match &elsewhere {
            Some(Elsewhere::Expected { until }) => Some((*until).min(patience(&anomalies, now))),
            _ => None,
        },
        explained_by: match elsewhere {
            Some(Elsewhere::Incident(explanation)) => Some(explanation),
            _ => None,
        },
        anomalies: anomalies.into_iter().map(|anomaly| (Arc::clone(&anomaly), incident_of(ctx, &anomaly))).collect(),
        experiments: ctx.stores.chaos_experiments.tagged(&tag),
        home,
        resource,
    }
}

/// A resource that is not there, or of a kind we do not watch, is what the newest anomaly says it is.
fn named_best(key: &ResourceKey, anomalies: &[Arc<Anomaly>]) -> common::api::ResourceRef {
    let newest = anomalies.iter().max_by_key(|anomaly| anomaly.metadata.creation_timestamp.clone());
    newest.map_or_else(|| key.0.clone(), |anomaly| anomaly.spec.resource.clone())
}

/// How long the incident of another may be waited for before a resource gets its own.
const PATIENCE: SignedDuration = SignedDuration::from_secs(90);

fn patience(anomalies: &[Arc<Anomaly>], now: Timestamp) -> Timestamp {
    let waiting = anomalies.iter().filter(|anomaly| anomaly.status.as_ref().is_none_or(|status| !status.correlated));
    let first = waiting.filter_map(|anomaly| anomaly.metadata.creation_timestamp.as_ref()).map(|time| time.0).min();
    first.unwrap_or(now) + PATIENCE
}

fn newest_open(stores: &Stores, resource: &ResourceRef) -> Option<Arc<Issue>> {
    let mut issues = stores.issues.tagged(&ResourceKey::of(resource).tag());
    issues.retain(|issue| is_open(issue) && issue.spec.resource.same_object(resource));
    issues.into_iter().max_by_key(|issue| issue.status.as_ref().and_then(|status| status.episode))
}

/// The open incident of the same namespace that a person has put this resource's trouble into.
fn absorber(stores: &Stores, resource: &ResourceRef) -> Option<Explanation> {
    let mut found = stores.issues.tagged(&Tag::Absorbs(resource.path()));
    found.retain(|issue| is_open(issue) && issue.metadata.namespace.as_deref() == Some(&resource.namespace));
    let issue = found.into_iter().min_by_key(|issue| issue.metadata.creation_timestamp.clone())?;
    Some(Explanation { issue, signals: ALL, reason: BY_HAND.to_owned() })
}

/// Why a resource is in an incident that nothing else explains it by.
pub const BY_HAND: &str = "a person says it belongs here";

/// The older open incident that an explained one belongs to: that of the workload it blames, or of the object it blames.
fn blamed(stores: &Stores, issue: &Arc<Issue>) -> Option<Explanation> {
    let cause = issue.status.as_ref()?.cause.as_ref()?;
    let object = &cause.place.object;
    if object.same_object(&issue.spec.resource) || cause.code == diagnosis::codes::Code::Unknown.as_str() {
        return None;
    }
    let blames_back = |other: &Issue| {
        let back = other.status.as_ref().and_then(|status| status.cause.as_ref());
        back.is_some_and(|back| back.place.object.same_object(&issue.spec.resource))
    };
    let reason = cause.statement.clone();
    if let Some(found) = topology::incident_about(stores, object).filter(|found| !blames_back(found))
        && found.metadata.uid != issue.metadata.uid
    {
        return Some(Explanation { issue: found, signals: ALL, reason });
    }
    let rank = |issue: &Issue| (issue.metadata.creation_timestamp.clone(), issue.metadata.name.clone());
    let mut same = stores.issues.tagged(&cause_tag(object));
    let here = &issue.metadata.namespace;
    same.retain(|other| is_open(other) && other.metadata.namespace == *here && rank(other) < rank(issue));
    let oldest = same.into_iter().min_by_key(|other| rank(other))?;
    Some(Explanation { issue: oldest, signals: ALL, reason })
}

/// An incident that blames one thing is explained by it as a whole.
const ALL: &[SignalType] = &[
    SignalType::PodNotReady,
    SignalType::DeployFailing,
    SignalType::CrashloopBackoff,
    SignalType::PodRestart,
    SignalType::IngressError,
    SignalType::JobFailed,
    SignalType::HpaMaxed,
    SignalType::ErrorRate,
    SignalType::Latency,
    SignalType::LatencySpike,
];

fn incident_of(ctx: &Context, anomaly: &Anomaly) -> Option<Arc<Issue>> {
    let issue = anomaly.status.as_ref()?.issue_ref.as_ref()?;
    match &issue.uid {
        Some(uid) => ctx.stores.issues.by_uid(uid),
        None => ctx
            .stores
            .issues
            .get(&crate::runtime::ObjectKey::new(anomaly.metadata.namespace.clone().unwrap_or_default(), &issue.name)),
    }
}

fn impact(facts: &Facts) -> Impact {
    let serving = match &facts.object {
        Subject::Deployment(object) => object.status.as_ref().and_then(|status| status.available_replicas),
        Subject::StatefulSet(object) => object.status.as_ref().and_then(|status| status.available_replicas),
        Subject::DaemonSet(object) => object.status.as_ref().and_then(|status| status.number_available),
        Subject::Job(_) | Subject::CronJob(_) | Subject::Pod(_) | Subject::Node(_) => return Impact::Partial,
    };
    if facts.object.desired() > 0 && serving.unwrap_or(0) == 0 { Impact::Down } else { Impact::Partial }
}

/// The incident of a lost node, when every pod that is not ready sits on a lost node.
fn lost_nodes(ctx: &Context, facts: &Facts) -> Option<Explanation> {
    let unready: Vec<&Pod> = facts
        .current_pods()
        .filter(|pod| !is_true(membership::condition(pod, "Ready").map(|found| &found.status)))
        .collect();
    let lost: Option<Vec<&Node>> =
        unready.iter().map(|pod| facts.node_of(pod).filter(|node| !is_ready(node))).collect();
    let node = *lost?.first()?;
    let name = node.metadata.name.as_deref()?;
    let of_node = SubjectKey::new(Kind::Node, "", name).reference();
    let tag = ResourceKey(of_node).tag();
    let issue = ctx.stores.issues.tagged(&tag).into_iter().find(|issue| issue.is_open())?;
    Some(Explanation {
        issue,
        signals: OF_A_LOST_NODE,
        reason: format!("its pods run on node {name}, which is not ready"),
    })
}

fn is_ready(node: &Node) -> bool {
    let conditions = node.status.as_ref().and_then(|status| status.conditions.as_deref()).unwrap_or_default();
    is_true(conditions.iter().find(|condition| condition.type_ == "Ready").map(|condition| &condition.status))
}

fn is_true(status: Option<&String>) -> bool {
    status.is_some_and(|status| status == "True")
}

/// Everything that was folded into an incident, in the order it came.
pub fn members(ctx: &Context, issue: &Issue) -> Vec<Arc<Anomaly>> {
    let Some(uid) = &issue.metadata.uid else { return Vec::new() };
    let mut members = ctx.stores.anomalies.tagged(&Tag::Incident(uid.clone()));
    members.sort_by_key(|anomaly| (anomaly.metadata.creation_timestamp.clone(), anomaly.metadata.name.clone()));
    members
}
