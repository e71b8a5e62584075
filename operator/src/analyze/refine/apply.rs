//! Writes what a model added: never the rules' findings, always beside them.

use std::sync::Arc;

use common::api::ai_insight::{AIInsightStatus, ModelUse, SuggestedAction, Transcript};
use common::api::keys::{conditions, managers};
use common::api::{AIInsight, Issue};
use jiff::Timestamp;
use kube::ResourceExt as _;
use serde_json::{Value, json};

use crate::runtime::{Context, Error, ObjectKey, WriteError, read, status};

/// What is owned of an AIInsight's status. The first four belong to the rules until a model has refined them.
const INSIGHT: status::Owner = status::Owner {
    manager: managers::MODEL,
    fields: &["analysis", "confidence", "recommendations", "suggestedActions", "model"],
    conditions: &[conditions::MODEL_REFINED],
};
const TRANSCRIPT: status::Owner =
    status::Owner { manager: managers::TRANSCRIPT, fields: &["transcript"], conditions: &[] };
/// What is owned of an Issue's status.
const ISSUE: status::Owner =
    status::Owner { manager: managers::MODEL, fields: &[], conditions: &[conditions::MODEL_REFINED] };
/// How often a write that lost a race is made again: what a call brought must not be thrown away for it.
const TRIES: usize = 5;
/// Longest message of a condition.
const MESSAGE: usize = 1000;

/// How it went, for the condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// The rules' answer was refined.
    pub is_refined: bool,
    /// One word.
    pub reason: &'static str,
    /// A sentence.
    pub message: String,
}

impl Word {
    /// It was not refined.
    pub fn no(reason: &'static str, message: impl Into<String>) -> Self {
        Self { is_refined: false, reason, message: common::redact::cut(&message.into(), MESSAGE) }
    }

    /// It was.
    pub fn refined(message: impl Into<String>) -> Self {
        Self { is_refined: true, reason: "Refined", message: common::redact::cut(&message.into(), MESSAGE) }
    }
}

/// What a model says in place of the rules, in upstream's fields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Refinement {
    /// Root cause, and the receipts it cites.
    pub analysis: String,
    /// 0 to 1.
    pub confidence: f64,
    /// Advice.
    pub recommendations: Vec<String>,
    /// Steps; suggestions, nothing more.
    pub actions: Vec<SuggestedAction>,
}

/// Writes how far the question is, and what it brought.
pub async fn insight(
    ctx: &Context,
    insight: &Arc<AIInsight>,
    model: Option<&ModelUse>,
    refinement: Option<&Refinement>,
    word: &Word,
) -> Result<Arc<AIInsight>, Error> {
    let mut live = Arc::clone(insight);
    for _ in 1..TRIES {
        let wanted = wanted(&live, model, refinement, word, ctx.clock.now());
        match status::apply(ctx, &live, &INSIGHT, wanted).await {
            Err(WriteError::Conflict(_)) => live = fresh(ctx, &live).await?,
            other => return Ok(other?),
        }
    }
    let wanted = wanted(&live, model, refinement, word, ctx.clock.now());
    Ok(status::apply(ctx, &live, &INSIGHT, wanted).await?)
}

fn wanted(
    live: &AIInsight,
    model: Option<&ModelUse>,
    refinement: Option<&Refinement>,
    word: &Word,
    now: Timestamp,
) -> Value {
    let known = live.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
    let condition = status::condition(
        known,
        conditions::MODEL_REFINED,
        word.is_refined,
        word.reason,
        &word.message,
        live.metadata.generation,
        now,
    );
    let mut wanted = json!({ "model": model, "conditions": [condition] });
    if let Some(refinement) = refinement {
        wanted["analysis"] = json!(refinement.analysis);
        wanted["confidence"] = json!(refinement.confidence);
        wanted["recommendations"] = json!(refinement.recommendations);
        wanted["suggestedActions"] = json!(refinement.actions);
    }
    wanted
}

/// Writes what left, and what came back.
pub async fn transcript(
    ctx: &Context,
    insight: &Arc<AIInsight>,
    transcript: &Transcript,
) -> Result<Arc<AIInsight>, Error> {
    let mut live = Arc::clone(insight);
    for _ in 1..TRIES {
        match status::apply(ctx, &live, &TRANSCRIPT, json!({ "transcript": transcript })).await {
            Err(WriteError::Conflict(_)) => live = fresh(ctx, &live).await?,
            other => return Ok(other?),
        }
    }
    Ok(status::apply(ctx, &live, &TRANSCRIPT, json!({ "transcript": transcript })).await?)
}

/// Says on the Issue how it went: that is where people look.
pub async fn issue(ctx: &Context, key: &ObjectKey, word: &Word) -> Result<(), Error> {
    for _ in 0..TRIES {
        let Some(issue) = ctx.stores.issues.get(key) else { return Ok(()) };
        let known = issue.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
        let generation = issue.metadata.generation;
        let kind = conditions::MODEL_REFINED;
        let (reason, message) = (word.reason, word.message.as_str());
        let condition = status::condition(known, kind, word.is_refined, reason, message, generation, ctx.clock.now());
        match status::apply(ctx, &issue, &ISSUE, json!({ "conditions": [condition] })).await {
            Err(WriteError::Conflict(_)) => {
                ctx.observe(read(ctx.writing::<Issue>(&issue).get(&issue.name_any())).await?);
            }
            other => return Ok(other.map(drop)?),
        }
    }
    Err(WriteError::Conflict(key.to_string()).into())
}

async fn fresh(ctx: &Context, insight: &AIInsight) -> Result<Arc<AIInsight>, Error> {
    Ok(ctx.observe(read(ctx.writing(insight).get(&insight.name_any())).await?))
}

/// What stands about the model now.
pub fn model_of(insight: &AIInsight) -> ModelUse {
    let status: Option<&AIInsightStatus> = insight.status.as_ref();
    status.and_then(|status| status.model.clone()).unwrap_or_default()
}
