//! From what a preview has read to the [`Reach`] of its change.
//!
//! The pods a change moves are counted over the whole plan; who stands around them is read from the same snapshot as every other verdict.

use std::collections::BTreeSet;

use serde_json::Value;

use super::radius::{CHECK, reads};
use super::rollout::pace;
use super::{Seen, verdict};
use crate::actions::kind;
use crate::actions::live::{Need, Unreadable};
use crate::actions::object::{Object, has_all, selects};
use crate::api::approval_request::BlastRadiusAssessment;
use crate::api::remediation_plan::{Verdict, VerdictLevel, VerdictSource, WriteKind};
use crate::decisions::radius::{Budget, Reach, assess};

/// Who is hit by a plan, and a blocking verdict for each thing that must not happen unless a vote accepts it.
pub fn of(seen: &Seen<'_>) -> (BlastRadiusAssessment, Vec<Verdict>) {
    let radius = assess(&reach(seen));
    let block = |text: &String| verdict(CHECK, VerdictLevel::Block, VerdictSource::Computed, text.clone());
    let blockers = radius.blockers.iter().map(block).collect();
    (radius, blockers)
}

fn reach(seen: &Seen<'_>) -> Reach {
    let mut reach = Reach { namespaces: namespaces(seen), ..Reach::default() };
    let mut unknown: Vec<String> = Vec::new();
    let mut known = |error: Unreadable| unknown.push(error.to_string());
    let target = &seen.before.target;

    match seen.before.pods() {
        Ok(pods) => count_pods(seen, &pods, &mut reach),
        Err(error) => known(error),
    }
    let labels = target.strings("/spec/template/metadata/labels");
    match seen.before.all(&Need::Every(&kind::SERVICE)) {
        Ok(services) => {
            let leads_here = |service: &&Object| {
                let selector = service.at("/spec/selector").and_then(Value::as_object);
                selector.is_some_and(|selector| !selector.is_empty() && has_all(selector, &labels))
            };
            reach.services = services.iter().filter(leads_here).map(|service| service.name().to_owned()).collect();
        }
        Err(error) => known(error),
    }
    match seen.before.all(&Need::Every(&kind::INGRESS)) {
        Ok(ingresses) => reach.ingress_paths = ways_in(ingresses, &reach.services),
        Err(error) => known(error),
    }
    match seen.before.all(&Need::Every(&kind::POD_DISRUPTION_BUDGET)) {
        Ok(budgets) => {
            let over = budgets.iter().filter(|budget| selects(budget.at("/spec/selector"), &labels));
            let allowed = |budget: &Object| budget.int("/status/disruptionsAllowed").unwrap_or(0);
            reach.budgets = over.map(|one| Budget { name: one.name().to_owned(), allowed: allowed(one) }).collect();
        }
        Err(error) => known(error),
    }
    match seen.before.autoscalers() {
        Ok(scalers) => reach.autoscalers = scalers.into_iter().map(|one| one.name().to_owned()).collect(),
        Err(error) => known(error),
    }
    if let Err(error) = others(seen, &mut reach) {
        known(error);
    }
    unknown.sort();
    unknown.dedup();
    reach.unknown = unknown;
    reach
}

fn namespaces(seen: &Seen<'_>) -> Vec<String> {
    let touched: BTreeSet<&str> = seen.writes().map(|write| write.object.namespace.as_str()).collect();
    touched.into_iter().filter(|namespace| !namespace.is_empty()).map(str::to_owned).collect()
}

fn is_ready(pod: &Object) -> bool {
    !pod.is_terminating() && pod.condition("Ready").is_some_and(|ready| ready.text("/status") == "True")
}

/// How many pods move, and how many of those that serve are away at the worst moment.
fn count_pods(seen: &Seen<'_>, own: &[&Object], reach: &mut Reach) {
    let (before, after) = (seen.before.target.replicas(), seen.after.target.replicas());
    let ready: Vec<&str> = own.iter().filter(|pod| is_ready(pod)).map(|pod| pod.uid()).collect();
    let gone: BTreeSet<&str> = seen
        .writes()
        .filter(|write| write.object.kind == kind::POD.kind)
        .filter(|write| matches!(write.kind, WriteKind::Evict | WriteKind::Delete))
        .filter_map(|write| write.object.uid.as_deref())
        .collect();
    reach.ready = count(ready.len());
    reach.evicted = count(seen.evicts().count());
    let (moved, away) = if seen.rolls_out() {
        (after, pace(&seen.before.target).unavailable)
    } else if after < before {
        // The controller takes pods that are not ready first.
        (before - after, (reach.ready - after).max(0))
    } else {
        (count(gone.len()), count(ready.iter().filter(|uid| gone.contains(**uid)).count()))
    };
    (reach.pods, reach.away) = (moved, away.min(reach.ready));
    reach.for_good = after < before && !seen.rolls_out();
}

/// `shop.example.com/cart` for every rule that ends at one of these Services.
fn ways_in(ingresses: &[Object], services: &[String]) -> Vec<String> {
    let leads_to = |backend: Option<&Value>| {
        let name = backend.and_then(|backend| backend.pointer("/service/name")).and_then(Value::as_str);
        name.is_some_and(|name| services.iter().any(|service| service == name))
    };
    let mut ways = BTreeSet::new();
    for ingress in ingresses {
        if leads_to(ingress.at("/spec/defaultBackend")) {
            ways.insert(format!("*, the default backend of {}", ingress.name()));
        }
        for rule in ingress.list("/spec/rules") {
            let host = rule["host"].as_str().unwrap_or("*");
            for path in rule.pointer("/http/paths").and_then(Value::as_array).into_iter().flatten() {
                if leads_to(path.get("backend")) {
                    ways.insert(format!("{host}{}", path["path"].as_str().unwrap_or("/")));
                }
            }
        }
    }
    ways.into_iter().collect()
}

/// Who reads a changed ConfigMap or Secret, who shares a node that is emptied, whose data goes.
fn others(seen: &Seen<'_>, reach: &mut Reach) -> Result<(), Unreadable> {
    let pods = || seen.before.all(&Need::Every(&kind::POD));
    let own: BTreeSet<&str> = match seen.before.target.kind() {
        "Node" => BTreeSet::new(),
        _ => seen.before.pods()?.into_iter().map(Object::uid).collect(),
    };
    let mut dependants = BTreeSet::new();
    for write in seen.writes() {
        match (write.object.kind.as_str(), write.kind) {
            ("ConfigMap", WriteKind::Patch | WriteKind::Delete) => {
                let reader = |pod: &&Object| !own.contains(pod.uid()) && reads(pod, &write.object.name);
                for pod in pods()?.iter().filter(reader) {
                    dependants.insert(format!("{} reads ConfigMap {}", owner_of(pod), write.object.name));
                }
            }
            ("PersistentVolumeClaim", WriteKind::Delete) => {
                reach.data_lost.push(format!("the data of PersistentVolumeClaim {}", write.object.name));
            }
            _ => {}
        }
    }
    reach.dependants = dependants.into_iter().collect();
    if seen.before.target.kind() == kind::NODE.kind {
        let here = |pod: &&Object| pod.text("/spec/nodeName") == seen.before.target.name();
        let stays = |pod: &&Object| {
            pod.list("/metadata/ownerReferences").iter().any(|owner| owner["kind"] == "DaemonSet")
                || matches!(pod.text("/status/phase"), "Succeeded" | "Failed")
        };
        let count_here = pods()?.iter().filter(here).filter(|pod| !stays(pod)).count();
        reach.neighbours = Some(count(count_here));
    }
    Ok(())
}

/// `replicaset/web-7d9f4`, or the pod itself where nobody owns it.
fn owner_of(pod: &Object) -> String {
    let owner = pod.list("/metadata/ownerReferences").first();
    owner.map_or_else(
        || format!("pod/{}", pod.name()),
        |owner| {
            let word = |field: &str| owner[field].as_str().unwrap_or_default().to_owned();
            format!("{}/{}", word("kind").to_lowercase(), word("name"))
        },
    )
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_way_in_is_a_rule_that_ends_at_one_of_the_services() {
        let ingress = Object(json!({
            "metadata": { "name": "shop" },
            "spec": {
                "defaultBackend": { "service": { "name": "front" } },
                "rules": [{ "host": "shop.example.com", "http": { "paths": [
                    { "path": "/cart", "backend": { "service": { "name": "cart" } } },
                    { "path": "/", "backend": { "service": { "name": "front" } } },
                ]}}]
            }
        }));
        let ways = |services: &[&str]| {
            ways_in(std::slice::from_ref(&ingress), &services.iter().map(|&name| name.to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(ways(&["cart"]), ["shop.example.com/cart"]);
        assert_eq!(ways(&["front"]), ["*, the default backend of shop", "shop.example.com/"]);
        assert!(ways(&["other"]).is_empty());
    }

    #[test]
    fn a_pod_is_named_by_who_owns_it() {
        let owned = json!({"metadata": {"name": "p", "ownerReferences": [{"kind": "ReplicaSet", "name": "web-1"}]}});
        assert_eq!(owner_of(&Object(owned)), "replicaset/web-1");
        assert_eq!(owner_of(&Object(json!({"metadata": {"name": "p"}}))), "pod/p");
    }
}
