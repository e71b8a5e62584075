//! What is made of an answer: a step to carry out, a look, or a refusal that the model reads next time. Pure.

use std::collections::BTreeMap;

use common::actions;
use common::api::ai_insight::SuggestedAction;
use common::api::keys::annotations;
use common::api::remediation_plan::AgenticStep;
use common::api::{ActionType, RemediationAction, ResourceRef};
use jiff::Timestamp;

use super::history::{self, FAILED, LOOKED_ON, REJECTED};
use crate::analyze::models::citing;
use crate::llm::SaidStep;
use crate::llm::decode::Narrative;
use crate::runtime::status::time;

/// Longest reasoning kept.
const REASONING: usize = 4000;
/// Longest part of the story kept.
const STORY: usize = 8000;

/// What an answer is judged by.
pub struct Input<'a> {
    /// The moment.
    pub now: Timestamp,
    /// Number of the step that was asked for.
    pub number: i32,
    /// What the model said.
    pub said: &'a SaidStep,
    /// Receipts it was shown.
    pub receipts: usize,
    /// What an action would act on.
    pub target: &'a ResourceRef,
    /// What was done before.
    pub history: &'a [AgenticStep],
    /// Actions an analysis suggested before, the first one first.
    pub suggested: &'a [SuggestedAction],
    /// Only the story was asked for.
    pub is_over: bool,
}

/// The entry of the history. One with an action and no observation is carried out.
pub fn entry(input: &Input<'_>) -> AgenticStep {
    let said = input.said;
    let (action, observation) = if input.is_over {
        (None, Some("every signal is clear".to_owned()))
    } else if let Some(next) = &said.next {
        let action =
            RemediationAction { action_type: ActionType::from_name(&next.action), params: next.params.clone() };
        match refusal(input, &action, &next.action, &next.description) {
            Some(why) => {
                // What the registry does not know has no place among its actions.
                let known = (action.action_type != ActionType::Custom).then_some(action);
                (known, Some(format!("{REJECTED} {}: {why}", common::redact::cut(&next.action, 100))))
            }
            None => (Some(action), None),
        }
    } else if said.resolved {
        (None, Some(format!("{REJECTED} resolved: whether it is over is measured, and its signals still hold")))
    } else {
        (None, Some(LOOKED_ON.to_owned()))
    };
    AgenticStep {
        step_number: input.number,
        ai_message: common::redact::cut(&said.reasoning, REASONING),
        action,
        observation,
        timestamp: time(input.now),
    }
}

/// The entry where there is no answer that can be used, and the step is used up.
pub fn without_answer(number: i32, why: &str, now: Timestamp) -> AgenticStep {
    AgenticStep {
        step_number: number,
        ai_message: String::new(),
        action: None,
        observation: Some(format!("{FAILED} {why}")),
        timestamp: time(now),
    }
}

/// Why a step is not even previewed.
fn refusal(input: &Input<'_>, action: &RemediationAction, name: &str, description: &str) -> Option<String> {
    if let Err(error) = actions::parse(action, input.target) {
        return Some(if action.action_type == ActionType::Custom {
            format!("there is no action of the name {}", common::redact::cut(name, 100))
        } else {
            error.to_string()
        });
    }
    let (reasoning, _) = citing::kept(&input.said.reasoning, input.receipts);
    if reasoning.is_empty() && citing::rests_on(description, input.receipts).is_none() {
        return Some("its reasoning names no receipt that exists".to_owned());
    }
    if let Some(number) = history::was_tried(input.history, action) {
        return Some(format!("the same was chosen at step {number} and did not help"));
    }
    let first = input.suggested.first()?;
    let contains = |params: &BTreeMap<String, String>| params.get("containment").cloned().unwrap_or_default();
    let is_other = first.action != action.action_type.as_str() || contains(&first.params) != contains(&action.params);
    // Once it was tried there is nothing left to diverge from.
    let is_first = !input.history.iter().any(|step| step.action.is_some());
    let diverges = input.said.is_called_divergent || (is_other && is_first);
    (diverges && input.said.divergence_reason.is_empty())
        .then(|| format!("an analysis suggested {} first, and no divergence_reason says why not", first.action))
}

/// The story, as annotations of the plan: only sentences that rest on receipts.
pub fn story(said: &Narrative, receipts: usize) -> BTreeMap<&'static str, String> {
    let text = |text: &str| common::redact::cut(&citing::kept(text, receipts).0, STORY);
    let list = |entries: &[String]| {
        let kept = entries.iter().map(|entry| citing::kept(entry, receipts).0).filter(|entry| !entry.is_empty());
        common::redact::cut(&kept.collect::<Vec<_>>().join(annotations::STORY_SEPARATOR), STORY)
    };
    let mut story = BTreeMap::from([
        (annotations::STORY_SUMMARY, text(&said.summary)),
        (annotations::STORY_ROOT_CAUSE, text(&said.root_cause)),
        (annotations::STORY_IMPACT, text(&said.impact)),
        (annotations::STORY_LESSONS, list(&said.lessons)),
        (annotations::STORY_PREVENTION, list(&said.prevention)),
    ]);
    story.retain(|_, text| !text.is_empty());
    story
}
