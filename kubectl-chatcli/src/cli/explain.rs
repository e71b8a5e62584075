//! `kubectl chatcli explain`.

use clap::Args;

use super::Structured;

/// Say why something is wrong, with the evidence
///
/// Every statement names the object, field, event or log line it was read from. What was looked at and ruled out is listed, and so is
/// everything that suffers from the same cause.
///
/// KIND/NAME asks the rules now, with your own rights, about a deployment, statefulset, daemonset, job, pod or node of any cluster:
/// nothing has to be installed.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli explain checkout-pod-not-ready-3f9a1c20b7 -n shop
  kubectl chatcli explain deploy/checkout -n shop
  kubectl chatcli explain -n shop $(kubectl chatcli issues -n shop -o name | head -1)")]
pub struct ExplainArgs {
    /// Incident by name, or a workload, pod or node as KIND/NAME
    #[arg(value_name = "ISSUE|KIND/NAME")]
    pub subject: String,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<Structured>,
}

impl ExplainArgs {
    /// As typed with nothing but a subject.
    pub fn about(subject: &str) -> Self {
        Self { subject: subject.to_owned(), output: None }
    }
}
