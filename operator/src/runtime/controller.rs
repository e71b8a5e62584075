//! How a controller plugs in: what wakes it, and one turn of its loop.

use std::fmt::{Debug, Display};
use std::hash::Hash;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Context;
use super::leader::Standing;
use super::queue::Queue;
use super::stores::{Change, Stores};

/// More keys than this, running and waiting, are a backlog.
const BACKLOG: usize = 16;

/// One part of the pipeline.
pub trait Controller: Send + Sync + 'static {
    /// What it works on, usually an [`super::ObjectKey`].
    type Key: Clone + Debug + Display + Eq + Hash + Send + Sync + 'static;
    /// What can go wrong; its reason is the metric's label.
    type Error: std::error::Error + Reason + Send;

    /// Name in logs and metrics.
    const NAME: &'static str;
    /// How many keys at once. One key is never worked on twice at once.
    const CONCURRENCY: usize = 8;
    /// Where it stands when there is more to do than the API server takes.
    const URGENCY: Urgency = Urgency::Usual;

    /// The keys to look at because of a change. Runs inside the watch: look things up, do nothing else.
    fn wake(&self, stores: &Stores, change: &Change) -> Vec<Self::Key>;

    /// One turn: gather, decide, apply, status. Must be able to run at any time, and twice.
    fn reconcile(&self, ctx: &Arc<Context>, key: &Self::Key) -> impl Future<Output = Result<Next, Self::Error>> + Send;
}

/// Who goes first when there is more to do than the API server takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Urgency {
    /// Others yield to it while it has a backlog.
    First,
    /// Neither yields nor is yielded to.
    Usual,
    /// Goes on one key at a time while somebody who goes first has a backlog.
    Yields,
}

/// Why something failed, as one PascalCase word.
pub trait Reason {
    /// The word.
    fn reason(&self) -> &'static str;
}

/// When to look again, if nothing changes before.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Next {
    /// When something changes.
    OnChange,
    /// At a deadline of the object.
    At(Timestamp),
    /// After a while.
    In(Duration),
}

impl Next {
    /// At the deadline, if there is one.
    pub fn at(deadline: Option<Timestamp>) -> Self {
        deadline.map_or(Self::OnChange, Self::At)
    }

    fn instant(self, now: Timestamp) -> Option<tokio::time::Instant> {
        // A timer that fires a moment early finds the deadline not reached and would be set again.
        const AFTER: Duration = Duration::from_millis(2);
        let wait = match self {
            Self::OnChange => return None,
            Self::At(at) => Duration::try_from(now.duration_until(at)).unwrap_or_default() + AFTER,
            Self::In(wait) => wait,
        };
        Some(tokio::time::Instant::now() + wait)
    }
}

/// Works through a controller's queue while this process leads. Ends after `stopping`, when what runs has finished.
pub(super) async fn drive<C: Controller>(
    ctx: Arc<Context>,
    controller: Arc<C>,
    queue: Arc<Queue<C::Key>>,
    stopping: CancellationToken,
) {
    let mut standing = ctx.leader.subscribe();
    let mut synced = ctx.synced.subscribe();
    let mut running: JoinSet<()> = JoinSet::new();
    let mut backlog = ctx.backlog.subscribe();
    loop {
        let may_work = *standing.borrow_and_update() == Standing::Leading && *synced.borrow_and_update();
        let width = width::<C>(*backlog.borrow_and_update());
        while may_work && running.len() < width {
            let Some(key) = queue.take() else { break };
            running.spawn(turn(Arc::clone(&ctx), Arc::clone(&controller), Arc::clone(&queue), key));
        }
        if C::URGENCY == Urgency::First {
            let behind = running.len() + queue.depth() > BACKLOG;
            ctx.backlog.send_if_modified(|before| std::mem::replace(before, behind) != behind);
        }
        let has_room = running.len() < width;
        tokio::select! {
            Some(ended) = running.join_next() => {
                // A panic in one reconcile is a bug: it ends this task, and with it the process.
                if let Err(error) = ended && error.is_panic() {
                    std::panic::resume_unwind(error.into_panic());
                }
            }
            () = queue.wait(), if may_work && has_room => {}
            _ = standing.changed() => {}
            _ = synced.changed() => {}
            _ = backlog.changed(), if C::URGENCY == Urgency::Yields => {}
            () = stopping.cancelled() => break,
        }
    }
    while running.join_next().await.is_some() {}
}

/// How many keys at once, now.
fn width<C: Controller>(backlog: bool) -> usize {
    // Never none: whoever yields still gets on, however long a storm lasts.
    if backlog && C::URGENCY == Urgency::Yields { 1 } else { C::CONCURRENCY }
}

async fn turn<C: Controller>(ctx: Arc<Context>, controller: Arc<C>, queue: Arc<Queue<C::Key>>, key: C::Key) {
    let began = Instant::now();
    match controller.reconcile(&ctx, &key).await {
        Ok(next) => {
            queue.done(&key, next.instant(ctx.clock.now()));
            ctx.metrics.reconciled(C::NAME, "success", began.elapsed());
        }
        Err(error) => {
            let again_in = queue.failed(&key);
            ctx.metrics.reconciled(C::NAME, error.reason(), began.elapsed());
            // Losing a race is daily business; everything else deserves a line.
            if matches!(error.reason(), "Conflict" | "NotLeading" | "Gone") {
                tracing::debug!(controller = C::NAME, %key, reason = error.reason(), ?again_in, "{error}");
            } else {
                tracing::warn!(controller = C::NAME, %key, reason = error.reason(), ?again_in, "{error}");
            }
        }
    }
}
