//! An API server of canned answers on loopback, and the plugin pointed at it.
//!
//! One request per connection, answered by method and path; of the query only matters whether it is a `WATCH`, which is answered as the list where it is not listed. What is not listed gets the answer a real server
//! gives: of a kind that is served, that there is no such object; else, that it does not know the group. Enough to see what the plugin asks and what it makes of the answer.

#[allow(dead_code, reason = "for test programs in which a person is asked")]
pub mod conversation;
#[allow(dead_code, reason = "for test programs in which somebody else decides meanwhile")]
pub mod live;
#[allow(dead_code, reason = "for test programs that look at workloads")]
pub mod workload;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use assert_cmd::Command;
use serde_json::{Value, json};

/// Method and path to status and body.
pub type Answers = BTreeMap<(String, String), (u16, Value)>;

/// The server; it ends with the test process.
pub struct Server {
    address: String,
    seen: Arc<Mutex<Vec<Request>>>,
}

/// What was asked: method and path, query, body.
struct Request {
    line: String,
    query: String,
    body: String,
}

/// What a server says to a method and a path: status, content type, body.
pub type Reply = (u16, &'static str, String);

impl Server {
    /// Answers what is listed, and else as a real server does.
    pub fn answering(answers: Answers) -> Self {
        Self::replying(move |method, path| reply(&answers, method, path))
    }

    /// Starts answering.
    pub fn replying(reply: impl Fn(&str, &str) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(stream, &reply, &log);
            }
        });
        Self { address, seen }
    }

    /// Requests so far: method and path, and their body.
    pub fn seen(&self) -> Vec<(String, String)> {
        let seen = self.seen.lock().unwrap();
        seen.iter().map(|request| (request.line.clone(), request.body.clone())).collect()
    }

    /// The queries of what was read at a path.
    #[allow(dead_code, reason = "for test programs that look at what exactly was asked")]
    pub fn queries(&self, path: &str) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        let there = seen.iter().filter(|request| request.line == format!("GET {path}"));
        there.map(|request| request.query.clone()).collect()
    }

    /// The same for what was to be stored, without dry runs.
    #[allow(dead_code, reason = "for test programs that look at what is written")]
    pub fn stored(&self) -> Vec<(String, String)> {
        let seen = self.seen.lock().unwrap();
        let real = seen.iter().filter(|request| {
            let reads = ["GET", "WATCH"].iter().any(|verb| request.line.starts_with(verb));
            !reads && !request.line.contains("reviews") && !request.query.contains("dryRun")
        });
        real.map(|request| (request.line.clone(), request.body.clone())).collect()
    }

    /// The plugin with this server and nothing of the machine's own configuration.
    pub fn plugin(&self) -> Command {
        let mut command = plugin();
        command.args(["--server", &self.address, "--token", "t"]);
        command
    }
}

/// The plugin without any cluster.
pub fn plugin() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-chatcli"));
    command.env_clear().env("KUBECONFIG", "/nonexistent/config").env("TZ", "UTC").env("COLUMNS", "100");
    command
}

/// How a run ended.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// Runs it to its end.
pub fn run(mut command: Command, args: &[&str]) -> Ran {
    let output = command.args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

fn answer(mut stream: TcpStream, reply: &impl Fn(&str, &str) -> Reply, log: &Mutex<Vec<Request>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut request = String::new();
    if reader.read_line(&mut request).unwrap_or(0) == 0 {
        return;
    }
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        if header.trim().is_empty() {
            break;
        }
        if let Some(value) = header.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let mut words = request.split(' ');
    let method = words.next().unwrap_or_default().to_owned();
    let (path, query) = words.next().map_or(("", ""), |path| path.split_once('?').unwrap_or((path, "")));
    // A watch is another question than a list.
    let method = if query.contains("watch=true") { "WATCH".to_owned() } else { method };
    let path = path.to_owned();
    log.lock().unwrap().push(Request {
        line: format!("{method} {path}"),
        query: query.to_owned(),
        body: String::from_utf8_lossy(&body).into_owned(),
    });
    let (status, kind, text) = reply(&method, &path);
    let length = text.len();
    // A client that has gone is its own business.
    let _ = write!(
        stream,
        "HTTP/1.1 {status} -\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{text}"
    );
}

/// What is listed; of a kind that is served, that there is no such object; else, that the path is not known.
pub fn reply(answers: &Answers, method: &str, path: &str) -> Reply {
    let json = "application/json";
    let (parent, name) = path.rsplit_once('/').unwrap_or_default();
    let served = answers.contains_key(&("GET".to_owned(), parent.to_owned()));
    let known = answers.get(&(method.to_owned(), path.to_owned()));
    let list = || answers.get(&("GET".to_owned(), path.to_owned())).filter(|_| method == "WATCH");
    match known.or_else(list) {
        Some((status, body)) => (*status, json, body.to_string()),
        None if served => {
            let (code, body) = status(404, "NotFound", &format!("{name} not found"), name);
            (code, json, body.to_string())
        }
        None => (404, "text/plain", "404 page not found\n".to_owned()),
    }
}

/// A failure as the API server words it.
pub fn status(code: u16, reason: &str, message: &str, name: &str) -> (u16, Value) {
    let body = json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason, "message": message,
        "details": { "name": name }
    });
    (code, body)
}

/// Path of objects of ours.
pub fn path(plural: &str, name: &str) -> String {
    let path = format!("/apis/platform.chatcli.io/v1alpha1/namespaces/shop/{plural}");
    if name.is_empty() { path } else { format!("{path}/{name}") }
}

/// Answers that serve the objects of a fixture, one by one and as lists.
pub fn serving(fixture: &str) -> Answers {
    let plurals =
        ["issues", "anomalies", "aiinsights", "remediationplans", "approvalrequests", "approvalvotes", "postmortems"];
    let mut lists: BTreeMap<&str, Vec<Value>> = plurals.iter().map(|plural| (*plural, Vec::new())).collect();
    let mut answers = Answers::new();
    let objects: Vec<Value> = serde_saphyr::from_multiple(fixture).unwrap();
    for object in objects {
        let kind = object["kind"].as_str().unwrap().to_lowercase();
        let plural = plurals.iter().find(|plural| plural.starts_with(kind.trim_end_matches('y'))).unwrap();
        let name = object["metadata"]["name"].as_str().unwrap().to_owned();
        answers.insert(("GET".into(), path(plural, &name)), (200, object.clone()));
        lists.get_mut(plural).unwrap().push(object);
    }
    for (plural, items) in lists {
        let list = json!({ "kind": "List", "apiVersion": "platform.chatcli.io/v1alpha1", "metadata": { "resourceVersion": "1" }, "items": items });
        answers.insert(("GET".into(), path(plural, "")), (200, list.clone()));
        answers.insert(("GET".into(), format!("/apis/platform.chatcli.io/v1alpha1/{plural}")), (200, list));
    }
    answers
}

/// The answers, and an operator that watches.
#[allow(dead_code, reason = "for test programs whose commands trust an operator")]
pub fn watched(mut answers: Answers) -> Answers {
    let lease_path = "/apis/coordination.k8s.io/v1/namespaces/chatcli-system/leases/chatcli-operator-lock";
    let renewed = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S.000000Z").to_string();
    let lease = json!({ "metadata": { "name": "chatcli-operator-lock", "namespace": "chatcli-system" },
        "spec": { "holderIdentity": "kubectl-chatcli/op-1", "leaseDurationSeconds": 15, "renewTime": renewed } });
    answers.insert(("GET".to_owned(), lease_path.to_owned()), (200, lease));
    answers
}
