//! Rollouts that do not get on.
//!
//! In: a Deployment, StatefulSet or DaemonSet. Out: `deploy_failing` on `rollout`. A rollout that is under way is no signal, and keeps
//! an earlier one open until it is through.

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::apps::v1::{Deployment, DeploymentCondition};

use super::board::{Board, Counts, Words};
use crate::api::SignalType::DeployFailing;
use crate::facts::membership::{condition, created, ready_since, started};
use crate::facts::{Facts, Subject, probes};

const ROLLOUT: &str = "rollout";
/// The controller retries a refused pod from 5 ms on, doubling: in 10 s it has tried eleven times, so it was no conflict.
const REFUSED: SignedDuration = SignedDuration::from_secs(10);
/// The same for kinds whose status does not say that they are refused: no pod at all so long after the object was made.
const NEVER_MADE: SignedDuration = SignedDuration::from_secs(30);

/// Observes the workload's rollout.
pub fn observe(facts: &Facts, board: &mut Board) {
    match &facts.object {
        Subject::Deployment(deployment) => observe_deployment(deployment, board),
        Subject::StatefulSet(_) | Subject::DaemonSet(_) => observe_by_pods(facts, board),
        Subject::Job(_) | Subject::CronJob(_) | Subject::Pod(_) | Subject::Node(_) => {}
    }
}

fn observe_deployment(deployment: &Deployment, board: &mut Board) {
    let conditions = deployment.status.as_ref().and_then(|status| status.conditions.as_deref()).unwrap_or_default();
    let named = |kind: &str| conditions.iter().find(|condition| condition.type_ == kind);
    let stuck = named("Progressing")
        .filter(|it| it.reason.as_deref() == Some("ProgressDeadlineExceeded") && it.status == "False");
    let refused = named("ReplicaFailure").filter(|it| it.status == "True");
    if !is_observed(deployment.metadata.generation, deployment.status.as_ref().and_then(|it| it.observed_generation)) {
        // Conditions speak of the spec before the last edit.
        board.waits_for_event(DeployFailing, ROLLOUT, SignedDuration::ZERO);
        return;
    }
    for (found, hold, state, expected) in [
        (stuck, SignedDuration::ZERO, "without progress", "progress within progressDeadlineSeconds"),
        (refused, REFUSED, "cannot create pods", "pods created"),
    ] {
        let Some(found) = found else { continue };
        let since = changed(found).unwrap_or(board.now);
        let detail = found.message.clone().unwrap_or_default();
        board.sight(DeployFailing, ROLLOUT, since, Counts::At(since + hold), Words { state, detail, expected });
    }
    let status = deployment.status.as_ref();
    let desired = deployment.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1);
    let updated = status.and_then(|status| status.updated_replicas).unwrap_or(0);
    let available = status.and_then(|status| status.available_replicas).unwrap_or(0);
    if updated < desired || available < desired {
        board.waits_for_event(DeployFailing, ROLLOUT, SignedDuration::ZERO);
    }
}

/// StatefulSets and DaemonSets have no deadline of their own: no pod became ready or was made for as long as a Deployment would get.
fn observe_by_pods(facts: &Facts, board: &mut Board) {
    let (generation, observed, updated, available) = match &facts.object {
        Subject::StatefulSet(object) => {
            let status = object.status.as_ref();
            (
                object.metadata.generation,
                status.and_then(|status| status.observed_generation),
                // A partitioned update is meant to stop half way.
                status.map(
                    |status| {
                        if is_partitioned(object) { status.replicas } else { status.updated_replicas.unwrap_or(0) }
                    },
                ),
                status.map(|status| status.available_replicas.or(status.ready_replicas).unwrap_or(0)),
            )
        }
        Subject::DaemonSet(object) => {
            let status = object.status.as_ref();
            let waits = object
                .spec
                .as_ref()
                .and_then(|spec| spec.update_strategy.as_ref())
                .is_some_and(|strategy| strategy.type_.as_deref() == Some("OnDelete"));
            (
                object.metadata.generation,
                status.and_then(|status| status.observed_generation),
                status.map(|status| {
                    if waits { status.current_number_scheduled } else { status.updated_number_scheduled.unwrap_or(0) }
                }),
                status.map(|status| status.number_available.unwrap_or(0)),
            )
        }
        _ => return,
    };
    let desired = i32::try_from(facts.object.desired()).unwrap_or(i32::MAX);
    let done = updated.unwrap_or(0) >= desired && available.unwrap_or(0) >= desired;
    if done && is_observed(generation, observed) {
        return;
    }
    let latest = facts.pods.iter().filter_map(|pod| {
        let ready = condition(pod, "Ready").and_then(|it| it.last_transition_time.as_ref()).map(|time| time.0);
        [created(&pod.metadata), started(pod), ready_since(pod), ready].into_iter().flatten().max()
    });
    // Without any pod there is nothing to date the standstill by, except where the object is still as it was made.
    let begun = latest.max().or_else(|| created(facts.object.meta()).filter(|_| generation == Some(1)));
    let Some(begun) = begun.filter(|_| is_observed(generation, observed)) else {
        board.waits_for_event(DeployFailing, ROLLOUT, SignedDuration::ZERO);
        return;
    };
    let budget = facts.object.pod_spec().map_or(SignedDuration::ZERO, probes::pod_start_budget);
    let min_ready = SignedDuration::from_secs(i64::from(facts.object.min_ready_seconds().max(0)));
    // Its controller makes pods within moments, and tries again from 5 ms on, doubling.
    let deadline: Timestamp = if facts.pods.is_empty() {
        begun + NEVER_MADE
    } else {
        begun + budget.max(probes::progress_deadline(None)) + min_ready
    };
    board.sight(
        DeployFailing,
        ROLLOUT,
        begun,
        Counts::At(deadline),
        Words {
            state: "without progress",
            detail: format!("{} of {desired} updated, {} available", updated.unwrap_or(0), available.unwrap_or(0)),
            expected: "all pods updated and available",
        },
    );
}

fn is_partitioned(set: &k8s_openapi::api::apps::v1::StatefulSet) -> bool {
    let strategy = set.spec.as_ref().and_then(|spec| spec.update_strategy.as_ref());
    strategy.is_some_and(|strategy| {
        strategy.type_.as_deref() == Some("OnDelete")
            || strategy.rolling_update.as_ref().and_then(|update| update.partition).unwrap_or(0) > 0
    })
}

/// Has the controller seen the latest spec?
fn is_observed(generation: Option<i64>, observed: Option<i64>) -> bool {
    observed.unwrap_or(0) >= generation.unwrap_or(0)
}

fn changed(condition: &DeploymentCondition) -> Option<Timestamp> {
    condition.last_transition_time.as_ref().map(|time| time.0)
}
