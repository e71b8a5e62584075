//! The one writer: head first, then the line, then the event. A crash in between loses nothing and writes nothing twice: the head holds the
//! event until the next one, and an event's name ends with the hash of its cause.

use std::collections::{BTreeMap, HashSet};

use common::api::{
    AuditEvent, Time,
    audit_event::{AuditActor, AuditEventSpec, AuditResource},
    keys::{AUDIT_HEADS, annotations, labels, managers},
};
use common::audit::{Checkpoint, Head, Pending, hash, line};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
use kube::api::{DeleteParams, ListParams, ObjectMeta, PostParams};
use kube::{Api, ResourceExt};

use super::log::Log;
use super::records::Record;
use crate::runtime::{Context, Error, WriteError, attempt, read};

/// Events per page.
const PAGE: u32 = 500;

pub(super) struct Ledger {
    log: Log,
    heads: Option<Heads>,
    /// Causes that are recorded; `None` until they were listed.
    recorded: Option<HashSet<String>>,
}

/// The heads as last read or written.
struct Heads {
    version: Option<String>,
    by_namespace: BTreeMap<String, Head>,
}

impl Ledger {
    pub(super) fn new(log: Log) -> Self {
        Self { log, heads: None, recorded: None }
    }

    /// Records what happened in a namespace, unless that was done before.
    pub(super) async fn record(&mut self, ctx: &Context, namespace: &str, record: Record) -> Result<(), Error> {
        if self.recorded(ctx).await?.contains(&record.cause) {
            return Ok(());
        }
        let at = record.at.clone().unwrap_or(Time(ctx.clock.now()));
        let checkpoint = self.head(ctx, namespace).await?.checkpoint;
        if record.at.is_some() && checkpoint.is_some_and(|cut| at.0 <= cut.until.0) {
            // Recorded and removed by retention: the object outlives its events.
            return Ok(());
        }
        let spec = AuditEventSpec {
            event_type: record.event_type.to_owned(),
            actor: record.actor,
            resource: record.resource,
            details: record.details,
            severity: record.severity.to_owned(),
            correlation_id: record.correlation_id,
            timestamp: at,
            sequence: None,
            previous_hash: None,
        };
        self.append(ctx, namespace, &record.cause, spec, None).await
    }

    /// Records that the brakes or the autonomy of a namespace are no longer what they were.
    pub(super) async fn record_marks(&mut self, ctx: &Context, namespace: &Namespace) -> Result<(), Error> {
        let name = namespace.name_any();
        let marks = namespace.metadata.annotations.as_ref();
        let word = |key: &str| marks.and_then(|marks| marks.get(key)).map_or("-", String::as_str).to_owned();
        let (autonomy, paused, reset) =
            (word(annotations::AUTONOMY), word(annotations::PAUSED), word(annotations::BREAKER_RESET));
        let now = format!("autonomy={autonomy} paused={paused} breaker-reset={reset}");
        let before = self.head(ctx, &name).await?.marks;
        let nothing = "autonomy=- paused=- breaker-reset=-";
        if before.as_deref().unwrap_or(nothing) == now || namespace.metadata.deletion_timestamp.is_some() {
            return Ok(());
        }
        let moment = ctx.clock.now();
        let cause = common::naming::hash(&[&namespace.uid().unwrap_or_default(), &now, &moment.to_string()], 16);
        let spec = AuditEventSpec {
            event_type: "config_changed".to_owned(),
            actor: who_reset(&reset, before.as_deref()),
            resource: AuditResource {
                kind: "Namespace".to_owned(),
                name: name.clone(),
                namespace: String::new(),
                uid: namespace.uid(),
            },
            details: BTreeMap::from([
                ("before".to_owned(), before.unwrap_or_else(|| nothing.to_owned())),
                ("after".to_owned(), now.clone()),
            ]),
            severity: "warning".to_owned(),
            correlation_id: None,
            timestamp: Time(moment),
            sequence: None,
            previous_hash: None,
        };
        self.append(ctx, &name, &cause, spec, Some(now)).await
    }

    /// Removes the oldest events beyond age and number, and says in the head where the chain begins now.
    pub(super) async fn retain(&mut self, ctx: &Context) -> Result<(), Error> {
        let oldest = ctx.clock.now() - SignedDuration::from_hours(24 * i64::from(ctx.config.audit_retention_days));
        let most = ctx.config.audit_max_events;
        self.heads(ctx).await?;
        let namespaces: Vec<String> = self.heads.iter().flat_map(|heads| heads.by_namespace.keys().cloned()).collect();
        for namespace in namespaces {
            let api: Api<AuditEvent> = Api::namespaced(ctx.clients.read.clone(), &namespace);
            let mut events = read(api.list(&ListParams::default())).await?.items;
            events.sort_by_key(|event| (event.spec.sequence, event.spec.timestamp.0));
            let doomed = doomed(&events, oldest, most);
            if doomed == 0 {
                continue;
            }
            let last = events[..doomed].iter().rev().find_map(|event| Some((event.spec.sequence?, event)));
            if let Some((sequence, event)) = last {
                let until = event.spec.timestamp.clone();
                let cut = Checkpoint { sequence, hash: hash(&namespace, &event.spec), until };
                let mut head = self.head(ctx, &namespace).await?;
                if head.checkpoint.as_ref().is_none_or(|before| before.sequence < sequence) {
                    head.checkpoint = Some(cut);
                    self.write_head(ctx, &namespace, head).await?;
                }
            }
            let api: Api<AuditEvent> = Api::namespaced(ctx.clients.write.clone(), &namespace);
            for event in &events[..doomed] {
                ctx.leader.still().map_err(WriteError::from)?;
                let name = event.name_any();
                match attempt(&name, api.delete(&name, &DeleteParams::default())).await {
                    Ok(_) | Err(WriteError::Gone(_)) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            tracing::info!(namespace, removed = doomed, "old audit events were removed");
        }
        Ok(())
    }

    async fn append(
        &mut self,
        ctx: &Context,
        namespace: &str,
        cause: &str,
        mut spec: AuditEventSpec,
        marks: Option<String>,
    ) -> Result<(), Error> {
        let before = self.head(ctx, namespace).await?;
        if let Some(pending) = &before.event {
            self.write_event(ctx, namespace, pending).await?;
        }
        (spec.sequence, spec.previous_hash) = (Some(before.sequence + 1), Some(before.hash.clone()));
        let pending = Pending { name: format!("audit-{:09}-{cause}", before.sequence + 1), spec };
        let after = Head {
            sequence: before.sequence + 1,
            hash: hash(namespace, &pending.spec),
            event: Some(pending.clone()),
            marks: marks.or(before.marks),
            checkpoint: before.checkpoint,
        };
        self.write_head(ctx, namespace, after).await?;
        self.log.append(&line(namespace, &pending.spec));
        self.write_event(ctx, namespace, &pending).await?;
        // It is there, so the next one need not make sure of it.
        if let Some(head) = self.heads.as_mut().and_then(|heads| heads.by_namespace.get_mut(namespace)) {
            head.event = None;
        }
        Ok(())
    }

    async fn write_event(&mut self, ctx: &Context, namespace: &str, pending: &Pending) -> Result<(), Error> {
        ctx.leader.still().map_err(WriteError::from)?;
        let mut event = AuditEvent::new(&pending.name, pending.spec.clone());
        event.metadata.namespace = Some(namespace.to_owned());
        event.metadata.annotations = Some(BTreeMap::from([(annotations::IMMUTABLE.to_owned(), "true".to_owned())]));
        event.metadata.labels = Some(BTreeMap::from([
            (labels::EVENT_TYPE.to_owned(), pending.spec.event_type.clone()),
            (labels::SEVERITY.to_owned(), pending.spec.severity.clone()),
        ]));
        let api: Api<AuditEvent> = Api::namespaced(ctx.clients.write.clone(), namespace);
        let params = PostParams { field_manager: Some(managers::AUDITOR.to_owned()), ..PostParams::default() };
        match attempt(&pending.name, api.create(&params, &event)).await {
            // Gone: the namespace goes, and its record with it; the line is in the log.
            Ok(_) | Err(WriteError::AlreadyExists(_) | WriteError::Gone(_)) => {}
            Err(WriteError::Refused(status)) if status.message.contains("being terminated") => {}
            Err(error) => return Err(error.into()),
        }
        if let (Some(recorded), Some(cause)) = (&mut self.recorded, cause_of(&pending.name)) {
            recorded.insert(cause.to_owned());
        }
        Ok(())
    }

    async fn write_head(&mut self, ctx: &Context, namespace: &str, head: Head) -> Result<(), Error> {
        ctx.leader.still().map_err(WriteError::from)?;
        let heads = self.heads(ctx).await?;
        let mut wanted = heads.by_namespace.clone();
        // Events that are known to be there need not be held any longer.
        for held in wanted.values_mut() {
            held.event = None;
        }
        wanted.insert(namespace.to_owned(), head);
        let data = wanted.iter().map(|(namespace, head)| {
            let text = serde_json::to_string(head).map_err(|error| WriteError::Unknown(error.to_string()))?;
            Ok((namespace.clone(), text))
        });
        let map = ConfigMap {
            metadata: ObjectMeta {
                name: Some(AUDIT_HEADS.to_owned()),
                namespace: Some(ctx.namespace.clone()),
                resource_version: heads.version.clone(),
                labels: Some(BTreeMap::from([("app.kubernetes.io/name".to_owned(), "chatcli-operator".to_owned())])),
                ..ObjectMeta::default()
            },
            data: Some(data.collect::<Result<_, WriteError>>()?),
            ..ConfigMap::default()
        };
        let api: Api<ConfigMap> = Api::namespaced(ctx.clients.write.clone(), &ctx.namespace);
        let params = PostParams { field_manager: Some(managers::AUDITOR.to_owned()), ..PostParams::default() };
        let written = match &map.metadata.resource_version {
            Some(_) => attempt(AUDIT_HEADS, api.replace(AUDIT_HEADS, &params, &map)).await,
            None => attempt(AUDIT_HEADS, api.create(&params, &map)).await,
        };
        match written {
            Ok(written) => {
                self.heads = Some(Heads { version: written.resource_version(), by_namespace: wanted });
                Ok(())
            }
            Err(error) => {
                // Whatever became of it is read again before the next one.
                self.heads = None;
                Err(error.into())
            }
        }
    }

    async fn head(&mut self, ctx: &Context, namespace: &str) -> Result<Head, Error> {
        Ok(self.heads(ctx).await?.by_namespace.get(namespace).cloned().unwrap_or_default())
    }

    /// The heads; every event they still hold is made sure of when they are read.
    async fn heads(&mut self, ctx: &Context) -> Result<&Heads, Error> {
        if self.heads.is_none() {
            let api: Api<ConfigMap> = Api::namespaced(ctx.clients.read.clone(), &ctx.namespace);
            let found = read(api.get_opt(AUDIT_HEADS)).await?;
            let version = found.as_ref().and_then(ResourceExt::resource_version);
            let data = found.and_then(|map| map.data).unwrap_or_default();
            let mut by_namespace = BTreeMap::new();
            for (namespace, text) in data {
                let head: Head = serde_json::from_str(&text).map_err(|error| {
                    WriteError::Unknown(format!("ConfigMap {AUDIT_HEADS}: the head of {namespace} is broken: {error}"))
                })?;
                if let Some(pending) = &head.event {
                    self.write_event(ctx, &namespace, pending).await?;
                }
                by_namespace.insert(namespace, head);
            }
            self.heads = Some(Heads { version, by_namespace });
        }
        self.heads.as_ref().ok_or_else(|| WriteError::Unknown("the heads are not there".to_owned()).into())
    }

    /// The causes of every event there is, listed once.
    async fn recorded(&mut self, ctx: &Context) -> Result<&HashSet<String>, Error> {
        // First, because an event a head still holds is recorded too.
        self.heads(ctx).await?;
        if self.recorded.is_none() {
            let api: Api<AuditEvent> = Api::all(ctx.clients.read.clone());
            let mut params = ListParams::default().limit(PAGE);
            let mut recorded = HashSet::new();
            loop {
                let page = read(api.list_metadata(&params)).await?;
                let names = page.items.iter().map(ResourceExt::name_any);
                recorded.extend(names.filter_map(|name| cause_of(&name).map(str::to_owned)));
                match page.metadata.continue_.filter(|token| !token.is_empty()) {
                    Some(token) => params = params.continue_token(&token),
                    None => break,
                }
            }
            self.recorded = Some(recorded);
        }
        Ok(self.recorded.get_or_insert_default())
    }
}

/// The cause an event's name ends with; `None` for events of another operator.
fn cause_of(name: &str) -> Option<&str> {
    let (head, cause) = name.rsplit_once('-')?;
    let is_ours = head.starts_with("audit-") && cause.len() == 16 && cause.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_ours.then_some(cause)
}

/// Who let the breaker go, where that is what changed; else nobody the object knows.
fn who_reset(reset: &str, before: Option<&str>) -> AuditActor {
    let who = reset.split_once('/').map(|(_, who)| who);
    match who.filter(|_| !before.unwrap_or_default().ends_with(reset)) {
        Some(who) => AuditActor { actor_type: "user".to_owned(), name: who.to_owned(), controller: None },
        None => AuditActor { actor_type: "system".to_owned(), name: "kube-apiserver".to_owned(), controller: None },
    }
}

/// How many of the events, oldest first, are too old or too many.
fn doomed(events: &[AuditEvent], oldest: Timestamp, most: usize) -> usize {
    let old = events.iter().take_while(|event| event.spec.timestamp.0 < oldest).count();
    old.max(events.len().saturating_sub(most))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(second: i64) -> AuditEvent {
        AuditEvent::new(
            "e",
            AuditEventSpec {
                event_type: "x".into(),
                actor: who_reset("-", None),
                resource: AuditResource::default(),
                details: BTreeMap::new(),
                severity: "info".into(),
                correlation_id: None,
                timestamp: Time(Timestamp::from_second(second).unwrap()),
                sequence: Some(second),
                previous_hash: None,
            },
        )
    }

    #[test]
    fn events_go_by_age_and_by_number_oldest_first() {
        let events: Vec<_> = (1..=5).map(event).collect();
        let second = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(doomed(&events, second(3), 10), 2);
        assert_eq!(doomed(&events, second(0), 2), 3);
        assert_eq!(doomed(&events, second(0), 10), 0);
    }

    #[test]
    fn a_cause_is_read_off_our_own_names_only() {
        assert_eq!(cause_of("audit-000000007-0123456789abcdef"), Some("0123456789abcdef"));
        assert_eq!(cause_of("audit-1718000000000000000-ab12cd"), None, "ChatCLI's Go operator");
    }

    #[test]
    fn a_reset_names_its_person_and_any_other_change_names_nobody() {
        let reset = "2026-11-25T19:00:00Z/alice";
        assert_eq!(who_reset(reset, Some("autonomy=- paused=- breaker-reset=-")).name, "alice");
        let before = format!("autonomy=- paused=- breaker-reset={reset}");
        assert_eq!(who_reset(reset, Some(&before)).actor_type, "system");
        assert_eq!(who_reset("-", None).actor_type, "system");
    }
}
