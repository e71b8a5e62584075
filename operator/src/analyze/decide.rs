//! When an incident has to be explained, and how the answer reads. Pure.

use std::sync::Arc;

use common::api::ai_insight::{AIInsightStatus, Finding, SuggestedAction};
use common::api::keys::conditions;
use common::api::{AIInsight, Anomaly, CauseRef, Issue, ResourceRef};
use common::diagnosis;
use common::facts::Facts;
use common::redact;
use jiff::{SignedDuration, Timestamp};
use kube::ResourceExt as _;

use crate::runtime::status::{self, time};

/// Finding code of an honest "we do not know".
const UNKNOWN: &str = "unknown";
/// How long after a state its Events and logs may come; longer than a period of most probes.
const SIGNS_ARE_LATE: SignedDuration = SignedDuration::from_secs(10);
/// Longest summary of logs kept beside the findings.
const LOG_SUMMARY: usize = 4096;

/// Why an incident is explained now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Because {
    /// Nobody has yet.
    First,
    /// Somebody raised `spec.analysisGeneration`.
    Asked,
    /// The cause was unknown or not sure, and there is something new to look at.
    NewSigns,
    /// The first answer came before the signs that make it a sure one.
    LateSigns,
    /// The cause is unknown since long enough to be looked for again.
    StillUnknown,
}

/// When an incident has to be explained.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Due {
    /// Now, for this reason.
    Now(Because),
    /// Once more at this time.
    At(Timestamp),
    /// When something changes.
    OnChange,
}

/// When an incident has to be explained.
pub fn due(now: Timestamp, issue: &Issue, insight: Option<&AIInsight>, members: &[Arc<Anomaly>]) -> Due {
    if let Some(because) = at_once(issue, insight, members) {
        return Due::Now(because);
    }
    match insight.and_then(|insight| next_look(issue, insight)) {
        Some((at, because)) if at <= now => Due::Now(because),
        Some((at, _)) => Due::At(at),
        None => Due::OnChange,
    }
}

/// When an answer is looked at again although nothing was reported, and why. `None`: it stands.
pub fn next_look(issue: &Issue, insight: &AIInsight) -> Option<(Timestamp, Because)> {
    let second = second_look(issue, insight).map(|at| (at, Because::LateSigns));
    second.or_else(|| later_look(issue, insight).map(|at| (at, Because::StillUnknown)))
}

/// When a first answer that is not a sure one is looked at once more: what a state is explained by (the kubelet's Event, the last words in
/// a log) arrives after the state, and an incident is explained as soon as its state shows. `None`: the answer stands.
pub fn second_look(issue: &Issue, insight: &AIInsight) -> Option<Timestamp> {
    let is_open = issue.is_open();
    let answer = insight.status.as_ref().filter(|_| is_open)?;
    let unsure = is_unsure(answer);
    let (opened, answered) = (issue.creation_timestamp()?.0, answer.generated_at.as_ref()?.0);
    (unsure && opened.duration_until(answered) < SIGNS_ARE_LATE).then(|| answered + SIGNS_ARE_LATE)
}

/// When an unknown cause is looked for again although nothing was reported: what a state is about may be said long after it began (the
/// kubelet names what it misses once it could read; a log gets its decisive line). After as long as it has been unknown, so that an
/// incident costs a handful of looks a day. Nobody waits for it.
fn later_look(issue: &Issue, insight: &AIInsight) -> Option<Timestamp> {
    let answer = insight.status.as_ref().filter(|_| issue.is_open())?;
    let (opened, answered) = (issue.creation_timestamp()?.0, answer.generated_at.as_ref()?.0);
    let unknown_for = opened.duration_until(answered).max(SIGNS_ARE_LATE);
    is_unknown(answer).then(|| answered + unknown_for)
}

fn is_unknown(answer: &AIInsightStatus) -> bool {
    answer.findings.first().is_some_and(|finding| finding.code == UNKNOWN)
}

/// Less sure than a cause that stands whatever is seen after it.
fn is_unsure(answer: &AIInsightStatus) -> bool {
    answer.findings.first().is_some_and(|finding| finding.confidence < diagnosis::SURE)
}

fn at_once(issue: &Issue, insight: Option<&AIInsight>, members: &[Arc<Anomaly>]) -> Option<Because> {
    if issue.status.as_ref().is_some_and(|status| !status.state.is_open())
        || issue.metadata.deletion_timestamp.is_some()
    {
        return None;
    }
    let Some(insight) = insight else { return Some(Because::First) };
    let Some(answer) = insight.status.as_ref().filter(|status| !status.findings.is_empty()) else {
        return Some(Because::First);
    };
    if insight.spec.analysis_generation.unwrap_or(0) > answer.observed_analysis_generation.unwrap_or(0) {
        return Some(Because::Asked);
    }
    let answered = answer.generated_at.as_ref().map(|time| time.0)?;
    let newest = members.iter().filter_map(|anomaly| anomaly.creation_timestamp()).map(|time| time.0).max();
    ((is_unknown(answer) || is_unsure(answer)) && newest? > answered).then_some(Because::NewSigns)
}

/// A resource that is not there, or of a kind nobody here can look into.
pub fn nothing_there(resource: &ResourceRef) -> Finding {
    Finding {
        code: UNKNOWN.to_owned(),
        statement: format!("nothing is known about {resource}: it is not there, or not of a kind the operator watches"),
        cause: CauseRef { object: resource.clone(), field_path: None },
        advice: Some("look at the resource, then resolve the Issue or correct whoever reports it".to_owned()),
        ..Finding::default()
    }
}

/// The answer in findings and, for who reads upstream's fields, in prose.
pub fn answer(
    findings: Vec<Finding>,
    seen: Option<&Facts>,
    insight: Option<&AIInsight>,
    now: Timestamp,
) -> AIInsightStatus {
    let before = insight.and_then(|insight| insight.status.as_ref());
    let generation = insight.and_then(|insight| insight.metadata.generation);
    let first = findings.first();
    let message = first.map(|finding| finding.statement.clone()).unwrap_or_default();
    let reason = if first.is_none_or(|finding| finding.code == UNKNOWN) { "CauseUnknown" } else { "CauseFound" };
    let known = before.map(|status| status.conditions.as_slice()).unwrap_or_default();
    AIInsightStatus {
        analysis: first.map(prose),
        confidence: first.map(|finding| finding.confidence.clamp(0.0, 1.0)),
        recommendations: recommendations(&findings),
        suggested_actions: suggestions(&findings),
        generated_at: Some(time(now)),
        log_analysis: seen.and_then(log_summary),
        observed_analysis_generation: Some(insight.and_then(|insight| insight.spec.analysis_generation).unwrap_or(0)),
        observed_generation: generation,
        conditions: vec![status::condition(known, conditions::ANALYZED, true, reason, &message, generation, now)],
        findings,
        ..AIInsightStatus::default()
    }
}

fn prose(finding: &Finding) -> String {
    let mut text = vec![finding.statement.clone()];
    if !finding.evidence.is_empty() {
        text.push("Because:".to_owned());
        text.extend(finding.evidence.iter().map(|receipt| {
            let value = receipt.value.as_deref().map(|value| format!(": {value}")).unwrap_or_default();
            format!("- {} ({} {}{value})", receipt.statement, receipt.object.short(), receipt.field_path)
        }));
    }
    if !finding.ruled_out.is_empty() {
        text.push("Ruled out:".to_owned());
        text.extend(finding.ruled_out.iter().map(|rival| format!("- {}: {}", rival.what, rival.because)));
    }
    text.join("\n")
}

fn recommendations(findings: &[Finding]) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    let all =
        findings.iter().flat_map(|finding| finding.remedies.iter().map(|remedy| &remedy.why).chain(&finding.advice));
    for text in all {
        if !said.contains(text) {
            said.push(text.clone());
        }
    }
    said
}

fn suggestions(findings: &[Finding]) -> Vec<SuggestedAction> {
    let remedies = findings.first().map(|finding| finding.remedies.as_slice()).unwrap_or_default();
    let steps = remedies.iter().flat_map(|remedy| remedy.actions.iter().map(move |action| (remedy, action)));
    steps
        .map(|(remedy, action)| SuggestedAction {
            name: action.action_type.to_string(),
            action: action.action_type.to_string(),
            description: Some(remedy.why.clone()),
            params: action.params.clone(),
        })
        .collect()
}

fn log_summary(facts: &Facts) -> Option<String> {
    let tails = facts.extra.logs.iter().filter(|tail| !tail.lines.is_empty()).map(|tail| {
        let life = if tail.previous { ", previous life" } else { "" };
        let last = tail.lines.iter().rev().take(10).rev().map(|line| format!("  {line}")).collect::<Vec<_>>();
        format!("pod/{} container {}{life}:\n{}", tail.pod, tail.container, last.join("\n"))
    });
    let text = tails.collect::<Vec<_>>().join("\n");
    (!text.is_empty()).then(|| redact::cut(&text, LOG_SUMMARY))
}

#[cfg(test)]
mod tests {
    use common::api::SignalType;
    use common::api::ai_insight::AIInsightSpec;
    use common::api::issue::IssueState;

    use common::api::Time;

    use super::*;
    use crate::correlate::testing::anomaly;
    use crate::detect::testing::{at, issue_in};

    fn finding(code: &str) -> Finding {
        Finding { code: code.into(), statement: "web cannot start".into(), confidence: 0.9, ..Finding::default() }
    }

    fn insight(code: &str) -> AIInsight {
        let mut insight = AIInsight::new("web-insight", AIInsightSpec::by_rules("web"));
        insight.status = Some(answer(vec![finding(code)], None, Some(&insight), at(100)));
        insight
    }

    fn open() -> Issue {
        issue_in(IssueState::Analyzing, 1, None)
    }

    fn seen_at(seconds: i64) -> Vec<Arc<Anomaly>> {
        let mut one = anomaly(SignalType::OomKill, "a");
        one.metadata.creation_timestamp = Some(Time(at(seconds)));
        vec![Arc::new(one)]
    }

    #[test]
    fn an_incident_nobody_has_explained_is_explained_at_once() {
        assert_eq!(due(at(0), &open(), None, &[]), Due::Now(Because::First));
        let mut empty = insight("x");
        empty.status = None;
        assert_eq!(due(at(0), &open(), Some(&empty), &[]), Due::Now(Because::First));
    }

    #[test]
    fn an_explained_incident_is_explained_again_only_when_asked() {
        let mut explained = insight("image-not-found");
        assert_eq!(due(at(600), &open(), Some(&explained), &seen_at(500)), Due::OnChange);
        explained.spec.analysis_generation = Some(1);
        assert_eq!(due(at(600), &open(), Some(&explained), &[]), Due::Now(Because::Asked));
    }

    #[test]
    fn an_unknown_cause_is_looked_for_again_when_something_new_is_seen() {
        let (unknown, issue) = (insight(UNKNOWN), opened_at(0));
        assert_eq!(due(at(150), &issue, Some(&unknown), &seen_at(100)), Due::At(at(200)));
        assert_eq!(due(at(150), &issue, Some(&unknown), &seen_at(101)), Due::Now(Because::NewSigns));
    }

    #[test]
    fn a_cause_that_stays_unknown_is_looked_for_again_after_as_long_as_it_has_been_unknown() {
        let unknown = insight(UNKNOWN);
        assert_eq!(due(at(109), &opened_at(99), Some(&unknown), &[]), Due::At(at(110)), "ten seconds at least");
        assert_eq!(due(at(139), &opened_at(60), Some(&unknown), &[]), Due::At(at(140)));
        assert_eq!(due(at(140), &opened_at(60), Some(&unknown), &[]), Due::Now(Because::StillUnknown));
    }

    #[test]
    fn an_incident_that_is_over_needs_no_explanation() {
        let mut over = issue_in(IssueState::Resolved, 1, Some(at(0)));
        assert_eq!(due(at(600), &over, None, &[]), Due::OnChange);
        over.metadata.creation_timestamp = Some(Time(at(95)));
        assert_eq!(due(at(600), &over, Some(&unsure()), &[]), Due::OnChange, "nor a second look");
    }

    /// Answered at second 100.
    fn unsure() -> AIInsight {
        let mut insight = insight("readiness-probe-failing");
        insight.status.as_mut().unwrap().findings[0].confidence = 0.4;
        insight
    }

    fn opened_at(seconds: i64) -> Issue {
        let mut issue = open();
        issue.metadata.creation_timestamp = Some(Time(at(seconds)));
        issue
    }

    #[test]
    fn an_unsure_first_answer_is_looked_at_once_more_when_late_signs_have_come() {
        assert_eq!(due(at(105), &opened_at(99), Some(&unsure()), &[]), Due::At(at(110)));
        assert_eq!(due(at(110), &opened_at(99), Some(&unsure()), &[]), Due::Now(Because::LateSigns));
        assert_eq!(due(at(110), &opened_at(99), Some(&insight("image-not-found")), &[]), Due::OnChange, "a sure one");
    }

    #[test]
    fn a_second_answer_stands_however_unsure_it_is_until_something_new_is_seen() {
        assert_eq!(due(at(300), &opened_at(90), Some(&unsure()), &[]), Due::OnChange);
        assert_eq!(due(at(300), &opened_at(90), Some(&unsure()), &seen_at(200)), Due::Now(Because::NewSigns));
    }

    #[test]
    fn the_prose_names_the_receipts() {
        let mut known = finding("config-key-missing");
        known.evidence.push(common::api::ai_insight::Evidence {
            statement: "container app waits".into(),
            object: ResourceRef::new("Pod", "shop", "web-1"),
            field_path: ".status.containerStatuses[app].state.waiting".into(),
            value: Some("couldn't find key DB_HOST".into()),
            time: None,
        });
        let prose = answer(vec![known], None, None, at(0)).analysis.unwrap();
        assert!(prose.contains("container app waits (pod/web-1 .status"), "{prose}");
    }
}
