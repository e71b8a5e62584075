//! Counting: from the votes alone, for this very question, by people who still may.

use anyhow::Result;
use common::api::ApprovalRequest;
use common::api::approval_policy::RequiredGroup;
use common::api::approval_vote::VoteDecision::{Approve, Reject};
use common::decisions::ApprovalNeed;
use jiff::SignedDuration;
use kit::eventually;
use kit::votes::{cast, may_vote, vote};
use kube::ResourceExt;
use kube::api::{DeleteParams, Patch, PatchParams};
use operator::approve::{self, Consent};
use operator::runtime::{Clock, Context};
use serde_json::json;

use crate::gate::{DIGEST, Gate, OTHER_DIGEST, SOON, asked, need};

#[tokio::test]
async fn consent_is_counted_from_the_votes_and_never_from_a_status() -> Result<()> {
    let gate = Gate::shared().await?;
    let (namespace, plan, request) = asked(&gate, 2).await?;
    let ctx = gate.context()?;
    let consent = async || approve::recount(&ctx, &plan, &need(2), DIGEST).await;
    assert!(matches!(consent().await?, Consent::Waiting { have: 0, need: 2, .. }));

    // Even the operator's own word in the status is no vote.
    let forged = Patch::Merge(json!({ "status": { "state": "Approved" } }));
    gate.as_operator::<ApprovalRequest>(&namespace)?
        .patch_status(&request.name_any(), &PatchParams::default(), &forged)
        .await?;
    assert!(matches!(consent().await?, Consent::Waiting { have: 0, .. }));

    for person in ["alice", "bob"] {
        may_vote(&namespace, person).await?;
        cast(&gate.person(person).await?, &vote(&request, person, Approve)).await?;
    }
    assert_eq!(consent().await?, Consent::Given { by: "alice, bob".to_owned(), emergency: false });
    let on_another = approve::recount(&ctx, &plan, &need(2), OTHER_DIGEST).await?;
    assert_eq!(on_another, Consent::NotAsked, "a yes to one preview is none to another");

    namespace.api::<k8s_openapi::api::rbac::v1::RoleBinding>().delete("approver-bob", &DeleteParams::default()).await?;
    eventually(&namespace.api::<k8s_openapi::api::rbac::v1::RoleBinding>(), SOON, "bob's right is gone", |seen| {
        seen.named("approver-bob").is_none().then_some(())
    })
    .await;
    let withdrawn = tokio::time::timeout(SOON, async {
        loop {
            // The server's own authorizer learns of it a moment later.
            if let Consent::Waiting { have, .. } = consent().await? {
                return anyhow::Ok(have);
            }
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(withdrawn.await??, 1, "who may no longer vote no longer counts");
    Ok(())
}

#[tokio::test]
async fn authors_do_not_approve_what_they_wrote() -> Result<()> {
    let gate = Gate::shared().await?;
    let (namespace, plan, request) = asked(&gate, 1).await?;
    let hers = ApprovalNeed { author: Some("alice".to_owned()), ..need(1) };
    for person in ["alice", "bob"] {
        may_vote(&namespace, person).await?;
    }
    cast(&gate.person("alice").await?, &vote(&request, "alice", Approve)).await?;
    let ctx = gate.context()?;
    let consent = approve::recount(&ctx, &plan, &hers, DIGEST).await?;
    assert!(matches!(consent, Consent::Waiting { have: 0, .. }), "{consent:?}");
    cast(&gate.person("bob").await?, &vote(&request, "bob", Approve)).await?;
    assert!(matches!(approve::recount(&ctx, &plan, &hers, DIGEST).await?, Consent::Given { .. }));
    Ok(())
}

#[tokio::test]
async fn one_person_is_one_voice_and_a_vote_is_not_carried_to_the_next_attempt() -> Result<()> {
    let gate = Gate::shared().await?;
    let (namespace, plan, request) = asked(&gate, 2).await?;
    may_vote(&namespace, "alice").await?;
    let alice = gate.person("alice").await?;
    let first = vote(&request, "alice", Approve);
    cast(&alice, &first).await?;
    assert!(cast(&alice, &first).await.is_err(), "the same vote again is the same object");
    let mut renamed = first.clone();
    renamed.metadata.name = Some("alice-again".to_owned());
    cast(&alice, &renamed).await?;
    let ctx = gate.context()?;
    let consent = approve::recount(&ctx, &plan, &need(2), DIGEST).await?;
    assert!(matches!(consent, Consent::Waiting { have: 1, need: 2, .. }), "{consent:?}");

    // The next attempt asks under another name and UID; the old vote, sent again for it, names the old request.
    let next = gate.plan(&namespace, "web-plan-2", "WaitingApproval").await?;
    let asked_next = approve::open(&ctx, &next, &need(1), DIGEST, approve::Facts::default()).await?;
    let mut replayed = vote(&asked_next, "alice", Approve);
    replayed.spec.request_ref.uid = request.uid();
    cast(&alice, &replayed).await?;
    let consent = approve::recount(&ctx, &next, &need(1), DIGEST).await?;
    assert!(matches!(consent, Consent::Waiting { have: 0, .. }), "{consent:?}");
    Ok(())
}

#[tokio::test]
async fn after_drift_the_same_person_votes_again() -> Result<()> {
    let gate = Gate::shared().await?;
    let (namespace, plan, request) = asked(&gate, 1).await?;
    may_vote(&namespace, "alice").await?;
    let alice = gate.person("alice").await?;
    cast(&alice, &vote(&request, "alice", Reject)).await?;
    let ctx = gate.context()?;
    let again = approve::open(&ctx, &plan, &need(1), OTHER_DIGEST, approve::Facts::default()).await?;
    let consent = approve::recount(&ctx, &plan, &need(1), OTHER_DIGEST).await?;
    assert!(matches!(consent, Consent::Waiting { have: 0, .. }), "a no to the old preview: {consent:?}");
    cast(&alice, &vote(&again, "alice", Approve)).await?;
    assert!(matches!(approve::recount(&ctx, &plan, &need(1), OTHER_DIGEST).await?, Consent::Given { .. }));
    Ok(())
}

#[tokio::test]
async fn a_blocker_is_accepted_by_name_or_not_at_all() -> Result<()> {
    let gate = Gate::shared().await?;
    let (namespace, plan, request) = asked(&gate, 1).await?;
    may_vote(&namespace, "alice").await?;
    may_vote(&namespace, "bob").await?;
    let blocked = ApprovalNeed { overrides: vec!["radius".to_owned()], ..need(1) };
    cast(&gate.person("alice").await?, &vote(&request, "alice", Approve)).await?;
    let ctx = gate.context()?;
    let consent = approve::recount(&ctx, &plan, &blocked, DIGEST).await?;
    assert!(matches!(consent, Consent::Waiting { have: 0, .. }), "{consent:?}");
    let mut knowing = vote(&request, "bob", Approve);
    knowing.spec.override_blockers = vec!["radius".to_owned()];
    cast(&gate.person("bob").await?, &knowing).await?;
    let consent = approve::recount(&ctx, &plan, &blocked, DIGEST).await?;
    assert_eq!(consent, Consent::Given { by: "bob".to_owned(), emergency: false });
    Ok(())
}

#[tokio::test]
async fn a_required_group_is_the_one_the_server_knows_the_voter_to_be_in() -> Result<()> {
    let gate = Gate::shared().await?;
    let (namespace, plan, request) = asked(&gate, 1).await?;
    let wants_owners =
        ApprovalNeed { required_groups: vec![RequiredGroup { group: "owners".to_owned(), count: 1 }], ..need(1) };
    for person in ["alice", "olivia"] {
        may_vote(&namespace, person).await?;
    }
    let mut claims = vote(&request, "alice", Approve);
    claims.spec.voter.groups = vec!["owners".to_owned()];
    assert!(cast(&gate.person("alice").await?, &claims).await.is_err(), "alice is in no group");
    cast(&gate.person("alice").await?, &vote(&request, "alice", Approve)).await?;
    let ctx = gate.context()?;
    let consent = approve::recount(&ctx, &plan, &wants_owners, DIGEST).await?;
    assert!(matches!(consent, Consent::Waiting { have: 1, .. }), "{consent:?}");

    let mut hers = vote(&request, "olivia", Approve);
    hers.spec.voter.groups = vec!["owners".to_owned()];
    cast(&gate.plane.person("olivia", &["owners"]).await?.client()?, &hers).await?;
    assert!(matches!(approve::recount(&ctx, &plan, &wants_owners, DIGEST).await?, Consent::Given { .. }));
    Ok(())
}

#[tokio::test]
async fn the_end_is_absolute_and_a_vote_after_it_is_too_late() -> Result<()> {
    let gate = Gate::shared().await?;
    let (namespace, plan, request) = asked(&gate, 1).await?;
    may_vote(&namespace, "alice").await?;
    // The same server seen by an operator that was away for an hour.
    let later = Clock::of(|| jiff::Timestamp::now() + SignedDuration::from_hours(1));
    let late = Context::for_tests(gate.config(), gate.operator.client()?, later);
    assert_eq!(approve::recount(&late, &plan, &need(1), DIGEST).await?, Consent::Expired);
    cast(&gate.person("alice").await?, &vote(&request, "alice", Approve)).await?;
    let consent = approve::recount(&late, &plan, &need(1), DIGEST).await?;
    assert!(matches!(consent, Consent::Given { .. }), "cast in time, first seen after the end: {consent:?}");

    // An end that has passed when the vote is cast: moved into the past by the only one who may write it.
    let over = json!({ "status": { "expiresAt": request.creation_timestamp().map(|at| at.0 - SignedDuration::from_secs(1)) } });
    gate.as_operator::<ApprovalRequest>(&namespace)?
        .patch_status(&request.name_any(), &PatchParams::default(), &Patch::Merge(over))
        .await?;
    let consent = approve::recount(&*gate.context()?, &plan, &need(1), DIGEST).await?;
    assert_eq!(consent, Consent::Expired, "the vote came after the end");
    Ok(())
}
