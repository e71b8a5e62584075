//! Stands between the operator and the API server and brings trouble: lost answers, lost requests, refusals, dropped watches.
//!
//! In: plain HTTP with the caller's own token, and a script that says which write meets which trouble. Out: the same requests to the API
//! server, answers streamed back. Never: repeats or changes a request, or answers one by itself unless the script says so.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Method, Request as HttpRequest, StatusCode, header};
use axum::response::Response;
use common::api::keys::OPERATOR_NAMESPACE;
use futures::StreamExt as _;
use kube::Client;
use kube::config::AuthInfo;
use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::connection::Connection;

/// A write on its way to the API server. Lease renewals, dry runs, reviews and Events are none.
#[derive(Clone, Debug)]
pub struct Call {
    /// Path, without the query.
    pub path: String,
    /// Writes accepted before it.
    pub accepted: u64,
}

impl Call {
    /// It changes something that is not the operator's own: neither one of our objects nor its book-keeping.
    pub fn is_to_the_world(&self) -> bool {
        !self.path.starts_with("/apis/platform.chatcli.io/")
            && !self.path.contains(&format!("/namespaces/{OPERATOR_NAMESPACE}/"))
    }

    /// It starts a command in a container.
    pub fn is_exec(&self) -> bool {
        self.path.ends_with("/exec")
    }
}

/// What a write meets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Trouble {
    /// Accepted, and its sender is killed before it hears so: nothing of it gets through from then on.
    Death,
    /// The server acts and the answer never comes.
    AnswerLost,
    /// It never arrives, and no answer comes.
    RequestLost,
    /// It never arrives; the answer is this status, as the API server words it.
    Refused(u16),
    /// It arrives and is answered, and every open watch ends.
    WatchesDropped,
}

/// Ends when dropped.
pub struct Proxy {
    address: String,
    shared: Arc<Shared>,
    reached: watch::Receiver<Option<String>>,
    serving: JoinHandle<()>,
}

type Request = HttpRequest<Body>;
type Script = Box<dyn Fn(&Call) -> Option<Trouble> + Send + Sync>;

struct Shared {
    client: Client,
    script: Script,
    accepted: AtomicU64,
    /// Path of the write whose sender died, once its answer is withheld.
    reach: watch::Sender<Option<String>>,
    /// Writes on their way that kill their sender if they are accepted.
    deadly: watch::Sender<u64>,
    /// Counts how often the watches were dropped.
    drops: watch::Sender<u64>,
}

impl Proxy {
    /// Listens on a free port; withholds answers from the `n`-th accepted write on (0: never).
    pub async fn cutting_after(connection: &Connection, n: u64) -> Result<Self> {
        // Two that are on their way at once see the same count, so the n-th is not always the one that sees n - 1.
        Self::troubling(connection, move |call| (n > 0 && call.accepted + 1 >= n).then_some(Trouble::Death)).await
    }

    /// Listens on a free port; each write meets what the script says.
    pub async fn troubling(
        connection: &Connection,
        script: impl Fn(&Call) -> Option<Trouble> + Send + Sync + 'static,
    ) -> Result<Self> {
        let mut config = connection.config().clone();
        config.auth_info = AuthInfo::default();
        config.default_retry = false;
        let (reach, reached) = watch::channel(None);
        let shared = Arc::new(Shared {
            client: Client::try_from(config)?,
            script: Box::new(script),
            accepted: AtomicU64::new(0),
            reach,
            deadly: watch::channel(0).0,
            drops: watch::channel(0).0,
        });
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

    /// Waits until no write that would cut is on its way any more; the path of the one that did. What a write does may be seen elsewhere before
    /// its answer is back.
    pub async fn settled(&self) -> Option<String> {
        let _ = self.shared.deadly.subscribe().wait_for(|on_their_way| *on_their_way == 0).await;
        self.reached.borrow().clone()
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
    if !is_write(&request) {
        let watches = request.uri().query().is_some_and(|query| query.contains("watch="));
        let answer = answered(&shared, request).await;
        return if watches { until_dropped(&shared, answer) } else { answer };
    }
    if shared.reach.borrow().is_some() {
        // the sender is as good as dead: what it still says in its last moment must not get through
        return std::future::pending().await;
    }
    let call = Call { path: request.uri().path().to_owned(), accepted: shared.accepted.load(Ordering::SeqCst) };
    let trouble = (shared.script)(&call);
    match trouble {
        Some(Trouble::RequestLost) => return std::future::pending().await,
        Some(Trouble::Refused(code)) => return refusal(code),
        Some(Trouble::Death | Trouble::AnswerLost | Trouble::WatchesDropped) | None => {}
    }
    let is_deadly = matches!(trouble, Some(Trouble::Death));
    let on_its_way = is_deadly.then(|| OnItsWay::counted_in(&shared.deadly));
    let answer = answered(&shared, request).await;
    let accepted = answer.status().is_success() || answer.status() == StatusCode::SWITCHING_PROTOCOLS;
    if accepted {
        shared.accepted.fetch_add(1, Ordering::SeqCst);
    }
    if is_deadly && accepted {
        shared.reach.send_replace(Some(call.path));
    }
    drop(on_its_way);
    match trouble {
        Some(Trouble::Death) if accepted => {
            let _kept_open = answer;
            std::future::pending().await
        }
        Some(Trouble::AnswerLost) => std::future::pending().await,
        Some(Trouble::WatchesDropped) => {
            shared.drops.send_modify(|count| *count += 1);
            answer
        }
        _ => answer,
    }
}

/// Counts a write while it is on its way, and no longer: whoever asked may hang up.
struct OnItsWay<'a>(&'a watch::Sender<u64>);

impl<'a> OnItsWay<'a> {
    fn counted_in(count: &'a watch::Sender<u64>) -> Self {
        count.send_modify(|writes| *writes += 1);
        Self(count)
    }
}

impl Drop for OnItsWay<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|writes| *writes -= 1);
    }
}

/// The API server's answer, or 502 where there is none.
async fn answered(shared: &Shared, request: Request) -> Response {
    send(&shared.client, request).await.unwrap_or_else(|error| {
        let mut answer = Response::new(Body::from(format!("{error:#}")));
        *answer.status_mut() = StatusCode::BAD_GATEWAY;
        answer
    })
}

/// The same stream, which ends when the watches are dropped.
fn until_dropped(shared: &Shared, answer: Response) -> Response {
    let mut drops = shared.drops.subscribe();
    let dropped = async move {
        if drops.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    answer.map(|body| Body::from_stream(body.into_data_stream().take_until(Box::pin(dropped))))
}

/// What the API server says instead of acting, in its own shape.
fn refusal(code: u16) -> Response {
    let reason = match code {
        409 => "Conflict",
        429 => "TooManyRequests",
        _ => "InternalError",
    };
    let status = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": "refused by the test", "reason": reason, "code": code,
    });
    let mut answer = Response::new(Body::from(status.to_string()));
    *answer.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

async fn send(client: &Client, request: Request) -> Result<Response> {
    let (mut head, body) = request.into_parts();
    // both belong to the connection the proxy has with its caller; an exec asks for another protocol in the second
    head.headers.remove(header::HOST);
    if !head.headers.contains_key(header::UPGRADE) {
        head.headers.remove(header::CONNECTION);
    }
    let body = axum::body::to_bytes(body, usize::MAX).await?;
    let answer = client.send(HttpRequest::from_parts(head, kube::client::Body::from(body.to_vec()))).await?;
    Ok(answer.map(Body::new))
}

/// Something is changed if this is accepted, or a command is run. Leases and reviews are the operator's own breathing, and differ from run to run.
fn is_write(request: &Request) -> bool {
    let changes = matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH | Method::DELETE);
    let path = request.uri().path();
    let query = request.uri().query().unwrap_or_default();
    (changes || path.ends_with("/exec"))
        && !query.contains("dryRun=All")
        && !path.contains("/leases")
        && !path.contains("reviews")
        && !path.contains("/events")
}
