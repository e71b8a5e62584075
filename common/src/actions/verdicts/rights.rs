//! May whoever asks do each write? Asked of the server, one question per verb and object.

use std::fmt::Write as _;

use futures::future::join_all;
use http::Method;
use kube::Client;
use serde_json::{Value, json};

use super::{Seen, ask, verdict};
use crate::actions::change::ChangeSet;
use crate::actions::kind::{self, Kind};
use crate::actions::wire;
use crate::api::remediation_plan::{Verdict, VerdictLevel, VerdictSource, WriteKind, WriteRecord};

const CHECK: &str = "rights";
const PATH: &str = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

pub async fn check(client: &Client, seen: &Seen<'_>) -> Vec<Verdict> {
    // What is created may have to be deleted again; any other undo needs the right its step needs.
    let again = seen.changes.iter().flat_map(ChangeSet::undo_records).filter(|undo| undo.kind == WriteKind::Delete);
    let mut questions: Vec<Question> =
        seen.writes().filter_map(Question::of).chain(again.filter_map(|undo| Question::of(&undo))).collect();
    questions.sort();
    questions.dedup();
    let answers = join_all(questions.iter().map(|question| question.ask(client))).await;
    let complaints: Vec<Verdict> = answers.into_iter().flatten().collect();
    if !complaints.is_empty() {
        return complaints;
    }
    let told: Vec<String> = questions.iter().map(Question::told).collect();
    vec![verdict(CHECK, VerdictLevel::Ok, VerdictSource::Server, format!("may {}", told.join(", ")))]
}

/// The command that gives a right on one Secret. `create` cannot be limited to a name.
pub fn role_for(namespace: &str, verbs: &str, name: &str) -> String {
    let only = if verbs == "create" || name.is_empty() { String::new() } else { format!(" --resource-name={name}") };
    format!(
        "an administrator allows it with `kubectl create role chatcli-secrets -n {namespace} --verb={verbs} --resource=secrets{only}` and a RoleBinding to the operator"
    )
}

/// One verb on one object.
#[derive(Eq, Ord, PartialEq, PartialOrd)]
struct Question {
    verb: &'static str,
    group: &'static str,
    resource: &'static str,
    subresource: &'static str,
    namespace: String,
    name: String,
}

impl Question {
    fn of(write: &WriteRecord) -> Option<Self> {
        let kind = Kind::named(&write.object.kind)?;
        let (verb, subresource) = match write.kind {
            WriteKind::Patch | WriteKind::Apply => ("patch", ""),
            WriteKind::Scale => ("patch", "scale"),
            WriteKind::Create => ("create", ""),
            WriteKind::Delete => ("delete", ""),
            WriteKind::Evict => ("create", "eviction"),
            WriteKind::Exec => ("create", "exec"),
        };
        Some(Self {
            verb,
            group: kind.group,
            resource: kind.plural,
            subresource,
            namespace: write.object.namespace.clone(),
            name: write.object.name.clone(),
        })
    }

    fn told(&self) -> String {
        let dot = if self.group.is_empty() { "" } else { "." };
        let slash = if self.subresource.is_empty() { "" } else { "/" };
        let place = if self.namespace.is_empty() { String::new() } else { format!(" in {}", self.namespace) };
        format!("{} {}{dot}{}{slash}{}{place}", self.verb, self.resource, self.group, self.subresource)
    }

    /// A verdict when the answer is not a plain yes.
    async fn ask(&self, client: &Client) -> Option<Verdict> {
        let review = json!({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {
                "verb": self.verb, "group": self.group, "resource": self.resource, "subresource": self.subresource,
                "namespace": self.namespace, "name": self.name,
            }},
        });
        let body = review.to_string().into_bytes();
        match wire::call(client, Method::POST, PATH, Some("application/json"), body).await {
            Ok(answer) if answer.is_success() => {
                let allowed = answer.body.pointer("/status/allowed").and_then(Value::as_bool) == Some(true);
                (!allowed).then(|| {
                    let mut text = format!("lacks the right to {}", self.told());
                    if self.resource == kind::SECRET.plural {
                        // No shipped role reaches Secrets; whoever owns them opens them by name.
                        let _ = write!(text, "; {}", role_for(&self.namespace, self.verb, &self.name));
                    }
                    verdict(CHECK, VerdictLevel::Block, VerdictSource::Server, text)
                })
            }
            Ok(answer) => Some(ask(CHECK, format!("cannot create selfsubjectaccessreviews: {}", answer.message()))),
            Err(lost) => Some(ask(CHECK, lost.to_string())),
        }
    }
}
