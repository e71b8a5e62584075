//! Does a pod template reach beyond its own containers? What comes from a ConfigMap must not gain what its author could not give.

use serde_json::Value;

use super::object::Object;

/// What of a pod spec escalates, in words; `None` when nothing does. `account` is the ServiceAccount it may run as, beside the default.
///
/// Follows the fields of the Pod Security Standards' baseline profile, and forbids a change of identity.
pub fn escalation(pod_spec: &Value, account: Option<&str>) -> Option<String> {
    let spec = Object(pod_spec.clone());
    let is_true = |object: &Object, pointer: &str| object.at(pointer).and_then(Value::as_bool) == Some(true);
    if let Some(shared) =
        ["hostNetwork", "hostPID", "hostIPC"].iter().find(|field| is_true(&spec, &format!("/{field}")))
    {
        return Some(format!("{shared} shares a namespace of the node"));
    }
    let path = spec.list("/volumes").iter().find_map(|volume| volume.pointer("/hostPath/path").and_then(Value::as_str));
    if let Some(path) = path {
        return Some(format!("hostPath {path} reaches into the node"));
    }
    let wanted = spec.text("/serviceAccountName");
    if !matches!(wanted, "" | "default") && Some(wanted) != account {
        return Some(format!("it would run as ServiceAccount {wanted}"));
    }
    let containers = ["/initContainers", "/containers", "/ephemeralContainers"].iter().flat_map(|list| spec.list(list));
    containers.map(|container| Object(container.clone())).find_map(|container| {
        let name = container.text("/name");
        let security = |field: &str| format!("/securityContext/{field}");
        if is_true(&container, &security("privileged")) {
            return Some(format!("container {name} is privileged"));
        }
        if is_true(&container, &security("allowPrivilegeEscalation")) {
            return Some(format!("container {name} allows privilege escalation"));
        }
        let added = container.list(&security("capabilities/add"));
        if !added.is_empty() {
            return Some(format!("container {name} adds capabilities"));
        }
        let port = container.list("/ports").iter().find_map(|port| port.get("hostPort")).filter(|port| **port != 0);
        port.map(|port| format!("container {name} takes port {port} of the node"))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_way_out_of_a_pod_is_named() {
        for spec in [
            json!({"hostPID": true}),
            json!({"volumes": [{"name": "root", "hostPath": {"path": "/"}}]}),
            json!({"serviceAccountName": "cluster-admin"}),
            json!({"containers": [{"name": "app", "securityContext": {"privileged": true}}]}),
            json!({"initContainers": [{"name": "app", "securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}}}]}),
            json!({"containers": [{"name": "app", "ports": [{"containerPort": 80, "hostPort": 80}]}]}),
        ] {
            assert!(escalation(&spec, Some("web")).is_some(), "{spec}");
        }
        let plain = json!({"serviceAccountName": "web", "containers": [{"name": "app", "image": "a:1"}]});
        assert_eq!(escalation(&plain, Some("web")), None);
    }
}
