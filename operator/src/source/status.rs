//! What is said about a repository.

use std::sync::Arc;

use common::api::SourceRepository;
use common::api::keys::{conditions, managers};
use common::api::source_repository::{GitCommitInfo, SourceRepositoryStatus};
use common::redact;
use common::source::{Commit, Index};
use jiff::Timestamp;
use kube::Resource as _;
use serde_json::json;

use super::decide::{CACHE_LOST, Trouble};
use crate::runtime::status::{self, Owner, condition, time};
use crate::runtime::{Context, Note, ObjectKey, WriteError};

/// `localPath` is upstream's: it means nothing to anybody outside its pod.
const OWNER: Owner = Owner {
    manager: managers::SOURCE,
    fields: &[
        "ready",
        "lastSyncedAt",
        "headCommit",
        "recentCommits",
        "error",
        "detectedLanguages",
        "entrypointFiles",
        "configFiles",
        "observedGeneration",
    ],
    conditions: &[conditions::READY],
};

/// Longest subject of a commit, and name of an author.
const SUBJECT: usize = 200;

/// What is said.
#[derive(Clone, Copy, Debug)]
pub(super) enum Said<'a> {
    /// It was fetched, at this time.
    Synced(&'a Index, Timestamp),
    /// It is as it was.
    Same,
    /// It cannot be read.
    Trouble(&'a Trouble),
}

/// Writes it where it says anything new, and tells people when the repository became ready or stopped being so.
pub(super) async fn write(
    ctx: &Context,
    repository: &Arc<SourceRepository>,
    said: Said<'_>,
    rival: Option<&ObjectKey>,
) -> Result<(), WriteError> {
    let before = repository.status.clone().unwrap_or_default();
    let wanted = status(repository, &before, said, rival, ctx.clock.now());
    let mut fields = json!(wanted);
    if let Some(fields) = fields.as_object_mut() {
        fields.retain(|name, _| name == "conditions" || OWNER.fields.contains(&name.as_str()));
    }
    let written = status::apply(ctx, repository, &OWNER, fields).await?;
    let is_new = !before.conditions.iter().any(|condition| condition.type_ == conditions::READY);
    // A cache that a restart has cost is fetched again by itself: no news for anybody.
    let is_lost = wanted.conditions.iter().any(|condition| condition.reason == CACHE_LOST);
    if !is_lost && (wanted.ready != before.ready || (is_new && !wanted.conditions.is_empty())) {
        announce(ctx, &written, &wanted);
    }
    Ok(())
}

fn announce(ctx: &Context, repository: &SourceRepository, told: &SourceRepositoryStatus) {
    let Some(ready) = told.conditions.iter().find(|condition| condition.type_ == conditions::READY) else { return };
    let note = if told.ready {
        let head = told.head_commit.as_ref().map(|commit| commit.sha.as_str()).unwrap_or_default();
        Note::new("SourceReady", "Sync", format!("{} is fetched, at {}", repository.spec.url, short(head)))
    } else {
        Note::new("SourceNotReady", "Sync", format!("{}: {}", ready.reason, ready.message)).warning()
    };
    let since = ready.last_transition_time.0.as_second();
    ctx.events.tell(repository.object_ref(&()), note.once(format!("{}.{since}", ready.reason)));
}

fn status(
    repository: &SourceRepository,
    before: &SourceRepositoryStatus,
    said: Said<'_>,
    rival: Option<&ObjectKey>,
    now: Timestamp,
) -> SourceRepositoryStatus {
    let mut told = before.clone();
    let unused = || {
        let workload = repository.workload();
        rival.map(|rival| format!("SourceRepository {rival} goes first for {}: this one is not used", workload.short()))
    };
    let generation = repository.metadata.generation;
    let known = before.conditions.as_slice();
    let ready = |holds, reason: &str, message: &str| {
        vec![condition(known, conditions::READY, holds, reason, message, generation, now)]
    };
    match said {
        Said::Synced(index, at) => {
            told.last_synced_at = Some(time(at));
            told.recent_commits = index.commits.iter().map(commit).collect();
            told.head_commit = told.recent_commits.first().cloned();
            told.detected_languages.clone_from(&index.languages);
            told.entrypoint_files.clone_from(&index.entrypoints);
            told.config_files.clone_from(&index.config_files);
        }
        Said::Same => {}
        Said::Trouble(trouble) => {
            told.ready = false;
            told.error = Some(trouble.message.clone());
            told.conditions = ready(false, trouble.reason, &trouble.message);
            told.observed_generation = generation;
            return told;
        }
    }
    if matches!(said, Said::Synced(..)) || before.ready {
        told.ready = true;
        told.error = None;
        told.conditions = ready(true, "Synced", &unused().unwrap_or_default());
        told.observed_generation = generation;
    }
    told
}

/// Subjects of commits are as much a stranger's text as logs are.
fn commit(commit: &Commit) -> GitCommitInfo {
    let clean = |text: &str| redact::cut(&redact::secrets(text), SUBJECT);
    GitCommitInfo {
        sha: commit.id.clone(),
        message: clean(&commit.subject),
        author: clean(&commit.author),
        timestamp: time(commit.at),
        files_changed: commit.files.clone(),
    }
}

/// A commit's id as people write it.
pub(super) fn short(id: &str) -> &str {
    id.get(..10).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::testing::repository;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + seconds).unwrap()
    }

    fn index() -> Index {
        let commit = Commit {
            id: "0123456789abcdef0123".to_owned(),
            subject: "Rotate, password=hunter2".to_owned(),
            author: "Ana".to_owned(),
            at: at(-60),
            files: vec!["src/cart.py".to_owned()],
        };
        Index { commits: vec![commit], languages: vec!["Python".to_owned()], ..Index::default() }
    }

    fn ready(told: &SourceRepositoryStatus) -> (&str, &str, &str) {
        let it = &told.conditions[0];
        (&it.status, &it.reason, &it.message)
    }

    #[test]
    fn a_fetch_says_what_is_there_and_no_secret() {
        let told = status(
            &repository("shop", "web"),
            &SourceRepositoryStatus::default(),
            Said::Synced(&index(), at(0)),
            None,
            at(0),
        );
        assert!(told.ready && told.error.is_none());
        assert_eq!(ready(&told), ("True", "Synced", ""));
        let head = told.head_commit.unwrap();
        assert!(!head.message.contains("hunter2"), "{}", head.message);
        assert_eq!(head.files_changed, ["src/cart.py"]);
    }

    #[test]
    fn a_fetch_with_no_news_changes_its_time_alone() {
        let web = repository("shop", "web");
        let first = status(&web, &SourceRepositoryStatus::default(), Said::Synced(&index(), at(0)), None, at(0));
        let again = status(&web, &first, Said::Synced(&index(), at(600)), None, at(600));
        assert_eq!(SourceRepositoryStatus { last_synced_at: first.last_synced_at.clone(), ..again }, first);
    }

    #[test]
    fn trouble_keeps_what_was_known_and_success_clears_the_error() {
        let web = repository("shop", "web");
        let well = status(&web, &SourceRepositoryStatus::default(), Said::Synced(&index(), at(0)), None, at(0));
        let trouble = Trouble::for_a_person("Unauthorized", "the token is refused");
        let sick = status(&web, &well, Said::Trouble(&trouble), None, at(60));
        assert!(!sick.ready && sick.head_commit == well.head_commit && sick.last_synced_at == well.last_synced_at);
        assert_eq!(
            (sick.error.as_deref(), ready(&sick)),
            (Some("the token is refused"), ("False", "Unauthorized", "the token is refused"))
        );
        assert_eq!(status(&web, &sick, Said::Synced(&index(), at(120)), None, at(120)).error, None);
    }

    #[test]
    fn one_that_another_goes_before_says_so_and_nothing_promises_what_is_not_there() {
        let web = repository("shop", "web");
        let rival = ObjectKey::new("shop", "a");
        let well = status(&web, &SourceRepositoryStatus::default(), Said::Synced(&index(), at(0)), Some(&rival), at(0));
        assert!(ready(&well).2.contains("SourceRepository shop/a goes first for deploy/web"), "{:?}", ready(&well));
        let alone = status(&web, &well, Said::Same, None, at(10));
        assert_eq!(ready(&alone), ("True", "Synced", ""));
        let none = status(&web, &SourceRepositoryStatus::default(), Said::Same, None, at(0));
        assert!(!none.ready && none.conditions.is_empty());
    }
}
