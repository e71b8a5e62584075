//! What a secret looks like: the published categories and ours, as expressions, with what a match must not be. Categories that are a
//! long word and nothing else stand in `words.rs`: an expression without a fixed part would make all others slow.

/// How a category is recognised.
pub struct Pattern {
    /// Its published name: people search for it.
    pub name: &'static str,
    /// Expression.
    pub looks: &'static str,
    /// The part that is secret follows the first `=`, `:` or blank; the rest says what it is.
    pub is_assignment: bool,
    /// False where a match is something that merely looks like it.
    pub holds: fn(&str) -> bool,
    /// Only what leaves the cluster is cleaned of it.
    pub leaving_only: bool,
}

const fn shape(name: &'static str, looks: &'static str) -> Pattern {
    Pattern { name, looks, is_assignment: false, holds: |_| true, leaving_only: false }
}

const fn assignment(name: &'static str, looks: &'static str) -> Pattern {
    Pattern { name, looks, is_assignment: true, holds: has_a_value, leaving_only: false }
}

const fn identity(name: &'static str, looks: &'static str) -> Pattern {
    Pattern { name, looks, is_assignment: false, holds: |_| true, leaving_only: true }
}

/// Where two match at the same place the first decides.
///
/// Wider than the published set where that let secrets through: keys in (escaped) JSON quotes, values in quotes, flags on a command
/// line, `sk-ant-`/`sk-proj-` keys, every GitHub and Slack prefix, all PEM headers with their body, credentials in URLs of any scheme.
/// Narrower where it ate what a diagnosis needs: references such as `$(DB_PASSWORD)` stay. Only a PEM
/// block may span lines.
pub const PATTERNS: &[Pattern] = &[
    shape(
        "private_key",
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:(?:\s*(?:Proc-Type|DEK-Info):[^\n]*)*[^-]*-----END [A-Z ]*PRIVATE KEY-----|[A-Za-z0-9+/=\s\\]*)",
    ),
    shape("aws_key", r"(?-u:\b)(?:AKIA|ASIA)[0-9A-Z]{16}(?-u:\b)"),
    assignment(
        "aws_secret",
        r#"(?i-u:aws_secret_access_key|aws_secret)["'\\]{0,3}[ \t]*[=:][ \t]*["'\\]{0,3}[A-Za-z0-9/+=]{40}"#,
    ),
    shape("jwt", r"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    shape("k8s_sa_token", r"eyJhbGciOi[A-Za-z0-9_-]{50,}"),
    Pattern {
        name: "bearer",
        looks: r"(?i-u:\bbearer)[ \t]+[A-Za-z0-9_.~+/-]{8,}=*",
        is_assignment: true,
        holds: is_no_word,
        leaving_only: false,
    },
    Pattern {
        name: "basic_auth",
        looks: r"(?i-u:\bbasic)[ \t]+[A-Za-z0-9+/]{8,}={0,2}",
        is_assignment: true,
        holds: is_no_word,
        leaving_only: false,
    },
    assignment(
        "api_key",
        r#"(?i-u:api[-_]?key|access[-_]?key)["'\\]{0,3}(?:[ \t]*[=:][ \t]*|[ \t]+)(?:"[^"\n]{8,}|'[^'\n]{8,}|\\"[^"\\\n]{8,}|[^\s,;"'\\]{8,})"#,
    ),
    assignment(
        "password_conn",
        r#"(?i-u:password|passwd|passphrase|pwd)["'\\]{0,3}[ \t]*[=:][ \t]*(?:"[^"\n]{3,}|'[^'\n]{3,}|\\"[^"\\\n]{3,}|[^\s,;@"'\\]{3,})"#,
    ),
    assignment(
        "password_conn",
        r#"--[a-z-]{0,24}(?:password|passwd|passphrase|pwd)[ \t]+["']?[^\s,;"'-][^\s,;"']{2,}"#,
    ),
    shape(
        "db_uri",
        r"(?i-u:postgres|postgresql|mysql|mongodb|mongodb\+srv|redis|rediss|amqp|amqps)://[^\s:@/]*:[^\s@/]+@",
    ),
    shape("url_credentials", r"(?-u:\b)[A-Za-z][A-Za-z0-9+.-]+://[^\s:@/]+:[^\s@/]+@"),
    assignment(
        "token",
        r#"(?i-u:token|secret)["'\\]{0,3}[ \t]*[=:][ \t]*(?:"[^"\n]{8,}|'[^'\n]{8,}|\\"[^"\\\n]{8,}|[^\s,;"'\\]{8,})"#,
    ),
    assignment("token", r#"--[a-z-]{0,24}(?:token|secret)[ \t]+["']?[^\s,;"'-][^\s,;"']{7,}"#),
    shape("github_token", r"(?-u:\b)gh[opsur]_[A-Za-z0-9]{36,}"),
    shape("github_pat", r"(?-u:\b)github_pat_[A-Za-z0-9_]{22,}"),
    shape("slack_token", r"(?-u:\b)(?:xox[abeoprs]-[0-9]{10,}-[A-Za-z0-9-]+|xapp-[0-9]-[A-Za-z0-9-]{10,})"),
    shape("openai_key", r"(?-u:\b)sk-(?:[A-Za-z]+-)?[A-Za-z0-9_-]{20,}"),
    shape("google_key", r"(?-u:\b)AIza[A-Za-z0-9_-]{35}"),
    identity("ipv4", r"(?-u:\b)(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?-u:\b)"),
    identity("email", r"(?-u:\b)[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}(?-u:\b)"),
];

/// What stands after the key of an assignment or the word of a header.
pub fn value_of(found: &str) -> &str {
    let sign = |c: char| c.is_whitespace() || matches!(c, '=' | ':' | '>' | '"' | '\'' | '\\');
    let from = found.find(['=', ':', ' ', '\t']).unwrap_or(0);
    found[from..]
        .trim_start_matches(sign)
        .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\\'))
}

/// A value, not a reference to one and not a word that says there is none.
fn has_a_value(found: &str) -> bool {
    // The last ones begin what a system says of a file: `open /etc/db/password: permission denied`.
    const WORDS: [&str; 20] = [
        "null",
        "nil",
        "none",
        "<nil>",
        "<none>",
        "true",
        "false",
        "required",
        "missing",
        "redacted",
        "undefined",
        "invalid",
        "incorrect",
        "authentication",
        "yes",
        "no",
        "not",
        "permission",
        "operation",
        "read-only",
    ];
    let value = value_of(found).trim_end_matches([')', ']', '.']);
    let is_reference = value.starts_with("$(") || value.starts_with("${") || value.starts_with("{{");
    let is_hidden = value.bytes().all(|byte| matches!(byte, b'*' | b'x' | b'X' | b'.'));
    !(is_reference || is_hidden || WORDS.iter().any(|word| value.eq_ignore_ascii_case(word)))
}

/// `Bearer authentication failed` is a sentence.
fn is_no_word(found: &str) -> bool {
    let value = value_of(found);
    value.bytes().any(|byte| byte.is_ascii_digit()) || value.len() >= 32
}
