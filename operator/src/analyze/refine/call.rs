//! One call: the slot, the material, the intent, the question.

use std::sync::Arc;

use common::api::ai_insight::{ModelState, ModelUse, Transcript};
use common::api::{AIInsight, Instance, Issue};
use common::facts::Facts;
use common::naming;
use common::redact::Known;
use kube::ResourceExt as _;
use tokio_util::sync::CancellationToken;

use super::apply::{self, Word};
use super::decide::{self, Move};
use super::material::{self, Material};
use super::outcome::{charge, exhaust, say, share, spending};
use super::{LOOK_AGAIN, Outcome, Refiner, account, books, gather, insight_of, next, ways};
use crate::llm::{Incident, LlmError, MOST_TOKENS, Question, Usage, question};
use crate::runtime::{Context, Error, Next, ObjectKey, Tag};

impl Refiner {
    /// From the slot to the outcome. The rules' answer stands all the while.
    pub(super) async fn ask(
        &self,
        ctx: &Arc<Context>,
        key: &ObjectKey,
        issue: &Issue,
        instance: &Instance,
    ) -> Result<Next, Error> {
        let given_up = CancellationToken::new();
        self.running().insert(key.clone(), given_up.clone());
        let outcome = self.call(ctx, key, issue, instance, &given_up).await;
        self.running().remove(key);
        self.books.release(key);
        outcome
    }

    async fn call(
        &self,
        ctx: &Arc<Context>,
        key: &ObjectKey,
        issue: &Issue,
        instance: &Instance,
        given_up: &CancellationToken,
    ) -> Result<Next, Error> {
        let slot = tokio::select! {
            slot = self.desk.slots.acquire() => slot,
            () = given_up.cancelled() => return Ok(Next::OnChange),
        };
        let (ways, missing) = ways::of(ctx, &self.servers, &self.desk, instance).await?;
        let Some(mut insight) = insight_of(ctx, key) else { return Ok(Next::OnChange) };
        if ways.is_empty() {
            let word = Word::no("ModelUnavailable", missing);
            say(ctx, key, &insight, &word).await?;
            return Ok(Next::In(LOOK_AGAIN));
        }
        if let Some(until) = self.desk.all_rest(&ways) {
            let word = Word::no("ModelUnavailable", "everybody who could be asked failed lately, and rests");
            say(ctx, key, &insight, &word).await?;
            return Ok(Next::At(until));
        }
        let (prices, budgets) = match books::settings(ctx).await? {
            Ok(settings) => settings,
            Err(problem) => {
                say(ctx, key, &insight, &Word::no("SettingsInvalid", problem)).await?;
                return Ok(Next::In(LOOK_AGAIN));
            }
        };
        let (material, known) = gathered(ctx, issue, &insight, instance).await;
        let asked = Question::new(
            incident(ctx, key, issue),
            &material.text,
            naming::hash(&[&account(instance), &material.content], 32),
            &known,
            &boundary(),
        );
        let (provider, llm) = ways.first().map(|way| way.analyst.asks()).unwrap_or_default();
        let estimate = Usage { input: asked.tokens(), output: MOST_TOKENS };
        let cost = spending(&prices, provider, estimate);

        let turn = self.intents.lock().await;
        // What others have written while this one waited.
        let (Some(issue), Some(now)) = (ctx.stores.issues.get(key), insight_of(ctx, key)) else {
            return Ok(Next::OnChange);
        };
        insight = now;
        match next(ctx, &issue, &insight, Some(instance), apply::model_of(&insight).calls) {
            Move::Ask => {}
            Move::Share(sibling) => return share(ctx, key, &issue, &insight, &sibling).await,
            Move::Wait(until) => return Ok(Next::At(until)),
            _ => return Ok(Next::OnChange),
        }
        let status = insight.status.clone().unwrap_or_default();
        let before = apply::model_of(&insight);
        let mut model = ModelUse {
            state: ModelState::Asking,
            about: decide::about(&status),
            fingerprint: decide::fingerprint(&issue, &status.findings),
            calls: before.calls,
            failures: if before.about == decide::about(&status) { before.failures } else { 0 },
            instance: Some(account(instance)),
            provider: Some(provider.to_owned()),
            model: Some(llm.to_owned()),
            asked_at: Some(apply::time(ctx.clock.now())),
            ..ModelUse::default()
        };
        let mut transcript = Transcript {
            call: before.calls + 1,
            at: model.asked_at.clone(),
            digest: asked.digest(),
            bytes: i64::try_from(asked.system().len() + asked.prompt().len()).unwrap_or(i64::MAX),
            system: asked.system().to_owned(),
            prompt: asked.prompt().to_owned(),
            answer: None,
        };
        if let Some(answer) = self.remembered(asked.content()) {
            transcript.call = before.calls;
            let outcome = Outcome { material, known, transcript, result: Ok(answer), estimate, is_remembered: true };
            drop(turn);
            let insight = apply::insight(ctx, &insight, Some(&model), None, &asking(&model)).await?;
            return self.finish(ctx, key, &issue, &insight, &outcome).await;
        }
        let spent = self.books.spent(ctx, key, ctx.clock.now()).await?;
        if let Err(exhausted) = budgets.allow(&key.namespace, &spent, cost) {
            return exhaust(ctx, key, &insight, model, &exhausted).await;
        }
        // The intent: what may have been sent is counted, whatever becomes of this process.
        model.calls += 1;
        charge(&mut model, estimate, cost);
        // A number that was free again: what was kept of it then is not about this call.
        self.kept_all().remove(&(insight.uid().unwrap_or_default(), model.calls));
        insight = apply::transcript(ctx, &insight, &transcript).await?;
        insight = apply::insight(ctx, &insight, Some(&model), None, &asking(&model)).await?;
        self.books.reserve(key, cost);
        drop(turn);

        let result = tokio::select! {
            result = self.desk.ask(&ways, &asked) => result,
            () = given_up.cancelled() => Err(LlmError::Lost("the incident ended meanwhile".to_owned())),
        };
        drop(slot);
        ctx.metrics.model_call(if result.is_ok() { "answered" } else { "failed" });
        if let Ok(answer) = &result {
            self.remember(asked.content(), answer);
        }
        let outcome = Arc::new(Outcome { material, known, transcript, result, estimate, is_remembered: false });
        if let Some(uid) = insight.uid() {
            self.kept_all().insert((uid, model.calls), Arc::clone(&outcome));
        }
        self.finish(ctx, key, &issue, &insight, &outcome).await
    }
}

fn asking(model: &ModelUse) -> Word {
    Word::no("Asking", format!("asking {}", model.provider.as_deref().unwrap_or("a model")))
}

async fn gathered(ctx: &Context, issue: &Issue, insight: &AIInsight, instance: &Instance) -> (Material, Known) {
    let facts = gather::gather(ctx, &issue.spec.resource).await;
    let known = Known::of_pods(facts.iter().flat_map(Facts::pod_specs));
    let findings = insight.status.as_ref().map(|status| status.findings.as_slice()).unwrap_or_default();
    let plans = ctx.stores.plans.tagged(&Tag::Issue(ObjectKey::of(issue)));
    let wish = instance.spec.watcher.as_ref().and_then(|watcher| watcher.max_context_chars);
    let tokens = wish.and_then(|chars| usize::try_from(chars).ok()).map_or(material::TOKENS, |chars| chars / 4);
    let tokens = tokens.min(question::LARGEST / 4);
    let made = material::gather(issue, findings, facts.as_ref(), &plans, ctx.clock.now(), tokens);
    (made, known)
}

fn incident(ctx: &Context, key: &ObjectKey, issue: &Issue) -> Incident {
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
fn boundary() -> String {
    let mut bytes = [0_u8; 12];
    // Without randomness there is no boundary to trust, and no TLS either.
    getrandom::fill(&mut bytes).expect("the system gives random numbers");
    format!("=====DATA-{}=====", naming::hex(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_questions_have_the_same_boundary() {
        assert_ne!(boundary(), boundary());
    }
}
