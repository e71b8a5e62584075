//! What a request's status has to say. Pure.

use common::{
    api::{
        ApprovalRequest, RemediationPlan,
        approval_request::{ApprovalDecision, ApprovalRequestState, ApprovalRequestStatus, IgnoredVote, SealedGuard},
        keys::conditions,
        remediation_plan::RemediationState,
    },
    decisions::{
        Ending,
        votes::{Ballot, Outcome, Tally},
    },
};
use jiff::{SignedDuration, Timestamp, Unit};
use kube::ResourceExt as _;

use super::guards::Unverified;
use super::legacy;

/// Everything the status depends on.
pub struct Input<'a> {
    /// The moment.
    pub now: Timestamp,
    /// The request as it is.
    pub request: &'a ApprovalRequest,
    /// Its plan; absent when it is gone.
    pub plan: Option<&'a RemediationPlan>,
    /// The guards as they are now; proven, where they differ from the sealed ones.
    pub guards: &'a Result<Vec<SealedGuard>, Unverified>,
    /// The count under the sealed guards; absent where they do not hold.
    pub tally: Option<&'a Tally>,
}

/// The part of the status that follows from votes, guards, plan and time.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Where it stands.
    pub state: ApprovalRequestState,
    /// Why, in CamelCase.
    pub reason: &'static str,
    /// One sentence.
    pub message: String,
    /// Votes that count.
    pub decisions: Vec<ApprovalDecision>,
    /// Votes that do not.
    pub ignored: Vec<IgnoredVote>,
    /// The guards to seal anew, and since when votes count under them.
    pub reseal: Option<(Vec<SealedGuard>, Timestamp)>,
    /// Why no vote can be trusted now.
    pub unverified: Option<String>,
}

/// Whether votes and time can still move it. Once the plan has begun, the question is answered.
pub fn is_settled(request: &ApprovalRequest, plan: Option<&RemediationPlan>) -> bool {
    let status = request.status.as_ref();
    let state = status.map(|status| status.state).unwrap_or_default();
    match state {
        ApprovalRequestState::Pending => status.is_none_or(|status| status.plan_digest.is_none()),
        ApprovalRequestState::Approved => plan.is_none_or(has_begun),
        _ => true,
    }
}

fn has_begun(plan: &RemediationPlan) -> bool {
    !matches!(plan_state(plan), RemediationState::Pending | RemediationState::WaitingApproval)
}

fn plan_state(plan: &RemediationPlan) -> RemediationState {
    plan.status.as_ref().map(|status| status.state).unwrap_or_default()
}

/// It ended because it was changed after people were asked about it.
fn was_replaced(plan: &RemediationPlan) -> bool {
    let mut conditions = plan.status.iter().flat_map(|status| &status.conditions);
    conditions.any(|one| one.type_ == conditions::VERIFIED && one.reason == Ending::EditedAfterPreview.as_str())
}

/// Whether the approved plan only waits for its change window.
pub fn awaits_window(plan: Option<&RemediationPlan>) -> Option<&str> {
    let gates = plan?.status.as_ref()?.gates.iter();
    gates.filter(|gate| gate.reason == "OutsideWindow").map(|gate| gate.message.as_str()).next()
}

/// What is voted on, as the request has it.
pub fn ballot<'a>(request: &'a ApprovalRequest, status: &'a ApprovalRequestStatus) -> Option<Ballot<'a>> {
    let needed = status.required_approvers.unwrap_or(0).max(request.spec.required_approvers);
    Some(Ballot {
        request_uid: request.metadata.uid.as_deref()?,
        digest: status.plan_digest.as_deref()?,
        approvers: u32::try_from(needed).unwrap_or(1),
        required_groups: &status.required_groups,
        overrides: &status.overrides,
        author: status.author.as_deref(),
        guarded_since: status.guarded_since.as_ref()?.0,
        expires_at: status.expires_at.as_ref().map(|time| time.0),
    })
}

/// What the status has to say. `None`: nothing more than it does.
pub fn decide(input: &Input<'_>) -> Option<Verdict> {
    if is_settled(input.request, input.plan) {
        return None;
    }
    let status = input.request.status.as_ref()?;
    let stands = |state, reason, message: String| Verdict {
        state,
        reason,
        message,
        decisions: Vec::new(),
        ignored: Vec::new(),
        reseal: None,
        unverified: None,
    };
    if input.plan.is_none_or(has_begun) {
        return Some(if input.plan.is_some_and(was_replaced) {
            let why = "the plan is no longer what was asked about".to_owned();
            stands(ApprovalRequestState::Superseded, "EditedAfterPreview", why)
        } else {
            let why = "the plan no longer waits for it".to_owned();
            stands(ApprovalRequestState::Cancelled, "NoLongerNeeded", why)
        });
    }
    let is_over = status.expires_at.as_ref().is_some_and(|end| input.now > end.0);
    let expired = || stands(ApprovalRequestState::Expired, "Expired", "nobody decided in time".to_owned());
    let guards = match input.guards {
        Ok(guards) => guards,
        Err(_) if is_over && status.state != ApprovalRequestState::Approved => return Some(expired()),
        Err(Unverified(why)) => {
            let waiting =
                stands(ApprovalRequestState::Pending, "VoteIdentityUnverified", format!("no vote counts now: {why}"));
            let ignored = legacy::ignored(input.request, "Unguarded");
            return Some(Verdict { unverified: Some(why.clone()), ignored, ..waiting });
        }
    };
    if *guards != status.sealed_guards {
        if is_over && status.state != ApprovalRequestState::Approved {
            return Some(expired());
        }
        let message =
            "the guards of votes were changed; votes cast before are void and have to be cast again".to_owned();
        let again = stands(ApprovalRequestState::Pending, "GuardsChanged", message);
        // Object times have whole seconds: the first moment that is surely later than every vote cast until now.
        let ignored = legacy::ignored(input.request, "Unguarded");
        return Some(Verdict { reseal: Some((guards.clone(), next_second(input.now))), ignored, ..again });
    }
    let tally = input.tally?;
    let (state, reason, message) = match tally.outcome {
        Outcome::Rejected => (
            ApprovalRequestState::Rejected,
            "Rejected",
            format!("rejected by {}", tally.rejection().unwrap_or_default()),
        ),
        Outcome::Approved => match tally.emergency() {
            Some(who) => {
                (ApprovalRequestState::Approved, "ApprovedInEmergency", format!("approved in an emergency by {who}"))
            }
            None => (ApprovalRequestState::Approved, "Approved", format!("approved by {}", tally.approvers())),
        },
        Outcome::Open { .. } | Outcome::Unverified if is_over => {
            let (decisions, ignored) = (tally.decisions.clone(), tally.ignored.clone());
            return Some(Verdict { decisions, ignored, ..expired() });
        }
        Outcome::Open { missing } => {
            let have = tally.approvals();
            let groups = match tally.missing_groups.as_slice() {
                [] => String::new(),
                groups => format!("; somebody of {} has to be among them", groups.join(" and of ")),
            };
            let message = format!("{have} of {} approvals{groups}", have + missing);
            (ApprovalRequestState::Pending, "WaitingForVotes", message)
        }
        Outcome::Unverified => (
            ApprovalRequestState::Pending,
            "VoterUnchecked",
            "whether a voter may still vote could not be checked".to_owned(),
        ),
    };
    Some(Verdict {
        decisions: tally.decisions.clone(),
        ignored: tally.ignored.clone(),
        ..stands(state, reason, message)
    })
}

/// The moments at which a request that still waits is brought to mind again: half of its time is over, and little of it is left.
pub fn reminders(request: &ApprovalRequest) -> Vec<Timestamp> {
    let end = request.status.as_ref().and_then(|status| status.expires_at.as_ref()).map(|end| end.0);
    let (Some(begin), Some(end)) = (request.creation_timestamp().map(|at| at.0), end) else { return Vec::new() };
    let whole = begin.duration_until(end);
    if whole < SHORTEST_REMINDED {
        return Vec::new();
    }
    vec![begin + whole / 2, end - (whole / 6).min(LAST_CALL)]
}

/// Shorter questions are asked once.
const SHORTEST_REMINDED: SignedDuration = SignedDuration::from_mins(2);
/// The last reminder comes at most this long before the end.
const LAST_CALL: SignedDuration = SignedDuration::from_mins(5);

fn next_second(now: Timestamp) -> Timestamp {
    let floor =
        now.round(jiff::TimestampRound::new().smallest(Unit::Second).mode(jiff::RoundMode::Floor)).unwrap_or(now);
    floor + SignedDuration::from_secs(1)
}

#[cfg(test)]
mod tests {
    use common::api::{
        ActionType, NameRef, RemediationAction, Time, approval_request::ApprovalRequestSpec,
        remediation_plan::RemediationPlanSpec,
    };

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    fn guards(uid: &str) -> Vec<SealedGuard> {
        vec![SealedGuard { kind: "P".into(), name: "chatcli-votes".into(), uid: uid.into(), version: "1".into() }]
    }

    fn request(state: ApprovalRequestState) -> ApprovalRequest {
        let spec = ApprovalRequestSpec {
            issue_ref: NameRef::new("issue"),
            remediation_plan_ref: "plan".into(),
            policy_ref: "autonomy".into(),
            rule_name: "reversible".into(),
            requested_actions: vec![RemediationAction {
                action_type: ActionType::RestartDeployment,
                params: std::collections::BTreeMap::new(),
            }],
            requester: "chatcli-operator".into(),
            blast_radius: None,
            evidence: None,
            timeout_minutes: 30,
            required_approvers: 1,
            plan_uid: Some("plan-uid".into()),
        };
        let mut request = ApprovalRequest::new("approval-plan", spec);
        request.metadata.uid = Some("request-uid".into());
        request.status = Some(ApprovalRequestStatus {
            state,
            plan_digest: Some("sha256:now".into()),
            guarded_since: Some(Time(at(0))),
            expires_at: Some(Time(at(1800))),
            sealed_guards: guards("a"),
            ..ApprovalRequestStatus::default()
        });
        request
    }

    fn plan(state: RemediationState) -> RemediationPlan {
        let spec: RemediationPlanSpec =
            serde_json::from_value(serde_json::json!({"issueRef": {"name": "issue"}, "attempt": 1, "strategy": ""}))
                .unwrap();
        let mut plan = RemediationPlan::new("plan", spec);
        plan.status = Some(common::api::remediation_plan::RemediationPlanStatus { state, ..Default::default() });
        plan
    }

    fn tally(outcome: Outcome) -> Tally {
        Tally { outcome, decisions: Vec::new(), ignored: Vec::new(), missing_groups: Vec::new() }
    }

    struct Case {
        now: Timestamp,
        request: ApprovalRequest,
        plan: Option<RemediationPlan>,
        guards: Result<Vec<SealedGuard>, Unverified>,
        tally: Option<Tally>,
    }

    fn waiting(outcome: Outcome) -> Case {
        Case {
            now: at(60),
            request: request(ApprovalRequestState::Pending),
            plan: Some(plan(RemediationState::WaitingApproval)),
            guards: Ok(guards("a")),
            tally: Some(tally(outcome)),
        }
    }

    impl Case {
        fn decided(&self) -> Option<Verdict> {
            decide(&Input {
                now: self.now,
                request: &self.request,
                plan: self.plan.as_ref(),
                guards: &self.guards,
                tally: self.tally.as_ref(),
            })
        }

        fn state(&self) -> ApprovalRequestState {
            self.decided().unwrap().state
        }
    }

    #[test]
    fn the_count_decides_while_there_is_time() {
        assert_eq!(waiting(Outcome::Approved).state(), ApprovalRequestState::Approved);
        assert_eq!(waiting(Outcome::Rejected).state(), ApprovalRequestState::Rejected);
        assert_eq!(waiting(Outcome::Open { missing: 1 }).state(), ApprovalRequestState::Pending);
        assert_eq!(waiting(Outcome::Unverified).state(), ApprovalRequestState::Pending);
    }

    #[test]
    fn an_undecided_request_expires_at_its_absolute_end() {
        assert_eq!(
            Case { now: at(1801), ..waiting(Outcome::Open { missing: 1 }) }.state(),
            ApprovalRequestState::Expired
        );
        let broken = Case { now: at(1801), guards: Err(Unverified("gone".into())), ..waiting(Outcome::Approved) };
        assert_eq!(broken.state(), ApprovalRequestState::Expired, "broken guards do not keep it alive");
    }

    #[test]
    fn votes_in_time_still_count_when_they_are_first_seen_after_the_end() {
        assert_eq!(Case { now: at(1801), ..waiting(Outcome::Approved) }.state(), ApprovalRequestState::Approved);
    }

    #[test]
    fn a_question_is_brought_to_mind_half_way_and_shortly_before_its_end() {
        let mut asked = request(ApprovalRequestState::Pending);
        asked.metadata.creation_timestamp = Some(Time(at(0)));
        assert_eq!(reminders(&asked), [at(900), at(1500)]);
        asked.status.as_mut().unwrap().expires_at = Some(Time(at(60)));
        assert!(reminders(&asked).is_empty(), "a minute is short enough to remember");
    }

    #[test]
    fn a_plan_that_was_edited_supersedes_its_request_and_any_other_end_cancels_it() {
        let mut ended = plan(RemediationState::Failed);
        let withdrawn = Case { plan: Some(ended.clone()), ..waiting(Outcome::Open { missing: 1 }) };
        assert_eq!(withdrawn.state(), ApprovalRequestState::Cancelled);
        let edited = crate::runtime::status::condition(
            &[],
            conditions::VERIFIED,
            false,
            Ending::EditedAfterPreview.as_str(),
            "",
            None,
            at(0),
        );
        ended.status.as_mut().unwrap().conditions.push(edited);
        let replaced = Case { plan: Some(ended), ..waiting(Outcome::Open { missing: 1 }) };
        assert_eq!(replaced.state(), ApprovalRequestState::Superseded);
    }

    #[test]
    fn without_guards_no_vote_counts_and_the_request_says_so() {
        let verdict = Case {
            guards: Err(Unverified("ValidatingAdmissionPolicy chatcli-votes is missing".into())),
            tally: None,
            ..waiting(Outcome::Approved)
        }
        .decided()
        .unwrap();
        assert_eq!((verdict.state, verdict.reason), (ApprovalRequestState::Pending, "VoteIdentityUnverified"));
        assert!(verdict.unverified.is_some());
    }

    #[test]
    fn guards_that_were_replaced_void_every_vote_cast_until_now() {
        let replaced = Case {
            guards: Ok(guards("b")),
            request: request(ApprovalRequestState::Approved),
            ..waiting(Outcome::Approved)
        };
        let verdict = replaced.decided().unwrap();
        assert_eq!((verdict.state, verdict.reseal), (ApprovalRequestState::Pending, Some((guards("b"), at(61)))));
    }

    #[test]
    fn a_withdrawn_right_takes_an_approval_back_until_the_plan_has_begun() {
        let revoked = |plan_state| Case {
            request: request(ApprovalRequestState::Approved),
            plan: Some(plan(plan_state)),
            ..waiting(Outcome::Open { missing: 1 })
        };
        assert_eq!(revoked(RemediationState::WaitingApproval).state(), ApprovalRequestState::Pending);
        assert_eq!(revoked(RemediationState::Executing).decided(), None, "what was decided stays on record");
    }

    #[test]
    fn a_final_answer_stays() {
        for state in [ApprovalRequestState::Rejected, ApprovalRequestState::Expired, ApprovalRequestState::Cancelled] {
            assert_eq!(Case { request: request(state), ..waiting(Outcome::Approved) }.decided(), None);
        }
    }

    #[test]
    fn a_question_nobody_asks_any_more_is_withdrawn() {
        assert_eq!(
            Case { plan: Some(plan(RemediationState::Failed)), ..waiting(Outcome::Open { missing: 1 }) }.state(),
            ApprovalRequestState::Cancelled
        );
    }

    #[test]
    fn annotation_votes_are_void_while_the_guards_do_not_hold() {
        let mut case = Case { guards: Err(Unverified("gone".into())), tally: None, ..waiting(Outcome::Approved) };
        case.request.metadata.annotations =
            Some([("platform.chatcli.io/approve".to_owned(), "alice:looks good".to_owned())].into());
        let verdict = case.decided().unwrap();
        assert_eq!(
            (verdict.state, verdict.ignored[0].voter.as_str(), verdict.ignored[0].reason.as_str()),
            (ApprovalRequestState::Pending, "alice", "Unguarded")
        );
    }

    #[test]
    fn more_people_may_be_asked_than_at_first_never_fewer() {
        let mut request = request(ApprovalRequestState::Pending);
        request.spec.required_approvers = 2;
        let needed = |required| {
            let status = ApprovalRequestStatus { required_approvers: required, ..request.status.clone().unwrap() };
            ballot(&request, &status).unwrap().approvers
        };
        assert_eq!([needed(None), needed(Some(1)), needed(Some(3))], [2, 2, 3]);
    }
}
