//! One watch for each Secret and ConfigMap that objects of ours name, of its metadata only: that it changed is all there is to know.
//!
//! A watch on a single name is what a Role with `resourceNames` allows. Where even that is refused the watch ends, and is begun again when
//! the object that names it is looked at again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use common::instances::Source;
use futures::{StreamExt as _, pin_mut};
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::core::PartialObjectMeta;
use kube::runtime::{WatchStreamExt as _, watcher};
use kube::{Api, Resource};
use tokio::task::AbortHandle;

use super::{Context, ObjectKey};

/// Name of their changes, in [`super::Object::Other`].
pub const NAMED: &str = "named by an object of ours";

/// The watches of one controller, and which of its keys asked for each.
pub struct Watches<R>(Mutex<BTreeMap<(Source, ObjectKey), Watch<R>>>);

struct Watch<R> {
    task: AbortHandle,
    readers: BTreeSet<R>,
}

impl<R> Default for Watches<R> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<R: Clone + Ord> Watches<R> {
    /// From now on `reader` wants to know of changes of these objects of a namespace, and of no others.
    pub fn follow(&self, ctx: &Arc<Context>, reader: &R, namespace: &str, wanted: &BTreeSet<(Source, String)>) {
        let mut watches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = wanted.iter().map(|(source, name)| (*source, ObjectKey::new(namespace, name)));
        let wanted: BTreeSet<(Source, ObjectKey)> = wanted.collect();
        watches.retain(|named, watch| {
            if !wanted.contains(named) {
                watch.readers.remove(reader);
            }
            if watch.readers.is_empty() {
                watch.task.abort();
            }
            !watch.readers.is_empty() && !watch.task.is_finished()
        });
        for named in wanted {
            let watch = watches.entry(named).or_insert_with_key(|(source, object)| Watch {
                task: start(Arc::clone(ctx), *source, object.clone()),
                readers: BTreeSet::new(),
            });
            watch.readers.insert(reader.clone());
        }
    }
}

fn start(ctx: Arc<Context>, source: Source, object: ObjectKey) -> AbortHandle {
    match source {
        Source::Secret => tokio::spawn(watch::<Secret>(ctx, object)).abort_handle(),
        Source::ConfigMap => tokio::spawn(watch::<ConfigMap>(ctx, object)).abort_handle(),
    }
}

async fn watch<K>(ctx: Arc<Context>, object: ObjectKey)
where
    K: Resource<DynamicType = (), Scope = NamespaceResourceScope> + Clone + std::fmt::Debug + Send + 'static,
{
    let api: Api<PartialObjectMeta<K>> = Api::namespaced(ctx.clients.watch.clone(), &object.namespace);
    let config = watcher::Config::default().fields(&format!("metadata.name={}", object.name)).timeout(3600);
    let events = watcher(api, config).default_backoff();
    pin_mut!(events);
    while let Some(event) = events.next().await {
        match event {
            // Also after the first listing: what changed between a reader's look and the beginning of the watch must not be missed.
            Ok(watcher::Event::Apply(_) | watcher::Event::Delete(_) | watcher::Event::InitDone) => {
                ctx.noticed(NAMED, object.clone());
            }
            Ok(watcher::Event::Init | watcher::Event::InitApply(_)) => {}
            Err(error) if is_refused(&error) => break,
            Err(error) => tracing::debug!(%object, %error, "a watch on what is named failed; trying again"),
        }
    }
}

fn is_refused(error: &watcher::Error) -> bool {
    let (watcher::Error::InitialListFailed(kube::Error::Api(status))
    | watcher::Error::WatchStartFailed(kube::Error::Api(status))
    | watcher::Error::WatchError(status)) = error
    else {
        return false;
    };
    status.code == 403
}
