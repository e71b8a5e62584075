//! The command line: clap structs only. What a flag does stands in `commands/`.

mod completion;
mod connection;
mod explain;
mod install;
mod issues;
mod plan;
mod postmortem;
mod scan;
mod status;
mod triage;
mod version;
mod vote;

use std::ffi::OsString;

use clap::{Parser, Subcommand, ValueEnum};

pub use completion::{CompleteArgs, CompletionArgs, Script};
pub use connection::{Connection, RequestTimeout};
pub use explain::ExplainArgs;
pub use install::{InstallArgs, UninstallArgs};
pub use issues::{IssueAction, IssuesArgs, IssuesOutput, MarkArgs, SnoozeArgs};
pub use plan::{PlanArgs, PlanCommand, PreviewArgs};
pub use postmortem::{PostmortemArgs, PostmortemOutput};
pub use scan::{ScanArgs, ScanOutput};
pub use status::StatusArgs;
pub use triage::TriageArgs;
pub use version::VersionArgs;
pub use vote::{VoteArgs, VoteOutput};

/// See what is wrong in a cluster, why, what would fix it and what that would change; then decide.
#[derive(Debug, Parser)]
#[command(
    name = "kubectl-chatcli",
    bin_name = "kubectl chatcli",
    display_name = "kubectl chatcli",
    version,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    max_term_width = 100
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Which cluster, as whom.
    #[command(flatten)]
    pub connection: Connection,
}

/// One command.
#[derive(Debug, Subcommand)]
#[allow(missing_docs, reason = "each is documented where its arguments are, which is what --help prints")]
pub enum Command {
    Status(StatusArgs),
    Triage(TriageArgs),
    Issues(IssuesArgs),
    Scan(ScanArgs),
    Explain(ExplainArgs),
    Plan(PlanArgs),
    /// Approve the change that an incident waits for
    ///
    /// Takes an approval request, a plan or an issue, shows what is decided (diff, verdicts, who else is hit, who has voted), and casts
    /// your vote. The vote is sealed to the preview shown: if the plan changes, the vote no longer counts.
    Approve(VoteArgs),
    /// Reject the change that an incident waits for
    ///
    /// One rejection outweighs any number of approvals.
    Reject(VoteArgs),
    #[command(alias = "pm")]
    Postmortem(PostmortemArgs),
    Install(InstallArgs),
    Uninstall(UninstallArgs),
    Version(VersionArgs),
    Completion(CompletionArgs),
    #[command(name = "__complete", hide = true)]
    Complete(CompleteArgs),
}

/// Machine-readable forms.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Structured {
    /// The object as JSON
    Json,
    /// The object as YAML
    Yaml,
}

/// Where a mutation stops.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum DryRun {
    /// Do it
    #[default]
    None,
    /// Print what would be sent; send nothing
    Client,
    /// Send it, and let the API server check it without storing
    Server,
}

impl Command {
    /// True where exit code 1 means that something was found, so that errors need another.
    pub fn finds(&self) -> bool {
        match self {
            Self::Scan(_) => true,
            Self::Plan(args) => matches!(args.command, PlanCommand::Preview(_)),
            _ => false,
        }
    }
}

/// The same for a command line that could not be read: by its words.
pub fn seems_to_find(args: &[OsString]) -> bool {
    let words: Vec<_> = args.iter().skip(1).map(|word| word.to_string_lossy()).collect();
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    has("scan") || (has("plan") && has("preview"))
}
