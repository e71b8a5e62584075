//! Containers that end by themselves: commands that do not exist, revisions that do not work, applications that give up.
//!
//! In: how containers ended, their last words, the rollout. Out: findings. Kills for memory and by probes have their own rules.

use jiff::SignedDuration;

use super::case::{Case, end_receipt, event_receipt, pod_ref, template_path, waiting_receipt};
use super::codes::Code;
use super::draft::{Draft, receipt, remedy};
use super::probes;
use crate::api::ActionType;
use crate::api::ai_insight::Finding;
use crate::facts::containers::{Ended, Role, View};
use crate::facts::membership::created;
use crate::facts::references::{self, ConfigKind};
use crate::facts::revisions::{Revision, changes};

/// A first crash so soon after the rollout was complete still belongs to it.
const AFTER_ROLLOUT: SignedDuration = SignedDuration::from_mins(10);
/// Two clocks that tell of the same moment.
const SAME_EDIT: SignedDuration = SignedDuration::from_secs(5);

/// What the runtime says when it cannot execute a command, and what that means.
const NO_COMMAND: [(&str, Code); 9] = [
    ("chdir to cwd", Code::WorkingDirMissing),
    ("mkdir to cwd", Code::WorkingDirMissing),
    ("error during container init: mkdir", Code::WorkingDirMissing),
    ("exec format error", Code::BinaryWrongPlatform),
    ("executable file not found", Code::CommandNotFound),
    ("permission denied", Code::CommandNotExecutable),
    ("is a directory", Code::CommandNotExecutable),
    ("no such file or directory", Code::CommandNotFound),
    ("no command specified", Code::CommandNotFound),
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
            matches!(it.reason, "RunContainerError" | "CreateContainerError") && no_command(it.message).is_some()
        });
        let end = container.latest_end().filter(is_start_error);
        let (said, sure) = match (&waiting, &end) {
            (_, Some(end)) if no_command(end.message).is_some() => (end.message, 0.97),
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
        let shell = if end.as_ref().is_some_and(|end| end.exit_code == 126) {
            Code::CommandNotExecutable
        } else {
            Code::CommandNotFound
        };
        let code = no_command(said).unwrap_or(shell);
        let (what, field) = match code {
            Code::WorkingDirMissing => {
                let dir = container.spec.working_dir.as_deref().unwrap_or("of the image");
                (format!("has no working directory {dir}"), "workingDir")
            }
            Code::BinaryWrongPlatform => (format!("cannot run {command}: it was built for another platform"), "image"),
            Code::CommandNotExecutable => (format!("may not execute {command}"), "command"),
            _ => (format!("cannot execute {command}"), "command"),
        };
        let mut draft = Draft::of(code, format!("{} cannot start: container {name} {what}", case.subject()))
            .cause(&case.facts.subject, format!("{}.{field}", template_path(case.facts, container)));
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
                (Some(before), Some(after)) if before.command != after.command || before.args != after.args || before.image != after.image
                    || before.working_dir != after.working_dir)
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
                .advice(match code {
                    Code::WorkingDirMissing => format!("correct workingDir of container {name}"),
                    Code::BinaryWrongPlatform => {
                        format!("build the image of container {name} for the node's architecture")
                    }
                    _ => format!("correct command and args of container {name}, or the image's entrypoint"),
                })
                .done(),
        );
    }
    findings
}

/// Does this end mean that nothing was executed?
pub fn is_start_error(end: &Ended<'_>) -> bool {
    matches!(end.reason, "StartError" | "ContainerCannotRun") || matches!(end.exit_code, 126 | 127)
}

fn no_command(message: &str) -> Option<Code> {
    NO_COMMAND.iter().find(|(words, _)| message.contains(words)).map(|(_, code)| *code)
}

/// Does a container differ between two revisions? One that only the newer has does.
pub fn differs(good: Revision<'_>, current: Revision<'_>, container: &str) -> bool {
    good.container(container) != current.container(container)
}

/// The containers fail since a ConfigMap they use was changed, and not since a rollout.
pub fn bad_config_change(case: &Case<'_>) -> Vec<Finding> {
    let ends = own_ends(case);
    let Some((container, end)) = ends.first().filter(|(_, end)| end.exit_code != 0) else { return Vec::new() };
    let Some(failed) = end.started else { return Vec::new() };
    // Pods that were only made anew are of the same template as before.
    let template = case.rollout.as_ref().and_then(|rollout| rollout.current.pod_spec());
    let same = case.revisions.iter().filter(|revision| template.is_some() && revision.pod_spec() == template);
    let rolled_out = same.filter_map(Revision::made).min();
    let spec = container.pod.spec.as_deref();
    let used = spec.map(references::of_pod).unwrap_or_default();
    let edits = case.facts.extra.config_maps.iter().filter_map(|map| {
        let name = map.metadata.name.as_deref()?;
        let used = used.iter().find(|it| it.kind == ConfigKind::ConfigMap && it.name == name)?;
        let (manager, edited) = references::last_edit(&map.metadata)?;
        // It was changed after it was made, and after pods of this template were: they were well with what it held before.
        let anew = created(&map.metadata).is_none_or(|made| edited > made);
        let was_well =
            anew && rolled_out.or_else(|| created(case.facts.object.meta())).is_some_and(|made| edited > made);
        let soon = failed.duration_since(edited);
        (was_well && soon >= -SAME_EDIT && soon < AFTER_ROLLOUT).then_some((map, name, used, manager, edited))
    });
    let Some((map, name, used, manager, edited)) = edits.max_by_key(|(.., edited)| *edited) else { return Vec::new() };
    let object = case.neighbour("ConfigMap", name);
    let before = references::last_applied_data(map);
    let changed: Vec<(String, Option<String>)> = before
        .iter()
        .flatten()
        .filter(|(key, value)| map.data.as_ref().and_then(|data| data.get(*key)) != Some(*value))
        .map(|(key, value)| (key.clone(), Some(value.clone())))
        .collect();
    let fix = (changed.len() == 1).then(|| &changed[0]).and_then(|(key, value)| {
        (key != "configmap").then(|| {
            remedy(
                ActionType::PatchConfig,
                [("configmap", name.to_owned()), (key, value.clone().unwrap_or_default())],
                format!("puts {key} back as it was last applied"),
            )
        })
    });
    let path = match changed.as_slice() {
        [(key, _)] => format!(".data[{key}]"),
        _ => ".data".to_owned(),
    };
    let known = !changed.is_empty();
    vec![
        Draft::of(
            Code::BadConfigChange,
            format!(
                "{} fails since ConfigMap {name} was changed by {manager}: container {} ends with exit code {}",
                case.subject(),
                container.name(),
                end.exit_code
            ),
        )
        .cause(&object, &path)
        .receipt(receipt(
            format!("last recorded edit by {manager}"),
            object.clone(),
            format!(".metadata.managedFields[{manager}].time"),
            edited.to_string(),
            Some(edited),
        ))
        .receipt(receipt(
            format!("the container uses it at {}", used.path),
            case.facts.subject.clone(),
            format!(".spec.template.spec.{}", used.path),
            name,
            Some(case.facts.now),
        ))
        .receipts(known.then(|| {
            let keys: Vec<&str> = changed.iter().map(|(key, _)| key.as_str()).collect();
            receipt(
                format!("what was applied last differs in {}", keys.join(", ")),
                object.clone(),
                ".metadata.annotations[last-applied-configuration]",
                keys.join(", "),
                None,
            )
        }))
        .receipt(end_receipt(container, end))
        .receipts(case.log_receipt(container))
        .confidence(
            if known { 0.9 } else { 0.87 },
            if known {
                "it was changed by hand shortly before the first failure, and no rollout was"
            } else {
                "it was changed shortly before the failure; what was in it before is not recorded"
            },
        )
        .rules_out("rollout", "the revision is older than the change")
        .rules_out("memory", "no OOM kill")
        .remedy(fix)
        .advice(format!("compare ConfigMap {name} with what it was before {edited}, then start the pods again"))
        .done(),
    ]
}

/// An init container that ends with an error keeps everything behind it from starting.
pub fn init_container(case: &Case<'_>) -> Vec<Finding> {
    let found = own_ends(case).into_iter().find(|(container, end)| container.role == Role::Init && end.exit_code != 0);
    let Some((container, end)) = found else { return Vec::new() };
    let name = container.name();
    let words = case.telling_line(&container).map(|(line, _)| format!(", saying: {line}")).unwrap_or_default();
    vec![
        Draft::of(
            Code::InitContainerFailing,
            format!(
                "{} cannot start: init container {name} ends with exit code {}{words}",
                case.subject(),
                end.exit_code
            ),
        )
        .cause(&case.facts.subject, template_path(case.facts, &container))
        .receipt(end_receipt(&container, &end))
        .receipts(case.log_receipt(&container))
        .receipts(case.rollout_receipt())
        .confidence(0.82, "the containers behind it wait for it; why it fails, only its own words say")
        .rules_out("application", "not started yet")
        .rules_out("memory", "no OOM kill")
        .remedy(case.rollback(|good, current| differs(good, current, name), "differs in this container"))
        .advice(format!("repair what init container {name} does"))
        .done(),
    ]
}

/// An init container that runs on and on keeps everything behind it from starting.
pub fn init_container_runs_on(case: &Case<'_>) -> Vec<Finding> {
    let now = case.facts.now;
    let found = case.sick.iter().find_map(|container| {
        let since = container.running_since().filter(|_| container.is_still_preparing(now))?;
        Some((container, since))
    });
    let Some((container, since)) = found else { return Vec::new() };
    let name = container.name();
    let words = case.telling_line(container).map(|(line, _)| format!(", last saying: {line}")).unwrap_or_default();
    let late = case.is_overdue(since);
    vec![
        Draft::of(
            Code::InitContainerRunsOn,
            format!("{} has not started: init container {name} does not end{words}", case.subject()),
        )
        .cause(&case.facts.subject, template_path(case.facts, container))
        .receipt(receipt(
            format!("init container {name} runs since {since}"),
            pod_ref(container.pod),
            format!(".status.initContainerStatuses[{name}].state.running.startedAt"),
            since.to_string(),
            Some(since),
        ))
        .receipts(case.log_receipt(container))
        .receipts(case.rollout_receipt())
        .confidence(
            if late { 0.8 } else { 0.5 },
            "the containers behind it wait for it; whether it waits itself or works, only its own words say",
        )
        .rules_out("application", "not started yet")
        .remedy(
            late.then(|| case.rollback(|good, current| differs(good, current, name), "differs in this container"))
                .flatten(),
        )
        .advice(format!("see what init container {name} waits for"))
        .done(),
    ]
}

/// A postStart hook that fails takes its container along.
pub fn hook(case: &Case<'_>) -> Vec<Finding> {
    let found = case.sick.iter().find_map(|container| {
        let field = format!("{{{}}}", container.name());
        let event = case
            .events_of(container.pod, "FailedPostStartHook")
            .find(|event| event.involved_object.field_path.as_deref().is_none_or(|path| path.ends_with(&field)))?;
        Some((container, event))
    });
    let Some((container, event)) = found else { return Vec::new() };
    let name = container.name();
    vec![
        Draft::of(
            Code::LifecycleHookFailing,
            format!("{} cannot start: the postStart hook of container {name} fails", case.subject()),
        )
        .cause(&case.facts.subject, format!("{}.lifecycle.postStart", template_path(case.facts, container)))
        .receipt(event_receipt(event))
        .receipts(container.latest_end().map(|end| end_receipt(container, &end)))
        .confidence(0.95, "the kubelet says so")
        .rules_out("image", "pulled and started")
        .remedy(case.rollback(|_, _| true, "is the one before"))
        .advice("repair the hook, or do its work in an init container")
        .done(),
    ]
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
            let code = match end.exit_code {
                0 => Code::ExitsWithoutError,
                132 | 134..=136 | 139 => Code::KilledBySignal,
                _ => Code::AppExits,
            };
            let what = match end.exit_code {
                0 => "ends without error, but is meant to run on".to_owned(),
                132 => "dies of an illegal instruction (exit code 132)".to_owned(),
                134 => "aborts (exit code 134)".to_owned(),
                135 | 139 => format!("dies of a memory fault (exit code {})", end.exit_code),
                136 => "dies of an arithmetic error (exit code 136)".to_owned(),
                137 => "is killed (exit code 137), not for memory".to_owned(),
                143 => "is stopped (exit code 143)".to_owned(),
                code => format!("ends with exit code {code}"),
            };
            let says = words.map(|words| format!(", saying: {words}")).unwrap_or_default();
            let mut draft = Draft::of(code, format!("{} crashes: container {name} {what}{says}", case.subject()))
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
                    match code {
                        Code::AppExits if words.is_none() => 0.45,
                        Code::AppExits => 0.6,
                        _ => 0.8,
                    },
                    if code != Code::AppExits {
                        "the exit code says so; why, only the program knows"
                    } else if words.is_some() {
                        "its last words name what it missed, not why that is so"
                    } else {
                        "it left no words"
                    },
                )
                .advice(match code {
                    Code::ExitsWithoutError => "run a program that stays in the foreground, or make the workload a Job",
                    Code::KilledBySignal => "it is a defect of the program or of a library: look for its stack trace",
                    _ => "read the log above; the cause is in the application or in what it needs",
                })
                .done()
        })
        .collect()
}
