//! When changes may take effect: hours of days in a time zone.
//!
//! A window belongs to the day it opens on: `Friday 22 to 6` lasts until Saturday 6 o'clock. Clock changes: an hour that does not exist is
//! never open, an hour that happens twice is open both times.

use jiff::{
    SignedDuration, Timestamp, ToSpan as _,
    civil::{Date, Weekday},
    tz::TimeZone,
};

use super::invalid::Invalid;
use crate::api::approval_policy::ChangeWindowSpec;

/// A weekly window, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeWindow {
    zone: TimeZone,
    days: Vec<Weekday>,
    start: i8,
    end: i8,
}

impl ChangeWindow {
    /// The window a rule describes, or which field makes no sense. A zone nobody knows is an error, never UTC.
    pub fn parse(spec: &ChangeWindowSpec) -> Result<Self, Invalid> {
        let zone = TimeZone::get(&spec.timezone).map_err(|_| {
            Invalid::field("changeWindow.timezone", format!("no time zone is called `{}`", spec.timezone))
        })?;
        let days = spec
            .allowed_days
            .iter()
            .map(|name| {
                weekday(name)
                    .ok_or_else(|| Invalid::field("changeWindow.allowedDays", format!("no weekday is called `{name}`")))
            })
            .collect::<Result<Vec<_>, _>>()?;
        if days.is_empty() {
            return Err(Invalid::field("changeWindow.allowedDays", "names no day, so the window never opens"));
        }
        let hour = |field: &str, value: i32, last: i8| match i8::try_from(value) {
            Ok(hour) if (0..=last).contains(&hour) => Ok(hour),
            _ => Err(Invalid::field(field, format!("{value} is not an hour from 0 to {last}"))),
        };
        let start = hour("changeWindow.startHour", spec.start_hour, 23)?;
        let end = hour("changeWindow.endHour", spec.end_hour, 24)?;
        if start == end {
            return Err(Invalid::field("changeWindow.endHour", "equals startHour, so the window never opens"));
        }
        Ok(Self { zone, days, start, end })
    }

    /// Whether it is open at that moment.
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.opening_at(at).is_some()
    }

    /// When it closes, if it is open at that moment.
    pub fn closes(&self, at: Timestamp) -> Option<Timestamp> {
        self.opening_at(at).map(|(_, closes)| closes)
    }

    /// When it is open next: now, if it is.
    pub fn opens(&self, at: Timestamp) -> Option<Timestamp> {
        let today = at.to_zoned(self.zone.clone()).date();
        // Eight days from yesterday, and a week more: an opening can fall into an hour that does not exist.
        self.openings(today, -1..=15).find(|(_, closes)| *closes > at).map(|(opens, _)| opens.max(at))
    }

    fn opening_at(&self, at: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let today = at.to_zoned(self.zone.clone()).date();
        self.openings(today, -1..=0).find(|(opens, closes)| *opens <= at && at < *closes)
    }

    fn openings(
        &self,
        today: Date,
        days: std::ops::RangeInclusive<i32>,
    ) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        days.filter_map(move |offset| {
            let day = today.checked_add(offset.days()).ok()?;
            if !self.days.contains(&day.weekday()) {
                return None;
            }
            let last = if self.end < self.start { day.tomorrow().ok()? } else { day };
            let opens = self.instant(day, self.start)?;
            let closes = self.instant(last, self.end)?;
            (opens < closes).then_some((opens, closes))
        })
    }

    fn instant(&self, day: Date, hour: i8) -> Option<Timestamp> {
        let (day, hour) = if hour == 24 { (day.tomorrow().ok()?, 0) } else { (day, hour) };
        Some(self.zone.to_ambiguous_zoned(day.at(hour, 0, 0, 0)).compatible().ok()?.timestamp())
    }
}

/// Several windows that must be open at once; none means always open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Windows(pub Vec<ChangeWindow>);

impl Windows {
    /// Whether all are open at that moment.
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.0.iter().all(|window| window.is_open(at))
    }

    /// When all are open next; `None` when that is not within the next year.
    pub fn opens(&self, at: Timestamp) -> Option<Timestamp> {
        let mut moment = at;
        // Each turn moves at least to the next opening of one window; two windows a week each meet, or never do.
        for _ in 0..400 {
            let next = self.0.iter().map(|window| window.opens(moment)).collect::<Option<Vec<_>>>()?.into_iter().max();
            match next {
                Some(next) if next > moment => moment = next,
                _ => return Some(moment),
            }
        }
        None
    }

    /// The moment at which the windows will have been open for `wait` since `from`: a deadline that does not run while nothing can happen.
    pub fn after_open_for(&self, from: Timestamp, wait: SignedDuration) -> Timestamp {
        let (mut moment, mut left) = (from, wait);
        for _ in 0..400 {
            let Some(opens) = self.opens(moment) else { break };
            let closes = self.0.iter().filter_map(|window| window.closes(opens)).min();
            match closes {
                Some(closes) if opens.duration_until(closes) < left => {
                    left -= opens.duration_until(closes);
                    moment = closes;
                }
                _ => return opens + left,
            }
        }
        // Windows that never meet: the plain deadline, so that the request at least ends.
        from + wait
    }
}

fn weekday(name: &str) -> Option<Weekday> {
    Some(match name.to_ascii_lowercase().as_str() {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn window(zone: &str, days: &[&str], start: i32, end: i32) -> ChangeWindow {
        ChangeWindow::parse(&spec(zone, days, start, end)).unwrap()
    }

    fn spec(zone: &str, days: &[&str], start: i32, end: i32) -> ChangeWindowSpec {
        ChangeWindowSpec {
            timezone: zone.into(),
            allowed_days: days.iter().map(|&day| day.to_owned()).collect(),
            start_hour: start,
            end_hour: end,
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn office_hours_are_those_of_the_zone() {
        let window = window("America/Sao_Paulo", &["Monday"], 9, 17);
        assert!(window.is_open(at("2026-11-23T09:00:00-03:00")));
        assert!(window.is_open(at("2026-11-23T16:59:59-03:00")));
        assert!(!window.is_open(at("2026-11-23T17:00:00-03:00")));
        assert!(!window.is_open(at("2026-11-24T10:00:00-03:00")));
    }

    #[test]
    fn a_night_belongs_to_the_day_it_begins_on() {
        let window = window("UTC", &["Friday"], 22, 6);
        assert!(window.is_open(at("2026-11-20T23:00:00Z")));
        assert!(window.is_open(at("2026-11-21T05:59:00Z")));
        assert!(!window.is_open(at("2026-11-20T05:00:00Z")), "Thursday's night is not listed");
    }

    #[test]
    fn what_cannot_be_understood_names_its_field() {
        let field = |spec| ChangeWindow::parse(&spec).unwrap_err().field;
        assert_eq!(field(spec("Mars/Olympus", &["Monday"], 9, 17)), "changeWindow.timezone");
        assert_eq!(field(spec("UTC", &["Mon"], 9, 17)), "changeWindow.allowedDays");
        assert_eq!(field(spec("UTC", &[], 9, 17)), "changeWindow.allowedDays");
        assert_eq!(field(spec("UTC", &["Monday"], -1, 17)), "changeWindow.startHour");
        assert_eq!(field(spec("UTC", &["Monday"], 9, 9)), "changeWindow.endHour");
    }

    #[test]
    fn a_closed_window_says_when_it_opens() {
        let window = window("UTC", &["Monday", "Tuesday"], 9, 17);
        assert_eq!(window.opens(at("2026-11-21T12:00:00Z")), Some(at("2026-11-23T09:00:00Z")));
        assert_eq!(window.opens(at("2026-11-23T10:00:00Z")), Some(at("2026-11-23T10:00:00Z")));
    }

    #[test]
    fn a_deadline_stands_still_while_the_window_is_closed() {
        let windows = Windows(vec![window("UTC", &["Monday", "Tuesday"], 9, 17)]);
        let late = at("2026-11-23T16:50:00Z");
        assert_eq!(windows.after_open_for(late, SignedDuration::from_mins(30)), at("2026-11-24T09:20:00Z"));
        assert_eq!(Windows::default().after_open_for(late, SignedDuration::from_mins(30)), at("2026-11-23T17:20:00Z"));
    }

    #[test]
    fn windows_that_never_meet_never_open() {
        let windows = Windows(vec![window("UTC", &["Monday"], 9, 12), window("UTC", &["Monday"], 12, 17)]);
        assert!(!windows.is_open(at("2026-11-23T12:00:00Z")));
        assert_eq!(windows.opens(at("2026-11-21T12:00:00Z")), None);
    }

    const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    const ZONES: [&str; 5] = ["UTC", "America/New_York", "Europe/Lisbon", "Australia/Lord_Howe", "America/Sao_Paulo"];

    /// Slow and plain: whether the clock on the wall is inside the hours of a listed day.
    fn wall_clock_says_open(zone: &str, days: &[&str], start: i32, end: i32, moment: Timestamp) -> bool {
        let wall = moment.to_zoned(TimeZone::get(zone).unwrap());
        let hour = i32::from(wall.hour());
        let listed =
            |date: Date| days.contains(&DAYS[usize::try_from(date.weekday().to_monday_zero_offset()).unwrap()]);
        if start < end {
            listed(wall.date()) && (start..end).contains(&hour)
        } else {
            (listed(wall.date()) && hour >= start) || (listed(wall.date().yesterday().unwrap()) && hour < end)
        }
    }

    fn any_window() -> impl Strategy<Value = (&'static str, Vec<&'static str>, i32, i32)> {
        let days = prop::collection::hash_set(0_usize..7, 1..7);
        (prop::sample::select(ZONES.to_vec()), days, 0_i32..24, 1_i32..24).prop_map(|(zone, days, start, length)| {
            (zone, days.into_iter().map(|day| DAYS[day]).collect(), start, (start + length) % 24)
        })
    }

    /// Ten years of quarters of an hour; every change of these clocks falls on one.
    fn any_quarter() -> impl Strategy<Value = Timestamp> {
        (0_i64..(10 * 366 * 24 * 4))
            .prop_map(|quarter| at("2015-01-01T00:00:00Z") + QUARTER * i32::try_from(quarter).unwrap())
    }

    const QUARTER: SignedDuration = SignedDuration::from_mins(15);

    proptest! {
        #[test]
        fn the_next_opening_is_the_first_quarter_at_which_the_wall_clock_says_open(
            (zone, days, start, end) in any_window(), from in any_quarter(),
        ) {
            let open = |moment: &Timestamp| wall_clock_says_open(zone, &days, start, end, *moment);
            let quarters = std::iter::successors(Some(from), |moment| Some(*moment + QUARTER));
            let first = quarters.take(15 * 24 * 4).find(open);
            prop_assert_eq!(window(zone, &days, start, end).opens(from), first);
        }

        #[test]
        fn a_deadline_counts_exactly_the_quarters_that_are_open(
            (zone, days, start, end) in any_window(), from in any_quarter(), quarters in 1_i32..40,
        ) {
            let mut left = quarters;
            let mut moment = from;
            while left > 0 {
                left -= i32::from(wall_clock_says_open(zone, &days, start, end, moment));
                moment += QUARTER;
            }
            let windows = Windows(vec![window(zone, &days, start, end)]);
            prop_assert_eq!(windows.after_open_for(from, QUARTER * quarters), moment);
        }
        /// Across ten years of clock changes in five zones.
        #[test]
        fn a_window_is_open_exactly_when_the_wall_clock_says_so(
            (zone, days, start, end) in any_window(), minutes in 0_i64..(10 * 366 * 24 * 60),
        ) {
            let moment = at("2015-01-01T00:00:00Z") + SignedDuration::from_mins(minutes);
            let expected = wall_clock_says_open(zone, &days, start, end, moment);
            prop_assert_eq!(window(zone, &days, start, end).is_open(moment), expected, "{}", moment);
        }
    }
}
