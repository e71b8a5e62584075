//! The one next move of an incident. Pure: everything it depends on is in [`Input`].

use common::actions::is_containment;
use common::api::{
    AIInsight, Anomaly, Issue, RemediationPlan, Runbook,
    ai_insight::Finding,
    issue::{IssueState, IssueStatus},
    keys::{annotations, conditions},
    remediation_plan::RemediationState,
};
use common::decisions::experience::Experience;
use common::decisions::{Afterwards, Ending};
use jiff::Timestamp;
use kube::ResourceExt as _;

use super::remedies::{self, Chosen};
use super::word::Word;
use crate::remediate::goes_on;
use crate::{analyze, detect};

/// Everything the next move depends on. Nothing else may influence it.
pub struct Input<'a> {
    /// The moment.
    pub now: Timestamp,
    /// The incident.
    pub issue: &'a Issue,
    /// Anomalies folded into it that still exist.
    pub anomalies: &'a [std::sync::Arc<Anomaly>],
    /// Its explanation.
    pub insight: Option<&'a AIInsight>,
    /// Its plans, by attempt.
    pub plans: &'a [std::sync::Arc<RemediationPlan>],
    /// How often each remedy of the first finding has helped against it before, in their order.
    pub experience: &'a [Experience],
    /// Runbooks of its namespace and of the operator's, in that order.
    pub runbooks: &'a [std::sync::Arc<Runbook>],
    /// False when the workload or node is gone.
    pub resource_exists: bool,
    /// Attempts before a person is asked.
    pub max_attempts: i32,
    /// Whether an incident that people have ends by itself when its signals are clear.
    pub auto_resolve: bool,
    /// Whether plans may be made here at all.
    pub may_plan: MayPlan,
    /// Whether a model may name steps where no remedy is left.
    pub agentic: Agentic,
}

/// Whether a model may name steps where no remedy is left.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Agentic {
    /// Nobody to ask, or not wanted here.
    No,
    /// What it says about the cause may still come.
    NotYet,
    /// Yes.
    Yes {
        /// So many.
        most: i32,
    },
}

/// Whether plans may be made, and why not.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum MayPlan {
    /// Yes.
    Yes,
    /// Not while the place is set so; one clause.
    NotNow(String),
    /// Never here; one sentence.
    Never(String),
}

/// The one next move of an incident.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    /// It is over: nothing to do and nothing to say.
    Rest,
    /// Nothing to do until something changes.
    Wait {
        /// What it waits for, in words for `kubectl chatcli issues`.
        for_what: String,
    },
    /// Go to another state.
    Enter {
        /// The state.
        state: IssueState,
        /// CamelCase reason, the condition's and the Event's.
        reason: &'static str,
        /// One sentence.
        message: String,
        /// What a person has to do, where that is the point.
        required_action: Option<String>,
    },
    /// Ask for the explanation to be made again, with what has been learnt.
    Explain {
        /// CamelCase reason.
        reason: &'static str,
        /// One sentence.
        message: String,
    },
    /// Write the plan of the next attempt.
    Plan {
        /// 1-based attempt.
        attempt: i32,
        /// What to do.
        chosen: Chosen,
    },
    /// Write a plan whose steps a model names.
    Agentic {
        /// 1-based attempt.
        attempt: i32,
        /// Most steps.
        most: i32,
        /// The finding it answers.
        finding_code: String,
    },
}

/// Why an incident is given to people before anything was tried.
const NO_REMEDY: &str = "NoRemedy";

/// What to do next about an incident.
pub fn next_move(input: &Input<'_>) -> Move {
    let status = input.issue.status.clone().unwrap_or_default();
    // One that another operator left open is begun anew; what it has ended stays ended.
    let fresh = input.issue.status.as_ref().is_none_or(|status| status.transition.is_none() && status.state.is_open());
    if fresh {
        return enter(IssueState::Detected, "Detected", &input.issue.spec.description);
    }
    let plan = current_plan(input);
    let busy = plan.is_some_and(|plan| !state_of(plan).is_terminal());
    let word = Word::about(input.issue);
    let over = is_over(input, word.as_ref());

    if status.state == IssueState::Resolved {
        if let (Some(Word::Reopened { .. }), true) = (&word, input.resource_exists) {
            return handed_back(input, word.as_ref());
        }
        // Without a sign nothing has come back: the Anomalies of an old incident may be gone.
        let returned = input.resource_exists && fault_goes_on(input, word.as_ref());
        return if returned {
            enter(IssueState::Analyzing, "FaultReturned", "the fault came back within the cooldown")
        } else {
            Move::Rest
        };
    }
    let handed_over = matches!(status.state, IssueState::Escalated | IssueState::Contained);
    let by_itself = word.is_none() && input.resource_exists;
    if over && !busy && handed_over && by_itself && !input.auto_resolve {
        return wait("a person to resolve it; its signals are clear");
    }
    if over && !busy {
        return ending(input, plan, word.as_ref());
    }
    if let (Some(Word::Resolved { who, .. }), false) = (&word, busy || status.state == IssueState::Detected) {
        return wait(&format!("signals to clear; {who} has resolved it"));
    }
    match status.state {
        IssueState::Detected => enter(IssueState::Analyzing, "AIInsightCreated", "the cause is being looked for"),
        IssueState::Analyzing => choose(input, plan, status.remediation_attempts),
        IssueState::Remediating => follow(input, plan, status.remediation_attempts),
        IssueState::Escalated if remedy_turned_up(input, &status) => {
            enter(IssueState::Analyzing, "RemedyFound", "what was found since can be mended")
        }
        IssueState::Escalated | IssueState::Contained => wait("a person"),
        IssueState::Resolved | IssueState::Failed => Move::Rest,
    }
}

/// The incident was given to people for want of a remedy, and a later look has found one. Nobody has said that they are at it.
fn remedy_turned_up(input: &Input<'_>, status: &IssueStatus) -> bool {
    let escalated = status.conditions.iter().find(|it| it.type_ == conditions::ESCALATED && it.status == "True");
    escalated.is_some_and(|condition| condition.reason == NO_REMEDY)
        && !input.issue.annotations().contains_key(annotations::ACKNOWLEDGED_BY)
        && matches!(input.may_plan, MayPlan::Yes)
        && primary_finding(input).is_some_and(|it| {
            remedies::choose(input.issue, it, input.runbooks, input.plans, input.experience).is_some()
        })
}

/// True when every signal of the incident is clear, its recovery time included, or its resource is gone. Without any signal a person has
/// to say so, and a person can keep it open.
fn is_over(input: &Input<'_>, word: Option<&Word>) -> bool {
    let signals_clear = !fault_goes_on(input, word);
    let ends = match word {
        Some(Word::Resolved { .. }) => signals_clear,
        Some(Word::Reopened { .. }) => false,
        None => signals_clear && !input.anomalies.is_empty(),
    };
    ends || !input.resource_exists
}

/// Whether any signal holds. What others reported has no end of its own: it counts as dealt with once a person has resolved the incident,
/// until it is seen again.
fn fault_goes_on(input: &Input<'_>, word: Option<&Word>) -> bool {
    let resolved_at = input.issue.status.as_ref().and_then(|status| status.resolved_at.as_ref()).map(|at| at.0);
    let seen = |anomaly: &Anomaly| {
        let last = anomaly.status.as_ref().and_then(|status| status.last_seen.as_ref());
        last.or(anomaly.metadata.creation_timestamp.as_ref()).map(|at| at.0)
    };
    let dealt_with = |anomaly: &Anomaly| {
        matches!(word, Some(Word::Resolved { .. }))
            && !detect::is_ours(anomaly)
            && resolved_at.is_none_or(|end| seen(anomaly).is_none_or(|seen| seen <= end))
    };
    input.anomalies.iter().any(|anomaly| goes_on(anomaly, input.now) && !dealt_with(anomaly))
}

/// A person does not take it for over: it is that person's now.
fn handed_back(input: &Input<'_>, word: Option<&Word>) -> Move {
    let message = word.map(Word::sentence).unwrap_or_default();
    escalate("ReopenedByPerson", &message, primary_finding(input))
}

fn ending(input: &Input<'_>, plan: Option<&RemediationPlan>, word: Option<&Word>) -> Move {
    if !input.resource_exists {
        return enter(
            IssueState::Resolved,
            "ResourceDeleted",
            &format!("{} no longer exists", input.issue.spec.resource),
        );
    }
    if let Some(word @ Word::Resolved { .. }) = word {
        return enter(IssueState::Resolved, "ResolvedByPerson", &word.sentence());
    }
    match plan {
        Some(plan) if state_of(plan) == RemediationState::Completed => {
            let result = plan.status.as_ref().and_then(|status| status.result.clone());
            let state = input.issue.status.as_ref().map(|status| status.state).unwrap_or_default();
            if state == IssueState::Contained {
                return enter(IssueState::Resolved, "HumanActionRestoredService", "service was restored by a person");
            }
            enter(IssueState::Resolved, "RemediationSucceeded", result.as_deref().unwrap_or("the fix was verified"))
        }
        _ => enter(
            IssueState::Resolved,
            "AutoResolved",
            "every signal is clear; it recovered without a change by the operator",
        ),
    }
}

/// Analyzing: wait for the explanation, then for a remedy that has not failed yet.
fn choose(input: &Input<'_>, plan: Option<&RemediationPlan>, attempts: i32) -> Move {
    // A crash between creating a plan and recording it leaves a plan that the status does not know yet.
    if let Some(next) = plan_of_attempt(input, attempts + 1) {
        return remediating(next);
    }
    let Some(finding) = primary_finding(input) else {
        return wait("an explanation");
    };
    if input.insight.is_some_and(|insight| analyze::second_look(input.issue, insight).is_some()) {
        return wait("a second look: the first signs do not say enough");
    }
    if plan.is_some_and(|plan| !state_of(plan).is_terminal()) {
        return wait("the running plan");
    }
    match &input.may_plan {
        MayPlan::Yes => {}
        MayPlan::NotNow(message) => return wait(&format!("a person: {message}")),
        MayPlan::Never(message) => return escalate("Protected", message, Some(finding)),
    }
    if attempts >= input.max_attempts {
        return escalate(
            "MaxAttemptsReached",
            &format!("{attempts} of {} attempts did not help", input.max_attempts),
            Some(finding),
        );
    }
    let is_new = !input.plans.iter().any(|plan| plan.is_agentic());
    match remedies::choose(input.issue, finding, input.runbooks, input.plans, input.experience) {
        Some(chosen) => Move::Plan { attempt: attempts + 1, chosen },
        None if is_new && input.agentic == Agentic::NotYet => {
            wait("what a model says of the cause: no remedy is known")
        }
        None if is_new && let Agentic::Yes { most } = input.agentic => {
            Move::Agentic { attempt: attempts + 1, most, finding_code: finding.code.clone() }
        }
        None if attempts == 0 => {
            escalate(NO_REMEDY, &format!("nothing the operator may do fixes {}", finding.code), Some(finding))
        }
        None => escalate("NoRunbookForRetry", "every known remedy was tried and did not help", Some(finding)),
    }
}

/// Remediating: follow the current plan to its end.
fn follow(input: &Input<'_>, plan: Option<&RemediationPlan>, attempts: i32) -> Move {
    let Some(plan) = plan else {
        return Move::Explain {
            reason: "PlanMissing",
            message: format!("the plan of attempt {attempts} no longer exists"),
        };
    };
    let status = plan.status.clone().unwrap_or_default();
    let result = status.result.as_deref().unwrap_or("it did not help");
    match status.state {
        RemediationState::Completed if plan.actions().any(is_containment) => Move::Enter {
            state: IssueState::Contained,
            reason: "ContainmentApplied",
            message: "the workload was silenced, not fixed".to_owned(),
            required_action: Some(format!("fix the cause, then restore {}", input.issue.spec.resource)),
        },
        // The plan proved its signals clear; the anomalies follow within moments.
        RemediationState::Completed => match anomaly_since(input, status.completed_at.as_ref().map(|at| at.0)) {
            Some(name) => Move::Explain {
                reason: "ReanalysisRequested",
                message: format!("{name} fires again after the fix was verified"),
            },
            None => wait("signals to clear"),
        },
        RemediationState::Failed | RemediationState::RolledBack => match afterwards(plan) {
            Afterwards::WaitForClear => wait("signals to clear"),
            Afterwards::Escalate(reason) => escalate(reason, result, primary_finding(input)),
            Afterwards::TryAgain => {
                Move::Explain { reason: "ReanalysisRequested", message: format!("attempt {attempts} failed: {result}") }
            }
        },
        RemediationState::WaitingApproval => wait(gate_message(plan, "Ask").unwrap_or("votes")),
        RemediationState::Verifying => wait("verification"),
        RemediationState::Pending => wait(gate_message(plan, "Wait").unwrap_or("the plan")),
        RemediationState::Executing => wait(executing(plan).unwrap_or("the plan")),
    }
}

/// What an agentic plan is at: `step 2, ScaleDeployment: 0 of 1 votes`.
fn executing(plan: &RemediationPlan) -> Option<&str> {
    let status = plan.status.as_ref().filter(|_| plan.is_agentic())?;
    let at = status.conditions.iter().find(|condition| condition.type_ == conditions::EXECUTING)?;
    Some(at.message.as_str()).filter(|message| !message.is_empty())
}

/// What the gate said that holds the plan: `0 of 1 votes`, `automation is paused for the namespace shop`.
fn gate_message<'a>(plan: &'a RemediationPlan, result: &str) -> Option<&'a str> {
    let gates = &plan.status.as_ref()?.gates;
    gates
        .iter()
        .find(|gate| gate.result == result)
        .map(|gate| gate.message.as_str())
        .filter(|message| !message.is_empty())
}

/// What the end of a plan means; its `Verified` condition says why it ended. One that says nothing known is a failed attempt.
fn afterwards(plan: &RemediationPlan) -> Afterwards {
    let mut conditions = plan.status.iter().flat_map(|status| &status.conditions);
    let verified = conditions.find(|condition| condition.type_ == conditions::VERIFIED);
    verified
        .and_then(|condition| Ending::from_reason(&condition.reason))
        .map_or(Afterwards::TryAgain, Ending::afterwards)
}

fn anomaly_since<'a>(input: &'a Input<'_>, since: Option<Timestamp>) -> Option<&'a str> {
    let since = since?;
    input.anomalies.iter().find_map(|anomaly| {
        let status = anomaly.status.as_ref()?;
        let fired_after = status.last_seen.as_ref().is_some_and(|seen| seen.0 > since);
        (status.active == Some(true) && fired_after).then(|| anomaly.metadata.name.as_deref()).flatten()
    })
}

/// The first finding of an explanation that answers the current question.
fn primary_finding<'a>(input: &Input<'a>) -> Option<&'a Finding> {
    let insight = input.insight?;
    let status = insight.status.as_ref()?;
    let current = status.observed_analysis_generation.unwrap_or(0) >= insight.spec.analysis_generation.unwrap_or(0);
    current.then(|| status.findings.first()).flatten()
}

fn current_plan<'a>(input: &Input<'a>) -> Option<&'a RemediationPlan> {
    let attempts = input.issue.status.as_ref().map_or(0, |status| status.remediation_attempts);
    plan_of_attempt(input, attempts)
}

fn plan_of_attempt<'a>(input: &Input<'a>, attempt: i32) -> Option<&'a RemediationPlan> {
    input.plans.iter().find(|plan| plan.spec.attempt == attempt).map(AsRef::as_ref)
}

fn state_of(plan: &RemediationPlan) -> RemediationState {
    plan.status.as_ref().map(|status| status.state).unwrap_or_default()
}

fn remediating(plan: &RemediationPlan) -> Move {
    enter(
        IssueState::Remediating,
        "RemediationPlanCreated",
        &format!("attempt {}: {}", plan.spec.attempt, first_line(&plan.spec.strategy)),
    )
}

fn escalate(reason: &'static str, message: &str, finding: Option<&Finding>) -> Move {
    let advice = finding.map(|finding| match &finding.advice {
        Some(advice) => format!("{}. {advice}", finding.statement),
        None => finding.statement.clone(),
    });
    Move::Enter { state: IssueState::Escalated, reason, message: message.to_owned(), required_action: advice }
}

fn enter(state: IssueState, reason: &'static str, message: &str) -> Move {
    Move::Enter { state, reason, message: message.to_owned(), required_action: None }
}

fn wait(for_what: &str) -> Move {
    Move::Wait { for_what: for_what.to_owned() }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use common::api::keys::annotations;
    use common::api::{ActionType, Time, remediation_plan::RemediationState};

    use kube::ResourceExt as _;

    use super::*;
    use crate::remediate::testing::{anomaly, insight, issue, now, plan, plan_of};

    struct Scene {
        issue: Issue,
        anomalies: Vec<Arc<Anomaly>>,
        insight: Option<AIInsight>,
        plans: Vec<Arc<RemediationPlan>>,
        resource_exists: bool,
        auto_resolve: bool,
        may_plan: MayPlan,
        agentic: Agentic,
    }

    fn scene(state: IssueState, attempts: i32) -> Scene {
        Scene {
            issue: issue(state, attempts),
            anomalies: vec![anomaly(true)],
            insight: Some(insight(&[ActionType::RollbackDeployment, ActionType::RestartDeployment])),
            plans: Vec::new(),
            resource_exists: true,
            auto_resolve: true,
            may_plan: MayPlan::Yes,
            agentic: Agentic::No,
        }
    }

    impl Scene {
        fn with_plan(mut self, plan: RemediationPlan) -> Self {
            self.plans.push(Arc::new(plan));
            self
        }

        fn said(mut self, key: &str, value: &str) -> Self {
            self.issue.annotations_mut().insert(key.to_owned(), value.to_owned());
            self
        }

        fn quiet(mut self) -> Self {
            self.anomalies = vec![anomaly(false)];
            self
        }

        fn next(&self) -> Move {
            next_move(&Input {
                now: now(),
                issue: &self.issue,
                anomalies: &self.anomalies,
                insight: self.insight.as_ref(),
                plans: &self.plans,
                experience: &[],
                runbooks: &[],
                resource_exists: self.resource_exists,
                max_attempts: 5,
                auto_resolve: self.auto_resolve,
                may_plan: self.may_plan.clone(),
                agentic: self.agentic,
            })
        }

        fn enters(&self) -> (IssueState, &'static str) {
            match self.next() {
                Move::Enter { state, reason, .. } => (state, reason),
                other => panic!("expected a new state, got {other:?}"),
            }
        }
    }

    #[test]
    fn a_new_incident_is_detected_first() {
        let mut scene = scene(IssueState::Detected, 0);
        scene.issue.status = None;
        assert_eq!(scene.enters(), (IssueState::Detected, "Detected"));
    }

    #[test]
    fn an_explained_incident_gets_the_first_remedy_as_plan_one() {
        match scene(IssueState::Analyzing, 0).next() {
            Move::Plan { attempt: 1, chosen } => {
                assert_eq!(chosen.actions[0].action_type, ActionType::RollbackDeployment);
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn nothing_is_planned_on_an_unsure_first_answer_before_it_was_looked_at_again() {
        let mut scene = scene(IssueState::Analyzing, 0);
        scene.issue.metadata.creation_timestamp = Some(Time(now()));
        let answer = scene.insight.as_mut().and_then(|insight| insight.status.as_mut()).unwrap();
        answer.generated_at = Some(Time(now()));
        answer.findings[0].confidence = 0.4;
        let next = scene.next();
        assert!(matches!(&next, Move::Wait { for_what } if for_what.starts_with("a second look")), "{next:?}");

        let later = now() + jiff::SignedDuration::from_secs(10);
        scene.insight.as_mut().and_then(|insight| insight.status.as_mut()).unwrap().generated_at = Some(Time(later));
        assert!(matches!(scene.next(), Move::Plan { attempt: 1, .. }), "the second answer is acted on");
    }

    #[test]
    fn a_remedy_that_failed_is_not_tried_again() {
        let failed = plan_of(1, ActionType::RollbackDeployment, RemediationState::Failed);
        match scene(IssueState::Analyzing, 1).with_plan(failed).next() {
            Move::Plan { attempt: 2, chosen } => {
                assert_eq!(chosen.actions[0].action_type, ActionType::RestartDeployment);
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn nothing_left_to_try_goes_to_a_person_with_the_advice() {
        let scene = scene(IssueState::Analyzing, 2)
            .with_plan(plan_of(1, ActionType::RollbackDeployment, RemediationState::Failed))
            .with_plan(plan_of(2, ActionType::RestartDeployment, RemediationState::Failed));
        match scene.next() {
            Move::Enter {
                state: IssueState::Escalated,
                reason: "NoRunbookForRetry",
                required_action: Some(text),
                ..
            } => {
                assert!(text.contains("push the tag"));
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_completed_plan_does_not_resolve_while_a_signal_holds() {
        let next = scene(IssueState::Remediating, 1).with_plan(plan(RemediationState::Completed)).next();
        assert!(matches!(next, Move::Wait { .. }), "{next:?}");
    }

    #[test]
    fn a_completed_plan_and_clear_signals_resolve() {
        let scene = scene(IssueState::Remediating, 1).with_plan(plan(RemediationState::Completed)).quiet();
        assert_eq!(scene.enters(), (IssueState::Resolved, "RemediationSucceeded"));
    }

    #[test]
    fn a_running_plan_is_not_abandoned_when_signals_clear() {
        let next = scene(IssueState::Remediating, 1).with_plan(plan(RemediationState::Verifying)).quiet().next();
        assert!(matches!(next, Move::Wait { .. }), "{next:?}");
    }

    #[test]
    fn a_fault_that_returns_opens_the_incident_again() {
        assert_eq!(scene(IssueState::Resolved, 1).enters(), (IssueState::Analyzing, "FaultReturned"));
    }

    #[test]
    fn what_another_operator_has_ended_stays_ended_and_what_it_left_open_is_begun_anew() {
        let mut scene = scene(IssueState::Resolved, 1);
        scene.anomalies = Vec::new();
        assert_eq!(scene.next(), Move::Rest, "an old incident without Anomalies has not come back");
        scene.issue.status.as_mut().unwrap().transition = None;
        assert_eq!(scene.next(), Move::Rest);
        scene.issue.status.as_mut().unwrap().state = IssueState::Remediating;
        assert_eq!(scene.enters(), (IssueState::Detected, "Detected"));
    }

    #[test]
    fn a_person_ends_an_incident_once_its_signals_are_clear_and_not_before() {
        let said =
            |scene: Scene| scene.said(annotations::RESOLVED_BY, "alice").said(annotations::RESOLUTION_NOTE, "disk");
        let goes_on = said(scene(IssueState::Escalated, 1));
        assert_eq!(goes_on.next(), wait("signals to clear; alice has resolved it"));
        match said(scene(IssueState::Escalated, 1).quiet()).next() {
            Move::Enter { state: IssueState::Resolved, reason: "ResolvedByPerson", message, .. } => {
                assert_eq!(message, "resolved by alice: disk");
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn where_nothing_ends_by_itself_a_person_has_to_say_so() {
        let mut scene = scene(IssueState::Escalated, 1).quiet();
        scene.auto_resolve = false;
        assert_eq!(scene.next(), wait("a person to resolve it; its signals are clear"));
        assert_eq!(scene.said(annotations::RESOLVED_BY, "alice").enters().1, "ResolvedByPerson");
    }

    #[test]
    fn an_incident_without_signals_ends_by_a_persons_word_alone() {
        let mut scene = scene(IssueState::Escalated, 0);
        scene.anomalies = Vec::new();
        assert_eq!(scene.next(), wait("a person"));
        assert_eq!(scene.said(annotations::RESOLVED_BY, "alice").enters().1, "ResolvedByPerson");
    }

    #[test]
    fn a_persons_word_ends_what_others_reported_until_they_see_it_again() {
        let mut reported = Anomaly::clone(&anomaly(true));
        reported.spec.source = common::api::Source::Prometheus;
        let mut scene = scene(IssueState::Escalated, 0).said(annotations::RESOLVED_BY, "alice");
        scene.anomalies = vec![Arc::new(reported.clone())];
        assert_eq!(scene.enters(), (IssueState::Resolved, "ResolvedByPerson"));
        let status = scene.issue.status.as_mut().unwrap();
        (status.state, status.resolved_at) = (IssueState::Resolved, Some(Time(now())));
        assert_eq!(scene.next(), Move::Rest);
        let again = Time(now() + jiff::SignedDuration::from_secs(5));
        reported.status.as_mut().unwrap().last_seen = Some(again);
        scene.anomalies = vec![Arc::new(reported)];
        assert_eq!(scene.enters(), (IssueState::Analyzing, "FaultReturned"));
    }

    #[test]
    fn what_a_person_reopens_is_a_persons_until_somebody_resolves_it() {
        let said = |scene: Scene| scene.said(annotations::REOPENED_BY, "alice");
        assert_eq!(said(scene(IssueState::Resolved, 1).quiet()).enters(), (IssueState::Escalated, "ReopenedByPerson"));
        let open = said(scene(IssueState::Escalated, 1).quiet());
        assert_eq!(open.next(), wait("a person"), "clear signals do not end it");
        assert_eq!(open.said(annotations::RESOLVED_BY, "bob").enters().1, "ResolvedByPerson");
    }

    #[test]
    fn a_deleted_workload_leaves_no_ghost() {
        let mut scene = scene(IssueState::Escalated, 5);
        scene.resource_exists = false;
        assert_eq!(scene.enters(), (IssueState::Resolved, "ResourceDeleted"));
    }

    #[test]
    fn an_escalated_incident_that_recovers_is_resolved() {
        assert_eq!(scene(IssueState::Escalated, 5).quiet().enters(), (IssueState::Resolved, "AutoResolved"));
    }

    #[test]
    fn a_plan_left_by_a_crash_is_taken_up_instead_of_written_twice() {
        let scene = scene(IssueState::Analyzing, 0).with_plan(plan(RemediationState::Pending));
        assert_eq!(scene.enters(), (IssueState::Remediating, "RemediationPlanCreated"));
    }

    #[test]
    fn a_failed_attempt_is_explained_again() {
        let next = scene(IssueState::Remediating, 1).with_plan(plan(RemediationState::Failed)).next();
        assert!(matches!(next, Move::Explain { reason: "ReanalysisRequested", .. }), "{next:?}");
    }

    #[test]
    fn where_the_namespace_only_observes_the_incident_is_explained_and_left_to_people() {
        let mut scene = scene(IssueState::Analyzing, 0);
        scene.may_plan = MayPlan::NotNow("namespace shop is observe".to_owned());
        assert_eq!(scene.next(), wait("a person: namespace shop is observe"));
    }

    #[test]
    fn in_a_protected_namespace_nothing_is_even_planned() {
        let mut scene = scene(IssueState::Analyzing, 0);
        scene.may_plan = MayPlan::Never("nothing in namespace kube-system is ever changed".to_owned());
        assert_eq!(scene.enters(), (IssueState::Escalated, "Protected"));
    }

    #[test]
    fn a_remedy_that_is_found_later_is_taken_where_there_was_none_and_nobody_is_at_it() {
        let escalated = |reason: &str| {
            let mut scene = scene(IssueState::Escalated, 0);
            scene.issue.status.as_mut().unwrap().conditions =
                vec![crate::runtime::status::condition(&[], conditions::ESCALATED, true, reason, "", None, now())];
            scene
        };
        assert_eq!(escalated(NO_REMEDY).enters(), (IssueState::Analyzing, "RemedyFound"));
        assert_eq!(escalated("MaxAttemptsReached").next(), wait("a person"));
        let mut without = escalated(NO_REMEDY);
        without.insight = Some(insight(&[]));
        assert_eq!(without.next(), wait("a person"));
        let at_it = escalated(NO_REMEDY).said(annotations::ACKNOWLEDGED_BY, "alice");
        assert_eq!(at_it.next(), wait("a person"));
    }

    fn without_remedy(agentic: Agentic) -> Scene {
        Scene { insight: Some(insight(&[])), agentic, ..scene(IssueState::Analyzing, 0) }
    }

    #[test]
    fn where_no_remedy_is_known_a_model_that_knows_the_cause_may_name_steps() {
        let next = without_remedy(Agentic::Yes { most: 7 }).next();
        assert!(matches!(next, Move::Agentic { attempt: 1, most: 7, .. }), "{next:?}");
        assert_eq!(without_remedy(Agentic::No).enters(), (IssueState::Escalated, "NoRemedy"));
        let waits = without_remedy(Agentic::NotYet).next();
        assert!(matches!(waits, Move::Wait { .. }), "{waits:?}");
    }

    #[test]
    fn a_known_remedy_comes_before_a_models_ideas() {
        let scene = Scene { agentic: Agentic::Yes { most: 7 }, ..scene(IssueState::Analyzing, 0) };
        assert!(matches!(scene.next(), Move::Plan { .. }));
    }

    #[test]
    fn a_model_gets_one_loop_per_incident() {
        let mut looped = plan_of(1, ActionType::RestartDeployment, RemediationState::RolledBack);
        looped.spec.agentic_mode = Some(true);
        looped.spec.actions.clear();
        let mut scene = without_remedy(Agentic::Yes { most: 7 }).with_plan(looped);
        scene.issue.status.as_mut().unwrap().remediation_attempts = 1;
        assert_eq!(scene.enters(), (IssueState::Escalated, "NoRunbookForRetry"));
    }
}
