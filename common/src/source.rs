//! What the operator asks of `chatcli-source`, the program that reads git repositories, and what that program answers.
//!
//! Repositories come from strangers and are large: they are fetched and read in a process of their own, which has no client of the
//! cluster, gets its credential over its standard input, sets its own limits, and can be killed at any moment. One question per process:
//! a [`Request`] as JSON on standard input, an [`Answer`] as JSON on standard output, exit code 0. Exit code 1 means that the request could
//! not be read, and standard error says where. A process that ends by a signal met a limit that leaves no answer, memory or processor time:
//! [`Refusal::TooLarge`].

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One question about one repository.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Request {
    /// Directory of the bare repository; made by the first sync. No work tree is ever written.
    pub cache: PathBuf,
    /// What may be used up.
    pub limits: Limits,
    /// The question.
    pub ask: Ask,
}

/// What a question may use up; where it would take more, the answer is [`Refusal::TooLarge`] or [`Refusal::TooSlow`].
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Limits {
    /// Seconds until the answer.
    pub seconds: u64,
    /// Bytes received from the server, and bytes of the repository on disk.
    pub bytes: u64,
    /// Objects in a fetched pack.
    pub objects: u64,
    /// Bytes of one file that are read.
    pub blob: u64,
}

/// The questions there are.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Ask {
    /// Fetch the branch, then say what is there.
    Sync(Remote),
    /// What the fetched repository says about an incident. Needs no network.
    Context(Incident),
}

/// Where to fetch from, and how.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Remote {
    /// `https://…`, `ssh://…` or `git@host:path`, as in `spec.url`.
    pub url: String,
    /// Branch.
    pub branch: String,
    /// What the server asks for.
    pub access: Access,
    /// Hosts that may have an address inside the cluster, of this machine or of a private network; all others must be public.
    pub private_hosts: Vec<String>,
    /// Authorities to trust for https, as PEM; empty = those of the system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorities: Option<String>,
}

/// Credentials, never printed.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Access {
    /// None.
    None,
    /// A token, sent as the password of user `x-access-token`.
    Token(String),
    /// User and password.
    #[serde(rename_all = "camelCase")]
    Basic {
        /// User.
        username: String,
        /// Password.
        password: String,
    },
    /// A private key, and the host keys to expect.
    #[serde(rename_all = "camelCase")]
    Ssh {
        /// Private key in OpenSSH or PEM form, without a passphrase.
        key: String,
        /// Lines of a `known_hosts` file. Without a line for the host nothing is sent.
        known_hosts: String,
    },
}

impl std::fmt::Debug for Remote {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Remote").field("url", &self.url).field("branch", &self.branch).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Access {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::None => "None",
            Self::Token(_) => "Token(hidden)",
            Self::Basic { .. } => "Basic(hidden)",
            Self::Ssh { .. } => "Ssh(hidden)",
        })
    }
}

/// What is known of an incident that source code can add to.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Incident {
    /// When it began.
    pub at: Timestamp,
    /// Names the running release may have in the repository, best first: revision annotations, image tags.
    pub releases: Vec<String>,
    /// Places that stack traces name, innermost first.
    pub frames: Vec<Frame>,
    /// Source roots to look at; empty = all.
    pub paths: Vec<String>,
    /// The Dockerfile, where it is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dockerfile: Option<String>,
}

/// A place in a source file, as a stack trace names it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Frame {
    /// File, as printed: absolute in the container, relative, or a bare name.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
}

/// The answer to a [`Request`].
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Answer {
    /// To [`Ask::Sync`].
    Index(Index),
    /// To [`Ask::Context`].
    Context(Context),
    /// No answer, and why; the text names no credential.
    Refused {
        /// Why, as a word.
        refusal: Refusal,
        /// Why, as a sentence with the next step.
        message: String,
    },
}

/// Why there is no answer. The variants' names are condition reasons.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Refusal {
    /// The server refuses the credential, or wants one.
    Unauthorized,
    /// An SSH host key is not among those that are expected.
    HostKeyUnknown,
    /// The host has an address that may not be reached.
    HostRefused,
    /// The credential cannot be used as it is: an encrypted key, no key at all.
    CredentialInvalid,
    /// No such repository, or no such branch.
    NotFound,
    /// The server cannot be reached, or does not speak git.
    Unreachable,
    /// It takes longer than the limit.
    TooSlow,
    /// It is larger than the limit.
    TooLarge,
    /// The cache is missing or broken; the next sync makes it anew.
    CacheLost,
}

/// What a fetched repository holds.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Index {
    /// Newest commits first, 20 at most; the first is the head.
    pub commits: Vec<Commit>,
    /// Languages, most files first, 5 at most.
    pub languages: Vec<String>,
    /// Files a program of that language begins in.
    pub entrypoints: Vec<String>,
    /// Files that configure build or deployment, 30 at most.
    pub config_files: Vec<String>,
}

/// One commit.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Commit {
    /// Full id in hex.
    pub id: String,
    /// First line of its message.
    pub subject: String,
    /// The author's name, without the address.
    pub author: String,
    /// Author's time.
    pub at: Timestamp,
    /// Paths it changed against its first parent, 50 at most; none where the parent lies beyond the fetched depth.
    pub files: Vec<String>,
}

/// What source code adds to an incident.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Context {
    /// The commit that runs, where one of [`Incident::releases`] names it.
    pub running: Option<Commit>,
    /// The name that led there.
    pub running_by: Option<String>,
    /// Commits from 30 minutes before until 5 minutes after the incident began, newest first.
    pub around: Vec<Commit>,
    /// Which of them is nearest and largest: most of (1 + files changed) / (1 + minutes before).
    pub suspect: Option<String>,
    /// Code around the frames, 5 at most.
    pub snippets: Vec<Snippet>,
    /// Dockerfile, values.yaml, Chart.yaml: 3 at most, 2000 bytes each.
    pub config: Vec<File>,
}

/// Lines around a frame.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Snippet {
    /// Path in the repository.
    pub path: String,
    /// The line the frame names.
    pub line: u32,
    /// Number of the first line of `text`.
    pub first: u32,
    /// Five lines before to five after.
    pub text: String,
    /// The commit the text is of: the running one where it is known, else the head.
    pub commit: String,
}

/// A file, cut to its limit.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct File {
    /// Path in the repository.
    pub path: String,
    /// Its text, from the start.
    pub text: String,
}
