//! What a person says about an incident, as annotations: who looks at it, who wants to hear nothing of it for a while, who has resolved it,
//! what belongs to it.

use std::time::Duration;

use common::api::issue::{Issue, IssueState};
use common::api::keys::annotations;
use common::api::{Anomaly, ResourceRef};
use jiff::{SignedDuration, Timestamp};
use kube::ResourceExt as _;
use kube::api::DynamicObject;
use serde_json::{Value, json};

use super::Context;
use super::resolve::bare;
use crate::cli::{DryRun, IssueAction, MarkArgs, MergeArgs, SnoozeArgs, SplitArgs, WordArgs};
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Kind, typed};

/// How long the operator gets to act on what was said, before the command says what it waits for.
const PATIENCE: Duration = Duration::from_secs(5);
const STEP: Duration = Duration::from_millis(200);

/// Runs one of them.
pub async fn run(action: &IssueAction, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let to = |args: &MarkArgs| To { name: bare(&args.name).to_owned(), dry_run: args.dry_run };
    match action {
        IssueAction::Ack(args) => {
            let to = to(args);
            to.issue(&cluster).await?;
            let who = if args.undo { None } else { Some(caller(&cluster).await?) };
            let verbed = if args.undo { "unacknowledged" } else { "acknowledged" };
            to.set(json!({ annotations::ACKNOWLEDGED_BY: who }), &cluster).await?;
            to.say(verbed, context)
        }
        IssueAction::Snooze(SnoozeArgs { mark, period }) => {
            let to = to(mark);
            to.issue(&cluster).await?;
            let until = if mark.undo { None } else { Some(until(context.clock.now, period.0.unwrap_or_default())?) };
            to.set(json!({ annotations::SNOOZED_UNTIL: until }), &cluster).await?;
            to.say(&until.map_or_else(|| "unsnoozed".to_owned(), |until| format!("snoozed until {until}")), context)
        }
        IssueAction::Resolve(args) => resolve(&to(&args.mark), args, &cluster, context).await,
        IssueAction::Reopen(args) => reopen(&to(&args.mark), args, &cluster, context).await,
        IssueAction::Split(args) => split(args, &cluster, context).await,
        IssueAction::Merge(args) => merge(args, &cluster, context).await,
    }
}

/// The incident that is spoken of, and how far to go.
struct To {
    name: String,
    dry_run: DryRun,
}

impl To {
    /// The incident; a near miss is offered before anything is asked or sent.
    async fn issue(&self, cluster: &Cluster) -> Result<Issue, Failure> {
        typed(&cluster.get(&Kind::issue(), &self.name).await?)
    }

    /// Sets annotations; `null` takes one away.
    async fn set(&self, marks: Value, cluster: &Cluster) -> Result<(), Failure> {
        if self.dry_run == DryRun::Client {
            return Ok(());
        }
        let (fields, server_only) = (json!({ "metadata": { "annotations": marks } }), self.dry_run == DryRun::Server);
        cluster.merge(&Kind::issue(), Some(cluster.namespace()), &self.name, &fields, server_only).await.map(drop)
    }

    /// Adds a resource to a list and takes it out of another.
    async fn relist(&self, resource: &ResourceRef, to: &str, from: &str, cluster: &Cluster) -> Result<(), Failure> {
        if self.dry_run == DryRun::Client {
            return Ok(());
        }
        let path = resource.path();
        let marks = |issue: &DynamicObject| {
            let without = |key: &str| -> Vec<String> {
                let text = issue.annotations().get(key).map(String::as_str).unwrap_or_default();
                let others = text.split(',').map(str::trim).filter(|entry| !entry.is_empty() && *entry != path);
                others.map(str::to_owned).collect()
            };
            let mut longer = without(to);
            longer.push(path.clone());
            let shorter = Some(without(from).join(",")).filter(|list| !list.is_empty());
            json!({ "metadata": { "annotations": { to: longer.join(","), from: shorter } } })
        };
        cluster.amend(&Kind::issue(), &self.name, marks, self.dry_run == DryRun::Server).await.map(drop)
    }

    fn say(&self, what: &str, context: &Context<'_>) -> Result<Exit, Failure> {
        context.ui.print(&format!("{} {what}{}", Kind::issue().named(&self.name), self.dry_run.suffix()))?;
        Ok(Exit::Ok)
    }

    /// The incident once the operator has done what `enough` asks for, or as it is when patience ends; `None` when it is gone.
    async fn wait(&self, cluster: &Cluster, enough: impl Fn(&Issue) -> bool) -> Result<Option<Issue>, Failure> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let found = cluster.find(&Kind::issue(), Some(cluster.namespace()), &self.name).await?;
            let issue: Option<Issue> = found.as_ref().map(typed).transpose()?;
            if self.dry_run != DryRun::None
                || tokio::time::Instant::now() > deadline
                || issue.as_ref().is_none_or(&enough)
            {
                return Ok(issue);
            }
            tokio::time::sleep(STEP).await;
        }
    }
}

/// Who the API server says the caller is.
pub async fn caller(cluster: &Cluster) -> Result<String, Failure> {
    let caller = cluster.whoami().await?;
    caller.username.ok_or_else(|| Failure::new("the API server does not say who you are"))
}

fn state(issue: &Issue) -> IssueState {
    issue.status.as_ref().map(|status| status.state).unwrap_or_default()
}

async fn resolve(to: &To, args: &WordArgs, cluster: &Cluster, context: &Context<'_>) -> Result<Exit, Failure> {
    let issue = to.issue(cluster).await?;
    let over = !state(&issue).is_open();
    if args.mark.undo {
        if over {
            return Err(Failure::new(format!("{} is over already", to.name)).hint(format!(
                "open it again: kubectl chatcli issues reopen {}{}",
                to.name,
                context.scope()
            )));
        }
        to.set(json!({ annotations::RESOLVED_BY: null, annotations::RESOLUTION_NOTE: null }), cluster).await?;
        return to.say("is not called resolved any more", context);
    }
    if over {
        return Err(Failure::new(format!("{} is over already: it is {}", to.name, state(&issue))));
    }
    let who = caller(cluster).await?;
    let marks = json!({
        annotations::RESOLVED_BY: who, annotations::REOPENED_BY: null, annotations::RESOLUTION_NOTE: args.note,
    });
    to.set(marks, cluster).await?;
    // Ended, or told what it waits for.
    let heard = |issue: &Issue| {
        let waits_for = issue.status.as_ref().and_then(|status| status.waits_for.as_deref());
        !state(issue).is_open() || waits_for.is_some_and(|what| what.starts_with("signals to clear"))
    };
    match to.wait(cluster, heard).await? {
        Some(issue) if to.dry_run == DryRun::None && state(&issue).is_open() => to.say(
            &format!("will be resolved when its signals are clear; {}", what_holds(&issue, cluster).await),
            context,
        ),
        _ => to.say("resolved", context),
    }
}

/// Which signals of an incident go on.
async fn what_holds(issue: &Issue, cluster: &Cluster) -> String {
    let listed = cluster.list(&Kind::anomaly(), Some(cluster.namespace()), None).await;
    let uid = issue.metadata.uid.as_deref();
    let anomalies = listed.map(|(found, _)| found).unwrap_or_default();
    let mut active: Vec<String> = anomalies
        .iter()
        .filter_map(|object| typed::<Anomaly>(object).ok())
        .filter(|anomaly| {
            let status = anomaly.status.as_ref();
            let of_this = status.and_then(|status| status.issue_ref.as_ref()?.uid.as_deref()) == uid;
            of_this && status.is_some_and(|status| status.active == Some(true))
        })
        .map(|anomaly| format!("{} on {}", anomaly.spec.signal_type, anomaly.spec.resource.short()))
        .collect();
    active.sort();
    active.dedup();
    match active.as_slice() {
        [] => "the operator has not taken it up yet".to_owned(),
        active => format!("still there: {}", active.join(", ")),
    }
}

async fn reopen(to: &To, args: &WordArgs, cluster: &Cluster, context: &Context<'_>) -> Result<Exit, Failure> {
    let issue = to.issue(cluster).await?;
    if args.mark.undo {
        to.set(json!({ annotations::REOPENED_BY: null, annotations::RESOLUTION_NOTE: null }), cluster).await?;
        return to.say("ends by itself again when its signals are clear", context);
    }
    let was_open = state(&issue).is_open();
    let who = caller(cluster).await?;
    let marks = json!({
        annotations::REOPENED_BY: who, annotations::RESOLVED_BY: null, annotations::RESOLUTION_NOTE: args.note,
    });
    to.set(marks, cluster).await?;
    to.wait(cluster, |issue| state(issue).is_open()).await?;
    to.say(if was_open { "stays open until somebody resolves it" } else { "reopened" }, context)
}

async fn split(args: &SplitArgs, cluster: &Cluster, context: &Context<'_>) -> Result<Exit, Failure> {
    let to = To { name: bare(&args.name).to_owned(), dry_run: args.dry_run };
    let issue = to.issue(cluster).await?;
    let folded = issue.status.as_ref().map(|status| status.folded_in.as_slice()).unwrap_or_default();
    let wanted = args.resource.to_lowercase();
    let is_it = |resource: &ResourceRef| {
        wanted == resource.short() || wanted == format!("{}/{}", resource.kind.to_lowercase(), resource.name)
    };
    let Some(found) = folded.iter().find(|folded| is_it(&folded.resource)) else {
        let there: Vec<String> = folded.iter().map(|folded| folded.resource.short()).collect();
        let hint = match there.as_slice() {
            [] => "nothing was folded into it".to_owned(),
            there => format!("folded into it: {}", there.join(", ")),
        };
        return Err(Failure::new(format!("{} is no part of {}", args.resource, to.name)).hint(hint));
    };
    to.relist(&found.resource, annotations::SPLIT_OFF, annotations::ABSORBS, cluster).await?;
    to.say(&format!("no longer speaks for {}", found.resource.short()), context)
}

async fn merge(args: &MergeArgs, cluster: &Cluster, context: &Context<'_>) -> Result<Exit, Failure> {
    let ending = To { name: bare(&args.name).to_owned(), dry_run: args.dry_run };
    let to = To { name: bare(&args.into).to_owned(), dry_run: args.dry_run };
    let (issue, into) = (ending.issue(cluster).await?, to.issue(cluster).await?);
    if issue.metadata.uid == into.metadata.uid {
        return Err(Failure::new(format!("{} is one incident already", to.name)));
    }
    for (name, issue) in [(&ending.name, &issue), (&to.name, &into)] {
        if !state(issue).is_open() {
            return Err(Failure::new(format!("{name} is over: it is {}", state(issue))));
        }
    }
    if issue.status.as_ref().is_some_and(|status| status.remediation_attempts > 0) {
        return Err(Failure::new(format!("a plan has acted on {}: it keeps its own history", ending.name))
            .hint(format!("end it instead: kubectl chatcli issues resolve {}{}", ending.name, context.scope())));
    }
    to.relist(&issue.spec.resource, annotations::ABSORBS, annotations::SPLIT_OFF, cluster).await?;
    match ending.wait(cluster, |_| false).await? {
        Some(_) if args.dry_run == DryRun::None => to.say(
            &format!("will speak for {} too; the operator has not taken it up yet", issue.spec.resource.short()),
            context,
        ),
        _ => to.say(&format!("speaks for {} too; {} is gone", issue.spec.resource.short(), ending.name), context),
    }
}

/// The moment a snooze ends, to the second.
pub fn until(now: Timestamp, period: std::time::Duration) -> Result<String, Failure> {
    let wrong = |_| Failure::new("that is too far away").hint("snooze for minutes or hours, e.g. 2h");
    let period = SignedDuration::try_from(period).map_err(wrong)?;
    if period.is_zero() {
        return Err(
            Failure::new("a snooze of no time is none").hint("say how long, e.g. --for 2h, or end it with --undo")
        );
    }
    let end = now.checked_add(period).map_err(wrong)?;
    Ok(Timestamp::from_second(end.as_second()).map_err(wrong)?.to_string())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_snooze_ends_at_a_moment_everybody_can_read() {
        let now: Timestamp = "2026-03-02T14:02:42.5Z".parse().unwrap();
        assert_eq!(until(now, Duration::from_secs(7200)).unwrap(), "2026-03-02T16:02:42Z");
        assert!(until(now, Duration::ZERO).is_err());
        assert!(until(now, Duration::MAX).is_err());
    }
}
