//! Which commits are near the beginning of an incident, and which of them is the likeliest to matter.

use common::source::Commit;
use jiff::{SignedDuration, Timestamp};

/// How long before an incident a commit may have been written to be near it: reviewed, built and rolled out in between.
const BEFORE: SignedDuration = SignedDuration::from_mins(30);
/// How long after: clocks differ, and an incident is noticed late.
const AFTER: SignedDuration = SignedDuration::from_mins(5);

/// Whether a commit of this time is near an incident of that time.
pub fn is_around(commit: Timestamp, incident: Timestamp) -> bool {
    (-BEFORE..=AFTER).contains(&commit.duration_since(incident))
}

/// Most of (1 + files changed) / (1 + minutes between); of equals the newest. A commit after the beginning counts by its distance too, as
/// one whose clock is ahead.
pub fn nearest_and_largest(around: &[Commit], incident: Timestamp) -> Option<&Commit> {
    let weight = |commit: &Commit| {
        let minutes = commit.at.duration_since(incident).abs().as_secs_f64() / 60.0;
        (1.0 + commit.files.len() as f64) / (1.0 + minutes)
    };
    around.iter().rev().max_by(|one, other| weight(one).total_cmp(&weight(other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incident() -> Timestamp {
        "2026-06-01T12:00:00Z".parse().unwrap()
    }

    fn commit(id: &str, minutes: i64, files: usize) -> Commit {
        let at = incident() + SignedDuration::from_mins(minutes);
        Commit {
            id: id.to_owned(),
            subject: String::new(),
            author: String::new(),
            at,
            files: vec![String::new(); files],
        }
    }

    #[test]
    fn a_commit_is_around_from_half_an_hour_before_until_five_minutes_after() {
        for (minutes, expected) in [(-31, false), (-30, true), (0, true), (5, true), (6, false)] {
            assert_eq!(is_around(commit("", minutes, 0).at, incident()), expected, "{minutes}");
        }
    }

    #[test]
    fn a_large_commit_outweighs_a_slightly_nearer_small_one() {
        let around = [commit("small", -1, 1), commit("large", -4, 30)];
        assert_eq!(nearest_and_largest(&around, incident()).unwrap().id, "large");
    }

    #[test]
    fn of_equals_the_newest_is_suspected() {
        let around = [commit("newer", 0, 1), commit("older", 0, 1)];
        assert_eq!(nearest_and_largest(&around, incident()).unwrap().id, "newer");
        assert_eq!(nearest_and_largest(&[], incident()), None);
    }
}
