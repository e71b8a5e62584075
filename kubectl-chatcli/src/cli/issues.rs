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
  kubectl chatcli issues snooze web-oom-kill-90c4 --for 2h
  kubectl chatcli issues resolve web-oom-kill-90c4 --note 'limit raised in the chart'
  kubectl chatcli issues split db-crashloop-7f21 deploy/web
  kubectl chatcli issues merge web-error-rate-11ab --into db-crashloop-7f21"
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
    /// Say that it is dealt with
    ///
    /// It ends in your name, with what you write, as soon as its signals are clear. When the fault returns, it is open again.
    Resolve(WordArgs),
    /// Keep it open, or open it again
    ///
    /// It is a person's then: nothing runs by itself any more, and clear signals do not end it. `resolve` does.
    Reopen(WordArgs),
    /// Take a resource out of an incident it was folded into
    ///
    /// As long as its trouble goes on it gets an incident of its own.
    Split(SplitArgs),
    /// Put an incident into another one
    ///
    /// What is wrong with its resource belongs to the other from now on. Both are in one namespace, and no plan has acted on the first.
    Merge(MergeArgs),
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

/// Which incident, and what there is to say about its end.
#[derive(Args, Clone, Debug)]
pub struct WordArgs {
    /// Which.
    #[command(flatten)]
    pub mark: MarkArgs,
    /// What was done, or why; it is part of the report
    #[arg(short = 'm', long, value_name = "TEXT")]
    pub note: Option<String>,
}

/// Which resource, out of which incident.
#[derive(Args, Clone, Debug)]
pub struct SplitArgs {
    /// Incident
    #[arg(value_name = "ISSUE")]
    pub name: String,
    /// What to take out of it, e.g. deploy/web
    #[arg(value_name = "KIND/NAME")]
    pub resource: String,
    /// Where to stop
    #[arg(long, value_name = "STAGE", default_value = "none")]
    pub dry_run: DryRun,
}

/// Which incident, into which other.
#[derive(Args, Clone, Debug)]
pub struct MergeArgs {
    /// Incident that ends
    #[arg(value_name = "ISSUE")]
    pub name: String,
    /// Incident that goes on
    #[arg(long, value_name = "ISSUE")]
    pub into: String,
    /// Where to stop
    #[arg(long, value_name = "STAGE", default_value = "none")]
    pub dry_run: DryRun,
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
