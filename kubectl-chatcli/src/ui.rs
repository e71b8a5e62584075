//! The terminal, and the only place that writes to it.
//!
//! Answers go to stdout, errors and progress to stderr. Colour is stripped where the stream is no terminal, or NO_COLOR says so;
//! every meaning is carried by a word first.
//!
//! A reader who leaves (`… | head -1`) ends a command that only shows something. A command that changes something carries on: what it says
//! is dropped, and the work is not left half done.

mod terminal;

use std::cell::{Cell, RefCell};
use std::io::{self, IsTerminal as _, Write};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use indicatif::{ProgressBar, ProgressStyle};
use owo_colors::OwoColorize as _;

use crate::failure::Failure;
use terminal::Terminal;

/// Width where none is known: what fits a printed page, a log viewer and a split screen.
const DEFAULT_WIDTH: usize = 100;

/// What came of a question whose subject may change while it is asked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Heard {
    /// One line, trimmed.
    Line(String),
    /// The question is no longer the same; nothing that was typed counts.
    Overtaken,
    /// Nobody can be asked.
    Nobody,
}

/// Asks a person.
pub trait Prompt {
    /// True for yes. `None` when nobody can be asked.
    fn confirm(&self, question: &str) -> io::Result<Option<bool>>;
    /// One line, trimmed; empty where the person just pressed Enter. `None` when nobody can be asked.
    fn line(&self, question: &str) -> io::Result<Option<String>>;
    /// The same, unless `overtaken` ends first: then what was typed so far is thrown away.
    fn line_unless<'a>(
        &'a self,
        question: &'a str,
        overtaken: LocalBoxFuture<'a, ()>,
    ) -> LocalBoxFuture<'a, io::Result<Heard>>;
    /// What the person makes of a text in their editor, in a file of that name. `None` when nobody can be asked.
    fn edit<'a>(&'a self, name: &'a str, text: &'a str) -> LocalBoxFuture<'a, io::Result<Option<String>>>;
}

/// Where words go and answers come from.
pub struct Ui {
    out: RefCell<Box<dyn Write>>,
    err: RefCell<Box<dyn Write>>,
    prompt: Box<dyn Prompt>,
    progress: bool,
    width: usize,
    /// Work that does not stop where its output does.
    at_work: Cell<usize>,
    /// Why something that was said of the work could not be written, where that was no reader's leaving.
    unsaid: RefCell<Option<Failure>>,
    is_editing: Cell<bool>,
    /// What shows that something is going on; it makes room for every line.
    bar: RefCell<ProgressBar>,
}

impl Ui {
    /// The real terminal.
    pub fn terminal() -> Self {
        Self {
            out: RefCell::new(Box::new(anstream::AutoStream::auto(io::stdout()))),
            err: RefCell::new(Box::new(anstream::AutoStream::auto(io::stderr()))),
            prompt: Box::new(Terminal),
            progress: io::stderr().is_terminal(),
            width: width(),
            at_work: Cell::default(),
            unsaid: RefCell::default(),
            is_editing: Cell::default(),
            bar: RefCell::new(ProgressBar::hidden()),
        }
    }

    /// The real terminal, in letters only: colours and symbols are left out, and nothing is redrawn.
    pub fn plain() -> Self {
        Self {
            out: RefCell::new(Box::new(Letters(anstream::AutoStream::never(io::stdout())))),
            err: RefCell::new(Box::new(Letters(anstream::AutoStream::never(io::stderr())))),
            progress: false,
            ..Self::terminal()
        }
    }

    /// Streams and answers of a test.
    pub fn with(out: Box<dyn Write>, err: Box<dyn Write>, prompt: Box<dyn Prompt>) -> Self {
        Self {
            out: RefCell::new(out),
            err: RefCell::new(err),
            prompt,
            progress: false,
            width: DEFAULT_WIDTH,
            at_work: Cell::default(),
            unsaid: RefCell::default(),
            is_editing: Cell::default(),
            bar: RefCell::new(ProgressBar::hidden()),
        }
    }

    /// Columns that fit.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Text on stdout, ended by a line break. While somebody is [at work](Self::at_work), it never fails.
    pub fn print(&self, text: &str) -> Result<(), Failure> {
        match self.write(text) {
            Err(problem) if self.at_work.get() > 0 => {
                let failure = Failure::from(problem);
                if !failure.is_broken_pipe() {
                    self.unsaid.borrow_mut().get_or_insert(failure);
                }
                Ok(())
            }
            written => Ok(written?),
        }
    }

    fn write(&self, text: &str) -> io::Result<()> {
        self.bar.borrow().suspend(|| {
            let mut out = self.out.borrow_mut();
            out.write_all(text.as_bytes())?;
            if !text.ends_with('\n') {
                out.write_all(b"\n")?;
            }
            out.flush()
        })
    }

    /// From here until the returned value is dropped something is being changed: output that cannot be written must not stop it half way.
    pub fn at_work(&self) -> AtWork<'_> {
        self.at_work.set(self.at_work.get() + 1);
        AtWork(self)
    }

    /// Why something said of the work was not written, once: a full disk is told after the work, a reader who has left never.
    pub fn unsaid(&self) -> Result<(), Failure> {
        self.unsaid.borrow_mut().take().map_or(Ok(()), Err)
    }

    /// An error and its way out, on stderr.
    pub fn fail(&self, failure: &Failure) {
        self.complain(&format!("{} {}", "error:".red().bold(), failure.message()));
        for hint in failure.hints() {
            self.complain(&format!("{} {hint}", "hint:".cyan()));
        }
    }

    /// Something to know that does not stop the command, on stderr.
    pub fn warn(&self, text: &str) {
        self.complain(&format!("{} {text}", "warning:".yellow().bold()));
    }

    /// A plain remark on stderr, as kubectl's `No resources found`.
    pub fn note(&self, text: &str) {
        self.complain(text);
    }

    // A closed stderr must not change what the command does or its exit code.
    fn complain(&self, line: &str) {
        self.bar.borrow().suspend(|| {
            let _ = writeln!(self.err.borrow_mut(), "{line}");
        });
    }

    /// True for yes; an error, naming the flag to use, where nobody can be asked.
    pub fn confirm(&self, question: &str) -> Result<bool, Failure> {
        self.prompt.confirm(question)?.ok_or_else(|| {
            Failure::new("cannot ask for confirmation: this is no terminal")
                .hint("pass --yes to go on without being asked")
        })
    }

    /// What the person typed; `None` where nobody can be asked.
    pub fn ask(&self, question: &str) -> Result<Option<String>, Failure> {
        Ok(self.prompt.line(question)?)
    }

    /// What the person typed, unless `overtaken` ends first.
    pub async fn ask_unless(&self, question: &str, overtaken: LocalBoxFuture<'_, ()>) -> Result<Heard, Failure> {
        Ok(self.prompt.line_unless(question, overtaken).await?)
    }

    /// What the person typed; `None` where nobody can be asked. Unlike [`ask`](Self::ask) it lets [`interrupted`](Self::interrupted) be seen.
    pub async fn hear(&self, question: &str) -> Result<Option<String>, Failure> {
        Ok(match self.ask_unless(question, std::future::pending().boxed_local()).await? {
            Heard::Line(line) => Some(line),
            Heard::Overtaken | Heard::Nobody => None,
        })
    }

    /// What the person made of a text in their editor; `None` where nobody can be asked.
    pub async fn edit(&self, name: &str, text: &str) -> Result<Option<String>, Failure> {
        self.is_editing.set(true);
        let edited = self.prompt.edit(name, text).await;
        // A Ctrl-C right before the editor ended is still the editor's: it is noticed here, and not afterwards.
        tokio::task::yield_now().await;
        self.is_editing.set(false);
        edited.map_err(|problem| {
            Failure::new(format!("cannot edit: {problem}")).hint("choose an editor with KUBE_EDITOR or EDITOR")
        })
    }

    /// Ends when the person presses Ctrl-C. While an editor has the terminal, that is the editor's to understand.
    pub async fn interrupted(&self) {
        // Where questions are asked key by key, the key itself ends the program as ever.
        while cfg!(unix) && tokio::signal::ctrl_c().await.is_ok() {
            if !self.is_editing.get() {
                return;
            }
        }
        std::future::pending::<()>().await;
    }

    /// Shows what is going on until dropped; silent where stderr is no terminal.
    pub fn busy(&self, what: impl Into<String>) -> Busy {
        let bar = if self.progress { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
        // Never wider than the terminal: a line that was folded cannot be taken back.
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {wide_msg}") {
            bar.set_style(style);
        }
        bar.set_message(what.into());
        bar.enable_steady_tick(Duration::from_millis(120));
        self.bar.replace(bar.clone());
        Busy(bar)
    }
}

/// Symbols as letters, which a screen reader can read out.
struct Letters<W: Write>(W);

impl<W: Write> Write for Letters<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A part of a character cannot be judged; whole texts come in one piece.
        match std::str::from_utf8(bytes) {
            Ok(text) if !text.is_ascii() => self.0.write_all(text.replace('→', "->").replace('…', "...").as_bytes())?,
            _ => self.0.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Something is being changed, whoever reads about it.
#[must_use = "the work is over when this is dropped"]
pub struct AtWork<'a>(&'a Ui);

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.0.at_work.set(self.0.at_work.get().saturating_sub(1));
    }
}

/// Long work on show.
pub struct Busy(ProgressBar);

impl Busy {
    /// What is being waited for now.
    pub fn now(&self, what: impl Into<String>) {
        self.0.set_message(what.into());
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn width() -> usize {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let seen = || console_width().filter(|_| io::stdout().is_terminal());
    told.or_else(seen).unwrap_or(DEFAULT_WIDTH).clamp(40, 120)
}

fn console_width() -> Option<usize> {
    dialoguer::console::Term::stdout().size_checked().map(|(_, columns)| usize::from(columns))
}
