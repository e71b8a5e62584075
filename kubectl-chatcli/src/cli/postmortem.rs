//! `kubectl chatcli postmortem`.

use clap::{Args, ValueEnum};

/// Read the report of an incident
///
/// What happened and when, what was changed and how that went, and what would prevent the next one.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli postmortem web-deploy-failing-1d2c3b4a5f -n shop
  kubectl chatcli postmortem pm-web-deploy-failing-1d2c3b4a5f -n shop -o md > report.md")]
pub struct PostmortemArgs {
    /// Report, or the incident it is about
    #[arg(value_name = "NAME|ISSUE")]
    pub name: String,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<PostmortemOutput>,
}

/// Forms of a report.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum PostmortemOutput {
    /// Markdown, to paste into a ticket
    Md,
    /// The object as JSON
    Json,
    /// The object as YAML
    Yaml,
    /// Only `postmortem.platform.chatcli.io/NAME`
    Name,
}
