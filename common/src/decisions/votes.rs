//! Counting votes.
//!
//! In: what is asked, and every vote on it together with whether its voter may still vote. Out: who has decided what, which votes do not
//! count and why, and how it stands. The result does not depend on the order or repetition of the votes.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::api::{
    ApprovalVote, NameRef, Time,
    approval_policy::RequiredGroup,
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
    /// Groups that have to be among those who approve.
    pub required_groups: &'a [RequiredGroup],
    /// Blocking checks that each approval has to accept by name.
    pub overrides: &'a [String],
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

/// What vouches for the name on a vote.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Proof {
    /// An ApprovalVote, admitted under its caller's name.
    Admission,
    /// An annotation on the request, admitted under its caller's name.
    Legacy,
}

/// A vote and its voter's standing.
#[derive(Clone, Copy, Debug)]
pub struct Cast<'a> {
    /// The vote.
    pub vote: &'a ApprovalVote,
    /// What vouches for its name.
    pub proof: Proof,
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
    /// Groups that are still missing among those who said yes.
    pub missing_groups: Vec<String>,
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

    /// Who decided alone by an emergency vote, and why.
    pub fn emergency(&self) -> Option<String> {
        let decided = self.outcome == Outcome::Approved;
        let one = self.decisions.iter().find(|one| decided && one.emergency == Some(true))?;
        Some(format!("{}: {}", one.approver, one.reason.as_deref().unwrap_or_default()))
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
    // Per person the vote that counts: a no before a yes, an emergency before a plain yes, then the earliest, then by name.
    let mut by_person: BTreeMap<&str, (&ApprovalVote, Proof)> = BTreeMap::new();
    let mut unverified = false;
    for &Cast { vote, voter, proof } in votes {
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
            Some(&(other, _)) if rank(other) <= rank(vote) => {
                if name(other) != name(vote) {
                    ignored.insert(name(vote), (vote, "Repeated"));
                }
            }
            Some(&(other, _)) => {
                ignored.insert(name(other), (other, "Repeated"));
                by_person.insert(person, (vote, proof));
            }
            None => {
                by_person.insert(person, (vote, proof));
            }
        }
    }

    let mut counted: Vec<(&ApprovalVote, Proof)> = by_person.into_values().collect();
    counted.sort_by_key(|(vote, _)| (cast_at(vote), name(vote)));
    let yes: Vec<&ApprovalVote> =
        counted.iter().map(|(vote, _)| *vote).filter(|vote| vote.spec.decision == VoteDecision::Approve).collect();
    let (missing_from_groups, missing_groups) = missing_groups(ballot.required_groups, &yes);
    let missing = ballot.approvers.max(1).saturating_sub(number(yes.len())).max(missing_from_groups);
    let outcome = if yes.len() < counted.len() {
        Outcome::Rejected
    } else if unverified {
        // It may be a no. Until that is known, nothing is approved.
        Outcome::Unverified
    } else if missing == 0 || yes.iter().any(|vote| is_emergency(vote)) {
        Outcome::Approved
    } else {
        Outcome::Open { missing }
    };
    Tally {
        outcome,
        decisions: counted.into_iter().map(|(vote, proof)| decision(vote, proof)).collect(),
        ignored: ignored.into_values().map(|(vote, reason)| ignored_vote(vote, reason)).collect(),
        missing_groups,
    }
}

/// The most people missing from one group, and the groups they are missing from.
fn missing_groups(required: &[RequiredGroup], yes: &[&ApprovalVote]) -> (u32, Vec<String>) {
    let lacks = |wanted: &&RequiredGroup| {
        let have = yes.iter().filter(|vote| vote.spec.voter.groups.contains(&wanted.group)).count();
        u32::try_from(wanted.count).unwrap_or(1).max(1).saturating_sub(number(have))
    };
    let lacking = required.iter().filter(|wanted| lacks(wanted) > 0);
    (required.iter().map(|wanted| lacks(&wanted)).max().unwrap_or(0), lacking.map(|one| one.group.clone()).collect())
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Decides alone.
pub fn is_emergency(vote: &ApprovalVote) -> bool {
    vote.spec.emergency == Some(true)
}

/// The verb its voter needs, when it is cast and when it is counted.
pub fn verb(vote: &ApprovalVote) -> &'static str {
    match vote.spec.decision {
        VoteDecision::Reject => "reject",
        VoteDecision::Approve if is_emergency(vote) => "approve-emergency",
        VoteDecision::Approve => "approve",
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
    } else if vote.spec.decision == VoteDecision::Reject {
        None
    } else if !is_emergency(vote) && ballot.author == Some(vote.spec.voter.username.as_str()) {
        Some("OwnPlan")
    } else if !ballot.overrides.iter().all(|check| vote.spec.override_blockers.contains(check)) {
        Some("BlockerNotAccepted")
    } else {
        None
    }
}

fn rank(vote: &ApprovalVote) -> (bool, bool, Option<Timestamp>, &str) {
    (vote.spec.decision == VoteDecision::Approve, !is_emergency(vote), cast_at(vote), name(vote))
}

fn cast_at(vote: &ApprovalVote) -> Option<Timestamp> {
    vote.metadata.creation_timestamp.as_ref().map(|time| time.0)
}

fn name(vote: &ApprovalVote) -> &str {
    vote.metadata.name.as_deref().unwrap_or_default()
}

fn decision(vote: &ApprovalVote, proof: Proof) -> ApprovalDecision {
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
        verified_by: Some(match proof {
            Proof::Admission => "admission".to_owned(),
            Proof::Legacy => "legacy".to_owned(),
        }),
        emergency: is_emergency(vote).then_some(true),
        vote_ref: (proof == Proof::Admission)
            .then(|| NameRef { name: name(vote).to_owned(), uid: vote.metadata.uid.clone() }),
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
            required_groups: &[],
            overrides: &[],
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
            emergency: None,
            voter: Voter { username: person.into(), ..Voter::default() },
        };
        let mut vote =
            ApprovalVote::new(&format!("{person}-{decision:?}-{second}-{request}-{digest}").to_lowercase(), spec);
        vote.metadata.creation_timestamp = Some(Time(at(second)));
        vote
    }

    fn counted(ballot: &Ballot<'_>, votes: &[ApprovalVote]) -> Tally {
        let casts: Vec<_> = votes.iter().map(|vote| cast(vote, Standing::Allowed)).collect();
        tally(ballot, &casts)
    }

    fn cast(vote: &ApprovalVote, voter: Standing) -> Cast<'_> {
        Cast { vote, proof: Proof::Admission, voter }
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
        let tally = tally(&ballot(1), &[cast(&vote, Standing::NotAllowed)]);
        assert_eq!((&tally.outcome, reasons(&tally)), (&Outcome::Open { missing: 1 }, vec!["NotAllowed"]));
    }

    #[test]
    fn nothing_is_approved_while_a_vote_cannot_be_checked() {
        let (yes, maybe) = (vote("alice", Approve), vote("bob", Reject));
        let casts = [cast(&yes, Standing::Allowed), cast(&maybe, Standing::Unknown)];
        assert_eq!(tally(&ballot(1), &casts).outcome, Outcome::Unverified);
    }

    #[test]
    fn a_blocker_is_overridden_only_by_votes_that_name_it() {
        let blocked = Ballot { overrides: &["radius".to_owned()], ..ballot(2) };
        let mut knows = vote("alice", Approve);
        knows.spec.override_blockers = vec!["radius".into()];
        let tally = counted(&blocked, &[knows, vote("bob", Approve), vote("carol", Approve)]);
        assert_eq!((&tally.outcome, tally.approvers()), (&Outcome::Open { missing: 1 }, "alice".to_owned()));
        assert_eq!(reasons(&tally), ["BlockerNotAccepted", "BlockerNotAccepted"]);
        assert_eq!(counted(&blocked, &[vote("bob", Reject)]).outcome, Outcome::Rejected, "a no accepts nothing");
    }

    #[test]
    fn a_required_group_has_to_be_among_those_who_approve() {
        let groups = [RequiredGroup { group: "owners".into(), count: 1 }];
        let asks = Ballot { required_groups: &groups, ..ballot(2) };
        let mut owner = vote("carol", Approve);
        owner.spec.voter.groups = vec!["owners".into()];
        let without = counted(&asks, &[vote("alice", Approve), vote("bob", Approve)]);
        assert_eq!(
            (without.outcome, without.missing_groups),
            (Outcome::Open { missing: 1 }, vec!["owners".to_owned()])
        );
        assert_eq!(counted(&asks, &[vote("alice", Approve), owner]).outcome, Outcome::Approved);
    }

    fn emergency(person: &str) -> ApprovalVote {
        let mut vote = vote_on(person, Approve, "request", DIGEST, 30);
        (vote.spec.emergency, vote.spec.reason) = (Some(true), Some("the shop is down".into()));
        vote
    }

    #[test]
    fn an_emergency_vote_decides_alone_but_no_rejection_is_outvoted() {
        let alone = counted(&ballot(3), &[emergency("alice")]);
        assert_eq!(alone.outcome, Outcome::Approved);
        assert_eq!(alone.emergency().as_deref(), Some("alice: the shop is down"));
        let rejected = counted(&ballot(3), &[emergency("alice"), vote("bob", Reject)]);
        assert_eq!((rejected.outcome.clone(), rejected.emergency()), (Outcome::Rejected, None));
    }

    #[test]
    fn an_emergency_vote_counts_over_the_same_persons_plain_one_and_accepts_no_blocker_by_itself() {
        assert!(counted(&ballot(2), &[vote("alice", Approve), emergency("alice")]).emergency().is_some());
        let blocked = Ballot { overrides: &["pdb".to_owned()], ..ballot(2) };
        assert_eq!(reasons(&counted(&blocked, &[emergency("alice")])), ["BlockerNotAccepted"]);
    }

    #[test]
    fn each_vote_takes_its_own_verb() {
        let verbs = [vote("a", Approve), vote("a", Reject), emergency("a")].map(|vote| verb(&vote));
        assert_eq!(verbs, ["approve", "reject", "approve-emergency"]);
    }

    #[test]
    fn a_request_that_claims_to_need_nobody_still_needs_one() {
        assert_eq!(counted(&ballot(0), &[]).outcome, Outcome::Open { missing: 1 });
    }

    fn any_vote() -> impl Strategy<Value = ApprovalVote> {
        (0..4_usize, any::<bool>(), 0..3_usize, 0..5_i64, 0..8_u8).prop_map(|(person, yes, digest, second, kind)| {
            let person = ["alice", "bob", "carol", "dave"][person];
            let digest = [DIGEST, DIGEST, "sha256:old"][digest];
            let mut vote = vote_on(person, if yes { Approve } else { Reject }, "request", digest, second);
            if kind == 0 && yes {
                vote.spec.emergency = Some(true);
                vote.metadata.name = vote.metadata.name.map(|name| format!("{name}-e"));
            }
            vote
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
            let alone = votes.iter().filter(current).any(is_emergency);
            let expected = !rejected && (alone || people.len() >= approvers as usize);
            prop_assert_eq!(counted(&ballot(approvers), &votes).outcome == Outcome::Approved, expected);
        }
    }
}
