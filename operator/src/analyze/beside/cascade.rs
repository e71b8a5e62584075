//! Which other incidents began around the same time, and whether anything ties them to this one. Pure.
//!
//! That two things happened at once is no link. Where nothing but time speaks for one, it is said so.

use std::sync::Arc;

use common::api::{Issue, ResourceRef};
use jiff::SignedDuration;
use kube::ResourceExt as _;

/// So far apart may two begins be (pipeline.md §4.20).
const AROUND: SignedDuration = SignedDuration::from_mins(15);
/// Most that are told.
const MOST: usize = 10;

/// One sentence for each other incident that began around the same time, those with a link first, then in the order they began.
pub fn around(issue: &Issue, others: &[Arc<Issue>]) -> Vec<String> {
    let Some(at) = issue.began() else { return Vec::new() };
    let mut found: Vec<_> = others
        .iter()
        .filter(|other| other.metadata.uid != issue.metadata.uid)
        .filter_map(|other| Some((link(issue, other), other.began()?, other)))
        .filter(|(_, theirs, _)| theirs.duration_since(at).abs() <= AROUND)
        .collect();
    found.sort_by_key(|(link, theirs, other)| (link.is_none(), *theirs, other.name_any()));
    found.truncate(MOST);
    found.into_iter().map(|(link, theirs, other)| sentence(link, theirs.duration_since(at), other)).collect()
}

fn sentence(link: Option<&'static str>, later: SignedDuration, other: &Issue) -> String {
    let cause = other.status.as_ref().and_then(|status| status.cause.as_ref());
    let cause = cause.map(|cause| format!(" ({})", cause.code)).unwrap_or_default();
    let when = match later.as_secs() {
        0 => "at the same moment".to_owned(),
        seconds if seconds < 0 => format!("{} s before", -seconds),
        seconds => format!("{seconds} s after"),
    };
    let link = link.unwrap_or("no link is seen but the time");
    format!("{}{cause}, {when}: {link}", other.spec.resource.short())
}

/// What ties another incident to this one: who blames whom, or both the same.
fn link(issue: &Issue, other: &Issue) -> Option<&'static str> {
    let blames = |one: &Issue, object: &ResourceRef| blamed(one).is_some_and(|it| it.same_object(object));
    let folded = |one: &Issue, object: &ResourceRef| {
        one.status.iter().flat_map(|status| &status.folded_in).any(|folded| folded.resource.same_object(object))
    };
    let (this, that) = (&issue.spec.resource, &other.spec.resource);
    if !this.same_object(that) && (blames(issue, that) || folded(other, this)) {
        Some("the cause of this one sits there")
    } else if !this.same_object(that) && (blames(other, this) || folded(issue, that)) {
        Some("it suffers from this one")
    } else if blamed(issue).is_some_and(|object| blames(other, object)) {
        Some("the same object is the cause of both")
    } else {
        None
    }
}

fn blamed(issue: &Issue) -> Option<&ResourceRef> {
    Some(&issue.status.as_ref()?.cause.as_ref()?.place.object)
}

#[cfg(test)]
mod tests {
    use common::api::issue::{IssueCause, IssueState};
    use common::api::shared::CauseRef;

    use common::api::Time;

    use super::*;
    use crate::detect::testing::{at, issue_in};

    /// An incident of a deployment that began at this second and blames another.
    fn incident(name: &str, second: i64, blames: Option<&str>) -> Issue {
        let mut issue = issue_in(IssueState::Analyzing, 1, None);
        issue.metadata.name = Some(format!("{name}-issue"));
        issue.metadata.uid = Some(format!("{name}-uid"));
        issue.spec.resource = ResourceRef::new("Deployment", "shop", name);
        let status = issue.status.as_mut().unwrap();
        status.detected_at = Some(Time(at(second)));
        status.cause = blames.map(|other| IssueCause {
            code: "dependency-down".to_owned(),
            statement: String::new(),
            place: CauseRef { object: ResourceRef::new("Deployment", "shop", other), field_path: None },
        });
        issue
    }

    #[test]
    fn what_is_tied_to_it_comes_first_and_time_alone_is_called_so() {
        let issue = incident("web", 0, Some("db"));
        let others = [
            incident("mail", -120, None),
            incident("front", 30, Some("web")),
            incident("db", -40, None),
            incident("night", -3600, None),
            issue.clone(),
        ]
        .map(Arc::new);
        assert_eq!(
            around(&issue, &others),
            [
                "deploy/db, 40 s before: the cause of this one sits there",
                "deploy/front (dependency-down), 30 s after: it suffers from this one",
                "deploy/mail, 120 s before: no link is seen but the time",
            ]
        );
    }

    #[test]
    fn two_that_blame_the_same_object_are_tied_by_it() {
        let issue = incident("web", 0, Some("db"));
        assert_eq!(
            around(&issue, &[Arc::new(incident("cart", 0, Some("db")))]),
            ["deploy/cart (dependency-down), at the same moment: the same object is the cause of both"]
        );
    }
}
