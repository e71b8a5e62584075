//! Containers that end and are started again: OOM kills, crash loops, restarts, and when they count as over.
//!
//! In: one container of one pod. Out: observations. Recovery is part of the predicate: between two crashes a container runs, and may
//! even be ready for a second, so a life only counts as cured once it is longer than the lives before it were.

use jiff::{SignedDuration, Timestamp};

use super::board::{Board, Counts, Words};
use crate::api::SignalType::{self, CrashloopBackoff, OomKill, PodRestart};
use crate::facts::containers::{Ended, Role, View};

/// The signals a crash can raise.
pub const SIGNALS: [SignalType; 3] = [OomKill, CrashloopBackoff, PodRestart];

/// A container with a crash behind it is cured after this long without another, if its lives were short.
const CURED: SignedDuration = SignedDuration::from_secs(60);
/// A new container has no life to compare with: twice the 20 s after which slow starters were seen to crash, and a margin.
pub const SOAK: SignedDuration = SignedDuration::from_secs(45);
/// How long a crash is news while the container already runs again: status updates may skip the moment between two lives.
const NEWS: SignedDuration = SignedDuration::from_secs(60);
/// The restart from which on it is a repetition. The first may be a node's reboot or a dependency that came up late.
const REPEATED: i32 = 2;
/// Lives longer than this do not make a repetition. What never started has no life at all.
const SHORT_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// Observes one container. `longest` is the longest recent life of this container in any of the workload's pods, `soak` how long a
/// container without history has to be ready.
pub fn observe(
    container: &View<'_>,
    object: &str,
    ready_since: Option<Timestamp>,
    longest: SignedDuration,
    soak: SignedDuration,
    board: &mut Board,
) {
    if container.is_done() {
        return;
    }
    let now = board.now;
    let end = container.latest_end().filter(|end| end.reason != "ContainerStatusUnknown");
    let mut fired = [false; 3];
    if container.waiting().is_some_and(|waiting| waiting.reason == "CrashLoopBackOff") {
        let since = end.and_then(|end| end.finished).unwrap_or(now);
        board.sight(
            CrashloopBackoff,
            object,
            since,
            Counts::At(since),
            Words { state: "in CrashLoopBackOff", detail: history(container, end), expected: "running" },
        );
        fired[1] = true;
    }
    if let Some(end) = end
        && let Some(finished) = end.finished
        && (container.running_since().is_none() || now.duration_since(finished) < NEWS)
    {
        let repeated = container.restarts() >= REPEATED && end.life().is_none_or(|life| life < SHORT_LIFE);
        if end.is_oom() {
            board.sight(
                OomKill,
                object,
                finished,
                Counts::At(finished),
                Words {
                    state: "OOMKilled",
                    detail: history(container, Some(end)),
                    expected: "memory within its limit",
                },
            );
            fired[0] = true;
        } else if repeated && !fired[1] {
            board.sight(
                PodRestart,
                object,
                finished,
                Counts::At(finished),
                Words { state: "restarting", detail: history(container, Some(end)), expected: "no restarts" },
            );
            fired[2] = true;
        }
        if container.running_since().is_some() && fired.contains(&true) {
            board.wake(finished + NEWS);
        }
    }

    let window = if end.is_some() { CURED.max(longest * 2) } else { soak };
    let quiet_since = match (container.running_since(), ready_since) {
        // An init container is over when it is done, not when it runs.
        (Some(running), Some(ready)) if container.role != Role::Init && container.is_ready() => {
            Some(running.max(ready))
        }
        _ => None,
    };
    for (signal, _) in SIGNALS.into_iter().zip(fired).filter(|(_, fired)| !fired) {
        match quiet_since {
            Some(since) => board.recovers_at(signal, object, since + window),
            None => board.waits_for_event(signal, object, window),
        }
    }
}

fn history(container: &View<'_>, end: Option<Ended<'_>>) -> String {
    let restarts = match container.restarts() {
        1 => "1 restart".to_owned(),
        many => format!("{many} restarts"),
    };
    match end {
        Some(end) => format!("exit code {}, {restarts}", end.exit_code),
        None => restarts,
    }
}
