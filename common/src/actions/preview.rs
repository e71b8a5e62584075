//! What a plan would do, as the API server sees it.
//!
//! In: a plan's actions and its target. Out: the journal entries with the exact requests and their inverse, a diff of the server's answers,
//! verdicts, and the digest over all of it. Everything is sent with `dryRun=All` and strict field validation; nothing is written.
//!
//! Steps build on each other: what an earlier step changes on an object is sent along, so that a later one is judged on top of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::Client;
use serde_json::Value;

use super::action::AnyAction;
use super::apply;
use super::change::{BEFORE_IMAGE_LIMIT, ChangeSet, PLAN_BEFORE_IMAGE_LIMIT, Undo, Write};
use super::constraints::{self, Constraint};
use super::diff;
use super::digest::{DigestInput, digest};
use super::edits;
use super::live::{self, Live, Need, ReadError, Scope, Unreadable};
use super::object::Object;
use super::outcome::SendError;
use super::refusal::Refusal;
use super::registry;
use super::secrets;
use super::verdicts::{self, Seen, verdict};
use crate::api::remediation_plan::{
    ActionClass, PlanPreview, RemediationPlan, StepPhase, StepPreview, StepStatus, Verdict, VerdictLevel,
    VerdictSource, WriteKind, WriteRecord,
};
use crate::api::{RemediationAction, ResourceRef};
use crate::decisions::brakes::is_protected;
use crate::naming;

/// Everything a preview depends on beside the cluster.
#[derive(Clone, Copy, Debug)]
pub struct PreviewInput<'a> {
    /// The moment. To see whether a sealed preview still holds, repeat it with the moment it was taken (`preview.takenAt`): times that go
    /// into payloads are derived from it, so that only a real change gives another digest.
    pub now: Timestamp,
    /// UID of the plan.
    pub plan_uid: &'a str,
    /// Attempt of the plan.
    pub attempt: i32,
    /// Generation of the plan.
    pub plan_generation: i64,
    /// The object acted on; with its UID, a namesake is refused.
    pub target: &'a ResourceRef,
    /// The plan's actions.
    pub actions: &'a [RemediationAction],
    /// The plan's constraints in words.
    pub safety_constraints: &'a [String],
    /// The operator's namespace, which is protected.
    pub operator_namespace: &'a str,
    /// Digest of the policy rule that decides, where one matched.
    pub policy_digest: Option<&'a str>,
    /// The steps of an earlier preview of the same plan; what they chose (a pod to delete) is kept while it qualifies.
    pub earlier: &'a [StepStatus],
}

impl<'a> PreviewInput<'a> {
    /// The preview of a plan as it stands. An earlier preview of it is repeated with its own moment.
    pub fn of(plan: &'a RemediationPlan, target: &'a ResourceRef, operator_namespace: &'a str, now: Timestamp) -> Self {
        let status = plan.status.as_ref();
        let taken = status.and_then(|status| status.preview.as_ref()?.taken_at.as_ref());
        Self {
            now: taken.map_or(now, |time| time.0),
            plan_uid: plan.metadata.uid.as_deref().unwrap_or_default(),
            attempt: plan.spec.attempt,
            plan_generation: plan.metadata.generation.unwrap_or_default(),
            target,
            actions: &plan.spec.actions,
            safety_constraints: &plan.spec.safety_constraints,
            operator_namespace,
            policy_digest: None,
            earlier: status.map_or(&[], |status| status.steps.as_slice()),
        }
    }
}

/// A preview and the journal it seals.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Previewed {
    /// What people read and vote on.
    pub preview: PlanPreview,
    /// One entry per action, phase `Planned`, with the exact requests.
    pub steps: Vec<StepStatus>,
}

/// Why there is no preview.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// The plan will not be carried out as it is.
    #[error("step {step}: {refusal}", step = index + 1)]
    Refused {
        /// 0-based index of the action.
        index: usize,
        /// Why.
        refusal: Refusal,
    },
    /// The target is gone, or is another object of the same name.
    #[error("{0}")]
    TargetGone(String),
    /// The target cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// The server did not answer, or the object moved while it was asked. Asking again may help.
    #[error("the API server could not be asked: {0}")]
    AskAgain(String),
}

impl From<ReadError> for PreviewError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::TargetGone(text) => Self::TargetGone(text),
            ReadError::Unreadable(unreadable) => Self::Unreadable(unreadable),
            ReadError::UnknownKind(_) => Self::TargetGone(error.to_string()),
        }
    }
}

/// Asks the API server what the plan would do.
pub async fn preview(client: &Client, input: &PreviewInput<'_>) -> Result<Previewed, PreviewError> {
    // What is stored of a moment is its second, and that is what the repetition gets.
    let now = Timestamp::from_second(input.now.as_second()).unwrap_or(input.now);
    let input = &PreviewInput { now, ..*input };
    let refused = |index: usize| move |refusal: Refusal| PreviewError::Refused { index, refusal };
    constraints::validate(input.actions).map_err(refused(0))?;
    let parsed: Vec<Box<dyn AnyAction>> = input
        .actions
        .iter()
        .enumerate()
        .map(|(index, action)| registry::parse(action, input.target).map_err(refused(index)))
        .collect::<Result<_, _>>()?;
    let constraints: Vec<Constraint> = input.safety_constraints.iter().map(|text| Constraint::read(text)).collect();

    if is_protected(&input.target.namespace, input.operator_namespace) {
        return Err(refused(0)(Refusal::Protected(input.target.namespace.clone())));
    }
    let chosen: Vec<ResourceRef> =
        input.earlier.iter().flat_map(|step| &step.writes).map(|write| write.object.clone()).collect();
    let scope = Scope {
        target: input.target,
        now: input.now,
        plan_uid: input.plan_uid,
        operator_namespace: input.operator_namespace,
        chosen: &chosen,
    };
    let mut needs: BTreeSet<Need> = parsed.iter().flat_map(|action| action.needs(input.target)).collect();
    needs.extend(verdicts::needs(input.target));
    let needs: Vec<Need> = needs.into_iter().collect();
    let before = live::read(client, &scope, &needs).await?;

    let mut after = before.clone();
    let mut dry_run = DryRun {
        client,
        plan_uid: input.plan_uid,
        sent: BTreeMap::new(),
        made: BTreeMap::new(),
        freed: BTreeSet::new(),
    };
    let mut changes = Vec::new();
    let mut verdicts = Vec::new();
    let mut diffs = Vec::new();
    for (index, (action, wanted)) in parsed.iter().zip(input.actions).enumerate() {
        after.step = i32::try_from(index).unwrap_or(i32::MAX);
        let mut change = action.change(&after).map_err(refused(index))?;
        // A deliberate stop is felt by others, whatever it is done with.
        if registry::is_containment(wanted) && !change.is_nothing() {
            change = change.raised_to(ActionClass::Disruptive);
        }
        for constraint in &constraints {
            constraint.holds(wanted, &change).map_err(refused(index))?;
        }
        let diff = dry_run.step(&mut change, &mut after, &wanted.params, &mut verdicts).await?;
        diffs.push(diff);
        verdicts.extend(
            change
                .notes
                .iter()
                .map(|note| verdict("change", VerdictLevel::Warn, VerdictSource::Computed, note.clone())),
        );
        changes.push(change);
    }
    keep_before_images_small(&mut changes);
    verdicts.extend(constraints::verdicts(&constraints));
    let seen = Seen { before: &before, after: &after, changes: &changes };
    verdicts.extend(verdicts::of(client, &seen).await);
    let (radius, blockers) = verdicts::impact::of(&seen);
    verdicts.extend(blockers);
    let mut previewed = seal(input, &changes, diffs, one_of_each(verdicts));
    previewed.preview.blast_radius = Some(radius);
    previewed.preview.policy_digest = input.policy_digest.map(str::to_owned);
    Ok(previewed)
}

/// Dry runs, each on top of the earlier ones on the same object.
struct DryRun<'a> {
    client: &'a Client,
    plan_uid: &'a str,
    /// Operations sent so far, by object and the way it is reached.
    sent: BTreeMap<(String, bool), Vec<Value>>,
    /// Objects made by this plan so far, with every later edit folded in: they cannot be patched, for they do not exist yet.
    made: BTreeMap<String, (WriteRecord, Value)>,
    /// Names that earlier deletions of this plan free.
    freed: BTreeSet<String>,
}

impl DryRun<'_> {
    /// Asks for every write of a step, lays the answers over the world, and returns the step's diff.
    async fn step(
        &mut self,
        change: &mut ChangeSet,
        world: &mut Live,
        params: &BTreeMap<String, String>,
        verdicts: &mut Vec<Verdict>,
    ) -> Result<String, PreviewError> {
        let mut text = String::new();
        let mut idle = Vec::new();
        for index in 0..change.writes.len() {
            let write = change.writes[index].clone();
            let asked = match write.record.kind {
                WriteKind::Patch if self.made.contains_key(&write.record.object.path()) => {
                    self.fold(&write, params, verdicts).await
                }
                WriteKind::Patch if write.is_raw() => self.as_recorded(&write, params, verdicts).await,
                WriteKind::Patch => self.patch(&write, change, world, params, verdicts).await,
                WriteKind::Scale => self.scale(&write, world, verdicts).await,
                WriteKind::Create => self.create(&write, params, verdicts).await,
                WriteKind::Apply => self.apply(&write, change, index, world, verdicts).await,
                WriteKind::Exec => Ok(command(&write, verdicts)),
                WriteKind::Delete | WriteKind::Evict => self.remove(&write, world, verdicts).await,
            };
            match asked {
                // The server makes of it what is there already (defaults that were left out): nothing to send.
                Ok(diff) if diff.is_empty() => idle.push(write.record),
                Ok(diff) => text.push_str(&diff),
                Err(SendError::PdbSaysNo { message, .. }) if change.waits_for_budgets => {
                    let text = format!("{}: {message}; it is waited for", write.record.object.short());
                    verdicts.push(verdict("pdb", VerdictLevel::Warn, VerdictSource::Server, text));
                }
                Err(error) => verdicts.push(blocked(error)?),
            }
        }
        change.drop_idle_writes(&idle);
        Ok(diff::cut(text))
    }

    async fn patch(
        &mut self,
        write: &Write,
        change: &mut ChangeSet,
        world: &mut Live,
        params: &BTreeMap<String, String>,
        verdicts: &mut Vec<Verdict>,
    ) -> Result<String, SendError> {
        let record = &write.record;
        let current = world.find(&record.object).cloned().unwrap_or_default();
        let operations = apply::operations(self.client, record, &current, self.plan_uid, params).await?;
        let key = (record.object.uid.clone().unwrap_or_default(), false);
        let mut folded = self.sent.get(&key).cloned().unwrap_or_default();
        let is_first = folded.is_empty();
        folded.extend(operations.into_iter().filter(|operation| is_first || !is_guard(operation)));
        let answer = self.ask(record, folded.clone()).await?;
        verdicts.extend(warnings(&answer.warnings));
        let planned = Object(answer.body);
        let edits =
            edits::between(&edits::without_server_fields(&current.0), &edits::without_server_fields(&planned.0));
        if edits.is_empty() {
            return Ok(String::new());
        }
        // A field whose feature is off is dropped without a word, and the plan would promise what never happens.
        // Nothing in other words is no promise.
        let is_promise =
            |after: &Option<String>| after.as_deref().is_some_and(|text| !matches!(text, "[]" | "{}" | "null"));
        for field in record.touched.iter().filter(|field| is_promise(&field.after) && planned.at(&field.path).is_none())
        {
            let text = format!("the server does not keep {}", super::change::readable_path(&field.path));
            verdicts.push(verdict("server", VerdictLevel::Block, VerdictSource::Server, text));
        }
        change.adopt(&planned);
        if edits.len() > record.touched.len() {
            let text = format!(
                "the server changes {} more fields with it; the diff shows them",
                edits.len() - record.touched.len()
            );
            verdicts.push(verdict("server", VerdictLevel::Warn, VerdictSource::Server, text));
        }
        verdicts.push(verdict("server", VerdictLevel::Ok, VerdictSource::Server, "the dry run is accepted".to_owned()));

        let undo =
            change.writes.iter().find(|other| other.record.kind == record.kind && other.record.object == record.object);
        if let Some(Undo::Instead(_, how) | Undo::Heals(how) | Undo::Impossible(how)) = undo.map(|write| &write.undo) {
            verdicts.push(verdict("undo", VerdictLevel::Warn, VerdictSource::Computed, how.clone()));
        }
        if let Some(Undo::By(undo)) = undo.map(|write| &write.undo) {
            let back = apply::operations(self.client, undo, &planned, self.plan_uid, params).await?;
            let mut both = folded.clone();
            both.extend(back.into_iter().filter(|operation| !is_guard(operation)));
            verdicts.push(match self.ask(undo, both).await {
                Ok(answer) => proven(&current, &Object(answer.body), undo),
                Err(error) => undo_refused(&error),
            });
        }
        self.sent.insert(key, folded);
        world.overlay(&planned);
        let head = diff::head(&current, &record.object.short());
        Ok(format!("{head}{}", diff::hunks(&edits, self.plan_uid)))
    }

    async fn scale(
        &mut self,
        write: &Write,
        world: &mut Live,
        verdicts: &mut Vec<Verdict>,
    ) -> Result<String, SendError> {
        let record = &write.record;
        let current = world.find(&record.object).cloned().unwrap_or_default();
        let key = (record.object.uid.clone().unwrap_or_default(), true);
        let mut folded = self.sent.get(&key).cloned().unwrap_or_default();
        let is_first = folded.is_empty();
        folded.extend(stored(record).into_iter().filter(|operation| is_first || !is_guard(operation)));
        let answer = self.ask(record, folded.clone()).await?;
        verdicts.extend(warnings(&answer.warnings));
        verdicts.push(verdict("server", VerdictLevel::Ok, VerdictSource::Server, "the dry run is accepted".to_owned()));
        if let Undo::By(undo) = &write.undo {
            let mut both = folded.clone();
            both.extend(stored(undo).into_iter().filter(|operation| !is_guard(operation)));
            verdicts.push(match self.ask(undo, both).await {
                Ok(answer) if Object(answer.body.clone()).int("/spec/replicas").unwrap_or(0) == current.replicas() => {
                    let text = format!("the dry run restores {} replicas", current.replicas());
                    verdict("undo", VerdictLevel::Ok, VerdictSource::Server, text)
                }
                Ok(_) => verdict(
                    "undo",
                    VerdictLevel::Block,
                    VerdictSource::Server,
                    "the dry run does not restore the number".into(),
                ),
                Err(error) => undo_refused(&error),
            });
        }
        let scale = Object(answer.body);
        let mut planned = current.clone();
        edits::set(&mut planned.0, &["spec", "replicas"], scale.int("/spec/replicas").unwrap_or(0).into());
        world.overlay(&scale);
        world.overlay(&planned);
        self.sent.insert(key, folded);
        // A later patch of the same object is asked with this number in place; through the object itself, for that is what it goes to.
        let number = serde_json::json!({"op": "add", "path": "/spec/replicas", "value": planned.replicas()});
        self.sent.entry((record.object.uid.clone().unwrap_or_default(), false)).or_default().push(number);
        let edits = edits::between(&current.0, &planned.0);
        Ok(format!("{}{}", diff::head(&current, &record.object.short()), diff::hunks(&edits, self.plan_uid)))
    }

    async fn create(
        &mut self,
        write: &Write,
        params: &BTreeMap<String, String>,
        verdicts: &mut Vec<Verdict>,
    ) -> Result<String, SendError> {
        let record = &write.record;
        let body = apply::body(self.client, record, params).await?;
        let key = record.object.path();
        let mut asked = body.clone();
        if self.freed.contains(&key) {
            // The name is free only once the plan runs; everything else about the object can be asked now.
            let name = naming::with_suffix(&record.object.name, "-preview");
            edits::set(&mut asked, &["metadata", "name"], name.into());
        }
        let answer = match apply::exchange(self.client, record, "&dryRun=All", Some(asked)).await {
            // The name is taken. What has it was not made by this plan, which has written nothing yet.
            Err(SendError::Drifted(message)) => {
                return Err(SendError::Refused { code: 409, reason: "AlreadyExists".to_owned(), message });
            }
            answer => answer?,
        };
        verdicts.extend(warnings(&answer.warnings));
        verdicts.push(verdict("server", VerdictLevel::Ok, VerdictSource::Server, "the dry run is accepted".to_owned()));
        let text = format!("deletes {} again", record.object.short());
        verdicts.push(verdict("undo", VerdictLevel::Ok, VerdictSource::Computed, text));
        self.made.insert(key, (record.clone(), body));
        let stored: Value = serde_json::from_str(&record.payload).unwrap_or_default();
        let shown = edits::without_server_fields(&secrets::without_sources(&stored));
        let head = format!("--- live     (none)\n+++ planned  {}\n", record.object.short());
        Ok(format!("{head}{}", diff::hunks(&edits::between(&serde_json::json!({}), &shown), self.plan_uid)))
    }

    /// A patch that is asked for as it stands, of an object that nobody reads whole.
    async fn as_recorded(
        &mut self,
        write: &Write,
        params: &BTreeMap<String, String>,
        verdicts: &mut Vec<Verdict>,
    ) -> Result<String, SendError> {
        let record = &write.record;
        let operations = apply::operations(self.client, record, &Object::default(), self.plan_uid, params).await?;
        let answer = self.ask(record, operations).await?;
        verdicts.extend(warnings(&answer.warnings));
        verdicts.push(verdict("server", VerdictLevel::Ok, VerdictSource::Server, "the dry run is accepted".to_owned()));
        if let Undo::Instead(_, how) | Undo::Heals(how) | Undo::Impossible(how) = &write.undo {
            verdicts.push(verdict("undo", VerdictLevel::Warn, VerdictSource::Computed, how.clone()));
        }
        let shown: Vec<edits::Edit> = record.touched.iter().map(edits::Edit::recorded).collect();
        let short = record.object.short();
        Ok(format!("--- live     {short}\n+++ planned  {short}\n{}", diff::hunks(&shown, self.plan_uid)))
    }

    /// An edit of an object that this plan makes first: the creation is asked again with the edit in it.
    async fn fold(
        &mut self,
        write: &Write,
        params: &BTreeMap<String, String>,
        verdicts: &mut Vec<Verdict>,
    ) -> Result<String, SendError> {
        let key = write.record.object.path();
        let Some((made, body)) = self.made.get(&key).cloned() else { return Ok(String::new()) };
        let before = Object(body.clone());
        let operations = apply::operations(self.client, &write.record, &before, self.plan_uid, params).await?;
        let edited: Vec<Value> = operations.into_iter().filter(|operation| !is_guard(operation)).collect();
        let mut folded = body;
        let broken = |error: String| SendError::Refused { code: 422, reason: "Invalid".to_owned(), message: error };
        let patch: json_patch::Patch =
            serde_json::from_value(edited.into()).map_err(|error| broken(error.to_string()))?;
        json_patch::patch(&mut folded, &patch).map_err(|error| broken(error.to_string()))?;
        let answer = apply::exchange(self.client, &made, "&dryRun=All", Some(folded.clone())).await?;
        verdicts.extend(warnings(&answer.warnings));
        let shown: Vec<edits::Edit> = write.record.touched.iter().map(edits::Edit::recorded).collect();
        self.made.insert(key, (made, folded));
        let head = diff::head(&before, &write.record.object.short());
        Ok(format!("{head}{}", diff::hunks(&shown, self.plan_uid)))
    }

    async fn apply(
        &mut self,
        write: &Write,
        change: &mut ChangeSet,
        index: usize,
        world: &mut Live,
        verdicts: &mut Vec<Verdict>,
    ) -> Result<String, SendError> {
        let record = &write.record;
        let current = world.find(&record.object).cloned().unwrap_or_default();
        let answer = apply::exchange(self.client, record, "&dryRun=All", None).await?;
        verdicts.extend(warnings(&answer.warnings));
        let planned = Object(answer.body);
        let edits =
            edits::between(&edits::without_server_fields(&current.0), &edits::without_server_fields(&planned.0));
        change.learn(index, edits.clone());
        verdicts.push(verdict("server", VerdictLevel::Ok, VerdictSource::Server, "the dry run is accepted".to_owned()));
        verdicts.push(match &change.writes[index].undo {
            Undo::By(_) => {
                let text = format!("restores {} fields of {}", edits.len(), record.object.short());
                verdict("undo", VerdictLevel::Ok, VerdictSource::Computed, text)
            }
            Undo::Instead(_, how) | Undo::Heals(how) | Undo::Impossible(how) => {
                verdict("undo", VerdictLevel::Warn, VerdictSource::Computed, how.clone())
            }
        });
        world.overlay(&planned);
        Ok(format!("{}{}", diff::head(&current, &record.object.short()), diff::hunks(&edits, self.plan_uid)))
    }

    async fn remove(&mut self, write: &Write, world: &Live, verdicts: &mut Vec<Verdict>) -> Result<String, SendError> {
        let record = &write.record;
        let answer = apply::exchange(self.client, record, "&dryRun=All", None).await?;
        verdicts.extend(warnings(&answer.warnings));
        verdicts.push(verdict("server", VerdictLevel::Ok, VerdictSource::Server, "the dry run is accepted".to_owned()));
        if let Undo::Heals(why) | Undo::Impossible(why) = &write.undo {
            verdicts.push(verdict("undo", VerdictLevel::Warn, VerdictSource::Computed, why.clone()));
        }
        if record.kind == WriteKind::Delete {
            self.freed.insert(record.object.path());
        }
        let live = world.find(&record.object).cloned().unwrap_or_default();
        let planned = if record.kind == WriteKind::Evict { "evicted, its owner makes a new one" } else { "deleted" };
        Ok(diff::head(&live, planned))
    }

    async fn ask(&self, record: &WriteRecord, operations: Vec<Value>) -> Result<super::wire::Answer, SendError> {
        apply::exchange(self.client, record, "&dryRun=All", Some(Value::from(operations))).await
    }
}

/// Guards of what is folded in behind speak of values as the server stores them (`1024Mi` as `1Gi`), which it does not do half-way through
/// a patch; they are asked when the request is sent on its own.
fn is_guard(operation: &Value) -> bool {
    operation["op"] == "test"
}

fn stored(record: &WriteRecord) -> Vec<Value> {
    serde_json::from_str(&record.payload).unwrap_or_default()
}

/// Compares what the undo's dry run leaves with what is there now. What the undo does not touch is not ours to restore where somebody else
/// writes to it while the server is being asked: metadata at any time, everything else where the object is of another version by then (an
/// autoscaler moves the replicas, a node loses a taint).
fn proven(current: &Object, undone: &Object, undo: &WriteRecord) -> Verdict {
    let mut left = edits::between(&edits::without_server_fields(&current.0), &edits::without_server_fields(&undone.0));
    let is_touched = |path: &str| undo.touched.iter().any(|field| field.path == path);
    let version = |object: &Object| object.at("/metadata/resourceVersion").cloned();
    let was_written_to = version(current) != version(undone);
    left.retain(|edit| is_touched(&edit.path) || !(was_written_to || edit.path.starts_with("/metadata/")));
    if left.is_empty() {
        let which =
            current.generation().map_or("the object".to_owned(), |generation| format!("generation {generation}"));
        verdict("undo", VerdictLevel::Ok, VerdictSource::Server, format!("the dry run restores {which}"))
    } else {
        let fields: Vec<String> = left.iter().map(|edit| super::change::readable_path(&edit.path)).collect();
        let text = format!("the dry run of the undo leaves {} changed", fields.join(", "));
        verdict("undo", VerdictLevel::Block, VerdictSource::Server, text)
    }
}

fn undo_refused(error: &SendError) -> Verdict {
    verdict("undo", VerdictLevel::Block, VerdictSource::Server, format!("the dry run of the undo is {error}"))
}

fn warnings(warnings: &[String]) -> impl Iterator<Item = Verdict> {
    warnings.iter().map(|text| verdict("server", VerdictLevel::Warn, VerdictSource::Server, text.clone()))
}

/// There is no dry run of a command.
fn command(write: &Write, verdicts: &mut Vec<Verdict>) -> String {
    let text = "a command has no dry run; what the allow-list holds only looks".to_owned();
    verdicts.push(verdict("server", VerdictLevel::Warn, VerdictSource::Computed, text));
    if let Undo::Heals(why) = &write.undo {
        verdicts.push(verdict("undo", VerdictLevel::Warn, VerdictSource::Computed, why.clone()));
    }
    let payload: Value = serde_json::from_str(&write.record.payload).unwrap_or_default();
    let words: Vec<&str> = payload["command"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let container = payload["container"].as_str().unwrap_or_default();
    format!("{} container {container}\n$ {}\n", write.record.object.short(), words.join(" "))
}

/// A server's no is a verdict; a server that could not be asked is none.
fn blocked(error: SendError) -> Result<Verdict, PreviewError> {
    let block = |check: &str, text: String| verdict(check, VerdictLevel::Block, VerdictSource::Server, text);
    match error {
        SendError::Refused { message, .. } => Ok(block("server", message)),
        SendError::PdbSaysNo { message, .. } => Ok(block("pdb", message)),
        SendError::Forbidden(message) => Ok(block("rights", message)),
        SendError::Gone(message) => Err(PreviewError::TargetGone(message)),
        SendError::Drifted(message) | SendError::TryLater(message) | SendError::OutcomeUnknown(message) => {
            Err(PreviewError::AskAgain(message))
        }
    }
}

/// Before-images beyond what a plan keeps make their step impossible to undo.
fn keep_before_images_small(changes: &mut [ChangeSet]) {
    let mut whole = 0;
    for change in changes {
        let size: usize = change.undo_records().iter().map(|record| record.payload.len()).sum();
        if size > BEFORE_IMAGE_LIMIT || whole + size > PLAN_BEFORE_IMAGE_LIMIT {
            for write in &mut change.writes {
                write.undo = Undo::Impossible("the state before is larger than what a plan keeps".to_owned());
            }
        } else {
            whole += size;
        }
        if change.cannot_be_undone() {
            change.class = change.class.max(ActionClass::Irreversible);
        }
    }
}

fn one_of_each(verdicts: Vec<Verdict>) -> Vec<Verdict> {
    let mut once: Vec<Verdict> = Vec::new();
    for verdict in verdicts {
        if !once.contains(&verdict) {
            once.push(verdict);
        }
    }
    once
}

fn seal(input: &PreviewInput<'_>, changes: &[ChangeSet], diffs: Vec<String>, verdicts: Vec<Verdict>) -> Previewed {
    let class = changes.iter().map(|change| change.class).max().unwrap_or_default();
    let mut steps = Vec::new();
    let mut previews = Vec::new();
    for (index, ((change, diff), action)) in changes.iter().zip(diffs).zip(input.actions).enumerate() {
        let index = i32::try_from(index).unwrap_or(i32::MAX);
        let object = change.writes.first().map_or_else(|| input.target.clone(), |write| write.record.object.clone());
        steps.push(StepStatus {
            index,
            action: action.action_type.as_str().to_owned(),
            phase: StepPhase::Planned,
            writes: change.writes.iter().map(|write| write.record.clone()).collect(),
            undo: change.undo_records(),
            ..StepStatus::default()
        });
        previews.push(StepPreview {
            index,
            action: action.action_type.as_str().to_owned(),
            object,
            class: change.class,
            no_op: change.is_nothing(),
            summary: change.summary.clone(),
            diff,
            undo: change.undo_summary(),
        });
    }
    let sealed = digest(&DigestInput {
        plan_uid: input.plan_uid,
        attempt: input.attempt,
        actions: input.actions,
        steps: &steps,
        class,
        verdicts: &verdicts,
        policy_digest: input.policy_digest,
    });
    let preview = PlanPreview {
        digest: sealed,
        taken_at: Some(Time(input.now)),
        plan_generation: input.plan_generation,
        class,
        steps: previews,
        verdicts,
        blast_radius: None,
        policy_digest: None,
    };
    Previewed { preview, steps }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::remediation_plan::TouchedField;

    fn node(version: &str, closed: bool, taints: &[&str]) -> Object {
        let spec = json!({ "unschedulable": closed, "taints": taints });
        Object(json!({ "kind": "Node", "metadata": { "name": "n", "resourceVersion": version }, "spec": spec }))
    }

    #[test]
    fn an_undo_restores_what_it_touches_and_not_what_others_write_meanwhile() {
        let touched = vec![TouchedField { path: "/spec/unschedulable".into(), ..TouchedField::default() }];
        let undo = WriteRecord { touched, ..WriteRecord::default() };
        let level = |undone: &Object| proven(&node("1", false, &["starting"]), undone, &undo).level;
        assert_eq!(level(&node("1", false, &["starting"])), VerdictLevel::Ok);
        assert_eq!(level(&node("2", false, &[])), VerdictLevel::Ok, "the taint went by itself");
        assert_eq!(level(&node("1", false, &[])), VerdictLevel::Block, "the undo itself takes the taint along");
        assert_eq!(level(&node("2", true, &["starting"])), VerdictLevel::Block, "it is still closed");
    }
}
