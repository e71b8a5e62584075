//! The number of replicas, through the scale subresource.

use schemars::JsonSchema;
use serde::Deserialize;

use super::change::ChangeSet;
use super::kind;
use super::live::{Live, Need};
use super::refusal::Refusal;
use crate::api::remediation_plan::ActionClass;

/// The number wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// Replicas wanted, 0 to 1000.
    #[schemars(with = "u32", range(min = 0, max = 1000))]
    replicas: Replicas,
    /// A deliberate stop: allows 0, and the incident ends as Contained, not Resolved.
    #[serde(default)]
    containment: bool,
}

/// Replicas, within what anybody means seriously.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "u32")]
struct Replicas(u32);

impl TryFrom<u32> for Replicas {
    type Error = &'static str;

    fn try_from(number: u32) -> Result<Self, Self::Error> {
        if number <= 1000 { Ok(Self(number)) } else { Err("a whole number from 0 to 1000") }
    }
}

/// The subresource, and whoever else may own the number.
pub fn needs() -> Vec<Need> {
    vec![Need::Scale, Need::Every(&kind::HORIZONTAL_POD_AUTOSCALER)]
}

impl Scale {
    /// Fewer than now, or none on purpose, is Disruptive.
    pub fn change(&self, live: &Live) -> Result<ChangeSet, Refusal> {
        let wanted = self.replicas.0;
        if wanted == 0 && !self.containment {
            // Upstream's words, which tests and log parsers look for.
            let whom = if live.target.kind() == kind::STATEFUL_SET.kind { "scaling StatefulSet" } else { "scaling" };
            return Err(Refusal::Unsafe(format!(
                "{whom} to 0 replicas is not allowed; a deliberate stop says containment=true"
            )));
        }
        if let Some(scaler) = live.autoscalers()?.first() {
            return Err(Refusal::OwnedBy {
                owner: scaler.reference().to_string(),
                field: "spec.replicas".to_owned(),
                advice: "change its bounds instead".to_owned(),
            });
        }
        let gone = || Refusal::TargetGone(format!("{} has no scale subresource", live.target.reference()));
        let scale = live.all(&Need::Scale)?.first().ok_or_else(gone)?;
        let now = scale.int("/spec/replicas").unwrap_or(0);
        let plural = if wanted == 1 { "" } else { "s" };
        if now == i64::from(wanted) {
            return Ok(ChangeSet::nothing(format!("already at {wanted} replica{plural}")));
        }
        let summary = format!("scales from {now} to {wanted} replica{plural}");
        let change = ChangeSet::scale(&live.target, scale, wanted, summary);
        let disruptive = self.containment || i64::from(wanted) < now;
        Ok(if disruptive { change.raised_to(ActionClass::Disruptive) } else { change })
    }
}
