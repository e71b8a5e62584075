//! Requests and votes.
//!
//! In: plans that need consent ([`open`]), ApprovalVotes. Out: the status of each ApprovalRequest, and to the plan's controller how consent
//! stands, counted anew right before it acts ([`recount`]). Never: votes, trusts a status field over the votes themselves, counts anything while
//! the guards of votes are not the ones the request was opened under.

mod count;
mod decide;
pub mod guards;
mod legacy;
mod policies;
mod request;
mod rights;

use std::sync::Arc;

use common::{
    api::{
        ApprovalRequest, ApprovalVote, RemediationPlan, Time,
        approval_request::{ApprovalRequestState, ApprovalRequestStatus, SealedGuard},
        keys::{ADMISSION_PARAMS, conditions, labels, managers},
    },
    decisions::votes::Tally,
    naming,
};
use k8s_openapi::api::{
    admissionregistration::v1::{ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding},
    core::v1::ConfigMap,
};
use kube::{Api, Resource as _, ResourceExt as _, runtime::watcher};
use serde_json::json;

pub use guards::{GuardError, Unverified};
pub use policies::{PolicyAsRead, policies};
pub use request::{AskError, Consent, Facts, open, recount};
pub use rights::may_do;

use crate::runtime::{
    Change, Context, Controller, Error, Next, Note, Object, ObjectKey, Runtime, Stores, Tag, WriteError, metrics, read,
    status,
};
use decide::{Input, Verdict};

/// How soon guards are looked at again that did not hold.
const PROVE_AGAIN: std::time::Duration = std::time::Duration::from_secs(5);
/// Name under which changes of the guards arrive.
pub(super) const GUARD: &str = "guard of votes";

/// Adds the controllers of requests and of policies.
pub fn register(runtime: &mut Runtime) {
    let labelled = || watcher::Config::default().labels(guards::LABEL);
    runtime.also_watch::<ValidatingAdmissionPolicy>(GUARD, Api::all, labelled());
    runtime.also_watch::<ValidatingAdmissionPolicyBinding>(GUARD, Api::all, labelled());
    let namespace = runtime.context().namespace.clone();
    let params = watcher::Config::default().fields(&format!("metadata.name={ADMISSION_PARAMS}"));
    runtime.also_watch::<ConfigMap>(GUARD, |client| Api::namespaced(client, &namespace), params);
    runtime.register(guards::Watchman { namespace });
    runtime.register(Requests);
    runtime.register(policies::Policies);
}

struct Requests;

impl Controller for Requests {
    type Key = ObjectKey;
    type Error = Error;
    const NAME: &'static str = "approvalrequest";

    fn wake(&self, stores: &Stores, change: &Change) -> Vec<ObjectKey> {
        match &change.object {
            Object::ApprovalRequest(request) if !change.gone => vec![ObjectKey::of(&**request)],
            Object::ApprovalVote(vote) if !change.gone => vec![request_of(vote)],
            Object::RemediationPlan(plan) if !change.gone => {
                let name = naming::approval_request(&plan.name_any());
                let key = ObjectKey::new(plan.namespace().unwrap_or_default(), name);
                stores.approval_requests.get(&key).map(|_| key).into_iter().collect()
            }
            Object::Other { kind, .. } if *kind == GUARD => {
                stores.approval_requests.filter(is_open).iter().map(|request| ObjectKey::of(&**request)).collect()
            }
            _ => Vec::new(),
        }
    }

    async fn reconcile(&self, ctx: &Arc<Context>, key: &ObjectKey) -> Result<Next, Error> {
        let Some(request) = ctx.stores.approval_requests.get(key) else { return Ok(Next::OnChange) };
        adopt_votes(ctx, &request).await?;
        let plan_key = ObjectKey::new(key.namespace.clone(), request.spec.remediation_plan_ref.clone());
        let is_meant = |plan: &RemediationPlan| plan.uid() == request.spec.plan_uid;
        let known = ctx.stores.plans.get(&plan_key).filter(|plan| is_meant(plan));
        if decide::is_settled(&request, known.as_deref()) {
            return Ok(Next::OnChange);
        }
        // The watches of the two kinds are not in step, and a request is not cancelled because the other was late.
        let plan = if known.is_some() {
            known
        } else {
            let plans: Api<RemediationPlan> = Api::namespaced(ctx.clients.read.clone(), &plan_key.namespace);
            read(plans.get_opt(&plan_key.name)).await?.filter(is_meant).map(Arc::new)
        };
        let Some(before) = &request.status else { return Ok(Next::OnChange) };
        let guards = guards_now(ctx, &request, before).await?;
        let tally = tally_under(ctx, &request, before, guards.as_ref().ok()).await?;
        let input = Input {
            now: ctx.clock.now(),
            request: &request,
            plan: plan.as_deref(),
            guards: &guards,
            tally: tally.as_ref(),
        };
        // The server takes a moment to act on a guard it has just been given: a proof that fails right after is tried again.
        let unproven = guards.is_err().then_some(Next::In(PROVE_AGAIN));
        let Some(verdict) = decide::decide(&input) else { return Ok(unproven.unwrap_or(Next::OnChange)) };
        let request = if verdict.reseal.is_some() {
            // Nobody vouches for what was annotated under the guards before.
            request::without_annotation_votes(ctx, request.clone()).await?
        } else {
            request.clone()
        };
        let changed = verdict.state != before.state;
        let mut after = apply_verdict(before, &verdict, &request, plan.as_deref(), input.now);
        let reminders = decide::reminders(&request);
        let due = remind(&mut after, &reminders, input.now);
        let written = status::apply(ctx, &request, &request::OWNER, request::wire(&after)).await?;
        tell(ctx, &written, before, &after, &verdict);
        if due {
            bring_to_mind(ctx, &written, &after, &verdict);
        }
        if changed {
            measure(ctx, &written, &verdict, input.now);
        }
        let waits = verdict.state == ApprovalRequestState::Pending;
        // A moment past the end, because votes cast at the very end still count.
        let end = after.expires_at.filter(|_| waits).map(|end| end.0 + jiff::SignedDuration::from_secs(1));
        let reminder = reminders.into_iter().filter(|at| waits && *at > input.now).min();
        Ok(unproven.unwrap_or_else(|| Next::at(end.into_iter().chain(reminder).min())))
    }
}

/// Notes the reminders that are due; true when one has not been told yet.
fn remind(after: &mut ApprovalRequestStatus, reminders: &[jiff::Timestamp], now: jiff::Timestamp) -> bool {
    if after.state != ApprovalRequestState::Pending {
        return false;
    }
    let due = i32::try_from(reminders.iter().filter(|at| **at <= now).count()).unwrap_or(0);
    let told = after.reminders.unwrap_or(0);
    if due > told {
        after.reminders = Some(due);
    }
    due > told
}

fn bring_to_mind(ctx: &Context, request: &ApprovalRequest, after: &ApprovalRequestStatus, verdict: &Verdict) {
    let left = after.expires_at.as_ref().map(|end| ctx.clock.now().duration_until(end.0).as_mins()).unwrap_or_default();
    let message = format!("{}; {left} minutes are left to decide", verdict.message);
    let note = Note::new("ApprovalReminder", "Ask", message).warning();
    ctx.events.tell(request.object_ref(&()), note.once(after.reminders.unwrap_or_default().to_string()));
}

fn is_open(request: &ApprovalRequest) -> bool {
    let state = request.status.as_ref().map(|status| status.state).unwrap_or_default();
    matches!(state, ApprovalRequestState::Pending | ApprovalRequestState::Approved)
}

fn request_of(vote: &ApprovalVote) -> ObjectKey {
    ObjectKey::new(vote.namespace().unwrap_or_default(), vote.spec.request_ref.name.clone())
}

/// The guards; proven by a forged vote where they are not the sealed ones, because they are about to be sealed.
async fn guards_now(
    ctx: &Context,
    request: &ApprovalRequest,
    before: &ApprovalRequestStatus,
) -> Result<Result<Vec<SealedGuard>, Unverified>, Error> {
    let found = match guards::inspect(ctx).await {
        Ok(guards) if guards != before.sealed_guards => {
            guards::prove(ctx, &request.namespace().unwrap_or_default()).await
        }
        found => found,
    };
    match found {
        Ok(guards) => Ok(Ok(guards)),
        Err(GuardError::Unverified(why)) => Ok(Err(why)),
        Err(GuardError::Read(error)) => Err(error.into()),
    }
}

async fn tally_under(
    ctx: &Context,
    request: &ApprovalRequest,
    before: &ApprovalRequestStatus,
    guards: Option<&Vec<SealedGuard>>,
) -> Result<Option<Tally>, Error> {
    let Some(ballot) = decide::ballot(request, before).filter(|_| guards == Some(&before.sealed_guards)) else {
        return Ok(None);
    };
    Ok(Some(count::count(ctx, request, &ballot).await?))
}

/// Votes go with their request: each gets it as an owner. Not the controlling one, since nobody made the vote but its voter.
async fn adopt_votes(ctx: &Context, request: &ApprovalRequest) -> Result<(), Error> {
    let Some(owner) = request.owner_ref(&()) else { return Ok(()) };
    for vote in ctx.stores.approval_votes.tagged(&Tag::Request(ObjectKey::of(request))) {
        let meant = vote.spec.request_ref.uid == request.uid();
        if !meant || vote.owner_references().iter().any(|known| known.uid == owner.uid) {
            continue;
        }
        let change = json!({ "metadata": {
            "ownerReferences": [owner.clone()],
            "labels": { labels::REQUEST: naming::label_value(&request.name_any()) },
        }});
        match ctx.merge(managers::APPROVER, &*vote, change).await {
            // Gone with its namespace, or seen too early: the next change brings it again.
            Ok(_) | Err(WriteError::Gone(_) | WriteError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn apply_verdict(
    before: &ApprovalRequestStatus,
    verdict: &Verdict,
    request: &ApprovalRequest,
    plan: Option<&RemediationPlan>,
    now: jiff::Timestamp,
) -> ApprovalRequestStatus {
    let since = |state: ApprovalRequestState, known: &Option<Time>| {
        (verdict.state == state).then(|| known.clone().unwrap_or(Time(now)))
    };
    let generation = request.meta().generation;
    let condition = |kind, holds, reason: &str, message: &str| {
        status::condition(&before.conditions, kind, holds, reason, message, generation, now)
    };
    let (unverified, why) = (verdict.unverified.is_some(), verdict.unverified.as_deref().unwrap_or_default());
    let identity = if unverified { "GuardsNotIntact" } else { "GuardsIntact" };
    let window = decide::awaits_window(plan).filter(|_| verdict.state == ApprovalRequestState::Approved);
    let mut after = ApprovalRequestStatus {
        state: verdict.state,
        approved_at: since(ApprovalRequestState::Approved, &before.approved_at),
        rejected_at: since(ApprovalRequestState::Rejected, &before.rejected_at),
        expired_at: since(ApprovalRequestState::Expired, &before.expired_at),
        decisions: verdict.decisions.clone(),
        ignored_votes: verdict.ignored.clone(),
        observed_generation: generation,
        transition: Some(before.transition.unwrap_or_default() + i64::from(verdict.state != before.state)),
        conditions: vec![
            condition(conditions::VOTE_IDENTITY_UNVERIFIED, unverified, identity, why),
            condition(
                conditions::APPROVED,
                verdict.state == ApprovalRequestState::Approved,
                verdict.reason,
                &verdict.message,
            ),
            condition(
                conditions::AWAITING_WINDOW,
                window.is_some(),
                if window.is_some() { "OutsideWindow" } else { "NothingToAwait" },
                window.unwrap_or_default(),
            ),
        ],
        ..before.clone()
    };
    if let Some((guards, since)) = &verdict.reseal {
        after.sealed_guards.clone_from(guards);
        after.guarded_since = Some(Time(*since));
    }
    after
}

/// One Event per vote first seen, and one per change of state.
fn tell(
    ctx: &Context,
    request: &ApprovalRequest,
    before: &ApprovalRequestStatus,
    after: &ApprovalRequestStatus,
    verdict: &Verdict,
) {
    let about = || request.object_ref(&());
    for decision in after.decisions.iter().filter(|decision| !before.decisions.contains(decision)) {
        let vote = decision.vote_ref.as_ref().map(|vote| vote.name.clone()).unwrap_or_default();
        let message = format!("{} {} it", decision.approver, decision.decision);
        ctx.events.tell(about(), Note::new("VoteRecorded", "Count", message).once(vote));
    }
    for vote in after.ignored_votes.iter().filter(|vote| !before.ignored_votes.contains(vote)) {
        let message = format!("the vote {} of {} does not count: {}", vote.name, vote.voter, vote.reason);
        ctx.events.tell(
            about(),
            Note::new("VoteIgnored", "Count", message).warning().once(format!("{}{}", vote.name, vote.reason)),
        );
    }
    let occurrence = || after.transition.unwrap_or_default().to_string();
    if let Some(why) = &verdict.unverified
        && !is_unverified(before)
    {
        let message = format!("no vote counts until the guards of votes are restored: {why}");
        ctx.events.tell(about(), Note::new("VoteIdentityUnverified", "Count", message).warning().once(occurrence()));
    }
    if verdict.state == before.state && verdict.reseal.is_none() {
        return;
    }
    let reason = match verdict.state {
        ApprovalRequestState::Approved if verdict.reason == "ApprovedInEmergency" => "ApprovedInEmergency",
        ApprovalRequestState::Approved => "ApprovalGranted",
        ApprovalRequestState::Rejected => "ApprovalRejected",
        ApprovalRequestState::Expired => "ApprovalExpired",
        ApprovalRequestState::Superseded => "ApprovalSuperseded",
        ApprovalRequestState::Cancelled => "ApprovalCancelled",
        ApprovalRequestState::Pending => "ApprovalVoided",
    };
    let good = matches!(verdict.state, ApprovalRequestState::Approved | ApprovalRequestState::Cancelled)
        && verdict.reason != "ApprovedInEmergency";
    let note = Note::new(reason, "Count", verdict.message.clone()).warning_if(!good);
    let guarded = after.guarded_since.as_ref().map(|since| since.0.as_second()).unwrap_or_default();
    ctx.events.tell(about(), note.once(format!("{}-{guarded}", occurrence())));
}

fn is_unverified(status: &ApprovalRequestStatus) -> bool {
    let mut conditions = status.conditions.iter();
    conditions.any(|condition| condition.type_ == conditions::VOTE_IDENTITY_UNVERIFIED && condition.status == "True")
}

fn measure(ctx: &Context, request: &ApprovalRequest, verdict: &Verdict, now: jiff::Timestamp) {
    let result = match verdict.state {
        ApprovalRequestState::Approved => "approved",
        ApprovalRequestState::Rejected => "rejected",
        ApprovalRequestState::Expired => "expired",
        _ => return,
    };
    let mode = if verdict.reason == "ApprovedInEmergency" { "emergency" } else { request.spec.mode() };
    let labels = metrics::ApprovalLabels { mode: mode.into(), result: result.into() };
    ctx.metrics.approvals.get_or_create(&labels).inc();
    if let Some(opened) = request.creation_timestamp() {
        let seconds = opened.0.duration_until(now).as_secs_f64().max(0.0);
        ctx.metrics.approval_duration.get_or_create(&metrics::ModeLabels { mode: mode.into() }).observe(seconds);
    }
}
