//! The table of actions: one line each. Parsing, schema, RBAC and documentation follow from it.

use std::collections::BTreeMap;

use schemars::{Schema, SchemaGenerator};

use super::action::{Action, AnyAction, Rule, Spec};
use super::argo::ArgoSyncApp;
use super::autoscaling::AdjustHPA;
use super::config::PatchConfig;
use super::cronjob::{
    AdjustCronJobConcurrency, AdjustCronJobDeadline, AdjustCronJobHistory, AdjustCronJobResources,
    AdjustCronJobSchedule, DeleteCronJobActiveJobs, ReplaceCronJobTemplate, ResumeCronJob, SuspendCronJob,
    TriggerCronJob,
};
use super::daemonset::{
    AdjustDaemonSetResources, CordonAndDeleteDaemonSetPod, DeleteDaemonSetPod, PauseDaemonSetRollout, RestartDaemonSet,
    RollbackDaemonSet, UpdateDaemonSetStrategy,
};
use super::deployment::{AdjustResources, RestartDeployment, ScaleDeployment};
use super::diagnostic::ExecDiagnostic;
use super::helm::HelmRollback;
use super::ingress::UpdateIngress;
use super::job::{
    AdjustJobBackoffLimit, AdjustJobDeadline, AdjustJobParallelism, AdjustJobResources, DeleteFailedJob,
    ForceDeleteJobPods, ResumeJob, RetryJob, SuspendJob,
};
use super::manifest::ApplyManifest;
use super::network_policy::PatchNetworkPolicy;
use super::nodes::{CordonNode, DrainNode, UncordonNode};
use super::params::{self, Params};
use super::pods::DeletePod;
use super::refusal::Refusal;
use super::rollback::RollbackDeployment;
use super::secret_rotation::RotateSecret;
use super::stateful_pod::RestartStatefulSetPod;
use super::statefulset::{
    AdjustStatefulSetResources, DeleteStatefulSetPod, ForceDeleteStatefulSetPod, PartitionStatefulSetUpdate,
    RecreateStatefulSetPVC, RestartStatefulSet, RollbackStatefulSet, ScaleStatefulSet, UpdateStatefulSetStrategy,
};
use super::storage::ResizePVC;
use crate::api::{ActionType, RemediationAction, ResourceRef};

/// Every action that can be carried out, in the order of the published enum.
pub static REGISTRY: &[Entry] = &[
    entry::<ScaleDeployment>(),
    entry::<RollbackDeployment>(),
    entry::<RestartDeployment>(),
    entry::<PatchConfig>(),
    entry::<AdjustResources>(),
    entry::<DeletePod>(),
    entry::<HelmRollback>(),
    entry::<ArgoSyncApp>(),
    entry::<AdjustHPA>(),
    entry::<RestartStatefulSetPod>(),
    entry::<CordonNode>(),
    entry::<UncordonNode>(),
    entry::<DrainNode>(),
    entry::<ResizePVC>(),
    entry::<RotateSecret>(),
    entry::<ExecDiagnostic>(),
    entry::<UpdateIngress>(),
    entry::<PatchNetworkPolicy>(),
    entry::<ApplyManifest>(),
    entry::<ScaleStatefulSet>(),
    entry::<RestartStatefulSet>(),
    entry::<RollbackStatefulSet>(),
    entry::<AdjustStatefulSetResources>(),
    entry::<DeleteStatefulSetPod>(),
    entry::<ForceDeleteStatefulSetPod>(),
    entry::<UpdateStatefulSetStrategy>(),
    entry::<RecreateStatefulSetPVC>(),
    entry::<PartitionStatefulSetUpdate>(),
    entry::<RestartDaemonSet>(),
    entry::<RollbackDaemonSet>(),
    entry::<AdjustDaemonSetResources>(),
    entry::<DeleteDaemonSetPod>(),
    entry::<UpdateDaemonSetStrategy>(),
    entry::<PauseDaemonSetRollout>(),
    entry::<CordonAndDeleteDaemonSetPod>(),
    entry::<RetryJob>(),
    entry::<AdjustJobResources>(),
    entry::<DeleteFailedJob>(),
    entry::<SuspendJob>(),
    entry::<ResumeJob>(),
    entry::<AdjustJobParallelism>(),
    entry::<AdjustJobDeadline>(),
    entry::<AdjustJobBackoffLimit>(),
    entry::<ForceDeleteJobPods>(),
    entry::<SuspendCronJob>(),
    entry::<ResumeCronJob>(),
    entry::<TriggerCronJob>(),
    entry::<AdjustCronJobResources>(),
    entry::<AdjustCronJobSchedule>(),
    entry::<AdjustCronJobDeadline>(),
    entry::<AdjustCronJobHistory>(),
    entry::<AdjustCronJobConcurrency>(),
    entry::<DeleteCronJobActiveJobs>(),
    entry::<ReplaceCronJobTemplate>(),
];

/// Capabilities that no role gives unless an administrator labels it so: they reach nodes, other workloads' objects or containers.
pub const OPT_IN: &[&str] = &["diagnostics", "force-delete", "helm", "manifests", "node"];

/// One action of the registry.
pub struct Entry {
    /// What is known without parameters.
    pub spec: &'static Spec,
    /// JSON schema of its parameters.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
    read: fn(&Params) -> Result<Box<dyn AnyAction>, Refusal>,
}

const fn entry<A: Action>() -> Entry {
    Entry {
        spec: const { &A::SPEC },
        schema: |generator| resolved(A::json_schema(generator), generator),
        read: |params| Ok(Box::new(params::read::<A>(A::SPEC.action, params)?)),
    }
}

/// Actions that share their parameters with siblings refer to one definition of them.
fn resolved(schema: Schema, generator: &SchemaGenerator) -> Schema {
    let name = schema.get("$ref").and_then(|path| path.as_str()?.rsplit('/').next().map(str::to_owned));
    let found = name.and_then(|name| generator.definitions().get(&name).cloned());
    found.and_then(|found| Schema::try_from(found).ok()).unwrap_or(schema)
}

/// Parameters that upstream's plans carry on any action.
const CONTAINMENT: &str = "containment";
/// Names of the target that upstream's samples repeat as parameters.
const TARGET_NAMES: &[&str] = &["deployment", "namespace"];

/// What may stand beside the parameters of any action: it is looked at before the action reads its own.
pub fn beside() -> impl Iterator<Item = String> {
    TARGET_NAMES.iter().chain(&[CONTAINMENT]).map(ToString::to_string)
}

/// The action with its parameters read, or why it is refused: type, parameters and target kind are looked at, nothing is read.
pub fn parse(action: &RemediationAction, target: &ResourceRef) -> Result<Box<dyn AnyAction>, Refusal> {
    let action_type = action.action_type;
    let entry = find(action_type)?;
    if !entry.spec.kinds.iter().any(|kind| kind.kind == target.kind) {
        let allowed: Vec<&str> = entry.spec.kinds.iter().map(|kind| kind.kind).collect();
        return Err(Refusal::WrongKind { action: action_type, kind: target.kind.clone(), allowed: allowed.join(", ") });
    }
    let mut params = action.params.clone();
    params::flag(action_type, &params, CONTAINMENT)?;
    if !matches!(action_type, ActionType::ScaleDeployment | ActionType::ScaleStatefulSet) {
        params.remove(CONTAINMENT);
    }
    if !entry.spec.takes_data {
        drop_target_names(action_type, &mut params, target)?;
    }
    (entry.read)(&params)
}

/// `containment="true"`: a deliberate stop, which silences and does not fix.
pub fn is_containment(action: &RemediationAction) -> bool {
    action.params.get(CONTAINMENT).is_some_and(|value| value == "true")
}

/// The registry's entry for a type.
pub fn find(action: ActionType) -> Result<&'static Entry, Refusal> {
    let built = || REGISTRY.iter().map(|entry| entry.spec.action.as_str()).collect::<Vec<_>>().join(", ");
    match REGISTRY.iter().find(|entry| entry.spec.action == action) {
        Some(entry) => Ok(entry),
        None if action == ActionType::Custom => Err(Refusal::Custom { built: built() }),
        None => Err(Refusal::NotBuilt { action, built: built() }),
    }
}

/// Write rights by capability: what the RBAC generator turns into one ClusterRole each.
pub fn rights() -> BTreeMap<&'static str, Vec<Rule>> {
    let mut rights: BTreeMap<&'static str, Vec<Rule>> = BTreeMap::new();
    for spec in REGISTRY.iter().map(|entry| entry.spec) {
        rights.entry(spec.capability).or_default().extend(spec.rules);
    }
    for rules in rights.values_mut() {
        rules.sort_unstable();
        rules.dedup();
    }
    rights
}

/// Upstream ignores these; here they may repeat the target and nothing else, so that a plan for another object is not carried out on this.
fn drop_target_names(action: ActionType, params: &mut Params, target: &ResourceRef) -> Result<(), Refusal> {
    for name in TARGET_NAMES {
        let Some(value) = params.remove(*name) else { continue };
        let own = if *name == "namespace" { &target.namespace } else { &target.name };
        if value != *own {
            return Err(Refusal::BadParam {
                action,
                param: (*name).to_owned(),
                value,
                allowed: format!("{own}, the target itself"),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(name: ActionType, params: &[(&str, &str)]) -> RemediationAction {
        let params = params.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        RemediationAction { action_type: name, params }
    }

    fn web() -> ResourceRef {
        ResourceRef::new("Deployment", "shop", "web")
    }

    #[test]
    fn every_type_outside_the_registry_is_refused_naming_what_is_built() {
        for name in ActionType::ALL.iter().filter(|name| find(**name).is_err()) {
            let refusal = parse(&action(*name, &[]), &web()).err().unwrap();
            assert!(refusal.to_string().contains("RollbackDeployment"), "{refusal}");
            assert_eq!(matches!(refusal, Refusal::Custom { .. }), *name == ActionType::Custom, "{name}");
        }
    }

    #[test]
    fn a_parameter_naming_another_target_is_refused_and_one_repeating_it_is_not() {
        let own = [("deployment", "web"), ("namespace", "shop"), ("replicas", "3")];
        assert!(parse(&action(ActionType::ScaleDeployment, &own), &web()).is_ok());
        let other = [("namespace", "kube-system"), ("replicas", "3")];
        assert!(matches!(
            parse(&action(ActionType::ScaleDeployment, &other), &web()),
            Err(Refusal::BadParam { param, .. }) if param == "namespace"
        ));
    }

    #[test]
    fn an_action_is_refused_on_a_kind_it_was_not_made_for() {
        let target = ResourceRef::new("StatefulSet", "shop", "db");
        let refusal = parse(&action(ActionType::ScaleDeployment, &[("replicas", "3")]), &target).err().unwrap();
        assert_eq!(refusal.to_string(), "ScaleDeployment does not work on a StatefulSet; allowed: Deployment");
    }

    #[test]
    fn containment_is_true_or_false() {
        let params = [("replicas", "0"), ("containment", "yes")];
        assert!(matches!(
            parse(&action(ActionType::ScaleDeployment, &params), &web()),
            Err(Refusal::BadParam { param, .. }) if param == "containment"
        ));
    }

    #[test]
    fn no_action_needs_a_right_on_secrets_or_a_wildcard() {
        for rule in rights().values().flatten() {
            assert!(
                !rule.resource.contains("secrets") && rule.resource != "*" && !rule.verbs.contains(&"*"),
                "{rule:?}"
            );
        }
    }

    #[test]
    fn every_action_describes_itself_and_its_parameters() {
        for entry in REGISTRY {
            assert!(entry.spec.about.len() > 60, "{:?}", entry.spec.action);
            let schema = (entry.schema)(&mut SchemaGenerator::default());
            assert_eq!(schema.get("type").and_then(|value| value.as_str()), Some("object"), "{:?}", entry.spec.action);
        }
    }
}
