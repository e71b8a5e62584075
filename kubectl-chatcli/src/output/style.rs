//! Colours and alignment. A colour only repeats what a word already says.

use common::api::issue::IssueState;
use common::api::remediation_plan::VerdictLevel;
use common::api::shared::IssueSeverity;
use owo_colors::{OwoColorize as _, Style};

/// Style of a severity.
pub fn severity(severity: IssueSeverity) -> Style {
    match severity {
        IssueSeverity::Critical => Style::new().red().bold(),
        IssueSeverity::High => Style::new().red(),
        IssueSeverity::Medium => Style::new().yellow(),
        IssueSeverity::Low => Style::new(),
    }
}

/// Style of a state.
pub fn state(state: IssueState) -> Style {
    match state {
        IssueState::Resolved => Style::new().green(),
        IssueState::Escalated | IssueState::Failed => Style::new().red(),
        IssueState::Contained => Style::new().yellow(),
        IssueState::Detected | IssueState::Analyzing | IssueState::Remediating => Style::new().cyan(),
    }
}

/// Style of a verdict.
pub fn verdict(level: VerdictLevel) -> Style {
    match level {
        VerdictLevel::Ok => Style::new().green(),
        VerdictLevel::Warn => Style::new().yellow(),
        VerdictLevel::Unchecked => Style::new().magenta(),
        VerdictLevel::Block => Style::new().red().bold(),
    }
}

/// A section's title.
pub fn title(text: &str) -> String {
    text.bold().to_string()
}

/// Something of lesser weight.
pub fn faint(text: &str) -> String {
    text.dimmed().to_string()
}

/// Style of what the eye may skip.
pub fn quiet() -> Style {
    Style::new().dimmed()
}

/// `left` and, where it fits, `right` at the right edge; else `right` on a line of its own.
pub fn ends(left: &str, right: &str, width: usize) -> String {
    if columns(right) == 0 {
        return left.to_owned();
    }
    let taken = columns(left) + columns(right);
    if taken + 2 <= width {
        format!("{left}{}{right}", " ".repeat(width - taken))
    } else {
        format!("{left}\n{}{right}", " ".repeat(width.saturating_sub(columns(right))))
    }
}

/// Columns a text takes, colour codes not counted.
pub fn columns(text: &str) -> usize {
    anstream::adapter::strip_str(text).map(|part| part.chars().count()).sum()
}

/// Breaks text at spaces so that no line is longer than `width`; a word longer than that stays whole.
pub fn wrapped(text: &str, width: usize, indent: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && columns(&line) + 1 + columns(word) > width.saturating_sub(indent.len()) {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines.join(&format!("\n{indent}"))
}

/// `1 vote`, `2 votes`.
pub fn plural(count: i64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Text from the cluster without control characters, which could redraw the reader's terminal.
pub fn tame(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_that_does_not_fit_goes_to_the_next_line() {
        assert_eq!(ends("left", "right", 12), "left   right");
        assert_eq!(ends("a long left", "right", 12), "a long left\n       right");
    }

    #[test]
    fn escape_codes_in_cluster_text_do_not_reach_the_terminal() {
        assert_eq!(tame("ok\u{1b}[2Jgone"), "ok\u{fffd}[2Jgone");
    }

    #[test]
    fn long_text_is_broken_at_spaces() {
        assert_eq!(wrapped("one two three", 9, "  "), "one two\n  three");
    }
}
