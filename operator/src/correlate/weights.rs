//! How much a signal weighs and how bad that makes an incident. Published numbers, and ours where the published ones are a catch-all.

use std::collections::BTreeSet;

use common::api::anomaly::AnomalySeverity;
use common::api::{Anomaly, IssueSeverity, SignalType};
use jiff::{SignedDuration, Timestamp};
use kube::ResourceExt as _;

/// Anomalies this far apart are not counted together.
pub const WINDOW: SignedDuration = SignedDuration::from_mins(10);
/// Highest risk.
const MOST: i32 = 100;

/// What a signal adds to the risk.
#[allow(clippy::match_same_arms, reason = "the published numbers stay apart from ours")]
pub fn weight(signal: SignalType) -> i32 {
    use SignalType as S;
    match signal {
        // Published.
        S::OomKill => 40,
        S::ErrorRate => 30,
        S::PodRestart | S::DeployFailing => 25,
        S::Latency | S::LatencySpike | S::PodNotReady => 20,
        S::CpuHigh | S::MemoryHigh => 15,
        // Upstream gives every other signal 10, so that a lone crash loop, a node that is gone and a certificate that expires in a month
        // are all `low`. A node takes everything on it along.
        S::NodeNotReady | S::NetworkUnavailable => 60,
        // It does not run or start, or its work is not done; what ran before may still serve.
        S::CrashloopBackoff | S::ImagePullError | S::JobFailed | S::IngressError | S::DiskPressure | S::PidPressure => {
            30
        }
        S::HelmReleaseFailed | S::ArgocdDegraded => 25,
        S::PvcPending | S::CronjobMissed | S::CertificateExpiring => 20,
        S::HpaMaxed => 15,
        S::PodCapacityHigh | S::ConfigDrift => 10,
    }
}

/// Sum of the weights of what was seen within [`WINDOW`] of the newest, at most 100.
pub fn risk<'a>(anomalies: impl IntoIterator<Item = &'a Anomaly>) -> i32 {
    let mut by_name: Vec<(Option<Timestamp>, i32)> = Vec::new();
    let mut counted = BTreeSet::new();
    for anomaly in anomalies {
        if counted.insert((anomaly.namespace(), anomaly.name_any())) {
            by_name.push((anomaly.creation_timestamp().map(|time| time.0), weight(anomaly.spec.signal_type)));
        }
    }
    let newest = by_name.iter().filter_map(|(created, _)| *created).max();
    let recent = |created: Option<Timestamp>| match (created, newest) {
        (Some(created), Some(newest)) => created + WINDOW >= newest,
        _ => true,
    };
    by_name.into_iter().filter(|(created, _)| recent(*created)).map(|(_, weight)| weight).sum::<i32>().min(MOST)
}

/// How much of the workload is left.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Impact {
    /// Some of it serves, or nobody knows.
    #[default]
    Partial,
    /// Nothing of it serves.
    Down,
}

/// How bad it is: the published cut-offs, raised by what the reporter says and by what is left of the workload.
pub fn severity<'a>(anomalies: impl IntoIterator<Item = &'a Anomaly>, risk: i32, impact: Impact) -> IssueSeverity {
    let by_risk = match risk {
        80.. => IssueSeverity::Critical,
        60..80 => IssueSeverity::High,
        30..60 => IssueSeverity::Medium,
        _ => IssueSeverity::Low,
    };
    let by_impact = match impact {
        Impact::Down => IssueSeverity::High,
        Impact::Partial => IssueSeverity::Low,
    };
    anomalies.into_iter().map(floor).fold(by_risk.max(by_impact), IssueSeverity::max)
}

fn floor(anomaly: &Anomaly) -> IssueSeverity {
    if anomaly.spec.signal_type == SignalType::OomKill {
        return IssueSeverity::Critical;
    }
    match anomaly.spec.severity {
        Some(AnomalySeverity::Critical) => IssueSeverity::Critical,
        Some(AnomalySeverity::High) => IssueSeverity::High,
        Some(AnomalySeverity::Medium | AnomalySeverity::Warning) => IssueSeverity::Medium,
        Some(AnomalySeverity::Low) | None => IssueSeverity::Low,
    }
}

#[cfg(test)]
mod tests {
    use SignalType::{CpuHigh, CrashloopBackoff, ErrorRate, Latency, NodeNotReady, OomKill, PodRestart};

    use super::super::testing::anomaly;
    use super::*;

    fn all(signals: &[SignalType]) -> Vec<Anomaly> {
        signals.iter().enumerate().map(|(index, signal)| anomaly(*signal, &format!("a{index}"))).collect()
    }

    #[test]
    fn the_published_risks_hold() {
        assert_eq!(risk(&all(&[OomKill])), 40);
        assert_eq!(risk(&all(&[ErrorRate, PodRestart, Latency])), 75);
        assert_eq!(risk(&all(&[OomKill, ErrorRate, PodRestart, Latency])), 100);
    }

    #[test]
    fn the_published_severities_hold() {
        let severity = |signal, risk| severity(&all(&[signal]), risk, Impact::Partial);
        assert_eq!(severity(OomKill, 40), IssueSeverity::Critical);
        assert_eq!(severity(ErrorRate, 90), IssueSeverity::Critical);
        assert_eq!(severity(ErrorRate, 70), IssueSeverity::High);
        assert_eq!(severity(Latency, 50), IssueSeverity::Medium);
        assert_eq!(severity(CpuHigh, 20), IssueSeverity::Low);
    }

    #[test]
    fn a_lone_crash_loop_or_lost_node_is_not_low() {
        let lone = |signal| severity(&all(&[signal]), weight(signal), Impact::Partial);
        assert_eq!(lone(CrashloopBackoff), IssueSeverity::Medium);
        assert_eq!(lone(NodeNotReady), IssueSeverity::High);
    }

    #[test]
    fn a_workload_of_which_nothing_serves_is_at_least_high() {
        assert_eq!(severity(&all(&[Latency]), 20, Impact::Down), IssueSeverity::High);
    }

    #[test]
    fn a_reporter_can_raise_the_severity_but_not_lower_it() {
        let mut reported = all(&[OomKill, Latency]);
        reported[0].spec.severity = Some(AnomalySeverity::Low);
        reported[1].spec.severity = Some(AnomalySeverity::High);
        assert_eq!(severity(&reported[1..], 20, Impact::Partial), IssueSeverity::High);
        assert_eq!(severity(&reported[..1], 40, Impact::Partial), IssueSeverity::Critical);
    }

    #[test]
    fn what_happened_long_before_the_newest_does_not_count() {
        let mut two = all(&[ErrorRate, PodRestart]);
        two[0].metadata.creation_timestamp = Some(common::api::Time(Timestamp::from_second(1_000_000).unwrap()));
        two[1].metadata.creation_timestamp = Some(common::api::Time(Timestamp::from_second(1_000_000 + 601).unwrap()));
        assert_eq!(risk(&two), 25);
    }
}
