//! JUnit XML, as GitLab, Jenkins and GitHub's test reporters read it: one test case per incident, or one that passed.

use std::fmt::Write as _;

use super::gate::{Outcome, sentence};

/// The document.
pub fn document(outcome: &Outcome) -> String {
    let place = outcome.namespace.as_deref().unwrap_or("cluster");
    let failures = outcome.incidents.len();
    let tests = failures.max(1);
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let seconds = outcome.seconds;
    let _ = writeln!(text, "<testsuites tests=\"{tests}\" failures=\"{failures}\" time=\"{seconds}\">");
    let _ = writeln!(
        text,
        "  <testsuite name=\"{}\" tests=\"{tests}\" failures=\"{failures}\" time=\"{seconds}\">",
        escaped(&format!("kubectl chatcli gate {place}"))
    );
    if outcome.incidents.is_empty() {
        let _ =
            writeln!(text, "    <testcase classname=\"{}\" name=\"{}\"/>", escaped(place), escaped(&sentence(outcome)));
    }
    for hit in &outcome.incidents {
        let name = format!("{} {}", hit.object, hit.code);
        let _ = writeln!(text, "    <testcase classname=\"{}\" name=\"{}\">", escaped(&hit.namespace), escaped(&name));
        let _ = writeln!(
            text,
            "      <failure type=\"{}\" message=\"{}\">{}</failure>\n    </testcase>",
            escaped(&hit.severity.to_string()),
            escaped(&hit.message),
            escaped(&format!(
                "incident {} in namespace {}, since {}\nkubectl chatcli explain {} -n {}",
                hit.name, hit.namespace, hit.since, hit.name, hit.namespace
            ))
        );
    }
    text.push_str("  </testsuite>\n</testsuites>\n");
    text
}

/// Text as XML takes it: characters that XML 1.0 cannot hold are replaced, so that no cluster text breaks a report.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' => out.push_str("&#10;"),
            '\t' | '\r' => out.push(' '),
            c if c.is_control() || c == '\u{fffe}' || c == '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_the_cluster_cannot_break_the_report() {
        assert_eq!(escaped("a<b & \"c\"\u{1b}[2J"), "a&lt;b &amp; &quot;c&quot;\u{fffd}[2J");
    }
}
