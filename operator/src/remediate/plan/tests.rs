//! The rules of a plan's life, one sentence each.

use std::sync::Arc;

use common::api::{
    ActionType, Condition, Issue, RemediationPlan, Time,
    issue::IssueState,
    keys::{annotations, conditions},
    remediation_plan::{
        HealthSample, RemediationState, StepOf, StepPhase, Verdict, VerdictLevel, VerdictSource, WriteKind, WriteRecord,
    },
};
use common::decisions::Ending;
use jiff::SignedDuration;
use k8s_openapi::{api::core::v1::Namespace, apimachinery::pkg::apis::meta::v1::ObjectMeta};

use super::Plans;
use super::decide::{
    Arrival, Brakes, Budget, Consent, Input, Move, Outcome, Repeated, Sick, begins_something, next_move,
};
use crate::remediate::testing::{issue, now, previewed, workload};
use crate::runtime::{Change, Controller as _, Object, ObjectKey, Stores};

fn input<'a>(plan: &'a RemediationPlan, issue: &'a Issue) -> Input<'a> {
    Input {
        now: now(),
        plan,
        issue: Some(issue),
        brakes: Brakes::default(),
        sick: Sick::Yes(vec!["image_pull_error".to_owned()]),
        last_fired: None,
        again: Some(Repeated::Same),
        rules: None,
        consent: Consent::NotNeeded("reversible, namespace is auto".to_owned()),
        rival: None,
        budget: Budget::default(),
        cooling_until: None,
        arrival: Arrival::NotLooked,
        health: None,
        intent_is_fresh: true,
    }
}

fn next(plan: &RemediationPlan, change: impl FnOnce(&mut Input<'_>)) -> Move {
    let issue = issue(IssueState::Remediating, 1);
    let mut input = input(plan, &issue);
    change(&mut input);
    next_move(&input).next
}

fn reason(next: &Move) -> &str {
    match next {
        Move::Wait { reason, .. } => reason,
        Move::Finish(outcome) => outcome.reason.as_str(),
        other => panic!("neither a wait nor an end: {other:?}"),
    }
}

fn pending() -> RemediationPlan {
    previewed(RemediationState::Pending, StepPhase::Planned)
}

fn health(available: i32, trouble: &[&str]) -> HealthSample {
    HealthSample { desired: 3, available, trouble: trouble.iter().map(|text| (*text).to_owned()).collect(), at: None }
}

#[test]
fn every_gate_open_means_the_request_is_stored_before_it_is_sent() {
    assert_eq!(next(&pending(), |_| ()), Move::Intend(0));
}

#[test]
fn a_plan_without_preview_is_previewed_first() {
    let mut plan = pending();
    plan.status.as_mut().unwrap().preview = None;
    assert_eq!(next(&plan, |_| ()), Move::Preview);
}

#[test]
fn a_plan_edited_after_its_preview_starts_nothing() {
    let mut plan = pending();
    plan.metadata.generation = Some(2);
    assert_eq!(reason(&next(&plan, |_| ())), "EditedAfterPreview");
}

#[test]
fn nothing_is_changed_by_itself_while_the_object_cools_down_but_people_may_decide_so() {
    let until = now() + SignedDuration::from_mins(4);
    let cooling = |plan: &RemediationPlan, consent: Consent| {
        next(plan, |input| (input.cooling_until, input.consent) = (Some(until), consent))
    };
    let by_itself = cooling(&pending(), Consent::NotNeeded("namespace is auto".to_owned()));
    assert_eq!(reason(&by_itself), "CoolingDown");
    assert!(matches!(by_itself, Move::Wait { until: Some(at), .. } if at == until), "{by_itself:?}");
    assert_eq!(cooling(&pending(), Consent::Given("alice".to_owned())), Move::Intend(0));

    let mut own = pending();
    (own.spec.requested_by, own.spec.runbook_ref) = (Some("alice".to_owned()), None);
    assert_eq!(cooling(&own, Consent::NotNeeded("alice may do it".to_owned())), Move::Intend(0));
}

#[test]
fn a_pause_outranks_an_approval() {
    let next = next(&pending(), |input| {
        input.brakes.paused = Some("namespace shop".to_owned());
        input.consent = Consent::Given("alice".to_owned());
    });
    assert_eq!(reason(&next), "Paused");
}

#[test]
fn a_protected_namespace_is_never_touched_whatever_was_approved() {
    let next = next(&pending(), |input| {
        input.brakes.out_of_bounds = Some("namespace kube-system is protected".to_owned());
        input.consent = Consent::Given("alice".to_owned());
    });
    assert_eq!(reason(&next), "Protected");
}

#[test]
fn a_workload_that_healed_is_left_alone() {
    assert_eq!(reason(&next(&pending(), |input| input.sick = Sick::No)), "NoLongerNeeded");
}

#[test]
fn unknown_health_waits() {
    assert_eq!(
        reason(&next(&pending(), |input| input.sick = Sick::Unknown("store not ready".to_owned()))),
        "HealthUnknown"
    );
}

#[test]
fn three_failures_within_the_hour_open_the_breaker() {
    assert_eq!(reason(&next(&pending(), |input| input.budget.failures = 3)), "BreakerOpen");
}

#[test]
fn consent_that_cannot_be_verified_is_no_consent() {
    let next = next(&pending(), |input| input.consent = Consent::Unverified("binding missing".to_owned()));
    assert_eq!(reason(&next), "VoteIdentityUnverified");
}

#[test]
fn drift_voids_the_seal() {
    let next = next(&pending(), |input| input.again = Some(Repeated::Drifted(Box::default())));
    assert!(matches!(next, Move::Reseal { .. }));
}

#[test]
fn rules_changed_while_people_are_asked_make_it_another_question() {
    let next = next(&pending(), |input| {
        input.rules = Some("sha256:looser".to_owned());
        input.consent = Consent::Waiting { have: 1, need: 2, expires_at: None };
    });
    assert!(matches!(next, Move::Reseal { reason: "RulesChanged", .. }), "{next:?}");
}

#[test]
fn a_judgement_that_blocks_goes_to_people_and_a_refusal_of_the_server_ends_it() {
    let blocked_by = |check: &str| {
        let mut plan = pending();
        let verdict = Verdict {
            check: check.to_owned(),
            level: VerdictLevel::Block,
            message: "no".to_owned(),
            source: VerdictSource::Computed,
        };
        plan.status.as_mut().unwrap().preview.as_mut().unwrap().verdicts.push(verdict);
        next(&plan, |input| input.consent = Consent::Waiting { have: 0, need: 2, expires_at: None })
    };
    assert_eq!(reason(&blocked_by("radius")), "WaitingForVotes");
    assert_eq!(reason(&blocked_by("server")), "Blocked");
    assert_eq!(reason(&blocked_by("gitops")), "OwnedByGitOps");
}

#[test]
fn a_second_plan_on_the_same_object_waits() {
    assert_eq!(reason(&next(&pending(), |input| input.rival = Some("other".to_owned()))), "Locked");
}

#[test]
fn after_a_crash_the_request_is_looked_for_before_it_is_sent_again() {
    let plan = previewed(RemediationState::Executing, StepPhase::Intent);
    assert_eq!(next(&plan, |input| input.intent_is_fresh = false), Move::Look(0));
    assert_eq!(next(&plan, |_| ()), Move::Send(0));
}

fn soaked() -> RemediationPlan {
    let mut plan = previewed(RemediationState::Verifying, StepPhase::Settled);
    plan.status.as_mut().unwrap().settled_since = Some(Time(now() - SignedDuration::from_secs(60)));
    plan
}

#[test]
fn success_needs_clear_signals_not_just_a_finished_rollout() {
    let next = next(&soaked(), |input| input.arrival = Arrival::Arrived);
    assert_eq!(reason(&next), "Verifying");
}

#[test]
fn unknown_is_not_success() {
    let plan = previewed(RemediationState::Verifying, StepPhase::Settled);
    let next = next(&plan, |input| {
        input.arrival = Arrival::Unknown("no status".to_owned());
        input.sick = Sick::No;
    });
    assert_eq!(reason(&next), "Verifying");
}

#[test]
fn health_has_to_last_before_it_counts() {
    let mut plan = previewed(RemediationState::Verifying, StepPhase::Settled);
    let healthy = |input: &mut Input<'_>| {
        input.arrival = Arrival::Arrived;
        input.sick = Sick::No;
    };
    assert_eq!(next(&plan, healthy), Move::BeginSoak);
    plan.status.as_mut().unwrap().settled_since = Some(Time(now() - SignedDuration::from_secs(29)));
    assert_eq!(reason(&next(&plan, healthy)), "Soaking");
    plan.status.as_mut().unwrap().settled_since = Some(Time(now() - SignedDuration::from_secs(30)));
    assert_eq!(reason(&next(&plan, healthy)), "Verified");
}

#[test]
fn a_fault_that_fires_during_the_soak_starts_it_over() {
    let next = next(&soaked(), |input| {
        input.arrival = Arrival::Arrived;
        input.sick = Sick::No;
        input.last_fired = Some(now());
    });
    assert!(matches!(next, Move::BreakSoak(_)));
}

#[test]
fn a_pod_lost_during_the_soak_starts_it_over() {
    let next = next(&soaked(), |input| {
        input.arrival = Arrival::OnTheWay("0 of 1 pods are available".to_owned());
        input.sick = Sick::No;
    });
    assert!(matches!(next, Move::BreakSoak(_)));
}

#[test]
fn a_plan_that_deleted_its_target_has_succeeded_when_it_is_gone() {
    let mut plan = soaked();
    let gone = |input: &mut Input<'_>| (input.sick, input.arrival) = (Sick::Gone, Arrival::Arrived);
    assert_eq!(reason(&next(&plan, gone)), "TargetGone", "somebody else deleted it");
    let deletion = WriteRecord { kind: WriteKind::Delete, object: workload(), ..WriteRecord::default() };
    plan.status.as_mut().unwrap().steps[0].writes = vec![deletion];
    assert_eq!(reason(&next(&plan, gone)), "Verified");
}

#[test]
fn a_failed_attempt_that_made_things_worse_is_taken_back() {
    let mut plan = previewed(RemediationState::Verifying, StepPhase::Settled);
    plan.status.as_mut().unwrap().health_before = Some(health(3, &[]));
    let next = next(&plan, |input| {
        input.arrival = Arrival::Failed("progress deadline exceeded".to_owned());
        input.health = Some(health(2, &[]));
    });
    assert!(matches!(next, Move::Undo { step: 0, .. }));
}

#[test]
fn a_failed_attempt_that_changed_nothing_does_not_restore_the_fault() {
    let mut plan = previewed(RemediationState::Verifying, StepPhase::Settled);
    plan.status.as_mut().unwrap().health_before = Some(health(0, &["oom_kill on container app"]));
    let next = next(&plan, |input| {
        input.arrival = Arrival::Failed("still OOMKilled".to_owned());
        // what killed it for the first time has killed it more often since
        input.health = Some(health(0, &["crashloop_backoff on container app", "oom_kill on container app"]));
    });
    assert_eq!(reason(&next), "NotHelped");
}

#[test]
fn a_step_of_a_model_that_did_not_arrive_is_taken_back_and_one_that_arrived_may_be_half_of_what_helps() {
    let mut plan = previewed(RemediationState::Verifying, StepPhase::Settled);
    plan.status.as_mut().unwrap().verify_deadline = Some(Time(now() - SignedDuration::from_secs(1)));
    plan.spec.step_of = Some(StepOf::default());
    let stuck = next(&plan, |input| input.arrival = Arrival::Failed("no node fits".to_owned()));
    assert!(matches!(stuck, Move::Undo { step: 0, .. }), "{stuck:?}");
    plan.status.as_mut().unwrap().settled_since = Some(Time(now() - SignedDuration::from_mins(2)));
    let arrived = next(&plan, |input| input.arrival = Arrival::Arrived);
    assert_eq!(reason(&arrived), "NotHelped");
}

#[test]
fn a_step_that_only_looks_waits_for_no_cure() {
    let mut plan = previewed(RemediationState::Verifying, StepPhase::Settled);
    plan.spec.step_of = Some(StepOf::default());
    plan.spec.actions[0].action_type = ActionType::ExecDiagnostic;
    assert_eq!(reason(&next(&plan, |_| {})), "Looked");
    plan.spec.step_of = None;
    assert_ne!(reason(&next(&plan, |_| {})), "Looked", "a person's plan is held to what it promised");
}

#[test]
fn a_plan_another_operator_left_half_done_runs_nothing() {
    let mut plan = previewed(RemediationState::Executing, StepPhase::Planned);
    plan.status.as_mut().unwrap().transition = None;
    assert_eq!(reason(&next(&plan, |_| ())), "TakenOver");
}

fn asked_back(state: RemediationState, phase: StepPhase) -> RemediationPlan {
    let mut plan = previewed(state, phase);
    plan.metadata.annotations = Some([(annotations::UNDO.to_owned(), "alice".to_owned())].into());
    plan.status.as_mut().unwrap().steps[0].writes_done = 1;
    plan
}

#[test]
fn a_finished_plan_is_taken_back_when_a_person_asks() {
    let plan = asked_back(RemediationState::Completed, StepPhase::Settled);
    assert_eq!(next(&plan, |_| ()), Move::Undo { step: 0, because: "alice asked for it".to_owned() });
}

#[test]
fn an_undo_that_has_begun_ends_in_a_state_of_its_own() {
    let mut plan = asked_back(RemediationState::Completed, StepPhase::Undone);
    assert_eq!(reason(&next(&plan, |_| ())), "Undone");
    let status = plan.status.as_mut().unwrap();
    status.state = RemediationState::RolledBack;
    status.conditions.push(Condition {
        type_: conditions::ROLLED_BACK.to_owned(),
        status: "True".to_owned(),
        reason: "Undone".to_owned(),
        message: String::new(),
        last_transition_time: Time(now()),
        observed_generation: None,
    });
    assert_eq!(reason(&next(&plan, |_| ())), "Finished");
}

#[test]
fn a_persons_undo_passes_the_brakes_and_the_lock() {
    let plan = asked_back(RemediationState::Completed, StepPhase::Settled);
    assert_eq!(reason(&next(&plan, |input| input.brakes.paused = Some("cluster".to_owned()))), "Paused");
    assert_eq!(reason(&next(&plan, |input| input.rival = Some("other".to_owned()))), "Locked");
    let protected = next(&plan, |input| input.brakes.out_of_bounds = Some("automation is off".to_owned()));
    assert_eq!(reason(&protected), "UndoRefused", "the outcome of the plan stands");
}

#[test]
fn what_is_on_its_way_arrives_before_it_is_taken_back() {
    let mut plan = asked_back(RemediationState::Executing, StepPhase::Intent);
    plan.status.as_mut().unwrap().steps[0].writes_done = 0;
    assert_eq!(next(&plan, |_| ()), Move::Send(0));
}

#[test]
fn what_was_undone_in_part_says_what_is_left() {
    let mut plan = previewed(RemediationState::Executing, StepPhase::PartlyUndone);
    plan.status.as_mut().unwrap().steps[0].message = Some("spec.replicas was changed by bob".to_owned());
    match next(&plan, |_| ()) {
        Move::Finish(Outcome { reason: Ending::NotUndone, message, .. }) => assert!(message.contains("bob")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_said_for_the_whole_cluster_reaches_plans_of_every_namespace() {
    let stores = Stores::default();
    stores.plans.deliver(pending());
    let plans = Plans::new("chatcli-system".to_owned());
    let woken_by = |name: &str| {
        let namespace = Namespace {
            metadata: ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() },
            ..Namespace::default()
        };
        plans.wake(&stores, &Change { object: Object::Namespace(Arc::new(namespace)), gone: false })
    };
    let all = vec![ObjectKey::of(&pending())];
    assert_eq!(woken_by("chatcli-system"), all, "the switch of the cluster is there");
    assert_eq!(woken_by("shop"), all, "its own");
    assert_eq!(woken_by("market"), [], "somebody else's");
}

#[test]
fn the_brakes_are_asked_anew_before_a_further_step_and_not_while_one_is_on_its_way() {
    let begins = |state, phase| {
        let plan = previewed(state, phase);
        begins_something(&plan, plan.status.as_ref().unwrap())
    };
    assert!(begins(RemediationState::Executing, StepPhase::Planned));
    assert!(!begins(RemediationState::Executing, StepPhase::Applied));
    assert!(!begins(RemediationState::Verifying, StepPhase::Settled));
    let mut asked_back = previewed(RemediationState::Completed, StepPhase::Settled);
    asked_back.metadata.annotations = Some([(annotations::UNDO.to_owned(), "alice".to_owned())].into());
    assert!(begins_something(&asked_back, asked_back.status.as_ref().unwrap()), "a person asked for it back");
}

#[test]
fn a_plan_that_a_model_would_have_to_carry_out_step_by_step_is_refused_and_not_taken_for_done() {
    let mut plan = pending();
    plan.spec.agentic_mode = Some(true);
    let next = next(&plan, |_| {});
    assert_eq!(reason(&next), "InvalidPlan");
    let Move::Finish(outcome) = next else { panic!("it goes on") };
    assert!(outcome.message.contains("agenticMode"), "{}", outcome.message);
}
