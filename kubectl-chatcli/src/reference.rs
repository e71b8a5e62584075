//! What is written about the command line, made from its definitions: completion scripts and the reference page.

use std::fmt::Write as _;

use clap::{Arg, Command, CommandFactory as _};
use clap_complete::{Shell, generate};

use crate::cli::{Cli, Script};

/// The file kubectl calls for `kubectl chatcli <TAB>`.
const SHIM: &str = include_str!("../../completions/kubectl_complete-chatcli");

const EXIT_CODES: &str = "
## Exit codes

| Code | Meaning |
| --- | --- |
| 0 | done; `plan preview`: nothing would change; `scan`: nothing is wrong; `gate`: no incident above the limit; `wait`: it is so; `doctor`: everything was looked at and nothing fails |
| 1 | not done, the reason is on stderr; `plan preview`: something would change; `scan`: something is wrong; `gate`: there is an incident; `wait`: it is not so in time, or never will be; `doctor`, `rbac lint`, `runbook lint`, `runbook test`, `tls check`: something failed |
| 2 | `plan preview`, `scan`, `gate`, `wait`, `doctor`: there is no answer, the reason is on stderr; `doctor`: nothing is known to fail, but a check came out `unchecked` |
| 130 | left with Ctrl-C |
";

/// A completion script.
pub fn completion(script: Script) -> String {
    let shell = match script {
        Script::Bash => Shell::Bash,
        Script::Zsh => Shell::Zsh,
        Script::Fish => Shell::Fish,
        Script::Powershell => Shell::PowerShell,
        Script::Kubectl => return SHIM.to_owned(),
    };
    let mut command = Cli::command().bin_name("kubectl-chatcli");
    let mut text = Vec::new();
    generate(shell, &mut command, "kubectl-chatcli", &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// Every command that is shown, the program itself first, each under its whole name with hyphens.
pub fn commands() -> Vec<(String, Command)> {
    let mut root = Cli::command();
    root.build();
    let mut all = Vec::new();
    collect(&root, "kubectl-chatcli", &mut all);
    all
}

fn collect(command: &Command, name: &str, all: &mut Vec<(String, Command)>) {
    all.push((name.to_owned(), command.clone()));
    for sub in shown(command) {
        collect(sub, &format!("{name}-{}", sub.get_name()), all);
    }
}

/// The reference page.
pub fn markdown() -> String {
    let mut root = Cli::command();
    root.build();
    let mut page = "# kubectl chatcli\n\n".to_owned();
    let _ = writeln!(page, "{}.\n", about(&root));
    let _ = writeln!(page, "| Command | |\n| --- | --- |");
    list(&root, "kubectl chatcli", &mut page);
    page.push('\n');
    sections(&root, "kubectl chatcli", &mut page);
    let _ = writeln!(page, "## Connection\n\nEvery command takes kubectl's client flags.\n");
    flags(root.get_arguments().filter(|arg| is_shared(arg)), &mut page);
    page.push_str(EXIT_CODES);
    page
}

fn is_shared(arg: &Arg) -> bool {
    arg.get_help_heading() == Some("Connection")
}

fn shown(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|sub| !sub.is_hide_set() && sub.get_name() != "help")
}

fn list(command: &Command, path: &str, page: &mut String) {
    for sub in shown(command) {
        let name = format!("{path} {}", sub.get_name());
        if does_something(sub) {
            let anchor = name.replace(' ', "-");
            let _ = writeln!(page, "| [`{name}`](#{anchor}) | {} |", about(sub));
        }
        list(sub, &name, page);
    }
}

fn sections(command: &Command, path: &str, page: &mut String) {
    for sub in shown(command) {
        let name = format!("{path} {}", sub.get_name());
        if !does_something(sub) {
            sections(sub, &name, page);
            continue;
        }
        let _ = writeln!(page, "## {name}\n");
        let long = sub.get_long_about().map_or_else(|| about(sub), ToString::to_string);
        let _ = writeln!(page, "{}\n", long.trim());
        let usage = sub.clone().render_usage().to_string();
        let _ = writeln!(page, "```text\n{}\n```\n", usage.trim_start_matches("Usage: ").trim());
        flags(sub.get_arguments().filter(|arg| !is_shared(arg) && !arg.is_hide_set()), page);
        if let Some(examples) = sub.get_after_help() {
            let _ = writeln!(page, "\n```text\n{}\n```", examples.to_string().trim());
        }
        page.push('\n');
        sections(sub, &name, page);
    }
}

/// A command by itself, not only a place for others: `issues` is both.
fn does_something(command: &Command) -> bool {
    !(command.has_subcommands() && command.is_arg_required_else_help_set())
}

fn about(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

fn flags<'a>(args: impl Iterator<Item = &'a Arg>, page: &mut String) {
    let rows: Vec<_> = args.filter(|arg| !matches!(arg.get_id().as_str(), "help" | "version")).map(row).collect();
    if !rows.is_empty() {
        let _ = writeln!(page, "| Argument | |\n| --- | --- |\n{}", rows.join("\n"));
    }
}

fn row(arg: &Arg) -> String {
    let value = arg.get_value_names().filter(|_| arg.get_action().takes_values()).and_then(|names| names.first());
    let value = value.map(|name| format!(" {name}")).unwrap_or_default();
    let name = match (arg.get_short(), arg.get_long()) {
        (Some(short), Some(long)) => format!("-{short}, --{long}{value}"),
        (None, Some(long)) => format!("--{long}{value}"),
        _ => value.trim().to_owned(),
    };
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let values: Vec<_> = arg
        .get_possible_values()
        .iter()
        .filter(|_| arg.get_action().takes_values())
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    let values = if values.is_empty() { String::new() } else { format!(": {}", values.join(", ")) };
    let default: Vec<_> = arg
        .get_default_values()
        .iter()
        .filter(|_| arg.get_action().takes_values())
        .map(|value| value.to_string_lossy().into_owned())
        .collect();
    let default = if default.is_empty() { String::new() } else { format!(" (default `{}`)", default.join(" ")) };
    format!("| `{}` | {}{values}{default} |", name.replace('|', "\\|"), help.replace('|', "\\|"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_its_section_and_no_hidden_one_does() {
        let page = markdown();
        for command in [
            "status",
            "triage",
            "issues",
            "issues ack",
            "issues snooze",
            "scan",
            "explain",
            "plan preview",
            "approve",
            "reject",
            "postmortem list",
            "actions",
            "gate",
            "tls generate",
            "runbook lint",
            "doctor",
            "install",
            "uninstall",
            "version",
            "completion",
        ] {
            assert!(page.contains(&format!("\n## kubectl chatcli {command}\n")), "{command}");
        }
        assert!(!page.contains("__complete"));
    }
}
