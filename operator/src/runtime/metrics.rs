//! Metrics under upstream's names, and what the runtime itself does.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::time::Duration;

use common::api::ApprovalRequest;
use common::facts::logged::Minute;
use kube::ResourceExt as _;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

/// Upstream's default buckets, in seconds.
const SHORT: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Every metric. Names on the wire start with `chatcli_operator_`.
pub struct Metrics {
    registry: Mutex<Registry>,
    /// `issues_total{severity,state}`: transitions of Issues into a state.
    pub issues: Family<IssueLabels, Counter>,
    /// `active_issues`: Issues that are open now.
    pub active_issues: Gauge,
    /// `issue_resolution_duration_seconds`: from first sight to resolution by a plan.
    pub issue_resolution: Histogram,
    /// `anomalies_processed_total{result}`.
    pub anomalies_processed: Family<ResultLabels, Counter>,
    /// `issues_created_by_correlation_total`.
    pub issues_created: Counter,
    /// `remediations_total{action_type,result}`.
    pub remediations: Family<ActionLabels, Counter>,
    /// `remediation_duration_seconds`.
    pub remediation_duration: Histogram,
    /// `approvals_total{mode,result}`.
    pub approvals: Family<ApprovalLabels, Counter>,
    /// `vote_guards_intact`: 1 while the admission policies that guard votes hold, as last proven.
    pub vote_guards_intact: Gauge,
    /// `approvals_pending{namespace,mode}`: requests that wait for people now.
    pub approvals_pending: Family<PendingLabels, Gauge>,
    /// `approval_duration_seconds{mode}`.
    pub approval_duration: Family<ModeLabels, Histogram>,
    /// `llm_client_requests_total{result}`: questions to models.
    model_calls: Family<ResultLabels, Counter>,
    source_syncs: Family<ResultLabels, Counter>,
    source_questions: Family<ResultLabels, Counter>,
    managed_instances: Gauge,
    instance_ready: Family<InstanceLabels, Gauge>,
    reconciliations: Family<ResultLabels, Counter>,
    reconciliation_duration: Histogram,
    reconciles: Family<ReconcileLabels, Counter>,
    reconcile_duration: Family<ControllerLabels, Histogram>,
    server_alerts: Family<ResultLabels, Counter>,
    log_streams: Gauge,
    log_streams_left_out: Gauge,
    log_streams_ended: Family<ResultLabels, Counter>,
    log_lines: Family<ResultLabels, Counter>,
    watch_failures: Family<KindLabels, Counter>,
    unreadable: Family<KindLabels, Counter>,
    leader: Gauge,
}

macro_rules! labels {
    ($($(#[$doc:meta])* $name:ident { $($field:ident),* })*) => {
        $($(#[$doc])*
        #[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
        #[allow(missing_docs, reason = "the label's name says it")]
        pub struct $name { $(pub $field: String),* })*
    };
}

labels! {
    /// Of an Issue's transition.
    IssueLabels { severity, state }
    /// Of a counted outcome.
    ResultLabels { result }
    /// Of an action's outcome.
    ActionLabels { action_type, result }
    /// Of an approval's outcome.
    ApprovalLabels { mode, result }
    /// Of requests that wait.
    PendingLabels { namespace, mode }
    /// Of an approval.
    ModeLabels { mode }
    /// Of an Instance.
    InstanceLabels { name, namespace }
    /// Of a reconcile.
    ReconcileLabels { controller, result }
    /// Of a controller.
    ControllerLabels { controller }
    /// Of a watched kind.
    KindLabels { kind }
}

/// A log that is followed.
pub struct Open<'a>(&'a Gauge);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("chatcli_operator");
        let issues = Family::default();
        let active_issues = Gauge::default();
        let issue_resolution = Histogram::new(exponential_buckets(1.0, 2.0, 15));
        let anomalies_processed = Family::default();
        let issues_created = Counter::default();
        let remediations = Family::default();
        let remediation_duration = Histogram::new(exponential_buckets(1.0, 2.0, 12));
        let approvals = Family::default();
        let approvals_pending = Family::default();
        let approval_duration = Family::new_with_constructor(long as fn() -> Histogram);
        let model_calls = Family::default();
        let source_syncs = Family::default();
        let source_questions = Family::default();
        let managed_instances = Gauge::default();
        let instance_ready = Family::default();
        let reconciliations = Family::default();
        let reconciliation_duration = short();
        let reconciles = Family::default();
        let reconcile_duration = Family::new_with_constructor(short as fn() -> Histogram);
        let server_alerts = Family::default();
        let log_streams = Gauge::default();
        let log_streams_left_out = Gauge::default();
        let log_streams_ended = Family::default();
        let log_lines = Family::default();
        let watch_failures = Family::default();
        let unreadable = Family::default();
        let leader = Gauge::default();
        let vote_guards_intact = Gauge::default();
        // Counters get their `_total` and histograms their unit from the encoder.
        registry.register("issues", "Transitions of Issues into a state", issues.clone());
        registry.register("active_issues", "Issues that are open", active_issues.clone());
        registry.register_with_unit(
            "issue_resolution_duration",
            "Detection to resolution",
            Unit::Seconds,
            issue_resolution.clone(),
        );
        registry.register("anomalies_processed", "Anomalies by what became of them", anomalies_processed.clone());
        registry.register("issues_created_by_correlation", "Issues opened", issues_created.clone());
        registry.register("remediations", "Actions by outcome", remediations.clone());
        registry.register_with_unit(
            "remediation_duration",
            "Start to verdict",
            Unit::Seconds,
            remediation_duration.clone(),
        );
        registry.register("approvals", "Approval decisions", approvals.clone());
        registry.register("approvals_pending", "Requests that wait for people", approvals_pending.clone());
        registry.register_with_unit(
            "approval_duration",
            "Request to decision",
            Unit::Seconds,
            approval_duration.clone(),
        );
        registry.register("llm_client_requests", "Questions to models by outcome", model_calls.clone());
        registry.register("source_syncs", "Fetches of repositories by outcome", source_syncs.clone());
        registry.register("source_questions", "Questions to repositories by outcome", source_questions.clone());
        registry.register("managed_instances", "ChatCLI servers, of both kinds", managed_instances.clone());
        registry.register("instance_ready", "1 while the server is ready and answers", instance_ready.clone());
        registry.register("reconciliations", "Reconciles of Instances by outcome", reconciliations.clone());
        registry.register_with_unit(
            "reconciliation_duration",
            "One reconcile of an Instance",
            Unit::Seconds,
            reconciliation_duration.clone(),
        );
        registry.register("controller_reconciles", "Reconciles by outcome", reconciles.clone());
        registry.register_with_unit(
            "controller_reconcile_duration",
            "One reconcile",
            Unit::Seconds,
            reconcile_duration.clone(),
        );
        registry.register("server_alert_questions", "Questions for a server's alerts", server_alerts.clone());
        registry.register("log_streams", "Logs that are followed now", log_streams.clone());
        registry.register(
            "log_streams_left_out",
            "Logs that should be followed and are more than may be",
            log_streams_left_out.clone(),
        );
        registry.register("log_streams_ended", "Logs that were followed, by how that ended", log_streams_ended.clone());
        registry.register("log_lines", "Lines of logs by what they are", log_lines.clone());
        registry.register("watch_failures", "Watches that broke and were started again", watch_failures.clone());
        registry.register("unreadable_objects", "Objects that could not be parsed", unreadable.clone());
        registry.register("vote_guards_intact", "1 while votes can be trusted", vote_guards_intact.clone());
        registry.register("leader", "1 while this process leads", leader.clone());
        Self {
            registry: Mutex::new(registry),
            issues,
            active_issues,
            vote_guards_intact,
            issue_resolution,
            source_syncs,
            source_questions,
            managed_instances,
            instance_ready,
            reconciliations,
            reconciliation_duration,
            anomalies_processed,
            issues_created,
            remediations,
            remediation_duration,
            approvals,
            approvals_pending,
            approval_duration,
            model_calls,
            reconciles,
            reconcile_duration,
            server_alerts,
            log_streams,
            log_streams_left_out,
            log_streams_ended,
            log_lines,
            watch_failures,
            unreadable,
            leader,
        }
    }
}

fn short() -> Histogram {
    Histogram::new(SHORT)
}

fn long() -> Histogram {
    Histogram::new(exponential_buckets(1.0, 2.0, 14))
}

impl Metrics {
    /// Counts what became of an Anomaly.
    pub fn anomaly(&self, result: &str) {
        self.anomalies_processed.get_or_create(&ResultLabels { result: result.to_owned() }).inc();
    }

    /// Counts an Issue's arrival in a state.
    pub fn issue(&self, severity: &str, state: &str) {
        self.issues.get_or_create(&IssueLabels { severity: severity.to_owned(), state: state.to_owned() }).inc();
    }

    /// Counts how a server answered the question for its alerts: `ok`, `error` or `timeout`.
    pub fn asked_for_alerts(&self, result: &str) {
        self.server_alerts.get_or_create(&ResultLabels { result: result.to_owned() }).inc();
    }

    /// Counts a log that is followed, until what it gives is dropped.
    #[must_use]
    pub fn log_stream_opened(&self) -> Open<'_> {
        self.log_streams.inc();
        Open(&self.log_streams)
    }

    /// Sets how many logs are not followed for want of room.
    pub fn log_streams_left_out(&self, count: usize) {
        self.log_streams_left_out.set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// Counts how following a log ended: `closed`, `failed` or `refused`.
    pub fn log_stream_ended(&self, result: &str) {
        self.log_streams_ended.get_or_create(&ResultLabels { result: result.to_owned() }).inc();
    }

    /// Counts lines of a log that were judged: `error` or `ordinary`.
    pub fn log_heard(&self, heard: Minute) {
        for (result, count) in [("error", heard.errors), ("ordinary", heard.lines - heard.errors)] {
            if count > 0 {
                self.log_lines.get_or_create(&ResultLabels { result: result.to_owned() }).inc_by(count.into());
            }
        }
    }

    /// Sets how many requests wait for people, by namespace and mode; a namespace without any has no series.
    pub(super) fn waiting<'a>(&self, requests: impl Iterator<Item = &'a ApprovalRequest>) {
        let mut counts: BTreeMap<(String, &str), i64> = BTreeMap::new();
        for request in requests {
            *counts.entry((request.namespace().unwrap_or_default(), request.spec.mode())).or_default() += 1;
        }
        self.approvals_pending.clear();
        for ((namespace, mode), count) in counts {
            self.approvals_pending.get_or_create(&PendingLabels { namespace, mode: mode.to_owned() }).set(count);
        }
    }

    /// Counts a question to a model.
    pub fn model_call(&self, result: &str) {
        self.model_calls.get_or_create(&ResultLabels { result: result.to_owned() }).inc();
    }

    /// Counts a fetch of a repository: `Synced`, or the condition's reason.
    pub fn source_sync(&self, result: &str) {
        self.source_syncs.get_or_create(&ResultLabels { result: result.to_owned() }).inc();
    }

    /// Counts a question to a repository about an incident: `answered`, or why it was not.
    pub fn source_question(&self, result: &str) {
        self.source_questions.get_or_create(&ResultLabels { result: result.to_owned() }).inc();
    }

    /// Notes every ChatCLI server there is: namespace, name, and whether it is ready. One that is gone is no longer told of.
    pub(super) fn servers(&self, servers: impl IntoIterator<Item = (String, String, bool)>) {
        self.instance_ready.clear();
        let mut count = 0;
        for (namespace, name, is_ready) in servers {
            count += 1;
            self.instance_ready.get_or_create(&InstanceLabels { name, namespace }).set(i64::from(is_ready));
        }
        self.managed_instances.set(count);
    }

    pub(super) fn reconciled(&self, controller: &str, result: &str, took: Duration) {
        if controller == "instance" {
            let upstreams = if result == "success" { result } else { "error" };
            self.reconciliations.get_or_create(&ResultLabels { result: upstreams.to_owned() }).inc();
            self.reconciliation_duration.observe(took.as_secs_f64());
        }
        let controller = controller.to_owned();
        self.reconcile_duration
            .get_or_create(&ControllerLabels { controller: controller.clone() })
            .observe(took.as_secs_f64());
        self.reconciles.get_or_create(&ReconcileLabels { controller, result: result.to_owned() }).inc();
    }

    pub(super) fn watch_failed(&self, kind: &str) {
        self.watch_failures.get_or_create(&KindLabels { kind: kind.to_owned() }).inc();
    }

    pub(super) fn unreadable(&self, kind: &str) {
        self.unreadable.get_or_create(&KindLabels { kind: kind.to_owned() }).inc();
    }

    pub(super) fn leading(&self, leads: bool) {
        self.leader.set(i64::from(leads));
    }

    /// The exposition text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let registry = self.registry.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Err(error) = prometheus_client::encoding::text::encode(&mut text, &registry) {
            let _ = writeln!(text, "# {error}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_upstreams() {
        let metrics = Metrics::default();
        metrics.anomaly("new_issue_created");
        metrics.issue("high", "Analyzing");
        metrics.servers([("shop".to_owned(), "gone".to_owned(), false)]);
        metrics.servers([("shop".to_owned(), "chatcli".to_owned(), true)]);
        metrics.reconciled("instance", "Conflict", Duration::from_millis(1));
        let text = metrics.text();
        for line in [
            "chatcli_operator_anomalies_processed_total{result=\"new_issue_created\"} 1",
            "chatcli_operator_issues_total{severity=\"high\",state=\"Analyzing\"} 1",
            "chatcli_operator_issues_created_by_correlation_total 0",
            "chatcli_operator_active_issues 0",
            "chatcli_operator_issue_resolution_duration_seconds_count 0",
            "chatcli_operator_managed_instances 1",
            "chatcli_operator_instance_ready{name=\"chatcli\",namespace=\"shop\"} 1",
            "chatcli_operator_reconciliations_total{result=\"error\"} 1",
            "chatcli_operator_reconciliation_duration_seconds_count 1",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        assert!(!text.contains("name=\"gone\""), "{text}");
    }

    #[test]
    fn what_waits_is_counted_anew_each_time_and_what_was_decided_is_gone() {
        let request = |namespace: &str, approvers: i32| {
            let spec = serde_json::json!({
                "issueRef": { "name": "web" }, "remediationPlanRef": "web-plan-1", "policyRef": "autonomy", "ruleName": "reversible",
                "requestedActions": [], "requester": "operator", "requiredApprovers": approvers,
            });
            let mut request = ApprovalRequest::new("approval-web-plan-1", serde_json::from_value(spec).unwrap());
            request.metadata.namespace = Some(namespace.to_owned());
            request
        };
        let metrics = Metrics::default();
        metrics.waiting([request("shop", 1), request("shop", 1), request("pay", 2)].iter());
        let text = metrics.text();
        assert!(text.contains("chatcli_operator_approvals_pending{namespace=\"shop\",mode=\"manual\"} 2"), "{text}");
        assert!(text.contains("chatcli_operator_approvals_pending{namespace=\"pay\",mode=\"quorum\"} 1"), "{text}");
        metrics.waiting([request("shop", 1)].iter());
        let text = metrics.text();
        assert!(text.contains("chatcli_operator_approvals_pending{namespace=\"shop\",mode=\"manual\"} 1"), "{text}");
        assert!(!text.contains("namespace=\"pay\""), "{text}");
    }
}
