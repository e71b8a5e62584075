//! Things looked at, one line each: how it is, the cause where it is not well, and the command that helps.

use std::fmt::Write as _;

use owo_colors::{OwoColorize as _, Style};
use schemars::JsonSchema;
use serde::Serialize;

use super::style::{plural, tame, wrapped};

/// How something is.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Well.
    Ok,
    /// Works; will not for long, or not as well as it could.
    Warn,
    /// Could not be looked at.
    Unchecked,
    /// Does not work.
    Fail,
}

impl Level {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Unchecked => "unchecked",
            Self::Fail => "fail",
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Ok => Style::new().green(),
            Self::Warn => Style::new().yellow(),
            Self::Unchecked => Style::new().magenta(),
            Self::Fail => Style::new().red().bold(),
        }
    }
}

/// One thing looked at.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// What, in one or two words.
    pub name: String,
    /// How it is.
    pub result: Level,
    /// One sentence.
    pub message: String,
    /// What to do about it: a command, or a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// The document of a command that checks things.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Checks<'a> {
    /// In the order they are made.
    pub checks: &'a [Check],
}

impl Check {
    /// It is well.
    pub fn ok(name: impl Into<String>, message: impl Into<String>) -> Self {
        Self { name: name.into(), result: Level::Ok, message: message.into(), next: None }
    }

    /// It works, with a reservation.
    pub fn warn(name: impl Into<String>, message: impl Into<String>) -> Self {
        Self { result: Level::Warn, ..Self::ok(name, message) }
    }

    /// It could not be looked at.
    pub fn unchecked(name: impl Into<String>, message: impl Into<String>) -> Self {
        Self { result: Level::Unchecked, ..Self::ok(name, message) }
    }

    /// It does not work.
    pub fn fail(name: impl Into<String>, message: impl Into<String>) -> Self {
        Self { result: Level::Fail, ..Self::ok(name, message) }
    }

    /// What to do about it.
    #[must_use]
    pub fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }
}

/// True when something does not work.
pub fn any_failed(checks: &[Check]) -> bool {
    checks.iter().any(|check| check.result == Level::Fail)
}

/// One line per check, its remedy below it, and a sum.
pub fn page(checks: &[Check], width: usize) -> String {
    let widest = checks.iter().map(|check| check.name.chars().count()).max().unwrap_or(0);
    let mut page = String::new();
    for check in checks {
        let level = format!("{:9}", check.result.word());
        let indent = " ".repeat(widest + 13);
        let _ = writeln!(
            page,
            "{}  {:widest$}  {}",
            level.style(check.result.style()),
            tame(&check.name),
            wrapped(&tame(&check.message), width, &indent)
        );
        if let Some(next) = &check.next {
            // Commands are copied: they are not broken into lines.
            let _ = writeln!(page, "{indent}{}", format!("→ {}", tame(next)).cyan());
        }
    }
    let _ = writeln!(page, "\n{}", sum(checks));
    page
}

fn sum(checks: &[Check]) -> String {
    let count = |level: Level| checks.iter().filter(|check| check.result == level).count();
    let (failed, warned, unchecked) = (count(Level::Fail), count(Level::Warn), count(Level::Unchecked));
    if failed + warned + unchecked == 0 {
        let all = i64::try_from(checks.len()).unwrap_or(i64::MAX);
        return format!("{}, nothing wrong", plural(all, "check", "checks"));
    }
    let counted =
        [(failed, "failed"), (warned, "with a warning"), (unchecked, "not checked"), (count(Level::Ok), "ok")];
    counted.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect::<Vec<_>>().join(", ")
}
