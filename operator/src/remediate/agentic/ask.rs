//! One question for the next step: the slot, the material, the intent, the question, and what came of it written down.

use std::sync::Arc;

use common::api::ai_insight::{ModelState, ModelUse, Transcript};
use common::api::keys::{conditions, managers};
use common::api::remediation_plan::{AgenticStep, RemediationState};
use common::api::{AIInsight, Issue, RemediationPlan};
use common::costs::Purpose;
use common::redact;
use common::redact::Known;
use jiff::SignedDuration;
use kube::ResourceExt as _;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::history::LOOKED_ON;
use super::{Agents, Told, judge};
use crate::analyze::models::{
    NotNow, account, boundary, charge, incident, kept, settings, spending, transcript, usage, ways,
};
use crate::analyze::refine::{again, keep_transcript};
use crate::llm::decode::Narrative;
use crate::llm::{Guidance, LlmError, MOST_TOKENS, Past, Question, SaidAction, SaidStep, StepOf, Usage};
use crate::remediate::plan::status::Draft;
use crate::remediate::{insight_of, place};
use crate::runtime::status::time;
use crate::runtime::{Context, Error, Next, ObjectKey};

/// How long is looked on where a model named no action: the pace of the published example.
const LOOKING_ON: SignedDuration = SignedDuration::from_secs(30);
/// After a step that was refused.
const AFTER_REFUSAL: SignedDuration = SignedDuration::from_secs(5);

impl Agents {
    /// From the slot to what was answered.
    pub(super) async fn ask(
        &self,
        ctx: &Arc<Context>,
        key: &ObjectKey,
        plan: &Arc<RemediationPlan>,
        issue: &Arc<Issue>,
        which: (i32, bool),
    ) -> Result<Next, Error> {
        let given_up = self.running.begin(key);
        let outcome = self.call(ctx, key, plan, issue, which, &given_up).await;
        self.running.end(key);
        self.models.books.release(key);
        outcome
    }

    async fn call(
        &self,
        ctx: &Arc<Context>,
        key: &ObjectKey,
        plan: &Arc<RemediationPlan>,
        issue: &Arc<Issue>,
        (number, is_over): (i32, bool),
        given_up: &CancellationToken,
    ) -> Result<Next, Error> {
        let Some(instance) = ways::instance_for(ctx, &key.namespace) else { return Ok(Next::OnChange) };
        let Some(insight) = insight_of(ctx, plan) else { return Ok(Next::OnChange) };
        let slot = tokio::select! {
            slot = self.models.desk.slots.acquire() => slot,
            () = given_up.cancelled() => return Ok(Next::OnChange),
        };
        let ready = match self.models.ready(ctx, &instance).await? {
            Ok(ready) => ready,
            Err(NotNow { message, until, .. }) => {
                let failures =
                    plan.status.as_ref().and_then(|status| status.model.as_ref()).map_or(0, |it| it.failures);
                let until = until.unwrap_or_else(|| again(ctx.clock.now(), failures.saturating_add(1)));
                return unasked(ctx, plan, &message, Some(until)).await;
            }
        };
        let issue_key = ObjectKey::of(&**issue);
        let (material, known) = self.models.gathered(ctx, issue, &insight, &instance).await;
        let step = step_of(plan, &insight, number, is_over);
        let asked = Question::of_step(incident(ctx, &issue_key, issue), &material.text, step, &known, &boundary());
        let (provider, llm) = ready.asks();
        let estimate = Usage { input: asked.tokens(), output: MOST_TOKENS };
        let cost = spending(&ready.prices, provider, estimate);

        let turn = self.models.intents.lock().await;
        // What was decided while this one waited for its turn is decided on what holds now.
        let fresh = ctx.stores.plans.get(key);
        let Some(plan) = fresh.filter(|fresh| fresh.resource_version() == plan.resource_version()) else {
            return Ok(Next::In(std::time::Duration::from_millis(1)));
        };
        let now = ctx.clock.now();
        let spent = self.models.books.spent(ctx, &issue_key, now).await?;
        if let Err(exhausted) = ready.budgets.allow(&key.namespace, &spent, cost) {
            return unasked(ctx, &plan, &exhausted.to_string(), None).await;
        }
        let call = self.models.books.calls(ctx, &issue_key, Purpose::Step).await? + 1;
        let before = plan.status.as_ref().and_then(|status| status.model.clone()).unwrap_or_default();
        let mut model = ModelUse {
            state: ModelState::Asking,
            about: number.to_string(),
            calls: call,
            failures: before.failures,
            instance: Some(account(&instance)),
            provider: Some(provider.to_owned()),
            model: Some(llm.to_owned()),
            asked_at: Some(time(now)),
            ..ModelUse::default()
        };
        charge(&mut model, estimate, cost);
        let transcript = transcript(&asked, call, model.asked_at.clone());
        // The intent: what may have been sent is counted, whatever becomes of this process.
        keep_transcript(ctx, &insight, &transcript).await?;
        let mut draft = Draft::of(&plan, now);
        draft.status.model = Some(model);
        let message = if is_over {
            "a model is asked for the story".to_owned()
        } else {
            format!("step {number}: a model is asked")
        };
        draft.condition(conditions::EXECUTING, true, "Asking", &message);
        let plan = draft.write(ctx).await?;
        self.models.books.reserve(key, cost);
        drop(turn);

        let result = tokio::select! {
            result = self.models.desk.next_step(&ready.ways, &asked) => result,
            () = given_up.cancelled() => Err(LlmError::Lost("the incident ended meanwhile".to_owned())),
        };
        drop(slot);
        ctx.metrics.model_call(if result.is_ok() { "answered" } else { "failed" });
        let told = Told { receipts: material.receipts.len(), known, transcript, result, estimate, is_over };
        if let Some(uid) = plan.uid() {
            self.kept().insert((uid, call), Arc::new(told));
        }
        self.take(ctx, key, &plan, Some(issue)).await
    }

    /// Writes down what a question brought: in the history, in the ledger, on the plan, in this order. Each may be done twice.
    pub(super) async fn take(
        &self,
        ctx: &Arc<Context>,
        key: &ObjectKey,
        plan: &Arc<RemediationPlan>,
        issue: Option<&Issue>,
    ) -> Result<Next, Error> {
        let now = ctx.clock.now();
        let before = plan.status.as_ref().and_then(|status| status.model.clone()).unwrap_or_default();
        let number: i32 = before.about.parse().unwrap_or(0);
        let told = self.told(plan);
        let mut plan = Arc::clone(plan);
        let mut model = ModelUse { ended_at: Some(time(now)), next_attempt_at: None, ..before.clone() };
        let mut message = format!("step {number} was answered");
        match told.as_deref() {
            // Written down by a process that is gone: only the books are left to do.
            None => model.state = ModelState::Refined,
            Some(told) => {
                let entry = entry(ctx, &plan, told, number);
                match (&told.result, entry) {
                    (Err(error), None) => {
                        model.state = ModelState::Failed;
                        model.failures = before.failures.saturating_add(1);
                        model.next_attempt_at = Some(time(again(now, model.failures)));
                        message = error.to_string();
                    }
                    (_, entry) => {
                        model.state = if told.result.is_ok() { ModelState::Refined } else { ModelState::Unusable };
                        model.failures = 0;
                        model.outcome_unknown = matches!(told.result, Err(LlmError::Lost(_))).then_some(true);
                        if super::history::last_number(&plan) < number
                            && let Some(entry) = entry
                        {
                            plan = write(ctx, &plan, entry, story(told)).await?;
                        }
                    }
                }
                count(ctx, &mut model, told).await?;
                if let (Some(answer), Some(insight)) = (answer_of(told), insight_of(ctx, &plan)) {
                    let transcript = Transcript { answer: Some(answer), ..told.transcript.clone() };
                    keep_transcript(ctx, &insight, &transcript).await?;
                }
            }
        }
        if model.state != ModelState::Failed {
            let issue_key =
                issue.map_or_else(|| ObjectKey::new(&key.namespace, &plan.spec.issue_ref.name), ObjectKey::of);
            self.models.books.record_use(ctx, &issue_key, Purpose::Step, &model).await?;
        }
        let uid = plan.uid().unwrap_or_default();
        let mut draft = Draft::of(&plan, now);
        draft.status.next_step_not_before = pause(&plan, number).map(|pause| time(now + pause));
        draft.status.agentic_step_count = Some(super::history::last_number(&plan));
        draft.status.model = Some(model);
        draft.condition(conditions::EXECUTING, true, "Answered", &message);
        draft.write(ctx).await?;
        self.kept().remove(&(uid, before.calls));
        Ok(Next::OnChange)
    }

    /// A question whose maker is gone: counted as if it had been answered, and its step is used up.
    pub(super) async fn lose(
        &self,
        ctx: &Arc<Context>,
        key: &ObjectKey,
        plan: &Arc<RemediationPlan>,
    ) -> Result<Next, Error> {
        let now = ctx.clock.now();
        let mut model = plan.status.as_ref().and_then(|status| status.model.clone()).unwrap_or_default();
        let why = "the operator ended while the model was asked; the call is counted and not repeated";
        let entry = judge::without_answer(model.about.parse().unwrap_or(0), why, now);
        let plan = write(ctx, plan, entry, Vec::new()).await?;
        model.state = ModelState::Unusable;
        model.outcome_unknown = Some(true);
        model.ended_at = Some(time(now));
        let issue = ObjectKey::new(&key.namespace, &plan.spec.issue_ref.name);
        self.models.books.record_use(ctx, &issue, Purpose::Step, &model).await?;
        let mut draft = Draft::of(&plan, now);
        draft.status.agentic_step_count = Some(super::history::last_number(&plan));
        draft.status.model = Some(model);
        draft.condition(conditions::EXECUTING, true, "OutcomeUnknown", why);
        draft.write(ctx).await?;
        Ok(Next::OnChange)
    }
}

/// Nobody was asked, and why: with a time it is tried again then, without one it is the end of the loop.
async fn unasked(
    ctx: &Arc<Context>,
    plan: &Arc<RemediationPlan>,
    why: &str,
    until: Option<jiff::Timestamp>,
) -> Result<Next, Error> {
    let mut draft = Draft::of(plan, ctx.clock.now());
    let before = draft.status.model.clone().unwrap_or_default();
    draft.status.model = Some(ModelUse {
        state: ModelState::Failed,
        failures: before.failures.saturating_add(1),
        next_attempt_at: until.map(time),
        ..before
    });
    let is_executing = draft.status.state == RemediationState::Executing;
    draft.condition(conditions::EXECUTING, is_executing, "ModelUnavailable", &redact::cut(why, 1000));
    draft.write(ctx).await?;
    Ok(until.map_or(Next::OnChange, Next::At))
}

/// Puts an entry into the history, provided the plan is as it was decided on.
pub(super) async fn write(
    ctx: &Context,
    plan: &Arc<RemediationPlan>,
    entry: AgenticStep,
    story: Vec<(&'static str, String)>,
) -> Result<Arc<RemediationPlan>, Error> {
    let mut history = plan.spec.agentic_history.clone();
    history.retain(|step| step.step_number != entry.step_number);
    history.push(entry);
    let notes: serde_json::Map<String, Value> =
        story.into_iter().map(|(key, text)| (key.to_owned(), json!(text))).collect();
    let change = json!({ "metadata": { "annotations": notes }, "spec": { "agenticHistory": history } });
    Ok(ctx.merge(managers::REMEDIATOR, &**plan, change).await?)
}

/// What is written down of an answer; nothing where nobody heard the question.
fn entry(ctx: &Context, plan: &RemediationPlan, told: &Told, number: i32) -> Option<AgenticStep> {
    let now = ctx.clock.now();
    match &told.result {
        Ok(answer) => {
            let insight = insight_of(ctx, plan);
            let suggested = insight.as_ref().and_then(|insight| insight.status.as_ref());
            let target = place::target_of(&ctx.stores, plan).unwrap_or_default();
            Some(judge::entry(&judge::Input {
                now,
                number,
                said: &clean(&answer.said, &told.known),
                receipts: told.receipts,
                target: &target,
                history: &plan.spec.agentic_history,
                suggested: suggested.map(|status| status.suggested_actions.as_slice()).unwrap_or_default(),
                is_over: told.is_over,
            }))
        }
        Err(error) if error.may_have_cost() => Some(judge::without_answer(number, &error.to_string(), now)),
        Err(_) => None,
    }
}

fn story(told: &Told) -> Vec<(&'static str, String)> {
    let Ok(answer) = &told.result else { return Vec::new() };
    if !told.is_over {
        return Vec::new();
    }
    judge::story(&clean(&answer.said, &told.known).narrative, told.receipts).into_iter().collect()
}

/// Before anything is cut: half a secret is recognised by nobody.
fn clean(said: &SaidStep, known: &Known) -> SaidStep {
    let text = |text: &String| redact::secrets_and(text, known).into_owned();
    let list = |texts: &[String]| texts.iter().map(text).collect();
    let told = &said.narrative;
    SaidStep {
        reasoning: text(&said.reasoning),
        narrative: Narrative {
            summary: text(&told.summary),
            root_cause: text(&told.root_cause),
            impact: text(&told.impact),
            lessons: list(&told.lessons),
            prevention: list(&told.prevention),
        },
        ..said.clone()
    }
}

/// What the call took, as the provider counted it, and who answered.
async fn count(ctx: &Context, model: &mut ModelUse, told: &Told) -> Result<(), Error> {
    if let Ok(answer) = &told.result {
        model.way = Some(answer.way.to_owned());
        model.provider = Some(answer.provider.clone());
        model.model = Some(answer.model.clone());
    }
    let usage = usage(&told.result, told.estimate).unwrap_or_default();
    let prices = settings(ctx).await?.map(|(prices, _)| prices).unwrap_or_default();
    charge(model, usage, spending(&prices, model.provider.clone().unwrap_or_default().as_str(), usage));
    Ok(())
}

fn answer_of(told: &Told) -> Option<String> {
    let raw = match &told.result {
        Ok(answer) => &answer.raw,
        Err(LlmError::Unusable { raw, .. }) => raw,
        Err(_) => return None,
    };
    Some(kept(raw, &told.known))
}

/// How long the next question waits after this step.
fn pause(plan: &RemediationPlan, number: i32) -> Option<SignedDuration> {
    let last = plan.spec.agentic_history.last().filter(|last| last.step_number == number)?;
    match last.observation.as_deref() {
        Some(LOOKED_ON) => Some(LOOKING_ON),
        Some(_) => Some(AFTER_REFUSAL),
        None => None,
    }
}

fn step_of(plan: &RemediationPlan, insight: &AIInsight, number: i32, is_over: bool) -> StepOf {
    let past = |step: &AgenticStep| Past {
        number: step.step_number,
        reasoning: step.ai_message.clone(),
        action: step.action.as_ref().map(|action| action.action_type.as_str().to_owned()).unwrap_or_default(),
        params: step.action.as_ref().map(|action| action.params.clone()).unwrap_or_default(),
        observation: step.observation.clone().unwrap_or_default(),
    };
    let status = insight.status.clone().unwrap_or_default();
    let suggested = status.suggested_actions.into_iter().map(|action| SaidAction {
        name: action.name,
        action: action.action,
        description: action.description.unwrap_or_default(),
        params: action.params,
    });
    StepOf {
        number,
        most: plan.spec.agentic_max_steps.unwrap_or(10),
        history: plan.spec.agentic_history.iter().map(past).collect(),
        guidance: Guidance {
            analysis: status.analysis.unwrap_or_default(),
            confidence: status.confidence.unwrap_or_default(),
            recommendations: status.recommendations,
            actions: suggested.collect(),
        },
        is_over,
    }
}
