//! Which remedy comes next: a person's Runbook first, then what the finding itself proposes; never one that already failed here.

use std::sync::Arc;

use common::api::{
    ActionType, Issue, RemediationAction, RemediationPlan, ResourceRef, Runbook,
    ai_insight::{Finding, Remedy},
    keys::labels,
};
use common::decisions::experience::Experience;
use kube::ResourceExt;

/// A remedy and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// Ordered steps.
    pub actions: Vec<RemediationAction>,
    /// Object acted on, where it is not the incident's resource.
    pub target: Option<ResourceRef>,
    /// Why, in words.
    pub why: String,
    /// The Runbook it was taken from; absent when the finding proposes it and a Runbook has to be recorded.
    pub runbook: Option<String>,
    /// The person who wrote that Runbook.
    pub requested_by: Option<String>,
    /// Attempt limit of the Runbook; can only lower the configured one.
    pub max_attempts: Option<i32>,
    /// The finding answered.
    pub finding_code: String,
}

/// The next remedy to try, or none. `experience` is that with each remedy of the finding, in their order.
pub fn choose(
    issue: &Issue,
    finding: &Finding,
    runbooks: &[Arc<Runbook>],
    plans: &[Arc<RemediationPlan>],
    experience: &[Experience],
) -> Option<Chosen> {
    let by_people = runbooks
        .iter()
        .filter(|runbook| is_manual(runbook) && fits(issue, runbook))
        .map(|runbook| from_runbook(runbook, finding));
    // The rules' order, targeted before broad, but for what has failed here before.
    let known = |index: usize| experience.get(index).copied().unwrap_or_default();
    let mut ranked: Vec<usize> = (0..finding.remedies.len()).collect();
    ranked.sort_by_key(|index| known(*index).is_bad());
    let by_rule = ranked.into_iter().map(|index| from_remedy(&finding.remedies[index], finding, known(index)));
    // What a loop of a model has left: proven once, on this workload, against this cause.
    let by_loop = runbooks
        .iter()
        .filter(|runbook| is_learnt(runbook, issue, finding))
        .map(|runbook| from_runbook(runbook, finding));
    by_people
        .chain(by_rule)
        .chain(by_loop)
        .find(|chosen| !chosen.actions.is_empty() && !was_tried(&chosen.actions, plans))
}

fn is_manual(runbook: &Runbook) -> bool {
    runbook.labels().get(labels::AUTO_GENERATED).is_none_or(|value| value != "true") && runbook.spec.bound_to.is_none()
}

fn is_learnt(runbook: &Runbook, issue: &Issue, finding: &Finding) -> bool {
    let of_a_loop = runbook.labels().get(labels::SOURCE).is_some_and(|source| source == "agentic");
    let bound = runbook.spec.bound_to.as_ref();
    let is_for_this =
        bound.is_some_and(|to| to.finding_code == finding.code && to.target.same_object(&issue.spec.resource));
    of_a_loop && is_for_this && runbook.spec.requested_by.is_none() && runbook.spec.enabled != Some(false)
}

fn fits(issue: &Issue, runbook: &Runbook) -> bool {
    let spec = &issue.spec;
    let signal = spec.signal_type.as_deref().unwrap_or_default();
    runbook.spec.enabled != Some(false) && runbook.spec.trigger.fits(signal, spec.severity, &spec.resource.kind)
}

fn from_runbook(runbook: &Runbook, finding: &Finding) -> Chosen {
    let actions = runbook
        .spec
        .steps
        .iter()
        .map(|step| RemediationAction { action_type: ActionType::from_name(&step.action), params: step.params.clone() })
        .collect();
    Chosen {
        actions,
        target: None,
        why: runbook.spec.description.clone().unwrap_or_else(|| format!("Runbook {}", runbook.name_any())),
        runbook: Some(runbook.name_any()),
        requested_by: runbook.spec.requested_by.clone(),
        max_attempts: runbook.spec.max_attempts,
        finding_code: finding.code.clone(),
    }
}

fn from_remedy(remedy: &Remedy, finding: &Finding, known: Experience) -> Chosen {
    let before = known.words().map(|words| format!(" ({words} before)")).unwrap_or_default();
    Chosen {
        actions: remedy.actions.clone(),
        target: remedy.target.clone(),
        why: format!("{}{before}", remedy.why),
        runbook: None,
        requested_by: None,
        max_attempts: None,
        finding_code: finding.code.clone(),
    }
}

/// A plan with the same steps already ended; trying it again would be hope, not a strategy.
fn was_tried(actions: &[RemediationAction], plans: &[Arc<RemediationPlan>]) -> bool {
    plans.iter().any(|plan| plan.spec.actions == actions)
}

#[cfg(test)]
mod tests {
    use common::api::{
        IssueSeverity, SignalType,
        issue::IssueState,
        remediation_plan::RemediationState,
        runbook::{RunbookSpec, RunbookStep, RunbookTrigger},
    };

    use super::*;
    use crate::remediate::testing::{insight, issue, plan_of};

    fn runbook(name: &str, action: &str, severity: IssueSeverity) -> Arc<Runbook> {
        Arc::new(Runbook::new(
            name,
            RunbookSpec {
                description: Some("by hand".to_owned()),
                trigger: RunbookTrigger {
                    signal_type: SignalType::ImagePullError.into(),
                    severity,
                    resource_kind: "Deployment".to_owned(),
                },
                steps: vec![RunbookStep {
                    name: "one".to_owned(),
                    action: action.to_owned(),
                    ..RunbookStep::default()
                }],
                max_attempts: Some(3),
                enabled: None,
                bound_to: None,
                requested_by: None,
            },
        ))
    }

    fn chosen(runbooks: &[Arc<Runbook>], plans: &[Arc<RemediationPlan>]) -> Option<Chosen> {
        let insight = insight(&[ActionType::RollbackDeployment]);
        let finding = insight.status.as_ref().unwrap().findings[0].clone();
        choose(&issue(IssueState::Analyzing, 0), &finding, runbooks, plans, &[])
    }

    #[test]
    fn what_failed_for_this_cause_before_comes_last_and_what_helped_is_said() {
        let insight = insight(&[ActionType::RollbackDeployment, ActionType::RestartDeployment]);
        let finding = insight.status.as_ref().unwrap().findings[0].clone();
        let of = |finished, verified| Experience { finished, verified };
        let first = |experience: &[Experience]| {
            choose(&issue(IssueState::Analyzing, 0), &finding, &[], &[], experience).unwrap()
        };
        assert_eq!(first(&[of(1, 0), of(0, 0)]).actions[0].action_type, ActionType::RollbackDeployment);
        let other = first(&[of(3, 0), of(4, 3)]);
        assert_eq!(other.actions[0].action_type, ActionType::RestartDeployment);
        assert!(other.why.ends_with("(helped 3 of 4 times before)"), "{}", other.why);
    }

    #[test]
    fn a_runbook_by_a_person_comes_before_the_findings_own_remedy() {
        let chosen = chosen(&[runbook("by-hand", "RestartDeployment", IssueSeverity::High)], &[]).unwrap();
        assert_eq!(chosen.runbook.as_deref(), Some("by-hand"));
    }

    #[test]
    fn a_runbook_for_another_severity_is_not_taken() {
        assert_eq!(chosen(&[runbook("low", "RestartDeployment", IssueSeverity::Low)], &[]).unwrap().runbook, None);
    }

    #[test]
    fn a_disabled_runbook_is_not_taken() {
        let mut off = (*runbook("off", "RestartDeployment", IssueSeverity::High)).clone();
        off.spec.enabled = Some(false);
        assert_eq!(chosen(&[Arc::new(off)], &[]).unwrap().runbook, None);
    }

    #[test]
    fn an_unknown_action_stays_unknown_and_is_refused_later_instead_of_guessed() {
        let chosen = chosen(&[runbook("odd", "MakeItWork", IssueSeverity::High)], &[]).unwrap();
        assert_eq!(chosen.actions[0].action_type, ActionType::Custom);
    }

    #[test]
    fn what_failed_once_is_not_offered_again() {
        let failed = Arc::new(plan_of(1, ActionType::RollbackDeployment, RemediationState::RolledBack));
        assert_eq!(chosen(&[], &[failed]), None);
    }
}
