//! What is wrong with a certificate: the cause, and the words in which a handshake tells of it.

use jiff::Timestamp;

/// One thing that makes, or will make, a handshake fail.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Problem {
    /// A key of the Secret is not there.
    Missing {
        /// `tls.crt`, `tls.key` or `ca.crt`.
        key: &'static str,
    },
    /// A key of the Secret is not what it should be.
    Unreadable {
        /// `tls.crt`, `tls.key` or `ca.crt`.
        key: &'static str,
        /// Why.
        why: String,
    },
    /// The certificate has no subject alternative name; a common name does not count any more.
    NoNames {
        /// The name that would be needed.
        wanted: String,
    },
    /// The certificate is for other names.
    WrongName {
        /// The name that is dialled.
        wanted: String,
        /// The names it has.
        names: Vec<String>,
    },
    /// It is over.
    Expired {
        /// Whose: `tls.crt` or `ca.crt`.
        key: &'static str,
        /// Since when.
        at: Timestamp,
    },
    /// It has not begun: made on a machine whose clock is ahead, or read on one that is behind.
    NotYetValid {
        /// Whose: `tls.crt` or `ca.crt`.
        key: &'static str,
        /// From when on.
        from: Timestamp,
    },
    /// Less than a third of its life is left.
    ExpiresSoon {
        /// When.
        at: Timestamp,
    },
    /// No authority that is trusted has signed it.
    UnknownAuthority {
        /// Who signed it, in its own words.
        issuer: String,
        /// Whether there is a `ca.crt` at all.
        has_authority: bool,
    },
    /// `tls.key` belongs to another certificate.
    KeyMismatch,
    /// An authority's certificate is used as a server's, which Go accepts and rustls, with webpki, does not.
    AuthorityAsServer,
    /// It may not be used for a server.
    WrongPurpose,
    /// Something the verifier says and this list does not know.
    Other(String),
}

impl Problem {
    /// True where handshakes may still succeed.
    pub fn is_warning(&self) -> bool {
        matches!(self, Self::ExpiresSoon { .. } | Self::Missing { key: super::keys::AUTHORITY })
    }

    /// CamelCase name, for machines.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "Missing",
            Self::Unreadable { .. } => "Unreadable",
            Self::NoNames { .. } => "NoNames",
            Self::WrongName { .. } => "WrongName",
            Self::Expired { .. } => "Expired",
            Self::NotYetValid { .. } => "NotYetValid",
            Self::ExpiresSoon { .. } => "ExpiresSoon",
            Self::UnknownAuthority { .. } => "UnknownAuthority",
            Self::KeyMismatch => "KeyMismatch",
            Self::AuthorityAsServer => "AuthorityAsServer",
            Self::WrongPurpose => "WrongPurpose",
            Self::Other(_) => "Other",
        }
    }

    /// The line in a Go or rustls log that this problem causes, for those who come from there.
    pub fn handshake_says(&self) -> Option<&'static str> {
        Some(match self {
            Self::NoNames { .. } => "x509: certificate is not valid for any names",
            Self::WrongName { .. } => "x509: certificate is valid for …, not …",
            Self::Expired { .. } | Self::NotYetValid { .. } => "x509: certificate has expired or is not yet valid",
            Self::UnknownAuthority { .. } => "x509: certificate signed by unknown authority",
            Self::KeyMismatch => "tls: private key does not match public key",
            Self::AuthorityAsServer => "invalid peer certificate: CaUsedAsEndEntity",
            Self::WrongPurpose => "x509: certificate specifies an incompatible key usage",
            _ => return None,
        })
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing { key: "ca.crt" } => {
                f.write_str("there is no ca.crt: clients can only trust the certificate if a public authority signed it")
            }
            Self::Missing { key } => write!(f, "there is no {key}"),
            Self::Unreadable { key, why } => write!(f, "{key} cannot be read: {why}"),
            Self::NoNames { wanted } => {
                write!(f, "the certificate has no subject alternative name, and {wanted} is dialled; its common name does not count")
            }
            Self::WrongName { wanted, names } => {
                write!(f, "the certificate is for {}, and {wanted} is dialled", names.join(", "))
            }
            Self::Expired { key, at } => write!(f, "{} expired at {at}", whose(key)),
            Self::NotYetValid { key, from } => {
                write!(f, "{} is valid from {from} on, which is still to come: is a clock wrong?", whose(key))
            }
            Self::ExpiresSoon { at } => write!(f, "the certificate expires at {at}; less than a third of its life is left"),
            Self::UnknownAuthority { issuer, has_authority: true } => {
                write!(f, "no authority in ca.crt has signed the certificate; it says {issuer} has")
            }
            Self::UnknownAuthority { issuer, has_authority: false } => {
                write!(f, "nobody who is trusted has signed the certificate; it says {issuer} has, and there is no ca.crt")
            }
            Self::KeyMismatch => f.write_str("tls.key is not the key of the certificate in tls.crt"),
            Self::AuthorityAsServer => f.write_str(
                "the certificate is an authority's (CA:TRUE); a server's must not be, or clients built on rustls refuse it",
            ),
            Self::WrongPurpose => f.write_str("the certificate's extended key usage does not include serverAuth"),
            Self::Other(what) => f.write_str(what),
        }
    }
}

fn whose(key: &str) -> &'static str {
    if key == super::keys::AUTHORITY { "the authority in ca.crt" } else { "the certificate" }
}
