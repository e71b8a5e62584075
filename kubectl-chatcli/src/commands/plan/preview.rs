//! `kubectl chatcli plan preview`: what a plan would change, as the API server answered.

use common::actions::{self, PreviewError, PreviewInput};
use common::api::keys::OPERATOR_NAMESPACE;
use common::api::remediation_plan::{PlanPreview, RemediationPlan, StepStatus};
use futures::FutureExt as _;
use kube::ResourceExt as _;

use super::external;
use super::subject::{self, Subject};
use crate::cli::PreviewArgs;
use crate::commands::Context;
use crate::failure::{Exit, Failure};
use crate::kube::Cluster;
use crate::output::{preview, structured};

/// Runs `plan preview`.
pub async fn run(args: PreviewArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let subject = subject::find(&args, &cluster).await?;
    let asked_now = args.live || !subject.is_stored();
    let (shown, steps) = if asked_now { live(&subject, &cluster, context).await? } else { sealed(&subject.plan)? };
    let exit = if shown.changes_something() { Exit::Differs } else { Exit::Ok };
    if args.output.is_none()
        && let Some(program) = external::program()
    {
        external::show(&program, &steps, context)?;
        return Ok(exit);
    }
    context.ui.print(&match args.output {
        Some(form) => structured::value(&shown, form)?,
        None => preview::page(&subject.plan, &shown, &context.clock, context.ui.width()),
    })?;
    Ok(exit)
}

/// What votes are bound to.
fn sealed(plan: &RemediationPlan) -> Result<(PlanPreview, Vec<StepStatus>), Failure> {
    let status = plan.status.clone().unwrap_or_default();
    let preview = status.preview.ok_or_else(|| {
        let failure = Failure::new(format!("{} has no preview yet: it is {}", plan.name_any(), status.state));
        match status.result {
            Some(result) => failure.hint(result),
            None => failure.hint("the operator makes it as soon as it looks at the plan; or ask now: add --live"),
        }
    })?;
    Ok((preview, status.steps))
}

/// The same question asked again, now and as the caller.
async fn live(
    subject: &Subject,
    cluster: &Cluster,
    context: &Context<'_>,
) -> Result<(PlanPreview, Vec<StepStatus>), Failure> {
    let plan = &subject.plan;
    let sealed_under = plan.status.as_ref().and_then(|status| status.preview.as_ref()?.policy_digest.as_deref());
    let input = PreviewInput {
        // The caller may not read every policy; whether they changed since is the operator's to say.
        policy_digest: sealed_under,
        ..PreviewInput::of(plan, &subject.target, OPERATOR_NAMESPACE, context.clock.now)
    };
    let busy = context.ui.busy("asking the API server");
    let answer = actions::preview(&cluster.client(), &input).boxed_local().await;
    drop(busy);
    let previewed = answer.map_err(|problem| refused(subject, &problem))?;
    let mut preview = previewed.preview;
    // The moment that goes into payloads is the sealed one; the answer is from now.
    preview.taken_at = Some(common::api::Time(context.clock.now));
    if let Some(sealed) = plan.status.as_ref().and_then(|status| status.preview.as_ref()) {
        context.ui.note(if sealed.digest == preview.digest {
            "note: same digest as the sealed preview"
        } else {
            "note: not the digest of the sealed preview; something it depends on, or what you may read, differs"
        });
    } else {
        context.ui.note("note: asked now, with your rights; nothing is stored, and votes are not bound to it");
    }
    Ok((preview, previewed.steps))
}

fn refused(subject: &Subject, problem: &PreviewError) -> Failure {
    let failure = Failure::new(format!("{} cannot be previewed: {problem}", subject.plan.name_any()));
    match problem {
        PreviewError::AskAgain(_) => failure.hint("ask again"),
        PreviewError::Unreadable(_) if subject.is_stored() => {
            failure.hint("see what the operator saw: leave out --live")
        }
        PreviewError::Unreadable(_) | PreviewError::Refused { .. } | PreviewError::TargetGone(_) => failure,
    }
}
