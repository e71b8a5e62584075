//! One container of one pod: its spec and its status side by side.
//!
//! In: a Pod. Out: what its containers wait for, how they ended, how long they lived. Never: guesses; an absent status is `None`.

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::{Container, ContainerState, ContainerStateTerminated, ContainerStatus};

use crate::facts::Pod;

/// What a container is in its pod.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// Runs as long as the pod.
    App,
    /// Runs to completion before the others start.
    Init,
    /// An init container that keeps running beside the others.
    Sidecar,
}

/// A container as its pod shows it.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The pod.
    pub pod: &'a Pod,
    /// The container's spec.
    pub spec: &'a Container,
    /// Its status, once the kubelet has written one.
    pub status: Option<&'a ContainerStatus>,
    /// Its part in the pod.
    pub role: Role,
}

/// Why a container does not run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Waiting<'a> {
    /// The kubelet's reason, e.g. `CrashLoopBackOff`.
    pub reason: &'a str,
    /// The kubelet's sentence.
    pub message: &'a str,
}

/// Has the kubelet not heard of the namespace's objects yet? It says so for a second when the first pod that needs one arrives, and says
/// what is really missing a sync round later.
pub fn kubelet_is_behind(message: &str) -> bool {
    message.contains("failed to sync") && message.contains("cache")
}

/// How a life of a container ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Ended<'a> {
    /// `Error`, `OOMKilled`, `Completed`, `StartError`, `ContainerStatusUnknown`.
    pub reason: &'a str,
    /// Exit code.
    pub exit_code: i32,
    /// Termination message, where there is one.
    pub message: &'a str,
    /// When that life began.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub finished: Option<Timestamp>,
}

impl<'a> Ended<'a> {
    fn from(state: &'a ContainerStateTerminated) -> Self {
        // The kubelet writes the zero time (year 1 or 1970) where it does not know.
        let known = |time: Option<Timestamp>| time.filter(|time| time.as_second() > 0);
        Self {
            reason: state.reason.as_deref().unwrap_or_default(),
            exit_code: state.exit_code,
            message: state.message.as_deref().unwrap_or_default(),
            started: known(state.started_at.as_ref().map(|time| time.0)),
            finished: known(state.finished_at.as_ref().map(|time| time.0)),
        }
    }

    /// How long it lived.
    pub fn life(&self) -> Option<SignedDuration> {
        Some(self.finished?.duration_since(self.started?).max(SignedDuration::ZERO))
    }

    /// Killed by the kernel for using more memory than it may.
    pub fn is_oom(&self) -> bool {
        self.reason == "OOMKilled"
    }
}

/// The containers of a pod: init containers first, in the order they start.
pub fn of(pod: &Pod) -> impl Iterator<Item = View<'_>> {
    let spec = pod.spec.as_ref();
    let init = spec.and_then(|spec| spec.init_containers.as_deref()).unwrap_or_default();
    let app = spec.map(|spec| spec.containers.as_slice()).unwrap_or_default();
    let init = init.iter().map(|spec| {
        let role = if spec.restart_policy.as_deref() == Some("Always") { Role::Sidecar } else { Role::Init };
        (role, spec)
    });
    init.chain(app.iter().map(|spec| (Role::App, spec))).map(move |(role, spec)| View {
        pod,
        spec,
        status: status_of(pod, role, &spec.name),
        role,
    })
}

fn status_of<'a>(pod: &'a Pod, role: Role, name: &str) -> Option<&'a ContainerStatus> {
    let status = pod.status.as_ref()?;
    let list = if role == Role::App { &status.container_statuses } else { &status.init_container_statuses };
    list.as_ref()?.iter().find(|status| status.name == name)
}

impl<'a> View<'a> {
    /// Container name.
    pub fn name(&self) -> &'a str {
        &self.spec.name
    }

    /// An init container that has been at work for a minute and more: the containers behind it wait.
    pub fn is_still_preparing(&self, now: Timestamp) -> bool {
        const LONG: SignedDuration = SignedDuration::from_secs(60);
        self.role == Role::Init && self.running_since().is_some_and(|since| now.duration_since(since) >= LONG)
    }

    /// Pod name.
    pub fn pod_name(&self) -> &'a str {
        self.pod.metadata.name.as_deref().unwrap_or_default()
    }

    fn state(&self) -> Option<&'a ContainerState> {
        self.status?.state.as_ref()
    }

    /// What it waits for.
    pub fn waiting(&self) -> Option<Waiting<'a>> {
        let waiting = self.state()?.waiting.as_ref()?;
        Some(Waiting {
            reason: waiting.reason.as_deref().unwrap_or_default(),
            message: waiting.message.as_deref().unwrap_or_default(),
        })
    }

    /// Since when it runs.
    pub fn running_since(&self) -> Option<Timestamp> {
        Some(self.state()?.running.as_ref()?.started_at.as_ref()?.0)
    }

    /// How it ended, while it has not been started again.
    pub fn ended(&self) -> Option<Ended<'a>> {
        Some(Ended::from(self.state()?.terminated.as_ref()?))
    }

    /// How the life before this one ended.
    pub fn previous_end(&self) -> Option<Ended<'a>> {
        Some(Ended::from(self.status?.last_state.as_ref()?.terminated.as_ref()?))
    }

    /// The latest end there is: of this life, else of the one before.
    pub fn latest_end(&self) -> Option<Ended<'a>> {
        self.ended().or_else(|| self.previous_end())
    }

    /// How often it was started again.
    pub fn restarts(&self) -> i32 {
        self.status.map_or(0, |status| status.restart_count)
    }

    /// Has done its work and will not be started again.
    pub fn is_done(&self) -> bool {
        let policy = self.pod.spec.as_ref().and_then(|spec| spec.restart_policy.as_deref());
        let ends = match self.role {
            Role::Init => true,
            Role::App => matches!(policy, Some("OnFailure" | "Never")),
            Role::Sidecar => false,
        };
        ends && self.ended().is_some_and(|end| end.exit_code == 0)
    }

    /// Is the container's own part of readiness fulfilled?
    pub fn is_ready(&self) -> bool {
        self.status.is_some_and(|status| status.ready)
    }

    /// Not started yet in its current life, and nothing says why it should not.
    pub fn is_being_prepared(&self) -> bool {
        match self.waiting() {
            Some(waiting) => matches!(waiting.reason, "ContainerCreating" | "PodInitializing" | ""),
            None => self.state().is_none_or(|state| state.running.is_none() && state.terminated.is_none()),
        }
    }
}
