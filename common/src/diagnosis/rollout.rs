//! Pods that are never made, put out, or will not go: quotas, refusals of the API server, evictions, finalizers.
//!
//! In: the ReplicaFailure condition, `FailedCreate` Events, ended pods. Out: findings on what refuses, or on the template.

use std::sync::LazyLock;

use regex::Regex;

use super::case::{Case, event_receipt, pod_ref};
use super::codes::Code;
use super::draft::{Draft, receipt};
use crate::api::ResourceRef;
use crate::api::ai_insight::{Evidence, Finding};
use crate::facts::membership::{self, condition};
use crate::facts::{Facts, Pod, Subject};

/// The API server refuses the workload's pods.
pub fn refused_pods(case: &Case<'_>) -> Vec<Finding> {
    let Some((said, evidence)) = refusal(case) else { return Vec::new() };
    vec![judge(case, &said).receipt(evidence).rules_out("scheduling", "no pod was made that could be placed").done()]
}

fn judge(case: &Case<'_>, said: &str) -> Draft {
    let subject = case.subject();
    let nothing =
        format!("{subject} {}", if case.facts.cron_job.is_some() { "starts no Jobs" } else { "gets no pods" });
    let why = said.split_once("is forbidden: ").map_or(said, |(_, why)| why).trim();
    let own = |code: Code, path: &str, statement: String| Draft::of(code, statement).cause(&case.facts.subject, path);
    if let Some((quota, asked)) = quota(said) {
        return Draft::of(
            Code::QuotaExceeded,
            format!("{subject} gets no more pods: ResourceQuota {quota} is used up ({asked})"),
        )
        .cause(&case.neighbour("ResourceQuota", quota), ".spec.hard")
        .confidence(0.97, "the API server names the quota and the numbers")
        .remedy(case.rollback_unless_made("asks for less"))
        .advice(format!("raise ResourceQuota {quota}, ask for less, or scale something else down"));
    }
    if let Some(found) = NEEDS.captures(said) {
        return Draft::of(
            Code::QuotaNeedsRequests,
            format!("{nothing}: ResourceQuota {} wants every pod to say {}", &found[1], &found[2]),
        )
        .cause(&case.facts.subject, ".spec.template.spec.containers[*].resources")
        .confidence(0.97, "the API server names the quota and what it misses")
        .remedy(case.rollback_unless_made("said it"))
        .advice(format!("set {} on every container, or make a LimitRange with defaults", &found[2]));
    }
    if let Some(found) = ACCOUNT.captures(said) {
        let account = ResourceRef { api_version: Some("v1".to_owned()), ..case.neighbour("ServiceAccount", &found[1]) };
        return Draft::of(
            Code::ServiceAccountMissing,
            format!("{nothing}: ServiceAccount {} does not exist", &found[1]),
        )
        .cause(&account, "")
        .confidence(0.97, "the API server names the account it cannot find")
        .remedy(case.rollback_unless_made("runs as another account"))
        .advice(format!("create ServiceAccount {}, or correct serviceAccountName", &found[1]));
    }
    if let Some(found) = PRIORITY.captures(said) {
        return own(
            Code::PriorityClassMissing,
            ".spec.template.spec.priorityClassName",
            format!("{nothing}: PriorityClass {} does not exist", &found[1]),
        )
        .confidence(0.97, "the API server names the class it cannot find")
        .remedy(case.rollback_unless_made("names another class"))
        .advice(format!("create PriorityClass {}, or correct priorityClassName", &found[1]));
    }
    if let Some(found) = WEBHOOK.captures(said) {
        return own(Code::WebhookFailing, "", format!("{nothing}: admission webhook {} does not answer", &found[1]))
            .cause(&ResourceRef::new("AdmissionWebhook", "", &found[1]), "")
            .confidence(0.95, "the API server names the webhook it could not ask")
            .rules_out("template", "it was not judged: the webhook did not answer")
            .advice("repair what answers for the webhook; until then nothing it watches can be created");
    }
    if said.contains("violates PodSecurity") {
        return own(Code::PodSecurityViolated, ".spec.template.spec.securityContext", format!("{nothing}: {why}"))
            .confidence(0.97, "the API server names the standard and the fields")
            .remedy(case.rollback_unless_made("keeps the standard"))
            .advice("set the fields it names in the pod template");
    }
    if LIMIT_RANGE.is_match(said) {
        let range = case.facts.extra.limit_ranges.iter().find_map(|range| range.metadata.name.clone());
        let draft = own(
            Code::LimitRangeViolated,
            ".spec.template.spec.containers[*].resources",
            format!("{nothing}: a LimitRange refuses them: {why}"),
        );
        return draft
            .receipts(range.map(|name| {
                let object = ResourceRef { api_version: Some("v1".to_owned()), ..case.neighbour("LimitRange", &name) };
                receipt(
                    format!("LimitRange {name} holds in this namespace"),
                    object,
                    ".spec.limits",
                    &name,
                    Some(case.facts.now),
                )
            }))
            .confidence(0.95, "the API server names the bound and what was asked")
            .remedy(case.rollback_unless_made("stays within it"))
            .advice("bring requests and limits into the range, or change the LimitRange");
    }
    if said.contains("admission webhook \"") || said.contains("ValidatingAdmissionPolicy") {
        return own(Code::PolicyDenied, ".spec.template", format!("{nothing}: a policy refuses them: {why}"))
            .confidence(0.95, "the API server names the policy")
            .remedy(case.rollback_unless_made("was allowed"))
            .advice("do what the policy asks for, or talk to who owns it");
    }
    own(Code::PodRefused, ".spec.template", format!("{nothing}: the API server refuses them: {why}"))
        .confidence(0.9, "the API server says so")
        .remedy(case.rollback_unless_made("was accepted"))
        .advice("correct the pod template, or what refuses it")
}

/// The quota that a refusal names, and what was asked of it.
pub fn quota(said: &str) -> Option<(&str, &str)> {
    static QUOTA: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"exceeded quota: ([^,\s]+), (requested: .*)$").expect("a valid pattern"));
    let found = QUOTA.captures(said)?;
    Some((found.get(1)?.as_str(), found.get(2)?.as_str()))
}

static NEEDS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"failed quota: ([^:\s]+): must specify (.+)$").expect("a valid pattern"));
static ACCOUNT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"serviceaccounts? "([^"]+)" not found"#).expect("a valid pattern"));
static PRIORITY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"no PriorityClass with name (\S+) was found").expect("a valid pattern"));
static WEBHOOK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"failed calling webhook "([^"]+)""#).expect("a valid pattern"));
static LIMIT_RANGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?:maximum|minimum) \S+ usage per (?:Container|Pod) is|limit to request ratio per (?:Container|Pod) is",
    )
    .expect("a valid pattern")
});

/// What a LimitRange said when it refused the pods.
pub fn refused_by_range(case: &Case<'_>) -> Option<String> {
    refusal(case).map(|(said, _)| said).filter(|said| LIMIT_RANGE.is_match(said))
}

/// The account whose absence a refusal names.
pub fn account(said: &str) -> Option<&str> {
    Some(ACCOUNT.captures(said)?.get(1)?.as_str())
}

/// A rollout past its deadline that nothing else explains, and pods that will not go.
pub fn stuck(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let held = case.facts.pods.iter().find_map(|pod| {
        let until = pod.metadata.deletion_timestamp.as_ref()?.0;
        (case.facts.now.duration_since(until) > crate::signals::DELETION_PATIENCE).then_some((pod, until))
    });
    if let Some((pod, until)) = held {
        let finalizers = pod.metadata.finalizers.clone().unwrap_or_default();
        let name = pod.metadata.name.as_deref().unwrap_or_default();
        let lost = case.facts.node_of(pod).is_some_and(|node| super::nodes::not_ready(node).is_some());
        let statement = if finalizers.is_empty() {
            format!("{}: pod {name} should be gone since {until} and is not", case.subject())
        } else {
            format!("{}: pod {name} is held by finalizer {}", case.subject(), finalizers.join(", "))
        };
        let mut draft = Draft::of(Code::DeletionStuck, statement)
            .cause(
                &pod_ref(pod),
                if finalizers.is_empty() { ".metadata.deletionTimestamp" } else { ".metadata.finalizers" },
            )
            .receipt(receipt(
                format!("its deletion was due at {until}"),
                pod_ref(pod),
                ".metadata.deletionTimestamp",
                until.to_string(),
                Some(until),
            ));
        if !finalizers.is_empty() {
            draft = draft.receipt(receipt(
                format!("finalizers: {}", finalizers.join(", ")),
                pod_ref(pod),
                ".metadata.finalizers",
                finalizers.join(", "),
                Some(case.facts.now),
            ));
        }
        findings.push(
            draft
                .confidence(
                    match (finalizers.is_empty(), lost) {
                        (false, _) => 0.95,
                        (true, true) => 0.5,
                        (true, false) => 0.7,
                    },
                    if finalizers.is_empty() {
                        "its time is over; what the kubelet waits for it does not say"
                    } else {
                        "a pod goes only when its last finalizer is removed"
                    },
                )
                .advice(if finalizers.is_empty() {
                    "look at its node and runtime; a forced deletion only forgets it"
                } else {
                    "find the controller that owns the finalizer; removing it by hand skips the clean-up it stands for"
                })
                .done(),
        );
    }
    if let Some(late) = case.late()
        && case.facts.current_pods().all(|pod| condition(pod, "Ready").is_some())
        && !case.sick.is_empty()
    {
        findings.push(
            Draft::of(Code::RolloutStuck, format!("{}: its rollout makes no progress", case.subject()))
                .cause(&case.facts.subject, ".spec.template")
                .receipt(receipt(
                    late.message.as_deref().unwrap_or("no progress within the deadline"),
                    case.facts.subject.clone(),
                    ".status.conditions[Progressing]",
                    "ProgressDeadlineExceeded",
                    late.last_transition_time.as_ref().map(|time| time.0),
                ))
                .receipts(case.rollout_receipt())
                .receipts(case.sick.first().map(|container| {
                    let ready = condition(container.pod, "Ready");
                    receipt(
                        format!("container {} is not ready", container.name()),
                        pod_ref(container.pod),
                        ".status.conditions[Ready]",
                        ready.and_then(|it| it.reason.as_deref()).unwrap_or("False"),
                        ready.and_then(|it| it.last_transition_time.as_ref()).map(|time| time.0),
                    )
                }))
                .confidence(0.3, "that it is stuck is certain; nothing read says why")
                .remedy(case.rollback(|_, _| true, "is the last one before"))
                .advice("look at the newest pods; go back if the change can wait")
                .done(),
        );
    }
    findings
}

/// Pods that the kubelet put out, while the workload lacks pods or they keep being put out.
pub fn evicted(case: &Case<'_>) -> Vec<Finding> {
    let out = |pod: &&Pod| membership::put_out(pod).is_some();
    let Some(last) = case.facts.pods.iter().map(AsRef::as_ref).filter(out).max_by_key(|pod| membership::put_out(pod))
    else {
        return Vec::new();
    };
    // A program that ends well when it is told to keeps the reason out of its pod's status; the Event of one of them says it.
    let by_event = || {
        let event = case.events("Evicted").next()?;
        Some((event.message.clone().unwrap_or_default(), event_receipt(event)))
    };
    let by_status = |pod: &Pod| {
        let said = pod.status.as_ref()?.message.clone()?;
        let said = said.trim().to_owned();
        let evidence =
            receipt(format!("evicted: {said}"), pod_ref(pod), ".status.message", &said, membership::put_out(pod));
        Some((said, evidence))
    };
    let told = by_status(last).or_else(by_event);
    let Some((said, evidence)) = told.or_else(|| case.facts.pods.iter().find_map(|pod| by_status(pod))) else {
        return Vec::new();
    };
    let said = said.trim();
    let lower = said.to_lowercase();
    let own = [
        "ephemeral local storage usage exceeds",
        "exceeds its local ephemeral storage limit",
        "usage of emptydir volume",
        "exceeds the limit",
    ];
    let code = if own.iter().any(|words| lower.contains(words)) { Code::EvictedStorage } else { Code::EvictedByNode };
    let draft = Draft::of(code, format!("{}: the kubelet put a pod out: {said}", case.subject()));
    let (draft, advice) = if code == Code::EvictedStorage {
        (
            draft.cause(&case.facts.subject, ".spec.template.spec.containers[*].resources.limits.ephemeral-storage"),
            "write less to the local disk, or raise the limit or sizeLimit it names",
        )
    } else {
        let node = ResourceRef::new("Node", "", last.node.clone().unwrap_or_default());
        (
            draft.cause(&ResourceRef { api_version: Some("v1".to_owned()), ..node }, ".status.conditions"),
            "relieve the node, and set requests close to what the pods use",
        )
    };
    vec![
        draft
            .receipt(evidence)
            .confidence(0.85, "the kubelet says why it put it out")
            .rules_out("application", "it was put out, it did not end")
            .advice(advice)
            .done(),
    ]
}

/// What the API server said when it refused a Deployment's pods; other kinds say it in Events only.
pub fn refusal_in_status(facts: &Facts) -> Option<&str> {
    let Subject::Deployment(deployment) = &facts.object else { return None };
    let conditions = deployment.status.as_ref()?.conditions.as_ref()?;
    conditions.iter().find(|it| it.type_ == "ReplicaFailure" && it.status == "True")?.message.as_deref()
}

/// What the API server said when it refused the workload's pods.
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
