//! What keeps a Runbook from working. Pure: Runbooks and policies in, remarks out.

use common::actions;
use common::api::approval_policy::ApprovalMode;
use common::api::remediation_plan::ActionClass;
use common::api::runbook::{RunbookStep, TriggerSignal};
use common::api::{ActionType, ApprovalPolicy, RemediationAction, ResourceRef, Runbook, SignalType};
use kube::ResourceExt as _;

use crate::output::checks::Check;

/// Kinds that incidents are about.
const KINDS: [&str; 6] = ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Node"];

/// Signals that only nodes give.
const OF_NODES: [SignalType; 5] = [
    SignalType::NodeNotReady,
    SignalType::DiskPressure,
    SignalType::PidPressure,
    SignalType::NetworkUnavailable,
    SignalType::PodCapacityHigh,
];

/// Every remark on every runbook, in their order.
pub fn lint(runbooks: &[Runbook], policies: &[ApprovalPolicy]) -> Vec<Check> {
    let mut checks = Vec::new();
    for (index, runbook) in runbooks.iter().enumerate() {
        let before = checks.len();
        alone(runbook, policies, &mut checks);
        shadowed(runbook, &runbooks[..index], &runbooks[index + 1..], &mut checks);
        if checks.len() == before {
            checks.push(Check::ok(runbook.name_any(), answers(runbook)));
        }
    }
    checks
}

/// What it is for, in words.
pub fn answers(runbook: &Runbook) -> String {
    let trigger = &runbook.spec.trigger;
    let signal = match trigger.signal_type {
        TriggerSignal::Any => "any signal".to_owned(),
        other => other.as_str().to_owned(),
    };
    format!("answers {signal} of severity {} on a {}", trigger.severity, trigger.resource_kind)
}

fn alone(runbook: &Runbook, policies: &[ApprovalPolicy], checks: &mut Vec<Check>) {
    let name = runbook.name_any();
    let spec = &runbook.spec;
    if spec.enabled == Some(false) {
        checks.push(Check::warn(&name, "spec.enabled is false: it is never chosen"));
    }
    if spec.steps.is_empty() {
        checks.push(Check::fail(&name, "spec.steps is empty: there is nothing to do"));
    }
    trigger(runbook, checks);
    let mut actions = Vec::new();
    for (index, step) in spec.steps.iter().enumerate() {
        if let Some(action) = step_of(runbook, index, step, checks) {
            actions.push(action);
        }
    }
    if let Err(refusal) = actions::validate(&actions) {
        checks.push(Check::fail(&name, refusal.to_string()));
    }
    for action in &actions {
        unapproved(runbook, action.action_type, policies, checks);
    }
}

fn trigger(runbook: &Runbook, checks: &mut Vec<Check>) {
    let name = runbook.name_any();
    let trigger = &runbook.spec.trigger;
    let kind = trigger.resource_kind.as_str();
    if !KINDS.contains(&kind) {
        let check = Check::fail(
            &name,
            format!("spec.trigger.resourceKind {kind:?} is no kind that incidents are about; it never fires"),
        );
        let near = KINDS.iter().find(|known| known.eq_ignore_ascii_case(kind));
        checks.push(
            check.next(near.map_or_else(|| format!("one of {}", KINDS.join(", ")), |near| format!("write {near}"))),
        );
        return;
    }
    if let TriggerSignal::Of(signal) = trigger.signal_type
        && OF_NODES.contains(&signal) != (kind == "Node")
    {
        checks.push(
            Check::fail(&name, format!("{} is never seen on a {kind}; it never fires", signal.as_str()))
                .next("change spec.trigger.signalType or spec.trigger.resourceKind"),
        );
    }
}

fn step_of(runbook: &Runbook, index: usize, step: &RunbookStep, checks: &mut Vec<Check>) -> Option<RemediationAction> {
    let name = runbook.name_any();
    let action = ActionType::from_name(&step.action);
    let known = ActionType::ALL.iter().any(|known| known.as_str() == step.action);
    let place = format!("spec.steps[{index}]");
    if !known {
        let near = ActionType::ALL.iter().find(|known| known.as_str().eq_ignore_ascii_case(&step.action));
        let check = Check::fail(&name, format!("{place}.action {:?} is no action", step.action));
        checks.push(match near {
            Some(near) => check.next(format!("write {near}")),
            None => check.next("see what there is: kubectl chatcli actions"),
        });
        return None;
    }
    let action = RemediationAction { action_type: action, params: step.params.clone() };
    let target = ResourceRef::new(&runbook.spec.trigger.resource_kind, "namespace", "name");
    match actions::parse(&action, &target) {
        Ok(_) => Some(action),
        Err(refusal) => {
            checks.push(Check::fail(&name, format!("{place}: {refusal}")));
            None
        }
    }
}

/// A policy that lets an irreversible step run by itself.
fn unapproved(runbook: &Runbook, action: ActionType, policies: &[ApprovalPolicy], checks: &mut Vec<Check>) {
    let class = actions::find(action).map(|entry| entry.spec.class).unwrap_or_default();
    if class != ActionClass::Irreversible {
        return;
    }
    let severity = runbook.spec.trigger.severity;
    for policy in policies.iter().filter(|policy| policy.spec.enabled) {
        let matching = policy.spec.rules.iter().filter(|rule| {
            let matches = &rule.matches;
            (matches.severities.is_empty() || matches.severities.contains(&severity))
                && (matches.action_types.is_empty() || matches.action_types.contains(&action))
        });
        for rule in matching.filter(|rule| rule.mode == ApprovalMode::Auto) {
            checks.push(
                Check::fail(
                    runbook.name_any(),
                    format!(
                        "{action} is irreversible, and rule {} of policy {} lets it run without a vote",
                        rule.name,
                        policy.name_any()
                    ),
                )
                .next("set the rule's mode to manual or quorum for this action"),
            );
        }
    }
}

/// Of two that answer the same, the first by name is tried first; the other only after that has failed.
fn shadowed(runbook: &Runbook, before: &[Runbook], after: &[Runbook], checks: &mut Vec<Check>) {
    let rivals = before.iter().chain(after).filter(|other| {
        other.namespace() == runbook.namespace()
            && other.spec.enabled != Some(false)
            && other.name_any() < runbook.name_any()
            && covers(other, runbook)
    });
    for other in rivals {
        let same = other.spec.steps.iter().map(|step| (&step.action, &step.params)).eq(runbook
            .spec
            .steps
            .iter()
            .map(|step| (&step.action, &step.params)));
        checks.push(if same {
            Check::fail(
                runbook.name_any(),
                format!("runbook {} answers the same with the same steps; this one is never chosen", other.name_any()),
            )
        } else {
            Check::warn(
                runbook.name_any(),
                format!(
                    "runbook {} answers the same and comes first by name; this one is tried only after it failed",
                    other.name_any()
                ),
            )
        });
    }
}

/// Whatever triggers `inner` triggers `outer`.
fn covers(outer: &Runbook, inner: &Runbook) -> bool {
    let (outer, inner) = (&outer.spec.trigger, &inner.spec.trigger);
    outer.severity == inner.severity
        && outer.resource_kind == inner.resource_kind
        && (outer.signal_type == TriggerSignal::Any || outer.signal_type == inner.signal_type)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::checks::Level;

    const SOUND: &str = "\
apiVersion: platform.chatcli.io/v1alpha1
kind: Runbook
metadata: {name: a, namespace: shop}
spec:
  trigger: {signalType: oom_kill, severity: high, resourceKind: Deployment}
  steps: [{name: more, action: AdjustResources, params: {memory_limit: 128Mi}}]
";

    fn remarks(texts: &[String]) -> Vec<(Level, String)> {
        let runbooks: Vec<Runbook> = texts.iter().map(|text| serde_saphyr::from_str(text).unwrap()).collect();
        lint(&runbooks, &[]).into_iter().map(|check| (check.result, check.message)).collect()
    }

    fn one(from: &str, to: &str) -> (Level, String) {
        assert!(SOUND.contains(from), "{from}");
        remarks(&[SOUND.replace(from, to)]).remove(0)
    }

    #[test]
    fn a_sound_runbook_says_what_it_answers() {
        let sound = (Level::Ok, "answers oom_kill of severity high on a Deployment".to_owned());
        assert_eq!(remarks(&[SOUND.to_owned()]), [sound]);
    }

    #[test]
    fn what_cannot_work_is_named_with_its_place() {
        let (level, text) = one("AdjustResources", "adjustresources");
        assert_eq!((level, text.as_str()), (Level::Fail, "spec.steps[0].action \"adjustresources\" is no action"));
        let (_, text) = one("memory_limit", "memoryLimit");
        assert!(text.starts_with("spec.steps[0]: AdjustResources has no parameter \"memoryLimit\""), "{text}");
        let (_, text) = one("128Mi", "lots");
        assert!(text.contains("\"lots\" is not allowed for parameter \"memory_limit\""), "{text}");
        let (_, text) = one("resourceKind: Deployment", "resourceKind: deployment");
        assert!(text.contains("never fires"), "{text}");
        let (_, text) = one("oom_kill", "node_not_ready");
        assert_eq!(text, "node_not_ready is never seen on a Deployment; it never fires");
    }

    #[test]
    fn of_two_that_answer_the_same_the_later_is_shadowed() {
        let other = SOUND.replace("name: a,", "name: b,");
        let same = remarks(&[SOUND.to_owned(), other.clone()]);
        assert_eq!((same[0].0, same[1].0), (Level::Ok, Level::Fail), "{same:?}");
        let different = remarks(&[SOUND.to_owned(), other.replace("128Mi", "256Mi")]);
        assert_eq!(different[1].0, Level::Warn);
        let elsewhere = remarks(&[SOUND.to_owned(), other.replace("shop", "bank")]);
        assert_eq!(elsewhere[1].0, Level::Ok);
    }
}
