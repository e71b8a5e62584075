//! What is stuck, and what can never be acted on.

use common::api::issue::{Issue, IssueState};
use common::api::keys::annotations;
use common::api::remediation_plan::RemediationState;
use common::api::{ApprovalPolicy, RemediationPlan};
use common::decisions::autonomy::Autonomy;
use common::decisions::policy;
use jiff::{SignedDuration, Timestamp};
use kube::ResourceExt as _;
use kube::api::DynamicObject;

use super::unread;
use crate::kube::{Cluster, Kind, typed};
use crate::output::checks::Check;

/// The operator looks at everything unfinished at least every five minutes; what has not moved for twice that is stuck.
const STUCK: SignedDuration = SignedDuration::from_mins(10);
/// Objects named in one line; the rest is counted.
const SHOWN: usize = 3;

/// Looks at incidents, plans, policies and namespaces.
pub async fn look(cluster: &Cluster, _home: &str, now: Timestamp) -> Vec<Check> {
    let mut checks = Vec::new();
    let issues = cluster.list(&Kind::issue(), None, None).await;
    let plans = cluster.list(&Kind::plan(), None, None).await;
    match (&issues, &plans) {
        (Ok((issues, _)), Ok((plans, _))) => checks.push(stuck(issues, plans, now)),
        (Err(failure), _) | (_, Err(failure)) => checks.push(unread("stuck", failure)),
    }
    match cluster.list(&Kind::ours("ApprovalPolicy", "approvalpolicies"), None, None).await {
        Ok((policies, _)) => checks.push(understood(&policies)),
        Err(failure) => checks.push(unread("policies", &failure)),
    }
    match cluster.list(&Kind::of("", "v1", "Namespace", "namespaces"), None, None).await {
        Ok((namespaces, _)) => checks.extend(autonomy(&namespaces)),
        Err(failure) => checks.push(unread("autonomy", &failure)),
    }
    checks
}

fn stuck(issues: &[DynamicObject], plans: &[DynamicObject], now: Timestamp) -> Check {
    let mut found = Vec::new();
    for object in issues.iter().chain(plans) {
        let leaving = object.metadata.deletion_timestamp.as_ref().is_some_and(|at| at.0 + STUCK < now);
        if leaving {
            let holds = object.finalizers().join(", ");
            found.push(format!("{} is being deleted and held by {holds}", named(object)));
        }
    }
    found.extend(issues.iter().filter_map(|object| {
        let issue: Issue = typed(object).ok()?;
        let state = issue.status.as_ref().map(|status| status.state).unwrap_or_default();
        let old = issue.creation_timestamp().is_some_and(|at| at.0 + STUCK < now);
        let waits = matches!(state, IssueState::Detected | IssueState::Analyzing) && old;
        waits.then(|| format!("{} is still {state}", named(object), state = state.as_str()))
    }));
    found.extend(plans.iter().filter_map(|object| {
        let plan: RemediationPlan = typed(object).ok()?;
        let status = plan.status?;
        let running = matches!(status.state, RemediationState::Executing | RemediationState::Verifying);
        let late = status.verify_deadline.is_some_and(|at| at.0 + STUCK < now);
        (running && late).then(|| format!("{} is {} past its deadline", named(object), status.state))
    }));
    if found.is_empty() {
        return Check::ok("stuck", format!("none of {} incidents and {} plans", issues.len(), plans.len()));
    }
    let rest = found.len().saturating_sub(SHOWN);
    found.truncate(SHOWN);
    let more = if rest > 0 { format!("; and {rest} more") } else { String::new() };
    Check::fail("stuck", format!("{}{more}", found.join("; ")))
        .next("is the operator running? what does it log? see the checks operator and leader")
}

fn named(object: &DynamicObject) -> String {
    format!("{}/{}", object.namespace().unwrap_or_default(), object.name_any())
}

/// A policy that exists and cannot be understood lets nothing run.
fn understood(policies: &[DynamicObject]) -> Check {
    let problems: Vec<_> = policies
        .iter()
        .filter_map(|object| match typed::<ApprovalPolicy>(object) {
            Ok(policy) if !policy.spec.enabled => None,
            Ok(policy) => policy::check(&policy)
                .err()
                .map(|problem| format!("{} {}: {}", named(object), problem.field, problem.problem)),
            Err(failure) => Some(format!("{}: {}", named(object), failure.message())),
        })
        .collect();
    if problems.is_empty() {
        return Check::ok(
            "policies",
            match policies.len() {
                0 => "none; the autonomy of each namespace decides".to_owned(),
                count => format!("all {count} can be understood"),
            },
        );
    }
    Check::fail("policies", format!("nothing runs where these hold: {}", problems.join("; ")))
        .next("kubectl edit approvalpolicy NAME -n NAMESPACE")
}

/// A word that is none of the four counts as the most careful one, which surprises whoever mistyped it.
fn autonomy(namespaces: &[DynamicObject]) -> Option<Check> {
    let mistyped: Vec<_> = namespaces
        .iter()
        .filter_map(|namespace| {
            let word = namespace.annotations().get(annotations::AUTONOMY)?;
            Autonomy::from_name(word).is_none().then(|| format!("{} says {word:?}", namespace.name_any()))
        })
        .collect();
    (!mistyped.is_empty()).then(|| {
        Check::warn("autonomy", format!("not a level of autonomy: {}", mistyped.join(", ")))
            .next("kubectl chatcli install --autonomy observe|propose|approve|auto -n NAMESPACE")
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::output::checks::Level;

    fn object(value: serde_json::Value) -> DynamicObject {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn an_incident_nobody_analyzes_is_stuck_and_a_resolved_one_is_not() {
        let issue = |state: &str| {
            object(json!({ "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "Issue",
                "metadata": { "name": "web", "namespace": "shop", "creationTimestamp": "2026-01-01T00:00:00Z" },
                "spec": { "severity": "high", "source": "watcher", "resource": { "kind": "Deployment", "name": "web", "namespace": "shop" }, "description": "x" },
                "status": { "state": state } }))
        };
        let now = "2026-01-01T01:00:00Z".parse().unwrap();
        assert_eq!(stuck(&[issue("Resolved")], &[], now).result, Level::Ok);
        let found = stuck(&[issue("Detected")], &[], now);
        assert_eq!((found.result, found.message.as_str()), (Level::Fail, "shop/web is still Detected"));
    }

    #[test]
    fn a_mistyped_level_is_named() {
        let namespace = |level: &str| {
            object(json!({ "metadata": { "name": "shop", "annotations": { "platform.chatcli.io/autonomy": level } } }))
        };
        assert!(autonomy(&[namespace("auto")]).is_none());
        assert_eq!(autonomy(&[namespace("Auto")]).unwrap().message, "not a level of autonomy: shop says \"Auto\"");
    }
}
