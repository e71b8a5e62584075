//! How what the code says reads, for people and for models. Pure. Nothing is cleaned here.

use std::fmt::Write as _;

use common::api::post_mortem::GitCorrelation;
use common::source::{Commit, File, Snippet};
use jiff::Timestamp;

use crate::runtime::status::time;
use crate::source::Told;

/// Most of it, in bytes.
pub const MOST: usize = 5000;
/// Files of a commit that are named.
const FILES: usize = 8;
/// How sure a suspicion is when the commit changed what broke.
const IN_THE_TRACE: f64 = 0.9;
/// How sure it is when only time and size speak against the commit; upstream's number for every suspicion.
const NEAR_IN_TIME: f64 = 0.7;

/// For people: what runs, what changed, then the code. The first part has no empty line in it.
pub fn text(told: &Told) -> String {
    let mut text = String::new();
    for line in summary(told) {
        let _ = writeln!(text, "{line}");
    }
    for snippet in &told.says.snippets {
        let _ = write!(text, "\n{}\n{}", snippet_title(snippet), numbered(snippet));
    }
    for file in &told.says.config {
        let _ = write!(text, "\n{}\n{}", file_title(file), indented(&file.text));
    }
    text.trim_end().to_owned()
}

/// One line each: where it was read, what runs, the suspect, the others around.
pub fn summary(told: &Told) -> Vec<String> {
    let says = &told.says;
    let mut lines = vec![format!("SourceRepository {}, branch {}", told.repository, told.branch)];
    lines.push(running(told));
    if let Some(commit) = suspected(told) {
        lines.push(format!("suspect: {}", commit_line(commit, told.began)));
    }
    let others = says.around.iter().filter(|commit| Some(&commit.id) != says.suspect.as_ref());
    lines.extend(others.map(|commit| format!("also around then: {}", commit_line(commit, told.began))));
    if says.around.is_empty() {
        lines.push("no commit from 30 min before until 5 min after it began".to_owned());
    }
    lines
}

/// The suspected commit as reports carry it, its words cleaned by `clean`.
pub fn suspect(told: &Told, clean: impl Fn(String) -> String) -> Option<GitCorrelation> {
    let commit = suspected(told)?;
    let is_in_the_trace = told.says.snippets.iter().any(|snippet| commit.files.contains(&snippet.path));
    Some(GitCorrelation {
        commit_sha: commit.id.clone(),
        commit_message: clean(commit.subject.clone()),
        author: clean(commit.author.clone()),
        timestamp: time(commit.at),
        confidence: if is_in_the_trace { IN_THE_TRACE } else { NEAR_IN_TIME },
        files_changed: commit.files.iter().take(FILES).cloned().map(clean).collect(),
    })
}

fn suspected(told: &Told) -> Option<&Commit> {
    told.says.around.iter().find(|commit| Some(&commit.id) == told.says.suspect.as_ref())
}

fn running(told: &Told) -> String {
    let since = told.since.map(|since| format!(", rolled out {}", when(told.began, since))).unwrap_or_default();
    let by = told.says.running_by.as_ref().map(|by| format!(" by the name {by}")).unwrap_or_default();
    match &told.says.running {
        Some(commit) => format!("runs {}{by}{since}: {}", short(&commit.id), subject(commit, told.began)),
        None => {
            format!("which commit runs is not known: neither an annotation nor the image's tag names one{since}")
        }
    }
}

fn subject(commit: &Commit, began: Timestamp) -> String {
    format!("\"{}\" by {}, {}", commit.subject, commit.author, when(began, commit.at))
}

fn commit_line(commit: &Commit, began: Timestamp) -> String {
    let mut line = format!("{} {}", short(&commit.id), subject(commit, began));
    if !commit.files.is_empty() {
        let more = commit.files.len().saturating_sub(FILES);
        let named: Vec<&str> = commit.files.iter().take(FILES).map(String::as_str).collect();
        let _ = write!(line, ": {}", named.join(", "));
        if more > 0 {
            let _ = write!(line, " and {more} more");
        }
    }
    line
}

/// Against the incident, so that it reads the same tomorrow.
fn when(began: Timestamp, at: Timestamp) -> String {
    let seconds = began.duration_since(at).as_secs();
    let (amount, side) = (seconds.abs(), if seconds < 0 { "after" } else { "before" });
    let amount = match amount {
        0..120 => format!("{amount} s"),
        120..7200 => format!("{} min", amount / 60),
        7200..172_800 => format!("{} h", amount / 3600),
        _ => format!("{} days", amount / 86_400),
    };
    format!("{amount} {side} it began")
}

/// A commit's id as people write it.
fn short(id: &str) -> &str {
    id.get(..10).unwrap_or(id)
}

/// Where a piece of code is from.
pub fn snippet_title(snippet: &Snippet) -> String {
    format!("{}:{} at commit {}", snippet.path, snippet.line, short(&snippet.commit))
}

/// Its lines, with a mark at the one that is meant.
pub fn numbered(snippet: &Snippet) -> String {
    let mut text = String::new();
    for (number, line) in (snippet.first..).zip(snippet.text.lines()) {
        let mark = if number == snippet.line { '>' } else { ' ' };
        let _ = writeln!(text, "{mark}{number:>5} | {line}");
    }
    text
}

/// Where a file is from.
pub fn file_title(file: &File) -> String {
    format!("{}, from its beginning", file.path)
}

/// Told apart from what stands around it.
pub fn indented(text: &str) -> String {
    text.lines().fold(String::new(), |mut all, line| {
        let _ = writeln!(all, "  | {line}");
        all
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::beside::testing::told;

    #[test]
    fn what_the_code_says_reads_like_this() {
        insta::assert_snapshot!(text(&told()), @r#"
        SourceRepository shop/web, branch main
        runs 3f9a1c203f by the name v1.4.0, rolled out 3 min before it began: "Look rates up by name" by Ana, 4 min before it began
        suspect: 3f9a1c203f "Look rates up by name" by Ana, 4 min before it began: shop/cart.py, shop/rates.py
        also around then: 77aa77aa77 "Reword the manual" by Ana, 60 s before it began: README.md

        shop/cart.py:42 at commit 3f9a1c203f
            41 | def total(self):
        >   42 |     return sum(rates[item] for item in self)

        Dockerfile, from its beginning
          | FROM python:3.13
        "#);
    }

    #[test]
    fn a_commit_that_changed_what_broke_is_suspected_more_than_one_of_that_time() {
        let mut told = told();
        let sure = suspect(&told, |text| text).unwrap();
        assert_eq!((sure.commit_message.as_str(), sure.confidence), ("Look rates up by name", 0.9));
        told.says.snippets.clear();
        assert!(suspect(&told, |text| text).unwrap().confidence < sure.confidence);
        told.says.suspect = None;
        assert!(suspect(&told, |text| text).is_none());
    }

    #[test]
    fn a_release_that_nobody_can_name_is_said_to_be_unknown() {
        let mut told = told();
        told.says.running = None;
        told.says.around.clear();
        let lines = summary(&told);
        assert!(lines[1].starts_with("which commit runs is not known"), "{lines:?}");
        assert!(lines[2].starts_with("no commit from 30 min before"), "{lines:?}");
    }
}
