//! The writes of one turn, in order. Each is what it is whether done once or twice, so a crash between two of them costs nothing.

use common::api::keys::{annotations, managers};
use kube::Api;
use kube::api::{DeleteParams, DynamicObject, Patch, PatchParams, Preconditions};
use serde_json::{Value, json};

use super::children::{Child, ChildKind, Place};
use super::decide::{Move, Turn};
use super::subject::{Asked, Subject};
use super::{Error, adopt};
use crate::runtime::{Context, Note, WriteError, attempt, read};

/// Makes every move. Gives why one was refused; the moves after it were not made.
pub(super) async fn apply(ctx: &Context, subject: &Subject, turn: &Turn) -> Result<Option<String>, Error> {
    for step in &turn.moves {
        match make(ctx, subject, step).await {
            Ok(()) => {}
            Err(Error::Write(WriteError::Refused(status))) => {
                let what = describe(subject, step);
                return Ok(Some(format!("the API server refuses {what}: {}", status.message)));
            }
            Err(Error::Taken(place)) => {
                return Ok(Some(format!(
                    "{place} exists and was not made for this Instance: rename the Instance, or delete the object"
                )));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

fn describe(subject: &Subject, step: &Move) -> String {
    match step {
        Move::Hold | Move::LetGo => format!("the finalizer {}", subject.finalizer()),
        Move::Apply(child) => child.place.to_string(),
        Move::Keep(_) => format!("a note on Deployment {}", subject.key),
        Move::Scale(replicas) => format!("{replicas} replicas of Deployment {}", subject.key),
        Move::Delete(place, _) => format!("to delete {place}"),
    }
}

async fn make(ctx: &Context, subject: &Subject, step: &Move) -> Result<(), Error> {
    ctx.leader.still().map_err(WriteError::from)?;
    match step {
        Move::Hold => finalizers(ctx, subject, true).await,
        Move::LetGo => finalizers(ctx, subject, false).await,
        Move::Apply(child) => put(ctx, subject, child).await,
        Move::Keep(digest) => {
            let note = json!({ "metadata": {
                "annotations": { (annotations::KEPT): digest },
                "ownerReferences": [subject.owner()],
            } });
            let api = api(ctx, ChildKind::Deployment, subject.namespace());
            attempt(subject.name(), api.patch(subject.name(), &managed(), &Patch::Merge(&note))).await?;
            tell(ctx, subject, "Adopted", "kept the Deployment of an earlier operator as it was found", digest);
            Ok(())
        }
        Move::Scale(replicas) => {
            let api = api(ctx, ChildKind::Deployment, subject.namespace());
            let wanted = json!({ "spec": { "replicas": replicas } });
            attempt(subject.name(), api.patch_scale(subject.name(), &managed(), &Patch::Merge(&wanted))).await?;
            Ok(())
        }
        Move::Delete(place, uid) => delete(ctx, place, uid).await,
    }
}

async fn finalizers(ctx: &Context, subject: &Subject, hold: bool) -> Result<(), Error> {
    match &subject.asked {
        Asked::Instance(object) => {
            let list = changed(object.metadata.finalizers.as_ref(), subject.finalizer(), hold);
            ctx.merge(managers::INSTANCE, &**object, json!({ "metadata": { "finalizers": list } })).await?;
        }
        Asked::Legacy(object) => {
            let list = changed(object.metadata.finalizers.as_ref(), subject.finalizer(), hold);
            ctx.merge(managers::INSTANCE, &**object, json!({ "metadata": { "finalizers": list } })).await?;
        }
    }
    Ok(())
}

fn changed(now: Option<&Vec<String>>, own: &str, hold: bool) -> Vec<String> {
    let others = now.into_iter().flatten().filter(|name| *name != own).cloned();
    others.chain(hold.then(|| own.to_owned())).collect()
}

async fn put(ctx: &Context, subject: &Subject, child: &Child) -> Result<(), Error> {
    let Place { kind, namespace, name } = &child.place;
    let api = api(ctx, *kind, namespace);
    let live = read(reading(ctx, *kind, namespace).get_opt(name)).await?.map(|live| json!(live));
    if let Some(live) = &live {
        if adopt::is_taken(live, subject) {
            return Err(Error::Taken(child.place.clone()));
        }
        if let Some(patch) = adopt::takeover(live, subject) {
            let patch: json_patch::Patch = serde_json::from_value(patch).map_err(Error::Malformed)?;
            attempt(name, api.patch(name, &PatchParams::default(), &Patch::Json::<()>(patch))).await?;
        }
        if *kind == ChildKind::Deployment {
            switch_strategy(&api, live, child).await?;
        }
    }
    attempt(name, api.patch(name, &PatchParams::apply(managers::INSTANCE).force(), &Patch::Apply(&child.body))).await?;
    if *kind == ChildKind::Deployment {
        let digest = child.digest();
        let words = if live.is_some() { "changed the server's Deployment" } else { "made the server's Deployment" };
        tell(ctx, subject, if live.is_some() { "RolledOut" } else { "Created" }, words, &digest);
    }
    Ok(())
}

/// The server keeps the parameters of a rolling update when the strategy becomes another, and then refuses the two together.
async fn switch_strategy(api: &Api<DynamicObject>, live: &Value, child: &Child) -> Result<(), WriteError> {
    let (now, wanted) = (&live["spec"]["strategy"]["type"], &child.body["spec"]["strategy"]["type"]);
    if now == wanted || wanted != "Recreate" {
        return Ok(());
    }
    let only = json!({ "spec": { "strategy": { "$retainKeys": ["type"], "type": wanted } } });
    attempt(&child.place.name, api.patch(&child.place.name, &managed(), &Patch::Strategic(&only))).await.map(drop)
}

async fn delete(ctx: &Context, place: &Place, uid: &str) -> Result<(), Error> {
    let only = Preconditions { uid: Some(uid.to_owned()), resource_version: None };
    let params = DeleteParams { preconditions: Some(only), ..DeleteParams::background() };
    let api = api(ctx, place.kind, &place.namespace);
    match attempt(&place.name, api.delete(&place.name, &params)).await {
        // Gone, or another one by now: either way not there any more.
        Ok(_) | Err(WriteError::Gone(_) | WriteError::Conflict(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn managed() -> PatchParams {
    PatchParams { field_manager: Some(managers::INSTANCE.to_owned()), ..PatchParams::default() }
}

fn api(ctx: &Context, kind: ChildKind, namespace: &str) -> Api<DynamicObject> {
    of(ctx.clients.write.clone(), kind, namespace)
}

fn reading(ctx: &Context, kind: ChildKind, namespace: &str) -> Api<DynamicObject> {
    of(ctx.clients.read.clone(), kind, namespace)
}

fn of(client: kube::Client, kind: ChildKind, namespace: &str) -> Api<DynamicObject> {
    if namespace.is_empty() {
        Api::all_with(client, &kind.resource())
    } else {
        Api::namespaced_with(client, namespace, &kind.resource())
    }
}

/// Tells people, once for each occurrence.
pub(super) fn tell(ctx: &Context, subject: &Subject, reason: &'static str, words: &str, occurrence: &str) {
    ctx.events.tell(subject.reference(), Note::new(reason, "Reconcile", words).once(occurrence));
}
