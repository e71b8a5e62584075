//! The operator under test: the real binary, as its own process and with the shipped rights only.
//!
//! In: a cluster with the manifests installed. Out: a running leader, its log in the build folder. Never: runs as admin, outlives the test
//! program, or runs twice on one cluster.

use std::fs::File;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use common::api::keys::{LEASE_NAME, OPERATOR_NAMESPACE, OPERATOR_SERVICE_ACCOUNT};
use jiff::Timestamp;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::coordination::v1::Lease;
use kube::api::DeleteParams;
use kube::{Api, Client, ResourceExt};
use tokio::sync::{OnceCell, watch};
use tokio::time::Instant;

use crate::cluster::Cluster;
use crate::connection::Connection;
use crate::installation::{install, operator_environment, operator_token};
use crate::locks::{self, Lock};
use crate::place;
use crate::programs::{Build, Programs};
use crate::watching::watch_until;

/// How it is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which build.
    pub build: Build,
    /// Flags beyond the usual ones.
    pub flags: Vec<String>,
    /// Logs as shipped, not for debugging.
    pub quiet: bool,
    /// Goes through here instead of straight to the API server.
    pub proxy: Option<String>,
    /// Name under which it holds the Lease. The same name after a crash continues at once.
    pub identity: String,
    /// What its log and kubeconfig are called; a number is added for each start.
    pub log: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            build: Build::Debug,
            flags: Vec::new(),
            quiet: false,
            proxy: None,
            identity: "operator-under-test".to_owned(),
            log: "operator".to_owned(),
        }
    }
}

/// Permission to run operators on the shared cluster, for one test program at a time.
#[derive(Debug)]
pub struct Turn {
    _lock: Lock,
}

impl Turn {
    /// Waits for it, and removes an operator that a demo left running in the cluster.
    pub async fn take(cluster: &Cluster) -> Result<Self> {
        let lock = locks::take("operator")?;
        make_room(cluster).await?;
        Ok(Self { _lock: lock })
    }
}

/// Removes the operator that runs in the cluster: two would only watch each other.
pub async fn make_room(cluster: &Cluster) -> Result<()> {
    let deployments: Api<Deployment> = Api::namespaced(cluster.client(), OPERATOR_NAMESPACE);
    let Some(installed) = deployments.get_opt(OPERATOR_SERVICE_ACCOUNT).await? else { return Ok(()) };
    if !cluster.is_own() {
        bail!("an operator runs in the cluster of CHATCLI_TEST_KUBECONFIG; remove it first: kubectl chatcli uninstall");
    }
    deployments.delete(&installed.name_any(), &DeleteParams::foreground()).await?;
    let gone = watch_until(&deployments, Instant::now() + Duration::from_secs(60), |seen| {
        seen.named(OPERATOR_SERVICE_ACCOUNT).is_none().then_some(())
    });
    gone.await.map_err(|_| anyhow::anyhow!("the operator that runs in the cluster does not go away"))
}

/// A running operator; killed when dropped.
#[derive(Debug)]
pub struct Operator {
    pid: u32,
    exit: watch::Receiver<Option<ExitStatus>>,
    guardian: Child,
    log: PathBuf,
    sources: PathBuf,
    health: u16,
    metrics: u16,
    identity: String,
    started: Timestamp,
}

/// The operator that most tests of a program share, with its turn: both last as long as the program.
static SHARED: OnceCell<(Operator, Turn)> = OnceCell::const_new();

impl Operator {
    /// The one operator of this test program, installed and leading.
    pub async fn shared(cluster: &Cluster) -> Result<&'static Self> {
        let (operator, _) = SHARED
            .get_or_try_init(|| async {
                let turn = Turn::take(cluster).await?;
                install(cluster.connection()).await?;
                let operator = Self::start(cluster.connection(), &Options::default()).await?;
                operator.leads(&cluster.client()).await?;
                anyhow::Ok((operator, turn))
            })
            .await?;
        operator.still_runs()?;
        Ok(operator)
    }

    /// Starts one. The caller holds a [`Turn`], or has an API server of its own.
    pub async fn start(connection: &Connection, options: &Options) -> Result<Self> {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let program = Programs::built(options.build)?.operator;
        let folder = place::traces();
        // of each start its own: two operators of one program may be meant for two API servers
        let name = format!("{}-{}", options.log, STARTED.fetch_add(1, Ordering::Relaxed));
        let kubeconfig = folder.join(format!("{name}.kubeconfig"));
        let token = operator_token(&connection.client()?).await.context("a token for the operator's ServiceAccount")?;
        connection.write_for_token(&kubeconfig, &token, options.proxy.as_deref())?;
        let (log, sources) = (folder.join(format!("{name}.log")), folder.join(format!("{name}.sources")));
        let (health, metrics) = (free_port()?, free_port()?);
        let started = Timestamp::now();
        let child = Command::new(&program)
            .arg(format!("--kubeconfig={}", kubeconfig.display()))
            .arg(format!("--namespace={OPERATOR_NAMESPACE}"))
            .arg(format!("--identity={}", options.identity))
            .arg(format!("--source-cache={}", sources.display()))
            .arg(format!("--health-probe-bind-address=127.0.0.1:{health}"))
            .arg(format!("--metrics-bind-address=127.0.0.1:{metrics}"))
            .args([
                "--zap-encoder=console",
                if options.quiet { "--zap-log-level=info" } else { "--zap-log-level=debug" },
            ])
            .envs(operator_environment()?)
            .env("NO_COLOR", "1")
            .args(&options.flags)
            .env_remove("KUBECONFIG")
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log)?)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let pid = child.id();
        Ok(Self {
            pid,
            exit: announce_exit(child),
            guardian: guard(pid)?,
            log,
            sources,
            health,
            metrics,
            identity: options.identity.clone(),
            started,
        })
    }

    /// Waits until it holds the Lease.
    pub async fn leads(&self, client: &Client) -> Result<()> {
        let leases: Api<Lease> = Api::namespaced(client.clone(), OPERATOR_NAMESPACE);
        let mut exit = self.exit.clone();
        let held = watch_until(&leases, Instant::now() + Duration::from_secs(60), |seen| {
            let spec = seen.named(LEASE_NAME)?.spec.as_ref()?;
            // it says which program it is before its name
            let mine = spec.holder_identity.as_ref().is_some_and(|holder| holder.ends_with(&self.identity));
            let renewed = spec.renew_time.as_ref().is_some_and(|time| time.0 >= self.started);
            (mine && renewed).then_some(())
        });
        tokio::select! {
            held = held => held.map_err(|_| anyhow::anyhow!("the operator does not lead after 60 s\n{}", self.log_tail())),
            _ = exit.wait_for(Option::is_some) => bail!("the operator ended while starting\n{}", self.log_tail()),
        }
    }

    /// An error with the end of its log, if it does not run any more.
    pub fn still_runs(&self) -> Result<()> {
        match *self.exit.borrow() {
            None => Ok(()),
            Some(status) => bail!("the operator ended by itself ({status})\n{}", self.log_tail()),
        }
    }

    /// Waits until it has ended by itself or by somebody's hand; how it ended.
    pub async fn ended(&self, within: Duration) -> Result<ExitStatus> {
        let mut exit = self.exit.clone();
        let ended = tokio::time::timeout(within, exit.wait_for(Option::is_some)).await;
        let status = ended.with_context(|| format!("the operator still runs after {within:?}"))??;
        status.context("waited for an exit")
    }

    /// `kill -9`.
    pub async fn kill(self) -> Result<()> {
        self.signal("KILL")?;
        let status = self.ended(Duration::from_secs(10)).await?;
        anyhow::ensure!(
            status.signal() == Some(9),
            "the operator had ended before it was killed: {status}\n{}",
            self.log_tail()
        );
        Ok(())
    }

    /// Asks it to end, as the kubelet does, and waits until it did.
    pub async fn stop(self) -> Result<ExitStatus> {
        self.signal("TERM")?;
        self.ended(Duration::from_secs(30)).await
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Port of `/healthz` and `/readyz` on 127.0.0.1.
    pub fn health_port(&self) -> u16 {
        self.health
    }

    /// Port of `/metrics` on 127.0.0.1.
    pub fn metrics_port(&self) -> u16 {
        self.metrics
    }

    /// Its log file.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Where it keeps fetched repositories.
    pub fn sources(&self) -> &Path {
        &self.sources
    }

    /// The last lines of its log.
    pub fn log_tail(&self) -> String {
        log_tail(&self.log)
    }

    fn signal(&self, name: &str) -> Result<()> {
        if self.exit.borrow().is_none() {
            Command::new("kill").arg(format!("-{name}")).arg(self.pid.to_string()).stderr(Stdio::null()).status()?;
        }
        Ok(())
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        let _ = self.signal("KILL");
        // the guardian would otherwise aim at a process id that may belong to somebody else by then
        let _ = self.guardian.kill();
        let _ = self.guardian.wait();
    }
}

/// Waits for the child on a thread of its own, so that its end is known whichever runtime asks.
fn announce_exit(mut child: Child) -> watch::Receiver<Option<ExitStatus>> {
    let (sender, receiver) = watch::channel(None);
    std::thread::spawn(move || {
        if let Ok(status) = child.wait() {
            let _ = sender.send(Some(status));
        }
    });
    receiver
}

/// A process that ends the operator when this one is gone, however that came: the read returns when the pipe's other end closes.
fn guard(pid: u32) -> Result<Child> {
    Command::new("/bin/sh")
        .args(["-c", "read -r _; kill -TERM $1 2>/dev/null && sleep 3 && kill -KILL $1 2>/dev/null", "guardian"])
        .arg(pid.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("cannot start the operator's guardian")
}

/// The last 60 lines of a file, and where the rest is.
pub fn log_tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    format!("{}:\n{}", log.display(), lines[lines.len().saturating_sub(60)..].join("\n"))
}

/// A port nobody listens on now, and below those the kernel gives to connections: one of these could be gone before it is listened on.
pub fn free_port() -> Result<u16> {
    const FIRST: u32 = 10_000;
    const COUNT: u32 = 20_000;
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    for _ in 0..COUNT {
        // programs that run at the same time begin at different places
        let nth = std::process::id().wrapping_mul(101).wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(FIRST + nth % COUNT)?;
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no free port between {FIRST} and {}", FIRST + COUNT)
}
