use common::api::ResourceRef;
use common::api::ai_insight::Evidence;
use common::api::issue::IssueState;
use common::facts::LogTail;
use k8s_openapi::api::apps::v1::Deployment;

use super::*;
use crate::detect::testing::{at, issue_in};

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
    gather(&issue_in(IssueState::Analyzing, 1, None), findings, Some(facts), &[], at(60), tokens)
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
