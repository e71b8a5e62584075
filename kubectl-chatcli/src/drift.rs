//! How the installed objects differ from the manifests of this version, asked of the API server: it applies each without storing it.
//!
//! What the server adds by itself (defaults, status, versions) is on both sides, so that only real differences are left.

use kube::ResourceExt as _;
use serde_json::Value;

use crate::failure::Failure;
use crate::kube::Cluster;
use crate::manifests::Manifest;

/// Paths shown of one object; the rest is counted.
const SHOWN: usize = 5;

/// One manifest and the object in the cluster.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Drift {
    /// There is none.
    Missing,
    /// It is as this version wants it.
    Same,
    /// Applying the manifest would change these fields.
    Differs(Vec<String>),
}

impl Drift {
    /// What would be done, in words; `None` where nothing.
    pub fn words(&self) -> Option<String> {
        match self {
            Self::Same => None,
            Self::Missing => Some("new".to_owned()),
            Self::Differs(paths) => {
                let rest = paths.len().saturating_sub(SHOWN);
                let shown = paths.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
                Some(if rest > 0 { format!("changes {shown} and {rest} more") } else { format!("changes {shown}") })
            }
        }
    }
}

/// Compares one.
pub async fn of(manifest: &Manifest, cluster: &Cluster) -> Result<Drift, Failure> {
    let namespace = manifest.object.metadata.namespace.as_deref();
    let Some(live) = cluster.find(&manifest.kind, namespace, &manifest.object.name_any()).await? else {
        return Ok(Drift::Missing);
    };
    let applied = cluster.apply(&manifest.kind, &manifest.object, true).await?;
    let read = |object: &kube::api::DynamicObject| serde_json::to_value(object).map(bare).unwrap_or_default();
    let mut paths = Vec::new();
    differences(&read(&live), &read(&applied), "", &mut paths);
    Ok(if paths.is_empty() { Drift::Same } else { Drift::Differs(paths) })
}

/// Without what changes by itself.
fn bare(mut object: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.remove("status");
    }
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        for field in ["managedFields", "resourceVersion", "generation", "creationTimestamp", "uid"] {
            metadata.remove(field);
        }
    }
    object
}

fn differences(a: &Value, b: &Value, path: &str, found: &mut Vec<String>) {
    match (a, b) {
        (Value::Object(left), Value::Object(right)) => {
            let keys: std::collections::BTreeSet<_> = left.keys().chain(right.keys()).collect();
            for key in keys {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                differences(
                    left.get(key).unwrap_or(&Value::Null),
                    right.get(key).unwrap_or(&Value::Null),
                    &path,
                    found,
                );
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (index, (left, right)) in left.iter().zip(right).enumerate() {
                differences(left, right, &format!("{path}[{index}]"), found);
            }
        }
        _ if a == b => {}
        _ => found.push(path.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paths(a: &Value, b: &Value) -> Vec<String> {
        let mut found = Vec::new();
        differences(&bare(a.clone()), &bare(b.clone()), "", &mut found);
        found
    }

    #[test]
    fn only_what_applying_would_change_is_a_difference() {
        let live = json!({ "metadata": { "name": "x", "resourceVersion": "1", "uid": "u" }, "rules": [{ "verbs": ["get"] }], "status": {} });
        let same =
            json!({ "metadata": { "name": "x", "resourceVersion": "2", "uid": "u" }, "rules": [{ "verbs": ["get"] }] });
        assert!(paths(&live, &same).is_empty());
        let more = json!({ "metadata": { "name": "x" }, "rules": [{ "verbs": ["get", "list"] }] });
        assert_eq!(paths(&live, &more), ["rules[0].verbs"]);
    }

    #[test]
    fn many_fields_are_counted() {
        let many = Drift::Differs((0..7).map(|n| format!("f{n}")).collect());
        assert_eq!(many.words().unwrap(), "changes f0, f1, f2, f3, f4 and 2 more");
    }
}
