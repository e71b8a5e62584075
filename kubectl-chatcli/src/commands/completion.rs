//! `kubectl chatcli completion`: scripts for the shells, and the file through which kubectl itself completes.

use super::Context;
use crate::cli::CompletionArgs;
use crate::failure::{Exit, Failure};
use crate::reference;

/// Runs the command.
pub fn run(args: &CompletionArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    context.ui.print(&reference::completion(args.script))?;
    Ok(Exit::Ok)
}
