//! Containers killed for memory: a limit that is too low, a leak, or a node that ran out.
//!
//! In: how containers ended, their limits now and in older revisions, and where a metrics API tells it, what they use at which age. Out:
//! findings on the limit. Without a metrics API what tells the causes apart is how long a container lives. That is said in the confidence.

use jiff::SignedDuration;
use k8s_openapi::api::core::v1::Container;

use super::case::{Case, end_receipt, seconds, template_path};
use super::codes::Code;
use super::draft::{Draft, receipt, remedy};
use crate::api::ActionType;
use crate::api::ai_insight::{Evidence, Finding, Remedy};
use crate::facts::containers::{Ended, Role, View};
use crate::facts::memory::{self, Growth, MeasuredBy};
use crate::facts::quantity::{bytes, mebibytes};
use crate::facts::{MemoryUse, Subject, reading};

/// Dying within this time of its start is a need, not a growth.
const QUICK: SignedDuration = SignedDuration::from_mins(2);
/// Living this long under the limit proves that the start fits in it.
const LONG: SignedDuration = SignedDuration::from_mins(10);
/// The smallest limit worth trying: common runtimes do not live on less.
const FLOOR: u64 = 64 << 20;
/// After so many raises that did not help, another one is no idea.
const RAISES: usize = 2;

/// One finding per container that was killed for memory.
pub fn memory(case: &Case<'_>) -> Vec<Finding> {
    case.ended()
        .into_iter()
        .filter(|(_, end)| end.is_oom())
        .map(|(container, end)| judge(case, &container, &end))
        .collect()
}

/// Whether something was killed at a limit of its own, so that its use of memory tells something.
pub fn is_killed_at_a_limit(case: &Case<'_>) -> bool {
    case.ended().iter().any(|(container, end)| end.is_oom() && memory_limit(container.spec).is_some())
}

fn judge(case: &Case<'_>, container: &View<'_>, end: &Ended<'_>) -> Finding {
    let subject = case.subject();
    let name = container.name();
    let path = format!("{}.resources.limits.memory", template_path(case.facts, container));
    let Some(limit) = memory_limit(container.spec) else {
        let node = container.pod.node.clone().unwrap_or_default();
        return Draft::of(
            Code::OomOnNode,
            format!(
                "{subject}: container {name}, which has no memory limit, was killed when node {node} ran out of memory"
            ),
        )
        .cause(&case.facts.subject, path)
        .receipt(end_receipt(container, end))
        .confidence(0.7, "a container without a limit can only be killed for its node's sake")
        .advice("set memory requests and limits; see what else runs on that node")
        .done();
    };
    let life = end.life();
    let lived = match life {
        None => "after an unknown time".to_owned(),
        Some(life) if life.as_secs() == 0 => "within a second of its start".to_owned(),
        Some(life) => format!("{} after its start", seconds(life)),
    };
    let written = mebibytes(limit);
    let lowered = case
        .rollout
        .as_ref()
        .and_then(|rollout| Some((rollout.good?, memory_limit(rollout.good?.container(name)?)?)))
        .filter(|(_, before)| *before > limit && case.way_back().is_some());
    let raises = raises(case, name);
    let limit_receipt = receipt(
        format!("its memory limit is {written}"),
        case.facts.subject.clone(),
        path.clone(),
        &written,
        Some(case.facts.now),
    );
    let draft = |code, statement: String| {
        Draft::of(code, statement)
            .cause(&case.facts.subject, path.clone())
            .receipt(end_receipt(container, end))
            .receipt(limit_receipt.clone())
    };

    if let Some((good, before)) = lowered {
        let before = mebibytes(before);
        return draft(
            Code::OomLimitTooLow,
            format!("{subject} is killed for memory: revision {} lowered the limit of container {name} from {before} to {written}", case.rollout.map_or(0, |it| it.current.number)),
        )
        .receipt(receipt(
            format!("revision {} had {before}", good.number),
            case.keeper(good),
            format!("{}.containers[{name}].resources.limits.memory", good.template()),
            &before,
            good.made(),
        ))
        .receipts(case.good_revision_receipt())
        .confidence(0.95, "only pods under the lowered limit are killed")
        .rules_out("leak", format!("it is killed {lived}, and was well under {before}"))
        .remedy(adjust(case, container, &before, "the limit of the revision before"))
        .remedy(case.rollback(|_, _| true, "had a higher limit"))
        .advice(format!("set the memory limit of container {name} back to {before}"))
        .done();
    }
    if raises >= RAISES && life.is_none_or(|life| life < LONG) {
        return draft(
            Code::MemoryLeak,
            format!("{subject} is killed for memory {lived}, whatever its limit: it was raised {raises} times, to {written} now"),
        )
        .confidence(0.7, format!("{raises} raises in its revisions did not help"))
        .advice("the container takes whatever it gets: look for unbounded allocation; a higher limit is no cure")
        .done();
    }
    let next = mebibytes((limit * 2).max(FLOOR));
    let raise = adjust(case, container, &next, "twice the limit it dies at, 64Mi at least");
    let is_quick = life.is_some_and(|life| life < QUICK);
    let looks = &case.facts.extra.memory;
    let unmeasured = if looks.is_empty() { "no metrics API" } else { "too few looks at it to compare" };
    match memory::growth(looks, name) {
        Some(Growth::Grows { young, old }) if !is_quick => {
            return draft(
                Code::MemoryLeak,
                format!("{subject} is killed for memory {lived}: what container {name} uses grows with its age, from {} after {} to {} after {}, until its limit of {written}", mebibytes(young.bytes), seconds(young.age), mebibytes(old.bytes), seconds(old.age)),
            )
            .receipts([measured(case, young), measured(case, old)])
            .confidence(0.9, "old and young containers of the same kind were measured")
            .rules_out("limit", format!("a young one lives on {}", mebibytes(young.bytes)))
            .advice("find what grows (heap profile, caches without bounds); raising the limit only makes the lives longer")
            .done();
        }
        Some(Growth::Stays { young, old }) if !is_quick => {
            return draft(
                Code::OomLimitTooLow,
                format!("{subject} is killed for memory: container {name} exceeds its limit of {written} {lived}, in a peak; what it uses does not grow with its age"),
            )
            .receipts([measured(case, young), measured(case, old)])
            .confidence(0.8, "old and young containers of the same kind were measured")
            .rules_out("leak", format!("one that is {} old uses {}, one that is {} old {}", seconds(old.age), mebibytes(old.bytes), seconds(young.age), mebibytes(young.bytes)))
            .remedy(raise)
            .advice(format!("raise the memory limit of container {name}, or find what it does in that moment"))
            .done();
        }
        _ => {}
    }
    match life {
        Some(_) if is_quick => draft(
            Code::OomLimitTooLow,
            format!("{subject} is killed for memory: container {name} needs more than its limit of {written} {lived}"),
        )
        .confidence(if raises == 0 { 0.9 } else { 0.7 }, "it dies soon after each start, before anything could leak")
        .rules_out("leak", format!("it is killed {lived}; a leak takes longer"))
        .remedy(raise)
        .advice(format!("raise the memory limit of container {name}, or make it need less at its start")),
        Some(life) if life >= LONG => draft(
            Code::MemoryLeak,
            format!(
                "{subject} is killed for memory {lived}: what container {name} uses grows until its limit of {written}"
            ),
        )
        .confidence(
            if container.restarts() > 1 { 0.75 } else { 0.55 },
            format!(
                "it lives long under this limit, {} kills so far; a rare peak looks the same from here: {unmeasured}",
                container.restarts().max(1)
            ),
        )
        .rules_out("limit", format!("it runs under {written} for {}", seconds(life)))
        .advice("find what grows (heap profile, caches without bounds); raising the limit only makes the lives longer"),
        _ => draft(
            Code::OomLimitTooLow,
            format!("{subject} is killed for memory: container {name} exceeds its limit of {written} {lived}"),
        )
        .confidence(0.6, format!("too late for a start that needs more, too early to be sure of a leak; {unmeasured}"))
        .remedy(raise)
        .advice(format!("raise the memory limit of container {name}; if it is killed again later, it leaks")),
    }
    .done()
}

/// What a container was seen to use, and where that can be seen.
fn measured(case: &Case<'_>, look: &MemoryUse) -> Evidence {
    let used = mebibytes(look.bytes);
    let (kind, path) = match look.by {
        MeasuredBy::MetricsApi => ("PodMetrics", format!("containers[{}].usage.memory", look.container)),
        MeasuredBy::Prometheus => {
            ("Pod", format!("container_memory_working_set_bytes{{container=\"{}\"}}", look.container))
        }
    };
    let object = reading::object(kind, &case.facts.subject.namespace, &look.pod);
    receipt(format!("{} after its start it used {used}", seconds(look.age)), object, path, &used, Some(look.at))
}

/// The action that sets a memory limit, where the kind has one and the node could hold it.
fn adjust(case: &Case<'_>, container: &View<'_>, limit: &str, why: &str) -> Option<Remedy> {
    let action = match &case.facts.object {
        Subject::Deployment(_) => ActionType::AdjustResources,
        Subject::StatefulSet(_) => ActionType::AdjustStatefulSetResources,
        Subject::DaemonSet(_) => ActionType::AdjustDaemonSetResources,
        // A running Job's template cannot be changed, nor a pod's.
        Subject::Job(_) | Subject::CronJob(_) | Subject::Pod(_) | Subject::Node(_) => return None,
    };
    // The actions change containers, not init containers.
    if container.role != Role::App {
        return None;
    }
    let wanted = bytes(&k8s_openapi::apimachinery::pkg::api::resource::Quantity(limit.to_owned()))?;
    let allocatable = case
        .facts
        .node_of(container.pod)
        .and_then(|node| bytes(node.status.as_ref()?.allocatable.as_ref()?.get("memory")?));
    if allocatable.is_some_and(|room| wanted > room) {
        return None;
    }
    let mut remedy = remedy(
        action,
        [("container", container.name().to_owned()), ("memory_limit", limit.to_owned())],
        format!("sets the memory limit to {limit}: {why}"),
    );
    // Request equal to limit is how a template asks for the Guaranteed class; raising one alone would take it away. The template says
    // so, not the pod: there the API server has filled in a missing request from the limit.
    let template = case.facts.object.pod_spec()?.containers.iter().find(|it| it.name == container.name())?;
    if memory_request(template).is_some() && memory_request(template) == memory_limit(template) {
        remedy.actions[0].params.insert("memory_request".to_owned(), limit.to_owned());
    }
    Some(remedy)
}

/// How often the limit was raised, revision over revision, up to now.
fn raises(case: &Case<'_>, name: &str) -> usize {
    let limits: Vec<u64> =
        case.revisions.iter().filter_map(|revision| memory_limit(revision.container(name)?)).collect();
    limits.windows(2).take_while(|pair| pair[0] > pair[1]).count()
}

fn memory_limit(container: &Container) -> Option<u64> {
    bytes(container.resources.as_ref()?.limits.as_ref()?.get("memory")?)
}

fn memory_request(container: &Container) -> Option<u64> {
    bytes(container.resources.as_ref()?.requests.as_ref()?.get("memory")?)
}
