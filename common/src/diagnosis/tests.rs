//! Which cause is named, with which remedy, and what is kept apart.

use serde_json::json;

use super::*;
use crate::facts::volumes::{CountedBy, Room};
use crate::facts::{Facts, Kept, LogTail, MemoryUse, VolumeUse, Want, trim};
use crate::testing::{PodSketch, Scene, deployment, job, node, pod, stateful_set};

fn first(facts: &Facts) -> Finding {
    diagnose(facts).remove(0)
}

fn codes(facts: &Facts) -> Vec<String> {
    diagnose(facts).into_iter().map(|finding| finding.code).collect()
}

/// Remedies as `Type key=value key=value`.
fn remedies(finding: &Finding) -> Vec<String> {
    let action = |action: &crate::api::shared::RemediationAction| {
        let params: Vec<String> = action.params.iter().map(|(key, value)| format!("{key}={value}")).collect();
        format!("{} {}", action.action_type, params.join(" "))
    };
    finding.remedies.iter().flat_map(|remedy| remedy.actions.iter().map(action)).collect()
}

const NOT_FOUND: &str = "Back-off pulling image \"localhost:5000/shop/app:nope\": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image \"localhost:5000/shop/app:nope\": failed to resolve reference \"localhost:5000/shop/app:nope\": localhost:5000/shop/app:nope: not found";
const REFUSED: &str = "Back-off pulling image \"127.0.0.1:1/shop/app:2\": ErrImagePull: failed to do request: Head \"https://127.0.0.1:1/v2/shop/app/manifests/2\": dial tcp 127.0.0.1:1: connect: connection refused";

/// Revision 1 serves, revision 2 is being rolled out with this image.
fn rollout_of(image: &str, newest: PodSketch) -> Scene {
    deployment()
        .condition("Progressing", "True", "ReplicaSetUpdated", "", 500)
        .revision(1, "localhost:5000/shop/app:1", 1, 0)
        .revision(2, image, 1, 500)
        .pod(pod("web-1").of_revision(1).running_since(1).ready_since(2))
        .pod(newest.of_revision(2))
}

#[test]
fn a_bad_tag_after_a_rollout_is_taken_back() {
    let scene =
        rollout_of("localhost:5000/shop/app:nope", pod("web-2").made(500).waiting("ImagePullBackOff", NOT_FOUND));
    let finding = first(&scene.facts(520));
    assert_eq!(finding.code, "image-tag-missing");
    assert_eq!(remedies(&finding), ["RollbackDeployment toRevision=1"]);
    assert_eq!(finding.cause.field_path.as_deref(), Some(".spec.template.spec.containers[app].image"));
}

#[test]
fn a_registry_that_is_down_is_no_reason_to_go_back_to_an_older_tag_of_it() {
    let same = deployment()
        .revision(1, "127.0.0.1:1/shop/app:1", 1, 0)
        .revision(2, "127.0.0.1:1/shop/app:2", 1, 500)
        .pod(pod("web-1").of_revision(1).running_since(1).ready_since(2))
        .pod(pod("web-2").of_revision(2).waiting("ImagePullBackOff", REFUSED));
    let finding = first(&same.facts(520));
    assert_eq!((finding.code.as_str(), remedies(&finding)), ("registry-unreachable", vec![]));

    let other = rollout_of("127.0.0.1:1/shop/app:2", pod("web-2").waiting("ImagePullBackOff", REFUSED));
    assert_eq!(remedies(&first(&other.facts(520))), ["RollbackDeployment toRevision=1"]);
}

#[test]
fn an_older_kubelets_back_off_is_explained_by_its_event() {
    let message = "Back-off pulling image \"localhost:5000/shop/app:nope\"";
    let scene = rollout_of("localhost:5000/shop/app:nope", pod("web-2").waiting("ImagePullBackOff", message));
    let facts = scene.facts(520).event(
        "Failed",
        "web-2",
        &format!("Failed to pull image \"localhost:5000/shop/app:nope\": {NOT_FOUND}"),
    );
    assert_eq!(first(&facts).code, "image-tag-missing");
}

#[test]
fn a_revision_that_was_left_by_going_back_is_not_gone_back_to() {
    // Revision 2 was bad, somebody went back to 1, which became 3; now 3 fails too.
    let scene = deployment()
        .revision(2, "localhost:5000/shop/app:nope", 0, 500)
        .revision(3, "localhost:5000/shop/app:1", 1, 0)
        .condition("Progressing", "True", "ReplicaSetUpdated", "", 700)
        .pod(
            pod("web-3")
                .of_revision(3)
                .made(700)
                .waiting("CrashLoopBackOff", "")
                .died("Error", 1, 701, 702)
                .restarts(2),
        );
    for finding in diagnose(&scene.facts(720)) {
        assert_eq!(remedies(&finding), Vec::<String>::new(), "{}", finding.code);
    }
}

fn waits_for_key() -> Scene {
    deployment()
        .container(
            "env",
            json!([{"name": "DB_HOST", "valueFrom": {"configMapKeyRef": {"name": "web-config", "key": "DB_HOST"}}}]),
        )
        .pod(
            pod("web-1")
                .waiting("CreateContainerConfigError", "couldn't find key DB_HOST in ConfigMap shop/web-config"),
        )
}

#[test]
fn a_removed_key_is_put_back_as_it_was_last_applied() {
    let facts = waits_for_key().facts(100).config_map(
        "web-config",
        &json!({"PORT": "1"}),
        Some(&json!({"PORT": "1", "DB_HOST": "db"})),
    );
    let finding = first(&facts);
    assert_eq!(finding.code, "config-key-missing");
    assert_eq!(finding.statement, "deploy/web cannot start: ConfigMap web-config has no key DB_HOST");
    assert_eq!(remedies(&finding), ["PatchConfig DB_HOST=db configmap=web-config"]);
    assert_eq!(finding.cause.object.kind, "ConfigMap");
    assert_eq!(finding.cause.field_path.as_deref(), Some(".data[DB_HOST]"));
}

#[test]
fn a_key_whose_value_nobody_recorded_is_a_persons_to_give() {
    let facts = waits_for_key().facts(100).config_map("web-config", &json!({"DB_HOSTS": "db"}), None);
    let finding = first(&facts);
    assert_eq!((finding.code.as_str(), remedies(&finding)), ("config-key-missing", vec![]));
    assert!(finding.advice.unwrap().contains("DB_HOSTS"), "a near miss is pointed out");
}

#[test]
fn a_key_that_only_the_newest_revision_needs_is_a_reason_to_go_back() {
    let needs = json!({"name": "app", "image": "shop/app:2",
        "env": [{"name": "NEW", "valueFrom": {"configMapKeyRef": {"name": "web-config", "key": "NEW"}}}]});
    let scene = deployment()
        .revision(1, "shop/app:1", 1, 0)
        .revision_of_container(2, needs, 1, 500)
        .pod(pod("web-1").of_revision(1).running_since(1).ready_since(2))
        .pod(
            pod("web-2")
                .of_revision(2)
                .waiting("CreateContainerConfigError", "couldn't find key NEW in ConfigMap shop/web-config"),
        );
    let facts = scene.facts(520).config_map("web-config", &json!({"PORT": "1"}), None);
    assert_eq!(remedies(&first(&facts)), ["RollbackDeployment toRevision=1"]);
}

#[test]
fn missing_objects_and_secret_keys_are_told_apart_and_have_no_invented_remedy() {
    let waiting =
        |message: &str| deployment().pod(pod("web-1").waiting("CreateContainerConfigError", message)).facts(100);
    for (message, code, kind) in [
        ("configmap \"web-config\" not found", "config-object-missing", "ConfigMap"),
        ("secret \"web-secret\" not found", "config-object-missing", "Secret"),
        ("couldn't find key pw in Secret shop/web-secret", "secret-key-missing", "Secret"),
    ] {
        let finding = first(&waiting(message));
        assert_eq!((finding.code.as_str(), finding.cause.object.kind.as_str()), (code, kind));
        assert_eq!(remedies(&finding), Vec::<String>::new());
    }
}

#[test]
fn a_config_map_that_a_volume_misses_is_named_by_the_mount_event() {
    let scene = deployment().pod(pod("web-1"));
    let facts = scene.facts(200).event(
        "FailedMount",
        "web-1",
        "MountVolume.SetUp failed for volume \"cfg\" : configmap \"web-files\" not found",
    );
    let finding = first(&facts);
    assert_eq!((finding.code.as_str(), finding.cause.object.name.as_str()), ("config-object-missing", "web-files"));
}

fn limited(limit: &str, life: i64, restarts: i32) -> Scene {
    deployment()
        .container("resources", json!({"limits": {"memory": limit}}))
        .pod(pod("web-1").waiting("CrashLoopBackOff", "").died("OOMKilled", 137, 1000, 1000 + life).restarts(restarts))
}

#[test]
fn a_limit_too_low_for_the_start_is_raised() {
    let finding = first(&limited("20Mi", 3, 3).facts(1010));
    assert_eq!(finding.code, "oom-limit-too-low");
    assert_eq!(remedies(&finding), ["AdjustResources container=app memory_limit=64Mi"]);
    assert_eq!(
        remedies(&first(&limited("100Mi", 3, 3).facts(1010))),
        ["AdjustResources container=app memory_limit=200Mi"]
    );
}

#[test]
fn a_long_life_before_each_kill_is_a_leak_and_no_limit_is_raised() {
    let finding = first(&limited("100Mi", 3600, 4).facts(5000));
    assert_eq!((finding.code.as_str(), remedies(&finding)), ("memory-leak", vec![]));
}

/// What replicas of these ages, in seconds, use in mebibytes.
fn measured(mut facts: Facts, looks: &[(i64, u64)]) -> Facts {
    facts.extra.memory = looks
        .iter()
        .map(|(age, mebibytes)| MemoryUse {
            pod: format!("web-{age}"),
            container: "app".to_owned(),
            at: facts.now,
            age: jiff::SignedDuration::from_secs(*age),
            bytes: mebibytes << 20,
            by: crate::facts::memory::MeasuredBy::MetricsApi,
        })
        .collect();
    facts
}

#[test]
fn what_grows_with_age_leaks_however_long_it_lived() {
    // Five minutes: without a measure neither the start nor a leak.
    let killed = || limited("100Mi", 300, 4).facts(5000);
    assert_eq!(first(&killed()).code, "oom-limit-too-low");
    let finding = first(&measured(killed(), &[(40, 30), (280, 95)]));
    assert_eq!((finding.code.as_str(), remedies(&finding)), ("memory-leak", vec![]));
    assert!(finding.statement.contains("from 30Mi after 40 s to 95Mi after 4 min"), "{}", finding.statement);
    assert!(finding.evidence.iter().any(|it| it.object.kind == "PodMetrics" && it.value.as_deref() == Some("95Mi")));
}

#[test]
fn what_does_not_grow_was_killed_in_a_peak_and_gets_more() {
    let killed = || limited("100Mi", 3600, 4).facts(5000);
    assert_eq!(first(&killed()).code, "memory-leak");
    let finding = first(&measured(killed(), &[(60, 50), (3000, 52)]));
    assert_eq!(finding.code, "oom-limit-too-low");
    assert_eq!(remedies(&finding), ["AdjustResources container=app memory_limit=200Mi"]);
}

/// A pod that mounts claim `data`, of whose volume so much of a hundred is free.
fn writes_to_a_volume(sketch: PodSketch, free: u64) -> Facts {
    let volumes = json!([{ "name": "data", "persistentVolumeClaim": { "claimName": "data" } }]);
    let mut facts = stateful_set().pod(sketch.set("/spec/volumes", volumes)).facts(100);
    facts.extra.volumes = vec![VolumeUse {
        namespace: "shop".to_owned(),
        claim: "data".to_owned(),
        node: "node-1".to_owned(),
        at: facts.now,
        bytes: Room { free, all: 100 },
        inodes: None,
        by: CountedBy::Kubelet,
    }];
    facts
}

#[test]
fn a_volume_that_has_run_full_is_the_cause_before_anything_fails() {
    let well = || pod("web-1").running_since(1).ready_since(2);
    let facts = writes_to_a_volume(well(), 2);
    assert_eq!(crate::signals::assess(&facts).firing[0].description, "pvc/data: full, 2 of 100 are free");
    let finding = first(&facts);
    assert_eq!((finding.code.as_str(), finding.cause.object.short().as_str()), ("volume-full", "pvc/data"));
    assert!(crate::signals::assess(&writes_to_a_volume(well(), 3)).firing.is_empty());
}

#[test]
fn a_full_disk_that_an_application_complains_of_is_named_by_its_claim() {
    let ended = pod("web-1").waiting("CrashLoopBackOff", "").died("Error", 1, 10, 20).restarts(2);
    let mut facts = writes_to_a_volume(ended, 0);
    facts.extra.logs = vec![LogTail {
        pod: "web-1".to_owned(),
        container: "app".to_owned(),
        previous: true,
        lines: vec!["write /data/x: no space left on device".to_owned()],
    }];
    assert_eq!(codes(&facts), ["volume-full"]);
    assert!(first(&facts).evidence.iter().any(|it| it.field_path == "log[app]"), "both who count and who write");
    facts.extra.volumes[0].bytes.free = 50;
    assert_eq!(codes(&facts)[0], "disk-full", "another disk");
}

#[test]
fn a_full_volume_grows_where_a_class_makes_volumes() {
    let mut facts = writes_to_a_volume(pod("web-1").running_since(1).ready_since(2), 0);
    assert!(wants(&facts).contains(&Want::Claim("data".to_owned())));
    let claim = |class: &str, size: &str| {
        let spec = json!({ "storageClassName": class, "resources": { "requests": { "storage": size } } });
        serde_json::from_value(json!({ "metadata": { "name": "data", "namespace": "shop" }, "spec": spec })).unwrap()
    };
    facts.extra.claims = vec![claim("fast", "5Gi")];
    assert!(!wants(&facts).contains(&Want::Claim("data".to_owned())));
    assert_eq!(remedies(&first(&facts)), ["ResizePVC pvc=data size=8Gi"]);
    facts.extra.claims = vec![claim("fast", "100Mi")];
    assert_eq!(remedies(&first(&facts)), ["ResizePVC pvc=data size=150Mi"]);
    facts.extra.claims = vec![claim("", "5Gi")];
    assert!(remedies(&first(&facts)).is_empty(), "made by hand");
}

#[test]
fn use_of_memory_is_asked_for_once_where_a_limit_killed() {
    let killed = limited("100Mi", 3600, 4).facts(5000);
    assert!(wants(&killed).contains(&Want::MemoryUse));
    assert!(!wants(&measured(killed.clone(), &[(60, 50)])).contains(&Want::MemoryUse));
    let mut unserved = killed;
    unserved.extra.missing.push(crate::facts::reading::object("PodMetrics", "shop", ""));
    assert!(!wants(&unserved).contains(&Want::MemoryUse));
    let without =
        deployment().pod(pod("web-1").waiting("CrashLoopBackOff", "").died("OOMKilled", 137, 1, 2).restarts(2));
    assert!(!wants(&without.facts(10)).contains(&Want::MemoryUse), "the node killed it");
}

#[test]
fn a_lowered_limit_is_set_back_to_what_it_was() {
    let container =
        |limit: &str| json!({"name": "app", "image": "shop/app:1", "resources": {"limits": {"memory": limit}}});
    let scene = deployment()
        .revision_of_container(1, container("256Mi"), 1, 0)
        .revision_of_container(2, container("20Mi"), 1, 500)
        .pod(pod("web-1").of_revision(1).running_since(1).ready_since(2))
        .pod(pod("web-2").of_revision(2).waiting("CrashLoopBackOff", "").died("OOMKilled", 137, 501, 502).restarts(2));
    let finding = first(&scene.facts(510));
    assert_eq!(finding.code, "oom-limit-too-low");
    assert_eq!(
        remedies(&finding),
        ["AdjustResources container=app memory_limit=256Mi", "RollbackDeployment toRevision=1"]
    );
}

#[test]
fn a_third_raise_is_no_idea_any_more() {
    let container =
        |limit: &str| json!({"name": "app", "image": "shop/app:1", "resources": {"limits": {"memory": limit}}});
    let scene = deployment()
        .revision_of_container(1, container("20Mi"), 0, 0)
        .revision_of_container(2, container("64Mi"), 0, 100)
        .revision_of_container(3, container("128Mi"), 1, 200)
        .pod(pod("web-3").of_revision(3).waiting("CrashLoopBackOff", "").died("OOMKilled", 137, 201, 202).restarts(2));
    let finding = first(&scene.facts(210));
    assert_eq!((finding.code.as_str(), remedies(&finding)), ("memory-leak", vec![]));
}

#[test]
fn a_guaranteed_container_stays_guaranteed() {
    let scene = deployment()
        .container("resources", json!({"limits": {"memory": "100Mi"}, "requests": {"memory": "100Mi"}}))
        .pod(pod("web-1").waiting("CrashLoopBackOff", "").died("OOMKilled", 137, 1, 2).restarts(2));
    assert_eq!(
        remedies(&first(&scene.facts(10))),
        ["AdjustResources container=app memory_limit=200Mi memory_request=200Mi"]
    );
}

#[test]
fn a_limit_that_the_node_cannot_hold_is_not_proposed() {
    let scene = limited("100Mi", 3, 3).on_node(node().set("/status/allocatable", json!({"memory": "150Mi"})));
    assert_eq!(remedies(&first(&scene.facts(1010))), Vec::<String>::new());
}

#[test]
fn a_container_without_limit_dies_for_its_node() {
    let scene = deployment().pod(pod("web-1").waiting("CrashLoopBackOff", "").died("OOMKilled", 137, 1, 2).restarts(2));
    assert_eq!(first(&scene.facts(10)).code, "oom-on-node");
}

#[test]
fn a_command_that_is_not_there_is_named() {
    let scene = deployment()
        .container("command", json!(["/no/such/thing"]))
        .pod(pod("web-1").waiting("CrashLoopBackOff", "").died("StartError", 128, 1, 1).restarts(2).set(
            "/status/containerStatuses/0/lastState/terminated/message",
            json!("failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: \"/no/such/thing\": stat /no/such/thing: no such file or directory"),
        ));
    let facts = scene.facts(10);
    assert_eq!(codes(&facts), ["command-not-found"]);
    assert!(first(&facts).statement.contains("/no/such/thing"));
}

fn crashing(name: &str) -> PodSketch {
    pod(name).made(500).waiting("CrashLoopBackOff", "").died("Error", 3, 501, 503).restarts(2)
}

#[test]
fn a_crash_that_began_with_the_newest_revision_is_taken_back() {
    let facts = rollout_of("localhost:5000/shop/app:2", crashing("web-2"))
        .facts(520)
        .log("web-2", &["starting", "FATAL: unknown flag --fast"]);
    let findings = diagnose(&facts);
    assert_eq!(findings[0].code, "bad-rollout");
    assert_eq!(remedies(&findings[0]), ["RollbackDeployment toRevision=1"]);
    assert!(
        findings[0]
            .evidence
            .iter()
            .any(|it| it.field_path == "log[app]" && it.value.as_deref() == Some("FATAL: unknown flag --fast"))
    );
    assert_eq!(findings.len(), 1, "the exit itself is a symptom");
}

#[test]
fn a_crash_of_a_revision_that_ran_for_days_is_not_blamed_on_the_rollout() {
    let scene = deployment()
        .condition("Progressing", "True", "NewReplicaSetAvailable", "", 600)
        .set("/status/conditions/0/lastUpdateTime", json!(crate::testing::at(600).to_string()))
        .revision(1, "shop/app:1", 0, 0)
        .revision(2, "shop/app:2", 1, 500)
        .pod(pod("web-2").of_revision(2).waiting("CrashLoopBackOff", "").died("Error", 1, 99_000, 100_000).restarts(2));
    assert_eq!(codes(&scene.facts(100_010).log("web-2", &["cannot open /data"])), ["app-exits"]);
}

fn calls_cart() -> Scene {
    deployment().container("env", json!([{"name": "CART_URL", "value": "http://cart:8080"}]))
}

#[test]
fn a_crash_for_a_dead_dependency_is_the_dependencys() {
    let facts = calls_cart()
        .pod(pod("web-1").waiting("CrashLoopBackOff", "").died("Error", 1, 1, 2).restarts(3))
        .facts(60)
        .log("web-1", &["error: GET http://cart:8080/: connection refused"])
        .service("cart", 0, 2, "cart");
    let findings = diagnose(&facts);
    assert_eq!(findings[0].code, "dependency-down");
    assert_eq!(findings[0].cause.object.name, "cart");
    assert!(remedies(&findings[0]).is_empty());
    assert_eq!(findings.len(), 1, "the exit itself is a symptom");
}

#[test]
fn a_dependency_that_answers_is_not_blamed() {
    let facts = calls_cart()
        .pod(pod("web-1").waiting("CrashLoopBackOff", "").died("Error", 1, 1, 2).restarts(3))
        .facts(60)
        .log("web-1", &["error: bad answer from http://cart:8080/"])
        .service("cart", 2, 2, "cart");
    assert_eq!(codes(&facts), ["app-exits"]);
}

#[test]
fn the_services_own_workload_does_not_blame_its_service() {
    let facts = calls_cart()
        .pod(pod("web-1").waiting("CrashLoopBackOff", "").died("Error", 1, 1, 2).restarts(3))
        .facts(60)
        .service("cart", 0, 1, "web");
    let mut facts = facts;
    facts.extra.services[0].behind[0] = facts.subject.clone();
    assert_eq!(codes(&facts), ["app-exits"]);
}

#[test]
fn a_service_that_does_not_exist_is_named_when_the_log_speaks_of_it() {
    let facts = calls_cart()
        .pod(pod("web-1").waiting("CrashLoopBackOff", "").died("Error", 1, 1, 2).restarts(3))
        .facts(60)
        .log("web-1", &["dial tcp: lookup cart on 10.96.0.10:53: no such host"])
        .missing("Service", "cart");
    assert_eq!(first(&facts).code, "dependency-missing");
}

#[test]
fn a_liveness_kill_is_told_apart_from_a_crash() {
    let facts = deployment()
        .container("livenessProbe", json!({"httpGet": {"path": "/live", "port": 8080}}))
        .pod(pod("web-1").running_since(100).died("Error", 137, 1, 99).restarts(3))
        .facts(110)
        .event("Unhealthy", "web-1", "Liveness probe failed: HTTP probe failed with statuscode: 500")
        .event("Killing", "web-1", "Container app failed liveness probe, will be restarted");
    let finding = first(&facts);
    assert_eq!(finding.code, "liveness-probe-failing");
    assert!(!codes(&facts).contains(&"app-exits".to_owned()));
    assert!(finding.statement.contains("statuscode: 500"), "{}", finding.statement);
}

#[test]
fn a_probe_on_a_port_nobody_listens_on_says_the_port() {
    let facts = deployment()
        .container("ports", json!([{"containerPort": 8080}]))
        .container("readinessProbe", json!({"httpGet": {"path": "/ready", "port": 8081}}))
        .pod(pod("web-1").running_since(2))
        .facts(700)
        .event("Unhealthy", "web-1", "Readiness probe failed: Get \"http://10.244.0.9:8081/ready\": dial tcp 10.244.0.9:8081: connect: connection refused");
    let finding = first(&facts);
    assert_eq!(finding.code, "probe-wrong-port");
    assert!(finding.statement.contains("port 8081"), "{}", finding.statement);
    assert!(finding.confidence > 0.8);
}

#[test]
fn unready_for_a_dead_dependency_is_the_dependencys() {
    let facts = calls_cart()
        .container("readinessProbe", json!({"httpGet": {"path": "/ready", "port": 8080}}))
        .pod(pod("web-1").running_since(2))
        .facts(700)
        .event("Unhealthy", "web-1", "Readiness probe failed: HTTP probe failed with statuscode: 503")
        .service("cart", 0, 1, "cart");
    assert_eq!(codes(&facts), ["dependency-down"]);
}

#[test]
fn an_unschedulable_pod_names_what_is_short_and_who_asked() {
    let container = |cpu: &str| json!({"name": "app", "image": "shop/app:1", "resources": {"requests": {"cpu": cpu}}});
    let scene = deployment()
        .revision_of_container(1, container("1"), 1, 0)
        .revision_of_container(2, container("64"), 1, 500)
        .pod(pod("web-1").of_revision(1).running_since(1).ready_since(2))
        .pod(
            pod("web-2")
                .of_revision(2)
                .unschedulable("0/1 nodes are available: 1 Insufficient cpu. preemption: none", 501),
        );
    let finding = first(&scene.facts(510));
    assert_eq!(finding.code, "unschedulable-resources");
    assert_eq!(finding.statement, "deploy/web: 1 pod cannot be placed: 1 Insufficient cpu");
    assert_eq!(remedies(&finding), ["RollbackDeployment toRevision=1"]);
}

#[test]
fn a_used_up_quota_is_named_with_its_numbers() {
    let said = "pods \"web-5d\" is forbidden: exceeded quota: compute, requested: memory=1Gi, used: memory=1Gi, limited: memory=1Gi";
    let finding = first(&deployment().condition("ReplicaFailure", "True", "FailedCreate", said, 10).facts(30));
    assert_eq!(finding.code, "quota-exceeded");
    assert_eq!((finding.cause.object.kind.as_str(), finding.cause.object.name.as_str()), ("ResourceQuota", "compute"));
}

#[test]
fn refused_pods_say_who_refuses() {
    let said = "pods \"web-5d\" is forbidden: violates PodSecurity \"restricted:latest\": privileged";
    let finding = first(&deployment().condition("ReplicaFailure", "True", "FailedCreate", said, 10).facts(30));
    assert_eq!(finding.code, "pod-security-violated");
    assert!(finding.statement.contains("PodSecurity"));
}

#[test]
fn a_failed_job_tells_its_last_words() {
    let facts = job()
        .condition("Failed", "True", "BackoffLimitExceeded", "Job has reached the specified backoff limit", 60)
        .set("/status/failed", json!(3))
        .pod(pod("migrate-1").phase("Failed").ended("Error", 2, 1, 5))
        .facts(61)
        .log("migrate-1", &["migrating", "error: table users exists"]);
    let finding = first(&facts);
    assert_eq!(finding.code, "job-backoff-exceeded");
    assert_eq!(
        finding.statement,
        "job/migrate failed 3 times and gave up: container app ended with exit code 2, saying: error: table users exists"
    );
}

#[test]
fn a_job_past_its_deadline_says_the_deadline() {
    let facts = job()
        .condition("Failed", "True", "DeadlineExceeded", "Job was active longer than specified deadline", 60)
        .set("/spec/activeDeadlineSeconds", json!(30))
        .facts(61);
    assert_eq!(first(&facts).code, "job-deadline-exceeded");
}

#[test]
fn a_silent_node_is_not_explained_further_than_it_is_known() {
    let finding = first(
        &node()
            .condition("Ready", "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.", 500)
            .facts(501),
    );
    assert_eq!((finding.code.as_str(), finding.cause.object.kind.as_str()), ("node-not-ready", "Node"));
}

#[test]
fn a_workload_on_a_dead_node_blames_the_node() {
    let dead = node().condition("Ready", "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.", 500);
    let finding = first(&deployment().pod(pod("web-1").running_since(1).unready_since(540)).on_node(dead).facts(600));
    assert_eq!((finding.code.as_str(), finding.cause.object.name.as_str()), ("node-not-ready", "n1"));
}

#[test]
fn a_late_rollout_that_nothing_explains_is_called_stuck() {
    let facts = deployment()
        .condition("Progressing", "False", "ProgressDeadlineExceeded", "ReplicaSet has timed out progressing.", 700)
        .pod(pod("web-1").running_since(2))
        .facts(701);
    let finding = first(&facts);
    assert_eq!(finding.code, "rollout-stuck");
    assert!(finding.confidence < 0.5 && finding.evidence.len() >= 2, "{:?}", finding.evidence);
}

#[test]
fn an_unknown_cause_is_called_unknown_with_what_was_seen() {
    let facts = deployment()
        .condition(
            "Available",
            "False",
            "MinimumReplicasUnavailable",
            "Deployment does not have minimum availability.",
            5,
        )
        .pod(pod("web-1").running_since(2))
        .facts(701);
    let finding = first(&facts);
    assert_eq!(finding.code, "unknown");
    assert!(finding.confidence == 0.0 && finding.evidence.len() >= 2, "{:?}", finding.evidence);
}

#[test]
fn secrets_in_log_lines_do_not_reach_a_finding() {
    let facts = deployment()
        .pod(pod("web-1").waiting("CrashLoopBackOff", "").died("Error", 1, 1, 2).restarts(3))
        .facts(60)
        .log("web-1", &["error: login failed for postgres://web:s3cr3t@db:5432/shop"]);
    let text = format!("{:?}", diagnose(&facts));
    assert!(!text.contains("s3cr3t"), "{text}");
}

#[test]
fn only_what_rules_use_is_asked_for() {
    let waiting = waits_for_key().facts(100);
    assert_eq!(wants(&waiting), [Want::Events, Want::ConfigMap("web-config".to_owned())]);

    let crashed =
        calls_cart().pod(pod("web-1").waiting("CrashLoopBackOff", "").died("Error", 1, 1, 2).restarts(3)).facts(60);
    assert_eq!(
        wants(&crashed),
        [
            Want::Events,
            Want::Logs { pod: "web-1".to_owned(), container: "app".to_owned(), previous: true },
            Want::Service { namespace: "shop".to_owned(), name: "cart".to_owned() },
        ]
    );

    let unplaced =
        deployment().pod(pod("web-1").unschedulable("0/1 nodes are available: 1 Insufficient cpu.", 0)).facts(10);
    assert_eq!(wants(&unplaced), [Want::Nodes]);
}

#[test]
fn a_log_line_that_names_a_service_is_followed() {
    let facts = deployment()
        .pod(pod("web-1").waiting("CrashLoopBackOff", "").died("Error", 1, 1, 2).restarts(3))
        .facts(60)
        .event("BackOff", "web-1", "Back-off restarting failed container")
        .log("web-1", &["error: http://stock:9000 refused"]);
    assert_eq!(wants(&facts), [Want::Service { namespace: "shop".to_owned(), name: "stock".to_owned() }]);
}

/// The only refusal of a Deployment's pods.
fn refused(said: &str) -> Finding {
    first(&deployment().condition("ReplicaFailure", "True", "FailedCreate", said, 10).facts(30))
}

#[test]
fn refusals_are_told_apart_by_what_refuses() {
    for (said, code) in [
        (
            "pods \"web-5d\" is forbidden: failed quota: compute: must specify limits.memory for: app",
            "quota-needs-requests",
        ),
        (
            "pods \"web-5d\" is forbidden: error looking up service account shop/robot: serviceaccount \"robot\" not found",
            "service-account-missing",
        ),
        ("pods \"web-5d\" is forbidden: no PriorityClass with name urgent was found", "priority-class-missing"),
        (
            "Internal error occurred: failed calling webhook \"check.example.com\": failed to call webhook: Post \"https://check.shop.svc:443/\": service \"check\" not found",
            "webhook-failing",
        ),
        (
            "pods \"web-5d\" is forbidden: maximum memory usage per Container is 64Mi, but limit is 128Mi",
            "limit-range-violated",
        ),
        ("admission webhook \"policy.example.com\" denied the request: no team label", "policy-denied"),
        ("pods \"web-5d\" is forbidden: something else", "pod-refused"),
    ] {
        assert_eq!(refused(said).code, code, "{said}");
    }
}

#[test]
fn a_pod_that_waits_for_a_volume_names_the_claim_and_what_it_lacks() {
    let waits = |said: &str| {
        deployment()
            .pod(
                pod("web-1")
                    .unschedulable(said, 0)
                    .set("/spec/volumes", json!([{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}])),
            )
            .facts(100)
    };
    let gone = waits("0/1 nodes are available: persistentvolumeclaim \"data\" not found.");
    let finding = first(&gone);
    assert_eq!((finding.code.as_str(), finding.cause.object.name.as_str()), ("claim-missing", "data"));
    for (said, code) in [
        ("0/1 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity.", "volume-elsewhere"),
        (
            "0/1 nodes are available: 1 node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod.",
            "volume-in-use",
        ),
    ] {
        assert_eq!(first(&waits(said)).code, code);
    }
    let mut lost = waits(
        "0/1 nodes are available: persistentvolumeclaim \"data\" bound to non-existent persistentvolume \"pv\". not found",
    );
    let claim = json!({"metadata": {"name": "data", "namespace": "shop"}, "status": {"phase": "Lost"}});
    lost.extra.claims.push(serde_json::from_value(claim).unwrap());
    assert_eq!(first(&lost).code, "claim-lost");

    let unbound = || waits("0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.");
    assert_eq!(wants(&unbound()), [Want::Claim("data".to_owned())]);
    let claim = |class: serde_json::Value| {
        let claim = json!({"metadata": {"name": "data", "namespace": "shop"}, "status": {"phase": "Pending"},
            "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": class, "resources": {"requests": {"storage": "1Gi"}}}});
        serde_json::from_value::<k8s_openapi::api::core::v1::PersistentVolumeClaim>(claim).unwrap()
    };
    let with = |class: serde_json::Value, classes: &[&str]| {
        let mut facts = unbound();
        facts.extra.claims.push(claim(class));
        facts.extra.storage_classes = Some(classes.iter().map(|name| (*name).to_owned()).collect());
        first(&facts).code
    };
    assert_eq!(with(json!("fast"), &["slow"]), "claim-class-missing");
    assert_eq!(with(json!(null), &[]), "claim-class-missing");
    assert_eq!(with(json!("fast"), &["fast"]), "claim-unbound");
    assert_eq!(with(json!(""), &["fast"]), "claim-unbound");
}

fn the_node(scene: Scene) -> Vec<std::sync::Arc<k8s_openapi::api::core::v1::Node>> {
    match scene.facts(10).object {
        crate::facts::Subject::Node(node) => vec![node],
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_request_beyond_the_largest_node_is_told_from_a_full_cluster() {
    let asks = |resource: &str, amount: &str| {
        let container = json!([{"name": "app", "image": "a", "resources": {"requests": {resource: amount}}}]);
        let said = format!("0/1 nodes are available: 1 Insufficient {resource}.");
        let mut facts =
            deployment().pod(pod("web-1").unschedulable(&said, 0).set("/spec/containers", container)).facts(10);
        facts.extra.all_nodes = the_node(node().set("/status/allocatable", json!({"cpu": "2"})));
        first(&facts).code
    };
    assert_eq!(asks("cpu", "64"), "request-too-large");
    assert_eq!(asks("cpu", "500m"), "unschedulable-resources");
    assert_eq!(asks("nvidia.com/gpu", "1"), "request-too-large", "a device that no node has");
}

#[test]
fn a_cordoned_node_is_named_where_it_keeps_pods_away() {
    let mut facts = deployment()
        .pod(pod("web-1").unschedulable("0/1 nodes are available: 1 node(s) were unschedulable.", 0))
        .facts(10);
    facts.extra.all_nodes = the_node(node().set("/spec/unschedulable", json!(true)));
    let finding = first(&facts);
    assert_eq!((finding.code.as_str(), finding.cause.object.kind.as_str()), ("node-cordoned", "Node"));
}

#[test]
fn a_crash_since_a_config_map_was_edited_is_the_edits_and_not_the_applications() {
    let facts = deployment()
        .container("envFrom", json!([{"configMapRef": {"name": "web-config"}}]))
        .pod(pod("web-1").waiting("CrashLoopBackOff", "").died("Error", 1, 95, 96).restarts(2))
        .facts(100)
        .log("web-1", &["yaml: line 3: bad"])
        .config_map("web-config", &json!({"MODE": "fsat"}), Some(&json!({"MODE": "fast"})));
    let finding = first(&facts);
    assert_eq!(finding.code, "bad-config-change");
    assert_eq!(remedies(&finding), ["PatchConfig MODE=fast configmap=web-config"]);
    assert_eq!(finding.cause.field_path.as_deref(), Some(".data[MODE]"));
    assert!(finding.ruled_out.iter().any(|rival| rival.what == "config-invalid"), "{:?}", finding.ruled_out);
}

#[test]
fn a_container_that_never_gets_ready_before_its_liveness_kill_starts_too_slowly() {
    let facts = deployment()
        .container("livenessProbe", json!({"tcpSocket": {"port": 8080}, "periodSeconds": 5, "failureThreshold": 2}))
        .container("ports", json!([{"containerPort": 8080}]))
        .pod(pod("web-1").running_since(100).died("Error", 137, 1, 99).restarts(3))
        .facts(110)
        .event("Unhealthy", "web-1", "Liveness probe failed: dial tcp 10.244.0.9:8080: connect: connection refused")
        .event("Killing", "web-1", "Container app failed liveness probe, will be restarted");
    assert_eq!(first(&facts).code, "startup-probe-failing");
}

#[test]
fn a_dependency_at_rest_is_named_with_its_replicas() {
    let mut facts = calls_cart()
        .pod(pod("web-1").waiting("CrashLoopBackOff", "").died("Error", 1, 1, 2).restarts(3))
        .facts(60)
        .service("cart", 0, 0, "cart");
    facts.extra.services[0].scaled_down = Some(crate::api::ResourceRef::new("Deployment", "shop", "cart"));
    let finding = first(&facts);
    assert_eq!(finding.code, "dependency-scaled-down");
    assert_eq!(finding.cause.field_path.as_deref(), Some(".spec.replicas"));
}

#[test]
fn two_workloads_that_miss_one_config_map_have_the_same_root() {
    let [root] = roots(&waits_for_key().facts(100)).try_into().unwrap();
    assert_eq!((root.object.kind.as_str(), root.object.name.as_str()), ("ConfigMap", "web-config"));
}

#[test]
fn only_who_got_far_enough_to_call_somebody_blames_a_dependency() {
    let crashed = pod("web-1").waiting("CrashLoopBackOff", "").died("Error", 1, 1, 2).restarts(3);
    assert_eq!(calls(&calls_cart().pod(crashed).facts(60)), [("shop".to_owned(), "cart".to_owned())]);
    let unpulled = pod("web-1").waiting("ImagePullBackOff", NOT_FOUND);
    assert_eq!(calls(&calls_cart().pod(unpulled).facts(60)), []);
}

#[test]
fn every_finding_proves_itself_and_says_why_it_is_sure() {
    let scenes = [
        limited("20Mi", 1, 2).facts(10),
        waits_for_key().facts(100),
        deployment().pod(pod("web-1").unschedulable("0/1 nodes are available: 1 Insufficient cpu.", 0)).facts(10),
        calls_cart().pod(pod("web-1").waiting("CrashLoopBackOff", "").died("Error", 139, 1, 2).restarts(3)).facts(60),
    ];
    for finding in scenes.iter().flat_map(diagnose) {
        assert!(!finding.evidence.is_empty(), "{finding:?}");
        assert!(finding.confidence_reason.is_some() && finding.advice.is_some(), "{finding:?}");
        assert!(codes::Code::from_name(&finding.code).is_some(), "{finding:?}");
    }
}

#[test]
fn a_service_that_sends_to_the_wrong_port_is_the_cause_of_who_calls_it() {
    let mut facts = calls_cart()
        .pod(pod("web-1").waiting("CrashLoopBackOff", "").died("Error", 1, 1, 2).restarts(3))
        .facts(60)
        .log("web-1", &["error: GET http://cart:8080/: connection refused"])
        .service("cart", 1, 1, "cart");
    let behind = json!({"metadata": {"name": "cart-1", "namespace": "shop", "labels": {"app": "cart"}},
        "spec": {"containers": [{"name": "app", "ports": [{"containerPort": 9000}]}]}});
    let service = json!({"metadata": {"name": "cart", "namespace": "shop"},
        "spec": {"selector": {"app": "cart"}, "ports": [{"port": 8080, "targetPort": 8080}]}});
    facts.extra.services[0].sample = Some(std::sync::Arc::new(serde_json::from_value(behind).unwrap()));
    facts.extra.services[0].object = Some(std::sync::Arc::new(serde_json::from_value(service).unwrap()));
    assert_eq!(codes(&facts), ["service-port-mismatch"]);
    assert_eq!(first(&facts).cause.object.name, "cart");
}

#[test]
fn a_probe_on_another_port_than_the_log_tells_of_is_a_wrong_port() {
    let facts = deployment()
        .container("readinessProbe", json!({"httpGet": {"path": "/ready", "port": 8081}}))
        .pod(pod("web-1").running_since(2))
        .facts(700)
        .event("Unhealthy", "web-1", "Readiness probe failed: Get \"http://10.244.0.9:8081/ready\": dial tcp 10.244.0.9:8081: connect: connection refused")
        .log("web-1", &["2026/11/21 12:00:01.000 listening on :8080"]);
    assert_eq!(first(&facts).code, "probe-wrong-port");
}

#[test]
fn an_ingress_to_a_service_nobody_made_concerns_the_workload_of_that_name() {
    let around = |name: &str| {
        let ingress = json!({"metadata": {"name": "shop", "namespace": "shop"}, "spec": {"rules": [{"http": {"paths": [
            {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": name, "port": {"number": 80}}}}]}}]}});
        let mut around = crate::facts::Surroundings::default();
        around.ingresses.push(std::sync::Arc::new(serde_json::from_value(ingress).unwrap()));
        wiring::faults(&deployment().facts(100).with_surroundings(around))
            .into_iter()
            .map(|it| it.code.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(around("web-svc"), ["ingress-backend-missing"]);
    assert_eq!(around("website"), Vec::<&str>::new());
}

/// A StatefulSet of two whose newest revision, made at 500, cannot pull its image; the other pod is of the first.
fn set_of_two(current: &str) -> Facts {
    let hash = |name: &str| json!({"app": "db", "controller-revision-hash": name});
    let status = json!({
        "observedGeneration": 1, "replicas": 2, "currentRevision": current, "updateRevision": "db-r2",
    });
    let newest = pod("db-1").made(500).set("/metadata/labels", hash("db-r2")).waiting("ImagePullBackOff", NOT_FOUND);
    let older = pod("db-0").set("/metadata/labels", hash("db-r1")).running_since(1).ready_since(2);
    let mut facts = stateful_set().replicas(2).set("/status", status).pod(older).pod(newest).facts(520);
    let kept = |number: i64, image: &str, made: i64| Kept {
        metadata: serde_json::from_value(json!({
            "name": format!("db-r{number}"), "namespace": "shop", "uid": format!("cr-{number}"),
            "creationTimestamp": crate::testing::at(made).to_string(),
        }))
        .unwrap(),
        number,
        spec: serde_json::from_value(json!({"containers": [{"name": "app", "image": image}]})).unwrap(),
    };
    assert!(wants(&facts).contains(&Want::Revisions), "they have to be asked for");
    facts.extra.revisions =
        Some(vec![kept(1, "localhost:5000/shop/app:1", 0), kept(2, "localhost:5000/shop/app:nope", 500)]);
    facts
}

#[test]
fn a_bad_tag_in_a_stateful_set_is_taken_back_by_its_own_kind_of_rollback() {
    let finding = first(&set_of_two("db-r1"));
    assert_eq!(finding.code, "image-tag-missing");
    assert_eq!(remedies(&finding), ["RollbackStatefulSet toRevision=1"]);
    let served = finding.evidence.iter().find(|it| it.statement.contains("revision 1 still serves")).unwrap();
    assert_eq!(served.object.short(), "pod/db-0", "a ControllerRevision counts no pods");
}

#[test]
fn revisions_that_could_not_be_read_are_no_way_back_and_asked_for_once() {
    let mut facts = set_of_two("db-r1");
    facts.extra.revisions = None;
    facts.extra.unreadable.push((crate::facts::reading::object("ControllerRevision", "shop", ""), "no".to_owned()));
    assert_eq!(remedies(&first(&facts)), Vec::<String>::new());
    assert!(!wants(&facts).contains(&Want::Revisions));
}

#[test]
fn while_the_newest_template_has_no_revision_yet_nobody_goes_back() {
    let mut facts = set_of_two("db-r1");
    facts.extra.revisions.as_mut().unwrap().pop();
    assert_eq!(remedies(&first(&facts)), Vec::<String>::new());
}

#[test]
fn a_release_that_differs_in_what_is_not_kept_is_still_another_one() {
    let secure = |read_only: bool| json!({"name": "app", "image": "shop/app:1", "securityContext": {"readOnlyRootFilesystem": read_only}});
    let scene = deployment()
        .condition("Progressing", "True", "ReplicaSetUpdated", "", 500)
        .revision_of_container(1, secure(false), 1, 0)
        .revision_of_container(2, secure(true), 1, 500)
        .pod(pod("web-1").of_revision(1).running_since(1).ready_since(2))
        .pod(
            pod("web-2")
                .made(500)
                .of_revision(2)
                .waiting("CrashLoopBackOff", "")
                .died("Error", 1, 505, 506)
                .restarts(2),
        );
    let mut facts = scene.facts(520);
    let trimmed = facts.replica_sets.iter().map(|set| {
        let mut set = (**set).clone();
        trim::replica_set(&mut set);
        std::sync::Arc::new(set)
    });
    facts.replica_sets = trimmed.collect();
    let finding = first(&facts);
    assert_eq!(
        (finding.code.as_str(), remedies(&finding)),
        ("bad-rollout", vec!["RollbackDeployment toRevision=1".to_owned()])
    );
    assert!(finding.statement.contains("its pod template changed"), "{}", finding.statement);
}

#[test]
fn what_may_still_be_starting_is_not_taken_back_before_the_time_of_its_rollout_is_over() {
    let starts = |now: i64, answer: &str| {
        let container = |image: &str| json!({"name": "app", "image": image, "readinessProbe": {"httpGet": {"path": "/ready", "port": 8080}}});
        let facts = deployment()
            .revision_of_container(1, container("shop/app:1"), 1, 0)
            .revision_of_container(2, container("shop/app:2"), 1, 500)
            .container("readinessProbe", json!({"httpGet": {"path": "/ready", "port": 8080}}))
            .pod(pod("web-1").of_revision(1).running_since(1).ready_since(2))
            .pod(pod("web-2").made(500).of_revision(2).running_since(501))
            .facts(now)
            .event("Unhealthy", "web-2", &format!("Readiness probe failed: {answer}"));
        let finding = first(&facts);
        (finding.code.clone(), remedies(&finding).len())
    };
    let (slow, absent) = ("HTTP probe failed with statuscode: 503", "HTTP probe failed with statuscode: 404");
    assert_eq!(starts(600, slow), ("readiness-probe-failing".to_owned(), 0));
    assert_eq!(starts(1102, slow), ("readiness-probe-failing".to_owned(), 1));
    assert_eq!(starts(600, absent), ("probe-wrong-path".to_owned(), 1));
}

#[test]
fn a_pod_that_must_not_run_as_root_is_no_unknown_trouble() {
    for said in [
        "container's runAsUser breaks non-root policy (pod: \"web-1_shop(1)\", container: app)",
        "container has runAsNonRoot and image will run as root (pod: \"web-1_shop(1)\", container: app)",
        "container has runAsNonRoot and image has non-numeric user (nginx), cannot verify user is non-root (pod: \"web-1_shop(1)\", container: app)",
    ] {
        let finding = first(&deployment().pod(pod("web-1").waiting("CreateContainerConfigError", said)).facts(10));
        assert_eq!(finding.code, "runs-as-root");
        assert!(!finding.statement.contains("web-1_shop"), "{}", finding.statement);
    }
}

#[test]
fn an_init_container_that_does_not_end_is_named_once_it_takes_long() {
    let prepares = |now: i64| {
        let prepare = json!([{"name": "prepare", "image": "a"}]);
        let runs = json!([{"name": "prepare", "image": "a", "imageID": "", "ready": false, "restartCount": 0,
            "state": {"running": {"startedAt": crate::testing::at(2).to_string()}}}]);
        let facts = deployment()
            .pod(
                pod("web-1")
                    .waiting("PodInitializing", "")
                    .set("/spec/initContainers", prepare)
                    .set("/status/initContainerStatuses", runs),
            )
            .facts(now);
        let finding = first(&facts);
        (finding.code.clone(), finding.confidence > SURE)
    };
    assert_eq!(prepares(30).0, "unknown");
    assert_eq!(prepares(100), ("init-container-runs-on".to_owned(), false));
    assert_eq!(prepares(700), ("init-container-runs-on".to_owned(), true));
}

#[test]
fn pods_that_end_well_when_the_kubelet_puts_them_out_are_explained_by_its_event() {
    let completed =
        pod("web-1").set("/spec/restartPolicy", json!("Always")).ended("Completed", 0, 1, 15).phase("Succeeded");
    let said = "Pod ephemeral local storage usage exceeds the total limit of containers 1Mi.";
    let replaced = completed.clone().terminating(60);
    let scene = deployment().pod(completed).pod(pod("web-2").running_since(20).ready_since(21));
    let facts = scene.facts(30).event("Evicted", "web-1", said);
    assert_eq!(first(&facts).code, "evicted-storage");
    let seen = crate::signals::assess(&facts).firing;
    assert!(seen.iter().any(|it| it.object == "eviction"), "{seen:?}");
    let rolled = deployment().pod(replaced).pod(pod("web-2").running_since(20).ready_since(21)).facts(30);
    assert!(crate::signals::assess(&rolled).firing.is_empty(), "told to end by who replaces it");
}

#[test]
fn a_name_that_only_the_clusters_dns_knows_is_not_found_by_a_pod_that_asks_another() {
    let asks = |policy: &str, on_host: bool| {
        let facts = calls_cart()
            .pod(
                pod("web-1")
                    .running_since(2)
                    .set("/spec/dnsPolicy", json!(policy))
                    .set("/spec/hostNetwork", json!(on_host)),
            )
            .facts(700)
            .log("web-1", &["error: dial tcp: lookup cart on 10.0.0.1:53: no such host"])
            .service("cart", 1, 1, "cart");
        first(&facts).cause.field_path.unwrap_or_default()
    };
    assert_eq!(asks("Default", false), ".spec.template.spec.dnsPolicy");
    assert_eq!(asks("ClusterFirst", true), ".spec.template.spec.hostNetwork");
    assert!(!asks("ClusterFirst", false).contains("dnsPolicy"));
}

#[test]
fn a_dependency_that_only_the_newest_revision_calls_is_a_reason_to_go_back() {
    let container = |host: &str| json!({"name": "app", "image": "a", "env": [{"name": "CART_URL", "value": format!("http://{host}/")}]});
    let mut facts = deployment()
        .revision_of_container(1, container("cart"), 1, 0)
        .revision_of_container(2, container("cartt"), 1, 500)
        .pod(pod("web-1").of_revision(1).running_since(1).ready_since(2))
        .pod(pod("web-2").made(500).of_revision(2).running_since(501))
        .facts(600)
        .log("web-2", &["error: dial tcp: lookup cartt on 10.96.0.10:53: no such host"]);
    facts.extra.missing.push(crate::api::ResourceRef::new("Service", "shop", "cartt"));
    let finding = first(&facts);
    assert_eq!((finding.code.as_str(), remedies(&finding).len()), ("dependency-missing", 1));
}

#[test]
fn a_service_that_is_called_at_a_port_it_does_not_have_is_not_what_is_wrong() {
    let calls = |port: i32| {
        let mut facts = deployment()
            .container("env", json!([{"name": "CART_ADDR", "value": format!("cart:{port}")}]))
            .pod(pod("web-1").running_since(2))
            .facts(700)
            .log("web-1", &["error: dial tcp: cart: i/o timeout"])
            .service("cart", 1, 1, "cart");
        let service = json!({ "metadata": { "name": "cart", "namespace": "shop" },
            "spec": { "clusterIP": "10.96.0.7", "selector": { "app": "cart" }, "ports": [{ "port": 8080 }] } });
        facts.extra.services[0].object = Some(std::sync::Arc::new(serde_json::from_value(service).unwrap()));
        let finding = first(&facts);
        (finding.code, finding.cause.field_path.unwrap_or_default())
    };
    let wrong = calls(8081);
    assert_eq!(wrong.0, "dependency-port-wrong");
    assert_eq!(wrong.1, ".spec.template.spec.containers[app].env[CART_ADDR]");
    assert_ne!(calls(8080).0, "dependency-port-wrong");
}
