//! Triage as a conversation: what is answered, and what that sends.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "each test program uses its part of the support")]
mod support;

use serde_json::{Value, json};

use support::conversation::talk;
use support::{Answers, Server, path, serving};

const ISSUE: &str = "checkout-pod-not-ready-3f9a1c20b7";
const CHECKOUT: &str = include_str!("fixtures/checkout.yaml");

/// The incident, who is asking, and every object that may be written.
fn answers() -> Answers {
    let mut answers = serving(CHECKOUT);
    let review = json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview", "metadata": {},
        "status": { "userInfo": { "username": "ann" } } });
    answers.insert(("POST".into(), "/apis/authentication.k8s.io/v1/selfsubjectreviews".into()), (201, review));
    let vote = json!({ "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "ApprovalVote", "metadata": { "name": "v", "namespace": "shop" } });
    answers.insert(("POST".into(), path("approvalvotes", "")), (201, vote));
    let issue = answers[&("GET".to_owned(), path("issues", ISSUE))].1.clone();
    answers.insert(("PATCH".into(), path("issues", ISSUE)), (200, issue));
    let deployment = json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "checkout", "namespace": "shop" } });
    answers.insert(("PATCH".into(), "/apis/apps/v1/namespaces/shop/deployments/checkout".into()), (200, deployment));
    answers
}

/// Whether it ended well, what was shown, what was said on stderr, and what was written to the cluster.
fn conversation(lines: &[&str]) -> (bool, String, String, Vec<(String, Value)>) {
    let server = Server::answering(answers());
    let said = talk(&server, &["triage", "-n", "shop"], lines);
    let written = server.seen().into_iter().filter(|(request, _)| {
        request.starts_with("PATCH") || request.ends_with("approvalvotes") && request.starts_with("POST")
    });
    let written = written.map(|(request, body)| (request, serde_json::from_str(&body).unwrap())).collect();
    (said.ended_well, said.out, said.err, written)
}

#[test]
fn an_incident_is_shown_with_cause_change_and_votes_before_anything_is_asked() {
    let (ended, out, _, written) = conversation(&["q"]);
    assert!(ended);
    for part in ["1 of 1 ", "Because", "+  DB_HOST: db.shop.svc", "0 of 1 vote"] {
        assert!(out.contains(part), "{part}: {out}");
    }
    assert!(written.is_empty());
}

#[test]
fn a_vote_is_sealed_to_the_preview_on_the_screen() {
    // The request is not counted by anybody here, so that the vote waits out its patience; then the person leaves.
    let (ended, out, _, written) = conversation(&["a", "looks right", "q"]);
    assert!(ended, "{out}");
    let [(request, vote)] = written.as_slice() else { panic!("{written:?}") };
    assert_eq!(request, &format!("POST {}", path("approvalvotes", "")));
    assert_eq!((&vote["spec"]["decision"], &vote["spec"]["reason"]), (&json!("Approve"), &json!("looks right")));
    assert_eq!(vote["spec"]["planDigest"], format!("sha256:{}", "9c1e4b6a0d2f".repeat(6).get(..64).unwrap()));
}

#[test]
fn a_snooze_is_one_write_and_goes_on() {
    let (ended, out, _, written) = conversation(&["s", "30m"]);
    assert!(ended);
    assert!(out.ends_with("that was the last one\n"), "{out}");
    let [(request, body)] = written.as_slice() else { panic!("{written:?}") };
    assert_eq!(request, &format!("PATCH {}", path("issues", ISSUE)));
    let until = body["metadata"]["annotations"]["platform.chatcli.io/snoozed-until"].as_str().unwrap();
    assert!(until.parse::<jiff::Timestamp>().unwrap() > jiff::Timestamp::now());
}

#[test]
fn who_takes_over_pauses_automation_for_the_workload_and_says_so_on_the_incident() {
    let (ended, _, err, written) = conversation(&["t", "y", "q"]);
    assert!(ended, "{err}");
    let [(first, pause), (_, mark)] = written.as_slice() else { panic!("{written:?}") };
    assert_eq!(first, "PATCH /apis/apps/v1/namespaces/shop/deployments/checkout");
    assert_eq!(pause, &json!({ "metadata": { "annotations": { "platform.chatcli.io/paused": "true" } } }));
    assert_eq!(mark["metadata"]["annotations"]["platform.chatcli.io/acknowledged-by"], "ann");
    assert!(err.contains("give it back: kubectl chatcli resume deployment/checkout -n shop"), "{err}");
}

#[test]
fn thinking_better_of_it_and_ctrl_c_leave_nothing_behind() {
    for lines in [&["t", "n", "q"][..], &["s", "q", "q"], &["a"], &["t"], &[]] {
        let (_, out, _, written) = conversation(lines);
        assert!(written.is_empty(), "{lines:?}: {written:?}\n{out}");
    }
}

#[test]
fn an_answer_that_is_no_choice_is_asked_again() {
    let (ended, _, err, _) = conversation(&["x", "q"]);
    assert!(ended);
    assert!(err.contains("\"x\" is none of the letters"), "{err}");
}

#[test]
fn what_helped_is_kept_as_a_runbook_that_passes_the_lint_and_overwrites_nothing() {
    let file = std::env::temp_dir().join(format!("chatcli-triage-{}.yaml", std::process::id()));
    let name = file.to_string_lossy().into_owned();
    // Written, then not over itself; the incident stays on the table both times.
    let (ended, out, err, written) = conversation(&["w", &name, "w", &name, "w", "q", "q"]);
    let text = std::fs::read_to_string(&file).unwrap();
    let lint = support::run(support::plugin(), &["runbook", "lint", "-f", &name]);
    std::fs::remove_file(&file).unwrap();
    assert!(ended && out.contains(&format!("{name} written")), "{out}");
    assert!(err.contains(&format!("error: {name} is there already")), "{err}");
    assert!(written.is_empty(), "{written:?}");
    assert!(text.contains("action: PatchConfig"), "{text}");
    assert_eq!(lint.code, 0, "{}{}", lint.out, lint.err);
}

#[test]
fn every_answer_fits_into_80_columns() {
    let issue: common::api::Issue =
        serde_json::from_value(answers()[&("GET".to_owned(), path("issues", ISSUE))].1.clone()).unwrap();
    let question = plugin::output::triage::question(&plugin::output::triage::Choice::offered(true, true, &issue));
    // The prompt ends it with a colon and a space.
    assert!(question.len() + 2 <= 80, "{question}");
}
