//! The ledger in its ConfigMap, and the prices and budgets an administrator set.
//!
//! Only the leader writes, under compare-and-swap; what it last wrote is kept, so that a turn reads nothing to know what is written down.

use std::collections::BTreeMap;

use common::api::ai_insight::ModelUse;
use common::api::keys::managers;
use common::costs::{BUDGETS, Budgets, Call, LEDGER, Ledger, PRICING, Prices, Purpose, SETTINGS, Spending, Spent};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::Api;
use kube::api::{ObjectMeta, PostParams};
use tokio::sync::Mutex;

use crate::runtime::{Context, Error, ObjectKey, WriteError, attempt, read};

/// How often a write that lost a race is made again.
const TRIES: usize = 4;

/// The books of this process.
#[derive(Default)]
pub struct Books {
    known: Mutex<Option<Page>>,
    /// What calls under way may cost.
    reserved: std::sync::Mutex<BTreeMap<ObjectKey, Spending>>,
}

struct Page {
    map: Option<ConfigMap>,
    ledger: Ledger,
}

impl Books {
    /// Calls of an incident for one purpose that are written down.
    pub async fn calls(&self, ctx: &Context, key: &ObjectKey, purpose: Purpose) -> Result<i64, Error> {
        let mut known = self.known.lock().await;
        let page = open(ctx, &mut known).await?;
        Ok(i64::try_from(page.ledger.calls(&key.namespace, &key.name, purpose)).unwrap_or(i64::MAX))
    }

    /// Writes the last call of an incident down, as an object says it went; once.
    pub async fn record_use(
        &self,
        ctx: &Context,
        issue: &ObjectKey,
        purpose: Purpose,
        model: &ModelUse,
    ) -> Result<(), Error> {
        let number = |value: Option<i64>| value.and_then(|value| u64::try_from(value).ok()).unwrap_or(0);
        let call = Call {
            purpose,
            namespace: &issue.namespace,
            issue: &issue.name,
            number: number(Some(model.calls)),
            at: model.asked_at.as_ref().map_or_else(|| ctx.clock.now(), |at| at.0),
            provider: model.provider.as_deref().unwrap_or_default(),
            model: model.model.as_deref().unwrap_or_default(),
            spending: Spending {
                calls: 1,
                unknown_calls: u64::from(model.outcome_unknown == Some(true)),
                input_tokens: number(model.input_tokens),
                output_tokens: number(model.output_tokens),
                micro_usd: number(model.micro_usd),
            },
        };
        self.record(ctx, &call).await
    }

    /// Writes a call down, once.
    async fn record(&self, ctx: &Context, call: &Call<'_>) -> Result<(), Error> {
        ctx.leader.still().map_err(WriteError::from)?;
        let mut known = self.known.lock().await;
        let mut last = None;
        for _ in 0..TRIES {
            let page = open(ctx, &mut known).await?;
            if !page.ledger.record(call) {
                return Ok(());
            }
            let api: Api<ConfigMap> = Api::namespaced(ctx.clients.write.clone(), &ctx.namespace);
            let params = PostParams { field_manager: Some(managers::MODEL.to_owned()), ..PostParams::default() };
            let data = Some(page.ledger.data());
            let written = if let Some(map) = page.map.take() {
                attempt(LEDGER, api.replace(LEDGER, &params, &ConfigMap { data, ..map })).await
            } else {
                let metadata = ObjectMeta { name: Some(LEDGER.to_owned()), ..ObjectMeta::default() };
                attempt(LEDGER, api.create(&params, &ConfigMap { metadata, data, ..ConfigMap::default() })).await
            };
            match written {
                Ok(map) => {
                    page.map = Some(map);
                    return Ok(());
                }
                Err(error) => {
                    *known = None;
                    if !matches!(error, WriteError::Conflict(_) | WriteError::AlreadyExists(_)) {
                        return Err(error.into());
                    }
                    last = Some(error);
                }
            }
        }
        Err(last.unwrap_or(WriteError::Busy).into())
    }

    /// What counts against each cap now, calls under way included.
    pub async fn spent(&self, ctx: &Context, key: &ObjectKey, now: Timestamp) -> Result<Spent, Error> {
        let mut known = self.known.lock().await;
        let mut spent = open(ctx, &mut known).await?.ledger.spent(&key.namespace, &key.name, now);
        let reserved = self.reserved.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for (other, one) in reserved.iter() {
            spent.day = spent.day.and(*one);
            if other.namespace == key.namespace {
                spent.namespace = spent.namespace.and(*one);
            }
        }
        Ok(spent)
    }

    /// A call is under way that may cost this.
    pub fn reserve(&self, key: &ObjectKey, spending: Spending) {
        self.reserved.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(key.clone(), spending);
    }

    /// It is over.
    pub fn release(&self, key: &ObjectKey) {
        self.reserved.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(key);
    }
}

async fn open<'a>(ctx: &Context, known: &'a mut Option<Page>) -> Result<&'a mut Page, Error> {
    if known.is_none() {
        let api: Api<ConfigMap> = Api::namespaced(ctx.clients.read.clone(), &ctx.namespace);
        let map = read(api.get_opt(LEDGER)).await?;
        let ledger = Ledger::read(map.as_ref().and_then(|map| map.data.as_ref()).unwrap_or(&BTreeMap::new()));
        *known = Some(Page { map, ledger });
    }
    // Just filled.
    Ok(known.get_or_insert_with(|| Page { map: None, ledger: Ledger::default() }))
}

/// Prices and budgets as an administrator set them. What cannot be read forbids calls: a cap that is mistyped must not be none.
pub async fn settings(ctx: &Context) -> Result<Result<(Prices, Budgets), String>, Error> {
    let api: Api<ConfigMap> = Api::namespaced(ctx.clients.read.clone(), &ctx.namespace);
    let map = read(api.get_opt(SETTINGS)).await?;
    let data = map.and_then(|map| map.data).unwrap_or_default();
    let text = |key: &str| data.get(key).map(String::as_str);
    let named = |key: &str, error: String| format!("ConfigMap {}/{SETTINGS}, key {key}: {error}", ctx.namespace);
    Ok(Prices::with(text(PRICING))
        .map_err(|error| named(PRICING, error))
        .and_then(|prices| Ok((prices, Budgets::with(text(BUDGETS)).map_err(|error| named(BUDGETS, error))?))))
}
