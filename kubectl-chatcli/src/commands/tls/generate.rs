//! `kubectl chatcli tls generate`: an authority, a certificate, one Secret.

use common::tls::{Issued, Material, Request, keys, make, rotate};
use k8s_openapi::ByteString;
use kube::api::DynamicObject;
use serde_json::json;

use super::{data, kind_of_key, names, secrets};
use crate::cli::{DryRun, GenerateArgs, IssueArgs};
use crate::commands::Context;
use crate::failure::{Exit, Failure};
use crate::kube::Cluster;
use crate::output::structured;

/// Runs the command.
pub async fn run(args: &GenerateArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    if args.output.is_some() && args.dry_run != DryRun::Client {
        return Err(Failure::new("-o prints the private key and needs --dry-run=client"));
    }
    let cluster = context.cluster().await?;
    let names = names::all(&args.names, &args.secret, &cluster).await?;
    if names.is_empty() {
        return Err(names::none(&args.secret));
    }
    let namespace = cluster.namespace();
    // For GitOps the live Secret does not matter: nothing is written.
    let old = match args.dry_run {
        DryRun::Client => None,
        _ => cluster.find(&secrets(), Some(namespace), &args.secret).await?,
    };
    if let Some(old) = &old {
        may_replace(old, args.rotate, context)?;
    }
    let issued = issue(old.as_ref(), &names, &args.issue, context)?;
    if let Some(form) = args.output {
        context.ui.print(&structured::object(&secret(&args.secret, namespace, &issued)?, form)?)?;
        return Ok(Exit::Ok);
    }
    let done = match (args.dry_run, &old) {
        (DryRun::Client, _) => "created (dry run)",
        (stage, None) => {
            cluster.create(&secrets(), &secret(&args.secret, namespace, &issued)?, stage == DryRun::Server).await?;
            if stage == DryRun::Server { "created (server dry run)" } else { "created" }
        }
        (stage, Some(old)) => {
            replace(&cluster, old, &issued, stage == DryRun::Server).await?;
            if stage == DryRun::Server { "rotated (server dry run)" } else { "rotated" }
        }
    };
    context.ui.print(&format!("secret/{} {done}", args.secret))?;
    context.ui.note(&format!("for {}", names.join(", ")));
    Ok(Exit::Ok)
}

fn may_replace(old: &DynamicObject, rotate: bool, context: &Context<'_>) -> Result<(), Failure> {
    let name = old.metadata.name.as_deref().unwrap_or_default();
    if let Some(owner) = issuer_of(old) {
        return Err(managed(name, &owner));
    }
    if rotate {
        return Ok(());
    }
    let scope = context.scope();
    Err(Failure::new(format!("there is a secret {name:?} already; it was left as it is"))
        .hint(format!("see what is in it: kubectl chatcli tls check {name}{scope}"))
        .hint("replace its certificate: add --rotate"))
}

/// The Certificate of cert-manager that writes the Secret.
pub fn issuer_of(secret: &DynamicObject) -> Option<String> {
    secret.metadata.annotations.as_ref()?.get("cert-manager.io/certificate-name").cloned()
}

/// Two writers of one Secret undo each other.
pub fn managed(name: &str, certificate: &str) -> Failure {
    Failure::new(format!("cert-manager writes the secret {name:?} from its Certificate {certificate:?}"))
        .hint(format!("let it renew: cmctl renew {certificate}"))
}

/// A new set of keys; next to an old certificate, one whose clients trust both.
pub fn issue(
    old: Option<&DynamicObject>,
    names: &[String],
    args: &IssueArgs,
    context: &Context<'_>,
) -> Result<Issued, Failure> {
    let request = Request { names, key: kind_of_key(args), now: context.clock.now, valid_for: args.valid_for.0 };
    let made = match old.map(data) {
        Some(old) => rotate(&Material::of(&old), &request),
        None => make(&request),
    };
    made.map_err(|why| Failure::new(why.to_string()))
}

fn secret(name: &str, namespace: &str, issued: &Issued) -> Result<DynamicObject, Failure> {
    serde_json::from_value(json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": { "name": name, "namespace": namespace, "labels": { "app.kubernetes.io/part-of": "chatcli" } },
        "type": "kubernetes.io/tls",
        "data": contents(issued),
    }))
    .map_err(|problem| Failure::new(format!("cannot write the secret: {problem}")))
}

fn contents(issued: &Issued) -> serde_json::Value {
    let bytes = |text: &str| ByteString(text.as_bytes().to_vec());
    json!({
        keys::CERTIFICATE: bytes(&issued.certificate),
        keys::KEY: bytes(&issued.key),
        keys::AUTHORITY: bytes(&issued.authority),
    })
}

/// Puts new keys into a Secret. Everything else in it stays, and a change made meanwhile is not overwritten.
pub async fn replace(cluster: &Cluster, old: &DynamicObject, issued: &Issued, dry_run: bool) -> Result<(), Failure> {
    let patch = json!({ "metadata": { "resourceVersion": old.metadata.resource_version }, "data": contents(issued) });
    let name = old.metadata.name.as_deref().unwrap_or_default();
    cluster.merge(&secrets(), Some(cluster.namespace()), name, &patch, dry_run).await?;
    Ok(())
}
