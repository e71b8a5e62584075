//! What a workload's code says about an incident.

use std::sync::Arc;
use std::time::Duration;

use common::api::keys::conditions;
use common::api::{ResourceRef, SourceRepository};
use common::facts::{Facts, releases, revisions, traces};
use common::redact::{self, Known};
use common::source::{Answer, Ask, Context as Says, Incident, Limits, Refusal, Request};
use jiff::Timestamp;
use kube::ResourceExt as _;

use super::LOST;
use super::decide::Trouble;
use super::gather::{elected, from};
use super::program::Failure;
use super::sources::Sources;
use crate::runtime::{Context, ObjectKey};

/// What one question may take; the repository is on the disk.
const LIMITS: Limits = Limits { seconds: 4, bytes: 256 * 1024 * 1024, objects: 500_000, blob: 1024 * 1024 };
/// Longest an explanation waits for it, whoever else asks.
const PATIENCE: Duration = Duration::from_secs(5);
/// In place of lines that hold a secret which is longer than one of them: numbers beside the rest would be wrong.
const WITHHELD: &str = "[REDACTED:code with a secret of several lines]";
/// Places of stack traces that are asked for; five are shown.
const FRAMES: usize = 20;

/// What is known of the code.
#[derive(Clone, Debug, PartialEq)]
pub enum Code {
    /// Nobody said where it is.
    Unnamed,
    /// It could not be read; why, as a sentence.
    Unread(String),
    /// It was read.
    Told(Box<Told>),
}

/// What a repository says about an incident.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The SourceRepository.
    pub repository: ObjectKey,
    /// Branch.
    pub branch: String,
    /// When the incident began.
    pub began: Timestamp,
    /// Since when the newest release of the workload is rolled out, where its revisions say.
    pub since: Option<Timestamp>,
    /// What the program found, without secrets.
    pub says: Says,
}

impl Sources {
    /// The repository that speaks for a workload, where it can be asked.
    pub fn ready(&self, ctx: &Context, workload: &ResourceRef) -> Option<Arc<SourceRepository>> {
        elected(ctx, workload).filter(|repository| not_ready(repository).is_none())
    }

    /// What the code of a workload says about an incident that began then. Waits a few seconds at most.
    pub async fn about(&self, ctx: &Context, workload: &ResourceRef, facts: Option<&Facts>, began: Timestamp) -> Code {
        let Some(repository) = elected(ctx, workload) else { return Code::Unnamed };
        let key = ObjectKey::of(&*repository);
        if let Some(why) = not_ready(&repository) {
            ctx.metrics.source_question("not_ready");
            return Code::Unread(format!("SourceRepository {key} is not ready: {why}"));
        }
        let asked = tokio::time::timeout(PATIENCE, self.ask(ctx, &repository, &key, facts, began));
        let answer = asked.await.unwrap_or(Err(Failure::Late(PATIENCE)));
        ctx.metrics.source_question(if answer.is_ok() { "answered" } else { "failed" });
        match answer {
            Ok(mut says) => {
                clean(&mut says, &Known::of_pods(facts.into_iter().flat_map(Facts::pod_specs)));
                let (_, branch) = from(&repository);
                let rollout = facts.and_then(|facts| revisions::rollout(facts, &revisions::all(facts)));
                let since = rollout.and_then(|rollout| rollout.current.made());
                Code::Told(Box::new(Told { repository: key, branch, began, since, says }))
            }
            Err(why) => {
                tracing::warn!(repository = %key, %workload, "its code could not be read: {why}");
                Code::Unread(format!("SourceRepository {key} could not be read: {why}"))
            }
        }
    }

    async fn ask(
        &self,
        ctx: &Context,
        repository: &SourceRepository,
        key: &ObjectKey,
        facts: Option<&Facts>,
        began: Timestamp,
    ) -> Result<Says, Failure> {
        let broken = |why: &str| Failure::Broken(why.to_owned());
        let uid = repository.uid().unwrap_or_default();
        let place = self.place(key, &uid);
        let _slot = self.answering.acquire().await.map_err(|_| broken("the operator is stopping"))?;
        let _turn = place.turn.lock().await;
        // What the status promises may be another process's, or of a spec that holds no more.
        let current =
            place.record().filter(|last| last.outcome.is_ok() && last.generation == repository.metadata.generation);
        let Some(mut record) = current.filter(|_| self.caches.holds(&uid)) else {
            return Err(broken("it is being fetched"));
        };
        let incident = Incident {
            at: began,
            releases: facts.map(releases::names).unwrap_or_default(),
            frames: facts.map(|facts| traces::frames(&facts.extra.logs, FRAMES)).unwrap_or_default(),
            paths: repository.spec.paths.clone(),
            dockerfile: repository.spec.dockerfile.clone(),
        };
        let request = Request { cache: self.caches.of(&uid), limits: LIMITS, ask: Ask::Context(incident) };
        match self.program.ask(&request, PATIENCE, &Known::NOTHING).await? {
            Answer::Context(says) => Ok(says),
            Answer::Refused { refusal, message } => {
                if refusal == Refusal::CacheLost {
                    // Made anew at once, by who fetches.
                    record.failures = 0;
                    record.outcome = Err(Trouble::refused(refusal, &message));
                    place.keep(record, None);
                    ctx.noticed(LOST, key.clone());
                }
                Err(Failure::Broken(redact::secrets(&message).into_owned()))
            }
            Answer::Index(_) => Err(broken("it answered another question")),
        }
    }
}

/// Before anything is cut out of it or put around its lines: half a secret is recognised by nobody.
fn clean(says: &mut Says, known: &Known) {
    let line = |text: &mut String| *text = redact::secrets_and(text, known).into_owned();
    for commit in says.running.iter_mut().chain(&mut says.around) {
        line(&mut commit.subject);
        line(&mut commit.author);
        commit.files.iter_mut().for_each(line);
    }
    says.running_by.iter_mut().for_each(line);
    for snippet in &mut says.snippets {
        line(&mut snippet.path);
        // A window on a file may show the middle of a key, which only its randomness betrays.
        let cleaned = redact::leaving_and(&snippet.text, known).into_owned();
        let has_its_lines = cleaned.lines().count() == snippet.text.lines().count();
        snippet.text = if has_its_lines { cleaned } else { WITHHELD.to_owned() };
    }
    for file in &mut says.config {
        line(&mut file.path);
        file.text = redact::leaving_and(&file.text, known).into_owned();
    }
}

fn not_ready(repository: &SourceRepository) -> Option<String> {
    let status = repository.status.as_ref();
    if status.is_some_and(|status| status.ready) {
        return None;
    }
    let conditions = status.map(|status| status.conditions.as_slice()).unwrap_or_default();
    let ready = conditions.iter().find(|condition| condition.type_ == conditions::READY);
    Some(ready.map_or_else(|| "it was not fetched yet".to_owned(), |ready| ready.reason.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::beside::testing;

    #[test]
    fn secrets_in_code_do_not_get_out_of_it() {
        let mut says = testing::told().says;
        says.snippets[0].text = "user = 'web'\nDB_PASSWORD = \"hunter2-canary\"\n".to_owned();
        says.config[0].text = "ENV API_TOKEN=abcdefgh12345canary\n".to_owned();
        says.around[0].subject = "Use password=subject-canary".to_owned();
        clean(&mut says, &Known::NOTHING);
        let told = format!("{says:?}");
        assert!(!told.contains("canary"), "{told}");
        assert!(told.contains("user = 'web'"), "{told}");
    }

    #[test]
    fn a_key_of_several_lines_is_withheld_with_what_stands_around_it() {
        let mut says = testing::told().says;
        let key = "KEY = '''-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEcanary\n-----END EC PRIVATE KEY-----'''\nrun()\n";
        says.snippets[0].text = key.to_owned();
        clean(&mut says, &Known::NOTHING);
        assert_eq!(says.snippets[0].text, WITHHELD);
    }
}
