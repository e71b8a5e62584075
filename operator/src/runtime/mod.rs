//! What every controller stands on: clients, shared stores, leadership, queues, Events, metrics, supervision.
//!
//! In: a [`Config`]. Out: controllers that are woken by changes and may write while this process leads. Never: decides anything about
//! incidents.
//!
//! # How to add a controller
//!
//! Implement [`Controller`] in the folder's `mod.rs`, offer `pub fn register(runtime: &mut Runtime)` that calls
//! [`Runtime::register`], and add the line to `operator::serve`.
//!
//! ```ignore
//! struct Plans;
//! impl Controller for Plans {
//!     type Key = ObjectKey;
//!     type Error = Error;                       // or runtime::Error
//!     const NAME: &'static str = "remediationplan";
//!     fn wake(&self, stores: &Stores, change: &Change) -> Vec<ObjectKey> {
//!         match &change.object {
//!             Object::RemediationPlan(plan) if !change.gone => vec![ObjectKey::of(&**plan)],
//!             _ => Vec::new(),
//!         }
//!     }
//!     async fn reconcile(&self, ctx: &Arc<Context>, key: &ObjectKey) -> Result<Next, Error> {
//!         let Some(plan) = ctx.stores.plans.get(key) else { return Ok(Next::OnChange) };
//!         ...
//!     }
//! }
//! ```
//!
//! # The seams
//!
//! - **Read** from [`Context::stores`] (`get`, `by_uid`, `tagged`, `filter`); the answers of our own writes are in there at once. Everything else
//!   live: `read(api.get(..))` with `Api::namespaced(ctx.clients.read.clone(), ns)`, under a deadline.
//! - **Write** our own kinds with [`Context::create`], [`Context::merge`] (compare-and-swap on resourceVersion) and [`status::apply`]
//!   (server-side apply of the fields of one [`status::Owner`], compared first). Each asks leadership first. For foreign objects:
//!   `ctx.leader.still()?`, then `ctx.clients.write` inside [`attempt`], which classifies the outcome.
//! - **After an error** the key backs off with jitter; a [`WriteError::Conflict`] means: the next turn reads again and decides again.
//! - **Later**: return [`Next::At`] or [`Next::In`]; the next turn's answer replaces it.
//! - **Too much to do**: [`Controller::URGENCY`] says who goes first and who yields; [`Context::has_backlog`] whether somebody is behind.
//! - **Tell people** with `ctx.events.tell(object.object_ref(&()), Note::new(..).once(transition))`.
//! - **Who leads**: controllers run only while this process leads and no other operator lives. [`Leader::last_other`] says whom it yielded to.

pub mod admin;
pub mod client;
pub mod clock;
pub mod controller;
pub mod events;
pub mod heard;
pub mod http;
pub mod leader;
pub mod lease;
pub mod metrics;
pub mod named;
pub mod operator_status;
pub mod prometheus;
pub mod queue;
pub mod status;
pub mod store;
pub mod stores;
pub mod subjects;
mod watching;
pub mod write;

use std::sync::{Arc, RwLock};
use std::time::Duration;

use anyhow::Context as _;
use kube::Api;
use kube::runtime::watcher;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use clock::Clock;
pub use controller::{Controller, Next, Reason, Urgency};
pub use events::Note;
pub use leader::Leader;
pub use store::{ObjectKey, Store, Tag};
pub use stores::{Change, Object, Stores, Watched, cause_tag, controller_of, listed_in, lists, resource_tags};
pub use write::{ReadError, WriteError, attempt, read};

use crate::config::{self, Config};
use client::Clients;
use leader::Standing;
use queue::Queue;

/// How long a stop waits for what is running.
const DRAIN: Duration = Duration::from_secs(20);
/// Every object is looked at again this often, from memory, in case a change was missed.
const SAFETY_NET: Duration = Duration::from_secs(600);

/// What a reconcile may use.
pub struct Context {
    /// Flags and environment.
    pub config: Config,
    /// The operator's own namespace.
    pub namespace: String,
    /// Ways to the API server.
    pub clients: Clients,
    /// Shared stores.
    pub stores: Stores,
    /// The time.
    pub clock: Clock,
    /// Whether this process may write.
    pub leader: Leader,
    /// Kubernetes Events.
    pub events: events::Events,
    /// Metrics.
    pub metrics: metrics::Metrics,
    /// Where the cluster's metrics are, if anybody said so.
    pub prometheus: Option<prometheus::Prometheus>,
    health: admin::Health,
    stopping: CancellationToken,
    wakers: RwLock<Vec<Waker>>,
    synced: watch::Sender<bool>,
    /// Whether a controller that goes first has more to do than it gets done.
    backlog: watch::Sender<bool>,
    leases_changed: Arc<Notify>,
    /// First listings that watches of single folders still owe.
    private_stores: RwLock<Vec<Box<dyn Fn() -> bool + Send + Sync>>>,
}

type Waker = Box<dyn Fn(&Stores, &Change) + Send + Sync>;

/// What goes wrong in controllers that need no words of their own.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Something could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl Reason for Error {
    fn reason(&self) -> &'static str {
        match self {
            Self::Read(error) => error.reason(),
            Self::Write(error) => error.reason(),
        }
    }
}

impl Context {
    fn new(config: Config, clients: Clients, clock: Clock, leader: Leader) -> (Arc<Self>, events::Inbox) {
        let (events, inbox) = events::channel();
        let context = Self {
            namespace: config.operator_namespace(),
            prometheus: config.prometheus(),
            config,
            clients,
            stores: Stores::default(),
            clock,
            leader,
            events,
            metrics: metrics::Metrics::default(),
            health: admin::Health::default(),
            stopping: CancellationToken::new(),
            wakers: RwLock::default(),
            synced: watch::Sender::new(false),
            backlog: watch::Sender::new(false),
            leases_changed: Arc::default(),
            private_stores: RwLock::default(),
        };
        (Arc::new(context), inbox)
    }

    /// One that leads, talks to `client` and watches nothing: for tests of a controller. Fill its stores with `deliver`.
    pub fn for_tests(config: Config, client: kube::Client, clock: Clock) -> Arc<Self> {
        Self::new(config, Clients::single(client), clock, Leader::always()).0
    }

    /// Tells every controller that something one of them watches by itself has changed, as [`Object::Other`].
    pub fn noticed(&self, kind: &'static str, key: ObjectKey) {
        self.changed(&Change { object: Object::Other { kind, key }, gone: false });
    }

    /// Wakes every controller this change concerns.
    fn changed(&self, change: &Change) {
        for wake in self.wakers.read().unwrap_or_else(std::sync::PoisonError::into_inner).iter() {
            wake(&self.stores, change);
        }
    }

    /// Whether a controller that goes first has more to do than it gets done ([`Urgency`]).
    pub fn has_backlog(&self) -> bool {
        *self.backlog.borrow()
    }

    /// Resolves when this process is asked to end: what can be done again another time is given up then.
    pub async fn stopping(&self) {
        self.stopping.cancelled().await;
    }

    fn stores_are_synced(&self) -> bool {
        *self.synced.borrow()
    }

    fn listing_complete(&self) {
        let private = self.private_stores.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        if self.stores_are_synced() || !self.stores.missing().is_empty() || !private.iter().all(|synced| synced()) {
            return;
        }
        if !self.synced.send_replace(true) {
            // What arrived while other kinds were still missing could not be mapped to its owner.
            self.replay();
            self.leases_changed.notify_one();
            tracing::info!("stores are complete");
        }
    }

    fn replay(&self) {
        self.stores.replay(|change| self.changed(change));
    }
}

fn leader_wakes(ctx: &Context) {
    ctx.leases_changed.notify_one();
}

/// The process: what it consists of, and its life from start to stop.
pub struct Runtime {
    ctx: Arc<Context>,
    inbox: events::Inbox,
    tasks: Tasks,
    controllers: Tasks,
}

type Tasks = JoinSet<(&'static str, anyhow::Result<()>)>;

impl Runtime {
    /// Connects to the API server. Nothing runs yet.
    pub async fn connect(config: Config) -> anyhow::Result<Self> {
        let clients = Clients::connect(&config).await.context("cannot connect to the API server")?;
        let (ctx, inbox) = Context::new(config, clients, Clock::system(), Leader::default());
        Ok(Self { ctx, inbox, tasks: JoinSet::new(), controllers: JoinSet::new() })
    }

    /// What controllers will get.
    pub fn context(&self) -> &Arc<Context> {
        &self.ctx
    }

    /// Adds a controller. It works from the moment the stores are complete and this process leads.
    pub fn register<C: Controller>(&mut self, controller: C) {
        let controller = Arc::new(controller);
        let queue = Arc::new(Queue::default());
        let (waking, waiting) = (Arc::clone(&controller), Arc::clone(&queue));
        let waker: Waker = Box::new(move |stores, change| {
            for key in waking.wake(stores, change) {
                waiting.add(key);
            }
        });
        self.ctx.wakers.write().unwrap_or_else(std::sync::PoisonError::into_inner).push(waker);
        let ctx = Arc::clone(&self.ctx);
        let stopping = self.ctx.stopping.clone();
        self.controllers.spawn(async move {
            controller::drive(ctx, controller, queue, stopping).await;
            (C::NAME, Ok(()))
        });
    }

    /// Watches what one folder alone needs; `api` chooses the scope from the watching client. Controllers start once it is listed, and see its
    /// changes as [`Object::Other`] with this name.
    pub fn also_watch<K>(
        &mut self,
        name: &'static str,
        api: impl FnOnce(kube::Client) -> Api<K>,
        config: watcher::Config,
    ) -> Arc<Store<K>>
    where
        K: kube::Resource<DynamicType = ()>
            + Clone
            + std::fmt::Debug
            + serde::de::DeserializeOwned
            + Send
            + Sync
            + 'static,
    {
        let store: Arc<Store<K>> = Arc::new(Store::new(|_| Vec::new()));
        let listed = Arc::clone(&store);
        let mut owed = self.ctx.private_stores.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        owed.push(Box::new(move || listed.is_synced()));
        let watch = watching::private(
            Arc::clone(&self.ctx),
            api(watching::client(&self.ctx)),
            config,
            Arc::clone(&store),
            name,
        );
        self.tasks.spawn(async move {
            watch.await;
            (name, Err(anyhow::anyhow!("the watch ended")))
        });
        store
    }

    /// Runs a server of one folder beside the controllers, on every replica, until this process stops. Its end before that is an error.
    pub fn also_serve<F>(&mut self, name: &'static str, serve: impl FnOnce(Arc<Context>, CancellationToken) -> F)
    where
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let serving = serve(Arc::clone(&self.ctx), self.ctx.stopping.clone());
        self.tasks.spawn(async move { (name, serving.await) });
    }

    /// Runs until SIGTERM or SIGINT. The end of any part before that is an error: a dead controller must never go unnoticed.
    pub async fn run(mut self) -> anyhow::Result<()> {
        let ending = CancellationToken::new();
        let mut signals = Signals::install()?;
        self.start(&ending)?;

        let ended = tokio::select! {
            () = signals.next() => None,
            ended = self.tasks.join_next() => Some(ended),
            ended = self.controllers.join_next() => Some(ended),
        };
        if let Some(ended) = ended {
            return Err(match ended {
                Some(Ok((name, Ok(())))) => anyhow::anyhow!("{name} ended by itself"),
                Some(Ok((name, Err(error)))) => error.context(format!("{name} ended")),
                Some(Err(panic)) => anyhow::anyhow!("a part panicked: {panic}"),
                None => anyhow::anyhow!("nothing to run"),
            });
        }

        tracing::info!("stopping");
        self.ctx.stopping.cancel();
        let drained = async { while self.controllers.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN, drained).await.is_err() {
            tracing::warn!("stopping with work unfinished; it is journalled and goes on at the next start");
        }
        // The Lease last: nobody else may lead while something of ours is still running.
        ending.cancel();
        let released = async {
            while let Some(ended) = self.tasks.join_next().await {
                if matches!(ended, Ok(("leader", _))) {
                    break;
                }
            }
        };
        let _ = tokio::time::timeout(Duration::from_secs(6), released).await;
        Ok(())
    }

    fn start(&mut self, ending: &CancellationToken) -> anyhow::Result<()> {
        let ctx = Arc::clone(&self.ctx);
        let health = config::socket_address(&ctx.config.health_probe_bind_address).map_err(anyhow::Error::msg)?;
        let metrics = config::socket_address(&ctx.config.metrics_bind_address).map_err(anyhow::Error::msg)?;
        let admin = admin::serve(Arc::clone(&ctx), health, metrics, ending.clone());
        self.tasks.spawn(async move { ("admin server", admin.await) });

        stores::watch_all(&mut Watches { ctx: &ctx, tasks: &mut self.tasks });

        let lead = leader::lead(Arc::clone(&ctx), Arc::clone(&ctx.leases_changed), ending.clone());
        self.tasks.spawn(async move { ("leader", lead.await) });

        let (_, unused) = events::channel();
        let inbox = std::mem::replace(&mut self.inbox, unused);
        let write = events::write(ctx.clients.clone(), ctx.clock.clone(), ctx.config.holder(), inbox);
        self.tasks.spawn(async move {
            write.await;
            ("events", Ok(()))
        });

        self.tasks.spawn(async move {
            let mut standing = ctx.leader.subscribe();
            loop {
                tokio::select! {
                    _ = standing.changed() => {}
                    () = tokio::time::sleep(SAFETY_NET) => {}
                }
                if *standing.borrow_and_update() == Standing::Leading && ctx.stores_are_synced() {
                    ctx.replay();
                }
            }
        });
        Ok(())
    }
}

struct Watches<'a> {
    ctx: &'a Arc<Context>,
    tasks: &'a mut Tasks,
}

impl stores::StartWatch for Watches<'_> {
    fn watch<K: Watched>(&mut self) {
        let ctx = Arc::clone(self.ctx);
        self.tasks.spawn(async move {
            watching::shared::<K>(ctx).await;
            ("a watch", Err(anyhow::anyhow!("the watch of {} ended", K::kind(&()))))
        });
    }
}

struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    fn install() -> anyhow::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
