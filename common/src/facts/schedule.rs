//! When a CronJob runs.

use cronexpr::{Crontab, MakeTimestamp};
use jiff::{Timestamp, Zoned};
use serde::Deserialize;

const MACROS: &[(&str, &str)] = &[
    ("@hourly", "0 * * * *"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@weekly", "0 0 * * 0"),
    ("@monthly", "0 0 1 * *"),
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
];

/// A schedule that has a next time.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Schedule {
    text: String,
    fields: String,
}

impl TryFrom<String> for Schedule {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let known = MACROS.iter().find(|(name, _)| *name == text).map(|(_, fields)| (*fields).to_owned());
        let fields = known.unwrap_or_else(|| text.clone());
        let five = "five fields such as \"*/5 * * * *\", or @hourly, @daily, @weekly, @monthly, @yearly";
        if fields.split_whitespace().count() != 5 {
            return Err(five.to_owned());
        }
        // The zone is the CronJob's own field; here any will do.
        format!("{fields} UTC").parse::<Crontab>().map_err(|_| five.to_owned())?;
        Ok(Self { text, fields })
    }
}

impl Schedule {
    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The runs after a moment, in a zone by its IANA name; empty is UTC, in which most controllers run. None where the zone is unknown.
    pub fn runs_after(&self, zone: &str, at: Timestamp) -> impl Iterator<Item = Zoned> {
        let zone = if zone.is_empty() { "UTC" } else { zone };
        let times = format!("{} {zone}", self.fields).parse::<Crontab>();
        let times = times.and_then(|crontab| crontab.iter_after(MakeTimestamp(at)));
        times.into_iter().flatten().map_while(Result::ok)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_schedule_is_refused() {
        for text in ["", "* * * *", "61 * * * *", "* * * * * UTC", "@sometimes", "every day"] {
            assert!(Schedule::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn runs_follow_the_zone_through_its_clock_changes() {
        let nightly = Schedule::try_from("30 4 * * *".to_owned()).unwrap();
        let after: Timestamp = "2026-10-23T12:00:00Z".parse().unwrap();
        let utc: Vec<String> =
            nightly.runs_after("Europe/Paris", after).take(2).map(|run| run.timestamp().to_string()).collect();
        assert_eq!(utc, ["2026-10-24T02:30:00Z", "2026-10-25T03:30:00Z"]);
        assert_eq!(nightly.runs_after("Mars/Olympus", after).count(), 0);
    }
}
