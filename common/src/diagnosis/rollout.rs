//! Pods that are never made: quotas and refusals of the API server.
//!
//! In: the ReplicaFailure condition, `FailedCreate` Events. Out: findings on the quota or on the template.

use std::sync::LazyLock;

use regex::Regex;

use super::case::{Case, event_receipt};
use super::codes::Code;
use super::draft::{Draft, receipt};
use crate::api::ai_insight::{Evidence, Finding};
use crate::facts::Subject;

/// The API server refuses the workload's pods.
pub fn refused_pods(case: &Case<'_>) -> Vec<Finding> {
    static QUOTA: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"exceeded quota: ([^,\s]+), (requested: .*)$").expect("a valid pattern"));
    let Some((said, evidence)) = refusal(case) else { return Vec::new() };
    let subject = case.subject();
    let draft = if let Some(found) = QUOTA.captures(&said) {
        let quota = case.neighbour("ResourceQuota", &found[1]);
        Draft::of(
            Code::QuotaExceeded,
            format!("{subject} gets no more pods: ResourceQuota {} is used up ({})", &found[1], &found[2]),
        )
        .cause(&quota, ".spec.hard")
        .confidence(0.97, "the API server names the quota and the numbers")
        .advice(format!("raise ResourceQuota {}, ask for less, or scale something else down", &found[1]))
    } else {
        let why = said.split_once("is forbidden: ").map_or(said.as_str(), |(_, why)| why);
        Draft::of(Code::PodRefused, format!("{subject} gets no pods: the API server refuses them: {why}"))
            .cause(&case.facts.subject, ".spec.template")
            .confidence(0.95, "the API server says so")
            .advice(
                "correct the pod template, or what refuses it (admission policy, security standard, ServiceAccount)",
            )
    };
    vec![draft.receipt(evidence).rules_out("scheduling", "no pod was made that could be placed").done()]
}

fn refusal(case: &Case<'_>) -> Option<(String, Evidence)> {
    if let Subject::Deployment(deployment) = &case.facts.object {
        let conditions = deployment.status.as_ref().and_then(|status| status.conditions.as_ref());
        let failure = conditions.into_iter().flatten().find(|it| it.type_ == "ReplicaFailure" && it.status == "True");
        if let Some(failure) = failure {
            let said = failure.message.clone().unwrap_or_default();
            let evidence = receipt(
                &said,
                case.facts.subject.clone(),
                ".status.conditions[ReplicaFailure]",
                &said,
                failure.last_transition_time.as_ref().map(|time| time.0),
            );
            return Some((said, evidence));
        }
        return None;
    }
    // Other kinds say it in Events only; they count while pods are missing.
    if case.facts.current_pods().count() >= case.facts.object.desired().max(1) {
        return None;
    }
    let event = case.events("FailedCreate").next()?;
    Some((event.message.clone().unwrap_or_default(), event_receipt(event)))
}
