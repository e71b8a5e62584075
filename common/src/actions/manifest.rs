//! Applying manifests that a ConfigMap holds.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::action::{Action, Rule, Settled, Spec};
use super::allowed;
use super::change::ChangeSet;
use super::health;
use super::kind::{self, Kind};
use super::live::{Live, Need};
use super::object::{Object, escape};
use super::pod_safety::escalation;
use super::refusal::Refusal;
use super::secrets;
use super::settle;
use crate::api::remediation_plan::{ActionClass, WriteKind};
use crate::api::{ActionType, ResourceRef};

/// Applies the manifests under one key of a ConfigMap.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyManifest {
    /// ConfigMap in the workload's namespace.
    configmap: String,
    /// Key that holds the manifests, YAML or JSON, one or several documents.
    #[serde(default = "manifest_yaml")]
    key: String,
}

fn manifest_yaml() -> String {
    "manifest.yaml".to_owned()
}

/// Kinds an incident may be about.
const KINDS: &[&Kind] = &[&kind::DEPLOYMENT, &kind::STATEFUL_SET, &kind::DAEMON_SET, &kind::JOB, &kind::CRON_JOB];
/// Most objects applied in one step.
const MOST: usize = 20;
const VERBS: &[&str] = &["get", "create", "patch", "delete"];

impl Action for ApplyManifest {
    const SPEC: Spec = Spec {
        action: ActionType::ApplyManifest,
        kinds: KINDS,
        class: ActionClass::Irreversible,
        capability: "manifests",
        rules: &[
            Rule { group: "apps", resource: "deployments", verbs: VERBS },
            Rule { group: "apps", resource: "statefulsets", verbs: VERBS },
            Rule { group: "apps", resource: "daemonsets", verbs: VERBS },
            Rule { group: "apps", resource: "replicasets", verbs: VERBS },
            Rule { group: "", resource: "services", verbs: VERBS },
            Rule { group: "", resource: "configmaps", verbs: VERBS },
            Rule { group: "autoscaling", resource: "horizontalpodautoscalers", verbs: VERBS },
            Rule { group: "policy", resource: "poddisruptionbudgets", verbs: VERBS },
            Rule { group: "networking.k8s.io", resource: "ingresses", verbs: VERBS },
            Rule { group: "batch", resource: "cronjobs", verbs: VERBS },
            Rule { group: "batch", resource: "jobs", verbs: VERBS },
            Rule { group: "monitoring.coreos.com", resource: "servicemonitors", verbs: VERBS },
            Rule { group: "monitoring.coreos.com", resource: "prometheusrules", verbs: VERBS },
            Rule { group: "monitoring.coreos.com", resource: "podmonitors", verbs: VERBS },
            Rule { group: "networking.istio.io", resource: "serviceentries", verbs: VERBS },
            Rule { group: "networking.istio.io", resource: "virtualservices", verbs: VERBS },
            Rule { group: "networking.istio.io", resource: "destinationrules", verbs: VERBS },
        ],
        about: "Applies the manifests under one key of a ConfigMap (YAML or JSON, several documents) by server-side apply, in the workload's \
                namespace and for 17 kinds only; a field that another writer owns is never taken. What the manifests say when they are \
                previewed is what is applied. Undo restores the objects that were there and deletes those that were not. Refused for any \
                other kind, another namespace, a secret value, and pods that reach into the node or run as another ServiceAccount.",
        takes_data: false,
    };

    fn needs(&self, _: &ResourceRef) -> Vec<Need> {
        vec![self.need()]
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let namespace = live.target.namespace();
        let read = live.all(&self.need())?;
        let reference = kind::CONFIG_MAP.reference(namespace, &self.configmap);
        let map = read.first().ok_or_else(|| Refusal::absent(&reference))?;
        let Some(text) = map.at(&format!("/data/{}", escape(&self.key))).and_then(Value::as_str) else {
            let known: Vec<&str> = map.strings("/data").into_keys().collect();
            return Err(Refusal::bad_param(ActionType::ApplyManifest, "key", &self.key, known.join(", ")));
        };
        let documents =
            documents(text).map_err(|why| Refusal::Unsuitable(format!("{reference} {}: {why}", self.key)))?;
        if documents.is_empty() || documents.len() > MOST {
            let text = format!("{reference} {} holds {} manifests; 1 to {MOST} are applied", self.key, documents.len());
            return Err(Refusal::Unsuitable(text));
        }
        let account = live.target.at("/spec/template/spec/serviceAccountName").and_then(Value::as_str);
        let mut change = ChangeSet::default();
        for document in &documents {
            let (kind, manifest) = permitted(document, namespace, account)?;
            let object = kind.reference(namespace, manifest.name());
            let found = read.iter().skip(1).find(|found| found.kind() == kind.kind && found.name() == manifest.name());
            change = change.and(match found {
                Some(found) => {
                    ChangeSet::apply(found, &manifest.0, &live.plan_uid, format!("applies {}", object.short()))
                }
                None => ChangeSet::create(kind, &manifest.0, None, format!("creates {}", object.short())),
            });
        }
        Ok(change)
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        // What was made has no field to compare.
        match settle::still_as_written(&change.only(|record| record.kind == WriteKind::Apply), now) {
            Settled::Arrived => {}
            other => return other,
        }
        let written = change.writes.iter().filter_map(|write| now.find(&write.record.object));
        written
            .map(|object| is_ready(object, now))
            .find(|settled| *settled != Settled::Arrived)
            .unwrap_or(Settled::Arrived)
    }
}

impl ApplyManifest {
    fn need(&self) -> Need {
        Need::Manifests(self.configmap.clone(), self.key.clone())
    }
}

/// Its controller has seen it, and where it has pods, they are available.
fn is_ready(object: &Object, now: &Live) -> Settled {
    let short = object.reference().short();
    if let (Some(seen), Some(generation)) = (object.int("/status/observedGeneration"), object.generation())
        && seen < generation
    {
        return Settled::NotYet(format!("the controller of {short} has not seen the change yet"));
    }
    match health::sample(object, now.now) {
        Some(health) if object.kind() != kind::JOB.kind && health.available < health.desired => {
            Settled::NotYet(format!("{short}: {} of {} pods are available", health.available, health.desired))
        }
        _ => Settled::Arrived,
    }
}

/// Most documents in one text, empty ones included: the YAML reader's own bound.
const DOCUMENTS_LIMIT: usize = 1024;

/// The documents of a text, empty ones left out.
pub(super) fn documents(text: &str) -> Result<Vec<Value>, String> {
    // Nothing else begins a line with it: inside a document its lines would be indented.
    let separators = text.lines().filter(|line| *line == "---" || line.starts_with("--- ")).count();
    if separators >= DOCUMENTS_LIMIT {
        return Err(format!("it holds {separators} documents or more; fewer than {DOCUMENTS_LIMIT} are taken"));
    }
    let documents: Vec<Value> = serde_saphyr::from_multiple(text).map_err(|error| error.to_string())?;
    Ok(documents.into_iter().filter(|document| !document.is_null()).collect())
}

/// Objects of allowed kinds that a text speaks of; whatever cannot be read or is not allowed is refused later, with the reason.
pub(super) fn named(text: &str, namespace: &str) -> Vec<(&'static Kind, String)> {
    let documents = documents(text).unwrap_or_default();
    documents
        .iter()
        .filter_map(|document| {
            let (kind, manifest) = permitted(document, namespace, None).ok().or_else(|| {
                let kind = Kind::named(document["kind"].as_str()?)?;
                allowed::kinds().any(|allowed| allowed == kind).then(|| (kind, Object(document.clone())))
            })?;
            let is_a_name = manifest.name().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
            (is_a_name && !manifest.name().is_empty()).then(|| (kind, manifest.name().to_owned()))
        })
        .take(MOST)
        .collect()
}

/// The manifest as it will be sent, if it may be.
fn permitted(document: &Value, namespace: &str, account: Option<&str>) -> Result<(&'static Kind, Object), Refusal> {
    let mut manifest = Object(document.clone());
    let (name, version) = (manifest.kind().to_owned(), manifest.text("/apiVersion").to_owned());
    let names = || allowed::kinds().map(|kind| kind.kind).collect::<Vec<_>>().join(", ");
    let Some(kind) = allowed::kinds().find(|kind| kind.kind == name) else {
        return Err(Refusal::Unsafe(format!("a {name} is never applied from a ConfigMap; allowed: {}", names())));
    };
    if version != kind.api_version() {
        let text = format!("{name} of \"{version}\" is not applied; write it as {}", kind.api_version());
        return Err(Refusal::Unsafe(text));
    }
    let who = format!("{name} {}", manifest.name());
    if manifest.name().is_empty() {
        return Err(Refusal::Unsuitable(format!("a {name} without metadata.name cannot be applied")));
    }
    if !manifest.namespace().is_empty() && manifest.namespace() != namespace {
        return Err(Refusal::Unsafe(format!("{who} is of namespace {}, not {namespace}", manifest.namespace())));
    }
    if manifest.0.get("status").is_some() {
        return Err(Refusal::Unsuitable(format!("{who} has a status, which nobody applies")));
    }
    if secrets::without_sources(&secrets::by_reference(&manifest.0, &|_| None)) != manifest.0 {
        let text = format!("{who} holds a secret value; put it into a Secret and refer to it");
        return Err(Refusal::Unsafe(text));
    }
    for template in ["/spec/template/spec", "/spec/jobTemplate/spec/template/spec"] {
        if let Some(why) = manifest.at(template).and_then(|spec| escalation(spec, account)) {
            return Err(Refusal::Unsafe(format!("{who} is not applied: {why}")));
        }
    }
    super::edits::set(&mut manifest.0, &["metadata", "namespace"], namespace.into());
    if let Some(metadata) = manifest.0.get_mut("metadata").and_then(Value::as_object_mut) {
        for field in ["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "ownerReferences"] {
            metadata.remove(field);
        }
    }
    Ok((kind, manifest))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    fn change(text: &str) -> Result<ChangeSet, Refusal> {
        let map = Object(
            json!({"kind": "ConfigMap", "metadata": {"name": "fix", "namespace": "shop"}, "data": {"manifest.yaml": text}}),
        );
        let target =
            Object(json!({"kind": "Deployment", "metadata": {"name": "web", "namespace": "shop", "uid": "d"}}));
        let action = ApplyManifest { configmap: "fix".to_owned(), key: manifest_yaml() };
        let live = Live::of(target, Timestamp::UNIX_EPOCH).with(action.need(), vec![map]);
        Action::change(&action, &live)
    }

    #[test]
    fn more_documents_than_are_taken_are_refused_with_the_limit_named() {
        let many = |count: usize| "---\nkind: ConfigMap\n".repeat(count);
        assert_eq!(documents(&many(DOCUMENTS_LIMIT - 1)).unwrap().len(), DOCUMENTS_LIMIT - 1);
        let words = documents(&many(DOCUMENTS_LIMIT)).unwrap_err();
        assert_eq!(words, "it holds 1024 documents or more; fewer than 1024 are taken");
    }

    #[test]
    fn several_documents_in_yaml_are_one_step() {
        let text = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: b}\n";
        let change = change(text).unwrap();
        assert_eq!(change.writes.len(), 2);
        assert_eq!(change.writes[0].record.object.namespace, "shop");
    }

    #[test]
    fn what_is_dangerous_or_only_looks_allowed_is_refused() {
        for text in [
            "{apiVersion: v1, kind: Secret, metadata: {name: a}}",
            "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: a}}",
            "{apiVersion: evil.example/v1, kind: Deployment, metadata: {name: a}}",
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: kube-system}}",
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {DB_PASSWORD: hunter2}}",
            "{apiVersion: batch/v1, kind: Job, metadata: {name: a}, spec: {template: {spec: {hostPID: true}}}}",
            "{apiVersion: batch/v1, kind: CronJob, metadata: {name: a}, spec: {jobTemplate: {spec: {template: {spec: {serviceAccountName: admin}}}}}}",
        ] {
            let refused = change(text);
            assert!(matches!(refused, Err(Refusal::Unsafe(_))), "{text}: {refused:?}");
        }
    }

    #[test]
    fn a_text_that_is_no_manifest_says_where() {
        assert!(matches!(change("kind: [").unwrap_err(), Refusal::Unsuitable(text) if text.contains("manifest.yaml")));
    }
}
