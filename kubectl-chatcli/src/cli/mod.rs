//! The command line: clap structs only. What a flag does stands in `commands/`.

mod completion;
mod connection;
mod doctor;
mod explain;
mod gate;
mod install;
mod issues;
mod plan;
mod postmortem;
mod record;
mod runbook;
mod scan;
mod status;
mod tls;
mod triage;
mod version;
mod vote;

use std::ffi::OsString;

use clap::{Parser, Subcommand, ValueEnum};

pub use completion::{CompleteArgs, CompletionArgs, Script};
pub use connection::{Connection, RequestTimeout};
pub use doctor::{DoctorArgs, RbacArgs, RbacCommand, RbacLintArgs};
pub use explain::ExplainArgs;
pub use gate::{GateArgs, GateOutput, SeverityArg, WaitArgs, WaitFor};
pub use install::{InstallArgs, UninstallArgs, UpgradeArgs};
pub use issues::{IssueAction, IssuesArgs, IssuesOutput, MarkArgs, SnoozeArgs};
pub use plan::{ListOutput, PlanArgs, PlanCommand, PlanListArgs, PlanShowArgs, PreviewArgs, UndoArgs};
pub use postmortem::{PostmortemArgs, PostmortemCommand, PostmortemListArgs, PostmortemOutput, PostmortemShowArgs};
pub use record::{RecordArgs, ReplayArgs};
pub use runbook::{LintArgs, RunbookArgs, RunbookCommand, RunbookListArgs, RunbookShowArgs, ScaffoldArgs, TestArgs};
pub use scan::{ScanArgs, ScanOutput};
pub use status::StatusArgs;
pub use tls::{CheckArgs, GenerateArgs, InspectArgs, IssueArgs, KeyArg, NameArgs, RotateArgs, TlsArgs, TlsCommand};
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
    /// No colour, no progress, no symbols: for screen readers and logs
    #[arg(long, global = true, help_heading = "Connection", hide_short_help = true)]
    pub plain: bool,
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
    Gate(GateArgs),
    Wait(WaitArgs),
    Runbook(RunbookArgs),
    Record(RecordArgs),
    Replay(ReplayArgs),
    Doctor(DoctorArgs),
    Rbac(RbacArgs),
    Tls(TlsArgs),
    Install(InstallArgs),
    Upgrade(UpgradeArgs),
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

/// True where exit code 1 is an answer ("differs", "shut", "not yet", "trouble"), so that errors need another.
pub fn answers_by_exit_code(args: &[OsString]) -> bool {
    let words = || args.iter().skip(1).filter(|word| !word.to_string_lossy().starts_with('-'));
    let mut after_plan = words().skip_while(|word| *word != "plan" && *word != "plans");
    // A flag's value may come first (`-n shop gate`); a name that is called as a command only makes an error exit with 2.
    after_plan.any(|word| word == "preview")
        || words().any(|word| word == "gate" || word == "wait")
        || words().next().is_some_and(|word| word == "scan")
}
