//! One fetch: the Secret, the turn, the program, and what came of it.

use std::collections::BTreeMap;
use std::time::Duration;

use common::api::SourceRepository;
use common::api::keys::OPERATOR_SERVICE_ACCOUNT;
use common::naming;
use common::redact;
use common::source::{Answer, Ask, Index, Limits, Refusal, Remote, Request};
use k8s_openapi::api::core::v1::Secret;
use kube::{Api, ResourceExt as _};

use super::credential::{self, Credential};
use super::decide::{Record, Trouble};
use super::gather::{Seen, from};
use super::program::Failure;
use super::sources::Sources;
use crate::runtime::{Context, ReadError, read};

/// What one fetch may take.
const LIMITS: Limits = Limits { seconds: 60, bytes: 256 * MEBIBYTE, objects: 500_000, blob: MEBIBYTE };
const MEBIBYTE: u64 = 1024 * 1024;
/// A repository that may be no larger than this is not worth the try.
const LEAST_ROOM: u64 = 16 * MEBIBYTE;
/// What the program is given beyond its own limit, before it is killed.
const GRACE: Duration = Duration::from_secs(5);
/// Longest message of what went wrong.
const MESSAGE: usize = 1000;

/// Fetches a repository and keeps what came of it.
pub(super) async fn sync(ctx: &Context, sources: &Sources, repository: &SourceRepository, seen: &Seen, anew: bool) {
    let mut version = None;
    let outcome = fetch(ctx, sources, repository, seen, anew, &mut version).await;
    let generation = repository.metadata.generation;
    let failures = seen.place.record().filter(|last| last.generation == generation).map_or(0, |last| last.failures);
    ctx.metrics.source_sync(outcome.as_ref().map_or_else(|trouble| trouble.reason, |_| "Synced"));
    let (outcome, news) = match outcome {
        Ok(index) => (Ok(()), Some(index)),
        Err(trouble) => (Err(trouble), None),
    };
    let record = Record {
        at: ctx.clock.now(),
        generation,
        from: from(repository),
        secret: version,
        failures: if outcome.is_ok() { 0 } else { failures.saturating_add(1) },
        outcome,
    };
    seen.place.keep(record, news);
}

async fn fetch(
    ctx: &Context,
    sources: &Sources,
    repository: &SourceRepository,
    seen: &Seen,
    anew: bool,
    version: &mut Option<String>,
) -> Result<Index, Trouble> {
    let Ok(_slot) = sources.fetching.acquire().await else { return Err(stopped()) };
    let _turn = seen.place.turn.lock().await;
    let uid = seen.place.uid.clone();
    let room = room(sources, uid.clone(), anew).await?;
    // Last of all, so that nothing secret lies about while others fetch.
    let mut credential = credential(ctx, repository, version).await?;
    let known = credential.known();
    let (url, branch) = from(repository);
    let remote = Remote {
        url,
        branch,
        access: std::mem::replace(&mut credential.access, common::source::Access::None),
        private_hosts: sources.private_hosts.clone(),
        authorities: credential.authorities.take(),
    };
    let limits = Limits { bytes: LIMITS.bytes.min(room), ..LIMITS };
    let mut request = Request { cache: sources.caches.of(&uid), limits, ask: Ask::Sync(remote) };
    let patience = Duration::from_secs(LIMITS.seconds) + GRACE;
    let answer = tokio::select! {
        answer = sources.program.ask(&request, patience, &known) => answer,
        () = ctx.stopping() => Err(Failure::Broken("the operator is stopping".to_owned())),
    };
    if let Ask::Sync(remote) = &mut request.ask {
        credential::forget(&mut remote.access);
    }
    let clean = |text: &str| redact::cut(&redact::secrets_and(text, &known), MESSAGE);
    match answer {
        Ok(Answer::Index(index)) => Ok(index),
        Ok(Answer::Refused { refusal, message }) => Err(Trouble::refused(refusal, clean(&message))),
        Ok(Answer::Context(_)) => {
            Err(Trouble::passing("ProgramFailed", "chatcli-source answered another question: is it of this version?"))
        }
        Err(Failure::Late(patience)) => {
            Err(Trouble::passing("TooSlow", format!("chatcli-source gave no answer within {patience:?} and was ended")))
        }
        Err(Failure::Exhausted) => Err(Trouble::refused(
            Refusal::TooLarge,
            "reading the repository takes more memory or processor time than it may: name a smaller one, or a branch with less in it",
        )),
        Err(missing @ Failure::Missing { .. }) => Err(Trouble::for_a_person("ProgramMissing", missing.to_string())),
        Err(Failure::Broken(why)) => {
            Err(Trouble::passing("ProgramFailed", format!("chatcli-source failed: {}", clean(&why))))
        }
    }
}

/// Bytes that this repository may take, after what is of no use any more is gone.
async fn room(sources: &Sources, uid: String, anew: bool) -> Result<u64, Trouble> {
    let (caches, all) = (sources.caches.clone(), sources.room);
    let looked = tokio::task::spawn_blocking(move || {
        if anew {
            caches.remove(&uid)?;
        }
        caches.beside(&uid)
    });
    let others = looked.await.map_err(|_| stopped())?.map_err(|error| {
        Trouble::passing("CacheUnwritable", format!("{} cannot be used: {error}", sources.caches.root().display()))
    })?;
    // One that is made anew stands beside the old one until it is whole.
    let room = all.saturating_sub(others) / 2;
    if room < LEAST_ROOM {
        return Err(Trouble::for_a_person(
            "CacheFull",
            format!(
                "other repositories take {} of {} MiB: delete one, or mount a larger volume and say so with --source-cache-mebibytes",
                others / MEBIBYTE,
                all / MEBIBYTE
            ),
        ));
    }
    Ok(room)
}

fn stopped() -> Trouble {
    Trouble::passing("ProgramFailed", "the operator is stopping")
}

/// Read when it is needed, by name, and kept by nobody.
async fn credential(
    ctx: &Context,
    repository: &SourceRepository,
    version: &mut Option<String>,
) -> Result<Credential, Trouble> {
    let auth = repository.spec.auth_type.unwrap_or_default();
    let Some(name) = repository.spec.secret_ref.as_deref().filter(|name| !name.is_empty()) else {
        // The schema has every other way name a Secret.
        return Ok(Credential::none());
    };
    let namespace = repository.namespace().unwrap_or_default();
    let secrets: Api<Secret> = Api::namespaced(ctx.clients.read.clone(), &namespace);
    let secret = match read(secrets.get_opt(name)).await {
        Ok(Some(secret)) => secret,
        Ok(None) => {
            return Err(Trouble::for_a_person(
                "SecretMissing",
                format!("Secret {namespace}/{name}, which spec.secretRef names, does not exist: create it"),
            ));
        }
        Err(ReadError::Failed(kube::Error::Api(status))) if status.code == 403 => {
            return Err(Trouble::for_a_person(
                "SecretForbidden",
                forbidden(&repository.name_any(), &namespace, name, &ctx.namespace),
            ));
        }
        Err(error) => return Err(Trouble::passing("SecretUnread", format!("Secret {namespace}/{name}: {error}"))),
    };
    version.clone_from(&secret.metadata.resource_version);
    let mut data: BTreeMap<String, Vec<u8>> =
        secret.data.unwrap_or_default().into_iter().map(|(key, value)| (key, value.0)).collect();
    let read = credential::read((&namespace, name), auth, credential::host(&repository.spec.url), &mut data);
    data.values_mut().for_each(zeroize::Zeroize::zeroize);
    read
}

/// What an administrator types. `list` and `watch` let the operator notice that the Secret changes.
fn forbidden(repository: &str, namespace: &str, secret: &str, home: &str) -> String {
    let role = naming::with_suffix(&format!("chatcli-source-{repository}"), "");
    format!(
        "the operator may not read Secret {namespace}/{secret}, which spec.secretRef names; an administrator grants it: \
         kubectl create role {role} -n {namespace} --verb=get,list,watch --resource=secrets --resource-name={secret} && \
         kubectl create rolebinding {role} -n {namespace} --role={role} --serviceaccount={home}:{OPERATOR_SERVICE_ACCOUNT}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_secret_comes_with_the_two_lines_that_grant_it() {
        let told = forbidden("web", "shop", "git-token", "chatcli-system");
        assert!(told.contains(
            "kubectl create role chatcli-source-web -n shop --verb=get,list,watch --resource=secrets --resource-name=git-token && kubectl create rolebinding chatcli-source-web -n shop --role=chatcli-source-web --serviceaccount=chatcli-system:chatcli-operator"
        ), "{told}");
    }
}
