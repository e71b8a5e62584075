//! `ApprovalRequest`: one question to people, sealed to one preview.

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::approval_policy::RequiredGroup;
use super::shared::{Condition, NameRef, RemediationAction, Time, conditions_schema};

/// What is asked. Immutable.
#[derive(Clone, CustomResource, Debug, Deserialize, KubeSchema, PartialEq, Serialize)]
#[kube(
    group = "platform.chatcli.io",
    version = "v1alpha1",
    kind = "ApprovalRequest",
    namespaced,
    status = "ApprovalRequestStatus",
    derive = "PartialEq",
    shortname = "ar",
    shortname = "approvalreq",
    category = "chatcli",
    category = "aiops",
    printcolumn(name = "Issue", type_ = "string", json_path = ".spec.issueRef.name"),
    printcolumn(name = "Plan", type_ = "string", json_path = ".spec.remediationPlanRef"),
    printcolumn(name = "State", type_ = "string", json_path = ".status.state"),
    printcolumn(name = "Rule", type_ = "string", json_path = ".spec.ruleName"),
    printcolumn(name = "Expires", type_ = "date", json_path = ".status.expiresAt", priority = "1"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[x_kube(validation = Rule::new("self == oldSelf").message("an ApprovalRequest's spec is immutable"))]
#[serde(rename_all = "camelCase")]
pub struct ApprovalRequestSpec {
    /// Incident concerned.
    pub issue_ref: NameRef,
    /// Plan name.
    #[schemars(length(max = 253))]
    pub remediation_plan_ref: String,
    /// ApprovalPolicy name; `autonomy` when the namespace's autonomy asks.
    #[schemars(length(max = 253))]
    pub policy_ref: String,
    /// Rule inside that policy; the class that asks, when autonomy does.
    #[schemars(length(max = 253))]
    pub rule_name: String,
    /// Actions awaiting consent.
    #[schemars(length(max = 64))]
    pub requested_actions: Vec<RemediationAction>,
    /// Who asks.
    #[schemars(length(max = 253))]
    pub requester: String,
    /// Impact estimate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blast_radius: Option<BlastRadiusAssessment>,
    /// Facts for the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<ApprovalEvidence>,
    /// Minutes until it expires undecided.
    #[serde(default = "thirty")]
    #[schemars(range(min = 1))]
    pub timeout_minutes: i32,
    /// Distinct approvers needed.
    #[serde(default = "one")]
    #[schemars(range(min = 1))]
    pub required_approvers: i32,
    /// UID of the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_uid: Option<String>,
}

impl ApprovalRequest {
    /// Whether people are still asked.
    pub fn is_pending(&self) -> bool {
        self.status.as_ref().is_none_or(|status| status.state == ApprovalRequestState::Pending)
    }
}

impl ApprovalRequestSpec {
    /// `quorum` where several people are asked for, else `manual`: the value of the metrics' label `mode`.
    pub fn mode(&self) -> &'static str {
        if self.required_approvers > 1 { "quorum" } else { "manual" }
    }
}

fn thirty() -> i32 {
    30
}

fn one() -> i32 {
    1
}

/// Who else is hit.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BlastRadiusAssessment {
    /// Pods hit.
    #[schemars(range(min = 0))]
    pub affected_pods: i32,
    /// Services selecting those pods.
    #[schemars(range(min = 0))]
    pub affected_services: i32,
    /// Namespaces touched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub affected_namespaces: Vec<String>,
    /// `low`, `medium`, `high`, `critical` or `unknown`.
    #[schemars(extend("enum" = ["low", "medium", "high", "critical", "unknown"]))]
    pub risk_level: String,
    /// Explanation.
    pub description: String,
    /// Why the level is what it is, the gravest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// What must not happen without a vote that accepts it by the name `radius`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blockers: Vec<String>,
    /// Services by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// Pods that go on answering for those Services while the change is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoints_left: Option<i32>,
    /// PodDisruptionBudgets over the pods, with the disruptions they allow: `web-pdb allows 1`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disruption_budgets: Vec<String>,
    /// HorizontalPodAutoscalers of the workload.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub autoscalers: Vec<String>,
    /// Ways in from outside that end at those Services: `shop.example.com/cart`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ingress_paths: Vec<String>,
    /// Other workloads that read what is changed, or belong to it: `deployment/cart reads configmap/settings`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependants: Vec<String>,
    /// Pods of others on a node that is drained or cordoned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub neighbours: Option<i32>,
    /// What could not be read, so that the level is at least `high`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
}

/// Facts for the decision.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalEvidence {
    /// Confidence of the explanation, 0 to 1.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub ai_confidence: f64,
    /// The explanation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ai_analysis: Option<String>,
    /// Share of past plans with these action types that completed, 0 to 1.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub historical_success_rate: f64,
    /// How many past plans that is.
    #[serde(default)]
    #[schemars(range(min = 0))]
    pub previous_attempts: i32,
    /// State before remediation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preflight_snapshot: Option<String>,
}

/// Where a request stands.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, JsonSchema, PartialEq, Serialize)]
pub enum ApprovalRequestState {
    /// Waiting for votes.
    #[default]
    Pending,
    /// Enough distinct approvals on the current digest.
    Approved,
    /// At least one rejection.
    Rejected,
    /// Nobody decided in time.
    Expired,
    /// A newer request asks instead.
    Superseded,
    /// The plan is gone or no longer needed.
    Cancelled,
}

/// How it was decided.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalRequestStatus {
    /// Lifecycle state.
    #[serde(default)]
    pub state: ApprovalRequestState,
    /// Decision log.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<ApprovalDecision>,
    /// Time of approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_at: Option<Time>,
    /// Time of rejection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejected_at: Option<Time>,
    /// Time of expiry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expired_at: Option<Time>,
    /// Approved by policy, not by a person.
    #[serde(default)]
    pub auto_approved: bool,
    /// Standard conditions: `Ready`, `VoteIdentityUnverified`, `AwaitingWindow`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions_schema")]
    pub conditions: Vec<Condition>,

    /// Generation this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Digest of the preview that votes must name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_digest: Option<String>,
    /// Absolute end of the wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// Votes that do not count, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignored_votes: Vec<IgnoredVote>,
    /// The admission objects that guarded the votes, as they were when the request opened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sealed_guards: Vec<SealedGuard>,
    /// Votes cast earlier do not count: the guards were sealed then, or sealed again after a change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guarded_since: Option<Time>,
    /// Distinct people needed as the policies stand now; `spec.requiredApprovers` is what it was when the request was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_approvers: Option<i32>,
    /// Reminders told so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub reminders: Option<i32>,
    /// Blocking checks of the preview that an approval has to accept by name (`spec.overrideBlockers` of the vote).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<String>,
    /// Groups that have to be among those who approve.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required_groups: Vec<RequiredGroup>,
    /// Author of the plan, whose approval does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Counts state changes; effects are named from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transition: Option<i64>,
}

/// One vote that counted.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalDecision {
    /// Who decided.
    pub approver: String,
    /// `approved` or `rejected`.
    #[schemars(extend("enum" = ["approved", "rejected"]))]
    pub decision: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When.
    pub timestamp: Time,
    /// UID of the voter as the API server knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voter_uid: Option<String>,
    /// `admission`, `legacy` or `rest`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_by: Option<String>,
    /// Break-glass: it decided alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<bool>,
    /// The ApprovalVote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vote_ref: Option<NameRef>,
}

/// A vote that does not count.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IgnoredVote {
    /// The ApprovalVote's name.
    pub name: String,
    /// Who cast it.
    pub voter: String,
    /// `OlderPreview`, `OtherRequest`, `NotAllowed`, `Unverified`, `Unguarded`, `TooLate`, `OwnPlan`, `BlockerNotAccepted`, `Repeated`, ….
    pub reason: String,
}

/// Identity of an admission object.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SealedGuard {
    /// Kind.
    pub kind: String,
    /// Name.
    pub name: String,
    /// UID.
    pub uid: String,
    /// Generation; the resourceVersion for kinds without one.
    pub version: String,
}
