//! `kubectl chatcli instance`: ChatCLI servers.

mod asking;

use common::api::Instance;
use common::api::chat_cli_instance::ChatCLIInstance;
use common::api::instance::{InstanceSpec, InstanceStatus};
use common::api::keys;
use common::instances::{Grantee, grants};
use kube::ResourceExt as _;
use kube::api::DynamicObject;
use serde_json::{Value, json};

use super::Context;
use super::resolve::bare;
use crate::cli::{
    DryRun, InstanceArgs, InstanceCommand, InstanceCreateArgs, InstanceGrantArgs, InstanceListArgs, InstanceOutput,
    InstanceShowArgs, Structured,
};
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Kind, typed};
use crate::output::{instances, structured};

/// Runs the command.
pub async fn run(args: InstanceArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    match args.command {
        InstanceCommand::List(args) => list(&args, context).await?,
        InstanceCommand::Show(args) => show(&args, context).await?,
        InstanceCommand::Create(args) => create(&args, context).await?,
        InstanceCommand::Grant(args) => grant(&args, context).await?,
    }
    Ok(Exit::Ok)
}

fn kind() -> Kind {
    Kind::ours("Instance", "instances")
}

fn legacy() -> Kind {
    Kind::of(keys::LEGACY_GROUP, keys::VERSION, "ChatCLIInstance", "chatcliinstances")
}

async fn list(args: &InstanceListArgs, context: &Context<'_>) -> Result<(), Failure> {
    let cluster = context.cluster().await?;
    let namespace = (!args.all_namespaces).then_some(cluster.namespace());
    let (mut found, _) = cluster.list(&kind(), namespace, None).await?;
    // The older kind may not be installed, or not be the caller's to read: that must not hide the others.
    match cluster.list(&legacy(), namespace, None).await {
        Ok((older, _)) => found.extend(older.into_iter().map(|object| of_kind(object, &legacy()))),
        Err(problem) => context.ui.warn(&format!("legacy ChatCLIInstances are not shown: {}", problem.message())),
    }
    match args.output {
        Some(InstanceOutput::Json) => context.ui.print(&structured::list(&found, Structured::Json)?),
        Some(InstanceOutput::Yaml) => context.ui.print(&structured::list(&found, Structured::Yaml)?),
        Some(InstanceOutput::Name) => found.iter().try_for_each(|object| {
            let is_legacy = object.types.as_ref().is_some_and(|types| types.kind == "ChatCLIInstance");
            context.ui.print(&if is_legacy { legacy() } else { kind() }.named(&object.name_any()))
        }),
        None if found.is_empty() => {
            let place = namespace.map(|name| format!(" in {name} namespace.")).unwrap_or_default();
            context.ui.note(&format!("No instances found{place}"));
            Ok(())
        }
        None => context.ui.print(&instances::table(&found, args.all_namespaces, &context.clock).render()),
    }
}

/// Items of a list carry no kind of their own.
fn of_kind(mut object: DynamicObject, kind: &Kind) -> DynamicObject {
    object.types =
        Some(kube::core::TypeMeta { api_version: kind.resource.api_version.clone(), kind: kind.resource.kind.clone() });
    object
}

/// The object of either kind, with its wish in today's words.
async fn find(cluster: &Cluster, name: &str) -> Result<(DynamicObject, InstanceSpec, InstanceStatus), Failure> {
    let name = bare(name);
    if let Some(object) = cluster.find(&kind(), Some(cluster.namespace()), name).await? {
        let instance: Instance = typed(&object)?;
        return Ok((object, instance.spec, instance.status.unwrap_or_default()));
    }
    if let Ok(Some(object)) = cluster.find(&legacy(), Some(cluster.namespace()), name).await {
        let instance: ChatCLIInstance = typed(&object)?;
        return Ok((object, instance.spec.as_instance(), instance.status.unwrap_or_default()));
    }
    Err(Failure::new(format!("no instance {name:?} in namespace {}", cluster.namespace()))
        .hint("list what there is: kubectl chatcli instance list -A"))
}

async fn show(args: &InstanceShowArgs, context: &Context<'_>) -> Result<(), Failure> {
    let cluster = context.cluster().await?;
    let (object, spec, status) = find(&cluster, &args.name).await?;
    context.ui.print(&match args.output {
        Some(form) => structured::object(&object, form)?,
        None => instances::page(&object.name_any(), &spec, &status),
    })
}

async fn grant(args: &InstanceGrantArgs, context: &Context<'_>) -> Result<(), Failure> {
    let cluster = context.cluster().await?;
    let (object, spec, _) = find(&cluster, &args.name).await?;
    let name = object.name_any();
    let objects = granted(cluster.namespace(), &name, &args.operator_namespace, &spec);
    if objects.is_empty() {
        context.ui.note(&format!(
            "{name} needs no grant: it names no Secret and watches no other namespace, or is in the operator's own"
        ));
        return Ok(());
    }
    context.ui.print(&documents(&objects)?)
}

fn granted(namespace: &str, name: &str, operator_namespace: &str, spec: &InstanceSpec) -> Vec<Value> {
    grants(&Grantee { namespace, name, operator_namespace }, spec)
}

fn documents(objects: &[Value]) -> Result<String, Failure> {
    let texts: Result<Vec<String>, Failure> =
        objects.iter().map(|object| structured::value(object, Structured::Yaml)).collect();
    Ok(texts?.join("---\n"))
}

async fn create(given: &InstanceCreateArgs, context: &Context<'_>) -> Result<(), Failure> {
    if given.output.is_some() && given.dry_run != DryRun::Client {
        return Err(Failure::new("-o prints what would be created and needs --dry-run=client"));
    }
    let args = asking::complete(given, context)?;
    let was_asked = args.name != given.name || args.provider != given.provider;
    let name = args.name.as_deref().unwrap_or_default();
    let spec = wish(&args)?;
    let client_side = args.dry_run == DryRun::Client;
    // A client-side dry run needs no cluster, and then knows no namespace but the one that was given.
    let cluster = if client_side { None } else { Some(context.cluster().await?) };
    let namespace = match &cluster {
        Some(cluster) => cluster.namespace().to_owned(),
        None => context.namespace().unwrap_or("default").to_owned(),
    };
    let document = json!({
        "apiVersion": format!("{}/{}", keys::GROUP, keys::VERSION),
        "kind": "Instance",
        "metadata": { "name": name, "namespace": namespace },
        "spec": spec,
    });
    let needed = granted(&namespace, name, &args.operator_namespace, &spec);
    let Some(cluster) = cluster else {
        let all: Vec<Value> = std::iter::once(document).chain(needed).collect();
        return context.ui.print(&match args.output {
            Some(Structured::Json) => {
                structured::value(&json!({ "apiVersion": "v1", "kind": "List", "items": all }), Structured::Json)?
            }
            Some(Structured::Yaml) | None => documents(&all)?,
        });
    };
    if was_asked {
        context.ui.print(&documents(std::slice::from_ref(&document))?)?;
        if !context.ui.confirm(&format!("Create it in namespace {namespace}?"))? {
            context.ui.note("nothing was created");
            return Ok(());
        }
    }
    let object: DynamicObject = serde_json::from_value(document)
        .map_err(|problem| Failure::new(format!("cannot build the Instance: {problem}")))?;
    let server_side = args.dry_run == DryRun::Server;
    if was_asked
        && !server_side
        && let Some(secret) = &args.tls
    {
        asking::offer_certificate(secret, name, &cluster, context).await?;
    }
    cluster.create(&kind(), &object, server_side).await?;
    let tried = if server_side { " (server dry run)" } else { "" };
    context.ui.print(&format!("{} created{tried}", kind().named(name)))?;
    if !needed.is_empty() {
        context.ui.note(&format!(
            "an administrator has to allow what it names: kubectl chatcli instance grant {name} -n {namespace} | kubectl apply -f -"
        ));
    }
    if args.tls.is_none() {
        context.ui.note("the server speaks plain text: give it a certificate with --tls SECRET, made by kubectl chatcli tls generate");
    }
    Ok(())
}

/// The spec that the flags ask for.
fn wish(args: &InstanceCreateArgs) -> Result<InstanceSpec, Failure> {
    let Some(provider) = &args.provider else {
        return Err(Failure::new("which model provider? --provider is missing")
            .hint(format!("one of {}", common::api::instance::PROVIDERS.join(", "))));
    };
    let mut spec = json!({ "provider": provider.to_uppercase(), "replicas": args.replicas });
    let mut set = |path: &str, value: Option<Value>| {
        if let Some(value) = value {
            spec[path] = value;
        }
    };
    set("model", args.model.as_ref().map(|model| json!(model)));
    set("apiKeys", args.api_keys.as_ref().map(|name| json!({ "name": name })));
    set("persistence", args.sessions.as_ref().map(|size| json!({ "enabled": true, "size": size })));
    let mut server = json!({});
    if let Some(secret) = &args.tls {
        server["tls"] = json!({ "enabled": true, "secretName": secret });
    }
    if let Some(token) = &args.server_token {
        let (name, key) = token.split_once('/').unwrap_or((token, "token"));
        server["token"] = json!({ "name": name, "key": key });
    }
    set("server", (server != json!({})).then_some(server));
    let targets: Result<Vec<Value>, Failure> = args.watch.iter().map(|text| target(text)).collect();
    let targets = targets?;
    set("watcher", (!targets.is_empty()).then(|| json!({ "enabled": true, "targets": targets })));
    serde_json::from_value(spec).map_err(|problem| Failure::new(format!("cannot build the Instance: {problem}")))
}

fn target(text: &str) -> Result<Value, Failure> {
    let parts: Vec<&str> = text.split('/').collect();
    let [kind, namespace, name] = parts.as_slice() else {
        return Err(Failure::new(format!("{text:?} names no workload"))
            .hint("write it as KIND/NAMESPACE/NAME, such as Deployment/shop/web"));
    };
    let known = ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"];
    let Some(kind) = known.into_iter().find(|known| known.eq_ignore_ascii_case(kind)) else {
        return Err(Failure::new(format!("{kind:?} is no kind that a server watches"))
            .hint(format!("one of {}", known.join(", "))));
    };
    Ok(json!({ "kind": kind, "namespace": namespace, "name": name }))
}
