//! Calls spread over all pods of a server, one connection to each.
//!
//! A call is repeated on another pod only when the server cannot have seen it: the connection was never made, or was closing before the
//! request went out. Everything else is the caller's to decide.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use proto::chat_cli_service_client::ChatCliServiceClient;
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};

use super::dial::{Access, Target};
use super::unreachable::{Unreachable, find};
use crate::runtime::ObjectKey;

/// Largest answer that is read.
const LARGEST: usize = 16 << 20;
/// Pods tried for one call.
const TRIES: usize = 4;

/// A client of one server.
pub type Client = ChatCliServiceClient<Channel>;

/// The pods of one server, and how to talk to them.
pub struct Balanced {
    access: Access,
    pods: RwLock<Vec<(Target, Client)>>,
    turn: AtomicUsize,
}

impl Balanced {
    /// Talks to nobody yet.
    pub fn new(access: Access) -> Self {
        Self { access, pods: RwLock::default(), turn: AtomicUsize::new(0) }
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
        M: Clone,
        F: Future<Output = Result<Response<A>, Status>>,
    {
        let mut last = Status::unavailable(Unreachable::NoEndpoints.to_string());
        for _ in 0..TRIES {
            let Some(client) = self.next() else { break };
            match ask(client, self.access.request(message.clone())).await {
                Err(status) if was_never_seen(&status) => last = status,
                answered => return answered,
            }
        }
        Err(last)
    }

    fn next(&self) -> Option<Client> {
        let pods = self.pods.read().unwrap_or_else(PoisonError::into_inner);
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        (!pods.is_empty()).then(|| pods[turn % pods.len()].1.clone())
    }
}

/// True when the server cannot have begun to work on it.
fn was_never_seen(status: &Status) -> bool {
    if !matches!(status.code(), Code::Unavailable | Code::Unknown | Code::Cancelled | Code::Internal) {
        return false;
    }
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
