//! Triage as a conversation: what is answered, and what that sends.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "each test program uses its part of the support")]
mod support;

use std::sync::Arc;

use serde_json::{Value, json};
use support::conversation::{Act, Said, act, talk};
use support::live::{Live, REQUEST, answers, bob_approves};
use support::{Server, path};

const ISSUE: &str = "checkout-pod-not-ready-3f9a1c20b7";

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

const PLAN: &str = "checkout-pod-not-ready-3f9a1c20b7-plan-1";

/// Types a line while something happens that the screen does not show yet.
fn later(live: &Live, change: impl Fn(&Live) + 'static, line: &str) -> Act {
    let live = live.clone();
    Act::SayWhile(Box::new(move || change(&live)), line.to_owned())
}

fn say(line: &str) -> Act {
    Act::Say(line.to_owned())
}

fn edit(change: impl Fn(&str) -> String + 'static) -> Act {
    Act::Edit(Box::new(change))
}

fn triaged(server: &Server, acts: Vec<Act>) -> Said {
    act(server, &["triage", "-n", "shop"], acts)
}

#[test]
fn what_changes_while_somebody_looks_is_said_in_a_line_and_drawn_anew() {
    let live = Live::new();
    live.changes_when_watched();
    let server = live.server();
    // The second time nobody is asked any more, so that `a` is no answer.
    let said = triaged(&server, vec![Act::Look, say("a"), say("q")]);
    assert!(said.ended_well, "{}", said.err);
    let lines: Vec<_> = said.err.lines().filter(|line| line.contains(" has changed: ")).collect();
    assert_eq!(lines, [format!("{ISSUE} has changed: bob approved it, its request is Approved")]);
    assert_eq!(said.out.matches("1 of 1 ").count(), 2, "{}", said.out);
    assert!(said.err.contains("\"a\" is none of the letters"), "{}", said.err);
    assert!(server.stored().is_empty(), "{:?}", server.stored());
}

#[test]
fn an_answer_to_an_outdated_screen_is_not_carried_out() {
    type Happens = Arc<dyn Fn(&Live)>;
    let another_preview = |live: &Live| {
        let digest = format!("sha256:{}", "ab".repeat(32));
        live.amend("approvalrequests", REQUEST, |request| request["status"]["planDigest"] = json!(digest));
        live.amend("remediationplans", PLAN, |plan| plan["status"]["preview"]["digest"] = json!(digest));
    };
    let is_over = |live: &Live| {
        live.amend("issues", ISSUE, |issue| issue["status"]["state"] = json!("Resolved"));
    };
    let bob = |live: &Live| {
        live.change(bob_approves);
    };
    let gone = |live: &Live| {
        live.remove("issues", ISSUE);
    };
    let changes: [(Happens, &str); 4] = [
        (Arc::new(another_preview), "has changed: the preview is sha256:abababababab… now; "),
        (Arc::new(is_over), "has changed: it is Resolved; "),
        (Arc::new(bob), "has changed: bob approved it, its request is Approved; "),
        (Arc::new(gone), "is gone; "),
    ];
    for (change, words) in changes {
        // The moment is the last possible: between the last answer and the write.
        for answers in [&["a", "looks right"][..], &["r", "no"], &["s", "30m"], &["t", "y"]] {
            let live = Live::new();
            let server = live.server();
            let happens = Arc::clone(&change);
            let acts = vec![say(answers[0]), later(&live, move |live| happens(live), answers[1]), say("q")];
            let said = triaged(&server, acts);
            assert!(server.stored().is_empty(), "{answers:?}: {:?}", server.stored());
            let line = format!("{words}your answer was to the old screen, and nothing was done");
            assert!(said.err.contains(&line), "{answers:?}: {}", said.err);
        }
    }
}

#[test]
fn a_write_that_changes_nothing_on_the_screen_is_no_news() {
    let live = Live::new();
    let server = live.server();
    let touched = |live: &Live| {
        live.amend("issues", ISSUE, |issue| issue["status"]["lastSeen"] = json!("2026-03-02T14:09:00Z"));
    };
    let said = triaged(&server, vec![say("s"), later(&live, touched, "30m")]);
    assert!(said.ended_well, "{}", said.err);
    assert_eq!(server.stored().len(), 1, "{}", said.err);
}

#[test]
fn a_plan_that_was_not_edited_changes_nothing() {
    for unchanged in [|text: &str| text.to_owned(), |_: &str| String::new(), |text: &str| format!("# hm\n{text}")] {
        let server = Live::new().server();
        let said = triaged(&server, vec![say("e"), edit(unchanged), say("q")]);
        assert!(said.ended_well && said.err.contains("nothing was edited, and nothing is changed"), "{}", said.err);
        assert!(server.seen().iter().all(|(request, _)| *request != format!("POST {}", path("remediationplans", ""))));
    }
}

#[test]
fn an_edited_plan_is_asked_of_the_server_first_and_created_as_ones_own() {
    let server = Live::new().server();
    let acts = vec![say("e"), edit(|text| text.replace("db.shop.svc", "db2.shop.svc")), say("c"), say("q")];
    let said = triaged(&server, acts);
    assert!(said.ended_well, "{}", said.err);
    let create = format!("POST {}", path("remediationplans", ""));
    assert_eq!(server.seen().iter().filter(|(request, _)| *request == create).count(), 2, "a dry run, then it");
    let stored = server.stored();
    let [(request, body)] = stored.as_slice() else { panic!("{stored:?}") };
    let plan: Value = serde_json::from_str(body).unwrap();
    assert_eq!(request, &create);
    assert_eq!(plan["spec"]["requestedBy"], "ann");
    assert_eq!((&plan["spec"]["attempt"], &plan["metadata"]["name"]), (&json!(2), &json!(format!("{ISSUE}-plan-2"))));
    assert!(plan["spec"]["actions"].to_string().contains("db2.shop.svc") && plan.get("status").is_none(), "{plan}");
    assert!(said.out.contains(&format!("remediationplan.platform.chatcli.io/{ISSUE}-plan-2 created")), "{}", said.out);
    assert!(said.err.contains(&format!("{PLAN} still waits for votes")), "{}", said.err);
}

#[test]
fn an_edit_that_cannot_be_is_not_lost_and_not_stored() {
    let server = Live::new().server();
    let acts = vec![
        say("e"),
        edit(|text| text.replace("type: PatchConfig", "type: PatchConfigs")),
        say("c"),
        say("e"),
        edit(|text| {
            assert!(text.contains("PatchConfigs"), "the edit goes on where it was left");
            text.to_owned()
        }),
        say(""),
        say("q"),
    ];
    let said = triaged(&server, acts);
    assert!(said.ended_well, "{}", said.err);
    assert_eq!(said.err.matches("error: this is no RemediationPlan").count(), 2, "{}", said.err);
    assert!(
        said.err.contains("\"c\" is none of the letters") && said.err.contains("nothing is changed"),
        "{}",
        said.err
    );
    assert!(server.stored().is_empty(), "{:?}", server.stored());
}

#[test]
fn a_plan_is_not_created_for_an_incident_that_is_another_by_then() {
    let live = Live::new();
    let server = live.server();
    let bob = |live: &Live| {
        live.change(bob_approves);
    };
    let acts = vec![
        say("e"),
        edit(|text| text.replace("db.shop.svc", "db2.shop.svc")),
        later(&live, bob, "c"),
        say(""),
        say("q"),
    ];
    let said = triaged(&server, acts);
    assert!(server.stored().is_empty(), "{:?}", server.stored());
    assert!(
        said.err.contains("bob approved it, its request is Approved; your answer was to the old screen"),
        "{}",
        said.err
    );
    assert_eq!(said.out.matches("1 of 1 ").count(), 3, "drawn anew before the next answer: {}", said.out);
}

#[test]
fn an_edit_is_kept_in_a_file_for_who_may_not_create_it() {
    let file = std::env::temp_dir().join(format!("chatcli-own-{}.yaml", std::process::id()));
    let name = file.to_string_lossy().into_owned();
    let live = Live::new();
    live.forbids("POST", &path("remediationplans", ""));
    let server = live.server();
    let acts = vec![
        say("e"),
        edit(|text| text.replace("db.shop.svc", "db2.shop.svc")),
        say("f"),
        Act::Say(name.clone()),
        say("q"),
    ];
    let said = triaged(&server, acts);
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    assert!(said.err.contains("you lack the verb \"create\" on remediationplans.platform.chatcli.io"), "{}", said.err);
    assert!(said.out.contains(&format!("{name} written")) && text.contains("db2.shop.svc"), "{}{text}", said.out);
    assert!(server.stored().is_empty(), "{:?}", server.stored());
}
