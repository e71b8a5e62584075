//! One chain of events per namespace: each event seals the one before it, and a head outside the namespace seals the last.
//!
//! That tells an edited event, one missing in the middle, and ones missing at the end. What retention has removed is told by the checkpoint in
//! the head: the last removed event's place and hash. Whoever can write events and head alike can forge both; the exported log closes that.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::actions::canonical;
use crate::api::{Time, audit_event::AuditEventSpec};
use crate::naming;

/// The hash an event is sealed by: over its namespace and its whole spec, in canonical form (RFC 8785).
pub fn hash(namespace: &str, event: &AuditEventSpec) -> String {
    let sealed = canonical(&json!({ "namespace": namespace, "spec": event }));
    format!("sha256:{}", naming::hex(&Sha256::digest(sealed.as_bytes())))
}

/// The end of a namespace's chain, written before the event it speaks of.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Head {
    /// Sequence of the last event; 0 before the first.
    pub sequence: i64,
    /// Its hash; empty before the first.
    pub hash: String,
    /// The last event itself, until the next head is written: a crash in between must not lose it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Pending>,
    /// What retention has removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<Checkpoint>,
    /// Brakes and autonomy of the namespace as last recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marks: Option<String>,
}

/// An event that is sealed by the head and may not be there yet.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Pending {
    /// Its name.
    pub name: String,
    /// Its content.
    pub spec: AuditEventSpec,
}

/// The newest event that retention has removed.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Checkpoint {
    /// Its sequence.
    pub sequence: i64,
    /// Its hash.
    pub hash: String,
    /// When it happened.
    pub until: Time,
}

/// Something that is wrong with a chain.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Finding {
    /// This event is not what was sealed: it, or what sealed it, was edited.
    Edited {
        /// Its sequence.
        sequence: i64,
    },
    /// Events are missing between two others.
    Missing {
        /// The first of them.
        from: i64,
        /// The last of them.
        to: i64,
    },
    /// Events are missing after the last one there.
    MissingAtEnd {
        /// The first of them.
        from: i64,
        /// The last of them.
        to: i64,
    },
    /// Two events claim one place.
    Repeated {
        /// The place.
        sequence: i64,
    },
    /// An event lies beyond the head: the operator did not write it.
    BeyondHead {
        /// Its sequence.
        sequence: i64,
    },
    /// There are events, and no head that seals the last.
    NoHead,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let events = |from: &i64, to: &i64| {
            if from == to { format!("event {from} is") } else { format!("events {from} to {to} are") }
        };
        match self {
            Self::Edited { sequence } => {
                write!(f, "event {sequence} is not what was sealed: it was edited, or what seals it was")
            }
            Self::Missing { from, to } => write!(f, "{} missing in the middle", events(from, to)),
            Self::MissingAtEnd { from, to } => write!(f, "{} missing at the end", events(from, to)),
            Self::Repeated { sequence } => write!(f, "two events claim to be event {sequence}"),
            Self::BeyondHead { sequence } => {
                write!(f, "event {sequence} lies beyond the head of the chain: it is forged")
            }
            Self::NoHead => {
                f.write_str("no head seals the last event, so that events missing at the end cannot be told")
            }
        }
    }
}

/// What was found out about a namespace's chain.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Events of the chain that were looked at.
    pub checked: usize,
    /// Events without a place in the chain: written by another operator.
    pub unchained: usize,
    /// What retention has removed.
    pub cut: Option<Checkpoint>,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// Checks a namespace's events against each other and against the head.
pub fn verify(namespace: &str, events: &[AuditEventSpec], head: Option<&Head>) -> Report {
    let cut = head.and_then(|head| head.checkpoint.clone());
    let cut_at = cut.as_ref().map_or(0, |cut| cut.sequence);
    let mut report = Report { cut, ..Report::default() };
    let mut chain: BTreeMap<i64, &AuditEventSpec> = BTreeMap::new();
    for event in events {
        match event.sequence {
            None => report.unchained += 1,
            // Removed in a moment, or left by a retention that was interrupted; the checkpoint speaks for it.
            Some(sequence) if sequence <= cut_at => {}
            Some(sequence) => {
                if chain.insert(sequence, event).is_some() {
                    report.findings.push(Finding::Repeated { sequence });
                }
            }
        }
    }
    report.checked = chain.len();

    // The place before, and the hash it has to be sealed by; unknown behind a gap.
    let (mut last, mut sealed) = (cut_at, Some(report.cut.as_ref().map_or_else(String::new, |cut| cut.hash.clone())));
    for (&sequence, event) in &chain {
        if sequence > last + 1 {
            report.findings.push(Finding::Missing { from: last + 1, to: sequence - 1 });
            sealed = None;
        }
        let claims = event.previous_hash.as_deref().unwrap_or_default();
        if sealed.as_deref().is_some_and(|sealed| sealed != claims) {
            // Before the first event nothing can have been edited but the event's own claim.
            let sequence = if last > cut_at { last } else { sequence };
            report.findings.push(Finding::Edited { sequence });
        }
        (last, sealed) = (sequence, Some(hash(namespace, event)));
    }
    report.findings.extend(against_head(head, last, sealed.as_deref(), !chain.is_empty()));
    report
}

fn against_head(head: Option<&Head>, last: i64, sealed: Option<&str>, has_events: bool) -> Option<Finding> {
    let Some(head) = head else { return has_events.then_some(Finding::NoHead) };
    if last > head.sequence {
        return Some(Finding::BeyondHead { sequence: last });
    }
    if last < head.sequence {
        // The head goes first; the event it holds is being written, or will be when the operator is back.
        let to = if head.event.is_some() { head.sequence - 1 } else { head.sequence };
        return (last < to).then_some(Finding::MissingAtEnd { from: last + 1, to });
    }
    (has_events && sealed != Some(&head.hash)).then_some(Finding::Edited { sequence: last })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;
    use crate::api::audit_event::{AuditActor, AuditResource};

    fn chained(length: i64) -> (Vec<AuditEventSpec>, Head) {
        let mut head = Head::default();
        let mut events = Vec::new();
        for sequence in 1..=length {
            let event = AuditEventSpec {
                event_type: "approval_vote".into(),
                actor: AuditActor { actor_type: "user".into(), name: "alice".into(), controller: None },
                resource: AuditResource {
                    kind: "ApprovalRequest".into(),
                    name: "r".into(),
                    ..AuditResource::default()
                },
                details: BTreeMap::from([("n".to_owned(), sequence.to_string())]),
                severity: "info".into(),
                correlation_id: None,
                timestamp: Time(Timestamp::from_second(1_700_000_000 + sequence).unwrap()),
                sequence: Some(sequence),
                previous_hash: Some(head.hash.clone()),
            };
            (head.sequence, head.hash) = (sequence, hash("shop", &event));
            events.push(event);
        }
        (events, head)
    }

    fn findings(events: &[AuditEventSpec], head: &Head) -> Vec<Finding> {
        verify("shop", events, Some(head)).findings
    }

    #[test]
    fn an_untouched_chain_verifies() {
        let (events, head) = chained(5);
        assert_eq!(findings(&events, &head), []);
        assert_eq!(findings(&[], &Head::default()), []);
    }

    #[test]
    fn an_edited_event_is_told_by_the_one_after_it_and_the_last_by_the_head() {
        for sequence in 1..=5_i64 {
            let (mut events, head) = chained(5);
            let index = usize::try_from(sequence - 1).unwrap();
            events[index].actor.name = "bob".into();
            assert_eq!(findings(&events, &head), [Finding::Edited { sequence }]);
        }
    }

    #[test]
    fn missing_in_the_middle_and_missing_at_the_end_are_two_findings() {
        let (mut events, head) = chained(6);
        events.pop();
        events.remove(2);
        let told = [Finding::Missing { from: 3, to: 3 }, Finding::MissingAtEnd { from: 6, to: 6 }];
        assert_eq!(findings(&events, &head), told);
        assert_eq!(findings(&[], &head), [Finding::MissingAtEnd { from: 1, to: 6 }]);
    }

    #[test]
    fn the_event_the_head_still_holds_is_not_missing() {
        let (mut events, mut head) = chained(3);
        head.event = events.pop().map(|spec| Pending { name: "audit-3".into(), spec });
        assert_eq!(findings(&events, &head), []);
    }

    #[test]
    fn what_retention_removed_is_a_cut_and_no_gap() {
        let (mut events, mut head) = chained(6);
        let removed = events.drain(..3).next_back().unwrap();
        head.checkpoint =
            Some(Checkpoint { sequence: 3, hash: hash("shop", &removed), until: removed.timestamp.clone() });
        let report = verify("shop", &events, Some(&head));
        assert_eq!((report.findings, report.cut.map(|cut| cut.sequence), report.checked), (vec![], Some(3), 3));
        events.insert(0, removed);
        assert_eq!(findings(&events, &head), [], "a removal that was interrupted");
        head.checkpoint.as_mut().unwrap().hash = "sha256:other".into();
        assert_eq!(findings(&events, &head), [Finding::Edited { sequence: 4 }]);
    }

    #[test]
    fn a_forged_event_beyond_the_head_and_a_second_one_in_its_place_are_told() {
        let (mut events, head) = chained(3);
        let mut forged = events[2].clone();
        (forged.sequence, forged.previous_hash) = (Some(4), Some(head.hash.clone()));
        events.push(forged);
        assert_eq!(findings(&events, &head), [Finding::BeyondHead { sequence: 4 }]);
        events[3].sequence = Some(3);
        assert!(findings(&events, &head).contains(&Finding::Repeated { sequence: 3 }));
        assert_eq!(verify("shop", &events[..3], None).findings, [Finding::NoHead]);
    }

    #[test]
    fn the_same_events_in_another_namespace_are_another_chain() {
        let (events, head) = chained(2);
        assert!(!verify("payments", &events, Some(&head)).findings.is_empty());
    }

    #[test]
    fn events_of_another_operator_are_counted_and_left_alone() {
        let (mut events, head) = chained(1);
        events.push(AuditEventSpec { sequence: None, previous_hash: None, ..events[0].clone() });
        let report = verify("shop", &events, Some(&head));
        assert_eq!((report.checked, report.unchained, report.findings), (1, 1, vec![]));
    }

    proptest! {
        #[test]
        fn no_event_is_taken_or_changed_unnoticed(length in 1_i64..12, at in any::<prop::sample::Index>(), remove: bool) {
            let (mut events, head) = chained(length);
            let index = at.index(events.len());
            if remove {
                events.remove(index);
            } else {
                events[index].details.insert("extra".into(), "x".into());
            }
            prop_assert!(!findings(&events, &head).is_empty());
        }
    }
}
