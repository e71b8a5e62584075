//! What one alert changes. Pure.

use std::sync::Arc;

use common::api::anomaly::{AnomalySpec, AnomalyStatus};
use common::api::keys::labels;
use common::api::{Anomaly, ResourceRef, SignalType, Source};
use common::naming;
use jiff::Timestamp;
use kube::ResourceExt as _;

use super::super::decide::{Move, RECOVERED, active, clear, repeat_of};
use super::payload::Alert;
use crate::runtime::status::time;

/// Who sent an alert.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Origin {
    /// Alertmanager, by its webhook.
    Alertmanager,
    /// A ChatCLI server's watcher, asked with `GetAlerts`.
    Server,
}

impl Origin {
    /// `platform.chatcli.io/source` on what is written for it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Alertmanager => "alertmanager",
            Self::Server => "chatcli-server",
        }
    }

    fn source(self) -> Source {
        match self {
            Self::Alertmanager => Source::Prometheus,
            Self::Server => Source::Watcher,
        }
    }

    /// Whether an Anomaly was written for it.
    pub fn raised(self, anomaly: &Anomaly) -> bool {
        anomaly.labels().get(labels::SOURCE).is_some_and(|label| label == self.label())
    }
}

/// Longest text taken from an alert.
const TEXT: usize = 1024;

/// Everything the decision depends on.
pub struct Seen<'a> {
    /// The moment.
    pub now: Timestamp,
    /// The alert.
    pub alert: &'a Alert,
    /// Who sent it.
    pub origin: Origin,
    /// What it is about, as it is now.
    pub subject: &'a ResourceRef,
    /// Its class.
    pub signal: SignalType,
    /// Namespace in which Anomalies about the subject live.
    pub home: &'a str,
    /// False while that namespace is being deleted.
    pub accepts_objects: bool,
    /// Which incident of the subject new trouble belongs to.
    pub episode: i64,
    /// Anomalies of this source that name the subject.
    pub anomalies: Vec<Arc<Anomaly>>,
}

/// The one write an alert asks for; none where nothing is new.
pub fn decide(seen: &Seen<'_>) -> Option<Move> {
    let object = object(seen.alert);
    let known = seen
        .anomalies
        .iter()
        .filter(|it| it.spec.signal_type == seen.signal && it.spec.object.as_deref() == Some(&object))
        .max_by_key(|it| (it.status.as_ref().and_then(|status| status.active), it.spec.episode));
    if seen.alert.is_resolved() {
        return known.and_then(|anomaly| clear(anomaly, RECOVERED, seen.now));
    }
    let since = seen.alert.starts_at.unwrap_or(seen.now);
    let goes_on = |anomaly: &&Arc<Anomaly>| {
        anomaly.spec.episode == Some(seen.episode) || anomaly.status.as_ref().and_then(|it| it.active) == Some(true)
    };
    match known.filter(goes_on) {
        Some(anomaly) => repeat_of(anomaly, since, seen.now),
        None => seen.accepts_objects.then(|| Move::Raise(Box::new(raise(seen, object, since)))),
    }
}

/// Where it shows: one rule may fire for several parts of a workload.
fn object(alert: &Alert) -> String {
    let part = |label: &str| alert.labels.get(label).map(|value| format!(" {label} {value}")).unwrap_or_default();
    common::redact::cut(&format!("alert {}{}", alert.name(), part("container")), TEXT)
}

fn raise(seen: &Seen<'_>, object: String, since: Timestamp) -> Anomaly {
    let uid = seen.subject.uid.clone().unwrap_or_default();
    let signal = seen.signal.as_str();
    let name = naming::anomaly(seen.origin.label(), signal, &uid, &object, seen.episode);
    let sentence = common::redact::secrets(&seen.alert.sentence()).into_owned();
    let spec = AnomalySpec {
        source: seen.origin.source(),
        signal_type: seen.signal,
        resource: seen.subject.clone(),
        value: String::new(),
        threshold: String::new(),
        description: Some(common::redact::cut(&sentence, TEXT)),
        severity: seen.alert.severity(),
        detected_at: Some(time(since)),
        object: Some(object),
        episode: Some(seen.episode),
        requested_by: None,
    };
    let mut anomaly = Anomaly::new(&name, spec);
    anomaly.metadata.namespace = Some(seen.home.to_owned());
    anomaly.labels_mut().extend([
        (labels::SOURCE.to_owned(), seen.origin.label().to_owned()),
        (labels::DEPLOYMENT.to_owned(), naming::label_value(&seen.subject.name)),
        (labels::SIGNAL.to_owned(), signal.to_owned()),
        (labels::RESOURCE_UID.to_owned(), uid),
    ]);
    anomaly.status = Some(active(&AnomalyStatus::default(), time(since), seen.now));
    anomaly
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::testing::at;
    use super::*;

    fn alert(status: &str) -> Alert {
        serde_json::from_value(json!({
            "status": status, "fingerprint": "f",
            "labels": { "alertname": "HighErrorRate", "namespace": "shop", "deployment": "web", "severity": "critical" },
            "annotations": { "summary": "5% of requests fail, password=hunter2" }
        }))
        .unwrap()
    }

    fn decided(status: &str, anomalies: Vec<Anomaly>) -> Option<Move> {
        let subject = ResourceRef::new("Deployment", "shop", "web").with_uid("web-uid");
        decide(&Seen {
            now: at(100),
            alert: &alert(status),
            origin: Origin::Alertmanager,
            subject: &subject,
            signal: SignalType::ErrorRate,
            home: "shop",
            accepts_objects: true,
            episode: 1,
            anomalies: anomalies.into_iter().map(Arc::new).collect(),
        })
    }

    fn raised() -> Anomaly {
        match decided("firing", Vec::new()) {
            Some(Move::Raise(anomaly)) => *anomaly,
            other => panic!("expected a new Anomaly, got {other:?}"),
        }
    }

    #[test]
    fn a_firing_alert_is_an_anomaly_with_the_severity_its_rule_says_and_without_secrets() {
        let anomaly = raised();
        assert_eq!(anomaly.spec.source, Source::Prometheus);
        assert_eq!(anomaly.spec.severity, Some(common::api::anomaly::AnomalySeverity::Critical));
        assert_eq!(
            anomaly.spec.description.as_deref(),
            Some("HighErrorRate: 5% of requests fail, [REDACTED:password_conn]")
        );
    }

    #[test]
    fn the_same_alert_again_writes_nothing_new() {
        assert!(decided("firing", vec![raised()]).is_none());
    }

    #[test]
    fn a_resolved_alert_ends_its_anomaly_and_ends_nothing_twice() {
        let Some(Move::Report(_, status)) = decided("resolved", vec![raised()]) else { panic!("it ends") };
        assert_eq!((status.active, status.reason.as_deref()), (Some(false), Some(RECOVERED)));
        let mut over = raised();
        over.status.as_mut().unwrap().active = Some(false);
        assert!(decided("resolved", vec![over]).is_none());
        assert!(decided("resolved", Vec::new()).is_none(), "nothing was ever raised for it");
    }

    #[test]
    fn an_alert_that_returns_in_the_same_incident_continues_its_anomaly() {
        let mut over = raised();
        over.status.as_mut().unwrap().active = Some(false);
        assert!(matches!(decided("firing", vec![over]), Some(Move::Report(_, status)) if status.active == Some(true)));
    }
}
