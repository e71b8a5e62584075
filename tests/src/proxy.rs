//! Stands between the operator and the API server and can lose an answer: the request was accepted, and its sender dies before it hears so.
//!
//! In: plain HTTP with the caller's own token. Out: the same requests to the API server, answers streamed back. Never: repeats, changes or
//! answers a request by itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Method, Request as HttpRequest, StatusCode, header};
use axum::response::Response;
use kube::Client;
use kube::config::AuthInfo;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::connection::Connection;

/// Ends when dropped.
pub struct Proxy {
    address: String,
    shared: Arc<Shared>,
    reached: watch::Receiver<Option<String>>,
    serving: JoinHandle<()>,
}

type Request = HttpRequest<Body>;

struct Shared {
    client: Client,
    accepted: AtomicU64,
    /// The answer to this accepted write, and everything after it, is never delivered.
    cut_after: u64,
    /// Its path, once it is withheld.
    reach: watch::Sender<Option<String>>,
}

impl Proxy {
    /// Listens on a free port; withholds answers from the `n`-th accepted write on (0: never).
    pub async fn cutting_after(connection: &Connection, n: u64) -> Result<Self> {
        let mut config = connection.config().clone();
        config.auth_info = AuthInfo::default();
        config.default_retry = false;
        let (reach, reached) = watch::channel(None);
        let shared =
            Arc::new(Shared { client: Client::try_from(config)?, accepted: AtomicU64::new(0), cut_after: n, reach });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let routes = Router::new().fallback(forward).with_state(shared.clone());
        let serving = tokio::spawn(async move {
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self { address, shared, reached, serving })
    }

    /// Where the operator has to go.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Accepted writes so far; Lease renewals and dry runs do not count.
    pub fn accepted(&self) -> u64 {
        self.shared.accepted.load(Ordering::SeqCst)
    }

    /// Waits until the answer to cut off is being withheld; the path it was asked under.
    pub async fn cut(&self) -> String {
        let mut reached = self.reached.clone();
        let path = reached.wait_for(Option::is_some).await.ok().and_then(|path| path.clone());
        path.unwrap_or_default()
    }

    /// True once an answer is withheld.
    pub fn has_cut(&self) -> bool {
        self.reached.borrow().is_some()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn forward(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let counts = is_write(&request);
    let path = request.uri().path().to_owned();
    if counts && shared.reach.borrow().is_some() {
        // the sender is as good as dead: what it still says in its last moment must not get through
        return std::future::pending().await;
    }
    let answer = match send(&shared.client, request).await {
        Ok(answer) => answer,
        Err(error) => {
            let mut answer = Response::new(Body::from(format!("{error:#}")));
            *answer.status_mut() = StatusCode::BAD_GATEWAY;
            answer
        }
    };
    if counts && answer.status().is_success() {
        let nth = shared.accepted.fetch_add(1, Ordering::SeqCst) + 1;
        if nth == shared.cut_after {
            shared.reach.send_replace(Some(path));
            return std::future::pending().await;
        }
    }
    answer
}

async fn send(client: &Client, request: Request) -> Result<Response> {
    let (mut head, body) = request.into_parts();
    // both belong to the connection the proxy has with its caller
    head.headers.remove(header::HOST);
    head.headers.remove(header::CONNECTION);
    let body = axum::body::to_bytes(body, usize::MAX).await?;
    let answer = client.send(HttpRequest::from_parts(head, kube::client::Body::from(body.to_vec()))).await?;
    Ok(answer.map(Body::new))
}

/// Something is changed if this is accepted. Leases and reviews are the operator's own breathing, and differ from run to run.
fn is_write(request: &Request) -> bool {
    let changes = matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH | Method::DELETE);
    let path = request.uri().path();
    let query = request.uri().query().unwrap_or_default();
    changes
        && !query.contains("dryRun=All")
        && !path.contains("/leases")
        && !path.contains("reviews")
        && !path.contains("/events")
}
