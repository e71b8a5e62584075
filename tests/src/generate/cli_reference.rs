//! `docs/reference/cli.md`: every command and flag, from the clap definitions.

use super::Output;

pub(super) fn outputs() -> Vec<Output> {
    let note = format!("<!-- Made by `{}` from kubectl-chatcli/src/cli. Do not edit. -->\n\n", super::COMMAND);
    vec![Output { path: "docs/reference/cli.md".into(), content: note + &plugin::reference::markdown() }]
}
