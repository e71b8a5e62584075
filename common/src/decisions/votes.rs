//! Counting votes.
//!
//! In: what is asked, and every vote on it together with whether its voter may still vote. Out: who has decided what, which votes do not
//! count and why, and how it stands. The result does not depend on the order or repetition of the votes.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::api::{
    ApprovalVote, NameRef, Time,
    approval_request::{ApprovalDecision, IgnoredVote},
    approval_vote::VoteDecision,
};

/// What is voted on.
#[derive(Clone, Copy, Debug)]
pub struct Ballot<'a> {
    /// UID of the request.
    pub request_uid: &'a str,
    /// Digest of the preview as it is now.
    pub digest: &'a str,
    /// Distinct people needed; never less than one.
    pub approvers: u32,
    /// Author of the plan, who may not approve it.
    pub author: Option<&'a str>,
    /// The guards of the votes were last found and sealed then: nobody vouches for what was cast before.
    pub guarded_since: Timestamp,
    /// No vote counts after that.
    pub expires_at: Option<Timestamp>,
}

/// Whether a voter may still vote, as the API server answers now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// Yes.
    Allowed,
    /// No, or no longer.
    NotAllowed,
    /// It could not be asked.
    Unknown,
}

/// A vote and its voter's standing.
#[derive(Clone, Copy, Debug)]
pub struct Cast<'a> {
    /// The vote.
    pub vote: &'a ApprovalVote,
    /// Its voter's standing.
    pub voter: Standing,
}

/// How a vote stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// Enough distinct people said yes, nobody no.
    Approved,
    /// Somebody said no.
    Rejected,
    /// That many people are missing.
    Open {
        /// How many.
        missing: u32,
    },
    /// A vote that could decide could not be checked.
    Unverified,
}

/// The count.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Tally {
    /// How it stands.
    pub outcome: Outcome,
    /// The votes that count, by time.
    pub decisions: Vec<ApprovalDecision>,
    /// The votes that do not, by name.
    pub ignored: Vec<IgnoredVote>,
}

impl Tally {
    /// People who said yes.
    pub fn approvals(&self) -> u32 {
        u32::try_from(self.decisions.iter().filter(|decision| decision.decision == APPROVED).count())
            .unwrap_or(u32::MAX)
    }

    /// Who decided, for people: `alice, bob`.
    pub fn approvers(&self) -> String {
        let names: Vec<_> =
            self.decisions.iter().filter(|one| one.decision == APPROVED).map(|one| one.approver.as_str()).collect();
        names.join(", ")
    }

    /// Who said no, and why.
    pub fn rejection(&self) -> Option<String> {
        let no = self.decisions.iter().find(|decision| decision.decision == REJECTED)?;
        Some(no.reason.as_ref().map_or_else(|| no.approver.clone(), |reason| format!("{}: {reason}", no.approver)))
    }
}

const APPROVED: &str = "approved";
const REJECTED: &str = "rejected";

/// Counts.
pub fn tally(ballot: &Ballot<'_>, votes: &[Cast<'_>]) -> Tally {
    let mut ignored = BTreeMap::new();
    // Per person the vote that counts: a no before a yes, then the earliest, then by name.
    let mut by_person: BTreeMap<&str, &ApprovalVote> = BTreeMap::new();
    let mut unverified = false;
    for &Cast { vote, voter } in votes {
        let reason = reason_to_ignore(ballot, vote).or(match voter {
            Standing::Allowed => None,
            Standing::NotAllowed => Some("NotAllowed"),
            Standing::Unknown => {
                unverified = true;
                Some("Unverified")
            }
        });
        if let Some(reason) = reason {
            ignored.insert(name(vote), (vote, reason));
            continue;
        }
        let person = vote.spec.voter.username.as_str();
        match by_person.get(person) {
            Some(&other) if rank(other) <= rank(vote) => {
                if name(other) != name(vote) {
                    ignored.insert(name(vote), (vote, "Repeated"));
                }
            }
            Some(&other) => {
                ignored.insert(name(other), (other, "Repeated"));
                by_person.insert(person, vote);
            }
            None => {
                by_person.insert(person, vote);
            }
        }
    }

    let mut counted: Vec<&ApprovalVote> = by_person.into_values().collect();
    counted.sort_by_key(|vote| (cast_at(vote), name(vote)));
    let approvals = counted.iter().filter(|vote| vote.spec.decision == VoteDecision::Approve).count();
    let missing = ballot.approvers.max(1).saturating_sub(u32::try_from(approvals).unwrap_or(u32::MAX));
    let outcome = if approvals < counted.len() {
        Outcome::Rejected
    } else if unverified {
        // It may be a no. Until that is known, nothing is approved.
        Outcome::Unverified
    } else if missing == 0 {
        Outcome::Approved
    } else {
        Outcome::Open { missing }
    };
    Tally {
        outcome,
        decisions: counted.into_iter().map(decision).collect(),
        ignored: ignored.into_values().map(|(vote, reason)| ignored_vote(vote, reason)).collect(),
    }
}

fn reason_to_ignore(ballot: &Ballot<'_>, vote: &ApprovalVote) -> Option<&'static str> {
    let cast = cast_at(vote);
    if vote.spec.request_ref.uid.as_deref() != Some(ballot.request_uid) {
        Some("OtherRequest")
    } else if vote.spec.plan_digest != ballot.digest {
        Some("OlderPreview")
    } else if cast.is_none_or(|cast| cast < ballot.guarded_since) {
        Some("Unguarded")
    } else if ballot.expires_at.is_some_and(|end| cast.is_none_or(|cast| cast > end)) {
        Some("TooLate")
    } else if vote.spec.decision == VoteDecision::Approve && ballot.author == Some(vote.spec.voter.username.as_str()) {
        Some("OwnPlan")
    } else {
        None
    }
}

fn rank(vote: &ApprovalVote) -> (bool, Option<Timestamp>, &str) {
    (vote.spec.decision == VoteDecision::Approve, cast_at(vote), name(vote))
}

fn cast_at(vote: &ApprovalVote) -> Option<Timestamp> {
    vote.metadata.creation_timestamp.as_ref().map(|time| time.0)
}

fn name(vote: &ApprovalVote) -> &str {
    vote.metadata.name.as_deref().unwrap_or_default()
}

fn decision(vote: &ApprovalVote) -> ApprovalDecision {
    ApprovalDecision {
        approver: vote.spec.voter.username.clone(),
        decision: match vote.spec.decision {
            VoteDecision::Approve => APPROVED,
            VoteDecision::Reject => REJECTED,
        }
        .to_owned(),
        reason: vote.spec.reason.clone(),
        timestamp: vote.metadata.creation_timestamp.clone().unwrap_or(Time(Timestamp::UNIX_EPOCH)),
        voter_uid: vote.spec.voter.uid.clone(),
        verified_by: Some("admission".to_owned()),
        vote_ref: Some(NameRef { name: name(vote).to_owned(), uid: vote.metadata.uid.clone() }),
    }
}

fn ignored_vote(vote: &ApprovalVote, reason: &str) -> IgnoredVote {
    IgnoredVote { name: name(vote).to_owned(), voter: vote.spec.voter.username.clone(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::api::approval_vote::{ApprovalVoteSpec, Voter};

    const DIGEST: &str = "sha256:new";

    fn ballot(approvers: u32) -> Ballot<'static> {
        Ballot {
            request_uid: "request",
            digest: DIGEST,
            approvers,
            author: None,
            guarded_since: at(0),
            expires_at: None,
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    fn vote(person: &str, decision: VoteDecision) -> ApprovalVote {
        vote_on(person, decision, "request", DIGEST, 10)
    }

    fn vote_on(person: &str, decision: VoteDecision, request: &str, digest: &str, second: i64) -> ApprovalVote {
        let spec = ApprovalVoteSpec {
            request_ref: NameRef { name: "approval-plan".into(), uid: Some(request.into()) },
            plan_digest: digest.into(),
            decision,
            reason: None,
            override_blockers: Vec::new(),
            voter: Voter { username: person.into(), ..Voter::default() },
        };
        let mut vote =
            ApprovalVote::new(&format!("{person}-{decision:?}-{second}-{request}-{digest}").to_lowercase(), spec);
        vote.metadata.creation_timestamp = Some(Time(at(second)));
        vote
    }

    fn counted(ballot: &Ballot<'_>, votes: &[ApprovalVote]) -> Tally {
        let casts: Vec<_> = votes.iter().map(|vote| Cast { vote, voter: Standing::Allowed }).collect();
        tally(ballot, &casts)
    }

    fn reasons(tally: &Tally) -> Vec<&str> {
        tally.ignored.iter().map(|vote| vote.reason.as_str()).collect()
    }

    use VoteDecision::{Approve, Reject};

    #[test]
    fn one_person_approves_what_asks_for_one() {
        assert_eq!(counted(&ballot(1), &[vote("alice", Approve)]).outcome, Outcome::Approved);
    }

    #[test]
    fn one_person_is_no_quorum_of_two_however_often_they_vote() {
        let votes = [vote("alice", Approve), vote_on("alice", Approve, "request", DIGEST, 20)];
        let tally = counted(&ballot(2), &votes);
        assert_eq!((&tally.outcome, reasons(&tally)), (&Outcome::Open { missing: 1 }, vec!["Repeated"]));
    }

    #[test]
    fn a_rejection_outweighs_two_approvals() {
        let votes = [vote("alice", Approve), vote("bob", Approve), vote("carol", Reject)];
        assert_eq!(counted(&ballot(1), &votes).outcome, Outcome::Rejected);
    }

    #[test]
    fn a_change_of_mind_to_no_counts_and_one_to_yes_does_not() {
        let votes = [vote("alice", Approve), vote_on("alice", Reject, "request", DIGEST, 20)];
        assert_eq!(counted(&ballot(1), &votes).outcome, Outcome::Rejected);
        let votes = [vote("alice", Reject), vote_on("alice", Approve, "request", DIGEST, 20)];
        assert_eq!(counted(&ballot(1), &votes).outcome, Outcome::Rejected);
    }

    #[test]
    fn votes_on_another_preview_or_request_do_not_count() {
        let votes =
            [vote_on("alice", Approve, "request", "sha256:old", 10), vote_on("bob", Approve, "another", DIGEST, 10)];
        let tally = counted(&ballot(1), &votes);
        assert_eq!(
            (&tally.outcome, reasons(&tally)),
            (&Outcome::Open { missing: 1 }, vec!["OlderPreview", "OtherRequest"])
        );
    }

    #[test]
    fn a_vote_that_names_no_request_uid_could_be_meant_for_a_namesake() {
        let mut vague = vote("alice", Approve);
        vague.spec.request_ref.uid = None;
        assert_eq!(reasons(&counted(&ballot(1), &[vague])), ["OtherRequest"]);
    }

    #[test]
    fn a_rejection_of_an_older_preview_does_not_reject_the_new_one() {
        let votes = [vote_on("alice", Reject, "request", "sha256:old", 5), vote("bob", Approve)];
        assert_eq!(counted(&ballot(1), &votes).outcome, Outcome::Approved);
    }

    #[test]
    fn authors_do_not_approve_their_own_plans_but_may_reject_them() {
        let own = Ballot { author: Some("alice"), ..ballot(1) };
        assert_eq!(reasons(&counted(&own, &[vote("alice", Approve)])), ["OwnPlan"]);
        assert_eq!(counted(&own, &[vote("alice", Reject)]).outcome, Outcome::Rejected);
    }

    #[test]
    fn nobody_vouches_for_votes_cast_before_the_guards_were_sealed() {
        let late_guards = Ballot { guarded_since: at(11), ..ballot(1) };
        assert_eq!(reasons(&counted(&late_guards, &[vote("alice", Approve)])), ["Unguarded"]);
    }

    #[test]
    fn a_vote_after_the_end_is_too_late() {
        let over = Ballot { expires_at: Some(at(9)), ..ballot(1) };
        assert_eq!(reasons(&counted(&over, &[vote("alice", Approve)])), ["TooLate"]);
    }

    #[test]
    fn a_voter_who_lost_the_verb_no_longer_counts() {
        let vote = vote("alice", Approve);
        let tally = tally(&ballot(1), &[Cast { vote: &vote, voter: Standing::NotAllowed }]);
        assert_eq!((&tally.outcome, reasons(&tally)), (&Outcome::Open { missing: 1 }, vec!["NotAllowed"]));
    }

    #[test]
    fn nothing_is_approved_while_a_vote_cannot_be_checked() {
        let (yes, maybe) = (vote("alice", Approve), vote("bob", Reject));
        let casts = [Cast { vote: &yes, voter: Standing::Allowed }, Cast { vote: &maybe, voter: Standing::Unknown }];
        assert_eq!(tally(&ballot(1), &casts).outcome, Outcome::Unverified);
    }

    #[test]
    fn a_request_that_claims_to_need_nobody_still_needs_one() {
        assert_eq!(counted(&ballot(0), &[]).outcome, Outcome::Open { missing: 1 });
    }

    fn any_vote() -> impl Strategy<Value = ApprovalVote> {
        (0..4_usize, any::<bool>(), 0..3_usize, 0..5_i64).prop_map(|(person, yes, digest, second)| {
            let person = ["alice", "bob", "carol", "dave"][person];
            let digest = [DIGEST, DIGEST, "sha256:old"][digest];
            vote_on(person, if yes { Approve } else { Reject }, "request", digest, second)
        })
    }

    proptest! {
        #[test]
        fn the_count_is_the_same_in_any_order_and_however_often_a_vote_is_seen(
            votes in prop::collection::vec(any_vote(), 0..12),
            approvers in 1_u32..4,
            order in prop::collection::vec(any::<prop::sample::Index>(), 0..24),
        ) {
            let once = counted(&ballot(approvers), &votes);
            let mut shuffled: Vec<_> = votes.iter().rev().cloned().collect();
            if !votes.is_empty() {
                for index in order {
                    let at = index.index(shuffled.len());
                    let again = shuffled[at].clone();
                    shuffled.push(again);
                }
            }
            prop_assert_eq!(counted(&ballot(approvers), &shuffled), once);
        }

        #[test]
        fn approval_takes_that_many_distinct_people_and_no_rejection(
            votes in prop::collection::vec(any_vote(), 0..12),
            approvers in 1_u32..4,
        ) {
            let current = |vote: &&ApprovalVote| vote.spec.plan_digest == DIGEST;
            let rejected = votes.iter().filter(current).any(|vote| vote.spec.decision == Reject);
            let people: std::collections::HashSet<_> = votes.iter().filter(current).map(|vote| &vote.spec.voter.username).collect();
            let expected = !rejected && people.len() >= approvers as usize;
            prop_assert_eq!(counted(&ballot(approvers), &votes).outcome == Outcome::Approved, expected);
        }
    }
}
