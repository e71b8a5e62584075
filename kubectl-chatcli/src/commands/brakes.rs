//! `kubectl chatcli pause` and `resume`: one annotation on a workload, a Namespace, or the operator's Namespace for the whole cluster.

use common::api::keys::annotations;
use common::decisions::breaker;
use kube::api::{DynamicObject, Patch, PatchParams};
use serde_json::{Value, json};

use super::Context;
use crate::cli::{BrakeScope, DryRun, PauseArgs, ResumeArgs};
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Doing, Kind};

/// Runs `pause`.
pub async fn pause(args: PauseArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let target = Target::of(&args.scope, &cluster)?;
    if args.scope.all_namespaces && !args.yes && args.dry_run == DryRun::None {
        agree("Stop every change in the whole cluster?", context)?;
    }
    // Any word but a no pauses; the reason is the most useful one.
    let word = args.reason.unwrap_or_else(|| "true".to_owned());
    if is_no(&word) {
        return Err(Failure::new(format!("--reason {word:?} would read as: not paused")));
    }
    let done = target.annotate(annotations::PAUSED, Some(&word), args.dry_run, &cluster).await?;
    context.ui.print(&format!("{} paused{}", target.named(), args.dry_run.suffix()))?;
    if done == Some(false) {
        context.ui.note("note: it was paused before");
    }
    Ok(Exit::Ok)
}

/// Runs `resume`.
pub async fn resume(args: ResumeArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let target = Target::of(&args.scope, &cluster)?;
    if args.breaker {
        let who = cluster.whoami().await?.username.unwrap_or_default();
        if !args.yes && args.dry_run == DryRun::None {
            agree(&format!("Forget the failed plans of {} and let the operator try again?", target.named()), context)?;
        }
        let reset = breaker::reset(context.clock.now, &who);
        target.annotate(annotations::BREAKER_RESET, Some(&reset), args.dry_run, &cluster).await?;
        context.ui.print(&format!("{} circuit breaker reset{}", target.named(), args.dry_run.suffix()))?;
        return Ok(Exit::Ok);
    }
    let done = target.annotate(annotations::PAUSED, None, args.dry_run, &cluster).await?;
    context.ui.print(&format!("{} resumed{}", target.named(), args.dry_run.suffix()))?;
    if done == Some(false) {
        context.ui.note("note: it was not paused");
    }
    Ok(Exit::Ok)
}

fn agree(question: &str, context: &Context<'_>) -> Result<(), Failure> {
    if context.ui.confirm(question)? { Ok(()) } else { Err(Failure::new("nothing was changed")) }
}

fn is_no(word: &str) -> bool {
    matches!(word.to_ascii_lowercase().as_str(), "false" | "no" | "off" | "0")
}

/// The object that carries the annotation.
#[derive(Debug)]
struct Target {
    kind: Kind,
    namespace: Option<String>,
    name: String,
}

impl Target {
    fn of(scope: &BrakeScope, cluster: &Cluster) -> Result<Self, Failure> {
        let Some(workload) = &scope.workload else {
            let name = if scope.all_namespaces { &scope.operator_namespace } else { cluster.namespace() };
            return Ok(Self { kind: namespaces(), namespace: None, name: name.to_owned() });
        };
        let (kind, name) = workload.split_once('/').filter(|(_, name)| !name.is_empty()).ok_or_else(|| {
            Failure::new(format!("{workload:?} is no TYPE/NAME"))
                .hint(format!("for example: kubectl chatcli pause deployment/{workload}"))
        })?;
        Ok(Self { kind: workload_kind(kind)?, namespace: Some(cluster.namespace().to_owned()), name: name.to_owned() })
    }

    fn named(&self) -> String {
        self.kind.named(&self.name)
    }

    /// Sets or removes an annotation. `Some(false)`: it was so already.
    async fn annotate(
        &self,
        key: &str,
        value: Option<&str>,
        dry_run: DryRun,
        cluster: &Cluster,
    ) -> Result<Option<bool>, Failure> {
        let namespace = self.namespace.as_deref();
        let doing = Doing::new("patch", &self.kind).in_namespace(namespace).named(&self.name);
        let Some(found) = cluster.find(&self.kind, namespace, &self.name).await? else {
            let place = namespace.map(|namespace| format!(" in namespace {namespace}")).unwrap_or_default();
            let flag = namespace.map(|namespace| format!(" -n {namespace}")).unwrap_or_default();
            let kind = &self.kind.resource;
            return Err(Failure::new(format!("no {} {:?}{place}", kind.kind.to_lowercase(), self.name))
                .hint(format!("list what there is: kubectl get {}{flag}", kind.plural)));
        };
        let before = found.metadata.annotations.as_ref().and_then(|marks| marks.get(key));
        if dry_run == DryRun::Client {
            return Ok(None);
        }
        if before.map(String::as_str) == value {
            return Ok(Some(false));
        }
        let change: Value = json!({ "metadata": { "annotations": { key: value } } });
        let params = PatchParams {
            dry_run: dry_run == DryRun::Server,
            field_manager: Some(common::api::keys::managers::PLUGIN.to_owned()),
            ..PatchParams::default()
        };
        let patched = cluster.api(&self.kind, namespace);
        let _: DynamicObject = cluster.call(&doing, patched.patch(&self.name, &params, &Patch::Merge(&change))).await?;
        Ok(Some(true))
    }
}

fn namespaces() -> Kind {
    Kind::of("", "v1", "Namespace", "namespaces")
}

/// True when `pause` and `resume` know the kind.
pub fn can_pause(kind: &str) -> bool {
    workload_kind(kind).is_ok()
}

/// Pauses automation for one workload; what is printed.
pub async fn pause_workload(kind: &str, name: &str, cluster: &Cluster) -> Result<String, Failure> {
    let namespace = Some(cluster.namespace().to_owned());
    let target = Target { kind: workload_kind(kind)?, namespace, name: name.to_owned() };
    target.annotate(annotations::PAUSED, Some("true"), DryRun::None, cluster).await?;
    Ok(format!("{} paused", target.named()))
}

/// A workload's kind by the names kubectl takes.
fn workload_kind(word: &str) -> Result<Kind, Failure> {
    let word = word.to_lowercase();
    let word = word.split('.').next().unwrap_or_default();
    Ok(match word {
        "deployment" | "deployments" | "deploy" => Kind::of("apps", "v1", "Deployment", "deployments"),
        "statefulset" | "statefulsets" | "sts" => Kind::of("apps", "v1", "StatefulSet", "statefulsets"),
        "daemonset" | "daemonsets" | "ds" => Kind::of("apps", "v1", "DaemonSet", "daemonsets"),
        "job" | "jobs" => Kind::of("batch", "v1", "Job", "jobs"),
        "cronjob" | "cronjobs" | "cj" => Kind::of("batch", "v1", "CronJob", "cronjobs"),
        "namespace" | "namespaces" | "ns" => {
            return Err(Failure::new("a namespace is given with -n").hint("kubectl chatcli pause -n NAME"));
        }
        other => {
            return Err(Failure::new(format!("{other:?} is no workload that can be paused"))
                .hint("one of deployment, statefulset, daemonset, job, cronjob"));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workloads_are_named_as_kubectl_names_them() {
        for word in ["deploy", "Deployment", "deployments", "deployment.apps"] {
            assert_eq!(workload_kind(word).unwrap().resource.kind, "Deployment", "{word}");
        }
        assert!(workload_kind("pod").unwrap_err().hints()[0].contains("deployment"));
        assert!(workload_kind("ns").unwrap_err().hints()[0].contains("-n"));
    }

    #[test]
    fn a_reason_that_reads_as_no_would_not_pause() {
        assert!(is_no("Off") && !is_no("off until monday"));
    }
}
