//! The cluster this repository brings along, driven through its command.
//!
//! In: a state folder. Out: what `env` prints about the cluster there. Never: knows what a cluster is made of.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::place;

/// A cluster by its state folder.
#[derive(Clone, Debug, Default)]
pub struct OwnCluster {
    /// `None` is the shared cluster of this user.
    state: Option<PathBuf>,
}

/// What `env` prints.
pub type Facts = BTreeMap<String, String>;

impl OwnCluster {
    /// The one that has a node; all programs of this user share it.
    pub fn shared() -> Self {
        Self::default()
    }

    /// One with a state folder of its own.
    pub fn in_folder(state: &Path) -> Self {
        Self { state: Some(state.to_owned()) }
    }

    /// Starts it, or reuses the one that runs. Progress goes to stderr.
    pub fn up(&self, arguments: &[&str]) -> Result<Facts> {
        let mut up = vec!["up"];
        up.extend(arguments);
        self.run(&up)?;
        let text = self.run(&["env"])?;
        Ok(text.lines().filter_map(|line| line.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned())).collect())
    }

    /// Stops it and deletes its state.
    pub fn down(&self) -> Result<()> {
        self.run(&["down"]).map(drop)
    }

    /// A kubeconfig for a person.
    pub fn user(&self, name: &str, groups: &[&str]) -> Result<PathBuf> {
        let mut arguments = vec!["user", name];
        arguments.extend(groups);
        Ok(self.run(&arguments)?.trim().into())
    }

    /// Runs a subcommand and returns what it printed; what it says meanwhile is seen.
    pub fn run(&self, arguments: &[&str]) -> Result<String> {
        self.run_with(arguments, Stdio::inherit())
    }

    /// Runs a subcommand whose failure is an answer, not a problem.
    pub fn run_quietly(&self, arguments: &[&str]) -> Result<String> {
        self.run_with(arguments, Stdio::null())
    }

    fn run_with(&self, arguments: &[&str], messages: Stdio) -> Result<String> {
        let script = place::repository().join("tests/cluster/cluster");
        let mut command = Command::new(&script);
        command.args(arguments).stdin(Stdio::null()).stderr(messages);
        if let Some(state) = &self.state {
            command.env("CHATCLI_CLUSTER_DIR", state);
        }
        let output = command.output().with_context(|| format!("cannot run {}", script.display()))?;
        if !output.status.success() {
            bail!("tests/cluster/cluster {} failed ({}); it says why above", arguments.join(" "), output.status);
        }
        Ok(String::from_utf8(output.stdout)?)
    }
}
