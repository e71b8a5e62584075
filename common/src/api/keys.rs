//! Every label, annotation, finalizer, field manager, condition type and fixed name. One concept, one place.

/// API group of the 17 kinds and `ApprovalVote`.
pub const GROUP: &str = "platform.chatcli.io";
/// Version of every kind.
pub const VERSION: &str = "v1alpha1";

/// Lease that the leader holds; upstream's operator uses the same name.
pub const LEASE_NAME: &str = "chatcli-operator-lock";
/// Namespace the operator runs in unless told otherwise.
pub const OPERATOR_NAMESPACE: &str = "chatcli-system";
/// ServiceAccount of the operator.
pub const OPERATOR_SERVICE_ACCOUNT: &str = "chatcli-operator";
/// ConfigMap in the operator's namespace that tells the admission policies who the operator is.
pub const ADMISSION_PARAMS: &str = "chatcli-admission-params";
/// Namespaces that are never mutated, beside the operator's own.
pub const PROTECTED_NAMESPACES: &[&str] = &["kube-system", "kube-public", "kube-node-lease"];

/// Field managers: one per writer.
pub mod managers {
    /// Anomaly spec and counters.
    pub const DETECTOR: &str = "chatcli-detector";
    /// Issue spec, correlation part of Issue and Anomaly status.
    pub const CORRELATOR: &str = "chatcli-correlator";
    /// AIInsight.
    pub const INSIGHT: &str = "chatcli-insight";
    /// Issue state.
    pub const ISSUE: &str = "chatcli-issue";
    /// Plan status and everything written to workloads.
    pub const REMEDIATOR: &str = "chatcli-remediator";
    /// ApprovalRequest status.
    pub const APPROVER: &str = "chatcli-approver";
    /// PostMortem.
    pub const REVIEWER: &str = "chatcli-reviewer";
    /// `kubectl chatcli`.
    pub const PLUGIN: &str = "kubectl-chatcli";
}

/// Labels.
pub mod labels {
    /// `watcher` on our Anomalies; `chaos-experiment` on what a chaos experiment caused.
    pub const SOURCE: &str = "platform.chatcli.io/source";
    /// Workload name on an Anomaly.
    pub const DEPLOYMENT: &str = "platform.chatcli.io/deployment";
    /// `INC-<yyyymmdd>-<nnn>` on an Issue.
    pub const INCIDENT_ID: &str = "platform.chatcli.io/inc-id";
    /// Resource name on an Issue; a hash where it exceeds 63 characters.
    pub const RESOURCE: &str = "platform.chatcli.io/resource";
    /// UID of the affected resource, on Anomaly and Issue.
    pub const RESOURCE_UID: &str = "platform.chatcli.io/resource-uid";
    /// Signal on Anomaly and Issue.
    pub const SIGNAL: &str = "platform.chatcli.io/signal";
    /// Issue name on its children; a hash where it exceeds 63 characters.
    pub const ISSUE: &str = "platform.chatcli.io/issue";
    /// Plan name on an ApprovalRequest.
    pub const PLAN: &str = "platform.chatcli.io/remediation-plan";
    /// Policy name on an ApprovalRequest.
    pub const POLICY: &str = "platform.chatcli.io/policy";
    /// Request name on an ApprovalVote.
    pub const REQUEST: &str = "platform.chatcli.io/approval-request";
    /// Severity on a PostMortem.
    pub const SEVERITY: &str = "platform.chatcli.io/severity";
    /// `true` on a Runbook we recorded.
    pub const AUTO_GENERATED: &str = "platform.chatcli.io/auto-generated";
    /// Issue a Runbook came from.
    pub const SOURCE_ISSUE: &str = "platform.chatcli.io/source-issue";
    /// `off` on an object that automation must leave alone.
    pub const AUTOMATION: &str = "platform.chatcli.io/automation";
}

/// Annotations.
pub mod annotations {
    /// Namespace: `observe`, `propose`, `approve` or `auto`.
    pub const AUTONOMY: &str = "platform.chatcli.io/autonomy";
    /// Workload, Namespace or operator Namespace: `true` stops all automation there.
    pub const PAUSED: &str = "platform.chatcli.io/paused";
    /// Issue: who has taken it on. Everybody else knows that somebody looks.
    pub const ACKNOWLEDGED_BY: &str = "platform.chatcli.io/acknowledged-by";
    /// Issue: RFC 3339; until then it is not among what waits for a person.
    pub const SNOOZED_UNTIL: &str = "platform.chatcli.io/snoozed-until";
    /// `<planUID>.<step>.<try>` on an object we changed.
    pub const OPERATION_ID: &str = "platform.chatcli.io/operation-id";
    /// Blast radius in words, on an ApprovalRequest.
    pub const BLAST_RADIUS: &str = "platform.chatcli.io/blast-radius";
    /// Legacy vote `approver:reason`.
    pub const APPROVE: &str = "platform.chatcli.io/approve";
    /// Legacy vote `approver:reason`.
    pub const REJECT: &str = "platform.chatcli.io/reject";
    /// RemediationPlan: the name of the person who asks that it be taken back; pinned to the caller at admission.
    pub const UNDO: &str = "platform.chatcli.io/undo";
    /// `true` on an Issue: never fold it into another, whatever explains it.
    pub const OWN_INCIDENT: &str = "platform.chatcli.io/own-incident";
    /// Full name behind a hashed label.
    pub const FULL_NAME: &str = "platform.chatcli.io/full-name";
}

/// Finalizers. Issues carry none; this one is upstream's and is only ever removed.
pub const LEGACY_ISSUE_FINALIZER: &str = "platform.chatcli.io/issue-finalizer";

/// Condition types.
pub mod conditions {
    /// Another operator holds the Lease.
    pub const OTHER_OPERATOR_ACTIVE: &str = "OtherOperatorActive";
    /// The spec cannot be acted on; the message names the field.
    pub const INVALID_SPEC: &str = "InvalidSpec";
    /// Issue is being explained.
    pub const ANALYZING: &str = "Analyzing";
    /// Issue has a plan.
    pub const REMEDIATING: &str = "Remediating";
    /// Issue is silenced.
    pub const CONTAINED: &str = "Contained";
    /// A person has to act.
    pub const REQUIRES_HUMAN_ACTION: &str = "RequiresHumanAction";
    /// Issue is over.
    pub const RESOLVED: &str = "Resolved";
    /// Issue was handed to people.
    pub const ESCALATED: &str = "Escalated";
    /// Plan has a sealed preview.
    pub const PREVIEWED: &str = "Previewed";
    /// Plan has the approval it needs.
    pub const APPROVED: &str = "Approved";
    /// Plan is changing things.
    pub const EXECUTING: &str = "Executing";
    /// Plan's effect was proven.
    pub const VERIFIED: &str = "Verified";
    /// Plan was taken back.
    pub const ROLLED_BACK: &str = "RolledBack";
    /// The admission policies that guard votes are not intact.
    pub const VOTE_IDENTITY_UNVERIFIED: &str = "VoteIdentityUnverified";
    /// Insight is complete.
    pub const ANALYZED: &str = "Analyzed";
}
