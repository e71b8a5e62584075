//! The server somebody asked for, whichever of the two kinds it was asked with.

use std::fmt;
use std::sync::Arc;

use common::api::instance::{AccessMode, InstanceSpec, InstanceStatus, Retention};
use common::api::{ChatCLIInstance, Instance, keys};
use k8s_openapi::api::core::v1::ObjectReference;
use kube::{Resource, ResourceExt as _};
use serde_json::{Value, json};

use crate::runtime::{ObjectKey, Stores};

/// Port of the gRPC server unless the spec names another.
pub const PORT: i32 = 50051;
/// Port of the metrics unless the spec names another.
pub const METRICS_PORT: i32 = 9090;
/// Size of the sessions' claim unless the spec names another.
const SIZE: &str = "1Gi";

/// Which kind.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Kind {
    /// `Instance`.
    Instance,
    /// `ChatCLIInstance`.
    Legacy,
}

/// What the controller works on.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Key {
    /// Which kind.
    pub kind: Kind,
    /// Namespace and name.
    pub object: ObjectKey,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.object.fmt(f)
    }
}

/// The object as it was asked for.
#[derive(Clone, Debug)]
pub enum Asked {
    /// Today's kind.
    Instance(Arc<Instance>),
    /// The legacy kind.
    Legacy(Arc<ChatCLIInstance>),
}

/// One server to run.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Who asked.
    pub asked: Asked,
    /// Namespace and name.
    pub key: ObjectKey,
    /// UID of the object.
    pub uid: String,
    /// What to run.
    pub spec: InstanceSpec,
    /// Status as last written.
    pub status: InstanceStatus,
    /// Generation of the spec.
    pub generation: Option<i64>,
    /// Deletion was asked for.
    pub is_ending: bool,
    /// It carries our finalizer.
    pub is_held: bool,
}

impl Subject {
    /// From the shared stores.
    pub fn find(stores: &Stores, key: &Key) -> Option<Self> {
        match key.kind {
            Kind::Instance => stores.instances.get(&key.object).map(Self::of_instance),
            Kind::Legacy => stores.legacy_instances.get(&key.object).map(Self::of_legacy),
        }
    }

    /// Of an Instance.
    pub fn of_instance(object: Arc<Instance>) -> Self {
        let (spec, status) = (object.spec.clone(), object.status.clone().unwrap_or_default());
        Self::new(&*object.clone(), Asked::Instance(object), keys::INSTANCE_FINALIZER, spec, status)
    }

    /// Of a legacy object.
    pub fn of_legacy(object: Arc<ChatCLIInstance>) -> Self {
        let (spec, status) = (object.spec.as_instance(), object.status.clone().unwrap_or_default());
        Self::new(&*object.clone(), Asked::Legacy(object), keys::LEGACY_INSTANCE_FINALIZER, spec, status)
    }

    fn new<K: Resource>(object: &K, asked: Asked, finalizer: &str, spec: InstanceSpec, status: InstanceStatus) -> Self {
        Self {
            asked,
            key: ObjectKey::of(object),
            uid: object.uid().unwrap_or_default(),
            spec,
            status,
            generation: object.meta().generation,
            is_ending: object.meta().deletion_timestamp.is_some(),
            is_held: object.finalizers().iter().any(|held| held == finalizer),
        }
    }

    /// The finalizer of its kind.
    pub fn finalizer(&self) -> &'static str {
        match self.asked {
            Asked::Instance(_) => keys::INSTANCE_FINALIZER,
            Asked::Legacy(_) => keys::LEGACY_INSTANCE_FINALIZER,
        }
    }

    /// The object Events are about.
    pub fn reference(&self) -> ObjectReference {
        match &self.asked {
            Asked::Instance(object) => object.object_ref(&()),
            Asked::Legacy(object) => object.object_ref(&()),
        }
    }

    /// The owner reference of its children.
    pub fn owner(&self) -> Value {
        let (group, kind) = match self.asked {
            Asked::Instance(_) => (keys::GROUP, "Instance"),
            Asked::Legacy(_) => (keys::LEGACY_GROUP, "ChatCLIInstance"),
        };
        json!({
            "apiVersion": format!("{group}/{}", keys::VERSION),
            "kind": kind,
            "name": self.key.name,
            "uid": self.uid,
            "controller": true,
            "blockOwnerDeletion": true,
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.key.name
    }

    /// Its namespace.
    pub fn namespace(&self) -> &str {
        &self.key.namespace
    }

    /// `<name><suffix>`: the name of a child.
    pub fn child(&self, suffix: &str) -> String {
        format!("{}{suffix}", self.key.name)
    }

    /// The three labels of every child, of the pods and of every selector. The selector of a Deployment cannot change, so neither can they.
    pub fn labels(&self) -> Value {
        json!({
            "app.kubernetes.io/name": "chatcli",
            (keys::labels::INSTANCE): self.key.name,
            (keys::labels::MANAGED_BY): keys::OPERATOR_SERVICE_ACCOUNT,
        })
    }

    /// [`Subject::labels`] as the scale subresource reports them.
    pub fn selector(&self) -> String {
        format!(
            "app.kubernetes.io/name=chatcli,{}={},{}={}",
            keys::labels::INSTANCE,
            self.key.name,
            keys::labels::MANAGED_BY,
            keys::OPERATOR_SERVICE_ACCOUNT
        )
    }

    /// Port of the gRPC server.
    pub fn port(&self) -> i32 {
        self.spec.server.as_ref().and_then(|server| server.port).unwrap_or(PORT)
    }

    /// Port of the metrics; `None` when they are off.
    pub fn metrics_port(&self) -> Option<i32> {
        let port = self.spec.server.as_ref().and_then(|server| server.metrics_port).unwrap_or(METRICS_PORT);
        (port > 0).then_some(port)
    }

    /// Secret of the certificate, when TLS is on.
    pub fn tls_secret(&self) -> Option<&str> {
        let tls = self.spec.server.as_ref()?.tls.as_ref()?;
        tls.secret_name.as_deref().filter(|name| tls.enabled == Some(true) && !name.is_empty())
    }

    /// Replicas somebody asked for.
    pub fn replicas_asked(&self) -> i32 {
        self.spec.replicas.unwrap_or(1)
    }

    /// Replicas that can share the storage.
    pub fn replicas(&self) -> i32 {
        if self.is_exclusive() { self.replicas_asked().min(1) } else { self.replicas_asked() }
    }

    /// Sessions are kept in a volume.
    pub fn is_persistent(&self) -> bool {
        self.spec.persistence.as_ref().is_some_and(|persistence| persistence.enabled == Some(true))
    }

    /// The sessions' volume can be mounted by one pod's node only.
    pub fn is_exclusive(&self) -> bool {
        self.is_persistent() && self.access_mode() == AccessMode::ReadWriteOnce
    }

    /// Access mode of the sessions' claim.
    pub fn access_mode(&self) -> AccessMode {
        self.spec.persistence.as_ref().and_then(|persistence| persistence.access_mode).unwrap_or_default()
    }

    /// Size of the sessions' claim.
    pub fn size(&self) -> &str {
        self.spec.persistence.as_ref().and_then(|persistence| persistence.size.as_deref()).unwrap_or(SIZE)
    }

    /// What becomes of the sessions afterwards.
    pub fn retention(&self) -> Retention {
        self.spec.persistence.as_ref().and_then(|persistence| persistence.retention).unwrap_or_default()
    }

    /// The DNS name that the server's certificate has to carry.
    pub fn host(&self, cluster_domain: &str) -> String {
        match self.spec.server.as_ref().and_then(|server| server.address.as_deref()) {
            Some(address) => split_port(address).0.to_owned(),
            None => format!("{}.{}.svc.{cluster_domain}", self.key.name, self.key.namespace),
        }
    }
}

/// Host and port of `host`, `host:port`, `[v6]` or `[v6]:port`.
pub fn split_port(address: &str) -> (&str, Option<u16>) {
    if let Some(rest) = address.strip_prefix('[')
        && let Some((host, rest)) = rest.split_once(']')
    {
        return (host, rest.strip_prefix(':').and_then(|port| port.parse().ok()));
    }
    match address.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().ok()),
        None => (address, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_told_from_an_address_of_version_six() {
        assert_eq!(split_port("chatcli.example.com"), ("chatcli.example.com", None));
        assert_eq!(split_port("chatcli.example.com:443"), ("chatcli.example.com", Some(443)));
        assert_eq!(split_port("[2001:db8::1]:443"), ("2001:db8::1", Some(443)));
        assert_eq!(split_port("[2001:db8::1]"), ("2001:db8::1", None));
    }
}
