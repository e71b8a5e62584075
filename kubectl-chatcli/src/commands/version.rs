//! `kubectl chatcli version`: this plugin's, and the operator's where there is one.

use kube::api::DynamicObject;
use schemars::JsonSchema;
use serde::Serialize;

use super::Context;
use crate::cli::VersionArgs;
use crate::failure::{Exit, Failure};
use crate::kube::Kind;
use crate::output::structured;

/// For programs.
#[derive(Clone, Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Versions<'a> {
    /// Of this plugin.
    pub client_version: &'a str,
    /// Image and namespace of each operator; absent where the cluster was not asked or does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operators: Option<&'a [String]>,
}

/// Runs the command.
pub async fn run(args: VersionArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let client = format!("v{}", env!("CARGO_PKG_VERSION"));
    if args.client {
        show(&client, None, &args, context)?;
        return Ok(Exit::Ok);
    }
    // As kubectl: what is known without the server is printed first, then the error.
    let operators = operators(context).await;
    show(&client, operators.as_deref().ok(), &args, context)?;
    operators.map(|_| Exit::Ok)
}

/// Images of every Deployment that is an operator of ours, with its namespace.
async fn operators(context: &Context<'_>) -> Result<Vec<String>, Failure> {
    let cluster = context.cluster().await?;
    let kind = Kind::of("apps", "v1", "Deployment", "deployments");
    let (found, _) = cluster.list(&kind, None, Some("app.kubernetes.io/name=chatcli-operator")).await?;
    Ok(found.iter().map(described).collect())
}

fn described(deployment: &DynamicObject) -> String {
    let image = deployment.data["spec"]["template"]["spec"]["containers"][0]["image"].as_str().unwrap_or("<unknown>");
    format!("{image} in namespace {}", deployment.metadata.namespace.as_deref().unwrap_or_default())
}

fn show(client: &str, operators: Option<&[String]>, args: &VersionArgs, context: &Context<'_>) -> Result<(), Failure> {
    if let Some(form) = args.output {
        let shown = Versions { client_version: client, operators };
        return context.ui.print(&structured::value(&shown, form)?);
    }
    context.ui.print(&format!("Client Version: {client}"))?;
    match operators {
        Some([]) => context.ui.print("Operator: not installed in this cluster"),
        Some(operators) => operators.iter().try_for_each(|operator| context.ui.print(&format!("Operator: {operator}"))),
        None => Ok(()),
    }
}
