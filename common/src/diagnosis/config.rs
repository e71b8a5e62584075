//! Configuration that a container needs and does not get.
//!
//! In: the kubelet's message, the ConfigMap where it could be read. Out: findings on the ConfigMap or Secret. Never: reads a Secret; a
//! value is put back only where it is known what it was.

use std::sync::LazyLock;

use k8s_openapi::api::core::v1::ConfigMap;
use regex::Regex;

use super::case::{Case, event_receipt, template_path, waiting_receipt};
use super::codes::Code;
use super::draft::{Draft, receipt, remedy};
use crate::api::ai_insight::{Evidence, Finding};
use crate::api::{ActionType, ResourceRef};
use crate::facts::containers::View;
use crate::facts::references::{self, ConfigKind};
use crate::facts::revisions::Revision;

/// What the kubelet misses.
#[derive(Debug, Eq, PartialEq)]
pub struct Missing {
    pub kind: ConfigKind,
    pub name: String,
    pub key: Option<String>,
}

/// Findings for everything that containers wait for, and that volumes miss.
pub fn config(case: &Case<'_>) -> Vec<Finding> {
    let mut found: Vec<(Missing, View<'_>, Evidence)> = Vec::new();
    for (container, waiting) in case.waiting(&["CreateContainerConfigError"]) {
        if let Some(missing) = parse(waiting.message) {
            found.push((missing, container, waiting_receipt(&container, &waiting)));
        }
    }
    for container in case.sick.iter().filter(|container| container.is_being_prepared()) {
        for event in case.events_of(container.pod, "FailedMount") {
            if let Some(missing) = event.message.as_deref().and_then(|said| parse_mount(said, container)) {
                found.push((missing, *container, event_receipt(event)));
            }
        }
    }
    let mut findings = Vec::new();
    let mut named: Vec<Missing> = Vec::new();
    for (missing, container, evidence) in found {
        // Ten pods that miss one key are one finding.
        if !named.contains(&missing) {
            findings.push(judge(case, &missing, &container, evidence));
            named.push(missing);
        }
    }
    findings
}

/// The kubelet starts no container as root where the pod forbids it.
pub fn runs_as_root(case: &Case<'_>) -> Vec<Finding> {
    const WORDS: [&str; 2] = ["runAsNonRoot", "breaks non-root policy"];
    let refused = case
        .waiting(&["CreateContainerConfigError"])
        .find(|(_, waiting)| WORDS.iter().any(|words| waiting.message.contains(words)));
    let Some((container, waiting)) = refused else { return Vec::new() };
    let name = container.name();
    // `<words> (pod: "web-1_shop(<uid>)", container: app)`
    let said = waiting.message.split(" (pod: ").next().unwrap_or(waiting.message);
    vec![
        Draft::of(
            Code::RunsAsRoot,
            format!("{} cannot start: container {name} may not run as root: {said}", case.subject()),
        )
        .cause(&case.facts.subject, format!("{}.securityContext", template_path(case.facts, &container)))
        .receipt(waiting_receipt(&container, &waiting))
        .receipts(case.rollout_receipt())
        .confidence(0.95, "the kubelet says why it does not start the container")
        .rules_out("image", "pulled: the kubelet looks at its user")
        .remedy(case.rollback(|_, _| true, "is the last one before"))
        .advice(format!("set runAsUser of container {name} to a number other than 0, or give its image such a user"))
        .done(),
    ]
}

fn judge(case: &Case<'_>, missing: &Missing, container: &View<'_>, evidence: Evidence) -> Finding {
    let object = case.neighbour(missing.kind.as_str(), &missing.name);
    let subject = case.subject();
    let kind = missing.kind.as_str();
    let name = &missing.name;
    let introduced =
        case.rollback(|good, current| needs(current, missing) && !needs(good, missing), "does not need it");
    let base = |code, statement: String| {
        let past_image =
            case.waiting(&["CreateContainerConfigError"]).any(|(other, _)| other.pod_name() == container.pod_name());
        let draft = Draft::of(code, statement).receipt(evidence);
        if past_image {
            draft.rules_out("image", "pulled: the kubelet reads configuration only after the image is there")
        } else {
            draft
        }
    };
    match (&missing.key, missing.kind) {
        (None, _) => base(Code::ConfigObjectMissing, format!("{subject} cannot start: {kind} {name} does not exist"))
            .cause(&object, "")
            .receipts(case.facts.extra.missing.iter().any(|gone| gone.same_object(&object)).then(|| {
                receipt(format!("{kind} {name} does not exist"), object.clone(), ".", "not found", Some(case.facts.now))
            }))
            .confidence(0.97, "the kubelet names the object it cannot find")
            .remedy(introduced)
            .advice(format!("create {kind} {name}, or change the pod template so that it does not need it"))
            .done(),
        (Some(key), ConfigKind::Secret) => {
            base(Code::SecretKeyMissing, format!("{subject} cannot start: Secret {name} has no key {key}"))
                .cause(&object, format!(".data[{key}]"))
                .confidence(0.97, "the kubelet names the key it cannot find")
                .remedy(introduced)
                .advice(format!("a person who knows the value has to put key {key} into Secret {name}"))
                .done()
        }
        (Some(key), ConfigKind::ConfigMap) => {
            let map = case.facts.extra.config_maps.iter().find(|map| map.metadata.name.as_ref() == Some(name));
            let draft =
                base(Code::ConfigKeyMissing, format!("{subject} cannot start: ConfigMap {name} has no key {key}"))
                    .cause(&object, format!(".data[{key}]"));
            with_map(case, draft, map, &object, key).remedy(introduced).done()
        }
    }
}

/// What the ConfigMap itself tells about the missing key.
fn with_map(case: &Case<'_>, draft: Draft, map: Option<&ConfigMap>, object: &ResourceRef, key: &str) -> Draft {
    let name = &object.name;
    let Some(map) = map else {
        let why = case
            .facts
            .extra
            .unreadable
            .iter()
            .find(|(other, _)| other.same_object(object))
            .map(|(_, why)| why.as_str());
        return draft
            .confidence(
                0.9,
                format!(
                    "the kubelet names the key; the ConfigMap was not read{}",
                    why.map(|why| format!(" ({why})")).unwrap_or_default()
                ),
            )
            .advice(format!("put key {key} into ConfigMap {name}"));
    };
    let present = map.data.as_ref().is_some_and(|data| data.contains_key(key));
    let keys: Vec<&str> = map.data.iter().flat_map(|data| data.keys()).map(String::as_str).collect();
    let holds = if keys.is_empty() { "no keys".to_owned() } else { keys.join(", ") };
    let mut draft =
        draft.receipt(receipt(format!("{name} holds {holds}"), object.clone(), ".data", &holds, Some(case.facts.now)));
    if let Some((manager, time)) = references::last_edit(&map.metadata) {
        draft = draft.receipt(receipt(
            format!("last recorded edit by {manager}"),
            object.clone(),
            format!(".metadata.managedFields[{manager}].time"),
            time.to_string(),
            Some(time),
        ));
    }
    if present {
        return draft
            .confidence(0.6, "the key is there now; the kubelet has not looked again yet")
            .advice("the container starts by itself at the kubelet's next look, within a minute");
    }
    let applied = references::last_applied_data(map).and_then(|data| data.get(key).cloned());
    let Some(value) = applied else {
        let similar = keys.iter().find(|other| other.eq_ignore_ascii_case(key) || similar(other, key));
        let hint = similar.map(|other| format!(" (it holds {other}: a typo?)")).unwrap_or_default();
        return draft.confidence(0.97, "the kubelet names the key, and the ConfigMap does not hold it").advice(
            format!("what the value was is not recorded: a person has to put key {key} into ConfigMap {name}{hint}"),
        );
    };
    // `configmap` is the action's own parameter: a key of that name cannot be said in it.
    let fix = (key != "configmap").then(|| {
        remedy(
            ActionType::PatchConfig,
            [("configmap", name.clone()), (key, value.clone())],
            format!("puts {key} back as it was last applied"),
        )
    });
    draft
        .receipt(receipt(
            format!("what was applied last still has {key}"),
            object.clone(),
            ".metadata.annotations[last-applied-configuration]",
            format!("{key}={value}"),
            None,
        ))
        .confidence(0.97, "the kubelet names the key, the ConfigMap does not hold it, and its last applied state did")
        .remedy(fix)
        .advice(format!("put key {key} back into ConfigMap {name}; the container then starts by itself"))
}

/// Does a revision need the missing thing?
fn needs(revision: Revision<'_>, missing: &Missing) -> bool {
    revision.pod_spec().is_some_and(|spec| {
        references::of_pod(spec).into_iter().any(|reference| {
            reference.kind == missing.kind
                && reference.name == missing.name
                && (missing.key.is_none() || reference.key.is_none() || reference.key == missing.key)
        })
    })
}

/// One letter apart, or one starts with the other.
fn similar(a: &str, b: &str) -> bool {
    let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    a.starts_with(&b)
        || b.starts_with(&a)
        || (a.len() == b.len() && a.bytes().zip(b.bytes()).filter(|(x, y)| x != y).count() == 1)
}

/// The kubelet's sentence about what it cannot find.
pub fn parse(message: &str) -> Option<Missing> {
    static KEY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"couldn't find key (\S+) in (ConfigMap|Secret) (?:[^\s/]+/)?(\S+)").expect("a valid pattern")
    });
    static OBJECT: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"(configmap|secret) "([^"]+)" not found"#).expect("a valid pattern"));
    if let Some(found) = KEY.captures(message) {
        let kind = if &found[2] == "Secret" { ConfigKind::Secret } else { ConfigKind::ConfigMap };
        return Some(Missing { kind, name: found[3].to_owned(), key: Some(found[1].to_owned()) });
    }
    let found = OBJECT.captures(message)?;
    let kind = if &found[1] == "secret" { ConfigKind::Secret } else { ConfigKind::ConfigMap };
    Some(Missing { kind, name: found[2].to_owned(), key: None })
}

/// A mount error: it names a missing key without the object, which the pod's volume does.
fn parse_mount(message: &str, container: &View<'_>) -> Option<Missing> {
    static KEY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"for volume "([^"]+)".*references non-existent (?:config|secret) key: (\S+)"#)
            .expect("a valid pattern")
    });
    let Some(found) = KEY.captures(message) else { return parse(message) };
    let path = format!("volumes[{}]", &found[1]);
    let reference = references::of_volumes(container.pod.spec.as_ref()?).into_iter().find(|it| it.path == path)?;
    Some(Missing { kind: reference.kind, name: reference.name, key: Some(found[2].to_owned()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(kind: ConfigKind, name: &str, key: Option<&str>) -> Missing {
        Missing { kind, name: name.to_owned(), key: key.map(str::to_owned) }
    }

    #[test]
    fn the_kubelets_sentences_are_understood() {
        assert_eq!(
            parse("couldn't find key DB_HOST in ConfigMap shop/checkout-config"),
            Some(missing(ConfigKind::ConfigMap, "checkout-config", Some("DB_HOST")))
        );
        assert_eq!(
            parse("couldn't find key pw in Secret shop/db"),
            Some(missing(ConfigKind::Secret, "db", Some("pw")))
        );
        assert_eq!(parse("configmap \"nope\" not found"), Some(missing(ConfigKind::ConfigMap, "nope", None)));
        assert_eq!(
            parse("MountVolume.SetUp failed for volume \"c\" : secret \"nope\" not found"),
            Some(missing(ConfigKind::Secret, "nope", None))
        );
        assert_eq!(parse("something else"), None);
    }
}
