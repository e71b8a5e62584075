//! Containers that end by themselves: commands that do not exist, revisions that do not work, applications that give up.
//!
//! In: how containers ended, their last words, the rollout. Out: findings. Kills for memory and by probes have their own rules.

use jiff::SignedDuration;

use super::case::{Case, end_receipt, template_path, waiting_receipt};
use super::codes::Code;
use super::draft::{Draft, receipt};
use super::probes;
use crate::api::ai_insight::Finding;
use crate::facts::containers::{Ended, View};
use crate::facts::revisions::{Revision, changes};

/// A first crash so soon after the rollout was complete still belongs to it.
const AFTER_ROLLOUT: SignedDuration = SignedDuration::from_mins(10);

/// What the runtime says when there is nothing to execute.
const NO_COMMAND: [&str; 6] = [
    "executable file not found",
    "no such file or directory",
    "permission denied",
    "exec format error",
    "no command specified",
    "is a directory",
];

/// The container's command cannot be executed.
pub fn command_not_found(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for container in &case.sick {
        if seen.contains(&container.name()) {
            continue;
        }
        let waiting = container.waiting().filter(|it| {
            matches!(it.reason, "RunContainerError" | "CreateContainerError") && names_no_command(it.message)
        });
        let end = container.latest_end().filter(is_start_error);
        let (said, sure) = match (&waiting, &end) {
            (_, Some(end)) if names_no_command(end.message) => (end.message, 0.97),
            (Some(waiting), _) => (waiting.message, 0.97),
            // A shell in between: it exists, what it was asked to run does not.
            (None, Some(end)) if matches!(end.exit_code, 126 | 127) => ("", 0.85),
            _ => continue,
        };
        seen.push(container.name());
        let name = container.name();
        let words = container.spec.command.iter().flatten().chain(container.spec.args.iter().flatten());
        let command: Vec<&str> = words.map(String::as_str).take(3).collect();
        let command = if command.is_empty() { "its image's entrypoint".to_owned() } else { command.join(" ") };
        let mut draft = Draft::of(
            Code::CommandNotFound,
            format!("{} cannot start: container {name} cannot execute {command}", case.subject()),
        )
        .cause(&case.facts.subject, format!("{}.command", template_path(case.facts, container)));
        if let Some(waiting) = &waiting {
            draft = draft.receipt(waiting_receipt(container, waiting));
        }
        if let Some(end) = &end {
            draft = draft.receipt(end_receipt(container, end));
        }
        if said.is_empty() {
            draft = draft.receipts(case.log_receipt(container));
        }
        let differs = |good: Revision<'_>, current: Revision<'_>| {
            matches!((good.container(name), current.container(name)),
                (Some(before), Some(after)) if before.command != after.command || before.args != after.args || before.image != after.image)
        };
        findings.push(
            draft
                .receipts(case.rollout_receipt())
                .confidence(
                    sure,
                    if said.is_empty() {
                        "exit code 126 or 127 is a shell's word for it"
                    } else {
                        "the runtime says so"
                    },
                )
                .rules_out("image", "pulled: the runtime got as far as executing it")
                .remedy(case.rollback(differs, "ran another command or image"))
                .advice(format!("correct command and args of container {name}, or the image's entrypoint"))
                .done(),
        );
    }
    findings
}

/// Does this end mean that nothing was executed?
pub fn is_start_error(end: &Ended<'_>) -> bool {
    matches!(end.reason, "StartError" | "ContainerCannotRun") || matches!(end.exit_code, 126 | 127)
}

fn names_no_command(message: &str) -> bool {
    NO_COMMAND.iter().any(|words| message.contains(words))
}

/// Ends of applications: not killed for memory, not by a probe, and they did run.
fn own_ends<'a>(case: &Case<'a>) -> Vec<(View<'a>, Ended<'a>)> {
    case.ended()
        .into_iter()
        .filter(|(container, end)| {
            !end.is_oom()
                && !is_start_error(end)
                && probes::killed_by(case, container).is_none()
                && !probes::is_waiting_for_image(container)
        })
        .collect()
}

/// The containers fail since the newest revision, and there is an older one that did not.
pub fn bad_rollout(case: &Case<'_>) -> Vec<Finding> {
    let Some((rollout, good)) = case.way_back() else { return Vec::new() };
    let ends = own_ends(case);
    let Some((container, end)) = ends.first() else { return Vec::new() };
    let soon = end
        .finished
        .zip(rollout.progressed.max(rollout.current.made()))
        .is_some_and(|(finished, done)| finished.duration_since(done) < AFTER_ROLLOUT);
    if rollout.completed && !soon {
        return Vec::new();
    }
    let changed = good
        .container(container.name())
        .zip(rollout.current.container(container.name()))
        .map(|(before, after)| changes(before, after))
        .unwrap_or_default();
    let changed = if changed.is_empty() { "its pod template".to_owned() } else { changed.join(", ") };
    let (confidence, reason) = if good.ready > 0 {
        (0.93, "pods of the older revision run beside the failing ones, on the same cluster at the same time")
    } else if rollout.completed {
        (
            0.7,
            "it crashes since shortly after the rollout; the older revision does not run any more, so that it was well is an assumption",
        )
    } else {
        (0.8, "the newest revision has never been available; that the older one was well is an assumption")
    };
    vec![
        Draft::of(
            Code::BadRollout,
            format!(
                "{} fails since revision {}: container {} ends with exit code {} ({changed} changed)",
                case.subject(),
                rollout.current.number,
                container.name(),
                end.exit_code
            ),
        )
        .cause(&case.facts.subject, ".spec.template")
        .receipt(end_receipt(container, end))
        .receipts(case.log_receipt(container))
        .receipts(case.rollout_receipt())
        .receipts(case.good_revision_receipt())
        .confidence(confidence, reason)
        .rules_out("image", "pulled and started")
        .rules_out("memory", "no OOM kill")
        .remedy(case.rollback(|_, _| true, if good.ready > 0 { "still serves" } else { "is the last one before" }))
        .advice(format!("go back to revision {}, then repair the change", good.number))
        .done(),
    ]
}

/// The application ends, and only it knows why.
pub fn app_exits(case: &Case<'_>) -> Vec<Finding> {
    own_ends(case)
        .into_iter()
        .map(|(container, end)| {
            let name = container.name();
            let words = case.telling_line(&container).map(|(line, _)| line);
            let what = match end.exit_code {
                0 => "ends without error, but is meant to run on".to_owned(),
                137 => "is killed (exit code 137), not for memory".to_owned(),
                143 => "is stopped (exit code 143)".to_owned(),
                code => format!("ends with exit code {code}"),
            };
            let says = words.map(|words| format!(", saying: {words}")).unwrap_or_default();
            let mut draft =
                Draft::of(Code::AppExits, format!("{} crashes: container {name} {what}{says}", case.subject()))
                    .cause(&case.facts.subject, template_path(case.facts, &container))
                    .receipt(end_receipt(&container, &end))
                    .receipts(case.log_receipt(&container))
                    .rules_out("image", "pulled and started")
                    .rules_out("memory", "no OOM kill");
            if !end.message.is_empty() {
                draft = draft.receipt(receipt(
                    "its termination message",
                    super::case::pod_ref(container.pod),
                    "terminationMessage",
                    end.message,
                    end.finished,
                ));
            }
            draft
                .confidence(
                    if words.is_some() { 0.6 } else { 0.45 },
                    if words.is_some() {
                        "its last words name what it missed, not why that is so"
                    } else {
                        "it left no words"
                    },
                )
                .advice("read the log above; the cause is in the application or in what it needs")
                .done()
        })
        .collect()
}
