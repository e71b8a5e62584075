//! A certificate for a server, and the authority that vouches for it.

use std::net::IpAddr;
use std::time::SystemTime;

use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, RsaKeySize,
};
use zeroize::Zeroizing;

/// Clocks of nodes differ; a certificate is valid a little before it was made.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);
/// Longest common name a certificate may carry (RFC 5280, `ub-common-name`).
const LONGEST_COMMON_NAME: usize = 64;
/// Longest validity that is accepted: what browsers and Apple's platforms take, and what seeds of the field use.
const LONGEST: SignedDuration = SignedDuration::from_hours(825 * 24);

/// Kind of private key.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum KeyKind {
    /// ECDSA on P-256: small, fast, understood everywhere.
    #[default]
    EcdsaP256,
    /// RSA, 2048 bits.
    Rsa2048,
    /// RSA, 4096 bits.
    Rsa4096,
}

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// DNS names and IP addresses the server is reached under; the first is its common name.
    pub names: &'a [String],
    /// Kind of both keys.
    pub key: KeyKind,
    /// The moment.
    pub now: Timestamp,
    /// How long it is valid, at most 825 days.
    pub valid_for: SignedDuration,
}

/// A new certificate, its key, and its authority, each as PEM text.
pub struct Issued {
    /// `tls.crt`.
    pub certificate: String,
    /// `tls.key`, PKCS #8.
    pub key: Zeroizing<String>,
    /// `ca.crt`.
    pub authority: String,
}

impl std::fmt::Debug for Issued {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issued").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum CannotMake {
    /// A certificate without names is accepted by nobody.
    #[error("a certificate needs at least one name")]
    NoNames,
    /// Neither a DNS name nor an IP address.
    #[error("{0:?} is neither a DNS name nor an IP address")]
    BadName(String),
    /// Not between a minute and 825 days.
    #[error("a certificate is valid for at least 1 hour and at most 825 days, not {} hours", .0.as_hours())]
    BadValidity(SignedDuration),
    /// The library refused.
    #[error("the certificate cannot be made: {0}")]
    Refused(#[from] rcgen::Error),
}

/// Every name under which a Service is reached inside its cluster, the longest first: it is the one that the operator dials.
pub fn service_names(service: &str, namespace: &str, cluster_domain: &str) -> Vec<String> {
    vec![
        format!("{service}.{namespace}.svc.{cluster_domain}"),
        format!("{service}.{namespace}.svc"),
        format!("{service}.{namespace}"),
        service.to_owned(),
    ]
}

/// Makes an authority and the one certificate it will ever sign.
///
/// The authority's key is not returned: whoever reads the Secret cannot make further certificates that its clients trust.
pub fn make(request: &Request<'_>) -> Result<Issued, CannotMake> {
    let first = request.names.first().ok_or(CannotMake::NoNames)?;
    if let Some(bad) = request.names.iter().find(|name| !is_name(name)) {
        return Err(CannotMake::BadName(bad.clone()));
    }
    if request.valid_for < SignedDuration::from_hours(1) || request.valid_for > LONGEST {
        return Err(CannotMake::BadValidity(request.valid_for));
    }
    let mut authority = params(request, &[], &format!("chatcli authority for {first}"))?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority_key = key(request.key)?;
    let authority_certificate = authority.self_signed(&authority_key)?;

    let mut leaf = params(request, request.names, first)?;
    leaf.is_ca = IsCa::ExplicitNoCa;
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    if request.key != KeyKind::EcdsaP256 {
        // RSA key exchange of TLS 1.2, which old clients still ask for.
        leaf.key_usages.push(KeyUsagePurpose::KeyEncipherment);
    }
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    leaf.use_authority_key_identifier_extension = true;
    let leaf_key = key(request.key)?;
    let certificate = leaf.signed_by(&leaf_key, &Issuer::from_params(&authority, &authority_key))?;
    Ok(Issued {
        certificate: certificate.pem(),
        key: Zeroizing::new(leaf_key.serialize_pem()),
        authority: authority_certificate.pem(),
    })
}

fn params(request: &Request<'_>, names: &[String], common_name: &str) -> Result<CertificateParams, CannotMake> {
    let mut params = CertificateParams::new(names.to_vec())?;
    params.distinguished_name = DistinguishedName::new();
    let short: String = common_name.chars().take(LONGEST_COMMON_NAME).collect();
    params.distinguished_name.push(DnType::CommonName, short);
    params.not_before = SystemTime::from(request.now - CLOCK_SKEW).into();
    params.not_after = SystemTime::from(request.now + request.valid_for).into();
    Ok(params)
}

fn key(kind: KeyKind) -> Result<KeyPair, rcgen::Error> {
    match kind {
        KeyKind::EcdsaP256 => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256),
        KeyKind::Rsa2048 => KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048),
        KeyKind::Rsa4096 => KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_4096),
    }
}

/// An IP address, or labels of letters, digits and hyphens; the first may be `*`.
fn is_name(name: &str) -> bool {
    if name.parse::<IpAddr>().is_ok() {
        return true;
    }
    let labels = name.strip_prefix("*.").unwrap_or(name).split('.');
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && labels.clone().all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_reached_under_four_names() {
        assert_eq!(
            service_names("chatcli-prod", "chatcli-system", "cluster.local"),
            [
                "chatcli-prod.chatcli-system.svc.cluster.local",
                "chatcli-prod.chatcli-system.svc",
                "chatcli-prod.chatcli-system",
                "chatcli-prod"
            ]
        );
    }

    #[test]
    fn what_is_no_name_is_refused_by_name() {
        let request = |names: &'static [&str]| {
            let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
            make(&Request {
                names: &names,
                key: KeyKind::default(),
                now: Timestamp::UNIX_EPOCH,
                valid_for: SignedDuration::from_hours(24),
            })
            .err()
            .map(|why| why.to_string())
        };
        assert_eq!(request(&[]).unwrap(), "a certificate needs at least one name");
        assert_eq!(request(&["ok", "no space"]).unwrap(), "\"no space\" is neither a DNS name nor an IP address");
        assert_eq!(request(&["https://x"]).unwrap(), "\"https://x\" is neither a DNS name nor an IP address");
        assert_eq!(request(&["*.web.svc", "10.0.0.1", "fd00::1"]), None);
    }

    #[test]
    fn a_key_is_not_printed_by_accident() {
        let names = ["web".to_owned()];
        let request = Request {
            names: &names,
            key: KeyKind::default(),
            now: Timestamp::UNIX_EPOCH,
            valid_for: SignedDuration::from_hours(24),
        };
        assert!(!format!("{:?}", make(&request).unwrap()).contains("PRIVATE"));
    }
}
