//! Sending one stored request, and finding out after a crash whether it was carried out.
//!
//! In: a [`WriteRecord`] and the operation id of its Intent. Out: accepted, or why not, with "unknown" as an answer. Exactly one mutating
//! request is sent. A guarded request that is sent again cannot succeed twice: the first success moved the values its guards ask for.

use std::collections::BTreeMap;
use std::time::Duration;

use http::Method;
use kube::Client;
use serde_json::{Value, json};

use super::command;
use super::edits;
use super::kind::{self, Kind};
use super::live;
use super::object::{Object, escape};
use super::outcome::{Found, SendError, Sent};
use super::secret_rotation;
use super::secrets::{self, Source};
use super::settle::holds;
use super::wire::{self, Answer, Lost};
use crate::api::ResourceRef;
use crate::api::keys::{annotations, managers};
use crate::api::remediation_plan::{TouchedField, WriteKind, WriteRecord};

/// What a request needs beside its record.
#[derive(Clone, Copy, Debug)]
pub struct Errand<'a> {
    /// `<planUID>.<step>.<try>`; left on the changed object. An undo needs another one than its step.
    pub operation_id: &'a str,
    /// Key of the hashes of secret values.
    pub plan_uid: &'a str,
    /// The step's parameters: secret values are taken from here when they are sent, never from the record.
    pub params: &'a BTreeMap<String, String>,
}

/// Sends one request.
pub async fn send(client: &Client, write: &WriteRecord, errand: &Errand<'_>) -> Result<Sent, SendError> {
    let result = match write.kind {
        WriteKind::Patch => send_patch(client, write, errand).await,
        WriteKind::Scale => send_scale(client, write, errand).await,
        WriteKind::Create => send_create(client, write, errand).await,
        WriteKind::Evict | WriteKind::Delete => exchange(client, write, "", None).await.map(sent),
        WriteKind::Exec => send_exec(client, write).await,
        WriteKind::Apply => send_apply(client, write, errand).await,
    };
    match result {
        // The pod meant is gone, by us or by somebody: that is what was wanted.
        Err(SendError::Gone(_)) if matches!(write.kind, WriteKind::Evict | WriteKind::Delete) => {
            Ok(Sent { already: true, ..Sent::default() })
        }
        // A lost original may have arrived between the look and this repeat: then the guards failed because the work is done.
        Err(SendError::Drifted(why)) => match look(client, write, errand).await {
            Found::Applied => Ok(Sent { already: true, ..Sent::default() }),
            Found::NotApplied | Found::Unknown(_) => Err(SendError::Drifted(why)),
        },
        other => other,
    }
}

/// Finds out whether a stored request was carried out.
pub async fn look(client: &Client, write: &WriteRecord, errand: &Errand<'_>) -> Found {
    let found = match kind_of(&write.object) {
        Ok(kind) => live::one(client, kind, &write.object.namespace, &write.object.name).await,
        Err(error) => return Found::Unknown(error.to_string()),
    };
    match found {
        Ok(found) => resolve(write, found.as_ref(), errand),
        Err(unreadable) => Found::Unknown(unreadable.to_string()),
    }
}

/// The rules of [`look`] on the object as found. Pure.
fn resolve(write: &WriteRecord, found: Option<&Object>, errand: &Errand<'_>) -> Found {
    let same = found.filter(|object| write.object.uid.as_deref().is_none_or(|uid| uid == object.uid()));
    let is_marked =
        same.is_some_and(|object| object.annotation(annotations::OPERATION_ID) == Some(errand.operation_id));
    let holds_all = || {
        same.is_some_and(|object| {
            write.touched.iter().all(|field| {
                let wanted: Option<Value> = field.after.as_deref().and_then(|text| serde_json::from_str(text).ok());
                holds(object.at(&field.path), wanted.as_ref(), errand.plan_uid)
            })
        })
    };
    match (write.kind, same) {
        (WriteKind::Exec, _) => Found::Unknown("a command is never run twice; a person decides".to_owned()),
        (WriteKind::Evict | WriteKind::Delete, None) => Found::Applied,
        (WriteKind::Evict | WriteKind::Delete, Some(object)) if object.is_terminating() => Found::Applied,
        (WriteKind::Patch | WriteKind::Apply | WriteKind::Create, Some(_)) if is_marked => Found::Applied,
        (WriteKind::Patch | WriteKind::Apply, Some(_)) if !write.touched.is_empty() && holds_all() => Found::Applied,
        (WriteKind::Scale, Some(object)) => {
            let wanted = write.touched.first().and_then(|field| field.after.as_deref()?.parse().ok());
            if wanted == Some(object.replicas()) { Found::Applied } else { Found::NotApplied }
        }
        (WriteKind::Patch | WriteKind::Apply | WriteKind::Scale, None) => {
            Found::Unknown(format!("{} is gone, and with it the trace of the change", write.object))
        }
        _ => Found::NotApplied,
    }
}

async fn send_patch(client: &Client, write: &WriteRecord, errand: &Errand<'_>) -> Result<Sent, SendError> {
    let object = read_pinned(client, &write.object).await?;
    if object.annotation(annotations::OPERATION_ID) == Some(errand.operation_id) {
        return Ok(Sent { already: true, ..Sent::default() });
    }
    let mut operations = operations(client, write, &object, errand.plan_uid, errand.params).await?;
    let has_map = object.at(edits::ANNOTATIONS).is_some() || operations.iter().any(adds_annotation);
    operations.extend(marker(has_map, errand.operation_id));
    exchange(client, write, "", Some(Value::from(operations))).await.map(sent)
}

async fn send_scale(client: &Client, write: &WriteRecord, errand: &Errand<'_>) -> Result<Sent, SendError> {
    let operations: Value = serde_json::from_str(&write.payload).map_err(|error| broken(&error.to_string()))?;
    let _ = errand;
    exchange(client, write, "", Some(operations)).await.map(sent)
}

async fn send_create(client: &Client, write: &WriteRecord, errand: &Errand<'_>) -> Result<Sent, SendError> {
    let mut object = body(client, write, errand.params).await?;
    edits::set(&mut object, &["metadata", "annotations", annotations::OPERATION_ID], errand.operation_id.into());
    exchange(client, write, "", Some(object)).await.map(sent)
}

/// No field of another writer is taken, so an apply that arrives late cannot undo what somebody did meanwhile; what is still as it was is
/// asked first, because an apply has no guards of its own.
async fn send_apply(client: &Client, write: &WriteRecord, errand: &Errand<'_>) -> Result<Sent, SendError> {
    let object = read_pinned(client, &write.object).await?;
    if object.annotation(annotations::OPERATION_ID) == Some(errand.operation_id) {
        return Ok(Sent { already: true, ..Sent::default() });
    }
    let is = |field: &TouchedField, text: &Option<String>| {
        let value: Option<Value> = text.as_deref().and_then(|text| serde_json::from_str(text).ok());
        holds(object.at(&field.path), value.as_ref(), errand.plan_uid)
    };
    if let Some(other) = write.touched.iter().find(|field| !is(field, &field.before) && !is(field, &field.after)) {
        return Err(SendError::Drifted(format!("{} holds another value", other.path)));
    }
    let mut manifest: Value = serde_json::from_str(&write.payload).map_err(|error| broken(&error.to_string()))?;
    edits::set(&mut manifest, &["metadata", "annotations", annotations::OPERATION_ID], errand.operation_id.into());
    exchange(client, write, "", Some(manifest)).await.map(sent)
}

async fn send_exec(client: &Client, write: &WriteRecord) -> Result<Sent, SendError> {
    read_pinned(client, &write.object).await?;
    let output = command::run(client, write).await?;
    Ok(Sent { output: Some(output), ..Sent::default() })
}

/// The object to create with every value in place: secret ones fetched from where the record says they are.
pub(super) async fn body(
    client: &Client,
    write: &WriteRecord,
    params: &BTreeMap<String, String>,
) -> Result<Value, SendError> {
    let mut object: Value = serde_json::from_str(&write.payload).map_err(|error| broken(&error.to_string()))?;
    for (pointer, source) in secrets::referenced(&object) {
        let source = source.ok_or_else(|| broken(&format!("{pointer} is secret and has no source")))?;
        let value = fetch(client, source, params).await?;
        if let Some(place) = object.pointer_mut(&pointer) {
            *place = value;
        }
    }
    Ok(object)
}

/// The operation id on the object's own metadata. JSON Patch cannot make a map on the way, so it depends on what is there.
fn marker(has_map: bool, operation_id: &str) -> Vec<Value> {
    if has_map {
        let path = format!("/metadata/annotations/{}", escape(annotations::OPERATION_ID));
        vec![json!({"op": "add", "path": path, "value": operation_id})]
    } else {
        let map = json!({annotations::OPERATION_ID: operation_id});
        vec![
            json!({"op": "test", "path": "/metadata/annotations", "value": null}),
            json!({"op": "add", "path": "/metadata/annotations", "value": map}),
        ]
    }
}

/// The operations of a patch with every value in place: secret ones fetched from where the record says they are.
pub(super) async fn operations(
    client: &Client,
    write: &WriteRecord,
    object: &Object,
    plan_uid: &str,
    params: &BTreeMap<String, String>,
) -> Result<Vec<Value>, SendError> {
    let mut operations: Vec<Value> =
        serde_json::from_str(&write.payload).map_err(|error| broken(&error.to_string()))?;
    for operation in &mut operations {
        let Some(fields) = operation.as_object_mut() else { return Err(broken("an operation is no object")) };
        if let Some(hash) = fields.remove("keyedHash") {
            let path = fields.get("path").and_then(Value::as_str).unwrap_or_default();
            let found = object.at(path).cloned().unwrap_or_default();
            if hash != secrets::keyed_hash(plan_uid, &found).as_str() {
                return Err(SendError::Drifted(format!("{path} holds another value")));
            }
            fields.insert("value".to_owned(), found);
        }
        if let Some(source) = fields.remove("valueFrom") {
            let source: Source = serde_json::from_value(source).map_err(|error| broken(&error.to_string()))?;
            fields.insert("value".to_owned(), fetch(client, source, params).await?);
        }
    }
    if object.at(edits::ANNOTATIONS).is_none() && operations.iter().any(adds_annotation) {
        // JSON Patch makes no map on the way. Right after the UID, before anything is asked of what is in it.
        let at = operations.len().min(1);
        operations.splice(
            at..at,
            [
                json!({"op": "test", "path": edits::ANNOTATIONS, "value": null}),
                json!({"op": "add", "path": edits::ANNOTATIONS, "value": {}}),
            ],
        );
    }
    Ok(operations)
}

/// An operation that adds one annotation.
fn adds_annotation(operation: &Value) -> bool {
    operation["op"] == "add"
        && operation["path"]
            .as_str()
            .and_then(|path| path.strip_prefix(edits::ANNOTATIONS))
            .is_some_and(|rest| rest.starts_with('/'))
}

async fn fetch(client: &Client, source: Source, params: &BTreeMap<String, String>) -> Result<Value, SendError> {
    match source {
        Source::Param(name) => match params.get(&name) {
            Some(value) => Ok(value.as_str().into()),
            None => Err(SendError::Drifted(format!("the step has no parameter {name} any more"))),
        },
        Source::Kept { object, pointer } => {
            let kept = read_pinned(client, &object).await?;
            let missing = || SendError::Drifted(format!("{object} does not hold {pointer} any more"));
            kept.at(&pointer).cloned().ok_or_else(missing)
        }
        Source::Generated(length) => secret_rotation::generated(length).map_err(SendError::TryLater),
        Source::Release(rewrite) => {
            let revision = read_pinned(client, &rewrite.revision).await?;
            rewrite.of(&revision).map(Value::from).map_err(|why| broken(&why))
        }
    }
}

/// Reads the very object a record is pinned to.
async fn read_pinned(client: &Client, reference: &ResourceRef) -> Result<Object, SendError> {
    let kind = kind_of(reference)?;
    let object = live::one(client, kind, &reference.namespace, &reference.name).await?;
    let object = object.ok_or_else(|| SendError::Gone(format!("{reference} does not exist any more")))?;
    match &reference.uid {
        Some(uid) if uid != object.uid() => Err(SendError::Gone(format!("{reference} was replaced by a namesake"))),
        _ => Ok(object),
    }
}

/// One mutating request, or its dry run with `query` saying so.
pub(super) async fn exchange(
    client: &Client,
    write: &WriteRecord,
    query: &str,
    body: Option<Value>,
) -> Result<Answer, SendError> {
    let kind = kind_of(&write.object)?;
    let path = kind.path(&write.object.namespace, &write.object.name);
    let options = format!("fieldManager={}&fieldValidation=Strict{query}", managers::REMEDIATOR);
    let body = body.map_or_else(|| write.payload.clone(), |body| body.to_string());
    let (method, path, content_type, body) = match write.kind {
        WriteKind::Patch => (Method::PATCH, format!("{path}?{options}"), JSON_PATCH, body),
        WriteKind::Scale => (Method::PATCH, format!("{path}/scale?{options}"), JSON_PATCH, body),
        WriteKind::Create => {
            (Method::POST, format!("{}?{options}", kind.list_path(&write.object.namespace)), JSON, body)
        }
        WriteKind::Apply => (Method::PATCH, format!("{path}?{options}&force=false"), APPLY_PATCH, body),
        WriteKind::Evict => (Method::POST, format!("{path}/eviction?{options}"), JSON, body),
        WriteKind::Delete => {
            let mut options: Value = serde_json::from_str(&body).map_err(|error| broken(&error.to_string()))?;
            let Some(uid) = &write.object.uid else { return Err(broken("a deletion names no UID")) };
            options["preconditions"] = json!({ "uid": uid });
            // The server reads the options of a deletion from the query or from the body, never from both.
            if query.contains("dryRun=All") {
                options["dryRun"] = json!(["All"]);
            }
            (Method::DELETE, path, JSON, options.to_string())
        }
        WriteKind::Exec => return Err(broken("a command is no single request")),
    };
    let answer = wire::call(client, method, &path, Some(content_type), body.into_bytes())
        .await
        .map_err(|Lost(why)| SendError::OutcomeUnknown(why))?;
    judge(write.kind, answer)
}

const JSON: &str = "application/json";
const APPLY_PATCH: &str = "application/apply-patch+yaml";
const JSON_PATCH: &str = "application/json-patch+json";

/// What a status means for this kind of request.
#[expect(clippy::match_same_arms, reason = "a table by status; merged arms would not read as one")]
fn judge(kind: WriteKind, answer: Answer) -> Result<Answer, SendError> {
    let removes = matches!(kind, WriteKind::Evict | WriteKind::Delete);
    let message = answer.message();
    let refused = |reason: &str| SendError::Refused {
        code: answer.status,
        reason: if reason.is_empty() { "Refused".to_owned() } else { reason.to_owned() },
        message: message.clone(),
    };
    match answer.status {
        200..300 => Ok(answer),
        404 => Err(SendError::Gone(message)),
        409 if removes => Err(SendError::Gone(message)),
        403 if answer.is_rbac_denial() => Err(SendError::Forbidden(message)),
        409 if kind == WriteKind::Create => Err(SendError::Drifted(message)),
        // Another writer has the field, and it stays theirs.
        409 if kind == WriteKind::Apply => Err(refused(answer.reason())),
        409 => Err(SendError::TryLater(message)),
        // A patch that cannot be applied has no cause and no kind in its answer; an object that is invalid after the patch has both.
        422 if answer.reason() != "Invalid" || !message.contains("is invalid") => Err(SendError::Drifted(message)),
        429 if kind == WriteKind::Evict && is_budget(&answer) => {
            let seconds = answer.body.pointer("/details/retryAfterSeconds").and_then(Value::as_u64);
            let retry_after = seconds.filter(|seconds| *seconds > 0).map(Duration::from_secs);
            Err(SendError::PdbSaysNo { message, retry_after })
        }
        429 => Err(SendError::TryLater(message)),
        500 if kind == WriteKind::Evict && message.contains("more than one PodDisruptionBudget") => {
            Err(refused(answer.reason()))
        }
        400..500 => Err(refused(answer.reason())),
        _ => Err(SendError::OutcomeUnknown(message)),
    }
}

fn is_budget(answer: &Answer) -> bool {
    Object(answer.body.clone()).list("/details/causes").iter().any(|cause| cause["reason"] == "DisruptionBudget")
}

fn sent(answer: Answer) -> Sent {
    Sent { warnings: answer.warnings, ..Sent::default() }
}

fn broken(why: &str) -> SendError {
    SendError::Refused {
        code: 0,
        reason: "BrokenRecord".to_owned(),
        message: format!("the stored request cannot be read: {why}"),
    }
}

fn kind_of(reference: &ResourceRef) -> Result<&'static Kind, SendError> {
    kind::Kind::named(&reference.kind).ok_or_else(|| broken(&format!("unknown kind {}", reference.kind)))
}
