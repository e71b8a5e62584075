//! `kubectl chatcli completion`: scripts for the shells, and the file through which kubectl itself completes.

use clap::CommandFactory as _;
use clap_complete::{Shell, generate};

use super::Context;
use crate::cli::{Cli, CompletionArgs, Script};
use crate::failure::{Exit, Failure};

/// The file kubectl calls for `kubectl chatcli <TAB>`, by the name it has to have on the PATH.
pub const SHIM: (&str, &str) =
    ("kubectl_complete-chatcli", include_str!("../../../completions/kubectl_complete-chatcli"));

/// Runs the command.
pub fn run(args: &CompletionArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    context.ui.print(&script(args.script))?;
    Ok(Exit::Ok)
}

/// The script, word for word as it is in `completions/`.
pub fn script(script: Script) -> String {
    let shell = match script {
        Script::Bash => Shell::Bash,
        Script::Zsh => Shell::Zsh,
        Script::Fish => Shell::Fish,
        Script::Powershell => Shell::PowerShell,
        Script::Kubectl => return SHIM.1.to_owned(),
    };
    let mut command = Cli::command().bin_name("kubectl-chatcli");
    let mut text = Vec::new();
    generate(shell, &mut command, "kubectl-chatcli", &mut text);
    String::from_utf8_lossy(&text).into_owned()
}
