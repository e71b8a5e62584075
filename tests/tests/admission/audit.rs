//! The record: written once, by the operator alone, and whole, also across a restart.

use anyhow::{Context as _, Result};
use common::api::approval_vote::VoteDecision::Approve;
use common::api::keys::{AUDIT_HEADS, OPERATOR_NAMESPACE};
use common::api::{ApprovalRequest, AuditEvent};
use common::audit::{Divergence, Exported, Finding, Head, compare, hash, verify};
use k8s_openapi::api::core::v1::ConfigMap;
use kit::votes::{cast, may_vote, vote};
use kit::{TestNamespace, eventually};
use kube::Api;
use kube::ResourceExt;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams, PostParams};
use serde_json::json;

use crate::gate::{Gate, SOON, asked, refused_by};

async fn events(namespace: &TestNamespace, class: &str) -> Vec<AuditEvent> {
    eventually(&namespace.api::<AuditEvent>(), SOON, &format!("{class} is recorded"), |seen| {
        seen.all().any(|event| event.spec.event_type == class).then(|| seen.all().cloned().collect())
    })
    .await
}

async fn head(gate: &Gate, namespace: &TestNamespace) -> Result<Head> {
    let heads: Api<ConfigMap> = Api::namespaced(gate.plane.client()?, OPERATOR_NAMESPACE);
    let data = heads.get(AUDIT_HEADS).await?.data.unwrap_or_default();
    Ok(serde_json::from_str(data.get(namespace.name()).context("no head for the namespace")?)?)
}

#[tokio::test]
async fn who_was_asked_who_voted_and_what_came_of_it_is_recorded_once_and_verifies() -> Result<()> {
    let gate = Gate::running().await?;
    let (namespace, _plan, request) = asked(&gate, 1).await?;
    may_vote(&namespace, "alice").await?;
    cast(&gate.person("alice").await?, &vote(&request, "alice", Approve)).await?;
    let told = events(&namespace, "approval_granted").await;
    let of = |class: &str| told.iter().filter(|event| event.spec.event_type == class).collect::<Vec<_>>();
    assert_eq!((of("approval_requested").len(), of("approval_vote").len(), of("approval_granted").len()), (1, 1, 1));
    let voted = of("approval_vote")[0];
    assert_eq!((voted.spec.actor.actor_type.as_str(), voted.spec.actor.name.as_str()), ("user", "alice"));

    // Nobody writes, changes or removes one, nor the head that tells what is missing.
    let api = namespace.api::<AuditEvent>();
    let mut forged = voted.clone();
    (forged.metadata.name, forged.metadata.resource_version) = (Some("forged".to_owned()), None);
    refused_by("chatcli-audit", api.create(&PostParams::default(), &forged).await);
    refused_by("chatcli-audit", api.delete(&voted.name_any(), &DeleteParams::default()).await);
    let label = Patch::Merge(json!({ "metadata": { "labels": { "a": "b" } } }));
    refused_by("chatcli-audit", api.patch(&voted.name_any(), &PatchParams::default(), &label).await);
    let heads: Api<ConfigMap> = Api::namespaced(gate.plane.client()?, OPERATOR_NAMESPACE);
    refused_by("chatcli-audit", heads.delete(AUDIT_HEADS, &DeleteParams::default()).await);

    let specs: Vec<_> = api.list(&ListParams::default()).await?.items.into_iter().map(|event| event.spec).collect();
    let head = head(&gate, &namespace).await?;
    assert_eq!(verify(namespace.name(), &specs, Some(&head)).findings, []);
    let cut: Vec<_> = specs.iter().filter(|spec| spec.sequence != Some(head.sequence)).cloned().collect();
    let missing = verify(namespace.name(), &cut, Some(&Head { event: None, ..head.clone() })).findings;
    assert_eq!(missing, [Finding::MissingAtEnd { from: head.sequence, to: head.sequence }]);

    let log = std::fs::read_to_string(gate.audit_log())?;
    let lines: Vec<_> = log.lines().filter_map(|line| Exported::read(line).transpose()).collect::<Result<_, _>>()?;
    let ours = lines.iter().filter(|line| line.namespace == namespace.name()).count();
    assert_eq!(ours, specs.len(), "one line per event");
    assert_eq!(compare(namespace.name(), &specs, 0, &lines), []);

    // Whoever may write events and the head can make a chain that verifies; what was exported before contradicts it.
    let mut forged = specs;
    forged.sort_by_key(|event| event.sequence);
    let mut sealed = String::new();
    for event in &mut forged {
        if event.event_type == "approval_vote" {
            event.actor.name = "bob".to_owned();
        }
        event.previous_hash = Some(sealed);
        sealed = hash(namespace.name(), event);
    }
    let forged_head = Head { hash: sealed, event: None, ..head };
    assert_eq!(verify(namespace.name(), &forged, Some(&forged_head)).findings, []);
    let told = compare(namespace.name(), &forged, 0, &lines);
    assert!(matches!(told.first(), Some(Divergence::Rewritten { .. })), "{told:?}");
    Ok(())
}

#[tokio::test]
async fn an_operator_that_takes_over_records_nothing_twice_and_loses_nothing() -> Result<()> {
    let gate = Gate::start().await?;
    let (namespace, _plan, request) = asked(&gate, 1).await?;
    may_vote(&namespace, "alice").await?;
    cast(&gate.person("alice").await?, &vote(&request, "alice", Approve)).await?;
    // Everything above happened while no operator ran; the same identity again stands for a restart after a crash.
    gate.run_operator("first");
    events(&namespace, "approval_granted").await;
    gate.run_operator("first");
    let requests: Api<ApprovalRequest> = namespace.api();
    let second = gate.plan(&namespace, "web-plan-2", "WaitingApproval").await?;
    operator::approve::open(
        &*gate.context()?,
        &second,
        &crate::gate::need(1),
        crate::gate::DIGEST,
        operator::approve::Facts::default(),
    )
    .await?;
    let asked_twice = eventually(&namespace.api::<AuditEvent>(), SOON, "the second question is recorded", |seen| {
        let count = seen.all().filter(|event| event.spec.event_type == "approval_requested").count();
        (count == 2).then(|| seen.all().cloned().collect::<Vec<_>>())
    })
    .await;
    assert_eq!(requests.list(&ListParams::default()).await?.items.len(), 2);
    let granted = asked_twice.iter().filter(|event| event.spec.event_type == "approval_granted").count();
    assert_eq!(granted, 1);
    let specs: Vec<_> = asked_twice.into_iter().map(|event| event.spec).collect();
    assert_eq!(verify(namespace.name(), &specs, Some(&head(&gate, &namespace).await?)).findings, []);
    Ok(())
}
