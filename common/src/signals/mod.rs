//! Facts to signals: what is wrong, and since when it counts. Pure.
//!
//! In: [`Facts`] of one workload or node. Out: an [`Assessment`]. Never: reads anything, remembers anything; what has to be remembered
//! (that a signal was raised) lives in Anomaly objects.

mod around;
mod board;
mod crashes;
pub(crate) mod errors;
mod jobs;
mod nodes;
mod pods;
mod rollouts;
mod schedules;
mod volumes;

use jiff::{SignedDuration, Timestamp};

use crate::api::SignalType;
use crate::facts::{Facts, Subject};
use board::Board;
pub(crate) use schedules::overdue_since;

/// How long a pod may outstay its deletion, grace period included: the runtime, the network and volumes have to be undone.
pub(crate) const DELETION_PATIENCE: SignedDuration = SignedDuration::from_secs(60);

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
///
/// `recovering` names every signal that would not yet be over if it had been raised; it says nothing about whether it was. So it lists
/// the crash signals of every container that became ready a moment ago: that costs nothing where no anomaly is active, and where one
/// is, it is what keeps a fresh pod from being taken for a cure.
pub fn assess(facts: &Facts) -> Assessment {
    let mut board = Board::new(facts.now);
    if facts.object.meta().deletion_timestamp.is_some() {
        return board.assessment();
    }
    if let Some(cron_job) = facts.as_cron_job() {
        schedules::observe(cron_job, &mut board);
    }
    match &facts.object {
        Subject::CronJob(_) => {}
        Subject::Node(node) => nodes::observe(node, &mut board),
        Subject::Job(job) => {
            if jobs::observe(job, !facts.pods.is_empty(), &mut board) {
                pods::observe(facts, &mut board);
                board.beside_pods(|board| volumes::observe(facts, board));
            }
        }
        Subject::Deployment(_) | Subject::StatefulSet(_) | Subject::DaemonSet(_) if facts.object.desired() == 0 => {}
        Subject::Deployment(_) | Subject::StatefulSet(_) | Subject::DaemonSet(_) => {
            pods::observe(facts, &mut board);
            board.beside_pods(|board| {
                rollouts::observe(facts, board);
                around::observe(facts, board);
                volumes::observe(facts, board);
            });
            around::departures(facts, &mut board);
            errors::observe(facts, &mut board);
        }
        Subject::Pod(_) => {
            pods::observe(facts, &mut board);
            board.beside_pods(|board| volumes::observe(facts, board));
            errors::observe(facts, &mut board);
        }
    }
    board.assessment()
}

#[cfg(test)]
mod tests;
