//! What upstream stored stays usable when our definitions replace its own.

use anyhow::{Context, Result};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use serde_json::{Value, json};

use crate::fixtures::{changes, full};
use crate::round_trip::through_our_type;
use crate::server::Server;

#[tokio::test(flavor = "multi_thread")]
async fn objects_stored_under_upstreams_definitions_stay_readable_and_can_get_status() -> Result<()> {
    let permissive: Vec<_> = common::api::crds().into_iter().map(as_permissive_as_upstream).collect::<Result<_>>()?;
    let server = Server::with(&permissive).await?;
    let mut stored = Vec::new();
    for (kind, changes) in changes("refused.yaml")? {
        for (index, change) in changes.iter().filter(|change| !change.upstream_refuses()).enumerate() {
            let mut object = change.of(&kind)?;
            object["metadata"]["name"] = format!("stored-{index}").into();
            server.create(&object).await?.map_err(anyhow::Error::msg).with_context(|| format!("{kind} {change:?}"))?;
            stored.push(object);
        }
        let spec_less = json!({
            "apiVersion": full(&kind)?["apiVersion"], "kind": kind, "metadata": { "name": "spec-less" },
        });
        server.create(&spec_less).await?.map_err(anyhow::Error::msg)?;
        stored.push(spec_less);
    }
    assert!(stored.len() > 150, "{} objects that break a new rule", stored.len());

    server.install(&common::api::crds()).await?;
    let mut wrong = Vec::new();
    for object in &stored {
        if object.get("spec").is_some() {
            let mut fresh = object.clone();
            fresh["metadata"]["name"] = "fresh".into();
            server.until_refused(&fresh).await?;
        }
        if let Err(problem) = use_it(&server, object).await? {
            wrong.push(format!("{}/{}: {problem}\n  {}", object["kind"], object["metadata"]["name"], object["spec"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), stored.len(), wrong.join("\n"));
    Ok(())
}

/// Read, labelled, and given a status by an update of one field and by server-side apply.
async fn use_it(server: &Server, object: &Value) -> Result<std::result::Result<(), String>> {
    let found = match server.get(object).await? {
        Ok(found) => found,
        Err(words) => return Ok(Err(format!("cannot be read: {words}"))),
    };
    if found.get("spec").is_some()
        && let Err(error) = through_our_type(&found)
    {
        return Ok(Err(format!("our type cannot read it: {error}")));
    }
    let label = json!({ "metadata": { "labels": { "seen": "yes" } } });
    if let Err(words) = server.merge(object, "", &label).await? {
        return Ok(Err(format!("cannot be labelled: {words}")));
    }
    let Some(status) = full(object["kind"].as_str().unwrap_or_default())?.get("status").cloned() else {
        return Ok(Ok(()));
    };
    if let Err(words) = server.merge(object, "/status", &json!({ "status": status })).await? {
        return Ok(Err(format!("cannot get a status: {words}")));
    }
    let invalid = json!({ "conditions": [{
        "type": "InvalidSpec", "status": "True", "reason": "Refused", "message": "", "lastTransitionTime": "2026-02-16T10:31:00Z",
    }] });
    if let Err(words) = server.apply_status(object, &invalid).await? {
        return Ok(Err(format!("cannot get a condition: {words}")));
    }
    Ok(Ok(()))
}

/// Upstream's definitions have names, types and required fields like ours, and none of the rules that are ours alone. Its enums are
/// left out too, so this is a little more permissive than the real ones.
fn as_permissive_as_upstream(definition: CustomResourceDefinition) -> Result<CustomResourceDefinition> {
    fn strip(schema: &mut Value) {
        let Some(node) = schema.as_object_mut() else { return };
        node.retain(|key, _| {
            !matches!(
                key.as_str(),
                "x-kubernetes-validations"
                    | "x-kubernetes-list-type"
                    | "x-kubernetes-list-map-keys"
                    | "enum"
                    | "pattern"
                    | "minLength"
                    | "maxLength"
                    | "minItems"
                    | "maxItems"
                    | "maxProperties"
                    | "minimum"
                    | "maximum"
                    | "exclusiveMinimum"
            )
        });
        if let Some(Value::Object(properties)) = node.get_mut("properties") {
            properties.values_mut().for_each(strip);
        }
        for below in ["items", "additionalProperties"] {
            node.get_mut(below).into_iter().for_each(strip);
        }
    }
    let mut definition = serde_json::to_value(definition)?;
    definition.pointer_mut("/spec/versions/0/schema/openAPIV3Schema").into_iter().for_each(strip);
    Ok(serde_json::from_value(definition)?)
}
