//! Streams against a real HTTP server on loopback that says what it is told to, and misbehaves on purpose.

use std::io::Write as _;
use std::time::Duration;

use clap::Parser as _;
use common::api::keys::annotations;
use common::facts::{Logged, Pod};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::apps::v1::{Deployment, ReplicaSet};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::config::Config;
use crate::runtime::Clock;

/// What the server does on one connection.
enum Act {
    /// Says this, and then nothing more.
    Say(Vec<u8>),
    /// Says this and cuts the connection.
    Cut(Vec<u8>),
    /// Answers 403.
    Refuse,
    /// Takes the question and never answers.
    Hang,
    /// Says so many mebibytes as fast as they are taken, lines of 64 KiB that end in a line of its own.
    Flood(usize),
}

/// The questions that were asked so far, and how much of a flood was taken.
#[derive(Clone, Default)]
struct Seen {
    questions: Arc<Mutex<Vec<String>>>,
    taken: Arc<Mutex<usize>>,
}

impl Seen {
    fn questions(&self) -> Vec<String> {
        self.questions.lock().unwrap().clone()
    }
}

/// A server that does one act after the other, and the context of an operator that talks to it.
async fn serving(acts: Vec<Act>) -> (Arc<Context>, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Seen::default();
    let kept = seen.clone();
    tokio::spawn(async move {
        for act in acts {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(act.on(stream, kept.clone()));
        }
        // Whoever comes then is left waiting.
        std::future::pending::<()>().await;
    });
    let config = kube::Config::new(format!("http://{address}").parse().unwrap());
    let client = kube::Client::try_from(config).unwrap();
    (Context::for_tests(Config::parse_from(["operator"]), client, Clock::system()), seen)
}

impl Act {
    async fn on(self, mut stream: TcpStream, seen: Seen) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        let first = String::from_utf8_lossy(&head).lines().next().unwrap_or_default().to_owned();
        seen.questions.lock().unwrap().push(first);
        match self {
            Self::Say(bytes) => {
                begin(&mut stream).await;
                chunk(&mut stream, &bytes).await;
                std::future::pending::<()>().await;
            }
            Self::Cut(bytes) => {
                begin(&mut stream).await;
                chunk(&mut stream, &bytes).await;
            }
            Self::Refuse => {
                let status = json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "no pods/log for you",
                    "reason": "Forbidden", "code": 403 })
                .to_string();
                let answer = format!(
                    "HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{status}",
                    status.len()
                );
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
            Self::Hang => std::future::pending().await,
            Self::Flood(mebibytes) => {
                begin(&mut stream).await;
                let mut line = format!("{} ERROR ", Timestamp::now()).into_bytes();
                line.resize(65_535, b'x');
                line.push(b'\n');
                for _ in 0..mebibytes * 16 {
                    chunk(&mut stream, &line).await;
                    *seen.taken.lock().unwrap() += line.len();
                }
                std::future::pending::<()>().await;
            }
        }
    }
}

async fn begin(stream: &mut TcpStream) {
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head).await.unwrap();
}

async fn chunk(stream: &mut TcpStream, bytes: &[u8]) {
    let mut framed = format!("{:x}\r\n", bytes.len()).into_bytes();
    framed.extend(bytes);
    framed.extend(b"\r\n");
    // Who hung up is not written to.
    let _ = stream.write_all(&framed).await;
}

fn ago(seconds: i64) -> Timestamp {
    Timestamp::now() - SignedDuration::from_secs(seconds)
}

/// A line of the log, that many seconds old.
fn line(seconds: i64, text: &str) -> Vec<u8> {
    format!("{} {text}\n", ago(seconds)).into_bytes()
}

fn target() -> Target {
    Target {
        pod: ObjectKey::new("shop", "web-1"),
        uid: "web-1-uid".to_owned(),
        container: "app".to_owned(),
        spec: None,
        started: Some(ago(1800)),
    }
}

/// A stream that runs until it is dropped.
struct Following {
    ear: Arc<Ear>,
    task: tokio::task::JoinHandle<()>,
}

impl Following {
    fn of(ctx: &Arc<Context>) -> Self {
        let target = target();
        let listener = Listener::new("web-1", "app", None, target.started, Timestamp::now());
        let ear = Arc::new(Ear::new("app", listener));
        let task = tokio::spawn(follow::follow(Arc::clone(ctx), target, Arc::clone(&ear)));
        Self { ear, task }
    }

    /// What is known once that many errors are.
    async fn with_errors(&self, count: u32) -> Logged {
        let is_there = || self.ear.listener().logged(Timestamp::now()).filter(|logged| errors(logged) >= count);
        eventually(is_there).await
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn errors(logged: &Logged) -> u32 {
    logged.minutes.iter().map(|minute| minute.errors).sum()
}

async fn eventually<T>(mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..3000 {
        if let Some(found) = look() {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not within 30 s");
}

#[tokio::test]
async fn a_log_is_heard_with_its_past_and_the_past_is_asked_for_within_bounds() {
    let mut said = line(600, "ERROR first");
    said.extend(b"2026-01-01T00:00:00Z ERROR too old\n");
    let _ = write!(said, "{} ", ago(30));
    said.extend(b"ERROR caf\xe9 \xff\n");
    // Ten megabytes without an end.
    said.extend(format!("{} ERROR ", ago(20)).into_bytes());
    said.extend(vec![b'x'; 10_000_000]);
    let (ctx, seen) = serving(vec![Act::Say(said)]).await;
    let following = Following::of(&ctx);
    let logged = following.with_errors(2).await;
    assert_eq!(errors(&logged), 2, "a line that goes on is none yet");
    assert!(logged.from_start);
    let question = seen.questions().remove(0);
    for part in
        ["/namespaces/shop/pods/web-1/log?", "follow=true", "timestamps=true", "sinceSeconds=3600", "tailLines="]
    {
        assert!(question.contains(part), "{part} is not in {question}");
    }
    assert!(ctx.metrics.text().contains("chatcli_operator_log_streams 1"), "{}", ctx.metrics.text());
    assert!(ctx.metrics.text().contains("chatcli_operator_log_lines_total{result=\"error\"}"));
}

#[tokio::test]
async fn a_stream_that_was_cut_goes_on_where_it_was_and_counts_nothing_twice() {
    let (first, second) = (line(50, "ERROR a"), line(40, "ERROR b"));
    let again = [first.clone(), second].concat();
    let (ctx, seen) = serving(vec![Act::Cut(first), Act::Say(again)]).await;
    let logged = Following::of(&ctx).with_errors(2).await;
    assert_eq!(errors(&logged), 2);
    let questions = seen.questions();
    assert!(questions[1].contains("sinceTime=") && !questions[1].contains("sinceSeconds"), "{}", questions[1]);
}

#[tokio::test]
async fn a_refused_log_is_asked_for_once() {
    let (ctx, seen) = serving(vec![Act::Refuse, Act::Say(Vec::new())]).await;
    let following = Following::of(&ctx);
    let refused = || ctx.metrics.text().contains("log_streams_ended_total{result=\"refused\"} 1").then_some(());
    eventually(refused).await;
    // Longer than the first wait after any other end.
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(seen.questions().len(), 1);
    assert!(following.ear.listener().logged(Timestamp::now()).is_none(), "nothing is known of it");
}

#[tokio::test]
async fn a_server_that_hangs_tells_nothing_and_holds_nobody_up() {
    let (ctx, seen) = serving(vec![Act::Hang]).await;
    let following = Following::of(&ctx);
    eventually(|| (seen.questions().len() == 1).then_some(())).await;
    assert!(following.ear.listener().logged(Timestamp::now()).is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_is_taken_at_the_pace_of_who_hears_it_and_leaves_numbers_alone() {
    let (ctx, seen) = serving(vec![Act::Flood(256)]).await;
    let following = Following::of(&ctx);
    let taken = || *seen.taken.lock().unwrap();
    eventually(|| (taken() >= 8 << 20).then_some(())).await;
    {
        // While nobody hears, nothing is taken but what the two sockets hold.
        let _held = following.ear.listener();
        std::thread::sleep(Duration::from_millis(500));
        let before = taken();
        std::thread::sleep(Duration::from_millis(200));
        assert_eq!(taken(), before);
        assert!(before < 200 << 20, "{before}");
    }
    eventually(|| (taken() >= 256 << 20).then_some(())).await;
    let logged = eventually(|| following.ear.listener().logged(Timestamp::now())).await;
    assert_eq!(logged.examples.len(), 1);
    assert!(logged.examples[0].line.len() <= 400);
}

/// Deployment `web` of one ready pod, with this word on it, in its n-th version.
fn deliver(ctx: &Context, version: u32, word: Option<&str>) -> SubjectKey {
    let annotations = word.map(|word| json!({ annotations::WATCH_LOGS: word }));
    let template = json!({ "spec": { "containers": [{ "name": "app", "image": "shop/app:1" }] } });
    let spec = json!({ "replicas": 1, "selector": {}, "template": template });
    let owned = |kind: &str, uid: &str| json!([{ "apiVersion": "apps/v1", "kind": kind, "name": "web", "uid": uid, "controller": true }]);
    let deployment = json!({ "metadata": { "name": "web", "namespace": "shop", "uid": "web-uid", "annotations": annotations, "resourceVersion": version.to_string() }, "spec": spec });
    let set = json!({ "metadata": { "name": "web-a", "namespace": "shop", "uid": "set-uid", "ownerReferences": owned("Deployment", "web-uid") },
        "spec": spec });
    let since = ago(1800).to_string();
    let pod = json!({
        "metadata": { "name": "web-1", "namespace": "shop", "uid": "pod-uid", "ownerReferences": owned("ReplicaSet", "set-uid") },
        "spec": { "nodeName": "n1", "containers": [{ "name": "app", "image": "shop/app:1" }] },
        "status": { "phase": "Running", "startTime": since,
            "conditions": [{ "type": "Ready", "status": "True", "lastTransitionTime": since }],
            "containerStatuses": [{ "name": "app", "image": "", "imageID": "", "ready": true, "restartCount": 0,
                "state": { "running": { "startedAt": since } } }] },
    });
    ctx.stores.deployments.deliver(serde_json::from_value::<Deployment>(deployment).unwrap());
    ctx.stores.replica_sets.deliver(serde_json::from_value::<ReplicaSet>(set).unwrap());
    ctx.stores.pods.deliver(serde_json::from_value::<Pod>(pod).unwrap());
    SubjectKey::new(Kind::Deployment, "shop", "web")
}

#[tokio::test]
async fn what_is_heard_of_a_watched_workload_is_among_its_facts_until_it_is_left_out() {
    let (ctx, _) = serving(vec![Act::Say(line(30, "ERROR boom"))]).await;
    ctx.stores.heard.turn_on();
    let wanted = Arc::new(Wanted::default());
    let chooser = Chooser(Arc::clone(&wanted));
    let stopping = CancellationToken::new();
    let listening = tokio::spawn(listen(Arc::clone(&ctx), Arc::clone(&wanted), stopping.clone()));
    let facts = |key: &SubjectKey| subjects::facts(&ctx.stores, key, Timestamp::now()).unwrap();

    let key = deliver(&ctx, 1, None);
    let change = |ctx: &Context| Change {
        object: Object::Deployment(ctx.stores.deployments.get(&key.object).unwrap()),
        gone: false,
    };
    assert!(chooser.wake(&ctx.stores, &change(&ctx)).is_empty(), "nobody asked for it");
    assert!(facts(&key).logs.unheard.is_empty());

    deliver(&ctx, 2, Some("true"));
    assert_eq!(facts(&key).logs.unheard, ["app"], "it is not known yet how it is");
    assert_eq!(chooser.wake(&ctx.stores, &change(&ctx)), std::slice::from_ref(&key));
    chooser.reconcile(&ctx, &key).await.unwrap();
    let logs = eventually(|| Some(facts(&key).logs).filter(|logs| !logs.heard.is_empty())).await;
    assert_eq!((errors(&logs.heard[0]), logs.unheard.len()), (1, 0));

    deliver(&ctx, 3, Some("false"));
    assert_eq!(
        chooser.wake(&ctx.stores, &change(&ctx)),
        std::slice::from_ref(&key),
        "who was heard is looked at once more"
    );
    chooser.reconcile(&ctx, &key).await.unwrap();
    assert!(facts(&key).logs.heard.is_empty() && facts(&key).logs.unheard.is_empty());
    eventually(|| ctx.metrics.text().contains("chatcli_operator_log_streams 0").then_some(())).await;
    stopping.cancel();
    listening.await.unwrap().unwrap();
}
