//! Errors in the logs of pods that look well, held against the pod's own past.
//!
//! In: what containers logged, minute by minute. Out: observations on `container <name>`. Never: speaks of a subject that shows other
//! trouble (its log is part of that incident), or of a rate that is usual for the pod.

use jiff::{SignedDuration, Timestamp};

use super::board::{Board, Counts, Words};
use crate::api::SignalType::ErrorRate;
use crate::facts::logged::Logged;
use crate::facts::{Facts, Pod};

/// Minutes whose errors are counted together: long enough to see two failures a minute, short enough to be about now.
pub const WINDOW: usize = 5;
/// Errors in a window below which nothing is said, whatever the past was like: two a minute. A handful an hour is daily business.
const FLOOR: u32 = 10;
/// How many times its usual errors a window has to hold. Twice happens by chance and by the hour of the day; three times does not.
const TIMES: u32 = 3;
/// Minutes of a window that have to hold errors: one bad batch, however many lines it cost, is no trouble that lasts.
const SPREAD: usize = 3;
/// Minutes of the past without which nothing is usual yet: two windows.
const HISTORY: usize = 2 * WINDOW;
/// Errors in a window of a container without a past, which may be of the kind that always complains; one every ten seconds …
const YOUNG_FLOOR: u32 = 30;
/// … and every second line of it has to be an error.
const YOUNG_SHARE: u32 = 2;
/// How long it has to last: counted from the beginning of a minute, so between two and three minutes by the clock.
const HOLD: SignedDuration = SignedDuration::from_mins(3);
/// How long it has to be quiet to be over.
const QUIET: SignedDuration = SignedDuration::from_mins(5);
/// How far back an end is looked for: a window and the time in which it is over.
const LOOK_BACK: usize = 2 * WINDOW;

/// How a container's errors stand.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rate {
    /// As usual.
    Usual,
    /// Above its usual.
    Loud(Loud),
    /// No longer, but not for long enough to be over.
    Fading {
        /// It is over then, if it stays quiet.
        until: Timestamp,
        /// How it last was.
        last: Loud,
    },
}

impl Rate {
    /// What is, or was a moment ago, above the usual.
    pub fn above(self) -> Option<Loud> {
        match self {
            Self::Usual => None,
            Self::Loud(loud) | Self::Fading { last: loud, .. } => Some(loud),
        }
    }
}

/// Errors above the usual.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Loud {
    /// When the first minute of it began.
    pub since: Timestamp,
    /// Errors in the last [`WINDOW`] minutes.
    pub errors: u32,
    /// Lines in these.
    pub lines: u32,
    /// Errors that a window held before, but for the worst tenth of them; `None` without a past.
    pub usual: Option<u32>,
    /// Errors from which on a window is no longer usual.
    pub bar: u32,
}

/// Observes what the containers logged. Call last: only who shows nothing else is listened to.
pub fn observe(facts: &Facts, board: &mut Board) {
    let object = |container: &str| format!("container {container}");
    for container in &facts.logs.unheard {
        board.waits_for_event(ErrorRate, &object(container), QUIET);
    }
    let looks_well = board.has_seen_nothing();
    let pods: Vec<&Pod> = facts.current_pods().collect();
    let is_current = |name: &str| pods.iter().any(|pod| pod.metadata.name.as_deref() == Some(name));
    let heard: Vec<&Logged> = facts.logs.heard.iter().filter(|logged| is_current(&logged.said.pod)).collect();
    for logged in &heard {
        let object = object(&logged.said.container);
        match rate(logged) {
            // Whether its log is well again is asked once the rest of it is.
            _ if !looks_well => board.waits_for_event(ErrorRate, &object, QUIET),
            Rate::Usual => {}
            Rate::Fading { until, .. } => board.recovers_at(ErrorRate, &object, until),
            Rate::Loud(loud) => {
                board.sight(
                    ErrorRate,
                    &object,
                    loud.since,
                    Counts::At(loud.since + HOLD),
                    Words {
                        state: "logging errors",
                        detail: loud.in_words(heard.len()),
                        expected: &format!("fewer than {} errors in {WINDOW} minutes", loud.bar),
                    },
                );
                // Silence is no event: it has to be looked for.
                board.wake(facts.now + SignedDuration::from_mins(1));
            }
        }
    }
}

impl Loud {
    fn in_words(&self, pods: usize) -> String {
        let read = if pods > 1 { format!(" (of {pods} logs read)") } else { String::new() };
        format!("{}, {}{read}", self.now(), self.before())
    }

    /// `86 of 91 lines in 5 minutes`.
    pub fn now(&self) -> String {
        format!("{} of {} lines in {WINDOW} minutes", self.errors, self.lines)
    }

    /// `usually at most 2`.
    pub fn before(&self) -> String {
        self.usual.map_or_else(|| "without a past".to_owned(), |usual| format!("usually at most {usual}"))
    }
}

/// How a container's errors stand at the last of its minutes.
pub fn rate(logged: &Logged) -> Rate {
    let Some(now) = logged.minutes.len().checked_sub(1) else { return Rate::Usual };
    let minutes = Minutes(logged);
    for end in (now.saturating_sub(LOOK_BACK)..=now).rev() {
        if let Some((rise, bar)) = minutes.rise(end) {
            let loud = minutes.loud(rise, end, bar);
            return if end == now { Rate::Loud(loud) } else { minutes.fading(bar, loud) };
        }
    }
    logged.raised.map_or(Rate::Usual, |raised| minutes.goes_on(raised))
}

/// What a window has to hold to be above the usual.
#[derive(Clone, Copy)]
struct Bar {
    errors: u32,
    /// Every so-and-so-many-th line has to be an error.
    share: Option<u32>,
    usual: Option<u32>,
}

/// Errors, line counts and windows by minute. A window is named by its last minute; the first windows are shorter.
struct Minutes<'a>(&'a Logged);

impl Minutes<'_> {
    fn window(&self, end: usize) -> &[crate::facts::logged::Minute] {
        &self.0.minutes[(end + 1).saturating_sub(WINDOW)..=end]
    }

    fn errors(&self, end: usize) -> u32 {
        self.window(end).iter().map(|minute| minute.errors).sum()
    }

    fn lines(&self, end: usize) -> u32 {
        self.window(end).iter().map(|minute| minute.lines).sum()
    }

    fn is_above(&self, end: usize, bar: Bar) -> bool {
        let errors = self.errors(end);
        errors >= bar.errors
            && bar.share.is_none_or(|share| errors.saturating_mul(share) >= self.lines(end))
            && self.window(end).iter().filter(|minute| minute.errors > 0).count() >= SPREAD
    }

    /// The first window of the run of windows above the usual that ends here; usual is what came before that run.
    fn rise(&self, end: usize) -> Option<(usize, Bar)> {
        (0..=end).find_map(|rise| {
            let bar = self.bar((rise + 1).saturating_sub(WINDOW))?;
            (rise..=end).all(|window| self.is_above(window, bar)).then_some((rise, bar))
        })
    }

    /// The bar that the first minutes set.
    fn bar(&self, before: usize) -> Option<Bar> {
        if before >= HISTORY {
            let usual = percentile((WINDOW - 1..before).map(|end| self.errors(end)), 90);
            return Some(Bar { errors: FLOOR.max(usual.saturating_mul(TIMES)), share: None, usual: Some(usual) });
        }
        self.0.from_start.then_some(Bar { errors: YOUNG_FLOOR, share: Some(YOUNG_SHARE), usual: None })
    }

    fn loud(&self, rise: usize, end: usize, bar: Bar) -> Loud {
        let first = (rise + 1).saturating_sub(WINDOW);
        let since = (first..=rise).find(|minute| self.is_hot(*minute, bar)).unwrap_or(rise);
        Loud {
            since: self.0.start_of(since),
            errors: self.errors(end),
            lines: self.lines(end),
            usual: bar.usual,
            bar: bar.errors,
        }
    }

    /// Has the minute its part in a window above the bar?
    fn is_hot(&self, minute: usize, bar: Bar) -> bool {
        self.0.minutes[minute].errors as usize * WINDOW >= bar.errors as usize
    }

    fn fading(&self, bar: Bar, last: Loud) -> Rate {
        let hot = (0..self.0.minutes.len()).rev().find(|minute| self.is_hot(*minute, bar)).unwrap_or(0);
        Rate::Fading { until: self.0.start_of(hot + 1) + QUIET, last }
    }

    /// It was raised before anything that is still known: it goes on while at least half of what was logged since is logged.
    fn goes_on(&self, raised: Timestamp) -> Rate {
        let now = self.0.minutes.len() - 1;
        if self.0.minute_of(raised) >= HISTORY + WINDOW {
            return Rate::Usual;
        }
        let since = percentile((WINDOW - 1..=now).map(|end| self.errors(end)), 50);
        let bar = Bar { errors: FLOOR.max(since / 2), share: None, usual: None };
        let loud = Loud { since: raised, ..self.loud(now, now, bar) };
        if now < WINDOW {
            // A pod that was made meanwhile has to show how it fares.
            return Rate::Fading { until: self.0.from + QUIET, last: loud };
        }
        if self.errors(now) < bar.errors { self.fading(bar, loud) } else { Rate::Loud(loud) }
    }
}

/// The value that so many percent of the values do not exceed; 0 of none.
fn percentile(values: impl Iterator<Item = u32>, percent: usize) -> u32 {
    let mut values: Vec<u32> = values.collect();
    values.sort_unstable();
    let index = (values.len() * percent).div_ceil(100).saturating_sub(1);
    values.get(index).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::logged::Minute;
    use crate::testing::at;

    /// Minutes of 100 lines each, with so many errors.
    fn log(errors: &[u32]) -> Logged {
        let minutes = errors.iter().map(|errors| Minute { lines: 100.max(*errors), errors: *errors }).collect();
        Logged { from: at(0), minutes, ..Logged::default() }
    }

    fn then(parts: &[(usize, u32)]) -> Logged {
        log(&parts.iter().flat_map(|(minutes, errors)| vec![*errors; *minutes]).collect::<Vec<_>>())
    }

    fn young(errors: &[u32], lines: u32) -> Logged {
        let minutes = errors.iter().map(|errors| Minute { lines, errors: *errors }).collect();
        Logged { from: at(0), from_start: true, minutes, ..Logged::default() }
    }

    fn loud(logged: &Logged) -> Option<Loud> {
        match rate(logged) {
            Rate::Loud(loud) => Some(loud),
            _ => None,
        }
    }

    #[test]
    fn a_quiet_pod_that_begins_to_fail_is_loud_since_the_minute_it_began() {
        let found = loud(&then(&[(30, 0), (3, 20)])).unwrap();
        assert_eq!(found, Loud { since: at(30 * 60), errors: 60, lines: 500, usual: Some(0), bar: 10 });
    }

    #[test]
    fn two_failures_a_minute_are_seen_and_one_is_not() {
        assert!(loud(&then(&[(30, 0), (5, 2)])).is_some());
        assert_eq!(rate(&then(&[(30, 0), (20, 1)])), Rate::Usual);
    }

    #[test]
    fn one_error_an_hour_that_becomes_five_is_nothing() {
        let mut errors = [0; 60];
        for minute in [10, 50, 52, 54, 56, 58] {
            errors[minute] = 1;
        }
        assert_eq!(rate(&log(&errors)), Rate::Usual);
    }

    #[test]
    fn what_a_pod_always_logs_is_usual() {
        assert_eq!(rate(&then(&[(60, 40)])), Rate::Usual);
        let uneven: Vec<u32> = (0..60).map(|minute| 20 + (minute * 7) % 13).collect();
        assert_eq!(rate(&log(&uneven)), Rate::Usual);
    }

    #[test]
    fn twice_the_usual_is_no_trouble_and_four_times_is() {
        assert_eq!(rate(&then(&[(40, 10), (10, 20)])), Rate::Usual);
        let found = loud(&then(&[(40, 10), (10, 40)])).unwrap();
        assert_eq!((found.since, found.usual, found.bar), (at(40 * 60), Some(50), 150));
    }

    #[test]
    fn one_bad_batch_is_no_trouble_that_lasts() {
        assert_eq!(rate(&then(&[(30, 0), (1, 5000), (1, 0)])), Rate::Usual);
        assert_eq!(rate(&then(&[(30, 0), (2, 5000)])), Rate::Usual);
    }

    #[test]
    fn a_batch_that_fails_every_quarter_of_an_hour_is_usual() {
        let errors: Vec<u32> = (0..60).map(|minute| if minute % 15 < 3 { 50 } else { 0 }).collect();
        assert_eq!(rate(&log(&errors[..48])), Rate::Usual);
    }

    #[test]
    fn a_pod_without_a_past_counts_when_most_of_its_lines_are_errors() {
        let found = loud(&young(&[12, 12, 12], 15)).unwrap();
        assert_eq!((found.since, found.usual), (at(0), None));
        assert_eq!(rate(&young(&[12, 12, 12], 100)), Rate::Usual, "one line of eight");
        assert_eq!(rate(&young(&[4, 4, 4, 4, 4], 4)), Rate::Usual, "it complains, but not much");
    }

    #[test]
    fn a_log_of_which_the_beginning_is_not_known_says_nothing_yet() {
        assert_eq!(rate(&Logged { from_start: false, ..young(&[12, 12, 12], 15) }), Rate::Usual);
    }

    #[test]
    fn it_is_over_when_it_was_quiet_for_five_minutes() {
        let over = |quiet| rate(&then(&[(30, 0), (10, 20), (quiet, 0)]));
        assert!(matches!(over(1), Rate::Loud(_)), "a minute of silence is none");
        assert!(matches!(over(4), Rate::Fading { until, .. } if until == at(45 * 60)));
        assert!(matches!(over(6), Rate::Fading { until, .. } if until == at(45 * 60)), "which is past by then");
    }

    #[test]
    fn trouble_that_outlasts_what_is_known_of_the_past_goes_on() {
        let long = Logged { raised: Some(at(-3600)), ..then(&[(60, 40)]) };
        assert_eq!(loud(&long).unwrap().since, at(-3600));
        let half = Logged { raised: Some(at(-3600)), ..then(&[(50, 40), (10, 5)]) };
        assert!(matches!(rate(&half), Rate::Fading { until, .. } if until == at(55 * 60)));
    }

    #[test]
    fn a_pod_that_was_made_during_the_trouble_has_to_show_how_it_fares() {
        let fresh = Logged { raised: Some(at(-600)), ..young(&[1, 1], 100) };
        assert!(matches!(rate(&fresh), Rate::Fading { until, .. } if until == at(300)));
    }
}
