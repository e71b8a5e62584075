//! `kubectl chatcli plan …`.

use clap::{Args, Subcommand};

use super::Structured;

/// Look at what would be changed to fix an incident
#[derive(Args, Clone, Debug)]
#[command(arg_required_else_help = true)]
pub struct PlanArgs {
    /// What to do with it.
    #[command(subcommand)]
    pub command: PlanCommand,
}

/// What can be done with a plan.
#[derive(Clone, Debug, Subcommand)]
pub enum PlanCommand {
    /// Show exactly what a plan changes, and what could go wrong
    ///
    /// Shows the sealed preview: what the API server answered to a dry run of the whole plan, the checks made, and the digest that votes
    /// are bound to. Exits as `kubectl diff` does: 0 nothing would change, 1 something would, more than 1 an error.
    Preview(PreviewArgs),
}

/// Which plan.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli plan preview worker-oom-kill-90c41d77aa-plan-1 -n shop
  kubectl chatcli plan preview worker-oom-kill-90c41d77aa -n shop --live
  kubectl chatcli plan preview worker-oom-kill-90c41d77aa -n shop -o json")]
pub struct PreviewArgs {
    /// Plan, or the incident it belongs to
    #[arg(value_name = "PLAN|ISSUE")]
    pub plan: String,
    /// Ask the API server now, with your own rights, instead of showing what the operator sealed
    #[arg(long)]
    pub live: bool,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<Structured>,
}
