//! `docs/reference/findings/`: one page per finding code, and the list of them by family.

use std::fmt::Write as _;
use std::path::PathBuf;

use common::diagnosis::codes::Code;

use super::{COMMAND, Output};

const FOLDER: &str = "docs/reference/findings";

pub(super) fn outputs() -> anyhow::Result<Vec<Output>> {
    let note = format!("<!-- Made by `{COMMAND}` from common/src/diagnosis/codes.rs. Do not edit. -->\n\n");
    let mut index = format!("{note}# Findings\n\nEvery cause that the rules can name. Codes are stable.\n");
    let mut pages = Vec::new();
    let mut family = None;
    for code in Code::ALL {
        if family != Some(code.family()) {
            family = Some(code.family());
            write!(index, "\n## {}\n\n| Code | Meaning |\n| --- | --- |\n", code.family().title())?;
        }
        let name = code.as_str();
        writeln!(index, "| [{name}]({name}.md) | {} |", code.meaning())?;
        let content = format!(
            "{note}# {name}\n\nFamily: {}\n\n## What it means\n\n{}\n\n## What helps\n\n{}\n\n## See it\n\n```\nkubectl chatcli explain \
             {name}\n```\n",
            code.family().title(),
            code.meaning(),
            code.helps()
        );
        pages.push(Output { path: PathBuf::from(FOLDER).join(format!("{name}.md")), content });
    }
    pages.push(Output { path: PathBuf::from(FOLDER).join("README.md"), content: index });
    Ok(pages)
}
