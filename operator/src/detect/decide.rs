//! Which Anomalies to write about one subject. Pure.

use std::sync::Arc;

use common::api::anomaly::{AnomalySpec, AnomalyStatus};
use common::api::keys::labels;
use common::api::{Anomaly, ResourceRef, SignalType, Source, Time};
use common::naming;
use common::signals::{Assessment, Sighting};
use jiff::{SignedDuration, Timestamp};
use kube::ResourceExt as _;

use crate::runtime::status::time;

/// `platform.chatcli.io/source` on what this detector writes.
const WATCHER: &str = "watcher";
/// The same on what it hears in logs.
const LOGS: &str = "logs";
/// `status.reason` of a signal that stayed away long enough.
pub const RECOVERED: &str = "Recovered";
/// `status.reason` of a signal whose resource is gone.
pub const RESOURCE_DELETED: &str = "ResourceDeleted";
/// A repeat is written down at most this often in the first minutes …
const REPEAT_AT_MOST: SignedDuration = SignedDuration::from_secs(60);
/// … and at least this far apart once the trouble is old news.
const REPEAT_AT_LEAST: SignedDuration = SignedDuration::from_mins(5);

/// Everything the decision depends on.
pub struct Seen {
    /// The moment.
    pub now: Timestamp,
    /// Namespace in which its Anomalies live.
    pub home: String,
    /// False while that namespace is being deleted.
    pub accepts_objects: bool,
    /// The subject with its UID; `None` when it is gone.
    pub subject: Option<ResourceRef>,
    /// What is wrong with it; `None` when it is gone.
    pub assessment: Option<Assessment>,
    /// It exists, but nothing can be said about it now.
    pub unseen: bool,
    /// Which incident of it new trouble belongs to.
    pub episode: i64,
    /// Anomalies that name it, whatever their UID and episode.
    pub anomalies: Vec<Arc<Anomaly>>,
}

/// One write.
#[derive(Debug)]
pub enum Move {
    /// Say that it is there.
    Raise(Box<Anomaly>),
    /// Say how it stands.
    Report(Arc<Anomaly>, Box<AnomalyStatus>),
}

/// Whether an Anomaly is this detector's to change.
pub fn is_ours(anomaly: &Anomaly) -> bool {
    let said = (anomaly.spec.source, anomaly.labels().get(labels::SOURCE).map(String::as_str));
    [(Source::Watcher, Some(WATCHER)), (Source::Logs, Some(LOGS))].contains(&said)
}

/// Where this detector sees a signal.
fn source_of(signal: SignalType) -> (Source, &'static str) {
    if signal == SignalType::ErrorRate { (Source::Logs, LOGS) } else { (Source::Watcher, WATCHER) }
}

/// What to write, and when to look again without any event.
pub fn decide(seen: &Seen) -> (Vec<Move>, Option<Timestamp>) {
    if seen.unseen {
        return (Vec::new(), None);
    }
    let Some((subject, assessment)) = seen.subject.as_ref().zip(seen.assessment.as_ref()) else {
        return (
            seen.anomalies.iter().filter_map(|anomaly| clear(anomaly, RESOURCE_DELETED, seen.now)).collect(),
            None,
        );
    };
    let (about_it, about_a_namesake): (Vec<_>, Vec<_>) = seen
        .anomalies
        .iter()
        .partition(|anomaly| anomaly.spec.resource.uid.is_none() || anomaly.spec.resource.uid == subject.uid);

    let mut moves: Vec<Move> =
        about_a_namesake.into_iter().filter_map(|anomaly| clear(anomaly, RESOURCE_DELETED, seen.now)).collect();
    for sighting in &assessment.firing {
        let known = about_it.iter().filter(|anomaly| shows(anomaly, sighting)).max_by_key(|anomaly| {
            // One that is still active goes on, even where the incident it belonged to has been counted as over.
            (is_active(anomaly), anomaly.spec.episode == Some(seen.episode))
        });
        match known {
            Some(anomaly) if is_active(anomaly) || anomaly.spec.episode == Some(seen.episode) => {
                moves.extend(repeat(anomaly, sighting, seen.now));
            }
            _ if seen.accepts_objects => moves.push(Move::Raise(Box::new(raise(seen, subject, sighting)))),
            _ => {}
        }
    }
    let over = about_it.iter().filter(|anomaly| is_active(anomaly) && !still_counts(anomaly, assessment));
    moves.extend(over.filter_map(|anomaly| clear(anomaly, RECOVERED, seen.now)));
    (moves, assessment.look_again)
}

fn is_active(anomaly: &Anomaly) -> bool {
    // Created, but the process ended before it said so.
    anomaly.status.as_ref().is_none_or(|status| status.active.unwrap_or(true))
}

fn shows(anomaly: &Anomaly, sighting: &Sighting) -> bool {
    anomaly.spec.signal_type == sighting.signal && anomaly.spec.object.as_deref() == Some(&sighting.object)
}

/// Firing, about to fire, or away for a moment only.
fn still_counts(anomaly: &Anomaly, assessment: &Assessment) -> bool {
    assessment.firing.iter().chain(&assessment.pending).any(|sighting| shows(anomaly, sighting))
        || assessment.recovering.iter().any(|recovery| {
            anomaly.spec.signal_type == recovery.signal && anomaly.spec.object.as_deref() == Some(&recovery.object)
        })
}

fn raise(seen: &Seen, subject: &ResourceRef, sighting: &Sighting) -> Anomaly {
    let uid = subject.uid.clone().unwrap_or_default();
    let signal = sighting.signal.as_str();
    let (source, label) = source_of(sighting.signal);
    let name = naming::anomaly(label, signal, &uid, &sighting.object, seen.episode);
    let spec = AnomalySpec {
        source,
        signal_type: sighting.signal,
        resource: subject.clone(),
        value: sighting.value.clone(),
        threshold: sighting.threshold.clone(),
        description: Some(sighting.description.clone()),
        severity: None,
        detected_at: Some(time(sighting.since)),
        object: Some(sighting.object.clone()),
        episode: Some(seen.episode),
        requested_by: None,
    };
    let mut anomaly = Anomaly::new(&name, spec);
    anomaly.metadata.namespace = Some(seen.home.clone());
    anomaly.labels_mut().extend([
        (labels::SOURCE.to_owned(), label.to_owned()),
        (labels::DEPLOYMENT.to_owned(), naming::label_value(&subject.name)),
        (labels::SIGNAL.to_owned(), signal.to_owned()),
        (labels::RESOURCE_UID.to_owned(), uid),
    ]);
    anomaly.status = Some(active(&AnomalyStatus::default(), time(sighting.since), seen.now));
    anomaly
}

fn repeat(anomaly: &Arc<Anomaly>, sighting: &Sighting, now: Timestamp) -> Option<Move> {
    repeat_of(anomaly, sighting.since, now)
}

/// It fires and we have it already. `None` when there is no news worth a write.
pub(super) fn repeat_of(anomaly: &Arc<Anomaly>, since: Timestamp, now: Timestamp) -> Option<Move> {
    let before = anomaly.status.clone().unwrap_or_default();
    if before.active == Some(true) {
        let (Some(first), Some(last)) = (&before.first_seen, &before.last_seen) else {
            return Some(report(anomaly, active(&before, time(since), now)));
        };
        let pause = (last.0.duration_since(first.0) / 5).clamp(REPEAT_AT_MOST, REPEAT_AT_LEAST);
        if now.duration_since(last.0) < pause {
            return None;
        }
    }
    Some(report(anomaly, active(&before, time(since), now)))
}

/// It is over. `None` when that is written already.
pub(super) fn clear(anomaly: &Arc<Anomaly>, reason: &str, now: Timestamp) -> Option<Move> {
    let before = anomaly.status.clone().unwrap_or_default();
    if !is_active(anomaly) {
        return None;
    }
    Some(report(
        anomaly,
        AnomalyStatus {
            active: Some(false),
            count: Some(before.count.unwrap_or(1)),
            first_seen: before.first_seen.or_else(|| anomaly.spec.detected_at.clone()),
            last_seen: before.last_seen.or_else(|| anomaly.spec.detected_at.clone()),
            cleared_at: Some(time(now)),
            reason: Some(reason.to_owned()),
            observed_generation: anomaly.metadata.generation,
            ..AnomalyStatus::default()
        },
    ))
}

fn report(anomaly: &Arc<Anomaly>, status: AnomalyStatus) -> Move {
    let status = AnomalyStatus { observed_generation: anomaly.metadata.generation, ..status };
    Move::Report(Arc::clone(anomaly), Box::new(status))
}

/// How it stands when it was seen once more.
pub(super) fn active(before: &AnomalyStatus, since: Time, now: Timestamp) -> AnomalyStatus {
    AnomalyStatus {
        active: Some(true),
        count: Some(before.count.unwrap_or(0) + 1),
        first_seen: Some(before.first_seen.clone().unwrap_or(since)),
        last_seen: Some(time(now)),
        ..AnomalyStatus::default()
    }
}

#[cfg(test)]
mod tests {
    use common::signals::Recovery;

    use super::super::episode::tests::at;
    use super::*;

    fn sighting() -> Sighting {
        Sighting {
            signal: SignalType::OomKill,
            object: "container app".into(),
            since: at(0),
            counts_from: at(0),
            value: "3 of 3".into(),
            threshold: "0".into(),
            description: "container app was killed for lack of memory".into(),
        }
    }

    fn web() -> ResourceRef {
        ResourceRef::new("Deployment", "shop", "web").with_uid("web-uid")
    }

    fn seen(assessment: Assessment, anomalies: Vec<Anomaly>) -> Seen {
        Seen {
            now: at(100),
            home: "shop".into(),
            accepts_objects: true,
            subject: Some(web()),
            assessment: Some(assessment),
            unseen: false,
            episode: 1,
            anomalies: anomalies.into_iter().map(Arc::new).collect(),
        }
    }

    fn firing() -> Assessment {
        Assessment { firing: vec![sighting()], ..Assessment::default() }
    }

    fn raised_at(seconds: i64) -> Anomaly {
        let when = Seen { now: at(seconds), ..seen(firing(), Vec::new()) };
        match decide(&when).0.pop() {
            Some(Move::Raise(anomaly)) => *anomaly,
            other => panic!("expected a new Anomaly, got {other:?}"),
        }
    }

    fn cleared(mut anomaly: Anomaly) -> Anomaly {
        if let Some(status) = &mut anomaly.status {
            status.active = Some(false);
        }
        anomaly
    }

    fn only_report(moves: &[Move]) -> &AnomalyStatus {
        match moves {
            [Move::Report(_, status)] => status,
            other => panic!("expected one report, got {other:?}"),
        }
    }

    #[test]
    fn a_firing_signal_is_raised_once_under_a_name_that_follows_from_what_it_is() {
        let anomaly = raised_at(100);
        assert_eq!(anomaly.name_any(), naming::anomaly("watcher", "oom_kill", "web-uid", "container app", 1));
        assert_eq!(anomaly.status.as_ref().unwrap().active, Some(true));
        assert!(decide(&seen(firing(), vec![anomaly])).0.is_empty());
    }

    #[test]
    fn what_is_heard_in_a_log_is_told_as_that_and_ends_like_anything_else() {
        let errors = Sighting { signal: SignalType::ErrorRate, ..sighting() };
        let (mut moves, _) = decide(&seen(Assessment { firing: vec![errors], ..Assessment::default() }, Vec::new()));
        let Some(Move::Raise(anomaly)) = moves.pop() else { panic!("nothing was raised") };
        assert_eq!((anomaly.spec.source, anomaly.labels()[labels::SOURCE].as_str()), (Source::Logs, "logs"));
        assert!(is_ours(&anomaly));
        let moves = decide(&seen(Assessment::default(), vec![*anomaly])).0;
        assert_eq!(only_report(&moves).reason.as_deref(), Some(RECOVERED));
    }

    #[test]
    fn a_repeat_is_counted_but_not_more_often_than_every_minute() {
        let (soon, later) = (raised_at(41), raised_at(39));
        assert!(decide(&seen(firing(), vec![soon])).0.is_empty());
        assert_eq!(only_report(&decide(&seen(firing(), vec![later])).0).count, Some(2));
    }

    #[test]
    fn a_signal_that_is_neither_there_nor_coming_nor_just_gone_has_recovered() {
        let moves = decide(&seen(Assessment::default(), vec![raised_at(10)])).0;
        let status = only_report(&moves);
        assert_eq!((status.active, status.reason.as_deref()), (Some(false), Some(RECOVERED)));
        assert_eq!(status.cleared_at, Some(Time(at(100))));
    }

    #[test]
    fn ready_for_a_moment_between_two_kills_is_no_recovery() {
        let recovery = Recovery { signal: SignalType::OomKill, object: "container app".into(), until: at(200) };
        let quiet = Assessment { recovering: vec![recovery], look_again: Some(at(200)), ..Assessment::default() };
        let (moves, look_again) = decide(&seen(quiet, vec![raised_at(10)]));
        assert!(moves.is_empty());
        assert_eq!(look_again, Some(at(200)));
    }

    #[test]
    fn a_fault_that_returns_in_the_same_episode_continues_its_anomaly() {
        let moves = decide(&seen(firing(), vec![cleared(raised_at(90))])).0;
        let status = only_report(&moves);
        assert_eq!((status.active, status.count, &status.cleared_at), (Some(true), Some(2), &None));
    }

    #[test]
    fn a_fault_that_returns_in_a_new_episode_is_a_new_anomaly() {
        let later = Seen { episode: 2, ..seen(firing(), vec![cleared(raised_at(90))]) };
        assert!(matches!(&decide(&later).0[..], [Move::Raise(anomaly)] if anomaly.spec.episode == Some(2)));
    }

    #[test]
    fn a_deleted_workload_leaves_no_active_anomaly() {
        let gone = Seen { subject: None, assessment: None, ..seen(firing(), vec![raised_at(10)]) };
        assert_eq!(only_report(&decide(&gone).0).reason.as_deref(), Some(RESOURCE_DELETED));
    }

    #[test]
    fn a_namesake_does_not_inherit_the_trouble_of_the_deleted_one() {
        let mut old = raised_at(10);
        old.spec.resource.uid = Some("old-uid".into());
        let moves = decide(&seen(firing(), vec![old])).0;
        assert!(
            matches!(&moves[..], [Move::Report(_, status), Move::Raise(_)] if status.reason.as_deref() == Some(RESOURCE_DELETED))
        );
    }

    #[test]
    fn nothing_is_created_in_a_namespace_that_is_going_away() {
        let ending = Seen { accepts_objects: false, ..seen(firing(), Vec::new()) };
        assert!(decide(&ending).0.is_empty());
    }

    #[test]
    fn an_anomaly_that_lost_its_first_status_gets_it() {
        let mut bare = raised_at(99);
        bare.status = None;
        assert_eq!(only_report(&decide(&seen(firing(), vec![bare])).0).active, Some(true));
    }
}
