//! A Secret's three keys, read and judged. Pure: the moment and the names that are dialled are input.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use rustls::RootCertStore;
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::PublicKey;

use super::keys;
use super::problem::Problem;
use crate::naming;

/// The three keys as the Secret holds them.
#[derive(Clone, Copy, Default)]
pub struct Material<'a> {
    /// `tls.crt`.
    pub certificate: Option<&'a [u8]>,
    /// `tls.key`.
    pub key: Option<&'a [u8]>,
    /// `ca.crt`.
    pub authority: Option<&'a [u8]>,
}

impl<'a> Material<'a> {
    /// The keys of a Secret's data, already decoded.
    pub fn of<V: AsRef<[u8]>>(data: &'a BTreeMap<String, V>) -> Self {
        let value = |key: &str| data.get(key).map(AsRef::as_ref).filter(|value| !value.is_empty());
        Self { certificate: value(keys::CERTIFICATE), key: value(keys::KEY), authority: value(keys::AUTHORITY) }
    }
}

/// One certificate, as far as people ask about it.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Certificate {
    /// Subject, e.g. `CN=chatcli-prod`.
    pub subject: String,
    /// Issuer.
    pub issuer: String,
    /// DNS names and IP addresses it is for.
    pub names: Vec<String>,
    /// Begin.
    pub not_before: Timestamp,
    /// End.
    pub not_after: Timestamp,
    /// Kind of key, e.g. `ECDSA P-256`.
    pub key: String,
    /// May sign other certificates.
    pub is_authority: bool,
    /// SHA-256 over its DER form, in hex.
    pub fingerprint: String,
}

/// What the Secret holds, and what is wrong with it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Inspection {
    /// `tls.crt`, the server's own certificate first.
    pub chain: Vec<Certificate>,
    /// `ca.crt`.
    pub authorities: Vec<Certificate>,
    /// Everything found, the gravest first.
    pub problems: Vec<Problem>,
}

impl Inspection {
    /// True when a handshake would succeed.
    pub fn works(&self) -> bool {
        self.problems.iter().all(Problem::is_warning)
    }
}

/// Reads the keys and judges them as the clients that dial `names` will.
pub fn inspect(material: &Material<'_>, names: &[String], now: Timestamp) -> Inspection {
    let mut problems = Vec::new();
    let chain = certificates(material.certificate, keys::CERTIFICATE, &mut problems);
    let roots = certificates(material.authority, keys::AUTHORITY, &mut problems);
    if let Some(problem) = key_problem(material.key, &chain) {
        problems.push(problem);
    }
    if !chain.is_empty() {
        problems.extend(verify(&chain, &roots, names, now));
    }
    problems.sort_by_key(Problem::is_warning);
    Inspection {
        chain: chain.iter().filter_map(|der| described(der)).collect(),
        authorities: roots.iter().filter_map(|der| described(der)).collect(),
        problems,
    }
}

/// The certificates of a `tls.crt`, the server's own first.
pub fn chain(text: &[u8]) -> Result<Vec<Certificate>, Problem> {
    let mut problems = Vec::new();
    let found = certificates(Some(text), keys::CERTIFICATE, &mut problems);
    match problems.pop() {
        Some(problem) => Err(problem),
        None => Ok(found.iter().filter_map(|der| described(der)).collect()),
    }
}

/// The same as PEM text of certificates and nothing else: a `tls.crt` that was filled by hand may hold the key as well.
pub fn only_certificates(text: &[u8]) -> String {
    certificates(Some(text), keys::CERTIFICATE, &mut Vec::new()).iter().map(|der| pem(der)).collect()
}

/// Judges a chain, the server's own certificate first, against authorities, names and a moment. Every problem, not only the first.
pub fn verify(
    chain: &[CertificateDer<'_>],
    roots: &[CertificateDer<'_>],
    names: &[String],
    now: Timestamp,
) -> Vec<Problem> {
    let Some((own, intermediates)) = chain.split_first() else { return Vec::new() };
    let (Some(seen), Ok(parsed)) = (described(own), ParsedCertificate::try_from(own)) else {
        return vec![unreadable(keys::CERTIFICATE, "it is no X.509 certificate of version 3")];
    };
    let mut problems: Vec<Problem> = names.iter().filter_map(|name| name_problem(&parsed, &seen, name)).collect();
    if problems.iter().all(|problem| matches!(problem, Problem::NoNames { .. })) {
        problems.truncate(1);
    }
    problems.extend(time_problem(&seen, keys::CERTIFICATE, now));
    // An expired authority, or one not yet born, vouches for nobody; of several one is enough.
    let known: Vec<_> = roots.iter().filter_map(|der| described(der)).collect();
    let over: Vec<_> = known.iter().filter_map(|root| time_problem(root, keys::AUTHORITY, now)).collect();
    if !known.is_empty() && over.iter().filter(|problem| !problem.is_warning()).count() == known.len() {
        problems.extend(over.into_iter().find(|problem| !problem.is_warning()));
    }
    problems.extend(trust_problem(&parsed, &seen, roots, intermediates));
    problems.sort_by_key(Problem::is_warning);
    problems
}

/// PEM text of the authorities of `old` that its certificate depends on and that are still valid.
pub(super) fn authorities_in_use(old: &Material<'_>, now: Timestamp) -> Vec<String> {
    let chain = certificates(old.certificate, keys::CERTIFICATE, &mut Vec::new());
    let roots = certificates(old.authority, keys::AUTHORITY, &mut Vec::new());
    let Some((own, intermediates)) = chain.split_first() else { return Vec::new() };
    let (Some(seen), Ok(parsed)) = (described(own), ParsedCertificate::try_from(own)) else { return Vec::new() };
    roots
        .iter()
        .filter(|root| described(root).is_some_and(|root| root.not_after > now))
        .filter(|root| trust_problem(&parsed, &seen, std::slice::from_ref(root), intermediates).is_none())
        .map(|root| pem(root))
        .collect()
}

fn certificates(text: Option<&[u8]>, key: &'static str, problems: &mut Vec<Problem>) -> Vec<CertificateDer<'static>> {
    let Some(text) = text else {
        // Without ca.crt a certificate may still be trusted: whether it is, trust_problem says.
        if key != keys::AUTHORITY {
            problems.push(Problem::Missing { key });
        }
        return Vec::new();
    };
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
    match read {
        Ok(found) if found.is_empty() => problems.push(unreadable(key, "it holds no PEM certificate")),
        Ok(found) if found.iter().all(|der| described(der).is_some()) => return found,
        Ok(_) => problems.push(unreadable(key, "a certificate in it is damaged")),
        Err(why) => problems.push(unreadable(key, &why.to_string())),
    }
    Vec::new()
}

fn unreadable(key: &'static str, why: &str) -> Problem {
    Problem::Unreadable { key, why: why.to_owned() }
}

fn key_problem(text: Option<&[u8]>, chain: &[CertificateDer<'static>]) -> Option<Problem> {
    let Some(text) = text else { return Some(Problem::Missing { key: keys::KEY }) };
    if text.windows(b"ENCRYPTED".len()).any(|part| part == b"ENCRYPTED") {
        return Some(unreadable(keys::KEY, "it is encrypted with a passphrase, which no server can be asked for"));
    }
    let Ok(key) = PrivateKeyDer::from_pem_slice(text) else {
        return Some(unreadable(keys::KEY, "it holds no PEM private key"));
    };
    let Ok(signing) = aws_lc_rs::sign::any_supported_type(&key) else {
        return Some(unreadable(keys::KEY, "its kind of key is not supported; use ECDSA or RSA of at least 2048 bits"));
    };
    if chain.is_empty() {
        return None;
    }
    let pair = rustls::sign::CertifiedKey::new(chain.to_vec(), signing);
    pair.keys_match().is_err().then_some(Problem::KeyMismatch)
}

fn name_problem(parsed: &ParsedCertificate<'_>, seen: &Certificate, name: &str) -> Option<Problem> {
    let Ok(wanted) = ServerName::try_from(name) else {
        return Some(Problem::Other(format!("{name:?} is no name a server can be dialled under")));
    };
    if verify_server_name(parsed, &wanted).is_ok() {
        return None;
    }
    let wanted = name.to_owned();
    Some(if seen.names.is_empty() {
        Problem::NoNames { wanted }
    } else {
        Problem::WrongName { wanted, names: seen.names.clone() }
    })
}

fn time_problem(seen: &Certificate, key: &'static str, now: Timestamp) -> Option<Problem> {
    if now >= seen.not_after {
        return Some(Problem::Expired { key, at: seen.not_after });
    }
    if now < seen.not_before {
        return Some(Problem::NotYetValid { key, from: seen.not_before });
    }
    (now >= renew_from(seen.not_before, seen.not_after)).then_some(Problem::ExpiresSoon { at: seen.not_after })
}

/// Whether one of the authorities vouches for it, expiry left aside: that is a problem of its own.
fn trust_problem(
    parsed: &ParsedCertificate<'_>,
    seen: &Certificate,
    roots: &[CertificateDer<'_>],
    intermediates: &[CertificateDer<'_>],
) -> Option<Problem> {
    let unknown = Problem::UnknownAuthority { issuer: seen.issuer.clone(), has_authority: !roots.is_empty() };
    if roots.is_empty() {
        // Who else than its own maker could trust a certificate that signed itself? For others a public authority may vouch.
        let vouched = seen.subject != seen.issuer;
        return Some(if vouched { Problem::Missing { key: keys::AUTHORITY } } else { unknown });
    }
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(roots.iter().map(|root| root.clone().into_owned()));
    let moment = u64::try_from(seen.not_after.as_second().saturating_sub(1)).unwrap_or_default();
    let verdict = verify_server_cert_signed_by_trust_anchor(
        parsed,
        &store,
        intermediates,
        UnixTime::since_unix_epoch(Duration::from_secs(moment)),
        aws_lc_rs::default_provider().signature_verification_algorithms.all,
    );
    let Err(rustls::Error::InvalidCertificate(why)) = verdict else { return None };
    Some(match why {
        rustls::CertificateError::UnknownIssuer | rustls::CertificateError::BadSignature => unknown,
        rustls::CertificateError::InvalidPurpose | rustls::CertificateError::InvalidPurposeContext { .. } => {
            Problem::WrongPurpose
        }
        // The authority ends before the certificate does; its own expiry is told apart.
        rustls::CertificateError::Expired | rustls::CertificateError::ExpiredContext { .. } => return None,
        other if format!("{other:?}").contains("CaUsedAsEndEntity") => Problem::AuthorityAsServer,
        other => Problem::Other(format!("clients refuse the certificate: {other}")),
    })
}

fn described(der: &[u8]) -> Option<Certificate> {
    let (_, read) = X509Certificate::from_der(der).ok()?;
    let names = read.subject_alternative_name().ok()?;
    let names = names.map(|found| found.value.general_names.iter().filter_map(name).collect()).unwrap_or_default();
    let moment = |seconds: i64| Timestamp::from_second(seconds).ok();
    Some(Certificate {
        subject: read.subject().to_string(),
        issuer: read.issuer().to_string(),
        names,
        not_before: moment(read.validity().not_before.timestamp())?,
        not_after: moment(read.validity().not_after.timestamp())?,
        key: kind_of_key(&read),
        is_authority: read.is_ca(),
        fingerprint: naming::hex(&Sha256::digest(der)),
    })
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes).ok().map(|octets| std::net::Ipv4Addr::from(octets).to_string()),
            16 => <[u8; 16]>::try_from(*bytes).ok().map(|octets| std::net::Ipv6Addr::from(octets).to_string()),
            _ => None,
        },
        _ => None,
    }
}

fn kind_of_key(read: &X509Certificate<'_>) -> String {
    match read.public_key().parsed() {
        Ok(PublicKey::RSA(key)) => format!("RSA {}", key.key_size()),
        Ok(PublicKey::EC(point)) => format!("ECDSA P-{}", point.key_size()),
        _ => read.public_key().algorithm.algorithm.to_id_string(),
    }
}

fn pem(der: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

/// Time from which on a certificate should be renewed: when a third of its life is left, as cert-manager does.
pub fn renew_from(not_before: Timestamp, not_after: Timestamp) -> Timestamp {
    not_after - (not_after.duration_since(not_before) / 3)
}

#[cfg(test)]
mod tests;
