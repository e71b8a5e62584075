//! `kubectl chatcli tls rotate`: a new certificate, and the workloads that have to read it.

use common::tls::{Material, inspect};
use kube::ResourceExt as _;
use kube::api::DynamicObject;
use serde_json::{Value, json};

use super::{data, generate, get, names};
use crate::cli::{DryRun, RotateArgs};
use crate::commands::Context;
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Kind};

/// Kinds whose pods may use a Secret and can be rolled.
const WORKLOADS: [(&str, &str); 3] =
    [("Deployment", "deployments"), ("StatefulSet", "statefulsets"), ("DaemonSet", "daemonsets")];

/// Runs the command.
pub async fn run(args: &RotateArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let old = get(&cluster, &args.secret).await?;
    if let Some(certificate) = generate::issuer_of(&old) {
        return Err(generate::managed(&args.secret, &certificate));
    }
    let kept = inspect(&Material::of(&data(&old)), &[], context.clock.now);
    let mut wanted = names::all(&args.names, &args.secret, &cluster).await?;
    let had = kept.chain.first().map(|own| own.names.clone()).unwrap_or_default();
    wanted.extend(had.into_iter().filter(|name| !wanted.contains(name)).collect::<Vec<_>>());
    if wanted.is_empty() {
        return Err(names::none(&args.secret));
    }
    let users = users(&cluster, &args.secret).await?;
    tell(&users, args, context);
    if args.dry_run == DryRun::None && !args.yes {
        let question = format!("Replace the certificate in the secret {}?", args.secret);
        if !context.ui.confirm(&question)? {
            return Err(Failure::new("nothing was changed"));
        }
    }
    let issued = generate::issue(Some(&old), &wanted, &args.issue, context)?;
    let (dry_run, suffix) = match args.dry_run {
        DryRun::None => (false, ""),
        DryRun::Server => (true, " (server dry run)"),
        DryRun::Client => {
            context.ui.print(&format!("secret/{} rotated (dry run)", args.secret))?;
            return Ok(Exit::Ok);
        }
    };
    generate::replace(&cluster, &old, &issued, dry_run).await?;
    context.ui.print(&format!("secret/{} rotated{suffix}", args.secret))?;
    context.ui.note(&format!("for {}", wanted.join(", ")));
    if args.restart {
        for (kind, workload) in &users {
            restart(&cluster, kind, workload, context.clock.now, dry_run).await?;
            context.ui.print(&format!("{} restarted{suffix}", kind.named(&workload.name_any())))?;
        }
    }
    Ok(Exit::Ok)
}

fn tell(users: &[(Kind, DynamicObject)], args: &RotateArgs, context: &Context<'_>) {
    if users.is_empty() {
        context.ui.note("no workload of the namespace uses the secret");
        return;
    }
    let named: Vec<_> = users.iter().map(|(kind, workload)| kind.named(&workload.name_any())).collect();
    let what = if args.restart { "will be restarted" } else { "read it again when their pods restart; add --restart" };
    context.ui.note(&format!("used by {}, which {what}", named.join(", ")));
}

/// Workloads whose pods mount the Secret or read it into their environment.
async fn users(cluster: &Cluster, secret: &str) -> Result<Vec<(Kind, DynamicObject)>, Failure> {
    let mut users = Vec::new();
    for (kind, plural) in WORKLOADS {
        let kind = Kind::of("apps", "v1", kind, plural);
        let (found, _) = cluster.list(&kind, Some(cluster.namespace()), None).await?;
        users.extend(
            found
                .into_iter()
                .filter(|workload| uses(&workload.data["spec"]["template"]["spec"], secret))
                .map(|workload| (kind.clone(), workload)),
        );
    }
    Ok(users)
}

fn uses(pod: &Value, secret: &str) -> bool {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mounted = list(&pod["volumes"]).iter().any(|volume| {
        volume["secret"]["secretName"] == secret
            || list(&volume["projected"]["sources"]).iter().any(|source| source["secret"]["name"] == secret)
    });
    let containers = list(&pod["containers"]).into_iter().chain(list(&pod["initContainers"]));
    mounted
        || containers.into_iter().any(|container| {
            list(&container["envFrom"]).iter().any(|source| source["secretRef"]["name"] == secret)
                || list(&container["env"]).iter().any(|env| env["valueFrom"]["secretKeyRef"]["name"] == secret)
        })
}

/// The annotation that `kubectl rollout restart` sets.
async fn restart(
    cluster: &Cluster,
    kind: &Kind,
    workload: &DynamicObject,
    now: jiff::Timestamp,
    dry_run: bool,
) -> Result<(), Failure> {
    let at = now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let patch = json!({ "spec": { "template": { "metadata": { "annotations": { "kubectl.kubernetes.io/restartedAt": at } } } } });
    cluster.merge(kind, Some(cluster.namespace()), &workload.name_any(), &patch, dry_run).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_a_pod_takes_a_secret_is_seen() {
        for pod in [
            json!({ "volumes": [{ "secret": { "secretName": "tls" } }] }),
            json!({ "volumes": [{ "projected": { "sources": [{ "secret": { "name": "tls" } }] } }] }),
            json!({ "containers": [{ "envFrom": [{ "secretRef": { "name": "tls" } }] }] }),
            json!({ "initContainers": [{ "env": [{ "valueFrom": { "secretKeyRef": { "name": "tls" } } }] }] }),
        ] {
            assert!(uses(&pod, "tls") && !uses(&pod, "other"), "{pod}");
        }
    }
}
