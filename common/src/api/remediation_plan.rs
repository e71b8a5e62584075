//! `RemediationPlan`: one attempt to fix one incident, its preview, its journal and its result.

use std::collections::BTreeMap;

use kube::{CustomResource, KubeSchema};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use super::ai_insight::ModelUse;
use super::approval_request::BlastRadiusAssessment;
use super::shared::{
    ActionType, Condition, NameRef, RemediationAction, ResourceRef, Time, conditions_schema, map_list,
    map_list_of_at_most,
};

/// What to do. Fixed once the plan is previewed.
#[derive(Clone, CustomResource, Debug, Deserialize, KubeSchema, PartialEq, Serialize)]
#[kube(
    group = "platform.chatcli.io",
    version = "v1alpha1",
    kind = "RemediationPlan",
    namespaced,
    status = "RemediationPlanStatus",
    derive = "PartialEq",
    shortname = "rp",
    shortname = "rplan",
    category = "chatcli",
    category = "aiops",
    printcolumn(name = "Issue", type_ = "string", json_path = ".spec.issueRef.name"),
    printcolumn(name = "Attempt", type_ = "integer", json_path = ".spec.attempt"),
    printcolumn(name = "State", type_ = "string", json_path = ".status.state"),
    printcolumn(name = "Class", type_ = "string", json_path = ".status.preview.class", priority = "1"),
    printcolumn(name = "Result", type_ = "string", json_path = ".status.result", priority = "1"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[x_kube(validation = Rule::new("(has(self.agenticMode) && self.agenticMode) || (has(self.actions) && size(self.actions) > 0)").message("a plan needs actions, or agenticMode").field_path(".actions"))]
#[serde(rename_all = "camelCase")]
pub struct RemediationPlanSpec {
    /// Incident.
    #[x_kube(validation = Rule::new("self == oldSelf").message("issueRef is immutable"))]
    pub issue_ref: NameRef,
    /// 1-based attempt.
    #[schemars(range(min = 1))]
    #[x_kube(validation = Rule::new("self == oldSelf").message("attempt is immutable"))]
    pub attempt: i32,
    /// Why this should help, in words.
    #[schemars(length(max = 65536))]
    pub strategy: String,
    /// Ordered steps; unused in agentic mode.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub actions: Vec<RemediationAction>,
    /// Constraints in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub safety_constraints: Vec<String>,
    /// A model decides each step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agentic_mode: Option<bool>,
    /// Steps so far.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "history_schema")]
    pub agentic_history: Vec<AgenticStep>,
    /// Most steps allowed, 1 to 30.
    #[serde(default = "ten", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 30))]
    pub agentic_max_steps: Option<i32>,
    /// The object acted on; the Issue's resource when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<ResourceRef>,
    /// The Runbook the steps came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runbook_ref: Option<NameRef>,
    /// The finding the steps answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding_code: Option<String>,
    /// The person who wrote it, pinned at admission; absent when the operator did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<String>,
    /// The agentic plan this one is a step of; only the operator writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("self == oldSelf").message("stepOf is immutable"))]
    pub step_of: Option<StepOf>,
}

#[allow(clippy::unnecessary_wraps, reason = "the shape serde asks for")]
fn ten() -> Option<i32> {
    Some(10)
}

/// Where a plan belongs that carries out one step of an agentic plan.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepOf {
    /// The agentic plan.
    pub plan: NameRef,
    /// Its step, from 1.
    #[schemars(range(min = 1))]
    pub step_number: i32,
    /// Why the findings speak against it; such a step needs a vote whatever a rule says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1024))]
    pub contradicts: Option<String>,
}

/// One step of an agentic plan.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AgenticStep {
    /// 1-based; map key.
    pub step_number: i32,
    /// Model reasoning.
    #[schemars(length(max = 65536))]
    pub ai_message: String,
    /// Chosen action; absent = observation or done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<RemediationAction>,
    /// Outcome; starts with `SUCCESS:`, `FAILED:` or `REJECTED:` when an action was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observation: Option<String>,
    /// When.
    pub timestamp: Time,
}

/// How the observation of a step begins that was carried out and held.
pub const STEP_SUCCESS: &str = "SUCCESS:";

impl RemediationPlan {
    /// A model decides its steps.
    pub fn is_agentic(&self) -> bool {
        self.spec.agentic_mode == Some(true)
    }

    /// The step of an agentic plan that was chosen and whose outcome is not known.
    pub fn open_step(&self) -> Option<&AgenticStep> {
        self.spec.agentic_history.last().filter(|last| last.action.is_some() && last.observation.is_none())
    }

    /// Steps of an agentic plan that were carried out and held, oldest first; one that only looked is none.
    pub fn held_steps(&self) -> impl Iterator<Item = (&AgenticStep, &RemediationAction)> {
        let has_held = |step: &&AgenticStep| {
            step.observation.as_deref().is_some_and(|observation| observation.starts_with(STEP_SUCCESS))
        };
        self.spec
            .agentic_history
            .iter()
            .filter(has_held)
            .filter_map(|step| Some((step, step.action.as_ref()?)))
            .filter(|(_, action)| action.action_type != ActionType::ExecDiagnostic)
    }

    /// What was done, or is to be: its actions, or the steps of a model that held.
    pub fn actions(&self) -> impl Iterator<Item = &RemediationAction> {
        self.spec.actions.iter().chain(self.held_steps().map(|(_, action)| action))
    }
}

/// Where a plan stands.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, JsonSchema, PartialEq, Serialize)]
pub enum RemediationState {
    /// Not previewed, or waiting for a gate.
    #[default]
    Pending,
    /// Waiting for votes.
    WaitingApproval,
    /// Steps are being applied.
    Executing,
    /// Applied; the world is being watched.
    Verifying,
    /// The fault is gone.
    Completed,
    /// It did not help, or was refused; nothing of it is left unless `result` says so.
    Failed,
    /// It did not help and was taken back.
    RolledBack,
}

impl RemediationState {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::WaitingApproval => "WaitingApproval",
            Self::Executing => "Executing",
            Self::Verifying => "Verifying",
            Self::Completed => "Completed",
            Self::Failed => "Failed",
            Self::RolledBack => "RolledBack",
        }
    }

    /// Nothing more will happen.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::RolledBack)
    }
}

impl std::fmt::Display for RemediationState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Preview, journal and result.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RemediationPlanStatus {
    /// Execution state.
    #[serde(default)]
    pub state: RemediationState,
    /// First move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Time>,
    /// All steps applied; verification begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actions_completed_at: Option<Time>,
    /// End.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Time>,
    /// Outcome in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// Collected evidence, at most 50 items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceItem>,
    /// Agentic steps done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agentic_step_count: Option<i32>,
    /// Start of the agentic loop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agentic_started_at: Option<Time>,
    /// The last question of an agentic plan to a model, and what became of it; `about` is the number of the step asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelUse>,
    /// State before any action, as upstream wrote it; read, never used to undo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preflight_snapshot: Option<ResourceSnapshot>,
    /// State before each action, as upstream wrote it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "checkpoints_schema")]
    pub action_checkpoints: Vec<ActionCheckpoint>,
    /// An undo ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback_performed: Option<bool>,
    /// What the undo achieved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback_result: Option<String>,
    /// Health after failure and undo; absent when unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_failure_healthy: Option<bool>,

    /// Generation this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Counts state changes; effects are named from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transition: Option<i64>,
    /// Standard conditions: `Previewed`, `Approved`, `Executing`, `Verified`, `RolledBack`, `InvalidSpec`, ….
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions_schema")]
    pub conditions: Vec<Condition>,
    /// The gates as last asked, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<GateResult>,
    /// The change as the API server answered it, sealed by its digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<PlanPreview>,
    /// The request that was or has to be voted on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_ref: Option<NameRef>,
    /// The journal: one entry per step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "steps_schema")]
    pub steps: Vec<StepStatus>,
    /// No move before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_step_not_before: Option<Time>,
    /// Verification gives up at this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify_deadline: Option<Time>,
    /// The rollout was complete and the signal clear since this time; success after the soak.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_since: Option<Time>,
    /// How long health has to last before it counts as success, in seconds: long enough to see the fault again if it is still there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub soak_seconds: Option<i64>,
    /// Health of the target right before the first write: what undo compares with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_before: Option<HealthSample>,
}

fn history_schema(generator: &mut SchemaGenerator) -> Schema {
    map_list_of_at_most::<AgenticStep>(generator, &["stepNumber"], 256)
}

fn steps_schema(generator: &mut SchemaGenerator) -> Schema {
    map_list::<StepStatus>(generator, &["index"])
}

fn checkpoints_schema(generator: &mut SchemaGenerator) -> Schema {
    map_list::<ActionCheckpoint>(generator, &["actionIndex"])
}

/// How well a workload served at one moment.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HealthSample {
    /// Pods wanted.
    pub desired: i32,
    /// Pods available.
    pub available: i32,
    /// Finding codes and signals that held.
    #[serde(default)]
    pub trouble: Vec<String>,
    /// When.
    pub at: Option<Time>,
}

/// A gate and what it said.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GateResult {
    /// Gate name, e.g. `paused`, `still-sick`, `approval`.
    pub name: String,
    /// `Pass`, `Ask`, `Wait` or `Stop`.
    pub result: String,
    /// Reason in CamelCase.
    pub reason: String,
    /// One sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// Since when the gate has said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
}

/// What undo can do, and who else may notice. Ordered from harmless to grave.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
pub enum ActionClass {
    /// Writes nothing.
    #[default]
    ReadOnly,
    /// The touched object returns exactly; only the incident's own workload is affected.
    Reversible,
    /// Others may notice, or it cannot be taken back though it heals.
    Disruptive,
    /// Data or credentials.
    Irreversible,
}

impl std::fmt::Display for ActionClass {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::ReadOnly => "read-only",
            Self::Reversible => "reversible",
            Self::Disruptive => "disruptive",
            Self::Irreversible => "irreversible",
        })
    }
}

/// Blocking checks that are judgements: a person may know better and say so in the vote. What the API server refuses, what somebody else owns
/// and what is out of bounds stays so.
pub const OVERRIDABLE: &[&str] = &["radius", "pdb", "undo", "rollout", "autoscaler"];

/// What the API server answered to the dry run of the whole plan.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanPreview {
    /// `sha256:<64 hex>` over the canonical change; what votes are sealed to.
    pub digest: String,
    /// When the server was asked.
    pub taken_at: Option<Time>,
    /// Generation of the plan that was previewed.
    pub plan_generation: i64,
    /// The gravest class among the steps.
    pub class: ActionClass,
    /// Per step: what changes, as a unified diff of the server's answers.
    #[serde(default)]
    pub steps: Vec<StepPreview>,
    /// What could go wrong.
    #[serde(default)]
    pub verdicts: Vec<Verdict>,
    /// Who else is hit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blast_radius: Option<BlastRadiusAssessment>,
    /// Digest of the policy rules that held; other rules make it another question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_digest: Option<String>,
}

impl PlanPreview {
    /// True when nothing blocks, nothing warns of the unknown, and every check was made.
    pub fn is_clean(&self) -> bool {
        self.verdicts.iter().all(|verdict| matches!(verdict.level, VerdictLevel::Ok | VerdictLevel::Warn))
    }

    /// Checks that block and that a vote can accept by name; `None` where one blocks that nobody can accept.
    pub fn overridable(&self) -> Option<Vec<String>> {
        let blocks = self.verdicts.iter().filter(|verdict| verdict.level == VerdictLevel::Block);
        let mut checks = blocks
            .map(|verdict| OVERRIDABLE.contains(&verdict.check.as_str()).then(|| verdict.check.clone()))
            .collect::<Option<Vec<_>>>()?;
        checks.sort();
        checks.dedup();
        Some(checks)
    }

    /// True when at least one step would write.
    pub fn changes_something(&self) -> bool {
        self.steps.iter().any(|step| !step.no_op)
    }
}

/// One step's change.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepPreview {
    /// 0-based index in `spec.actions`.
    pub index: i32,
    /// Action name.
    pub action: String,
    /// The object.
    pub object: ResourceRef,
    /// Its class.
    pub class: ActionClass,
    /// True when the object is already as wanted.
    #[serde(default)]
    pub no_op: bool,
    /// What it does, one sentence.
    pub summary: String,
    /// Unified diff, secrets redacted, cut at 16 KiB.
    #[serde(default)]
    pub diff: String,
    /// What undo would do, one sentence.
    #[serde(default)]
    pub undo: String,
}

/// Result of one check of a preview.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// `server`, `quota`, `limits`, `pdb`, `autoscaler`, `gitops`, `helm`, `rights`, `radius`, `undo`, ….
    pub check: String,
    /// How it came out.
    pub level: VerdictLevel,
    /// One sentence, with numbers.
    pub message: String,
    /// Who says so.
    pub source: VerdictSource,
}

/// How a check came out. `Unchecked` is not clean: it asks a person.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum VerdictLevel {
    /// Fine.
    Ok,
    /// Worth knowing; does not ask.
    Warn,
    /// Could not be checked; asks.
    Unchecked,
    /// Must not run.
    Block,
}

/// Where a verdict comes from.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum VerdictSource {
    /// The API server's answer to the dry run.
    Server,
    /// Computed from objects read.
    Computed,
    /// Nothing could be read; the message says why.
    Unchecked,
}

/// Life of one step. One move per reconcile.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, JsonSchema, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names are the contract of design §6")]
pub enum StepPhase {
    #[default]
    Planned,
    Intent,
    Applied,
    Settling,
    Settled,
    Failed,
    Undoing,
    Undone,
    PartlyUndone,
    NotUndoable,
    Skipped,
    Unknown,
}

/// The journal entry of one step.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepStatus {
    /// 0-based index in `spec.actions`; map key.
    pub index: i32,
    /// Action name.
    #[serde(rename = "type")]
    pub action: String,
    /// Where it stands.
    pub phase: StepPhase,
    /// The exact requests, stored before the first is sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub writes: Vec<WriteRecord>,
    /// How many of `writes` are known to be accepted.
    #[serde(default)]
    pub writes_done: i32,
    /// Tries so far; part of the operation id.
    #[serde(default)]
    pub tries: i32,
    /// When the Intent was stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent_at: Option<Time>,
    /// When the last write was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied_at: Option<Time>,
    /// When the world had arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<Time>,
    /// The inverse requests, proven by dry run before the first write.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undo: Vec<WriteRecord>,
    /// How many of `undo` are done.
    #[serde(default)]
    pub undo_done: i32,
    /// One sentence: outcome, error, or what was left alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// How a write reaches the server.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub enum WriteKind {
    /// JSON Patch on the object, guarded by `test` operations.
    #[default]
    Patch,
    /// JSON Patch on the scale subresource.
    Scale,
    /// Create with a fixed name.
    Create,
    /// Delete with a UID precondition.
    Delete,
    /// Eviction with a UID precondition.
    Evict,
    /// Command in a container; never sent twice.
    Exec,
    /// Server-side apply; a field of another writer is never taken.
    Apply,
}

/// One exact request: stored, digested, sent, and looked up again after a crash.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WriteRecord {
    /// How it is sent.
    pub kind: WriteKind,
    /// The object, with apiVersion and, unless created, UID.
    pub object: ResourceRef,
    /// Request body as JSON text: the patch, the object to create, or empty.
    #[serde(default)]
    pub payload: String,
    /// Touched fields with the value before and after, as JSON text; absent = field not there. Secret values as keyed hashes.
    #[serde(default)]
    pub touched: Vec<TouchedField>,
}

/// One field a write changes.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TouchedField {
    /// JSON Pointer (RFC 6901).
    pub path: String,
    /// JSON text before; absent = the field was not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// JSON text after; absent = the field goes away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// Evidence as upstream types it.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceItem {
    /// `action_completed`, `action_failed`, `verification_passed`, `verification_failed`, `rollback`, ….
    #[serde(rename = "type")]
    pub evidence_type: String,
    /// Content.
    pub data: String,
    /// When.
    pub timestamp: Time,
}

/// Upstream's record of the state before one action.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ActionCheckpoint {
    /// 0-based index in `spec.actions`.
    pub action_index: i32,
    /// Action.
    pub action_type: ActionType,
    /// Outcome.
    pub success: bool,
    /// State before this action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot_before: Option<ResourceSnapshot>,
    /// When.
    pub timestamp: Time,
}

/// Upstream's snapshot of an object.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "upstream's fields, each named after the field it copies")]
pub struct ResourceSnapshot {
    pub resource_kind: String,
    pub resource_name: String,
    pub namespace: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicas: Option<i32>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub container_images: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub container_resources: BTreeMap<String, ContainerResourceSnapshot>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hpa_min_replicas: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hpa_max_replicas: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_unschedulable: Option<bool>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspend: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_deadline_seconds: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backoff_limit: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parallelism: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency_policy: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starting_deadline_seconds: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successful_jobs_history_limit: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_jobs_history_limit: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update_strategy_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_unavailable: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_spec: Option<String>,
    pub captured_at: Time,
}

/// Upstream's snapshot of a container's resources.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "upstream's fields, each named after the field it copies")]
pub struct ContainerResourceSnapshot {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_request: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_limit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_request: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_limit: Option<String>,
}
