//! From files and assignments to [`Choices`].

use std::collections::BTreeMap;
use std::fmt;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::Choices;
use super::keys::{KEYS, Key, NODE_SELECTOR, is_label_key};
use crate::failure::Failure;
use crate::kube::nearest;

/// Where a value was written, for the error.
#[derive(Clone, Debug)]
pub enum Origin {
    /// On the command line.
    Set(String),
    /// In a file.
    File(PathBuf),
    /// On the Deployment, by an earlier installation.
    Kept,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Set(assignment) => write!(f, "--set {assignment}"),
            Self::File(path) if path.as_os_str() == "-" => f.write_str("stdin"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Kept => f.write_str("what was chosen at install"),
        }
    }
}

/// What was kept, then the files, then the assignments; the later wins.
pub fn read(kept: Option<&str>, files: &[PathBuf], sets: &[String]) -> Result<Choices, Failure> {
    let mut picked = Picked::default();
    if let Some(kept) = kept {
        picked.document(&Origin::Kept, kept)?;
    }
    for path in files {
        let text = contents(path).map_err(|why| Failure::new(format!("cannot read {}: {why}", path.display())))?;
        picked.document(&Origin::File(path.clone()), &text)?;
    }
    for assignment in sets {
        picked.assignment(assignment)?;
    }
    picked.choices()
}

fn contents(path: &Path) -> std::io::Result<String> {
    if path.as_os_str() != "-" {
        return std::fs::read_to_string(path);
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    Ok(text)
}

/// Good values by their path.
#[derive(Default)]
struct Picked(BTreeMap<String, Value>);

impl Picked {
    fn document(&mut self, origin: &Origin, text: &str) -> Result<(), Failure> {
        let broken = |why: &dyn fmt::Display| Failure::new(format!("{origin} holds no values: {why}"));
        let value: Value = match serde_saphyr::from_multiple(text).map_err(|why| broken(&why))?.as_slice() {
            // A file of comments chooses nothing.
            [] | [Value::Null] => return Ok(()),
            [one @ Value::Object(_)] => one.clone(),
            [_] => return Err(broken(&"it is no mapping")),
            _ => return Err(broken(&"it has more than one document")),
        };
        self.put(origin, "", value)
    }

    fn assignment(&mut self, assignment: &str) -> Result<(), Failure> {
        let origin = Origin::Set(assignment.to_owned());
        let Some((path, text)) = assignment.split_once('=') else {
            return Err(Failure::new(format!("{origin}: what is it to be?")).hint("write --set KEY=VALUE"));
        };
        // As Helm wants it; here only labels have dots, and they end the path.
        let path = path.trim().replace("\\.", ".");
        let value = match key_of(&path) {
            Some(key) if key.name == NODE_SELECTOR && path != key.name && text != "null" => Value::from(text),
            Some(key) => key.takes.parse(text),
            None if text == "null" => Value::Null,
            None => Value::from(text),
        };
        self.put(&origin, &path, value)
    }

    fn put(&mut self, origin: &Origin, path: &str, value: Value) -> Result<(), Failure> {
        let below = if path.is_empty() { String::new() } else { format!("{path}.") };
        let is_branch =
            path == NODE_SELECTOR || KEYS.iter().any(|key| key.name.starts_with(&below) && key.name != path);
        match (key_of(path), value) {
            (_, Value::Null) if is_branch || key_of(path).is_some() => {
                self.0.retain(|known, _| known != path && !known.starts_with(&below));
                Ok(())
            }
            (_, Value::Object(fields)) if is_branch => {
                fields.into_iter().try_for_each(|(name, field)| self.put(origin, &format!("{below}{name}"), field))
            }
            (Some(key), value) if path != NODE_SELECTOR => {
                let label = path.strip_prefix("nodeSelector.").filter(|label| !is_label_key(label));
                if let Some(label) = label {
                    return Err(Failure::new(format!("{origin}: {label:?} is no label of a node")));
                }
                let good = key.takes.good(value).map_err(|why| Failure::new(format!("{origin}: {path} {why}")))?;
                self.0.insert(path.to_owned(), good);
                Ok(())
            }
            _ if is_branch => Err(branch(origin, path)),
            _ => Err(unknown(origin, path)),
        }
    }

    fn choices(self) -> Result<Choices, Failure> {
        let mut root = Value::Object(Map::new());
        for (path, value) in self.0 {
            match path.strip_prefix("nodeSelector.") {
                Some(label) => root[NODE_SELECTOR][label] = value,
                None => *path.split('.').fold(&mut root, |place, name| &mut place[name]) = value,
            }
        }
        serde_json::from_value(root).map_err(|why| Failure::new(format!("the values do not fit together: {why}")))
    }
}

/// The key at a path; a label of a node belongs to the one for all of them.
fn key_of(path: &str) -> Option<&'static Key> {
    let name = if path.starts_with("nodeSelector.") { NODE_SELECTOR } else { path };
    KEYS.iter().find(|key| key.name == name)
}

fn branch(origin: &Origin, path: &str) -> Failure {
    if path == NODE_SELECTOR {
        return Failure::new(format!("{origin}: nodeSelector takes labels and their values"))
            .hint("such as --set nodeSelector.kubernetes.io/os=linux");
    }
    let below: Vec<_> = KEYS.iter().map(|key| key.name).filter(|name| name.starts_with(&format!("{path}."))).collect();
    Failure::new(format!("{origin}: {path} is no value by itself")).hint(format!("below it are {}", below.join(", ")))
}

fn unknown(origin: &Origin, path: &str) -> Failure {
    let failure = Failure::new(format!("{origin}: there is no value {path:?}"));
    let names = || KEYS.iter().map(|key| key.name);
    let branches = names().flat_map(|name| name.match_indices('.').map(|(dot, _)| &name[..dot]));
    let (last, lower) = (path.rsplit('.').next().unwrap_or(path), path.to_lowercase());
    // Typed in another case it is as near as can be; typed without what it stands below, it may be any of several.
    let meant = names()
        .find(|name| name.to_lowercase() == lower)
        .or_else(|| nearest(path, names().chain(branches)))
        .map(str::to_owned)
        .or_else(|| {
            let below: Vec<_> = names().filter(|name| name.rsplit('.').next() == Some(last)).collect();
            (!below.is_empty()).then(|| below.join(" or "))
        });
    match meant {
        Some(meant) => match key_of(&meant) {
            Some(key) => failure.hint(format!("did you mean {meant}? It takes {}", key.takes)),
            None => failure.hint(format!("did you mean {meant}?")),
        },
        None => failure.hint(format!("these can be chosen: {}", names().collect::<Vec<_>>().join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::json;

    use super::*;

    fn chosen(documents: &[&str], sets: &[&str]) -> Result<Choices, Failure> {
        let mut picked = Picked::default();
        for text in documents {
            picked.document(&Origin::File("values.yaml".into()), text)?;
        }
        sets.iter().try_for_each(|assignment| picked.assignment(assignment))?;
        picked.choices()
    }

    fn refused(documents: &[&str], sets: &[&str]) -> String {
        chosen(documents, sets).unwrap_err().to_string()
    }

    /// Each key with a value other than the shipped one.
    const ALL: &str = "
image: registry.example.org/op:1
imagePullSecrets: [registry]
replicas: 3
resources: {requests: {cpu: 0.5, memory: 64Mi}, limits: {cpu: 2, memory: 1Gi}}
nodeSelector: {kubernetes.io/os: linux, disk: ssd}
tolerations: [{key: dedicated, operator: Exists, effect: NoExecute, tolerationSeconds: 60}]
priorityClassName: system-cluster-critical
logLevel: debug
logFormat: text
modelMode: rules
modelInstance: ops/chatcli
sourcePrivateHosts: [git.corp.example, 10.1.2.3]
auditRetentionDays: 90
logStreams: 100
clusterDomain: example.org
metricsNamespace: observability
prometheusUrl: http://prometheus.observability:9091
apiServerPort: 16443
";

    #[test]
    fn every_key_of_the_table_is_a_field_and_every_field_a_key() {
        let all = serde_json::to_value(chosen(&[ALL], &[]).unwrap()).unwrap();
        let mut leaves = Vec::new();
        collect(&all, "", &mut leaves);
        leaves.sort_unstable();
        let mut names: Vec<_> = KEYS.iter().map(|key| key.name.to_owned()).collect();
        names.sort_unstable();
        assert_eq!(leaves, names);
    }

    fn collect(value: &Value, path: &str, leaves: &mut Vec<String>) {
        match value {
            Value::Object(fields) if path != NODE_SELECTOR => {
                let below = if path.is_empty() { String::new() } else { format!("{path}.") };
                fields.iter().for_each(|(name, field)| collect(field, &format!("{below}{name}"), leaves));
            }
            _ => leaves.push(path.to_owned()),
        }
    }

    #[test]
    fn what_was_kept_is_read_as_it_was_chosen() {
        let first = Choices { image: None, ..chosen(&[ALL], &[]).unwrap() };
        assert_eq!(read(first.kept().as_deref(), &[], &[]).unwrap(), first);
        assert_eq!(Choices::default().kept(), None);
    }

    #[test]
    fn the_later_file_wins_and_an_assignment_over_every_file() {
        let files = ["replicas: 2\nlogLevel: debug\nnodeSelector: {disk: ssd}", "replicas: 3\nnodeSelector: {zone: a}"];
        let read = chosen(&files, &["logLevel=warn", "logLevel=error"]).unwrap();
        assert_eq!((read.replicas, read.log_level.as_deref()), (Some(3), Some("error")));
        assert_eq!(read.node_selector.len(), 2, "labels are merged: {:?}", read.node_selector);
    }

    #[test]
    fn null_is_as_shipped_again() {
        let nothing = ["image", "resources", "nodeSelector", "tolerations", "replicas", "imagePullSecrets"];
        let sets: Vec<_> = nothing.iter().map(|name| format!("{name}=null")).collect();
        let sets: Vec<_> = sets.iter().map(String::as_str).collect();
        let read = chosen(&[ALL], &sets).unwrap();
        assert_eq!(
            (read.replicas, read.resources, read.tolerations),
            (None, super::super::Resources::default(), vec![])
        );
        assert!(read.node_selector.is_empty());
        assert_eq!(
            chosen(&["nodeSelector: {disk: ssd}", "nodeSelector: {disk: null}"], &[]).unwrap(),
            Choices::default()
        );
    }

    #[test]
    fn assignments_are_read_as_people_type_them() {
        let sets = [
            "resources.limits.cpu=2",
            "nodeSelector.kubernetes\\.io/os=linux",
            "nodeSelector.numbered=1",
            "imagePullSecrets=one, two",
            "tolerations=[{key: dedicated, value: ops}]",
            "image=registry.example.org:5000/op@sha256:00",
        ];
        let read = serde_json::to_value(chosen(&[], &sets).unwrap()).unwrap();
        assert_eq!(
            read,
            json!({
                "image": "registry.example.org:5000/op@sha256:00",
                "imagePullSecrets": ["one", "two"],
                "resources": { "limits": { "cpu": "2" } },
                "nodeSelector": { "kubernetes.io/os": "linux", "numbered": "1" },
                "tolerations": [{ "key": "dedicated", "operator": "Equal", "value": "ops" }],
            })
        );
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest_known_one() {
        let said = [
            refused(&[], &["replica=2"]),
            refused(&["resources: {limit: {memory: 1Gi}}"], &[]),
            refused(&["loglevel: debug"], &[]),
            refused(&[], &["memory=1Gi"]),
            refused(&[], &["serviceAccount.create=true"]),
        ];
        assert_snapshot!(said.join("\n"), @r#"
        error: --set replica=2: there is no value "replica"
        hint: did you mean replicas? It takes a whole number from 1 to 5
        error: values.yaml: there is no value "resources.limit"
        hint: did you mean resources.limits?
        error: values.yaml: there is no value "loglevel"
        hint: did you mean logLevel? It takes one of debug, info, warn, error
        error: --set memory=1Gi: there is no value "memory"
        hint: did you mean resources.requests.memory or resources.limits.memory?
        error: --set serviceAccount.create=true: there is no value "serviceAccount.create"
        hint: these can be chosen: image, imagePullSecrets, replicas, resources.requests.cpu, resources.requests.memory, resources.limits.cpu, resources.limits.memory, nodeSelector, tolerations, priorityClassName, logLevel, logFormat, modelMode, modelInstance, sourcePrivateHosts, auditRetentionDays, logStreams, clusterDomain, metricsNamespace, prometheusUrl, apiServerPort
        "#);
    }

    #[test]
    fn a_bad_value_is_refused_with_what_is_allowed() {
        let bad = [
            "replicas=0",
            "replicas=many",
            "resources.limits.memory=lots",
            "resources.limits=1Gi",
            "logLevel=verbose",
            "image=two words",
            "image=",
            "nodeSelector=linux",
            "nodeSelector.-x=linux",
            "nodeSelector.disk=a b",
            "tolerations=dedicated",
            "tolerations=[{kee: dedicated}]",
            "tolerations=[{value: ops}]",
            "imagePullSecrets=",
            "modelInstance=chatcli",
            "apiServerPort=70000",
            "replicas",
        ];
        let assigned = bad.iter().map(|assignment| refused(&[], &[assignment]));
        let files = ["replicas: '2'", "- replicas", "replicas: 1\n---\nreplicas: 2"];
        let said: Vec<_> = assigned.chain(files.iter().map(|file| refused(&[file], &[]))).collect();
        assert_snapshot!(said.join("\n"), @r#"
        error: --set replicas=0: replicas takes a whole number from 1 to 5, not 0
        error: --set replicas=many: replicas takes a whole number from 1 to 5, not "many"
        error: --set resources.limits.memory=lots: resources.limits.memory takes a quantity such as 250m, 1, 64Mi or 1.5Gi, not "lots"
        error: --set resources.limits=1Gi: resources.limits is no value by itself
        hint: below it are resources.limits.cpu, resources.limits.memory
        error: --set logLevel=verbose: logLevel takes one of debug, info, warn, error, not "verbose"
        error: --set image=two words: image takes a reference such as registry.example.org/chatcli-operator:v0.1.0, not "two words"
        error: --set image=: image takes a reference such as registry.example.org/chatcli-operator:v0.1.0, not ""
        error: --set nodeSelector=linux: nodeSelector takes labels and their values
        hint: such as --set nodeSelector.kubernetes.io/os=linux
        error: --set nodeSelector.-x=linux: "-x" is no label of a node
        error: --set nodeSelector.disk=a b: nodeSelector.disk takes a label's value, at most 63 letters, digits, `-`, `_` and `.`, not "a b"
        error: --set tolerations=dedicated: tolerations takes a list such as [{key: dedicated, operator: Exists}], not "dedicated"
        error: --set tolerations=[{kee: dedicated}]: tolerations takes a list such as [{key: dedicated, operator: Exists}]: unknown field `kee`, expected one of `key`, `operator`, `value`, `effect`, `tolerationSeconds`
        error: --set tolerations=[{value: ops}]: tolerations takes a list such as [{key: dedicated, operator: Exists}]: one without a key needs `operator: Exists`
        error: --set imagePullSecrets=: imagePullSecrets takes names, separated by commas or as a list, not [""]
        error: --set modelInstance=chatcli: modelInstance takes NAMESPACE/NAME of an Instance, not "chatcli"
        error: --set apiServerPort=70000: apiServerPort takes a whole number from 1 to 65535, not 70000
        error: --set replicas: what is it to be?
        hint: write --set KEY=VALUE
        error: values.yaml: replicas takes a whole number from 1 to 5, not "2"
        error: values.yaml holds no values: it is no mapping
        error: values.yaml holds no values: it has more than one document
        "#);
    }
}
