//! `kubectl chatcli approvals`.

use clap::{Args, ValueEnum};

/// List what waits for a decision, or show one question in full
///
/// Without a name: requests that wait for votes, the one that expires first on top. With a name: the change, the checks, who is hit, who has
/// voted, whose votes do not count and why, and who may vote.
#[derive(Args, Clone, Debug)]
#[command(
    visible_alias = "approval",
    after_help = "\
Examples:
  kubectl chatcli approvals -A              everything that waits for people
  kubectl chatcli approvals -n shop --all   decided ones too
  kubectl chatcli approvals approval-web-deploy-failing-1d2c3b4a5f-plan-1 -n shop"
)]
pub struct ApprovalsArgs {
    /// Request to show; its plan's or incident's name will do
    #[arg(value_name = "REQUEST|PLAN|ISSUE")]
    pub name: Option<String>,
    /// All namespaces
    #[arg(short = 'A', long, conflicts_with = "name")]
    pub all_namespaces: bool,
    /// Also those that are decided
    #[arg(long, conflicts_with = "name")]
    pub all: bool,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<ApprovalsOutput>,
}

/// Forms of the list.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum ApprovalsOutput {
    /// More columns
    Wide,
    /// The objects as JSON
    Json,
    /// The objects as YAML
    Yaml,
    /// Only `approvalrequest.platform.chatcli.io/NAME`
    Name,
}
