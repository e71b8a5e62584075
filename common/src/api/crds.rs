//! The CustomResourceDefinitions of all kinds, in a stable order.
//!
//! In: the derived schemas. Out: what is installed. What the derive cannot say for every field at once is said here: absence instead of
//! `null`, an upper bound on everything a user may write (the API server prices CEL rules by them) and a `spec` that must exist.
//! Never: rules of a single kind; those stand at its fields, but for what follows from the registry of actions.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::CustomResourceExt;
use serde_json::{Map, Value, json};

use super::{
    AIInsight, Anomaly, ApprovalPolicy, ApprovalRequest, ApprovalVote, AuditEvent, ChaosExperiment, ChatCLIInstance,
    ClusterRegistration, EscalationPolicy, IncidentSLA, Instance, Issue, NotificationPolicy, PostMortem,
    RemediationPlan, Runbook, ServiceLevelObjective, SourceRepository, action_rules,
};

/// Longest text in a spec where the field states no limit of its own.
const MAX_TEXT: u64 = 32_768;
/// Longest list in a spec where the field states no limit of its own.
const MAX_ITEMS: u64 = 256;
/// Largest map in a spec where the field states no limit of its own.
const MAX_PROPERTIES: u64 = 64;

/// Every definition: the 17 shared kinds and `ApprovalVote` by kind, then the legacy kind.
pub fn crds() -> Vec<CustomResourceDefinition> {
    vec![
        AIInsight::crd(),
        Anomaly::crd(),
        ApprovalPolicy::crd(),
        ApprovalRequest::crd(),
        ApprovalVote::crd(),
        AuditEvent::crd(),
        ChaosExperiment::crd(),
        ClusterRegistration::crd(),
        EscalationPolicy::crd(),
        IncidentSLA::crd(),
        Instance::crd(),
        Issue::crd(),
        NotificationPolicy::crd(),
        PostMortem::crd(),
        RemediationPlan::crd(),
        Runbook::crd(),
        ServiceLevelObjective::crd(),
        SourceRepository::crd(),
        ChatCLIInstance::crd(),
    ]
    .into_iter()
    .map(finish)
    .map(holding_params)
    .collect()
}

/// Where actions stand in a spec, and the field that names them.
const ACTIONS: &[(&str, &str, &str)] = &[
    ("RemediationPlan", "/properties/spec/properties/actions/items", "type"),
    ("Runbook", "/properties/spec/properties/steps/items", "action"),
];

/// What cannot be carried out as it is written is refused when it is written, not when it is planned.
fn holding_params(mut crd: CustomResourceDefinition) -> CustomResourceDefinition {
    let Some((_, place, field)) = ACTIONS.iter().find(|(kind, ..)| *kind == crd.spec.names.kind) else { return crd };
    let rules = action_rules::rules(field);
    for version in &mut crd.spec.versions {
        let Some(schema) = version.schema.as_mut().and_then(|schema| schema.open_api_v3_schema.as_mut()) else {
            continue;
        };
        let mut tree = json!(schema);
        if let Some(items) = tree.pointer_mut(place) {
            items["x-kubernetes-validations"] = rules.clone().into();
        }
        *schema = serde_json::from_value(tree).expect("a schema we rewrote is still a schema");
    }
    crd
}

fn finish(mut crd: CustomResourceDefinition) -> CustomResourceDefinition {
    for version in &mut crd.spec.versions {
        let Some(schema) = version.schema.as_mut().and_then(|schema| schema.open_api_v3_schema.as_mut()) else {
            continue;
        };
        let mut tree = json!(schema);
        without_null(&mut tree);
        if let Some(spec) = tree.pointer_mut("/properties/spec") {
            bounded(spec);
        }
        require_spec(&mut tree);
        describe(&mut tree);
        *schema = serde_json::from_value(tree).expect("a schema we rewrote is still a schema");
    }
    crd
}

/// Upstream's fields are absent or present, never `null`. Without `nullable` the server drops a `null`, and CEL's `has` means what it says.
fn without_null(schema: &mut Value) {
    each_schema(schema, &mut |node| {
        node.remove("nullable");
    });
}

fn bounded(schema: &mut Value) {
    each_schema(schema, &mut |node| match node.get("type").and_then(Value::as_str) {
        Some("string") if !node.contains_key("enum") && !node.contains_key("format") => {
            node.entry("maxLength").or_insert(MAX_TEXT.into());
        }
        Some("array") => {
            node.entry("maxItems").or_insert(MAX_ITEMS.into());
        }
        Some("object") if node.get("additionalProperties").is_some_and(Value::is_object) => {
            node.entry("maxProperties").or_insert(MAX_PROPERTIES.into());
        }
        _ => {}
    });
}

/// A missing `spec` is refused on new objects only, so that a stored object without one can still be read, labelled and given a status.
fn require_spec(root: &mut Value) {
    let Some(root) = root.as_object_mut() else { return };
    if let Some(required) = root.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name != "spec");
        if required.is_empty() {
            root.remove("required");
        }
    }
    let rule = json!({
        "rule": "has(self.spec) || (oldSelf.hasValue() && !has(oldSelf.value().spec))",
        "message": "spec is required",
        "fieldPath": ".spec",
        "reason": "FieldValueRequired",
        "optionalOldSelf": true,
    });
    match root.entry("x-kubernetes-validations").or_insert_with(|| json!([])) {
        Value::Array(rules) => rules.push(rule),
        _ => unreachable!("validations are a list"),
    }
}

/// `kubectl explain issue` should say what the kind is for; the derive only knows that it derived it.
fn describe(root: &mut Value) {
    if let Some(description) = root.pointer("/properties/spec/description").cloned() {
        root["description"] = description;
    }
}

/// Visits a schema and every schema below it. Knows the places that hold schemas, so a property named `type` is not taken for a keyword.
fn each_schema(schema: &mut Value, visit: &mut impl FnMut(&mut Map<String, Value>)) {
    let Some(node) = schema.as_object_mut() else { return };
    visit(node);
    if let Some(Value::Object(properties)) = node.get_mut("properties") {
        properties.values_mut().for_each(|property| each_schema(property, visit));
    }
    for below in ["items", "additionalProperties"] {
        if let Some(schema) = node.get_mut(below) {
            each_schema(schema, visit);
        }
    }
}
