//! What rules would use, and is not there yet.

use super::case::Case;
use super::dependencies;
use super::exits::is_start_error;
use super::{config, scheduling};
use crate::facts::references::ConfigKind;
use crate::facts::{Subject, Want};

/// Enough to see a pattern, few enough not to load an API server in trouble.
const LOGS: usize = 3;
const SERVICES: usize = 8;

pub fn wants(case: &Case<'_>) -> Vec<Want> {
    let extra = &case.facts.extra;
    let mut wants = Vec::new();
    let unplaced = case.facts.current_pods().any(|pod| scheduling::refusal(pod).is_some());
    // The scheduler's own sentence is in the status; every other trouble may have more in its Events.
    let in_trouble = !case.sick.is_empty() || !unplaced;
    if in_trouble && extra.events.is_empty() {
        wants.push(Want::Events);
    }

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
