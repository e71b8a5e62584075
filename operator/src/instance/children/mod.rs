//! What a server consists of in the cluster: pure functions from the wish to the objects, one file per kind of child.
//!
//! Each body is exactly what is applied: fields it leaves out belong to others (an HPA's replicas, a restart annotation, an injected
//! sidecar, annotations of cloud providers) and survive.

pub mod config;
pub mod deployment;
pub mod mcp;
pub mod service;
pub mod service_account;
pub mod sessions;
pub mod watch_config;
pub mod watcher;

use common::actions::canonical;
use common::api::keys::annotations;
use common::naming;
use k8s_openapi::api::{
    apps::v1::Deployment,
    core::v1::{ConfigMap, PersistentVolumeClaim, Secret, Service, ServiceAccount},
    rbac::v1::{ClusterRoleBinding, Role, RoleBinding},
};
use kube::discovery::ApiResource;
use serde_json::{Value, json};

use super::subject::Subject;

/// Kinds of children, in the order they are written: what a pod needs comes before the pods.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[allow(missing_docs, reason = "Kubernetes kinds")]
pub enum ChildKind {
    ServiceAccount,
    Role,
    RoleBinding,
    ClusterRoleBinding,
    ConfigMap,
    Secret,
    PersistentVolumeClaim,
    Service,
    Deployment,
}

impl ChildKind {
    /// How the API server calls it.
    pub fn resource(self) -> ApiResource {
        match self {
            Self::ServiceAccount => ApiResource::erase::<ServiceAccount>(&()),
            Self::Role => ApiResource::erase::<Role>(&()),
            Self::RoleBinding => ApiResource::erase::<RoleBinding>(&()),
            Self::ClusterRoleBinding => ApiResource::erase::<ClusterRoleBinding>(&()),
            Self::ConfigMap => ApiResource::erase::<ConfigMap>(&()),
            Self::Secret => ApiResource::erase::<Secret>(&()),
            Self::PersistentVolumeClaim => ApiResource::erase::<PersistentVolumeClaim>(&()),
            Self::Service => ApiResource::erase::<Service>(&()),
            Self::Deployment => ApiResource::erase::<Deployment>(&()),
        }
    }
}

/// Where a child is.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Place {
    /// Kind.
    pub kind: ChildKind,
    /// Namespace; empty for cluster-scoped kinds.
    pub namespace: String,
    /// Name.
    pub name: String,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.namespace.is_empty() {
            write!(f, "{:?} {}", self.kind, self.name)
        } else {
            write!(f, "{:?} {}/{}", self.kind, self.namespace, self.name)
        }
    }
}

/// One object as it shall be.
#[derive(Clone, Debug, PartialEq)]
pub struct Child {
    /// Where it is.
    pub place: Place,
    /// What is applied.
    pub body: Value,
}

impl Child {
    /// Owned by the subject and in its namespace: the garbage collector takes it away with it.
    pub(super) fn owned(kind: ChildKind, subject: &Subject, name: String, content: Value) -> Self {
        let mut child = Self::kept(kind, subject, name, content);
        child.body["metadata"]["ownerReferences"] = json!([subject.owner()]);
        child.sealed()
    }

    /// In the subject's namespace, and stays when the subject goes.
    pub(super) fn kept(kind: ChildKind, subject: &Subject, name: String, content: Value) -> Self {
        Self::at(Place { kind, namespace: subject.namespace().to_owned(), name }, subject, content)
    }

    /// In another namespace, or in none: it says whose it is, and is taken away by us.
    pub(super) fn abroad(place: Place, subject: &Subject, content: Value) -> Self {
        let mut child = Self::at(place, subject, content);
        child.body["metadata"]["annotations"][annotations::INSTANCE] = json!(subject.key.to_string());
        child.sealed()
    }

    fn at(place: Place, subject: &Subject, mut content: Value) -> Self {
        let resource = place.kind.resource();
        content["apiVersion"] = json!(resource.api_version);
        content["kind"] = json!(resource.kind);
        content["metadata"] = json!({ "name": place.name, "labels": subject.labels() });
        if !place.namespace.is_empty() {
            content["metadata"]["namespace"] = json!(place.namespace);
        }
        Self { place, body: content }.sealed()
    }

    /// Notes the digest of the body in the body, so that a field taken out of it is seen as a change too.
    pub(in crate::instance) fn sealed(mut self) -> Self {
        if let Some(noted) = self.body["metadata"]["annotations"].as_object_mut() {
            noted.remove(annotations::APPLIED);
        }
        let digest = self.digest();
        self.body["metadata"]["annotations"][annotations::APPLIED] = json!(digest);
        self
    }

    /// What the object shall be, in 16 hex digits.
    pub fn digest(&self) -> String {
        let mut bare = self.body.clone();
        if let Some(noted) = bare["metadata"]["annotations"].as_object_mut() {
            noted.remove(annotations::APPLIED);
        }
        if bare["metadata"]["annotations"].as_object().is_some_and(serde_json::Map::is_empty) {
            bare["metadata"]["annotations"].take();
        }
        digest_of(&bare)
    }
}

/// 16 hex digits of SHA-256 over canonical JSON.
pub fn digest_of(value: &Value) -> String {
    naming::hash(&[&canonical(value)], 16)
}
