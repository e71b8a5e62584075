//! What containers use of memory, and whether that grows with their age. Pure.
//!
//! In: looks at the use of several containers, or at one of them at several times. Out: a verdict. One look says nothing about growth, but
//! the replicas of a workload have different ages: if the old ones hold more than the young ones, it grows.

use jiff::{SignedDuration, Timestamp};

/// A container younger than this still starts; what it uses then says nothing about growth.
const STARTED: SignedDuration = SignedDuration::from_secs(30);
/// The old ones have to be this many times as old as the young ones to show growth …
const APART: i32 = 2;
/// … and this many times to show that there is none: what grows slowly needs longer to be seen.
const FAR_APART: i32 = 3;
/// Old over young: growth from here on. Caches that fill up and collectors that wait make a difference of some ten percent, not of half.
const GROWS: f64 = 1.5;
/// Old over young: no growth up to here. Between the two nothing is said.
const STAYS: f64 = 1.2;

/// One look at one container.
#[derive(Clone, Debug, PartialEq)]
pub struct MemoryUse {
    /// Its pod.
    pub pod: String,
    /// Its name.
    pub container: String,
    /// When it was looked at.
    pub at: Timestamp,
    /// How long it had lived by then.
    pub age: SignedDuration,
    /// The working set: what counts against its limit and cannot be taken back.
    pub bytes: u64,
    /// Who says so.
    pub by: MeasuredBy,
}

/// Who measured.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MeasuredBy {
    /// The metrics API of the cluster: what `kubectl top` shows.
    MetricsApi,
    /// A Prometheus.
    Prometheus,
}

/// Whether the use of memory grows with age.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Growth<'a> {
    /// Old ones use much more than young ones.
    Grows {
        /// A typical young one.
        young: &'a MemoryUse,
        /// A typical old one.
        old: &'a MemoryUse,
    },
    /// Old ones use what young ones use.
    Stays {
        /// A typical young one.
        young: &'a MemoryUse,
        /// A typical old one.
        old: &'a MemoryUse,
    },
}

/// What all looks at containers of this name say together; `None` when they are too few, too close in age, or undecided.
///
/// The median of the youngest third is held against that of the oldest third, so that one odd pod decides nothing where there are many.
pub fn growth<'a>(looks: &'a [MemoryUse], container: &str) -> Option<Growth<'a>> {
    let mut by_age: Vec<&MemoryUse> =
        looks.iter().filter(|look| look.container == container && look.age >= STARTED && look.bytes > 0).collect();
    by_age.sort_by_key(|look| look.age);
    let third = by_age.len().div_ceil(3);
    let young = median(by_age.get(..third)?)?;
    let old = median(&by_age[by_age.len() - third..])?;
    if old.age < young.age * APART {
        return None;
    }
    match old.bytes as f64 / young.bytes as f64 {
        ratio if ratio >= GROWS => Some(Growth::Grows { young, old }),
        ratio if ratio <= STAYS && old.age >= young.age * FAR_APART => Some(Growth::Stays { young, old }),
        _ => None,
    }
}

fn median<'a>(looks: &[&'a MemoryUse]) -> Option<&'a MemoryUse> {
    let mut by_use = looks.to_vec();
    by_use.sort_by_key(|look| look.bytes);
    by_use.get(by_use.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(age: i64, mebibytes: u64) -> MemoryUse {
        MemoryUse {
            pod: format!("web-{age}"),
            container: "app".to_owned(),
            at: Timestamp::from_second(100_000).unwrap(),
            age: SignedDuration::from_secs(age),
            bytes: mebibytes << 20,
            by: MeasuredBy::MetricsApi,
        }
    }

    fn verdict(looks: &[(i64, u64)]) -> &'static str {
        let looks: Vec<MemoryUse> = looks.iter().map(|(age, use_)| look(*age, *use_)).collect();
        match growth(&looks, "app") {
            Some(Growth::Grows { .. }) => "grows",
            Some(Growth::Stays { .. }) => "stays",
            None => "nothing",
        }
    }

    #[test]
    fn an_old_replica_that_holds_much_more_than_a_young_one_shows_growth() {
        assert_eq!(verdict(&[(60, 40), (3600, 180)]), "grows");
    }

    #[test]
    fn replicas_of_all_ages_that_use_the_same_show_none() {
        assert_eq!(verdict(&[(60, 90), (600, 95), (3600, 92), (86_400, 97)]), "stays");
    }

    #[test]
    fn one_life_of_two_minutes_shows_by_itself_that_it_grows() {
        assert_eq!(
            verdict(&[(15, 10), (30, 15), (45, 20), (60, 25), (75, 30), (90, 35), (105, 40), (120, 45)]),
            "grows"
        );
        assert_eq!(
            verdict(&[(30, 40), (45, 40), (60, 40), (75, 40), (90, 40), (105, 40), (120, 40)]),
            "nothing",
            "too short to be sure that it never will"
        );
    }

    #[test]
    fn one_look_and_looks_at_the_same_age_say_nothing() {
        assert_eq!(verdict(&[(3600, 180)]), "nothing");
        assert_eq!(verdict(&[(3000, 100), (3600, 180)]), "nothing");
        assert_eq!(verdict(&[]), "nothing");
    }

    #[test]
    fn a_container_that_starts_is_not_compared() {
        assert_eq!(verdict(&[(2, 10), (3600, 180)]), "nothing");
    }

    #[test]
    fn a_little_more_is_undecided() {
        assert_eq!(verdict(&[(60, 100), (3600, 135)]), "nothing");
    }

    #[test]
    fn one_odd_pod_among_many_decides_nothing() {
        assert_eq!(
            verdict(&[(60, 90), (70, 95), (80, 92), (600, 95), (700, 91), (3600, 400), (3700, 92), (3800, 93)]),
            "stays"
        );
    }

    #[test]
    fn other_containers_do_not_count() {
        let looks = [look(60, 40), MemoryUse { container: "proxy".to_owned(), ..look(3600, 180) }];
        assert_eq!(growth(&looks, "app"), None);
    }
}
