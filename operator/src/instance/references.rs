//! What a server needs that others provide: Secrets and ConfigMaps by name, what of them counts, and what is wrong with them.
//!
//! A pod template carries a digest of each, so that a change of one rolls the pods, once.

use std::collections::BTreeMap;

use common::instances::{Reference, Source, digests};
use common::naming;
use common::tls;
use jiff::Timestamp;

use super::subject::Subject;

/// What was found under a name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Found {
    /// Its data.
    Data(BTreeMap<String, Vec<u8>>),
    /// It is not there.
    Missing,
    /// The operator may not read it.
    Denied,
}

/// Something about a reference that keeps the server from being what was asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    /// One word.
    pub reason: &'static str,
    /// What is wrong, and what to do.
    pub message: String,
    /// Nothing is rolled out while it lasts.
    pub withholds: bool,
}

/// What is wrong with one reference.
pub fn problem(subject: &Subject, reference: &Reference, found: &Found, now: Timestamp) -> Option<Problem> {
    let (kind, name) = (reference.source, &reference.name);
    let what = format!("{kind:?} {}/{name}, which {} names,", subject.namespace(), reference.field);
    match found {
        Found::Denied => Some(Problem {
            reason: "SecretAccessMissing",
            message: format!(
                "the operator may not read {what} so a change of it is not noticed and the server's certificate and token are not \
                 known: kubectl chatcli instance grant {} -n {} | kubectl apply -f -",
                subject.name(),
                subject.namespace()
            ),
            withholds: false,
        }),
        Found::Missing if reference.is_optional => None,
        Found::Missing => Some(Problem {
            reason: if kind == Source::Secret { "SecretMissing" } else { "ConfigMapMissing" },
            message: format!("{what} does not exist: create it"),
            withholds: true,
        }),
        Found::Data(data) => {
            let wanted = reference.keys.iter().copied().chain(reference.key.as_deref());
            let missing =
                wanted.filter(|key| data.get(*key).is_none_or(Vec::is_empty)).find(|_| !reference.is_optional);
            if let Some(key) = missing {
                let present: Vec<&str> = data.keys().map(String::as_str).collect();
                let present = if present.is_empty() { "nothing".to_owned() } else { present.join(", ") };
                return Some(Problem {
                    reason: if kind == Source::Secret { "SecretKeyMissing" } else { "ConfigMapKeyMissing" },
                    message: format!("{what} has no key {key} (it has {present}): add it"),
                    withholds: true,
                });
            }
            let broken = (reference.annotation == digests::TLS).then(|| unusable(data, now)).flatten()?;
            Some(Problem {
                reason: broken.reason(),
                message: format!("{what} cannot be used: {broken}"),
                withholds: true,
            })
        }
    }
}

/// Why a server would not start with this certificate. What only its clients mind is for the handshake to say.
fn unusable(data: &BTreeMap<String, Vec<u8>>, now: Timestamp) -> Option<tls::Problem> {
    let found = tls::inspect(&tls::Material::of(data), &[], now).problems;
    found.into_iter().find(|problem| match problem {
        tls::Problem::KeyMismatch => true,
        tls::Problem::Missing { key } | tls::Problem::Unreadable { key, .. } => *key != tls::keys::AUTHORITY,
        _ => false,
    })
}

/// Digests of what was found, by annotation. Where something may not be read, what the pods carry now stays: losing the right to read a
/// Secret is no reason to restart.
pub fn digests_of(
    subject: &Subject,
    found: &[(Reference, Found)],
    carried: impl Fn(&str) -> Option<String>,
) -> BTreeMap<String, String> {
    let mut parts: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut unknown = Vec::new();
    for (reference, found) in found {
        match found {
            Found::Data(data) => parts.entry(reference.annotation).or_default().push(content(reference, data)),
            Found::Missing => parts.entry(reference.annotation).or_default().push("missing".to_owned()),
            Found::Denied => unknown.push(reference.annotation),
        }
    }
    let known = parts.into_iter().filter(|(annotation, _)| !unknown.contains(annotation)).map(|(annotation, parts)| {
        // Salted, so that equal tokens of two Instances do not show as equal.
        let salt = [subject.namespace(), subject.name()];
        let words: Vec<&str> = salt.into_iter().chain(parts.iter().map(String::as_str)).collect();
        (annotation.to_owned(), naming::hash(&words, 16))
    });
    let known: BTreeMap<String, String> = known.collect();
    let kept = unknown.iter().filter_map(|annotation| Some(((*annotation).to_owned(), carried(annotation)?)));
    known.into_iter().chain(kept).collect()
}

/// A digest of what counts of it.
fn content(reference: &Reference, data: &BTreeMap<String, Vec<u8>>) -> String {
    let counts = |key: &str| reference.key.as_deref().is_none_or(|only| only == key);
    let words: Vec<String> =
        data.iter().filter(|(key, _)| counts(key)).flat_map(|(key, value)| [key.clone(), naming::hex(value)]).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    naming::hash(&words, 64)
}
