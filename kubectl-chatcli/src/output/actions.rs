//! The actions of the registry: a table of all, a page of one.

use std::fmt::Write as _;

use common::actions::Description;

use super::table::{Cell, Table};

/// One line each.
pub fn table(all: &[Description]) -> Table {
    let mut table = Table::new(["NAME", "CLASS", "CAPABILITY", "KINDS", "PARAMETERS"]);
    for action in all {
        let params: Vec<String> = action
            .params
            .iter()
            .map(|param| if param.required { param.name.clone() } else { format!("[{}]", param.name) })
            .collect();
        table.push(vec![
            Cell::new(action.name),
            Cell::new(action.class.to_string()),
            Cell::new(action.capability),
            Cell::new(action.kinds.join(",")),
            Cell::new(params.join(" ")),
        ]);
    }
    table
}

/// Everything about one.
pub fn page(action: &Description, width: usize) -> String {
    let mut text = format!("{}   {}, on {}\n\n", action.name, action.class, action.kinds.join(", "));
    for line in wrapped(action.about, width) {
        let _ = writeln!(text, "{line}");
    }
    text.push_str("\nParameters\n");
    let longest = action.params.iter().map(|param| param.name.len()).max().unwrap_or(0);
    for param in &action.params {
        let needed = if param.required { ", required" } else { "" };
        let _ = writeln!(text, "  {:longest$}   {}{needed}", param.name, param.takes);
        for line in wrapped(&param.about, width.saturating_sub(longest + 5)) {
            let _ = writeln!(text, "  {:longest$}   {line}", "");
        }
    }
    if action.params.is_empty() {
        text.push_str("  none\n");
    }
    let role = format!("chatcli-remediation-{}", action.capability);
    let off = if action.opt_in { ", off until it is labelled" } else { "" };
    let _ = writeln!(text, "\nRights   ClusterRole {role}{off}");
    for right in &action.rights {
        let _ = writeln!(text, "  {right}");
    }
    text.push_str("\nExample\n");
    let example = serde_saphyr::to_string(&action.example).unwrap_or_default();
    for line in example.lines() {
        let _ = writeln!(text, "  {line}");
    }
    text
}

/// The words of a paragraph, in lines of at most `width`.
fn wrapped(paragraph: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in paragraph.split_whitespace() {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && lines[last].chars().count() + 1 + word.chars().count() > width {
            lines.push(String::new());
        }
        let line = lines.last_mut().expect("there is a line");
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines
}
