//! Where observations of many pods become one sighting per signal and object.
//!
//! In: single observations. Out: an [`Assessment`]. Never: judges; who observes has decided from when it counts.

use jiff::{SignedDuration, Timestamp};

use super::{Assessment, Recovery, Sighting};
use crate::api::SignalType;

/// What is said about an observation.
pub struct Words<'a> {
    /// `in CrashLoopBackOff`: how a pod that shows it is described.
    pub state: &'a str,
    /// Particulars of this one; the first is kept.
    pub detail: String,
    /// What would be well.
    pub expected: &'a str,
}

/// From when an observation counts.
#[derive(Clone, Copy)]
pub enum Counts {
    /// At this moment, by the clock.
    At(Timestamp),
    /// Only when an event says so; the moment is the latest by which that event is due.
    OnEvent(Timestamp),
}

struct Tally {
    signal: SignalType,
    object: String,
    since: Timestamp,
    counts_from: Timestamp,
    by_clock: bool,
    total: usize,
    seen: usize,
    state: String,
    detail: String,
    expected: String,
}

/// Collects observations at one moment.
pub struct Board {
    pub now: Timestamp,
    /// Of how many pods the observations that follow are; 0 where they are not of pods.
    pub total: usize,
    tallies: Vec<Tally>,
    recoveries: Vec<(SignalType, String, Timestamp, bool)>,
    wakes: Vec<Timestamp>,
}

impl Board {
    pub fn new(now: Timestamp) -> Self {
        Self { now, total: 0, tallies: Vec::new(), recoveries: Vec::new(), wakes: Vec::new() }
    }

    /// A predicate holds.
    pub fn sight(&mut self, signal: SignalType, object: &str, since: Timestamp, counts: Counts, words: Words<'_>) {
        let (mut counts_from, by_clock) = match counts {
            Counts::At(moment) => (moment, true),
            Counts::OnEvent(moment) => (moment, false),
        };
        counts_from = counts_from.max(since);
        if let Some(tally) = self.tallies.iter_mut().find(|tally| tally.signal == signal && tally.object == object) {
            tally.seen += 1;
            tally.since = tally.since.min(since);
            // A clock beats an event; of two clocks the earlier counts.
            if (by_clock, counts_from) != (tally.by_clock, tally.counts_from)
                && by_clock
                && (!tally.by_clock || counts_from < tally.counts_from)
            {
                tally.counts_from = counts_from;
                tally.by_clock = true;
                words.state.clone_into(&mut tally.state);
                tally.detail = words.detail;
                words.expected.clone_into(&mut tally.expected);
            }
            return;
        }
        self.tallies.push(Tally {
            signal,
            object: object.to_owned(),
            since,
            counts_from,
            by_clock,
            total: self.total,
            seen: 1,
            state: words.state.to_owned(),
            detail: words.detail,
            expected: words.expected.to_owned(),
        });
    }

    /// Observes what is no pod: meanwhile none are counted.
    pub fn beside_pods(&mut self, observe: impl FnOnce(&mut Self)) {
        let pods = std::mem::take(&mut self.total);
        observe(self);
        self.total = pods;
    }

    /// No predicate holds so far.
    pub fn has_seen_nothing(&self) -> bool {
        self.tallies.is_empty()
    }

    /// Over at `until` if nothing happens.
    pub fn recovers_at(&mut self, signal: SignalType, object: &str, until: Timestamp) {
        if until > self.now {
            self.recover(signal, object, until, true);
        }
    }

    /// Not over before something happens, and then not before another `quiet`.
    pub fn waits_for_event(&mut self, signal: SignalType, object: &str, quiet: SignedDuration) {
        self.recover(signal, object, self.now + quiet, false);
    }

    fn recover(&mut self, signal: SignalType, object: &str, until: Timestamp, by_clock: bool) {
        let same = self.recoveries.iter_mut().find(|(other, name, _, _)| *other == signal && name == object);
        match same {
            Some((_, _, latest, clock)) => {
                *latest = until.max(*latest);
                // One pod that waits for an event keeps all of them waiting.
                *clock &= by_clock;
            }
            None => self.recoveries.push((signal, object.to_owned(), until, by_clock)),
        }
    }

    /// The answer changes at this moment without any event.
    pub fn wake(&mut self, at: Timestamp) {
        self.wakes.push(at);
    }

    pub fn assessment(self) -> Assessment {
        let Self { now, tallies, recoveries, mut wakes, .. } = self;
        let mut answer = Assessment::default();
        for (signal, object, until, by_clock) in recoveries {
            if tallies.iter().any(|tally| tally.signal == signal && tally.object == object) {
                continue;
            }
            if by_clock {
                wakes.push(until);
            }
            answer.recovering.push(Recovery { signal, object, until });
        }
        for tally in tallies {
            let fires = tally.by_clock && tally.counts_from <= now;
            if tally.by_clock {
                wakes.push(tally.counts_from);
            }
            let sighting = tally.sighting();
            if fires { answer.firing.push(sighting) } else { answer.pending.push(sighting) }
        }
        answer.look_again = wakes.into_iter().filter(|moment| *moment > now).min();
        answer
    }
}

impl Tally {
    fn sighting(self) -> Sighting {
        let Self { signal, object, since, counts_from, total, seen, state, detail, expected, .. } = self;
        let value = match (total, detail.is_empty()) {
            (0, true) => state.clone(),
            (0, false) => format!("{state}: {detail}"),
            (_, true) => format!("{seen} of {total} pods {state}"),
            (_, false) => format!("{seen} of {total} pods {state}: {detail}"),
        };
        let description = format!("{object}: {value}");
        Sighting { signal, object, since, counts_from, value, threshold: expected, description }
    }
}
