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

/// A change as the API server answered it.
pub struct Answer {
    /// What is shown, and what votes are bound to.
    pub preview: PlanPreview,
    /// The requests of each step, for programs that compare.
    steps: Vec<StepStatus>,
}

/// Runs `plan preview`.
pub async fn run(args: PreviewArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let subject = subject::find(&args, &cluster).await?;
    let asked_now = args.live || !subject.is_stored();
    let answer = if asked_now { live(&subject, &cluster, context).await? } else { sealed(&subject.plan)? };
    let exit = if answer.preview.changes_something() { Exit::Differs } else { Exit::Ok };
    exit.after(match args.output {
        Some(form) => context.ui.print(&structured::value(&answer.preview, form)?),
        None => show(&subject, &answer, context),
    })
}

/// As the operator sealed it; where it has not, asked now with the caller's own rights.
pub async fn of(subject: &Subject, cluster: &Cluster, context: &Context<'_>) -> Result<Answer, Failure> {
    let is_sealed = subject.plan.status.as_ref().is_some_and(|status| status.preview.is_some());
    if is_sealed { sealed(&subject.plan) } else { live(subject, cluster, context).await }
}

/// The diff and the verdicts, or what the caller's own program makes of the difference.
pub fn show(subject: &Subject, answer: &Answer, context: &Context<'_>) -> Result<(), Failure> {
    match external::program() {
        Some(program) => external::show(&program, &answer.steps, context),
        None => context.ui.print(&preview::page(&subject.plan, &answer.preview, &context.clock, context.ui.width())),
    }
}

/// What votes are bound to.
fn sealed(plan: &RemediationPlan) -> Result<Answer, Failure> {
    let status = plan.status.clone().unwrap_or_default();
    let preview = status.preview.ok_or_else(|| {
        let failure = Failure::new(format!("{} has no preview yet: it is {}", plan.name_any(), status.state));
        match status.result {
            Some(result) => failure.hint(result),
            None => failure.hint("the operator makes it as soon as it looks at the plan; or ask now: add --live"),
        }
    })?;
    Ok(Answer { preview, steps: status.steps })
}

/// The same question asked again, now and as the caller.
async fn live(subject: &Subject, cluster: &Cluster, context: &Context<'_>) -> Result<Answer, Failure> {
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
    Ok(Answer { preview, steps: previewed.steps })
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
