//! Figures of a part that needs no cluster: an example of `common`, built for speed, measures and prints them.

use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::place;

/// The figures that an example of `common` prints: what, a tab, how much.
pub fn printed(example: &str) -> Result<Vec<(String, f64)>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["run", "--quiet", "--release", "-p", "chatcli-common", "--example", example])
        .current_dir(place::repository())
        .env("CARGO_TARGET_DIR", place::target())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run cargo")?;
    ensure!(output.status.success(), "the example `{example}` ended with {}", output.status);
    let lines = String::from_utf8_lossy(&output.stdout);
    lines.lines().map(|line| figure(line).with_context(|| format!("the example printed {line:?}"))).collect()
}

fn figure(line: &str) -> Option<(String, f64)> {
    let (what, value) = line.split_once('\t')?;
    Some((what.to_owned(), value.parse().ok()?))
}
