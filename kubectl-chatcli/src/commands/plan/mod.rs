//! `kubectl chatcli plan`: what would be changed, what was, why and why not.

mod external;
pub(super) mod preview;
pub(super) mod subject;
mod undo;

use std::collections::BTreeMap;

use common::api::RemediationPlan;
use kube::ResourceExt as _;
use kube::api::{DynamicObject, WatchParams};

use super::{Context, resolve};
use crate::cli::{ListOutput, PlanArgs, PlanCommand, PlanListArgs, PlanShowArgs, Structured};
use crate::failure::{Exit, Failure};
use crate::kube::{Change, Kind, typed};
use crate::output::table::Widths;
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
    let kind = Kind::plan();
    let (mut found, mut version) = cluster.list(&kind, namespace, args.selector.as_deref()).await?;
    found.retain(|object| !args.open || plans::is_open(object));
    let wide = args.output == Some(ListOutput::Wide);
    let mut widths = Widths::default();
    match args.output {
        Some(ListOutput::Json) => context.ui.print(&structured::list(&found, Structured::Json)?)?,
        Some(ListOutput::Yaml) => context.ui.print(&structured::list(&found, Structured::Yaml)?)?,
        Some(ListOutput::Name) => {
            for object in &found {
                context.ui.print(&Kind::plan().named(&object.name_any()))?;
            }
        }
        Some(ListOutput::Wide) | None if found.is_empty() && !args.watch => {
            let what = if args.open { "open plans" } else { "plans" };
            context.ui.note(&match namespace {
                None => format!("No {what} found"),
                Some(namespace) => format!("No {what} found in {namespace} namespace."),
            });
        }
        Some(ListOutput::Wide) | None => {
            let shown = plans::table(&found, args.all_namespaces, wide, &context.clock);
            widths = shown.widths();
            context.ui.print(&shown.render())?;
        }
    }
    if !args.watch {
        return Ok(Exit::Ok);
    }
    let params =
        args.selector.as_ref().map_or_else(WatchParams::default, |labels| WatchParams::default().labels(labels));
    let key = |object: &DynamicObject| (object.namespace(), object.name_any());
    let mut said: BTreeMap<_, _> = found.iter().map(|object| (key(object), plans::news(object))).collect();
    loop {
        let ended = cluster.follow(&kind, namespace, &params, &mut version, async |change| {
            let object = match change {
                Change::Gone(object) => {
                    said.remove(&key(&object));
                    return Ok(());
                }
                Change::Set(object) => object,
            };
            let news = plans::news(&object);
            if said.insert(key(&object), news.clone()).as_ref() == Some(&news)
                || (args.open && !plans::is_open(&object))
            {
                return Ok(());
            }
            context.ui.print(&match args.output {
                Some(ListOutput::Json) => structured::object(&object, Structured::Json)?,
                Some(ListOutput::Yaml) => format!("---\n{}", structured::object(&object, Structured::Yaml)?),
                Some(ListOutput::Name) => Kind::plan().named(&object.name_any()),
                Some(ListOutput::Wide) | None => {
                    plans::table(&[*object], args.all_namespaces, wide, &context.clock.later()).lines(&widths)
                }
            })
        });
        ended.await?;
    }
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
