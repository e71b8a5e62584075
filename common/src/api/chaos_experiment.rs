//! `ChaosExperiment`: a fault injected on purpose, with guard rails.

use std::collections::BTreeMap;

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    formats,
    shared::{Condition, NameRef, ResourceRef, Time, conditions_schema},
};

/// What to break, for how long, and when not to.
#[derive(Clone, CustomResource, Debug, Deserialize, KubeSchema, PartialEq, Serialize)]
#[kube(
    group = "platform.chatcli.io",
    version = "v1alpha1",
    kind = "ChaosExperiment",
    namespaced,
    status = "ChaosExperimentStatus",
    derive = "PartialEq",
    shortname = "chaos",
    shortname = "chaosexp",
    category = "chatcli",
    category = "aiops",
    printcolumn(name = "Type", type_ = "string", json_path = ".spec.experimentType"),
    printcolumn(name = "Target", type_ = "string", json_path = ".spec.target.name"),
    printcolumn(name = "State", type_ = "string", json_path = ".status.state"),
    printcolumn(name = "Duration", type_ = "string", json_path = ".spec.duration"),
    printcolumn(name = "Namespace", type_ = "string", json_path = ".spec.target.namespace", priority = "1"),
    printcolumn(name = "Recovered", type_ = "boolean", json_path = ".status.recoveryVerified", priority = "1"),
    printcolumn(name = "Result", type_ = "string", json_path = ".status.result", priority = "1"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[x_kube(
    validation = Rule::new("self.target.kind in ['Deployment', 'StatefulSet']")
        .message("only a Deployment or a StatefulSet can be the target").field_path(".target.kind"),
    validation = Rule::new("!has(self.safetyChecks) || !has(self.safetyChecks.blockedNamespaces) || !(self.target.__namespace__ in self.safetyChecks.blockedNamespaces)")
        .message("safetyChecks.blockedNamespaces forbids the target's namespace, so this can never run").field_path(".target.namespace"),
    validation = Rule::new("!has(self.safetyChecks) || !has(self.safetyChecks.allowedNamespaces) || size(self.safetyChecks.allowedNamespaces) == 0 || self.target.__namespace__ in self.safetyChecks.allowedNamespaces")
        .message("safetyChecks.allowedNamespaces leaves out the target's namespace, so this can never run").field_path(".target.namespace"),
    validation = Rule::new("!has(self.postExperiment) || !has(self.postExperiment.runRemediationTest) || !self.postExperiment.runRemediationTest || has(self.linkedIssueRef)")
        .message("postExperiment.runRemediationTest looks at linkedIssueRef, which is missing").field_path(".postExperiment.runRemediationTest"),
    validation = Rule::new("!has(self.parameters) || self.parameters.all(p, p in (\
            self.experimentType == 'pod_kill' ? ['count', 'gracePeriodSeconds'] : \
            self.experimentType == 'pod_failure' ? ['count', 'gracePeriodSeconds'] : \
            self.experimentType == 'cpu_stress' ? ['cores', 'loadPercent', 'count'] : \
            self.experimentType == 'memory_stress' ? ['bytes', 'workers', 'count'] : \
            self.experimentType == 'network_delay' ? ['latencyMs', 'jitterMs', 'interface', 'count'] : \
            self.experimentType == 'network_loss' ? ['percent', 'correlation', 'interface', 'count'] : ['size', 'workers', 'count']))")
        .message("a parameter does not belong to this experimentType").field_path(".parameters"),
    validation = Rule::new("!has(self.parameters) || self.parameters.all(p, !(p in ['count', 'gracePeriodSeconds', 'cores', 'loadPercent', 'workers', 'latencyMs', 'jitterMs', 'percent', 'correlation']) || self.parameters[p].matches('^[0-9]{1,9}$'))")
        .message("a parameter that must be a whole number is not one").field_path(".parameters"),
    validation = Rule::new("!has(self.parameters) || self.parameters.all(p, !(p in ['loadPercent', 'percent', 'correlation']) || !self.parameters[p].matches('^[0-9]{1,9}$') || int(self.parameters[p]) <= 100)")
        .message("a percentage must be between 0 and 100").field_path(".parameters"),
    validation = Rule::new("!has(self.parameters) || self.parameters.all(p, !(p in ['bytes', 'size']) || self.parameters[p].matches('^[1-9][0-9]*([bBkKmMgGtT]|[kKmMgGtT]i)?$'))")
        .message("a size must be a whole number with a unit, e.g. 256M").field_path(".parameters")
)]
#[serde(rename_all = "camelCase")]
pub struct ChaosExperimentSpec {
    /// Fault to inject.
    pub experiment_type: ChaosExperimentType,
    /// Workload under test: a Deployment or a StatefulSet.
    pub target: ResourceRef,
    /// How long the fault lasts, e.g. `2m`.
    #[schemars(schema_with = "formats::positive_duration")]
    pub duration: String,
    /// Settings of the fault, by name, all as text: `count`, `gracePeriodSeconds`, `cores`, `loadPercent`, `bytes`, `workers`,
    /// `latencyMs`, `jitterMs`, `percent`, `correlation`, `size`, `interface`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "parameters_schema")]
    pub parameters: BTreeMap<String, String>,
    /// Cron expression for repetition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::cron")]
    pub schedule: Option<String>,
    /// Run the checks and inject nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
    /// Guard rails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safety_checks: Option<ChaosSafetyChecks>,
    /// What to look at afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_experiment: Option<PostExperimentSpec>,
    /// Issue this experiment validates, in the same namespace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked_issue_ref: Option<NameRef>,
    /// False = ignored.
    #[serde(default = "yes")]
    pub enabled: bool,
}

fn yes() -> bool {
    true
}

fn parameters_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "type": "object",
        "maxProperties": 16,
        "additionalProperties": { "type": "string", "maxLength": 253 },
    })
}

impl ChaosExperiment {
    /// The workload it is on; without a namespace one of its own.
    pub fn target(&self) -> ResourceRef {
        let mut target = self.spec.target.clone();
        if target.namespace.is_empty() {
            target.namespace = self.metadata.namespace.clone().unwrap_or_default();
        }
        target
    }
}

/// Fault to inject.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChaosExperimentType {
    /// Pods are deleted without grace.
    PodKill,
    /// Pods are deleted with grace.
    PodFailure,
    /// Processors are kept busy.
    CpuStress,
    /// Memory is filled.
    MemoryStress,
    /// Packets are delayed.
    NetworkDelay,
    /// Packets are lost.
    NetworkLoss,
    /// Disks are kept busy.
    DiskStress,
}

/// When not to run, or to stop.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChaosSafetyChecks {
    /// Ready pods that must remain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub min_healthy_pods: Option<i32>,
    /// Running experiments allowed in the cluster, this one included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1), extend("default" = 1))]
    pub max_concurrent_experiments: Option<i32>,
    /// Stop when an Issue on the target appears.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abort_on_issue_detected: Option<bool>,
    /// Ask people first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require_approval: Option<bool>,
    /// Target namespaces allowed; empty = all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "formats::namespaces")]
    pub allowed_namespaces: Vec<String>,
    /// Target namespaces refused; wins over allowed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "formats::namespaces")]
    pub blocked_namespaces: Vec<String>,
}

/// What to look at afterwards.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PostExperimentSpec {
    /// Wait for the target to be healthy again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify_recovery: Option<bool>,
    /// Longest wait; 5 minutes when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::positive_duration")]
    pub recovery_timeout: Option<String>,
    /// Report whether `linkedIssueRef` ended resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_remediation_test: Option<bool>,
}

/// Where an experiment stands.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub enum ChaosExperimentState {
    /// Not started.
    #[default]
    Pending,
    /// The fault is there.
    Running,
    /// Over.
    Completed,
    /// Could not run, or recovery was not seen.
    Failed,
    /// Stopped before its end.
    Aborted,
}

/// How it went.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChaosExperimentStatus {
    /// Lifecycle state.
    #[serde(default)]
    pub state: ChaosExperimentState,
    /// Start of injection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Time>,
    /// End.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Time>,
    /// Summary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// Target healthy after the fault.
    #[serde(default)]
    pub recovery_verified: bool,
    /// Time to recover as text, or `timeout`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_time: Option<String>,
    /// Pods hit.
    #[serde(default)]
    pub pods_affected: i32,
    /// Replica counts before, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pre_experiment_snapshot: Option<String>,
    /// Replica counts after, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_experiment_snapshot: Option<String>,
    /// Standard conditions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions_schema")]
    pub conditions: Vec<Condition>,
    /// Generation this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
}
