//! CPU and memory of one container of a pod template, whatever workload the template belongs to.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::change::{ChangeSet, Terms};
use super::edits;
use super::live::Live;
use super::object::{Object, escape};
use super::quantity::Quantity;
use super::refusal::Refusal;
use crate::api::ActionType;
use crate::api::remediation_plan::ActionClass;

/// Requests and limits wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Resources {
    /// Container; may be left out when the pod has one.
    container: Option<String>,
    /// Memory limit.
    memory_limit: Option<Quantity>,
    /// Memory request.
    memory_request: Option<Quantity>,
    /// CPU limit.
    cpu_limit: Option<Quantity>,
    /// CPU request.
    cpu_request: Option<Quantity>,
}

/// A workload with other resources.
pub struct Adjusted {
    /// The whole object as wanted.
    pub object: Value,
    /// What changes, one phrase.
    pub summary: String,
    /// Why a person should look, where one should.
    pub large: Option<String>,
}

/// Growth beyond this factor is no adjustment any more: a person looks at it.
const LARGE_FACTOR: i128 = 4;

impl Resources {
    /// The change of the workload itself.
    pub fn change(&self, action: ActionType, live: &Live) -> Result<ChangeSet, Refusal> {
        let Some(adjusted) = self.adjusted(action, &live.target)? else {
            return Ok(ChangeSet::nothing("the container already has these resources"));
        };
        let change =
            ChangeSet::patch(&live.target, &adjusted.object, Terms::default(), &live.plan_uid, adjusted.summary);
        Ok(match adjusted.large {
            Some(note) => change.raised_to(ActionClass::Disruptive).noting(note),
            None => change,
        })
    }

    /// The workload with these resources; `None` when it has them already, in whatever spelling.
    pub fn adjusted(&self, action: ActionType, workload: &Object) -> Result<Option<Adjusted>, Refusal> {
        let index = self.container(action, workload)?;
        let containers = format!("{}/spec/containers", workload.pod_template());
        let container = Object(workload.list(&containers)[index].clone());
        let place = format!("{containers}/{index}");
        let mut object = workload.0.clone();
        let mut summary = Vec::new();
        let mut large = None;
        for (list, resource, quantity) in self.values(action)? {
            let present = Quantity::parse(container.text(&format!("/resources/{list}/{}", escape(resource))));
            if present.as_ref() == Some(quantity) {
                continue;
            }
            if present.as_ref().is_some_and(|present| quantity.nano() > present.nano() * LARGE_FACTOR) {
                large = Some(format!("{resource} in {list} grows more than {LARGE_FACTOR} times"));
            }
            let path: Vec<&str> = place.split('/').skip(1).chain(["resources", list, resource]).collect();
            edits::set(&mut object, &path, quantity.as_str().into());
            let word = list.trim_end_matches('s');
            let from = present.map_or("none".to_owned(), |present| present.to_string());
            summary.push(format!("{resource} {word} {from} -> {quantity}"));
        }
        if summary.is_empty() {
            return Ok(None);
        }
        limits_hold_requests(&Object(object.clone()), &place)?;
        let summary = format!("container {}: {}", container.text("/name"), summary.join(", "));
        Ok(Some(Adjusted { object, summary, large }))
    }

    fn values(&self, action: ActionType) -> Result<Vec<(&'static str, &'static str, &Quantity)>, Refusal> {
        let values: Vec<_> = [
            ("limits", "memory", &self.memory_limit),
            ("requests", "memory", &self.memory_request),
            ("limits", "cpu", &self.cpu_limit),
            ("requests", "cpu", &self.cpu_request),
        ]
        .into_iter()
        .filter_map(|(list, resource, quantity)| Some((list, resource, quantity.as_ref()?)))
        .collect();
        if values.is_empty() {
            return Err(Refusal::Unsafe(format!(
                "{action} needs at least one of memory_limit, memory_request, cpu_limit, cpu_request"
            )));
        }
        Ok(values)
    }

    fn container(&self, action: ActionType, workload: &Object) -> Result<usize, Refusal> {
        let containers = workload.list(&format!("{}/spec/containers", workload.pod_template()));
        let names: Vec<&str> =
            containers.iter().filter_map(|container| container.get("name").and_then(Value::as_str)).collect();
        let (param, allowed) = ("container".to_owned(), names.join(", "));
        match &self.container {
            Some(name) => names.iter().position(|known| known == name).ok_or_else(|| Refusal::BadParam {
                action,
                param,
                value: name.clone(),
                allowed,
            }),
            None if names.len() == 1 => Ok(0),
            None => Err(Refusal::MissingParam { action, param, allowed }),
        }
    }
}

/// The server would say so too, but only field by field; a person wants to know which pair.
fn limits_hold_requests(workload: &Object, container: &str) -> Result<(), Refusal> {
    for resource in ["memory", "cpu"] {
        let value = |list: &str| Quantity::parse(workload.text(&format!("{container}/resources/{list}/{resource}")));
        if let (Some(limit), Some(request)) = (value("limits"), value("requests"))
            && limit < request
        {
            let text =
                format!("{resource} limit {limit} cannot be less than request {request}; set {resource}_request too");
            return Err(Refusal::Unsuitable(text));
        }
    }
    Ok(())
}
