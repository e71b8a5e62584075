//! The plugin on its own: what it says with nothing but the caller's rights is what the operator says.

use anyhow::{Context as _, Result};
use kit::app::{apply_config, remove_config_key};
use kit::incidents::issue_explained;
use kit::plugin::run;
use kit::{App, Cluster, Operator, TestNamespace};
use serde_json::{Value, json};

/// Five faults of five families in one namespace, each under the name of its cause.
async fn broken(cluster: &Cluster, namespace: &TestNamespace) -> Result<Vec<(&'static str, &'static str)>> {
    apply_config(namespace, "checkout-config", &[("DB_HOST", "db"), ("DB_PORT", "5432")]).await?;
    remove_config_key(namespace, "checkout-config", "DB_HOST").await?;
    App::named("checkout", cluster)?.needing_config("DB_HOST").create(namespace).await?;
    App::named("crash", cluster)?.doing(&["--exit-after=1ms", "--exit-code=3"]).create(namespace).await?;
    App::named("cart", cluster)?.memory_limit("20Mi").doing(&["--allocate-mib=60"]).create(namespace).await?;
    App::named("typo", cluster)?.image(&format!("{}/app:never-pushed", cluster.registry()?)).create(namespace).await?;
    App::named("placed", cluster)?
        .with(&json!({ "spec": { "template": { "spec": { "nodeSelector": { "disk": "none-has-this" } } } } }))
        .create(namespace)
        .await?;
    Ok(vec![
        ("checkout", "config-key-missing"),
        ("crash", "app-exits"),
        ("cart", "oom-limit-too-low"),
        ("typo", "image-tag-missing"),
        ("placed", "unschedulable-placement"),
    ])
}

#[tokio::test]
async fn scan_and_explain_find_what_the_operator_finds() -> Result<()> {
    let cluster = Cluster::start().await?;
    Operator::shared(&cluster).await?;
    let namespace = TestNamespace::create(cluster.connection(), "scan", Some("observe")).await?;
    let faults = broken(&cluster, &namespace).await?;
    let mut said = Vec::new();
    for (workload, code) in &faults {
        let issue = issue_explained(&namespace, workload, code).await;
        let cause = issue.status.and_then(|status| status.cause).context("explained")?;
        said.push((*workload, cause.code, cause.place.object.short()));
    }

    let ran = run(cluster.connection(), &["scan", "-n", namespace.name(), "-o", "json"])?;
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let report: Value = serde_json::from_str(&ran.stdout)?;
    for (workload, code, place) in said {
        let group =
            report["causes"].as_array().context("causes")?.iter().find(|group| group["object"]["name"] == workload);
        let finding = &group.with_context(|| format!("{workload} is not in {report:#}"))?["findings"][0];
        let cause: common::api::ResourceRef = serde_json::from_value(finding["cause"]["ref"].clone())?;
        assert_eq!((finding["code"].as_str(), cause.short()), (Some(code.as_str()), place), "{workload}");
        let explained = run(
            cluster.connection(),
            &["explain", &format!("deploy/{workload}"), "-n", namespace.name(), "-o", "json"],
        )?;
        let explained: Value = serde_json::from_str(&explained.results())?;
        assert_eq!(explained[0]["code"], code, "{workload}");
    }
    Ok(())
}

#[tokio::test]
async fn a_healthy_namespace_is_found_healthy_by_its_exit_code() -> Result<()> {
    let cluster = Cluster::start().await?;
    let namespace = TestNamespace::create(cluster.connection(), "healthy", Some("observe")).await?;
    App::named("web", &cluster)?.replicas(2).running(&namespace).await?;
    let ran = run(cluster.connection(), &["scan", "-n", namespace.name()])?;
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    assert!(ran.stderr.contains("looked at 1 workload, 2 pods"), "{}", ran.stderr);
    Ok(())
}
