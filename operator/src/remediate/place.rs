//! What holds where a target lives: how much the operator may do by itself there, and what stops it.

use common::api::keys::annotations;
use common::api::{RemediationPlan, ResourceRef};
use common::decisions::{
    autonomy::{self, Standing},
    brakes::{self, Brake, Marks, Surroundings},
};
use common::facts::Pod;
use k8s_openapi::api::{
    apps::v1::{DaemonSet, Deployment, StatefulSet},
    batch::v1::{CronJob, Job},
    core::v1::{Namespace, Node},
};
use kube::{
    Api, Resource, ResourceExt as _,
    core::{ClusterResourceScope, NamespaceResourceScope},
};

use crate::runtime::{Context, ObjectKey, ReadError, Stores, Watched, read};

/// A place and its rules.
#[derive(PartialEq)]
pub(super) struct Place {
    /// How much may be done by itself, and why.
    pub(super) standing: Standing,
    /// Who paused it, if anybody.
    pub(super) paused: Option<String>,
    /// Why nothing may ever be changed here, if so.
    pub(super) out_of_bounds: Option<String>,
    /// Labels of the target; absent where the stores do not know it.
    pub(super) labels: Option<Marks>,
}

/// Reads the stores. A namespace that cannot be seen counts as paused: its owner may have said so there.
pub(super) fn of(ctx: &Context, target: &ResourceRef) -> Place {
    let namespace = ctx.stores.namespaces.get(&ObjectKey::new("", target.namespace.clone()));
    let cluster = ctx.stores.namespaces.get(&ObjectKey::new("", ctx.namespace.clone()));
    let known = marks_of(ctx, target);
    let labels = known.is_some().then(|| known.clone().and_then(|(labels, _)| labels).unwrap_or_default());
    let (target_labels, target_annotations) = known.unwrap_or_default();
    let namespace_annotations = namespace.as_ref().and_then(|namespace| namespace.metadata.annotations.clone());
    let around = Surroundings {
        namespace: &target.namespace,
        operator_namespace: &ctx.namespace,
        target_annotations: target_annotations.as_ref(),
        target_labels: target_labels.as_ref(),
        namespace_annotations: namespace_annotations.as_ref(),
        namespace_labels: namespace.as_ref().and_then(|namespace| namespace.metadata.labels.as_ref()),
        cluster_annotations: cluster.as_ref().and_then(|namespace| namespace.metadata.annotations.as_ref()),
    };
    let mut place = Place {
        standing: autonomy::standing(
            namespace_annotations.as_ref().and_then(|marks| marks.get(annotations::AUTONOMY)).map(String::as_str),
            ctx.config.autonomy,
        ),
        paused: None,
        out_of_bounds: None,
        labels,
    };
    for brake in brakes::brakes(&around) {
        match brake {
            Brake::Paused { by } => place.paused = place.paused.or(Some(by)),
            lasting => place.out_of_bounds = place.out_of_bounds.or_else(|| Some(lasting.message())),
        }
    }
    if namespace.is_none() && !target.namespace.is_empty() {
        place.paused = place.paused.or_else(|| Some(format!("namespace {}, which cannot be seen", target.namespace)));
    }
    place
}

/// The same, asked of the API server first: the watches of namespaces, workloads and votes bring news at their own pace, and who pauses
/// something before they vote has to be obeyed.
pub(super) async fn as_of_now(ctx: &Context, target: &ResourceRef) -> Result<Place, ReadError> {
    let namespace = async {
        if target.namespace.is_empty() { Ok(()) } else { in_cluster::<Namespace>(ctx, &target.namespace).await }
    };
    let workload = async {
        match target.kind.as_str() {
            "Deployment" => in_namespace::<Deployment>(ctx, target).await,
            "StatefulSet" => in_namespace::<StatefulSet>(ctx, target).await,
            "DaemonSet" => in_namespace::<DaemonSet>(ctx, target).await,
            "Job" => in_namespace::<Job>(ctx, target).await,
            "CronJob" => in_namespace::<CronJob>(ctx, target).await,
            "Pod" => in_namespace::<Pod>(ctx, target).await,
            "Node" => in_cluster::<Node>(ctx, &target.name).await,
            _ => Ok(()),
        }
    };
    tokio::try_join!(namespace, in_cluster::<Namespace>(ctx, &ctx.namespace), workload)?;
    Ok(of(ctx, target))
}

async fn in_namespace<K>(ctx: &Context, target: &ResourceRef) -> Result<(), ReadError>
where
    K: Watched + Resource<Scope = NamespaceResourceScope>,
{
    bring(ctx, Api::<K>::namespaced(ctx.clients.read.clone(), &target.namespace), &target.name).await
}

async fn in_cluster<K>(ctx: &Context, name: &str) -> Result<(), ReadError>
where
    K: Watched + Resource<Scope = ClusterResourceScope>,
{
    bring(ctx, Api::<K>::all(ctx.clients.read.clone()), name).await
}

/// Takes the newest version into the stores. One that is gone stays there until its watch says so; what is gone is changed by nobody.
async fn bring<K: Watched>(ctx: &Context, api: Api<K>, name: &str) -> Result<(), ReadError> {
    if let Some(newest) = read(api.get_opt(name)).await? {
        ctx.observe(newest);
    }
    Ok(())
}

/// Labels and annotations of a target the stores know.
fn marks_of(ctx: &Context, target: &ResourceRef) -> Option<(Option<Marks>, Option<Marks>)> {
    fn marks<K: Resource>(object: &K) -> (Option<Marks>, Option<Marks>) {
        (object.meta().labels.clone(), object.meta().annotations.clone())
    }
    let key = ObjectKey::new(target.namespace.clone(), target.name.clone());
    match target.kind.as_str() {
        "Deployment" => ctx.stores.deployments.get(&key).map(|object| marks(&*object)),
        "StatefulSet" => ctx.stores.stateful_sets.get(&key).map(|object| marks(&*object)),
        "DaemonSet" => ctx.stores.daemon_sets.get(&key).map(|object| marks(&*object)),
        "Job" => ctx.stores.jobs.get(&key).map(|object| marks(&*object)),
        "CronJob" => ctx.stores.cron_jobs.get(&key).map(|object| marks(&*object)),
        "Pod" => ctx.stores.pods.get(&key).map(|object| marks(&*object)),
        "Node" => ctx.stores.nodes.get(&key).map(|object| marks(&*object)),
        _ => None,
    }
}

/// The object a plan acts on, with its UID where the cluster knows one.
pub(super) fn target_of(stores: &Stores, plan: &RemediationPlan) -> Option<ResourceRef> {
    if let Some(target) = &plan.spec.target {
        return Some(target.clone());
    }
    let namespace = plan.namespace().unwrap_or_default();
    stores
        .issues
        .get(&ObjectKey::new(namespace, plan.spec.issue_ref.name.clone()))
        .map(|issue| issue.spec.resource.clone())
}
