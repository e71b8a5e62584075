//! Prices of providers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// US dollars per million tokens.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Price {
    /// Sent.
    #[serde(alias = "inputPerMillion")]
    pub input_per_million: f64,
    /// Received.
    #[serde(alias = "outputPerMillion")]
    pub output_per_million: f64,
}

const fn price(input_per_million: f64, output_per_million: f64) -> Price {
    Price { input_per_million, output_per_million }
}

/// Upstream's table; a model on one's own machine is the exception, it costs nobody anything.
const PUBLISHED: &[(&str, Price)] = &[
    ("CLAUDEAI", price(3.0, 15.0)),
    ("OPENAI", price(10.0, 30.0)),
    ("GOOGLEAI", price(1.25, 5.0)),
    ("XAI", price(3.0, 15.0)),
    ("ZAI", price(1.0, 4.0)),
    ("MINIMAX", price(0.3, 1.2)),
    ("MOONSHOT", price(0.95, 4.0)),
    ("COPILOT", price(10.0, 30.0)),
    ("OPENROUTER", price(2.0, 8.0)),
    ("OLLAMA", price(0.0, 0.0)),
];
/// Anybody else.
const OTHER: Price = price(1.0, 3.0);

/// Prices by provider.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prices(BTreeMap<String, Price>);

impl Prices {
    /// The published table, with what an administrator set in place of it.
    pub fn with(overrides: Option<&str>) -> Result<Self, String> {
        let Some(text) = overrides.filter(|text| !text.trim().is_empty()) else { return Ok(Self::default()) };
        let table: BTreeMap<String, Price> = serde_json::from_str(text).map_err(|error| {
            format!("expected JSON like {{\"OPENAI\": {{\"InputPerMillion\": 10, \"OutputPerMillion\": 30}}}}: {error}")
        })?;
        let is_price = |value: f64| value.is_finite() && value >= 0.0;
        if let Some((name, _)) =
            table.iter().find(|(_, it)| !is_price(it.input_per_million) || !is_price(it.output_per_million))
        {
            return Err(format!("the price of {name} is not a number from 0 on"));
        }
        Ok(Self(table.into_iter().map(|(name, price)| (name.to_uppercase(), price)).collect()))
    }

    /// The price of a provider.
    pub fn of(&self, provider: &str) -> Price {
        let name = provider.to_uppercase();
        let published = || PUBLISHED.iter().find(|(known, _)| *known == name).map(|(_, price)| *price);
        self.0.get(&name).copied().or_else(published).unwrap_or(OTHER)
    }

    /// Millionths of a US dollar for these tokens, rounded up.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "prices are checked, tokens are few")]
    pub fn cost(&self, provider: &str, input_tokens: u64, output_tokens: u64) -> u64 {
        let price = self.of(provider);
        // Dollars per million tokens are millionths of a dollar per token.
        let cost = input_tokens as f64 * price.input_per_million + output_tokens as f64 * price.output_per_million;
        cost.ceil() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_costs_what_the_published_table_says() {
        let prices = Prices::default();
        assert_eq!(prices.cost("CLAUDEAI", 1_000_000, 100_000), 4_500_000);
        assert_eq!(prices.cost("claudeai", 1, 1), 18);
        assert_eq!(prices.cost("SOMEBODY", 1_000_000, 0), 1_000_000);
        assert_eq!(prices.cost("OLLAMA", 1_000_000, 1_000_000), 0);
    }

    #[test]
    fn an_administrators_price_replaces_the_published_one_and_leaves_the_others() {
        let prices = Prices::with(Some(r#"{"openai": {"InputPerMillion": 2, "OutputPerMillion": 8}}"#)).unwrap();
        assert_eq!(prices.cost("OPENAI", 1_000_000, 1_000_000), 10_000_000);
        assert_eq!(prices.cost("XAI", 1_000_000, 0), 3_000_000);
    }

    #[test]
    fn a_price_that_is_none_is_refused_with_its_name() {
        let error = Prices::with(Some(r#"{"XAI": {"InputPerMillion": -1, "OutputPerMillion": 8}}"#)).unwrap_err();
        assert!(error.contains("XAI"), "{error}");
        assert!(Prices::with(Some("nonsense")).is_err());
    }
}
