//! Many at once: exactly the right outcome, every time.

use anyhow::Result;
use common::api::ApprovalRequest;
use common::api::approval_request::ApprovalRequestState;
use common::api::approval_vote::VoteDecision::{Approve, Reject};
use futures::future::join_all;
use kit::votes::{cast, may_vote, vote};
use kit::{TestNamespace, eventually};
use kube::ResourceExt;
use operator::approve::{self, Consent};

use crate::gate::{DIGEST, Gate, SOON, asked, need};

const CROWD: usize = 20;

/// Everybody votes at the same time; the rejecter, where there is one, is somewhere among them.
async fn all_vote(
    gate: &Gate,
    namespace: &TestNamespace,
    request: &ApprovalRequest,
    rejecter: Option<usize>,
) -> Result<()> {
    let people: Vec<String> = (0..CROWD).map(|number| format!("person-{number}")).collect();
    for person in &people {
        may_vote(namespace, person).await?;
    }
    let cast_one = async |(number, person): (usize, &String)| -> Result<()> {
        let decision = if rejecter == Some(number) { Reject } else { Approve };
        cast(&gate.pretending(person)?, &vote(request, person, decision)).await?;
        Ok(())
    };
    join_all(people.iter().enumerate().map(cast_one)).await.into_iter().collect()
}

async fn becomes(namespace: &TestNamespace, state: ApprovalRequestState) -> ApprovalRequest {
    eventually(
        &namespace.api::<ApprovalRequest>(),
        SOON,
        &format!("the request is {state:?}, every vote listed"),
        |seen| {
            let told = |request: &&ApprovalRequest| {
                request.status.as_ref().is_some_and(|status| status.state == state && status.decisions.len() == CROWD)
            };
            seen.all().find(told).cloned()
        },
    )
    .await
}

#[tokio::test]
async fn twenty_votes_at_once_approve_a_quorum_of_two_and_each_counts_once() -> Result<()> {
    let gate = Gate::running().await?;
    let (namespace, plan, request) = asked(&gate, 2).await?;
    all_vote(&gate, &namespace, &request, None).await?;
    let approved = becomes(&namespace, ApprovalRequestState::Approved).await;
    let mut who: Vec<_> =
        approved.status.iter().flat_map(|status| &status.decisions).map(|one| &one.approver).collect();
    who.sort();
    who.dedup();
    assert_eq!(who.len(), CROWD, "each person once");
    assert!(matches!(approve::recount(&*gate.context()?, &plan, &need(2), DIGEST).await?, Consent::Given { .. }));
    Ok(())
}

#[tokio::test]
async fn one_rejection_among_twenty_wins_whenever_it_arrives() -> Result<()> {
    let gate = Gate::running().await?;
    for rejecter in [0, 11, 19] {
        let (namespace, plan, request) = asked(&gate, 2).await?;
        all_vote(&gate, &namespace, &request, Some(rejecter)).await?;
        let name = request.name_any();
        eventually(&namespace.api::<ApprovalRequest>(), SOON, "the request is rejected", |seen| {
            let status = seen.named(&name)?.status.as_ref()?;
            (status.state == ApprovalRequestState::Rejected).then_some(())
        })
        .await;
        let consent = approve::recount(&*gate.context()?, &plan, &need(2), DIGEST).await?;
        assert!(matches!(consent, Consent::Rejected(_)), "{consent:?}");
    }
    Ok(())
}
