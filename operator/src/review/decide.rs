//! What the report of an incident says. Pure: written from what was recorded, never from what was intended.

use std::sync::Arc;

use common::api::{
    AIInsight, ApprovalRequest, Issue, PostMortem, RemediationPlan, Time,
    ai_insight::Finding,
    approval_request::ApprovalRequestState,
    issue::{FoldedIn, IssueState},
    keys::annotations,
    post_mortem::{ActionRecord, BlastRadiusEntry, PostMortemState, PostMortemStatus, TimelineEvent, TrendingInfo},
    remediation_plan::{RemediationState, StepPhase, StepStatus},
};
use jiff::{SignedDuration, Timestamp};
use kube::ResourceExt;

/// Window in which earlier reports of the same resource count as a trend, in days.
const TREND_DAYS: i32 = 30;

/// Everything the report depends on.
pub struct Input<'a> {
    /// The moment.
    pub now: Timestamp,
    /// The incident, in a terminal state or handed to people.
    pub issue: &'a Issue,
    /// Its explanation.
    pub insight: Option<&'a AIInsight>,
    /// Its plans, by attempt.
    pub plans: &'a [Arc<RemediationPlan>],
    /// What people were asked.
    pub requests: &'a [Arc<ApprovalRequest>],
    /// The report so far.
    pub existing: Option<&'a PostMortem>,
    /// Reports about the same resource.
    pub others: &'a [Arc<PostMortem>],
}

/// The report as it should be, or nothing when the one there already tells of this transition.
pub fn report(input: &Input<'_>) -> Option<PostMortemStatus> {
    let issue = input.issue.status.as_ref()?;
    let told = input.existing.and_then(|report| report.status.as_ref()).and_then(|status| status.issue_transition);
    // What another operator has ended carries no transition: its story is not known here.
    if !is_worth_a_report(issue.state) || told == issue.transition {
        return None;
    }
    let before = input.existing.and_then(|report| report.status.clone()).unwrap_or_default();
    let explained = input.insight.and_then(|insight| insight.status.as_ref());
    let finding = explained.and_then(|status| status.findings.first());
    let (detected, ended) = (issue.detected_at.as_ref()?.0, ended_at(input));
    Some(PostMortemStatus {
        // Regenerated because the story went on: a person has to look again.
        state: PostMortemState::Open,
        summary: Some(with_story(input, annotations::STORY_SUMMARY, summary(input, finding))),
        root_cause: story(input, annotations::STORY_ROOT_CAUSE).or(finding.map(|finding| finding.statement.clone())),
        impact: Some(with_story(input, annotations::STORY_IMPACT, impact(input))),
        timeline: timeline(input, finding),
        actions_executed: actions(input),
        lessons_learned: with_entries(input, annotations::STORY_LESSONS, finding.map(lessons).unwrap_or_default()),
        prevention_actions: with_entries(
            input,
            annotations::STORY_PREVENTION,
            finding.and_then(|finding| finding.advice.clone()).into_iter().collect(),
        ),
        duration: Some(go_duration(ended.duration_since(detected))),
        generated_at: Some(Time(input.now)),
        trending: trending(input),
        blast_radius: radius(input),
        cascade_chain: cascade(input, finding),
        log_analysis_summary: explained.and_then(|status| status.log_analysis.clone()),
        git_correlation: explained.and_then(|status| status.git_correlation.clone()),
        git_ops_context: explained.and_then(|status| status.git_ops_context.clone()),
        requires_human_action: issue.requires_human_action.filter(|required| *required),
        required_action: issue.required_action.clone(),
        observed_generation: input.existing.and_then(|report| report.metadata.generation),
        issue_transition: issue.transition,
        feedback: before.feedback,
        reviewed_at: before.reviewed_at,
        ..PostMortemStatus::default()
    })
}

/// The report as a person closed it; nothing when nobody has, or that is written already.
pub fn closed(report: &PostMortem, now: Timestamp) -> Option<PostMortemStatus> {
    let status = report.status.as_ref().filter(|status| status.state != PostMortemState::Closed)?;
    report.annotations().get(annotations::CLOSED_BY).filter(|who| !who.is_empty())?;
    Some(PostMortemStatus { state: PostMortemState::Closed, reviewed_at: Some(Time(now)), ..status.clone() })
}

fn is_worth_a_report(state: IssueState) -> bool {
    matches!(state, IssueState::Resolved | IssueState::Escalated | IssueState::Contained | IssueState::Failed)
}

fn ended_at(input: &Input<'_>) -> Timestamp {
    input.issue.status.as_ref().and_then(|status| status.resolved_at.as_ref()).map_or(input.now, |at| at.0)
}

fn summary(input: &Input<'_>, finding: Option<&Finding>) -> String {
    let status = input.issue.status.as_ref();
    let what = finding.map_or_else(|| input.issue.spec.description.clone(), |finding| finding.statement.clone());
    let how = match status.map(|status| status.state) {
        Some(IssueState::Resolved) => {
            status.and_then(|status| status.resolution.clone()).unwrap_or_else(|| "it is over".to_owned())
        }
        Some(IssueState::Contained) => "it was silenced, not fixed".to_owned(),
        _ => format!("it was handed to people after {}", attempts(attempts_of(input).count())),
    };
    let who = input.issue.spec.resource.short();
    let subject = if what.starts_with(&who) { String::new() } else { format!("{who}: ") };
    format!("{subject}{what}. Outcome: {how}.")
}

/// Plans that are attempts; the steps of an agentic plan are part of one.
fn attempts_of<'a>(input: &Input<'a>) -> impl Iterator<Item = &'a Arc<RemediationPlan>> {
    input.plans.iter().filter(|plan| plan.spec.step_of.is_none())
}

/// What the model tells whose steps helped: only sentences that rest on receipts were kept.
fn story(input: &Input<'_>, part: &str) -> Option<String> {
    let helped = |plan: &&Arc<RemediationPlan>| {
        plan.status.as_ref().is_some_and(|status| status.state == RemediationState::Completed)
    };
    attempts_of(input).filter(helped).find_map(|plan| plan.annotations().get(part).cloned())
}

/// What was recorded, and after it what the model tells.
fn with_story(input: &Input<'_>, part: &str, recorded: String) -> String {
    match story(input, part) {
        Some(told) => format!("{recorded} {told}"),
        None => recorded,
    }
}

/// What the model tells, entry by entry, and after it what was recorded.
fn with_entries(input: &Input<'_>, part: &str, recorded: Vec<String>) -> Vec<String> {
    let told = story(input, part).unwrap_or_default();
    let entries = told.split(annotations::STORY_SEPARATOR).filter(|entry| !entry.is_empty()).map(str::to_owned);
    entries.chain(recorded).collect()
}

fn attempts(count: usize) -> String {
    match count {
        0 => "no attempt".to_owned(),
        1 => "1 attempt".to_owned(),
        many => format!("{many} attempts"),
    }
}

fn impact(input: &Input<'_>) -> String {
    let spec = &input.issue.spec;
    let folded = input.issue.status.as_ref().map_or(0, |status| status.folded_in.len());
    let others =
        if folded == 0 { String::new() } else { format!("; {folded} other resources suffered from the same cause") };
    format!(
        "{} on {} ({} severity, risk {}){others}",
        spec.signal_type.as_deref().unwrap_or("trouble"),
        spec.resource,
        spec.severity,
        spec.risk_score.unwrap_or(0)
    )
}

/// Who else suffered, and how it hung together.
fn radius(input: &Input<'_>) -> Vec<BlastRadiusEntry> {
    let folded = input.issue.status.iter().flat_map(|status| &status.folded_in);
    let entry = |folded: &FoldedIn| BlastRadiusEntry {
        resource: folded.resource.clone(),
        impact: folded.reason.clone(),
        severity: input.issue.spec.severity.to_string(),
    };
    folded.map(entry).collect()
}

/// From the object in which the cause sits, through the incident's own resource, to those that suffered with it. Only what is evident: an
/// incident at the same time is no link.
fn cascade(input: &Input<'_>, finding: Option<&Finding>) -> Vec<String> {
    let own = &input.issue.spec.resource;
    let status = input.issue.status.as_ref();
    let cause = status.and_then(|status| status.cause.as_ref()).filter(|cause| !cause.place.object.same_object(own));
    let cause = cause.map(|cause| format!("{}: the cause, {}", cause.place.object.short(), cause.code));
    let incident = format!("{}: {}", own.short(), finding.map_or(&input.issue.spec.description, |it| &it.statement));
    let folded = status.map(|status| status.folded_in.as_slice()).unwrap_or_default();
    let folded = folded.iter().map(|folded| format!("{}: {}", folded.resource.short(), folded.reason));
    let chain: Vec<String> = cause.into_iter().chain([incident]).chain(folded).collect();
    // One link is no chain.
    if chain.len() > 1 { chain } else { Vec::new() }
}

fn lessons(finding: &Finding) -> Vec<String> {
    let ruled_out = finding.ruled_out.iter().map(|rival| format!("It was not the {}: {}", rival.what, rival.because));
    std::iter::once(format!("{} ({}, confidence {:.2})", finding.statement, finding.code, finding.confidence))
        .chain(ruled_out)
        .collect()
}

fn timeline(input: &Input<'_>, finding: Option<&Finding>) -> Vec<TimelineEvent> {
    let mut events = Vec::new();
    let status = input.issue.status.as_ref();
    if let Some(at) = status.and_then(|status| status.detected_at.clone()) {
        events.push(event(at, "detected", &input.issue.spec.description));
    }
    let analyzed =
        input.insight.and_then(|insight| insight.status.as_ref()).and_then(|status| status.generated_at.clone());
    if let (Some(at), Some(finding)) = (analyzed, finding) {
        events.push(event(at, "analyzed", &format!("{}: {}", finding.code, finding.statement)));
    }
    for plan in input.plans {
        events.extend(plan_events(plan));
    }
    for request in input.requests {
        events.extend(request_events(request));
    }
    events.extend(last_event(input));
    // Times have whole seconds: within one, cause comes before effect.
    events.sort_by_key(|event| (event.timestamp.0, rank(&event.event_type)));
    events
}

/// The order in which things happen within one second.
fn rank(event_type: &str) -> usize {
    const ORDER: &[&str] = &[
        "detected",
        "analyzed",
        "plan_previewed",
        "approval_requested",
        "decided",
        "action_executed",
        "verified",
        "resolved",
    ];
    ORDER.iter().position(|known| *known == event_type).unwrap_or(ORDER.len() - 2)
}

fn plan_events(plan: &RemediationPlan) -> Vec<TimelineEvent> {
    let Some(status) = &plan.status else { return Vec::new() };
    let mut events = Vec::new();
    if let Some(at) = status.preview.as_ref().and_then(|preview| preview.taken_at.clone()) {
        events.push(event(
            at,
            "plan_previewed",
            &format!("attempt {}: {}", plan.spec.attempt, plan.spec.strategy.lines().next().unwrap_or("")),
        ));
    }
    for step in &status.steps {
        let what = step_summary(plan, step);
        if let Some(at) = step.applied_at.clone() {
            events.push(event(at, "action_executed", &what));
        }
        let outcome = |otherwise: &str| format!("{what}: {}", step.message.as_deref().unwrap_or(otherwise));
        match step.phase {
            StepPhase::Failed | StepPhase::Unknown => {
                events.extend(step.intent_at.clone().map(|at| event(at, "action_failed", &outcome("no answer"))));
            }
            StepPhase::Undone | StepPhase::PartlyUndone | StepPhase::NotUndoable => {
                events.extend(status.completed_at.clone().map(|at| event(at, "rolled_back", &outcome("taken back"))));
            }
            _ => {}
        }
    }
    if let Some(at) = status.completed_at.clone() {
        let kind = match status.state {
            RemediationState::Completed => "verified",
            RemediationState::RolledBack => "rolled_back",
            _ => "attempt_failed",
        };
        events.push(event(at, kind, status.result.as_deref().unwrap_or_default()));
    }
    events
}

fn request_events(request: &ApprovalRequest) -> Vec<TimelineEvent> {
    let mut events: Vec<_> = request
        .creation_timestamp()
        .map(|at| event(at, "approval_requested", &request.spec.rule_name))
        .into_iter()
        .collect();
    let Some(status) = &request.status else { return events };
    events.extend(status.decisions.iter().map(|decision| {
        let reason = decision.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
        event(decision.timestamp.clone(), "decided", &format!("{} {} it{reason}", decision.approver, decision.decision))
    }));
    if let (ApprovalRequestState::Expired, Some(at)) = (status.state, status.expired_at.clone()) {
        events.push(event(at, "approval_expired", "nobody decided in time"));
    }
    events
}

fn last_event(input: &Input<'_>) -> Option<TimelineEvent> {
    let status = input.issue.status.as_ref()?;
    match status.state {
        IssueState::Resolved => {
            Some(event(status.resolved_at.clone()?, "resolved", status.resolution.as_deref().unwrap_or("over")))
        }
        IssueState::Contained => Some(event(Time(input.now), "contained", "silenced, not fixed")),
        IssueState::Escalated => Some(event(
            Time(input.now),
            "escalated",
            status.required_action.as_deref().unwrap_or("a person has to act"),
        )),
        _ => None,
    }
}

fn actions(input: &Input<'_>) -> Vec<ActionRecord> {
    input.plans.iter().flat_map(|plan| plan_actions(plan)).collect()
}

fn plan_actions(plan: &RemediationPlan) -> Vec<ActionRecord> {
    let Some(status) = &plan.status else { return Vec::new() };
    status
        .steps
        .iter()
        .filter_map(|step| {
            let action = plan.spec.actions.get(usize::try_from(step.index).ok()?)?;
            // A step whose request never went out is not an action executed.
            let timestamp = step.applied_at.clone().or_else(|| step.intent_at.clone())?;
            Some(ActionRecord {
                action: step.action.clone(),
                params: shown(&action.params),
                result: outcome(step, status.state).to_owned(),
                detail: step.message.clone().unwrap_or_else(|| step_summary(plan, step)),
                timestamp,
            })
        })
        .collect()
}

/// Parameters as they may be shown: what looks like a secret is named, not printed.
fn shown(params: &std::collections::BTreeMap<String, String>) -> std::collections::BTreeMap<String, String> {
    params.iter().map(|(key, value)| (key.clone(), common::redact::secrets(value).into_owned())).collect()
}

/// `success` is reserved for a step whose plan was verified.
fn outcome(step: &StepStatus, plan: RemediationState) -> &'static str {
    match step.phase {
        StepPhase::Undone => "undone",
        StepPhase::Skipped => "skipped",
        StepPhase::Settled if plan == RemediationState::Completed => "success",
        StepPhase::Unknown => "unknown",
        _ => "failed",
    }
}

fn step_summary(plan: &RemediationPlan, step: &StepStatus) -> String {
    plan.status
        .as_ref()
        .and_then(|status| status.preview.as_ref())
        .and_then(|preview| preview.steps.iter().find(|shown| shown.index == step.index))
        .map_or_else(|| step.action.clone(), |shown| shown.summary.clone())
}

fn trending(input: &Input<'_>) -> Option<TrendingInfo> {
    let since = input.now - SignedDuration::from_hours(24 * i64::from(TREND_DAYS));
    let me = input.existing.map(ResourceExt::name_any);
    let related: Vec<String> = input
        .others
        .iter()
        .filter(|report| report.spec.resource.same_object(&input.issue.spec.resource))
        .filter(|report| report.spec.issue_ref.name != input.issue.name_any() && Some(report.name_any()) != me)
        .filter(|report| {
            report.status.as_ref().and_then(|status| status.generated_at.as_ref()).is_some_and(|at| at.0 >= since)
        })
        .map(|report| report.name_any())
        .collect();
    let count = i32::try_from(related.len()).unwrap_or(i32::MAX).saturating_add(1);
    (!related.is_empty()).then(|| TrendingInfo {
        occurrence_count: count,
        window_days: TREND_DAYS,
        pattern: Some(format!("{count} incidents on {} within {TREND_DAYS} days", input.issue.spec.resource.short())),
        related_post_mortems: related,
    })
}

fn event(timestamp: Time, event_type: &str, detail: &str) -> TimelineEvent {
    TimelineEvent { timestamp, event_type: event_type.to_owned(), detail: detail.to_owned() }
}

/// A duration the way Go prints it: `45s`, `12m34s`, `1h0m0s`.
pub fn go_duration(duration: SignedDuration) -> String {
    let total = duration.as_secs().max(0);
    let (hours, minutes, seconds) = (total / 3600, total / 60 % 60, total % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds}s"),
        (0, minutes) => format!("{minutes}m{seconds}s"),
        (hours, minutes) => format!("{hours}h{minutes}m{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use common::api::issue::IssueCause;
    use common::api::shared::CauseRef;
    use common::api::{ActionType, ResourceRef, remediation_plan::WriteRecord};

    use super::*;
    use crate::remediate::testing::{insight, issue, now, plan_of, previewed};

    fn told(state: IssueState, plans: Vec<RemediationPlan>) -> PostMortemStatus {
        let mut issue = issue(state, 1);
        issue.status.as_mut().unwrap().resolved_at = Some(Time(now() + SignedDuration::from_secs(75)));
        let insight = insight(&[ActionType::RollbackDeployment]);
        let plans: Vec<_> = plans.into_iter().map(Arc::new).collect();
        report(&Input {
            now: now(),
            issue: &issue,
            insight: Some(&insight),
            plans: &plans,
            requests: &[],
            existing: None,
            others: &[],
        })
        .unwrap()
    }

    #[test]
    fn the_chain_goes_from_the_cause_to_those_who_suffered_with_it() {
        let mut issue = issue(IssueState::Escalated, 1);
        let status = issue.status.as_mut().unwrap();
        status.cause = Some(IssueCause {
            code: "dependency-down".to_owned(),
            statement: "db is down".to_owned(),
            place: CauseRef { object: ResourceRef::new("Deployment", "shop", "db"), field_path: None },
        });
        status.folded_in = vec![FoldedIn {
            resource: ResourceRef::new("Deployment", "shop", "front"),
            reason: "calls web (service/web has no endpoints)".to_owned(),
        }];
        let input =
            Input { now: now(), issue: &issue, insight: None, plans: &[], requests: &[], existing: None, others: &[] };
        let report = report(&input).unwrap();
        assert_eq!(
            report.cascade_chain,
            [
                "deploy/db: the cause, dependency-down",
                "deploy/web: pods of web cannot pull their image",
                "deploy/front: calls web (service/web has no endpoints)"
            ]
        );
        assert_eq!(report.blast_radius[0].resource.name, "front");
        assert!(told(IssueState::Resolved, Vec::new()).cascade_chain.is_empty(), "one link is no chain");
    }

    #[test]
    fn durations_read_as_go_prints_them() {
        assert_eq!(go_duration(SignedDuration::from_secs(45)), "45s");
        assert_eq!(go_duration(SignedDuration::from_secs(754)), "12m34s");
        assert_eq!(go_duration(SignedDuration::from_secs(3600)), "1h0m0s");
    }

    #[test]
    fn a_verified_step_is_a_success() {
        let mut plan = previewed(RemediationState::Completed, StepPhase::Settled);
        plan.status.as_mut().unwrap().steps[0].applied_at = Some(Time(now()));
        let report = told(IssueState::Resolved, vec![plan]);
        assert_eq!(report.actions_executed[0].result, "success");
        assert_eq!(report.duration.as_deref(), Some("1m15s"));
    }

    #[test]
    fn a_settled_step_of_a_failed_plan_is_no_success() {
        let mut plan = previewed(RemediationState::Failed, StepPhase::Settled);
        plan.status.as_mut().unwrap().steps[0].applied_at = Some(Time(now()));
        assert_eq!(told(IssueState::Escalated, vec![plan]).actions_executed[0].result, "failed");
    }

    #[test]
    fn a_step_that_was_never_sent_is_not_reported_as_executed() {
        let mut plan = plan_of(1, ActionType::RollbackDeployment, RemediationState::Failed);
        plan.status.as_mut().unwrap().steps =
            vec![StepStatus { writes: vec![WriteRecord::default()], ..StepStatus::default() }];
        assert!(told(IssueState::Escalated, vec![plan]).actions_executed.is_empty());
    }

    #[test]
    fn the_timeline_is_in_the_order_of_time() {
        let mut plan = previewed(RemediationState::Completed, StepPhase::Settled);
        let status = plan.status.as_mut().unwrap();
        status.steps[0].applied_at = Some(Time(now() + SignedDuration::from_secs(5)));
        status.completed_at = Some(Time(now() + SignedDuration::from_secs(60)));
        let kinds: Vec<_> =
            told(IssueState::Resolved, vec![plan]).timeline.into_iter().map(|event| event.event_type).collect();
        assert_eq!(kinds, ["detected", "analyzed", "action_executed", "verified", "resolved"]);
    }

    #[test]
    fn a_report_is_written_once_per_transition() {
        let issue = issue(IssueState::Escalated, 1);
        let mut existing = PostMortem::new(
            "pm-web-image",
            common::api::post_mortem::PostMortemSpec {
                issue_ref: common::api::NameRef::new("web-image"),
                resource: issue.spec.resource.clone(),
                severity: issue.spec.severity,
            },
        );
        existing.status = Some(PostMortemStatus { issue_transition: Some(2), ..PostMortemStatus::default() });
        let input = Input {
            now: now(),
            issue: &issue,
            insight: None,
            plans: &[],
            requests: &[],
            existing: Some(&existing),
            others: &[],
        };
        assert_eq!(report(&input), None);
    }
}
