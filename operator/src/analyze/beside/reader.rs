//! From an explained incident to what stands beside it, in words, for people.
//!
//! In: an explanation that stands already. Out: `sourceCodeContext`, `gitCorrelation`, `metricsContext`, `cascadeAnalysis` and `gitOpsContext`
//! of its AIInsight. Never: delays the rules or a model.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use common::api::ai_insight::AIInsightStatus;
use common::api::keys::managers;
use common::api::{AIInsight, Issue, SourceRepository};
use common::facts::Facts;
use common::redact::{self, Known};
use jiff::Timestamp;
use kube::ResourceExt;
use serde_json::json;

use super::{Beside, code};
use crate::analyze::measures::Trend;
use crate::analyze::{gather, insight_of};
use crate::runtime::{
    Change, Context, Controller, Error, Next, Object, ObjectKey, Runtime, Stores, Tag, Urgency, status,
};
use crate::source::{Code, Sources};

/// What is owned of an AIInsight's status.
const INSIGHT: status::Owner = status::Owner {
    manager: managers::CONTEXT,
    fields: &["sourceCodeContext", "gitCorrelation", "metricsContext", "cascadeAnalysis", "gitOpsContext"],
    conditions: &[],
};

/// How soon code that could not be read is asked for again.
const AGAIN: Duration = Duration::from_secs(300);

/// Adds the reader.
pub fn register(runtime: &mut Runtime, sources: Arc<Sources>) {
    runtime.register(Readers { sources, read: Mutex::default() });
}

struct Readers {
    sources: Arc<Sources>,
    /// What was read for which incident: explanation and fetch.
    read: Mutex<HashMap<ObjectKey, Occasion>>,
}

/// What makes reading again worth it: another explanation, another fetch of the code.
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

    const NAME: &'static str = "context";
    // Of repositories one answers at a time; who waits for it longer than its patience would be told nothing.
    const CONCURRENCY: usize = 2;
    const URGENCY: Urgency = Urgency::Yields;

    fn wake(&self, stores: &Stores, change: &Change) -> Vec<ObjectKey> {
        match &change.object {
            Object::AIInsight(insight) => vec![ObjectKey::beside(&**insight, &insight.spec.issue_ref.name)],
            Object::SourceRepository(repository) if !change.gone => {
                let about = stores.issues.tagged(&Tag::Resource(repository.workload().path()));
                about.iter().filter(|issue| issue.is_open()).map(|issue| ObjectKey::of(&**issue)).collect()
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
        // Only code is asked by what stands in logs; for the rest the stores hold enough.
        let facts = match repository {
            Some(_) => gather::gather(ctx, &issue.spec.resource).await,
            None => gather::held(ctx, &issue.spec.resource),
        };
        let beside = super::gather(ctx, &self.sources, &issue, facts.as_ref()).await;
        let known = Known::of_pods(facts.iter().flat_map(Facts::pod_specs));
        // What others wrote while this was read stays.
        let Some(insight) = insight_of(ctx, key) else { return Ok(Next::OnChange) };
        let clean = |text: String| redact::cut(&redact::secrets_and(&text, &known), code::MOST);
        status::apply(ctx, &insight, &INSIGHT, written(&beside, insight.status.as_ref(), clean)).await?;
        if matches!(beside.code, Code::Unread(_)) {
            return Ok(Next::In(AGAIN));
        }
        self.all().insert(key.clone(), occasion);
        Ok(Next::OnChange)
    }
}

/// The fields, their texts cleaned by `clean`. What could not be read again stays as it was read before.
fn written(beside: &Beside, before: Option<&AIInsightStatus>, clean: impl Fn(String) -> String) -> serde_json::Value {
    let lines = |lines: Vec<String>| (!lines.is_empty()).then(|| clean(lines.join("\n")));
    let (code, suspect) = match &beside.code {
        Code::Told(told) => (Some(clean(code::text(told))), code::suspect(told, &clean).map(Box::new)),
        Code::Unread(_) => {
            before.map(|it| (it.source_code_context.clone(), it.git_correlation.clone())).unwrap_or_default()
        }
        Code::Unnamed => (None, None),
    };
    json!({
        "sourceCodeContext": code,
        "gitCorrelation": suspect,
        "metricsContext": lines(beside.trends.iter().map(Trend::sentence).collect()),
        "cascadeAnalysis": lines(beside.others.clone()),
        "gitOpsContext": beside.owner.as_ref().map(|owner| clean(owner.sentence())),
    })
}

impl Readers {
    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<ObjectKey, Occasion>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// None where there is nobody to read for.
fn occasion(issue: &Issue, insight: &AIInsight, repository: Option<&SourceRepository>) -> Option<Occasion> {
    let status = insight.status.as_ref().filter(|status| !status.findings.is_empty())?;
    let head = repository.and_then(|repository| repository.status.as_ref()?.head_commit.as_ref());
    issue.is_open().then(|| Occasion {
        insight: insight.uid(),
        explained: status.generated_at.as_ref().map(|time| time.0),
        repository: repository.and_then(ResourceExt::uid),
        head: head.map(|head| head.sha.clone()),
    })
}

#[cfg(test)]
mod tests {
    use common::api::SourceRepository;
    use common::api::ai_insight::{AIInsightSpec, Finding};
    use common::api::issue::IssueState;
    use serde_json::json;

    use super::*;
    use crate::detect::testing::issue_in;

    fn insight(explained: i64) -> AIInsight {
        let mut insight = AIInsight::new("i", AIInsightSpec::by_rules("i"));
        let status = AIInsightStatus {
            findings: vec![Finding::default()],
            generated_at: Some(status::time(super::super::testing::at(explained))),
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
    fn what_stands_beside_is_read_once_for_an_explanation_and_a_fetch_and_again_for_another_of_either() {
        let issue = issue_in(IssueState::Analyzing, 1, None);
        let of = |explained, head| occasion(&issue, &insight(explained), Some(&repository(head)));
        assert_eq!(of(0, "a"), of(0, "a"));
        assert_ne!(of(0, "a"), of(9, "a"));
        assert_ne!(of(0, "a"), of(0, "b"));
    }

    #[test]
    fn nothing_is_read_for_an_incident_that_is_over_or_not_explained() {
        let issue = |state| issue_in(state, 1, None);
        assert_eq!(occasion(&issue(IssueState::Resolved), &insight(0), Some(&repository("a"))), None);
        assert!(occasion(&issue(IssueState::Analyzing), &insight(0), None).is_some(), "there is more than code");
        let bare = AIInsight::new("i", AIInsightSpec::by_rules("i"));
        assert_eq!(occasion(&issue(IssueState::Analyzing), &bare, Some(&repository("a"))), None);
    }
}
