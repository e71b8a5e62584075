//! One cause, one incident, however many suffer. Nothing runs here: the pods are objects, as a kubelet would leave them.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::Result;
use common::api::{Anomaly, Issue};
use futures::{StreamExt, TryStreamExt, stream};
use k8s_openapi::api::apps::v1::{Deployment, ReplicaSet};
use k8s_openapi::api::core::v1::{Pod, ServiceAccount};
use kit::incidents::cause_of;
use kit::installation::install;
use kit::operator::{Operator, Options};
use kit::{ControlPlane, TestNamespace, eventually};
use kube::ResourceExt;
use kube::api::{ListParams, Patch, PatchParams, PostParams};
use serde_json::{Value, json};

const WORKLOADS: usize = 20;
const PODS_EACH: usize = 50;
const PATIENCE: Duration = Duration::from_secs(120);

#[tokio::test]
async fn a_thousand_pods_that_miss_one_key_are_one_incident() -> Result<()> {
    let control_plane = ControlPlane::start().await?;
    install(control_plane.connection()).await?;
    let options = Options { log: "one-cause".to_owned(), ..Options::default() };
    let operator = Operator::start(control_plane.connection(), &options).await?;
    operator.leads(&control_plane.client()?).await?;
    let namespace = TestNamespace::create(control_plane.connection(), "thousand", Some("observe")).await?;
    // made by a controller where one runs
    let account = json!({ "metadata": { "name": "default" }, "automountServiceAccountToken": false });
    namespace.api::<ServiceAccount>().create(&PostParams::default(), &serde_json::from_value(account)?).await?;

    stream::iter(0..WORKLOADS)
        .map(|number| workload(&namespace, number))
        .buffer_unordered(WORKLOADS)
        .try_for_each(|()| async { Ok(()) })
        .await?;

    let anomalies = namespace.api::<Anomaly>();
    eventually(&anomalies, PATIENCE, "an anomaly of every workload, folded in", |seen| {
        let told: BTreeSet<&str> = seen
            .all()
            .filter(|it| it.status.as_ref().is_some_and(|status| status.correlated))
            .map(|it| it.spec.resource.name.as_str())
            .collect();
        (told.len() == WORKLOADS).then_some(())
    })
    .await;
    let issue = eventually(&namespace.api::<Issue>(), PATIENCE, "one incident that lists the others", |seen| {
        let issue = seen.all().next()?;
        let folded = issue.status.as_ref().map_or(0, |status| status.folded_in.len());
        (seen.len() == 1 && folded == WORKLOADS - 1).then(|| issue.clone())
    })
    .await;
    assert_eq!(cause_of(&issue), "config-key-missing");
    let status = issue.status.unwrap();
    let cause = status.cause.unwrap().place.object;
    assert_eq!((cause.kind.as_str(), cause.name.as_str()), ("ConfigMap", "shared"));
    let reason = &status.folded_in[0].reason;
    assert!(reason.contains("shared"), "{reason}");
    let raised = anomalies.list(&ListParams::default()).await?.items.len();
    assert!(raised <= 2 * WORKLOADS, "{raised} anomalies for {WORKLOADS} workloads");
    Ok(())
}

/// A Deployment with its ReplicaSet and pods, all of which wait for the key.
async fn workload(namespace: &TestNamespace, number: usize) -> Result<()> {
    let name = format!("app-{number}");
    let container = json!({ "name": "app", "image": "app", "env": [
        { "name": "HOST", "valueFrom": { "configMapKeyRef": { "name": "shared", "key": "HOST" } } }
    ] });
    let template = json!({ "metadata": { "labels": { "app": name } }, "spec": { "containers": [container] } });
    let selector = json!({ "matchLabels": { "app": name } });
    let body = json!({ "metadata": { "name": name }, "spec": { "replicas": PODS_EACH, "selector": selector, "template": template } });
    let deployment: Deployment =
        namespace.api::<Deployment>().create(&PostParams::default(), &serde_json::from_value(body)?).await?;
    let owner = |kind: &str, name: &str, uid: Option<String>| json!([{ "apiVersion": "apps/v1", "kind": kind, "name": name, "uid": uid, "controller": true }]);
    let set = json!({
        "metadata": {
            "name": format!("{name}-1"), "ownerReferences": owner("Deployment", &name, deployment.uid()),
            "annotations": { "deployment.kubernetes.io/revision": "1" }
        },
        "spec": { "replicas": PODS_EACH, "selector": selector, "template": template }
    });
    let set: ReplicaSet =
        namespace.api::<ReplicaSet>().create(&PostParams::default(), &serde_json::from_value(set)?).await?;
    for pod in 0..PODS_EACH {
        let mut body = json!({ "metadata": {
            "name": format!("{name}-1-{pod}"), "labels": { "app": name },
            "ownerReferences": owner("ReplicaSet", &set.name_any(), set.uid())
        }, "spec": template["spec"] });
        body["spec"]["nodeName"] = "n1".into();
        let made: Pod = namespace.api::<Pod>().create(&PostParams::default(), &serde_json::from_value(body)?).await?;
        let status = waiting(namespace.name());
        let parameters = PatchParams::default();
        namespace.api::<Pod>().patch_status(&made.name_any(), &parameters, &Patch::Merge(status)).await?;
    }
    Ok(())
}

fn waiting(namespace: &str) -> Value {
    let message = format!("couldn't find key HOST in ConfigMap {namespace}/shared");
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    json!({ "status": {
        "phase": "Pending", "startTime": now,
        "conditions": [{ "type": "Ready", "status": "False", "reason": "ContainersNotReady", "lastTransitionTime": now }],
        "containerStatuses": [{
            "name": "app", "image": "app", "imageID": "", "ready": false, "restartCount": 0,
            "state": { "waiting": { "reason": "CreateContainerConfigError", "message": message } }
        }]
    } })
}
