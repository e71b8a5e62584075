//! From a Secret to what a git server asks for. Pure.

use std::collections::BTreeMap;

use common::api::source_repository::SourceRepositoryAuthType as AuthType;
use common::redact::Known;
use common::source::Access;
use zeroize::Zeroize as _;

use super::decide::Trouble;

/// Key of the token.
const TOKEN: &str = "token";
/// Keys of user and password.
const USERNAME: &str = "username";
const PASSWORD: &str = "password";
/// Key of the private key.
const SSH_KEY: &str = "ssh-key";
/// Key of the host keys to expect.
const KNOWN_HOSTS: &str = "known_hosts";
/// Key of the authorities to trust.
const AUTHORITIES: &str = "ca.crt";

/// Credentials of one fetch; overwritten when dropped.
pub struct Credential {
    /// What the server asks for.
    pub access: Access,
    /// Authorities to trust, as PEM.
    pub authorities: Option<String>,
}

impl Credential {
    /// Nothing.
    pub fn none() -> Self {
        Self { access: Access::None, authorities: None }
    }

    /// What must not stand in anything that is told of the fetch.
    pub fn known(&self) -> Known {
        match &self.access {
            Access::None => Known::NOTHING,
            Access::Token(token) => Known::values([token.as_str()]),
            Access::Basic { password, .. } => Known::values([password.as_str()]),
            Access::Ssh { key, .. } => Known::values(key.lines()),
        }
    }
}

impl Drop for Credential {
    fn drop(&mut self) {
        forget(&mut self.access);
    }
}

/// Overwrites what is secret of it.
pub fn forget(access: &mut Access) {
    match access {
        Access::None => {}
        Access::Token(secret) | Access::Basic { password: secret, .. } | Access::Ssh { key: secret, .. } => {
            secret.zeroize();
        }
    }
}

/// What a repository needs of its Secret.
pub fn read(
    (namespace, name): (&str, &str),
    auth: AuthType,
    host: &str,
    data: &mut BTreeMap<String, Vec<u8>>,
) -> Result<Credential, Trouble> {
    let secret = format!("Secret {namespace}/{name}, which spec.secretRef names,");
    let mut text = |key: &str| -> Result<Option<String>, Trouble> {
        match data.get_mut(key).map(std::mem::take).filter(|value| !value.is_empty()) {
            None => Ok(None),
            Some(value) => String::from_utf8(value).map(Some).map_err(|bad| {
                bad.into_bytes().zeroize();
                Trouble::for_a_person(
                    "CredentialInvalid",
                    format!("{secret} holds something under {key} that is no text"),
                )
            }),
        }
    };
    let missing = |key: &str, add: &str| {
        Trouble::for_a_person(
            "SecretKeyMissing",
            format!("{secret} has no key {key}, which spec.authType needs: {add}"),
        )
    };
    let access = match auth {
        AuthType::None => Access::None,
        // A line break at the end is a slip of whoever wrote the file it came from; no token or password of a git server has one.
        AuthType::Token => Access::Token(trimmed(text(TOKEN)?.ok_or_else(|| missing(TOKEN, "add the token"))?)),
        AuthType::Basic => Access::Basic {
            username: trimmed(text(USERNAME)?.ok_or_else(|| missing(USERNAME, "add the user's name"))?),
            password: trimmed(text(PASSWORD)?.ok_or_else(|| missing(PASSWORD, "add the password"))?),
        },
        AuthType::Ssh => {
            let known_hosts = text(KNOWN_HOSTS)?.ok_or_else(|| {
                Trouble::for_a_person(
                    "HostKeysMissing",
                    format!(
                        "{secret} has no key {KNOWN_HOSTS}, and without the host keys to expect nothing is sent: run ssh-keyscan {host}, \
                         compare the fingerprints (ssh-keygen -lf -) with those the server's operator publishes, and add the lines under \
                         key {KNOWN_HOSTS}"
                    ),
                )
            })?;
            let key = text(SSH_KEY)?.ok_or_else(|| missing(SSH_KEY, "add the private key, without a passphrase"))?;
            Access::Ssh { key, known_hosts }
        }
    };
    let mut credential = Credential { access, authorities: None };
    credential.authorities = text(AUTHORITIES)?;
    Ok(credential)
}

fn trimmed(mut text: String) -> String {
    text.truncate(text.trim_end_matches(['\n', '\r']).len());
    text
}

/// Host of a URL that the schema has let through: `https://user@host:443/path`, `ssh://git@host/path`, `git@host:path`.
pub fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    match place.strip_prefix('[').and_then(|six| six.split_once(']')) {
        Some((six, _)) => six,
        None => place.split(':').next().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(auth: AuthType, data: &[(&str, &str)]) -> Result<Credential, Trouble> {
        let mut data = data.iter().map(|(key, value)| ((*key).to_owned(), value.as_bytes().to_vec())).collect();
        read(("shop", "git"), auth, "git.example", &mut data)
    }

    fn trouble(auth: AuthType, data: &[(&str, &str)]) -> Trouble {
        match from(auth, data) {
            Err(trouble) => trouble,
            Ok(credential) => panic!("{:?}", credential.access),
        }
    }

    #[test]
    fn each_way_takes_its_keys() {
        let token = from(AuthType::Token, &[("token", "t0ken\n"), ("ca.crt", "PEM")]).unwrap();
        assert!(
            matches!(&token.access, Access::Token(text) if text == "t0ken"),
            "the line break of a file is no part of it"
        );
        assert_eq!(token.authorities.as_deref(), Some("PEM"));
        let basic = from(AuthType::Basic, &[("username", "me"), ("password", "pw")]).unwrap();
        assert!(matches!(&basic.access, Access::Basic { username, password } if username == "me" && password == "pw"));
        let ssh =
            from(AuthType::Ssh, &[("ssh-key", "KEY\n"), ("known_hosts", "git.example ssh-ed25519 AAAA")]).unwrap();
        assert!(matches!(&ssh.access, Access::Ssh { key, .. } if key == "KEY\n"), "a key keeps its last line break");
    }

    #[test]
    fn a_missing_key_is_named() {
        let missing = trouble(AuthType::Basic, &[("username", "me"), ("password", "")]);
        assert_eq!(missing.reason, "SecretKeyMissing");
        assert!(missing.message.contains("no key password"), "{}", missing.message);
    }

    #[test]
    fn ssh_without_host_keys_says_how_to_get_them() {
        let missing = trouble(AuthType::Ssh, &[("ssh-key", "KEY")]);
        assert_eq!(missing.reason, "HostKeysMissing");
        assert!(missing.message.contains("ssh-keyscan git.example") && missing.message.contains("key known_hosts"));
    }

    #[test]
    fn what_is_no_text_is_no_credential() {
        let mut data = BTreeMap::from([("token".to_owned(), vec![0xff, 0xfe])]);
        let invalid = read(("shop", "git"), AuthType::Token, "git.example", &mut data).map(|_| ()).unwrap_err();
        assert_eq!(invalid.reason, "CredentialInvalid");
    }

    #[test]
    fn the_host_of_every_form_of_url_is_found() {
        for url in [
            "https://git.example/a/b",
            "https://me@git.example:8443/a",
            "ssh://git@git.example:22/a",
            "git@git.example:a/b.git",
        ] {
            assert_eq!(host(url), "git.example", "{url}");
        }
        assert_eq!(host("ssh://git@[::1]:22/a"), "::1");
    }
}
