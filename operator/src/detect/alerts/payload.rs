//! What Alertmanager sends (webhook, version 4), and what an alert speaks of. Pure.

use std::collections::BTreeMap;

use common::api::SignalType;
use common::api::anomaly::AnomalySeverity;
use jiff::Timestamp;
use serde::Deserialize;

use crate::runtime::subjects::{Kind, SubjectKey};

/// One notification; fields that say nothing about the trouble itself are not read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// `4`.
    pub version: String,
    /// The alerts of one group.
    pub alerts: Vec<Alert>,
}

/// One alert.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Alert {
    /// `firing` or `resolved`.
    pub status: String,
    /// What identifies it.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// What it says to people.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
    /// Since when.
    pub starts_at: Option<Timestamp>,
    /// Alertmanager's own identity of it.
    #[serde(default)]
    pub fingerprint: String,
}

/// What an alert speaks of.
#[derive(Clone, Debug, PartialEq)]
pub enum About {
    /// A workload or node by name.
    Subject(SubjectKey),
    /// A pod; the workload it belongs to is what counts.
    Pod(SubjectKey),
}

/// What the names of the usual rules mean. Ordered: the first part that fits; `KubePodCrashLooping` is no `pod not ready`.
const NAMES: [(&str, SignalType); 24] = [
    ("crashloop", SignalType::CrashloopBackoff),
    ("oom", SignalType::OomKill),
    ("imagepull", SignalType::ImagePullError),
    ("podnotready", SignalType::PodNotReady),
    ("containerwaiting", SignalType::PodNotReady),
    ("podrestart", SignalType::PodRestart),
    ("rolloutstuck", SignalType::DeployFailing),
    ("replicasmismatch", SignalType::DeployFailing),
    ("generationmismatch", SignalType::DeployFailing),
    ("cronjobmissed", SignalType::CronjobMissed),
    ("jobfailed", SignalType::JobFailed),
    ("jobnotcompleted", SignalType::JobFailed),
    ("nodenotready", SignalType::NodeNotReady),
    ("nodeunreachable", SignalType::NodeNotReady),
    ("hpamaxedout", SignalType::HpaMaxed),
    ("diskpressure", SignalType::DiskPressure),
    ("toomanypods", SignalType::PodCapacityHigh),
    ("certificate", SignalType::CertificateExpiring),
    ("latency", SignalType::Latency),
    ("slowrequests", SignalType::Latency),
    ("errorrate", SignalType::ErrorRate),
    ("errorshigh", SignalType::ErrorRate),
    ("memory", SignalType::MemoryHigh),
    ("cputhrottling", SignalType::CpuHigh),
];

/// Label with which a rule says which signal of the catalogue its alert is.
pub const SIGNAL: &str = "chatcli_signal";

impl Alert {
    /// The rule's name.
    pub fn name(&self) -> &str {
        self.label("alertname").unwrap_or("alert")
    }

    fn label(&self, name: &str) -> Option<&str> {
        self.labels.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Did it end?
    pub fn is_resolved(&self) -> bool {
        self.status == "resolved"
    }

    /// The object, by the labels kube-state-metrics and the kubelet write. `job` is Prometheus' own label: it names a scrape, not a Job.
    pub fn about(&self) -> Option<About> {
        const WORKLOADS: [(&str, Kind); 5] = [
            ("deployment", Kind::Deployment),
            ("statefulset", Kind::StatefulSet),
            ("daemonset", Kind::DaemonSet),
            ("cronjob", Kind::CronJob),
            ("job_name", Kind::Job),
        ];
        if let Some(namespace) = self.label("namespace") {
            for (label, kind) in WORKLOADS {
                if let Some(name) = self.label(label) {
                    return Some(About::Subject(SubjectKey::new(kind, namespace, name)));
                }
            }
            if let Some(pod) = self.label("pod") {
                return Some(About::Pod(SubjectKey::new(Kind::Pod, namespace, pod)));
            }
        }
        self.label("node").map(|node| About::Subject(SubjectKey::new(Kind::Node, "", node)))
    }

    /// The class of trouble: what the rule says itself, else what the names of the usual rules (kubernetes-mixin) mean.
    pub fn signal(&self) -> Option<SignalType> {
        if let Some(named) = self.label(SIGNAL) {
            return serde_json::from_value(named.into()).ok();
        }
        let name = self.name().to_lowercase();
        let is = |part: &str| name.contains(part);
        NAMES
            .iter()
            .find(|(part, _)| is(part))
            .map(|(_, signal)| *signal)
            .or_else(|| is("cpu").then_some(SignalType::CpuHigh))
    }

    /// How bad the rule's author says it is.
    pub fn severity(&self) -> Option<AnomalySeverity> {
        match self.label("severity")? {
            "critical" | "page" => Some(AnomalySeverity::Critical),
            "high" | "error" => Some(AnomalySeverity::High),
            "warning" => Some(AnomalySeverity::Warning),
            "medium" => Some(AnomalySeverity::Medium),
            "low" | "info" => Some(AnomalySeverity::Low),
            _ => None,
        }
    }

    /// One sentence for people.
    pub fn sentence(&self) -> String {
        let said = ["summary", "description", "message"].iter().find_map(|key| self.annotations.get(*key));
        said.map_or_else(|| self.name().to_owned(), |text| format!("{}: {text}", self.name()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn alert(labels: &serde_json::Value) -> Alert {
        serde_json::from_value(json!({ "status": "firing", "labels": labels, "startsAt": "2026-03-02T14:02:11.123Z" }))
            .unwrap()
    }

    #[test]
    fn the_workload_is_named_by_what_kube_state_metrics_writes() {
        let named =
            alert(&json!({ "namespace": "shop", "deployment": "web", "pod": "ksm-0", "job": "kube-state-metrics" }));
        assert_eq!(named.about(), Some(About::Subject(SubjectKey::new(Kind::Deployment, "shop", "web"))));
        let pod = alert(&json!({ "namespace": "shop", "pod": "web-1", "job": "kubelet" }));
        assert_eq!(pod.about(), Some(About::Pod(SubjectKey::new(Kind::Pod, "shop", "web-1"))));
        let node = alert(&json!({ "node": "node-1" }));
        assert_eq!(node.about(), Some(About::Subject(SubjectKey::new(Kind::Node, "", "node-1"))));
        assert_eq!(alert(&json!({ "job": "node-exporter" })).about(), None, "a scrape job is no Job");
    }

    #[test]
    fn a_rule_says_its_signal_itself_or_by_the_usual_names() {
        let signal = |labels: serde_json::Value| alert(&labels).signal();
        assert_eq!(signal(json!({ "alertname": "Whatever", "chatcli_signal": "latency" })), Some(SignalType::Latency));
        assert_eq!(signal(json!({ "alertname": "KubePodCrashLooping" })), Some(SignalType::CrashloopBackoff));
        assert_eq!(signal(json!({ "alertname": "KubeDeploymentReplicasMismatch" })), Some(SignalType::DeployFailing));
        assert_eq!(signal(json!({ "alertname": "Watchdog" })), None);
        assert_eq!(
            signal(json!({ "alertname": "KubePodCrashLooping", "chatcli_signal": "nonsense" })),
            None,
            "a typing mistake is no guess"
        );
    }
}
