//! `completions/`: one script per shell. The file kubectl itself calls is written by hand.

use clap::ValueEnum as _;
use plugin::cli::Script;
use plugin::reference::completion;

use super::Output;

pub(super) fn outputs() -> Vec<Output> {
    let scripts = Script::value_variants().iter().filter(|script| **script != Script::Kubectl);
    scripts
        .map(|script| Output { path: format!("completions/{}", file(*script)).into(), content: content(*script) })
        .collect()
}

/// The names shells look for.
fn file(script: Script) -> &'static str {
    match script {
        Script::Bash => "kubectl-chatcli.bash",
        Script::Zsh => "_kubectl-chatcli",
        Script::Fish => "kubectl-chatcli.fish",
        Script::Powershell => "_kubectl-chatcli.ps1",
        Script::Kubectl => "kubectl_complete-chatcli",
    }
}

/// zsh reads the first line of a completion file, so there the note comes second.
fn content(script: Script) -> String {
    let note = format!("# Made by `{}` from kubectl-chatcli/src/cli. Do not edit.\n", super::COMMAND);
    let text = completion(script);
    match text.split_once('\n') {
        Some((first, rest)) if script == Script::Zsh => format!("{first}\n{note}{rest}"),
        _ => note + &text,
    }
}
