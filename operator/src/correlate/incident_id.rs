//! `INC-<yyyymmdd>-<nnn>`: unique in the cluster, counted per UTC day in one ConfigMap by compare-and-swap.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU32, Ordering};

use common::api::keys::managers;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::Api;
use kube::api::{ObjectMeta, PostParams};
use tokio::sync::Mutex;

use crate::runtime::{Context, Error, WriteError, attempt, read};

/// The ConfigMap.
const COUNTER: &str = "chatcli-incident-counter";
/// Days it remembers.
const DAYS: usize = 7;

/// Draws incident ids. Many at once cost one write: whoever comes first draws for all that wait.
#[derive(Default)]
pub struct IncidentIds {
    waiting: AtomicU32,
    drawn: Mutex<Drawn>,
}

#[derive(Default)]
struct Drawn {
    day: String,
    numbers: VecDeque<u32>,
    counter: Option<ConfigMap>,
}

impl IncidentIds {
    /// The next id. A number drawn for an Issue that could not be created is lost; ids are unique, not dense.
    pub async fn next(&self, ctx: &Context) -> Result<String, Error> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let mut drawn = self.drawn.lock().await;
        let waiting = self.waiting.load(Ordering::Relaxed).max(1);
        let result = drawn.next(ctx, waiting).await;
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        result
    }
}

impl Drawn {
    async fn next(&mut self, ctx: &Context, wanted: u32) -> Result<String, Error> {
        let today = day(ctx.clock.now());
        if self.day != today {
            self.numbers.clear();
            self.day.clone_from(&today);
        }
        if self.numbers.is_empty() {
            let drawn = self.draw(ctx, &today, wanted).await;
            if drawn.is_err() {
                self.counter = None;
            }
            let last = drawn?;
            self.numbers = (last + 1 - wanted..=last).collect();
        }
        let number = self.numbers.pop_front().unwrap_or(1);
        Ok(format!("INC-{today}-{number:03}"))
    }

    /// Moves the counter forward and gives the last number of the block.
    async fn draw(&mut self, ctx: &Context, today: &str, wanted: u32) -> Result<u32, Error> {
        ctx.leader.still().map_err(WriteError::from)?;
        let api: Api<ConfigMap> = Api::namespaced(ctx.clients.write.clone(), &ctx.namespace);
        let known = match self.counter.take() {
            Some(counter) => Some(counter),
            None => read(api.get_opt(COUNTER)).await?,
        };
        let params = PostParams { field_manager: Some(managers::CORRELATOR.to_owned()), ..PostParams::default() };
        let mut days = known.as_ref().and_then(|counter| counter.data.clone()).unwrap_or_default();
        let last = advance(&mut days, today, wanted);
        let stored = if let Some(mut counter) = known {
            counter.data = Some(days);
            attempt(COUNTER, api.replace(COUNTER, &params, &counter)).await?
        } else {
            let metadata = ObjectMeta { name: Some(COUNTER.to_owned()), ..ObjectMeta::default() };
            let counter = ConfigMap { metadata, data: Some(days), ..ConfigMap::default() };
            attempt(COUNTER, api.create(&params, &counter)).await?
        };
        self.counter = Some(stored);
        Ok(last)
    }
}

fn advance(days: &mut BTreeMap<String, String>, today: &str, wanted: u32) -> u32 {
    let last = days.get(today).and_then(|number| number.parse::<u32>().ok()).unwrap_or(0) + wanted;
    days.insert(today.to_owned(), last.to_string());
    while days.len() > DAYS {
        days.pop_first();
    }
    last
}

fn day(now: Timestamp) -> String {
    now.to_zoned(TimeZone::UTC).strftime("%Y%m%d").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_incident_of_a_day_is_number_one() {
        let mut days = BTreeMap::from([("20261120".to_owned(), "41".to_owned())]);
        assert_eq!(advance(&mut days, "20261121", 1), 1);
        assert_eq!(advance(&mut days, "20261121", 3), 4);
    }

    #[test]
    fn the_counter_forgets_old_days() {
        let mut days = BTreeMap::new();
        for day in 0..30 {
            advance(&mut days, &format!("202611{day:02}"), 1);
        }
        assert_eq!(days.len(), DAYS);
        assert!(days.contains_key("20261129"));
    }

    #[test]
    fn the_day_is_utc() {
        assert_eq!(day("2026-11-21T23:59:59Z".parse().unwrap()), "20261121");
    }
}
