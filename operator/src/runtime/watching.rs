//! From the API server's watch into a store, and on to whoever is waiting.

use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt as _, pin_mut};
use kube::core::{DeserializeGuard, Resource, ResourceExt as _};
use kube::runtime::{WatchStreamExt as _, watcher};
use kube::{Api, Client};

use super::store::{ObjectKey, Store};
use super::stores::{Change, Object, Watched};
use super::{Context, leader_wakes};

/// How long one watch request lives. Long, because each costs a request when it is opened again; a dead connection is noticed by the
/// missing bookmarks long before.
const LIFETIME: u32 = 3600;

/// Objects per page of a first listing: what one page takes before it is trimmed is what the process keeps at its largest.
const PAGE: u32 = 100;

/// Watches all objects of a kind that has a shared store, for ever.
pub(super) async fn shared<K: Watched>(ctx: Arc<Context>) {
    let mut config = watcher::Config::default().timeout(LIFETIME).page_size(PAGE);
    if K::kind(&()) == "Lease" {
        config = config.fields(&format!("metadata.name={}", common::api::keys::LEASE_NAME));
    }
    let client = ctx.clients.watch.clone();
    if common::api::keys::OUR_GROUPS.contains(&&*K::group(&())) {
        // Our kinds are written by people too: one object that cannot be parsed must not blind us for all others.
        let api: Api<DeserializeGuard<K>> = Api::all(client);
        follow::<K, _>(&ctx, api, config, |guarded| {
            guarded.0.map_err(|invalid| Box::new((invalid.metadata, invalid.error)))
        })
        .await;
    } else {
        follow::<K, _>(&ctx, Api::<K>::all(client), config, Ok).await;
    }
}

type Unreadable = Box<(kube::api::ObjectMeta, String)>;

async fn follow<K, W>(ctx: &Arc<Context>, api: Api<W>, config: watcher::Config, open: fn(W) -> Result<K, Unreadable>)
where
    K: Watched,
    W: Resource + Clone + std::fmt::Debug + serde::de::DeserializeOwned + Send + 'static,
{
    let kind = K::kind(&());
    let store = K::store(&ctx.stores);
    let tell = |object: Arc<K>, gone: bool| ctx.changed(&Change { object: K::object(object), gone });
    let receive = |wrapped: W| match open(wrapped) {
        Ok(mut object) => {
            object.trim();
            // Parsing leaves room for more in every list it fills; a copy takes what it needs, which is half of it.
            let mut object = object.clone();
            object.share(store);
            if let Some(object) = store.deliver(object) {
                tell(object, false);
            }
        }
        Err(unreadable) => {
            let (metadata, error) = *unreadable;
            let key = ObjectKey::new(metadata.namespace.unwrap_or_default(), metadata.name.unwrap_or_default());
            tracing::warn!(%kind, object = %key, error, "this object cannot be read and is left alone");
            ctx.metrics.unreadable(&kind);
            if let Some(object) = store.forget(&key) {
                tell(object, true);
            }
        }
    };
    let events = watcher(api, config).default_backoff();
    pin_mut!(events);
    let mut failing = false;
    while let Some(event) = events.next().await {
        if event.is_ok() && failing {
            failing = false;
            ctx.health.recovered(&kind);
            tracing::info!(%kind, "watching again");
        }
        match event {
            Ok(watcher::Event::Init) => store.listing_begins(),
            Ok(watcher::Event::InitApply(object) | watcher::Event::Apply(object)) => receive(object),
            Ok(watcher::Event::Delete(wrapped)) => {
                let key = ObjectKey::of(&wrapped);
                let removed = match open(wrapped) {
                    Ok(object) => store.remove(&object),
                    Err(_) => store.forget(&key),
                };
                if let Some(object) = removed {
                    tell(object, true);
                }
            }
            Ok(watcher::Event::InitDone) => {
                for object in store.listing_ends() {
                    tell(object, true);
                }
                ctx.listing_complete();
            }
            Err(error) => {
                ctx.metrics.watch_failed(&kind);
                ctx.health.failing(&kind);
                // Once per outage, not once per retry.
                if failing {
                    tracing::debug!(%kind, %error, "the watch still fails");
                } else {
                    tracing::warn!(%kind, %error, "the watch failed; trying again");
                }
                failing = true;
            }
        }
        if kind == "Lease" {
            leader_wakes(ctx);
        }
    }
}

/// Watches what one folder alone needs, into a store of its own. Changes arrive as [`Object::Other`].
pub(super) async fn private<K>(
    ctx: Arc<Context>,
    api: Api<K>,
    config: watcher::Config,
    store: Arc<Store<K>>,
    name: &'static str,
) where
    K: Resource<DynamicType = ()> + Clone + std::fmt::Debug + serde::de::DeserializeOwned + Send + Sync + 'static,
{
    let tell = |key: ObjectKey, gone: bool| ctx.changed(&Change { object: Object::Other { kind: name, key }, gone });
    let events = watcher(api, config.timeout(LIFETIME)).default_backoff();
    pin_mut!(events);
    while let Some(event) = events.next().await {
        match event {
            Ok(watcher::Event::Init) => store.listing_begins(),
            Ok(watcher::Event::InitApply(mut object) | watcher::Event::Apply(mut object)) => {
                object.managed_fields_mut().clear();
                if let Some(object) = store.deliver(object) {
                    tell(ObjectKey::of(&*object), false);
                }
            }
            Ok(watcher::Event::Delete(object)) => {
                if let Some(object) = store.remove(&object) {
                    tell(ObjectKey::of(&*object), true);
                }
            }
            Ok(watcher::Event::InitDone) => {
                for object in store.listing_ends() {
                    tell(ObjectKey::of(&*object), true);
                }
                ctx.listing_complete();
            }
            Err(error) => {
                ctx.metrics.watch_failed(name);
                tracing::debug!(kind = name, %error, "the watch failed; trying again");
            }
        }
    }
}

/// The watching client, for callers of [`super::Runtime::also_watch`].
pub(super) fn client(ctx: &Context) -> Client {
    ctx.clients.watch.clone()
}

/// How long a watch may fail before this process calls itself not ready.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
