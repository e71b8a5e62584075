//! A person at a terminal, with their answers ready.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::rc::Rc;

use clap::Parser as _;
use plugin::cli::Cli;
use plugin::commands::{self, Context};
use plugin::ui::{Prompt, Ui};

use super::Server;

/// Who runs out of answers presses Ctrl-C.
struct Script(RefCell<VecDeque<String>>);

impl Prompt for Script {
    fn confirm(&self, question: &str) -> io::Result<Option<bool>> {
        self.line(question).map(|answer| answer.map(|answer| answer == "y"))
    }

    fn line(&self, _: &str) -> io::Result<Option<String>> {
        let next = self.0.borrow_mut().pop_front().ok_or(io::ErrorKind::Interrupted)?;
        Ok(Some(next))
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
    let line = server.plugin();
    let words = std::iter::once("kubectl-chatcli").chain(args.iter().copied()).map(Into::into);
    let cli = Cli::try_parse_from(words.chain(line.get_args().map(std::ffi::OsStr::to_owned))).unwrap();
    let (out, err) = (Paper::default(), Paper::default());
    let script = Script(RefCell::new(lines.iter().map(|line| (*line).to_owned()).collect()));
    let ui = Ui::with(Box::new(out.clone()), Box::new(err.clone()), Box::new(script));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ended = runtime.block_on(commands::run(cli.command, &Context::new(&ui, cli.connection)));
    Said { ended_well: ended.is_ok(), out: out.text(), err: err.text() }
}
