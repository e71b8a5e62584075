//! Where somebody measures the cluster, what was measured tells causes apart that look the same without.

use std::time::Duration;

use anyhow::{Context, Result};
use common::api::AIInsight;
use kit::incidents::{cause_of, issue_becomes};
use kit::installation::install;
use kit::operator::{Options, Turn};
use kit::prometheus::Prometheus;
use kit::{App, Cluster, Operator, TestNamespace};
use kube::ResourceExt as _;

/// A life of three minutes, and what comes before and after it.
const A_LIFE: Duration = Duration::from_secs(420);

#[tokio::test]
#[ignore = "a container has to live for minutes before its limit kills it: make soak"]
async fn memory_that_grows_through_a_whole_life_is_a_leak_and_not_a_limit_too_low() -> Result<()> {
    let cluster = Cluster::start().await?;
    let _turn = Turn::take(&cluster).await?;
    install(cluster.connection()).await?;
    let prometheus = Prometheus::scraping(&cluster).await?;
    let flags = vec![format!("--prometheus-url={}", prometheus.url())];
    let operator = Operator::start(cluster.connection(), &Options { flags, ..Options::default() }).await?;
    operator.leads(&cluster.client()).await?;
    let namespace = TestNamespace::create(cluster.connection(), "leak", Some("observe")).await?;

    // From about 5Mi to 64Mi in three minutes: too long for a start that needs more, too short to be a leak for sure.
    let app = App::named("cart", &cluster)?.memory_limit("64Mi").doing(&["--leak-mib-per-second=0.33"]);
    app.create(&namespace).await?;

    let issue = issue_becomes(&namespace, "cart", A_LIFE, "explained", |issue| !cause_of(issue).is_empty()).await;
    let insight = namespace.api::<AIInsight>().get(&common::naming::insight(&issue.name_any())).await?;
    let found = insight.status.context("a status")?.findings.remove(0);
    assert_eq!(found.code, "memory-leak", "{}", found.statement);
    let measured: Vec<_> =
        found.evidence.iter().filter(|it| it.field_path.starts_with("container_memory_working_set_bytes")).collect();
    assert_eq!(measured.len(), 2, "young and old: {:?}", found.evidence);
    assert!(found.remedies.is_empty(), "a higher limit is no cure");
    Ok(())
}
