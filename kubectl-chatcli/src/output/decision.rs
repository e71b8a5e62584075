//! What a vote decides: the question, the change, the checks, who else is hit, who has voted; and afterwards what became of it.

use std::fmt::Write as _;

use common::api::approval_request::{ApprovalRequest, ApprovalRequestState};
use common::api::approval_vote::{ApprovalVote, VoteDecision};
use common::api::remediation_plan::RemediationPlan;
use kube::ResourceExt as _;

use super::explanation::section;
use super::style::{plural, tame, title, wrapped};
use super::{preview, style};
use crate::clock::Clock;
use crate::story::short_digest;

/// The page shown before one votes.
pub fn page(request: &ApprovalRequest, plan: Option<&RemediationPlan>, clock: &Clock, width: usize) -> String {
    let mut page = String::new();
    let digest = request.status.as_ref().and_then(|status| status.plan_digest.as_deref()).unwrap_or_default();
    let first = format!("{} {}, {}", title("Request"), request.name_any(), short_digest(digest));
    let _ = writeln!(page, "{}", style::ends(&first, &tally(request, clock), width));
    if let Some(plan) = plan {
        let _ = writeln!(page, "  {}", wrapped(&tame(&plan.spec.strategy), width, "  "));
    }
    page.push('\n');
    if let Some(sealed) = plan.and_then(|plan| plan.status.as_ref()).and_then(|status| status.preview.as_ref()) {
        preview::body(&mut page, sealed, width);
        page.push('\n');
    }
    // What the sealed preview found is newer than what was found when the question was first asked.
    let sealed = plan.and_then(|plan| plan.status.as_ref()?.preview.as_ref()?.blast_radius.clone());
    let radius = sealed.or_else(|| request.spec.blast_radius.clone());
    let hit = radius.into_iter().flat_map(|radius| {
        let head = format!(
            "{}, {}; risk {}",
            plural(i64::from(radius.affected_pods), "pod", "pods"),
            plural(i64::from(radius.affected_services), "service", "services"),
            tame(&radius.risk_level),
        );
        // Requests of another operator carry one sentence instead.
        let reasons = if radius.reasons.is_empty() { vec![radius.description] } else { radius.reasons };
        std::iter::once(head)
            .chain(reasons.into_iter().map(|reason| format!("  {}", tame(&reason))))
            .collect::<Vec<_>>()
    });
    section(&mut page, "Who is hit", hit, width);
    let status = request.status.clone().unwrap_or_default();
    let accept = status.overrides.iter().map(|check| format!("{check}: --override-blocker {check}"));
    section(&mut page, "Each approval has to accept", accept, width);
    let votes = status.decisions.iter().map(|decision| {
        let reason = decision.reason.as_ref().map(|reason| format!(": {}", tame(reason))).unwrap_or_default();
        format!(
            "{}  {} {}{reason}",
            clock.time(decision.timestamp.0),
            tame(&decision.approver),
            tame(&decision.decision)
        )
    });
    let ignored =
        status.ignored_votes.iter().map(|vote| format!("ignored   {} ({})", tame(&vote.voter), tame(&vote.reason)));
    section(&mut page, "Votes", votes.chain(ignored), width);
    page
}

/// `0 of 1 vote, expires in 29m`, or how it ended.
pub fn tally(request: &ApprovalRequest, clock: &Clock) -> String {
    let status = request.status.clone().unwrap_or_default();
    if status.state != ApprovalRequestState::Pending {
        return format!("{:?}", status.state);
    }
    let yes = status.decisions.iter().filter(|decision| decision.decision == "approved").count();
    let needed = i64::from(status.required_approvers.unwrap_or(request.spec.required_approvers));
    let expires = status.expires_at.map_or_else(String::new, |at| {
        let left = at.0.as_second() - clock.now.as_second();
        if left > 0 { format!(", expires in {}", crate::clock::human_duration(left)) } else { ", expiring".to_owned() }
    });
    format!("{yes} of {}{expires}", plural(needed, "vote", "votes"))
}

/// What became of a vote.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// It counted, and the request is decided.
    Decided(ApprovalRequestState),
    /// It counted; so many more are needed.
    Waiting(i64),
    /// It does not count, and why.
    Ignored(String),
    /// The operator has not looked at it yet.
    Uncounted,
}

/// Looks for one's own vote in the request's status.
pub fn outcome(request: &ApprovalRequest, vote: &str, voter: &str) -> Outcome {
    let status = request.status.clone().unwrap_or_default();
    if let Some(ignored) = status.ignored_votes.iter().find(|ignored| ignored.name == vote) {
        return Outcome::Ignored(ignored.reason.clone());
    }
    let counted = status.decisions.iter().any(|decision| {
        decision.vote_ref.as_ref().is_some_and(|reference| reference.name == vote)
            || (decision.vote_ref.is_none() && decision.approver == voter)
    });
    match (status.state, counted) {
        (ApprovalRequestState::Pending, true) => {
            let yes = status.decisions.iter().filter(|decision| decision.decision == "approved").count();
            Outcome::Waiting(
                (i64::from(request.spec.required_approvers) - i64::try_from(yes).unwrap_or(i64::MAX)).max(0),
            )
        }
        (ApprovalRequestState::Pending, false) => Outcome::Uncounted,
        (state, true) => Outcome::Decided(state),
        (state, false) => Outcome::Ignored(format!("the request was already {state:?}")),
    }
}

/// The outcome in a sentence.
pub fn sentence(outcome: &Outcome, vote: &ApprovalVote) -> String {
    let request = &vote.spec.request_ref.name;
    match outcome {
        Outcome::Decided(ApprovalRequestState::Approved) => format!("counted: {request} is approved, the plan runs"),
        Outcome::Decided(ApprovalRequestState::Rejected) => {
            format!("counted: {request} is rejected, the plan will not run")
        }
        Outcome::Decided(state) => format!("counted: {request} is {state:?}"),
        Outcome::Waiting(0) => format!("counted: {request} has the votes it needs"),
        Outcome::Waiting(missing) => format!("counted: {request} waits for {missing} more"),
        Outcome::Ignored(reason) => format!("the vote does not count: {}", tame(&explained(reason))),
        Outcome::Uncounted => format!("not counted yet: {request} is pending; is the operator running?"),
    }
}

/// Reasons are CamelCase on the wire; the known ones are sentences here.
fn explained(reason: &str) -> String {
    match reason {
        "OlderPreview" => "the plan has changed since the preview you saw; look again and vote again".to_owned(),
        "OtherRequest" => "it names another request of the same name".to_owned(),
        "NotAllowed" => "you may no longer decide this".to_owned(),
        "Unverified" => "the admission policies that vouch for votes are not intact".to_owned(),
        "Repeated" => "you have voted already".to_owned(),
        other => other.to_owned(),
    }
}

/// `approve` or `reject`.
pub fn verb(decision: VoteDecision) -> &'static str {
    match decision {
        VoteDecision::Approve => "approve",
        VoteDecision::Reject => "reject",
    }
}
