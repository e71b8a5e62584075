//! Votes as annotations, the way ChatCLI's older documents cast them: `platform.chatcli.io/approve: alice:looks good`.
//!
//! The policy chatcli-requests admits them under their author's own name only, and the request seals that policy. They name no preview, so
//! they speak of the one the request asks about: whenever it asks about another, or its guards were changed, they are taken off first, in a
//! write that fails if somebody votes in between. Groups are not known here: whoever may vote through a group alone casts an ApprovalVote.

use common::api::{
    ApprovalRequest, ApprovalVote, NameRef, Time,
    approval_request::IgnoredVote,
    approval_vote::{ApprovalVoteSpec, VoteDecision, Voter},
    keys::annotations,
};
use common::decisions::Ballot;
use jiff::Timestamp;
use kube::ResourceExt as _;
use serde_json::{Value, json};

const KINDS: [(&str, VoteDecision); 2] =
    [(annotations::APPROVE, VoteDecision::Approve), (annotations::REJECT, VoteDecision::Reject)];

/// The annotation votes on a request, as votes on what it asks about now. An annotation does not say when it was written: it was cast when it
/// was counted first.
pub(super) fn votes(request: &ApprovalRequest, ballot: &Ballot<'_>, now: Timestamp) -> Vec<ApprovalVote> {
    let counted_at = request.status.as_ref().and_then(|status| status.approved_at.as_ref()).map(|at| at.0);
    let cast_at = counted_at.map_or(now, |at| at.min(now));
    found(request)
        .map(|(key, decision, value)| {
            let (username, reason) = author(value);
            let spec = ApprovalVoteSpec {
                request_ref: NameRef { name: request.name_any(), uid: Some(ballot.request_uid.to_owned()) },
                plan_digest: ballot.digest.to_owned(),
                decision,
                reason,
                override_blockers: Vec::new(),
                emergency: None,
                voter: Voter { username, ..Voter::default() },
            };
            let mut vote = ApprovalVote::new(key, spec);
            // What vouches for it is the request's seal, not the moment: see the top.
            vote.metadata.creation_timestamp = Some(Time(cast_at.max(ballot.guarded_since)));
            vote
        })
        .collect()
}

/// The same votes where none counts.
pub(super) fn ignored(request: &ApprovalRequest, reason: &str) -> Vec<IgnoredVote> {
    found(request)
        .map(|(key, _, value)| IgnoredVote { name: key.to_owned(), voter: author(value).0, reason: reason.to_owned() })
        .collect()
}

/// The change that takes them off; `None` where there are none.
pub(super) fn removal(request: &ApprovalRequest) -> Option<Value> {
    found(request).next()?;
    Some(json!({ "metadata": { "annotations": { annotations::APPROVE: null, annotations::REJECT: null } } }))
}

fn found(request: &ApprovalRequest) -> impl Iterator<Item = (&'static str, VoteDecision, &str)> {
    let marks = request.metadata.annotations.as_ref();
    KINDS.into_iter().filter_map(move |(key, decision)| Some((key, decision, marks?.get(key)?.as_str())))
}

/// The name before the first colon, with the colons and percent signs of the name itself written `%3A` and `%25`, and the reason after it.
fn author(value: &str) -> (String, Option<String>) {
    let (name, reason) = value.split_once(':').unwrap_or((value, ""));
    let reason = Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    (name.replace("%3A", ":").replace("%25", "%"), reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_ends_at_the_first_colon_and_may_hold_escaped_ones() {
        assert_eq!(author("alice:looks good: really"), ("alice".into(), Some("looks good: really".into())));
        assert_eq!(author("alice"), ("alice".into(), None));
        assert_eq!(author("oidc%3Aalice:yes").0, "oidc:alice");
        assert_eq!(author("a%253Ab").0, "a%3Ab", "a name that looks escaped stays itself");
    }
}
