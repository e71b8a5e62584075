//! Writes to our own kinds: leadership asked first, one attempt, a deadline, an error that says whether anything may have happened.
//!
//! What the server answers goes into the shared store at once, so the next decision is made on it and whoever waits for it is woken.

use std::sync::Arc;

use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams, Preconditions};
use kube::core::NamespaceResourceScope;
use kube::core::Status;
use kube::{Resource, ResourceExt as _};
use serde::Serialize;
use serde_json::{Value, json};

use super::client::{READ_DEADLINE, WRITE_DEADLINE};
use super::leader::NotLeading;
use super::stores::Watched;
use super::{Context, Reason};

/// Why a write did not succeed, or may not have.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// This process may not write now.
    #[error(transparent)]
    NotLeading(#[from] NotLeading),
    /// An object of that name is already there.
    #[error("{0} exists already")]
    AlreadyExists(String),
    /// The object is not as the decision saw it. Read again, decide again.
    #[error("{0} has changed meanwhile")]
    Conflict(String),
    /// The object is not there.
    #[error("{0} is gone")]
    Gone(String),
    /// The server refused for a reason that repeating does not change.
    #[error("refused: {}", .0.message)]
    Refused(Box<Status>),
    /// The server is busy; nothing was written.
    #[error("the server asks to come back later")]
    Busy,
    /// No usable answer: it may or may not have happened. Look, then decide.
    #[error("outcome unknown: {0}")]
    Unknown(String),
}

impl Reason for WriteError {
    fn reason(&self) -> &'static str {
        match self {
            Self::NotLeading(_) => "NotLeading",
            Self::AlreadyExists(_) => "AlreadyExists",
            Self::Conflict(_) => "Conflict",
            Self::Gone(_) => "Gone",
            Self::Refused(_) => "Refused",
            Self::Busy => "Busy",
            Self::Unknown(_) => "OutcomeUnknown",
        }
    }
}

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The server said no, or nothing.
    #[error("cannot read: {0}")]
    Failed(#[from] kube::Error),
    /// It took too long.
    #[error("cannot read: no answer within {READ_DEADLINE:?}")]
    Deadline,
}

impl Reason for ReadError {
    fn reason(&self) -> &'static str {
        match self {
            Self::Failed(_) => "ReadFailed",
            Self::Deadline => "ReadDeadline",
        }
    }
}

/// A read under [`READ_DEADLINE`].
pub async fn read<T>(call: impl Future<Output = kube::Result<T>>) -> Result<T, ReadError> {
    tokio::time::timeout(READ_DEADLINE, call).await.map_err(|_| ReadError::Deadline)?.map_err(ReadError::Failed)
}

/// A write under [`WRITE_DEADLINE`], its error classified. The caller has asked [`super::leader::Leader::still`].
pub async fn attempt<T>(what: &str, call: impl Future<Output = kube::Result<T>>) -> Result<T, WriteError> {
    match tokio::time::timeout(WRITE_DEADLINE, call).await {
        Err(_) => Err(WriteError::Unknown(format!("no answer within {WRITE_DEADLINE:?}"))),
        Ok(Ok(done)) => Ok(done),
        Ok(Err(kube::Error::Api(status))) => Err(match status.code {
            409 if status.is_already_exists() => WriteError::AlreadyExists(what.to_owned()),
            409 => WriteError::Conflict(what.to_owned()),
            404 => WriteError::Gone(what.to_owned()),
            403 if is_of_a_namespace_that_goes(&status) => WriteError::Gone(what.to_owned()),
            429 => WriteError::Busy,
            400..500 => WriteError::Refused(status),
            _ => WriteError::Unknown(status.message.clone()),
        }),
        Ok(Err(error)) => Err(WriteError::Unknown(error.to_string())),
    }
}

/// Nothing can be created in a Namespace that is being deleted: what it is about is as good as gone.
fn is_of_a_namespace_that_goes(status: &Status) -> bool {
    let causes = status.details.as_ref().map(|details| details.causes.as_slice()).unwrap_or_default();
    causes.iter().any(|cause| cause.reason == "NamespaceTerminating")
}

impl Context {
    /// Creates an object. [`WriteError::AlreadyExists`] is an answer, not a failure: names are deterministic.
    pub async fn create<K>(&self, manager: &str, object: &K) -> Result<Arc<K>, WriteError>
    where
        K: Watched + Serialize + Resource<Scope = NamespaceResourceScope>,
    {
        self.leader.still()?;
        let api = self.writing::<K>(object);
        let params = PostParams { field_manager: Some(manager.to_owned()), ..PostParams::default() };
        let created = attempt(&object.name_any(), api.create(&params, object)).await?;
        Ok(self.observe(created))
    }

    /// Changes fields outside the status, provided the object is still as the caller has it.
    pub async fn merge<K>(&self, manager: &str, object: &K, mut change: Value) -> Result<Arc<K>, WriteError>
    where
        K: Watched + Resource<Scope = NamespaceResourceScope>,
    {
        self.leader.still()?;
        change["metadata"]["resourceVersion"] = json!(object.resource_version());
        change["metadata"]["uid"] = json!(object.uid());
        let params = PatchParams { field_manager: Some(manager.to_owned()), ..PatchParams::default() };
        let api = self.writing::<K>(object);
        let name = object.name_any();
        let changed = attempt(&name, api.patch(&name, &params, &Patch::Merge(&change))).await?;
        Ok(self.observe(changed))
    }

    /// Deletes an object of ours, provided it is still as the caller has it.
    pub async fn delete<K>(&self, object: &K) -> Result<(), WriteError>
    where
        K: Watched + Resource<Scope = NamespaceResourceScope>,
    {
        self.leader.still()?;
        let preconditions = Preconditions { uid: object.uid(), resource_version: None };
        let params = DeleteParams { preconditions: Some(preconditions), ..DeleteParams::background() };
        let name = object.name_any();
        attempt(&name, self.writing::<K>(object).delete(&name, &params)).await.map(drop)
    }

    /// The writing API for the namespace of an object.
    pub fn writing<K>(&self, object: &K) -> Api<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    {
        Api::namespaced(self.clients.write.clone(), &object.namespace().unwrap_or_default())
    }

    /// Takes the answer to a write into the shared store, and wakes whoever waits for it. Gives the newest version known.
    pub fn observe<K: Watched>(&self, mut object: K) -> Arc<K> {
        object.trim();
        let store = K::store(&self.stores);
        if let Some(stored) = store.observe(object.clone()) {
            self.changed(&super::stores::Change { object: K::object(Arc::clone(&stored)), gone: false });
            return stored;
        }
        Arc::new(object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the API server words it.
    fn forbidden(cause: &str) -> kube::Error {
        let status = json!({
            "status": "Failure", "message": "no", "reason": "Forbidden", "code": 403,
            "details": { "name": "pm-web", "kind": "postmortems", "causes": [{ "reason": cause, "message": "no" }] }
        });
        kube::Error::Api(serde_json::from_value(status).unwrap())
    }

    #[tokio::test]
    async fn what_cannot_be_created_because_its_namespace_goes_is_no_refusal() {
        let outcome = async |cause| attempt::<()>("pm-web", async { Err(forbidden(cause)) }).await.unwrap_err();
        assert!(matches!(outcome("NamespaceTerminating").await, WriteError::Gone(_)));
        assert!(matches!(outcome("FieldValueForbidden").await, WriteError::Refused(_)));
    }
}
