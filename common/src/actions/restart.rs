//! Starting every pod of a workload anew, without another change.

use schemars::JsonSchema;
use serde::Deserialize;

use super::change::{ChangeSet, Terms};
use super::edits;
use super::live::Live;

/// Where a rollout is asked for without another change, as `kubectl rollout restart` does.
const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";

/// Has no parameters.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Restart {}

impl Restart {
    /// A pod template that differs in nothing but the moment.
    #[expect(clippy::unused_self, reason = "the parameters of the action, of which there are none")]
    pub fn change(&self, live: &Live) -> ChangeSet {
        let at = live.now.to_string();
        let mut wanted = live.target.0.clone();
        edits::set(&mut wanted, &["spec", "template", "metadata", "annotations", RESTARTED_AT], at.into());
        ChangeSet::patch(&live.target, &wanted, Terms::default(), &live.plan_uid, "starts every pod anew")
    }
}
