//! From an `Instance`, or a legacy `ChatCLIInstance`, to a ChatCLI server that runs and answers.
//!
//! In: the wish, what was made for it, the Secrets and ConfigMaps it names, and the server's own answer. Out: its children by server-side
//! apply under one field manager, what is not wanted taken away, and conditions that say what is missing. Never: stores a Secret, starts a
//! server without the token it was asked to have, makes an object again that can be changed, reaches another namespace for somebody who may
//! not, writes when nothing has changed.

mod adopt;
mod apply;
mod children;
mod compare;
mod decide;
mod gather;
mod made;
mod reach;
mod references;
mod status;
mod subject;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use common::api::keys::labels;
use common::instances::references;
use kube::ResourceExt as _;

use self::children::Place;
use self::gather::Seen;
use self::made::{MADE, Made};
use self::reach::Reach;
use self::references::Found;
use self::subject::{Key, Kind, Subject};
use crate::llm::chatcli::{Servers, Unreachable};
use crate::runtime::named::{NAMED, Watches};
use crate::runtime::{
    Change, Context, Controller, Next, Object, ObjectKey, ReadError, Reason, Runtime, Stores, WriteError,
};

/// How soon a server that does not answer, what may not be read, or a refused write is tried again.
const AGAIN: Duration = Duration::from_secs(60);
/// How often a server that answers is asked whether it still does; certificates expire without any change.
const CHECK: Duration = Duration::from_secs(300);

/// Adds the controller. Gives the servers that can be asked, kept up to date.
pub fn register(runtime: &mut Runtime) -> Arc<Servers> {
    let servers = Arc::<Servers>::default();
    let made = Made::watch(runtime);
    runtime.register(Instances { made, watches: Watches::default(), servers: Arc::clone(&servers) });
    servers
}

struct Instances {
    made: Made,
    watches: Watches<Key>,
    servers: Arc<Servers>,
}

/// Why a turn did not come to its end.
#[derive(Debug, thiserror::Error)]
enum Error {
    /// Something could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Something could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A name is used by an object of somebody else.
    #[error("{0} was not made for this Instance")]
    Taken(Place),
    /// A patch of ours is none.
    #[error("a patch cannot be built: {0}")]
    Malformed(serde_json::Error),
}

impl Reason for Error {
    fn reason(&self) -> &'static str {
        match self {
            Self::Read(error) => error.reason(),
            Self::Write(error) => error.reason(),
            Self::Taken(_) => "NameTaken",
            Self::Malformed(_) => "Malformed",
        }
    }
}

impl Controller for Instances {
    type Key = Key;
    type Error = Error;
    const NAME: &'static str = "instance";

    fn wake(&self, stores: &Stores, change: &Change) -> Vec<Key> {
        match &change.object {
            // The two kinds look at each other: an Instance goes on in place of a legacy object of its name.
            Object::Instance(object) => both(&ObjectKey::of(&**object)),
            Object::ChatCLIInstance(object) => both(&ObjectKey::of(&**object)),
            Object::Deployment(object) => named(object.labels(), &ObjectKey::of(&**object)),
            Object::Pod(pod) => named(pod.labels(), &ObjectKey::of(&**pod)),
            Object::Other { kind, key } if *kind == NAMED => all(stores, |subject| {
                subject.namespace() == key.namespace
                    && references(&subject.spec).iter().any(|reference| reference.name == key.name)
            }),
            Object::Other { kind, key } if *kind == MADE => match self.made.made_for(key) {
                Some(names) => all(stores, |subject| names.contains(subject.name())),
                // Gone: whoever may have had it looks.
                None => all(stores, |subject| key.name.contains(subject.name())),
            },
            _ => Vec::new(),
        }
    }

    async fn reconcile(&self, ctx: &Arc<Context>, key: &Key) -> Result<Next, Error> {
        let Some(subject) = Subject::find(&ctx.stores, key) else {
            self.watches.follow(ctx, key, &key.object.namespace, &BTreeSet::new());
            if key.kind == Kind::Instance || ctx.stores.instances.get(&key.object).is_none() {
                self.servers.withdraw(&key.object);
            }
            return Ok(Next::OnChange);
        };
        // Before the look: what changes from now on is told.
        let named = references(&subject.spec).into_iter().map(|reference| (reference.source, reference.name));
        self.watches.follow(ctx, key, &key.object.namespace, &named.collect());
        let seen = gather::gather(ctx, &self.made, &subject).await?;
        let input = decide::Input {
            now: ctx.clock.now(),
            subject: &subject,
            seen: &seen,
            operator_namespace: &ctx.namespace,
            app_version: &ctx.config.app_version,
        };
        let turn = decide::decide(&input);
        let refused = apply::apply(ctx, &subject, &turn).await?;
        self.offer(&subject, seen.reach.as_ref());
        status::write(ctx, &input, &turn, refused.as_deref()).await?;
        Ok(match &seen.reach {
            _ if turn.is_ending || seen.is_replaced => Next::OnChange,
            // Both change with something that is watched.
            Some(Reach::Answers { .. } | Reach::Fails(Unreachable::NoEndpoints))
                if is_heard(&seen, refused.as_ref()) =>
            {
                Next::In(CHECK)
            }
            _ => Next::In(AGAIN),
        })
    }
}

impl Instances {
    /// Who asks models is told where this server answers, or that it does not.
    fn offer(&self, subject: &Subject, reach: Option<&Reach>) {
        match reach {
            Some(Reach::Answers { access, made_of, targets, .. }) => {
                self.servers.offer(&subject.key, made_of.clone(), access, targets);
            }
            Some(_) => self.servers.withdraw(&subject.key),
            None => {}
        }
    }
}

/// Nothing is in the way that no watch tells of.
fn is_heard(seen: &Seen, refused: Option<&String>) -> bool {
    refused.is_none() && seen.references.iter().all(|(_, found)| *found != Found::Denied)
}

fn both(object: &ObjectKey) -> Vec<Key> {
    [Kind::Instance, Kind::Legacy].map(|kind| Key { kind, object: object.clone() }).into()
}

/// Of a workload of ours, the Instance it belongs to.
fn named(labels: &std::collections::BTreeMap<String, String>, object: &ObjectKey) -> Vec<Key> {
    let is_ours = labels.get("app.kubernetes.io/name").is_some_and(|name| name == "chatcli");
    let name = labels.get(labels::INSTANCE).filter(|_| is_ours);
    name.map(|name| both(&ObjectKey::new(&object.namespace, name))).unwrap_or_default()
}

fn all(stores: &Stores, is_meant: impl Fn(&Subject) -> bool) -> Vec<Key> {
    let instances = stores.instances.all().into_iter().map(|object| (Kind::Instance, Subject::of_instance(object)));
    let legacy = stores.legacy_instances.all().into_iter().map(|object| (Kind::Legacy, Subject::of_legacy(object)));
    let meant = instances.chain(legacy).filter(|(_, subject)| is_meant(subject));
    meant.map(|(kind, subject)| Key { kind, object: subject.key }).collect()
}
