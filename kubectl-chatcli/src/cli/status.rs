//! `kubectl chatcli status`.

use clap::Args;

use super::Structured;

/// See on one screen what is open, what waits for a vote, what is braked, and whether the operator is well
///
/// Looks at all namespaces; at one with -n. What you may not read is said.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli status
  kubectl chatcli status -n shop
  kubectl chatcli status -o json | jq .openIncidents")]
pub struct StatusArgs {
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<Structured>,
}
