//! From a `SourceRepository` to code that can be read: fetched now and then, and asked when an incident needs it.
//!
//! In: the wish, the Secret it names, the answers of `chatcli-source`. Out: a bare repository in a directory of its own, the status, and for
//! who explains incidents what the code says ([`Sources::about`]). Never: parses what a git server sends (another process does, without a
//! client of the cluster), keeps a credential, names one in an argument or a log, calls a repository ready whose cache this process does
//! not have, reaches a workload of another namespace for somebody who may not.

mod about;
mod apply;
mod caches;
mod claims;
mod credential;
mod decide;
mod gather;
mod program;
mod sources;
mod status;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use common::api::ResourceRef;
use common::instances::Source;
use kube::ResourceExt as _;

pub use self::about::{Code, Told};
pub use self::sources::Sources;

use self::decide::{Move, Record};
use self::status::Said;
use crate::runtime::named::{NAMED, Watches};
use crate::runtime::{Change, Context, Controller, Next, Object, ObjectKey, Runtime, Stores, Tag, WriteError};

/// How soon what keeps every repository from being fetched is looked at again: no watch tells that a volume was mounted.
const AGAIN: Duration = Duration::from_secs(300);
/// After a first write, for the second one of the same turn.
const AT_ONCE: Duration = Duration::from_millis(1);
/// Name of a cache found broken, in [`Object::Other`].
pub(crate) const LOST: &str = "a cache that is lost";

/// Adds the controller. Gives who can be asked for code.
pub fn register(runtime: &mut Runtime) -> Arc<Sources> {
    let sources = Arc::new(Sources::new(&runtime.context().config));
    if let Err(error) = sources.caches.begin() {
        tracing::info!(cache = %sources.caches.root().display(), %error, "no repository can be kept");
    }
    runtime.register(Repositories { sources: Arc::clone(&sources), watches: Watches::default() });
    sources
}

struct Repositories {
    sources: Arc<Sources>,
    watches: Watches<ObjectKey>,
}

impl Controller for Repositories {
    type Key = ObjectKey;
    type Error = WriteError;

    const NAME: &'static str = "sourcerepository";
    // More than fetch at once: who waits for a slow server must not keep others from saying what they are.
    const CONCURRENCY: usize = 32;

    fn wake(&self, stores: &Stores, change: &Change) -> Vec<ObjectKey> {
        match &change.object {
            // Which of several speaks for a workload changes with each of them.
            Object::SourceRepository(repository) => {
                let own = ObjectKey::of(&**repository);
                let others = of_workload(stores, &repository.workload()).filter(|other| *other != own);
                let others: Vec<ObjectKey> = others.collect();
                std::iter::once(own).chain(others).collect()
            }
            Object::Other { kind, key } if *kind == NAMED => {
                let names = |secret: Option<&str>| secret == Some(&key.name);
                let meant = stores.source_repositories.filter(|repository| {
                    repository.namespace().as_deref() == Some(&key.namespace)
                        && names(repository.spec.secret_ref.as_deref())
                });
                meant.iter().map(|repository| ObjectKey::of(&**repository)).collect()
            }
            Object::Other { kind, key } if *kind == LOST => vec![key.clone()],
            _ => Vec::new(),
        }
    }

    async fn reconcile(&self, ctx: &Arc<Context>, key: &ObjectKey) -> Result<Next, WriteError> {
        let live = ctx.stores.source_repositories.get(key);
        let Some(repository) = live.filter(|repository| repository.metadata.deletion_timestamp.is_none()) else {
            self.watches.follow(ctx, key, &key.namespace, &BTreeSet::new());
            self.sources.forget(key);
            return Ok(Next::OnChange);
        };
        let named = repository.spec.secret_ref.iter().filter(|name| !name.is_empty());
        let named = named.map(|name| (Source::Secret, name.clone())).collect();
        self.watches.follow(ctx, key, &key.namespace, &named);
        let seen = gather::gather(ctx, &self.sources, &repository).await;
        let rival = seen.rival.as_ref();
        match decide::decide(&seen.input(ctx, &repository)) {
            Move::Refuse(trouble) => {
                status::write(ctx, &repository, Said::Trouble(&trouble), rival).await?;
                Ok(Next::In(AGAIN))
            }
            Move::Disown(trouble) => {
                status::write(ctx, &repository, Said::Trouble(&trouble), rival).await?;
                Ok(Next::In(AT_ONCE))
            }
            // What came of it is told in the next turn: object and rival may be others by then.
            Move::Sync { anew } => {
                apply::sync(ctx, &self.sources, &repository, &seen, anew).await;
                Ok(Next::In(AT_ONCE))
            }
            Move::Wait(until) => {
                let (news, last) = (seen.place.news(), seen.place.record());
                let said = match (&news, &last) {
                    (Some(index), Some(last)) => Said::Synced(index, last.at),
                    (None, Some(Record { outcome: Err(trouble), .. })) => Said::Trouble(trouble),
                    _ => Said::Same,
                };
                status::write(ctx, &repository, said, rival).await?;
                seen.place.told();
                Ok(Next::At(until))
            }
        }
    }
}

fn of_workload(stores: &Stores, workload: &ResourceRef) -> impl Iterator<Item = ObjectKey> + use<> {
    let all = stores.source_repositories.tagged(&Tag::Resource(workload.path()));
    all.into_iter().map(|repository| ObjectKey::of(&*repository))
}
