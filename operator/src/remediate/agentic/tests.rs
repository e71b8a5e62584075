use std::collections::BTreeMap;
use std::sync::Arc;

use common::api::ai_insight::{ModelState, ModelUse, SuggestedAction};
use common::api::issue::IssueState;
use common::api::keys::{annotations, conditions};
use common::api::remediation_plan::{AgenticStep, RemediationState, StepOf, StepPhase, StepStatus, WriteRecord};
use common::api::{ActionType, Issue, NameRef, RemediationAction, RemediationPlan, ResourceRef, Time};
use common::decisions::Ending;
use jiff::{SignedDuration, Timestamp};
use kube::ResourceExt as _;

use super::decide::{Input, Move, next_move};
use super::history::{self, FAILED, LOOKED_ON, REJECTED, SUCCESS};
use super::judge;
use crate::llm::{SaidAction, SaidStep};
use crate::remediate::plan::decide::{Brakes, Sick};
use crate::remediate::testing::{issue, now, plan_of, previewed};
use crate::runtime::status::condition;

struct Scene {
    plan: RemediationPlan,
    issue: Option<Issue>,
    sick: Sick,
    brakes: Brakes,
    steps: Vec<Arc<RemediationPlan>>,
    has_model: bool,
    is_answered: bool,
}

/// A loop that has begun, a minute ago, and has done nothing yet.
fn scene() -> Scene {
    let mut plan = plan_of(1, ActionType::Custom, RemediationState::Executing);
    plan.spec.actions.clear();
    plan.spec.agentic_mode = Some(true);
    plan.spec.agentic_max_steps = Some(10);
    plan.metadata.uid = Some("loop".into());
    let status = plan.status.get_or_insert_default();
    status.agentic_started_at = Some(Time(now() - SignedDuration::from_mins(1)));
    Scene {
        plan,
        issue: Some(issue(IssueState::Remediating, 1)),
        sick: Sick::Yes(vec!["pod_not_ready".into()]),
        brakes: Brakes::default(),
        steps: Vec::new(),
        has_model: true,
        is_answered: false,
    }
}

fn action(kind: ActionType) -> RemediationAction {
    RemediationAction { action_type: kind, params: BTreeMap::new() }
}

impl Scene {
    fn next(&self) -> Move {
        next_move(&Input {
            now: now(),
            plan: &self.plan,
            issue: self.issue.as_ref(),
            sick: self.sick.clone(),
            brakes: self.brakes.clone(),
            steps: &self.steps,
            has_model: self.has_model,
            is_answered: self.is_answered,
        })
    }

    fn past(mut self, kind: Option<ActionType>, observation: Option<&str>) -> Self {
        let history = &mut self.plan.spec.agentic_history;
        history.push(AgenticStep {
            step_number: i32::try_from(history.len()).unwrap() + 1,
            ai_message: "because [r1]".into(),
            action: kind.map(action),
            observation: observation.map(str::to_owned),
            timestamp: Time(now()),
        });
        self
    }

    /// The plan of the last step, as it ended.
    fn ended(mut self, state: RemediationState, ending: Ending, wrote: bool) -> Self {
        let mut step = plan_of(1, ActionType::ScaleDeployment, state);
        let number = history::last_number(&self.plan);
        step.metadata.name = Some(format!("step-{number}"));
        step.spec.step_of = Some(StepOf {
            plan: NameRef { name: "loop".into(), uid: Some("loop".into()) },
            step_number: number,
            contradicts: None,
        });
        let status = step.status.get_or_insert_default();
        status.result = Some("said".into());
        status.conditions = vec![condition(&[], conditions::VERIFIED, false, ending.as_str(), "said", None, now())];
        if wrote {
            let journal = previewed(state, StepPhase::Settled).status.unwrap_or_default().steps.remove(0);
            status.steps = vec![StepStatus { writes_done: 1, undo: vec![WriteRecord::default()], ..journal }];
        }
        self.steps.push(Arc::new(step));
        self
    }

    fn model(mut self, state: ModelState, about: &str) -> Self {
        let model = ModelUse { state, about: about.into(), calls: 1, failures: 1, ..ModelUse::default() };
        self.plan.status.get_or_insert_default().model = Some(model);
        self
    }

    fn ends(&self) -> (RemediationState, Ending) {
        match self.next() {
            Move::Finish(outcome) => (outcome.state, outcome.reason),
            other => panic!("expected an end, got {other:?}"),
        }
    }
}

fn waits(scene: &Scene) -> &'static str {
    match scene.next() {
        Move::Wait { reason, .. } => reason,
        other => panic!("expected to wait, got {other:?}"),
    }
}

#[test]
fn a_loop_begins_only_while_the_trouble_goes_on_and_there_is_somebody_to_ask() {
    let mut fresh = scene();
    fresh.plan.status.as_mut().unwrap().agentic_started_at = None;
    assert_eq!(fresh.next(), Move::Begin);
    fresh.has_model = false;
    assert_eq!(fresh.ends().1, Ending::Failed);
    fresh.sick = Sick::No;
    assert_eq!(fresh.ends().1, Ending::NoLongerNeeded);
    fresh.brakes.paused = Some("namespace shop".into());
    fresh.sick = Sick::Yes(Vec::new());
    assert_eq!(waits(&fresh), "Paused");
    fresh.brakes.out_of_bounds = Some("protected".into());
    assert_eq!(fresh.ends().1, Ending::Protected);
}

#[test]
fn one_step_after_the_other_is_asked_for_and_carried_out_by_a_plan_of_its_own() {
    assert_eq!(scene().next(), Move::Ask { number: 1, is_over: false });
    let chosen = scene().past(Some(ActionType::ScaleDeployment), None);
    assert!(matches!(chosen.next(), Move::Launch(step) if step.step_number == 1));
    let running = chosen.ended(RemediationState::Executing, Ending::Failed, false);
    assert_eq!(waits(&running), "StepRunning");
}

#[test]
fn what_came_of_a_step_is_written_down_before_the_next_one_is_asked_for() {
    let of = |state, ending, wrote| match scene()
        .past(Some(ActionType::ScaleDeployment), None)
        .ended(state, ending, wrote)
        .next()
    {
        Move::Observe { number: 1, observation } => observation,
        other => panic!("{other:?}"),
    };
    assert!(
        of(RemediationState::Completed, Ending::Verified, true)
            .starts_with("SUCCESS: ScaleDeployment executed successfully")
    );
    assert!(of(RemediationState::RolledBack, Ending::Undone, true).starts_with("FAILED: ScaleDeployment: said"));
    assert!(
        of(RemediationState::Failed, Ending::Blocked, false)
            .starts_with("REJECTED: ScaleDeployment was not carried out")
    );
}

#[test]
fn a_question_that_is_open_is_answered_or_lost_and_never_asked_twice() {
    let open = scene().model(ModelState::Asking, "1");
    assert_eq!(open.next(), Move::Lost);
    assert_eq!(Scene { is_answered: true, ..scene().model(ModelState::Asking, "1") }.next(), Move::Take);
    let written = scene().past(None, Some(LOOKED_ON)).model(ModelState::Asking, "1");
    assert_eq!(written.next(), Move::Take, "the answer is in the history: only the books are left to do");
}

#[test]
fn when_every_signal_is_clear_after_a_step_that_held_the_story_is_asked_for_once() {
    let over = || Scene { sick: Sick::No, ..scene().past(Some(ActionType::ScaleDeployment), Some("SUCCESS: x")) };
    assert_eq!(over().next(), Move::Ask { number: 2, is_over: true });
    assert_eq!(
        over().past(None, Some("every signal is clear")).ends(),
        (RemediationState::Completed, Ending::Verified)
    );
    let unheard = over().model(ModelState::Failed, "2");
    assert_eq!(unheard.ends().0, RemediationState::Completed, "a story that cannot be had keeps nobody waiting");
    let nobody = Scene { has_model: false, ..over() };
    assert_eq!(nobody.ends().0, RemediationState::Completed);
}

#[test]
fn what_went_away_without_a_step_that_held_is_no_success_of_the_model() {
    let failed = Scene { sick: Sick::No, ..scene().past(Some(ActionType::ScaleDeployment), Some("FAILED: x")) };
    assert_eq!(failed.ends(), (RemediationState::Failed, Ending::NoLongerNeeded));
}

#[test]
fn a_models_word_that_all_is_well_ends_nothing() {
    let said = scene().past(None, Some("REJECTED: resolved: its signals still hold"));
    assert_eq!(said.next(), Move::Ask { number: 2, is_over: false });
}

#[test]
fn it_is_enough_after_its_steps_its_time_or_when_it_turns_in_circles() {
    let mut full = scene().past(Some(ActionType::ScaleDeployment), Some("REJECTED: a"));
    full.plan.spec.agentic_max_steps = Some(1);
    assert_eq!(full.ends(), (RemediationState::Failed, Ending::NotHelped));
    let mut late = scene();
    late.plan.status.as_mut().unwrap().agentic_started_at = Some(Time(now() - SignedDuration::from_mins(11)));
    assert_eq!(late.ends().1, Ending::NotHelped);
    let looking = scene().past(None, Some(LOOKED_ON)).past(None, Some(LOOKED_ON));
    assert_eq!(looking.ends().1, Ending::NotHelped);
}

#[test]
fn time_spent_waiting_for_votes_is_not_the_models() {
    let mut late = scene().past(Some(ActionType::ScaleDeployment), Some("FAILED: x")).ended(
        RemediationState::Failed,
        Ending::NotHelped,
        false,
    );
    late.plan.status.as_mut().unwrap().agentic_started_at = Some(Time(now() - SignedDuration::from_mins(30)));
    assert!(matches!(late.next(), Move::Finish(_)));
    let step = Arc::make_mut(&mut late.steps[0]);
    step.metadata.creation_timestamp = Some(Time(now() - SignedDuration::from_mins(29)));
    let status = step.status.as_mut().unwrap();
    status.approval_ref = Some(NameRef::new("approval"));
    status.started_at = Some(Time(now() - SignedDuration::from_mins(4)));
    assert_eq!(late.next(), Move::Ask { number: 2, is_over: false });
}

#[test]
fn what_a_loop_changed_is_taken_back_newest_first_and_then_it_ends() {
    let mut two = scene()
        .past(Some(ActionType::ScaleDeployment), Some("FAILED: a"))
        .ended(RemediationState::Failed, Ending::NotHelped, true)
        .past(Some(ActionType::RestartDeployment), Some("FAILED: b"))
        .ended(RemediationState::Failed, Ending::NotHelped, true);
    two.plan.spec.agentic_max_steps = Some(2);
    let Move::TakeBack { step, because } = two.next() else { panic!("{:?}", two.next()) };
    assert_eq!(step, "step-2");
    two.plan.status.as_mut().unwrap().rollback_result = Some(because);
    let undone = |step: &mut Arc<RemediationPlan>, phase| {
        let step = Arc::make_mut(step);
        step.annotations_mut().insert(annotations::UNDO.into(), "loop".into());
        let status = step.status.as_mut().unwrap();
        status.steps[0].phase = phase;
        status.conditions.push(condition(&[], conditions::ROLLED_BACK, true, "Undone", "", None, now()));
    };
    undone(&mut two.steps[1], StepPhase::Undone);
    assert!(matches!(two.next(), Move::TakeBack { step, .. } if step == "step-1"));
    undone(&mut two.steps[0], StepPhase::Undone);
    assert_eq!(two.ends(), (RemediationState::RolledBack, Ending::Undone));
    undone(&mut two.steps[0], StepPhase::PartlyUndone);
    assert_eq!(two.ends(), (RemediationState::Failed, Ending::NotUndone));
}

#[test]
fn a_persons_no_ends_the_loop_and_not_only_the_step() {
    let refused = scene().past(Some(ActionType::ScaleDeployment), Some("REJECTED: by jane")).ended(
        RemediationState::Failed,
        Ending::Rejected,
        false,
    );
    assert_eq!(refused.ends().1, Ending::Rejected);
    let blocked = scene().past(Some(ActionType::ScaleDeployment), Some("REJECTED: quota")).ended(
        RemediationState::Failed,
        Ending::Blocked,
        false,
    );
    assert_eq!(blocked.next(), Move::Ask { number: 2, is_over: false }, "a check's no is something to learn from");
}

#[test]
fn a_model_that_cannot_be_asked_is_asked_again_a_few_times_and_a_budget_ends_it() {
    let mut failed = scene().model(ModelState::Failed, "1");
    let at = |failed: &mut Scene, seconds: i64, failures| {
        let model = failed.plan.status.as_mut().unwrap().model.as_mut().unwrap();
        model.next_attempt_at = Some(Time(now() + SignedDuration::from_secs(seconds)));
        model.failures = failures;
    };
    assert_eq!(failed.ends().1, Ending::Failed, "no time to try again: a budget");
    at(&mut failed, 10, 1);
    assert_eq!(waits(&failed), "ModelUnavailable");
    at(&mut failed, 0, 2);
    assert_eq!(failed.next(), Move::Ask { number: 1, is_over: false });
    at(&mut failed, 10, 3);
    assert_eq!(failed.ends().1, Ending::Failed);
}

#[test]
fn an_incident_that_is_gone_takes_its_loop_with_it() {
    assert_eq!(Scene { issue: None, ..scene() }.ends().1, Ending::IssueGone);
}

#[test]
fn a_person_may_have_the_whole_loop_taken_back_after_its_end() {
    let mut ended = scene().past(Some(ActionType::ScaleDeployment), Some("SUCCESS: x")).ended(
        RemediationState::Completed,
        Ending::Verified,
        true,
    );
    ended.plan.status.as_mut().unwrap().state = RemediationState::Completed;
    assert_eq!(waits(&ended), "Finished");
    ended.plan.annotations_mut().insert(annotations::UNDO.into(), "jane".into());
    assert!(
        matches!(ended.next(), Move::TakeBack { step, because } if step == "step-1" && because.starts_with("jane"))
    );
}

fn step(number: i32, kind: Option<ActionType>, observation: &str) -> AgenticStep {
    AgenticStep {
        step_number: number,
        ai_message: String::new(),
        action: kind.map(action),
        observation: Some(observation.into()),
        timestamp: Time(Timestamp::UNIX_EPOCH),
    }
}

#[test]
fn circles_are_seen() {
    let (a, b) = (Some(ActionType::ScaleDeployment), Some(ActionType::RestartDeployment));
    let of = |steps: &[(Option<ActionType>, &str)]| {
        let steps: Vec<AgenticStep> = steps.iter().map(|(kind, said)| step(1, *kind, said)).collect();
        history::converged(&steps)
    };
    assert!(of(&[(a, "FAILED: same"), (b, "failed: SAME "), (a, "FAILED: same")]).unwrap().contains("the same"));
    assert!(
        of(&[(a, "FAILED: 1"), (b, "FAILED: 2"), (a, "FAILED: 3"), (b, "FAILED: 4")])
            .unwrap()
            .contains("back and forth")
    );
    let c = Some(ActionType::DeletePod);
    let five = [(a, "FAILED: 1"), (b, "REJECTED: 2"), (c, "FAILED: 3"), (a, "FAILED: 4"), (c, "FAILED: 5")];
    assert!(of(&five).unwrap().contains("five"));
    assert_eq!(of(&five[1..]), None);
    assert_eq!(of(&[(a, "SUCCESS: 1"), (None, LOOKED_ON)]), None);
}

fn judged(said: &SaidStep, past: &[AgenticStep], suggested: &[SuggestedAction]) -> AgenticStep {
    let target = ResourceRef::new("Deployment", "shop", "web");
    judge::entry(&judge::Input {
        now: now(),
        number: 1,
        said,
        receipts: 2,
        target: &target,
        history: past,
        suggested,
        is_over: false,
    })
}

fn says(name: &str, params: &[(&str, &str)]) -> SaidStep {
    let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let next = SaidAction { name: name.into(), action: name.into(), description: String::new(), params };
    SaidStep { reasoning: "too few [r1]".into(), next: Some(next), ..SaidStep::default() }
}

#[test]
fn a_step_is_carried_out_only_when_it_exists_fits_cites_and_is_new() {
    let good = says("ScaleDeployment", &[("replicas", "3")]);
    assert_eq!(judged(&good, &[], &[]).observation, None);
    let refused = |said: &SaidStep, past: &[AgenticStep]| judged(said, past, &[]).observation.unwrap_or_default();
    assert!(refused(&says("DeleteCluster", &[]), &[]).contains("no action of the name DeleteCluster"));
    assert_eq!(judged(&says("DeleteCluster", &[]), &[], &[]).action, None);
    assert!(refused(&says("ScaleDeployment", &[("replicas", "many")]), &[]).starts_with(REJECTED));
    assert!(refused(&says("ScaleStatefulSet", &[("replicas", "3")]), &[]).starts_with(REJECTED), "another kind");
    let trusting = SaidStep { reasoning: "trust me, the log says so [r9]".into(), ..good.clone() };
    assert!(refused(&trusting, &[]).contains("no receipt"));
    let mut tried = step(1, Some(ActionType::ScaleDeployment), "FAILED: still down");
    tried.action.as_mut().unwrap().params.insert("replicas".into(), "3".into());
    assert!(refused(&good, &[tried]).contains("step 1 and did not help"));
}

#[test]
fn who_leaves_the_first_suggestion_says_why() {
    let suggested =
        SuggestedAction { name: "r".into(), action: "RestartDeployment".into(), ..SuggestedAction::default() };
    let other = says("ScaleDeployment", &[("replicas", "3")]);
    let observed = judged(&other, &[], std::slice::from_ref(&suggested)).observation.unwrap();
    assert!(observed.starts_with(REJECTED) && observed.contains("divergence_reason"), "{observed}");
    let explained = SaidStep { divergence_reason: "a restart loses the cache [r1]".into(), ..other.clone() };
    assert_eq!(judged(&explained, &[], std::slice::from_ref(&suggested)).observation, None);
    let later = [step(1, Some(ActionType::RestartDeployment), "FAILED: x")];
    assert_eq!(judged(&other, &later, &[suggested]).observation, None, "it was tried");
}

#[test]
fn only_what_cites_becomes_part_of_the_story() {
    let told = crate::llm::decode::Narrative {
        summary: "It was too small [r1]. I am great.".into(),
        root_cause: "magic".into(),
        lessons: vec!["Measure [r2]".into(), "Pray".into()],
        ..crate::llm::decode::Narrative::default()
    };
    let story = judge::story(&told, 2);
    assert_eq!(story[annotations::STORY_SUMMARY], "It was too small [r1].");
    assert_eq!(story[annotations::STORY_LESSONS], "Measure [r2]");
    assert!(!story.contains_key(annotations::STORY_ROOT_CAUSE));
    assert!(FAILED.starts_with("FAILED") && SUCCESS.starts_with("SUCCESS"));
}
