//! Reads git repositories of strangers.
//!
//! In: one [`Request`] as JSON on standard input. Out: one [`Answer`] as JSON on standard output. Never: a work tree, another program,
//! git's configuration of the machine or the user, a credential anywhere but in memory. Of the environment only `SSL_CERT_FILE` and
//! `SSL_CERT_DIR` count, where no authorities are given; a proxy is not used, since behind one nobody knows which address is reached.

use std::io::{Read as _, Write as _};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use common::source::{Answer, Ask, Request};

mod cache;
mod context;
mod files;
mod history;
mod index;
mod limits;
mod net;
mod refused;
mod sync;

/// Largest question that is read: a question carries a key, authorities and some hundred frames, not more.
const LARGEST_REQUEST: u64 = 4 << 20;

/// Reads the question, answers it, and ends. An exit code other than 0 means that there was no question to answer.
pub fn run() -> ExitCode {
    let request = match read() {
        Ok(request) => request,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "chatcli-source: {error}");
            return ExitCode::FAILURE;
        }
    };
    let say = Say::default();
    let limited = limits::confine(&request.limits).and_then(|()| limits::watch(&request.limits, say.clone()));
    if let Err(error) = limited {
        let _ = writeln!(std::io::stderr(), "chatcli-source: cannot limit itself: {error}");
        return ExitCode::FAILURE;
    }
    say.once(&answer(&request));
    ExitCode::SUCCESS
}

fn read() -> Result<Request, String> {
    let mut text = Vec::new();
    let read = std::io::stdin().lock().take(LARGEST_REQUEST + 1).read_to_end(&mut text);
    read.map_err(|error| format!("cannot read the question from standard input: {error}"))?;
    if text.len() as u64 > LARGEST_REQUEST {
        return Err(format!("the question is larger than {LARGEST_REQUEST} bytes"));
    }
    // Only where it is wrong: serde's own words would quote what stands there, and that may be a credential.
    serde_json::from_slice(&text).map_err(|error| {
        format!("the question on standard input is no request: line {}, column {}", error.line(), error.column())
    })
}

/// Answers a question. No text of the answer that this program words itself holds a credential of the question.
pub fn answer(request: &Request) -> Answer {
    let (answer, secrets) = match &request.ask {
        Ask::Sync(remote) => {
            (sync::sync(&request.cache, &request.limits, remote).map(Answer::Index), refused::secrets(&remote.access))
        }
        Ask::Context(incident) => {
            (context::context(&request.cache, &request.limits, incident).map(Answer::Context), Vec::new())
        }
    };
    answer.unwrap_or_else(|refused| refused.without(&secrets).into())
}

/// Where the answer goes. Whoever comes first has said it: the program, or the watchdog.
#[derive(Clone, Debug, Default)]
struct Say(Arc<Mutex<bool>>);

impl Say {
    /// Says it, unless something has been said. While it is being said nobody else gets to end the program.
    fn once(&self, answer: &Answer) -> bool {
        let mut is_said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *is_said {
            return false;
        }
        *is_said = true;
        let mut out = std::io::stdout().lock();
        // The reader may be gone, which is its own affair.
        let _ = serde_json::to_writer(&mut out, answer)
            .map_err(std::io::Error::from)
            .and_then(|()| out.write_all(b"\n"))
            .and_then(|()| out.flush());
        true
    }
}
