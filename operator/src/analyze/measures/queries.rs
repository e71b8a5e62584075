//! What is asked of a Prometheus about a workload: usual metrics of the kubelet, kube-state-metrics, HTTP libraries and meshes. Pure.

use std::collections::BTreeSet;

use common::facts::quantity::mebibytes_of;
use common::facts::{Facts, Subject};

/// Pods that are named one by one; of a thousand, these stand for all.
const PODS: usize = 50;
/// Characters of the names that Kubernetes makes up.
const MADE_UP: &str = "[bcdfghjklmnpqrstvwxz2456789]";
/// Counters of requests, and the label that holds the status; a workload has at most one of them.
const REQUESTS: [(&str, &str); 5] = [
    ("http_requests_total", "code"),
    ("http_server_requests_seconds_count", "status"),
    ("istio_requests_total", "response_code"),
    ("envoy_http_downstream_rq_total", "response_code"),
    ("nginx_http_requests_total", "status"),
];
/// Histograms of latency, and what makes seconds of their unit.
const LATENCIES: [(&str, f64); 3] = [
    ("http_request_duration_seconds_bucket", 1.0),
    ("http_server_requests_seconds_bucket", 1.0),
    ("istio_request_duration_milliseconds_bucket", 0.001),
];

/// Of a volume: free bytes, all bytes, free inodes, all inodes.
pub const VOLUME: [&str; 4] = [
    "kubelet_volume_stats_available_bytes",
    "kubelet_volume_stats_capacity_bytes",
    "kubelet_volume_stats_inodes_free",
    "kubelet_volume_stats_inodes",
];

/// One thing that is measured, as one series.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// Called so.
    pub what: &'static str,
    /// In this.
    pub unit: Unit,
    /// The query: one series, or none.
    pub query: String,
}

/// What a value counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Unit {
    /// CPU cores.
    Cores,
    /// Bytes.
    Bytes,
    /// Bytes in a second.
    BytesPerSecond,
    /// Something in a second.
    PerSecond,
    /// Of 1.
    Share,
    /// Seconds.
    Seconds,
    /// Pieces.
    Count,
}

impl Unit {
    /// A value as a person reads it.
    pub fn show(self, value: f64) -> String {
        match self {
            Self::Cores => format!("{value:.2} cores"),
            Self::Bytes => mebibytes_of(value),
            Self::BytesPerSecond => format!("{:.0} kB/s", value / 1000.0),
            Self::PerSecond => format!("{value:.1}/s"),
            Self::Share => format!("{:.1} %", value * 100.0),
            Self::Seconds => format!("{value:.3} s"),
            Self::Count => format!("{value:.0}"),
        }
    }
}

/// Everything that is asked; nothing about a Node.
pub fn about(facts: &Facts) -> Vec<Measure> {
    let Some(of_pods) = of_pods(facts) else { return Vec::new() };
    let measure = |what, unit, query| Measure { what, unit, query };
    let container = r#"container!="",container!="POD""#;
    let rate = |metric: &str, more: &str| format!("sum(rate({metric}{{{of_pods}{more}}}[5m]))");
    let first_of = |all: Vec<String>| all.join(" or ");
    let requests = first_of(REQUESTS.iter().map(|(metric, _)| rate(metric, "")).collect());
    let failed = REQUESTS.iter().map(|(metric, label)| {
        // Nothing failed is 0 where there are requests, not unknown.
        let (failed, all) = (rate(metric, &format!(r#",{label}=~"5..""#)), rate(metric, ""));
        format!("(({failed} or 0 * {all}) / {all})")
    });
    let slow = |quantile: f64| {
        let each = LATENCIES.iter().map(|(metric, unit)| {
            format!("{unit} * histogram_quantile({quantile}, sum by (le) (rate({metric}{{{of_pods}}}[5m])))")
        });
        first_of(each.collect())
    };
    let mut all = vec![
        measure("CPU of its pods", Unit::Cores, rate("container_cpu_usage_seconds_total", &format!(",{container}"))),
        measure(
            "memory of its pods",
            Unit::Bytes,
            format!("sum(container_memory_working_set_bytes{{{of_pods},{container}}})"),
        ),
        measure(
            "restarts of its containers, in all",
            Unit::Count,
            format!("sum(kube_pod_container_status_restarts_total{{{of_pods}}})"),
        ),
        measure("received by its pods", Unit::BytesPerSecond, rate("container_network_receive_bytes_total", "")),
        measure("sent by its pods", Unit::BytesPerSecond, rate("container_network_transmit_bytes_total", "")),
        measure("requests to its pods", Unit::PerSecond, requests),
        measure("requests that failed with 5xx", Unit::Share, first_of(failed.collect())),
        measure("median latency", Unit::Seconds, slow(0.5)),
        measure("latency of the slowest 5 %", Unit::Seconds, slow(0.95)),
    ];
    if let Some(scaler) = facts.around.autoscalers.iter().find_map(|scaler| scaler.metadata.name.as_deref()) {
        let namespace = &facts.subject.namespace;
        all.push(measure(
            "replicas its autoscaler wants",
            Unit::Count,
            format!(
                r#"sum(kube_horizontalpodautoscaler_status_desired_replicas{{namespace="{namespace}",horizontalpodautoscaler="{scaler}"}})"#
            ),
        ));
    }
    all
}

/// Memory of each container by itself.
pub fn memory_by_container(facts: &Facts) -> Option<String> {
    let of_pods = of_pods(facts)?;
    Some(format!(
        r#"sum by (pod, container) (container_memory_working_set_bytes{{{of_pods},container!="",container!="POD"}})"#
    ))
}

/// What kubelets count of the volumes of these claims, each number by itself.
pub fn volumes(namespace: &str, claims: &BTreeSet<String>) -> String {
    let claims: Vec<String> = claims.iter().map(|name| quoted(name)).collect();
    format!(
        r#"{{__name__=~"{}",namespace="{namespace}",persistentvolumeclaim=~"{}"}}"#,
        VOLUME.join("|"),
        claims.join("|")
    )
}

/// Matchers for the workload's own pods, those of its past included: its pods of 20 minutes ago are gone, and their names unknown.
fn of_pods(facts: &Facts) -> Option<String> {
    let name = quoted(&facts.subject.name);
    let made_up = |parents: &str, length: &str| format!("{parents}-{MADE_UP}{length}");
    let pods = match &facts.object {
        Subject::Deployment(_) => {
            // By the ReplicaSets it owns: a neighbour `web-db` also begins with `web-`.
            let sets = facts.replica_sets.iter().filter_map(|set| set.metadata.name.as_deref().map(quoted));
            let sets: Vec<String> = sets.take(PODS).collect();
            (!sets.is_empty()).then(|| made_up(&format!("({})", sets.join("|")), "{5}"))?
        }
        Subject::StatefulSet(_) => format!("{name}-[0-9]+"),
        Subject::DaemonSet(_) | Subject::Job(_) | Subject::CronJob(_) => {
            // Whose names nobody else can have: those that are there.
            let pods = facts.pods.iter().filter_map(|pod| pod.metadata.name.as_deref().map(quoted));
            let pods: Vec<String> = pods.take(PODS).collect();
            (!pods.is_empty()).then(|| pods.join("|"))?
        }
        Subject::Pod(_) => name,
        Subject::Node(_) => return None,
    };
    Some(format!(r#"namespace="{}",pod=~"{pods}""#, facts.subject.namespace))
}

/// A name within an expression within a string. Of what names may hold only the dot means something else there.
fn quoted(name: &str) -> String {
    name.replace('.', r"\\.")
}
