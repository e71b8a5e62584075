//! What models cost: prices, budgets, and the ledger in which each call is written down.
//!
//! In: calls with their tokens. Out: money, and whether one more call fits. Never: asks anybody. The operator writes the ledger, the plugin
//! reads it; both ConfigMaps lie in the operator's namespace.

mod budgets;
mod ledger;
mod prices;

pub use budgets::{Budget, Budgets, Exhausted, Spent};
pub use ledger::{Call, IssueEntry, Ledger, OTHERS, Purpose};
pub use prices::{Price, Prices};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// ConfigMap with the ledger, upstream's name.
pub const LEDGER: &str = "chatcli-cost-ledger";
/// ConfigMap in which an administrator sets prices and budgets, upstream's name.
pub const SETTINGS: &str = "chatcli-cost-config";
/// Key of the prices in it, upstream's name: provider -> `{"InputPerMillion", "OutputPerMillion"}` in USD.
pub const PRICING: &str = "pricing";
/// Key of the budgets in it: `{"perIssue", "perNamespacePerDay", "perDay"}`, each `{"calls", "tokens", "usd"}`.
pub const BUDGETS: &str = "budgets";

/// Calls and what they cost.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Spending {
    /// Calls, whatever came of them.
    pub calls: u64,
    /// Those of them whose outcome nobody knows; they are counted at their estimate.
    pub unknown_calls: u64,
    /// Tokens sent.
    pub input_tokens: u64,
    /// Tokens received.
    pub output_tokens: u64,
    /// Millionths of a US dollar.
    pub micro_usd: u64,
}

impl Spending {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            calls: self.calls.saturating_add(other.calls),
            unknown_calls: self.unknown_calls.saturating_add(other.unknown_calls),
            input_tokens: self.input_tokens.saturating_add(other.input_tokens),
            output_tokens: self.output_tokens.saturating_add(other.output_tokens),
            micro_usd: self.micro_usd.saturating_add(other.micro_usd),
        }
    }

    /// Tokens in both directions.
    pub fn tokens(&self) -> u64 {
        self.input_tokens.saturating_add(self.output_tokens)
    }

    /// US dollars.
    pub fn usd(&self) -> f64 {
        self.micro_usd as f64 / 1e6
    }
}

/// Tokens of a text where nobody counted them: four bytes each, as upstream estimates.
pub fn estimate(text: &str) -> u64 {
    text.len().div_ceil(4) as u64
}
