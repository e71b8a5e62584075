//! `kubectl chatcli postmortem`.

use clap::{Args, Subcommand, ValueEnum};

use super::ListOutput;

/// Read the reports of incidents
///
/// What happened and when, what was changed and how that went, and what would prevent the next one.
#[derive(Args, Clone, Debug)]
#[command(
    visible_alias = "postmortems",
    arg_required_else_help = true,
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  kubectl chatcli postmortem list -A
  kubectl chatcli postmortem web-deploy-failing-1d2c3b4a5f -n shop
  kubectl chatcli postmortem pm-web-deploy-failing-1d2c3b4a5f -n shop -o md > report.md"
)]
pub struct PostmortemArgs {
    /// What to do; without it, a report is shown.
    #[command(subcommand)]
    pub command: Option<PostmortemCommand>,
    /// Which report.
    #[command(flatten)]
    pub show: PostmortemShowArgs,
}

/// What can be done with reports.
#[derive(Clone, Debug, Subcommand)]
pub enum PostmortemCommand {
    /// List reports, the newest first
    List(PostmortemListArgs),
    /// Read one report
    Show(PostmortemShowArgs),
}

/// Which reports.
#[derive(Args, Clone, Debug)]
pub struct PostmortemListArgs {
    /// All namespaces
    #[arg(short = 'A', long)]
    pub all_namespaces: bool,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<ListOutput>,
}

/// Which report.
#[derive(Args, Clone, Debug)]
pub struct PostmortemShowArgs {
    /// Report, or the incident it is about
    #[arg(value_name = "NAME|ISSUE")]
    pub name: Option<String>,
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
