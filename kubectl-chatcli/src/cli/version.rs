//! `kubectl chatcli version`.

use clap::Args;

use super::Structured;

/// Print the version of the plugin and of the operator in the cluster
#[derive(Args, Clone, Debug)]
pub struct VersionArgs {
    /// Only the plugin's version; asks no cluster
    #[arg(long)]
    pub client: bool,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<Structured>,
}
