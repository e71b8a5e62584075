//! `kubectl chatcli issues ack` and `snooze`: what a person says about an incident, as annotations.

use common::api::keys::annotations;
use jiff::{SignedDuration, Timestamp};

use super::Context;
use super::resolve::bare;
use crate::cli::{DryRun, IssueAction, MarkArgs};
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Kind};

/// Runs either command.
pub async fn run(action: &IssueAction, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    match action {
        IssueAction::Ack(args) => {
            let who = if args.undo { None } else { Some(acknowledger(&cluster).await?) };
            let verbed = if args.undo { "unacknowledged" } else { "acknowledged" };
            mark(args, (annotations::ACKNOWLEDGED_BY, who), verbed, &cluster, context).await
        }
        IssueAction::Snooze(args) => {
            let until =
                if args.mark.undo { None } else { Some(until(context.clock.now, args.period.0.unwrap_or_default())?) };
            let verbed = match &until {
                Some(until) => format!("snoozed until {until}"),
                None => "unsnoozed".to_owned(),
            };
            mark(&args.mark, (annotations::SNOOZED_UNTIL, until), &verbed, &cluster, context).await
        }
    }
}

/// Who the API server says the caller is.
async fn acknowledger(cluster: &Cluster) -> Result<String, Failure> {
    let caller = cluster.whoami().await?;
    caller.username.ok_or_else(|| Failure::new("the API server does not say who you are"))
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

async fn mark(
    args: &MarkArgs,
    (key, value): (&str, Option<String>),
    verbed: &str,
    cluster: &Cluster,
    context: &Context<'_>,
) -> Result<Exit, Failure> {
    let kind = Kind::issue();
    let name = bare(&args.name);
    // A near miss is offered before anything is sent.
    cluster.get(&kind, name).await?;
    let told = kind.named(name);
    let suffix = match args.dry_run {
        DryRun::None => "",
        DryRun::Client => " (dry run)",
        DryRun::Server => " (server dry run)",
    };
    if args.dry_run != DryRun::Client {
        let server_only = args.dry_run == DryRun::Server;
        cluster.annotate(&kind, Some(cluster.namespace()), name, (key, value.as_deref()), server_only).await?;
    }
    context.ui.print(&format!("{told} {verbed}{suffix}"))?;
    Ok(Exit::Ok)
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
