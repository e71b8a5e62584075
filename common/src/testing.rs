//! Scenes for tests, in sentences: a workload, its revisions, its pods, a moment.
//!
//! Times are seconds after noon. Objects are built as JSON, the way the API server sends them, and parsed.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::api::ResourceRef;
use crate::facts::containers;
use crate::facts::logged::Listener;
use crate::facts::{Facts, LogTail, ServiceFacts, Subject};

/// That many seconds after noon.
pub fn at(seconds: i64) -> Timestamp {
    let noon: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
    noon + SignedDuration::from_secs(seconds)
}

fn time(seconds: i64) -> Value {
    json!(at(seconds).to_string())
}

/// Puts `value` into the list at `path`, in place of the item of the same `key`.
fn put(list: &mut Value, key: &str, value: Value) {
    if !list.is_array() {
        *list = json!([]);
    }
    let items = list.as_array_mut().unwrap();
    items.retain(|item| item[key] != value[key]);
    items.push(value);
}

/// A workload and everything around it.
#[derive(Clone)]
pub struct Scene {
    object: Value,
    kind: &'static str,
    revisions: Vec<Value>,
    pods: Vec<Value>,
    nodes: Vec<Value>,
}

/// Deployment `web` of one replica in namespace `shop`, made at noon, as the API server defaults it.
pub fn deployment() -> Scene {
    let object = json!({
        "metadata": {"name": "web", "namespace": "shop", "uid": "deploy-uid", "generation": 1, "creationTimestamp": time(0)},
        "spec": {"replicas": 1, "progressDeadlineSeconds": 600, "selector": {"matchLabels": {"app": "web"}}, "template": template("shop/app:1")},
        "status": {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1, "readyReplicas": 1, "conditions": []},
    });
    Scene { object, kind: "Deployment", revisions: vec![], pods: vec![], nodes: vec![] }
}

/// StatefulSet `db` of one replica.
pub fn stateful_set() -> Scene {
    let object = json!({
        "metadata": {"name": "db", "namespace": "shop", "uid": "sts-uid", "generation": 1, "creationTimestamp": time(0)},
        "spec": {"replicas": 1, "serviceName": "db", "selector": {"matchLabels": {"app": "db"}}, "template": template("shop/app:1")},
        "status": {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1, "readyReplicas": 1},
    });
    Scene { object, kind: "StatefulSet", revisions: vec![], pods: vec![], nodes: vec![] }
}

/// Job `migrate`.
pub fn job() -> Scene {
    let object = json!({
        "metadata": {"name": "migrate", "namespace": "shop", "uid": "job-uid", "generation": 1, "creationTimestamp": time(0)},
        "spec": {"backoffLimit": 2, "template": template("shop/app:1")},
        "status": {"conditions": []},
    });
    Scene { object, kind: "Job", revisions: vec![], pods: vec![], nodes: vec![] }
}

/// Node `n1`, made at noon.
pub fn node() -> Scene {
    let object = json!({
        "metadata": {"name": "n1", "uid": "node-uid", "creationTimestamp": time(0)},
        "spec": {},
        "status": {"conditions": []},
    });
    Scene { object, kind: "Node", revisions: vec![], pods: vec![], nodes: vec![] }
}

fn template(image: &str) -> Value {
    json!({"metadata": {"labels": {"app": "web"}}, "spec": {"restartPolicy": "Always", "containers": [{"name": "app", "image": image}]}})
}

impl Scene {
    fn owner_uid(&self) -> &str {
        self.object["metadata"]["uid"].as_str().unwrap()
    }

    pub fn replicas(mut self, count: i64) -> Self {
        self.object["spec"]["replicas"] = json!(count);
        self
    }

    /// Sets any field by JSON pointer.
    pub fn set(mut self, pointer: &str, value: Value) -> Self {
        set(&mut self.object, pointer, value);
        self
    }

    /// Sets a field of the template's container `app`, and of nothing else.
    pub fn container(mut self, field: &str, value: Value) -> Self {
        self.object["spec"]["template"]["spec"]["containers"][0][field] = value;
        self
    }

    pub fn condition(mut self, kind: &str, status: &str, reason: &str, message: &str, since: i64) -> Self {
        let value = json!({"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": time(since)});
        put(&mut self.object["status"]["conditions"], "type", value);
        self
    }

    pub fn deleted(self, when: i64) -> Self {
        self.set("/metadata/deletionTimestamp", time(when))
    }

    /// A ReplicaSet of the Deployment, made at that moment.
    pub fn revision(self, number: i64, image: &str, replicas: i64, made: i64) -> Self {
        self.revision_with(number, template(image), replicas, made)
    }

    /// A ReplicaSet with its own container spec.
    pub fn revision_of_container(self, number: i64, container: Value, replicas: i64, made: i64) -> Self {
        let mut template = template("");
        template["spec"]["containers"][0] = container;
        self.revision_with(number, template, replicas, made)
    }

    fn revision_with(mut self, number: i64, template: Value, replicas: i64, made: i64) -> Self {
        let set = json!({
            "metadata": {
                "name": format!("web-r{number}"), "namespace": "shop", "uid": format!("rs-{number}"), "creationTimestamp": time(made),
                "annotations": {"deployment.kubernetes.io/revision": number.to_string()},
                "ownerReferences": [{"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": self.owner_uid(), "controller": true}],
            },
            "spec": {"replicas": replicas, "selector": {}, "template": template.clone()},
            "status": {"replicas": replicas},
        });
        self.revisions.push(set);
        let newest = self.revisions.iter().map(revision_number).max();
        if newest == Some(number) {
            self.object["spec"]["template"] = template;
            self.object["metadata"]["annotations"] = json!({"deployment.kubernetes.io/revision": number.to_string()});
        }
        self
    }

    pub fn pod(mut self, pod: PodSketch) -> Self {
        let mut value = pod.0;
        if value["metadata"]["ownerReferences"].is_null() {
            value["metadata"]["ownerReferences"] =
                json!([{"apiVersion": "v1", "kind": "X", "name": "x", "uid": self.owner_uid(), "controller": true}]);
        }
        // A pod has its workload's container unless the test says otherwise.
        if value["spec"]["containers"].is_null() {
            let owner = value["metadata"]["ownerReferences"][0]["uid"].clone();
            let revision = self.revisions.iter().find(|set| set["metadata"]["uid"] == owner);
            let spec =
                revision.map_or(&self.object["spec"]["template"]["spec"], |set| &set["spec"]["template"]["spec"]);
            for (field, content) in spec.as_object().unwrap() {
                value["spec"][field] = content.clone();
            }
        }
        self.pods.push(value);
        self
    }

    pub fn on_node(mut self, node: Scene) -> Self {
        self.nodes.push(node.object);
        self
    }

    /// The facts that many seconds after noon.
    pub fn facts(self, now: i64) -> Facts {
        let parse = |value: Value| value;
        let object = parse(self.object);
        let object = match self.kind {
            "Deployment" => Subject::Deployment(read(object)),
            "StatefulSet" => Subject::StatefulSet(read(object)),
            "Job" => Subject::Job(read(object)),
            "Node" => Subject::Node(read(object)),
            _ => unreachable!(),
        };
        Facts::about(object, at(now))
            .with_replica_sets(self.revisions.into_iter().map(read))
            .with_pods(self.pods.into_iter().map(read))
            .with_nodes(self.nodes.into_iter().map(read))
    }
}

fn revision_number(set: &Value) -> i64 {
    set["metadata"]["annotations"]["deployment.kubernetes.io/revision"].as_str().unwrap().parse().unwrap()
}

fn read<K: serde::de::DeserializeOwned>(value: Value) -> Arc<K> {
    Arc::new(serde_json::from_value(value).expect("the scene is a valid object"))
}

fn set(object: &mut Value, pointer: &str, value: Value) {
    let mut place = object;
    for part in pointer.trim_start_matches('/').split('/') {
        place = match part.parse::<usize>() {
            Ok(index) => &mut place[index],
            Err(_) => &mut place[part],
        };
    }
    *place = value;
}

/// A pod as its kubelet reports it.
#[derive(Clone, Debug)]
pub struct PodSketch(Value);

/// A pod on node `n1`, made at noon, not ready, its container being created.
pub fn pod(name: &str) -> PodSketch {
    PodSketch(json!({
        "metadata": {"name": name, "namespace": "shop", "uid": format!("{name}-uid"), "creationTimestamp": time(0)},
        "spec": {"nodeName": "n1", "containers": null},
        "status": {"phase": "Pending", "startTime": time(0), "conditions": [], "containerStatuses": [
            {"name": "app", "image": "", "imageID": "", "ready": false, "restartCount": 0, "state": {"waiting": {"reason": "ContainerCreating"}}}
        ]},
    }))
    .unready_since(0)
}

impl PodSketch {
    pub fn made(mut self, when: i64) -> Self {
        self.0["metadata"]["creationTimestamp"] = time(when);
        self.0["status"]["startTime"] = time(when);
        self.unready_since(when)
    }

    pub fn set(mut self, pointer: &str, value: Value) -> Self {
        set(&mut self.0, pointer, value);
        self
    }

    pub fn of_revision(mut self, number: i64) -> Self {
        self.0["metadata"]["ownerReferences"] = json!([{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": format!("web-r{number}"), "uid": format!("rs-{number}"), "controller": true}]);
        self
    }

    /// Removes the owner's UID, keeping a name that looks like ours.
    pub fn owned_by(mut self, uid: &str) -> Self {
        self.0["metadata"]["ownerReferences"] = json!([{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-admin", "uid": uid, "controller": true}]);
        self
    }

    fn condition(mut self, kind: &str, status: &str, reason: &str, message: &str, since: i64) -> Self {
        let value = json!({"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": time(since)});
        put(&mut self.0["status"]["conditions"], "type", value);
        self
    }

    pub fn ready_since(mut self, when: i64) -> Self {
        self.app()["ready"] = json!(true);
        self.condition("Ready", "True", "", "", when).condition("ContainersReady", "True", "", "", when)
    }

    pub fn unready_since(mut self, when: i64) -> Self {
        self.app()["ready"] = json!(false);
        self.condition("Ready", "False", "ContainersNotReady", "", when).condition(
            "ContainersReady",
            "False",
            "ContainersNotReady",
            "",
            when,
        )
    }

    fn app(&mut self) -> &mut Value {
        &mut self.0["status"]["containerStatuses"][0]
    }

    pub fn running_since(mut self, when: i64) -> Self {
        self.0["status"]["phase"] = json!("Running");
        self.app()["state"] = json!({"running": {"startedAt": time(when)}});
        self
    }

    pub fn waiting(mut self, reason: &str, message: &str) -> Self {
        self.app()["state"] = json!({"waiting": {"reason": reason, "message": message}});
        self
    }

    /// The life before the present state.
    pub fn died(mut self, reason: &str, exit_code: i32, from: i64, to: i64) -> Self {
        self.app()["lastState"] = json!({"terminated": {"reason": reason, "exitCode": exit_code, "startedAt": time(from), "finishedAt": time(to)}});
        if self.app()["restartCount"] == json!(0) {
            self.app()["restartCount"] = json!(1);
        }
        self
    }

    /// Has just ended and was not started again yet.
    pub fn ended(mut self, reason: &str, exit_code: i32, from: i64, to: i64) -> Self {
        self.app()["state"] = json!({"terminated": {"reason": reason, "exitCode": exit_code, "startedAt": time(from), "finishedAt": time(to)}});
        self
    }

    pub fn restarts(mut self, count: i32) -> Self {
        self.app()["restartCount"] = json!(count);
        self
    }

    pub fn phase(self, phase: &str) -> Self {
        self.set("/status/phase", json!(phase))
    }

    pub fn terminating(self, until: i64) -> Self {
        self.set("/metadata/deletionTimestamp", time(until))
    }

    pub fn unschedulable(mut self, message: &str, since: i64) -> Self {
        self.0["spec"].as_object_mut().unwrap().remove("nodeName");
        self.0["status"] = json!({"phase": "Pending", "conditions": []});
        self.condition("PodScheduled", "False", "Unschedulable", message, since)
    }

    pub fn sandbox_missing_since(self, when: i64) -> Self {
        self.condition("PodReadyToStartContainers", "False", "", "", when)
    }
}

/// What was read on demand, added to facts.
impl Facts {
    pub(crate) fn event(mut self, reason: &str, pod: &str, message: &str) -> Self {
        let event = json!({
            "metadata": {"name": "e", "namespace": "shop"}, "reason": reason, "message": message, "type": "Warning", "count": 3,
            "lastTimestamp": time(100),
            "involvedObject": {"kind": "Pod", "name": pod, "namespace": "shop", "uid": format!("{pod}-uid"), "fieldPath": "spec.containers{app}"},
        });
        self.extra.events.push(serde_json::from_value(event).unwrap());
        self
    }

    pub(crate) fn log(mut self, pod: &str, lines: &[&str]) -> Self {
        self.extra.logs.push(LogTail {
            pod: pod.to_owned(),
            container: "app".to_owned(),
            previous: true,
            lines: lines.iter().map(|line| (*line).to_owned()).collect(),
        });
        self
    }

    /// What container `app` of a pod logged: a line every `every` seconds of a span, time after time.
    pub(crate) fn logging(mut self, pod: &str, spans: &[(std::ops::Range<i64>, usize, &str)]) -> Self {
        let (now, made) = (self.now, self.pods.iter().find(|it| it.metadata.name.as_deref() == Some(pod)));
        let started = made.and_then(|pod| containers::of(pod).next()?.running_since());
        let mut listener = Listener::new(pod, "app", None, started, now);
        for (span, every, line) in spans {
            for second in span.clone().step_by(*every) {
                listener.hear(format!("{} {line}\n", at(second)).as_bytes(), now);
            }
        }
        listener.caught_up();
        self.logs.heard.extend(listener.logged(now));
        self
    }

    pub(crate) fn config_map(mut self, name: &str, data: &Value, last_applied: Option<&Value>) -> Self {
        let mut map = json!({"metadata": {"name": name, "namespace": "shop", "annotations": {},
            "managedFields": [{"manager": "kubectl-edit", "time": time(90)}]}, "data": data});
        if let Some(applied) = last_applied {
            map["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"] =
                json!(json!({"data": applied}).to_string());
        }
        self.extra.config_maps.push(serde_json::from_value(map).unwrap());
        self
    }

    pub(crate) fn service(mut self, name: &str, ready: usize, all: usize, behind: &str) -> Self {
        self.extra.services.push(ServiceFacts {
            service: ResourceRef::new("Service", "shop", name),
            ready_endpoints: ready,
            endpoints: all,
            behind: vec![ResourceRef::new("Deployment", "shop", behind)],
            ..ServiceFacts::default()
        });
        self
    }

    pub(crate) fn missing(mut self, kind: &str, name: &str) -> Self {
        self.extra.missing.push(ResourceRef::new(kind, "shop", name));
        self
    }
}
