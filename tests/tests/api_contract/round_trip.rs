//! Reading and writing an object through our types changes nothing.

use anyhow::{Context, Result};
use common::api::{
    AIInsight, Anomaly, ApprovalPolicy, ApprovalRequest, ApprovalVote, AuditEvent, ChaosExperiment, ChatCLIInstance,
    ClusterRegistration, EscalationPolicy, IncidentSLA, Instance, Issue, NotificationPolicy, PostMortem,
    RemediationPlan, Runbook, ServiceLevelObjective, SourceRepository,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::fixtures::{full, upstream_fields};
use crate::server::Server;

/// The object as our type of that kind writes it.
pub fn through_our_type(object: &Value) -> Result<Value> {
    fn through<K: DeserializeOwned + Serialize>(object: &Value) -> Result<Value> {
        Ok(serde_json::to_value(serde_json::from_value::<K>(object.clone())?)?)
    }
    match object["kind"].as_str().unwrap_or_default() {
        "AIInsight" => through::<AIInsight>(object),
        "Anomaly" => through::<Anomaly>(object),
        "ApprovalPolicy" => through::<ApprovalPolicy>(object),
        "ApprovalRequest" => through::<ApprovalRequest>(object),
        "ApprovalVote" => through::<ApprovalVote>(object),
        "AuditEvent" => through::<AuditEvent>(object),
        "ChatCLIInstance" => through::<ChatCLIInstance>(object),
        "ChaosExperiment" => through::<ChaosExperiment>(object),
        "ClusterRegistration" => through::<ClusterRegistration>(object),
        "EscalationPolicy" => through::<EscalationPolicy>(object),
        "IncidentSLA" => through::<IncidentSLA>(object),
        "Instance" => through::<Instance>(object),
        "Issue" => through::<Issue>(object),
        "NotificationPolicy" => through::<NotificationPolicy>(object),
        "PostMortem" => through::<PostMortem>(object),
        "RemediationPlan" => through::<RemediationPlan>(object),
        "Runbook" => through::<Runbook>(object),
        "ServiceLevelObjective" => through::<ServiceLevelObjective>(object),
        "SourceRepository" => through::<SourceRepository>(object),
        other => anyhow::bail!("no type for {other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_with_every_field_survives_being_read_and_written() -> Result<()> {
    let server = Server::ours("round-trip").await?;
    for definition in common::api::crds() {
        let kind = definition.spec.names.kind.as_str();
        let has_status = definition.spec.versions[0].subresources.as_ref().is_some_and(|sub| sub.status.is_some());
        let mut object = full(kind)?;
        server.create(&object).await?.map_err(anyhow::Error::msg).context(kind.to_owned())?;
        if has_status {
            server
                .merge(&object, "/status", &json!({ "status": object["status"] }))
                .await?
                .map_err(anyhow::Error::msg)?;
        }
        let stored = server.get(&object).await?.map_err(anyhow::Error::msg)?;
        // the server adds defaults; nothing may be gone
        assert!(
            holds(&stored["spec"], &object["spec"]),
            "{kind}: the server dropped part of the spec: {:#}",
            stored["spec"]
        );
        assert!(
            holds(&stored["status"], &object["status"]),
            "{kind}: the server dropped part of the status: {:#}",
            stored["status"]
        );

        let written = through_our_type(&stored).context(kind.to_owned())?;
        assert_same(kind, "spec", &stored["spec"], &written["spec"]);
        assert_same(kind, "status", &stored["status"], &written["status"]);

        object = server.replace(&written, "").await?.map_err(anyhow::Error::msg).context(kind.to_owned())?;
        if has_status {
            object["status"] = written["status"].clone();
            object = server.replace(&object, "/status").await?.map_err(anyhow::Error::msg).context(kind.to_owned())?;
        }
        assert_same(kind, "spec", &stored["spec"], &object["spec"]);
        assert_same(kind, "status", &stored["status"], &object["status"]);
        assert_eq!(object["metadata"]["generation"], 1, "{kind}: our write was a change");
    }
    Ok(())
}

#[test]
fn the_full_objects_have_every_field_of_upstream() -> Result<()> {
    for (kind, fields) in upstream_fields()? {
        let object = full(&kind)?;
        let missing: Vec<_> = fields.iter().filter(|field| !has_field(&object, field)).collect();
        assert!(missing.is_empty(), "{kind} lacks {missing:?}");
    }
    Ok(())
}

fn has_field(value: &Value, field: &str) -> bool {
    match value {
        Value::Object(map) => map.contains_key(field) || map.values().any(|below| has_field(below, field)),
        Value::Array(list) => list.iter().any(|below| has_field(below, field)),
        _ => false,
    }
}

/// True when everything of `part` is in `whole`.
fn holds(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(key, value)| whole.get(key).is_some_and(|found| holds(found, value)))
        }
        (Value::Array(whole), Value::Array(part)) => {
            whole.len() == part.len() && whole.iter().zip(part).all(|(found, value)| holds(found, value))
        }
        (Value::Number(whole), Value::Number(part)) => whole.as_f64() == part.as_f64(),
        (whole, part) => whole == part,
    }
}

/// `0.0` and `0` are one number on the wire.
fn assert_same(kind: &str, part: &str, wanted: &Value, got: &Value) {
    fn plain(value: &Value) -> Value {
        match value {
            Value::Number(number) => number.as_f64().into(),
            Value::Array(list) => list.iter().map(plain).collect(),
            Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), plain(value))).collect(),
            other => other.clone(),
        }
    }
    let (wanted, got) = (plain(wanted), plain(got));
    assert!(wanted == got, "{kind} {part} changed\nwas: {wanted:#}\nis:  {got:#}");
}
