//! What a TLS Secret holds, without its key.

use std::fmt::Write as _;

use common::tls::{Certificate, Inspection, Problem, keys};
use jiff::Timestamp;
use serde_json::{Value, json};

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

/// The same for machines. Keys never appear.
pub fn value(namespace: &str, name: &str, seen: &Inspection) -> Value {
    json!({
        "namespace": namespace,
        "name": name,
        "certificates": seen.chain,
        "authorities": seen.authorities,
        "problems": seen.problems.iter().map(|problem| json!({
            "reason": problem.reason(), "message": problem.to_string(), "warning": problem.is_warning(),
        })).collect::<Vec<_>>(),
    })
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
