//! The address Alertmanager sends to.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::decide::Origin;
use super::intake::take;
use super::payload::Notification;
use crate::runtime::Context;
use crate::runtime::leader::Standing;

/// A notification holds at most some hundred alerts.
const LARGEST: usize = 4 * 1024 * 1024;
/// Where Alertmanager sends to.
const PATH: &str = "/webhook/alertmanager";

struct Receiver {
    ctx: Arc<Context>,
    token: PathBuf,
}

/// The token as it is now: a mounted Secret changes under us.
pub fn read_token(file: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read the token in {}", file.display()))?;
    let token = text.trim().to_owned();
    anyhow::ensure!(!token.is_empty(), "the token in {} is empty", file.display());
    Ok(token)
}

/// Serves until told to stop. Fails at once when the address cannot be bound.
pub async fn serve(
    ctx: Arc<Context>,
    address: SocketAddr,
    token: PathBuf,
    stopping: CancellationToken,
) -> anyhow::Result<()> {
    let router = Router::new()
        .route(PATH, post(receive))
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(Arc::new(Receiver { ctx, token }));
    let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    tracing::info!(%address, path = PATH, "taking alerts");
    axum::serve(listener, router).with_graceful_shutdown(async move { stopping.cancelled().await }).await?;
    Ok(())
}

async fn receive(State(receiver): State<Arc<Receiver>>, headers: HeaderMap, body: Bytes) -> Response {
    match read_token(&receiver.token) {
        Ok(token) if is_authorised(&headers, &token) => {}
        Ok(_) => return refuse(StatusCode::UNAUTHORIZED, "the bearer token is missing or wrong"),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "alerts are refused");
            return refuse(StatusCode::SERVICE_UNAVAILABLE, "the token cannot be read");
        }
    }
    let notification: Notification = match serde_json::from_slice(&body) {
        Ok(notification) => notification,
        Err(error) => {
            return refuse(StatusCode::BAD_REQUEST, &format!("this is no notification of Alertmanager: {error}"));
        }
    };
    if notification.version != "4" {
        let said = format!("version {:?} of the webhook is not known; 4 is", notification.version);
        return refuse(StatusCode::BAD_REQUEST, &said);
    }
    let ctx = &receiver.ctx;
    // 5xx makes Alertmanager send again, to another replica or later; nothing is lost.
    if ctx.leader.standing() != Standing::Leading || !ctx.stores.missing().is_empty() {
        return refuse(StatusCode::SERVICE_UNAVAILABLE, "this replica does not lead; send again");
    }
    let mut ignored = Vec::new();
    for alert in &notification.alerts {
        match take(ctx, alert, Origin::Alertmanager).await {
            Ok(None) => {}
            Ok(Some(why)) => {
                tracing::debug!(alert = alert.name(), fingerprint = alert.fingerprint, why, "an alert is left aside");
                ignored.push(json!({ "alert": alert.name(), "fingerprint": alert.fingerprint, "why": why }));
            }
            Err(error) => {
                tracing::warn!(alert = alert.name(), %error, "an alert could not be written down");
                return refuse(StatusCode::SERVICE_UNAVAILABLE, "not everything could be written down; send again");
            }
        }
    }
    let told = json!({ "taken": notification.alerts.len() - ignored.len(), "ignored": ignored });
    ([(header::CONTENT_TYPE, "application/json")], told.to_string()).into_response()
}

fn refuse(status: StatusCode, why: &str) -> Response {
    (status, format!("{why}\n")).into_response()
}

/// Compares all bytes, whatever the first difference: the time it takes tells nothing about the token.
fn is_authorised(headers: &HeaderMap, token: &str) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(given) = given.and_then(|value| value.strip_prefix("Bearer ")) else { return false };
    let differing = given.bytes().zip(token.bytes()).fold(0, |differing, (a, b)| differing | (a ^ b));
    given.len() == token.len() && differing == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_token_opens() {
        let with = |value: &str| HeaderMap::from_iter([(header::AUTHORIZATION, value.parse().unwrap())]);
        assert!(is_authorised(&with("Bearer s3cr3t"), "s3cr3t"));
        for wrong in ["Bearer s3cr3", "Bearer s3cr3tt", "Bearer ", "s3cr3t", "Basic s3cr3t"] {
            assert!(!is_authorised(&with(wrong), "s3cr3t"), "{wrong}");
        }
        assert!(!is_authorised(&HeaderMap::new(), "s3cr3t"));
    }
}
