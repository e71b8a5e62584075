//! An event as one line of the JSON-lines audit log, with exactly upstream's keys and the event's place in its chain.

use serde_json::{Map, Value, json};

use super::hash;
use crate::api::audit_event::AuditEventSpec;

/// One object; empty optional keys are left out.
pub fn line(namespace: &str, event: &AuditEventSpec) -> Value {
    let mut line = Map::new();
    let mut put = |key: &str, value: Value| {
        let empty = value.is_null()
            || value.as_str().is_some_and(str::is_empty)
            || value.as_object().is_some_and(Map::is_empty);
        if !empty {
            line.insert(key.to_owned(), value);
        }
    };
    put("timestamp", json!(event.timestamp));
    put("actor", json!(event.actor.name));
    put("actor_type", json!(if event.actor.actor_type == "user" { "api" } else { "controller" }));
    put("action", json!(event.event_type));
    put("resource", json!(event.resource.name));
    put("resource_kind", json!(event.resource.kind));
    put("resource_namespace", json!(event.resource.namespace));
    put("result", json!(result(&event.event_type)));
    put("details", json!(event.details));
    put("correlation_id", json!(event.correlation_id));
    put("severity", json!(if event.severity == "warning" { "warn" } else { &event.severity }));
    put("namespace", json!(namespace));
    put("sequence", json!(event.sequence));
    put("previous_hash", json!(event.previous_hash));
    put("hash", json!(event.sequence.map(|_| hash(namespace, event))));
    Value::Object(line)
}

fn result(event_type: &str) -> &'static str {
    match event_type {
        "approval_rejected" | "approval_vote_ignored" => "denied",
        "approval_expired" => "expired",
        "remediation_failed" | "remediation_rolled_back" | "vote_guards_broken" => "error",
        _ => "success",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::api::{
        Time,
        audit_event::{AuditActor, AuditResource},
    };

    #[test]
    fn a_line_has_upstreams_keys_and_its_place_in_the_chain() {
        let event = AuditEventSpec {
            event_type: "approval_vote".into(),
            actor: AuditActor { actor_type: "user".into(), name: "alice".into(), controller: None },
            resource: AuditResource {
                kind: "ApprovalRequest".into(),
                name: "approval-web-plan-1".into(),
                namespace: "shop".into(),
                uid: Some("u".into()),
            },
            details: BTreeMap::from([("decision".to_owned(), "approved".to_owned())]),
            severity: "warning".into(),
            correlation_id: Some("web".into()),
            timestamp: Time("2026-11-25T19:00:00Z".parse().unwrap()),
            sequence: Some(1),
            previous_hash: Some(String::new()),
        };
        let line = line("shop", &event);
        let hash = line["hash"].as_str().unwrap().to_owned();
        assert!(hash.starts_with("sha256:"));
        let expected = json!({
            "timestamp": "2026-11-25T19:00:00Z", "actor": "alice", "actor_type": "api", "action": "approval_vote",
            "resource": "approval-web-plan-1", "resource_kind": "ApprovalRequest", "resource_namespace": "shop",
            "result": "success", "details": {"decision": "approved"}, "correlation_id": "web", "severity": "warn",
            "namespace": "shop", "sequence": 1, "hash": hash
        });
        assert_eq!(line, expected);
    }
}
