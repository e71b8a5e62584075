//! From what the rules found to what a model adds, where one can be asked and the rules are not sure.
//!
//! In: an explanation that the rules have written already, and the Instance that may hear of it. Out: the refined text in upstream's fields
//! beside the findings, a condition that says how it went, the transcript, the ledger. Never: delays the rules or another incident, calls
//! without an intent written first, repeats at once what may have been paid for, goes over a budget, changes a finding, makes a step of a
//! plan.

mod apply;
mod call;
mod decide;
pub mod judge;
mod outcome;
#[cfg(test)]
mod what_leaves;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use common::api::ai_insight::Transcript;
use common::api::{AIInsight, Instance, Issue};
use common::costs::Purpose;
use common::redact::Known;
use jiff::Timestamp;
use kube::ResourceExt as _;

use self::decide::Move;
pub use self::{apply::transcript as keep_transcript, decide::again};
use super::insight_of;
use super::models::material::Material;
use super::models::ways::instance_for;
use super::models::{Calls, Models, account};
use crate::llm::{Answer, LlmError, Usage};
use crate::runtime::{Change, Context, Controller, Error, Next, Object, ObjectKey, Runtime, Stores};

/// Answers remembered by content.
const REMEMBERED: usize = 64;
/// Looked again when nobody could be asked: a Secret that appears wakes nobody here.
const LOOK_AGAIN: Duration = Duration::from_secs(300);
/// Longest refined text.
const ANALYSIS: usize = 32_768;

/// Adds the refiner.
pub fn register(runtime: &mut Runtime, models: Arc<Models>) {
    runtime.register(Refiner {
        models,
        running: Calls::default(),
        kept: Mutex::default(),
        remembered: Mutex::default(),
    });
}

struct Refiner {
    models: Arc<Models>,
    /// Calls under way, to be given up when their incident is over.
    running: Calls,
    /// What calls brought, by insight and number, until it is written.
    kept: Mutex<HashMap<(String, i64), Arc<Outcome>>>,
    /// Answers by content of their question, newest last.
    remembered: Mutex<VecDeque<(String, Answer)>>,
}

/// One call and what became of it.
struct Outcome {
    material: Material,
    known: Known,
    transcript: Transcript,
    result: Result<Answer, LlmError>,
    estimate: Usage,
    /// Answered from memory: nothing was sent.
    is_remembered: bool,
}

impl Controller for Refiner {
    /// An Issue.
    type Key = ObjectKey;
    type Error = Error;

    const NAME: &'static str = "model";
    // More than may call at once: who waits for a slot must not keep others from being written down.
    const CONCURRENCY: usize = 32;

    fn wake(&self, stores: &Stores, change: &Change) -> Vec<ObjectKey> {
        match &change.object {
            Object::AIInsight(insight) if !change.gone => {
                vec![ObjectKey::beside(&**insight, &insight.spec.issue_ref.name)]
            }
            Object::Issue(issue) => {
                let key = ObjectKey::of(&**issue);
                let is_over = change.gone || issue.status.as_ref().is_some_and(|status| !status.state.is_open());
                if is_over {
                    self.running.give_up(&key);
                }
                vec![key]
            }
            Object::Instance(_) => {
                stores.issues.filter(Issue::is_open).iter().map(|issue| ObjectKey::of(&**issue)).collect()
            }
            _ => Vec::new(),
        }
    }

    async fn reconcile(&self, ctx: &Arc<Context>, key: &ObjectKey) -> Result<Next, Error> {
        let (Some(issue), Some(insight)) = (ctx.stores.issues.get(key), insight_of(ctx, key)) else {
            return Ok(Next::OnChange);
        };
        let model = apply::model_of(&insight);
        if let Some(outcome) = self.kept(&insight, model.calls) {
            return self.finish(ctx, key, &issue, &insight, &outcome).await;
        }
        let instance = instance_for(ctx, &key.namespace);
        // Nothing is read for an incident that no model was ever asked about.
        let recorded = if model.calls > 0 { self.models.books.calls(ctx, key, Purpose::Analysis).await? } else { 0 };
        match next(ctx, &issue, &insight, instance.as_deref(), recorded) {
            Move::Nothing => Ok(Next::OnChange),
            Move::Wait(until) => Ok(Next::At(until)),
            Move::Lost => self.lose(ctx, key, &insight).await,
            Move::Record => {
                self.models.books.record_use(ctx, key, Purpose::Analysis, &model).await?;
                Ok(Next::In(Duration::from_millis(1)))
            }
            Move::Share(sibling) => outcome::share(ctx, key, &issue, &insight, &sibling).await,
            Move::Ask => match instance {
                Some(instance) => self.ask(ctx, key, &issue, &instance).await,
                None => Ok(Next::OnChange),
            },
        }
    }
}

impl Refiner {
    fn kept_all(&self) -> std::sync::MutexGuard<'_, HashMap<(String, i64), Arc<Outcome>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self, insight: &AIInsight, call: i64) -> Option<Arc<Outcome>> {
        self.kept_all().get(&(insight.uid()?, call)).cloned()
    }

    fn remembered(&self, content: &str) -> Option<Answer> {
        let all = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().find(|(known, _)| known == content).map(|(_, answer)| answer.clone())
    }

    fn remember(&self, content: &str, answer: &Answer) {
        let mut all = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        all.push_back((content.to_owned(), answer.clone()));
        while all.len() > REMEMBERED {
            all.pop_front();
        }
    }
}

/// How far a model is with an incident that the rules are not sure of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// It will not be asked, or could not, or another incident stands for this one.
    Silent,
    /// Its answer may still come.
    Awaited,
    /// It was asked and has refined what the rules say, or what became of the question is not known.
    Asked,
}

/// How far a model is with an incident.
pub fn standing(ctx: &Context, issue: &Issue, insight: &AIInsight) -> Standing {
    let has_instance = instance_for(ctx, &issue.namespace().unwrap_or_default()).is_some();
    decide::standing(&decide::Input {
        now: ctx.clock.now(),
        issue,
        insight,
        has_instance,
        recorded: i64::MAX,
        sibling: None,
    })
}

/// What to do about an incident, as everything stands now.
fn next(ctx: &Context, issue: &Issue, insight: &AIInsight, instance: Option<&Instance>, recorded: i64) -> Move {
    let now = ctx.clock.now();
    let has_instance = instance.is_some();
    let input = decide::Input { now, issue, insight, has_instance, recorded, sibling: None };
    let next = decide::next(&input);
    if next != Move::Ask {
        return next;
    }
    // Only who would ask looks who else has.
    let sibling = instance.and_then(|instance| sibling(ctx, issue, insight, instance, now));
    decide::next(&decide::Input { sibling, ..input })
}

/// Another incident of this cause that the same Instance was asked about: nobody's question answers for who pays for their own.
fn sibling(
    ctx: &Context,
    issue: &Issue,
    insight: &AIInsight,
    instance: &Instance,
    now: Timestamp,
) -> Option<ObjectKey> {
    let status = insight.status.as_ref()?;
    let fingerprint = decide::fingerprint(issue, &status.findings)?;
    let account = account(instance);
    let mut others = ctx.stores.insights.filter(|other| {
        other.uid() != insight.uid()
            && other
                .status
                .as_ref()
                .and_then(|status| status.model.as_ref())
                .is_some_and(|model| decide::answers_for(model, &fingerprint, &account, now))
    });
    // One of the same namespace may be named; the text itself is never copied: its receipts are another incident's.
    others.sort_by_key(|other| (other.namespace() != issue.namespace(), other.name_any()));
    let other = others.first()?;
    Some(ObjectKey::new(other.namespace().unwrap_or_default(), &other.spec.issue_ref.name))
}
