//! The plugin as a program: what it asks the API server, what it prints where, how it exits.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "each test program uses its part of the support")]
mod support;

use std::fmt::Write as _;

use insta::assert_snapshot;
use serde_json::{Value, json};

use support::workload::{missing_key, scanned};
use support::{Answers, Server, path, plugin, run, serving, status};

const ISSUE: &str = "checkout-pod-not-ready-3f9a1c20b7";
const PLAN: &str = "checkout-pod-not-ready-3f9a1c20b7-plan-1";
const REQUEST: &str = "approval-checkout-pod-not-ready-3f9a1c20b7-plan-1";
const CHECKOUT: &str = include_str!("fixtures/checkout.yaml");

/// A server with the checkout incident, where `ann` may vote.
fn voting() -> Answers {
    let mut answers = serving(CHECKOUT);
    let review = json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview", "metadata": {},
        "status": { "userInfo": { "username": "ann", "groups": ["sre"] } } });
    answers.insert(("POST".into(), "/apis/authentication.k8s.io/v1/selfsubjectreviews".into()), (201, review));
    let vote = json!({ "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "ApprovalVote", "metadata": { "name": vote_name(), "namespace": "shop" } });
    answers.insert(("POST".into(), path("approvalvotes", "")), (201, vote));
    answers
}

fn vote_name() -> String {
    common::naming::vote(REQUEST, "sha256:9c1e4b6a", true, "ann")
}

#[test]
fn help_needs_no_cluster_and_goes_to_stdout() {
    let ran = run(plugin(), &["-h"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_snapshot!(ran.out);
}

#[test]
fn every_command_explains_itself() {
    let commands: [&[&str]; 43] = [
        &["status"],
        &["triage"],
        &["issues", "ack"],
        &["issues", "snooze"],
        &["issues", "resolve"],
        &["issues", "reopen"],
        &["issues", "split"],
        &["issues", "merge"],
        &["issues"],
        &["scan"],
        &["explain"],
        &["plan", "list"],
        &["plan", "show"],
        &["plan", "preview"],
        &["plan", "undo"],
        &["approve"],
        &["reject"],
        &["postmortem"],
        &["actions"],
        &["postmortem", "list"],
        &["postmortem", "close"],
        &["gate"],
        &["wait"],
        &["runbook"],
        &["runbook", "list"],
        &["runbook", "show"],
        &["runbook", "scaffold"],
        &["runbook", "lint"],
        &["runbook", "test"],
        &["record"],
        &["replay"],
        &["doctor"],
        &["rbac", "lint"],
        &["tls"],
        &["tls", "generate"],
        &["tls", "inspect"],
        &["tls", "check"],
        &["tls", "rotate"],
        &["install"],
        &["upgrade"],
        &["uninstall"],
        &["version"],
        &["completion"],
    ];
    let mut pages = String::new();
    for command in commands {
        let ran = run(plugin(), &[command, &["-h"]].concat());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{command:?}");
        let _ = writeln!(pages, "$ kubectl chatcli {} -h\n{}", command.join(" "), ran.out);
    }
    assert_snapshot!(pages);
}

#[test]
fn a_wrong_flag_is_a_usage_error() {
    let ran = run(plugin(), &["issues", "--nope"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.starts_with("error: unexpected argument '--nope'"), "{}", ran.err);
}

#[test]
fn preview_keeps_exit_code_1_for_a_difference() {
    assert_eq!(run(plugin(), &["plan", "preview", "x", "--nope"]).code, 2);
    assert_eq!(run(plugin(), &["plan", "preview", "x"]).code, 2);
}

#[test]
fn without_a_kubeconfig_the_error_says_how_to_give_one() {
    let ran = run(plugin(), &["issues"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert_snapshot!(ran.err, @"
    error: no cluster to talk to: there is no kubeconfig
    hint: point to one with --kubeconfig FILE or the KUBECONFIG variable
    ");
}

#[test]
fn an_unreachable_cluster_is_named() {
    let mut command = plugin();
    command.args(["--server", "http://127.0.0.1:1"]);
    let ran = run(command, &["issues"]);
    assert_eq!(ran.code, 1);
    assert_snapshot!(ran.err, @"
    error: cannot reach the cluster at http://127.0.0.1:1: connection refused
    hint: check the context: kubectl config current-context
    ");
}

#[test]
fn a_cluster_without_chatcli_says_how_to_install_it() {
    let ran = run(Server::answering(Answers::new()).plugin(), &["issues", "-A"]);
    assert_eq!(ran.code, 1);
    assert_snapshot!(ran.err, @"
    error: the cluster does not know issues.platform.chatcli.io
    hint: install chatcli first: kubectl chatcli install
    ");
}

#[test]
fn a_missing_right_names_the_verb() {
    let mut answers = Answers::new();
    let message = "issues.platform.chatcli.io is forbidden: User \"ann\" cannot list resource \"issues\"";
    answers.insert(("GET".into(), path("issues", "")), status(403, "Forbidden", message, ""));
    let ran = run(Server::answering(answers).plugin(), &["issues", "-n", "shop"]);
    assert_eq!(ran.code, 1);
    assert_snapshot!(ran.err, @r#"
    error: cannot read issues in namespace shop: you lack the verb "list" on issues.platform.chatcli.io
    hint: bind the ClusterRole chatcli-viewer: kubectl create rolebinding chatcli-viewer --clusterrole=chatcli-viewer --user=ann -n shop
    "#);
}

#[test]
fn an_empty_list_is_no_error_and_prints_nothing_to_a_pipe() {
    let ran = run(Server::answering(serving("")).plugin(), &["issues", "-n", "shop"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", "No issues found in shop namespace.\n"));
}

#[test]
fn names_can_be_piped_into_the_next_command() {
    let server = Server::answering(serving(CHECKOUT));
    let names = run(server.plugin(), &["issues", "-n", "shop", "-o", "name"]);
    assert_eq!(names.out, format!("issue.platform.chatcli.io/{ISSUE}\n"));
    let explained = run(server.plugin(), &["explain", "-n", "shop", names.out.trim()]);
    assert_eq!(explained.code, 0, "{}", explained.err);
    assert!(explained.out.starts_with("deploy/checkout cannot start"), "{}", explained.out);
}

#[test]
fn json_keeps_what_this_version_does_not_know() {
    let mut answers = serving(CHECKOUT);
    if let Some((_, issue)) = answers.get_mut(&("GET".to_owned(), path("issues", ISSUE))) {
        issue["status"]["fromTheFuture"] = json!(1);
        issue["metadata"]["managedFields"] = json!([{}]);
    }
    let ran = run(Server::answering(answers).plugin(), &["issues", ISSUE, "-n", "shop", "-o", "json"]);
    let shown: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(shown["status"]["fromTheFuture"], 1);
    assert!(shown["metadata"].get("managedFields").is_none());
}

#[test]
fn a_name_from_another_namespace_is_found_for_the_reader() {
    let mut answers = serving(CHECKOUT);
    let elsewhere = format!("/apis/platform.chatcli.io/v1alpha1/namespaces/default/issues/{ISSUE}");
    answers.insert(("GET".into(), elsewhere), status(404, "NotFound", "not found", ISSUE));
    let ran = run(Server::answering(answers).plugin(), &["issues", ISSUE]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("hint: there is one in namespace shop: add -n shop"), "{}", ran.err);
}

#[test]
fn a_preview_that_differs_exits_1_and_an_absent_one_2() {
    let server = Server::answering(serving(CHECKOUT));
    let shown = run(server.plugin(), &["plan", "preview", PLAN, "-n", "shop"]);
    assert_eq!((shown.code, shown.err.as_str()), (1, ""));
    assert!(shown.out.contains("+  DB_HOST: db.shop.svc"), "{}", shown.out);
    let absent = run(server.plugin(), &["plan", "preview", "nope", "-n", "shop"]);
    assert_eq!((absent.code, absent.out.as_str()), (2, ""));
}

#[test]
fn a_closed_pipe_is_silent() {
    let server = Server::answering(serving(CHECKOUT));
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_kubectl-chatcli"));
    let line = server.plugin();
    command.args(line.get_args()).args(["issues", ISSUE, "-n", "shop"]);
    let mut child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn nobody_is_asked_without_a_terminal() {
    let server = Server::answering(voting());
    let ran = run(server.plugin(), &["approve", ISSUE, "-n", "shop"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("+  DB_HOST: db.shop.svc"), "what is decided is shown: {}", ran.out);
    assert_snapshot!(ran.err, @"
    error: cannot ask for confirmation: this is no terminal
    hint: pass --yes to go on without being asked
    ");
    assert!(server.seen().iter().all(|(request, _)| !request.ends_with("approvalvotes")), "no vote was sent");
}

#[test]
fn a_vote_names_the_caller_and_the_digest_that_was_shown() {
    let server = Server::answering(voting());
    let ran = run(server.plugin(), &["approve", ISSUE, "-n", "shop", "--yes", "--timeout", "0", "--reason", "fits"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.ends_with(&format!("approvalvote.platform.chatcli.io/{} created\n", vote_name())), "{}", ran.out);
    let sent = server
        .seen()
        .into_iter()
        .find(|(request, _)| *request == format!("POST {}", path("approvalvotes", "")))
        .unwrap()
        .1;
    let vote: Value = serde_json::from_str(&sent).unwrap();
    assert_eq!(vote["spec"]["voter"], json!({ "username": "ann", "groups": ["sre"] }));
    assert_eq!(vote["spec"]["planDigest"], format!("sha256:{}", "9c1e4b6a0d2f".repeat(6).get(..64).unwrap()));
    assert_eq!((&vote["spec"]["decision"], &vote["spec"]["reason"]), (&json!("Approve"), &json!("fits")));
}

#[test]
fn a_script_that_names_an_old_digest_votes_for_nothing() {
    let server = Server::answering(voting());
    let ran = run(server.plugin(), &["approve", PLAN, "-n", "shop", "--yes", "--digest", "sha256:000000000000"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.starts_with("error: the preview has changed: it is sha256:9c1e4b6a0d2f… now"), "{}", ran.err);
    assert!(server.seen().iter().all(|(request, _)| !request.starts_with("POST")), "{:?}", server.seen());
}

#[test]
fn a_client_dry_run_of_a_vote_sends_none() {
    let server = Server::answering(voting());
    let ran = run(server.plugin(), &["approve", REQUEST, "-n", "shop", "--dry-run=client"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("kind: ApprovalVote"), "{}", ran.out);
    assert!(server.seen().iter().all(|(request, _)| !request.ends_with("approvalvotes")));
}

#[test]
fn manifests_for_gitops_need_no_cluster() {
    let ran = run(
        plugin(),
        &[
            "install",
            "--dry-run=client",
            "-o",
            "yaml",
            "--image",
            "registry.example.org/op:1",
            "--autonomy",
            "auto",
            "-n",
            "shop",
        ],
    );
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let objects: Vec<Value> = serde_saphyr::from_multiple(&ran.out).unwrap();
    assert_eq!(objects[0]["kind"], "CustomResourceDefinition");
    let namespace = objects.last().unwrap();
    assert_eq!(namespace["metadata"]["annotations"]["platform.chatcli.io/autonomy"], "auto");
    assert!(ran.out.contains("registry.example.org/op:1"));
}

fn in_manifests<'a>(objects: &'a [Value], kind: &str) -> &'a Value {
    objects.iter().find(|object| object["kind"] == kind).unwrap()
}

#[test]
fn chosen_values_stand_in_the_manifests_for_gitops() {
    let file = std::env::temp_dir().join(format!("chatcli-values-{}.yaml", std::process::id()));
    std::fs::write(&file, "replicas: 2\nlogLevel: debug\nresources: {limits: {memory: 512Mi}}\n").unwrap();
    let name = file.to_string_lossy().into_owned();
    let print = ["install", "--dry-run=client", "-o", "yaml", "-f", &name];
    let more = ["--set", "replicas=3", "--set", "metricsNamespace=observability", "--set", "apiServerPort=16443"];
    let ran = run(plugin(), &[&print[..], &more, &["--autonomy", "observe", "-A"]].concat());
    std::fs::remove_file(&file).unwrap();
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let objects: Vec<Value> = serde_saphyr::from_multiple(&ran.out).unwrap();
    let deployment = in_manifests(&objects, "Deployment");
    let container = &deployment["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(deployment["spec"]["replicas"], 3);
    assert_eq!(container["resources"]["limits"], json!({ "cpu": "1", "memory": "512Mi" }));
    assert_eq!(container["args"], json!(["--leader-elect", "--autonomy=observe", "--zap-log-level=debug"]));
    let kept = deployment["metadata"]["annotations"]["platform.chatcli.io/choices"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<Value>(kept).unwrap()["replicas"], 3, "for the next upgrade");
    let policy = in_manifests(&objects, "NetworkPolicy");
    assert_eq!(
        policy["spec"]["ingress"][0]["from"][0]["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"],
        "observability"
    );
    assert_eq!(policy["spec"]["egress"][1]["ports"], json!([{ "port": 443 }, { "port": 6443 }, { "port": 16443 }]));
}

#[test]
fn the_page_of_values_says_what_is_shipped() {
    let ran = run(plugin(), &["install", "--dry-run=client", "-o", "yaml"]);
    let objects: Vec<Value> = serde_saphyr::from_multiple(&ran.out).unwrap();
    let deployment = in_manifests(&objects, "Deployment");
    let resources = &deployment["spec"]["template"]["spec"]["containers"][0]["resources"];
    let shipped = |name: &str| plugin::choices::keys::KEYS.iter().find(|key| key.name == name).unwrap().shipped;
    assert_eq!(deployment["spec"]["replicas"].to_string(), shipped("replicas"));
    for (name, amount) in [
        ("resources.requests.cpu", &resources["requests"]["cpu"]),
        ("resources.requests.memory", &resources["requests"]["memory"]),
        ("resources.limits.cpu", &resources["limits"]["cpu"]),
        ("resources.limits.memory", &resources["limits"]["memory"]),
    ] {
        assert_eq!(amount, shipped(name), "{name}");
    }
    let policy = in_manifests(&objects, "NetworkPolicy").to_string();
    assert!(policy.contains(&format!("\"{}\"", shipped("metricsNamespace"))), "{policy}");
}

#[test]
fn a_value_that_cannot_be_is_refused_before_the_cluster_is_asked() {
    let server = Server::answering(Answers::new());
    for (args, said) in [
        (&["--set", "replica=2"][..], "hint: did you mean replicas?"),
        (&["--set", "logLevel=loud"], "logLevel takes one of debug, info, warn, error"),
        (&["--set", "resources.requests.memory=1Gi"], "hint: raise the limit too: --set resources.limits.memory=1Gi"),
        (&["-f", "/nonexistent.yaml"], "cannot read /nonexistent.yaml"),
        (&["--set", "replicas=2", "--operator-user", "dev"], "cannot be used with"),
    ] {
        let ran = run(server.plugin(), &[&["install", "--yes"], args].concat());
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{args:?}");
        assert!(ran.err.contains(said), "{args:?}: {}", ran.err);
    }
    assert!(server.seen().is_empty(), "{:?}", server.seen());
}

/// An installation as `install` with these arguments left it, on a server that keeps what it is given.
fn installed(args: &[&str]) -> Answers {
    let ran = run(plugin(), &[&["install", "--dry-run=client", "-o", "yaml"], args].concat());
    let objects: Vec<Value> = serde_saphyr::from_multiple(&ran.out).unwrap();
    let mut answers = Answers::new();
    for object in objects {
        let object: kube::api::DynamicObject = serde_json::from_value(object).unwrap();
        let kind = plugin::manifests::kind_of(&object).unwrap().resource;
        let name = object.metadata.name.as_deref().unwrap_or_default();
        let group = if kind.group.is_empty() { "/api".to_owned() } else { format!("/apis/{}", kind.group) };
        let home = object.metadata.namespace.as_ref().map(|home| format!("/namespaces/{home}")).unwrap_or_default();
        let path = format!("{group}/{}{home}/{}/{name}", kind.version, kind.plural);
        let body = serde_json::to_value(&object).unwrap();
        answers.insert(("GET".to_owned(), path.clone()), (200, body.clone()));
        // Whatever is applied changes nothing, but for the one object that a test looks at.
        answers.insert(("PATCH".to_owned(), path), (200, body));
    }
    answers
}

const DEPLOYMENT: &str = "/apis/apps/v1/namespaces/chatcli-system/deployments/chatcli-operator";

/// What an upgrade would apply of the Deployment.
fn applied(server: &Server) -> Value {
    let sent = server.seen().into_iter().rev().find(|(request, _)| *request == format!("PATCH {DEPLOYMENT}")).unwrap();
    serde_json::from_str(&sent.1).unwrap()
}

#[test]
fn an_upgrade_keeps_what_was_chosen_and_shows_what_is_chosen_anew() {
    let mut answers = installed(&["--set", "replicas=2", "--set", "logLevel=debug"]);
    let mut raised = answers[&("GET".to_owned(), DEPLOYMENT.to_owned())].1.clone();
    raised["spec"]["replicas"] = json!(3);
    answers.insert(("PATCH".to_owned(), DEPLOYMENT.to_owned()), (200, raised));
    let server = Server::answering(answers);
    let ran = run(server.plugin(), &["upgrade", "--set", "replicas=3", "--dry-run=server"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "deployment.apps/chatcli-operator changes spec.replicas\n"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains(r#"kept where not chosen anew: {"replicas":2,"logLevel":"debug"}"#), "{}", ran.err);
    let sent = applied(&server);
    assert_eq!(sent["spec"]["replicas"], 3);
    assert_eq!(
        sent["spec"]["template"]["spec"]["containers"][0]["args"],
        json!(["--leader-elect", "--zap-log-level=debug"])
    );
}

#[test]
fn an_upgrade_takes_a_value_back() {
    let server = Server::answering(installed(&["--set", "replicas=2"]));
    let ran = run(server.plugin(), &["upgrade", "--set", "replicas=null", "--dry-run=server"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let sent = applied(&server);
    assert_eq!((&sent["spec"]["replicas"], &sent["metadata"]["annotations"]), (&json!(1), &Value::Null));
}

#[test]
fn an_operator_outside_the_cluster_has_no_values() {
    let mut answers = installed(&[]);
    let params = "/api/v1/namespaces/chatcli-system/configmaps/chatcli-admission-params";
    answers.get_mut(&("GET".to_owned(), params.to_owned())).unwrap().1["data"]["operatorUser"] = json!("dev");
    let server = Server::answering(answers);
    let ran = run(server.plugin(), &["upgrade", "--set", "replicas=2", "--yes"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("there is no Deployment to choose values of"), "{}", ran.err);
    assert!(server.seen().iter().all(|(request, _)| request.starts_with("GET")), "{:?}", server.seen());
}

#[test]
fn an_old_cluster_is_refused_before_anything_is_written() {
    let mut answers = Answers::new();
    let version = json!({ "major": "1", "minor": "29+", "gitVersion": "v1.29.4", "gitCommit": "", "gitTreeState": "", "buildDate": "",
        "goVersion": "", "compiler": "", "platform": "" });
    answers.insert(("GET".into(), "/version".into()), (200, version));
    let server = Server::answering(answers);
    let ran = run(server.plugin(), &["install", "--yes"]);
    assert_eq!(ran.code, 1);
    assert_snapshot!(ran.err, @"
    error: the cluster runs Kubernetes v1.29.4; chatcli needs 1.30 or newer
    hint: votes are guarded by ValidatingAdmissionPolicies, which older API servers do not enforce
    ");
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn a_live_foreign_operator_stops_an_installation_before_anything_is_written() {
    let mut answers = Answers::new();
    let version = json!({ "major": "1", "minor": "34", "gitVersion": "v1.34.4", "gitCommit": "", "gitTreeState": "", "buildDate": "",
        "goVersion": "", "compiler": "", "platform": "" });
    answers.insert(("GET".into(), "/version".into()), (200, version));
    let renewed = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S.000000Z").to_string();
    let lease = json!({ "metadata": { "name": "chatcli-operator-lock", "namespace": "chatcli" },
        "spec": { "holderIdentity": "chatcli-operator-6f_1", "leaseDurationSeconds": 15, "renewTime": renewed } });
    let leases =
        json!({ "kind": "LeaseList", "apiVersion": "coordination.k8s.io/v1", "metadata": {}, "items": [lease] });
    answers.insert(("GET".into(), "/apis/coordination.k8s.io/v1/leases".into()), (200, leases));
    let server = Server::answering(answers);
    let ran = run(server.plugin(), &["install", "--yes"]);
    assert_eq!(ran.code, 1);
    assert_snapshot!(ran.err, @"
    error: another operator of these kinds is running: chatcli-operator-6f_1 in namespace chatcli
    hint: take its place: kubectl chatcli install --take-over
    hint: look without installing: its incidents are readable with kubectl chatcli issues -A
    ");
    assert!(server.seen().iter().all(|(request, _)| request.starts_with("GET")));
}

#[test]
fn autonomy_is_never_widened_by_accident() {
    for args in
        [&["install", "--autonomy", "auto"][..], &["install", "-n", "shop"], &["install", "--autonomy", "auto", "-A"]]
    {
        let ran = run(plugin(), args);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{args:?}");
    }
}

#[test]
fn colour_is_only_for_those_who_want_it() {
    let server = Server::answering(serving(CHECKOUT));
    let piped = run(server.plugin(), &["issues", "-n", "shop"]);
    assert!(!piped.out.contains('\u{1b}'));
    let mut forced = server.plugin();
    forced.env("CLICOLOR_FORCE", "1");
    assert!(run(forced, &["issues", "-n", "shop"]).out.contains('\u{1b}'));
    let mut refused = server.plugin();
    refused.env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1");
    assert!(!run(refused, &["issues", "-n", "shop"]).out.contains('\u{1b}'));
}

#[test]
fn completion_never_fails_and_offers_live_names() {
    let server = Server::answering(serving(CHECKOUT));
    let address = server.plugin().get_args().nth(1).unwrap().to_string_lossy().into_owned();
    let ran = run(plugin(), &["__complete", "explain", "--server", &address, "-n", "shop", ""]);
    assert_eq!((ran.code, ran.out.as_str()), (0, format!("{ISSUE}\n:4\n").as_str()));
    let nowhere = run(plugin(), &["__complete", "explain", ""]);
    assert_eq!((nowhere.code, nowhere.out.as_str(), nowhere.err.as_str()), (0, ":4\n", ""));
}

#[test]
fn a_workload_is_explained_where_nothing_is_installed_and_what_may_not_be_read_is_named() {
    let mut answers = missing_key();
    let refused = status(403, "Forbidden", "events is forbidden: User \"ann\" cannot list resource \"events\"", "");
    answers.insert(("GET".into(), "/api/v1/namespaces/shop/events".into()), refused);
    let ran = run(Server::answering(answers).plugin(), &["explain", "deploy/web", "-n", "shop"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("deploy/web cannot start: ConfigMap web-config has no key DB_HOST"), "{}", ran.out);
    assert!(ran.out.contains("cannot list resource \"events\""), "{}", ran.out);
}

#[test]
fn an_explanation_goes_on_with_what_its_remedy_would_change() {
    let server = Server::answering(serving(CHECKOUT));
    let explained = run(server.plugin(), &["explain", ISSUE, "-n", "shop"]);
    let previewed = run(server.plugin(), &["plan", "preview", ISSUE, "-n", "shop"]);
    let both = run(server.plugin(), &["explain", ISSUE, "-n", "shop", "--preview"]);
    assert_eq!((both.code, both.err.as_str()), (0, ""), "an explanation is no comparison");
    assert_eq!(both.out, format!("{}\n{}", explained.out, previewed.out));
    let told = run(server.plugin(), &["explain", ISSUE, "-n", "shop", "--preview", "-o", "json"]);
    let told: Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!(told["findings"][0]["code"], "config-key-missing");
    assert_eq!(told["preview"]["digest"], format!("sha256:{}", "9c1e4b6a0d2f".repeat(6).get(..64).unwrap()));
}

#[test]
fn a_remedy_nobody_planned_is_previewed_with_the_callers_own_rights_and_stored_nowhere() {
    let mut answers = missing_key();
    let config = ("GET".to_owned(), "/api/v1/namespaces/shop/configmaps/web-config".to_owned());
    let mut live = answers[&config].1.clone();
    live["metadata"]["uid"] = json!("00000000-0000-4000-8000-000000000004");
    let applied = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "web-config", "namespace": "shop" },
        "data": { "DB_HOST": "db.shop.svc", "DB_PORT": "5432" } });
    live["metadata"]["annotations"] =
        json!({ "kubectl.kubernetes.io/last-applied-configuration": applied.to_string() });
    let mut patched = live.clone();
    patched["data"]["DB_HOST"] = json!("db.shop.svc");
    answers.insert(config.clone(), (200, live.clone()));
    answers.get_mut(&("GET".to_owned(), "/api/v1/namespaces/shop/configmaps".to_owned())).unwrap().1["items"] =
        json!([live]);
    answers.insert(("PATCH".to_owned(), config.1), (200, patched));
    let server = Server::answering(answers);
    let ran = run(server.plugin(), &["explain", "deploy/web", "-n", "shop", "--preview"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("deploy/web cannot start"), "{}", ran.out);
    assert!(ran.out.contains("+  DB_HOST: db.shop.svc"), "{}", ran.out);
    assert!(ran.err.contains("asked now, with your rights; nothing is stored"), "{}", ran.err);
    let written: Vec<_> =
        server.seen().into_iter().filter(|(request, _)| request.contains("platform.chatcli.io")).collect();
    assert!(written.is_empty(), "{written:?}");
}

#[test]
fn without_a_remedy_there_is_nothing_to_preview_and_that_is_said() {
    let server = Server::answering(missing_key());
    let ran = run(server.plugin(), &["explain", "deploy/web", "-n", "shop", "--preview"]);
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (0, "note: the rules propose no change, so there is nothing to preview\n"),
        "{}",
        ran.out
    );
    let told = run(server.plugin(), &["explain", "deploy/web", "-n", "shop", "--preview", "-o", "json"]);
    assert_eq!(serde_json::from_str::<Value>(&told.out).unwrap()["preview"], Value::Null);
    let code = run(plugin(), &["explain", "config-key-missing", "--preview"]);
    assert_eq!((code.code, code.out.as_str()), (1, ""));
    assert!(code.err.contains("hint: name an incident or a workload"), "{}", code.err);
}

#[test]
fn a_code_is_explained_without_any_cluster() {
    let ran = run(plugin(), &["explain", "config-key-missing"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.starts_with("config-key-missing") && ran.out.contains("Helps"), "{}", ran.out);
}

#[test]
fn what_cannot_be_explained_is_told_with_what_can() {
    let ran = run(Server::answering(Answers::new()).plugin(), &["explain", "service/web"]);
    assert_eq!(ran.code, 1);
    assert_snapshot!(ran.err, @"
    error: cannot explain a service
    hint: these can be: deployment, statefulset, daemonset, job, cronjob, replicaset, pod, node, ingress
    ");
}

#[test]
fn the_facts_are_shown_without_secrets() {
    let mut answers = missing_key();
    let deployment = answers.get_mut(&("GET".into(), "/apis/apps/v1/namespaces/shop/deployments/web".into())).unwrap();
    let container = &mut deployment.1["spec"]["template"]["spec"]["containers"][0];
    container["env"].as_array_mut().unwrap().push(json!({ "name": "DB_PASSWORD", "value": "correct horse" }));
    let ran =
        run(Server::answering(answers).plugin(), &["explain", "deploy/web", "-n", "shop", "--facts", "-o", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let facts: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(facts["pods"][0]["metadata"]["name"], "web-1-a");
    assert!(!ran.out.contains("correct horse") && ran.out.contains("[REDACTED:known]"), "{}", ran.out);
}

#[test]
fn a_scan_needs_nothing_installed_and_its_exit_code_says_whether_something_is_wrong() {
    let server = Server::answering(scanned());
    let ran = run(server.plugin(), &["scan", "-n", "shop", "-o", "name"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (1, "deploy/web\n", ""));
    assert!(server.seen().iter().all(|(request, _)| !request.contains("platform.chatcli.io")), "{:?}", server.seen());
}

#[test]
fn the_table_of_a_scan_names_object_cause_and_what_to_type_next() {
    let ran = run(Server::answering(scanned()).plugin(), &["scan", "-n", "shop"]);
    assert_eq!(ran.code, 1);
    let rows: Vec<&str> = ran.out.lines().collect();
    assert!(rows[0].starts_with("OBJECT") && rows[0].ends_with("SINCE"), "{}", ran.out);
    assert!(rows[1].starts_with("deploy/web   config-key-missing   configmap/web-config   0/1"), "{}", ran.out);
    assert_eq!(ran.err, "hint: the receipts: kubectl chatcli explain deploy/web -n shop\n");
}

#[test]
fn the_json_of_a_scan_carries_findings_with_their_receipts() {
    let ran = run(Server::answering(scanned()).plugin(), &["scan", "-n", "shop", "-o", "json"]);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["scanned"], json!({ "workloads": 1, "pods": 1, "nodes": 0 }));
    let cause = &report["causes"][0];
    assert_eq!((&cause["object"]["name"], &cause["signals"][0]), (&json!("web"), &json!("pod_not_ready")));
    assert!(!cause["findings"][0]["evidence"].as_array().unwrap().is_empty());
}

#[test]
fn a_healthy_namespace_exits_0_and_one_not_fully_seen_2() {
    let mut healthy = scanned();
    for path in [
        "/apis/apps/v1/namespaces/shop/deployments",
        "/apis/apps/v1/namespaces/shop/replicasets",
        "/api/v1/namespaces/shop/pods",
    ] {
        healthy.get_mut(&("GET".to_owned(), path.to_owned())).unwrap().1["items"] = json!([]);
    }
    let ran = run(Server::answering(healthy.clone()).plugin(), &["scan", "-n", "shop"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert_eq!(ran.err, "No trouble found in namespace shop: looked at 0 workloads, 0 pods and 0 nodes.\n");
    let message = "jobs.batch is forbidden: User \"ann\" cannot list resource \"jobs\"";
    healthy.insert(("GET".into(), "/apis/batch/v1/namespaces/shop/jobs".into()), status(403, "Forbidden", message, ""));
    let blind = run(Server::answering(healthy).plugin(), &["scan", "-n", "shop"]);
    assert_eq!(blind.code, 2);
    assert!(
        blind.err.contains(
            "not everything was seen: cannot read jobs in namespace shop: you lack the verb \"list\" on jobs.batch"
        ),
        "{}",
        blind.err
    );
}

#[test]
fn a_scan_that_cannot_begin_exits_2() {
    let mut command = plugin();
    command.args(["--server", "http://127.0.0.1:1"]);
    assert_eq!(run(command, &["scan"]).code, 2);
    assert_eq!(run(plugin(), &["scan", "--nope"]).code, 2);
    let mut answers = Answers::new();
    let message = "pods is forbidden: User \"ann\" cannot list resource \"pods\"";
    answers.insert(("GET".into(), "/api/v1/namespaces/shop/pods".into()), status(403, "Forbidden", message, ""));
    let refused = run(Server::answering(answers).plugin(), &["scan", "-n", "shop"]);
    assert_eq!(refused.code, 2);
    assert_snapshot!(refused.err, @r#"
    error: cannot read pods in namespace shop: you lack the verb "list" on pods
    hint: have it granted to ann, then check: kubectl auth can-i list pods -n shop
    "#);
}

#[test]
fn status_is_one_screen_and_says_what_it_could_not_read() {
    let ran = run(Server::answering(serving(CHECKOUT)).plugin(), &["status"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("1 open incident") && ran.out.contains(ISSUE), "{}", ran.out);
    assert!(ran.out.contains(&format!("kubectl chatcli approve {ISSUE} -n shop")), "{}", ran.out);
    assert!(ran.out.contains("Not known"), "namespaces and the operator's Lease are not served: {}", ran.out);
    let told = run(Server::answering(serving(CHECKOUT)).plugin(), &["status", "-o", "json"]);
    let told: Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!(told["openIncidents"][0]["name"], ISSUE);
}

#[test]
fn status_without_chatcli_says_how_to_install_it_and_what_works_without() {
    let ran = run(Server::answering(Answers::new()).plugin(), &["status"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("install chatcli first"), "{}", ran.err);
}

#[test]
fn an_incident_is_acknowledged_by_whoever_the_server_says_one_is() {
    let mut answers = voting();
    let issue = answers[&("GET".to_owned(), path("issues", ISSUE))].1.clone();
    answers.insert(("PATCH".into(), path("issues", ISSUE)), (200, issue));
    let server = Server::answering(answers);
    let ran = run(server.plugin(), &["issues", "ack", ISSUE, "-n", "shop"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, format!("issue.platform.chatcli.io/{ISSUE} acknowledged\n").as_str()),
        "{}",
        ran.err
    );
    let sent = server.seen().into_iter().find(|(request, _)| request.starts_with("PATCH")).unwrap().1;
    assert_eq!(
        serde_json::from_str::<Value>(&sent).unwrap(),
        json!({ "metadata": { "annotations": { "platform.chatcli.io/acknowledged-by": "ann" } } })
    );
    let dry = run(server.plugin(), &["issues", "snooze", ISSUE, "-n", "shop", "--for", "2h", "--dry-run", "client"]);
    assert!(dry.out.ends_with("(dry run)\n"), "{}", dry.out);
    assert_eq!(server.seen().iter().filter(|(request, _)| request.starts_with("PATCH")).count(), 1);
}

#[test]
fn a_mistyped_incident_is_not_marked_but_the_right_one_is_offered() {
    let ran = run(
        Server::answering(serving(CHECKOUT)).plugin(),
        &["issues", "ack", "checkout-pod-not-ready-3f9a1c20b", "-n", "shop"],
    );
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains(&format!("hint: did you mean {ISSUE}?")), "{}", ran.err);
}

#[test]
fn triage_never_asks_where_nobody_can_answer() {
    let server = Server::answering(voting());
    let ran = run(server.plugin(), &["triage", "-n", "shop"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("+  DB_HOST: db.shop.svc"), "what would be decided is shown: {}", ran.out);
    assert!(ran.err.starts_with("error: cannot ask what to do: this is no terminal"), "{}", ran.err);
    assert!(
        server.seen().iter().all(|(request, _)| !request.starts_with("PATCH") && !request.ends_with("approvalvotes"))
    );
}

/// Without the time of day: a live explanation and a recording of the same trouble are two reads.
fn timeless(text: &str) -> String {
    text.split_inclusive(char::is_whitespace)
        .map(|word| if word.trim().len() == 8 && word.matches(':').count() == 2 { "--:--:--\n" } else { word })
        .collect()
}

#[test]
fn a_recording_is_explained_again_without_its_cluster_and_holds_no_credential() {
    let mut answers = missing_key();
    let refused = status(403, "Forbidden", "events is forbidden: User \"ann\" cannot list resource \"events\"", "");
    answers.insert(("GET".into(), "/api/v1/namespaces/shop/events".into()), refused);
    if let Some((_, config)) =
        answers.get_mut(&("GET".to_owned(), "/api/v1/namespaces/shop/configmaps/web-config".to_owned()))
    {
        config["data"]["DB_PASSWORD"] = json!("hunter2hunter2");
    }
    let server = Server::answering(answers);
    let live = run(server.plugin(), &["explain", "deploy/web", "-n", "shop"]);
    let file = std::env::temp_dir().join(format!("chatcli-recording-{}.yaml", std::process::id()));
    let name = file.to_string_lossy().into_owned();
    let recorded = run(server.plugin(), &["record", "deploy/web", "-n", "shop", "--file", &name]);
    assert_eq!((recorded.code, recorded.out.as_str()), (0, ""), "{}", recorded.err);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains("hunter2") && text.contains("DB_PORT"), "{text}");
    let replayed = run(plugin(), &["replay", &name]);
    std::fs::remove_file(&file).unwrap();
    assert_eq!((replayed.code, timeless(&replayed.out)), (0, timeless(&live.out)), "{}", replayed.err);
    assert_eq!(live.out.matches("events is forbidden").count(), 1, "one refusal is told once: {}", live.out);
}
