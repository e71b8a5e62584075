//! The commands for pipelines, for runbooks and for those who run the operator, as a program against an API server of canned answers.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use insta::assert_snapshot;
use serde_json::{Value, json};

use support::{Answers, Server, path, plugin, run, serving, status, watched};

const ISSUE: &str = "checkout-pod-not-ready-3f9a1c20b7";
const CHECKOUT: &str = include_str!("fixtures/checkout.yaml");
const WORKER: &str = include_str!("fixtures/worker.yaml");
const WORKER_PLAN: &str = "worker-oom-kill-90c41d77aa-plan-1";
const LEASE: &str = "/apis/coordination.k8s.io/v1/namespaces/chatcli-system/leases/chatcli-operator-lock";
const SECRETS: &str = "/api/v1/namespaces/shop/secrets";

fn get(path: &str) -> (String, String) {
    ("GET".to_owned(), path.to_owned())
}

#[test]
fn every_list_names_the_verb_that_is_missing() {
    for (args, plural) in [
        (&["plan", "list"][..], "remediationplans"),
        (&["postmortem", "list"], "postmortems"),
        (&["runbook", "list"], "runbooks"),
        (&["gate"], "issues"),
    ] {
        let message =
            format!("{plural}.platform.chatcli.io is forbidden: User \"ann\" cannot list resource \"{plural}\"");
        let answers = Answers::from([(get(&path(plural, "")), status(403, "Forbidden", &message, ""))]);
        let ran = run(Server::answering(answers).plugin(), &[args, &["-n", "shop"]].concat());
        assert!(ran.code != 0 && ran.out.is_empty(), "{args:?}");
        let said = format!(
            "you lack the verb \"list\" on {plural}.platform.chatcli.io\nhint: bind the ClusterRole chatcli-viewer"
        );
        assert!(ran.err.contains(&said), "{args:?}: {}", ran.err);
    }
}

#[test]
fn a_name_that_is_not_there_is_answered_with_the_nearest() {
    let server = Server::answering(serving(WORKER));
    for args in [&["plan", "show"][..], &["plan", "undo"], &["runbook", "scaffold"]] {
        let ran = run(server.plugin(), &[args, &["worker-oom-kil-90c41d77aa", "-n", "shop"]].concat());
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{args:?}");
        assert!(ran.err.contains("hint: did you mean worker-oom-kill-90c41d77aa?"), "{args:?}: {}", ran.err);
    }
}

#[test]
fn a_reader_who_leaves_is_no_error() {
    let server = Server::answering(watched(serving(WORKER)));
    for args in [&["plan", "list"][..], &["plan", "show", WORKER_PLAN], &["postmortem", "list"], &["gate"]] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_kubectl-chatcli"));
        command.args(server.plugin().get_args()).args(args).args(["-n", "shop"]);
        let mut child =
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
        assert_eq!(output.status.code(), Some(0), "{args:?}");
    }
}

#[test]
fn plans_are_listed_with_what_they_wait_for() {
    let server = Server::answering(serving(&format!("{CHECKOUT}\n---\n{WORKER}")));
    let ran = run(server.plugin(), &["plan", "list", "-n", "shop"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let lines: Vec<&str> = ran.out.lines().collect();
    assert!(lines[0].starts_with("NAME ") && lines[0].ends_with(" AGE"), "{}", ran.out);
    assert!(lines[1].starts_with("checkout-pod-not-ready-3f9a1c20b7-plan-1"), "open ones first: {}", ran.out);
    let open = run(server.plugin(), &["plan", "list", "-n", "shop", "--open", "-o", "name"]);
    assert_eq!(open.out, "remediationplan.platform.chatcli.io/checkout-pod-not-ready-3f9a1c20b7-plan-1\n");
}

#[test]
fn a_plan_says_why_it_ran_and_what_it_did() {
    let ran = run(Server::answering(serving(WORKER)).plugin(), &["plan", "show", WORKER_PLAN, "-n", "shop"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_snapshot!(ran.out);
}

/// A plan that the caller, ann, may have undone.
fn undoable() -> Answers {
    let mut answers = serving(WORKER);
    let review = json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview", "metadata": {},
        "status": { "userInfo": { "username": "ann" } } });
    answers.insert(("POST".into(), "/apis/authentication.k8s.io/v1/selfsubjectreviews".into()), (201, review));
    let plan = answers[&get(&path("remediationplans", WORKER_PLAN))].1.clone();
    answers.insert(("PATCH".into(), path("remediationplans", WORKER_PLAN)), (200, plan));
    answers
}

#[test]
fn an_undo_is_asked_for_in_the_callers_name() {
    let server = Server::answering(undoable());
    let unasked = run(server.plugin(), &["plan", "undo", WORKER_PLAN, "-n", "shop"]);
    assert_eq!(unasked.code, 1);
    assert!(unasked.err.starts_with("error: cannot ask for confirmation"), "{}", unasked.err);
    let ran = run(server.plugin(), &["plan", "undo", WORKER_PLAN, "-n", "shop", "--yes", "--timeout", "0"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let said = format!(
        "step 1 AdjustResources: sets 20Mi again\nremediationplan.platform.chatcli.io/{WORKER_PLAN} undo requested\n"
    );
    assert_eq!(ran.out, said);
    let patches: Vec<_> = server.seen().into_iter().filter(|(request, _)| request.starts_with("PATCH")).collect();
    assert_eq!(patches.len(), 1, "only the confirmed one: {patches:?}");
    let sent: Value = serde_json::from_str(&patches[0].1).unwrap();
    assert_eq!(sent["metadata"]["annotations"], json!({ "platform.chatcli.io/undo": "ann" }));
}

#[test]
fn an_undo_where_the_operator_acts_by_itself_offers_to_pause_it_first() {
    let mut answers = undoable();
    let shop = json!({ "apiVersion": "v1", "kind": "Namespace",
        "metadata": { "name": "shop", "annotations": { "platform.chatcli.io/autonomy": "auto" } } });
    answers.insert(get("/api/v1/namespaces/shop"), (200, shop));
    let worker = "/apis/apps/v1/namespaces/shop/deployments/worker";
    let live =
        json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "worker", "namespace": "shop" } });
    answers.insert(get(worker), (200, live.clone()));
    answers.insert(("PATCH".into(), worker.into()), (200, live));
    let server = Server::answering(answers);
    let undo = ["plan", "undo", WORKER_PLAN, "-n", "shop", "--timeout", "0"];
    let ran = run(server.plugin(), &[&undo[..], &["--yes"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.err.contains("the operator may repair deploy/worker again; keep it from that with --pause"),
        "{}",
        ran.err
    );
    let ran = run(server.plugin(), &[&undo[..], &["--yes", "--pause"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("kubectl chatcli resume deployment/worker -n shop"), "{}", ran.err);
    let patched = server.seen().into_iter().filter(|(request, _)| request.starts_with("PATCH"));
    let patched: Vec<String> = patched.map(|(request, _)| request.rsplit('/').next().unwrap().to_owned()).collect();
    assert_eq!(patched, [WORKER_PLAN, "worker", WORKER_PLAN], "the pause before the undo");
}

#[test]
fn another_program_may_show_the_difference() {
    let server = Server::answering(serving(CHECKOUT));
    let mut command = server.plugin();
    command.env("KUBECTL_EXTERNAL_DIFF", "/usr/bin/env ls -1R");
    let ran = run(command, &["plan", "preview", ISSUE, "-n", "shop"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    assert!(ran.out.contains("/LIVE:") && ran.out.contains("/PLANNED:"), "{}", ran.out);
    let folder = ran.out.lines().next().unwrap().trim_end_matches("/LIVE:");
    assert!(!std::path::Path::new(folder).exists(), "{folder} is removed");
}

#[test]
fn a_gate_is_shut_by_what_is_too_grave_and_open_otherwise() {
    let server = Server::answering(watched(serving(CHECKOUT)));
    let shut = run(server.plugin(), &["gate", "-n", "shop", "--max-severity", "medium"]);
    assert_eq!((shut.code, shut.err.as_str()), (1, ""));
    assert!(
        shut.out.contains(ISSUE) && shut.out.ends_with("gate failed: 1 incident above the limit in namespace shop\n"),
        "{}",
        shut.out
    );
    let open = run(server.plugin(), &["gate", "-n", "shop", "--max-severity", "high"]);
    assert_eq!((open.code, open.out.as_str()), (0, "gate passed: no incident above the limit in namespace shop\n"));
    let other = run(server.plugin(), &["gate", "-n", "shop", "--object", "deploy/cart"]);
    assert_eq!(other.code, 0, "{}", other.out);
    let old = run(server.plugin(), &["gate", "-n", "shop", "--since", "10m"]);
    assert_eq!(old.code, 0, "it is older than ten minutes: {}", old.out);
}

#[test]
fn a_gate_that_nobody_watches_has_no_answer() {
    let mut answers = serving("");
    let gone = status(404, "NotFound", "leases \"chatcli-operator-lock\" not found", "chatcli-operator-lock");
    answers.insert(get(LEASE), gone);
    let ran = run(Server::answering(answers).plugin(), &["gate", "-n", "shop"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert_snapshot!(ran.err, @"
    error: nobody watches this cluster: no operator holds the lease in namespace chatcli-system
    hint: see why: kubectl chatcli doctor
    hint: where it runs in another namespace, add --operator-namespace
    ");
}

#[test]
fn pipelines_get_their_own_formats() {
    let server = Server::answering(watched(serving(CHECKOUT)));
    let junit = run(server.plugin(), &["gate", "-n", "shop", "-o", "junit"]);
    assert_eq!(junit.code, 1);
    assert!(junit.out.contains("<testsuites tests=\"1\" failures=\"1\""), "{}", junit.out);
    assert!(
        junit.out.contains("<testcase classname=\"shop\" name=\"deploy/checkout config-key-missing\">"),
        "{}",
        junit.out
    );
    let sarif = run(server.plugin(), &["gate", "-n", "shop", "-o", "sarif"]);
    let document: Value = serde_json::from_str(&sarif.out).unwrap();
    assert_eq!(document["version"], "2.1.0");
    let result = &document["runs"][0]["results"][0];
    assert_eq!((&result["ruleId"], &result["level"]), (&json!("config-key-missing"), &json!("error")));
    let folder = std::env::temp_dir().join(format!("chatcli-gate-{}", std::process::id()));
    let file = folder.to_string_lossy().into_owned();
    let saved = run(server.plugin(), &["gate", "-n", "shop", "-o", "json", "--report", &file]);
    assert_eq!(saved.out, "gate failed: 1 incident above the limit in namespace shop\n");
    let report: Value = serde_json::from_str(&std::fs::read_to_string(&folder).unwrap()).unwrap();
    std::fs::remove_file(&folder).unwrap();
    assert_eq!((&report["passed"], &report["incidents"][0]["severity"]), (&json!(false), &json!("high")));
}

fn secrets(answers: &mut Answers) {
    let service = json!({ "apiVersion": "v1", "kind": "Service", "metadata": { "name": "chatcli-prod", "namespace": "shop" }, "spec": {} });
    answers.insert(get("/api/v1/namespaces/shop/services/chatcli-prod"), (200, service));
    answers.insert(get("/api/v1/namespaces/shop/services"), (200, json!({ "items": [], "metadata": {} })));
    answers.insert(get(SECRETS), (200, json!({ "items": [], "metadata": {} })));
    let made = json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "tls", "namespace": "shop" } });
    answers.insert(("POST".into(), SECRETS.into()), (201, made));
}

/// The Secret that `tls generate` prints.
fn generated(server: &Server) -> Value {
    let line = ["tls", "generate", "tls", "-n", "shop", "--service", "chatcli-prod", "--dry-run=client", "-o", "json"];
    let ran = run(server.plugin(), &line);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    serde_json::from_str(&ran.out).unwrap()
}

#[test]
fn a_certificate_becomes_a_secret_and_its_key_is_never_shown() {
    let mut answers = Answers::new();
    secrets(&mut answers);
    let server = Server::answering(answers);
    let ran = run(server.plugin(), &["tls", "generate", "tls", "-n", "shop", "--service", "chatcli-prod"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.out, "secret/tls created\n");
    assert_snapshot!(ran.err, @"for chatcli-prod.shop.svc.cluster.local, chatcli-prod.shop.svc, chatcli-prod.shop, chatcli-prod, localhost");
    let (_, sent) = server.seen().into_iter().find(|(request, _)| request.starts_with("POST")).unwrap();
    let secret: Value = serde_json::from_str(&sent).unwrap();
    assert_eq!(secret["type"], "kubernetes.io/tls");
    let keys: Vec<_> = secret["data"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["ca.crt", "tls.crt", "tls.key"]);
}

#[test]
fn the_key_is_printed_only_where_it_was_asked_for() {
    let ran = run(plugin(), &["tls", "generate", "tls", "--address", "x.example.org", "-o", "yaml"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert_eq!(ran.err, "error: -o prints the private key and needs --dry-run=client\n");
}

#[test]
fn a_secret_that_is_there_is_left_alone_until_it_is_to_be_rotated() {
    let mut answers = Answers::new();
    secrets(&mut answers);
    let old = generated(&Server::answering(answers.clone()));
    answers.insert(get(&format!("{SECRETS}/tls")), (200, old.clone()));
    answers.insert(("PATCH".into(), format!("{SECRETS}/tls")), (200, old));
    let server = Server::answering(answers);
    let line = ["tls", "generate", "tls", "-n", "shop", "--service", "chatcli-prod"];
    let kept = run(server.plugin(), &line);
    assert_eq!((kept.code, kept.out.as_str()), (1, ""));
    assert_snapshot!(kept.err, @r#"
    error: there is a secret "tls" already; it was left as it is
    hint: see what is in it: kubectl chatcli tls check tls -n shop
    hint: replace its certificate: add --rotate
    "#);
    assert!(server.seen().iter().all(|(request, _)| request.starts_with("GET")));
    let rotated = run(server.plugin(), &[&line[..], &["--rotate"]].concat());
    assert_eq!((rotated.code, rotated.out.as_str()), (0, "secret/tls rotated\n"), "{}", rotated.err);
}

#[test]
fn a_check_says_what_a_handshake_would() {
    let mut answers = Answers::new();
    secrets(&mut answers);
    let sound = generated(&Server::answering(answers.clone()));
    let mut broken = sound.clone();
    broken["data"].as_object_mut().unwrap().remove("ca.crt");
    broken["data"]["tls.key"] = generated(&Server::answering(answers.clone()))["data"]["tls.key"].clone();
    let allowed = json!({ "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": {}, "status": { "allowed": false } });
    answers.insert(("POST".into(), "/apis/authorization.k8s.io/v1/subjectaccessreviews".into()), (201, allowed));
    answers.insert(get(&format!("{SECRETS}/tls")), (200, broken));
    let server = Server::answering(answers);
    let ran = run(server.plugin(), &["tls", "check", "tls", "-n", "shop", "--address", "chatcli.example.org"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    let words: Vec<_> = ran.out.lines().filter(|line| line.starts_with("fail")).collect();
    assert_eq!(words.len(), 3, "key, name, permissions: {}", ran.out);
    let text = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains(
            "tls.key is not the key of the certificate in tls.crt (logs say: tls: private key does not match"
        ),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains("PRIVATE KEY"));
}

const OOM: &str = "\
apiVersion: platform.chatcli.io/v1alpha1
kind: Runbook
metadata: {name: oom, namespace: shop}
spec:
  trigger: {signalType: oom_kill, severity: high, resourceKind: Deployment}
  steps: [{name: more, action: AdjustResources, params: {memory: 128Mi}}]
";

fn file(name: &str, text: &str) -> String {
    let path = std::env::temp_dir().join(format!("chatcli-{}-{name}", std::process::id()));
    std::fs::write(&path, text).unwrap();
    path.to_string_lossy().into_owned()
}

#[test]
fn a_runbook_is_checked_without_a_cluster() {
    let bad = file("bad.yaml", OOM);
    let ran = run(plugin(), &["runbook", "lint", "-f", &bad]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    assert_snapshot!(ran.out);
    let good = file("good.yaml", &OOM.replace("memory:", "memory_limit:"));
    assert_eq!(run(plugin(), &["runbook", "lint", "-f", &good]).code, 0);
}

#[test]
fn what_is_scaffolded_from_an_incident_passes_the_lint() {
    let server = Server::answering(serving(WORKER));
    let ran = run(server.plugin(), &["runbook", "scaffold", "worker-oom-kill-90c41d77aa", "-n", "shop"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let written = file("scaffolded.yaml", &ran.out);
    let lint = run(plugin(), &["runbook", "lint", "-f", &written]);
    assert_eq!(lint.code, 0, "{}", lint.out);
    let wrong = run(plugin(), &["runbook", "scaffold", "--action", "AdjustResources", "--param", "memory=1Gi"]);
    assert_eq!((wrong.code, wrong.out.as_str()), (1, ""));
    assert!(wrong.err.starts_with("error: AdjustResources has no parameter \"memory\""), "{}", wrong.err);
}

#[test]
fn a_waiter_is_told_when_it_will_never_be() {
    let server = Server::answering(serving(WORKER));
    let ran = run(server.plugin(), &["wait", "x", "-n", "shop", "--for=state=Resolved"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    let bad = run(plugin(), &["wait", "x", "--for=soon"]);
    assert_eq!(bad.code, 2);
    assert!(bad.err.contains("write state=Resolved, condition=Remediating or delete"), "{}", bad.err);
}

#[test]
fn plain_output_is_letters_only() {
    let bad = file("plain.yaml", &OOM.replace("resourceKind: Deployment", "resourceKind: deployment"));
    let mut command = plugin();
    command.env("CLICOLOR_FORCE", "1");
    let ran = run(command, &["--plain", "runbook", "lint", "-f", &bad]);
    assert!(
        ran.out.is_ascii() && !ran.out.contains('\u{1b}') && ran.out.contains("-> write Deployment"),
        "{}",
        ran.out
    );
}

#[test]
fn the_brake_of_the_whole_cluster_hangs_on_the_operators_namespace() {
    let namespace = "/api/v1/namespaces/chatcli-system";
    let live = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "chatcli-system" } });
    let answers = Answers::from([
        (get(namespace), (200, live.clone())),
        (("PATCH".to_owned(), namespace.to_owned()), (200, live)),
    ]);
    let server = Server::answering(answers);
    let ran = run(server.plugin(), &["pause", "-A", "--yes", "--reason", "audit until noon"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "namespace/chatcli-system paused\n"), "{}", ran.err);
    let patch = server.seen().into_iter().find(|(request, _)| request.starts_with("PATCH")).unwrap();
    let sent: Value = serde_json::from_str(&patch.1).unwrap();
    assert_eq!(sent, json!({ "metadata": { "annotations": { "platform.chatcli.io/paused": "audit until noon" } } }));
    let ran = run(server.plugin(), &["resume", "--all-namespaces"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "namespace/chatcli-system resumed\n"), "{}", ran.err);
}

#[test]
fn trouble_that_comes_back_is_asked_about_from_the_third_time_on() {
    let none = json!({ "kind": "List", "apiVersion": "v1", "metadata": {}, "items": [] });
    let own = path("approvalpolicies", "");
    let places = [own.replace("/shop/", "/chatcli-system/"), own];
    let server = Server::answering(places.map(|path| (get(&path), (200, none.clone()))).into());
    let test = ["policy", "test", "--action", "RestartDeployment", "--autonomy", "auto", "-n", "shop"];
    let often = |times: &str| {
        run(server.plugin(), &[&test[..], &["--times-over", times, "--at", "2026-11-25T14:00:00Z"]].concat())
    };
    let first = run(server.plugin(), &test);
    assert_eq!((first.code, first.err.as_str()), (0, ""));
    assert_eq!(often("2").out, first.out);
    assert_snapshot!(first.out + &often("3").out, @"
    Nobody is asked: reversible, namespace is auto (Autonomy)
    Once its trouble was over 3 times within 24 h and is back, people are asked all the same
    1 person is asked, by policy autonomy, rule reversible
      its trouble was over 3 times within 24 h and is back: what makes it come again is for a person to find (Flapping)
    They have 30 minutes; asked now, it expires Wed 2026-11-25 14:30 UTC
    ");
}
