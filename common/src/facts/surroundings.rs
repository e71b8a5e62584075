//! What in its namespace concerns a workload: Services in front of it, Ingresses before those, who scales it, who guards it.
//!
//! In: the namespace's objects. Out: those that belong to one subject. A Service that selects nobody belongs to the workload it was
//! plainly meant for: the one that bears its name or shares one of its selector's labels.

use std::collections::BTreeMap;
use std::sync::Arc;

use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::core::v1::Service;
use k8s_openapi::api::networking::v1::{Ingress, IngressServiceBackend};
use k8s_openapi::api::policy::v1::PodDisruptionBudget;

use super::{Facts, Subject};

/// Objects of one namespace, or those of them that concern one subject.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Services.
    pub services: Vec<Arc<Service>>,
    /// Ingresses.
    pub ingresses: Vec<Arc<Ingress>>,
    /// Autoscalers.
    pub autoscalers: Vec<Arc<HorizontalPodAutoscaler>>,
    /// Disruption budgets.
    pub budgets: Vec<Arc<PodDisruptionBudget>>,
}

impl Surroundings {
    /// Those that concern the subject of these facts.
    #[must_use]
    pub fn about(self, facts: &Facts) -> Self {
        let Some(labels) = facts.pod_labels() else { return Self::default() };
        let name = facts.subject.name.as_str();
        let mut services = self.services;
        services.retain(|service| selects(service, labels) || seems_meant_for(service, name, labels));
        let leads_here = |ingress: &Ingress| {
            backends(ingress).any(|backend| {
                backend.name == name
                    || services.iter().any(|service| service.metadata.name.as_ref() == Some(&backend.name))
            })
        };
        let ingresses = self.ingresses.into_iter().filter(|ingress| leads_here(ingress)).collect();
        let autoscalers = self
            .autoscalers
            .into_iter()
            .filter(|scaler| {
                let target = scaler.spec.as_ref().map(|spec| &spec.scale_target_ref);
                target.is_some_and(|target| target.kind == facts.subject.kind && target.name == name)
            })
            .collect();
        let budgets = self
            .budgets
            .into_iter()
            .filter(|budget| {
                let selector = budget.spec.as_ref().and_then(|spec| spec.selector.as_ref());
                let wanted = selector.and_then(|selector| selector.match_labels.as_ref());
                wanted.is_some_and(|wanted| !wanted.is_empty() && holds(labels, wanted))
            })
            .collect();
        Self { services, ingresses, autoscalers, budgets }
    }
}

/// Pod labels a Service selects; empty for one without a selector.
pub fn selector(service: &Service) -> BTreeMap<String, String> {
    service.spec.as_ref().and_then(|spec| spec.selector.clone()).unwrap_or_default()
}

/// Does a Service select pods with these labels?
pub fn selects(service: &Service, labels: &BTreeMap<String, String>) -> bool {
    let selector = service.spec.as_ref().and_then(|spec| spec.selector.as_ref());
    selector.is_some_and(|selector| !selector.is_empty() && holds(labels, selector))
}

/// Does one set of labels hold another?
pub fn holds(labels: &BTreeMap<String, String>, wanted: &BTreeMap<String, String>) -> bool {
    wanted.iter().all(|(key, value)| labels.get(key) == Some(value))
}

/// A Service with a selector that does not fit, and yet a name or a label in common.
fn seems_meant_for(service: &Service, name: &str, labels: &BTreeMap<String, String>) -> bool {
    let Some(selector) = service.spec.as_ref().and_then(|spec| spec.selector.as_ref()) else { return false };
    let shares = selector.iter().any(|(key, value)| labels.get(key) == Some(value));
    !selector.is_empty() && (service.metadata.name.as_deref() == Some(name) || (selector.len() > 1 && shares))
}

/// Services an Ingress leads to.
pub fn backends(ingress: &Ingress) -> impl Iterator<Item = &IngressServiceBackend> {
    let spec = ingress.spec.as_ref();
    let usual = spec.and_then(|spec| spec.default_backend.as_ref());
    let rules = spec.and_then(|spec| spec.rules.as_deref()).unwrap_or_default();
    let paths = rules.iter().filter_map(|rule| rule.http.as_ref()).flat_map(|http| &http.paths);
    usual.into_iter().chain(paths.map(|path| &path.backend)).filter_map(|backend| backend.service.as_ref())
}

/// Whether somebody answers for this subject at all: pods come and go, a scale of 0 is a decision.
pub fn is_meant_to_run(object: &Subject) -> bool {
    matches!(object, Subject::Pod(_)) || object.desired() > 0
}
