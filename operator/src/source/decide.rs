//! Whether a repository is fetched now. Pure.

use common::naming;
use common::source::Refusal;
use jiff::{SignedDuration, Timestamp};

/// Shortest time between two fetches.
const LEAST: SignedDuration = SignedDuration::from_mins(5);
/// Time between two fetches where the spec does not say.
const USUAL: SignedDuration = SignedDuration::from_mins(30);
/// Added to an interval, as one part in so many at most: repositories that began together do not fetch together for ever.
const SPREAD: i64 = 10;

/// Why a repository cannot be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Trouble {
    /// One word, the condition's reason.
    pub reason: &'static str,
    /// A sentence with the next step.
    pub message: String,
    /// Only a person can mend it: tried again ever more seldom.
    pub needs_a_person: bool,
}

impl Trouble {
    /// Something that may pass.
    pub fn passing(reason: &'static str, message: impl Into<String>) -> Self {
        Self { reason, message: message.into(), needs_a_person: false }
    }

    /// Something that stays until somebody changes it.
    pub fn for_a_person(reason: &'static str, message: impl Into<String>) -> Self {
        Self { reason, message: message.into(), needs_a_person: true }
    }

    /// As the program says it.
    pub fn refused(refusal: Refusal, message: impl Into<String>) -> Self {
        let (reason, needs_a_person) = match refusal {
            Refusal::Unauthorized => ("Unauthorized", true),
            Refusal::HostKeyUnknown => ("HostKeyUnknown", true),
            Refusal::HostRefused => ("HostRefused", true),
            Refusal::CredentialInvalid => ("CredentialInvalid", true),
            Refusal::NotFound => ("NotFound", true),
            Refusal::TooLarge => ("TooLarge", true),
            Refusal::Unreachable => ("Unreachable", false),
            Refusal::TooSlow => ("TooSlow", false),
            Refusal::CacheLost => (CACHE_LOST, false),
        };
        Self { reason, message: message.into(), needs_a_person }
    }
}

/// The reason of a repository whose cache is not there.
pub const CACHE_LOST: &str = "CacheLost";

/// The last fetch, as long as this process lives.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Record {
    /// When it ended.
    pub at: Timestamp,
    /// Of which generation.
    pub generation: Option<i64>,
    /// URL and branch.
    pub from: (String, String),
    /// Version of the Secret that was used.
    pub secret: Option<String>,
    /// Fetches in a row that brought nothing.
    pub failures: u32,
    /// What came of it.
    pub outcome: Result<(), Trouble>,
}

/// Everything the next move depends on.
#[derive(Debug)]
pub struct Input<'a> {
    /// The time.
    pub now: Timestamp,
    /// UID of the repository.
    pub uid: &'a str,
    /// Generation of its spec.
    pub generation: Option<i64>,
    /// URL and branch.
    pub from: (String, String),
    /// `spec.syncIntervalMinutes`.
    pub minutes: Option<i32>,
    /// What keeps it from being fetched at all.
    pub obstacle: Option<Trouble>,
    /// The last fetch by this process.
    pub last: Option<&'a Record>,
    /// Its cache is on this process's disk.
    pub has_cache: bool,
    /// `status.ready`.
    pub says_ready: bool,
    /// Version of the Secret now; none where there is none, or where it was not looked at.
    pub secret: Option<&'a str>,
}

/// The next move.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Move {
    /// It is not fetched; say why.
    Refuse(Trouble),
    /// The status promises a cache that is not there: take that back first.
    Disown(Trouble),
    /// Fetch it.
    Sync {
        /// Into an empty directory: what is there is of another repository, or broken.
        anew: bool,
    },
    /// Not before.
    Wait(Timestamp),
}

/// What to do about a repository.
pub fn decide(input: &Input<'_>) -> Move {
    if let Some(trouble) = &input.obstacle {
        return Move::Refuse(trouble.clone());
    }
    let Some(last) = input.last.filter(|last| last.outcome.is_err() || input.has_cache) else {
        // What another process fetched is not on this one's disk.
        if input.says_ready {
            return Move::Disown(Trouble::passing(
                CACHE_LOST,
                "the operator was restarted; the repository is fetched again",
            ));
        }
        return Move::Sync { anew: true };
    };
    let anew = last.from != input.from || last.outcome.as_ref().is_err_and(|trouble| trouble.reason == CACHE_LOST);
    let has_new_secret = last.outcome.is_err() && input.secret.is_some() && input.secret != last.secret.as_deref();
    if last.generation != input.generation || has_new_secret {
        return Move::Sync { anew };
    }
    let due = due(last, interval(input.minutes), input.uid);
    if due <= input.now { Move::Sync { anew } } else { Move::Wait(due) }
}

/// When it is fetched next, if nothing changes before.
fn due(last: &Record, interval: SignedDuration, uid: &str) -> Timestamp {
    let wait = match &last.outcome {
        Ok(()) => interval + spread(interval, uid, last.at),
        // Nothing was tried yet: the cache was found to be broken.
        Err(_) if last.failures == 0 => SignedDuration::ZERO,
        Err(trouble) if trouble.needs_a_person => {
            let doubled = LEAST.as_secs().saturating_mul(1_i64 << last.failures.saturating_sub(1).min(16));
            SignedDuration::from_secs(doubled).min(interval)
        }
        Err(_) => LEAST,
    };
    last.at.checked_add(wait).unwrap_or(Timestamp::MAX)
}

fn interval(minutes: Option<i32>) -> SignedDuration {
    minutes.map_or(USUAL, |minutes| SignedDuration::from_mins(i64::from(minutes))).max(LEAST)
}

/// The same for the same fetch, so that looking again moves nothing.
fn spread(interval: SignedDuration, uid: &str, at: Timestamp) -> SignedDuration {
    let drawn = i64::from_str_radix(&naming::hash(&[uid, &at.as_second().to_string()], 8), 16).unwrap_or(0);
    let most = (interval.as_secs() / SPREAD).max(1);
    SignedDuration::from_secs(drawn % most)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + seconds).unwrap()
    }

    fn from() -> (String, String) {
        ("https://git.example/web".to_owned(), "main".to_owned())
    }

    fn fetched() -> Record {
        Record {
            at: at(0),
            generation: Some(1),
            from: from(),
            secret: Some("7".to_owned()),
            failures: 0,
            outcome: Ok(()),
        }
    }

    fn failed(failures: u32, trouble: Trouble) -> Record {
        Record { failures, outcome: Err(trouble), ..fetched() }
    }

    fn unauthorized() -> Trouble {
        Trouble::refused(Refusal::Unauthorized, "no")
    }

    fn input(seconds: i64, last: Option<&Record>) -> Input<'_> {
        Input {
            now: at(seconds),
            uid: "u",
            generation: Some(1),
            from: from(),
            minutes: None,
            obstacle: None,
            last,
            has_cache: true,
            says_ready: false,
            secret: None,
        }
    }

    fn waits(last: &Record, minutes: Option<i32>) -> i64 {
        match decide(&Input { minutes, ..input(0, Some(last)) }) {
            Move::Wait(until) => until.duration_since(at(0)).as_secs(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn one_that_was_never_fetched_is() {
        assert_eq!(decide(&input(0, None)), Move::Sync { anew: true });
    }

    #[test]
    fn a_promise_of_another_process_is_taken_back_before_anything_is_fetched() {
        assert!(matches!(decide(&Input { says_ready: true, ..input(0, None) }), Move::Disown(_)));
        let last = fetched();
        let gone = Input { has_cache: false, says_ready: true, ..input(1, Some(&last)) };
        assert!(matches!(decide(&gone), Move::Disown(_)), "also when somebody emptied the disk");
        assert_eq!(decide(&Input { says_ready: false, ..gone }), Move::Sync { anew: true });
    }

    #[test]
    fn it_is_fetched_again_after_its_interval_and_a_little() {
        let last = fetched();
        let wait = waits(&last, None);
        assert!((30 * MINUTE..33 * MINUTE).contains(&wait), "{wait}");
        assert_eq!(wait, waits(&last, None), "looking again moves nothing");
        assert_eq!(decide(&input(33 * MINUTE, Some(&last))), Move::Sync { anew: false });
        let short = waits(&last, Some(1));
        assert!((5 * MINUTE..6 * MINUTE).contains(&short), "never faster than every 5 minutes: {short}");
    }

    #[test]
    fn what_may_pass_is_tried_again_after_five_minutes_each_time() {
        let unreachable = || Trouble::refused(Refusal::Unreachable, "no");
        assert_eq!(waits(&failed(1, unreachable()), None), 5 * MINUTE);
        assert_eq!(waits(&failed(9, unreachable()), None), 5 * MINUTE);
    }

    #[test]
    fn what_only_a_person_can_mend_is_tried_ever_more_seldom_up_to_the_interval() {
        let waits: Vec<i64> =
            [1, 2, 3, 4, 40].map(|failures| waits(&failed(failures, unauthorized()), None) / MINUTE).into();
        assert_eq!(waits, [5, 10, 20, 30, 30]);
    }

    #[test]
    fn a_change_of_the_spec_is_acted_on_at_once_and_another_repository_begins_anew() {
        let last = failed(4, unauthorized());
        let changed = Input { generation: Some(2), ..input(1, Some(&last)) };
        assert_eq!(decide(&changed), Move::Sync { anew: false });
        let other = ("https://git.example/other".to_owned(), "main".to_owned());
        assert_eq!(decide(&Input { from: other, ..changed }), Move::Sync { anew: true });
    }

    #[test]
    fn a_new_secret_is_tried_at_once_where_the_old_one_failed() {
        let last = failed(4, unauthorized());
        assert!(matches!(decide(&Input { secret: Some("7"), ..input(1, Some(&last)) }), Move::Wait(_)));
        assert_eq!(decide(&Input { secret: Some("8"), ..input(1, Some(&last)) }), Move::Sync { anew: false });
        let well = fetched();
        assert!(matches!(decide(&Input { secret: Some("8"), ..input(1, Some(&well)) }), Move::Wait(_)));
    }

    #[test]
    fn a_cache_found_broken_is_made_anew_at_once() {
        let last = failed(0, Trouble::passing(CACHE_LOST, "no"));
        assert_eq!(decide(&input(0, Some(&last))), Move::Sync { anew: true });
        let again = failed(1, Trouble::passing(CACHE_LOST, "no"));
        assert_eq!(waits(&again, None), 5 * MINUTE, "but not over and over");
    }

    #[test]
    fn an_obstacle_keeps_it_from_being_fetched() {
        let obstacle = Trouble::for_a_person("ProgramMissing", "no");
        let refused = Input { obstacle: Some(obstacle.clone()), ..input(0, None) };
        assert_eq!(decide(&refused), Move::Refuse(obstacle));
    }
}
