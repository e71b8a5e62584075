//! Errors in the log of a workload that looks well: read when somebody asks about it, and not otherwise.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "each test program uses its part of the support")]
mod support;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use support::workload::scanned;
use support::{Answers, Ran, Server, reply, run};

const LOG: &str = "/api/v1/namespaces/shop/pods/web-1-a/log";

fn ago(seconds: i64) -> Timestamp {
    Timestamp::now() - SignedDuration::from_secs(seconds)
}

/// The cluster of `scanned`, with its only pod ready for half an hour.
fn well() -> Answers {
    let mut answers = scanned();
    let since = ago(1800).to_string();
    let pods = &mut answers.get_mut(&("GET".to_owned(), "/api/v1/namespaces/shop/pods".to_owned())).unwrap().1;
    let pod = &mut pods["items"][0];
    pod["metadata"]["creationTimestamp"] = json!(since);
    pod["status"] = json!({ "phase": "Running", "startTime": since,
        "conditions": [{ "type": "Ready", "status": "True", "lastTransitionTime": since }],
        "containerStatuses": [{ "name": "app", "image": "app:1", "imageID": "", "ready": true, "restartCount": 0, "started": true,
            "state": { "running": { "startedAt": since } } }] });
    let status = json!({ "observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1, "availableReplicas": 1 });
    let one = ("GET".to_owned(), "/apis/apps/v1/namespaces/shop/deployments/web".to_owned());
    answers.get_mut(&one).unwrap().1["status"] = status.clone();
    let all = ("GET".to_owned(), "/apis/apps/v1/namespaces/shop/deployments".to_owned());
    answers.get_mut(&all).unwrap().1["items"][0]["status"] = status;
    answers
}

/// That cluster, whose pod logs a line every ten seconds, and an error every five in the last minutes.
fn complaining() -> Server {
    let lines = |from: i64, to: i64, every: usize, text: &str| -> Vec<String> {
        (to..from).rev().step_by(every).map(|second| format!("{} {text}\n", ago(second))).collect()
    };
    let error = "ERROR cannot reserve stock: password=hunter2";
    let log = [lines(1790, 300, 10, "INFO served"), lines(300, 0, 5, error)].concat().concat();
    let answers = well();
    Server::replying(move |method, path| match path {
        LOG => (200, "text/plain", log.clone()),
        _ => reply(&answers, method, path),
    })
}

fn explain(server: &Server, more: &[&str]) -> Ran {
    run(server.plugin(), &[&["explain", "deploy/web", "-n", "shop"], more].concat())
}

#[test]
fn who_asks_about_a_workload_that_looks_well_is_told_what_it_logs() {
    let server = complaining();
    let ran = explain(&server, &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("deploy/web looks well and logs more errors than is usual for it"), "{}", ran.out);
    assert!(ran.out.contains("cannot reserve stock") && !ran.out.contains("hunter2"), "{}", ran.out);
    let query = server.queries(LOG).remove(0);
    assert!(
        query.contains("sinceSeconds=3600") && query.contains("tailLines=") && query.contains("limitBytes="),
        "{query}"
    );
}

#[test]
fn the_facts_tell_what_was_counted() {
    let told: Value = serde_json::from_str(&explain(&complaining(), &["--facts", "-o", "json"]).out).unwrap();
    let logged = &told["logged"][0];
    assert_eq!((&logged["pod"], &logged["container"]), (&json!("web-1-a"), &json!("app")));
    let errors: u64 = logged["minutes"].as_array().unwrap().iter().map(|it| it["errors"].as_u64().unwrap()).sum();
    assert_eq!(errors, 60);
}

#[test]
fn a_log_that_may_not_be_read_is_named_and_nothing_is_made_of_it() {
    let ran = explain(&Server::answering(well()), &[]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "deploy/web shows no sign of trouble\n"));
    assert!(ran.err.contains("not known: pod/web-1-a: log of app: "), "{}", ran.err);
}

#[test]
fn a_scan_reads_no_log_of_who_looks_well_unless_it_is_asked_to() {
    let server = complaining();
    let ran = run(server.plugin(), &["scan", "-n", "shop", "-o", "name"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert!(server.queries(LOG).is_empty());
    let ran = run(server.plugin(), &["scan", "-n", "shop", "--logs", "-o", "name"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, "deploy/web\n"), "{}", ran.err);
}
