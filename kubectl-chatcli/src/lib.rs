//! The kubectl plugin: what is wrong, why, what would fix it, and one's voice on it.
//!
//! In: the command line, the caller's kubeconfig and rights. Out: text, YAML or JSON on stdout, errors on stderr, kubectl's exit codes.
//! Never: acts with rights other than the caller's, prompts without a terminal, prints outside [`ui`].
//!
//! [`cli`] holds the clap structs and nothing else, [`commands`] one file per command, [`output`] one file per thing shown; a command
//! only joins them.

pub mod certificates;
pub mod choices;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod documents;
pub mod drift;
pub mod facts;
pub mod failure;
pub mod kube;
pub mod manifests;
pub mod output;
pub mod recording;
pub mod reference;
pub mod rights;
pub mod runbook;
pub mod scratch;
pub mod story;
pub mod survey;
pub mod ui;
pub mod volumes;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::Cli;
use crate::commands::Context;
use crate::failure::{Exit, Failure};
use crate::ui::Ui;

/// Parses, runs, and turns the outcome into kubectl's exit codes.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let failed = |finds| if finds { Exit::Trouble } else { Exit::Failed };
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(problem) => return usage(&problem, failed(cli::seems_to_find(&args))),
    };
    let trouble = failed(cli.command.finds());
    let ui = if cli.plain { Ui::plain() } else { Ui::terminal() };
    match run(cli, &ui) {
        Ok(exit) => exit.into(),
        // `kubectl chatcli issues | head -1` is no error; a question whose answer was not reached has none.
        Err(failure) if failure.is_broken_pipe() => if trouble == Exit::Trouble { trouble } else { Exit::Ok }.into(),
        Err(failure) => {
            ui.fail(&failure);
            trouble.into()
        }
    }
}

/// Help goes to stdout, usage errors to stderr; neither needs a client or an async runtime.
fn usage(problem: &clap::Error, trouble: Exit) -> ExitCode {
    let printed = problem.print();
    if problem.use_stderr() && printed.is_ok() { trouble.into() } else { Exit::Ok.into() }
}

fn run(cli: Cli, ui: &Ui) -> Result<Exit, Failure> {
    let context = Context::new(ui, cli.connection);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|problem| Failure::new(format!("cannot start: {problem}")))?;
    runtime.block_on(commands::run(cli.command, &context))
}
