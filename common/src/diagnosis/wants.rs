//! What rules would use, and is not there yet.

use super::case::Case;
use super::dependencies;
use super::exits::is_start_error;
use super::{config, resources, rollout, scheduling, storage};
use crate::facts::references::{self, ConfigKind};
use crate::facts::{Extra, Subject, Want};

/// Enough to see a pattern, few enough not to load an API server in trouble.
const LOGS: usize = 3;
const SERVICES: usize = 8;
const CONFIG_MAPS: usize = 4;
const CLAIMS: usize = 4;
/// Put into every namespace by Kubernetes itself.
const ROOT_CA: &str = "kube-root-ca.crt";

pub fn wants(case: &Case<'_>) -> Vec<Want> {
    let extra = &case.facts.extra;
    let mut wants = Vec::new();
    let refused: Vec<_> = case.facts.current_pods().filter_map(|pod| Some((pod, scheduling::refusal(pod)?))).collect();
    // The scheduler's own sentence is in the status; every other trouble may have more in its Events.
    let in_trouble = !case.sick.is_empty() || refused.is_empty();
    if in_trouble && extra.events.is_empty() {
        wants.push(Want::Events);
    }
    // A Deployment's revisions are known; these have to be asked for.
    let has_revisions = matches!(case.facts.object, Subject::StatefulSet(_) | Subject::DaemonSet(_));
    let in_question = !case.sick.is_empty()
        || !case.complaints.is_empty()
        || case.facts.current_pods().count() < case.facts.object.desired();
    if has_revisions
        && (in_question || !refused.is_empty())
        && extra.revisions.is_none()
        && !is_known(extra, "ControllerRevision", "")
    {
        wants.push(Want::Revisions);
    }
    if let Some((pod, refusal)) = refused.first() {
        let said = refusal.message.as_deref().unwrap_or_default();
        if extra.all_nodes.is_empty() && ["nsufficient", "nschedulable"].iter().any(|words| said.contains(words)) {
            wants.push(Want::Nodes);
        }
        if storage::is_about_volumes(said) {
            wants.extend(claims(case, pod));
        }
    }
    // A volume that is being waited for may belong to a claim.
    for container in case.sick.iter().filter(|container| container.is_being_prepared()).take(1) {
        wants.extend(claims(case, container.pod));
    }
    let classes_matter = extra.claims.iter().any(storage::is_pending);
    if classes_matter && extra.storage_classes.is_none() && !is_known(extra, "StorageClass", "") {
        wants.push(Want::StorageClasses);
    }
    if let Some(said) = rollout::refused_by_range(case)
        && extra.limit_ranges.is_empty()
        && !said.is_empty()
    {
        wants.push(Want::LimitRanges);
    }

    // Killed under its own limit: does it need that much, or does it grow?
    if resources::is_killed_at_a_limit(case) && extra.memory.is_empty() && !is_known(extra, "PodMetrics", "") {
        wants.push(Want::MemoryUse);
    }

    // One that is full may be made larger.
    let full = extra.volumes.iter().filter(|volume| volume.full().is_some());
    wants.extend(full.map(|volume| &volume.claim).filter(|name| !is_read(extra, name)).cloned().map(Want::Claim));

    let mut seen: Vec<&str> = Vec::new();
    for container in &case.sick {
        let ended = container.latest_end().filter(|end| !is_start_error(end) && !end.is_oom());
        let runs = container.running_since().is_some();
        if seen.len() >= LOGS || seen.contains(&container.name()) || (ended.is_none() && !runs) {
            continue;
        }
        seen.push(container.name());
        let read = extra.logs.iter().any(|tail| tail.pod == container.pod_name() && tail.container == container.name());
        if !read {
            wants.push(Want::Logs {
                pod: container.pod_name().to_owned(),
                container: container.name().to_owned(),
                previous: container.ended().is_none() && container.previous_end().is_some(),
            });
        }
    }

    let waiting =
        case.waiting(&["CreateContainerConfigError"]).filter_map(|(_, waiting)| config::parse(waiting.message));
    for missing in waiting.filter(|missing| missing.kind == ConfigKind::ConfigMap && missing.key.is_some()) {
        let object = case.neighbour("ConfigMap", &missing.name);
        let known = extra.config_maps.iter().any(|map| map.metadata.name.as_ref() == Some(&missing.name))
            || extra
                .missing
                .iter()
                .chain(extra.unreadable.iter().map(|(object, _)| object))
                .any(|it| it.same_object(&object));
        let want = Want::ConfigMap(missing.name);
        if !known && !wants.contains(&want) {
            wants.push(want);
        }
    }

    // Who ends with an error, or logs errors, may have been given another configuration than before.
    let ended = case
        .sick
        .iter()
        .find(|container| container.latest_end().is_some_and(|end| end.exit_code != 0 && !end.is_oom()));
    let complains = case.complaints.first().map(|complaint| &complaint.container);
    if let Some(spec) = ended.or(complains).and_then(|container| container.pod.spec.as_ref()) {
        let maps =
            references::of_pod(spec).into_iter().filter(|it| it.kind == ConfigKind::ConfigMap && it.name != ROOT_CA);
        for reference in maps.take(CONFIG_MAPS) {
            let known = extra.config_maps.iter().any(|map| map.metadata.name.as_ref() == Some(&reference.name))
                || is_known(extra, "ConfigMap", &reference.name);
            let want = Want::ConfigMap(reference.name);
            if !known && !wants.contains(&want) {
                wants.push(want);
            }
        }
    }

    if !matches!(case.facts.object, Subject::Node(_)) {
        for (namespace, name) in dependencies::hints(case).into_iter().take(SERVICES) {
            let place =
                |it: &crate::api::ResourceRef| it.kind == "Service" && it.namespace == namespace && it.name == name;
            let known = extra.services.iter().any(|it| it.service.namespace == namespace && it.service.name == name)
                || extra.missing.iter().chain(extra.unreadable.iter().map(|(object, _)| object)).any(place);
            if !known {
                wants.push(Want::Service { namespace, name });
            }
        }
    }
    wants
}

/// The claims of a pod that were not asked for yet.
fn claims(case: &Case<'_>, pod: &crate::facts::Pod) -> Vec<Want> {
    let extra = &case.facts.extra;
    references::claims_of(pod).into_iter().filter(|name| !is_read(extra, name)).take(CLAIMS).map(Want::Claim).collect()
}

/// Was this claim asked for?
fn is_read(extra: &Extra, claim: &str) -> bool {
    let found = extra.claims.iter().any(|it| it.metadata.name.as_deref() == Some(claim));
    found || is_known(extra, "PersistentVolumeClaim", claim)
}

/// Was it asked for, and is it missing or unreadable?
fn is_known(extra: &Extra, kind: &str, name: &str) -> bool {
    let mut found = extra.missing.iter().chain(extra.unreadable.iter().map(|(object, _)| object));
    found.any(|object| object.kind == kind && object.name == name)
}
