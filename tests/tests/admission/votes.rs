//! Casting a vote: in one's own name, with the verb, once and for all.

use anyhow::Result;
use common::api::ApprovalVote;
use common::api::approval_vote::VoteDecision::{Approve, Reject};
use kit::votes::{bind, cast, may_only_write_votes, may_vote, vote};
use kube::api::{DeleteParams, Patch, PatchParams};
use kube::{Api, ResourceExt};
use operator::approve::{self, Consent};
use serde_json::json;

use crate::gate::{DIGEST, Gate, asked, need, refusal, refused_by};

#[tokio::test]
async fn a_vote_is_cast_in_ones_own_name_and_with_the_verb_or_not_at_all() -> Result<()> {
    let gate = Gate::shared().await?;
    let (namespace, _, request) = asked(&gate, 1).await?;
    may_vote(&namespace, "alice").await?;
    may_only_write_votes(&namespace, "mallory").await?;
    let (alice, mallory) = (gate.person("alice").await?, gate.person("mallory").await?);

    refused_by("chatcli-votes", cast(&alice, &vote(&request, "bob", Approve)).await);
    refused_by("chatcli-votes", cast(&mallory, &vote(&request, "mallory", Approve)).await);
    refused_by("chatcli-votes", cast(&mallory, &vote(&request, "mallory", Reject)).await);
    let mut in_a_group = vote(&request, "alice", Approve);
    in_a_group.spec.voter.groups = vec!["system:masters".to_owned()];
    refused_by("chatcli-votes", cast(&alice, &in_a_group).await);
    let mut held = vote(&request, "alice", Approve);
    held.metadata.finalizers = Some(vec!["example.com/hold".to_owned()]);
    refused_by("chatcli-votes", cast(&alice, &held).await);

    cast(&alice, &vote(&request, "alice", Approve)).await?;
    Ok(())
}

#[tokio::test]
async fn neither_a_service_account_nor_the_operator_votes() -> Result<()> {
    let gate = Gate::shared().await?;
    let (_namespace, _, request) = asked(&gate, 1).await?;
    let user = kit::installation::operator_user();
    refused_by("chatcli-votes", cast(&gate.operator.client()?, &vote(&request, &user, Approve)).await);
    refused_by("chatcli-votes", cast(&gate.operator.client()?, &vote(&request, "alice", Approve)).await);
    Ok(())
}

#[tokio::test]
async fn a_vote_is_neither_edited_nor_deleted() -> Result<()> {
    let gate = Gate::shared().await?;
    let (namespace, _, request) = asked(&gate, 1).await?;
    may_vote(&namespace, "alice").await?;
    let cast = cast(&gate.person("alice").await?, &vote(&request, "alice", Reject)).await?;
    let votes: Api<ApprovalVote> = namespace.api();
    let turn = Patch::Merge(json!({ "spec": { "decision": "Approve" } }));
    refusal(votes.patch(&cast.name_any(), &PatchParams::default(), &turn).await);
    refusal(
        gate.as_operator::<ApprovalVote>(&namespace)?.patch(&cast.name_any(), &PatchParams::default(), &turn).await,
    );
    let mark = Patch::Merge(json!({ "metadata": { "labels": { "a": "b" } } }));
    refused_by("chatcli-votes", votes.patch(&cast.name_any(), &PatchParams::default(), &mark).await);
    refused_by("chatcli-deletions", votes.delete(&cast.name_any(), &DeleteParams::default()).await);
    Ok(())
}

#[tokio::test]
async fn breaking_the_glass_takes_its_own_verb_and_a_reason_and_decides_alone() -> Result<()> {
    let gate = Gate::shared().await?;
    let (namespace, plan, request) = asked(&gate, 3).await?;
    may_vote(&namespace, "alice").await?;
    let break_glass = json!({
        "metadata": { "name": "break-glass" },
        "rules": [
            { "apiGroups": ["platform.chatcli.io"], "resources": ["approvalvotes"], "verbs": ["create"] },
            { "apiGroups": ["platform.chatcli.io"], "resources": ["approvalrequests"], "verbs": ["approve-emergency"] },
        ]
    });
    bind(&namespace, "carol", break_glass).await?;
    let (alice, carol) = (gate.person("alice").await?, gate.person("carol").await?);
    let emergency = |person: &str, reason: Option<&str>| {
        let mut vote = vote(&request, person, Approve);
        (vote.spec.emergency, vote.spec.reason) = (Some(true), reason.map(str::to_owned));
        vote
    };

    refused_by("chatcli-votes", cast(&alice, &emergency("alice", Some("now"))).await);
    refused_by("chatcli-votes", cast(&carol, &vote(&request, "carol", Approve)).await);
    assert!(refusal(cast(&carol, &emergency("carol", None)).await).contains("says why"));
    cast(&carol, &emergency("carol", Some("checkout is down"))).await?;
    let consent = approve::recount(&*gate.context()?, &plan, &need(3), DIGEST).await?;
    assert_eq!(consent, Consent::Given { by: "carol".to_owned(), emergency: true });

    cast(&alice, &vote(&request, "alice", Reject)).await?;
    let consent = approve::recount(&*gate.context()?, &plan, &need(3), DIGEST).await?;
    assert!(matches!(consent, Consent::Rejected(_)), "no emergency outvotes a no: {consent:?}");
    Ok(())
}

#[tokio::test]
async fn an_attempt_that_is_refused_is_in_the_servers_audit_log_with_its_reason() -> Result<()> {
    let gate = Gate::shared().await?;
    let (namespace, _, request) = asked(&gate, 1).await?;
    may_only_write_votes(&namespace, "trudy").await?;
    let mark = gate.plane.audit_log().mark()?;
    refused_by("chatcli-votes", cast(&gate.person("trudy").await?, &vote(&request, "alice", Approve)).await);
    let told = gate.plane.audit_log().since(mark)?;
    let hers = told.iter().find(|request| request.user.username == "trudy" && request.response_status.code >= 400);
    let why = hers.and_then(|request| request.annotations.get("validation.policy.admission.k8s.io/validation_failure"));
    assert!(why.is_some_and(|why| why.contains("chatcli-votes")), "{hers:?}");
    Ok(())
}
