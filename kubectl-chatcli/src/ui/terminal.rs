//! A person at a terminal, and their editor.

#[cfg(unix)]
use std::io::Write as _;
use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use futures::FutureExt as _;
use futures::future::LocalBoxFuture;

use super::{Heard, Prompt};
use crate::scratch::Folder;

/// Where no other is chosen, as `kubectl edit` has it.
const EDITOR: &str = if cfg!(windows) { "notepad" } else { "vi" };

/// A person at a terminal; nobody, where stdin or stderr is none.
pub struct Terminal;

impl Prompt for Terminal {
    fn confirm(&self, question: &str) -> io::Result<Option<bool>> {
        if !is_there() {
            return Ok(None);
        }
        dialoguer::Confirm::new()
            .with_prompt(question)
            .default(false)
            .interact_opt()
            .map(|answer| Some(answer.unwrap_or(false)))
            .map_err(|dialoguer::Error::IO(problem)| problem)
    }

    // A line rather than a menu: it needs no cursor keys, works over any ssh, and a screen reader reads it.
    fn line(&self, question: &str) -> io::Result<Option<String>> {
        if !is_there() {
            return Ok(None);
        }
        let answer = dialoguer::Input::<String>::new().with_prompt(question).allow_empty(true).interact_text();
        answer.map(|text| Some(text.trim().to_owned())).map_err(|dialoguer::Error::IO(problem)| problem)
    }

    fn line_unless<'a>(
        &'a self,
        question: &'a str,
        overtaken: LocalBoxFuture<'a, ()>,
    ) -> LocalBoxFuture<'a, io::Result<Heard>> {
        async move {
            if !is_there() {
                return Ok(Heard::Nobody);
            }
            #[cfg(not(unix))]
            {
                // No such terminal can be waited for beside something else; the answer is held against the screen when it is there.
                drop(overtaken);
                return Ok(self.line(question)?.map_or(Heard::Nobody, Heard::Line));
            }
            #[cfg(unix)]
            {
                write!(io::stderr(), "{question}: ")?;
                let mut keyboard = keyboard::Keyboard::listening();
                tokio::select! {
                    biased;
                    line = keyboard.line() => line.map(Heard::Line),
                    () = overtaken => {
                        // What comes now is drawn on a line of its own, and half an answer to the old question is none to the new one.
                        keyboard.forget().await;
                        writeln!(io::stderr())?;
                        Ok(Heard::Overtaken)
                    }
                }
            }
        }
        .boxed_local()
    }

    fn edit<'a>(&'a self, name: &'a str, text: &'a str) -> LocalBoxFuture<'a, io::Result<Option<String>>> {
        async move {
            if !is_there() {
                return Ok(None);
            }
            let folder = Folder::new()?;
            let file = folder.path().join(name);
            fs::write(&file, text)?;
            let line = editor();
            let mut command = opening(&line, &file);
            // On another thread, so that Ctrl-C in the editor is seen and left to it.
            let ended = tokio::task::spawn_blocking(move || command.status()).await.map_err(io::Error::other)?;
            let status = ended.map_err(|why| io::Error::other(format!("{line} does not start: {why}")))?;
            if !status.success() {
                return Err(io::Error::other(format!("{line} ended with {status}")));
            }
            fs::read_to_string(&file).map(Some)
        }
        .boxed_local()
    }
}

/// Can a person read what is asked and answer it?
fn is_there() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

fn editor() -> String {
    let chosen = |name: &str| env::var(name).ok().filter(|line| !line.trim().is_empty());
    chosen("KUBE_EDITOR").or_else(|| chosen("EDITOR")).unwrap_or_else(|| EDITOR.to_owned())
}

/// The editor's own words are read by a shell, as git and kubectl do: `code --wait`, quotes and all. The file is no part of them.
#[cfg(unix)]
fn opening(line: &str, file: &Path) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{line} \"$1\""), "sh"]).arg(file);
    command
}

#[cfg(not(unix))]
fn opening(line: &str, file: &Path) -> Command {
    let mut words = line.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or(EDITOR));
    command.args(words).arg(file);
    command
}

/// A line of the terminal, waited for beside something else. The terminal itself edits the line, so nothing has to be put back after Ctrl-C.
#[cfg(unix)]
mod keyboard {
    use std::io::{self, BufRead as _};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::Errno;
    use rustix::termios::{QueueSelector, tcflush};
    use tokio::task::{JoinHandle, spawn_blocking};

    /// How often it is asked whether the line is still wanted.
    const PATIENCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

    /// Somebody who listens, until dropped.
    pub struct Keyboard {
        is_over: Arc<AtomicBool>,
        listening: JoinHandle<io::Result<Option<String>>>,
    }

    impl Keyboard {
        pub fn listening() -> Self {
            let is_over = Arc::new(AtomicBool::new(false));
            let heard = Arc::clone(&is_over);
            Self { is_over, listening: spawn_blocking(move || line(&heard)) }
        }

        /// The line, trimmed. The end of input is an interruption: nobody will answer any more.
        pub async fn line(&mut self) -> io::Result<String> {
            let line = (&mut self.listening).await.map_err(io::Error::other)??;
            line.ok_or_else(|| io::ErrorKind::Interrupted.into())
        }

        /// Stops listening and drops what was typed.
        pub async fn forget(mut self) {
            self.is_over.store(true, Ordering::Relaxed);
            let _ = (&mut self.listening).await;
            // Where that fails the words are still on the screen, before Enter.
            let _ = tcflush(io::stdin(), QueueSelector::IFlush);
        }
    }

    impl Drop for Keyboard {
        fn drop(&mut self) {
            self.is_over.store(true, Ordering::Relaxed);
        }
    }

    /// A whole line: until there is one, the terminal has nothing to read.
    fn line(is_over: &AtomicBool) -> io::Result<Option<String>> {
        let stdin = io::stdin();
        while !is_over.load(Ordering::Relaxed) {
            match poll(&mut [PollFd::new(&stdin, PollFlags::IN)], Some(&PATIENCE)) {
                Ok(0) | Err(Errno::INTR) => {}
                Ok(_) => {
                    let mut line = Vec::new();
                    let length = stdin.lock().read_until(b'\n', &mut line)?;
                    return Ok((length > 0).then(|| String::from_utf8_lossy(&line).trim().to_owned()));
                }
                Err(why) => return Err(why.into()),
            }
        }
        Ok(None)
    }
}
