//! Whether a plan has the consent it needs: what the policies ask for, and what people have answered.

use std::sync::Arc;

use common::api::{
    ActionType, Issue, RemediationPlan, ResourceRef,
    approval_request::ApprovalEvidence,
    remediation_plan::{PlanPreview, WriteRecord},
};
use common::decisions::experience::Experience;
use common::decisions::radius::Level;
use common::decisions::{self, ApprovalNeed, Author, KnownPolicy, Need, Question, Subject, Windows, policy};
use jiff::Timestamp;
use kube::ResourceExt as _;

use super::decide::Consent;
use crate::approve::{self, AskError, PolicyAsRead};
use crate::correlate;
use crate::remediate::insight_of;
use crate::remediate::place::{self, Place};
use crate::runtime::{Context, Error, ObjectKey};

/// What was asked of the policies and of people.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    pub(super) consent: Consent,
    /// What people are asked for, where they are.
    pub(super) need: Option<ApprovalNeed>,
}

/// The rules that hold for a plan, as read just now.
pub(super) struct Rules {
    /// Where they hold.
    pub(super) place: Place,
    policies: Vec<PolicyAsRead>,
    /// Digest of the rules that decide; part of what is sealed, so that editing one voids approvals.
    pub(super) digest: Option<String>,
}

/// Reads the policies. One that cannot be understood stops the plan later, in [`ask`]; here it only has no digest.
pub(super) async fn rules(
    ctx: &Context,
    plan: &RemediationPlan,
    issue: &Issue,
    target: &ResourceRef,
) -> Result<Rules, Error> {
    let namespace = plan.namespace().unwrap_or_default();
    let policies = approve::policies(ctx, &namespace).await?;
    let known: Vec<KnownPolicy<'_>> = policies.iter().map(PolicyAsRead::known).collect();
    let types = types_of(plan);
    let place = place::of(ctx, target);
    let subject = Subject { labels: place.labels.as_ref(), ..subject(ctx, &namespace, issue, target, &types) };
    let effective = policy::effective(&known, &subject).ok();
    let digest = effective.filter(|rules| rules.cluster.is_some() || rules.own.is_some()).map(|rules| rules.digest);
    Ok(Rules { place, policies, digest })
}

/// What consent the sealed preview needs, and what has been given.
pub(super) async fn ask(
    ctx: &Arc<Context>,
    plan: &Arc<RemediationPlan>,
    issue: &Issue,
    target: &ResourceRef,
    rules: &Rules,
    preview: &PlanPreview,
) -> Result<Asked, Error> {
    let namespace = plan.namespace().unwrap_or_default();
    let known: Vec<KnownPolicy<'_>> = rules.policies.iter().map(PolicyAsRead::known).collect();
    let types = types_of(plan);
    let may_do_it = author_may(ctx, plan).await;
    let book = plan.spec.runbook_ref.as_ref().map(|book| ObjectKey::new(namespace.clone(), book.name.clone()));
    let book = book.and_then(|book| ctx.stores.runbooks.get(&book));
    // A check that nobody may override has stopped the plan before anybody is asked.
    let overrides = preview.overridable().unwrap_or_default();
    let need = decisions::need::need(&Question {
        subject: Subject { labels: rules.place.labels.as_ref(), ..subject(ctx, &namespace, issue, target, &types) },
        policies: &known,
        autonomy: &rules.place.standing,
        class: preview.class,
        preview_is_clean: preview.is_clean(),
        author: Author::of(plan, book.as_deref(), may_do_it),
        confidence: confidence(ctx, plan),
        overrides: &overrides,
        radius: preview.blast_radius.as_ref().map(Level::of),
        times_over: correlate::times_over(ctx, issue),
        contradicts: plan.spec.step_of.as_ref().and_then(|step| step.contradicts.as_deref()),
        success_rate: history(ctx, &types, target).rate(),
    });
    let now = ctx.clock.now();
    Ok(match need {
        Need::Never(why) => Asked { consent: Consent::Never(why.message), need: None },
        Need::Nobody { because, windows } => {
            Asked { consent: within(&windows, now, Consent::NotNeeded(because.message)), need: None }
        }
        Need::People(need) => {
            let consent = match approve::recount(ctx, plan, &need, &preview.digest).await {
                Ok(approve::Consent::NotAsked) => Consent::ToAsk(need.sentence()),
                Ok(approve::Consent::Waiting { have, need, expires_at }) => Consent::Waiting { have, need, expires_at },
                Ok(approve::Consent::Given { by, emergency: true }) => Consent::Given(format!("{by}, in an emergency")),
                Ok(approve::Consent::Given { by, emergency: false }) => within(&need.windows, now, Consent::Given(by)),
                Ok(approve::Consent::Rejected(who)) => Consent::Rejected(format!("rejected by {who}")),
                Ok(approve::Consent::Expired) => Consent::Expired("nobody decided in time".to_owned()),
                Ok(approve::Consent::Withdrawn) => Consent::Expired("the question was withdrawn".to_owned()),
                Ok(approve::Consent::Unverified(why)) => Consent::Unverified(why),
                Err(AskError::Read(error)) => return Err(error.into()),
                Err(AskError::Write(error)) => return Err(error.into()),
                Err(error) => Consent::Unverified(error.to_string()),
            };
            Asked { consent, need: Some(need) }
        }
    })
}

fn within(windows: &Windows, now: Timestamp, consent: Consent) -> Consent {
    if windows.is_open(now) {
        return consent;
    }
    let opens = windows.opens(now);
    let when = opens.map_or_else(|| "it never opens".to_owned(), |at| format!("it opens at {at}"));
    Consent::OutsideWindow { opens, message: format!("outside the change window; {when}") }
}

fn types_of(plan: &RemediationPlan) -> Vec<ActionType> {
    plan.spec.actions.iter().map(|action| action.action_type).collect()
}

fn subject<'a>(
    ctx: &'a Context,
    namespace: &'a str,
    issue: &'a Issue,
    target: &'a ResourceRef,
    actions: &'a [ActionType],
) -> Subject<'a> {
    let severity = issue.spec.severity;
    Subject { operator_namespace: &ctx.namespace, namespace, target, severity, actions, labels: None }
}

/// Whether the person who wrote the plan may do each of its writes; absent when nobody wrote it or the server could not be asked.
async fn author_may(ctx: &Context, plan: &RemediationPlan) -> Option<bool> {
    let author = plan.spec.requested_by.as_deref().filter(|name| !name.is_empty())?;
    let steps = plan.status.as_ref().map(|status| status.steps.as_slice()).unwrap_or_default();
    let writes: Vec<WriteRecord> = steps.iter().flat_map(|step| step.writes.clone()).collect();
    approve::may_do(ctx, author, &writes).await
}

/// Confidence of the finding the plan answers.
fn confidence(ctx: &Context, plan: &RemediationPlan) -> Option<f64> {
    let insight = insight_of(ctx, plan)?;
    let mut findings = insight.status.as_ref()?.findings.iter();
    findings.find(|finding| Some(&finding.code) == plan.spec.finding_code.as_ref()).map(|finding| finding.confidence)
}

/// How plans of the same actions on the same kind ended.
fn history(ctx: &Context, types: &[ActionType], target: &ResourceRef) -> Experience {
    let alike = ctx.stores.plans.filter(|plan| {
        types_of(plan) == types && place::target_of(&ctx.stores, plan).is_some_and(|its| its.kind == target.kind)
    });
    Experience::of(alike.iter().map(AsRef::as_ref))
}

/// Asks people, showing what the decision should rest on.
pub(super) async fn open(
    ctx: &Context,
    plan: &RemediationPlan,
    need: &ApprovalNeed,
    digest: &str,
) -> Result<String, AskError> {
    let insight = insight_of(ctx, plan);
    let finding =
        insight.as_ref().and_then(|insight| insight.status.as_ref()).and_then(|status| status.findings.first());
    let history =
        place::target_of(&ctx.stores, plan).map(|target| history(ctx, &types_of(plan), &target)).unwrap_or_default();
    let evidence = ApprovalEvidence {
        ai_confidence: finding.map(|finding| finding.confidence).unwrap_or_default(),
        ai_analysis: finding.map(|finding| finding.statement.clone()),
        historical_success_rate: history.rate().unwrap_or_default(),
        previous_attempts: i32::try_from(history.finished).unwrap_or(i32::MAX),
        preflight_snapshot: None,
    };
    let preview = plan.status.as_ref().and_then(|status| status.preview.as_ref());
    let blast_radius = preview.and_then(|preview| preview.blast_radius.clone());
    let facts = approve::Facts { evidence: Some(evidence), blast_radius };
    Ok(Box::pin(approve::open(ctx, plan, need, digest, facts)).await?.name_any())
}
