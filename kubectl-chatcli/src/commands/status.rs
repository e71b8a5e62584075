//! `kubectl chatcli status`: what is open, what waits, what is braked, how the operator is.

use common::api::ApprovalRequest;
use common::api::approval_request::ApprovalRequestState;
use common::api::issue::Issue;
use common::api::keys::{LEASE_NAME, OPERATOR_NAMESPACE, annotations};
use futures::FutureExt as _;
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::ResourceExt as _;
use kube::api::DynamicObject;

use super::Context;
use crate::cli::StatusArgs;
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Kind, typed};
use crate::output::incidents::{is_open, sort_by_urgency};
use crate::output::status::{Document, Operator, Status, page};
use crate::output::structured;

/// What the operator says of itself: the ConfigMap and its key, as it writes them.
const SELF: (&str, &str) = ("chatcli-operator-status", "conditions");

/// Runs the command.
pub async fn run(args: StatusArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let busy = context.ui.busy("reading");
    let status = read(&cluster, context.namespace()).await?;
    drop(busy);
    context.ui.print(&match args.output {
        Some(form) => structured::value(&Document::of(&status, &context.clock), form)?,
        None => page(&status, &context.clock, context.ui.width()),
    })?;
    Ok(Exit::Ok)
}

async fn read(cluster: &Cluster, namespace: Option<&str>) -> Result<Status, Failure> {
    let mut status = Status { namespace: namespace.map(str::to_owned), ..Status::default() };
    let (mut open, _) = cluster.list(&Kind::issue(), namespace, None).await?;
    let (requests, places, operator) =
        (Kind::request(), Kind::of("", "v1", "Namespace", "namespaces"), operator(cluster));
    // Boxed: three at once are a future too large for the stack they would be copied on.
    let (requests, places, operator) = futures::join!(
        cluster.list(&requests, namespace, None).boxed_local(),
        namespaces(cluster, &places, namespace).boxed_local(),
        operator.boxed_local(),
    );
    open.retain(is_open);
    sort_by_urgency(&mut open);
    status.breakers = open.iter().filter_map(breaker).collect();
    status.breakers.dedup();
    status.open = open;
    match requests {
        Ok((requests, _)) => status.waiting = waiting(&requests),
        Err(failure) => status.gaps.push(failure.message().to_owned()),
    }
    match places {
        Ok(places) => status.brakes = places.iter().filter_map(brake).collect(),
        Err(failure) => status.gaps.push(failure.message().to_owned()),
    }
    match operator {
        Ok(operator) => status.operator = Some(operator),
        Err(failure) => status.gaps.push(failure.message().to_owned()),
    }
    Ok(status)
}

fn waiting(requests: &[DynamicObject]) -> Vec<ApprovalRequest> {
    let mut waiting: Vec<ApprovalRequest> = requests.iter().filter_map(|request| typed(request).ok()).collect();
    waiting
        .retain(|request| request.status.as_ref().is_none_or(|status| status.state == ApprovalRequestState::Pending));
    waiting.sort_by_key(|request| request.status.as_ref().and_then(|status| status.expires_at.as_ref().map(|at| at.0)));
    waiting
}

/// The namespaces in question, and the operator's, whose mark holds for the whole cluster.
async fn namespaces(cluster: &Cluster, kind: &Kind, namespace: Option<&str>) -> Result<Vec<DynamicObject>, Failure> {
    let Some(namespace) = namespace else { return Ok(cluster.list(kind, None, None).await?.0) };
    let mut found: Vec<DynamicObject> = cluster.find(kind, None, namespace).await?.into_iter().collect();
    if namespace != OPERATOR_NAMESPACE {
        found.extend(cluster.find(kind, None, OPERATOR_NAMESPACE).await?);
    }
    Ok(found)
}

/// Whether a namespace's mark stops automation.
fn brake(namespace: &DynamicObject) -> Option<String> {
    let name = namespace.name_any();
    let value = namespace.annotations().get(annotations::PAUSED)?;
    if value.is_empty() || value.eq_ignore_ascii_case("false") {
        return None;
    }
    Some(if name == OPERATOR_NAMESPACE {
        "automation is paused for the whole cluster".to_owned()
    } else {
        format!("automation is paused for namespace {name}")
    })
}

/// The namespace of an incident that met the circuit breaker open.
fn breaker(object: &DynamicObject) -> Option<String> {
    let status = typed::<Issue>(object).ok()?.status?;
    let tripped =
        status.conditions.iter().find(|condition| condition.reason == "BreakerOpen" && condition.status == "True")?;
    Some(format!("namespace {}: {}", object.namespace()?, tripped.message))
}

async fn operator(cluster: &Cluster) -> Result<Operator, Failure> {
    let leases = Kind::of("coordination.k8s.io", "v1", "Lease", "leases");
    let lease = cluster.find(&leases, Some(OPERATOR_NAMESPACE), LEASE_NAME).await?;
    let spec = lease.as_ref().map(|lease| &lease.data["spec"]);
    let text = |field: &str| spec.and_then(|spec| spec[field].as_str()).filter(|text| !text.is_empty());
    let mut operator = Operator {
        leader: text("holderIdentity").map(str::to_owned),
        renewed: text("renewTime").and_then(|time| time.parse::<Timestamp>().ok()),
        trouble: Vec::new(),
    };
    let maps = Kind::of("", "v1", "ConfigMap", "configmaps");
    // Its absence says nothing: it is written when there is something to say.
    if let Ok(Some(told)) = cluster.find(&maps, Some(OPERATOR_NAMESPACE), SELF.0).await {
        let conditions = told.data["data"][SELF.1].as_str().unwrap_or_default();
        let conditions: Vec<Condition> = serde_json::from_str(conditions).unwrap_or_default();
        operator.trouble.extend(conditions.into_iter().filter(|it| it.status == "True").map(|it| it.message));
    }
    Ok(operator)
}
