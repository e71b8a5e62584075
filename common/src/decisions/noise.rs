//! What says that an incident may be noise: trouble of a kind that comes often, at its hour, or goes by itself.
//!
//! In: the incidents of one resource, past and present. Out: reasons, in words. Never: hides anything. An incident with such reasons is
//! listed after others of its severity and says why; that something happens every Thursday makes it no less an outage.

use std::collections::BTreeSet;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::flapping;
use crate::api::issue::NoiseReason;

/// Anomalies of one signal within [`RECENT`] from which on it is repetitive (pipeline.md §4.3).
const REPEATS: usize = 5;
/// See [`REPEATS`].
const RECENT: SignedDuration = SignedDuration::from_hours(1);
/// Different days from which on there is a season (§4.3, with §7.D's correction: days, not hits).
const DAYS: usize = 3;
/// So far from the hour still counts as the hour.
const AROUND: SignedDuration = SignedDuration::from_hours(1);
/// Days that are looked at for something that comes daily.
const WEEK: i64 = 7;
/// Ended incidents needed to speak of how they usually end.
const ENDED: usize = 5;
/// Share of them that was over without a plan or a person's word.
const BY_ITSELF: f64 = 0.8;
/// How far back incidents say how they usually end.
const MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);

/// One earlier incident of the resource, of the same signal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Earlier {
    /// When it began.
    pub began: Timestamp,
    /// Whether it was over without a plan and without a person's word.
    pub healed_by_itself: bool,
    /// Whether it is over.
    pub ended: bool,
}

/// Everything the reasons follow from.
#[derive(Clone, Debug)]
pub struct Past<'a> {
    /// The moment.
    pub now: Timestamp,
    /// When the incident in question began.
    pub began: Timestamp,
    /// When each anomaly of its signal began, of this resource.
    pub anomalies: &'a [Timestamp],
    /// Incidents before it.
    pub earlier: &'a [Earlier],
    /// How often trouble of the resource was over within a day ([`flapping::times_over`]).
    pub times_over: usize,
}

/// Why the incident may be noise; nothing where nothing says so.
pub fn reasons(past: &Past<'_>) -> Vec<NoiseReason> {
    [repetitive(past), seasonal(past), flapping(past), fatigue(past)].into_iter().flatten().collect()
}

fn reason(reason: &str, message: String) -> NoiseReason {
    NoiseReason { reason: reason.to_owned(), message }
}

fn repetitive(past: &Past<'_>) -> Option<NoiseReason> {
    let recent = past.anomalies.iter().filter(|at| within(**at, past.now, RECENT)).count();
    (recent >= REPEATS).then(|| reason("Repetitive", format!("seen {recent} times within an hour")))
}

/// The same weekday first: what comes every Thursday also came within the week, but that says less.
fn seasonal(past: &Past<'_>) -> Option<NoiseReason> {
    let began = past.began.to_zoned(TimeZone::UTC);
    let at_this_hour: BTreeSet<_> = past
        .earlier
        .iter()
        .map(|earlier| earlier.began)
        .filter(|at| *at < past.began && is_same_hour(*at, past.began))
        .map(|at| at.to_zoned(TimeZone::UTC).date())
        .filter(|date| *date != began.date())
        .collect();
    let hour = format!("around {:02}:{:02} UTC", began.hour(), began.minute());
    let weekday = at_this_hour.iter().filter(|date| date.weekday() == began.weekday()).count();
    if weekday >= DAYS {
        let message = format!("began on {weekday} earlier {}s {hour} too", name(began.weekday()));
        return Some(reason("Seasonal", message));
    }
    let a_week_ago = past.began - SignedDuration::from_hours(24 * WEEK);
    let lately = at_this_hour.iter().filter(|date| **date >= a_week_ago.to_zoned(TimeZone::UTC).date()).count();
    (lately >= DAYS).then(|| reason("Seasonal", format!("began on {lately} of the {WEEK} days before {hour} too")))
}

fn flapping(past: &Past<'_>) -> Option<NoiseReason> {
    (past.times_over >= flapping::TIMES)
        .then(|| reason("Flapping", format!("its trouble was over {} times within a day", past.times_over)))
}

/// By outcomes, not by how many there were: many incidents that each needed somebody are no reason to look away.
fn fatigue(past: &Past<'_>) -> Option<NoiseReason> {
    let ended: Vec<_> =
        past.earlier.iter().filter(|earlier| earlier.ended && within(earlier.began, past.now, MONTH)).collect();
    let alone = ended.iter().filter(|earlier| earlier.healed_by_itself).count();
    (ended.len() >= ENDED && alone as f64 >= BY_ITSELF * ended.len() as f64).then(|| {
        reason(
            "Fatigue",
            format!("{alone} of its last {} incidents were over without a plan or a person's word", ended.len()),
        )
    })
}

fn within(at: Timestamp, now: Timestamp, span: SignedDuration) -> bool {
    at <= now && now.duration_since(at) <= span
}

fn is_same_hour(one: Timestamp, other: Timestamp) -> bool {
    let day = SignedDuration::from_hours(24).as_secs();
    let apart = (one.as_second() - other.as_second()).rem_euclid(day);
    apart.min(day - apart) <= AROUND.as_secs()
}

fn name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Thursday, 14:30 UTC.
    fn now() -> Timestamp {
        "2026-11-26T14:30:00Z".parse().unwrap()
    }

    fn ago(days: i64, minutes: i64) -> Timestamp {
        now() - SignedDuration::from_hours(24 * days) - SignedDuration::from_mins(minutes)
    }

    fn earlier(began: Timestamp, healed_by_itself: bool) -> Earlier {
        Earlier { began, healed_by_itself, ended: true }
    }

    fn words(anomalies: &[Timestamp], all: &[Earlier], times_over: usize) -> Vec<String> {
        let past = Past { now: now(), began: now(), anomalies, earlier: all, times_over };
        reasons(&past).into_iter().map(|it| format!("{}: {}", it.reason, it.message)).collect()
    }

    #[test]
    fn a_resource_that_is_well_otherwise_gives_no_reason() {
        assert_eq!(words(&[now()], &[earlier(ago(3, 200), false)], 1), Vec::<String>::new());
    }

    #[test]
    fn five_anomalies_within_an_hour_are_repetitive_and_older_ones_do_not_count() {
        let four = [0, 10, 20, 30].map(|minutes| ago(0, minutes));
        assert_eq!(words(&four, &[], 0), Vec::<String>::new());
        let five: Vec<_> = four.into_iter().chain([ago(0, 50)]).collect();
        assert_eq!(words(&five, &[], 0), ["Repetitive: seen 5 times within an hour"]);
        let old: Vec<_> = four.into_iter().chain([ago(0, 90)]).collect();
        assert_eq!(words(&old, &[], 0), Vec::<String>::new());
    }

    #[test]
    fn three_thursdays_at_the_same_hour_are_a_season_and_three_hits_in_one_hour_are_not() {
        let thursdays = [7, 14, 28].map(|days| earlier(ago(days, 20), false));
        assert_eq!(words(&[], &thursdays, 0), ["Seasonal: began on 3 earlier Thursdays around 14:30 UTC too"]);
        let one_hour = [5, 10, 15].map(|minutes| earlier(ago(7, minutes), false));
        assert_eq!(words(&[], &one_hour, 0), Vec::<String>::new());
    }

    #[test]
    fn what_comes_daily_is_a_season_too() {
        let daily = [1, 2, 4].map(|days| earlier(ago(days, 0), false));
        assert_eq!(words(&[], &daily, 0), ["Seasonal: began on 3 of the 7 days before around 14:30 UTC too"]);
        let other_hours = [(1, 120), (2, 300), (4, 600)].map(|(days, minutes)| earlier(ago(days, minutes), false));
        assert_eq!(words(&[], &other_hours, 0), Vec::<String>::new());
    }

    #[test]
    fn an_hour_around_midnight_is_the_same_hour() {
        assert!(is_same_hour("2026-11-25T23:50:00Z".parse().unwrap(), "2026-11-27T00:20:00Z".parse().unwrap()));
    }

    #[test]
    fn fatigue_follows_from_how_incidents_ended_not_from_how_many_there_were() {
        let alone: Vec<_> = (1..=5).map(|n| earlier(ago(n * 2, n * 97), n != 3)).collect();
        assert_eq!(
            words(&[], &alone, 0),
            ["Fatigue: 4 of its last 5 incidents were over without a plan or a person's word"]
        );
        let worked_on: Vec<_> = (1..=9).map(|n| earlier(ago(n * 2, n * 97), false)).collect();
        assert_eq!(words(&[], &worked_on, 0), Vec::<String>::new());
    }

    #[test]
    fn trouble_that_comes_and_goes_is_said() {
        assert_eq!(words(&[], &[], 3), ["Flapping: its trouble was over 3 times within a day"]);
    }
}
