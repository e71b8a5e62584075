//! One kind's objects as the last watch event left them, trimmed and indexed.
//!
//! In: watch events, and the answers of our own writes (so that a reconcile sees what the previous one wrote). Out: lookups by name, UID and
//! [`Tag`]. An older version never replaces a newer one, and an object the watch has deleted never comes back from a late answer.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard};

use hashbrown::HashTable;
use kube::{Resource, ResourceExt as _};

/// Namespace and name; the namespace is empty for cluster-scoped kinds.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ObjectKey {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
}

impl ObjectKey {
    /// By namespace and name.
    pub fn new(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self { namespace: namespace.into(), name: name.into() }
    }

    /// Of an object.
    pub fn of<K: Resource>(object: &K) -> Self {
        Self::new(object.namespace().unwrap_or_default(), object.name_any())
    }

    /// Of what has this name in an object's namespace.
    pub fn beside<K: Resource>(object: &K, name: &str) -> Self {
        Self::new(object.namespace().unwrap_or_default(), name)
    }
}

impl std::fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.namespace.is_empty() { f.write_str(&self.name) } else { write!(f, "{}/{}", self.namespace, self.name) }
    }
}

/// What an object can be found by, beside its name and UID.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Tag {
    /// UID of the controlling owner.
    Owner(String),
    /// Node a pod runs on.
    Node(String),
    /// UID of the affected resource, or `Kind/namespace/name`; objects carry both where both are known.
    Resource(String),
    /// Issue it belongs to.
    Issue(ObjectKey),
    /// UID of the Issue an anomaly was folded into; the only sure way where the two live in different namespaces.
    Incident(String),
    /// `Kind/namespace/name` of the object in which the cause of an incident sits.
    Cause(String),
    /// `Kind/namespace/name` of a resource whose trouble belongs to an incident because a person says so.
    Absorbs(String),
    /// Namespace it is in.
    Namespace(String),
    /// Request a vote belongs to.
    Request(ObjectKey),
}

/// Where else an object of a kind can be found.
pub type Tags<K> = fn(&K) -> Vec<Tag>;

/// Objects of one kind.
pub struct Store<K> {
    inner: RwLock<Inner<K>>,
    synced: AtomicBool,
    tags: Tags<K>,
}

struct Inner<K> {
    objects: Index<K>,
    by_uid: Index<K>,
    by_tag: HashMap<Tag, Vec<Arc<K>>>,
    /// Highest version the watch itself has delivered.
    delivered: u64,
    /// Keys seen since the current listing began; what is not among them at its end is gone.
    listing: Option<HashSet<ObjectKey>>,
}

impl<K: Resource> Store<K> {
    /// An empty store that is not synced yet.
    pub fn new(tags: Tags<K>) -> Self {
        let inner = Inner {
            objects: Index::by(name_of),
            by_uid: Index::by(uid_of),
            by_tag: HashMap::new(),
            delivered: 0,
            listing: None,
        };
        Self { inner: RwLock::new(inner), synced: AtomicBool::new(false), tags }
    }

    /// True once the first listing is complete.
    pub fn is_synced(&self) -> bool {
        self.synced.load(Ordering::Acquire)
    }

    /// By namespace and name.
    pub fn get(&self, key: &ObjectKey) -> Option<Arc<K>> {
        self.read().objects.get((&key.namespace, &key.name)).cloned()
    }

    /// By UID.
    pub fn by_uid(&self, uid: &str) -> Option<Arc<K>> {
        self.read().by_uid.get(("", uid)).cloned()
    }

    /// All with this tag.
    pub fn tagged(&self, tag: &Tag) -> Vec<Arc<K>> {
        self.read().by_tag.get(tag).cloned().unwrap_or_default()
    }

    /// One with this tag.
    pub fn any_tagged(&self, tag: &Tag) -> Option<Arc<K>> {
        self.read().by_tag.get(tag).and_then(|found| found.first()).cloned()
    }

    /// All that `wanted` says yes to.
    pub fn filter(&self, wanted: impl Fn(&K) -> bool) -> Vec<Arc<K>> {
        self.read().objects.iter().filter(|object| wanted(object)).cloned().collect()
    }

    /// All.
    pub fn all(&self) -> Vec<Arc<K>> {
        self.filter(|_| true)
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.read().objects.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes a version the watch delivered. `None` when it was known already, so nobody has to be woken.
    pub fn deliver(&self, object: K) -> Option<Arc<K>> {
        let mut inner = self.write();
        let version = version(&object);
        inner.delivered = inner.delivered.max(version);
        if let Some(listing) = &mut inner.listing {
            listing.insert(ObjectKey::of(&object));
        }
        inner.insert(object, self.tags)
    }

    /// Takes the answer to one of our own writes, ahead of the watch. `None` when the watch was faster.
    pub fn observe(&self, object: K) -> Option<Arc<K>> {
        let mut inner = self.write();
        // The watch has passed this version: either the store holds it or a newer one, or the object is gone.
        if version(&object) <= inner.delivered {
            return None;
        }
        inner.insert(object, self.tags)
    }

    /// Forgets an object the watch reported deleted.
    pub fn remove(&self, object: &K) -> Option<Arc<K>> {
        let mut inner = self.write();
        inner.delivered = inner.delivered.max(version(object));
        inner.remove(&ObjectKey::of(object), self.tags)
    }

    /// Forgets an object by name, for one that can no longer be read.
    pub fn forget(&self, key: &ObjectKey) -> Option<Arc<K>> {
        self.write().remove(key, self.tags)
    }

    /// A listing begins: what it does not name is gone at its end.
    pub fn listing_begins(&self) {
        self.write().listing = Some(HashSet::new());
    }

    /// The listing is complete. Gives back what it did not name.
    pub fn listing_ends(&self) -> Vec<Arc<K>> {
        let mut inner = self.write();
        let listed = inner.listing.take().unwrap_or_default();
        let delivered = inner.delivered;
        let gone: Vec<ObjectKey> = inner
            .objects
            .iter()
            // What we wrote after the listing was made is newer than anything the listing saw.
            .map(|object| (ObjectKey::of(object.as_ref()), version(object.as_ref())))
            .filter(|(key, version)| !listed.contains(key) && *version <= delivered)
            .map(|(key, _)| key)
            .collect();
        let gone = gone.iter().filter_map(|key| inner.remove(key, self.tags)).collect();
        self.synced.store(true, Ordering::Release);
        gone
    }

    // A poisoned lock means a panic while holding it; the supervisor is already ending the process.
    fn read(&self) -> RwLockReadGuard<'_, Inner<K>> {
        self.inner.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner<K>> {
        self.inner.write().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl<K: Resource> Inner<K> {
    fn insert(&mut self, object: K, tags: Tags<K>) -> Option<Arc<K>> {
        let key = ObjectKey::of(&object);
        if let Some(held) = self.objects.get((&key.namespace, &key.name)) {
            let same_object = held.meta().uid == object.meta().uid;
            if same_object && version(held.as_ref()) >= version(&object) {
                return None;
            }
        }
        self.remove(&key, tags);
        let object = Arc::new(object);
        if object.meta().uid.is_some() {
            self.by_uid.insert(Arc::clone(&object));
        }
        for tag in tags(&object) {
            // Most tags have one object.
            self.by_tag.entry(tag).or_insert_with(|| Vec::with_capacity(1)).push(Arc::clone(&object));
        }
        self.objects.insert(Arc::clone(&object));
        Some(object)
    }

    fn remove(&mut self, key: &ObjectKey, tags: Tags<K>) -> Option<Arc<K>> {
        let old = self.objects.remove((&key.namespace, &key.name))?;
        if let Some(uid) = &old.meta().uid {
            self.by_uid.remove(("", uid));
        }
        for tag in tags(&old) {
            if let Some(bucket) = self.by_tag.get_mut(&tag) {
                bucket.retain(|other| !Arc::ptr_eq(other, &old));
                if bucket.is_empty() {
                    self.by_tag.remove(&tag);
                }
            }
        }
        Some(old)
    }
}

/// Objects found by what they say of themselves, so that no key is held beside each.
struct Index<K> {
    objects: HashTable<Arc<K>>,
    hasher: RandomState,
    key: fn(&K) -> Key<'_>,
}

/// Namespace and name, or nothing and the UID.
type Key<'a> = (&'a str, &'a str);

fn name_of<K: Resource>(object: &K) -> Key<'_> {
    let meta = object.meta();
    (meta.namespace.as_deref().unwrap_or_default(), meta.name.as_deref().unwrap_or_default())
}

fn uid_of<K: Resource>(object: &K) -> Key<'_> {
    ("", object.meta().uid.as_deref().unwrap_or_default())
}

impl<K> Index<K> {
    fn by(key: fn(&K) -> Key<'_>) -> Self {
        Self { objects: HashTable::new(), hasher: RandomState::new(), key }
    }

    fn get(&self, key: Key<'_>) -> Option<&Arc<K>> {
        self.objects.find(self.hasher.hash_one(key), |object| (self.key)(object) == key)
    }

    /// The caller has removed what was there under the same key.
    fn insert(&mut self, object: Arc<K>) {
        let (hasher, key) = (&self.hasher, self.key);
        self.objects.insert_unique(hasher.hash_one(key(&object)), object, |other| hasher.hash_one(key(other)));
    }

    fn remove(&mut self, key: Key<'_>) -> Option<Arc<K>> {
        let found = self.objects.find_entry(self.hasher.hash_one(key), |object| (self.key)(object) == key);
        found.ok().map(|entry| entry.remove().0)
    }

    fn iter(&self) -> impl Iterator<Item = &Arc<K>> {
        self.objects.iter()
    }

    fn len(&self) -> usize {
        self.objects.len()
    }
}

/// Resource versions of one kind are decimal and grow (KEP-5504); anything else counts as oldest.
pub fn version<K: Resource>(object: &K) -> u64 {
    object.meta().resource_version.as_deref().and_then(|text| text.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::ConfigMap;
    use kube::api::ObjectMeta;

    use super::*;

    fn store() -> Store<ConfigMap> {
        Store::new(|map| map.meta().labels.iter().flatten().map(|(_, value)| Tag::Node(value.clone())).collect())
    }

    fn map(name: &str, version: u64, label: &str) -> ConfigMap {
        ConfigMap {
            metadata: ObjectMeta {
                name: Some(name.into()),
                namespace: Some("shop".into()),
                uid: Some(format!("uid-{name}")),
                resource_version: Some(version.to_string()),
                labels: Some([("on".to_owned(), label.to_owned())].into()),
                ..ObjectMeta::default()
            },
            ..ConfigMap::default()
        }
    }

    fn key(name: &str) -> ObjectKey {
        ObjectKey::new("shop", name)
    }

    #[test]
    fn an_older_version_never_replaces_a_newer_one() {
        let store = store();
        assert!(store.observe(map("a", 7, "x")).is_some());
        assert!(store.deliver(map("a", 5, "x")).is_none());
        assert_eq!(store.get(&key("a")).unwrap().resource_version().as_deref(), Some("7"));
    }

    #[test]
    fn a_late_answer_does_not_bring_a_deleted_object_back() {
        let store = store();
        store.deliver(map("a", 3, "x"));
        store.remove(&map("a", 9, "x"));
        assert!(store.observe(map("a", 8, "x")).is_none());
        assert!(store.is_empty());
    }

    #[test]
    fn tags_follow_the_object() {
        let store = store();
        store.deliver(map("a", 1, "one"));
        store.deliver(map("a", 2, "two"));
        assert!(store.tagged(&Tag::Node("one".into())).is_empty());
        assert_eq!(store.tagged(&Tag::Node("two".into())).len(), 1);
    }

    #[test]
    fn what_a_new_listing_does_not_name_is_gone() {
        let store = store();
        store.deliver(map("a", 1, "x"));
        store.deliver(map("b", 2, "x"));
        store.listing_begins();
        store.deliver(map("b", 2, "x"));
        let gone = store.listing_ends();
        assert_eq!(gone.iter().map(|object| object.name_any()).collect::<Vec<_>>(), ["a"]);
        assert!(store.is_synced());
    }

    #[test]
    fn a_namesake_with_another_uid_replaces_the_old_one() {
        let store = store();
        store.deliver(map("a", 5, "x"));
        let mut again = map("a", 6, "x");
        again.metadata.uid = Some("uid-new".into());
        store.deliver(again);
        assert!(store.by_uid("uid-a").is_none());
        assert!(store.by_uid("uid-new").is_some());
    }
}
