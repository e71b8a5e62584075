//! Signature version 4 of a request whose headers carry it. Pure.
//!
//! What is signed is what is sent: path as encoded for the wire, headers, SHA-256 of the body. No query: none of ours has one.

use std::fmt::Write as _;

use aws_lc_rs::{digest, hmac};
use common::naming;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::Credentials;
use crate::llm::LlmError;
use crate::llm::shown::sensitive;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const DATE: &str = "x-amz-date";
const TOKEN: &str = "x-amz-security-token";
/// What stands for itself: letters, digits and these four.
pub const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What is signed of a request.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Verb.
    pub method: &'a str,
    /// As it is sent, encoded once.
    pub path: &'a str,
    /// Names in small letters, as they are sent.
    pub headers: &'a [(&'a str, &'a str)],
    /// Whole.
    pub body: &'a [u8],
}

/// The headers that have to go with it.
pub fn sign(
    credentials: &Credentials,
    region: &str,
    service: &str,
    request: &Request<'_>,
    now: Timestamp,
) -> Result<Vec<(HeaderName, HeaderValue)>, LlmError> {
    let moment = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let day = &moment[..8];
    let mut headers: Vec<(&str, &str)> = request.headers.to_vec();
    headers.push((DATE, &moment));
    headers.extend(credentials.token.as_deref().map(|token| (TOKEN, token)));
    headers.sort_unstable();

    let names = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    let mut canonical = format!("{}\n{}\n\n", request.method, encoded_again(request.path));
    for (name, value) in &headers {
        let _ = writeln!(canonical, "{name}:{}", value.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    let _ = write!(canonical, "\n{names}\n{}", sha256(request.body));

    let scope = format!("{day}/{region}/{service}/aws4_request");
    let text = format!("{ALGORITHM}\n{moment}\n{scope}\n{}", sha256(canonical.as_bytes()));
    let mut key = format!("AWS4{}", credentials.secret).into_bytes();
    for part in [day, region, service, "aws4_request"] {
        key = mac(&key, part).as_ref().to_vec();
    }
    let signature = naming::hex(mac(&key, &text).as_ref());

    let shown =
        format!("{ALGORITHM} Credential={}/{scope}, SignedHeaders={names}, Signature={signature}", credentials.id);
    let mut result = vec![(AUTHORIZATION, sensitive(&shown)?), (HeaderName::from_static(DATE), sensitive(&moment)?)];
    if let Some(token) = &credentials.token {
        result.push((HeaderName::from_static(TOKEN), sensitive(token)?));
    }
    Ok(result)
}

/// All services but one encode the encoded path once more.
fn encoded_again(path: &str) -> String {
    let segments = path.split('/').map(|segment| utf8_percent_encode(segment, RESERVED).to_string());
    let path = segments.collect::<Vec<_>>().join("/");
    if path.is_empty() { "/".to_owned() } else { path }
}

fn mac(key: &[u8], text: &str) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes())
}

fn sha256(bytes: &[u8]) -> String {
    naming::hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    // Published by Amazon as "Signature Version 4 Test Suite" (aws-sig-v4-test-suite), the cases named below: keys, moment, requests and
    // signatures.
    const KEYS: (&str, &str) = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    const TOKEN: &str = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";
    const HOST: (&str, &str) = ("host", "example.amazonaws.com");
    const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

    fn credentials(token: Option<&str>) -> Credentials {
        Credentials { id: KEYS.0.to_owned(), secret: KEYS.1.to_owned(), token: token.map(str::to_owned) }
    }

    fn authorization(request: &Request<'_>, token: Option<&str>) -> String {
        let now = "2015-08-30T12:36:00Z".parse().unwrap();
        let headers = sign(&credentials(token), "us-east-1", "service", request, now).unwrap();
        headers.iter().find(|(name, _)| *name == AUTHORIZATION).unwrap().1.to_str().unwrap().to_owned()
    }

    #[test]
    fn signatures_are_those_of_the_published_suite() {
        let of = |method, path, headers, body| Request { method, path, headers, body };
        let post = of("POST", "/", &[HOST][..], b"");
        for (case, request, token, names, signature) in [
            (
                "get-vanilla",
                of("GET", "/", &[HOST], b""),
                None,
                "host;x-amz-date",
                "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            ),
            (
                "post-vanilla",
                post,
                None,
                "host;x-amz-date",
                "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
            ),
            (
                "post-x-www-form-urlencoded",
                of("POST", "/", &[FORM, HOST], b"Param1=value1"),
                None,
                "content-type;host;x-amz-date",
                "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
            ),
            // The token is one of the signed headers.
            (
                "post-sts-header-before",
                post,
                Some(TOKEN),
                "host;x-amz-date;x-amz-security-token",
                "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
            ),
            // Written raw, as in the suite: encoding it is the first of the two encodings.
            (
                "get-space",
                of("GET", "/example space/", &[HOST], b""),
                None,
                "host;x-amz-date",
                "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741",
            ),
            (
                "get-utf8",
                of("GET", "/ሴ", &[HOST], b""),
                None,
                "host;x-amz-date",
                "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
            ),
        ] {
            let expected = format!(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders={names}, Signature={signature}"
            );
            assert_eq!(authorization(&request, token), expected, "{case}");
        }
    }

    #[test]
    fn an_encoded_model_in_the_path_is_encoded_once_more() {
        assert_eq!(
            encoded_again("/model/eu.anthropic.claude-v1%3A0/converse"),
            "/model/eu.anthropic.claude-v1%253A0/converse"
        );
    }

    #[test]
    fn neither_secret_nor_token_is_shown_by_a_debug_print() {
        let now = Timestamp::UNIX_EPOCH;
        let request = Request { method: "POST", path: "/", headers: &[HOST], body: b"" };
        let headers = sign(&credentials(Some(TOKEN)), "r", "s", &request, now).unwrap();
        let printed = format!("{headers:?} {:?}", credentials(Some(TOKEN)));
        for secret in [KEYS.0, KEYS.1, TOKEN] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }
}
