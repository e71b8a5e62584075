//! Whether trouble was made on purpose: by a chaos experiment on the same workload. Pure.

use std::sync::Arc;

use common::api::chaos_experiment::ChaosExperimentState;
use common::api::{Anomaly, ChaosExperiment, ResourceRef, Time};
use jiff::{SignedDuration, Timestamp};
use kube::ResourceExt as _;

/// What an experiment did is seen up to this long after its end.
const AFTERMATH: SignedDuration = SignedDuration::from_mins(2);

/// The name of the experiment that made this trouble: one that runs, or ran until a moment ago, on this very workload, and began before the
/// trouble did. One of another namespace counts only from the operator's: whoever may write experiments somewhere must not explain away
/// what happens elsewhere.
pub fn behind(
    experiments: &[Arc<ChaosExperiment>],
    resource: &ResourceRef,
    trouble: &[Arc<Anomaly>],
    operator_namespace: &str,
    now: Timestamp,
) -> Option<String> {
    let first = trouble.iter().filter_map(|anomaly| seen_first(anomaly)).min().unwrap_or(now);
    let mut found: Vec<&Arc<ChaosExperiment>> = experiments
        .iter()
        .filter(|experiment| experiment.target().same_object(resource))
        .filter(|experiment| {
            experiment.namespace().is_some_and(|it| it == resource.namespace || it == operator_namespace)
        })
        .filter(|experiment| acts(experiment, first, now))
        .collect();
    found.sort_by_key(|experiment| std::cmp::Reverse(began(experiment)));
    found.first().map(|experiment| experiment.name_any())
}

fn acts(experiment: &ChaosExperiment, first: Timestamp, now: Timestamp) -> bool {
    let Some(status) = experiment.status.as_ref().filter(|_| experiment.spec.dry_run != Some(true)) else {
        return false;
    };
    // Of pods and conditions only the second is known.
    let began_before = began(experiment).is_none_or(|began| began.as_second() <= first.as_second());
    let ended = status.completed_at.as_ref().map(|Time(at)| *at);
    began_before
        && match status.state {
            ChaosExperimentState::Running => true,
            // It failed after its begin: whether it took back what it did, nobody knows.
            ChaosExperimentState::Completed | ChaosExperimentState::Aborted | ChaosExperimentState::Failed => {
                ended.is_some_and(|ended| first.max(now - AFTERMATH) <= ended + AFTERMATH)
            }
            ChaosExperimentState::Pending => false,
        }
}

fn began(experiment: &ChaosExperiment) -> Option<Timestamp> {
    experiment.status.as_ref()?.started_at.as_ref().map(|Time(at)| *at)
}

fn seen_first(anomaly: &Anomaly) -> Option<Timestamp> {
    let noted = anomaly.spec.detected_at.as_ref().map(|Time(at)| *at);
    noted.or(anomaly.metadata.creation_timestamp.as_ref().map(|time| time.0))
}

#[cfg(test)]
mod tests {
    use common::api::SignalType;
    use serde_json::json;

    use super::super::testing::anomaly;
    use super::*;
    use crate::detect::testing::at;

    /// An experiment of a namespace on deploy/web of shop: its state, and how many seconds ago it began and ended.
    fn experiment(namespace: &str, state: &str, began: i64, ended: Option<i64>) -> ChaosExperiment {
        serde_json::from_value(json!({
            "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "ChaosExperiment",
            "metadata": {"name": "kill-web", "namespace": namespace},
            "spec": {"experimentType": "pod_kill", "duration": "2m", "target": {"kind": "Deployment", "name": "web", "namespace": "shop"}},
            "status": {"state": state, "startedAt": at(-began).to_string(), "completedAt": ended.map(|ended| at(-ended).to_string())},
        }))
        .unwrap()
    }

    /// Who is behind trouble of deploy/web that is seen now.
    fn blamed(experiment: ChaosExperiment) -> Option<String> {
        let web = ResourceRef::new("Deployment", "shop", "web").with_uid("web-uid");
        let trouble = [Arc::new(anomaly(SignalType::PodNotReady, "a"))];
        behind(&[Arc::new(experiment)], &web, &trouble, "chatcli-system", at(0))
    }

    #[test]
    fn an_experiment_that_runs_is_behind_trouble_that_began_after_it() {
        assert_eq!(blamed(experiment("shop", "Running", 30, None)).as_deref(), Some("kill-web"));
        assert_eq!(blamed(experiment("chatcli-system", "Running", 30, None)).as_deref(), Some("kill-web"));
    }

    #[test]
    fn trouble_that_was_there_before_the_experiment_is_nobodys_experiment() {
        assert_eq!(blamed(experiment("shop", "Running", -5, None)), None);
    }

    #[test]
    fn trouble_of_the_second_in_which_it_began_is_its_trouble() {
        let mut begun = experiment("shop", "Running", 0, None);
        begun.status.as_mut().unwrap().started_at = Some(Time(at(0) + SignedDuration::from_millis(400)));
        assert_eq!(blamed(begun).as_deref(), Some("kill-web"), "anomalies know whole seconds");
    }

    #[test]
    fn the_aftermath_lasts_two_minutes() {
        assert_eq!(blamed(experiment("shop", "Completed", 300, Some(100))).as_deref(), Some("kill-web"));
        assert_eq!(blamed(experiment("shop", "Aborted", 300, Some(100))).as_deref(), Some("kill-web"));
        assert_eq!(blamed(experiment("shop", "Completed", 900, Some(600))), None);
    }

    #[test]
    fn who_may_write_experiments_elsewhere_explains_nothing_away_here() {
        assert_eq!(blamed(experiment("other", "Running", 30, None)), None);
    }

    #[test]
    fn one_that_did_not_begin_or_only_rehearsed_or_is_on_another_workload_is_not_behind_it() {
        assert_eq!(blamed(experiment("shop", "Pending", 30, None)), None);
        let mut rehearsal = experiment("shop", "Running", 30, None);
        rehearsal.spec.dry_run = Some(true);
        assert_eq!(blamed(rehearsal), None);
        let mut other = experiment("shop", "Running", 30, None);
        other.spec.target.name = "webhook".to_owned();
        assert_eq!(blamed(other), None);
    }
}
