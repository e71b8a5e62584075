//! `kubectl chatcli record` and `replay`: an incident in one file, explained again without its cluster.

use std::sync::PoisonError;

use super::{Context, explain, resolve};
use crate::certificates;
use crate::cli::{ExplainArgs, RecordArgs, ReplayArgs};
use crate::clock::Clock;
use crate::facts;
use crate::failure::{Exit, Failure};
use crate::kube::Cluster;
use crate::recording::{Recording, keeping};
use crate::story::Story;

/// Runs `record`.
pub async fn record(args: &RecordArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let (kept, answers) = keeping(&cluster);
    let busy = context.ui.busy("reading");
    read(&args.subject, &kept, context).await?;
    drop(busy);
    let answers = std::mem::take(&mut *answers.lock().unwrap_or_else(PoisonError::into_inner));
    let count = answers.len();
    let recording = Recording::new(&args.subject, cluster.namespace(), context.clock.now, answers);
    let text = serde_saphyr::to_string(&recording)
        .map_err(|why| Failure::new(format!("cannot write the recording: {why}")))?;
    let Some(path) = &args.file else {
        context.ui.print(&text)?;
        return Ok(Exit::Ok);
    };
    let shown = path.display();
    std::fs::write(path, text).map_err(|why| Failure::new(format!("cannot write {shown}: {why}")))?;
    context.ui.note(&format!("{count} answers in {shown}; credentials are taken out, read it before you share it"));
    Ok(Exit::Ok)
}

/// Everything `explain` reads, and what it goes on to.
async fn read(subject: &str, cluster: &Cluster, context: &Context<'_>) -> Result<(), Failure> {
    let now = context.clock.now;
    if let Some((prefix, name)) = subject.split_once('/')
        && let Some(kind) = facts::kind(prefix)
    {
        return match facts::gather(cluster, &kind, name, now).await? {
            Some(facts) => {
                certificates::about(&facts, cluster).await;
                Ok(())
            }
            None => Err(Failure::new(format!(
                "no {} {name:?} in namespace {}",
                kind.resource.kind.to_lowercase(),
                cluster.namespace()
            ))
            .hint(format!("list what there is: kubectl get {}", kind.resource.plural))),
        };
    }
    let issue = resolve::issue(cluster, subject).await?;
    let about = issue.spec.resource.clone();
    Story::read(cluster, issue).await;
    // The workload as it is now, as far as it may be read: an incident without it can still be told.
    if let Some(kind) = facts::kind(&about.kind) {
        let _ = facts::gather(cluster, &kind, &about.name, now).await;
    }
    Ok(())
}

/// Runs `replay`.
pub async fn replay(args: &ReplayArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let shown = args.file.display().to_string();
    let text =
        std::fs::read_to_string(&args.file).map_err(|why| Failure::new(format!("cannot read {shown}: {why}")))?;
    let recording = Recording::read(&text, &shown)?;
    let cluster = recording.cluster();
    let then = Clock { now: recording.recorded_at, zone: context.clock.zone.clone() };
    context.ui.note(&format!("recorded at {} in namespace {}", recording.recorded_at, recording.namespace));
    let args = ExplainArgs::about(&recording.subject);
    explain::with(&args, &cluster, &context.at(then)).await
}
