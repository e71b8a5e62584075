//! `kubectl chatcli issues`.

use clap::{Args, ValueEnum};

/// List incidents, or tell the story of one
///
/// Without a name: one line per incident, the most urgent first. With a name: what is wrong, why, what is being done, and when each
/// of that happened.
#[derive(Args, Clone, Debug)]
#[command(
    visible_alias = "issue",
    after_help = "\
Examples:
  kubectl chatcli issues -A                 every incident you may see
  kubectl chatcli issues -n shop --watch    changes as they happen
  kubectl chatcli issues web-oom-kill-90c4  the story of one"
)]
pub struct IssuesArgs {
    /// Incident to describe
    pub name: Option<String>,
    /// All namespaces
    #[arg(short = 'A', long, conflicts_with = "name")]
    pub all_namespaces: bool,
    /// Only incidents that are not over
    #[arg(long, conflicts_with = "name")]
    pub open: bool,
    /// Only incidents with these labels
    #[arg(short = 'l', long, value_name = "LABELS", conflicts_with = "name")]
    pub selector: Option<String>,
    /// Go on and print every change
    #[arg(short, long)]
    pub watch: bool,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<IssuesOutput>,
}

/// Forms of the list.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum IssuesOutput {
    /// More columns
    Wide,
    /// The objects as JSON
    Json,
    /// The objects as YAML
    Yaml,
    /// Only `issue.platform.chatcli.io/NAME`
    Name,
}
