//! One call: the slot, the material, the intent, the question.

use std::sync::Arc;

use common::api::ai_insight::{ModelState, ModelUse};
use common::api::{Instance, Issue};
use common::naming;
use kube::ResourceExt as _;
use tokio_util::sync::CancellationToken;

use super::apply::{self, Word};
use super::decide::{self, Move};
use super::outcome::{exhaust, say, share};
use super::{LOOK_AGAIN, Outcome, Refiner, account, insight_of, next};
use crate::analyze::models::{NotNow, boundary, charge, incident, spending, transcript};
use crate::llm::{LlmError, MOST_TOKENS, Question, Usage};
use crate::runtime::status::time;
use crate::runtime::{Context, Error, Next, ObjectKey};

impl Refiner {
    /// From the slot to the outcome. The rules' answer stands all the while.
    pub(super) async fn ask(
        &self,
        ctx: &Arc<Context>,
        key: &ObjectKey,
        issue: &Issue,
        instance: &Instance,
    ) -> Result<Next, Error> {
        let given_up = self.running.begin(key);
        let outcome = self.call(ctx, key, issue, instance, &given_up).await;
        self.running.end(key);
        self.models.books.release(key);
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
            slot = self.models.desk.slots.acquire() => slot,
            () = given_up.cancelled() => return Ok(Next::OnChange),
        };
        let ready = self.models.ready(ctx, instance).await?;
        let Some(mut insight) = insight_of(ctx, key) else { return Ok(Next::OnChange) };
        let ready = match ready {
            Ok(ready) => ready,
            Err(NotNow { reason, message, until }) => {
                say(ctx, key, &insight, &Word::no(reason, message)).await?;
                return Ok(until.map_or(Next::In(LOOK_AGAIN), Next::At));
            }
        };
        let (material, known) = self.models.gathered(ctx, issue, &insight, instance).await;
        let asked = Question::new(
            incident(ctx, key, issue),
            &material.text,
            naming::hash(&[&account(instance), &material.content], 32),
            &known,
            &boundary(),
        );
        let (provider, llm) = ready.asks();
        let estimate = Usage { input: asked.tokens(), output: MOST_TOKENS };
        let cost = spending(&ready.prices, provider, estimate);

        let turn = self.models.intents.lock().await;
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
            asked_at: Some(time(ctx.clock.now())),
            ..ModelUse::default()
        };
        let mut transcript = transcript(&asked, before.calls + 1, model.asked_at.clone());
        if let Some(answer) = self.remembered(asked.content()) {
            transcript.call = before.calls;
            let outcome = Outcome { material, known, transcript, result: Ok(answer), estimate, is_remembered: true };
            drop(turn);
            let insight = apply::insight(ctx, &insight, Some(&model), None, &asking(&model)).await?;
            return self.finish(ctx, key, &issue, &insight, &outcome).await;
        }
        let spent = self.models.books.spent(ctx, key, ctx.clock.now()).await?;
        if let Err(exhausted) = ready.budgets.allow(&key.namespace, &spent, cost) {
            return exhaust(ctx, key, &insight, model, &exhausted).await;
        }
        // The intent: what may have been sent is counted, whatever becomes of this process.
        model.calls += 1;
        charge(&mut model, estimate, cost);
        // A number that was free again: what was kept of it then is not about this call.
        self.kept_all().remove(&(insight.uid().unwrap_or_default(), model.calls));
        insight = apply::transcript(ctx, &insight, &transcript).await?;
        insight = apply::insight(ctx, &insight, Some(&model), None, &asking(&model)).await?;
        self.models.books.reserve(key, cost);
        drop(turn);

        let result = tokio::select! {
            result = self.models.desk.ask(&ready.ways, &asked) => result,
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
