//! What the pods of a workload show: scheduling, images, configuration, readiness. Crashes have their own file.
//!
//! In: the current pods. Out: observations on `pod` (scheduling, readiness) and `container <name>`. A pod that is replaced takes its
//! signals along; a pod that is still being made keeps them open, for nobody knows yet whether it fares better.

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::{PodCondition, PodSpec};

use super::board::{Board, Counts, Words};
use super::crashes;
use crate::api::SignalType::{ImagePullError, PodNotReady};
use crate::facts::Pod;
use crate::facts::containers::{self, Role, View};
use crate::facts::membership::{condition, ready_since, started};
use crate::facts::{Facts, Subject, probes};

/// The kubelet's first back-off after a failed pull; by then it says `ImagePullBackOff`.
const PULL_BACK_OFF: SignedDuration = SignedDuration::from_secs(10);
/// How long the kubelet itself waits for volumes before it calls that a failure (2 min 3 s).
const VOLUME_WAIT: SignedDuration = SignedDuration::from_secs(123);
/// How long a volume may take to be provisioned while the scheduler already complains about it.
const PROVISIONING: SignedDuration = SignedDuration::from_secs(60);
/// How long a scheduler of its own may take before it says anything.
const SCHEDULER: SignedDuration = SignedDuration::from_secs(60);
/// How long a node may be not ready before pods are moved: the default toleration.
const NODE_JOINING: SignedDuration = SignedDuration::from_secs(300);
/// How long the runtime may fail to create a container before it is more than a slow node: three of the kubelet's sync rounds.
const CREATE_RETRIES: SignedDuration = SignedDuration::from_secs(30);
/// The least time a container gets to become ready, however quick its siblings were.
const STARTING: SignedDuration = SignedDuration::from_secs(60);
/// So many times as long as its slowest sibling took.
const SLOWER: i32 = 3;
/// A pod's Ready condition is written when the kubelet takes it on; one that has moved since has been ready.
const SAME_MOMENT: SignedDuration = SignedDuration::from_secs(2);

/// Observes all current pods.
pub fn observe(facts: &Facts, board: &mut Board) {
    let pods: Vec<&Pod> = facts.current_pods().collect();
    let desired = facts.object.desired();
    board.total = pods.len();
    let min_ready = SignedDuration::from_secs(i64::from(facts.object.min_ready_seconds().max(0)));
    let soak = crashes::SOAK.max(min_ready);
    let lives = longest_lives(&pods);

    for pod in &pods {
        let Some(spec) = &pod.spec else { continue };
        if !is_placed(facts, pod, board) {
            expect_containers(spec, soak, board);
            continue;
        }
        let mut explained = false;
        for container in containers::of(pod) {
            let object = object_of(container.name());
            let longest = lives
                .iter()
                .find(|(name, _)| *name == container.name())
                .map_or(SignedDuration::ZERO, |(_, life)| *life);
            explained |= start(pod, &container, &object, soak, board);
            crashes::observe(&container, &object, ready_since(pod), longest, soak, board);
            explained |= is_down(&container);
        }
        if !matches!(facts.object, Subject::Job(_)) {
            readiness(facts, pod, spec, explained, board);
        }
    }
    if pods.len() < desired {
        if let Some(spec) = facts.object.pod_spec() {
            expect_containers(spec, soak, board);
        }
        board.waits_for_event(PodNotReady, POD, soak);
    }
}

const POD: &str = "pod";

fn object_of(container: &str) -> String {
    format!("container {container}")
}

/// The longest latest life of each container over all pods.
fn longest_lives<'a>(pods: &[&'a Pod]) -> Vec<(&'a str, SignedDuration)> {
    let mut lives: Vec<(&str, SignedDuration)> = Vec::new();
    for container in pods.iter().flat_map(|pod| containers::of(pod)) {
        let Some(life) = container.latest_end().and_then(|end| end.life()) else { continue };
        match lives.iter_mut().find(|(name, _)| *name == container.name()) {
            Some((_, longest)) => *longest = life.max(*longest),
            None => lives.push((container.name(), life)),
        }
    }
    lives
}

/// Nothing can be said yet about containers that have not been started.
fn expect_containers(spec: &PodSpec, quiet: SignedDuration, board: &mut Board) {
    for container in spec.init_containers.iter().flatten().chain(&spec.containers) {
        let object = object_of(&container.name);
        for signal in crashes::SIGNALS.into_iter().chain([ImagePullError, PodNotReady]) {
            board.waits_for_event(signal, &object, quiet);
        }
    }
}

/// Has the pod found a node?
fn is_placed(facts: &Facts, pod: &Pod, board: &mut Board) -> bool {
    if pod.node.is_some() {
        return true;
    }
    let refused = condition(pod, "PodScheduled")
        .filter(|condition| condition.status == "False" && condition.reason.as_deref() == Some("Unschedulable"));
    let Some(refused) = refused else {
        let asked = pod.spec.as_ref().and_then(|spec| spec.scheduler_name.as_deref());
        match (asked.filter(|name| *name != "default-scheduler"), started(pod)) {
            // A scheduler that runs says at once what it thinks.
            (Some(name), Some(begun)) if condition(pod, "PodScheduled").is_none() => board.sight(
                PodNotReady,
                POD,
                begun,
                Counts::At(begun + SCHEDULER),
                Words { state: "not looked at by a scheduler", detail: name.to_owned(), expected: "scheduled" },
            ),
            _ => board.waits_for_event(PodNotReady, POD, crashes::SOAK),
        }
        return false;
    };
    let since = changed(refused).or_else(|| started(pod)).unwrap_or(board.now);
    let message = refused.message.as_deref().unwrap_or_default();
    let counts_from = [room_is_being_made(facts, pod), is_coming(message).map(|hold| since + hold)]
        .into_iter()
        .flatten()
        .max()
        .unwrap_or(since);
    board.sight(
        PodNotReady,
        POD,
        since,
        Counts::At(counts_from),
        Words { state: "unschedulable", detail: message.to_owned(), expected: "scheduled" },
    );
    false
}

/// Pods of the same workload that still hold the place a new one waits for, or a preemption under way.
fn room_is_being_made(facts: &Facts, pod: &Pod) -> Option<Timestamp> {
    if pod
        .status
        .as_ref()
        .is_some_and(|status| status.nominated_node_name.as_deref().is_some_and(|name| !name.is_empty()))
    {
        return Some(facts.now + SignedDuration::from_secs(30));
    }
    // deletionTimestamp already includes the grace period.
    facts.pods.iter().filter_map(|pod| pod.metadata.deletion_timestamp.as_ref()).map(|time| time.0).max()
}

/// Does the scheduler's sentence speak of something that is on its way?
fn is_coming(message: &str) -> Option<SignedDuration> {
    if message.contains("node.kubernetes.io/not-ready")
        || message.contains("node.cloudprovider.kubernetes.io/uninitialized")
    {
        return Some(NODE_JOINING);
    }
    message.contains("unbound immediate PersistentVolumeClaims").then_some(PROVISIONING)
}

/// Can the container be started at all? True where the reason it cannot has been named.
fn start(pod: &Pod, container: &View<'_>, object: &str, soak: SignedDuration, board: &mut Board) -> bool {
    let Some(waiting) = container.waiting() else {
        if container.is_being_prepared() {
            board.waits_for_event(ImagePullError, object, soak);
            board.waits_for_event(PodNotReady, object, soak);
        } else if container.role != Role::Init && !container.is_done() && !container.is_ready() {
            // Configured at last, but whether it works nobody knows before it is ready.
            board.waits_for_event(PodNotReady, object, soak);
        }
        return false;
    };
    let since = condition(pod, "ContainersReady").and_then(changed).or_else(|| started(pod)).unwrap_or(board.now);
    match waiting.reason {
        "ImagePullBackOff" | "InvalidImageName" | "ErrImageNeverPull" => {
            let image = container.spec.image.as_deref().unwrap_or_default();
            board.sight(
                ImagePullError,
                object,
                since,
                Counts::At(since),
                Words {
                    state: &format!("in {}", waiting.reason),
                    detail: format!("image {image}"),
                    expected: "image pulled",
                },
            );
        }
        "ErrImagePull" | "RegistryUnavailable" | "ImageInspectError" | "SignatureValidationFailed" => {
            let image = container.spec.image.as_deref().unwrap_or_default();
            let due = board.now + PULL_BACK_OFF;
            board.sight(
                ImagePullError,
                object,
                since,
                Counts::OnEvent(due),
                Words {
                    state: &format!("in {}", waiting.reason),
                    detail: format!("image {image}"),
                    expected: "image pulled",
                },
            );
        }
        reason @ ("CreateContainerConfigError" | "CreateContainerError") => {
            // What is missing stays so until somebody adds it; what the runtime or the kubelet's own reading fails at may pass.
            let is_missing = reason == "CreateContainerConfigError" && !containers::kubelet_is_behind(waiting.message);
            let due = if is_missing { since } else { since + CREATE_RETRIES };
            board.sight(
                PodNotReady,
                object,
                since,
                Counts::At(due),
                Words { state: &format!("in {reason}"), detail: waiting.message.to_owned(), expected: "running" },
            );
        }
        _ if container.is_being_prepared() => {
            board.waits_for_event(ImagePullError, object, soak);
            board.waits_for_event(PodNotReady, object, soak);
            return false;
        }
        _ => return false,
    }
    true
}

/// Between two lives.
fn is_down(container: &View<'_>) -> bool {
    container.waiting().is_some_and(|waiting| waiting.reason == "CrashLoopBackOff")
}

/// Is the pod unready for longer than its own numbers allow?
fn readiness(facts: &Facts, pod: &Pod, spec: &PodSpec, explained: bool, board: &mut Board) {
    let hold = probes::unready_hold(spec, facts.object.min_ready_seconds());
    if let Some(since) = ready_since(pod) {
        board.recovers_at(PodNotReady, POD, since + hold);
        return;
    }
    // What keeps the pod from being ready has been named; it would only be said twice.
    if explained {
        board.waits_for_event(PodNotReady, POD, hold);
        return;
    }
    let begun = started(pod).unwrap_or(board.now);
    let since = condition(pod, "Ready").and_then(changed).unwrap_or(begun);
    let was_ready = since.duration_since(begun) > SAME_MOMENT;
    let allowed = probes::pod_start_budget(spec).max(patience(facts, pod));
    let running = containers::of(pod).filter_map(|container| container.running_since()).max();
    let deadline = match running {
        Some(running) if was_ready && running < since => since + hold,
        Some(running) => running.max(begun) + allowed,
        None => begun + allowed,
    };
    let sandbox = condition(pod, "PodReadyToStartContainers")
        .filter(|condition| condition.status == "False" && running.is_none())
        .and_then(changed);
    let counts_from = sandbox.map_or(deadline, |since| deadline.min(since + VOLUME_WAIT));
    board.sight(
        PodNotReady,
        POD,
        since,
        Counts::At(counts_from),
        Words { state: "not ready", detail: String::new(), expected: "ready within its probes' own time" },
    );
}

/// How long a pod may take where its probes leave it open: as long as the workload's rollout may, but where all of its containers run and a
/// sibling has shown how long that takes, a few times as long as that one.
fn patience(facts: &Facts, pod: &Pod) -> SignedDuration {
    let deadline = facts.object.progress_deadline();
    let runs = containers::of(pod).all(|container| container.role != Role::App || container.running_since().is_some());
    let took = |pod: &Pod| Some(ready_since(pod)?.duration_since(started(pod)?));
    let slowest = facts.pods.iter().filter_map(|pod| took(pod)).max().filter(|_| runs);
    slowest.map_or(deadline, |took| deadline.min(STARTING.max(took * SLOWER)))
}

fn changed(condition: &PodCondition) -> Option<Timestamp> {
    condition.last_transition_time.as_ref().map(|time| time.0)
}
