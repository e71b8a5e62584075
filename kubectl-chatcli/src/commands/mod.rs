//! One file per command. A command reads, decides with functions of `common` and `story`, and shows with `output`.

mod actions;
mod approvals;
mod audit;
mod brakes;
mod complete;
mod completion;
mod cost;
mod doctor;
mod explain;
mod gate;
mod install;
mod instance;
mod issues;
mod mark;
mod plan;
mod policy;
mod postmortem;
mod rbac;
mod record;
mod resolve;
mod runbook;
mod scan;
mod status;
mod takeover;
mod tls;
mod triage;
mod uninstall;
mod upgrade;
pub mod version;
mod vote;
mod wait;

use common::api::approval_vote::VoteDecision;

use crate::cli::{Command, Connection, Structured};
use crate::clock::Clock;
use crate::failure::{Exit, Failure};
use crate::kube::Cluster;
use crate::output::checks::{self, Check, Checks};
use crate::output::structured;
use crate::ui::Ui;

/// What every command gets: where to write, and how to reach the cluster once it has to.
pub struct Context<'a> {
    /// The terminal.
    pub ui: &'a Ui,
    /// The moment the command began.
    pub clock: Clock,
    connection: Connection,
}

impl<'a> Context<'a> {
    /// Nothing is read or sent yet.
    pub fn new(ui: &'a Ui, connection: Connection) -> Self {
        Self { ui, clock: Clock::system(), connection }
    }

    /// The same, at another moment.
    #[must_use]
    pub fn at(&self, clock: Clock) -> Self {
        Self { ui: self.ui, clock, connection: self.connection.clone() }
    }

    /// The cluster. Called where it is first needed, so that help and dry runs need none.
    pub async fn cluster(&self) -> Result<Cluster, Failure> {
        Cluster::connect(&self.connection).await
    }

    /// `-n`, where it was given.
    pub fn namespace(&self) -> Option<&str> {
        self.connection.namespace.as_deref()
    }

    /// What a suggested command needs to reach the same place, e.g. ` -n shop`.
    pub fn scope(&self) -> String {
        let named = |flag: &str, value: &Option<String>| {
            value.as_ref().map(|value| format!(" {flag} {value}")).unwrap_or_default()
        };
        named("--context", &self.connection.context) + &named("-n", &self.connection.namespace)
    }
}

/// Shows what was looked at; the exit code says whether something failed.
fn conclude(checks: &[Check], form: Option<Structured>, context: &Context<'_>) -> Result<Exit, Failure> {
    let text = match form {
        Some(form) => structured::value(&Checks { checks }, form)?,
        None => checks::page(checks, context.ui.width()),
    };
    let exit = if checks::any_failed(checks) { Exit::Failed } else { Exit::Ok };
    exit.after(context.ui.print(&text))
}

/// Runs one command; one that changes something to its end, whether or not somebody reads what it says.
pub async fn run(command: Command, context: &Context<'_>) -> Result<Exit, Failure> {
    let _work = command.changes().then(|| context.ui.at_work());
    let exit = dispatch(command, context).await?;
    context.ui.unsaid()?;
    Ok(exit)
}

async fn dispatch(command: Command, context: &Context<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Status(args) => status::run(args, context).await,
        Command::Triage(args) => triage::run(args, context).await,
        Command::Issues(args) => issues::run(args, context).await,
        Command::Scan(args) => scan::run(args, context).await,
        Command::Explain(args) => explain::run(args, context).await,
        Command::Plan(args) => plan::run(args, context).await,
        Command::Approvals(args) => approvals::run(args, context).await,
        Command::Approve(args) => vote::run(args, VoteDecision::Approve, context).await,
        Command::Reject(args) => vote::run(args, VoteDecision::Reject, context).await,
        Command::Pause(args) => brakes::pause(args, context).await,
        Command::Resume(args) => brakes::resume(args, context).await,
        Command::Policy(args) => policy::run(args, context).await,
        Command::Audit(args) => audit::run(args, context).await,
        Command::Postmortem(args) => postmortem::run(args, context).await,
        Command::Actions(args) => actions::run(&args, context),
        Command::Cost(args) => cost::run(args, context).await,
        Command::Gate(args) => gate::run(args, context).await,
        Command::Wait(args) => wait::run(args, context).await,
        Command::Runbook(args) => runbook::run(args, context).await,
        Command::Record(args) => record::record(&args, context).await,
        Command::Replay(args) => record::replay(&args, context).await,
        Command::Doctor(args) => doctor::run(args, context).await,
        Command::Rbac(args) => rbac::run(args, context).await,
        Command::Tls(args) => tls::run(args, context).await,
        Command::Instance(args) => instance::run(args, context).await,
        Command::Install(args) => install::run(args, context).await,
        Command::Upgrade(args) => upgrade::run(args, context).await,
        Command::Uninstall(args) => uninstall::run(args, context).await,
        Command::Version(args) => version::run(args, context).await,
        Command::Completion(args) => completion::run(&args, context),
        Command::Complete(args) => complete::run(&args, context).await,
    }
}
