//! Which incident new anomalies of one resource belong to, and why. Pure.

use std::sync::Arc;

use common::api::issue::IssueSpec;
use common::api::keys::{annotations, labels};
use common::api::{Anomaly, ChaosExperiment, Issue, IssueSeverity, ResourceRef, SignalType};
use common::naming;
use jiff::{SignedDuration, Timestamp};
use kube::ResourceExt as _;

use super::chaos;
use super::weights::{Impact, risk, severity, weight};
use crate::detect::{continues, episode, is_ours};
use crate::runtime::lists;

/// After the incident they were folded into is over, dependants get this long to be well again.
const DEPENDANTS_GRACE: SignedDuration = SignedDuration::from_secs(60);

/// Everything the decision depends on.
pub struct Seen {
    /// The moment.
    pub now: Timestamp,
    /// The operator's namespace: only from there an anomaly may speak about another.
    pub operator_namespace: String,
    /// Namespace of the Issue.
    pub home: String,
    /// False while that namespace is being deleted.
    pub accepts_objects: bool,
    /// The resource as it is now; without UID when it is not there.
    pub resource: ResourceRef,
    /// What is left of it.
    pub impact: Impact,
    /// Anomalies that name it, with the incident each was folded into.
    pub anomalies: Vec<(Arc<Anomaly>, Option<Arc<Issue>>)>,
    /// Issues that name it.
    pub issues: Vec<Arc<Issue>>,
    /// The open incident of something else that explains its trouble.
    pub explained_by: Option<Explanation>,
    /// Until when the incident of something else may be waited for.
    pub expected: Option<Timestamp>,
    /// The object outside in which the cause sits, as `Kind/namespace/name`, where no incident speaks for it yet.
    pub shared_cause: Option<String>,
    /// The resource's own open incident.
    pub own_issue: Option<Arc<Issue>>,
    /// The incident that the own one, as it was explained, belongs to.
    pub blamed: Option<Explanation>,
    /// The incident that a person has put the resource's trouble into.
    pub absorbed_by: Option<Explanation>,
    /// Experiments that somebody makes on the resource on purpose.
    pub experiments: Vec<Arc<ChaosExperiment>>,
}

/// Trouble elsewhere that explains what is seen here.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The incident.
    pub issue: Arc<Issue>,
    /// Which signals it explains.
    pub signals: &'static [SignalType],
    /// Why, in words.
    pub reason: String,
}

/// What to do.
#[derive(Debug, Default)]
pub struct Decision {
    /// Anomalies that act beyond their namespace, and why that is refused.
    pub refused: Vec<(Arc<Anomaly>, String)>,
    /// Anomalies to fold into somebody else's incident.
    pub explained: Option<(Explanation, Vec<Arc<Anomaly>>)>,
    /// The resource's own incident, when it turned out to belong to somebody else's.
    pub merged: Option<Merge>,
    /// The resource's own incident.
    pub incident: Option<Incident>,
    /// When the answer changes without any event.
    pub look_again: Option<Timestamp>,
}

impl Decision {
    /// The incident of the resource, where it is one that is there already.
    pub fn standing(&self) -> Option<&Issue> {
        match &self.incident.as_ref()?.issue {
            Target::Existing(issue) => Some(issue),
            Target::New(_) => None,
        }
    }

    /// Leaves a higher risk for later, unless the severity rises with it.
    pub fn put_off_risk(&mut self) {
        let Some(Incident { issue: Target::Existing(issue), raise, .. }) = &mut self.incident else { return };
        raise.take_if(|raise| raise.severity == issue.spec.severity);
    }
}

/// An incident that was opened before its cause was known, and goes into the one about that cause.
#[derive(Debug)]
pub struct Merge {
    /// The one that ends.
    pub issue: Arc<Issue>,
    /// The one that goes on, and why.
    pub into: Explanation,
    /// Its anomalies, and those that were about to join.
    pub anomalies: Vec<Arc<Anomaly>>,
}

/// The incident of a resource, and what joins it.
#[derive(Debug)]
pub struct Incident {
    /// Where it stands.
    pub issue: Target,
    /// Anomalies to fold in, oldest first.
    pub joining: Vec<Arc<Anomaly>>,
    /// Risk and severity to raise the Issue to, where they rise.
    pub raise: Option<Raise>,
}

/// An Issue that is there, or one to open.
#[derive(Debug)]
pub enum Target {
    /// There.
    Existing(Arc<Issue>),
    /// To be opened; the incident id is drawn when it is.
    New(Box<Issue>),
}

/// Numbers that rise.
#[derive(Debug, Eq, PartialEq)]
pub struct Raise {
    /// New risk.
    pub risk: i32,
    /// New severity.
    pub severity: IssueSeverity,
}

/// What to do about one resource.
pub fn decide(seen: &Seen) -> Decision {
    let mut decision = Decision::default();
    let mut joining = Vec::new();
    for (anomaly, incident) in &seen.anomalies {
        match standing(seen, anomaly, incident.as_deref()) {
            Standing::Settled => {}
            Standing::Until(at) => decision.look_again = Some(decision.look_again.map_or(at, |other| other.min(at))),
            Standing::Refused(why) => decision.refused.push((Arc::clone(anomaly), why)),
            Standing::Waiting => joining.push(Arc::clone(anomaly)),
        }
    }
    joining.sort_by_key(|anomaly| (anomaly.creation_timestamp(), anomaly.name_any()));

    if let Some(into) = seen.absorbed_by.as_ref().filter(|it| !it.issue.spec.resource.same_object(&seen.resource)) {
        match &seen.own_issue {
            None if joining.is_empty() => {}
            None => decision.explained = Some((into.clone(), joining)),
            Some(own) if untouched(own) => {
                let anomalies = members(seen, own).chain(joining).collect();
                decision.merged = Some(Merge { issue: Arc::clone(own), into: into.clone(), anomalies });
            }
            // What a plan has touched keeps its own history, whatever anybody says.
            Some(own) => {
                decision.incident = Some(Incident { issue: Target::Existing(Arc::clone(own)), joining, raise: None });
            }
        }
        return decision;
    }
    if let Some(merge) = merge(seen, &joining) {
        decision.merged = Some(merge);
        return decision;
    }
    let current = current(seen);
    if current.is_none()
        && let Some(until) = seen.expected.filter(|until| *until > seen.now)
        && !joining.is_empty()
        && joining.iter().all(|anomaly| common::diagnosis::WAITING.contains(&anomaly.spec.signal_type))
    {
        decision.look_again = Some(until.min(seen.now + LOOK_AGAIN));
        return decision;
    }
    if current.is_none()
        && let Some(explanation) = seen.explained_by.as_ref().filter(|it| !is_split_off(seen, &it.issue))
    {
        let (explained, own): (Vec<_>, Vec<_>) =
            joining.into_iter().partition(|anomaly| explanation.signals.contains(&anomaly.spec.signal_type));
        if !explained.is_empty() {
            decision.explained = Some((explanation.clone(), explained));
        }
        joining = own;
    }
    let issue = match current {
        Some(issue) => Target::Existing(issue),
        None if joining.is_empty() || !seen.accepts_objects => return decision,
        None => Target::New(Box::new(open(seen, &joining))),
    };
    let raise = match &issue {
        Target::Existing(issue) => raise(seen, issue, &joining),
        Target::New(_) => None,
    };
    decision.incident = Some(Incident { issue, joining, raise });
    decision
}

/// While the incident of another is waited for, the stores are looked at this often.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(1);

/// Does the own incident belong to another? Only while nothing was done about it: what a plan has touched keeps its own history.
fn merge(seen: &Seen, joining: &[Arc<Anomaly>]) -> Option<Merge> {
    let own = seen.own_issue.as_ref()?;
    let explanation = seen.blamed.as_ref().or(seen.explained_by.as_ref())?;
    let may = untouched(own) && own.spec.requested_by.is_none() && !is_kept_apart(own);
    if !may || explanation.issue.metadata.uid == own.metadata.uid || is_split_off(seen, &explanation.issue) {
        return None;
    }
    let anomalies: Vec<Arc<Anomaly>> = members(seen, own).chain(joining.iter().cloned()).collect();
    let active = |anomaly: &Anomaly| anomaly.status.as_ref().is_none_or(|status| status.active != Some(false));
    let explains_all = anomalies
        .iter()
        .filter(|anomaly| active(anomaly))
        .all(|anomaly| explanation.signals.contains(&anomaly.spec.signal_type));
    (explains_all && anomalies.iter().any(|anomaly| active(anomaly))).then(|| Merge {
        issue: Arc::clone(own),
        into: explanation.clone(),
        anomalies,
    })
}

fn members<'a>(seen: &'a Seen, own: &'a Issue) -> impl Iterator<Item = Arc<Anomaly>> + 'a {
    let of_own =
        |incident: &Option<Arc<Issue>>| incident.as_ref().is_some_and(|it| it.metadata.uid == own.metadata.uid);
    seen.anomalies.iter().filter(move |(_, incident)| of_own(incident)).map(|(anomaly, _)| Arc::clone(anomaly))
}

fn untouched(issue: &Issue) -> bool {
    issue.status.as_ref().is_none_or(|status| status.remediation_attempts == 0)
}

/// A person says that the resource's trouble does not belong to this incident.
fn is_split_off(seen: &Seen, issue: &Issue) -> bool {
    lists(issue, annotations::SPLIT_OFF, &seen.resource)
}

/// A person wants this incident to stay one of its own.
fn is_kept_apart(issue: &Issue) -> bool {
    issue.annotations().get(annotations::OWN_INCIDENT).is_some_and(|value| value == "true")
}

enum Standing {
    Settled,
    Waiting,
    Until(Timestamp),
    Refused(String),
}

fn standing(seen: &Seen, anomaly: &Anomaly, incident: Option<&Issue>) -> Standing {
    let status = anomaly.status.clone().unwrap_or_default();
    let active = status.active == Some(true);
    if !status.correlated {
        // Just created: the detector is about to say that it is active, and two writers at once would only trip over each other.
        if status.active.is_none() && is_ours(anomaly) {
            return Standing::Settled;
        }
        // Over before anyone looked: no incident is opened for it.
        if status.active == Some(false) {
            return Standing::Settled;
        }
        let from = anomaly.namespace().unwrap_or_default();
        if from != seen.operator_namespace && from != seen.resource.namespace {
            return Standing::Refused(format!("an Anomaly in namespace {from} cannot speak about {}", seen.resource));
        }
        return Standing::Waiting;
    }
    match incident {
        Some(issue) if status.active != Some(false) && is_split_off(seen, issue) => Standing::Waiting,
        _ if !active => Standing::Settled,
        None => Standing::Waiting,
        Some(issue) if issue.spec.resource.same_object(&seen.resource) => {
            if continues(issue, seen.now) {
                Standing::Settled
            } else {
                Standing::Waiting
            }
        }
        // Folded into something else's incident. When that is over and this is not, it was not the explanation.
        Some(issue) => {
            let over = issue.status.as_ref().filter(|status| !status.state.is_open());
            match over.map(|status| status.resolved_at.as_ref().map(|time| time.0 + DEPENDANTS_GRACE)) {
                None => Standing::Settled,
                Some(Some(until)) if until > seen.now => Standing::Until(until),
                Some(_) => Standing::Waiting,
            }
        }
    }
}

/// The incident that goes on, or would go on if the fault returned now.
fn current(seen: &Seen) -> Option<Arc<Issue>> {
    let of_this = |issue: &&Arc<Issue>| issue.spec.resource.same_object(&seen.resource) && continues(issue, seen.now);
    let rank = |issue: &&Arc<Issue>| {
        let status = issue.status.as_ref();
        (status.is_none_or(|status| status.state.is_open()), status.and_then(|status| status.episode))
    };
    seen.issues.iter().filter(of_this).max_by_key(rank).cloned()
}

fn open(seen: &Seen, joining: &[Arc<Anomaly>]) -> Issue {
    let risk = risk(joining.iter().map(AsRef::as_ref));
    let severity = severity(joining.iter().map(AsRef::as_ref), risk, seen.impact);
    // The heaviest names the incident; of equals the first.
    let first = joining.iter().rev().max_by_key(|anomaly| weight(anomaly.spec.signal_type)).unwrap_or(&joining[0]);
    let signal = first.spec.signal_type.as_str();
    let number = next_episode(seen, None);
    let identity = seen.resource.uid.clone().unwrap_or_else(|| seen.resource.path());
    let mut issue = Issue::new(
        &naming::issue(&seen.resource.name, signal, &identity, number),
        IssueSpec {
            severity,
            source: first.spec.source,
            signal_type: Some(signal.to_owned()),
            resource: seen.resource.clone(),
            description: if first.spec.resource.same_object(&seen.resource) {
                describe(first)
            } else {
                format!("{}: {}", first.spec.resource.short(), describe(first))
            },
            correlation_id: seen.shared_cause.clone(),
            risk_score: Some(risk),
            correlated_anomalies: Vec::new(),
            requested_by: None,
        },
    );
    issue.metadata.namespace = Some(seen.home.clone());
    let label = naming::label_value(&seen.resource.name);
    if label != seen.resource.name {
        issue.annotations_mut().insert(annotations::FULL_NAME.to_owned(), seen.resource.name.clone());
    }
    issue.labels_mut().extend([(labels::RESOURCE.to_owned(), label), (labels::SIGNAL.to_owned(), signal.to_owned())]);
    if let Some(uid) = &seen.resource.uid {
        issue.labels_mut().insert(labels::RESOURCE_UID.to_owned(), uid.clone());
    }
    if let Some(name) = chaos::behind(&seen.experiments, &seen.resource, joining, &seen.operator_namespace, seen.now) {
        issue.labels_mut().extend([
            (labels::SOURCE.to_owned(), labels::SOURCE_CHAOS.to_owned()),
            (labels::CHAOS_EXPERIMENT.to_owned(), naming::label_value(&name)),
        ]);
    }
    issue.status = Some(common::api::issue::IssueStatus { episode: Some(number), ..Default::default() });
    issue
}

/// The episode an Issue stands for; one that was opened by hand, or whose opening was cut short, does not say so itself.
pub fn episode_of(seen: &Seen, issue: &Issue) -> i64 {
    let written = issue.status.as_ref().and_then(|status| status.episode);
    written.unwrap_or_else(|| next_episode(seen, issue.metadata.uid.as_deref()))
}

fn next_episode(seen: &Seen, but: Option<&str>) -> i64 {
    let others = seen.issues.iter().map(AsRef::as_ref);
    let others = others.filter(|issue| but.is_none() || issue.metadata.uid.as_deref() != but);
    episode(others.filter(|issue| issue.spec.resource.same_object(&seen.resource)), seen.now)
}

fn describe(anomaly: &Anomaly) -> String {
    let spec = &anomaly.spec;
    let what = spec.description.clone().filter(|text| !text.is_empty()).unwrap_or_else(|| spec.signal_type.to_string());
    match (spec.value.as_str(), spec.threshold.as_str()) {
        ("", _) => what,
        (value, _) if what.contains(value) => what,
        (value, "") => format!("{what} ({value})"),
        (value, threshold) => format!("{what} ({value}, expected {threshold})"),
    }
}

fn raise(seen: &Seen, issue: &Issue, joining: &[Arc<Anomaly>]) -> Option<Raise> {
    let all: Vec<Arc<Anomaly>> = members(seen, issue).chain(joining.iter().cloned()).collect();
    // An incident that nobody joined since its last summary is not raised again: a person may have lowered it.
    let counted = issue.status.as_ref().and_then(|status| status.anomaly_count).unwrap_or(0);
    if joining.is_empty() && i64::try_from(all.len()).is_ok_and(|all| all <= counted) {
        return None;
    }
    let all = || all.iter().map(AsRef::as_ref);
    let before = issue.spec.risk_score.unwrap_or(0);
    let risk = risk(all()).max(before);
    let severity = severity(all(), risk, seen.impact).max(issue.spec.severity);
    (risk > before || severity > issue.spec.severity).then_some(Raise { risk, severity })
}

#[cfg(test)]
mod tests {
    use SignalType::{ErrorRate, Latency, OomKill, PodNotReady, PodRestart};
    use common::api::issue::IssueState;

    use super::super::testing::{anomaly, folded};
    use super::*;
    use crate::detect::testing::{at, issue_in};

    fn seen(anomalies: Vec<(Anomaly, Option<&Issue>)>, issues: &[&Issue]) -> Seen {
        Seen {
            now: at(0),
            operator_namespace: "chatcli-system".into(),
            home: "shop".into(),
            accepts_objects: true,
            resource: ResourceRef::new("Deployment", "shop", "web").with_uid("web-uid"),
            impact: Impact::Partial,
            anomalies: anomalies
                .into_iter()
                .map(|(anomaly, issue)| (Arc::new(anomaly), issue.cloned().map(Arc::new)))
                .collect(),
            issues: issues.iter().map(|issue| Arc::new((*issue).clone())).collect(),
            explained_by: None,
            expected: None,
            shared_cause: None,
            own_issue: None,
            blamed: None,
            absorbed_by: None,
            experiments: Vec::new(),
        }
    }

    fn opened(decision: &Decision) -> &Issue {
        match decision.incident.as_ref().map(|incident| &incident.issue) {
            Some(Target::New(issue)) => issue,
            other => panic!("expected a new Issue, got {other:?}"),
        }
    }

    fn joined(decision: &Decision) -> Vec<String> {
        decision.incident.iter().flat_map(|incident| &incident.joining).map(|anomaly| anomaly.name_any()).collect()
    }

    #[test]
    fn what_a_person_puts_into_an_incident_goes_there_with_what_it_had() {
        let own = issue_in(IssueState::Escalated, 1, None);
        let mut other = issue_in(IssueState::Analyzing, 1, None);
        (other.metadata.uid, other.spec.resource) =
            (Some("other".into()), ResourceRef::new("Deployment", "shop", "db"));
        let mut seen =
            seen(vec![(folded(anomaly(OomKill, "a"), &own), Some(&own)), (anomaly(ErrorRate, "b"), None)], &[&own]);
        seen.own_issue = Some(Arc::new(own));
        let by_hand = Explanation { issue: Arc::new(other), signals: &[], reason: "a person says so".into() };
        seen.absorbed_by = Some(by_hand);
        let merged = decide(&seen).merged.unwrap();
        assert_eq!(merged.anomalies.len(), 2);
        assert_eq!(merged.into.issue.metadata.uid.as_deref(), Some("other"));
    }

    #[test]
    fn what_a_person_splits_off_gets_an_incident_of_its_own() {
        let mut node = issue_in(IssueState::Analyzing, 1, None);
        (node.metadata.uid, node.spec.resource) = (Some("node".into()), ResourceRef::new("Node", "", "worker-1"));
        let scene = |node: &Issue| {
            let mut seen = seen(vec![(folded(anomaly(PodNotReady, "a"), node), Some(node))], &[]);
            let reason = "its pods run there".to_owned();
            seen.explained_by = Some(Explanation { issue: Arc::new(node.clone()), signals: &[PodNotReady], reason });
            decide(&seen)
        };
        assert!(scene(&node).incident.is_none(), "it belongs to the node");
        node.annotations_mut().insert(annotations::SPLIT_OFF.into(), "Deployment/shop/web".into());
        assert_eq!(opened(&scene(&node)).spec.resource.name, "web");
    }

    #[test]
    fn three_signals_of_one_resource_are_one_incident() {
        let decision = decide(&seen(
            vec![(anomaly(ErrorRate, "a"), None), (anomaly(Latency, "b"), None), (anomaly(PodRestart, "c"), None)],
            &[],
        ));
        let issue = opened(&decision);
        assert_eq!(joined(&decision), ["a", "b", "c"]);
        assert_eq!((issue.spec.risk_score, issue.spec.severity), (Some(75), IssueSeverity::High));
        assert_eq!(issue.spec.signal_type.as_deref(), Some("error_rate"));
        assert_eq!(issue.name_any(), naming::issue("web", "error_rate", "web-uid", 1));
    }

    #[test]
    fn what_is_correlated_and_counted_already_is_left_alone() {
        let mut open = issue_in(IssueState::Analyzing, 1, None);
        open.status.as_mut().unwrap().anomaly_count = Some(1);
        let decision = decide(&seen(vec![(folded(anomaly(OomKill, "a"), &open), Some(&open))], &[&open]));
        assert!(joined(&decision).is_empty());
        assert_eq!(decision.incident.unwrap().raise, None);
    }

    #[test]
    fn a_risk_that_was_put_off_is_written_with_the_next_summary() {
        let mut open = issue_in(IssueState::Analyzing, 1, None);
        (open.spec.severity, open.spec.risk_score) = (IssueSeverity::Critical, Some(30));
        open.status.as_mut().unwrap().anomaly_count = Some(1);
        let first = folded(anomaly(ErrorRate, "a"), &open);
        let mut decision = decide(&seen(vec![(first.clone(), Some(&open)), (anomaly(OomKill, "b"), None)], &[&open]));
        decision.put_off_risk();
        assert_eq!(decision.incident.unwrap().raise, None);
        let second = folded(anomaly(OomKill, "b"), &open);
        let later = decide(&seen(vec![(first, Some(&open)), (second, Some(&open))], &[&open]));
        assert_eq!(later.incident.unwrap().raise, Some(Raise { risk: 70, severity: IssueSeverity::Critical }));
    }

    #[test]
    fn a_higher_severity_is_never_put_off() {
        let mut open = issue_in(IssueState::Analyzing, 1, None);
        (open.spec.severity, open.spec.risk_score) = (IssueSeverity::Medium, Some(30));
        let mut decision = decide(&seen(vec![(anomaly(OomKill, "b"), None)], &[&open]));
        decision.put_off_risk();
        assert!(decision.incident.unwrap().raise.is_some());
    }

    #[test]
    fn another_signal_joins_the_open_incident_and_raises_it() {
        let mut open = issue_in(IssueState::Escalated, 1, None);
        open.spec.severity = IssueSeverity::Medium;
        open.spec.risk_score = Some(30);
        let decision = decide(&seen(
            vec![(folded(anomaly(ErrorRate, "a"), &open), Some(&open)), (anomaly(OomKill, "b"), None)],
            &[&open],
        ));
        assert_eq!(joined(&decision), ["b"]);
        assert_eq!(decision.incident.unwrap().raise, Some(Raise { risk: 70, severity: IssueSeverity::Critical }));
    }

    #[test]
    fn a_fault_within_the_cooldown_belongs_to_the_resolved_incident() {
        let resolved = issue_in(IssueState::Resolved, 1, Some(at(-300)));
        let decision = decide(&seen(vec![(anomaly(OomKill, "a"), None)], &[&resolved]));
        assert!(matches!(decision.incident.unwrap().issue, Target::Existing(_)));
    }

    #[test]
    fn a_fault_after_the_cooldown_opens_the_next_episode() {
        let resolved = issue_in(IssueState::Resolved, 1, Some(at(-3600)));
        let decision = decide(&seen(vec![(anomaly(OomKill, "a"), None)], &[&resolved]));
        assert_eq!(opened(&decision).status.as_ref().unwrap().episode, Some(2));
    }

    #[test]
    fn the_incident_of_a_deleted_namesake_takes_nothing_in() {
        let mut old = issue_in(IssueState::Analyzing, 1, None);
        old.spec.resource.uid = Some("old-uid".into());
        let decision = decide(&seen(vec![(anomaly(OomKill, "a"), None)], &[&old]));
        assert_eq!(opened(&decision).spec.resource.uid.as_deref(), Some("web-uid"));
    }

    #[test]
    fn trouble_that_a_lost_node_explains_is_folded_into_the_nodes_incident() {
        let mut node = issue_in(IssueState::Analyzing, 1, None);
        node.spec.resource = ResourceRef::new("Node", "", "worker-1").with_uid("node-uid");
        let mut seen = seen(vec![(anomaly(PodNotReady, "a"), None), (anomaly(OomKill, "b"), None)], &[]);
        seen.explained_by = Some(Explanation {
            issue: Arc::new(node),
            signals: &[PodNotReady],
            reason: "its pods run on node worker-1, which is not ready".into(),
        });
        let decision = decide(&seen);
        let (_, explained) = decision.explained.as_ref().unwrap();
        assert_eq!(explained.iter().map(|anomaly| anomaly.name_any()).collect::<Vec<_>>(), ["a"]);
        assert_eq!(joined(&decision), ["b"], "a kill for lack of memory is not the node's doing");
    }

    #[test]
    fn a_dependant_that_stays_ill_after_the_nodes_incident_gets_its_own() {
        let mut node = issue_in(IssueState::Resolved, 1, Some(at(-30)));
        node.spec.resource = ResourceRef::new("Node", "", "worker-1").with_uid("node-uid");
        let ill = || vec![(folded(anomaly(PodNotReady, "a"), &node), Some(&node))];
        let soon = decide(&seen(ill(), &[]));
        assert!(soon.incident.is_none());
        assert_eq!(soon.look_again, Some(at(30)));
        let later = Seen { now: at(31), ..seen(ill(), &[]) };
        assert_eq!(joined(&decide(&later)), ["a"]);
    }

    fn explained(issue: Issue) -> Explanation {
        Explanation { issue: Arc::new(issue), signals: &[PodNotReady], reason: "it calls service/db".into() }
    }

    fn of_db() -> Issue {
        let mut db = issue_in(IssueState::Analyzing, 1, None);
        db.metadata.uid = Some("db-issue".into());
        db.spec.resource = ResourceRef::new("Deployment", "shop", "db").with_uid("db-uid");
        db
    }

    #[test]
    fn an_incident_that_turns_out_to_be_somebody_elses_goes_into_that_one() {
        let own = issue_in(IssueState::Analyzing, 1, None);
        let mut seen = seen(vec![(folded(anomaly(PodNotReady, "a"), &own), Some(&own))], &[&own]);
        seen.own_issue = Some(Arc::new(own));
        seen.blamed = Some(explained(of_db()));
        let merge = decide(&seen).merged.unwrap();
        assert_eq!(merge.into.issue.spec.resource.name, "db");
        assert_eq!(merge.anomalies.len(), 1);
    }

    #[test]
    fn an_incident_somebody_worked_on_keeps_its_own_history() {
        let mut own = issue_in(IssueState::Remediating, 1, None);
        own.status.as_mut().unwrap().remediation_attempts = 1;
        let mut seen = seen(vec![(folded(anomaly(PodNotReady, "a"), &own), Some(&own))], &[&own]);
        seen.own_issue = Some(Arc::new(own));
        seen.blamed = Some(explained(of_db()));
        assert!(decide(&seen).merged.is_none());
    }

    #[test]
    fn an_incident_a_person_split_off_is_not_merged_again() {
        let mut own = issue_in(IssueState::Analyzing, 1, None);
        own.metadata.annotations = Some([(annotations::OWN_INCIDENT.to_owned(), "true".to_owned())].into());
        let mut seen = seen(vec![(folded(anomaly(PodNotReady, "a"), &own), Some(&own))], &[&own]);
        seen.own_issue = Some(Arc::new(own));
        seen.blamed = Some(explained(of_db()));
        assert!(decide(&seen).merged.is_none());
    }

    #[test]
    fn trouble_of_another_kind_keeps_an_incident_apart() {
        let own = issue_in(IssueState::Analyzing, 1, None);
        let mut seen = seen(vec![(folded(anomaly(OomKill, "a"), &own), Some(&own))], &[&own]);
        seen.own_issue = Some(Arc::new(own));
        seen.blamed = Some(explained(of_db()));
        assert!(decide(&seen).merged.is_none());
    }

    #[test]
    fn the_incident_of_a_dependency_is_waited_for_but_not_for_ever() {
        let mut seen = seen(vec![(anomaly(PodNotReady, "a"), None)], &[]);
        seen.expected = Some(at(20));
        let decision = decide(&seen);
        assert!(decision.incident.is_none());
        assert_eq!(decision.look_again, Some(at(1)));
        seen.now = at(20);
        assert_eq!(joined(&decide(&seen)), ["a"]);
    }

    #[test]
    fn an_incident_for_an_object_outside_says_which() {
        let mut seen = seen(vec![(anomaly(PodNotReady, "a"), None)], &[]);
        seen.shared_cause = Some("ConfigMap/shop/checkout-config".into());
        assert_eq!(opened(&decide(&seen)).spec.correlation_id.as_deref(), Some("ConfigMap/shop/checkout-config"));
    }

    #[test]
    fn an_anomaly_that_was_over_before_anyone_looked_opens_nothing() {
        let mut over = anomaly(OomKill, "a");
        over.status.as_mut().unwrap().active = Some(false);
        assert!(decide(&seen(vec![(over, None)], &[])).incident.is_none());
    }

    #[test]
    fn an_anomaly_cannot_speak_about_another_namespace() {
        let mut foreign = anomaly(OomKill, "a");
        foreign.metadata.namespace = Some("playground".into());
        let decision = decide(&seen(vec![(foreign, None)], &[]));
        assert_eq!(decision.refused.len(), 1);
        assert!(decision.incident.is_none());
    }

    #[test]
    fn an_active_anomaly_whose_incident_was_deleted_gets_another() {
        let deleted = issue_in(IssueState::Analyzing, 1, None);
        let decision = decide(&seen(vec![(folded(anomaly(OomKill, "a"), &deleted), None)], &[]));
        assert_eq!(joined(&decision), ["a"]);
    }
}
