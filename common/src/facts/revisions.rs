//! A Deployment's revisions: which is rolled out, which one was well, what changed between them.
//!
//! In: [`Facts`] with ReplicaSets. Out: revisions and differences. Never: takes an older revision for a good one only because it is
//! older.

use jiff::Timestamp;
use k8s_openapi::api::apps::v1::ReplicaSet;
use k8s_openapi::api::core::v1::{Container, PodSpec};

use super::membership::{self, created, revision, revision_of};
use super::{Facts, Subject};

/// One revision.
#[derive(Clone, Copy, Debug)]
pub struct Revision<'a> {
    /// Its number.
    pub number: i64,
    /// Its ReplicaSet.
    pub set: &'a ReplicaSet,
    /// Pods of it that are ready at this moment.
    pub ready: usize,
}

impl<'a> Revision<'a> {
    fn of(facts: &Facts, set: &'a ReplicaSet) -> Self {
        let ready = facts
            .current_pods()
            .filter(|pod| {
                set.metadata.uid.as_deref().is_some_and(|uid| membership::is_controlled_by(&pod.metadata, uid))
                    && membership::ready_since(pod).is_some()
            })
            .count();
        Self { number: revision(set), set, ready }
    }

    /// Its pod spec.
    pub fn pod_spec(&self) -> Option<&'a PodSpec> {
        self.set.spec.as_ref()?.template.as_ref()?.spec.as_ref()
    }

    /// One of its containers, init containers included.
    pub fn container(&self, name: &str) -> Option<&'a Container> {
        let spec = self.pod_spec()?;
        spec.containers.iter().chain(spec.init_containers.iter().flatten()).find(|container| container.name == name)
    }

    /// When its ReplicaSet was made; a rollback brings an old one back without making it anew.
    pub fn made(&self) -> Option<Timestamp> {
        created(&self.set.metadata)
    }
}

/// The rollout a Deployment is on or has behind it.
#[derive(Clone, Copy, Debug)]
pub struct Rollout<'a> {
    /// The newest revision.
    pub current: Revision<'a>,
    /// The latest older revision worth going back to, if there is one.
    pub good: Option<Revision<'a>>,
    /// Has the newest revision ever been fully available?
    pub completed: bool,
    /// When the Deployment last reported on its progress.
    pub progressed: Option<Timestamp>,
}

/// The rollout of the subject; none for kinds without ReplicaSets.
pub fn rollout(facts: &Facts) -> Option<Rollout<'_>> {
    let Subject::Deployment(deployment) = &facts.object else { return None };
    let newest = facts.replica_sets.first().map(AsRef::as_ref)?;
    // A template nobody has made a ReplicaSet for yet: what the pods show is about another revision.
    if revision_of(&deployment.metadata).is_some_and(|number| number != revision(newest)) {
        return None;
    }
    let current = Revision::of(facts, newest);
    let progressing = deployment
        .status
        .iter()
        .flat_map(|status| status.conditions.iter().flatten())
        .find(|condition| condition.type_ == "Progressing");
    let older: Vec<Revision<'_>> = facts.replica_sets[1..].iter().map(|set| Revision::of(facts, set)).collect();
    let good = older
        .iter()
        .find(|revision| revision.ready > 0)
        .or_else(|| older.iter().find(|revision| !was_abandoned(facts, revision)))
        .copied();
    Some(Rollout {
        current,
        good: good.filter(|revision| revision.pod_spec() != current.pod_spec()),
        completed: progressing.is_some_and(|it| it.reason.as_deref() == Some("NewReplicaSetAvailable")),
        progressed: progressing.and_then(|it| it.last_update_time.as_ref()).map(|time| time.0),
    })
}

/// A revision that was left by going back: a later number on an older ReplicaSet. Going there again would restore what was undone.
fn was_abandoned(facts: &Facts, candidate: &Revision<'_>) -> bool {
    facts.replica_sets.iter().any(|set| revision(set) > candidate.number && created(&set.metadata) < candidate.made())
}

/// Fields of a container that differ between two revisions, in words.
pub fn changes(before: &Container, after: &Container) -> Vec<&'static str> {
    let mut changed = Vec::new();
    if before.image != after.image {
        changed.push("image");
    }
    if before.command != after.command {
        changed.push("command");
    }
    if before.args != after.args {
        changed.push("args");
    }
    if before.env != after.env || before.env_from != after.env_from {
        changed.push("env");
    }
    if before.resources != after.resources {
        changed.push("resources");
    }
    if before.liveness_probe != after.liveness_probe {
        changed.push("livenessProbe");
    }
    if before.readiness_probe != after.readiness_probe {
        changed.push("readinessProbe");
    }
    if before.startup_probe != after.startup_probe {
        changed.push("startupProbe");
    }
    if before.ports != after.ports {
        changed.push("ports");
    }
    changed
}
