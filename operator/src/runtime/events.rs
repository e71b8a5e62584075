//! Kubernetes Events: one per transition, best effort, never in the way of the work.
//!
//! An Event's name is derived from what it is about and which occurrence it is, so telling twice is telling once.

use k8s_openapi::api::core::v1::ObjectReference;
use k8s_openapi::api::events::v1::Event;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta};
use kube::api::{Api, PostParams};
use tokio::sync::mpsc;

use super::client::{Clients, WRITE_DEADLINE};
use super::clock::Clock;
use common::api::keys;
use common::naming;

/// How many Events may wait to be written; more are dropped, as Kubernetes' own recorders do.
const WAITING: usize = 256;

/// What to tell.
#[derive(Clone, Debug)]
pub struct Note {
    reason: &'static str,
    action: &'static str,
    message: String,
    warning: bool,
    once: String,
}

impl Note {
    /// `reason` in PascalCase says what happened, `action` what the operator was doing.
    pub fn new(reason: &'static str, action: &'static str, message: impl Into<String>) -> Self {
        Self { reason, action, message: message.into(), warning: false, once: String::new() }
    }

    /// Shows up as `Warning`.
    #[must_use]
    pub fn warning(self) -> Self {
        self.warning_if(true)
    }

    /// Shows up as `Warning` if so.
    #[must_use]
    pub fn warning_if(mut self, warning: bool) -> Self {
        self.warning = warning;
        self
    }

    /// Which occurrence this is, e.g. the object's `transition`: the same one is told once.
    #[must_use]
    pub fn once(mut self, occurrence: impl Into<String>) -> Self {
        self.once = occurrence.into();
        self
    }
}

/// Hands Events to the task that writes them.
#[derive(Clone)]
pub struct Events(mpsc::Sender<(ObjectReference, Note)>);

impl Events {
    /// Tells it. `about` is `object.object_ref(&())`.
    pub fn tell(&self, about: ObjectReference, note: Note) {
        if self.0.try_send((about, note)).is_err() {
            tracing::debug!("too many Events at once: one was dropped");
        }
    }
}

/// Where [`Events`] arrive.
pub struct Inbox(mpsc::Receiver<(ObjectReference, Note)>);

/// The two ends.
pub fn channel() -> (Events, Inbox) {
    let (sender, receiver) = mpsc::channel(WAITING);
    (Events(sender), Inbox(receiver))
}

/// Writes Events until every sender is gone.
pub(super) async fn write(clients: Clients, clock: Clock, instance: String, mut inbox: Inbox) {
    while let Some((about, note)) = inbox.0.recv().await {
        let event = event(about, note, &clock, &instance);
        let namespace = event.metadata.namespace.clone().unwrap_or_default();
        let api: Api<Event> = Api::namespaced(clients.write.clone(), &namespace);
        match tokio::time::timeout(WRITE_DEADLINE, api.create(&PostParams::default(), &event)).await {
            Ok(Err(kube::Error::Api(status))) if status.is_already_exists() => {}
            Ok(Err(error)) => tracing::debug!(%error, "could not write an Event"),
            Ok(Ok(_)) | Err(_) => {}
        }
    }
}

fn event(about: ObjectReference, note: Note, clock: &Clock, instance: &str) -> Event {
    let name = about.name.clone().unwrap_or_default();
    let identity = naming::hash(&[about.uid.as_deref().unwrap_or(&name), note.reason, &note.once], 16);
    let mut message = note.message;
    if message.len() > 1024 {
        let end = (0..=1021).rev().find(|end| message.is_char_boundary(*end)).unwrap_or(0);
        message.truncate(end);
        message.push('…');
    }
    Event {
        metadata: ObjectMeta {
            // Kubernetes wants Events about cluster-scoped objects in `default`.
            namespace: Some(
                about.namespace.clone().filter(|ns| !ns.is_empty()).unwrap_or_else(|| "default".to_owned()),
            ),
            name: Some(naming::with_hash(&name, &identity)),
            ..ObjectMeta::default()
        },
        action: Some(note.action.to_owned()),
        event_time: Some(MicroTime(clock.now())),
        note: Some(message),
        reason: Some(note.reason.to_owned()),
        regarding: Some(about),
        reporting_controller: Some(format!("{}/operator", keys::GROUP)),
        reporting_instance: Some(instance.to_owned()),
        type_: Some(if note.warning { "Warning" } else { "Normal" }.to_owned()),
        ..Event::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_occurrence_has_the_same_name_and_another_one_another() {
        let about = ObjectReference { name: Some("web".into()), uid: Some("u".into()), ..ObjectReference::default() };
        let clock = Clock::system();
        let told = |transition: &str| {
            let note = Note::new("Resolved", "Reconcile", "over").once(transition);
            event(about.clone(), note, &clock, "pod-1").metadata.name.unwrap()
        };
        assert_eq!(told("3"), told("3"));
        assert_ne!(told("3"), told("4"));
    }
}
