//! The operator's question to `chatcli-source`, and its answer: the real program, git's own server, no cluster.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use common::facts::{LogTail, traces};
use common::source::{Access, Answer, Ask, Context, Incident, Index, Limits, Refusal, Remote, Request};
use jiff::{SignedDuration, Timestamp};
use kit::git::GitServer;
use kit::programs::{Build, Programs};
use tempfile::TempDir;

const TOKEN: &str = "canary-git-token-4711";
const LIMITS: Limits = Limits { seconds: 60, bytes: 64 << 20, objects: 10_000, blob: 1 << 20 };

fn ask(cache: &Path, ask: Ask) -> Result<Answer> {
    let request = Request { cache: cache.to_owned(), limits: LIMITS, ask };
    let mut child = Command::new(Programs::built(Build::Debug)?.source)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    child.stdin.take().context("a standard input")?.write_all(&serde_json::to_vec(&request)?)?;
    let ended = child.wait_with_output()?;
    let said = String::from_utf8_lossy(&ended.stderr);
    ensure!(ended.status.success() && !said.contains(TOKEN), "{}: {said}", ended.status);
    Ok(serde_json::from_slice(&ended.stdout)?)
}

fn remote(server: &GitServer, token: &str, private: &[&str]) -> Ask {
    Ask::Sync(Remote {
        url: server.url("web"),
        branch: "main".to_owned(),
        access: Access::Token(token.to_owned()),
        private_hosts: private.iter().map(|host| (*host).to_owned()).collect(),
        authorities: Some(server.authority().to_owned()),
    })
}

fn refusal(answer: &Answer) -> Option<Refusal> {
    match answer {
        Answer::Refused { refusal, .. } => Some(*refusal),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_in_a_log_leads_to_the_code_and_to_the_commit_that_broke_it() -> Result<()> {
    let git = GitServer::start(TOKEN).await?;
    let now = Timestamp::now();
    git.commit("web", "Begin", &[("Dockerfile", "FROM python:3.13\n")], now - SignedDuration::from_hours(48))?;
    let code = "import rates\n\n\ndef total(self):\n    return sum(rates.of(item) for item in self)\n";
    let head = git.commit("web", "Look rates up by name", &[("shop/cart.py", code)], now)?;
    let cache = TempDir::new()?;
    let place = cache.path().join("0f0f0f0f-0000-4000-8000-000000000001");

    let Answer::Index(Index { commits, config_files, .. }) = ask(&place, remote(&git, TOKEN, &["localhost"]))? else {
        anyhow::bail!("it was not fetched");
    };
    assert_eq!(
        commits.iter().map(|commit| commit.subject.as_str()).collect::<Vec<_>>(),
        ["Look rates up by name", "Begin"]
    );
    assert_eq!(config_files, ["Dockerfile"]);
    assert!(place.join("HEAD").is_file(), "what the operator looks for");

    let log = "Traceback (most recent call last):\n  File \"/app/shop/cart.py\", line 5, in total\nKeyError: 'book'";
    let tail = LogTail { lines: log.lines().map(str::to_owned).collect(), ..LogTail::default() };
    let incident = Incident {
        at: now + SignedDuration::from_secs(60),
        releases: vec![format!("main-{}", &head[..10])],
        frames: traces::frames(&[tail], 20),
        paths: Vec::new(),
        dockerfile: None,
    };
    let Answer::Context(Context { running, suspect, snippets, config, .. }) = ask(&place, Ask::Context(incident))?
    else {
        anyhow::bail!("it was not read");
    };
    assert_eq!((running.map(|commit| commit.id), suspect), (Some(head.clone()), Some(head)));
    assert_eq!(snippets.iter().map(|it| (it.path.as_str(), it.line)).collect::<Vec<_>>(), [("shop/cart.py", 5)]);
    assert_eq!(config.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_and_a_host_that_nobody_allowed_are_refused() -> Result<()> {
    let git = GitServer::start(TOKEN).await?;
    git.commit("web", "Begin", &[("README.md", "A shop.\n")], Timestamp::now())?;
    let cache = TempDir::new()?;
    let place = cache.path().join("0f0f0f0f-0000-4000-8000-000000000001");
    let wrong = ask(&place, remote(&git, "wrong-token", &["localhost"]))?;
    assert_eq!(refusal(&wrong), Some(Refusal::Unauthorized), "{wrong:?}");
    let inside = ask(&place, remote(&git, TOKEN, &[]))?;
    assert_eq!(refusal(&inside), Some(Refusal::HostRefused), "{inside:?}");
    assert!(!place.join("HEAD").exists(), "what is refused leaves nothing");
    Ok(())
}
