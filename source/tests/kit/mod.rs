//! Real parts over loopback: repositories made by `git`, servers that run `git http-backend` and `git upload-pack`, and the program itself.
#![allow(dead_code, reason = "each test program uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a part of a test that fails is a test that fails")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use common::source::{Access, Answer, Ask, Context, Frame, Incident, Index, Limits, Refusal, Remote, Request};
use jiff::Timestamp;
use tempfile::TempDir;

pub mod https;
pub mod packs;
pub mod ssh;

/// Commits are made in this minute, one second after the other, where a test says nothing else.
pub const NOON: &str = "2026-06-01T12:00:00Z";

/// Limits that nothing of a test meets by accident.
pub const LIMITS: Limits = Limits { seconds: 60, bytes: 200 << 20, objects: 100_000, blob: 1 << 20 };

/// What the programs of a test see of their machine: nothing that would make `git` behave otherwise here than elsewhere.
fn git(folder: &Path) -> Command {
    let mut git = Command::new("git");
    git.current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("HOME", "/nonexistent");
    for who in ["AUTHOR", "COMMITTER"] {
        git.env(format!("GIT_{who}_NAME"), "Ada").env(format!("GIT_{who}_EMAIL"), "ada@example.com");
    }
    git
}

/// A repository somebody pushes to, and the folder its server shows.
pub struct Upstream {
    folder: TempDir,
    second: std::cell::Cell<i64>,
}

impl Upstream {
    /// Without a commit.
    pub fn empty() -> Self {
        let upstream = Self { folder: tempfile::tempdir().unwrap(), second: std::cell::Cell::default() };
        std::fs::create_dir(upstream.work()).unwrap();
        upstream.run(&["init", "-q", "-b", "main"]);
        upstream.run(&["init", "-q", "--bare", "-b", "main", "../shown/shop.git"]);
        upstream.run(&["remote", "add", "origin", "../shown/shop.git"]);
        upstream
    }

    /// With commits that each write the file `log`.
    pub fn of_commits(count: usize) -> Self {
        let upstream = Self::empty();
        for number in 1..=count {
            upstream.commit(&[("log", &format!("{number}\n"))], &format!("change {number}"));
        }
        upstream.push();
        upstream
    }

    /// What the server shows.
    pub fn shown(&self) -> PathBuf {
        self.folder.path().join("shown")
    }

    /// The bare repository of it.
    pub fn bare(&self) -> PathBuf {
        self.shown().join("shop.git")
    }

    /// Where commits are made.
    pub fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Runs git there.
    pub fn run(&self, arguments: &[&str]) -> String {
        self.run_at(arguments, self.next_time())
    }

    /// Runs git there at this time.
    pub fn run_at(&self, arguments: &[&str], at: Timestamp) -> String {
        let at = format!("{} +0000", at.as_second());
        let output = git(&self.work())
            .args(arguments)
            .env("GIT_AUTHOR_DATE", &at)
            .env("GIT_COMMITTER_DATE", &at)
            .output()
            .unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn next_time(&self) -> Timestamp {
        self.second.set(self.second.get() + 1);
        NOON.parse::<Timestamp>().unwrap() + jiff::SignedDuration::from_secs(self.second.get())
    }

    /// Writes files and commits them; returns the commit.
    pub fn commit(&self, files: &[(&str, &str)], message: &str) -> String {
        self.commit_at(files, message, self.next_time())
    }

    /// Writes files and commits them at this time.
    pub fn commit_at(&self, files: &[(&str, &str)], message: &str, at: Timestamp) -> String {
        for (path, text) in files {
            self.write(path, text.as_bytes());
        }
        self.run(&["add", "-A"]);
        self.run_at(&["commit", "-q", "--allow-empty", "-m", message], at);
        self.run(&["rev-parse", "HEAD"])
    }

    /// Writes a file.
    pub fn write(&self, path: impl AsRef<Path>, bytes: &[u8]) {
        let path = self.work().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// Pushes everything, over whatever was there.
    pub fn push(&self) {
        self.run(&["push", "-q", "--force", "--all", "origin"]);
        self.run(&["push", "-q", "--force", "--tags", "origin"]);
    }
}

/// The program, its cache, and what it may reach.
pub struct Program {
    folder: TempDir,
    /// What it may use up.
    pub limits: Limits,
}

/// What the program did.
pub struct Done {
    /// Its answer.
    pub answer: Answer,
    /// Everything it wrote to either output.
    pub said: String,
}

impl Program {
    /// With an empty cache.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), limits: LIMITS }
    }

    /// Its cache.
    pub fn cache(&self) -> PathBuf {
        self.folder.path().join("caches/shop/web")
    }

    /// The folder that all it may write is below.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Packs in its cache.
    pub fn packs(&self) -> usize {
        let files = std::fs::read_dir(self.cache().join("objects/pack")).unwrap();
        files.filter(|it| it.as_ref().unwrap().path().extension().is_some_and(|it| it == "pack")).count()
    }

    fn request(&self, ask: Ask) -> Request {
        Request { cache: self.cache(), limits: self.limits, ask }
    }

    /// Starts it with a question; it runs until it answers or is killed.
    pub fn start(&self, ask: Ask) -> Child {
        let mut program = Command::new(env!("CARGO_BIN_EXE_chatcli-source"))
            // Nothing of this may count: each would break the exchange if it did.
            .env_clear()
            .env("HTTPS_PROXY", "http://127.0.0.1:9")
            .env("GIT_CONFIG_PARAMETERS", "'http.proxy=http://127.0.0.1:9'")
            .env("GIT_DIR", "/nonexistent")
            .env("GIT_SSH_COMMAND", "touch /nonexistent")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let request = serde_json::to_vec(&self.request(ask)).unwrap();
        program.stdin.take().unwrap().write_all(&request).unwrap();
        program
    }

    /// Asks it.
    pub fn ask(&self, ask: Ask) -> Done {
        Self::done(&self.start(ask).wait_with_output().unwrap())
    }

    /// What it said.
    pub fn done(output: &Output) -> Done {
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{:?}: {said}", output.status);
        Done { answer: serde_json::from_slice(&output.stdout).expect(&said), said }
    }

    /// Asks for a sync that has to succeed.
    pub fn sync(&self, remote: &Remote) -> Index {
        match self.ask(Ask::Sync(remote.clone())).answer {
            Answer::Index(index) => index,
            other => panic!("{other:?}"),
        }
    }

    /// Asks for a sync that has to be refused.
    pub fn refused(&self, remote: &Remote) -> (Refusal, String) {
        match self.ask(Ask::Sync(remote.clone())).answer {
            Answer::Refused { refusal, message } => (refusal, message),
            other => panic!("{other:?}"),
        }
    }

    /// Asks about an incident.
    pub fn context(&self, incident: Incident) -> Context {
        match self.ask(Ask::Context(incident)).answer {
            Answer::Context(context) => context,
            other => panic!("{other:?}"),
        }
    }
}

/// An incident at noon of which nothing else is known.
pub fn incident() -> Incident {
    Incident {
        at: NOON.parse().unwrap(),
        releases: Vec::new(),
        frames: Vec::new(),
        paths: Vec::new(),
        dockerfile: None,
    }
}

/// A place in a file.
pub fn frame(file: &str, line: u32) -> Frame {
    Frame { file: file.to_owned(), line }
}

/// A remote without a credential.
pub fn remote(url: &str) -> Remote {
    let private_hosts = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    Remote { url: url.to_owned(), branch: "main".to_owned(), access: Access::None, private_hosts, authorities: None }
}

/// Subjects of the commits of an index.
pub fn subjects(index: &Index) -> Vec<&str> {
    index.commits.iter().map(|it| it.subject.as_str()).collect()
}

/// Whether these bytes stand in any file below a folder, or in a name.
pub fn is_below(folder: &Path, bytes: &[u8]) -> bool {
    let is_in = |text: &[u8]| text.windows(bytes.len()).any(|it| it == bytes);
    std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).any(|path| {
        is_in(path.as_os_str().as_encoded_bytes())
            || if path.is_dir() { is_below(&path, bytes) } else { is_in(&std::fs::read(&path).unwrap()) }
    })
}

/// Bytes that no compression makes fewer, the same for the same seed (xorshift).
pub fn noise(bytes: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2) + 1;
    let step = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(step).take(bytes).collect()
}
