//! What a model said about an incident, and what it was asked.

use std::fmt::Write as _;

use common::api::ai_insight::{AIInsightStatus, ModelState, ModelUse, Transcript};
use common::api::keys::conditions;

use super::style::{faint, tame, title};

/// What a model adds to an explanation, or why none did; nothing where none was to be asked.
pub fn said(status: &AIInsightStatus) -> Vec<String> {
    let Some(word) = status.conditions.iter().find(|condition| condition.type_ == conditions::MODEL_REFINED) else {
        return Vec::new();
    };
    if word.status != "True" {
        return vec![format!("nothing ({}): {}", word.reason, word.message)];
    }
    let text = status.analysis.iter().flat_map(|text| text.lines()).filter(|line| !line.is_empty());
    let confidence = status.confidence.map(|it| format!(", confidence {it:.2}")).unwrap_or_default();
    let mut lines: Vec<String> = text.map(str::to_owned).collect();
    lines.extend(status.recommendations.iter().map(|advice| format!("- {advice}")));
    lines.extend(status.suggested_actions.iter().map(|action| {
        let params: Vec<String> = action.params.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!(
            "suggests {} {}: {}",
            action.action,
            params.join(" "),
            action.description.as_deref().unwrap_or_default()
        )
    }));
    lines.push(format!("{}{confidence}; a suggestion is carried out only through a plan and its gates", word.message));
    lines
}

/// Exactly what left, and what came back.
pub fn exchange(transcript: &Transcript, model: Option<&ModelUse>) -> String {
    let mut page = String::new();
    let to = model.map(|model| {
        let part = |text: &Option<String>| text.clone().unwrap_or_default();
        format!("{} {} through {}", part(&model.provider), part(&model.model), part(&model.instance))
    });
    let at = transcript.at.as_ref().map(|at| at.0.to_string()).unwrap_or_default();
    let _ = writeln!(
        page,
        "{}",
        faint(&format!("call {}, {at}, to {}", transcript.call, to.as_deref().unwrap_or("a model").trim()))
    );
    let _ = writeln!(page, "{}\n", faint(&format!("{} bytes, {}", transcript.bytes, transcript.digest)));
    let _ = writeln!(page, "{}\n{}\n", title("Instructions"), tame(&transcript.system));
    let _ = writeln!(page, "{}\n{}\n", title("Data"), tame(&transcript.prompt));
    let answer = match (&transcript.answer, model.map(|model| model.state)) {
        (Some(answer), _) => tame(answer),
        (None, Some(ModelState::Asking)) => "not there yet".to_owned(),
        (None, _) => "none".to_owned(),
    };
    let _ = writeln!(page, "{}\n{answer}", title("Answer"));
    page
}
