//! What only an administrator can give: the operator's right to read the Secrets an Instance names, and the server's right to watch
//! workloads of other namespaces.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Source, references, watched_namespaces, watcher_binding};
use crate::api::instance::InstanceSpec;
use crate::api::keys::{OPERATOR_SERVICE_ACCOUNT, WATCHER_ROLE, annotations, labels, managers};
use crate::naming;

/// Whom an Instance is granted something for.
#[derive(Clone, Copy, Debug)]
pub struct Grantee<'a> {
    /// Namespace of the Instance.
    pub namespace: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Namespace of the operator.
    pub operator_namespace: &'a str,
}

/// The objects to apply, none where nothing is missing: an Instance of the operator's namespace needs no grant.
pub fn grants(to: &Grantee<'_>, spec: &InstanceSpec) -> Vec<Value> {
    if to.namespace == to.operator_namespace {
        return Vec::new();
    }
    let mut objects = secrets(to, spec);
    let abroad = watched_namespaces(spec).into_iter().filter(|namespace| namespace != to.namespace);
    objects.extend(abroad.map(|namespace| watching(to, &namespace)));
    objects
}

/// One Role with the names of the Secrets, and one more rule for the Secret that the operator itself makes.
fn secrets(to: &Grantee<'_>, spec: &InstanceSpec) -> Vec<Value> {
    let named = references(spec).into_iter().filter(|reference| reference.source == Source::Secret);
    let named: BTreeSet<String> = named.map(|reference| reference.name).collect();
    let mut rules = Vec::new();
    if !named.is_empty() {
        rules.push(json!({
            "apiGroups": [""], "resources": ["secrets"], "resourceNames": named, "verbs": ["get", "list", "watch"],
        }));
    }
    if keeps_secrets(spec) {
        rules.push(json!({
            "apiGroups": [""], "resources": ["secrets"], "resourceNames": [format!("{}-mcp", to.name)],
            "verbs": ["get", "create", "patch", "delete"],
        }));
    }
    if rules.is_empty() {
        return Vec::new();
    }
    let name = naming::with_suffix(to.name, "-secrets");
    let metadata = metadata(to, to.namespace, &name);
    vec![
        json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": metadata, "rules": rules,
        }),
        json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": metadata,
            "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name },
            "subjects": [{ "kind": "ServiceAccount", "name": OPERATOR_SERVICE_ACCOUNT, "namespace": to.operator_namespace }],
        }),
    ]
}

/// Environment of MCP servers is kept in a Secret.
fn keeps_secrets(spec: &InstanceSpec) -> bool {
    spec.mcp.as_ref().is_some_and(|mcp| {
        mcp.enabled && mcp.existing_config_map.is_none() && mcp.servers.iter().any(|server| !server.env.is_empty())
    })
}

fn watching(to: &Grantee<'_>, namespace: &str) -> Value {
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": metadata(to, namespace, &watcher_binding(to.namespace, to.name)),
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": WATCHER_ROLE },
        "subjects": [{ "kind": "ServiceAccount", "name": to.name, "namespace": to.namespace }],
    })
}

/// The operator hears of objects with these labels.
fn metadata(to: &Grantee<'_>, namespace: &str, name: &str) -> Value {
    json!({
        "name": name,
        "namespace": namespace,
        "labels": {
            "app.kubernetes.io/name": "chatcli",
            (labels::INSTANCE): to.name,
            (labels::MANAGED_BY): managers::PLUGIN,
        },
        "annotations": { (annotations::INSTANCE): format!("{}/{}", to.namespace, to.name) },
    })
}
