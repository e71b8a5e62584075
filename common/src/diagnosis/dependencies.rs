//! The trouble is elsewhere: a Service that this workload calls has nobody behind it.
//!
//! In: Services named by environment, arguments and log lines, with their endpoints. Out: findings on the Service or on the workload
//! behind it. No remedy here: the dependency has an incident of its own.

use std::collections::BTreeSet;

use super::case::{Case, end_receipt, pod_ref};
use super::codes::Code;
use super::draft::{Draft, receipt};
use super::exits::is_start_error;
use super::wiring;
use crate::api::ResourceRef;
use crate::api::ai_insight::{Evidence, Finding};
use crate::facts::containers::View;
use crate::facts::references::{ServiceHint, services_in, services_of};
use crate::facts::{Facts, ServiceFacts, Subject, Surroundings};

/// Containers that got far enough to call anybody, and those that look well and log errors.
pub fn callers<'a, 'c>(case: &'c Case<'a>) -> impl Iterator<Item = &'c View<'a>> {
    failing(case).chain(case.complaints.iter().map(|complaint| &complaint.container))
}

fn failing<'a, 'c>(case: &'c Case<'a>) -> impl Iterator<Item = &'c View<'a>> {
    case.sick.iter().filter(|container| {
        let ran = container.latest_end().is_some_and(|end| !end.is_oom() && !is_start_error(&end));
        ran || (container.running_since().is_some() && !container.is_ready())
    })
}

/// Services that these containers may call; of one that looks well only those that its errors name.
pub fn hints(case: &Case<'_>) -> BTreeSet<(String, String)> {
    let own = &case.facts.subject.namespace;
    let placed = |hint: ServiceHint| (hint.namespace.unwrap_or_else(|| own.clone()), hint.name);
    let configured = failing(case).flat_map(|container| services_of(container.spec));
    let words = callers(case).flat_map(|container| {
        case.logs(container).flat_map(|tail| tail.lines.iter()).flat_map(|line| services_in(line))
    });
    configured.chain(words).map(placed).collect()
}

/// Findings for Services without ready endpoints, and for Services that do not exist.
pub fn dependency(case: &Case<'_>) -> Vec<Finding> {
    let wanted = hints(case);
    let down = case.facts.extra.services.iter().filter(|it| {
        it.ready_endpoints == 0
            && !it.external
            && wanted.contains(&(it.service.namespace.clone(), it.service.name.clone()))
            && !is_own(case.facts, it)
    });
    let mut findings: Vec<Finding> = down.filter_map(|service| judge(case, service)).collect();
    let unreached = case.facts.extra.services.iter().filter(|it| {
        it.ready_endpoints > 0
            && wanted.contains(&(it.service.namespace.clone(), it.service.name.clone()))
            && !is_own(case.facts, it)
    });
    findings.extend(unreached.filter_map(|service| judge_wiring(case, service)));
    let gone = case
        .facts
        .extra
        .missing
        .iter()
        .filter(|gone| gone.kind == "Service" && wanted.contains(&(gone.namespace.clone(), gone.name.clone())));
    findings.extend(gone.filter_map(|service| judge_missing(case, service)));
    findings
}

/// The subject itself is scaled to 0. Nobody asks about such a workload unless others suffer from it.
pub fn at_rest(case: &Case<'_>) -> Vec<Finding> {
    let kept = matches!(case.facts.object, Subject::Deployment(_) | Subject::StatefulSet(_));
    if !kept || case.facts.object.desired() > 0 {
        return Vec::new();
    }
    let subject = &case.facts.subject;
    vec![
        Draft::of(Code::DependencyScaledDown, format!("{} is scaled to 0, and others need it", subject.short()))
            .cause(subject, ".spec.replicas")
            .receipt(receipt("it wants 0 replicas", subject.clone(), ".spec.replicas", "0", Some(case.facts.now)))
            .confidence(0.9, "nobody can answer; whether that is wanted, only a person knows")
            .rules_out("application", "none of it is meant to run")
            .advice(format!("scale {} up again, or find out why it was scaled down", subject.short()))
            .done(),
    ]
}

/// A container that may call the Service, with its words about it. One that looks well calls only whom it names.
fn caller<'a, 'c>(case: &'c Case<'a>, service: &str) -> Option<(&'c View<'a>, Option<Evidence>)> {
    if let Some(container) = failing(case).next() {
        return Some((container, spoken_of(case, container, service)));
    }
    callers(case).find_map(|container| Some((container, Some(spoken_of(case, container, service)?))))
}

fn judge(case: &Case<'_>, down: &ServiceFacts) -> Option<Finding> {
    let (container, words) = caller(case, &down.service.name)?;
    let service = down.service.short();
    let behind: Vec<String> = down.behind.iter().map(ResourceRef::short).collect();
    let (culprit, path) = down.behind.first().map_or((&down.service, ".spec.selector"), |workload| (workload, ""));
    // Pods of the older revision call the same Service and are well: then it is not the Service.
    let others_are_well = case.way_back().is_some_and(|(_, good)| good.ready > 0);
    let (confidence, reason) = match (words.is_some(), others_are_well) {
        (_, true) => (0.35, "pods of the older revision are well without it"),
        (true, false) => (0.95, "the application names it, and it has no ready endpoint"),
        (false, false) => {
            (0.75, "its configuration names it, and it has no ready endpoint; its log does not speak of it")
        }
    };
    let code = if down.scaled_down.is_some() { Code::DependencyScaledDown } else { Code::DependencyDown };
    let (culprit, path) = down.scaled_down.as_ref().map_or((culprit, path), |idle| (idle, ".spec.replicas"));
    let who = match &down.scaled_down {
        Some(idle) => format!(" ({} is scaled to 0)", idle.short()),
        None if behind.is_empty() => String::new(),
        None => format!(" (behind it: {})", behind.join(", ")),
    };
    let missing = if down.endpoints == 0 {
        "no endpoints".to_owned()
    } else {
        format!("none of its {} endpoints ready", down.endpoints)
    };
    Some(
        Draft::of(code, format!("{} fails because {service} does not answer: it has {missing}{who}", case.subject()))
            .cause(culprit, path)
            .receipts(words)
            .receipt(receipt(
                format!("{service} has {} of {} endpoints ready", down.ready_endpoints, down.endpoints),
                down.service.clone(),
                "endpoints",
                format!("{}/{}", down.ready_endpoints, down.endpoints),
                Some(case.facts.now),
            ))
            .receipts(down.scaled_down.as_ref().map(|idle| {
                receipt(
                    format!("{} wants 0 replicas", idle.short()),
                    idle.clone(),
                    ".spec.replicas",
                    "0",
                    Some(case.facts.now),
                )
            }))
            .receipts(container.latest_end().map(|end| end_receipt(container, &end)))
            .confidence(confidence, reason)
            .rules_out("image", "pulled and started")
            .rules_out("memory", "no OOM kill")
            .advice(if let Some(idle) = &down.scaled_down {
                format!("scale {} up again, or find out why it was scaled down", idle.short())
            } else if behind.is_empty() {
                format!("no pod matches the selector of {service}: see which workload should be behind it")
            } else {
                format!("look at {}; this workload recovers with it", behind.join(", "))
            })
            .done(),
    )
}

/// The Service has endpoints, and sends to a port that they do not have.
fn judge_wiring(case: &Case<'_>, service: &ServiceFacts) -> Option<Finding> {
    let (container, words) = caller(case, &service.service.name)?;
    let sample = Facts::about(Subject::Pod(service.sample.clone()?), case.facts.now)
        .with_surroundings(Surroundings { services: vec![service.object.clone()?], ..Surroundings::default() });
    let fault = wiring::faults(&sample).into_iter().find(|fault| fault.object.same_object(&service.service))?;
    let (confidence, reason) = if words.is_some() {
        (0.93, "the application names it, and its port leads nowhere")
    } else {
        (0.76, "its configuration names it, and its port leads nowhere; its log does not speak of it")
    };
    Some(
        Draft::of(fault.code, format!("{} fails because {}", case.subject(), fault.what))
            .cause(&service.service, fault.path.clone())
            .receipts(words)
            .receipt(receipt(&fault.what, service.service.clone(), fault.path, &fault.value, fault.made))
            .receipts(container.latest_end().map(|end| end_receipt(container, &end)))
            .confidence(confidence, reason)
            .rules_out("dependency", "the pods behind it are ready")
            .rules_out("memory", "no OOM kill")
            .advice("correct targetPort of the Service, or the port the container behind it listens on")
            .done(),
    )
}

fn judge_missing(case: &Case<'_>, service: &ResourceRef) -> Option<Finding> {
    let (container, words) =
        callers(case).find_map(|container| Some((container, spoken_of(case, container, &service.name)?)))?;
    Some(
        Draft::of(
            Code::DependencyMissing,
            format!("{} fails because {} does not exist", case.subject(), service.short()),
        )
        .cause(service, "")
        .receipt(words)
        .receipts(container.latest_end().map(|end| end_receipt(container, &end)))
        .confidence(0.8, "the application names it, and there is no such Service")
        .rules_out("image", "pulled and started")
        .advice(format!("create {}, or correct the name that container {} calls", service.short(), container.name()))
        .done(),
    )
}

/// A log line of trouble that names the Service.
fn spoken_of(case: &Case<'_>, container: &View<'_>, service: &str) -> Option<Evidence> {
    const TROUBLE: [&str; 10] = [
        "refused",
        "no such host",
        "timeout",
        "timed out",
        "unreachable",
        "unavailable",
        "failed",
        "error",
        "cannot",
        "lookup",
    ];
    case.logs(container).find_map(|tail| {
        let line = tail.lines.iter().rev().find(|line| {
            let lower = line.to_lowercase();
            TROUBLE.iter().any(|word| lower.contains(word)) && names(&lower, service)
        })?;
        Some(receipt(
            format!("last said: {}", line.trim()),
            pod_ref(container.pod),
            format!("log[{}]", tail.container),
            line,
            None,
        ))
    })
}

/// Does the line hold the name as a word of its own?
fn names(line: &str, service: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    line.match_indices(service).any(|(start, found)| {
        let before = line[..start].chars().next_back();
        let after = line[start + found.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

/// A Service in front of the subject itself has no endpoints because the subject is sick.
fn is_own(facts: &Facts, service: &ServiceFacts) -> bool {
    if service.behind.iter().any(|workload| workload.same_object(&facts.subject)) {
        return true;
    }
    let mut pods = facts.pods.iter().filter_map(|pod| pod.metadata.labels.as_ref());
    service.service.namespace == facts.subject.namespace
        && !service.selector.is_empty()
        && pods.any(|labels| service.selector.iter().all(|(key, value)| labels.get(key) == Some(value)))
}
