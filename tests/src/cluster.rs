//! The cluster that behaviour tests run on: real workloads on a real node.
//!
//! In: `CHATCLI_TEST_KUBECONFIG`, or nothing. Out: a [`Cluster`] with a client of the caller's runtime. Never: the current kubectl
//! context, which may be somebody's production.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use kube::Client;
use tokio::sync::OnceCell;

use crate::audit::AuditLog;
use crate::connection::Connection;
use crate::locks;
use crate::own_cluster::{Facts, OwnCluster};
use crate::say;

/// A cluster with a node.
#[derive(Clone)]
pub struct Cluster {
    connection: Connection,
    client: Client,
    facts: Facts,
    own: bool,
}

/// Found once per test program: asking the cluster's command again would cost every test a second.
static FOUND: OnceCell<(Connection, Facts, bool)> = OnceCell::const_new();

impl Cluster {
    /// The cluster of `CHATCLI_TEST_KUBECONFIG` if that is set, else this repository's own, started if it does not run yet.
    pub async fn start() -> Result<Self> {
        let (connection, facts, own) = FOUND.get_or_try_init(find).await?.clone();
        Ok(Self { client: connection.client()?, connection, facts, own })
    }

    /// Started by these tests, for these tests.
    pub fn is_own(&self) -> bool {
        self.own
    }

    /// A client with all rights.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// The way in, with all rights.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The image of the test app, as pods name it.
    pub fn app_image(&self) -> Result<String> {
        self.fact("APP_IMAGE", "CHATCLI_TEST_APP_IMAGE")
    }

    /// A registry the node can pull from; nothing but the test app is in it.
    pub fn registry(&self) -> Result<String> {
        self.fact("REGISTRY", "CHATCLI_TEST_REGISTRY")
    }

    /// The folder with kubectl and the other programs of the cluster's own version.
    pub fn programs(&self) -> Result<String> {
        self.fact("BIN_DIR", "CHATCLI_TEST_BIN_DIR")
    }

    /// The node's name.
    pub fn node(&self) -> Result<String> {
        self.fact("NODE_NAME", "CHATCLI_TEST_NODE")
    }

    /// What the API server wrote down about every request.
    pub fn audit_log(&self) -> Result<AuditLog> {
        Ok(AuditLog::at(PathBuf::from(self.fact("AUDIT_LOG", "CHATCLI_TEST_AUDIT_LOG")?)))
    }

    /// A kubeconfig for a person in groups.
    pub async fn person(&self, name: &str, groups: &[&str]) -> Result<Connection> {
        anyhow::ensure!(self.own, "people with certificates can only be made on the tests' own cluster");
        Connection::from_file(&OwnCluster::shared().user(name, groups)?).await
    }

    /// Runs the cluster's own command, e.g. to stop and start the kubelet.
    pub fn command(&self, arguments: &[&str]) -> Result<String> {
        anyhow::ensure!(self.own, "the cluster of CHATCLI_TEST_KUBECONFIG is not ours to steer");
        OwnCluster::shared().run(arguments)
    }

    /// Runs a program on the node: among its mounts and processes.
    pub fn on_the_node(&self, program: &[&str]) -> Result<()> {
        anyhow::ensure!(self.own, "the node of CHATCLI_TEST_KUBECONFIG is not ours to enter");
        let log = PathBuf::from(self.fact("AUDIT_LOG", "CHATCLI_TEST_AUDIT_LOG")?);
        let file = log.with_file_name("pids").join("node-supervisor");
        let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let pid = text.split_whitespace().next().context("no process in it")?;
        let status = Command::new("nsenter").args(["--mount", "--pid", "--target", pid, "--"]).args(program).status();
        let status = status.context("cannot run nsenter")?;
        anyhow::ensure!(status.success(), "{} failed on the node ({status})", program.join(" "));
        Ok(())
    }

    fn fact(&self, name: &str, variable: &str) -> Result<String> {
        if let Some(value) = self.facts.get(name) {
            return Ok(value.clone());
        }
        std::env::var(variable)
            .with_context(|| format!("this needs {variable}: the cluster of CHATCLI_TEST_KUBECONFIG does not say"))
    }
}

async fn find() -> Result<(Connection, Facts, bool)> {
    if let Some(kubeconfig) = std::env::var_os("CHATCLI_TEST_KUBECONFIG") {
        return Ok((Connection::from_file(&PathBuf::from(kubeconfig)).await?, Facts::new(), false));
    }
    let _turn = locks::take("cluster-start")?;
    say("bringing up the cluster");
    let facts = OwnCluster::shared().up(&[])?;
    let kubeconfig = facts.get("KUBECONFIG").context("the cluster does not say where its kubeconfig is")?;
    Ok((Connection::from_file(&PathBuf::from(kubeconfig)).await?, facts.clone(), true))
}
