//! The trouble is elsewhere: a Service that this workload calls has nobody behind it.
//!
//! In: Services named by environment, arguments and log lines, with their endpoints. Out: findings on the Service or on the workload
//! behind it. The only remedy here is to go back where the newest revision is the first to call it: the dependency has an incident of
//! its own.

use std::collections::BTreeSet;

use super::case::{Case, end_receipt, pod_ref, template_path};
use super::codes::Code;
use super::draft::{Draft, receipt};
use super::exits::is_start_error;
use super::{exits, said, wiring};
use crate::api::ResourceRef;
use crate::api::ai_insight::{Evidence, Finding};
use crate::facts::containers::View;
use crate::facts::logged::line::without_time;
use crate::facts::references::{ServiceHint, calls_of, services_in, services_of};
use crate::facts::revisions::Revision;
use crate::facts::{Facts, ServiceFacts, Subject, Surroundings};

/// What a pod without `dnsPolicy` has.
const CLUSTER_FIRST: &str = "ClusterFirst";

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
    findings.extend(unreached.clone().filter_map(|service| judge_wiring(case, service)));
    findings.extend(unreached.filter_map(|service| judge_port(case, service)));
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

/// The Service is there, and the pod does not ask the DNS that knows it.
pub fn beside_the_clusters_dns(case: &Case<'_>) -> Vec<Finding> {
    let found = failing(case).find_map(|container| {
        let spec = container.pod.spec.as_deref()?;
        let policy = spec.dns_policy.as_deref().unwrap_or(CLUSTER_FIRST);
        let on_host = spec.host_network.unwrap_or(false);
        let (path, value) = match policy {
            "Default" => ("dnsPolicy", "Default"),
            CLUSTER_FIRST if on_host => ("hostNetwork", "true"),
            _ => return None,
        };
        let (service, words) = case.facts.extra.services.iter().find_map(|it| {
            let words = spoken_of(case, container, &it.service.name)?;
            let line = words.value.as_deref()?;
            (line.contains("lookup ") || said::is_failed_lookup(line)).then_some((&it.service, words))
        })?;
        Some((container, path, value, service, words))
    });
    let Some((container, path, value, service, words)) = found else { return Vec::new() };
    let service = service.short();
    vec![
        Draft::of(
            Code::HostUnresolved,
            format!(
                "{} does not find {service}: its pods ask the node's DNS, and only the cluster's knows it",
                case.subject()
            ),
        )
        .cause(&case.facts.subject, format!(".spec.template.spec.{path}"))
        .receipt(words)
        .receipt(receipt(
            format!("{path} is {value}"),
            pod_ref(container.pod),
            format!(".spec.{path}"),
            value,
            Some(case.facts.now),
        ))
        .receipts(case.rollout_receipt())
        .confidence(0.93, "the name is a Service's, and the pod's DNS is another than the cluster's")
        .rules_out("dependency", format!("{service} exists"))
        .rules_out("image", "pulled and started")
        .remedy(case.rollback(|_, _| true, "is the last one before"))
        .advice("set dnsPolicy to ClusterFirst; with hostNetwork to ClusterFirstWithHostNet")
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
    let new = is_new(case, container, &down.service.name);
    let (confidence, reason) = match (words.is_some(), others_are_well) {
        (true, true) if new => (0.95, "the newest revision is the first to call it, and it has no ready endpoint"),
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
            .remedy(case.rollback(|_, _| new, "does not call it"))
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

/// The Service is well, and is called at a port that it does not have.
fn judge_port(case: &Case<'_>, service: &ServiceFacts) -> Option<Finding> {
    let spec = service.object.as_ref()?.spec.as_ref()?;
    let ports: Vec<String> = spec.ports.iter().flatten().map(|port| port.port.to_string()).collect();
    // Without an address of its own its name leads to the pods, at whatever port they have.
    if ports.is_empty() || spec.cluster_ip.as_deref() == Some("None") {
        return None;
    }
    let own = &case.facts.subject.namespace;
    let is_it = |hint: &ServiceHint| {
        hint.name == service.service.name && hint.namespace.as_ref().unwrap_or(own) == &service.service.namespace
    };
    let (container, call) = failing(case).find_map(|container| {
        let mut calls: Vec<_> = calls_of(container.spec).into_iter().filter(|call| is_it(&call.service)).collect();
        calls.retain(|call| !ports.contains(&call.port.to_string()));
        Some((container, calls.into_iter().next()?))
    })?;
    let words = spoken_of(case, container, &service.service.name);
    let (name, port) = (service.service.short(), call.port);
    let has = ports.join(", ");
    Some(
        Draft::of(
            Code::DependencyPortWrong,
            format!("{} fails because it calls {name} at port {port}, and {name} has {has}", case.subject()),
        )
        .cause(&case.facts.subject, format!("{}.{}", template_path(case.facts, container), call.place))
        .confidence(if words.is_some() { 0.95 } else { 0.8 }, "nobody answers at a port that the Service does not have")
        .receipts(words)
        .receipt(receipt(
            format!("container {} calls {}:{port}", container.name(), call.service.name),
            pod_ref(container.pod),
            format!(".spec.containers[{}].{}", container.name(), call.place),
            port.to_string(),
            Some(case.facts.now),
        ))
        .receipt(receipt(
            format!("{name} has {has}"),
            service.service.clone(),
            ".spec.ports",
            &has,
            Some(case.facts.now),
        ))
        .receipts(case.rollout_receipt())
        .rules_out("dependency", "the pods behind it are ready")
        .remedy(case.rollback(|good, current| exits::differs(good, current, container.name()), "calls another port"))
        .advice(format!("correct the port in the configuration of container {}, or add it to {name}", container.name()))
        .done(),
    )
}

fn judge_missing(case: &Case<'_>, service: &ResourceRef) -> Option<Finding> {
    let (container, words) =
        callers(case).find_map(|container| Some((container, spoken_of(case, container, &service.name)?)))?;
    let new = is_new(case, container, &service.name);
    Some(
        Draft::of(
            Code::DependencyMissing,
            format!("{} fails because {} does not exist", case.subject(), service.short()),
        )
        .cause(service, "")
        .receipt(words)
        .receipts(container.latest_end().map(|end| end_receipt(container, &end)))
        .confidence(
            if new { 0.95 } else { 0.8 },
            if new {
                "the newest revision is the first to call it, and there is no such Service"
            } else {
                "the application names it, and there is no such Service"
            },
        )
        .rules_out("image", "pulled and started")
        .remedy(case.rollback(|_, _| new, "does not call it"))
        .advice(format!("create {}, or correct the name that container {} calls", service.short(), container.name()))
        .done(),
    )
}

/// Does the newest revision alone call the Service, as far as its configuration names it?
fn is_new(case: &Case<'_>, container: &View<'_>, service: &str) -> bool {
    let calls = |revision: Revision<'_>| {
        revision
            .container(container.name())
            .is_some_and(|spec| services_of(spec).iter().any(|hint| hint.name == service))
    };
    case.way_back().is_some_and(|(rollout, good)| calls(rollout.current) && !calls(good))
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
            format!("last said: {}", without_time(line).trim()),
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
