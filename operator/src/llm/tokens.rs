//! Short-lived credentials, kept until shortly before they end.
//!
//! In: how to get one, and for whom. Out: one that still holds, asked for by one at a time. Never: written anywhere.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex as Turn;

use super::aws::Credentials;

/// Everything issued to this process.
#[derive(Debug)]
pub struct Purse {
    /// Roles of Amazon. A call that begins with credentials has to end with them.
    pub roles: Tokens<Credentials>,
    /// Bearer tokens.
    pub bearers: Tokens<String>,
}

impl Default for Purse {
    fn default() -> Self {
        Self {
            roles: Tokens::renewed(SignedDuration::from_mins(5)),
            bearers: Tokens::renewed(SignedDuration::from_mins(1)),
        }
    }
}

/// Those of one kind.
pub struct Tokens<T> {
    held: Mutex<HashMap<String, Place<T>>>,
    before: SignedDuration,
}

type Place<T> = Arc<Turn<Option<(T, Timestamp)>>>;

impl<T> std::fmt::Debug for Tokens<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[tokens]")
    }
}

impl<T: Clone> Tokens<T> {
    fn renewed(before: SignedDuration) -> Self {
        Self { held: Mutex::default(), before }
    }

    /// The one held for `whose`, or a new one: a storm of questions asks for one.
    pub async fn get<E, F>(&self, whose: &str, now: Timestamp, issue: impl FnOnce() -> F) -> Result<T, E>
    where
        F: Future<Output = Result<(T, Timestamp), E>>,
    {
        let place = self.place(whose, now);
        let mut held = place.lock().await;
        if let Some((token, until)) = held.as_ref().filter(|(_, until)| now.duration_since(*until) < -self.before) {
            tracing::trace!(%until, "a token still holds");
            return Ok(token.clone());
        }
        *held = None;
        let (token, until) = issue().await?;
        *held = Some((token.clone(), until));
        Ok(token)
    }

    /// Drops the one held for `whose`, if it is the stale one and not already its successor.
    pub async fn forget(&self, whose: &str, is_stale: impl Fn(&T) -> bool) {
        let place = self.all().get(whose).cloned();
        if let Some(place) = place {
            let mut held = place.lock().await;
            if held.as_ref().is_some_and(|(token, _)| is_stale(token)) {
                *held = None;
            }
        }
    }

    fn place(&self, whose: &str, now: Timestamp) -> Place<T> {
        let mut all = self.all();
        if !all.contains_key(whose) {
            // Of keys that were changed since: nobody asks for them again.
            all.retain(|_, place| {
                place.try_lock().map_or(true, |held| held.as_ref().is_some_and(|(_, until)| *until > now))
            });
        }
        Arc::clone(all.entry(whose.to_owned()).or_default())
    }

    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<String, Place<T>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).unwrap()
    }

    async fn get(tokens: &Tokens<usize>, issued: &AtomicUsize, now: i64) -> usize {
        let issue = || async {
            tokio::task::yield_now().await;
            Ok::<_, ()>((issued.fetch_add(1, Ordering::SeqCst), at(now + 600)))
        };
        tokens.get("who", at(now), issue).await.unwrap()
    }

    #[tokio::test]
    async fn a_token_serves_until_shortly_before_it_ends() {
        let (tokens, issued) = (Tokens::renewed(SignedDuration::from_secs(60)), AtomicUsize::new(0));
        assert_eq!((get(&tokens, &issued, 0).await, get(&tokens, &issued, 539).await), (0, 0));
        assert_eq!(get(&tokens, &issued, 541).await, 1);
    }

    #[tokio::test]
    async fn a_storm_asks_for_one_token() {
        let (tokens, issued) = (Tokens::renewed(SignedDuration::ZERO), AtomicUsize::new(0));
        let all = futures::future::join_all((0..50).map(|_| get(&tokens, &issued, 0))).await;
        assert_eq!((all, issued.load(Ordering::SeqCst)), (vec![0; 50], 1));
    }

    #[tokio::test]
    async fn only_the_stale_one_is_dropped() {
        let (tokens, issued) = (Tokens::renewed(SignedDuration::ZERO), AtomicUsize::new(0));
        get(&tokens, &issued, 0).await;
        tokens.forget("who", |token| *token == 7).await;
        assert_eq!(get(&tokens, &issued, 1).await, 0);
        tokens.forget("who", |token| *token == 0).await;
        assert_eq!(get(&tokens, &issued, 2).await, 1);
    }

    #[tokio::test]
    async fn what_ended_for_others_is_not_kept() {
        let (tokens, issued) = (Tokens::renewed(SignedDuration::ZERO), AtomicUsize::new(0));
        get(&tokens, &issued, 0).await;
        let other = || async { Ok::<_, ()>((9, at(5000))) };
        tokens.get("other", at(1000), other).await.unwrap();
        assert_eq!(tokens.all().len(), 1);
    }
}
