use common::api::ResourceRef;
use common::api::ai_insight::Evidence;
use common::api::issue::IssueState;
use common::facts::LogTail;
use k8s_openapi::api::apps::v1::Deployment;

use super::*;
use crate::analyze::beside::Beside;
use crate::analyze::beside::testing::told as told_code;
use crate::detect::testing::{at, issue_in};
use crate::source::Code;

fn facts() -> Facts {
    let deployment: Deployment = serde_json::from_value(serde_json::json!({
        "metadata": { "name": "web", "namespace": "shop", "uid": "u", "annotations": { "note": "canary-note" } },
        "spec": { "selector": {}, "template": { "spec": { "containers": [{
            "name": "app", "image": "shop/web:2", "args": ["--port=80"], "env": [{ "name": "DB_PASSWORD", "value": "canary-env" }],
            "resources": { "limits": { "memory": "64Mi" } },
        }] } } },
    }))
    .unwrap();
    let mut facts = Facts::about(Subject::Deployment(Arc::new(deployment)), at(0));
    let map = serde_json::from_value(
        serde_json::json!({ "metadata": { "name": "web-config" }, "data": { "MODE": "canary-map" } }),
    );
    facts.extra.config_maps.push(map.unwrap());
    facts
}

fn finding(receipts: &[&str]) -> Finding {
    let evidence = receipts.iter().map(|text| Evidence {
        statement: (*text).to_owned(),
        object: ResourceRef::new("Pod", "shop", "web-1"),
        field_path: "log".into(),
        ..Evidence::default()
    });
    Finding {
        code: "app-exits".into(),
        statement: "web crashes".into(),
        evidence: evidence.collect(),
        ..Finding::default()
    }
}

fn told(findings: &[Finding], facts: &Facts, tokens: usize) -> Material {
    told_with(&Code::Unnamed, findings, facts, tokens)
}

fn told_with(code: &Code, findings: &[Finding], facts: &Facts, tokens: usize) -> Material {
    gather(
        &issue_in(IssueState::Analyzing, 1, None),
        findings,
        Some(facts),
        &Beside { code: code.clone(), ..Beside::default() },
        &[],
        at(60),
        tokens,
    )
}

fn tail(lines: impl IntoIterator<Item = String>) -> LogTail {
    LogTail { pod: "web-1".into(), container: "app".into(), previous: true, lines: lines.into_iter().collect() }
}

#[test]
fn findings_come_first_and_every_fact_has_a_number_of_its_own() {
    let mut facts = facts();
    facts.extra.logs.push(tail(["one".to_owned(), "two".to_owned()]));
    let made = told(&[finding(&["it ended"]), finding(&["it ended", "it waits"])], &facts, TOKENS);
    assert!(made.text.contains("r1: it ended (pod/web-1 log)"), "{}", made.text);
    assert!(made.text.contains("receipts: r1, r2\n"), "an equal fact keeps its number: {}", made.text);
    assert!(made.text.find("WHAT THE RULES FOUND") < made.text.find("THE RESOURCE"));
    for (index, receipt) in made.receipts.iter().enumerate() {
        assert!(made.text.contains(&format!("r{}: {receipt}", index + 1)), "r{} {receipt}", index + 1);
    }
}

#[test]
fn values_of_variables_and_config_maps_and_annotations_are_not_in_it() {
    let made = told(&[finding(&["it ended"])], &facts(), TOKENS);
    assert!(made.text.contains("variables DB_PASSWORD") && made.text.contains("keys MODE"), "{}", made.text);
    assert!(!made.text.contains("canary"), "{}", made.text);
}

#[test]
fn of_a_long_log_the_newest_lines_are_told_in_the_order_they_were_written() {
    let mut facts = facts();
    facts.extra.logs.push(tail((0..50).map(|number| format!("line {number:02} {}", "word ".repeat(40)))));
    let made = told(&[finding(&["it ended"])], &facts, 1500);
    assert!(made.text.contains("line 49") && !made.text.contains("line 00"), "{}", made.text);
    assert!(made.text.find("line 48") < made.text.find("line 49"));
    assert!(made.text.contains("more left out)"));
}

#[test]
fn two_megabytes_of_log_leave_room_for_everything_else() {
    let mut facts = facts();
    facts.extra.logs.push(tail((0..50).map(|_| "ä€\u{fffd}".repeat(10_000))));
    let made = told(&[finding(&["it ended"])], &facts, TOKENS);
    assert!(made.text.len() <= TOKENS * 4 + 2000, "{}", made.text.len());
    assert!(made.text.contains("container app: image shop/web:2"), "the resource is still told");
}

#[test]
fn the_same_facts_at_another_time_are_the_same_question() {
    let mut evidence = finding(&["it ended"]);
    evidence.evidence[0].time = Some(common::api::Time(at(10)));
    let mut later = evidence.clone();
    later.evidence[0].time = Some(common::api::Time(at(20)));
    let (a, b) = (told(&[evidence], &facts(), TOKENS), told(&[later], &facts(), TOKENS));
    assert_eq!(a.content, b.content);
    assert_ne!(a.content, told(&[finding(&["it waits"])], &facts(), TOKENS).content);
}

#[test]
fn code_is_told_with_its_line_breaks_and_one_number_for_each_piece() {
    let code = Code::Told(Box::new(told_code()));
    let made = told_with(&code, &[finding(&["it ended"])], &facts(), TOKENS);
    let section = made.text.split("ITS SOURCE CODE\n").nth(1).unwrap();
    let shown = "shop/cart.py:42 at commit 3f9a1c203f\n    41 | def total(self):\n>   42 |     return sum(";
    assert!(section.contains(shown), "{section}");
    let cited = made.receipts.iter().filter(|receipt| receipt.contains("shop/cart.py:42")).count();
    assert_eq!(cited, 1);
    assert_ne!(made.content, told(&[finding(&["it ended"])], &facts(), TOKENS).content);
}

#[test]
fn much_code_takes_its_share_and_no_more() {
    let mut much = told_code();
    let file = common::source::File { path: "values.yaml".to_owned(), text: "key: value\n".repeat(180) };
    much.says.config = vec![file; 3];
    let made = told_with(&Code::Told(Box::new(much)), &[finding(&["it ended"])], &facts(), TOKENS);
    let section = made.text.split("ITS SOURCE CODE\n").nth(1).unwrap();
    assert!(section.contains("more left out)") && section.contains(">   42 |"), "{section}");
    let size = section.split("\n\n").next().unwrap().len();
    assert!(size <= code::MOST + 100, "{size}");
}

#[test]
fn code_that_could_not_be_read_is_said_to_be_unknown() {
    let code = Code::Unread("SourceRepository shop/web is not ready: Unauthorized".to_owned());
    let made = told_with(&code, &[finding(&["it ended"])], &facts(), TOKENS);
    assert!(made.text.contains("NOT KNOWN") && made.text.contains("shop/web is not ready"), "{}", made.text);
}
