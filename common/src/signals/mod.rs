//! Facts to signals: what is wrong, and since when it counts. Pure.
//!
//! In: [`Facts`] of one workload or node. Out: an [`Assessment`]. Never: reads anything, remembers anything; what has to be remembered
//! (that a signal was raised) lives in Anomaly objects.

use jiff::Timestamp;

use crate::api::SignalType;
use crate::facts::Facts;

/// What holds, what may soon, and when to look again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assessment {
    /// Signals whose predicate holds and has held long enough.
    pub firing: Vec<Sighting>,
    /// Signals whose predicate holds, but not yet long enough; each fires at its `counts_from`.
    pub pending: Vec<Sighting>,
    /// Signals whose predicate does not hold at this moment but which have not stayed away long enough to be called over.
    pub recovering: Vec<Recovery>,
    /// The next moment at which this answer changes without any event.
    pub look_again: Option<Timestamp>,
}

/// One signal on one object.
#[derive(Clone, Debug, PartialEq)]
pub struct Sighting {
    /// Which signal.
    pub signal: SignalType,
    /// Where it shows; part of the Anomaly's identity, so it names what survives a pod: `container app`, `rollout`, `Ready`.
    pub object: String,
    /// Since when the predicate holds.
    pub since: Timestamp,
    /// From when it counts: `since` plus the hold time derived from the object's own numbers.
    pub counts_from: Timestamp,
    /// Observed value.
    pub value: String,
    /// Expected value.
    pub threshold: String,
    /// One sentence.
    pub description: String,
}

/// A signal that went quiet a moment ago.
#[derive(Clone, Debug, PartialEq)]
pub struct Recovery {
    /// Which signal.
    pub signal: SignalType,
    /// Same identity as in [`Sighting::object`].
    pub object: String,
    /// Over when it stays quiet until then.
    pub until: Timestamp,
}

/// What is wrong with this subject now.
pub fn assess(facts: &Facts) -> Assessment {
    let _ = facts;
    Assessment::default()
}
