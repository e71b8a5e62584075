//! SARIF 2.1.0, as code scanning reads it: the finding's code is the rule, the object is the logical location.

use common::api::IssueSeverity;
use serde_json::{Value, json};

use super::gate::{Hit, Outcome};

/// The document.
pub fn document(outcome: &Outcome) -> Value {
    let mut rules: Vec<&str> = outcome.incidents.iter().map(|hit| hit.code.as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "kubectl-chatcli",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.iter().map(|code| json!({ "id": code, "name": code })).collect::<Vec<_>>(),
            } },
            "results": outcome.incidents.iter().map(|hit| result(hit, &rules)).collect::<Vec<_>>(),
        }],
    })
}

fn result(hit: &Hit, rules: &[&str]) -> Value {
    let level = match hit.severity {
        IssueSeverity::Critical | IssueSeverity::High => "error",
        IssueSeverity::Medium => "warning",
        IssueSeverity::Low => "note",
    };
    let place = format!("{}/{}", hit.namespace, hit.object);
    json!({
        "ruleId": hit.code,
        "ruleIndex": rules.iter().position(|rule| *rule == hit.code),
        "level": level,
        "message": { "text": if hit.message.is_empty() { hit.code.clone() } else { hit.message.clone() } },
        "locations": [{
            // GitHub's code scanning shows only results with a file; an object of the cluster is named as one.
            "physicalLocation": { "artifactLocation": { "uri": place } },
            "logicalLocations": [{ "fullyQualifiedName": place, "kind": "resource" }],
        }],
        // One incident stays one alert over the runs of a pipeline.
        "partialFingerprints": { "issue/v1": format!("{}/{}", hit.namespace, hit.name) },
        "properties": { "severity": hit.severity.to_string(), "since": hit.since },
    })
}
