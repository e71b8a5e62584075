//! What a node says about itself.
//!
//! In: a Node. Out: one sighting per condition, named after the condition. A cordon is a decision, not trouble.

use jiff::SignedDuration;
use k8s_openapi::api::core::v1::Node;

use super::board::{Board, Counts, Words};
use crate::api::SignalType::{self, DiskPressure, MemoryHigh, NetworkUnavailable, NodeNotReady, PidPressure};
use crate::facts::membership::created;

/// How long a node that was never ready may take to join: the default not-ready toleration.
const JOINING: SignedDuration = SignedDuration::from_secs(300);
/// The Ready condition of a joining node is as old as the node.
const SAME_MOMENT: SignedDuration = SignedDuration::from_secs(2);

/// Condition type, the status that is trouble, the signal, the status that is well.
const CONDITIONS: [(&str, &str, SignalType); 5] = [
    ("Ready", "True", NodeNotReady),
    ("DiskPressure", "False", DiskPressure),
    ("MemoryPressure", "False", MemoryHigh),
    ("PIDPressure", "False", PidPressure),
    ("NetworkUnavailable", "False", NetworkUnavailable),
];

/// Observes the node's conditions.
pub fn observe(node: &Node, board: &mut Board) {
    let born = created(&node.metadata).unwrap_or(board.now);
    for condition in node.status.iter().flat_map(|status| status.conditions.iter().flatten()) {
        let Some((kind, well, signal)) = CONDITIONS.into_iter().find(|(kind, _, _)| *kind == condition.type_) else {
            continue;
        };
        if condition.status == well {
            continue;
        }
        // A kubelet that does not answer leaves its pressures Unknown: not raised for that, not cleared either.
        if condition.status == "Unknown" && kind != "Ready" {
            board.waits_for_event(signal, kind, SignedDuration::ZERO);
            continue;
        }
        let since = condition.last_transition_time.as_ref().map_or(board.now, |time| time.0);
        let joins = since.duration_since(born) <= SAME_MOMENT;
        let counts_from =
            if joins && matches!(signal, NodeNotReady | NetworkUnavailable) { born + JOINING } else { since };
        let reason = condition.reason.as_deref().unwrap_or_default();
        let message = condition.message.as_deref().unwrap_or_default();
        board.sight(
            signal,
            kind,
            since,
            Counts::At(counts_from),
            Words {
                state: &format!("{kind}={}", condition.status),
                detail: format!("{reason}: {message}").trim_matches([':', ' ']).to_owned(),
                expected: &format!("{kind}={well}"),
            },
        );
    }
}
