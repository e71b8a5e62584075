//! How long a container may take by its own probes.
//!
//! In: probes as the API server defaulted them. Out: durations. Never: a number that is not in the object or a documented default.

use jiff::SignedDuration;
use k8s_openapi::api::core::v1::{Container, PodSpec, Probe};

/// What a Deployment has without `progressDeadlineSeconds`; used for kinds that have no such field.
pub const DEFAULT_PROGRESS_DEADLINE: i32 = 600;
/// The value that switches the deadline off.
const NO_DEADLINE: i32 = i32::MAX;

/// From its start until the probe has failed often enough to act: `initialDelay + period * failureThreshold`.
pub fn budget(probe: &Probe) -> SignedDuration {
    seconds(probe.initial_delay_seconds.unwrap_or(0)) + failing(probe)
}

/// From the first failing answer until the probe acts: `period * failureThreshold`.
pub fn failing(probe: &Probe) -> SignedDuration {
    seconds(probe.period_seconds.unwrap_or(10)) * probe.failure_threshold.unwrap_or(3).max(1)
}

/// Until a container has to be ready after its start: its startup probe's budget, then its readiness probe's.
pub fn start_budget(container: &Container) -> SignedDuration {
    [&container.startup_probe, &container.readiness_probe].into_iter().flatten().map(budget).sum()
}

/// Until a pod has to be ready after its start: the slowest container's budget.
pub fn pod_start_budget(spec: &PodSpec) -> SignedDuration {
    spec.containers.iter().map(start_budget).max().unwrap_or(SignedDuration::ZERO)
}

/// How long a pod may be unready, once it was ready, before that is more than a blip: one more full round of the slowest readiness
/// probe, at least a default probe's round (10 s x 3), so that a probe of 1 s x 1 does not make every hiccup an incident.
pub fn unready_hold(spec: &PodSpec, min_ready_seconds: i32) -> SignedDuration {
    let own = spec.containers.iter().filter_map(|container| container.readiness_probe.as_ref()).map(|probe| {
        failing(probe) + seconds(probe.period_seconds.unwrap_or(10)) * probe.success_threshold.unwrap_or(1).max(1)
    });
    own.max().unwrap_or(SignedDuration::ZERO).max(seconds(30)).max(seconds(min_ready_seconds))
}

/// The time a rollout has to make progress; the default where the field is absent or switched off.
pub fn progress_deadline(own: Option<i32>) -> SignedDuration {
    seconds(own.filter(|seconds| *seconds != NO_DEADLINE).unwrap_or(DEFAULT_PROGRESS_DEADLINE))
}

fn seconds(number: i32) -> SignedDuration {
    SignedDuration::from_secs(i64::from(number.max(0)))
}
