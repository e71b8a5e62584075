//! Giving a workload a new version of a Secret.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::action::{Action, Rule, Settled, Spec};
use super::change::{ChangeSet, Terms};
use super::kind::{self, Kind};
use super::live::{Live, Need};
use super::object::{Object, escape};
use super::refusal::Refusal;
use super::rollout;
use super::secrets::{self, Source};
use super::verdicts::rights::role_for;
use crate::api::remediation_plan::{ActionClass, WriteKind};
use crate::api::{ActionType, ResourceRef};

/// Makes a new version of a Secret under a new name and rolls the workload over to it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RotateSecret {
    /// Secret that the workload reads.
    secret: String,
    /// Secret of the same namespace that holds new values; all its keys are taken over.
    source_secret: Option<String>,
    /// Keys to renew: `generate`, `generate:<length>` (16 to 128 letters and digits) or `from:<key>` of sourceSecret. Never a value.
    #[serde(flatten)]
    keys: BTreeMap<String, String>,
}

/// Where a renewed key gets its value.
enum Renewal<'a> {
    Generated(usize),
    From(&'a str),
}

/// Length of a generated value unless the plan says another.
const LENGTH: usize = 32;
/// Kinds whose pods read Secrets through a template.
const KINDS: &[&Kind] = &[&kind::DEPLOYMENT, &kind::STATEFUL_SET, &kind::DAEMON_SET];
/// Types whose values are nobody's to choose freely: tokens, certificates, registries, releases.
const ALLOWED_TYPES: &[&str] = &["", "Opaque", "kubernetes.io/basic-auth", "kubernetes.io/ssh-auth"];
const TYPE: ActionType = ActionType::RotateSecret;

impl Action for RotateSecret {
    const SPEC: Spec = Spec {
        action: TYPE,
        kinds: KINDS,
        class: ActionClass::Irreversible,
        capability: "secrets",
        // No verb on Secrets: whoever owns the Secret opens it by name, and the preview says how.
        rules: &[
            Rule { group: "apps", resource: "deployments", verbs: &["patch"] },
            Rule { group: "apps", resource: "statefulsets", verbs: &["patch"] },
            Rule { group: "apps", resource: "daemonsets", verbs: &["patch"] },
        ],
        about: "Makes a new version of a Secret under a new name, with the named keys renewed and the others as they were, and rolls the \
                workload over to it; the old Secret stays for a person to delete once all is well. Values are generated or come from \
                another Secret and are seen by nobody; a value in a parameter is refused. Undo rolls the workload back to the old Secret \
                and deletes the new one. No shipped role reaches Secrets: where one is missing, the preview says which.",
        takes_data: true,
    };

    fn needs(&self, _: &ResourceRef) -> Vec<Need> {
        let mut needs = vec![Need::One(&kind::SECRET, self.secret.clone()), Need::Every(&kind::POD)];
        needs.extend(self.source_secret.iter().map(|name| Need::One(&kind::SECRET, name.clone())));
        needs
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let renewals = self.renewals()?;
        let old = read(live, &self.secret)?;
        let source = self.source_secret.as_ref().map(|name| read(live, name)).transpose()?;
        if !ALLOWED_TYPES.contains(&old.text("/type")) {
            let text =
                format!("{} is of type {}, whose values are not chosen freely", old.reference(), old.text("/type"));
            return Err(Refusal::Unsuitable(text));
        }
        let mut data = serde_json::Map::new();
        let mut renewed = BTreeSet::new();
        for key in keys(old) {
            data.insert(key.to_owned(), kept(old, key));
        }
        for key in source.map(keys).into_iter().flatten() {
            data.insert(key.to_owned(), kept(source.unwrap_or(old), key));
            renewed.insert(key.to_owned());
        }
        for (key, renewal) in renewals {
            let value = match (renewal, source) {
                (Renewal::Generated(length), _) => secrets::from_source(&Source::Generated(length)),
                (Renewal::From(from), Some(source)) if keys(source).any(|known| known == from) => kept(source, from),
                (Renewal::From(from), _) => {
                    let text = format!("sourceSecret has no key {from} to renew {key} with");
                    return Err(Refusal::Unsuitable(text));
                }
            };
            data.insert(key.to_owned(), value);
            renewed.insert(key.to_owned());
        }
        if renewed.is_empty() {
            return Err(Refusal::missing_param(TYPE, "<key>", "a key with generate, or sourceSecret"));
        }
        let name = live.name_for(stem(&self.secret), VERSION_WORD);
        let mut wanted = live.target.0.clone();
        let places = redirect(&mut wanted, &self.secret, &name);
        if places == 0 {
            let text = format!("{} does not read {}", live.target.reference(), old.reference());
            return Err(Refusal::Unsuitable(text));
        }
        let body = json!({
            "apiVersion": "v1", "kind": "Secret",
            "metadata": {
                "name": name, "namespace": live.target.namespace(),
                "labels": old.at("/metadata/labels").cloned().unwrap_or_else(|| json!({})),
                "annotations": {
                    "platform.chatcli.io/rotated-at": live.now.to_string(),
                    "platform.chatcli.io/rotated-by": "aiops-remediation",
                    "platform.chatcli.io/rotated-from": self.secret,
                },
            },
            "type": old.at("/type").cloned().unwrap_or_else(|| "Opaque".into()),
            "data": data,
        });
        let renewed: Vec<String> = renewed.into_iter().collect();
        let told = format!(
            "makes Secret {name} with {} renewed, and rolls {} over to it",
            renewed.join(", "),
            live.target.reference().short()
        );
        let change = ChangeSet::create(&kind::SECRET, &body, None, "")
            .and(ChangeSet::patch(&live.target, &wanted, Terms::default(), &live.plan_uid, ""))
            .told(told);
        Ok(match other_readers(live, &self.secret)? {
            others if others.is_empty() => change,
            others => change.noting(format!("{} stay on Secret {}", others.join(", "), self.secret)),
        })
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        // The new Secret has no field to compare.
        rollout::complete(&change.only(|record| record.kind == WriteKind::Patch), now)
    }
}

/// What the name of a version has between the Secret's own name and the plan's digest.
const VERSION_WORD: &str = "rotated";

impl RotateSecret {
    /// Where each key gets its value. The refusal never repeats what was given: it may be a secret.
    fn renewals(&self) -> Result<Vec<(&str, Renewal<'_>)>, Refusal> {
        self.keys
            .iter()
            .map(|(key, given)| match (length(given), given.strip_prefix("from:")) {
                (Some(length), _) => Ok((key.as_str(), Renewal::Generated(length))),
                (None, Some(from)) => Ok((key.as_str(), Renewal::From(from))),
                (None, None) => Err(Refusal::Unsafe(format!(
                    "RotateSecret takes no value for {key}: everybody who reads the plan would read it; say generate, \
                     generate:<length> (16 to 128), or put it into a Secret and say from:<key> with sourceSecret"
                ))),
            })
            .collect()
    }
}

/// How long a generated value is to be: `generate`, `generate:40`.
fn length(given: &str) -> Option<usize> {
    match given.strip_prefix("generate")? {
        "" => Some(LENGTH),
        rest => rest.strip_prefix(':')?.parse().ok().filter(|length| (16..=128).contains(length)),
    }
}

/// A Secret without its values, or who has to open it.
fn read<'a>(live: &'a Live, name: &str) -> Result<&'a Object, Refusal> {
    let namespace = live.target.namespace();
    match live.one(&kind::SECRET, name) {
        Ok(Some(secret)) => Ok(secret),
        Ok(None) => Err(Refusal::absent(&kind::SECRET.reference(namespace, name))),
        Err(unreadable) => Err(Refusal::CannotRead {
            verb: unreadable.verb.to_owned(),
            resource: unreadable.resource,
            why: format!("{}; {}", unreadable.why, role_for(namespace, "get", name)),
        }),
    }
}

/// So many random letters and digits, as a Secret's data holds them.
pub(super) fn generated(length: usize) -> Result<Value, String> {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    // Bytes beyond the last whole multiple would make some letters likelier.
    let fair = 256 - 256 % LETTERS.len();
    let mut text = Vec::with_capacity(length);
    let mut bytes = [0_u8; 64];
    while text.len() < length {
        getrandom::fill(&mut bytes).map_err(|error| format!("no randomness: {error}"))?;
        let letters = bytes.iter().filter(|byte| usize::from(**byte) < fair);
        text.extend(letters.map(|byte| LETTERS[usize::from(*byte) % LETTERS.len()]));
    }
    text.truncate(length);
    Ok(STANDARD.encode(text).into())
}

fn keys(secret: &Object) -> impl Iterator<Item = &str> {
    secret.at("/data").and_then(Value::as_object).into_iter().flat_map(|data| data.keys().map(String::as_str))
}

fn kept(secret: &Object, key: &str) -> Value {
    secrets::from_source(&Source::Kept { object: secret.reference(), pointer: format!("/data/{}", escape(key)) })
}

/// The name that versions are made of.
fn stem(secret: &str) -> &str {
    match secret.rsplit_once(&format!("-{VERSION_WORD}-")) {
        Some((stem, digest)) if digest.len() == 8 => stem,
        _ => secret,
    }
}

/// Points everything in the pod template that reads one Secret to another; how many places that were.
fn redirect(workload: &mut Value, from: &str, to: &str) -> usize {
    let Some(spec) = workload.pointer_mut("/spec/template/spec") else { return 0 };
    let mut places = 0;
    let mut swap = |name: Option<&mut Value>| {
        if let Some(name) = name.filter(|name| **name == from) {
            *name = to.into();
            places += 1;
        }
    };
    for volume in spec.get_mut("volumes").and_then(Value::as_array_mut).into_iter().flatten() {
        swap(volume.pointer_mut("/secret/secretName"));
        for source in volume.pointer_mut("/projected/sources").and_then(Value::as_array_mut).into_iter().flatten() {
            swap(source.pointer_mut("/secret/name"));
        }
    }
    for list in ["initContainers", "containers"] {
        for container in spec.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            for variable in container.get_mut("env").and_then(Value::as_array_mut).into_iter().flatten() {
                swap(variable.pointer_mut("/valueFrom/secretKeyRef/name"));
            }
            for source in container.get_mut("envFrom").and_then(Value::as_array_mut).into_iter().flatten() {
                swap(source.pointer_mut("/secretRef/name"));
            }
        }
    }
    places
}

/// Owners of pods beside the target's that read the Secret.
fn other_readers(live: &Live, secret: &str) -> Result<Vec<String>, Refusal> {
    let own = live.target.strings("/spec/selector/matchLabels");
    let mut others = BTreeSet::new();
    for pod in live.all(&Need::Every(&kind::POD))? {
        let labels = pod.strings("/metadata/labels");
        let is_own = !own.is_empty() && own.iter().all(|(key, value)| labels.get(key) == Some(value));
        let mut template = json!({"spec": {"template": {"spec": pod.at("/spec")}}});
        if !is_own && redirect(&mut template, secret, "") > 0 {
            let owner = pod.list("/metadata/ownerReferences").first().and_then(|owner| owner["name"].as_str());
            others.insert(owner.unwrap_or(pod.name()).to_owned());
        }
    }
    Ok(others.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn change(params: Value) -> Result<ChangeSet, Refusal> {
        let secret = |name: &str, kind: &str| {
            Object(json!({
                "apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": "shop", "uid": name}, "type": kind,
                "data": {"user": null, "password": null},
            }))
        };
        let target = Object(json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop", "uid": "d"},
            "spec": {"template": {"spec": {"containers": [{"name": "app", "env": [
                {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
            ]}]}}},
        }));
        let live = Live::of(target, Timestamp::UNIX_EPOCH)
            .with(Need::One(&kind::SECRET, "db".to_owned()), vec![secret("db", "Opaque")])
            .with(Need::One(&kind::SECRET, "tls".to_owned()), vec![secret("tls", "kubernetes.io/tls")])
            .with(Need::Every(&kind::POD), vec![]);
        let action: RotateSecret = serde_json::from_value(params).unwrap();
        Action::change(&action, &live)
    }

    #[test]
    fn a_renewed_key_is_generated_and_the_others_are_kept_by_reference() {
        let change = change(json!({"secret": "db", "password": "generate:48"})).unwrap();
        let made: Value = serde_json::from_str(&change.writes[0].record.payload).unwrap();
        assert_eq!(made["data"]["password"], json!({"$valueFrom": {"generated": 48}}));
        assert_eq!(made["data"]["user"]["$valueFrom"]["kept"]["pointer"], "/data/user");
        assert_eq!(
            change.writes[1].record.touched[0].path,
            "/spec/template/spec/containers/0/env/0/valueFrom/secretKeyRef/name"
        );
        assert_eq!(change.undo_records().len(), 2);
    }

    #[test]
    fn a_value_is_refused_without_being_repeated() {
        let text = change(json!({"secret": "db", "password": "hunter2"})).unwrap_err().to_string();
        assert!(text.contains("password") && text.contains("generate") && !text.contains("hunter2"), "{text}");
    }

    #[test]
    fn a_certificate_is_not_rotated_like_a_password() {
        assert!(matches!(change(json!({"secret": "tls", "password": "generate"})), Err(Refusal::Unsuitable(_))));
    }

    #[test]
    fn a_version_of_a_version_keeps_the_first_name() {
        assert_eq!(stem("db-rotated-1a2b3c4d"), "db");
        assert_eq!(stem("db-rotated-x"), "db-rotated-x");
    }

    #[test]
    fn generated_values_have_their_length_and_differ() {
        let plain = |value: Value| STANDARD.decode(value.as_str().unwrap()).unwrap();
        let (one, two) = (plain(generated(32).unwrap()), plain(generated(32).unwrap()));
        assert!(one.len() == 32 && one != two && one.iter().all(u8::is_ascii_alphanumeric));
    }
}
