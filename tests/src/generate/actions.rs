//! `docs/reference/actions.md`: every action, from the registry.

use std::fmt::Write as _;

use common::actions::{DIAGNOSTIC_COMMANDS, Description, catalogue};

use super::Output;

const INTRODUCTION: &str = "\
# Actions

What a plan or Runbook may do. Every action is previewed by the API server before anybody is asked, journalled before it is sent, and
proven or taken back afterwards. Parameters are text; a number or a yes is written as such (`\"3\"`, `\"true\"`). `Custom` and any name that
is not below are always refused.

The class says what undo can do and who else may notice: `reversible` returns the object exactly as it was and affects the incident's own
workload only; `disruptive` may be noticed by others, or cannot be taken back though it heals; `irreversible` is about data or credentials.
What a preview finds can raise it, never lower it.

Each capability is a ClusterRole, `chatcli-remediation-<capability>`. Those marked *off* have to be switched on:
`kubectl label clusterrole chatcli-remediation-<capability> platform.chatcli.io/aggregate-to-remediation=true`.

";

pub(super) fn outputs() -> anyhow::Result<Vec<Output>> {
    let all = catalogue();
    let mut text =
        format!("<!-- Made by `{}` from common/src/actions. Do not edit. -->\n\n{INTRODUCTION}", super::COMMAND);
    text += "| action | class | capability | works on |\n| --- | --- | --- | --- |\n";
    for action in &all {
        let off = if action.opt_in { " *(off)*" } else { "" };
        writeln!(
            text,
            "| [{0}](#{1}) | {2} | {3}{off} | {4} |",
            action.name,
            action.name.to_lowercase(),
            action.class,
            action.capability,
            action.kinds.join(", ")
        )?;
    }
    for action in &all {
        section(&mut text, action)?;
    }
    text += "\n## Diagnostic commands\n\nWhat `ExecDiagnostic` may run, exactly so:\n\n```\n";
    for command in DIAGNOSTIC_COMMANDS {
        writeln!(text, "{command}")?;
    }
    text += "```\n";
    Ok(vec![Output { path: "docs/reference/actions.md".into(), content: text }])
}

fn section(text: &mut String, action: &Description) -> anyhow::Result<()> {
    writeln!(text, "\n## {}\n\n{}\n", action.name, action.about)?;
    if !action.params.is_empty() {
        text.push_str("| parameter | takes | meaning |\n| --- | --- | --- |\n");
        for param in &action.params {
            let needed = if param.required { " (required)" } else { "" };
            writeln!(text, "| `{}`{needed} | {} | {} |", param.name, param.takes, param.about.replace('|', "\\|"))?;
        }
        text.push('\n');
    }
    writeln!(text, "Rights: {}.\n\n```yaml", action.rights.join("; "))?;
    text.push_str(&serde_saphyr::to_string(&serde_json::json!([action.example]))?);
    text.push_str("```\n");
    Ok(())
}
