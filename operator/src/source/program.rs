//! One question to `chatcli-source`: a process of its own, which gets everything over its standard input and may be killed at any moment.
//!
//! It inherits nothing: no environment, no arguments, no open file, another process group. What it prints is bounded. When this process is
//! killed it lives for as long as its own limit at most; in a container it dies with the operator.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use common::redact::{self, Known};
use common::source::{Answer, Request};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use zeroize::Zeroizing;

/// Largest answer.
const ANSWER: u64 = 1024 * 1024;
/// What is kept of what it prints beside the answer.
const MURMUR: usize = 4096;
/// Room for a question, so that writing it leaves no copies behind.
const QUESTION: usize = 256 * 1024;
/// How soon a process that was killed is gone.
const BURIAL: Duration = Duration::from_secs(5);

/// The program.
#[derive(Clone, Debug)]
pub struct Program(PathBuf);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It is not there, or cannot be run.
    #[error("{} cannot be run: {why}", path.display())]
    Missing {
        /// Where it should be.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
    /// It was killed.
    #[error("no answer within {0:?}")]
    Late(Duration),
    /// A signal ended it: it met a limit that leaves no answer.
    #[error("it used up the memory or the processor time that it may")]
    Exhausted,
    /// It ended without an answer, or with something that is none.
    #[error("{0}")]
    Broken(String),
}

impl Program {
    /// At this place.
    pub fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Asks it. `known` must not stand in anything it prints.
    pub async fn ask(&self, request: &Request, patience: Duration, known: &Known) -> Result<Answer, Failure> {
        let mut question = Zeroizing::new(Vec::with_capacity(QUESTION));
        serde_json::to_writer(&mut *question, request).map_err(|why| Failure::Broken(why.to_string()))?;
        let mut child = Command::new(&self.0)
            .env_clear()
            .current_dir("/")
            .process_group(0)
            .kill_on_drop(true)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|why| Failure::Missing { path: self.0.clone(), why })?;
        let outcome = tokio::time::timeout(patience, talk(&mut child, &question)).await;
        let told = match outcome {
            Ok(Ok(told)) => told,
            Ok(Err(why)) => {
                end(&mut child).await;
                return Err(Failure::Broken(why.to_string()));
            }
            Err(_) => {
                end(&mut child).await;
                return Err(Failure::Late(patience));
            }
        };
        let murmur = String::from_utf8_lossy(&told.murmur);
        let murmur = redact::secrets_and(murmur.trim(), known);
        if !murmur.is_empty() {
            tracing::debug!(program = %self.0.display(), "{murmur}");
        }
        if told.status.signal().is_some() {
            return Err(Failure::Exhausted);
        }
        if !told.status.success() {
            let last = murmur.lines().last().map(|line| format!(": {}", redact::cut(line, 300))).unwrap_or_default();
            return Err(Failure::Broken(format!("it ended with {}{last}", told.status)));
        }
        serde_json::from_slice(&told.answer).map_err(|why| Failure::Broken(format!("its answer is none: {why}")))
    }
}

struct Told {
    status: std::process::ExitStatus,
    answer: Vec<u8>,
    murmur: Vec<u8>,
}

async fn talk(child: &mut Child, question: &[u8]) -> io::Result<Told> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let ask = async {
        if let Some(mut stdin) = stdin {
            // One that ends before it has read all says by its status what is wrong.
            let _ = stdin.write_all(question).await;
        }
        io::Result::Ok(())
    };
    let ((), answer, murmur) = tokio::try_join!(ask, whole(stdout), beginning(stderr))?;
    Ok(Told { status: child.wait().await?, answer, murmur })
}

/// All of it, or an error where it is too much.
async fn whole(from: Option<impl AsyncRead + Unpin>) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    if let Some(from) = from {
        from.take(ANSWER + 1).read_to_end(&mut all).await?;
    }
    if all.len() as u64 > ANSWER {
        return Err(io::Error::other(format!("its answer is larger than {ANSWER} bytes")));
    }
    Ok(all)
}

/// The first of it; the rest is read and dropped, so that a program that talks much is not stopped by it.
async fn beginning(from: Option<impl AsyncRead + Unpin>) -> io::Result<Vec<u8>> {
    let mut kept = Vec::new();
    let Some(mut from) = from else { return Ok(kept) };
    let mut chunk = [0; 4096];
    loop {
        let read = from.read(&mut chunk).await?;
        if read == 0 {
            return Ok(kept);
        }
        let room = MURMUR.saturating_sub(kept.len()).min(read);
        kept.extend_from_slice(&chunk[..room]);
    }
}

/// Ends it, and whatever it may have started.
async fn end(child: &mut Child) {
    let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    if let Some(group) = group {
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = tokio::time::timeout(BURIAL, child.wait()).await;
}

#[cfg(test)]
mod tests;
