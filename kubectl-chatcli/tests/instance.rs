//! `kubectl chatcli instance create` as a conversation: what is asked, what is refused, and what that sends.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "each test program uses its part of the support")]
mod support;

use insta::assert_snapshot;
use serde_json::{Value, json};

use support::conversation::talk;
use support::{Answers, Server, plugin, run, status};

const INSTANCES: &str = "/apis/platform.chatcli.io/v1alpha1/namespaces/shop/instances";
const SECRETS: &str = "/api/v1/namespaces/shop/secrets";

fn answers() -> Answers {
    let post = |path: &str| ("POST".to_owned(), path.to_owned());
    let (code, absent) = status(404, "NotFound", "secrets \"chatcli-tls\" not found", "chatcli-tls");
    let made = |kind: &str, version: &str| json!({ "apiVersion": version, "kind": kind, "metadata": { "name": "x", "namespace": "shop" } });
    Answers::from([
        (post(INSTANCES), (201, made("Instance", "platform.chatcli.io/v1alpha1"))),
        (post(SECRETS), (201, made("Secret", "v1"))),
        (("GET".to_owned(), format!("{SECRETS}/chatcli-tls")), (code, absent)),
    ])
}

/// What was posted, by the last word of the path.
fn posted(server: &Server) -> Vec<(String, Value)> {
    let posts = server.seen().into_iter().filter(|(request, _)| request.starts_with("POST"));
    let word = |request: &str| request.rsplit('/').next().unwrap_or_default().to_owned();
    posts.map(|(request, body)| (word(&request), serde_json::from_str(&body).unwrap())).collect()
}

#[test]
fn every_gap_is_asked_for_and_each_wrong_answer_again() {
    let server = Server::answering(answers());
    let lines = [
        "Chat CLI",
        "chatcli",
        "claude",
        "?",
        "claudeai",
        "",
        "chatcli-api-keys",
        "auth/bearer",
        "chatcli-tls",
        "much",
        "1Gi",
        "web",
        "deployment/prod/web",
        "",
        "y",
        "y",
    ];
    let said = talk(&server, &["instance", "create", "-n", "shop"], &lines);
    assert!(said.ended_well, "{}", said.err);
    assert_snapshot!(format!("{}\n--- on stderr\n{}", said.out, said.err));
    let posts = posted(&server);
    let kinds: Vec<&str> = posts.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["secrets", "instances"], "the certificate first: no server waits for it");
    let names = common::tls::inspect(&common::tls::Material::of(&material(&posts[0].1)), &[], jiff::Timestamp::now());
    assert!(names.chain[0].names.contains(&"chatcli.shop.svc.cluster.local".to_owned()), "{:?}", names.chain[0].names);
}

fn material(secret: &Value) -> std::collections::BTreeMap<String, Vec<u8>> {
    let data = secret["data"].as_object().unwrap().iter();
    data.map(|(key, value)| {
        let k8s_openapi::ByteString(bytes) = serde_json::from_value(value.clone()).unwrap();
        (key.clone(), bytes)
    })
    .collect()
}

#[test]
fn thinking_better_of_it_and_ctrl_c_create_nothing() {
    let whole = ["chatcli", "ollama", "", "", "", "chatcli-tls", "", "", "n"];
    for (lines, ends_well) in [(&whole[..], true), (&whole[..8], false), (&[], false)] {
        let server = Server::answering(answers());
        let said = talk(&server, &["instance", "create", "-n", "shop"], lines);
        assert_eq!(said.ended_well, ends_well, "{lines:?}: {}", said.err);
        assert_eq!(posted(&server), [], "{lines:?}");
    }
}

#[test]
fn who_gives_name_and_provider_is_asked_nothing() {
    let server = Server::answering(answers());
    let ran = run(server.plugin(), &["instance", "create", "chatcli", "--provider", "ollama", "-n", "shop"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "instance.platform.chatcli.io/chatcli created\n"), "{}", ran.err);
    assert_eq!(posted(&server).len(), 1);
}

#[test]
fn a_client_side_dry_run_prints_what_would_be_created_and_needs_no_cluster() {
    let args = [
        "instance",
        "create",
        "chatcli",
        "--provider",
        "CLAUDEAI",
        "--api-keys",
        "keys",
        "-n",
        "shop",
        "--dry-run=client",
    ];
    let ran = run(plugin(), &[&args[..], &["-o", "yaml"]].concat());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_snapshot!(ran.out);
    let ran = run(plugin(), &[&args[..], &["-o", "json"]].concat());
    let list: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(list["items"].as_array().unwrap().len(), 3, "the Instance, and what opens its Secret");
}

#[test]
fn without_a_terminal_what_is_missing_is_named() {
    let ran = run(plugin(), &["instance", "create"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert_snapshot!(ran.err);
    let ran = run(plugin(), &["instance", "create", "Bad_Name", "--provider", "OLLAMA", "--dry-run=client"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{}", ran.err);
}

#[test]
fn a_right_that_is_missing_is_named() {
    let (code, body) =
        status(403, "Forbidden", "instances.platform.chatcli.io is forbidden: User \"ann\" cannot create", "");
    let answers = Answers::from([(("POST".to_owned(), INSTANCES.to_owned()), (code, body))]);
    let server = Server::answering(answers);
    let ran = run(server.plugin(), &["instance", "create", "chatcli", "--provider", "OLLAMA", "-n", "shop"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("you lack the verb \"create\" on instances.platform.chatcli.io"), "{}", ran.err);
}
