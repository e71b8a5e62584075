//! Would the resulting pods keep the namespace's LimitRanges? A dry run of a Deployment does not ask that.

use std::collections::BTreeMap;

use serde_json::Value;

use super::pod_resources::{Amounts, Defaults, of_container, of_pod_spec};
use super::{Seen, computed, ok, unreadable};
use crate::actions::kind;
use crate::actions::live::{Need, Unreadable};
use crate::actions::object::Object;
use crate::actions::quantity::{Quantity, readable};
use crate::api::remediation_plan::{Verdict, VerdictLevel};

const CHECK: &str = "limits";

pub fn check(seen: &Seen<'_>) -> Vec<Verdict> {
    if !seen.rolls_out() {
        return Vec::new();
    }
    let ranges = match seen.before.all(&Need::Every(&kind::LIMIT_RANGE)) {
        Ok([]) => return vec![ok(CHECK, "the namespace has no LimitRange")],
        Ok(ranges) => ranges,
        Err(error) => return vec![unreadable(CHECK, &error)],
    };
    let defaults = match defaults(seen) {
        Ok(defaults) => defaults,
        Err(error) => return vec![unreadable(CHECK, &error)],
    };
    let spec = seen.after.target.at(&format!("{}/spec", seen.after.target.pod_template()));
    let mut broken = Vec::new();
    for range in ranges {
        for item in range.list("/spec/limits") {
            let item = Object(item.clone());
            match item.text("/type") {
                "Container" => {
                    for container in Object(spec.cloned().unwrap_or_default()).list("/containers") {
                        let who = format!("container {}", container["name"].as_str().unwrap_or_default());
                        broken.extend(against(&item, &of_container(container, &defaults), &who));
                    }
                }
                "Pod" => broken.extend(against(&item, &of_pod_spec(spec, &defaults), "the pod")),
                _ => {}
            }
        }
    }
    if broken.is_empty() {
        return vec![ok(CHECK, "within the namespace's LimitRange")];
    }
    broken.into_iter().map(|text| computed(CHECK, VerdictLevel::Block, text)).collect()
}

/// What containers that say nothing get.
pub fn defaults(seen: &Seen<'_>) -> Result<Defaults, Unreadable> {
    let mut defaults = Defaults::default();
    for range in seen.before.all(&Need::Every(&kind::LIMIT_RANGE))? {
        for item in range.list("/spec/limits").iter().filter(|item| item["type"] == "Container") {
            let item = Object(item.clone());
            defaults.limits.extend(amounts(&item, "/default"));
            defaults.requests.extend(amounts(&item, "/defaultRequest"));
        }
    }
    Ok(defaults)
}

fn amounts(item: &Object, pointer: &str) -> BTreeMap<String, i128> {
    item.strings(pointer)
        .into_iter()
        .filter_map(|(name, text)| Some((name.to_owned(), Quantity::parse(text)?.nano())))
        .collect()
}

/// The bounds of one item that these amounts break, in words.
fn against(item: &Object, found: &Amounts, who: &str) -> Vec<String> {
    let mut broken = Vec::new();
    let value = |kind: &str, resource: &str| found.get(&format!("{kind}.{resource}")).copied();
    for (resource, most) in amounts(item, "/max") {
        match value("limits", &resource) {
            Some(limit) if limit > most => {
                let (limit, most) = (readable(&resource, limit), readable(&resource, most));
                broken.push(format!("{who}: {resource} limit {limit} is above the namespace's {most}"));
            }
            None => broken.push(format!(
                "{who} has no {resource} limit, and the namespace allows {} at most",
                readable(&resource, most)
            )),
            _ => {}
        }
    }
    for (resource, least) in amounts(item, "/min") {
        if value("requests", &resource).is_none_or(|request| request < least) {
            broken.push(format!(
                "{who}: {resource} request is below the namespace's least, {}",
                readable(&resource, least)
            ));
        }
    }
    let ratios = item.at("/maxLimitRequestRatio").and_then(Value::as_object);
    for (resource, ratio) in ratios.into_iter().flatten() {
        let ratio = ratio.as_str().and_then(Quantity::parse).map(|ratio| ratio.nano());
        if let (Some(ratio), Some(limit), Some(request)) =
            (ratio, value("limits", resource), value("requests", resource))
            && limit.saturating_mul(1_000_000_000) > ratio.saturating_mul(request)
        {
            broken.push(format!("{who}: {resource} limit is too many times its request for the namespace"));
        }
    }
    broken
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn broken(item: Value, resources: &Value) -> Vec<String> {
        let container = json!({"name": "app", "resources": resources});
        against(&Object(item), &of_container(&container, &Defaults::default()), "container app")
    }

    #[test]
    fn a_limit_above_the_largest_allowed_is_named() {
        let texts = broken(json!({"max": {"memory": "512Mi"}}), &json!({"limits": {"memory": "1Gi"}}));
        assert_eq!(texts, ["container app: memory limit 1Gi is above the namespace's 512Mi"]);
        assert!(broken(json!({"max": {"memory": "1Gi"}}), &json!({"limits": {"memory": "1024Mi"}})).is_empty());
    }

    #[test]
    fn a_request_that_is_not_given_is_the_limit() {
        assert!(broken(json!({"min": {"cpu": "100m"}}), &json!({"limits": {"cpu": "200m"}})).is_empty());
        assert_eq!(broken(json!({"min": {"cpu": "100m"}}), &json!({"requests": {"cpu": "50m"}})).len(), 1);
    }

    #[test]
    fn the_ratio_of_limit_to_request_is_held() {
        let ratio = json!({"maxLimitRequestRatio": {"cpu": "2"}});
        assert!(broken(ratio.clone(), &json!({"limits": {"cpu": "200m"}, "requests": {"cpu": "100m"}})).is_empty());
        assert_eq!(broken(ratio, &json!({"limits": {"cpu": "201m"}, "requests": {"cpu": "100m"}})).len(), 1);
    }
}
