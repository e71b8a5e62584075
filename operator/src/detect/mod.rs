//! From what the cluster shows to Anomalies.
//!
//! In: changes of pods, workloads, jobs and nodes; what is heard of logs that are to be watched. Out: one `Anomaly` per (resource, signal, object, episode), active while the signal holds,
//! inactive with a reason once it stayed away. Never: remembers anything in memory, folds, explains, touches a workload. After a restart
//! everything follows from the Anomalies and the cluster as they are.

pub mod alerts;
mod apply;
mod decide;
mod episode;
mod gather;
mod logs;

use std::collections::BTreeSet;
use std::sync::Arc;

use common::facts::Pod;
use k8s_openapi::api::core::v1::Node;

use crate::runtime::subjects::{self, Kind, SubjectKey};
use crate::runtime::{Change, Context, Controller, Error, Next, Object, ObjectKey, Runtime, Stores, Tag};

pub use decide::is_ours;
#[cfg(test)]
pub(crate) use episode::tests as testing;
pub use episode::{COOLDOWN, continues, episode};

/// Adds the detector.
pub fn register(runtime: &mut Runtime) {
    runtime.register(Detector);
    logs::register(runtime);
}

struct Detector;

impl Controller for Detector {
    type Key = SubjectKey;
    type Error = Error;

    const NAME: &'static str = "detector";
    // One dying node makes many subjects unwell at once.
    const CONCURRENCY: usize = 32;

    fn wake(&self, stores: &Stores, change: &Change) -> Vec<SubjectKey> {
        match &change.object {
            Object::Pod(pod) => subjects::of_pod(stores, pod).into_iter().collect(),
            Object::ReplicaSet(set) => subjects::of_replica_set(&set.metadata).into_iter().collect(),
            Object::Deployment(object) => vec![SubjectKey { kind: Kind::Deployment, object: ObjectKey::of(&**object) }],
            Object::StatefulSet(object) => {
                vec![SubjectKey { kind: Kind::StatefulSet, object: ObjectKey::of(&**object) }]
            }
            Object::DaemonSet(object) => vec![SubjectKey { kind: Kind::DaemonSet, object: ObjectKey::of(&**object) }],
            Object::Job(job) => vec![subjects::of_job(job)],
            Object::CronJob(object) => vec![SubjectKey { kind: Kind::CronJob, object: ObjectKey::of(&**object) }],
            Object::Node(node) => with_tenants(stores, node),
            Object::Service(service) => subjects::in_namespace(stores, &place(&service.metadata)),
            Object::Ingress(ingress) => subjects::in_namespace(stores, &place(&ingress.metadata)),
            Object::HorizontalPodAutoscaler(scaler) => {
                let target = scaler.spec.as_ref().map(|spec| &spec.scale_target_ref);
                let kind = target.and_then(|target| Kind::from_name(&target.kind));
                let key = target
                    .zip(kind)
                    .map(|(target, kind)| SubjectKey::new(kind, &place(&scaler.metadata), &target.name));
                key.into_iter().collect()
            }
            Object::Other { kind: logs::NOTICE, key } => {
                stores.pods.get(key).and_then(|pod| subjects::of_pod(stores, &pod)).into_iter().collect()
            }
            // So that what an earlier life of this process raised is looked at again, and what somebody changed is put right.
            Object::Anomaly(anomaly) if is_ours(anomaly) => {
                SubjectKey::named_by(&anomaly.spec.resource).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    async fn reconcile(&self, ctx: &Arc<Context>, key: &SubjectKey) -> Result<Next, Error> {
        let seen = gather::gather(ctx, key);
        let (moves, look_again) = decide::decide(&seen);
        apply::apply(ctx, moves).await?;
        Ok(Next::at(look_again))
    }
}

fn place(meta: &kube::api::ObjectMeta) -> String {
    meta.namespace.clone().unwrap_or_default()
}

/// A node, and whoever runs on it: a lost node is why their pods are not ready.
fn with_tenants(stores: &Stores, node: &Node) -> Vec<SubjectKey> {
    let key = ObjectKey::of(node);
    let tenants: Vec<Arc<Pod>> = stores.pods.tagged(&Tag::Node(key.name.clone()));
    let mut subjects: BTreeSet<SubjectKey> = tenants.iter().filter_map(|pod| subjects::of_pod(stores, pod)).collect();
    subjects.insert(SubjectKey { kind: Kind::Node, object: key });
    subjects.into_iter().collect()
}
