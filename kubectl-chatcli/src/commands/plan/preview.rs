//! `kubectl chatcli plan preview`: what a plan would change, as the API server answered.

use common::actions::{self, PreviewError, PreviewInput};
use common::api::keys::OPERATOR_NAMESPACE;
use common::api::remediation_plan::{PlanPreview, RemediationPlan};
use futures::FutureExt as _;
use kube::ResourceExt as _;

use super::{Context, resolve};
use crate::cli::PreviewArgs;
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, typed};
use crate::output::{preview, structured};

/// Runs `plan preview`.
pub async fn preview(args: PreviewArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let plan: RemediationPlan = typed(&resolve::plan(&cluster, &args.plan).await?)?;
    let shown = if args.live { live(&plan, &cluster, context).await? } else { sealed(&plan)? };
    context.ui.print(&match args.output {
        Some(form) => structured::value(&shown, form)?,
        None => preview::page(&plan, &shown, &context.clock, context.ui.width()),
    })?;
    Ok(if shown.changes_something() { Exit::Differs } else { Exit::Ok })
}

/// What votes are bound to.
fn sealed(plan: &RemediationPlan) -> Result<PlanPreview, Failure> {
    let status = plan.status.clone().unwrap_or_default();
    status.preview.ok_or_else(|| {
        let failure = Failure::new(format!("{} has no preview yet: it is {}", plan.name_any(), status.state));
        match status.result {
            Some(result) => failure.hint(result),
            None => failure.hint("the operator makes it as soon as it looks at the plan; or ask now: add --live"),
        }
    })
}

/// The same question asked again, now and as the caller.
async fn live(plan: &RemediationPlan, cluster: &Cluster, context: &Context<'_>) -> Result<PlanPreview, Failure> {
    let target = match plan.spec.target.clone() {
        Some(target) => target,
        None => resolve::issue(cluster, &plan.spec.issue_ref.name).await?.spec.resource,
    };
    let input = PreviewInput::of(plan, &target, OPERATOR_NAMESPACE, context.clock.now);
    let busy = context.ui.busy("asking the API server");
    let answer = actions::preview(&cluster.client(), &input).boxed_local().await;
    drop(busy);
    let mut preview = answer.map_err(|problem| refused(plan, &problem))?.preview;
    // The moment that goes into payloads is the sealed one; the answer is from now.
    preview.taken_at = Some(common::api::Time(context.clock.now));
    if let Some(sealed) = plan.status.as_ref().and_then(|status| status.preview.as_ref()) {
        context.ui.note(if sealed.digest == preview.digest {
            "note: same digest as the sealed preview"
        } else {
            "note: not the digest of the sealed preview; something it depends on, or what you may read, differs"
        });
    }
    Ok(preview)
}

fn refused(plan: &RemediationPlan, problem: &PreviewError) -> Failure {
    let failure = Failure::new(format!("{} cannot be previewed: {problem}", plan.name_any()));
    match problem {
        PreviewError::AskAgain(_) => failure.hint("ask again"),
        PreviewError::Unreadable(_) => failure.hint("see what the operator saw: leave out --live"),
        PreviewError::Refused { .. } | PreviewError::TargetGone(_) => failure,
    }
}
