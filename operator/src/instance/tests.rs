//! Decisions about one server, as sentences.

use std::collections::BTreeMap;
use std::sync::Arc;

use common::api::keys::{annotations, conditions};
use common::api::{ChatCLIInstance, Instance};
use common::instances::{Reference, references};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::children::{ChildKind, Place};
use super::decide::{Input, Move, Turn, decide};
use super::gather::Seen;
use super::reach::Reach;
use super::references::Found;
use super::status::said;
use super::subject::Subject;
use crate::llm::chatcli::{Access, Reached, Target, Unreachable};

const OPERATOR: &str = "chatcli-system";

fn subject(namespace: &str, spec: &Value) -> Subject {
    let document = json!({
        "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "Instance",
        "metadata": { "name": "web", "namespace": namespace, "uid": "uid-of-web", "generation": 1 },
        "spec": spec,
    });
    Subject::of_instance(Arc::new(serde_json::from_value::<Instance>(document).unwrap()))
}

fn plain() -> Subject {
    subject("shop", &json!({ "provider": "OPENAI", "apiKeys": { "name": "keys" } }))
}

/// Everything that is named is there, and nothing has been made.
fn beginning(subject: &Subject) -> Seen {
    let data = |reference: &Reference| {
        let key = reference.key.clone().unwrap_or_else(|| "OPENAI_API_KEY".to_owned());
        Found::Data(BTreeMap::from([(key, b"secret".to_vec())]))
    };
    Seen {
        made: BTreeMap::new(),
        references: references(&subject.spec)
            .into_iter()
            .map(|reference| (reference.clone(), data(&reference)))
            .collect(),
        is_autoscaled: false,
        storage_class: None,
        pod_problem: None,
        is_replaced: false,
        reach: Some(Reach::Fails(Unreachable::NoEndpoints)),
    }
}

fn turn(subject: &Subject, seen: &Seen) -> Turn {
    decide(&input(subject, seen))
}

fn input<'a>(subject: &'a Subject, seen: &'a Seen) -> Input<'a> {
    Input { now: Timestamp::UNIX_EPOCH, subject, seen, operator_namespace: OPERATOR, app_version: "1.188.0" }
}

/// What the API server makes of the moves.
fn carry_out(seen: &mut Seen, turn: &Turn) {
    for step in &turn.moves {
        match step {
            Move::Apply(child) => {
                let mut live = child.body.clone();
                live["metadata"]["uid"] = json!(format!("uid-of-{}", child.place));
                live["spec"]["clusterDefault"] = json!("added by the server");
                if child.place.kind == ChildKind::Deployment {
                    live["spec"]["replicas"] = json!(1);
                    live["status"] = json!({ "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1 });
                }
                if child.place.kind == ChildKind::PersistentVolumeClaim {
                    live["status"] = json!({ "phase": "Bound" });
                }
                seen.made.insert(child.place.clone(), live);
            }
            Move::Delete(place, _) => drop(seen.made.remove(place)),
            Move::Scale(replicas) => {
                let deployment = seen.made.values_mut().find(|live| live["kind"] == "Deployment").unwrap();
                deployment["spec"]["replicas"] = json!(replicas);
                deployment["status"] =
                    json!({ "replicas": replicas, "updatedReplicas": replicas, "readyReplicas": replicas });
            }
            Move::Keep(digest) => {
                let deployment = seen.made.values_mut().find(|live| live["kind"] == "Deployment").unwrap();
                deployment["metadata"]["annotations"][annotations::KEPT] = json!(digest);
            }
            Move::Hold | Move::LetGo => {}
        }
    }
}

fn settled(subject: &Subject) -> Seen {
    let mut seen = beginning(subject);
    let first = turn(subject, &seen);
    carry_out(&mut seen, &first);
    seen
}

fn applied(turn: &Turn) -> Vec<String> {
    let applied = turn.moves.iter().filter_map(|step| match step {
        Move::Apply(child) => Some(child.place.to_string()),
        _ => None,
    });
    applied.collect()
}

fn deleted(turn: &Turn) -> Vec<String> {
    let deleted = turn.moves.iter().filter_map(|step| match step {
        Move::Delete(place, _) => Some(place.to_string()),
        _ => None,
    });
    deleted.collect()
}

fn rolls_out(turn: &Turn) -> bool {
    applied(turn).iter().any(|place| place.starts_with("Deployment"))
}

fn condition(subject: &Subject, seen: &Seen, kind: &str) -> (bool, String, String) {
    let turn = turn(subject, seen);
    let found = said(&input(subject, seen), &turn, None).into_iter().find(|said| said.0 == kind);
    let (_, holds, reason, message) = found.unwrap();
    (holds, reason, message)
}

#[test]
fn what_is_as_it_was_applied_is_not_written_again() {
    let subject = plain();
    let seen = settled(&subject);
    assert_eq!(turn(&subject, &seen).moves, Vec::new());
}

#[test]
fn a_missing_secret_withholds_the_server_and_everything_else_is_made() {
    let subject = plain();
    let mut seen = beginning(&subject);
    seen.references[0].1 = Found::Missing;
    let turn = turn(&subject, &seen);
    assert!(!rolls_out(&turn));
    assert!(applied(&turn).contains(&"Service shop/web".to_owned()));
    let (holds, reason, message) = condition(&subject, &seen, conditions::READY);
    assert!(!holds);
    assert_eq!(reason, "SecretMissing");
    insta::assert_snapshot!(message, @"Secret shop/keys, which spec.apiKeys.name names, does not exist: create it");
}

#[test]
fn a_secret_that_goes_away_leaves_the_running_server_alone() {
    let subject = plain();
    let mut seen = settled(&subject);
    seen.references[0].1 = Found::Missing;
    assert_eq!(turn(&subject, &seen).moves, Vec::new());
}

#[test]
fn a_key_that_is_missing_is_named_with_those_that_are_there() {
    let token = json!({ "provider": "OLLAMA", "server": { "token": { "name": "auth", "key": "token" } } });
    let subject = subject("shop", &token);
    let mut seen = beginning(&subject);
    seen.references[0].1 = Found::Data(BTreeMap::from([("TOKEN".to_owned(), b"t".to_vec())]));
    let (_, reason, message) = condition(&subject, &seen, conditions::REFERENCES_RESOLVED);
    assert_eq!(reason, "SecretKeyMissing");
    insta::assert_snapshot!(message, @"Secret shop/auth, which spec.server.token names, has no key token (it has TOKEN): add it");
    assert!(!rolls_out(&turn(&subject, &seen)), "a server without its token takes everybody for an administrator");
}

#[test]
fn each_reference_that_changes_is_one_rollout() {
    let everything = json!({
        "provider": "OPENAI",
        "apiKeys": { "name": "keys" },
        "server": { "token": { "name": "auth", "key": "token" }, "security": { "jwtSecretRef": { "name": "jwt", "key": "secret" } } },
        "agents": { "configMapRef": "agents", "skillsConfigMapRef": "skills" },
        "mcp": { "enabled": true, "existingConfigMap": "servers" },
        "extraEnv": [
            { "name": "A", "valueFrom": { "secretKeyRef": { "name": "extra", "key": "a" } } },
            { "name": "B", "valueFrom": { "configMapKeyRef": { "name": "extra", "key": "b" } } },
        ],
    });
    let subject = subject("shop", &everything);
    for changed in 0..references(&subject.spec).len() {
        let mut seen = settled(&subject);
        let (reference, found) = &mut seen.references[changed];
        let Found::Data(data) = found else { unreachable!() };
        for value in data.values_mut() {
            value.push(b'!');
        }
        let field = reference.field.clone();
        let first = turn(&subject, &seen);
        assert_eq!(applied(&first), ["Deployment shop/web"], "{field}");
        carry_out(&mut seen, &first);
        assert_eq!(turn(&subject, &seen).moves, Vec::new(), "{field}: once");
    }
}

#[test]
fn losing_the_right_to_read_a_secret_restarts_nothing() {
    let subject = plain();
    let mut seen = settled(&subject);
    seen.references[0].1 = Found::Denied;
    assert_eq!(turn(&subject, &seen).moves, Vec::new());
    let (_, reason, message) = condition(&subject, &seen, conditions::READY);
    assert_eq!(reason, "SecretAccessMissing");
    assert!(message.ends_with("kubectl chatcli instance grant web -n shop | kubectl apply -f -"), "{message}");
}

#[test]
fn replicas_are_left_to_an_autoscaler() {
    let subject = subject("shop", &json!({ "provider": "OLLAMA", "replicas": 2 }));
    let mut seen = settled(&subject);
    carry_out(&mut seen, &Turn { moves: vec![Move::Scale(5)], ..Turn::default() });
    assert_eq!(turn(&subject, &seen).moves, [Move::Scale(2)], "the spec counts");
    seen.is_autoscaled = true;
    assert_eq!(turn(&subject, &seen).moves, Vec::new());
}

#[test]
fn a_restart_by_hand_and_an_injected_sidecar_stay() {
    let subject = plain();
    let mut seen = settled(&subject);
    let deployment = seen.made.values_mut().find(|live| live["kind"] == "Deployment").unwrap();
    let template = &mut deployment["spec"]["template"];
    template["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"] = json!("2026-01-01T00:00:00Z");
    template["spec"]["containers"].as_array_mut().unwrap().push(json!({ "name": "mesh", "image": "mesh:1" }));
    assert_eq!(turn(&subject, &seen).moves, Vec::new());
}

/// A Deployment as an earlier operator left it.
fn earlier(subject: &Subject) -> (Place, Value) {
    let place = Place { kind: ChildKind::Deployment, namespace: "shop".to_owned(), name: "web".to_owned() };
    let live = json!({
        "kind": "Deployment",
        "metadata": { "uid": "old", "labels": subject.labels(), "ownerReferences": [subject.owner()] },
        "spec": { "replicas": 1, "template": { "spec": { "containers": [{ "name": "chatcli", "image": "old" }] } } },
        "status": { "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1 },
    });
    (place, live)
}

#[test]
fn an_earlier_deployment_is_kept_until_something_changes() {
    let subject = plain();
    let mut seen = settled(&subject);
    let (place, live) = earlier(&subject);
    seen.made.insert(place, live);
    let first = turn(&subject, &seen);
    assert!(matches!(first.moves.as_slice(), [Move::Keep(_)]), "{:?}", first.moves);
    carry_out(&mut seen, &first);
    assert_eq!(turn(&subject, &seen).moves, Vec::new());
    assert!(condition(&subject, &seen, conditions::ADOPTED).0);

    let changed = self::subject("shop", &json!({ "provider": "CLAUDEAI", "apiKeys": { "name": "keys" } }));
    assert!(rolls_out(&turn(&changed, &seen)));
}

#[test]
fn what_the_pods_of_an_earlier_deployment_mount_stays_as_long_as_they_do() {
    let servers = json!([{ "name": "files", "transport": "stdio", "command": "files", "env": { "TOKEN": "t" } }]);
    let subject = subject("shop", &json!({ "provider": "OLLAMA", "mcp": { "enabled": true, "servers": servers } }));
    let mut seen = settled(&subject);
    let (place, live) = earlier(&subject);
    seen.made.insert(place, live);
    let map = Place { kind: ChildKind::ConfigMap, namespace: "shop".to_owned(), name: "web-mcp".to_owned() };
    let owned = json!({ "uid": "old-map", "labels": subject.labels(), "ownerReferences": [subject.owner()] });
    seen.made.insert(map, json!({ "kind": "ConfigMap", "metadata": owned }));
    let first = turn(&subject, &seen);
    assert!(matches!(first.moves.as_slice(), [Move::Keep(_)]), "{:?}", first.moves);
}

#[test]
fn a_service_that_was_found_headless_stays_so_and_it_is_said() {
    let subject = plain();
    let mut seen = settled(&subject);
    let place = Place { kind: ChildKind::Service, namespace: "shop".to_owned(), name: "web".to_owned() };
    seen.made.get_mut(&place).unwrap()["spec"]["clusterIP"] = json!("None");
    assert_eq!(turn(&subject, &seen).moves, Vec::new());
    let (holds, reason, message) = condition(&subject, &seen, conditions::ADOPTED);
    assert!(holds && reason == "KeptAsFound");
    insta::assert_snapshot!(message, @"Service web was found headless and stays so, because clusterIP cannot change in place: clients that need one address have it after kubectl delete service web -n shop");
}

#[test]
fn a_legacy_object_gives_way_to_an_instance_of_its_name() {
    let document = json!({
        "apiVersion": "chatcli.diillson.com/v1alpha1", "kind": "ChatCLIInstance",
        "metadata": { "name": "web", "namespace": "shop", "uid": "legacy" }, "spec": { "provider": "OPENAI" },
    });
    let subject = Subject::of_legacy(Arc::new(serde_json::from_value::<ChatCLIInstance>(document).unwrap()));
    let mut seen = beginning(&subject);
    assert!(rolls_out(&turn(&subject, &seen)), "it runs as long as it is alone");
    seen.is_replaced = true;
    assert_eq!(turn(&subject, &seen).moves, Vec::new());
    assert_eq!(condition(&subject, &seen, conditions::MIGRATED).1, "Replaced");
}

fn watching(namespace: &str, targets: &[&str], enabled: bool) -> Subject {
    let targets: Vec<Value> = targets.iter().map(|place| json!({ "name": "api", "namespace": place })).collect();
    subject(namespace, &json!({ "provider": "OLLAMA", "watcher": { "enabled": enabled, "targets": targets } }))
}

#[test]
fn a_watcher_of_its_own_namespace_has_a_role_there() {
    let made = applied(&turn(&watching("shop", &["shop"], true), &beginning(&watching("shop", &["shop"], true))));
    assert!(
        made.contains(&"Role shop/web-watcher".to_owned()) && made.contains(&"RoleBinding shop/web-watcher".to_owned())
    );
    assert!(!made.iter().any(|place| place.starts_with("ClusterRoleBinding")), "{made:?}");
}

#[test]
fn only_an_instance_of_the_operators_namespace_reaches_others() {
    let outside = watching("shop", &["shop", "prod"], true);
    let seen = beginning(&outside);
    assert!(!applied(&turn(&outside, &seen)).iter().any(|place| place.contains("prod")));
    let (holds, reason, message) = condition(&outside, &seen, conditions::WATCHER_AUTHORIZED);
    assert_eq!((holds, reason.as_str()), (false, "GrantMissing"));
    insta::assert_snapshot!(message, @"the watcher may not read prod: an Instance reaches other namespaces by itself only from chatcli-system; whoever administers them allows it: kubectl chatcli instance grant web -n shop | kubectl apply -f -");

    let inside = watching(OPERATOR, &["prod", "batch"], true);
    let turn = turn(&inside, &beginning(&inside));
    assert_eq!(turn.moves.first(), Some(&Move::Hold), "the finalizer comes before what it stands for");
    let bindings = applied(&turn).into_iter().filter(|place| place.contains("Binding"));
    assert_eq!(bindings.count(), 3, "one for each namespace and one for nodes");
}

#[test]
fn a_watcher_that_is_switched_off_loses_its_rights_at_once_and_its_configuration_afterwards() {
    let on = watching("shop", &["shop"], true);
    let mut seen = settled(&on);
    let off = watching("shop", &["shop"], false);
    let first = turn(&off, &seen);
    assert_eq!(deleted(&first), ["Role shop/web-watcher", "RoleBinding shop/web-watcher"]);
    assert!(rolls_out(&first));
    carry_out(&mut seen, &first);
    assert_eq!(deleted(&turn(&off, &seen)), ["ConfigMap shop/web-watch-config"]);
}

#[test]
fn deletion_takes_away_what_no_owner_reference_reaches_and_then_lets_go() {
    let mut subject = watching(OPERATOR, &["prod"], true);
    let mut seen = settled(&subject);
    (subject.is_ending, subject.is_held) = (true, true);
    let first = turn(&subject, &seen);
    assert_eq!(deleted(&first).len(), 2);
    assert!(!first.moves.contains(&Move::LetGo));
    carry_out(&mut seen, &first);
    assert_eq!(turn(&subject, &seen).moves, [Move::LetGo]);
}

fn keeping(replicas: i32, more: &Value) -> Subject {
    let mut persistence = json!({ "enabled": true, "size": "1Gi" });
    persistence.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    subject("shop", &json!({ "provider": "OLLAMA", "replicas": replicas, "persistence": persistence }))
}

#[test]
fn a_volume_of_one_node_is_not_shared_by_several_pods() {
    let subject = keeping(3, &json!({}));
    assert_eq!(subject.replicas(), 1);
    let seen = settled(&subject);
    assert_eq!(condition(&subject, &seen, conditions::PERSISTENT).1, "NeedsReadWriteMany");
    assert_eq!(keeping(3, &json!({ "accessMode": "ReadWriteMany" })).replicas(), 3);
}

#[test]
fn sessions_outlive_the_instance_unless_it_says_otherwise() {
    let claim = |subject: &Subject| {
        let turn = turn(subject, &beginning(subject));
        let claim = turn.moves.into_iter().find_map(|step| match step {
            Move::Apply(child) if child.place.kind == ChildKind::PersistentVolumeClaim => Some(child.body),
            _ => None,
        });
        claim.unwrap()
    };
    assert!(claim(&keeping(1, &json!({})))["metadata"]["ownerReferences"].is_null());
    assert!(!claim(&keeping(1, &json!({ "retention": "Delete" })))["metadata"]["ownerReferences"].is_null());
}

#[test]
fn a_claim_grows_and_does_not_shrink() {
    let seen = settled(&keeping(1, &json!({ "size": "2Gi" })));
    let larger = keeping(1, &json!({ "size": "3Gi" }));
    assert_eq!(applied(&turn(&larger, &seen)), ["PersistentVolumeClaim shop/web-sessions"]);
    let smaller = keeping(1, &json!({ "size": "1Gi" }));
    assert_eq!(turn(&smaller, &seen).moves, Vec::new());
    assert_eq!(condition(&smaller, &seen, conditions::PERSISTENT).1, "ClaimShrinks");
}

#[test]
fn environment_of_mcp_servers_is_kept_in_a_secret() {
    let with = |env: Value| {
        let servers = json!([{ "name": "files", "transport": "stdio", "command": "files", "env": env }]);
        subject("shop", &json!({ "provider": "OLLAMA", "mcp": { "enabled": true, "servers": servers } }))
    };
    let made = |subject: &Subject| applied(&turn(subject, &beginning(subject)));
    assert!(made(&with(json!({ "TOKEN": "t" }))).contains(&"Secret shop/web-mcp".to_owned()));
    assert!(made(&with(json!({}))).contains(&"ConfigMap shop/web-mcp".to_owned()));
}

#[test]
fn ready_is_the_sum_and_names_the_first_concern() {
    let subject = plain();
    let mut seen = settled(&subject);
    assert_eq!(condition(&subject, &seen, conditions::READY).1, "NoEndpoints");
    let reached = Reached { version: "1.188.0".to_owned(), encrypted: false };
    let access = Access { trust: None, token: None };
    let targets = vec![Target::Host("web".to_owned(), 1)];
    seen.reach = Some(Reach::Answers { reached, access, made_of: [].into(), targets });
    assert_eq!(condition(&subject, &seen, conditions::READY), (true, "Serving".to_owned(), String::new()));
    let (holds, reason, message) = condition(&subject, &seen, conditions::REACHABLE);
    assert_eq!((holds, reason.as_str()), (true, "AnswersInPlainText"));
    insta::assert_snapshot!(message, @"version 1.188.0 answers in plain text: TLS is off (spec.server.tls)");
}

/// Names, environment, arguments, mounts: what upstream's server expects of its surroundings.
#[test]
fn the_children_of_an_instance_that_asks_for_everything() {
    let everything = json!({
        "provider": "CLAUDEAI",
        "model": "claude-sonnet-4-5",
        "replicas": 1,
        "server": {
            "port": 50052,
            "metricsPort": 9091,
            "tls": { "enabled": true, "secretName": "certificate" },
            "token": { "name": "auth", "key": "" },
            "security": { "jwtSecretRef": { "name": "jwt", "key": "secret" }, "rateLimitRps": 20, "debug": true, "bindAddress": "0.0.0.0" },
        },
        "watcher": {
            "enabled": true, "interval": "15s", "maxLogLines": 50,
            "targets": [{ "deployment": "api", "kind": "StatefulSet", "namespace": "", "metricsPort": 8080, "metricsFilter": ["http_*"] }],
        },
        "persistence": { "enabled": true, "size": "5Gi", "storageClassName": "standard" },
        "fallback": { "enabled": true, "providers": [{ "name": "OPENAI", "model": "gpt-4o" }, { "name": "OLLAMA" }], "maxRetries": 3 },
        "apiKeys": { "name": "keys" },
        "agents": { "configMapRef": "agents", "skillsConfigMapRef": "skills" },
        "plugins": { "image": "plugins:1" },
        "mcp": { "enabled": true, "servers": [{ "name": "web", "transport": "sse", "url": "https://mcp.example.com/sse" }] },
        "extraEnv": [{ "name": "CHATCLI_AGENT_SECURITY_MODE", "value": "strict" }, { "name": "HOME", "value": "/elsewhere" }],
    });
    let subject = subject("shop", &everything);
    let mut seen = beginning(&subject);
    for (reference, found) in &mut seen.references {
        if reference.name == "certificate" {
            *found = Found::Denied;
        }
    }
    let turn = turn(&subject, &seen);
    let bodies = turn.moves.iter().filter_map(|step| match step {
        Move::Apply(child) => Some(serde_saphyr::to_string(&child.body).unwrap()),
        _ => None,
    });
    insta::assert_snapshot!(bodies.collect::<Vec<_>>().join("---\n"));
}
