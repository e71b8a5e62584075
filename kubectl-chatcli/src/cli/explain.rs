//! `kubectl chatcli explain`.

use clap::Args;

use super::Structured;

/// Say why something is wrong, with the evidence
///
/// Every statement names the object, field, event or log line it was read from. What was looked at and ruled out is listed, and so is
/// everything that suffers from the same cause.
///
/// KIND/NAME asks the rules now, with your own rights, about a deployment, statefulset, daemonset, job, cronjob, pod or node of any
/// cluster: nothing has to be installed. If you may list Secrets, the certificates that it mounts, or that an Ingress serves for it, are
/// looked at too; of an ingress, only these. CODE, as findings carry it, says what that cause means and what usually helps.
///
/// With --preview the exit code stays that of an explanation: 0, whether or not something would change.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli explain checkout-pod-not-ready-3f9a1c20b7 -n shop
  kubectl chatcli explain deploy/checkout -n shop
  kubectl chatcli explain deploy/checkout -n shop --preview
  kubectl chatcli explain config-key-missing
  kubectl chatcli explain deploy/checkout -n shop --facts
  kubectl chatcli explain checkout-pod-not-ready-3f9a1c20b7 -n shop --show-prompt
  kubectl chatcli explain -n shop $(kubectl chatcli issues -n shop -o name | head -1)")]
pub struct ExplainArgs {
    /// Incident by name, a workload, pod or node as KIND/NAME, or the code of a cause
    #[arg(value_name = "ISSUE|KIND/NAME|CODE")]
    pub subject: String,
    /// Show what the rules are told instead of what they say: everything read now, with your own rights, redacted
    #[arg(long)]
    pub facts: bool,
    /// Show exactly what left the cluster when a model was asked about this incident last, redacted as it left, and what came back
    #[arg(long, conflicts_with = "facts")]
    pub show_prompt: bool,
    /// Then show what its first remedy would change, as `plan preview` does: sealed by the operator, or asked now with your own rights
    #[arg(long, conflicts_with_all = ["facts", "show_prompt"])]
    pub preview: bool,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<Structured>,
}

impl ExplainArgs {
    /// As typed with nothing but a subject.
    pub fn about(subject: &str) -> Self {
        Self { subject: subject.to_owned(), facts: false, show_prompt: false, preview: false, output: None }
    }
}
