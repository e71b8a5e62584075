//! Calls spread over all pods of a server, one connection to each.
//!
//! A call is repeated on another pod only when the server cannot have seen it: the connection was never made, or was closing before the
//! request went out. Everything else is the caller's to decide.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use proto::chat_cli_service_client::ChatCliServiceClient;
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};

use super::dial::{Access, Target};
use super::unreachable::{Unreachable, find};
use crate::runtime::ObjectKey;

/// Largest answer that is read.
const LARGEST: usize = 16 << 20;
/// Largest question that is sent. A server takes more, but nothing that is asked comes near: what does is a mistake.
const LARGEST_QUESTION: usize = 4 << 20;
/// How long a connection waits for one more call after it was too quick, as the server counts.
const EARNS_A_CALL: Duration = Duration::from_secs(12);
/// Pods tried for one call.
const TRIES: usize = 4;

/// A question that is not sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the question has {0} bytes, and none of more than {LARGEST_QUESTION} is sent to a server")]
pub struct TooLarge(pub usize);

/// A client of one server.
pub type Client = ChatCliServiceClient<Channel>;

/// The pods of one server, and how to talk to them.
pub struct Balanced {
    access: Access,
    pods: RwLock<Vec<(Target, Client)>>,
    turn: AtomicUsize,
    /// Since when nothing but refusals of the token has come back.
    refused_since: Mutex<Option<Instant>>,
}

impl Balanced {
    /// Talks to nobody yet.
    pub fn new(access: Access) -> Self {
        Self { access, pods: RwLock::default(), turn: AtomicUsize::new(0), refused_since: Mutex::default() }
    }

    /// These are the pods now. Connections to those that stay are kept.
    pub fn follow(&self, targets: &[Target]) {
        let mut pods = self.pods.write().unwrap_or_else(PoisonError::into_inner);
        pods.retain(|(target, _)| targets.contains(target));
        for target in targets {
            if !pods.iter().any(|(known, _)| known == target) {
                let client = ChatCliServiceClient::new(self.access.channel(target)).max_decoding_message_size(LARGEST);
                pods.push((target.clone(), client));
            }
        }
    }

    /// The same pods over connections of its own: the server limits calls by connection, and long questions must not wait for small ones.
    #[must_use]
    pub fn apart(&self) -> Self {
        let other = Self::new(self.access.clone());
        let pods = self.pods.read().unwrap_or_else(PoisonError::into_inner);
        other.follow(&pods.iter().map(|(target, _)| target.clone()).collect::<Vec<_>>());
        other
    }

    /// Asks the next pod, and another one when that cannot have seen the question.
    pub async fn call<M, A, F>(&self, message: M, ask: impl Fn(Client, Request<M>) -> F) -> Result<Response<A>, Status>
    where
        M: Clone + proto::Message,
        F: Future<Output = Result<Response<A>, Status>>,
    {
        let size = message.encoded_len();
        if size > LARGEST_QUESTION {
            return Err(Status::from_error(Box::new(TooLarge(size))));
        }
        let mut last = Status::from_error(Box::new(Unreachable::NoEndpoints));
        for _ in 0..TRIES {
            let Some(client) = self.next() else { break };
            match ask(client, self.access.request(message.clone())).await {
                Err(status) if was_never_seen(&status) => last = status,
                answered => {
                    let mut refused_since = self.refused_since.lock().unwrap_or_else(PoisonError::into_inner);
                    if answered.as_ref().is_err_and(|status| status.code() == Code::Unauthenticated) {
                        refused_since.get_or_insert_with(Instant::now);
                    } else {
                        *refused_since = None;
                    }
                    return answered;
                }
            }
        }
        Err(last)
    }

    /// A server refuses a call of a connection that was too quick in the same words as one with a wrong token. Once may be either; again,
    /// after the pause that earns a connection another call, is the token.
    pub fn refuses_the_token(&self) -> bool {
        let since = *self.refused_since.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_some_and(|since| since.elapsed() >= EARNS_A_CALL)
    }

    /// Where the token comes from, in words.
    pub fn token_from(&self) -> &str {
        self.access.token.as_ref().map_or("nobody: the server asks for one", |(_, secret)| secret)
    }

    fn next(&self) -> Option<Client> {
        let pods = self.pods.read().unwrap_or_else(PoisonError::into_inner);
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        (!pods.is_empty()).then(|| pods[turn % pods.len()].1.clone())
    }
}

/// True when the server cannot have begun to work on it.
pub fn was_never_seen(status: &Status) -> bool {
    find::<Unreachable>(status).is_some()
        || find::<hyper::Error>(status).is_some_and(hyper::Error::is_canceled)
        || find::<h2::Error>(status).is_some_and(|error| {
            error.reason() == Some(h2::Reason::REFUSED_STREAM) || (error.is_go_away() && error.is_remote())
        })
}

/// Every server that can be asked, by the Instance it belongs to.
#[derive(Default)]
pub struct Servers(RwLock<BTreeMap<ObjectKey, (Fingerprint, Arc<Balanced>)>>);

/// What an [`Access`] was made of, so that it is made again only when that has changed.
type Fingerprint = HashMap<&'static str, Vec<u8>>;

impl Servers {
    /// The server of an Instance, if it can be asked.
    pub fn get(&self, instance: &ObjectKey) -> Option<Arc<Balanced>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(instance).map(|(_, server)| Arc::clone(server))
    }

    /// Every Instance with a server, by namespace and name.
    pub fn instances(&self) -> Vec<ObjectKey> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    /// It answers at these places.
    pub fn offer(&self, instance: &ObjectKey, made_of: Fingerprint, access: &Access, targets: &[Target]) {
        let mut servers = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let entry = servers.entry(instance.clone());
        let (known, server) = entry.or_insert_with(|| (made_of.clone(), Arc::new(Balanced::new(access.clone()))));
        if *known != made_of {
            (*known, *server) = (made_of, Arc::new(Balanced::new(access.clone())));
        }
        server.follow(targets);
    }

    /// It is gone, or cannot be asked.
    pub fn withdraw(&self, instance: &ObjectKey) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(instance);
    }
}
