//! The ChatCLI server as a process on this machine, and a wire in between that keeps every byte.
//!
//! In: what it answers and how long it takes. Out: its address, and each call that arrived. Never: a cluster. It is the program that runs
//! in the pods of the cluster's Instances (tests/cluster/server), built from the sources as they are.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::{operator, place};

/// Longest a process takes to listen, or to end.
const SOON: Duration = Duration::from_secs(30);

/// What it is started with.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Variables: `CHATCLI_SERVER_TOKEN`, `CHATCLI_ANSWER_<RPC>`, `CHATCLI_DELAY_<RPC>`.
    pub variables: Vec<(String, String)>,
    /// Certificate and key; plain text without.
    pub certificate: Option<(String, String)>,
}

impl Settings {
    /// With one variable more.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Showing this certificate.
    #[must_use]
    pub fn showing(mut self, certificate: &str, key: &str) -> Self {
        self.certificate = Some((certificate.to_owned(), key.to_owned()));
        self
    }
}

/// A place at which it runs, now and again.
pub struct Server {
    port: u16,
    folder: TempDir,
    process: Option<Child>,
}

/// One call, as it wrote it down.
#[derive(Clone, Debug, Deserialize)]
pub struct Call {
    /// `arrived`, then `handled` if it was let through: from there on the real one asks its provider.
    pub what: String,
    /// Of the protocol.
    pub method: String,
    /// Address: one for each connection.
    pub caller: String,
    /// What was asked.
    pub request: Value,
}

impl Server {
    /// Starts it, and waits until it listens.
    pub async fn start(settings: &Settings) -> Result<Self> {
        let mut it = Self { port: operator::free_port()?, folder: TempDir::new()?, process: None };
        it.again(settings).await?;
        Ok(it)
    }

    /// Starts it anew at the same address.
    pub async fn again(&mut self, settings: &Settings) -> Result<()> {
        anyhow::ensure!(self.process.is_none(), "it still runs");
        let mut command = Command::new(program()?);
        command.args(["server", "--metrics-port=0", &format!("--port={}", self.port)]);
        if let Some((certificate, key)) = &settings.certificate {
            for (flag, name, text) in [("--tls-cert", "tls.crt", certificate), ("--tls-key", "tls.key", key)] {
                let path = self.folder.path().join(name);
                std::fs::write(&path, text)?;
                command.arg(flag).arg(path);
            }
        }
        command
            .env_remove("KUBERNETES_SERVICE_HOST")
            .env("CHATCLI_RECORD", self.record())
            .envs(settings.variables.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut process = command.spawn().context("cannot start the server")?;
        let said = process.stderr.take().context("its messages")?;
        self.process = Some(process);
        let (listens, listening) = oneshot::channel();
        // Ends with the process, which would stop at a full pipe.
        std::thread::spawn(move || {
            let (mut listens, mut before) = (Some(listens), Vec::new());
            for line in BufReader::new(said).lines().map_while(Result::ok) {
                if line.contains("listening on")
                    && let Some(listens) = listens.take()
                {
                    let _ = listens.send(Ok(()));
                }
                before.push(line);
            }
            if let Some(listens) = listens {
                let _ = listens.send(Err(before.join("\n")));
            }
        });
        let said = tokio::time::timeout(SOON, listening).await.context("it does not listen")??;
        said.map_err(|words| anyhow::anyhow!("it ended: {words}"))
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// Ends it as the kubelet does; it finishes what it works on.
    pub async fn stop(&mut self) -> Result<()> {
        self.end("TERM").await
    }

    /// Ends it in the middle of whatever it does.
    pub async fn kill(&mut self) -> Result<()> {
        self.end("KILL").await
    }

    /// Stops its clock: it is there, and answers nothing, not even a ping.
    pub fn freeze(&self) -> Result<()> {
        self.signal("STOP")
    }

    /// Lets it go on.
    pub fn thaw(&self) -> Result<()> {
        self.signal("CONT")
    }

    fn signal(&self, name: &str) -> Result<()> {
        let process = self.process.as_ref().context("it does not run")?;
        Command::new("kill").arg(format!("-{name}")).arg(process.id().to_string()).status()?;
        Ok(())
    }

    async fn end(&mut self, signal: &str) -> Result<()> {
        self.signal(signal)?;
        let mut process = self.process.take().context("it does not run")?;
        let ended = tokio::task::spawn_blocking(move || process.wait());
        tokio::time::timeout(SOON, ended).await.context("it does not end")???;
        Ok(())
    }

    fn record(&self) -> PathBuf {
        self.folder.path().join("calls.jsonl")
    }

    /// Every call of all its lives.
    pub fn calls(&self) -> Result<Vec<Call>> {
        let text = std::fs::read_to_string(self.record())?;
        // The last line may be half written.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole.lines().map(|line| serde_json::from_str(line).with_context(|| line.to_owned())).collect()
    }

    /// How often a method was called: `arrived`, or `handled`.
    pub fn count(&self, what: &str, method: &str) -> Result<usize> {
        Ok(self.calls()?.iter().filter(|call| call.what == what && call.method == method).count())
    }

    /// Waits until a method is being worked on for the n-th time.
    pub async fn handles(&self, method: &str, nth: usize) -> Result<()> {
        let wait = async {
            while self.count("handled", method)? < nth {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            anyhow::Ok(())
        };
        tokio::time::timeout(SOON, wait).await.with_context(|| format!("{method} was not called {nth} times"))?
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// Builds it once; at once when nothing changed.
fn program() -> Result<PathBuf> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let program = place::traces().join("chatcli");
        let mut command = Command::new("go");
        command.args(["build", "-trimpath", "-buildvcs=false", "-o"]).arg(&program).arg("./server");
        let output = command.current_dir(place::repository().join("tests/cluster")).env("CGO_ENABLED", "0").output();
        let output = output.map_err(|error| format!("go, which builds the server, cannot be run: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        Ok(program)
    });
    built.clone().map_err(anyhow::Error::msg)
}

/// A wire that passes everything on, and keeps what went towards the server.
pub struct Wire {
    port: u16,
    sent: Arc<Mutex<Vec<u8>>>,
    serving: JoinHandle<()>,
}

impl Wire {
    /// To this address.
    pub async fn to(target: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let sent: Arc<Mutex<Vec<u8>>> = Arc::default();
        let kept = Arc::clone(&sent);
        let serving = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let kept = Arc::clone(&kept);
                tokio::spawn(async move {
                    let _ = pass(near, target, &kept).await;
                });
            }
        });
        Ok(Self { port, sent, serving })
    }

    /// Its near end.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// Everything that went towards the server, in the order it came.
    pub fn sent(&self) -> Vec<u8> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn pass(near: TcpStream, target: SocketAddr, kept: &Mutex<Vec<u8>>) -> Result<()> {
    let far = TcpStream::connect(target).await?;
    let ((mut from_near, mut to_near), (mut from_far, mut to_far)) = (near.into_split(), far.into_split());
    let forth = async {
        let mut chunk = [0; 8192];
        loop {
            let read = from_near.read(&mut chunk).await?;
            if read == 0 {
                return to_far.shutdown().await;
            }
            // kept before it is passed on: who has an answer finds its question here
            kept.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&chunk[..read]);
            to_far.write_all(&chunk[..read]).await?;
        }
    };
    tokio::try_join!(forth, tokio::io::copy(&mut from_far, &mut to_near))?;
    Ok(())
}
