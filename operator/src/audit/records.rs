//! What an object's own record says has happened. Pure.
//!
//! Each record names its cause: the same occurrence has the same cause however often it is looked at, which is how it is recorded once.

use std::collections::BTreeMap;

use common::api::{
    ApprovalPolicy, ApprovalRequest, Issue, RemediationPlan, Time,
    approval_request::ApprovalRequestState,
    audit_event::{AuditActor, AuditResource},
    issue::IssueState,
    keys::{annotations, conditions},
    remediation_plan::RemediationState,
};
use common::naming;
use kube::{Resource, ResourceExt as _};

/// Longest detail, in characters (governance.md §10.1).
const LONGEST: usize = 300;

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Record {
    /// Hash of the object and the occurrence.
    pub(super) cause: String,
    /// Class.
    pub(super) event_type: &'static str,
    /// Who.
    pub(super) actor: AuditActor,
    /// To what.
    pub(super) resource: AuditResource,
    /// More.
    pub(super) details: BTreeMap<String, String>,
    /// `info`, `warning` or `critical`.
    pub(super) severity: &'static str,
    /// The incident.
    pub(super) correlation_id: Option<String>,
    /// When; absent where the object does not say, and then it is when it is recorded.
    pub(super) at: Option<Time>,
}

/// Records of one object.
struct Teller<'a> {
    subject: AuditResource,
    controller: &'static str,
    incident: Option<&'a str>,
    told: Vec<Record>,
}

impl<'a> Teller<'a> {
    fn of<K: Resource<DynamicType = ()>>(object: &K, controller: &'static str, incident: Option<&'a str>) -> Self {
        let subject = AuditResource {
            kind: K::kind(&()).into_owned(),
            name: object.name_any(),
            namespace: object.namespace().unwrap_or_default(),
            uid: object.uid(),
        };
        Self { subject, controller, incident, told: Vec::new() }
    }

    fn tell(
        &mut self,
        event_type: &'static str,
        occurrence: &str,
        at: Option<&Time>,
        details: &[(&str, &str)],
    ) -> &mut Record {
        let uid = self.subject.uid.as_deref().unwrap_or(&self.subject.name);
        let kept = details.iter().filter(|(_, value)| !value.is_empty());
        let record = Record {
            cause: naming::hash(&[uid, event_type, occurrence], 16),
            event_type,
            actor: AuditActor {
                actor_type: "controller".to_owned(),
                name: "chatcli-operator".to_owned(),
                controller: Some(self.controller.to_owned()),
            },
            resource: self.subject.clone(),
            details: kept.map(|(key, value)| ((*key).to_owned(), value.chars().take(LONGEST).collect())).collect(),
            severity: "info",
            correlation_id: self.incident.map(str::to_owned),
            at: at.cloned(),
        };
        let index = self.told.len();
        self.told.push(record);
        &mut self.told[index]
    }
}

impl Record {
    fn by_user(&mut self, name: &str) -> &mut Self {
        self.actor = AuditActor { actor_type: "user".to_owned(), name: name.to_owned(), controller: None };
        self
    }

    fn severity(&mut self, severity: &'static str) -> &mut Self {
        self.severity = severity;
        self
    }
}

fn moment(time: Option<&Time>) -> String {
    time.map(|time| time.0.to_string()).unwrap_or_default()
}

/// An incident was opened, handed over, contained, is over.
pub(super) fn of_issue(issue: &Issue) -> Vec<Record> {
    // Without a transition it is not taken up yet, or another operator has ended it.
    let Some(status) = issue.status.as_ref().filter(|status| status.transition.is_some()) else { return Vec::new() };
    let name = issue.name_any();
    let mut teller = Teller::of(issue, "issue-controller", Some(&name));
    let attempts = status.remediation_attempts.to_string();
    let severity = issue.spec.severity.to_string();
    let resource = issue.spec.resource.to_string();
    let opened = [("severity", severity.as_str()), ("resource", &resource), ("description", &issue.spec.description)];
    if status.detected_at.is_some() {
        teller.tell("issue_created", "", status.detected_at.as_ref(), &opened);
    }
    let now = |kind: &str| status.conditions.iter().find(|one| one.type_ == kind && one.status == "True");
    let ends = [
        (IssueState::Resolved, conditions::RESOLVED, "issue_resolved", "info"),
        (IssueState::Contained, conditions::CONTAINED, "issue_contained", "warning"),
        (IssueState::Escalated, conditions::ESCALATED, "issue_escalated", "warning"),
    ];
    for (state, kind, event_type, grave) in ends {
        let Some(condition) = now(kind).filter(|_| status.state == state) else { continue };
        let since = &condition.last_transition_time;
        let details = [
            ("reason", condition.reason.as_str()),
            ("message", &condition.message),
            ("attempts", &attempts),
            ("required_action", status.required_action.as_deref().unwrap_or_default()),
        ];
        let record = teller.tell(event_type, &moment(Some(since)), Some(since), &details).severity(grave);
        let person = match condition.reason.as_str() {
            "ResolvedByPerson" => issue.annotations().get(annotations::RESOLVED_BY),
            "ReopenedByPerson" => issue.annotations().get(annotations::REOPENED_BY),
            _ => None,
        };
        if let Some(person) = person {
            record.by_user(person);
        }
    }
    teller.told
}

/// A plan was previewed, began, wrote, ended.
pub(super) fn of_plan(plan: &RemediationPlan) -> Vec<Record> {
    let Some(status) = &plan.status else { return Vec::new() };
    let mut teller = Teller::of(plan, "remediation-controller", Some(&plan.spec.issue_ref.name));
    let attempt = plan.spec.attempt.to_string();
    let digest = status.preview.as_ref().map(|preview| preview.digest.as_str()).unwrap_or_default();
    if let Some(preview) = &status.preview {
        let class = preview.class.to_string();
        let reach = preview.blast_radius.as_ref().map(|radius| radius.risk_level.as_str()).unwrap_or_default();
        let details = [("attempt", attempt.as_str()), ("digest", digest), ("class", &class), ("blast_radius", reach)];
        teller.tell("remediation_previewed", digest, preview.taken_at.as_ref(), &details);
    }
    if let Some(began) = &status.started_at {
        let consent = status.conditions.iter().find(|one| one.type_ == conditions::APPROVED);
        let consent = consent.map(|one| one.message.as_str()).unwrap_or_default();
        let agentic = plan.spec.agentic_mode.unwrap_or(false).to_string();
        let details = [
            ("attempt", attempt.as_str()),
            ("strategy", &plan.spec.strategy),
            ("agentic", &agentic),
            ("digest", digest),
            ("consent", consent),
        ];
        teller.tell("remediation_started", &moment(Some(began)), Some(began), &details);
    }
    for step in &status.steps {
        let Some(applied) = &step.applied_at else { continue };
        let (index, tries) = ((step.index + 1).to_string(), step.tries.to_string());
        let objects: Vec<String> = step.writes.iter().map(|write| write.object.to_string()).collect();
        let (phase, objects) = (format!("{:?}", step.phase), objects.join(", "));
        let details = [("step", index.as_str()), ("action", &step.action), ("objects", &objects), ("phase", &phase)];
        teller.tell("remediation_step_applied", &format!("{index}.{tries}"), Some(applied), &details);
    }
    let (event_type, severity) = match status.state {
        RemediationState::Completed => ("remediation_completed", "info"),
        RemediationState::Failed => ("remediation_failed", "warning"),
        RemediationState::RolledBack => ("remediation_rolled_back", "warning"),
        _ => return teller.told,
    };
    let reason = status.conditions.iter().find(|one| one.type_ == conditions::VERIFIED);
    let reason = reason.map(|one| one.reason.as_str()).unwrap_or_default();
    let result = status.result.as_deref().unwrap_or_default();
    let details = [("attempt", attempt.as_str()), ("reason", reason), ("result", result), ("digest", digest)];
    let ended = status.completed_at.as_ref();
    teller.tell(event_type, &moment(ended), ended, &details).severity(severity);
    teller.told
}

/// People were asked, voted, decided, or were not believed.
pub(super) fn of_request(request: &ApprovalRequest) -> Vec<Record> {
    let Some(status) = &request.status else { return Vec::new() };
    let mut teller = Teller::of(request, "approval-controller", Some(&request.spec.issue_ref.name));
    let digest = status.plan_digest.as_deref().unwrap_or_default();
    let (plan, rule) = (&request.spec.remediation_plan_ref, &request.spec.rule_name);
    let needed = status.required_approvers.unwrap_or(request.spec.required_approvers).to_string();
    if !digest.is_empty() {
        let details = [
            ("plan", plan.as_str()),
            ("policy", &request.spec.policy_ref),
            ("rule", rule),
            ("digest", digest),
            ("approvers", &needed),
        ];
        // Asked again about another preview: the request's own birth is not when that was.
        let first = status.transition.unwrap_or_default() <= 1;
        let at = request.creation_timestamp().filter(|_| first);
        teller.tell("approval_requested", digest, at.as_ref(), &details);
    }
    for vote in &status.decisions {
        let name = vote.vote_ref.as_ref().map(|vote| vote.name.as_str()).unwrap_or_default();
        let emergency = vote.emergency == Some(true);
        let details = [
            ("plan", plan.as_str()),
            ("decision", &vote.decision),
            ("reason", vote.reason.as_deref().unwrap_or_default()),
            ("digest", digest),
            ("vote", name),
            ("verified_by", vote.verified_by.as_deref().unwrap_or_default()),
            ("emergency", if emergency { "true" } else { "" }),
        ];
        let occurrence = format!("{name}/{}/{}/{digest}", vote.approver, vote.decision);
        let record = teller.tell("approval_vote", &occurrence, Some(&vote.timestamp), &details);
        record.by_user(&vote.approver).severity(if emergency { "critical" } else { "info" });
    }
    for vote in &status.ignored_votes {
        let details = [("plan", plan.as_str()), ("vote", &vote.name), ("reason", &vote.reason), ("digest", digest)];
        let occurrence = format!("{}/{}/{}", vote.name, vote.voter, vote.reason);
        let record = teller.tell("approval_vote_ignored", &occurrence, None, &details);
        record.by_user(&vote.voter).severity("warning");
    }
    of_guards(request, &mut teller);
    let (event_type, severity, at) = match status.state {
        ApprovalRequestState::Pending => return teller.told,
        ApprovalRequestState::Approved => ("approval_granted", "info", status.approved_at.as_ref()),
        ApprovalRequestState::Rejected => ("approval_rejected", "warning", status.rejected_at.as_ref()),
        ApprovalRequestState::Expired => ("approval_expired", "warning", status.expired_at.as_ref()),
        ApprovalRequestState::Superseded => ("approval_superseded", "info", None),
        ApprovalRequestState::Cancelled => ("approval_cancelled", "info", None),
    };
    let why = status.conditions.iter().find(|one| one.type_ == conditions::APPROVED);
    let why = why.map(|one| one.message.as_str()).unwrap_or_default();
    let emergency = status.decisions.iter().any(|vote| vote.emergency == Some(true));
    let auto = status.auto_approved.to_string();
    let details = [("plan", plan.as_str()), ("rule", rule), ("decision", why), ("digest", digest), ("auto", &auto)];
    let record = teller.tell(event_type, &format!("{digest}/{}", moment(at)), at, &details);
    record.severity(if emergency && event_type == "approval_granted" { "critical" } else { severity });
    teller.told
}

fn of_guards(request: &ApprovalRequest, teller: &mut Teller<'_>) {
    let Some(status) = &request.status else { return };
    let broken =
        status.conditions.iter().find(|one| one.type_ == conditions::VOTE_IDENTITY_UNVERIFIED && one.status == "True");
    if let Some(broken) = broken {
        let since = &broken.last_transition_time;
        let details = [("why", broken.message.as_str())];
        teller.tell("vote_guards_broken", &moment(Some(since)), Some(since), &details).severity("critical");
    }
    // Sealed anew after the request was opened: somebody has changed them.
    if let (Some(since), Some(born)) = (&status.guarded_since, request.creation_timestamp())
        && since.0 > born.0
    {
        teller.tell("vote_guards_changed", &moment(Some(since)), Some(since), &[]).severity("warning");
    }
}

/// A policy was written. Who wrote it is the API server's audit log to say; it cannot be read off the object.
pub(super) fn of_policy(policy: &ApprovalPolicy) -> Vec<Record> {
    let mut teller = Teller::of(policy, "approval-controller", None);
    let generation = policy.metadata.generation.unwrap_or_default().to_string();
    let (enabled, rules) = (policy.spec.enabled.to_string(), policy.spec.rules.len().to_string());
    let details = [("generation", generation.as_str()), ("enabled", &enabled), ("rules", &rules)];
    let at = policy.creation_timestamp().filter(|_| policy.metadata.generation == Some(1));
    teller.tell("config_changed", &generation, at.as_ref(), &details).severity("warning");
    teller.told
}

#[cfg(test)]
mod tests {
    use common::api::approval_request::{ApprovalDecision, ApprovalRequestStatus, IgnoredVote};
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::remediate::testing::{issue, plan};

    fn types(records: &[Record]) -> Vec<&str> {
        records.iter().map(|record| record.event_type).collect()
    }

    fn at(second: i64) -> Time {
        Time(Timestamp::from_second(1_700_000_000 + second).unwrap())
    }

    fn request() -> ApprovalRequest {
        let mut request: ApprovalRequest = serde_json::from_value(json!({
            "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "ApprovalRequest",
            "metadata": { "name": "approval-web-plan-1", "namespace": "shop", "uid": "u" },
            "spec": {
                "issueRef": { "name": "web" }, "remediationPlanRef": "web-plan-1", "policyRef": "autonomy",
                "ruleName": "disruptive", "requestedActions": [], "requester": "chatcli-operator"
            }
        }))
        .unwrap();
        request.metadata.creation_timestamp = Some(at(0));
        let yes = ApprovalDecision {
            approver: "alice".into(),
            decision: "approved".into(),
            reason: Some("the shop is down".into()),
            timestamp: at(5),
            voter_uid: None,
            verified_by: Some("admission".into()),
            emergency: Some(true),
            vote_ref: None,
        };
        request.status = Some(ApprovalRequestStatus {
            state: ApprovalRequestState::Approved,
            plan_digest: Some("sha256:x".into()),
            guarded_since: Some(at(0)),
            decisions: vec![yes],
            ignored_votes: vec![IgnoredVote { name: "v".into(), voter: "eve".into(), reason: "NotAllowed".into() }],
            approved_at: Some(at(6)),
            transition: Some(2),
            ..ApprovalRequestStatus::default()
        });
        request
    }

    #[test]
    fn a_request_tells_who_was_asked_who_voted_who_was_not_believed_and_the_end() {
        let told = of_request(&request());
        assert_eq!(types(&told), ["approval_requested", "approval_vote", "approval_vote_ignored", "approval_granted"]);
        assert_eq!((told[1].actor.name.as_str(), told[1].severity), ("alice", "critical"), "break-glass is loud");
        assert_eq!((told[2].actor.name.as_str(), told[2].severity), ("eve", "warning"));
    }

    #[test]
    fn guards_that_were_changed_are_told() {
        let mut changed = request();
        changed.status.as_mut().unwrap().guarded_since = Some(at(60));
        assert!(types(&of_request(&changed)).contains(&"vote_guards_changed"));
    }

    #[test]
    fn the_same_occurrence_has_one_cause_and_another_one_another() {
        let causes =
            |request: &ApprovalRequest| of_request(request).into_iter().map(|one| one.cause).collect::<Vec<_>>();
        assert_eq!(causes(&request()), causes(&request()));
        let mut again = request();
        again.status.as_mut().unwrap().plan_digest = Some("sha256:y".into());
        let ignored_is_the_same = causes(&again)[2] == causes(&request())[2];
        assert!(ignored_is_the_same && causes(&again)[0] != causes(&request())[0]);
    }

    #[test]
    fn every_end_of_a_plan_and_of_an_incident_is_told() {
        for (state, event) in [
            (RemediationState::Completed, "remediation_completed"),
            (RemediationState::Failed, "remediation_failed"),
            (RemediationState::RolledBack, "remediation_rolled_back"),
        ] {
            assert_eq!(types(&of_plan(&plan(state))), [event]);
        }
        for (state, kind, event) in [
            (IssueState::Resolved, conditions::RESOLVED, "issue_resolved"),
            (IssueState::Contained, conditions::CONTAINED, "issue_contained"),
            (IssueState::Escalated, conditions::ESCALATED, "issue_escalated"),
        ] {
            let mut issue = issue(state, 1);
            let condition = crate::runtime::status::condition(&[], kind, true, "R", "", None, at(0).0);
            issue.status.as_mut().unwrap().conditions = vec![condition];
            assert!(types(&of_issue(&issue)).contains(&event), "{state}");
        }
    }
}
