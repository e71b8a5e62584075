//! The desk all questions pass: how many at once, who rests, how often something is tried again.
//!
//! In: a question and the ways there are, best first. Out: the first answer. A way that failed without cost gives way to the next; one
//! whose outcome is unknown, or whose answer cannot be used, ends the question: it may have been paid for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;
use tokio::sync::Semaphore;

use super::breaker::{self, Breaker, LONGEST_PAUSE, Pace, RetryBudget};
use super::tokens::Purse;
use super::{Analyst, Answer, LlmError, Question, Said, SaidStep};
use crate::runtime::Clock;
use crate::runtime::http::{Http, Reach};

/// Calls at once.
pub const AT_ONCE: usize = 4;

/// One way, and how patient to be with it.
pub struct Way {
    /// Who is asked.
    pub analyst: Box<dyn Analyst>,
    /// How long it rests after a failure.
    pub pace: Pace,
    /// Tries after the first.
    pub retries: u32,
}

/// The desk of this process.
pub struct Desk {
    /// Sends requests to providers.
    pub http: Arc<Http>,
    /// Short-lived credentials that were issued.
    pub purse: Arc<Purse>,
    /// Calls under way.
    pub slots: Semaphore,
    breakers: Mutex<BTreeMap<String, Breaker>>,
    retries: Mutex<RetryBudget>,
    clock: Clock,
}

impl Desk {
    /// Nobody has been asked yet.
    pub fn new(reach: Reach, clock: Clock) -> Self {
        let retries = Mutex::new(RetryBudget::new(clock.now()));
        Self {
            http: Arc::new(Http::new(reach)),
            purse: Arc::default(),
            slots: Semaphore::new(AT_ONCE),
            breakers: Mutex::default(),
            retries,
            clock,
        }
    }

    /// The first analysis of the ways, in their order.
    pub async fn ask(&self, ways: &[Way], question: &Question) -> Result<Answer<Said>, LlmError> {
        self.first(ways, |analyst| analyst.analyze(question)).await
    }

    /// The next step of an agentic plan, from the first way that answers.
    pub async fn next_step(&self, ways: &[Way], question: &Question) -> Result<Answer<SaidStep>, LlmError> {
        self.first(ways, |analyst| analyst.next_step(question)).await
    }

    async fn first<'a, T>(
        &self,
        ways: &'a [Way],
        ask: impl Fn(&'a dyn Analyst) -> BoxFuture<'a, Result<Answer<T>, LlmError>>,
    ) -> Result<Answer<T>, LlmError> {
        let mut last = LlmError::Nobody("there is nobody to ask".to_owned());
        for way in ways {
            let name = way.analyst.name();
            if let Err(until) = self.breaker(&name, |breaker, now| {
                breaker.forgive_lost_probe(now);
                breaker.admit(now)
            }) {
                // What went wrong says more than that somebody rests for it.
                if matches!(last, LlmError::Nobody(_)) {
                    last = LlmError::Resting { name, until };
                }
                continue;
            }
            match self.try_way(way, &ask).await {
                Ok(answer) => {
                    self.breaker(&name, |breaker, _| breaker.succeeded());
                    return Ok(answer);
                }
                // It answered: whatever it said, it is there.
                Err(error @ LlmError::Unusable { .. }) => {
                    self.breaker(&name, |breaker, _| breaker.succeeded());
                    return Err(error);
                }
                Err(error @ (LlmError::Refused(_) | LlmError::TooLong(_))) => {
                    self.breaker(&name, |breaker, _| breaker.succeeded());
                    last = error;
                }
                Err(error) => {
                    let asked =
                        if let LlmError::RateLimited { retry_after, .. } = &error { *retry_after } else { None };
                    self.breaker(&name, |breaker, now| breaker.failed(now, way.pace, error.is_grave(), asked));
                    if error.may_have_cost() {
                        return Err(error);
                    }
                    last = error;
                }
            }
        }
        Err(last)
    }

    /// The clock of whatever is told the time here.
    pub fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// Until when nobody can be asked, if that is so.
    pub fn all_rest(&self, ways: &[Way]) -> Option<jiff::Timestamp> {
        let all = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        let rests = ways.iter().map(|way| all.get(&way.analyst.name()).and_then(|breaker| breaker.rests_until(now)));
        rests.collect::<Option<Vec<_>>>()?.into_iter().min()
    }

    /// One way, again while that may help and retries are left.
    async fn try_way<'a, T>(
        &self,
        way: &'a Way,
        ask: &impl Fn(&'a dyn Analyst) -> BoxFuture<'a, Result<Answer<T>, LlmError>>,
    ) -> Result<Answer<T>, LlmError> {
        let mut nth = 0;
        loop {
            let error = match ask(&*way.analyst).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let asked = if let LlmError::RateLimited { retry_after, .. } = &error { *retry_after } else { None };
            nth += 1;
            let is_worth_it =
                error.may_pass() && nth <= way.retries && asked.is_none_or(|asked| asked <= LONGEST_PAUSE);
            if !is_worth_it || !self.may_retry() {
                return Err(error);
            }
            tracing::debug!(way = way.analyst.name(), nth, "{error}; trying again");
            tokio::time::sleep(breaker::pause(nth, chance(), asked)).await;
        }
    }

    fn breaker<T>(&self, name: &str, look: impl FnOnce(&mut Breaker, jiff::Timestamp) -> T) -> T {
        let mut all = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        look(all.entry(name.to_owned()).or_default(), self.clock.now())
    }

    fn may_retry(&self) -> bool {
        self.retries.lock().unwrap_or_else(PoisonError::into_inner).take(self.clock.now())
    }
}

/// 0 to 1, to spread retries.
fn chance() -> f64 {
    use std::hash::{BuildHasher as _, RandomState};
    (RandomState::new().hash_one(0) % 1000) as f64 / 1000.0
}
