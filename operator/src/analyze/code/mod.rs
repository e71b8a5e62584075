//! From an explained incident to what its workload's code says about it, for people, whether a model is asked or not.
//!
//! In: an explanation that stands already, the repository of the workload. Out: `status.sourceCodeContext`, in words. Never: delays the
//! rules or a model, says anything of a workload that no repository was named for.

#[cfg(test)]
pub mod testing;
pub mod words;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use common::api::keys::managers;
use common::api::{AIInsight, Issue, SourceRepository};
use common::facts::Facts;
use common::redact::{self, Known};
use jiff::Timestamp;
use kube::ResourceExt as _;
use serde_json::json;

use super::{gather, insight_of};
use crate::runtime::{
    Change, Context, Controller, Error, Next, Object, ObjectKey, Runtime, Stores, Tag, Urgency, status,
};
use crate::source::{Code, Sources};

/// What is owned of an AIInsight's status.
const INSIGHT: status::Owner =
    status::Owner { manager: managers::SOURCE, fields: &["sourceCodeContext"], conditions: &[] };

/// How soon code that could not be read is asked for again.
const AGAIN: Duration = Duration::from_secs(300);

/// Adds the reader.
pub fn register(runtime: &mut Runtime, sources: Arc<Sources>) {
    runtime.register(Readers { sources, read: Mutex::default() });
}

/// When an incident began, as the code is asked about it.
pub fn began(issue: &Issue) -> Timestamp {
    let detected = issue.status.as_ref().and_then(|status| status.detected_at.as_ref());
    detected
        .map(|time| time.0)
        .or_else(|| issue.creation_timestamp().map(|time| time.0))
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

struct Readers {
    sources: Arc<Sources>,
    /// What was read for which incident: explanation and fetch.
    read: Mutex<HashMap<ObjectKey, Occasion>>,
}

/// What makes reading again worth it: another explanation, another fetch.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Occasion {
    insight: Option<String>,
    explained: Option<Timestamp>,
    repository: Option<String>,
    head: Option<String>,
}

impl Controller for Readers {
    /// An Issue.
    type Key = ObjectKey;
    type Error = Error;

    const NAME: &'static str = "sourcecontext";
    // One answers at a time; who waits for it longer than its patience would be told nothing.
    const CONCURRENCY: usize = 2;
    const URGENCY: Urgency = Urgency::Yields;

    fn wake(&self, stores: &Stores, change: &Change) -> Vec<ObjectKey> {
        match &change.object {
            Object::AIInsight(insight) => {
                let namespace = insight.metadata.namespace.clone().unwrap_or_default();
                vec![ObjectKey::new(namespace, &insight.spec.issue_ref.name)]
            }
            Object::SourceRepository(repository) if !change.gone => {
                let about = stores.issues.tagged(&Tag::Resource(repository.workload().path()));
                about.iter().filter(|issue| is_open(issue)).map(|issue| ObjectKey::of(&**issue)).collect()
            }
            _ => Vec::new(),
        }
    }

    async fn reconcile(&self, ctx: &Arc<Context>, key: &ObjectKey) -> Result<Next, Error> {
        let (Some(issue), Some(insight)) = (ctx.stores.issues.get(key), insight_of(ctx, key)) else {
            self.all().remove(key);
            return Ok(Next::OnChange);
        };
        let repository = self.sources.ready(ctx, &issue.spec.resource);
        let Some(occasion) = occasion(&issue, &insight, repository.as_deref()) else { return Ok(Next::OnChange) };
        if self.all().get(key) == Some(&occasion) {
            return Ok(Next::OnChange);
        }
        let facts = gather::gather(ctx, &issue.spec.resource).await;
        let code = self.sources.about(ctx, &issue.spec.resource, facts.as_ref(), began(&issue)).await;
        let Code::Told(told) = code else { return Ok(Next::In(AGAIN)) };
        let known = Known::of_pods(facts.iter().flat_map(Facts::pod_specs));
        let text = redact::secrets_and(&words::text(&told), &known).into_owned();
        let text = redact::cut(&text, words::MOST);
        // What others wrote while the code was read stays.
        let Some(insight) = insight_of(ctx, key) else { return Ok(Next::OnChange) };
        status::apply(ctx, &insight, &INSIGHT, json!({ "sourceCodeContext": text })).await?;
        self.all().insert(key.clone(), occasion);
        Ok(Next::OnChange)
    }
}

impl Readers {
    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<ObjectKey, Occasion>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_open(issue: &Issue) -> bool {
    issue.status.as_ref().is_none_or(|status| status.state.is_open())
}

/// None where there is nothing to read, or nobody to read it for.
fn occasion(issue: &Issue, insight: &AIInsight, repository: Option<&SourceRepository>) -> Option<Occasion> {
    let status = insight.status.as_ref().filter(|status| !status.findings.is_empty())?;
    let repository = repository.filter(|_| is_open(issue))?;
    let head = repository.status.as_ref().and_then(|status| status.head_commit.as_ref());
    Some(Occasion {
        insight: insight.uid(),
        explained: status.generated_at.as_ref().map(|time| time.0),
        repository: repository.uid(),
        head: head.map(|head| head.sha.clone()),
    })
}

#[cfg(test)]
mod tests {
    use common::api::SourceRepository;
    use common::api::ai_insight::{AIInsightSpec, AIInsightStatus, Finding};
    use common::api::issue::IssueState;
    use serde_json::json;

    use super::*;
    use crate::detect::testing::issue_in;

    fn insight(explained: i64) -> AIInsight {
        let mut insight = AIInsight::new("i", AIInsightSpec::by_rules("i"));
        let status = AIInsightStatus {
            findings: vec![Finding::default()],
            generated_at: Some(status::time(testing::at(explained))),
            ..AIInsightStatus::default()
        };
        insight.status = Some(status);
        insight
    }

    fn repository(head: &str) -> SourceRepository {
        let commit = json!({ "sha": head, "message": "", "author": "", "timestamp": "2023-11-14T22:00:00Z" });
        serde_json::from_value(json!({
            "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "SourceRepository", "metadata": { "name": "web", "namespace": "shop" },
            "spec": { "url": "https://git.example/web", "resource": { "kind": "Deployment", "name": "web" } },
            "status": { "ready": true, "headCommit": commit },
        }))
        .unwrap()
    }

    #[test]
    fn code_is_read_once_for_an_explanation_and_a_fetch_and_again_for_another_of_either() {
        let issue = issue_in(IssueState::Analyzing, 1, None);
        let of = |explained, head| occasion(&issue, &insight(explained), Some(&repository(head)));
        assert_eq!(of(0, "a"), of(0, "a"));
        assert_ne!(of(0, "a"), of(9, "a"));
        assert_ne!(of(0, "a"), of(0, "b"));
    }

    #[test]
    fn nothing_is_read_for_an_incident_that_is_over_or_not_explained_or_without_a_repository() {
        let issue = |state| issue_in(state, 1, None);
        assert_eq!(occasion(&issue(IssueState::Resolved), &insight(0), Some(&repository("a"))), None);
        assert_eq!(occasion(&issue(IssueState::Analyzing), &insight(0), None), None);
        let bare = AIInsight::new("i", AIInsightSpec::by_rules("i"));
        assert_eq!(occasion(&issue(IssueState::Analyzing), &bare, Some(&repository("a"))), None);
    }
}
