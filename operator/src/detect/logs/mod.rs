//! Logs of workloads that are to be watched: followed like a watch, so that errors of pods that look well are seen.
//!
//! In: the annotation `platform.chatcli.io/watch-logs` on workloads and Namespaces, their pods. Out: what their containers log, as numbers, in
//! [`crate::runtime::heard`]. Never: follows a log that nobody asked for, more than `--log-streams` of them, or more than a few pods of a workload.

mod allot;
mod follow;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use common::facts::logged::Listener;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::runtime::heard::{Ear, is_watched};
use crate::runtime::subjects::{self, Kind, SubjectKey};
use crate::runtime::{Change, Context, Controller, Error, Next, Object, ObjectKey, Runtime, Stores};
use allot::{Target, allot, targets};

/// Under which name the detector hears that there is news of a pod's log.
pub const NOTICE: &str = "log";

/// Adds the listeners, where there may be any.
pub fn register(runtime: &mut Runtime) {
    if runtime.context().config.log_streams == 0 {
        return;
    }
    runtime.context().stores.heard.turn_on();
    let wanted = Arc::new(Wanted::default());
    runtime.register(Chooser(Arc::clone(&wanted)));
    runtime.also_serve("log streams", |ctx, stopping| listen(ctx, wanted, stopping));
}

/// Whose logs are to be followed.
#[derive(Default)]
struct Wanted {
    targets: Mutex<BTreeMap<SubjectKey, Vec<Target>>>,
    changed: Notify,
}

impl Wanted {
    fn all(&self) -> BTreeMap<SubjectKey, Vec<Target>> {
        self.targets.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn has(&self, key: &SubjectKey) -> bool {
        self.targets.lock().unwrap_or_else(PoisonError::into_inner).contains_key(key)
    }

    fn set(&self, key: &SubjectKey, targets: Vec<Target>) {
        let mut all = self.targets.lock().unwrap_or_else(PoisonError::into_inner);
        if all.get(key).map_or(&[][..], Vec::as_slice) == targets {
            return;
        }
        if targets.is_empty() {
            all.remove(key)
        } else {
            all.insert(key.clone(), targets)
        };
        self.changed.notify_one();
    }
}

/// Keeps [`Wanted`] as the cluster is.
struct Chooser(Arc<Wanted>);

impl Controller for Chooser {
    type Key = SubjectKey;
    type Error = Error;

    const NAME: &'static str = "logs";

    fn wake(&self, stores: &Stores, change: &Change) -> Vec<SubjectKey> {
        let key = |kind, key| vec![SubjectKey { kind, object: key }];
        let mut keys = match &change.object {
            Object::Pod(pod) => subjects::of_pod(stores, pod).into_iter().collect(),
            Object::Deployment(object) => key(Kind::Deployment, ObjectKey::of(&**object)),
            Object::StatefulSet(object) => key(Kind::StatefulSet, ObjectKey::of(&**object)),
            Object::DaemonSet(object) => key(Kind::DaemonSet, ObjectKey::of(&**object)),
            Object::Namespace(object) => {
                subjects::in_namespace(stores, object.metadata.name.as_deref().unwrap_or_default())
            }
            _ => Vec::new(),
        };
        // Nobody else costs anything.
        keys.retain(|key| self.0.has(key) || subjects::meta(stores, key, |meta| is_watched(stores, meta)));
        keys
    }

    async fn reconcile(&self, ctx: &Arc<Context>, key: &SubjectKey) -> Result<Next, Error> {
        let facts = subjects::facts(&ctx.stores, key, ctx.clock.now());
        let watched = facts.filter(|facts| is_watched(&ctx.stores, facts.object.meta()));
        self.0.set(key, watched.as_ref().map(targets).unwrap_or_default());
        Ok(Next::OnChange)
    }
}

/// One stream and what it feeds.
struct Stream {
    ear: Arc<Ear>,
    end: CancellationToken,
}

/// Runs a stream for every log that is to be followed, up to the limit.
async fn listen(ctx: Arc<Context>, wanted: Arc<Wanted>, stopping: CancellationToken) -> anyhow::Result<()> {
    let mut streams: HashMap<(String, String), Stream> = HashMap::new();
    let mut tasks: JoinSet<()> = JoinSet::new();
    let mut told: BTreeSet<(String, String)> = BTreeSet::new();
    loop {
        let all = wanted.all();
        let (chosen, left_out) = allot(&all, ctx.config.log_streams);
        tell_of(&ctx, &left_out, &mut told);
        let ids: BTreeSet<_> = chosen.iter().map(|(_, target)| target.id()).collect();
        streams.retain(|id, stream| {
            let goes_on = ids.contains(id);
            if !goes_on {
                stream.end.cancel();
            }
            goes_on
        });
        let mut ears: BTreeMap<SubjectKey, Vec<Arc<Ear>>> = BTreeMap::new();
        for (key, target) in chosen {
            let stream = streams.entry(target.id()).or_insert_with(|| start(&ctx, target, &mut tasks, &stopping));
            ears.entry(key.clone()).or_default().push(Arc::clone(&stream.ear));
        }
        ctx.stores.heard.listen(ears);
        tokio::select! {
            () = wanted.changed.notified() => {}
            Some(ended) = tasks.join_next() => {
                // A panic in one stream is a bug: it ends this task, and with it the process.
                if let Err(error) = ended && error.is_panic() {
                    std::panic::resume_unwind(error.into_panic());
                }
            }
            () = stopping.cancelled() => return Ok(()),
        }
    }
}

fn start(ctx: &Arc<Context>, target: &Target, tasks: &mut JoinSet<()>, stopping: &CancellationToken) -> Stream {
    let Target { pod, container, spec, started, .. } = target;
    let listener = Listener::new(&pod.name, container, spec.clone(), *started, ctx.clock.now());
    let ear = Arc::new(Ear::new(container, listener));
    let end = stopping.child_token();
    let following = follow::follow(Arc::clone(ctx), target.clone(), Arc::clone(&ear));
    let ending = end.clone();
    tasks.spawn(async move {
        ending.run_until_cancelled(following).await;
    });
    Stream { ear, end }
}

/// Says whose logs are not followed for want of room, each once.
fn tell_of(ctx: &Context, left_out: &[(&SubjectKey, &Target)], told: &mut BTreeSet<(String, String)>) {
    ctx.metrics.log_streams_left_out(left_out.len());
    let most = ctx.config.log_streams;
    let ids: BTreeSet<_> = left_out.iter().map(|(_, target)| target.id()).collect();
    told.retain(|id| ids.contains(id));
    let news: Vec<_> = left_out.iter().filter(|(_, target)| told.insert(target.id())).collect();
    if news.is_empty() {
        return;
    }
    tracing::warn!(left_out = left_out.len(), most, "more logs are to be watched than may be: raise --log-streams");
    for (_, target) in news {
        let message = format!(
            "the log of container {} is not followed: the operator follows {most} at most (--log-streams)",
            target.container
        );
        follow::tell(ctx, target, "LogNotFollowed", message);
    }
}
