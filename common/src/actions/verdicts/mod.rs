//! What could go wrong, check by check, over the whole plan.
//!
//! In: the world before and after the dry runs. Out: [`Verdict`]s, each saying who says so. What cannot be read is `unchecked` and names
//! the missing verb; it asks a person and is never taken for "fine".

mod autoscaler;
mod budget;
pub mod impact;
mod limits;
pub mod owner;
mod pod_resources;
mod pod_security;
mod quota;
mod radius;
pub mod rights;
mod rollout;

use kube::Client;

use super::change::ChangeSet;
use super::kind;
use super::live::{Live, Need, Unreadable};
use super::object::Object;
use crate::api::ResourceRef;
use crate::api::remediation_plan::{Verdict, VerdictLevel, VerdictSource, WriteKind, WriteRecord};

/// Everything a check may look at.
pub struct Seen<'a> {
    /// As read.
    pub before: &'a Live,
    /// With every dry run's answer laid over it.
    pub after: &'a Live,
    /// The change of each step.
    pub changes: &'a [ChangeSet],
}

/// Checks in the order they are shown.
const CHECKS: &[fn(&Seen<'_>) -> Vec<Verdict>] =
    &[quota::check, limits::check, pod_security::check, budget::check, autoscaler::check, owner::check, radius::check];
/// The same for a node, which has pods of many workloads and of none.
const CHECKS_OF_A_NODE: &[fn(&Seen<'_>) -> Vec<Verdict>] = &[owner::check, radius::of_a_node];

/// What the checks read, beside what the actions need.
pub fn needs(target: &ResourceRef) -> Vec<Need> {
    if target.kind == kind::NODE.kind {
        return Vec::new();
    }
    let mut needs = vec![
        Need::Every(&kind::POD),
        Need::Selected(&kind::POD),
        Need::Every(&kind::HORIZONTAL_POD_AUTOSCALER),
        Need::Every(&kind::VERTICAL_POD_AUTOSCALER),
        Need::Every(&kind::POD_DISRUPTION_BUDGET),
        Need::Every(&kind::RESOURCE_QUOTA),
        Need::Every(&kind::LIMIT_RANGE),
        Need::Every(&kind::SERVICE),
        Need::Every(&kind::INGRESS),
    ];
    if target.kind == kind::DEPLOYMENT.kind {
        needs.push(Need::Selected(&kind::REPLICA_SET));
    }
    needs
}

/// Asks every check. A plan that writes nothing has nothing to check.
pub async fn of(client: &Client, seen: &Seen<'_>) -> Vec<Verdict> {
    if seen.writes().next().is_none() {
        return Vec::new();
    }
    let is_node = seen.before.target.kind() == kind::NODE.kind;
    let checks = if is_node { CHECKS_OF_A_NODE } else { CHECKS };
    let mut verdicts: Vec<Verdict> = checks.iter().flat_map(|check| check(seen)).collect();
    verdicts.extend(rights::check(client, seen).await);
    verdicts
}

impl<'a> Seen<'a> {
    fn writes(&self) -> impl Iterator<Item = &'a WriteRecord> {
        self.changes.iter().flat_map(|change| &change.writes).map(|write| &write.record)
    }

    /// The plan changes the workload's pod template, so its pods are replaced.
    fn rolls_out(&self) -> bool {
        self.writes().any(|write| {
            write.kind == WriteKind::Patch && write.touched.iter().any(|field| field.path.starts_with("/spec/template"))
        })
    }

    /// Pods the plan evicts or deletes.
    fn evicts(&self) -> impl Iterator<Item = &'a WriteRecord> {
        self.writes().filter(|write| {
            matches!(write.kind, WriteKind::Evict | WriteKind::Delete) && write.object.kind == kind::POD.kind
        })
    }

    /// Pods are deleted, which asks no PodDisruptionBudget.
    fn deletes_pods(&self) -> bool {
        self.evicts().any(|write| write.kind == WriteKind::Delete)
    }

    /// Jobs the plan makes.
    fn creates(&self) -> impl Iterator<Item = Object> {
        self.writes()
            .filter(|write| write.kind == WriteKind::Create && write.object.kind == kind::JOB.kind)
            .filter_map(|write| serde_json::from_str(&write.payload).ok().map(Object))
    }
}

/// A verdict.
pub fn verdict(check: &str, level: VerdictLevel, source: VerdictSource, message: String) -> Verdict {
    Verdict { check: check.to_owned(), level, message, source }
}

/// A check that a person has to make.
pub fn ask(check: &str, message: String) -> Verdict {
    verdict(check, VerdictLevel::Unchecked, VerdictSource::Unchecked, message)
}

fn computed(check: &str, level: VerdictLevel, message: impl Into<String>) -> Verdict {
    verdict(check, level, VerdictSource::Computed, message.into())
}

fn ok(check: &str, message: impl Into<String>) -> Verdict {
    computed(check, VerdictLevel::Ok, message)
}

fn unreadable(check: &str, unreadable: &Unreadable) -> Verdict {
    ask(check, unreadable.to_string())
}
