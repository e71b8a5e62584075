//! `kubectl chatcli audit …`.

use clap::{Args, Subcommand};
use common::api::keys::OPERATOR_NAMESPACE;

use super::Structured;

/// See who decided what, and whether the record is whole
#[derive(Args, Clone, Debug)]
#[command(arg_required_else_help = true)]
pub struct AuditArgs {
    /// What to do with it.
    #[command(subcommand)]
    pub command: AuditCommand,
}

/// What can be done with the record.
#[derive(Clone, Debug, Subcommand)]
pub enum AuditCommand {
    /// List what happened, oldest first
    List(AuditListArgs),
    /// Check that no event was edited or taken away
    ///
    /// Each event seals the one before it, and a head in the operator's namespace seals the last. Tells an edited event, events missing in the
    /// middle or at the end, and what retention has removed. Exits 1 when something is wrong. Whoever may write events and heads can forge
    /// both; the exported log closes that: with --log each line is held against its event.
    Verify(AuditVerifyArgs),
}

/// Which events.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli audit list -n shop
  kubectl chatcli audit list -n shop --about web-deploy-failing-1d2c3b4a5f
  kubectl chatcli audit list -A --type approval_vote_ignored")]
pub struct AuditListArgs {
    /// All namespaces
    #[arg(short = 'A', long)]
    pub all_namespaces: bool,
    /// Only events of this class, e.g. approval_vote
    #[arg(long = "type", value_name = "CLASS")]
    pub event_type: Option<String>,
    /// Only events about this object or incident
    #[arg(long, value_name = "NAME")]
    pub about: Option<String>,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<Structured>,
}

/// Which chains.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli audit verify -A
  kubectl chatcli audit verify -n shop --log /var/log/chatcli/audit.jsonl
  zcat audit-*.jsonl.gz | kubectl chatcli audit verify -A --log -")]
pub struct AuditVerifyArgs {
    /// All namespaces
    #[arg(short = 'A', long)]
    pub all_namespaces: bool,
    /// Namespace of the operator, where the heads are
    #[arg(long, value_name = "NAMESPACE", default_value = OPERATOR_NAMESPACE)]
    pub operator_namespace: String,
    /// Compare with the exported log (CHATCLI_AUDIT_LOG_PATH) too; - reads standard input. May be given several times, for rotated files
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub log: Vec<std::path::PathBuf>,
}
