//! A loop over an app that its configuration tells to give up, and the model that names its steps.

use anyhow::Result;
use serde_json::{Value, json};

use crate::app::{App, apply_config};
use crate::cluster::Cluster;
use crate::models::{Heard, Model, Say, completion, instance};
use crate::namespace::TestNamespace;

/// With these an operator asks the models of tests.
pub const FLAGS: [&str; 2] = ["--model-mode=builtin", "--allow-http-providers"];

/// What the model of a test is asked.
pub fn asked(heard: &Heard) -> (&str, &str, &str) {
    let text = |pointer: &str| heard.body.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    (text("/response_format/json_schema/name"), text("/messages/0/content"), text("/messages/1/content"))
}

/// The next step, as a model names it.
pub fn step(reasoning: &str, action: Option<(&str, &[(&str, &str)])>) -> Say {
    let next = action.map(|(action, params)| {
        let params: Vec<Value> = params.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        json!({ "name": action, "action": action, "description": "", "params": params })
    });
    let said = json!({
        "reasoning": reasoning, "resolved": false, "next_action": next, "divergence_reason": "",
        "postmortem_summary": "", "root_cause": "", "impact": "", "lessons_learned": [], "prevention_actions": [],
    });
    completion(&said.to_string())
}

/// An analysis that is not sure of itself.
pub fn analysis() -> Say {
    completion(
        &json!({ "analysis": "It gives up by itself [r1].", "confidence": 0.5, "recommendations": [], "actions": [] })
            .to_string(),
    )
}

/// The story of it; two of its sentences rest on nothing.
pub fn story() -> Say {
    completion(
        &json!({
            "reasoning": "Every signal is clear [r1].", "resolved": true, "next_action": null, "divergence_reason": "",
            "postmortem_summary": "It was told to give up and is told so no more [r1]. I am proud.",
            "root_cause": "Its configuration told it to give up [r1].", "impact": "It did not serve [r1].",
            "lessons_learned": ["A time to live in a configuration is a trap [r1]", "Models are great"],
            "prevention_actions": ["Refuse such a value at start [r1]"],
        })
        .to_string(),
    )
}

/// First an idea that makes it worse, then the one that helps, then the story.
pub async fn wrong_then_right() -> Result<Model> {
    Model::saying(|heard, _| {
        let (what, system, prompt) = asked(heard);
        match what {
            "analysis" => analysis(),
            _ if system.contains("Every signal of the incident is clear") => story(),
            _ if prompt.contains("AdjustResources(") => right(),
            _ => wrong(),
        }
    })
    .await
}

/// What helps.
pub fn right() -> Say {
    step("It is told to end [r1].", Some(("PatchConfig", &[("configmap", "web-config"), ("APP_EXIT_AFTER", "0s")])))
}

/// What no node can run.
pub fn wrong() -> Say {
    step("It may lack a processor [r1].", Some(("AdjustResources", &[("cpu_request", "64"), ("cpu_limit", "64")])))
}

/// An Instance whose provider is the model, and a Deployment whose ConfigMap tells it to give up.
pub async fn told_to_give_up(cluster: &Cluster, namespace: &TestNamespace, model: &Model) -> Result<()> {
    instance(namespace, model, "sk-test", &json!({})).await?;
    give_up(cluster, namespace).await
}

/// A Deployment whose ConfigMap tells it to give up.
pub async fn give_up(cluster: &Cluster, namespace: &TestNamespace) -> Result<()> {
    apply_config(namespace, "web-config", &[("APP_EXIT_AFTER", "1s")]).await?;
    App::named("web", cluster)?
        .needing_config("APP_EXIT_AFTER")
        .with(&json!({ "spec": { "progressDeadlineSeconds": 15 } }))
        .create(namespace)
        .await?;
    Ok(())
}
