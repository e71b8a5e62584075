//! What `install` applies: the files of `manifests/`, embedded, in an order that works, with the few values that differ per cluster.

use common::api::keys::{ADMISSION_PARAMS, OPERATOR_NAMESPACE, OPERATOR_SERVICE_ACCOUNT};
use kube::api::DynamicObject;
use serde_json::{Value, json};

use crate::choices::Choices;
use crate::failure::Failure;
use crate::kube::Kind;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/manifests.rs"));
}

/// What differs from the files as shipped.
#[derive(Clone, Debug)]
pub struct Values {
    /// Namespace of the operator.
    pub namespace: String,
    /// What was chosen about its Deployment.
    pub choices: Choices,
    /// The operator runs outside the cluster as this user.
    pub operator_user: Option<String>,
    /// What the operator may do where a namespace does not say.
    pub autonomy: Option<&'static str>,
}

impl Default for Values {
    fn default() -> Self {
        Self {
            namespace: OPERATOR_NAMESPACE.to_owned(),
            choices: Choices::default(),
            operator_user: None,
            autonomy: None,
        }
    }
}

/// The stages of an installation, in order.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Stage {
    /// Kinds.
    Crds,
    /// The operator's namespace.
    Namespace,
    /// Rights.
    Rbac,
    /// Who the operator is; written before the policies that guard it.
    Params,
    /// Policies, before their bindings.
    Policies,
    /// Bindings: from here on votes and plans are guarded.
    Bindings,
    /// The operator itself.
    Operator,
}

/// One object and its stage.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// When it is applied.
    pub stage: Stage,
    /// Its kind.
    pub kind: Kind,
    /// The object.
    pub object: DynamicObject,
}

impl Manifest {
    /// `deployment.apps/chatcli-operator`.
    pub fn named(&self) -> String {
        self.kind.named(self.object.metadata.name.as_deref().unwrap_or_default())
    }
}

/// Every object to apply, in order.
pub fn rendered(values: &Values) -> Result<Vec<Manifest>, Failure> {
    if let Some(user) = &values.operator_user
        && (user.is_empty() || user.contains(['\'', '\\', '\n']))
    {
        return Err(Failure::new(format!("{user:?} is no user name an admission policy can hold")));
    }
    let mut manifests = Vec::new();
    for (folder, file, text) in embedded::FILES {
        let broken = |problem: &dyn std::fmt::Display| {
            Failure::new(format!("the embedded manifest {folder}/{file} is broken: {problem}"))
        };
        let documents: Vec<Value> = serde_saphyr::from_multiple(text).map_err(|problem| broken(&problem))?;
        for mut document in documents.into_iter().filter(|document| !document.is_null()) {
            adjust(&mut document, values);
            values.choices.place(&mut document)?;
            let object: DynamicObject = serde_json::from_value(document).map_err(|problem| broken(&problem))?;
            let kind = kind_of(&object).ok_or_else(|| broken(&"it names no kind"))?;
            let stage = stage(folder, &kind.resource.kind);
            manifests.push(Manifest { stage, kind, object });
        }
    }
    if values.operator_user.is_some() {
        // The namespace stays: incidents of nodes, the parameters and the lease live there.
        manifests
            .retain(|manifest| manifest.stage != Stage::Operator && manifest.kind.resource.kind != "ServiceAccount");
    }
    manifests.sort_by_key(|manifest| manifest.stage);
    Ok(manifests)
}

fn stage(folder: &str, kind: &str) -> Stage {
    match (folder, kind) {
        ("crds", _) => Stage::Crds,
        (_, "Namespace") => Stage::Namespace,
        ("rbac", _) => Stage::Rbac,
        ("admission", "ValidatingAdmissionPolicy") => Stage::Policies,
        ("admission", "ValidatingAdmissionPolicyBinding") => Stage::Bindings,
        ("admission", _) => Stage::Params,
        _ => Stage::Operator,
    }
}

/// The kind of an object, its plural guessed by the rules Kubernetes' own kinds follow.
pub fn kind_of(object: &DynamicObject) -> Option<Kind> {
    let types = object.types.as_ref()?;
    let (group, version) = types.api_version.split_once('/').unwrap_or(("", &types.api_version));
    let lower = types.kind.to_lowercase();
    let plural = match lower.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None if lower.ends_with('s') => format!("{lower}es"),
        None => format!("{lower}s"),
    };
    Some(Kind::of(group, version, &types.kind, &plural))
}

fn adjust(document: &mut Value, values: &Values) {
    let shipped_user = format!("system:serviceaccount:{OPERATOR_NAMESPACE}:{OPERATOR_SERVICE_ACCOUNT}");
    let user = values
        .operator_user
        .clone()
        .unwrap_or_else(|| format!("system:serviceaccount:{}:{OPERATOR_SERVICE_ACCOUNT}", values.namespace));
    let is_crd = document["kind"] == "CustomResourceDefinition";
    if !is_crd {
        replace(document, &|text| {
            in_place_of(&text.replace(&shipped_user, &user), OPERATOR_NAMESPACE, &values.namespace)
        });
    }
    if let Some(user) = &values.operator_user {
        become_user(document, user, &values.namespace);
    }
    if document["kind"] == "Deployment"
        && let Some(level) = values.autonomy
        && let Some(args) = document["spec"]["template"]["spec"]["containers"][0]["args"].as_array_mut()
    {
        args.push(json!(format!("--autonomy={level}")));
    }
}

/// Bindings of the operator's ServiceAccount become bindings of the user it runs as.
fn become_user(document: &mut Value, user: &str, namespace: &str) {
    if document["kind"] == "ConfigMap" && document["metadata"]["name"] == ADMISSION_PARAMS {
        document["data"]["operatorUser"] = json!(user);
    }
    let Some(subjects) = document.get_mut("subjects").and_then(Value::as_array_mut) else { return };
    for subject in subjects {
        let is_operator = subject["kind"] == "ServiceAccount"
            && subject["name"] == OPERATOR_SERVICE_ACCOUNT
            && subject["namespace"] == namespace;
        if !is_operator {
            continue;
        }
        *subject = match user.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split_once(':')) {
            Some((namespace, name)) => json!({ "kind": "ServiceAccount", "namespace": namespace, "name": name }),
            None => json!({ "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user }),
        };
    }
}

fn replace(value: &mut Value, change: &impl Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, change)),
        Value::Object(fields) => fields.values_mut().for_each(|field| replace(field, change)),
        _ => {}
    }
}

/// Replaces a name where it stands alone, not as part of a longer one.
fn in_place_of(text: &str, old: &str, new: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(old) {
        let (before, after) = (&rest[..at], &rest[at + old.len()..]);
        let alone = !before.chars().next_back().is_some_and(is_part) && !after.chars().next().is_some_and(is_part);
        replaced.push_str(before);
        replaced.push_str(if alone { new } else { old });
        rest = after;
    }
    replaced + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(values: &Values) -> Vec<Manifest> {
        rendered(values).unwrap()
    }

    fn text(manifests: &[Manifest]) -> String {
        manifests.iter().map(|manifest| serde_json::to_string(&manifest.object).unwrap()).collect()
    }

    #[test]
    fn kinds_come_before_what_is_of_them_and_guards_before_the_operator() {
        let stages: Vec<_> = all(&Values::default()).iter().map(|manifest| manifest.stage).collect();
        assert!(stages.is_sorted());
        for stage in [
            Stage::Crds,
            Stage::Namespace,
            Stage::Rbac,
            Stage::Params,
            Stage::Policies,
            Stage::Bindings,
            Stage::Operator,
        ] {
            assert!(stages.contains(&stage), "{stage:?}");
        }
    }

    #[test]
    fn another_namespace_reaches_subjects_parameters_and_expressions() {
        let elsewhere = Values { namespace: "ops".into(), ..Values::default() };
        let manifests = all(&elsewhere);
        let others: Vec<_> = manifests.into_iter().filter(|manifest| manifest.stage != Stage::Crds).collect();
        assert!(!text(&others).contains(OPERATOR_NAMESPACE));
        assert!(text(&others).contains("system:serviceaccount:ops:chatcli-operator"));
    }

    #[test]
    fn an_operator_outside_the_cluster_gets_its_rights_by_name_and_no_deployment() {
        let outside = Values { operator_user: Some("chatcli-operator-dev".into()), ..Values::default() };
        let manifests = all(&outside);
        assert!(manifests.iter().all(|manifest| manifest.kind.resource.kind != "Deployment"));
        let shown = text(&manifests);
        assert!(
            !shown.contains("system:serviceaccount:chatcli-system:chatcli-operator"),
            "a policy still trusts the ServiceAccount"
        );
        let params = manifests.iter().find(|manifest| manifest.stage == Stage::Params).unwrap();
        assert_eq!(params.object.data["data"]["operatorUser"], "chatcli-operator-dev");
        let subjects: Vec<_> =
            manifests.iter().filter_map(|manifest| manifest.object.data["subjects"].as_array()).flatten().collect();
        assert!(!subjects.is_empty());
        assert!(subjects.iter().all(|subject| subject["name"] == "chatcli-operator-dev"), "{subjects:?}");
    }

    #[test]
    fn the_image_is_the_one_asked_for() {
        let choices = Choices { image: Some("registry.example.org/op:1".into()), ..Choices::default() };
        let manifests = all(&Values { choices, ..Values::default() });
        let deployment = manifests.iter().find(|manifest| manifest.kind.resource.kind == "Deployment").unwrap();
        assert_eq!(
            deployment.object.data["spec"]["template"]["spec"]["containers"][0]["image"],
            "registry.example.org/op:1"
        );
    }

    #[test]
    fn the_network_policy_lets_the_chosen_namespace_read_metrics_and_be_asked_at_the_chosen_port() {
        let choices = Choices {
            metrics_namespace: Some("observability".into()),
            prometheus_url: Some("http://prometheus.observability:9091".into()),
            ..Choices::default()
        };
        let manifests = all(&Values { choices, ..Values::default() });
        let policy = manifests.iter().find(|manifest| manifest.kind.resource.kind == "NetworkPolicy").unwrap();
        let chosen = json!({ "matchLabels": { "kubernetes.io/metadata.name": "observability" } });
        let spec = &policy.object.data["spec"];
        assert_eq!(spec["ingress"][0]["from"][0]["namespaceSelector"], chosen);
        let egress = spec["egress"].as_array().unwrap();
        let asked: Vec<_> = egress.iter().filter(|rule| rule["to"][0]["namespaceSelector"] == chosen).collect();
        assert_eq!(asked.len(), 1);
        assert_eq!(asked[0]["ports"], json!([{ "port": 9091 }]));
    }

    #[test]
    fn a_user_name_cannot_break_out_of_a_policy_expression() {
        let values = Values { operator_user: Some("x' || true || '".into()), ..Values::default() };
        assert!(rendered(&values).is_err());
    }

    #[test]
    fn only_the_whole_name_is_replaced() {
        assert_eq!(
            in_place_of("chatcli-system.svc chatcli-system-2", "chatcli-system", "ops"),
            "ops.svc chatcli-system-2"
        );
    }

    #[test]
    fn plurals_are_the_api_servers() {
        let plurals: Vec<_> =
            all(&Values::default()).into_iter().map(|manifest| manifest.kind.resource.plural).collect();
        for plural in [
            "customresourcedefinitions",
            "networkpolicies",
            "validatingadmissionpolicies",
            "configmaps",
            "clusterroles",
        ] {
            assert!(plurals.iter().any(|found| found == plural), "{plural}");
        }
    }
}
