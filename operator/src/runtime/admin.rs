//! `/healthz`, `/readyz` and `/metrics` over plain HTTP.
//!
//! Alive means this process answers. Ready means its stores are complete, its watches live and its place (leader, standby, yielding) known;
//! it stays ready while it yields to another operator, because reading still works.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Router, extract::State};
use common::api::instance::InstanceStatus;
use common::api::keys::conditions;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::leader::Standing;
use super::watching::PATIENCE;
use super::{Context, ObjectKey};

/// Which watches are failing, and since when.
#[derive(Default)]
pub struct Health(Mutex<BTreeMap<String, Instant>>);

impl Health {
    pub(super) fn failing(&self, kind: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(kind.to_owned()).or_insert_with(Instant::now);
    }

    pub(super) fn recovered(&self, kind: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(kind);
    }

    fn blind(&self) -> Vec<String> {
        let failing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        failing.iter().filter(|(_, since)| since.elapsed() > PATIENCE).map(|(kind, _)| kind.clone()).collect()
    }
}

/// What stands in the way of being ready; empty when ready.
pub fn obstacles(ctx: &Context) -> Vec<String> {
    let mut obstacles = Vec::new();
    let missing = ctx.stores.missing();
    if !missing.is_empty() {
        obstacles.push(format!("not listed yet: {}", missing.join(", ")));
    }
    let blind = ctx.health.blind();
    if !blind.is_empty() {
        obstacles.push(format!("cannot watch: {}", blind.join(", ")));
    }
    if ctx.leader.standing() == Standing::Starting {
        obstacles.push("Lease not known yet".to_owned());
    }
    if ctx.stopping.is_cancelled() {
        obstacles.push("stopping".to_owned());
    }
    obstacles
}

async fn readyz(State(ctx): State<Arc<Context>>) -> impl IntoResponse {
    let obstacles = obstacles(&ctx);
    if obstacles.is_empty() {
        (StatusCode::OK, "ok\n".to_owned())
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, format!("{}\n", obstacles.join("\n")))
    }
}

/// ChatCLI servers of both kinds; a legacy object that an Instance replaced is none.
fn servers(ctx: &Context) -> Vec<(String, String, bool)> {
    let is_ready = |status: Option<&InstanceStatus>| {
        let mut conditions = status.into_iter().flat_map(|status| &status.conditions);
        conditions.any(|condition| condition.type_ == conditions::READY && condition.status == "True")
    };
    let told = |key: ObjectKey, status: Option<&InstanceStatus>| (key.namespace, key.name, is_ready(status));
    let instances = ctx.stores.instances.all();
    let legacy =
        ctx.stores.legacy_instances.filter(|object| ctx.stores.instances.get(&ObjectKey::of(object)).is_none());
    let instances = instances.iter().map(|object| told(ObjectKey::of(&**object), object.status.as_ref()));
    instances.chain(legacy.iter().map(|object| told(ObjectKey::of(&**object), object.status.as_ref()))).collect()
}

async fn metrics(State(ctx): State<Arc<Context>>) -> impl IntoResponse {
    let open = ctx.stores.issues.filter(common::api::Issue::is_open);
    ctx.metrics.active_issues.set(i64::try_from(open.len()).unwrap_or(i64::MAX));
    let waiting = ctx.stores.approval_requests.filter(common::api::ApprovalRequest::is_pending);
    ctx.metrics.waiting(waiting.iter().map(|request| &**request));
    ctx.metrics.servers(servers(&ctx));
    ([("content-type", "application/openmetrics-text; version=1.0.0; charset=utf-8")], ctx.metrics.text())
}

/// Serves both addresses until told to end. Fails at once when an address cannot be bound.
pub(super) async fn serve(
    ctx: Arc<Context>,
    health: Option<SocketAddr>,
    metrics_at: Option<SocketAddr>,
    ending: CancellationToken,
) -> anyhow::Result<()> {
    let probes = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(readyz))
        .with_state(Arc::clone(&ctx));
    let numbers = Router::new().route("/metrics", get(metrics)).with_state(ctx);
    tokio::try_join!(listen(health, probes, ending.clone()), listen(metrics_at, numbers, ending))?;
    Ok(())
}

async fn listen(address: Option<SocketAddr>, router: Router, ending: CancellationToken) -> anyhow::Result<()> {
    let Some(address) = address else {
        ending.cancelled().await;
        return Ok(());
    };
    let listener =
        TcpListener::bind(address).await.map_err(|error| anyhow::anyhow!("cannot listen on {address}: {error}"))?;
    axum::serve(listener, router).with_graceful_shutdown(async move { ending.cancelled().await }).await?;
    Ok(())
}
