//! Every label, annotation, finalizer, field manager, condition type and fixed name. One concept, one place.

/// API group of the 17 kinds and `ApprovalVote`.
pub const GROUP: &str = "platform.chatcli.io";
/// API group of the legacy `ChatCLIInstance`.
pub const LEGACY_GROUP: &str = "chatcli.diillson.com";
/// Groups whose objects people write.
pub const OUR_GROUPS: [&str; 2] = [GROUP, LEGACY_GROUP];
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
/// ConfigMap in the operator's namespace that holds the head of every namespace's audit chain.
pub const AUDIT_HEADS: &str = "chatcli-audit-heads";
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
    /// What a model added to an AIInsight, and the ledger of its calls.
    pub const MODEL: &str = "chatcli-model";
    /// The transcript of the last exchange with a model.
    pub const TRANSCRIPT: &str = "chatcli-transcript";
    /// Issue state.
    pub const ISSUE: &str = "chatcli-issue";
    /// Plan status and everything written to workloads.
    pub const REMEDIATOR: &str = "chatcli-remediator";
    /// ApprovalRequest status.
    pub const APPROVER: &str = "chatcli-approver";
    /// AuditEvents and the heads of their chains.
    pub const AUDITOR: &str = "chatcli-auditor";
    /// PostMortem.
    pub const REVIEWER: &str = "chatcli-reviewer";
    /// SourceRepository status.
    pub const SOURCE: &str = "chatcli-source";
    /// What stands beside the findings of an AIInsight: code, measures, other incidents.
    pub const CONTEXT: &str = "chatcli-context";
    /// Children of Instances, and Instance status.
    pub const INSTANCE: &str = "chatcli-instance";
    /// `kubectl chatcli`.
    pub const PLUGIN: &str = "kubectl-chatcli";
}

/// Labels.
pub mod labels {
    /// `watcher` on our Anomalies; `chaos-experiment` on what a chaos experiment caused.
    pub const SOURCE: &str = "platform.chatcli.io/source";
    /// Value of [`SOURCE`] on what a chaos experiment caused.
    pub const SOURCE_CHAOS: &str = "chaos-experiment";
    /// Name of the ChaosExperiment that caused it, on Issue and PostMortem; a hash where it exceeds 63 characters.
    pub const CHAOS_EXPERIMENT: &str = "platform.chatcli.io/chaos-experiment";
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
    /// Class of an AuditEvent.
    pub const EVENT_TYPE: &str = "platform.chatcli.io/event-type";
    /// Severity on a PostMortem and on an AuditEvent.
    pub const SEVERITY: &str = "platform.chatcli.io/severity";
    /// `true` on a Runbook we recorded.
    pub const AUTO_GENERATED: &str = "platform.chatcli.io/auto-generated";
    /// Issue a Runbook came from.
    pub const SOURCE_ISSUE: &str = "platform.chatcli.io/source-issue";
    /// Name of the Instance, on everything made for it.
    pub const INSTANCE: &str = "app.kubernetes.io/instance";
    /// `chatcli-operator` on everything made for an Instance.
    pub const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
    /// `off` on an object that automation must leave alone.
    pub const AUTOMATION: &str = "platform.chatcli.io/automation";
    /// `aiops` on a Job that TriggerCronJob made.
    pub const TRIGGERED_BY: &str = "platform.chatcli.io/triggered-by";
    /// The CronJob of such a Job; a hash where its name exceeds 63 characters.
    pub const CRON_JOB: &str = "platform.chatcli.io/cronjob";
    /// On a Job: the name of the Job that does its work now. Its own failure is no trouble any more.
    pub const RETRIED_BY: &str = "platform.chatcli.io/retried-by";
}

/// Annotations.
pub mod annotations {
    /// Namespace: `observe`, `propose`, `approve` or `auto`.
    pub const AUTONOMY: &str = "platform.chatcli.io/autonomy";
    /// The operator's Deployment: what was chosen at install, as JSON, so that an upgrade keeps it.
    pub const CHOICES: &str = "platform.chatcli.io/choices";
    /// Workload, Namespace or operator Namespace: `true` stops all automation there.
    pub const PAUSED: &str = "platform.chatcli.io/paused";
    /// Workload or Namespace: `true` has the operator follow the logs of its pods; `false` on a workload leaves it out.
    pub const WATCH_LOGS: &str = "platform.chatcli.io/watch-logs";
    /// Issue: who has taken it on. Everybody else knows that somebody looks.
    pub const ACKNOWLEDGED_BY: &str = "platform.chatcli.io/acknowledged-by";
    /// Issue: RFC 3339; until then it is not among what waits for a person.
    pub const SNOOZED_UNTIL: &str = "platform.chatcli.io/snoozed-until";
    /// Issue: the person who says that it is dealt with. It ends once its signals are clear; taken away when the fault returns.
    pub const RESOLVED_BY: &str = "platform.chatcli.io/resolved-by";
    /// Issue: the person who keeps it open, clear signals or not, until somebody resolves it.
    pub const REOPENED_BY: &str = "platform.chatcli.io/reopened-by";
    /// Issue: what that person wrote about it.
    pub const RESOLUTION_NOTE: &str = "platform.chatcli.io/resolution-note";
    /// PostMortem: the person who is done with it. Taken away when the story goes on.
    pub const CLOSED_BY: &str = "platform.chatcli.io/closed-by";
    /// PostMortem: what that person wrote (upstream's name).
    pub const REVIEW_NOTES: &str = "aiops.chatcli.io/review-notes";
    /// Issue: resources whose trouble a person says belongs here, as `Kind/namespace/name`, separated by commas.
    pub const ABSORBS: &str = "platform.chatcli.io/absorbs";
    /// Issue: resources whose trouble a person says does not belong here, as `Kind/namespace/name`, separated by commas.
    pub const SPLIT_OFF: &str = "platform.chatcli.io/split-off";
    /// `<planUID>.<step>.<try>` on an object we changed.
    pub const OPERATION_ID: &str = "platform.chatcli.io/operation-id";
    /// Blast radius in words, on an ApprovalRequest.
    pub const BLAST_RADIUS: &str = "platform.chatcli.io/blast-radius";
    /// Legacy vote `approver:reason`.
    pub const APPROVE: &str = "platform.chatcli.io/approve";
    /// Legacy vote `approver:reason`.
    pub const REJECT: &str = "platform.chatcli.io/reject";
    /// `true` on an Issue: never fold it into another, whatever explains it.
    pub const OWN_INCIDENT: &str = "platform.chatcli.io/own-incident";
    /// Digest of what was applied last to an Instance's child.
    pub const APPLIED: &str = "platform.chatcli.io/applied";
    /// Digest of the Deployment that an adopted one would become; it stays as it was found until this would be another.
    pub const KEPT: &str = "platform.chatcli.io/kept-until-change-of";
    /// `namespace/name` of the Instance an object in another namespace, or in none, was made for.
    pub const INSTANCE: &str = "platform.chatcli.io/instance";
    /// RemediationPlan: the name of the person who asks that it be taken back; pinned to the caller at admission.
    pub const UNDO: &str = "platform.chatcli.io/undo";
    /// RemediationPlan in agentic mode: the story as its model tells it, for the report. Entries of the last two are joined by [`STORY_SEPARATOR`].
    pub const STORY_SUMMARY: &str = "platform.chatcli.io/postmortem-summary";
    /// What it came from, as the model tells it.
    pub const STORY_ROOT_CAUSE: &str = "platform.chatcli.io/root-cause";
    /// What it did to others.
    pub const STORY_IMPACT: &str = "platform.chatcli.io/impact";
    /// What was learnt.
    pub const STORY_LESSONS: &str = "platform.chatcli.io/lessons-learned";
    /// What would keep it from coming back.
    pub const STORY_PREVENTION: &str = "platform.chatcli.io/prevention-actions";
    /// Between the entries of a list in an annotation.
    pub const STORY_SEPARATOR: &str = "\n---\n";
    /// Namespace: `<RFC 3339 time>/<user>`; failures before it no longer count for the circuit breaker.
    pub const BREAKER_RESET: &str = "platform.chatcli.io/breaker-reset";
    /// `true` on an AuditEvent, as ChatCLI's Go operator marks it.
    pub const IMMUTABLE: &str = "platform.chatcli.io/immutable";
    /// Full name behind a hashed label.
    pub const FULL_NAME: &str = "platform.chatcli.io/full-name";
}

/// Finalizers. Issues carry none; this one is upstream's and is only ever removed.
pub const LEGACY_ISSUE_FINALIZER: &str = "platform.chatcli.io/issue-finalizer";

/// On an Instance while it has objects that no owner reference can reach; upstream's name.
pub const INSTANCE_FINALIZER: &str = "platform.chatcli.io/finalizer";
/// The same on a legacy ChatCLIInstance.
pub const LEGACY_INSTANCE_FINALIZER: &str = "chatcli.diillson.com/finalizer";
/// ClusterRole of a server that watches workloads, bound per namespace.
pub const WATCHER_ROLE: &str = "chatcli-watcher";
/// ClusterRole with what a watching server reads of the cluster itself.
pub const WATCHER_NODES_ROLE: &str = "chatcli-watcher-nodes";

/// Condition types.
pub mod conditions {
    /// Instance serves, reachably, as its spec says; SourceRepository can be read.
    pub const READY: &str = "Ready";
    /// Instance has as many ready pods as wanted.
    pub const AVAILABLE: &str = "Available";
    /// The operator has talked to the Instance's server.
    pub const REACHABLE: &str = "Reachable";
    /// Every Secret and ConfigMap the Instance names is there and usable.
    pub const REFERENCES_RESOLVED: &str = "ReferencesResolved";
    /// The Instance's sessions are stored as its spec says.
    pub const PERSISTENT: &str = "Persistent";
    /// The Instance's watcher may read every target.
    pub const WATCHER_AUTHORIZED: &str = "WatcherAuthorized";
    /// Everything the Instance needs was written.
    pub const RECONCILED: &str = "Reconciled";
    /// What an earlier operator made is kept as it was found.
    pub const ADOPTED: &str = "Adopted";
    /// An Instance of the same name goes on in place of the legacy object.
    pub const MIGRATED: &str = "Migrated";
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
    /// Approved, and waiting for the change window to open.
    pub const AWAITING_WINDOW: &str = "AwaitingWindow";
    /// The admission policies that guard votes are not intact.
    pub const VOTE_IDENTITY_UNVERIFIED: &str = "VoteIdentityUnverified";
    /// Insight is complete.
    pub const ANALYZED: &str = "Analyzed";
    /// A model has refined what the rules found; where False, the reason says how it went.
    pub const MODEL_REFINED: &str = "ModelRefined";
}
