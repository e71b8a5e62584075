//! The life of an incident: explained, planned, followed to its end, and opened again when the fault returns.

mod apply;
pub mod decide;
mod gather;
pub mod remedies;
mod status;
mod word;

use std::sync::Arc;
use std::time::Duration;

use common::api::{Anomaly, Issue, issue::IssueState};

use crate::runtime::{Change, Context, Controller, Error, Next, Object, ObjectKey, Stores, Tag, Urgency};

/// Moves Issues from one state to the next.
pub struct Issues;

/// An incident nothing wakes is looked at again this often.
const SAFETY_NET: Duration = Duration::from_secs(300);

impl Controller for Issues {
    type Key = ObjectKey;
    type Error = Error;
    const NAME: &'static str = "issue";
    const URGENCY: Urgency = Urgency::Yields;

    fn wake(&self, stores: &Stores, change: &Change) -> Vec<ObjectKey> {
        match &change.object {
            Object::Issue(issue) if !change.gone => vec![ObjectKey::of(&**issue)],
            Object::Anomaly(anomaly) => incident_of(stores, anomaly).into_iter().collect(),
            Object::AIInsight(insight) => beside(&**insight, Some(&insight.spec.issue_ref.name)),
            Object::RemediationPlan(plan) => beside(&**plan, Some(&plan.spec.issue_ref.name)),
            // Its autonomy may have changed, and with it what may be planned.
            Object::Namespace(namespace) => waiting_in(stores, namespace.metadata.name.as_deref()),
            // Who waits for a model's word may wait for nobody any more.
            Object::Instance(_) => analyzing(stores, |_| true),
            // A workload that goes takes its incidents with it; its other changes reach them as Anomalies.
            Object::Deployment(gone) if change.gone => about(stores, gone.metadata.uid.as_deref()),
            Object::StatefulSet(gone) if change.gone => about(stores, gone.metadata.uid.as_deref()),
            Object::DaemonSet(gone) if change.gone => about(stores, gone.metadata.uid.as_deref()),
            Object::Job(gone) if change.gone => about(stores, gone.metadata.uid.as_deref()),
            Object::CronJob(gone) if change.gone => about(stores, gone.metadata.uid.as_deref()),
            Object::Pod(gone) if change.gone => about(stores, gone.metadata.uid.as_deref()),
            Object::Node(gone) if change.gone => about(stores, gone.metadata.uid.as_deref()),
            _ => Vec::new(),
        }
    }

    async fn reconcile(&self, ctx: &Arc<Context>, key: &ObjectKey) -> Result<Next, Error> {
        let Some(issue) = ctx.stores.issues.get(key) else { return Ok(Next::OnChange) };
        if issue.metadata.deletion_timestamp.is_some() {
            return Ok(Next::OnChange);
        }
        let seen = gather::gather(ctx, key, &issue);
        let next = decide::next_move(&seen.input(ctx.clock.now(), &issue));
        if next == decide::Move::Rest {
            return Ok(Next::OnChange);
        }
        apply::apply(ctx, &issue, &seen, next).await?;
        Ok(Next::In(SAFETY_NET))
    }
}

fn beside<K: kube::Resource>(object: &K, name: Option<&String>) -> Vec<ObjectKey> {
    let namespace = object.meta().namespace.clone().unwrap_or_default();
    name.map(|name| ObjectKey::new(namespace, name.clone())).into_iter().collect()
}

fn waiting_in(stores: &Stores, namespace: Option<&str>) -> Vec<ObjectKey> {
    analyzing(stores, |issue| issue.metadata.namespace.as_deref() == namespace)
}

fn analyzing(stores: &Stores, which: impl Fn(&Issue) -> bool) -> Vec<ObjectKey> {
    let waits = |issue: &Issue| {
        let state = issue.status.as_ref().map(|status| status.state);
        state == Some(IssueState::Analyzing) && which(issue)
    };
    stores.issues.filter(waits).iter().map(|issue| ObjectKey::of(&**issue)).collect()
}

fn about(stores: &Stores, uid: Option<&str>) -> Vec<ObjectKey> {
    let Some(uid) = uid else { return Vec::new() };
    stores.issues.tagged(&Tag::Resource(uid.to_owned())).iter().map(|issue| ObjectKey::of(&**issue)).collect()
}

/// The incident an anomaly was folded into, which may live in another namespace.
pub(crate) fn incident_of(stores: &Stores, anomaly: &Anomaly) -> Option<ObjectKey> {
    let issue = anomaly.status.as_ref()?.issue_ref.as_ref()?;
    let known = issue.uid.as_ref().and_then(|uid| stores.issues.by_uid(uid));
    known.map(|issue| ObjectKey::of(&*issue)).or_else(|| {
        let namespace = anomaly.metadata.namespace.clone().unwrap_or_default();
        Some(ObjectKey::new(namespace, issue.name.clone()))
    })
}

/// Anomalies folded into an incident, also those of other namespaces.
pub(crate) fn anomalies_of(stores: &Stores, issue: &Issue) -> Vec<Arc<Anomaly>> {
    issue.metadata.uid.clone().map(|uid| stores.anomalies.tagged(&Tag::Incident(uid))).unwrap_or_default()
}

/// Whether the resource of an incident is still there. What is not watched is taken to exist: only a watch can say that it is gone.
pub(crate) fn resource_exists(stores: &Stores, resource: &common::api::ResourceRef) -> bool {
    let key = ObjectKey::new(resource.namespace.clone(), resource.name.clone());
    macro_rules! is_in {
        ($store:ident) => {
            match &resource.uid {
                Some(uid) => stores.$store.by_uid(uid).is_some(),
                None => stores.$store.get(&key).is_some(),
            }
        };
    }
    match resource.kind.as_str() {
        "Deployment" => is_in!(deployments),
        "StatefulSet" => is_in!(stateful_sets),
        "DaemonSet" => is_in!(daemon_sets),
        "Job" => is_in!(jobs),
        "CronJob" => is_in!(cron_jobs),
        "Pod" => is_in!(pods),
        "Node" => is_in!(nodes),
        _ => true,
    }
}
