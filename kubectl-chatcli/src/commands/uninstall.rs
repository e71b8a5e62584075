//! `kubectl chatcli uninstall`: guards first, then the operator; incidents only when asked.

use common::api::remediation_plan::{RemediationPlan, RemediationState};
use kube::ResourceExt as _;

use super::Context;
use crate::cli::{DryRun, UninstallArgs};
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Kind, typed};
use crate::manifests::{Manifest, Stage, Values, rendered};
use crate::output::style::plural;

/// Bindings before policies, policies before their parameters: nothing is ever guarded by something that is gone, which would refuse
/// everything. Kinds and the namespace last.
const ORDER: [Stage; 7] =
    [Stage::Bindings, Stage::Policies, Stage::Operator, Stage::Params, Stage::Rbac, Stage::Crds, Stage::Namespace];

/// Runs the command.
pub async fn run(args: UninstallArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let manifests = removed(&args)?;
    if args.dry_run == DryRun::Client {
        for manifest in &manifests {
            context.ui.print(&format!("{} deleted (dry run)", manifest.named()))?;
        }
        return Ok(Exit::Ok);
    }
    let cluster = context.cluster().await?;
    ask(&args, &cluster, context).await?;
    let dry_run = args.dry_run == DryRun::Server;
    let busy = context.ui.busy("removing");
    for manifest in &manifests {
        busy.now(format!("removing {}", manifest.named()));
        let name = manifest.object.name_any();
        if cluster.delete(&manifest.kind, manifest.object.metadata.namespace.as_deref(), &name, dry_run).await? {
            let suffix = if dry_run { " (server dry run)" } else { "" };
            context.ui.print(&format!("{} deleted{suffix}", manifest.named()))?;
        }
    }
    if !args.purge && !dry_run {
        context.ui.print(
            "incidents, plans, votes and reports are kept; remove them too: kubectl chatcli uninstall --purge",
        )?;
    }
    Ok(Exit::Ok)
}

/// What goes, in order.
fn removed(args: &UninstallArgs) -> Result<Vec<Manifest>, Failure> {
    let values = Values { namespace: args.operator_namespace.clone(), ..Values::default() };
    let mut manifests = rendered(&values)?;
    // The parameters stay too. Kubernetes 1.34 stops watching them with the last policy that reads them, and does not begin again for the
    // policies of a later install: without the object it still remembers, everything would be refused until the API server restarts.
    let kept = [Stage::Crds, Stage::Namespace, Stage::Params];
    manifests.retain(|manifest| args.purge || !kept.contains(&manifest.stage));
    manifests.sort_by_key(|manifest| ORDER.iter().position(|stage| *stage == manifest.stage));
    Ok(manifests)
}

async fn ask(args: &UninstallArgs, cluster: &Cluster, context: &Context<'_>) -> Result<(), Failure> {
    let running = running(cluster).await?;
    if let Some(plan) = running.first() {
        let what = format!("{plan} is running; without the operator its changes stay half done");
        if !args.yes {
            return Err(Failure::new(what).hint("wait until it has finished, or pass --yes"));
        }
        context.ui.warn(&what);
    }
    if args.yes || args.dry_run != DryRun::None {
        return Ok(());
    }
    let question = if args.purge {
        let lost = cluster.list(&Kind::issue(), None, None).await.map_or(0, |(issues, _)| issues.len());
        let lost = plural(i64::try_from(lost).unwrap_or(i64::MAX), "incident", "incidents");
        format!("Remove the operator, its kinds and with them {lost}, all plans, votes and reports?")
    } else {
        "Remove the operator, its rights and its admission policies?".to_owned()
    };
    if context.ui.confirm(&question)? { Ok(()) } else { Err(Failure::new("nothing was removed")) }
}

/// Plans that are changing something right now.
async fn running(cluster: &Cluster) -> Result<Vec<String>, Failure> {
    let Ok((plans, _)) = cluster.list(&Kind::plan(), None, None).await else {
        // No such kind, or no right to look: then there is nothing to wait for that could be named.
        return Ok(Vec::new());
    };
    let plans = plans.iter().filter_map(|object| typed::<RemediationPlan>(object).ok());
    let active = |plan: &RemediationPlan| {
        plan.status
            .as_ref()
            .is_some_and(|status| matches!(status.state, RemediationState::Executing | RemediationState::Verifying))
    };
    Ok(plans
        .filter(active)
        .map(|plan| format!("{}/{}", plan.namespace().unwrap_or_default(), plan.name_any()))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stages(purge: bool) -> Vec<Stage> {
        let args =
            UninstallArgs { operator_namespace: "chatcli-system".into(), purge, yes: true, dry_run: DryRun::None };
        let mut stages: Vec<_> = removed(&args).unwrap().iter().map(|manifest| manifest.stage).collect();
        stages.dedup();
        stages
    }

    #[test]
    fn guards_go_first_and_incidents_stay() {
        assert_eq!(stages(false), [Stage::Bindings, Stage::Policies, Stage::Operator, Stage::Rbac]);
    }

    #[test]
    fn purging_removes_kinds_and_namespace_last() {
        assert_eq!(stages(true)[5..], [Stage::Crds, Stage::Namespace]);
    }
}
