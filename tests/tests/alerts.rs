//! Alertmanager as a source: the real operator before a real API server, and notifications as Alertmanager sends them.

use std::time::Duration;

use anyhow::Result;
use common::api::{Anomaly, Issue, Source};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::Namespace;
use kit::http::{Answer, post};
use kit::installation::install;
use kit::operator::Options;
use kit::{ControlPlane, Operator, eventually};
use kube::Api;
use kube::api::{ListParams, PostParams};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(60);
const PATH: &str = "/webhook/alertmanager";

/// A workload that is meant to have no pods: whatever is said about it, an alert said.
fn idle_deployment() -> Result<Deployment> {
    Ok(serde_json::from_value(json!({
        "metadata": { "name": "web" },
        "spec": {
            "replicas": 0,
            "selector": { "matchLabels": { "app": "web" } },
            "template": { "metadata": { "labels": { "app": "web" } }, "spec": { "containers": [{ "name": "app", "image": "app:1" }] } }
        }
    }))?)
}

/// As Alertmanager 0.27 sends it, fields that nobody reads included.
fn notification(status: &str, labels: &Value) -> Value {
    json!({
        "version": "4", "groupKey": "{}:{alertname=\"HighErrorRate\"}", "truncatedAlerts": 0, "status": status, "receiver": "chatcli",
        "groupLabels": { "alertname": "HighErrorRate" }, "commonLabels": {}, "commonAnnotations": {}, "externalURL": "http://alertmanager:9093",
        "alerts": [{
            "status": status, "labels": labels, "annotations": { "summary": "5% of requests fail" },
            "startsAt": "2026-03-02T14:02:11.123456789Z", "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus:9090/graph", "fingerprint": "c6f7a2b1d0e3f495"
        }]
    })
}

/// Sent as Alertmanager does: again for as long as it is told 503, which a replica says that does not lead yet or lost a race.
async fn sent(port: u16, notification: &Value) -> Result<Answer> {
    tokio::time::timeout(SOON, async {
        loop {
            let answer = post(port, PATH, Some("s3cr3t"), notification).await?;
            if answer.status != 503 {
                return anyhow::Ok(answer);
            }
            tokio::task::yield_now().await;
        }
    })
    .await?
}

#[tokio::test]
async fn an_alert_becomes_an_incident_and_its_end_ends_the_anomaly() -> Result<()> {
    let control_plane = ControlPlane::start().await?;
    install(control_plane.connection()).await?;
    let client = control_plane.client()?;
    let shop: Namespace = serde_json::from_value(json!({ "metadata": { "name": "shop" } }))?;
    Api::all(client.clone()).create(&PostParams::default(), &shop).await?;
    let deployments: Api<Deployment> = Api::namespaced(client.clone(), "shop");
    deployments.create(&PostParams::default(), &idle_deployment()?).await?;

    let port = kit::operator::free_port()?;
    let token = kit::place::traces().join("alert-token");
    std::fs::write(&token, "s3cr3t\n")?;
    let flags = vec![
        format!("--alert-webhook-bind-address=127.0.0.1:{port}"),
        format!("--alert-webhook-token-file={}", token.display()),
    ];
    let operator = Operator::start(control_plane.connection(), &Options { flags, ..Options::default() }).await?;
    operator.leads(&client).await?;

    let labels =
        json!({ "alertname": "HighErrorRate", "namespace": "shop", "deployment": "web", "severity": "critical" });
    let firing = notification("firing", &labels);
    for wrong in [None, Some("s3cr3")] {
        assert_eq!(post(port, PATH, wrong, &firing).await?.status, 401, "{wrong:?}");
    }
    let unknown = notification("firing", &json!({ "alertname": "Watchdog" }));
    let answer = sent(port, &unknown).await?;
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("no label names a workload"), "{}", answer.body);
    for _ in 0..2 {
        let answer = sent(port, &firing).await?;
        assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"ignored":[],"taken":1}"#));
    }

    let anomalies: Api<Anomaly> = Api::namespaced(client.clone(), "shop");
    let issues: Api<Issue> = Api::namespaced(client, "shop");
    let issue = eventually(&issues, SOON, "an Issue about web", |seen| seen.all().next().cloned()).await;
    assert_eq!((issue.spec.resource.name.as_str(), issue.spec.signal_type.as_deref()), ("web", Some("error_rate")));
    assert_eq!(issue.spec.source, Source::Prometheus);
    let all = anomalies.list(&ListParams::default()).await?.items;
    assert_eq!(all.len(), 1, "the same alert twice is one anomaly");

    let over = sent(port, &notification("resolved", &labels)).await?;
    assert_eq!(over.status, 200);
    eventually(&anomalies, SOON, "the anomaly ends", |seen| {
        seen.all().find(|anomaly| anomaly.status.as_ref().and_then(|status| status.active) == Some(false)).map(drop)
    })
    .await;
    operator.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_receiver_without_a_token_does_not_start() -> Result<()> {
    let control_plane = ControlPlane::start().await?;
    install(control_plane.connection()).await?;
    let flags = vec!["--alert-webhook-bind-address=127.0.0.1:0".to_owned()];
    let options = Options { flags, log: "no-token".to_owned(), ..Options::default() };
    let operator = Operator::start(control_plane.connection(), &options).await?;
    operator.ended(SOON).await?;
    assert!(operator.log_tail().contains("--alert-webhook-token-file"), "{}", operator.log_tail());
    Ok(())
}
