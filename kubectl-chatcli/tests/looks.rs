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
use plugin::output::incidents::{Columns, line, table};
use plugin::output::scan::{self, Report};
use plugin::output::status::{self, Operator, Status};
use plugin::output::{actions, decision, explanation, incident, model, plan, preview, report, triage};
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

fn listed(columns: Columns) -> String {
    table(list().iter().map(|object| line(object, columns, &clock())).collect(), columns).render()
}

#[test]
fn the_list_shows_what_is_urgent_first_and_hides_nothing_it_cannot_read() {
    assert_snapshot!(plain(&listed(Columns::default())));
}

#[test]
fn the_wide_list_of_all_namespaces() {
    assert_snapshot!(plain(&listed(Columns { namespace: true, wide: true })));
}

#[test]
fn colours_repeat_what_the_words_say() {
    assert_snapshot!(listed(Columns::default()).replace('\u{1b}', "ESC"));
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
            beside: explanation::beside(&status),
            model: model::said(&status),
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
fn an_explanation_says_in_short_what_stands_beside_the_findings() {
    let mut story = checkout();
    let status = story.insight.as_mut().unwrap().status.as_mut().unwrap();
    let code = "SourceRepository shop/checkout, branch main\n\
                runs 3f9a1c203f by the name v1.4.0, rolled out 3 min before it began: \"Read DB_HOST\" by Ana, 4 min before it began\n\
                suspect: 3f9a1c203f \"Read DB_HOST\" by Ana, 4 min before it began: cmd/main.go\n\
                \n\
                cmd/main.go:42 at commit 3f9a1c203f\n>   42 | os.Getenv(\"DB_HOST\")";
    status.source_code_context = Some(code.to_owned());
    status.metrics_context =
        Some("memory of its pods: 80Mi before the incident, 240Mi when it began: risen".to_owned());
    status.cascade_analysis =
        Some("deploy/db (oom-limit-too-low), 40 s before: the cause of this one sits there".to_owned());
    status.git_ops_context =
        Some("Argo CD Application shop writes it: what is changed by hand is taken back".to_owned());
    let page = explained(&story, WIDTH);
    let section = page.split("Source\n").nth(1).unwrap().split("\nNext").next().unwrap();
    assert_snapshot!(section, @r#"
      SourceRepository shop/checkout, branch main
      runs 3f9a1c203f by the name v1.4.0, rolled out 3 min before it began: "Read DB_HOST" by Ana, 4
        min before it began
      suspect: 3f9a1c203f "Read DB_HOST" by Ana, 4 min before it began: cmd/main.go
    Measured
      memory of its pods: 80Mi before the incident, 240Mi when it began: risen
    Around that time
      deploy/db (oom-limit-too-low), 40 s before: the cause of this one sits there
    Written by
      Argo CD Application shop writes it: what is changed by hand is taken back
    Folded in
      deploy/cart not ready: calls checkout (service/checkout has no endpoints)
    "#);
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
fn a_plan_that_waits_for_people() {
    let story = checkout();
    assert_snapshot!(plain(&plan::page(story.current_plan().unwrap(), &clock(), WIDTH, " -n shop")));
}

/// The checkout's plan, had a model named its steps: one that made it worse, one under way.
fn agentic() -> Story {
    let mut story = checkout();
    let mut looped = story.plans[0].clone();
    looped.status = None;
    looped.spec.actions.clear();
    looped.spec.agentic_mode = Some(true);
    looped.spec.agentic_max_steps = Some(10);
    "a model names one step after the other, each behind every gate".clone_into(&mut looped.spec.strategy);
    looped.spec.agentic_history = serde_json::from_value(serde_json::json!([
        { "stepNumber": 1, "aiMessage": "It may lack a processor [r3].", "timestamp": "2026-03-02T14:01:02Z",
          "action": { "type": "AdjustResources", "params": { "cpu_request": "64" } },
          "observation": "FAILED: AdjustResources: the rollout made no progress; everything was taken back" },
        { "stepNumber": 2, "aiMessage": "It is told to end by its configuration [r1, r4].", "timestamp": "2026-03-02T14:02:10Z",
          "action": { "type": "PatchConfig", "params": { "configmap": "checkout-config", "DB_HOST": "db" } } },
    ]))
    .unwrap();
    let step = &mut story.plans[0];
    step.metadata.name = Some(common::naming::step_plan(&looped.name_any(), 2));
    story.plans.push(looped.clone());
    story.issue.status.as_mut().unwrap().current_plan_ref = Some(common::api::NameRef::new(looped.name_any()));
    story
}

#[test]
fn steps_that_a_model_names_stand_with_what_came_of_them() {
    let looped = agentic().plans.pop().unwrap();
    assert_snapshot!(plain(&plan::page(&looped, &clock(), 80, " -n shop")));
}

#[test]
fn of_an_agentic_plan_the_step_at_hand_is_what_people_decide_about() {
    let story = agentic();
    assert!(story.current_plan().unwrap().name_any().ends_with("-plan-1-step-2"));
    assert!(previewed(&story).contains("PatchConfig"));
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

/// Two causes of a scan: one shared by three, one alone.
fn scanned() -> Report {
    let status = checkout().insight.unwrap().status.unwrap();
    let object = |name: &str| serde_json::json!({ "kind": "Deployment", "name": name, "namespace": "shop" });
    let resource = |name: &str| serde_json::from_value(object(name)).unwrap();
    let time = |text: &str| serde_json::from_value(serde_json::json!(text)).unwrap();
    let mut unknown = status.findings[0].clone();
    "unknown".clone_into(&mut unknown.code);
    "deploy/cart is not ready and no rule says why".clone_into(&mut unknown.statement);
    unknown.cause = common::api::shared::CauseRef::default();
    let folded = |name: &str| plugin::survey::causes::Folded {
        object: resource(name),
        because: format!("deploy/{name} calls checkout"),
    };
    Report {
        at: clock().now,
        namespace: Some("shop".to_owned()),
        scanned: plugin::survey::Extent { workloads: 12, pods: 31, nodes: 1 },
        causes: vec![
            plugin::survey::causes::Group {
                object: resource("checkout"),
                signals: vec![common::api::SignalType::PodNotReady],
                since: time("2026-03-02T14:02:01Z"),
                ready: Some(0),
                desired: Some(2),
                findings: status.findings.clone(),
                folded_in: vec![folded("web"), folded("admin")],
            },
            plugin::survey::causes::Group {
                object: resource("cart"),
                signals: vec![common::api::SignalType::PodNotReady, common::api::SignalType::DeployFailing],
                since: time("2026-03-02T13:02:01Z"),
                ready: Some(1),
                desired: Some(2),
                findings: vec![unknown],
                folded_in: vec![],
            },
        ],
        warnings: Vec::new(),
        may_recover: vec!["deploy/search: rollout: 1 of 3 pods not ready yet".to_owned()],
        not_known: vec!["cannot read nodes: you lack the verb \"list\" on nodes".to_owned()],
    }
}

fn scan_page(columns: scan::Columns) -> String {
    let report = scanned();
    format!(
        "{}{}\n",
        plain(&scan::table(&report, columns, &clock()).render()),
        scan::remarks(&report, " -n shop").join("\n")
    )
}

#[test]
fn a_scan_groups_by_cause() {
    assert_snapshot!(scan_page(scan::Columns::default()));
}

#[test]
fn a_wide_scan_of_all_namespaces_says_why() {
    assert_snapshot!(scan_page(scan::Columns { namespace: true, wide: true }));
}

#[test]
fn what_a_code_means() {
    assert_snapshot!(plain(&explanation::code(common::diagnosis::codes::Code::ConfigKeyMissing, 80)));
}

fn overview() -> Status {
    Status {
        namespace: None,
        open: list().into_iter().filter(plugin::output::incidents::is_open).collect(),
        waiting: checkout().requests,
        brakes: vec!["automation is paused for namespace bank".to_owned()],
        breakers: vec!["namespace shop: 3 plans failed in this namespace within the hour".to_owned()],
        operator: Some(Operator {
            leader: Some("chatcli-operator-0".to_owned()),
            renewed: Some("2026-03-02T14:02:40Z".parse().unwrap()),
            trouble: vec![],
        }),
        gaps: vec![],
    }
}

#[test]
fn the_status_of_everything_on_one_screen() {
    assert_snapshot!(plain(&status::page(&overview(), &clock(), WIDTH)));
}

#[test]
fn an_operator_that_is_silent_absent_or_held_back_is_told_first() {
    let said = |operator: Operator| {
        let (word, sentence) = operator.word(&clock());
        format!("{word}: {sentence}")
    };
    let running = overview().operator.unwrap();
    let silent = Operator { renewed: Some("2026-03-02T14:00:00Z".parse().unwrap()), ..running.clone() };
    let held =
        Operator { trouble: vec!["another operator holds the Lease in namespace chatcli".to_owned()], ..running };
    assert_snapshot!([said(silent), said(Operator::default()), said(held)].join("\n"));
}

#[test]
fn a_quiet_cluster_is_two_lines() {
    let quiet = Status { namespace: Some("shop".to_owned()), operator: overview().operator, ..Status::default() };
    assert_snapshot!(plain(&status::page(&quiet, &clock(), 80)));
}

#[test]
fn everything_a_decision_needs_in_80_columns() {
    let story = checkout();
    let page = plain(&triage::page(&story, story.requests.first(), (1, 3), &clock(), 80));
    assert_snapshot!(page);
}

#[test]
fn an_incident_without_a_proposal_says_what_a_person_has_to_do() {
    let mut story = checkout();
    story.plans.clear();
    story.requests.clear();
    story.insight = None;
    story.issue.status.as_mut().unwrap().required_action = Some("free memory on a node, or add one".to_owned());
    assert_snapshot!(plain(&triage::page(&story, None, (2, 3), &clock(), 80)));
}

#[test]
fn who_has_taken_an_incident_and_until_when_it_is_snoozed() {
    let mut story = checkout();
    story.issue.annotations_mut().extend([
        ("platform.chatcli.io/acknowledged-by".to_owned(), "ann".to_owned()),
        ("platform.chatcli.io/snoozed-until".to_owned(), "2026-03-02T16:00:00Z".to_owned()),
    ]);
    let page = plain(&incident::page(&story, &clock(), WIDTH, ""));
    assert!(page.contains("Taken by   ann") && page.contains("Snoozed    until 16:00:00"), "{page}");
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
