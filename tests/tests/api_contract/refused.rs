//! What the API server must not let in.

use anyhow::Result;
use serde_json::json;

use crate::fixtures::{changes, full};
use crate::server::Server;

#[tokio::test(flavor = "multi_thread")]
async fn every_senseless_object_is_refused_with_the_field_named() -> Result<()> {
    let server = Server::ours("refused").await?;
    let (mut asked, mut wrong) = (0, Vec::new());
    for (kind, changes) in changes("refused.yaml")? {
        if let Err(words) = server.would_create(&full(&kind)?).await? {
            wrong.push(format!("{kind}: refused before any change: {words}"));
        }
        for change in changes {
            asked += 1;
            match server.would_create(&change.of(&kind)?).await? {
                Ok(_) => wrong.push(format!("{kind} {} {:?}: accepted", change.at, change.be)),
                Err(words) if names(&words, &change.named()) => {}
                Err(words) => wrong.push(format!(
                    "{kind} {} {:?}: does not name {}: {words}",
                    change.at,
                    change.be,
                    change.named()
                )),
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {asked}:\n{}", wrong.len(), wrong.join("\n"));
    Ok(())
}

/// The path as a whole: `spec.rules` does not count as named by `spec.rulesets`.
fn names(words: &str, field: &str) -> bool {
    words.match_indices(field).any(|(at, _)| {
        !words[at + field.len()..].starts_with(|next: char| next.is_alphanumeric())
            && !words[..at].ends_with(char::is_alphanumeric)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn records_cannot_be_changed_and_a_spec_cannot_be_missing() -> Result<()> {
    let server = Server::ours("records").await?;
    for (kind, change) in [
        ("Anomaly", json!({ "spec": { "value": "less" } })),
        ("ApprovalRequest", json!({ "spec": { "requiredApprovers": 1 } })),
        ("ApprovalVote", json!({ "spec": { "decision": "Approve" } })),
        ("AuditEvent", json!({ "spec": { "eventType": "nothing_happened" } })),
        ("PostMortem", json!({ "spec": { "severity": "low" } })),
        ("RemediationPlan", json!({ "spec": { "attempt": 2 } })),
    ] {
        let object = full(kind)?;
        server.create(&object).await?.map_err(anyhow::Error::msg)?;
        let words = server.merge(&object, "", &change).await?.err().unwrap_or_default();
        assert!(words.contains("spec"), "{kind}: {words}");
    }
    for definition in common::api::crds() {
        let mut object = full(&definition.spec.names.kind)?;
        object.as_object_mut().and_then(|fields| fields.remove("spec"));
        let words = server.would_create(&object).await?.err().unwrap_or_default();
        assert!(words.contains("spec"), "{}: {words}", definition.spec.names.kind);
    }
    Ok(())
}
