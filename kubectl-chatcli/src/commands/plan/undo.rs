//! `kubectl chatcli plan undo`: asks the operator, in the caller's name, to take back what a plan changed.

use common::api::RemediationPlan;
use common::api::keys::{annotations, conditions};
use common::api::remediation_plan::{StepPhase, StepStatus};
use kube::ResourceExt as _;
use kube::api::DynamicObject;
use kube::runtime::wait::await_condition;
use serde_json::json;

use crate::cli::{DryRun, UndoArgs};
use crate::commands::{Context, brakes, resolve};
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Kind, typed};

/// Runs the command.
pub async fn run(args: &UndoArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let plan: RemediationPlan = typed(&resolve::plan(&cluster, &args.plan).await?)?;
    let name = plan.name_any();
    let status = plan.status.clone().unwrap_or_default();
    let back: Vec<_> = status.steps.iter().rev().filter(|step| is_left(step)).collect();
    if back.is_empty() && !has_steps_to_take_back(&plan) {
        return Err(nothing(&plan, context));
    }
    let is_asked = plan.annotations().contains_key(annotations::UNDO);
    show(&plan, &back, context)?;
    if args.dry_run == DryRun::Client {
        context.ui.print(&format!("{} undo requested (dry run)", Kind::plan().named(&name)))?;
        return Ok(Exit::Ok);
    }
    if !is_asked {
        if args.dry_run == DryRun::None && !args.yes && !context.ui.confirm("Take this back?")? {
            return Err(Failure::new("nothing was asked for"));
        }
        if args.dry_run == DryRun::None {
            keep_it_so(&plan, args, &cluster, context).await?;
        }
        let who = cluster.whoami().await?.username.unwrap_or_default();
        let fields = json!({
            "metadata": { "annotations": { annotations::UNDO: who }, "resourceVersion": plan.resource_version() },
        });
        let dry_run = args.dry_run == DryRun::Server;
        cluster.merge(&Kind::plan(), plan.namespace().as_deref(), &name, &fields, dry_run).await?;
        let suffix = if dry_run { " (server dry run)" } else { "" };
        context.ui.print(&format!("{} undo requested{suffix}", Kind::plan().named(&name)))?;
    }
    if args.dry_run != DryRun::None || args.patience().is_zero() {
        return Ok(Exit::Ok);
    }
    outcome(&cluster, &plan, args, context).await
}

/// Where the operator acts by itself it would repair the fault again, as soon as that is back: automation is paused first, if wanted.
async fn keep_it_so(
    plan: &RemediationPlan,
    args: &UndoArgs,
    cluster: &Cluster,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let target = match plan.spec.target.clone() {
        Some(target) => target,
        None => resolve::issue(cluster, &plan.spec.issue_ref.name).await?.spec.resource,
    };
    if !brakes::can_pause(&target.kind) {
        return Ok(());
    }
    let namespaces = Kind::of("", "v1", "Namespace", "namespaces");
    // Who may not read the namespace is not asked: the undo itself needs no answer to this.
    let Ok(Some(namespace)) = cluster.find(&namespaces, None, &target.namespace).await else { return Ok(()) };
    if namespace.annotations().get(annotations::AUTONOMY).is_none_or(|level| level != "auto") {
        return Ok(());
    }
    let (short, scope) = (target.short(), format!(" -n {}", target.namespace));
    let wanted = args.pause
        || (!args.yes
            && context.ui.confirm(&format!(
                "namespace {} is auto: the operator would repair {short} again. Pause automation for it first?",
                target.namespace
            ))?);
    if !wanted {
        context.ui.note(&format!("note: the operator may repair {short} again; keep it from that with --pause"));
        return Ok(());
    }
    let there = cluster.at(Some(&target.namespace));
    context.ui.print(&brakes::pause_workload(&target.kind, &target.name, &there).await?)?;
    let workload = format!("{}/{}", target.kind.to_lowercase(), target.name);
    context.ui.note(&format!("hint: give it back: kubectl chatcli resume {workload}{scope}"));
    Ok(())
}

/// Steps that changed something which is not taken back.
fn is_left(step: &StepStatus) -> bool {
    step.writes_done > 0
        && !matches!(
            step.phase,
            StepPhase::Undone | StepPhase::PartlyUndone | StepPhase::NotUndoable | StepPhase::Unknown
        )
}

fn nothing(plan: &RemediationPlan, context: &Context<'_>) -> Failure {
    let status = plan.status.clone().unwrap_or_default();
    let (name, scope) = (plan.name_any(), context.scope());
    let wrote = status.steps.iter().any(|step| step.writes_done > 0);
    if wrote {
        return Failure::new(format!("what {name} changed was taken back, as far as that is possible"))
            .hint(format!("see what is left: kubectl chatcli plan show {name}{scope}"));
    }
    let failure = Failure::new(format!("{name} has changed nothing: it is {}", status.state));
    if status.state.is_terminal() {
        failure
    } else {
        failure.hint(format!("keep it from running: kubectl chatcli reject {name}{scope}"))
    }
}

/// The plans of an agentic plan's steps are taken back with it.
fn has_steps_to_take_back(plan: &RemediationPlan) -> bool {
    let is_told = plan.status.iter().flat_map(|it| &it.conditions).any(|it| it.type_ == conditions::ROLLED_BACK);
    !is_told && plan.held_steps().next().is_some()
}

fn show(plan: &RemediationPlan, back: &[&StepStatus], context: &Context<'_>) -> Result<(), Failure> {
    for (step, action) in plan.held_steps().collect::<Vec<_>>().into_iter().rev() {
        let (number, kind) = (step.step_number, action.action_type.as_str());
        let name = common::naming::step_plan(&plan.name_any(), number);
        context.ui.print(&format!("step {number} {kind}: what {name} changed returns to its value before"))?;
    }
    let previews = plan.status.as_ref().and_then(|status| status.preview.as_ref()).map(|preview| &preview.steps);
    for step in back {
        let undo = previews
            .and_then(|previews| previews.iter().find(|preview| preview.index == step.index))
            .map(|preview| preview.undo.clone())
            .filter(|undo| !undo.is_empty())
            .unwrap_or_else(|| "the fields it touched return to their value before".to_owned());
        context.ui.print(&format!("step {} {}: {undo}", step.index + 1, step.action))?;
    }
    Ok(())
}

async fn outcome(
    cluster: &Cluster,
    plan: &RemediationPlan,
    args: &UndoArgs,
    context: &Context<'_>,
) -> Result<Exit, Failure> {
    let (name, scope) = (plan.name_any(), context.scope());
    let api = cluster.api(&Kind::plan(), plan.namespace().as_deref());
    let waiting = await_condition(api, &name, |object: Option<&DynamicObject>| object.is_none_or(is_told));
    let busy = context.ui.busy("waiting for the operator");
    let ended = tokio::time::timeout(args.patience(), waiting).await;
    drop(busy);
    let late = || {
        Failure::new(format!("{name} is not taken back after {} s", args.patience().as_secs()))
            .hint(format!("see what holds it: kubectl chatcli plan show {name}{scope}"))
    };
    let found = ended.map_err(|_| late())?.map_err(|why| Failure::new(format!("cannot watch {name}: {why}")))?;
    let Some(found) = found else { return Err(Failure::new(format!("{name} is gone"))) };
    let status = typed::<RemediationPlan>(&found)?.status.unwrap_or_default();
    context.ui.print(&format!("{}: {}", status.state, status.result.unwrap_or_default()))?;
    Ok(Exit::Ok)
}

/// The operator has said how it went.
fn is_told(object: &DynamicObject) -> bool {
    let all = object.data["status"]["conditions"].as_array();
    all.is_some_and(|all| all.iter().any(|condition| condition["type"] == conditions::ROLLED_BACK))
}
