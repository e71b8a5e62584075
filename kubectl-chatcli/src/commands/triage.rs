//! `kubectl chatcli triage`: the open incidents, the most urgent first, each with everything a decision needs, then the decision.
//!
//! Every answer is at most one write, sent when the answer is complete: leaving in between leaves nothing behind.

use std::path::Path;

use common::api::ApprovalRequest;
use common::api::approval_request::ApprovalRequestState;
use common::api::approval_vote::VoteDecision;
use common::api::issue::Issue;
use common::api::keys::annotations;
use kube::ResourceExt as _;
use kube::api::DynamicObject;

use super::plan::subject;
use super::resolve::{self, bare};
use super::runbook::scaffold;
use super::{Context, brakes, mark, vote};
use crate::cli::{DryRun, RequestTimeout, TriageArgs, VoteArgs};
use crate::facts;
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Kind, typed};
use crate::output::incidents::{is_open, snoozed_until, sort_by_urgency};
use crate::output::triage::{Choice, log, page, question};
use crate::story::Story;

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
    let cluster = context.cluster().await?;
    let open = open(&args, &cluster, context).await?;
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
    let Some(object) = cluster.find(&Kind::issue(), Some(cluster.namespace()), name).await? else {
        context.ui.note(&format!("{name} is gone"));
        return Ok(Next::On);
    };
    let busy = context.ui.busy("reading");
    let story = Story::read(cluster, typed(&object)?).await;
    drop(busy);
    let asked = asked(&story);
    context.ui.print(&page(&story, asked, position, &context.clock.later(), context.ui.width()))?;
    let choices = Choice::offered(asked.is_some(), subject::of_story(&story).is_some(), &story.issue);
    loop {
        let Some(answer) = context.ui.ask(&question(&choices))? else {
            return Err(Failure::new("cannot ask what to do: this is no terminal")
                .hint(format!("read it: kubectl chatcli explain {name}{}", context.scope()))
                .hint(format!("decide it: kubectl chatcli approve {name}{} --yes", context.scope())));
        };
        match Choice::of(&answer, &choices) {
            Some(choice) => return act(choice, &story, asked, cluster, context).await,
            None => context.ui.note(&format!("{answer:?} is none of the letters")),
        }
    }
}

/// The request that waits for votes on the current plan.
fn asked(story: &Story) -> Option<&ApprovalRequest> {
    let request = story.request_for(story.current_plan()?)?;
    let status = request.status.as_ref()?;
    (status.state == ApprovalRequestState::Pending && status.plan_digest.is_some()).then_some(request)
}

async fn act(
    choice: Choice,
    story: &Story,
    asked: Option<&ApprovalRequest>,
    cluster: &Cluster,
    context: &Context<'_>,
) -> Result<Next, Failure> {
    // A reader who leaves is noticed by the next page, not between two writes.
    let _work = context.ui.at_work();
    let done = match (choice, asked) {
        (Choice::Next, _) => return Ok(Next::On),
        (Choice::Quit, _) => return Ok(Next::Out),
        (Choice::Approve, Some(request)) => decide(request, VoteDecision::Approve, cluster, context).await,
        (Choice::Reject, Some(request)) => decide(request, VoteDecision::Reject, cluster, context).await,
        (Choice::Approve | Choice::Reject, None) => return Ok(Next::Again),
        (Choice::Snooze, _) => {
            let snoozed = snooze(&story.issue, cluster, context).await;
            if matches!(snoozed, Ok(true)) {
                return Ok(Next::On);
            }
            snoozed.map(drop)
        }
        (Choice::TakeOver, _) => take_over(&story.issue, cluster, context).await,
        (Choice::Logs, _) => logs(&story.issue, cluster, context).await,
        (Choice::Runbook, _) => runbook(&story.issue, cluster, context).await,
    };
    // What was refused is said, and the incident stays on the table: the next answer may be another.
    if let Err(failure) = done {
        if failure.is_broken_pipe() {
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
    cluster: &Cluster,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let shown = vote::votable(request, None)?;
    let Some(reason) = context.ui.ask("reason, for the record (may be empty)")? else { return Ok(()) };
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
async fn snooze(issue: &Issue, cluster: &Cluster, context: &Context<'_>) -> Result<bool, Failure> {
    let Some(answer) = context.ui.ask(&format!("for how long? (Enter: {SNOOZE}, q: not at all)"))? else {
        return Ok(false);
    };
    if answer == "q" {
        return Ok(false);
    }
    let period: RequestTimeout = if answer.is_empty() { SNOOZE } else { &answer }.parse().map_err(Failure::new)?;
    let until = mark::until(context.clock.later().now, period.0.unwrap_or_default())?;
    let name = issue.name_any();
    let mark = (annotations::SNOOZED_UNTIL, Some(until.as_str()));
    cluster.annotate(&Kind::issue(), Some(cluster.namespace()), &name, mark, false).await?;
    context.ui.print(&format!("{} snoozed until {until}", Kind::issue().named(&name)))?;
    Ok(true)
}

/// Automation leaves the workload alone, and everybody sees who has it.
async fn take_over(issue: &Issue, cluster: &Cluster, context: &Context<'_>) -> Result<(), Failure> {
    let resource = &issue.spec.resource;
    let Some(kind) = facts::kind(&resource.kind) else {
        return Err(Failure::new(format!("a {} cannot be taken over from here", resource.kind)));
    };
    let question = format!("pause automation for {} and take the incident on yourself?", resource.short());
    if !context.ui.confirm(&question)? {
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
    let usual = format!("{}.yaml", written.name);
    let Some(answer) = context.ui.ask(&format!("to which file? (Enter: {usual}, q: to none)"))? else {
        return Ok(());
    };
    if answer == "q" {
        return Ok(());
    }
    let path = if answer.is_empty() { &usual } else { &answer };
    scaffold::save_new(Path::new(path), &written.text)?;
    context.ui.print(&format!("{path} written"))?;
    context.ui.note(&format!("hint: check it: kubectl chatcli runbook lint -f {path}"));
    Ok(())
}
