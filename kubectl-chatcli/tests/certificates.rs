//! Certificates of Secrets, as `scan`, `explain` and `record` see them: with the caller's rights, and never their keys.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "each test program uses its part of the support")]
mod support;

use common::tls::{self, KeyKind, keys};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::ByteString;
use serde_json::{Value, json};

use support::workload::scanned;
use support::{Answers, Ran, Server, plugin, run, status};

const SECRETS: &str = "/api/v1/namespaces/shop/secrets";
const INGRESSES: &str = "/apis/networking.k8s.io/v1/namespaces/shop/ingresses";

fn get(path: &str) -> (String, String) {
    ("GET".to_owned(), path.to_owned())
}

fn list(items: &[Value]) -> (u16, Value) {
    (200, json!({ "kind": "List", "apiVersion": "v1", "metadata": { "resourceVersion": "1" }, "items": items }))
}

/// A namespace that is well, with an Ingress in front of its one workload.
struct Shop {
    answers: Answers,
    keys: Vec<String>,
    secrets: Vec<Value>,
}

impl Shop {
    fn well() -> Self {
        let mut answers = scanned();
        // It serves, and nothing of it is in trouble.
        let pods = answers.get_mut(&get("/api/v1/namespaces/shop/pods")).unwrap();
        let status = &mut pods.1["items"][0]["status"];
        status["phase"] = json!("Running");
        status["conditions"] =
            json!([{ "type": "Ready", "status": "True", "lastTransitionTime": "2026-03-02T14:00:10Z" }]);
        status["containerStatuses"][0]["ready"] = json!(true);
        status["containerStatuses"][0]["started"] = json!(true);
        status["containerStatuses"][0]["state"] = json!({ "running": { "startedAt": "2026-03-02T14:00:05Z" } });
        let mounts = json!([{ "name": "certificate", "secret": { "secretName": "mounted" } }]);
        for path in ["/apis/apps/v1/namespaces/shop/deployments/web", "/apis/apps/v1/namespaces/shop/deployments"] {
            let (_, answer) = answers.get_mut(&get(path)).unwrap();
            let deployment = if path.ends_with("web") { answer } else { &mut answer["items"][0] };
            deployment["spec"]["template"]["spec"]["volumes"] = mounts.clone();
            deployment["status"] = json!({ "observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1, "availableReplicas": 1 });
        }
        let service = json!({ "metadata": { "name": "web", "namespace": "shop" },
            "spec": { "selector": { "app": "web" }, "ports": [{ "port": 80 }] } });
        answers.insert(get("/api/v1/namespaces/shop/services"), list(&[service]));
        let backend = json!({ "service": { "name": "web", "port": { "number": 80 } } });
        let ingress = json!({ "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": { "name": "front", "namespace": "shop" },
            "spec": { "tls": [{ "hosts": ["shop.example.org"], "secretName": "served" }],
                "rules": [{ "host": "shop.example.org", "http": { "paths": [{ "path": "/", "pathType": "Prefix", "backend": backend }] } }] } });
        answers.insert(get(INGRESSES), list(std::slice::from_ref(&ingress)));
        answers.insert(get(&format!("{INGRESSES}/front")), (200, ingress));
        Self { answers, keys: Vec::new(), secrets: Vec::new() }
    }

    /// A Secret whose certificate has so much left of its life.
    fn with(mut self, name: &str, life: SignedDuration, left: SignedDuration) -> Self {
        // Half an hour more: what is told in whole days and hours does not depend on how fast the test is.
        let born = Timestamp::now() + left - life + SignedDuration::from_mins(30);
        let names = ["shop.example.org".to_owned()];
        let made =
            tls::make(&tls::Request { names: &names, key: KeyKind::default(), now: born, valid_for: life }).unwrap();
        let base64 = |text: &str| serde_json::to_value(ByteString(text.as_bytes().to_vec())).unwrap();
        let key = base64(&made.key);
        self.keys.push(key.as_str().unwrap().to_owned());
        self.secrets.push(json!({ "metadata": { "name": name, "namespace": "shop" }, "type": "kubernetes.io/tls",
            "data": { keys::CERTIFICATE: base64(&made.certificate), keys::KEY: key, keys::AUTHORITY: base64(&made.authority) } }));
        self
    }

    fn server(&self) -> Server {
        let mut answers = self.answers.clone();
        answers.insert(get(SECRETS), list(&self.secrets));
        Server::answering(answers)
    }

    /// Nothing of a key is ever said.
    fn run(&self, args: &[&str]) -> Ran {
        let ran = run(self.server().plugin(), &[args, &["-n", "shop"]].concat());
        for key in &self.keys {
            let told = format!("{}{}", ran.out, ran.err);
            assert!(!told.contains(key) && !told.contains("PRIVATE KEY"), "{told}");
        }
        ran
    }
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

#[test]
fn a_certificate_that_is_over_is_a_cause_and_one_that_soon_will_be_a_warning() {
    let shop = Shop::well().with("served", days(90), days(-3)).with("mounted", days(90), days(9));
    let ran = shop.run(&["scan"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let rows: Vec<&str> = ran.out.lines().collect();
    assert!(rows[1].starts_with("ingress/front   certificate-expired   secret/served    -"), "{}", ran.out);
    assert!(rows[2].starts_with("deploy/web      certificate-expires   secret/mounted"), "{}", ran.out);
    assert_eq!(ran.err, "hint: the receipts: kubectl chatcli explain ingress/front -n shop\n");
    let told: Value = serde_json::from_str(&shop.run(&["scan", "-o", "json"]).out).unwrap();
    assert_eq!(told["causes"][0]["findings"][0]["cause"]["fieldPath"], ".data[tls.crt]");
    assert_eq!(told["warnings"][0]["findings"][0]["code"], "certificate-expires");
}

#[test]
fn a_warning_fails_no_pipeline_and_a_certificate_that_is_well_is_none() {
    let soon = Shop::well().with("served", days(90), days(9)).run(&["scan"]);
    assert_eq!(soon.code, 0, "{}", soon.err);
    assert!(soon.out.contains("certificate-expires"), "{}", soon.out);
    assert!(soon.err.starts_with("No trouble found in namespace shop yet: looked at"), "{}", soon.err);
    // One of a day, as those of a service mesh: five hours before its end it may still be renewed in time.
    let short = Shop::well().with("served", days(1), SignedDuration::from_hours(5)).with("mounted", days(90), days(60));
    let well = short.run(&["scan"]);
    assert_eq!((well.code, well.out.as_str()), (0, ""), "{}", well.err);
}

#[test]
fn a_workload_is_explained_with_the_certificates_it_mounts_and_those_served_for_it() {
    let shop = Shop::well().with("served", days(90), days(-3)).with("mounted", days(90), days(9));
    let ran = shop.run(&["explain", "deploy/web"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in [
        "the certificate in secret/served expired 2d ago; it is used by ingress/front",
        "certificate-expired, confidence 0.90",
        "Also found",
        "the certificate in secret/mounted expires in 9d; it is used by deploy/web",
        ".spec.template.spec.volumes[certificate].secret.secretName",
    ] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    let ingress = shop.run(&["explain", "ingress/front"]);
    assert_eq!(ingress.code, 0, "{}", ingress.err);
    assert!(ingress.out.starts_with("the certificate in secret/served expired 2d ago"), "{}", ingress.out);
    assert!(!ingress.out.contains("mounted"), "{}", ingress.out);
    let well = Shop::well().with("served", days(90), days(60)).run(&["explain", "ingress/front"]);
    let said = "ingress/front serves no certificate that is known to be over or soon will be\n";
    assert_eq!((well.code, well.out.as_str()), (0, said), "{}", well.err);
}

#[test]
fn what_may_not_be_read_is_said_and_is_no_trouble() {
    let mut shop = Shop::well();
    let refused = status(403, "Forbidden", "secrets is forbidden: User \"ann\" cannot list resource \"secrets\"", "");
    let server = {
        shop.answers.insert(get(SECRETS), refused);
        Server::answering(shop.answers.clone())
    };
    let said = "not known: whether certificates are over or soon will be: cannot read secrets in namespace shop: you lack the verb \"list\" on secrets";
    for args in [&["scan"][..], &["explain", "deploy/web"], &["explain", "ingress/front"]] {
        let ran = run(server.plugin(), &[args, &["-n", "shop"]].concat());
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
        assert!(ran.err.contains(said), "{args:?}: {}{}", ran.out, ran.err);
    }
}

#[test]
fn ingresses_that_may_not_be_read_leave_their_certificates_unknown() {
    let mut shop = Shop::well();
    let refused =
        status(403, "Forbidden", "ingresses is forbidden: User \"ann\" cannot list resource \"ingresses\"", "");
    shop.answers.insert(get(INGRESSES), refused);
    for args in [&["scan"][..], &["explain", "deploy/web"]] {
        let ran = shop.run(args);
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
        let said = "cannot read ingresses in namespace shop: you lack the verb \"list\" on ingresses.networking.k8s.io";
        assert!(ran.err.contains("not known: ") && ran.err.contains(said), "{args:?}: {}{}", ran.out, ran.err);
    }
}

#[test]
fn a_secret_that_holds_no_certificate_is_named() {
    let mut shop = Shop::well();
    let data = json!({ "tls.crt": ByteString(b"not a certificate".to_vec()) });
    shop.secrets.push(
        json!({ "metadata": { "name": "served", "namespace": "shop" }, "type": "kubernetes.io/tls", "data": data }),
    );
    let ran = shop.run(&["scan"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("not known: secret/served: tls.crt cannot be read"), "{}", ran.err);
}

#[test]
fn secrets_are_asked_for_only_where_something_names_one_and_only_those_for_tls() {
    let server = Server::answering(scanned());
    run(server.plugin(), &["scan", "-n", "shop"]);
    assert!(server.seen().iter().all(|(request, _)| !request.contains("secrets")), "{:?}", server.seen());
    let server = Shop::well().server();
    run(server.plugin(), &["scan", "-n", "shop"]);
    assert_eq!(server.queries(SECRETS), ["&fieldSelector=type%3Dkubernetes.io%2Ftls&limit=500"]);
}

#[test]
fn a_recording_explains_a_certificate_again_and_holds_no_key() {
    let shop = Shop::well().with("served", days(90), days(-3)).with("other", days(90), days(60));
    let file = std::env::temp_dir().join(format!("chatcli-certificates-{}.yaml", std::process::id()));
    let name = file.to_string_lossy().into_owned();
    let recorded = shop.run(&["record", "deploy/web", "--file", &name]);
    assert_eq!(recorded.code, 0, "{}", recorded.err);
    let text = std::fs::read_to_string(&file).unwrap();
    for key in &shop.keys {
        // A long text may be folded.
        let flat: String = text.split_whitespace().collect();
        assert!(!flat.contains(&key[..64]) && !text.contains("tls.key"), "{text}");
    }
    let replayed = run(plugin(), &["replay", &name]);
    std::fs::remove_file(&file).unwrap();
    assert!(
        replayed.out.contains("the certificate in secret/served expired 2d ago"),
        "{}{}",
        replayed.out,
        replayed.err
    );
}
