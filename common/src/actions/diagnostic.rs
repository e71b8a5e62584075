//! Running a command that only looks, in a container of the workload.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::action::{Action, Rule, Settled, Spec};
use super::allowed;
use super::change::ChangeSet;
use super::kind::{self, Kind};
use super::live::{Live, Need};
use super::object::Object;
use super::refusal::Refusal;
use crate::api::remediation_plan::ActionClass;
use crate::api::{ActionType, ResourceRef};

/// Runs one allowed command in a container and keeps its output as evidence.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExecDiagnostic {
    /// Command, exactly as the allow-list has it.
    command: String,
    /// Pod of the workload; a running one when left out.
    pod: Option<String>,
    /// Container; the first that is no sidecar when left out.
    container: Option<String>,
}

/// Kinds whose pods run containers.
const KINDS: &[&Kind] = &[&kind::DEPLOYMENT, &kind::STATEFUL_SET, &kind::DAEMON_SET, &kind::JOB];
const TYPE: ActionType = ActionType::ExecDiagnostic;
/// Containers that serve the pod and not the workload.
const SIDECARS: &[&str] = &[
    "istio-proxy",
    "envoy",
    "linkerd-proxy",
    "datadog-agent",
    "fluentd",
    "fluent-bit",
    "filebeat",
    "promtail",
    "vault-agent",
];

impl Action for ExecDiagnostic {
    const SPEC: Spec = Spec {
        action: TYPE,
        kinds: KINDS,
        class: ActionClass::Disruptive,
        capability: "diagnostics",
        rules: &[Rule { group: "", resource: "pods/exec", verbs: &["create", "get"] }],
        about: "Runs one command of the allow-list in a container of the workload, without a shell and for at most 10 s, and keeps up to \
                64 KiB of its output as evidence, credentials taken out; of the environment only the names are kept. A command whose answer \
                was lost is never run again. Refused for any other command and for a pod of another workload.",
        takes_data: false,
    };

    fn needs(&self, target: &ResourceRef) -> Vec<Need> {
        let mut needs = vec![Need::Selected(&kind::POD)];
        if target.kind == kind::DEPLOYMENT.kind {
            needs.push(Need::Selected(&kind::REPLICA_SET));
        }
        needs
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        if !allowed::may_run(&self.command) {
            let text = format!(
                "\"{}\" is not in approved diagnostic commands whitelist; `kubectl chatcli actions ExecDiagnostic` lists them",
                self.command
            );
            return Err(Refusal::Unsafe(text));
        }
        let pod = self.pod(live)?;
        let container = self.container(pod)?;
        let command: Vec<&str> = self.command.split(' ').collect();
        let summary = format!("runs `{}` in container {container} of pod {}", self.command, pod.name());
        Ok(ChangeSet::exec(pod, container, &command, summary))
    }

    /// The output came with the answer; there is nothing to wait for.
    fn settled(&self, change: &ChangeSet, _: &Live) -> Settled {
        match change.applied_at {
            Some(_) => Settled::Arrived,
            None => Settled::Unknown("the command was not run".to_owned()),
        }
    }
}

impl ExecDiagnostic {
    /// A running pod of the workload: the one named, the one an earlier preview chose, else the first by name.
    fn pod<'a>(&self, live: &'a Live) -> Result<&'a Object, Refusal> {
        let mut running: Vec<&Object> = live
            .pods()?
            .into_iter()
            .filter(|pod| pod.text("/status/phase") == "Running" && !pod.is_terminating())
            .collect();
        running.sort_by_key(|pod| pod.name());
        let names = || match running.iter().map(|pod| pod.name()).collect::<Vec<_>>().join(", ") {
            names if names.is_empty() => "none: no pod of the workload is running".to_owned(),
            names => names,
        };
        if let Some(name) = &self.pod {
            let found = running.iter().copied().find(|pod| pod.name() == name);
            return found.ok_or_else(|| Refusal::bad_param(TYPE, "pod", name, names()));
        }
        let chosen = |pod: &&&Object| live.chosen.iter().any(|chosen| chosen.uid.as_deref() == Some(pod.uid()));
        let pod = running.iter().find(chosen).or_else(|| running.first()).copied();
        pod.ok_or_else(|| Refusal::Unsuitable(format!("no pod of {} is running", live.target.reference())))
    }

    fn container<'a>(&self, pod: &'a Object) -> Result<&'a str, Refusal> {
        let containers = pod.list("/spec/containers").iter();
        let names: Vec<&str> =
            containers.filter_map(|container| container.get("name").and_then(Value::as_str)).collect();
        match &self.container {
            Some(wanted) => names
                .iter()
                .copied()
                .find(|name| name == wanted)
                .ok_or_else(|| Refusal::bad_param(TYPE, "container", wanted, names.join(", "))),
            None => names
                .iter()
                .copied()
                .find(|name| !SIDECARS.contains(name))
                .or(names.first().copied())
                .ok_or_else(|| Refusal::Unsuitable(format!("pod {} has no container", pod.name()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    fn change(command: &str, pod: Option<&str>) -> Result<ChangeSet, Refusal> {
        let pods = [("web-1", "d", "Running"), ("web-2", "d", "Pending"), ("cart-1", "other", "Running")];
        let pods = pods.map(|(name, owner, phase)| {
            Object(json!({
                "kind": "Pod",
                "metadata": {"name": name, "namespace": "shop", "uid": name, "ownerReferences": [{"uid": owner, "controller": true}]},
                "spec": {"containers": [{"name": "istio-proxy"}, {"name": "app"}]},
                "status": {"phase": phase},
            }))
        });
        let target =
            Object(json!({"kind": "StatefulSet", "metadata": {"name": "web", "namespace": "shop", "uid": "d"}}));
        let live = Live::of(target, Timestamp::UNIX_EPOCH).with(Need::Selected(&kind::POD), pods.to_vec());
        let action = ExecDiagnostic { command: command.to_owned(), pod: pod.map(str::to_owned), container: None };
        Action::change(&action, &live)
    }

    #[test]
    fn a_command_runs_in_a_running_pod_and_not_in_its_sidecar() {
        let write = &change("df -h", None).unwrap().writes[0].record;
        assert_eq!(write.object.name, "web-1");
        assert_eq!(write.payload, r#"{"command":["df","-h"],"container":"app"}"#);
    }

    #[test]
    fn anything_off_the_list_is_refused_however_close_it_is() {
        for command in ["rm -rf /", "df -h; rm -rf /", "df  -h", " df -h", "DF -h", "sh"] {
            let text = change(command, None).unwrap_err().to_string();
            assert!(text.contains("not in approved diagnostic commands whitelist"), "{text}");
        }
    }

    #[test]
    fn a_pod_of_another_workload_is_refused() {
        assert!(matches!(change("df -h", Some("cart-1")), Err(Refusal::BadParam { .. })));
        assert!(matches!(change("df -h", Some("web-2")), Err(Refusal::BadParam { .. })));
    }
}
