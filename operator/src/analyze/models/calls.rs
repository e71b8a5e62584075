//! Calls under way, to be given up when what they are about is over.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::runtime::ObjectKey;

/// Those of one controller, by its key.
#[derive(Default)]
pub struct Calls(Mutex<BTreeMap<ObjectKey, CancellationToken>>);

impl Calls {
    /// A call begins; what it returns tells when to give it up.
    pub fn begin(&self, key: &ObjectKey) -> CancellationToken {
        let given_up = CancellationToken::new();
        self.all().insert(key.clone(), given_up.clone());
        given_up
    }

    /// It is over.
    pub fn end(&self, key: &ObjectKey) {
        self.all().remove(key);
    }

    /// Nobody waits for it any more.
    pub fn give_up(&self, key: &ObjectKey) {
        if let Some(call) = self.all().get(key) {
            call.cancel();
        }
    }

    fn all(&self) -> std::sync::MutexGuard<'_, BTreeMap<ObjectKey, CancellationToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
