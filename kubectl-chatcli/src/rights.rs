//! What an account may do, from the RBAC objects themselves: bindings, the roles they name, the rules in those. Pure.
//!
//! Used on the embedded manifests it says what the operator needs; used on the cluster's objects, what it has.

use std::collections::{BTreeMap, BTreeSet};

use kube::ResourceExt as _;
use kube::api::DynamicObject;
use serde_json::Value;

use crate::kube::Right;

/// The rules an account has, and where each comes from.
#[derive(Clone, Debug, Default)]
pub struct Rights {
    /// Rules that hold in every namespace, by the binding that gives them.
    pub everywhere: Vec<(String, Rule)>,
    /// Rules of single namespaces, by namespace and binding.
    pub within: BTreeMap<String, Vec<(String, Rule)>>,
}

/// One rule of a role.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Rule {
    groups: Vec<String>,
    resources: Vec<String>,
    verbs: Vec<String>,
    names: Vec<String>,
}

impl Rule {
    fn of(value: &Value) -> Self {
        let words = |field: &str| {
            let words = value[field].as_array().into_iter().flatten();
            words.filter_map(|word| word.as_str().map(str::to_owned)).collect()
        };
        Self {
            groups: words("apiGroups"),
            resources: words("resources"),
            verbs: words("verbs"),
            names: words("resourceNames"),
        }
    }

    fn allows(&self, right: &Right) -> bool {
        let holds = |words: &[String], wanted: &str| words.iter().any(|word| word == "*" || word == wanted);
        let sub = right.resource.split_once('/').map(|(_, sub)| format!("*/{sub}"));
        let resource = holds(&self.resources, &right.resource) || sub.is_some_and(|sub| self.resources.contains(&sub));
        let name = self.names.is_empty() || right.name.as_ref().is_some_and(|name| self.names.contains(name));
        holds(&self.groups, &right.group) && resource && name && holds(&self.verbs, &right.verb)
    }

    /// Each verb on each resource.
    pub fn single(&self) -> BTreeSet<Right> {
        let mut rights = BTreeSet::new();
        for group in &self.groups {
            for resource in &self.resources {
                for verb in &self.verbs {
                    let right = Right::new(verb, group, resource);
                    if self.names.is_empty() {
                        rights.insert(right);
                    } else {
                        rights.extend(self.names.iter().map(|name| right.clone().on(name)));
                    }
                }
            }
        }
        rights
    }
}

impl Rights {
    /// What `system:serviceaccount:<home>:<name>` gets from these bindings and roles. Objects of other kinds are passed over.
    pub fn of(account: (&str, &str), objects: &[DynamicObject]) -> Self {
        let kind = |object: &DynamicObject| object.types.as_ref().map(|types| types.kind.clone()).unwrap_or_default();
        let mut rights = Self::default();
        for binding in objects.iter().filter(|object| names(&binding_subjects(object), account)) {
            let named = binding.name_any();
            let role = &binding.data["roleRef"];
            let (role_kind, role_name) =
                (role["kind"].as_str().unwrap_or_default(), role["name"].as_str().unwrap_or_default());
            let namespace = binding.namespace().filter(|_| kind(binding) == "RoleBinding");
            let rules: Vec<_> = objects
                .iter()
                .filter(|object| kind(object) == role_kind && object.name_any() == role_name)
                .filter(|object| role_kind == "ClusterRole" || object.namespace() == namespace)
                .flat_map(|object| rules(object, objects))
                .map(|rule| (named.clone(), rule))
                .collect();
            match namespace {
                Some(namespace) => rights.within.entry(namespace).or_default().extend(rules),
                None if kind(binding) == "ClusterRoleBinding" => rights.everywhere.extend(rules),
                None => {}
            }
        }
        rights
    }

    /// True where a right is held; in every namespace where `namespace` is `None`.
    pub fn allow(&self, right: &Right, namespace: Option<&str>) -> bool {
        let local = namespace.and_then(|namespace| self.within.get(namespace));
        self.everywhere.iter().chain(local.into_iter().flatten()).any(|(_, rule)| rule.allows(right))
    }

    /// Single rights that hold everywhere.
    pub fn everywhere(&self) -> BTreeSet<Right> {
        self.everywhere.iter().flat_map(|(_, rule)| rule.single()).collect()
    }

    /// Single rights of one namespace.
    pub fn of_namespace(&self, namespace: &str) -> BTreeSet<Right> {
        self.within.get(namespace).into_iter().flatten().flat_map(|(_, rule)| rule.single()).collect()
    }

    /// Rights held in `namespace` (everywhere, where `None`) that `needed` does not ask for, with the binding each comes from.
    pub fn beyond(&self, needed: &Self, namespace: Option<&str>) -> BTreeMap<String, BTreeSet<Right>> {
        let held = match namespace {
            Some(namespace) => self.within.get(namespace).into_iter().flatten().collect::<Vec<_>>(),
            None => self.everywhere.iter().collect(),
        };
        let mut beyond: BTreeMap<String, BTreeSet<Right>> = BTreeMap::new();
        for (binding, rule) in held {
            for right in rule.single().into_iter().filter(|right| !needed.allow(right, namespace)) {
                beyond.entry(binding.clone()).or_default().insert(right);
            }
        }
        beyond
    }
}

fn binding_subjects(object: &DynamicObject) -> Vec<Value> {
    object.data["subjects"].as_array().cloned().unwrap_or_default()
}

/// Groups that every ServiceAccount is in give it rights too, but not its own: `system:authenticated` is everybody's affair.
fn names(subjects: &[Value], (home, name): (&str, &str)) -> bool {
    subjects.iter().any(|subject| match subject["kind"].as_str() {
        Some("ServiceAccount") => subject["name"] == name && subject["namespace"] == home,
        Some("User") => subject["name"] == format!("system:serviceaccount:{home}:{name}"),
        _ => false,
    })
}

/// A role's rules. For one that collects others, theirs: the manifests as shipped hold no collected rules yet.
fn rules(role: &DynamicObject, objects: &[DynamicObject]) -> Vec<Rule> {
    let mut rules: Vec<Rule> = role.data["rules"].as_array().into_iter().flatten().map(Rule::of).collect();
    for selector in role.data["aggregationRule"]["clusterRoleSelectors"].as_array().into_iter().flatten() {
        let Some(labels) = selector["matchLabels"].as_object() else { continue };
        let collected = objects.iter().filter(|other| {
            other.types.as_ref().is_some_and(|types| types.kind == "ClusterRole")
                && other.name_any() != role.name_any()
                && labels.iter().all(|(key, value)| other.labels().get(key).map(String::as_str) == value.as_str())
        });
        rules.extend(collected.flat_map(|other| other.data["rules"].as_array().into_iter().flatten().map(Rule::of)));
    }
    rules
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::manifests::{Values, rendered};

    const OPERATOR: (&str, &str) = ("chatcli-system", "chatcli-operator");

    fn shipped() -> Vec<DynamicObject> {
        rendered(&Values::default()).unwrap().into_iter().map(|manifest| manifest.object).collect()
    }

    fn object(value: Value) -> DynamicObject {
        serde_json::from_value(value).unwrap()
    }

    fn bound(role: &Value, kind: &str, namespace: Option<&str>) -> Vec<DynamicObject> {
        let mut binding = json!({ "apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": { "name": "extra" },
            "roleRef": { "kind": "ClusterRole", "name": "extra" },
            "subjects": [{ "kind": "ServiceAccount", "name": "chatcli-operator", "namespace": "chatcli-system" }] });
        if let Some(namespace) = namespace {
            binding["metadata"]["namespace"] = json!(namespace);
        }
        let role = json!({ "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": { "name": "extra" }, "rules": [role] });
        vec![object(binding), object(role)]
    }

    #[test]
    fn the_manifests_give_the_operator_what_its_actions_need() {
        let needed = Rights::of(OPERATOR, &shipped());
        assert!(needed.allow(&Right::new("list", "", "pods"), None));
        assert!(needed.allow(&Right::new("patch", "apps", "deployments"), None), "collected by chatcli-remediation");
        assert!(!needed.allow(&Right::new("get", "", "secrets"), None));
        assert!(needed.allow(&Right::new("update", "coordination.k8s.io", "leases"), Some("chatcli-system")));
        assert!(!needed.allow(&Right::new("update", "coordination.k8s.io", "leases"), Some("shop")));
    }

    #[test]
    fn nothing_is_beyond_what_is_shipped_and_a_wildcard_is() {
        let needed = Rights::of(OPERATOR, &shipped());
        assert!(needed.beyond(&needed, None).is_empty());
        let admin = json!({ "apiGroups": ["*"], "resources": ["*"], "verbs": ["*"] });
        let held = Rights::of(OPERATOR, &[shipped(), bound(&admin, "ClusterRoleBinding", None)].concat());
        assert_eq!(held.beyond(&needed, None)["extra"].iter().next().unwrap().words(), "* *.*");
    }

    #[test]
    fn a_role_binding_counts_in_its_namespace_only() {
        let rule = json!({ "apiGroups": [""], "resources": ["secrets"], "resourceNames": ["tls"], "verbs": ["get"] });
        let held = Rights::of(OPERATOR, &[shipped(), bound(&rule, "RoleBinding", Some("shop"))].concat());
        let right = Right::new("get", "", "secrets");
        assert!(
            held.allow(&right.clone().on("tls"), Some("shop")) && !held.allow(&right.clone().on("tls"), Some("bank"))
        );
        assert!(!held.allow(&right, Some("shop")), "a named right is none on all");
        assert!(held.beyond(&Rights::of(OPERATOR, &shipped()), Some("shop")).contains_key("extra"));
    }
}
