//! `kubectl chatcli tls`: certificates of ChatCLI servers, as Secrets.
//!
//! Never: prints a key, but in the YAML that `generate --dry-run=client -o` is asked for; overwrites a Secret unasked.

mod check;
mod generate;
mod names;
mod rotate;

use std::collections::BTreeMap;

use common::tls::{KeyKind, Material, inspect};
use k8s_openapi::ByteString;
use kube::api::DynamicObject;

use super::Context;
use crate::cli::{GenerateArgs, InspectArgs, IssueArgs, KeyArg, TlsArgs, TlsCommand};
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Kind};
use crate::output::{certificate, structured};

/// Runs the command.
pub async fn run(args: TlsArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    match args.command {
        TlsCommand::Generate(args) => generate::run(&args, context).await,
        TlsCommand::Inspect(args) => look_into(&args, context).await,
        TlsCommand::Check(args) => check::run(&args, context).await,
        TlsCommand::Rotate(args) => rotate::run(&args, context).await,
    }
}

/// `tls generate`, for commands that offer it.
pub async fn generate(args: &GenerateArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    generate::run(args, context).await
}

async fn look_into(args: &InspectArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let secret = get(&cluster, &args.secret).await?;
    let data = data(&secret);
    let seen = inspect(&Material::of(&data), &[], context.clock.now);
    let (namespace, name) = (cluster.namespace(), &args.secret);
    if let Some(form) = args.output {
        context.ui.print(&structured::value(&certificate::Contents::of(namespace, name, &seen), form)?)?;
        return Ok(Exit::Ok);
    }
    context.ui.print(&certificate::page(&format!("{namespace}/{name}"), &seen, context.ui.width()))?;
    if !seen.problems.is_empty() {
        let scope = context.scope();
        context.ui.note(&format!("note: something is wrong with it: kubectl chatcli tls check {name}{scope}"));
    }
    Ok(Exit::Ok)
}

fn secrets() -> Kind {
    Kind::of("", "v1", "Secret", "secrets")
}

async fn get(cluster: &Cluster, name: &str) -> Result<DynamicObject, Failure> {
    let found = cluster.find(&secrets(), Some(cluster.namespace()), name).await?;
    found.ok_or_else(|| {
        Failure::new(format!("no secret {name:?} in namespace {}", cluster.namespace()))
            .hint(format!("make it: kubectl chatcli tls generate {name} -n {}", cluster.namespace()))
            .hint(format!("list what there is: kubectl get secrets -n {}", cluster.namespace()))
    })
}

/// A Secret's data, decoded; what cannot be decoded is as if it were not there.
fn data(secret: &DynamicObject) -> BTreeMap<String, Vec<u8>> {
    let entries = secret.data["data"].as_object().into_iter().flatten();
    entries
        .filter_map(|(key, value)| {
            let ByteString(bytes) = serde_json::from_value(value.clone()).ok()?;
            Some((key.clone(), bytes))
        })
        .collect()
}

fn kind_of_key(args: &IssueArgs) -> KeyKind {
    match args.key {
        KeyArg::Ecdsa => KeyKind::EcdsaP256,
        KeyArg::Rsa => KeyKind::Rsa2048,
        KeyArg::Rsa4096 => KeyKind::Rsa4096,
    }
}
