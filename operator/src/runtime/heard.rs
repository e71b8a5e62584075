//! What is heard of the logs of workloads that are to be watched; beside the stores, so that whoever asks for facts gets it.
//!
//! In: who is watched (an annotation), what the streams bring. Out: [`Logs`]. Never: reads anything; keeps a line.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use common::api::SignalType;
use common::api::keys::annotations;
use common::facts::logged::Listener;
use common::facts::{Facts, Logged, Logs};
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::store::{ObjectKey, Tag};
use super::stores::Stores;
use super::subjects::SubjectKey;

/// Listeners by workload.
#[derive(Default)]
pub struct Heard {
    on: AtomicBool,
    ears: RwLock<BTreeMap<SubjectKey, Vec<Arc<Ear>>>>,
}

/// One listener, shared by the stream that feeds it and whoever asks.
pub struct Ear {
    /// Name of the container.
    pub container: String,
    listener: Mutex<Listener>,
}

impl Ear {
    /// One for this container.
    pub fn new(container: &str, listener: Listener) -> Self {
        Self { container: container.to_owned(), listener: Mutex::new(listener) }
    }

    /// The listener, for as long as it takes to tell or ask it something.
    pub fn listener(&self) -> MutexGuard<'_, Listener> {
        self.listener.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Heard {
    /// From now on somebody listens: a watched workload of which nothing is heard is one of which nothing is known.
    pub fn turn_on(&self) {
        self.on.store(true, Ordering::Relaxed);
    }

    /// Who is listened to now, in place of who was.
    pub fn listen(&self, ears: BTreeMap<SubjectKey, Vec<Arc<Ear>>>) {
        *self.ears.write().unwrap_or_else(PoisonError::into_inner) = ears;
    }

    fn of(&self, key: &SubjectKey, now: Timestamp) -> Vec<Logged> {
        let ears = self.ears.read().unwrap_or_else(PoisonError::into_inner);
        ears.get(key).into_iter().flatten().filter_map(|ear| ear.listener().logged(now)).collect()
    }
}

/// Whether the logs of a workload are to be watched: what it says itself, else what its Namespace says.
pub fn is_watched(stores: &Stores, object: &ObjectMeta) -> bool {
    let namespace = object.namespace.as_deref().unwrap_or_default();
    says(object).unwrap_or_else(|| {
        let namespace = stores.namespaces.get(&ObjectKey::new("", namespace));
        namespace.and_then(|namespace| says(&namespace.metadata)).unwrap_or(false)
    })
}

/// Anything but the two words is as good as nothing.
fn says(meta: &ObjectMeta) -> Option<bool> {
    match meta.annotations.as_ref()?.get(annotations::WATCH_LOGS)?.as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// What is known of a subject's logs.
pub(super) fn logs(stores: &Stores, key: &SubjectKey, facts: &Facts) -> Logs {
    if !stores.heard.on.load(Ordering::Relaxed) || !is_watched(stores, facts.object.meta()) {
        return Logs::default();
    }
    let mut heard = stores.heard.of(key, facts.now);
    let names = facts.object.pod_spec().into_iter().flat_map(|spec| &spec.containers).map(|container| &container.name);
    let unheard = names.filter(|name| !heard.iter().any(|logged| logged.said.container == **name)).cloned().collect();
    if !heard.is_empty() {
        let about = stores.anomalies.tagged(&Tag::Resource(key.reference().path()));
        for logged in &mut heard {
            let object = format!("container {}", logged.said.container);
            let raised = about.iter().filter(|anomaly| {
                anomaly.spec.signal_type == SignalType::ErrorRate
                    && anomaly.spec.object.as_deref() == Some(&object)
                    && anomaly.spec.resource.uid == facts.subject.uid
                    && anomaly.status.as_ref().is_some_and(|status| status.active == Some(true))
            });
            logged.raised = raised.filter_map(|anomaly| Some(anomaly.spec.detected_at.as_ref()?.0)).min();
        }
    }
    Logs { heard, unheard }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::Namespace;
    use serde_json::json;

    use super::*;

    fn meta(word: Option<&str>) -> ObjectMeta {
        let annotations = word.map(|word| json!({ annotations::WATCH_LOGS: word }));
        serde_json::from_value(json!({ "name": "web", "namespace": "shop", "annotations": annotations })).unwrap()
    }

    #[test]
    fn a_workload_is_watched_because_it_or_its_namespace_says_so_and_its_own_word_wins() {
        let stores = Stores::default();
        assert!(!is_watched(&stores, &meta(None)), "nobody asked for it");
        assert!(is_watched(&stores, &meta(Some("true"))));
        let mut shop = Namespace::default();
        shop.metadata.name = Some("shop".to_owned());
        shop.metadata.annotations = meta(Some("true")).annotations;
        stores.namespaces.deliver(shop);
        assert!(is_watched(&stores, &meta(None)));
        assert!(!is_watched(&stores, &meta(Some("false"))));
        assert!(is_watched(&stores, &meta(Some("yes"))), "a word that is none leaves it to the namespace");
    }
}
