//! `kubectl chatcli cost`.

use clap::Args;
use common::api::keys::OPERATOR_NAMESPACE;

use super::Structured;

/// See what models cost, by day, namespace and incident, and what is left of each budget
///
/// Prices and budgets are set in ConfigMap chatcli-cost-config of the operator's namespace, keys `pricing` and `budgets`. A day is a day in
/// UTC. Calls whose outcome nobody knows are counted at their estimate.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli cost
  kubectl chatcli cost --days 30
  kubectl chatcli cost -o json | jq '.days'")]
pub struct CostArgs {
    /// Days shown
    #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=31))]
    pub days: u16,
    /// Namespace of the operator, where the ledger is
    #[arg(long, value_name = "NAMESPACE", default_value = OPERATOR_NAMESPACE)]
    pub operator_namespace: String,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<Structured>,
}
