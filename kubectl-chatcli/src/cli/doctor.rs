//! `kubectl chatcli doctor` and `rbac lint`.

use clap::{Args, Subcommand};
use common::api::keys::OPERATOR_NAMESPACE;

use super::Structured;

/// Look whether the installation is sound, and say what to do where it is not
///
/// One line per check with the cause and the next command: API server and its clock, kinds, rights, admission policies and their bindings,
/// the operator and its lease, another operator, what is stuck, policies that cannot be understood, ChatCLI servers with their endpoints,
/// tokens and certificates.
///
/// Exit codes: 0 nothing fails and everything was looked at, 1 something does not work, 2 it cannot be told: the cluster does not answer, or
/// nothing is known to fail but a part may not be read. With --fix: 0 when what was missing or changed is put back.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli doctor
  kubectl chatcli doctor -o json | jq '.checks[] | select(.result != \"ok\")'
  kubectl chatcli doctor --fix")]
pub struct DoctorArgs {
    /// Namespace of the operator
    #[arg(long, value_name = "NAMESPACE", default_value = OPERATOR_NAMESPACE)]
    pub operator_namespace: String,
    /// Put back what is missing or changed of kinds, rights and admission policies, after showing it
    #[arg(long)]
    pub fix: bool,
    /// With --fix: do not ask
    #[arg(short, long, requires = "fix")]
    pub yes: bool,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<Structured>,
}

/// Look at the rights of the operator
#[derive(Args, Clone, Debug)]
#[command(arg_required_else_help = true)]
pub struct RbacArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: RbacCommand,
}

/// What can be done with rights.
#[derive(Clone, Debug, Subcommand)]
pub enum RbacCommand {
    /// Name the rights the operator lacks, and those it has and does not need
    ///
    /// Compares the bindings and roles in the cluster with the manifests of this version: first what holds everywhere, then, per namespace,
    /// what single RoleBindings add. Exits with 1 when a right is missing.
    Lint(RbacLintArgs),
}

/// Where.
#[derive(Args, Clone, Debug)]
pub struct RbacLintArgs {
    /// Also name the rights of every namespace, not only of the one given by -n
    #[arg(short = 'A', long)]
    pub all_namespaces: bool,
    /// Namespace of the operator
    #[arg(long, value_name = "NAMESPACE", default_value = OPERATOR_NAMESPACE)]
    pub operator_namespace: String,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<Structured>,
}
