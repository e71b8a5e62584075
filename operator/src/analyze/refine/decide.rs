//! Whether a model is asked about an incident now. Pure.
//!
//! Rules come first and are enough where they are sure; a model is asked where they are not, or where a person asks again. One question per
//! state of an incident, one per cause, and never a second time at once when nobody knows what became of the first.

use std::collections::BTreeSet;
use std::time::Duration;

use common::api::ai_insight::{AIInsightStatus, Finding, ModelState, ModelUse};
use common::api::keys::conditions;
use common::api::{AIInsight, Issue};
use common::naming;
use jiff::{SignedDuration, Timestamp};

use super::Standing;
use crate::analyze::second_look;
use crate::runtime::ObjectKey;

/// Findings below this are weak: the rules themselves give 0.8 and more where something names the cause.
const WEAK: f64 = 0.8;
/// Questions in a row that brought nothing; then the rules' answer stands.
pub const MOST_FAILURES: i32 = 6;
/// Between two questions about one incident whose signs change; a person who asks again does not wait.
const BETWEEN: SignedDuration = SignedDuration::from_mins(10);
/// What the rules' second look may take.
const LOOK: SignedDuration = SignedDuration::from_secs(5);
/// After a question whose outcome nobody knows.
pub const AFTER_LOSS: SignedDuration = SignedDuration::from_mins(10);
/// How long one question answers for every incident of the same cause.
pub const SHARED_FOR: SignedDuration = SignedDuration::from_hours(1);

/// Everything the next move depends on.
pub struct Input<'a> {
    /// The time.
    pub now: Timestamp,
    /// The incident.
    pub issue: &'a Issue,
    /// Its explanation.
    pub insight: &'a AIInsight,
    /// There is an Instance that may be asked.
    pub has_instance: bool,
    /// Calls of this incident that the ledger knows.
    pub recorded: i64,
    /// Another incident of the same cause that was asked about, if there is one.
    pub sibling: Option<ObjectKey>,
}

/// The next move.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Move {
    /// Nothing to do until something changes.
    Nothing,
    /// Not before.
    Wait(Timestamp),
    /// A call was begun, and whoever made it is gone: its outcome is unknown.
    Lost,
    /// A call is over and not in the ledger yet.
    Record,
    /// The cause was asked about already.
    Share(ObjectKey),
    /// Ask.
    Ask,
}

/// What to do about an incident.
pub fn next(input: &Input<'_>) -> Move {
    let Some(status) = input.insight.status.as_ref() else { return Move::Nothing };
    let model = status.model.as_ref();
    if model.is_some_and(|model| model.state == ModelState::Asking) {
        return Move::Lost;
    }
    if model.is_some_and(|model| model.calls > input.recorded) {
        return Move::Record;
    }
    if !input.has_instance || !is_wanted(input.issue, status) {
        return Move::Nothing;
    }
    // The rules look once more at an answer that came before its signs: only then is it known what they are not sure of.
    let ready = second_look(input.issue, input.insight).and_then(|at| at.checked_add(LOOK).ok());
    if let Some(at) = ready.filter(|at| *at > input.now) {
        return Move::Wait(at);
    }
    if let Some(model) = model {
        if model.about == about(status) {
            match model.state {
                ModelState::Failed if model.failures < MOST_FAILURES => {}
                _ => return Move::Nothing,
            }
            if let Some(at) = model.next_attempt_at.as_ref().filter(|at| at.0 > input.now) {
                return Move::Wait(at.0);
            }
        } else if let Some(again) = model.asked_at.as_ref().and_then(|at| at.0.checked_add(BETWEEN).ok())
            && again > input.now
            && !is_asked_for(status)
        {
            return Move::Wait(again);
        }
    }
    match &input.sibling {
        Some(sibling) => Move::Share(sibling.clone()),
        None => Move::Ask,
    }
}

/// How far a model is with an incident.
pub fn standing(input: &Input<'_>) -> Standing {
    let Some(status) = input.insight.status.as_ref() else { return Standing::Silent };
    match status.model.as_ref() {
        Some(model) if model.state == ModelState::Refined && model.about == about(status) => Standing::Asked,
        Some(model) if model.state == ModelState::Failed && model.outcome_unknown == Some(true) => Standing::Asked,
        Some(model) if model.state == ModelState::Asking => Standing::Awaited,
        Some(_) => Standing::Silent,
        None => {
            // Where it was said that nobody can be asked, nobody waits for an answer.
            let unheard =
                status.conditions.iter().any(|it| it.type_ == conditions::MODEL_REFINED && it.reason != "Asking");
            let is_due = matches!(next(input), Move::Ask | Move::Wait(_) | Move::Share(_));
            if is_due && !unheard { Standing::Awaited } else { Standing::Silent }
        }
    }
}

/// An open incident whose cause the rules do not know for sure, or that a person wants looked at again.
pub fn is_wanted(issue: &Issue, status: &AIInsightStatus) -> bool {
    let is_open = issue.metadata.deletion_timestamp.is_none() && issue.is_open();
    let is_weak = status.findings.first().is_some_and(|first| first.confidence < WEAK);
    is_open && !status.findings.is_empty() && (is_weak || is_asked_for(status))
}

fn is_asked_for(status: &AIInsightStatus) -> bool {
    status.observed_analysis_generation.unwrap_or(0) > 0
}

/// Digest of what the rules say: another one is another question. One more restart is not, so numbers do not count.
pub fn about(status: &AIInsightStatus) -> String {
    let said = status.findings.iter().flat_map(|finding| {
        let receipts = finding.evidence.iter().map(|receipt| receipt.statement.as_str());
        [finding.code.as_str(), finding.statement.as_str()].into_iter().chain(receipts)
    });
    let generation = status.observed_analysis_generation.unwrap_or(0).to_string();
    let words: Vec<String> = said.map(|text| shape(text, &BTreeSet::new())).chain([generation]).collect();
    naming::hash(&words.iter().map(String::as_str).collect::<Vec<_>>(), 16)
}

/// Digest of the cause, without the names and numbers in which two incidents of one cause differ.
pub fn fingerprint(issue: &Issue, findings: &[Finding]) -> Option<String> {
    let first = findings.first()?;
    let resource = &issue.spec.resource;
    let mut names: BTreeSet<&str> = BTreeSet::from([resource.name.as_str()]);
    names.extend(Some(resource.namespace.as_str()).filter(|name| !name.is_empty()));
    names.extend(first.evidence.iter().map(|receipt| receipt.object.name.as_str()));
    let shape = |text: &str| shape(text, &names);
    let mut words = vec![first.code.clone(), resource.kind.clone(), shape(&first.statement)];
    // Sorted, and once each: how many pods show it does not make it another cause.
    let seen: BTreeSet<String> = first
        .evidence
        .iter()
        .map(|receipt| format!("{} {}", shape(&receipt.statement), shape(receipt.value.as_deref().unwrap_or_default())))
        .collect();
    words.extend(seen);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    Some(naming::hash(&words, 16))
}

/// Words, with names as `@` and whatever holds a digit as `#`.
fn shape(text: &str, names: &BTreeSet<&str>) -> String {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut out = Vec::new();
    for word in
        text.split(|c: char| !is_part(c)).map(|word| word.trim_matches(['.', '-', '_'])).filter(|word| !word.is_empty())
    {
        let is_name =
            names.iter().any(|name| word == *name || word.strip_prefix(name).is_some_and(|rest| rest.starts_with('-')));
        out.push(if is_name {
            "@"
        } else if word.chars().any(|c| c.is_ascii_digit()) {
            "#"
        } else {
            word
        });
    }
    out.join(" ")
}

/// Is this one the question that answers for others?
pub fn answers_for(model: &ModelUse, fingerprint: &str, instance: &str, now: Timestamp) -> bool {
    model.fingerprint.as_deref() == Some(fingerprint)
        && model.instance.as_deref() == Some(instance)
        && matches!(model.state, ModelState::Asking | ModelState::Refined | ModelState::Unusable)
        && model.asked_at.as_ref().is_some_and(|at| now.duration_since(at.0) < SHARED_FOR)
}

/// When a question that failed for the `failures`-th time is asked again: 15 s, doubled, at most 10 min.
pub fn again(now: Timestamp, failures: i32) -> Timestamp {
    let nth = u32::try_from(failures.saturating_sub(1)).unwrap_or(0).min(10);
    let wait = Duration::from_secs(15).saturating_mul(1 << nth).min(Duration::from_secs(600));
    now.saturating_add(SignedDuration::try_from(wait).unwrap_or(AFTER_LOSS)).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use common::api::ai_insight::{AIInsightSpec, Evidence};
    use common::api::issue::IssueState;
    use common::api::{ResourceRef, Time};

    use super::*;
    use crate::detect::testing::{at, issue_in};

    fn insight(confidence: f64) -> AIInsight {
        let mut insight = AIInsight::new("web-insight", AIInsightSpec::by_rules("web"));
        let evidence = vec![Evidence { statement: "container app ended".into(), ..Evidence::default() }];
        let finding = Finding { code: "unknown".into(), confidence, evidence, ..Finding::default() };
        insight.status = Some(AIInsightStatus { findings: vec![finding], ..AIInsightStatus::default() });
        insight
    }

    fn used(insight: &mut AIInsight, state: ModelState) -> &mut ModelUse {
        let status = insight.status.as_mut().unwrap();
        let about = about(status);
        status.model.insert(ModelUse { state, about, calls: 1, asked_at: Some(Time(at(0))), ..ModelUse::default() })
    }

    fn asked(insight: &AIInsight, now: i64) -> Move {
        let issue = issue_in(IssueState::Analyzing, 1, None);
        next(&Input { now: at(now), issue: &issue, insight, has_instance: true, recorded: 1, sibling: None })
    }

    #[test]
    fn a_model_is_asked_where_the_rules_are_not_sure_and_not_where_they_are() {
        assert_eq!(asked(&insight(0.3), 0), Move::Ask);
        assert_eq!(asked(&insight(0.97), 0), Move::Nothing);
    }

    #[test]
    fn a_model_waits_until_the_rules_have_looked_once_more() {
        let mut issue = issue_in(IssueState::Analyzing, 1, None);
        issue.metadata.creation_timestamp = Some(Time(at(0)));
        let mut insight = insight(0.3);
        let mut asked = |answered: i64, now: i64| {
            insight.status.as_mut().unwrap().generated_at = Some(Time(at(answered)));
            let (issue, insight, now) = (&issue, &insight, at(now));
            next(&Input { now, issue, insight, has_instance: true, recorded: 0, sibling: None })
        };
        assert_eq!(asked(1, 1), Move::Wait(at(16)));
        assert_eq!(asked(11, 11), Move::Ask);
        assert_eq!(asked(1, 16), Move::Ask, "a look that never came keeps nobody waiting");
    }

    #[test]
    fn a_person_who_asks_again_gets_a_model_whatever_the_rules_say() {
        let mut sure = insight(0.97);
        sure.status.as_mut().unwrap().observed_analysis_generation = Some(1);
        assert_eq!(asked(&sure, 0), Move::Ask);
    }

    #[test]
    fn without_an_instance_nobody_is_asked() {
        let issue = issue_in(IssueState::Analyzing, 1, None);
        let insight = insight(0.3);
        let input =
            Input { now: at(0), issue: &issue, insight: &insight, has_instance: false, recorded: 0, sibling: None };
        assert_eq!(next(&input), Move::Nothing);
    }

    #[test]
    fn an_incident_that_is_over_is_not_asked_about() {
        let (issue, insight) = (issue_in(IssueState::Resolved, 1, Some(at(0))), insight(0.3));
        let input =
            Input { now: at(0), issue: &issue, insight: &insight, has_instance: true, recorded: 0, sibling: None };
        assert_eq!(next(&input), Move::Nothing);
    }

    fn stands(insight: &AIInsight) -> Standing {
        let issue = issue_in(IssueState::Analyzing, 1, None);
        standing(&Input { now: at(0), issue: &issue, insight, has_instance: true, recorded: i64::MAX, sibling: None })
    }

    #[test]
    fn an_answer_is_awaited_only_while_it_may_come() {
        assert_eq!(stands(&insight(0.3)), Standing::Awaited);
        assert_eq!(stands(&insight(0.97)), Standing::Silent, "nobody asks");
        for (state, expected) in [
            (ModelState::Asking, Standing::Awaited),
            (ModelState::Refined, Standing::Asked),
            (ModelState::Failed, Standing::Silent),
            (ModelState::Shared, Standing::Silent),
        ] {
            let mut insight = insight(0.3);
            used(&mut insight, state);
            assert_eq!(stands(&insight), expected, "{state:?}");
        }
        let mut lost = insight(0.3);
        used(&mut lost, ModelState::Failed).outcome_unknown = Some(true);
        assert_eq!(stands(&lost), Standing::Asked, "nobody asks again at once, and its next question may be answered");
        let mut unheard = insight(0.3);
        let nobody = crate::runtime::status::condition(
            &[],
            conditions::MODEL_REFINED,
            false,
            "ModelUnavailable",
            "",
            None,
            at(0),
        );
        unheard.status.as_mut().unwrap().conditions.push(nobody);
        assert_eq!(stands(&unheard), Standing::Silent);
    }

    #[test]
    fn one_state_of_an_incident_is_asked_about_once() {
        for state in [ModelState::Refined, ModelState::Unusable, ModelState::Shared] {
            let mut insight = insight(0.3);
            used(&mut insight, state);
            assert_eq!(asked(&insight, 100_000), Move::Nothing, "{state:?}");
        }
    }

    #[test]
    fn a_call_that_nobody_waits_for_any_more_is_lost_and_not_repeated() {
        let mut insight = insight(0.3);
        used(&mut insight, ModelState::Asking);
        assert_eq!(asked(&insight, 0), Move::Lost);
    }

    #[test]
    fn a_call_that_the_ledger_does_not_know_is_written_down_before_anything_else() {
        let mut insight = insight(0.3);
        used(&mut insight, ModelState::Refined).calls = 2;
        assert_eq!(asked(&insight, 0), Move::Record);
    }

    #[test]
    fn a_failure_is_tried_again_after_its_pause_and_not_for_ever() {
        let mut insight = insight(0.3);
        used(&mut insight, ModelState::Failed).next_attempt_at = Some(Time(at(15)));
        assert_eq!(asked(&insight, 14), Move::Wait(at(15)));
        assert_eq!(asked(&insight, 15), Move::Ask);
        used(&mut insight, ModelState::Failed).failures = MOST_FAILURES;
        assert_eq!(asked(&insight, 15), Move::Nothing);
    }

    #[test]
    fn new_signs_are_another_question_but_not_at_once() {
        let mut insight = insight(0.3);
        used(&mut insight, ModelState::Refined);
        insight.status.as_mut().unwrap().findings[0].evidence[0].statement = "container app ended again".into();
        assert_eq!(asked(&insight, 599), Move::Wait(at(600)));
        assert_eq!(asked(&insight, 600), Move::Ask);
    }

    #[test]
    fn one_more_restart_is_no_other_question() {
        let mut insight = insight(0.3);
        let mut said = |restarts: u8| {
            let text = format!("container app ended: exit 1 after 3 s, {restarts} restarts");
            insight.status.as_mut().unwrap().findings[0].evidence[0].statement = text;
            about(insight.status.as_ref().unwrap())
        };
        assert_eq!(said(2), said(3));
    }

    #[test]
    fn an_incident_whose_cause_was_asked_about_shares_that_question() {
        let (issue, insight) = (issue_in(IssueState::Analyzing, 1, None), insight(0.3));
        let sibling = Some(ObjectKey::new("shop", "other"));
        let input = Input { now: at(0), issue: &issue, insight: &insight, has_instance: true, recorded: 0, sibling };
        assert_eq!(next(&input), Move::Share(ObjectKey::new("shop", "other")));
    }

    fn about_app(name: &str, log: &str) -> Option<String> {
        let mut issue = issue_in(IssueState::Analyzing, 1, None);
        issue.spec.resource = ResourceRef::new("Deployment", "shop", name);
        let object = ResourceRef::new("Pod", "shop", format!("{name}-7d9f4-x2v1k"));
        let evidence = Evidence {
            statement: format!("container app of {name}-7d9f4-x2v1k ended 3 s after its start"),
            object,
            value: Some(log.into()),
            ..Evidence::default()
        };
        let finding = Finding { code: "unknown".into(), evidence: vec![evidence], ..Finding::default() };
        fingerprint(&issue, &[finding])
    }

    #[test]
    fn one_cause_under_many_names_is_one_fingerprint_and_another_cause_is_another() {
        assert_eq!(about_app("web", "10:31:02 cannot reach db-0"), about_app("cart", "11:00:59 cannot reach db-1"));
        assert_ne!(about_app("web", "cannot reach the database"), about_app("web", "panic: index out of range"));
    }

    #[test]
    fn a_question_that_failed_answers_for_nobody() {
        let of = |state, asked| ModelUse {
            state,
            fingerprint: Some("f".into()),
            instance: Some("shop/chatcli".into()),
            asked_at: Some(Time(at(asked))),
            ..ModelUse::default()
        };
        assert!(answers_for(&of(ModelState::Asking, 0), "f", "shop/chatcli", at(10)));
        assert!(!answers_for(&of(ModelState::Asking, 0), "f", "billing/chatcli", at(10)), "who pays is asked for");
        assert!(!answers_for(&of(ModelState::Failed, 0), "f", "shop/chatcli", at(10)));
        assert!(!answers_for(&of(ModelState::Shared, 0), "f", "shop/chatcli", at(10)));
        assert!(!answers_for(&of(ModelState::Refined, 0), "f", "shop/chatcli", at(3600)));
    }

    #[test]
    fn pauses_grow_to_ten_minutes() {
        let waits: Vec<i64> = (1..=8).map(|nth| again(at(0), nth).as_second() - at(0).as_second()).collect();
        assert_eq!(waits, [15, 30, 60, 120, 240, 480, 600, 600]);
    }
}
