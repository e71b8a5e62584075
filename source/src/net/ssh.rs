//! Git over ssh: one channel that runs `git-upload-pack`, once the host key is one that is expected.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use common::source::{Refusal, Remote};
use gix_transport::Protocol;
use gix_transport::client::git::ConnectMode;
use gix_transport::client::git::blocking_io::Connection;
use hyper::body::Bytes;
use russh::client::{self, AuthResult, Config, Handle, Msg};
use russh::keys::{
    Algorithm, HashAlg, PrivateKey, PrivateKeyWithHashAlg, PublicKeyBase64 as _, PublicKeyOrCertificate,
    decode_secret_key,
};
use russh::{Channel, ChannelMsg, ChannelReadHalf, ChannelWriteHalf, Preferred};

use super::address::dial;
use super::exchange::Exchange;
use super::known_hosts::{Expected, Verdict, name};
use super::place::Place;
use crate::refused::{Refused, quoted};

/// What a server says on its error stream is kept up to here.
const MOST_WORDS: usize = 2000;

/// A connection on which a server's `git-upload-pack` runs.
pub fn connect(
    exchange: &Exchange,
    place: &Place,
    user: &str,
    remote: &Remote,
    key: &str,
    known_hosts: &str,
) -> Result<Connection<Said, Told>, Refused> {
    let key = private_key(key)?;
    let expected = Expected::of(known_hosts, &place.host, place.port);
    let started = exchange.wait_for_server(start(place, user, remote, key, expected));
    let (session, channel) =
        started.map_err(|error| exchange.refused().unwrap_or_else(|| unreachable(place, &error.to_string())))??;
    let (said, told) = channel.split();
    let pipe = Rc::new(Pipe {
        exchange: exchange.clone(),
        place: place.clone(),
        words: RefCell::default(),
        _session: session,
    });
    let said = Said { pipe: Rc::clone(&pipe), channel: said, piece: Bytes::new(), has_begun: false, is_over: false };
    let told = Told { pipe, channel: told };
    Ok(Connection::new(said, told, Protocol::V2, place.path.as_str(), None::<(String, _)>, ConnectMode::Process, false))
}

async fn start(
    place: &Place,
    user: &str,
    remote: &Remote,
    key: PrivateKey,
    expected: Expected,
) -> Result<(Handle<HostKey>, Channel<Msg>), Refused> {
    let broken = |error: russh::Error| unreachable(place, &error.to_string());
    let tcp = dial(&place.host, place.port, &remote.private_hosts).await?;
    let judged = Arc::new(Mutex::new(None));
    let config = Config { preferred: preferred(&expected), nodelay: true, ..Config::default() };
    let handler = HostKey { place: place.clone(), expected, judged: Arc::clone(&judged) };
    let session = client::connect_stream(Arc::new(config), tcp, handler).await;
    let mut session = session.map_err(|error| {
        let judged = judged.lock().unwrap_or_else(PoisonError::into_inner).take();
        judged.unwrap_or_else(|| broken(error))
    })?;

    let hash = if key.algorithm().is_rsa() {
        session.best_supported_rsa_hash().await.map_err(broken)?.flatten().or(Some(HashAlg::Sha256))
    } else {
        None
    };
    let key = PrivateKeyWithHashAlg::new(Arc::new(key), hash);
    match session.authenticate_publickey(user, key).await.map_err(broken)? {
        AuthResult::Success => {}
        AuthResult::Failure { .. } => {
            let message = format!(
                "{} refuses the key for user {user}; add its public half to the server as a deploy key that may read this repository",
                place.host
            );
            return Err(Refused::new(Refusal::Unauthorized, message));
        }
    }
    let channel = session.channel_open_session().await.map_err(broken)?;
    // A server that does not let it through speaks the first version of the protocol.
    channel.set_env(false, "GIT_PROTOCOL", "version=2").await.map_err(broken)?;
    channel.exec(true, command(&place.path)).await.map_err(broken)?;
    Ok((session, channel))
}

/// What the server's shell runs. A quote in the path ends nothing.
fn command(path: &str) -> String {
    format!("git-upload-pack '{}'", path.replace('\'', r"'\''").replace('!', r"'\!'"))
}

fn private_key(text: &str) -> Result<PrivateKey, Refused> {
    let unusable = |why: &str| {
        Refused::new(
            Refusal::CredentialInvalid,
            format!(
                "the key ssh-key of the Secret {why}; put a private key in OpenSSH or PEM form there, without a passphrase"
            ),
        )
    };
    if text.trim().is_empty() {
        return Err(unusable("is empty"));
    }
    let is_sealed = || unusable("is protected by a passphrase, which nobody is here to type");
    match decode_secret_key(text, None) {
        Ok(key) if key.is_encrypted() => Err(is_sealed()),
        Ok(key) => Ok(key),
        Err(russh::keys::Error::KeyIsEncrypted) => Err(is_sealed()),
        // The words of a parser may quote what it parsed.
        Err(_) => Err(unusable("is no private key")),
    }
}

/// Kinds of keys to ask the server for: those that are expected, where there are any. A server with several shows one of them.
fn preferred(expected: &Expected) -> Preferred {
    let usual = Preferred::default();
    let is_expected = |kind: &Algorithm| {
        expected.keys().iter().any(|it| match (it.algorithm(), kind) {
            (Algorithm::Rsa { .. }, Algorithm::Rsa { .. }) => true,
            (one, other) => one == *other,
        })
    };
    let kinds: Vec<Algorithm> = usual.key.iter().filter(|it| is_expected(it)).cloned().collect();
    if kinds.is_empty() { usual } else { Preferred { key: Cow::Owned(kinds), ..usual } }
}

fn unreachable(place: &Place, why: &str) -> Refused {
    Refused::new(
        Refusal::Unreachable,
        format!("no ssh with {}:{}: {}; check spec.url, or try again", place.host, place.port, quoted(why)),
    )
}

/// Judges the host key.
struct HostKey {
    place: Place,
    expected: Expected,
    judged: Arc<Mutex<Option<Refused>>>,
}

impl client::Handler for HostKey {
    type Error = russh::Error;

    async fn check_server_key(&mut self, offered: &PublicKeyOrCertificate) -> Result<bool, russh::Error> {
        let PublicKeyOrCertificate::PublicKey { key, .. } = offered else { return Ok(false) };
        let verdict = self.expected.judge(key);
        if verdict == Verdict::Known {
            return Ok(true);
        }
        let name = name(&self.place.host, self.place.port);
        let fingerprint = key.fingerprint(HashAlg::Sha256);
        let line = format!("{name} {} {}", key.algorithm(), key.public_key_base64());
        let message = match verdict {
            Verdict::Revoked => format!(
                "{name} offers the host key {fingerprint}, which known_hosts of the Secret marks as revoked; have the server's key replaced"
            ),
            Verdict::Another => format!(
                "{name} offers the host key {fingerprint}, and known_hosts of the Secret expects another; if its administrator confirms the new one, write there: {line}"
            ),
            _ => format!(
                "known_hosts of the Secret has no line for {name}; it offers the host key {fingerprint}: compare it with what the server publishes, then add: {line}"
            ),
        };
        self.judged
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert(Refused::new(Refusal::HostKeyUnknown, message));
        Ok(false)
    }
}

struct Pipe {
    exchange: Exchange,
    place: Place,
    /// What came on the error stream.
    words: RefCell<Vec<u8>>,
    // The session ends with its handle.
    _session: Handle<HostKey>,
}

impl Pipe {
    /// The server's program ended badly: its own words say why, and there are only words.
    fn ended(&self) -> io::Error {
        let words = quoted(&String::from_utf8_lossy(&self.words.borrow()));
        let lower = words.to_lowercase();
        let is_missing = [
            "not found",
            "does not exist",
            "does not appear to be a git repository",
            "not a git repository",
            "could not be found",
        ];
        let is_closed = ["permission", "denied", "not allowed", "unauthorized", "access"];
        let place = &self.place;
        let refused = if is_missing.iter().any(|it| lower.contains(it)) {
            Refused::new(
                Refusal::NotFound,
                format!("there is no repository at {place}, or the key may not see it; the server says: {words}"),
            )
        } else if is_closed.iter().any(|it| lower.contains(it)) {
            Refused::new(Refusal::Unauthorized, format!("the key may not read {place}; the server says: {words}"))
        } else {
            Refused::new(
                Refusal::Unreachable,
                format!("{place} cannot be read: the server ends git-upload-pack and says: {words}"),
            )
        };
        self.exchange.refuse(refused)
    }
}

/// What the server says.
pub struct Said {
    pipe: Rc<Pipe>,
    channel: ChannelReadHalf,
    piece: Bytes,
    has_begun: bool,
    is_over: bool,
}

impl Read for Said {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() && !self.is_over {
            match self.pipe.exchange.wait_for_server(self.channel.wait())? {
                Some(ChannelMsg::Data { data }) => {
                    self.pipe.exchange.count(data.len())?;
                    self.piece = data;
                    self.has_begun = true;
                }
                Some(ChannelMsg::ExtendedData { data, .. }) => {
                    self.pipe.exchange.count(data.len())?;
                    let mut words = self.pipe.words.borrow_mut();
                    let room = MOST_WORDS.saturating_sub(words.len());
                    words.extend_from_slice(&data[..data.len().min(room)]);
                }
                Some(ChannelMsg::ExitStatus { exit_status: 1.. } | ChannelMsg::Failure) => {
                    return Err(self.pipe.ended());
                }
                Some(ChannelMsg::Close) | None if !self.has_begun => return Err(self.pipe.ended()),
                Some(ChannelMsg::Close) | None => self.is_over = true,
                // What follows an end of file is the status, which says why.
                Some(_) => {}
            }
        }
        let amount = into.len().min(self.piece.len());
        into[..amount].copy_from_slice(&self.piece.split_to(amount));
        Ok(amount)
    }
}

/// What the server is told.
pub struct Told {
    pipe: Rc<Pipe>,
    channel: ChannelWriteHalf<Msg>,
}

impl Write for Told {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.channel.data_bytes(bytes.to_vec());
        self.pipe.exchange.wait_for_server(sent)?.map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word_of_the_servers_shell() {
        assert_eq!(command("/shop/web.git"), "git-upload-pack '/shop/web.git'");
        assert_eq!(command("a'; id #"), r"git-upload-pack 'a'\''; id #'");
        assert_eq!(command("a!b"), r"git-upload-pack 'a'\!'b'");
    }

    #[test]
    fn what_is_no_key_is_told_without_repeating_it() {
        for (text, word) in [
            ("", "is empty"),
            ("s3cret", "is no private key"),
            ("-----BEGIN OPENSSH PRIVATE KEY-----\nczNjcmV0\n-----END OPENSSH PRIVATE KEY-----\n", "is no private key"),
        ] {
            let refused = private_key(text).unwrap_err();
            assert_eq!(refused.refusal, Refusal::CredentialInvalid);
            assert!(
                refused.message.contains(word)
                    && !refused.message.contains("s3cret")
                    && !refused.message.contains("czNjcmV0"),
                "{}",
                refused.message
            );
        }
    }
}
