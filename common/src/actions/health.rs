//! How well a workload serves, in numbers that can be compared before and after a change. Pure.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::object::Object;
use crate::api::remediation_plan::HealthSample;

/// Pods wanted and available as the object itself tells them; `None` for a kind that does not. The caller adds the trouble it sees.
///
/// A status that speaks of an older spec is not taken for an answer about this one, except that its pods are still counted: a workload
/// whose controller lags has at most the available pods it reports.
pub fn sample(workload: &Object, at: Timestamp) -> Option<HealthSample> {
    let count = |pointer: &str| workload.int(pointer).unwrap_or(0);
    let (desired, available) = match workload.kind() {
        // availableReplicas counts minReadySeconds too.
        "Deployment" | "ReplicaSet" | "StatefulSet" => (workload.replicas(), count("/status/availableReplicas")),
        "DaemonSet" => (workload.wanted_pods(), count("/status/numberAvailable")),
        "Job" => (workload.wanted_pods(), count("/status/ready")),
        // It has no pods of its own; the trouble of its runs is what can be compared.
        "CronJob" => (0, 0),
        _ => return None,
    };
    Some(HealthSample {
        desired: i32::try_from(desired).ok()?,
        available: i32::try_from(available).ok()?,
        trouble: Vec::new(),
        at: Some(Time(at)),
    })
}

/// Worse than before: fewer pods available than before (as far as that many are still wanted), or trouble that was not there.
pub fn is_worse(before: &HealthSample, after: &HealthSample) -> bool {
    after.available < before.available.min(after.desired)
        || after.trouble.iter().any(|trouble| !before.trouble.contains(trouble))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn health(desired: i32, available: i32, trouble: &[&str]) -> HealthSample {
        let trouble = trouble.iter().map(|text| (*text).to_owned()).collect();
        HealthSample { desired, available, trouble, at: None }
    }

    #[test]
    fn fewer_available_pods_or_new_trouble_is_worse() {
        let before = health(3, 2, &["oom_kill"]);
        assert!(is_worse(&before, &health(3, 1, &["oom_kill"])));
        assert!(is_worse(&before, &health(3, 2, &["image_pull_error"])));
        assert!(!is_worse(&before, &health(3, 2, &["oom_kill"])));
        assert!(!is_worse(&before, &health(3, 3, &[])));
    }

    #[test]
    fn fewer_pods_are_not_worse_when_fewer_are_wanted() {
        assert!(!is_worse(&health(3, 3, &[]), &health(1, 1, &[])));
    }

    #[test]
    fn an_absent_number_of_replicas_means_one_and_an_absent_count_none() {
        let deployment = Object(json!({"kind": "Deployment", "spec": {}, "status": {}}));
        let sampled = sample(&deployment, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!((sampled.desired, sampled.available), (1, 0));
    }
}
