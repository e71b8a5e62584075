//! `kubectl chatcli issues`.

use clap::{Args, Subcommand, ValueEnum};

use super::{DryRun, RequestTimeout};

/// List incidents, or tell the story of one
///
/// Without a name: one line per incident, the most urgent first. With a name: what is wrong, why, what is being done, and when each
/// of that happened.
#[derive(Args, Clone, Debug)]
#[command(
    visible_alias = "issue",
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  kubectl chatcli issues -A                 every incident you may see
  kubectl chatcli issues -n shop --watch    changes as they happen
  kubectl chatcli issues web-oom-kill-90c4  the story of one
  kubectl chatcli issues ack web-oom-kill-90c4
  kubectl chatcli issues snooze web-oom-kill-90c4 --for 2h"
)]
pub struct IssuesArgs {
    /// What to do with one.
    #[command(subcommand)]
    pub action: Option<IssueAction>,
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

/// What a person can say about an incident. Each is an annotation: what an incident says of itself is the operator's.
#[derive(Clone, Debug, Subcommand)]
pub enum IssueAction {
    /// Say that you are looking at it
    Ack(MarkArgs),
    /// Hear nothing of it for a while
    ///
    /// Until then `triage` and `status` leave it out of what waits for a person. It stays open, and goes on being worked on.
    Snooze(SnoozeArgs),
}

/// Which incident.
#[derive(Args, Clone, Debug)]
pub struct MarkArgs {
    /// Incident
    #[arg(value_name = "ISSUE")]
    pub name: String,
    /// Take it back
    #[arg(long)]
    pub undo: bool,
    /// Where to stop
    #[arg(long, value_name = "STAGE", default_value = "none")]
    pub dry_run: DryRun,
}

/// Which incident, and for how long.
#[derive(Args, Clone, Debug)]
pub struct SnoozeArgs {
    /// Which.
    #[command(flatten)]
    pub mark: MarkArgs,
    /// How long, e.g. 30m or 2h
    #[arg(long = "for", value_name = "DURATION", default_value = "1h")]
    pub period: RequestTimeout,
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
