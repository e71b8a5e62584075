//! One sentence, then the way out: every error a user can meet.

use std::fmt;
use std::io;
use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exit {
    /// Done; for a preview, nothing would change.
    Ok,
    /// A preview differs from what runs, a gate is shut, what was waited for is not there.
    Differs,
    /// Not done, and an error said why.
    Failed,
    /// There is no answer, where 1 would be one.
    Trouble,
    /// The person left with Ctrl-C.
    Interrupted,
}

impl Exit {
    /// This exit once the answer is shown. It stands when its reader has gone: `gate | head -1` must not pass because of `head`.
    pub fn after(self, shown: Result<(), Failure>) -> Result<Self, Failure> {
        match shown {
            Err(failure) if !failure.is_broken_pipe() => Err(failure),
            _ => Ok(self),
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Ok => 0,
            Exit::Differs | Exit::Failed => 1,
            Exit::Trouble => 2,
            // What a shell says of a program that Ctrl-C ended.
            Exit::Interrupted => 130,
        })
    }
}

/// Why a command cannot go on, and what the user can do about it.
#[derive(Clone, Debug)]
pub struct Failure {
    message: String,
    hints: Vec<String>,
    broken_pipe: bool,
    interrupted: bool,
    refused: bool,
}

impl Failure {
    /// An error in one sentence: lower case, no full stop.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hints: Vec::new(), broken_pipe: false, interrupted: false, refused: false }
    }

    /// The way out: a command to type, or the thing to change.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The reader of our output has gone.
    pub fn is_broken_pipe(&self) -> bool {
        self.broken_pipe
    }

    /// The same, said of what the caller lacks the right to.
    #[must_use]
    pub fn of_rights(self) -> Self {
        Self { refused: true, ..self }
    }

    /// The caller lacks a right; what was asked for may well be there.
    pub fn is_of_rights(&self) -> bool {
        self.refused
    }

    /// The person pressed Ctrl-C.
    pub fn is_interrupted(&self) -> bool {
        self.interrupted
    }

    /// The sentence.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The ways out.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }
}

impl From<io::Error> for Failure {
    fn from(problem: io::Error) -> Self {
        let broken_pipe = problem.kind() == io::ErrorKind::BrokenPipe;
        let interrupted = problem.kind() == io::ErrorKind::Interrupted;
        Self { broken_pipe, interrupted, ..Self::new(format!("cannot write: {problem}")) }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        self.hints.iter().try_for_each(|hint| write!(f, "\nhint: {hint}"))
    }
}

impl std::error::Error for Failure {}
