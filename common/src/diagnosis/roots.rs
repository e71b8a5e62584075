//! What lies outside a workload and explains its trouble, as far as its own status says so: the fast way to one incident for one cause.
//!
//! In: [`Facts`] without any live read. Out: the objects at fault, and the Services it may be waiting for. Never: decides which incident that
//! is; two workloads with the same root belong together.

use jiff::Timestamp;

use super::case::Case;
use super::{config, dependencies, rollout, scheduling, storage, wiring};
use crate::api::ResourceRef;
use crate::api::SignalType::{self, CrashloopBackoff, DeployFailing, ErrorRate, IngressError, PodNotReady, PodRestart};
use crate::facts::membership::{condition, ready_since, started};
use crate::facts::{Facts, references};

/// An object outside the subject that explains some of its signals.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Root {
    /// The object.
    pub object: ResourceRef,
    /// Which signals it explains.
    pub signals: &'static [SignalType],
    /// Why, one clause: `it needs ConfigMap checkout-config`.
    pub reason: String,
}

/// What not starting looks like.
const NOT_STARTING: &[SignalType] = &[PodNotReady, DeployFailing];
/// What waiting for somebody looks like.
pub const WAITING: &[SignalType] = &[PodNotReady, DeployFailing, CrashloopBackoff, PodRestart, ErrorRate];
/// What traffic that does not arrive looks like.
const UNREACHED: &[SignalType] = &[IngressError];

/// Objects that the subject's own status names as missing, used up or not fitting.
pub fn roots(facts: &Facts) -> Vec<Root> {
    let case = Case::new(facts);
    let mut roots: Vec<Root> = Vec::new();
    let mut add = |object: ResourceRef, signals, reason: String| {
        if !roots.iter().any(|root| root.object.same_object(&object)) {
            roots.push(Root { object, signals, reason });
        }
    };
    for (_, waiting) in case.waiting(&["CreateContainerConfigError"]) {
        if let Some(missing) = config::parse(waiting.message) {
            let kind = missing.kind.as_str();
            let what = missing.key.as_ref().map_or_else(String::new, |key| format!("key {key} of "));
            add(case.neighbour(kind, &missing.name), NOT_STARTING, format!("it needs {what}{kind} {}", missing.name));
        }
    }
    if let Some(said) = rollout::refusal_in_status(facts) {
        if let Some((quota, _)) = rollout::quota(said) {
            add(case.neighbour("ResourceQuota", quota), NOT_STARTING, format!("ResourceQuota {quota} is used up"));
        } else if let Some(account) = rollout::account(said) {
            add(
                case.neighbour("ServiceAccount", account),
                NOT_STARTING,
                format!("ServiceAccount {account} does not exist"),
            );
        }
    }
    for pod in facts.current_pods() {
        let Some(refusal) = scheduling::refusal(pod) else { continue };
        let said = refusal.message.as_deref().unwrap_or_default();
        if storage::is_about_volumes(said)
            && let [only] = references::claims_of(pod).as_slice()
        {
            add(
                case.neighbour("PersistentVolumeClaim", only),
                NOT_STARTING,
                format!("it waits for PersistentVolumeClaim {only}"),
            );
        }
    }
    for fault in wiring::faults(facts) {
        add(fault.object, UNREACHED, fault.what);
    }
    roots
}

/// Services the subject's configuration names, where its trouble is such as a dead dependency makes: it runs, or ran, and is not well; and
/// those that its errors name, where it looks well. Empty where pods of an older revision are well beside it: then it is not the Service.
pub fn calls(facts: &Facts) -> Vec<(String, String)> {
    let case = Case::new(facts);
    if (case.sick.is_empty() && case.complaints.is_empty()) || case.way_back().is_some_and(|(_, good)| good.ready > 0) {
        return Vec::new();
    }
    let callers = dependencies::callers(&case).count();
    // A container that cannot even start has a cause of its own.
    if callers < case.sick.len() {
        return Vec::new();
    }
    dependencies::hints(&case).into_iter().collect()
}

/// Since when the subject is not well: the first of its pods that is not ready became so then; while all are ready, its errors began then.
pub fn unwell_since(facts: &Facts) -> Option<Timestamp> {
    let complaints = || Case::new(facts).complaints.into_iter().map(|complaint| complaint.loud.since).min();
    let pods = facts.current_pods().filter(|pod| ready_since(pod).is_none());
    pods.filter_map(|pod| {
        condition(pod, "Ready")
            .and_then(|it| it.last_transition_time.as_ref())
            .map(|time| time.0)
            .or_else(|| started(pod))
    })
    .min()
    .or_else(complaints)
}
