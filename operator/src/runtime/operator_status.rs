//! What the operator says about itself: conditions in the ConfigMap `chatcli-operator-status` of its own namespace.
//!
//! A ConfigMap, because while another operator is active no shared kind may be written, and that is the one moment this matters.

use jiff::Timestamp;
use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use kube::api::{Api, Patch, PatchParams};

use super::{Context, client::WRITE_DEADLINE};
use common::api::keys;

/// Name of the ConfigMap.
pub const NAME: &str = "chatcli-operator-status";
/// Key of the list of conditions, as JSON.
pub const CONDITIONS: &str = "conditions";

/// Records whether another operator is active; no write when that is what is recorded. Best effort: the log and the Event say the same.
pub(super) async fn write(ctx: &Context, other_active: bool, message: &str) {
    let recorded = tokio::time::timeout(WRITE_DEADLINE, record(ctx, other_active, message)).await;
    if let Ok(Err(error)) = recorded {
        tracing::warn!(%error, configmap = NAME, "could not record the operator's condition");
    }
}

async fn record(ctx: &Context, other_active: bool, message: &str) -> kube::Result<()> {
    let api: Api<ConfigMap> = Api::namespaced(ctx.clients.write.clone(), &ctx.namespace);
    let before = recorded(api.get_opt(NAME).await?.as_ref());
    let Some(condition) = changed(before.as_ref(), other_active, message, ctx.clock.now()) else { return Ok(()) };
    let body = serde_json::json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": { "name": NAME },
        "data": { CONDITIONS: serde_json::to_string(&[condition]).unwrap_or_default() },
    });
    let params = PatchParams::apply(keys::OPERATOR_SERVICE_ACCOUNT).force();
    api.patch(NAME, &params, &Patch::Apply(&body)).await.map(drop)
}

fn recorded(map: Option<&ConfigMap>) -> Option<Condition> {
    let conditions: Vec<Condition> = serde_json::from_str(map?.data.as_ref()?.get(CONDITIONS)?).ok()?;
    conditions.into_iter().find(|condition| condition.type_ == keys::conditions::OTHER_OPERATOR_ACTIVE)
}

/// The condition to record, when it says something else than the one recorded. Its time moves with its status only.
fn changed(before: Option<&Condition>, other_active: bool, message: &str, now: Timestamp) -> Option<Condition> {
    let status = if other_active { "True" } else { "False" };
    let same_status = before.filter(|before| before.status == status);
    if same_status.is_some_and(|before| before.message == message) {
        return None;
    }
    Some(Condition {
        type_: keys::conditions::OTHER_OPERATOR_ACTIVE.to_owned(),
        status: status.to_owned(),
        reason: if other_active { "LeaseHeld" } else { "NoOtherLease" }.to_owned(),
        message: message.to_owned(),
        last_transition_time: same_status.map_or(Time(now), |before| before.last_transition_time.clone()),
        observed_generation: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_recorded_already_is_not_written_and_its_time_moves_with_its_status_only() {
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let first = changed(None, false, "alone", at(1)).unwrap();
        assert_eq!(changed(Some(&first), false, "alone", at(2)), None);
        let told = changed(Some(&first), false, "alone, since the other ended", at(3)).unwrap();
        assert_eq!(told.last_transition_time, first.last_transition_time);
        let flipped = changed(Some(&told), true, "upstream holds the Lease", at(4)).unwrap();
        assert_eq!((flipped.status.as_str(), flipped.last_transition_time.0), ("True", at(4)));
    }
}
