//! Trouble that comes, goes and comes again: a machine that repairs it each time hides what a person should see.
//!
//! In: the incidents of one object. Out: how often its trouble was over lately. Never: hides anything; automation becomes a question, the
//! incident stays as it is.

use jiff::{SignedDuration, Timestamp};

use crate::api::Issue;

/// From so many ends of trouble on, people are asked (pipeline.md §4.3 and §7.D, D5).
pub const TIMES: usize = 3;
/// Ends within this time count.
pub const WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// How often the trouble of an object was over within the last day, given all incidents of it: each that was resolved, and each time one
/// was opened again.
pub fn times_over<'a>(incidents: impl IntoIterator<Item = &'a Issue>, now: Timestamp) -> usize {
    let recent = |at: Option<Timestamp>| at.is_some_and(|at| at <= now && now.duration_since(at) <= WITHIN);
    let of = |issue: &Issue| {
        let status = issue.status.as_ref()?;
        let ended = recent(status.resolved_at.as_ref().map(|at| at.0));
        let began = recent(status.detected_at.as_ref().map(|at| at.0));
        let again = usize::try_from(status.reopened.unwrap_or(0)).unwrap_or(0);
        // One that was opened again says how often, not when: its own age bounds that.
        Some(usize::from(ended) + if began { again } else { 0 })
    };
    incidents.into_iter().filter_map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{
        Time,
        issue::{IssueState, IssueStatus},
    };

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + hour * 3600).unwrap()
    }

    fn incident(detected: i64, resolved: Option<i64>, reopened: i32) -> Issue {
        let spec = serde_json::json!({
            "severity": "high", "source": "watcher", "description": "",
            "resource": { "kind": "Deployment", "name": "web", "namespace": "shop" }
        });
        let mut issue = Issue::new("web", serde_json::from_value(spec).unwrap());
        issue.status = Some(IssueStatus {
            state: if resolved.is_some() { IssueState::Resolved } else { IssueState::Analyzing },
            detected_at: Some(Time(at(detected))),
            resolved_at: resolved.map(|hour| Time(at(hour))),
            reopened: Some(reopened),
            ..IssueStatus::default()
        });
        issue
    }

    #[test]
    fn ends_within_a_day_count_and_older_ones_do_not() {
        let all = [incident(0, Some(1), 0), incident(20, Some(21), 0), incident(29, None, 0)];
        assert_eq!(times_over(&all, at(24)), 2);
        assert_eq!(times_over(&all, at(30)), 1, "29 hours ago is long ago");
    }

    #[test]
    fn each_time_it_was_opened_again_its_trouble_had_been_over() {
        assert_eq!(times_over(&[incident(0, None, 3)], at(2)), 3);
        assert_eq!(times_over(&[incident(0, Some(2), 3)], at(2)), 4);
        assert_eq!(times_over(&[incident(0, None, 3)], at(100)), 0);
    }
}
