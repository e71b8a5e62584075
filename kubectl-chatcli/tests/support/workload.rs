//! One workload in trouble, as an API server without chatcli shows it.

use serde_json::{Value, json};

use super::Answers;

/// A deployment whose pod waits for a key its ConfigMap does not have.
pub fn missing_key() -> Answers {
    let uid = |digit: &str| format!("00000000-0000-4000-8000-00000000000{digit}");
    let owner = |kind: &str, name: &str, digit: &str| json!([{ "apiVersion": "apps/v1", "kind": kind, "name": name, "uid": uid(digit), "controller": true }]);
    let spec = json!({ "containers": [{ "name": "app", "image": "app:1", "env": [{ "name": "DB_HOST",
        "valueFrom": { "configMapKeyRef": { "name": "web-config", "key": "DB_HOST" } } }] }] });
    let template = json!({ "metadata": { "labels": { "app": "web" } }, "spec": spec });
    let selector = json!({ "matchLabels": { "app": "web" } });
    let born = "2026-03-02T14:00:00Z";
    let deployment = json!({ "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": "web", "namespace": "shop", "uid": uid("1"), "generation": 1, "creationTimestamp": born },
        "spec": { "replicas": 1, "selector": selector, "template": template },
        "status": { "observedGeneration": 1, "replicas": 1, "unavailableReplicas": 1 } });
    let mut placed = spec.clone();
    placed["nodeName"] = json!("node-1");
    let set = json!({ "apiVersion": "apps/v1", "kind": "ReplicaSet",
        "metadata": { "name": "web-1", "namespace": "shop", "uid": uid("2"), "creationTimestamp": born,
            "annotations": { "deployment.kubernetes.io/revision": "1" }, "ownerReferences": owner("Deployment", "web", "1") },
        "spec": { "replicas": 1, "selector": selector, "template": template }, "status": { "replicas": 1 } });
    let waiting = json!({ "reason": "CreateContainerConfigError", "message": "couldn't find key DB_HOST in ConfigMap shop/web-config" });
    let pod = json!({ "apiVersion": "v1", "kind": "Pod",
        "metadata": { "name": "web-1-a", "namespace": "shop", "uid": uid("3"), "creationTimestamp": born,
            "labels": { "app": "web" }, "ownerReferences": owner("ReplicaSet", "web-1", "2") },
        "spec": placed,
        "status": { "phase": "Pending", "startTime": born, "conditions": [{ "type": "Ready", "status": "False", "lastTransitionTime": born }],
            "containerStatuses": [{ "name": "app", "image": "app:1", "imageID": "", "ready": false, "restartCount": 0, "started": false,
                "state": { "waiting": waiting } }] } });
    let config = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "web-config", "namespace": "shop" },
        "data": { "DB_PORT": "5432" } });
    let list = |items: Vec<Value>| json!({ "kind": "List", "apiVersion": "v1", "metadata": { "resourceVersion": "1" }, "items": items });
    let get = |path: &str, body: Value| (("GET".to_owned(), path.to_owned()), (200, body));
    Answers::from([
        get("/apis/apps/v1/namespaces/shop/deployments/web", deployment),
        get("/apis/apps/v1/namespaces/shop/replicasets", list(vec![set])),
        get("/api/v1/namespaces/shop/pods", list(vec![pod])),
        get("/api/v1/namespaces/shop/configmaps", list(vec![config.clone()])),
        get("/api/v1/namespaces/shop/configmaps/web-config", config),
    ])
}

/// The same cluster as lists, in which the deployment is the only workload.
pub fn scanned() -> Answers {
    let mut answers = missing_key();
    let list = |items: Vec<Value>| json!({ "kind": "List", "apiVersion": "v1", "metadata": { "resourceVersion": "1" }, "items": items });
    let deployment = answers[&("GET".to_owned(), "/apis/apps/v1/namespaces/shop/deployments/web".to_owned())].1.clone();
    for (path, items) in [
        ("/apis/apps/v1/namespaces/shop/deployments", vec![deployment]),
        ("/apis/apps/v1/namespaces/shop/statefulsets", vec![]),
        ("/apis/apps/v1/namespaces/shop/daemonsets", vec![]),
        ("/apis/batch/v1/namespaces/shop/jobs", vec![]),
        ("/apis/batch/v1/namespaces/shop/cronjobs", vec![]),
        ("/api/v1/namespaces/shop/events", vec![]),
        ("/api/v1/nodes", vec![]),
    ] {
        answers.insert(("GET".into(), path.into()), (200, list(items)));
    }
    answers
}
