//! What may leave the cluster: secrets in text are replaced by what they are.
//!
//! In: text of logs, Events, fields. Out: the same text with `[REDACTED:<name>]` in place of each secret, key included. Never: fails,
//! breaks UTF-8, or changes a text it has already cleaned.
//!
//! Two depths: [`secrets`] takes credentials out of what is stored beside the workload; [`leaving`] also takes out what only matters
//! outside, addresses of machines and people.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Regex, RegexSet};

/// Name and expression, in the order they are applied. The names are published: people search for them.
///
/// Wider than the published set where that let secrets through: keys in JSON quotes, `sk-ant-`/`sk-proj-` keys, every GitHub and Slack
/// prefix, all PEM headers with their body. Narrower where it ate what a diagnosis needs: image digests and file paths stay.
const CREDENTIALS: &[(&str, &str)] = &[
    ("aws_key", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    ("aws_secret", r#"(?i-u:aws_secret_access_key|aws_secret)["']?\s*[=:]\s*["']?[A-Za-z0-9/+=]{40}"#),
    ("jwt", r"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    ("bearer", r"(?i-u:\bbearer)\s+[A-Za-z0-9_.~+/-]{8,}=*"),
    ("api_key", r#"(?i-u:api[-_]?key|access[-_]?key)["']?\s*[=:]\s*["']?[^\s,;"']{8,}"#),
    ("password_conn", r#"(?i-u:password|passwd|pwd)["']?\s*[=:]\s*["']?[^\s,;@"']{3,}"#),
    ("db_uri", r"(?i-u:postgres|postgresql|mysql|mongodb|mongodb\+srv|redis|rediss|amqp|amqps)://[^\s:@/]*:[^\s@]+@"),
    ("token", r#"(?i-u:token|secret)["']?\s*[=:]\s*["']?[^\s,;"']{8,}"#),
    ("k8s_sa_token", r"eyJhbGciOi[A-Za-z0-9_-]{50,}"),
    ("github_token", r"\bgh[opsur]_[A-Za-z0-9]{36,}"),
    ("github_pat", r"\bgithub_pat_[A-Za-z0-9_]{22,}"),
    ("slack_token", r"\bxox[abeoprs]-[0-9]{10,}-[A-Za-z0-9-]+"),
    ("openai_key", r"\bsk-(?:[A-Za-z]+-)?[A-Za-z0-9_-]{20,}"),
    ("private_key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----[A-Za-z0-9+/=\s]*(?:-----END [A-Z ]*PRIVATE KEY-----)?"),
    // 64 hex digits are a key as likely as a checksum; `sha256:` in front says which.
    ("hex_secret", r"\b(?:sha256:)?[0-9a-fA-F]{64,}\b"),
    ("base64_secret", r"\b(?:sha256:)?[A-Za-z0-9+]{60,}={0,2}"),
];

/// What identifies machines and people: harmless inside the cluster and needed there to tell which port refused.
const IDENTITIES: &[(&str, &str)] = &[
    ("ipv4", r"\b(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}\b"),
    ("email", r"\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}\b"),
];

struct Patterns {
    any: RegexSet,
    each: Vec<(&'static str, Regex)>,
}

impl Patterns {
    fn new(list: &[&[(&'static str, &str)]]) -> Self {
        let all = || list.iter().flat_map(|part| part.iter());
        Self {
            any: RegexSet::new(all().map(|(_, pattern)| *pattern)).expect("the patterns above are valid"),
            each: all()
                .map(|(name, pattern)| (*name, Regex::new(pattern).expect("the patterns above are valid")))
                .collect(),
        }
    }

    fn clean<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if !self.any.is_match(text) {
            return Cow::Borrowed(text);
        }
        // Until nothing matches: a replacement may complete another pattern. Each match takes at least one character that no marker
        // holds, so this ends, and what comes out is stable by construction.
        let mut text = text.to_owned();
        loop {
            let hits = self.any.matches(&text);
            let mut changed = false;
            for index in &hits {
                let (name, pattern) = &self.each[index];
                let cleaned = pattern.replace_all(&text, |found: &regex::Captures<'_>| {
                    let found = &found[0];
                    if is_digest(found) { found.to_owned() } else { format!("[REDACTED:{name}]") }
                });
                if cleaned != text {
                    text = cleaned.into_owned();
                    changed = true;
                }
            }
            if !changed {
                return Cow::Owned(text);
            }
        }
    }
}

/// A digest as images and objects carry it.
fn is_digest(found: &str) -> bool {
    found
        .strip_prefix("sha256:")
        .is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')))
}

static SECRETS: LazyLock<Patterns> = LazyLock::new(|| Patterns::new(&[CREDENTIALS]));
static LEAVING: LazyLock<Patterns> = LazyLock::new(|| Patterns::new(&[CREDENTIALS, IDENTITIES]));

/// Takes credentials out: for evidence, which stays in the cluster but is read by more people than the pod's logs.
pub fn secrets(text: &str) -> Cow<'_, str> {
    SECRETS.clean(text)
}

/// Takes credentials, addresses and people out: for whatever leaves the cluster.
pub fn leaving(text: &str) -> Cow<'_, str> {
    LEAVING.clean(text)
}

/// At most `limit` bytes, cut between characters, with a mark where something is missing.
pub fn cut(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    let room = limit.saturating_sub('…'.len_utf8());
    let end = (0..=room).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    format!("{}…", &text[..end])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn gone(text: &str, secret: &str, name: &str) {
        let cleaned = secrets(text);
        assert!(!cleaned.contains(secret), "{secret} survived in {cleaned}");
        assert!(cleaned.contains(&format!("[REDACTED:{name}]")), "{cleaned}");
    }

    #[test]
    fn credentials_in_logs_are_named_and_gone() {
        gone("connect: password=hunter2 user=web", "hunter2", "password_conn");
        gone(r#"{"password":"hunter2","host":"db"}"#, "hunter2", "password_conn");
        gone("DSN postgres://web:s3cr3t@db:5432/shop", "s3cr3t", "db_uri");
        gone("Authorization: Bearer abcdef0123456789.xyz", "abcdef0123456789", "bearer");
        gone("key AKIAABCDEFGHIJKLMNOP used", "AKIAABCDEFGHIJKLMNOP", "aws_key");
        gone("API_KEY=abcdefgh12345", "abcdefgh12345", "api_key");
        gone("session_token: 0123456789abcdef", "0123456789abcdef", "token");
        gone("using sk-proj-abcdefghijklmnopqrstuv", "abcdefghijklmnopqrstuv", "openai_key");
        gone("gho_abcdefghijklmnopqrstuvwxyz0123456789", "abcdefghijkl", "github_token");
        gone(&format!("master {}", "0af1".repeat(16)), "0af10af1", "hex_secret");
        gone("-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----", "MHcCAQEE", "private_key");
    }

    #[test]
    fn what_a_diagnosis_needs_stays() {
        for text in [
            "couldn't find key DB_HOST in ConfigMap shop/checkout-config",
            "dial tcp 10.1.2.3:8080: connect: connection refused",
            "app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "/var/lib/kubelet/pods/0f0f0f0f/volumes/kubernetes.io~configmap/very/long/path/without/dots/inside",
            "exceeded quota: compute, requested: memory=1Gi, used: memory=1Gi, limited: memory=1Gi",
        ] {
            assert_eq!(secrets(text), text);
        }
    }

    #[test]
    fn addresses_stay_inside_and_do_not_leave() {
        let text = "10.1.2.3 refused mail from ops@example.com";
        assert_eq!(secrets(text), text);
        assert_eq!(leaving(text), "[REDACTED:ipv4] refused mail from [REDACTED:email]");
    }

    #[test]
    fn a_cut_keeps_whole_characters() {
        assert_eq!(cut("grün", 4), "g…");
        assert_eq!(cut("grün", 5), "grün");
    }

    /// Text made of pieces that patterns are made of: random text alone would hardly ever match.
    fn texts() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[ -~äß→]{0,12}",
            Just("password=".to_owned()),
            Just("\"token\": \"".to_owned()),
            Just("secret:".to_owned()),
            Just("api_key=".to_owned()),
            Just("redis://u:".to_owned()),
            Just("Bearer ".to_owned()),
            Just("[REDACTED:token]".to_owned()),
            Just("-----BEGIN RSA PRIVATE KEY-----".to_owned()),
            Just("10.0.0.1".to_owned()),
            "[A-Za-z0-9+]{60,70}",
            "[0-9a-f]{64,66}",
        ];
        prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn cleaning_twice_is_cleaning_once(text in texts()) {
            let once = leaving(&text).into_owned();
            prop_assert_eq!(leaving(&once), once.as_str());
            let once = secrets(&text).into_owned();
            prop_assert_eq!(secrets(&once), once.as_str());
        }

        #[test]
        fn a_cut_is_never_longer_than_its_limit(text in "\\PC{0,40}", limit in 3_usize..60) {
            prop_assert!(cut(&text, limit).len() <= limit);
        }
    }
}
