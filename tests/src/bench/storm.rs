//! 2,000 anomalies over 200 workloads, as fast as the API server takes them; how long after the last one all are correlated.
//!
//! A user without special rights reports them: requests of `system:masters` bypass the API server's fairness and crowd out everybody else's.
//! One is reported before the clock starts, because the API server prepares a kind at its first write.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use common::api::anomaly::AnomalySpec;
use common::api::{Anomaly, Issue, ResourceRef, SignalType, Source};
use futures::{StreamExt, TryStreamExt, stream};
use k8s_openapi::api::apps::v1::Deployment;
use kube::api::{ListParams, PostParams};
use kube::{Api, Resource, ResourceExt};
use serde_json::json;
use tokio::sync::oneshot;

use super::Figures;
use crate::control_plane::ControlPlane;
use crate::installation::install;
use crate::namespace::TestNamespace;
use crate::operator::{Operator, Options};
use crate::programs::Build;
use crate::votes::bind;
use crate::watching::{eventually, watch_until};

const WORKLOADS: usize = 200;
const EACH: usize = 10;
const REPORTER: &str = "reporter";

pub async fn measure(figures: &mut Figures) -> Result<()> {
    let control_plane = ControlPlane::start().await?;
    install(control_plane.connection()).await?;
    let options = Options { build: Build::Release, log: "bench-storm".to_owned(), quiet: true, ..Options::default() };
    let operator = Operator::start(control_plane.connection(), &options).await?;
    operator.leads(&control_plane.client()?).await?;
    let namespace = TestNamespace::create(control_plane.connection(), "storm", Some("observe")).await?;
    let workloads: Vec<ResourceRef> = stream::iter(0..WORKLOADS)
        .map(|number| workload(namespace.api(), number))
        .buffer_unordered(20)
        .try_collect()
        .await?;

    let reporter = control_plane.person(REPORTER, &[]).await?;
    let group = Anomaly::group(&());
    let rules = json!([
        { "apiGroups": [group], "resources": ["issues"], "verbs": ["remediate"] },
        { "apiGroups": [group], "resources": ["anomalies"], "verbs": ["create"] },
    ]);
    bind(&namespace, REPORTER, json!({ "metadata": { "name": REPORTER }, "rules": rules })).await?;
    let reports = Api::<Anomaly>::namespaced(reporter.client()?, namespace.name());
    create(&reports, &workloads[0], 0).await?;
    let watched = namespace.api::<Anomaly>();
    let is_correlated = |anomaly: &Anomaly| anomaly.status.as_ref().is_some_and(|status| status.correlated);
    eventually(&watched, Duration::from_secs(30), "the first anomaly, correlated", |seen| {
        seen.all().any(is_correlated).then_some(())
    })
    .await;

    let (began, watching) = oneshot::channel();
    let correlated = tokio::spawn(async move {
        let mut began = Some(began);
        let deadline = tokio::time::Instant::now() + Duration::from_secs(300);
        watch_until(&watched, deadline, |seen| {
            if let Some(began) = began.take() {
                let _ = began.send(());
            }
            let done = seen.all().filter(|anomaly| is_correlated(anomaly)).count();
            (done == WORKLOADS * EACH).then(Instant::now)
        })
        .await
        .map_err(|seen| anyhow::anyhow!("not all of {} anomalies were correlated within 5 min", seen.len()))
    });
    watching.await.context("the watch did not begin")?;
    let begin = Instant::now();
    stream::iter(1..WORKLOADS * EACH)
        .map(|number| create(&reports, &workloads[number % WORKLOADS], number))
        .buffer_unordered(50)
        .try_for_each(|()| async { Ok(()) })
        .await?;
    let last = Instant::now();
    let done = correlated.await??;
    figures.add("storm: creating 2,000 anomalies", (last - begin).as_secs_f64(), "s", None);
    figures.add(
        "storm: all correlated after the last create",
        done.saturating_duration_since(last).as_secs_f64(),
        "s",
        Some(2.0),
    );
    let issues = namespace.api::<Issue>().list(&ListParams::default()).await?.items.len();
    figures.add("storm: Issues for 200 broken workloads", issues as f64, "", Some(200.0));
    operator.stop().await?;
    Ok(())
}

/// An object is enough: nothing runs on this API server.
async fn workload(api: Api<Deployment>, number: usize) -> Result<ResourceRef> {
    let name = format!("workload-{number}");
    let object = json!({
        "metadata": { "name": name },
        "spec": {
            "selector": { "matchLabels": { "app": name } },
            "template": { "metadata": { "labels": { "app": name } }, "spec": { "containers": [{ "name": "app", "image": "app" }] } }
        }
    });
    let made = api.create(&PostParams::default(), &serde_json::from_value(object)?).await?;
    let namespace = made.namespace().unwrap_or_default();
    Ok(ResourceRef::new("Deployment", namespace, made.name_any())
        .with_uid(made.uid().context("a stored object has a UID")?))
}

async fn create(api: &Api<Anomaly>, resource: &ResourceRef, number: usize) -> Result<()> {
    let spec = AnomalySpec {
        source: Source::Prometheus,
        signal_type: SignalType::ErrorRate,
        resource: resource.clone(),
        value: "0.2".to_owned(),
        threshold: "0.01".to_owned(),
        description: Some("one of many".to_owned()),
        severity: None,
        detected_at: None,
        object: Some(format!("series {number}")),
        episode: None,
        requested_by: Some(REPORTER.to_owned()),
    };
    api.create(&PostParams::default(), &Anomaly::new(&format!("storm-{number}"), spec)).await?;
    Ok(())
}
