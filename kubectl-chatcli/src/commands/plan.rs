//! `kubectl chatcli plan preview`: what a plan would change, as the API server answered.

use common::api::remediation_plan::RemediationPlan;
use kube::ResourceExt as _;

use super::{Context, resolve};
use crate::cli::PreviewArgs;
use crate::failure::{Exit, Failure};
use crate::kube::typed;
use crate::output::{preview, structured};

/// Runs `plan preview`.
pub async fn preview(args: PreviewArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let plan: RemediationPlan = typed(&resolve::plan(&cluster, &args.plan).await?)?;
    let status = plan.status.clone().unwrap_or_default();
    let Some(sealed) = status.preview else {
        let failure = Failure::new(format!("{} has no preview yet: it is {}", plan.name_any(), status.state));
        return Err(match status.result {
            Some(result) => failure.hint(result),
            None => failure.hint("it is made as soon as the operator looks at the plan; try again in a moment"),
        });
    };
    context.ui.print(&match args.output {
        Some(form) => structured::value(&sealed, form)?,
        None => preview::page(&plan, &sealed, &context.clock, context.ui.width()),
    })?;
    Ok(if sealed.changes_something() { Exit::Differs } else { Exit::Ok })
}
