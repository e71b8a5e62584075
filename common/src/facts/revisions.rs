//! A workload's revisions: which is rolled out, which one was well, what changed between them.
//!
//! In: [`Facts`] with ReplicaSets, or with what ControllerRevisions keep. Out: revisions and differences. Never: takes an older revision for
//! a good one only because it is older.

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::core::v1::{Container, PodSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::membership::{self, created, revision, revision_of};
use super::trim::POD_SPEC_DIGEST;
use super::{Facts, Kept, Pod, Subject};

/// Label of pods of a StatefulSet or DaemonSet, and of the revision they are of.
const HASH: &str = "controller-revision-hash";
/// A DaemonSet does not say whether its newest revision was ever available everywhere: one that is older than this counts as if it was.
const LONG: SignedDuration = SignedDuration::from_hours(1);

/// One revision.
#[derive(Clone, Copy, Debug)]
pub struct Revision<'a> {
    /// Its number.
    pub number: i64,
    /// Pods of it that are ready at this moment.
    pub ready: usize,
    keeper: Keeper<'a>,
}

/// The object that keeps a revision.
#[derive(Clone, Copy, Debug)]
enum Keeper<'a> {
    Set(&'a ReplicaSet),
    Kept(&'a Kept),
}

impl<'a> Revision<'a> {
    fn of(facts: &Facts, keeper: Keeper<'a>) -> Self {
        let number = match keeper {
            Keeper::Set(set) => revision(set),
            Keeper::Kept(kept) => kept.number,
        };
        let mut revision = Self { number, ready: 0, keeper };
        revision.ready =
            facts.current_pods().filter(|pod| revision.has_made(pod) && membership::ready_since(pod).is_some()).count();
        revision
    }

    fn metadata(&self) -> &'a ObjectMeta {
        match self.keeper {
            Keeper::Set(set) => &set.metadata,
            Keeper::Kept(kept) => &kept.metadata,
        }
    }

    /// Kind and name of the object that keeps it.
    pub fn kept_by(&self) -> (&'static str, &'a str) {
        let kind = match self.keeper {
            Keeper::Set(_) => "ReplicaSet",
            Keeper::Kept(_) => "ControllerRevision",
        };
        (kind, self.metadata().name.as_deref().unwrap_or_default())
    }

    /// Path of the template in that object.
    pub fn template(&self) -> &'static str {
        match self.keeper {
            Keeper::Set(_) => ".spec.template.spec",
            Keeper::Kept(_) => ".data.spec.template.spec",
        }
    }

    /// Whether a pod is of this revision.
    pub fn has_made(&self, pod: &Pod) -> bool {
        match self.keeper {
            Keeper::Set(set) => {
                set.metadata.uid.as_deref().is_some_and(|uid| membership::is_controlled_by(&pod.metadata, uid))
            }
            Keeper::Kept(kept) => {
                let of_pod = pod.metadata.labels.as_ref().and_then(|labels| labels.get(HASH));
                let own = kept.metadata.labels.as_ref().and_then(|labels| labels.get(HASH));
                // A StatefulSet's pods carry the whole name, a DaemonSet's the hash.
                of_pod.is_some() && (of_pod == kept.metadata.name.as_ref() || of_pod == own)
            }
        }
    }

    /// Its pod spec.
    pub fn pod_spec(&self) -> Option<&'a PodSpec> {
        match self.keeper {
            Keeper::Set(set) => set.spec.as_ref()?.template.as_ref()?.spec.as_ref(),
            Keeper::Kept(kept) => kept.spec.as_ref(),
        }
    }

    /// Whether its pods would be other pods. A revision may differ in annotations of its template alone.
    fn differs_from(&self, other: &Self) -> bool {
        match (self.digest(), other.digest()) {
            (Some(own), Some(others)) => own != others,
            _ => self.pod_spec() != other.pod_spec(),
        }
    }

    fn digest(&self) -> Option<&'a String> {
        self.metadata().annotations.as_ref()?.get(POD_SPEC_DIGEST)
    }

    /// One of its containers, init containers included.
    pub fn container(&self, name: &str) -> Option<&'a Container> {
        let spec = self.pod_spec()?;
        spec.containers.iter().chain(spec.init_containers.iter().flatten()).find(|container| container.name == name)
    }

    /// When it was made; a rollback brings an old one back without making it anew.
    pub fn made(&self) -> Option<Timestamp> {
        created(self.metadata())
    }
}

/// The rollout a workload is on or has behind it.
#[derive(Clone, Copy, Debug)]
pub struct Rollout<'a> {
    /// The newest revision.
    pub current: Revision<'a>,
    /// The latest older revision worth going back to, if there is one.
    pub good: Option<Revision<'a>>,
    /// Has the newest revision ever been fully available?
    pub completed: bool,
    /// When the workload last reported on its progress, where it does.
    pub progressed: Option<Timestamp>,
}

/// Every revision that is kept, newest first; none for kinds without any.
pub fn all(facts: &Facts) -> Vec<Revision<'_>> {
    let sets = facts.replica_sets.iter().map(|set| Keeper::Set(set));
    let kept = facts.extra.revisions.iter().flatten().map(Keeper::Kept);
    let mut all: Vec<Revision<'_>> = sets.chain(kept).map(|keeper| Revision::of(facts, keeper)).collect();
    all.sort_by_key(|revision| std::cmp::Reverse(revision.number));
    all
}

/// The rollout of the subject, given [`all`] its revisions; none for kinds without revisions, and while the newest template has none yet: what the pods show is about
/// another one then.
pub fn rollout<'a>(facts: &Facts, all: &[Revision<'a>]) -> Option<Rollout<'a>> {
    let current = *all.first()?;
    let (completed, progressed) = match &facts.object {
        Subject::Deployment(deployment) => of_deployment(deployment, current)?,
        Subject::StatefulSet(set) => (of_stateful_set(set, current)?, None),
        Subject::DaemonSet(set) => (of_daemon_set(set, current, facts.now)?, None),
        _ => return None,
    };
    let older = &all[1..];
    let good = older
        .iter()
        .find(|revision| revision.ready > 0)
        .or_else(|| older.iter().find(|revision| !was_abandoned(all, revision)))
        .copied();
    let good = good.filter(|revision| revision.differs_from(&current));
    Some(Rollout { current, good, completed, progressed })
}

fn of_deployment(deployment: &Deployment, current: Revision<'_>) -> Option<(bool, Option<Timestamp>)> {
    if revision_of(&deployment.metadata).is_some_and(|number| number != current.number) {
        return None;
    }
    let progressing = deployment
        .status
        .iter()
        .flat_map(|status| status.conditions.iter().flatten())
        .find(|condition| condition.type_ == "Progressing");
    let completed = progressing.is_some_and(|it| it.reason.as_deref() == Some("NewReplicaSetAvailable"));
    Some((completed, progressing.and_then(|it| it.last_update_time.as_ref()).map(|time| time.0)))
}

/// Its controller makes the new revision the current one once every pod of it was ready.
fn of_stateful_set(set: &StatefulSet, current: Revision<'_>) -> Option<bool> {
    let status = set.status.as_ref()?;
    let newest = status.update_revision.as_deref()?;
    (status.observed_generation == set.metadata.generation && newest == current.kept_by().1)
        .then(|| status.current_revision.as_deref() == Some(newest))
}

fn of_daemon_set(set: &DaemonSet, current: Revision<'_>, now: Timestamp) -> Option<bool> {
    let status = set.status.as_ref()?;
    let everywhere = status.number_available.unwrap_or(0) >= status.desired_number_scheduled
        && status.updated_number_scheduled.unwrap_or(0) >= status.desired_number_scheduled;
    let is_old = current.made().is_some_and(|made| now.duration_since(made) > LONG);
    (status.observed_generation == set.metadata.generation).then_some(everywhere || is_old)
}

/// A revision that was left by going back: a later number on an older one. Going there again would restore what was undone.
fn was_abandoned(all: &[Revision<'_>], candidate: &Revision<'_>) -> bool {
    all.iter().any(|revision| revision.number > candidate.number && revision.made() < candidate.made())
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
