//! Rolling a Helm release back to an earlier revision, workloads and history both.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::action::{Action, Rule, Settled, Spec};
use super::change::{ChangeSet, Deletion, Terms, Undo};
use super::edits;
use super::helm_release::{HISTORY, Rewrite};
use super::kind::{self, Kind};
use super::live::{Live, Need};
use super::object::Object;
use super::refusal::Refusal;
use super::rollout;
use super::secrets::{self, Source};
use super::verdicts::rights::role_for;
use crate::api::remediation_plan::{ActionClass, TouchedField, WriteKind, WriteRecord};
use crate::api::{ActionType, ResourceRef};

/// Rolls the Helm release of the workload back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HelmRollback {
    /// Revision to go back to; the newest earlier one that was deployed when left out.
    revision: Option<i64>,
}

const VERBS: &[&str] = &["create", "patch", "delete"];
const TYPE: ActionType = ActionType::HelmRollback;
/// Kinds an incident may be about.
const KINDS: &[&Kind] = &[&kind::DEPLOYMENT, &kind::STATEFUL_SET, &kind::DAEMON_SET, &kind::JOB, &kind::CRON_JOB];

impl Action for HelmRollback {
    const SPEC: Spec = Spec {
        action: TYPE,
        kinds: KINDS,
        class: ActionClass::Disruptive,
        capability: "helm",
        // No verb on Secrets, where Helm keeps its history: whoever owns the namespace opens it, and the preview says how.
        rules: &[
            Rule { group: "apps", resource: "deployments", verbs: VERBS },
            Rule { group: "apps", resource: "statefulsets", verbs: VERBS },
            Rule { group: "apps", resource: "daemonsets", verbs: VERBS },
            Rule { group: "", resource: "services", verbs: VERBS },
            Rule { group: "", resource: "configmaps", verbs: VERBS },
            Rule { group: "autoscaling", resource: "horizontalpodautoscalers", verbs: VERBS },
            Rule { group: "policy", resource: "poddisruptionbudgets", verbs: VERBS },
            Rule { group: "networking.k8s.io", resource: "ingresses", verbs: VERBS },
            Rule { group: "networking.k8s.io", resource: "networkpolicies", verbs: VERBS },
            Rule { group: "batch", resource: "cronjobs", verbs: VERBS },
            Rule { group: "batch", resource: "jobs", verbs: VERBS },
        ],
        about: "Rolls the Helm release of the workload back: every object is brought to what the earlier revision's manifest says, new ones \
                are made, ones it does not have are deleted unless annotated to be kept, and the history gets a new revision as `helm \
                rollback` writes it. Hooks are not run, which the preview says. Undo restores every object and the history. Refused while \
                another Helm operation is pending, for releases of more than 1 MiB stored or 8 MiB inflated, and where the revisions \
                differ in a kind this build does not know or in a Secret. No shipped role reaches Secrets: where one is missing, the \
                preview says which.",
        takes_data: false,
    };

    fn needs(&self, _: &ResourceRef) -> Vec<Need> {
        vec![Need::Release(self.revision)]
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let read = self.read(live)?;
        let history = read.first().filter(|first| first.kind() == HISTORY).ok_or_else(|| {
            Refusal::Unsuitable(format!("{} was not made by a Helm release", live.target.reference()))
        })?;
        let (current, target) = self.revisions(history, &live.target)?;
        let release = history.text("/release");
        let old = Documents::of(history, "current");
        let new = Documents::of(history, "target");
        let mut change = ChangeSet::default();
        for (kind, manifest) in new.in_order()? {
            let before = old.named(kind.kind, manifest.name());
            let found = read.iter().skip(1).find(|found| found.kind() == kind.kind && found.name() == manifest.name());
            change = change.and(bring(live, release, kind, &manifest, before, found)?);
        }
        for (kind, manifest) in old.in_order()?.into_iter().rev() {
            let found = read.iter().skip(1).find(|found| found.kind() == kind.kind && found.name() == manifest.name());
            let Some(found) = found.filter(|_| new.named(kind.kind, manifest.name()).is_none()) else { continue };
            if found.annotation("helm.sh/resource-policy") == Some("keep") {
                change = change.noting(format!("{} is kept, as its annotation says", found.reference().short()));
                continue;
            }
            change = change.and(remove(found));
        }
        old.same_unknown_kinds(&new)?;
        let hooks = Object(history.at("/target").cloned().unwrap_or_default());
        let hooks: Vec<&str> = hooks.list("/hooks").iter().filter_map(Value::as_str).collect();
        if !hooks.is_empty() {
            change = change.noting(format!("hooks are not run: {}", hooks.join(", ")));
        }
        let (from, to) = (version(current), version(target));
        let told = format!("rolls Helm release {release} back from revision {from} to {to}");
        let mut whole = book(live, history, current, target, change).told(told);
        whole.revisions = Some((from, to));
        Ok(whole)
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        // What was made or deleted, and the release itself, have no field to compare.
        let own = change.only(|record| record.kind == WriteKind::Patch && now.find(&record.object).is_some());
        rollout::complete(&own, now)
    }
}

impl HelmRollback {
    fn read<'a>(&self, live: &'a Live) -> Result<&'a [Object], Refusal> {
        live.all(&Need::Release(self.revision)).map_err(|unreadable| {
            let advice = role_for(live.target.namespace(), "get,list,create,patch", "");
            Refusal::CannotRead {
                verb: unreadable.verb.to_owned(),
                resource: unreadable.resource.clone(),
                why: if unreadable.resource == kind::SECRET.plural {
                    format!("{}; {advice}", unreadable.why)
                } else {
                    unreadable.why
                },
            }
        })
    }

    /// The present and the wanted revision.
    fn revisions<'a>(&self, history: &'a Object, target: &Object) -> Result<(&'a Value, &'a Value), Refusal> {
        let release = history.text("/release");
        if target.annotation("meta.helm.sh/release-namespace").is_some_and(|namespace| namespace != target.namespace())
        {
            let text = format!("Helm keeps release {release} in another namespace; roll it back there");
            return Err(Refusal::Unsuitable(text));
        }
        let all = history.list("/revisions");
        let pending =
            all.iter().find(|found| found["status"].as_str().is_some_and(|status| status.starts_with("pending")));
        if let Some(pending) = pending {
            let text = format!(
                "revision {} of Helm release {release} is {}; wait for its end",
                pending["version"], pending["status"]
            );
            return Err(Refusal::Unsuitable(text));
        }
        if let Some(problem) = history.at("/problem").and_then(Value::as_str) {
            return Err(Refusal::Unsuitable(problem.to_owned()));
        }
        let known: Vec<String> = all.iter().map(|found| found["version"].to_string()).collect();
        let (Some(current), Some(wanted)) = (history.at("/current"), history.at("/target")) else {
            return Err(match self.revision {
                Some(wanted) => Refusal::bad_param(TYPE, "revision", &wanted.to_string(), known.join(", ")),
                None => {
                    Refusal::Unsuitable(format!("Helm release {release} has no earlier revision that was deployed"))
                }
            });
        };
        if version(current) == version(wanted) {
            let earlier = known.get(1..).unwrap_or_default().join(", ");
            return Err(Refusal::bad_param(
                TYPE,
                "revision",
                &version(wanted).to_string(),
                format!("an earlier one: {earlier}"),
            ));
        }
        Ok((current, wanted))
    }
}

fn version(revision: &Value) -> i64 {
    revision["version"].as_i64().unwrap_or(0)
}

/// The manifest of one revision.
struct Documents(Vec<Object>);

impl Documents {
    fn of(history: &Object, role: &str) -> Self {
        Self(history.list(&format!("/{role}/documents")).iter().cloned().map(Object).collect())
    }

    fn named(&self, kind: &str, name: &str) -> Option<&Object> {
        self.0.iter().find(|document| document.kind() == kind && document.name() == name)
    }

    /// Documents of known kinds, what others depend on first, as Helm installs them.
    fn in_order(&self) -> Result<Vec<(&'static Kind, Object)>, Refusal> {
        const ORDER: &[&str] =
            &["NetworkPolicy", "PodDisruptionBudget", "ConfigMap", "PersistentVolumeClaim", "Service"];
        let mut known = Vec::new();
        for document in &self.0 {
            let Some(kind) = Kind::named(document.kind()).filter(|kind| **kind != kind::SECRET) else { continue };
            if document.text("/apiVersion") != kind.api_version() {
                let text = format!(
                    "{} of the release is of {}, which is not read here; use `helm rollback`",
                    document.reference().short(),
                    document.text("/apiVersion")
                );
                return Err(Refusal::Unsuitable(text));
            }
            known.push((kind, document.clone()));
        }
        known.sort_by_key(|(kind, _)| ORDER.iter().position(|name| *name == kind.kind).unwrap_or(ORDER.len()));
        Ok(known)
    }

    /// Kinds that are not read here may stand in a release as long as the revisions agree about them.
    fn same_unknown_kinds(&self, other: &Self) -> Result<(), Refusal> {
        let unknown = |documents: &[Object]| -> Vec<Object> {
            let is_unknown = |document: &&Object| Kind::named(document.kind()).is_none_or(|kind| *kind == kind::SECRET);
            documents.iter().filter(is_unknown).cloned().collect()
        };
        let (old, new) = (unknown(&self.0), unknown(&other.0));
        let differs = old
            .iter()
            .find(|document| !new.contains(document))
            .or_else(|| new.iter().find(|document| !old.contains(document)));
        match differs {
            Some(document) => Err(Refusal::Unsuitable(format!(
                "the revisions differ in {} {}, which is not written here; use `helm rollback`",
                document.kind(),
                document.name()
            ))),
            None => Ok(()),
        }
    }
}

/// What brings one object to the earlier manifest.
fn bring(
    live: &Live,
    release: &str,
    kind: &'static Kind,
    manifest: &Object,
    before: Option<&Object>,
    found: Option<&Object>,
) -> Result<ChangeSet, Refusal> {
    let namespace = live.target.namespace();
    if !matches!(manifest.namespace(), "") && manifest.namespace() != namespace || !kind.namespaced {
        let text = format!(
            "{} of the release is outside namespace {namespace}; use `helm rollback`",
            manifest.reference().short()
        );
        return Err(Refusal::Unsuitable(text));
    }
    let Some(found) = found else {
        let mut body = manifest.0.clone();
        edits::set(&mut body, &["metadata", "namespace"], namespace.into());
        edits::set(&mut body, &["metadata", "labels", "app.kubernetes.io/managed-by"], "Helm".into());
        edits::set(&mut body, &["metadata", "annotations", "meta.helm.sh/release-name"], release.into());
        edits::set(&mut body, &["metadata", "annotations", "meta.helm.sh/release-namespace"], namespace.into());
        if secrets::by_reference(&body, &|_| None) != body {
            let text = format!(
                "{} of the earlier revision holds a secret value; use `helm rollback`",
                manifest.reference().short()
            );
            return Err(Refusal::Unsuitable(text));
        }
        return Ok(ChangeSet::create(kind, &body, None, format!("makes {}", manifest.reference().short())));
    };
    super::live::automation_is_on(found)?;
    let nothing = Object::default();
    let wanted = merged(&found.0, &before.unwrap_or(&nothing).0, &manifest.0);
    let summary = format!("brings {} back", found.reference().short());
    Ok(ChangeSet::patch(found, &wanted, Terms::default(), &live.plan_uid, summary))
}

/// The deletion of an object that the earlier revision does not have; undo makes it anew as it was.
fn remove(found: &Object) -> ChangeSet {
    let mut body = edits::without_server_fields(&found.0);
    if let Some(metadata) = body.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("uid");
        metadata.remove("ownerReferences");
    }
    let is_secret = secrets::by_reference(&body, &|_| None) != body;
    let undo = if is_secret || found.kind() == kind::PERSISTENT_VOLUME_CLAIM.kind {
        Undo::Impossible(format!("what {} holds is not kept", found.reference().short()))
    } else {
        let kind = Kind::named(found.kind()).unwrap_or(&kind::CONFIG_MAP);
        let record = ChangeSet::create(kind, &body, None, "").writes.remove(0).record;
        Undo::Instead(Box::new(record), format!("makes {} anew as it was", found.reference().short()))
    };
    ChangeSet::delete(found, Deletion::Graceful, undo, format!("deletes {}", found.reference().short()))
}

/// The history around the change, as Helm writes it: the new revision stands as pending while the objects change, which keeps other Helm
/// operations away; then it is deployed and the one before it superseded.
fn book(live: &Live, history: &Object, current: &Value, target: &Value, change: ChangeSet) -> ChangeSet {
    let release = history.text("/release");
    let deployed = history.list("/revisions").iter().find(|revision| revision["status"] == "deployed");
    let reference =
        |revision: &Value| -> ResourceRef { serde_json::from_value(revision["object"].clone()).unwrap_or_default() };
    let source = reference(target);
    let was = deployed.map(reference);
    let storage = Kind::named(&source.kind).unwrap_or(&kind::SECRET);
    let number = version(current) + 1;
    let rewrite = |revision: &ResourceRef, version: Option<i64>, status: &str| Rewrite {
        revision: revision.clone(),
        version,
        status: status.to_owned(),
        description: version.map(|_| format!("Rollback to {}", self::version(target))),
        deployed_at: version.map(|_| live.now),
    };
    let body = |status: &str| Source::Release(Box::new(rewrite(&source, Some(number), status)));
    let name = format!("sh.helm.release.v1.{release}.v{number}");
    let mut made = json!({
        "apiVersion": "v1", "kind": storage.kind,
        "metadata": {
            "name": name, "namespace": live.target.namespace(),
            "labels": {
                "owner": "helm", "name": release, "version": number.to_string(), "status": "pending-rollback",
                "createdAt": live.now.as_second().to_string(),
            },
        },
        "data": {"release": secrets::from_source(&body("pending-rollback"))},
    });
    if *storage == kind::SECRET {
        made["type"] = "helm.sh/release.v1".into();
    }
    let relabel = |object: &ResourceRef, from: &str, to: &str, content: &Source| {
        let mut operations = vec![
            json!({"op": "test", "path": "/metadata/labels/status", "value": from}),
            json!({"op": "replace", "path": "/metadata/labels/status", "value": to}),
            json!({"op": "add", "path": "/metadata/labels/modifiedAt", "value": live.now.as_second().to_string()}),
            json!({"op": "replace", "path": "/data/release", "valueFrom": content}),
        ];
        if let Some(uid) = &object.uid {
            operations.insert(0, json!({"op": "test", "path": "/metadata/uid", "value": uid}));
        }
        let touched = TouchedField {
            path: "/metadata/labels/status".to_owned(),
            before: Some(json!(from).to_string()),
            after: Some(json!(to).to_string()),
        };
        WriteRecord {
            kind: WriteKind::Patch,
            object: object.clone(),
            payload: Value::from(operations).to_string(),
            touched: vec![touched],
        }
    };
    let new = storage.reference(live.target.namespace(), &name);
    let state = |revision: &ResourceRef, status: &str| Source::Release(Box::new(rewrite(revision, None, status)));
    let now_deployed = relabel(&new, "pending-rollback", "deployed", &body("deployed"));
    let begun = ChangeSet::create(storage, &made, None, format!("writes revision {number}"))
        .and(change)
        .and(ChangeSet::raw(now_deployed, Undo::Heals(format!("revision {number} is deleted"))));
    // After a failed upgrade the present revision stays failed, and an earlier one is what counts as deployed.
    let Some(was) = was else { return begun };
    let superseded = relabel(&was, "deployed", "superseded", &state(&was, "superseded"));
    let back = relabel(&was, "superseded", "deployed", &state(&was, "deployed"));
    let told = format!("marks {} as deployed again", was.name);
    begun.and(ChangeSet::raw(superseded, Undo::Instead(Box::new(back), told)))
}

/// The live object with what the earlier manifest says, and without what only the present one does. Whatever neither speaks of stays.
fn merged(live: &Value, old: &Value, new: &Value) -> Value {
    match (live, new) {
        (Value::Object(live), Value::Object(new)) => {
            let nothing = Map::new();
            let old = old.as_object().unwrap_or(&nothing);
            let mut result = live.clone();
            for key in old.keys().filter(|key| !new.contains_key(*key)) {
                result.remove(key);
            }
            // What is empty and not there is not there either once the server has it.
            let is_void = |value: &Value| value.is_null() || value == &json!([]);
            for (key, value) in new.iter().filter(|(key, value)| live.contains_key(*key) || !is_void(value)) {
                let present = live.get(key).unwrap_or(&Value::Null);
                result.insert(key.clone(), merged(present, old.get(key).unwrap_or(&Value::Null), value));
            }
            Value::Object(result)
        }
        (Value::Array(live), Value::Array(new)) => {
            Value::Array(merged_lists(live, old.as_array().map_or(&[], Vec::as_slice), new))
        }
        _ => new.clone(),
    }
}

/// Lists of named items by name, others item by item where they are as long as the manifest's, so that defaults the server set stay.
fn merged_lists(live: &[Value], old: &[Value], new: &[Value]) -> Vec<Value> {
    let name = |item: &Value| item.get("name").and_then(Value::as_str).map(str::to_owned);
    let is_named = !new.is_empty() && new.iter().chain(live).all(|item| name(item).is_some());
    let find = |list: &[Value], wanted: &Value| {
        list.iter().find(|item| name(item) == name(wanted)).cloned().unwrap_or_default()
    };
    if is_named {
        let mut result: Vec<Value> = new.iter().map(|item| merged(&find(live, item), &find(old, item), item)).collect();
        // An item somebody added beside the chart's (a sidecar that was injected) is nobody's to drop.
        let is_foreign =
            |item: &&Value| [new, old].iter().all(|list| !list.iter().any(|known| name(known) == name(item)));
        result.extend(live.iter().filter(is_foreign).cloned());
        return result;
    }
    if live.len() == new.len() {
        let before = |index: usize| old.get(index).cloned().unwrap_or_default();
        return live
            .iter()
            .zip(new)
            .enumerate()
            .map(|(index, (live, new))| merged(live, &before(index), new))
            .collect();
    }
    new.to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_the_present_revision_says_goes_and_what_nobody_says_stays() {
        let live = json!({"spec": {"replicas": 3, "paused": true, "strategy": {"type": "RollingUpdate"}}});
        let old = json!({"spec": {"replicas": 3, "paused": true}});
        let new = json!({"spec": {"replicas": 1}});
        assert_eq!(merged(&live, &old, &new), json!({"spec": {"replicas": 1, "strategy": {"type": "RollingUpdate"}}}));
    }

    #[test]
    fn containers_keep_the_servers_defaults_and_an_injected_sidecar() {
        let live = json!([{"name": "app", "image": "a:2", "imagePullPolicy": "IfNotPresent", "ports": [{"containerPort": 80, "protocol": "TCP"}]}, {"name": "proxy"}]);
        let old = json!([{"name": "app", "image": "a:2", "ports": [{"containerPort": 80}]}]);
        let new = json!([{"name": "app", "image": "a:1", "ports": [{"containerPort": 80}]}]);
        let result = merged(&live, &old, &new);
        assert_eq!(
            result[0],
            json!({"name": "app", "image": "a:1", "imagePullPolicy": "IfNotPresent", "ports": [{"containerPort": 80, "protocol": "TCP"}]})
        );
        assert_eq!(result[1], json!({"name": "proxy"}));
    }

    fn history(status: &str, old: &[Value], new: &[Value]) -> Object {
        let revision = |version: i64, documents: &[Value]| {
            let name = format!("sh.helm.release.v1.web.v{version}");
            json!({"version": version, "object": {"kind": "Secret", "namespace": "shop", "name": name, "uid": name}, "documents": documents, "hooks": ["migrate"]})
        };
        Object(json!({
            "kind": HISTORY, "release": "web",
            "revisions": [{"version": 2, "status": status, "object": revision(2, &[])["object"]}, {"version": 1, "status": "superseded"}],
            "current": revision(2, old), "target": revision(1, new),
        }))
    }

    fn change(history: Object, live: Vec<Object>) -> Result<ChangeSet, Refusal> {
        let target = Object(
            json!({"kind": "Deployment", "metadata": {"name": "web", "namespace": "shop", "uid": "d", "annotations": {"meta.helm.sh/release-name": "web"}}}),
        );
        let read = std::iter::once(history).chain(live).collect();
        let world = Live::of(target, jiff::Timestamp::UNIX_EPOCH).with(Need::Release(None), read);
        Action::change(&HelmRollback { revision: None }, &world)
    }

    fn settings(data: &Value) -> Value {
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": data})
    }

    #[test]
    fn the_new_revision_is_pending_while_objects_change_and_deployed_after() {
        let mut live = settings(&json!({"a": "2"}));
        live["metadata"] = json!({"name": "settings", "namespace": "shop", "uid": "c"});
        let done = change(
            history("deployed", &[settings(&json!({"a": "2"}))], &[settings(&json!({"a": "1"}))]),
            vec![Object(live)],
        )
        .unwrap();
        let told: Vec<(WriteKind, &str)> =
            done.writes.iter().map(|write| (write.record.kind, write.record.object.name.as_str())).collect();
        assert_eq!(
            told,
            [
                (WriteKind::Create, "sh.helm.release.v1.web.v3"),
                (WriteKind::Patch, "settings"),
                (WriteKind::Patch, "sh.helm.release.v1.web.v3"),
                (WriteKind::Patch, "sh.helm.release.v1.web.v2"),
            ]
        );
        assert!(done.notes.iter().any(|note| note.contains("hooks are not run: migrate")), "{:?}", done.notes);
    }

    #[test]
    fn nothing_is_begun_while_another_helm_operation_is_pending() {
        assert!(
            matches!(change(history("pending-upgrade", &[], &[]), vec![]), Err(Refusal::Unsuitable(text)) if text.contains("pending-upgrade"))
        );
    }

    #[test]
    fn a_secret_or_unknown_kind_may_stay_as_it_is_and_not_change() {
        let secret = |value: &str| json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}, "data": {"password": value}});
        assert!(change(history("deployed", &[secret("a")], &[secret("a")]), vec![]).is_ok());
        let text = change(history("deployed", &[secret("a")], &[secret("b")]), vec![]).unwrap_err().to_string();
        assert!(text.contains("Secret db") && text.contains("helm rollback"), "{text}");
    }
}
