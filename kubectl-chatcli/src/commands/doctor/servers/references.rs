//! What a server names and others provide: Secrets and ConfigMaps with their keys, the Roles that open them, the key of its provider.

use std::collections::BTreeMap;

use common::api::Condition;
use common::api::keys::conditions;
use common::instances::{Grantee, Reference, Source, grants, references};
use k8s_openapi::ByteString;
use kube::api::DynamicObject;
use serde_json::Value;

use super::{Server, unread};
use crate::failure::Failure;
use crate::kube::{Cluster, Kind};
use crate::output::checks::Check;

type Data = BTreeMap<String, Vec<u8>>;

/// Each reference, and what the caller could read of it.
pub(super) struct Held(Vec<(Reference, Result<Option<Data>, Failure>)>);

impl Held {
    pub(super) async fn read(server: &Server, cluster: &Cluster) -> Self {
        let mut all = Vec::new();
        for reference in references(&server.spec) {
            let kind = match reference.source {
                Source::Secret => Kind::of("", "v1", "Secret", "secrets"),
                Source::ConfigMap => Kind::of("", "v1", "ConfigMap", "configmaps"),
            };
            let found = cluster.find(&kind, Some(&server.namespace), &reference.name).await;
            all.push((reference, found.map(|object| object.map(|object| data_of(&object)))));
        }
        Self(all)
    }

    /// Data of a Secret that is there and could be read.
    pub(super) fn data(&self, secret: &str) -> Option<&Data> {
        let named = self.0.iter().find(|(reference, _)| reference.source == Source::Secret && reference.name == secret);
        named?.1.as_ref().ok()?.as_ref()
    }

    /// What is missing, with the command that makes it.
    pub(super) fn problems(&self, server: &Server) -> Vec<Check> {
        self.0
            .iter()
            .filter(|(reference, _)| !reference.is_optional)
            .filter_map(|(reference, found)| problem(server, reference, found))
            .collect()
    }

    /// True when a condition says what [`Held::problems`] says as well, with a better next step.
    pub(super) fn tells(&self, server: &Server, condition: &Condition) -> bool {
        condition.type_ == conditions::REFERENCES_RESOLVED && !self.problems(server).is_empty()
    }

    /// A server without its provider's key starts and answers, and every question to the model fails.
    pub(super) fn provider_key(&self, server: &Server) -> Option<Check> {
        let provider = server.spec.provider.as_str();
        let (_, variable) = PROVIDER_KEYS.iter().find(|(name, _)| *name == provider)?;
        if server.spec.extra_env.iter().any(|extra| extra.name == *variable) {
            return None;
        }
        let secret = server.spec.api_keys.as_ref().map(|keys| keys.name.as_str());
        let (namespace, label) = (&server.namespace, &server.label);
        let refused = |why: String| Check::fail(label, format!("the model of {provider} cannot be asked: {why}"));
        match secret {
            Some(secret) if self.data(secret)?.contains_key(*variable) => None,
            Some(secret) => Some(
                refused(format!("secret {secret} has no {variable}"))
                    .next(format!("kubectl edit secret {secret} -n {namespace}")),
            ),
            None => Some(refused(format!("neither spec.apiKeys nor spec.extraEnv gives {variable}")).next(format!(
                "kubectl create secret generic chatcli-api-keys -n {namespace} --from-literal={variable}=…, and name it in spec.apiKeys"
            ))),
        }
    }
}

/// The variable without which a provider refuses every call. Bedrock, Ollama and the like have other ways.
const PROVIDER_KEYS: &[(&str, &str)] = &[
    ("OPENAI", "OPENAI_API_KEY"),
    ("OPENAI_ASSISTANT", "OPENAI_API_KEY"),
    ("CLAUDEAI", "ANTHROPIC_API_KEY"),
    ("GOOGLEAI", "GOOGLEAI_API_KEY"),
    ("XAI", "XAI_API_KEY"),
    ("ZAI", "ZAI_API_KEY"),
    ("MINIMAX", "MINIMAX_API_KEY"),
    ("MOONSHOT", "MOONSHOT_API_KEY"),
    ("OPENROUTER", "OPENROUTER_API_KEY"),
];

fn problem(server: &Server, reference: &Reference, found: &Result<Option<Data>, Failure>) -> Option<Check> {
    let Reference { name, field, .. } = reference;
    let kind = match reference.source {
        Source::Secret => "secret",
        Source::ConfigMap => "configmap",
    };
    let keys: Vec<&str> = reference.key.as_deref().into_iter().chain(reference.keys.iter().copied()).collect();
    let missing: Vec<&str> = match found {
        Err(failure) => return Some(unread(&server.label, failure)),
        Ok(None) => {
            let message = format!("{kind} {name}, which {field} names, does not exist");
            return Some(server.fail(message).next(make(server, reference, &keys)));
        }
        Ok(Some(data)) => keys.iter().copied().filter(|key| data.get(*key).is_none_or(Vec::is_empty)).collect(),
    };
    // A certificate says itself what it lacks.
    if missing.is_empty() || !reference.keys.is_empty() {
        return None;
    }
    let message = format!("{kind} {name}, which {field} names, has no key {}", missing.join(", "));
    Some(server.fail(message).next(format!("kubectl edit {kind} {name} -n {}", server.namespace)))
}

fn make(server: &Server, reference: &Reference, keys: &[&str]) -> String {
    let (name, namespace) = (&reference.name, &server.namespace);
    if !reference.keys.is_empty() {
        return format!("kubectl chatcli tls generate {name} -n {namespace}");
    }
    let key = keys.first().copied().unwrap_or("KEY");
    match reference.source {
        Source::Secret => format!("kubectl create secret generic {name} -n {namespace} --from-literal={key}=…"),
        Source::ConfigMap => format!("kubectl create configmap {name} -n {namespace} --from-file=DIRECTORY"),
    }
}

fn data_of(object: &DynamicObject) -> Data {
    let entries = |field: &str| object.data[field].as_object().cloned().unwrap_or_default();
    let is_secret = object.types.as_ref().is_none_or(|types| types.kind != "ConfigMap");
    let decoded = |value: &Value| serde_json::from_value(value.clone()).map(|ByteString(bytes)| bytes).ok();
    let plain = |value: &Value| value.as_str().map(|text| text.as_bytes().to_vec());
    let data = entries("data");
    let own = data
        .iter()
        .filter_map(|(key, value)| Some((key.clone(), if is_secret { decoded(value) } else { plain(value) }?)));
    let binary = entries("binaryData");
    own.chain(binary.iter().filter_map(|(key, value)| Some((key.clone(), decoded(value)?)))).collect()
}

/// The Roles and bindings that an administrator has to make, each as far as the caller may see it.
pub(super) async fn granted(server: &Server, cluster: &Cluster, home: &str) -> Vec<Check> {
    let to = Grantee { namespace: &server.namespace, name: &server.name, operator_namespace: home };
    let mut checks = Vec::new();
    for wanted in grants(&to, &server.spec) {
        let (kind, plural) = match wanted["kind"].as_str() {
            Some("Role") => ("Role", "roles"),
            _ => ("RoleBinding", "rolebindings"),
        };
        let name = wanted["metadata"]["name"].as_str().unwrap_or_default();
        let namespace = wanted["metadata"]["namespace"].as_str().unwrap_or_default();
        let kinds = Kind::of("rbac.authorization.k8s.io", "v1", kind, plural);
        let lacks = match cluster.find(&kinds, Some(namespace), name).await {
            Ok(Some(live)) => lacks(&live, &wanted).map(|secret| format!("does not name secret {secret}")),
            Ok(None) => Some("does not exist".to_owned()),
            Err(failure) => {
                checks.push(unread(&server.label, &failure));
                continue;
            }
        };
        let Some(lacks) = lacks else { continue };
        let what = format!("{} {name} in namespace {namespace} {lacks}", kind.to_lowercase());
        let next =
            format!("kubectl chatcli instance grant {} -n {} | kubectl apply -f -", server.name, server.namespace);
        checks.push(server.fail(what).next(next));
    }
    checks
}

/// The first Secret that a Role should name and does not.
fn lacks(live: &DynamicObject, wanted: &Value) -> Option<String> {
    let names = |rules: &Value| -> Vec<String> {
        let rules = rules.as_array().cloned().unwrap_or_default();
        let names = rules.iter().flat_map(|rule| rule["resourceNames"].as_array().cloned().unwrap_or_default());
        names.filter_map(|name| name.as_str().map(str::to_owned)).collect()
    };
    let there = names(&live.data["rules"]);
    names(&wanted["rules"]).into_iter().find(|name| !there.contains(name))
}
