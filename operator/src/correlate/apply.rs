//! Writes what was decided about one resource: the Issue first, then the anomalies that point to it, then its summary.

use std::sync::Arc;

use common::api::issue::{CorrelatedAnomaly, FoldedIn};
use common::api::keys::{annotations, conditions, labels, managers};
use common::api::{Anomaly, Issue, NameRef, Time};
use futures::StreamExt as _;
use jiff::SignedDuration;
use kube::{Resource as _, ResourceExt as _};
use serde_json::json;

use super::decide::{Decision, Explanation, Incident, Merge, Raise, Target};
use super::gather::{BY_HAND, members};
use super::history;
use super::incident_id::IncidentIds;
use super::topology;
use crate::runtime::{Context, Error, Note, ObjectKey, WriteError, lists, read, status};

/// What the correlator owns of an Anomaly's status.
const ANOMALY: status::Owner = status::Owner {
    manager: managers::CORRELATOR,
    fields: &["correlated", "issueRef"],
    conditions: &[conditions::INVALID_SPEC],
};
/// What the correlator owns of an Issue's status.
const ISSUE: status::Owner = status::Owner {
    manager: managers::CORRELATOR,
    fields: &["episode", "correlatedAnomalies", "anomalyCount", "foldedIn", "noise", "lastSeen"],
    conditions: &[],
};
/// Most anomalies listed in an Issue.
const LISTED: usize = 50;
/// Most other resources listed in an Issue.
const LISTED_RESOURCES: usize = 100;
/// `lastSeen` alone is not worth a write more often than this.
const LAST_SEEN_STEP: SignedDuration = SignedDuration::from_secs(120);
/// Writes for one resource at once. Few, because many resources write at once: the API server refuses what its queues cannot hold.
const AT_ONCE: usize = 2;

/// Writes the decision. Gives the resource's Issue, whose summary is then due.
pub async fn apply(ctx: &Context, ids: &IncidentIds, decision: Decision) -> Result<Option<Arc<Issue>>, Error> {
    for (anomaly, why) in &decision.refused {
        refuse(ctx, anomaly, why).await?;
    }
    if let Some((Explanation { issue, reason, .. }, anomalies)) = &decision.explained {
        tracing::info!(issue = issue.name_any(), reason, "folding in {} anomalies", anomalies.len());
        fold(ctx, issue, anomalies, "folded_in").await?;
    }
    if let Some(merge) = &decision.merged {
        self::merge(ctx, merge).await?;
        return Ok(None);
    }
    let Some(Incident { issue, joining, raise }) = decision.incident else { return Ok(None) };
    let (issue, result) = match issue {
        Target::Existing(issue) => (issue, "correlated_existing"),
        Target::New(issue) => (open(ctx, ids, *issue).await?, "new_issue_created"),
    };
    let issue = match raise {
        Some(raise) => raise_to(ctx, &issue, &raise, &joining).await?,
        None => issue,
    };
    fold(ctx, &issue, &joining, result).await?;
    Ok(Some(issue))
}

/// The anomalies first: an incident without any is never left behind without a trace of where they went.
async fn merge(ctx: &Context, merge: &Merge) -> Result<(), Error> {
    let Merge { issue, into, anomalies } = merge;
    fold(ctx, &into.issue, anomalies, "folded_in").await?;
    let message = format!("{} belongs here: {}", issue.spec.resource.short(), into.reason);
    tracing::info!(issue = issue.name_any(), into = into.issue.name_any(), "{message}");
    ctx.events.tell(
        into.issue.object_ref(&()),
        Note::new("IncidentMerged", "Correlate", message).once(issue.uid().unwrap_or_default()),
    );
    match ctx.delete(&**issue).await {
        Ok(()) | Err(WriteError::Gone(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn open(ctx: &Context, ids: &IncidentIds, mut issue: Issue) -> Result<Arc<Issue>, Error> {
    let key = ObjectKey::of(&issue);
    let id = ids.next(ctx).await?;
    issue.labels_mut().insert(labels::INCIDENT_ID.to_owned(), id.clone());
    issue.status = None;
    match ctx.create(managers::CORRELATOR, &issue).await {
        Ok(created) => {
            ctx.metrics.issues_created.inc();
            tracing::info!(issue = %key, incident = id, severity = %created.spec.severity, "{}", created.spec.description);
            let note = Note::new("IssueOpened", "Correlate", format!("{id}: {}", created.spec.description)).warning();
            ctx.events.tell(created.object_ref(&()), note);
            Ok(created)
        }
        // Opened by an earlier life of this process: that one it is.
        Err(WriteError::AlreadyExists(_)) => Ok(ctx.observe(read(ctx.writing(&issue).get(&key.name)).await?)),
        Err(error) => Err(error.into()),
    }
}

async fn raise_to(
    ctx: &Context,
    issue: &Arc<Issue>,
    raise: &Raise,
    joining: &[Arc<Anomaly>],
) -> Result<Arc<Issue>, Error> {
    let change = json!({ "spec": { "riskScore": raise.risk, "severity": raise.severity } });
    let raised = ctx.merge(managers::CORRELATOR, &**issue, change).await?;
    if raise.severity > issue.spec.severity {
        let signals: Vec<&str> = joining.iter().map(|anomaly| anomaly.spec.signal_type.as_str()).collect();
        // Nobody joins when a life of this process ended between the joining and this.
        let by = if signals.is_empty() { String::new() } else { format!(" by {}", signals.join(", ")) };
        let message = format!("severity raised from {} to {}{by}", issue.spec.severity, raise.severity);
        tracing::info!(issue = issue.name_any(), "{message}");
        ctx.events.tell(
            raised.object_ref(&()),
            Note::new("SeverityRaised", "Correlate", message).once(raise.severity.to_string()),
        );
    }
    Ok(raised)
}

/// Points the anomalies to their incident.
async fn fold(ctx: &Context, issue: &Issue, anomalies: &[Arc<Anomaly>], result: &str) -> Result<(), Error> {
    let reference = NameRef { name: issue.name_any(), uid: issue.uid() };
    let one = |anomaly: Arc<Anomaly>| {
        let part = json!({ "correlated": true, "issueRef": reference });
        async move { status::apply(ctx, &anomaly, &ANOMALY, part).await }
    };
    let results: Vec<Result<_, WriteError>> =
        futures::stream::iter(anomalies.iter().cloned()).map(one).buffer_unordered(AT_ONCE).collect().await;
    for (index, outcome) in results.into_iter().enumerate() {
        outcome?;
        // The first opened it, the others joined.
        ctx.metrics.anomaly(if index == 0 {
            result
        } else if result == "new_issue_created" {
            "correlated_existing"
        } else {
            result
        });
    }
    Ok(())
}

async fn refuse(ctx: &Context, anomaly: &Arc<Anomaly>, why: &str) -> Result<(), Error> {
    let before = anomaly.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
    let generation = anomaly.metadata.generation;
    let invalid =
        status::condition(before, conditions::INVALID_SPEC, true, "ForeignNamespace", why, generation, ctx.clock.now());
    status::apply(ctx, anomaly, &ANOMALY, json!({ "correlated": false, "conditions": [invalid] })).await?;
    Ok(())
}

/// Writes down what an incident consists of, if that has changed.
pub async fn summarise(ctx: &Context, key: &ObjectKey, episode: i64) -> Result<(), Error> {
    let Some(issue) = ctx.stores.issues.get(key) else { return Ok(()) };
    let members = members(ctx, &issue);
    if members.is_empty() {
        return Ok(());
    }
    let now = ctx.clock.now();
    let reason = |anomaly: &Anomaly| {
        let resource = &anomaly.spec.resource;
        if lists(&*issue, annotations::ABSORBS, resource) {
            return Some(BY_HAND.to_owned());
        }
        topology::reason(&ctx.stores, resource, &issue, now)
    };
    let mut summary = summary(&issue, &members, episode, reason);
    summary["noise"] = json!(history::noise(ctx, &issue, &members));
    status::apply(ctx, &issue, &ISSUE, summary).await?;
    Ok(())
}

fn summary(
    issue: &Issue,
    members: &[Arc<Anomaly>],
    episode: i64,
    reason: impl Fn(&Anomaly) -> Option<String>,
) -> serde_json::Value {
    let before = issue.status.clone().unwrap_or_default();
    let (own, others): (Vec<_>, Vec<_>) =
        members.iter().partition(|anomaly| anomaly.spec.resource.same_object(&issue.spec.resource));
    let listed: Vec<CorrelatedAnomaly> = own
        .iter()
        .skip(own.len().saturating_sub(LISTED))
        .map(|anomaly| CorrelatedAnomaly {
            name: anomaly.name_any(),
            signal_type: anomaly.spec.signal_type,
            reason: "same resource".to_owned(),
        })
        .collect();
    let mut folded: Vec<FoldedIn> = before.folded_in.clone();
    for anomaly in others {
        let resource = &anomaly.spec.resource;
        if !folded.iter().any(|other| other.resource.same_object(resource)) {
            let reason = reason(anomaly).unwrap_or_else(|| {
                let cause = before.cause.as_ref().map_or(&issue.spec.resource, |cause| &cause.place.object);
                format!("{} is explained by {}", anomaly.spec.signal_type, cause.short())
            });
            folded.push(FoldedIn { resource: resource.clone(), reason });
        }
    }
    folded.sort_by(|a, b| a.resource.cmp(&b.resource));
    folded.truncate(LISTED_RESOURCES);
    let count = i64::try_from(members.len()).unwrap_or(i64::MAX).max(before.anomaly_count.unwrap_or(0));
    let seen = |anomaly: &Anomaly| {
        anomaly.status.as_ref().and_then(|status| status.last_seen.clone()).or_else(|| anomaly.creation_timestamp())
    };
    let newest = members.iter().filter_map(|anomaly| seen(anomaly)).max();
    let small_step = |old: &Time, new: &Time| new.0.duration_since(old.0) < LAST_SEEN_STEP;
    let last_seen = match (before.last_seen, newest) {
        (Some(old), Some(new)) if small_step(&old, &new) => Some(old),
        (old, new) => new.or(old),
    };
    json!({
        "episode": episode,
        "correlatedAnomalies": listed,
        "anomalyCount": count,
        "foldedIn": folded,
        "lastSeen": last_seen,
    })
}

#[cfg(test)]
mod tests {
    use common::api::issue::IssueState;
    use common::api::{ResourceRef, SignalType};

    use super::super::testing::{anomaly, folded};
    use super::*;
    use crate::detect::testing::issue_in;

    #[test]
    fn only_the_newest_anomalies_are_listed_but_all_are_counted() {
        let issue = issue_in(IssueState::Analyzing, 1, None);
        let members: Vec<_> =
            (0..60).map(|n| Arc::new(folded(anomaly(SignalType::OomKill, &format!("a{n:02}")), &issue))).collect();
        let summary = summary(&issue, &members, 1, |_| None);
        assert_eq!(summary["anomalyCount"], 60);
        assert_eq!(summary["correlatedAnomalies"].as_array().unwrap().len(), LISTED);
        assert_eq!(summary["correlatedAnomalies"][LISTED - 1]["name"], "a59");
    }

    #[test]
    fn a_dependant_is_listed_once_however_many_signals_it_shows() {
        let mut issue = issue_in(IssueState::Analyzing, 1, None);
        issue.spec.resource = ResourceRef::new("Node", "", "worker-1");
        let members = ["a", "b"].map(|name| Arc::new(folded(anomaly(SignalType::PodNotReady, name), &issue)));
        let summary = summary(&issue, &members, 1, |_| None);
        assert_eq!(summary["foldedIn"].as_array().unwrap().len(), 1);
        assert_eq!(summary["foldedIn"][0]["reason"], "pod_not_ready is explained by node/worker-1");
    }

    #[test]
    fn retention_of_anomalies_does_not_shrink_the_count() {
        let mut issue = issue_in(IssueState::Analyzing, 1, None);
        issue.status.as_mut().unwrap().anomaly_count = Some(9);
        let members = [Arc::new(folded(anomaly(SignalType::OomKill, "a"), &issue))];
        assert_eq!(summary(&issue, &members, 1, |_| None)["anomalyCount"], 9);
    }
}
