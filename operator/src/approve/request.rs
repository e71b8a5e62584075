//! What the plan's controller calls: ask people, see whether they have said yes, and may the author do this themselves.

use std::sync::Arc;

use common::{
    api::{
        ApprovalRequest, RemediationPlan, Time,
        approval_request::{
            ApprovalEvidence, ApprovalRequestSpec, ApprovalRequestState, ApprovalRequestStatus, BlastRadiusAssessment,
            SealedGuard,
        },
        keys::{annotations, conditions, labels, managers},
    },
    decisions::{
        ApprovalNeed,
        votes::{Outcome, Tally},
    },
    naming,
};
use jiff::Timestamp;
use kube::{Api, Resource as _, ResourceExt as _};
use serde_json::{Value, json};

use super::{
    count::count,
    decide::ballot,
    guards::{self, GuardError, Unverified},
    legacy,
};
use crate::runtime::{Context, Note, ReadError, Reason, WriteError, read, status};

/// Fields of an ApprovalRequest's status, all of them ours.
pub(super) const OWNER: status::Owner = status::Owner {
    manager: managers::APPROVER,
    fields: &[
        "state",
        "decisions",
        "approvedAt",
        "rejectedAt",
        "expiredAt",
        "autoApproved",
        "observedGeneration",
        "planDigest",
        "expiresAt",
        "ignoredVotes",
        "sealedGuards",
        "guardedSince",
        "requiredApprovers",
        "requiredGroups",
        "overrides",
        "reminders",
        "author",
        "transition",
    ],
    conditions: &[conditions::VOTE_IDENTITY_UNVERIFIED, conditions::APPROVED, conditions::AWAITING_WINDOW],
};

/// What people are shown, beside the plan's sealed preview.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Why the plan should help.
    pub evidence: Option<ApprovalEvidence>,
    /// Who else is hit.
    pub blast_radius: Option<BlastRadiusAssessment>,
}

/// Why people could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Their votes could not be trusted.
    #[error(transparent)]
    Unverified(#[from] Unverified),
    /// An object of the request's name is there, and is not this plan's.
    #[error("{0} exists and does not belong to this plan")]
    NotOurs(String),
    /// It could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl From<GuardError> for AskError {
    fn from(error: GuardError) -> Self {
        match error {
            GuardError::Unverified(why) => Self::Unverified(why),
            GuardError::Read(error) => Self::Read(error),
        }
    }
}

impl Reason for AskError {
    fn reason(&self) -> &'static str {
        match self {
            Self::Unverified(_) => "VoteIdentityUnverified",
            Self::NotOurs(_) => "RequestNotOurs",
            Self::Read(error) => error.reason(),
            Self::Write(error) => error.reason(),
        }
    }
}

/// How consent stands, counted just now.
#[derive(Clone, Debug, PartialEq)]
pub enum Consent {
    /// No request exists, or it asks about an older preview: [`open`] it.
    NotAsked,
    /// Not enough votes yet.
    Waiting {
        /// Distinct people who said yes.
        have: u32,
        /// Distinct people needed.
        need: u32,
        /// Absolute end of the wait.
        expires_at: Option<Timestamp>,
    },
    /// Enough people said yes to this very digest, and all of them still may.
    Given {
        /// Who, for people.
        by: String,
        /// Break-glass: one person decided alone, and the change window does not hold it back.
        emergency: bool,
    },
    /// Somebody said no; who and why.
    Rejected(String),
    /// Nobody decided in time.
    Expired,
    /// The question was withdrawn or replaced.
    Withdrawn,
    /// No vote counts now; why.
    Unverified(String),
}

/// Asks people about the sealed preview of a plan: creates the request, or finds it and puts the new digest in place of an older one. Nothing is
/// asked while the guards of votes do not hold. Doing it twice is doing it once.
pub async fn open(
    ctx: &Context,
    plan: &RemediationPlan,
    need: &ApprovalNeed,
    digest: &str,
    facts: Facts,
) -> Result<Arc<ApprovalRequest>, AskError> {
    let sealed = guards::prove(ctx, &plan.namespace().unwrap_or_default()).await?;
    let request = match find(ctx, plan).await? {
        Some(request) => Arc::new(request),
        None => match ctx.create(managers::APPROVER, &new_request(plan, need, facts)).await {
            Ok(created) => created,
            Err(WriteError::AlreadyExists(name)) => Arc::new(find(ctx, plan).await?.ok_or(AskError::NotOurs(name))?),
            Err(error) => return Err(error.into()),
        },
    };
    if asked(&request, need, digest, &sealed, ctx.clock.now()).is_none() {
        return Ok(request);
    }
    // Before the question changes: an annotation names no preview, and must not speak of one its author has not seen.
    let request = without_annotation_votes(ctx, request).await?;
    let Some(wanted) = asked(&request, need, digest, &sealed, ctx.clock.now()) else { return Ok(request) };
    let transition = wanted.transition.unwrap_or_default();
    let written = status::apply(ctx, &request, &OWNER, wire(&wanted)).await?;
    let message = format!(
        "{} asked about plan {}: {}",
        if need.approvers == 1 { "one person is".to_owned() } else { format!("{} people are", need.approvers) },
        plan.name_any(),
        need.sentence()
    );
    let reason = if transition <= 1 { "ApprovalRequested" } else { "ApprovalAskedAgain" };
    ctx.events.tell(written.object_ref(&()), Note::new(reason, "Ask", message).once(transition.to_string()));
    Ok(written)
}

/// Takes votes off that were cast as annotations, unless the request has changed meanwhile.
pub(super) async fn without_annotation_votes(
    ctx: &Context,
    request: Arc<ApprovalRequest>,
) -> Result<Arc<ApprovalRequest>, WriteError> {
    match legacy::removal(&request) {
        Some(change) => ctx.merge(managers::APPROVER, &*request, change).await,
        None => Ok(request),
    }
}

/// Whether a plan may run by what people have said: everything is read again from the server, nothing is taken from a status field
/// that could only say yes. Any doubt is no consent; an error means: ask again.
pub async fn recount(
    ctx: &Context,
    plan: &RemediationPlan,
    need: &ApprovalNeed,
    digest: &str,
) -> Result<Consent, AskError> {
    let Some(request) = find(ctx, plan).await? else { return Ok(Consent::NotAsked) };
    let Some(status) = &request.status else { return Ok(Consent::NotAsked) };
    // A no is final whatever was counted since. A yes is only what is counted below.
    match status.state {
        ApprovalRequestState::Rejected => return Ok(Consent::Rejected(rejection(status))),
        ApprovalRequestState::Expired => return Ok(Consent::Expired),
        ApprovalRequestState::Superseded | ApprovalRequestState::Cancelled => return Ok(Consent::Withdrawn),
        ApprovalRequestState::Pending | ApprovalRequestState::Approved => {}
    }
    let Some(ballot) = ballot(&request, status).filter(|ballot| ballot.digest == digest) else {
        return Ok(Consent::NotAsked);
    };
    let ballot = common::decisions::Ballot {
        approvers: ballot.approvers.max(need.approvers),
        author: need.author.as_deref().or(ballot.author),
        required_groups: &need.required_groups,
        overrides: &need.overrides,
        ..ballot
    };
    match guards::inspect(ctx).await {
        Ok(guards) if guards == status.sealed_guards => {}
        Ok(_) => {
            return Ok(Consent::Unverified("the guards of votes were changed since the request was opened".to_owned()));
        }
        Err(GuardError::Unverified(Unverified(why))) => return Ok(Consent::Unverified(why)),
        Err(error) => return Err(error.into()),
    }
    let tally = count(ctx, &request, &ballot).await?;
    Ok(answer(&tally, &ballot, ctx.clock.now()))
}

fn answer(tally: &Tally, ballot: &common::decisions::Ballot<'_>, now: Timestamp) -> Consent {
    match &tally.outcome {
        Outcome::Approved => Consent::Given { by: tally.approvers(), emergency: tally.emergency().is_some() },
        Outcome::Rejected => Consent::Rejected(tally.rejection().unwrap_or_default()),
        Outcome::Open { .. } | Outcome::Unverified if ballot.expires_at.is_some_and(|end| now > end) => {
            Consent::Expired
        }
        Outcome::Open { missing } => Consent::Waiting {
            have: tally.approvals(),
            need: tally.approvals() + missing,
            expires_at: ballot.expires_at,
        },
        Outcome::Unverified => Consent::Unverified("whether a voter may still vote could not be checked".to_owned()),
    }
}

fn rejection(status: &ApprovalRequestStatus) -> String {
    let no = status.decisions.iter().find(|decision| decision.decision == "rejected");
    no.map(|no| no.reason.as_ref().map_or_else(|| no.approver.clone(), |reason| format!("{}: {reason}", no.approver)))
        .unwrap_or_default()
}

/// The request of this plan, live. One of that name that another plan (or somebody by hand) owns is an error, not an answer.
async fn find(ctx: &Context, plan: &RemediationPlan) -> Result<Option<ApprovalRequest>, AskError> {
    let api: Api<ApprovalRequest> = Api::namespaced(ctx.clients.read.clone(), &plan.namespace().unwrap_or_default());
    let name = naming::approval_request(&plan.name_any());
    let Some(found) = read(api.get_opt(&name)).await? else { return Ok(None) };
    let belongs = found.spec.plan_uid == plan.uid()
        && found
            .owner_references()
            .iter()
            .any(|owner| owner.controller == Some(true) && Some(&owner.uid) == plan.uid().as_ref());
    if belongs { Ok(Some(found)) } else { Err(AskError::NotOurs(name)) }
}

fn new_request(plan: &RemediationPlan, need: &ApprovalNeed, facts: Facts) -> ApprovalRequest {
    let spec = ApprovalRequestSpec {
        issue_ref: plan.spec.issue_ref.clone(),
        remediation_plan_ref: plan.name_any(),
        policy_ref: need.policy.clone(),
        rule_name: need.rule.clone(),
        requested_actions: plan.spec.actions.clone(),
        requester: "chatcli-operator".to_owned(),
        blast_radius: facts.blast_radius,
        evidence: facts.evidence,
        timeout_minutes: i32::try_from(need.timeout.as_mins()).unwrap_or(i32::MAX),
        required_approvers: i32::try_from(need.approvers).unwrap_or(i32::MAX),
        plan_uid: plan.uid(),
    };
    let mut request = ApprovalRequest::new(&naming::approval_request(&plan.name_any()), spec);
    let meta = request.meta_mut();
    meta.namespace = plan.namespace();
    meta.owner_references = plan.controller_owner_ref(&()).map(|owner| vec![owner]);
    meta.labels = Some(
        [
            (labels::ISSUE, naming::label_value(&plan.spec.issue_ref.name)),
            (labels::PLAN, naming::label_value(&plan.name_any())),
            (labels::POLICY, naming::label_value(&need.policy)),
        ]
        .map(|(key, value)| (key.to_owned(), value))
        .into(),
    );
    if let Some(radius) = &request.spec.blast_radius {
        request.metadata.annotations =
            Some([(annotations::BLAST_RADIUS.to_owned(), radius.description.clone())].into());
    }
    request
}

/// The status that asks about this digest, or `None` when the request does so already or has been answered for good.
fn asked(
    request: &ApprovalRequest,
    need: &ApprovalNeed,
    digest: &str,
    sealed: &[SealedGuard],
    now: Timestamp,
) -> Option<ApprovalRequestStatus> {
    let before = request.status.clone().unwrap_or_default();
    let needed = i32::try_from(need.approvers).unwrap_or(i32::MAX);
    let is_answered = !matches!(before.state, ApprovalRequestState::Pending | ApprovalRequestState::Approved);
    let is_asked = before.plan_digest.as_deref() == Some(digest)
        && before.required_approvers == Some(needed)
        && before.overrides == need.overrides
        && before.required_groups == need.required_groups;
    if is_answered || is_asked {
        return None;
    }
    let asked_at = request.creation_timestamp().map_or(now, |time| time.0);
    Some(ApprovalRequestStatus {
        state: ApprovalRequestState::Pending,
        decisions: Vec::new(),
        approved_at: None,
        plan_digest: Some(digest.to_owned()),
        required_approvers: Some(needed),
        required_groups: need.required_groups.clone(),
        overrides: need.overrides.clone(),
        author: need.author.clone(),
        // Asked again after drift: the end stays where it was.
        expires_at: before.expires_at.or_else(|| Some(Time(need.expires_at(asked_at)))),
        // The same guards as before go on vouching; others vouch from the request's own birth, before which nobody could name it.
        guarded_since: before.guarded_since.or(Some(Time(asked_at))),
        sealed_guards: if before.sealed_guards.is_empty() { sealed.to_vec() } else { before.sealed_guards },
        observed_generation: request.meta().generation,
        transition: Some(before.transition.unwrap_or_default() + 1),
        ..before
    })
}

/// A status as the fields of [`OWNER`].
pub(super) fn wire(status: &ApprovalRequestStatus) -> Value {
    let mut wire = serde_json::to_value(status).unwrap_or_else(|_| json!({}));
    if let Some(fields) = wire.as_object_mut()
        && let Some(Value::Array(all)) = fields.get_mut("conditions")
    {
        all.retain(|condition| OWNER.conditions.iter().any(|kind| condition["type"] == *kind));
    }
    wire
}

#[cfg(test)]
mod tests {
    use common::decisions::{Windows, need::Why};
    use jiff::SignedDuration;

    use super::*;

    fn need(approvers: u32) -> ApprovalNeed {
        ApprovalNeed {
            policy: "autonomy".into(),
            rule: "reversible".into(),
            approvers,
            timeout: SignedDuration::from_mins(30),
            windows: Windows::default(),
            because: vec![Why { reason: "ClassAsks", message: "reversible, namespace is approve".into() }],
            author: None,
            overrides: Vec::new(),
            required_groups: Vec::new(),
        }
    }

    fn plan() -> RemediationPlan {
        let spec =
            serde_json::from_value(json!({"issueRef": {"name": "issue"}, "attempt": 1, "strategy": ""})).unwrap();
        let mut plan = RemediationPlan::new("plan", spec);
        plan.metadata.uid = Some("plan-uid".into());
        plan.metadata.namespace = Some("shop".into());
        plan
    }

    fn guards(uid: &str) -> Vec<SealedGuard> {
        vec![SealedGuard { uid: uid.into(), ..SealedGuard::default() }]
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    fn opened() -> ApprovalRequest {
        let mut request = new_request(&plan(), &need(1), Facts::default());
        request.metadata.creation_timestamp = Some(Time(at(0)));
        request.status = asked(&request, &need(1), "sha256:one", &guards("a"), at(0));
        request
    }

    #[test]
    fn a_request_belongs_to_its_plan_and_goes_with_it() {
        let request = opened();
        assert_eq!(request.metadata.name.as_deref(), Some("approval-plan"));
        assert_eq!(request.owner_references()[0].uid, "plan-uid");
        assert_eq!(request.status.unwrap().expires_at, Some(Time(at(1800))));
    }

    #[test]
    fn asking_twice_is_asking_once() {
        assert_eq!(asked(&opened(), &need(1), "sha256:one", &guards("a"), at(9)), None);
    }

    #[test]
    fn after_drift_the_question_is_asked_again_and_its_end_stays() {
        let mut request = opened();
        request.status.as_mut().unwrap().state = ApprovalRequestState::Approved;
        let again = asked(&request, &need(2), "sha256:two", &guards("a"), at(900)).unwrap();
        assert_eq!(
            (again.state, again.required_approvers, again.transition),
            (ApprovalRequestState::Pending, Some(2), Some(2))
        );
        assert_eq!(again.expires_at, Some(Time(at(1800))));
    }

    #[test]
    fn a_rejected_request_is_not_asked_again() {
        let mut request = opened();
        request.status.as_mut().unwrap().state = ApprovalRequestState::Rejected;
        assert_eq!(asked(&request, &need(1), "sha256:two", &guards("a"), at(9)), None);
    }

    #[test]
    fn asking_again_does_not_seal_other_guards_under_votes_already_cast() {
        let again = asked(&opened(), &need(1), "sha256:two", &guards("b"), at(9)).unwrap();
        assert_eq!(again.sealed_guards, guards("a"));
    }
}
