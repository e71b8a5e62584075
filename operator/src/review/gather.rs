//! Everything a report is written from, read from the shared stores.

use std::sync::Arc;

use common::api::{AIInsight, ApprovalRequest, Issue, PostMortem, RemediationPlan, ResourceRef};
use common::naming;
use jiff::Timestamp;
use kube::ResourceExt as _;

use super::decide::Input;
use crate::runtime::{Context, ObjectKey, Tag};

pub(super) struct Seen {
    insight: Option<Arc<AIInsight>>,
    plans: Vec<Arc<RemediationPlan>>,
    requests: Vec<Arc<ApprovalRequest>>,
    pub(super) existing: Option<Arc<PostMortem>>,
    others: Vec<Arc<PostMortem>>,
}

impl Seen {
    pub(super) fn input<'a>(&'a self, now: Timestamp, issue: &'a Issue) -> Input<'a> {
        Input {
            now,
            issue,
            insight: self.insight.as_deref(),
            plans: &self.plans,
            requests: &self.requests,
            existing: self.existing.as_deref(),
            others: &self.others,
        }
    }
}

pub(super) fn gather(ctx: &Context, issue: &ObjectKey, about: &ResourceRef) -> Seen {
    let beside = |name: String| ObjectKey::new(issue.namespace.clone(), name);
    let mut plans = ctx.stores.plans.tagged(&Tag::Issue(issue.clone()));
    plans.sort_by_key(|plan| (plan.spec.attempt, plan.spec.step_of.as_ref().map(|of| of.step_number)));
    let requests = plans
        .iter()
        .filter_map(|plan| ctx.stores.approval_requests.get(&beside(naming::approval_request(&plan.name_any()))))
        .collect();
    let mut others = ctx.stores.post_mortems.tagged(&Tag::Resource(about.path()));
    others.retain(|report| report.metadata.namespace.as_deref() == Some(&issue.namespace));
    others.sort_by_key(|report| report.name_any());
    Seen {
        insight: ctx.stores.insights.get(&beside(naming::insight(&issue.name))),
        plans,
        requests,
        existing: ctx.stores.post_mortems.get(&beside(naming::post_mortem(&issue.name))),
        others,
    }
}
