//! Does the operator run, lead, and agree with us on the time? Is it alone?

use common::api::keys::{LEASE_NAME, OPERATOR_SERVICE_ACCOUNT};
use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};
use kube::ResourceExt as _;
use kube::api::DynamicObject;
use serde_json::Value;

use super::unread;
use crate::commands::takeover;
use crate::kube::{Cluster, Kind};
use crate::output::checks::Check;

/// Votes, windows and certificates are judged by clocks; apart by more than this they judge differently.
const SKEW: SignedDuration = SignedDuration::from_secs(10);

/// This machine's clock and the API server's.
pub async fn clock(cluster: &Cluster) -> Check {
    let asked = Timestamp::now();
    let answer = cluster.server_time().await;
    let now = Timestamp::now();
    let Some(server) = answer.as_deref().and_then(|text| rfc2822::parse(text).ok()) else {
        return Check::unchecked("clock", "the API server does not say what time it has");
    };
    let server = server.timestamp();
    // The header has whole seconds, and the answer took its time.
    let slack = now.duration_since(asked) + SignedDuration::from_secs(1);
    let apart = now.duration_since(server).abs() - slack;
    if apart <= SKEW {
        return Check::ok("clock", "this machine and the API server have the same time");
    }
    Check::warn("clock", format!("this machine's clock is {} s apart from the API server's", apart.as_secs()))
        .next("synchronise the clock: certificates and change windows are judged by it")
}

/// Deployment, pods, lease, rivals.
pub async fn look(cluster: &Cluster, home: &str, now: Timestamp) -> Vec<Check> {
    let kind = Kind::of("apps", "v1", "Deployment", "deployments");
    let mut checks = Vec::new();
    match cluster.find(&kind, Some(home), OPERATOR_SERVICE_ACCOUNT).await {
        Ok(Some(deployment)) => checks.push(deployed(cluster, &deployment, home).await),
        Ok(None) => checks.push(
            Check::warn("operator", format!("there is no deployment {OPERATOR_SERVICE_ACCOUNT} in namespace {home}"))
                .next("install it: kubectl chatcli install; where it runs elsewhere: add --operator-namespace"),
        ),
        Err(failure) => checks.push(unread("operator", &failure)),
    }
    match takeover::leases(cluster).await {
        Ok(leases) => {
            checks.push(leads(&leases, home, now));
            if let Some((holder, namespace)) = takeover::rival(&leases, now) {
                checks.push(
                    Check::fail(
                        "alone",
                        format!(
                            "another operator of these kinds runs: {holder} in namespace {namespace}; ours only reads"
                        ),
                    )
                    .next("take its place: kubectl chatcli install --take-over"),
                );
            }
        }
        Err(failure) => checks.push(unread("leader", &failure)),
    }
    checks
}

async fn deployed(cluster: &Cluster, deployment: &DynamicObject, home: &str) -> Check {
    let status = &deployment.data["status"];
    let wanted = deployment.data["spec"]["replicas"].as_i64().unwrap_or(1);
    let available = status["availableReplicas"].as_i64().unwrap_or(0);
    let image = deployment.data["spec"]["template"]["spec"]["containers"][0]["image"].as_str().unwrap_or("<unknown>");
    if wanted == 0 {
        return Check::fail("operator", "it is scaled to 0")
            .next(format!("kubectl -n {home} scale deployment/{OPERATOR_SERVICE_ACCOUNT} --replicas=1"));
    }
    if available >= wanted {
        return Check::ok("operator", format!("{available} of {wanted} replicas available, {image}"));
    }
    let why = why_not(cluster, home).await.unwrap_or_else(|| "its pods are not ready".to_owned());
    Check::fail("operator", format!("{available} of {wanted} replicas available: {why}"))
        .next(format!("kubectl chatcli explain deploy/{OPERATOR_SERVICE_ACCOUNT} -n {home}"))
}

/// What the first pod that is not ready says.
async fn why_not(cluster: &Cluster, home: &str) -> Option<String> {
    let pods = Kind::of("", "v1", "Pod", "pods");
    let (found, _) = cluster.list(&pods, Some(home), Some("app.kubernetes.io/name=chatcli-operator")).await.ok()?;
    if found.is_empty() {
        return Some("it has no pods; a quota or an admission policy may refuse them".to_owned());
    }
    found.iter().find_map(|pod| {
        let statuses = pod.data["status"]["containerStatuses"].as_array()?;
        statuses.iter().find_map(waiting).map(|why| format!("pod {} {why}", pod.name_any()))
    })
}

fn waiting(status: &Value) -> Option<String> {
    let state = &status["state"]["waiting"];
    let reason = state["reason"].as_str()?;
    let message = state["message"].as_str().map(|text| format!(": {text}")).unwrap_or_default();
    Some(format!("waits with {reason}{message}"))
}

fn leads(leases: &[k8s_openapi::api::coordination::v1::Lease], home: &str, now: Timestamp) -> Check {
    let ours = leases.iter().find(|lease| lease.namespace().as_deref() == Some(home));
    let Some(spec) = ours.and_then(|lease| lease.spec.as_ref()) else {
        return Check::warn("leader", format!("nobody holds the lease {LEASE_NAME} in namespace {home}"))
            .next(format!("kubectl -n {home} logs deployment/{OPERATOR_SERVICE_ACCOUNT}"));
    };
    let holder = spec.holder_identity.clone().unwrap_or_default();
    let lasts = SignedDuration::from_secs(i64::from(spec.lease_duration_seconds.unwrap_or(15)));
    match &spec.renew_time {
        Some(at) if !holder.is_empty() && at.0 + lasts + SKEW >= now => Check::ok("leader", format!("{holder} leads")),
        Some(at) => Check::fail("leader", format!("nobody leads since {}: incidents are neither seen nor fixed", at.0))
            .next(format!("kubectl -n {home} logs deployment/{OPERATOR_SERVICE_ACCOUNT}")),
        None => Check::fail("leader", "the lease was never renewed"),
    }
}
