//! Which incident of a resource this is: a fault that returns soon continues the last one, a fault that returns late begins another.

use common::api::Issue;
use jiff::Timestamp;
use kube::ResourceExt as _;

/// A fault that returns within this time after its incident was resolved re-opens it, where the incident does not say otherwise.
pub use common::decisions::cooldown::COOLDOWN;

/// The episode that trouble on a resource belongs to now, given its Issues.
pub fn episode<'a>(issues: impl IntoIterator<Item = &'a Issue>, now: Timestamp) -> i64 {
    let (mut going_on, mut over) = (None, 0);
    for issue in issues {
        let number = issue.status.as_ref().and_then(|status| status.episode).unwrap_or(1);
        if continues(issue, now) {
            going_on = going_on.max(Some(number));
        } else {
            over = over.max(number);
        }
    }
    going_on.unwrap_or(over + 1)
}

/// Open, or resolved so recently that a returning fault re-opens it.
pub fn continues(issue: &Issue, now: Timestamp) -> bool {
    let Some(status) = &issue.status else { return true };
    if status.state.is_open() {
        return true;
    }
    // Failed is written without `resolvedAt` by older operators.
    let ended =
        status.resolved_at.as_ref().map(|time| time.0).or_else(|| issue.creation_timestamp().map(|time| time.0));
    let until = status.reopens_until.as_ref().map(|time| time.0).or_else(|| ended.map(|ended| ended + COOLDOWN));
    until.is_some_and(|until| until > now)
}

#[cfg(test)]
pub(crate) mod tests {
    use common::api::issue::{IssueState, IssueStatus};
    use common::api::{IssueSeverity, ResourceRef, Source, Time, issue::IssueSpec};

    use super::*;

    pub(crate) fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    pub(crate) fn issue_in(state: IssueState, episode: i64, resolved_at: Option<Timestamp>) -> Issue {
        let mut issue = Issue::new(
            "web-oom-kill-0123456789",
            IssueSpec {
                severity: IssueSeverity::High,
                source: Source::Watcher,
                signal_type: Some("oom_kill".into()),
                resource: ResourceRef::new("Deployment", "shop", "web").with_uid("web-uid"),
                description: String::new(),
                correlation_id: None,
                risk_score: Some(40),
                correlated_anomalies: Vec::new(),
                requested_by: None,
            },
        );
        issue.metadata.namespace = Some("shop".into());
        issue.metadata.uid = Some(format!("issue-uid-{episode}"));
        issue.status = Some(IssueStatus {
            state,
            episode: Some(episode),
            resolved_at: resolved_at.map(Time),
            ..IssueStatus::default()
        });
        issue
    }

    #[test]
    fn the_first_trouble_is_episode_one() {
        assert_eq!(episode([], at(0)), 1);
    }

    #[test]
    fn an_open_incident_keeps_its_episode_however_long_it_lasts() {
        let open = issue_in(IssueState::Escalated, 3, None);
        assert_eq!(episode([&open], at(86_400)), 3);
    }

    #[test]
    fn a_fault_that_returns_within_the_cooldown_is_the_same_episode() {
        let resolved = issue_in(IssueState::Resolved, 2, Some(at(0)));
        assert_eq!(episode([&resolved], at(599)), 2);
        assert_eq!(episode([&resolved], at(600)), 3);
    }

    #[test]
    fn the_highest_past_episode_counts() {
        let (first, second) =
            (issue_in(IssueState::Resolved, 1, Some(at(0))), issue_in(IssueState::Resolved, 2, Some(at(0))));
        assert_eq!(episode([&second, &first], at(3600)), 3);
    }
}
