//! `kubectl chatcli actions`.

use clap::{Args, ValueEnum};

/// List what a plan or Runbook may do, or describe one action
///
/// Needs no cluster: it is what this build knows. The same is in docs/reference/actions.md.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli actions
  kubectl chatcli actions ScaleDeployment
  kubectl chatcli actions -o name")]
pub struct ActionsArgs {
    /// Action, in any case
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<ActionsOutput>,
}

/// Forms of the list and of a description.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum ActionsOutput {
    /// As JSON
    Json,
    /// As YAML
    Yaml,
    /// Only the names
    Name,
}
