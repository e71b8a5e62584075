//! `kubectl chatcli issues`: the list, one story, or either as it changes.

use std::collections::BTreeMap;

use kube::ResourceExt as _;
use kube::api::{DynamicObject, WatchParams};

use super::resolve::bare;
use super::{Context, mark};
use crate::cli::{IssuesArgs, IssuesOutput, Structured};
use crate::failure::{Exit, Failure};
use crate::kube::{Change, Cluster, Kind, typed};
use crate::output::incidents::{Columns, is_open, line, table};
use crate::output::table::Widths;
use crate::output::{incident, structured};
use crate::story::Story;

/// Runs the command.
pub async fn run(args: IssuesArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    if let Some(action) = &args.action {
        return mark::run(action, context).await;
    }
    let cluster = context.cluster().await?;
    match &args.name {
        Some(name) => one(bare(name), &args, &cluster, context).await?,
        None => many(&args, &cluster, context).await?,
    }
    Ok(Exit::Ok)
}

async fn one(name: &str, args: &IssuesArgs, cluster: &Cluster, context: &Context<'_>) -> Result<(), Failure> {
    let kind = Kind::issue();
    let found = cluster.get(&kind, name).await?;
    show_one(&found, args, cluster, context).await?;
    if args.watch {
        let namespace = found.namespace();
        let mut version = found.resource_version().unwrap_or_default();
        let params = WatchParams::default().fields(&format!("metadata.name={name}"));
        loop {
            let ended = cluster.follow(&kind, namespace.as_deref(), &params, &mut version, async |event| match event {
                Change::Set(object) => {
                    context.ui.print("")?;
                    show_one(&object, args, cluster, context).await
                }
                Change::Gone(_) => Err(Failure::new(format!("{name} is gone"))),
            });
            ended.await?;
        }
    }
    Ok(())
}

async fn show_one(
    object: &DynamicObject,
    args: &IssuesArgs,
    cluster: &Cluster,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let page = match args.output {
        Some(IssuesOutput::Json) => structured::object(object, Structured::Json)?,
        Some(IssuesOutput::Yaml) => structured::object(object, Structured::Yaml)?,
        Some(IssuesOutput::Name) => Kind::issue().named(&object.name_any()),
        Some(IssuesOutput::Wide) | None => {
            let story = Story::read(cluster, typed(object)?).await;
            incident::page(&story, &context.clock.later(), context.ui.width(), &context.scope())
        }
    };
    context.ui.print(&page)
}

async fn many(args: &IssuesArgs, cluster: &Cluster, context: &Context<'_>) -> Result<(), Failure> {
    let namespace = (!args.all_namespaces).then_some(cluster.namespace());
    let columns = Columns { namespace: args.all_namespaces, wide: args.output == Some(IssuesOutput::Wide) };
    // Thousands of incidents are not held as objects where a row of each is enough.
    let (mut objects, mut lines, mut shown) = (Vec::new(), Vec::new(), BTreeMap::new());
    let take = |page: Vec<DynamicObject>| {
        for object in page.into_iter().filter(|object| !args.open || is_open(object)) {
            if args.watch {
                shown.insert(key(&object), line_of(&object));
            }
            match args.output {
                Some(IssuesOutput::Json | IssuesOutput::Yaml) => objects.push(object),
                Some(IssuesOutput::Name) => context.ui.print(&Kind::issue().named(&object.name_any()))?,
                Some(IssuesOutput::Wide) | None => lines.push(line(&object, columns, &context.clock)),
            }
        }
        Ok(())
    };
    let kind = Kind::issue();
    let mut version = cluster.pages(&kind, namespace, args.selector.as_deref(), take).await?;
    let mut widths = Widths::default();
    match args.output {
        Some(IssuesOutput::Json) => context.ui.print(&structured::list(&objects, Structured::Json)?)?,
        Some(IssuesOutput::Yaml) => context.ui.print(&structured::list(&objects, Structured::Yaml)?)?,
        Some(IssuesOutput::Name) => {}
        Some(IssuesOutput::Wide) | None if lines.is_empty() && !args.watch => nothing(args, cluster, context),
        Some(IssuesOutput::Wide) | None => {
            let shown = table(lines, columns);
            widths = shown.widths();
            context.ui.print(&shown.render())?;
        }
    }
    if !args.watch {
        return Ok(());
    }
    let params =
        args.selector.as_ref().map_or_else(WatchParams::default, |labels| WatchParams::default().labels(labels));
    loop {
        let ended = cluster.follow(&kind, namespace, &params, &mut version, async |event| match event {
            Change::Set(object) => {
                // A status write that changes nothing a reader sees is no news.
                let news = shown.insert(key(&object), line_of(&object)) != Some(line_of(&object));
                if news && (!args.open || is_open(&object)) {
                    changed(&object, args, columns, &widths, context)
                } else {
                    Ok(())
                }
            }
            Change::Gone(object) => {
                shown.remove(&key(&object));
                Ok(())
            }
        });
        ended.await?;
    }
}

fn nothing(args: &IssuesArgs, cluster: &Cluster, context: &Context<'_>) {
    let what = if args.open { "open issues" } else { "issues" };
    // As kubectl: an empty list is no error, and its sentence does not end up in a pipe.
    context.ui.note(&if args.all_namespaces {
        format!("No {what} found")
    } else {
        format!("No {what} found in {} namespace.", cluster.namespace())
    });
}

fn key(object: &DynamicObject) -> (Option<String>, String) {
    (object.namespace(), object.name_any())
}

/// What the row depends on.
fn line_of(object: &DynamicObject) -> serde_json::Value {
    let status = &object.data["status"];
    serde_json::json!([
        object.data["spec"]["severity"],
        object.data["spec"]["riskScore"],
        status["state"],
        status["cause"]["code"],
        status["waitsFor"],
        status["remediationAttempts"],
    ])
}

fn changed(
    object: &DynamicObject,
    args: &IssuesArgs,
    columns: Columns,
    widths: &Widths,
    context: &Context<'_>,
) -> Result<(), Failure> {
    context.ui.print(&match args.output {
        Some(IssuesOutput::Json) => structured::object(object, Structured::Json)?,
        Some(IssuesOutput::Yaml) => format!("---\n{}", structured::object(object, Structured::Yaml)?),
        Some(IssuesOutput::Name) => Kind::issue().named(&object.name_any()),
        Some(IssuesOutput::Wide) | None => {
            table(vec![line(object, columns, &context.clock.later())], columns).lines(widths)
        }
    })
}
