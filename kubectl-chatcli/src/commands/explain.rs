//! `kubectl chatcli explain`: why, with receipts.

use kube::ResourceExt as _;

use super::{Context, resolve};
use crate::cli::ExplainArgs;
use crate::failure::{Exit, Failure};
use crate::output::explanation::{Explanation, page};
use crate::output::{incident, structured};
use crate::story::Story;

/// Runs the command.
pub async fn run(args: ExplainArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let issue = resolve::issue(&cluster, &args.subject).await?;
    let story = Story::read(&cluster, issue).await;
    let name = story.issue.name_any();
    let status = story.issue.status.clone().unwrap_or_default();
    let Some(answer) = story.insight.as_ref().and_then(|insight| insight.status.as_ref()) else {
        let failure = Failure::new(format!("{name} has no explanation: it is {}", status.state));
        let scope = context.scope();
        return Err(if status.state.is_open() {
            failure.hint(format!("follow it until there is one: kubectl chatcli issues {name}{scope} --watch"))
        } else {
            failure.hint(format!("see what happened: kubectl chatcli issues {name}{scope}"))
        });
    };
    if let Some(form) = args.output {
        context.ui.print(&structured::value(&answer.findings, form)?)?;
        return Ok(Exit::Ok);
    }
    if answer.findings.is_empty() {
        // Written by ChatCLI's Go operator, which knows no findings: its prose is the answer.
        context.ui.print(answer.analysis.as_deref().unwrap_or("nothing is known about the cause"))?;
    }
    let explanation = Explanation {
        findings: &answer.findings,
        folded_in: &status.folded_in,
        gaps: &story.gaps,
        next: incident::after_explaining(&story, &context.scope()),
    };
    context.ui.print(&page(&explanation, &context.clock, context.ui.width()))?;
    Ok(Exit::Ok)
}
