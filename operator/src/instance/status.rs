//! What is said about a server: each concern as a condition of its own, and `Ready` as their sum.

use common::api::Condition;
use common::api::keys::{conditions, managers};
use jiff::Timestamp;
use serde_json::json;

use super::decide::{Input, Turn, live_deployment};
use super::reach::Reach;
use super::subject::{Asked, Subject};
use super::{Error, references::Problem};
use crate::runtime::status::{self, Owner, condition};
use crate::runtime::{Context, Note};

const OWNER: Owner = Owner {
    manager: managers::INSTANCE,
    fields: &["ready", "replicas", "readyReplicas", "observedGeneration", "selector"],
    conditions: &[
        conditions::READY,
        conditions::AVAILABLE,
        conditions::REACHABLE,
        conditions::REFERENCES_RESOLVED,
        conditions::PERSISTENT,
        conditions::WATCHER_AUTHORIZED,
        conditions::RECONCILED,
        conditions::ADOPTED,
        conditions::MIGRATED,
    ],
};

/// One condition before it has a time.
struct Verdict {
    kind: &'static str,
    holds: bool,
    reason: &'static str,
    message: String,
}

impl Verdict {
    fn new(kind: &'static str, holds: bool, reason: &'static str, message: impl Into<String>) -> Self {
        Self { kind, holds, reason, message: message.into() }
    }

    fn of(kind: &'static str, problem: Option<&Problem>, well: (&'static str, &str)) -> Self {
        match problem {
            Some(problem) => Self::new(kind, false, problem.reason, &problem.message),
            None => Self::new(kind, true, well.0, well.1),
        }
    }
}

/// Pods of the server.
struct Pods {
    all: i64,
    ready: i64,
}

impl Pods {
    fn of(input: &Input<'_>) -> Self {
        let status = live_deployment(input.subject, input.seen).map(|live| &live["status"]);
        let count = |field: &str| status.and_then(|status| status[field].as_i64()).unwrap_or(0);
        Self { all: count("replicas"), ready: count("readyReplicas") }
    }
}

/// Writes the status, if it says anything new, and tells people when the server became ready or stopped being so.
pub(super) async fn write(ctx: &Context, input: &Input<'_>, turn: &Turn, refused: Option<&str>) -> Result<(), Error> {
    let subject = input.subject;
    if turn.is_ending {
        return Ok(());
    }
    let pods = Pods::of(input);
    let verdicts = verdicts(input, turn, &pods, refused);
    announce(ctx, subject, &verdicts);
    let wanted = json!({
        "ready": pods.ready > 0 && pods.ready >= i64::from(subject.replicas()),
        "replicas": pods.all,
        "readyReplicas": pods.ready,
        "observedGeneration": subject.generation,
        "selector": subject.selector(),
        "conditions": timed(subject, &verdicts, ctx.clock.now()),
    });
    match &subject.asked {
        Asked::Instance(object) => drop(status::apply(ctx, object, &OWNER, wanted).await?),
        Asked::Legacy(object) => drop(status::apply(ctx, object, &OWNER, wanted).await?),
    }
    Ok(())
}

fn timed(subject: &Subject, verdicts: &[Verdict], now: Timestamp) -> Vec<Condition> {
    let before = &subject.status.conditions;
    let conditions = verdicts.iter().map(|verdict| {
        let Verdict { kind, holds, reason, message } = verdict;
        condition(before, kind, *holds, reason, message, subject.generation, now)
    });
    conditions.collect()
}

fn verdicts(input: &Input<'_>, turn: &Turn, pods: &Pods, refused: Option<&str>) -> Vec<Verdict> {
    let subject = input.subject;
    let before = &subject.status.conditions;
    let was_said = |kind: &str| before.iter().any(|condition| condition.type_ == kind);
    if input.seen.is_replaced {
        let words = format!("Instance {} goes on in place of this object; it can be deleted", subject.key);
        return vec![Verdict::new(conditions::MIGRATED, true, "Replaced", words)];
    }
    let mut verdicts = vec![
        Verdict::of(conditions::REFERENCES_RESOLVED, turn.references.as_ref(), ("Resolved", "")),
        match refused {
            Some(words) => Verdict::new(conditions::RECONCILED, false, "Refused", words),
            None => Verdict::new(conditions::RECONCILED, true, "UpToDate", ""),
        },
    ];
    if subject.is_persistent() {
        verdicts.push(Verdict::of(conditions::PERSISTENT, turn.persistent.as_ref(), ("Bound", "")));
    } else if was_said(conditions::PERSISTENT) {
        verdicts.push(Verdict::new(conditions::PERSISTENT, true, "NotWanted", ""));
    }
    if !super::children::watcher::namespaces(subject).is_empty() {
        verdicts.push(Verdict::of(conditions::WATCHER_AUTHORIZED, turn.unauthorized.as_ref(), ("Granted", "")));
    } else if was_said(conditions::WATCHER_AUTHORIZED) {
        verdicts.push(Verdict::new(conditions::WATCHER_AUTHORIZED, true, "NotWanted", ""));
    }
    verdicts.push(available(input, pods));
    verdicts.push(reachable(input, pods));
    let ready = sum(&verdicts);
    if !turn.adopted.is_empty() {
        verdicts.push(Verdict::new(conditions::ADOPTED, true, "KeptAsFound", turn.adopted.join("; ")));
    } else if was_said(conditions::ADOPTED) {
        verdicts.push(Verdict::new(conditions::ADOPTED, false, "Renewed", ""));
    }
    if was_said(conditions::MIGRATED) {
        verdicts.push(Verdict::new(conditions::MIGRATED, false, "NotReplaced", ""));
    }
    verdicts.push(ready);
    verdicts
}

/// The first concern that is not well, in the order in which a person would look at them.
fn sum(verdicts: &[Verdict]) -> Verdict {
    match verdicts.iter().find(|verdict| !verdict.holds) {
        Some(first) => Verdict::new(conditions::READY, false, first.reason, &first.message),
        None => Verdict::new(conditions::READY, true, "Serving", ""),
    }
}

fn available(input: &Input<'_>, pods: &Pods) -> Verdict {
    let wanted = i64::from(input.subject.replicas());
    let counts = format!("{}/{wanted} pods ready", pods.ready);
    if pods.ready > 0 && pods.ready >= wanted {
        return Verdict::new(conditions::AVAILABLE, true, "DeploymentReady", counts);
    }
    let words = match &input.seen.pod_problem {
        Some(problem) => format!("{counts}: {problem}"),
        None => counts,
    };
    Verdict::new(conditions::AVAILABLE, false, "DeploymentNotReady", words)
}

fn reachable(input: &Input<'_>, pods: &Pods) -> Verdict {
    let said = |holds, reason, words: String| Verdict::new(conditions::REACHABLE, holds, reason, words);
    match &input.seen.reach {
        Some(Reach::Answers { reached, .. }) if reached.encrypted => {
            said(true, "Answers", format!("version {} answers over TLS", reached.version))
        }
        Some(Reach::Answers { reached, .. }) => said(
            true,
            "AnswersInPlainText",
            format!("version {} answers in plain text: TLS is off (spec.server.tls)", reached.version),
        ),
        Some(Reach::Fails(error)) => said(false, error.reason(), error.to_string()),
        Some(Reach::Unknown(why)) if pods.ready > 0 => {
            said(false, "NotAsked", format!("the server was not asked: {why}"))
        }
        Some(Reach::Unknown(_)) | None => said(false, "NoEndpoints", "no pod is ready to answer".to_owned()),
    }
}

/// An Event for every change of `Ready` and of why.
fn announce(ctx: &Context, subject: &Subject, verdicts: &[Verdict]) {
    let Some(ready) = verdicts.iter().find(|verdict| verdict.kind == conditions::READY) else { return };
    let before = subject.status.conditions.iter().find(|condition| condition.type_ == conditions::READY);
    let was = before.map(|condition| (condition.status == "True", condition.reason.as_str()));
    if was == Some((ready.holds, ready.reason)) {
        return;
    }
    let since = before.map(|condition| condition.last_transition_time.0.to_string()).unwrap_or_default();
    let words = if ready.holds { "the server is ready and answers" } else { &ready.message };
    let note = Note::new(ready.reason, "Reconcile", words).warning_if(!ready.holds).once(since);
    ctx.events.tell(subject.reference(), note);
}

/// The status of an object as tests compare it.
#[cfg(test)]
pub(super) fn said(input: &Input<'_>, turn: &Turn, refused: Option<&str>) -> Vec<(String, bool, String, String)> {
    let verdicts = verdicts(input, turn, &Pods::of(input), refused);
    let told = verdicts
        .into_iter()
        .map(|verdict| (verdict.kind.to_owned(), verdict.holds, verdict.reason.to_owned(), verdict.message));
    told.collect()
}
