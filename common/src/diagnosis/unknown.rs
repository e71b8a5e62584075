//! No rule applies: what was seen, without a guess.

use super::case::{Case, end_receipt, event_receipt, pod_ref, waiting_receipt};
use super::codes::Code;
use super::draft::{Draft, receipt};
use crate::api::ai_insight::Finding;
use crate::facts::Subject;
use crate::facts::membership::condition;

/// The facts, as receipts.
pub fn unknown(case: &Case<'_>) -> Finding {
    let mut draft = Draft::of(Code::Unknown, format!("{} is in trouble, and no rule knows why", case.subject()))
        .cause(&case.facts.subject, "");
    if let Subject::Deployment(deployment) = &case.facts.object {
        let conditions = deployment.status.iter().flat_map(|status| status.conditions.iter().flatten());
        // Progressing and Available are well when True, ReplicaFailure when False.
        for condition in conditions.filter(|it| (it.status == "True") == (it.type_ == "ReplicaFailure")) {
            draft = draft.receipt(receipt(
                condition.message.as_deref().unwrap_or_default(),
                case.facts.subject.clone(),
                format!(".status.conditions[{}]", condition.type_),
                condition.reason.as_deref().unwrap_or_default(),
                condition.last_transition_time.as_ref().map(|time| time.0),
            ));
        }
    }
    for container in case.sick.iter().take(3) {
        if let Some(waiting) = container.waiting() {
            draft = draft.receipt(waiting_receipt(container, &waiting));
        }
        if let Some(end) = container.latest_end() {
            draft = draft.receipt(end_receipt(container, &end));
        }
        if let Some(ready) = condition(container.pod, "Ready").filter(|it| it.status != "True") {
            draft = draft.receipt(receipt(
                format!("not ready: {}", ready.message.as_deref().unwrap_or("no reason given")),
                pod_ref(container.pod),
                ".status.conditions[Ready]",
                ready.reason.as_deref().unwrap_or_default(),
                ready.last_transition_time.as_ref().map(|time| time.0),
            ));
        }
        draft = draft.receipts(case.log_receipt(container));
    }
    let warnings = case.facts.extra.events.iter().rev().filter(|event| event.type_.as_deref() == Some("Warning"));
    draft
        .receipts(warnings.take(3).map(event_receipt))
        .confidence(0.0, "no rule applies to what was gathered")
        .advice("a person has to look; the receipts are everything that was gathered")
        .done()
}
