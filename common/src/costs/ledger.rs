//! The ledger: one entry per incident in upstream's shape, and what each namespace spent on each day. Bounded, so that it fits a ConfigMap.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Budgets, Spending, Spent};
use crate::naming;

/// Incidents remembered; the longest untouched go first.
const ISSUES: usize = 400;
/// Days remembered.
const DAYS: usize = 31;
/// Namespaces counted apart per day; the rest share one count, so that nobody escapes a cap.
const NAMESPACES: usize = 64;
/// The count the rest share; no namespace can have this name.
pub const OTHERS: &str = "*others";
/// Key of the days; an incident's key has a dot.
const DAYS_KEY: &str = "days";

/// What a model was asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// An analysis.
    Analysis,
    /// The next step of an agentic plan.
    Step,
}

/// One call of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Call<'a> {
    /// For what.
    pub purpose: Purpose,
    /// Namespace of the incident.
    pub namespace: &'a str,
    /// Its name.
    pub issue: &'a str,
    /// The how-manyth of the incident for this purpose, from 1: writing one down twice is writing it down once.
    pub number: u64,
    /// When it was made.
    pub at: Timestamp,
    /// Who was asked.
    pub provider: &'a str,
    /// Which model.
    pub model: &'a str,
    /// What it cost; `calls` is 1.
    pub spending: Spending,
}

/// What one incident cost. The first five fields are upstream's.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IssueEntry {
    /// Name of the Issue.
    pub issue_name: String,
    /// Models.
    pub llm_costs: LlmCosts,
    /// Money lost while it lasted; upstream never fills it.
    #[serde(skip_serializing_if = "serde_json::Value::is_null")]
    pub downtime_cost: serde_json::Value,
    /// Upstream's estimate.
    pub engineer_time_saved_minutes: f64,
    /// Everything, in USD.
    #[serde(rename = "totalCostUSD")]
    pub total_cost_usd: f64,
    /// Namespace of the Issue.
    pub namespace: String,
    /// Last call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
}

/// What models cost for one incident, in upstream's words.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LlmCosts {
    /// Tokens sent.
    pub total_input_tokens: u64,
    /// Tokens received.
    pub total_output_tokens: u64,
    /// Calls for an analysis.
    pub analysis_calls: u64,
    /// Calls for a step.
    pub agentic_steps: u64,
    /// Money.
    #[serde(rename = "estimatedCostUSD")]
    pub estimated_cost_usd: f64,
    /// Who was asked last.
    pub provider: String,
    /// Which model.
    pub model: String,
    /// Calls whose outcome nobody knows.
    pub unknown_calls: u64,
    /// Exact money: millionths of a US dollar.
    pub micro_usd: u64,
}

impl IssueEntry {
    /// The sum.
    pub fn spending(&self) -> Spending {
        Spending {
            calls: self.llm_costs.analysis_calls + self.llm_costs.agentic_steps,
            unknown_calls: self.llm_costs.unknown_calls,
            input_tokens: self.llm_costs.total_input_tokens,
            output_tokens: self.llm_costs.total_output_tokens,
            micro_usd: self.llm_costs.micro_usd,
        }
    }
}

/// Everything that was spent, as far as it is remembered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    /// By key of the ConfigMap.
    issues: BTreeMap<String, IssueEntry>,
    /// By date and namespace.
    days: BTreeMap<String, BTreeMap<String, Spending>>,
    /// Entries of others, kept as they are.
    foreign: BTreeMap<String, String>,
}

impl Ledger {
    /// From the ConfigMap's data. What cannot be read was written by somebody else and is kept.
    pub fn read(data: &BTreeMap<String, String>) -> Self {
        let mut ledger = Self::default();
        for (key, text) in data {
            if key == DAYS_KEY
                && let Ok(days) = serde_json::from_str(text)
            {
                ledger.days = days;
            } else if let Some(entry) =
                serde_json::from_str::<IssueEntry>(text).ok().filter(|it| *key == key_of(&it.namespace, &it.issue_name))
            {
                ledger.issues.insert(key.clone(), entry);
            } else {
                ledger.foreign.insert(key.clone(), text.clone());
            }
        }
        ledger
    }

    /// As the ConfigMap's data.
    pub fn data(&self) -> BTreeMap<String, String> {
        let text = |value: Result<String, serde_json::Error>| value.unwrap_or_default();
        let issues = self.issues.iter().map(|(key, entry)| (key.clone(), text(serde_json::to_string(entry))));
        let days = (DAYS_KEY.to_owned(), text(serde_json::to_string(&self.days)));
        self.foreign.clone().into_iter().chain(issues).chain([days]).collect()
    }

    /// Writes a call down, once. False when it stands there already.
    pub fn record(&mut self, call: &Call<'_>) -> bool {
        let entry = self.issues.entry(key_of(call.namespace, call.issue)).or_default();
        let costs = &mut entry.llm_costs;
        let count = match call.purpose {
            Purpose::Analysis => &mut costs.analysis_calls,
            Purpose::Step => &mut costs.agentic_steps,
        };
        if *count >= call.number {
            return false;
        }
        *count = call.number;
        costs.total_input_tokens += call.spending.input_tokens;
        costs.total_output_tokens += call.spending.output_tokens;
        costs.unknown_calls += call.spending.unknown_calls;
        costs.micro_usd += call.spending.micro_usd;
        costs.estimated_cost_usd = costs.micro_usd as f64 / 1e6;
        call.provider.clone_into(&mut costs.provider);
        call.model.clone_into(&mut costs.model);
        entry.total_cost_usd = entry.llm_costs.estimated_cost_usd;
        call.issue.clone_into(&mut entry.issue_name);
        call.namespace.clone_into(&mut entry.namespace);
        entry.updated_at = Some(call.at);

        let day = self.days.entry(day_of(call.at)).or_default();
        let is_counted = day.contains_key(call.namespace) || day.len() < NAMESPACES;
        let count = day.entry(if is_counted { call.namespace } else { OTHERS }.to_owned()).or_default();
        *count = count.and(call.spending);
        self.forget();
        true
    }

    /// Calls of one incident for one purpose that are written down.
    pub fn calls(&self, namespace: &str, issue: &str, purpose: Purpose) -> u64 {
        let costs = self.issues.get(&key_of(namespace, issue)).map(|entry| &entry.llm_costs);
        costs.map_or(0, |costs| match purpose {
            Purpose::Analysis => costs.analysis_calls,
            Purpose::Step => costs.agentic_steps,
        })
    }

    /// What counts against each cap now.
    pub fn spent(&self, namespace: &str, issue: &str, now: Timestamp) -> Spent {
        let day = self.days.get(&day_of(now));
        let own = day.and_then(|day| day.get(namespace).or_else(|| day.get(OTHERS))).copied();
        let all = day.into_iter().flat_map(BTreeMap::values).fold(Spending::default(), |sum, one| sum.and(*one));
        Spent {
            issue: self.issues.get(&key_of(namespace, issue)).map(IssueEntry::spending).unwrap_or_default(),
            namespace: own.unwrap_or_default(),
            day: all,
        }
    }

    /// Days, newest first, with what each namespace spent.
    pub fn days(&self) -> impl Iterator<Item = (&str, &BTreeMap<String, Spending>)> {
        self.days.iter().rev().map(|(day, spent)| (day.as_str(), spent))
    }

    /// Incidents, the dearest first.
    pub fn issues(&self) -> Vec<&IssueEntry> {
        let mut all: Vec<&IssueEntry> = self.issues.values().collect();
        all.sort_by_key(|entry| (std::cmp::Reverse(entry.llm_costs.micro_usd), entry.issue_name.clone()));
        all
    }

    /// May one more call be made?
    pub fn allows(
        &self,
        budgets: &Budgets,
        namespace: &str,
        issue: &str,
        now: Timestamp,
        next: Spending,
    ) -> Result<(), super::Exhausted> {
        budgets.allow(namespace, &self.spent(namespace, issue, now), next)
    }

    fn forget(&mut self) {
        while self.days.len() > DAYS {
            self.days.pop_first();
        }
        while self.issues.len() > ISSUES {
            let oldest = self.issues.iter().min_by_key(|(_, entry)| entry.updated_at).map(|(key, _)| key.clone());
            let Some(oldest) = oldest else { break };
            self.issues.remove(&oldest);
        }
    }
}

/// `<namespace>.<issue>`, or a hash of it where that is longer than a key may be.
fn key_of(namespace: &str, issue: &str) -> String {
    let key = format!("{namespace}.{issue}");
    if key.len() <= 253 { key } else { format!("long.{}", naming::hash(&[namespace, issue], 40)) }
}

fn day_of(time: Timestamp) -> String {
    time.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn call(number: u64) -> Call<'static> {
        let spending =
            Spending { calls: 1, input_tokens: 1000, output_tokens: 100, micro_usd: 4500, ..Spending::default() };
        let at = at("2026-11-25T23:59:59Z");
        Call {
            purpose: Purpose::Analysis,
            namespace: "shop",
            issue: "web",
            number,
            at,
            provider: "CLAUDEAI",
            model: "m",
            spending,
        }
    }

    #[test]
    fn a_call_written_down_twice_is_charged_once() {
        let mut ledger = Ledger::default();
        assert!(ledger.record(&call(1)));
        assert!(!ledger.record(&call(1)));
        assert!(ledger.record(&call(2)));
        let spent = ledger.spent("shop", "web", call(1).at);
        assert_eq!((spent.issue.calls, spent.issue.micro_usd, spent.namespace.tokens()), (2, 9000, 2200));
    }

    #[test]
    fn analyses_and_steps_of_one_incident_are_numbered_apart_and_charged_together() {
        let mut ledger = Ledger::default();
        assert!(ledger.record(&call(1)));
        assert!(ledger.record(&Call { purpose: Purpose::Step, ..call(1) }));
        assert!(!ledger.record(&Call { purpose: Purpose::Step, ..call(1) }));
        assert_eq!(ledger.calls("shop", "web", Purpose::Step), 1);
        assert_eq!(ledger.spent("shop", "web", call(1).at).issue.calls, 2);
    }

    #[test]
    fn a_new_day_begins_with_nothing_spent_and_an_incident_goes_on() {
        let mut ledger = Ledger::default();
        ledger.record(&call(1));
        let spent = ledger.spent("shop", "web", at("2026-11-26T00:00:00Z"));
        assert_eq!((spent.day.calls, spent.issue.calls), (0, 1));
    }

    #[test]
    fn the_ledger_survives_its_configmap_and_leaves_other_entries_alone() {
        let mut data = BTreeMap::from([("web".to_owned(), r#"{"issueName":"web","llmCosts":{}}"#.to_owned())]);
        let mut ledger = Ledger::read(&data);
        ledger.record(&call(1));
        data = ledger.data();
        assert!(data.contains_key("web"), "upstream's own entry");
        assert!(data["shop.web"].contains(r#""estimatedCostUSD":0.0045"#), "{}", data["shop.web"]);
        assert_eq!(Ledger::read(&data), ledger);
    }

    #[test]
    fn the_ledger_stays_within_a_configmap_whatever_is_asked() {
        let mut ledger = Ledger::default();
        for index in 0..3000_i64 {
            let namespace =
                format!("a-namespace-with-a-very-long-name-that-somebody-thought-was-good-{:04}", index % 500);
            let issue = format!("an-issue-with-a-long-name-as-well-{index}");
            let at = Timestamp::from_second(1_790_000_000 + index * 2000).unwrap();
            ledger.record(&Call { namespace: &namespace, issue: &issue, at, ..call(1) });
        }
        let size: usize = ledger.data().iter().map(|(key, value)| key.len() + value.len()).sum();
        assert!(size < 900_000, "{size}");
    }

    #[test]
    fn a_namespace_beyond_those_counted_apart_still_has_a_cap() {
        let mut ledger = Ledger::default();
        for index in 0..200 {
            ledger.record(&Call { namespace: &format!("ns{index}"), ..call(1) });
        }
        assert_eq!(ledger.spent("ns199", "web", call(1).at).namespace.calls, 200 - NAMESPACES as u64);
        assert_eq!(ledger.spent("ns199", "web", call(1).at).day.calls, 200);
    }
}
