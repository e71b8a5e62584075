//! The plugin on its own: what it says with nothing but the caller's rights is what the operator says.

use std::time::Duration;

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

/// A disk of two mebibytes on the node, gone when the test is.
struct Disk<'a> {
    cluster: &'a Cluster,
    path: String,
}

impl<'a> Disk<'a> {
    fn small(cluster: &'a Cluster, name: &str) -> Result<Self> {
        let path = format!("/run/{name}");
        cluster.on_the_node(&["mkdir", "-p", &path])?;
        cluster.on_the_node(&["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", &path])?;
        Ok(Self { cluster, path })
    }

    fn fill(&self) -> Result<()> {
        let file = format!("of={}/everything", self.path);
        self.cluster.on_the_node(&["dd", "if=/dev/zero", &file, "bs=1k", "count=2040", "status=none"])
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        // Lazily: a pod may still write to it.
        let _ = self.cluster.on_the_node(&["umount", "--lazy", &self.path]);
    }
}

/// How long a kubelet takes to count anew, and a little more.
const COUNTED: Duration = Duration::from_secs(150);

#[tokio::test]
async fn a_full_volume_is_found_by_what_its_kubelet_counts() -> Result<()> {
    let cluster = Cluster::start().await?;
    let namespace = TestNamespace::create(cluster.connection(), "volume", Some("observe")).await?;
    let (place, node) = (namespace.name(), cluster.node()?);
    let disk = Disk::small(&cluster, place)?;
    let size = json!({ "storage": "2Mi" });
    let term = json!({ "matchExpressions": [{ "key": "kubernetes.io/hostname", "operator": "In", "values": [node] }] });
    namespace
        .apply(json!({
            "apiVersion": "v1", "kind": "PersistentVolume", "metadata": { "name": place },
            "spec": {
                "capacity": size, "accessModes": ["ReadWriteOnce"], "storageClassName": "", "local": { "path": disk.path },
                "persistentVolumeReclaimPolicy": "Delete", "claimRef": { "namespace": place, "name": "data" },
                "nodeAffinity": { "required": { "nodeSelectorTerms": [term] } },
            },
        }))
        .await?;
    namespace
        .apply(json!({
            "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": { "name": "data" },
            "spec": { "accessModes": ["ReadWriteOnce"], "storageClassName": "", "volumeName": place, "resources": { "requests": size } },
        }))
        .await?;
    let mounted = json!({ "spec": { "template": { "spec": {
        "containers": [{ "name": "app", "image": cluster.app_image()?, "volumeMounts": [{ "name": "data", "mountPath": "/mnt" }] }],
        "volumes": [{ "name": "data", "persistentVolumeClaim": { "claimName": "data" } }],
    } } } });
    App::named("web", &cluster)?.with(&mounted).running(&namespace).await?;
    let scan = || run(cluster.connection(), &["scan", "-n", place, "-o", "json"]);
    let well = scan()?;
    assert_eq!(well.code, 0, "there is room yet: {}{}", well.stdout, well.stderr);

    disk.fill()?;
    let counted = async {
        let mut ticks = tokio::time::interval(Duration::from_secs(5));
        loop {
            ticks.tick().await;
            let ran = scan()?;
            if ran.code == 1 {
                return anyhow::Ok(serde_json::from_str::<Value>(&ran.stdout)?);
            }
        }
    };
    let report = tokio::time::timeout(COUNTED, counted).await.context("a full volume")??;
    let finding = &report["causes"][0]["findings"][0];
    assert_eq!(
        (finding["code"].as_str(), finding["cause"]["ref"]["name"].as_str()),
        (Some("volume-full"), Some("data"))
    );
    let finding = serde_json::from_value(finding.clone())?;
    let unproven = kit::receipts::unproven(&cluster.client(), &finding).await?;
    assert!(unproven.is_empty(), "{unproven:?}");
    let page = run(cluster.connection(), &["explain", "deploy/web", "-n", place])?.results();
    assert!(page.contains("the volume of claim data is full"), "{page}");

    // Who may not ask a kubelet is told so, and nothing is guessed.
    let carol = cluster.person("carol", &["readers"]).await?;
    kit::votes::bind(&namespace, "carol", json!({ "metadata": { "name": "reader" }, "rules": [
        { "apiGroups": ["", "apps", "batch", "autoscaling", "networking.k8s.io", "policy", "discovery.k8s.io"], "resources": ["*"], "verbs": ["get", "list"] },
    ] })).await?;
    let blind = run(&carol, &["scan", "-n", place])?;
    assert!(blind.stderr.contains("not known: how full volumes are"), "{}{}", blind.stdout, blind.stderr);
    assert!(!blind.stdout.contains("volume-full"), "{}", blind.stdout);
    Ok(())
}
