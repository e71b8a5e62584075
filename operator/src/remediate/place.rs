//! What holds where a target lives: how much the operator may do by itself there, and what stops it.

use common::api::ResourceRef;
use common::api::keys::annotations;
use common::decisions::{
    autonomy::{self, Standing},
    brakes::{self, Brake, Marks, Surroundings},
};
use kube::Resource;

use crate::runtime::{Context, ObjectKey};

/// A place and its rules.
pub(super) struct Place {
    /// How much may be done by itself, and why.
    pub(super) standing: Standing,
    /// Who paused it, if anybody.
    pub(super) paused: Option<String>,
    /// Why nothing may ever be changed here, if so.
    pub(super) out_of_bounds: Option<String>,
}

/// Reads the stores. A namespace that cannot be seen counts as paused: its owner may have said so there.
pub(super) fn of(ctx: &Context, target: &ResourceRef) -> Place {
    let namespace = ctx.stores.namespaces.get(&ObjectKey::new("", target.namespace.clone()));
    let cluster = ctx.stores.namespaces.get(&ObjectKey::new("", ctx.namespace.clone()));
    let (target_labels, target_annotations) = marks_of(ctx, target);
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

/// Labels and annotations of a target the stores know.
fn marks_of(ctx: &Context, target: &ResourceRef) -> (Option<Marks>, Option<Marks>) {
    fn marks<K: Resource>(object: &K) -> (Option<Marks>, Option<Marks>) {
        (object.meta().labels.clone(), object.meta().annotations.clone())
    }
    let key = ObjectKey::new(target.namespace.clone(), target.name.clone());
    let found = match target.kind.as_str() {
        "Deployment" => ctx.stores.deployments.get(&key).map(|object| marks(&*object)),
        "StatefulSet" => ctx.stores.stateful_sets.get(&key).map(|object| marks(&*object)),
        "DaemonSet" => ctx.stores.daemon_sets.get(&key).map(|object| marks(&*object)),
        "Job" => ctx.stores.jobs.get(&key).map(|object| marks(&*object)),
        "Pod" => ctx.stores.pods.get(&key).map(|object| marks(&*object)),
        "Node" => ctx.stores.nodes.get(&key).map(|object| marks(&*object)),
        _ => None,
    };
    found.unwrap_or_default()
}
