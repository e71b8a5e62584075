//! Writes down what one alert says, whoever sent it.

use super::decide::{Origin, Seen, decide};
use super::payload::{About, Alert, SIGNAL};
use crate::detect::{apply, episode};
use crate::runtime::subjects::{self, SubjectKey};
use crate::runtime::{Context, Error, ObjectKey, Tag, resource_tags};

/// Writes down what one alert says; gives the reason where it is left aside.
pub async fn take(ctx: &Context, alert: &Alert, origin: Origin) -> Result<Option<String>, Error> {
    let Some(about) = alert.about() else {
        return Ok(Some("no label names a workload, pod or node".to_owned()));
    };
    let Some(signal) = alert.signal() else {
        return Ok(Some(format!("which signal it is, is not known; the rule can say so with the label {SIGNAL}")));
    };
    let Some(key) = subject(ctx, &about) else {
        return Ok(Some("the pod it names is not there".to_owned()));
    };
    let now = ctx.clock.now();
    // What is gone can still be over.
    let facts = subjects::facts(&ctx.stores, &key, now);
    if facts.is_none() && !alert.is_resolved() {
        return Ok(Some(format!("{key} is not there")));
    }
    let subject = facts.map_or_else(|| key.reference(), |facts| facts.subject);
    let home = if subject.namespace.is_empty() { ctx.namespace.clone() } else { subject.namespace.clone() };
    let issues = resource_tags(&subject).next().map(|tag| ctx.stores.issues.tagged(&tag)).unwrap_or_default();
    let by_name = Tag::Resource(subject.path());
    let mut anomalies = ctx.stores.anomalies.tagged(&by_name);
    anomalies.retain(|anomaly| origin.raised(anomaly));
    let change = decide(&Seen {
        now,
        alert,
        origin,
        subject: &subject,
        signal,
        home: &home,
        accepts_objects: subjects::accepts_objects(&ctx.stores, &home),
        episode: episode(issues.iter().map(AsRef::as_ref), now),
        anomalies,
    });
    apply::apply(ctx, change.into_iter().collect()).await?;
    Ok(None)
}

/// The workload a pod belongs to counts, not the pod.
fn subject(ctx: &Context, about: &About) -> Option<SubjectKey> {
    match about {
        About::Subject(key) => Some(key.clone()),
        About::Pod(key) => {
            let pod = ctx.stores.pods.get(&ObjectKey::new(&key.object.namespace, &key.object.name))?;
            subjects::of_pod(&ctx.stores, &pod)
        }
    }
}
