//! Three clients for three temperaments: one reads, one watches, one writes.
//!
//! The reader may retry. The watcher notices a dead connection by the missing bookmarks (the server sends one a minute). The writer
//! never retries by itself, because kube's default repeats 429, 503 and 504 for every method: a repeated write is a decision.

use std::time::Duration;

use http::{HeaderName, HeaderValue};
use kube::{Client, config::KubeConfigOptions, config::Kubeconfig};

use crate::config::Config;

/// Longest a single read may take, retries included.
pub const READ_DEADLINE: Duration = Duration::from_secs(10);
/// Longest a single write may take. After that its outcome is unknown.
pub const WRITE_DEADLINE: Duration = Duration::from_secs(10);
/// Silence after which a watch is taken for dead: four bookmarks missed.
const WATCH_SILENCE: Duration = Duration::from_secs(250);

/// The way to the API server.
#[derive(Clone)]
pub struct Clients {
    /// For single reads; retries what is safe to retry.
    pub read: Client,
    /// For the shared watches only.
    pub watch: Client,
    /// For writes; every call under [`WRITE_DEADLINE`].
    pub write: Client,
}

impl Clients {
    /// Connects as the flags say.
    pub async fn connect(config: &Config) -> anyhow::Result<Self> {
        let mut base = match &config.kubeconfig {
            Some(file) => {
                kube::Config::from_custom_kubeconfig(Kubeconfig::read_from(file)?, &KubeConfigOptions::default())
                    .await?
            }
            None => kube::Config::infer().await?,
        };
        let agent = concat!("chatcli-operator/", env!("CARGO_PKG_VERSION"));
        base.headers.push((HeaderName::from_static("user-agent"), HeaderValue::from_static(agent)));

        let mut watch = base.clone();
        watch.read_timeout = Some(WATCH_SILENCE);
        watch.reset_reader_on_write = true;
        let mut write = base.clone();
        write.default_retry = false;
        Ok(Self { read: Client::try_from(base)?, watch: Client::try_from(watch)?, write: Client::try_from(write)? })
    }

    /// One client for everything, as tests have.
    pub fn single(client: Client) -> Self {
        Self { read: client.clone(), watch: client.clone(), write: client }
    }
}
