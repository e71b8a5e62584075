//! `kubectl chatcli record` and `replay`.

use std::path::PathBuf;

use clap::Args;

/// Keep everything an explanation is made from, in one file
///
/// Objects, events, log tails, findings, plans and votes of an incident, or of a workload where nothing is installed. Credentials are taken
/// out; read the file before you share it all the same. `replay` explains it again, offline.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli record checkout-pod-not-ready-3f9a1c20b7 -n shop --file checkout.yaml
  kubectl chatcli record deploy/checkout -n shop > checkout.yaml
  kubectl chatcli replay checkout.yaml")]
pub struct RecordArgs {
    /// Incident by name, or a workload, pod or node as KIND/NAME
    #[arg(value_name = "ISSUE|KIND/NAME")]
    pub subject: String,
    /// Write to this file instead of stdout
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// Explain a recording; asks no cluster
#[derive(Args, Clone, Debug)]
pub struct ReplayArgs {
    /// The recording
    pub file: PathBuf,
}
