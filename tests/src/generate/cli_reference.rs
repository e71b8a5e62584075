//! `docs/reference/cli.md`: every command and flag, from the clap definitions; `values.md`: what `install --set` takes.

use super::Output;

pub(super) fn outputs() -> Vec<Output> {
    let note = format!("<!-- Made by `{}` from kubectl-chatcli/src/cli. Do not edit. -->\n\n", super::COMMAND);
    let values =
        format!("<!-- Made by `{}` from kubectl-chatcli/src/choices/keys.rs. Do not edit. -->\n\n", super::COMMAND);
    vec![
        Output { path: "docs/reference/cli.md".into(), content: note + &plugin::reference::markdown() },
        Output { path: "docs/reference/values.md".into(), content: values + &plugin::choices::keys::markdown() },
    ]
}
