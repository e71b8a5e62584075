//! JSON is a contract: what the commands really print is what the committed schemas say, and nothing besides.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "each test program uses its part of the support")]
mod support;

use std::collections::BTreeSet;

use clap::{Command, CommandFactory as _};
use common::costs::{Call, LEDGER, Ledger, Purpose, Spending};
use jsonschema::Validator;
use plugin::documents::{DOCUMENTS, Document};
use serde_json::{Value, json};

use support::workload::scanned;
use support::{Answers, Server, path, run, serving, watched};

const ISSUE: &str = "checkout-pod-not-ready-3f9a1c20b7";
const PLAN: &str = "checkout-pod-not-ready-3f9a1c20b7-plan-1";
const CHECKOUT: &str = include_str!("fixtures/checkout.yaml");
const RUNBOOK: &str = "
apiVersion: platform.chatcli.io/v1alpha1
kind: Runbook
metadata: {name: restart, namespace: shop}
spec:
  trigger: {signalType: oom_kill, severity: high, resourceKind: Deployment}
  steps: [{name: restart, action: RestartDeployment}]
";

fn get(path: &str) -> (String, String) {
    ("GET".to_owned(), path.to_owned())
}

/// One server with everything the samples ask for.
fn answers() -> Answers {
    let mut answers = watched(serving(CHECKOUT));
    answers.extend(scanned());
    let home = "namespaces/chatcli-system";
    let insight = answers.get_mut(&get(&path("aiinsights", &format!("{ISSUE}-insight")))).unwrap();
    insight.1["status"]["transcript"] = json!({ "call": 1, "at": "2026-03-02T14:02:12Z", "digest": "sha256:00", "bytes": 2,
        "system": "say why", "prompt": "{}", "answer": "a key is missing" });
    let mut ledger = Ledger::default();
    let spending = Spending { calls: 1, input_tokens: 10, output_tokens: 5, micro_usd: 7, ..Spending::default() };
    let at = jiff::Timestamp::now();
    ledger.record(&Call {
        purpose: Purpose::Analysis,
        namespace: "shop",
        issue: ISSUE,
        number: 1,
        at,
        provider: "p",
        model: "m",
        spending,
    });
    let ledger = json!({ "metadata": { "name": LEDGER }, "data": ledger.data() });
    answers.insert(get(&format!("/api/v1/{home}/configmaps/{LEDGER}")), (200, ledger));
    answers.insert(get(&format!("/api/v1/{home}/configmaps")), (200, json!({ "metadata": {}, "items": [] })));
    let version = json!({ "major": "1", "minor": "34", "gitVersion": "v1.34.4", "gitCommit": "", "gitTreeState": "", "buildDate": "",
        "goVersion": "", "compiler": "", "platform": "" });
    answers.insert(get("/version"), (200, version));
    let container = json!({ "image": "registry.example.org/op:1" });
    let operator = json!({ "metadata": { "name": "chatcli-operator", "namespace": "chatcli-system" },
        "spec": { "template": { "spec": { "containers": [container] } } } });
    answers.insert(get("/apis/apps/v1/deployments"), (200, json!({ "metadata": {}, "items": [operator] })));
    let secrets = "/api/v1/namespaces/shop/secrets";
    answers.insert(get(secrets), (200, json!({ "metadata": {}, "items": [] })));
    let made = run(
        Server::answering(answers.clone()).plugin(),
        &["tls", "generate", "tls", "-n", "shop", "--address", "chatcli.shop.svc", "--dry-run=client", "-o", "json"],
    );
    answers.insert(get(&format!("{secrets}/tls")), (200, serde_json::from_str(&made.out).unwrap()));
    answers
}

/// A document, and arguments that print it.
const SAMPLES: &[(&str, &[&str])] = &[
    ("status", &["status"]),
    ("scan", &["scan"]),
    ("findings", &["explain", ISSUE]),
    ("findings", &["explain", "deploy/web"]),
    ("previewed-findings", &["explain", ISSUE, "--preview"]),
    ("previewed-findings", &["explain", "deploy/web", "--preview"]),
    ("meaning", &["explain", "config-key-missing"]),
    ("transcript", &["explain", ISSUE, "--show-prompt"]),
    ("preview", &["plan", "preview", PLAN]),
    ("gate", &["gate"]),
    ("checks", &["doctor"]),
    ("checks", &["tls", "check", "tls"]),
    ("certificates", &["tls", "inspect", "tls"]),
    ("action", &["actions", "RestartDeployment"]),
    ("actions", &["actions"]),
    ("cost", &["cost"]),
    ("version", &["version"]),
    ("version", &["version", "--client"]),
    ("object", &["issues", ISSUE]),
    ("object", &["plan", "show", PLAN]),
    ("object", &["tls", "generate", "new", "--address", "chatcli.shop.svc", "--dry-run=client"]),
    ("list", &["issues"]),
    ("list", &["plan", "list"]),
    ("list", &["approvals"]),
    ("list", &["postmortem", "list"]),
    ("list", &["install", "--dry-run=client"]),
];

fn printed(server: &Server, args: &[&str]) -> Value {
    let place: &[&str] = if args[0] == "install" { &[] } else { &["-n", "shop"] };
    let ran = run(server.plugin(), &[args, place, &["-o", "json"]].concat());
    serde_json::from_str(&ran.out).unwrap_or_else(|why| panic!("{args:?}: {why}: {}{}", ran.out, ran.err))
}

/// The schema, but without room for a field that it does not name.
fn strict(document: &Document) -> Validator {
    let mut schema = document.schema().to_value();
    close(&mut schema);
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

fn close(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.get("properties").is_some_and(Value::is_object) && fields.get("type").is_some() {
                fields.entry("additionalProperties").or_insert(Value::Bool(false));
            }
            fields.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

fn named(name: &str) -> &'static Document {
    DOCUMENTS.iter().find(|document| document.name == name).unwrap_or_else(|| panic!("no document {name}"))
}

#[test]
fn what_is_printed_is_what_the_schema_says_and_nothing_besides() {
    let server = Server::answering(answers());
    for (name, args) in SAMPLES {
        let shown = printed(&server, args);
        let wrong: Vec<_> =
            strict(named(name)).iter_errors(&shown).map(|why| format!("{}: {why}", why.instance_path())).collect();
        assert!(wrong.is_empty(), "{args:?} is not {name}: {wrong:#?}\n{shown:#}");
    }
    let sampled: BTreeSet<_> = SAMPLES.iter().map(|(name, _)| *name).collect();
    let all: BTreeSet<_> = DOCUMENTS.iter().map(|document| document.name).collect();
    assert_eq!(printed(&server, &["cost"])["issues"].as_array().unwrap().len(), 1, "an empty list proves nothing");
    assert_eq!(sampled, all, "a document without a sample is a promise nobody checks");
}

#[test]
fn checks_of_a_runbook_are_the_same_document() {
    let file = std::env::temp_dir().join(format!("chatcli-documents-{}.yaml", std::process::id()));
    std::fs::write(&file, RUNBOOK).unwrap();
    let ran = run(support::plugin(), &["runbook", "lint", "-f", &file.to_string_lossy(), "-o", "json"]);
    std::fs::remove_file(&file).unwrap();
    let shown: Value = serde_json::from_str(&ran.out).unwrap();
    assert!(strict(named("checks")).is_valid(&shown), "{shown:#}");
}

#[test]
fn a_schema_refuses_what_is_missing_misspelt_or_of_another_type() {
    let server = Server::answering(answers());
    let (gate, strict) = (printed(&server, &["gate"]), strict(named("gate")));
    assert!(strict.is_valid(&gate));
    for (path, value) in [
        ("/passed", json!("no")),
        ("/passed", Value::Null),
        ("/incidents/0/severity", json!("grave")),
        ("/incidents/0/since", json!("yesterday")),
        ("/incidents/0/extra", json!(1)),
    ] {
        let mut other = gate.clone();
        let (parent, field) = path.rsplit_once('/').unwrap();
        let parent = other.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        if value.is_null() {
            parent.remove(field).unwrap();
        } else {
            parent.insert(field.to_owned(), value);
        }
        assert!(!strict.is_valid(&other), "{path}: {other:#}");
    }
}

#[test]
fn every_command_that_prints_json_says_which_document() {
    let mut root = plugin::cli::Cli::command();
    root.build();
    let mut commands = Vec::new();
    collect(&root, "", &mut commands);
    let known: Vec<_> = DOCUMENTS.iter().flat_map(|document| document.commands).collect();
    let silent: Vec<_> = commands
        .iter()
        .filter(|command| !known.iter().any(|known| *known == *command || known.starts_with(&format!("{command} "))))
        .collect();
    assert!(silent.is_empty(), "{silent:?}");
    for command in known {
        assert!(commands.iter().any(|real| command.starts_with(real.as_str())), "there is no {command}");
    }
}

fn collect(command: &Command, path: &str, found: &mut Vec<String>) {
    let prints = |arg: &clap::Arg| {
        arg.get_id() == "output" && arg.get_possible_values().iter().any(|value| value.get_name() == "json")
    };
    if command.get_arguments().any(prints) {
        found.push(path.to_owned());
    }
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        collect(sub, format!("{path} {}", sub.get_name()).trim(), found);
    }
}
