//! Every page as a reader sees it, from fixture objects, without a server. Colour codes are stripped unless the test is about them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use common::api::issue::Issue;
use common::api::remediation_plan::RemediationPlan;
use common::api::{AIInsight, Anomaly, ApprovalRequest, PostMortem};
use insta::assert_snapshot;
use jiff::tz::TimeZone;
use kube::ResourceExt as _;
use kube::api::DynamicObject;
use plugin::clock::Clock;
use plugin::kube::typed;
use plugin::output::explanation::Explanation;
use plugin::output::incidents::{Columns, table};
use plugin::output::{actions, decision, explanation, incident, preview, report};
use plugin::story::Story;
use serde::de::DeserializeOwned;

const WIDTH: usize = 100;

fn clock() -> Clock {
    Clock { now: "2026-03-02T14:02:42Z".parse().unwrap(), zone: TimeZone::UTC }
}

fn plain(page: &str) -> String {
    anstream::adapter::strip_str(page).to_string()
}

fn objects(text: &str) -> Vec<DynamicObject> {
    serde_saphyr::from_multiple(text).unwrap()
}

fn of_kind<T: DeserializeOwned>(objects: &[DynamicObject], kind: &str) -> Vec<T> {
    let found = objects.iter().filter(|object| object.types.as_ref().is_some_and(|types| types.kind == kind));
    found.map(|object| typed(object).unwrap()).collect()
}

fn story(text: &str) -> Story {
    let objects = objects(text);
    Story {
        issue: of_kind::<Issue>(&objects, "Issue").remove(0),
        insight: of_kind::<AIInsight>(&objects, "AIInsight").pop(),
        anomalies: of_kind::<Anomaly>(&objects, "Anomaly"),
        plans: of_kind::<RemediationPlan>(&objects, "RemediationPlan"),
        requests: of_kind::<ApprovalRequest>(&objects, "ApprovalRequest"),
        post_mortem: of_kind::<PostMortem>(&objects, "PostMortem").pop(),
        gaps: Vec::new(),
    }
}

fn checkout() -> Story {
    story(include_str!("fixtures/checkout.yaml"))
}

fn worker() -> Story {
    story(include_str!("fixtures/worker.yaml"))
}

/// Both incidents, and one object that only calls itself an Issue.
fn list() -> Vec<DynamicObject> {
    let all = [include_str!("fixtures/worker.yaml"), include_str!("fixtures/checkout.yaml")];
    let mut issues: Vec<_> = all
        .iter()
        .flat_map(|text| objects(text))
        .filter(|object| object.types.as_ref().is_some_and(|types| types.kind == "Issue"))
        .collect();
    let mut broken = issues[0].clone();
    broken.metadata.name = Some("broken".into());
    broken.data["spec"] = serde_json::json!({ "severity": "extreme" });
    issues.push(broken);
    issues
}

#[test]
fn the_list_shows_what_is_urgent_first_and_hides_nothing_it_cannot_read() {
    assert_snapshot!(plain(&table(&list(), Columns::default(), &clock()).render()));
}

#[test]
fn the_wide_list_of_all_namespaces() {
    assert_snapshot!(plain(&table(&list(), Columns { namespace: true, wide: true }, &clock()).render()));
}

#[test]
fn colours_repeat_what_the_words_say() {
    assert_snapshot!(table(&list(), Columns::default(), &clock()).render().replace('\u{1b}', "ESC"));
}

#[test]
fn an_incident_that_waits_for_a_vote() {
    assert_snapshot!(plain(&incident::page(&checkout(), &clock(), WIDTH, " -n shop")));
}

#[test]
fn an_incident_that_is_over() {
    assert_snapshot!(plain(&incident::page(&worker(), &clock(), WIDTH, "")));
}

#[test]
fn what_may_not_be_read_is_named() {
    let mut story = checkout();
    story.requests.clear();
    story.gaps.push("cannot read approvalrequests in namespace shop: you lack the verb \"list\"".to_owned());
    assert_snapshot!(plain(&incident::page(&story, &clock(), WIDTH, "")));
}

fn explained(story: &Story, width: usize) -> String {
    let status = story.insight.as_ref().unwrap().status.clone().unwrap();
    let issue = story.issue.status.clone().unwrap();
    plain(&explanation::page(
        &Explanation {
            findings: &status.findings,
            folded_in: &issue.folded_in,
            gaps: &[],
            next: incident::after_explaining(story, " -n shop"),
        },
        &clock(),
        width,
    ))
}

#[test]
fn an_explanation_with_receipts() {
    assert_snapshot!(explained(&checkout(), WIDTH));
}

#[test]
fn an_explanation_in_a_narrow_terminal() {
    assert_snapshot!(explained(&checkout(), 60));
}

#[test]
fn an_honest_unknown() {
    let mut story = checkout();
    let status = story.insight.as_mut().unwrap().status.as_mut().unwrap();
    let finding = &mut status.findings[0];
    "unknown".clone_into(&mut finding.code);
    "deploy/checkout is not ready and no rule says why".clone_into(&mut finding.statement);
    finding.confidence = 0.0;
    finding.evidence.truncate(1);
    finding.remedies.clear();
    finding.advice = Some("Look at the log of container app: kubectl logs -n shop deploy/checkout".to_owned());
    assert_snapshot!(explained(&story, WIDTH));
}

fn previewed(story: &Story) -> String {
    let plan = story.current_plan().unwrap();
    plain(&preview::page(plan, plan.status.as_ref().unwrap().preview.as_ref().unwrap(), &clock(), WIDTH))
}

#[test]
fn a_preview_that_asks_a_person() {
    assert_snapshot!(previewed(&checkout()));
}

#[test]
fn a_preview_that_asks_nobody() {
    assert_snapshot!(previewed(&worker()));
}

#[test]
fn what_is_decided_by_a_vote() {
    let story = checkout();
    assert_snapshot!(plain(&decision::page(&story.requests[0], story.current_plan(), &clock(), WIDTH)));
}

#[test]
fn who_has_voted_is_shown_before_one_votes() {
    let mut story = checkout();
    let request = &mut story.requests[0];
    request.spec.required_approvers = 2;
    let status = request.status.as_mut().unwrap();
    status.decisions = serde_json::from_value(serde_json::json!([
        { "approver": "ann", "decision": "approved", "reason": "known good value", "timestamp": "2026-03-02T14:02:30Z" }
    ]))
    .unwrap();
    status.ignored_votes =
        serde_json::from_value(serde_json::json!([{ "name": "v", "voter": "bob", "reason": "OlderPreview" }])).unwrap();
    assert_snapshot!(plain(&decision::page(request, None, &clock(), WIDTH)));
}

#[test]
fn a_vote_counts_waits_or_is_ignored_and_says_which() {
    use decision::{Outcome, outcome};
    let mut request = checkout().requests.remove(0);
    request.spec.required_approvers = 2;
    assert_eq!(outcome(&request, "v", "ann"), Outcome::Uncounted);
    let status = request.status.as_mut().unwrap();
    status.decisions = serde_json::from_value(serde_json::json!([
        { "approver": "ann", "decision": "approved", "timestamp": "2026-03-02T14:02:30Z", "voteRef": { "name": "v" } }
    ]))
    .unwrap();
    assert_eq!(outcome(&request, "v", "ann"), Outcome::Waiting(1));
    request.status.as_mut().unwrap().state = common::api::approval_request::ApprovalRequestState::Approved;
    assert_eq!(
        outcome(&request, "v", "ann"),
        Outcome::Decided(common::api::approval_request::ApprovalRequestState::Approved)
    );
    assert_eq!(outcome(&request, "late", "bob"), Outcome::Ignored("the request was already Approved".to_owned()));
}

#[test]
fn a_report_in_the_terminal() {
    assert_snapshot!(plain(&report::page(worker().post_mortem.as_ref().unwrap(), &clock(), WIDTH)));
}

#[test]
fn a_report_as_markdown() {
    assert_snapshot!(report::markdown(worker().post_mortem.as_ref().unwrap()));
}

#[test]
fn a_folded_story_keeps_its_name() {
    assert_eq!(checkout().current_plan().unwrap().name_any(), "checkout-pod-not-ready-3f9a1c20b7-plan-1");
}

#[test]
fn every_action_in_a_table() {
    assert_snapshot!(plain(&actions::table(&common::actions::catalogue()).render()));
}

#[test]
fn one_action_on_a_page() {
    let all = common::actions::catalogue();
    let node = all.iter().find(|action| action.name == "DrainNode").unwrap();
    assert_snapshot!(plain(&actions::page(node, WIDTH)));
}
