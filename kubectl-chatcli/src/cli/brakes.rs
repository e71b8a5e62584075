//! `kubectl chatcli pause` and `resume`.

use clap::Args;

use super::DryRun;

/// What is stopped.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli pause -n shop                  nothing is changed in shop
  kubectl chatcli pause deployment/web -n shop   nothing is changed about web
  kubectl chatcli pause -A --yes                 nothing is changed anywhere")]
pub struct PauseArgs {
    /// Where it holds
    #[command(flatten)]
    pub scope: BrakeScope,
    /// Why, for whoever finds it
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// Where to stop
    #[arg(long, value_name = "STAGE", default_value = "none")]
    pub dry_run: DryRun,
}

/// What goes on.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli resume -n shop
  kubectl chatcli resume --breaker -n shop   failures until now no longer count")]
pub struct ResumeArgs {
    /// Where it holds
    #[command(flatten)]
    pub scope: BrakeScope,
    /// Reset the circuit breaker of the namespace: takes the verb `pause` on issues there
    #[arg(long, conflicts_with_all = ["workload", "all_namespaces"])]
    pub breaker: bool,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// Where to stop
    #[arg(long, value_name = "STAGE", default_value = "none")]
    pub dry_run: DryRun,
}

/// A workload, a namespace or everything; without either, the namespace one works in.
#[derive(Args, Clone, Debug)]
pub struct BrakeScope {
    /// One workload: deployment, statefulset, daemonset, job or cronjob
    #[arg(value_name = "TYPE/NAME", conflicts_with = "all_namespaces")]
    pub workload: Option<String>,
    /// All namespaces: the whole cluster
    // Not `--cluster`: that is one of the kubeconfig.
    #[arg(short = 'A', long)]
    pub all_namespaces: bool,
    /// Namespace of the operator, where the switch for the cluster is
    #[arg(long, value_name = "NAMESPACE", default_value = common::api::keys::OPERATOR_NAMESPACE)]
    pub operator_namespace: String,
}
