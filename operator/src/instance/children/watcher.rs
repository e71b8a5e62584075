//! What a watching server may read: its own namespace by Role `<name>-watcher`, others by one RoleBinding each to the shared ClusterRole.
//!
//! Nobody gains rights through an object of ours: only an Instance in the operator's namespace reaches other namespaces by itself. For any
//! other one, whoever administers a target's namespace makes the binding; until then it is named as missing.

use std::collections::BTreeSet;

use common::api::keys::{WATCHER_NODES_ROLE, WATCHER_ROLE};
use common::instances::{RULES, watched_namespaces, watcher_binding};
use serde_json::{Value, json};

use super::{Child, ChildKind, Place};
use crate::instance::subject::Subject;

pub(in crate::instance) const SUFFIX: &str = "-watcher";

/// Bindings that lie outside the subject's namespace: where, whoever makes them.
pub(in crate::instance) fn abroad(subject: &Subject) -> Vec<Place> {
    let own = subject.namespace();
    namespaces(subject)
        .into_iter()
        .filter(|namespace| namespace != own)
        .map(|namespace| Place { kind: ChildKind::RoleBinding, namespace, name: binding(subject) })
        .collect()
}

/// Name of what is bound outside the subject's namespace.
pub(in crate::instance) fn binding(subject: &Subject) -> String {
    watcher_binding(subject.namespace(), subject.name())
}

/// Namespaces of the targets; empty when the watcher is off.
pub(in crate::instance) fn namespaces(subject: &Subject) -> BTreeSet<String> {
    watched_namespaces(&subject.spec)
}

/// Upstream's ClusterRoleBinding: everything, everywhere. Only ever taken away.
pub(in crate::instance) fn inherited(subject: &Subject) -> Place {
    let name = format!("{}-{}{SUFFIX}", subject.namespace(), subject.name());
    Place { kind: ChildKind::ClusterRoleBinding, namespace: String::new(), name }
}

/// What the operator makes by itself.
pub(in crate::instance) fn build(subject: &Subject, operator_namespace: &str) -> Vec<Child> {
    let mut children = Vec::new();
    let namespaces = namespaces(subject);
    if namespaces.contains(subject.namespace()) {
        children.extend(at_home(subject));
    }
    if subject.namespace() == operator_namespace && !namespaces.is_empty() {
        children.extend(abroad(subject).into_iter().map(|place| bound(place, subject, WATCHER_ROLE)));
        let nodes = Place { kind: ChildKind::ClusterRoleBinding, namespace: String::new(), name: binding(subject) };
        children.push(bound(nodes, subject, WATCHER_NODES_ROLE));
    }
    children
}

fn at_home(subject: &Subject) -> [Child; 2] {
    let name = subject.child(SUFFIX);
    let rules: Vec<Value> = RULES
        .iter()
        .map(|rule| json!({ "apiGroups": [rule.group], "resources": rule.resources, "verbs": rule.verbs }))
        .collect();
    let binding = json!({ "roleRef": role("Role", &name), "subjects": [account(subject)] });
    [
        Child::owned(ChildKind::Role, subject, name.clone(), json!({ "rules": rules })),
        Child::owned(ChildKind::RoleBinding, subject, name, binding),
    ]
}

/// A binding outside the subject's namespace, as we make it or an administrator does.
pub(in crate::instance) fn bound(place: Place, subject: &Subject, cluster_role: &str) -> Child {
    let content = json!({ "roleRef": role("ClusterRole", cluster_role), "subjects": [account(subject)] });
    Child::abroad(place, subject, content)
}

fn role(kind: &str, name: &str) -> Value {
    json!({ "apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name })
}

fn account(subject: &Subject) -> Value {
    json!({ "kind": "ServiceAccount", "name": subject.name(), "namespace": subject.namespace() })
}
