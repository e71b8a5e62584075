//! Whole turns: a script in place of `chatcli-source`, an API server of which only what is asked for exists, and a clock that is moved.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use clap::Parser as _;
use common::api::SourceRepository;
use http::{Method, Request, Response};
use jiff::Timestamp;
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};

use super::testing::Script;
use super::*;
use crate::config::Config;
use crate::runtime::Clock;

const UID: &str = "0f0f0f0f-0000-4000-8000-000000000001";
const TOKEN: &str = "canary-token-4711";
const HEAD: &str = "3f9a1c203f9a1c203f9a1c203f9a1c203f9a1c20";
/// Makes the cache, as the program does.
const FETCH: &str = "cache=$(/usr/bin/sed 's/.*\"cache\":\"\\([^\"]*\\)\".*/\\1/'); /bin/mkdir -p \"$cache\"; echo ref > \"$cache/HEAD\"";

/// The world around one repository.
struct World {
    script: Script,
    ctx: Arc<Context>,
    repositories: Repositories,
    seconds: Arc<AtomicI64>,
    server: Arc<Server>,
}

/// What the API server has, and what was written to it.
#[derive(Default)]
struct Server {
    secret: Mutex<Option<Value>>,
    versions: AtomicU64,
    statuses: Mutex<Vec<Value>>,
    repository: Mutex<Value>,
}

impl Server {
    async fn answer(&self, request: Request<Body>) -> (u16, Value) {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        if path.ends_with("/secrets/git") {
            let words = "secrets \"git\" is forbidden";
            let no =
                json!({ "kind": "Status", "status": "Failure", "code": 403, "reason": "Forbidden", "message": words });
            return self.secret.lock().unwrap().clone().map_or((403, no), |secret| (200, secret));
        }
        if method == Method::PATCH && path.ends_with("/sourcerepositories/web/status") {
            let body = request.into_body().collect_bytes().await.unwrap();
            let said: Value = serde_json::from_slice(&body).unwrap();
            self.statuses.lock().unwrap().push(said["status"].clone());
            let mut object = self.repository.lock().unwrap();
            object["status"] = said["status"].clone();
            object["metadata"]["resourceVersion"] =
                json!((10 + self.versions.fetch_add(1, Ordering::Relaxed)).to_string());
            return (200, object.clone());
        }
        (404, json!({ "kind": "Status", "status": "Failure", "code": 404, "reason": "NotFound", "message": path }))
    }
}

impl World {
    async fn with(text: &str) -> Self {
        let script = Script::saying(text).await;
        let cache = script.folder.path().join("sources");
        let flags = [
            "chatcli-operator".to_owned(),
            "--namespace=chatcli-system".to_owned(),
            format!("--source-program={}", script.program().display()),
            format!("--source-cache={}", cache.display()),
        ];
        let server = Arc::new(Server::default());
        *server.secret.lock().unwrap() = Some(secret("1"));
        let answering = Arc::clone(&server);
        let client = Client::new(
            tower::service_fn(move |request: Request<Body>| {
                let server = Arc::clone(&answering);
                async move {
                    let (code, body) = server.answer(request).await;
                    let response = Response::builder().status(code).body(Body::from(body.to_string().into_bytes()));
                    response.map_err(|error| std::io::Error::other(error.to_string()))
                }
            }),
            "shop",
        );
        let seconds = Arc::new(AtomicI64::new(1_700_000_000));
        let shown = Arc::clone(&seconds);
        let clock = Clock::of(move || Timestamp::from_second(shown.load(Ordering::Relaxed)).unwrap());
        let ctx = Context::for_tests(Config::parse_from(flags), client, clock);
        let sources = Arc::new(Sources::new(&ctx.config));
        sources.caches.begin().unwrap();
        let repositories = Repositories { sources, watches: Watches::default() };
        let world = Self { script, ctx, repositories, seconds, server };
        world.wish(|_| {});
        world
    }

    /// Somebody changes the object.
    fn wish(&self, change: impl FnOnce(&mut Value)) {
        let mut object = self.server.repository.lock().unwrap();
        if object.is_null() {
            *object = json!({
                "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "SourceRepository",
                "metadata": { "name": "web", "namespace": "shop", "uid": UID, "generation": 1 },
                "spec": {
                    "url": "https://git.example/shop/web.git", "authType": "token", "secretRef": "git",
                    "resource": { "kind": "Deployment", "name": "web" },
                },
            });
        }
        change(&mut object);
        object["metadata"]["resourceVersion"] =
            json!((10 + self.server.versions.fetch_add(1, Ordering::Relaxed)).to_string());
        self.ctx.stores.source_repositories.deliver(serde_json::from_value(object.clone()).unwrap());
    }

    async fn turn(&self) -> Next {
        self.repositories.reconcile(&self.ctx, &ObjectKey::new("shop", "web")).await.unwrap()
    }

    /// Turns until nothing is to be done at once.
    async fn settled(&self) -> Next {
        loop {
            let next = self.turn().await;
            if next != Next::In(AT_ONCE) {
                return next;
            }
        }
    }

    fn writes(&self) -> Vec<Value> {
        self.server.statuses.lock().unwrap().clone()
    }

    fn live(&self) -> Arc<SourceRepository> {
        self.ctx.stores.source_repositories.get(&ObjectKey::new("shop", "web")).unwrap()
    }

    /// `ready` and the reason.
    fn ready(&self) -> (bool, String) {
        let status = self.live().status.clone().unwrap_or_default();
        (status.ready, status.conditions.first().map(|ready| ready.reason.clone()).unwrap_or_default())
    }
}

fn secret(version: &str) -> Value {
    let data = json!({ "token": serde_json::to_value(k8s_openapi::ByteString(TOKEN.as_bytes().to_vec())).unwrap() });
    json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "git", "namespace": "shop", "resourceVersion": version }, "data": data })
}

fn fetching() -> String {
    let commit = json!({ "id": HEAD, "subject": "Begin", "author": "Ana", "at": "2023-11-14T22:00:00Z", "files": [] });
    let index = json!({ "index": { "commits": [commit], "languages": ["Go"], "entrypoints": [], "configFiles": [] } });
    format!("{FETCH}; echo '{index}'")
}

#[tokio::test]
async fn a_repository_is_fetched_said_to_be_ready_and_not_written_again() {
    let world = World::with(&fetching()).await;
    let next = world.settled().await;
    assert_eq!(world.ready(), (true, "Synced".to_owned()));
    let status = world.live().status.clone().unwrap();
    assert_eq!(status.head_commit.unwrap().sha, HEAD);
    assert!(matches!(next, Next::At(_)));
    assert_eq!((world.writes().len(), world.settled().await), (1, next), "looking again writes nothing");
    assert_eq!(world.writes().len(), 1);
    assert!(!format!("{:?}", world.writes()).contains(TOKEN));
}

#[tokio::test]
async fn what_an_earlier_process_promised_is_taken_back_before_it_is_fetched() {
    let world = World::with(&fetching()).await;
    world.wish(|object| object["status"] = json!({ "ready": true, "headCommit": { "sha": HEAD, "message": "Begin", "author": "Ana", "timestamp": "2023-11-14T22:00:00Z" } }));
    world.turn().await;
    assert_eq!(world.ready(), (false, "CacheLost".to_owned()));
    world.settled().await;
    assert_eq!(world.ready(), (true, "Synced".to_owned()));
}

#[tokio::test]
async fn a_refused_token_is_told_without_it_and_a_new_one_is_tried_at_once() {
    let refused = json!({ "refused": { "refusal": "Unauthorized", "message": format!("the server refuses {TOKEN}") } });
    let world = World::with(&format!(
        "if [ -e \"$(/usr/bin/dirname \"$0\")/right\" ]; then {}; else echo '{refused}'; fi",
        fetching()
    ))
    .await;
    world.settled().await;
    assert_eq!(world.ready(), (false, "Unauthorized".to_owned()));
    let error = world.live().status.clone().unwrap().error.unwrap();
    assert!(error.starts_with("the server refuses") && !error.contains(TOKEN), "{error}");
    std::fs::write(world.script.folder.path().join("right"), "").unwrap();
    world.settled().await;
    assert!(!world.ready().0, "the same Secret is not tried before its time");
    *world.server.secret.lock().unwrap() = Some(secret("2"));
    world.settled().await;
    assert_eq!(world.ready(), (true, "Synced".to_owned()));
    assert_eq!(world.live().status.clone().unwrap().error, None);
}

#[tokio::test]
async fn a_secret_that_may_not_be_read_comes_with_the_way_out() {
    let world = World::with(&fetching()).await;
    *world.server.secret.lock().unwrap() = None;
    world.settled().await;
    assert_eq!(world.ready(), (false, "SecretForbidden".to_owned()));
    assert!(
        world
            .live()
            .status
            .clone()
            .unwrap()
            .error
            .unwrap()
            .contains("kubectl create rolebinding chatcli-source-web -n shop")
    );
}

#[tokio::test]
async fn one_of_another_namespaces_workload_is_refused_and_never_fetched() {
    let world = World::with("echo asked > \"$(/usr/bin/dirname \"$0\")/asked\"").await;
    world.wish(|object| object["spec"]["resource"]["namespace"] = json!("pay"));
    world.settled().await;
    assert_eq!(world.ready(), (false, "ResourceElsewhere".to_owned()));
    assert!(!world.script.folder.path().join("asked").exists());
}

#[tokio::test]
async fn without_the_program_it_says_so() {
    let world = World::with("").await;
    std::fs::remove_file(world.script.folder.path().join("chatcli-source")).unwrap();
    world.settled().await;
    assert_eq!(world.ready(), (false, "ProgramMissing".to_owned()));
}

#[tokio::test]
async fn it_is_fetched_again_when_its_interval_is_over_and_only_the_time_is_written() {
    let world = World::with(&fetching()).await;
    world.settled().await;
    world.seconds.fetch_add(40 * 60, Ordering::Relaxed);
    world.settled().await;
    let writes = world.writes();
    assert_eq!(writes.len(), 2);
    let without_time = |status: &Value| {
        let mut status = status.clone();
        status.as_object_mut().unwrap().remove("lastSyncedAt").unwrap();
        status
    };
    assert_eq!(without_time(&writes[0]), without_time(&writes[1]));
    assert_ne!(writes[0]["lastSyncedAt"], writes[1]["lastSyncedAt"]);
}

#[tokio::test]
async fn what_is_gone_leaves_no_directory() {
    let world = World::with(&fetching()).await;
    world.settled().await;
    let cache = world.script.folder.path().join("sources").join(UID);
    assert!(cache.join("HEAD").is_file());
    world.ctx.stores.source_repositories.forget(&ObjectKey::new("shop", "web"));
    world.turn().await;
    let gone = async {
        while cache.exists() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone).await.unwrap();
}

#[tokio::test]
async fn a_question_is_answered_from_what_was_fetched_and_a_lost_cache_is_made_anew() {
    let told = json!({ "context": { "running": null, "runningBy": null, "around": [], "suspect": null, "snippets": [], "config": [] } });
    let lost = json!({ "refused": { "refusal": "CacheLost", "message": "it is broken" } });
    let world = World::with(&format!(
        "question=$(/bin/cat); case \"$question\" in *'\"context\"'*) if [ -e \"$(/usr/bin/dirname \"$0\")/broken\" ]; then echo '{lost}'; \
         else echo '{told}'; fi;; *) echo \"$question\" | ( {} );; esac",
        fetching()
    ))
    .await;
    let workload = ResourceRef::new("Deployment", "shop", "web");
    let began = world.ctx.clock.now();
    let sources = &world.repositories.sources;
    assert!(
        matches!(sources.about(&world.ctx, &workload, None, began).await, Code::Unread(why) if why.contains("not ready"))
    );
    world.settled().await;
    assert!(matches!(sources.about(&world.ctx, &workload, None, began).await, Code::Told(_)));
    let other = ResourceRef::new("Deployment", "shop", "other");
    assert_eq!(sources.about(&world.ctx, &other, None, began).await, Code::Unnamed);

    std::fs::write(world.script.folder.path().join("broken"), "").unwrap();
    assert!(
        matches!(sources.about(&world.ctx, &workload, None, began).await, Code::Unread(why) if why.contains("it is broken"))
    );
    assert!(
        matches!(sources.about(&world.ctx, &workload, None, began).await, Code::Unread(_)),
        "nobody asks it before that"
    );
    world.settled().await;
    assert_eq!(world.ready(), (true, "Synced".to_owned()));
}
