//! What a TLS Secret holds, without its key.

use std::fmt::Write as _;

use common::tls::{Certificate, Inspection, Problem, keys};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::checks::Check;
use super::style::{tame, title, wrapped};

/// The page of `tls inspect`.
pub fn page(place: &str, seen: &Inspection, width: usize) -> String {
    let mut page = format!("{} {place}\n", title("Secret"));
    for (what, certificates) in [("certificate", &seen.chain), ("authority", &seen.authorities)] {
        for (index, certificate) in certificates.iter().enumerate() {
            let what = if index == 0 { what } else { "and" };
            describe(&mut page, what, certificate, width);
        }
    }
    page
}

fn describe(page: &mut String, what: &str, certificate: &Certificate, width: usize) {
    let indent = " ".repeat(15);
    let mut row = |name: &str, text: &str| {
        let _ = writeln!(page, "  {name:11}  {}", wrapped(&tame(text), width, &indent));
    };
    row(what, &certificate.subject);
    if !certificate.names.is_empty() {
        row("  names", &certificate.names.join(", "));
    }
    row("  valid", &format!("{} to {}", day(certificate.not_before), day(certificate.not_after)));
    row("  key", &certificate.key);
    if certificate.issuer != certificate.subject {
        row("  issuer", &certificate.issuer);
    }
    row("  sha256", &certificate.fingerprint);
}

/// To the minute and in UTC, as certificates themselves say it.
fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%MZ").to_string()
}

/// The same for programs. Keys never appear.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Contents<'a> {
    /// Namespace of the Secret.
    pub namespace: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The server's own certificate first.
    pub certificates: &'a [Certificate],
    /// Who has to be trusted.
    pub authorities: &'a [Certificate],
    /// What is wrong.
    pub problems: Vec<Wrong>,
}

/// Something wrong with a certificate.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Wrong {
    /// A stable word for it.
    pub reason: &'static str,
    /// One sentence.
    pub message: String,
    /// It works still.
    pub warning: bool,
}

impl<'a> Contents<'a> {
    /// What was seen in a Secret.
    pub fn of(namespace: &'a str, name: &'a str, seen: &'a Inspection) -> Self {
        let wrong = |problem: &Problem| Wrong {
            reason: problem.reason(),
            message: problem.to_string(),
            warning: problem.is_warning(),
        };
        Self {
            namespace,
            name,
            certificates: &seen.chain,
            authorities: &seen.authorities,
            problems: seen.problems.iter().map(wrong).collect(),
        }
    }
}

/// A problem as a check: its cause, the line in a log that led here, and what helps.
pub fn problem(problem: &Problem, remedy: &str) -> Check {
    let said = problem.handshake_says().map(|line| format!(" (logs say: {line})")).unwrap_or_default();
    let message = format!("{problem}{said}");
    let check =
        if problem.is_warning() { Check::warn(name(problem), message) } else { Check::fail(name(problem), message) };
    check.next(remedy)
}

fn name(problem: &Problem) -> &'static str {
    match problem {
        Problem::Missing { key: keys::AUTHORITY } | Problem::UnknownAuthority { .. } => "authority",
        Problem::Missing { .. } | Problem::Unreadable { .. } => "contents",
        Problem::NoNames { .. } | Problem::WrongName { .. } => "names",
        Problem::Expired { .. } | Problem::NotYetValid { .. } | Problem::ExpiresSoon { .. } => "validity",
        Problem::KeyMismatch => "key",
        Problem::AuthorityAsServer | Problem::WrongPurpose | Problem::Other(_) => "purpose",
    }
}
