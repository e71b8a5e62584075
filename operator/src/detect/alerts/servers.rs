//! ChatCLI servers as a source: their watchers' alerts, asked for twice a minute.
//!
//! A server keeps an alert for two hours after it is over, knows no hold times, and says of its pods what our own watches see sooner. So its
//! word counts only where they have none: such an alert becomes an Anomaly, and ends when no server has repeated it for a while. About
//! everything else it is held against what is seen, and adds nothing. A server that hangs, lies or is gone delays nobody.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use common::api::{Anomaly, SignalType};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use kube::ResourceExt as _;
use proto::{GetAlertsRequest, WatcherAlert};
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use super::decide::Origin;
use super::intake::take;
use super::payload::{Alert, SIGNAL};
use crate::detect::apply;
use crate::detect::decide::{Move, RECOVERED, clear};
use crate::llm::chatcli::Servers;
use crate::runtime::leader::Standing;
use crate::runtime::{Context, ObjectKey};

/// Time between two questions to a server.
const EVERY: Duration = Duration::from_secs(30);
/// Longest a server may take to answer.
const ANSWER: Duration = Duration::from_secs(10);
/// Alerts of one answer that are looked at.
const MOST: usize = 1000;
/// An alert that no server has repeated for this long is over. Longer than the longest pause between two writes of `lastSeen`, and than what
/// one replica of a server takes to see what another one has seen.
const SILENCE: SignedDuration = SignedDuration::from_mins(7);

/// Asks every server that can be asked until told to stop.
pub async fn follow(ctx: Arc<Context>, servers: Arc<Servers>, stopping: CancellationToken) -> anyhow::Result<()> {
    let mut clock = interval(EVERY);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stopping.run_until_cancelled(clock.tick()).await.is_some() {
        if ctx.leader.standing() == Standing::Leading && ctx.stores.missing().is_empty() {
            stopping.run_until_cancelled(ask_all(&ctx, &servers)).await;
        }
    }
    Ok(())
}

async fn ask_all(ctx: &Context, servers: &Servers) {
    let instances = servers.instances();
    let answered = join_all(instances.iter().map(|instance| ask(ctx, servers, instance))).await;
    // While nobody answers, nobody says that anything is over. Without any server there is nobody to say so.
    if instances.is_empty() || answered.contains(&true) {
        let raised = ctx.stores.anomalies.filter(|anomaly| Origin::Server.raised(anomaly));
        if let Err(error) = apply::apply(ctx, unrepeated(&raised, ctx.clock.now())).await {
            tracing::warn!(%error, "an alert that is over could not be written down; it is tried again");
        }
    }
}

/// Takes the alerts of one server; true when it answered.
async fn ask(ctx: &Context, servers: &Servers, instance: &ObjectKey) -> bool {
    let Some(server) = servers.get(instance) else { return false };
    let question =
        server.call(GetAlertsRequest::default(), |mut client, request| async move { client.get_alerts(request).await });
    let alerts = match timeout(ANSWER, question).await {
        Ok(Ok(answer)) => answer.into_inner().alerts,
        Ok(Err(status)) => {
            ctx.metrics.asked_for_alerts("error");
            tracing::debug!(%instance, code = ?status.code(), message = status.message(), "no alerts of this server");
            return false;
        }
        Err(_) => {
            ctx.metrics.asked_for_alerts("timeout");
            tracing::debug!(%instance, "no alerts of this server within {} s", ANSWER.as_secs());
            return false;
        }
    };
    ctx.metrics.asked_for_alerts("ok");
    if alerts.len() > MOST {
        tracing::warn!(%instance, "{} alerts, of which the first {MOST} are looked at", alerts.len());
    }
    for told in alerts.into_iter().take(MOST) {
        let why = match understood(told) {
            Err(why) => Some(why),
            Ok(alert) => match take(ctx, &alert, Origin::Server).await {
                Ok(why) => why,
                // Asked again in half a minute, and it says the same.
                Err(error) => Some(error.to_string()),
            },
        };
        if let Some(why) = why {
            tracing::debug!(%instance, why, "an alert is left aside");
        }
    }
    true
}

/// The alert in the words of the others, or why it adds nothing.
fn understood(told: WatcherAlert) -> Result<Alert, String> {
    let Some(signal) = signal(&told.r#type) else {
        return Err(format!("{} is no alert of the catalogue", told.r#type));
    };
    if !has_the_say(signal) {
        return Err(format!("{}: the operator sees that itself", told.r#type));
    }
    let (kind, object) = match told.object.split_once('/') {
        Some((kind, name)) => (kind, name),
        None if told.r#type == "CronJobMissed" => ("CronJob", told.deployment.as_str()),
        None => ("Pod", told.object.as_str()),
    };
    let label = match kind {
        "Deployment" => "deployment",
        "StatefulSet" => "statefulset",
        "DaemonSet" => "daemonset",
        "Job" => "job_name",
        "CronJob" => "cronjob",
        "Pod" => "pod",
        "Node" => "node",
        other => return Err(format!("{other} is no kind the operator watches")),
    };
    let mut labels = BTreeMap::from([
        ("alertname".to_owned(), told.r#type.clone()),
        (label.to_owned(), object.to_owned()),
        (SIGNAL.to_owned(), signal.as_str().to_owned()),
        ("severity".to_owned(), told.severity.to_lowercase()),
    ]);
    if kind != "Node" {
        // The server fills in its watch target's; upstream takes none for `default`.
        let namespace = if told.namespace.is_empty() { "default" } else { &told.namespace };
        labels.insert("namespace".to_owned(), namespace.to_owned());
    }
    Ok(Alert {
        status: "firing".to_owned(),
        labels,
        annotations: BTreeMap::from([("message".to_owned(), told.message)]),
        starts_at: Timestamp::from_second(told.timestamp_unix).ok().filter(|_| told.timestamp_unix > 0),
        fingerprint: String::new(),
    })
}

/// Whether a server's word counts: where the operator's own watches do not judge the same thing, with the object's own hold times.
fn has_the_say(signal: SignalType) -> bool {
    matches!(
        signal,
        SignalType::CronjobMissed
            | SignalType::PodCapacityHigh
            | SignalType::CpuHigh
            | SignalType::ErrorRate
            | SignalType::Latency
            | SignalType::CertificateExpiring
            | SignalType::HelmReleaseFailed
            | SignalType::ArgocdDegraded
    )
}

/// What a server's alert type means. Source: upstream's table, spec pipeline §4.1.
fn signal(alert: &str) -> Option<SignalType> {
    Some(match alert {
        "HighRestartCount" => SignalType::PodRestart,
        "OOMKilled" => SignalType::OomKill,
        "PodNotReady" => SignalType::PodNotReady,
        "CrashLoopBackOff" => SignalType::CrashloopBackoff,
        "ImagePullBackOff" | "ErrImagePull" | "ImagePullError" => SignalType::ImagePullError,
        "DeploymentFailing" => SignalType::DeployFailing,
        "CPUHigh" | "HighCPU" => SignalType::CpuHigh,
        "MemoryHigh" | "HighMemory" | "MemoryPressure" => SignalType::MemoryHigh,
        "DiskPressure" => SignalType::DiskPressure,
        "NodeNotReady" | "NodeUnschedulable" => SignalType::NodeNotReady,
        "PIDPressure" => SignalType::PidPressure,
        "NetworkUnavailable" => SignalType::NetworkUnavailable,
        "PodCapacityHigh" => SignalType::PodCapacityHigh,
        "HighErrorRate" | "ErrorRate" => SignalType::ErrorRate,
        "HighLatency" | "Latency" => SignalType::Latency,
        "PVCPending" => SignalType::PvcPending,
        "IngressError" => SignalType::IngressError,
        "HPAMaxedOut" | "HPAMaxed" => SignalType::HpaMaxed,
        "CertificateExpiring" => SignalType::CertificateExpiring,
        "JobFailed" => SignalType::JobFailed,
        "CronJobMissed" => SignalType::CronjobMissed,
        "HelmReleaseFailed" => SignalType::HelmReleaseFailed,
        "ArgoCDDegraded" => SignalType::ArgocdDegraded,
        "ConfigDrift" => SignalType::ConfigDrift,
        _ => return None,
    })
}

/// Ends what no server repeats any more.
fn unrepeated(raised: &[Arc<Anomaly>], now: Timestamp) -> Vec<Move> {
    let is_silent = |anomaly: &&Arc<Anomaly>| {
        let status = anomaly.status.as_ref();
        let last = status.and_then(|status| status.last_seen.as_ref()).map(|time| time.0);
        let last = last.or_else(|| anomaly.creation_timestamp().map(|time| time.0));
        last.is_some_and(|last| now.duration_since(last) >= SILENCE)
    };
    raised.iter().filter(is_silent).filter_map(|anomaly| clear(anomaly, RECOVERED, now)).collect()
}

#[cfg(test)]
mod tests {
    use common::api::Time;

    use super::super::payload::About;
    use super::*;
    use crate::detect::testing::at;
    use crate::runtime::subjects::{Kind, SubjectKey};

    fn told(kind: &str, object: &str) -> WatcherAlert {
        WatcherAlert {
            r#type: kind.to_owned(),
            severity: "WARNING".to_owned(),
            message: "last scheduled 3h ago".to_owned(),
            object: object.to_owned(),
            namespace: "shop".to_owned(),
            deployment: "nightly".to_owned(),
            timestamp_unix: 1_800_000_000,
        }
    }

    #[test]
    fn an_alert_speaks_of_the_object_it_names_or_of_the_watch_target() {
        let about = |alert: WatcherAlert| understood(alert).unwrap().about();
        let nightly = Some(About::Subject(SubjectKey::new(Kind::CronJob, "shop", "nightly")));
        assert_eq!(about(told("CronJobMissed", "CronJob/nightly")), nightly);
        assert_eq!(about(told("CronJobMissed", "nightly")), nightly);
        let pod = Some(About::Pod(SubjectKey::new(Kind::Pod, "shop", "web-1")));
        assert_eq!(about(told("HighLatency", "web-1")), pod);
        let node = Some(About::Subject(SubjectKey::new(Kind::Node, "", "node-1")));
        assert_eq!(about(told("PodCapacityHigh", "Node/node-1")), node, "a node is in no namespace");
    }

    #[test]
    fn its_severity_signal_and_first_sight_are_taken_over() {
        let alert = understood(told("CronJobMissed", "CronJob/nightly")).unwrap();
        assert_eq!(alert.signal(), Some(SignalType::CronjobMissed));
        assert_eq!(alert.severity(), Some(common::api::anomaly::AnomalySeverity::Warning));
        assert_eq!(alert.starts_at, Some(at(0)));
        assert_eq!(alert.sentence(), "CronJobMissed: last scheduled 3h ago");
        let never = WatcherAlert { timestamp_unix: 0, ..told("CronJobMissed", "CronJob/nightly") };
        assert_eq!(understood(never).unwrap().starts_at, None);
    }

    #[test]
    fn what_the_operator_sees_itself_is_not_believed_and_nonsense_is_named() {
        for seen in ["OOMKilled", "HighRestartCount", "PodNotReady", "DeploymentFailing", "NodeNotReady", "JobFailed"] {
            assert!(understood(told(seen, "web-1")).unwrap_err().contains("sees that itself"), "{seen}");
        }
        assert!(understood(told("Sunspots", "web-1")).unwrap_err().contains("no alert of the catalogue"));
        assert!(understood(told("HighLatency", "Gateway/edge")).unwrap_err().contains("no kind"));
    }

    #[test]
    fn an_alert_ends_when_nobody_has_repeated_it_for_a_while_and_ends_once() {
        let raised = |last: i64, active: bool| {
            let anomaly: Anomaly = serde_json::from_value(serde_json::json!({
                "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "Anomaly", "metadata": { "name": "a", "namespace": "shop" },
                "spec": {
                    "source": "watcher", "signalType": "cronjob_missed", "value": "", "threshold": "",
                    "resource": { "kind": "CronJob", "name": "nightly", "namespace": "shop" }
                },
                "status": { "active": active, "lastSeen": Time(at(last)) }
            }))
            .unwrap();
            vec![Arc::new(anomaly)]
        };
        assert!(unrepeated(&raised(0, true), at(419)).is_empty());
        assert!(
            matches!(&unrepeated(&raised(0, true), at(420))[..], [Move::Report(_, status)] if status.active == Some(false))
        );
        assert!(unrepeated(&raised(0, false), at(900)).is_empty());
    }
}
