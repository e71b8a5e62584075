//! Is a rollout complete? One rule per kind of workload, aware of generations: a status that speaks of an older spec says nothing.
//!
//! In: what was written and the workload as it is. Out: [`Settled`]. Pure.

use jiff::Timestamp;

use super::action::Settled;
use super::change::ChangeSet;
use super::live::Live;
use super::object::Object;
use super::settle::still_as_written;

/// What was written still stands, and the workload's controller has seen it and rolled it out completely.
pub fn complete(change: &ChangeSet, now: &Live) -> Settled {
    match observed(change, now) {
        Settled::Arrived => rolled_out(&now.target, change.applied_at),
        other => other,
    }
}

/// What was written still stands, and the workload's controller has seen it.
pub fn observed(change: &ChangeSet, now: &Live) -> Settled {
    match still_as_written(change, now) {
        Settled::Arrived => seen(&now.target),
        other => other,
    }
}

/// What was written still stands, and there are exactly as many available pods as wanted, of whatever template.
pub fn scaled(change: &ChangeSet, now: &Live) -> Settled {
    match observed(change, now) {
        Settled::Arrived => as_many_as_wanted(&now.target),
        other => other,
    }
}

fn seen(workload: &Object) -> Settled {
    match (workload.generation(), workload.int("/status/observedGeneration")) {
        (None, _) => Settled::Unknown("the object has no generation".to_owned()),
        (Some(generation), Some(observed)) if observed >= generation => Settled::Arrived,
        _ => Settled::NotYet("the controller has not seen the change yet".to_owned()),
    }
}

fn rolled_out(workload: &Object, since: Option<Timestamp>) -> Settled {
    match workload.kind() {
        "Deployment" => of_deployment(workload, since),
        "StatefulSet" => of_stateful_set(workload),
        "DaemonSet" => of_daemon_set(workload),
        kind => Settled::Unknown(format!("a {kind} rolls nothing out")),
    }
}

fn counts<const N: usize>(workload: &Object, fields: [&str; N]) -> [i64; N] {
    fields.map(|field| workload.int(&format!("/status/{field}")).unwrap_or(0))
}

/// All replicas are of the newest template and available. `since` dates the change: an older verdict of the controller is not about it.
fn of_deployment(deployment: &Object, since: Option<Timestamp>) -> Settled {
    if deployment.flag("/spec/paused") {
        return Settled::Unknown(format!("{} was paused since", deployment.reference()));
    }
    if let Some(progress) = deployment.condition("Progressing")
        && progress.text("/reason") == "ProgressDeadlineExceeded"
    {
        let told: Option<Timestamp> = progress.text("/lastUpdateTime").parse().ok();
        match (told, since) {
            // Left over from before: the controller withdraws it with the first progress it sees. Times have whole seconds, and no
            // deadline is shorter than one: a verdict from the second of the change is what the change answers.
            (Some(told), Some(since)) if told.as_second() <= since.as_second() => {}
            (None, _) => return Settled::Unknown("the controller's verdict has no time".to_owned()),
            _ => return Settled::Failed(format!("the rollout made no progress: {}", progress.text("/message"))),
        }
    }
    let desired = deployment.replicas();
    let [updated, replicas, available] = counts(deployment, ["updatedReplicas", "replicas", "availableReplicas"]);
    if updated < desired {
        Settled::NotYet(format!("{updated} of {desired} pods are of the new template"))
    } else if replicas > updated {
        Settled::NotYet(format!("{} pods of an older template remain", replicas - updated))
    } else if replicas > desired {
        Settled::NotYet(format!("{} pods too many remain", replicas - desired))
    } else if available < desired {
        Settled::NotYet(format!("{available} of {desired} pods are available"))
    } else {
        Settled::Arrived
    }
}

/// Every pod from the partition on is of the newest template, and all are available.
fn of_stateful_set(set: &Object) -> Settled {
    if let Some(why) = waits_for_deletion(set) {
        return Settled::Unknown(why);
    }
    let desired = set.replicas();
    let partition = partition(set);
    let [updated] = counts(set, ["updatedReplicas"]);
    let wanted = (desired - partition).max(0);
    if updated < wanted {
        return Settled::NotYet(format!("{updated} of {wanted} pods are of the new template"));
    }
    if partition == 0 && set.text("/status/currentRevision") != set.text("/status/updateRevision") {
        return Settled::NotYet("the controller has not finished the update".to_owned());
    }
    as_many_as_wanted(set)
}

fn as_many_as_wanted(workload: &Object) -> Settled {
    let desired = workload.replicas();
    let [replicas, available] = counts(workload, ["replicas", "availableReplicas"]);
    if replicas > desired {
        Settled::NotYet(format!("{} pods too many remain", replicas - desired))
    } else if available < desired {
        Settled::NotYet(format!("{available} of {desired} pods are available"))
    } else {
        Settled::Arrived
    }
}

/// Every node that should have a pod has one of the newest template, available.
fn of_daemon_set(set: &Object) -> Settled {
    if let Some(why) = waits_for_deletion(set) {
        return Settled::Unknown(why);
    }
    let desired = set.wanted_pods();
    let [updated, available] = counts(set, ["updatedNumberScheduled", "numberAvailable"]);
    if updated < desired {
        Settled::NotYet(format!("{updated} of {desired} pods are of the new template"))
    } else if available < desired {
        Settled::NotYet(format!("{available} of {desired} pods are available"))
    } else {
        Settled::Arrived
    }
}

/// Ordinals below it keep the template they have.
pub fn partition(stateful_set: &Object) -> i64 {
    stateful_set.int("/spec/updateStrategy/rollingUpdate/partition").unwrap_or(0)
}

/// Why nothing rolls out by itself, where it does not.
pub fn waits_for_deletion(workload: &Object) -> Option<String> {
    (workload.text("/spec/updateStrategy/type") == "OnDelete").then(|| {
        let name = workload.reference();
        format!("{name} replaces a pod only when somebody deletes it (updateStrategy OnDelete)")
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn stateful_set(strategy: &Value, status: &Value) -> Object {
        let mut object = json!({
            "kind": "StatefulSet", "metadata": {"generation": 2},
            "spec": {"replicas": 3, "updateStrategy": strategy}, "status": status,
        });
        object["status"]["observedGeneration"] = 2.into();
        Object(object)
    }

    #[test]
    fn a_verdict_that_led_to_the_change_is_not_about_it() {
        let second = |second: i64| Timestamp::from_second(1_700_000_000 + second).unwrap();
        let deployment = Object(json!({
            "kind": "Deployment", "metadata": {"name": "web", "generation": 3}, "spec": {"replicas": 1},
            "status": {
                "observedGeneration": 3, "updatedReplicas": 0, "replicas": 1, "availableReplicas": 1,
                "conditions": [{
                    "type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded",
                    "message": "it has timed out", "lastUpdateTime": second(10).to_string(),
                }],
            },
        }));
        let at = |millis: i64| Some(Timestamp::from_millisecond(second(10).as_millisecond() + millis).unwrap());
        assert!(matches!(rolled_out(&deployment, at(-1)), Settled::Failed(_)), "told after the change");
        assert!(matches!(rolled_out(&deployment, at(300)), Settled::NotYet(_)), "told in the second of the change");
        assert!(matches!(rolled_out(&deployment, at(60_000)), Settled::NotYet(_)), "left over");
    }

    #[test]
    fn a_stateful_set_has_arrived_when_both_revisions_are_one_and_every_pod_is_available() {
        let at = |updated: i64, available: i64, current: &str| {
            let status = json!({
                "replicas": 3, "updatedReplicas": updated, "availableReplicas": available,
                "currentRevision": current, "updateRevision": "new",
            });
            rolled_out(&stateful_set(&json!({"type": "RollingUpdate"}), &status), None)
        };
        assert_eq!(at(3, 3, "new"), Settled::Arrived);
        for (updated, available, current) in [(2, 3, "old"), (3, 2, "new"), (3, 3, "old")] {
            assert!(matches!(at(updated, available, current), Settled::NotYet(_)), "{updated} {available} {current}");
        }
    }

    #[test]
    fn pods_below_the_partition_keep_their_template() {
        let strategy = json!({"type": "RollingUpdate", "rollingUpdate": {"partition": 2}});
        let status = json!({"replicas": 3, "updatedReplicas": 1, "availableReplicas": 3, "currentRevision": "old", "updateRevision": "new"});
        assert_eq!(rolled_out(&stateful_set(&strategy, &status), None), Settled::Arrived);
    }

    #[test]
    fn what_waits_for_deletion_never_counts_as_rolled_out() {
        let set = stateful_set(&json!({"type": "OnDelete"}), &json!({"replicas": 3, "availableReplicas": 3}));
        assert!(matches!(rolled_out(&set, None), Settled::Unknown(_)));
    }

    #[test]
    fn a_status_of_an_older_generation_says_nothing() {
        let mut set = stateful_set(&json!({}), &json!({}));
        set.0["metadata"]["generation"] = 3.into();
        assert!(matches!(seen(&set), Settled::NotYet(_)));
        set.0["metadata"].as_object_mut().unwrap().remove("generation");
        assert!(matches!(seen(&set), Settled::Unknown(_)));
    }

    #[test]
    fn a_daemon_set_has_arrived_when_every_node_has_a_new_available_pod() {
        let at = |updated: i64, available: i64| {
            let status =
                json!({"desiredNumberScheduled": 2, "updatedNumberScheduled": updated, "numberAvailable": available});
            rolled_out(&Object(json!({"kind": "DaemonSet", "status": status})), None)
        };
        assert_eq!(at(2, 2), Settled::Arrived);
        assert!(matches!(at(1, 2), Settled::NotYet(_)));
        assert!(matches!(at(2, 1), Settled::NotYet(_)));
    }
}
