//! The command line: clap structs only. What a flag does stands in `commands/`.

mod actions;
mod approvals;
mod audit;
mod brakes;
mod completion;
mod connection;
mod cost;
mod doctor;
mod explain;
mod gate;
mod install;
mod instance;
mod issues;
mod plan;
mod policy;
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

pub use actions::{ActionsArgs, ActionsOutput};
pub use approvals::{ApprovalsArgs, ApprovalsOutput};
pub use audit::{AuditArgs, AuditCommand, AuditListArgs, AuditVerifyArgs};
pub use brakes::{BrakeScope, PauseArgs, ResumeArgs};
pub use completion::{CompleteArgs, CompletionArgs, Script};
pub use connection::{Connection, RequestTimeout};
pub use cost::CostArgs;
pub use doctor::{DoctorArgs, RbacArgs, RbacCommand, RbacLintArgs};
pub use explain::ExplainArgs;
pub use gate::{GateArgs, GateOutput, SeverityArg, WaitArgs, WaitFor};
pub use install::{ChoiceArgs, InstallArgs, UninstallArgs, UpgradeArgs};
pub use instance::{
    InstanceArgs, InstanceCommand, InstanceCreateArgs, InstanceGrantArgs, InstanceListArgs, InstanceOutput,
    InstanceShowArgs,
};
pub use issues::{IssueAction, IssuesArgs, IssuesOutput, MarkArgs, MergeArgs, SnoozeArgs, SplitArgs, WordArgs};
pub use plan::{ListOutput, PlanArgs, PlanCommand, PlanListArgs, PlanShowArgs, PreviewArgs, UndoArgs};
pub use policy::{PolicyArgs, PolicyCommand, PolicyExplainArgs, PolicyLintArgs, PolicyListArgs, PolicyTestArgs};
pub use postmortem::{
    PostmortemArgs, PostmortemCloseArgs, PostmortemCommand, PostmortemListArgs, PostmortemOutput, PostmortemShowArgs,
};
pub use record::{RecordArgs, ReplayArgs};
pub use runbook::{LintArgs, RunbookArgs, RunbookCommand, RunbookListArgs, RunbookShowArgs, ScaffoldArgs, TestArgs};
pub use scan::{ScanArgs, ScanOutput};
pub use status::StatusArgs;
pub use tls::{
    CheckArgs, GenerateArgs, InspectArgs, IssueArgs, KeyArg, NameArgs, RotateArgs, TlsArgs, TlsCommand, Validity,
};
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
    Approvals(ApprovalsArgs),
    /// Approve the change that an incident waits for
    ///
    /// Takes an approval request, a plan or an issue, shows what is decided (diff, verdicts, who else is hit, who has voted), and casts
    /// your vote. The vote is sealed to the preview shown: if the plan changes, the vote no longer counts.
    Approve(VoteArgs),
    /// Reject the change that an incident waits for
    ///
    /// One rejection outweighs any number of approvals.
    Reject(VoteArgs),
    /// Stop all automation for a workload, a namespace or the cluster
    ///
    /// Incidents are seen and explained further on; nothing is changed until `resume`. Whoever may edit the object may pause it.
    Pause(PauseArgs),
    /// Let automation go on, or reset the circuit breaker of a namespace
    ///
    /// Going on in a namespace takes the verb `pause` on issues there.
    Resume(ResumeArgs),
    Policy(PolicyArgs),
    Audit(AuditArgs),
    #[command(alias = "pm")]
    Postmortem(PostmortemArgs),
    Actions(ActionsArgs),
    Cost(CostArgs),
    Gate(GateArgs),
    Wait(WaitArgs),
    Runbook(RunbookArgs),
    Record(RecordArgs),
    Replay(ReplayArgs),
    Doctor(DoctorArgs),
    Rbac(RbacArgs),
    Tls(TlsArgs),
    Instance(InstanceArgs),
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

impl DryRun {
    /// What kubectl says after what was done.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Client => " (dry run)",
            Self::Server => " (server dry run)",
        }
    }
}

impl Command {
    /// True where exit code 1 is an answer (found, differs, shut, not yet), so that errors need another.
    pub fn finds(&self) -> bool {
        match self {
            Self::Scan(_) | Self::Gate(_) | Self::Wait(_) => true,
            // Putting something back is done or not done.
            Self::Doctor(args) => !args.fix,
            Self::Plan(args) => matches!(args.command, PlanCommand::Preview(_)),
            _ => false,
        }
    }

    /// True where something is written to the cluster or to files: that is finished also when nobody reads the output any more.
    ///
    /// Every command has to say, so that a new one cannot forget it. Triage looks more than it writes: it says when it is at work itself.
    pub fn changes(&self) -> bool {
        match self {
            Self::Approve(_)
            | Self::Reject(_)
            | Self::Pause(_)
            | Self::Resume(_)
            | Self::Install(_)
            | Self::Upgrade(_)
            | Self::Uninstall(_) => true,
            Self::Issues(args) => args.action.is_some(),
            Self::Plan(args) => matches!(args.command, PlanCommand::Undo(_)),
            Self::Postmortem(args) => matches!(args.command, Some(PostmortemCommand::Close(_))),
            Self::Runbook(args) => match &args.command {
                RunbookCommand::Scaffold(args) => args.fixture.is_some(),
                RunbookCommand::Test(args) => args.accept,
                RunbookCommand::List(_) | RunbookCommand::Show(_) | RunbookCommand::Lint(_) => false,
            },
            Self::Doctor(args) => args.fix,
            Self::Tls(args) => matches!(args.command, TlsCommand::Generate(_) | TlsCommand::Rotate(_)),
            Self::Instance(args) => matches!(args.command, InstanceCommand::Create(_)),
            Self::Status(_)
            | Self::Triage(_)
            | Self::Scan(_)
            | Self::Explain(_)
            | Self::Approvals(_)
            | Self::Policy(_)
            | Self::Audit(_)
            | Self::Actions(_)
            | Self::Cost(_)
            | Self::Gate(_)
            | Self::Wait(_)
            | Self::Record(_)
            | Self::Replay(_)
            | Self::Rbac(_)
            | Self::Version(_)
            | Self::Completion(_)
            | Self::Complete(_) => false,
        }
    }
}

/// The same for a command line that could not be read: by its words.
pub fn seems_to_find(args: &[OsString]) -> bool {
    let words: Vec<_> = args.iter().skip(1).map(|word| word.to_string_lossy()).collect();
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    ["scan", "gate", "wait", "doctor"].into_iter().any(has) || ((has("plan") || has("plans")) && has("preview"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Cli;

    /// It would be given the value of the other: a caller's bearer token as the name of a Secret.
    #[test]
    fn no_commands_own_flag_has_the_name_of_one_that_all_have() {
        let cli = Cli::command();
        let shared: Vec<_> = cli.get_arguments().filter(|flag| flag.is_global_set()).map(clap::Arg::get_id).collect();
        assert!(shared.iter().any(|flag| *flag == "token"), "{shared:?}");
        let mut commands: Vec<&clap::Command> = cli.get_subcommands().collect();
        while let Some(command) = commands.pop() {
            for own in command.get_arguments().map(clap::Arg::get_id) {
                assert!(!shared.contains(&own), "{}: {own}", command.get_name());
            }
            commands.extend(command.get_subcommands());
        }
    }
}
