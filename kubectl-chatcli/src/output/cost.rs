//! What models cost: by day and namespace, by incident, against each budget, and what the rules saved.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use common::api::AIInsight;
use common::api::ai_insight::ModelState;
use common::costs::{Budget, Budgets, IssueEntry, Spending};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Serialize;

use super::style::title;
use super::table::{Cell, Table};

/// Incidents shown.
const ISSUES: usize = 10;

/// Everything that is shown.
#[derive(Clone, Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bill {
    /// By date, newest first, and namespace.
    pub days: Vec<(String, BTreeMap<String, Spending>)>,
    /// The dearest first.
    pub issues: Vec<IssueEntry>,
    /// Caps.
    pub budgets: Budgets,
    /// Incidents by who explained them.
    pub saved: Saved,
}

/// Incidents by who explained them.
#[derive(Clone, Copy, Debug, Default, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Saved {
    /// By rules alone.
    pub by_rules: usize,
    /// Of a cause that was asked about already.
    pub same_cause: usize,
    /// A model was asked.
    pub asked: usize,
}

/// Who explained these.
pub fn saved(insights: &[AIInsight]) -> Saved {
    let mut saved = Saved::default();
    for status in insights.iter().filter_map(|insight| insight.status.as_ref()) {
        match status.model.as_ref().map(|model| (model.state, model.calls)) {
            Some((ModelState::Shared, 0)) => saved.same_cause += 1,
            None | Some((_, 0)) => saved.by_rules += 1,
            Some(_) => saved.asked += 1,
        }
    }
    saved
}

/// The page.
pub fn page(bill: &Bill, now: Timestamp) -> String {
    let mut page = String::new();
    let Saved { by_rules, same_cause, asked } = bill.saved;
    let _ = writeln!(
        page,
        "{} incidents: {by_rules} explained by rules alone, {same_cause} by the answer to another of the same cause, {asked} with a model's help\n",
        by_rules + same_cause + asked
    );
    let today = now.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d").to_string();
    let spent = bill.days.iter().find(|(day, _)| *day == today).map(|(_, spent)| spent);
    let _ = writeln!(page, "{}", title("Budgets"));
    let mut table = Table::new(["WHAT", "CALLS", "TOKENS", "USD"]);
    let all = spent.into_iter().flat_map(BTreeMap::values).fold(Spending::default(), |sum, one| sum.and(*one));
    table.push(row("cluster, today", Some(all), &bill.budgets.per_day));
    for (namespace, one) in spent.into_iter().flatten() {
        table.push(row(&format!("namespace {namespace}, today"), Some(*one), &bill.budgets.per_namespace_per_day));
    }
    table.push(row("each namespace a day", None, &bill.budgets.per_namespace_per_day));
    table.push(row("each incident", None, &bill.budgets.per_issue));
    page.push_str(&table.render());
    if bill.days.is_empty() {
        let _ = writeln!(page, "\nNo model was asked yet.");
        return page;
    }
    let _ = writeln!(page, "\n{}", title("Days"));
    let mut table = Table::new(["DAY", "NAMESPACE", "CALLS", "UNKNOWN", "TOKENS IN", "TOKENS OUT", "USD"]);
    for (day, namespaces) in &bill.days {
        for (namespace, one) in namespaces {
            table.push(cells(&[day, namespace], one));
        }
    }
    page.push_str(&table.render());
    let _ = writeln!(page, "\n{}", title("Incidents, the dearest first"));
    let mut table = Table::new(["INCIDENT", "NAMESPACE", "CALLS", "UNKNOWN", "TOKENS IN", "TOKENS OUT", "USD"]);
    for entry in bill.issues.iter().take(ISSUES) {
        table.push(cells(&[&entry.issue_name, &entry.namespace], &entry.spending()));
    }
    page.push_str(&table.render());
    page
}

fn cells(names: &[&str], one: &Spending) -> Vec<Cell> {
    let numbers = [one.calls, one.unknown_calls, one.input_tokens, one.output_tokens].map(|number| number.to_string());
    let words = names.iter().map(Cell::new).chain(numbers.iter().map(Cell::new));
    words.chain([Cell::new(format!("{:.4}", one.usd()))]).collect()
}

fn row(what: &str, spent: Option<Spending>, budget: &Budget) -> Vec<Cell> {
    let of = |used: Option<String>, cap: Option<String>| {
        let cap = cap.unwrap_or_else(|| "no cap".to_owned());
        Cell::new(used.map_or_else(|| cap.clone(), |used| format!("{used} of {cap}")))
    };
    vec![
        Cell::new(what),
        of(spent.map(|it| it.calls.to_string()), budget.calls.map(|cap| cap.to_string())),
        of(spent.map(|it| it.tokens().to_string()), budget.tokens.map(|cap| cap.to_string())),
        of(spent.map(|it| format!("{:.2}", it.usd())), budget.usd.map(|cap| format!("{cap:.2}"))),
    ]
}

#[cfg(test)]
mod tests {
    use common::costs::{Call, Ledger, Purpose};

    use super::*;

    #[test]
    fn a_bill_shows_budgets_days_and_the_dearest_incidents() {
        let mut ledger = Ledger::default();
        let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        for (namespace, issue, number, unknown_calls) in
            [("shop", "web-crash-loop", 1, 0), ("shop", "web-crash-loop", 2, 1), ("billing", "api-oom-kill", 1, 0)]
        {
            let spending =
                Spending { calls: 1, unknown_calls, input_tokens: 5200, output_tokens: 640, micro_usd: 25_200 };
            ledger.record(&Call {
                purpose: Purpose::Analysis,
                namespace,
                issue,
                number,
                at: now,
                provider: "CLAUDEAI",
                model: "m",
                spending,
            });
        }
        let bill = Bill {
            days: ledger.days().map(|(day, spent)| (day.to_owned(), spent.clone())).collect(),
            issues: ledger.issues().into_iter().cloned().collect(),
            budgets: Budgets::default(),
            saved: Saved { by_rules: 41, same_cause: 199, asked: 2 },
        };
        insta::assert_snapshot!(anstream::adapter::strip_str(&page(&bill, now)));
    }
}
