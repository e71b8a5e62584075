//! The command line: clap structs only. What a flag does stands in `commands/`.

mod completion;
mod connection;
mod explain;
mod install;
mod instance;
mod issues;
mod plan;
mod postmortem;
mod version;
mod vote;

use std::ffi::OsString;

use clap::{Parser, Subcommand, ValueEnum};

pub use completion::{CompleteArgs, CompletionArgs, Script};
pub use connection::{Connection, RequestTimeout};
pub use explain::ExplainArgs;
pub use install::{Autonomy, InstallArgs, UninstallArgs};
pub use instance::{
    InstanceArgs, InstanceCommand, InstanceCreateArgs, InstanceGrantArgs, InstanceListArgs, InstanceOutput,
    InstanceShowArgs,
};
pub use issues::{IssuesArgs, IssuesOutput};
pub use plan::{PlanArgs, PlanCommand, PreviewArgs};
pub use postmortem::{PostmortemArgs, PostmortemOutput};
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
    Issues(IssuesArgs),
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
    Instance(InstanceArgs),
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

/// True where exit code 1 means "differs", so that errors need another.
pub fn is_diff(args: &[OsString]) -> bool {
    let mut words = args.iter().skip(1).filter(|word| !word.to_string_lossy().starts_with('-'));
    words.any(|word| word == "plan") && words.any(|word| word == "preview")
}
