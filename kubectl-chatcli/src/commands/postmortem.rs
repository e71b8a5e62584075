//! `kubectl chatcli postmortem`: the reports of incidents.

use common::api::PostMortem;
use common::api::issue::Issue;
use common::api::keys::annotations;
use common::naming;
use kube::ResourceExt as _;
use kube::api::DynamicObject;
use serde_json::json;

use super::Context;
use super::mark::caller;
use super::resolve::bare;
use crate::cli::{
    DryRun, ListOutput, PostmortemArgs, PostmortemCloseArgs, PostmortemCommand, PostmortemListArgs, PostmortemOutput,
    PostmortemShowArgs, Structured,
};
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Kind, typed};
use crate::output::{report, structured};

/// Runs the command.
pub async fn run(args: PostmortemArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    match args.command {
        Some(PostmortemCommand::List(args)) => list(&args, context).await,
        Some(PostmortemCommand::Show(args)) => show(&args, context).await,
        Some(PostmortemCommand::Close(args)) => close(&args, context).await,
        None => show(&args.show, context).await,
    }
}

async fn list(args: &PostmortemListArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let namespace = (!args.all_namespaces).then_some(cluster.namespace());
    let (mut found, _) = cluster.list(&Kind::post_mortem(), namespace, None).await?;
    found.sort_by_key(|report| std::cmp::Reverse(report.creation_timestamp()));
    match args.output {
        Some(ListOutput::Json) => context.ui.print(&structured::list(&found, Structured::Json)?)?,
        Some(ListOutput::Yaml) => context.ui.print(&structured::list(&found, Structured::Yaml)?)?,
        Some(ListOutput::Name) => {
            for report in &found {
                context.ui.print(&Kind::post_mortem().named(&report.name_any()))?;
            }
        }
        Some(ListOutput::Wide) | None if found.is_empty() => context.ui.note(&match namespace {
            None => "No post-mortems found".to_owned(),
            Some(namespace) => format!("No post-mortems found in {namespace} namespace."),
        }),
        Some(ListOutput::Wide) | None => {
            let wide = args.output == Some(ListOutput::Wide);
            context.ui.print(&report::list(&found, args.all_namespaces, wide, &context.clock).render())?;
        }
    }
    Ok(Exit::Ok)
}

async fn show(args: &PostmortemShowArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let Some(name) = &args.name else {
        return Err(
            Failure::new("which report?").hint("name it, or its incident; list them: kubectl chatcli postmortem list")
        );
    };
    let cluster = context.cluster().await?;
    let found = find(&cluster, bare(name), context).await?;
    context.ui.print(&match args.output {
        Some(PostmortemOutput::Json) => structured::object(&found, Structured::Json)?,
        Some(PostmortemOutput::Yaml) => structured::object(&found, Structured::Yaml)?,
        Some(PostmortemOutput::Name) => Kind::post_mortem().named(&found.name_any()),
        Some(PostmortemOutput::Md) => report::markdown(&typed::<PostMortem>(&found)?),
        None => report::page(&typed::<PostMortem>(&found)?, &context.clock, context.ui.width()),
    })?;
    Ok(Exit::Ok)
}

async fn close(args: &PostmortemCloseArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let found = find(&cluster, bare(&args.name), context).await?;
    let report: PostMortem = typed(&found)?;
    let status = report.status.clone().unwrap_or_default();
    if status.requires_human_action == Some(true) {
        let to_do = status.required_action.unwrap_or_else(|| "somebody has to act".to_owned());
        let issue = &report.spec.issue_ref.name;
        return Err(Failure::new(format!("{} is not fixed: {to_do}", report.spec.resource.short()))
            .hint(format!("when that is done: kubectl chatcli issues resolve {issue}{}", context.scope())));
    }
    let who = caller(&cluster).await?;
    let marks = json!({ annotations::CLOSED_BY: who, annotations::REVIEW_NOTES: args.note });
    if args.dry_run != DryRun::Client {
        let fields = json!({ "metadata": { "annotations": marks } });
        let server_only = args.dry_run == DryRun::Server;
        cluster
            .merge(&Kind::post_mortem(), Some(cluster.namespace()), &report.name_any(), &fields, server_only)
            .await?;
    }
    context.ui.print(&format!("{} closed{}", Kind::post_mortem().named(&report.name_any()), args.dry_run.suffix()))?;
    Ok(Exit::Ok)
}

async fn find(cluster: &Cluster, name: &str, context: &Context<'_>) -> Result<DynamicObject, Failure> {
    let (reports, issues) = (Kind::post_mortem(), Kind::issue());
    let here = Some(cluster.namespace());
    if let Some(report) = cluster.find(&reports, here, name).await? {
        return Ok(report);
    }
    let Some(issue) = cluster.find(&issues, here, name).await? else {
        return Err(cluster.not_found(&[&reports, &issues], "post-mortem or issue", name).await);
    };
    let issue: Issue = typed(&issue)?;
    let status = issue.status.clone().unwrap_or_default();
    let report = status.post_mortem_ref.map_or_else(|| naming::post_mortem(name), |reference| reference.name);
    match cluster.find(&reports, here, &report).await? {
        Some(report) => Ok(report),
        None => Err(Failure::new(format!("{name} has no report yet: it is {}", status.state)).hint(format!(
            "a report is written when an incident ends; follow it: kubectl chatcli issues {name}{} --watch",
            context.scope()
        ))),
    }
}
