//! The target as the shared stores show it: is it still in trouble, how does it serve, did the change set it back.

use std::sync::Arc;

use common::actions::{self, Object};
use common::api::keys::annotations;
use common::api::{
    Anomaly, Issue, RemediationPlan, ResourceRef, SignalType,
    remediation_plan::{HealthSample, RemediationState, StepPhase},
};
use common::decisions::{breaker, cooldown};
use common::facts::{self, Pod};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::ContainerStatus;
use kube::ResourceExt as _;
use serde::Serialize;

use super::decide::{Budget, Sick};
use crate::remediate::{goes_on, issue, place};
use crate::runtime::{Context, ObjectKey, Stores, Tag};

/// Shortest time health has to last after a fault that kills running containers.
const SOAK_AFTER_DEATHS: i64 = 30;
/// The same after a fault that keeps containers from starting: it shows at once or not at all.
const SOAK: i64 = 15;
/// Longest soak, however long the containers used to live.
const SOAK_AT_MOST: i64 = 600;
/// Restarts of a new container after which a change is not given more time.
const RESTARTS_THAT_TELL: i32 = 3;
/// Window of the budget.
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Whether the incident's trouble goes on.
pub(in crate::remediate) fn sickness(ctx: &Context, issue: &Issue) -> Sick {
    if !issue::resource_exists(&ctx.stores, &issue.spec.resource) {
        return Sick::Gone;
    }
    let anomalies = issue::anomalies_of(&ctx.stores, issue);
    if anomalies.is_empty() {
        // An incident a person wrote has no signal to watch; whether it is over is theirs to say.
        return match &issue.spec.requested_by {
            Some(person) => Sick::Yes(vec![format!("reported by {person}")]),
            None => Sick::Unknown("the incident has no anomaly yet".to_owned()),
        };
    }
    let now = ctx.clock.now();
    let firing: Vec<String> =
        anomalies.iter().filter(|anomaly| goes_on(anomaly, now)).map(|anomaly| told(anomaly)).collect();
    if firing.is_empty() { Sick::No } else { Sick::Yes(firing) }
}

/// When a signal of the incident last fired.
pub(super) fn last_fired(ctx: &Context, issue: &Issue) -> Option<Timestamp> {
    let anomalies = issue::anomalies_of(&ctx.stores, issue);
    anomalies.iter().filter_map(|anomaly| anomaly.status.as_ref()?.last_seen.as_ref()).map(|seen| seen.0).max()
}

fn told(anomaly: &Anomaly) -> String {
    match &anomaly.spec.object {
        Some(object) => format!("{} on {object}", anomaly.spec.signal_type),
        None => anomaly.spec.signal_type.to_string(),
    }
}

/// Pods wanted and available, and what is wrong, as far as the stores can tell.
pub(super) fn health(ctx: &Context, target: &ResourceRef, sick: &Sick) -> Option<HealthSample> {
    let trouble = match sick {
        Sick::Yes(firing) => firing.clone(),
        _ => Vec::new(),
    };
    let sampled = actions::sample(&workload(&ctx.stores, target)?, ctx.clock.now())?;
    Some(HealthSample { trouble, ..sampled })
}

/// The target as the stores hold it.
fn workload(stores: &Stores, target: &ResourceRef) -> Option<Object> {
    fn object<K: Serialize>(found: Option<Arc<K>>) -> Option<Object> {
        serde_json::to_value(&*found?).ok().map(Object)
    }
    let key = ObjectKey::new(target.namespace.clone(), target.name.clone());
    match target.kind.as_str() {
        "Deployment" => object(stores.deployments.get(&key)),
        "StatefulSet" => object(stores.stateful_sets.get(&key)),
        "DaemonSet" => object(stores.daemon_sets.get(&key)),
        "Job" => object(stores.jobs.get(&key)),
        "CronJob" => object(stores.cron_jobs.get(&key)),
        _ => None,
    }
}

/// Pods a workload controls, by UID along the owner chain.
fn pods_of(stores: &Stores, target: &ResourceRef) -> Vec<Arc<Pod>> {
    let Some(uid) = &target.uid else { return Vec::new() };
    let between = Tag::Owner(uid.clone());
    let sets = stores.replica_sets.tagged(&between).into_iter().filter_map(|set| set.metadata.uid.clone());
    let jobs = stores.jobs.tagged(&between).into_iter().filter_map(|job| job.metadata.uid.clone());
    let owners = sets.chain(jobs).chain([uid.clone()]);
    owners.flat_map(|owner| stores.pods.tagged(&Tag::Owner(owner))).collect()
}

/// A pod made after the change that already fails in a way that more time does not cure.
pub(super) fn setback(ctx: &Context, target: &ResourceRef, since: Timestamp) -> Option<String> {
    pods_of(&ctx.stores, target)
        .iter()
        .filter(|pod| {
            pod.metadata.deletion_timestamp.is_none() && pod.creation_timestamp().is_some_and(|at| at.0 >= since)
        })
        .find_map(|pod| containers(pod).find_map(|container| hopeless(pod, container)))
}

fn containers(pod: &Pod) -> impl Iterator<Item = &ContainerStatus> {
    let status = pod.status.as_ref();
    let init = status.and_then(|status| status.init_container_statuses.as_deref()).unwrap_or_default();
    let main = status.and_then(|status| status.container_statuses.as_deref()).unwrap_or_default();
    init.iter().chain(main)
}

fn hopeless(pod: &Pod, container: &ContainerStatus) -> Option<String> {
    let waiting =
        container.state.as_ref().and_then(|state| state.waiting.as_ref()).and_then(|waiting| waiting.reason.as_deref());
    let name = pod.name_any();
    match waiting {
        Some(reason @ ("ImagePullBackOff" | "InvalidImageName" | "CreateContainerConfigError")) => {
            Some(format!("new pod {name} waits with {reason}"))
        }
        _ if container.restart_count >= RESTARTS_THAT_TELL => {
            Some(format!("container {} of new pod {name} died {} times", container.name, container.restart_count))
        }
        _ => None,
    }
}

/// How long health has to last, in seconds: twice as long as the containers lived before they died, within bounds.
pub(super) fn soak(ctx: &Context, issue: &Issue, target: &ResourceRef) -> i64 {
    let anomalies = issue::anomalies_of(&ctx.stores, issue);
    let deadly = |signal| matches!(signal, SignalType::OomKill | SignalType::CrashloopBackoff | SignalType::PodRestart);
    if !anomalies.iter().any(|anomaly| deadly(anomaly.spec.signal_type)) {
        return SOAK;
    }
    let lives = pods_of(&ctx.stores, target).iter().filter_map(|pod| longest_life(pod)).max();
    (2 * lives.unwrap_or(0)).clamp(SOAK_AFTER_DEATHS, SOAK_AT_MOST)
}

/// How long the longest of the instances before the present ones lived, in seconds. One that was never started has no life.
fn longest_life(pod: &Pod) -> Option<i64> {
    let lives = facts::containers::of(pod).filter_map(|container| container.previous_end()?.life());
    lives.map(|life| life.as_secs()).max()
}

/// How long a change may take to arrive: the workload's own deadline, never less than 90 s (pipeline.md §8.5), plus the soak.
pub(super) fn patience(ctx: &Context, target: &ResourceRef, soak: i64) -> SignedDuration {
    let own = workload(&ctx.stores, target).map_or(TEN_MINUTES, |workload| own_patience(&workload));
    SignedDuration::from_secs(own.max(90) + soak)
}

/// What a rollout may take where the workload does not say so itself (the default of a Deployment's `progressDeadlineSeconds`).
const TEN_MINUTES: i64 = 600;
/// What one pod may take to be replaced where they are replaced one after the other.
const PER_POD: i64 = 60;

fn own_patience(workload: &Object) -> i64 {
    let min_ready = workload.int("/spec/minReadySeconds").unwrap_or(0);
    match workload.kind() {
        "Deployment" => {
            let waves = workload.replicas().max(1);
            workload.int("/spec/progressDeadlineSeconds").unwrap_or(TEN_MINUTES) + waves * min_ready
        }
        "StatefulSet" | "DaemonSet" => {
            let pods = workload.wanted_pods().max(1);
            (pods * PER_POD).max(TEN_MINUTES) + pods * min_ready
        }
        _ => TEN_MINUTES,
    }
}

/// Another plan that is changing the same object: its target, or one that a step of either writes to.
pub(super) fn rival(ctx: &Context, plan: &RemediationPlan, target: &ResourceRef) -> Option<String> {
    let others = ctx.stores.plans.filter(|other| other.uid() != plan.uid() && is_acting(other));
    others
        .iter()
        .find(|other| {
            place::target_of(&ctx.stores, other).is_some_and(|its| its.same_object(target))
                || written(other).any(|theirs| written(plan).any(|ours| ours == theirs))
        })
        .map(|other| other.name_any())
}

/// Until when automation leaves the target alone, because a fix of it was proven only just now.
pub(super) fn cooling_until(ctx: &Context, plan: &RemediationPlan, target: &ResourceRef) -> Option<Timestamp> {
    let others = ctx.stores.plans.filter(|other| {
        other.uid() != plan.uid() && place::target_of(&ctx.stores, other).is_some_and(|its| its.same_object(target))
    });
    cooldown::cooling_until(others.iter().map(AsRef::as_ref), ctx.clock.now())
}

/// UIDs of the objects a plan writes to.
fn written(plan: &RemediationPlan) -> impl Iterator<Item = &str> {
    let steps = plan.status.as_ref().map(|status| status.steps.as_slice()).unwrap_or_default();
    steps.iter().flat_map(|step| &step.writes).filter_map(|write| write.object.uid.as_deref())
}

fn is_acting(plan: &RemediationPlan) -> bool {
    let Some(status) = &plan.status else { return false };
    // What an agentic plan does, the plans of its steps do.
    if plan.is_agentic() {
        return false;
    }
    // A finished plan acts again while a person has it taken back.
    matches!(status.state, RemediationState::Executing | RemediationState::Verifying)
        || status.steps.iter().any(|step| step.phase == StepPhase::Undoing)
}

/// What happened within the hour, and what is going on.
pub(super) fn budget(ctx: &Context, plan: &RemediationPlan) -> Budget {
    let since = ctx.clock.now() - HOUR;
    let namespace = plan.namespace();
    let here = ctx.stores.plans.filter(|other| other.namespace() == namespace && other.uid() != plan.uid());
    let wrote = |other: &&Arc<RemediationPlan>| {
        let steps = other.status.as_ref().map(|status| status.steps.as_slice()).unwrap_or_default();
        steps.iter().any(|step| step.applied_at.as_ref().is_some_and(|at| at.0 >= since))
    };
    let place = ctx.stores.namespaces.get(&ObjectKey::new("", namespace.unwrap_or_default()));
    let marks = place.as_ref().and_then(|place| place.metadata.annotations.as_ref());
    let reset = marks.and_then(|marks| marks.get(annotations::BREAKER_RESET)).map(String::as_str);
    let counted = breaker::failures(here.iter().map(AsRef::as_ref), breaker::counts_since(reset, ctx.clock.now()));
    Budget {
        failures: counted.count(),
        changes: here.iter().filter(wrote).count(),
        targets: ctx.stores.plans.filter(|other| other.uid() != plan.uid() && is_acting(other)).len(),
        ..Budget::default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn died(from: &str, to: &str) -> Pod {
        let end = json!({ "terminated": { "exitCode": 128, "startedAt": from, "finishedAt": to } });
        let status =
            json!({ "name": "app", "ready": false, "restartCount": 1, "image": "", "imageID": "", "lastState": end });
        let spec = json!({ "containers": [{ "name": "app" }] });
        serde_json::from_value(json!({ "metadata": {}, "spec": spec, "status": { "containerStatuses": [status] } }))
            .unwrap()
    }

    #[test]
    fn a_container_that_was_never_started_has_not_lived_since_1970() {
        assert_eq!(longest_life(&died("1970-01-01T00:00:00Z", "2026-11-26T09:31:33Z")), None);
        assert_eq!(longest_life(&died("2026-11-26T09:31:13Z", "2026-11-26T09:31:33Z")), Some(20));
    }
}
