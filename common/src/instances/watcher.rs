//! What a watching server may read, and where.

use std::collections::BTreeSet;

use crate::api::instance::InstanceSpec;
use crate::naming;

/// One rule of a Role.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// API group.
    pub group: &'static str,
    /// Resources.
    pub resources: &'static [&'static str],
    /// Verbs.
    pub verbs: &'static [&'static str],
}

const READ: &[&str] = &["get", "list", "watch"];

/// What is read in a target's namespace.
pub const RULES: &[Rule] = &[
    Rule { group: "", resources: &["pods", "pods/log", "events", "services", "endpoints"], verbs: READ },
    Rule { group: "apps", resources: &["deployments", "replicasets", "statefulsets", "daemonsets"], verbs: READ },
    Rule { group: "batch", resources: &["jobs", "cronjobs"], verbs: READ },
    Rule { group: "autoscaling", resources: &["horizontalpodautoscalers"], verbs: READ },
    Rule { group: "networking.k8s.io", resources: &["ingresses"], verbs: READ },
    Rule { group: "metrics.k8s.io", resources: &["pods"], verbs: &["get", "list"] },
];

/// What is read of the cluster itself.
pub const NODE_RULES: &[Rule] = &[
    Rule { group: "", resources: &["nodes"], verbs: READ },
    Rule { group: "metrics.k8s.io", resources: &["nodes"], verbs: &["get", "list"] },
];

/// Namespaces of the watch targets; empty when the watcher is off.
pub fn watched_namespaces(spec: &InstanceSpec) -> BTreeSet<String> {
    let Some(watcher) = spec.watcher.as_ref().filter(|watcher| watcher.enabled == Some(true)) else {
        return BTreeSet::new();
    };
    if watcher.targets.is_empty() {
        let single = watcher.namespace.as_deref().filter(|name| !name.is_empty());
        return BTreeSet::from([single.unwrap_or("default").to_owned()]);
    }
    watcher.targets.iter().map(|target| target.namespace_or_default().to_owned()).collect()
}

/// Name of what is bound outside the Instance's namespace. The digest keeps `a-b/c` and `a/b-c` apart.
pub fn watcher_binding(namespace: &str, name: &str) -> String {
    let digest = naming::hash(&[namespace, name], 8);
    naming::with_hash(&format!("{namespace}-{name}-watcher"), &digest)
}
