//! Containers that run, and whose probes say they should not be trusted.
//!
//! In: probes, `Unhealthy` and `Killing` Events. Out: findings on the probe's field. Whether the probe or the application is wrong is
//! said only as far as the answer shows it.

use std::sync::LazyLock;

use jiff::SignedDuration;
use k8s_openapi::api::core::v1::{Container, Event, Probe};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use regex::Regex;

use super::case::{Case, event_receipt, pod_ref, seconds, template_path};
use super::codes::Code;
use super::draft::{Draft, receipt, remedy};
use super::exits::differs;
use crate::api::ActionType;
use crate::api::ai_insight::Finding;
use crate::facts::Subject;
use crate::facts::containers::View;
use crate::facts::logged::line::without_time;
use crate::facts::membership::{condition, ready_since, started};
use crate::facts::probes::budget;

/// A pod's Ready condition is written when the kubelet takes it on; one that has moved since has been ready.
const SAME_MOMENT: SignedDuration = SignedDuration::from_secs(2);

/// The probe for whose sake the kubelet kills a container: `liveness` or `startup`.
pub fn killed_by(case: &Case<'_>, container: &View<'_>) -> Option<&'static str> {
    if container.restarts() == 0 && container.latest_end().is_none() {
        return None;
    }
    let kinds = ["liveness", "startup"];
    let told = case.events_of(container.pod, "Killing").find_map(|event| {
        let said = event.message.as_deref().unwrap_or_default();
        let ours = said.starts_with(&format!("Container {} failed ", container.name()));
        kinds.into_iter().find(|kind| ours && said.contains(&format!("failed {kind} probe")))
    });
    // Events are merged and dropped: a probe that fails, and an end as after SIGTERM or SIGKILL, say the same.
    told.or_else(|| {
        container.latest_end().filter(|end| matches!(end.exit_code, 0 | 137 | 143) && !end.is_oom())?;
        kinds.into_iter().find(|kind| unhealthy(case, container, kind).is_some())
    })
}

/// Is there no container to probe yet?
pub fn is_waiting_for_image(container: &View<'_>) -> bool {
    container
        .waiting()
        .is_some_and(|waiting| waiting.reason.contains("Image") || waiting.reason == "CreateContainerConfigError")
}

/// The kubelet kills containers that fail their liveness or startup probe.
pub fn liveness(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for container in &case.sick {
        let Some(kind) = killed_by(case, container).filter(|_| !seen.contains(&container.name())) else { continue };
        seen.push(container.name());
        let name = container.name();
        let field = format!("{kind}Probe");
        let answer = unhealthy(case, container, kind);
        let killing = case.events_of(container.pod, "Killing").next();
        let words = answer.map(probe_words).unwrap_or_default();
        let says = if words.is_empty() { String::new() } else { format!(": {words}") };
        let probe = if kind == "startup" { &container.spec.startup_probe } else { &container.spec.liveness_probe };
        // Killed before its first life under this probe was over: it never got as far as being well.
        let never_ready = kind == "startup" || never_was_ready(case, container);
        let code = match wrong(probe.as_ref(), &words, container.spec, &listens(case, container)) {
            Some(code) if code != Code::ProbeTimeout || !never_ready => code,
            _ if never_ready && !words.contains("statuscode") => Code::StartupProbeFailing,
            _ => Code::LivenessProbeFailing,
        };
        findings.push(
            Draft::of(
                code,
                format!("{} is restarted by the kubelet: the {kind} probe of container {name} fails{says}", case.subject()),
            )
            .cause(&case.facts.subject, format!("{}.{field}", template_path(case.facts, container)))
            .receipts(killing.map(event_receipt))
            .receipts(answer.map(event_receipt))
            .receipts(case.log_receipt(container))
            .receipts(case.rollout_receipt())
            .confidence(0.9, "the kubelet says it killed the container for this; whether probe or application is wrong, it cannot say")
            .rules_out("memory", "no OOM kill")
            .remedy(case.rollback(|good, current| differs(good, current, name), "differs in this container"))
            .advice(match code {
                Code::ProbeWrongPort | Code::ProbeWrongPath | Code::ProbeCommandFailing => format!("correct {field} of container {name}"),
                Code::StartupProbeFailing => format!("give container {name} more time to start, by a startupProbe; {} is what it gets now", seconds(probe.as_ref().map(budget).unwrap_or_default())),
                _ => format!("see whether the application hangs, or {field} gives too little time"),
            })
            .done(),
        );
    }
    findings
}

/// Containers run, but are not ready.
pub fn readiness(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for container in case.sick.iter().filter(|container| container.running_since().is_some() && !container.is_ready()) {
        let Some(probe) = &container.spec.readiness_probe else { continue };
        if seen.contains(&container.name()) {
            continue;
        }
        seen.push(container.name());
        findings.push(judge_readiness(case, container, probe));
    }
    findings
}

fn judge_readiness(case: &Case<'_>, container: &View<'_>, probe: &Probe) -> Finding {
    let name = container.name();
    let answer = unhealthy(case, container, "readiness");
    let words = answer.map(probe_words).unwrap_or_default();
    let words = words.as_str();
    let port = probe_port(probe, container.spec);
    let declared: Vec<i32> = container.spec.ports.iter().flatten().map(|port| port.container_port).collect();
    let refused = words.contains("connection refused");
    let strange_port = port.is_some_and(|port| !declared.is_empty() && !declared.contains(&port));
    let path = format!("{}.readinessProbe", template_path(case.facts, container));
    let statement = match (port, refused) {
        (Some(port), true) => format!(
            "{} runs but is not ready: nothing answers the readiness probe of container {name} on port {port}",
            case.subject()
        ),
        _ if words.is_empty() => format!(
            "{} runs but is not ready: the readiness probe of container {name} does not succeed",
            case.subject()
        ),
        _ => {
            format!("{} runs but is not ready: the readiness probe of container {name} fails: {words}", case.subject())
        }
    };
    let code =
        wrong(Some(probe), words, container.spec, &listens(case, container)).unwrap_or(Code::ReadinessProbeFailing);
    let mut draft = Draft::of(code, statement)
        .cause(&case.facts.subject, if refused { format!("{path}.port") } else { path.clone() })
        .receipts(answer.map(event_receipt))
        .receipts(condition(container.pod, "Ready").map(|ready| {
            receipt(
                format!("pod is not ready: {}", ready.message.as_deref().unwrap_or("containers not ready")),
                pod_ref(container.pod),
                ".status.conditions[Ready]",
                ready.reason.as_deref().unwrap_or_default(),
                ready.last_transition_time.as_ref().map(|time| time.0),
            )
        }));
    if strange_port {
        let list: Vec<String> = declared.iter().map(ToString::to_string).collect();
        draft = draft.receipt(receipt(
            format!("container {name} declares port {}", list.join(", ")),
            case.facts.subject.clone(),
            format!("{}.ports", template_path(case.facts, container)),
            list.join(", "),
            Some(case.facts.now),
        ));
    }
    // What takes its time to start looks the same, until the time of its rollout is over.
    let may_be_starting = matches!(code, Code::ReadinessProbeFailing | Code::ProbeTimeout)
        && never_was_ready(case, container)
        && container.running_since().is_some_and(|since| !case.is_overdue(since));
    let (confidence, reason) = match (answer.is_some(), refused && strange_port) {
        (true, _) if code == Code::ProbeWrongPath => (0.85, "the application answers, but knows no such path"),
        (true, _) if code == Code::ProbeCommandFailing => (0.95, "the runtime cannot execute the probe's command"),
        (true, true) => (0.9, "refused on a port that the container does not declare"),
        (true, false) if may_be_starting => {
            (0.6, "the probe fails; whether the application still starts, its answer does not say")
        }
        (true, false) => (0.65, "the probe fails; whether probe or application is wrong, its answer does not say"),
        (false, _) => (0.4, "the container is not ready; no Event with the probe's answer was found"),
    };
    // Ready once, asked in vain now, no rollout to blame: what hangs may come back with a restart.
    let was_ready =
        started(container.pod).zip(condition(container.pod, "Ready").and_then(|it| it.last_transition_time.as_ref()));
    let hangs = (words.contains("context deadline exceeded") || words.contains("Client.Timeout"))
        && was_ready.is_some_and(|(begun, since)| since.0.duration_since(begun) > SignedDuration::from_mins(10));
    let rollback = case
        .rollback(|good, current| differs(good, current, name), "differs in this container")
        .filter(|_| !may_be_starting);
    let restart = (hangs && rollback.is_none() && matches!(case.facts.object, Subject::Deployment(_)))
        .then(|| remedy(ActionType::RestartDeployment, [], "was ready before and does not answer any more"));
    draft
        .receipts(case.rollout_receipt())
        .receipts(case.log_receipt(container))
        .confidence(confidence, reason)
        .rules_out("image", "pulled and started")
        .remedy(rollback)
        .remedy(restart)
        .advice(match port {
            Some(port) if refused => format!("see on which port container {name} listens; the probe asks {port}"),
            _ if code == Code::ProbeWrongPath => format!("correct the path that the probe of container {name} asks"),
            _ if code == Code::ProbeCommandFailing => {
                format!("use a probe command that the image of container {name} has")
            }
            _ => format!("ask container {name} what its readiness waits for"),
        })
        .done()
}

/// Whether the probe itself is wrong, as far as its answer shows it.
fn wrong(probe: Option<&Probe>, words: &str, container: &Container, listens: &[i32]) -> Option<Code> {
    let probe = probe?;
    let lower = words.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if probe.exec.is_some() && says(&["executable file not found", "no such file or directory", "permission denied"]) {
        return Some(Code::ProbeCommandFailing);
    }
    if says(&["statuscode: 404", "statuscode: 405", "statuscode: 400", "statuscode: 301", "statuscode: 302"]) {
        return Some(Code::ProbeWrongPath);
    }
    if says(&["context deadline exceeded", "client.timeout", "i/o timeout", "timed out"]) {
        return Some(Code::ProbeTimeout);
    }
    let declared: Vec<i32> = container.ports.iter().flatten().map(|port| port.container_port).collect();
    let elsewhere = probe_port(probe, container).is_none_or(|port| {
        let named = !declared.is_empty() && !declared.contains(&port);
        let heard = !listens.is_empty() && !listens.contains(&port);
        named || heard
    });
    let by_network = probe.http_get.is_some() || probe.tcp_socket.is_some() || probe.grpc.is_some();
    let speaks_otherwise = says(&[
        "server gave http response to https client",
        "malformed http response",
        "first record does not look like a tls handshake",
    ]);
    (by_network
        && ((says(&["connection refused", "invalid port", "couldn't find port", "unable to find port", "no port"])
            && elsewhere)
            || speaks_otherwise))
        .then_some(Code::ProbeWrongPort)
}

/// Ports on which a container says that it listens.
fn listens(case: &Case<'_>, container: &View<'_>) -> Vec<i32> {
    static PORT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:listen(?:ing)?|serving|started|bound)\b[^\n]{0,60}?(?::|port[ =:]+)(\d{2,5})\b")
            .expect("a valid pattern")
    });
    let lines = case.logs(container).flat_map(|tail| &tail.lines);
    lines.filter_map(|line| PORT.captures(without_time(line))?.get(1)?.as_str().parse().ok()).collect()
}

/// Has no pod of the same revision been ready since this container's pod was made?
fn never_was_ready(case: &Case<'_>, container: &View<'_>) -> bool {
    let Some(ready) = condition(container.pod, "Ready") else { return true };
    let begun = started(container.pod);
    // Written when the pod was taken on, and never moved since.
    let moved = ready
        .last_transition_time
        .as_ref()
        .zip(begun)
        .is_some_and(|(moved, begun)| moved.0.duration_since(begun) > SAME_MOMENT);
    let others_are_ready = case.facts.current_pods().any(|pod| {
        ready_since(pod).is_some()
            && crate::facts::membership::controller(&pod.metadata).map(|it| &it.uid)
                == crate::facts::membership::controller(&container.pod.metadata).map(|it| &it.uid)
    });
    !moved && ready.status != "True" && !others_are_ready
}

/// All containers are ready, and the pod is not: somebody else has to say yes.
pub fn gates(case: &Case<'_>) -> Vec<Finding> {
    let held = case.facts.current_pods().find_map(|pod| {
        let ready = condition(pod, "Ready")
            .filter(|it| it.status == "False" && it.reason.as_deref() == Some("ReadinessGatesNotReady"))?;
        Some((pod, ready))
    });
    let Some((pod, ready)) = held else { return Vec::new() };
    let said = ready.message.as_deref().unwrap_or("a readiness gate is not met");
    vec![
        Draft::of(Code::ReadinessGateUnmet, format!("{} is not ready: {said}", case.subject()))
            .cause(&case.facts.subject, ".spec.template.spec.readinessGates")
            .receipt(receipt(
                said,
                pod_ref(pod),
                ".status.conditions[Ready]",
                "ReadinessGatesNotReady",
                ready.last_transition_time.as_ref().map(|time| time.0),
            ))
            .confidence(0.95, "the kubelet says which condition is missing")
            .rules_out("application", "its containers are ready")
            .advice("look at the controller that sets this condition")
            .done(),
    ]
}

/// The newest Event in which this probe of this container failed.
fn unhealthy<'a>(case: &Case<'a>, container: &View<'a>, kind: &str) -> Option<&'a Event> {
    let field = format!("{{{}}}", container.name());
    case.events_of(container.pod, "Unhealthy").find(|event| {
        let said = event.message.as_deref().unwrap_or_default().to_lowercase();
        let about = event.involved_object.field_path.as_deref();
        said.starts_with(kind) && about.is_none_or(|path| path.ends_with(&field))
    })
}

/// `Readiness probe failed: <words>` without the front, and without the pod's address, which is another one tomorrow.
fn probe_words(event: &Event) -> String {
    static ADDRESS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"^(?:Get "[^"]+": )?(?:dial tcp [^ ]+ )?"#).expect("a valid pattern"));
    let said = event.message.as_deref().unwrap_or_default().trim();
    let said = said.split_once(": ").map_or(said, |(_, rest)| rest);
    ADDRESS.replace(said, "").into_owned()
}

/// The port a probe asks, names resolved.
fn probe_port(probe: &Probe, container: &Container) -> Option<i32> {
    let port = probe
        .http_get
        .as_ref()
        .map(|get| &get.port)
        .or_else(|| probe.tcp_socket.as_ref().map(|socket| &socket.port))?;
    match port {
        IntOrString::Int(port) => Some(*port),
        IntOrString::String(name) => container
            .ports
            .iter()
            .flatten()
            .find(|port| port.name.as_ref() == Some(name))
            .map(|port| port.container_port)
            .or_else(|| name.parse().ok()),
    }
}
