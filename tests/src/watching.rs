//! Waiting for the world: a watch, a condition, a deadline. The only way tests wait.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::Duration;

use futures::{StreamExt, TryStreamExt};
use kube::runtime::watcher;
use kube::{Api, Resource, ResourceExt};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};

/// What a watch knows at one moment: every object, by namespace and name.
#[derive(Debug)]
pub struct Seen<K>(BTreeMap<(String, String), K>);

impl<K> Default for Seen<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K> Seen<K> {
    /// All objects, by namespace and name.
    pub fn all(&self) -> impl Iterator<Item = &K> {
        self.0.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first with this name; in a watch of one namespace, the only one.
    pub fn named(&self, name: &str) -> Option<&K> {
        self.0.iter().find(|((_, own), _)| own == name).map(|(_, object)| object)
    }
}

/// What tests wait for: anything the API server lists.
pub trait Watched:
    Resource<DynamicType: Default> + Clone + Debug + DeserializeOwned + Serialize + Send + 'static
{
}
impl<K: Resource<DynamicType: Default> + Clone + Debug + DeserializeOwned + Serialize + Send + 'static> Watched for K {}

/// Waits until `check` finds what it looks for among the objects of `api`, and returns it.
///
/// # Panics
/// When the deadline passes, saying `what` was expected and what was there instead.
pub async fn eventually<K: Watched, T>(
    api: &Api<K>,
    within: Duration,
    what: &str,
    check: impl FnMut(&Seen<K>) -> Option<T>,
) -> T {
    match watch_until(api, Instant::now() + within, check).await {
        Ok(found) => found,
        Err(seen) => panic!("not within {within:?}: {what}\n{}", told(&seen)),
    }
}

/// Watches for the whole time, and fails as soon as `check` finds what must not happen.
///
/// # Panics
/// When it happened.
pub async fn never<K: Watched, T: Debug>(
    api: &Api<K>,
    during: Duration,
    what: &str,
    check: impl FnMut(&Seen<K>) -> Option<T>,
) {
    if let Ok(found) = watch_until(api, Instant::now() + during, check).await {
        panic!("must not happen: {what}\n{found:#?}");
    }
}

/// The found thing, or what was there when the deadline passed.
pub async fn watch_until<K: Watched, T>(
    api: &Api<K>,
    deadline: Instant,
    mut check: impl FnMut(&Seen<K>) -> Option<T>,
) -> Result<T, Seen<K>> {
    let mut seen = Seen::default();
    let mut building = BTreeMap::new();
    let mut complete = false;
    let mut events = watcher(api.clone(), watcher::Config::default()).boxed();
    loop {
        let event = match timeout_at(deadline, events.try_next()).await {
            Err(_) => return Err(seen),
            // a broken watch starts again by itself; the deadline bounds that too
            Ok(Err(_)) => continue,
            Ok(Ok(event)) => event,
        };
        match event {
            Some(watcher::Event::Init) => building.clear(),
            Some(watcher::Event::InitApply(object)) => {
                building.insert(key(&object), object);
            }
            Some(watcher::Event::InitDone) => {
                seen.0 = std::mem::take(&mut building);
                complete = true;
            }
            Some(watcher::Event::Apply(object)) => {
                seen.0.insert(key(&object), object);
            }
            Some(watcher::Event::Delete(object)) => {
                seen.0.remove(&key(&object));
            }
            None => return Err(seen),
        }
        if complete && let Some(found) = check(&seen) {
            return Ok(found);
        }
    }
}

fn key<K: ResourceExt>(object: &K) -> (String, String) {
    (object.namespace().unwrap_or_default(), object.name_any())
}

/// The objects as a person reads them, without the bookkeeping.
fn told<K: Watched>(seen: &Seen<K>) -> String {
    if seen.is_empty() {
        return "there was nothing".to_owned();
    }
    let told = seen.all().filter_map(|object| {
        let mut object = object.clone();
        object.managed_fields_mut().clear();
        serde_saphyr::to_string(&object).ok()
    });
    let text = told.collect::<Vec<_>>().join("---\n");
    match text.char_indices().nth(20_000) {
        Some((end, _)) => format!("{}\n… cut", &text[..end]),
        None => text,
    }
}
