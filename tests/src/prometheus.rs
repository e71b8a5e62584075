//! A real Prometheus that scrapes the kubelet of the test cluster's node.
//!
//! In: a cluster. Out: an address that answers queries. Never: stays longer than its test.

use std::fs::File;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::api::core::v1::Node;
use kube::Api;
use serde_json::{Value, json};

use crate::Cluster;
use crate::operator::free_port;
use crate::place;

/// One that runs; ended when dropped.
#[derive(Debug)]
pub struct Prometheus {
    child: Child,
    port: u16,
    _data: tempfile::TempDir,
}

impl Prometheus {
    /// Starts it; it looks at the node's containers every five seconds.
    pub async fn scraping(cluster: &Cluster) -> Result<Self> {
        let found = Command::new(place::repository().join("tests/scripts/prometheus.sh")).output()?;
        if !found.status.success() {
            bail!("no Prometheus: {}", String::from_utf8_lossy(&found.stderr));
        }
        let program = String::from_utf8(found.stdout)?.trim().to_owned();

        let data = tempfile::tempdir()?;
        let kubeconfig = std::fs::read_to_string(cluster.connection().kubeconfig())?;
        let kubeconfig: Value = serde_saphyr::from_str(&kubeconfig)?;
        let file = |name: &str, from: &str| -> Result<String> {
            let inline = kubeconfig["users"][0]["user"][from].as_str();
            let bytes = STANDARD.decode(inline.with_context(|| format!("{from} in the kubeconfig"))?)?;
            std::fs::write(data.path().join(name), bytes)?;
            Ok(data.path().join(name).display().to_string())
        };
        let certificate = file("client.crt", "client-certificate-data")?;
        let key = file("client.key", "client-key-data")?;
        let node = Api::<Node>::all(cluster.client()).get(&cluster.node()?).await?;
        let status = node.status.context("a status of the node")?;
        let address = status.addresses.into_iter().flatten().find(|it| it.type_ == "InternalIP");
        let address = address.context("an address of the node")?.address;
        let port = status.daemon_endpoints.and_then(|it| it.kubelet_endpoint).map_or(10250, |it| it.port);

        let config = json!({
            "global": { "scrape_interval": "5s" },
            "scrape_configs": [{
                "job_name": "containers", "scheme": "https", "metrics_path": "/metrics/resource",
                "tls_config": { "cert_file": certificate, "key_file": key, "insecure_skip_verify": true },
                "static_configs": [{ "targets": [format!("{address}:{port}")] }],
            }],
        });
        let place = data.path().join("prometheus.yml");
        std::fs::write(&place, config.to_string())?;
        let listens = free_port()?;
        let child = Command::new(&program)
            .arg(format!("--config.file={}", place.display()))
            .arg(format!("--storage.tsdb.path={}", data.path().join("tsdb").display()))
            .arg(format!("--web.listen-address=127.0.0.1:{listens}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(place::traces().join("prometheus.log"))?)
            .spawn()
            .with_context(|| format!("cannot start {program}"))?;
        Ok(Self { child, port: listens, _data: data })
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
