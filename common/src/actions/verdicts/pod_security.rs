//! Would the resulting pods be let into the namespace? Pod Security is asked when a pod is made, not when its workload is edited.

use serde_json::Value;

use super::{Seen, computed, ok, unreadable};
use crate::actions::object::Object;
use crate::actions::pod_safety::escalation;
use crate::api::remediation_plan::{Verdict, VerdictLevel};

const CHECK: &str = "pod-security";
/// Names the standard that pods of a namespace have to keep.
const ENFORCE: &str = "pod-security.kubernetes.io/enforce";

pub fn check(seen: &Seen<'_>) -> Vec<Verdict> {
    if !seen.rolls_out() {
        return Vec::new();
    }
    let level = match seen.before.namespace() {
        Ok(namespace) => namespace.and_then(|namespace| namespace.label(ENFORCE)).unwrap_or("privileged"),
        Err(error) => return vec![unreadable(CHECK, &error)],
    };
    let spec = seen.after.target.at("/spec/template/spec").cloned().unwrap_or_default();
    let broken = match level {
        "baseline" => broken_baseline(&spec),
        "restricted" => broken_baseline(&spec).or_else(|| broken_restricted(&spec)),
        _ => return vec![ok(CHECK, "the namespace enforces no Pod Security standard")],
    };
    vec![match broken {
        Some(why) => computed(CHECK, VerdictLevel::Block, format!("the namespace enforces {level}: {why}")),
        None => ok(CHECK, format!("the pods keep the namespace's standard, {level}")),
    }]
}

/// Which account a pod runs as is no matter of the standard, and neither is privilege escalation at this level.
fn broken_baseline(spec: &Value) -> Option<String> {
    let account = spec["serviceAccountName"].as_str();
    escalation(spec, account).filter(|why| !why.contains("allows privilege escalation"))
}

fn broken_restricted(spec: &Value) -> Option<String> {
    let pod = Object(spec.clone());
    let of_pod = |field: &str| pod.at(&format!("/securityContext/{field}"));
    let containers = ["/initContainers", "/containers"].iter().flat_map(|list| pod.list(list));
    containers.map(|container| Object(container.clone())).find_map(|container| {
        let name = container.text("/name").to_owned();
        let own = |field: &str| container.at(&format!("/securityContext/{field}"));
        if own("allowPrivilegeEscalation").and_then(Value::as_bool) != Some(false) {
            return Some(format!("container {name} does not set allowPrivilegeEscalation: false"));
        }
        if own("runAsNonRoot").or_else(|| of_pod("runAsNonRoot")).and_then(Value::as_bool) != Some(true) {
            return Some(format!("container {name} does not set runAsNonRoot: true"));
        }
        if !container.list("/securityContext/capabilities/drop").iter().any(|dropped| dropped == "ALL") {
            return Some(format!("container {name} does not drop ALL capabilities"));
        }
        let seccomp = own("seccompProfile/type").or_else(|| of_pod("seccompProfile/type")).and_then(Value::as_str);
        (!matches!(seccomp, Some("RuntimeDefault" | "Localhost")))
            .then(|| format!("container {name} has no seccompProfile"))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_standard_asks_for_its_own() {
        let plain = json!({"serviceAccountName": "web", "containers": [{"name": "app"}]});
        assert_eq!(broken_baseline(&plain), None);
        assert!(broken_restricted(&plain).is_some());
        let strict = json!({
            "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [{"name": "app", "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}}}],
        });
        assert_eq!(broken_restricted(&strict), None);
        assert!(broken_baseline(&json!({"hostNetwork": true})).is_some());
    }
}
