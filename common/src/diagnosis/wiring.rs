//! Traffic that does not arrive: Services that select nobody or the wrong port, Ingresses that lead nowhere.
//!
//! In: the subject, the Services and Ingresses around it. Out: findings on the Service or Ingress. Used by `signals` too, so that what is
//! seen and what is explained cannot differ.

use std::collections::BTreeMap;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::{Service, ServicePort};
use k8s_openapi::api::networking::v1::Ingress;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::case::Case;
use super::codes::Code;
use super::draft::{Draft, receipt};
use crate::api::ResourceRef;
use crate::api::ai_insight::Finding;
use crate::facts::membership::created;
use crate::facts::surroundings::{backends, selects};
use crate::facts::{Facts, Subject};

/// Something wrong between a workload and who calls it.
pub struct Fault {
    pub code: Code,
    /// The Service or Ingress.
    pub object: ResourceRef,
    /// Where in it.
    pub path: String,
    /// What stands there.
    pub value: String,
    /// One clause.
    pub what: String,
    /// What the workload has instead.
    pub instead: String,
    /// When the object was made.
    pub made: Option<Timestamp>,
}

/// Everything that keeps traffic from the subject.
pub fn faults(facts: &Facts) -> Vec<Fault> {
    let mut faults = Vec::new();
    let Some(labels) = facts.pod_labels() else { return faults };
    if matches!(facts.object, Subject::Job(_)) {
        return faults;
    }
    for service in &facts.around.services {
        if selects(service, labels) {
            faults.extend(wrong_port(facts, service));
        } else {
            faults.extend(wrong_selector(facts, service, labels));
        }
    }
    for ingress in &facts.around.ingresses {
        faults.extend(nowhere(facts, ingress));
    }
    faults
}

fn wrong_selector(facts: &Facts, service: &Service, labels: &BTreeMap<String, String>) -> Option<Fault> {
    let name = service.metadata.name.as_deref()?;
    // Another Service reaches the workload: this one may be for somebody else, or switched away on purpose.
    let is_namesake = name == facts.subject.name;
    let served = facts.around.services.iter().any(|other| selects(other, labels));
    if served && !is_namesake {
        return None;
    }
    let selector = service.spec.as_ref()?.selector.as_ref()?;
    let wrong: Vec<String> = selector
        .iter()
        .filter(|(key, value)| labels.get(*key) != Some(value))
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    let has: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let (key, _) = wrong.first()?.split_once('=')?;
    Some(Fault {
        code: Code::ServiceSelectorMismatch,
        object: object("Service", "v1", &service.metadata),
        path: format!(".spec.selector[{key}]"),
        value: selector.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(","),
        what: format!("service/{name} selects {}, which its pods do not have", wrong.join(",")),
        instead: format!("its pods are labelled {}", has.join(",")),
        made: created(&service.metadata),
    })
}

fn wrong_port(facts: &Facts, service: &Service) -> Option<Fault> {
    let spec = facts.object.pod_spec()?;
    let declared: Vec<(&str, i32)> = spec
        .containers
        .iter()
        .chain(spec.init_containers.iter().flatten())
        .flat_map(|container| container.ports.iter().flatten())
        .map(|port| (port.name.as_deref().unwrap_or_default(), port.container_port))
        .collect();
    let service_spec = service.spec.as_ref()?;
    if service_spec.type_.as_deref() == Some("ExternalName") {
        return None;
    }
    // A headless Service hands out addresses; nobody goes through its ports.
    if service_spec.cluster_ip.as_deref() == Some("None") {
        return None;
    }
    let ports: &[ServicePort] = service_spec.ports.as_deref().unwrap_or_default();
    let name = service.metadata.name.as_deref().unwrap_or_default();
    let has: Vec<String> = declared
        .iter()
        .map(|(name, port)| if name.is_empty() { port.to_string() } else { format!("{name} ({port})") })
        .collect();
    let fault = |port: &ServicePort, target: String, what: String| Fault {
        code: Code::ServicePortMismatch,
        object: object("Service", "v1", &service.metadata),
        path: format!(".spec.ports[{}].targetPort", port.port),
        value: target,
        what,
        instead: if has.is_empty() {
            "its containers name no port".to_owned()
        } else {
            format!("its containers have {}", has.join(", "))
        },
        made: created(&service.metadata),
    };
    let found = ports.iter().find_map(|port| match &port.target_port {
        // A name that no container has: the endpoint never gets a port.
        Some(IntOrString::String(target)) if !declared.iter().any(|(name, _)| name == target) => Some(fault(
            port,
            target.clone(),
            format!("service/{name} sends port {} to the port named {target}, which no container has", port.port),
        )),
        _ => None,
    });
    if found.is_some() {
        return found;
    }
    // A number need not be declared to be listened on. Where the containers declare ports and the Service reaches none of them, it was
    // not meant so.
    let numbers: Vec<(&ServicePort, i32)> = ports
        .iter()
        .filter_map(|port| match &port.target_port {
            Some(IntOrString::Int(target)) => Some((port, *target)),
            Some(IntOrString::String(_)) => None,
            None => Some((port, port.port)),
        })
        .collect();
    let reaches_one = numbers.iter().any(|(_, target)| declared.iter().any(|(_, port)| port == target));
    if declared.is_empty() || numbers.len() != ports.len() || reaches_one {
        return None;
    }
    let (port, target) = numbers.first()?;
    Some(fault(
        port,
        target.to_string(),
        format!("service/{name} sends port {} to port {target}, which no container declares", port.port),
    ))
}

fn nowhere(facts: &Facts, ingress: &Ingress) -> Option<Fault> {
    let name = ingress.metadata.name.as_deref().unwrap_or_default();
    let fault = |path: &str, value: String, what: String, instead: String| Fault {
        code: Code::IngressBackendMissing,
        object: object("Ingress", "networking.k8s.io/v1", &ingress.metadata),
        path: path.to_owned(),
        value,
        what,
        instead,
        made: created(&ingress.metadata),
    };
    backends(ingress).find_map(|backend| {
        let service =
            facts.around.services.iter().find(|service| service.metadata.name.as_ref() == Some(&backend.name));
        let Some(service) = service else {
            // Only the subject's own Services are in sight: a backend of another name is somebody else's.
            return (backend.name == facts.subject.name).then(|| {
                fault(
                    ".spec.rules[*].http.paths[*].backend.service.name",
                    backend.name.clone(),
                    format!("ingress/{name} leads to service/{}, which does not exist", backend.name),
                    "no Service of that name is there".to_owned(),
                )
            });
        };
        let wanted = backend.port.as_ref()?;
        let ports = service.spec.as_ref()?.ports.as_deref().unwrap_or_default();
        let there = ports.iter().any(|port| {
            wanted.number.is_some_and(|number| number == port.port)
                || wanted.name.as_ref().is_some_and(|name| Some(name) == port.name.as_ref())
        });
        let said = wanted.name.clone().or(wanted.number.map(|number| number.to_string())).unwrap_or_default();
        let has: Vec<String> = ports.iter().map(|port| port.port.to_string()).collect();
        (!there).then(|| {
            fault(
                ".spec.rules[*].http.paths[*].backend.service.port",
                said.clone(),
                format!("ingress/{name} leads to port {said} of service/{}, which it does not have", backend.name),
                format!("the Service has port {}", has.join(", ")),
            )
        })
    })
}

fn object(kind: &str, api_version: &str, meta: &kube::api::ObjectMeta) -> ResourceRef {
    ResourceRef {
        api_version: Some(api_version.to_owned()),
        uid: meta.uid.clone(),
        ..ResourceRef::new(kind, meta.namespace.clone().unwrap_or_default(), meta.name.clone().unwrap_or_default())
    }
}

/// Findings for what keeps traffic away.
pub fn wiring(case: &Case<'_>) -> Vec<Finding> {
    faults(case.facts)
        .into_iter()
        .map(|fault| {
            let certain = fault.code != Code::ServicePortMismatch || fault.value.parse::<u16>().is_err();
            Draft::of(fault.code, format!("{} gets no traffic: {}", case.subject(), fault.what))
                .cause(&fault.object, fault.path.clone())
                .receipt(receipt(&fault.what, fault.object.clone(), fault.path, &fault.value, fault.made))
                .receipt(receipt(
                    &fault.instead,
                    case.facts.subject.clone(),
                    match fault.code {
                        Code::ServiceSelectorMismatch => ".spec.template.metadata.labels",
                        _ => ".spec.template.spec.containers[*].ports",
                    },
                    &fault.instead,
                    Some(case.facts.now),
                ))
                .confidence(
                    if certain { 0.92 } else { 0.75 },
                    if certain {
                        "both objects are as they were read; they do not fit"
                    } else {
                        "a container may listen on a port it does not declare; that all of them do is unlikely"
                    },
                )
                .advice(match fault.code {
                    Code::ServiceSelectorMismatch => {
                        "correct the Service's selector, or the labels of the pod template"
                    }
                    Code::ServicePortMismatch => {
                        "correct targetPort of the Service, or the port the container listens on"
                    }
                    _ => "correct the Ingress's backend, or create what it leads to",
                })
                .done()
        })
        .collect()
}
