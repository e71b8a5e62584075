//! What a provider is shown to be allowed: a key as it is, a signature, or a token that a secret was exchanged for.
//!
//! In: the settings of an Instance. Out: headers of one request. It is shown to nobody else: not by `Debug`, not in an error, not in an
//! answer that quotes it.

use std::collections::BTreeMap;
use std::sync::Arc;

use http::header::{AUTHORIZATION, HeaderName};

use super::aws::{Credentials, Identity, Source};
use super::providers::{Auth, Endpoint, Provider};
use super::shown::{Shown, sensitive};
use super::stackspot::Client;
use super::{Desk, LlmError, aws, bedrock};
use crate::runtime::http::{Http, Reply};

/// A credential.
#[derive(Clone)]
pub struct Key(Kind);

#[derive(Clone)]
enum Kind {
    Text(String),
    Aws(Arc<Identity>),
    StackSpot(Arc<Client>),
}

impl Key {
    /// Blanks at the ends are a Secret made by hand, and no part of any key.
    pub fn new(text: &str) -> Self {
        Self(Kind::Text(text.trim().to_owned()))
    }

    /// Signs for Amazon.
    pub fn aws(identity: Identity) -> Self {
        Self(Kind::Aws(Arc::new(identity)))
    }

    /// Is exchanged for a token.
    pub fn stackspot(client: Client) -> Self {
        Self(Kind::StackSpot(Arc::new(client)))
    }

    /// The key of an Instance for a provider, or in words what is missing. `role` is the operator's own, where it may be used.
    pub fn of(
        provider: &Provider,
        settings: &BTreeMap<String, String>,
        role: Option<&aws::sts::Role>,
        desk: &Desk,
    ) -> Result<Self, String> {
        let given = |name: &str| settings.get(name).map(|value| value.trim()).filter(|value| !value.is_empty());
        if provider.auth == Auth::Exchanged {
            let [Some(id), Some(secret)] = ["CLIENT_ID", "CLIENT_KEY"].map(given) else {
                return Err(format!("there are no CLIENT_ID and CLIENT_KEY for {}", provider.name));
            };
            let (purse, clock) = (Arc::clone(&desk.purse), desk.clock());
            return Ok(Self::stackspot(Client::new(id, secret, given("STACKSPOT_REALM"), purse, clock)));
        }
        if let Some(key) = provider.keys.iter().find_map(|name| given(name)) {
            return Ok(Self::new(key));
        }
        if provider.name != bedrock::NAME {
            return match provider.auth {
                Auth::None => Ok(Self::new("")),
                _ => Err(format!("there is no {} for {}", provider.keys.join(" or "), provider.name)),
            };
        }
        let source = match (given("AWS_ACCESS_KEY_ID"), given("AWS_SECRET_ACCESS_KEY"), role) {
            (Some(id), Some(secret), _) => Source::Keys(Credentials {
                id: id.to_owned(),
                secret: secret.to_owned(),
                token: given("AWS_SESSION_TOKEN").map(str::to_owned),
            }),
            (None, None, Some(role)) => Source::Role(role.clone()),
            (None, None, None) => {
                return Err("there are neither AWS_BEARER_TOKEN_BEDROCK nor AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for BEDROCK, \
                            and the operator has no role that it may use for this Instance"
                    .to_owned());
            }
            _ => return Err("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY go together; one is missing".to_owned()),
        };
        let region = bedrock::region(|name| given(name).map(str::to_owned));
        Ok(Self::aws(Identity { source, region, purse: Arc::clone(&desk.purse), clock: desk.clock() }))
    }

    /// What one request to `endpoint` carries.
    pub async fn show(&self, endpoint: &Endpoint, http: &Http, body: &[u8]) -> Result<Shown, LlmError> {
        match (&self.0, endpoint.auth) {
            (Kind::Text(key), auth) => text(key, auth),
            (Kind::Aws(identity), Auth::Signed(service)) => identity.show(service, &endpoint.url, http, body).await,
            (Kind::StackSpot(client), _) => client.show(http).await,
            (Kind::Aws(_), _) => Err(LlmError::Auth("a signature is nothing that this provider takes".to_owned())),
        }
    }

    /// It was refused before anybody worked on it, and another may be had: true when it is worth asking again.
    pub async fn renew(&self, shown: &Shown, reply: &Reply) -> bool {
        match &self.0 {
            Kind::Text(_) => false,
            Kind::Aws(identity) => aws_has_ended(reply) && identity.renew(shown).await,
            Kind::StackSpot(client) => matches!(reply.status, 401 | 403) && client.renew(shown).await,
        }
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[key]")
    }
}

fn text(key: &str, auth: Auth) -> Result<Shown, LlmError> {
    let (name, value) = match auth {
        Auth::None => return Ok(Shown { headers: Vec::new(), secrets: Vec::new() }),
        Auth::Header(name) => (HeaderName::from_static(name), key.to_owned()),
        _ => (AUTHORIZATION, format!("Bearer {key}")),
    };
    Ok(Shown { headers: vec![(name, sensitive(&value)?)], secrets: vec![key.to_owned()] })
}

/// Ended or withdrawn, as opposed to not allowed: the latter stays what it is.
fn aws_has_ended(reply: &Reply) -> bool {
    let words = String::from_utf8_lossy(&reply.body).to_lowercase();
    matches!(reply.status, 400 | 401 | 403) && words.contains("security token included in the request is")
}
