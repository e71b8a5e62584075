//! When a CronJob runs.

use std::borrow::Cow;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;

use super::PATCH_CRON_JOBS;
use crate::actions::action::{Action, Spec};
use crate::actions::change::ChangeSet;
use crate::actions::fields;
use crate::actions::kind;
use crate::actions::live::Live;
use crate::actions::refusal::Refusal;
use crate::api::ActionType;
use crate::api::remediation_plan::ActionClass;
use crate::facts::schedule::Schedule;

/// Sets the schedule.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdjustCronJobSchedule {
    /// Five fields (`*/5 * * * *`), or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.
    schedule: Schedule,
}

impl JsonSchema for Schedule {
    fn schema_name() -> Cow<'static, str> {
        "Schedule".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "string", "minLength": 6 })
    }
}

impl Action for AdjustCronJobSchedule {
    const SPEC: Spec = Spec {
        action: ActionType::AdjustCronJobSchedule,
        kinds: &[&kind::CRON_JOB],
        class: ActionClass::Reversible,
        capability: "cronjobs",
        rules: &[PATCH_CRON_JOBS],
        about: "Sets the schedule of a CronJob; the preview shows the next three runs in its time zone. Undo restores the previous \
                schedule. What is no schedule is refused.",
        takes_data: false,
    };

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let change = fields::set(live, &[("/spec/schedule", self.schedule.text().into())]);
        if change.is_nothing() {
            return Ok(ChangeSet::nothing(format!("already scheduled as \"{}\"", self.schedule.text())));
        }
        let zone = live.target.text("/spec/timeZone");
        Ok(change.noting(next_runs(&self.schedule, zone, live.now)))
    }
}

/// The next three runs, in words.
fn next_runs(schedule: &Schedule, zone: &str, now: Timestamp) -> String {
    let told = if zone.is_empty() { "UTC, if that is the controller's zone" } else { zone };
    let next: Vec<String> =
        schedule.runs_after(zone, now).take(3).map(|time| time.strftime("%Y-%m-%d %H:%M").to_string()).collect();
    if next.is_empty() { "has no next run".to_owned() } else { format!("next runs: {} ({told})", next.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(text: &str, zone: &str) -> String {
        let schedule = Schedule::try_from(text.to_owned()).unwrap();
        next_runs(&schedule, zone, "2026-03-01T10:07:00Z".parse().unwrap())
    }

    #[test]
    fn the_next_runs_are_told_in_the_cron_jobs_own_zone() {
        assert_eq!(
            next("*/30 * * * *", "Europe/Paris"),
            "next runs: 2026-03-01 11:30, 2026-03-01 12:00, 2026-03-01 12:30 (Europe/Paris)"
        );
        assert!(
            next("@daily", "").starts_with("next runs: 2026-03-02 00:00, 2026-03-03 00:00"),
            "{}",
            next("@daily", "")
        );
    }
}
