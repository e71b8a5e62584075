//! Holds the Lease, and notices another operator.
//!
//! In: the shared store of Leases named like ours. Out: [`Leader`], which everything asks before it writes. Never: polls; the only regular
//! request of an idle operator is the renewal, six a minute.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::api::{Api, ObjectMeta, PostParams};
use kube::{Client, Resource as _, ResourceExt as _};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::lease::{self, Other, Seen, Verdict};
use super::store::{ObjectKey, version};
use super::{Context, client::WRITE_DEADLINE, events, operator_status};
use common::api::keys;

/// How often a failed renewal is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(2);

/// Where this process stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Standing {
    /// Not known yet.
    Starting,
    /// Another replica leads.
    Standby {
        /// Who.
        holder: String,
    },
    /// This process leads.
    Leading,
    /// Another operator is at work on this cluster. Nothing is written.
    Yielding(Other),
}

/// Why nothing may be written now.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotLeading {
    /// Another replica leads, or nobody yet.
    #[error("this process does not hold the Lease")]
    Standby,
    /// The Lease could not be renewed in time.
    #[error("the Lease has not been renewed for too long")]
    Stale,
    /// Another operator is at work.
    #[error("another operator holds a Lease: {holder} in namespace {namespace}")]
    OtherOperator {
        /// Its holder identity.
        holder: String,
        /// Namespace of its Lease.
        namespace: String,
    },
}

/// Answers whether this process may write, right now.
#[derive(Clone)]
pub struct Leader(Arc<Shared>);

struct Shared {
    standing: watch::Sender<Standing>,
    renewed: Mutex<Option<Instant>>,
    last_other: Mutex<Option<Other>>,
}

impl Default for Leader {
    fn default() -> Self {
        let shared = Shared {
            standing: watch::Sender::new(Standing::Starting),
            renewed: Mutex::default(),
            last_other: Mutex::default(),
        };
        Self(Arc::new(shared))
    }
}

impl Leader {
    /// One that always leads, for tests of a controller.
    pub fn always() -> Self {
        let leader = Self::default();
        leader.0.standing.send_replace(Standing::Leading);
        leader.renewed(Instant::now() + Duration::from_secs(86_400));
        leader
    }

    /// Ask again right before each mutation: the last reconcile may have begun under an older answer.
    pub fn still(&self) -> Result<(), NotLeading> {
        match &*self.0.standing.borrow() {
            Standing::Starting | Standing::Standby { .. } => return Err(NotLeading::Standby),
            Standing::Yielding(other) => {
                return Err(NotLeading::OtherOperator {
                    holder: other.holder.clone(),
                    namespace: other.namespace.clone(),
                });
            }
            Standing::Leading => {}
        }
        let renewed = *self.0.renewed.lock().unwrap_or_else(PoisonError::into_inner);
        let trusted = renewed.is_some_and(|at| at.elapsed() < lease::TRUSTED_FOR.unsigned_abs());
        if trusted { Ok(()) } else { Err(NotLeading::Stale) }
    }

    /// Where this process stands.
    pub fn standing(&self) -> Standing {
        self.0.standing.borrow().clone()
    }

    /// Told of every change of standing.
    pub fn subscribe(&self) -> watch::Receiver<Standing> {
        self.0.standing.subscribe()
    }

    /// The other operator this process last yielded to, if it ever did: its half-done plans are not resumed.
    pub fn last_other(&self) -> Option<Other> {
        self.0.last_other.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn renewed(&self, at: Instant) {
        *self.0.renewed.lock().unwrap_or_else(PoisonError::into_inner) = Some(at);
    }
}

/// Runs until told to end, then releases the Lease. An error means it was lost: the process has to end.
pub(super) async fn lead(
    ctx: Arc<Context>,
    changed: Arc<tokio::sync::Notify>,
    ending: CancellationToken,
) -> anyhow::Result<()> {
    let mut candidate = Candidate::new(&ctx);
    loop {
        let wake_at = candidate.turn().await?;
        tokio::select! {
            () = changed.notified() => {}
            () = tokio::time::sleep_until(wake_at) => {}
            () = ending.cancelled() => break,
        }
    }
    candidate.release().await;
    Ok(())
}

struct Candidate<'a> {
    ctx: &'a Arc<Context>,
    me: String,
    api: Api<Lease>,
    /// A clock that cannot be set, so that a corrected machine clock neither ends nor prolongs anyone's Lease.
    started: (Timestamp, Instant),
    /// Each foreign record's version and since when it is so.
    seen: HashMap<String, (u64, Timestamp)>,
    held: Option<Held>,
    announced: Option<bool>,
}

struct Held {
    lease: Lease,
    renewed: Instant,
    attempted: Instant,
}

impl<'a> Candidate<'a> {
    fn new(ctx: &'a Arc<Context>) -> Self {
        let client: Client = ctx.clients.write.clone();
        Self {
            me: lease::identity(&ctx.config.holder()),
            api: Api::namespaced(client, &ctx.namespace),
            started: (Timestamp::now(), Instant::now()),
            seen: HashMap::new(),
            held: None,
            announced: None,
            ctx,
        }
    }

    fn now(&self) -> Timestamp {
        self.started.0.saturating_add(self.started.1.elapsed()).unwrap_or(Timestamp::MAX)
    }

    /// Looks at every Lease, does what is due, says where we stand. Gives when to look again.
    async fn turn(&mut self) -> anyhow::Result<Instant> {
        if !self.ctx.stores.leases.is_synced() {
            return Ok(Instant::now() + Duration::from_secs(30));
        }
        let now = self.now();
        let leases = self.look(now);
        let mut wake_at = Instant::now() + lease::RENEW_EVERY.unsigned_abs();

        let mut waits_for = None;
        if self.held.is_some() {
            self.renew_if_due().await?;
        } else {
            let ours = leases.iter().find(|seen| seen.namespace == self.ctx.namespace);
            match lease::evaluate(ours, &self.me, now) {
                Verdict::Take => self.take().await,
                Verdict::Wait { holder, until } => {
                    wake_at = wake_at.min(Self::instant(until, now));
                    waits_for = Some(holder);
                }
            }
        }
        let other = lease::other_operator(&leases, &self.me, &self.ctx.namespace, now);
        if let Some(other) = &other {
            wake_at = wake_at.min(Self::instant(other.until, now));
        }
        wake_at = wake_at.min(self.next_renewal());
        self.stand(other, waits_for).await;
        Ok(wake_at)
    }

    fn look(&mut self, now: Timestamp) -> Vec<Seen> {
        let leases = self.ctx.stores.leases.all();
        leases
            .iter()
            .map(|lease| {
                let namespace = lease.namespace().unwrap_or_default();
                let record = self.seen.entry(namespace.clone()).or_insert((version(lease.as_ref()), now));
                if record.0 != version(lease.as_ref()) {
                    *record = (version(lease.as_ref()), now);
                }
                Seen { namespace, spec: lease.spec.clone().unwrap_or_default(), since: record.1 }
            })
            .collect()
    }

    fn instant(at: Timestamp, now: Timestamp) -> Instant {
        Instant::now() + Duration::try_from(now.duration_until(at)).unwrap_or_default() + Duration::from_millis(10)
    }

    fn next_renewal(&self) -> Instant {
        let Some(held) = &self.held else { return Instant::now() + TRY_AGAIN * 5 };
        if held.attempted == held.renewed {
            held.renewed + lease::RENEW_EVERY.unsigned_abs()
        } else {
            held.attempted + TRY_AGAIN
        }
    }

    async fn take(&mut self) {
        let before = self.ctx.stores.leases.get(&ObjectKey::new(&self.ctx.namespace, keys::LEASE_NAME));
        let began = Instant::now();
        let wanted = self.record(before.as_deref());
        let written = match &before {
            Some(_) => self.bounded(self.api.replace(keys::LEASE_NAME, &PostParams::default(), &wanted)).await,
            None => self.bounded(self.api.create(&PostParams::default(), &wanted)).await,
        };
        match written {
            Ok(lease) => {
                tracing::info!(lease = keys::LEASE_NAME, namespace = self.ctx.namespace, holder = self.me, "leading");
                self.held = Some(Held { lease, renewed: began, attempted: began });
                self.ctx.leader.renewed(began);
            }
            // Someone was faster, or the answer is unknown: the watch will tell.
            Err(error) => tracing::warn!(error, "could not take the Lease"),
        }
    }

    async fn renew_if_due(&mut self) -> anyhow::Result<()> {
        if Instant::now() < self.next_renewal() {
            return Ok(());
        }
        let Some(mut held) = self.held.take() else { return Ok(()) };
        let began = Instant::now();
        held.attempted = began;
        let wanted = self.record(Some(&held.lease));
        match self.bounded(self.api.replace(keys::LEASE_NAME, &PostParams::default(), &wanted)).await {
            Ok(lease) => {
                held = Held { lease, renewed: began, attempted: began };
                self.ctx.leader.renewed(began);
            }
            Err(error) => {
                tracing::warn!(error, "could not renew the Lease");
                // Someone may have edited it without taking it: go on from what is stored if it still names us.
                if let Ok(Some(stored)) =
                    tokio::time::timeout(WRITE_DEADLINE, self.api.get_opt(keys::LEASE_NAME)).await.unwrap_or(Ok(None))
                {
                    let holder = stored.spec.as_ref().and_then(|spec| spec.holder_identity.as_deref());
                    anyhow::ensure!(holder == Some(&self.me), "the Lease was taken by {}", holder.unwrap_or("nobody"));
                    held.lease = stored;
                }
            }
        }
        anyhow::ensure!(
            held.renewed.elapsed() + TRY_AGAIN < lease::DURATION.unsigned_abs(),
            "the Lease ran out: it could not be renewed"
        );
        self.held = Some(held);
        Ok(())
    }

    fn record(&self, before: Option<&Lease>) -> Lease {
        let now = MicroTime(Timestamp::now());
        let old = before.and_then(|lease| lease.spec.clone()).unwrap_or_default();
        let changes_hands = old.holder_identity.as_deref() != Some(&self.me);
        Lease {
            metadata: before.map_or_else(
                || ObjectMeta {
                    name: Some(keys::LEASE_NAME.to_owned()),
                    namespace: Some(self.ctx.namespace.clone()),
                    ..ObjectMeta::default()
                },
                |lease| lease.metadata.clone(),
            ),
            spec: Some(LeaseSpec {
                holder_identity: Some(self.me.clone()),
                lease_duration_seconds: i32::try_from(lease::DURATION.as_secs()).ok(),
                acquire_time: if changes_hands { Some(now.clone()) } else { old.acquire_time },
                lease_transitions: Some(
                    old.lease_transitions.unwrap_or(0) + i32::from(changes_hands && before.is_some()),
                ),
                renew_time: Some(now),
                ..LeaseSpec::default()
            }),
        }
    }

    async fn bounded(&self, call: impl Future<Output = kube::Result<Lease>>) -> Result<Lease, String> {
        match tokio::time::timeout(WRITE_DEADLINE / 2, call).await {
            Ok(Ok(lease)) => Ok(lease),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("no answer in time".to_owned()),
        }
    }

    /// Publishes the standing, and tells people when another operator appears or goes.
    async fn stand(&mut self, other: Option<Other>, waits_for: Option<String>) {
        let standing = match (&other, &self.held, waits_for) {
            (Some(other), _, _) => Standing::Yielding(other.clone()),
            (None, Some(_), _) => Standing::Leading,
            (None, None, Some(holder)) => Standing::Standby { holder },
            (None, None, None) => Standing::Starting,
        };
        if let Some(other) = &other {
            *self.ctx.leader.0.last_other.lock().unwrap_or_else(PoisonError::into_inner) = Some(other.clone());
        }
        self.ctx.metrics.leading(standing == Standing::Leading);
        self.ctx.leader.0.standing.send_if_modified(|old| {
            // A renewal moves `until`; that is no news to anyone.
            let news = std::mem::discriminant(old) != std::mem::discriminant(&standing);
            *old = standing.clone();
            news
        });
        let active = other.is_some();
        if self.announced == Some(active) || (!active && standing != Standing::Leading) {
            return;
        }
        let first = self.announced.is_none();
        self.announced = Some(active);
        let message = other.as_ref().map_or_else(
            || "no other operator holds a Lease on this cluster".to_owned(),
            |other| {
                format!(
                    "{} holds Lease {} in namespace {}: nothing is written until it expires; `kubectl chatcli install --take-over` ends it",
                    other.holder,
                    keys::LEASE_NAME,
                    other.namespace
                )
            },
        );
        if active {
            tracing::error!(message, "another operator is active");
        } else if !first {
            tracing::info!(message, "the other operator is gone");
        }
        if active || !first {
            let about = other.as_ref().map_or(&self.ctx.namespace, |other| &other.namespace);
            let lease = self.ctx.stores.leases.get(&ObjectKey::new(about, keys::LEASE_NAME));
            if let Some(lease) = lease {
                let reason = if active { keys::conditions::OTHER_OPERATOR_ACTIVE } else { "OtherOperatorGone" };
                let mut about = lease.object_ref(&());
                // Events of ours go to our own namespace, whoever they are about.
                about.field_path = None;
                let note = events::Note::new(reason, "Lead", &message)
                    .warning_if(active)
                    .once(version(lease.as_ref()).to_string());
                self.ctx.events.tell(about, note);
            }
        }
        operator_status::write(self.ctx, active, &message).await;
    }

    async fn release(&mut self) {
        let Some(held) = self.held.take() else { return };
        let mut wanted = self.record(Some(&held.lease));
        if let Some(spec) = &mut wanted.spec {
            spec.holder_identity = Some(String::new());
            spec.lease_duration_seconds = Some(1);
        }
        match self.bounded(self.api.replace(keys::LEASE_NAME, &PostParams::default(), &wanted)).await {
            Ok(_) => tracing::info!("released the Lease"),
            Err(error) => tracing::warn!(error, "could not release the Lease; it runs out by itself"),
        }
    }
}
