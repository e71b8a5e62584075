//! Others' alerts as further sources: what they say about workloads and nodes becomes Anomalies.
//!
//! In: notifications of Alertmanager's webhook (version 4), with a bearer token; answers of ChatCLI servers to `GetAlerts`. Out: one `Anomaly`
//! per (resource, signal, alert, episode); a resolved alert ends it. Never: opens anything for an alert whose object or signal is unknown (the
//! answer says which and why), trusts a caller without the token, or holds up the watches. A replica that does not lead answers 503, and
//! Alertmanager sends again.

mod decide;
mod intake;
mod payload;
mod serve;
mod servers;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;

use crate::config;
use crate::llm::chatcli::Servers;
use crate::runtime::Runtime;

/// Adds the questions to ChatCLI servers, and the receiver, where an address for it is set.
pub fn register(runtime: &mut Runtime, servers: Arc<Servers>) -> anyhow::Result<()> {
    runtime.also_serve("alerts of servers", |ctx, stopping| servers::follow(ctx, servers, stopping));
    let settings = &runtime.context().config;
    let Some(address) = config::socket_address(&settings.alert_webhook_bind_address).map_err(anyhow::Error::msg)?
    else {
        return Ok(());
    };
    let token: PathBuf = settings.alert_webhook_token_file.clone().context(
        "--alert-webhook-bind-address needs --alert-webhook-token-file: without a token anybody could report trouble",
    )?;
    serve::read_token(&token)?;
    runtime.also_serve("alert receiver", |ctx, stopping| serve::serve(ctx, address, token, stopping));
    Ok(())
}
