//! The guards themselves: deleted, replaced, edited, without their parameters.

use std::time::Duration;

use anyhow::{Context as _, Result};
use common::api::approval_request::ApprovalRequestState;
use common::api::approval_vote::VoteDecision::Approve;
use common::api::keys::{ADMISSION_PARAMS, OPERATOR_NAMESPACE};
use common::api::{ApprovalRequest, ApprovalVote, RemediationPlan};
use k8s_openapi::api::admissionregistration::v1::{ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding};
use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
use kit::eventually;
use kit::votes::{cast, may_vote, vote};
use kube::api::{DeleteParams, ObjectMeta, Patch, PatchParams, PostParams};
use kube::{Api, ResourceExt};
use operator::approve::{self, Consent};
use operator::runtime::Runtime;
use serde_json::json;

use crate::gate::{DIGEST, Gate, SOON, asked, need};

#[tokio::test]
async fn the_request_tells_its_state_and_owns_its_votes() -> Result<()> {
    let gate = Gate::start().await?;
    let mut runtime = Runtime::connect(gate.config()).await?;
    approve::register(&mut runtime);
    let operator = tokio::spawn(runtime.run());
    let (namespace, plan, request) = asked(&gate, 1).await?;
    may_vote(&namespace, "alice").await?;
    cast(&gate.person("alice").await?, &vote(&request, "alice", Approve)).await?;
    let (requests, votes) = (namespace.api::<ApprovalRequest>(), namespace.api::<ApprovalVote>());
    let state_is = |state: ApprovalRequestState| {
        let requests = requests.clone();
        async move {
            eventually(&requests, SOON, &format!("the request is {state:?}"), |seen| {
                seen.all().find(|request| request.status.as_ref().is_some_and(|status| status.state == state)).cloned()
            })
            .await
        }
    };
    let approved = state_is(ApprovalRequestState::Approved).await;
    assert_eq!(approved.status.unwrap().decisions[0].approver, "alice");
    eventually(&votes, SOON, "the vote belongs to its request", |seen| {
        let owned = seen
            .all()
            .all(|vote| vote.owner_references().iter().any(|owner| Some(&owner.uid) == request.uid().as_ref()));
        (!seen.is_empty() && owned).then_some(())
    })
    .await;

    // A binding deleted, and put back: votes cast until then are void.
    let client = gate.plane.client()?;
    let bindings: Api<ValidatingAdmissionPolicyBinding> = Api::all(client.clone());
    let binding = bindings.get("chatcli-votes").await?;
    bindings.delete("chatcli-votes", &DeleteParams::default()).await?;
    let ctx = gate.context()?;
    assert!(matches!(approve::recount(&ctx, &plan, &need(1), DIGEST).await?, Consent::Unverified(_)));
    assert!(
        approve::open(
            &ctx,
            &gate.plan(&namespace, "second", "WaitingApproval").await?,
            &need(1),
            DIGEST,
            approve::Facts::default()
        )
        .await
        .is_err()
    );
    eventually(&requests, SOON, "the request says that no vote counts", |seen| {
        seen.all().find(|request| {
            let conditions = request.status.iter().flat_map(|status| &status.conditions);
            conditions.into_iter().any(|one| one.type_ == "VoteIdentityUnverified" && one.status == "True")
        })?;
        Some(())
    })
    .await;
    let again = ValidatingAdmissionPolicyBinding {
        metadata: ObjectMeta { name: binding.metadata.name, labels: binding.metadata.labels, ..ObjectMeta::default() },
        spec: binding.spec,
    };
    bindings.create(&PostParams::default(), &again).await?;
    eventually(&requests, SOON, "the old vote is void under the new guards", |seen| {
        let request = seen.all().find(|request| request.name_any() == "approval-web-plan-1")?;
        let status = request.status.as_ref()?;
        let void = status.ignored_votes.iter().any(|vote| vote.reason == "Unguarded");
        (void && status.state == ApprovalRequestState::Pending).then_some(())
    })
    .await;
    assert!(matches!(approve::recount(&ctx, &plan, &need(1), DIGEST).await?, Consent::Waiting { have: 0, .. }));

    // Parameters that were edited vouch for nobody either: they say who the operator is and which machines vote.
    let params: Api<ConfigMap> = Api::namespaced(client.clone(), OPERATOR_NAMESPACE);
    let wider = Patch::Merge(json!({ "data": { "voters": "system:serviceaccount:shop:robot" } }));
    params.patch(ADMISSION_PARAMS, &PatchParams::default(), &wider).await?;
    assert!(matches!(approve::recount(&ctx, &plan, &need(1), DIGEST).await?, Consent::Unverified(_)));

    // An edited rule is no guard either.
    let policies: Api<ValidatingAdmissionPolicy> = Api::all(client);
    let lax = Patch::Merge(json!({ "spec": { "failurePolicy": "Ignore" } }));
    policies.patch("chatcli-votes", &PatchParams::default(), &lax).await?;
    assert!(matches!(approve::recount(&ctx, &plan, &need(1), DIGEST).await?, Consent::Unverified(_)));
    operator.abort();
    Ok(())
}

#[tokio::test]
async fn without_its_parameters_the_gate_is_closed_and_namespaces_still_go() -> Result<()> {
    let gate = Gate::start().await?;
    let (namespace, plan, request) = asked(&gate, 1).await?;
    may_vote(&namespace, "alice").await?;
    cast(&gate.person("alice").await?, &vote(&request, "alice", Approve)).await?;
    let executing = Patch::Merge(json!({ "status": { "state": "Executing" } }));
    let operator: Api<RemediationPlan> = gate.as_operator(&namespace)?;
    operator.patch_status(&plan.name_any(), &PatchParams::default(), &executing).await?;

    let params: Api<ConfigMap> = Api::namespaced(gate.plane.client()?, OPERATOR_NAMESPACE);
    params.delete(ADMISSION_PARAMS, &DeleteParams::default()).await?;
    let bob = vote(&request, "bob", Approve);
    may_vote(&namespace, "bob").await?;
    let bobs = gate.person("bob").await?;
    tokio::time::timeout(SOON, async {
        let dry_run = PostParams { dry_run: true, ..PostParams::default() };
        let votes: Api<ApprovalVote> = Api::namespaced(bobs, namespace.name());
        while votes.create(&dry_run, &bob).await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .context("a vote is accepted without the parameters")?;
    let ctx = gate.context()?;
    assert!(matches!(approve::recount(&ctx, &plan, &need(1), DIGEST).await?, Consent::Unverified(_)));

    // An executing plan, a pending request, a vote, no parameters, no operator: the namespace goes all the same.
    let namespaces: Api<Namespace> = Api::all(gate.plane.client()?);
    let name = namespace.name().to_owned();
    namespaces.delete(&name, &DeleteParams::default()).await?;
    eventually(&namespaces, Duration::from_secs(60), "the namespace is gone", |seen| {
        seen.named(&name).is_none().then_some(())
    })
    .await;
    Ok(())
}
