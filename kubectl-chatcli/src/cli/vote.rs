//! `kubectl chatcli approve` and `reject`.

use std::time::Duration;

use clap::{Args, ValueEnum};

use super::{DryRun, RequestTimeout};

/// What is voted on, and how.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli approve checkout-pod-not-ready-3f9a1c20b7 -n shop
  kubectl chatcli approve checkout-pod-not-ready-3f9a1c20b7 -n shop --digest sha256:9c1e4b… --yes
  kubectl chatcli approve web-deploy-failing-1d2c3b4a5f -n shop --emergency --reason 'checkout is down, nobody else is awake'
  kubectl chatcli reject approval-web-deploy-failing-1d2c3b4a5f-plan-1 --reason 'fix the tag instead'")]
pub struct VoteArgs {
    /// Approval request, plan or incident
    #[arg(value_name = "REQUEST|PLAN|ISSUE")]
    pub subject: String,
    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// Vote only if the preview still has this digest (at least 12 hex digits of it)
    #[arg(long, value_name = "SHA256")]
    pub digest: Option<String>,
    /// Accept a blocking verdict by the name of its check; may be repeated
    #[arg(long, value_name = "CHECK")]
    pub override_blocker: Vec<String>,
    /// Break-glass: decide alone, whatever quorum and change window say; takes the verb approve-emergency and --reason
    #[arg(long, requires = "reason")]
    pub emergency: bool,
    /// Where to stop
    #[arg(long, value_name = "STAGE", default_value = "none")]
    pub dry_run: DryRun,
    /// How long to wait for the vote to be counted
    #[arg(long, value_name = "DURATION", default_value = "10s")]
    pub timeout: RequestTimeout,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<VoteOutput>,
}

impl VoteArgs {
    /// How long to wait; zero does not.
    pub fn patience(&self) -> Duration {
        self.timeout.0.unwrap_or_default()
    }
}

/// Forms of the vote.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum VoteOutput {
    /// The vote as JSON
    Json,
    /// The vote as YAML
    Yaml,
    /// Only `approvalvote.platform.chatcli.io/NAME`
    Name,
}
