//! The exported log against the record in the cluster.
//!
//! Whoever may write events and heads can forge a chain that verifies. The lines that left the cluster before are what such a forgery
//! contradicts: each carries its event's hash and the hash of the one before.

use std::{collections::BTreeMap, fmt};

use serde::Deserialize;

use super::hash;
use crate::api::audit_event::AuditEventSpec;

/// What one line of the log says about its event's place in the chain.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct Exported {
    /// Namespace of the chain.
    pub namespace: String,
    /// Place in it, from 1.
    pub sequence: i64,
    /// Hash of the event.
    pub hash: String,
    /// Hash of the event before; absent at the first.
    #[serde(default)]
    pub previous_hash: String,
}

impl Exported {
    /// Reads a line as [`super::line`] writes it. `None` for an event of another operator, which has no place in a chain.
    ///
    /// # Errors
    /// When the line is no JSON object, or has a place and lacks what belongs to it.
    pub fn read(line: &str) -> serde_json::Result<Option<Self>> {
        let line: serde_json::Value = serde_json::from_str(line)?;
        if line.is_object() && line.get("sequence").is_none() {
            return Ok(None);
        }
        serde_json::from_value(line).map(Some)
    }
}

/// Where log and cluster contradict each other, or the log itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Divergence {
    /// The cluster's event is not the one that was exported.
    Rewritten {
        /// Its place.
        sequence: i64,
    },
    /// Exported events the cluster no longer has, and retention did not remove.
    Gone {
        /// First of them.
        from: i64,
        /// Last of them.
        to: i64,
    },
    /// A line does not follow from the one before it: one of the two was edited.
    Edited {
        /// The later one's place.
        sequence: i64,
    },
    /// The log lacks lines between its first and its last.
    Lacking {
        /// First of them.
        from: i64,
        /// Last of them.
        to: i64,
    },
    /// Two lines claim one place and differ.
    Ambiguous {
        /// The place.
        sequence: i64,
    },
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let range = |from: &i64, to: &i64, one: &str, many: &str| {
            if from == to { format!("{one} {from}") } else { format!("{many} {from} to {to}") }
        };
        match self {
            Self::Rewritten { sequence } => {
                write!(f, "event {sequence} in the cluster is not the one in the log: the record was rewritten")
            }
            Self::Gone { from, to } => {
                write!(f, "the log has {}, the cluster has not", range(from, to, "event", "events"))
            }
            Self::Edited { sequence } => {
                write!(f, "line {sequence} of the log does not follow from the one before it: one of them was edited")
            }
            Self::Lacking { from, to } => write!(f, "the log lacks {}", range(from, to, "line", "lines")),
            Self::Ambiguous { sequence } => write!(f, "the log has two different lines {sequence}"),
        }
    }
}

/// Compares the chain of a namespace with its exported lines, in any order and with repeats, as a restart makes them. Events up to
/// `cut_at` were removed by retention; events later than the last line are not in the log yet, and that is no contradiction.
pub fn compare(namespace: &str, events: &[AuditEventSpec], cut_at: i64, lines: &[Exported]) -> Vec<Divergence> {
    let mut log: BTreeMap<i64, &Exported> = BTreeMap::new();
    let mut told = Vec::new();
    for line in lines.iter().filter(|line| line.namespace == namespace) {
        let known = log.insert(line.sequence, line);
        if known.is_some_and(|known| known.hash != line.hash) {
            told.push(Divergence::Ambiguous { sequence: line.sequence });
        }
    }
    let mut before: Option<&Exported> = None;
    for line in log.values().copied() {
        if let Some(before) = before {
            if line.sequence > before.sequence + 1 {
                told.push(Divergence::Lacking { from: before.sequence + 1, to: line.sequence - 1 });
            } else if line.previous_hash != before.hash {
                told.push(Divergence::Edited { sequence: line.sequence });
            }
        }
        before = Some(line);
    }
    let stored: BTreeMap<i64, &AuditEventSpec> =
        events.iter().filter_map(|event| event.sequence.map(|sequence| (sequence, event))).collect();
    let mut gone: Option<(i64, i64)> = None;
    for line in log.values().filter(|line| line.sequence > cut_at) {
        match stored.get(&line.sequence) {
            Some(event) if hash(namespace, event) == line.hash => {}
            Some(_) => told.push(Divergence::Rewritten { sequence: line.sequence }),
            None => {
                if let Some((from, to)) = gone.filter(|(_, to)| line.sequence > to + 1) {
                    told.push(Divergence::Gone { from, to });
                    gone = None;
                }
                gone = Some((gone.map_or(line.sequence, |(from, _)| from), line.sequence));
            }
        }
    }
    told.extend(gone.map(|(from, to)| Divergence::Gone { from, to }));
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{
        Time,
        audit_event::{AuditActor, AuditResource},
    };

    fn event(sequence: i64, actor: &str, previous: &str) -> AuditEventSpec {
        AuditEventSpec {
            event_type: "approval_vote".into(),
            actor: AuditActor { actor_type: "user".into(), name: actor.into(), controller: None },
            resource: AuditResource { kind: "ApprovalRequest".into(), name: "r".into(), ..AuditResource::default() },
            details: BTreeMap::new(),
            severity: "info".into(),
            correlation_id: None,
            timestamp: Time(jiff::Timestamp::from_second(1_700_000_000 + sequence).unwrap()),
            sequence: Some(sequence),
            previous_hash: Some(previous.to_owned()),
        }
    }

    /// A chain of `length` events by these actors, in turn, and its lines.
    fn chain(length: i64, actor: impl Fn(i64) -> &'static str) -> (Vec<AuditEventSpec>, Vec<Exported>) {
        let mut previous = String::new();
        let events: Vec<_> = (1..=length)
            .map(|sequence| {
                let event = event(sequence, actor(sequence), &previous);
                previous = hash("shop", &event);
                event
            })
            .collect();
        let lines = events
            .iter()
            .map(|event| Exported::read(&crate::audit::line("shop", event).to_string()).unwrap().unwrap())
            .collect();
        (events, lines)
    }

    fn told(events: &[AuditEventSpec], lines: &[Exported]) -> Vec<Divergence> {
        compare("shop", events, 0, lines)
    }

    #[test]
    fn a_log_of_the_same_events_agrees_even_when_it_begins_late_ends_early_and_repeats_itself() {
        let (events, lines) = chain(6, |_| "alice");
        assert_eq!(told(&events, &lines), []);
        let repeated: Vec<_> = lines[2..5].iter().chain(&lines[3..5]).cloned().collect();
        assert_eq!(told(&events, &repeated), []);
    }

    #[test]
    fn a_forged_chain_that_verifies_by_itself_is_contradicted_by_the_log() {
        let (_, lines) = chain(4, |_| "alice");
        let (forged, _) = chain(4, |sequence| if sequence == 2 { "mallory" } else { "alice" });
        let rewritten = [2, 3, 4].map(|sequence| Divergence::Rewritten { sequence });
        assert_eq!(told(&forged, &lines), rewritten, "the forged one, and all that seal it");
    }

    #[test]
    fn events_that_were_cut_off_together_with_the_head_are_still_in_the_log() {
        let (mut events, lines) = chain(6, |_| "alice");
        events.truncate(3);
        assert_eq!(told(&events, &lines), [Divergence::Gone { from: 4, to: 6 }]);
        events.remove(0);
        assert_eq!(told(&events, &lines), [Divergence::Gone { from: 1, to: 1 }, Divergence::Gone { from: 4, to: 6 }]);
        assert_eq!(compare("shop", &events, 1, &lines), [Divergence::Gone { from: 4, to: 6 }], "retention removed it");
    }

    #[test]
    fn a_log_that_was_tampered_with_is_told() {
        let (events, lines) = chain(5, |_| "alice");
        let mut cut = lines.clone();
        cut.drain(1..3);
        assert_eq!(told(&events, &cut), [Divergence::Lacking { from: 2, to: 3 }]);
        let mut edited = lines.clone();
        edited[2].hash = "sha256:other".into();
        assert_eq!(told(&events, &edited), [Divergence::Edited { sequence: 4 }, Divergence::Rewritten { sequence: 3 }]);
        let both: Vec<_> = lines.iter().chain(&edited[2..3]).cloned().collect();
        assert!(told(&events, &both).contains(&Divergence::Ambiguous { sequence: 3 }));
    }

    #[test]
    fn another_namespace_and_events_without_a_chain_are_not_compared() {
        let (_, lines) = chain(2, |_| "alice");
        assert_eq!(compare("pay", &[], 0, &lines), []);
        assert_eq!(Exported::read(r#"{"action":"issue_created","namespace":"shop"}"#).unwrap(), None);
        assert!(Exported::read(r#"{"sequence":1,"namespace":"shop"}"#).is_err(), "a place without a hash");
        assert!(Exported::read("[]").is_err() && Exported::read("{").is_err());
    }
}
