//! `kubectl chatcli policy …`: who is asked, why a plan ran or not, and what would be asked.

use std::path::{Path, PathBuf};

use common::api::{ApprovalPolicy, RemediationPlan, ResourceRef};
use common::decisions::{
    Author, KnownPolicy, Need, Question, Subject, autonomy::Standing, brakes::Marks, need::need, policy::check,
};
use kube::ResourceExt as _;
use kube::api::DynamicObject;
use serde::Deserialize as _;

use super::{Context, resolve};
use crate::cli::{PolicyArgs, PolicyCommand, PolicyExplainArgs, PolicyLintArgs, PolicyListArgs, PolicyTestArgs};
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Kind, typed};
use crate::output::{policy, structured};

/// Runs one of them.
pub async fn run(args: PolicyArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    match args.command {
        PolicyCommand::List(args) => list(args, context).await,
        PolicyCommand::Lint(args) => lint(args, context).await,
        PolicyCommand::Explain(args) => explain(args, context).await,
        PolicyCommand::Test(args) => test(args, context).await,
    }
}

async fn list(args: PolicyListArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let found = in_force(&cluster, &args.operator_namespace).await?;
    if let Some(form) = args.output {
        context.ui.print(&structured::list(&found, form)?)?;
    } else if found.is_empty() {
        context.ui.note("No policies: the autonomy of a namespace decides who is asked.");
    } else {
        context.ui.print(&policy::table(&found, &args.operator_namespace, &context.clock).render())?;
    }
    Ok(Exit::Ok)
}

/// The cluster's policies and the namespace's own.
async fn in_force(cluster: &Cluster, operator_namespace: &str) -> Result<Vec<DynamicObject>, Failure> {
    let kind = Kind::policy();
    let (mut found, _) = cluster.list(&kind, Some(operator_namespace), None).await?;
    if cluster.namespace() != operator_namespace {
        found.extend(cluster.list(&kind, Some(cluster.namespace()), None).await?.0);
    }
    Ok(found)
}

async fn lint(args: PolicyLintArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let found: Vec<DynamicObject> = if args.files.is_empty() {
        in_force(&context.cluster().await?, &args.operator_namespace).await?
    } else {
        from_files(&args.files)?
    };
    let mut wrong = 0;
    for object in &found {
        let told = match typed::<ApprovalPolicy>(object) {
            Err(problem) => Err(problem.message().to_owned()),
            Ok(policy) => check(&policy).map_err(|problem| format!("spec.{}: {}", problem.field, problem.problem)),
        };
        let name = Kind::policy().named(&object.name_any());
        match told {
            Ok(()) => context.ui.print(&format!("{name} ok"))?,
            Err(problem) => {
                wrong += 1;
                context.ui.print(&format!("{name} {problem}"))?;
            }
        }
    }
    if wrong == 0 {
        return Ok(Exit::Ok);
    }
    let failure = Failure::new(format!("{wrong} of {} policies cannot be acted on", found.len()));
    Err(failure.hint("until it is corrected, nothing such a policy may be about is run"))
}

fn from_files(files: &[PathBuf]) -> Result<Vec<DynamicObject>, Failure> {
    let mut found = Vec::new();
    for file in files {
        let shown = file.display();
        let text = if file == Path::new("-") {
            std::io::read_to_string(std::io::stdin())
        } else {
            std::fs::read_to_string(file)
        };
        let text = text.map_err(|problem| Failure::new(format!("cannot read {shown}: {problem}")))?;
        let documents: Vec<serde_json::Value> = serde_saphyr::from_multiple(&text)
            .map_err(|problem| Failure::new(format!("{shown} is no YAML: {problem}")))?;
        for document in documents.into_iter().filter(|document| !document.is_null()) {
            let kind = document["kind"].as_str().unwrap_or_default().to_owned();
            if kind != "ApprovalPolicy" {
                return Err(Failure::new(format!("{shown} holds {kind:?}, expected ApprovalPolicy")));
            }
            let object = DynamicObject::deserialize(document)
                .map_err(|problem| Failure::new(format!("{shown} holds no object: {problem}")))?;
            found.push(object);
        }
    }
    Ok(found)
}

async fn explain(args: PolicyExplainArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let plan: RemediationPlan = typed(&resolve::plan(&cluster, &args.plan).await?)?;
    let asked = plan.status.as_ref().and_then(|status| status.approval_ref.as_ref());
    let request = match asked {
        Some(asked) => cluster.find(&Kind::request(), Some(cluster.namespace()), &asked.name).await?,
        None => None,
    };
    let request = request.as_ref().map(typed).transpose()?;
    context.ui.print(&policy::record(&plan, request.as_ref(), &context.clock, context.ui.width()))?;
    Ok(Exit::Ok)
}

async fn test(args: PolicyTestArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let (objects, namespace) = if args.files.is_empty() {
        let cluster = context.cluster().await?;
        (in_force(&cluster, &args.operator_namespace).await?, cluster.namespace().to_owned())
    } else {
        let mut objects = from_files(&args.files)?;
        for object in objects.iter_mut().filter(|object| object.metadata.namespace.is_none()) {
            object.metadata.namespace = Some(args.operator_namespace.clone());
        }
        (objects, context.namespace().unwrap_or("default").to_owned())
    };
    let read: Vec<(String, String, Result<ApprovalPolicy, String>)> = objects
        .iter()
        .map(|object| {
            let policy = typed(object).map_err(|problem| problem.message().to_owned());
            (object.namespace().unwrap_or_default(), object.name_any(), policy)
        })
        .collect();
    let known: Vec<KnownPolicy<'_>> = read
        .iter()
        .map(|(namespace, name, policy)| match policy {
            Ok(policy) => KnownPolicy::Policy(policy),
            Err(error) => KnownPolicy::Unreadable { namespace, name, error },
        })
        .collect();
    let labels: Marks = args.labels.iter().cloned().collect();
    let target = ResourceRef::new(&args.kind, &namespace, "web");
    let answer = need(&Question {
        subject: Subject {
            operator_namespace: &args.operator_namespace,
            namespace: &namespace,
            target: &target,
            severity: args.severity,
            actions: &args.actions,
            labels: Some(&labels),
        },
        policies: &known,
        autonomy: &Standing {
            level: args.autonomy,
            reason: "Given",
            message: format!("namespace is {}", args.autonomy),
        },
        class: args.class,
        preview_is_clean: true,
        author: Author::Operator,
        confidence: args.confidence,
        overrides: &[],
        radius: Some(args.radius),
        times_over: args.times_over,
        contradicts: None,
        success_rate: args.success_rate,
    });
    context.ui.print(&policy::answer(&answer, args.at.unwrap_or(context.clock.now), &context.clock))?;
    Ok(if matches!(answer, Need::Never(_)) { Exit::Failed } else { Exit::Ok })
}
