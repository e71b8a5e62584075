//! `kubectl chatcli completion`, and what the shells call.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

/// Print the completion script for a shell
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
`kubectl chatcli <TAB>` completes through a file named kubectl_complete-chatcli on the PATH, with every shell kubectl knows:
  kubectl chatcli completion kubectl > ~/.local/bin/kubectl_complete-chatcli && chmod +x ~/.local/bin/kubectl_complete-chatcli")]
pub struct CompletionArgs {
    /// Shell, or `kubectl` for the file that kubectl itself calls
    pub script: Script,
}

/// Scripts that can be printed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
#[allow(missing_docs, reason = "named after the shells")]
pub enum Script {
    Bash,
    Zsh,
    Fish,
    Powershell,
    Kubectl,
}

/// The words so far, as kubectl passes them on; the last one is being typed.
#[derive(Args, Clone, Debug)]
pub struct CompleteArgs {
    /// The words after `kubectl chatcli`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub words: Vec<OsString>,
}
