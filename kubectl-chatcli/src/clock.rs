//! Ages and times the way kubectl prints them. The moment is an input, so that output can be tested.

use jiff::{Timestamp, tz::TimeZone};

/// Now, and where the reader is.
#[derive(Clone, Debug)]
pub struct Clock {
    /// The moment all ages of one output are measured at.
    pub now: Timestamp,
    /// Times of day are shown in this zone.
    pub zone: TimeZone,
}

impl Clock {
    /// This moment in the system's zone.
    pub fn system() -> Self {
        Self { now: Timestamp::now(), zone: TimeZone::system() }
    }

    /// The same reader, later.
    #[must_use]
    pub fn later(&self) -> Self {
        Self { now: Timestamp::now(), zone: self.zone.clone() }
    }

    /// Time since, as in kubectl's AGE column.
    pub fn age(&self, since: Timestamp) -> String {
        human_duration(self.now.as_second() - since.as_second())
    }

    /// Time since, or `<unknown>`.
    pub fn age_of(&self, since: Option<Timestamp>) -> String {
        since.map_or_else(|| "<unknown>".to_owned(), |since| self.age(since))
    }

    /// `14:02:11`, with the date when that is not today's.
    pub fn time(&self, at: Timestamp) -> String {
        let shown = at.to_zoned(self.zone.clone());
        if shown.date() == self.now.to_zoned(self.zone.clone()).date() {
            shown.strftime("%H:%M:%S").to_string()
        } else {
            shown.strftime("%Y-%m-%d %H:%M:%S").to_string()
        }
    }
}

/// `k8s.io/apimachinery/pkg/util/duration.HumanDuration`, rule for rule.
pub fn human_duration(seconds: i64) -> String {
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    let two = |big: i64, unit: &str, small: i64, rest: &str| {
        if small == 0 { format!("{big}{unit}") } else { format!("{big}{unit}{small}{rest}") }
    };
    match seconds {
        ..-1 => "<invalid>".to_owned(),
        -1 => "0s".to_owned(),
        0..120 => format!("{seconds}s"),
        120..600 => two(minutes, "m", seconds % 60, "s"),
        600..10_800 => format!("{minutes}m"),
        10_800..28_800 => two(hours, "h", minutes % 60, "m"),
        28_800..172_800 => format!("{hours}h"),
        172_800..691_200 => two(hours / 24, "d", hours % 24, "h"),
        691_200..63_072_000 => format!("{}d", hours / 24),
        63_072_000..252_288_000 => two(hours / 8760, "y", (hours / 24) % 365, "d"),
        _ => format!("{}y", hours / 8760),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_read_as_kubectl_prints_them() {
        let samples = [
            (-5, "<invalid>"),
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (190, "3m10s"),
            (3_600, "60m"),
            (10_800, "3h"),
            (15_000, "4h10m"),
            (100_000, "27h"),
            (200_000, "2d7h"),
            (864_000, "10d"),
            (70_000_000, "2y80d"),
            (300_000_000, "9y"),
        ];
        for (seconds, shown) in samples {
            assert_eq!(human_duration(seconds), shown, "{seconds} s");
        }
    }

    #[test]
    fn yesterday_is_shown_with_its_date() {
        let clock = Clock { now: "2026-03-01T00:00:30Z".parse().unwrap(), zone: TimeZone::UTC };
        assert_eq!(clock.time("2026-03-01T00:00:10Z".parse().unwrap()), "00:00:10");
        assert_eq!(clock.time("2026-02-28T23:59:50Z".parse().unwrap()), "2026-02-28 23:59:50");
    }
}
