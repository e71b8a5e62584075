//! The operator's objects on a cluster: CRDs, RBAC, admission. Everything of `manifests/` but the Deployment, because the operator under
//! test runs beside the cluster, as the ServiceAccount the manifests give rights to.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use common::api::keys::{OPERATOR_NAMESPACE, OPERATOR_SERVICE_ACCOUNT};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{DynamicObject, Patch, PatchParams, PostParams};
use kube::core::gvk::GroupVersionKind;
use kube::discovery::{ApiResource, Scope};
use kube::{Api, Client, ResourceExt};
use serde::Deserialize;
use tokio::time::Instant;

use crate::cluster::Cluster;
use crate::connection::Connection;
use crate::place;
use crate::programs::{Build, Programs};
use crate::watching::watch_until;

/// What the operator's name is to the API server.
pub fn operator_user() -> String {
    format!("system:serviceaccount:{OPERATOR_NAMESPACE}:{OPERATOR_SERVICE_ACCOUNT}")
}

/// Applies `manifests/` and waits until the kinds are served.
pub async fn install(connection: &Connection) -> Result<()> {
    let client = connection.client()?;
    let mut objects = Vec::new();
    for folder in ["crds", "rbac", "admission", "operator"] {
        objects.extend(manifests(&place::repository().join("manifests").join(folder))?);
    }
    // a namespace before what lies in it; the rest in the order of the folders: kinds, rights, guards
    objects.sort_by_key(|object| kind_of(object) != "Namespace");
    for object in objects.iter().filter(|object| kind_of(object) != "Deployment") {
        apply(&client, object).await.with_context(|| format!("{} {}", kind_of(object), object.name_any()))?;
    }
    kinds_served(&client).await
}

fn kind_of(object: &DynamicObject) -> &str {
    object.types.as_ref().map_or("", |types| types.kind.as_str())
}

/// A token of the operator's ServiceAccount: what the kubelet would mount for it.
pub async fn operator_token(client: &Client) -> Result<String> {
    let accounts: Api<ServiceAccount> = Api::namespaced(client.clone(), OPERATOR_NAMESPACE);
    let request = TokenRequest {
        spec: TokenRequestSpec { expiration_seconds: Some(24 * 3600), ..TokenRequestSpec::default() },
        ..TokenRequest::default()
    };
    let answer = accounts.create_token_request(OPERATOR_SERVICE_ACCOUNT, &PostParams::default(), &request).await?;
    Ok(answer.status.context("the server made no token")?.token)
}

/// The objects of all YAML files of a folder, by file name; none when there is no such folder.
pub fn manifests(folder: &Path) -> Result<Vec<DynamicObject>> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "yaml"));
    files.sort();
    let mut objects = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file)?;
        objects.extend(parse(&text).with_context(|| file.display().to_string())?);
    }
    Ok(objects)
}

/// The objects of a YAML stream.
pub fn parse(text: &str) -> Result<Vec<DynamicObject>> {
    let documents: Vec<serde_json::Value> = serde_saphyr::from_multiple(text)?;
    documents.into_iter().filter(|value| !value.is_null()).map(|value| Ok(DynamicObject::deserialize(value)?)).collect()
}

/// The operator as an image the node can pull.
pub fn operator_image(cluster: &Cluster) -> Result<String> {
    if let Ok(image) = std::env::var("CHATCLI_TEST_OPERATOR_IMAGE") {
        return Ok(image);
    }
    let programs = Programs::built(Build::Debug)?;
    let path = |program: &'_ Path| program.to_str().map(str::to_owned).context("the build folder's path is not UTF-8");
    let (operator, source) = (path(&programs.operator)?, path(&programs.source)?);
    // the tag changes with the programs, or the node would go on with an image it already has
    let digest = common::naming::hash(&[&state(&operator)?, &state(&source)?], 12);
    let name = format!("chatcli-operator:demo-{digest}");
    let reference = cluster.command(&["image", "build", "--from", &operator, "--from", &source, "--name", &name])?;
    Ok(reference.trim().to_owned())
}

fn state(program: &str) -> Result<String> {
    let file = std::fs::metadata(program)?;
    Ok(format!("{} {:?}", file.len(), file.modified()?))
}

/// The environment the shipped Deployment gives the operator, but for what it takes from its pod.
pub fn operator_environment() -> Result<Vec<(String, String)>> {
    let shipped = manifests(&place::repository().join("manifests/operator"))?;
    let deployment = shipped.into_iter().find(|object| object.types.as_ref().is_some_and(|it| it.kind == "Deployment"));
    let deployment: Deployment = deployment.context("no Deployment is shipped")?.try_parse()?;
    let containers =
        deployment.spec.and_then(|spec| spec.template.spec).map(|spec| spec.containers).unwrap_or_default();
    let variables = containers.into_iter().flat_map(|container| container.env.unwrap_or_default());
    Ok(variables.filter_map(|variable| Some((variable.name, variable.value?))).collect())
}

/// Server-side apply of one object, whatever its kind; repeated until its kind is served.
pub async fn apply(client: &Client, object: &DynamicObject) -> Result<DynamicObject> {
    let types = object.types.clone().context("an object without apiVersion and kind")?;
    let gvk = GroupVersionKind::try_from(&types)?;
    let (resource, capabilities) = kube::discovery::pinned_kind(client, &gvk).await?;
    let api = api_for(client, &resource, &capabilities.scope, object.namespace().as_deref());
    let parameters = PatchParams::apply("chatcli-tests").force();
    Ok(api.patch(&object.name_any(), &parameters, &Patch::Apply(object)).await?)
}

fn api_for(client: &Client, resource: &ApiResource, scope: &Scope, namespace: Option<&str>) -> Api<DynamicObject> {
    match scope {
        Scope::Cluster => Api::all_with(client.clone(), resource),
        Scope::Namespaced => Api::namespaced_with(client.clone(), namespace.unwrap_or("default"), resource),
    }
}

/// Waits until the API server serves every kind of ours that it has been given.
pub async fn kinds_served(client: &Client) -> Result<()> {
    let definitions: Api<CustomResourceDefinition> = Api::all(client.clone());
    let served = watch_until(&definitions, Instant::now() + Duration::from_secs(30), |seen| {
        let mut ours = seen.all().filter(|definition| definition.spec.group == common::api::keys::GROUP).peekable();
        ours.peek()?;
        ours.all(is_established).then_some(())
    });
    served.await.map_err(|_| anyhow::anyhow!("the API server does not serve our kinds after 30 s"))
}

fn is_established(definition: &CustomResourceDefinition) -> bool {
    let mut conditions = definition.status.iter().flat_map(|status| status.conditions.iter().flatten());
    conditions.any(|condition| condition.type_ == "Established" && condition.status == "True")
}
