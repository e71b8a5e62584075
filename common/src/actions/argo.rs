//! Asking Argo CD to bring a workload back to what the repository says.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::action::{Action, Rule, Settled, Spec};
use super::change::{ChangeSet, Terms, Undo};
use super::edits::{self, Edit};
use super::kind::{self, Kind};
use super::live::{Live, Need};
use super::object::Object;
use super::refusal::Refusal;
use super::verdicts::owner::{self, Owner};
use crate::api::keys::managers;
use crate::api::remediation_plan::{ActionClass, TouchedField, WriteKind, WriteRecord};
use crate::api::{ActionType, ResourceRef};

/// Starts a sync of the Application that a workload belongs to.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArgoSyncApp {
    /// Revision to sync to; what the Application names when left out.
    revision: Option<String>,
}

/// Where Applications live, beside the workload's own namespace.
const HOMES: &[&str] = &["argocd", "argo-cd"];
/// Kinds an Application may hold and an incident be about.
const KINDS: &[&Kind] = &[&kind::DEPLOYMENT, &kind::STATEFUL_SET, &kind::DAEMON_SET, &kind::JOB, &kind::CRON_JOB];
/// By what an operation is told to be ours in the Application's status.
const MARK: &str = "platform.chatcli.io/plan";

impl Action for ArgoSyncApp {
    const SPEC: Spec = Spec {
        action: ActionType::ArgoSyncApp,
        kinds: KINDS,
        class: ActionClass::Disruptive,
        capability: "gitops",
        rules: &[Rule { group: "argoproj.io", resource: "applications", verbs: &["get", "list", "patch"] }],
        about: "Starts a sync of the Argo CD Application that the workload belongs to, without pruning, and follows it to its end: done when \
                the operation succeeded and the Application is Synced and Healthy. Undo syncs to the revision that was deployed before, \
                where Argo CD does not sync by itself. Refused while another operation runs and where no Application, or more than one, \
                holds the workload.",
        takes_data: false,
    };

    fn needs(&self, _: &ResourceRef) -> Vec<Need> {
        let mut needs: Vec<Need> = HOMES.iter().map(|home| Need::EveryIn(&kind::APPLICATION, home)).collect();
        needs.push(Need::Every(&kind::APPLICATION));
        needs
    }

    fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let application = application(live)?;
        if application.at("/operation").is_some() || application.text("/status/operationState/phase") == "Running" {
            let text = format!("{} has an operation running; wait for its end", application.reference());
            return Err(Refusal::Unsuitable(text));
        }
        let mut wanted = application.0.clone();
        edits::set(&mut wanted, &["operation"], operation(&live.plan_uid, self.revision.as_deref()));
        let to = self.revision.as_deref().map_or(String::new(), |revision| format!(" to {revision}"));
        let summary = format!("syncs Application {}{to}", application.name());
        let change = ChangeSet::patch(application, &wanted, Terms::default(), &live.plan_uid, summary);
        Ok(change.undone_by(&back(application, &live.plan_uid)))
    }

    fn settled(&self, change: &ChangeSet, now: &Live) -> Settled {
        let Some(record) = change.writes.first().map(|write| &write.record) else { return Settled::Arrived };
        match now.find(&record.object) {
            Some(application) => outcome(application, &now.plan_uid),
            None => Settled::Unknown(format!("{} was not read", record.object)),
        }
    }
}

/// The operation as `argocd app sync` writes it.
fn operation(plan_uid: &str, revision: Option<&str>) -> Value {
    let mut operation = json!({
        "initiatedBy": {"username": managers::REMEDIATOR},
        "info": [{"name": MARK, "value": plan_uid}],
        "sync": {"prune": false},
    });
    if let Some(revision) = revision {
        operation["sync"]["revision"] = revision.into();
    }
    operation
}

/// The one Application that holds the workload.
fn application(live: &Live) -> Result<&Object, Refusal> {
    let mut all = Vec::new();
    let mut needs: Vec<Need> = HOMES.iter().map(|home| Need::EveryIn(&kind::APPLICATION, home)).collect();
    needs.push(Need::Every(&kind::APPLICATION));
    for need in &needs {
        all.extend(live.all(need)?.iter().filter(|found| holds(found, &live.target)));
    }
    all.sort_by_key(|application| application.uid());
    all.dedup_by_key(|application| application.uid());
    match all.as_slice() {
        [one] => Ok(one),
        [] => {
            let text = format!("no Argo CD Application holds {}", live.target.reference());
            Err(Refusal::Unsuitable(text))
        }
        several => {
            let names: Vec<String> =
                several.iter().map(|found| format!("{}/{}", found.namespace(), found.name())).collect();
            Err(Refusal::Unsuitable(format!(
                "several Applications hold {}: {}",
                live.target.reference(),
                names.join(", ")
            )))
        }
    }
}

/// Does the Application list the workload among its resources, or does the workload name it?
fn holds(application: &Object, workload: &Object) -> bool {
    let listed = application.list("/status/resources").iter().any(|resource| {
        let is = |field: &str, value: &str| resource.get(field).and_then(Value::as_str).unwrap_or_default() == value;
        is("kind", workload.kind()) && is("name", workload.name()) && is("namespace", workload.namespace())
    });
    listed
        || match owner::of(workload) {
            // `namespace_name` where Applications live outside Argo CD's own namespace.
            Some(Owner::Argo(name)) => {
                name == application.name() || name == format!("{}_{}", application.namespace(), application.name())
            }
            _ => false,
        }
}

/// A sync to what was deployed before this one.
fn back(application: &Object, plan_uid: &str) -> Undo {
    if application.at("/spec/syncPolicy/automated").is_some() {
        return Undo::Heals("Argo CD syncs by itself; it goes where the repository says".to_owned());
    }
    let deployed = application.list("/status/history").last().and_then(|entry| entry["revision"].as_str());
    let Some(revision) = deployed.filter(|revision| !revision.is_empty()) else {
        return Undo::Heals("the Application keeps no revision to go back to".to_owned());
    };
    let mut operation = operation(plan_uid, Some(revision));
    operation["info"][0]["value"] = format!("{plan_uid}.undo").into();
    let edit = Edit { path: "/operation".to_owned(), before: None, after: Some(operation.clone()), guards: Vec::new() };
    let record = WriteRecord {
        kind: WriteKind::Patch,
        object: application.reference(),
        payload: Value::from(edits::patch(application.uid(), &[edit])).to_string(),
        touched: vec![TouchedField { path: "/operation".to_owned(), before: None, after: Some(operation.to_string()) }],
    };
    Undo::Instead(Box::new(record), format!("syncs Application {} back to {revision}", application.name()))
}

/// How the operation of this plan went.
fn outcome(application: &Object, plan_uid: &str) -> Settled {
    let is_ours = |info: &Value| info["name"] == MARK && info["value"] == plan_uid;
    if !application.list("/status/operationState/operation/info").iter().any(is_ours) {
        return if application.list("/operation/info").iter().any(is_ours) {
            Settled::NotYet("Argo CD has not begun to sync".to_owned())
        } else {
            Settled::Unknown("the Application shows another operation than this plan's".to_owned())
        };
    }
    let message = application.text("/status/operationState/message");
    match application.text("/status/operationState/phase") {
        "Succeeded" => {}
        "Failed" | "Error" => return Settled::Failed(format!("the sync failed: {message}")),
        phase => return Settled::NotYet(format!("the sync is {}", phase.to_lowercase())),
    }
    let (sync, health) = (application.text("/status/sync/status"), application.text("/status/health/status"));
    match (sync, health) {
        ("Synced", "Healthy") => Settled::Arrived,
        ("" | "Unknown", _) | (_, "" | "Unknown") => {
            Settled::Unknown(format!("the Application is {sync} and {health}"))
        }
        _ => Settled::NotYet(format!("the Application is {sync} and {health}")),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn application(name: &str, rest: &Value) -> Object {
        let mut object = json!({
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
            "metadata": {"name": name, "namespace": "argocd", "uid": name},
            "spec": {"project": "default"},
            "status": {"resources": [{"kind": "Deployment", "name": "web", "namespace": "shop", "group": "apps"}]},
        });
        json_patch::merge(&mut object, rest);
        Object(object)
    }

    fn change(applications: Vec<Object>) -> Result<ChangeSet, Refusal> {
        let target =
            Object(json!({"kind": "Deployment", "metadata": {"name": "web", "namespace": "shop", "uid": "d"}}));
        let mut live = Live::of(target, Timestamp::UNIX_EPOCH)
            .with(Need::EveryIn(&kind::APPLICATION, "argocd"), applications)
            .with(Need::EveryIn(&kind::APPLICATION, "argo-cd"), vec![])
            .with(Need::Every(&kind::APPLICATION), vec![]);
        live.plan_uid = "plan".to_owned();
        Action::change(&ArgoSyncApp { revision: None }, &live)
    }

    #[test]
    fn a_running_operation_is_not_overwritten() {
        let running = application("shop", &json!({"status": {"operationState": {"phase": "Running"}}}));
        assert!(matches!(change(vec![running]), Err(Refusal::Unsuitable(_))));
    }

    #[test]
    fn two_applications_that_hold_the_workload_are_named_and_none_is_synced() {
        let text = change(vec![application("a", &json!({})), application("b", &json!({}))]).unwrap_err().to_string();
        assert!(text.contains("argocd/a, argocd/b"), "{text}");
    }

    #[test]
    fn another_ones_success_is_not_taken_for_ours() {
        let state = |value: &str, phase: &str| {
            json!({"status": {
                "operationState": {"phase": phase, "operation": {"info": [{"name": MARK, "value": value}]}},
                "sync": {"status": "Synced"}, "health": {"status": "Healthy"},
            }})
        };
        assert_eq!(outcome(&application("a", &state("plan", "Succeeded")), "plan"), Settled::Arrived);
        assert!(matches!(outcome(&application("a", &state("other", "Succeeded")), "plan"), Settled::Unknown(_)));
        assert!(matches!(outcome(&application("a", &state("plan", "Failed")), "plan"), Settled::Failed(_)));
    }

    #[test]
    fn undo_goes_back_to_what_was_deployed_unless_argo_syncs_by_itself() {
        let history = json!({"status": {"history": [{"revision": "aaa"}, {"revision": "bbb"}]}});
        let undo = change(vec![application("shop", &history)]).unwrap().undo_records();
        assert!(undo[0].payload.contains("bbb"), "{}", undo[0].payload);
        let mut automated = application("shop", &history);
        automated.0["spec"]["syncPolicy"] = json!({"automated": {}});
        assert!(change(vec![automated]).unwrap().undo_records().is_empty());
    }
}
