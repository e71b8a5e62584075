//! What goes wrong around pods that are well themselves: traffic that cannot arrive, autoscalers that cannot scale, pods that will not go.
//!
//! In: the subject with its surroundings. Out: observations named after the object at fault. Holds are long: whoever depends on it shows
//! first, and tells more.

use jiff::SignedDuration;

use super::DELETION_PATIENCE;
use super::board::{Board, Counts, Words};
use crate::api::SignalType::{ConfigDrift, HpaMaxed, IngressError, PodNotReady, PodRestart};
use crate::diagnosis::codes::Code;
use crate::diagnosis::{controllers, nodes, wiring};
use crate::facts::Facts;
use crate::facts::membership::{self, created};

/// Objects that belong together are often made one after the other, and a Service may be repaired while its callers still try.
const WIRING: SignedDuration = SignedDuration::from_secs(60);
/// One round of a metrics server (60 s) and one of the autoscaler (15 s).
const METRICS: SignedDuration = SignedDuration::from_secs(75);
/// The autoscaler's own stabilization window, unless it names another.
const AT_MAX: SignedDuration = SignedDuration::from_secs(300);
/// `kubectl drain` tries again every 5 s; a budget that is only busy gives way sooner.
const DRAIN: SignedDuration = SignedDuration::from_secs(120);
/// How long an eviction is news.
const EVICTION: SignedDuration = SignedDuration::from_mins(10);

/// Observes the surroundings.
pub fn observe(facts: &Facts, board: &mut Board) {
    let born = created(facts.object.meta()).unwrap_or(board.now);
    for fault in wiring::faults(facts) {
        let since = fault.made.unwrap_or(born).max(born);
        board.sight(
            IngressError,
            &fault.object.short(),
            since,
            Counts::At(since + WIRING),
            Words { state: &fault.what, detail: String::new(), expected: &fault.instead },
        );
    }
    for scaler in controllers::scalers(facts) {
        let since = scaler.since.unwrap_or(born);
        let window = scaler
            .object
            .spec
            .as_ref()
            .and_then(|spec| spec.behavior.as_ref()?.scale_down.as_ref()?.stabilization_window_seconds);
        let hold = match scaler.code {
            Code::AutoscalerAtMax => window.map_or(AT_MAX, |seconds| SignedDuration::from_secs(seconds.into())),
            _ => METRICS,
        };
        let name = scaler.object.metadata.name.as_deref().unwrap_or_default();
        board.sight(
            HpaMaxed,
            &format!("hpa/{name}"),
            since,
            Counts::At(since + hold),
            Words {
                state: scaler.condition.reason.as_deref().unwrap_or_default(),
                detail: scaler.condition.message.clone().unwrap_or_default(),
                expected: "an autoscaler that can scale",
            },
        );
    }
    if let Some(blocking) = controllers::blocking(facts)
        && let Some(since) = blocking.since
    {
        let name = blocking.budget.metadata.name.as_deref().unwrap_or_default();
        board.sight(
            ConfigDrift,
            &format!("pdb/{name}"),
            since,
            Counts::At(since + DRAIN),
            Words { state: "no eviction allowed", detail: String::new(), expected: "one disruption allowed" },
        );
    }
}

/// Pods that should be gone, and pods that were put out.
pub fn departures(facts: &Facts, board: &mut Board) {
    for pod in &facts.pods {
        let lost = facts.node_of(pod).is_some_and(|node| nodes::not_ready(node).is_some());
        let until = pod.metadata.deletion_timestamp.as_ref().filter(|_| !lost);
        if let Some(until) = until.filter(|until| board.now < until.0 + DELETION_PATIENCE) {
            board.wake(until.0 + DELETION_PATIENCE);
        } else if let Some(until) = until {
            let finalizers = pod.metadata.finalizers.clone().unwrap_or_default();
            board.sight(
                PodNotReady,
                "deletion",
                until.0,
                Counts::At(until.0 + DELETION_PATIENCE),
                Words { state: "not gone", detail: finalizers.join(", "), expected: "gone after its grace period" },
            );
        }
        if let Some(when) = membership::put_out(pod).filter(|when| board.now.duration_since(*when) < EVICTION) {
            let said = pod.status.as_ref().and_then(|status| status.message.clone()).unwrap_or_default();
            board.sight(
                PodRestart,
                "eviction",
                when,
                Counts::At(when),
                Words { state: "evicted", detail: said, expected: "not evicted" },
            );
            board.wake(when + EVICTION);
        }
    }
}
