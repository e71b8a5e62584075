//! `kubectl chatcli triage`: everything a decision needs on one page, and the question.

use std::fmt::Write as _;

use common::api::approval_request::ApprovalRequestState;
use common::api::issue::Issue;
use common::api::{ApprovalRequest, RemediationPlan};
use common::facts::Facts;
use kube::ResourceExt;
use owo_colors::OwoColorize as _;

use super::explanation::{self, Explanation, section};
use super::style::{ends, faint, tame, title, wrapped};
use super::{decision, preview, style};
use crate::clock::Clock;
use crate::story::{Story, short_digest};

/// Log lines shown of each container.
const LINES: usize = 15;

/// What can be answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Choice {
    /// Vote for the change shown.
    Approve,
    /// Vote against it.
    Reject,
    /// Hear nothing of it for a while.
    Snooze,
    /// Automation leaves the workload to a person.
    TakeOver,
    /// Make a plan of one's own of what is proposed.
    Edit,
    /// Read what the containers said.
    Logs,
    /// Keep what would help as a Runbook in a file.
    Runbook,
    /// Go on to the next incident.
    Next,
    /// Leave.
    Quit,
}

impl Choice {
    /// What makes sense for an incident.
    pub fn offered(is_asked: bool, has_remedy: bool, issue: &Issue) -> Vec<Self> {
        let mut offered = Vec::new();
        if is_asked {
            offered.extend([Self::Approve, Self::Reject]);
        }
        if has_remedy {
            offered.push(Self::Edit);
        }
        offered.push(Self::Snooze);
        if issue.spec.resource.kind != "Node" {
            offered.extend([Self::TakeOver, Self::Logs]);
        }
        if has_remedy {
            offered.push(Self::Runbook);
        }
        offered.extend([Self::Next, Self::Quit]);
        offered
    }

    /// The answer meant by a letter or the word; Enter goes on.
    pub fn of(answer: &str, offered: &[Self]) -> Option<Self> {
        let answer = answer.trim().to_lowercase();
        if answer.is_empty() {
            return Some(Self::Next);
        }
        let meant = offered.iter().find(|choice| {
            let (letter, rest) = choice.words();
            answer == letter
                || answer == format!("{letter}{rest}")
                || (**choice == Self::Runbook && answer == "write runbook")
        });
        meant.copied()
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Approve => ("a", "pprove"),
            Self::Reject => ("r", "eject"),
            Self::Snooze => ("s", "nooze"),
            Self::TakeOver => ("t", "ake over"),
            Self::Logs => ("l", "ogs"),
            Self::Edit => ("e", "dit"),
            Self::Runbook => ("w", "rite"),
            Self::Next => ("n", "ext"),
            Self::Quit => ("q", "uit"),
        }
    }
}

/// `[a]pprove  [r]eject  …`: within 80 columns.
pub fn question(offered: &[Choice]) -> String {
    let words: Vec<String> = offered
        .iter()
        .map(|choice| {
            let (letter, rest) = choice.words();
            format!("[{letter}]{rest}")
        })
        .collect();
    words.join(" ")
}

/// What somebody who looks at a screen missed: the decisions of others, another proposal, another state; the gravest first.
pub fn news(before: &Story, now: &Story) -> String {
    let mut told = Vec::new();
    let (plan_before, plan) = (before.current_plan(), now.current_plan());
    let decisions = |story: &Story, plan: Option<&RemediationPlan>| {
        let request = plan.and_then(|plan| story.request_for(plan))?.status.clone()?;
        Some((request.state, request.decisions))
    };
    let digest = |plan: Option<&RemediationPlan>| Some(plan?.status.as_ref()?.preview.as_ref()?.digest.clone());
    let state = |plan: Option<&RemediationPlan>| plan.and_then(|plan| plan.status.as_ref()).map(|status| status.state);
    let (known, latest) = (decisions(before, plan_before), decisions(now, plan));
    for vote in latest.iter().flat_map(|(_, votes)| votes) {
        if !known.iter().any(|(_, votes)| votes.contains(vote)) {
            told.push(format!("{} {} it", tame(&vote.approver), tame(&vote.decision)));
        }
    }
    if plan_before.map(ResourceExt::name_any) != plan.map(ResourceExt::name_any) {
        told.push(
            plan.map_or_else(|| "its plan is gone".to_owned(), |plan| format!("{} is proposed", plan.name_any())),
        );
    } else if let Some(digest_now) = digest(plan).filter(|now| Some(now) != digest(plan_before).as_ref()) {
        told.push(format!("the preview is {} now", short_digest(&digest_now)));
    } else if let Some(word) = state(plan).filter(|now| Some(*now) != state(plan_before)) {
        told.push(format!("its plan is {word}"));
    }
    let request_state = |seen: &Option<(ApprovalRequestState, _)>| seen.as_ref().map(|(state, _)| *state);
    if let Some(word) = request_state(&latest).filter(|now| Some(*now) != request_state(&known)) {
        told.push(format!("its request is {word:?}"));
    }
    let of = |story: &Story| story.issue.status.clone().unwrap_or_default().state;
    if of(before) != of(now) {
        told.push(format!("it is {}", of(now)));
    }
    if told.is_empty() {
        told.push("more is known about it".to_owned());
    }
    told.join(", ")
}

/// Why, what would change, who has voted.
pub fn page(
    story: &Story,
    asked: Option<&ApprovalRequest>,
    (number, of): (usize, usize),
    clock: &Clock,
    width: usize,
) -> String {
    let issue = &story.issue;
    let status = issue.status.clone().unwrap_or_default();
    let mut page = String::new();
    let severity = issue.spec.severity.to_string().style(style::severity(issue.spec.severity)).to_string();
    let age = clock.age_of(issue.metadata.creation_timestamp.as_ref().map(|time| time.0));
    let first = format!("{} {}", title(&format!("{number} of {of}")), issue.name_any().bold());
    let _ = writeln!(page, "{}", ends(&first, &format!("{severity}, {}, {age}", status.state), width));
    let place = issue.namespace().unwrap_or_default();
    let _ = writeln!(page, "{}\n", faint(&format!("{} in namespace {place}", issue.spec.resource.short())));
    let findings = story.insight.as_ref().and_then(|insight| insight.status.as_ref()).map(|it| it.findings.as_slice());
    match findings.filter(|findings| !findings.is_empty()) {
        Some(findings) => page.push_str(&explanation::page(
            &Explanation {
                // One cause is enough to decide on; the others are an `explain` away.
                findings: &findings[..1],
                folded_in: &status.folded_in,
                gaps: &story.gaps,
                ..Explanation::default()
            },
            clock,
            width,
        )),
        None => {
            let _ = writeln!(page, "{}", wrapped(&tame(&issue.spec.description), width, ""));
        }
    }
    page.push('\n');
    let sealed = story.current_plan().and_then(|plan| Some((plan, plan.status.as_ref()?.preview.as_ref()?)));
    match (asked, sealed) {
        (Some(request), _) => page.push_str(&decision::page(request, story.current_plan(), clock, width)),
        (None, Some((plan, sealed))) => page.push_str(&preview::page(plan, sealed, clock, width)),
        (None, None) => {
            let todo = status.required_action.or(status.waits_for.map(|what| format!("waits for {what}")));
            section(&mut page, "No change is proposed", todo.iter().map(|text| tame(text)), width);
        }
    }
    page
}

/// The last words of the containers in trouble.
pub fn log(facts: &Facts, width: usize) -> String {
    let mut page = String::new();
    for tail in &facts.extra.logs {
        let of = if tail.previous { ", before it ended" } else { "" };
        let _ = writeln!(page, "{}", title(&format!("pod/{} container {}{of}", tail.pod, tail.container)));
        for line in &tail.lines[tail.lines.len().saturating_sub(LINES)..] {
            let _ = writeln!(page, "  {}", wrapped(&tame(line), width, "    "));
        }
    }
    if page.is_empty() {
        page.push_str("no container of it has said anything\n");
    }
    let unread = facts.extra.unreadable.iter().map(|(what, why)| format!("{}: {}", what.short(), tame(why)));
    section(&mut page, "Not known", unread, width);
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_words_are_answers_enter_goes_on_and_what_is_not_offered_is_none() {
        let offered = [Choice::Snooze, Choice::TakeOver, Choice::Next];
        assert_eq!(Choice::of("s", &offered), Some(Choice::Snooze));
        assert_eq!(Choice::of("Take over", &offered), Some(Choice::TakeOver));
        assert_eq!(Choice::of("", &offered), Some(Choice::Next));
        assert_eq!(Choice::of("a", &offered), None);
    }

    #[test]
    fn the_question_fits_into_80_columns() {
        let all = [
            Choice::Approve,
            Choice::Reject,
            Choice::Snooze,
            Choice::Edit,
            Choice::TakeOver,
            Choice::Logs,
            Choice::Runbook,
            Choice::Next,
            Choice::Quit,
        ];
        assert!(question(&all).len() < 78, "{}", question(&all));
    }
}
