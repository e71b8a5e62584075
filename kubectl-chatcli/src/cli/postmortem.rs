//! `kubectl chatcli postmortem`.

use clap::{Args, Subcommand, ValueEnum};

use super::{DryRun, ListOutput};

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
  kubectl chatcli postmortem pm-web-deploy-failing-1d2c3b4a5f -n shop -o md > report.md
  kubectl chatcli postmortem close web-deploy-failing-1d2c3b4a5f -n shop --note 'alert added'"
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
    /// Say that you are done with a report
    ///
    /// What had to be done is done, and what there is to learn is learnt. When the incident goes on, the report is open again.
    Close(PostmortemCloseArgs),
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

/// Which report, and what there is to say about it.
#[derive(Args, Clone, Debug)]
pub struct PostmortemCloseArgs {
    /// Report, or the incident it is about
    #[arg(value_name = "NAME|ISSUE")]
    pub name: String,
    /// What came of it
    #[arg(short = 'm', long, value_name = "TEXT")]
    pub note: Option<String>,
    /// Where to stop
    #[arg(long, value_name = "STAGE", default_value = "none")]
    pub dry_run: DryRun,
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
