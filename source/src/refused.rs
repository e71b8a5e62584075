//! Why there is no answer, without what nobody may read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::source::{Access, Answer, Refusal};

/// Most of what a server says that is passed on, in characters.
const QUOTED: usize = 200;
/// Lines of a key that are shorter are its frame, not its secret.
const KEY_LINE: usize = 16;

/// A refusal and its sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// Why, as a word.
    pub refusal: Refusal,
    /// Why, as a sentence with the next step.
    pub message: String,
}

impl Refused {
    /// With this reason and sentence.
    pub fn new(refusal: Refusal, message: impl Into<String>) -> Self {
        Self { refusal, message: message.into() }
    }

    /// The cache cannot be read. What failed is said, since it is the machine's disk and not the server that has to be looked at.
    pub fn lost(error: impl std::fmt::Display) -> Self {
        Self::new(
            Refusal::CacheLost,
            format!(
                "the fetched repository cannot be read ({}); the next sync makes it anew",
                quoted(&error.to_string())
            ),
        )
    }

    /// The cache cannot be written.
    pub fn unwritten(error: &std::io::Error) -> Self {
        let full =
            [std::io::ErrorKind::StorageFull, std::io::ErrorKind::QuotaExceeded, std::io::ErrorKind::FileTooLarge];
        if full.contains(&error.kind()) {
            return Self::new(
                Refusal::TooLarge,
                format!(
                    "the repository does not fit where fetched repositories are kept ({error}); make that volume larger"
                ),
            );
        }
        Self::new(
            Refusal::CacheLost,
            format!("the fetched repository cannot be written ({error}); look at the volume that holds it"),
        )
    }

    /// The same, without these words. The sentences here name no credential; what a server or a library says is not ours to vouch for.
    #[must_use]
    pub fn without(mut self, secrets: &[String]) -> Self {
        for secret in secrets {
            self.message = self.message.replace(secret.as_str(), "[hidden]");
        }
        self
    }
}

impl From<Refused> for Answer {
    fn from(refused: Refused) -> Self {
        Self::Refused { refusal: refused.refusal, message: refused.message }
    }
}

/// What may appear in no text, in every form it travels in; longest first, so that none leaves a part of another behind.
pub fn secrets(access: &Access) -> Vec<String> {
    let mut secrets = match access {
        Access::None => Vec::new(),
        Access::Token(token) => forms("x-access-token", token),
        Access::Basic { username, password } => forms(username, password),
        Access::Ssh { key, .. } => key
            .lines()
            .map(str::trim)
            .filter(|line| line.len() >= KEY_LINE && !line.starts_with("-----"))
            .map(str::to_owned)
            .collect(),
    };
    secrets.retain(|secret| !secret.is_empty());
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets
}

fn forms(user: &str, password: &str) -> Vec<String> {
    let password = password.trim();
    let encoded = percent_encoding::utf8_percent_encode(password, percent_encoding::NON_ALPHANUMERIC).to_string();
    vec![STANDARD.encode(format!("{user}:{password}")), encoded, password.to_owned()]
}

/// What a server or a library said, on one line and cut.
pub fn quoted(words: &str) -> String {
    let line: String = words.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= QUOTED { line } else { line.chars().take(QUOTED).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_form_of_a_credential_stays_in_a_sentence() {
        let access = Access::Token("s3cr/t".to_owned());
        let basic = STANDARD.encode("x-access-token:s3cr/t");
        let refused = Refused::new(Refusal::Unauthorized, format!("a proxy echoes s3cr/t, s3cr%2Ft and Basic {basic}"));
        assert_eq!(refused.without(&secrets(&access)).message, "a proxy echoes [hidden], [hidden] and Basic [hidden]");
    }

    #[test]
    fn a_line_of_a_private_key_is_hidden_and_its_frame_is_not() {
        let key =
            "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n-----END OPENSSH PRIVATE KEY-----";
        let access = Access::Ssh { key: key.to_owned(), known_hosts: String::new() };
        assert_eq!(secrets(&access), ["b3BlbnNzaC1rZXktdjEAAAAABG5vbmU"]);
    }

    #[test]
    fn an_empty_password_hides_nothing() {
        let access = Access::Basic { username: "git".to_owned(), password: String::new() };
        let refused = Refused::new(Refusal::Unauthorized, "no");
        assert_eq!(refused.clone().without(&secrets(&access)), refused);
    }

    #[test]
    fn what_a_server_says_is_one_line_and_cut() {
        assert_eq!(quoted("no\r\n such\u{1b}[2J repo"), "no such [2J repo");
        assert_eq!(quoted(&"x".repeat(1000)).chars().count(), QUOTED + 1);
    }
}
