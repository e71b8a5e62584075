//! Why a server cannot be talked to, in words that name what to change.

use std::error::Error as StdError;
use std::time::Duration;

use rustls::{CertificateError, InvalidMessage};
use tonic::Code;

/// Why not.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unreachable {
    /// No pod of it is ready.
    #[error("no pod is ready to answer")]
    NoEndpoints,
    /// Its name cannot be resolved.
    #[error("the name {0} cannot be resolved")]
    UnknownHost(String),
    /// Nothing answers at the address.
    #[error("cannot connect to {address}: {problem}")]
    NoConnection {
        /// Where.
        address: String,
        /// What the system says.
        problem: String,
    },
    /// The certificate is for other names.
    #[error("the certificate is not valid for {wanted}; it names {}: issue it with that name among its subject alternative names", list(.presented))]
    WrongName {
        /// What was dialled.
        wanted: String,
        /// What it is for.
        presented: Vec<String>,
    },
    /// Who signed it is not known, and the Secret says who to trust.
    #[error("the certificate was not issued by an authority in ca.crt: put the issuer's certificate there")]
    UnknownAuthority,
    /// Who signed it is not known, and the Secret does not say who to trust.
    #[error(
        "the certificate was not issued by an authority this system trusts, and the Secret has no ca.crt: add the issuer's certificate as ca.crt"
    )]
    NoAuthority,
    /// It is an authority's own.
    #[error(
        "the certificate is an authority's own (CA:TRUE), which no server may use: have the authority issue one for it, as kubectl chatcli tls generate does"
    )]
    AuthorityAsServer,
    /// It was valid once.
    #[error("the certificate has expired{0}: renew it")]
    Expired(String),
    /// It will be valid later.
    #[error("the certificate is not valid yet{0}: compare the clocks")]
    NotYetValid(String),
    /// `ca.crt` is no certificate.
    #[error("ca.crt holds no certificate that can be read: {0}")]
    BadAuthority(String),
    /// We speak TLS, it does not.
    #[error("the server answers in plain text, but TLS is on: it has not loaded its certificate")]
    PlainText,
    /// The handshake failed otherwise.
    #[error("the TLS handshake fails: {0}")]
    Handshake(String),
    /// It refused the token.
    #[error("the server refuses the token of {0}")]
    TokenRefused(String),
    /// It answered something else than the protocol.
    #[error("the server does not speak the ChatCLI protocol here: {0}")]
    Protocol(String),
    /// It took too long.
    #[error("no answer within {0:?}")]
    Deadline(Duration),
}

impl Unreachable {
    /// One word, for conditions and metrics.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NoEndpoints => "NoEndpoints",
            Self::UnknownHost(_) => "UnknownHost",
            Self::NoConnection { .. } => "ConnectionFailed",
            Self::WrongName { .. } => "CertificateNameMismatch",
            Self::UnknownAuthority => "UnknownAuthority",
            Self::NoAuthority => "NoAuthority",
            Self::AuthorityAsServer => "AuthorityAsServer",
            Self::Expired(_) => "CertificateExpired",
            Self::NotYetValid(_) => "CertificateNotYetValid",
            Self::BadAuthority(_) => "InvalidAuthority",
            Self::PlainText => "PlainTextServer",
            Self::Handshake(_) => "HandshakeFailed",
            Self::TokenRefused(_) => "TokenRefused",
            Self::Protocol(_) => "ProtocolError",
            Self::Deadline(_) => "DeadlineExceeded",
        }
    }

    /// From a handshake that failed. `wanted` is the name dialled; `has_authority` whether the Secret says who to trust.
    pub(super) fn handshake(error: &rustls::Error, wanted: &str, has_authority: bool) -> Self {
        use CertificateError as Bad;
        let rustls::Error::InvalidCertificate(certificate) = error else {
            return match error {
                // What is no TLS record at all was written by somebody who speaks no TLS.
                rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => Self::PlainText,
                other => Self::Handshake(other.to_string()),
            };
        };
        match certificate {
            Bad::NotValidForName => Self::WrongName { wanted: wanted.to_owned(), presented: Vec::new() },
            Bad::NotValidForNameContext { presented, .. } => Self::WrongName {
                wanted: wanted.to_owned(),
                presented: presented.iter().map(|name| bare(name)).collect(),
            },
            Bad::Expired => Self::Expired(String::new()),
            Bad::ExpiredContext { not_after, .. } => Self::Expired(since(" since", not_after.as_secs())),
            Bad::NotValidYet => Self::NotYetValid(String::new()),
            Bad::NotValidYetContext { not_before, .. } => Self::NotYetValid(since(", only from", not_before.as_secs())),
            Bad::UnknownIssuer | Bad::BadSignature if has_authority => Self::UnknownAuthority,
            Bad::UnknownIssuer | Bad::BadSignature => Self::NoAuthority,
            // The library has no name of its own for it.
            Bad::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity") => Self::AuthorityAsServer,
            other => Self::Handshake(other.to_string()),
        }
    }

    /// From an RPC that failed. Whatever the connector said is found again in the chain of causes.
    pub(super) fn status(status: &tonic::Status, token_from: Option<&str>) -> Self {
        if let Some(own) = find::<Self>(status) {
            return own.clone();
        }
        match (status.code(), token_from) {
            (Code::Unauthenticated, Some(secret)) => Self::TokenRefused(secret.to_owned()),
            (Code::Unauthenticated, None) => Self::TokenRefused("nobody: the server asks for one".to_owned()),
            (code, _) => Self::Protocol(format!("{code:?} {}", status.message()).trim().to_owned()),
        }
    }
}

/// The first cause of that type.
pub fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}

/// `DnsName("web")` is how the library prints a name.
fn bare(presented: &str) -> String {
    presented.split('"').nth(1).unwrap_or(presented).to_owned()
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn since(words: &str, seconds: u64) -> String {
    let moment = i64::try_from(seconds).ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    moment.map_or_else(String::new, |moment| format!("{words} {moment}"))
}
