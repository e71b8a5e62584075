//! Every command in every trouble: a right is missing, chatcli is not installed, the cluster does not answer, the name is misspelt, the
//! reader has gone, nobody sits at a terminal.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "each test program uses its part of the support")]
mod support;

use std::fmt::Write as _;
use std::process::{Command, Stdio};

use clap::{CommandFactory as _, Parser as _};
use insta::assert_snapshot;
use serde_json::{Value, json};

use support::workload::scanned;
use support::{Answers, Ran, Reply, Server, path, plugin, run, serving, status, watched};

const CHECKOUT: &str = include_str!("fixtures/checkout.yaml");
const WORKER: &str = include_str!("fixtures/worker.yaml");

/// A command with arguments that would do, and what it needs.
struct Row {
    args: &'static [&'static str],
    needs: Needs,
}

/// What a command cannot do without.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Needs {
    /// No cluster.
    Nothing,
    /// The API server and its own kinds.
    Cluster,
    /// Kinds of ours.
    Chatcli,
}

use Needs::{Chatcli, Cluster, Nothing};

const fn row(args: &'static [&'static str], needs: Needs) -> Row {
    Row { args, needs }
}

const MATRIX: &[Row] = &[
    row(&["status"], Chatcli),
    row(&["triage"], Chatcli),
    row(&["issues"], Chatcli),
    row(&["issues", "ack", "x"], Chatcli),
    row(&["issues", "snooze", "x", "--for", "1h"], Chatcli),
    row(&["issues", "resolve", "x", "--note", "done"], Chatcli),
    row(&["issues", "reopen", "x", "--note", "again"], Chatcli),
    row(&["issues", "split", "x", "deploy/web"], Chatcli),
    row(&["issues", "merge", "x", "--into", "y"], Chatcli),
    row(&["scan"], Cluster),
    row(&["explain", "x"], Chatcli),
    row(&["plan", "list"], Chatcli),
    row(&["plan", "show", "x"], Chatcli),
    row(&["plan", "preview", "x"], Chatcli),
    row(&["plan", "undo", "x"], Chatcli),
    row(&["approvals"], Chatcli),
    row(&["approve", "x"], Chatcli),
    row(&["reject", "x"], Chatcli),
    row(&["pause", "deploy/web"], Cluster),
    row(&["resume", "deploy/web"], Cluster),
    row(&["policy", "list"], Chatcli),
    row(&["policy", "lint"], Chatcli),
    row(&["policy", "explain", "x"], Chatcli),
    row(&["policy", "test", "--action", "RestartDeployment"], Chatcli),
    row(&["audit", "list"], Chatcli),
    row(&["audit", "verify"], Chatcli),
    row(&["postmortem", "list"], Chatcli),
    row(&["postmortem", "show", "x"], Chatcli),
    row(&["postmortem", "close", "x"], Chatcli),
    row(&["actions"], Nothing),
    row(&["cost"], Cluster),
    row(&["gate"], Chatcli),
    row(&["wait", "x", "--for=state=Resolved"], Chatcli),
    row(&["runbook", "list"], Chatcli),
    row(&["runbook", "show", "x"], Chatcli),
    row(&["runbook", "scaffold", "x"], Chatcli),
    row(&["runbook", "lint"], Chatcli),
    row(&["runbook", "test", "-f", "/nonexistent", "--fixture", "/nonexistent"], Nothing),
    row(&["record", "x"], Chatcli),
    row(&["replay", "/nonexistent"], Nothing),
    row(&["doctor"], Cluster),
    row(&["rbac", "lint"], Cluster),
    row(&["tls", "generate", "x", "--service", "x"], Cluster),
    row(&["tls", "inspect", "x"], Cluster),
    row(&["tls", "check", "x"], Cluster),
    row(&["tls", "rotate", "x"], Cluster),
    row(&["instance", "list"], Chatcli),
    row(&["instance", "show", "x"], Chatcli),
    row(&["instance", "create", "x", "--provider", "openai"], Chatcli),
    row(&["instance", "grant", "x"], Chatcli),
    row(&["install"], Cluster),
    row(&["upgrade"], Cluster),
    row(&["uninstall"], Cluster),
    row(&["version"], Cluster),
    row(&["completion", "bash"], Nothing),
];

/// In namespace shop, where that means something.
fn line(row: &Row) -> Vec<&'static str> {
    let whole =
        matches!(row.args[0], "install" | "upgrade" | "uninstall" | "version" | "completion" | "actions" | "replay");
    let place: &[&str] = if whole { &[] } else { &["-n", "shop"] };
    [row.args, place].concat()
}

/// The same, for a command that would ask before it asks the cluster.
fn determined(row: &Row) -> Vec<&'static str> {
    let yes: &[&str] = if row.args[0] == "uninstall" { &["--yes"] } else { &[] };
    [&line(row), yes].concat()
}

/// What holds of every run, whatever happens.
fn checked(args: &[&str], ran: Ran) -> Ran {
    let both = format!("{}{}", ran.out, ran.err);
    assert!(!both.contains("panicked") && ran.code <= 2, "{args:?} exits {}: {both}", ran.code);
    assert!(!both.contains('\u{1b}'), "{args:?} draws where nobody sees it: {both:?}");
    ran
}

#[test]
fn the_matrix_has_every_command() {
    let mut root = plugin::cli::Cli::command();
    root.build();
    let mut all = Vec::new();
    leaves(&root, &mut Vec::new(), &mut all);
    let missing: Vec<_> = all
        .iter()
        .filter(|words| !MATRIX.iter().any(|row| row.args.len() >= words.len() && row.args[..words.len()] == words[..]))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn leaves(command: &clap::Command, path: &mut Vec<String>, all: &mut Vec<Vec<String>>) {
    let is_only_a_place = command.has_subcommands() && command.is_arg_required_else_help_set();
    if !path.is_empty() && !is_only_a_place {
        all.push(path.clone());
    }
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set() && sub.get_name() != "help") {
        path.push(sub.get_name().to_owned());
        leaves(sub, path, all);
        path.pop();
    }
}

/// Refuses everything to ann, in the words of the API server's authorizer.
fn forbidding(method: &str, path: &str) -> Reply {
    let json = "application/json";
    if path == "/version" {
        return (200, json, version().to_string());
    }
    let words: Vec<&str> = path.trim_matches('/').split('/').collect();
    let (group, rest) = if words[0] == "api" { ("", &words[2..]) } else { (words[1], &words[3..]) };
    let (namespace, rest) = match rest {
        ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (Some(*namespace), rest),
        rest => (None, rest),
    };
    let (resource, name) = (rest[0], rest.get(1).copied().unwrap_or_default());
    let verb = match (method, name) {
        ("GET", "") => "list",
        ("GET", _) => "get",
        ("WATCH", _) => "watch",
        ("POST", _) => "create",
        ("PATCH", _) => "patch",
        _ => "delete",
    };
    let place =
        namespace.map_or_else(|| "at the cluster scope".to_owned(), |name| format!("in the namespace {name:?}"));
    let said = format!(
        "{resource} {name:?} is forbidden: User \"ann\" cannot {verb} resource {resource:?} in API group {group:?} {place}"
    );
    let (code, body) = status(403, "Forbidden", &said, name);
    (code, json, body.to_string())
}

fn version() -> Value {
    json!({ "major": "1", "minor": "34", "gitVersion": "v1.34.4", "gitCommit": "", "gitTreeState": "", "buildDate": "",
        "goVersion": "", "compiler": "", "platform": "" })
}

#[test]
fn a_403_names_verb_kind_place_who_asked_and_what_to_do() {
    let server = Server::replying(forbidding);
    for row in MATRIX.iter().filter(|row| row.needs != Nothing) {
        let args = determined(row);
        let ran = checked(&args, run(server.plugin(), &args));
        // Doctor and uninstall look on past what they may not see.
        let said = if row.args[0] == "doctor" { &ran.out } else { &ran.err };
        let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("you lack the verb \""), "{args:?}: {said}");
        assert!(words.contains("ann"), "{args:?} does not say who: {said}");
        if row.args[0] == "doctor" {
            continue;
        }
        assert!(ran.code != 0, "{args:?}: {said}");
        assert!(ran.out.is_empty() || row.args[0] == "version", "{args:?}: {}", ran.out);
        let namespaced = words.contains("in namespace ")
            || words.contains(" -n ")
            || words.contains(" -A")
            || words.contains("can-i delete ");
        assert!(namespaced, "{args:?} does not say where: {said}");
        let helps = words.contains("kubectl create rolebinding") || words.contains("kubectl auth can-i ");
        assert!(helps, "{args:?} does not say what to do: {said}");
    }
}

/// Without the number of rights that a narrow screen has no place for: it grows with every action.
fn uncounted(text: &str) -> String {
    let words = text.split_inclusive(char::is_whitespace).collect::<Vec<_>>();
    let counts = |index: usize| words.get(index + 1).is_some_and(|next| next.trim() == "more");
    words.iter().enumerate().map(|(index, word)| if counts(index) { "N " } else { word }).collect()
}

/// A cluster without our kinds: its own are served, and there are none of them.
fn bare_cluster(_: &str, path: &str) -> Reply {
    let json = "application/json";
    if path == "/version" {
        return (200, json, version().to_string());
    }
    if path.contains("platform.chatcli.io/v1alpha1") {
        return (404, "text/plain", "404 page not found\n".to_owned());
    }
    let words: Vec<&str> = path.trim_matches('/').split('/').collect();
    let depth = words.len()
        - if words[0] == "api" { 2 } else { 3 }
        - if words.contains(&"namespaces") && words.last() != Some(&"namespaces") { 2 } else { 0 };
    if depth == 1 {
        return (200, json, json!({ "kind": "List", "apiVersion": "v1", "metadata": {}, "items": [] }).to_string());
    }
    let name = words.last().copied().unwrap_or_default();
    let (code, body) = status(404, "NotFound", &format!("{name} not found"), name);
    (code, json, body.to_string())
}

#[test]
fn without_chatcli_each_command_says_how_to_install_it_or_works() {
    let server = Server::replying(bare_cluster);
    for row in MATRIX.iter().filter(|row| row.needs == Chatcli) {
        let args = line(row);
        let ran = checked(&args, run(server.plugin(), &args));
        assert!(ran.code != 0 && ran.out.is_empty(), "{args:?}: {} {}", ran.code, ran.out);
        assert!(ran.err.contains("hint: install chatcli first: kubectl chatcli install"), "{args:?}: {}", ran.err);
    }
    let works: Vec<_> = MATRIX.iter().filter(|row| row.needs == Cluster && row.args[0] != "install").collect();
    let mut told = String::new();
    for row in works {
        let args = line(row);
        let ran = checked(&args, run(server.plugin(), &args));
        let _ = writeln!(told, "$ kubectl chatcli {}\n{}{}exit {}\n", args.join(" "), ran.out, ran.err, ran.code);
    }
    assert_snapshot!(uncounted(&told));
}

#[test]
fn a_cluster_that_does_not_answer_is_named() {
    for row in MATRIX.iter().filter(|row| row.needs != Nothing) {
        let args = determined(row);
        let mut command = plugin();
        command.args(["--server", "http://127.0.0.1:1"]);
        let ran = checked(&args, run(command, &args));
        assert!(ran.code != 0, "{args:?}");
        assert!(ran.out.is_empty() || row.args[0] == "version", "{args:?}: {}", ran.out);
        let said = "error: cannot reach the cluster at http://127.0.0.1:1: connection refused\nhint: check the context";
        assert!(ran.err.contains(said), "{args:?}: {}", ran.err);
    }
}

/// One server on which every command finds something.
fn full() -> Answers {
    let mut answers = watched(serving(&format!("{CHECKOUT}\n---\n{WORKER}")));
    answers.extend(scanned());
    let review = json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview", "metadata": {},
        "status": { "userInfo": { "username": "ann" } } });
    answers.insert(("POST".into(), "/apis/authentication.k8s.io/v1/selfsubjectreviews".into()), (201, review));
    answers.insert(("GET".into(), "/version".into()), (200, version()));
    for plural in ["runbooks", "approvalpolicies", "auditevents", "instances"] {
        let none = json!({ "kind": "List", "apiVersion": "v1", "metadata": {}, "items": [] });
        answers.insert(("GET".into(), path(plural, "")), (200, none.clone()));
        answers.insert(("GET".into(), format!("/apis/platform.chatcli.io/v1alpha1/{plural}")), (200, none));
    }
    answers
}

#[test]
fn a_misspelt_name_is_answered_with_the_nearest() {
    let (near, issue) = ("checkout-pod-not-ready-3f9a1c20b", "checkout-pod-not-ready-3f9a1c20b7");
    let server = Server::answering(full());
    for row in MATRIX.iter().filter(|row| row.args.contains(&"x") && row.needs == Chatcli) {
        if matches!(row.args, ["instance", ..] | ["runbook", "show", ..]) {
            // There is none that it could have meant; the list is offered instead, as the next test says.
            continue;
        }
        let args: Vec<&str> = line(row).into_iter().map(|word| if word == "x" { near } else { word }).collect();
        let ran = checked(&args, run(server.plugin(), &args));
        assert!(ran.code != 0 && ran.out.is_empty(), "{args:?}: {} {}", ran.code, ran.out);
        assert!(ran.err.contains(&format!("hint: did you mean {issue}")), "{args:?}: {}", ran.err);
    }
}

#[test]
fn a_name_with_nothing_near_leads_to_the_list() {
    let server = Server::answering(full());
    for args in [
        &["runbook", "show", "x"][..],
        &["instance", "show", "x"],
        &["postmortem", "show", "x"],
        &["plan", "show", "x"],
    ] {
        let ran = checked(args, run(server.plugin(), &[args, &["-n", "shop"]].concat()));
        let list = format!("hint: list what there is: kubectl chatcli {} list", args[0]);
        assert!(ran.err.contains(&list), "{args:?}: {}", ran.err);
    }
}

#[test]
fn a_misspelt_name_is_held_against_every_kind_that_it_could_have_meant() {
    let server = Server::answering(full());
    for (args, meant) in [
        (&["postmortem", "show", "pm-worker-oom-kill-90c41d77a"][..], "pm-worker-oom-kill-90c41d77aa"),
        (&["postmortem", "close", "worker-oom-kill-90c41d77a"], "worker-oom-kill-90c41d77aa"),
        (&["plan", "show", "worker-oom-kill-90c41d77aa-plan-2"], "worker-oom-kill-90c41d77aa-plan-1"),
        (&["runbook", "scaffold", "worker-oom-kill-90c41d77aa-plan-"], "worker-oom-kill-90c41d77aa-plan-1"),
        (
            &["approve", "approval-checkout-pod-not-ready-3f9a1c20b7-plan-"],
            "approval-checkout-pod-not-ready-3f9a1c20b7-plan-1",
        ),
    ] {
        let ran = checked(args, run(server.plugin(), &[args, &["-n", "shop"]].concat()));
        assert!(ran.err.contains(&format!("hint: did you mean {meant}?\n")), "{args:?}: {}", ran.err);
    }
}

#[test]
fn what_may_not_be_listed_does_not_keep_the_rest_from_being_suggested() {
    let mut answers = full();
    let said = "postmortems.platform.chatcli.io is forbidden: User \"ann\" cannot list resource \"postmortems\"";
    let everywhere = "/apis/platform.chatcli.io/v1alpha1/postmortems";
    answers.insert(("GET".into(), everywhere.into()), status(403, "Forbidden", said, ""));
    let args = ["postmortem", "show", "worker-oom-kill-90c41d77a", "-n", "shop"];
    let ran = run(Server::answering(answers).plugin(), &args);
    assert!(ran.err.contains("hint: did you mean worker-oom-kill-90c41d77aa?"), "{}", ran.err);
}

/// The name of the incident in place of `x`, so that there is something to show.
fn happy(row: &Row) -> Vec<&'static str> {
    let name = match row.args[0] {
        "postmortem" => "pm-worker-oom-kill-90c41d77aa",
        _ => "checkout-pod-not-ready-3f9a1c20b7",
    };
    line(row).into_iter().map(|word| if word == "x" { name } else { word }).collect()
}

/// Runs it with a pipe for stdout that nobody reads any more: exit code and stderr.
fn unread(server: &Server, args: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-chatcli"));
    command.env_clear().envs([("TZ", "UTC"), ("KUBECONFIG", "/nonexistent/config")]);
    command.args(server.plugin().get_args()).args(args).stdin(Stdio::null());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!err.contains("panicked") && !err.to_lowercase().contains("broken pipe"), "{args:?}: {err}");
    (output.status.code().unwrap_or_else(|| panic!("{args:?} was killed")), err)
}

fn command_of(args: &[&str]) -> plugin::cli::Command {
    plugin::cli::Cli::try_parse_from(["kubectl-chatcli"].iter().chain(args)).unwrap().command
}

#[test]
fn a_reader_who_leaves_ends_every_command_in_silence() {
    let server = Server::answering(full());
    for row in MATRIX {
        let args = happy(row);
        let kept = run(server.plugin(), &args);
        let (code, err) = unread(&server, &args);
        // Who printed nothing, changes something, or asks a question that the exit code answers, ends as with a reader.
        let command = command_of(&args);
        if kept.out.is_empty() || command.changes() {
            assert_eq!((code, &err), (kept.code, &kept.err), "{args:?}");
        } else if command.finds() {
            assert_eq!(code, kept.code, "{args:?}: {err}");
        } else {
            assert_eq!((code, err.as_str()), (0, ""), "{args:?}");
        }
    }
}

/// A cluster that takes whatever it is given, and forgets it; what chatcli reads of its own is there.
fn taking_everything(answers: Answers) -> impl Fn(&str, &str) -> Reply {
    const CRDS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    move |method, path| {
        let json = "application/json";
        let object = json!({ "apiVersion": "v1", "kind": "Any", "metadata": { "name": path.rsplit('/').next() } });
        let known = answers.contains_key(&(method.to_owned(), path.to_owned()));
        match method {
            _ if known => support::reply(&answers, method, path),
            "GET" if path.contains("platform.chatcli.io/v1alpha1") => support::reply(&answers, method, path),
            "GET" | "WATCH" if path == CRDS => {
                let served = json!({ "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                    "metadata": { "name": "any" }, "status": { "conditions": [{ "type": "Established", "status": "True" }] } });
                let list = json!({ "kind": "List", "apiVersion": "v1", "metadata": { "resourceVersion": "1" }, "items": [served] });
                (200, json, list.to_string())
            }
            "GET" | "WATCH" => bare_cluster(method, path),
            "POST" => (201, json, object.to_string()),
            _ => (200, json, object.to_string()),
        }
    }
}

#[test]
fn what_a_command_changes_it_changes_whole_also_when_nobody_reads_what_it_says() {
    let issue = "checkout-pod-not-ready-3f9a1c20b7";
    let home = "/api/v1/namespaces/chatcli-system/configmaps/chatcli-admission-params";
    let mut answers = full();
    answers.insert(
        ("GET".into(), home.into()),
        (200, json!({ "metadata": { "name": "chatcli-admission-params" }, "data": {} })),
    );
    let server = Server::replying(taking_everything(answers));
    for args in [
        &["install", "--timeout", "0"][..],
        &["upgrade", "--yes", "--timeout", "0"],
        &["uninstall", "--yes", "--purge"],
        &["approve", issue, "-n", "shop", "--yes", "--timeout", "0"],
        &["reject", issue, "-n", "shop", "--yes", "--timeout", "0"],
        &["issues", "ack", issue, "-n", "shop"],
        &["issues", "snooze", issue, "-n", "shop", "--for", "1h"],
        &["postmortem", "close", "pm-worker-oom-kill-90c41d77aa", "-n", "shop"],
        &["plan", "undo", "worker-oom-kill-90c41d77aa-plan-1", "-n", "shop", "--yes", "--timeout", "0"],
        &["pause", "deploy/web", "-n", "shop"],
        &["tls", "generate", "web-tls", "-n", "shop", "--address", "web.example.org"],
        &["instance", "create", "x", "-n", "shop", "--provider", "openai"],
    ] {
        assert!(command_of(args).changes(), "{args:?}");
        let written = || {
            let all = server.seen().into_iter().map(|(request, _)| request);
            all.filter(|request| !request.starts_with("GET") && !request.contains("selfsubjectreviews"))
                .collect::<Vec<_>>()
        };
        let before = written().len();
        let kept = run(server.plugin(), args);
        let with_a_reader = written().split_off(before);
        let (code, err) = unread(&server, args);
        let without = written().split_off(before + with_a_reader.len());
        assert_eq!((&without, code, &err), (&with_a_reader, kept.code, &kept.err), "{args:?}");
        let proves_something = !with_a_reader.is_empty() && !kept.out.is_empty();
        assert!(proves_something, "{args:?} writes {with_a_reader:?} and says {:?}: {}", kept.out, kept.err);
    }
}

#[test]
fn work_goes_on_when_what_is_said_of_it_cannot_be_kept_and_that_is_an_error_in_the_end() {
    let server = Server::replying(taking_everything(full()));
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-chatcli"));
    command.args(server.plugin().get_args()).args(["uninstall", "--yes"]).stdin(Stdio::null());
    let full_disk = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = command.stdout(full_disk).stderr(Stdio::piped()).output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(err.starts_with("error: cannot write: No space left on device"), "{err}");
    let deleted = |server: &Server| server.seen().iter().filter(|(request, _)| request.starts_with("DELETE")).count();
    let whole = Server::replying(taking_everything(full()));
    assert_eq!(run(whole.plugin(), &["uninstall", "--yes"]).code, 0);
    assert_eq!(deleted(&server), deleted(&whole));
}

#[test]
fn what_a_pipeline_asked_is_answered_whoever_reads_it() {
    let server = Server::answering(full());
    for args in [&["gate"][..], &["scan"], &["plan", "preview", "checkout-pod-not-ready-3f9a1c20b7"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-chatcli"));
        command.args(server.plugin().get_args()).args(args).args(["-n", "shop"]).stderr(Stdio::null());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        assert_eq!(
            child.wait().unwrap().code(),
            Some(1),
            "{args:?}: there is something, and nobody may take it for nothing"
        );
    }
}

#[test]
fn without_a_terminal_nothing_is_drawn_and_nobody_is_asked() {
    let server = Server::answering(full());
    for row in MATRIX {
        let args = happy(row);
        let mut command = server.plugin();
        command.write_stdin("y\ny\ny\n");
        checked(&args, run(command, &args));
    }
    let written =
        |request: &str| !request.starts_with("GET") && !request.contains("reviews") && !request.contains("/issues/");
    let sent: Vec<_> =
        server.seen().into_iter().map(|(request, _)| request).filter(|request| written(request)).collect();
    // What asks nobody even at a terminal: an administrator's own command line.
    let unasked = ["deployments/web", "postmortems/", "instances", "secrets"];
    let unwanted: Vec<_> = sent.iter().filter(|request| !unasked.iter().any(|known| request.contains(known))).collect();
    assert!(unwanted.is_empty(), "{unwanted:?}");
    for (args, way_out) in [
        (&["approve", "checkout-pod-not-ready-3f9a1c20b7"][..], "--yes"),
        (&["reject", "checkout-pod-not-ready-3f9a1c20b7"], "--yes"),
        (&["plan", "undo", "worker-oom-kill-90c41d77aa-plan-1"], "--yes"),
    ] {
        let ran = run(server.plugin(), &[args, &["-n", "shop"]].concat());
        assert_eq!(ran.code, 1, "{args:?}");
        assert!(ran.err.contains("this is no terminal") && ran.err.contains(way_out), "{args:?}: {}", ran.err);
    }
}
