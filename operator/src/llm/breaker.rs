//! Who failed rests, and retries have a budget. Pure: the time is told.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// How long a rest is: the Instance's `spec.fallback` says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pace {
    /// After the first failure; doubled with each further one.
    pub base: Duration,
    /// Never longer; at once after a grave failure.
    pub longest: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { base: Duration::from_secs(30), longest: Duration::from_secs(300) }
    }
}

/// One provider's state. Closed, open until a moment, then one probe at a time until one succeeds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Breaker {
    failures: u32,
    until: Option<Timestamp>,
    is_probing: bool,
}

/// How long a probe that never reported keeps others away.
const PROBE: SignedDuration = SignedDuration::from_mins(5);

impl Breaker {
    /// May it be asked now? Otherwise: when. After a failure one asks first, and all others wait for what becomes of it.
    pub fn admit(&mut self, now: Timestamp) -> Result<(), Timestamp> {
        match self.until {
            None => Ok(()),
            Some(until) if until > now => Err(until),
            Some(_) if self.is_probing => Err(now.saturating_add(SignedDuration::from_secs(5)).unwrap_or(now)),
            Some(_) => {
                self.is_probing = true;
                self.until = Some(now);
                Ok(())
            }
        }
    }

    /// Until when it rests, if it does now.
    pub fn rests_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.until.filter(|until| *until > now)
    }

    /// A probe died with whoever made it.
    pub fn forgive_lost_probe(&mut self, now: Timestamp) {
        if self.is_probing && self.until.is_some_and(|since| now.duration_since(since) > PROBE) {
            self.is_probing = false;
        }
    }

    /// It answered.
    pub fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// It did not. `at_least` is what it asked for itself.
    pub fn failed(&mut self, now: Timestamp, pace: Pace, is_grave: bool, at_least: Option<Duration>) -> Timestamp {
        let doubled = pace.base.saturating_mul(1 << self.failures.min(16));
        let rest = if is_grave { pace.longest } else { doubled.min(pace.longest) };
        let rest = rest.max(at_least.unwrap_or_default().min(Duration::from_secs(3600)));
        let until = now + SignedDuration::try_from(rest).unwrap_or(SignedDuration::from_mins(5));
        *self = Self { failures: self.failures + 1, until: Some(until), is_probing: false };
        until
    }
}

/// Retries of the whole process: a storm must not become a larger one.
#[derive(Clone, Debug)]
pub struct RetryBudget {
    left: f64,
    at: Timestamp,
}

/// Retries that may happen at once.
const BURST: f64 = 10.0;
/// Retries per second that come back.
const REFILL: f64 = 0.1;

impl RetryBudget {
    /// Full.
    pub fn new(now: Timestamp) -> Self {
        Self { left: BURST, at: now }
    }

    /// Takes one, if there is one.
    pub fn take(&mut self, now: Timestamp) -> bool {
        let passed = now.duration_since(self.at).as_secs_f64().max(0.0);
        self.left = (self.left + passed * REFILL).min(BURST);
        self.at = now;
        let has_one = self.left >= 1.0;
        if has_one {
            self.left -= 1.0;
        }
        has_one
    }
}

/// The pause before the n-th retry (from 1): half fixed, half by chance, at least what the provider asked for.
pub fn pause(nth: u32, chance: f64, asked: Option<Duration>) -> Duration {
    let full = Duration::from_secs(1).saturating_mul(1 << nth.saturating_sub(1).min(5)).min(LONGEST_PAUSE);
    full.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0).max(asked.unwrap_or_default())
}

/// A provider that asks for a longer pause than this is left to rest.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).unwrap()
    }

    #[test]
    fn each_failure_doubles_the_rest_up_to_the_longest() {
        let mut breaker = Breaker::default();
        let rests: Vec<i64> = (0..6)
            .map(|_| breaker.failed(at(0), Pace::default(), false, None).as_second() - at(0).as_second())
            .collect();
        assert_eq!(rests, [30, 60, 120, 240, 300, 300]);
    }

    #[test]
    fn a_wrong_key_rests_as_long_as_may_be() {
        assert_eq!(Breaker::default().failed(at(0), Pace::default(), true, None), at(300));
    }

    #[test]
    fn after_the_rest_one_asks_first_and_the_others_wait() {
        let mut breaker = Breaker::default();
        breaker.failed(at(0), Pace::default(), false, None);
        assert_eq!(breaker.admit(at(29)), Err(at(30)));
        assert_eq!(breaker.admit(at(31)), Ok(()));
        assert!(breaker.admit(at(31)).is_err(), "the probe is under way");
        breaker.succeeded();
        assert_eq!(breaker.admit(at(32)), Ok(()));
    }

    #[test]
    fn a_probe_that_nobody_heard_of_again_keeps_no_one_away_for_ever() {
        let mut breaker = Breaker::default();
        breaker.failed(at(0), Pace::default(), false, None);
        assert_eq!(breaker.admit(at(31)), Ok(()));
        breaker.forgive_lost_probe(at(400));
        assert_eq!(breaker.admit(at(400)), Ok(()));
    }

    #[test]
    fn a_provider_rests_as_long_as_it_asked_for() {
        let asked = Some(Duration::from_secs(600));
        assert_eq!(Breaker::default().failed(at(0), Pace::default(), false, asked), at(600));
    }

    #[test]
    fn retries_end_when_their_budget_does_and_come_back_slowly() {
        let mut budget = RetryBudget::new(at(0));
        assert_eq!((0..50).filter(|_| budget.take(at(0))).count(), 10);
        assert!(!budget.take(at(9)));
        assert!(budget.take(at(11)));
    }

    #[test]
    fn the_pause_grows_and_is_never_shorter_than_asked() {
        assert_eq!(pause(1, 1.0, None), Duration::from_secs(1));
        assert_eq!(pause(3, 0.0, None), Duration::from_secs(2));
        assert_eq!(pause(60, 1.0, None), LONGEST_PAUSE);
        assert_eq!(pause(1, 0.0, Some(Duration::from_secs(7))), Duration::from_secs(7));
    }
}
