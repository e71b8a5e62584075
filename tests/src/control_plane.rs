//! An API server without a node, one per test program: what the API accepts, refuses and stores. Nothing runs on it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use kube::Client;

use crate::audit::AuditLog;
use crate::connection::Connection;
use crate::own_cluster::OwnCluster;

/// Stopped and deleted when dropped.
#[derive(Debug)]
pub struct ControlPlane {
    cluster: OwnCluster,
    connection: Connection,
    audit_log: AuditLog,
    programs: PathBuf,
    // last: the folder goes when the servers in it are gone
    _state: tempfile::TempDir,
}

impl ControlPlane {
    /// etcd and kube-apiserver.
    pub async fn start() -> Result<Self> {
        Self::start_with(&["--control-plane-only"]).await
    }

    /// The same with the controller manager: namespaces are deleted, garbage is collected.
    pub async fn start_with_controllers() -> Result<Self> {
        Self::start_with(&["--control-plane-only", "--with-controller-manager"]).await
    }

    async fn start_with(arguments: &[&str]) -> Result<Self> {
        let state = tempfile::Builder::new().prefix("chatcli-api-").tempdir()?;
        let cluster = OwnCluster::in_folder(&state.path().join("state"));
        let facts = cluster.up(arguments)?;
        let kubeconfig = facts.get("KUBECONFIG").context("the cluster does not say where its kubeconfig is")?;
        let connection = Connection::from_file(&PathBuf::from(kubeconfig)).await?;
        let audit_log =
            AuditLog::at(facts.get("AUDIT_LOG").context("the cluster does not say where its audit log is")?.into());
        let programs = facts.get("BIN_DIR").context("the cluster does not say where its programs are")?.into();
        Ok(Self { cluster, connection, audit_log, programs, _state: state })
    }

    /// A client of the running async runtime, with all rights.
    pub fn client(&self) -> Result<Client> {
        self.connection.client()
    }

    /// The way in, with all rights.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// A kubeconfig for a person in groups.
    pub async fn person(&self, name: &str, groups: &[&str]) -> Result<Connection> {
        Connection::from_file(&self.cluster.user(name, groups)?).await
    }

    /// The folder with `kubectl`.
    pub fn programs(&self) -> &Path {
        &self.programs
    }

    /// What the API server wrote down about every request.
    pub fn audit_log(&self) -> &AuditLog {
        &self.audit_log
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        if let Err(error) = self.cluster.down() {
            crate::say(&format!("the API server could not be stopped: {error:#}"));
        }
    }
}
