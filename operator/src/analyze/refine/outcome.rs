//! What became of a question: answered, failed, lost, shared, or never asked. Everything here may be done twice.

use std::sync::Arc;

use common::api::ai_insight::{ModelState, ModelUse};
use common::api::{AIInsight, Issue};
use common::costs::{Exhausted, Purpose};
use common::redact::{self, Known};
use jiff::civil::Time as Clock;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use kube::{Resource as _, ResourceExt as _};

use super::apply::{self, Refinement, Word};
use super::decide;
use super::judge::{Judged, judge};
use super::{ANALYSIS, Outcome, Refiner};
use crate::analyze::models::material::Material;
use crate::analyze::models::{charge, kept, settings, spending, usage};
use crate::llm::LlmError;
use crate::runtime::status::time;
use crate::runtime::{Context, Error, Next, Note, ObjectKey};

impl Refiner {
    /// Writes what became of a call: on the insight, in the ledger, on the Issue, in this order. Each may be done twice.
    pub(super) async fn finish(
        &self,
        ctx: &Arc<Context>,
        key: &ObjectKey,
        issue: &Issue,
        insight: &Arc<AIInsight>,
        outcome: &Outcome,
    ) -> Result<Next, Error> {
        let now = ctx.clock.now();
        let before = apply::model_of(insight);
        let findings = insight.status.as_ref().map(|status| status.findings.clone()).unwrap_or_default();
        let mut model = ModelUse { ended_at: Some(time(now)), next_attempt_at: None, ..before.clone() };
        let mut transcript = outcome.transcript.clone();
        let mut refinement = None;
        let word = match &outcome.result {
            Ok(answer) => {
                let target = &issue.spec.resource;
                let judged = judge(&answer.said, outcome.material.receipts.len(), target, &findings);
                transcript.answer = Some(kept(&answer.raw, &outcome.known));
                model.way = Some(answer.way.to_owned());
                model.provider = Some(answer.provider.clone());
                model.model = Some(answer.model.clone());
                model.dropped_sentences = Some(judged.dropped_sentences);
                model.dropped_actions = Some(judged.dropped_actions);
                model.failures = 0;
                if judged.analysis.is_empty() {
                    model.state = ModelState::Unusable;
                    Word::no(
                        "AnswerDropped",
                        "the model's answer rests on no receipt that exists; the rules' answer stands",
                    )
                } else {
                    model.state = ModelState::Refined;
                    let text = refined_text(&judged, &outcome.material, &outcome.known);
                    let left_out = match judged.dropped_sentences {
                        0 => String::new(),
                        some => format!(", {some} sentences without a receipt left out"),
                    };
                    let word = Word::refined(format!("by {} {}{left_out}", answer.provider, answer.model));
                    refinement = Some(Refinement {
                        analysis: text,
                        confidence: judged.confidence,
                        recommendations: judged.recommendations,
                        actions: judged.actions,
                    });
                    word
                }
            }
            Err(LlmError::Unusable { said, raw, .. }) => {
                transcript.answer = Some(kept(raw, &outcome.known));
                model.state = ModelState::Unusable;
                Word::no(
                    "AnswerUnusable",
                    format!("the model's answer cannot be used: {said}; the rules' answer stands"),
                )
            }
            Err(error) => {
                model.state = ModelState::Failed;
                model.failures = before.failures.saturating_add(1);
                let again = if error.may_have_cost() {
                    model.outcome_unknown = Some(true);
                    now.saturating_add(decide::AFTER_LOSS).unwrap_or(now)
                } else {
                    // Nobody heard it: the number is free again.
                    model.calls = before.calls.saturating_sub(1);
                    decide::again(now, model.failures)
                };
                if model.failures < decide::MOST_FAILURES {
                    model.next_attempt_at = Some(time(again));
                }
                let reason = if error.may_have_cost() { "OutcomeUnknown" } else { "ModelUnavailable" };
                Word::no(reason, error.to_string())
            }
        };
        let usage = usage(&outcome.result, outcome.estimate).filter(|_| !outcome.is_remembered);
        (model.input_tokens, model.output_tokens, model.micro_usd) = (None, None, None);
        if let Some(usage) = usage {
            let prices = settings(ctx).await?.map(|(prices, _)| prices).unwrap_or_default();
            let provider = model.provider.clone().unwrap_or_default();
            charge(&mut model, usage, spending(&prices, &provider, usage));
        }
        let written = apply::insight(ctx, insight, Some(&model), refinement.as_ref(), &word).await?;
        if transcript.answer.is_some() {
            apply::transcript(ctx, &written, &transcript).await?;
        }
        if usage.is_some() {
            self.models.books.record_use(ctx, key, Purpose::Analysis, &model).await?;
        }
        if let Some(uid) = insight.uid() {
            self.kept_all().remove(&(uid, before.calls));
        }
        apply::issue(ctx, key, &word).await?;
        if word.is_refined {
            let occurrence = format!("{}.{}", written.uid().unwrap_or_default(), model.calls);
            ctx.events.tell(issue.object_ref(&()), Note::new("ModelRefined", "Analyze", word.message).once(occurrence));
        }
        Ok(model.next_attempt_at.map_or(Next::OnChange, |at| Next::At(at.0)))
    }

    /// A call whose maker is gone: counted as if it had been answered, and not made again at once.
    pub(super) async fn lose(&self, ctx: &Context, key: &ObjectKey, insight: &Arc<AIInsight>) -> Result<Next, Error> {
        let now = ctx.clock.now();
        let before = apply::model_of(insight);
        let again = now.saturating_add(decide::AFTER_LOSS).unwrap_or(now);
        let model = ModelUse {
            state: ModelState::Failed,
            failures: before.failures.saturating_add(1),
            outcome_unknown: Some(true),
            ended_at: Some(time(now)),
            next_attempt_at: Some(time(again)),
            ..before
        };
        let word = Word::no(
            "OutcomeUnknown",
            "the operator ended while the model was asked: the call is counted, and is not repeated at once",
        );
        apply::insight(ctx, insight, Some(&model), None, &word).await?;
        self.models.books.record_use(ctx, key, Purpose::Analysis, &model).await?;
        apply::issue(ctx, key, &word).await?;
        Ok(Next::At(again))
    }
}

pub(super) async fn share(
    ctx: &Context,
    key: &ObjectKey,
    issue: &Issue,
    insight: &Arc<AIInsight>,
    sibling: &ObjectKey,
) -> Result<Next, Error> {
    let status = insight.status.clone().unwrap_or_default();
    let model = ModelUse {
        state: ModelState::Shared,
        about: decide::about(&status),
        fingerprint: decide::fingerprint(issue, &status.findings),
        ..apply::model_of(insight)
    };
    let message = if sibling.namespace == key.namespace {
        format!(
            "the same cause was asked about already: kubectl chatcli explain {} -n {}",
            sibling.name, sibling.namespace
        )
    } else {
        // Whoever reads this may not be meant to know what else there is.
        "the same cause was asked about already, for an incident of another namespace".to_owned()
    };
    let word = Word::no("SameCause", message);
    apply::insight(ctx, insight, Some(&model), None, &word).await?;
    Ok(Next::OnChange)
}

/// The rules' answer stands, and everybody can see why no model was asked.
pub(super) async fn exhaust(
    ctx: &Context,
    key: &ObjectKey,
    insight: &Arc<AIInsight>,
    model: ModelUse,
    exhausted: &Exhausted,
) -> Result<Next, Error> {
    let now = ctx.clock.now();
    let again = exhausted.is_daily.then(|| tomorrow(now));
    let before = apply::model_of(insight);
    let model = ModelUse {
        state: ModelState::Failed,
        failures: if again.is_some() { model.failures } else { decide::MOST_FAILURES },
        asked_at: before.asked_at,
        next_attempt_at: again.map(time),
        ..model
    };
    let word = Word::no("BudgetExhausted", format!("{exhausted}; the rules' answer stands"));
    apply::insight(ctx, insight, Some(&model), None, &word).await?;
    apply::issue(ctx, key, &word).await?;
    Ok(Next::at(again))
}

/// Says how it went where no call was made, and leaves everything else as it stands.
pub(super) async fn say(ctx: &Context, key: &ObjectKey, insight: &Arc<AIInsight>, word: &Word) -> Result<(), Error> {
    let model = insight.status.as_ref().and_then(|status| status.model.clone());
    apply::insight(ctx, insight, model.as_ref(), None, word).await?;
    apply::issue(ctx, key, word).await
}

/// What was kept, and below it the receipts it cites.
fn refined_text(judged: &Judged, material: &Material, known: &Known) -> String {
    let cited = judged.cited.iter().filter_map(|id| {
        let said = material.receipts.get(id.checked_sub(1)?)?;
        Some(format!("[r{id}] {}", redact::secrets_and(said, known)))
    });
    let cited: Vec<String> = cited.collect();
    redact::cut(&format!("{}\n\nReceipts\n{}", judged.analysis, cited.join("\n")), ANALYSIS)
}

/// The moment at which a day's budget is whole again.
fn tomorrow(now: Timestamp) -> Timestamp {
    let today = now.to_zoned(TimeZone::UTC);
    let next = today.date().checked_add(1.day()).ok().map(|date| date.to_datetime(Clock::midnight()));
    let next = next.and_then(|moment| moment.to_zoned(TimeZone::UTC).ok()).map(|zoned| zoned.timestamp());
    next.unwrap_or_else(|| now.saturating_add(SignedDuration::from_hours(24)).unwrap_or(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_days_budget_is_whole_again_at_midnight_in_utc() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(tomorrow(at("2026-11-25T22:00:00Z")), at("2026-11-26T00:00:00Z"));
        assert_eq!(tomorrow(at("2026-12-31T23:59:59Z")), at("2027-01-01T00:00:00Z"));
    }
}
