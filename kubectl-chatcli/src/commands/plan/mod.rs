//! `kubectl chatcli plan`: what would be changed, what was, why and why not.

mod external;
mod preview;
mod subject;
mod undo;

use common::api::RemediationPlan;
use kube::ResourceExt as _;

use super::{Context, resolve};
use crate::cli::{ListOutput, PlanArgs, PlanCommand, PlanListArgs, PlanShowArgs, Structured};
use crate::failure::{Exit, Failure};
use crate::kube::{Kind, typed};
use crate::output::{plan as page, plans, structured};

/// Runs the command.
pub async fn run(args: PlanArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    match args.command {
        PlanCommand::List(args) => list(&args, context).await,
        PlanCommand::Show(args) => show(&args, context).await,
        PlanCommand::Preview(args) => preview::run(args, context).await,
        PlanCommand::Undo(args) => undo::run(&args, context).await,
    }
}

async fn list(args: &PlanListArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let namespace = (!args.all_namespaces).then_some(cluster.namespace());
    let (mut found, _) = cluster.list(&Kind::plan(), namespace, args.selector.as_deref()).await?;
    found.retain(|object| !args.open || plans::is_open(object));
    match args.output {
        Some(ListOutput::Json) => context.ui.print(&structured::list(&found, Structured::Json)?)?,
        Some(ListOutput::Yaml) => context.ui.print(&structured::list(&found, Structured::Yaml)?)?,
        Some(ListOutput::Name) => {
            for object in &found {
                context.ui.print(&Kind::plan().named(&object.name_any()))?;
            }
        }
        Some(ListOutput::Wide) | None if found.is_empty() => {
            let what = if args.open { "open plans" } else { "plans" };
            context.ui.note(&match namespace {
                None => format!("No {what} found"),
                Some(namespace) => format!("No {what} found in {namespace} namespace."),
            });
        }
        Some(ListOutput::Wide) | None => {
            let wide = args.output == Some(ListOutput::Wide);
            context.ui.print(&plans::table(&found, args.all_namespaces, wide, &context.clock).render())?;
        }
    }
    Ok(Exit::Ok)
}

async fn show(args: &PlanShowArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let found = resolve::plan(&cluster, &args.plan).await?;
    context.ui.print(&match args.output {
        Some(form) => structured::object(&found, form)?,
        None => page::page(&typed::<RemediationPlan>(&found)?, &context.clock, context.ui.width(), &context.scope()),
    })?;
    Ok(Exit::Ok)
}
