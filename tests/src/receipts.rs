//! Does a receipt hold? Each is looked up in the API server: the object it cites, the field, the Event, the line of the log.
//!
//! In: a finding. Out: what could not be proven. A pod may be gone by the time anybody looks; a pod that is gone proves nothing and
//! disproves nothing.

use std::time::Duration;

use anyhow::Result;
use common::api::ai_insight::{Evidence, Finding};
use common::facts::logged::line::{Line, Reader};
use common::facts::volumes::Summary;
use k8s_openapi::api::core::v1::{Event, Pod};
use kube::Client;
use kube::api::{Api, ListParams, LogParams};
use serde_json::Value;

use crate::faults::dynamic;

/// How often a log is asked for, and what lies between.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_secs(1);

/// Receipts of a finding that the API server does not confirm, in words.
pub async fn unproven(client: &Client, finding: &Finding) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    if finding.evidence.is_empty() {
        wrong.push(format!("{} has no receipt", finding.code));
    }
    for receipt in &finding.evidence {
        if let Some(why) = doubt(client, receipt).await? {
            wrong.push(format!("{}: {} {}: {why}", finding.code, receipt.object, receipt.field_path));
        }
    }
    Ok(wrong)
}

async fn doubt(client: &Client, receipt: &Evidence) -> Result<Option<String>> {
    let object = &receipt.object;
    match receipt.field_path.as_str() {
        "event" => return event(client, receipt).await,
        // Counted from EndpointSlices, which carry the Service's name.
        "endpoints" => {
            let service = dynamic(client, object).await?.get_opt(&object.name).await?;
            return Ok(service.is_none().then(|| "there is no such Service".to_owned()));
        }
        path if path.starts_with("log[") => return log(client, receipt).await,
        path if path.starts_with("stats/summary[") => return volume(client, receipt).await,
        path if path.starts_with("errors[") => return errors(client, receipt).await,
        _ => {}
    }
    let found = dynamic(client, object).await?.get_opt(&object.name).await?;
    let Some(found) = found else {
        let expected = receipt.value.as_deref() == Some("not found") || object.kind == "Pod" || object.name.is_empty();
        return Ok((!expected).then(|| "there is no such object".to_owned()));
    };
    if receipt.value.as_deref() == Some("not found") {
        return Ok(Some("it is there".to_owned()));
    }
    let value = serde_json::to_value(&found)?;
    let path = receipt.field_path.trim_start_matches('.');
    // What is said to be absent has to be.
    if matches!(receipt.value.as_deref(), Some("not set" | "no keys")) {
        return Ok(resolve(&value, path).filter(|found| !found.is_null()).map(|_| "it is there".to_owned()));
    }
    // A container's state moves on while it is looked at, so the field is looked for, not its value of a moment ago.
    let moving = ["state.", "lastState."].iter().any(|part| path.contains(part));
    let place = if moving { path.split("].").next().map(|start| format!("{start}]")) } else { None };
    let place = place.as_deref().unwrap_or(path);
    Ok(resolve(&value, place).is_none().then(|| "there is no such field".to_owned()))
}

async fn event(client: &Client, receipt: &Evidence) -> Result<Option<String>> {
    let object = &receipt.object;
    let selector = format!("involvedObject.kind={},involvedObject.name={}", object.kind, object.name);
    let events = Api::<Event>::all(client.clone()).list(&ListParams::default().fields(&selector)).await?.items;
    let said = receipt.value.as_deref().unwrap_or_default();
    let reason = said.split(':').next().unwrap_or_default();
    let confirmed = events.iter().any(|event| event.reason.as_deref() == Some(reason));
    Ok((!confirmed).then(|| format!("no Event {reason} about it")))
}

async fn log(client: &Client, receipt: &Evidence) -> Result<Option<String>> {
    let object = &receipt.object;
    let container = receipt.field_path.trim_start_matches("log[").trim_end_matches(']');
    let api: Api<Pod> = Api::namespaced(client.clone(), &object.namespace);
    if api.get_opt(&object.name).await?.is_none() {
        return Ok(None);
    }
    let line = receipt.value.as_deref().unwrap_or_default();
    // While a container is started anew, neither of its logs can be read for a moment.
    for _ in 0..TRIES {
        for previous in [true, false] {
            let params = LogParams { container: Some(container.to_owned()), previous, ..LogParams::default() };
            if api.logs(&object.name, &params).await.is_ok_and(|text| text.contains(line) || line.contains("[REDACTED"))
            {
                return Ok(None);
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
    // Every life has its own log, and only the last two are kept.
    let restarts = api.get(&object.name).await?.status.and_then(|status| status.container_statuses).unwrap_or_default();
    let lives = restarts.iter().map(|status| status.restart_count).max().unwrap_or(0);
    Ok((lives < 2).then(|| format!("its log does not hold {line:?}")))
}

/// Does the kubelet count a volume of that claim, and as full as it is told? What is free changes while somebody looks.
async fn volume(client: &Client, receipt: &Evidence) -> Result<Option<String>> {
    let node = &receipt.object.name;
    let request = http::Request::get(format!("/api/v1/nodes/{node}/proxy/stats/summary")).body(Vec::new())?;
    let counted = client.request::<Summary>(request).await?.volumes(node);
    let claim = receipt.field_path.trim_start_matches("stats/summary[").trim_end_matches(']');
    let found = counted.iter().find(|volume| format!("{}/{}", volume.namespace, volume.claim) == claim);
    Ok(found.is_none_or(|volume| volume.full().is_none()).then(|| format!("{node} does not count it as full")))
}

/// `86 of 91 lines in 5 minutes`: does the log hold as many errors?
async fn errors(client: &Client, receipt: &Evidence) -> Result<Option<String>> {
    let object = &receipt.object;
    let container = receipt.field_path.trim_start_matches("errors[").trim_end_matches(']');
    let api: Api<Pod> = Api::namespaced(client.clone(), &object.namespace);
    let params = LogParams { container: Some(container.to_owned()), ..LogParams::default() };
    if api.get_opt(&object.name).await?.is_none() {
        return Ok(None);
    }
    let told = receipt.value.as_deref().and_then(|value| value.split(' ').next()?.parse::<usize>().ok());
    let mut reader = Reader::default();
    let log = api.logs(&object.name, &params).await?;
    let found = log.lines().filter(|line| reader.read(line) == Line::Error).count();
    Ok(told.is_none_or(|told| found < told).then(|| format!("its log holds {found} errors, {:?} told", receipt.value)))
}

/// The value at `spec.containers[app].image`, `data[KEY]`, `status.conditions[Ready]`, `metadata.managedFields[kubectl].time`,
/// `spec.containers[*].ports`: an item of a list is found by its name, type, manager, port or key.
fn resolve<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    if path.is_empty() {
        return Some(value);
    }
    let (part, rest) = next(path);
    if let Some(item) = part.strip_prefix('[') {
        let item = item.trim_end_matches(']');
        return match value {
            Value::Array(items) if item == "*" => items.iter().find_map(|one| resolve(one, rest)),
            Value::Array(items) => resolve(items.iter().find(|one| is_called(one, item))?, rest),
            Value::Object(fields) => {
                let found = fields.get(item).or_else(|| {
                    fields.iter().find(|(key, _)| key.ends_with(&format!("/{item}"))).map(|(_, found)| found)
                });
                resolve(found?, rest)
            }
            _ => None,
        };
    }
    resolve(value.get(part)?, rest)
}

/// The first part of a path, a name or `[item]`, and what follows.
fn next(path: &str) -> (&str, &str) {
    if path.starts_with('[') {
        let end = path.find(']').map_or(path.len(), |end| end + 1);
        return (&path[..end], path[end..].trim_start_matches('.'));
    }
    let end = path.find(['.', '[']).unwrap_or(path.len());
    (&path[..end], path[end..].trim_start_matches('.'))
}

fn is_called(item: &Value, name: &str) -> bool {
    ["name", "type", "manager", "port", "key", "containerPort"].iter().any(|field| match item.get(*field) {
        Some(Value::String(text)) => text == name,
        Some(Value::Number(number)) => number.to_string() == name,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_of_receipts_lead_to_their_fields() {
        let object = json!({
            "metadata": { "annotations": { "kubectl.kubernetes.io/last-applied-configuration": "{}" } },
            "spec": { "containers": [{ "name": "app", "ports": [{ "containerPort": 80 }] }], "ports": [{ "port": 80, "targetPort": "web" }] },
            "status": { "conditions": [{ "type": "Ready", "status": "False" }] },
            "data": { "a.b": "c" }
        });
        for path in [
            "metadata.annotations[last-applied-configuration]",
            "spec.containers[app].ports",
            "spec.containers[*].ports",
            "spec.ports[80].targetPort",
            "status.conditions[Ready]",
            "data[a.b]",
        ] {
            assert!(resolve(&object, path).is_some(), "{path}");
        }
        assert!(resolve(&object, "spec.containers[other].ports").is_none());
        assert!(resolve(&object, "status.phase").is_none());
    }
}
