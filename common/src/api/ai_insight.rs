//! `AIInsight`: why an incident happens, with receipts.

use std::collections::BTreeMap;

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::post_mortem::GitCorrelation;
use super::shared::{CauseRef, Condition, NameRef, RemediationAction, ResourceRef, Time, conditions_schema};

/// Which incident, and which model may refine the answer.
#[derive(Clone, CustomResource, Debug, Deserialize, KubeSchema, PartialEq, Serialize)]
#[kube(
    group = "platform.chatcli.io",
    version = "v1alpha1",
    kind = "AIInsight",
    plural = "aiinsights",
    singular = "aiinsight",
    namespaced,
    status = "AIInsightStatus",
    derive = "PartialEq",
    shortname = "ai",
    category = "chatcli",
    category = "aiops",
    printcolumn(name = "Issue", type_ = "string", json_path = ".spec.issueRef.name"),
    printcolumn(name = "Provider", type_ = "string", json_path = ".spec.provider"),
    printcolumn(name = "Confidence", type_ = "number", json_path = ".status.confidence"),
    printcolumn(name = "Cause", type_ = "string", json_path = ".status.findings[0].code", priority = "1"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
pub struct AIInsightSpec {
    /// Issue under analysis.
    #[x_kube(validation = Rule::new("self == oldSelf").message("issueRef is immutable"))]
    pub issue_ref: NameRef,
    /// Model provider asked for; empty when rules alone answer.
    #[schemars(length(max = 63))]
    pub provider: String,
    /// Model asked for; may be empty.
    #[schemars(length(max = 253))]
    pub model: String,
    /// Raised to ask for a new analysis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analysis_generation: Option<i64>,
}

impl AIInsightSpec {
    /// Of an explanation that rules alone are asked for.
    pub fn by_rules(issue: impl Into<String>) -> Self {
        Self {
            issue_ref: NameRef::new(issue),
            provider: String::new(),
            model: String::new(),
            analysis_generation: None,
        }
    }
}

/// The answer. Upstream's fields hold the same answer in prose.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AIInsightStatus {
    /// Root cause in prose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 65536))]
    pub analysis: Option<String>,
    /// 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub confidence: Option<f64>,
    /// Advice for people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recommendations: Vec<String>,
    /// Advice for the remediator.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suggested_actions: Vec<SuggestedAction>,
    /// When the analysis was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generated_at: Option<Time>,
    /// Summary of pod logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_analysis: Option<String>,
    /// Summary of metrics around the incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics_context: Option<String>,
    /// Summary of related commits and code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_code_context: Option<String>,
    // Boxed, as the transcript: thousands are held, and few have one.
    /// The commit that is suspected; the report of the incident carries it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git_correlation: Option<Box<GitCorrelation>>,
    /// Summary of Helm, Argo CD or Flux state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git_ops_context: Option<String>,
    /// Summary across services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cascade_analysis: Option<String>,
    /// Predicted impact of the suggested actions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blast_radius_prediction: Option<String>,

    /// What the rules found, most likely first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// What a model was asked, and what became of it; absent where rules alone answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelUse>,
    /// The last exchange with a model, redacted as it left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<Box<Transcript>>,
    /// `spec.analysisGeneration` this answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_analysis_generation: Option<i64>,
    /// Generation this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Standard conditions: `Analyzed`, `Failed`, `ModelRefined`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions_schema")]
    pub conditions: Vec<Condition>,
}

/// How far the question to a model is.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub enum ModelState {
    /// Written before the call. Found by another process, it means that the call's outcome is unknown.
    #[default]
    Asking,
    /// The answer stands in the fields above.
    Refined,
    /// It answered, and nothing of that could be used.
    Unusable,
    /// No answer.
    Failed,
    /// Not asked: another incident has the same cause.
    Shared,
}

/// What a model was asked, and what became of it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelUse {
    /// How far it is.
    pub state: ModelState,
    /// Digest of what the rules said when it was asked: another one is another question.
    #[schemars(length(max = 64))]
    pub about: String,
    /// Digest of the cause without names and numbers: incidents that share it share one question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub fingerprint: Option<String>,
    /// Calls for this incident so far.
    #[serde(default)]
    #[schemars(range(min = 0))]
    pub calls: i64,
    /// Calls in a row that brought nothing.
    #[serde(default)]
    #[schemars(range(min = 0))]
    pub failures: i32,
    /// The Instance asked, `namespace/name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512))]
    pub instance: Option<String>,
    /// `upstream`: its server over gRPC; `builtin`: the provider itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    pub way: Option<String>,
    /// Provider that answered, or was asked last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    pub provider: Option<String>,
    /// Its model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 253))]
    pub model: Option<String>,
    /// When the call was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Time>,
    /// When its outcome was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Time>,
    /// Not asked again before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Time>,
    /// Tokens sent; an estimate where the provider did not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_tokens: Option<i64>,
    /// Tokens received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_tokens: Option<i64>,
    /// What the last call cost, in millionths of a US dollar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub micro_usd: Option<i64>,
    /// Nobody knows whether the last call was answered; it counts as if it had been.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome_unknown: Option<bool>,
    /// Sentences of the answer left out because they cite no receipt, or one that does not exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropped_sentences: Option<i32>,
    /// Actions of the answer left out because the registry does not have them, or not with these parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropped_actions: Option<i32>,
}

/// One exchange with a model: exactly what left the cluster, and what came back.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Transcript {
    /// Which call of the incident.
    pub call: i64,
    /// When.
    pub at: Option<Time>,
    /// SHA-256 of what left.
    #[schemars(length(max = 80))]
    pub digest: String,
    /// Its size.
    pub bytes: i64,
    /// The instructions.
    #[schemars(length(max = 32768))]
    pub system: String,
    /// The data.
    #[schemars(length(max = 65536))]
    pub prompt: String,
    /// The answer as it came, cut; absent while there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 16384))]
    pub answer: Option<String>,
}

/// A step somebody suggests.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SuggestedAction {
    /// Step title.
    pub name: String,
    /// Action type by name; unknown names are refused when planned.
    pub action: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Parameters by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
}

/// One cause a rule recognised, and how it knows.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// Stable, documented code, e.g. `config-key-missing`, or `unknown`.
    pub code: String,
    /// One sentence, naming the objects.
    pub statement: String,
    /// Where the cause sits.
    pub cause: CauseRef,
    /// Receipts, in the order they convince.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// 0 to 1.
    pub confidence: f64,
    /// Why not less and not more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence_reason: Option<String>,
    /// Other causes that were looked at, and why they are not it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ruled_out: Vec<RuledOut>,
    /// What would fix it, best first. Empty when only a person can know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<Remedy>,
    /// What a person should do when there is no remedy, or none worked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

/// A receipt: an object's field and its value, an Event, or a log line.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// What it shows, one line.
    pub statement: String,
    /// The object it was read from.
    pub object: ResourceRef,
    /// Field path, `event`, `log[CONTAINER]`, or `errors[CONTAINER]` for what was counted in its log.
    pub field_path: String,
    /// The value found there, cut to 512 characters and redacted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// When it was so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Time>,
}

/// A rival cause and why it lost.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RuledOut {
    /// Cause in a word or two, e.g. `image`.
    pub what: String,
    /// Why it is not the cause.
    pub because: String,
}

/// One way to fix a finding.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Remedy {
    /// Ordered steps.
    pub actions: Vec<RemediationAction>,
    /// Object the steps act on, where it is not the Issue's resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<ResourceRef>,
    /// Why this should help.
    pub why: String,
}
