//! Certificates that are over, or soon will be, before anybody says so in a log.
//!
//! In: certificates of TLS Secrets, and who serves or mounts each. Out: findings. Never: sees a private key; the operator has no right to
//! read Secrets, so only a person's own rights bring what this judges.

use jiff::{SignedDuration, Timestamp};

use super::codes::Code;
use super::draft::{Draft, receipt};
use crate::api::ResourceRef;
use crate::api::ai_insight::Finding;
use crate::tls::Certificate;

/// Nobody has to hurry before so much is left.
const NOTICE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Who renews does it when a third of a certificate's life is left (cert-manager's default). When half of that third has passed, it was not
/// renewed: a certificate of a day is told of in its last four hours, and not for ever.
const SHARE: i32 = 6;

/// The certificate of a TLS Secret.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// The Secret.
    pub secret: ResourceRef,
    /// The server's own certificate. Which authorities above it count, clients decide.
    pub certificate: Certificate,
    /// Who uses it, at least one.
    pub used_by: Vec<Use>,
    /// The Certificate of cert-manager that writes the Secret.
    pub written_from: Option<String>,
}

/// A place that names a Secret.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Use {
    /// Whose.
    pub object: ResourceRef,
    /// Where.
    pub field_path: String,
}

/// From when on somebody should know that it ends.
pub fn warn_from(certificate: &Certificate) -> Timestamp {
    let life = certificate.not_after.duration_since(certificate.not_before);
    certificate.not_after - NOTICE.min(life / SHARE)
}

/// The certificate is over, or not yet begun, or soon over; `None` where it is well.
pub fn judge(held: &Held, now: Timestamp) -> Option<Finding> {
    let certificate = &held.certificate;
    let (end, begin) = (certificate.not_after, certificate.not_before);
    let (code, how) = if now >= end {
        (Code::CertificateExpired, format!("expired {} ago", span(now.duration_since(end))))
    } else if now < begin {
        (Code::CertificateExpired, format!("is not valid before {begin}"))
    } else if now >= warn_from(certificate) {
        (Code::CertificateExpires, format!("expires in {}", span(end.duration_since(now))))
    } else {
        return None;
    };
    let (secret, users) = (held.secret.short(), users(&held.used_by));
    let names = if certificate.names.is_empty() { &certificate.subject } else { &certificate.names.join(", ") };
    let draft = Draft::of(code, format!("the certificate in {secret} {how}; it is used by {users}"))
        .cause(&held.secret, ".data[tls.crt]")
        .receipt(receipt(
            format!("for {names}, valid until {end}"),
            held.secret.clone(),
            ".data[tls.crt]",
            format!(
                "notBefore={begin} notAfter={end} issuer={} sha256={}",
                certificate.issuer, certificate.fingerprint
            ),
            Some(now),
        ))
        .receipts(held.used_by.iter().map(|user| {
            let said = format!("{} names {secret}", user.object.short());
            receipt(said, user.object.clone(), user.field_path.clone(), &held.secret.name, Some(now))
        }))
        .confidence(0.9, "the dates stand in the certificate; whether it is what clients are served was not asked");
    let restart = "what mounts it may have to be started again to read it";
    Some(
        match &held.written_from {
            Some(name) => draft
                .receipt(receipt(
                    format!("cert-manager writes it from Certificate {name}"),
                    held.secret.clone(),
                    ".metadata.annotations[cert-manager.io/certificate-name]",
                    name,
                    Some(now),
                ))
                .advice(format!(
                    "see why cert-manager has not renewed it: kubectl describe certificate {name} -n {}",
                    held.secret.namespace
                )),
            None if now < begin => draft.advice("compare the clocks of who made it and of who reads it"),
            None => draft.advice(format!("put a renewed certificate and its key into {secret}; {restart}")),
        }
        .done(),
    )
}

/// One or two by name, the others by number.
fn users(all: &[Use]) -> String {
    let mut names: Vec<String> = all.iter().map(|user| user.object.short()).collect();
    names.dedup();
    match names.as_slice() {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [one, other] => format!("{one} and {other}"),
        [first, rest @ ..] => format!("{first} and {} others", rest.len()),
    }
}

/// `9d`, `5h`, `3m`: as ages are told.
fn span(time: SignedDuration) -> String {
    let minutes = time.as_mins();
    match minutes {
        ..60 => format!("{minutes}m"),
        60..2880 => format!("{}h", minutes / 60),
        _ => format!("{}d", minutes / (24 * 60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64, hour: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + (day * 24 + hour) * 3600).unwrap()
    }

    fn held(life: SignedDuration) -> Held {
        Held {
            secret: ResourceRef::new("Secret", "shop", "web-tls"),
            certificate: Certificate {
                subject: "CN=web".into(),
                issuer: "CN=ca".into(),
                names: vec!["shop.example.org".into()],
                not_before: at(0, 0),
                not_after: at(0, 0) + life,
                key: String::new(),
                is_authority: false,
                fingerprint: "ab".into(),
            },
            used_by: vec![Use {
                object: ResourceRef::new("Ingress", "shop", "web"),
                field_path: ".spec.tls[0].secretName".into(),
            }],
            written_from: None,
        }
    }

    fn days(days: i64) -> SignedDuration {
        SignedDuration::from_hours(24 * days)
    }

    fn code(held: &Held, now: Timestamp) -> Option<String> {
        judge(held, now).map(|finding| finding.code)
    }

    #[test]
    fn two_weeks_before_the_end_of_a_long_life_somebody_is_told() {
        let year = held(days(365));
        assert_eq!(code(&year, at(350, 23)), None);
        assert_eq!(code(&year, at(351, 0)).as_deref(), Some("certificate-expires"));
        assert_eq!(code(&year, at(365, 0)).as_deref(), Some("certificate-expired"));
    }

    #[test]
    fn a_certificate_of_a_day_is_told_of_in_its_last_hours_and_one_of_six_days_on_its_last_day() {
        let day = held(days(1));
        assert_eq!(code(&day, at(0, 19)), None, "it was to be renewed three hours ago, and may be any moment");
        assert_eq!(code(&day, at(0, 20)).as_deref(), Some("certificate-expires"));
        let six = held(days(6));
        assert_eq!(code(&six, at(4, 23)), None);
        assert_eq!(code(&six, at(5, 0)).as_deref(), Some("certificate-expires"));
    }

    #[test]
    fn one_that_has_not_begun_is_as_useless_as_one_that_is_over() {
        let finding = judge(&held(days(90)), at(-1, 0)).unwrap();
        assert_eq!(finding.code, "certificate-expired");
        assert!(finding.statement.contains("is not valid before"), "{}", finding.statement);
        assert!(finding.advice.unwrap().contains("clocks"));
    }

    #[test]
    fn the_finding_says_which_secret_who_uses_it_and_until_when() {
        let mut held = held(days(90));
        held.written_from = Some("web".into());
        held.used_by.push(Use { object: ResourceRef::new("Deployment", "shop", "web"), field_path: ".spec".into() });
        let finding = judge(&held, at(81, 0)).unwrap();
        assert_eq!(
            finding.statement,
            "the certificate in secret/web-tls expires in 9d; it is used by ingress/web and deploy/web"
        );
        assert_eq!(finding.cause.field_path.as_deref(), Some(".data[tls.crt]"));
        let paths: Vec<_> = finding.evidence.iter().map(|receipt| receipt.field_path.as_str()).collect();
        assert_eq!(
            paths,
            [
                ".data[tls.crt]",
                ".spec.tls[0].secretName",
                ".spec",
                ".metadata.annotations[cert-manager.io/certificate-name]"
            ]
        );
        assert!(finding.advice.unwrap().contains("kubectl describe certificate web -n shop"));
    }
}
