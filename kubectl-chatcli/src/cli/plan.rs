//! `kubectl chatcli plan …`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

use super::{DryRun, RequestTimeout, Structured};

/// Look at what would be changed to fix an incident, what was, and why or why not
#[derive(Args, Clone, Debug)]
#[command(visible_alias = "plans", arg_required_else_help = true)]
pub struct PlanArgs {
    /// What to do with it.
    #[command(subcommand)]
    pub command: PlanCommand,
}

/// What can be done with a plan.
#[derive(Clone, Debug, Subcommand)]
pub enum PlanCommand {
    /// List plans
    List(PlanListArgs),
    /// Show where a plan stands: what each gate said, what was done, and how it went
    ///
    /// Answers "why did this run" and "why does this not run": every gate with its reason, then the journal of every step.
    Show(PlanShowArgs),
    /// Show exactly what a plan changes, and what could go wrong
    ///
    /// Shows the sealed preview: what the API server answered to a dry run of the whole plan, the checks made, and the digest that votes
    /// are bound to. For what has no sealed preview (a file, a Runbook, an incident without a plan) the API server is asked now, with your
    /// own rights. Exits as `kubectl diff` does: 0 nothing would change, 1 something would, more than 1 an error. KUBECTL_EXTERNAL_DIFF
    /// names a program that shows the difference, as for `kubectl diff`.
    Preview(PreviewArgs),
    /// Ask the operator to take back what a plan changed
    ///
    /// Fields that somebody else changed since are left alone and reported. Takes the verb `remediate` on issues in the namespace; passes
    /// pauses and protected namespaces, but no change window and no vote: the undo was part of what was approved.
    Undo(UndoArgs),
}

/// Which plans.
#[derive(Args, Clone, Debug)]
pub struct PlanListArgs {
    /// All namespaces
    #[arg(short = 'A', long)]
    pub all_namespaces: bool,
    /// Only plans that have not ended
    #[arg(long)]
    pub open: bool,
    /// Only plans with these labels
    #[arg(short = 'l', long, value_name = "LABELS")]
    pub selector: Option<String>,
    /// Go on and print every change
    #[arg(short, long)]
    pub watch: bool,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<ListOutput>,
}

/// Forms of a list.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum ListOutput {
    /// More columns
    Wide,
    /// The objects as JSON
    Json,
    /// The objects as YAML
    Yaml,
    /// Only `KIND.GROUP/NAME`
    Name,
}

/// Which plan.
#[derive(Args, Clone, Debug)]
pub struct PlanShowArgs {
    /// Plan, or the incident it belongs to
    #[arg(value_name = "PLAN|ISSUE")]
    pub plan: String,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<Structured>,
}

/// Which change.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli plan preview worker-oom-kill-90c41d77aa-plan-1 -n shop
  kubectl chatcli plan preview worker-oom-kill-90c41d77aa -n shop --live
  kubectl chatcli plan preview runbook/restart-web --target deploy/web -n shop
  kubectl chatcli plan preview -f plan.yaml -n shop -o json")]
pub struct PreviewArgs {
    /// Plan, incident, or runbook/NAME
    #[arg(value_name = "PLAN|ISSUE|runbook/NAME", required_unless_present = "filename")]
    pub plan: Option<String>,
    /// A RemediationPlan or Runbook in a file; `-` reads stdin
    #[arg(short, long, value_name = "FILE", conflicts_with_all = ["plan", "live"])]
    pub filename: Option<PathBuf>,
    /// The object a Runbook would act on
    #[arg(long, value_name = "KIND/NAME")]
    pub target: Option<String>,
    /// Ask the API server now, with your own rights, instead of showing what the operator sealed
    #[arg(long)]
    pub live: bool,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<Structured>,
}

/// What is taken back.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli plan undo web-deploy-failing-1d2c3b4a5f-plan-1 -n shop
  kubectl chatcli plan undo web-deploy-failing-1d2c3b4a5f-plan-1 -n shop --yes --timeout 2m")]
pub struct UndoArgs {
    /// Plan, or the incident it belongs to
    #[arg(value_name = "PLAN|ISSUE")]
    pub plan: String,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// In a namespace that is `auto`: pause automation for the workload first, so that the fault is not repaired again
    #[arg(long)]
    pub pause: bool,
    /// Where to stop
    #[arg(long, value_name = "STAGE", default_value = "none")]
    pub dry_run: DryRun,
    /// How long to wait until it is taken back; 0 does not wait
    #[arg(long, value_name = "DURATION", default_value = "1m")]
    pub timeout: RequestTimeout,
}

impl UndoArgs {
    /// How long to wait; zero does not.
    pub fn patience(&self) -> Duration {
        self.timeout.0.unwrap_or_default()
    }
}
