//! Helm releases as Helm stores them: JSON, compressed, as text, in a Secret or a ConfigMap per revision.
//!
//! In: the target of an action. Out: the history of the release that made it, the present and the wanted revision with their manifests,
//! and the live objects these speak of. Never: runs Helm, renders a chart, or takes a release larger than the limits below.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use futures::future::try_join_all;
use jiff::Timestamp;
use kube::Client;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::kind::{self, Kind};
use super::live::{Unreadable, one, percent_encode};
use super::manifest::documents;
use super::object::Object;
use super::wire;
use crate::api::ResourceRef;

/// Largest release taken, as stored, in bytes: what fits into a Secret.
pub const STORED_LIMIT: usize = 1024 * 1024;
/// Largest release taken, inflated, in bytes.
pub const INFLATED_LIMIT: usize = 8 * 1024 * 1024;
/// Field of a Secret or ConfigMap that holds the release.
const RELEASE: &str = "/data/release";
/// What `history` gives first; the live objects follow.
pub const HISTORY: &str = "HelmHistory";

/// A revision written anew: as another one, or in another state.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rewrite {
    /// The Secret or ConfigMap that holds the revision.
    pub revision: ResourceRef,
    /// Its number from now on; as it is when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// Its state from now on.
    pub status: String,
    /// What `helm history` says about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When it was deployed; as it is when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployed_at: Option<Timestamp>,
}

/// A release with everything left as it was that nobody asks for.
type Raw = BTreeMap<String, Box<RawValue>>;

impl Rewrite {
    /// The value of the storage object's `release` field.
    pub(super) fn of(&self, stored: &Object) -> Result<String, String> {
        let mut release: Raw = serde_json::from_slice(&inflate(stored)?).map_err(|error| error.to_string())?;
        let raw = |value: &Value| RawValue::from_string(value.to_string()).map_err(|error| error.to_string());
        let mut info: Value = match release.get("info") {
            Some(info) => serde_json::from_str(info.get()).map_err(|error| error.to_string())?,
            None => json!({}),
        };
        info["status"] = self.status.as_str().into();
        if let Some(description) = &self.description {
            info["description"] = description.as_str().into();
        }
        if let Some(at) = self.deployed_at {
            info["last_deployed"] = at.to_string().into();
        }
        release.insert("info".to_owned(), raw(&info)?);
        if let Some(version) = self.version {
            release.insert("version".to_owned(), raw(&version.into())?);
        }
        let json = serde_json::to_vec(&release).map_err(|error| error.to_string())?;
        deflate(&json, stored.kind() == kind::SECRET.kind)
    }
}

/// The release as JSON text.
fn inflate(stored: &Object) -> Result<Vec<u8>, String> {
    let text = stored.text(RELEASE);
    let who = stored.reference();
    let broken = |error: &dyn std::fmt::Display| format!("{who} holds no Helm release: {error}");
    let once;
    // A Secret's data is base64 of what Helm wrote, which is base64 itself.
    let encoded = if stored.kind() == kind::SECRET.kind {
        once = STANDARD.decode(text).map_err(|error| broken(&error))?;
        once.as_slice()
    } else {
        text.as_bytes()
    };
    if encoded.len() > STORED_LIMIT {
        return Err(format!("{who} is larger than {} MiB, the most that is taken", STORED_LIMIT / 1024 / 1024));
    }
    let packed = STANDARD.decode(encoded).map_err(|error| broken(&error))?;
    // Releases of Helm 2 days were not compressed.
    if !packed.starts_with(&[0x1f, 0x8b]) {
        return Ok(packed);
    }
    let mut json = Vec::new();
    let most = u64::try_from(INFLATED_LIMIT).unwrap_or(u64::MAX);
    GzDecoder::new(packed.as_slice()).take(most + 1).read_to_end(&mut json).map_err(|error| broken(&error))?;
    if json.len() > INFLATED_LIMIT {
        return Err(format!(
            "{who} inflates to more than {} MiB, the most that is taken",
            INFLATED_LIMIT / 1024 / 1024
        ));
    }
    Ok(json)
}

fn deflate(json: &[u8], for_a_secret: bool) -> Result<String, String> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(json).map_err(|error| error.to_string())?;
    let text = STANDARD.encode(encoder.finish().map_err(|error| error.to_string())?);
    if text.len() > STORED_LIMIT {
        return Err(format!(
            "the new revision is larger than {} MiB, the most a Secret holds",
            STORED_LIMIT / 1024 / 1024
        ));
    }
    Ok(if for_a_secret { STANDARD.encode(text) } else { text })
}

/// What of a release is read.
#[derive(Debug, Deserialize)]
struct Release {
    #[serde(default)]
    manifest: String,
    #[serde(default)]
    hooks: Vec<Hook>,
}

#[derive(Debug, Deserialize)]
struct Hook {
    #[serde(default)]
    name: String,
    #[serde(default)]
    events: Vec<String>,
}

/// A revision as far as a rollback reads it.
#[derive(Debug)]
pub struct HelmRelease {
    /// Its manifests.
    pub documents: Vec<Value>,
    /// Names of the hooks that Helm would run around a rollback.
    pub rollback_hooks: Vec<String>,
}

impl HelmRelease {
    /// Reads the Secret or ConfigMap that holds it. Larger than the limits, or no release: why, naming the object and the limit.
    pub fn of(stored: &Object) -> Result<Self, String> {
        let json = inflate(stored)?;
        let release: Release =
            serde_json::from_slice(&json).map_err(|error| format!("{} is no release: {error}", stored.reference()))?;
        drop(json);
        let hooks = release.hooks.iter();
        let around = hooks.filter(|hook| hook.events.iter().any(|event| event.ends_with("-rollback")));
        let rollback_hooks = around.map(|hook| hook.name.clone()).collect();
        Ok(Self {
            documents: documents(&release.manifest).map_err(|why| format!("{}: {why}", stored.reference()))?,
            rollback_hooks,
        })
    }
}

/// The release that made the target: its history, and the live objects that the present and the wanted revision speak of.
///
/// The history's own limits and decoding problems are words in it (`problem`), not errors: a refusal tells them.
pub async fn history(client: &Client, target: &Object, wanted: Option<i64>) -> Result<Vec<Object>, Unreadable> {
    let Some(release) = target.annotation("meta.helm.sh/release-name") else { return Ok(Vec::new()) };
    let namespace = target.namespace();
    let mut stored = revisions(client, &kind::SECRET, namespace, release).await?;
    if stored.is_empty() {
        stored = revisions(client, &kind::CONFIG_MAP, namespace, release).await?;
    }
    let told: Vec<Value> = stored
        .iter()
        .map(|found| json!({"version": version(found), "status": found.label("status"), "object": found.reference()}))
        .collect();
    let mut history = json!({"kind": HISTORY, "release": release, "revisions": told});
    let Some(current) = stored.first() else { return Ok(vec![Object(history)]) };
    let before = |found: &&Object| matches!(found.label("status"), Some("superseded" | "deployed"));
    let chosen = match wanted {
        Some(wanted) => stored.iter().find(|found| version(found) == wanted),
        None => stored.iter().skip(1).find(before),
    };
    let mut bodies = Vec::new();
    for (role, found) in [("current", Some(current)), ("target", chosen)] {
        let Some(found) = found else { continue };
        let kind = Kind::named(found.kind()).unwrap_or(&kind::SECRET);
        let Some(whole) = one(client, kind, namespace, found.name()).await? else { continue };
        match HelmRelease::of(&whole) {
            Ok(HelmRelease { documents, rollback_hooks }) => {
                history[role] = json!({"version": version(found), "object": found.reference(), "documents": documents, "hooks": rollback_hooks});
                bodies.extend(documents);
            }
            Err(problem) => history["problem"] = problem.into(),
        }
    }
    let mut objects: Vec<(&'static Kind, String)> = bodies
        .iter()
        .filter_map(|body| Some((Kind::named(body["kind"].as_str()?)?, body["metadata"]["name"].as_str()?.to_owned())))
        .filter(|(kind, _)| **kind != kind::SECRET)
        .collect();
    objects.sort();
    objects.dedup();
    let live = try_join_all(objects.iter().map(|(kind, name)| one(client, kind, namespace, name))).await?;
    Ok(std::iter::once(Object(history)).chain(live.into_iter().flatten()).collect())
}

/// The stored revisions without their bodies, the newest first.
async fn revisions(
    client: &Client,
    kind: &'static Kind,
    namespace: &str,
    release: &str,
) -> Result<Vec<Object>, Unreadable> {
    let selector = percent_encode(&format!("owner=helm,name={release}"));
    let path = format!("{}?labelSelector={selector}", kind.list_path(namespace));
    let body = wire::get_metadata(client, &path, &kind.resource()).await?.unwrap_or_default();
    let mut found: Vec<Object> = Object(body)
        .list("/items")
        .iter()
        .map(|item| {
            let mut item = item.clone();
            item["kind"] = kind.kind.into();
            item["apiVersion"] = kind.api_version().into();
            Object(item)
        })
        .collect();
    found.sort_by_key(|found| std::cmp::Reverse(version(found)));
    Ok(found)
}

fn version(stored: &Object) -> i64 {
    stored.label("version").and_then(|text| text.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(kind: &str, release: &Value) -> Object {
        let text = deflate(release.to_string().as_bytes(), kind == "Secret").unwrap();
        Object(
            json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": "sh.helm.release.v1.web.v1", "uid": "s"}, "data": {"release": text}}),
        )
    }

    fn rewrite(status: &str) -> Rewrite {
        let revision = ResourceRef::new("Secret", "shop", "sh.helm.release.v1.web.v1");
        Rewrite {
            revision,
            version: Some(3),
            status: status.to_owned(),
            description: Some("Rollback to 1".to_owned()),
            deployed_at: None,
        }
    }

    #[test]
    fn a_rewritten_revision_keeps_everything_else() {
        let release = json!({"name": "web", "version": 1, "config": {"a": 1.50, "z": [1]}, "info": {"status": "superseded", "first_deployed": "x"}});
        for kind in ["Secret", "ConfigMap"] {
            let text = rewrite("deployed").of(&stored(kind, &release)).unwrap();
            let mut back = stored(kind, &release);
            back.0["data"]["release"] = text.into();
            let json: Value = serde_json::from_slice(&inflate(&back).unwrap()).unwrap();
            assert_eq!(json["version"], 3);
            assert_eq!(
                json["info"],
                json!({"status": "deployed", "first_deployed": "x", "description": "Rollback to 1"})
            );
            assert_eq!(json["config"], release["config"]);
        }
    }

    #[test]
    fn a_release_that_inflates_beyond_the_limit_is_refused_naming_it() {
        let large = json!({"manifest": "a".repeat(INFLATED_LIMIT)});
        let text = rewrite("deployed").of(&stored("Secret", &large)).unwrap_err();
        assert!(text.contains("8 MiB"), "{text}");
    }

    #[test]
    fn a_release_stored_beyond_the_limit_is_refused_naming_it() {
        let object = Object(
            json!({"kind": "ConfigMap", "metadata": {"name": "v1"}, "data": {"release": "A".repeat(STORED_LIMIT + 4)}}),
        );
        assert!(inflate(&object).unwrap_err().contains("1 MiB"));
    }
}
