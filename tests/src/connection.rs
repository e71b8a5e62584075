//! A way into an API server: a kubeconfig and the clients made from it.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use serde_json::json;

/// A kubeconfig file and what it says.
#[derive(Clone, Debug)]
pub struct Connection {
    kubeconfig: PathBuf,
    config: Config,
}

impl Connection {
    /// Reads a kubeconfig; its current context counts.
    pub async fn from_file(kubeconfig: &Path) -> Result<Self> {
        let parsed =
            Kubeconfig::read_from(kubeconfig).with_context(|| format!("cannot read {}", kubeconfig.display()))?;
        let config = Config::from_custom_kubeconfig(parsed, &KubeConfigOptions::default()).await?;
        Ok(Self { kubeconfig: kubeconfig.to_owned(), config })
    }

    /// A client of the running async runtime; tests must not share one, because it dies with the runtime that made it.
    pub fn client(&self) -> Result<Client> {
        // whoever comes first installs it; that one was there already is no error
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        Ok(Client::try_from(self.config.clone())?)
    }

    /// For programs that are given a kubeconfig.
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// Address and certificates.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Writes a kubeconfig for the same server with a token for identity. Given another address (a proxy's), that is called without TLS.
    pub fn write_for_token(&self, path: &Path, token: &str, proxy: Option<&str>) -> Result<()> {
        let file = Kubeconfig::read_from(&self.kubeconfig)?;
        let current = file.current_context.as_deref().context("the kubeconfig has no current context")?;
        let context = file.contexts.iter().find(|named| named.name == current).and_then(|named| named.context.as_ref());
        let name = &context.context("the current context is not in the kubeconfig")?.cluster;
        let cluster = file.clusters.iter().find(|named| &named.name == name).and_then(|named| named.cluster.as_ref());
        let cluster = match proxy {
            Some(address) => json!({ "server": address }),
            None => serde_json::to_value(cluster.context("the context's cluster is not in the kubeconfig")?)?,
        };
        let config = json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{ "name": "cluster", "cluster": cluster }],
            "users": [{ "name": "user", "user": { "token": token } }],
            "contexts": [{ "name": "test", "context": { "cluster": "cluster", "user": "user" } }],
            "current-context": "test",
        });
        write_private(path, &config.to_string())
    }
}

fn write_private(path: &Path, text: &str) -> Result<()> {
    let mut file = File::options().create(true).truncate(true).write(true).mode(0o600).open(path)?;
    Ok(file.write_all(text.as_bytes())?)
}
