//! A role taken with the token that Kubernetes gives this process: `AssumeRoleWithWebIdentity` of the Security Token Service.

use std::path::PathBuf;
use std::time::Duration;

use http::header::{CONTENT_TYPE, HeaderValue};
use jiff::Timestamp;

use super::Credentials;
use crate::config::Config;
use crate::llm::{LlmError, shown};
use crate::runtime::Clock;
use crate::runtime::http::{FORM, Http};

/// Longest it may take.
const DEADLINE: Duration = Duration::from_secs(15);
/// Largest token file that is read: a Kubernetes token has some kilobytes at most.
const LARGEST: u64 = 64 * 1024;

/// A role, and how it is taken.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Role {
    /// Its name.
    pub arn: String,
    /// What Amazon's own log calls this process.
    pub session: String,
    /// Where the token lies; it is renewed there, so it is read each time.
    pub token_file: PathBuf,
    /// Where it is asked for.
    pub url: String,
}

impl Role {
    /// The one this process may take, if it was given one.
    pub fn given(config: &Config) -> Option<Self> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let region = given(&config.aws_region).unwrap_or_else(|| "us-east-1".to_owned());
        let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        Some(Self {
            arn: given(&config.aws_role_arn)?,
            session: config.aws_role_session_name.clone(),
            token_file: config.aws_web_identity_token_file.clone().filter(|file| !file.as_os_str().is_empty())?,
            url: given(&config.aws_sts_url).unwrap_or_else(|| format!("https://sts.{region}.{domain}/")),
        })
    }
}

/// Credentials of the role, and until when they hold.
pub async fn issue(role: &Role, http: &Http, clock: &Clock) -> Result<(Credentials, Timestamp), LlmError> {
    let token = token(role)?;
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("Action", "AssumeRoleWithWebIdentity")
        .append_pair("Version", "2011-06-15")
        .append_pair("RoleArn", &role.arn)
        .append_pair("RoleSessionName", &role.session)
        .append_pair("WebIdentityToken", &token)
        .finish();
    let headers = vec![(CONTENT_TYPE, HeaderValue::from_static(FORM))];
    let reply = http.post(&role.url, headers, form.into_bytes(), DEADLINE).await;
    let who = format!("the security token service, for {}", role.arn);
    let safe = |words: &str| shown::hidden(words, std::slice::from_ref(&token));
    let reply = reply.map_err(|error| shown::not_issued(&who, &safe(error.words())))?;
    let text = String::from_utf8_lossy(&reply.body);
    if reply.status != 200 {
        let code = element(&text, "Code").unwrap_or_default();
        let words = safe(&format!("{code} {}", element(&text, "Message").unwrap_or(&text)));
        return Err(match code {
            "IDPCommunicationError" => LlmError::Server(format!("{who}: {words}")),
            "Throttling" | "ThrottlingException" => {
                LlmError::RateLimited { said: format!("{who}: {words}"), retry_after: reply.retry_after }
            }
            _ => shown::refused(&who, &reply, &words),
        });
    }
    read(&text, clock.now()).ok_or_else(|| LlmError::Server(format!("{who}: its answer holds no credentials")))
}

fn token(role: &Role) -> Result<String, LlmError> {
    use std::io::Read as _;
    let path = role.token_file.display();
    let mut text = String::new();
    std::fs::File::open(&role.token_file)
        .and_then(|file| file.take(LARGEST).read_to_string(&mut text))
        .map_err(|error| LlmError::Auth(format!("the token in {path} cannot be read: {error}")))?;
    let text = text.trim();
    if text.is_empty() { Err(LlmError::Auth(format!("{path} holds no token"))) } else { Ok(text.to_owned()) }
}

fn read(answer: &str, now: Timestamp) -> Option<(Credentials, Timestamp)> {
    let credentials = element(answer, "Credentials")?;
    let text = |name| element(credentials, name).filter(|text| !text.is_empty()).map(str::to_owned);
    // An end that cannot be read is the shortest one a role can have.
    let until = text("Expiration").and_then(|text| text.parse().ok());
    let until = until.unwrap_or(now + jiff::SignedDuration::from_mins(15));
    let (id, secret, token) = (text("AccessKeyId")?, text("SecretAccessKey")?, text("SessionToken")?);
    Some((Credentials { id, secret, token: Some(token) }, until))
}

/// The text of the first element of that name. Its answers are a fixed shape of plain elements, and what is taken from them is base64, a
/// time, or words that are only shown.
fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let rest = &xml[xml.find(&format!("<{name}>"))? + name.len() + 2..];
    Some(rest[..rest.find(&format!("</{name}>"))?].trim())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    fn parse(flags: &[&str]) -> Config {
        Config::parse_from(std::iter::once("chatcli-operator").chain(flags.iter().copied()))
    }

    #[test]
    fn a_role_needs_a_name_and_a_token_and_is_taken_in_its_region() {
        let all = ["--aws-role-arn=arn:aws:iam::1:role/m", "--aws-web-identity-token-file=/var/run/token"];
        let url = |more: &[&str]| Role::given(&parse(&[&all[..], more].concat())).map(|role| role.url);
        assert_eq!(url(&["--aws-region=eu-central-1"]).as_deref(), Some("https://sts.eu-central-1.amazonaws.com/"));
        assert_eq!(url(&["--aws-region=cn-north-1"]).as_deref(), Some("https://sts.cn-north-1.amazonaws.com.cn/"));
        assert_eq!(url(&["--aws-sts-url=https://vpce-1.example/"]).as_deref(), Some("https://vpce-1.example/"));
        assert_eq!((Role::given(&parse(&all[..1])), Role::given(&parse(&all[1..]))), (None, None));
    }

    #[test]
    fn an_answer_without_all_parts_gives_no_credentials() {
        let whole = "<Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey><SessionToken>T</SessionToken>\
                     <Expiration>2026-11-26T13:00:00Z</Expiration></Credentials>";
        let (credentials, until) = read(whole, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!((credentials.id.as_str(), until), ("A", "2026-11-26T13:00:00Z".parse().unwrap()));
        for part in ["AccessKeyId", "SecretAccessKey", "SessionToken", "Credentials"] {
            assert!(read(&whole.replace(part, "Other"), Timestamp::UNIX_EPOCH).is_none(), "{part}");
        }
    }
}
