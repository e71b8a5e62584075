//! Budgets: hard caps on what models may cost.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Spending;

/// Caps; what is absent is not capped.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Budget {
    /// Calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calls: Option<u64>,
    /// Tokens in both directions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
    /// US dollars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usd: Option<f64>,
}

/// The three caps. A day is a day in UTC.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Budgets {
    /// Of one incident, over its life.
    pub per_issue: Budget,
    /// Of one namespace and day.
    pub per_namespace_per_day: Budget,
    /// Of the cluster and day.
    pub per_day: Budget,
}

impl Default for Budgets {
    fn default() -> Self {
        let of = |calls, tokens, usd| Budget { calls: Some(calls), tokens: Some(tokens), usd: Some(usd) };
        Self {
            // Ten calls an incident: pipeline.md §8.9. The others let a bad day cost what a lunch does, and not a salary.
            per_issue: of(10, 200_000, 1.0),
            per_namespace_per_day: of(100, 2_000_000, 10.0),
            per_day: of(400, 8_000_000, 40.0),
        }
    }
}

/// What has been spent already, within each cap.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spent {
    /// On the incident.
    pub issue: Spending,
    /// In the namespace today.
    pub namespace: Spending,
    /// In the cluster today.
    pub day: Spending,
}

/// The cap that does not let one more call through.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("the budget {scope} is used up: {used} of {cap} {what}")]
pub struct Exhausted {
    /// `of this incident`, `of namespace shop for today`, `of the cluster for today`.
    pub scope: String,
    /// `calls`, `tokens` or `USD`.
    pub what: &'static str,
    /// Spent, with what the call would cost.
    pub used: String,
    /// The cap.
    pub cap: String,
    /// It is free again tomorrow.
    pub is_daily: bool,
}

impl Budgets {
    /// The caps an administrator set; a cap left out keeps its default.
    pub fn with(text: Option<&str>) -> Result<Self, String> {
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(Self::default()) };
        serde_json::from_str(text)
            .map_err(|error| format!("expected JSON like {{\"perDay\": {{\"calls\": 400, \"usd\": 40}}}}: {error}"))
    }

    /// May one more call be made that costs this?
    pub fn allow(&self, namespace: &str, spent: &Spent, next: Spending) -> Result<(), Exhausted> {
        let scopes = [
            (&self.per_issue, spent.issue, "of this incident".to_owned(), false),
            (&self.per_namespace_per_day, spent.namespace, format!("of namespace {namespace} for today"), true),
            (&self.per_day, spent.day, "of the cluster for today".to_owned(), true),
        ];
        for (budget, before, scope, is_daily) in scopes {
            let after = before.and(next);
            let over = |what, used: String, cap: String| Exhausted { scope: scope.clone(), what, used, cap, is_daily };
            if let Some(cap) = budget.calls.filter(|cap| after.calls > *cap) {
                return Err(over("calls", before.calls.to_string(), cap.to_string()));
            }
            if let Some(cap) = budget.tokens.filter(|cap| after.tokens() > *cap) {
                return Err(over("tokens", before.tokens().to_string(), cap.to_string()));
            }
            if let Some(cap) = budget.usd.filter(|cap| after.usd() > *cap) {
                return Err(over("USD", format!("{:.2}", before.usd()), format!("{cap:.2}")));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(count: u64) -> Spending {
        Spending { calls: count, input_tokens: count * 1000, micro_usd: count * 10_000, ..Spending::default() }
    }

    #[test]
    fn the_call_that_reaches_a_cap_is_the_last() {
        let budgets = Budgets::default();
        let nine = Spent { issue: calls(9), ..Spent::default() };
        assert_eq!(budgets.allow("shop", &nine, calls(1)), Ok(()));
        let ten = Spent { issue: calls(10), ..Spent::default() };
        let full = budgets.allow("shop", &ten, calls(1)).unwrap_err();
        assert_eq!(full.to_string(), "the budget of this incident is used up: 10 of 10 calls");
        assert!(!full.is_daily);
    }

    #[test]
    fn a_namespaces_day_ends_before_the_clusters() {
        let spent = Spent { namespace: calls(100), day: calls(100), ..Spent::default() };
        let full = Budgets::default().allow("shop", &spent, calls(1)).unwrap_err();
        assert_eq!(full.scope, "of namespace shop for today");
        assert!(full.is_daily);
    }

    #[test]
    fn a_cap_left_out_of_the_settings_keeps_its_default_and_zero_forbids() {
        let budgets = Budgets::with(Some(r#"{"perDay": {"calls": 0}}"#)).unwrap();
        assert_eq!(budgets.per_issue, Budgets::default().per_issue);
        assert_eq!(budgets.allow("shop", &Spent::default(), calls(1)).unwrap_err().what, "calls");
        assert!(Budgets::with(Some(r#"{"perWeek": {}}"#)).is_err(), "a mistyped cap must not be taken for none");
    }

    #[test]
    fn money_is_capped_as_well_as_calls() {
        let budgets = Budgets::with(Some(r#"{"perIssue": {"usd": 0.02}}"#)).unwrap();
        let spent = Spent { issue: calls(2), ..Spent::default() };
        assert_eq!(budgets.allow("shop", &spent, calls(1)).unwrap_err().what, "USD");
    }
}
