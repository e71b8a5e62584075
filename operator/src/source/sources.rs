//! What everybody needs who asks for source code: the program, the caches, whose turn it is, and what was fetched.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as Turn, Semaphore};

use super::caches::Caches;
use super::decide::Record;
use super::program::Program;
use crate::config::Config;
use crate::runtime::ObjectKey;
use common::source::Index;

/// Name of the program beside the operator's own.
const PROGRAM: &str = "chatcli-source";
/// Tenths of the volume that caches may take together: a pod whose volume is full is evicted.
const TENTHS: u64 = 9;

/// Shared by the controller and by who asks for code.
pub struct Sources {
    /// The program.
    pub(super) program: Program,
    /// The caches.
    pub(super) caches: Caches,
    /// Bytes of all caches.
    pub(super) room: u64,
    /// Hosts that may have an address inside.
    pub(super) private_hosts: Vec<String>,
    /// One fetches and one answers: at most two processes, and no question waits for a slow server.
    pub(super) fetching: Semaphore,
    pub(super) answering: Semaphore,
    places: Mutex<HashMap<ObjectKey, Arc<Place>>>,
}

/// What belongs to one repository.
pub(super) struct Place {
    pub(super) uid: String,
    /// One process at a time works on its cache.
    pub(super) turn: Turn<()>,
    record: Mutex<Option<Record>>,
    /// What the last fetch found, until it stands in the status.
    news: Mutex<Option<Arc<Index>>>,
}

impl Place {
    pub(super) fn record(&self) -> Option<Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn keep(&self, record: Record, news: Option<Index>) {
        *self.news.lock().unwrap_or_else(PoisonError::into_inner) = news.map(Arc::new);
        *self.record.lock().unwrap_or_else(PoisonError::into_inner) = Some(record);
    }

    pub(super) fn news(&self) -> Option<Arc<Index>> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn told(&self) {
        *self.news.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Sources {
    /// As the flags say.
    pub fn new(config: &Config) -> Self {
        let beside = || {
            let own = std::env::current_exe().unwrap_or_default();
            own.with_file_name(PROGRAM)
        };
        let hosts = config.source_private_hosts.iter().map(|host| host.trim().to_owned());
        Self {
            program: Program::at(config.source_program.clone().unwrap_or_else(beside)),
            caches: Caches::at(config.source_cache.clone()),
            room: config.source_cache_mebibytes * 1024 * 1024 / 10 * TENTHS,
            private_hosts: hosts.filter(|host| !host.is_empty()).collect(),
            fetching: Semaphore::new(1),
            answering: Semaphore::new(1),
            places: Mutex::default(),
        }
    }

    /// The place of a repository; a new one where the object is another one than before.
    pub(super) fn place(&self, key: &ObjectKey, uid: &str) -> Arc<Place> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let place = places.entry(key.clone()).or_insert_with(|| new(uid));
        if place.uid != uid {
            self.discard(place);
            *place = new(uid);
        }
        Arc::clone(place)
    }

    /// Removes what was kept of an object that is gone.
    pub(super) fn forget(&self, key: &ObjectKey) {
        if let Some(place) = self.places.lock().unwrap_or_else(PoisonError::into_inner).remove(key) {
            self.discard(&place);
        }
    }

    /// Off the workers, and after whoever works on it: a large repository takes a while to remove.
    fn discard(&self, place: &Arc<Place>) {
        let (place, caches) = (Arc::clone(place), self.caches.clone());
        tokio::spawn(async move {
            let _turn = place.turn.lock().await;
            let uid = place.uid.clone();
            let removed = tokio::task::spawn_blocking(move || caches.remove(&uid)).await;
            if let Ok(Err(error)) = removed {
                tracing::warn!(uid = place.uid, %error, "the cache of a repository that is gone cannot be removed");
            }
        });
    }
}

fn new(uid: &str) -> Arc<Place> {
    Arc::new(Place { uid: uid.to_owned(), turn: Turn::new(()), record: Mutex::default(), news: Mutex::default() })
}
