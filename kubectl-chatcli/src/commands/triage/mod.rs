//! `kubectl chatcli triage`: the open incidents, the most urgent first, each with everything a decision needs, then the decision.
//!
//! Every answer is at most one change, sent when the answer is complete and the screen it was given to is still true: leaving in between
//! leaves nothing behind, and nobody decides on what is no longer so.

mod edit;
mod screen;

use std::cell::RefCell;
use std::path::Path;

use common::api::ApprovalRequest;
use common::api::approval_vote::VoteDecision;
use common::api::issue::Issue;
use common::api::keys::annotations;
use futures::FutureExt as _;
use kube::ResourceExt as _;
use kube::api::DynamicObject;

use super::resolve::{self, bare};
use super::runbook::scaffold;
use super::{Context, brakes, mark, vote};
use crate::cli::{DryRun, RequestTimeout, TriageArgs, VoteArgs};
use crate::facts;
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Kind};
use crate::output::incidents::{is_open, snoozed_until, sort_by_urgency};
use crate::output::triage::{Choice, log, question};
use crate::ui::Heard;
use screen::{Frame, Screen};

/// How long a snooze lasts where nothing else is said.
const SNOOZE: &str = "1h";
/// How long a vote may take to be counted.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

/// Where one goes after an answer.
enum Next {
    /// The same incident, read again.
    Again,
    /// The next one.
    On,
    /// Out.
    Out,
}

/// Runs the command.
pub async fn run(args: TriageArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let ended = tokio::select! {
        biased;
        () = context.ui.interrupted() => return Ok(Exit::Interrupted),
        ended = walk(&args, context).boxed_local() => ended,
    };
    match ended {
        Err(failure) if failure.is_interrupted() => Ok(Exit::Interrupted),
        ended => ended,
    }
}

async fn walk(args: &TriageArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let open = open(args, &cluster, context).await?;
    if open.is_empty() {
        context.ui.print("no open incident waits for you")?;
        return Ok(Exit::Ok);
    }
    for (index, object) in open.iter().enumerate() {
        let place = cluster.at(object.namespace().as_deref());
        loop {
            match one(&object.name_any(), (index + 1, open.len()), &place, context).await? {
                Next::Again => {}
                Next::On => break,
                Next::Out => return Ok(Exit::Ok),
            }
        }
    }
    context.ui.print("that was the last one")?;
    Ok(Exit::Ok)
}

async fn open(args: &TriageArgs, cluster: &Cluster, context: &Context<'_>) -> Result<Vec<DynamicObject>, Failure> {
    if let Some(name) = &args.name {
        return Ok(vec![cluster.get(&Kind::issue(), bare(name)).await?]);
    }
    let namespace = (!args.all_namespaces).then_some(cluster.namespace());
    let (mut found, _) = cluster.list(&Kind::issue(), namespace, None).await?;
    found.retain(|object| is_open(object) && (args.snoozed || snoozed_until(object, context.clock.now).is_none()));
    sort_by_urgency(&mut found);
    Ok(found)
}

/// Shows one incident and does what is answered.
async fn one(name: &str, position: (usize, usize), cluster: &Cluster, context: &Context<'_>) -> Result<Next, Failure> {
    // Read anew each time: the answer to the last question has changed it, and so have others.
    let frame = Frame { position, clock: context.clock.later(), width: context.ui.width() };
    let busy = context.ui.busy("reading");
    let found = Screen::read(name, frame, cluster).await?;
    drop(busy);
    let Some(screen) = found else {
        context.ui.note(&format!("{name} is gone"));
        return Ok(Next::On);
    };
    context.ui.print(screen.text())?;
    let choices = screen.choices();
    loop {
        let answer = match heard(&screen, &choices, cluster, context).await? {
            Ok(answer) => answer,
            Err(news) => {
                context.ui.note(&news);
                return Ok(Next::Again);
            }
        };
        match Choice::of(&answer, &choices) {
            Some(Choice::Next) => return Ok(Next::On),
            Some(Choice::Quit) => return Ok(Next::Out),
            Some(choice) => return act(choice, &screen, cluster, context).await,
            None => context.ui.note(&format!("{answer:?} is none of the letters")),
        }
    }
}

/// What the person answers, or what has changed on the screen before they did.
async fn heard(
    screen: &Screen,
    choices: &[Choice],
    cluster: &Cluster,
    context: &Context<'_>,
) -> Result<Result<String, String>, Failure> {
    let news = RefCell::new(None);
    let watching = async {
        let words = screen.watched(cluster).await;
        news.replace(Some(words));
    };
    match context.ui.ask_unless(&question(choices), watching.boxed_local()).await? {
        Heard::Line(answer) => Ok(Ok(answer)),
        Heard::Overtaken => Ok(Err(news.into_inner().unwrap_or_default())),
        Heard::Nobody => {
            let (name, scope) = (screen.story.issue.name_any(), context.scope());
            Err(Failure::new("cannot ask what to do: this is no terminal")
                .hint(format!("read it: kubectl chatcli explain {name}{scope}"))
                .hint(format!("decide it: kubectl chatcli approve {name}{scope} --yes")))
        }
    }
}

/// True where the screen that was answered to is still true; else says what has changed, and that nothing was done.
async fn is_still_so(screen: &Screen, cluster: &Cluster, context: &Context<'_>) -> Result<bool, Failure> {
    let busy = context.ui.busy("looking whether it is still so");
    let overtaken = screen.overtaken(cluster).await?;
    drop(busy);
    let Some(news) = overtaken else { return Ok(true) };
    context.ui.note(&format!("{news}; your answer was to the old screen, and nothing was done"));
    Ok(false)
}

async fn act(choice: Choice, screen: &Screen, cluster: &Cluster, context: &Context<'_>) -> Result<Next, Failure> {
    // A reader who leaves is noticed by the next page, not between two writes.
    let _work = context.ui.at_work();
    let issue = &screen.story.issue;
    let done = match (choice, screen.asked()) {
        (Choice::Approve, Some(request)) => decide(request, VoteDecision::Approve, screen, cluster, context).await,
        (Choice::Reject, Some(request)) => decide(request, VoteDecision::Reject, screen, cluster, context).await,
        (Choice::Snooze, _) => {
            let snoozed = snooze(screen, cluster, context).await;
            if matches!(snoozed, Ok(true)) {
                return Ok(Next::On);
            }
            snoozed.map(drop)
        }
        (Choice::TakeOver, _) => take_over(screen, cluster, context).await,
        (Choice::Logs, _) => logs(issue, cluster, context).await,
        (Choice::Runbook, _) => runbook(issue, cluster, context).await,
        (Choice::Edit, _) => edit::run(screen, cluster, context).boxed_local().await,
        // Asked for where nobody is asked; and these two are no acts.
        (Choice::Approve | Choice::Reject, None) | (Choice::Next | Choice::Quit, _) => return Ok(Next::Again),
    };
    // What was refused is said, and the incident stays on the table: the next answer may be another.
    if let Err(failure) = done {
        if failure.is_broken_pipe() || failure.is_interrupted() {
            return Err(failure);
        }
        context.ui.fail(&failure);
    }
    Ok(Next::Again)
}

/// One's vote on the preview that was shown, and on no other.
async fn decide(
    request: &ApprovalRequest,
    decision: VoteDecision,
    screen: &Screen,
    cluster: &Cluster,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let shown = vote::votable(request, None)?;
    let Some(reason) = context.ui.hear("reason, for the record (may be empty)").await? else { return Ok(()) };
    if !is_still_so(screen, cluster, context).await? {
        return Ok(());
    }
    let now = resolve::request(cluster, &request.name_any()).await?;
    let digest = vote::votable(&now, Some(&shown))?;
    let args = VoteArgs {
        subject: request.name_any(),
        reason: Some(reason).filter(|reason| !reason.is_empty()),
        yes: true,
        digest: Some(digest.clone()),
        override_blocker: Vec::new(),
        emergency: false,
        dry_run: DryRun::None,
        timeout: RequestTimeout(Some(PATIENCE)),
        output: None,
    };
    vote::say(&now, &digest, decision, &args, cluster, context).await.map(drop)
}

/// False where the person thought better of it.
async fn snooze(screen: &Screen, cluster: &Cluster, context: &Context<'_>) -> Result<bool, Failure> {
    let Some(answer) = context.ui.hear(&format!("for how long? (Enter: {SNOOZE}, q: not at all)")).await? else {
        return Ok(false);
    };
    if answer == "q" {
        return Ok(false);
    }
    let period: RequestTimeout = if answer.is_empty() { SNOOZE } else { &answer }.parse().map_err(Failure::new)?;
    let until = mark::until(context.clock.later().now, period.0.unwrap_or_default())?;
    if !is_still_so(screen, cluster, context).await? {
        return Ok(false);
    }
    let name = screen.story.issue.name_any();
    let mark = (annotations::SNOOZED_UNTIL, Some(until.as_str()));
    cluster.annotate(&Kind::issue(), Some(cluster.namespace()), &name, mark, false).await?;
    context.ui.print(&format!("{} snoozed until {until}", Kind::issue().named(&name)))?;
    Ok(true)
}

/// Automation leaves the workload alone, and everybody sees who has it.
async fn take_over(screen: &Screen, cluster: &Cluster, context: &Context<'_>) -> Result<(), Failure> {
    let issue = &screen.story.issue;
    let resource = &issue.spec.resource;
    let Some(kind) = facts::kind(&resource.kind) else {
        return Err(Failure::new(format!("a {} cannot be taken over from here", resource.kind)));
    };
    let question = format!("pause automation for {} and take the incident on yourself? [y/N]", resource.short());
    let answer = context.ui.hear(&question).await?.unwrap_or_default().to_lowercase();
    if !matches!(answer.as_str(), "y" | "yes") || !is_still_so(screen, cluster, context).await? {
        return Ok(());
    }
    let namespace = Some(resource.namespace.as_str()).filter(|namespace| !namespace.is_empty());
    cluster.annotate(&kind, namespace, &resource.name, (annotations::PAUSED, Some("true")), false).await?;
    context.ui.print(&format!("{} paused", kind.named(&resource.name)))?;
    let who = cluster.whoami().await?.username.unwrap_or_default();
    let mark = (annotations::ACKNOWLEDGED_BY, Some(who.as_str()));
    cluster.annotate(&Kind::issue(), Some(cluster.namespace()), &issue.name_any(), mark, false).await?;
    context.ui.print(&format!("{} acknowledged by {who}", Kind::issue().named(&issue.name_any())))?;
    let place = namespace.map(|namespace| format!(" -n {namespace}")).unwrap_or_default();
    let workload = format!("{}/{}", resource.kind.to_lowercase(), resource.name);
    context.ui.note(&if brakes::can_pause(&resource.kind) {
        format!("hint: give it back: kubectl chatcli resume {workload}{place}")
    } else {
        format!("hint: give it back: kubectl annotate {workload}{place} {}-", annotations::PAUSED)
    });
    Ok(())
}

async fn logs(issue: &Issue, cluster: &Cluster, context: &Context<'_>) -> Result<(), Failure> {
    let resource = &issue.spec.resource;
    let there = cluster.at(Some(resource.namespace.as_str()).filter(|namespace| !namespace.is_empty()));
    let busy = context.ui.busy("reading logs");
    let facts = match facts::kind(&resource.kind) {
        Some(kind) => facts::gather(&there, &kind, &resource.name, context.clock.later().now).await?,
        None => None,
    };
    drop(busy);
    match facts {
        Some(facts) => context.ui.print(&log(&facts, context.ui.width())),
        None => Err(Failure::new(format!("{} is not there", resource.short()))),
    }
}

/// What would help, as a Runbook in a new file: nothing is in force until somebody has read and applied it.
async fn runbook(issue: &Issue, cluster: &Cluster, context: &Context<'_>) -> Result<(), Failure> {
    let written = scaffold::written(&issue.name_any(), None, cluster).await?;
    let Some(path) = file(&format!("{}.yaml", written.name), context).await? else { return Ok(()) };
    scaffold::save_new(Path::new(&path), &written.text)?;
    context.ui.print(&format!("{path} written"))?;
    context.ui.note(&format!("hint: check it: kubectl chatcli runbook lint -f {path}"));
    Ok(())
}

/// Where to write; `None` where the person thought better of it.
async fn file(usual: &str, context: &Context<'_>) -> Result<Option<String>, Failure> {
    let answer = context.ui.hear(&format!("to which file? (Enter: {usual}, q: to none)")).await?;
    Ok(answer.filter(|answer| answer != "q").map(|answer| if answer.is_empty() { usual.to_owned() } else { answer }))
}
