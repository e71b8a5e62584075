//! `kubectl chatcli runbook …`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use common::api::IssueSeverity;

use super::{ListOutput, Structured};

/// Write, check and try procedures for incidents that come back
#[derive(Args, Clone, Debug)]
#[command(visible_alias = "runbooks", arg_required_else_help = true)]
pub struct RunbookArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: RunbookCommand,
}

/// What can be done with runbooks.
#[derive(Clone, Debug, Subcommand)]
#[allow(missing_docs, reason = "each is documented where its arguments are, which is what --help prints")]
pub enum RunbookCommand {
    List(RunbookListArgs),
    Show(RunbookShowArgs),
    Scaffold(ScaffoldArgs),
    Lint(LintArgs),
    Test(TestArgs),
}

/// List runbooks
#[derive(Args, Clone, Debug)]
pub struct RunbookListArgs {
    /// All namespaces
    #[arg(short = 'A', long)]
    pub all_namespaces: bool,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<ListOutput>,
}

/// Show when a runbook applies and what each of its steps does
#[derive(Args, Clone, Debug)]
pub struct RunbookShowArgs {
    /// Runbook
    pub name: String,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<Structured>,
}

/// Write a runbook to start from: for an incident, from a plan that worked, or by action
///
/// Prints commented YAML that `runbook lint` and the API server accept. With --fixture it also writes what the cluster looks like now, so
/// that `runbook test` can prove offline that the runbook fires and what it changes.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli runbook scaffold worker-oom-kill-90c41d77aa -n shop > oom.yaml
  kubectl chatcli runbook scaffold plan/worker-oom-kill-90c41d77aa-plan-1 -n shop --fixture oom.fixture.yaml > oom.yaml
  kubectl chatcli runbook scaffold --action AdjustResources --param memory_limit=128Mi --signal oom_kill > oom.yaml")]
pub struct ScaffoldArgs {
    /// Incident or plan to start from
    #[arg(value_name = "ISSUE|PLAN", required_unless_present = "action")]
    pub subject: Option<String>,
    /// Action of the one step, by name; see `kubectl chatcli actions`
    #[arg(long, value_name = "ACTION", conflicts_with = "subject")]
    pub action: Option<String>,
    /// Parameter of the action; may be repeated
    #[arg(long = "param", value_name = "NAME=VALUE", requires = "action")]
    pub params: Vec<String>,
    /// Kind it is for
    #[arg(long, value_name = "KIND", default_value = "Deployment", requires = "action")]
    pub kind: String,
    /// Signal that triggers it; `*` for any
    #[arg(long, value_name = "SIGNAL", default_value = "*", requires = "action")]
    pub signal: String,
    /// Severity that triggers it
    #[arg(long, value_name = "SEVERITY", default_value = "high", requires = "action")]
    pub severity: SeverityName,
    /// Name of the runbook
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Also write what `runbook test` needs to this file
    #[arg(long, value_name = "FILE", requires = "subject")]
    pub fixture: Option<PathBuf>,
}

/// Severities of incidents.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
#[allow(missing_docs, reason = "the names say it")]
pub enum SeverityName {
    Critical,
    High,
    Medium,
    Low,
}

impl From<SeverityName> for IssueSeverity {
    fn from(name: SeverityName) -> Self {
        match name {
            SeverityName::Critical => Self::Critical,
            SeverityName::High => Self::High,
            SeverityName::Medium => Self::Medium,
            SeverityName::Low => Self::Low,
        }
    }
}

/// Find what keeps runbooks from working, before an incident does
///
/// Unknown actions and parameters, steps that cannot act on the kind, triggers that nothing reaches, runbooks that another one shadows, and
/// irreversible steps that a policy would let run without a vote. Without files: the runbooks of the namespace. Exits with 1 on an error.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli runbook lint -f runbooks/oom.yaml -f runbooks/image.yaml
  kubectl chatcli runbook lint -n shop")]
pub struct LintArgs {
    /// File with Runbooks, and ApprovalPolicies to hold them against; may be repeated; asks no cluster
    #[arg(short, long, value_name = "FILE")]
    pub filename: Vec<PathBuf>,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<Structured>,
}

/// Prove offline that a runbook fires and what it changes
///
/// Takes a fixture that `runbook scaffold --fixture` wrote. Asks no cluster, so that it runs in the pipeline of a repository. Exits with 1
/// when the runbook does not do what the fixture expects.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli runbook test -f oom.yaml --fixture oom.fixture.yaml")]
pub struct TestArgs {
    /// File with one Runbook
    #[arg(short, long, value_name = "FILE")]
    pub filename: PathBuf,
    /// The fixture
    #[arg(long, value_name = "FILE")]
    pub fixture: PathBuf,
    /// Write what it does now into the fixture as what is expected
    #[arg(long)]
    pub accept: bool,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<Structured>,
}
