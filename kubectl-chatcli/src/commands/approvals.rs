//! `kubectl chatcli approvals`: what waits for a decision, and one question in full.

use common::api::approval_request::{ApprovalRequest, ApprovalRequestState};
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding};
use kube::ResourceExt as _;
use kube::api::{DynamicObject, ListParams};

use super::{Context, resolve};
use crate::cli::{ApprovalsArgs, ApprovalsOutput, Structured};
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Kind, typed};
use crate::output::{approvals, decision, structured};

/// Runs the command.
pub async fn run(args: ApprovalsArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    match &args.name {
        Some(name) => one(name, &args, &cluster, context).await?,
        None => many(&args, &cluster, context).await?,
    }
    Ok(Exit::Ok)
}

async fn one(name: &str, args: &ApprovalsArgs, cluster: &Cluster, context: &Context<'_>) -> Result<(), Failure> {
    let request = resolve::request(cluster, name).await?;
    let form = match args.output {
        Some(ApprovalsOutput::Json) => Structured::Json,
        Some(ApprovalsOutput::Yaml) => Structured::Yaml,
        Some(ApprovalsOutput::Name) => return context.ui.print(&Kind::request().named(&request.name_any())),
        Some(ApprovalsOutput::Wide) | None => {
            let plan = resolve::plan_of(cluster, &request).await?;
            let mut page = decision::page(&request, plan.as_ref(), &context.clock, context.ui.width());
            page.push_str(&approvals::voters(&may_vote(cluster, &request).await, context.ui.width()));
            return context.ui.print(&page);
        }
    };
    let found = cluster.get(&Kind::request(), &request.name_any()).await?;
    context.ui.print(&structured::object(&found, form)?)
}

async fn many(args: &ApprovalsArgs, cluster: &Cluster, context: &Context<'_>) -> Result<(), Failure> {
    let namespace = (!args.all_namespaces).then_some(cluster.namespace());
    let (mut found, _) = cluster.list(&Kind::request(), namespace, None).await?;
    found.retain(|object| args.all || is_open(object));
    found.sort_by_key(approvals::turn);
    match args.output {
        Some(ApprovalsOutput::Json) => context.ui.print(&structured::list(&found, Structured::Json)?),
        Some(ApprovalsOutput::Yaml) => context.ui.print(&structured::list(&found, Structured::Yaml)?),
        Some(ApprovalsOutput::Name) => {
            found.iter().try_for_each(|object| context.ui.print(&Kind::request().named(&object.name_any())))
        }
        Some(ApprovalsOutput::Wide) | None if found.is_empty() => {
            // As kubectl: an empty list is no error, and its sentence does not end up in a pipe.
            let place = namespace.map_or_else(String::new, |namespace| format!(" in {namespace} namespace"));
            context.ui.note(&format!("Nothing waits for approval{place}."));
            Ok(())
        }
        Some(ApprovalsOutput::Wide) | None => {
            let wide = args.output == Some(ApprovalsOutput::Wide);
            context.ui.print(&approvals::table(&found, args.all_namespaces, wide, &context.clock).render())
        }
    }
}

/// Those that cannot be read are shown: they may be what one looks for.
fn is_open(object: &DynamicObject) -> bool {
    typed::<ApprovalRequest>(object)
        .map_or(true, |request| matches!(request.status.unwrap_or_default().state, ApprovalRequestState::Pending))
}

/// Who may vote, as far as the caller may read roles; `None` where that is not allowed. For display only: the server decides when a vote is cast.
async fn may_vote(cluster: &Cluster, request: &ApprovalRequest) -> Option<Vec<String>> {
    let client = cluster.client();
    let namespace = request.namespace().unwrap_or_default();
    let all = ListParams::default();
    let cluster_roles: Vec<ClusterRole> = kube::Api::all(client.clone()).list(&all).await.ok()?.items;
    let roles: Vec<Role> = kube::Api::namespaced(client.clone(), &namespace).list(&all).await.ok()?.items;
    let bindings: Vec<RoleBinding> = kube::Api::namespaced(client.clone(), &namespace).list(&all).await.ok()?.items;
    let cluster_bindings: Vec<ClusterRoleBinding> = kube::Api::all(client).list(&all).await.ok()?.items;
    let name = request.name_any();
    let grants = |kind: &str, role: &str| match kind {
        "Role" => {
            roles.iter().any(|one| one.name_any() == role && approvals::grants(one.rules.iter().flatten(), &name))
        }
        _ => cluster_roles
            .iter()
            .any(|one| one.name_any() == role && approvals::grants(one.rules.iter().flatten(), &name)),
    };
    let here = bindings.iter().filter(|one| grants(&one.role_ref.kind, &one.role_ref.name));
    let everywhere = cluster_bindings.iter().filter(|one| grants("ClusterRole", &one.role_ref.name));
    let subjects = here.flat_map(|one| &one.subjects).chain(everywhere.flat_map(|one| &one.subjects)).flatten();
    let mut people: Vec<String> = subjects
        .filter(|subject| subject.kind != "ServiceAccount")
        .map(|subject| format!("{} {}", subject.kind.to_lowercase(), subject.name))
        .collect();
    people.sort();
    people.dedup();
    Some(people)
}
