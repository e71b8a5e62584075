//! `kubectl chatcli doctor` about servers and webhooks: one line for each thing that is wrong, with its cause and the command that helps.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "each test program uses its part of the support")]
mod support;

use std::collections::BTreeMap;

use common::tls::{self, KeyKind, keys};
use insta::assert_snapshot;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::ByteString;
use serde_json::{Value, json};

use support::{Answers, Server, run, status};

const INSTANCES: &str = "/apis/platform.chatcli.io/v1alpha1/instances";
const WEBHOOKS: &str = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
const HOST: &str = "chatcli.shop.svc.cluster.local";

fn get(path: &str) -> (String, String) {
    ("GET".to_owned(), path.to_owned())
}

fn list(items: &[Value]) -> (u16, Value) {
    (200, json!({ "kind": "List", "apiVersion": "v1", "metadata": { "resourceVersion": "1" }, "items": items }))
}

fn condition(kind: &str, holds: bool, reason: &str, message: &str) -> Value {
    json!({
        "type": kind, "status": if holds { "True" } else { "False" }, "reason": reason, "message": message,
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    })
}

/// A cluster in which all is well with one server that wants a certificate, a token and the keys of its provider.
struct Shop {
    answers: Answers,
    conditions: Vec<Value>,
    ready: bool,
}

impl Shop {
    fn well() -> Self {
        let mut answers = Answers::new();
        let version = json!({ "major": "1", "minor": "34", "gitVersion": "v1.34.4" });
        answers.insert(get("/version"), (200, version));
        answers.insert(get(WEBHOOKS), list(&[]));
        answers.insert(get(&WEBHOOKS.replace("validating", "mutating")), list(&[]));
        let service = json!({
            "apiVersion": "v1", "kind": "Service", "metadata": { "name": "chatcli", "namespace": "shop" },
            "spec": { "ports": [{ "name": "grpc", "port": 50051 }] },
        });
        answers.insert(get("/api/v1/namespaces/shop/services/chatcli"), (200, service));
        let slice = json!({
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": { "name": "chatcli-1" },
            "endpoints": [{ "addresses": ["10.0.0.1"], "conditions": { "ready": true } }],
        });
        answers.insert(get("/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices"), list(&[slice]));
        let rules = json!([{ "apiGroups": [""], "resources": ["secrets"], "resourceNames": ["auth", "keys", "tls"], "verbs": ["get"] }]);
        for (plural, content) in [("roles", json!({ "rules": rules })), ("rolebindings", json!({}))] {
            let mut object = content;
            object["metadata"] = json!({ "name": "chatcli-secrets", "namespace": "shop" });
            let path = format!("/apis/rbac.authorization.k8s.io/v1/namespaces/shop/{plural}/chatcli-secrets");
            answers.insert(get(&path), (200, object));
        }
        let mut shop = Self { answers, conditions: Vec::new(), ready: true };
        shop.secret("auth", &[("token", "t")]);
        shop.secret("keys", &[("ANTHROPIC_API_KEY", "k")]);
        shop.certificate(&certificate(HOST, Timestamp::now()));
        shop.says(&[
            condition("Reachable", true, "Answers", "version 1.188.0 answers over TLS"),
            condition("Ready", true, "Serving", ""),
        ]);
        shop
    }

    fn says(&mut self, conditions: &[Value]) {
        self.conditions = conditions.to_vec();
        self.ready = conditions.iter().any(|condition| condition["type"] == "Ready" && condition["status"] == "True");
    }

    fn secret(&mut self, name: &str, data: &[(&str, &str)]) {
        let data: BTreeMap<&str, Value> =
            data.iter().map(|(key, value)| (*key, json!(ByteString(value.as_bytes().to_vec())))).collect();
        let secret = json!({
            "apiVersion": "v1", "kind": "Secret", "metadata": { "name": name, "namespace": "shop" }, "data": data,
        });
        self.answers.insert(get(&format!("/api/v1/namespaces/shop/secrets/{name}")), (200, secret));
    }

    fn without(&mut self, path: &str) {
        let (code, body) = status(404, "NotFound", "not found", "x");
        self.answers.insert(get(path), (code, body));
    }

    fn certificate(&mut self, data: &[(&str, String)]) {
        let data: Vec<_> = data.iter().map(|(key, value)| (*key, value.as_str())).collect();
        self.secret("tls", &data);
    }

    fn server(mut self) -> Server {
        let instance = json!({
            "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "Instance",
            "metadata": { "name": "chatcli", "namespace": "shop" },
            "spec": {
                "provider": "CLAUDEAI", "apiKeys": { "name": "keys" },
                "server": { "tls": { "enabled": true, "secretName": "tls" }, "token": { "name": "auth", "key": "token" } },
            },
            "status": { "ready": self.ready, "conditions": self.conditions },
        });
        self.answers.insert(get(INSTANCES), list(&[instance]));
        Server::answering(self.answers)
    }

    /// Lines of the page about the server, or about webhooks, each with its next step.
    fn lines(self) -> String {
        let ran = run(self.server().plugin(), &["doctor", "-o", "json"]);
        let page: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err));
        let checks = page["checks"].as_array().unwrap().iter();
        let concerned = checks.filter(|check| {
            let name = check["name"].as_str().unwrap();
            name.starts_with("server") || name == "webhook"
        });
        let words = concerned.map(|check| {
            let text = |field: &str| check[field].as_str().unwrap_or_default().to_owned();
            let next = check["next"].as_str().map(|next| format!("\n    → {next}")).unwrap_or_default();
            format!("{} {}: {}{next}", text("result"), text("name"), text("message"))
        });
        words.collect::<Vec<_>>().join("\n")
    }
}

fn certificate(name: &str, now: Timestamp) -> Vec<(&'static str, String)> {
    let names = [name.to_owned()];
    let valid_for = SignedDuration::from_hours(24 * 90);
    let made = tls::make(&tls::Request { names: &names, key: KeyKind::default(), now, valid_for }).unwrap();
    vec![
        (keys::CERTIFICATE, made.certificate.clone()),
        (keys::KEY, made.key.to_string()),
        (keys::AUTHORITY, made.authority.clone()),
    ]
}

/// Dates differ from run to run.
fn undated(text: &str) -> String {
    let mut words = Vec::new();
    for word in text.split(' ') {
        let is_date =
            word.len() >= 10 && word.as_bytes()[..4].iter().all(u8::is_ascii_digit) && word.as_bytes()[4] == b'-';
        words.push(if is_date { "DATE" } else { word });
    }
    words.join(" ")
}

#[test]
fn a_server_that_answers_is_one_line() {
    assert_snapshot!(Shop::well().lines());
}

#[test]
fn a_certificate_for_another_name_is_named() {
    let mut shop = Shop::well();
    shop.certificate(&certificate("somebody.else", Timestamp::now()));
    let words = "the certificate is for somebody.else";
    shop.says(&[
        condition("Reachable", false, "CertificateNameMismatch", words),
        condition("Ready", false, "CertificateNameMismatch", words),
    ]);
    assert_snapshot!(undated(&shop.lines()));
}

#[test]
fn a_certificate_without_an_authority_is_named() {
    let mut shop = Shop::well();
    shop.certificate(&certificate(HOST, Timestamp::now())[..2]);
    assert_snapshot!(undated(&shop.lines()));
}

#[test]
fn a_key_of_another_certificate_is_named() {
    let mut shop = Shop::well();
    let (own, other) = (certificate(HOST, Timestamp::now()), certificate(HOST, Timestamp::now()));
    shop.certificate(&[own[0].clone(), other[1].clone(), own[2].clone()]);
    assert_snapshot!(undated(&shop.lines()));
}

#[test]
fn an_expired_certificate_is_named() {
    let mut shop = Shop::well();
    shop.certificate(&certificate(HOST, Timestamp::now() - SignedDuration::from_hours(24 * 100)));
    let lines = shop.lines();
    assert!(lines.contains("fail server shop/chatcli: ") && lines.contains("expired"), "{lines}");
    assert!(lines.contains("→ kubectl chatcli tls check tls -n shop"), "{lines}");
}

#[test]
fn a_server_without_endpoints_leads_to_its_deployment() {
    let mut shop = Shop::well();
    shop.answers.insert(get("/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices"), list(&[]));
    shop.says(&[
        condition(
            "Available",
            false,
            "DeploymentNotReady",
            "0/1 pods ready: container chatcli waits: ImagePullBackOff",
        ),
        condition("Reachable", false, "NoEndpoints", "no pod is ready to answer"),
        condition("Ready", false, "DeploymentNotReady", "0/1 pods ready: container chatcli waits: ImagePullBackOff"),
    ]);
    assert_snapshot!(shop.lines());
}

#[test]
fn each_missing_secret_and_key_says_how_it_is_made() {
    let mut shop = Shop::well();
    shop.secret("auth", &[("TOKEN", "t")]);
    shop.without("/api/v1/namespaces/shop/secrets/tls");
    shop.secret("keys", &[("OPENAI_API_KEY", "k")]);
    shop.says(&[
        condition("ReferencesResolved", false, "SecretMissing", "Secret shop/tls does not exist"),
        condition("Ready", false, "SecretMissing", "Secret shop/tls does not exist"),
    ]);
    assert_snapshot!(shop.lines());
}

#[test]
fn what_the_operator_may_not_read_leads_to_the_grant() {
    let mut shop = Shop::well();
    let path = "/apis/rbac.authorization.k8s.io/v1/namespaces/shop";
    shop.without(&format!("{path}/rolebindings/chatcli-secrets"));
    let rules = json!([{ "resources": ["secrets"], "resourceNames": ["auth", "tls"], "verbs": ["get"] }]);
    let role = json!({ "metadata": { "name": "chatcli-secrets", "namespace": "shop" }, "rules": rules });
    shop.answers.insert(get(&format!("{path}/roles/chatcli-secrets")), (200, role));
    assert_snapshot!(shop.lines());
}

#[test]
fn a_status_of_another_operator_is_not_believed() {
    let mut shop = Shop::well();
    shop.says(&[condition("Available", true, "DeploymentReady", "1/1 replicas ready")]);
    shop.ready = true;
    let lines = shop.lines();
    assert!(lines.contains("warn server shop/chatcli: its status is of another operator"), "{lines}");
}

#[test]
fn a_webhook_that_was_left_behind_refuses_every_write() {
    let mut shop = Shop::well();
    let left = json!({
        "metadata": { "name": "chatcli-webhook" },
        "webhooks": [{
            "name": "v.chatcli.io", "failurePolicy": "Fail",
            "rules": [{ "apiGroups": ["platform.chatcli.io"], "resources": ["*"], "operations": ["CREATE"] }],
            "clientConfig": { "service": { "name": "gone", "namespace": "chatcli-system" } },
        }],
    });
    shop.answers.insert(get(WEBHOOKS), list(&[left]));
    shop.without("/api/v1/namespaces/chatcli-system/services/gone");
    let lines = shop.lines();
    let said = "fail webhook: chatcli-webhook asks service chatcli-system/gone, which does not exist: every write is refused\n    → \
                kubectl delete validatingwebhookconfigurations chatcli-webhook";
    assert!(lines.contains(said), "{lines}");
}

/// Says its version, which everybody may ask for, and nothing else.
fn forbidding() -> Server {
    let version = json!({ "major": "1", "minor": "34", "gitVersion": "v1.34.4" }).to_string();
    Server::replying(move |_, path| {
        let (code, body) = status(403, "Forbidden", "it is forbidden: User \"ann\" cannot do this", "x");
        if path == "/version" {
            return (200, "application/json", version.clone());
        }
        (code, "application/json", body.to_string())
    })
}

#[test]
fn an_installation_that_may_not_be_looked_at_is_not_called_sound() {
    let ran = run(forbidding().plugin(), &["doctor"]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("not checked, 1 ok"), "{}", ran.out);
}

#[test]
fn what_is_known_to_fail_counts_more_than_what_was_not_looked_at() {
    // The kinds of this cluster are not served, so they cannot be compared either way.
    assert_eq!(run(Shop::well().server().plugin(), &["doctor"]).code, 2);
    let mut shop = Shop::well();
    shop.says(&[condition("Ready", false, "DeploymentNotReady", "0/1 pods ready")]);
    let ran = run(shop.server().plugin(), &["doctor"]);
    assert!(ran.code == 1 && ran.out.contains("unchecked"), "{} {}", ran.code, ran.out);
}

#[test]
fn a_cluster_that_does_not_answer_gives_doctor_no_answer_and_a_fix_that_was_not_made_is_an_error() {
    for (args, code) in [(&["doctor"][..], 2), (&["doctor", "--nope"], 2), (&["doctor", "--fix", "--yes"], 1)] {
        let mut command = support::plugin();
        command.args(["--server", "http://127.0.0.1:1"]);
        assert_eq!(run(command, args).code, code, "{args:?}");
    }
}

#[test]
fn a_fix_with_nothing_to_put_back_says_what_the_checks_say() {
    let ran = run(forbidding().plugin(), &["doctor", "--fix", "--yes"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("as far as it could be looked at"), "{}", ran.err);
}
