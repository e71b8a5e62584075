//! Requests: asked and answered by the operator alone; annotation votes under one's own name.

use anyhow::Result;
use common::api::{ApprovalRequest, RemediationPlan};
use kit::votes::bind;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use kube::{Api, ResourceExt};
use operator::approve::{self, Consent};
use serde_json::json;

use crate::gate::{DIGEST, Gate, OTHER_DIGEST, asked, need, refused_by, request_for};

#[tokio::test]
async fn only_the_operator_asks_and_says_what_was_decided() -> Result<()> {
    let gate = Gate::shared().await?;
    let (namespace, plan, request) = asked(&gate, 1).await?;
    let requests: Api<ApprovalRequest> = namespace.api();
    refused_by("chatcli-requests", requests.create(&PostParams::default(), &request_for("another", "uid")).await);
    let approved = Patch::Merge(json!({ "status": { "state": "Approved" } }));
    let patch = PatchParams::default();
    refused_by("chatcli-requests", requests.patch_status(&request.name_any(), &patch, &approved).await);
    refused_by("chatcli-deletions", requests.delete(&request.name_any(), &DeleteParams::default()).await);
    let orphan = Patch::Merge(json!({ "metadata": { "ownerReferences": [] } }));
    refused_by("chatcli-requests", requests.patch(&request.name_any(), &patch, &orphan).await);
    let executing = Patch::Merge(json!({ "status": { "state": "Executing" } }));
    refused_by(
        "chatcli-plans",
        namespace.api::<RemediationPlan>().patch_status(&plan.name_any(), &patch, &executing).await,
    );
    Ok(())
}

#[tokio::test]
async fn an_annotation_vote_carries_its_authors_own_name() -> Result<()> {
    let gate = Gate::shared().await?;
    let (namespace, _, request) = asked(&gate, 1).await?;
    let rights = json!({
        "metadata": { "name": "annotator" },
        "rules": [{ "apiGroups": ["platform.chatcli.io"], "resources": ["approvalrequests"], "verbs": ["get", "patch", "approve"] }]
    });
    bind(&namespace, "alice", rights).await?;
    let requests: Api<ApprovalRequest> = Api::namespaced(gate.person("alice").await?, namespace.name());
    let annotated = |key: &str, value: &str| Patch::Merge(json!({ "metadata": { "annotations": { key: value } } }));
    let name = request.name_any();
    let patch = PatchParams::default();
    refused_by(
        "chatcli-requests",
        requests.patch(&name, &patch, &annotated("platform.chatcli.io/approve", "bob:fine")).await,
    );
    refused_by(
        "chatcli-requests",
        requests.patch(&name, &patch, &annotated("platform.chatcli.io/approve", "alicex:fine")).await,
    );
    refused_by(
        "chatcli-requests",
        requests.patch(&name, &patch, &annotated("platform.chatcli.io/reject", "alice:no")).await,
    );
    requests.patch(&name, &patch, &annotated("platform.chatcli.io/approve", "alice:fine")).await?;
    Ok(())
}

/// Lets a person vote by annotation, as older documents say.
async fn may_annotate(namespace: &kit::TestNamespace, person: &str) -> Result<()> {
    let rights = json!({
        "metadata": { "name": "annotator" },
        "rules": [{ "apiGroups": ["platform.chatcli.io"], "resources": ["approvalrequests"], "verbs": ["get", "patch", "approve", "reject"] }]
    });
    bind(namespace, person, rights).await
}

#[tokio::test]
async fn an_annotation_vote_counts_for_the_preview_it_was_given_on_and_for_no_other() -> Result<()> {
    let gate = Gate::shared().await?;
    let (namespace, plan, request) = asked(&gate, 1).await?;
    let ctx = gate.context()?;
    for person in ["alice", "bob"] {
        may_annotate(&namespace, person).await?;
    }
    let as_person = async |name: &str| -> Result<Api<ApprovalRequest>> {
        Ok(Api::namespaced(gate.person(name).await?, namespace.name()))
    };
    let (alice, bob) = (as_person("alice").await?, as_person("bob").await?);
    let annotated =
        |key: &str, value: Option<&str>| Patch::Merge(json!({ "metadata": { "annotations": { key: value } } }));
    let (name, patch) = (request.name_any(), PatchParams::default());
    alice.patch(&name, &patch, &annotated("platform.chatcli.io/approve", Some("alice:looks good"))).await?;
    let given = approve::recount(&ctx, &plan, &need(1), DIGEST).await?;
    assert_eq!(given, Consent::Given { by: "alice".to_owned(), emergency: false });

    // Somebody else neither takes it off nor puts their own in its place.
    let approve = "platform.chatcli.io/approve";
    refused_by("chatcli-requests", bob.patch(&name, &patch, &annotated(approve, None)).await);
    refused_by("chatcli-requests", bob.patch(&name, &patch, &annotated(approve, Some("bob:me too"))).await);
    bob.patch(&name, &patch, &annotated("platform.chatcli.io/reject", Some("bob:not now"))).await?;
    let consent = approve::recount(&ctx, &plan, &need(1), DIGEST).await?;
    assert!(matches!(&consent, Consent::Rejected(who) if who == "bob: not now"), "{consent:?}");

    // Asked about another preview, nobody has said anything yet.
    let again = approve::open(&ctx, &plan, &need(1), OTHER_DIGEST, approve::Facts::default()).await?;
    let marks = again.metadata.annotations.clone().unwrap_or_default();
    assert!(!marks.contains_key(approve), "{marks:?}");
    let consent = approve::recount(&ctx, &plan, &need(1), OTHER_DIGEST).await?;
    assert!(matches!(consent, Consent::Waiting { have: 0, .. }), "{consent:?}");
    Ok(())
}
