//! `kubectl chatcli install`: everything in `manifests/`, in an order that works, until it is ready.

use std::time::Duration;

use common::api::keys::{OPERATOR_SERVICE_ACCOUNT, annotations};
use common::decisions::Autonomy;
use kube::api::{DynamicObject, TypeMeta};
use kube::runtime::wait::await_condition;
use serde_json::json;

use super::{Context, takeover};
use crate::choices;
use crate::cli::{DryRun, InstallArgs, Structured};
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Kind};
use crate::manifests::{Manifest, Stage, Values, rendered};
use crate::output::structured;

/// ValidatingAdmissionPolicy, which guards votes, is generally available since.
const OLDEST: (u32, u32) = (1, 30);

/// Runs the command.
pub async fn run(args: InstallArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    check(&args, context)?;
    let everywhere = args.autonomy.filter(|_| args.all_namespaces);
    let values = Values {
        namespace: args.operator_namespace.clone(),
        choices: choices::read(None, &args.choices.values, &args.choices.assignments())?,
        operator_user: args.operator_user.clone(),
        autonomy: everywhere.map(Autonomy::as_str),
    };
    let manifests = rendered(&values)?;
    let opted =
        args.autonomy.zip(context.namespace()).map(|(level, namespace)| autonomy(namespace, level)).transpose()?;
    if args.dry_run == DryRun::Client {
        print(&manifests, opted, &args, context)?;
        return Ok(Exit::Ok);
    }
    let cluster = context.cluster().await?;
    new_enough(&cluster).await?;
    let dry_run = args.dry_run == DryRun::Server;
    takeover::settle(&args, &manifests, &cluster, context).await?;
    let only_autonomy = opted.is_some()
        && args.choices.is_empty()
        && args.operator_user.is_none()
        && is_installed(&args, &cluster).await?;
    let namespaces = Kind::of("", "v1", "Namespace", "namespaces");
    if let Some(name) = context.namespace()
        && cluster.find(&namespaces, None, name).await?.is_none()
    {
        return Err(Failure::new(format!("there is no namespace {name} to set the autonomy of"))
            .hint(format!("create it first: kubectl create namespace {name}")));
    }
    if !only_autonomy {
        apply(&manifests, &args, &cluster, context).await?;
    }
    if let Some(namespace) = opted {
        let name = namespace.metadata.name.clone().unwrap_or_default();
        let level = namespace
            .metadata
            .annotations
            .as_ref()
            .and_then(|all| all.get(annotations::AUTONOMY))
            .cloned()
            .unwrap_or_default();
        cluster.apply(&namespaces, &namespace, dry_run).await?;
        context.ui.print(&format!("namespace/{name} autonomy is {level}{}", suffix(dry_run)))?;
    }
    if !dry_run && !only_autonomy {
        ready(&args, &cluster, context).await?;
    }
    Ok(Exit::Ok)
}

fn suffix(dry_run: bool) -> &'static str {
    if dry_run { " (server dry run)" } else { "" }
}

fn check(args: &InstallArgs, context: &Context<'_>) -> Result<(), Failure> {
    if context.namespace().is_some() && args.autonomy.is_none() {
        return Err(Failure::new("-n says for which namespace --autonomy is, and there is no --autonomy")
            .hint("the operator's own namespace is --operator-namespace"));
    }
    if args.autonomy.is_some() && context.namespace().is_none() && !args.all_namespaces {
        return Err(Failure::new("--autonomy needs a namespace")
            .hint("add -n NAMESPACE, or --all-namespaces to make it the default everywhere"));
    }
    if args.operator_user.is_some() && args.all_namespaces {
        return Err(Failure::new(
            "an operator outside the cluster takes its default autonomy from its own --autonomy flag",
        ));
    }
    if args.output.is_some() && args.dry_run != DryRun::Client {
        return Err(Failure::new("-o prints the manifests and needs --dry-run=client"));
    }
    let unleashes = args.autonomy == Some(Autonomy::Auto) && args.all_namespaces;
    if unleashes && !args.yes && args.dry_run == DryRun::None {
        let question = "Let reversible fixes run by themselves in every namespace that does not say otherwise?";
        if !context.ui.confirm(question)? {
            return Err(Failure::new("nothing was installed"));
        }
    }
    Ok(())
}

/// The Namespace with nothing but the annotation: server-side apply leaves the rest alone.
fn autonomy(namespace: &str, level: Autonomy) -> Result<DynamicObject, Failure> {
    serde_json::from_value(json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": { "name": namespace, "annotations": { annotations::AUTONOMY: level.as_str() } },
    }))
    .map_err(|problem| Failure::new(format!("cannot write the annotation: {problem}")))
}

fn print(
    manifests: &[Manifest],
    opted: Option<DynamicObject>,
    args: &InstallArgs,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let mut objects: Vec<_> = manifests.iter().map(|manifest| manifest.object.clone()).collect();
    objects.extend(opted);
    match args.output {
        Some(Structured::Json) => context.ui.print(&structured::list(&objects, Structured::Json)?),
        Some(Structured::Yaml) => {
            let documents: Result<Vec<_>, _> =
                objects.iter().map(|object| structured::object(object, Structured::Yaml)).collect();
            context.ui.print(&documents?.join("---\n"))
        }
        None => objects.iter().try_for_each(|object| context.ui.print(&format!("{} applied (dry run)", named(object)))),
    }
}

fn named(object: &DynamicObject) -> String {
    let name = object.metadata.name.as_deref().unwrap_or_default();
    let TypeMeta { api_version, kind } = object.types.clone().unwrap_or_default();
    let group = api_version.split_once('/').map(|(group, _)| format!(".{group}")).unwrap_or_default();
    format!("{}{group}/{name}", kind.to_lowercase())
}

async fn new_enough(cluster: &Cluster) -> Result<(), Failure> {
    let (major, minor, shown) = cluster.server_version().await?;
    if (major, minor) >= OLDEST {
        return Ok(());
    }
    Err(Failure::new(format!("the cluster runs Kubernetes {shown}; chatcli needs {}.{} or newer", OLDEST.0, OLDEST.1))
        .hint("votes are guarded by ValidatingAdmissionPolicies, which older API servers do not enforce"))
}

async fn is_installed(args: &InstallArgs, cluster: &Cluster) -> Result<bool, Failure> {
    let kind = Kind::of("", "v1", "ConfigMap", "configmaps");
    Ok(cluster.find(&kind, Some(&args.operator_namespace), common::api::keys::ADMISSION_PARAMS).await?.is_some())
}

/// Applies them in their order; a kind is waited for until the API server serves it.
pub(super) async fn apply(
    manifests: &[Manifest],
    args: &InstallArgs,
    cluster: &Cluster,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let dry_run = args.dry_run == DryRun::Server;
    let busy = context.ui.busy("applying");
    let namespaces = Kind::of("", "v1", "Namespace", "namespaces");
    let home = cluster.find(&namespaces, None, &args.operator_namespace).await?;
    let has_home = home.is_some();
    if home.is_some_and(|home| home.metadata.deletion_timestamp.is_some()) && !dry_run {
        gone(&args.operator_namespace, args.patience(), cluster, &busy).await?;
    }
    for manifest in manifests {
        busy.now(format!("applying {}", manifest.named()));
        if dry_run && !has_home && manifest.object.metadata.namespace.is_some() {
            // A dry run creates no namespace, so what belongs into it cannot be checked by the server.
            context.ui.print(&format!(
                "{} not checked: namespace {} is not there yet",
                manifest.named(),
                args.operator_namespace
            ))?;
            continue;
        }
        cluster.apply(&manifest.kind, &manifest.object, dry_run).await?;
        context.ui.print(&format!("{} serverside-applied{}", manifest.named(), suffix(dry_run)))?;
        if manifest.stage == Stage::Crds && !dry_run {
            served(manifest, cluster, &busy).await?;
        }
    }
    Ok(())
}

/// An uninstall is still going on: nothing can be created in its namespace before that is over.
async fn gone(namespace: &str, patience: Duration, cluster: &Cluster, busy: &crate::ui::Busy) -> Result<(), Failure> {
    busy.now(format!("waiting until the old namespace/{namespace} is gone"));
    let api = cluster.api(&Kind::of("", "v1", "Namespace", "namespaces"), None);
    let waiting = await_condition(api, namespace, |object: Option<&DynamicObject>| object.is_none());
    match tokio::time::timeout(patience, waiting).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(problem)) => Err(Failure::new(format!("cannot watch namespace/{namespace}: {problem}"))),
        Err(_) => {
            Err(Failure::new(format!("namespace {namespace} is still being deleted after {} s", patience.as_secs()))
                .hint(format!("see what holds it: kubectl get namespace {namespace} -o yaml")))
        }
    }
}

/// What uses a kind fails while the API server does not serve it yet.
async fn served(manifest: &Manifest, cluster: &Cluster, busy: &crate::ui::Busy) -> Result<(), Failure> {
    const PATIENCE: Duration = Duration::from_secs(30);
    busy.now(format!("waiting for {}", manifest.named()));
    let name = manifest.object.metadata.name.clone().unwrap_or_default();
    let api = cluster.api(&manifest.kind, None);
    let waiting = await_condition(api, &name, |object: Option<&DynamicObject>| {
        object.is_some_and(|object| has_condition(object, "Established"))
    });
    match tokio::time::timeout(PATIENCE, waiting).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(problem)) => Err(Failure::new(format!("cannot watch {}: {problem}", manifest.named()))),
        Err(_) => Err(Failure::new(format!(
            "{} was applied, but the API server does not serve it after {} s",
            manifest.named(),
            PATIENCE.as_secs()
        ))
        .hint(format!("see why: kubectl describe crd {name}"))),
    }
}

fn has_condition(object: &DynamicObject, wanted: &str) -> bool {
    let conditions = object.data["status"]["conditions"].as_array();
    conditions
        .is_some_and(|all| all.iter().any(|condition| condition["type"] == wanted && condition["status"] == "True"))
}

/// Waits until the operator is ready, as long as the caller does.
pub(super) async fn ready(args: &InstallArgs, cluster: &Cluster, context: &Context<'_>) -> Result<(), Failure> {
    if let Some(user) = &args.operator_user {
        return context.ui.print(&format!("ready for an operator outside the cluster, running as {user}"));
    }
    if args.patience().is_zero() {
        return Ok(());
    }
    let _busy = context.ui.busy(format!("waiting for deployment/{OPERATOR_SERVICE_ACCOUNT}"));
    let kind = Kind::of("apps", "v1", "Deployment", "deployments");
    let api = cluster.api(&kind, Some(&args.operator_namespace));
    let waiting =
        await_condition(api, OPERATOR_SERVICE_ACCOUNT, |object: Option<&DynamicObject>| object.is_some_and(rolled_out));
    match tokio::time::timeout(args.patience(), waiting).await {
        Ok(Ok(_)) => context.ui.print("the operator is ready; see what it finds: kubectl chatcli issues -A"),
        Ok(Err(problem)) => Err(Failure::new(format!("the operator was applied, but cannot be watched: {problem}"))),
        Err(_) => Err(Failure::new(format!(
            "the operator was applied, but is not ready after {} s",
            args.patience().as_secs()
        ))
        .hint(format!(
            "see why: kubectl -n {} describe pods -l app.kubernetes.io/name=chatcli-operator",
            args.operator_namespace
        ))),
    }
}

/// The newest spec runs, everywhere, and is available.
fn rolled_out(deployment: &DynamicObject) -> bool {
    let status = &deployment.data["status"];
    let wanted = deployment.data["spec"]["replicas"].as_i64().unwrap_or(1);
    let count = |field: &str| status[field].as_i64().unwrap_or(0);
    count("observedGeneration") >= deployment.metadata.generation.unwrap_or(0)
        && count("updatedReplicas") >= wanted
        && count("availableReplicas") >= wanted
        && count("replicas") == count("updatedReplicas")
}
