//! A Runbook tried against a recorded cluster: does it fire, and what would each step change?

use common::actions::{self, Scope};
use common::api::keys::OPERATOR_NAMESPACE;
use common::api::{ActionType, IssueSeverity, RemediationAction, ResourceRef, Runbook};
use kube::ResourceExt as _;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::kube::Cluster;
use crate::output::checks::Check;
use crate::recording::Recording;

/// The file that `runbook test` reads.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Fixture {
    /// The incident that must trigger it.
    pub incident: Incident,
    /// What it must do.
    pub expect: Outcome,
    /// The cluster as it was.
    pub recording: Recording,
}

/// The part of an incident that triggers look at.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Incident {
    /// Signal.
    pub signal_type: String,
    /// Severity.
    pub severity: IssueSeverity,
    /// What it is about.
    pub resource: ResourceRef,
}

/// What a Runbook does.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Outcome {
    /// Whether the incident triggers it.
    pub fires: bool,
    /// One entry per step.
    pub steps: Vec<Step>,
}

/// What a step does.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Step {
    /// The action.
    pub action: String,
    /// `patch deploy/worker`, …; empty where it changes nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub writes: Vec<String>,
    /// JSON pointers of the fields it touches, with the value after.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub touches: Vec<String>,
    /// Why it is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// Tries it. `cluster` may be live, to record what is asked, or a recording.
pub async fn run(
    runbook: &Runbook,
    incident: &Incident,
    cluster: &Cluster,
    now: jiff::Timestamp,
) -> Result<Outcome, Failure> {
    let mut steps = Vec::new();
    for step in &runbook.spec.steps {
        steps.push(one(&step.action, &step.params, incident, cluster, now).await?);
    }
    Ok(Outcome { fires: fires(runbook, incident), steps })
}

/// True when the trigger fits the incident; the operator asks the same.
pub fn fires(runbook: &Runbook, incident: &Incident) -> bool {
    runbook.spec.enabled != Some(false)
        && runbook.spec.trigger.fits(&incident.signal_type, incident.severity, &incident.resource.kind)
}

async fn one(
    name: &str,
    params: &std::collections::BTreeMap<String, String>,
    incident: &Incident,
    cluster: &Cluster,
    now: jiff::Timestamp,
) -> Result<Step, Failure> {
    let target = &incident.resource;
    let refused =
        |why: String| Step { action: name.to_owned(), writes: Vec::new(), touches: Vec::new(), refused: Some(why) };
    let action = RemediationAction { action_type: ActionType::from_name(name), params: params.clone() };
    let parsed = match actions::parse(&action, target) {
        Ok(parsed) => parsed,
        Err(refusal) => return Ok(refused(refusal.to_string())),
    };
    let scope = Scope { target, now, plan_uid: "", operator_namespace: OPERATOR_NAMESPACE, chosen: &[] };
    let live = actions::read(&cluster.client(), &scope, &parsed.needs(target))
        .await
        .map_err(|why| Failure::new(format!("{name}: {why}")))?;
    let change = match parsed.change(&live) {
        Ok(change) => change,
        Err(refusal) => return Ok(refused(refusal.to_string())),
    };
    let records = change.writes.iter().map(|write| &write.record);
    Ok(Step {
        action: name.to_owned(),
        writes: records
            .clone()
            .map(|record| format!("{} {}", format!("{:?}", record.kind).to_lowercase(), record.object.short()))
            .collect(),
        touches: records
            .flat_map(|record| &record.touched)
            .map(|field| match &field.after {
                Some(value) => format!("{} = {value}", field.path),
                None => format!("{} removed", field.path),
            })
            .collect(),
        refused: None,
    })
}

/// Expected and found, as checks.
pub fn compared(runbook: &Runbook, expected: &Outcome, found: &Outcome) -> Vec<Check> {
    let mut checks = Vec::new();
    checks.push(match (expected.fires, found.fires) {
        (true, true) => Check::ok("fires", format!("the incident triggers {}", runbook.name_any())),
        (true, false) => Check::fail("fires", format!("the incident does not trigger {}", runbook.name_any()))
            .next("compare spec.trigger with the fixture's incident"),
        (false, true) => Check::fail("fires", format!("the incident triggers {}, and must not", runbook.name_any())),
        (false, false) => {
            Check::ok("fires", format!("the incident does not trigger {}, as expected", runbook.name_any()))
        }
    });
    for index in 0..expected.steps.len().max(found.steps.len()) {
        let name = format!("step {}", index + 1);
        let (wanted, is) = (expected.steps.get(index), found.steps.get(index));
        checks.push(match (wanted, is) {
            (Some(wanted), Some(is)) if wanted == is => Check::ok(name, is.words()),
            (Some(wanted), Some(is)) => {
                Check::fail(name, format!("expected: {}; found: {}", wanted.words(), is.words()))
                    .next("where the change is right: add --accept")
            }
            (Some(wanted), None) => Check::fail(name, format!("expected: {}; there is no such step", wanted.words())),
            (None, Some(is)) => {
                Check::fail(name, format!("not expected: {}", is.words())).next("where it is right: add --accept")
            }
            (None, None) => continue,
        });
    }
    checks
}

impl Step {
    /// One line.
    pub fn words(&self) -> String {
        if let Some(why) = &self.refused {
            return format!("{} is refused: {why}", self.action);
        }
        if self.writes.is_empty() {
            return format!("{} changes nothing", self.action);
        }
        let fields = if self.touches.is_empty() { String::new() } else { format!(": {}", self.touches.join(", ")) };
        format!("{}: {}{fields}", self.action, self.writes.join(", "))
    }
}
