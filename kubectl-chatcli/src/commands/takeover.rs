//! Another operator of the same kinds in this cluster: found by its Lease, left alone, or replaced when asked.
//!
//! Two operators writing the same objects undo each other. ChatCLI's Go operator holds a Lease of the name we use, under an identity
//! that is not ours.

use std::collections::BTreeSet;
use std::time::Duration;

use common::api::keys;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::coordination::v1::Lease;
use kube::ResourceExt as _;
use kube::api::{Api, DynamicObject, Patch, PatchParams};
use serde_json::{Value, json};

use super::Context;
use crate::cli::{DryRun, InstallArgs};
use crate::failure::Failure;
use crate::kube::{Cluster, Doing, Kind, typed};
use crate::manifests::{Manifest, Stage};

/// Starts the identities of our own operator.
const OURS: &str = "kubectl-chatcli/";
/// What a holder that names no duration gets: upstream's.
const UPSTREAM_DURATION: i32 = 15;
/// A clock apart from ours by less than this still counts.
const SKEW: SignedDuration = SignedDuration::from_secs(10);

/// The other operator at work.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Other {
    namespace: String,
    holder: String,
    until: Timestamp,
}

/// Nothing to do when no other operator lives; else refuses, or with `--take-over` stops it and waits until it is dead.
pub async fn settle(
    args: &InstallArgs,
    manifests: &[Manifest],
    cluster: &Cluster,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let Some(other) = find(cluster).await? else { return Ok(()) };
    if !args.take_over {
        return Err(Failure::new(format!(
            "another operator of these kinds is running: {} in namespace {}",
            other.holder, other.namespace
        ))
        .hint("take its place: kubectl chatcli install --take-over")
        .hint("look without installing: its incidents are readable with kubectl chatcli issues -A"));
    }
    let deployment = deployment_of(&other, cluster).await?;
    differences(manifests, cluster, context).await?;
    if args.dry_run == DryRun::Server {
        return context.ui.print(&format!(
            "deployment.apps/{deployment} would be scaled to 0 in namespace {} (server dry run)",
            other.namespace
        ));
    }
    if !args.yes
        && !context
            .ui
            .confirm(&format!("Stop deployment/{deployment} in namespace {} and take its place?", other.namespace))?
    {
        return Err(Failure::new("nothing was changed"));
    }
    stop(&deployment, &other, cluster).await?;
    context.ui.print(&format!("deployment.apps/{deployment} scaled to 0"))?;
    let _busy = context.ui.busy("waiting for its Lease to expire");
    gone(&other, cluster).await
}

/// Leases of our name, in every namespace.
pub(super) async fn leases(cluster: &Cluster) -> Result<Vec<Lease>, Failure> {
    let kind = Kind::of("coordination.k8s.io", "v1", "Lease", "leases");
    let api: Api<Lease> = Api::all(cluster.client());
    let named = kube::api::ListParams::default().fields(&format!("metadata.name={}", keys::LEASE_NAME));
    Ok(cluster.call(&Doing::new("list", &kind), api.list(&named)).await?.items)
}

async fn find(cluster: &Cluster) -> Result<Option<Other>, Failure> {
    Ok(alive(&leases(cluster).await?, Timestamp::now()))
}

/// Who of another program renewed its Lease lately, and in which namespace.
pub(super) fn rival(leases: &[Lease], now: Timestamp) -> Option<(String, String)> {
    alive(leases, now).map(|other| (other.holder, other.namespace))
}

/// The Lease of another program that was renewed lately.
fn alive(leases: &[Lease], now: Timestamp) -> Option<Other> {
    leases
        .iter()
        .filter_map(|lease| {
            let spec = lease.spec.as_ref()?;
            let holder =
                spec.holder_identity.clone().filter(|holder| !holder.is_empty() && !holder.starts_with(OURS))?;
            let lives = i64::from(spec.lease_duration_seconds.unwrap_or(UPSTREAM_DURATION));
            let until = spec.renew_time.as_ref()?.0 + SignedDuration::from_secs(lives) + SKEW;
            (until > now).then(|| Other { namespace: lease.namespace().unwrap_or_default(), holder, until })
        })
        .max_by_key(|other| other.until)
}

/// The Deployment whose pod holds the Lease: identities begin with the pod's name.
async fn deployment_of(other: &Other, cluster: &Cluster) -> Result<String, Failure> {
    let pod = other.holder.split('_').next().unwrap_or(&other.holder);
    let unknown = || {
        Failure::new(format!("cannot tell which workload {} in namespace {} belongs to", other.holder, other.namespace))
            .hint("stop the other operator by hand, then install again")
    };
    let there = Some(other.namespace.as_str());
    let pod = cluster.find(&Kind::of("", "v1", "Pod", "pods"), there, pod).await?.ok_or_else(unknown)?;
    let set = owner(&pod, "ReplicaSet").ok_or_else(unknown)?;
    let set =
        cluster.find(&Kind::of("apps", "v1", "ReplicaSet", "replicasets"), there, &set).await?.ok_or_else(unknown)?;
    owner(&set, "Deployment").ok_or_else(unknown)
}

fn owner(object: &DynamicObject, kind: &str) -> Option<String> {
    object.owner_references().iter().find(|owner| owner.kind == kind).map(|owner| owner.name.clone())
}

async fn stop(deployment: &str, other: &Other, cluster: &Cluster) -> Result<(), Failure> {
    let kind = Kind::of("apps", "v1", "Deployment", "deployments");
    let doing = Doing::new("patch", &kind).in_namespace(Some(&other.namespace)).named(deployment);
    let params = PatchParams { field_manager: Some(keys::managers::PLUGIN.to_owned()), ..PatchParams::default() };
    let api = cluster.api(&kind, Some(&other.namespace));
    cluster
        .call(&doing, api.patch_scale(deployment, &params, &Patch::Merge(json!({ "spec": { "replicas": 0 } }))))
        .await?;
    Ok(())
}

/// Until the Lease has expired or was handed back. Leases are renewed every few seconds, so a look every two is not a load.
async fn gone(other: &Other, cluster: &Cluster) -> Result<(), Failure> {
    const PATIENCE: Duration = Duration::from_secs(120);
    let expired = async {
        while find(cluster).await?.is_some() {
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
        Ok(())
    };
    tokio::time::timeout(PATIENCE, expired).await.unwrap_or_else(|_| {
        Err(Failure::new(format!(
            "{} still renews its Lease in namespace {} two minutes after it was stopped",
            other.holder, other.namespace
        ))
        .hint(format!("see what runs there: kubectl -n {} get pods", other.namespace)))
    })
}

/// What becomes of the kinds that are already there.
async fn differences(manifests: &[Manifest], cluster: &Cluster, context: &Context<'_>) -> Result<(), Failure> {
    for manifest in manifests.iter().filter(|manifest| manifest.stage == Stage::Crds) {
        let name = manifest.object.name_any();
        let Some(there) = cluster.find(&manifest.kind, None, &name).await? else {
            context.ui.print(&format!("{name}: new"))?;
            continue;
        };
        let (there, ours): (Value, Value) = (typed(&there)?, typed(&manifest.object)?);
        context.ui.print(&format!("{name}: {}", compared(&fields(&there), &fields(&ours))))?;
    }
    Ok(())
}

fn compared(there: &BTreeSet<String>, ours: &BTreeSet<String>) -> String {
    let added = ours.difference(there).count();
    let lost: Vec<_> = there.difference(ours).map(String::as_str).collect();
    match (added, lost.as_slice()) {
        (0, []) => "same fields".to_owned(),
        (added, []) => format!("{added} fields more"),
        (added, lost) => format!("{added} fields more; no longer known: {}", lost.join(", ")),
    }
}

/// Paths of all fields in the schemas of all versions of a CRD.
fn fields(crd: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for version in crd["spec"]["versions"].as_array().into_iter().flatten() {
        collect(&version["schema"]["openAPIV3Schema"], "", &mut found);
    }
    found
}

fn collect(schema: &Value, path: &str, found: &mut BTreeSet<String>) {
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        collect(field, &path, found);
        found.insert(path);
    }
    if schema["items"].is_object() {
        collect(&schema["items"], &format!("{path}[]"), found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lease(holder: &str, renewed: &str) -> Lease {
        serde_json::from_value(json!({
            "metadata": { "name": keys::LEASE_NAME, "namespace": "chatcli" },
            "spec": { "holderIdentity": holder, "leaseDurationSeconds": 15, "renewTime": renewed }
        }))
        .unwrap()
    }

    #[test]
    fn only_another_program_that_renews_its_lease_is_in_the_way() {
        let now = "2026-01-01T12:00:00Z".parse().unwrap();
        let found = alive(&[lease("chatcli-operator-5d9f_1a2b", "2026-01-01T11:59:50.000000Z")], now).unwrap();
        assert_eq!(found.namespace, "chatcli");
        assert_eq!(
            alive(&[lease("chatcli-operator-5d9f_1a2b", "2026-01-01T11:50:00.000000Z")], now),
            None,
            "it is dead"
        );
        assert_eq!(alive(&[lease("kubectl-chatcli/op-1", "2026-01-01T11:59:50.000000Z")], now), None, "it is us");
        assert_eq!(alive(&[lease("", "2026-01-01T11:59:50.000000Z")], now), None, "it was handed back");
    }

    #[test]
    fn the_schema_difference_names_what_would_no_longer_be_known() {
        let crd = |names: &[&str]| {
            let properties: serde_json::Map<_, _> =
                names.iter().map(|name| ((*name).to_owned(), json!({ "type": "string" }))).collect();
            json!({ "spec": { "versions": [{ "schema": { "openAPIV3Schema": { "properties": { "spec": { "properties": properties } } } } }] } })
        };
        assert_eq!(
            compared(&fields(&crd(&["a", "b"])), &fields(&crd(&["a", "c", "d"]))),
            "2 fields more; no longer known: .spec.b"
        );
        assert_eq!(compared(&fields(&crd(&["a"])), &fields(&crd(&["a"]))), "same fields");
    }
}
