//! How long the API server and we take to say what a plan of four steps would change.

use std::time::Instant;

use anyhow::{Result, ensure};
use common::actions::{self, PreviewInput};
use common::api::{ActionType, RemediationAction, ResourceRef};
use jiff::Timestamp;
use kube::Client;

use super::Figures;
use crate::app::{App, apply_config};
use crate::cluster::Cluster;
use crate::namespace::TestNamespace;

/// The steps of the plan, each on top of those before.
const STEPS: &[(ActionType, &[(&str, &str)])] = &[
    (ActionType::PatchConfig, &[("configmap", "checkout-config"), ("DB_HOST", "db")]),
    (ActionType::RestartDeployment, &[]),
    (ActionType::AdjustResources, &[("memory_limit", "96Mi")]),
    (ActionType::ScaleDeployment, &[("replicas", "3")]),
];

pub async fn measure(cluster: &Cluster, previews: usize, figures: &mut Figures) -> Result<()> {
    let namespace = TestNamespace::create(cluster.connection(), "bench-preview", None).await?;
    apply_config(&namespace, "checkout-config", &[("DB_PORT", "5432")]).await?;
    let checkout = App::named("checkout", cluster)?.replicas(2).running(&namespace).await?;
    let target = ResourceRef::new("Deployment", namespace.name(), "checkout").with_uid(checkout.uid().await?);
    let steps: Vec<RemediationAction> = STEPS
        .iter()
        .map(|&(action_type, params)| {
            let params = params.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
            RemediationAction { action_type, params }
        })
        .collect();
    let mut config = cluster.connection().config().clone();
    config.default_retry = false;
    let client = Client::try_from(config)?;
    let mut times = Vec::new();
    // the first opens the connections
    for attempt in 0..=previews {
        let input = PreviewInput {
            now: Timestamp::now(),
            plan_uid: "bench",
            attempt: i32::try_from(attempt)?,
            plan_generation: 1,
            target: &target,
            actions: &steps,
            safety_constraints: &[],
            operator_namespace: "chatcli-system",
            policy_digest: None,
            earlier: &[],
        };
        let begin = Instant::now();
        let previewed = actions::preview(&client, &input).await?;
        times.push(begin.elapsed());
        ensure!(previewed.steps.iter().all(|step| !step.writes.is_empty()), "{:#?}", previewed.preview);
    }
    times.remove(0);
    figures.add_times("preview of a plan of 4 steps", &mut times, None, Some(0.25));
    Ok(())
}
