//! Answers what the rules want to know, by live reads with the caller's own rights, each under a deadline.
//!
//! In: [`Want`]s. Out: [`Extra`], in which what is not there is `missing` and what could not be read is `unreadable`, with the reason. Never:
//! lists more than one namespace but for nodes and StorageClasses, reads a Secret, keeps anything.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures::AsyncReadExt as _;
use futures::future::join_all;
use k8s_openapi::api::apps::v1::{ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::core::v1::{
    ConfigMap, Event, LimitRange, Node, PersistentVolumeClaim, Pod as LivePod, ResourceQuota, Service,
};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use k8s_openapi::api::storage::v1::StorageClass;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use kube::api::{ApiResource, DynamicObject, ListParams, LogParams};
use kube::{Api, Client, ResourceExt as _};

use super::memory::MeasuredBy;
use super::quantity::bytes;
use super::surroundings::{holds, selector};
use super::{Extra, Facts, Kept, LogTail, MemoryUse, Pod, ServiceFacts, Subject, Want, containers, membership};
use crate::api::{ResourceRef, keys};
use crate::redact;

/// Lines of a log tail; what the rules look at.
const LINES: i64 = 50;
/// Bytes of a log tail.
const BYTES: i64 = 65_536;
/// What is given up where a log that was cut off ends without a blank.
const LONGEST_WORD: usize = 4096;
/// Pods whose Events are read; of many failing pods one tells as much as all.
const PODS: usize = 3;
/// Events read per object.
const EVENTS: u32 = 100;
/// Pods looked at to find out who is behind a Service.
const BEHIND: u32 = 20;
/// How often the rules may ask for more: a log line names a Service, the Service names who is behind it.
pub const ROUNDS: usize = 3;
/// How long one read may take.
const DEADLINE: Duration = Duration::from_secs(10);

/// Answers one question.
pub async fn answer(client: &Client, facts: &Facts, want: &Want) -> Extra {
    let namespace = facts.subject.namespace.as_str();
    let mut extra = Extra::default();
    match want {
        Want::Events => events(client, facts, &mut extra).await,
        Want::Logs { pod, container, previous } => {
            // What the program was given as a secret it may print under any name.
            let known = redact::Known::of_pods(facts.pod_specs());
            logs(client, namespace, (pod, container, *previous), &known, &mut extra).await;
        }
        Want::ConfigMap(name) => {
            let api: Api<ConfigMap> = Api::namespaced(client.clone(), namespace);
            let found = noted(within(api.get_opt(name)).await, &object("ConfigMap", namespace, name), &mut extra);
            extra.config_maps.extend(found);
        }
        Want::Service { namespace, name } => service(client, namespace, name, &mut extra).await,
        Want::Claim(name) => claim(client, namespace, name, &mut extra).await,
        Want::StorageClasses => {
            let api: Api<StorageClass> = Api::all(client.clone());
            let all = object("StorageClass", "", "");
            let found = noted(within(api.list_metadata(&ListParams::default())).await.map(Some), &all, &mut extra);
            extra.storage_classes = found.map(|list| list.items.iter().map(kube::ResourceExt::name_any).collect());
        }
        Want::Quota(name) => {
            let api: Api<ResourceQuota> = Api::namespaced(client.clone(), namespace);
            let found = noted(within(api.get_opt(name)).await, &object("ResourceQuota", namespace, name), &mut extra);
            extra.quotas.extend(found);
        }
        Want::LimitRanges => {
            let api: Api<LimitRange> = Api::namespaced(client.clone(), namespace);
            let all = object("LimitRange", namespace, "");
            let found = noted(within(api.list(&ListParams::default())).await.map(Some), &all, &mut extra);
            extra.limit_ranges = found.map(|list| list.items).unwrap_or_default();
        }
        Want::Nodes => {
            let api: Api<Node> = Api::all(client.clone());
            let found =
                noted(within(api.list(&ListParams::default())).await.map(Some), &object("Node", "", ""), &mut extra);
            extra.all_nodes = found.into_iter().flat_map(|list| list.items).map(Arc::new).collect();
        }
        Want::Revisions => revisions(client, facts, &mut extra).await,
        Want::MemoryUse => memory_use(client, facts, &mut extra).await,
    }
    extra
}

/// What the containers of the subject's pods use now, from the metrics API; a cluster may have none, then it is `missing`.
async fn memory_use(client: &Client, facts: &Facts, extra: &mut Extra) {
    let namespace = facts.subject.namespace.as_str();
    let resource = ApiResource {
        group: "metrics.k8s.io".to_owned(),
        version: "v1beta1".to_owned(),
        api_version: "metrics.k8s.io/v1beta1".to_owned(),
        kind: "PodMetrics".to_owned(),
        plural: "pods".to_owned(),
    };
    let api: Api<DynamicObject> = Api::namespaced_with(client.clone(), namespace, &resource);
    let params = selected(facts.pod_labels().unwrap_or(&BTreeMap::new()));
    let served = async {
        match api.list(&params).await {
            // Nobody serves this group.
            Err(kube::Error::Api(status)) if status.code == 404 => Ok(None),
            other => other.map(Some),
        }
    };
    let found = within(served).await;
    let all = object("PodMetrics", namespace, "");
    for measured in noted(found, &all, extra).into_iter().flat_map(|list| list.items) {
        extra.memory.extend(looks(facts, &measured));
    }
}

/// One look per container that the pod's own status says is running, with its age at that moment.
fn looks(facts: &Facts, measured: &DynamicObject) -> Vec<MemoryUse> {
    let name = measured.name_any();
    let Some(pod) = facts.pods.iter().find(|pod| pod.metadata.name.as_ref() == Some(&name)) else { return Vec::new() };
    let at = measured.data["timestamp"].as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
    let use_of = |container: &str| {
        let listed = measured.data["containers"].as_array()?;
        let one = listed.iter().find(|it| it["name"].as_str() == Some(container))?;
        bytes(&Quantity(one["usage"]["memory"].as_str()?.to_owned()))
    };
    containers::of(pod)
        .filter_map(|container| {
            let (at, since) = (at?, container.running_since()?);
            Some(MemoryUse {
                pod: name.clone(),
                container: container.name().to_owned(),
                at,
                // Measured before this life began: it was the life before.
                age: Some(at.duration_since(since)).filter(|age| !age.is_negative())?,
                bytes: use_of(container.name())?,
                by: MeasuredBy::MetricsApi,
            })
        })
        .collect()
}

/// What is kept of the revisions of a StatefulSet or DaemonSet; one whose template cannot be read is no way back.
async fn revisions(client: &Client, facts: &Facts, extra: &mut Extra) {
    let selector = match &facts.object {
        Subject::StatefulSet(set) => set.spec.as_ref().map(|spec| &spec.selector),
        Subject::DaemonSet(set) => set.spec.as_ref().map(|spec| &spec.selector),
        _ => None,
    };
    let labels = selector.and_then(|selector| selector.match_labels.clone()).unwrap_or_default();
    let namespace = facts.subject.namespace.as_str();
    let api: Api<ControllerRevision> = Api::namespaced(client.clone(), namespace);
    let all = object("ControllerRevision", namespace, "");
    let Some(found) = noted(within(api.list(&selected(&labels))).await.map(Some), &all, extra) else { return };
    let uid = facts.object.meta().uid.clone().unwrap_or_default();
    let own = found.items.into_iter().filter(|kept| membership::is_controlled_by(&kept.metadata, &uid));
    let kept = own.map(|kept| {
        let spec = kept.data.as_ref().and_then(|data| data.0.pointer("/spec/template/spec")).cloned();
        Kept {
            number: kept.revision,
            spec: spec.and_then(|spec| serde_json::from_value(spec).ok()),
            metadata: kept.metadata,
        }
    });
    extra.revisions = Some(kept.collect());
}

/// Answers several questions at once.
pub async fn answers(client: &Client, facts: &Facts, wants: &[Want]) -> Extra {
    let mut all = Extra::default();
    for one in join_all(wants.iter().map(|want| answer(client, facts, want))).await {
        all.merge(one);
    }
    all
}

/// A reference to an object of a core kind.
pub fn object(kind: &str, namespace: &str, name: &str) -> ResourceRef {
    let version = match kind {
        "StorageClass" => "storage.k8s.io/v1",
        "ControllerRevision" => "apps/v1",
        "PodMetrics" => "metrics.k8s.io/v1beta1",
        _ => "v1",
    };
    ResourceRef { api_version: Some(version.to_owned()), ..ResourceRef::new(kind, namespace, name) }
}

async fn within<T>(call: impl Future<Output = kube::Result<T>>) -> Result<T, String> {
    match tokio::time::timeout(DEADLINE, call).await {
        Err(_) => Err(format!("no answer within {} s", DEADLINE.as_secs())),
        Ok(Err(kube::Error::Api(status))) => Err(status.message.clone()),
        Ok(Err(other)) => Err(other.to_string()),
        Ok(Ok(found)) => Ok(found),
    }
}

/// What was read; what is missing or may not be read is written down.
fn noted<T>(found: Result<Option<T>, String>, reference: &ResourceRef, extra: &mut Extra) -> Option<T> {
    match found {
        Ok(None) => extra.missing.push(reference.clone()),
        Err(why) => extra.unreadable.push((reference.clone(), why)),
        Ok(found) => return found,
    }
    None
}

async fn events(client: &Client, facts: &Facts, extra: &mut Extra) {
    let (api, selectors): (Api<Event>, Vec<String>) = if matches!(facts.object, Subject::Node(_)) {
        // The kubelet reports about its Node under the node's name as UID, and into `default`.
        (Api::all(client.clone()), vec![format!("involvedObject.kind=Node,involvedObject.name={}", facts.subject.name)])
    } else {
        let uids = told_about(facts).into_iter().map(|uid| format!("involvedObject.uid={uid}")).collect();
        (Api::namespaced(client.clone(), &facts.subject.namespace), uids)
    };
    list_events(&api, &selectors, &facts.subject.namespace, extra).await;
}

async fn list_events(api: &Api<Event>, selectors: &[String], namespace: &str, extra: &mut Extra) {
    let lists = selectors.iter().map(|selector| {
        let params = ListParams::default().fields(selector).limit(EVENTS);
        let api = api.clone();
        async move { within(api.list(&params)).await }
    });
    for list in join_all(lists).await {
        let read = noted(list.map(Some), &object("Event", namespace, ""), extra);
        extra.events.extend(read.into_iter().flat_map(|list| list.items));
    }
    // Our own Events say what we concluded; they are no evidence for it.
    let ours = format!("{}/operator", keys::GROUP);
    extra.events.retain(|event| event.reporting_component.as_deref() != Some(&ours));
    for event in &mut extra.events {
        event.metadata.managed_fields = None;
        event.message = event.message.take().map(|text| redact::secrets(&text).into_owned());
    }
    extra.events.sort_by_key(when);
}

/// UIDs whose Events matter: the subject, its newest ReplicaSet, the pods that are worst off.
fn told_about(facts: &Facts) -> BTreeSet<String> {
    let mut pods: Vec<&Pod> = facts.pods.iter().map(AsRef::as_ref).collect();
    pods.sort_by_key(|pod| membership::ready_since(pod).is_some());
    let pods = pods.into_iter().take(PODS).filter_map(|pod| pod.metadata.uid.clone());
    let newest = facts.replica_sets.first().and_then(|set| set.metadata.uid.clone());
    let object = facts.object.meta().uid.clone();
    let around = facts.around.autoscalers.iter().filter_map(|scaler| scaler.metadata.uid.clone());
    facts.subject.uid.clone().into_iter().chain(object).chain(newest).chain(pods).chain(around).collect()
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
    client: &Client,
    namespace: &str,
    (pod, container, previous): (&str, &str, bool),
    known: &redact::Known,
    extra: &mut Extra,
) {
    let api: Api<LivePod> = Api::namespaced(client.clone(), namespace);
    let params = LogParams {
        container: Some(container.to_owned()),
        previous,
        tail_lines: Some(LINES),
        limit_bytes: Some(BYTES),
        ..LogParams::default()
    };
    let mut text = within(log_text(&api, pod, &params)).await;
    if matches!(&text, Ok(text) if is_from_the_kubelet(text)) {
        // The container was replaced in between; the log it has now has another name.
        text = within(log_text(&api, pod, &params)).await;
    }
    match text {
        Ok(text) if is_from_the_kubelet(&text) => {
            extra.unreadable.push((object("Pod", namespace, pod), format!("log of {container}: {}", text.trim())));
        }
        Ok(text) => {
            let lines = redact::secrets_and(&text, known).lines().map(str::to_owned).collect();
            extra.logs.push(LogTail { pod: pod.to_owned(), container: container.to_owned(), previous, lines });
        }
        Err(why) => {
            extra.unreadable.push((object("Pod", namespace, pod), format!("log of {container}: {why}")));
        }
    }
}

/// Whether an answer is the kubelet's excuse and no log: it sends its errors in the log's place, with status 200.
///
/// Seen while a container restarts (kubernetes/kubernetes#102170). As an application's words they would be a false cause:
/// a path under `/var/log/pods` that does not exist is nothing the application asked for.
fn is_from_the_kubelet(text: &str) -> bool {
    const EXCUSES: [&str; 4] = [
        "failed to try resolving symlinks in path \"/var/log/pods/",
        "failed to open log file \"/var/log/pods/",
        "unable to retrieve container logs for ",
        "failed to create fsnotify watcher: ",
    ];
    let text = text.trim();
    text.lines().count() == 1 && EXCUSES.iter().any(|excuse| text.starts_with(excuse))
}

/// The text of a log. What is no UTF-8 in it is replaced: a program may write anything, and the rest must not be lost for it.
async fn log_text(api: &Api<LivePod>, pod: &str, params: &LogParams) -> kube::Result<String> {
    let mut bytes = Vec::new();
    let mut stream = std::pin::pin!(api.log_stream(pod, params).await?);
    stream.read_to_end(&mut bytes).await.map_err(kube::Error::ReadEvents)?;
    // Cut off by its limit, it ends in half a word, and half a secret is recognised by nobody.
    if params.limit_bytes.is_some_and(|limit| usize::try_from(limit).is_ok_and(|limit| bytes.len() >= limit)) {
        let last = bytes.len().saturating_sub(LONGEST_WORD);
        bytes.truncate(last + bytes[last..].iter().rposition(u8::is_ascii_whitespace).unwrap_or(0));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

async fn claim(client: &Client, namespace: &str, name: &str, extra: &mut Extra) {
    let api: Api<PersistentVolumeClaim> = Api::namespaced(client.clone(), namespace);
    let reference = object("PersistentVolumeClaim", namespace, name);
    let Some(found) = noted(within(api.get_opt(name)).await, &reference, extra) else { return };
    let selector = format!("involvedObject.kind=PersistentVolumeClaim,involvedObject.name={name}");
    list_events(&Api::namespaced(client.clone(), namespace), &[selector], namespace, extra).await;
    extra.claims.push(found);
}

async fn service(client: &Client, namespace: &str, name: &str, extra: &mut Extra) {
    let reference = object("Service", namespace, name);
    let services: Api<Service> = Api::namespaced(client.clone(), namespace);
    let slices: Api<EndpointSlice> = Api::namespaced(client.clone(), namespace);
    let of_it = ListParams::default().labels(&format!("kubernetes.io/service-name={name}"));
    let (found, slices) = futures::join!(within(services.get_opt(name)), within(slices.list(&of_it)));
    let Some(found) = noted(found, &reference, extra) else { return };
    let Some(slices) = noted(slices.map(Some), &reference, extra) else { return };
    let endpoints: Vec<_> = slices.items.into_iter().flat_map(|slice| slice.endpoints).collect();
    // Unknown readiness counts as ready, as the API says it must.
    let is_ready = |conditions: Option<bool>| conditions.unwrap_or(true);
    let ready = endpoints.iter().filter(|one| is_ready(one.conditions.as_ref().and_then(|it| it.ready))).count();
    let mut facts = ServiceFacts {
        service: ResourceRef { uid: found.uid(), ..reference.clone() },
        selector: selector(&found),
        ready_endpoints: ready,
        endpoints: endpoints.len(),
        external: found.spec.as_ref().and_then(|spec| spec.type_.as_deref()) == Some("ExternalName"),
        ..ServiceFacts::default()
    };
    if ready == 0 {
        behind(client, &mut facts).await;
    } else if !facts.selector.is_empty() {
        let one = selected(&facts.selector).limit(1);
        let pods = within(Api::<Pod>::namespaced(client.clone(), namespace).list(&one)).await;
        facts.sample = pods.ok().and_then(|list| list.items.into_iter().next()).map(Arc::new);
        facts.object = Some(Arc::new(found));
    }
    extra.services.push(facts);
}

fn selected(selector: &BTreeMap<String, String>) -> ListParams {
    let labels: Vec<String> = selector.iter().map(|(key, value)| format!("{key}={value}")).collect();
    ListParams::default().labels(&labels.join(","))
}

/// Who would answer: the workloads whose pods a Service selects, also those that have none now.
async fn behind(client: &Client, service: &mut ServiceFacts) {
    if service.selector.is_empty() {
        return;
    }
    let namespace = service.service.namespace.clone();
    let several = selected(&service.selector).limit(BEHIND);
    let pods = within(Api::<Pod>::namespaced(client.clone(), &namespace).list(&several)).await;
    let mut found: BTreeSet<ResourceRef> = BTreeSet::new();
    for pod in pods.map(|list| list.items).unwrap_or_default() {
        let Some(owner) = membership::controller(&pod.metadata) else {
            found.insert(object("Pod", &namespace, &pod.name_any()).with_uid(pod.uid().unwrap_or_default()));
            continue;
        };
        let (mut kind, mut name, mut uid) = (owner.kind.clone(), owner.name.clone(), owner.uid.clone());
        if kind == "ReplicaSet" {
            let set = within(Api::<ReplicaSet>::namespaced(client.clone(), &namespace).get_opt(&name)).await;
            if let Some(above) = set.ok().flatten().as_ref().and_then(|set| membership::controller(&set.metadata)) {
                (kind, name, uid) = (above.kind.clone(), above.name.clone(), above.uid.clone());
            }
        }
        found.insert(ResourceRef {
            api_version: Some(owner.api_version.clone()),
            ..ResourceRef::new(&kind, &namespace, &name).with_uid(uid)
        });
    }
    if found.is_empty() {
        // No pod: a workload that would make such pods, were it not scaled to 0 or refused them.
        let (deployments, sets, daemons) = futures::join!(
            all_in::<Deployment>(client, &namespace),
            all_in::<StatefulSet>(client, &namespace),
            all_in::<DaemonSet>(client, &namespace),
        );
        let subjects = deployments
            .into_iter()
            .map(|it| Subject::Deployment(Arc::new(it)))
            .chain(sets.into_iter().map(|it| Subject::StatefulSet(Arc::new(it))))
            .chain(daemons.into_iter().map(|it| Subject::DaemonSet(Arc::new(it))));
        for subject in subjects {
            let facts = Facts::about(subject, jiff::Timestamp::UNIX_EPOCH);
            if facts.pod_labels().is_some_and(|labels| holds(labels, &service.selector)) {
                if facts.object.desired() == 0 && !matches!(facts.object, Subject::DaemonSet(_)) {
                    service.scaled_down = Some(facts.subject.clone());
                }
                found.insert(facts.subject);
            }
        }
    }
    service.behind = found.into_iter().collect();
}

async fn all_in<K>(client: &Client, namespace: &str) -> Vec<K>
where
    K: kube::Resource<Scope = kube::core::NamespaceResourceScope, DynamicType = ()>
        + Clone
        + std::fmt::Debug
        + serde::de::DeserializeOwned,
{
    let api: Api<K> = Api::namespaced(client.clone(), namespace);
    within(api.list(&ListParams::default())).await.map(|list| list.items).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use kube::client::Body;

    use super::*;

    #[test]
    fn what_the_kubelet_says_in_a_logs_place_is_no_log() {
        let file = "/var/log/pods/shop_crash-1_2f/app/1.log";
        for excuse in [
            format!("failed to try resolving symlinks in path \"{file}\": lstat {file}: no such file or directory"),
            "unable to retrieve container logs for containerd://2f4a".to_owned(),
            format!("failed to open log file \"{file}\": open {file}: no such file or directory\n"),
        ] {
            assert!(is_from_the_kubelet(&excuse), "{excuse}");
        }
    }

    #[test]
    fn an_application_that_misses_a_file_is_believed() {
        for said in [
            "open /etc/shop/settings.json: no such file or directory\n",
            "starting\nunable to retrieve container logs for containerd://2f4a",
            "",
        ] {
            assert!(!is_from_the_kubelet(said), "{said}");
        }
    }

    /// What is kept of a log that the API server sends.
    async fn tail_of(log: impl AsRef<[u8]>) -> Vec<String> {
        let log = log.as_ref().to_vec();
        let service = tower::service_fn(move |_: http::Request<Body>| {
            let answer = http::Response::new(Body::from(log.clone()));
            async move { Ok::<_, std::convert::Infallible>(answer) }
        });
        let (client, mut extra) = (Client::new(service, "shop"), Extra::default());
        let known = redact::Known::values(["correct horse"]);
        logs(&client, "shop", ("web-1", "app", false), &known, &mut extra).await;
        extra.logs.remove(0).lines
    }

    #[tokio::test]
    async fn bytes_that_are_no_utf8_cost_characters_and_hide_no_secret() {
        let lines = tail_of(b"caf\xe9 \xff\xfe\n\xc3password=hunter2\xff\n\xe2\x82correct horse\xa0").await;
        let kept =
            ["caf\u{fffd} \u{fffd}\u{fffd}", "\u{fffd}[REDACTED:password_conn]", "\u{fffd}[REDACTED:known]\u{fffd}"];
        assert_eq!(lines, kept);
    }

    #[tokio::test]
    async fn a_log_that_was_cut_off_does_not_end_in_half_a_secret() {
        let limit = usize::try_from(BYTES).unwrap();
        let end = " redis://web:hunter2";
        let lines = tail_of(format!("{}{end}", "word ".repeat(limit).split_at(limit - end.len()).0)).await;
        assert!(lines[0].len() > limit / 2, "the rest is kept");
        assert!(!lines[0].contains("hunter2"));
    }
}
