//! The proposed plan in one's editor, and what becomes of an edit: a plan of one's own, a file, or nothing.

use std::path::Path;

use common::api::RemediationPlan;
use common::api::remediation_plan::RemediationState;
use kube::ResourceExt as _;
use kube::api::DynamicObject;

use super::is_still_so;
use super::screen::Screen;
use crate::commands::plan::preview;
use crate::commands::plan::subject::{self, Subject};
use crate::commands::{Context, runbook};
use crate::failure::Failure;
use crate::kube::{Cluster, Kind};
use crate::runbook::own::Draft;

/// Opens it, and goes on until something became of it.
pub async fn run(screen: &Screen, cluster: &Cluster, context: &Context<'_>) -> Result<(), Failure> {
    let story = &screen.story;
    let Some(proposed) = subject::of_story(story) else { return Ok(()) };
    let who = cluster.whoami().await?.username.unwrap_or_default();
    let taken = story.plans.iter().map(|plan| plan.spec.attempt);
    let draft = Draft::new(&story.issue, &proposed.plan, &proposed.target, taken, &who);
    let mut text = draft.yaml();
    loop {
        let Some(edited) = context.ui.edit(&format!("{}.yaml", draft.name()), &text).await? else { return Ok(()) };
        text = edited;
        let plan = match draft.read(&text) {
            Ok(None) => {
                context.ui.note("nothing was edited, and nothing is changed");
                return Ok(());
            }
            Ok(Some(plan)) => checked(plan, &proposed, cluster, context).await,
            Err(failure) => Err(failure),
        };
        if let Err(failure) = &plan {
            context.ui.fail(failure);
        }
        if !settled(plan.ok().as_ref(), &text, &draft, screen, cluster, context).await? {
            continue;
        }
        return Ok(());
    }
}

/// The API server would store it, and what it would change is on the screen. Nothing is stored.
async fn checked(
    plan: RemediationPlan,
    proposed: &Subject,
    cluster: &Cluster,
    context: &Context<'_>,
) -> Result<RemediationPlan, Failure> {
    let busy = context.ui.busy("asking the API server");
    cluster.create(&Kind::plan(), &object(&plan)?, true).await?;
    drop(busy);
    let target = plan.spec.target.clone().unwrap_or_else(|| proposed.target.clone());
    let subject = Subject { plan, target };
    // The operator previews it too, with its own rights: what the caller may not ask keeps nobody from creating it.
    match preview::of(&subject, cluster, context).await {
        Ok(answer) => preview::show(&subject, &answer, context)?,
        Err(failure) => context.ui.warn(failure.message()),
    }
    Ok(subject.plan)
}

/// Asks what is to become of an edit. False to edit it again.
async fn settled(
    plan: Option<&RemediationPlan>,
    text: &str,
    draft: &Draft,
    screen: &Screen,
    cluster: &Cluster,
    context: &Context<'_>,
) -> Result<bool, Failure> {
    let question = match plan {
        Some(_) => "[c]reate it in your name, [e]dit again, [f]ile (Enter: none of it)",
        None => "[e]dit again, [f]ile (Enter: neither)",
    };
    let mut latest = None;
    loop {
        let Some(answer) = context.ui.hear(question).await? else { return Ok(true) };
        match (answer.as_str(), plan) {
            ("", _) => {
                context.ui.note("nothing is changed");
                return Ok(true);
            }
            ("e" | "edit", _) => return Ok(false),
            ("f" | "file", _) => {
                let Some(path) = super::file(&format!("{}.yaml", draft.name()), context).await? else { continue };
                match runbook::scaffold::save_new(Path::new(&path), text) {
                    Ok(()) => {
                        context.ui.print(&format!("{path} written"))?;
                        context
                            .ui
                            .note(&format!("hint: see what it would change: kubectl chatcli plan preview -f {path}"));
                        return Ok(true);
                    }
                    // The edit is worth more than an answer: it is asked again.
                    Err(failure) => context.ui.fail(&failure),
                }
            }
            ("c" | "create", Some(plan)) => {
                let seen = latest.as_ref().unwrap_or(screen);
                if is_still_so(seen, cluster, context).await? {
                    return create(plan, screen, cluster, context).await.map(|()| true);
                }
                let Some(now) = seen.again(cluster).await? else { return Ok(true) };
                context.ui.print(now.text())?;
                latest = Some(now);
            }
            _ => context.ui.note(&format!("{answer:?} is none of the letters")),
        }
    }
}

async fn create(
    plan: &RemediationPlan,
    screen: &Screen,
    cluster: &Cluster,
    context: &Context<'_>,
) -> Result<(), Failure> {
    cluster.create(&Kind::plan(), &object(plan)?, false).await?;
    context.ui.print(&format!("{} created", Kind::plan().named(&plan.name_any())))?;
    let scope = context.scope();
    let see = format!("kubectl chatcli plan preview {}{scope}", plan.name_any());
    context.ui.note(&format!("hint: the operator previews it and asks; see it: {see}"));
    let waits = |other: &RemediationPlan| {
        other.status.as_ref().is_some_and(|status| status.state == RemediationState::WaitingApproval)
    };
    if let Some(other) = screen.story.current_plan().filter(|other| waits(other)) {
        let name = other.name_any();
        context.ui.note(&format!("hint: {name} still waits for votes; reject it where yours is to take its place"));
    }
    Ok(())
}

fn object(plan: &RemediationPlan) -> Result<DynamicObject, Failure> {
    serde_json::to_value(plan)
        .and_then(serde_json::from_value)
        .map_err(|problem| Failure::new(format!("cannot write the plan: {problem}")))
}
