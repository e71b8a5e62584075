//! What may leave the cluster: secrets in text are replaced by what they are.
//!
//! In: text of logs, Events, fields. Out: the same text with `[REDACTED:<name>]` in place of each secret, key included. Never: fails,
//! breaks UTF-8, changes a text it has already cleaned, or keeps a value.
//!
//! Two depths: [`secrets`] takes credentials out of what is stored beside the workload; [`leaving`] also takes out what only matters
//! outside, addresses of machines and people, and whatever looks random. There each value has a pseudonym, `[REDACTED:ipv4#3f9a1c]`,
//! the same for as long as the process lives, so that a reader can still tell which two lines speak of one.

#[cfg(test)]
mod corpus;
mod engine;
pub mod known;
pub mod patterns;
mod words;

use std::borrow::Cow;
use std::sync::{LazyLock, OnceLock};

use engine::Engine;
pub use known::Known;
use regex_automata::meta::Regex;

/// Expressions of this installation, marked `[REDACTED:custom]`.
static CUSTOM: OnceLock<Vec<String>> = OnceLock::new();
static SECRETS: LazyLock<Engine> = LazyLock::new(|| Engine::new(false, custom()));
static LEAVING: LazyLock<Engine> = LazyLock::new(|| Engine::new(true, custom()));

fn custom() -> &'static [String] {
    CUSTOM.get_or_init(Vec::new)
}

/// Why an expression cannot be used.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum BadPattern {
    /// Not an expression.
    #[error("pattern `{pattern}` is not a regular expression: {why}")]
    Invalid {
        /// As given.
        pattern: String,
        /// The parser's first words.
        why: String,
    },
    /// It would match everywhere.
    #[error("pattern `{0}` matches the empty text: it would replace everything")]
    Empty(String),
    /// Something has been cleaned without it already.
    #[error("patterns must be set once, before the first text is cleaned")]
    TooLate,
}

/// Adds the installation's own expressions; once, at start. A bad one is an error: a secret that was meant to be hidden must not pass
/// because of a typing mistake.
pub fn also_hide(patterns: Vec<String>) -> Result<(), BadPattern> {
    for pattern in &patterns {
        let expression = Regex::new(pattern).map_err(|problem| BadPattern::Invalid {
            pattern: pattern.clone(),
            why: problem.syntax_error().map_or_else(|| problem.to_string(), ToString::to_string),
        })?;
        // The marker must not match, or cleaning would never end.
        if expression.is_match("") || expression.is_match("[REDACTED:custom#0a1b2c]") {
            return Err(BadPattern::Empty(pattern.clone()));
        }
    }
    CUSTOM.set(patterns).map_err(|_| BadPattern::TooLate)
}

/// Takes credentials out: for evidence, which stays in the cluster but is read by more people than the pod's logs.
pub fn secrets(text: &str) -> Cow<'_, str> {
    SECRETS.clean(text, &Known::NOTHING)
}

/// The same, and values that are known to be secret: for the log of a program whose environment is known.
pub fn secrets_and<'a>(text: &'a str, known: &Known) -> Cow<'a, str> {
    SECRETS.clean(text, known)
}

/// Takes credentials, addresses, people and whatever looks random out: for whatever leaves the cluster.
pub fn leaving(text: &str) -> Cow<'_, str> {
    LEAVING.clean(text, &Known::NOTHING)
}

/// The same, and values that are known to be secret.
pub fn leaving_and<'a>(text: &'a str, known: &Known) -> Cow<'a, str> {
    LEAVING.clean(text, known)
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
        let cleaned = leaving(text);
        assert!(
            cleaned.starts_with("[REDACTED:ipv4#") && cleaned.contains("refused mail from [REDACTED:email#"),
            "{cleaned}"
        );
    }

    #[test]
    fn one_value_has_one_pseudonym_and_another_value_another() {
        let cleaned = leaving("10.1.2.3 calls 10.1.2.4\npassword=hunter2\n10.1.2.3 again, {\"password\": \"hunter2\"}")
            .into_owned();
        let marks: Vec<&str> =
            cleaned.split("[REDACTED:").skip(1).map(|rest| rest.split(']').next().unwrap()).collect();
        assert_eq!((marks[0], marks[2]), (marks[3], marks[4]), "{cleaned}");
        assert_ne!(marks[0], marks[1]);
    }

    #[test]
    fn a_value_the_pod_was_given_as_a_secret_is_not_printed_by_its_log() {
        let spec: k8s_openapi::api::core::v1::PodSpec =
            serde_json::from_value(serde_json::json!({"containers": [{"name": "app",
            "env": [{"name": "DB_PASSWORD", "value": "correct horse"}, {"name": "MODE", "value": "production"}]}]}))
            .unwrap();
        let known = Known::of_pod(Some(&spec));
        let log = "production mode, login with correct horse failed (Y29ycmVjdCBob3JzZQ==)";
        assert_eq!(secrets_and(log, &known), "production mode, login with [REDACTED:known] failed ([REDACTED:known])");
        assert_eq!(secrets(log), log, "nothing is remembered");
    }

    #[test]
    fn a_bad_expression_is_refused_with_its_reason() {
        let refused = |pattern: &str| also_hide(vec![pattern.to_owned()]).unwrap_err();
        assert!(matches!(refused("a("), BadPattern::Invalid { .. }));
        assert!(matches!(refused("a*"), BadPattern::Empty(_)));
        assert!(matches!(refused("[A-Z]+"), BadPattern::Empty(_)), "it would match its own marker");
    }

    #[test]
    fn an_expression_of_ones_own_hides_what_it_matches() {
        let engine = Engine::new(false, &["ACME-[0-9]{6}".to_owned()]);
        assert_eq!(engine.clean("licence ACME-123456 ok", &Known::NOTHING), "licence [REDACTED:custom] ok");
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
            Just("\n".to_owned()),
            Just("--db-password ".to_owned()),
            Just("Qm9vVGhpczRSZWFsbHk5MDcx".to_owned()),
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
