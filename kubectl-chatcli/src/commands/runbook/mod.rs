//! `kubectl chatcli runbook`: procedures for incidents that come back.

mod files;
pub(super) mod scaffold;

use common::api::{ApprovalPolicy, Runbook};
use kube::ResourceExt as _;
use kube::api::DynamicObject;
use serde::de::DeserializeOwned;

use super::{Context, conclude, resolve};
use crate::cli::{
    LintArgs, ListOutput, RunbookArgs, RunbookCommand, RunbookListArgs, RunbookShowArgs, Structured, TestArgs,
};
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Kind, typed};
use crate::output::{runbooks, structured};
use crate::runbook::lint::lint;
use crate::runbook::trial::{self, Fixture};

/// Runs the command.
pub async fn run(args: RunbookArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    match args.command {
        RunbookCommand::List(args) => list(&args, context).await,
        RunbookCommand::Show(args) => show(&args, context).await,
        RunbookCommand::Scaffold(args) => scaffold::run(&args, context).await,
        RunbookCommand::Lint(args) => check(&args, context).await,
        RunbookCommand::Test(args) => test(&args, context).await,
    }
}

fn kind() -> Kind {
    Kind::ours("Runbook", "runbooks")
}

async fn list(args: &RunbookListArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let namespace = (!args.all_namespaces).then_some(cluster.namespace());
    let (found, _) = cluster.list(&kind(), namespace, None).await?;
    match args.output {
        Some(ListOutput::Json) => context.ui.print(&structured::list(&found, Structured::Json)?)?,
        Some(ListOutput::Yaml) => context.ui.print(&structured::list(&found, Structured::Yaml)?)?,
        Some(ListOutput::Name) => {
            for object in &found {
                context.ui.print(&kind().named(&object.name_any()))?;
            }
        }
        Some(ListOutput::Wide) | None if found.is_empty() => context.ui.note(&match namespace {
            None => "No runbooks found".to_owned(),
            Some(namespace) => format!("No runbooks found in {namespace} namespace."),
        }),
        Some(ListOutput::Wide) | None => {
            let wide = args.output == Some(ListOutput::Wide);
            context.ui.print(&runbooks::table(&found, args.all_namespaces, wide, &context.clock).render())?;
        }
    }
    Ok(Exit::Ok)
}

async fn show(args: &RunbookShowArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let found = cluster.get(&kind(), resolve::bare(&args.name)).await?;
    context.ui.print(&match args.output {
        Some(form) => structured::object(&found, form)?,
        None => runbooks::page(&typed::<Runbook>(&found)?, context.ui.width(), &context.scope()),
    })?;
    Ok(Exit::Ok)
}

async fn check(args: &LintArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let (runbooks, policies) = if args.filename.is_empty() {
        let cluster = context.cluster().await?;
        let policies = Kind::ours("ApprovalPolicy", "approvalpolicies");
        // Without a right on policies the rest can still be said.
        let policies = all::<ApprovalPolicy>(&cluster, &policies, None).await.unwrap_or_else(|failure| {
            context.ui.warn(&format!("policies are not held against the runbooks: {}", failure.message()));
            Vec::new()
        });
        (all::<Runbook>(&cluster, &kind(), Some(cluster.namespace())).await?, policies)
    } else {
        files::read(&args.filename)?
    };
    if runbooks.is_empty() {
        return Err(Failure::new("there is no Runbook to check"));
    }
    let checks = lint(&runbooks, &policies);
    conclude(&checks, args.output, context)
}

async fn all<T: DeserializeOwned>(cluster: &Cluster, kind: &Kind, namespace: Option<&str>) -> Result<Vec<T>, Failure> {
    let (mut found, _) = cluster.list(kind, namespace, None).await?;
    found.sort_by_key(|object: &DynamicObject| object.name_any());
    found.iter().map(typed).collect()
}

async fn test(args: &TestArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let (mut runbooks, _) = files::read(std::slice::from_ref(&args.filename))?;
    if runbooks.len() != 1 {
        return Err(Failure::new(format!(
            "{} holds {} Runbooks; one is tried at a time",
            args.filename.display(),
            runbooks.len()
        )));
    }
    let runbook = runbooks.remove(0);
    let shown = args.fixture.display();
    let text =
        std::fs::read_to_string(&args.fixture).map_err(|why| Failure::new(format!("cannot read {shown}: {why}")))?;
    let mut fixture: Fixture = serde_saphyr::from_str(&text).map_err(|why| {
        Failure::new(format!("{shown} is no fixture: {why}"))
            .hint("make one: kubectl chatcli runbook scaffold ISSUE --fixture FILE")
    })?;
    let cluster = fixture.recording.cluster();
    let found = trial::run(&runbook, &fixture.incident, &cluster, fixture.recording.recorded_at).await?;
    if args.accept && found != fixture.expect {
        fixture.expect = found.clone();
        scaffold::save(&args.fixture, &fixture)?;
        context.ui.note(&format!("{shown} expects what the runbook does now"));
    }
    let checks = trial::compared(&runbook, &fixture.expect, &found);
    conclude(&checks, args.output, context)
}
