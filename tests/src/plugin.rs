//! `kubectl chatcli` as a person runs it.

use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::connection::Connection;
use crate::programs::{Build, Programs};

/// What a run left behind.
#[derive(Clone, Debug)]
pub struct Ran {
    /// Exit code; -1 when a signal ended it.
    pub code: i32,
    /// Results.
    pub stdout: String,
    /// Errors and progress.
    pub stderr: String,
}

/// Runs the plugin with a person's kubeconfig and no terminal.
pub fn run(person: &Connection, arguments: &[&str]) -> Result<Ran> {
    let output = command(person, Build::Debug)?.args(arguments).output().context("cannot run the plugin")?;
    Ok(Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// The plugin with a person's kubeconfig and nothing else of this process' surroundings that could change what it does.
pub fn command(person: &Connection, build: Build) -> Result<Command> {
    let mut command = Command::new(Programs::built(build)?.plugin);
    command.env("KUBECONFIG", person.kubeconfig()).env_remove("POD_NAMESPACE").stdin(Stdio::null());
    Ok(command)
}

impl Ran {
    /// The results of a run that has to succeed.
    pub fn results(self) -> String {
        assert_eq!(self.code, 0, "{}\n{}", self.stdout, self.stderr);
        self.stdout
    }
}
