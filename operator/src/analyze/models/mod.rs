//! What everybody needs who asks a model about an incident: whom, on which facts, at what price.
//!
//! In: an incident, and the Instance that may hear of it. Out: the ways there are, the material, prices and what is left of the budgets.
//! Never: decides whether a model is asked, or what is done with its answer.

mod books;
mod calls;
pub mod citing;
pub mod material;
pub mod ways;

use std::sync::Arc;

use common::api::ai_insight::{ModelUse, Transcript};
use common::api::{AIInsight, Instance, Issue, Time};
use common::costs::{Budgets, Prices, Spending};
use common::facts::Facts;
use common::redact::Known;
use common::{naming, redact};
use jiff::Timestamp;
use tokio::sync::Mutex as Turns;

use self::books::Books;
use self::material::Material;
use super::{beside, gather};
use crate::config::ModelMode;
use crate::llm::chatcli::Servers;
use crate::llm::desk::Way;
use crate::llm::{Answer, Desk, Incident, LlmError, Question, Usage, question};
use crate::runtime::http::Reach;
use crate::runtime::{Context, Error, ObjectKey, Tag};
use crate::source::Sources;

pub use self::books::settings;
pub use self::calls::Calls;

/// Largest answer kept in a transcript.
const ANSWER: usize = 8192;

/// What all who ask share: one desk, one ledger.
pub struct Models {
    servers: Arc<Servers>,
    sources: Arc<Sources>,
    /// Where questions are put.
    pub desk: Desk,
    /// Where they are written down.
    pub books: Books,
    /// Budgets and shared causes are looked at and the intent is written by one at a time.
    pub intents: Turns<()>,
}

/// Somebody can be asked.
pub struct Ready {
    /// Best first; not empty.
    pub ways: Vec<Way>,
    /// What tokens cost.
    pub prices: Prices,
    /// What may be spent.
    pub budgets: Budgets,
}

impl Ready {
    /// Provider and model of the first way.
    pub fn asks(&self) -> (&str, &str) {
        self.ways.first().map(|way| way.analyst.asks()).unwrap_or_default()
    }
}

/// Why nobody can be asked now.
pub struct NotNow {
    /// One word.
    pub reason: &'static str,
    /// A sentence.
    pub message: String,
    /// When somebody can; absent where somebody has to change something first.
    pub until: Option<Timestamp>,
}

impl Models {
    /// None where rules alone shall answer.
    pub fn new(ctx: &Context, servers: Arc<Servers>, sources: Arc<Sources>) -> Option<Arc<Self>> {
        let reach = if ctx.config.allow_http_providers { Reach::Inside } else { Reach::Public };
        let desk = Desk::new(reach, ctx.clock.clone());
        let made = Self { servers, sources, desk, books: Books::default(), intents: Turns::new(()) };
        (ctx.config.model_mode != ModelMode::Rules).then(|| Arc::new(made))
    }

    /// Who can be asked for an Instance, and within what.
    pub async fn ready(&self, ctx: &Context, instance: &Instance) -> Result<Result<Ready, NotNow>, Error> {
        let no = |reason, message, until| Ok(Err(NotNow { reason, message, until }));
        let (ways, missing) = ways::of(ctx, &self.servers, &self.desk, instance).await?;
        if ways.is_empty() {
            return no("ModelUnavailable", missing, None);
        }
        if let Some(until) = self.desk.all_rest(&ways) {
            let message = "everybody who could be asked failed lately, and rests".to_owned();
            return no("ModelUnavailable", message, Some(until));
        }
        match settings(ctx).await? {
            Ok((prices, budgets)) => Ok(Ok(Ready { ways, prices, budgets })),
            Err(problem) => no("SettingsInvalid", problem, None),
        }
    }

    /// What a model is told about an incident, and what must not leave with it.
    pub async fn gathered(
        &self,
        ctx: &Context,
        issue: &Issue,
        insight: &AIInsight,
        instance: &Instance,
    ) -> (Material, Known) {
        let facts = gather::gather(ctx, &issue.spec.resource).await;
        let beside = beside::gather(ctx, &self.sources, issue, facts.as_ref()).await;
        let known = Known::of_pods(facts.iter().flat_map(Facts::pod_specs));
        let findings = insight.status.as_ref().map(|status| status.findings.as_slice()).unwrap_or_default();
        let plans = ctx.stores.plans.tagged(&Tag::Issue(ObjectKey::of(issue)));
        let wish = instance.spec.watcher.as_ref().and_then(|watcher| watcher.max_context_chars);
        let tokens = wish.and_then(|chars| usize::try_from(chars).ok()).map_or(material::TOKENS, |chars| chars / 4);
        let tokens = tokens.min(question::LARGEST / 4);
        let made = material::gather(issue, findings, facts.as_ref(), &beside, &plans, ctx.clock.now(), tokens);
        (made, known)
    }
}

/// What an incident is called.
pub fn incident(ctx: &Context, key: &ObjectKey, issue: &Issue) -> Incident {
    let plans = ctx.stores.plans.tagged(&Tag::Issue(key.clone()));
    Incident {
        name: key.name.clone(),
        namespace: issue.spec.resource.namespace.clone(),
        kind: issue.spec.resource.kind.clone(),
        resource: issue.spec.resource.name.clone(),
        signal: issue.spec.signal_type.clone().unwrap_or_default(),
        severity: issue.spec.severity.to_string(),
        description: issue.spec.description.clone(),
        risk: issue.spec.risk_score.unwrap_or(0),
        tried: material::tried(&plans).join("\n"),
    }
}

/// Drawn for one question; nobody who writes a log line can know it.
///
/// # Panics
/// Where the system gives no random numbers.
pub fn boundary() -> String {
    let mut bytes = [0_u8; 12];
    // Without randomness there is no boundary to trust, and no TLS either.
    getrandom::fill(&mut bytes).expect("the system gives random numbers");
    format!("=====DATA-{}=====", naming::hex(&bytes))
}

/// What is kept of a question before it leaves; the answer is added when there is one.
pub fn transcript(asked: &Question, call: i64, at: Option<Time>) -> Transcript {
    Transcript {
        call,
        at,
        digest: asked.digest(),
        bytes: i64::try_from(asked.system().len() + asked.prompt().len()).unwrap_or(i64::MAX),
        system: asked.system().to_owned(),
        prompt: asked.prompt().to_owned(),
        answer: None,
    }
}

/// What is kept of an answer, as it came.
pub fn kept(raw: &str, known: &Known) -> String {
    redact::cut(&redact::leaving_and(raw, known), ANSWER)
}

/// What a call took, or may have taken; nothing where nobody heard it.
pub fn usage<T>(result: &Result<Answer<T>, LlmError>, estimate: Usage) -> Option<Usage> {
    match result {
        Ok(answer) => Some(answer.usage),
        Err(LlmError::Unusable { usage, .. }) => Some(*usage),
        Err(error) => error.may_have_cost().then_some(estimate),
    }
}

/// Writes down what a call took, or may have taken.
pub fn charge(model: &mut ModelUse, usage: Usage, spent: Spending) {
    model.input_tokens = i64::try_from(usage.input).ok();
    model.output_tokens = i64::try_from(usage.output).ok();
    model.micro_usd = i64::try_from(spent.micro_usd).ok();
}

/// Whose account is asked: `namespace/name` of the Instance.
pub fn account(instance: &Instance) -> String {
    ObjectKey::of(instance).to_string()
}

/// What one call takes.
pub fn spending(prices: &Prices, provider: &str, usage: Usage) -> Spending {
    let micro_usd = prices.cost(provider, usage.input, usage.output);
    Spending { calls: 1, unknown_calls: 0, input_tokens: usage.input, output_tokens: usage.output, micro_usd }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_questions_have_the_same_boundary() {
        assert_ne!(boundary(), boundary());
    }
}
