//! Triage as a conversation: what is answered, and what that sends.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::rc::Rc;

use clap::Parser as _;
use plugin::cli::Cli;
use plugin::commands::{self, Context};
use plugin::ui::{Prompt, Ui};
use serde_json::{Value, json};

use support::{Answers, Server, path, serving};

const ISSUE: &str = "checkout-pod-not-ready-3f9a1c20b7";
const CHECKOUT: &str = include_str!("fixtures/checkout.yaml");

/// A person with their answers ready. Who runs out of them presses Ctrl-C.
struct Script(RefCell<VecDeque<&'static str>>);

impl Prompt for Script {
    fn confirm(&self, _: &str) -> io::Result<Option<bool>> {
        self.line("").map(|answer| answer.map(|answer| answer == "y"))
    }

    fn line(&self, _: &str) -> io::Result<Option<String>> {
        let next = self.0.borrow_mut().pop_front().ok_or(io::ErrorKind::Interrupted)?;
        Ok(Some(next.to_owned()))
    }
}

#[derive(Clone, Default)]
struct Paper(Rc<RefCell<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Paper {
    fn text(&self) -> String {
        anstream::adapter::strip_str(&String::from_utf8(self.0.borrow().clone()).unwrap()).to_string()
    }
}

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
fn conversation(lines: &[&'static str]) -> (bool, String, String, Vec<(String, Value)>) {
    let server = Server::answering(answers());
    let line = server.plugin();
    let words = ["kubectl-chatcli".into(), "triage".into(), "-n".into(), "shop".into()];
    let cli = Cli::try_parse_from(words.into_iter().chain(line.get_args().map(std::ffi::OsStr::to_owned))).unwrap();
    let (out, err) = (Paper::default(), Paper::default());
    let script = Script(RefCell::new(lines.iter().copied().collect()));
    let ui = Ui::with(Box::new(out.clone()), Box::new(err.clone()), Box::new(script));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ended = runtime.block_on(commands::run(cli.command, &Context::new(&ui, cli.connection)));
    let written = server.seen().into_iter().filter(|(request, _)| {
        request.starts_with("PATCH") || request.ends_with("approvalvotes") && request.starts_with("POST")
    });
    let written = written.map(|(request, body)| (request, serde_json::from_str(&body).unwrap())).collect();
    (ended.is_ok(), out.text(), err.text(), written)
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
    assert!(err.contains("give it back"), "{err}");
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
