//! What a plan tells the world: its state, its gates, its preview, its journal.

use std::sync::Arc;

use common::api::{
    Condition, RemediationPlan, Time,
    keys::{conditions, managers},
    remediation_plan::{EvidenceItem, GateResult, RemediationPlanStatus, RemediationState},
};
use jiff::Timestamp;
use serde_json::json;

use crate::runtime::status::{self, Owner, condition};
use crate::runtime::{Context, WriteError};

const OWNER: Owner = Owner {
    manager: managers::REMEDIATOR,
    fields: &[
        "state",
        "startedAt",
        "actionsCompletedAt",
        "completedAt",
        "result",
        "evidence",
        "agenticStepCount",
        "agenticStartedAt",
        "model",
        "rollbackPerformed",
        "rollbackResult",
        "postFailureHealthy",
        "observedGeneration",
        "transition",
        "gates",
        "preview",
        "approvalRef",
        "steps",
        "nextStepNotBefore",
        "verifyDeadline",
        "settledSince",
        "soakSeconds",
        "healthBefore",
    ],
    conditions: &[
        conditions::PREVIEWED,
        conditions::APPROVED,
        conditions::EXECUTING,
        conditions::VERIFIED,
        conditions::ROLLED_BACK,
    ],
};

/// A plan's status being changed: the next version of it, written in one piece.
pub(in crate::remediate) struct Draft<'a> {
    plan: &'a Arc<RemediationPlan>,
    now: Timestamp,
    pub(in crate::remediate) status: RemediationPlanStatus,
    conditions: Vec<Condition>,
}

impl<'a> Draft<'a> {
    pub(in crate::remediate) fn of(plan: &'a Arc<RemediationPlan>, now: Timestamp) -> Self {
        Self { plan, now, status: plan.status.clone().unwrap_or_default(), conditions: Vec::new() }
    }

    /// Goes to another state; the transition number is what effects are named from.
    pub(in crate::remediate) fn enter(&mut self, state: RemediationState) -> &mut Self {
        self.status.state = state;
        self.status.transition = Some(self.status.transition.unwrap_or(0) + 1);
        self
    }

    /// Keeps what the gates said; none asked means the old answers stand.
    pub(in crate::remediate) fn gates(&mut self, mut gates: Vec<GateResult>) -> &mut Self {
        if gates.is_empty() {
            return self;
        }
        for gate in &mut gates {
            let same = |old: &&GateResult| {
                (&old.name, &old.result, &old.reason, &old.message)
                    == (&gate.name, &gate.result, &gate.reason, &gate.message)
            };
            // Its time moves only with its answer, so that an unchanged chain is no write.
            gate.at = self.status.gates.iter().find(same).and_then(|old| old.at.clone()).or(Some(Time(self.now)));
        }
        self.status.gates = gates;
        self
    }

    /// Keeps one more piece of evidence; the oldest go first.
    pub(in crate::remediate) fn evidence(&mut self, kind: &str, data: String) -> &mut Self {
        const MOST: usize = 50;
        let item = EvidenceItem { evidence_type: kind.to_owned(), data, timestamp: self.time() };
        self.status.evidence.push(item);
        let over = self.status.evidence.len().saturating_sub(MOST);
        self.status.evidence.drain(..over);
        self
    }

    /// Sets a condition.
    pub(in crate::remediate) fn condition(
        &mut self,
        kind: &str,
        holds: bool,
        reason: &str,
        message: &str,
    ) -> &mut Self {
        let before = self.plan.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
        let generation = self.plan.metadata.generation;
        self.conditions.push(condition(before, kind, holds, reason, message, generation, self.now));
        self
    }

    /// The moment all times of this draft are.
    pub(in crate::remediate) fn time(&self) -> Time {
        Time(self.now)
    }

    /// Writes it, if it says anything new.
    pub(in crate::remediate) async fn write(mut self, ctx: &Context) -> Result<Arc<RemediationPlan>, WriteError> {
        self.status.observed_generation = self.plan.metadata.generation;
        // A status of ours always has a transition: without one it was another operator's.
        self.status.transition.get_or_insert(0);
        let mut wanted = json!(self.status);
        if let Some(fields) = wanted.as_object_mut() {
            fields.retain(|name, _| OWNER.fields.contains(&name.as_str()));
            fields.insert("conditions".to_owned(), json!(self.conditions));
        }
        status::apply(ctx, self.plan, &OWNER, wanted).await
    }
}
