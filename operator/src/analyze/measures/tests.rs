use std::sync::Arc;

use common::facts::memory::{Growth, growth};
use common::facts::{Pod, Subject};
use k8s_openapi::api::apps::v1::{Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::core::v1::Pod as LivePod;
use serde_json::json;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn web() -> Facts {
    let meta = json!({"name": "web.v2", "namespace": "shop", "uid": "d1"});
    let deployment: Deployment = serde_json::from_value(json!({"metadata": meta})).unwrap();
    let owner =
        json!([{"apiVersion": "apps/v1", "kind": "Deployment", "name": "web.v2", "uid": "d1", "controller": true}]);
    let set: ReplicaSet = serde_json::from_value(
        json!({"metadata": {"name": "web.v2-7d9f", "namespace": "shop", "uid": "r1", "ownerReferences": owner}}),
    )
    .unwrap();
    Facts::about(Subject::Deployment(Arc::new(deployment)), at(4000)).with_replica_sets([Arc::new(set)])
}

/// A pod whose container was killed after one life and runs in the next.
fn twice_alive() -> Facts {
    let pod: LivePod = serde_json::from_value(json!({
        "metadata": {"name": "web-0", "namespace": "shop", "uid": "p1"},
        "spec": {"containers": [{"name": "app"}]},
        "status": {"containerStatuses": [{
            "name": "app", "ready": true, "restartCount": 1, "image": "", "imageID": "",
            "state": {"running": {"startedAt": at(3000).to_string()}},
            "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled",
                "startedAt": at(1000).to_string(), "finishedAt": at(2900).to_string()}},
        }]},
    }))
    .unwrap();
    let pod = Arc::new(Pod::from(pod));
    let mut facts = Facts::about(Subject::Pod(Arc::clone(&pod)), at(4000));
    facts.pods = vec![pod];
    facts
}

#[test]
fn a_deployments_pods_are_found_by_its_own_replica_sets_and_dots_are_dots() {
    let query = queries::memory_by_container(&web()).unwrap();
    assert!(
        query.contains(r#"namespace="shop",pod=~"(web\\.v2-7d9f)-[bcdfghjklmnpqrstvwxz2456789]{5}""#),
        "a neighbour web.v2-db must not be in it: {query}"
    );
}

#[test]
fn a_volume_is_counted_by_the_last_of_each_of_its_numbers() {
    let series = |metric: &str, claim: &str, points: &[(i64, f64)]| Series {
        metric: metric.to_owned(),
        claim: claim.to_owned(),
        node: "node-1".to_owned(),
        points: points.iter().map(|(second, value)| (at(*second), *value)).collect(),
        ..Series::default()
    };
    let found = [
        series("kubelet_volume_stats_available_bytes", "data", &[(60, 50.0), (120, 1.0)]),
        series("kubelet_volume_stats_capacity_bytes", "data", &[(60, 100.0), (120, 100.0)]),
        series("kubelet_volume_stats_available_bytes", "half-told", &[(120, 1.0)]),
    ];
    let told = volume(&found, "shop", "data".to_owned()).unwrap();
    assert_eq!((told.bytes, told.inodes, told.at), (Room { free: 1, all: 100 }, None, at(120)));
    assert_eq!(volume(&found, "shop", "half-told".to_owned()), None);
    let query = queries::volumes("shop", &["data.old".to_owned()].into());
    assert!(query.contains(r#"namespace="shop",persistentvolumeclaim=~"data\\.old""#), "{query}");
}

#[test]
fn a_stateful_sets_pods_are_found_by_their_ordinals() {
    let set: StatefulSet = serde_json::from_value(json!({"metadata": {"name": "db", "namespace": "shop"}})).unwrap();
    let facts = Facts::about(Subject::StatefulSet(Arc::new(set)), at(0));
    assert!(queries::memory_by_container(&facts).unwrap().contains(r#"pod=~"db-[0-9]+""#));
}

#[test]
fn every_value_gets_the_age_of_the_life_it_was_measured_in() {
    let facts = twice_alive();
    let points = [(990, 1.0), (1060, 40.0), (2800, 95.0), (2950, 7.0), (3060, 41.0)];
    let series = Series {
        pod: "web-0".to_owned(),
        container: "app".to_owned(),
        points: points.map(|(second, value)| (at(second), value * 1_048_576.0)).to_vec(),
        ..Series::default()
    };
    let looks = looks(&lives(&facts), &series);
    let ages: Vec<_> = looks.iter().map(|look| (look.age.as_secs(), look.bytes >> 20)).collect();
    assert_eq!(ages, [(60, 40), (1800, 95), (60, 41)], "what lies in no known life is left out");
    assert!(matches!(growth(&looks, "app"), Some(Growth::Grows { .. })), "a whole life tells growth by itself");
}
