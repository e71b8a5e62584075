//! The committed files that are made from code.
//!
//! In: the types and registries of the workspace. Out: files below the repository root, each saying in its first line how it was made.
//! Never: reads a generated file to make another. Every output has its own file here; [`outputs`] is the list.

mod actions;
mod cli_reference;
mod completions;
mod crds;
mod documents;
mod findings;
mod man;
mod protocol;
mod rbac;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The command that remakes everything; the first line of every generated file names it.
pub const COMMAND: &str = "make generate";

/// One generated file.
#[derive(Debug)]
pub struct Output {
    /// Where it belongs, relative to the repository root.
    pub path: PathBuf,
    /// What it must hold.
    pub content: String,
}

impl Output {
    /// True when the file on disk holds something else, or is missing.
    pub fn is_stale(&self, root: &Path) -> bool {
        fs::read_to_string(root.join(&self.path)).map_or(true, |found| found != self.content)
    }
}

/// Everything that is generated.
pub fn outputs() -> anyhow::Result<Vec<Output>> {
    let mut outputs = crds::outputs()?;
    outputs.extend(rbac::outputs()?);
    outputs.extend(actions::outputs()?);
    outputs.extend(protocol::outputs());
    outputs.extend(cli_reference::outputs());
    outputs.extend(completions::outputs());
    outputs.extend(findings::outputs()?);
    outputs.extend(documents::outputs()?);
    outputs.extend(man::outputs()?);
    Ok(outputs)
}

/// Root of the repository this was built from.
pub fn repository_root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests crate lies in the repository")
}

/// Writes what is stale and returns the paths written.
pub fn write(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let stale = stale(root)?;
    for output in &stale {
        let path = root.join(&output.path);
        path.parent().map_or(Ok::<(), io::Error>(()), fs::create_dir_all)?;
        fs::write(path, &output.content)?;
    }
    Ok(stale.into_iter().map(|output| output.path).collect())
}

/// What on disk differs from what the code says.
pub fn stale(root: &Path) -> anyhow::Result<Vec<Output>> {
    Ok(outputs()?.into_iter().filter(|output| output.is_stale(root)).collect())
}
