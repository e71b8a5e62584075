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

/// Records whether another operator is active. Best effort: the log and the Event say the same.
pub(super) async fn write(ctx: &Context, other_active: bool, message: &str) {
    let condition = Condition {
        type_: keys::conditions::OTHER_OPERATOR_ACTIVE.to_owned(),
        status: if other_active { "True" } else { "False" }.to_owned(),
        reason: if other_active { "LeaseHeld" } else { "NoOtherLease" }.to_owned(),
        message: message.to_owned(),
        last_transition_time: Time(Timestamp::now()),
        observed_generation: None,
    };
    let body = serde_json::json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": { "name": NAME },
        "data": { CONDITIONS: serde_json::to_string(&[condition]).unwrap_or_default() },
    });
    let api: Api<ConfigMap> = Api::namespaced(ctx.clients.write.clone(), &ctx.namespace);
    let params = PatchParams::apply(keys::OPERATOR_SERVICE_ACCOUNT).force();
    let applied = tokio::time::timeout(WRITE_DEADLINE, api.patch(NAME, &params, &Patch::Apply(&body))).await;
    if let Ok(Err(error)) = applied {
        tracing::warn!(%error, configmap = NAME, "could not record the operator's condition");
    }
}
