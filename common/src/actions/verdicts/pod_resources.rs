//! What pods of a template ask for, in billionths by resource name.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::actions::object::Object;
use crate::actions::quantity::Quantity;

/// Amounts by the names quotas use: `requests.cpu`, `limits.memory`, ….
pub type Amounts = BTreeMap<String, i128>;

/// Sum over the containers of a pod spec, or the largest init container where that is more: what the scheduler and quotas count.
pub fn of_pod_spec(spec: Option<&Value>, defaults: &Defaults) -> Amounts {
    let spec = Object(spec.cloned().unwrap_or_default());
    let mut sum = Amounts::new();
    for container in spec.list("/containers") {
        for (name, amount) in of_container(container, defaults) {
            *sum.entry(name).or_default() += amount;
        }
    }
    for container in spec.list("/initContainers") {
        let stays = container.get("restartPolicy").and_then(Value::as_str) == Some("Always");
        for (name, amount) in of_container(container, defaults) {
            let present = sum.entry(name).or_default();
            *present = if stays { *present + amount } else { (*present).max(amount) };
        }
    }
    sum
}

/// What a LimitRange gives to containers that say nothing.
#[derive(Clone, Debug, Default)]
pub struct Defaults {
    /// `defaultRequest` by resource.
    pub requests: BTreeMap<String, i128>,
    /// `default` by resource.
    pub limits: BTreeMap<String, i128>,
}

/// Requests and limits of one container as they will stand on the pod: a missing request is the limit, else the default.
pub fn of_container(container: &Value, defaults: &Defaults) -> Amounts {
    let container = Object(container.clone());
    let own = |list: &str| -> BTreeMap<String, i128> {
        container
            .strings(&format!("/resources/{list}"))
            .into_iter()
            .filter_map(|(name, text)| Some((name.to_owned(), Quantity::parse(text)?.nano())))
            .collect()
    };
    let own_limits = own("limits");
    let mut requests = own("requests");
    for (name, amount) in &own_limits {
        requests.entry(name.clone()).or_insert(*amount);
    }
    for (name, amount) in &defaults.requests {
        requests.entry(name.clone()).or_insert(*amount);
    }
    let mut limits = own_limits;
    for (name, amount) in &defaults.limits {
        limits.entry(name.clone()).or_insert(*amount);
    }
    let named = |prefix: &str, amounts: BTreeMap<String, i128>| -> Vec<(String, i128)> {
        amounts.into_iter().map(|(name, amount)| (format!("{prefix}.{name}"), amount)).collect()
    };
    named("requests", requests).into_iter().chain(named("limits", limits)).collect()
}
