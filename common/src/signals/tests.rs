//! What is trouble, what is not, and when trouble is over.

use serde_json::json;

use super::*;
use crate::api::SignalType::*;
use crate::testing::{PodSketch, Scene, at, deployment, job, node, pod, stateful_set};

fn assess_at(scene: &Scene, now: i64) -> Assessment {
    assess(&scene.clone().facts(now))
}

/// Signal and object of what fires.
fn firing(scene: &Scene, now: i64) -> Vec<(SignalType, String)> {
    assess_at(scene, now).firing.into_iter().map(|it| (it.signal, it.object)).collect()
}

fn open(scene: &Scene, now: i64, signal: SignalType) -> bool {
    let seen = assess_at(scene, now);
    seen.firing.iter().chain(&seen.pending).any(|it| it.signal == signal)
        || seen.recovering.iter().any(|it| it.signal == signal)
}

fn fires(scene: &Scene, now: i64, signal: SignalType, object: &str) {
    let seen = firing(scene, now);
    assert!(seen.contains(&(signal, object.to_owned())), "{signal} on {object} is missing in {seen:?}");
}

fn quiet(scene: &Scene, now: i64) {
    let seen = assess_at(scene, now);
    assert_eq!(seen.firing, [], "at {now} s");
}

/// Nothing fires, nothing may, nothing is still open.
fn settled(scene: &Scene, now: i64) {
    assert_eq!(assess_at(scene, now), Assessment::default(), "at {now} s");
}

fn healthy(name: &str) -> PodSketch {
    pod(name).running_since(1).ready_since(2)
}

#[test]
fn a_healthy_workload_is_silent_and_needs_no_timer() {
    settled(&deployment().pod(healthy("web-1")), 1000);
}

#[test]
fn a_crash_loop_counts_at_once() {
    let scene =
        deployment().pod(pod("web-1").waiting("CrashLoopBackOff", "back-off").died("Error", 1, 1, 2).restarts(2));
    fires(&scene, 3, CrashloopBackoff, "container app");
}

#[test]
fn pods_of_one_workload_with_the_same_trouble_are_one_sighting() {
    let looping = |name: &str| pod(name).waiting("CrashLoopBackOff", "").died("Error", 1, 1, 2).restarts(2);
    let scene = deployment().replicas(3).pod(looping("web-1")).pod(looping("web-2")).pod(healthy("web-3"));
    let seen = assess_at(&scene, 100).firing;
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].value, "2 of 3 pods in CrashLoopBackOff: exit code 1, 2 restarts");
}

#[test]
fn an_oom_kill_counts_at_once_even_when_the_container_already_runs_again() {
    let scene = deployment().pod(pod("web-1").running_since(10).died("OOMKilled", 137, 1, 9));
    fires(&scene, 11, OomKill, "container app");
}

#[test]
fn an_oom_loop_is_an_oom_kill_whatever_it_waits_in() {
    let scene = deployment().pod(pod("web-1").waiting("CrashLoopBackOff", "").died("OOMKilled", 137, 1, 2).restarts(3));
    fires(&scene, 400, OomKill, "container app");
}

#[test]
fn a_ready_blink_between_two_oom_kills_is_no_recovery() {
    let scene =
        deployment().pod(pod("web-1").running_since(300).ready_since(301).died("OOMKilled", 137, 100, 101).restarts(5));
    for now in [301, 302, 330, 360] {
        assert!(open(&scene, now, OomKill), "at {now} s");
    }
    settled(&scene, 361);
}

#[test]
fn a_crash_twenty_seconds_into_each_life_never_looks_recovered() {
    // Lives of 20 s with growing back-off between them, sampled every second.
    let mut start = 0;
    for (restarts, back_off) in [1, 10, 20, 40, 80, 160, 300].into_iter().enumerate() {
        let died = start + 20;
        let waiting = deployment().pod(
            pod("web-1")
                .waiting("CrashLoopBackOff", "")
                .died("Error", 1, start, died)
                .restarts(i32::try_from(restarts).unwrap() + 1),
        );
        for now in died..died + back_off {
            assert!(open(&waiting, now, CrashloopBackoff), "waiting at {now} s");
        }
        let next = died + back_off;
        let alive = deployment().pod(
            pod("web-1")
                .running_since(next)
                .ready_since(next + 1)
                .died("Error", 1, start, died)
                .restarts(i32::try_from(restarts).unwrap() + 1),
        );
        for now in next..next + 20 {
            assert!(open(&alive, now, CrashloopBackoff), "alive at {now} s");
        }
        start = next;
    }
}

#[test]
fn long_lives_need_a_longer_quiet_before_they_count_as_cured() {
    let scene = deployment()
        .pod(pod("web-1").running_since(1000).ready_since(1000).died("OOMKilled", 137, 400, 1000).restarts(2));
    assert!(open(&scene, 1000 + 1199, OomKill));
    settled(&scene, 1000 + 1200);
}

#[test]
fn the_next_look_is_when_the_recovery_is_complete() {
    let scene =
        deployment().pod(pod("web-1").running_since(300).ready_since(310).died("Error", 1, 295, 299).restarts(5));
    assert_eq!(assess_at(&scene, 365).look_again, Some(at(370)));
}

#[test]
fn restarts_long_ago_are_history() {
    let scene =
        deployment().pod(pod("web-1").running_since(100).ready_since(101).died("OOMKilled", 137, 50, 90).restarts(12));
    settled(&scene, 100_000);
}

#[test]
fn a_single_restart_is_no_signal_and_the_second_is() {
    let once = deployment().pod(pod("web-1").running_since(100).ready_since(101).died("Error", 1, 50, 99).restarts(1));
    quiet(&once, 102);
    let twice = deployment().pod(pod("web-1").running_since(100).ready_since(101).died("Error", 1, 50, 99).restarts(2));
    fires(&twice, 102, PodRestart, "container app");
}

#[test]
fn a_restart_after_days_is_not_a_repetition() {
    let scene = deployment()
        .pod(pod("web-1").running_since(200_000).ready_since(200_001).died("Error", 1, 50, 199_999).restarts(2));
    quiet(&scene, 200_002);
}

#[test]
fn pods_of_a_revision_scaled_to_zero_take_their_signals_along() {
    let scene = deployment()
        .revision(1, "shop/app:1", 1, 0)
        .revision(2, "shop/app:2", 0, 500)
        .pod(healthy("web-1").of_revision(1))
        .pod(pod("web-2").of_revision(2).waiting("CrashLoopBackOff", "").died("Error", 1, 501, 502).restarts(2));
    settled(&scene, 600);
}

#[test]
fn a_new_revision_has_to_soak_before_the_old_trouble_is_over() {
    let scene = deployment()
        .revision(1, "shop/app:1", 0, 0)
        .revision(2, "shop/app:2", 1, 500)
        .pod(pod("web-2").of_revision(2).made(500).running_since(501).ready_since(502));
    assert!(open(&scene, 540, OomKill));
    settled(&scene, 547);
}

#[test]
fn while_a_replaced_pod_is_missing_nothing_is_over() {
    let scene = deployment();
    for signal in [OomKill, CrashloopBackoff, ImagePullError, PodNotReady] {
        assert!(open(&scene, 10, signal), "{signal}");
    }
    quiet(&scene, 10);
}

#[test]
fn while_a_replaced_pod_is_being_created_nothing_is_over() {
    let scene = deployment().pod(pod("web-2").made(100));
    for signal in [OomKill, CrashloopBackoff, ImagePullError, PodNotReady] {
        assert!(open(&scene, 101, signal), "{signal}");
    }
    quiet(&scene, 101);
}

#[test]
fn a_pull_back_off_counts_at_once_and_the_first_failed_pull_does_not() {
    let first = deployment().pod(pod("web-1").waiting("ErrImagePull", "not found"));
    let seen = assess_at(&first, 3);
    assert_eq!((seen.firing.len(), seen.pending[0].signal, seen.look_again), (0, ImagePullError, None));
    let again = deployment().pod(pod("web-1").waiting("ImagePullBackOff", "Back-off pulling image"));
    fires(&again, 3, ImagePullError, "container app");
}

#[test]
fn a_bad_image_beside_old_pods_that_serve_is_an_image_pull_error() {
    let scene = deployment()
        .revision(1, "shop/app:1", 1, 0)
        .revision(2, "shop/app:nope", 1, 500)
        .pod(healthy("web-1").of_revision(1))
        .pod(pod("web-2").of_revision(2).made(500).waiting("ImagePullBackOff", ""));
    assert_eq!(firing(&scene, 520), [(ImagePullError, "container app".to_owned())]);
}

#[test]
fn a_missing_key_counts_at_once_on_the_container() {
    let scene = deployment().pod(
        pod("web-1").waiting("CreateContainerConfigError", "couldn't find key DB_HOST in ConfigMap shop/web-config"),
    );
    let seen = assess_at(&scene, 1).firing;
    assert_eq!((seen[0].signal, seen[0].object.as_str()), (PodNotReady, "container app"));
    assert!(seen[0].description.contains("DB_HOST"), "{}", seen[0].description);
}

#[test]
fn a_kubelet_that_has_not_read_the_configuration_yet_is_given_three_rounds() {
    let late = "failed to sync configmap cache: timed out waiting for the condition";
    let scene = deployment().pod(pod("web-1").waiting("CreateContainerConfigError", late));
    quiet(&scene, 29);
    fires(&scene, 30, PodNotReady, "container app");
}

#[test]
fn an_unschedulable_pod_counts_at_once() {
    let scene = deployment().pod(pod("web-1").unschedulable("0/1 nodes are available: 1 Insufficient memory.", 0));
    fires(&scene, 1, PodNotReady, "pod");
}

#[test]
fn an_unschedulable_pod_waits_while_a_node_joins_or_an_old_pod_leaves() {
    let joining = "0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }.";
    quiet(&deployment().pod(pod("web-1").unschedulable(joining, 0)), 299);
    fires(&deployment().pod(pod("web-1").unschedulable(joining, 0)), 300, PodNotReady, "pod");

    let leaving = deployment()
        .pod(pod("web-0").running_since(1).terminating(30))
        .pod(pod("web-1").unschedulable("0/1 nodes are available: 1 Insufficient cpu.", 0));
    quiet(&leaving, 29);
    fires(&leaving, 30, PodNotReady, "pod");
}

#[test]
fn a_slow_starter_is_healthy_within_its_startup_probe() {
    let scene = deployment()
        .set("/spec/progressDeadlineSeconds", json!(60))
        .container("startupProbe", json!({"periodSeconds": 5, "failureThreshold": 20, "httpGet": {"port": 80}}))
        .pod(pod("web-1").running_since(2));
    quiet(&scene, 75);
    fires(&scene, 103, PodNotReady, "pod");
}

#[test]
fn a_slow_starter_with_default_probe_numbers_has_its_progress_deadline() {
    let scene = deployment()
        .container("readinessProbe", json!({"periodSeconds": 10, "failureThreshold": 3, "httpGet": {"port": 80}}))
        .pod(pod("web-1").running_since(2));
    for now in [10, 40, 75, 599] {
        quiet(&scene, now);
    }
    assert_eq!(assess_at(&scene, 75).look_again, Some(at(602)));
    fires(&scene, 602, PodNotReady, "pod");
}

#[test]
fn a_pod_gets_a_few_times_as_long_as_its_slowest_sibling_took() {
    let beside = |sibling: i64| {
        deployment().pod(pod("web-0").running_since(1).ready_since(sibling)).pod(pod("web-1").running_since(1000))
    };
    quiet(&beside(4), 1059);
    fires(&beside(4), 1060, PodNotReady, "pod");
    quiet(&beside(60), 1179);
    fires(&beside(60), 1180, PodNotReady, "pod");
    // Never longer than the rollout may take.
    quiet(&beside(900), 1599);
    fires(&beside(900), 1600, PodNotReady, "pod");
}

#[test]
fn a_short_readiness_blip_is_no_signal() {
    let scene = deployment()
        .container("readinessProbe", json!({"periodSeconds": 1, "failureThreshold": 1, "httpGet": {"port": 80}}))
        .pod(pod("web-1").running_since(1).unready_since(1000));
    quiet(&scene, 1005);
    fires(&scene, 1030, PodNotReady, "pod");
}

#[test]
fn readiness_for_a_second_does_not_end_unreadiness() {
    let scene = deployment().pod(pod("web-1").running_since(1).ready_since(1000));
    assert!(open(&scene, 1001, PodNotReady));
    settled(&scene, 1046);
}

#[test]
fn volumes_that_do_not_come_count_after_the_kubelets_own_wait() {
    let scene = deployment().pod(pod("web-1").sandbox_missing_since(0));
    quiet(&scene, 122);
    fires(&scene, 123, PodNotReady, "pod");
}

#[test]
fn a_crash_loop_is_not_said_twice_as_not_ready() {
    let scene = deployment().pod(pod("web-1").waiting("CrashLoopBackOff", "").died("Error", 1, 1, 2).restarts(9));
    assert_eq!(firing(&scene, 2000), [(CrashloopBackoff, "container app".to_owned())]);
}

#[test]
fn a_rolling_update_under_way_is_no_signal() {
    let scene = deployment()
        .replicas(2)
        .set("/metadata/generation", json!(2))
        .set("/status/updatedReplicas", json!(1))
        .revision(1, "shop/app:1", 1, 0)
        .revision(2, "shop/app:2", 2, 500)
        .pod(healthy("web-1").of_revision(1))
        .pod(healthy("web-0").of_revision(1).terminating(530))
        .pod(pod("web-2").of_revision(2).made(500).running_since(501).ready_since(503))
        .pod(pod("web-3").of_revision(2).made(503));
    quiet(&scene, 504);
}

#[test]
fn a_scale_up_is_no_signal() {
    let scene = deployment().replicas(3).pod(healthy("web-1")).pod(pod("web-2").made(100)).pod(pod("web-3").made(100));
    quiet(&scene, 101);
}

#[test]
fn a_workload_scaled_to_zero_or_deleted_is_silent() {
    let looping = || pod("web-1").waiting("CrashLoopBackOff", "").died("Error", 1, 1, 2).restarts(2);
    settled(&deployment().replicas(0).pod(looping()), 10);
    settled(&deployment().deleted(9).pod(looping()), 10);
}

#[test]
fn pods_that_leave_or_are_finished_are_no_signal() {
    let looping = || pod("web-0").waiting("CrashLoopBackOff", "").died("Error", 1, 1, 2).restarts(2);
    quiet(&deployment().pod(healthy("web-1")).pod(looping().terminating(30)), 60);
    settled(&deployment().pod(healthy("web-1")).pod(looping().phase("Failed")), 100);
    settled(&deployment().pod(healthy("web-1")).pod(looping().phase("Succeeded")), 100);
}

#[test]
fn a_pod_that_outstays_its_deletion_is_trouble() {
    let held = pod("web-0").running_since(1).terminating(30).set("/metadata/finalizers", json!(["example.com/hold"]));
    let scene = deployment().pod(healthy("web-1")).pod(held);
    quiet(&scene, 89);
    assert_eq!(assess_at(&scene, 89).look_again, Some(at(90)));
    fires(&scene, 90, PodNotReady, "deletion");
}

#[test]
fn a_pod_that_waits_for_a_scheduler_nobody_runs_is_trouble() {
    let ignored = pod("web-1")
        .set("/spec/schedulerName", json!("no-such"))
        .set("/spec/nodeName", json!(null))
        .set("/status", json!({"phase": "Pending", "conditions": []}));
    let scene = deployment().pod(ignored);
    quiet(&scene, 59);
    fires(&scene, 60, PodNotReady, "pod");
}

#[test]
fn a_service_that_selects_nobody_is_trouble_after_a_minute_and_one_that_fits_is_not() {
    let service = |selector: &str| {
        json!({"metadata": {"name": "web", "namespace": "shop", "creationTimestamp": at(0).to_string()},
            "spec": {"selector": {"app": selector}, "ports": [{"port": 80, "targetPort": 8080}]}})
    };
    let scene = deployment()
        .container("ports", json!([{"containerPort": 8080}]))
        .set("/spec/template/metadata/labels", json!({"app": "web"}))
        .pod(healthy("web-1"));
    let seen = |selector: &str, now: i64| {
        let mut around = crate::facts::Surroundings::default();
        around.services.push(std::sync::Arc::new(serde_json::from_value(service(selector)).unwrap()));
        assess(&scene.clone().facts(now).with_surroundings(around))
    };
    assert_eq!(seen("web", 1000), Assessment::default());
    assert_eq!(seen("wbe", 59).firing, []);
    assert_eq!(seen("wbe", 60).firing[0].signal, IngressError);
}

#[test]
fn a_neighbour_with_a_similar_name_does_not_count() {
    let scene = deployment()
        .revision(1, "shop/app:1", 1, 0)
        .pod(healthy("web-1").of_revision(1))
        .pod(pod("web-admin-1").owned_by("another").waiting("CrashLoopBackOff", "").died("Error", 1, 1, 2).restarts(2));
    settled(&scene, 100);
}

#[test]
fn a_rollout_past_its_deadline_counts_at_once() {
    let scene = deployment()
        .condition(
            "Progressing",
            "False",
            "ProgressDeadlineExceeded",
            "ReplicaSet \"web-2\" has timed out progressing.",
            700,
        )
        .pod(healthy("web-1"));
    fires(&scene, 700, DeployFailing, "rollout");
}

#[test]
fn a_rollout_under_way_keeps_an_earlier_failure_open() {
    let scene = deployment()
        .set("/status/updatedReplicas", json!(0))
        .condition("Progressing", "True", "ReplicaSetUpdated", "", 800)
        .pod(healthy("web-1"));
    quiet(&scene, 810);
    assert!(open(&scene, 810, DeployFailing));
}

#[test]
fn pods_that_may_not_be_created_count_once_the_controller_has_retried() {
    let scene = deployment()
        .condition("ReplicaFailure", "True", "FailedCreate", "exceeded quota: compute", 100)
        .pod(healthy("web-1"));
    quiet(&scene, 109);
    fires(&scene, 110, DeployFailing, "rollout");
}

#[test]
fn a_stateful_set_whose_pod_never_gets_ready_is_a_failing_rollout_after_the_default_deadline() {
    let scene = stateful_set().set("/status/availableReplicas", json!(0)).pod(pod("db-0").running_since(2));
    quiet(&scene, 599);
    fires(&scene, 602, DeployFailing, "rollout");
}

#[test]
fn a_failed_job_counts_and_a_completed_or_retrying_one_does_not() {
    let failed =
        job().condition("Failed", "True", "BackoffLimitExceeded", "Job has reached the specified backoff limit", 60);
    fires(&failed, 60, JobFailed, "job");
    settled(&job().condition("Complete", "True", "", "", 60).pod(pod("migrate-1").phase("Succeeded")), 60);
    quiet(&job().pod(pod("migrate-1").phase("Failed").ended("Error", 1, 1, 2)), 60);
}

#[test]
fn a_running_job_is_no_unready_workload() {
    quiet(&job().pod(pod("migrate-1").running_since(1).unready_since(0)), 5000);
}

#[test]
fn a_job_whose_image_cannot_be_pulled_is_seen_before_it_fails() {
    fires(&job().pod(pod("migrate-1").waiting("ImagePullBackOff", "")), 10, ImagePullError, "container app");
}

#[test]
fn a_node_that_was_ready_and_is_not_counts_at_once() {
    let scene = node().condition("Ready", "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.", 500);
    fires(&scene, 500, NodeNotReady, "Ready");
}

#[test]
fn a_node_that_joins_has_five_minutes() {
    let scene = node().condition("Ready", "False", "KubeletNotReady", "cni plugin not initialized", 1);
    quiet(&scene, 299);
    fires(&scene, 301, NodeNotReady, "Ready");
}

#[test]
fn pressures_count_and_a_silent_kubelet_does_not_clear_them() {
    let scene = node()
        .condition("Ready", "True", "KubeletReady", "", 10)
        .condition("DiskPressure", "True", "KubeletHasDiskPressure", "", 100)
        .condition("PIDPressure", "Unknown", "NodeStatusUnknown", "", 100);
    assert_eq!(firing(&scene, 101), [(DiskPressure, "DiskPressure".to_owned())]);
    assert!(open(&scene, 101, PidPressure));
}

#[test]
fn a_cordon_is_a_decision() {
    settled(&node().set("/spec/unschedulable", json!(true)).condition("Ready", "True", "KubeletReady", "", 10), 100);
}

#[test]
fn a_container_that_got_its_key_has_to_become_ready_before_that_is_over() {
    let started = deployment().pod(pod("web-1").running_since(50));
    let seen = assess_at(&started, 51);
    assert!(seen.recovering.iter().any(|it| it.signal == PodNotReady && it.object == "container app"), "{seen:?}");
    let ready = deployment().pod(pod("web-1").running_since(50).ready_since(55));
    assert!(
        !assess_at(&ready, 56).recovering.iter().any(|it| it.object == "container app" && it.signal == PodNotReady)
    );
}

mod whatever_pods_look_like {
    use proptest::prelude::*;

    use super::*;

    fn pods() -> impl Strategy<Value = PodSketch> {
        let times = (0_i64..900, 0_i64..900, 0_i64..900, 0_i32..6, 0_usize..8);
        times.prop_map(|(a, b, c, restarts, shape)| {
            let (born, died, back) = (a.min(b).min(c), a.max(b).min(c.max(a.min(b))), a.max(b).max(c));
            let died_of = if shape % 2 == 0 { "OOMKilled" } else { "Error" };
            let base = pod("web-1").made(born).died(died_of, 137, born, died).restarts(restarts);
            match shape {
                0 | 1 => base.waiting("CrashLoopBackOff", ""),
                2 | 3 => base.running_since(back).ready_since(back),
                4 | 5 => base.running_since(back),
                6 => pod("web-1").made(born).waiting("ErrImagePull", ""),
                _ => pod("web-1").unschedulable("0/1 nodes are available", born),
            }
        })
    }

    proptest! {
        #[test]
        fn an_assessment_is_consistent(pods in prop::collection::vec(pods(), 0..4), now in 900_i64..3000) {
            let scene = pods.into_iter().fold(deployment().replicas(2), Scene::pod);
            let seen = assess_at(&scene, now);
            let moment = at(now);
            prop_assert!(seen.firing.iter().all(|it| it.since <= it.counts_from && it.counts_from <= moment));
            prop_assert!(seen.pending.iter().all(|it| it.counts_from > moment));
            prop_assert!(seen.look_again.is_none_or(|again| again > moment));
            for recovery in &seen.recovering {
                let same = |it: &&Sighting| it.signal == recovery.signal && it.object == recovery.object;
                prop_assert!(seen.firing.iter().chain(&seen.pending).find(same).is_none(), "both open and recovering: {recovery:?}");
            }
            // Looking again at the same moment says the same.
            prop_assert_eq!(assess_at(&scene, now), seen);
        }
    }
}

/// Deployment `web`, well, which is heard to log errors from the twentieth minute on.
fn complaining(now: i64) -> Facts {
    let scene = deployment().pod(healthy("web-1"));
    scene.facts(now).logging("web-1", &[(10..now, 10, "INFO served"), (1200..now, 5, "ERROR cannot reserve stock")])
}

#[test]
fn errors_in_the_log_of_a_pod_that_looks_well_count_once_they_have_lasted() {
    let early = assess(&complaining(1330));
    assert_eq!(early.firing, []);
    assert_eq!(early.pending.iter().map(|it| it.counts_from).collect::<Vec<_>>(), [at(1380)]);
    let seen = assess(&complaining(1380)).firing;
    assert_eq!(seen.len(), 1);
    let told = (seen[0].signal, seen[0].object.as_str(), seen[0].since, seen[0].value.as_str());
    let value = "1 of 1 pods logging errors: 36 of 60 lines in 5 minutes, usually at most 0";
    assert_eq!(told, (ErrorRate, "container app", at(1200), value));
}

#[test]
fn while_errors_are_logged_somebody_looks_whether_they_still_are() {
    assert_eq!(assess(&complaining(1400)).look_again, Some(at(1460)));
}

#[test]
fn who_shows_other_trouble_has_its_errors_in_that_incident() {
    let looping = deployment().pod(pod("web-1").running_since(1).died("Error", 1, 1, 2).restarts(9).unready_since(3));
    let facts = looping.facts(1400).logging("web-1", &[(10..1400, 10, "INFO served"), (900..1400, 5, "ERROR boom")]);
    let seen = assess(&facts);
    assert!(!seen.firing.is_empty());
    assert!(seen.firing.iter().chain(&seen.pending).all(|it| it.signal != ErrorRate), "{seen:?}");
    assert!(seen.recovering.iter().any(|it| it.signal == ErrorRate), "nor is it over");
}

#[test]
fn a_log_that_should_be_heard_and_is_not_ends_nothing() {
    let mut facts = deployment().pod(healthy("web-1")).facts(1000);
    facts.logs.unheard.push("app".to_owned());
    let seen = assess(&facts);
    assert_eq!((seen.firing, seen.pending, seen.look_again), (vec![], vec![], None));
    assert_eq!(seen.recovering[0].signal, ErrorRate);
}

#[test]
fn the_log_of_a_pod_that_is_on_its_way_out_says_nothing() {
    let scene = deployment().pod(healthy("web-1")).pod(healthy("web-2").terminating(2000));
    let facts = scene.facts(1400).logging("web-2", &[(10..1400, 10, "INFO"), (900..1400, 5, "ERROR shutting down")]);
    let seen = assess(&facts);
    assert_eq!((seen.firing, seen.pending, seen.recovering), (vec![], vec![], vec![]));
}
