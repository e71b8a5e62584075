//! Everything a turn depends on, read from the shared stores, from the disk, and, where the last fetch failed, from the Secret's metadata.

use std::sync::Arc;

use common::api::{ResourceRef, SourceRepository};
use k8s_openapi::api::core::v1::Secret;
use kube::{Api, ResourceExt as _};

use super::claims;
use super::decide::{Input, Record, Trouble};
use super::sources::{Place, Sources};
use crate::runtime::{Context, ObjectKey, Tag, read};

/// Branch where the spec names none.
pub(super) const BRANCH: &str = "main";

pub(super) struct Seen {
    pub(super) place: Arc<Place>,
    /// What keeps it from being fetched.
    pub(super) obstacle: Option<Trouble>,
    /// Another repository speaks for the same workload.
    pub(super) rival: Option<ObjectKey>,
    last: Option<Record>,
    has_cache: bool,
    secret: Option<String>,
}

impl Seen {
    pub(super) fn input<'a>(&'a self, ctx: &Context, repository: &'a SourceRepository) -> Input<'a> {
        Input {
            now: ctx.clock.now(),
            uid: &self.place.uid,
            generation: repository.metadata.generation,
            from: from(repository),
            minutes: repository.spec.sync_interval_minutes,
            obstacle: self.obstacle.clone(),
            last: self.last.as_ref(),
            has_cache: self.has_cache,
            says_ready: repository.status.as_ref().is_some_and(|status| status.ready),
            secret: self.secret.as_deref(),
        }
    }
}

/// URL and branch.
pub(super) fn from(repository: &SourceRepository) -> (String, String) {
    let branch = repository.spec.branch.clone().filter(|branch| !branch.is_empty());
    (repository.spec.url.clone(), branch.unwrap_or_else(|| BRANCH.to_owned()))
}

pub(super) async fn gather(ctx: &Context, sources: &Sources, repository: &Arc<SourceRepository>) -> Seen {
    let (key, uid) = (ObjectKey::of(&**repository), repository.uid().unwrap_or_default());
    let place = sources.place(&key, &uid);
    let last = place.record();
    let workload = claims::workload(repository, &ctx.namespace);
    let rival = workload.as_ref().ok().and_then(|workload| rival(ctx, &key, workload));
    let obstacle = workload.err().or_else(|| obstacle(sources, &uid));
    let failed = last.as_ref().is_some_and(|last| last.outcome.is_err());
    let secret = if failed { version(ctx, repository).await } else { None };
    Seen { has_cache: sources.caches.holds(&uid), place, obstacle, rival, last, secret }
}

/// Nothing else of the operator depends on either.
fn obstacle(sources: &Sources, uid: &str) -> Option<Trouble> {
    let (program, root) = (sources.program.path(), sources.caches.root());
    if !program.is_file() {
        return Some(Trouble::for_a_person(
            "ProgramMissing",
            format!(
                "the operator has no {}: install chatcli-source beside it, or say where it is with --source-program",
                program.display()
            ),
        ));
    }
    sources.caches.is_writable(uid).err().map(|error| {
        Trouble::for_a_person(
            "CacheUnwritable",
            format!(
                "the operator cannot write to {} ({error}): mount a volume there, or say with --source-cache where repositories may be kept",
                root.display()
            ),
        )
    })
}

fn rival(ctx: &Context, key: &ObjectKey, workload: &ResourceRef) -> Option<ObjectKey> {
    let elected = elected(ctx, workload)?;
    let elected = ObjectKey::of(&*elected);
    (elected != *key).then_some(elected)
}

/// The repository that speaks for a workload.
pub(super) fn elected(ctx: &Context, workload: &ResourceRef) -> Option<Arc<SourceRepository>> {
    let candidates = ctx.stores.source_repositories.tagged(&Tag::Resource(workload.path()));
    claims::elected(&candidates, workload, &ctx.namespace)
}

/// Whether the Secret is another one than the one that failed: its data is nobody's business here.
async fn version(ctx: &Context, repository: &SourceRepository) -> Option<String> {
    let name = repository.spec.secret_ref.as_deref().filter(|name| !name.is_empty())?;
    let secrets: Api<Secret> = Api::namespaced(ctx.clients.read.clone(), &repository.namespace().unwrap_or_default());
    read(secrets.get_metadata_opt(name)).await.ok()??.metadata.resource_version
}
