//! Controllers that cannot do their work on this workload: autoscalers without metrics or room, budgets that never give way.
//!
//! In: HorizontalPodAutoscalers and PodDisruptionBudgets around the subject, its nodes. Out: findings on them. Used by `signals` too.

use jiff::Timestamp;
use k8s_openapi::api::autoscaling::v2::{HorizontalPodAutoscaler, HorizontalPodAutoscalerCondition};
use k8s_openapi::api::core::v1::Node;
use k8s_openapi::api::policy::v1::PodDisruptionBudget;

use super::case::{Case, pod_ref};
use super::codes::Code;
use super::draft::{Draft, receipt, remedy};
use crate::api::ai_insight::Finding;
use crate::api::{ActionType, ResourceRef};
use crate::facts::Facts;
use crate::facts::membership::ready_since;

/// An autoscaler that cannot work.
pub struct Scaler<'a> {
    pub code: Code,
    pub object: &'a HorizontalPodAutoscaler,
    pub condition: &'a HorizontalPodAutoscalerCondition,
    pub since: Option<Timestamp>,
}

/// Autoscalers of the subject that cannot work.
pub fn scalers(facts: &Facts) -> impl Iterator<Item = Scaler<'_>> {
    facts.around.autoscalers.iter().filter_map(|object| {
        let conditions = object.status.as_ref()?.conditions.as_deref()?;
        let is = |kind: &str, status: &str| conditions.iter().find(|it| it.type_ == kind && it.status == status);
        let blind = is("ScalingActive", "False").filter(|it| {
            it.reason
                .as_deref()
                .is_some_and(|reason| reason.starts_with("FailedGet") || reason == "InvalidMetricSourceType")
        });
        let found = match blind {
            Some(condition) => {
                let said = condition.message.as_deref().unwrap_or_default();
                let code = if said.contains("missing request for") {
                    Code::AutoscalerNoRequests
                } else {
                    Code::AutoscalerNoMetrics
                };
                (code, condition)
            }
            None => (
                Code::AutoscalerAtMax,
                is("ScalingLimited", "True").filter(|it| it.reason.as_deref() == Some("TooManyReplicas"))?,
            ),
        };
        let since = found.1.last_transition_time.as_ref().map(|time| time.0);
        Some(Scaler { code: found.0, object, condition: found.1, since })
    })
}

/// A budget that keeps a cordoned node from being drained.
pub struct Blocking<'a> {
    pub budget: &'a PodDisruptionBudget,
    pub node: &'a Node,
    pub pod: &'a crate::facts::Pod,
    /// Since when the node is cordoned, where its taint says so.
    pub since: Option<Timestamp>,
}

/// Budgets that allow nothing though every pod is well, while a pod of theirs sits on a cordoned node.
pub fn blocking(facts: &Facts) -> Option<Blocking<'_>> {
    let budget = facts.around.budgets.iter().find(|budget| {
        budget.status.as_ref().is_some_and(|status| {
            status.disruptions_allowed == 0
                && status.expected_pods > 0
                && status.desired_healthy >= status.expected_pods
        })
    })?;
    let all_well = facts.current_pods().all(|pod| ready_since(pod).is_some());
    let (pod, node) = facts.current_pods().find_map(|pod| {
        let node = facts.node_of(pod)?;
        node.spec.as_ref()?.unschedulable.unwrap_or(false).then_some((pod, node))
    })?;
    let taints = node.spec.as_ref().and_then(|spec| spec.taints.as_deref()).unwrap_or_default();
    let since = taints
        .iter()
        .find(|taint| taint.key == "node.kubernetes.io/unschedulable")
        .and_then(|taint| taint.time_added.as_ref());
    all_well.then_some(Blocking { budget, node, pod, since: since.map(|time| time.0) })
}

/// Findings for autoscalers and budgets.
pub fn controllers(case: &Case<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = scalers(case.facts).map(|scaler| judge(case, &scaler)).collect();
    findings.extend(blocking(case.facts).map(|blocking| judge_budget(case, &blocking)));
    findings
}

fn judge(case: &Case<'_>, scaler: &Scaler<'_>) -> Finding {
    let object = reference("HorizontalPodAutoscaler", "autoscaling/v2", &scaler.object.metadata);
    let name = object.short();
    let said = scaler.condition.message.as_deref().unwrap_or_default();
    let subject = case.subject();
    let draft = |statement: String| {
        Draft::of(scaler.code, statement).receipt(receipt(
            said,
            object.clone(),
            format!(".status.conditions[{}]", scaler.condition.type_),
            scaler.condition.reason.as_deref().unwrap_or_default(),
            scaler.since,
        ))
    };
    match scaler.code {
        Code::AutoscalerNoRequests => draft(format!(
            "{subject} is not scaled: {name} measures use against requests that its containers do not have"
        ))
        .cause(&case.facts.subject, ".spec.template.spec.containers[*].resources.requests")
        .confidence(0.95, "the autoscaler names the missing request")
        .advice("set the request it names on every container of the pods"),
        Code::AutoscalerAtMax => {
            let spec = scaler.object.spec.as_ref();
            let max = spec.map_or(0, |spec| spec.max_replicas);
            let wider = (max > 0).then(|| {
                remedy(
                    ActionType::AdjustHPA,
                    [("hpa", object.name.clone()), ("maxReplicas", (max + (max / 2).max(1)).to_string())],
                    "gives the autoscaler half as much room again",
                )
            });
            draft(format!("{subject} is at its most: {name} wants more than {max} replicas"))
                .cause(&object, ".spec.maxReplicas")
                .receipt(receipt(
                    format!("maxReplicas is {max}"),
                    object.clone(),
                    ".spec.maxReplicas",
                    max.to_string(),
                    Some(case.facts.now),
                ))
                .confidence(0.9, "the autoscaler says so; whether the load is wanted, it cannot say")
                .remedy(wider)
                .advice("raise maxReplicas if the cluster has room, or find out where the load comes from")
        }
        _ => draft(format!("{subject} is not scaled: {name} cannot read its metrics"))
            .cause(&object, ".status.conditions[ScalingActive]")
            .confidence(0.9, "the autoscaler says what it could not read")
            .advice("look at the metrics API: kubectl get apiservices v1beta1.metrics.k8s.io"),
    }
    .rules_out("application", "its pods are not the autoscaler's trouble")
    .done()
}

fn judge_budget(case: &Case<'_>, blocking: &Blocking<'_>) -> Finding {
    let object = reference("PodDisruptionBudget", "policy/v1", &blocking.budget.metadata);
    let node = reference("Node", "v1", &blocking.node.metadata);
    let status = blocking.budget.status.as_ref();
    let (expected, wanted) = status.map_or((0, 0), |status| (status.expected_pods, status.desired_healthy));
    Draft::of(
        Code::BudgetBlocksDrain,
        format!("{} cannot leave {}: {} never allows an eviction", case.subject(), node.short(), object.short()),
    )
    .cause(&object, ".spec")
    .receipt(receipt(
        format!("it wants {wanted} healthy pods, and there are {expected} in all"),
        object.clone(),
        ".status.disruptionsAllowed",
        "0",
        Some(case.facts.now),
    ))
    .receipt(receipt("the node is cordoned", node.clone(), ".spec.unschedulable", "true", blocking.since))
    .receipt(receipt(
        format!("runs on node {}", node.name),
        pod_ref(blocking.pod),
        ".spec.nodeName",
        &node.name,
        Some(case.facts.now),
    ))
    .confidence(0.9, "all pods are healthy, so no waiting changes it")
    .rules_out("application", "all its pods are ready")
    .advice("run one replica more than the budget demands, or let the budget allow one disruption")
    .done()
}

fn reference(kind: &str, api_version: &str, meta: &kube::api::ObjectMeta) -> ResourceRef {
    ResourceRef {
        api_version: Some(api_version.to_owned()),
        uid: meta.uid.clone(),
        ..ResourceRef::new(kind, meta.namespace.clone().unwrap_or_default(), meta.name.clone().unwrap_or_default())
    }
}
