//! What was made for Instances, as the watches of it last saw it.
//!
//! In: labelled objects of every kind a server consists of. Out: those of one Instance. Never: a Secret.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use common::api::keys::labels;
use k8s_openapi::api::core::v1::{ConfigMap, PersistentVolumeClaim, Service, ServiceAccount};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use k8s_openapi::api::rbac::v1::{Role, RoleBinding};
use kube::{Api, Client, Resource, ResourceExt as _};
use serde::Serialize;
use serde_json::{Value, json};

use super::children::{ChildKind, Place};
use super::subject::Subject;
use crate::runtime::{ObjectKey, Runtime, Store};

/// Selects what is made for Instances, and what administrators make for them.
const SELECTOR: &str = "app.kubernetes.io/name=chatcli";
/// Name of changes in [`Made`], in [`crate::runtime::Object::Other`].
pub(super) const MADE: &str = "made for an Instance";

/// What exists of the children, as the watches last saw it.
pub(super) struct Made {
    accounts: Arc<Store<ServiceAccount>>,
    roles: Arc<Store<Role>>,
    bindings: Arc<Store<RoleBinding>>,
    config: Arc<Store<ConfigMap>>,
    claims: Arc<Store<PersistentVolumeClaim>>,
    services: Arc<Store<Service>>,
    slices: Arc<Store<EndpointSlice>>,
}

impl Made {
    pub(super) fn watch(runtime: &mut Runtime) -> Self {
        Self {
            accounts: labelled(runtime),
            roles: labelled(runtime),
            bindings: labelled(runtime),
            config: labelled(runtime),
            claims: labelled(runtime),
            services: labelled(runtime),
            slices: labelled(runtime),
        }
    }

    /// Everything made for the subject by its name, wherever it is.
    pub(super) fn of(&self, subject: &Subject) -> BTreeMap<Place, Value> {
        let mut found = BTreeMap::new();
        collect(&mut found, ChildKind::ServiceAccount, &self.accounts, subject);
        collect(&mut found, ChildKind::Role, &self.roles, subject);
        collect(&mut found, ChildKind::RoleBinding, &self.bindings, subject);
        collect(&mut found, ChildKind::ConfigMap, &self.config, subject);
        collect(&mut found, ChildKind::PersistentVolumeClaim, &self.claims, subject);
        collect(&mut found, ChildKind::Service, &self.services, subject);
        found
    }

    /// Names of the Instances that an object of this name, of any of the kinds, was made for; `None` when it is gone and cannot say.
    pub(super) fn made_for(&self, object: &ObjectKey) -> Option<BTreeSet<String>> {
        let mut names = BTreeSet::new();
        let mut note = |labels: Option<&BTreeMap<String, String>>| {
            names.extend(labels.and_then(|labels| labels.get(labels::INSTANCE)).cloned());
        };
        note(self.accounts.get(object).and_then(|found| found.metadata.labels.clone()).as_ref());
        note(self.roles.get(object).and_then(|found| found.metadata.labels.clone()).as_ref());
        note(self.bindings.get(object).and_then(|found| found.metadata.labels.clone()).as_ref());
        note(self.config.get(object).and_then(|found| found.metadata.labels.clone()).as_ref());
        note(self.claims.get(object).and_then(|found| found.metadata.labels.clone()).as_ref());
        note(self.services.get(object).and_then(|found| found.metadata.labels.clone()).as_ref());
        note(self.slices.get(object).and_then(|found| found.metadata.labels.clone()).as_ref());
        (!names.is_empty()).then_some(names)
    }

    /// Endpoints of the subject's Service.
    pub(super) fn endpoints(&self, subject: &Subject) -> Vec<Arc<EndpointSlice>> {
        self.slices.filter(|slice| {
            slice.namespace().as_deref() == Some(subject.namespace())
                && slice.labels().get("kubernetes.io/service-name").map(String::as_str) == Some(subject.name())
        })
    }
}

fn labelled<K>(runtime: &mut Runtime) -> Arc<Store<K>>
where
    K: Resource<DynamicType = ()> + Clone + std::fmt::Debug + serde::de::DeserializeOwned + Send + Sync + 'static,
{
    let config = kube::runtime::watcher::Config::default().labels(SELECTOR);
    runtime.also_watch(MADE, |client: Client| Api::all(client), config)
}

fn collect<K>(found: &mut BTreeMap<Place, Value>, kind: ChildKind, store: &Store<K>, subject: &Subject)
where
    K: Resource + Serialize,
{
    // A binding abroad carries the name as well; that it is this namespace's Instance is for its annotation to say.
    for object in
        store.filter(|object| object.labels().get(labels::INSTANCE).map(String::as_str) == Some(subject.name()))
    {
        let namespace = object.namespace().unwrap_or_default();
        if namespace == subject.namespace() || kind == ChildKind::RoleBinding {
            found.insert(Place { kind, namespace, name: object.name_any() }, json!(&*object));
        }
    }
}
