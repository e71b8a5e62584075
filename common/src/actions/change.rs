//! What an action wants to write: the exact requests and their inverse.
//!
//! In: live objects and the edits wanted. Out: a [`ChangeSet`] of [`WriteRecord`]s, each pinned to a UID and guarded by the values it
//! replaces. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::edits::{self, Edit};
use super::kind::Kind;
use super::object::Object;
use super::secrets::{self, Source};
use crate::api::ResourceRef;
use crate::api::remediation_plan::{ActionClass, StepStatus, TouchedField, WriteKind, WriteRecord};

/// Longest before-image kept in a plan, per step. Beyond it the step cannot be taken back.
pub const BEFORE_IMAGE_LIMIT: usize = 64 * 1024;
/// Longest before-image kept over all steps of a plan.
pub const PLAN_BEFORE_IMAGE_LIMIT: usize = 512 * 1024;

/// The exact change of one step.
#[derive(Clone, Debug, Default)]
pub struct ChangeSet {
    /// Requests in the order they are sent; none when the world is already as wanted.
    pub writes: Vec<Write>,
    /// How grave it is; at least the action's own class once it has passed the registry.
    pub class: ActionClass,
    /// What it does, one sentence.
    pub summary: String,
    /// Revisions it goes from and to, when it goes back in history.
    pub revisions: Option<(i64, i64)>,
    /// What a person should know before it runs; each becomes a warning.
    pub notes: Vec<String>,
    /// When the last request was accepted; known once the step is applied.
    pub applied_at: Option<Timestamp>,
}

/// One request and its inverse.
#[derive(Clone, Debug)]
pub struct Write {
    /// What is sent.
    pub record: WriteRecord,
    /// What takes it back.
    pub undo: Undo,
    made_from: Option<Patch>,
}

/// How a write is taken back.
#[derive(Clone, Debug, PartialEq)]
pub enum Undo {
    /// By this request.
    By(Box<WriteRecord>),
    /// Not at all, and need not be: why.
    Heals(String),
    /// Not at all: why.
    Impossible(String),
}

/// What holds beside the edits of a patch.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// The object in which Kubernetes keeps the version before, field by field under the same pointers.
    pub before: Option<ResourceRef>,
    /// The object in which Kubernetes keeps the version after.
    pub after: Option<ResourceRef>,
    /// Parameters of the step that hold a value after, by pointer.
    pub params: BTreeMap<String, String>,
    /// Values, by pointer, that must still stand when the change is made; the undo does not ask for them.
    pub guards: Vec<(String, Value)>,
}

/// How an object is deleted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Deletion {
    /// As its own grace period wants it; what it owns goes after it.
    #[default]
    Graceful,
    /// At once, without waiting for its containers.
    Forced,
}

/// What a created object is copied from.
#[derive(Clone, Copy, Debug)]
pub struct Copied<'a> {
    /// The object.
    pub object: &'a Object,
    /// JSON Pointers: of a part of the created object, and of what it was copied from.
    pub parts: &'a [(&'a str, &'a str)],
}

#[derive(Clone, Debug)]
struct Patch {
    object: ResourceRef,
    edits: Vec<Edit>,
    terms: Terms,
    seal: String,
}

impl ChangeSet {
    /// Nothing to do: why.
    pub fn nothing(why: impl Into<String>) -> Self {
        Self { summary: why.into(), ..Self::default() }
    }

    /// A guarded JSON Patch that turns `object` into `wanted`. `seal` keys the hashes of secret values: the plan's UID.
    pub fn patch(object: &Object, wanted: &Value, terms: Terms, seal: &str, summary: impl Into<String>) -> Self {
        let edits = edits::between(&object.0, wanted);
        if edits.is_empty() {
            return Self::nothing("already as wanted");
        }
        let patch = Patch { object: object.reference(), edits, terms, seal: seal.to_owned() };
        Self { writes: vec![patch.write()], summary: summary.into(), ..Self::default() }
    }

    /// A number of replicas through the scale subresource; `scale` is that subresource as read.
    pub fn scale(object: &Object, scale: &Object, replicas: u32, summary: impl Into<String>) -> Self {
        let before = scale.int("/spec/replicas").unwrap_or(0);
        let record = scale_record(object.reference(), before, i64::from(replicas));
        let undo = scale_record(object.reference(), i64::from(replicas), before);
        let write = Write { record, undo: Undo::By(Box::new(undo)), made_from: None };
        Self { writes: vec![write], summary: summary.into(), ..Self::default() }
    }

    /// The eviction of one pod.
    pub fn evict(pod: &Object, summary: impl Into<String>) -> Self {
        let eviction = json!({
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": pod.name(), "namespace": pod.namespace()},
            "deleteOptions": {"preconditions": {"uid": pod.uid()}},
        });
        let record = WriteRecord {
            kind: WriteKind::Evict,
            object: pod.reference(),
            payload: eviction.to_string(),
            touched: Vec::new(),
        };
        let undo = Undo::Heals("a pod is not brought back; its owner makes a new one".to_owned());
        Self { writes: vec![Write { record, undo, made_from: None }], summary: summary.into(), ..Self::default() }
    }

    /// The creation of an object; `body` has its kind, namespace and a name that is chosen once. Undo deletes it, as long as it is the
    /// one this plan made. Secret values are never kept: they are fetched from `copied` when the request is sent.
    pub fn create(kind: &Kind, body: &Value, copied: Option<Copied<'_>>, summary: impl Into<String>) -> Self {
        let made = Object(body.clone());
        let object = kind.reference(made.namespace(), made.name());
        let source = |pointer: &str| {
            let Copied { object, parts } = copied?;
            let from = |(to, from): &(&str, &str)| Some(format!("{from}{}", pointer.strip_prefix(*to)?));
            let pointer = parts.iter().find_map(from).filter(|pointer| object.at(pointer).is_some())?;
            Some(Source::Kept { object: object.reference(), pointer })
        };
        let (kind, touched) = (WriteKind::Create, Vec::new());
        let payload = secrets::by_reference(body, &source).to_string();
        let record = WriteRecord { kind, object: object.clone(), payload, touched };
        // Without a UID: there is none yet. The marker on the object says whether it is this plan's.
        let undo =
            WriteRecord { kind: WriteKind::Delete, object, payload: deletion(Deletion::Graceful), ..record.clone() };
        let write = Write { record, undo: Undo::By(Box::new(undo)), made_from: None };
        Self { writes: vec![write], summary: summary.into(), ..Self::default() }
    }

    /// The deletion of an object, by UID. What becomes of it is the action's to say.
    pub fn delete(object: &Object, how: Deletion, undo: Undo, summary: impl Into<String>) -> Self {
        let record = WriteRecord {
            kind: WriteKind::Delete,
            object: object.reference(),
            payload: deletion(how),
            touched: Vec::new(),
        };
        Self { writes: vec![Write { record, undo, made_from: None }], summary: summary.into(), ..Self::default() }
    }

    /// This, and then the requests of another as part of the same step.
    #[must_use]
    pub fn and(mut self, then: Self) -> Self {
        if self.is_nothing() {
            return then;
        }
        if then.is_nothing() {
            return self;
        }
        self.writes.extend(then.writes);
        self.notes.extend(then.notes);
        self.summary = format!("{}, then {}", self.summary, then.summary);
        self.raised_to(then.class)
    }

    /// At least this grave.
    #[must_use]
    pub fn raised_to(mut self, class: ActionClass) -> Self {
        self.class = self.class.max(class);
        self
    }

    /// With something a person should know.
    #[must_use]
    pub fn noting(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// The world is already as wanted.
    pub fn is_nothing(&self) -> bool {
        self.writes.is_empty()
    }

    /// Something written is lost for good.
    pub fn cannot_be_undone(&self) -> bool {
        self.writes.iter().any(|write| matches!(write.undo, Undo::Impossible(_)))
    }

    /// The change of a step as its journal keeps it.
    pub fn of_step(step: &StepStatus) -> Self {
        let writes = step
            .writes
            .iter()
            .map(|record| Write {
                record: record.clone(),
                undo: Undo::Heals("in the journal".to_owned()),
                made_from: None,
            })
            .collect();
        Self { writes, applied_at: step.applied_at.as_ref().map(|time| time.0), ..Self::default() }
    }

    /// Inverse requests, the newest write first.
    pub fn undo_records(&self) -> Vec<WriteRecord> {
        self.writes
            .iter()
            .rev()
            .filter_map(|write| match &write.undo {
                Undo::By(record) => Some((**record).clone()),
                Undo::Heals(_) | Undo::Impossible(_) => None,
            })
            .collect()
    }

    /// What undo would do, one sentence.
    pub fn undo_summary(&self) -> String {
        let mut parts: Vec<String> = self
            .writes
            .iter()
            .map(|write| match &write.undo {
                Undo::By(record) if record.kind == WriteKind::Delete => format!("deletes {}", record.object.short()),
                Undo::By(record) => {
                    let fields: Vec<String> = record.touched.iter().map(|field| readable_path(&field.path)).collect();
                    format!("restores {} of {}", fields.join(", "), record.object.short())
                }
                Undo::Heals(why) | Undo::Impossible(why) => why.clone(),
            })
            .collect();
        parts.dedup();
        if parts.is_empty() { "nothing to undo".to_owned() } else { parts.join("; ") }
    }

    /// Takes the values the server made of ours (it writes `1024Mi` as `1Gi`), so that guards of the undo compare with what is stored.
    pub fn adopt(&mut self, answer: &Object) {
        for write in &mut self.writes {
            if let Some(patch) = write.made_from.as_mut().filter(|patch| patch.object.same_object(&answer.reference()))
            {
                for edit in &mut patch.edits {
                    edit.after = answer.at(&edit.path).cloned();
                }
                let payload = std::mem::take(&mut write.record.payload);
                *write = patch.write();
                write.record.payload = payload;
            }
        }
    }
}

impl Patch {
    fn write(&self) -> Write {
        let uid = self.object.uid.as_deref().unwrap_or_default();
        let secret: Vec<bool> = self.edits.iter().map(secrets::in_edit).collect();
        let record = WriteRecord {
            kind: WriteKind::Patch,
            object: self.object.clone(),
            payload: self.payload(uid, &self.edits, &secret, self.terms.after.as_ref(), true),
            touched: self.touched(&self.edits, &secret),
        };
        Write { record, undo: self.undo(uid, &secret), made_from: Some(self.clone()) }
    }

    fn undo(&self, uid: &str, secret: &[bool]) -> Undo {
        let inverse: Vec<Edit> = self
            .edits
            .iter()
            .map(|edit| Edit { before: edit.after.clone(), after: edit.before.clone(), ..edit.clone() })
            .collect();
        let lost = inverse
            .iter()
            .zip(secret)
            .find(|(edit, secret)| **secret && edit.after.is_some() && self.terms.before.is_none());
        if let Some((edit, _)) = lost {
            let field = readable_path(&edit.path);
            return Undo::Impossible(format!("{field} is secret, so its value before is not kept"));
        }
        let payload = self.payload(uid, &inverse, secret, self.terms.before.as_ref(), false);
        if payload.len() > BEFORE_IMAGE_LIMIT {
            let limit = BEFORE_IMAGE_LIMIT / 1024;
            return Undo::Impossible(format!("the state before is larger than the {limit} KiB a plan keeps"));
        }
        Undo::By(Box::new(WriteRecord {
            kind: WriteKind::Patch,
            object: self.object.clone(),
            payload,
            touched: self.touched(&inverse, secret),
        }))
    }

    /// The patch as text, secret values replaced by where they come from and guards on them by keyed hashes.
    fn payload(&self, uid: &str, edits: &[Edit], secret: &[bool], kept: Option<&ResourceRef>, forward: bool) -> String {
        let mut operations = edits::patch(uid, edits);
        if forward {
            let guards = self.terms.guards.iter();
            operations.splice(1..1, guards.map(|(path, value)| json!({"op": "test", "path": path, "value": value})));
        }
        for (edit, _) in edits.iter().zip(secret).filter(|(_, secret)| **secret) {
            for operation in operations.iter_mut().filter(|operation| operation["path"] == edit.path.as_str()) {
                let is_test = operation["op"] == "test";
                let Some(value) = operation.as_object_mut().and_then(|fields| fields.remove("value")) else { continue };
                if value.is_null() {
                    operation["value"] = value;
                } else if is_test {
                    operation["keyedHash"] = secrets::keyed_hash(&self.seal, &value).into();
                } else if let Some(param) = self.terms.params.get(&edit.path).filter(|_| forward) {
                    operation["valueFrom"] = json!(Source::Param(param.clone()));
                } else if let Some(object) = kept {
                    let source = Source::Kept { object: object.clone(), pointer: edit.path.clone() };
                    operation["valueFrom"] = json!(source);
                }
            }
        }
        Value::from(operations).to_string()
    }

    fn touched(&self, edits: &[Edit], secret: &[bool]) -> Vec<TouchedField> {
        let text = |value: &Option<Value>, secret: bool| {
            value.as_ref().map(|value| {
                if secret { json!(secrets::keyed_hash(&self.seal, value)).to_string() } else { value.to_string() }
            })
        };
        edits
            .iter()
            .zip(secret)
            .map(|(edit, secret)| TouchedField {
                path: edit.path.clone(),
                before: text(&edit.before, *secret),
                after: text(&edit.after, *secret),
            })
            .collect()
    }
}

/// `DeleteOptions` but for the UID, which is the record's object's.
fn deletion(how: Deletion) -> String {
    let options = match how {
        Deletion::Graceful => json!({"propagationPolicy": "Background"}),
        Deletion::Forced => json!({"propagationPolicy": "Background", "gracePeriodSeconds": 0}),
    };
    options.to_string()
}

fn scale_record(object: ResourceRef, before: i64, after: i64) -> WriteRecord {
    // The scale subresource leaves a zero out, so its guard asks for absence.
    let guard = if before == 0 { Value::Null } else { before.into() };
    let uid = object.uid.clone().unwrap_or_default();
    let operations = json!([
        {"op": "test", "path": "/metadata/uid", "value": uid},
        {"op": "test", "path": "/spec/replicas", "value": guard},
        {"op": "add", "path": "/spec/replicas", "value": after},
    ]);
    WriteRecord {
        kind: WriteKind::Scale,
        object,
        payload: operations.to_string(),
        touched: vec![TouchedField {
            path: "/spec/replicas".to_owned(),
            before: Some(before.to_string()),
            after: Some(after.to_string()),
        }],
    }
}

/// `/spec/template/spec/containers/0/image` as `spec.template.spec.containers[0].image`.
pub fn readable_path(pointer: &str) -> String {
    let mut text = String::new();
    for segment in pointer.split('/').skip(1) {
        let segment = segment.replace("~1", "/").replace("~0", "~");
        if segment.contains(['.', '/']) || segment.chars().all(|c| c.is_ascii_digit()) {
            text.push('[');
            text.push_str(&segment);
            text.push(']');
        } else {
            if !text.is_empty() {
                text.push('.');
            }
            text.push_str(&segment);
        }
    }
    text
}
