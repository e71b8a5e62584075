//! The policy that ChatCLI's production guide tells people to apply, and what it has to do as it is written there.

use jiff::{SignedDuration, Timestamp};

use super::{
    Author, Autonomy, KnownPolicy, Need, Question, Subject, autonomy,
    brakes::Marks,
    need::{ApprovalNeed, need},
    policy::tests::OPERATOR,
    radius::Level,
};
use crate::api::{ActionType, ApprovalPolicy, IssueSeverity, ResourceRef, remediation_plan::ActionClass};

const GUIDE: &str = r#"
apiVersion: platform.chatcli.io/v1alpha1
kind: ApprovalPolicy
metadata:
  name: prod-approvals
  namespace: chatcli-system
spec:
  enabled: true
  defaultMode: manual
  rules:
    - name: auto-low-confidence
      match:
        severities: [low]
        actionTypes: [RestartDeployment, DeletePod]
      mode: auto
      autoApproveConditions:
        minConfidence: 0.95
        maxSeverity: low
        historicalSuccessRate: 0.90
    - name: quorum-production-rollback
      match:
        severities: [critical, high]
        actionTypes: [RollbackDeployment, ScaleDeployment]
        namespaces: [production]
      mode: quorum
      requiredApprovers: 2
      timeoutMinutes: 15
      changeWindow:
        timezone: "America/Sao_Paulo"
        allowedDays: ["Monday","Tuesday","Wednesday","Thursday","Friday"]
        startHour: 9
        endHour: 17
    - name: manual-resource-changes
      match:
        actionTypes: [AdjustResources, PatchConfig]
      mode: manual
      timeoutMinutes: 30
"#;

/// A plan in `production`, with what is known about it.
struct Plan {
    severity: IssueSeverity,
    action: ActionType,
    confidence: f64,
    success_rate: Option<f64>,
}

fn asks(plan: &Plan) -> Need {
    let policy: ApprovalPolicy = serde_saphyr::from_str(GUIDE).unwrap();
    super::policy::check(&policy).unwrap();
    let target = ResourceRef::new("Deployment", "production", "web");
    need(&Question {
        subject: Subject {
            operator_namespace: OPERATOR,
            namespace: "production",
            target: &target,
            severity: plan.severity,
            actions: &[plan.action],
            labels: Some(&Marks::new()),
        },
        policies: &[KnownPolicy::Policy(&policy)],
        autonomy: &autonomy::standing(None, Autonomy::Approve),
        class: ActionClass::Reversible,
        preview_is_clean: true,
        author: Author::Operator,
        confidence: Some(plan.confidence),
        overrides: &[],
        radius: Some(Level::Low),
        times_over: 0,
        contradicts: None,
        success_rate: plan.success_rate,
    })
}

fn people(plan: &Plan) -> ApprovalNeed {
    match asks(plan) {
        Need::People(need) => need,
        other => panic!("asks nobody: {other:?}"),
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn rollback() -> Plan {
    Plan {
        severity: IssueSeverity::Critical,
        action: ActionType::RollbackDeployment,
        confidence: 0.99,
        success_rate: Some(1.0),
    }
}

fn restart() -> Plan {
    Plan {
        severity: IssueSeverity::Low,
        action: ActionType::RestartDeployment,
        confidence: 0.96,
        success_rate: Some(0.95),
    }
}

#[test]
fn a_restart_for_a_small_thing_runs_by_itself_only_when_all_three_conditions_hold() {
    assert!(matches!(asks(&restart()), Need::Nobody { .. }));
    assert_eq!(people(&Plan { confidence: 0.94, ..restart() }).rule, "auto-low-confidence");
    assert_eq!(people(&Plan { success_rate: Some(0.89), ..restart() }).approvers, 1);
    assert_eq!(people(&Plan { success_rate: None, ..restart() }).approvers, 1, "no history is no success");
    assert_eq!(people(&Plan { severity: IssueSeverity::Medium, ..restart() }).rule, "defaultMode");
}

#[test]
fn a_rollback_in_production_takes_two_people_and_office_hours_in_sao_paulo() {
    let need = people(&rollback());
    assert_eq!((need.rule.as_str(), need.approvers), ("quorum-production-rollback", 2));
    assert!(need.windows.is_open(at("2026-11-25T09:00:00-03:00")));
    assert!(!need.windows.is_open(at("2026-11-25T17:00:00-03:00")));
    assert!(!need.windows.is_open(at("2026-11-28T10:00:00-03:00")), "a Saturday");
}

/// governance.md §14.4.
#[test]
fn a_question_of_the_evening_has_not_expired_in_the_morning() {
    let need = people(&rollback());
    let asked = at("2026-11-25T20:00:00-03:00");
    assert_eq!(need.timeout, SignedDuration::from_mins(15));
    assert_eq!(need.expires_at(asked), at("2026-11-26T09:15:00-03:00"), "its time runs while the window is open");
    assert_eq!(need.windows.opens(asked), Some(at("2026-11-26T09:00:00-03:00")));
}

#[test]
fn resource_changes_ask_one_person_whatever_the_severity() {
    for severity in [IssueSeverity::Low, IssueSeverity::Critical] {
        let need = people(&Plan { severity, action: ActionType::AdjustResources, ..restart() });
        assert_eq!((need.rule.as_str(), need.approvers), ("manual-resource-changes", 1));
    }
}
