//! The report as it is stored.

use std::sync::Arc;

use common::api::{PostMortem, keys::managers, post_mortem::PostMortemStatus};
use kube::Resource as _;
use serde_json::{Value, json};

use crate::runtime::status::{self, Owner, condition};
use crate::runtime::{Context, Note, WriteError};

/// Condition: the report tells the whole story so far.
const GENERATED: &str = "Generated";
/// Condition: the incident is not fixed; somebody has to act before the report can be closed.
const AWAITING_HUMAN_ACTION: &str = "AwaitingHumanAction";

/// `feedback` is people's; it is not ours to write.
const OWNER: Owner = Owner {
    manager: managers::REVIEWER,
    fields: &[
        "state",
        "summary",
        "rootCause",
        "impact",
        "timeline",
        "actionsExecuted",
        "lessonsLearned",
        "preventionActions",
        "duration",
        "generatedAt",
        "reviewedAt",
        "trending",
        "blastRadius",
        "cascadeChain",
        "logAnalysisSummary",
        "gitCorrelation",
        "gitOpsContext",
        "requiresHumanAction",
        "requiredAction",
        "observedGeneration",
        "issueTransition",
    ],
    conditions: &[GENERATED, AWAITING_HUMAN_ACTION],
};

pub(super) async fn write(ctx: &Context, report: &Arc<PostMortem>, told: &PostMortemStatus) -> Result<(), WriteError> {
    let before = report.status.as_ref().map(|status| status.conditions.clone()).unwrap_or_default();
    let (now, generation) = (ctx.clock.now(), report.metadata.generation);
    let mut wanted = json!(told);
    if let Some(fields) = wanted.as_object_mut() {
        fields.remove("feedback");
    }
    let human = told.requires_human_action == Some(true);
    let action = told.required_action.as_deref().unwrap_or_default();
    let mut conditions = vec![condition(&before, GENERATED, true, "Written", "", generation, now)];
    if human || before.iter().any(|old| old.type_ == AWAITING_HUMAN_ACTION) {
        let reason = if human { "NotFixed" } else { "Fixed" };
        conditions.push(condition(&before, AWAITING_HUMAN_ACTION, human, reason, action, generation, now));
    }
    wanted["conditions"] = json!(conditions);
    debug_assert!(matches!(wanted, Value::Object(_)));
    let written = status::apply(ctx, report, &OWNER, wanted).await?;
    let transition = told.issue_transition.unwrap_or(0).to_string();
    ctx.events.tell(
        written.object_ref(&()),
        Note::new("PostMortemWritten", "Review", "the report was written").once(transition),
    );
    Ok(())
}
