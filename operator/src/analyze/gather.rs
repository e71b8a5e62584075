//! The facts an explanation is made from: the stores first, then the live reads the rules ask for, all at once and each under a deadline.
//!
//! What cannot be read is left out and named, never waited for.

use std::collections::BTreeSet;
use std::sync::Arc;

use common::api::{ResourceRef, keys};
use common::diagnosis;
use common::facts::{Extra, Facts, LogTail, ServiceFacts, Subject, Want};
use common::redact;
use futures::future::join_all;
use k8s_openapi::api::core::v1::{ConfigMap, Event, Pod, Service};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use kube::Api;
use kube::api::{ListParams, LogParams};

use crate::runtime::subjects::{self, SubjectKey};
use crate::runtime::{Context, ReadError, read};

/// Lines of a log tail.
const LINES: i64 = 50;
/// Bytes of a log tail.
const BYTES: i64 = 65_536;
/// Pods whose Events are read; of many failing pods one tells as much as all.
const PODS: usize = 3;
/// Events read per object.
const EVENTS: u32 = 100;

/// Everything that can be known about a resource now; `None` when it is not there.
pub async fn gather(ctx: &Context, resource: &ResourceRef) -> Option<Facts> {
    let key = SubjectKey::named_by(resource)?;
    let mut facts = subjects::facts(&ctx.stores, &key, ctx.clock.now())?;
    let wants = diagnosis::wants(&facts);
    let reads = wants.iter().map(|want| answer(ctx, &facts, want));
    let answers = join_all(reads).await;
    for extra in answers {
        merge(&mut facts.extra, extra);
    }
    Some(facts)
}

fn merge(all: &mut Extra, one: Extra) {
    all.events.extend(one.events);
    all.logs.extend(one.logs);
    all.config_maps.extend(one.config_maps);
    all.services.extend(one.services);
    all.missing.extend(one.missing);
    all.unreadable.extend(one.unreadable);
}

async fn answer(ctx: &Context, facts: &Facts, want: &Want) -> Extra {
    let namespace = facts.subject.namespace.as_str();
    match want {
        Want::Events => events(ctx, facts).await,
        Want::Logs { pod, container, previous } => {
            // What the program was given as a secret it may print under any name.
            let known = redact::Known::of_pod(facts.object.pod_spec());
            logs(ctx, namespace, (pod, container, *previous), &known).await
        }
        Want::ConfigMap(name) => config_map(ctx, namespace, name).await,
        Want::Service { namespace, name } => service(ctx, namespace, name).await,
    }
}

async fn events(ctx: &Context, facts: &Facts) -> Extra {
    let client = ctx.clients.read.clone();
    let (api, selectors): (Api<Event>, Vec<String>) = if matches!(facts.object, Subject::Node(_)) {
        // The kubelet reports about its Node under the node's name as UID, and into `default`.
        (Api::all(client), vec![format!("involvedObject.kind=Node,involvedObject.name={}", facts.subject.name)])
    } else {
        let uids = told_about(facts).into_iter().map(|uid| format!("involvedObject.uid={uid}")).collect();
        (Api::namespaced(client, &facts.subject.namespace), uids)
    };
    let lists = selectors.iter().map(|selector| {
        let params = ListParams::default().fields(selector).limit(EVENTS);
        let api = api.clone();
        async move { read(api.list(&params)).await }
    });
    let mut extra = Extra::default();
    for list in join_all(lists).await {
        match list {
            Ok(list) => extra.events.extend(list.items),
            Err(error) => {
                let events = ResourceRef::new("Event", &facts.subject.namespace, "");
                extra.unreadable.push((events, error.to_string()));
            }
        }
    }
    // Our own Events say what we concluded; they are no evidence for it.
    let ours = format!("{}/operator", keys::GROUP);
    extra.events.retain(|event| event.reporting_component.as_deref() != Some(&ours));
    for event in &mut extra.events {
        event.metadata.managed_fields = None;
        event.message = event.message.take().map(|text| redact::secrets(&text).into_owned());
    }
    extra.events.sort_by_key(when);
    extra
}

/// UIDs whose Events matter: the subject, its newest ReplicaSet, the pods that are worst off.
fn told_about(facts: &Facts) -> BTreeSet<String> {
    let mut pods: Vec<&Pod> = facts.current_pods().collect();
    pods.sort_by_key(|pod| is_ready(pod));
    let pods = pods.into_iter().take(PODS).filter_map(|pod| pod.metadata.uid.clone());
    let newest = facts.replica_sets.first().and_then(|set| set.metadata.uid.clone());
    let object = facts.object.meta().uid.clone();
    facts.subject.uid.clone().into_iter().chain(object).chain(newest).chain(pods).collect()
}

fn is_ready(pod: &Pod) -> bool {
    common::facts::membership::condition(pod, "Ready").is_some_and(|condition| condition.status == "True")
}

fn when(event: &Event) -> Option<jiff::Timestamp> {
    let series = event.series.as_ref().and_then(|series| series.last_observed_time.as_ref()).map(|time| time.0);
    let last = event.last_timestamp.as_ref().map(|time| time.0);
    series.or(last).or(event.event_time.as_ref().map(|time| time.0)).or(event
        .metadata
        .creation_timestamp
        .as_ref()
        .map(|time| time.0))
}

async fn logs(
    ctx: &Context,
    namespace: &str,
    (pod, container, previous): (&str, &str, bool),
    known: &redact::Known,
) -> Extra {
    let api: Api<Pod> = Api::namespaced(ctx.clients.read.clone(), namespace);
    let params = LogParams {
        container: Some(container.to_owned()),
        previous,
        tail_lines: Some(LINES),
        limit_bytes: Some(BYTES),
        ..LogParams::default()
    };
    let mut extra = Extra::default();
    match read(api.logs(pod, &params)).await {
        Ok(text) => {
            let clean = redact::secrets_and(&text, known);
            let lines = clean.lines().map(str::to_owned).collect();
            extra.logs.push(LogTail { pod: pod.to_owned(), container: container.to_owned(), previous, lines });
        }
        Err(error) => {
            extra.unreadable.push((ResourceRef::new("Pod", namespace, pod), format!("log of {container}: {error}")));
        }
    }
    extra
}

async fn config_map(ctx: &Context, namespace: &str, name: &str) -> Extra {
    let api: Api<ConfigMap> = Api::namespaced(ctx.clients.read.clone(), namespace);
    let reference =
        ResourceRef { api_version: Some("v1".to_owned()), ..ResourceRef::new("ConfigMap", namespace, name) };
    let mut extra = Extra::default();
    match read(api.get_opt(name)).await {
        Ok(Some(found)) => extra.config_maps.push(found),
        Ok(None) => extra.missing.push(reference),
        Err(error) => extra.unreadable.push((reference, error.to_string())),
    }
    extra
}

async fn service(ctx: &Context, namespace: &str, name: &str) -> Extra {
    let client = || ctx.clients.read.clone();
    let services: Api<Service> = Api::namespaced(client(), namespace);
    let slices: Api<EndpointSlice> = Api::namespaced(client(), namespace);
    let of_it = ListParams::default().labels(&format!("kubernetes.io/service-name={name}"));
    let (found, slices) = futures::join!(read(services.get_opt(name)), read(slices.list(&of_it)));
    let reference = ResourceRef { api_version: Some("v1".to_owned()), ..ResourceRef::new("Service", namespace, name) };
    let mut extra = Extra::default();
    match service_facts(ctx, reference.clone(), found, slices.map(|list| list.items)) {
        Ok(Some(facts)) => extra.services.push(facts),
        Ok(None) => extra.missing.push(reference),
        Err(error) => extra.unreadable.push((reference, error.to_string())),
    }
    extra
}

fn service_facts(
    ctx: &Context,
    reference: ResourceRef,
    found: Result<Option<Service>, ReadError>,
    slices: Result<Vec<EndpointSlice>, ReadError>,
) -> Result<Option<ServiceFacts>, ReadError> {
    let Some(found) = found? else { return Ok(None) };
    let endpoints: Vec<_> = slices?.into_iter().flat_map(|slice| slice.endpoints).collect();
    // Unknown readiness counts as ready, as the API says it must.
    let ready = endpoints
        .iter()
        .filter(|one| one.conditions.as_ref().and_then(|conditions| conditions.ready).unwrap_or(true))
        .count();
    let selector = found.spec.and_then(|spec| spec.selector).unwrap_or_default();
    let behind = workloads_behind(ctx, &reference.namespace, &selector);
    let uid = found.metadata.uid;
    Ok(Some(ServiceFacts {
        service: ResourceRef { uid, ..reference },
        selector,
        ready_endpoints: ready,
        endpoints: endpoints.len(),
        behind,
    }))
}

/// Who would answer: the owners of the pods a Service selects, and of workloads that have no pods but would make such ones.
fn workloads_behind(
    ctx: &Context,
    namespace: &str,
    selector: &std::collections::BTreeMap<String, String>,
) -> Vec<ResourceRef> {
    if selector.is_empty() {
        return Vec::new();
    }
    let selected = |labels: Option<&std::collections::BTreeMap<String, String>>| {
        labels.is_some_and(|labels| selector.iter().all(|(key, value)| labels.get(key) == Some(value)))
    };
    let here = |meta: &kube::api::ObjectMeta| meta.namespace.as_deref() == Some(namespace);
    let pods = ctx.stores.pods.filter(|pod| here(&pod.metadata) && selected(pod.metadata.labels.as_ref()));
    let mut keys: BTreeSet<SubjectKey> = pods.iter().filter_map(|pod| subjects::of_pod(&ctx.stores, pod)).collect();
    let idle = ctx.stores.deployments.filter(|object| {
        let template = object.spec.as_ref().and_then(|spec| spec.template.metadata.as_ref());
        here(&object.metadata) && selected(template.and_then(|meta| meta.labels.as_ref()))
    });
    keys.extend(idle.iter().map(|object: &Arc<_>| SubjectKey {
        kind: subjects::Kind::Deployment,
        object: crate::runtime::ObjectKey::of(&**object),
    }));
    let now = ctx.clock.now();
    keys.iter()
        .map(|key| subjects::facts(&ctx.stores, key, now).map_or_else(|| key.reference(), |facts| facts.subject))
        .collect()
}
