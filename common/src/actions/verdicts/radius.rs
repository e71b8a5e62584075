//! Who else may notice: pods that are replaced, Services that lead to them, other workloads that read a changed ConfigMap.

use std::collections::BTreeSet;

use serde_json::Value;

use super::rollout::pace;
use super::{Seen, computed, ok, unreadable};
use crate::actions::kind;
use crate::actions::live::Need;
use crate::actions::object::{Object, has_all};
use crate::api::remediation_plan::{Verdict, VerdictLevel, WriteKind, WriteRecord};

pub(super) const CHECK: &str = "radius";

pub fn check(seen: &Seen<'_>) -> Vec<Verdict> {
    let mut verdicts: Vec<Verdict> = seen
        .writes()
        .filter(|write| write.kind == WriteKind::Patch && write.object.kind == kind::CONFIG_MAP.kind)
        .map(|write| readers(seen, write))
        .collect();
    if let Some(pods) = pods_hit(seen) {
        verdicts.push(behind_services(seen, &pods));
    }
    verdicts
}

/// Whose pods leave a node.
pub fn of_a_node(seen: &Seen<'_>) -> Vec<Verdict> {
    let evicted: Vec<&WriteRecord> = seen.evicts().collect();
    if evicted.is_empty() {
        return vec![ok(CHECK, "no pod is moved")];
    }
    let namespaces: BTreeSet<&str> = evicted.iter().map(|write| write.object.namespace.as_str()).collect();
    let names: Vec<&str> = namespaces.into_iter().collect();
    let text = format!("{} pods are evicted, of namespaces {}", evicted.len(), names.join(", "));
    vec![computed(CHECK, VerdictLevel::Warn, text)]
}

/// Pods of the target that go or come, in words.
fn pods_hit(seen: &Seen<'_>) -> Option<String> {
    let (before, after) = (seen.before.target.wanted_pods(), seen.after.target.wanted_pods());
    let pods = |number: i64| if number == 1 { "1 pod".to_owned() } else { format!("{number} pods") };
    if seen.rolls_out() {
        let pace = pace(&seen.before.target);
        let together = if pace.unavailable >= before { ", all at once" } else { "" };
        return Some(format!("{} replaced{together}", pods(after)));
    }
    let made: i64 = seen.creates().map(|job| job.wanted_pods()).sum();
    match (seen.evicts().count(), after - before) {
        (0, 0) if made > 0 => Some(format!("{} of a new Job added", pods(made))),
        (0, 0) => None,
        (0, more) if more > 0 => Some(format!("{} added", pods(more))),
        (0, fewer) => Some(format!("{} of {before} removed", pods(-fewer))),
        (evicted, _) if seen.deletes_pods() => {
            Some(format!("{} deleted", pods(i64::try_from(evicted).unwrap_or(i64::MAX))))
        }
        (evicted, _) => Some(format!("{} evicted", pods(i64::try_from(evicted).unwrap_or(i64::MAX)))),
    }
}

fn behind_services(seen: &Seen<'_>, pods: &str) -> Verdict {
    let services = match seen.before.all(&Need::Every(&kind::SERVICE)) {
        Ok(services) => services,
        Err(error) => return unreadable(CHECK, &error),
    };
    let labels = seen.before.target.strings(&format!("{}/metadata/labels", seen.before.target.pod_template()));
    let leading: Vec<&str> = services
        .iter()
        .filter(|service| {
            let selector = service.at("/spec/selector").and_then(Value::as_object);
            selector.is_some_and(|selector| !selector.is_empty() && has_all(selector, &labels))
        })
        .map(Object::name)
        .collect();
    if leading.is_empty() {
        return ok(CHECK, format!("{pods}, behind no Service"));
    }
    let text = format!("{pods}, behind Service {}", leading.join(", "));
    let is_silenced = seen.before.target.wanted_pods() > 0 && seen.after.target.wanted_pods() == 0;
    if is_silenced {
        computed(CHECK, VerdictLevel::Warn, format!("{text}, which will answer nothing"))
    } else {
        ok(CHECK, text)
    }
}

/// Pods beside the target's own that read the ConfigMap.
fn readers(seen: &Seen<'_>, write: &WriteRecord) -> Verdict {
    let (pods, own) = match (seen.before.all(&Need::Every(&kind::POD)), seen.before.pods()) {
        (Ok(pods), Ok(own)) => (pods, own),
        (Err(error), _) | (_, Err(error)) => return unreadable(CHECK, &error),
    };
    let own: BTreeSet<&str> = own.into_iter().map(Object::uid).collect();
    let name = write.object.name.as_str();
    let others: BTreeSet<&str> = pods
        .iter()
        .filter(|pod| !own.contains(pod.uid()) && reads(pod, name))
        .map(|pod| {
            pod.list("/metadata/ownerReferences").first().and_then(|owner| owner["name"].as_str()).unwrap_or(pod.name())
        })
        .collect();
    if others.is_empty() {
        ok(CHECK, format!("ConfigMap {name} is read by no other workload"))
    } else {
        let names: Vec<&str> = others.into_iter().collect();
        computed(CHECK, VerdictLevel::Warn, format!("ConfigMap {name} is read by {} too", names.join(", ")))
    }
}

/// Does a pod read this ConfigMap, as environment or as files?
pub(super) fn reads(pod: &Object, config_map: &str) -> bool {
    let is = |value: &Value, pointer: &str| value.pointer(pointer).and_then(Value::as_str) == Some(config_map);
    let by_volume = pod.list("/spec/volumes").iter().any(|volume| {
        is(volume, "/configMap/name")
            || Object(volume.clone()).list("/projected/sources").iter().any(|source| is(source, "/configMap/name"))
    });
    by_volume
        || ["/spec/containers", "/spec/initContainers"].iter().flat_map(|list| pod.list(list)).any(|container| {
            let container = Object(container.clone());
            container.list("/envFrom").iter().any(|from| is(from, "/configMapRef/name"))
                || container.list("/env").iter().any(|env| is(env, "/valueFrom/configMapKeyRef/name"))
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_way_to_read_a_config_map_counts() {
        let pod = |spec: Value| Object(json!({"kind": "Pod", "spec": spec}));
        for spec in [
            json!({"volumes": [{"configMap": {"name": "settings"}}]}),
            json!({"volumes": [{"projected": {"sources": [{"configMap": {"name": "settings"}}]}}]}),
            json!({"containers": [{"envFrom": [{"configMapRef": {"name": "settings"}}]}]}),
            json!({"initContainers": [{"env": [{"valueFrom": {"configMapKeyRef": {"name": "settings"}}}]}]}),
        ] {
            assert!(reads(&pod(spec.clone()), "settings"), "{spec}");
            assert!(!reads(&pod(spec), "other"));
        }
    }
}
