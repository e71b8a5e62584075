//! Requests to Amazon: who signs them, and with what.
//!
//! In: keys of an Instance, or the role that the operator's own ServiceAccount may take. Out: signed headers. Never: reads a file that an
//! Instance names, sends the operator's own token anywhere but to the address this process was started with, or prints a secret.
//!
//! The signature is made here, not by a library: the published ones need a newer compiler than this workspace promises, or bring a second
//! copy of several crates and licences that are not allowed; the primitives are the TLS provider's.

pub mod sign;
pub mod sts;

use std::sync::Arc;

use common::naming;
use http::Uri;

use self::sign::Request;
use super::LlmError;
use super::shown::Shown;
use super::tokens::Purse;
use crate::runtime::Clock;
use crate::runtime::http::{Http, authority};

/// What a signature is made with.
#[derive(Clone, Eq, PartialEq)]
pub struct Credentials {
    /// Named in the request.
    pub id: String,
    /// Never sent.
    pub secret: String,
    /// Sent beside the signature, where the credentials end by themselves.
    pub token: Option<String>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[credentials]")
    }
}

/// Where credentials come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// Written down by somebody.
    Keys(Credentials),
    /// Issued for the role of this process.
    Role(sts::Role),
}

/// Who signs, and where.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Where its credentials come from.
    pub source: Source,
    /// Region of what is asked.
    pub region: String,
    /// What was issued and still holds.
    pub purse: Arc<Purse>,
    /// Signatures carry the time.
    pub clock: Clock,
}

impl Identity {
    /// The headers of one request to `service`.
    pub async fn show(&self, service: &str, url: &str, http: &Http, body: &[u8]) -> Result<Shown, LlmError> {
        let credentials = match &self.source {
            Source::Keys(credentials) => credentials.clone(),
            Source::Role(role) => {
                let issue = || sts::issue(role, http, &self.clock);
                self.purse.roles.get(&role.whose(), self.clock.now(), issue).await?
            }
        };
        let uri: Uri = url.parse().map_err(|_| LlmError::Unreachable(format!("{url} is no address")))?;
        if uri.query().is_some() {
            return Err(LlmError::Unreachable("an address whose requests are signed has no query".to_owned()));
        }
        let host = authority(&uri);
        let headers = [("content-type", crate::runtime::http::JSON), ("host", host.as_str())];
        let request = Request { method: "POST", path: uri.path(), headers: &headers, body };
        let signed = sign::sign(&credentials, &self.region, service, &request, self.clock.now())?;
        let secrets = [Some(credentials.id), Some(credentials.secret), credentials.token];
        Ok(Shown { headers: signed, secrets: secrets.into_iter().flatten().collect() })
    }

    /// What was shown has ended early: another is asked for next time. False where there is no other.
    pub async fn renew(&self, shown: &Shown) -> bool {
        let Source::Role(role) = &self.source else { return false };
        let is_stale = |held: &Credentials| held.token.as_ref().is_some_and(|token| shown.secrets.contains(token));
        self.purse.roles.forget(&role.whose(), is_stale).await;
        true
    }
}

impl sts::Role {
    /// The same for the same role taken in the same way.
    fn whose(&self) -> String {
        naming::hash(&[&self.arn, &self.session, &self.url, &self.token_file.to_string_lossy()], 64)
    }
}
