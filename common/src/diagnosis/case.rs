//! What rules look at: the containers in trouble, the Events and log lines that belong to them, the rollout around them.
//!
//! In: [`Facts`]. Out: questions with answers. Never: concludes.

use jiff::Timestamp;
use k8s_openapi::api::apps::v1::DeploymentCondition;
use k8s_openapi::api::core::v1::{Event, PodCondition};

use super::draft::{receipt, remedy};
use crate::api::ai_insight::{Evidence, Remedy};
use crate::api::{ActionType, ResourceRef};
use crate::facts::Pod;
use crate::facts::containers::{self, Ended, Role, View, Waiting};
use crate::facts::logged::line::without_time;
use crate::facts::membership::{self, condition};
use crate::facts::revisions::{self, Revision, Rollout};
use crate::facts::{Facts, LogTail, Logged, Subject};
use crate::signals::errors::{self, Loud};

/// The facts, arranged for rules.
pub struct Case<'a> {
    pub facts: &'a Facts,
    /// Containers that do not run, keep ending, or are not ready.
    pub sick: Vec<View<'a>>,
    /// Where no container is sick: those that log more errors than is usual for them, the one with the most first.
    pub complaints: Vec<Complaint<'a>>,
    /// The workload's revisions, newest first.
    pub revisions: Vec<Revision<'a>>,
    /// The workload's rollout.
    pub rollout: Option<Rollout<'a>>,
}

/// A container that looks well and logs errors.
pub struct Complaint<'a> {
    pub container: View<'a>,
    pub logged: &'a Logged,
    pub loud: Loud,
}

impl<'a> Case<'a> {
    pub fn new(facts: &'a Facts) -> Self {
        let current: Vec<&Pod> = facts.current_pods().collect();
        let pods: Vec<&Pod> = match facts.object {
            // A Job's story is told by pods that have ended.
            Subject::Job(_) => facts
                .pods
                .iter()
                .map(AsRef::as_ref)
                .filter(|pod: &&Pod| pod.metadata.deletion_timestamp.is_none() && membership::phase(pod) != "Succeeded")
                .collect(),
            _ => current.clone(),
        };
        let mut sick: Vec<View<'a>> =
            pods.into_iter().flat_map(containers::of).filter(|container| is_sick(container, facts.now)).collect();
        // The newest pod first: it shows the revision that is meant to run.
        sick.sort_by_key(|container| std::cmp::Reverse(membership::created(&container.pod.metadata)));
        let complaints = if sick.is_empty() { complaints(facts, &current) } else { Vec::new() };
        let revisions = revisions::all(facts);
        let rollout = revisions::rollout(facts, &revisions);
        Self { facts, sick, complaints, revisions, rollout }
    }

    /// `deploy/web`.
    pub fn subject(&self) -> String {
        self.facts.subject.short()
    }

    /// A reference into the subject's namespace.
    pub fn neighbour(&self, kind: &str, name: &str) -> ResourceRef {
        ResourceRef::new(kind, &self.facts.subject.namespace, name)
    }

    /// Sick containers that wait for one of these reasons.
    pub fn waiting(&self, reasons: &'static [&'static str]) -> impl Iterator<Item = (View<'a>, Waiting<'a>)> + '_ {
        self.sick.iter().filter_map(move |container| {
            let waiting = container.waiting()?;
            reasons.contains(&waiting.reason).then_some((*container, waiting))
        })
    }

    /// Sick containers that have ended at least once, with their latest end; one per container name.
    pub fn ended(&self) -> Vec<(View<'a>, Ended<'a>)> {
        let mut found: Vec<(View<'a>, Ended<'a>)> = Vec::new();
        for container in &self.sick {
            let Some(end) = container.latest_end().filter(|end| end.reason != "ContainerStatusUnknown") else {
                continue;
            };
            match found.iter_mut().find(|(other, _)| other.name() == container.name()) {
                // Of several pods the one that has been at it longest tells most.
                Some(best) if best.0.restarts() < container.restarts() => *best = (*container, end),
                Some(_) => {}
                None => found.push((*container, end)),
            }
        }
        found
    }

    /// Is the time over that something which began then gets, by the workload's own numbers or its controller's word?
    pub fn is_overdue(&self, since: Timestamp) -> bool {
        self.late().is_some() || self.facts.now >= since + self.facts.object.progress_deadline()
    }

    /// The Deployment controller's word that its rollout makes no progress.
    pub fn late(&self) -> Option<&'a DeploymentCondition> {
        let Subject::Deployment(deployment) = &self.facts.object else { return None };
        let conditions = deployment.status.as_ref()?.conditions.as_ref()?;
        conditions
            .iter()
            .find(|it| it.type_ == "Progressing" && it.reason.as_deref() == Some("ProgressDeadlineExceeded"))
    }

    /// Events about the subject, its ReplicaSets and pods, with this reason, newest first.
    pub fn events(&self, reason: &'static str) -> impl Iterator<Item = &'a Event> {
        self.facts.extra.events.iter().rev().filter(move |event| event.reason.as_deref() == Some(reason))
    }

    /// Events with this reason about one pod, newest first.
    pub fn events_of(&self, pod: &'a Pod, reason: &'static str) -> impl Iterator<Item = &'a Event> {
        self.events(reason).filter(move |event| {
            event.involved_object.uid.as_ref().is_some_and(|uid| Some(uid) == pod.metadata.uid.as_ref())
                || (event.involved_object.uid.is_none() && event.involved_object.name == pod.metadata.name)
        })
    }

    /// Log tails of a container, of the life that ended before those of the present one; of one that complains, the errors it logs most.
    pub fn logs(&self, container: &View<'_>) -> impl Iterator<Item = &'a LogTail> {
        let (pod, name) = (container.pod_name().to_owned(), container.name().to_owned());
        let mut tails: Vec<&'a LogTail> = self
            .facts
            .extra
            .logs
            .iter()
            .filter(|tail| tail.container == name && tail.pod == pod && tail.lines.iter().any(|line| is_said(line)))
            .collect();
        tails.sort_by_key(|tail| !tail.previous);
        if let Some(complaint) =
            self.complaints.iter().find(|it| it.container.name() == name && it.logged.said.pod == pod)
        {
            tails = vec![&complaint.logged.said];
        }
        tails.into_iter()
    }

    /// The line of a container's log that says most: the last that names an error, else the last.
    pub fn telling_line(&self, container: &View<'_>) -> Option<(&'a str, &'a LogTail)> {
        const WORDS: [&str; 9] =
            ["fatal", "panic", "error", "exception", "cannot", "can't", "failed", "refused", "missing"];
        let tail = self.logs(container).next()?;
        let lines = || tail.lines.iter().rev().map(String::as_str).filter(|line| is_said(line));
        let named = lines().find(|line| {
            let line = line.to_lowercase();
            WORDS.iter().any(|word| line.contains(word))
        });
        named.or_else(|| lines().next()).map(|line| (without_time(line), tail))
    }

    /// The receipt of that line.
    pub fn log_receipt(&self, container: &View<'_>) -> Option<Evidence> {
        let (line, tail) = self.telling_line(container)?;
        Some(self.line_receipt(container, tail, line))
    }

    /// The receipt of a line of a container's log.
    #[allow(clippy::unused_self, reason = "it reads as a question to the case, like its siblings")]
    pub fn line_receipt(&self, container: &View<'_>, tail: &LogTail, line: &str) -> Evidence {
        let of = if tail.previous { ", before it ended" } else { "" };
        let line = without_time(line);
        receipt(
            format!("last said{of}: {line}"),
            pod_ref(container.pod),
            format!("log[{}]", tail.container),
            line,
            None,
        )
    }

    /// The pods that show trouble belong to the newest revision alone, which has not proven itself, and there is a way back.
    pub fn way_back(&self) -> Option<(&Rollout<'a>, Revision<'a>)> {
        let rollout = self.rollout.as_ref()?;
        let good = rollout.good?;
        let newest_only =
            !self.sick.is_empty() && self.sick.iter().all(|container| rollout.current.has_made(container.pod));
        newest_only.then_some((rollout, good))
    }

    /// Going back to the last good revision, where that changes something that `matters`.
    pub fn rollback(&self, matters: impl Fn(Revision<'a>, Revision<'a>) -> bool, why: &str) -> Option<Remedy> {
        let (rollout, good) = self.way_back()?;
        matters(good, rollout.current).then(|| self.go_back_to(good, why))?
    }

    /// Going back, for a pod of the newest revision that has no container status yet.
    pub fn rollback_of_pending(&self, pod: &Pod, why: &str) -> Option<Remedy> {
        let rollout = self.rollout.as_ref()?;
        let good = rollout.good?;
        rollout.current.has_made(pod).then(|| self.go_back_to(good, why))?
    }

    /// Going back, for a newest revision whose pods are not even made; none while no older revision has proven itself.
    pub fn rollback_unless_made(&self, why: &str) -> Option<Remedy> {
        let rollout = self.rollout.as_ref()?;
        let good = rollout.good.filter(|_| rollout.current.ready == 0 && !rollout.completed)?;
        self.go_back_to(good, why)
    }

    fn go_back_to(&self, good: Revision<'a>, why: &str) -> Option<Remedy> {
        let action = match &self.facts.object {
            Subject::Deployment(_) => ActionType::RollbackDeployment,
            Subject::StatefulSet(_) => ActionType::RollbackStatefulSet,
            Subject::DaemonSet(_) => ActionType::RollbackDaemonSet,
            _ => return None,
        };
        Some(remedy(action, [("toRevision", good.number.to_string())], format!("revision {} {why}", good.number)))
    }

    /// The object that keeps a revision.
    pub fn keeper(&self, revision: Revision<'_>) -> ResourceRef {
        let (kind, name) = revision.kept_by();
        ResourceRef { api_version: Some("apps/v1".to_owned()), ..self.neighbour(kind, name) }
    }

    /// The receipt that an older revision is well.
    pub fn good_revision_receipt(&self) -> Option<Evidence> {
        let (_, good) = self.way_back()?;
        if good.ready == 0 {
            return None;
        }
        let said = format!("revision {} still serves with {} ready pods", good.number, good.ready);
        let (object, path, value) = if good.kept_by().0 == "ReplicaSet" {
            (self.keeper(good), ".status.readyReplicas", good.ready.to_string())
        } else {
            // A ControllerRevision counts nothing; one of its pods speaks for all.
            let is_ready = |pod: &&Pod| good.has_made(pod) && membership::ready_since(pod).is_some();
            (pod_ref(self.facts.current_pods().find(is_ready)?), ".status.conditions[Ready].status", "True".to_owned())
        };
        Some(receipt(said, object, path, value, Some(self.facts.now)))
    }

    /// When the newest revision was made, as a receipt.
    pub fn rollout_receipt(&self) -> Option<Evidence> {
        let rollout = self.rollout.as_ref()?;
        let since = rollout.current.made()?;
        let image = rollout.current.pod_spec()?.containers.first()?.image.clone().unwrap_or_default();
        Some(receipt(
            format!("all failing pods are of revision {}, image {image}", rollout.current.number),
            self.keeper(rollout.current),
            ".metadata.creationTimestamp",
            since.to_string(),
            Some(since),
        ))
    }
}

/// Containers whose logs hold more errors than is usual for them.
fn complaints<'a>(facts: &'a Facts, current: &[&'a Pod]) -> Vec<Complaint<'a>> {
    let found = facts.logs.heard.iter().filter_map(|logged| {
        let loud = errors::rate(logged).above()?;
        let pod = current.iter().find(|pod| pod.metadata.name.as_deref() == Some(&logged.said.pod))?;
        let container = containers::of(pod).find(|container| container.name() == logged.said.container)?;
        Some(Complaint { container, logged, loud })
    });
    let mut found: Vec<Complaint<'a>> = found.collect();
    found.sort_by_key(|complaint| std::cmp::Reverse(complaint.loud.errors));
    found
}

/// Is this container part of the trouble?
fn is_sick(container: &View<'_>, now: Timestamp) -> bool {
    if container.is_done() || container.pod.node.is_none() {
        return false;
    }
    // Waiting for its init containers is not its own trouble.
    if container.waiting().is_some_and(|waiting| waiting.reason == "PodInitializing") {
        return false;
    }
    container.waiting().is_some()
        || container.ended().is_some()
        || (container.role == Role::App && !container.is_ready())
        || container.is_still_preparing(now)
        || container.previous_end().is_some()
}

/// Something the application said: not blank, and not the kubelet's excuse for a log that is gone.
fn is_said(line: &str) -> bool {
    !line.trim().is_empty() && !line.starts_with("unable to retrieve container logs")
}

/// A pod as evidence names it.
pub fn pod_ref(pod: &Pod) -> ResourceRef {
    ResourceRef {
        kind: "Pod".to_owned(),
        name: pod.metadata.name.clone().unwrap_or_default(),
        namespace: pod.metadata.namespace.clone().unwrap_or_default(),
        api_version: Some("v1".to_owned()),
        uid: pod.metadata.uid.clone(),
    }
}

/// The receipt of what a container waits for.
pub fn waiting_receipt(container: &View<'_>, waiting: &Waiting<'_>) -> Evidence {
    let time =
        condition(container.pod, "ContainersReady").and_then(|it| it.last_transition_time.as_ref()).map(|time| time.0);
    let said = if waiting.message.is_empty() { waiting.reason } else { waiting.message };
    receipt(
        format!("container {} waits: {said}", container.name()),
        pod_ref(container.pod),
        format!("{}.state.waiting", status_path(container)),
        if waiting.message.is_empty() {
            waiting.reason.to_owned()
        } else {
            format!("{}: {}", waiting.reason, waiting.message)
        },
        time,
    )
}

/// The receipt of how a container ended.
pub fn end_receipt(container: &View<'_>, end: &Ended<'_>) -> Evidence {
    let state = if container.ended().is_some() { "state" } else { "lastState" };
    let lived = end.life().map(|life| format!(" after {}", seconds(life))).unwrap_or_default();
    let restarts = match container.restarts() {
        0 => String::new(),
        1 => ", 1 restart".to_owned(),
        many => format!(", {many} restarts"),
    };
    receipt(
        format!(
            "container {} ended with exit code {} ({}){lived}{restarts}",
            container.name(),
            end.exit_code,
            end.reason
        ),
        pod_ref(container.pod),
        format!("{}.{state}.terminated", status_path(container)),
        if end.message.is_empty() {
            format!("{}, exit code {}", end.reason, end.exit_code)
        } else {
            end.message.to_owned()
        },
        end.finished,
    )
}

/// The receipt of an Event.
pub fn event_receipt(event: &Event) -> Evidence {
    let message = event.message.as_deref().unwrap_or_default().trim();
    let times = match event.count.unwrap_or(1) {
        0 | 1 => String::new(),
        many => format!(" ({many} times)"),
    };
    let involved = &event.involved_object;
    receipt(
        format!("{message}{times}"),
        ResourceRef {
            kind: involved.kind.clone().unwrap_or_default(),
            name: involved.name.clone().unwrap_or_default(),
            namespace: involved.namespace.clone().unwrap_or_default(),
            api_version: involved.api_version.clone(),
            uid: involved.uid.clone(),
        },
        "event",
        format!("{}: {message}", event.reason.as_deref().unwrap_or_default()),
        event_time(event),
    )
}

/// When an Event was last seen.
pub fn event_time(event: &Event) -> Option<Timestamp> {
    let series = event.series.as_ref().and_then(|series| series.last_observed_time.as_ref()).map(|time| time.0);
    series
        .or_else(|| event.last_timestamp.as_ref().map(|time| time.0))
        .or_else(|| event.event_time.as_ref().map(|time| time.0))
        .or_else(|| event.first_timestamp.as_ref().map(|time| time.0))
}

/// The scheduler's sentence as a receipt.
pub fn schedulers_word(pod: &Pod, condition: &PodCondition) -> Evidence {
    let said = condition.message.as_deref().unwrap_or_default();
    receipt(
        format!("the scheduler says: {said}"),
        pod_ref(pod),
        ".status.conditions[PodScheduled]",
        said,
        condition.last_transition_time.as_ref().map(|time| time.0),
    )
}

fn status_path(container: &View<'_>) -> String {
    let list = if container.role == Role::App { "containerStatuses" } else { "initContainerStatuses" };
    format!(".status.{list}[{}]", container.name())
}

/// Path of a container in the subject's template.
pub fn template_path(facts: &Facts, container: &View<'_>) -> String {
    let list = if container.role == Role::App { "containers" } else { "initContainers" };
    let spec = match &facts.object {
        Subject::Pod(_) => ".spec",
        _ if facts.cron_job.is_some() => ".spec.jobTemplate.spec.template.spec",
        _ => ".spec.template.spec",
    };
    format!("{spec}.{list}[{}]", container.name())
}

/// A duration as people say it.
pub fn seconds(life: jiff::SignedDuration) -> String {
    match life.as_secs() {
        secs if secs < 120 => format!("{secs} s"),
        secs if secs < 7200 => format!("{} min", secs / 60),
        secs => format!("{} h", secs / 3600),
    }
}
