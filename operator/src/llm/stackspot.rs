//! StackSpot's identity: a client's id and secret are exchanged for a token that holds for some minutes.

use std::sync::Arc;
use std::time::Duration;

use common::naming;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use percent_encoding::utf8_percent_encode;
use serde_json::Value;

use super::aws::sign::RESERVED;
use super::shown::{self, Shown, sensitive};
use super::tokens::Purse;
use super::{LlmError, wire};
use crate::runtime::Clock;
use crate::runtime::http::{FORM, Http};

/// Realm where nobody names one.
const REALM: &str = "zup";
/// Longest an exchange may take.
const DEADLINE: Duration = Duration::from_secs(15);
/// How long a token holds that does not say.
const USUAL: i64 = 300;

/// A client of one realm.
#[derive(Clone)]
pub struct Client {
    id: String,
    secret: String,
    /// Where tokens are issued.
    pub url: String,
    purse: Arc<Purse>,
    clock: Clock,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[client]")
    }
}

impl Client {
    /// Of a realm.
    pub fn new(id: &str, secret: &str, realm: Option<&str>, purse: Arc<Purse>, clock: Clock) -> Self {
        let realm = utf8_percent_encode(realm.unwrap_or(REALM), RESERVED);
        let url = format!("https://idm.stackspot.com/{realm}/oidc/oauth/token");
        Self { id: id.to_owned(), secret: secret.to_owned(), url, purse, clock }
    }

    /// The header of one request.
    pub async fn show(&self, http: &Http) -> Result<Shown, LlmError> {
        let token = self.purse.bearers.get(&self.whose(), self.clock.now(), || self.issue(http)).await?;
        let header = (AUTHORIZATION, sensitive(&format!("Bearer {token}"))?);
        Ok(Shown { headers: vec![header], secrets: vec![token, self.secret.clone()] })
    }

    /// The token was refused: another is asked for next time.
    pub async fn renew(&self, shown: &Shown) -> bool {
        self.purse.bearers.forget(&self.whose(), |held| shown.secrets.contains(held)).await;
        true
    }

    /// A changed secret is another client: what the old one was given is not used for it.
    fn whose(&self) -> String {
        naming::hash(&[&self.url, &self.id, &self.secret], 64)
    }

    async fn issue(&self, http: &Http) -> Result<(String, Timestamp), LlmError> {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &self.id)
            .append_pair("client_secret", &self.secret)
            .finish();
        let headers = vec![(CONTENT_TYPE, HeaderValue::from_static(FORM))];
        let reply = http.post(&self.url, headers, form.into_bytes(), DEADLINE).await;
        let who = "StackSpot's identity service";
        let safe = |words: &str| shown::hidden(words, std::slice::from_ref(&self.secret));
        let reply = reply.map_err(|error| shown::not_issued(who, &safe(error.words())))?;
        let answer = serde_json::from_slice::<Value>(&reply.body).unwrap_or_default();
        if !(200..300).contains(&reply.status) {
            let words = answer["error_description"].as_str().map_or_else(|| wire::complaint(&answer), str::to_owned);
            return Err(shown::refused(who, &reply, &safe(&words)));
        }
        let token = answer["access_token"].as_str().filter(|token| !token.is_empty());
        let token = token.ok_or_else(|| LlmError::Server(format!("{who}: its answer holds no token")))?;
        let seconds = answer["expires_in"].as_i64().unwrap_or(USUAL).clamp(0, 86_400);
        Ok((token.to_owned(), self.clock.now() + SignedDuration::from_secs(seconds)))
    }
}
