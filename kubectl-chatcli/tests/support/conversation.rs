//! A person at a terminal, with their answers ready.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::rc::Rc;

use clap::Parser as _;
use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use plugin::cli::Cli;
use plugin::commands::{self, Context};
use plugin::ui::{Heard, Prompt, Ui};

use super::Server;

/// What a person does next.
pub enum Act {
    /// Types a line.
    Say(String),
    /// Types a line while something happens that the screen does not show yet.
    SayWhile(Box<dyn FnOnce()>, String),
    /// Looks at the screen until it is drawn anew.
    Look,
    /// Changes the text in the editor.
    Edit(Box<dyn FnOnce(&str) -> String>),
}

/// Who runs out of answers presses Ctrl-C.
struct Script(RefCell<VecDeque<Act>>);

impl Script {
    fn next(&self) -> io::Result<Act> {
        Ok(self.0.borrow_mut().pop_front().ok_or(io::ErrorKind::Interrupted)?)
    }
}

impl Prompt for Script {
    fn confirm(&self, question: &str) -> io::Result<Option<bool>> {
        self.line(question).map(|answer| answer.map(|answer| answer == "y"))
    }

    fn line(&self, question: &str) -> io::Result<Option<String>> {
        match self.next()? {
            Act::Say(line) => Ok(Some(line)),
            Act::SayWhile(happens, line) => {
                happens();
                Ok(Some(line))
            }
            Act::Look | Act::Edit(_) => panic!("asked: {question}"),
        }
    }

    fn line_unless<'a>(
        &'a self,
        question: &'a str,
        overtaken: LocalBoxFuture<'a, ()>,
    ) -> LocalBoxFuture<'a, io::Result<Heard>> {
        async move {
            if matches!(self.0.borrow().front(), Some(Act::Look)) {
                self.next()?;
                let limit = std::time::Duration::from_secs(30);
                tokio::time::timeout(limit, overtaken).await.map_err(|_| io::ErrorKind::TimedOut)?;
                return Ok(Heard::Overtaken);
            }
            Ok(self.line(question)?.map_or(Heard::Nobody, Heard::Line))
        }
        .boxed_local()
    }

    fn edit<'a>(&'a self, _: &'a str, text: &'a str) -> LocalBoxFuture<'a, io::Result<Option<String>>> {
        async move {
            match self.next()? {
                Act::Edit(change) => Ok(Some(change(text))),
                _ => panic!("an editor was opened"),
            }
        }
        .boxed_local()
    }
}

#[derive(Clone, Default)]
struct Paper(Rc<RefCell<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Paper {
    fn text(&self) -> String {
        anstream::adapter::strip_str(&String::from_utf8(self.0.borrow().clone()).unwrap()).to_string()
    }
}

/// How a conversation went.
pub struct Said {
    pub ended_well: bool,
    pub out: String,
    pub err: String,
}

/// Runs a command and answers what it asks.
pub fn talk(server: &Server, args: &[&str], lines: &[&str]) -> Said {
    act(server, args, lines.iter().map(|line| Act::Say((*line).to_owned())).collect())
}

/// The same with a person who does more than answer.
pub fn act(server: &Server, args: &[&str], acts: Vec<Act>) -> Said {
    let line = server.plugin();
    let words = std::iter::once("kubectl-chatcli").chain(args.iter().copied()).map(Into::into);
    let cli = Cli::try_parse_from(words.chain(line.get_args().map(std::ffi::OsStr::to_owned))).unwrap();
    let (out, err) = (Paper::default(), Paper::default());
    let script = Script(RefCell::new(acts.into()));
    let ui = Ui::with(Box::new(out.clone()), Box::new(err.clone()), Box::new(script));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ended = runtime.block_on(commands::run(cli.command, &Context::new(&ui, cli.connection)));
    Said { ended_well: ended.is_ok(), out: out.text(), err: err.text() }
}
