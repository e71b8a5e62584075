//! The programs under test, built from the sources as they are now: a stale one would test yesterday's code.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Context, Result, bail};

use crate::{place, say};

/// How it is built.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Build {
    /// As the tests themselves.
    Debug,
    /// As shipped.
    Release,
}

/// The programs that are shipped.
#[derive(Clone, Debug)]
pub struct Programs {
    /// `chatcli-operator`.
    pub operator: PathBuf,
    /// `chatcli-source`, which the operator starts.
    pub source: PathBuf,
    /// `kubectl-chatcli`.
    pub plugin: PathBuf,
}

impl Programs {
    /// Builds them; at once when nothing changed.
    pub fn built(build: Build) -> Result<Self> {
        static DEBUG: OnceLock<Programs> = OnceLock::new();
        static RELEASE: OnceLock<Programs> = OnceLock::new();
        let known = match build {
            Build::Debug => &DEBUG,
            Build::Release => &RELEASE,
        };
        if let Some(programs) = known.get() {
            return Ok(programs.clone());
        }
        // the release build is the shipped one, with no other package's features in it; the debug build shares what the tests compiled
        let arguments: &[&str] = match build {
            Build::Debug => &["build", "--quiet", "--workspace", "--bins"],
            Build::Release => {
                &["build", "--release", "-p", "chatcli-operator", "-p", "chatcli-source", "-p", "kubectl-chatcli"]
            }
        };
        if build == Build::Release {
            say("building the release binaries");
        }
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let status = Command::new(cargo)
            .args(arguments)
            .current_dir(place::repository())
            .env("CARGO_TARGET_DIR", place::target())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .context("cannot run cargo")?;
        if !status.success() {
            bail!("cargo {} failed; it says why above", arguments.join(" "));
        }
        let folder = place::target().join(if build == Build::Release { "release" } else { "debug" });
        let programs = Self {
            operator: folder.join("chatcli-operator"),
            source: folder.join("chatcli-source"),
            plugin: folder.join("kubectl-chatcli"),
        };
        for program in [&programs.operator, &programs.source, &programs.plugin] {
            anyhow::ensure!(program.exists(), "cargo built no {}", program.display());
        }
        Ok(known.get_or_init(|| programs).clone())
    }
}
