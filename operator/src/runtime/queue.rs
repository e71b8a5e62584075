//! What one controller still has to look at: each key once, never twice at the same time, later when told so.
//!
//! In: keys from watches, answers of reconciles. Out: the next key, or when there will be one. A key that changes while it is being worked on
//! is handed out again afterwards. Never: drops a key, sleeps.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// First wait after an error.
const FIRST_RETRY: Duration = Duration::from_millis(20);
/// Longest wait after an error.
const LAST_RETRY: Duration = Duration::from_secs(60);

/// Keys for which room is kept.
const ROOM: usize = 256;

/// Keys waiting for one controller.
pub struct Queue<K> {
    state: Mutex<State<K>>,
    changed: Notify,
}

struct State<K> {
    ready: VecDeque<K>,
    queued: HashSet<K>,
    running: HashSet<K>,
    /// Changed while running.
    again: HashSet<K>,
    later: BTreeMap<(Instant, u64), K>,
    due: HashMap<K, (Instant, u64)>,
    failures: HashMap<K, u32>,
    tickets: u64,
}

impl<K: Clone + Eq + Hash> Default for Queue<K> {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                ready: VecDeque::new(),
                queued: HashSet::new(),
                running: HashSet::new(),
                again: HashSet::new(),
                later: BTreeMap::new(),
                due: HashMap::new(),
                failures: HashMap::new(),
                tickets: 0,
            }),
            changed: Notify::new(),
        }
    }
}

impl<K: Clone + Eq + Hash> Queue<K> {
    /// Look at it now.
    pub fn add(&self, key: K) {
        if self.lock().add(key) {
            self.changed.notify_one();
        }
    }

    /// The next key to work on, marked as running.
    pub fn take(&self) -> Option<K> {
        let mut state = self.lock();
        state.wake(Instant::now());
        let key = state.ready.pop_front()?;
        state.queued.remove(&key);
        state.cancel_timer(&key);
        state.running.insert(key.clone());
        Some(key)
    }

    /// It went well. `at` is when to look again without any event.
    pub fn done(&self, key: &K, at: Option<Instant>) {
        let mut state = self.lock();
        state.failures.remove(key);
        state.finish(key, at);
        drop(state);
        self.changed.notify_one();
    }

    /// It went wrong: look again after a growing, jittered while. Gives that while.
    pub fn failed(&self, key: &K) -> Duration {
        let mut state = self.lock();
        let failures = state.failures.entry(key.clone()).or_default();
        *failures += 1;
        let wait = backoff(*failures);
        state.finish(key, Some(Instant::now() + wait));
        drop(state);
        self.changed.notify_one();
        wait
    }

    /// Resolves when [`Queue::take`] may have something.
    pub async fn wait(&self) {
        let next = self.lock().later.keys().next().map(|(at, _)| *at);
        match next {
            Some(at) => tokio::select! {
                () = self.changed.notified() => {}
                () = tokio::time::sleep_until(at) => {}
            },
            None => self.changed.notified().await,
        }
    }

    /// Keys waiting to be worked on now.
    pub fn depth(&self) -> usize {
        self.lock().ready.len()
    }

    fn lock(&self) -> MutexGuard<'_, State<K>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + Hash> State<K> {
    fn add(&mut self, key: K) -> bool {
        if self.running.contains(&key) {
            self.again.insert(key);
            return false;
        }
        // An error's back-off holds even while the object keeps changing, or a busy broken object would spin.
        if self.failures.contains_key(&key) && self.due.contains_key(&key) {
            return false;
        }
        if !self.queued.insert(key.clone()) {
            return false;
        }
        self.ready.push_back(key);
        true
    }

    fn wake(&mut self, now: Instant) {
        while let Some(entry) = self.later.first_entry() {
            if entry.key().0 > now {
                break;
            }
            let key = entry.remove();
            self.due.remove(&key);
            if self.queued.insert(key.clone()) {
                self.ready.push_back(key);
            }
        }
    }

    fn finish(&mut self, key: &K, at: Option<Instant>) {
        self.running.remove(key);
        let changed_meanwhile = self.again.remove(key);
        self.cancel_timer(key);
        if let Some(at) = at {
            self.tickets += 1;
            let slot = (at, self.tickets);
            self.later.insert(slot, key.clone());
            self.due.insert(key.clone(), slot);
        }
        if changed_meanwhile {
            self.add(key.clone());
        }
        if self.ready.is_empty() && self.ready.capacity() > ROOM {
            self.give_back();
        }
    }

    /// A first listing brings thousands of keys at once; afterwards a handful waits at any time.
    fn give_back(&mut self) {
        self.ready.shrink_to(ROOM);
        self.queued.shrink_to(ROOM);
        self.running.shrink_to(ROOM);
        self.again.shrink_to(ROOM);
        self.due.shrink_to(ROOM);
    }

    fn cancel_timer(&mut self, key: &K) {
        if let Some(slot) = self.due.remove(key) {
            self.later.remove(&slot);
        }
    }
}

fn backoff(failures: u32) -> Duration {
    let full = FIRST_RETRY.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(LAST_RETRY);
    full.mul_f64(0.5 + jitter() / 2.0)
}

/// 0 to 1. Spreads retries; nothing depends on its quality.
pub(crate) fn jitter() -> f64 {
    use std::hash::{BuildHasher as _, RandomState};
    (RandomState::new().hash_one(0) % 1000) as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_added_twice_is_handed_out_once() {
        let queue = Queue::default();
        queue.add("web");
        queue.add("web");
        assert_eq!(queue.take(), Some("web"));
        assert_eq!(queue.take(), None);
    }

    #[test]
    fn a_key_that_changes_while_it_runs_is_handed_out_again_afterwards() {
        let queue = Queue::default();
        queue.add("web");
        queue.take();
        queue.add("web");
        assert_eq!(queue.take(), None, "never twice at the same time");
        queue.done(&"web", None);
        assert_eq!(queue.take(), Some("web"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_timer_hands_the_key_out_when_it_is_due() {
        let queue = Queue::default();
        queue.add("web");
        queue.take();
        queue.done(&"web", Some(Instant::now() + Duration::from_secs(30)));
        assert_eq!(queue.take(), None);
        queue.wait().await;
        queue.wait().await;
        assert_eq!(queue.take(), Some("web"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_comes_before_the_timer_and_replaces_it() {
        let queue = Queue::default();
        queue.add("web");
        queue.take();
        queue.done(&"web", Some(Instant::now() + Duration::from_secs(30)));
        queue.add("web");
        assert_eq!(queue.take(), Some("web"));
        queue.done(&"web", None);
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!(queue.take(), None, "the old timer is void");
    }

    #[tokio::test(start_paused = true)]
    async fn errors_back_off_even_when_the_object_keeps_changing() {
        let queue = Queue::default();
        queue.add("web");
        queue.take();
        let mut last = Duration::ZERO;
        for _ in 0..5 {
            last = queue.failed(&"web");
            queue.add("web");
            assert_eq!(queue.take(), None);
            tokio::time::advance(last).await;
            assert_eq!(queue.take(), Some("web"));
        }
        assert!(last >= FIRST_RETRY * 8, "{last:?}");
        queue.done(&"web", None);
        queue.add("web");
        assert_eq!(queue.take(), Some("web"), "success ends the back-off");
    }
}
