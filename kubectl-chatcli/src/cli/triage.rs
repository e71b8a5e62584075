//! `kubectl chatcli triage`.

use clap::Args;

/// Walk through the open incidents, the most urgent first, and decide
///
/// Shows why, what would change, the checks made and the votes so far; then asks: approve, reject, edit the plan, snooze, take over
/// (automation leaves the workload to you), read its log, write the remedy to a file as a Runbook, or go on. Needs a terminal. Leaving at any
/// moment leaves nothing half done.
///
/// While it waits, it watches: what others do is said in a line and drawn anew. An answer to a screen that is no longer true is not carried
/// out.
///
/// The plan opens in KUBE_EDITOR, else EDITOR, else vi. What was previewed stays as it is; your edit is checked by the API server, previewed
/// with your rights, and then created as a plan of your own, written to a file, or dropped. It takes the role chatcli-author, and somebody
/// else has to approve it.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli triage -A
  kubectl chatcli triage -n shop
  kubectl chatcli triage checkout-pod-not-ready-3f9a1c20b7 -n shop")]
pub struct TriageArgs {
    /// Only this incident
    #[arg(value_name = "ISSUE", conflicts_with = "all_namespaces")]
    pub name: Option<String>,
    /// All namespaces
    #[arg(short = 'A', long)]
    pub all_namespaces: bool,
    /// Snoozed incidents as well
    #[arg(long)]
    pub snoozed: bool,
}
