//! `kubectl chatcli policy …`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use common::api::keys::OPERATOR_NAMESPACE;
use common::api::{ActionType, IssueSeverity, remediation_plan::ActionClass};
use common::decisions::{Autonomy, radius::Level};
use jiff::Timestamp;

use super::Structured;

/// See who is asked before anything is changed, and try it out
#[derive(Args, Clone, Debug)]
#[command(arg_required_else_help = true)]
pub struct PolicyArgs {
    /// What to do with them.
    #[command(subcommand)]
    pub command: PolicyCommand,
}

/// What can be done with policies.
#[derive(Clone, Debug, Subcommand)]
pub enum PolicyCommand {
    /// List the policies that hold in a namespace: the cluster's and its own
    List(PolicyListArgs),
    /// Check policies: every field, time zones, days, names
    ///
    /// Checks files before they are applied, or without any the policies that hold in the namespace. Exits 1 when one of them would stop what
    /// it is about.
    Lint(PolicyLintArgs),
    /// Say why a plan ran, waits or did not run: every gate with its answer, reason and time
    Explain(PolicyExplainArgs),
    /// Say what the policies would ask for, without a plan
    ///
    /// Reads the policies from files, or those that hold in the namespace.
    Test(PolicyTestArgs),
}

/// Which policies.
#[derive(Args, Clone, Debug)]
pub struct PolicyListArgs {
    /// Namespace of the operator, whose policies hold everywhere
    #[arg(long, value_name = "NAMESPACE", default_value = OPERATOR_NAMESPACE)]
    pub operator_namespace: String,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<Structured>,
}

/// What is checked.
#[derive(Args, Clone, Debug)]
pub struct PolicyLintArgs {
    /// Files with ApprovalPolicies; `-` is standard input
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Namespace of the operator, whose policies hold everywhere
    #[arg(long, value_name = "NAMESPACE", default_value = OPERATOR_NAMESPACE)]
    pub operator_namespace: String,
}

/// Which plan.
#[derive(Args, Clone, Debug)]
pub struct PolicyExplainArgs {
    /// Plan, or the incident it belongs to
    #[arg(value_name = "PLAN|ISSUE")]
    pub plan: String,
}

/// A plan that might be.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli policy test --action RollbackDeployment --severity critical -n production
  kubectl chatcli policy test policy.yaml --action RestartDeployment --severity low --confidence 0.97 --success-rate 0.95
  kubectl chatcli policy test policy.yaml --action ScaleDeployment --severity high -n production --at 2026-11-27T20:00:00-03:00
  kubectl chatcli policy test --action RestartDeployment --autonomy auto --times-over 3 -n shop")]
pub struct PolicyTestArgs {
    /// Files with ApprovalPolicies, in place of the cluster's; those without a namespace hold everywhere
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Action of the plan; may be repeated
    #[arg(long = "action", value_name = "TYPE", required = true, value_parser = action)]
    pub actions: Vec<ActionType>,
    /// Severity of the incident
    #[arg(long, default_value = "medium", value_parser = severity)]
    pub severity: IssueSeverity,
    /// Kind of the object acted on
    #[arg(long, default_value = "Deployment")]
    pub kind: String,
    /// Label of the object acted on, `key=value`; may be repeated
    #[arg(short = 'l', long = "label", value_name = "LABEL", value_parser = label)]
    pub labels: Vec<(String, String)>,
    /// Gravest class among the actions
    #[arg(long, default_value = "reversible", value_parser = class)]
    pub class: ActionClass,
    /// Autonomy of the namespace
    #[arg(long, default_value = "approve")]
    pub autonomy: Autonomy,
    /// Confidence of the explanation, 0 to 1
    #[arg(long)]
    pub confidence: Option<f64>,
    /// Share of earlier plans of the same actions that helped, 0 to 1
    #[arg(long)]
    pub success_rate: Option<f64>,
    /// Blast radius of the change
    #[arg(long, default_value = "low", value_parser = reach)]
    pub radius: Level,
    /// How often the trouble of the object was over within 24 hours and has come back; from the third time on people are asked
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub times_over: usize,
    /// The moment, e.g. 2026-11-27T20:00:00-03:00; without it, now
    #[arg(long, value_name = "TIME")]
    pub at: Option<Timestamp>,
    /// Namespace of the operator, whose policies hold everywhere
    #[arg(long, value_name = "NAMESPACE", default_value = OPERATOR_NAMESPACE)]
    pub operator_namespace: String,
}

fn action(text: &str) -> Result<ActionType, String> {
    serde_json::from_value(text.into())
        .map_err(|_| "no action is called so; see `kubectl explain remediationplan.spec.actions.type`".to_owned())
}

fn severity(text: &str) -> Result<IssueSeverity, String> {
    serde_json::from_value(text.into()).map_err(|_| "expected low, medium, high or critical".to_owned())
}

fn reach(text: &str) -> Result<Level, String> {
    severity(text).map(Level::from)
}

fn class(text: &str) -> Result<ActionClass, String> {
    let all = [ActionClass::ReadOnly, ActionClass::Reversible, ActionClass::Disruptive, ActionClass::Irreversible];
    let found = all.into_iter().find(|class| class.to_string().eq_ignore_ascii_case(text));
    found.ok_or_else(|| "expected read-only, reversible, disruptive or irreversible".to_owned())
}

fn label(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').ok_or("expected key=value")?;
    Ok((pair.0.to_owned(), pair.1.to_owned()))
}
