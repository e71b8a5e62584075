//! Whether a plan has the consent it needs: what the policies ask for, and what people have answered.

use std::sync::Arc;

use common::actions;
use common::api::{
    ActionType, Issue, RemediationPlan, ResourceRef,
    remediation_plan::{PlanPreview, RemediationState},
};
use common::decisions::{self, ApprovalNeed, Author, KnownPolicy, Need, Question, Subject, Windows, policy};
use common::naming;
use jiff::Timestamp;
use k8s_openapi::api::authorization::v1::{ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec};
use kube::ResourceExt as _;
use kube::api::{Api, PostParams};

use super::decide::Consent;
use crate::approve::{self, PolicyAsRead};
use crate::remediate::place;
use crate::runtime::{Context, Error, ObjectKey, read};

/// What was asked of the policies and of people.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    pub(super) consent: Consent,
    /// What people are asked for, where they are.
    pub(super) need: Option<ApprovalNeed>,
}

/// The rules that hold for a plan, as read just now.
pub(super) struct Rules {
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
    let subject = subject(ctx, &namespace, issue, target, &types);
    let effective = policy::effective(&known, &subject).ok();
    let digest = effective.filter(|rules| rules.cluster.is_some() || rules.own.is_some()).map(|rules| rules.digest);
    Ok(Rules { policies, digest })
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
    let may_do_it = author_may(ctx, plan, target).await;
    let need = decisions::need::need(&Question {
        subject: subject(ctx, &namespace, issue, target, &types),
        policies: &known,
        autonomy: &place::of(ctx, target).standing,
        class: preview.class,
        preview_is_clean: preview.is_clean(),
        author: Author::of(plan, may_do_it),
        confidence: confidence(ctx, plan),
        success_rate: success_rate(ctx, &types, target),
    });
    let now = ctx.clock.now();
    Ok(match need {
        Need::Never(why) => Asked { consent: Consent::Never(why.message), need: None },
        Need::Nobody { because, windows } => {
            Asked { consent: within(&windows, now, Consent::NotNeeded(because.message)), need: None }
        }
        Need::People(need) => {
            let counted = approve::recount(ctx, plan, &preview.digest, &need).await?;
            let consent = match counted {
                approve::Answer::NotAsked => Consent::ToAsk(need.sentence()),
                approve::Answer::Waiting { have, need, expires_at, message } => {
                    Consent::Waiting { have, need, expires_at, message }
                }
                approve::Answer::Approved(who) => within(&need.windows, now, Consent::Given(who)),
                approve::Answer::Rejected(who) => Consent::Rejected(who),
                approve::Answer::Expired(why) => Consent::Expired(why),
                approve::Answer::Unverified(why) => Consent::Unverified(why),
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
    Subject { operator_namespace: &ctx.namespace, namespace, target, severity: issue.spec.severity, actions }
}

/// Confidence of the finding behind the plan.
fn confidence(ctx: &Context, plan: &RemediationPlan) -> Option<f64> {
    let insight = ObjectKey::new(plan.namespace().unwrap_or_default(), naming::insight(&plan.spec.issue_ref.name));
    let insight = ctx.stores.insights.get(&insight)?;
    let findings = &insight.status.as_ref()?.findings;
    findings
        .iter()
        .find(|finding| Some(&finding.code) == plan.spec.finding_code.as_ref())
        .map(|finding| finding.confidence)
}

/// Share of finished plans of the same actions on the same kind that were verified; absent without any.
fn success_rate(ctx: &Context, types: &[ActionType], target: &ResourceRef) -> Option<f64> {
    let finished = ctx.stores.plans.filter(|plan| {
        let ran = plan.status.as_ref().is_some_and(|status| status.state.is_terminal() && status.started_at.is_some());
        ran && types_of(plan) == types
            && super::world::target_of(&ctx.stores, plan).is_some_and(|its| its.kind == target.kind)
    });
    let good = finished
        .iter()
        .filter(|plan| plan.status.as_ref().is_some_and(|status| status.state == RemediationState::Completed))
        .count();
    (!finished.is_empty()).then(|| good as f64 / finished.len() as f64)
}

/// Whether the person who wrote the plan may do each of its writes; absent when nobody wrote it or the server could not be asked.
///
/// Only the user's name is known here, not the groups: rights that come from a group count as missing, and then people are asked.
async fn author_may(ctx: &Context, plan: &RemediationPlan, target: &ResourceRef) -> Option<bool> {
    let author = plan.spec.requested_by.as_deref().filter(|name| !name.is_empty())?;
    let reviews: Api<SubjectAccessReview> = Api::all(ctx.clients.write.clone());
    for action in &plan.spec.actions {
        let Ok(entry) = actions::find(action.action_type) else { return Some(false) };
        for rule in entry.spec.rules {
            for verb in rule.verbs {
                let (resource, subresource) =
                    rule.resource.split_once('/').map_or((rule.resource, None), |(a, b)| (a, Some(b)));
                let review = SubjectAccessReview {
                    spec: SubjectAccessReviewSpec {
                        user: Some(author.to_owned()),
                        resource_attributes: Some(ResourceAttributes {
                            group: Some(rule.group.to_owned()),
                            resource: Some(resource.to_owned()),
                            subresource: subresource.map(str::to_owned),
                            verb: Some((*verb).to_owned()),
                            namespace: Some(target.namespace.clone()),
                            ..ResourceAttributes::default()
                        }),
                        ..SubjectAccessReviewSpec::default()
                    },
                    ..SubjectAccessReview::default()
                };
                let answer = read(reviews.create(&PostParams::default(), &review)).await.ok()?;
                if !answer.status.is_some_and(|status| status.allowed) {
                    return Some(false);
                }
            }
        }
    }
    Some(true)
}
