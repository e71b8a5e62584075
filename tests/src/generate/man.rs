//! `docs/man/`: one manual page per command, from the clap definitions.

use std::path::PathBuf;

use super::{COMMAND, Output};

pub(super) fn outputs() -> anyhow::Result<Vec<Output>> {
    plugin::reference::commands()
        .into_iter()
        .map(|(name, command)| {
            let file = format!("{name}.1");
            let mut page = Vec::new();
            clap_mangen::Man::new(command)
                .title(name)
                .date("")
                .source("kubectl chatcli")
                .manual("kubectl chatcli")
                .render(&mut page)?;
            let note = format!(".\\\" Made by `{COMMAND}` from kubectl-chatcli/src/cli. Do not edit.\n");
            Ok(Output { path: PathBuf::from("docs/man").join(file), content: note + &String::from_utf8(page)? })
        })
        .collect()
}
