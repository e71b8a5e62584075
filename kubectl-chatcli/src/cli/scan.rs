//! `kubectl chatcli scan`.

use clap::{Args, ValueEnum};

/// See everything that is wrong now, one line per cause
///
/// Asks the same rules as the operator about every workload, pod and node, with your own rights; nothing has to be installed. What
/// suffers from one cause is one line: the workload where the cause sits, or the first that failed for it. What you may not read is
/// said.
///
/// Certificates that a workload mounts or an Ingress serves are looked at if you may list Secrets of type kubernetes.io/tls. One that is
/// over is wrong; one that ends within 14 days, or within the last sixth of a short life, is shown and counts for nothing yet.
///
/// How full volumes are is asked of the kubelets if you may get nodes/proxy: one with less than 3 % of its bytes or inodes free is wrong.
///
/// The log of a workload that shows nothing else is not read unless you ask for it with --logs; `explain KIND/NAME` always reads it.
///
/// Exits 0 when nothing is wrong, 1 when something is, and 2 when that cannot be told: the cluster does not answer, or nothing was
/// found but a kind of workload may not be read. What may still recover by itself is told, and counts for nothing.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli scan -n shop
  kubectl chatcli scan -A -o wide
  kubectl chatcli scan -n shop --logs
  kubectl chatcli scan -n shop -o json | jq -r '.causes[].findings[0].statement'
  kubectl chatcli scan -n shop -o name | xargs -n1 kubectl chatcli explain -n shop
  kubectl chatcli scan -n shop >/dev/null && echo fine")]
pub struct ScanArgs {
    /// All namespaces, and every node
    #[arg(short = 'A', long)]
    pub all_namespaces: bool,
    /// Also the last hour of the logs of workloads that look well: do they log more errors than before?
    #[arg(long)]
    pub logs: bool,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<ScanOutput>,
}

/// Forms of the result.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum ScanOutput {
    /// More columns
    Wide,
    /// Causes with all findings and receipts as JSON
    Json,
    /// Causes with all findings and receipts as YAML
    Yaml,
    /// Only KIND/NAME, as `explain` takes it
    Name,
}
