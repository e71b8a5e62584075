//! `kubectl chatcli doctor`: is the installation sound, and what to do where it is not.
//!
//! Each file looks at one part and gives [`Check`]s. A part that may not be read is `unchecked` and says which verb is missing; it never
//! hides the others.

mod fix;
mod installation;
mod objects;
mod operator;
mod servers;
mod webhooks;

use futures::FutureExt as _;

use super::{Context, conclude};
use crate::cli::DoctorArgs;
use crate::failure::{Exit, Failure};
use crate::output::checks::{Check, Level};

/// Runs the command.
pub async fn run(args: DoctorArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    // Without a server nothing else can be said, and its error says it best.
    let version = cluster.server_version().await?;
    let home = args.operator_namespace.as_str();
    let busy = context.ui.busy("examining");
    let installation = installation::look(&cluster, home).boxed_local().await?;
    // Boxed: many requests at once are a future too large for the stack.
    let (clock, operator, objects, servers, webhooks) = futures::join!(
        operator::clock(&cluster).boxed_local(),
        operator::look(&cluster, home, context.clock.now).boxed_local(),
        objects::look(&cluster, home, context.clock.now).boxed_local(),
        servers::look(&cluster, home, context.clock.now).boxed_local(),
        webhooks::look(&cluster).boxed_local(),
    );
    drop(busy);
    let mut checks = vec![installation::version(&version)];
    checks.push(clock);
    checks.extend(installation.checks.iter().cloned());
    checks.extend(webhooks);
    checks.extend(operator);
    checks.extend(objects);
    checks.extend(servers);
    let exit = verdict(conclude(&checks, args.output, context)?, &checks);
    if args.fix { fix::run(&installation, &args, exit, &cluster, context).await } else { Ok(exit) }
}

/// What is known not to work decides. Where nothing is known to fail, but not everything was looked at, the installation cannot be called
/// sound: a pipeline that lacks rights must not pass for one that found nothing.
fn verdict(concluded: Exit, checks: &[Check]) -> Exit {
    let is_whole = !checks.iter().any(|check| check.result == Level::Unchecked);
    if concluded == Exit::Ok && !is_whole { Exit::Trouble } else { concluded }
}

/// What cannot be read, as a check.
fn unread(name: &str, failure: &Failure) -> Check {
    let check = Check::unchecked(name, failure.message());
    match failure.hints().first() {
        Some(hint) => check.next(hint.clone()),
        None => check,
    }
}
